//! Files in a form (`multipart/form-data`): written to disk as they come, each in a folder of its own, and never held in
//! memory.

use std::path::{Path, PathBuf};

use axum::body::Body;
use bytes::Bytes;
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::input::unreadable;
use super::multipart::Multipart;
use crate::app::App;
use crate::error::{Error, Result};
use crate::media::worker::INPUT;

/// Files of one form: a portrait and a banner, a film and its picture, the pictures that the composer takes at a time.
pub const MOST_FILES: usize = 4;
/// Fields of one form that are no files; the longest are those of a profile.
const MOST_TEXTS: usize = 200;
/// Bytes of all of those together.
const LONGEST_TEXTS: usize = 256 * 1024;

/// Letters of a file's name that are told: enough to know it again.
const LONGEST_NAME: usize = 60;

/// The files of a form with their fields, in the order they came.
#[derive(Debug, Default)]
pub struct Files {
    kept: Vec<(String, SentFile)>,
    refused: Option<String>,
}

impl Files {
    /// Takes the file of this field, if one came; the first where there were more.
    pub fn take(&mut self, field: &str) -> Option<SentFile> {
        let at = self.kept.iter().position(|(name, _)| name == field)?;
        Some(self.kept.remove(at).1)
    }

    /// Whether none came, or all were taken.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Refused, with the reason, where one of the files that came could not be taken.
    pub fn check(&self) -> Result<()> {
        match &self.refused {
            None => Ok(()),
            Some(why) => Err(Error::invalid("file", why.clone())),
        }
    }
}

/// A file that came, in a folder of its own, which goes with this value.
#[derive(Debug)]
pub struct SentFile {
    folder: TempDir,
    length: u64,
    called: String,
}

impl SentFile {
    /// Of bytes that came within something else.
    pub async fn of(app: &App, bytes: &[u8]) -> Result<SentFile> {
        let folder = app.media.nursery.folder().await?;
        let written = tokio::fs::write(folder.path().join(INPUT), bytes).await;
        written.map_err(|why| Error::Internal(Box::new(why)))?;
        Ok(SentFile {
            folder,
            length: bytes.len() as u64,
            called: String::new(),
        })
    }

    /// The folder it is in, under the name [`INPUT`].
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(INPUT)
    }

    /// The beginning of a sentence about it: its name in quotes and a space. Empty where it has none.
    pub fn called(&self) -> &str {
        &self.called
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }
}

/// Reads a form: what is text, and the files, where they are wanted. A file that cannot be taken is an error.
pub(super) async fn read(
    app: Option<&App>,
    body: Body,
    boundary: &str,
) -> Result<(Vec<(String, String)>, Files)> {
    let (texts, files) = read_on(app, body, boundary, 0).await?;
    files.check()?;
    Ok((texts, files))
}

/// The same for a form that can be shown again: what was typed is read also where a file cannot be taken, which
/// [`Files::check`] tells. Of such files no more is read past than the largest may be long.
pub(super) async fn read_all(
    app: &App,
    body: Body,
    boundary: &str,
) -> Result<(Vec<(String, String)>, Files)> {
    let past = app.config.media.largest();
    read_on(Some(app), body, boundary, past).await
}

async fn read_on(
    app: Option<&App>,
    body: Body,
    boundary: &str,
    mut past: u64,
) -> Result<(Vec<(String, String)>, Files)> {
    let mut form = Multipart::new(body, boundary);
    let mut texts = Vec::new();
    let mut room = LONGEST_TEXTS;
    let mut files = Files::default();
    while let Some(part) = form.next().await? {
        if !part.is_file {
            if texts.len() >= MOST_TEXTS {
                return Err(unreadable(&format!("has more than {MOST_TEXTS} fields")));
            }
            texts.push((part.name, text(&mut form, &mut room).await?));
            continue;
        }
        // A form that is sent without choosing a file has an empty one.
        let Some(first) = form.piece().await? else {
            continue;
        };
        let Some(app) = app else {
            return Err(unreadable("brings a file, and none is wanted here"));
        };
        let called = called(&part.filename);
        let kept = if files.kept.len() < MOST_FILES {
            keep(app, &mut form, first, called).await
        } else {
            let why = format!("{called}is one too many: {MOST_FILES} are taken at a time");
            Err(Error::invalid("file", why))
        };
        match kept {
            Ok(file) => files.kept.push((part.name, file)),
            Err(Error::Invalid { field, code, why }) => {
                while let Some(piece) = form.piece().await? {
                    let Some(left) = past.checked_sub(piece.len() as u64) else {
                        return Err(Error::Invalid { field, code, why });
                    };
                    past = left;
                }
                if files.refused.is_none() {
                    files.refused = Some(why);
                }
            }
            Err(other) => return Err(other),
        }
    }
    Ok((texts, files))
}

fn called(filename: &str) -> String {
    let letters = filename.chars().filter(|letter| !letter.is_control());
    let name: String = letters.take(LONGEST_NAME).collect();
    if name.is_empty() {
        return name;
    }
    format!("“{name}” ")
}

async fn text(form: &mut Multipart, room: &mut usize) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = form.piece().await? {
        *room = room.checked_sub(piece.len()).ok_or_else(|| {
            unreadable(&format!(
                "has more than {} KiB of text",
                LONGEST_TEXTS / 1024
            ))
        })?;
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| unreadable("holds text that is not UTF-8"))
}

async fn keep(app: &App, form: &mut Multipart, first: Bytes, called: String) -> Result<SentFile> {
    let most = app.config.media.largest();
    let failed = |why: std::io::Error| Error::Internal(Box::new(why));
    let folder = app.media.nursery.folder().await?;
    let mut file = File::create(folder.path().join(INPUT))
        .await
        .map_err(failed)?;
    let mut length = 0;
    let mut next = Some(first);
    while let Some(piece) = next {
        length += piece.len() as u64;
        if length > most {
            return Err(Error::invalid(
                "file",
                format!(
                    "{called}is larger than {} MiB, which is the most that is taken",
                    most >> 20
                ),
            ));
        }
        file.write_all(&piece).await.map_err(failed)?;
        next = form.piece().await?;
    }
    file.flush().await.map_err(failed)?;
    Ok(SentFile {
        folder,
        length,
        called,
    })
}
