//! SQL of `reactions`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::Reaction;
use crate::error::Result;

row! {
    /// One row of `reactions`, without whose it is.
    pub struct ReactionRow {
        pub emoji: String,
        pub url: String,
        pub community_id: Option<i64>,
    }
}

row! {
    /// An emoji on a status.
    #[derive(Debug, Clone)]
    pub struct Chosen {
        /// The status.
        pub status_id: i64,
        /// An emoji of Unicode, or a code between colons.
        pub emoji: String,
        /// Where the picture of a code from elsewhere is.
        pub url: String,
        /// Whose code it is, for one of ours.
        pub community_id: Option<i64>,
        /// How many said it.
        pub chosen: i64,
        /// Whether whoever asks is one of them.
        pub mine: i64,
        /// Somebody who said it.
        pub said_by: i64,
    }
}

row! {
    /// Somebody who said something of a status.
    #[derive(Debug, Clone)]
    pub struct Who {
        /// Who.
        pub account_id: i64,
        /// What.
        pub emoji: String,
        /// Where its picture is, for a code from elsewhere.
        pub url: String,
    }
}

row! {
    /// What somebody says of a status.
    pub struct SaidRow {
        pub account_id: i64,
        pub status_id: i64,
        pub emoji: String,
        pub url: String,
        pub community_id: Option<i64>,
    }
}

impl From<ReactionRow> for Reaction {
    fn from(row: ReactionRow) -> Reaction {
        Reaction {
            emoji: row.emoji,
            url: row.url,
            community_id: row.community_id,
        }
    }
}

const OF: Sql<ReactionRow> = sql!(
    row: ReactionRow,
    "SELECT emoji, url, community_id FROM reactions WHERE account_id = $1 AND status_id = $2"
);

pub async fn of(db: &Db, account_id: i64, status_id: i64) -> Result<Option<Reaction>> {
    let row = db.opt(OF, params![account_id, status_id]).await?;
    Ok(row.map(Reaction::from))
}

/// Counts on `favourites_by_iri`.
const OF_FAVOURITE: Sql<ReactionRow> = sql!(
    row: ReactionRow,
    "SELECT r.emoji, r.url, r.community_id
       FROM favourites f
       JOIN reactions r ON r.account_id = f.account_id AND r.status_id = f.status_id
      WHERE f.iri = $2 AND f.account_id = $1"
);

pub async fn of_favourite(db: &Db, account_id: i64, iri: &str) -> Result<Option<Reaction>> {
    let row = db.opt(OF_FAVOURITE, params![account_id, iri]).await?;
    Ok(row.map(Reaction::from))
}

const INSERT: Sql = sql!(
    "INSERT INTO reactions (account_id, status_id, emoji, url, community_id, iri, created_at)
     SELECT $1, $2, $3, $4, $5, $6, $7
      WHERE EXISTS (SELECT 1 FROM favourites WHERE account_id = $1 AND status_id = $2)
     ON CONFLICT DO NOTHING"
);

/// Behind the statement that inserts its favourite, or beside one that is there; without one, nothing is kept. `iri`
/// is the address of the activity that says it from elsewhere, or empty.
pub fn insert(
    tx: &mut Tx,
    account_id: i64,
    status_id: i64,
    reaction: &Reaction,
    iri: &str,
    now_ms: i64,
) {
    tx.exec(
        INSERT,
        params![
            account_id,
            status_id,
            reaction.emoji.as_str(),
            reaction.url.as_str(),
            reaction.community_id,
            iri,
            now_ms,
        ],
    );
}

const DELETE: Sql =
    sql!("DELETE FROM reactions WHERE account_id = $1 AND status_id = $2 AND emoji = $3");

/// They do not say this any more.
pub async fn delete(db: &Db, account_id: i64, status_id: i64, emoji: &str) -> Result<()> {
    db.exec(DELETE, params![account_id, status_id, emoji])
        .await?;
    Ok(())
}

/// Counts on `reactions_by_iri`.
const DELETE_BY_IRI: Sql = sql!("DELETE FROM reactions WHERE account_id = $1 AND iri = $2");

/// They do not say any more what this activity said; whether it had been recorded.
pub async fn delete_by_iri(db: &Db, account_id: i64, iri: &str) -> Result<bool> {
    let deleted = db.exec(DELETE_BY_IRI, params![account_id, iri]).await?;
    Ok(deleted > 0)
}

/// Counts on `reactions_by_status`.
const AMONG: Sql<Chosen> = sql!(
    row: Chosen,
    sqlite: "SELECT status_id, emoji, url, community_id, count(*) AS chosen,
                    CAST(sum(CASE WHEN account_id = $1 THEN 1 ELSE 0 END) AS INTEGER) AS mine,
                    min(account_id) AS said_by
               FROM reactions
              WHERE status_id IN (SELECT value FROM json_each($2))
              GROUP BY status_id, emoji, url, community_id
              ORDER BY status_id, min(created_at), emoji
              LIMIT 10000",
    pg: "SELECT status_id, emoji, url, community_id, count(*) AS chosen,
                CAST(sum(CASE WHEN account_id = $1 THEN 1 ELSE 0 END) AS BIGINT) AS mine,
                min(account_id) AS said_by
           FROM reactions
          WHERE status_id = ANY (CAST($2 AS BIGINT[]))
          GROUP BY status_id, emoji, url, community_id
          ORDER BY status_id, min(created_at), emoji
          LIMIT 10000",
);

pub async fn among(db: &Db, me: i64, status_ids: Vec<i64>) -> Result<Vec<Chosen>> {
    Ok(db.all(AMONG, params![me, status_ids]).await?)
}

const SAID_BY: Sql<SaidRow> = sql!(
    row: SaidRow,
    sqlite: "SELECT account_id, status_id, emoji, url, community_id
               FROM reactions
              WHERE account_id IN (SELECT value FROM json_each($1))
                AND status_id IN (SELECT value FROM json_each($2))
              LIMIT 10000",
    pg: "SELECT account_id, status_id, emoji, url, community_id
           FROM reactions
          WHERE account_id = ANY (CAST($1 AS BIGINT[]))
            AND status_id = ANY (CAST($2 AS BIGINT[]))
          LIMIT 10000",
);

/// What these accounts say of these statuses.
pub async fn said_by(db: &Db, account_ids: Vec<i64>, status_ids: Vec<i64>) -> Result<Vec<SaidRow>> {
    Ok(db.all(SAID_BY, params![account_ids, status_ids]).await?)
}

row! {
    /// Somebody who said a code from elsewhere.
    #[derive(Debug)]
    pub struct Sayer {
        pub status_id: i64,
        pub emoji: String,
        pub url: String,
        pub account_id: i64,
    }
}

/// Counts on `reactions_by_status`.
const SAYERS: Sql<Sayer> = sql!(
    row: Sayer,
    sqlite: "SELECT status_id, emoji, url, account_id
               FROM (SELECT status_id, emoji, url, account_id,
                            row_number() OVER (PARTITION BY status_id, emoji, url ORDER BY created_at, account_id) AS place
                       FROM reactions
                      WHERE status_id IN (SELECT value FROM json_each($1)) AND url <> '') AS said
              WHERE place <= $2
              ORDER BY status_id, place
              LIMIT 10000",
    pg: "SELECT status_id, emoji, url, account_id
           FROM (SELECT status_id, emoji, url, account_id,
                        row_number() OVER (PARTITION BY status_id, emoji, url ORDER BY created_at, account_id) AS place
                   FROM reactions
                  WHERE status_id = ANY (CAST($1 AS BIGINT[])) AND url <> '') AS said
          WHERE place <= $2
          ORDER BY status_id, place
          LIMIT 10000",
);

/// The first `most` who said each code from elsewhere.
pub async fn sayers(db: &Db, status_ids: Vec<i64>, most: i64) -> Result<Vec<Sayer>> {
    Ok(db.all(SAYERS, params![status_ids, most]).await?)
}

/// Counts on `reactions_by_status`.
const WHO: Sql<Who> = sql!(
    row: Who,
    "SELECT account_id, emoji, url
       FROM reactions
      WHERE status_id = $1
      ORDER BY created_at, account_id
      LIMIT $2"
);

pub async fn who(db: &Db, status_id: i64, most: i64) -> Result<Vec<Who>> {
    Ok(db.all(WHO, params![status_id, most]).await?)
}
