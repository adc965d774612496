//! The page of those who do not come in.

use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use serde::Deserialize;

use super::{Block, Kind, Network, NewBlock, Severity, canonical_hash};
use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit, address};
use crate::moderation::looked_after;
use crate::web;
use crate::web::time::day;
use crate::web::view::{Frame, NavItem, Trouble};

#[derive(Template)]
#[template(path = "sign_up_blocks/blocks.html")]
struct BlocksPage {
    frame: Frame,
    blocks: Vec<BlockView>,
    typed: Add,
    trouble: Option<Trouble>,
}

struct BlockView {
    id: i64,
    what: String,
    /// "Nobody joins, since 12 May 2026, until 1 June 2026"
    words: String,
    /// The name of who set it.
    by: Option<String>,
    comment: String,
}

const LABELS: &[Label] = &[
    Label::of("what", "this"),
    Label::of("domain", "this"),
    Label::of("email", "this"),
    Label::of("ip", "this"),
    Label::of("canonical_email_hash", "this"),
    Label::of("days", "the number of days"),
    Label::of("comment", "your note"),
];

/// The longest time that a page sets, in days; one that never ends is asked for by leaving the field empty.
const MOST_DAYS: i64 = 3_650;

/// `GET /sign-ups/blocks`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    looked_after(&me)?;
    show(&app, &me, &visit, Add::default(), None).await
}

async fn show(
    app: &App,
    me: &Me,
    visit: &Visit,
    typed: Add,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let blocks = super::all(app, &me.community).await?;
    let setters = blocks.iter().map(|block| block.set_by).collect();
    let setters = accounts::find_many(app, setters).await?;
    let view = |block: &Block| {
        let by = setters.get(&block.set_by);
        view(block, by.map(|account| account.username.clone()))
    };
    let mut frame = web::frame(app, visit, "Blocked sign-ups", NavItem::Moderation).await?;
    frame.no_index = true;
    let page = BlocksPage {
        frame,
        blocks: blocks.iter().map(view).collect(),
        typed,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

fn view(block: &Block, by: Option<String>) -> BlockView {
    let what = match block.kind {
        Kind::Provider => format!("E-mail addresses of {}", block.pattern),
        Kind::Email => format!(
            "One e-mail address ({}…)",
            block.pattern.get(..8).unwrap_or_default()
        ),
        Kind::Network => format!("The network {}", block.pattern),
    };
    let does = match block.severity {
        Severity::Approval => "A moderator has to say yes",
        Severity::SignUp => "Nobody joins",
        Severity::Everything => "Nobody joins or signs in",
    };
    let until = block.expires_at.map(|at| format!(", until {}", day(at)));
    BlockView {
        id: block.id,
        what,
        words: format!(
            "{does}, since {}{}",
            day(block.created_at),
            until.unwrap_or_default()
        ),
        by,
        comment: block.comment.clone(),
    }
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Add {
    what: String,
    severity: String,
    days: String,
    comment: String,
}

impl Add {
    fn read(&self, now_ms: i64) -> Result<NewBlock> {
        let what = self.what.trim();
        let severity = Severity::parse(&self.severity)
            .ok_or_else(|| Error::invalid("severity", "must be one of the three"))?;
        let (kind, pattern) = if let Ok(network) = Network::parse(what) {
            (Kind::Network, network.to_string())
        } else if what.trim_start_matches('@').contains('@') {
            let hash = canonical_hash(what);
            let why = "is no e-mail address, provider or network";
            (
                Kind::Email,
                hash.ok_or_else(|| Error::invalid("what", why))?,
            )
        } else {
            (Kind::Provider, super::provider(what)?)
        };
        if severity == Severity::Everything && kind != Kind::Network {
            let why = "cannot be kept from signing in by their e-mail address: suspend the member instead";
            return Err(Error::invalid("what", why));
        }
        let days = self.days.trim();
        let expires_at = if days.is_empty() {
            None
        } else {
            let days = days.parse::<i64>().ok();
            let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
            let why = format!("must be from 1 to {MOST_DAYS}, or nothing for always");
            let days = days.ok_or_else(|| Error::invalid("days", why))?;
            Some(now_ms.saturating_add(days * DAY_MS))
        };
        Ok(NewBlock {
            kind,
            pattern,
            severity,
            comment: self.comment.clone(),
            expires_at,
        })
    }
}

/// `POST /sign-ups/blocks`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    parts: Parts,
    Form(typed): Form<Add>,
) -> Result<Reply> {
    looked_after(&me)?;
    let from = address::client(&parts, &app.config);
    let added = match typed.read(app.now_ms()) {
        Ok(new) => super::add(&app, &me.community, &me.account, from, new).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => Ok(done(&visit, "That is blocked.")),
        Err(error) => {
            let mut trouble = trouble(error, LABELS)?;
            if !["days", "comment"].contains(&trouble.field) {
                trouble.field = "what";
            }
            show(&app, &me, &visit, typed, Some(trouble)).await
        }
    }
}

/// `POST /sign-ups/blocks/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    looked_after(&me)?;
    let found = super::all(&app, &me.community).await?;
    if let Some(block) = found.iter().find(|block| block.id == id) {
        super::remove(&app, &me.community, block.kind, id).await?;
    }
    Ok(done(&visit, "That is blocked no more."))
}

fn done(visit: &Visit, sentence: &str) -> Reply {
    Reply::see_other("/sign-ups/blocks").telling(&visit.community, sentence)
}
