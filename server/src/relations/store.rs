//! SQL of `blocks` and `mutes`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::{Mute, Telling};
use crate::error::Result;
use crate::window::{Entries, entries_in};

const INSERT_BLOCK: Sql = sql!(
    "INSERT INTO blocks (id, account_id, target_id, iri, told, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING"
);
const DELETE_BLOCK: Sql = sql!("DELETE FROM blocks WHERE account_id = $1 AND target_id = $2");
const BLOCK: Sql<(String, bool)> = sql!(row: (String, bool), "SELECT iri, told FROM blocks WHERE account_id = $1 AND target_id = $2");
const TARGET_BY_IRI: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT target_id FROM blocks WHERE iri = $2 AND account_id = $1");
const INSERT_MUTE: Sql = sql!(
    "INSERT INTO mutes (id, account_id, target_id, expires_at, notifications, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, target_id) DO UPDATE
        SET expires_at = excluded.expires_at, notifications = excluded.notifications"
);
const DELETE_MUTE: Sql = sql!("DELETE FROM mutes WHERE account_id = $1 AND target_id = $2");
row! {
    /// A block or a mute that an account holds against somebody.
    #[derive(Debug)]
    pub struct AgainstRow {
        pub target_id: i64,
        pub blocks: bool,
        pub notifications: bool,
        pub expires_at: Option<i64>,
    }
}

const AMONG: Sql<AgainstRow> = sql!(
    row: AgainstRow,
    sqlite: "SELECT target_id, TRUE AS blocks, TRUE AS notifications, NULL AS expires_at
               FROM blocks
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))
              UNION ALL
             SELECT target_id, FALSE, notifications, expires_at
               FROM mutes
              WHERE account_id = $1
                AND target_id IN (SELECT value FROM json_each($2))
                AND (expires_at IS NULL OR expires_at > $3)
              LIMIT $4",
    pg: "SELECT target_id, TRUE AS blocks, TRUE AS notifications, CAST(NULL AS BIGINT) AS expires_at
           FROM blocks
          WHERE account_id = $1 AND target_id = ANY($2)
          UNION ALL
         SELECT target_id, FALSE, notifications, expires_at
           FROM mutes
          WHERE account_id = $1 AND target_id = ANY($2) AND (expires_at IS NULL OR expires_at > $3)
          LIMIT $4",
);

/// What the account holds against these.
pub async fn among(
    db: &Db,
    account_id: i64,
    others: Vec<i64>,
    now_ms: i64,
) -> Result<Vec<AgainstRow>> {
    let most = i64::try_from(others.len() * 2).unwrap_or(i64::MAX);
    Ok(db
        .all(AMONG, params![account_id, others, now_ms, most])
        .await?)
}

/// Among the newest thousand posts of `$1`. Each is looked up by itself: PostgreSQL would otherwise read all that name `$2`. Counts on `statuses_by_author` and the key of `mentions`.
const HAS_NAMED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT s.id
       FROM (SELECT id FROM statuses WHERE account_id = $1 ORDER BY id DESC LIMIT 1000) s
      WHERE (SELECT count(*) FROM mentions m WHERE m.status_id = s.id AND m.account_id = $2) > 0
      LIMIT 1"
);

/// Whether an account named this one lately, in a post that is here.
pub async fn has_named(db: &Db, account_id: i64, target_id: i64) -> Result<bool> {
    let found = db.opt(HAS_NAMED, params![account_id, target_id]).await?;
    Ok(found.is_some())
}

/// Whom an account blocks. Counts on `blocks_newest`.
pub const BLOCKED: Entries = entries_in!(
    "id",
    "SELECT id, target_id
       FROM blocks
      WHERE account_id = $4"
);
/// Whom an account mutes at the time `$5`. Counts on `mutes_newest`.
pub const MUTED: Entries = entries_in!(
    "id",
    "SELECT id, target_id
       FROM mutes
      WHERE account_id = $4 AND (expires_at IS NULL OR expires_at > $5)"
);

/// Counts on `mutes_by_expiry`.
const FORGET_ENDED: Sql = sql!(
    "DELETE FROM mutes
      WHERE (account_id, target_id) IN (SELECT account_id, target_id
                                          FROM mutes
                                         WHERE expires_at IS NOT NULL AND expires_at <= $1
                                         ORDER BY expires_at
                                         LIMIT $2)"
);

/// Mutes that ended by themselves; how many it were, at most `most`.
pub async fn forget_ended(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_ENDED, params![now_ms, most]).await?)
}

pub fn insert_block(
    tx: &mut Tx,
    id: i64,
    account_id: i64,
    target_id: i64,
    iri: &str,
    telling: Telling,
    now_ms: i64,
) {
    tx.exec(
        INSERT_BLOCK,
        params![
            id,
            account_id,
            target_id,
            iri,
            telling == Telling::TheirServer,
            now_ms
        ],
    );
}

pub fn delete_block(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE_BLOCK, params![account_id, target_id]);
}

/// The id of the Block, and whether the other side's server was sent it.
pub async fn block(db: &Db, account_id: i64, target_id: i64) -> Result<Option<(String, bool)>> {
    Ok(db.opt(BLOCK, params![account_id, target_id]).await?)
}

pub async fn target_by_iri(db: &Db, account_id: i64, iri: &str) -> Result<Option<i64>> {
    Ok(db
        .opt_column(TARGET_BY_IRI, params![account_id, iri])
        .await?)
}

pub fn insert_mute(tx: &mut Tx, id: i64, account_id: i64, target_id: i64, mute: Mute, now_ms: i64) {
    tx.exec(
        INSERT_MUTE,
        params![
            id,
            account_id,
            target_id,
            mute.expires_at,
            mute.notifications,
            now_ms
        ],
    );
}

pub fn delete_mute(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE_MUTE, params![account_id, target_id]);
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM blocks
          WHERE account_id = $1 AND target_id IN (SELECT target_id FROM blocks WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM mutes
          WHERE account_id = $1 AND target_id IN (SELECT target_id FROM mutes WHERE account_id = $1 LIMIT $2)"
    ),
];
