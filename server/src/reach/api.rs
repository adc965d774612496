//! Whom a post would reach, and where it went, for apps: what the pages say, as data.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::web::why;
use super::{Arrival, Means};
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Input, Kind, Path, Reply};
use crate::statuses::api::Sent;
use crate::text::language;
use crate::web::time::iso;

/// `POST /api/comity/v1/reach`: whom this would reach if it were posted now. Nothing is kept of it.
pub async fn preview(
    State(app): State<App>,
    client: Client,
    Input(mut sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    sent.as_told(me);
    app.limits
        .check(Kind::Preview, &me.account.id.to_string())?;
    let draft = sent.draft(&app, me).await?;
    let other = language::other_than(draft.language.as_deref(), &draft.text);
    let reach = super::preview(&app, me, draft).await?;
    let not_sent: Vec<Value> = reach
        .not_sent
        .iter()
        .map(|one| json!({ "whom": one.whom, "why": one.why }))
        .collect();
    Ok(Reply::api(json!({
        "held": reach.held,
        "asked": reach.asked,
        "cannot_be_held": reach.loose,
        "not_sent": not_sent,
        "held_share": reach.held_share,
        "language_suggestion": other,
    })))
}

/// After which server of a long list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    after: String,
}

/// `GET /api/comity/v1/statuses/{id}/reach?after=`: the ledger, for its author; to everybody else there is none.
pub async fn ledger(
    State(app): State<App>,
    client: Client,
    Path(id): Path<i64>,
    Input(shown): Input<After>,
) -> Result<Reply> {
    let visit = client.visit()?;
    let me = client.me()?;
    let (status, reach) = super::of(&app, &me.account, id, &shown.after).await?;
    let mut refused = Vec::with_capacity(reach.refused.len());
    for row in &reach.refused {
        refused.push(json!({
            "server": row.server.as_str(),
            "why": why(&app, &visit, me, &status, row).await?,
            "last_at": iso(row.last_at),
        }));
    }
    Ok(Reply::api(json!({
        "sent": reach.sent,
        "fetched": reach.fetched,
        "servers": reach.arrivals.iter().map(entity).collect::<Vec<_>>(),
        "refused": refused,
        "more_after": reach.more_after.map(|last| last.as_str().to_owned()),
        "is_known": super::is_known(&app, id).await?,
    })))
}

fn entity(arrival: &Arrival) -> Value {
    json!({
        "server": arrival.server.as_str(),
        "by": match arrival.by {
            Means::Sent => "sent",
            Means::Fetched => "fetched",
        },
        "first_at": iso(arrival.first_at),
        "last_at": iso(arrival.last_at),
    })
}
