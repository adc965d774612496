//! Where files are kept: on this machine's disk, or in a bucket of an S3 server. The names are the same in both, so that an
//! operator moves from one to the other by copying.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use comity_objects::{Bucket, ObjectError};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::fs;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::model::Part;
use crate::config::{self, ConfigError};
use crate::error::{Error, Result};

/// Read and sent at a time.
const PIECE: usize = 64 * 1024;

/// Where files are.
pub struct Storage {
    root: PathBuf,
    bucket: Option<Bucket>,
}

/// A file that is there. It is read by [`Storage::read`].
pub struct Kept {
    /// Bytes.
    pub length: u64,
    place: Place,
}

enum Place {
    Here(fs::File),
    There(Bucket, String),
    /// The same, and all of it is on its way.
    Coming(Bucket, String, BoxStream<'static, std::io::Result<Bytes>>),
}

impl Storage {
    /// Under this folder, which is made when the first file comes, or in the bucket that the settings name.
    pub fn open(config: &config::Media, data_dir: &Path) -> Result<Storage, ConfigError> {
        let place = config.bucket.place()?;
        let bucket = place.map(|place| Bucket::new(&place));
        Ok(Storage {
            root: data_dir.join("media"),
            bucket: bucket
                .transpose()
                .map_err(|why| ConfigError::new(format!("[media.s3]: {why}")))?,
        })
    }

    /// The folder, where they are in none.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The bucket, where files are in one.
    pub fn bucket(&self) -> Option<&Bucket> {
        self.bucket.as_ref()
    }

    /// The name of a file. Keys are ours: letters, digits, `-` and `_`.
    fn name(key: &str, part: Part) -> String {
        let shelf = key.get(..2).unwrap_or("__");
        format!("files/{shelf}/{key}.{}", part.word())
    }

    fn incoming(key: &str) -> String {
        format!("incoming/{key}")
    }

    /// Takes in a file by moving it. Gives its length.
    pub async fn put(&self, key: &str, part: Part, from: &Path) -> Result<u64> {
        self.take(&Storage::name(key, part), from).await
    }

    /// Keeps a file that is to be made ready later.
    pub async fn keep_incoming(&self, key: &str, from: &Path) -> Result<u64> {
        self.take(&Storage::incoming(key), from).await
    }

    /// Takes in a file under this name by moving it. Gives its length.
    pub(super) async fn take(&self, name: &str, from: &Path) -> Result<u64> {
        let Some(bucket) = &self.bucket else {
            return move_to(from, &self.root.join(name)).await;
        };
        let length = bucket.put(name, from).await.map_err(refused)?;
        fs::remove_file(from).await.map_err(told)?;
        Ok(length)
    }

    /// Puts a file that waits at this place, where it can be opened; *not found* where another node has it, or nobody.
    pub async fn lend_incoming(&self, key: &str, to: &Path) -> Result<()> {
        let name = Storage::incoming(key);
        match &self.bucket {
            Some(bucket) => bucket.fetch(&name, to).await.map(drop).map_err(refused),
            None => fs::hard_link(self.root.join(name), to).await.map_err(told),
        }
    }

    /// It is made ready: what came in goes.
    pub async fn forget_incoming(&self, key: &str) -> Result<()> {
        self.discard(&Storage::incoming(key)).await
    }

    /// A file for reading; *not found* where there is none.
    pub async fn find(&self, key: &str, part: Part) -> Result<Kept> {
        let name = Storage::name(key, part);
        if let Some(bucket) = &self.bucket {
            let length = bucket.length(&name).await.map_err(refused)?;
            let place = Place::There(bucket.clone(), name);
            return Ok(Kept { length, place });
        }
        let file = fs::File::open(self.root.join(name)).await.map_err(told)?;
        let length = file.metadata().await.map_err(told)?.len();
        let place = Place::Here(file);
        Ok(Kept { length, place })
    }

    /// A file that is wanted from its beginning to its end: of a bucket with one request.
    pub async fn find_whole(&self, key: &str, part: Part) -> Result<Kept> {
        let Some(bucket) = &self.bucket else {
            return self.find(key, part).await;
        };
        let name = Storage::name(key, part);
        let (length, pieces) = bucket.open(&name).await.map_err(refused)?;
        let place = Place::Coming(bucket.clone(), name, pieces.boxed());
        Ok(Kept { length, place })
    }

    /// Takes away all that belongs to this key. What is not there is as good as gone.
    pub async fn remove(&self, key: &str) -> Result<()> {
        self.remove_made(key).await?;
        self.forget_incoming(key).await
    }

    /// Takes away what was made of it, and leaves what came in.
    pub async fn remove_made(&self, key: &str) -> Result<()> {
        self.discard(&Storage::name(key, Part::Original)).await?;
        self.discard(&Storage::name(key, Part::Small)).await
    }

    /// Takes away what has this name. What is not there is as good as gone.
    pub(super) async fn discard(&self, name: &str) -> Result<()> {
        if let Some(bucket) = &self.bucket {
            return bucket.remove(name).await.map_err(refused);
        }
        match fs::remove_file(self.root.join(name)).await {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(told(why)),
            _ => Ok(()),
        }
    }
}

impl Kept {
    /// Its bytes from here to before there, as they are read.
    pub async fn read(self, from: u64, to: u64) -> Result<Body> {
        let mut file = match self.place {
            Place::Coming(_, _, pieces) if (from, to) == (0, self.length) => {
                return Ok(Body::from_stream(pieces));
            }
            Place::There(bucket, name) | Place::Coming(bucket, name, _) => {
                let pieces = bucket.read(&name, (from, to)).await.map_err(refused)?;
                return Ok(Body::from_stream(pieces));
            }
            Place::Here(file) => file,
        };
        file.seek(SeekFrom::Start(from)).await.map_err(told)?;
        Ok(Body::from_stream(futures_util::stream::try_unfold(
            (file, to - from),
            |(mut file, left)| async move {
                let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let mut piece = BytesMut::with_capacity(most);
                let read = (&mut file).take(most as u64).read_buf(&mut piece).await?;
                let left = left - read as u64;
                Ok::<_, std::io::Error>((read > 0).then(|| (piece.freeze(), (file, left))))
            },
        )))
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

pub(super) fn refused(why: ObjectError) -> Error {
    match why {
        ObjectError::NotFound => Error::NotFound,
        ObjectError::Here(why) => told(why),
        why => Error::internal(format!("the store of files: {why}")),
    }
}
