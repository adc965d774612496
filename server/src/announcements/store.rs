//! SQL of `announcements`, `announcement_reads` and `announcement_reactions`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `announcements`.
    pub struct AnnouncementRow {
        pub id: i64,
        pub text: String,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

row! {
    /// An emoji on an announcement.
    pub struct ReactionRow {
        pub announcement_id: i64,
        pub name: String,
        pub chosen: i64,
        pub mine: i64,
    }
}

/// Counts on `announcements_of_community`.
const LIST: Sql<AnnouncementRow> = sql!(
    row: AnnouncementRow,
    "SELECT id, text, created_at, updated_at
       FROM announcements
      WHERE community_id = $1
      ORDER BY id DESC
      LIMIT $2"
);

pub async fn list(db: &Db, community_id: i64, most: i64) -> Result<Vec<AnnouncementRow>> {
    Ok(db.all(LIST, params![community_id, most]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO announcements (id, community_id, account_id, text, created_at, updated_at)
     SELECT $1, $2, $3, $4, $5, $5
      WHERE (SELECT count(*) FROM announcements WHERE community_id = $2) < $6"
);

/// Undoes the whole transaction where `most` stand. Two at the same moment are to go one after the other.
pub fn insert(
    tx: &mut Tx,
    (id, community_id, account_id): (i64, i64, i64),
    text: &str,
    (now_ms, most): (i64, i64),
) {
    tx.must(
        INSERT,
        params![id, community_id, account_id, text, now_ms, most],
    );
}

const DELETE: Sql = sql!("DELETE FROM announcements WHERE community_id = $1 AND id = $2");

/// Undoes the whole transaction where there is none.
pub fn delete(tx: &mut Tx, community_id: i64, id: i64) {
    tx.must(DELETE, params![community_id, id]);
}

const READ: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT announcement_id
               FROM announcement_reads
              WHERE account_id = $1 AND announcement_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT announcement_id
           FROM announcement_reads
          WHERE account_id = $1 AND announcement_id = ANY (CAST($2 AS BIGINT[]))",
);

pub async fn read_among(db: &Db, account_id: i64, ids: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(READ, params![account_id, ids]).await?)
}

const MARK_READ: Sql = sql!(
    "INSERT INTO announcement_reads (announcement_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
);

pub async fn mark_read(db: &Db, id: i64, account_id: i64) -> Result<()> {
    db.exec(MARK_READ, params![id, account_id]).await?;
    Ok(())
}

const REACTIONS: Sql<ReactionRow> = sql!(
    row: ReactionRow,
    sqlite: "SELECT announcement_id, name, count(*) AS chosen,
                    CAST(sum(CASE WHEN account_id = $1 THEN 1 ELSE 0 END) AS INTEGER) AS mine
               FROM announcement_reactions
              WHERE announcement_id IN (SELECT value FROM json_each($2))
              GROUP BY announcement_id, name
              ORDER BY announcement_id, min(created_at), name",
    pg: "SELECT announcement_id, name, count(*) AS chosen,
                CAST(sum(CASE WHEN account_id = $1 THEN 1 ELSE 0 END) AS BIGINT) AS mine
           FROM announcement_reactions
          WHERE announcement_id = ANY (CAST($2 AS BIGINT[]))
          GROUP BY announcement_id, name
          ORDER BY announcement_id, min(created_at), name",
);

pub async fn reactions(db: &Db, account_id: i64, ids: Vec<i64>) -> Result<Vec<ReactionRow>> {
    Ok(db.all(REACTIONS, params![account_id, ids]).await?)
}

const REACT: Sql = sql!(
    "INSERT INTO announcement_reactions (announcement_id, account_id, name, created_at)
     SELECT $1, $2, $3, $4
      WHERE (EXISTS (SELECT 1 FROM announcement_reactions WHERE announcement_id = $1 AND name = $3)
             OR (SELECT count(DISTINCT name) FROM announcement_reactions WHERE announcement_id = $1) < $5)
        AND (CAST($6 AS TEXT) IS NULL
             OR EXISTS (SELECT 1
                          FROM announcements a
                          JOIN custom_emojis e ON e.community_id = a.community_id
                         WHERE a.id = $1 AND e.shortcode = $6))
     ON CONFLICT DO NOTHING"
);
const TAKE_TURNS: Sql = sql!("UPDATE announcements SET updated_at = updated_at WHERE id = $1");
const UNREACT: Sql = sql!(
    "DELETE FROM announcement_reactions WHERE announcement_id = $1 AND account_id = $2 AND name = $3"
);

/// Undoes the whole transaction where the announcement is gone, where `most` other emoji are on it, and where this member
/// said this one already, or its community has no emoji of this `code`. Others who answer it wait until the transaction ends.
pub fn react(
    tx: &mut Tx,
    (id, account_id): (i64, i64),
    name: &str,
    code: Option<&str>,
    (now_ms, most): (i64, i64),
) {
    tx.must(TAKE_TURNS, params![id]);
    tx.must(REACT, params![id, account_id, name, now_ms, most, code]);
}

const CHOSEN: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*) FROM announcement_reactions WHERE announcement_id = $1 AND name = $2"
);

pub fn unreact(tx: &mut Tx, id: i64, account_id: i64, name: &str) {
    tx.exec(UNREACT, params![id, account_id, name]);
}

const FORGET_EMOJI: Sql = sql!(
    "DELETE FROM announcement_reactions
      WHERE announcement_id IN (SELECT id FROM announcements WHERE community_id = $1) AND name = $2"
);

/// Nobody in this community chose this emoji.
pub fn forget_emoji(tx: &mut Tx, community_id: i64, name: &str) {
    tx.exec(FORGET_EMOJI, params![community_id, name]);
}

/// How many chose this emoji.
pub async fn chosen(db: &Db, id: i64, name: &str) -> Result<i64> {
    Ok(db.one(CHOSEN, params![id, name]).await?.0)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM announcement_reads
          WHERE account_id = $1 AND announcement_id IN (SELECT announcement_id FROM announcement_reads WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM announcement_reactions
          WHERE account_id = $1 AND announcement_id IN (SELECT announcement_id FROM announcement_reactions WHERE account_id = $1 LIMIT $2)"
    ),
];
