//! Pictures, sound and film. A member puts a file here ([`upload`]), a child process makes it ready, a post takes it along
//! ([`choose`], [`attach`]), and whoever may see the post gets it.
//!
//! Nothing of members, and no picture, is handed on as it came: it is opened in a child process and written anew, without the
//! notes that cameras put into it. Film and sound from elsewhere are handed on as they came, and never opened (`remote/film.rs`).

pub mod address;
pub mod api;
mod child;
pub mod command;
pub mod entity;
mod model;
pub mod portrait;
pub mod poster;
pub mod remote;
mod sniff;
mod storage;
mod store;
mod strays;
mod turns;
pub mod web;
mod work;
pub mod worker;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;
use std::path::Path;

use comity_db::{Db, Tx};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{Mutex, Notify};

pub use child::Nursery;
pub use model::{Attaching, Media, Meta, Part, Poster, Saying, Size, State, Stored, Takes};
pub use storage::Storage;
pub use work::{PATIENCE, forget_old, run, settled, work_once};
pub use worker::main as work_as_child;

use crate::accounts::Account;
use crate::app::App;
use crate::clock::{Clock, DAY_MS};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::http::{Kind, Me, SentFile};
use crate::statuses::Attached;
use crate::text::length;
pub(crate) use address::is_for_everybody;
use address::{EmojiAddresses, Secret};
use sniff::{DECIDES, Format, played_as, sniff};
pub use store::{wait, wait_if_there};
use turns::Turns;
pub use worker::{MOST_FILM_PIXELS, MOST_FILM_RATE, MOST_PICTURE_PIXELS};

/// Files of one post: as many as Mastodon shows of others' posts.
pub const MOST_ATTACHED: usize = 16;
/// The kinds that are taken, as apps are told; what a file is is seen by its first bytes all the same.
pub const TAKEN: [&str; 14] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
    "audio/flac",
    "audio/wav",
    "audio/mp4",
    "audio/webm",
];
/// Characters of a description: Mastodon's number.
pub const LONGEST_DESCRIPTION: usize = 1_500;
/// How long a file waits for a post.
pub const LOOSE_MS: i64 = DAY_MS;
/// How long files outlive their post: whoever deletes one to write it anew takes them along.
const REDRAFT_MS: i64 = 3_600_000;

/// What an installation has for files.
pub struct Desk {
    /// Where they are kept.
    pub storage: Storage,
    /// Where they are opened.
    pub nursery: Nursery,
    /// Where emoji are.
    pub emojis: EmojiAddresses,
    secret: Secret,
    waiting: Notify,
    /// A file that took its time was made ready on this node, or failed.
    settled: Notify,
    fetches: Turns,
    /// Whoever takes copies away does so alone.
    pruning: Mutex<()>,
    /// How far it was looked for strays.
    walked: Mutex<strays::Walked>,
}

impl Desk {
    /// Opens it; the secret is made the first time.
    pub async fn open(db: &Db, config: &Config, storage: Storage, clock: &Clock) -> Result<Desk> {
        let fresh = Token::random()?.hash();
        let secret = Secret::new(&store::secret(db, fresh, clock.now_ms()).await?);
        let host = config.media.host.clone();
        Ok(Desk {
            storage,
            nursery: Nursery::new(&config.media, &config.data_dir),
            emojis: EmojiAddresses::new(secret.clone(), host, clock.clone()),
            secret,
            waiting: Notify::new(),
            settled: Notify::new(),
            fetches: Turns::new(),
            pruning: Mutex::default(),
            walked: Mutex::default(),
        })
    }
}

/// Files of one member that take their time and wait for it: a post has fewer.
const MOST_WAITING: i64 = 5;

/// Takes in a file of a member's. A picture that stands still is ready at once; the rest is made ready by [`work`].
///
/// Refused with a reason: what is too large, of another kind, damaged, or not to be opened within bounds.
pub async fn upload(app: &App, me: &Me, file: SentFile, saying: Saying) -> Result<Media> {
    app.limits.check(Kind::Upload, &me.account.id.to_string())?;
    check(&saying)?;
    let format = format_of(&file.path()).await?;
    check_length(app, format, file.length())?;
    if format.is_slow()
        && store::waiting_of(&app.db, me.account.id, MOST_WAITING).await? >= MOST_WAITING
    {
        return Err(Error::invalid(
            "file",
            format!(
                "has to wait: {MOST_WAITING} of yours are still being made ready; send it when one of them is"
            ),
        ));
    }
    if !format.is_picture() && !app.media.nursery.has_ffmpeg() {
        return Err(Error::invalid(
            "file",
            "is film or sound, which this server cannot take: ffmpeg is not installed on it",
        ));
    }
    let mut media = Media {
        id: app.next_id(),
        account_id: me.account.id,
        status_id: None,
        kind: "unknown".to_owned(),
        state: "waiting".to_owned(),
        file_key: Token::random()?.reveal(),
        file_type: String::new(),
        preview_type: String::new(),
        description: String::new(),
        focus_x: 0.0,
        focus_y: 0.0,
        blurhash: String::new(),
        meta: "{}".to_owned(),
        why: String::new(),
        shown_as: String::new(),
        poster_key: String::new(),
        poster: String::new(),
    };
    media.say(&saying);
    let poster = match &saying.poster {
        None => None,
        Some(file) => {
            poster::check(!format.is_picture())?;
            Some(poster::make(app, file).await?)
        }
    };
    if let Some(poster) = &poster {
        poster::say(&mut media, poster)?;
    }
    let taken = take_in(app, media, format, &file).await;
    if matches!(taken, Err(Error::Invalid { .. }))
        && let Some(poster) = &poster
    {
        poster::drop_it(app, poster).await?;
    }
    taken
}

async fn take_in(app: &App, mut media: Media, format: Format, file: &SentFile) -> Result<Media> {
    let storage = &app.media.storage;
    let bytes = if format.is_slow() {
        let plays = played_as(&head_of(&file.path()).await?).unwrap_or_default();
        let kind = match plays.split('/').next() {
            Some("audio") => "audio",
            // An Ogg may have pictures besides; then it is a film when it is ready.
            Some("video") => "video",
            _ => "gifv",
        };
        kind.clone_into(&mut media.kind);
        storage.keep_incoming(&media.file_key, &file.path()).await?
    } else {
        let made = app.media.nursery.make(file.folder(), format).await?;
        let bytes = keep(app, &media.file_key, file.folder(), &made).await?;
        "ready".clone_into(&mut media.state);
        media.kind = made.kind;
        media.file_type = made.media_type;
        media.preview_type = made.preview_type;
        media.blurhash = made.blurhash;
        media.meta = serde_json::to_string(&made.meta)?;
        bytes
    };
    let now_ms = app.now_ms();
    let length = i64::try_from(bytes).unwrap_or(i64::MAX);
    // After an error it may be written down all the same: then `strays` decides.
    store::insert(&app.db, &media, length, now_ms, now_ms + LOOSE_MS).await?;
    app.media.waiting.notify_one();
    Ok(media)
}

pub(crate) async fn format_of(path: &Path) -> Result<Format> {
    sniff(&head_of(path).await?).map_err(|why| Error::invalid("file", why))
}

/// The bytes of a file that decide what it is.
async fn head_of(path: &Path) -> Result<Vec<u8>> {
    let failed = |why: std::io::Error| Error::Internal(Box::new(why));
    let mut head = Vec::with_capacity(DECIDES);
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    file.take(DECIDES as u64)
        .read_to_end(&mut head)
        .await
        .map_err(failed)?;
    Ok(head)
}

fn check_length(app: &App, format: Format, length: u64) -> Result<()> {
    let (most, what) = if format.is_picture() {
        (app.config.media.largest_picture, "picture")
    } else {
        (app.config.media.largest_film, "film or sound")
    };
    if length > most {
        return Err(Error::invalid(
            "file",
            format!(
                "is a {what} of more than {} MiB, which is the most that is taken",
                most >> 20
            ),
        ));
    }
    Ok(())
}

/// Takes over what a child made; its length. All of it, or nothing.
pub(crate) async fn keep(app: &App, key: &str, folder: &Path, made: &worker::Made) -> Result<u64> {
    let kept = put(app, key, folder, made).await;
    if kept.is_err()
        && let Err(why) = app.media.storage.remove_made(key).await
    {
        tracing::warn!(key, %why, "what was stored of a file could not be taken away again");
    }
    kept
}

async fn put(app: &App, key: &str, folder: &Path, made: &worker::Made) -> Result<u64> {
    let storage = &app.media.storage;
    if !made.preview_type.is_empty() {
        storage
            .put(key, Part::Small, &folder.join(worker::PREVIEW))
            .await?;
    }
    storage
        .put(key, Part::Original, &folder.join(worker::OUTPUT))
        .await
}

/// A file of one's own.
pub async fn find_own(app: &App, account_id: i64, id: i64) -> Result<Media> {
    let found = store::own(&app.db, id, account_id).await?;
    found.ok_or(Error::NotFound)
}

/// Files of one's own, by number; those that are gone are not among them.
pub async fn find_own_many(
    app: &App,
    account_id: i64,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Media>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = store::own_many(&app.db, account_id, ids).await?;
    Ok(found.into_iter().map(|media| (media.id, media)).collect())
}

/// Says something else of a file that no post has yet; of one that a post has, the post's edit says it.
pub async fn change(app: &App, account_id: i64, id: i64, saying: &Saying) -> Result<Media> {
    check(saying)?;
    let mut media = find_own(app, account_id, id).await?;
    if media.status_id.is_some() {
        return Err(Error::NotFound);
    }
    media.say(saying);
    let mut tx = Tx::new();
    let said = (media.description.as_str(), (media.focus_x, media.focus_y));
    store::say(&mut tx, media.id, account_id, None, said);
    let Some(file) = &saying.poster else {
        // A post may have taken it meanwhile.
        return if app.commit(tx).await? {
            Ok(media)
        } else {
            Err(Error::NotFound)
        };
    };
    poster::check(media.takes_poster())?;
    app.limits.check(Kind::Upload, &account_id.to_string())?;
    let poster = poster::make(app, file).await?;
    let had = media.poster_key.clone();
    poster::say(&mut media, &poster)?;
    poster::hang(app, &mut tx, &media, &had);
    // After an error it may be written down all the same: then `strays` decides.
    if !app.commit(tx).await? {
        poster::drop_it(app, &poster).await?;
        return Err(Error::invalid(
            "thumbnail",
            "came while another was taken for the same file; try again",
        ));
    }
    app.media.waiting.notify_one();
    // It may have been made ready meanwhile.
    find_own(app, account_id, id).await
}

/// Takes away a file that no post has.
pub async fn remove(app: &App, account_id: i64, id: i64) -> Result<()> {
    let media = find_own(app, account_id, id).await?;
    if media.status_id.is_some() {
        return Err(Error::invalid(
            "id",
            "belongs to a post; edit or delete the post",
        ));
    }
    if !store::discard(&app.db, id, account_id).await? {
        return Err(Error::NotFound);
    }
    app.media.waiting.notify_one();
    Ok(())
}

fn check(saying: &Saying) -> Result<()> {
    let description = saying.description.as_deref().unwrap_or_default();
    length::at_most("description", description, LONGEST_DESCRIPTION)?;
    let within = -1.0..=1.0;
    match saying.focus {
        Some((x, y)) if !within.contains(&x) || !within.contains(&y) => Err(Error::invalid(
            "focus",
            "must be two numbers from -1 to 1, as in 0.5,-0.25",
        )),
        _ => Ok(()),
    }
}

impl Media {
    fn say(&mut self, saying: &Saying) {
        if let Some(description) = &saying.description {
            description.trim().clone_into(&mut self.description);
        }
        if let Some((x, y)) = saying.focus {
            (self.focus_x, self.focus_y) = (f64::from(x), f64::from(y));
        }
    }
}

/// The files that a post is to have: of those it `has`, and of the author's own that are free and that it `takes`, in the order
/// that was asked for.
pub async fn choose(
    app: &App,
    author: &Account,
    has: &[Attached],
    attaching: &Attaching,
    takes: Takes,
) -> Result<Vec<Attached>> {
    let mut chosen: Vec<Attached> = Vec::new();
    match &attaching.ids {
        None => chosen.extend_from_slice(has),
        Some(ids) if ids.len() > MOST_ATTACHED => {
            return Err(Error::invalid(
                "media_ids",
                format!("names more than {MOST_ATTACHED} files"),
            ));
        }
        Some(ids) => {
            for id in ids {
                if chosen.iter().any(|file| file.is(*id)) {
                    continue;
                }
                match has.iter().find(|file| file.is(*id)) {
                    Some(file) => chosen.push(file.clone()),
                    None => chosen.push(free(app, author, *id, takes).await?),
                }
            }
        }
    }
    for (id, saying) in &attaching.said {
        check(saying)?;
        if let Some(file) = chosen.iter_mut().find(|file| file.is(*id)) {
            file.say(saying);
        }
    }
    Ok(chosen)
}

async fn free(app: &App, author: &Account, id: i64, takes: Takes) -> Result<Attached> {
    let not = |why: &str| Error::invalid("media_ids", why);
    let found = store::own(&app.db, id, author.id).await?;
    // Another's, and one that never was, are answered alike.
    let Some(media) = found.filter(|media| media.status_id.is_none()) else {
        return Err(not(
            "names a file that is not there, or that a post has already",
        ));
    };
    match media.state() {
        State::Ready => Ok(Attached::own(&media)),
        State::Waiting if takes == Takes::Coming => Ok(Attached::own(&media)),
        State::Waiting => Err(not(
            "names a file that is still being made ready; try again in a moment",
        )),
        State::Failed => Err(not("names a file that could not be made ready")),
    }
}

/// Writes down that a post has these files now, and no others of those it `had`, and what is said of them: so that it is said
/// still when the post is deleted and written anew. Undoes the whole transaction where another post was faster.
pub fn attach(
    tx: &mut Tx,
    author: &Account,
    status_id: i64,
    had: &[Attached],
    has: &[Attached],
    now_ms: i64,
) {
    for file in has {
        let Some(stored) = &file.here else { continue };
        match had.iter().find(|before| before.is(stored.id)) {
            None => store::attach(tx, file, stored, author.id, status_id),
            Some(before) if before.said() == file.said() => {}
            Some(_) => {
                store::say(tx, stored.id, author.id, Some(status_id), file.said());
            }
        }
    }
    let gone = had.iter().filter_map(|file| file.here.as_ref());
    for stored in gone.filter(|stored| !has.iter().any(|file| file.is(stored.id))) {
        store::let_go_of(tx, stored.id, status_id, now_ms + REDRAFT_MS);
    }
}

/// A post is deleted: nobody sees its files any more but their owner, and they are taken away within the hour, or before
/// that by [`remove`].
pub(crate) fn let_go(tx: &mut Tx, status_id: i64, now_ms: i64) {
    store::let_go(tx, status_id, now_ms + REDRAFT_MS);
}

/// A post is deleted, and its files with it: nobody has them any more, and [`run`] takes them away next. Before [`let_go`].
pub(crate) fn discard_of(tx: &mut Tx, status_id: i64) {
    store::discard_of(tx, status_id);
}

/// There are files to be taken away.
pub(crate) fn wake(app: &App) {
    app.media.waiting.notify_one();
}
