//! Antennas: what a member looks for again and again, as a timeline. Apps take them for lists, and have them with those.
//!
//! **What one may catch**: a post that is in public (or for the reader's own community), whose author lets what they write
//! be found (FEP-5feb's `indexable`), and that the gate shows the reader in public timelines at the moment of reading. That
//! is less than search finds and less than everyone's timeline has: nobody reads by an antenna what they could not come
//! across otherwise, whom they mute stays away, and an author who does not want to be found is caught by none, followed or
//! not. Nothing is written when a post comes: a rule, a block or a change of terms counts for all that was there before.

pub mod api;
mod model;
mod net;
mod store;
pub mod web;

use std::collections::{BTreeMap, BTreeSet};

use comity_db::{Tx, params};
use comity_policy::{Party, Way};

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::hashtags;
use crate::http::Me;
use crate::members;
use crate::statuses::{Loaded, Shown};
use crate::timelines::Found;
use crate::window::Window;

pub use model::{Antenna, Draft, Terms};
pub use net::Net;
pub(crate) use store::OF_MEMBER;

/// Antennas of one member: each is looked through whenever it is read, and for each post that comes while it is listened to.
const MOST: i64 = 20;
/// Posts looked at for those of some servers, or of who lets them be found, at a time: a page of what is rare may have to be asked
/// for more than once.
const MOST_LOOKED_AT: i64 = 4_000;
/// Of them, those that are looked at before it is known whether it is rare.
const FIRST_LOOKED_AT: i64 = 400;
/// Antennas read together while they are listened to.
const AT_ONCE: usize = 1_000;

/// All of a member, oldest first.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Antenna>> {
    store::of(&app.db, account_id, MOST).await
}

/// One of a member, if it is one of theirs.
pub async fn get(app: &App, account_id: i64, id: i64) -> Result<Option<Antenna>> {
    store::find(&app.db, account_id, id).await
}

/// One of a member; *not found* where it is another's.
pub async fn find(app: &App, account_id: i64, id: i64) -> Result<Antenna> {
    get(app, account_id, id).await?.ok_or(Error::NotFound)
}

/// A new one. People whom it names have to be for the member.
pub async fn create(app: &App, me: &Me, draft: Draft) -> Result<Antenna> {
    let antenna = draft.over(app.next_id(), None)?;
    people_are_there(app, me, &antenna.terms.accounts).await?;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, me.account.id);
    store::insert(&mut tx, me.account.id, &antenna, MOST)?;
    if !app.commit(tx).await? {
        return Err(Error::Conflict(format!(
            "there are {MOST} antennas already; take one down first"
        )));
    }
    Ok(antenna)
}

/// Changes what `draft` names.
pub async fn change(app: &App, me: &Me, id: i64, draft: Draft) -> Result<Antenna> {
    let before = find(app, me.account.id, id).await?;
    let antenna = draft.over(id, Some(&before))?;
    let known = &before.terms.accounts;
    let named = antenna.terms.accounts.iter().copied();
    let new: Vec<i64> = named.filter(|id| !known.contains(id)).collect();
    people_are_there(app, me, &new).await?;
    let mut tx = Tx::new();
    store::change(&mut tx, me.account.id, &antenna)?;
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(antenna)
}

/// Takes one down.
pub async fn remove(app: &App, account_id: i64, id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::delete(&mut tx, account_id, id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

async fn people_are_there(app: &App, me: &Me, ids: &[i64]) -> Result<()> {
    let shown = accounts::show_many(app, &me.party(), Way::Page, ids).await?;
    if ids.iter().any(|id| !shown.contains_key(id)) {
        return Err(Error::invalid("accounts", "names somebody who is not here"));
    }
    Ok(())
}

/// Posts that an antenna may have caught; nobody is cleared to see them yet, and the net has to be asked for each of them.
/// Of what has the words, no more than [`MOST_LOOKED_AT`] posts are looked at.
pub(crate) async fn ids(app: &App, net: &Net, window: Window, limit: i64) -> Result<Found> {
    let terms = net.terms();
    let mut ids = Vec::new();
    let mut reached = None;
    if let Some(question) = net.question() {
        let values = params![
            question,
            net.only_of().unwrap_or(0),
            terms.accounts.clone(),
            terms.hosts.clone()
        ];
        for most in [FIRST_LOOKED_AT, MOST_LOOKED_AT] {
            let looked_at = store::look_at(&app.db, window, most, values.clone()).await?;
            let fitting = looked_at.posts.into_iter().filter(|(_, fits)| *fits);
            ids = fitting.map(|(id, _)| id).collect();
            reached = looked_at.reached;
            let is_enough = i64::try_from(ids.len()).is_ok_and(|len| len >= limit);
            if is_enough || reached.is_none() {
                break;
            }
        }
    }
    if !terms.tags.is_empty() {
        let values = params![terms.tags.clone()];
        ids.extend(hashtags::NAMED.read(&app.db, window, limit, values).await?);
    }
    if terms.boosts && !terms.accounts.is_empty() {
        let values = params![terms.accounts.clone()];
        ids.extend(store::BOOSTS.read(&app.db, window, limit, values).await?);
    }
    Ok(Found::together(ids, reached, window, limit))
}

/// Which of these antennas (each with whose it is) catch a status that just came, as their timelines would have it: they are
/// read together, and the gate is asked once for each member of whom one may catch it. Of a status that none may catch,
/// nothing is asked at all.
pub(crate) async fn catching(
    app: &App,
    loaded: &Loaded,
    listened: &BTreeSet<(i64, i64)>,
) -> Result<Vec<i64>> {
    if listened.is_empty() || !net::is_open(loaded) {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = listened.iter().map(|(_, id)| *id).collect();
    let mut nets: BTreeMap<i64, Vec<(i64, Net)>> = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        for (owner, id, net) in store::among(&app.db, some).await? {
            if listened.contains(&(owner, id)) && net.may_catch(loaded) {
                nets.entry(owner).or_default().push((id, net));
            }
        }
    }
    let owners = accounts::find_many(app, nets.keys().copied().collect()).await?;
    let mut caught = Vec::new();
    for (owner, nets) in nets {
        let Some(owner) = owners.get(&owner) else {
            continue;
        };
        let viewer = Party::Member(owner.person());
        let Some(shown) = Shown::of(app, &viewer, Way::PublicTimeline, loaded).await? else {
            continue;
        };
        let caught_it = nets.iter().filter(|(_, net)| net.catches(&shown));
        caught.extend(caught_it.map(|(id, _)| *id));
    }
    Ok(caught)
}
