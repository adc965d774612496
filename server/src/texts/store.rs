//! SQL of `texts`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::Kind;
use crate::error::Result;

/// Texts of all communities of an installation: two for each of them.
const MOST_PUBLISHED: i64 = 20_000;

row! {
    /// A text as it holds from one day on.
    #[derive(Clone, Debug)]
    pub struct Version {
        /// The first moment of that day in UTC, in unix milliseconds.
        pub holds_from: i64,
        /// Markdown, as typed.
        pub text: String,
        /// What is new in it; empty where nothing was said.
        pub changes: String,
        /// Unix milliseconds.
        pub published_at: i64,
    }
}

row! {
    /// From when a version holds.
    #[derive(Clone, Debug)]
    pub struct Day {
        /// See [`Version::holds_from`].
        pub holds_from: i64,
        /// See [`Version::changes`].
        pub changes: String,
    }
}

row! {
    /// A text that a community has.
    #[derive(Debug)]
    pub struct PublishedRow {
        pub community_id: i64,
        pub kind: String,
    }
}

const PUBLISHED: Sql<PublishedRow> = sql!(
    row: PublishedRow,
    "SELECT community_id, kind
       FROM texts
      GROUP BY community_id, kind
      LIMIT $1"
);

pub async fn published(db: &Db) -> Result<Vec<PublishedRow>> {
    Ok(db.all(PUBLISHED, params![MOST_PUBLISHED]).await?)
}

const HOLDS: Sql<Version> = sql!(
    row: Version,
    "SELECT holds_from, text, changes, published_at
       FROM texts
      WHERE community_id = $1 AND kind = $2 AND holds_from <= $3
      ORDER BY holds_from DESC
      LIMIT 1"
);
const FIRST_AFTER: Sql<Version> = sql!(
    row: Version,
    "SELECT holds_from, text, changes, published_at
       FROM texts
      WHERE community_id = $1 AND kind = $2 AND holds_from > $3
      ORDER BY holds_from
      LIMIT 1"
);
const OF_DAY: Sql<Version> = sql!(
    row: Version,
    "SELECT holds_from, text, changes, published_at
       FROM texts
      WHERE community_id = $1 AND kind = $2 AND holds_from = $3"
);
const DAYS: Sql<Day> = sql!(
    row: Day,
    "SELECT holds_from, changes
       FROM texts
      WHERE community_id = $1 AND kind = $2
      ORDER BY holds_from DESC
      LIMIT $3"
);

pub async fn holds(db: &Db, community_id: i64, kind: Kind, now_ms: i64) -> Result<Option<Version>> {
    let values = params![community_id, kind.as_str(), now_ms];
    Ok(db.opt(HOLDS, values).await?)
}

pub async fn first_after(
    db: &Db,
    community_id: i64,
    kind: Kind,
    now_ms: i64,
) -> Result<Option<Version>> {
    let values = params![community_id, kind.as_str(), now_ms];
    Ok(db.opt(FIRST_AFTER, values).await?)
}

pub async fn of_day(
    db: &Db,
    community_id: i64,
    kind: Kind,
    holds_from: i64,
) -> Result<Option<Version>> {
    let values = params![community_id, kind.as_str(), holds_from];
    Ok(db.opt(OF_DAY, values).await?)
}

pub async fn days(db: &Db, community_id: i64, kind: Kind, most: i64) -> Result<Vec<Day>> {
    let values = params![community_id, kind.as_str(), most];
    Ok(db.all(DAYS, values).await?)
}

const PUBLISH: Sql = sql!(
    "INSERT INTO texts (community_id, kind, holds_from, text, changes, published_at)
     SELECT $1, $2, $3, $4, $5, $6
      WHERE (SELECT count(*) FROM texts WHERE community_id = $1 AND kind = $2 AND holds_from <> $3) < $7
     ON CONFLICT (community_id, kind, holds_from)
     DO UPDATE SET text = excluded.text, changes = excluded.changes, published_at = excluded.published_at"
);
const DELETE: Sql =
    sql!("DELETE FROM texts WHERE community_id = $1 AND kind = $2 AND holds_from = $3");

/// Undoes the whole transaction where there are `most` others.
pub fn publish(tx: &mut Tx, community_id: i64, kind: Kind, version: &Version, most: i64) {
    tx.must(
        PUBLISH,
        params![
            community_id,
            kind.as_str(),
            version.holds_from,
            version.text.as_str(),
            version.changes.as_str(),
            version.published_at,
            most,
        ],
    );
}

/// Undoes the whole transaction where there is none of that day.
pub fn delete(tx: &mut Tx, community_id: i64, kind: Kind, holds_from: i64) {
    tx.must(DELETE, params![community_id, kind.as_str(), holds_from]);
}
