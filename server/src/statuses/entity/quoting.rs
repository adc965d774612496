//! What a status quotes, and who may quote it, as apps are told.

use comity_policy::{Conditions, Leave, Outcome, Visible, Whom};
use comity_vocab::Visibility;

use super::{Entities, QuoteApproval, WrittenQuote};
use crate::quotes::State;
use crate::statuses::Status;

impl Entities {
    /// What it quotes, where whose that is let it and the viewer may see it (L34); of what was only claimed, nothing.
    pub(super) fn quote(&self, status: &Visible<Status>) -> Option<Box<WrittenQuote<'_>>> {
        let quote = status.quote.as_ref()?;
        let own = self.me == Some(status.author.id);
        let asked = self.me.is_some_and(|me| quote.waits_for(me));
        let state = match quote.state {
            State::Waits if own || asked => "pending",
            State::Declined if own => "rejected",
            State::Claimed | State::Waits | State::Declined => return None,
            State::Removed => "revoked",
            State::Stands => "accepted",
        };
        let shown = quote
            .id
            .and_then(|id| self.quoted.get(&id))
            .filter(|quoted| {
                let stands = quote.state == State::Stands || asked;
                stands
                    && !quoted.is_folded()
                    && !quoted.is_muted()
                    && !quoted.conditions().contains(Conditions::NO_BOOSTS)
            });
        let state = match shown {
            None if state == "accepted" => "unauthorized",
            _ => state,
        };
        let quoted_status = shown.map(|quoted| self.bare(quoted));
        Some(Box::new(WrittenQuote {
            quoted_status,
            state,
        }))
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
