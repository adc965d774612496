//! Statuses for apps, in Mastodon's words and two of ours.

mod sent;

use axum::extract::State;
use comity_policy::{Conditions, Way};
use comity_vocab::Visibility;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::entity::{Entities, emojis_in};
use super::once::Once;
use super::{Draft, find, find_many, sent_posters, text, versions, web};
use crate::accounts::api::{Ids, faces, page_of};
use crate::app::App;
use crate::emojis::entity::entities;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Input, Paging, Reply, Upload};
use crate::media;
use crate::polls;
use crate::scheduled;
use crate::web::time;
use crate::window::Filling;
pub use sent::Sent;
use sent::read_quoting;
pub(super) use sent::{Asked, SentSaying};

/// `POST /api/v1/statuses`
pub async fn create(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Input(mut sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    sent.application_id = Some(client.grant.app_id);
    sent.tells_in_text();
    sent.as_told(me);
    sent.cover_something();
    let key = headers.get("idempotency-key");
    let once = key.and_then(|key| Once::of(key.to_str().ok()?));
    if !sent.scheduled_at.trim().is_empty() {
        let at = scheduled::api::read_time(&sent.scheduled_at)?;
        // What was scheduled with this key may be published by now.
        if let Some(once) = &once
            && let Some(id) = super::once::posted(&app, me.account.id, once).await?
        {
            return Ok(Reply::api(entity(&app, &client.caller()?, id).await?));
        }
        let waits = scheduled::schedule(&app, me, sent, at, once.as_ref()).await?;
        return Ok(Reply::api(scheduled::api::entity(&app, me, &waits).await?));
    }
    let draft = Draft {
        once,
        ..sent.draft(&app, me).await?
    };
    let status = super::publish(&app, &me.community, me.account.clone(), draft).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &status).await?,
    ))
}

/// `GET /api/v1/statuses/{id}`
pub async fn status(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    Ok(Reply::api(entity(&app, &caller, id).await?))
}

/// This status for whoever asks; a boost is around what it shares.
pub async fn entity(app: &App, caller: &Caller, id: i64) -> Result<Value> {
    let party = caller.party();
    let status = find(app, &party, Way::Page, id).await?;
    let Some((shared, _)) = status.reblog_of else {
        return Entities::one(app, caller, Way::Page, &status).await;
    };
    let original = find(app, &party, Way::Page, shared).await?;
    let shown = super::Shown {
        status: original,
        reblog: Some(status),
    };
    let list = Entities::list(app, caller, Way::Page, &[shown]).await?;
    list.into_iter().next().ok_or(Error::NotFound)
}

/// `GET /api/v1/statuses?id[]=`
pub async fn statuses(
    State(app): State<App>,
    caller: Caller,
    Input(asked): Input<Ids>,
) -> Result<Reply> {
    let ids = asked.numbers();
    let found = super::Shown::list(&app, &caller.party(), Way::Page, &ids).await?;
    let list = Entities::as_json(&app, &caller, Way::Page, &found).await?;
    Ok(Reply::api_written(list))
}

/// `PUT /api/v1/statuses/{id}`
pub async fn edit(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Upload(sent, mut files): Upload<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let was = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let mut draft = sent.draft(&app, me).await?;
    if sent.language.is_none() {
        draft.language.clone_from(&text(&was).language);
    }
    if sent.content_type.is_empty() {
        draft.format = text(&was).format;
    }
    let said = &sent.media_attributes;
    sent_posters::take(&app, me.account.id, said, &mut files, &mut draft.media).await?;
    let edited = super::edit(&app, &me.community, me.account.clone(), id, draft).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &edited).await?,
    ))
}

/// How a status is deleted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deleting {
    /// Its files go at once, and are not kept for writing it anew.
    delete_media: bool,
}

/// `DELETE /api/v1/statuses/{id}`: answers with the status as it was typed, for writing it anew.
pub async fn delete(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(how): Input<Deleting>,
) -> Result<Reply> {
    let me = client.me()?;
    let named = find(&app, &me.party(), Way::Page, id).await?;
    // Whoever deletes a boost of theirs takes it back.
    if let Some((shared, _)) = &named.reblog_of
        && named.author.id == me.account.id
    {
        let entity = entity(&app, &client.caller()?, id).await?;
        crate::reblogs::unreblog(&app, &me.account, *shared).await?;
        return Ok(Reply::api(entity));
    }
    let status = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let mut entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    entity["text"] = json!(text(&status).source);
    entity["content_type"] = json!(text(&status).format.as_str());
    let author = me.account.clone();
    if how.delete_media {
        super::delete_with_files(&app, author, id).await?;
    } else {
        super::delete(&app, author, id).await?;
    }
    Ok(Reply::api(entity))
}

/// `GET /api/v1/statuses/{id}/source`
pub async fn source(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let status = super::edit::own(&app, &me.party(), &me.account, id).await?;
    let words = text(&status);
    Ok(Reply::api(json!({
        "id": id.to_string(),
        "text": words.source,
        "content_type": words.format.as_str(),
        "spoiler_text": words.spoiler_text,
    })))
}

/// `GET /api/v1/statuses/{id}/history`
pub async fn history(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let status = find(&app, &caller.party(), Way::Page, id).await?;
    let now = Entities::one(&app, &caller, Way::Page, &status).await?;
    let is_marked = status.conditions().contains(Conditions::MARK_SENSITIVE);
    let all: Vec<Value> = versions(&app, &status)
        .await?
        .into_iter()
        .map(|version| {
            let warning = web::spoiler(&version.text.spoiler_text, status.conditions());
            json!({
                "content": web::with_title(&version.text.title, &version.text.content),
                "sensitive": version.text.sensitive || is_marked || warning.is_some(),
                "spoiler_text": warning.unwrap_or_default(),
                "created_at": time::iso_ms(version.created_at),
                "account": now["account"],
                "media_attachments": media::entity::attachments_then(&app, &status, &version.text.attachments),
                "emojis": entities(&emojis_in(&version.text, &status, &caller.community)),
                "poll": version.text.poll.as_ref().map(polls::entity::asked),
                "quote": now["quote"],
            })
        })
        .collect();
    Ok(Reply::api(json!(all)))
}

/// `GET /api/v1/statuses/{id}/reblogged_by`
pub async fn reblogged_by(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let party = caller.party();
    let status = find(&app, &party, Way::Page, id).await?;
    let mut filling = Filling::new(paging.window(), paging.limit(40, 80));
    while let Some((window, most)) = filling.wants() {
        let values = comity_db::params![status.id];
        let read = super::REBLOGS_OF
            .rows(&app.db, window, most, values)
            .await?;
        let ids: Vec<i64> = read.iter().map(|(id, _)| *id).collect();
        let boosts = find_many(&app, &party, Way::Page, &ids).await?;
        // Whoever boosts before a few did not do it before everybody.
        let open = [Visibility::Public, Visibility::Unlisted];
        let boosters: Vec<(i64, i64)> = boosts
            .iter()
            .filter(|boost| open.contains(&boost.visibility))
            .map(|boost| (boost.id, boost.author.id))
            .collect();
        let shown = faces(&app, &caller, &boosters).await?;
        filling.take(&read, shown);
    }
    Ok(page_of(&caller, &paging, filling))
}

/// Who may quote from now on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    quote_approval_policy: String,
}

/// `PUT /api/v1/statuses/{id}/interaction_policy`
pub async fn interaction_policy(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(policy): Input<Policy>,
) -> Result<Reply> {
    let me = client.me()?;
    let quoting = read_quoting(&policy.quote_approval_policy)?;
    let status = super::choose_quoting(&app, me.account.clone(), id, quoting).await?;
    let caller = client.caller()?;
    Ok(Reply::api(
        Entities::one(&app, &caller, Way::Page, &status).await?,
    ))
}
