//! How a member stands to others, as apps read it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{known, relations};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows::{self, State};
use crate::http::Me;
use crate::web::time;
use crate::{account_notes, endorsements, rules};

/// How `me` stands to each of these of whom they may know that they are here, in this order. That they block `me` nobody is told
/// (boundaries L12).
pub async fn relationships(app: &App, me: &Me, ids: &[i64]) -> Result<Vec<Value>> {
    let accounts = known(app, &me.account, ids.to_vec()).await?;
    told(app, me, ids, &accounts).await
}

async fn told(
    app: &App,
    me: &Me,
    ids: &[i64],
    accounts: &HashMap<i64, Arc<Account>>,
) -> Result<Vec<Value>> {
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
        json!({
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
        })
    };
    Ok(known.iter().map(entity).collect())
}

/// How `me` stands to this account, after something was done about it by whoever may know that it is here.
pub async fn relationship(app: &App, me: &Me, id: i64) -> Result<Value> {
    let accounts = accounts::find_many(app, vec![id]).await?;
    let found = told(app, me, &[id], &accounts).await?.pop();
    found.ok_or(Error::NotFound)
}
