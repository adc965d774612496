//! Whom a member was not told of, for apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Paging, Reply};
use crate::notifications::{entity, requests};

/// Requests answered at once; apps show pages of eighty.
const MOST_AT_ONCE: usize = 100;

/// `GET /api/v1/notifications/requests`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let limit = paging.limit(40, 80);
    let (found, older) = requests::list(&app, &me.account, paging.window(), limit).await?;
    let list = entity::requests(&app, me, &found).await?;
    let newest = found.first().map(|request| request.sender.id);
    let links = paging.links(&me.community, newest, older);
    Ok(Reply::api(json!(list)).with_links(links))
}

/// `GET /api/v1/notifications/requests/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let found = requests::find(&app, &me.account, id).await?;
    let entity = entity::requests(&app, me, &[found]).await?.pop();
    Ok(Reply::api(entity.ok_or(Error::NotFound)?))
}

/// `GET /api/v1/notifications/requests/merged`: what was accepted is with the rest at once.
pub async fn merged() -> Reply {
    Reply::api(json!({ "merged": true }))
}

/// `POST /api/v1/notifications/requests/{id}/accept`
pub async fn accept(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    requests::accept(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/notifications/requests/{id}/dismiss`
pub async fn dismiss(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    requests::dismiss(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(json!({})))
}

/// Several requests.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Several {
    id: Vec<i64>,
}

impl Several {
    fn ids(self) -> Result<Vec<i64>> {
        if self.id.len() > MOST_AT_ONCE {
            return Err(Error::invalid(
                "id",
                format!("names more than {MOST_AT_ONCE}; send fewer at once"),
            ));
        }
        Ok(self.id)
    }
}

/// `POST /api/v1/notifications/requests/accept`
pub async fn accept_several(
    State(app): State<App>,
    client: Client,
    Input(several): Input<Several>,
) -> Result<Reply> {
    for id in several.ids()? {
        gone_is_fine(requests::accept(&app, &client.me()?.account, id).await)?;
    }
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/notifications/requests/dismiss`
pub async fn dismiss_several(
    State(app): State<App>,
    client: Client,
    Input(several): Input<Several>,
) -> Result<Reply> {
    for id in several.ids()? {
        gone_is_fine(requests::dismiss(&app, &client.me()?.account, id).await)?;
    }
    Ok(Reply::api(json!({})))
}

/// Of several, one may have been answered on another device.
fn gone_is_fine(came: Result<()>) -> Result<()> {
    match came {
        Err(why) if why.is_not_found() => Ok(()),
        other => other,
    }
}
