//! SQL of `cards` and `status_cards`.

use comity_db::{Db, Sql, Tx, params, sql};

use super::model::{CardRow, ShownRow};
use crate::error::Result;

const PLACE: Sql = sql!(
    "INSERT INTO status_cards (status_id, url)
     VALUES ($1, $2)
     ON CONFLICT (status_id) DO UPDATE
        SET url = excluded.url"
);
const WITHDRAW: Sql = sql!("DELETE FROM status_cards WHERE status_id = $1");
const URL_OF: Sql<(String,)> =
    sql!(row: (String,), "SELECT url FROM status_cards WHERE status_id = $1");

/// A status is shown with the card of this page, once there is one.
pub fn place(tx: &mut Tx, status_id: i64, url: &str) {
    tx.exec(PLACE, params![status_id, url]);
}

/// A status is shown without.
pub fn withdraw(tx: &mut Tx, status_id: i64) {
    tx.exec(WITHDRAW, params![status_id]);
}

/// The page of which a status shows the card.
pub async fn url_of(db: &Db, status_id: i64) -> Result<Option<String>> {
    Ok(db.opt(URL_OF, params![status_id]).await?.map(|(url,)| url))
}

const BY_URL: Sql<CardRow> = sql!(
    row: CardRow,
    "SELECT url, page, hosts, author_id, again_at, failures
       FROM cards
      WHERE url = $1"
);
const BY_URLS: Sql<CardRow> = sql!(
    row: CardRow,
    sqlite: "SELECT url, page, hosts, author_id, again_at, failures
               FROM cards
              WHERE url IN (SELECT value FROM json_each($1))",
    pg: "SELECT url, page, hosts, author_id, again_at, failures
           FROM cards
          WHERE url = ANY($1)",
);
const OF_STATUSES: Sql<ShownRow> = sql!(
    row: ShownRow,
    sqlite: "SELECT s.status_id, c.url, c.page, c.hosts, c.author_id
               FROM status_cards s
               JOIN cards c ON c.url = s.url
              WHERE s.status_id IN (SELECT value FROM json_each($1)) AND c.page <> ''",
    pg: "SELECT s.status_id, c.url, c.page, c.hosts, c.author_id
           FROM status_cards s
           JOIN cards c ON c.url = s.url
          WHERE s.status_id = ANY($1) AND c.page <> ''",
);

/// What is known of a page.
pub async fn by_url(db: &Db, url: &str) -> Result<Option<CardRow>> {
    Ok(db.opt(BY_URL, params![url]).await?)
}

/// What is known of these pages.
pub async fn by_urls(db: &Db, urls: Vec<String>) -> Result<Vec<CardRow>> {
    Ok(db.all(BY_URLS, params![urls]).await?)
}

/// The cards under these statuses.
pub async fn of_statuses(db: &Db, ids: Vec<i64>) -> Result<Vec<ShownRow>> {
    Ok(db.all(OF_STATUSES, params![ids]).await?)
}

const KEEP: Sql = sql!(
    "INSERT INTO cards (url, page, hosts, author_id, again_at, failures, forget_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (url) DO UPDATE
        SET page = excluded.page, hosts = excluded.hosts, author_id = excluded.author_id,
            again_at = excluded.again_at, failures = excluded.failures"
);

/// Keeps what is known of a page; it is looked at `forget_at` whether it is wanted still.
pub async fn keep(db: &Db, card: &CardRow, forget_at: i64) -> Result<()> {
    let values = params![
        card.url.as_str(),
        card.page.as_str(),
        card.hosts.as_str(),
        card.author_id,
        card.again_at,
        card.failures,
        forget_at,
    ];
    db.exec(KEEP, values).await?;
    Ok(())
}

/// Counts on `cards_by_end` and `status_cards_by_url`.
const FORGET: Sql = sql!(
    "DELETE FROM cards
      WHERE url IN (SELECT url FROM cards WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)
        AND NOT EXISTS (SELECT 1 FROM status_cards s WHERE s.url = cards.url)"
);
const KEEP_ON: Sql = sql!(
    "UPDATE cards
        SET forget_at = $3
      WHERE url IN (SELECT url FROM cards WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)
        AND EXISTS (SELECT 1 FROM status_cards s WHERE s.url = cards.url)"
);

/// Forgets cards that no status has any more; of the others it is looked again at `next`. How many were looked at.
pub async fn forget(db: &Db, now_ms: i64, most: i64, next: i64) -> Result<u64> {
    let forgotten = db.exec(FORGET, params![now_ms, most]).await?;
    let kept = db.exec(KEEP_ON, params![now_ms, most, next]).await?;
    Ok(forgotten + kept)
}

/// Counts on `follows_by_target`.
const FOLLOWERS_HERE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT f.account_id
       FROM follows f
       JOIN accounts a ON a.id = f.account_id
      WHERE f.target_id = $1 AND f.state = 'accepted' AND a.community_id IS NOT NULL AND a.gone_at IS NULL
      ORDER BY f.account_id
      LIMIT $2"
);

/// Some members who follow somebody.
pub async fn followers_here(db: &Db, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(FOLLOWERS_HERE, params![account_id, most]).await?)
}
