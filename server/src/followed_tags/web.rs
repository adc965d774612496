//! The page of topics that a member follows, and the buttons that follow one.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::MOST;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, local_path};
use crate::text::hashtag;
use crate::web::frame;
use crate::web::view::{Frame, NavItem, Trouble};
use crate::window::Window;

/// Where the page is.
const PAGE: &str = "/settings/topics";

/// What the form's field is called in sentences.
const LABELS: &[Label] = &[
    Label::of("name", "this"),
    Label {
        of: "tags",
        input: "name",
        words: "topics",
    },
];

#[derive(Template)]
#[template(path = "followed_tags/page.html")]
struct TopicsPage {
    frame: Frame,
    all: Vec<Topic>,
    /// What was typed and is to be mended.
    name: String,
    trouble: Option<Trouble>,
}

/// A topic that the viewer follows.
struct Topic {
    name: String,
    url: String,
}

/// Which topic, by any spelling.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    name: String,
    back: String,
}

impl Named {
    fn back(&self) -> Reply {
        Reply::see_other(local_path(&self.back).unwrap_or(PAGE))
    }
}

/// `GET /settings/topics`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, String::new(), None).await
}

/// `POST /settings/topics`
pub async fn follow(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(named): Form<Named>,
) -> Result<Reply> {
    match followed(&app, &me, &named.name).await {
        Ok(()) => Ok(named.back()),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            show(&app, &me, &visit, named.name, Some(trouble)).await
        }
    }
}

async fn followed(app: &App, me: &Me, typed: &str) -> Result<()> {
    let name = hashtag::name(typed).ok_or_else(|| {
        Error::invalid(
            "name",
            "is no hashtag; one is a word, with letters and digits",
        )
    })?;
    super::follow(app, me.account.id, &name).await?;
    Ok(())
}

/// `POST /settings/topics/unfollow`
pub async fn unfollow(State(app): State<App>, me: Me, Form(named): Form<Named>) -> Result<Reply> {
    super::unfollow(&app, me.account.id, &named.name).await?;
    Ok(named.back())
}

async fn show(
    app: &App,
    me: &Me,
    visit: &Visit,
    name: String,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let window = Window::older_than(i64::MAX);
    let all = super::list(app, me.account.id, window, MOST).await?;
    let mut frame = frame(app, visit, "Topics you follow", NavItem::Search).await?;
    frame.no_index = true;
    let page = Reply::page(TopicsPage {
        frame,
        all: all
            .into_iter()
            .map(|(_, name)| Topic {
                url: hashtag::path(&name),
                name,
            })
            .collect(),
        name,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}
