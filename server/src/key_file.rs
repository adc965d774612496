//! A key that is in a file of `data_dir` and nowhere else, and what it seals: whoever reads the database, or a copy of it,
//! can use nothing of that (docs/adr/0012, docs/adr/0013).

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use tokio::sync::OnceCell;

use crate::error::{Error, Result};
use crate::http::token::Token;

/// Bytes of a key.
const LENGTH: usize = 32;

/// A key, once its file was read.
pub struct KeyFile {
    name: &'static str,
    key: OnceCell<SealingKey>,
}

/// Seals, and opens what it sealed.
pub struct SealingKey {
    key: LessSafeKey,
    fingerprint: Vec<u8>,
}

impl KeyFile {
    /// The file of this name. Nothing is read yet.
    pub fn named(name: &'static str) -> KeyFile {
        KeyFile {
            name,
            key: OnceCell::new(),
        }
    }

    /// The key in `data_dir`; none where there is no file.
    pub async fn find(&self, data_dir: &Path) -> Result<Option<&SealingKey>> {
        if let Some(key) = self.key.get() {
            return Ok(Some(key));
        }
        let at = data_dir.join(self.name);
        let bytes = blocking(move || read(&at)).await?;
        match bytes {
            Some(bytes) => self.keep(&bytes).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same; where there is no file, one is made that nobody else on this machine may read.
    pub async fn find_or_make(&self, data_dir: &Path) -> Result<&SealingKey> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let at = data_dir.join(self.name);
        let bytes = blocking(move || read_or_make(&at)).await?;
        self.keep(&bytes).await
    }

    async fn keep(&self, bytes: &[u8]) -> Result<&SealingKey> {
        self.key
            .get_or_try_init(|| async {
                SealingKey::of(bytes).map_err(|()| {
                    Error::internal(format!("{} is not {LENGTH} bytes long", self.name))
                })
            })
            .await
    }
}

async fn blocking<T: Send + 'static>(
    reads: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let read = tokio::task::spawn_blocking(reads).await;
    read.map_err(|_| Error::internal("the file of a key could not be read"))?
}

fn read(at: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(at) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(unreadable(at, &why)),
    }
}

fn unreadable(at: &Path, why: &std::io::Error) -> Error {
    Error::internal(format!("{}: {why}", at.display()))
}

fn read_or_make(at: &Path) -> Result<Vec<u8>> {
    if let Some(bytes) = read(at)? {
        return Ok(bytes);
    }
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).map_err(|_| Error::internal("no random bytes are to be had"))?;
    // Another process may do the same: the first whole file counts.
    let draft = at.with_extension(format!("key-{}", Token::random()?.reveal()));
    let write = || {
        // With PostgreSQL there may have been nothing to keep in it yet.
        if let Some(folder) = at.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        match std::fs::hard_link(&draft, at) {
            Err(why) if why.kind() != ErrorKind::AlreadyExists => Err(why),
            _ => std::fs::remove_file(&draft),
        }
    };
    write().map_err(|why| unreadable(at, &why))?;
    std::fs::read(at).map_err(|why| unreadable(at, &why))
}

impl SealingKey {
    /// With the bytes of its file.
    pub(crate) fn of(bytes: &[u8]) -> std::result::Result<SealingKey, ()> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| ())?;
        let named = [&b"fingerprint of "[..], bytes].concat();
        Ok(SealingKey {
            key: LessSafeKey::new(key),
            fingerprint: digest(&SHA256, &named).as_ref().to_vec(),
        })
    }

    /// By which it is known from others: the key is random, and nobody finds it by that.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Seals this, bound to what it is about: with anything else it opens nothing.
    pub fn seal(&self, about: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let broken = |_| Error::internal("a secret could not be sealed");
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(broken)?;
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about),
                &mut sealed,
            )
            .map_err(broken)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// What was sealed so. None where another key sealed it, or for something else.
    pub fn open(&self, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.key.open_in_place(nonce, Aad::from(about), &mut bytes);
        Some(plain.ok()?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_key_is_made_once_and_opens_what_it_sealed_for_this_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("new");
        let file = KeyFile::named("a.key");
        assert!(file.find(&data_dir).await.unwrap().is_none());
        let key = file.find_or_make(&data_dir).await.unwrap();
        let sealed = key.seal(b"row 1", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(key.open(b"row 1", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open(b"row 2", &sealed), None);
        assert_eq!(key.open(b"row 1", &sealed[1..]), None);
        assert_eq!(key.open(b"row 1", b"short"), None);
        // Another process reads the same one, and nobody else may.
        let again = KeyFile::named("a.key");
        let again = again.find(&data_dir).await.unwrap().unwrap();
        assert!(again.open(b"row 1", &sealed).is_some());
        assert_eq!(again.fingerprint(), key.fingerprint());
        let about = std::fs::metadata(data_dir.join("a.key")).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&data_dir).unwrap().count(), 1);
        let other = KeyFile::named("b.key");
        let other = other.find_or_make(&data_dir).await.unwrap();
        assert_eq!(other.open(b"row 1", &sealed), None);
        assert_ne!(other.fingerprint(), key.fingerprint());
    }

    #[tokio::test]
    async fn a_file_of_another_length_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.key"), b"short").unwrap();
        let file = KeyFile::named("a.key");
        assert!(file.find(folder.path()).await.is_err());
        assert!(file.find_or_make(folder.path()).await.is_err());
    }
}
