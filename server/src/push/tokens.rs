//! The token of an app that is woken, sealed: messages to its device name it, by which apps with several accounts know
//! whose message it is. The key is in a file and not in the database, so that whoever reads the database, or a copy of it,
//! cannot use any of them (docs/adr/0012).

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::SubscriptionRow;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::token::Token;

/// In `data_dir`.
const FILE: &str = "push.key";
/// Bytes of the key.
const KEY: usize = 32;
/// What is sealed where no token is: no token reads like that.
const ENDS: &str = "ends this subscription";
/// Characters of a word that ends one: a number, and what is sealed in base64.
const LONGEST_WORD: usize = 120;

/// The token, sealed for this subscription and no other. None where there is no key: then messages name no token.
pub(super) async fn seal(app: &App, of: &SubscriptionRow, token: &str) -> Option<Vec<u8>> {
    let sealed = match key(app).await {
        Ok(key) => seal_with(key, of, token),
        Err(why) => Err(why),
    };
    sealed
        .inspect_err(|why| tracing::warn!(%why, "a token could not be sealed; messages to devices name none"))
        .ok()
}

/// The token that was sealed for this subscription. None where there is none, or another key sealed it.
pub(super) async fn open(app: &App, of: &SubscriptionRow) -> Option<String> {
    let sealed = of.token_sealed.as_deref()?;
    let key = key(app)
        .await
        .inspect_err(|why| tracing::warn!(%why, "the tokens of devices cannot be read"))
        .ok()?;
    open_with(key, of, sealed)
}

/// The word by which whoever carries messages to this device may end its subscription, and nothing else. None where there
/// is no key: then messages bring none along.
pub(super) async fn ending(app: &App, of: &SubscriptionRow) -> Option<String> {
    let sealed = seal(app, of, ENDS).await?;
    Some(format!("{}.{}", of.id, URL_SAFE_NO_PAD.encode(sealed)))
}

/// The number of the subscription that a word is about, if it is one.
pub(super) fn number(word: &str) -> Option<i64> {
    let fits = word.len() <= LONGEST_WORD;
    let (number, _) = word.split_once('.').filter(|_| fits)?;
    number.parse().ok()
}

/// Whether this word was made for this subscription.
pub(super) async fn ends(app: &App, of: &SubscriptionRow, word: &str) -> bool {
    let Ok(key) = key(app).await else {
        return false;
    };
    ends_with(key, of, word)
}

fn ends_with(key: &LessSafeKey, of: &SubscriptionRow, word: &str) -> bool {
    let sealed = word.split_once('.').map(|(_, sealed)| sealed);
    let sealed = sealed.and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok());
    let opened = sealed.and_then(|sealed| open_with(key, of, &sealed));
    opened.as_deref() == Some(ENDS)
}

async fn key(app: &App) -> Result<&LessSafeKey> {
    app.vapid.tokens.get_or_try_init(|| read(app)).await
}

async fn read(app: &App) -> Result<LessSafeKey> {
    let at = app.config.data_dir.join(FILE);
    let bytes = tokio::task::spawn_blocking(move || read_or_make(&at))
        .await
        .map_err(|_| Error::internal("the key for tokens could not be read"))??;
    let key = UnboundKey::new(&AES_256_GCM, &bytes)
        .map_err(|_| Error::internal("push.key is not 32 bytes long"))?;
    Ok(LessSafeKey::new(key))
}

/// What is in the file; where there is none, one is made that nobody else on this machine may read.
fn read_or_make(at: &Path) -> Result<Vec<u8>> {
    let unreadable = |why: std::io::Error| Error::internal(format!("{}: {why}", at.display()));
    match std::fs::read(at) {
        Ok(bytes) => return Ok(bytes),
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(unreadable(why)),
    }
    let mut bytes = [0; KEY];
    rand::fill(&mut bytes).map_err(|_| Error::internal("no random bytes are to be had"))?;
    // Another process may do the same: the first whole file counts.
    let draft = at.with_extension(format!("key-{}", Token::random()?.reveal()));
    let write = || {
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
    write().map_err(unreadable)?;
    std::fs::read(at).map_err(unreadable)
}

/// What a sealed token is bound to: in the row of another device it opens nothing.
fn about(of: &SubscriptionRow) -> Vec<u8> {
    let account = of.account_id.to_be_bytes();
    let parts: [&[u8]; 4] = [&account, &of.auth, &of.p256dh, of.endpoint.as_bytes()];
    parts.concat()
}

fn seal_with(key: &LessSafeKey, of: &SubscriptionRow, token: &str) -> Result<Vec<u8>> {
    let broken = |_| Error::internal("a token could not be sealed");
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(broken)?;
    let mut sealed = token.as_bytes().to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(about(of)),
        &mut sealed,
    )
    .map_err(broken)?;
    Ok([&nonce[..], &sealed].concat())
}

fn open_with(key: &LessSafeKey, of: &SubscriptionRow, sealed: &[u8]) -> Option<String> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut bytes = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = key.open_in_place(nonce, Aad::from(about(of)), &mut bytes);
    String::from_utf8(plain.ok()?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(endpoint: &str) -> SubscriptionRow {
        SubscriptionRow {
            id: 1,
            account_id: 7,
            endpoint: endpoint.to_owned(),
            p256dh: vec![4; 65],
            auth: vec![7; 16],
            standard: true,
            policy: String::new(),
            alerts: String::new(),
            token_sealed: None,
        }
    }

    #[test]
    fn a_sealed_token_opens_for_its_own_device_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join(FILE);
        let bytes = read_or_make(&at).unwrap();
        assert_eq!(read_or_make(&at).unwrap(), bytes, "the key stays");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let key = |bytes: &[u8]| LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).unwrap());
        let mine = device("https://push.example/mine");
        let sealed = seal_with(&key(&bytes), &mine, "secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let opened = |bytes: &[u8], of: &SubscriptionRow| open_with(&key(bytes), of, &sealed);
        assert_eq!(opened(&bytes, &mine).as_deref(), Some("secret"));
        assert_eq!(opened(&bytes, &device("https://push.example/other")), None);
        assert_eq!(opened(&[1; KEY], &mine), None);
    }

    #[test]
    fn a_word_ends_its_own_subscription_alone() {
        let sealed = |of: &SubscriptionRow, text: &str| {
            let sealed = seal_with(&key(), of, text).unwrap();
            format!("{}.{}", of.id, URL_SAFE_NO_PAD.encode(sealed))
        };
        let (mine, other) = (
            device("https://push.example/mine"),
            device("https://push.example/other"),
        );
        let word = sealed(&mine, ENDS);
        assert!(word.len() <= LONGEST_WORD);
        assert_eq!(number(&word), Some(mine.id));
        assert!(ends_with(&key(), &mine, &word));
        assert!(!ends_with(&key(), &other, &word));
        // A token that is kept sealed is no such word, and what is made up is none.
        assert!(!ends_with(&key(), &mine, &sealed(&mine, "secret")));
        for wrong in ["", ".", "1", "1.", "1.AAAA", "x.AAAA"] {
            assert!(!ends_with(&key(), &mine, wrong), "{wrong}");
        }
        assert_eq!(number(&format!("1.{}", "A".repeat(LONGEST_WORD))), None);
    }

    fn key() -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[3; KEY]).unwrap())
    }
}
