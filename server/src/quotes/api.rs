//! Quotes for apps.

use axum::extract::State;
use comity_policy::{Visible, Way};

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Paging, Path, Reply};
use crate::statuses::entity::Entities;
use crate::statuses::{self, Status};
use crate::window::Filling;

/// `GET /api/v1/statuses/{id}/quotes`: what quotes it, with its author's yes.
pub async fn quotes(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let party = caller.party();
    let status = statuses::find(&app, &party, Way::Page, id).await?;
    let mut filling = Filling::new(paging.window(), paging.limit(20, 40));
    while let Some((window, most)) = filling.wants() {
        let values = comity_db::params![status.id];
        let read = super::store::QUOTING
            .rows(&app.db, window, most, values)
            .await?;
        let ids: Vec<i64> = read.iter().map(|(id, _)| *id).collect();
        let quoting = statuses::find_many(&app, &party, Way::Page, &ids).await?;
        let shown = quoting.into_iter().map(|one| (one.id, one)).collect();
        filling.take(&read, shown);
    }
    let page = filling.page();
    let shown: Vec<&Visible<Status>> = page.shown.iter().collect();
    let entities = Entities::of(&app, &caller, Way::Page, &shown).await?;
    let told: Vec<_> = shown.iter().map(|one| entities.written(one)).collect();
    let list = serde_json::to_string(&told)?;
    let links = paging.links(&caller.community, page.newest, page.oldest);
    Ok(Reply::api_written(list).with_links(links))
}

/// `POST /api/v1/statuses/{id}/quotes/{quoting}/revoke`
pub async fn revoke(
    State(app): State<App>,
    client: Client,
    Path((quoted, quoting)): Path<(i64, i64)>,
) -> Result<Reply> {
    let me = client.me()?;
    let status = statuses::load_one(&app, quoting).await?;
    if status.quote.as_ref().and_then(|quote| quote.id) != Some(quoted) {
        return Err(Error::NotFound);
    }
    super::take_out(&app, &me.account, quoting).await?;
    let entity = statuses::api::entity(&app, &client.caller()?, quoting).await?;
    Ok(Reply::api(entity))
}
