//! What comes before and after a status, for apps.

use axum::extract::State;
use comity_policy::{Visible, Way};
use serde_json::{Value, json};

use super::store::DIRECTS;
use super::{Branch, Direct, Leaf, Length, Mark, thread};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Me, Paging, Reply};
use crate::statuses::{self, Status, entity::Entities};

/// `GET /api/v1/statuses/{id}/context`
pub async fn context(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let party = caller.party();
    let focus = statuses::find(&app, &party, Way::Page, id).await?;
    let thread = thread(&app, &party, &focus, 0, Length::APP).await?;
    let mut ancestors = Vec::new();
    let mut descendants = Vec::new();
    for root in &thread.roots {
        if let Some(below) = way_to(root, focus.id, &mut ancestors) {
            flatten(below, &mut descendants);
            break;
        }
        ancestors.clear();
    }
    let all: Vec<&Visible<Status>> = ancestors.iter().chain(&descendants).copied().collect();
    let entities = Entities::of(&app, &caller, Way::Conversation, &all).await?;
    let tell = |list: &[&Visible<Status>]| -> Vec<_> {
        list.iter().map(|status| entities.status(status)).collect()
    };
    Ok(Reply::api(json!({
        "ancestors": tell(&ancestors),
        "descendants": tell(&descendants),
    })))
}

/// What is above a status, the first one first, and the branches below it; `None` where it hangs elsewhere.
fn way_to<'a>(
    branch: &'a Branch,
    id: i64,
    above: &mut Vec<&'a Visible<Status>>,
) -> Option<&'a [Branch]> {
    let mut pushed = false;
    if let Leaf::Post(status) = &branch.leaf {
        if status.id == id {
            return Some(&branch.replies);
        }
        above.push(status);
        pushed = true;
    }
    for reply in &branch.replies {
        if let Some(below) = way_to(reply, id, above) {
            return Some(below);
        }
    }
    if pushed {
        above.pop();
    }
    None
}

/// Each answer before what answers it. A place where something is withheld is left out: apps have no word for it.
fn flatten<'a>(branches: &'a [Branch], into: &mut Vec<&'a Visible<Status>>) {
    for branch in branches {
        if let Leaf::Post(status) = &branch.leaf {
            into.push(status);
        }
        flatten(&branch.replies, into);
    }
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
                faces.get(other.id).cloned()
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
