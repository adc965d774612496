//! Whom texts name that are no posts: profiles and announcements.

use std::collections::HashMap;
use std::sync::Arc;

use comity_policy::{Party, Way};
use comity_vocab::{Domain, Handle};

use super::{Account, show_many, store};
use crate::app::App;
use crate::error::Result;
use crate::text::mention;

/// Whom these texts name, by the first `most` handles in them: people who are known here and whom the viewer may see. Nobody
/// is looked for elsewhere, and nobody hears of it.
pub(crate) async fn named_in<'a>(
    app: &App,
    viewer: &Party,
    way: Way,
    here: &Domain,
    texts: impl Iterator<Item = &'a str>,
    most: usize,
) -> Result<Vec<(Handle, Arc<Account>)>> {
    let mut handles: Vec<Handle> = Vec::new();
    for handle in texts.flat_map(mention::handles) {
        if handles.len() == most {
            break;
        }
        if !handles.contains(&handle) {
            handles.push(handle);
        }
    }
    let known = find_many_by_handle(app, &handles, here).await?;
    let mut ids: Vec<i64> = known.values().map(|account| account.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let shown = show_many(app, viewer, way, &ids).await?;
    let seen = known.into_iter();
    Ok(seen
        .filter(|(_, account)| shown.contains_key(&account.id))
        .collect())
}

/// The accounts that go by these handles, as far as we know them, in one query. A handle without a server is of somebody
/// at `here`.
async fn find_many_by_handle(
    app: &App,
    handles: &[Handle],
    here: &Domain,
) -> Result<HashMap<Handle, Arc<Account>>> {
    if handles.is_empty() {
        return Ok(HashMap::new());
    }
    let name = |handle: &Handle| handle.username.to_lowercase();
    let domain = |handle: &Handle| handle.domain.as_ref().unwrap_or(here).as_str().to_owned();
    let names: Vec<String> = handles.iter().map(name).collect();
    let domains: Vec<String> = handles.iter().map(domain).collect();
    let mut known: HashMap<(String, String), Arc<Account>> = HashMap::new();
    for row in store::by_handles(&app.db, names, domains).await? {
        let account = Account::from_row(row, app.now_ms())?;
        let key = (
            account.username.to_lowercase(),
            account.domain.as_str().to_owned(),
        );
        known.insert(key, Arc::new(account));
    }
    Ok(handles
        .iter()
        .filter_map(|handle| {
            let account = known.get(&(name(handle), domain(handle)))?;
            Some((handle.clone(), account.clone()))
        })
        .collect())
}
