//! SQL of `notification_policies`, and of what stands aside.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;
use crate::window::Window;

row! {
    /// What a member wants, in words.
    #[derive(Debug)]
    pub struct PolicyRow {
        pub not_following: String,
        pub not_followers: String,
        pub new_accounts: String,
        pub private_mentions: String,
    }
}

const POLICY: Sql<PolicyRow> = sql!(
    row: PolicyRow,
    "SELECT not_following, not_followers, new_accounts, private_mentions
       FROM notification_policies
      WHERE account_id = $1"
);
const SET_POLICY: Sql = sql!(
    "INSERT INTO notification_policies
            (account_id, not_following, not_followers, new_accounts, private_mentions)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id) DO UPDATE
        SET not_following = excluded.not_following,
            not_followers = excluded.not_followers,
            new_accounts = excluded.new_accounts,
            private_mentions = excluded.private_mentions"
);

pub async fn policy(db: &Db, account_id: i64) -> Result<Option<PolicyRow>> {
    Ok(db.opt(POLICY, params![account_id]).await?)
}

pub async fn set_policy(db: &Db, account_id: i64, row: PolicyRow) -> Result<()> {
    let values = params![
        account_id,
        row.not_following,
        row.not_followers,
        row.new_accounts,
        row.private_mentions
    ];
    db.exec(SET_POLICY, values).await?;
    Ok(())
}

row! {
    /// Somebody of whom something stands aside, or waits with the first contacts.
    #[derive(Debug)]
    pub struct RequestRow {
        pub sender_id: i64,
        pub told: i64,
        pub status_id: Option<i64>,
        pub first_at: i64,
        pub last_at: i64,
    }
}

/// Counts on `notifications_set_aside` and `contacts_by_sender`.
const NEWEST: Sql<RequestRow> = sql!(
    row: RequestRow,
    "SELECT w.sender_id, count(*) AS told, max(w.status_id) AS status_id,
            min(w.created_at) AS first_at, max(w.created_at) AS last_at
       FROM (SELECT n.from_account_id AS sender_id, n.created_at,
                    CASE WHEN n.kind IN ('mention', 'quote') THEN n.status_id END AS status_id
               FROM notifications n
              WHERE n.account_id = $1 AND n.set_aside
              UNION ALL
             SELECT c.sender_id, c.created_at, c.status_id
               FROM contacts c
              WHERE c.account_id = $1) w
      WHERE w.sender_id < $2 AND w.sender_id > $3
      GROUP BY w.sender_id
      ORDER BY w.sender_id DESC
      LIMIT $4"
);
const OLDEST: Sql<RequestRow> = sql!(
    row: RequestRow,
    "SELECT w.sender_id, count(*) AS told, max(w.status_id) AS status_id,
            min(w.created_at) AS first_at, max(w.created_at) AS last_at
       FROM (SELECT n.from_account_id AS sender_id, n.created_at,
                    CASE WHEN n.kind IN ('mention', 'quote') THEN n.status_id END AS status_id
               FROM notifications n
              WHERE n.account_id = $1 AND n.set_aside
              UNION ALL
             SELECT c.sender_id, c.created_at, c.status_id
               FROM contacts c
              WHERE c.account_id = $1) w
      WHERE w.sender_id < $2 AND w.sender_id > $3
      GROUP BY w.sender_id
      ORDER BY w.sender_id
      LIMIT $4"
);

/// At most `limit` of those whose number lies in a window, from its end.
pub async fn within(
    db: &Db,
    account_id: i64,
    window: Window,
    limit: i64,
) -> Result<Vec<RequestRow>> {
    let statement = if window.from_below { OLDEST } else { NEWEST };
    let values = params![account_id, window.below, window.above, limit];
    Ok(db.all(statement, values).await?)
}

/// Counts on `notifications_set_aside`.
const OLDEST_ASIDE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM notifications
      WHERE account_id = $1 AND from_account_id = $2 AND set_aside
      LIMIT 1"
);

pub async fn any_aside(db: &Db, account_id: i64, sender_id: i64) -> Result<bool> {
    let found = db.opt(OLDEST_ASIDE, params![account_id, sender_id]);
    Ok(found.await?.is_some())
}

const MERGE: Sql = sql!(
    "UPDATE notifications
        SET set_aside = FALSE
      WHERE account_id = $1 AND from_account_id = $2 AND set_aside"
);
const FORGET: Sql =
    sql!("DELETE FROM notifications WHERE account_id = $1 AND from_account_id = $2 AND set_aside");

/// What stood aside of this sender stands with the rest.
pub fn merge(tx: &mut Tx, account_id: i64, sender_id: i64) {
    tx.exec(MERGE, params![account_id, sender_id]);
}

/// What stood aside of this sender is forgotten.
pub async fn forget(db: &Db, account_id: i64, sender_id: i64) -> Result<()> {
    db.exec(FORGET, params![account_id, sender_id]).await?;
    Ok(())
}
