//! The first page for those who look after a community: what waits for them, and the way to all that they can do.

use askama::Template;
use axum::extract::State;

use super::looked_after;
use crate::app::App;
use crate::communities::{Answers, Community};
use crate::error::Result;
use crate::http::{Caller, Me, Reply, Visit};
use crate::reports::Choice;
use crate::web::frame;
use crate::web::view::{Frame, NavItem};
use crate::window::Window;
use crate::{contacts, discovery, reports, sign_ups};

/// So many are counted: of more it is said that there are more.
const MOST_COUNTED: i64 = 100;

#[derive(Template)]
#[template(path = "moderation/start.html")]
struct StartPage {
    frame: Frame,
    waiting: Vec<WaitingView>,
}

/// A kind of thing that waits.
struct WaitingView {
    url: &'static str,
    words: &'static str,
    told: String,
    /// Somebody waits for a word about it.
    waits: bool,
}

/// `GET /moderation`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let here = looked_after(&me)?;
    let mut waiting = vec![
        open_reports(&app, here, &me).await?,
        applicants(&app, here).await?,
        strangers(&app, here).await?,
    ];
    if here.trends {
        waiting.push(talked_of(&app, &visit).await?);
    }
    let mut frame = frame(&app, &visit, "Moderation", NavItem::Moderation).await?;
    frame.no_index = true;
    Ok(Reply::page(StartPage { frame, waiting }))
}

/// Those that the viewer may read: one about themself is not counted either.
async fn open_reports(app: &App, here: &Community, me: &Me) -> Result<WaitingView> {
    let choice = Choice {
        resolved: Some(false),
        ..Choice::default()
    };
    let window = Window::older_than(i64::MAX);
    let (found, older) =
        reports::list(app, here, me.account.id, choice, window, MOST_COUNTED).await?;
    let count = found.len();
    Ok(WaitingView {
        url: "/moderation/reports",
        words: "Reports",
        told: match (count, older) {
            (0, _) => "None is open.".to_owned(),
            (1, _) => "One is open.".to_owned(),
            (some, None) => format!("{some} are open."),
            (some, Some(_)) => format!("{some} and more are open."),
        },
        waits: count > 0,
    })
}

async fn applicants(app: &App, here: &Community) -> Result<WaitingView> {
    let count = sign_ups::queue(app, here).await?.len();
    Ok(WaitingView {
        url: "/sign-ups",
        words: "Sign-ups",
        told: people_wait(count, "to join"),
        waits: count > 0,
    })
}

async fn strangers(app: &App, here: &Community) -> Result<WaitingView> {
    let count = contacts::queue(app, here).await?.len();
    let mut told = people_wait(count, "because the community asks");
    if here.answers == Answers::Members {
        told.push_str(" Members answer for themselves.");
    }
    Ok(WaitingView {
        url: "/contacts/community",
        words: "First contacts",
        told,
        waits: count > 0,
    })
}

/// Nothing of it waits for a yes: whoever likes looks whether something should be kept out.
async fn talked_of(app: &App, visit: &Visit) -> Result<WaitingView> {
    let count = discovery::how_many_talked_of(app, &Caller::from(visit)).await?;
    Ok(WaitingView {
        url: "/trends",
        words: "What is talked about",
        told: match count {
            0 => "Nothing lately.".to_owned(),
            1 => "One topic, page or post lately.".to_owned(),
            some => format!("{some} topics, pages and posts lately."),
        },
        waits: false,
    })
}

fn people_wait(count: usize, why: &str) -> String {
    match count {
        0 => format!("Nobody waits {why}."),
        1 => format!("One person waits {why}."),
        some if i64::try_from(some).is_ok_and(|some| some >= MOST_COUNTED) => {
            format!("{some} people and more wait {why}.")
        }
        some => format!("{some} people wait {why}."),
    }
}
