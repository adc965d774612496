//! SQL of `moderation_actions`, and lists of accounts for moderators.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;
use crate::window::{Entries, Stretch, Window, entries_in};

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

/// Where accounts live that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the community.
    Here,
    /// On other servers.
    Elsewhere,
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose name begins so.
    pub username: Option<String>,
    /// Who signs in with this address.
    pub email: Option<String>,
    /// Who stands so with the moderators.
    pub standing: Option<&'static str>,
    /// Who looks after the community.
    pub staff: bool,
    /// Who lives on this server.
    pub host: Option<String>,
}

const HERE: Entries = entries_in!(
    "m.account_id",
    "SELECT m.account_id, m.account_id
       FROM members m
       JOIN accounts a ON a.id = m.account_id
      WHERE m.community_id = $4 AND m.standing <> 'gone'
        AND (CAST($5 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT))
        AND (CAST($6 AS TEXT) IS NULL OR m.email_key = CAST($6 AS TEXT))
        AND (CAST($7 AS TEXT) IS NULL OR m.standing = CAST($7 AS TEXT))
        AND (NOT CAST($8 AS BOOLEAN) OR m.role <> 'member')"
);
/// By number, or by the server.
const ELSEWHERE: Entries = entries_in!(
    "a.id",
    "SELECT a.id, a.id
       FROM accounts a
      WHERE a.community_id IS NULL AND a.gone_at IS NULL
        AND (CAST($4 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($4 AS TEXT))) = CAST($4 AS TEXT))"
);
/// Counts on `accounts_by_host`.
const ELSEWHERE_ON: Entries = entries_in!(
    "a.id",
    "SELECT a.id, a.id
       FROM accounts a
      WHERE a.host = $4 AND a.community_id IS NULL AND a.gone_at IS NULL
        AND (CAST($5 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT))"
);

pub async fn list(
    db: &Db,
    community_id: i64,
    origin: Origin,
    wanted: &Wanted,
    window: Window,
    limit: i64,
) -> Result<Stretch> {
    let username = wanted.username.as_ref().map(|name| name.to_lowercase());
    match (origin, &wanted.host) {
        (Origin::Here, _) => {
            let email = wanted.email.as_ref().map(|email| email.to_lowercase());
            let standing = wanted.standing.map(str::to_owned);
            let more = params![community_id, username, email, standing, wanted.staff];
            HERE.read(db, window, limit, more).await
        }
        (Origin::Elsewhere, Some(host)) => {
            let more = params![host.clone(), username];
            ELSEWHERE_ON.read(db, window, limit, more).await
        }
        (Origin::Elsewhere, None) => ELSEWHERE.read(db, window, limit, params![username]).await,
    }
}
