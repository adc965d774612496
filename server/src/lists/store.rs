//! SQL of `policy_lists` and `policy_list_entries`.

pub mod sources;

use comity_db::{Db, Sql, Tx, params, sql};
use comity_policy::{ListEntries, ListId, Pattern, Scope};

use super::model::{Entry, List, NewEntry, Provenance, scope_of, stored_entry};
use crate::error::{Error, Result};
use crate::rules::typed_pattern;

/// More entries than this are more than fit into memory beside the rules; what is added is checked long before.
const MOST_IN_MEMORY: i64 = 1_000_000;
/// Rows of one statement: enough to be cheap, little enough to be parsed without a pause.
const CHUNK: usize = 500;

const INSERT: Sql = sql!(
    "INSERT INTO policy_lists (id, community_id, account_id, name, created_at)
     VALUES ($1, $2, $3, $4, $5)"
);

pub fn insert(tx: &mut Tx, id: i64, owner: Owner, name: &str, now_ms: i64) {
    let Owner(community_id, account_id) = owner;
    tx.exec(INSERT, params![id, community_id, account_id, name, now_ms]);
}

/// The community and the member of a scope that can keep lists.
#[derive(Clone, Copy)]
pub struct Owner(pub i64, pub Option<i64>);

impl Owner {
    pub fn of(scope: Scope) -> Option<Owner> {
        match scope {
            Scope::Operator => None,
            Scope::Community(community) => Some(Owner(community.0, None)),
            Scope::Member(member, community) => Some(Owner(community.0, Some(member.0))),
        }
    }
}

const RENAME: Sql = sql!("UPDATE policy_lists SET name = $2 WHERE id = $1");

/// Undoes the whole transaction when there is no such list.
pub fn rename(tx: &mut Tx, id: i64, name: &str) {
    tx.must(RENAME, params![id, name]);
}

/// Counts on `rules_of_scope`: rules of others do not name it.
const DELETE: Sql = sql!(
    "DELETE FROM policy_lists
      WHERE id = $1
        AND NOT kept_by_posts
        AND NOT EXISTS (SELECT 1
                          FROM rules r
                         WHERE r.scope IN ('community', 'member')
                           AND r.community_id = policy_lists.community_id
                           AND r.pattern_kind = 'list'
                           AND r.pattern = $2
                           AND r.ended_at IS NULL
                           AND (r.expires_at IS NULL OR r.expires_at > $3))"
);

/// Undoes the whole transaction when there is no such list, a rule in force names it, or a post is kept from it.
pub fn delete(tx: &mut Tx, id: i64, now_ms: i64) {
    tx.must(DELETE, params![id, id.to_string(), now_ms]);
}

const KEEP_FOR_POSTS: Sql = sql!("UPDATE policy_lists SET kept_by_posts = TRUE WHERE id = $1");

/// Undoes the whole transaction when the list is gone.
pub fn keep_for_posts(tx: &mut Tx, id: i64) {
    tx.must(KEEP_FOR_POSTS, params![id]);
}

/// All of one owner, by name.
const OF: Sql<List> = sql!(
    row: List,
    "SELECT l.id, l.community_id, l.account_id, l.name, l.created_at, l.applies_alone, l.daily_cap,
            l.quorum, l.waiting,
            (SELECT count(*) FROM policy_list_entries e WHERE e.list_id = l.id) AS entries
       FROM policy_lists l
      WHERE l.community_id = $1
        AND l.account_id IS NOT DISTINCT FROM $2
      ORDER BY l.name
      LIMIT $3"
);

pub async fn of(db: &Db, owner: Owner, limit: i64) -> Result<Vec<List>> {
    let Owner(community_id, account_id) = owner;
    Ok(db.all(OF, params![community_id, account_id, limit]).await?)
}

const BY_ID: Sql<List> = sql!(
    row: List,
    "SELECT l.id, l.community_id, l.account_id, l.name, l.created_at, l.applies_alone, l.daily_cap,
            l.quorum, l.waiting,
            (SELECT count(*) FROM policy_list_entries e WHERE e.list_id = l.id) AS entries
       FROM policy_lists l
      WHERE l.id = $1"
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<List>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

const ENTRIES: Sql<Entry> = sql!(
    row: Entry,
    "SELECT pattern, added_at, added_by, source, comment, retracted_at
       FROM policy_list_entries
      WHERE list_id = $1
        AND pattern > $2
      ORDER BY pattern
      LIMIT $3"
);

/// Entries after a pattern, by pattern.
pub async fn entries(db: &Db, list_id: i64, after: &str, limit: i64) -> Result<Vec<Entry>> {
    Ok(db.all(ENTRIES, params![list_id, after, limit]).await?)
}

const ENTRY: Sql<Entry> = sql!(
    row: Entry,
    "SELECT pattern, added_at, added_by, source, comment, retracted_at
       FROM policy_list_entries
      WHERE list_id = $1
        AND pattern = $2"
);

pub async fn entry(db: &Db, list_id: i64, pattern: &Pattern) -> Result<Option<Entry>> {
    let typed = typed_pattern(pattern);
    Ok(db.opt(ENTRY, params![list_id, typed]).await?)
}

/// `$2` is a JSON list of `[pattern, comment]`: one statement for many rows, on both engines.
const INSERT_ENTRIES: Sql = sql!(
    sqlite: "INSERT INTO policy_list_entries (list_id, pattern, comment, added_at, added_by, source)
             SELECT $1, value ->> 0, value ->> 1, $3, $4, $5
               FROM json_each($2)
              WHERE true
             ON CONFLICT (list_id, pattern) DO NOTHING",
    pg: "INSERT INTO policy_list_entries (list_id, pattern, comment, added_at, added_by, source)
         SELECT $1, each.value ->> 0, each.value ->> 1, $3, $4, $5
           FROM json_array_elements($2::JSON) AS each (value)
         ON CONFLICT (list_id, pattern) DO NOTHING"
);

/// Adds those that are not there yet; what is known of the others stays.
pub fn insert_entries(
    tx: &mut Tx,
    list_id: i64,
    entries: &[NewEntry],
    from: &Provenance,
    now_ms: i64,
) -> Result<()> {
    for chunk in entries.chunks(CHUNK) {
        let rows: Vec<(String, Option<&str>)> = chunk
            .iter()
            .map(|entry| (typed_pattern(&entry.pattern), entry.comment.as_deref()))
            .collect();
        let json = serde_json::to_string(&rows)?;
        tx.exec(
            INSERT_ENTRIES,
            params![list_id, json, now_ms, from.by, from.source.as_deref()],
        );
    }
    Ok(())
}

const DELETE_ENTRY: Sql =
    sql!("DELETE FROM policy_list_entries WHERE list_id = $1 AND pattern = $2");

/// Undoes the whole transaction when it is not there.
pub fn delete_entry(tx: &mut Tx, list_id: i64, pattern: &Pattern) {
    tx.must(DELETE_ENTRY, params![list_id, typed_pattern(pattern)]);
}

const RETRACT: Sql = sql!(
    sqlite: "UPDATE policy_list_entries
                SET retracted_at = $3
              WHERE list_id = $1
                AND pattern IN (SELECT value FROM json_each($2))",
    pg: "UPDATE policy_list_entries
            SET retracted_at = $3
          WHERE list_id = $1
            AND pattern = ANY($2)"
);

/// Notes since when the file that these come from lacks them; `None`: it has them again.
pub fn retract(tx: &mut Tx, list_id: i64, patterns: &[String], since: Option<i64>) {
    for chunk in patterns.chunks(CHUNK) {
        tx.exec(RETRACT, params![list_id, chunk, since]);
    }
}

const ALL: Sql<(i64, i64, Option<i64>, String)> = sql!(
    row: (i64, i64, Option<i64>, String),
    "SELECT id, community_id, account_id, name FROM policy_lists ORDER BY id LIMIT $1"
);
const ALL_ENTRIES: Sql<(i64, String)> = sql!(
    row: (i64, String),
    "SELECT list_id, pattern FROM policy_list_entries ORDER BY list_id, pattern LIMIT $1"
);

/// Every list, for the gate, or an error: a list that lacks some would let through what rules about it refuse.
pub async fn load(db: &Db) -> Result<Vec<ListEntries>> {
    // The lists come second: an entry is never there before its list.
    let rows = db.all(ALL_ENTRIES, params![MOST_IN_MEMORY + 1]).await?;
    let lists = db.all(ALL, params![MOST_IN_MEMORY + 1]).await?;
    let most = usize::try_from(MOST_IN_MEMORY).unwrap_or(usize::MAX);
    if rows.len() > most || lists.len() > most {
        return Err(Error::internal(format!(
            "lists name more than {most}, which is more than fits into memory; nothing is decided without all of them: delete some in the table policy_list_entries"
        )));
    }
    let mut rows = rows.into_iter().peekable();
    let mut loaded = Vec::with_capacity(lists.len());
    for (id, community_id, account_id, name) in lists {
        // Of a list that was deleted between the two readings.
        while rows.next_if(|(of, _)| *of < id).is_some() {}
        let mut entries = Vec::new();
        while let Some((_, text)) = rows.next_if(|(of, _)| *of == id) {
            entries.push(stored_entry(id, &text)?);
        }
        loaded.push(ListEntries {
            id: ListId(id),
            owner: scope_of(community_id, account_id),
            name,
            entries,
        });
    }
    Ok(loaded)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM policy_lists
          WHERE account_id = $1 AND id IN (SELECT id FROM policy_lists WHERE account_id = $1 LIMIT $2)"
    ),
];
