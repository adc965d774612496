//! Whether what is stored makes what is done dearer: the same measures again with many more statuses.

use std::path::Path;

use comity_db::{Sql, params, sql};

use super::{ACTORS, Bench, reads};
use crate::browser::Browser;
use crate::program::Program;
use crate::report::Failure;

/// Copies one statement makes: well within the time that a statement may take.
const COPIES: usize = 5_000;

/// The newest status of each of those whom the member follows.
const NEWEST_OF_EACH: Sql<(i64,)> = sql!(
    row: (i64,),
    full_scan: "a benchmark looks through what it made",
    "SELECT MAX(s.id)
       FROM statuses s
       JOIN follows f ON f.target_id = s.account_id
       JOIN members m ON m.account_id = f.account_id
      GROUP BY s.account_id"
);
/// Each copy a second older than the one before: a timeline as it would have grown.
const COPY: Sql = sql!(
    "WITH RECURSIVE numbers (n) AS (
         SELECT CAST($2 AS BIGINT)
          UNION ALL
         SELECT n + 1 FROM numbers WHERE n + 1 < CAST($3 AS BIGINT)
     )
     INSERT INTO statuses (id, iri, url, account_id, community_id, kind, visibility, in_reply_to_id, in_reply_to_iri,
                           in_reply_to_account_id, conversation_id, reblog_of_id, title, spoiler_text, content, source,
                           language, sensitive, tags, attachments, limited, created_at, edited_at, replies_count,
                           reblogs_count, favourites_count)
     SELECT s.id - n.n * 65536000, s.iri || '/copies/' || n.n, s.url, s.account_id, s.community_id, s.kind,
            s.visibility, NULL, NULL, NULL, s.id - n.n * 65536000, NULL, s.title, s.spoiler_text, s.content, s.source,
            s.language, s.sensitive, s.tags, s.attachments, s.limited, s.created_at - n.n * 1000, NULL, 0, 0, 0
       FROM numbers n
       JOIN statuses s ON s.id = $1
     ON CONFLICT DO NOTHING"
);
const PLACE: Sql = sql!(
    full_scan: "a benchmark places what it made",
    "INSERT INTO home_entries (account_id, status_id, author_id)
     SELECT m.account_id, s.id, s.account_id
       FROM statuses s
       JOIN follows f ON f.target_id = s.account_id
       JOIN members m ON m.account_id = f.account_id
     ON CONFLICT DO NOTHING"
);

impl Bench {
    /// What is added is copied in the database: to bring it through the inbox would take minutes.
    pub(super) async fn growth(
        &self,
        binary: &Path,
        config: &Path,
        browser: &Browser,
    ) -> Result<(), Failure> {
        if !self.wants("growth") {
            return Ok(());
        }
        let newest = self.db.all(NEWEST_OF_EACH, params![]).await?;
        let missing = self.statuses.saturating_sub(self.stored().await?);
        let each = missing.div_ceil(newest.len().max(1));
        for (status,) in newest.into_iter().take(ACTORS) {
            for from in (1..=each).step_by(COPIES) {
                let to = (from + COPIES).min(each + 1);
                self.db
                    .exec(COPY, params![status, number(from), number(to)])
                    .await?;
            }
        }
        self.db.exec(PLACE, params![]).await?;

        let stored = self.stored().await?;
        let (program, _) = Program::start(binary, config).await?;
        reads::read(
            &program,
            browser,
            &format!("growth: read home of {stored}"),
            "/home",
            "p99 < 10 ms",
        )
        .await?;
        self.bring(&program, &format!("growth: inbox beside {stored}"))
            .await
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
