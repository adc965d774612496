//! SQL of `featured_tags`.

use comity_db::{Db, Sql, params, row, sql};

use super::Featured;
use crate::error::Result;

row! {
    /// A topic on a profile.
    #[derive(Debug)]
    pub struct FeaturedRow {
        pub id: i64,
        pub name: String,
        pub statuses_count: i64,
        pub last_status_at: Option<i64>,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO featured_tags (id, account_id, name)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const DELETE: Sql = sql!("DELETE FROM featured_tags WHERE account_id = $1 AND id = $2");
const DELETE_BY_NAME: Sql = sql!("DELETE FROM featured_tags WHERE account_id = $1 AND name = $2");
const OF: Sql<FeaturedRow> = sql!(
    row: FeaturedRow,
    "SELECT f.id, f.name,
            (SELECT count(*)
               FROM hashtag_entries e
               JOIN statuses s ON s.id = e.status_id
              WHERE e.name = f.name AND s.account_id = f.account_id) AS statuses_count,
            (SELECT max(s.created_at)
               FROM hashtag_entries e
               JOIN statuses s ON s.id = e.status_id
              WHERE e.name = f.name AND s.account_id = f.account_id) AS last_status_at
       FROM featured_tags f
      WHERE f.account_id = $1
      ORDER BY f.id
      LIMIT $2"
);
/// Of the newest thousand posts.
const PROPOSED: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT e.name
       FROM (SELECT id FROM statuses WHERE account_id = $1 ORDER BY id DESC LIMIT 1000) s
       JOIN hashtag_entries e ON e.status_id = s.id
      WHERE NOT EXISTS (SELECT 1
                          FROM featured_tags f
                         WHERE f.account_id = $1 AND f.name = e.name)
      GROUP BY e.name
      ORDER BY count(*) DESC, e.name
      LIMIT $2"
);

pub async fn insert(db: &Db, id: i64, account_id: i64, name: &str) -> Result<()> {
    db.exec(INSERT, params![id, account_id, name]).await?;
    Ok(())
}

pub async fn delete(db: &Db, account_id: i64, id: i64) -> Result<u64> {
    Ok(db.exec(DELETE, params![account_id, id]).await?)
}

pub async fn delete_by_name(db: &Db, account_id: i64, name: &str) -> Result<()> {
    db.exec(DELETE_BY_NAME, params![account_id, name]).await?;
    Ok(())
}

pub async fn of(db: &Db, account_id: i64, most: i64) -> Result<Vec<Featured>> {
    let rows = db.all(OF, params![account_id, most]).await?;
    Ok(rows
        .into_iter()
        .map(|row| Featured {
            id: row.id,
            name: row.name,
            statuses_count: row.statuses_count,
            last_status_at: row.last_status_at,
        })
        .collect())
}

pub async fn proposed(db: &Db, account_id: i64, most: i64) -> Result<Vec<String>> {
    Ok(db.column(PROPOSED, params![account_id, most]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM featured_tags
          WHERE account_id = $1 AND id IN (SELECT id FROM featured_tags WHERE account_id = $1 LIMIT $2)"
    ),
];
