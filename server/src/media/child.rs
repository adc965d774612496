//! Where files from outside are opened: not here. A child process does it, a few at a time, and is ended when it takes too
//! long.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};
use std::{fs, io};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::model::Size;
use super::sniff::Format;
use super::worker::{Bounds, Done, Made, Task};
use crate::config;
use crate::error::{Error, Result};

/// Children that open pictures at the same time: each may take half a gigabyte and a whole core.
const QUICK: usize = 2;
/// The same of film and sound.
const SLOW: usize = 1;
/// Those who wait for a turn; more is a crowd, and is told to come back.
const MOST_WAITING: usize = 32;
/// What a child answers; the longest part is a blurhash.
const LONGEST_ANSWER: u64 = 16 * 1024;
/// Room for the largest picture, in sixteen bits with transparency and once more in eight, and for the program itself.
const PICTURE: Bounds = Bounds {
    memory: 1024 * 1024 * 1024,
    cpu_s: 20,
    file: 64 * 1024 * 1024,
};
/// What ffmpeg needs for the largest film it is given, by threads that each reserve much.
const FILM: Bounds = Bounds {
    memory: 3 * 1024 * 1024 * 1024,
    cpu_s: 600,
    // Set by the largest that is taken.
    file: 0,
};
/// Longer than its share of computing by a machine that is busy.
const PICTURE_WITHIN: Duration = Duration::from_secs(40);
const FILM_WITHIN: Duration = Duration::from_secs(15 * 60);

/// How the folders of files begin that somebody works at.
const FOLDER: &str = "in-";
/// Longer than anybody works at a file. What is older was left by a process that was killed.
const OLD_MS: i64 = 3_600_000;

/// What is quick to make ready.
const STILL: Format = Format::Png { moves: false };

/// The children of this process.
pub struct Nursery {
    program: PathBuf,
    ffmpeg: Option<(PathBuf, PathBuf)>,
    folder: PathBuf,
    film: Bounds,
    quick: Semaphore,
    slow: Semaphore,
    /// Emoji and faces are many, and leave a child to pictures.
    small: Semaphore,
    waiting: Semaphore,
}

impl Nursery {
    /// With what these settings name.
    pub fn new(config: &config::Media, data_dir: &Path) -> Nursery {
        Nursery {
            program: config.worker.clone().unwrap_or_else(this_program),
            ffmpeg: find_ffmpeg(&config.ffmpeg),
            folder: data_dir.join("media").join("tmp"),
            film: Bounds {
                file: config.largest_film * 2,
                ..FILM
            },
            quick: Semaphore::new(QUICK),
            slow: Semaphore::new(SLOW),
            small: Semaphore::new(QUICK - 1),
            waiting: Semaphore::new(MOST_WAITING),
        }
    }

    /// Whether film and sound can be taken.
    pub fn has_ffmpeg(&self) -> bool {
        self.ffmpeg.is_some()
    }

    /// A new folder for one file, which goes when it is dropped.
    pub async fn folder(&self) -> Result<TempDir> {
        let parent = self.folder.clone();
        tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&parent)?;
            tempfile::Builder::new().prefix(FOLDER).tempdir_in(parent)
        })
        .await
        .map_err(|_| Error::internal("a folder for a file was not made"))?
        .map_err(|why| Error::Internal(Box::new(why)))
    }

    /// Takes away the folders that killed processes left; how many there were. Another process that is alive may have some
    /// in the same place: those are younger.
    pub async fn sweep(&self, now_ms: i64) -> Result<u64> {
        let parent = self.folder.clone();
        tokio::task::spawn_blocking(move || sweep(&parent, now_ms))
            .await
            .map_err(|_| Error::internal("folders of files were not swept"))?
            .map_err(|why| Error::Internal(Box::new(why)))
    }

    /// Has the file `input` in `folder` made ready there. A file that is not taken is an invalid `file`.
    pub async fn make(&self, folder: &Path, format: Format) -> Result<Made> {
        let _turn = self.turn(format).await?;
        let (bounds, within) = if format.is_slow() {
            (self.film, FILM_WITHIN)
        } else {
            (PICTURE, PICTURE_WITHIN)
        };
        let commands = self.ffmpeg.as_ref();
        told(
            self.ask(folder, bounds, within, commands, Shape::AsItIs)
                .await?,
        )
    }

    /// The same of a picture that is to stand still, whatever it did.
    pub async fn make_still(&self, folder: &Path) -> Result<Made> {
        let _turn = self.turn(STILL).await?;
        told(
            self.ask(folder, PICTURE, PICTURE_WITHIN, None, Shape::AsItIs)
                .await?,
        )
    }

    /// The same, cut to this shape and no larger.
    pub async fn make_fitting(&self, folder: &Path, size: Size) -> Result<Made> {
        self.make_cut(folder, size, None).await
    }

    /// The same of what a member put here, which may be AVIF.
    pub async fn make_portrait(&self, folder: &Path, size: Size) -> Result<Made> {
        self.make_cut(folder, size, self.ffmpeg.as_ref()).await
    }

    async fn make_cut(
        &self,
        folder: &Path,
        size: Size,
        commands: Option<&(PathBuf, PathBuf)>,
    ) -> Result<Made> {
        let _turn = self.turn(STILL).await?;
        let fit = Shape::Cut(size);
        told(
            self.ask(folder, PICTURE, PICTURE_WITHIN, commands, fit)
                .await?,
        )
    }

    /// A picture as small as an emoji; what moves goes on moving, and has a picture that stands still. AVIF is taken, from
    /// elsewhere too: many servers have their emoji so.
    pub async fn make_emoji(&self, folder: &Path) -> Result<Made> {
        let alone = self.small.acquire().await;
        let _alone = alone.map_err(|_| Error::internal("no children are started any more"))?;
        let _turn = self.turn(STILL).await?;
        let commands = self.ffmpeg.as_ref();
        told(
            self.ask(folder, PICTURE, PICTURE_WITHIN, commands, Shape::Emoji)
                .await?,
        )
    }

    /// A picture cut to this shape and no larger, as that of somebody elsewhere; what moves goes on moving where it is short, and
    /// has a picture that stands still.
    pub async fn make_face(&self, folder: &Path, size: Size) -> Result<Made> {
        let alone = self.small.acquire().await;
        let _alone = alone.map_err(|_| Error::internal("no children are started any more"))?;
        let _turn = self.turn(STILL).await?;
        let face = Shape::Face(size);
        told(
            self.ask(folder, PICTURE, PICTURE_WITHIN, None, face)
                .await?,
        )
    }

    async fn turn(&self, format: Format) -> Result<SemaphorePermit<'_>> {
        let ended = |_| Error::internal("no children are started any more");
        if format.is_slow() {
            return self.slow.acquire().await.map_err(ended);
        }
        let _waiting = self
            .waiting
            .try_acquire()
            .map_err(|_| Error::TooMany { after_s: 10 })?;
        self.quick.acquire().await.map_err(ended)
    }

    /// `None`: it was ended, by us or by its limits.
    async fn ask(
        &self,
        folder: &Path,
        bounds: Bounds,
        within: Duration,
        commands: Option<&(PathBuf, PathBuf)>,
        shape: Shape,
    ) -> Result<Option<Done>> {
        let failed = |why: std::io::Error| Error::internal(format!("media-worker: {why}"));
        let (ffmpeg, ffprobe) = match commands {
            Some((ffmpeg, ffprobe)) => {
                (ffmpeg.display().to_string(), ffprobe.display().to_string())
            }
            None => (String::new(), String::new()),
        };
        let task = serde_json::to_vec(&Task {
            bounds,
            ffmpeg,
            ffprobe,
            fit: match shape {
                Shape::Cut(size) => Some(size),
                Shape::AsItIs | Shape::Emoji | Shape::Face(_) => None,
            },
            emoji: matches!(shape, Shape::Emoji),
            face: match shape {
                Shape::Face(size) => Some(size),
                Shape::AsItIs | Shape::Cut(_) | Shape::Emoji => None,
            },
        })?;
        let mut child = Command::new(&self.program)
            .arg("media-worker")
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // With whatever it starts, so that all of it can be ended.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let group = Group::of(&child);
        let answer = tokio::time::timeout(within, async {
            if let Some(mut pipe) = child.stdin.take() {
                // A child that ends early says so by its answer.
                let _ = pipe.write_all(&task).await;
            }
            let mut said = Vec::new();
            if let Some(out) = child.stdout.take() {
                out.take(LONGEST_ANSWER).read_to_end(&mut said).await?;
            }
            let status = child.wait().await?;
            std::io::Result::Ok((status, said))
        })
        .await;
        drop(group);
        match answer {
            Ok(Ok((status, said))) if status.success() => Ok(serde_json::from_slice(&said).ok()),
            Ok(Ok((status, _))) => {
                tracing::info!(%status, "a media-worker was ended by its limits, or broke down");
                Ok(None)
            }
            Ok(Err(why)) => Err(failed(why)),
            Err(_) => {
                tracing::info!("a media-worker took too long and was ended");
                Ok(None)
            }
        }
    }
}

fn sweep(parent: &Path, now_ms: i64) -> io::Result<u64> {
    let entries = match fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(why) => return Err(why),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let is_ours = entry.file_name().to_string_lossy().starts_with(FOLDER);
        // Another process may be sweeping too.
        let Ok(about) = entry.metadata() else {
            continue;
        };
        let since = about.modified()?.duration_since(UNIX_EPOCH);
        let made_at = i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        if is_ours && about.is_dir() && now_ms.saturating_sub(made_at) > OLD_MS {
            match fs::remove_dir_all(entry.path()) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                _ => removed += 1,
            }
        }
    }
    Ok(removed)
}

/// What becomes of a picture.
enum Shape {
    /// As it is, within bounds.
    AsItIs,
    /// Cut to this shape.
    Cut(Size),
    /// Very small.
    Emoji,
    /// Cut to this shape, and still moving if it did.
    Face(Size),
}

fn told(answer: Option<Done>) -> Result<Made> {
    match answer {
        Some(Done::Made(made)) => Ok(made),
        Some(Done::Refused(why)) => Err(Error::invalid("file", why)),
        None => Err(Error::invalid(
            "file",
            "could not be opened within the memory and time a file is given; try a smaller one",
        )),
    }
}

/// A child with all that it started: ended when this is dropped, also when nobody waits for it any more.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Group {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        Group(number.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Nobody there any more is the usual case.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// This program, also where a newer one lies in its place by now.
pub(super) fn this_program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return running.to_owned();
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("comity"))
}

/// The commands, by their whole paths: children have no environment to look in.
fn find_ffmpeg(named: &str) -> Option<(PathBuf, PathBuf)> {
    if named.is_empty() {
        return None;
    }
    let ffmpeg = if named.contains('/') {
        PathBuf::from(named)
    } else {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|folder| folder.join(named))
            .find(|file| file.is_file())?
    };
    let ffprobe = ffmpeg.with_file_name("ffprobe");
    (ffmpeg.is_file() && ffprobe.is_file()).then_some((ffmpeg, ffprobe))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_folders_of_files_are_swept() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(sweep(&root.path().join("none"), 0).unwrap(), 0);
        for name in ["in-a", "in-b", "other"] {
            fs::create_dir(root.path().join(name)).unwrap();
            fs::write(root.path().join(name).join("input"), "x").unwrap();
        }
        fs::write(root.path().join("in-file"), "x").unwrap();
        let made_at = |name: &str| {
            let at = fs::metadata(root.path().join(name)).unwrap().modified();
            let since = at.unwrap().duration_since(UNIX_EPOCH).unwrap();
            i64::try_from(since.as_millis()).unwrap()
        };
        let first = made_at("in-a").min(made_at("in-b"));
        assert_eq!(sweep(root.path(), first + OLD_MS).unwrap(), 0);
        let later = made_at("in-file") + OLD_MS + 1;
        assert_eq!(sweep(root.path(), later).unwrap(), 2);
        let left = fs::read_dir(root.path()).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["in-file", "other"]);
    }
}
