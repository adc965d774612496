//! The pages of a community's texts, and for those who look after it the form to write them.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::{Day, Draft, Kind, Version};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::http::form::{Label, LongForm, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::members::Role;
use crate::moderation::looked_after;
use crate::web::view::{Frame, NavItem, Trouble};
use crate::web::{frame, time};

/// What a community may begin with: what the program does, and gaps for what only its people know.
const PRIVACY: &str = include_str!("privacy.md");
const TERMS: &str = include_str!("terms.md");

#[derive(Template)]
#[template(path = "texts/page.html")]
struct TextPage {
    frame: Frame,
    title: &'static str,
    path: &'static str,
    /// "Holds since 3 May 2026."
    since: String,
    changes: String,
    html: String,
    others: Vec<DayView>,
    may_write: bool,
}

/// One of the other versions.
struct DayView {
    iso: String,
    /// "3 May 2026"
    words: String,
    changes: String,
    may_go: bool,
}

/// `GET /privacy-policy`
pub async fn privacy_policy(State(app): State<App>, visit: Visit) -> Result<Reply> {
    show(&app, &visit, Kind::PrivacyPolicy, None).await
}

/// `GET /privacy-policy/{date}`
pub async fn privacy_policy_of_day(
    State(app): State<App>,
    visit: Visit,
    Path(date): Path<String>,
) -> Result<Reply> {
    show(&app, &visit, Kind::PrivacyPolicy, Some(&date)).await
}

/// `GET /terms-of-service`
pub async fn terms_of_service(State(app): State<App>, visit: Visit) -> Result<Reply> {
    show(&app, &visit, Kind::TermsOfService, None).await
}

/// `GET /terms-of-service/{date}`
pub async fn terms_of_day(
    State(app): State<App>,
    visit: Visit,
    Path(date): Path<String>,
) -> Result<Reply> {
    show(&app, &visit, Kind::TermsOfService, Some(&date)).await
}

async fn show(app: &App, visit: &Visit, kind: Kind, date: Option<&str>) -> Result<Reply> {
    let here = &visit.community;
    let version = match date {
        Some(date) => super::of_day(app, here, kind, date).await?,
        None => super::current(app, here, kind).await?,
    };
    let mut all = super::days(app, here, kind).await?;
    let since = since(&version, &all, app.now_ms());
    all.retain(|day| day.holds_from != version.holds_from);
    Ok(Reply::page(TextPage {
        frame: frame(app, visit, kind.title(), NavItem::About).await?,
        title: kind.title(),
        path: kind.path(),
        since,
        html: super::html(&version),
        changes: version.changes,
        others: views(app, all),
        may_write: visit
            .me
            .as_ref()
            .is_some_and(|me| me.member.role >= Role::Moderator),
    }))
}

/// From when to when a version holds, of all that there are, the last first.
fn since(version: &Version, all: &[Day], now_ms: i64) -> String {
    let from = time::day(version.holds_from);
    if version.holds_from > now_ms {
        return format!("Holds from {from} on.");
    }
    let mut later = all.iter().rev();
    let next = later.find(|day| day.holds_from > version.holds_from);
    match next {
        Some(next) if next.holds_from <= now_ms => {
            format!("Held from {from} until {}.", time::day(next.holds_from))
        }
        Some(next) => format!("Holds since {from}, until {}.", time::day(next.holds_from)),
        None => format!("Holds since {from}."),
    }
}

fn views(app: &App, days: Vec<Day>) -> Vec<DayView> {
    let view = |day: Day| DayView {
        iso: time::iso_day(day.holds_from),
        words: time::day(day.holds_from),
        may_go: super::may_be_taken_back(app, day.holds_from),
        changes: day.changes,
    };
    days.into_iter().map(view).collect()
}

#[derive(Template)]
#[template(path = "texts/form.html")]
struct FormPage {
    frame: Frame,
    title: &'static str,
    path: &'static str,
    /// Of this page.
    address: String,
    /// What stands in the form is what the program offers to begin with.
    is_offered: bool,
    text: String,
    changes: String,
    day: String,
    versions: Vec<DayView>,
    trouble: Option<Trouble>,
}

const LABELS: &[Label] = &[
    Label::of("text", "the text"),
    Label::of("changes", "what is new"),
    Label::of("day", "this day"),
];

/// `GET /moderation/texts/privacy-policy`
pub async fn privacy_form(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    form(&app, &me, &visit, Kind::PrivacyPolicy).await
}

/// `GET /moderation/texts/terms-of-service`
pub async fn terms_form(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    form(&app, &me, &visit, Kind::TermsOfService).await
}

async fn form(app: &App, me: &Me, visit: &Visit, kind: Kind) -> Result<Reply> {
    let here = looked_after(me)?;
    // The next version is made of the last.
    let last = match super::days(app, here, kind).await?.first() {
        Some(day) => {
            let day = time::iso_day(day.holds_from);
            Some(super::of_day(app, here, kind, &day).await?)
        }
        None => None,
    };
    let is_offered = last.is_none();
    let sent = Sent {
        text: last.map_or_else(|| offered(here, kind), |Version { text, .. }| text),
        changes: String::new(),
        day: time::iso_day(app.now_ms()),
    };
    form_page(app, visit, kind, sent, is_offered, None).await
}

fn offered(here: &Community, kind: Kind) -> String {
    let text = match kind {
        Kind::PrivacyPolicy => PRIVACY,
        Kind::TermsOfService => TERMS,
    };
    text.replace("{community}", &here.name)
        .replace("{domain}", &here.domain.unicode())
}

async fn form_page(
    app: &App,
    visit: &Visit,
    kind: Kind,
    sent: Sent,
    is_offered: bool,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = frame(app, visit, kind.title(), NavItem::Moderation).await?;
    frame.no_index = true;
    let page = FormPage {
        frame,
        title: kind.title(),
        path: kind.path(),
        address: format!("/moderation/texts{}", kind.path()),
        is_offered,
        text: sent.text,
        changes: sent.changes,
        day: sent.day,
        versions: views(app, super::days(app, &visit.community, kind).await?),
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    text: String,
    changes: String,
    day: String,
}

/// `POST /moderation/texts/privacy-policy`
pub async fn publish_privacy(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    LongForm(sent): LongForm<Sent>,
) -> Result<Reply> {
    publish(&app, &me, &visit, Kind::PrivacyPolicy, sent).await
}

/// `POST /moderation/texts/terms-of-service`
pub async fn publish_terms(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    LongForm(sent): LongForm<Sent>,
) -> Result<Reply> {
    publish(&app, &me, &visit, Kind::TermsOfService, sent).await
}

async fn publish(app: &App, me: &Me, visit: &Visit, kind: Kind, sent: Sent) -> Result<Reply> {
    let draft = Draft {
        text: sent.text.clone(),
        changes: sent.changes.clone(),
        day: sent.day.clone(),
    };
    match super::publish(app, me, kind, &draft).await {
        Ok(from) => {
            let done = format!("It holds from {} on.", time::day(from));
            let path = format!("{}/{}", kind.path(), time::iso_day(from));
            Ok(Reply::see_other(&path).telling(&visit.community, done))
        }
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(app, visit, kind, sent, false, Some(trouble)).await
        }
    }
}

/// Which version is taken back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TakeBack {
    day: String,
}

/// `POST /moderation/texts/privacy-policy/take-back`
pub async fn take_back_privacy(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(which): Form<TakeBack>,
) -> Result<Reply> {
    take_back(&app, &me, &visit, Kind::PrivacyPolicy, &which.day).await
}

/// `POST /moderation/texts/terms-of-service/take-back`
pub async fn take_back_terms(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(which): Form<TakeBack>,
) -> Result<Reply> {
    take_back(&app, &me, &visit, Kind::TermsOfService, &which.day).await
}

async fn take_back(app: &App, me: &Me, visit: &Visit, kind: Kind, day: &str) -> Result<Reply> {
    super::take_back(app, me, kind, day).await?;
    let done = "It is taken back.";
    let path = format!("/moderation/texts{}", kind.path());
    Ok(Reply::see_other(&path).telling(&visit.community, done))
}
