//! SQL of `statuses`, as lists are read: by author, by conversation, by what is shared.

use comity_db::{Db, Sql, params, sql};

use crate::error::Result;
use crate::window::{Edge, Ids, edge_in, ids_in};

/// What an account wrote and boosted.
pub const BY_AUTHOR: Ids = ids_in!("id", "SELECT id FROM statuses WHERE account_id = $4");
/// What is left out of what somebody wrote (`s`) where it is said: answers to others (`$5`), boosts (`$6`), and what is for few
/// people (`$7`).
macro_rules! chosen_of_author {
    () => {
        "(NOT CAST($5 AS BOOLEAN) OR s.in_reply_to_iri IS NULL OR s.in_reply_to_account_id = s.account_id)
         AND (NOT CAST($6 AS BOOLEAN) OR s.reblog_of_id IS NULL)
         AND (NOT CAST($7 AS BOOLEAN) OR s.visibility <> 'direct')"
    };
}
pub(crate) use chosen_of_author;

/// What an account wrote and boosted, less what is left out.
pub const CHOSEN_BY_AUTHOR: Ids = ids_in!(
    "s.id",
    concat!(
        "SELECT s.id FROM statuses s WHERE s.account_id = $4 AND ",
        chosen_of_author!()
    )
);
/// What an account wrote that has files, less what is left out. Counts on `statuses_files_by_author`.
pub const FILES_BY_AUTHOR: Ids = ids_in!(
    "s.id",
    sqlite: concat!(
        "SELECT s.id
           FROM statuses s INDEXED BY statuses_files_by_author
          WHERE s.account_id = $4 AND s.attachments <> '[]' AND ",
        chosen_of_author!()
    ),
    pg: concat!(
        "SELECT s.id
           FROM statuses s
          WHERE s.account_id = $4 AND s.attachments <> '[]' AND ",
        chosen_of_author!()
    )
);
/// How far what an account wrote is looked through. Counts on `statuses_by_author`.
pub const EDGE_OF_AUTHOR: Edge = edge_in!("id", "SELECT id FROM statuses WHERE account_id = $4");
/// The same of what has files. Counts on `statuses_files_by_author`.
pub const EDGE_OF_FILES: Edge = edge_in!(
    "id",
    sqlite: "SELECT id
               FROM statuses INDEXED BY statuses_files_by_author
              WHERE account_id = $4 AND attachments <> '[]'",
    pg: "SELECT id
           FROM statuses
          WHERE account_id = $4 AND attachments <> '[]'"
);
/// Boosts of a status. Counts on `statuses_by_reblog`.
pub const REBLOGS_OF: Ids = ids_in!("id", "SELECT id FROM statuses WHERE reblog_of_id = $4");
const IN_CONVERSATION: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE conversation_id = $1 AND id > $2 AND reblog_of_id IS NULL
      ORDER BY id
      LIMIT $3"
);
const WITH_ABOVE: Sql<(i64,)> = sql!(
    row: (i64,),
    "WITH RECURSIVE above (id, parent_id, depth) AS (
       SELECT id, in_reply_to_id, 0
         FROM statuses
        WHERE id = $1
        UNION ALL
       SELECT s.id, s.in_reply_to_id, above.depth + 1
         FROM above
         JOIN statuses s ON s.id = above.parent_id
        WHERE above.depth < $2
     )
     SELECT id
       FROM above
      LIMIT 4097"
);
/// Nearest first, level by level, and within a level the oldest first. Counts on `statuses_by_parent`. SQLite stops at the limit
/// of the whole, PostgreSQL at the one without: neither reads on. But what either read of a level waits in a queue before it
/// counts, so of one post's answers no more than the limit are read.
const BELOW: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "WITH RECURSIVE below (id, depth) AS (
               SELECT id, 1
                 FROM (SELECT id FROM statuses WHERE in_reply_to_id = $1 ORDER BY id LIMIT $3)
                UNION ALL
               SELECT s.id, below.depth + 1
                 FROM below
                 JOIN statuses s ON s.id IN (SELECT c.id
                                               FROM statuses c
                                              WHERE c.in_reply_to_id = below.id
                                              ORDER BY c.id
                                              LIMIT $3)
                WHERE below.depth < $2
                ORDER BY 2, 1
                LIMIT $3
             )
             SELECT id
               FROM below",
    pg: "WITH RECURSIVE below (id, depth) AS (
           (SELECT id, CAST(1 AS BIGINT)
              FROM statuses
             WHERE in_reply_to_id = $1
             ORDER BY id
             LIMIT $3)
            UNION ALL
           (SELECT answers.id, below.depth + 1
              FROM below
             CROSS JOIN LATERAL (SELECT s.id
                                   FROM statuses s
                                  WHERE s.in_reply_to_id = below.id
                                  ORDER BY s.id
                                  LIMIT $3) answers
             WHERE below.depth < $2
             ORDER BY answers.id
             LIMIT $3)
         )
         SELECT id
           FROM below
          LIMIT $3"
);
const REPLIES_TO: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE in_reply_to_id = $1 AND id > $2 AND approval = 'stands'
      ORDER BY id
      LIMIT $3"
);
const REBLOG_BY: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT id FROM statuses WHERE reblog_of_id = $1 AND account_id = $2");
const SHARED_BY: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT COALESCE(reblog_of_id, id) FROM statuses WHERE id = $1 AND account_id = $2"
);

/// Oldest first, newer than `min_id`.
pub async fn in_conversation(
    db: &Db,
    conversation_id: i64,
    min_id: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(db
        .column(IN_CONVERSATION, params![conversation_id, min_id, limit])
        .await?)
}

/// This status and what it answers, the nearest first, at most `most` steps up (and no ring walked for ever).
pub async fn with_above(db: &Db, status_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(WITH_ABOVE, params![status_id, most]).await?)
}

/// What answers this status, and what answers that, at most `deep` steps down: the nearest first, `most` of them.
pub async fn below(db: &Db, status_id: i64, deep: i64, most: i64) -> Result<Vec<i64>> {
    let values = params![status_id, deep, most];
    Ok(db.column(BELOW, values).await?)
}

/// Direct answers, oldest first, newer than `min_id`.
pub async fn replies_to(db: &Db, status_id: i64, min_id: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(REPLIES_TO, params![status_id, min_id, limit])
        .await?)
}

/// What this account shares by the boost with this id; of all that is no boost of theirs, the id itself. Nobody is cleared to
/// see it.
pub async fn shared_by(db: &Db, id: i64, account_id: i64) -> Result<i64> {
    let shared = db.opt_column(SHARED_BY, params![id, account_id]).await?;
    Ok(shared.unwrap_or(id))
}

/// This account's boost of this status.
pub async fn reblog_by(db: &Db, status_id: i64, account_id: i64) -> Result<Option<i64>> {
    Ok(db
        .opt_column(REBLOG_BY, params![status_id, account_id])
        .await?)
}
