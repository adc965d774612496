//! SQL of `policy_list_sources`, `policy_list_said` and `policy_list_declined`.

use comity_db::{Db, Sql, Tx, params, row, sql};
use comity_wire::Mark;

use super::CHUNK;
use crate::error::Result;
use crate::lists::csv::{MOST_ENTRIES, Severity};
use crate::lists::model::NewEntry;
use crate::lists::sources::Source;
use crate::rules::typed_pattern;

/// Sources of one list that are read; far fewer can be made.
const MOST_OF_LIST: i64 = 100;

const OF: Sql<Source> = sql!(
    row: Source,
    "SELECT s.id, s.list_id, s.url, s.severity, s.added_at, s.added_by, s.tried_at, s.fetched_at, s.changed_at,
            s.trouble, s.etag, s.modified, s.digest, s.unusable,
            (SELECT count(*) FROM policy_list_said said WHERE said.source_id = s.id) AS entries
       FROM policy_list_sources s
      WHERE s.list_id = $1
      ORDER BY s.id
      LIMIT $2"
);

/// In the order they were named.
pub async fn of(db: &Db, list_id: i64) -> Result<Vec<Source>> {
    Ok(db.all(OF, params![list_id, MOST_OF_LIST]).await?)
}

const BY_ID: Sql<Source> = sql!(
    row: Source,
    "SELECT s.id, s.list_id, s.url, s.severity, s.added_at, s.added_by, s.tried_at, s.fetched_at, s.changed_at,
            s.trouble, s.etag, s.modified, s.digest, s.unusable,
            (SELECT count(*) FROM policy_list_said said WHERE said.source_id = s.id) AS entries
       FROM policy_list_sources s
      WHERE s.id = $1"
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<Source>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

const COUNT_OF_OWNER: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM policy_lists l
       JOIN policy_list_sources s ON s.list_id = l.id
      WHERE l.community_id = $1
        AND l.account_id IS NOT DISTINCT FROM $2"
);

/// Of all lists of one owner together.
pub async fn count_of_owner(db: &Db, community: i64, account: Option<i64>) -> Result<i64> {
    Ok(db.one(COUNT_OF_OWNER, params![community, account]).await?.0)
}

const INSERT: Sql = sql!(
    "INSERT INTO policy_list_sources (id, list_id, url, severity, added_at, added_by, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)"
);

pub struct New<'a> {
    pub id: i64,
    pub list_id: i64,
    pub url: &'a str,
    pub severity: Severity,
    pub by: Option<i64>,
    pub due_at: i64,
}

pub fn insert(tx: &mut Tx, new: &New<'_>, now_ms: i64) {
    let severity = new.severity.as_str();
    tx.exec(
        INSERT,
        params![
            new.id,
            new.list_id,
            new.url,
            severity,
            now_ms,
            new.by,
            new.due_at
        ],
    );
}

const DELETE: Sql = sql!("DELETE FROM policy_list_sources WHERE id = $1");

/// With what it said. Undoes the whole transaction when it is gone already.
pub fn delete(tx: &mut Tx, id: i64) {
    tx.must(DELETE, params![id]);
}

row! {
    /// A source that is to be asked.
    #[derive(Debug)]
    pub struct Due {
        pub id: i64,
        pub list_id: i64,
        pub url: String,
    }
}

/// On `policy_list_sources_due`.
const DUE: Sql<Due> = sql!(
    row: Due,
    "SELECT id, list_id, url
       FROM policy_list_sources
      WHERE due_at <= $1
      ORDER BY due_at
      LIMIT $2"
);

pub async fn due(db: &Db, now_ms: i64, limit: i64) -> Result<Vec<Due>> {
    Ok(db.all(DUE, params![now_ms, limit]).await?)
}

const POSTPONE: Sql =
    sql!("UPDATE policy_list_sources SET due_at = $3 WHERE id = $1 AND due_at <= $2");

/// Undoes the whole transaction when another node was faster.
pub fn postpone(tx: &mut Tx, id: i64, now_ms: i64, due_at: i64) {
    tx.must(POSTPONE, params![id, now_ms, due_at]);
}

const FAILED: Sql =
    sql!("UPDATE policy_list_sources SET tried_at = $2, trouble = $3 WHERE id = $1");

/// Notes why a try came to nothing; what it said before stays.
pub fn failed(tx: &mut Tx, id: i64, now_ms: i64, trouble: &str) {
    tx.exec(FAILED, params![id, now_ms, trouble]);
}

const UNCHANGED: Sql = sql!(
    "UPDATE policy_list_sources
        SET tried_at = $2, fetched_at = $2, trouble = NULL
      WHERE id = $1"
);

/// It says what it said.
pub fn unchanged(tx: &mut Tx, id: i64, now_ms: i64) {
    tx.exec(UNCHANGED, params![id, now_ms]);
}

const ANSWERED: Sql = sql!(
    "UPDATE policy_list_sources
        SET tried_at = $2, fetched_at = $2, changed_at = $2, trouble = NULL,
            etag = $3, modified = $4, digest = $5, unusable = $6
      WHERE id = $1"
);
const SAYS: Sql = sql!(
    sqlite: "INSERT INTO policy_list_said (source_id, pattern, comment, since_at, seen_at)
             SELECT $1, value ->> 0, value ->> 1, $3, $3
               FROM json_each($2)
              WHERE true
             ON CONFLICT (source_id, pattern) DO UPDATE
                SET comment = excluded.comment, seen_at = excluded.seen_at",
    pg: "INSERT INTO policy_list_said (source_id, pattern, comment, since_at, seen_at)
         SELECT $1, each.value ->> 0, each.value ->> 1, $3, $3
           FROM json_array_elements($2::JSON) AS each (value)
         ON CONFLICT (source_id, pattern) DO UPDATE
            SET comment = excluded.comment, seen_at = excluded.seen_at"
);
const SAYS_NO_MORE: Sql =
    sql!("DELETE FROM policy_list_said WHERE source_id = $1 AND seen_at < $2");

/// What a source says by now.
pub struct Says<'a> {
    pub entries: &'a [NewEntry],
    pub mark: &'a Mark,
    pub digest: &'a str,
    pub unusable: usize,
}

/// Keeps what it says in place of what it said. Undoes the whole transaction when the source is gone.
pub fn answered(tx: &mut Tx, id: i64, now_ms: i64, says: &Says<'_>) -> Result<()> {
    let unusable = i64::try_from(says.unusable).unwrap_or(i64::MAX);
    let (etag, modified) = (says.mark.etag.as_deref(), says.mark.modified.as_deref());
    tx.must(
        ANSWERED,
        params![id, now_ms, etag, modified, says.digest, unusable],
    );
    for chunk in says.entries.chunks(CHUNK) {
        let rows: Vec<(String, Option<&str>)> = chunk
            .iter()
            .map(|entry| (typed_pattern(&entry.pattern), entry.comment.as_deref()))
            .collect();
        tx.exec(SAYS, params![id, serde_json::to_string(&rows)?, now_ms]);
    }
    tx.exec(SAYS_NO_MORE, params![id, now_ms]);
    Ok(())
}

const RETRACTED: Sql = sql!(
    "UPDATE policy_list_entries
        SET retracted_at = $2
      WHERE list_id = $1
        AND retracted_at IS NULL
        AND source IN (SELECT s.url FROM policy_list_sources s WHERE s.list_id = $1 AND s.fetched_at IS NOT NULL)
        AND (SELECT count(*)
               FROM policy_list_sources s
               JOIN policy_list_said said ON said.source_id = s.id
              WHERE s.list_id = $1 AND said.pattern = policy_list_entries.pattern)
            < (SELECT l.quorum FROM policy_lists l WHERE l.id = $1)"
);
const AGAIN: Sql = sql!(
    "UPDATE policy_list_entries
        SET retracted_at = NULL
      WHERE list_id = $1
        AND retracted_at IS NOT NULL
        AND source IN (SELECT s.url FROM policy_list_sources s WHERE s.list_id = $1 AND s.fetched_at IS NOT NULL)
        AND (SELECT count(*)
               FROM policy_list_sources s
               JOIN policy_list_said said ON said.source_id = s.id
              WHERE s.list_id = $1 AND said.pattern = policy_list_entries.pattern)
            >= (SELECT l.quorum FROM policy_lists l WHERE l.id = $1)"
);
/// Counts what [`PROPOSED`] names.
const WAITING: Sql = sql!(
    "UPDATE policy_lists
        SET waiting = (SELECT count(*)
                         FROM (SELECT said.pattern
                                 FROM policy_list_sources s
                                 JOIN policy_list_said said ON said.source_id = s.id
                                WHERE s.list_id = $1
                                GROUP BY said.pattern
                               HAVING count(*) >= (SELECT l.quorum FROM policy_lists l WHERE l.id = $1)) AS named
                        WHERE NOT EXISTS (SELECT 1 FROM policy_list_entries e
                                           WHERE e.list_id = $1 AND e.pattern = named.pattern)
                          AND NOT EXISTS (SELECT 1 FROM policy_list_declined d
                                           WHERE d.list_id = $1 AND d.pattern = named.pattern))
      WHERE id = $1"
);

/// Goes by what the sources say by now: marks what too few of them name, and counts what waits. Adds and removes
/// nothing.
pub fn settle(tx: &mut Tx, list_id: i64, now_ms: i64) {
    tx.exec(RETRACTED, params![list_id, now_ms]);
    tx.exec(AGAIN, params![list_id]);
    tx.exec(WAITING, params![list_id]);
}

row! {
    /// An entry that enough sources name and the list does not.
    #[derive(Debug, Clone)]
    pub struct ProposedRow {
        pub pattern: String,
        pub comment: Option<String>,
        pub url: String,
        pub named_by: i64,
    }
}

const PROPOSED: Sql<ProposedRow> = sql!(
    row: ProposedRow,
    "SELECT named.pattern, said.comment, s.url, named.named_by
       FROM (SELECT each.pattern, count(*) AS named_by, min(each.source_id) AS source_id
               FROM policy_list_sources of_list
               JOIN policy_list_said each ON each.source_id = of_list.id
              WHERE of_list.list_id = $1
              GROUP BY each.pattern) AS named
       JOIN policy_list_said said ON said.source_id = named.source_id AND said.pattern = named.pattern
       JOIN policy_list_sources s ON s.id = named.source_id
      WHERE named.named_by >= $2
        AND NOT EXISTS (SELECT 1 FROM policy_list_entries e WHERE e.list_id = $1 AND e.pattern = named.pattern)
        AND NOT EXISTS (SELECT 1 FROM policy_list_declined d WHERE d.list_id = $1 AND d.pattern = named.pattern)
      ORDER BY named.pattern
      LIMIT $3"
);

/// What could be taken in, by pattern; each goes by the word of the source that was named first.
pub async fn proposed(db: &Db, list_id: i64, quorum: i64) -> Result<Vec<ProposedRow>> {
    let most = i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX);
    Ok(db.all(PROPOSED, params![list_id, quorum, most]).await?)
}

const CHANGED: Sql<(String, Option<String>)> = sql!(
    row: (String, Option<String>),
    "SELECT e.pattern, said.comment
       FROM policy_list_entries e
       JOIN policy_list_sources s ON s.list_id = e.list_id AND s.url = e.source
       JOIN policy_list_said said ON said.source_id = s.id AND said.pattern = e.pattern
      WHERE e.list_id = $1
        AND said.comment IS DISTINCT FROM e.comment
      ORDER BY e.pattern
      LIMIT $2"
);

/// Entries of which their source says something else by now, each with that.
pub async fn changed(db: &Db, list_id: i64) -> Result<Vec<(String, Option<String>)>> {
    let most = i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX);
    Ok(db.all(CHANGED, params![list_id, most]).await?)
}

const SAY_ANEW: Sql =
    sql!("UPDATE policy_list_entries SET comment = $3 WHERE list_id = $1 AND pattern = $2");

/// Says of an entry what its source says by now.
pub fn say_anew(tx: &mut Tx, list_id: i64, pattern: &str, comment: Option<&str>) {
    tx.exec(SAY_ANEW, params![list_id, pattern, comment]);
}

row! {
    /// What kept entries of the sources from being taken in.
    #[derive(Debug, Clone, Default)]
    pub struct Tally {
        /// Named by too few of them.
        pub short: i64,
        /// Left out by a person.
        pub declined: i64,
        /// On the list, and no longer named by enough of them.
        pub retracted: i64,
    }
}

const TALLY: Sql<Tally> = sql!(
    row: Tally,
    "SELECT (SELECT count(*)
               FROM (SELECT said.pattern
                       FROM policy_list_sources s
                       JOIN policy_list_said said ON said.source_id = s.id
                      WHERE s.list_id = $1
                      GROUP BY said.pattern
                     HAVING count(*) < $2) AS few
              WHERE NOT EXISTS (SELECT 1 FROM policy_list_entries e
                                 WHERE e.list_id = $1 AND e.pattern = few.pattern)) AS short,
            (SELECT count(*) FROM policy_list_declined d WHERE d.list_id = $1) AS declined,
            (SELECT count(*) FROM policy_list_entries e
              WHERE e.list_id = $1 AND e.retracted_at IS NOT NULL) AS retracted"
);

pub async fn tally(db: &Db, list_id: i64, quorum: i64) -> Result<Tally> {
    Ok(db.one(TALLY, params![list_id, quorum]).await?)
}

const TAKEN_ALONE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM policy_list_entries
      WHERE list_id = $1
        AND added_at > $2
        AND added_by IS NULL
        AND source LIKE '%://%'"
);

/// How many entries were taken in from sources since then without a member's doing.
pub async fn taken_alone(db: &Db, list_id: i64, since_ms: i64) -> Result<i64> {
    Ok(db.one(TAKEN_ALONE, params![list_id, since_ms]).await?.0)
}

const DECLINE: Sql = sql!(
    "INSERT INTO policy_list_declined (list_id, pattern, declined_at, declined_by)
     SELECT $1, $2, $3, $4
      WHERE EXISTS (SELECT 1
                      FROM policy_list_sources s
                      JOIN policy_list_said said ON said.source_id = s.id
                     WHERE s.list_id = $1 AND said.pattern = $2)
     ON CONFLICT (list_id, pattern) DO NOTHING"
);

/// Remembers that a person does not want it, where a source names it: it would come back otherwise.
pub fn decline(tx: &mut Tx, list_id: i64, pattern: &str, by: Option<i64>, now_ms: i64) {
    tx.exec(DECLINE, params![list_id, pattern, now_ms, by]);
}

const FORGIVE: Sql = sql!(
    sqlite: "DELETE FROM policy_list_declined
              WHERE list_id = $1
                AND pattern IN (SELECT value FROM json_each($2))",
    pg: "DELETE FROM policy_list_declined
          WHERE list_id = $1
            AND pattern = ANY($2)"
);

/// A person wants them after all.
pub fn forgive(tx: &mut Tx, list_id: i64, entries: &[NewEntry]) {
    for chunk in entries.chunks(CHUNK) {
        let patterns: Vec<String> = chunk
            .iter()
            .map(|entry| typed_pattern(&entry.pattern))
            .collect();
        tx.exec(FORGIVE, params![list_id, patterns]);
    }
}

const SET_RULES: Sql = sql!(
    "UPDATE policy_lists
        SET applies_alone = $2, daily_cap = $3, quorum = $4
      WHERE id = $1"
);

/// Undoes the whole transaction when the list is gone.
pub fn set_terms(tx: &mut Tx, list_id: i64, alone: bool, cap: i64, quorum: i64) {
    tx.must(SET_RULES, params![list_id, alone, cap, quorum]);
}

/// (pattern, address, since when) of what the sources of a list say of these.
const NAMED_BY: Sql<(String, String, i64)> = sql!(
    row: (String, String, i64),
    sqlite: "SELECT said.pattern, s.url, said.since_at
               FROM policy_list_sources s
               JOIN policy_list_said said ON said.source_id = s.id
              WHERE s.list_id = $1
                AND said.pattern IN (SELECT value FROM json_each($2))
              ORDER BY said.pattern, s.id
              LIMIT $3",
    pg: "SELECT said.pattern, s.url, said.since_at
           FROM policy_list_sources s
           JOIN policy_list_said said ON said.source_id = s.id
          WHERE s.list_id = $1
            AND said.pattern = ANY($2)
          ORDER BY said.pattern, s.id
          LIMIT $3"
);

pub async fn named_by(
    db: &Db,
    list_id: i64,
    patterns: Vec<String>,
) -> Result<Vec<(String, String, i64)>> {
    let each = i64::try_from(patterns.len()).unwrap_or(i64::MAX);
    let most = each.saturating_mul(MOST_OF_LIST);
    Ok(db.all(NAMED_BY, params![list_id, patterns, most]).await?)
}
