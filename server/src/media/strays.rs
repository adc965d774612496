//! Files that nothing names: what a process had stored when it fell over, before it wrote down that it had. They are found by
//! walking through all that is stored, a piece at a time, and taken away once they are a day old. What another installation
//! keeps in the same place is no stray: each leaves its mark there, and where there are two marks nothing is taken away.

use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use tracing::{info, warn};

use super::storage::{Storage, is_key, refused};
use super::store;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};

/// Names looked at in one round: as many as a bucket tells at a time. Rounds are ten minutes apart, so that a hundred
/// thousand files are walked through in less than a day.
const MOST: usize = 1_000;
/// What is younger may be written down yet: longer than any file is made ready in.
const OLD_MS: i64 = DAY_MS;
/// More strays than this at a time, and more than a tenth of what is looked at: the files are another installation's, or the
/// database is not the one that they belong to.
const MOST_STRAYS: usize = 20;

/// Where files are, in the order they are walked through.
const PLACES: [&str; 2] = ["files/", "incoming/"];

/// Where installations leave their marks.
const MARKS: &str = "installations/";
/// What stands in a mark.
const MARK: &[u8] =
    b"An installation of Comity keeps its files here. Where there are two marks, none is swept.\n";

/// How far the walk is. After a restart it begins anew.
#[derive(Debug, Default)]
pub struct Walked {
    /// Which of [`PLACES`].
    place: usize,
    /// The last name that was looked at; empty at the beginning.
    after: String,
}

/// A file that is stored.
#[derive(Debug)]
struct Found {
    name: String,
    /// Unix milliseconds.
    stored_at: i64,
}

/// Looks at the next files that are stored, and takes away those that are old and that nothing names; how many they were.
pub async fn sweep(app: &App, now_ms: i64) -> Result<u64> {
    if !is_ours_alone(app, now_ms).await? {
        return Ok(0);
    }
    let mut walked = app.media.walked.lock().await;
    let place = PLACES.get(walked.place).copied().unwrap_or(PLACES[0]);
    let found = list(&app.media.storage, place, &walked.after).await?;
    let removed = take_away(app, &found, now_ms).await?;
    match found.last() {
        // A store may tell fewer than it was asked for: only nothing is the end.
        Some(last) => walked.after.clone_from(&last.name),
        None => {
            walked.after.clear();
            walked.place = (walked.place + 1) % PLACES.len();
        }
    }
    if removed > 0 {
        info!(removed, "took away files that nothing names");
    }
    Ok(removed)
}

/// Whether this is the only installation that left its mark where files are kept, and did so long enough ago that another one
/// would have, too.
async fn is_ours_alone(app: &App, now_ms: i64) -> Result<bool> {
    let storage = &app.media.storage;
    let ours = format!("{MARKS}{}", app.media.secret.installation());
    let marks = list(storage, MARKS, "").await?;
    let Some(mark) = marks.iter().find(|mark| mark.name == ours) else {
        let folder = app.media.nursery.folder().await?;
        let file = folder.path().join("mark");
        tokio::fs::write(&file, MARK)
            .await
            .map_err(|why| Error::Internal(Box::new(why)))?;
        storage.take(&ours, &file).await?;
        return Ok(false);
    };
    let other = marks.iter().find(|mark| {
        let key = mark.name.strip_prefix(MARKS).unwrap_or_default();
        mark.name != ours && is_key(key)
    });
    if let Some(other) = other {
        warn!(
            %ours, other = %other.name,
            "another installation left its mark where files are kept: nothing is swept; take its mark away if it is gone"
        );
        return Ok(false);
    }
    Ok(now_ms - mark.stored_at > OLD_MS)
}

async fn take_away(app: &App, found: &[Found], now_ms: i64) -> Result<u64> {
    let old = found
        .iter()
        .filter(|file| now_ms - file.stored_at > OLD_MS)
        // What is called otherwise is not ours.
        .filter_map(|file| Some((file, key_in(&file.name)?)));
    let old: Vec<(&Found, &str)> = old.collect();
    if old.is_empty() {
        return Ok(0);
    }
    let keys: Vec<String> = old.iter().map(|(_, key)| (*key).to_owned()).collect();
    let waiting = store::waiting(&app.db, keys.clone()).await?;
    let named = store::named(&app.db, keys).await?;
    let looked_at = old.len();
    let strays: Vec<&Found> = old
        .into_iter()
        .filter(|(file, key)| {
            let known = if file.name.starts_with("incoming/") {
                &waiting
            } else {
                &named
            };
            !known.contains(*key)
        })
        .map(|(file, _)| file)
        .collect();
    if strays.len() > MOST_STRAYS && strays.len() * 10 > looked_at {
        warn!(
            strays = strays.len(),
            looked_at,
            "so many files are named by nothing that they are left alone: is this their database, and the bucket ours alone?"
        );
        return Ok(0);
    }
    let mut removed = 0;
    for file in strays {
        match app.media.storage.discard(&file.name).await {
            Ok(()) => removed += 1,
            Err(why) => {
                warn!(name = %file.name, error = %why, "a file that nothing names could not be taken away");
            }
        }
    }
    Ok(removed)
}

/// The key in `files/ab/KEY.original`, `files/ab/KEY.small` and `incoming/KEY`.
fn key_in(name: &str) -> Option<&str> {
    let key = match name.strip_prefix("incoming/") {
        Some(key) => key,
        None => {
            let (shelf, file) = name.strip_prefix("files/")?.split_once('/')?;
            let (key, word) = file.split_once('.')?;
            if !key.starts_with(shelf) || !matches!(word, "original" | "small") {
                return None;
            }
            key
        }
    };
    is_key(key).then_some(key)
}

/// The next files in this place, in the order of their names.
async fn list(storage: &Storage, place: &'static str, after: &str) -> Result<Vec<Found>> {
    if let Some(bucket) = storage.bucket() {
        let listed = bucket.list(place, after, MOST).await.map_err(refused)?;
        let found = listed.into_iter().map(|object| Found {
            // Whose age is not told is never old.
            stored_at: object.stored_at.as_deref().and_then(ms).unwrap_or(i64::MAX),
            name: object.name,
        });
        return Ok(found.collect());
    }
    let root = storage.root().to_owned();
    let after = after.to_owned();
    tokio::task::spawn_blocking(move || on_disk(&root, place, &after))
        .await
        .map_err(|_| Error::internal("the folder of files was not listed"))?
        .map_err(|why| Error::Internal(Box::new(why)))
}

fn ms(text: &str) -> Option<i64> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(at.as_millisecond())
}

/// Shelf by shelf: no more names are held than one shelf has and are asked for.
fn on_disk(root: &Path, place: &str, after: &str) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    let shelves = match place {
        "incoming/" | MARKS => vec![place.to_owned()],
        _ => {
            let names = names_in(&root.join(place))?;
            names
                .into_iter()
                .map(|(name, _)| format!("{place}{name}/"))
                .collect()
        }
    };
    for shelf in shelves {
        // Names on a shelf that ends before it are all behind us.
        if !after.starts_with(&shelf) && shelf.as_str() < after {
            continue;
        }
        for (name, stored_at) in names_in(&root.join(&shelf))? {
            let name = format!("{shelf}{name}");
            if name.as_str() <= after {
                continue;
            }
            if found.len() >= MOST {
                return Ok(found);
            }
            found.push(Found { name, stored_at });
        }
    }
    Ok(found)
}

/// What a folder holds, in order, and when it was put there. A folder that is not there holds nothing.
fn names_in(folder: &Path) -> io::Result<Vec<(String, i64)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) if is_gone(&why) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let stored_at = match entry.metadata().and_then(|about| about.modified()) {
            Ok(at) => at,
            Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
            Err(why) => return Err(why),
        };
        let since = stored_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let stored_at = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        names.push((name, stored_at));
    }
    names.sort_unstable();
    Ok(names)
}

/// Taken away meanwhile, or no folder at all.
fn is_gone(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_like_ours_has_a_key() {
        let key = "ab".to_owned() + &"c".repeat(41);
        for ours in [
            format!("files/ab/{key}.original"),
            format!("files/ab/{key}.small"),
            format!("incoming/{key}"),
        ] {
            assert_eq!(key_in(&ours), Some(key.as_str()), "{ours}");
        }
        for other in [
            format!("files/ab/{key}.txt"),
            format!("files/xy/{key}.small"),
            format!("files/{key}.small"),
            format!("backups/{key}"),
            "incoming/notes.txt".to_owned(),
            "incoming/".to_owned(),
        ] {
            assert_eq!(key_in(&other), None, "{other}");
        }
    }

    #[test]
    fn a_walk_through_folders_goes_on_where_it_was() {
        let root = tempfile::tempdir().unwrap();
        for name in ["files/aa/1", "files/aa/2", "files/ab/1", "incoming/1"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let after = |place: &str, after: &str| -> Vec<String> {
            let found = on_disk(root.path(), place, after).unwrap();
            found.into_iter().map(|file| file.name).collect()
        };
        assert_eq!(
            after("files/", ""),
            ["files/aa/1", "files/aa/2", "files/ab/1"]
        );
        assert_eq!(after("files/", "files/aa/1"), ["files/aa/2", "files/ab/1"]);
        assert!(after("files/", "files/ab/1").is_empty());
        assert_eq!(after("incoming/", ""), ["incoming/1"]);
    }
}
