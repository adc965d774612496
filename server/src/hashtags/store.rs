//! SQL of `hashtag_entries` and `author_tags`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::statuses::chosen_of_author;
use crate::window::{Edge, Ids, LookedThrough, edge_in, ids_in};

const INSERT: Sql = sql!(
    "INSERT INTO hashtag_entries (name, status_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const INSERT_OF_AUTHOR: Sql = sql!(
    "INSERT INTO author_tags (account_id, name, status_id)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const WITHDRAW: Sql = sql!("DELETE FROM hashtag_entries WHERE status_id = $1");
const WITHDRAW_OF_AUTHOR: Sql = sql!("DELETE FROM author_tags WHERE status_id = $1");
/// Each name is read by itself, from its end, so that it does not matter how many posts name it.
macro_rules! named {
    ($of_each:literal, $of_all:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT DISTINCT e.status_id
                   FROM json_each($4) t
                  CROSS JOIN hashtag_entries e ON e.name = t.value
                                              AND e.status_id IN (SELECT o.status_id
                                                                    FROM hashtag_entries o
                                                                   WHERE o.name = t.value
                                                                     AND o.status_id < $1 AND o.status_id > $2
                                                                   ORDER BY ",
                $of_each,
                "                                                  LIMIT $3)
                  ORDER BY ",
                $of_all,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT DISTINCT e.status_id
                   FROM unnest(CAST($4 AS TEXT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.status_id
                                        FROM hashtag_entries o
                                       WHERE o.name = t.value AND o.status_id < $1 AND o.status_id > $2
                                       ORDER BY ",
                $of_each,
                "                      LIMIT $3) e
                  ORDER BY ",
                $of_all,
                " LIMIT $3"
            ),
        )
    };
}

/// Statuses that name one of these (folded); nobody is cleared to see them yet.
pub const NAMED: Ids = Ids {
    newest: named!("o.status_id DESC", "e.status_id DESC"),
    oldest: named!("o.status_id", "e.status_id"),
};

/// Statuses that name this one (folded).
pub const OF_ONE: Ids = ids_in!(
    "status_id",
    "SELECT status_id FROM hashtag_entries WHERE name = $4"
);

/// What files a post has, and whether it was written in one community (`$9`), or elsewhere than in one (`$10`).
macro_rules! is_chosen {
    () => {
        "(NOT CAST($8 AS BOOLEAN) OR s.attachments <> '[]')
         AND (CAST($9 AS BIGINT) IS NULL OR s.community_id = CAST($9 AS BIGINT))
         AND (CAST($10 AS BIGINT) IS NULL OR s.community_id IS NULL OR s.community_id <> CAST($10 AS BIGINT))"
    };
}

/// Statuses that name this one, each with whether it names one of `$5` where there are any, all of `$6` (each once) and none
/// of `$7`, and is chosen. On PostgreSQL each status is looked up by itself: it would otherwise read all of them to join them.
macro_rules! looked_at {
    ($of_name:literal, $of_all:literal) => {
        sql!(
            row: (i64, i64),
            sqlite: concat!(
                "SELECT e.status_id,
                        CAST(CASE WHEN ",
                is_chosen!(),
                "                      AND (json_array_length($5) = 0
                                            OR (SELECT count(*)
                                                  FROM hashtag_entries x
                                                 WHERE x.status_id = e.status_id
                                                   AND x.name IN (SELECT value FROM json_each($5))) > 0)
                                       AND (SELECT count(*)
                                              FROM hashtag_entries x
                                             WHERE x.status_id = e.status_id
                                               AND x.name IN (SELECT value FROM json_each($6))) = json_array_length($6)
                                       AND (SELECT count(*)
                                              FROM hashtag_entries x
                                             WHERE x.status_id = e.status_id
                                               AND x.name IN (SELECT value FROM json_each($7))) = 0
                                  THEN 1 ELSE 0 END AS BIGINT) AS fits
                   FROM (SELECT status_id
                           FROM hashtag_entries
                          WHERE name = $4 AND status_id < $1 AND status_id > $2
                          ORDER BY ",
                $of_name,
                "         LIMIT $3) e
                  CROSS JOIN statuses s ON s.id = e.status_id
                  ORDER BY ",
                $of_all,
                " LIMIT $3"
            ),
            pg: concat!(
                "SELECT e.status_id,
                        CAST(CASE WHEN ",
                is_chosen!(),
                "                      AND (cardinality(CAST($5 AS TEXT[])) = 0
                                            OR (SELECT count(*)
                                                  FROM hashtag_entries x
                                                 WHERE x.status_id = e.status_id
                                                   AND x.name = ANY(CAST($5 AS TEXT[]))) > 0)
                                       AND (SELECT count(*)
                                              FROM hashtag_entries x
                                             WHERE x.status_id = e.status_id
                                               AND x.name = ANY(CAST($6 AS TEXT[]))) = cardinality(CAST($6 AS TEXT[]))
                                       AND (SELECT count(*)
                                              FROM hashtag_entries x
                                             WHERE x.status_id = e.status_id
                                               AND x.name = ANY(CAST($7 AS TEXT[]))) = 0
                                  THEN 1 ELSE 0 END AS BIGINT) AS fits
                   FROM (SELECT status_id
                           FROM hashtag_entries
                          WHERE name = $4 AND status_id < $1 AND status_id > $2
                          ORDER BY ",
                $of_name,
                "         LIMIT $3) e
                  CROSS JOIN LATERAL (SELECT o.attachments, o.community_id
                                        FROM statuses o
                                       WHERE o.id = e.status_id
                                       LIMIT 1) s
                  ORDER BY ",
                $of_all,
                " LIMIT $3"
            ),
        )
    };
}

/// Statuses that name one topic and are as asked.
pub const CHOSEN: LookedThrough = LookedThrough {
    newest: looked_at!("status_id DESC", "e.status_id DESC"),
    oldest: looked_at!("status_id", "e.status_id"),
};

/// What an account wrote (`$4`) that names this one (`$8`), chosen as by [`chosen_of_author!`].
pub const BY_AUTHOR: Ids = ids_in!(
    "e.status_id",
    sqlite: concat!(
        "SELECT e.status_id
           FROM author_tags e
          CROSS JOIN statuses s ON s.id = e.status_id
          WHERE e.account_id = $4 AND e.name = $8 AND (NOT CAST($9 AS BOOLEAN) OR s.attachments <> '[]') AND ",
        chosen_of_author!()
    ),
    pg: concat!(
        "SELECT e.status_id
           FROM author_tags e
           JOIN statuses s ON s.id = e.status_id
          WHERE e.account_id = $4 AND e.name = $8 AND (NOT CAST($9 AS BOOLEAN) OR s.attachments <> '[]') AND ",
        chosen_of_author!()
    )
);

/// How far what an account wrote (`$4`) and names this one (`$5`) is looked through. Counts on the key.
pub const EDGE_BY_AUTHOR: Edge = edge_in!(
    "status_id",
    "SELECT status_id FROM author_tags WHERE account_id = $4 AND name = $5"
);

const COUNT: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT status_id FROM hashtag_entries WHERE name = $1 LIMIT $2) AS counted"
);

/// How many statuses name this one, counted up to `most`.
pub async fn count(db: &Db, name: &str, most: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![name, most]).await?.0)
}

/// On PostgreSQL by `hashtag_entries_by_letters`: letters are ordered as bytes, whatever order the database has.
const BEGINNING: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT DISTINCT name
               FROM hashtag_entries
              WHERE name >= $1 AND name < $2
              ORDER BY name
              LIMIT $3",
    pg: "SELECT DISTINCT name COLLATE \"C\" AS name
           FROM hashtag_entries
          WHERE name COLLATE \"C\" >= $1 AND name COLLATE \"C\" < $2
          ORDER BY 1
          LIMIT $3",
);

/// Names (folded) that begin so, at most `limit`.
pub async fn beginning(db: &Db, prefix: &str, limit: i64) -> Result<Vec<String>> {
    let after = format!("{prefix}\u{10FFFF}");
    Ok(db.column(BEGINNING, params![prefix, after, limit]).await?)
}

/// Counts on `hashtag_entries_by_status`.
const RECENT: Sql<(String, i64, i64)> = sql!(
    row: (String, i64, i64),
    "SELECT newest.name, newest.status_id, s.account_id
       FROM (SELECT name, status_id
               FROM hashtag_entries
              WHERE status_id > $1
              ORDER BY status_id DESC
              LIMIT $2) newest
       JOIN statuses s ON s.id = newest.status_id
      ORDER BY newest.status_id DESC
      LIMIT $2"
);

/// Names, the statuses that name them and their authors, the newest first.
pub async fn recent(db: &Db, above: i64, most: i64) -> Result<Vec<(String, i64, i64)>> {
    Ok(db.all(RECENT, params![above, most]).await?)
}

/// Counts on the key: each of the names is read from its newest, and authors are looked up of what is left of all.
const RECENT_OF: Sql<(String, i64, i64)> = sql!(
    row: (String, i64, i64),
    sqlite: "SELECT n.name, n.status_id, s.account_id
               FROM (SELECT e.name, e.status_id
                       FROM json_each($1) t
                      CROSS JOIN hashtag_entries e ON e.name = t.value
                                                  AND e.status_id IN (SELECT o.status_id
                                                                        FROM hashtag_entries o
                                                                       WHERE o.name = t.value AND o.status_id > $2
                                                                       ORDER BY o.status_id DESC
                                                                       LIMIT $3)
                      ORDER BY e.status_id DESC
                      LIMIT $3) n
              CROSS JOIN statuses s ON s.id = n.status_id
              ORDER BY n.status_id DESC
              LIMIT $3",
    pg: "SELECT n.name, n.status_id, s.account_id
           FROM (SELECT e.name, e.status_id
                   FROM unnest(CAST($1 AS TEXT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.name, o.status_id
                                        FROM hashtag_entries o
                                       WHERE o.name = t.value AND o.status_id > $2
                                       ORDER BY o.status_id DESC
                                       LIMIT $3) e
                  ORDER BY e.status_id DESC
                  LIMIT $3) n
          CROSS JOIN LATERAL (SELECT o.account_id FROM statuses o WHERE o.id = n.status_id LIMIT 1) s
          ORDER BY n.status_id DESC
          LIMIT $3"
);

/// The same of these names (folded) alone.
pub async fn recent_of(
    db: &Db,
    names: Vec<String>,
    above: i64,
    most: i64,
) -> Result<Vec<(String, i64, i64)>> {
    Ok(db.all(RECENT_OF, params![names, above, most]).await?)
}

pub fn insert(tx: &mut Tx, name: &str, status_id: i64) {
    tx.exec(INSERT, params![name, status_id]);
}

pub fn insert_of_author(tx: &mut Tx, account_id: i64, name: &str, status_id: i64) {
    tx.exec(INSERT_OF_AUTHOR, params![account_id, name, status_id]);
}

pub fn withdraw(tx: &mut Tx, status_id: i64) {
    tx.exec(WITHDRAW, params![status_id]);
    tx.exec(WITHDRAW_OF_AUTHOR, params![status_id]);
}
