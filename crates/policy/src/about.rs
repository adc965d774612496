//! Whom a rule speaks of: the other side as rules see it, and the match of a pattern.

use comity_vocab::{Domain, Iri};

use crate::names::Name;
use crate::{Pattern, Peer, Person, RuleBook, Ties};

/// Whom rules are looked up for.
pub(crate) struct About<'a> {
    /// The domain of their address.
    pub(crate) home: Place<'a>,
    /// The domain of their handle, if another.
    pub(crate) alias: Option<Place<'a>>,
    /// Their address, unless they are a server.
    pub(crate) account: Option<&'a Iri>,
    /// Its number, if anything speaks of it.
    pub(crate) account_name: Option<Name>,
    /// Inside one community only rules on single accounts count, and members' rules about lists of theirs.
    pub(crate) account_only: bool,
    /// Whether this is about making contact with a server, which an open account on it allows.
    pub(crate) contact: bool,
    /// What is known of their server.
    pub(crate) peer: Option<&'a Peer>,
    /// What is known of the server of their handle, if another.
    pub(crate) alias_peer: Option<&'a Peer>,
}

/// A domain with those of its names that rules and lists speak of.
pub(crate) struct Place<'a> {
    pub(crate) domain: &'a Domain,
    /// Whether it is where they are at home, and not only what their handle says.
    pub(crate) is_home: bool,
    /// The host itself.
    pub(crate) host: Option<Name>,
    /// The host and what it lies below.
    pub(crate) names: Vec<(Name, &'a str)>,
}

impl<'a> Place<'a> {
    fn new(rules: &RuleBook, domain: &'a Domain, is_home: bool) -> Place<'a> {
        let known = |name| Some((rules.names.find(name)?, name));
        let names: Vec<(Name, &str)> = domain.lineage().filter_map(known).collect();
        let is_host = |(_, name): &&(Name, &str)| *name == domain.host();
        Place {
            domain,
            is_home,
            host: names.first().filter(is_host).map(|(name, _)| *name),
            names,
        }
    }
}

impl<'a> About<'a> {
    /// A server that asks in nobody's name: for everybody at home there, and for those whose handles are of `alias`.
    pub(crate) fn server(
        rules: &RuleBook,
        home: &'a Domain,
        alias: Option<&'a Domain>,
        ties: &'a Ties,
    ) -> About<'a> {
        About {
            home: Place::new(rules, home, true),
            alias: alias.map(|alias| Place::new(rules, alias, false)),
            account: None,
            account_name: None,
            account_only: false,
            contact: false,
            peer: ties.peer(home),
            alias_peer: alias.and_then(|alias| ties.peer(alias)),
        }
    }

    /// Somebody with an address, wherever they are.
    pub(crate) fn person(rules: &RuleBook, person: &'a Person, ties: &'a Ties) -> About<'a> {
        About::server(rules, &person.domain, person.alias_domain.as_ref(), ties)
            .with_account(rules, Some(&person.iri))
    }

    /// The same, asked about for this account.
    pub(crate) fn with_account(self, rules: &RuleBook, account: Option<&'a Iri>) -> About<'a> {
        About {
            account,
            account_name: account.and_then(|iri| rules.names.find(iri.as_str())),
            ..self
        }
    }

    /// Where they are at home, and where their handle is.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place<'a>> {
        std::iter::once(&self.home).chain(&self.alias)
    }
}

impl RuleBook {
    /// Whether a pattern speaks of them, and if so, whether an open rule on it may lift a
    /// default: not by what they only claim of themselves.
    pub(crate) fn speaks_of(&self, pattern: &Pattern, about: &About<'_>) -> Option<bool> {
        let at = |named: &Domain, below: bool| {
            let covers = |domain: &Domain| {
                let port = named.port().is_none() || named.port() == domain.port();
                let host = if below {
                    domain.lineage().any(|name| name == named.host())
                } else {
                    domain.host() == named.host()
                };
                port && host
            };
            if about.account_only {
                None
            } else {
                let place = about.places().find(|place| covers(place.domain))?;
                Some(place.is_home)
            }
        };
        let of_peers = |holds: &dyn Fn(Option<&Peer>) -> bool| {
            let alias = about.alias.is_some() && holds(about.alias_peer);
            (!about.account_only && (holds(about.peer) || alias)).then_some(false)
        };
        match pattern {
            Pattern::Domain(named) => at(named, true),
            Pattern::Host(named) => at(named, false),
            Pattern::Account(iri) => (about.account == Some(iri)).then_some(true),
            Pattern::Everything => (!about.account_only).then_some(true),
            Pattern::List(id) => self.list(*id)?.holds(about),
            Pattern::Software { name, before } => of_peers(&|peer| {
                peer.is_some_and(|peer| {
                    peer.software.as_deref() == Some(name)
                        && before.as_ref().is_none_or(|before| {
                            // Who does not say which version it is may well be an old one.
                            peer.version
                                .as_ref()
                                .is_none_or(|version| version.is_before(before))
                        })
                })
            }),
            Pattern::FirstSeen { days } => of_peers(&|peer| {
                let known = peer.and_then(|peer| peer.known_days);
                known.is_none_or(|known| known < u32::from(*days))
            }),
        }
    }
}
