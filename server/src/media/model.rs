//! A file that a member put here: what it is, and what is said of it.

use std::sync::Arc;

use comity_db::row;
use serde::{Deserialize, Serialize};

use crate::http::SentFile;

row! {
    /// One row of `media`.
    #[derive(Debug, Clone)]
    pub struct Media {
        /// Ours.
        pub id: i64,
        /// Whose it is.
        pub account_id: i64,
        /// The post that has it.
        pub status_id: Option<i64>,
        /// `image`, `gifv`, `video` or `audio`.
        pub kind: String,
        /// As stored; [`Media::state`] reads it.
        pub state: String,
        /// What is in its address.
        pub file_key: String,
        /// The media type of the file itself; empty while it waits.
        pub file_type: String,
        /// The same of its small picture; empty where there is none.
        pub preview_type: String,
        /// What is in it, in its owner's words.
        pub description: String,
        /// The point to keep in view, from left to right.
        pub focus_x: f64,
        /// The same from bottom to top.
        pub focus_y: f64,
        /// A blurred preview in text form; may be empty.
        pub blurhash: String,
        /// A [`Meta`] as JSON.
        pub meta: String,
        /// Why it could not be made ready.
        pub why: String,
        /// `avatar` or `header`, where it is a picture of its owner's profile.
        pub shown_as: String,
        /// The key of the picture that its owner chose for it; empty where none was chosen.
        pub poster_key: String,
        /// A [`Poster`] as JSON; empty likewise.
        pub poster: String,
    }
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being made ready.
    Waiting,
    /// It can be shown.
    Ready,
    /// It cannot be.
    Failed,
}

impl Media {
    /// How far it is.
    pub fn state(&self) -> State {
        match self.state.as_str() {
            "ready" => State::Ready,
            "waiting" => State::Waiting,
            _ => State::Failed,
        }
    }

    /// What a post keeps of it.
    pub fn stored(&self) -> Stored {
        Stored {
            id: self.id,
            key: self.file_key.clone(),
            kind: self.kind.clone(),
            preview_type: self.preview_type.clone(),
            meta: serde_json::from_str(&self.meta).unwrap_or_default(),
            poster: self.poster(),
        }
    }

    /// The picture that its owner chose for it.
    pub fn poster(&self) -> Option<Poster> {
        serde_json::from_str(&self.poster).ok()
    }

    /// The blurred preview of the picture that is shown for it; may be empty.
    pub fn blurred(&self) -> String {
        let poster = self.poster().map(|poster| poster.blurhash);
        poster.unwrap_or_else(|| self.blurhash.clone())
    }

    /// Whether a picture can be chosen for it: it plays, and was no picture before. What waits says `video` of sound too.
    pub fn takes_poster(&self) -> bool {
        matches!(self.kind.as_str(), "video" | "audio")
    }

    /// The point to keep in view, where one was chosen.
    pub fn focus(&self) -> Option<(f32, f32)> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "two digits after the point are all anyone sends"
        )]
        let focus = (self.focus_x as f32, self.focus_y as f32);
        (focus != (0.0, 0.0)).then_some(focus)
    }
}

/// A file of ours, as the post that has it keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// Its row.
    pub id: i64,
    /// What is in its address.
    pub key: String,
    /// `image`, `gifv`, `video` or `audio`.
    pub kind: String,
    /// Of its small picture; empty where there is none.
    pub preview_type: String,
    /// Sizes and duration.
    pub meta: Meta,
    /// What is shown instead of its small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<Poster>,
}

impl Stored {
    /// The key and the media type of the small picture that is shown of it; the type is empty where there is none.
    pub fn small(&self) -> (&str, &str) {
        match &self.poster {
            Some(poster) => (poster.key.as_str(), poster.media_type.as_str()),
            None => (self.key.as_str(), self.preview_type.as_str()),
        }
    }

    /// The size of that picture.
    pub fn small_size(&self) -> Option<Size> {
        let chosen = self.poster.as_ref().map(|poster| poster.size);
        chosen.or(self.meta.small)
    }
}

/// A picture that a member chose for a film or a sound. Only a small one is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Poster {
    /// What is in its address.
    pub key: String,
    /// Of the picture.
    pub media_type: String,
    /// A blurred preview in text form.
    pub blurhash: String,
    /// Pixels.
    pub size: Size,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Of the file itself, where it has pixels.
    pub original: Option<Size>,
    /// Of the small picture.
    pub small: Option<Size>,
    /// Milliseconds.
    pub duration_ms: Option<u32>,
    /// Pictures a second, as a fraction.
    pub frame_rate: Option<String>,
    /// Bits a second.
    pub bit_rate: Option<u64>,
    /// A film without sound.
    pub silent: bool,
}

/// Pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// From side to side.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// This wide, this high.
    pub fn of(width: u32, height: u32) -> Size {
        Size { width, height }
    }
}

/// Which of the files of one medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The file itself.
    Original,
    /// A small picture of it.
    Small,
}

impl Part {
    /// The word in its address and on disk.
    pub fn word(self) -> &'static str {
        match self {
            Part::Original => "original",
            Part::Small => "small",
        }
    }
}

/// What a name of this kind of file ends in; nothing for kinds we do not make.
pub fn ending(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        _ => return None,
    })
}

/// What a member says of a file: nothing where it is to stay as it was.
#[derive(Clone, Debug, Default)]
pub struct Saying {
    /// What is in it, for who cannot see or hear it.
    pub description: Option<String>,
    /// The point to keep in view, each from -1 to 1.
    pub focus: Option<(f32, f32)>,
    /// The picture that is to stand for it, where it is film or sound.
    pub poster: Option<Arc<SentFile>>,
}

/// Which files a post may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Those that are ready.
    Ready,
    /// Those that are being made ready as well: of a post that is not published yet.
    Coming,
}

/// What a post is to have with it.
#[derive(Clone, Debug, Default)]
pub struct Attaching {
    /// These, in this order; `None` leaves what is there.
    pub ids: Option<Vec<i64>>,
    /// What is said of files that it has, by their ids.
    pub said: Vec<(i64, Saying)>,
}
