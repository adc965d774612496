//! Conversations between few people as a page: who is in each, what was said last, and whether that was read.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use comity_policy::{Visible, Way};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::conversations::{self, Direct, Mark};
use crate::error::Result;
use crate::filters::Context;
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::statuses::web::{Reader, path};
use crate::statuses::{Status, text};
use crate::text::plain;
use crate::web::view::{Frame, NavItem, PersonView};
use crate::web::{cleared_view, frame, time};

/// Letters quoted of what was said last.
const QUOTED: usize = 140;
/// People named of each; further ones are counted.
const NAMED: usize = 5;

const PAGE: &str = "/conversations";

#[derive(Template)]
#[template(path = "conversations/directs.html")]
struct DirectsPage {
    frame: Frame,
    rows: Vec<DirectView>,
    older: Option<String>,
    newer: Option<String>,
}

/// One of them.
struct DirectView {
    id: i64,
    /// The others in it whom the viewer may see, the first few.
    people: Vec<PersonView>,
    /// How many more of these there are.
    more: usize,
    /// Instead of their names, where there are none to say.
    nobody: &'static str,
    /// The last post.
    url: String,
    /// The viewer wrote it.
    is_own: bool,
    words: String,
    lang: String,
    when_iso: String,
    when_text: String,
    is_unread: bool,
}

/// `GET /conversations`
pub async fn directs(State(app): State<App>, me: Me, visit: Visit, page: Page) -> Result<Reply> {
    let mut found = conversations::directs(&app, &me).await?;
    found.retain(|direct| direct.last.id < page.below());
    let is_full = found.len() > page.length();
    found.truncate(page.length());
    let last = found.last().filter(|_| is_full);
    let older = last.map(|direct| format!("{PAGE}?max_id={}", direct.last.id));
    let people = found.iter().flat_map(|direct| &direct.others);
    let ids: Vec<i64> = people.map(|account| account.id).collect();
    let shown = accounts::show_many(&app, &me.party(), Way::Page, &ids).await?;
    let posts: Vec<&Visible<Status>> = found.iter().map(|direct| &direct.last).collect();
    let reader = Reader::of(&app, &visit, Way::Page, &posts).await?;
    let now_ms = app.now_ms();
    let view = |direct: &Direct| view(&reader, &visit, &shown, direct, now_ms);
    let rows = found.iter().map(view).collect();
    let mut frame = frame(&app, &visit, "Conversations", NavItem::Notifications).await?;
    frame.no_index = true;
    Ok(Reply::page(DirectsPage {
        frame,
        rows,
        older,
        newer: page.max_id.is_some().then(|| PAGE.to_owned()),
    }))
}

fn view(
    reader: &Reader<'_>,
    visit: &Visit,
    shown: &HashMap<i64, Vec<Visible<Account>>>,
    direct: &Direct,
    now_ms: i64,
) -> DirectView {
    let (last, here) = (&direct.last, &visit.community);
    // Whoever wrote what is shown is named; others are there where they are for the member.
    let person = |id: i64| {
        if id == last.author.id {
            return Some(cleared_view(&last.author, last, here));
        }
        let account = shown.get(&id)?.first()?;
        Some(cleared_view(account, account, here))
    };
    let mut people: Vec<PersonView> = direct
        .others
        .iter()
        .filter_map(|other| person(other.id))
        .collect();
    let more = people.len().saturating_sub(NAMED);
    people.truncate(NAMED);
    let post = reader.view_in(Some(Context::Thread), last, None);
    let words = match &post {
        None => "A filter of yours hides what was said last.".to_owned(),
        Some(post) => match (&post.veil, &post.spoiler) {
            (Some(veil), _) => veil.sentence.clone(),
            (None, Some(warning)) => warning.clone(),
            (None, None) => beginning(last),
        },
    };
    DirectView {
        id: direct.id,
        nobody: if direct.others.is_empty() {
            "You alone"
        } else {
            "Somebody who is not shown to you"
        },
        people,
        more,
        url: path(last, here),
        is_own: visit
            .me
            .as_ref()
            .is_some_and(|me| me.account.id == last.author.id),
        words,
        lang: post.and_then(|post| post.lang).unwrap_or_default(),
        when_iso: time::iso(last.created_at),
        when_text: time::words(last.created_at, now_ms),
        is_unread: direct.is_unread,
    }
}

/// How a post begins; of one that has no words, what it has.
fn beginning(status: &Visible<Status>) -> String {
    let words = text(status);
    let excerpt = plain::excerpt(&words.content, QUOTED);
    if !excerpt.is_empty() {
        return excerpt;
    }
    match words.attachments.len() {
        0 => "No words".to_owned(),
        1 => "A file".to_owned(),
        many => format!("{many} files"),
    }
}

/// `POST /conversations/{id}/read`
pub async fn read(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    marked(&app, &me, id, Mark::Read).await
}

/// `POST /conversations/{id}/unread`
pub async fn unread(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    marked(&app, &me, id, Mark::Unread).await
}

/// `POST /conversations/{id}/hide`: until there is something new in it.
pub async fn hide(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    marked(&app, &me, id, Mark::Hidden).await
}

async fn marked(app: &App, me: &Me, id: i64, mark: Mark) -> Result<Reply> {
    let direct = conversations::direct(app, me, id).await?;
    conversations::mark(app, me, &direct, mark).await?;
    Ok(Reply::see_other(PAGE))
}
