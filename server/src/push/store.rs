//! SQL of `push_subscriptions`, `push_keys` and `push_choices`.

use comity_db::{Db, Sql, params, sql};

use super::model::SubscriptionRow;
use crate::error::Result;

/// Devices of one member that are woken for one thing: more than any has.
const MOST_DEVICES: i64 = 50;

/// The columns of [`SubscriptionRow`], in its order.
macro_rules! select_subscription {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, endpoint, p256dh, auth, standard, policy, alerts, token_sealed
               FROM push_subscriptions ",
            $rest
        )
    };
}

const OF_TOKEN: Sql<SubscriptionRow> = sql!(
    row: SubscriptionRow,
    select_subscription!("WHERE token_id = $1")
);
const BY_ID: Sql<SubscriptionRow> = sql!(
    row: SubscriptionRow,
    select_subscription!("WHERE id = $1 AND account_id = $2")
);
const BY_NUMBER: Sql<SubscriptionRow> =
    sql!(row: SubscriptionRow, select_subscription!("WHERE id = $1"));
/// By `push_subscriptions_by_account`.
const OF_ACCOUNT: Sql<SubscriptionRow> = sql!(
    row: SubscriptionRow,
    select_subscription!(
        "WHERE account_id = $1
         ORDER BY id DESC
         LIMIT $2"
    )
);

pub async fn of_token(db: &Db, token_id: i64) -> Result<Option<SubscriptionRow>> {
    Ok(db.opt(OF_TOKEN, params![token_id]).await?)
}

/// Of this member: numbers are given out again.
pub async fn by_id(db: &Db, id: i64, account_id: i64) -> Result<Option<SubscriptionRow>> {
    Ok(db.opt(BY_ID, params![id, account_id]).await?)
}

/// Of whomever has this number now: whether it is who is meant has to be asked.
pub async fn by_number(db: &Db, id: i64) -> Result<Option<SubscriptionRow>> {
    Ok(db.opt(BY_NUMBER, params![id]).await?)
}

pub async fn of_account(db: &Db, account_id: i64) -> Result<Vec<SubscriptionRow>> {
    Ok(db
        .all(OF_ACCOUNT, params![account_id, MOST_DEVICES])
        .await?)
}

/// Some apps read the number into 32 bits, so it is a small one.
const INSERT: Sql = sql!(
    "INSERT INTO push_subscriptions
            (id, token_id, account_id, endpoint, p256dh, auth, standard, policy, alerts, created_at, token_sealed)
     SELECT COALESCE((SELECT max(id) FROM push_subscriptions), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
     ON CONFLICT DO NOTHING"
);
const DELETE_OF_TOKEN: Sql = sql!("DELETE FROM push_subscriptions WHERE token_id = $1");

/// In place of what the token had. `false` where somebody else took the number at the same time.
pub async fn replace(db: &Db, token_id: i64, new: &SubscriptionRow, now_ms: i64) -> Result<bool> {
    db.exec(DELETE_OF_TOKEN, params![token_id]).await?;
    let changed = db
        .exec(
            INSERT,
            params![
                token_id,
                new.account_id,
                new.endpoint.as_str(),
                new.p256dh.clone(),
                new.auth.clone(),
                new.standard,
                new.policy.as_str(),
                new.alerts.as_str(),
                now_ms,
                new.token_sealed.clone(),
            ],
        )
        .await?;
    Ok(changed > 0)
}

const CHANGE: Sql =
    sql!("UPDATE push_subscriptions SET policy = $2, alerts = $3 WHERE token_id = $1");

pub async fn change(db: &Db, token_id: i64, policy: &str, alerts: &str) -> Result<bool> {
    Ok(db.exec(CHANGE, params![token_id, policy, alerts]).await? > 0)
}

pub async fn delete_of_token(db: &Db, token_id: i64) -> Result<()> {
    db.exec(DELETE_OF_TOKEN, params![token_id]).await?;
    Ok(())
}

const DELETE: Sql = sql!("DELETE FROM push_subscriptions WHERE id = $1 AND endpoint = $2");

/// Only while it leads to where it led.
pub async fn delete(db: &Db, id: i64, endpoint: &str) -> Result<()> {
    db.exec(DELETE, params![id, endpoint]).await?;
    Ok(())
}

const KEY: Sql<(Vec<u8>,)> = sql!(row: (Vec<u8>,), "SELECT pkcs8 FROM push_keys WHERE id = 1");
const KEEP_KEY: Sql =
    sql!("INSERT INTO push_keys (id, pkcs8) VALUES (1, $1) ON CONFLICT DO NOTHING");

pub async fn key(db: &Db) -> Result<Option<Vec<u8>>> {
    Ok(db.opt_column(KEY, params![]).await?)
}

pub async fn keep_key(db: &Db, pkcs8: Vec<u8>) -> Result<()> {
    db.exec(KEEP_KEY, params![pkcs8]).await?;
    Ok(())
}

const TELLS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id FROM push_choices WHERE account_id = $1"
);
const TELL: Sql = sql!("INSERT INTO push_choices (account_id) VALUES ($1) ON CONFLICT DO NOTHING");
const TELL_NOTHING: Sql = sql!("DELETE FROM push_choices WHERE account_id = $1");

/// Whether the devices of this member are told who and what.
pub async fn tells(db: &Db, account_id: i64) -> Result<bool> {
    Ok(db.opt(TELLS, params![account_id]).await?.is_some())
}

pub async fn set_tells(db: &Db, account_id: i64, tells: bool) -> Result<()> {
    let statement = if tells { TELL } else { TELL_NOTHING };
    db.exec(statement, params![account_id]).await?;
    Ok(())
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM push_choices WHERE account_id IN (SELECT account_id FROM push_choices WHERE account_id = $1 LIMIT $2)"
)];
