//! In whose home a status is, and in which lists: of those who listen.

use super::hub::Hub;
use super::stream::Stream;
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
        let held = wanted
            .into_iter()
            .filter(|(account, _)| holders.contains(account));
        let mut seen = Vec::new();
        for (account, streams) in held {
            for stream in streams {
                if seen.contains(&(account, stream.clone())) {
                    continue;
                }
                match stream {
                    Stream::List(id) => match reading_lists::find(app, account, id).await {
                        Ok(list) => {
                            let place = Place::List(account, id, list.replies);
                            if place.has(app, status_id).await? {
                                places.lists.push(id);
                            }
                        }
                        // Its owner took it away meanwhile.
                        Err(why) if why.is_not_found() => {}
                        Err(why) => return Err(why),
                    },
                    // A list may keep it out of home.
                    _ if Place::Home(account).has(app, status_id).await? => {
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
