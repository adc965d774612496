//! The people of one answer, each cleared once, and whose pictures are left out.

use std::collections::HashMap;

use comity_policy::{Party, Visible, Way};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::{Told, bare, no_picture, with_move};
use crate::accounts::{Account, moved, profile, show_beside, show_many};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::follows;
use crate::media;
use crate::media::portrait::Portrait;
use crate::statuses::Status;

/// Both pictures of a profile.
const PICTURES: [Portrait; 2] = [Portrait::Avatar, Portrait::Header];

/// Takes these pictures of somebody away, and those in their words.
fn hide(told: &mut Told, pictures: &[Portrait], here: &Community) {
    told.emojis = json!([]);
    for which in pictures {
        let none = no_picture(*which, here);
        match which {
            Portrait::Avatar => (told.avatar, told.avatar_static) = (none.clone(), none),
            Portrait::Header => (told.header, told.header_static) = (none.clone(), none),
        }
    }
}

/// Of those of these people who are `asking`, live elsewhere and are followed by nobody here: the pictures of which there is no
/// copy.
async fn pictures_elsewhere(
    app: &App,
    people: &[&Visible<Account>],
    asking: &[i64],
) -> Result<HashMap<i64, Vec<Portrait>>> {
    let strangers: Vec<&Visible<Account>> = people
        .iter()
        .copied()
        .filter(|account| !account.is_local() && asking.contains(&account.id))
        .collect();
    if strangers.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = strangers.iter().map(|account| account.id).collect();
    let followed = follows::followed_here(app, ids).await?;
    let mut elsewhere: HashMap<i64, Vec<Portrait>> = HashMap::new();
    let mut pictures: Vec<(i64, (Portrait, &str))> = Vec::new();
    for account in strangers {
        if followed.contains(&account.id) {
            continue;
        }
        elsewhere.insert(account.id, Vec::new());
        let header = profile(account).header_url.as_deref();
        for (which, url) in PICTURES
            .into_iter()
            .zip([account.avatar_url.as_deref(), header])
        {
            pictures.extend(url.map(|url| (account.id, (which, url))));
        }
    }
    let asked: Vec<(Portrait, &str)> = pictures.iter().map(|(_, picture)| *picture).collect();
    let here = media::remote::have_copies(app, &asked).await?;
    for ((id, (which, _)), is_here) in pictures.into_iter().zip(here) {
        if !is_here {
            elsewhere.entry(id).or_default().push(which);
        }
    }
    Ok(elsewhere)
}

/// The people of one answer, each cleared once.
#[derive(Default)]
pub struct Faces(HashMap<i64, Told>);

impl Faces {
    /// Those of these that `viewer` may see.
    pub async fn of(
        app: &App,
        viewer: &Party,
        way: Way,
        here: &Community,
        ids: &[i64],
    ) -> Result<Faces> {
        Faces::with_asking(app, viewer, way, here, ids, &[]).await
    }

    /// The same where some of them ask for something and wait for a yes. Of somebody elsewhere who asks, and whom nobody here
    /// follows, no picture is shown that is not here: their server would be asked for it, and learn when the member looks.
    pub async fn with_asking(
        app: &App,
        viewer: &Party,
        way: Way,
        here: &Community,
        ids: &[i64],
        asking: &[i64],
    ) -> Result<Faces> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let shown = show_many(app, viewer, way, &ids).await?;
        let people: Vec<&Visible<Account>> =
            shown.values().filter_map(|copies| copies.first()).collect();
        Faces::told(app, viewer, way, here, &people, asking).await
    }

    /// Whoever wrote these, which `viewer` was shown, and others by their ids.
    pub async fn of_authors(
        app: &App,
        viewer: &Party,
        way: Way,
        here: &Community,
        statuses: &[&Visible<Status>],
        others: &[i64],
    ) -> Result<Faces> {
        let known: HashMap<i64, &Account> = statuses
            .iter()
            .map(|status| (status.author.id, &*status.author))
            .collect();
        let mut missing: Vec<i64> = others.to_vec();
        missing.retain(|id| !known.contains_key(id));
        let known = known.into_values().collect();
        let mut shown = match statuses.first() {
            Some(seen) => show_beside(app, seen, way, known).await?,
            None => Vec::new(),
        };
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            let more = show_many(app, viewer, way, &missing).await?;
            shown.extend(more.into_values().flatten());
        }
        let people: Vec<&Visible<Account>> = shown.iter().collect();
        Faces::told(app, viewer, way, here, &people, &[]).await
    }

    async fn told(
        app: &App,
        viewer: &Party,
        way: Way,
        here: &Community,
        people: &[&Visible<Account>],
        asking: &[i64],
    ) -> Result<Faces> {
        let moved = moved(app, viewer, way, people).await?;
        let hidden = pictures_elsewhere(app, people, asking).await?;
        let faces = people.iter().map(|account| {
            let mut told = with_move(account, here, &moved);
            if let Some(hidden) = hidden.get(&account.id) {
                hide(&mut told, hidden, here);
                if let Some(there) = &mut told.moved {
                    hide(there, &PICTURES, here);
                }
            }
            (account.id, told)
        });
        Ok(Faces(faces.collect()))
    }

    /// Whoever wrote something that is shown. Where their profile is not for the viewer, their name alone.
    pub fn author(&self, account: &Account, here: &Community) -> Value {
        match self.0.get(&account.id) {
            Some(told) => json!(told),
            None => json!(bare(account, here)),
        }
    }

    /// The same as JSON, for what is written as that.
    pub fn written(&self, account: &Account, here: &Community) -> Result<Box<RawValue>> {
        Ok(match self.0.get(&account.id) {
            Some(told) => to_raw_value(told)?,
            None => to_raw_value(&bare(account, here))?,
        })
    }

    /// The same without pictures of somebody elsewhere and in their words, where their server is not to learn that somebody
    /// looks.
    pub fn plainly(&self, account: &Account, here: &Community) -> Value {
        let told = self.0.get(&account.id);
        let mut told = told.cloned().unwrap_or_else(|| bare(account, here));
        if !account.is_local() {
            hide(&mut told, &PICTURES, here);
        }
        json!(told)
    }

    /// Somebody in a list: not there where they are not for the viewer.
    pub fn get(&self, id: i64) -> Option<Value> {
        self.0.get(&id).map(|told| json!(told))
    }

    /// Those of these who are for the viewer, in this order.
    pub fn in_order(&self, ids: &[i64]) -> Value {
        ids.iter().filter_map(|id| self.get(*id)).collect()
    }
}
