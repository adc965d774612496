//! Antennas for apps: whole, at addresses of our own, and as the lists that other apps take them for.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Antenna, Draft, Net};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Input, Paging, Reply};
use crate::timelines::{self, Place};

fn entity(antenna: &Antenna) -> Value {
    let terms = &antenna.terms;
    let accounts: Vec<String> = terms.accounts.iter().map(i64::to_string).collect();
    json!({
        "id": antenna.id.to_string(),
        "title": antenna.title,
        "any": terms.any,
        "all": terms.all,
        "none": terms.none,
        "tags": terms.tags,
        "account_ids": accounts,
        "hosts": terms.hosts,
        "languages": terms.languages,
        "only_media": terms.media,
        "only_local": terms.local,
        "replies": terms.replies,
        "boosts": terms.boosts,
    })
}

/// As Mastodon writes a list.
pub(crate) fn as_list(antenna: &Antenna) -> Value {
    let replies = if antenna.terms.replies {
        "list"
    } else {
        "none"
    };
    json!({
        "id": antenna.id.to_string(),
        "title": antenna.title,
        "replies_policy": replies,
        "exclusive": false,
    })
}

/// An antenna as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    title: Option<String>,
    any: Option<Vec<String>>,
    all: Option<Vec<String>>,
    none: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    account_ids: Option<Vec<String>>,
    hosts: Option<Vec<String>>,
    languages: Option<Vec<String>>,
    only_media: Option<bool>,
    only_local: Option<bool>,
    replies: Option<bool>,
    boosts: Option<bool>,
}

impl Sent {
    fn draft(self) -> Result<Draft> {
        let accounts =
            match self.account_ids {
                None => None,
                Some(ids) => {
                    let ids = ids.iter().map(|id| id.parse::<i64>());
                    let ids = ids.collect::<Result<Vec<i64>, _>>();
                    Some(ids.map_err(|_| {
                        Error::invalid("account_ids", "names somebody who is not here")
                    })?)
                }
            };
        Ok(Draft {
            title: self.title,
            any: self.any,
            all: self.all,
            none: self.none,
            tags: self.tags,
            accounts,
            hosts: self.hosts,
            languages: self.languages,
            media: self.only_media,
            local: self.only_local,
            replies: self.replies,
            boosts: self.boosts,
        })
    }
}

/// `GET /api/comity/v1/antennas`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let all = super::of(&app, client.me()?.account.id).await?;
    Ok(Reply::api(all.iter().map(entity).collect()))
}

/// `POST /api/comity/v1/antennas`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let antenna = super::create(&app, client.me()?, sent.draft()?).await?;
    Ok(Reply::api(entity(&antenna)))
}

/// `GET /api/comity/v1/antennas/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let antenna = super::find(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(entity(&antenna)))
}

/// `PUT /api/comity/v1/antennas/{id}`: what is left out stays.
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let antenna = super::change(&app, client.me()?, id, sent.draft()?).await?;
    Ok(Reply::api(entity(&antenna)))
}

/// `DELETE /api/comity/v1/antennas/{id}`
pub async fn delete(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}

/// What an antenna catches, as `GET /api/v1/timelines/list/{id}` answers.
pub(crate) async fn timeline(
    app: &App,
    caller: &Caller,
    antenna: Antenna,
    paging: &Paging,
) -> Result<Reply> {
    let net = Arc::new(Net::of(antenna.terms, caller.community.id));
    let place = Place::Antenna(net.clone());
    timelines::api::answer(app, caller, place, paging, |shown| net.catches(shown)).await
}
