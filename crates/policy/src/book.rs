//! All rules in force, arranged so that a decision looks up and never searches.

use std::collections::HashMap;

use comity_vocab::{Domain, Iri};

use crate::{CommunityId, Epoch, Mode, Pattern, Person, Rule, RuleId, Scope, Stance};

/// The rules of one epoch. It never changes: a new rule makes a new book.
#[derive(Debug)]
pub struct RuleBook {
    epoch: Epoch,
    rules: Vec<Rule>,
    by_id: HashMap<RuleId, u32>,
    by_scope: HashMap<Scope, ScopeRules>,
    communities: Vec<Community>,
    next_expiry: Option<i64>,
}

#[derive(Debug)]
struct Community {
    id: CommunityId,
    mode: Mode,
    face: Option<Person>,
    domain: Domain,
}

/// The rules of one scope, by whom they speak of. The numbers are places in `RuleBook::rules`.
#[derive(Debug, Default)]
struct ScopeRules {
    all: Vec<u32>,
    domains: HashMap<Box<str>, Vec<u32>>,
    hosts: HashMap<Box<str>, Vec<u32>>,
    accounts: HashMap<Box<str>, Vec<u32>>,
    /// Open rules on single accounts, by host: what is opened by name has to be reachable.
    opened_accounts: HashMap<Box<str>, Vec<u32>>,
    everything: Vec<u32>,
}

/// Whom rules are looked up for.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    /// The domain of their address.
    pub(crate) home: &'a Domain,
    /// The domain of their handle, if another.
    pub(crate) alias: Option<&'a Domain>,
    /// Their address, unless they are a server.
    pub(crate) account: Option<&'a Iri>,
    /// Inside one community only rules on single accounts count.
    pub(crate) account_only: bool,
    /// Whether this is about making contact with a server, which an open account on it allows.
    pub(crate) contact: bool,
}

impl RuleBook {
    /// Arranges what is in force at `now_ms`. `modes` names each community served here; rules of
    /// a community that is not among them bind nobody, because nobody asks in its name. Rules
    /// whose time is over are left out; [`next_expiry`](RuleBook::next_expiry) says when to make
    /// the next book.
    pub fn new(
        epoch: Epoch,
        now_ms: i64,
        modes: Vec<(CommunityId, Domain, Mode)>,
        rules: Vec<Rule>,
    ) -> RuleBook {
        let rules: Vec<Rule> = rules
            .into_iter()
            .filter(|rule| rule.expires_at.is_none_or(|end| end > now_ms))
            .collect();
        let mut by_scope: HashMap<Scope, ScopeRules> = HashMap::new();
        let mut by_id = HashMap::with_capacity(rules.len());
        for (place, rule) in (0u32..).zip(&rules) {
            by_id.insert(rule.id, place);
            by_scope.entry(rule.scope).or_default().add(place, rule);
        }
        RuleBook {
            epoch,
            next_expiry: rules.iter().filter_map(|rule| rule.expires_at).min(),
            communities: modes.into_iter().map(Community::new).collect(),
            rules,
            by_id,
            by_scope,
        }
    }

    /// Which state of the rules this is.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// When the first of these rules ends by itself, in unix milliseconds.
    pub fn next_expiry(&self) -> Option<i64> {
        self.next_expiry
    }

    /// The rule of that number, if it is in force.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        let place = *self.by_id.get(&id)?;
        self.rules.get(place as usize)
    }

    /// The rules of one scope, in the order they were handed in.
    pub fn rules_of(&self, scope: Scope) -> impl Iterator<Item = &Rule> {
        self.by_scope
            .get(&scope)
            .into_iter()
            .flat_map(|index| &index.all)
            .map(|place| &self.rules[*place as usize])
    }

    /// How a community meets the unknown. `None` for a community not served here.
    pub fn mode_of(&self, community: CommunityId) -> Option<Mode> {
        Some(self.community(community)?.mode)
    }

    /// The domain of a community served here.
    pub fn domain_of(&self, community: CommunityId) -> Option<&Domain> {
        Some(&self.community(community)?.domain)
    }

    /// The community served here under that domain.
    pub fn community_at(&self, domain: &Domain) -> Option<CommunityId> {
        // An installation serves a handful of communities; a list is quicker than a table.
        Some(
            self.communities
                .iter()
                .find(|served| served.domain == *domain)?
                .id,
        )
    }

    /// Every community served here.
    pub fn communities(&self) -> impl Iterator<Item = CommunityId> {
        self.communities.iter().map(|served| served.id)
    }

    /// The community itself as the owner of what concerns nobody in particular.
    pub(crate) fn face(&self, community: CommunityId) -> Option<&Person> {
        self.community(community)?.face.as_ref()
    }

    fn community(&self, id: CommunityId) -> Option<&Community> {
        self.communities.iter().find(|served| served.id == id)
    }

    /// Calls `found` for every rule of these scopes that speaks of `about`, with the place of its
    /// scope and whether it can lift a default. A rule may come more than once.
    pub(crate) fn each_rule<'a, const N: usize>(
        &'a self,
        scopes: [Option<Scope>; N],
        about: &About<'_>,
        mut found: impl FnMut(usize, &'a Rule, bool),
    ) {
        let scopes = scopes.map(|scope| scope.and_then(|scope| self.by_scope.get(&scope)));
        let mut visit =
            |scope: usize, places: Option<&Vec<u32>>, port: Option<u16>, lifts: bool| {
                for place in places.into_iter().flatten() {
                    let rule = &self.rules[*place as usize];
                    if rule.covers_port(port) {
                        found(scope, rule, lifts);
                    }
                }
            };
        if let Some(account) = about.account {
            for (place, scope) in scopes.iter().enumerate() {
                let Some(scope) = scope else { continue };
                visit(place, scope.accounts.get(account.as_str()), None, true);
            }
        }
        if about.account_only {
            return;
        }
        for (place, scope) in scopes.iter().enumerate() {
            let Some(scope) = scope else { continue };
            visit(place, Some(&scope.everything), None, true);
        }
        let domains = [
            Some((about.home, true)),
            about.alias.map(|alias| (alias, false)),
        ];
        for (domain, lifts) in domains.into_iter().flatten() {
            let (host, port) = (domain.host(), domain.port());
            for (place, scope) in scopes.iter().enumerate() {
                let Some(scope) = scope else { continue };
                visit(place, scope.hosts.get(host), port, lifts);
                if about.contact {
                    visit(place, scope.opened_accounts.get(host), port, lifts);
                }
            }
            if !scopes
                .iter()
                .flatten()
                .any(|scope| !scope.domains.is_empty())
            {
                continue;
            }
            for name in domain.lineage() {
                for (place, scope) in scopes.iter().enumerate() {
                    let Some(scope) = scope else { continue };
                    visit(place, scope.domains.get(name), port, lifts);
                }
            }
        }
    }
}

impl Community {
    fn new((id, domain, mode): (CommunityId, Domain, Mode)) -> Community {
        // Every domain makes a valid address; should one not, the community has no face and
        // whatever needs one is refused.
        let face = Iri::parse(&format!("https://{domain}/"))
            .ok()
            .map(|iri| Person {
                id: None,
                iri,
                domain: domain.clone(),
                alias_domain: None,
                community: Some(id),
            });
        Community {
            id,
            mode,
            face,
            domain,
        }
    }
}

impl ScopeRules {
    fn add(&mut self, place: u32, rule: &Rule) {
        self.all.push(place);
        let (table, key) = match &rule.pattern {
            Pattern::Domain(domain) => (&mut self.domains, domain.host()),
            Pattern::Host(domain) => (&mut self.hosts, domain.host()),
            Pattern::Account(iri) => (&mut self.accounts, iri.as_str()),
            Pattern::Everything => return self.everything.push(place),
        };
        table.entry(key.into()).or_default().push(place);
        if let (Pattern::Account(iri), Stance::Open) = (&rule.pattern, rule.stance) {
            self.opened_accounts
                .entry(iri.host().into())
                .or_default()
                .push(place);
        }
    }
}

impl Rule {
    /// A rule that names a port speaks of that port only.
    fn covers_port(&self, port: Option<u16>) -> bool {
        match &self.pattern {
            Pattern::Domain(named) | Pattern::Host(named) => {
                named.port().is_none() || named.port() == port
            }
            Pattern::Account(_) | Pattern::Everything => true,
        }
    }
}
