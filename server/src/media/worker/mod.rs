//! The child process that opens files from outside. It has little memory, little time and an empty environment; what goes
//! wrong in it ends it and nothing else.
//!
//! It reads one [`Task`] from standard input, does it in the folder it was started in, and writes one [`Done`] to standard
//! output. `comity media-worker` is how it is started, by [`super::child`] alone.

mod avif;
mod emoji;
mod face;
mod ffmpeg;
mod items;
mod mp3;
mod picture;

pub use ffmpeg::{MOST_PIXELS as MOST_FILM_PIXELS, MOST_RATE as MOST_FILM_RATE};
pub use picture::MOST_PIXELS as MOST_PICTURE_PIXELS;
mod pixels;

use std::io::{Read, Write};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::model::{Meta, Size};
use super::sniff::{DECIDES, Format, sniff};

/// The file to be read, in the child's folder.
pub const INPUT: &str = "input";
/// What is made of it.
pub const OUTPUT: &str = "output";
/// A small picture of it.
pub const PREVIEW: &str = "preview";

/// A task is a few numbers.
const LONGEST_TASK: u64 = 16 * 1024;

/// What a child may use.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// Bytes of address space.
    pub memory: u64,
    /// Seconds of computing.
    pub cpu_s: u64,
    /// Bytes of the largest file it writes.
    pub file: u64,
}

/// What a child is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// What it may use.
    pub bounds: Bounds,
    /// The ffmpeg command; empty where there is none.
    pub ffmpeg: String,
    /// The ffprobe command, likewise.
    pub ffprobe: String,
    /// A picture is cut to this shape, and made no larger than it.
    #[serde(default)]
    pub fit: Option<Size>,
    /// A picture is made as small as an emoji.
    #[serde(default)]
    pub emoji: bool,
    /// A picture is cut to this shape, as somebody's; what moves goes on moving.
    #[serde(default)]
    pub face: Option<Size>,
}

/// What a child answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Done {
    /// It is in [`OUTPUT`], and often [`PREVIEW`].
    Made(Made),
    /// It is not taken: a lower-case fragment that says why.
    Refused(String),
}

/// What was made of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Made {
    /// `image`, `gifv`, `video` or `audio`.
    pub kind: String,
    /// Of [`OUTPUT`].
    pub media_type: String,
    /// Of [`PREVIEW`]; empty where there is none.
    pub preview_type: String,
    /// Of the small picture.
    pub blurhash: String,
    /// Sizes and duration.
    pub meta: Meta,
}

/// Why a file was not taken: a lower-case fragment for whoever sent it.
type Refused = String;

/// Where the task stands once the child is confined.
const TASK: &str = "COMITY_MEDIA_TASK";

/// The whole life of the child. It answers on standard output and ends.
///
/// It confines itself and then becomes this program anew: what a memory allocator has set aside before a limit is not held
/// by it.
pub fn main() -> std::io::Result<()> {
    let Some(text) = std::env::var_os(TASK) else {
        let mut text = String::new();
        std::io::stdin()
            .take(LONGEST_TASK)
            .read_to_string(&mut text)?;
        let task: Task = serde_json::from_str(&text)?;
        confine(task.bounds)?;
        let failed = Command::new(super::child::this_program())
            .arg("media-worker")
            .env_clear()
            .env(TASK, text)
            .exec();
        return Err(failed);
    };
    let text = text.into_string().unwrap_or_default();
    let task: Task = serde_json::from_str(&text)?;
    let done = match work(&task) {
        Ok(made) => Done::Made(made),
        Err(why) => Done::Refused(why),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(serde_json::to_string(&done)?.as_bytes())?;
    out.flush()
}

/// Takes away what it does not need. Commands that it starts inherit all of it.
fn confine(bounds: Bounds) -> std::io::Result<()> {
    let most = |number| Rlimit {
        current: Some(number),
        maximum: Some(number),
    };
    for (resource, number) in [
        (Resource::As, bounds.memory),
        (Resource::Cpu, bounds.cpu_s),
        (Resource::Fsize, bounds.file),
        // Its own three, a few files, and the pipes of one command.
        (Resource::Nofile, 64),
        // What it read must not be left lying about.
        (Resource::Core, 0),
    ] {
        setrlimit(resource, most(number))?;
    }
    Ok(())
}

fn work(task: &Task) -> Result<Made, Refused> {
    let mut head = Vec::with_capacity(DECIDES);
    std::fs::File::open(INPUT)
        .and_then(|file| file.take(DECIDES as u64).read_to_end(&mut head))
        .map_err(|_| "could not be opened; try again")?;
    let format = sniff(&head)?;
    if let Format::Avif { moves } = format {
        return avif::make(task, moves);
    }
    if task.emoji {
        return if format.is_picture() {
            emoji::make(format)
        } else {
            Err("is no picture; choose one".to_owned())
        };
    }
    if let Some(size) = task.face {
        return if format.is_picture() {
            face::make(format, size)
        } else {
            Err("is no picture; choose one".to_owned())
        };
    }
    if format.is_picture() {
        picture::make(task, format)
    } else {
        ffmpeg::make(task, format)
    }
}
