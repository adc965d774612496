//! SQL of `antennas`, and what they may have caught, read from the index of words and from statuses.

use comity_db::{Db, Sql, Tx, Value, params, row, sql};

use super::{Antenna, Net};
use crate::error::Result;
use crate::window::{Edge, Ids, Window, edge_in};

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
        pub community_id: Option<i64>,
        pub terms: String,
    }
}

const AMONG: Sql<OwnedRow> = sql!(
    row: OwnedRow,
    sqlite: "SELECT n.id, n.account_id, (SELECT o.community_id FROM accounts o WHERE o.id = n.account_id) AS community_id, n.terms
               FROM antennas n
              WHERE n.id IN (SELECT value FROM json_each($1))
              LIMIT $2",
    pg: "SELECT n.id, n.account_id, (SELECT o.community_id FROM accounts o WHERE o.id = n.account_id) AS community_id, n.terms
           FROM antennas n
          WHERE n.id = ANY($1)
          LIMIT $2",
);

/// Which of these are antennas, whoever's: whose each is, its number, and what it catches.
pub async fn among(db: &Db, ids: &[i64]) -> Result<Vec<(i64, i64, Net)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let rows = db.all(AMONG, params![ids.to_vec(), most]).await?;
    let mut nets = Vec::with_capacity(rows.len());
    for row in rows {
        // Whoever left has none.
        if let Some(here) = row.community_id {
            let net = Net::of(serde_json::from_str(&row.terms)?, here);
            nets.push((row.account_id, row.id, net));
        }
    }
    Ok(nets)
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

/// What everybody may find: its author lets it be found, and it is for everyone. Where `$5` is not 0, it was written in that
/// community.
macro_rules! is_open {
    () => {
        "a.indexable AND a.gone_at IS NULL AND NOT s.limited AND s.visibility IN ('public', 'local')
         AND (CAST($5 AS BIGINT) = 0 OR a.community_id = CAST($5 AS BIGINT))"
    };
}

/// By these accounts (`$6`) or from these servers (`$7`), where there are any, and open.
macro_rules! fits {
    (sqlite) => {
        concat!(
            "CAST(CASE WHEN (json_array_length($6) + json_array_length($7) = 0
                             OR s.account_id IN (SELECT value FROM json_each($6))
                             OR a.host IN (SELECT value FROM json_each($7))
                             OR a.domain IN (SELECT value FROM json_each($7)))
                            AND ",
            is_open!(),
            " THEN 1 ELSE 0 END AS BIGINT) AS fits"
        )
    };
    (pg) => {
        concat!(
            "CAST(CASE WHEN (cardinality(CAST($6 AS BIGINT[])) + cardinality(CAST($7 AS TEXT[])) = 0
                             OR s.account_id = ANY(CAST($6 AS BIGINT[]))
                             OR a.host = ANY(CAST($7 AS TEXT[]))
                             OR a.domain = ANY(CAST($7 AS TEXT[])))
                            AND ",
            is_open!(),
            " THEN 1 ELSE 0 END AS BIGINT) AS fits"
        )
    };
}

/// The question (`$4`) is in the words of SQLite: PostgreSQL has others for *and*, *or* and *not*.
macro_rules! has_words {
    () => {
        "o.words @@ CAST(replace(replace(replace(replace(CAST($4 AS TEXT),
                         '\"', ''''), ' AND ', ' & '), ' OR ', ' | '), ' NOT ', ' & !') AS TSQUERY)"
    };
}

/// The first posts with the words in a window. SQLite goes through its index in their order, and does not carry the window over
/// from `s.id`: it would read all that was found from the end. On PostgreSQL, `$found` says where they are looked for; the
/// rest is looked up post by post, or all posts would be read to join them.
macro_rules! looked_at {
    ($order:literal, $found:expr) => {
        sql!(
            row: (i64, i64),
            sqlite: concat!(
                "SELECT s.id, ",
                fits!(sqlite),
                " FROM search_words
                  CROSS JOIN statuses s ON s.id = search_words.rowid
                  CROSS JOIN accounts a ON a.id = s.account_id
                  WHERE search_words MATCH $4
                    AND search_words.rowid < $1 AND search_words.rowid > $2
                  ORDER BY search_words.rowid ",
                $order,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT e.status_id, ",
                fits!(pg),
                " FROM (SELECT f.status_id
                           FROM (",
                $found,
                "                ) f
                          WHERE f.status_id < $1 AND f.status_id > $2
                          ORDER BY f.status_id ",
                $order,
                "         LIMIT $3) e
                  CROSS JOIN LATERAL (SELECT o.account_id, o.limited, o.visibility
                                        FROM statuses o
                                       WHERE o.id = e.status_id
                                       LIMIT 1) s
                  CROSS JOIN LATERAL (SELECT o.indexable, o.gone_at, o.community_id, o.host, o.domain
                                        FROM accounts o
                                       WHERE o.id = s.account_id
                                       LIMIT 1) a
                  ORDER BY e.status_id ",
                $order,
                " LIMIT $3"
            ),
        )
    };
}

/// Among all posts, by the index of words. The window is asked afterwards: posts would be gone through instead.
macro_rules! by_words {
    () => {
        concat!(
            "SELECT o.status_id FROM search_entries o WHERE ",
            has_words!(),
            " OFFSET 0"
        )
    };
}

/// Among the next posts, whatever words they have; as many as [`MOST_PASSED`] says.
macro_rules! among_next {
    ($order:literal) => {
        concat!(
            "SELECT o.status_id
               FROM (SELECT n.status_id, n.words
                       FROM search_entries n
                      WHERE n.status_id < $1 AND n.status_id > $2
                      ORDER BY n.status_id ",
            $order,
            "         LIMIT 20000) o
              WHERE ",
            has_words!()
        )
    };
}

const NEWEST: Sql<(i64, i64)> = looked_at!("DESC", by_words!());
const OLDEST: Sql<(i64, i64)> = looked_at!("ASC", by_words!());
const NEXT_NEWEST: Sql<(i64, i64)> = looked_at!("DESC", among_next!("DESC"));
const NEXT_OLDEST: Sql<(i64, i64)> = looked_at!("ASC", among_next!("ASC"));

/// How far posts are gone through on PostgreSQL; SQLite goes through none but those with the words.
const EDGE: Edge = edge_in!(
    "status_id",
    sqlite: "SELECT status_id FROM (SELECT CAST(0 AS BIGINT) AS status_id) WHERE status_id > 0",
    pg: "SELECT status_id FROM search_entries WHERE status_id > 0"
);
/// Posts that are gone through for those with the words, on PostgreSQL: a hundredth of a second.
const MOST_PASSED: i64 = 20_000;
/// Among so many, as many with the words make them common ones. All posts with common words are too many to be taken from the
/// index and sorted, and those with rare ones are found in no other way.
const COMMON: usize = 200;

/// Posts that were looked at for an antenna.
pub struct LookedAt {
    /// Each with whether it is open and from whom the terms name.
    pub posts: Vec<(i64, bool)>,
    /// The last that was, where there may be more.
    pub reached: Option<i64>,
}

/// At most `most` posts that the index has for a question. It does not know from which server a post is, nor who lets their posts
/// be found: of what is rare, it would be read to its end. `more` are the values from `$4` on.
pub async fn look_at(db: &Db, window: Window, most: i64, more: Vec<Value>) -> Result<LookedAt> {
    let (cut, edge) = EDGE.cut(db, window, MOST_PASSED, Vec::new()).await?;
    let found = read(db, [NEXT_NEWEST, NEXT_OLDEST], cut, most, more.clone()).await?;
    match edge {
        Some(_) if found.posts.len() < COMMON => {
            read(db, [NEWEST, OLDEST], window, most, more).await
        }
        _ => Ok(LookedAt {
            reached: found.reached.or(edge),
            ..found
        }),
    }
}

async fn read(
    db: &Db,
    [newest, oldest]: [Sql<(i64, i64)>; 2],
    window: Window,
    most: i64,
    more: Vec<Value>,
) -> Result<LookedAt> {
    let mut values = params![window.below, window.above, most];
    values.extend(more);
    let statement = if window.from_below { oldest } else { newest };
    let rows = db.all(statement, values).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|len| len >= most);
    Ok(LookedAt {
        reached: rows.last().map(|(id, _)| *id).filter(|_| is_full),
        posts: rows.into_iter().map(|(id, fits)| (id, fits != 0)).collect(),
    })
}

/// Each of these people is read by themself. Counts on `statuses_boosts_by_author`.
macro_rules! boosts {
    ($order:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT s.id
                   FROM json_each($4) t
                  CROSS JOIN statuses s ON s.id IN (SELECT o.id
                                                      FROM statuses o INDEXED BY statuses_boosts_by_author
                                                     WHERE o.account_id = t.value
                                                       AND o.reblog_of_id IS NOT NULL
                                                       AND o.visibility = 'public'
                                                       AND o.id < $1 AND o.id > $2
                                                     ORDER BY o.id ",
                $order,
                "                                    LIMIT $3)
                  ORDER BY s.id ",
                $order,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT s.id
                   FROM unnest(CAST($4 AS BIGINT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.id
                                        FROM statuses o
                                       WHERE o.account_id = t.value
                                         AND o.reblog_of_id IS NOT NULL
                                         AND o.visibility = 'public'
                                         AND o.id < $1 AND o.id > $2
                                       ORDER BY o.id ",
                $order,
                "                      LIMIT $3) s
                  ORDER BY s.id ",
                $order,
                " LIMIT $3"
            ),
        )
    };
}

/// What these people boost in public.
pub const BOOSTS: Ids = Ids {
    newest: boosts!("DESC"),
    oldest: boosts!("ASC"),
};

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM antennas
      WHERE account_id = $1 AND id IN (SELECT id FROM antennas WHERE account_id = $1 LIMIT $2)"
)];
