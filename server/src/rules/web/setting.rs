//! The form that sets a rule, and what it would do.

use axum::extract::State;
use comity_policy::{Conditions, Pattern, Scope, Stance};
use comity_vocab::Handle;
use serde::Deserialize;

use super::super::model::{NewRule, Source, handle_of_page, typed_pattern};
use super::super::{
    Change, check_pattern, conditions, of_community, of_member, read_pattern, set as put_in_force,
};
use super::{page, would};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::form::{Label, trouble};
use crate::http::{Form, Me, Reply, Visit};
use crate::inbox::resolve;
use crate::members::Role;
use crate::web::view::{ConditionChoice, DryRunView, LastsChoice, RuleForm, StanceChoice};

/// The longest that the form lets a rule last before it ends by itself.
const MOST_DAYS: i64 = 3_650;

/// `POST /boundaries`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<NewRuleForm>,
) -> Result<Reply> {
    if form.scope == "community" && me.member.role < Role::Moderator {
        return Err(Error::Forbidden(
            "rules of the community are set by its moderators".to_owned(),
        ));
    }
    let (trouble, dry_run) = match set(&app, &me, &form).await {
        Ok(None) => return Ok(Reply::see_other("/boundaries")),
        Ok(Some(dry_run)) => (None, Some(dry_run)),
        Err(why) => (Some(trouble(why, LABELS)?), None),
    };
    let form = RuleForm {
        trouble,
        dry_run,
        stances: StanceChoice::all(&form.stance),
        conditions: condition_choices(&form.conditions),
        lasts: lasts(&form.lasts),
        for_community: form.scope == "community",
        pattern: form.pattern,
        reason: form.reason,
        evidence: form.evidence,
        ask_back: !form.ask_back.is_empty(),
    };
    page(&app, &me, &visit, form, None).await
}

/// Sets it, or tells what it would do: that was asked for, or a whole server would be refused in everybody's name.
async fn set(app: &App, me: &Me, form: &NewRuleForm) -> Result<Option<DryRunView>> {
    let for_community = form.scope == "community";
    let stance = Stance::parse(&form.stance)
        .ok_or_else(|| Error::invalid("stance", "must be one of these"))?;
    let added = conditions::parse(form.conditions.iter().map(String::as_str))?;
    let reason = Some(form.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    // A member's reasons are their own, unless they have it said.
    let is_said = added.contains(Conditions::APPEND_NOTICE);
    let (scope, reason_public, reason_members) = match for_community {
        true => (of_community(&me.community), reason, None),
        false if is_said => (of_member(&me.account)?, reason, None),
        false => (of_member(&me.account)?, None, reason),
    };
    let pattern = pattern(app, me, scope, &form.pattern).await?;
    check_pattern(app, scope, &pattern)?;
    let days: Option<i64> = match form.lasts.as_str() {
        "" => None,
        days => Some(
            days.parse()
                .ok()
                .filter(|days| (1..=MOST_DAYS).contains(days))
                .ok_or_else(|| Error::invalid("lasts", "choose one of these"))?,
        ),
    };
    let new = NewRule {
        conditions: added,
        expires_at: days.map(|days| app.now_ms() + days * DAY_MS),
        reason_public,
        reason_members,
        evidence: Some(form.evidence.trim().to_owned())
            .filter(|seen| for_community && !seen.is_empty()),
        set_by: Some(me.account.id),
        ask_back: !form.ask_back.is_empty(),
        ..NewRule::about(scope, pattern, stance, Source::Person)
    };
    conditions::check_ends_none(app, &new)?;
    let shown = format!(
        "{} {} {}",
        form.scope,
        stance.as_str(),
        typed_pattern(&new.pattern)
    );
    let weighs =
        for_community && stance == Stance::Refused && !matches!(new.pattern, Pattern::Account(_));
    let asks = match form.step.as_str() {
        "show" => true,
        "set" => weighs && form.shown != shown,
        _ => false,
    };
    if !asks {
        put_in_force(app, new).await?;
        return Ok(None);
    }
    let change = Change::of_setting(app, &new);
    Ok(Some(DryRunView {
        shown,
        lines: would(app, me, &change).await?,
    }))
}

/// What the form's fields are called in sentences. What is wrong with a server's name says so itself.
const LABELS: &[Label] = &[
    Label::of("pattern", ""),
    Label::of("stance", "what may pass"),
    Label::of("conditions", "one of the conditions"),
    Label::of("reason", "the reason"),
    Label::of("evidence", "what was seen"),
    Label::of("lasts", "how long it lasts"),
    Label::of("ask_back", "asking them to delete"),
];

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct NewRuleForm {
    pattern: String,
    stance: String,
    /// What is added to the stance, by the words of [`conditions::CHOICES`].
    #[serde(default)]
    conditions: Vec<String>,
    #[serde(default)]
    reason: String,
    /// What was seen, for those who look after the community; only its rules have it here.
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    scope: String,
    /// Anything, to ask them to delete what they hold.
    #[serde(default)]
    ask_back: String,
    /// Days; empty for as long as nobody takes it back.
    #[serde(default)]
    lasts: String,
    /// "show" for a dry run, "set" to be shown one first where much hangs on it; whoever sends neither knows.
    #[serde(default)]
    step: String,
    /// What a dry run was shown of.
    #[serde(default)]
    shown: String,
}

/// What may be added to a stance, to choose from.
pub(super) fn condition_choices(chosen: &[String]) -> Vec<ConditionChoice> {
    let choice = |choice: conditions::Choice| ConditionChoice {
        value: choice.word,
        sentence: choice.sentence,
        chosen: chosen.iter().any(|word| word == choice.word),
    };
    conditions::CHOICES.into_iter().map(choice).collect()
}

/// How long a rule may last, to choose from.
pub(super) fn lasts(chosen: &str) -> Vec<LastsChoice> {
    [
        ("", "until it is taken back"),
        ("1", "for a day"),
        ("7", "for a week"),
        ("30", "for a month"),
        ("90", "for three months"),
    ]
    .into_iter()
    .map(|(value, words)| LastsChoice {
        value,
        words,
        chosen: value == chosen,
    })
    .collect()
}

/// What a member types for this scope. A handle means the account that goes by it, and so does the address of somebody's
/// page.
pub async fn pattern(app: &App, me: &Me, scope: Scope, typed: &str) -> Result<Pattern> {
    let typed = &handle_of_page(typed).unwrap_or_else(|| typed.to_owned());
    if !typed.trim_start_matches('@').contains('@') || typed.contains("://") {
        return read_pattern(app, scope, typed);
    }
    let handle =
        Handle::parse(typed.trim()).map_err(|why| Error::invalid("pattern", why.to_string()))?;
    let account = resolve::handle_for(app, &me.community, me.account.id, &handle)
        .await
        .map_err(|why| match why {
            Error::TooMany { after_s } => Error::invalid(
                "pattern",
                format!(
                    "this needs one more look-up than fits into a minute; try again in {after_s} seconds"
                ),
            ),
            _ => Error::invalid("pattern", format!("{handle} could not be found")),
        })?;
    Ok(Pattern::Account(account.iri.clone()))
}
