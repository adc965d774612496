//! Boundaries as pages: one's own rules and the community's, setting and taking back.

mod history;
mod setting;
mod why;

use axum::extract::{Query, State};
use comity_policy::{Mode, Pattern, PersonId, Rule, RuleId, Scope, Stance};
use serde::Deserialize;

pub use history::history;
pub use setting::{add, pattern};
use setting::{condition_choices, lasts};
pub use why::{WhyQuestion, answer, outcome_of, why};

use super::{
    Change, Whose, conditions, dry_run, in_force, is_about_own, listener, of_community, of_member,
    whom,
};
use crate::aliases;
use crate::app::App;
use crate::communities::Community;
use crate::emergency;
use crate::error::{Error, Result};
use crate::http::form::page_with;
use crate::http::reply::as_sentence;
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::members::{self, Role};
use crate::reach::{self, Offer};
use crate::web::view::{
    AskView, BoundariesPage, DryRunView, Mark, MarkKind, NavItem, Protection, RuleForm, RuleView,
    StanceChoice, Strength, TakingBackView,
};
use crate::web::{frame, time};

/// The sign of a stance.
pub fn mark_kind(stance: Stance) -> MarkKind {
    match stance {
        Stance::Open => MarkKind::Open,
        Stance::Unchanged => MarkKind::Unchanged,
        Stance::Limited => MarkKind::Limited,
        Stance::Ask => MarkKind::Ask,
        Stance::Withheld => MarkKind::Withheld,
        Stance::Refused => MarkKind::Refused,
    }
}

/// A rule as a reader sees it; `None` for one that is not theirs to know.
pub fn view(app: &App, rule: &Rule, visit: &Visit) -> Option<RuleView> {
    let me = visit.me.as_ref();
    let governs = me.is_some_and(|me| me.member.role >= Role::Moderator);
    let about_own = is_about_own(app, rule);
    let (whose, may_remove) = match rule.scope {
        Scope::Community(_) if about_own && !governs => return None,
        Scope::Community(id) if id.0 == visit.community.id => {
            (visit.community.name.clone(), governs && !about_own)
        }
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
            list @ Pattern::List(_) => as_sentence(&whom(app, list))
                .trim_end_matches('.')
                .to_owned(),
            other => other.to_string(),
        },
        covers: match &rule.pattern {
            Pattern::Domain(_) => "Holds for every server under it as well.".to_owned(),
            _ => String::new(),
        },
        mark: Mark::plain(mark_kind(rule.stance)),
        sentence: sentence_of(rule.stance).to_owned(),
        conditions: conditions::sentences(rule.conditions),
        reason: rule.reason_for(listener(visit)).map(str::to_owned),
        whose,
        since_iso: time::iso(rule.set_at),
        since_text: time::day(rule.set_at),
        until_text: rule.expires_at.map(time::day),
        ask: None,
        review_text: rule
            .review_at
            .filter(|_| may_remove)
            .map(|at| review(at, app.now_ms())),
        may_remove,
    })
}

/// When somebody is to look at it again.
fn review(at: i64, now_ms: i64) -> String {
    let when = if at <= now_ms { "since" } else { "on" };
    format!("to be looked at {when} {}", time::day(at))
}

fn sentence_of(stance: Stance) -> &'static str {
    StanceChoice::all(stance.as_str())
        .into_iter()
        .find(|choice| choice.value == stance.as_str())
        .map_or("", |choice| choice.sentence)
}

/// A community's answer to servers it has no rule for, in a sentence.
pub fn mode_sentence(community: &Community) -> String {
    use comity_policy::Mode;
    match community.mode {
        Mode::Open => "Open: servers we do not know are welcome until a rule says otherwise.",
        Mode::Cautious => {
            "Cautious: people on servers we do not know wait until whom they write to says yes."
        }
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

/// `GET /boundaries?pattern=&sighting=`. A link fills in about whom a rule would be and nothing else: reasons and what they
/// rest on are read from what was seen here, never from an address that anybody can make up.
#[derive(Debug, Deserialize)]
pub struct Prefill {
    #[serde(default)]
    pattern: String,
    /// What was seen of an alias, by its number.
    sighting: Option<i64>,
}

/// `GET /boundaries`
pub async fn boundaries(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Query(prefill): Query<Prefill>,
) -> Result<Reply> {
    let form = match prefill.sighting {
        Some(id) if me.member.role >= Role::Moderator => {
            let grounds = aliases::grounds(&app, &me.community, id).await?;
            let (server, evidence) = grounds.ok_or(Error::NotFound)?;
            RuleForm {
                for_community: true,
                evidence,
                ..empty_form(server.as_str().to_owned())
            }
        }
        Some(_) => return Err(Error::NotFound),
        None => empty_form(prefill.pattern),
    };
    page(&app, &me, &visit, form, None).await
}

fn empty_form(pattern: String) -> RuleForm {
    RuleForm {
        pattern,
        stances: StanceChoice::all("limited"),
        conditions: condition_choices(&[]),
        lasts: lasts(""),
        reason: String::new(),
        evidence: String::new(),
        for_community: false,
        ask_back: false,
        dry_run: None,
        trouble: None,
    }
}

async fn page(
    app: &App,
    me: &Me,
    visit: &Visit,
    form: RuleForm,
    taking_back: Option<TakingBackView>,
) -> Result<Reply> {
    let views = |scope| {
        in_force(app, scope)
            .iter()
            .filter_map(|rule| view(app, rule, visit))
            .collect()
    };
    let may_govern = me.member.role >= Role::Moderator;
    let gate = if may_govern {
        Some(emergency::web::view(app, &me.community).await?)
    } else {
        None
    };
    let trouble = form.trouble.clone();
    let mut mine: Vec<RuleView> = views(of_member(&me.account)?);
    add_asks(app, me, &mut mine).await?;
    let page = Reply::page(BoundariesPage {
        frame: frame(app, visit, "Boundaries", NavItem::Boundaries).await?,
        mine,
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
        taking_back,
        protections: protections(&me.community, Protected::Boundary),
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// What can be asked of those whom one's own rules refuse, and when that was done.
async fn add_asks(app: &App, me: &Me, mine: &mut [RuleView]) -> Result<()> {
    let book = app.gate.book();
    let refusing = |id| {
        let rule = book.rule(RuleId(id));
        rule.filter(|rule| rule.stance == Stance::Refused)
    };
    let ids = mine.iter().map(|view| view.id);
    let asked = reach::asked_by(app, ids.filter(|id| refusing(*id).is_some()).collect()).await?;
    for view in mine {
        let Some(rule) = refusing(view.id) else {
            continue;
        };
        view.ask = Some(AskView {
            may: reach::offer_of(app, &me.account, &rule.pattern).await? == Offer::Asks,
            asked_text: asked.get(&view.id).map(|at| time::day(*at)),
        });
    }
    Ok(())
}

/// `POST /boundaries/{id}/ask`
pub async fn ask(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::ask_back(&app, &me.account, id).await?;
    Ok(Reply::see_other(&format!("/boundaries#rule-{id}")))
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
        .ok_or_else(|| Error::invalid("mode", "must be open, cautious or allow-list"))?;
    members::choose_mode(&app, me.account.id, mode).await?;
    Ok(Reply::see_other("/boundaries#mode"))
}

/// What a change would do, in sentences for this reader.
async fn would(app: &App, me: &Me, change: &Change) -> Result<Vec<String>> {
    let whose = match change.scope {
        Scope::Member(..) => Whose::Yours,
        _ => Whose::MembersOf(me.community.name.clone()),
    };
    Ok(dry_run(app, change).await?.lines(&whose))
}

/// What the button that takes a rule back sends.
#[derive(Debug, Deserialize)]
pub struct RemoveForm {
    /// "show" to be told what would come back.
    #[serde(default)]
    step: String,
}

/// `POST /boundaries/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(asked): Form<RemoveForm>,
) -> Result<Reply> {
    let scope = app
        .gate
        .book()
        .rule(RuleId(id))
        .map(|rule| rule.scope)
        .ok_or(Error::NotFound)?;
    let theirs = scope == of_member(&me.account)?
        || (scope == of_community(&me.community) && me.member.role >= Role::Moderator);
    let about_own = app
        .gate
        .book()
        .rule(RuleId(id))
        .is_some_and(|rule| is_about_own(&app, rule));
    if !theirs || about_own {
        return Err(Error::NotFound);
    }
    if asked.step == "show" {
        let change = Change::of_taking_back(&app, RuleId(id)).ok_or(Error::NotFound)?;
        let taking_back = TakingBackView {
            id,
            pattern: whom(&app, &change.pattern),
            dry_run: DryRunView {
                shown: String::new(),
                lines: would(&app, &me, &change).await?,
            },
        };
        return page(
            &app,
            &me,
            &visit,
            empty_form(String::new()),
            Some(taking_back),
        )
        .await;
    }
    super::end(&app, scope, id, Some(me.account.id)).await?;
    Ok(Reply::see_other("/boundaries"))
}
