//! SQL of `reports`, `report_evidence`, `report_collections` and `report_notes`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{Choice, Collected, Evidence, Note, ReportRow};
use crate::error::Result;
use crate::window::Window;

const INSERT: Sql = sql!(
    "INSERT INTO reports
            (id, community_id, account_id, target_id, iri, category, comment, rule_ids, forwarded_to, answer,
             created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT DO NOTHING"
);

/// Or undoes the whole transaction where it came before.
pub fn insert(tx: &mut Tx, row: ReportRow) {
    tx.must(
        INSERT,
        params![
            row.id,
            row.community_id,
            row.account_id,
            row.target_id,
            row.iri,
            row.category,
            row.comment,
            row.rule_ids,
            row.forwarded_to,
            row.answer,
            row.created_at,
            row.updated_at
        ],
    );
}

const INSERT_EVIDENCE: Sql = sql!(
    "INSERT INTO report_evidence (report_id, status_id, iri, said, created_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING"
);

pub fn insert_evidence(tx: &mut Tx, report_id: i64, one: Evidence) {
    tx.exec(
        INSERT_EVIDENCE,
        params![report_id, one.status_id, one.iri, one.said, one.created_at],
    );
}

const EVIDENCE: Sql<Evidence> = sql!(
    row: Evidence,
    "SELECT status_id, iri, said, created_at
       FROM report_evidence
      WHERE report_id = $1
      ORDER BY status_id
      LIMIT $2"
);

pub async fn evidence(db: &Db, report_id: i64, most: i64) -> Result<Vec<Evidence>> {
    Ok(db.all(EVIDENCE, params![report_id, most]).await?)
}

const STATUS_IDS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT report_id, status_id
               FROM report_evidence
              WHERE report_id IN (SELECT value FROM json_each($1))
              ORDER BY report_id, status_id",
    pg: "SELECT report_id, status_id
           FROM report_evidence
          WHERE report_id = ANY (CAST($1 AS BIGINT[]))
          ORDER BY report_id, status_id",
);

/// Report and post, of these reports.
pub async fn status_ids(db: &Db, reports: Vec<i64>) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(STATUS_IDS, params![reports]).await?)
}

const INSERT_COLLECTED: Sql = sql!(
    "INSERT INTO report_collections (report_id, collection_id, iri, said, created_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING"
);

pub fn insert_collected(tx: &mut Tx, report_id: i64, one: Collected) {
    tx.exec(
        INSERT_COLLECTED,
        params![
            report_id,
            one.collection_id,
            one.iri,
            one.said,
            one.created_at
        ],
    );
}

const COLLECTED: Sql<Collected> = sql!(
    row: Collected,
    "SELECT collection_id, iri, said, created_at
       FROM report_collections
      WHERE report_id = $1
      ORDER BY collection_id
      LIMIT $2"
);

pub async fn collected(db: &Db, report_id: i64, most: i64) -> Result<Vec<Collected>> {
    Ok(db.all(COLLECTED, params![report_id, most]).await?)
}

const COLLECTION_IDS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT report_id, collection_id
               FROM report_collections
              WHERE report_id IN (SELECT value FROM json_each($1))
              ORDER BY report_id, collection_id",
    pg: "SELECT report_id, collection_id
           FROM report_collections
          WHERE report_id = ANY (CAST($1 AS BIGINT[]))
          ORDER BY report_id, collection_id",
);

/// Report and collection, of these reports.
pub async fn collection_ids(db: &Db, reports: Vec<i64>) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(COLLECTION_IDS, params![reports]).await?)
}

const INSERT_NOTE: Sql = sql!(
    "INSERT INTO report_notes (id, report_id, account_id, text, created_at) VALUES ($1, $2, $3, $4, $5)"
);

pub fn insert_note(tx: &mut Tx, report_id: i64, note: Note) {
    tx.exec(
        INSERT_NOTE,
        params![
            note.id,
            report_id,
            note.account_id,
            note.text,
            note.created_at
        ],
    );
}

/// Counts on `report_notes_by_report`.
const NOTES: Sql<Note> = sql!(
    row: Note,
    "SELECT id, account_id, text, created_at FROM report_notes WHERE report_id = $1 ORDER BY id LIMIT $2"
);

pub async fn notes(db: &Db, report_id: i64, most: i64) -> Result<Vec<Note>> {
    Ok(db.all(NOTES, params![report_id, most]).await?)
}

/// The columns of [`ReportRow`], in its order.
macro_rules! select_report {
    ($rest:literal) => {
        concat!(
            "SELECT id, community_id, account_id, target_id, iri, category, comment, rule_ids, forwarded_to,
                    assigned_to, resolved_by, resolved_at, answer, created_at, updated_at
               FROM reports ",
            $rest
        )
    };
}

const FIND: Sql<ReportRow> = sql!(
    row: ReportRow,
    select_report!("WHERE community_id = $1 AND id = $2")
);

pub async fn find(db: &Db, community_id: i64, id: i64) -> Result<Option<ReportRow>> {
    Ok(db.opt(FIND, params![community_id, id]).await?)
}

const BY_ID: Sql<ReportRow> = sql!(
    row: ReportRow,
    select_report!("WHERE id = $1")
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<ReportRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

const BY_IRI: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM reports
      WHERE iri = $1"
);

pub async fn is_here(db: &Db, iri: &str) -> Result<bool> {
    Ok(db.opt(BY_IRI, params![iri]).await?.is_some())
}

/// Counts on `reports_by_account`.
const OWN: Sql<ReportRow> = sql!(
    row: ReportRow,
    select_report!(
        "WHERE account_id = $1 AND iri IS NULL
         ORDER BY id DESC
         LIMIT $2"
    )
);

pub async fn own(db: &Db, account_id: i64, most: i64) -> Result<Vec<ReportRow>> {
    Ok(db.all(OWN, params![account_id, most]).await?)
}

/// Those of these that a moderator may see, by their community; none that is about them.
const OPEN_TO: Sql<ReportRow> = sql!(
    row: ReportRow,
    sqlite: "SELECT r.id, r.community_id, r.account_id, r.target_id, r.iri, r.category, r.comment, r.rule_ids,
                    r.forwarded_to, r.assigned_to, r.resolved_by, r.resolved_at, r.answer, r.created_at, r.updated_at
               FROM reports r
               JOIN members m ON m.community_id = r.community_id
              WHERE m.account_id = $1 AND m.role <> 'member' AND r.target_id <> m.account_id
                AND r.id IN (SELECT value FROM json_each($2))",
    pg: "SELECT r.id, r.community_id, r.account_id, r.target_id, r.iri, r.category, r.comment, r.rule_ids,
                r.forwarded_to, r.assigned_to, r.resolved_by, r.resolved_at, r.answer, r.created_at, r.updated_at
           FROM reports r
           JOIN members m ON m.community_id = r.community_id
          WHERE m.account_id = $1 AND m.role <> 'member' AND r.target_id <> m.account_id
            AND r.id = ANY (CAST($2 AS BIGINT[]))",
);

pub async fn open_to(db: &Db, account_id: i64, ids: Vec<i64>) -> Result<Vec<ReportRow>> {
    Ok(db.all(OPEN_TO, params![account_id, ids]).await?)
}

/// Counts on `reports_of_community`.
const NEWEST: Sql<ReportRow> = sql!(
    row: ReportRow,
    select_report!(
        "WHERE community_id = $1 AND id < $2 AND id > $3
           AND (CAST($4 AS BOOLEAN) IS NULL OR (resolved_at IS NOT NULL) = CAST($4 AS BOOLEAN))
           AND (CAST($5 AS BIGINT) IS NULL OR account_id = CAST($5 AS BIGINT))
           AND (CAST($6 AS BIGINT) IS NULL OR target_id = CAST($6 AS BIGINT))
           AND target_id <> $8
           AND (CAST($9 AS TEXT) IS NULL
                OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = reports.target_id AND a.domain = CAST($9 AS TEXT)))
         ORDER BY id DESC
         LIMIT $7"
    )
);
const OLDEST: Sql<ReportRow> = sql!(
    row: ReportRow,
    select_report!(
        "WHERE community_id = $1 AND id < $2 AND id > $3
           AND (CAST($4 AS BOOLEAN) IS NULL OR (resolved_at IS NOT NULL) = CAST($4 AS BOOLEAN))
           AND (CAST($5 AS BIGINT) IS NULL OR account_id = CAST($5 AS BIGINT))
           AND (CAST($6 AS BIGINT) IS NULL OR target_id = CAST($6 AS BIGINT))
           AND target_id <> $8
           AND (CAST($9 AS TEXT) IS NULL
                OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = reports.target_id AND a.domain = CAST($9 AS TEXT)))
         ORDER BY id
         LIMIT $7"
    )
);

/// At most `limit` of a community within a window, from its end; none about the viewer.
pub async fn within(
    db: &Db,
    (community_id, viewer_id): (i64, i64),
    choice: Choice,
    window: Window,
    limit: i64,
) -> Result<Vec<ReportRow>> {
    let statement = if window.from_below { OLDEST } else { NEWEST };
    let values = params![
        community_id,
        window.below,
        window.above,
        choice.resolved,
        choice.account_id,
        choice.target_id,
        limit,
        viewer_id,
        choice.target_domain
    ];
    Ok(db.all(statement, values).await?)
}

/// Counts on `reports_by_account`.
const SINCE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT r.id FROM reports r WHERE r.account_id = $1 AND r.id > $2 LIMIT $3) recent"
);

/// How many this account brought since then, counted up to `most`.
pub async fn since(db: &Db, account_id: i64, above_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(SINCE, params![account_id, above_id, most]).await?.0)
}

const SINCE_FROM: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT r.id
               FROM reports r
               JOIN accounts a ON a.id = r.account_id
              WHERE a.host = $1 AND r.iri IS NOT NULL AND r.id > $2
              LIMIT $3) recent"
);

/// How many this server brought since then, counted up to `most`.
pub async fn since_from(db: &Db, host: &str, above_id: i64, most: i64) -> Result<i64> {
    let values = params![host, above_id, most];
    Ok(db.one(SINCE_FROM, values).await?.0)
}

/// Whoever looks after a community.
const MODERATORS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id
       FROM members
      WHERE community_id = $1 AND role <> 'member'
      ORDER BY account_id
      LIMIT $2"
);

pub async fn moderators(db: &Db, community_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(MODERATORS, params![community_id, most]).await?)
}

const ASSIGN: Sql = sql!(
    "UPDATE reports SET assigned_to = $3, updated_at = $4 WHERE community_id = $1 AND id = $2"
);
const RESOLVE: Sql = sql!(
    "UPDATE reports
        SET resolved_at = $4, resolved_by = $3, updated_at = $4, answer = $5,
            assigned_to = COALESCE(assigned_to, $3)
      WHERE community_id = $1 AND id = $2 AND resolved_at IS NULL"
);
const REOPEN: Sql = sql!(
    "UPDATE reports
        SET resolved_at = NULL, resolved_by = NULL, updated_at = $3
      WHERE community_id = $1 AND id = $2 AND resolved_at IS NOT NULL"
);
const CHANGE: Sql = sql!(
    "UPDATE reports SET category = $3, rule_ids = $4, updated_at = $5 WHERE community_id = $1 AND id = $2"
);

pub async fn assign(
    db: &Db,
    (community_id, id): (i64, i64),
    to: Option<i64>,
    now_ms: i64,
) -> Result<u64> {
    let values = params![community_id, id, to, now_ms];
    Ok(db.exec(ASSIGN, values).await?)
}

pub async fn resolve(
    db: &Db,
    (community_id, id): (i64, i64),
    by: i64,
    answer: String,
    now_ms: i64,
) -> Result<u64> {
    let values = params![community_id, id, by, now_ms, answer];
    Ok(db.exec(RESOLVE, values).await?)
}

/// The same in a transaction; nothing where it is closed already.
pub fn close(tx: &mut Tx, (community_id, id): (i64, i64), by: i64, now_ms: i64) {
    tx.exec(RESOLVE, params![community_id, id, by, now_ms, ""]);
}

pub async fn reopen(db: &Db, (community_id, id): (i64, i64), now_ms: i64) -> Result<u64> {
    Ok(db.exec(REOPEN, params![community_id, id, now_ms]).await?)
}

pub async fn change(
    db: &Db,
    (community_id, id): (i64, i64),
    category: &str,
    rule_ids: String,
    now_ms: i64,
) -> Result<u64> {
    let values = params![community_id, id, category, rule_ids, now_ms];
    Ok(db.exec(CHANGE, values).await?)
}

/// Counts on `reports_of_community`.
const OPEN: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT r.id FROM reports r WHERE r.community_id = $1 AND r.resolved_at IS NULL LIMIT $2) waiting"
);

pub async fn open(db: &Db, community_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(OPEN, params![community_id, most]).await?.0)
}

const UNASSIGN_ALL_OF: Sql = sql!(
    full_scan: "a member leaves once",
    "UPDATE reports SET assigned_to = NULL WHERE assigned_to = $1 AND resolved_at IS NULL"
);

/// What this moderator had taken on waits for another one; they leave.
pub fn unassign_all_of(tx: &mut Tx, account_id: i64) {
    tx.exec(UNASSIGN_ALL_OF, params![account_id]);
}
