//! SQL of `antennas`, and what they may have caught, read from the index of words and from statuses.

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::{Antenna, Terms};
use crate::error::Result;
use crate::window::{Ids, LookedThrough, ids_in};

row! {
    /// One row of `antennas`.
    #[derive(Debug)]
    pub struct AntennaRow {
        pub id: i64,
        pub title: String,
        pub terms: String,
    }
}

impl AntennaRow {
    fn read(self) -> Result<Antenna> {
        Ok(Antenna {
            id: self.id,
            title: self.title,
            terms: serde_json::from_str(&self.terms)?,
        })
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO antennas (id, account_id, title, terms)
     SELECT $1, $2, $3, $4
      WHERE (SELECT count(*) FROM antennas WHERE account_id = $2) < $5"
);
const CHANGE: Sql =
    sql!("UPDATE antennas SET title = $3, terms = $4 WHERE account_id = $1 AND id = $2");
const DELETE: Sql = sql!("DELETE FROM antennas WHERE account_id = $1 AND id = $2");
const FIND: Sql<AntennaRow> = sql!(
    row: AntennaRow,
    "SELECT id, title, terms FROM antennas WHERE account_id = $1 AND id = $2"
);
/// Counts on `antennas_by_account`.
const OF: Sql<AntennaRow> = sql!(
    row: AntennaRow,
    "SELECT id, title, terms
       FROM antennas
      WHERE account_id = $1
      ORDER BY id
      LIMIT $2"
);

row! {
    /// One row of `antennas`, with whose it is.
    #[derive(Debug)]
    pub struct OwnedRow {
        pub id: i64,
        pub account_id: i64,
        pub terms: String,
    }
}

const AMONG: Sql<OwnedRow> = sql!(
    row: OwnedRow,
    sqlite: "SELECT id, account_id, terms
               FROM antennas
              WHERE id IN (SELECT value FROM json_each($1))
              LIMIT $2",
    pg: "SELECT id, account_id, terms
           FROM antennas
          WHERE id = ANY($1)
          LIMIT $2",
);

/// Which of these are antennas, whoever's: whose each is, its number, and what it catches.
pub async fn among(db: &Db, ids: &[i64]) -> Result<Vec<(i64, i64, Terms)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let rows = db.all(AMONG, params![ids.to_vec(), most]).await?;
    rows.into_iter()
        .map(|row| Ok((row.account_id, row.id, serde_json::from_str(&row.terms)?)))
        .collect()
}

/// Undoes the whole transaction where there are `most`.
pub fn insert(tx: &mut Tx, account_id: i64, antenna: &Antenna, most: i64) -> Result<()> {
    let terms = serde_json::to_string(&antenna.terms)?;
    let title = antenna.title.as_str();
    tx.must(INSERT, params![antenna.id, account_id, title, terms, most]);
    Ok(())
}

/// Undoes the whole transaction where it is none of theirs.
pub fn change(tx: &mut Tx, account_id: i64, antenna: &Antenna) -> Result<()> {
    let terms = serde_json::to_string(&antenna.terms)?;
    let title = antenna.title.as_str();
    tx.must(CHANGE, params![account_id, antenna.id, title, terms]);
    Ok(())
}

/// Undoes the whole transaction where it is none of theirs.
pub fn delete(tx: &mut Tx, account_id: i64, id: i64) {
    tx.must(DELETE, params![account_id, id]);
}

pub async fn find(db: &Db, account_id: i64, id: i64) -> Result<Option<Antenna>> {
    let row = db.opt(FIND, params![account_id, id]).await?;
    row.map(AntennaRow::read).transpose()
}

pub async fn of(db: &Db, account_id: i64, most: i64) -> Result<Vec<Antenna>> {
    let rows = db.all(OF, params![account_id, most]).await?;
    rows.into_iter().map(AntennaRow::read).collect()
}

/// What everybody may find: its author lets it be found, and it is for everyone. Where `$5` is not 0, it was written here.
macro_rules! is_open {
    () => {
        "a.indexable AND a.gone_at IS NULL AND NOT s.limited AND s.visibility IN ('public', 'local')
         AND (CAST($5 AS BIGINT) = 0 OR a.community_id IS NOT NULL)"
    };
}

/// What the index has for a question (`$4`) in the words of SQLite: PostgreSQL has others for *and*, *or* and *not*. SQLite does
/// not carry the window over from `s.id` to its index: it would read all that was found from the end.
macro_rules! in_index {
    (sqlite) => {
        "search_words
          CROSS JOIN statuses s ON s.id = search_words.rowid
          CROSS JOIN accounts a ON a.id = s.account_id
          WHERE search_words MATCH $4
            AND search_words.rowid < $1 AND search_words.rowid > $2"
    };
    (pg) => {
        "search_entries w
           JOIN statuses s ON s.id = w.status_id
           JOIN accounts a ON a.id = s.account_id
          WHERE w.words @@ CAST(replace(replace(replace(replace(CAST($4 AS TEXT),
                                '\"', ''''), ' AND ', ' & '), ' OR ', ' | '), ' NOT ', ' & !') AS TSQUERY)
            AND s.id < $1 AND s.id > $2"
    };
}

macro_rules! found {
    ($sqlite:literal, $pg:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT s.id FROM ", in_index!(sqlite), " AND ", is_open!(), " ORDER BY ", $sqlite, " LIMIT $3"
            ),
            pg: concat!(
                "SELECT s.id FROM ", in_index!(pg), " AND ", is_open!(), " ORDER BY ", $pg, " LIMIT $3"
            ),
        )
    };
}

/// Posts by their words, of people who let them be found.
pub const FOUND: Ids = Ids {
    newest: found!("search_words.rowid DESC", "s.id DESC"),
    oldest: found!("search_words.rowid", "s.id"),
};

/// All that the index has for a question, each with whether it is open and by these accounts (`$6`) or from these servers (`$7`).
macro_rules! looked_at {
    ($sqlite:literal, $pg:literal) => {
        sql!(
            row: (i64, i64),
            sqlite: concat!(
                "SELECT s.id,
                        CAST(CASE WHEN (s.account_id IN (SELECT value FROM json_each($6))
                                        OR a.host IN (SELECT value FROM json_each($7))
                                        OR a.domain IN (SELECT value FROM json_each($7)))
                                       AND ",
                is_open!(),
                "             THEN 1 ELSE 0 END AS BIGINT) AS fits
                   FROM ",
                in_index!(sqlite), " ORDER BY ", $sqlite, " LIMIT $3"
            ),
            pg: concat!(
                "SELECT s.id,
                        CAST(CASE WHEN (s.account_id = ANY(CAST($6 AS BIGINT[]))
                                        OR a.host = ANY(CAST($7 AS TEXT[]))
                                        OR a.domain = ANY(CAST($7 AS TEXT[])))
                                       AND ",
                is_open!(),
                "             THEN 1 ELSE 0 END AS BIGINT) AS fits
                   FROM ",
                in_index!(pg), " ORDER BY ", $pg, " LIMIT $3"
            ),
        )
    };
}

/// Posts by their words that are open and from whom the terms name. The index does not know from which server a post is.
pub const FOUND_FROM: LookedThrough = LookedThrough {
    newest: looked_at!("search_words.rowid DESC", "s.id DESC"),
    oldest: looked_at!("search_words.rowid", "s.id"),
};

/// What these people boost in public. Counts on `statuses_by_author`.
pub const BOOSTS: Ids = ids_in!(
    "s.id",
    sqlite: "SELECT s.id
               FROM statuses s
              WHERE s.account_id IN (SELECT value FROM json_each($4))
                AND s.reblog_of_id IS NOT NULL
                AND s.visibility = 'public'",
    pg: "SELECT s.id
           FROM statuses s
          WHERE s.account_id = ANY($4)
            AND s.reblog_of_id IS NOT NULL
            AND s.visibility = 'public'"
);

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM antennas
      WHERE account_id = $1 AND id IN (SELECT id FROM antennas WHERE account_id = $1 LIMIT $2)"
)];
