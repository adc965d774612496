//! What a status quotes, and who may quote it, as apps are told.

use std::collections::{HashMap, HashSet};

use comity_policy::{Conditions, Leave, Outcome, Party, Visible, Way, Whom};
use comity_vocab::Visibility;
use serde::Serialize;

use super::{Entities, QuoteApproval, Written};
use crate::app::App;
use crate::error::Result;
use crate::quotes::{Quote, State};
use crate::statuses::web::{may_stand_within, quoted_by};
use crate::statuses::{Status, find_many};

/// What a status quotes, as apps are told of it.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(super) enum WrittenQuote<'a> {
    /// With what is quoted.
    Whole(Box<WholeQuote<'a>>),
    /// Within what is quoted itself.
    Shallow(ShallowQuote),
}

/// A quote with what is quoted, as far as the viewer may see it.
#[derive(Clone, Serialize)]
pub(super) struct WholeQuote<'a> {
    quoted_status: Option<Written<'a>>,
    state: &'static str,
}

/// A quote of which only the id is told, and that only to whoever may see what it is of.
#[derive(Clone, Serialize)]
pub(super) struct ShallowQuote {
    quoted_status_id: Option<String>,
    state: &'static str,
}

impl Entities {
    /// What it quotes, where whose that is let it and the viewer may see it (L34); of what was only claimed, nothing.
    pub(super) fn quote(&self, status: &Visible<Status>) -> Option<WrittenQuote<'_>> {
        let quote = status.quote.as_ref()?;
        let asked = self.me.is_some_and(|me| quote.waits_for(me));
        let shown = quote
            .id
            .filter(|_| quote.state == State::Stands || asked)
            .and_then(|id| self.quoted.get(&id))
            .filter(|quoted| may_stand_within(quoted));
        let state = self.quote_state(status, quote, shown.map(|quoted| quoted.id))?;
        let quoted_status = shown.map(|quoted| Written {
            quote: self.shallow_quote(quoted).map(WrittenQuote::Shallow),
            ..self.bare(quoted)
        });
        Some(WrittenQuote::Whole(Box::new(WholeQuote {
            quoted_status,
            state,
        })))
    }

    /// What a status that is quoted quotes itself, by its id alone: apps ask for it when somebody wants to read it.
    fn shallow_quote(&self, quoted: &Visible<Status>) -> Option<ShallowQuote> {
        let quote = quoted.quote.as_ref()?;
        let shown = quote
            .id
            .filter(|id| quote.state == State::Stands && self.within_quoted.contains(id));
        let state = self.quote_state(quoted, quote, shown)?;
        Some(ShallowQuote {
            quoted_status_id: shown.map(|id| id.to_string()),
            state,
        })
    }

    /// How the quote of a status stands, in Mastodon's words, where this of it is shown. `None` where the viewer hears
    /// of no quote.
    fn quote_state(
        &self,
        status: &Visible<Status>,
        quote: &Quote,
        shown: Option<i64>,
    ) -> Option<&'static str> {
        let own = self.me == Some(status.author.id);
        let asked = self.me.is_some_and(|me| quote.waits_for(me));
        match quote.state {
            State::Waits if own || asked => Some("pending"),
            State::Declined if own => Some("rejected"),
            State::Claimed | State::Waits | State::Declined => None,
            State::Removed => Some("revoked"),
            State::Stands if shown.is_some() => Some("accepted"),
            State::Stands => Some("unauthorized"),
        }
    }

    /// Who may quote it, and whether the viewer may.
    pub(super) fn quote_approval(&self, status: &Visible<Status>) -> QuoteApproval {
        let none = Leave::default();
        let leave = status.wishes.quote.as_ref().unwrap_or(&none);
        let is_open = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
        let own = self.me == Some(status.author.id);
        let answer = self
            .may_quote
            .get(&status.id)
            .map(|verdict| verdict.outcome);
        let current_user = match answer {
            _ if self.me.is_none() || !is_open => "denied",
            _ if status.conditions().contains(Conditions::NO_BOOSTS) => "denied",
            _ if own => "automatic",
            None | Some(Outcome::Refuse) => "denied",
            Some(Outcome::Hold) => "manual",
            Some(_) => "automatic",
        };
        QuoteApproval {
            automatic: whom(&leave.freely),
            current_user,
            manual: whom(&leave.asking),
        }
    }
}

/// What these quote themselves that the viewer may see, by the same way. Nothing is looked up where none of them does.
pub(super) async fn within_quoted(
    app: &App,
    viewer: &Party,
    way: Way,
    quoted: &HashMap<i64, Visible<Status>>,
) -> Result<HashSet<i64>> {
    let outer: Vec<&Visible<Status>> = quoted
        .values()
        .filter(|quoted| may_stand_within(quoted))
        .collect();
    // Of what only waits for a yes no id is told, not even to whoever is asked.
    let ids = quoted_by(None, &outer);
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let inner = find_many(app, viewer, way, &ids).await?;
    let shown = inner.iter().filter(|status| may_stand_within(status));
    Ok(shown.map(|status| status.id).collect())
}

/// Groups of people in Mastodon's words.
fn whom(some: &[Whom]) -> Vec<&'static str> {
    let mut words: Vec<&str> = some
        .iter()
        .map(|whom| match whom {
            Whom::Everyone => "public",
            Whom::Followers => "followers",
            Whom::Following => "following",
            Whom::Person(_) => "unsupported_policy",
        })
        .collect();
    words.dedup();
    words
}
