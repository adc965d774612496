//! What an app sends twice is posted once: it names each post with a key of its own (`Idempotency-Key`), and phones try
//! again when an answer is lost.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_db::{Db, Sql, Tx, params, sql};

use crate::app::App;
use crate::error::Result;
use crate::scheduled;

/// How long a key is remembered: as long as Mastodon does.
pub(crate) const REMEMBERED_MS: i64 = 3_600_000;

/// The key of one post, as it is kept.
#[derive(Clone, Debug)]
pub struct Once {
    hash: Vec<u8>,
    scheduled: Option<(i64, i64)>,
    /// The key that an app gave to what was scheduled.
    given: Option<Vec<u8>>,
}

impl Once {
    /// From what an app sent. An empty one is none.
    pub fn of(key: &str) -> Option<Once> {
        (!key.is_empty()).then(|| Once {
            hash: digest(&SHA256, key.as_bytes()).as_ref().to_vec(),
            scheduled: None,
            given: None,
        })
    }

    /// Of what was scheduled for then, with the key that [`Once::word`] wrote down: it is posted only while it still is.
    pub(crate) fn of_scheduled(id: i64, at_ms: i64, given: Option<&str>) -> Once {
        let key = format!("scheduled {id}");
        Once {
            hash: digest(&SHA256, key.as_bytes()).as_ref().to_vec(),
            scheduled: Some((id, at_ms)),
            given: given.and_then(|word| URL_SAFE_NO_PAD.decode(word).ok()),
        }
    }

    /// Whether it is of something that was scheduled.
    pub(super) fn is_of_scheduled(&self) -> bool {
        self.scheduled.is_some()
    }

    /// As it is written down beside what is scheduled.
    pub(crate) fn word(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.hash)
    }
}

const POSTED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT status_id
       FROM written_once
      WHERE account_id = $1 AND key_hash = $2 AND created_at > $3"
);

/// What this member posted with this key.
pub(super) async fn posted(app: &App, account_id: i64, once: &Once) -> Result<Option<i64>> {
    let since = app.now_ms() - REMEMBERED_MS;
    let found = app
        .db
        .opt_column(POSTED, params![account_id, once.hash.clone(), since])
        .await?;
    Ok(found)
}

const DROP: Sql =
    sql!("DELETE FROM written_once WHERE account_id = $1 AND key_hash = $2 AND created_at <= $3");
const NOTE: Sql = sql!(
    "INSERT INTO written_once (account_id, key_hash, status_id, created_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING"
);

/// Keeps it, in the transaction that posts. Undoes that when somebody was faster, or it is scheduled for then no more.
pub(super) fn note(tx: &mut Tx, account_id: i64, once: &Once, status_id: i64, now_ms: i64) {
    let old = now_ms - REMEMBERED_MS;
    tx.exec(DROP, params![account_id, once.hash.clone(), old]);
    tx.must(
        NOTE,
        params![account_id, once.hash.clone(), status_id, now_ms],
    );
    if let Some(given) = &once.given {
        tx.exec(DROP, params![account_id, given.clone(), old]);
        tx.exec(NOTE, params![account_id, given.clone(), status_id, now_ms]);
    }
    if let Some((id, at_ms)) = once.scheduled {
        scheduled::take(tx, id, at_ms);
    }
}

const FORGET: Sql = sql!(
    "DELETE FROM written_once
      WHERE (account_id, key_hash) IN (SELECT account_id, key_hash
                                         FROM written_once
                                        WHERE created_at < $1
                                        LIMIT $2)"
);

/// Forgets a batch of old ones; how many it were.
pub(crate) async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db
        .exec(FORGET, params![now_ms - REMEMBERED_MS, most])
        .await?)
}
