//! What lists are read from besides home: what others who let it wrote in public.

use comity_db::{Db, Sql, params, sql};

use super::lets;
use crate::error::Result;
use crate::window::{Edge, Ids, ids_in};

/// How far what these people wrote is looked through: as far as one of them has so many. Counts on `statuses_by_author`.
macro_rules! edge_of_strangers {
    ($of_each:literal, $of_all:literal) => {
        sql!(
            row: (i64,),
            sqlite: concat!(
                "SELECT s.id
                   FROM json_each($4) t
                  CROSS JOIN statuses s ON s.id = (SELECT o.id
                                                     FROM statuses o
                                                    WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                                    ORDER BY ",
                $of_each,
                "                                   LIMIT 1 OFFSET $3)
                  ORDER BY ",
                $of_all,
                " LIMIT 1"
            ),
            pg: concat!(
                "SELECT s.id
                   FROM unnest(CAST($4 AS BIGINT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.id
                                        FROM statuses o
                                       WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                       ORDER BY ",
                $of_each,
                "                      LIMIT 1 OFFSET $3) s
                  ORDER BY ",
                $of_all,
                " LIMIT 1"
            ),
        )
    };
}

pub const EDGE_OF_STRANGERS: Edge = Edge {
    newest: edge_of_strangers!("o.id DESC", "s.id DESC"),
    oldest: edge_of_strangers!("o.id", "s.id"),
};

/// What people of the list `$5` of `$4` wrote in public, of those that `$6` names. Each is read by themself; counts on
/// `statuses_by_author`.
macro_rules! public_of {
    ($and:literal) => {
        ids_in!(
            "s.id",
            sqlite: concat!(
                "SELECT s.id
                   FROM json_each($6) t
                  CROSS JOIN statuses s ON s.account_id = t.value
                  WHERE t.value IN (SELECT e.target_id FROM reading_list_entries e WHERE e.list_id = $5)
                    AND s.account_id <> $4
                    AND s.visibility = 'public'
                    AND s.reblog_of_id IS NULL",
                $and
            ),
            // OFFSET 0 keeps PostgreSQL from reading everybody's posts by their ids.
            pg: concat!(
                "SELECT s.id
                   FROM unnest(CAST($6 AS BIGINT[])) AS t (value)
                  CROSS JOIN LATERAL (SELECT o.id, o.account_id, o.visibility, o.reblog_of_id, o.in_reply_to_iri,
                                             o.in_reply_to_account_id
                                        FROM statuses o
                                       WHERE o.account_id = t.value AND o.id < $1 AND o.id > $2
                                      OFFSET 0) s
                  WHERE t.value IN (SELECT e.target_id FROM reading_list_entries e WHERE e.list_id = $5)
                    AND s.account_id <> $4
                    AND s.visibility = 'public'
                    AND s.reblog_of_id IS NULL",
                $and
            )
        )
    };
}

/// With answers to everybody who is followed.
pub const PUBLIC_OF_FOLLOWED: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL
           OR s.in_reply_to_account_id IN (s.account_id, $4)
           OR EXISTS (SELECT 1
                        FROM follows f
                       WHERE f.account_id = $4 AND f.target_id = s.in_reply_to_account_id AND f.state = 'accepted'))"
);
/// With answers to people in the list, to the reader, and of people to themselves.
pub const PUBLIC_OF_LIST: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL
           OR s.in_reply_to_account_id IN (s.account_id, $4)
           OR EXISTS (SELECT 1
                        FROM reading_list_entries a
                       WHERE a.list_id = $5 AND a.target_id = s.in_reply_to_account_id))"
);
/// Without answers, but for those of people to themselves and to the reader.
pub const PUBLIC_WITHOUT_REPLIES: Ids = public_of!(
    " AND (s.in_reply_to_iri IS NULL OR s.in_reply_to_account_id IN (s.account_id, $4))"
);

/// Counts on the keys of `reading_lists`, `home_entries` and `reading_list_entries`.
macro_rules! having {
    ($among:literal) => {
        concat!(
            "SELECT l.id, l.account_id
               FROM reading_lists l
               JOIN home_entries h ON h.account_id = l.account_id AND h.status_id = $1
               JOIN statuses s ON s.id = h.status_id
               JOIN reading_list_entries e ON e.list_id = l.id AND e.target_id = h.author_id
              WHERE l.id ",
            $among,
            "   AND (h.author_id = h.account_id
                         OR EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = h.account_id AND f.target_id = h.author_id AND f.state = 'accepted'))
                AND (l.replies_policy NOT IN ('list', 'none')
                     OR s.in_reply_to_iri IS NULL
                     OR s.in_reply_to_account_id IN (s.account_id, h.account_id)
                     OR (l.replies_policy = 'list'
                         AND EXISTS (SELECT 1
                                       FROM reading_list_entries a
                                      WHERE a.list_id = l.id AND a.target_id = s.in_reply_to_account_id)))
              LIMIT $3"
        )
    };
}

const HAVING: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: having!("IN (SELECT value FROM json_each($2))"),
    pg: having!("= ANY($2)"),
);

/// Those of these lists that have this status, as their timelines do, each with whose it is.
pub async fn having(db: &Db, status_id: i64, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let values = params![status_id, ids.to_vec(), most];
    Ok(db.all(HAVING, values).await?)
}

/// Whether one of these lists has a public post (`$1`) of somebody whom its owner does not follow, who let themselves be read
/// there. Counts on the keys of `reading_lists` and `reading_list_entries`.
macro_rules! having_public {
    ($among:literal) => {
        concat!(
            "SELECT l.id, l.account_id
               FROM statuses s
               JOIN accounts a ON a.id = s.account_id
               LEFT JOIN reading_list_wishes w ON w.account_id = a.id
               JOIN reading_list_entries e ON e.target_id = a.id
               JOIN reading_lists l ON l.id = e.list_id
              WHERE s.id = $1
                AND s.visibility = 'public'
                AND s.reblog_of_id IS NULL
                AND a.id <> l.account_id
                AND l.id ",
            $among,
            "   AND NOT EXISTS (SELECT 1
                                  FROM follows f
                                 WHERE f.account_id = l.account_id AND f.target_id = a.id AND f.state = 'accepted')
                AND (s.in_reply_to_iri IS NULL
                     OR s.in_reply_to_account_id IN (s.account_id, l.account_id)
                     OR (l.replies_policy = 'list'
                         AND EXISTS (SELECT 1
                                       FROM reading_list_entries x
                                      WHERE x.list_id = l.id AND x.target_id = s.in_reply_to_account_id))
                     OR (l.replies_policy NOT IN ('list', 'none')
                         AND EXISTS (SELECT 1
                                       FROM follows f
                                      WHERE f.account_id = l.account_id
                                        AND f.target_id = s.in_reply_to_account_id
                                        AND f.state = 'accepted')))
                AND ",
            lets!("l.account_id"),
            " LIMIT $3"
        )
    };
}

const HAVING_PUBLIC: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: having_public!("IN (SELECT value FROM json_each($2))"),
    pg: having_public!("= ANY($2)"),
);

/// Those of these lists that have this public status of somebody whom their owner does not follow, each with whose it is.
pub async fn having_public(db: &Db, status_id: i64, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let values = params![status_id, ids.to_vec(), most];
    Ok(db.all(HAVING_PUBLIC, values).await?)
}
