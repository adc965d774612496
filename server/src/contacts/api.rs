//! Who waits for a member's yes, for apps.

use axum::extract::State;
use serde_json::json;

use super::Waiting;
use super::web::known;
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Path, Reply, Visit};
use crate::lookalikes::Eye;
use crate::text::plain;
use crate::web::person_view;

/// `GET /api/comity/v1/contacts`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let visit = client.visit()?;
    let me = client.me()?;
    let eye = Eye::of(&app, me).await?;
    let waiting = super::list(&app, &visit.community, &me.account).await?;
    let all: Vec<_> = waiting
        .iter()
        .map(|one| entity(&visit, &eye, one))
        .collect();
    Ok(Reply::api(json!(all)))
}

fn entity(visit: &Visit, eye: &Eye, waiting: &Waiting) -> serde_json::Value {
    let person = person_view(&waiting.sender, &visit.community);
    let posts: Vec<_> = waiting
        .posts
        .iter()
        .map(|status| {
            json!({
                "id": status.id.to_string(),
                "text": plain::block(&crate::statuses::text(status).content),
            })
        })
        .collect();
    json!({
        "account_id": waiting.sender.id.to_string(),
        "handle": waiting.sender.handle().to_string(),
        "name": person.name,
        "asks_to_follow": waiting.asks_to_follow,
        "may_answer": waiting.may_answer,
        "known": known(visit, eye, waiting),
        "why": waiting.why,
        "posts": posts,
    })
}

/// `POST /api/comity/v1/contacts/{id}/welcome`: yes to this person, from now on.
pub async fn welcome(State(app): State<App>, client: Client, Path(id): Path<i64>) -> Result<Reply> {
    super::welcome(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/comity/v1/contacts/{id}/send-away`: no to what of this person waits now.
pub async fn send_away(
    State(app): State<App>,
    client: Client,
    Path(id): Path<i64>,
) -> Result<Reply> {
    super::send_away(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(json!({})))
}
