//! Where files are kept.

use std::path::{Path, PathBuf};

use tokio::fs;

use super::model::Part;
use crate::error::{Error, Result};

/// Files on this machine's disk.
pub struct Storage {
    root: PathBuf,
}

impl Storage {
    /// Under this folder, which is made when the first file comes.
    pub fn on_disk(data_dir: &Path) -> Storage {
        Storage {
            root: data_dir.join("media"),
        }
    }

    /// Where a file that waits to be made ready is put.
    pub fn incoming(&self, key: &str) -> PathBuf {
        self.root.join("incoming").join(key)
    }

    /// Where a file is. Keys are ours: letters, digits, `-` and `_`.
    fn place(&self, key: &str, part: Part) -> PathBuf {
        let shelf = key.get(..2).unwrap_or("__");
        self.root
            .join("files")
            .join(shelf)
            .join(format!("{key}.{}", part.word()))
    }

    /// Takes in a file by moving it. Gives its length.
    pub async fn put(&self, key: &str, part: Part, from: &Path) -> Result<u64> {
        move_to(from, &self.place(key, part)).await
    }

    /// Keeps a file that is to be made ready later.
    pub async fn keep_incoming(&self, key: &str, from: &Path) -> Result<u64> {
        move_to(from, &self.incoming(key)).await
    }

    /// A file for reading, and its length; *not found* where there is none.
    pub async fn open(&self, key: &str, part: Part) -> Result<(fs::File, u64)> {
        let file = fs::File::open(self.place(key, part)).await.map_err(told)?;
        let length = file.metadata().await.map_err(told)?.len();
        Ok((file, length))
    }

    /// Takes away all that belongs to this key. What is not there is as good as gone.
    pub async fn remove(&self, key: &str) -> Result<()> {
        for place in [
            self.place(key, Part::Original),
            self.place(key, Part::Small),
            self.incoming(key),
        ] {
            match fs::remove_file(place).await {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(told(why)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether this may be a key: what is in an address comes from outside.
pub fn is_key(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

async fn move_to(from: &Path, to: &Path) -> Result<u64> {
    if let Some(shelf) = to.parent() {
        fs::create_dir_all(shelf).await.map_err(told)?;
    }
    let length = fs::metadata(from).await.map_err(told)?.len();
    fs::rename(from, to).await.map_err(told)?;
    Ok(length)
}

fn told(why: std::io::Error) -> Error {
    if why.kind() == std::io::ErrorKind::NotFound {
        Error::NotFound
    } else {
        Error::Internal(Box::new(why))
    }
}
