//! The page of what moderators decided: about accounts, and about what is talked about.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::{Action, acts_of_all, looked_after};
use crate::accounts;
use crate::app::App;
use crate::discovery::rejected::{self, Decided, Decision, Kind};
use crate::error::Result;
use crate::http::{Input, Me, Reply, Visit};
use crate::web::view::{Frame, NavItem};
use crate::web::{frame, time};

/// Decisions on one page.
const ON_A_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "moderation/record.html")]
struct RecordPage {
    frame: Frame,
    lines: Vec<LineView>,
    older: Option<String>,
}

/// One decision.
struct LineView {
    by: String,
    did: &'static str,
    what: String,
    reason: String,
    when_iso: String,
    when_text: String,
}

/// Which part of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    max_id: Option<i64>,
}

/// What was decided, before the names are looked up.
struct Line {
    id: i64,
    by: i64,
    did: &'static str,
    about: About,
    reason: String,
    at: i64,
}

enum About {
    Account(i64),
    Talk(String),
}

/// `GET /moderation/record`: what was decided about oneself is left out, as reports about oneself are.
pub async fn page(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Input(part): Input<Part>,
) -> Result<Reply> {
    let here = looked_after(&me)?;
    let below = part.max_id.unwrap_or(i64::MAX);
    // One more shows that there are more.
    let most = i64::try_from(ON_A_PAGE).unwrap_or(i64::MAX) + 1;
    let acts = acts_of_all(&app, here, below, most).await?;
    let decided = rejected::record(&app, here, below, most).await?;
    let acts = acts.into_iter().map(|(target, act)| Line {
        id: act.id,
        by: act.account_id,
        did: did(&act.action),
        about: About::Account(target),
        reason: act.reason,
        at: act.created_at,
    });
    let mut lines: Vec<Line> = acts.chain(decided.into_iter().map(line)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.id));
    let goes_on = lines.len() > ON_A_PAGE;
    lines.truncate(ON_A_PAGE);
    let last = lines.last().map(|line| line.id).filter(|_| goes_on);
    let named = lines.iter().flat_map(|line| {
        let target = match line.about {
            About::Account(id) => Some(id),
            About::Talk(_) => None,
        };
        [Some(line.by), target].into_iter().flatten()
    });
    let people = accounts::find_many(&app, named.collect()).await?;
    let handle = |id: i64| {
        let account = people.get(&id);
        account.map_or_else(String::new, |account| account.handle().to_string())
    };
    let now = app.now_ms();
    let view = |line: Line| LineView {
        by: handle(line.by),
        did: line.did,
        what: match line.about {
            About::Account(id) => handle(id),
            About::Talk(name) => name,
        },
        reason: line.reason,
        when_iso: time::iso(line.at),
        when_text: time::words(line.at, now),
    };
    let is_of_me = |line: &Line| matches!(line.about, About::Account(id) if id == me.account.id);
    lines.retain(|line| !is_of_me(line));
    let mut frame = frame(&app, &visit, "Record", NavItem::Moderation).await?;
    frame.no_index = true;
    Ok(Reply::page(RecordPage {
        frame,
        lines: lines.into_iter().map(view).collect(),
        older: last.map(|id| format!("/moderation/record?max_id={id}")),
    }))
}

fn line(decided: Decided) -> Line {
    let did = match decided.decision {
        Decision::Reject => "kept out of what is talked about:",
        Decision::Approve => "let be talked about again:",
    };
    let what = match decided.kind {
        Kind::Tag => format!("#{}", decided.name),
        Kind::Status => format!("the post {}", decided.name),
        Kind::Link => decided.name,
    };
    Line {
        id: decided.id,
        by: decided.account_id,
        did,
        about: About::Talk(what),
        reason: String::new(),
        at: decided.created_at,
    }
}

/// What was done to whom is named next.
fn did(action: &str) -> &'static str {
    match Action::parse(action) {
        Some(Action::Freeze) => "kept from signing in:",
        Some(Action::Suspend) => "suspended:",
        Some(Action::Limit) => "limited:",
        Some(Action::Mark) => "marked the files of:",
        Some(Action::Admit) => "let sign in again:",
        Some(Action::Unlimit) => "showed in public again:",
        Some(Action::Unmark) => "marked no more the files of:",
        Some(Action::Lift) => "let in again:",
        Some(Action::Note) => "noted about:",
        Some(Action::Warn) => "warned:",
        // The one act that is none of the choices.
        None if action == "delete" => "deleted what was here of:",
        None => "did what this version does not know to:",
    }
}
