//! Notifications in groups, for apps.

use axum::extract::State;
use serde_json::json;

use super::Kind;
use super::api::Choice;
use super::entity::{self, Expand};
use super::grouped::{self, GROUPS, Key};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Paging, Path, Reply};
use crate::window::Window;

impl Choice {
    fn kinds(&self) -> Vec<Kind> {
        match &self.grouped_types {
            Some(words) => words.iter().filter_map(|word| Kind::parse(word)).collect(),
            None => GROUPS.to_vec(),
        }
    }

    fn expand(&self) -> Result<Expand> {
        match self.expand_accounts.as_deref() {
            None | Some("full") => Ok(Expand::Full),
            Some("partial_avatars") => Ok(Expand::PartialAvatars),
            Some(_) => Err(Error::invalid(
                "expand_accounts",
                "must be full or partial_avatars",
            )),
        }
    }
}

/// `GET /api/v2/notifications`
pub async fn list(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(asked): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let expand = asked.expand()?;
    let most = usize::try_from(paging.limit(40, 80)).unwrap_or_default();
    let wants = |told: &super::Notification| asked.wants(told);
    let kinds = asked.kinds();
    let page = grouped::page(
        &app,
        &me.account,
        paging.window(),
        most,
        &kinds,
        &asked.which(),
        wants,
    )
    .await?;
    let mut all = entity::groups(&app, me, &page.groups, expand).await?;
    entity::fall_back_groups(&mut all, &asked.supported_types);
    let links = paging.links(&me.community, page.newer, page.older);
    Ok(Reply::api(all).with_links(links))
}

/// `GET /api/v2/notifications/{group_key}`
pub async fn one(
    State(app): State<App>,
    client: Client,
    Path(key): Path<String>,
    Input(asked): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let group = grouped::one(&app, &me.account, Key::parse(&key)?).await?;
    let mut all = entity::groups(&app, me, &[group], Expand::Full).await?;
    entity::fall_back_groups(&mut all, &asked.supported_types);
    Ok(Reply::api(all))
}

/// `POST /api/v2/notifications/{group_key}/dismiss`
pub async fn dismiss(
    State(app): State<App>,
    client: Client,
    Path(key): Path<String>,
) -> Result<Reply> {
    grouped::dismiss(&app, &client.me()?.account, Key::parse(&key)?).await?;
    Ok(Reply::api(json!({})))
}

/// `GET /api/v2/notifications/{group_key}/accounts`: everybody of a group, by when they did it.
pub async fn people(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Path(key): Path<String>,
) -> Result<Reply> {
    let me = client.me()?;
    let key = Key::parse(&key)?;
    let (found, older) = grouped::members(
        &app,
        &me.account,
        key,
        paging.window(),
        paging.limit(40, 80),
    )
    .await?;
    let ids: Vec<i64> = found.iter().map(entity::face_id).collect();
    let asking = entity::asking(found.iter());
    let faces = entity::faces(&app, me, &ids, &asking).await?;
    let list: Vec<_> = found
        .iter()
        .map(|told| entity::face(told, &faces, &me.community))
        .collect();
    let links = paging.links(&me.community, found.first().map(|told| told.id), older);
    Ok(Reply::api(json!(list)).with_links(links))
}

/// Unread groups are counted up to here where an app says nothing, as Mastodon does,
const USUAL_COUNT: i64 = 100;
/// and up to here at most.
const MOST_COUNT: i64 = 1_000;

/// `GET /api/v2/notifications/unread_count`
pub async fn unread_count(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(asked): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let most = usize::try_from(paging.limit(USUAL_COUNT, MOST_COUNT)).unwrap_or_default();
    let unread = Window {
        above: me.member.notifications_read_id,
        ..Window::older_than(i64::MAX)
    };
    let wants = |told: &super::Notification| asked.wants(told);
    let page = grouped::page(
        &app,
        &me.account,
        unread,
        most,
        &asked.kinds(),
        &asked.which(),
        wants,
    )
    .await?;
    Ok(Reply::api(json!({ "count": page.groups.len() })))
}
