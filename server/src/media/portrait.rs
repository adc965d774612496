//! Pictures of profiles, and of communities: opened like every file, cut to the size they are shown in, and kept as long as they are shown.
//!
//! Their address is beyond guessing and new with each picture. It is told to those who may see the profile; who has it, loads
//! it, as other servers do for whom they show the profile to.

use comity_db::Tx;

use super::model::{Media, Part, Size};
use super::{address, check_length, format_of, keep, store};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Code, Error, Result};
use crate::http::token::Token;
use crate::http::{Kind, Me, SentFile};

/// Characters that say what is in such a picture, as `configuration.accounts` tells apps.
pub const LONGEST_PORTRAIT_DESCRIPTION: usize = 1_500;

/// Which picture of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portrait {
    /// The small square one.
    Avatar,
    /// The wide one.
    Header,
}

impl Portrait {
    /// As it is stored, and as forms and apps call it.
    pub fn word(self) -> &'static str {
        match self {
            Portrait::Avatar => "avatar",
            Portrait::Header => "header",
        }
    }

    /// Reads [`Portrait::word`].
    pub fn parse(word: &str) -> Option<Portrait> {
        [Portrait::Avatar, Portrait::Header]
            .into_iter()
            .find(|which| which.word() == word)
    }

    /// As large as a copy of somebody's from elsewhere is kept: pages show small ones, apps one on a profile.
    pub(super) fn size_of_copy(self) -> Size {
        match self {
            Portrait::Avatar => Size::of(240, 240),
            Portrait::Header => self.size(),
        }
    }

    /// As large as it is kept: Mastodon's sizes.
    fn size(self) -> Size {
        match self {
            Portrait::Avatar => Size::of(400, 400),
            Portrait::Header => Size::of(1_500, 500),
        }
    }
}

/// A picture that is ready to be a profile's.
#[derive(Debug)]
pub struct Ready {
    media: Media,
    bytes: i64,
    /// Where it is.
    pub url: String,
    /// Pixels in a row of it.
    pub width: u32,
}

/// Whose pictures these are.
struct Owner {
    account: i64,
    community: Option<i64>,
}

/// Makes a file ready to be a picture of this member's. What is wrong with it is told by the name of its field.
pub async fn make(app: &App, me: &Me, which: Portrait, file: &SentFile) -> Result<Ready> {
    let owner = Owner {
        account: me.account.id,
        community: me.account.community_id,
    };
    make_for(app, me, owner, which, file).await
}

/// The same of a community, by a member who looks after it. Its own account has the files.
pub async fn make_of_community(
    app: &App,
    me: &Me,
    community: &Community,
    which: Portrait,
    file: &SentFile,
) -> Result<Ready> {
    let owner = Owner {
        account: community.actor_id,
        community: Some(community.id),
    };
    make_for(app, me, owner, which, file).await
}

async fn make_for(
    app: &App,
    me: &Me,
    owner: Owner,
    which: Portrait,
    file: &SentFile,
) -> Result<Ready> {
    app.limits.check(Kind::Upload, &me.account.id.to_string())?;
    Box::pin(prepare(app, owner, which, file))
        .await
        .map_err(|why| match why {
            Error::Invalid { why, .. } => Error::invalid(which.word(), why).coded(Code::Invalid),
            other => other,
        })
}

async fn prepare(app: &App, owner: Owner, which: Portrait, file: &SentFile) -> Result<Ready> {
    let format = format_of(&file.path()).await?;
    if !format.is_picture() {
        return Err(Error::invalid("file", "is no picture; choose one"));
    }
    check_length(app, format, file.length())?;
    let folder = file.folder();
    let made = app
        .media
        .nursery
        .make_portrait(folder, which.size())
        .await?;
    let key = Token::random()?.reveal();
    let bytes = keep(app, &key, folder, &made).await?;
    let path = address::path(&key, Part::Original, &made.media_type);
    let path = path.ok_or_else(|| Error::internal("a picture of a kind that is not made"))?;
    let origin = address::origin(app, owner.community);
    Ok(Ready {
        url: format!("{origin}{path}"),
        width: made.meta.original.map_or(0, |size| size.width),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        media: Media {
            id: app.next_id(),
            account_id: owner.account,
            status_id: None,
            kind: made.kind,
            state: "ready".to_owned(),
            file_key: key,
            file_type: made.media_type,
            preview_type: made.preview_type,
            description: String::new(),
            focus_x: 0.0,
            focus_y: 0.0,
            blurhash: made.blurhash,
            meta: serde_json::to_string(&made.meta)?,
            why: String::new(),
            shown_as: which.word().to_owned(),
            poster_key: String::new(),
            poster: String::new(),
        },
    })
}

/// Puts it in the place of the one there was, in the caller's transaction.
pub fn hang(tx: &mut Tx, ready: &Ready, now_ms: i64) {
    store::discard_shown(tx, ready.media.account_id, &ready.media.shown_as);
    store::insert_shown(tx, &ready.media, ready.bytes, now_ms);
}

/// Takes the one there was away, in the caller's transaction.
pub fn take_down(tx: &mut Tx, account_id: i64, which: Portrait) {
    store::discard_shown(tx, account_id, which.word());
}

/// It was not hung after all: its files go.
pub async fn drop_it(app: &App, ready: &Ready) -> Result<()> {
    app.media.storage.remove(&ready.media.file_key).await
}
