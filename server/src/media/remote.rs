//! Pictures, film and sound that came with posts from elsewhere, and pictures of people there: fetched when somebody here looks
//! or plays, and kept for a while. Pictures are opened and written anew like those of members; `film.rs` has what plays. No
//! reader is seen by the server that a file is from.

mod film;
mod kept;
mod room;
mod why;

use std::path::Path as FilePath;
use std::time::Duration;

use axum::extract::{OriginalUri, Query, State};
use comity_policy::{Act, CommunityId, Contact, Outcome, Party, PersonId, Way};
use comity_vocab::{Domain, Iri};
use comity_wire::FetchedFile;
use http::HeaderMap;
use tokio::fs::File;
use tracing::debug;

use super::address::{MaySigned, RemotePart, unfold};
use super::model::Part;
use super::portrait::Portrait;
use super::storage;
use super::store::{self, Copy};
use super::turns::Line;
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
pub(super) use room::prune;
use why::Why;

/// Domains that a file may lead through: a server's own, and that of its store.
const MOST_MOVES: usize = 2;
/// How long it is not asked again for what is not there, or is not what we take.
const MISSING_MS: i64 = 6 * 3_600_000;
/// The same of what did not come for a reason that may be over soon.
const AGAIN_MS: i64 = 10 * 60_000;
/// How long whoever looks at a picture waits for it: as long as for every answer, which is longer where something plays.
const LOOKED_AT_WITHIN: Duration = Duration::from_secs(45);
/// How exactly it is known when a copy was last looked at; each time costs a write.
const USED_EVERY_MS: i64 = DAY_MS / 4;

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
    let place = (status, at, part);
    let (community, address, kept) = file_for(&app, reader, place).await?;
    let asked = Asked {
        part,
        headers: &headers,
    };
    if kept != Kept::Film {
        let sent = Box::pin(send_copy(&app, community, &address, kept, asked));
        let sent = tokio::time::timeout(LOOKED_AT_WITHIN, sent).await;
        return sent.map_err(|_| Error::Elsewhere("took too long".to_owned()))?;
    }
    let opened = Box::pin(copy_of(&app, community, &address, kept, asked)).await?;
    // Where it had to come, minutes may have gone by: what may be seen, and what the post brings, is asked again.
    if opened.waited && file_for(&app, reader, place).await? != (community, address, kept) {
        return Err(Error::NotFound);
    }
    send_opened(opened, asked).await
}

/// Where the file at this place of a status is at home, for a reader who may see it there now, and for which community it is
/// fetched.
async fn file_for(
    app: &App,
    reader: i64,
    (status, at, part): (i64, usize, RemotePart),
) -> Result<(CommunityId, Iri, Kept)> {
    let (party, community) = viewer(app, reader).await?;
    let status = statuses::find(app, &party, Way::Rest, status).await?;
    may(app, &party, &status).await?;
    let file = text(&status).attachments.get(at).ok_or(Error::NotFound)?;
    let (shown, kept) = match part {
        RemotePart::Small => (file.picture(), Kept::Picture),
        RemotePart::Original if file.plays() => (Some(file.url.as_str()), Kept::Film),
        RemotePart::Original => (file.picture().filter(|_| file.is_copied()), Kept::Picture),
    };
    let address = Iri::parse(shown.ok_or(Error::NotFound)?).map_err(|_| Error::NotFound)?;
    Ok((community, address, kept))
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
    /// Whether it was not here when it was asked for.
    waited: bool,
}

impl Opened {
    fn after_waiting(self) -> Opened {
        Opened {
            waited: true,
            ..self
        }
    }
}

async fn send_copy(
    app: &App,
    by: CommunityId,
    address: &Iri,
    kept: Kept,
    asked: Asked<'_>,
) -> Result<Reply> {
    let opened = Box::pin(copy_of(app, by, address, kept, asked)).await?;
    send_opened(opened, asked).await
}

async fn send_opened(opened: Opened, asked: Asked<'_>) -> Result<Reply> {
    let Opened {
        file,
        media_type,
        tag,
        ..
    } = opened;
    send(file, media_type, &tag, asked.headers, false).await
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
        waited: false,
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
    if let Some(copy) = known(app, by, address, &key, asked).await? {
        return copy.ok_or(Error::NotFound);
    }
    let fetches = &app.media.fetches;
    let turn = fetches.take(&address.domain(), kept.line()).await?;
    // Whoever came first may have fetched it meanwhile.
    if let Some(copy) = known(app, by, address, &key, asked).await? {
        return copy.map(Opened::after_waiting).ok_or(Error::NotFound);
    }
    if kept == Kept::Film {
        film::fetch_whole(app, by, key.clone(), address, turn).await?;
    } else {
        had(app, by, &key, address, kept).await?;
    }
    // The rules are those of now, also for where it led.
    let copy = known(app, by, address, &key, asked).await?;
    let copy = copy.flatten().map(Opened::after_waiting);
    copy.ok_or(Error::NotFound)
}

/// Fetches it, and writes down what came of that: a copy, or that there is none for a while.
async fn had(app: &App, by: CommunityId, key: &str, address: &Iri, kept: Kept) -> Result<()> {
    if kept == Kept::Film {
        room::check(app).await?;
    }
    let (why, since_ms) = match fetch(app, by, key, address, kept).await {
        Ok(got) => return keep_got(app, key, address, kept, got).await,
        Err(Why::Here(why)) => return Err(why),
        Err(Why::ForNow(why)) => (why, MISSING_MS - AGAIN_MS),
        Err(Why::ForLong(why)) => (why, 0),
    };
    debug!(%address, %why, "a file could not be had");
    let then_ms = app.now_ms() - since_ms;
    let missing = Copy::missing(key.to_owned(), address.as_str(), then_ms);
    store::keep_copy(&app.db, &missing).await?;
    Err(Error::NotFound)
}

async fn keep_got(app: &App, key: &str, address: &Iri, kept: Kept, got: Got) -> Result<()> {
    let copy = Copy {
        file_key: key.to_owned(),
        url: address.as_str().to_owned(),
        file_type: got.file_type,
        preview_type: got.preview_type,
        bytes: i64::try_from(got.bytes).unwrap_or(i64::MAX),
        used_at: app.now_ms(),
        led_to: got.led_to.join(" "),
    };
    store::keep_copy(&app.db, &copy).await?;
    match kept.line() {
        // What is small is many, and whoever counts all of them does so less often.
        Line::Small => app.media.ring(),
        Line::Pictures | Line::Films => room::prune_after(app).await,
    }
    Ok(())
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
/// large or small, is none; one that is or came from where this community does not go is not for it.
async fn known(
    app: &App,
    by: CommunityId,
    address: &Iri,
    key: &str,
    asked: Asked<'_>,
) -> Result<Option<Option<Opened>>> {
    // All communities share the copies, and each has rules of its own.
    check_speaks(app, by, &address.domain()).await?;
    let now_ms = app.now_ms();
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

async fn fetch(
    app: &App,
    by: CommunityId,
    key: &str,
    address: &Iri,
    kept: Kept,
) -> Result<Got, Why> {
    let folder = app.media.nursery.folder().await?;
    let input = folder.path().join(INPUT);
    let coming = Box::pin(download(app, by, address, kept, &input));
    let led_to = match kept.within() {
        Some(within) => {
            let came = tokio::time::timeout(within, coming).await;
            came.map_err(|_| Why::ForNow("took too long".to_owned()))??
        }
        None => coming.await?,
    };
    if kept != Kept::Film && !format_of(&input).await?.is_picture() {
        return Err(Why::ForLong("is no picture".to_owned()));
    }
    let nursery = &app.media.nursery;
    let made = match kept {
        Kept::Film => return Ok(film::take_over(app, key, &input, led_to).await?),
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
) -> Result<Vec<String>, Why> {
    let (kind, most) = (kept.asked_as(), kept.most(&app.config.media));
    let mut next = address.clone();
    let mut led_to = Vec::new();
    // For the first there is a turn already.
    let mut held = vec![(address.domain().registrable().to_owned(), None)];
    loop {
        let permit = app.gate.permit(by, &next.domain(), Contact::Fetch).await;
        let permit = permit
            .map_err(Error::from)?
            // A rule of this community: another may have it, and this one once the rule is taken back.
            .map_err(|_| Error::NotFound)?;
        let mut file = File::create(input)
            .await
            .map_err(|why| Error::Internal(Box::new(why)))?;
        let within = kept.within();
        let fetched = app
            .wire
            .fetch_file(permit, &next, kind, most, within, &mut file);
        let to = match fetched.await? {
            FetchedFile::Written(_) => return Ok(led_to),
            FetchedFile::Moved(to) => to,
        };
        if led_to.len() >= MOST_MOVES {
            return Err(Why::ForLong("leads on and on".to_owned()));
        }
        let domain = to.domain();
        let place = domain.registrable();
        if kept == Kept::Film && held.iter().all(|(name, _)| name != place) {
            // Many servers may lead to one place, which is asked for one film at a time all the same.
            let turn = app.media.fetches.move_on(&domain, kept.line())?;
            held.push((place.to_owned(), Some(turn)));
        }
        led_to.push(domain.to_string());
        next = to;
    }
}

impl Desk {
    fn ring(&self) {
        self.waiting.notify_one();
    }
}
