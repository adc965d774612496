//! Collections for apps, at Mastodon's addresses.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;

use super::{Draft, MOST_SHOWN, entity};
use crate::accounts;
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::http::{Caller, Client, Id, Input, Paging, Path, Reply};

/// Of those that one is in, so many may be skipped: further down nobody reads.
const MOST_SKIPPED: i64 = 1_000;

/// A collection as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    name: Option<String>,
    description: Option<String>,
    language: Option<String>,
    tag_name: Option<String>,
    sensitive: Option<bool>,
    discoverable: Option<bool>,
    account_ids: Vec<String>,
}

impl Sent {
    fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            description: self.description.clone(),
            language: self.language.clone(),
            tag: self.tag_name.clone(),
            sensitive: self.sensitive,
            discoverable: self.discoverable,
        }
    }
}

/// What is changed of a collection: all but who is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Changes {
    name: Option<String>,
    description: Option<String>,
    language: Option<String>,
    tag_name: Option<String>,
    sensitive: Option<bool>,
    discoverable: Option<bool>,
}

/// Whom an app means.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    account_id: Option<String>,
}

/// The number of somebody whom a field names.
fn number(field: &'static str, id: &str) -> Result<i64> {
    id.parse()
        .map_err(|_| Error::invalid(field, "names somebody who is not here").coded(Code::Invalid))
}

fn most_shown() -> i64 {
    i64::try_from(MOST_SHOWN).unwrap_or(i64::MAX)
}

/// `GET /api/v1/accounts/{id}/collections`: of people who live elsewhere we know none.
pub async fn of_account(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let viewer = caller.party();
    let account = accounts::show(&app, &viewer, Way::Page, id).await?;
    let all = super::of(&app, &viewer, account.id).await?;
    let most = paging.limit(most_shown(), most_shown());
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let rest = all.get(skip..).unwrap_or_default();
    let page = &rest[..rest.len().min(usize::try_from(most).unwrap_or_default())];
    let links = paging.turns(&caller.community, most, page.len() < rest.len());
    let list = entity::list(&app, &viewer, page, &caller.community).await?;
    Ok(Reply::api(list).with_links(links))
}

/// `GET /api/v1/accounts/{id}/in_collections`: which collections one is in is for oneself to know.
pub async fn with_account(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let me = client.me()?;
    if id != me.account.id {
        return Err(Error::Forbidden(
            "only they themselves may see which collections somebody is in".to_owned(),
        ));
    }
    let most = paging.limit(most_shown(), most_shown());
    let (all, more) = super::with(&app, me, most, paging.offset().min(MOST_SKIPPED)).await?;
    let more = more && paging.offset() < MOST_SKIPPED;
    let links = paging.turns(&me.community, most, more);
    let list = entity::list(&app, &me.party(), &all, &me.community).await?;
    Ok(Reply::api(list).with_links(links))
}

/// `POST /api/v1/collections`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let mut people = Vec::with_capacity(sent.account_ids.len());
    for id in &sent.account_ids {
        people.push(number("account_ids", id)?);
    }
    let made = super::create(&app, me, &sent.draft(), &people).await?;
    let made = entity::entity(&app, &made, &me.community);
    Ok(Reply::api(json!({ "collection": made })))
}

/// `GET /api/v1/collections/{id}`
pub async fn one(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let viewer = caller.party();
    let shown = super::find(&app, &viewer, id).await?;
    let whole = entity::with_accounts(&app, &viewer, &shown, &caller.community).await?;
    Ok(Reply::api(whole))
}

/// `PATCH /api/v1/collections/{id}`, and `PUT`: what is left out stays.
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Changes>,
) -> Result<Reply> {
    let me = client.me()?;
    let draft = Draft {
        name: sent.name,
        description: sent.description,
        language: sent.language,
        tag: sent.tag_name,
        sensitive: sent.sensitive,
        discoverable: sent.discoverable,
    };
    let changed = super::change(&app, me, id, &draft).await?;
    let changed = entity::entity(&app, &changed, &me.community);
    Ok(Reply::api(json!({ "collection": changed })))
}

/// `DELETE /api/v1/collections/{id}`
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::remove(&app, client.me()?, id).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/collections/{id}/items`
pub async fn add(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?;
    let named = named.account_id.unwrap_or_default();
    if named.is_empty() {
        return Err(
            Error::invalid("account_id", "is missing; name who is put in").coded(Code::Blank),
        );
    }
    let account_id = number("account_id", &named)?;
    let item = super::add(&app, me, id, account_id).await?;
    Ok(Reply::api(
        json!({ "collection_item": entity::item(&item) }),
    ))
}

/// `DELETE /api/v1/collections/{id}/items/{item}`
pub async fn take_out(
    State(app): State<App>,
    client: Client,
    Path((id, item)): Path<(i64, i64)>,
) -> Result<Reply> {
    super::take_out(&app, client.me()?, id, item).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/collections/{id}/items/{item}/revoke`
pub async fn revoke(
    State(app): State<App>,
    client: Client,
    Path((id, item)): Path<(i64, i64)>,
) -> Result<Reply> {
    super::revoke(&app, client.me()?, id, item).await?;
    Ok(Reply::api(json!({})))
}
