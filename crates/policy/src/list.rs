//! Lists that rules name: who is on one, by which of its entries, and what beats it.

use std::collections::{HashMap, HashSet};

use comity_vocab::{Domain, Iri};

use crate::about::About;
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
type Ports = HashMap<Box<str>, Vec<Option<u16>>>;

#[derive(Debug)]
pub(crate) struct ListIndex {
    owner: Scope,
    name: String,
    len: usize,
    domains: Ports,
    hosts: Ports,
    accounts: HashSet<Box<str>>,
    /// Where the accounts are at home.
    homes: HashSet<Box<str>>,
}

/// An entry that speaks of somebody.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Account(&'a Iri),
    Server {
        name: &'a str,
        port: Option<u16>,
        /// With all below it.
        below: bool,
        /// Whether it is where they are at home, and not only what their handle says.
        at_home: bool,
    },
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

    /// Whether `scope` opened by name to whomever one of its lists speaks of. A list is taken
    /// in by the thousand, and this one was decided on: for every entry that speaks of them
    /// there is an open rule about the same server or person, or a narrower one.
    pub(crate) fn opened_by_name(&self, scope: Scope, id: ListId, about: &About<'_>) -> bool {
        let Some(list) = self.list(id) else {
            return false;
        };
        let mut opened: Vec<(&Rule, bool)> = Vec::new();
        self.each_rule([Some(scope)], about, |_, rule, lifts| {
            if rule.stance == Stance::Open {
                opened.push((rule, lifts));
            }
        });
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
            Pattern::List(id) if about.contact && rule.stance == Stance::Open => self
                .list(id)
                .is_some_and(|list| list.homes.contains(about.home.host())),
            _ => false,
        }
    }
}

impl Entry<'_> {
    fn pattern(self) -> Option<Pattern> {
        match self {
            Entry::Account(iri) => Some(Pattern::Account(iri.clone())),
            Entry::Server {
                name, port, below, ..
            } => {
                let text = port.map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
                let domain = Domain::parse(&text).ok()?;
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
    pub(crate) fn new(list: ListEntries) -> ListIndex {
        let mut index = ListIndex {
            owner: list.owner,
            name: list.name,
            len: list.entries.len(),
            domains: HashMap::new(),
            hosts: HashMap::new(),
            accounts: HashSet::new(),
            homes: HashSet::new(),
        };
        for entry in &list.entries {
            let (table, domain) = match entry {
                Pattern::Domain(domain) => (&mut index.domains, domain),
                Pattern::Host(domain) => (&mut index.hosts, domain),
                Pattern::Account(iri) => {
                    index.homes.insert(iri.host().into());
                    index.accounts.insert(iri.as_str().into());
                    continue;
                }
                _ => continue,
            };
            table
                .entry(domain.host().into())
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
        if let Some(iri) = about.account
            && self.accounts.contains(iri.as_str())
        {
            found(Entry::Account(iri));
        }
        if about.account_only || (self.domains.is_empty() && self.hosts.is_empty()) {
            return;
        }
        let domains = [
            Some((about.home, true)),
            about.alias.map(|alias| (alias, false)),
        ];
        for (domain, at_home) in domains.into_iter().flatten() {
            let mut at = |table: &Ports, name: &str, below: bool| {
                let ports = table.get(name).into_iter().flatten();
                for port in ports.filter(|port| port.is_none() || **port == domain.port()) {
                    found(Entry::Server {
                        name,
                        port: *port,
                        below,
                        at_home,
                    });
                }
            };
            at(&self.hosts, domain.host(), false);
            for name in domain.lineage() {
                at(&self.domains, name, true);
            }
        }
    }
}
