//! Pages of reports: the form, what one reported, and for those who look after a community, what waits for them.

mod moderated;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use comity_policy::Way;

pub use moderated::{assign, change, note, one, queue, reopen, resolve, unassign};

use super::model::{Category, Complaint, Report};
use super::{destinations, file, own, posts};
use crate::accounts;
use crate::app::App;
use crate::collections::{self, Shown};
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Input, Me, Reply, Visit};
use crate::statuses;
use crate::text::plain;
use crate::web::view::{Frame, NavItem, PersonView, Trouble};
use crate::web::{frame, person_view, time};

/// Letters shown of a post.
const QUOTED: usize = 400;

const LABELS: &[Label] = &[
    Label::of("comment", "What you write"),
    Label::of("account_id", "This account"),
    Label::of("category", "What is wrong"),
];

/// Who or what is reported.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct About {
    account: Option<i64>,
    status: Option<i64>,
    collection: Option<i64>,
}

#[derive(Template)]
#[template(path = "reports/report.html")]
struct ReportPage {
    frame: Frame,
    person: PersonView,
    status: Option<(i64, String)>,
    collection: Option<(i64, String)>,
    categories: Vec<(&'static str, &'static str, bool)>,
    house_rules: Vec<String>,
    servers: Vec<ServerView>,
    comment: String,
    trouble: Option<Trouble>,
}

/// A server to which the report could go on.
struct ServerView {
    name: String,
    refused: Option<String>,
}

/// What is wrong, in a sentence.
fn words(category: Category) -> &'static str {
    match category {
        Category::Other => "Something else",
        Category::Spam => "It is spam",
        Category::Legal => "It may be against the law",
        Category::Violation => "It is against a rule of this community",
    }
}

/// `GET /report`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Input(about): Input<About>,
) -> Result<Reply> {
    page(&app, &me, &visit, &about, ReportForm::default(), None).await
}

async fn page(
    app: &App,
    me: &Me,
    visit: &Visit,
    about: &About,
    sent: ReportForm,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let status = match about.status {
        Some(id) => Some(statuses::find(app, &me.party(), Way::Page, id).await?),
        None => None,
    };
    let collection = collection(app, me, about.collection).await?;
    let target_id = status.as_ref().map(|status| status.author.id);
    let owner_id = collection.as_ref().map(|one| one.collection.owner.id);
    let target_id = target_id.or(owner_id).or(about.account);
    let target_id = target_id.ok_or(Error::NotFound)?;
    let target = accounts::show(app, &me.party(), Way::Page, target_id).await?;
    let shown: Vec<_> = status.into_iter().collect();
    let servers = destinations(app, me, &target, &shown).await?;
    let mut frame = frame(app, visit, "Report", NavItem::Me).await?;
    frame.no_index = true;
    let chosen = Category::parse(&sent.category).unwrap_or(Category::Violation);
    let reply = Reply::page(ReportPage {
        frame,
        person: person_view(&target, &visit.community),
        status: shown.first().map(|status| {
            let words = plain::excerpt(&statuses::text(status).content, QUOTED);
            (status.id, words)
        }),
        collection: collection.map(|one| {
            let name = collections::words(&one.collection).name.clone();
            (one.collection.id, name)
        }),
        categories: Category::ALL
            .map(|category| (category.as_str(), words(category), category == chosen))
            .into(),
        house_rules: visit.community.house_rules(),
        servers: servers
            .into_iter()
            .map(|one| ServerView {
                name: one.server.unicode(),
                refused: one.refused,
            })
            .collect(),
        comment: sent.comment,
        trouble: trouble.clone(),
    });
    Ok(page_with(reply, trouble.as_ref()))
}

/// The collection that is reported, if one is and the member may see it.
async fn collection(app: &App, me: &Me, id: Option<i64>) -> Result<Option<Shown>> {
    match id {
        Some(id) => Ok(Some(collections::find(app, &me.party(), id).await?)),
        None => Ok(None),
    }
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    account: Option<i64>,
    status: Option<i64>,
    collection: Option<i64>,
    category: String,
    /// A house rule, counted from 1; 0 for none.
    rule: i64,
    comment: String,
    /// "on" lets it go on to every server that is not kept away.
    forward: String,
}

/// `POST /report`
pub async fn send(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(sent): Form<ReportForm>,
) -> Result<Reply> {
    let about = About {
        account: sent.account,
        status: sent.status,
        collection: sent.collection,
    };
    match try_send(&app, &me, &sent).await {
        Ok(_) => {
            let done = format!(
                "The moderators of {} look at it. What came of it will stand here.",
                visit.community.name
            );
            Ok(Reply::see_other("/reports").telling(&visit.community, done))
        }
        Err(why @ (Error::Invalid { .. } | Error::Conflict(_))) => {
            let trouble = trouble(why, LABELS)?;
            page(&app, &me, &visit, &about, sent, Some(trouble)).await
        }
        Err(why) => Err(why),
    }
}

async fn try_send(app: &App, me: &Me, sent: &ReportForm) -> Result<Report> {
    let status = match sent.status {
        Some(id) => Some(statuses::find(app, &me.party(), Way::Page, id).await?),
        None => None,
    };
    let collection = collection(app, me, sent.collection).await?;
    let target_id = status.as_ref().map(|status| status.author.id);
    let owner_id = collection.as_ref().map(|one| one.collection.owner.id);
    let target_id = target_id.or(owner_id).or(sent.account);
    let target_id = target_id.ok_or(Error::NotFound)?;
    let category = Category::parse(&sent.category)
        .ok_or_else(|| Error::invalid("category", "is none of the choices"))?;
    let forward_to = if sent.forward == "on" {
        let target = accounts::find(app, target_id).await?;
        let ids: Vec<i64> = status.iter().map(|status| status.id).collect();
        let shown = posts(app, &me.party(), &target, &ids).await?;
        let all = destinations(app, me, &target, &shown).await?;
        all.into_iter().map(|one| one.server).collect()
    } else {
        Vec::new()
    };
    let complaint = Complaint {
        target_id,
        status_ids: status.iter().map(|status| status.id).collect(),
        collection_ids: collection.iter().map(|one| one.collection.id).collect(),
        category,
        comment: sent.comment.clone(),
        rule_ids: (sent.rule > 0).then_some(sent.rule).into_iter().collect(),
        forward_to,
    };
    file(app, me, complaint).await
}

#[derive(Template)]
#[template(path = "reports/own.html")]
struct OwnPage {
    frame: Frame,
    reports: Vec<OwnView>,
}

/// A report, for whoever made it.
struct OwnView {
    person: PersonView,
    words: &'static str,
    comment: String,
    state: &'static str,
    answer: String,
    when_iso: String,
    when_text: String,
}

/// `GET /reports`: what one reported, and what came of it.
pub async fn mine(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let reports = own(&app, &me.account).await?;
    let people = reports.iter().map(|report| report.target_id).collect();
    let people = accounts::find_many(&app, people).await?;
    let now = app.now_ms();
    let mut frame = frame(&app, &visit, "Your reports", NavItem::Me).await?;
    frame.no_index = true;
    let view = |report: Report| {
        let target = people.get(&report.target_id)?;
        Some(OwnView {
            person: person_view(target, &visit.community),
            words: words(report.category),
            comment: report.comment,
            state: match (report.resolved_at, report.assigned_to) {
                (Some(_), _) => "Closed",
                (None, Some(_)) => "A moderator sees to it",
                (None, None) => "Waits for a moderator",
            },
            answer: report.answer,
            when_iso: time::iso(report.created_at),
            when_text: time::words(report.created_at, now),
        })
    };
    Ok(Reply::page(OwnPage {
        frame,
        reports: reports.into_iter().filter_map(view).collect(),
    }))
}
