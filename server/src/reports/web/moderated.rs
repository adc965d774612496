//! What waits for the moderators of a community, and what they do about it.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::words;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::{Form, Id, Input, Me, Reply, Visit};
use crate::members::Role;
use crate::moderation;
use crate::moderation::person::{ActView, choices, views};
use crate::reports::{self, Category, Choice, Report};
use crate::web::view::{Frame, NavItem, PersonView};
use crate::web::{frame, person_view, time};
use crate::window::Window;

/// Reports on one page.
const ON_A_PAGE: i64 = 40;

#[derive(Template)]
#[template(path = "reports/queue.html")]
struct QueuePage {
    frame: Frame,
    closed: bool,
    reports: Vec<ReportView>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "reports/one.html")]
struct OnePage {
    frame: Frame,
    report: ReportView,
    evidence: Vec<EvidenceView>,
    notes: Vec<NoteView>,
    categories: Vec<(&'static str, &'static str, bool)>,
    mine: bool,
    actions: Vec<(&'static str, &'static str)>,
    lives_here: bool,
    acts: Vec<ActView>,
}

/// A report, for a moderator.
struct ReportView {
    id: i64,
    by: PersonView,
    by_handle: String,
    is_from_elsewhere: bool,
    target: PersonView,
    target_handle: String,
    target_id: i64,
    words: &'static str,
    rules: Vec<String>,
    comment: String,
    forwarded: Vec<String>,
    assigned: Option<String>,
    closed: Option<String>,
    answer: String,
    when_iso: String,
    when_text: String,
}

/// What a post or a collection said when it was reported.
struct EvidenceView {
    said: Option<String>,
    iri: String,
}

/// What a moderator wrote down.
struct NoteView {
    by: String,
    text: String,
    when_iso: String,
    when_text: String,
}

/// Which part of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    closed: bool,
    max_id: Option<i64>,
}

fn looked_after(me: &Me) -> Result<&Community> {
    if me.member.role < Role::Moderator {
        return Err(Error::NotFound);
    }
    Ok(&me.community)
}

async fn found(app: &App, me: &Me, id: i64) -> Result<Report> {
    reports::find(app, looked_after(me)?, me.account.id, id).await
}

async fn people(app: &App, reports: &[Report]) -> Result<HashMap<i64, Arc<Account>>> {
    let ids = reports.iter().flat_map(|report| {
        [Some(report.account_id), Some(report.target_id)]
            .into_iter()
            .chain([report.assigned_to, report.resolved_by])
            .flatten()
    });
    accounts::find_many(app, ids.collect()).await
}

fn view(
    report: &Report,
    people: &HashMap<i64, Arc<Account>>,
    here: &Community,
    now_ms: i64,
) -> Option<ReportView> {
    let by = people.get(&report.account_id)?;
    let target = people.get(&report.target_id)?;
    let name = |id: Option<i64>| Some(people.get(&id?)?.handle().username);
    let rules = here.house_rules();
    let rule = |number: &i64| rules.get(usize::try_from(number - 1).ok()?).cloned();
    Some(ReportView {
        id: report.id,
        by: person_view(by, here),
        by_handle: by.handle().to_string(),
        is_from_elsewhere: report.is_from_elsewhere,
        target: person_view(target, here),
        target_handle: target.handle().to_string(),
        target_id: target.id,
        words: words(report.category),
        rules: report.rule_ids.iter().filter_map(rule).collect(),
        comment: report.comment.clone(),
        forwarded: report
            .forwarded_to
            .iter()
            .map(comity_vocab::Domain::unicode)
            .collect(),
        assigned: name(report.assigned_to),
        closed: report.resolved_at.and(name(report.resolved_by)),
        answer: report.answer.clone(),
        when_iso: time::iso(report.created_at),
        when_text: time::words(report.created_at, now_ms),
    })
}

/// `GET /moderation/reports`
pub async fn queue(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Input(part): Input<Part>,
) -> Result<Reply> {
    let community = looked_after(&me)?;
    let choice = Choice {
        resolved: Some(part.closed),
        ..Choice::default()
    };
    let window = Window::older_than(part.max_id.unwrap_or(i64::MAX));
    let viewer = me.account.id;
    let (found, older) = reports::list(&app, community, viewer, choice, window, ON_A_PAGE).await?;
    let people = people(&app, &found).await?;
    let now = app.now_ms();
    let mut frame = frame(&app, &visit, "Reports", NavItem::Moderation).await?;
    frame.no_index = true;
    let closed = if part.closed { "closed=true&" } else { "" };
    Ok(Reply::page(QueuePage {
        frame,
        closed: part.closed,
        reports: found
            .iter()
            .filter_map(|report| view(report, &people, community, now))
            .collect(),
        older: older.map(|id| format!("/moderation/reports?{closed}max_id={id}")),
    }))
}

/// `GET /moderation/reports/{id}`
pub async fn one(State(app): State<App>, me: Me, visit: Visit, Id(id): Id) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    let now = app.now_ms();
    let subject = match moderation::find(&app, &me.community, report.target_id).await {
        Ok(subject) => Some(subject),
        Err(why) if why.is_not_found() => None,
        Err(why) => return Err(why),
    };
    let acts = moderation::acts(&app, &me.community, report.target_id).await?;
    let evidence = reports::evidence(&app, &report).await?;
    let collected = reports::collected(&app, &report).await?;
    let notes = reports::notes(&app, &report).await?;
    let writers = notes.iter().map(|note| note.account_id).collect();
    let writers = accounts::find_many(&app, writers).await?;
    let category = report.category;
    let mine = report.assigned_to == Some(me.account.id);
    let all = [report];
    let people = people(&app, &all).await?;
    let [report] = &all;
    let report = view(report, &people, &me.community, now).ok_or(Error::NotFound)?;
    let mut frame = frame(&app, &visit, "A report", NavItem::Moderation).await?;
    frame.no_index = true;
    Ok(Reply::page(OnePage {
        frame,
        report,
        evidence: evidence
            .into_iter()
            .map(|one| EvidenceView {
                said: one.said,
                iri: one.iri,
            })
            .chain(collected.into_iter().map(|one| EvidenceView {
                said: Some(one.said),
                iri: one.iri,
            }))
            .collect(),
        notes: notes
            .into_iter()
            .map(|note| NoteView {
                by: writers
                    .get(&note.account_id)
                    .map(|account| account.handle().username)
                    .unwrap_or_default(),
                text: note.text,
                when_iso: time::iso(note.created_at),
                when_text: time::words(note.created_at, now),
            })
            .collect(),
        categories: Category::ALL
            .map(|one| (one.as_str(), words(one), one == category))
            .into(),
        mine,
        actions: subject.as_ref().map(choices).unwrap_or_default(),
        lives_here: subject.is_some_and(|subject| subject.member.is_some()),
        acts: views(&app, acts).await?,
    }))
}

fn back(id: i64) -> Reply {
    Reply::see_other(&format!("/moderation/reports/{id}"))
}

/// `POST /moderation/reports/{id}/assign`
pub async fn assign(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    reports::assign(&app, &report, Some(&me.account)).await?;
    Ok(back(id))
}

/// `POST /moderation/reports/{id}/unassign`
pub async fn unassign(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    reports::assign(&app, &report, None).await?;
    Ok(back(id))
}

/// What moderators write.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Written {
    text: String,
    category: String,
}

/// `POST /moderation/reports/{id}/note`
pub async fn note(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(written): Form<Written>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    reports::note(&app, &report, &me.account, &written.text).await?;
    Ok(back(id))
}

/// `POST /moderation/reports/{id}/category`
pub async fn change(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(written): Form<Written>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    let category = Category::parse(&written.category)
        .ok_or_else(|| Error::invalid("category", "is none of the choices"))?;
    reports::change(&app, &me.community, &report, category, &report.rule_ids).await?;
    Ok(back(id))
}

/// `POST /moderation/reports/{id}/resolve`
pub async fn resolve(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Id(id): Id,
    Form(written): Form<Written>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    reports::resolve(&app, &report, &me.account, &written.text).await?;
    let done = "The report is closed.";
    Ok(Reply::see_other("/moderation/reports").telling(&visit.community, done))
}

/// `POST /moderation/reports/{id}/reopen`
pub async fn reopen(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    let report = found(&app, &me, id).await?;
    reports::reopen(&app, &report).await?;
    Ok(back(id))
}
