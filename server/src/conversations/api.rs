//! What comes before and after a status, for apps.

use axum::extract::State;
use comity_policy::{Visible, Way};
use serde_json::{Value, json};

use super::around::{Extent, PORTION, around};
use super::store::DIRECTS;
use super::{Direct, Mark};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::backfill;
use crate::error::{Error, Result};
use crate::http::{Caller, Client, Id, Me, Paging, Reply};
use crate::statuses::{self, Status, entity::Entities};

/// Bytes of a status as apps are told of it, about.
const USUAL_LENGTH: usize = 3 * 1024;

/// `GET /api/v1/statuses/{id}/context`
pub async fn context(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let party = caller.party();
    let focus = statuses::find(&app, &party, Way::Page, id).await?;
    let extent = match caller.me {
        Some(_) => Extent::MEMBER,
        None => Extent::VISITOR,
    };
    let around = around(&app, &party, &focus, extent).await?;
    let above = around.above.len();
    let all: Vec<&Visible<Status>> = around.above.iter().chain(&around.below).collect();
    // Written one by one: as a tree in memory, a long thread is several times as large.
    let mut written = Vec::with_capacity(all.len().min(PORTION) * USUAL_LENGTH);
    written.extend_from_slice(b"{\"ancestors\":[");
    for (number, portion) in all.chunks(PORTION).enumerate() {
        let entities = Entities::of(&app, &caller, Way::Conversation, portion).await?;
        for (at, status) in portion.iter().enumerate() {
            let place = number * PORTION + at;
            if place == above {
                written.extend_from_slice(b"],\"descendants\":[");
            } else if place > 0 {
                written.push(b',');
            }
            serde_json::to_writer(&mut written, &entities.written(status))?;
        }
    }
    if all.len() == above {
        written.extend_from_slice(b"],\"descendants\":[");
    }
    written.extend_from_slice(b"]}");
    // Somebody else may be told a long one meanwhile.
    drop(around);
    let refresh = match &caller.me {
        Some(me) => backfill::ask(&app, me, &focus).await,
        None => None,
    };
    let whole = String::from_utf8(written).map_err(|why| Error::internal(why.to_string()))?;
    let refresh = refresh.as_ref().and_then(backfill::api::header);
    Ok(Reply::api_written(whole).with_refresh(refresh))
}

/// `POST /api/v1/statuses/{id}/mute`: the member is told of nothing in this conversation any more.
pub async fn mute(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::mute(&app, &me.account, id).await?;
    let entity = statuses::api::entity(&app, &client.caller()?, id).await?;
    Ok(Reply::api(entity))
}

/// `POST /api/v1/statuses/{id}/unmute`
pub async fn unmute(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::join(&app, &me.account, id).await?;
    let entity = statuses::api::entity(&app, &client.caller()?, id).await?;
    Ok(Reply::api(entity))
}

/// `GET /api/v1/conversations`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let window = paging.window();
    let limit = usize::try_from(paging.limit(20, 40)).unwrap_or_default();
    let mut found = super::directs(&app, me).await?;
    found.retain(|direct| direct.last.id < window.below && direct.last.id > window.above);
    let is_full = found.len() > limit;
    if window.from_below {
        found = found.split_off(found.len().saturating_sub(limit));
    }
    found.truncate(limit);
    let newest = found.first().map(|direct| direct.last.id);
    let oldest = found.last().map(|direct| direct.last.id);
    let links = paging.links(
        &me.community,
        newest,
        oldest.filter(|_| is_full || window.from_below),
    );
    Ok(Reply::api(json!(entities(&app, me, &found).await?)).with_links(links))
}

/// `GET /api/v1/timelines/direct`: the same posts one by one, as apps had them before there were conversations.
pub async fn timeline(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let (window, limit) = (paging.window(), paging.limit(20, 40));
    let values = comity_db::params![me.account.id];
    let stretch = DIRECTS.stretch(&app.db, window, limit, values).await?;
    let found = statuses::find_many(&app, &me.party(), Way::Page, &stretch.named).await?;
    let shown: Vec<&Visible<Status>> = found.iter().collect();
    let entities = Entities::of(&app, &Caller::from(me), Way::Page, &shown).await?;
    let list: Vec<Value> = shown.iter().map(|status| entities.status(status)).collect();
    let links = paging.links(&me.community, stretch.newest, stretch.oldest);
    Ok(Reply::api(json!(list)).with_links(links))
}

async fn entities(app: &App, me: &Me, found: &[Direct]) -> Result<Vec<Value>> {
    let caller = Caller::from(me);
    let statuses: Vec<&Visible<Status>> = found.iter().map(|direct| &direct.last).collect();
    let told = Entities::of(app, &caller, Way::Page, &statuses).await?;
    let people = || found.iter().flat_map(|direct| &direct.others);
    let ids: Vec<i64> = people().map(|account| account.id).collect();
    let faces = Faces::of(app, &me.party(), Way::Page, &me.community, &ids).await?;
    let entity = |direct: &Direct| {
        // Whoever wrote what is shown is named; others are there where they are for the member.
        let others = direct.others.iter().filter_map(|other| {
            if other.id == direct.last.author.id {
                Some(faces.author(other, &me.community))
            } else {
                faces.get(other.id)
            }
        });
        json!({
            "id": direct.id.to_string(),
            "unread": direct.is_unread,
            "accounts": others.collect::<Vec<_>>(),
            "last_status": told.status(&direct.last),
        })
    };
    Ok(found.iter().map(entity).collect())
}

/// `POST /api/v1/conversations/{id}/read`
pub async fn read(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    marked(&app, client.me()?, id, Mark::Read).await
}

/// `POST /api/v1/conversations/{id}/unread`
pub async fn unread(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    marked(&app, client.me()?, id, Mark::Unread).await
}

async fn marked(app: &App, me: &Me, id: i64, mark: Mark) -> Result<Reply> {
    let direct = super::direct(app, me, id).await?;
    super::mark(app, me, &direct, mark).await?;
    let direct = super::direct(app, me, id).await?;
    let entity = entities(app, me, &[direct]).await?.pop();
    Ok(Reply::api(entity.unwrap_or_default()))
}

/// `DELETE /api/v1/conversations/{id}`: it comes back once there is something new in it.
pub async fn hide(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let direct = super::direct(&app, me, id).await?;
    super::mark(&app, me, &direct, Mark::Hidden).await?;
    Ok(Reply::api(json!({})))
}
