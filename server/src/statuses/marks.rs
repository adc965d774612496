//! What one member did with posts, as it is shown beside each: asked once for a page, in all the tables that know of it.

use std::collections::HashSet;

use comity_db::{Db, Sql, params, sql};

use crate::error::Result;

const FAVOURITED: i64 = 1;
const REBLOGGED: i64 = 2;
const PINNED: i64 = 3;
const BOOKMARKED: i64 = 4;

/// Rows of (what, which): conversations come as what is none of the above.
const MARKS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "WITH posts AS MATERIALIZED (SELECT value AS id FROM json_each($2))
             SELECT 1, f.status_id
               FROM posts p
               JOIN favourites f ON f.account_id = $1 AND f.status_id = p.id
              UNION ALL
             SELECT 2, COALESCE(s.reblog_of_id, 0)
               FROM posts p
               JOIN statuses s ON s.reblog_of_id = p.id AND s.account_id = $1
              UNION ALL
             SELECT 3, n.status_id
               FROM posts p
               JOIN pins n ON n.account_id = $1 AND n.status_id = p.id
              UNION ALL
             SELECT 4, b.status_id
               FROM posts p
               JOIN bookmarks b ON b.account_id = $1 AND b.status_id = p.id
              UNION ALL
             SELECT 5, l.conversation_id
               FROM left_conversations l
              WHERE l.account_id = $1 AND l.conversation_id IN (SELECT value FROM json_each($3))",
    pg: "SELECT CAST(1 AS BIGINT), status_id
           FROM favourites
          WHERE account_id = $1 AND status_id = ANY($2)
          UNION ALL
         SELECT CAST(2 AS BIGINT), COALESCE(reblog_of_id, 0)
           FROM statuses
          WHERE reblog_of_id = ANY($2) AND account_id = $1
          UNION ALL
         SELECT CAST(3 AS BIGINT), status_id
           FROM pins
          WHERE account_id = $1 AND status_id = ANY($2)
          UNION ALL
         SELECT CAST(4 AS BIGINT), status_id
           FROM bookmarks
          WHERE account_id = $1 AND status_id = ANY($2)
          UNION ALL
         SELECT CAST(5 AS BIGINT), conversation_id
           FROM left_conversations
          WHERE account_id = $1 AND conversation_id = ANY($3)",
);

/// What one member did with the posts of a page.
#[derive(Debug, Default)]
pub struct Marks {
    /// Posts they favourited.
    pub favourited: HashSet<i64>,
    /// Posts they boosted.
    pub reblogged: HashSet<i64>,
    /// Posts they pinned.
    pub pinned: HashSet<i64>,
    /// Posts they keep.
    pub bookmarked: HashSet<i64>,
    /// Conversations they left.
    pub left: HashSet<i64>,
}

impl Marks {
    /// Of this member, among these posts and these conversations.
    pub async fn of(
        db: &Db,
        account_id: i64,
        posts: Vec<i64>,
        conversations: Vec<i64>,
    ) -> Result<Marks> {
        let mut marks = Marks::default();
        if posts.is_empty() && conversations.is_empty() {
            return Ok(marks);
        }
        let of = params![account_id, posts, conversations];
        for (what, id) in db.all(MARKS, of).await? {
            let place = match what {
                FAVOURITED => &mut marks.favourited,
                REBLOGGED => &mut marks.reblogged,
                PINNED => &mut marks.pinned,
                BOOKMARKED => &mut marks.bookmarked,
                _ => &mut marks.left,
            };
            place.insert(id);
        }
        Ok(marks)
    }
}
