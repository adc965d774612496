//! More statuses than could be brought in reasonable time: copied in the database, with their places in home timelines
//! and in the index of words.

use comity_db::{Sql, params, sql};

use super::{ACTORS, Bench, SAID};
use crate::report::Failure;

/// Copies one statement makes: well within the time that a statement may take.
const COPIES: usize = 5_000;
/// By how much the id of a status grows within a second: ids are milliseconds with sixteen bits below them.
const A_SECOND: i64 = 1_000 << 16;

/// Of each of those elsewhere whom the member follows: who it is, the newest status, and the oldest of any kind.
const SOURCES: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    full_scan: "a benchmark looks through what it made",
    "SELECT s.account_id,
            MAX(CASE WHEN s.in_reply_to_iri IS NULL THEN s.id ELSE 0 END) AS newest,
            MIN(s.id) AS oldest
       FROM statuses s
      WHERE s.community_id IS NULL
        AND s.account_id IN (SELECT f.target_id
                               FROM follows f
                               JOIN members m ON m.account_id = f.account_id)
      GROUP BY s.account_id"
);
/// Each a second older than the one before: a timeline as it would have grown. All are older than what is there, so that
/// those of two growths do not meet.
const COPY: Sql = sql!(
    "WITH RECURSIVE copies (id) AS (
         SELECT CAST($2 AS BIGINT)
          UNION ALL
         SELECT id + CAST($4 AS BIGINT) FROM copies WHERE id + CAST($4 AS BIGINT) < CAST($3 AS BIGINT)
     )
     INSERT INTO statuses (id, iri, url, account_id, community_id, kind, visibility, in_reply_to_id, in_reply_to_iri,
                           in_reply_to_account_id, conversation_id, reblog_of_id, title, spoiler_text, content, source,
                           language, sensitive, tags, attachments, limited, created_at, edited_at, replies_count,
                           reblogs_count, favourites_count)
     SELECT c.id, s.iri || '/copies/' || c.id, s.url, s.account_id, s.community_id, s.kind, s.visibility, NULL, NULL,
            NULL, c.id, NULL, s.title, s.spoiler_text, s.content, s.source, s.language, s.sensitive, s.tags,
            s.attachments, s.limited, s.created_at - (s.id - c.id) / 65536, NULL, 0, 0, 0
       FROM copies c
       JOIN statuses s ON s.id = $1
     ON CONFLICT DO NOTHING"
);
/// Counts on `statuses_by_author`.
const PLACE: Sql = sql!(
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT m.account_id, s.id, s.account_id
       FROM statuses s
       JOIN follows f ON f.target_id = s.account_id
       JOIN members m ON m.account_id = f.account_id
      WHERE s.account_id = $1 AND s.id >= $2 AND s.id < $3
     ON CONFLICT DO NOTHING"
);
/// SQLite keeps words in a table of their own, which has no keys to conflict by, and beside them that they are there.
const KEEP: Sql = sql!(
    sqlite: "INSERT INTO search_words (rowid, words)
             SELECT s.id, $4
               FROM statuses s
              WHERE s.account_id = $1 AND s.id >= $2 AND s.id < $3
                AND NOT EXISTS (SELECT 1 FROM search_entries e WHERE e.status_id = s.id)",
    pg: "INSERT INTO search_entries (status_id, words)
         SELECT s.id, array_to_tsvector(string_to_array(CAST($4 AS TEXT), ' '))
           FROM statuses s
          WHERE s.account_id = $1 AND s.id >= $2 AND s.id < $3
         ON CONFLICT DO NOTHING",
);
const NOTE: Sql = sql!(
    sqlite: "INSERT INTO search_entries (status_id)
             SELECT s.id
               FROM statuses s
              WHERE s.account_id = $1 AND s.id >= $2 AND s.id < $3
             ON CONFLICT DO NOTHING",
    pg: "UPDATE search_entries SET words = words WHERE CAST($1 AS BIGINT) = 0 AND status_id >= $2 AND status_id < $3",
);
/// What a database that runs on finds out within a minute, before a measure begins and not during it.
const LOOK_THROUGH: [Sql; 4] = [
    sql!("ANALYZE statuses"),
    sql!("ANALYZE home_entries"),
    sql!("ANALYZE search_entries"),
    sql!(
        sqlite: "ANALYZE search_entries",
        pg: "SELECT gin_clean_pending_list('search_entries_by_words')",
    ),
];

impl Bench {
    /// Copies statuses until there are so many; answers how many there are. No server needs to run.
    pub(super) async fn grow_to(&self, wanted: usize) -> Result<usize, Failure> {
        let missing = wanted.saturating_sub(self.stored().await?);
        let sources = self.db.all(SOURCES, params![]).await?;
        let sources: Vec<_> = sources.into_iter().take(ACTORS).collect();
        let each = missing.div_ceil(sources.len().max(1));
        for (author, newest, oldest) in sources {
            let words = words_of(author);
            for made in (0..each).step_by(COPIES) {
                let upto = (made + COPIES).min(each);
                // Below the oldest, and the newest of these last.
                let from = oldest - number(upto) * A_SECOND;
                let to = oldest - number(made) * A_SECOND;
                self.db
                    .exec(COPY, params![newest, from, to, A_SECOND])
                    .await?;
                self.db.exec(PLACE, params![author, from, to]).await?;
                self.db
                    .exec(KEEP, params![author, from, to, words.as_str()])
                    .await?;
                self.db.exec(NOTE, params![author, from, to]).await?;
            }
        }
        // SQLite never asks: the server looks through its tables when it ends, and this one is killed.
        if missing > 0 && self.db.engine_name() == "PostgreSQL" {
            for statement in LOOK_THROUGH {
                self.db.exec(statement, params![]).await?;
            }
        }
        self.stored().await
    }
}

/// What the index has of a post that says the usual: its marks, and its words once each.
fn words_of(author: i64) -> String {
    let said: std::collections::BTreeSet<String> = SAID
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let marks = ["·any".to_owned(), format!("·by{author}")];
    marks.into_iter().chain(said).collect::<Vec<_>>().join(" ")
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
