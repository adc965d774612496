//! In whose home a status is, and in which lists: of those who listen.

use super::hub::Hub;
use super::stream::Stream;
use crate::antennas;
use crate::app::App;
use crate::error::Result;
use crate::reading_lists;
use crate::timelines::{self, Place};

/// Where one status has its place.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Members whose home has it.
    pub homes: Vec<i64>,
    /// Lists that have it.
    pub lists: Vec<i64>,
}

impl Places {
    /// Looks it up for everybody who listens, as their timelines have it. One look for all, and one for each home and list
    /// that it may be in.
    pub async fn of(app: &App, hub: &Hub, status_id: i64) -> Result<Places> {
        let wanted = hub.pick(|holder, streams| {
            let own = |stream: &&Stream| matches!(stream, Stream::User | Stream::List(_));
            let own: Vec<Stream> = streams.iter().filter(own).cloned().collect();
            holder.account.filter(|_| !own.is_empty()).zip(Some(own))
        });
        let mut places = Places::default();
        if wanted.is_empty() {
            return Ok(places);
        }
        let members = wanted.iter().map(|(account, _)| *account).collect();
        let holders = timelines::holders(&app.db, status_id, members).await?;
        let mut seen = Vec::new();
        for (account, streams) in wanted {
            let is_home = holders.contains(&account);
            for stream in streams {
                if seen.contains(&(account, stream.clone())) {
                    continue;
                }
                match stream {
                    Stream::List(id) => {
                        if list_has(app, account, id, status_id).await? {
                            places.lists.push(id);
                        }
                    }
                    // A list may keep it out of home.
                    _ if is_home && Place::Home(account).has(app, status_id).await? => {
                        places.homes.push(account);
                    }
                    _ => {}
                }
                seen.push((account, stream));
            }
        }
        Ok(places)
    }
}

/// Whether a list has it: one of people, or an antenna. Neither needs a home that it came into: some of those people are not
/// followed.
async fn list_has(app: &App, account: i64, id: i64, status_id: i64) -> Result<bool> {
    match reading_lists::find(app, account, id).await {
        Ok(list) => {
            let place = Place::List(account, id, list.replies);
            place.has(app, status_id).await
        }
        // Or its owner took it away meanwhile: then nothing has it.
        Err(why) if why.is_not_found() => {
            Box::pin(antennas::has(app, account, id, status_id)).await
        }
        Err(why) => Err(why),
    }
}
