//! Of whom a member may know that they are here: whom they may see, whom they or their own side keep away, and whom they have
//! to do with. Of everybody else a number tells nothing: it is answered as one that nobody has.

use std::collections::HashMap;
use std::sync::Arc;

use comity_policy::{Party, Way};

use super::{relations, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows::{self, State};
use crate::{account_notes, endorsements};

/// Those of these accounts of whom `me` may know that they are here.
pub async fn known(app: &App, me: &Account, ids: Vec<i64>) -> Result<HashMap<i64, Arc<Account>>> {
    let mut found = accounts::find_many(app, ids).await?;
    let party = Party::Member(me.person());
    let named: Vec<i64> = found.keys().copied().collect();
    let told = accounts::known_to(app, &party, Way::Page, &named).await?;
    let hidden: Vec<i64> = named.into_iter().filter(|id| !told.contains(id)).collect();
    if hidden.is_empty() {
        return Ok(found);
    }
    let follows = follows::states(app, me.id, hidden.clone()).await?;
    let relations = relations(app, me.id, hidden.clone()).await?;
    let notes = account_notes::of(app, me.id, &hidden).await?;
    let endorsed = endorsements::of(app, me.id, &hidden).await?;
    for id in hidden {
        let follows = follows.get(&id);
        let has_to_do = follows.is_some_and(|both| *both != (State::None, State::None))
            || relations.contains_key(&id)
            || notes.contains_key(&id)
            || endorsed.contains(&id);
        if !has_to_do {
            found.remove(&id);
        }
    }
    Ok(found)
}

/// The same of one; *not found* where they may not know.
pub async fn find_known(app: &App, me: &Account, id: i64) -> Result<Arc<Account>> {
    let mut found = known(app, me, vec![id]).await?;
    found.remove(&id).ok_or(Error::NotFound)
}

/// The same, to keep somebody away: also whom `me` named in one of their newest posts. Who keeps away from them then is
/// blocked and muted by the number that an app has from there, as one who left is, and one who is to be seen: of all of them the
/// answer says the same. What others did is no such reason: whether `me` was ever shown it, nobody knows.
pub async fn find_met(app: &App, me: &Account, id: i64) -> Result<Arc<Account>> {
    let found = find_known(app, me, id).await;
    let is_hidden = matches!(found, Err(Error::NotFound));
    if is_hidden && store::has_named(&app.db, me.id, id).await? {
        return accounts::find(app, id).await;
    }
    found
}
