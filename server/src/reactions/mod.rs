//! Reactions: a favourite that says an emoji. Where reactions are not known, the favourite is seen; it goes out as one, is
//! counted as one, and is taken back as one. Each person has one on a post, as on Misskey.

pub mod activity;
pub mod api;
pub mod entity;
mod store;
pub mod web;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::{Db, Tx};
use comity_policy::{Act, Admitted, Conditions, Party, Way};
use comity_vocab::{Activity, ActivityKind, Iri};

pub use store::{Chosen, Who};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::emojis::{self, Words};
use crate::error::{Error, Result};
use crate::favourites;
use crate::statuses;

/// Different emoji on one post that are told of: the first ones. More is a wall of pictures.
const MOST_KINDS: usize = 64;
/// People looked at for one code from elsewhere, the first ones: whether any of them is for whoever reads.
const MOST_SAYERS: i64 = 8;
/// People told of by name, the first ones; how many there are is told all the same.
const MOST_PEOPLE: i64 = 200;

/// What somebody says of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// An emoji of Unicode, or a code between colons.
    pub emoji: String,
    /// Where the picture of a code from elsewhere is; empty for others.
    pub url: String,
    /// Whose code it is, for one of ours.
    pub community_id: Option<i64>,
}

impl Reaction {
    /// The code without its colons; `None` for an emoji of Unicode.
    pub fn code(&self) -> Option<&str> {
        self.emoji.strip_prefix(':')?.strip_suffix(':')
    }
}

/// What a member may say: an emoji of Unicode, or one of their community by its code, with colons or without.
fn read(here: &Community, name: &str) -> Result<Reaction> {
    let name = name.trim();
    if emojis::is_unicode(name) {
        return Ok(Reaction {
            emoji: name.to_owned(),
            url: String::new(),
            community_id: None,
        });
    }
    let code = name.trim_matches(':');
    match here.emojis.own(here.id, code) {
        Some(_) => Ok(Reaction {
            emoji: format!(":{code}:"),
            url: String::new(),
            community_id: Some(here.id),
        }),
        None => Err(Error::invalid(
            "emoji",
            "is no emoji, and no code of one here; /api/v1/custom_emojis lists those",
        )),
    }
}

/// Says an emoji of a status that `me` may see; of a boost, of what it shares. It takes the place of another that they said;
/// twice changes nothing.
pub async fn react(
    app: &App,
    here: &Community,
    me: &Arc<Account>,
    status_id: i64,
    name: &str,
) -> Result<()> {
    let party = Party::Member(me.person());
    let status = statuses::find_proper(app, &party, Way::Page, status_id).await?;
    statuses::may(app, &party, Act::React, &status).await?;
    let reaction = read(here, name)?;
    if store::of(&app.db, me.id, status.id).await?.as_ref() == Some(&reaction) {
        return Ok(());
    }
    let mut tx = Tx::new();
    favourites::take_back(app, &mut tx, me, &status).await?;
    favourites::place(app, &mut tx, me, &status)?;
    store::insert(&mut tx, me.id, status.id, &reaction, "", app.now_ms());
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Takes an emoji back, and the favourite with it. Of what one did not say, it says the same whether the status is hidden or
/// was never there.
pub async fn unreact(
    app: &App,
    here: &Community,
    me: &Arc<Account>,
    status_id: i64,
    name: &str,
) -> Result<()> {
    let status_id = favourites::favourited(app, me, status_id).await?;
    let Some(said) = store::of(&app.db, me.id, status_id).await? else {
        return Ok(());
    };
    // Its code may be gone from the community meanwhile.
    let code = name.trim().trim_matches(':');
    let is_it = match said.code() {
        Some(said_code) => said_code == code,
        None => read(here, name).is_ok_and(|reaction| reaction == said),
    };
    if is_it {
        favourites::unfavourite(app, me, status_id).await?;
    }
    Ok(())
}

/// What a favourite from elsewhere says besides, kept in the transaction that records it, or beside one that is there. Of
/// several, the first one counts.
pub(crate) fn receive(
    tx: &mut Tx,
    activity: &Admitted<Activity>,
    account_id: i64,
    status_id: i64,
    now_ms: i64,
) {
    if let Some(reaction) = said_by(activity) {
        let iri = activity.id.as_ref().map_or("", Iri::as_str);
        store::insert(tx, account_id, status_id, &reaction, iri, now_ms);
    }
}

/// Whether an activity says an emoji, be it one that cannot be shown.
pub(crate) fn is_one(activity: &Activity) -> bool {
    activity.kind == ActivityKind::EmojiReact || activity.content.is_some()
}

/// Somebody elsewhere took back what this says. The favourite that it stood beside stays.
pub(crate) async fn receive_undo(
    app: &App,
    undone: &Admitted<Activity>,
    account_id: i64,
    status_id: i64,
) -> Result<()> {
    let Some(said) = undone.content.as_deref() else {
        return Ok(());
    };
    store::delete(&app.db, account_id, status_id, said.trim()).await
}

/// Somebody elsewhere took back what this activity said beside a favourite, which stays; whether it had been recorded. One that
/// is the favourite as well is `favourites`' to take back, which is asked first.
pub(crate) async fn receive_undo_by_id(app: &App, account_id: i64, iri: &Iri) -> Result<bool> {
    store::delete_by_iri(&app.db, account_id, iri.as_str()).await
}

/// Whether somebody said an emoji of a status.
pub(crate) async fn has(db: &Db, account_id: i64, status_id: i64) -> Result<bool> {
    Ok(store::of(db, account_id, status_id).await?.is_some())
}

/// The emoji that an activity says; `None` where it says nothing that can be shown.
fn said_by(activity: &Admitted<Activity>) -> Option<Reaction> {
    let said = activity.content.as_deref()?.trim();
    if emojis::is_unicode(said) {
        return Some(Reaction {
            emoji: said.to_owned(),
            url: String::new(),
            community_id: None,
        });
    }
    if activity.conditions().contains(Conditions::DROP_MEDIA) {
        return None;
    }
    // A picture without an address is a word.
    let known = emojis::of_tags(&activity.emojis, &[Words::Plain(said)]);
    let whole = known
        .into_iter()
        .find(|remote| said == format!(":{}:", remote.code))?;
    Some(Reaction {
        emoji: said.to_owned(),
        url: whole.url,
        community_id: None,
    })
}

/// What is said of these statuses, by status, the first that came first; `me` marks what a member said. A code from elsewhere
/// is a word of whoever says it: it is told where one of the first who said it is for the viewer, and as theirs.
pub async fn of(
    app: &App,
    viewer: &Party,
    me: Option<i64>,
    status_ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<Chosen>>> {
    if status_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut by_status: HashMap<i64, Vec<Chosen>> = HashMap::new();
    let mut all = store::among(&app.db, me.unwrap_or(0), status_ids).await?;
    // Some of them may be left out below; what is beyond that nobody is asked about.
    let mut kinds: HashMap<i64, usize> = HashMap::new();
    all.retain(|chosen| {
        let count = kinds.entry(chosen.status_id).or_default();
        *count += 1;
        *count <= 2 * MOST_KINDS
    });
    let sayers = sayers(app, viewer, &all).await?;
    for mut chosen in all {
        if !chosen.url.is_empty() {
            let key = (chosen.status_id, chosen.emoji.clone(), chosen.url.clone());
            match sayers.get(&key) {
                Some(sayer) => chosen.said_by = *sayer,
                None => continue,
            }
        }
        let all = by_status.entry(chosen.status_id).or_default();
        if all.len() < MOST_KINDS {
            all.push(chosen);
        }
    }
    Ok(by_status)
}

/// What these people say of these statuses, by who and of which; of one page's people and statuses at once.
pub(crate) async fn of_people(
    db: &Db,
    account_ids: Vec<i64>,
    status_ids: Vec<i64>,
) -> Result<HashMap<(i64, i64), Reaction>> {
    if account_ids.is_empty() || status_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let said = store::said_by(db, account_ids, status_ids).await?;
    let of = said.into_iter().map(|row| {
        let reaction = Reaction {
            emoji: row.emoji,
            url: row.url,
            community_id: row.community_id,
        };
        ((row.account_id, row.status_id), reaction)
    });
    Ok(of.collect())
}

/// Of each code from elsewhere, by status, code and address: the first who said it and is for the viewer.
async fn sayers(
    app: &App,
    viewer: &Party,
    all: &[Chosen],
) -> Result<HashMap<(i64, String, String), i64>> {
    let foreign = all.iter().filter(|chosen| !chosen.url.is_empty());
    let mut statuses: Vec<i64> = foreign.map(|chosen| chosen.status_id).collect();
    statuses.dedup();
    if statuses.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: HashSet<(i64, &str, &str)> = all
        .iter()
        .map(|chosen| (chosen.status_id, chosen.emoji.as_str(), chosen.url.as_str()))
        .collect();
    let mut said = store::sayers(&app.db, statuses, MOST_SAYERS).await?;
    said.retain(|said| wanted.contains(&(said.status_id, &said.emoji, &said.url)));
    let mut people: Vec<i64> = said.iter().map(|said| said.account_id).collect();
    people.sort_unstable();
    people.dedup();
    let shown = accounts::show_many(app, viewer, Way::Page, &people).await?;
    let mut first = HashMap::new();
    for said in said {
        if shown.contains_key(&said.account_id) {
            let key = (said.status_id, said.emoji, said.url);
            first.entry(key).or_insert(said.account_id);
        }
    }
    Ok(first)
}

/// Who said what of a status, the first that came first.
pub async fn who(db: &Db, status_id: i64) -> Result<Vec<Who>> {
    store::who(db, status_id, MOST_PEOPLE).await
}

/// What the favourite with this address says.
pub(crate) async fn of_favourite(db: &Db, account_id: i64, iri: &str) -> Result<Option<Reaction>> {
    store::of_favourite(db, account_id, iri).await
}
