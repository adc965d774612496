//! Endorsements for apps.

use axum::extract::State;
use comity_policy::Way;

use crate::accounts;
use crate::accounts::api::people;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Paging, Reply};
use crate::relations::entity::relationship;

/// People of a page, and at most.
const USUAL: i64 = 40;
const MOST: i64 = 80;

/// `POST /api/v1/accounts/{id}/endorse`, and as it was called before, `/pin`
pub async fn endorse(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::endorse(&app, me, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `POST /api/v1/accounts/{id}/unendorse`, and `/unpin`
pub async fn unendorse(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unendorse(&app, me, id).await?;
    Ok(Reply::api(relationship(&app, me, id).await?))
}

/// `GET /api/v1/endorsements`
pub async fn own(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let caller = client.caller()?;
    let id = client.me()?.account.id;
    list(&app, &caller, id, &paging).await
}

/// `GET /api/v1/accounts/{id}/endorsements`: of people who live elsewhere we know none.
pub async fn of_account(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let account = accounts::show(&app, &caller.party(), Way::Page, id).await?;
    list(&app, &caller, account.id, &paging).await
}

async fn list(app: &App, caller: &Caller, of: i64, paging: &Paging) -> Result<Reply> {
    let limit = paging.limit(USUAL, MOST);
    people(app, caller, paging, limit, |window, most| {
        super::list(app, of, window, most)
    })
    .await
}
