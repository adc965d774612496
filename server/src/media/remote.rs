//! Pictures, film and sound that came with posts from elsewhere, and pictures of people there: fetched when somebody here looks
//! or plays, and kept for a while. Pictures are opened and written anew like those of members; `film.rs` has what plays. No
//! reader is seen by the server that a file is from.

mod film;
mod kept;

use std::path::Path as FilePath;

use axum::extract::{OriginalUri, Query, State};
use comity_policy::{Act, CommunityId, Contact, Outcome, Party, PersonId, Way};
use comity_vocab::{Domain, Iri};
use comity_wire::{FetchedFile, WireError};
use http::HeaderMap;
use tokio::fs::File;
use tracing::debug;

use super::address::{MaySigned, RemotePart, unfold};
use super::model::Part;
use super::portrait::Portrait;
use super::storage;
use super::store::{self, Copy};
use super::web::{find, may, party, send, served_as};
use super::worker::INPUT;
use super::{Desk, format_of, keep};
use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::{Path, Reply};
use crate::statuses::{self, text};
use kept::{Kept, key_of};

/// Domains that a file may lead through: a server's own, and that of its store.
const MOST_MOVES: usize = 2;
/// How long it is not asked again for what could not be had.
const MISSING_MS: i64 = 6 * 3_600_000;
/// How exactly it is known when a copy was last looked at; each time costs a write.
const USED_EVERY_MS: i64 = DAY_MS / 4;
/// Copies looked at in one round of taking away.
const BATCH: i64 = 200;

/// `GET /media/remote/{status}/{at}/{part}`: the file at this place of a status from elsewhere, or the picture of it, for whom
/// its address was made, if they may still see it there.
pub async fn show(
    State(app): State<App>,
    Path((status, at, part)): Path<(i64, usize, String)>,
    Query(signed): Query<MaySigned>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Reply> {
    let part = RemotePart::parse(&part).ok_or(Error::NotFound)?;
    let reader = signed.reader(&app, uri.path())?.ok_or(Error::NotFound)?;
    let (party, community) = viewer(&app, reader).await?;
    let status = statuses::find(&app, &party, Way::Rest, status).await?;
    may(&app, &party, &status).await?;
    let file = text(&status).attachments.get(at).ok_or(Error::NotFound)?;
    let (shown, kept) = match part {
        RemotePart::Small => (file.picture(), Kept::Picture),
        RemotePart::Original if file.plays() => (Some(file.url.as_str()), Kept::Film),
        RemotePart::Original => (file.picture().filter(|_| file.is_copied()), Kept::Picture),
    };
    let address = Iri::parse(shown.ok_or(Error::NotFound)?).map_err(|_| Error::NotFound)?;
    let asked = Asked {
        part,
        headers: &headers,
    };
    Box::pin(send_copy(&app, community, &address, kept, asked)).await
}

/// Sends our copy of a picture that is at this address, to whoever was found to be let see it.
pub(crate) async fn send_picture(
    app: &App,
    community: CommunityId,
    address: &Iri,
    part: RemotePart,
    headers: &HeaderMap,
) -> Result<Reply> {
    let asked = Asked { part, headers };
    send_copy(app, community, address, Kept::Picture, asked).await
}

/// Which file of a copy is sent, and what its reader said beside.
#[derive(Clone, Copy)]
struct Asked<'a> {
    part: RemotePart,
    headers: &'a HeaderMap,
}

/// A file of a copy, as it is sent.
struct Opened {
    file: storage::Kept,
    media_type: &'static str,
    tag: String,
}

async fn send_copy(
    app: &App,
    by: CommunityId,
    address: &Iri,
    kept: Kept,
    asked: Asked<'_>,
) -> Result<Reply> {
    let opened = Box::pin(copy_of(app, by, address, kept, asked)).await?;
    send(
        opened.file,
        opened.media_type,
        &opened.tag,
        asked.headers,
        false,
    )
    .await
}

async fn open(app: &App, copy: &Copy, asked: Asked<'_>) -> Result<Opened> {
    let (part, media_type) = match asked.part {
        RemotePart::Small if !copy.preview_type.is_empty() => (Part::Small, &copy.preview_type),
        _ => (Part::Original, &copy.file_type),
    };
    let media_type = served_as(media_type).ok_or(Error::NotFound)?;
    let (file, tag) = find(app, &copy.file_key, part, asked.headers).await?;
    Ok(Opened {
        file,
        media_type,
        tag,
    })
}

/// `GET /media/remote/emojis/{account}/{picture}/{part}`: an emoji that somebody elsewhere uses, for whom its address was
/// made, if they may see files of that account.
pub async fn show_emoji(
    State(app): State<App>,
    Path((account, picture, part)): Path<(i64, String, String)>,
    Query(signed): Query<MaySigned>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Reply> {
    let part = RemotePart::parse(&part).ok_or(Error::NotFound)?;
    let reader = signed.reader(&app, uri.path())?.ok_or(Error::NotFound)?;
    let (party, community) = viewer(&app, reader).await?;
    let address = unfold(&picture)?;
    may_show(&app, &party, account).await?;
    let asked = Asked {
        part,
        headers: &headers,
    };
    send_copy(&app, community, &address, Kept::Emoji, asked).await
}

/// `GET /media/remote/portraits/{account}/{which}/{stamp}/{part}`: a picture of somebody elsewhere, for whom its address was
/// made, if they may see files of that account. The stamp says which picture it was and nothing else: they get the one there
/// is now.
pub async fn show_portrait(
    State(app): State<App>,
    Path((account, which, _, part)): Path<(i64, String, String, String)>,
    Query(signed): Query<MaySigned>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Reply> {
    let which = Portrait::parse(&which).ok_or(Error::NotFound)?;
    let part = RemotePart::parse(&part).ok_or(Error::NotFound)?;
    let reader = signed.reader(&app, uri.path())?.ok_or(Error::NotFound)?;
    let (party, community) = viewer(&app, reader).await?;
    may_show(&app, &party, account).await?;
    let shown = accounts::show(&app, &party, Way::Rest, account).await?;
    let url = match which {
        Portrait::Avatar => shown.avatar_url.as_deref(),
        Portrait::Header => accounts::profile(&shown).header_url.as_deref(),
    };
    let address = Iri::parse(url.ok_or(Error::NotFound)?).map_err(|_| Error::NotFound)?;
    let asked = Asked {
        part,
        headers: &headers,
    };
    send_copy(&app, community, &address, Kept::Portrait(which), asked).await
}

/// Whether a party may see files of this account, asked of the gate now.
async fn may_show(app: &App, party: &Party, account: i64) -> Result<()> {
    let account = accounts::find(app, account).await?;
    let is_suspended = app.gate.book().is_suspended(PersonId(account.id));
    if account.is_local() || account.gone_at.is_some() || is_suspended {
        return Err(Error::NotFound);
    }
    let asked = app.gate.may(party, Act::Media, Way::Rest, &*account);
    match asked.await? {
        Ok(verdict) if verdict.outcome == Outcome::Allow => Ok(()),
        _ => Err(Error::NotFound),
    }
}

/// For whom an address was made: an account, or the visitors of a community.
pub(crate) async fn viewer(app: &App, reader: i64) -> Result<(Party, CommunityId)> {
    if reader < 0 {
        let community = CommunityId(-reader);
        return Ok((Party::Anonymous(community), community));
    }
    let party = party(app, reader).await?;
    let community = party.community().ok_or(Error::NotFound)?;
    Ok((party, community))
}

/// Of which of these pictures of people elsewhere there is a copy, in this order: whoever looks at it has nobody asked.
pub(crate) async fn have_copies(app: &App, pictures: &[(Portrait, &str)]) -> Result<Vec<bool>> {
    let key = |(which, url): &(Portrait, &str)| {
        let address = Iri::parse(url).ok()?;
        Some(key_of(&address, Kept::Portrait(*which)))
    };
    let keys: Vec<Option<String>> = pictures.iter().map(key).collect();
    let have = store::have(&app.db, keys.iter().flatten().cloned().collect()).await?;
    let here = keys
        .into_iter()
        .map(|key| key.is_some_and(|key| have.contains(&key)));
    Ok(here.collect())
}

/// Opens the copy of what is at this address, fetched if there is none.
async fn copy_of(
    app: &App,
    by: CommunityId,
    address: &Iri,
    kept: Kept,
    asked: Asked<'_>,
) -> Result<Opened> {
    let key = key_of(address, kept);
    let now_ms = app.now_ms();
    // All communities share the copies, and each has rules of its own.
    check_speaks(app, by, &address.domain()).await?;
    if let Some(copy) = known(app, by, &key, now_ms, asked).await? {
        return copy.ok_or(Error::NotFound);
    }
    let fetches = &app.media.fetches;
    let turn = fetches.take(&address.domain(), kept.line()).await?;
    // Whoever came first may have fetched it meanwhile.
    if let Some(copy) = known(app, by, &key, now_ms, asked).await? {
        return copy.ok_or(Error::NotFound);
    }
    let copy = if kept == Kept::Film {
        film::fetch_whole(app, by, key, address, turn).await?
    } else {
        had(app, by, key, address, kept).await?
    };
    open(app, &copy, asked).await
}

/// Fetches it, and writes down what came of that: a copy, or that there is none for a while.
async fn had(app: &App, by: CommunityId, key: String, address: &Iri, kept: Kept) -> Result<Copy> {
    let got = match fetch(app, by, &key, address, kept).await {
        Ok(got) => got,
        // Not theirs and not for good.
        Err(why @ (Error::Internal(_) | Error::TooMany { .. } | Error::NotFound)) => {
            return Err(why);
        }
        Err(why) => {
            debug!(%address, %why, "a file could not be had");
            let missing = Copy::missing(key, address.as_str(), app.now_ms());
            store::keep_copy(&app.db, &missing).await?;
            return Err(Error::NotFound);
        }
    };
    let copy = Copy {
        file_key: key,
        url: address.as_str().to_owned(),
        file_type: got.file_type,
        preview_type: got.preview_type,
        bytes: i64::try_from(got.bytes).unwrap_or(i64::MAX),
        used_at: app.now_ms(),
        led_to: got.led_to.join(" "),
    };
    store::keep_copy(&app.db, &copy).await?;
    app.media.ring();
    Ok(copy)
}

/// Whether this community speaks with a server now: what came from one that it refuses is not shown, however it got here.
async fn check_speaks(app: &App, by: CommunityId, domain: &Domain) -> Result<()> {
    // A rule of this community: another may have it, and this one once the rule is taken back.
    match app.gate.permit(by, domain, Contact::Fetch).await? {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::NotFound),
    }
}

/// What is known of it: a copy, or that it could not be had a while ago. A copy of which the file is gone that was asked for,
/// large or small, is none; one that came from where this community does not go is not for it.
async fn known(
    app: &App,
    by: CommunityId,
    key: &str,
    now_ms: i64,
    asked: Asked<'_>,
) -> Result<Option<Option<Opened>>> {
    let Some(copy) = store::copy(&app.db, key).await? else {
        return Ok(None);
    };
    if copy.file_type.is_empty() {
        return Ok((now_ms - copy.used_at < MISSING_MS).then_some(None));
    }
    for domain in copy.led_to.split_whitespace() {
        let domain = Domain::parse(domain).map_err(|_| Error::NotFound)?;
        check_speaks(app, by, &domain).await?;
    }
    // With a bucket this is the only request: what comes of it is sent.
    let opened = match open(app, &copy, asked).await {
        Ok(opened) => opened,
        Err(Error::NotFound) => return Ok(None),
        Err(why) => return Err(why),
    };
    if now_ms - copy.used_at > USED_EVERY_MS {
        store::use_copy(&app.db, key, now_ms).await?;
    }
    Ok(Some(Some(opened)))
}

/// What was fetched.
struct Got {
    /// As what it is sent.
    file_type: String,
    /// The same of its small picture; empty where there is none.
    preview_type: String,
    bytes: u64,
    /// Domains that its address led on to.
    led_to: Vec<String>,
}

async fn fetch(app: &App, by: CommunityId, key: &str, address: &Iri, kept: Kept) -> Result<Got> {
    let folder = app.media.nursery.folder().await?;
    let input = folder.path().join(INPUT);
    let coming = Box::pin(download(app, by, address, kept, &input));
    let led_to = match kept.within() {
        Some(within) => {
            let came = tokio::time::timeout(within, coming).await;
            came.map_err(|_| Error::Elsewhere("took too long".to_owned()))??
        }
        None => coming.await?,
    };
    if kept != Kept::Film && !format_of(&input).await?.is_picture() {
        return Err(Error::Elsewhere("is no picture".to_owned()));
    }
    let nursery = &app.media.nursery;
    let made = match kept {
        Kept::Film => return film::take_over(app, key, &input, led_to).await,
        Kept::Picture => nursery.make_still(folder.path()).await?,
        Kept::Emoji => nursery.make_emoji(folder.path()).await?,
        Kept::Portrait(which @ Portrait::Avatar) => {
            let size = which.size_of_copy();
            nursery.make_face(folder.path(), size).await?
        }
        Kept::Portrait(which @ Portrait::Header) => {
            let size = which.size_of_copy();
            nursery.make_fitting(folder.path(), size).await?
        }
    };
    let bytes = keep(app, key, folder.path(), &made).await?;
    Ok(Got {
        file_type: made.media_type,
        preview_type: made.preview_type,
        bytes,
        led_to,
    })
}

/// Writes what is at this address into a file; the domains that it led on to.
async fn download(
    app: &App,
    by: CommunityId,
    address: &Iri,
    kept: Kept,
    input: &FilePath,
) -> Result<Vec<String>> {
    let (kind, most) = (kept.asked_as(), kept.most(&app.config.media));
    let mut next = address.clone();
    let mut led_to = Vec::new();
    loop {
        let permit = app
            .gate
            .permit(by, &next.domain(), Contact::Fetch)
            .await?
            // A rule of this community: another may have it, and this one once the rule is taken back.
            .map_err(|_| Error::NotFound)?;
        let mut file = File::create(input)
            .await
            .map_err(|why| Error::Internal(Box::new(why)))?;
        let fetched = app.wire.fetch_file(permit, &next, kind, most, &mut file);
        match fetched.await {
            Ok(FetchedFile::Written(_)) => return Ok(led_to),
            Ok(FetchedFile::Moved(to)) if led_to.len() < MOST_MOVES => {
                led_to.push(to.domain().to_string());
                next = to;
            }
            Ok(FetchedFile::Moved(_)) => {
                return Err(Error::Elsewhere("leads on and on".to_owned()));
            }
            Err(WireError::Gone) => return Err(Error::Gone),
            Err(why) => return Err(Error::Elsewhere(why.to_string())),
        }
    }
}

/// Takes away what was not looked at for longest, until the rest fits.
pub(super) async fn prune(app: &App) -> Result<()> {
    store::forget_missing(&app.db, app.now_ms() - MISSING_MS).await?;
    loop {
        let held = store::bytes_of_copies(&app.db).await?;
        let mut over = held - i64::try_from(app.config.media.largest_cache).unwrap_or(i64::MAX);
        if over <= 0 {
            return Ok(());
        }
        let oldest = store::oldest_copies(&app.db, BATCH).await?;
        if oldest.is_empty() {
            return Ok(());
        }
        for copy in oldest {
            if over <= 0 {
                break;
            }
            app.media.storage.remove(&copy.file_key).await?;
            store::forget_copy(&app.db, &copy.file_key).await?;
            over -= copy.bytes;
        }
    }
}

impl Desk {
    fn ring(&self) {
        self.waiting.notify_one();
    }
}
