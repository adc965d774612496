//! The book as it would be: with one rule more, with one less, with an emergency gate closed or open, with
//! another mode, with a list that names others. For asking what a
//! change would do before it is made; what is supposed is never put in force.

use std::sync::Arc;

use comity_vocab::Domain;

use crate::about::About;
use crate::list::ListIndex;
use crate::lookup::ScopeRules;
use crate::{
    CommunityId, ListEntries, Mode, Pattern, PersonId, Rule, RuleBook, RuleId, Scope, Stance, Ties,
};

/// In what a supposed book differs from the one it shares its rules with.
#[derive(Clone, Default, Debug)]
pub(super) struct Supposed {
    /// One rule more; its place is behind all others.
    added: Option<Box<Rule>>,
    /// Those that would not be in force.
    without: Vec<RuleId>,
}

impl RuleBook {
    /// As if this rule were in force, in place of the one that its scope has for the same pattern, if it has one.
    /// Its number must be of no other rule.
    #[must_use]
    pub fn supposing(&self, rule: Rule) -> RuleBook {
        let same = self
            .rules_of(rule.scope)
            .find(|other| other.pattern == rule.pattern);
        let mut book = match same.map(|rule| rule.id) {
            Some(id) => self.without(id),
            None => self.clone(),
        };
        let place = book.next_place();
        let names = Arc::make_mut(&mut book.names);
        Arc::make_mut(book.by_scope.entry(rule.scope).or_default()).add(names, place, &rule);
        book.asks_of_peers |= rule.pattern.asks_of_peers();
        book.asks_first |= rule.stance == Stance::Ask;
        book.supposed.added = Some(Box::new(rule));
        book
    }

    /// As if the rule of that number had been taken back.
    #[must_use]
    pub fn without(&self, id: RuleId) -> RuleBook {
        let mut book = self.clone();
        let Some(scope) = self.rule(id).map(|rule| rule.scope) else {
            return book;
        };
        let names = Arc::make_mut(&mut book.names);
        let mut left = ScopeRules::default();
        for place in self
            .by_scope
            .get(&scope)
            .into_iter()
            .flat_map(|rules| &rules.all)
        {
            let rule = self.at(*place);
            if rule.id != id {
                left.add(names, *place, rule);
            }
        }
        book.by_scope.insert(scope, Arc::new(left));
        book.supposed.without.push(id);
        book
    }

    /// As if the emergency gate of this community were closed, or open.
    #[must_use]
    pub fn with_gate(&self, community: CommunityId, is_closed: bool) -> RuleBook {
        let mut book = self.clone();
        for served in &mut book.communities {
            if served.id == community {
                served.gate_is_closed = is_closed;
            }
        }
        book.asks_of_peers |= is_closed;
        book
    }

    /// As if a list named these and nobody else.
    #[must_use]
    pub fn with_list(&self, list: ListEntries) -> RuleBook {
        let mut book = self.clone();
        let id = list.id;
        let index = ListIndex::new(list, Arc::make_mut(&mut book.names));
        Arc::make_mut(&mut book.lists).insert(id, Arc::new(index));
        book
    }

    /// As if this community met the unknown so.
    #[must_use]
    pub fn with_mode(&self, community: CommunityId, mode: Mode) -> RuleBook {
        let mut book = self.clone();
        for served in &mut book.communities {
            if served.id == community {
                served.mode = mode;
            }
        }
        book.asks_of_peers |= mode == Mode::Cautious;
        book.asks_first |= mode == Mode::Cautious;
        book
    }

    /// Whether anything that binds this member can keep somebody's posts from them, or theirs from somebody: where
    /// nothing can, nobody has to be asked about.
    pub fn can_part(&self, member: PersonId, community: CommunityId) -> bool {
        let scopes = [
            Scope::Operator,
            Scope::Community(community),
            Scope::Member(member, community),
        ];
        let parts = |rule: &Rule| matches!(rule.stance, Stance::Withheld | Stance::Refused);
        self.gate_of(community).is_some()
            || self.mode_of(community) == Some(Mode::AllowList)
            || self.mode_of_member(member) == Mode::AllowList
            || scopes
                .into_iter()
                .any(|scope| self.rules_of(scope).any(parts))
    }

    /// Whether a pattern may speak of somebody who is at home on this host. True as well where that depends on what is
    /// not known here: on which software they run, and since when they are known.
    pub fn may_speak_of(&self, pattern: &Pattern, host: &Domain) -> bool {
        let ties = Ties::none();
        let handles = self.handles_at(host).iter().map(Some);
        let mut names = std::iter::once(None).chain(handles);
        match pattern {
            Pattern::Software { .. } | Pattern::FirstSeen { .. } | Pattern::Everything => true,
            Pattern::Account(iri) => iri.domain() == *host,
            Pattern::List(id) if self.list_names_somebody_at(*id, host) => true,
            Pattern::List(_) | Pattern::Domain(_) | Pattern::Host(_) => names.any(|handles| {
                let about = About::server(self, host, handles, &ties);
                self.speaks_of(pattern, &about).is_some()
            }),
        }
    }

    /// The place of the rule of that number.
    pub(crate) fn place_of(&self, id: RuleId) -> Option<u32> {
        match &self.supposed.added {
            Some(added) if added.id == id => Some(self.next_place()),
            _ if self.supposed.without.contains(&id) => None,
            _ => self.by_id.get(&id).copied(),
        }
    }

    /// The rule at a place of the index.
    pub(crate) fn at(&self, place: u32) -> &Rule {
        match &self.supposed.added {
            Some(added) if place == self.next_place() => added,
            _ => &self.rules[place as usize],
        }
    }

    /// Behind all that are in force.
    fn next_place(&self) -> u32 {
        u32::try_from(self.rules.len()).unwrap_or(u32::MAX)
    }
}
