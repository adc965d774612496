//! Follows for apps.

use axum::extract::State;
use comity_db::params;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use super::store;
use crate::accounts;
use crate::accounts::api::{asking, people};
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Input, Paging, Reply};
use crate::relations::entity::relationship;
use crate::window::Ids;

/// What a member wants of whom they follow; what is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    reblogs: Option<bool>,
    languages: Option<Vec<String>>,
    notify: Option<bool>,
}

/// `POST /api/v1/accounts/{id}/follow`: also for saying of a follow what one wants of it.
pub async fn follow(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(wish): Input<Wish>,
) -> Result<Reply> {
    let me = client.me()?;
    super::follow(&app, &me.account, id).await?;
    let languages = wish.languages.as_deref();
    super::want(&app, &me.account, id, wish.reblogs, languages, wish.notify).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/accounts/{id}/unfollow`
pub async fn unfollow(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unfollow(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/accounts/{id}/remove_from_followers`
pub async fn remove_follower(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::reject(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `GET /api/v1/accounts/{id}/followers`: for members, as on the page.
pub async fn followers(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let owner = accounts::show(&app, &caller.party(), Way::Page, id).await?;
    match &caller.me {
        Some(me) if accounts::shows_follows(&owner, me.account.id) => {
            list(&app, &caller, &paging, store::FOLLOWERS, owner.id).await
        }
        _ => Ok(Reply::api(json!([]))),
    }
}

/// `GET /api/v1/accounts/{id}/following`
pub async fn following(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let owner = accounts::show(&app, &caller.party(), Way::Page, id).await?;
    match &caller.me {
        Some(me) if accounts::shows_follows(&owner, me.account.id) => {
            list(&app, &caller, &paging, store::FOLLOWING, owner.id).await
        }
        _ => Ok(Reply::api(json!([]))),
    }
}

/// `GET /api/v1/follow_requests`
pub async fn requests(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let of = client.me()?.account.id;
    let (caller, limit) = (client.caller()?, paging.limit(40, 80));
    asking(&app, &caller, &paging, limit, |window, most| {
        store::REQUESTS.rows(&app.db, window, most, params![of])
    })
    .await
}

/// `POST /api/v1/follow_requests/{id}/authorize`
pub async fn authorize(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::accept_request(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/follow_requests/{id}/reject`
pub async fn reject(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::reject_request(&app, &me.account, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

async fn list(app: &App, caller: &Caller, paging: &Paging, list: Ids, of: i64) -> Result<Reply> {
    people(app, caller, paging, paging.limit(40, 80), |window, most| {
        list.rows(&app.db, window, most, params![of])
    })
    .await
}
