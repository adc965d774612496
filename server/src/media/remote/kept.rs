//! What a file from elsewhere is fetched as: where that waits, how much of it is taken, and under which name it is kept.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_vocab::Iri;
use comity_wire::FileKind;

use super::film;
use crate::config;
use crate::emojis;
use crate::media::portrait::Portrait;
use crate::media::turns::Line;

/// Bytes of the small picture of somebody. Mastodon takes as many.
const LARGEST_AVATAR: u64 = 8 * 1024 * 1024;
/// How long an emoji may take to come, or the small picture of somebody: many are waited for at once.
const SMALL_WITHIN: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// A picture that came with a post.
    Picture,
    /// Film or sound that did.
    Film,
    /// An emoji.
    Emoji,
    /// Of somebody's profile.
    Portrait(Portrait),
}

impl Kept {
    /// Where it waits. Of what is small there are many on a page.
    pub(super) fn line(self) -> Line {
        match self {
            Kept::Picture | Kept::Portrait(Portrait::Header) => Line::Pictures,
            Kept::Emoji | Kept::Portrait(Portrait::Avatar) => Line::Small,
            Kept::Film => Line::Films,
        }
    }

    /// How long it may take to come, wherever its address leads; `None` for what each request has.
    pub(super) fn within(self) -> Option<Duration> {
        match self.line() {
            Line::Pictures => None,
            Line::Small => Some(SMALL_WITHIN),
            Line::Films => Some(film::WITHIN),
        }
    }

    /// Bytes of the largest that is taken.
    pub(super) fn most(self, config: &config::Media) -> u64 {
        match self {
            Kept::Picture | Kept::Portrait(Portrait::Header) => config.largest_picture,
            Kept::Film => film::largest(config),
            Kept::Emoji => emojis::LARGEST_FILE,
            Kept::Portrait(Portrait::Avatar) => LARGEST_AVATAR.min(config.largest_picture),
        }
    }

    /// As what its server is asked for it.
    pub(super) fn asked_as(self) -> FileKind {
        match self {
            Kept::Film => FileKind::Film,
            Kept::Picture | Kept::Emoji | Kept::Portrait(_) => FileKind::Picture,
        }
    }
}

/// The name of a copy. The same file is another copy where it plays, as an emoji, and as somebody's picture.
pub(super) fn key_of(address: &Iri, kept: Kept) -> String {
    let named = match kept {
        Kept::Picture => address.as_str().to_owned(),
        Kept::Film => format!("film\n{address}"),
        Kept::Emoji => format!("emoji\n{address}"),
        Kept::Portrait(which) => format!("{}\n{address}", which.word()),
    };
    URL_SAFE_NO_PAD.encode(digest(&SHA256, named.as_bytes()))
}
