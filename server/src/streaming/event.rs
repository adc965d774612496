//! What is announced: ids and no words. Whoever takes an event up asks the gate what of it may be shown.

use comity_db::Tx;
use comity_policy::{Approval, Pattern, PersonId, Subject, Thing};
use comity_vocab::{Domain, Visibility};
use serde::{Deserialize, Serialize};

use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::notifications::Matter;
use crate::rules::{parse_pattern, typed_pattern};
use crate::statuses::Status;

/// Something happened that open streams may tell of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A status came, and has its place in timelines.
    Placed(i64),
    /// A status says something else now.
    Edited(i64),
    /// A status is gone.
    Deleted(Traces),
    /// A member is told something.
    Notified {
        /// Who.
        to: i64,
        /// Which notification.
        id: i64,
        /// What it is numbered by where that number is another's.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        other_numbers: Vec<i64>,
        /// By which it is known from another that has one of them.
        matter: Matter,
    },
    /// A member sorts what they read by other filters now.
    FiltersChanged(i64),
    /// What stood aside of what a member is told stands with the rest.
    Merged(i64),
    /// The members of a community are told something.
    Published {
        /// Whose.
        community: i64,
        /// Which announcement.
        id: i64,
    },
    /// An announcement has one more of an emoji, or one less.
    Reacted {
        /// Whose.
        community: i64,
        /// Which announcement.
        id: i64,
        /// Which emoji.
        emoji: String,
    },
    /// An announcement stands no more.
    TakenDown {
        /// Whose.
        community: i64,
        /// Which it was.
        id: i64,
    },
    /// Tokens have ended, or may have.
    Ended(Tokens),
}

/// Some tokens, by all that is said of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// This one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<i64>,
    /// Those of this app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<i64>,
    /// Those of this member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<i64>,
}

/// What policy has to know of a status that is gone, to find out who could have seen it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Traces {
    pub(super) id: i64,
    pub(super) author: i64,
    visibility: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addressed: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    within: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept_from: Vec<String>,
    /// It was a boost: no public timeline had it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_reblog: bool,
}

/// Longer lists of names are not told of: the author hears of the end of their status, and nobody else.
const LONGEST: usize = 6_000;

impl Traces {
    /// Of a status that is about to go.
    pub fn of(status: &Status) -> Traces {
        let thing = status.thing();
        let traces = Traces {
            id: status.id,
            author: status.author.id,
            visibility: status.visibility.as_str().to_owned(),
            addressed: thing.addressed.iter().map(|person| person.0).collect(),
            within: thing
                .within
                .iter()
                .filter_map(|person| person.id)
                .map(|person| person.0)
                .collect(),
            kept_from: thing.kept_from.iter().map(typed_pattern).collect(),
            is_reblog: status.reblog_of.is_some(),
        };
        let names: usize = traces.kept_from.iter().map(|name| name.len() + 8).sum();
        let people = traces.addressed.len() + traces.within.len();
        let is_whole = thing.within.len() == traces.within.len();
        // Of what waits nobody else ever heard.
        let stands = thing.approval == Approval::Stands;
        if stands && is_whole && names + people * 24 <= LONGEST {
            return traces;
        }
        Traces {
            visibility: Visibility::Direct.as_str().to_owned(),
            addressed: Vec::new(),
            within: Vec::new(),
            kept_from: Vec::new(),
            ..traces
        }
    }

    /// For the gate. `None` where somebody it concerned is not known any more.
    pub(super) async fn gone(&self, app: &App) -> Result<Option<Gone>> {
        let mut ids = self.within.clone();
        ids.push(self.author);
        let people = accounts::find_many(app, ids).await?;
        let Some(author) = people.get(&self.author) else {
            return Ok(None);
        };
        let within: Vec<_> = self
            .within
            .iter()
            .filter_map(|id| Some(people.get(id)?.person()))
            .collect();
        let kept_from: Option<Vec<_>> = self.kept_from.iter().map(|words| read(words)).collect();
        let (Some(kept_from), true) = (kept_from, within.len() == self.within.len()) else {
            return Ok(None);
        };
        let thing = Thing {
            visibility: Visibility::parse(&self.visibility)?,
            addressed: self.addressed.iter().map(|id| PersonId(*id)).collect(),
            within,
            kept_from,
            ..Thing::of(author.person())
        };
        Ok(Some(Gone { id: self.id, thing }))
    }
}

/// As a status is kept from it: the list of suffixes changes, and a name that was one server's is still meant.
fn read(typed: &str) -> Option<Pattern> {
    parse_pattern(typed)
        .ok()
        .or_else(|| Domain::parse(typed).ok().map(Pattern::Host))
}

/// A status that is gone.
#[derive(Debug, Clone)]
pub struct Gone {
    /// Which it was.
    pub id: i64,
    thing: Thing,
}

impl Subject for Gone {
    fn thing(&self) -> Thing {
        self.thing.clone()
    }
}

impl Event {
    /// As it was announced; `None` for what another version of this program says.
    pub(super) fn parse(line: &str) -> Option<Event> {
        serde_json::from_str(line).ok()
    }
}

/// Announces, once the transaction is stored.
pub fn announce(tx: &mut Tx, event: &Event) {
    match serde_json::to_string(event) {
        Ok(line) => tx.tell(line),
        Err(why) => tracing::error!(%why, "an event could not be written down"),
    }
}
