//! Accounts: everyone with a profile, ours and others', and the keys they sign with.
//!
//! A remote account is only ever written from an `Admitted<Actor>` ([`record`]); a local one by sign-up
//! ([`create_local`]). Both end in the same row.

pub mod activity;
pub mod api;
mod change;
pub mod edit_api;
pub mod edit_web;
pub mod entity;
pub mod featured_web;
mod keyring;
mod model;
mod moved;
mod named;
pub mod names;
mod store;
mod verify;
pub mod web;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Admitted, Conditions, Party, Visible, Way};
use comity_vocab::{Actor, ActorKind, Domain, Iri};

pub(crate) use change::LONGEST_OWN_NOTE;
pub use change::{Picture, ProfileDraft, change_profile};
pub use keyring::{Keyring, generate_keys, public_key, public_keys_of, signing_key};
pub use model::{Account, Places, Profile, profile, stored_domain, stored_iri};
pub use moved::{moved, moved_to};
pub(crate) use named::named_in;
pub(crate) use store::names::is_of_people;
pub use store::{add_to_statuses, count_follows};
pub use verify::verify_links;

use crate::app::App;
use crate::communities::Community;
use crate::emojis::{self, Words};
use crate::error::{Error, Result};
use crate::{rules, text};

/// Longer display names are refused of members and cut of others: Mastodon allows 30 characters, Misskey 50; nobody reads
/// beyond this.
pub(crate) const LONGEST_NAME: usize = 100;
/// Profile texts of other servers beyond this many bytes of HTML are cut off before sanitising.
const LONGEST_NOTE: usize = 20_000;
/// Name and value pairs under a profile.
pub(crate) const MOST_FIELDS: usize = 8;

/// The account with this id.
pub async fn find(app: &App, id: i64) -> Result<Arc<Account>> {
    let row = store::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    Ok(Arc::new(Account::from_row(row, app.now_ms())?))
}

/// The account of this actor, if we know it.
pub async fn find_by_iri(app: &App, iri: &Iri) -> Result<Option<Arc<Account>>> {
    let row = store::by_iri(&app.db, iri.as_str()).await?;
    row.map(|row| Account::from_row(row, app.now_ms()).map(Arc::new))
        .transpose()
}

/// Those of these actors whose accounts we know, by iri, in one query.
pub async fn find_many_by_iri(app: &App, iris: &[&Iri]) -> Result<HashMap<Iri, Arc<Account>>> {
    if iris.is_empty() {
        return Ok(HashMap::new());
    }
    let iris = iris.iter().map(|iri| iri.as_str().to_owned()).collect();
    let rows = store::by_iris(&app.db, iris).await?;
    rows.into_iter()
        .map(|row| {
            Account::from_row(row, app.now_ms())
                .map(|account| (account.iri.clone(), Arc::new(account)))
        })
        .collect()
}

/// The account that goes by this handle, if we know it; the case of `username` does not matter.
pub async fn find_by_handle(
    app: &App,
    username: &str,
    domain: &Domain,
) -> Result<Option<Arc<Account>>> {
    let row = store::by_handle(&app.db, username, domain.as_str()).await?;
    row.map(|row| Account::from_row(row, app.now_ms()).map(Arc::new))
        .transpose()
}

/// Those of these accounts that exist, by id, in one query.
pub async fn find_many(app: &App, mut ids: Vec<i64>) -> Result<HashMap<i64, Arc<Account>>> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = store::by_ids(&app.db, ids).await?;
    rows.into_iter()
        .map(|row| {
            Account::from_row(row, app.now_ms()).map(|account| (account.id, Arc::new(account)))
        })
        .collect()
}

/// The profile of this account as `viewer` may see it.
pub async fn show(app: &App, viewer: &Party, way: Way, id: i64) -> Result<Visible<Account>> {
    let row = store::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let account = Account::from_row(row, app.now_ms())?;
    if has_left(&account) {
        return Err(Error::Gone);
    }
    Ok(app.gate.show(viewer, way, account).await??)
}

/// A member who is no more. Of people elsewhere who left, the name is still shown where others wrote of them.
fn has_left(account: &Account) -> bool {
    account.is_local() && account.gone_at.is_some()
}

/// Profiles for one viewer, a copy for each time an id is named, by id. Those they may not see are left out.
pub async fn show_many(
    app: &App,
    viewer: &Party,
    way: Way,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Visible<Account>>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = rows_of(app, ids).await?;
    let rows: HashMap<i64, model::AccountRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let named = ids.iter().filter_map(|id| rows.get(id).cloned());
    let accounts = still_there(app, named)?;
    let mut shown: HashMap<i64, Vec<Visible<Account>>> = HashMap::new();
    for account in app
        .gate
        .show_all(viewer, way, accounts)
        .await?
        .into_iter()
        .flatten()
    {
        shown.entry(account.id).or_default().push(account);
    }
    Ok(shown)
}

/// Profiles of people who were read already, for whoever was shown something of theirs. Those they may not see are left out.
async fn show_beside<T>(
    app: &App,
    seen: &Visible<T>,
    way: Way,
    accounts: Vec<&Account>,
) -> Result<Vec<Visible<Account>>> {
    let accounts: Vec<Account> = accounts
        .into_iter()
        .filter(|account| !has_left(account))
        .cloned()
        .collect();
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let answers = app.gate.show_beside(seen, way, accounts).await?;
    Ok(answers.into_iter().flatten().collect())
}

/// Which of these `viewer` may know to be here: those they may see, and those that only they or their own community refuse,
/// which they are told.
pub async fn known_to(app: &App, viewer: &Party, way: Way, ids: &[i64]) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let accounts = still_there(app, rows_of(app, ids).await?)?;
    let ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
    let answers = app.gate.show_all(viewer, way, accounts).await?;
    Ok(ids
        .into_iter()
        .zip(answers)
        .filter(|(_, answer)| match answer {
            Ok(_) => true,
            Err(refusal) => !refusal.hides_existence(),
        })
        .map(|(id, _)| id)
        .collect())
}

/// Each once, however often it is named.
async fn rows_of(app: &App, ids: &[i64]) -> Result<Vec<model::AccountRow>> {
    let mut distinct = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    store::by_ids(&app.db, distinct).await
}

/// Without members who left.
fn still_there(
    app: &App,
    rows: impl IntoIterator<Item = model::AccountRow>,
) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    for row in rows {
        let account = Account::from_row(row, app.now_ms())?;
        if !has_left(&account) {
            accounts.push(account);
        }
    }
    Ok(accounts)
}

/// Writes down a remote account as its own server describes it now, and the keys it names; those it no longer names
/// are forgotten. The same iri is always the same account.
pub async fn record(app: &App, actor: Admitted<Actor>, domain: Domain) -> Result<Arc<Account>> {
    let now = app.now_ms();
    let known = store::by_iri(&app.db, actor.id.as_str()).await?;
    if known
        .as_ref()
        .is_some_and(|known| known.community_id.is_some())
    {
        return Err(Error::Conflict(format!("{} lives here", actor.id)));
    }
    let id = known
        .as_ref()
        .map_or_else(|| app.next_id(), |known| known.id);
    let withdrawn = keyring::ids_of(app, id).await?;
    let emojis = emojis_of(&actor)?;
    let mut tx = Tx::new();
    store::upsert(
        &mut tx,
        store::Stored {
            id,
            iri: actor.id.as_str().to_owned(),
            username: actor.username.clone(),
            domain: domain.as_str().to_owned(),
            host: actor.id.domain().as_str().to_owned(),
            community_id: None,
            kind: actor.kind.as_str(),
            display_name: shortened(actor.name.as_deref().unwrap_or_default(), LONGEST_NAME),
            note: text::sanitize::html(text::plain::cut(
                actor.summary.as_deref().unwrap_or_default(),
                LONGEST_NOTE,
            )),
            note_source: String::new(),
            fields: fields_json(actor.fields.iter().take(MOST_FIELDS).map(|(name, value)| {
                (
                    text::plain::line(name),
                    text::sanitize::html(text::plain::cut(value, LONGEST_NOTE)),
                )
            }))?,
            url: actor.url.as_ref().map(|url| url.as_str().to_owned()),
            avatar_url: actor.icon.as_ref().map(|url| url.as_str().to_owned()),
            header_url: actor.image.as_ref().map(|url| url.as_str().to_owned()),
            locked: actor.locked,
            discoverable: actor.discoverable.unwrap_or(false),
            indexable: actor.indexable.unwrap_or(false),
            inbox: actor.inbox.as_str().to_owned(),
            shared_inbox: actor
                .shared_inbox
                .as_ref()
                .map(|iri| iri.as_str().to_owned()),
            outbox: actor.outbox.as_ref().map(|iri| iri.as_str().to_owned()),
            followers_iri: actor.followers.as_ref().map(|iri| iri.as_str().to_owned()),
            following_iri: actor.following.as_ref().map(|iri| iri.as_str().to_owned()),
            featured_iri: actor.featured.as_ref().map(|iri| iri.as_str().to_owned()),
            moved_to_iri: actor.moved_to.as_ref().map(|iri| iri.as_str().to_owned()),
            attribution_domains: joined(&actor.attribution_domains),
            created_at: known
                .map_or(now, |known| known.created_at)
                .min(actor.published.unwrap_or(now)),
            fetched_at: now,
            emojis,
            places: Places {
                media: actor.show_media.unwrap_or(true),
                media_replies: actor.show_media_replies.unwrap_or(true),
                featured: actor.show_featured.unwrap_or(true),
            },
        },
    );
    for key in &actor.keys {
        store::save_key(&mut tx, keyring::row_of(key, id, now));
    }
    store::drop_keys_older_than(&mut tx, id, now);
    app.commit(tx).await?;
    // Those it no longer names, too: a key is withdrawn because somebody else may have it (attack 5).
    app.keyring.forget(&withdrawn);
    app.keyring.forget(actor.keys.iter().map(|key| &key.id));
    rules::note_split(app, &actor.id.domain(), &domain);
    find(app, id).await
}

/// Domains as they are stored.
fn joined(domains: &[Domain]) -> String {
    let domains: Vec<&str> = domains.iter().map(Domain::as_str).collect();
    domains.join(" ")
}

/// The emoji that stand in what an actor says of themselves, as JSON.
fn emojis_of(actor: &Admitted<Actor>) -> Result<String> {
    if actor.emojis.is_empty() || actor.conditions().contains(Conditions::DROP_MEDIA) {
        return Ok("[]".to_owned());
    }
    let mut words = vec![
        Words::Plain(actor.name.as_deref().unwrap_or_default()),
        Words::Html(actor.summary.as_deref().unwrap_or_default()),
    ];
    for (name, value) in actor.fields.iter().take(MOST_FIELDS) {
        words.extend([Words::Plain(name), Words::Html(value)]);
    }
    Ok(serde_json::to_string(&emojis::of_tags(
        &actor.emojis,
        &words,
    ))?)
}

/// Whether this account shows a member whom it follows and who follows it.
pub fn shows_follows(account: &Account, member_id: i64) -> bool {
    !account.hide_collections || account.id == member_id
}

/// What a new account that lives here needs.
pub struct NewLocal<'a> {
    /// From `app.next_id()`.
    pub id: i64,
    /// Where it lives.
    pub community: &'a Community,
    /// Checked by sign-up.
    pub username: &'a str,
    /// What others read first.
    pub display_name: &'a str,
    /// A person signs up; a community's own actor is an application.
    pub kind: ActorKind,
    /// From [`generate_keys`].
    pub keys: keyring::NewKeys,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// Writes an account that lives here, with its keys, in the caller's transaction. The unique handle makes a second
/// one fail.
pub fn create_local(tx: &mut Tx, new: NewLocal<'_>) -> Result<()> {
    let NewLocal {
        id,
        community,
        username,
        display_name,
        kind,
        keys,
        now_ms,
    } = new;
    let (iri, url) = match kind {
        ActorKind::Application => (community.iri("/actor"), community.iri("/about")),
        _ => (
            community.iri(&format!("/users/{username}")),
            community.iri(&format!("/@{username}")),
        ),
    };
    let under = |path: &str| format!("{}/{path}", iri.as_str());
    store::insert(
        tx,
        store::Stored {
            id,
            username: username.to_owned(),
            domain: community.domain.as_str().to_owned(),
            host: community.domain.as_str().to_owned(),
            community_id: Some(community.id),
            kind: kind.as_str(),
            display_name: shortened(display_name, LONGEST_NAME),
            note: String::new(),
            note_source: String::new(),
            fields: "[]".to_owned(),
            url: Some(url.as_str().to_owned()),
            avatar_url: None,
            header_url: None,
            locked: false,
            discoverable: true,
            indexable: false,
            inbox: under("inbox"),
            shared_inbox: Some(community.iri("/inbox").as_str().to_owned()),
            outbox: Some(under("outbox")),
            followers_iri: Some(under("followers")),
            following_iri: Some(under("following")),
            featured_iri: Some(under("featured")),
            moved_to_iri: None,
            created_at: now_ms,
            fetched_at: now_ms,
            emojis: "[]".to_owned(),
            attribution_domains: String::new(),
            places: Places::default(),
            iri: iri.as_str().to_owned(),
        },
    );
    for key in keys.rows(id, &iri, now_ms) {
        store::save_key(tx, key);
    }
    Ok(())
}

/// Its owner deleted it: the profile's words and its keys go now, the statuses by
/// [`crate::statuses::delete_all_of`].
pub async fn mark_gone(app: &App, account: &Account) -> Result<()> {
    let now = app.now_ms();
    let withdrawn = keyring::ids_of(app, account.id).await?;
    let mut tx = Tx::new();
    store::mark_gone(&mut tx, account.id, now);
    store::drop_keys_older_than(&mut tx, account.id, now + 1);
    app.commit(tx).await?;
    app.keyring.forget(&withdrawn);
    Ok(())
}

/// With what a member who left signed goes, once nothing of theirs is on its way any more.
///
/// Before `kept_ms` have passed since they went, nothing happens: whoever asks then was promised for something else.
pub(crate) async fn forget_keys(app: &App, account: &Account, kept_ms: i64) -> Result<()> {
    if account.gone_at.is_none_or(|at| at + kept_ms > app.now_ms()) {
        return Ok(());
    }
    let withdrawn = keyring::ids_of(app, account.id).await?;
    store::drop_own_keys(&app.db, account.id).await?;
    app.keyring.forget(&withdrawn);
    Ok(())
}

fn fields_json(fields: impl Iterator<Item = (String, String)>) -> Result<String> {
    let fields: Vec<(String, String)> = fields.filter(|(name, _)| !name.is_empty()).collect();
    Ok(serde_json::to_string(&fields)?)
}

/// One line of plain text, at most `most` characters.
fn shortened(name: &str, most: usize) -> String {
    text::plain::line(name).chars().take(most).collect()
}
