//! The gate on the page of boundaries, for those who govern a community.

use axum::extract::State;
use serde::Deserialize;

use super::{close, closings, is_closed, open};
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::{Form, Me, Reply};
use crate::members::Role;
use crate::waves;
use crate::web::time;
use crate::web::view::{ClosingView, GateView};

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct CloseForm {
    hours: u16,
    #[serde(default)]
    reason: String,
}

/// `POST /gate/close`
pub async fn close_it(
    State(app): State<App>,
    me: Me,
    Form(form): Form<CloseForm>,
) -> Result<Reply> {
    check_governs(&me)?;
    close(
        &app,
        &me.community,
        form.hours,
        &form.reason,
        Some(me.account.id),
    )
    .await?;
    Ok(Reply::see_other("/boundaries#gate"))
}

/// `POST /gate/open`
pub async fn open_it(State(app): State<App>, me: Me, Form(()): Form<()>) -> Result<Reply> {
    check_governs(&me)?;
    match open(&app, &me.community, Some(me.account.id)).await {
        // Pressed twice, or its hours ended in the meantime.
        Ok(()) | Err(Error::NotFound) => Ok(Reply::see_other("/boundaries#gate")),
        Err(other) => Err(other),
    }
}

fn check_governs(me: &Me) -> Result<()> {
    if me.member.role < Role::Moderator {
        return Err(Error::Forbidden(
            "the gate of a community is closed and opened by its moderators".to_owned(),
        ));
    }
    Ok(())
}

/// How it stands, and when it was closed before.
pub async fn view(app: &App, community: &Community) -> Result<GateView> {
    let now_ms = app.now_ms();
    let mut past = Vec::new();
    for closing in closings(app, community).await? {
        let by = match closing.closed_by {
            Some(id) => accounts::find(app, id).await?.handle().username,
            None => "an operator".to_owned(),
        };
        let until = closing.opened_at.unwrap_or(closing.until_at);
        past.push(ClosingView {
            since_iso: time::iso(closing.closed_at),
            since_text: time::words(closing.closed_at, now_ms),
            until_iso: time::iso(until),
            until_text: time::words(until, now_ms),
            by,
            reason: closing.reason,
        });
    }
    let until = community
        .gate_until
        .filter(|_| is_closed(community, now_ms));
    Ok(GateView {
        until_iso: until.map(time::iso),
        until_text: until
            .map(|until| time::words(until, now_ms))
            .unwrap_or_default(),
        in_waves: waves::members_in(app, community).await?,
        past,
    })
}
