//! Lists that rules name: who is on one, by which of its entries, and what beats it.

use comity_vocab::{Domain, Iri};

use crate::about::About;
use crate::names::{ByName, NameSet, Names};
use crate::{ListId, Pattern, Rule, RuleBook, RuleId, Scope, Stance};

/// One list, with whom it names.
#[derive(Clone, Debug)]
pub struct ListEntries {
    /// Which list.
    pub id: ListId,
    /// Who keeps it: a community, or a member for themself. Rules of others do not name it.
    pub owner: Scope,
    /// What its owner calls it.
    pub name: String,
    /// Domains, hosts and accounts. Other patterns on a list speak of nobody.
    pub entries: Vec<Pattern>,
}

/// The entry by which a rule about a list spoke of somebody.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listed {
    /// The rule.
    pub rule: RuleId,
    /// What the list says.
    pub entry: Pattern,
}

/// Ports that a name is listed with; `None` is every port.
type Ports = ByName<Vec<Option<u16>>>;

#[derive(Debug)]
pub(crate) struct ListIndex {
    owner: Scope,
    name: String,
    len: usize,
    domains: Ports,
    hosts: Ports,
    accounts: NameSet,
    /// Where the accounts are at home.
    homes: NameSet,
}

/// An entry that speaks of somebody.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Account(&'a Iri),
    Server {
        /// Theirs, which is the name or below it.
        domain: &'a Domain,
        name: &'a str,
        port: Option<u16>,
        /// With all below it.
        below: bool,
        /// Whether it is where they are at home, and not only what their handle says.
        at_home: bool,
    },
}

impl Listed {
    /// In which order entries are told: rules by number, then names by letter.
    pub(crate) fn rank(&self) -> (RuleId, &str, bool) {
        let (name, is_whole) = match &self.entry {
            Pattern::Domain(domain) => (domain.as_str(), true),
            Pattern::Host(domain) => (domain.as_str(), false),
            Pattern::Account(iri) => (iri.as_str(), false),
            // Nothing else stands on a list.
            _ => ("", false),
        };
        (self.rule, name, is_whole)
    }
}

impl RuleBook {
    /// The name of a list, if it is here.
    pub fn list_name(&self, id: ListId) -> Option<&str> {
        Some(&self.list(id)?.name)
    }

    /// Who keeps a list, if it is here.
    pub fn list_owner(&self, id: ListId) -> Option<Scope> {
        Some(self.list(id)?.owner)
    }

    /// The list that `owner` calls so.
    pub fn list_named(&self, owner: Scope, name: &str) -> Option<ListId> {
        let mut lists = self.lists();
        let (id, _) = lists.find(|(_, list)| list.owner == owner && list.name == name)?;
        Some(id)
    }

    /// Whether a list names this server or one above it.
    pub fn list_names_server(&self, id: ListId, server: &Domain) -> bool {
        let is_at = |ports: Option<&Vec<Option<u16>>>| {
            let ports = ports.into_iter().flatten();
            ports
                .into_iter()
                .any(|port| port.is_none() || *port == server.port())
        };
        let at = |table: &Ports, name: &str| {
            let name = self.names.find(name);
            is_at(name.and_then(|name| table.get(&name)))
        };
        self.list(id).is_some_and(|list| {
            at(&list.hosts, server.host()) || server.lineage().any(|name| at(&list.domains, name))
        })
    }

    /// Whether a list names a single account that is at home on this host, whatever its port.
    pub fn list_names_somebody_at(&self, id: ListId, server: &Domain) -> bool {
        let host = self.names.find(server.host());
        host.zip(self.list(id))
            .is_some_and(|(host, list)| list.homes.contains(&host))
    }

    /// How many entries all lists have together: each is in memory.
    pub fn entries_of_lists(&self) -> usize {
        self.lists().map(|(_, list)| list.len).sum()
    }

    /// A pattern in words for people; a list goes by its name.
    pub fn whom(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::List(id) => match self.list_name(*id) {
                Some(name) => format!("everybody on the list “{name}”"),
                None => "everybody on a list that is gone".to_owned(),
            },
            other => other.to_string(),
        }
    }

    /// The entries of a list that speak of them, each once.
    pub(crate) fn listed(&self, id: ListId, about: &About<'_>) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        if let Some(list) = self.list(id) {
            list.each(about, |entry| {
                let pattern = entry.pattern();
                patterns.extend(pattern.filter(|pattern| !patterns.contains(pattern)));
            });
        }
        patterns
    }

    /// Whether whomever a list speaks of was opened to by name. A list is taken in by the
    /// thousand, and this one was decided on: for every entry that speaks of them there is an
    /// open rule about the same server or person, or a narrower one. `opened` are the open rules
    /// of the list's scope that speak of them, and whether each lifts a default.
    pub(crate) fn opened_by_name(
        &self,
        opened: &[(&Rule, bool)],
        id: ListId,
        about: &About<'_>,
    ) -> bool {
        let Some(list) = self.list(id) else {
            return false;
        };
        let (mut speaks, mut beaten) = (false, true);
        list.each(about, |entry| {
            speaks = true;
            beaten &= opened
                .iter()
                .any(|(rule, lifts)| entry.is_beaten_by(&rule.pattern, *lifts, about));
        });
        speaks && beaten
    }

    /// A list that is open and names accounts of a server makes that server reachable.
    pub(crate) fn leads_to_account(&self, rule: &Rule, about: &About<'_>) -> bool {
        match rule.pattern {
            Pattern::List(id) if about.contact && rule.stance == Stance::Open => {
                let leads = |list: &ListIndex| list.homes.contains(&about.home.host?).then_some(());
                self.list(id).and_then(leads).is_some()
            }
            _ => false,
        }
    }
}

impl Entry<'_> {
    fn pattern(self) -> Option<Pattern> {
        match self {
            Entry::Account(iri) => Some(Pattern::Account(iri.clone())),
            Entry::Server {
                domain,
                name,
                port,
                below,
                ..
            } => {
                let domain = domain.ancestor(name, port)?;
                Some(if below {
                    Pattern::Domain(domain)
                } else {
                    Pattern::Host(domain)
                })
            }
        }
    }

    /// Whether an open rule that speaks of the same ones is at least as narrow. What speaks of
    /// a handle only is no answer to an entry about a home, nor the other way round.
    fn is_beaten_by(self, open: &Pattern, lifts: bool, about: &About<'_>) -> bool {
        match (self, open) {
            (Entry::Account(iri), Pattern::Account(opened)) => iri == opened,
            (Entry::Server { at_home, .. }, Pattern::Account(opened)) => {
                // Somebody else's account there opens the way to the server and nothing more.
                about.account == Some(opened) || (at_home && about.account.is_none())
            }
            (
                Entry::Server {
                    name,
                    port,
                    at_home,
                    ..
                },
                Pattern::Domain(opened) | Pattern::Host(opened),
            ) => {
                // Both are on the way from one host to its registrable domain: the longer is narrower.
                lifts == at_home
                    && opened.host().len() >= name.len()
                    && (port.is_none() || opened.port().is_some())
            }
            _ => false,
        }
    }
}

impl ListIndex {
    pub(crate) fn new(list: ListEntries, names: &mut Names) -> ListIndex {
        let mut index = ListIndex {
            owner: list.owner,
            name: list.name,
            len: list.entries.len(),
            domains: ByName::default(),
            hosts: ByName::default(),
            accounts: NameSet::default(),
            homes: NameSet::default(),
        };
        for entry in &list.entries {
            let (table, domain) = match entry {
                Pattern::Domain(domain) => (&mut index.domains, domain),
                Pattern::Host(domain) => (&mut index.hosts, domain),
                Pattern::Account(iri) => {
                    index.homes.insert(names.add(iri.host()));
                    index.accounts.insert(names.add(iri.as_str()));
                    continue;
                }
                _ => continue,
            };
            table
                .entry(names.add(domain.host()))
                .or_default()
                .push(domain.port());
        }
        index
    }

    /// Whether it speaks of them, and if so, whether of where they are at home.
    pub(crate) fn holds(&self, about: &About<'_>) -> Option<bool> {
        let mut held = None;
        self.each(about, |entry| {
            let at_home = match entry {
                Entry::Account(_) => true,
                Entry::Server { at_home, .. } => at_home,
            };
            held = Some(held.unwrap_or(false) || at_home);
        });
        held
    }

    /// Calls `found` for every entry that speaks of them.
    fn each(&self, about: &About<'_>, mut found: impl FnMut(Entry<'_>)) {
        if let (Some(iri), Some(name)) = (about.account, about.account_name)
            && self.accounts.contains(&name)
        {
            found(Entry::Account(iri));
        }
        if about.account_only {
            return;
        }
        for place in about.places() {
            let mut at = |ports: Option<&Vec<Option<u16>>>, name: &str, below: bool| {
                let ports = ports.into_iter().flatten();
                for port in ports.filter(|port| port.is_none() || **port == place.domain.port()) {
                    found(Entry::Server {
                        domain: place.domain,
                        name,
                        port: *port,
                        below,
                        at_home: place.is_home,
                    });
                }
            };
            if let Some(host) = place.host {
                at(self.hosts.get(&host), place.domain.host(), false);
            }
            for (number, name) in &place.names {
                at(self.domains.get(number), name, true);
            }
        }
    }
}
