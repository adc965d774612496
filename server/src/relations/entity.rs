//! How a member stands to others, as apps read it.

use comity_policy::Way;
use serde_json::{Value, json};

use super::relations;
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::follows::{self, State};
use crate::http::Me;
use crate::web::time;
use crate::{account_notes, endorsements, rules};

/// How `me` stands to each of these, in this order. Whoever is hidden from them is left out like who is not there, unless
/// `me` holds something of their own: a follow, a block, a mute, a note. That they block `me` nobody is told (boundaries
/// L12).
pub async fn relationships(app: &App, me: &Me, ids: &[i64]) -> Result<Vec<Value>> {
    let known = accounts::known_to(app, &me.party(), Way::Page, ids).await?;
    let all = stands(app, me, ids).await?.into_iter();
    let told = all.filter(|stand| stand.is_own || known.contains(&stand.id));
    Ok(told.map(|stand| stand.entity).collect())
}

/// How a member stands to one account.
struct Stand {
    id: i64,
    /// They know of it by what they hold themselves.
    is_own: bool,
    entity: Value,
}

/// How `me` stands to each of these who exist, in this order.
async fn stands(app: &App, me: &Me, ids: &[i64]) -> Result<Vec<Stand>> {
    let accounts = accounts::find_many(app, ids.to_vec()).await?;
    let known: Vec<i64> = ids
        .iter()
        .copied()
        .filter(|id| accounts.contains_key(id))
        .collect();
    let states = follows::states(app, me.account.id, known.clone()).await?;
    let relations = relations(app, me.account.id, known.clone()).await?;
    let own = rules::in_force(app, rules::of_member(&me.account)?);
    let refuses = |id: &i64| {
        let host = accounts.get(id).map(|account| &account.host);
        host.is_some_and(|host| rules::domain_blocks::refuses(&own, host))
    };
    let wanted = follows::wanted(app, me.account.id, known.clone()).await?;
    let notes = account_notes::of(app, me.account.id, &known).await?;
    let endorsed = endorsements::of(app, me.account.id, &known).await?;
    let entity = |id: &i64| {
        let (mine, theirs) = states
            .get(id)
            .copied()
            .unwrap_or((State::None, State::None));
        let relation = relations.get(id).copied().unwrap_or_default();
        let following = mine == State::Accepted;
        let wanted = wanted.get(id);
        let languages = wanted.map(|wanted| &wanted.languages);
        let is_own = mine != State::None
            || theirs == State::Accepted
            || relation.blocking
            || relation.muting
            || endorsed.contains(id)
            || notes.contains_key(id);
        let entity = json!({
            "id": id.to_string(),
            "following": following,
            "showing_reblogs": following && wanted.is_none_or(|wanted| wanted.reblogs),
            "notifying": following && wanted.is_some_and(|wanted| wanted.notify),
            "languages": languages.filter(|languages| !languages.is_empty()),
            "followed_by": theirs == State::Accepted,
            "blocking": relation.blocking,
            "blocked_by": false,
            "muting": relation.muting,
            "muting_notifications": relation.muting_notifications,
            "muting_expires_at": relation.muting_until.map(time::iso_ms),
            "requested": mine == State::Requested,
            "requested_by": theirs == State::Requested,
            "domain_blocking": refuses(id),
            "endorsed": endorsed.contains(id),
            "note": notes.get(id).map(String::as_str).unwrap_or_default(),
        });
        Stand {
            id: *id,
            is_own,
            entity,
        }
    };
    Ok(known.iter().map(entity).collect())
}

/// How `me` stands to this account, on which they acted just now: everybody may, also on who is hidden from them.
pub async fn relationship(app: &App, me: &Me, id: i64) -> Result<Value> {
    let found = stands(app, me, &[id]).await?.pop();
    found
        .map(|stand| stand.entity)
        .ok_or(crate::error::Error::NotFound)
}
