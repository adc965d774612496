//! Film and sound that came with posts from elsewhere: kept as they came, and never opened here. Why: `docs/adr/0015`.

use std::path::Path;
use std::time::Duration;

use comity_policy::CommunityId;
use comity_vocab::Iri;

use super::kept::Kept;
use super::{Got, had};
use crate::app::App;
use crate::config;
use crate::error::{Error, Result};
use crate::media::sniff::played_as;
use crate::media::turns::Turn;
use crate::media::{Part, head_of};

/// How long one may take to come, wherever its address leads.
pub(super) const WITHIN: Duration = Duration::from_secs(5 * 60);
/// One takes at most this part of the room for all copies: two fit into the half that films hold before they give way to
/// pictures (`room.rs`).
const PART_OF_ROOM: u64 = 4;

/// Bytes of the largest that is kept, and so of the largest that is fetched.
pub(super) fn largest(config: &config::Media) -> u64 {
    config.largest_film.min(config.largest_cache / PART_OF_ROOM)
}

/// Fetches it to its end, also where whoever waited has gone: players give up after a while, and ask again.
pub(super) async fn fetch_whole(
    app: &App,
    by: CommunityId,
    key: String,
    address: &Iri,
    turn: Turn,
) -> Result<()> {
    let (app, address) = (app.clone(), address.clone());
    let fetched = tokio::spawn(async move {
        let _turn = turn;
        Box::pin(had(&app, by, &key, &address, Kept::Film)).await
    });
    fetched
        .await
        .map_err(|why| Error::Internal(Box::new(why)))?
}

/// Takes over what came, if it is film or sound.
pub(super) async fn take_over(
    app: &App,
    key: &str,
    input: &Path,
    led_to: Vec<String>,
) -> Result<Got> {
    let Some(file_type) = played_as(&head_of(input).await?) else {
        return Err(Error::Elsewhere("is neither film nor sound".to_owned()));
    };
    Ok(Got {
        file_type: file_type.to_owned(),
        preview_type: String::new(),
        bytes: app.media.storage.put(key, Part::Original, input).await?,
        led_to,
    })
}
