//! Follows for apps.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::{Value, json};

use super::store;
use crate::accounts;
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Input, Paging, Reply};
use crate::relations::entity::relationship;

/// What a member wants of whom they follow; what is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    reblogs: Option<bool>,
    languages: Option<Vec<String>>,
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
    super::want(&app, &me.account, id, wish.reblogs, languages).await?;
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
    let ids = match &caller.me {
        Some(_) => read(&app, store::FOLLOWERS, owner.id, &paging).await?,
        None => Vec::new(),
    };
    people(&app, &caller, &paging, &ids).await
}

/// `GET /api/v1/accounts/{id}/following`
pub async fn following(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let owner = accounts::show(&app, &caller.party(), Way::Page, id).await?;
    let ids = match &caller.me {
        Some(_) => read(&app, store::FOLLOWING, owner.id, &paging).await?,
        None => Vec::new(),
    };
    people(&app, &caller, &paging, &ids).await
}

/// `GET /api/v1/follow_requests`
pub async fn requests(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let ids = read(&app, store::REQUESTS, me.account.id, &paging).await?;
    people(&app, &client.caller()?, &paging, &ids).await
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

async fn read(
    app: &App,
    list: crate::window::Ids,
    owner: i64,
    paging: &Paging,
) -> Result<Vec<i64>> {
    let window = paging.window();
    let values = comity_db::params![owner];
    let mut ids = list
        .read(&app.db, window, paging.limit(40, 80), values)
        .await?;
    if window.from_below {
        ids.reverse();
    }
    Ok(ids)
}

/// People in a list that goes on by their ids.
async fn people(app: &App, caller: &Caller, paging: &Paging, ids: &[i64]) -> Result<Reply> {
    let (party, here) = (caller.party(), &caller.community);
    let faces = Faces::of(app, &party, Way::Page, here, ids).await?;
    let shown: Value = faces.in_order(ids);
    let is_full = i64::try_from(ids.len()).is_ok_and(|len| len >= paging.limit(40, 80));
    let oldest = ids.last().copied().filter(|_| is_full);
    let links = paging.links(here, ids.first().copied(), oldest);
    Ok(Reply::api(json!(shown)).with_links(links))
}
