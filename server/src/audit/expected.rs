//! What must not happen, worked out from the rows of the rules by a table that a person can check: never by asking the
//! gate, which is what is tried.

use std::collections::HashMap;

use comity_db::Db;
use comity_policy::{ListId, Mode, Pattern, PersonId, Rule, Scope, Stance};
use comity_vocab::{Domain, Iri, Visibility};

use crate::communities::Community;
use crate::error::Result;
use crate::{lists, rules};

/// An emergency gate lets pass whoever is known for so many days.
const KNOWN_DAYS: u32 = 7;

/// The rules in force, as they are stored.
pub struct Rules {
    pub all: Vec<Rule>,
    lists: HashMap<ListId, Vec<Pattern>>,
    modes: HashMap<PersonId, Mode>,
}

/// Somebody elsewhere, as far as rules can tell.
#[derive(Clone, Debug)]
pub struct Other<'a> {
    pub domain: &'a Domain,
    /// Where their handle is from, if from elsewhere.
    pub alias: Option<&'a Domain>,
    /// Their address; `None` for a server.
    pub account: Option<&'a Iri>,
    /// Days since their server was first heard of.
    pub known_days: u32,
}

/// By what way something gets to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// We bring it.
    Push,
    /// They come for it, as somebody of whom it is known who will read.
    Pull,
}

/// How they stand to the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// They follow, and somebody said yes.
    Follower,
    /// Nothing ties them.
    Stranger,
}

/// Whether a post of this visibility may get to somebody who is met so. The table of `docs/policy.md`, outwards.
pub fn may_get(stance: Stance, tie: Tie, road: Road, visibility: Visibility) -> bool {
    let public = matches!(visibility, Visibility::Public | Visibility::Unlisted);
    let followers = visibility == Visibility::Private && tie == Tie::Follower;
    match stance {
        Stance::Refused => false,
        Stance::Withheld => public && road == Road::Pull,
        Stance::Ask | Stance::Limited | Stance::Unchanged | Stance::Open => public || followers,
    }
}

impl Rules {
    /// As they are stored, and in force at `now_ms`.
    pub async fn read(db: &Db, now_ms: i64) -> Result<Rules> {
        let mut all = rules::stored(db).await?;
        all.retain(|rule| rule.expires_at.is_none_or(|end| end > now_ms));
        let lists = lists::load(db).await?;
        Ok(Rules {
            all,
            lists: lists
                .into_iter()
                .map(|list| (list.id, list.entries))
                .collect(),
            modes: rules::stored_modes(db).await?.into_iter().collect(),
        })
    }

    /// The entries of a list.
    pub fn list(&self, id: ListId) -> &[Pattern] {
        self.lists.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The mode that a member chose.
    pub fn mode_of(&self, member: i64) -> Mode {
        self.modes
            .get(&PersonId(member))
            .copied()
            .unwrap_or(Mode::Open)
    }

    /// Members who chose a mode, the oldest first.
    pub fn members_with_modes(&self) -> Vec<i64> {
        let mut members: Vec<i64> = self.modes.keys().map(|member| member.0).collect();
        members.sort_unstable();
        members
    }

    /// The strictest way in which they are met by a community, and by one member of it.
    pub fn stance(
        &self,
        community: &Community,
        member: Option<i64>,
        other: &Other<'_>,
        now_ms: i64,
    ) -> Stance {
        let here = Scope::Community(community.policy_id());
        let trusted = community.mode == Mode::Cautious
            && other.known_days >= u32::from(community.trust_after_days);
        let default = if trusted {
            Stance::Open
        } else {
            community.mode.stance()
        };
        let mut strictest = self.of_scope(Scope::Operator, Stance::Open, other);
        strictest = strictest.max(self.of_scope(here, default, other));
        let closed = community.gate_until.is_some_and(|until| until > now_ms);
        if closed && other.known_days < KNOWN_DAYS {
            strictest = strictest.max(self.of_scope(here, Stance::Refused, other));
        }
        if let Some(id) = member {
            let own = Scope::Member(PersonId(id), community.policy_id());
            let mode = self.mode_of(id);
            let trusted =
                mode == Mode::Cautious && other.known_days >= u32::from(community.trust_after_days);
            let default = if trusted { Stance::Open } else { mode.stance() };
            strictest = strictest.max(self.of_scope(own, default, other));
        }
        strictest
    }

    /// What one scope says: the strictest of its rules; its default, and what lists say, unless it opens them by name.
    fn of_scope(&self, scope: Scope, default: Stance, other: &Other<'_>) -> Stance {
        let speaking: Vec<&Rule> = self
            .all
            .iter()
            .filter(|rule| rule.scope == scope && self.speaks_of(&rule.pattern, other))
            .collect();
        let opens = |rule: &&&Rule| rule.stance == Stance::Open;
        let by_name = speaking
            .iter()
            .filter(opens)
            .any(|rule| names(&rule.pattern));
        let opened = speaking.iter().any(|rule| opens(&rule));
        let rules = speaking
            .iter()
            .filter(|rule| !(by_name && matches!(rule.pattern, Pattern::List(_))))
            .map(|rule| rule.stance)
            // What only adds says nothing of how they are met.
            .filter(|stance| *stance != Stance::Unchanged);
        rules
            .chain((!opened).then_some(default))
            .max()
            .unwrap_or(Stance::Open)
    }

    /// Whether a pattern speaks of them.
    pub fn speaks_of(&self, pattern: &Pattern, other: &Other<'_>) -> bool {
        let mut domains = std::iter::once(other.domain).chain(other.alias);
        match pattern {
            Pattern::Domain(named) => domains.any(|domain| covers(named, domain, true)),
            Pattern::Host(named) => domains.any(|domain| covers(named, domain, false)),
            Pattern::Account(iri) => other.account == Some(iri),
            Pattern::List(id) => self
                .list(*id)
                .iter()
                .any(|entry| self.speaks_of(entry, other)),
            Pattern::FirstSeen { days } => other.known_days < u32::from(*days),
            Pattern::Everything => true,
            // The servers that are played say of themselves nothing.
            Pattern::Software { .. } => false,
        }
    }
}

fn names(pattern: &Pattern) -> bool {
    matches!(
        pattern,
        Pattern::Domain(_) | Pattern::Host(_) | Pattern::Account(_)
    )
}

/// Label by label, and on every port where none is named.
fn covers(named: &Domain, domain: &Domain, below: bool) -> bool {
    if named.port().is_some() && named.port() != domain.port() {
        return false;
    }
    let (named, host) = (named.host(), domain.host());
    host == named || (below && host.ends_with(&format!(".{named}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_the_document_says() {
        use Stance::{Ask, Limited, Open, Refused, Unchanged, Withheld};
        use Visibility::{Direct, Local, Private, Public, Unlisted};
        for visibility in [Public, Unlisted, Private, Direct, Local] {
            for (tie, road) in [
                (Tie::Follower, Road::Push),
                (Tie::Follower, Road::Pull),
                (Tie::Stranger, Road::Pull),
            ] {
                assert!(!may_get(Refused, tie, road, visibility));
            }
        }
        assert!(!may_get(Withheld, Tie::Follower, Road::Push, Public));
        assert!(may_get(Withheld, Tie::Follower, Road::Pull, Public));
        assert!(!may_get(Withheld, Tie::Follower, Road::Pull, Private));
        for stance in [Open, Unchanged, Limited, Ask] {
            assert!(may_get(stance, Tie::Follower, Road::Push, Private));
            assert!(!may_get(stance, Tie::Stranger, Road::Pull, Private));
            assert!(!may_get(stance, Tie::Follower, Road::Pull, Direct));
            assert!(!may_get(stance, Tie::Follower, Road::Pull, Local));
        }
    }

    #[test]
    fn labels_count_and_letters_do_not() {
        let domain = |text| Domain::parse(text).unwrap();
        assert!(covers(
            &domain("big.example"),
            &domain("a.big.example"),
            true
        ));
        assert!(!covers(
            &domain("big.example"),
            &domain("a.big.example"),
            false
        ));
        assert!(!covers(
            &domain("big.example"),
            &domain("notbig.example"),
            true
        ));
        assert!(covers(
            &domain("big.example"),
            &domain("big.example:8080"),
            true
        ));
        assert!(!covers(
            &domain("big.example:1"),
            &domain("big.example:8080"),
            true
        ));
    }
}
