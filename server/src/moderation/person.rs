//! The page of one account for those who look after the community: how it stands, what can be done, and what was done.

use askama::Template;
use axum::extract::State;

use super::{Act, Action, Subject, acts, find, looked_after};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Me, Reply, Visit};
use crate::members::Standing;
use crate::web::view::{Frame, NavItem};
use crate::web::{frame, profile_path, time};

#[derive(Template)]
#[template(path = "moderation/person.html")]
struct PersonPage {
    frame: Frame,
    id: i64,
    handle: String,
    profile: String,
    states: Vec<&'static str>,
    actions: Vec<(&'static str, &'static str)>,
    lives_here: bool,
    acts: Vec<ActView>,
}

/// What was done about somebody before.
pub struct ActView {
    /// The name of who did it.
    pub by: String,
    /// What, in a word.
    pub action: &'static str,
    /// Why.
    pub text: String,
    /// When, for machines.
    pub when_iso: String,
    /// When, for people.
    pub when_text: String,
}

/// `GET /moderation/accounts/{id}`. Nobody looks after themself.
pub async fn page(State(app): State<App>, me: Me, visit: Visit, Id(id): Id) -> Result<Reply> {
    let here = looked_after(&me)?;
    let subject = find(&app, here, id).await?;
    let done = acts(&app, here, id).await?;
    let account = &subject.account;
    let is_me = account.id == me.account.id;
    let mut frame = frame(&app, &visit, "An account", NavItem::Moderation).await?;
    frame.no_index = true;
    Ok(Reply::page(PersonPage {
        frame,
        id: account.id,
        handle: account.handle().to_string(),
        profile: profile_path(account, here),
        states: states(&subject),
        actions: if is_me { Vec::new() } else { choices(&subject) },
        lives_here: subject.member.is_some(),
        // What was decided about oneself is left out, as reports about oneself are.
        acts: if is_me {
            Vec::new()
        } else {
            views(&app, done).await?
        },
    }))
}

fn states(subject: &Subject) -> Vec<&'static str> {
    let standing = subject.member.as_ref().map(|member| member.standing);
    let all = [
        (subject.is_frozen(), "cannot sign in"),
        (standing == Some(Standing::Suspended), "suspended"),
        (
            subject.member.is_none() && subject.is_suspended(),
            "refused",
        ),
        (subject.is_limited(), "limited"),
        (subject.is_marked(), "files covered"),
    ];
    let so = all.into_iter().filter(|(is_so, _)| *is_so);
    so.map(|(_, words)| words).collect()
}

/// The acts, each with who did it.
pub async fn views(app: &App, acts: Vec<Act>) -> Result<Vec<ActView>> {
    let people = acts.iter().map(|act| act.account_id).collect();
    let people = accounts::find_many(app, people).await?;
    let now = app.now_ms();
    let view = |act: Act| ActView {
        by: people
            .get(&act.account_id)
            .map(|account| account.handle().username)
            .unwrap_or_default(),
        action: did(&act.action),
        text: act.reason,
        when_iso: time::iso(act.created_at),
        when_text: time::words(act.created_at, now),
    };
    Ok(acts.into_iter().map(view).collect())
}

/// What can be done, in words.
pub fn choices(subject: &Subject) -> Vec<(&'static str, &'static str)> {
    let lives_here = subject.member.is_some();
    let kept_out = subject.is_frozen() || (lives_here && subject.is_suspended());
    let (limited, marked) = (subject.is_limited(), subject.is_marked());
    let all = [
        (Action::Note, true, "Nothing; write it down"),
        (
            Action::Warn,
            lives_here,
            "They are told why, and nothing else happens",
        ),
        (
            Action::Mark,
            !marked,
            "Files in all that they write are covered",
        ),
        (
            Action::Limit,
            !limited,
            "Only those who follow them see them",
        ),
        (
            Action::Freeze,
            lives_here,
            "They cannot sign in; what they wrote stays",
        ),
        (
            Action::Suspend,
            lives_here,
            "They cannot sign in, and nothing of theirs is shown",
        ),
        (Action::Suspend, !lives_here, "Refuse them"),
        (
            Action::Unmark,
            marked,
            "Their files are covered no more; the rest stays",
        ),
        (
            Action::Unlimit,
            limited,
            "They are limited no more; the rest stays",
        ),
        (
            Action::Admit,
            kept_out,
            "They can sign in again; the rest stays",
        ),
        (Action::Lift, true, "Undo all that was done"),
    ];
    all.into_iter()
        .filter(|(_, is_offered, _)| *is_offered)
        .map(|(action, _, words)| (action.as_str(), words))
        .collect()
}

/// What was done, in a word.
fn did(action: &str) -> &'static str {
    match Action::parse(action) {
        Some(Action::Warn) => "warned",
        Some(Action::Freeze) => "kept from signing in",
        Some(Action::Suspend) => "suspended",
        Some(Action::Limit) => "limited",
        Some(Action::Mark) => "files covered",
        Some(Action::Admit) => "let sign in again",
        Some(Action::Unlimit) => "limited no more",
        Some(Action::Unmark) => "files covered no more",
        Some(Action::Lift) => "let in again",
        Some(Action::Note) | None => "noted",
    }
}
