//! Which rules speak of somebody: looked up, never searched.

use crate::about::About;
use crate::names::{ByName, Names};
use crate::{Pattern, Person, Rule, RuleBook, Scope, Stance};

/// The rules of one scope, by whom they speak of. The numbers are places in `RuleBook::rules`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeRules {
    pub(crate) all: Vec<u32>,
    domains: ByName<Vec<u32>>,
    hosts: ByName<Vec<u32>>,
    accounts: ByName<Vec<u32>>,
    /// Open rules on single accounts, by host: what is opened by name has to be reachable.
    opened_accounts: ByName<Vec<u32>>,
    everything: Vec<u32>,
    /// Lists, software and age: looked through one by one.
    others: Vec<u32>,
}

impl ScopeRules {
    pub(crate) fn add(&mut self, names: &mut Names, place: u32, rule: &Rule) {
        self.all.push(place);
        let (table, key) = match &rule.pattern {
            Pattern::Domain(domain) => (&mut self.domains, domain.host()),
            Pattern::Host(domain) => (&mut self.hosts, domain.host()),
            Pattern::Account(iri) => (&mut self.accounts, iri.as_str()),
            Pattern::Everything => return self.everything.push(place),
            Pattern::List(_) | Pattern::Software { .. } | Pattern::FirstSeen { .. } => {
                return self.others.push(place);
            }
        };
        table.entry(names.add(key)).or_default().push(place);
        if let (Pattern::Account(iri), Stance::Open) = (&rule.pattern, rule.stance) {
            self.opened_accounts
                .entry(names.add(iri.host()))
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
            _ => true,
        }
    }
}

impl RuleBook {
    /// What the community of somebody who lives here says of them by name.
    pub(crate) fn of_own_community(&self, person: &Person) -> impl Iterator<Item = &Rule> {
        let scope = person.community.map(Scope::Community);
        let rules = scope.and_then(|scope| self.by_scope.get(&scope));
        let places = rules.and_then(|rules| {
            let name = self.names.find(person.iri.as_str())?;
            rules.accounts.get(&name)
        });
        places.into_iter().flatten().map(|place| self.at(*place))
    }

    /// Calls `found` for every rule of these scopes that speaks of `about`, with the place of its
    /// scope and whether it can lift a default. A rule may come more than once.
    pub(crate) fn each_rule<'a, const N: usize>(
        &'a self,
        scopes: [Option<Scope>; N],
        about: &About<'_>,
        mut found: impl FnMut(usize, &'a Rule, bool),
    ) {
        // Of its own members a community speaks by name alone: a list that names one of them, as many do that are taken in
        // from elsewhere, parts nobody at home.
        let by_name_only =
            scopes.map(|scope| about.account_only && matches!(scope, Some(Scope::Community(_))));
        let scopes = scopes.map(|scope| scope.and_then(|scope| self.by_scope.get(&scope)));
        for (place, scope) in scopes.iter().enumerate() {
            let Some(scope) = scope.filter(|_| !by_name_only[place]) else {
                continue;
            };
            for number in &scope.others {
                let rule = self.at(*number);
                let leads = || self.leads_to_account(rule, about).then_some(true);
                if let Some(lifts) = self.speaks_of(&rule.pattern, about).or_else(leads) {
                    found(place, rule, lifts);
                }
            }
        }
        let mut visit =
            |scope: usize, places: Option<&Vec<u32>>, port: Option<u16>, lifts: bool| {
                for place in places.into_iter().flatten() {
                    let rule = self.at(*place);
                    if rule.covers_port(port) {
                        found(scope, rule, lifts);
                    }
                }
            };
        if let Some(account) = about.account_name {
            for (place, scope) in scopes.iter().enumerate() {
                let Some(scope) = scope else { continue };
                visit(place, scope.accounts.get(&account), None, true);
            }
        }
        if about.account_only {
            return;
        }
        for (place, scope) in scopes.iter().enumerate() {
            let Some(scope) = scope else { continue };
            visit(place, Some(&scope.everything), None, true);
        }
        for at in about.places() {
            let (port, lifts) = (at.domain.port(), at.is_home);
            for (place, scope) in scopes.iter().enumerate() {
                let Some(scope) = scope else { continue };
                let Some(host) = at.host else { continue };
                visit(place, scope.hosts.get(&host), port, lifts);
                if about.contact {
                    visit(place, scope.opened_accounts.get(&host), port, lifts);
                }
            }
            for (name, _) in &at.names {
                for (place, scope) in scopes.iter().enumerate() {
                    let Some(scope) = scope else { continue };
                    visit(place, scope.domains.get(name), port, lifts);
                }
            }
        }
    }
}
