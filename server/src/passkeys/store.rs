//! SQL of `passkeys` and `passkey_challenges`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `passkeys`.
    #[derive(Clone, Debug)]
    pub struct Passkey {
        /// Ours.
        pub id: i64,
        /// Whose.
        pub account_id: i64,
        /// As the device calls it.
        pub credential_id: Vec<u8>,
        /// A COSE key.
        pub public_key: Vec<u8>,
        /// Of its signatures; 0 where the device does not count.
        pub counter: i64,
        /// As the member calls it.
        pub name: String,
        /// Unix milliseconds.
        pub created_at: i64,
        /// When it signed somebody in the last time; unix milliseconds.
        pub used_at: Option<i64>,
        /// Since when it opens nothing any more, as it may have been copied; unix milliseconds.
        pub refused_at: Option<i64>,
    }
}

row! {
    /// One row of `passkey_challenges`, without whom it is for.
    #[derive(Debug)]
    pub struct Challenge {
        pub challenge: Vec<u8>,
        pub account_id: Option<i64>,
    }
}

const OF_ACCOUNT: Sql<Passkey> = sql!(
    row: Passkey,
    "SELECT id, account_id, credential_id, public_key, counter, name, created_at, used_at, refused_at
       FROM passkeys WHERE account_id = $1 ORDER BY id"
);

pub async fn of_account(db: &Db, account_id: i64) -> Result<Vec<Passkey>> {
    Ok(db.all(OF_ACCOUNT, params![account_id]).await?)
}

const BY_CREDENTIAL: Sql<Passkey> = sql!(
    row: Passkey,
    "SELECT id, account_id, credential_id, public_key, counter, name, created_at, used_at, refused_at
       FROM passkeys WHERE credential_id = $1"
);

pub async fn by_credential(db: &Db, credential_id: Vec<u8>) -> Result<Option<Passkey>> {
    Ok(db.opt(BY_CREDENTIAL, params![credential_id]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO passkeys (id, account_id, credential_id, public_key, counter, name, created_at, used_at, refused_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, NULL, NULL
      WHERE (SELECT count(*) FROM passkeys WHERE account_id = $2) < $8"
);

/// Rolls everything back where there are `most` already; conflicts where the device is known.
pub fn insert(tx: &mut Tx, new: Passkey, most: i64) {
    tx.must(
        INSERT,
        params![
            new.id,
            new.account_id,
            new.credential_id,
            new.public_key,
            new.counter,
            new.name,
            new.created_at,
            most
        ],
    );
}

const USE: Sql = sql!(
    "UPDATE passkeys SET counter = $3, used_at = $4
      WHERE id = $1 AND counter = $2 AND refused_at IS NULL"
);

/// Rolls everything back when it was used or removed meanwhile.
pub fn use_it(tx: &mut Tx, passkey: &Passkey, counter: i64, now_ms: i64) {
    tx.must(USE, params![passkey.id, passkey.counter, counter, now_ms]);
}

const REFUSE: Sql =
    sql!("UPDATE passkeys SET refused_at = $2 WHERE id = $1 AND refused_at IS NULL");

/// Rolls everything back when it is refused already.
pub fn refuse(tx: &mut Tx, id: i64, now_ms: i64) {
    tx.must(REFUSE, params![id, now_ms]);
}

const RENAME: Sql = sql!("UPDATE passkeys SET name = $3 WHERE id = $1 AND account_id = $2");

/// 0 when it is none of theirs.
pub async fn rename(db: &Db, id: i64, account_id: i64, name: String) -> Result<u64> {
    Ok(db.exec(RENAME, params![id, account_id, name]).await?)
}

const DROP: Sql = sql!("DELETE FROM passkeys WHERE id = $1 AND account_id = $2");

/// Rolls everything back when it is none of theirs.
pub fn drop_one(tx: &mut Tx, id: i64, account_id: i64) {
    tx.must(DROP, params![id, account_id]);
}

const DROP_ALL: Sql = sql!("DELETE FROM passkeys WHERE account_id = $1");

pub fn drop_all(tx: &mut Tx, account_id: i64) {
    tx.exec(DROP_ALL, params![account_id]);
}

const COUNT_CHALLENGES: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*) FROM (SELECT 1 FROM passkey_challenges LIMIT $1) AS held"
);

/// How many there are, as far as `most`.
pub async fn count_challenges(db: &Db, most: i64) -> Result<i64> {
    Ok(db.one(COUNT_CHALLENGES, params![most]).await?.0)
}

/// Counts on `passkey_challenges_by_expiry`.
const MAKE_ROOM: Sql = sql!(
    "DELETE FROM passkey_challenges
      WHERE holder_hash IN
            (SELECT holder_hash FROM passkey_challenges WHERE account_id IS NULL ORDER BY expires_at LIMIT $1)"
);

/// The oldest questions of who signs in make way, up to `most`.
pub async fn make_room(db: &Db, most: i64) -> Result<()> {
    db.exec(MAKE_ROOM, params![most]).await?;
    Ok(())
}

const PUT_CHALLENGE: Sql = sql!(
    "INSERT INTO passkey_challenges (holder_hash, challenge, account_id, expires_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (holder_hash) DO UPDATE
        SET challenge = excluded.challenge, account_id = excluded.account_id, expires_at = excluded.expires_at"
);

/// The one of this browser, and none before it.
pub async fn put_challenge(
    db: &Db,
    holder_hash: Vec<u8>,
    asked: Challenge,
    expires_at: i64,
) -> Result<()> {
    let values = params![holder_hash, asked.challenge, asked.account_id, expires_at];
    db.exec(PUT_CHALLENGE, values).await?;
    Ok(())
}

const CHALLENGE: Sql<Challenge> = sql!(
    row: Challenge,
    "SELECT challenge, account_id FROM passkey_challenges WHERE holder_hash = $1 AND expires_at > $2"
);

pub async fn challenge(db: &Db, holder_hash: Vec<u8>, now_ms: i64) -> Result<Option<Challenge>> {
    Ok(db.opt(CHALLENGE, params![holder_hash, now_ms]).await?)
}

const TAKE_CHALLENGE: Sql =
    sql!("DELETE FROM passkey_challenges WHERE holder_hash = $1 AND challenge = $2");

/// Rolls everything back when somebody was faster.
pub fn take_challenge(tx: &mut Tx, holder_hash: Vec<u8>, challenge: Vec<u8>) {
    tx.must(TAKE_CHALLENGE, params![holder_hash, challenge]);
}

/// It was answered wrongly.
pub async fn drop_challenge(db: &Db, holder_hash: Vec<u8>, challenge: Vec<u8>) -> Result<()> {
    db.exec(TAKE_CHALLENGE, params![holder_hash, challenge])
        .await?;
    Ok(())
}

const DROP_CHALLENGES: Sql = sql!("DELETE FROM passkey_challenges WHERE account_id = $1");

pub fn drop_challenges(tx: &mut Tx, account_id: i64) {
    tx.exec(DROP_CHALLENGES, params![account_id]);
}

const FORGET: Sql = sql!(
    "DELETE FROM passkey_challenges
      WHERE holder_hash IN
            (SELECT holder_hash FROM passkey_challenges WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);

/// Forgets up to `most` challenges that have expired, and says how many it were.
pub async fn forget(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET, params![now_ms, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM passkey_challenges
          WHERE account_id = $1
            AND holder_hash IN (SELECT holder_hash FROM passkey_challenges WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM passkeys
          WHERE account_id = $1 AND id IN (SELECT id FROM passkeys WHERE account_id = $1 LIMIT $2)"
    ),
];
