//! The secrets that members' devices share with us, sealed. The key is in a file and not in the database: whoever reads a copy
//! of the database makes nobody's codes (docs/adr/0013). All are sealed by one key, by whichever machine: the database has its
//! fingerprint.

use comity_db::Tx;

use super::store::Sealed;
use super::{store, totp};
use crate::app::App;
use crate::error::{Error, Result};
use crate::key_file::{KeyFile, SealingKey};

/// In `data_dir`.
const FILE: &str = "second-step.key";
/// Rows that are sealed in one round.
const BATCH: i64 = 200;

/// The file of the key.
pub fn key_file() -> KeyFile {
    KeyFile::named(FILE)
}

/// A secret as it is stored: for this member, and no other.
pub(super) async fn seal(app: &App, account_id: i64, secret: &[u8]) -> Result<Sealed> {
    let key = sealing_key(app).await?;
    Ok(Sealed {
        secret: key.seal(&about(account_id), secret)?,
        fingerprint: key.fingerprint().to_vec(),
    })
}

/// The secret of which this is stored.
pub(super) async fn open(app: &App, account_id: i64, stored: &[u8]) -> Result<Vec<u8>> {
    if !is_sealed(stored) {
        return Ok(stored.to_vec());
    }
    let key = app.step_key.find(&app.config.data_dir).await?;
    let key = key.ok_or_else(|| missing_key(app))?;
    let opened = key.open(&about(account_id), stored);
    opened.ok_or_else(|| {
        Error::internal(format!(
            "{FILE} in data_dir is not the key that sealed the secret of account {account_id}"
        ))
    })
}

/// Seals a secret that was used, if another process with a version before wrote it readable since this one started.
pub(super) async fn seal_used(app: &App, account_id: i64, stored: Vec<u8>) {
    if is_sealed(&stored) {
        return;
    }
    if let Err(why) = put_sealed(app, account_id, stored).await {
        tracing::warn!(?why, "the secret of a second step could not be sealed");
    }
}

/// Seals all that a version before wrote readable. An error where there are sealed ones and no key for them, or another one.
pub async fn seal_all(app: &App) -> Result<()> {
    let mut after = 0;
    loop {
        let readable = store::readable(&app.db, after, BATCH).await?;
        let Some((last, _)) = readable.last() else {
            break;
        };
        after = *last;
        for (account_id, secret) in readable {
            put_sealed(app, account_id, secret).await?;
        }
    }
    if store::any_sealed(&app.db).await?.is_some() {
        sealing_key(app).await?;
    }
    Ok(())
}

async fn put_sealed(app: &App, account_id: i64, secret: Vec<u8>) -> Result<()> {
    let sealed = seal(app, account_id, &secret).await?;
    let mut tx = Tx::new();
    store::seal(&mut tx, account_id, secret, sealed);
    if !app.commit(tx).await? {
        return Err(another_key(app));
    }
    Ok(())
}

/// What is sealed is longer.
fn is_sealed(stored: &[u8]) -> bool {
    stored.len() != totp::SECRET
}

/// In the row of another member it opens nothing.
fn about(account_id: i64) -> Vec<u8> {
    [&b"second step "[..], &account_id.to_be_bytes()].concat()
}

/// The key that seals what comes, which is made where nothing is sealed yet. Another machine may make one at the same moment:
/// the first that seals counts, which the transaction finds out.
async fn sealing_key(app: &App) -> Result<&SealingKey> {
    let data_dir = &app.config.data_dir;
    let sealed = store::any_sealed(&app.db).await?;
    let Some((account_id, sealed)) = sealed else {
        return app.step_key.find_or_make(data_dir).await;
    };
    // A new one would open nothing of what is there, and what it sealed would be lost once the right one is back.
    let found = app.step_key.find(data_dir).await?;
    let key = found.ok_or_else(|| missing_key(app))?;
    let is_the_one = match store::fingerprint(&app.db).await? {
        Some(fingerprint) => key.fingerprint() == fingerprint,
        // A version before sealed it, and kept none.
        None => key.open(&about(account_id), &sealed).is_some(),
    };
    if !is_the_one {
        return Err(another_key(app));
    }
    Ok(key)
}

fn missing_key(app: &App) -> Error {
    Error::internal(format!(
        "{FILE} is not in {}: copy it from where the server ran before",
        app.config.data_dir.display()
    ))
}

/// What another machine sealed this one would not open, and the other way round.
pub(super) fn another_key(app: &App) -> Error {
    Error::internal(format!(
        "{FILE} in {} is not the key that sealed what is in the database: stop the server, keep a copy of this file, put \
         the one from the machine that sealed it in its place, and start",
        app.config.data_dir.display()
    ))
}
