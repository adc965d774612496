//! SQL of `second_steps`, `second_step_keys`, `recovery_codes` and `half_sign_ins`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `second_steps`.
    #[derive(Debug)]
    pub struct StepRow {
        pub secret: Vec<u8>,
        pub confirmed_at: Option<i64>,
        pub last_step: i64,
    }
}

const FIND: Sql<StepRow> = sql!(
    row: StepRow,
    "SELECT secret, confirmed_at, last_step FROM second_steps WHERE account_id = $1"
);

pub async fn find(db: &Db, account_id: i64) -> Result<Option<StepRow>> {
    Ok(db.opt(FIND, params![account_id]).await?)
}

/// A secret as it is stored, and the fingerprint of the key that sealed it.
pub struct Sealed {
    pub secret: Vec<u8>,
    pub fingerprint: Vec<u8>,
}

const FINGERPRINT: Sql<(Vec<u8>,)> = sql!(
    row: (Vec<u8>,),
    "SELECT fingerprint FROM second_step_keys WHERE id = 1"
);

/// Of the key that sealed what is sealed here.
pub async fn fingerprint(db: &Db) -> Result<Option<Vec<u8>>> {
    Ok(db.opt_column(FINGERPRINT, params![]).await?)
}

/// Who seals waits here for whoever does so at the same time, and sees then what they sealed.
const HOLD_KEY: Sql = sql!(
    "INSERT INTO second_step_keys (id, fingerprint)
     VALUES (1, $1)
     ON CONFLICT (id) DO UPDATE SET fingerprint = second_step_keys.fingerprint"
);
/// Those of 20 bytes are not sealed. While none is, another key may take the place of one that was lost.
const CLAIM_KEY: Sql = sql!(
    full_scan: "one row a member who has it, asked when a secret is sealed",
    "UPDATE second_step_keys
        SET fingerprint = $1
      WHERE id = 1
        AND (fingerprint = $1 OR NOT EXISTS (SELECT 1 FROM second_steps WHERE length(secret) <> 20))"
);

/// First of all that seals: rolls everything back where another key sealed what is there. Returns the number of the statement
/// that does so.
fn claim(tx: &mut Tx, fingerprint: Vec<u8>) -> usize {
    tx.exec(HOLD_KEY, params![fingerprint.clone()]);
    tx.must(CLAIM_KEY, params![fingerprint])
}

const DROP_UNCONFIRMED: Sql =
    sql!("DELETE FROM second_steps WHERE account_id = $1 AND confirmed_at IS NULL");
const INSERT: Sql = sql!(
    "INSERT INTO second_steps (account_id, secret, confirmed_at, last_step, begun_at)
     VALUES ($1, $2, NULL, 0, $3)"
);

/// A secret that is not asked for yet; conflicts where one is. Returns the number of the statement that changes nothing where
/// another key sealed the others, and rolls everything back.
pub fn begin(tx: &mut Tx, account_id: i64, sealed: Sealed, now_ms: i64) -> usize {
    let claimed = claim(tx, sealed.fingerprint);
    tx.exec(DROP_UNCONFIRMED, params![account_id]);
    tx.exec(INSERT, params![account_id, sealed.secret, now_ms]);
    claimed
}

const CONFIRM: Sql = sql!(
    "UPDATE second_steps
        SET confirmed_at = $2, last_step = $3
      WHERE account_id = $1 AND confirmed_at IS NULL AND secret = $4"
);

/// Rolls everything back when it is not as `stored` by now.
pub fn confirm(tx: &mut Tx, account_id: i64, stored: Vec<u8>, now_ms: i64, step: i64) {
    tx.must(CONFIRM, params![account_id, now_ms, step, stored]);
}

/// Those of 20 bytes (`totp::SECRET`) are as a version before wrote them: readable.
const READABLE: Sql<(i64, Vec<u8>)> = sql!(
    row: (i64, Vec<u8>),
    "SELECT account_id, secret
       FROM second_steps
      WHERE account_id > $1 AND length(secret) = 20
      ORDER BY account_id
      LIMIT $2"
);

/// Secrets that are not sealed, of accounts after this one.
pub async fn readable(db: &Db, after: i64, most: i64) -> Result<Vec<(i64, Vec<u8>)>> {
    Ok(db.all(READABLE, params![after, most]).await?)
}

const SEALED: Sql<(i64, Vec<u8>)> = sql!(
    row: (i64, Vec<u8>),
    full_scan: "one row a member who has it, asked when the server starts and when a secret is sealed",
    "SELECT account_id, secret FROM second_steps WHERE length(secret) <> 20 LIMIT 1"
);

/// Somebody's sealed secret, if there is one.
pub async fn any_sealed(db: &Db) -> Result<Option<(i64, Vec<u8>)>> {
    Ok(db.opt(SEALED, params![]).await?)
}

const SEAL: Sql = sql!("UPDATE second_steps SET secret = $3 WHERE account_id = $1 AND secret = $2");

/// Puts a sealed secret where it is as `stored` still. Rolls everything back where another key sealed the others.
pub fn seal(tx: &mut Tx, account_id: i64, stored: Vec<u8>, sealed: Sealed) {
    claim(tx, sealed.fingerprint);
    tx.exec(SEAL, params![account_id, stored, sealed.secret]);
}

pub fn drop_unconfirmed(tx: &mut Tx, account_id: i64) {
    tx.exec(DROP_UNCONFIRMED, params![account_id]);
}

const USE_CODE: Sql = sql!(
    "UPDATE second_steps
        SET last_step = $2
      WHERE account_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2"
);

/// 0 when a code of this step or a later one was used already.
pub async fn use_code(db: &Db, account_id: i64, step: i64) -> Result<u64> {
    Ok(db.exec(USE_CODE, params![account_id, step]).await?)
}

const DROP: Sql = sql!("DELETE FROM second_steps WHERE account_id = $1");
const DROP_CODES: Sql = sql!("DELETE FROM recovery_codes WHERE account_id = $1");
const DROP_HALVES: Sql = sql!("DELETE FROM half_sign_ins WHERE account_id = $1");

pub fn drop_all(tx: &mut Tx, account_id: i64) {
    tx.must(DROP, params![account_id]);
    tx.exec(DROP_CODES, params![account_id]);
    tx.exec(DROP_HALVES, params![account_id]);
}

pub fn drop_halves(tx: &mut Tx, account_id: i64) {
    tx.exec(DROP_HALVES, params![account_id]);
}

const INSERT_CODE: Sql = sql!("INSERT INTO recovery_codes (code_hash, account_id) VALUES ($1, $2)");

/// These, and none of those before.
pub fn replace_codes(tx: &mut Tx, account_id: i64, hashes: Vec<Vec<u8>>) {
    tx.exec(DROP_CODES, params![account_id]);
    for hash in hashes {
        tx.exec(INSERT_CODE, params![hash, account_id]);
    }
}

const USE_RECOVERY: Sql =
    sql!("DELETE FROM recovery_codes WHERE code_hash = $1 AND account_id = $2");

/// 0 when it is none of theirs, or was used.
pub async fn use_recovery(db: &Db, account_id: i64, hash: Vec<u8>) -> Result<u64> {
    Ok(db.exec(USE_RECOVERY, params![hash, account_id]).await?)
}

const COUNT_CODES: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM recovery_codes WHERE account_id = $1");

pub async fn count_codes(db: &Db, account_id: i64) -> Result<i64> {
    Ok(db.one(COUNT_CODES, params![account_id]).await?.0)
}

const INSERT_HALF: Sql = sql!(
    "INSERT INTO half_sign_ins (token_hash, account_id, expires_at)
     VALUES ($1, $2, $3)"
);

pub fn insert_half(tx: &mut Tx, token_hash: Vec<u8>, account_id: i64, expires_at: i64) {
    tx.exec(INSERT_HALF, params![token_hash, account_id, expires_at]);
}

const HALF: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id FROM half_sign_ins WHERE token_hash = $1 AND expires_at > $2"
);

pub async fn half(db: &Db, token_hash: Vec<u8>, now_ms: i64) -> Result<Option<i64>> {
    Ok(db.opt_column(HALF, params![token_hash, now_ms]).await?)
}

const USE_HALF: Sql = sql!("DELETE FROM half_sign_ins WHERE token_hash = $1");

/// Rolls everything back when somebody was faster.
pub fn use_half(tx: &mut Tx, token_hash: Vec<u8>) {
    tx.must(USE_HALF, params![token_hash]);
}

const FORGET: Sql = sql!(
    "DELETE FROM half_sign_ins
      WHERE token_hash IN (SELECT token_hash FROM half_sign_ins WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);

/// Forgets up to `most` that have expired, and says how many it were.
pub async fn forget(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET, params![now_ms, most]).await?)
}

/// What is confirmed at the same moment stays. Counts on `second_steps_begun`.
const FORGET_BEGUN: Sql = sql!(
    "DELETE FROM second_steps
      WHERE confirmed_at IS NULL
        AND account_id IN (SELECT account_id
                             FROM second_steps
                            WHERE confirmed_at IS NULL AND begun_at < $1
                            ORDER BY begun_at
                            LIMIT $2)"
);

/// Forgets up to `most` secrets that were made before this and that nobody made a code with, and says how many it were.
pub async fn forget_begun(db: &Db, before_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_BEGUN, params![before_ms, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM half_sign_ins
          WHERE account_id = $1 AND token_hash IN (SELECT token_hash FROM half_sign_ins WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM recovery_codes
          WHERE account_id = $1 AND code_hash IN (SELECT code_hash FROM recovery_codes WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM second_steps WHERE account_id IN (SELECT account_id FROM second_steps WHERE account_id = $1 LIMIT $2)"
    ),
];
