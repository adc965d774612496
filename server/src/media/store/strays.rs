//! SQL that tells files that anything names from those that nothing does.

use std::collections::HashSet;

use comity_db::{Db, Sql, params, sql};

use crate::error::Result;

const NAMED: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT file_key FROM media WHERE file_key IN (SELECT value FROM json_each($1))
             UNION ALL
             SELECT poster_key FROM media WHERE poster_key <> '' AND poster_key IN (SELECT value FROM json_each($1))
             UNION ALL
             SELECT file_key FROM media_copies WHERE file_key IN (SELECT value FROM json_each($1))
             UNION ALL
             SELECT file_key FROM custom_emojis WHERE file_key IN (SELECT value FROM json_each($1))",
    pg: "SELECT file_key FROM media WHERE file_key = ANY($1)
         UNION ALL
         SELECT poster_key FROM media WHERE poster_key <> '' AND poster_key = ANY($1)
         UNION ALL
         SELECT file_key FROM media_copies WHERE file_key = ANY($1)
         UNION ALL
         SELECT file_key FROM custom_emojis WHERE file_key = ANY($1)",
);

/// Which of these keys anything names. Counts on `media_by_key`, `media_by_poster`, and the keys of copies and emoji.
pub async fn named(db: &Db, keys: Vec<String>) -> Result<HashSet<String>> {
    let named = db.all(NAMED, params![keys]).await?;
    Ok(named.into_iter().map(|(key,)| key).collect())
}

const WAITING: Sql<(String,)> = sql!(
    row: (String,),
    sqlite: "SELECT file_key FROM media WHERE file_key IN (SELECT value FROM json_each($1)) AND state <> 'ready'",
    pg: "SELECT file_key FROM media WHERE file_key = ANY($1) AND state <> 'ready'",
);

/// Of which of these keys what came in may be needed yet. Counts on `media_by_key`.
pub async fn waiting(db: &Db, keys: Vec<String>) -> Result<HashSet<String>> {
    let waiting = db.all(WAITING, params![keys]).await?;
    Ok(waiting.into_iter().map(|(key,)| key).collect())
}
