//! SQL of `left_conversations`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;

const LEAVE: Sql = sql!(
    "INSERT INTO left_conversations (account_id, conversation_id, created_at)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);

pub fn leave(tx: &mut Tx, account_id: i64, conversation: i64, now_ms: i64) {
    tx.exec(LEAVE, params![account_id, conversation, now_ms]);
}

const JOIN: Sql =
    sql!("DELETE FROM left_conversations WHERE account_id = $1 AND conversation_id = $2");

pub fn join(tx: &mut Tx, account_id: i64, conversation: i64) {
    tx.exec(JOIN, params![account_id, conversation]);
}

const LEFT_BY: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT conversation_id
               FROM left_conversations
              WHERE account_id = $1 AND conversation_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT conversation_id
           FROM left_conversations
          WHERE account_id = $1 AND conversation_id = ANY($2)"
);

/// Which of these conversations somebody left.
pub async fn left_by(db: &Db, account_id: i64, among: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(LEFT_BY, params![account_id, among]).await?)
}

const WHO_LEFT: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT account_id
               FROM left_conversations
              WHERE conversation_id = $1 AND account_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT account_id
           FROM left_conversations
          WHERE conversation_id = $1 AND account_id = ANY($2)"
);

/// Which of these people left it.
pub async fn who_left(db: &Db, conversation: i64, among: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(WHO_LEFT, params![conversation, among]).await?)
}

/// The conversations of the answers to `$1` that wait for it, as long as they are moved: see `statuses::store::adopt`,
/// whose choice this repeats.
const MERGE: Sql = sql!(
    "INSERT INTO left_conversations (account_id, conversation_id, created_at)
     SELECT l.account_id, $2, l.created_at
       FROM left_conversations l
      WHERE l.conversation_id IN (SELECT o.conversation_id
                                    FROM statuses o
                                   WHERE o.in_reply_to_iri = $1
                                     AND o.in_reply_to_id IS NULL
                                     AND (SELECT count(*)
                                            FROM (SELECT s.id
                                                    FROM statuses s
                                                   WHERE s.conversation_id = o.conversation_id
                                                   LIMIT $3) known) < $3
                                   ORDER BY o.id
                                   LIMIT 500)
     ON CONFLICT DO NOTHING"
);

/// Who left a conversation that waits for the status `iri` left the conversation `into` as well. Rows of what is nowhere
/// any more stay, and mean nothing.
pub fn merge(tx: &mut Tx, iri: &str, into: i64, longest: i64) {
    tx.exec(MERGE, params![iri, into, longest]);
}
