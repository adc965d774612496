//! In whose home a status is, and in which lists: of those who listen. However many these are, it is looked up for all of
//! them together; for antennas alone, the gate is asked for each member.

use std::collections::BTreeSet;

use comity_vocab::Visibility;

use super::hub::Hub;
use super::stream::Stream;
use crate::antennas;
use crate::app::App;
use crate::error::Result;
use crate::reading_lists;
use crate::statuses::Loaded;
use crate::timelines;

/// Lists looked at together.
const AT_ONCE: usize = 1_000;

/// Where one status has its place.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Members whose home has it.
    pub homes: Vec<i64>,
    /// Lists that have it.
    pub lists: Vec<i64>,
    /// Antennas that caught it. Apps take them for lists, and none has the number of one.
    pub antennas: Vec<i64>,
}

impl Places {
    /// Looks it up for everybody who listens, as their timelines have it: one look for all homes, one for all lists, and for
    /// the antennas what [`antennas::catching`] takes.
    pub async fn of(app: &App, hub: &Hub, loaded: &Loaded) -> Result<Places> {
        let mut members = BTreeSet::new();
        let mut at_home = BTreeSet::new();
        let mut lists = BTreeSet::new();
        let wanted = hub.pick(|holder, streams| {
            let own = |stream: &&Stream| matches!(stream, Stream::User | Stream::List(_));
            let own: Vec<Stream> = streams.iter().filter(own).cloned().collect();
            holder.account.filter(|_| !own.is_empty()).zip(Some(own))
        });
        for (account, streams) in wanted {
            members.insert(account);
            for stream in streams {
                if let Stream::List(id) = stream {
                    lists.insert((account, id));
                } else {
                    at_home.insert(account);
                }
            }
        }
        let mut places = Places::default();
        if members.is_empty() {
            return Ok(places);
        }
        let status_id = loaded.status().id;
        let members = members.into_iter().collect();
        let holders = timelines::holders(&app.db, status_id, members).await?;
        // A list may keep it out of home, and has it all the same.
        let shown = holders.iter().filter(|(_, is_shown)| *is_shown);
        let homes = shown.map(|(account, _)| *account);
        places.homes = homes.filter(|account| at_home.contains(account)).collect();
        let holders: BTreeSet<i64> = holders.into_iter().map(|(account, _)| account).collect();
        let of_holders = lists
            .iter()
            .filter(|(account, _)| holders.contains(account));
        let ids: Vec<i64> = of_holders.map(|(_, id)| *id).collect();
        for some in ids.chunks(AT_ONCE) {
            let having = reading_lists::having(&app.db, status_id, some).await?;
            let theirs = having
                .into_iter()
                .filter(|(id, owner)| lists.contains(&(*owner, *id)));
            places.lists.extend(theirs.map(|(id, _)| id));
        }
        // Some of the people in a list are not followed: their posts come into no home.
        let status = loaded.status();
        let is_public = status.visibility == Visibility::Public && status.reblog_of.is_none();
        let ids: Vec<i64> = lists.iter().map(|(_, id)| *id).collect();
        for some in ids.chunks(AT_ONCE).filter(|_| is_public) {
            let having = reading_lists::having_public(&app.db, status_id, some).await?;
            let theirs = having
                .into_iter()
                .filter(|(id, owner)| lists.contains(&(*owner, *id)));
            places.lists.extend(theirs.map(|(id, _)| id));
        }
        places.antennas = Box::pin(antennas::catching(app, loaded, &lists)).await?;
        Ok(places)
    }
}
