//! SQL of `moderation_actions`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// What was done about an account.
    #[derive(Debug, Clone)]
    pub struct Act {
        /// Sorts by time.
        pub id: i64,
        /// Who did it.
        pub account_id: i64,
        /// What, by the word of [`super::Action`].
        pub action: String,
        /// Why.
        pub reason: String,
        /// The report that led to it.
        pub report_id: Option<i64>,
        /// Unix milliseconds.
        pub created_at: i64,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO moderation_actions
            (id, community_id, account_id, target_id, action, reason, report_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);

pub fn insert_act(tx: &mut Tx, community_id: i64, target_id: i64, act: Act) {
    tx.exec(
        INSERT,
        params![
            act.id,
            community_id,
            act.account_id,
            target_id,
            act.action,
            act.reason,
            act.report_id,
            act.created_at
        ],
    );
}

/// Counts on `moderation_actions_by_target`.
const ACTS: Sql<Act> = sql!(
    row: Act,
    "SELECT id, account_id, action, reason, report_id, created_at
       FROM moderation_actions
      WHERE community_id = $1 AND target_id = $2
      ORDER BY id DESC
      LIMIT $3"
);

pub async fn acts(db: &Db, community_id: i64, target_id: i64, most: i64) -> Result<Vec<Act>> {
    Ok(db.all(ACTS, params![community_id, target_id, most]).await?)
}

const ACTS_UPON: Sql<Act> = sql!(
    row: Act,
    sqlite: "SELECT id, account_id, action, reason, report_id, created_at
               FROM moderation_actions
              WHERE id IN (SELECT value FROM json_each($2)) AND target_id = $1",
    pg: "SELECT id, account_id, action, reason, report_id, created_at
           FROM moderation_actions
          WHERE id = ANY (CAST($2 AS BIGINT[])) AND target_id = $1",
);

/// Those of these that are about this account.
pub async fn acts_upon(db: &Db, target_id: i64, ids: Vec<i64>) -> Result<Vec<Act>> {
    Ok(db.all(ACTS_UPON, params![target_id, ids]).await?)
}

row! {
    /// An act, with whom it is about.
    pub struct AboutRow {
        pub id: i64,
        pub account_id: i64,
        pub target_id: i64,
        pub action: String,
        pub reason: String,
        pub report_id: Option<i64>,
        pub created_at: i64,
    }
}

/// Counts on `moderation_actions_of_community`.
const ACTS_OF_ALL: Sql<AboutRow> = sql!(
    row: AboutRow,
    "SELECT id, account_id, target_id, action, reason, report_id, created_at
       FROM moderation_actions
      WHERE community_id = $1 AND id < $2
      ORDER BY id DESC
      LIMIT $3"
);

/// The newest acts that are older than a number, each with whom it is about.
pub async fn acts_of_all(
    db: &Db,
    community_id: i64,
    below: i64,
    most: i64,
) -> Result<Vec<(i64, Act)>> {
    let values = params![community_id, below, most];
    let rows = db.all(ACTS_OF_ALL, values).await?;
    let read = |row: AboutRow| {
        let act = Act {
            id: row.id,
            account_id: row.account_id,
            action: row.action,
            reason: row.reason,
            report_id: row.report_id,
            created_at: row.created_at,
        };
        (row.target_id, act)
    };
    Ok(rows.into_iter().map(read).collect())
}
