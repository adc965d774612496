//! Topics on profiles, for apps.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Featured;
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::discovery::histories;
use crate::error::{Error, Result};
use crate::hashtags::entity::counted;
use crate::http::{Caller, Client, Id, Input, Reply};
use crate::text::hashtag;
use crate::web::time;

/// A topic on a profile.
pub fn entity(featured: &Featured, here: &Community) -> Value {
    json!({
        "id": featured.id.to_string(),
        "name": featured.name,
        "url": format!("{}{}", here.origin, hashtag::path(&featured.name)),
        // Text, as Mastodon has it.
        "statuses_count": featured.statuses_count.to_string(),
        "last_status_at": featured.last_status_at.map(time::iso_day),
    })
}

/// `GET /api/v1/featured_tags`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let me = client.me()?;
    all(&app, me.account.id, &me.community).await
}

/// `GET /api/v1/accounts/{id}/featured_tags`
pub async fn of_account(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let account = accounts::show(&app, &caller.party(), Way::Page, id).await?;
    all(&app, account.id, &caller.community).await
}

async fn all(app: &App, account_id: i64, here: &Community) -> Result<Reply> {
    let all = super::of(app, account_id).await?;
    Ok(Reply::api(
        all.iter().map(|one| entity(one, here)).collect(),
    ))
}

/// A topic as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    name: String,
}

/// `POST /api/v1/featured_tags`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    if !super::feature(&app, me.account.id, &sent.name).await? {
        return Err(Error::invalid("name", "is on your profile already"));
    }
    let name = hashtag::folded(&sent.name);
    let known = super::of(&app, me.account.id).await?;
    let featured = known.iter().find(|featured| featured.name == name);
    let featured = featured.ok_or(Error::NotFound)?;
    Ok(Reply::api(entity(featured, &me.community)))
}

/// `DELETE /api/v1/featured_tags/{id}`
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}

/// `GET /api/v1/featured_tags/suggestions`
pub async fn suggestions(State(app): State<App>, client: Client) -> Result<Reply> {
    let me = client.me()?;
    let names = super::proposed(&app, me.account.id).await?;
    let histories = histories(&app, &me.party(), &names).await?;
    let list: Vec<_> = names
        .iter()
        .map(|name| counted(name, &me.community, &histories))
        .collect();
    Ok(Reply::api(json!(list)))
}
