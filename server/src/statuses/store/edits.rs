//! SQL of `status_edits`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;
use crate::text::Format;

row! {
    /// An older version, as stored.
    #[derive(Debug)]
    pub struct EditRow {
        pub title: String,
        pub spoiler_text: String,
        pub content: String,
        /// Not there for versions from before it was kept, as what follows.
        pub attachments: Option<String>,
        pub sensitive: Option<bool>,
        /// The choices of its poll: a list in JSON, empty where it had none.
        pub asked: Option<String>,
        pub created_at: i64,
    }
}

/// With the poll as it is now: whoever puts another in its place does so after this.
const KEEP_VERSION: Sql = sql!(
    sqlite: "INSERT INTO status_edits (id, status_id, title, spoiler_text, content, attachments, sensitive, asked, created_at)
             SELECT $1, id, title, spoiler_text, content, attachments, sensitive,
                    (SELECT json_group_array(o.title)
                       FROM (SELECT title FROM poll_options WHERE status_id = $2 ORDER BY position LIMIT 1000) o),
                    COALESCE(edited_at, created_at)
               FROM statuses
              WHERE id = $2 AND (SELECT count(*) FROM status_edits e WHERE e.status_id = $2) < $3",
    pg: "INSERT INTO status_edits (id, status_id, title, spoiler_text, content, attachments, sensitive, asked, created_at)
         SELECT $1, id, title, spoiler_text, content, attachments, sensitive,
                (SELECT CAST(COALESCE(json_agg(o.title ORDER BY o.position), '[]') AS TEXT)
                   FROM poll_options o
                  WHERE o.status_id = $2),
                COALESCE(edited_at, created_at)
           FROM statuses
          WHERE id = $2 AND (SELECT count(*) FROM status_edits e WHERE e.status_id = $2) < $3",
);
const HOLD: Sql = sql!("UPDATE statuses SET edited_at = edited_at WHERE id = $1");
const EDIT: Sql = sql!(
    "UPDATE statuses
        SET title = $2, spoiler_text = $3, content = $4, source = $5, language = $6, sensitive = $7, tags = $8,
            attachments = $9, edited_at = $10, format = $11
      WHERE id = $1 AND COALESCE(edited_at, created_at) <= $10"
);
const EDITS_OF: Sql<EditRow> = sql!(
    row: EditRow,
    "SELECT title, spoiler_text, content, attachments, sensitive, asked, created_at
       FROM status_edits
      WHERE status_id = $1
      ORDER BY id
      LIMIT 200"
);

/// What an edit changes.
pub struct Edit<'a> {
    pub title: &'a str,
    pub spoiler_text: &'a str,
    pub content: &'a str,
    pub source: &'a str,
    pub format: Format,
    pub language: Option<&'a str>,
    pub sensitive: bool,
    pub tags: &'a str,
    pub attachments: &'a str,
    pub edited_at: i64,
}

/// Older versions that are kept of one status; the history page shows no more. Of a status that changes all the time,
/// the first ones tell what it was.
const MOST_VERSIONS: i64 = 200;

/// First of all that an edit writes: another edit of the same status waits until this one has ended, and then sees all of it.
/// On PostgreSQL the index of words would have those of the one and the status those of the other otherwise.
pub fn hold(tx: &mut Tx, status_id: i64) {
    tx.exec(HOLD, params![status_id]);
}

/// Keeps the version that was, with the poll that is there still, and puts the new one in its place; an edit older than what we
/// have changes nothing.
pub fn edit(tx: &mut Tx, edit_id: i64, status_id: i64, edit: &Edit<'_>) {
    tx.exec(KEEP_VERSION, params![edit_id, status_id, MOST_VERSIONS]);
    tx.must(
        EDIT,
        params![
            status_id,
            edit.title,
            edit.spoiler_text,
            edit.content,
            edit.source,
            edit.language,
            edit.sensitive,
            edit.tags,
            edit.attachments,
            edit.edited_at,
            edit.format.as_str(),
        ],
    );
}

pub async fn edits_of(db: &Db, status_id: i64) -> Result<Vec<EditRow>> {
    Ok(db.all(EDITS_OF, params![status_id]).await?)
}
