//! What a decision makes of the community's rule about one account: how they are met, and what is added to that. Whoever is
//! only marked is met as the other rules of the community have it, and nobody is let in by a decision.

use comity_db::Tx;
use comity_policy::{Conditions, Pattern, Stance};

use super::{Action, Subject};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::rules::{self, NewRule, Source, of_community};

/// How they are met, and under which conditions.
type Met = (Stance, Conditions);

/// Nothing is said of them.
const AS_ANYBODY: Met = (Stance::Unchanged, Conditions::NONE);

/// Sets the rule that this action asks for, or ends the one there is, together with what the transaction holds.
pub(super) async fn set(
    app: &App,
    tx: Tx,
    me: &Me,
    subject: &Subject,
    action: Action,
    reason: &str,
) -> Result<()> {
    let before = met(subject);
    let wanted = after(before, action);
    let undoes = matches!(action, Action::Unlimit | Action::Unmark);
    if undoes && wanted == before {
        return Err(Error::invalid("type", "has nothing to undo"));
    }
    let scope = of_community(&me.community);
    let by = Some(me.account.id);
    if wanted == AS_ANYBODY {
        return match &subject.rule {
            Some(rule) => rules::end_with(app, tx, scope, rule.id.0, by).await,
            None => {
                app.commit(tx).await?;
                Ok(())
            }
        };
    }
    let pattern = Pattern::Account(subject.account.iri.clone());
    let (stance, conditions) = wanted;
    if subject.member.is_none() {
        rules::check_pattern(app, scope, &pattern)?;
    }
    // A mark leaves what the rule says besides, and until when.
    let is_mark = matches!(action, Action::Mark | Action::Unmark);
    let kept = subject.rule.as_ref().filter(|_| is_mark);
    let chosen = match action {
        Action::Mark => Conditions::MARK_SENSITIVE,
        _ => Conditions::NONE,
    };
    let lapsing = match &subject.rule {
        Some(rule) => rules::lapsing_of(app, rule, chosen).await?,
        None => None,
    };
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    let new = NewRule {
        conditions,
        lapsing,
        expires_at: kept.and_then(|rule| rule.expires_at),
        reason_public: kept.and_then(|rule| rule.reason_public.clone()),
        reason_members: kept.and_then(|rule| rule.reason_members.clone()),
        reason_moderators: reason.or_else(|| kept?.reason_moderators.clone()),
        set_by: by,
        ..NewRule::about(scope, pattern, stance, Source::Person)
    };
    rules::set_with(app, tx, new).await?;
    Ok(())
}

/// Ends the rule about them, if there is one, with the transaction that does the rest.
pub(super) fn end(app: &App, tx: &mut Tx, me: &Me, subject: &Subject) -> Result<()> {
    let Some(rule) = &subject.rule else {
        return Ok(());
    };
    let by = Some(me.account.id);
    rules::end_in(tx, app, of_community(&me.community), rule.id.0, by)
}

fn met(subject: &Subject) -> Met {
    match &subject.rule {
        None => AS_ANYBODY,
        // A member is let in anyway: of an open rule there is left what it adds.
        Some(rule) if subject.member.is_some() && rule.stance == Stance::Open => {
            (Stance::Unchanged, rule.conditions)
        }
        Some(rule) => (rule.stance, rule.conditions),
    }
}

fn after((stance, conditions): Met, action: Action) -> Met {
    match action {
        Action::Suspend => (Stance::Refused, conditions),
        Action::Limit => (Stance::Limited, conditions),
        Action::Mark => (stance, conditions | Conditions::MARK_SENSITIVE),
        Action::Unlimit if stance == Stance::Limited => (Stance::Unchanged, conditions),
        Action::Unmark => (stance, conditions.without(Conditions::MARK_SENSITIVE)),
        Action::Lift => AS_ANYBODY,
        Action::Note | Action::Warn | Action::Freeze | Action::Admit | Action::Unlimit => {
            (stance, conditions)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_adds_up_and_is_undone_one_by_one() {
        let limited = after(AS_ANYBODY, Action::Limit);
        let both = after(limited, Action::Mark);
        assert_eq!(both, (Stance::Limited, Conditions::MARK_SENSITIVE));
        let marked = after(both, Action::Unlimit);
        assert_eq!(marked, (Stance::Unchanged, Conditions::MARK_SENSITIVE));
        assert_eq!(after(both, Action::Unmark), limited);
        assert_eq!(after(marked, Action::Unmark), AS_ANYBODY);
        assert_eq!(after(both, Action::Lift), AS_ANYBODY);
        assert_eq!(after(both, Action::Freeze), both);
    }

    #[test]
    fn a_mark_opens_to_nobody_and_closes_to_nobody() {
        for stance in Stance::ALL {
            let before = (stance, Conditions::NONE);
            let marked = after(before, Action::Mark);
            assert_eq!(marked, (stance, Conditions::MARK_SENSITIVE));
            assert_eq!(after(marked, Action::Unmark), before);
        }
        let limited = after(AS_ANYBODY, Action::Limit);
        assert_eq!(after(limited, Action::Unlimit), AS_ANYBODY);
    }

    #[test]
    fn what_was_refused_is_not_opened_by_showing_it_again() {
        let refused = (Stance::Refused, Conditions::NONE);
        assert_eq!(after(refused, Action::Unlimit), refused);
    }
}
