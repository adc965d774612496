//! The page on which moderators look after the emoji of their community, and the pictures themselves.

use askama::Template;
use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;

use super::{Change, Emoji, LARGEST_FILE, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{FileForm, Files, Form, Id, Me, Path, Reply, Visit};
use crate::media::Part;
use crate::media::web::{find, send, served_as};
use crate::moderation::looked_after;
use crate::web::view::{Frame, NavItem, Trouble};
use crate::web::{frame, own_file};

#[derive(Template)]
#[template(path = "emojis/page.html")]
struct EmojisPage {
    frame: Frame,
    all: Vec<View>,
    code: String,
    category: String,
    largest_mib: u64,
    trouble: Option<Trouble>,
}

/// One of them.
struct View {
    id: i64,
    code: String,
    category: String,
    src: String,
    is_listed: bool,
    is_on: bool,
}

const LABELS: &[Label] = &[
    Label::of("shortcode", "the code"),
    Label::of("category", "the category"),
    Label::of("file", "the picture"),
];

/// `GET /moderation/emojis`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, &Sent::default(), None).await
}

async fn show(
    app: &App,
    me: &Me,
    visit: &Visit,
    sent: &Sent,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let community = looked_after(me)?;
    let shelf = &community.emojis;
    let view = |emoji: Emoji| {
        let shown = shelf.ours(&emoji)?;
        Some(View {
            id: emoji.id,
            code: emoji.shortcode,
            category: emoji.category,
            src: own_file(&shown.url)?,
            is_listed: emoji.is_listed,
            is_on: emoji.is_on,
        })
    };
    let all = super::list(app, community).await?;
    let mut frame = frame(app, visit, "Emoji", NavItem::Moderation).await?;
    frame.no_index = true;
    let page = EmojisPage {
        frame,
        all: all.into_iter().filter_map(view).collect(),
        code: sent.shortcode.clone(),
        category: sent.category.clone(),
        largest_mib: LARGEST_FILE >> 20,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// What the form for a new one sends, besides the picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    shortcode: String,
    category: String,
}

fn back() -> Reply {
    Reply::see_other("/moderation/emojis")
}

/// `POST /moderation/emojis`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    FileForm(sent, mut files): FileForm<Sent>,
) -> Result<Reply> {
    match Box::pin(take_in(&app, &me, &sent, &mut files)).await {
        Ok(()) => Ok(back()),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            show(&app, &me, &visit, &sent, Some(trouble)).await
        }
    }
}

async fn take_in(app: &App, me: &Me, sent: &Sent, files: &mut Files) -> Result<()> {
    looked_after(me)?;
    let Some(file) = files.take("file") else {
        return Err(Error::invalid("file", "is missing; choose one"));
    };
    super::add_as(app, me, &sent.shortcode, &sent.category, file.folder()).await?;
    Ok(())
}

/// What the form beside one sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Changed {
    category: String,
    listed: String,
    on: String,
}

/// `POST /moderation/emojis/{id}`
pub async fn change(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(changed): Form<Changed>,
) -> Result<Reply> {
    let change = Change {
        category: changed.category,
        is_listed: changed.listed == "on",
        is_on: changed.on == "on",
    };
    super::change(&app, &me, id, &change).await?;
    Ok(back())
}

/// `POST /moderation/emojis/{id}/delete`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::remove_as(&app, &me, id).await?;
    Ok(back())
}

/// `GET /media/emojis/{key}/{file}`: the picture of one of ours. Whoever may see what it stands in was told its address.
pub async fn file(
    State(app): State<App>,
    Path((key, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Reply> {
    let emoji = store::by_key(&app.db, &key).await?;
    let emoji = emoji.ok_or(Error::NotFound)?;
    let (part, media_type) = match file.split_once('.') {
        Some(("original", _)) => (Part::Original, &emoji.file_type),
        Some(("small", _)) => (Part::Small, &emoji.still_type),
        _ => return Err(Error::NotFound),
    };
    let media_type = served_as(media_type).ok_or(Error::NotFound)?;
    let (file, tag) = find(&app, &emoji.file_key, part, &headers).await?;
    send(file, media_type, &tag, &headers, true).await
}
