//! SQL of `notifications`.

use comity_db::{Db, Sql, Tx, params, row, sql};

pub mod insert;
pub mod requests;

use super::{Aside, Kind, Which};
use crate::error::Result;
use crate::window::Window;

row! {
    /// A notification before anybody asked whether it is shown.
    #[derive(Debug)]
    pub struct NotificationRow {
        pub id: i64,
        pub kind: String,
        pub from_account_id: i64,
        pub status_id: Option<i64>,
        pub rule_id: Option<i64>,
        pub following: Option<i64>,
        pub followers: Option<i64>,
        pub created_at: i64,
        pub set_aside: bool,
        pub report_id: Option<i64>,
        pub applicant_id: Option<i64>,
        pub action_id: Option<i64>,
        pub collection_id: Option<i64>,
    }
}

const DELETE: Sql = sql!(
    "DELETE FROM notifications
      WHERE account_id = $1 AND kind = $2 AND from_account_id = $3 AND status_id IS NOT DISTINCT FROM $4"
);
const NEWEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
            applicant_id, action_id, collection_id
       FROM notifications
      WHERE account_id = $1 AND id < $2 AND id > $3 AND (CAST($5 AS BOOLEAN) OR NOT set_aside)
      ORDER BY id DESC
      LIMIT $4"
);
const OLDEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
            applicant_id, action_id, collection_id
       FROM notifications
      WHERE account_id = $1 AND id < $2 AND id > $3 AND (CAST($5 AS BOOLEAN) OR NOT set_aside)
      ORDER BY id
      LIMIT $4"
);
const CLEAR: Sql = sql!("DELETE FROM notifications WHERE account_id = $1");
const DISMISS: Sql = sql!("DELETE FROM notifications WHERE account_id = $1 AND id = $2");
const NEWER: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM notifications
      WHERE account_id = $1 AND id > $2 AND NOT set_aside
      ORDER BY id
      LIMIT 1"
);

/// Counts on `notifications_once_of_collection`.
const DELETE_OF_COLLECTION: Sql = sql!(
    "DELETE FROM notifications
      WHERE account_id = $1 AND kind = $2 AND collection_id = $3"
);
/// Counts on `notifications_by_collection`.
const FORGET_COLLECTION: Sql = sql!("DELETE FROM notifications WHERE collection_id = $1");

pub fn delete_of_collection(tx: &mut Tx, to: i64, kind: &str, collection_id: i64) {
    tx.exec(DELETE_OF_COLLECTION, params![to, kind, collection_id]);
}

/// What was told of a collection, to whomever.
pub fn forget_collection(tx: &mut Tx, collection_id: i64) {
    tx.exec(FORGET_COLLECTION, params![collection_id]);
}

pub fn delete(tx: &mut Tx, to: i64, kind: &str, from: i64, status: Option<i64>) {
    tx.exec(DELETE, params![to, kind, from, status]);
}

/// Those of some kinds. Each kind is read by itself, so that what is rare is not looked for among all the rest. Counts on
/// `notifications_by_kind`.
macro_rules! of_kinds {
    ($of_each:literal, $of_all:literal) => {
        sql!(
            row: NotificationRow,
            sqlite: concat!(
                "SELECT n.id, n.kind, n.from_account_id, n.status_id, n.rule_id, n.following, n.followers, n.created_at,
                        n.set_aside, n.report_id, n.applicant_id, n.action_id, n.collection_id
                   FROM json_each($6) k
                  CROSS JOIN notifications n ON n.id IN (SELECT o.id
                                                           FROM notifications o
                                                          WHERE o.account_id = $1 AND o.kind = k.value
                                                            AND o.id < $2 AND o.id > $3
                                                            AND (CAST($5 AS BOOLEAN) OR NOT o.set_aside)
                                                          ORDER BY ",
                $of_each,
                "                                         LIMIT $4)
                  ORDER BY ",
                $of_all,
                " LIMIT $4"
            ),
            pg: concat!(
                "SELECT n.id, n.kind, n.from_account_id, n.status_id, n.rule_id, n.following, n.followers, n.created_at,
                        n.set_aside, n.report_id, n.applicant_id, n.action_id, n.collection_id
                   FROM unnest(CAST($6 AS TEXT[])) AS k (value)
                  CROSS JOIN LATERAL (SELECT o.id, o.kind, o.from_account_id, o.status_id, o.rule_id, o.following,
                                             o.followers, o.created_at, o.set_aside, o.report_id, o.applicant_id,
                                             o.action_id, o.collection_id
                                        FROM notifications o
                                       WHERE o.account_id = $1 AND o.kind = k.value AND o.id < $2 AND o.id > $3
                                         AND (CAST($5 AS BOOLEAN) OR NOT o.set_aside)
                                       ORDER BY ",
                $of_each,
                "                      LIMIT $4) n
                  ORDER BY ",
                $of_all,
                " LIMIT $4"
            ),
        )
    };
}

const OF_KINDS_NEWEST: Sql<NotificationRow> = of_kinds!("o.id DESC", "n.id DESC");
const OF_KINDS_OLDEST: Sql<NotificationRow> = of_kinds!("o.id", "n.id");

/// Those of some kinds that one account did. Counts on `notifications_by_doer`.
macro_rules! of_doer {
    ($kinds:literal, $order:literal) => {
        concat!(
            "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
                      applicant_id, action_id, collection_id
               FROM notifications
              WHERE account_id = $1 AND id < $2 AND id > $3 AND (CAST($5 AS BOOLEAN) OR NOT set_aside)
                AND from_account_id = $6 AND ",
            $kinds,
            " ORDER BY ",
            $order,
            " LIMIT $4"
        )
    };
}

const OF_DOER_NEWEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    sqlite: of_doer!("kind IN (SELECT value FROM json_each($7))", "id DESC"),
    pg: of_doer!("kind = ANY($7)", "id DESC"),
);
const OF_DOER_OLDEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    sqlite: of_doer!("kind IN (SELECT value FROM json_each($7))", "id"),
    pg: of_doer!("kind = ANY($7)", "id"),
);

/// At most `limit` of what lies in a window: newest first, or from below, oldest first. One question, however many kinds are
/// asked for.
pub async fn within(
    db: &Db,
    account_id: i64,
    window: Window,
    limit: i64,
    which: &Which,
) -> Result<Vec<NotificationRow>> {
    let either = |newest, oldest| {
        if window.from_below { oldest } else { newest }
    };
    let words = |kinds: &[Kind]| -> Vec<String> {
        let each = kinds.iter();
        each.map(|kind| kind.as_str().to_owned()).collect()
    };
    let aside = which.aside == Aside::Too;
    let mut values = params![account_id, window.below, window.above, limit, aside];
    let statement = match (which.from, &which.kinds) {
        (Some(from), kinds) => {
            let kinds = kinds.as_deref().unwrap_or(&Kind::ALL);
            values.extend(params![from, words(kinds)]);
            either(OF_DOER_NEWEST, OF_DOER_OLDEST)
        }
        (None, Some(kinds)) => {
            values.extend(params![words(kinds)]);
            either(OF_KINDS_NEWEST, OF_KINDS_OLDEST)
        }
        (None, None) => either(NEWEST, OLDEST),
    };
    Ok(db.all(statement, values).await?)
}

pub async fn clear(db: &Db, account_id: i64) -> Result<u64> {
    Ok(db.exec(CLEAR, params![account_id]).await?)
}

pub async fn dismiss(db: &Db, account_id: i64, id: i64) -> Result<u64> {
    Ok(db.exec(DISMISS, params![account_id, id]).await?)
}

pub async fn any_newer(db: &Db, account_id: i64, than_id: i64) -> Result<bool> {
    Ok(db.opt(NEWER, params![account_id, than_id]).await?.is_some())
}

/// Counts on `follows_notify`; what is not in a home is not wanted there.
const ASKED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT f.account_id
       FROM follows f
       JOIN members m ON m.account_id = f.account_id
      WHERE f.target_id = $1 AND f.notify AND f.state = 'accepted' AND f.account_id > $3
        AND EXISTS (SELECT 1
                      FROM home_entries h
                     WHERE h.account_id = f.account_id AND h.status_id = $2)
      ORDER BY f.account_id
      LIMIT $4"
);

/// Members above `after` who asked to be told of this author's posts and have this one in their home.
pub async fn asked(
    db: &Db,
    author_id: i64,
    status_id: i64,
    after: i64,
    most: i64,
) -> Result<Vec<i64>> {
    let values = params![author_id, status_id, after, most];
    Ok(db.column(ASKED, values).await?)
}

/// Counts on `statuses_by_reblog`.
const BOOSTED_BY: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT s.account_id
       FROM statuses s
       JOIN members m ON m.account_id = s.account_id
      WHERE s.reblog_of_id = $1 AND s.account_id > $2
      ORDER BY s.account_id
      LIMIT $3"
);

/// Members above `after` who boosted this status.
pub async fn boosted_by(db: &Db, status_id: i64, after: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(BOOSTED_BY, params![status_id, after, most])
        .await?)
}

/// Counts on `quotes_by_quoted`.
const QUOTING: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT q.status_id, s.account_id
       FROM quotes q
       JOIN statuses s ON s.id = q.status_id
       JOIN members m ON m.account_id = s.account_id
      WHERE q.quoted_id = $1 AND q.state = 'stands' AND q.status_id > $2
      ORDER BY q.status_id
      LIMIT $3"
);

/// Posts of members above `after` that quote this status by its author's yes, and whose they are.
pub async fn quoting(db: &Db, status_id: i64, after: i64, most: i64) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(QUOTING, params![status_id, after, most]).await?)
}

/// Those of the kinds that are grouped, newest first. Counts on `notifications_by_account`.
const GROUPABLE: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
            applicant_id, action_id, collection_id
       FROM notifications
      WHERE account_id = $1 AND id < $2 AND id > $3 AND (CAST($5 AS BOOLEAN) OR NOT set_aside)
        AND kind IN ('favourite', 'reblog', 'follow')
      ORDER BY id DESC
      LIMIT $4"
);

pub async fn groupable(
    db: &Db,
    account_id: i64,
    below: i64,
    above: i64,
    limit: i64,
    aside: Aside,
) -> Result<Vec<NotificationRow>> {
    let values = params![account_id, below, above, limit, aside == Aside::Too];
    Ok(db.all(GROUPABLE, values).await?)
}

/// Counts on `notifications_once` and `notifications_by_account`.
const OF_GROUP_NEWEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
            applicant_id, action_id, collection_id
       FROM notifications
      WHERE account_id = $1 AND kind = $2 AND status_id IS NOT DISTINCT FROM $3
        AND created_at >= $4 AND created_at < $5 AND id < $6 AND id > $7
      ORDER BY id DESC
      LIMIT $8"
);
const OF_GROUP_OLDEST: Sql<NotificationRow> = sql!(
    row: NotificationRow,
    "SELECT id, kind, from_account_id, status_id, rule_id, following, followers, created_at, set_aside, report_id,
            applicant_id, action_id, collection_id
       FROM notifications
      WHERE account_id = $1 AND kind = $2 AND status_id IS NOT DISTINCT FROM $3
        AND created_at >= $4 AND created_at < $5 AND id < $6 AND id > $7
      ORDER BY id
      LIMIT $8"
);

/// At most `limit` of one kind about one status, between two times, of what lies in a window; what stands aside as well.
pub async fn of_group(
    db: &Db,
    account_id: i64,
    (kind, status): (&str, Option<i64>),
    (from_ms, to_ms): (i64, i64),
    window: Window,
    limit: i64,
) -> Result<Vec<NotificationRow>> {
    let statement = if window.from_below {
        OF_GROUP_OLDEST
    } else {
        OF_GROUP_NEWEST
    };
    let values = params![
        account_id,
        kind,
        status,
        from_ms,
        to_ms,
        window.below,
        window.above,
        limit
    ];
    Ok(db.all(statement, values).await?)
}

const DISMISS_GROUP: Sql = sql!(
    "DELETE FROM notifications
      WHERE account_id = $1 AND kind = $2 AND status_id IS NOT DISTINCT FROM $3
        AND created_at >= $4 AND created_at < $5"
);

pub async fn dismiss_group(
    db: &Db,
    account_id: i64,
    (kind, status): (&str, Option<i64>),
    (from_ms, to_ms): (i64, i64),
) -> Result<()> {
    let values = params![account_id, kind, status, from_ms, to_ms];
    db.exec(DISMISS_GROUP, values).await?;
    Ok(())
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM notifications
          WHERE account_id = $1 AND id IN (SELECT id FROM notifications WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM notification_policies WHERE account_id IN (SELECT account_id FROM notification_policies WHERE account_id = $1 LIMIT $2)"
    ),
];
