//! Boundaries as pages: one's own rules and the community's, setting and taking back, and why.

use axum::extract::{Path, Query, State};
use comity_policy::{
    Act, Because, Conditions, Exchange, Mode, Outcome, Pattern, PersonId, Rule, RuleId, Scope,
    Stance, Subject, Verdict, Way,
};
use comity_vocab::Handle;
use serde::Deserialize;

use super::command::party;
use super::model::{NewRule, Source, parse_pattern};
use super::{CHOICES, check_pattern, in_force, listener, of_community, of_member};
use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::emergency;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Reply, Visit};
use crate::inbox::resolve;
use crate::members::{self, Role};
use crate::relations;
use crate::statuses;
use crate::web::view::{
    BoundariesPage, LastsChoice, Mark, MarkKind, NavItem, OutcomeView, Protection, RuleForm,
    RuleView, StanceChoice, Strength, WhyPage,
};
use crate::web::{frame, time};

/// The longest that the form lets a rule last before it ends by itself.
const MOST_DAYS: i64 = 3_650;

/// The sign of a stance.
pub fn mark_kind(stance: Stance) -> MarkKind {
    match stance {
        Stance::Open => MarkKind::Open,
        Stance::Limited => MarkKind::Limited,
        Stance::Ask => MarkKind::Ask,
        Stance::Withheld => MarkKind::Withheld,
        Stance::Refused => MarkKind::Refused,
    }
}

/// A rule as a reader sees it; `None` for one that is not theirs to know.
pub fn view(rule: &Rule, visit: &Visit) -> Option<RuleView> {
    let me = visit.me.as_ref();
    let (whose, may_remove) = match rule.scope {
        Scope::Community(id) if id.0 == visit.community.id => (
            visit.community.name.clone(),
            me.is_some_and(|me| me.member.role >= Role::Moderator),
        ),
        Scope::Member(person, _) if me.is_some_and(|me| me.account.id == person.0) => {
            ("You".to_owned(), true)
        }
        Scope::Operator if me.is_some() => ("This installation".to_owned(), false),
        _ => return None,
    };
    Some(RuleView {
        id: rule.id.0,
        pattern: match &rule.pattern {
            Pattern::Everything => "Every server".to_owned(),
            other => other.to_string(),
        },
        covers: match &rule.pattern {
            Pattern::Domain(_) => "Holds for every server under it as well.".to_owned(),
            _ => String::new(),
        },
        mark: Mark::plain(mark_kind(rule.stance)),
        sentence: sentence_of(rule.stance).to_owned(),
        reason: rule.reason_for(listener(visit)).map(str::to_owned),
        whose,
        since_iso: time::iso(rule.set_at),
        since_text: time::day(rule.set_at),
        until_text: rule.expires_at.map(time::day),
        may_remove,
    })
}

fn sentence_of(stance: Stance) -> &'static str {
    StanceChoice::all(stance.as_str())
        .into_iter()
        .find(|choice| choice.value == stance.as_str())
        .map_or("", |choice| choice.sentence)
}

fn stances(chosen: &str) -> Vec<StanceChoice> {
    let mut choices = StanceChoice::all(chosen);
    choices.retain(|choice| CHOICES.iter().any(|stance| stance.as_str() == choice.value));
    choices
}

/// A community's answer to servers it has no rule for, in a sentence.
pub fn mode_sentence(community: &Community) -> String {
    use comity_policy::Mode;
    match community.mode {
        Mode::Open => "Open: servers we do not know are welcome until a rule says otherwise.",
        Mode::Cautious => "Cautious: servers we do not know are met with a question first.",
        Mode::AllowList => "By choice: we talk only with servers that a rule lets in.",
    }
    .to_owned()
}

/// Of what a page says how well it is protected.
#[derive(Clone, Copy)]
pub enum Protected<'a> {
    /// A community, and what is written in it.
    Community,
    /// A conversation, for whoever reads it.
    Conversation(Option<&'a Me>),
    /// What a boundary keeps apart.
    Boundary,
}

/// What is held here, asked of others, and cannot be held: never more than the strength that applies, and the same on
/// every page.
pub fn protections(here: &Community, of: Protected<'_>) -> Vec<Protection> {
    let name = &here.name;
    let held = match of {
        Protected::Community => format!(
            "{name} sends nothing to servers that it or the author refuses, and takes nothing from them."
        ),
        Protected::Conversation(None) => {
            format!("{name} sends this to no server that its author or {name} refuses.")
        }
        Protected::Conversation(Some(_)) => format!(
            "{name} sends this to no server that its author or {name} refuses, and shows you nothing from those you \
             refuse."
        ),
        Protected::Boundary => {
            "A boundary holds on every path: posts, replies, boosts, reading by link, search."
                .to_owned()
        }
    };
    let protection = |strength, sentence: &str| Protection {
        strength,
        sentence: sentence.to_owned(),
    };
    vec![
        protection(Strength::Held, &held),
        protection(
            Strength::Asked,
            "Other servers are asked to change or forget what is edited or deleted.",
        ),
        protection(
            Strength::CannotBeHeld,
            "Copies already made, second identities, and anyone who reads what is public.",
        ),
    ]
}

/// `GET /boundaries?pattern=`
#[derive(Debug, Deserialize)]
pub struct Prefill {
    #[serde(default)]
    pattern: String,
}

/// `GET /boundaries`
pub async fn boundaries(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Query(prefill): Query<Prefill>,
) -> Result<Reply> {
    let form = RuleForm {
        pattern: prefill.pattern,
        stances: stances("limited"),
        lasts: lasts(""),
        reason: String::new(),
        for_community: false,
        trouble: None,
    };
    page(&app, &me, &visit, form).await
}

async fn page(app: &App, me: &Me, visit: &Visit, form: RuleForm) -> Result<Reply> {
    let views = |scope| {
        in_force(app, scope)
            .iter()
            .filter_map(|rule| view(rule, visit))
            .collect()
    };
    let may_govern = me.member.role >= Role::Moderator;
    let gate = if may_govern {
        Some(emergency::web::view(app, &me.community).await?)
    } else {
        None
    };
    let trouble = form.trouble.clone();
    let page = Reply::page(BoundariesPage {
        frame: frame(app, visit, "Boundaries", NavItem::Boundaries).await?,
        mine: views(of_member(&me.account)?),
        community: views(of_community(&me.community)),
        operator: views(Scope::Operator),
        mode: mode_sentence(&me.community),
        own_mode: app
            .gate
            .book()
            .mode_of_member(PersonId(me.account.id))
            .as_str(),
        may_govern,
        gate,
        form,
        protections: protections(&me.community, Protected::Boundary),
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// What the form's fields are called in sentences. What is wrong with a server's name says so itself.
const LABELS: &[Label] = &[
    Label::of("pattern", ""),
    Label::of("stance", "what may pass"),
    Label::of("reason", "the reason"),
    Label::of("lasts", "how long it lasts"),
];

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct NewRuleForm {
    pattern: String,
    stance: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    scope: String,
    /// Days; empty for as long as nobody takes it back.
    #[serde(default)]
    lasts: String,
}

/// How long a rule may last, to choose from.
fn lasts(chosen: &str) -> Vec<LastsChoice> {
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

/// What the choice of a mode sends.
#[derive(Debug, Deserialize)]
pub struct ModeForm {
    mode: String,
}

/// `POST /settings/mode`
pub async fn choose_mode(
    State(app): State<App>,
    me: Me,
    Form(form): Form<ModeForm>,
) -> Result<Reply> {
    let mode = Mode::parse(&form.mode)
        .ok_or_else(|| Error::invalid("mode", "must be open or allow-list"))?;
    members::choose_mode(&app, me.account.id, mode).await?;
    Ok(Reply::see_other("/boundaries#mode"))
}

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
    match set(&app, &me, &form).await {
        Ok(()) => Ok(Reply::see_other("/boundaries")),
        Err(why) => {
            let form = RuleForm {
                trouble: Some(trouble(why, LABELS)?),
                stances: stances(&form.stance),
                lasts: lasts(&form.lasts),
                for_community: form.scope == "community",
                pattern: form.pattern,
                reason: form.reason,
            };
            page(&app, &me, &visit, form).await
        }
    }
}

async fn set(app: &App, me: &Me, form: &NewRuleForm) -> Result<()> {
    let for_community = form.scope == "community";
    let pattern = pattern(app, me, &form.pattern).await?;
    let stance = Stance::parse(&form.stance)
        .ok_or_else(|| Error::invalid("stance", "must be one of these"))?;
    let reason = Some(form.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let (scope, reason_public, reason_members) = if for_community {
        (of_community(&me.community), reason, None)
    } else {
        (of_member(&me.account)?, None, reason)
    };
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
        expires_at: days.map(|days| app.now_ms() + days * DAY_MS),
        reason_public,
        reason_members,
        set_by: Some(me.account.id),
        ..NewRule::about(scope, pattern, stance, Source::Person)
    };
    super::set(app, new).await?;
    Ok(())
}

/// A handle means the account that goes by it.
async fn pattern(app: &App, me: &Me, typed: &str) -> Result<Pattern> {
    if !typed.trim_start_matches('@').contains('@') || typed.contains("://") {
        return parse_pattern(typed);
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

/// `POST /boundaries/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    let scope = app
        .gate
        .book()
        .rule(RuleId(id))
        .map(|rule| rule.scope)
        .ok_or(Error::NotFound)?;
    let theirs = scope == of_member(&me.account)?
        || (scope == of_community(&me.community) && me.member.role >= Role::Moderator);
    if !theirs {
        return Err(Error::NotFound);
    }
    super::end(&app, scope, id, Some(me.account.id)).await?;
    Ok(Reply::see_other("/boundaries"))
}

/// `GET /why?about=` or `?status=`
#[derive(Debug, Deserialize)]
pub struct WhyQuestion {
    #[serde(default)]
    about: String,
    status: Option<i64>,
}

/// `GET /why`
pub async fn why(
    State(app): State<App>,
    visit: Visit,
    Query(question): Query<WhyQuestion>,
) -> Result<Reply> {
    let mut page = WhyPage {
        frame: frame(&app, &visit, "Why?", NavItem::Boundaries).await?,
        about: question.about.trim().to_owned(),
        outcome: None,
        question: String::new(),
        sentence: String::new(),
        because: None,
        considered: Vec::new(),
        change: Vec::new(),
    };
    if let Some(id) = question.status {
        // Whoever may not see it hears that there is nothing, as everywhere.
        let status = statuses::find(&app, &visit.party(), Way::Page, id).await?;
        let party = visit.party();
        let verdict = app
            .gate
            .judge(&Exchange {
                party: &party,
                act: Act::Read,
                way: Way::PublicTimeline,
                thing: &status.thing(),
            })
            .await?;
        page.question = format!("Is this post of {} shown to you?", status.author.handle());
        explain(&app, &visit, &verdict, &mut page);
    } else if !page.about.is_empty() {
        match party(&app, &page.about).await {
            Ok(other) => {
                let owner = match &visit.me {
                    Some(me) => me.account.clone(),
                    None => accounts::find(&app, visit.community.actor_id).await?,
                };
                let explanation = super::explain(&app, &owner, &other).await?;
                let us = if visit.me.is_some() {
                    "you".to_owned()
                } else {
                    visit.community.name.clone()
                };
                page.question = format!("May {} and {us} exchange posts?", page.about);
                let stricter = if explanation.outward.outcome > explanation.inward.outcome {
                    explanation.outward
                } else {
                    explanation.inward
                };
                explain(&app, &visit, &stricter, &mut page);
                // One's own block is one's own to know, also where a rule of theirs stands before it.
                if let (Some(me), Some(them)) = (&visit.me, other.person().and_then(|them| them.id))
                    && relations::relations(&app, me.account.id, vec![them.0])
                        .await?
                        .get(&them.0)
                        .is_some_and(|relation| relation.blocking)
                {
                    page.outcome = Some(OutcomeView::Refused);
                    "You block them.".clone_into(&mut page.sentence);
                }
            }
            Err(_) => {
                page.sentence
                    .push_str("That is neither a server's name, nor a handle, nor an address.");
            }
        }
    }
    Ok(Reply::page(page))
}

/// Fills in the answer, as far as it is the reader's to know. Visitors hear of rules that have a reason for everybody,
/// and of nothing else; members hear nothing of what the other side laid down (L29, L46).
fn explain(app: &App, visit: &Visit, verdict: &Verdict, page: &mut WhyPage) {
    let book = app.gate.book();
    if !is_ours(app, visit, verdict.because) {
        return explain_by_rules(app, visit, verdict, page);
    }
    let limited = verdict.conditions.contains(Conditions::LIMITED);
    page.outcome = Some(match verdict.outcome {
        Outcome::Allow if limited => OutcomeView::Limited,
        Outcome::Allow => OutcomeView::Allowed,
        Outcome::Hold => OutcomeView::Waits,
        Outcome::Refuse => OutcomeView::Refused,
    });
    page.sentence = super::plainly(app, visit, verdict.because)
        .unwrap_or_else(|| verdict.sentence_for(&book, listener(visit)));
    let decided = match verdict.because {
        Because::Rule(id) | Because::Limited(id) => book.rule(id),
        _ => None,
    };
    page.because = decided.and_then(|rule| view(rule, visit));
    page.considered = verdict
        .considered
        .iter()
        .filter(|id| decided.is_none_or(|rule| rule.id != **id))
        .filter_map(|id| view(book.rule(*id)?, visit))
        .collect();
    page.change = match decided.map(|rule| rule.scope) {
        Some(Scope::Member(..)) if page.because.is_some() => {
            vec![
                "You can take your rule back under Boundaries; it holds from that moment on."
                    .to_owned(),
            ]
        }
        Some(Scope::Community(_)) => {
            vec![format!(
                "A moderator of {} can take the rule back.",
                visit.community.name
            )]
        }
        _ => Vec::new(),
    };
}

/// Whether the reader may hear of what decided.
fn is_ours(app: &App, visit: &Visit, because: Because) -> bool {
    let Some(me) = &visit.me else {
        let book = app.gate.book();
        return match because {
            Because::Rule(id) | Because::Limited(id) => {
                book.rule(id).is_some_and(|rule| is_told(rule, visit))
            }
            _ => false,
        };
    };
    let me = &me.account;
    match because {
        Because::Rule(id) | Because::Limited(id) => match app.gate.book().rule(id) {
            Some(rule) => is_told(rule, visit),
            None => false,
        },
        Because::Mode(community, _) | Because::EmergencyGate(community) => {
            community == visit.community.policy_id()
        }
        Because::OwnMode(person, _) => person.0 == me.id,
        Because::Block { by } | Because::Mute { by } => by.0 == me.id,
        // What one post's author chose is told where its words may be read, and of what it answers nothing more.
        Because::Waits | Because::Removed => false,
        _ => true,
    }
}

/// Whether a rule is the reader's own or their community's; to a visitor, whether it has a reason for everybody.
fn is_told(rule: &Rule, visit: &Visit) -> bool {
    match (rule.scope, &visit.me) {
        (Scope::Operator, Some(_)) => true,
        (Scope::Community(of), me) => {
            of == visit.community.policy_id() && (me.is_some() || rule.reason_public.is_some())
        }
        (Scope::Member(person, _), Some(me)) => person.0 == me.account.id,
        _ => false,
    }
}

/// The answer that the reader's side would give by itself: the strictest of the rules they may hear of.
fn explain_by_rules(app: &App, visit: &Visit, verdict: &Verdict, page: &mut WhyPage) {
    let book = app.gate.book();
    let mut told: Vec<&Rule> = verdict
        .considered
        .iter()
        .filter_map(|id| book.rule(*id))
        .filter(|rule| is_told(rule, visit))
        .collect();
    told.sort_by_key(|rule| std::cmp::Reverse(strictness(rule.stance)));
    let Some((decided, others)) = told.split_first() else {
        if visit.me.is_some() {
            page.outcome = Some(OutcomeView::Allowed);
            "Nothing stands against it.".clone_into(&mut page.sentence);
        } else {
            // The same whether there is a rule that is not told or none.
            page.sentence = format!(
                "{} has no rule about this that everybody may read. Members can see more.",
                visit.community.name
            );
        }
        return;
    };
    page.outcome = Some(match decided.stance {
        Stance::Open => OutcomeView::Allowed,
        Stance::Limited => OutcomeView::Limited,
        Stance::Ask => OutcomeView::Waits,
        Stance::Withheld | Stance::Refused => OutcomeView::Refused,
    });
    page.because = view(decided, visit);
    page.sentence = super::plainly(app, visit, Because::Rule(decided.id))
        .unwrap_or_else(|| sentence_of(decided.stance).to_owned());
    page.considered = others.iter().filter_map(|rule| view(rule, visit)).collect();
}

fn strictness(stance: Stance) -> u8 {
    match stance {
        Stance::Open => 0,
        Stance::Limited => 1,
        Stance::Ask => 2,
        Stance::Withheld => 3,
        Stance::Refused => 4,
    }
}
