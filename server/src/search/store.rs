//! SQL of `search_entries` and, on SQLite, of `search_words`: which words are in which post.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Edge, Window};

/// Words go where each engine keeps them; SQLite notes beside them that the post is in the index.
const NOTE: Sql = sql!(
    sqlite: "INSERT INTO search_entries (status_id)
             SELECT $1 WHERE CAST($2 AS TEXT) <> ''
             ON CONFLICT DO NOTHING",
    pg: "INSERT INTO search_entries (status_id, words)
         VALUES ($1, array_to_tsvector(string_to_array(CAST($2 AS TEXT), ' ')))
         ON CONFLICT DO NOTHING",
);
const KEEP: Sql = sql!(
    sqlite: "INSERT INTO search_words (rowid, words) VALUES ($1, $2)",
    pg: "UPDATE search_entries SET words = words WHERE status_id = $1 AND CAST($2 AS TEXT) = ''",
);
const FORGET: Sql = sql!(
    sqlite: "DELETE FROM search_words WHERE rowid = $1",
    pg: "DELETE FROM search_entries WHERE status_id = $1",
);

/// Puts a post that is not in the index into it; words are divided by spaces.
pub fn insert(tx: &mut Tx, status_id: i64, words: &str) {
    tx.exec(NOTE, params![status_id, words]);
    tx.exec(KEEP, params![status_id, words]);
}

/// Takes a post out of it.
pub fn forget(tx: &mut Tx, status_id: i64) {
    tx.exec(FORGET, params![status_id]);
}

const WITHOUT_WORDS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT s.id
       FROM statuses s
      WHERE s.id < $1 AND s.reblog_of_id IS NULL
      ORDER BY s.id DESC
      LIMIT $2"
);

/// Posts below this number, the newest first.
pub async fn older(db: &Db, below: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(WITHOUT_WORDS, params![below, most]).await?)
}

/// What a member (`$4`) has part in: wrote it, is named in it, or kept, favourited or boosted it. Each by a key.
macro_rules! has_part {
    () => {
        "(s.account_id = $4
          OR EXISTS (SELECT 1 FROM mentions m WHERE m.status_id = s.id AND m.account_id = $4)
          OR EXISTS (SELECT 1 FROM favourites f WHERE f.account_id = $4 AND f.status_id = s.id)
          OR EXISTS (SELECT 1 FROM bookmarks b WHERE b.account_id = $4 AND b.status_id = s.id)
          OR EXISTS (SELECT 1 FROM statuses r WHERE r.reblog_of_id = s.id AND r.account_id = $4))"
    };
}

/// What anybody may find: its author lets it be found, and it is for everyone.
macro_rules! is_open {
    () => {
        "(a.indexable AND a.gone_at IS NULL AND NOT s.limited AND s.visibility IN ('public', 'local'))"
    };
}

/// What visitors are shown of that: what was written here, for everyone.
macro_rules! is_from_here {
    () => {
        "(s.community_id IS NOT NULL AND s.visibility = 'public')"
    };
}

/// What SQLite looks for: all of these words and none of those, each list in JSON.
macro_rules! question {
    ($with:literal, $without:literal) => {
        concat!(
            "'(' || (SELECT group_concat('\"' || w.value || '\"', ' AND ') FROM json_each(",
            $with,
            ") w) || ')'
              || COALESCE(' NOT ('
                          || (SELECT group_concat('\"' || n.value || '\"', ' OR ') FROM json_each(",
            $without,
            ") n)
                          || ')', '')"
        )
    };
}

/// What is said of each of these entries, and which of them are for whom.
macro_rules! found {
    ($entries:expr, $order:literal) => {
        found!("", $entries, $order)
    };
    ($more:expr, $entries:expr, $order:literal) => {
        concat!(
            "SELECT s.id, CAST(CASE WHEN ",
            has_part!(),
            " THEN 1 ELSE 0 END AS BIGINT) AS has_part",
            $more,
            " FROM ",
            $entries,
            " AND s.id < $1 AND s.id > $2
              AND ((CAST($7 AS BIGINT) < 2 AND ",
            has_part!(),
            ") OR (CAST($7 AS BIGINT) <> 1 AND ",
            is_open!(),
            ")) AND (CAST($7 AS BIGINT) < 3 OR ",
            is_from_here!(),
            ") ORDER BY ",
            $order,
            " LIMIT $3"
        )
    };
}

/// Entries with the words between these two, by SQLite: it does not carry the window over from `s.id` to its index, which takes
/// one bound at either side.
macro_rules! on_sqlite {
    ($below:literal, $above:literal) => {
        concat!(
            "search_words
              CROSS JOIN statuses s ON s.id = search_words.rowid
              CROSS JOIN accounts a ON a.id = s.account_id
              WHERE search_words.rowid < ",
            $below,
            " AND search_words.rowid > ",
            $above,
            " AND search_words MATCH ",
            question!("$5", "$6")
        )
    };
}

/// Those of these entries that have the words, by PostgreSQL.
macro_rules! on_postgres {
    ($entries:expr) => {
        concat!(
            $entries,
            " JOIN statuses s ON s.id = w.status_id
              JOIN accounts a ON a.id = s.account_id
              WHERE w.words @@ CAST('''' || array_to_string(CAST($5 AS TEXT[]), ''' & ''') || '''' AS TSQUERY)
                AND NOT tsvector_to_array(w.words) && CAST($6 AS TEXT[])"
        )
    };
}

/// Both engines have a language of their own for what is looked for. Words are letters, digits and our sign, so that nothing in
/// them needs a way out of the quotes.
macro_rules! found_in {
    ($sqlite:literal, $pg:literal) => {
        sql!(
            row: (i64, i64),
            sqlite: found!(on_sqlite!("$1", "$2"), $sqlite),
            pg: found!(on_postgres!("search_entries w"), $pg),
        )
    };
}

const NEWEST: Sql<(i64, i64)> = found_in!("search_words.rowid DESC", "s.id DESC");
const OLDEST: Sql<(i64, i64)> = found_in!("search_words.rowid", "s.id");

/// The same near where one begins to read, where nearly every page of common words is full: on SQLite among the first `$8` posts
/// with the words, and whether there are no others (1); on PostgreSQL among the first `$8` posts of any words. PostgreSQL gathers
/// all that has the words before it gives any, and does not foresee that it may be every post.
macro_rules! near_in {
    ($direction:literal, $below:literal, $above:literal, $sqlite:literal, $pg:literal) => {
        sql!(
            row: (i64, i64, i64),
            sqlite: concat!(
                "WITH near AS MATERIALIZED (
                   SELECT (SELECT search_words.rowid
                             FROM search_words
                            WHERE search_words.rowid < $1 AND search_words.rowid > $2 AND search_words MATCH ",
                question!("$5", "$6"),
                "           ORDER BY search_words.rowid ",
                $direction,
                "           LIMIT 1 OFFSET $8 - 1) AS edge) ",
                found!(
                    ", CAST((SELECT near.edge IS NULL FROM near) AS BIGINT) AS is_all",
                    on_sqlite!($below, $above),
                    $sqlite
                )
            ),
            pg: found!(
                ", CAST(0 AS BIGINT) AS is_all",
                on_postgres!(concat!(
                    "(SELECT e.status_id, e.words
                        FROM search_entries e
                       WHERE e.status_id < $1 AND e.status_id > $2
                       ORDER BY e.status_id ",
                    $direction,
                    " LIMIT $8) w"
                )),
                $pg
            ),
        )
    };
}

const NEWEST_NEAR: Sql<(i64, i64, i64)> = near_in!(
    "DESC",
    "$1",
    "max($2, COALESCE((SELECT near.edge FROM near), 0) - 1)",
    "search_words.rowid DESC",
    "s.id DESC"
);
const OLDEST_NEAR: Sql<(i64, i64, i64)> = near_in!(
    "ASC",
    "min($1, COALESCE((SELECT near.edge FROM near), 9223372036854775806) + 1)",
    "$2",
    "search_words.rowid",
    "s.id"
);

/// Where the index is left on SQLite, which goes through it post by post: what has the words and is for somebody else may be
/// most of it. PostgreSQL has all that is found at once, and is left to its end.
macro_rules! edge_in {
    ($order:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT CAST(search_words.rowid AS BIGINT) AS edge
                   FROM search_words
                  WHERE search_words.rowid < $1 AND search_words.rowid > $2 AND search_words MATCH ",
                question!("$4", "$5"),
                " ORDER BY search_words.rowid ",
                $order,
                " LIMIT 1 OFFSET $3"
            ),
            pg: "SELECT status_id
                   FROM search_entries
                  WHERE status_id < $1 AND status_id > $2 AND status_id = 0 AND CAST($3 AS BIGINT) < 0
                    AND CAST($4 AS TEXT[]) = CAST($5 AS TEXT[])
                  LIMIT 1",
        )
    };
}

const EDGE: Edge = Edge {
    newest: edge_in!("DESC"),
    oldest: edge_in!("ASC"),
};

/// Posts that are looked at first: of common words a page is full before their end.
const NEAR: i64 = 500;
/// Posts with the words that are looked at in one go, for those among them that may be found: some tenths of a second.
const MOST_LOOKED_AT: i64 = 20_000;

/// What was found in one go.
pub struct Read {
    /// The posts, and whether the member has part in each (1) or not (0).
    pub rows: Vec<(i64, i64)>,
    /// The last post that was looked at, where there may be more with the words beyond it.
    pub edge: Option<i64>,
}

/// Among which posts something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Those one has part in, and those that anybody may find.
    All = 0,
    /// Those one has part in.
    Library = 1,
    /// Those that anybody may find.
    Public = 2,
    /// Those of them that were written here, for everyone.
    Visitors = 3,
}

/// Posts with all of these words and none of those, and whether this member has part in each (1) or not (0): newest first, or from
/// below, oldest first. Nobody is cleared to read them yet. No more than [`MOST_LOOKED_AT`] are gone through.
pub async fn find(
    db: &Db,
    window: Window,
    limit: i64,
    account_id: i64,
    with: &[String],
    without: &[String],
    among: Among,
) -> Result<Read> {
    let mut values = params![
        window.below,
        window.above,
        limit,
        account_id,
        with.to_vec(),
        without.to_vec(),
        among as i64,
        NEAR,
    ];
    let near = if window.from_below {
        OLDEST_NEAR
    } else {
        NEWEST_NEAR
    };
    let rows = db.all(near, values.clone()).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    let is_all = rows.first().is_some_and(|(_, _, is_all)| *is_all == 1);
    if is_full || is_all {
        let rows = rows.into_iter().map(|(id, has_part, _)| (id, has_part));
        return Ok(Read {
            rows: rows.collect(),
            edge: None,
        });
    }
    let of = params![with.to_vec(), without.to_vec()];
    let (window, edge) = EDGE.cut(db, window, MOST_LOOKED_AT, of).await?;
    let statement = if window.from_below { OLDEST } else { NEWEST };
    values.truncate(7);
    values[0] = window.below.into();
    values[1] = window.above.into();
    let rows = db.all(statement, values).await?;
    Ok(Read { rows, edge })
}
