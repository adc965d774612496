//! What comes before and after a status, for apps.

use axum::extract::State;
use comity_policy::{Visible, Way};
use serde_json::json;

use super::{Branch, Leaf, thread};
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Reply};
use crate::statuses::{self, Status, entity::Entities};

/// `GET /api/v1/statuses/{id}/context`
pub async fn context(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let party = caller.party();
    let focus = statuses::find(&app, &party, Way::Page, id).await?;
    let thread = thread(&app, &party, &focus, 0).await?;
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
    super::leave(&app, &me.account, id).await?;
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
