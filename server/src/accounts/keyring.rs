//! Keys: ours to sign with, others' to check by. Both are kept in memory for a while.

use std::sync::Arc;
use std::time::Duration;

use comity_vocab::{Iri, KeyMaterial, PublicKey};
use comity_wire::SigningKey;
use moka::sync::Cache;

use super::store::{self, KeyRow};
use crate::app::App;
use crate::error::{Error, Result};

/// Public keys kept: a busy server hears from some ten thousand actors in an hour; a key is about 300 bytes.
const PUBLIC_KEYS: u64 = 50_000;
/// What this process writes anew it reads anew. Another node may have written, too: until this has passed, a key that
/// was withdrawn there is still believed here.
const PUBLIC_KEY_LIVES: Duration = Duration::from_secs(5 * 60);
/// Ours never change; this only bounds memory of members that fell silent.
const SIGNING_KEY_RESTS: Duration = Duration::from_secs(6 * 3600);
/// Signing keys kept: as many members as write in an hour.
const SIGNING_KEYS: u64 = 10_000;

/// Keys in memory, so that neither a delivery nor an arrival reads the database for one.
pub struct Keyring {
    public: Cache<Iri, (Arc<PublicKey>, i64)>,
    signing: Cache<i64, Arc<SigningKey>>,
}

impl Default for Keyring {
    fn default() -> Keyring {
        Keyring {
            public: Cache::builder()
                .max_capacity(PUBLIC_KEYS)
                .time_to_live(PUBLIC_KEY_LIVES)
                .build(),
            signing: Cache::builder()
                .max_capacity(SIGNING_KEYS)
                .time_to_idle(SIGNING_KEY_RESTS)
                .build(),
        }
    }
}

impl Keyring {
    /// What was just written anew, or withdrawn, is read anew.
    pub(super) fn forget<'a>(&self, keys: impl IntoIterator<Item = &'a Iri>) {
        for key in keys {
            self.public.invalidate(key);
        }
    }
}

/// The key with this id and the account it belongs to, if we have it.
pub async fn public_key(app: &App, id: &Iri) -> Result<Option<(Arc<PublicKey>, i64)>> {
    if let Some(found) = app.keyring.public.get(id) {
        return Ok(Some(found));
    }
    let Some(row) = store::key(&app.db, id.as_str()).await? else {
        return Ok(None);
    };
    let owner = super::find(app, row.account_id).await?;
    let account_id = row.account_id;
    let key = Arc::new(key_of(row, owner.iri.clone())?);
    app.keyring
        .public
        .insert(id.clone(), (key.clone(), account_id));
    Ok(Some((key, account_id)))
}

/// The public keys of an account, as its actor document lists them.
pub async fn public_keys_of(app: &App, account: &super::Account) -> Result<Vec<PublicKey>> {
    let rows = store::keys_of(&app.db, account.id).await?;
    rows.into_iter()
        .map(|row| key_of(row, account.iri.clone()))
        .collect()
}

/// The ids of the keys that an account had until now.
pub(super) async fn ids_of(app: &App, account_id: i64) -> Result<Vec<Iri>> {
    let rows = store::keys_of(&app.db, account_id).await?;
    rows.iter().map(|row| super::stored_iri(&row.iri)).collect()
}

/// The RSA key that an account which lives here signs requests with: what every server understands.
pub async fn signing_key(app: &App, account_id: i64) -> Result<Arc<SigningKey>> {
    if let Some(found) = app.keyring.signing.get(&account_id) {
        return Ok(found);
    }
    let rows = store::keys_of(&app.db, account_id).await?;
    let rsa = rows
        .into_iter()
        .find_map(|row| (row.kind == "rsa").then_some((row.iri, row.private_key?)))
        .ok_or_else(|| Error::internal(format!("account {account_id} has no private key")))?;
    let key = SigningKey::rsa(super::stored_iri(&rsa.0)?, &rsa.1)
        .map_err(|why| Error::internal(format!("private key of account {account_id}: {why}")))?;
    let key = Arc::new(key);
    app.keyring.signing.insert(account_id, key.clone());
    Ok(key)
}

/// A fresh pair of keys. Making the RSA one takes a tenth of a second or more of one core.
pub struct NewKeys {
    rsa_private: Vec<u8>,
    rsa_public: Vec<u8>,
    ed25519_private: Vec<u8>,
    ed25519_public: [u8; 32],
}

/// Makes keys on a thread that may block.
pub async fn generate_keys(app: &App) -> Result<NewKeys> {
    let make_rsa = app.config.make_rsa;
    tokio::task::spawn_blocking(move || {
        let (rsa_private, rsa_public) = make_rsa();
        let (ed25519_private, ed25519_public) = comity_wire::generate_ed25519();
        NewKeys {
            rsa_private,
            rsa_public,
            ed25519_private,
            ed25519_public,
        }
    })
    .await
    .map_err(|why| Error::internal(format!("could not make keys: {why}")))
}

impl NewKeys {
    /// `#main-key` is where everyone looks for the RSA key since Mastodon named it so.
    pub(super) fn rows(self, account_id: i64, actor: &Iri, now_ms: i64) -> [KeyRow; 2] {
        [
            KeyRow {
                iri: format!("{}#main-key", actor.as_str()),
                account_id,
                kind: "rsa".to_owned(),
                public_key: self.rsa_public,
                private_key: Some(self.rsa_private),
                fetched_at: now_ms,
            },
            KeyRow {
                iri: format!("{}#ed25519-key", actor.as_str()),
                account_id,
                kind: "ed25519".to_owned(),
                public_key: self.ed25519_public.to_vec(),
                private_key: Some(self.ed25519_private),
                fetched_at: now_ms,
            },
        ]
    }
}

pub(super) fn row_of(key: &PublicKey, account_id: i64, now_ms: i64) -> KeyRow {
    let (kind, public_key) = match &key.key {
        KeyMaterial::Rsa { spki_der } => ("rsa", spki_der.clone()),
        KeyMaterial::Ed25519(bytes) => ("ed25519", bytes.to_vec()),
    };
    KeyRow {
        iri: key.id.as_str().to_owned(),
        account_id,
        kind: kind.to_owned(),
        public_key,
        private_key: None,
        fetched_at: now_ms,
    }
}

fn key_of(row: KeyRow, owner: Iri) -> Result<PublicKey> {
    let damaged = || Error::internal(format!("stored key {} is damaged", row.iri));
    let key = match row.kind.as_str() {
        "rsa" => KeyMaterial::Rsa {
            spki_der: row.public_key,
        },
        _ => KeyMaterial::Ed25519(row.public_key.try_into().map_err(|_| damaged())?),
    };
    Ok(PublicKey {
        id: super::stored_iri(&row.iri)?,
        owner,
        key,
    })
}
