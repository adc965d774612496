//! SQL of `left_conversations`, `direct_entries` and `direct_marks`.

use comity_db::{Db, Sql, Tx, params, sql};

use crate::error::Result;
use crate::window::{Ids, ids_in};

const LEAVE: Sql = sql!(
    "INSERT INTO left_conversations (account_id, conversation_id, stays, created_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, conversation_id) DO UPDATE
        SET stays = left_conversations.stays OR excluded.stays"
);

/// If it `stays` left, answering in it does not end that.
pub fn leave(tx: &mut Tx, account_id: i64, conversation: i64, stays: bool, now_ms: i64) {
    tx.exec(LEAVE, params![account_id, conversation, stays, now_ms]);
}

const JOIN: Sql =
    sql!("DELETE FROM left_conversations WHERE account_id = $1 AND conversation_id = $2");

pub fn join(tx: &mut Tx, account_id: i64, conversation: i64) {
    tx.exec(JOIN, params![account_id, conversation]);
}

const JOIN_BY_ANSWERING: Sql = sql!(
    "DELETE FROM left_conversations
      WHERE account_id = $1 AND conversation_id = $2 AND NOT stays"
);

pub fn join_by_answering(tx: &mut Tx, account_id: i64, conversation: i64) {
    tx.exec(JOIN_BY_ANSWERING, params![account_id, conversation]);
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

/// The conversations of the answers to `$1` that wait for it, as long as they are moved into `$2`: see
/// `statuses::store::adopt`, whose choice this repeats.
macro_rules! of_moved {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " IN (SELECT o.conversation_id
                    FROM statuses o
                   WHERE o.in_reply_to_iri = $1
                     AND o.in_reply_to_id IS NULL
                     AND o.conversation_id <> $2
                     AND (SELECT count(*)
                            FROM (SELECT s.id
                                    FROM statuses s
                                   WHERE s.conversation_id = o.conversation_id
                                   LIMIT $3) known) < $3
                   ORDER BY o.id
                   LIMIT 500)",
            $after
        )
    };
}

const CARRY: Sql = sql!(of_moved!(
    "INSERT INTO left_conversations (account_id, conversation_id, stays, created_at)
     SELECT l.account_id, $2, l.stays, l.created_at
       FROM left_conversations l
      WHERE (l.stays OR NOT EXISTS (SELECT 1
                                      FROM statuses w
                                     WHERE w.conversation_id = $2 AND w.account_id = l.account_id))
        AND l.conversation_id",
    " ON CONFLICT DO NOTHING"
));
const STAY: Sql = sql!(of_moved!(
    "DELETE FROM left_conversations
      WHERE conversation_id = $2
        AND NOT stays
        AND account_id IN (SELECT w.account_id
                             FROM statuses w
                            WHERE NOT EXISTS (SELECT 1
                                                FROM left_conversations l
                                               WHERE l.account_id = w.account_id
                                                 AND l.conversation_id = w.conversation_id)
                              AND w.conversation_id",
    ")"
));
const FORGET: Sql = sql!(of_moved!(
    "DELETE FROM left_conversations WHERE conversation_id",
    ""
));

/// Who left a conversation that waits for the status `iri` left the conversation `into` as well, unless they wrote in one of
/// its parts and did not leave that: who sends the post that joins them must not choose what a member hears of. Of the
/// conversations that are moved nothing is kept.
pub fn merge(tx: &mut Tx, iri: &str, into: i64, longest: i64) {
    for statement in [CARRY, STAY, FORGET] {
        tx.exec(statement, params![iri, into, longest]);
    }
}

/// Accounts that live elsewhere have none.
const PLACE: Sql = sql!(
    "INSERT INTO direct_entries (account_id, status_id)
     SELECT m.account_id, $2
       FROM members m
      WHERE m.account_id = $1
     ON CONFLICT DO NOTHING"
);

pub fn place(tx: &mut Tx, account_id: i64, status_id: i64) {
    tx.exec(PLACE, params![account_id, status_id]);
}

/// Direct statuses that concern a member.
pub const DIRECTS: Ids = ids_in!(
    "status_id",
    "SELECT status_id
       FROM direct_entries
      WHERE account_id = $4"
);

const MARKS: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT conversation_id, read_id, hidden_id FROM direct_marks WHERE account_id = $1"
);

/// (conversation, read up to, hidden up to)
pub async fn marks(db: &Db, account_id: i64) -> Result<Vec<(i64, i64, i64)>> {
    Ok(db.all(MARKS, params![account_id]).await?)
}

const MARK: Sql = sql!(
    "INSERT INTO direct_marks (account_id, conversation_id, read_id, hidden_id)
     VALUES ($1, $2, COALESCE(CAST($3 AS BIGINT), 0), COALESCE(CAST($4 AS BIGINT), 0))
     ON CONFLICT (account_id, conversation_id) DO UPDATE
        SET read_id = COALESCE(CAST($3 AS BIGINT), direct_marks.read_id),
            hidden_id = COALESCE(CAST($4 AS BIGINT), direct_marks.hidden_id)"
);

/// Changes what is given.
pub async fn mark(
    db: &Db,
    account_id: i64,
    conversation: i64,
    read: Option<i64>,
    hidden: Option<i64>,
) -> Result<()> {
    db.exec(MARK, params![account_id, conversation, read, hidden])
        .await?;
    Ok(())
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM left_conversations
          WHERE account_id = $1 AND conversation_id IN (SELECT conversation_id FROM left_conversations WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM direct_entries
          WHERE account_id = $1 AND status_id IN (SELECT status_id FROM direct_entries WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM direct_marks
          WHERE account_id = $1 AND conversation_id IN (SELECT conversation_id FROM direct_marks WHERE account_id = $1 LIMIT $2)"
    ),
];
