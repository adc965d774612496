//! The picture that stands for a film or a sound, where its owner chose one. It is opened like every picture, and only a
//! small one is kept.

use comity_db::Tx;

use super::model::{Attaching, Media, Part, Poster};
use super::{check_length, format_of, store, worker};
use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::SentFile;
use crate::http::token::Token;
use crate::statuses::Attached;

/// The field that it comes in.
const FIELD: &str = "thumbnail";

/// Makes a picture ready to stand for a film or a sound. What is wrong with it is told of `thumbnail`.
pub(super) async fn make(app: &App, file: &SentFile) -> Result<Poster> {
    Box::pin(prepare(app, file)).await.map_err(|why| match why {
        Error::Invalid { why, .. } => Error::invalid(FIELD, why),
        other => other,
    })
}

async fn prepare(app: &App, file: &SentFile) -> Result<Poster> {
    let format = format_of(&file.path()).await?;
    if !format.is_picture() {
        return Err(Error::invalid(FIELD, "is no picture; choose one"));
    }
    check_length(app, format, file.length())?;
    let made = app.media.nursery.make_still(file.folder()).await?;
    let size = made.meta.small;
    let size = size.ok_or_else(|| Error::internal("a small picture was made without a size"))?;
    let key = Token::random()?.reveal();
    let small = file.folder().join(worker::PREVIEW);
    app.media.storage.put(&key, Part::Small, &small).await?;
    Ok(Poster {
        key,
        media_type: made.preview_type,
        blurhash: made.blurhash,
        size,
    })
}

/// Refuses a picture for what is a picture itself, as Mastodon does.
pub(super) fn check(takes_one: bool) -> Result<()> {
    if takes_one {
        return Ok(());
    }
    Err(Error::invalid(
        FIELD,
        "is for film and sound only, and this file is a picture; leave it out",
    ))
}

/// Says of a row which picture stands for it; nothing is written yet.
pub(super) fn say(media: &mut Media, poster: &Poster) -> Result<()> {
    media.poster = serde_json::to_string(poster)?;
    media.poster_key.clone_from(&poster.key);
    Ok(())
}

/// It was not hung after all.
pub(super) async fn drop_it(app: &App, poster: &Poster) -> Result<()> {
    app.media.storage.remove_made(&poster.key).await
}

/// Puts the picture that a row says in the place of the one whose key is `had`, which is taken away after. Undoes the whole
/// transaction where somebody else was faster.
pub(super) fn hang(app: &App, tx: &mut Tx, media: &Media, had: &str) {
    store::set_poster(tx, media, had);
    if !had.is_empty() {
        store::leave(tx, app.next_id(), media.account_id, had, app.now_ms());
    }
}

/// Pictures that were made for files of a post, to be hung when the post is saved.
#[derive(Debug, Default)]
pub struct Chosen {
    made: Vec<(Media, String)>,
}

/// Makes those pictures ready that an edit brings for files that the post `has`, and says so of these. Whoever took them in has
/// asked whether the member may put so many files here.
pub async fn choose(
    app: &App,
    author: &Account,
    status_id: i64,
    has: &mut [Attached],
    attaching: &Attaching,
) -> Result<Chosen> {
    let mut chosen = Chosen::default();
    for (id, saying) in &attaching.said {
        let Some(file) = &saying.poster else { continue };
        let Some(attached) = has.iter_mut().find(|file| file.is(*id)) else {
            continue;
        };
        let found = store::own(&app.db, *id, author.id).await?;
        let mut media = found.ok_or(Error::NotFound)?;
        check(media.takes_poster())?;
        if chosen.made.iter().any(|(made, _)| made.id == media.id) {
            return Err(Error::invalid(FIELD, "comes twice for one file; send one"));
        }
        let poster = make(app, file).await?;
        let had = media.poster_key.clone();
        say(&mut media, &poster)?;
        // It may be taken along by this very edit.
        media.status_id = Some(status_id);
        attached.blurhash = Some(poster.blurhash.clone()).filter(|text| !text.is_empty());
        if let Some(stored) = &mut attached.here {
            stored.poster = Some(poster);
        }
        chosen.made.push((media, had));
    }
    Ok(chosen)
}

impl Chosen {
    /// Hangs them, in the caller's transaction, before files are attached.
    pub fn hang(&self, app: &App, tx: &mut Tx) {
        for (media, had) in &self.made {
            hang(app, tx, media, had);
        }
    }

    /// They were not hung after all: their files go.
    pub async fn drop_all(&self, app: &App) -> Result<()> {
        for (media, _) in &self.made {
            app.media.storage.remove_made(&media.poster_key).await?;
        }
        Ok(())
    }
}
