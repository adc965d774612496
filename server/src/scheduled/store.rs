//! SQL of `scheduled`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;
use crate::window::{Ids, ids_in};

row! {
    /// One row of `scheduled`.
    #[derive(Debug)]
    pub struct ScheduledRow {
        /// Names it.
        pub id: i64,
        /// Unix milliseconds.
        pub scheduled_at: i64,
        /// JSON.
        pub sent: String,
        /// Why it could not be published.
        pub trouble: Option<String>,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO scheduled (id, account_id, scheduled_at, sent)
     SELECT $1, $2, $3, $4
      WHERE (SELECT count(*) FROM scheduled WHERE account_id = $2) < $5
        AND NOT EXISTS (SELECT 1 FROM scheduled o WHERE o.account_id = $2 AND o.id > $6 AND o.sent LIKE $7)"
);
const KNOWN: Sql<ScheduledRow> = sql!(
    row: ScheduledRow,
    "SELECT id, scheduled_at, sent, trouble
       FROM scheduled
      WHERE account_id = $1 AND id > $2 AND sent LIKE $3
      ORDER BY id
      LIMIT 1"
);
const RESCHEDULE: Sql = sql!(
    "UPDATE scheduled SET scheduled_at = $3, trouble = NULL WHERE account_id = $1 AND id = $2"
);
const TAKE: Sql = sql!("DELETE FROM scheduled WHERE id = $1 AND scheduled_at = $2");
const TROUBLE: Sql = sql!("UPDATE scheduled SET trouble = $3 WHERE id = $1 AND scheduled_at = $2");

/// Undoes the whole transaction where there are `most`, or one above `above` is known by the same key.
pub fn insert(tx: &mut Tx, new: &ScheduledRow, account_id: i64, known: &Known, most: i64) {
    tx.must(
        INSERT,
        params![
            new.id,
            account_id,
            new.scheduled_at,
            new.sent.as_str(),
            most,
            known.above,
            known.pattern.as_str(),
        ],
    );
}

/// By what something scheduled is known again.
#[derive(Debug, Default)]
pub struct Known {
    above: i64,
    /// Empty for nothing: no row is as short.
    pattern: String,
}

impl Known {
    /// By this word, among what is above this number. It stands in the JSON as no text that somebody wrote can: quotes in
    /// those have a backslash.
    pub fn by(word: &str, above: i64) -> Known {
        Known {
            above,
            pattern: format!("%\"once\":\"{word}\"%"),
        }
    }
}

/// What this member scheduled and is known by this.
pub async fn known(db: &Db, account_id: i64, known: &Known) -> Result<Option<ScheduledRow>> {
    let values = params![account_id, known.above, known.pattern.as_str()];
    Ok(db.opt(KNOWN, values).await?)
}

/// Undoes the whole transaction where it is none of theirs.
pub fn reschedule(tx: &mut Tx, account_id: i64, id: i64, at: i64) {
    tx.must(RESCHEDULE, params![account_id, id, at]);
}

/// It is published or taken back, in the transaction that does. Undoes that where it is gone or has another time by now.
pub fn take(tx: &mut Tx, id: i64, at: i64) {
    tx.must(TAKE, params![id, at]);
}

/// Keeps why it could not be published then; one that has another time by now has no trouble yet.
pub async fn trouble(db: &Db, id: i64, at: i64, why: &str) -> Result<()> {
    db.exec(TROUBLE, params![id, at, why]).await?;
    Ok(())
}

const FIND: Sql<ScheduledRow> = sql!(
    row: ScheduledRow,
    "SELECT id, scheduled_at, sent, trouble FROM scheduled WHERE account_id = $1 AND id = $2"
);

pub async fn find(db: &Db, account_id: i64, id: i64) -> Result<Option<ScheduledRow>> {
    Ok(db.opt(FIND, params![account_id, id]).await?)
}

const ALL: Sql<ScheduledRow> = sql!(
    row: ScheduledRow,
    "SELECT id, scheduled_at, sent, trouble FROM scheduled WHERE account_id = $1 ORDER BY id LIMIT $2"
);

/// Those of a member, whole.
pub async fn all(db: &Db, account_id: i64, most: i64) -> Result<Vec<ScheduledRow>> {
    Ok(db.all(ALL, params![account_id, most]).await?)
}

const OWNER: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id FROM scheduled WHERE id = $1 AND scheduled_at = $2 AND trouble IS NULL"
);

/// Whose it is, and it, where it is due then.
pub async fn due(db: &Db, id: i64, at: i64) -> Result<Option<(i64, ScheduledRow)>> {
    let Some(account_id) = db.opt_column(OWNER, params![id, at]).await? else {
        return Ok(None);
    };
    Ok(find(db, account_id, id).await?.map(|row| (account_id, row)))
}

/// Those of a member.
pub const OF: Ids = ids_in!("id", "SELECT id FROM scheduled WHERE account_id = $4");

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
        "DELETE FROM scheduled
          WHERE account_id = $1 AND id IN (SELECT id FROM scheduled WHERE account_id = $1 LIMIT $2)"
    )];
