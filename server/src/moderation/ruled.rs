//! What a decision makes of the community's rule about one account: how they are met, and what is added to that. A member
//! is met openly but for what is decided about them; somebody elsewhere as the other rules of the community have it.

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
const AS_ANYBODY: Met = (Stance::Open, Conditions::NONE);

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
        if stance == Stance::Open && !is_open(subject) {
            return Err(cannot_be_open());
        }
    }
    // A mark leaves what the rule says besides, and until when.
    let is_mark = matches!(action, Action::Mark | Action::Unmark);
    let kept = subject.rule.as_ref().filter(|_| is_mark);
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    let new = NewRule {
        conditions,
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
    let rule = subject.rule.as_ref();
    rule.map_or(AS_ANYBODY, |rule| (rule.stance, rule.conditions))
}

fn after((stance, conditions): Met, action: Action) -> Met {
    match action {
        Action::Suspend => (Stance::Refused, conditions),
        Action::Limit => (Stance::Limited, conditions),
        Action::Mark => (stance, conditions | Conditions::MARK_SENSITIVE),
        Action::Unlimit if stance == Stance::Limited => (Stance::Open, conditions),
        Action::Unmark => (stance, without_mark(conditions)),
        Action::Lift => AS_ANYBODY,
        Action::Note | Action::Warn | Action::Freeze | Action::Admit | Action::Unlimit => {
            (stance, conditions)
        }
    }
}

fn without_mark(conditions: Conditions) -> Conditions {
    let left = conditions.bits() & !Conditions::MARK_SENSITIVE.bits();
    Conditions::from_bits(left).unwrap_or(conditions)
}

/// Whether the community has a rule that is open to them already.
fn is_open(subject: &Subject) -> bool {
    let rule = subject.rule.as_ref();
    rule.is_some_and(|rule| rule.stance == Stance::Open)
}

/// A rule that is open to somebody elsewhere trusts them: it lifts what the community lays down for whoever it does not know,
/// what its lists say of them and a closed gate, now and later. A decision that only
/// marks what they write, or takes back a limit and leaves the mark, must not let them in.
fn cannot_be_open() -> Error {
    Error::invalid(
        "type",
        "would be a rule that is open to somebody elsewhere, which trusts them; limit them, or set a boundary",
    )
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
        assert_eq!(marked, (Stance::Open, Conditions::MARK_SENSITIVE));
        assert_eq!(after(both, Action::Unmark), limited);
        assert_eq!(after(marked, Action::Unmark), AS_ANYBODY);
        assert_eq!(after(both, Action::Lift), AS_ANYBODY);
        assert_eq!(after(both, Action::Freeze), both);
    }

    #[test]
    fn what_was_refused_is_not_opened_by_showing_it_again() {
        let refused = (Stance::Refused, Conditions::NONE);
        assert_eq!(after(refused, Action::Unlimit), refused);
    }
}
