//! SQL of `media` and `media_secrets`.

use comity_db::{Db, Sql, Tx, Value, params, row, sql};

use super::LOOSE_MS;
use super::model::{Media, Stored};
use crate::error::Result;
use crate::statuses::Attached;

mod copies;
mod strays;

pub use copies::{
    Copy, bytes_of_copies, bytes_of_films, copy, forget_copy, forget_missing, have, keep_copy,
    oldest_copies, oldest_films, use_copy,
};
pub use strays::{named, waiting};

/// The columns of [`Media`], in its order.
macro_rules! select_media {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, status_id, kind, state, file_key, file_type, preview_type, description, focus_x,
                    focus_y, blurhash, meta, why, shown_as, poster_key, poster
               FROM media ",
            $rest
        )
    };
}

const INSERT: Sql = sql!(
    "INSERT INTO media (id, account_id, forget_at, kind, state, file_key, file_type, preview_type, description,
                        focus_x, focus_y, blurhash, meta, bytes, why, attempt_at, attempts, created_at, poster_key,
                        poster)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15, 0, $15, $16, $17)"
);

/// A new file of a member's, which no post has yet.
pub async fn insert(db: &Db, media: &Media, bytes: i64, now_ms: i64, forget_at: i64) -> Result<()> {
    db.exec(
        INSERT,
        params![
            media.id,
            media.account_id,
            forget_at,
            media.kind.as_str(),
            media.state.as_str(),
            media.file_key.as_str(),
            media.file_type.as_str(),
            media.preview_type.as_str(),
            media.description.as_str(),
            media.focus_x,
            media.focus_y,
            media.blurhash.as_str(),
            media.meta.as_str(),
            bytes,
            now_ms,
            media.poster_key.as_str(),
            media.poster.as_str(),
        ],
    )
    .await?;
    Ok(())
}

const INSERT_SHOWN: Sql = sql!(
    "INSERT INTO media (id, account_id, kind, state, file_key, file_type, preview_type, description, focus_x, focus_y,
                        blurhash, meta, bytes, why, attempt_at, attempts, created_at, shown_as)
     VALUES ($1, $2, $3, 'ready', $4, $5, $6, '', 0.0, 0.0, $7, $8, $9, '', $10, 0, $10, $11)"
);

/// A picture of a profile.
pub fn insert_shown(tx: &mut Tx, media: &Media, bytes: i64, now_ms: i64) {
    tx.exec(
        INSERT_SHOWN,
        params![
            media.id,
            media.account_id,
            media.kind.as_str(),
            media.file_key.as_str(),
            media.file_type.as_str(),
            media.preview_type.as_str(),
            media.blurhash.as_str(),
            media.meta.as_str(),
            bytes,
            now_ms,
            media.shown_as.as_str(),
        ],
    );
}

/// Counts on `media_shown`.
const DISCARD_SHOWN: Sql = sql!(
    "UPDATE media
        SET state = 'gone'
      WHERE account_id = $1 AND shown_as = $2 AND shown_as <> '' AND state = 'ready'"
);

/// The picture that a profile has had as this one goes.
pub fn discard_shown(tx: &mut Tx, account_id: i64, shown_as: &str) {
    tx.exec(DISCARD_SHOWN, params![account_id, shown_as]);
}

const OWN: Sql<Media> = sql!(
    row: Media,
    select_media!("WHERE id = $1 AND account_id = $2 AND state <> 'gone' AND shown_as = ''")
);

/// A file of this account's.
pub async fn own(db: &Db, id: i64, account_id: i64) -> Result<Option<Media>> {
    Ok(db.opt(OWN, params![id, account_id]).await?)
}

const OWN_MANY: Sql<Media> = sql!(
    row: Media,
    sqlite: select_media!("WHERE account_id = $1 AND id IN (SELECT value FROM json_each($2)) AND state <> 'gone' AND shown_as = '' LIMIT $3"),
    pg: select_media!("WHERE account_id = $1 AND id = ANY (CAST($2 AS BIGINT[])) AND state <> 'gone' AND shown_as = '' LIMIT $3"),
);

/// Those of these that are this account's, in no order.
pub async fn own_many(db: &Db, account_id: i64, ids: Vec<i64>) -> Result<Vec<Media>> {
    let most = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    Ok(db.all(OWN_MANY, params![account_id, ids, most]).await?)
}

const BY_KEY: Sql<Media> = sql!(
    row: Media,
    select_media!("WHERE file_key = $1 AND state = 'ready'")
);

/// The file that has this in its address. Counts on `media_by_key`.
pub async fn by_key(db: &Db, key: &str) -> Result<Option<Media>> {
    Ok(db.opt(BY_KEY, params![key]).await?)
}

const BY_POSTER: Sql<Media> = sql!(
    row: Media,
    select_media!("WHERE poster_key = $1 AND poster_key <> '' AND state = 'ready'")
);

/// The file for which the picture was chosen that has this in its address. Counts on `media_by_poster`.
pub async fn by_poster(db: &Db, key: &str) -> Result<Option<Media>> {
    Ok(db.opt(BY_POSTER, params![key]).await?)
}

const SAY: Sql = sql!(
    "UPDATE media
        SET description = $3, focus_x = $4, focus_y = $5
      WHERE id = $1 AND account_id = $2 AND state <> 'gone' AND status_id IS NOT DISTINCT FROM $6"
);

/// What is said of a file: a description, and the point to keep in view.
type Said<'a> = (&'a str, (f64, f64));

/// Changes what is said of a file that this post has, or none yet; undoes the whole transaction where that is not so any more.
pub fn say(
    tx: &mut Tx,
    id: i64,
    account_id: i64,
    status_id: Option<i64>,
    (description, (x, y)): Said<'_>,
) {
    tx.must(SAY, params![id, account_id, description, x, y, status_id]);
}

const SET_POSTER: Sql = sql!(
    "UPDATE media
        SET poster_key = $4, poster = $5
      WHERE id = $1 AND account_id = $2 AND poster_key = $3 AND state IN ('waiting', 'ready')
        AND (status_id IS NULL OR status_id = $6)"
);

/// Another picture stands for it than the one with the key `had`; undoes the whole transaction when another was faster, or
/// another post has it than the row says.
pub fn set_poster(tx: &mut Tx, media: &Media, had: &str) {
    tx.must(
        SET_POSTER,
        params![
            media.id,
            media.account_id,
            had,
            media.poster_key.as_str(),
            media.poster.as_str(),
            media.status_id,
        ],
    );
}

const LEAVE: Sql = sql!(
    "INSERT INTO media (id, account_id, kind, state, file_key, file_type, preview_type, description, focus_x, focus_y,
                        blurhash, meta, bytes, why, attempt_at, attempts, created_at)
     VALUES ($1, $2, 'image', 'gone', $3, '', '', '', 0.0, 0.0, '', '{}', 0, '', $4, 0, $4)"
);

/// What is kept under this key is nobody's any more, and is taken away next.
pub fn leave(tx: &mut Tx, id: i64, account_id: i64, key: &str, now_ms: i64) {
    tx.exec(LEAVE, params![id, account_id, key, now_ms]);
}

const ATTACH: Sql = sql!(
    "UPDATE media
        SET status_id = $3, forget_at = NULL, description = $5, focus_x = $6, focus_y = $7
      WHERE id = $1 AND account_id = $2 AND status_id IS NULL AND state = 'ready' AND poster_key = $4"
);

/// A post has it now, with the picture that it knows and what it says of it; undoes the whole transaction when another was
/// faster.
pub fn attach(tx: &mut Tx, file: &Attached, stored: &Stored, account_id: i64, status_id: i64) {
    let poster = stored.poster.as_ref();
    let poster_key = poster.map_or("", |poster| poster.key.as_str());
    let (description, (x, y)) = file.said();
    tx.must(
        ATTACH,
        params![
            stored.id,
            account_id,
            status_id,
            poster_key,
            description,
            x,
            y,
        ],
    );
}

const LET_GO: Sql = sql!(
    "UPDATE media
        SET status_id = NULL, forget_at = $2
      WHERE status_id = $1"
);

/// A post has none any more. Counts on `media_by_status`.
pub fn let_go(tx: &mut Tx, status_id: i64, forget_at: i64) {
    tx.exec(LET_GO, params![status_id, forget_at]);
}

/// Until then waits what a draft names: for ever.
const FOR_EVER_MS: i64 = i64::MAX;

/// In what is scheduled and in drafts, files stand as numbers under `media_ids`. PostgreSQL reads no JSON that has a zero in a
/// text; quotes within texts have a backslash before them, so that no text looks like the list.
const WAIT: Sql = sql!(
    sqlite: "UPDATE media
                SET forget_at =
                    CASE WHEN EXISTS (SELECT 1
                                        FROM drafts d, json_each(d.sent, '$.media_ids') n
                                       WHERE d.account_id = $1 AND n.value = $2)
                         THEN $4
                         ELSE (SELECT max($3, COALESCE(max(s.scheduled_at) + $5, 0))
                                 FROM scheduled s, json_each(s.sent, '$.media_ids') n
                                WHERE s.account_id = $1 AND n.value = $2)
                    END
              WHERE account_id = $1 AND id = $2 AND status_id IS NULL AND state <> 'gone'",
    pg: "UPDATE media
            SET forget_at =
                CASE WHEN EXISTS (SELECT 1
                                    FROM drafts d
                                   WHERE d.account_id = $1
                                     AND d.sent ~ ('\"media_ids\":[[]([0-9]+,)*' || CAST(media.id AS TEXT) || '[],]'))
                     THEN CAST($4 AS BIGINT)
                     ELSE (SELECT GREATEST(CAST($3 AS BIGINT), max(s.scheduled_at) + CAST($5 AS BIGINT))
                             FROM scheduled s
                            WHERE s.account_id = $1
                              AND s.sent ~ ('\"media_ids\":[[]([0-9]+,)*' || CAST(media.id AS TEXT) || '[],]'))
                END
          WHERE account_id = $1 AND id = $2 AND status_id IS NULL AND state <> 'gone'",
);

fn waiting_until(account_id: i64, id: i64, at_least: i64) -> Vec<Value> {
    params![account_id, id, at_least, FOR_EVER_MS, LOOSE_MS]
}

/// What no post has yet waits at least until then, as long as a draft has it, and a while longer than what is scheduled with
/// it: by what is so at this point of the transaction, before which the member's turn is to be taken. Undoes the whole
/// transaction where it is none of theirs, or gone.
pub fn wait(tx: &mut Tx, account_id: i64, id: i64, at_least: i64) {
    tx.must(WAIT, waiting_until(account_id, id, at_least));
}

/// The same for what may be gone.
pub fn wait_if_there(tx: &mut Tx, account_id: i64, id: i64, at_least: i64) {
    tx.exec(WAIT, waiting_until(account_id, id, at_least));
}

const LET_GO_OF: Sql = sql!(
    "UPDATE media
        SET status_id = NULL, forget_at = $3
      WHERE id = $1 AND status_id = $2"
);

/// A post does not have this one any more.
pub fn let_go_of(tx: &mut Tx, id: i64, status_id: i64, forget_at: i64) {
    tx.exec(LET_GO_OF, params![id, status_id, forget_at]);
}

const DISCARD: Sql = sql!(
    "UPDATE media
        SET state = 'gone', forget_at = NULL
      WHERE id = $1 AND account_id = $2 AND status_id IS NULL AND state <> 'gone'"
);

/// Its owner does not want it any more; whether it was theirs to take.
pub async fn discard(db: &Db, id: i64, account_id: i64) -> Result<bool> {
    Ok(db.exec(DISCARD, params![id, account_id]).await? > 0)
}

const DISCARD_OF: Sql = sql!(
    "UPDATE media
        SET state = 'gone', forget_at = NULL, status_id = NULL
      WHERE status_id = $1"
);

/// A post has none any more, and neither has anybody else. Counts on `media_by_status`.
pub fn discard_of(tx: &mut Tx, status_id: i64) {
    tx.exec(DISCARD_OF, params![status_id]);
}

/// Counts on `media_loose`.
const DISCARD_OLD: Sql = sql!(
    "UPDATE media
        SET state = 'gone', forget_at = NULL
      WHERE id IN (SELECT id FROM media WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2) AND status_id IS NULL"
);

/// What no post has in time is let go.
pub async fn discard_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(DISCARD_OLD, params![now_ms, most]).await?)
}

/// Files of a member (`$1`) who leaves, at most `$2` at a time: they are taken away next. Counts on `media_by_account`.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "UPDATE media
        SET state = 'gone', forget_at = NULL, status_id = NULL
      WHERE id IN (SELECT id FROM media WHERE account_id = $1 AND state <> 'gone' LIMIT $2)"
)];

/// Counts on `media_gone`.
const GONE: Sql<(i64, String, String)> = sql!(
    row: (i64, String, String),
    "SELECT id, file_key, poster_key FROM media WHERE state = 'gone' ORDER BY id LIMIT $1"
);

/// Ids of files to be taken away, their keys, and those of the pictures that were chosen for them, which may be empty.
pub async fn gone(db: &Db, most: i64) -> Result<Vec<(i64, String, String)>> {
    Ok(db.all(GONE, params![most]).await?)
}

const DELETE: Sql = sql!(
    sqlite: "DELETE FROM media WHERE id IN (SELECT value FROM json_each($1)) AND state = 'gone'",
    pg: "DELETE FROM media WHERE id = ANY($1) AND state = 'gone'",
);

/// Their files are taken away.
pub async fn delete(db: &Db, ids: Vec<i64>) -> Result<()> {
    db.exec(DELETE, params![ids]).await?;
    Ok(())
}

// What takes its time

/// Counts on `media_by_account`.
const WAITING: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT 1 FROM media WHERE account_id = $1 AND state = 'waiting' LIMIT $2) AS waiting"
);

/// How many of a member's wait, as far as `most`.
pub async fn waiting_of(db: &Db, account_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(WAITING, params![account_id, most]).await?.0)
}

/// Counts on `media_waiting`, and for whose turn it is on `media_by_account`: numbers grow with time, so that those above `$3`
/// are what came lately. Only what took its time was ever tried.
const CLAIM: Sql<(i64, String, i64)> = sql!(
    row: (i64, String, i64),
    "UPDATE media
        SET attempt_at = $2, attempts = attempts + 1
      WHERE id = (SELECT w.id
                    FROM (SELECT id, account_id, attempt_at
                            FROM media
                           WHERE state = 'waiting' AND attempt_at <= $1
                           ORDER BY attempt_at
                           LIMIT 1000) AS w
                   ORDER BY (SELECT count(*) FROM media r WHERE r.account_id = w.account_id AND r.id > $3 AND r.attempts > 0),
                            w.attempt_at
                   LIMIT 1)
        AND attempt_at <= $1
      RETURNING id, file_key, attempts"
);

/// The next that waits: its id, its key, and how often it was tried; of who had the fewest turns with files above `lately`
/// goes first. It is this process's until `until`.
pub async fn claim(
    db: &Db,
    now_ms: i64,
    until: i64,
    lately: i64,
) -> Result<Option<(i64, String, i64)>> {
    let claimed = db.returning(CLAIM, params![now_ms, until, lately]).await?;
    Ok(claimed.into_iter().next())
}

const MADE: Sql = sql!(
    "UPDATE media
        SET state = 'ready', kind = $2, file_type = $3, preview_type = $4, blurhash = $5, meta = $6, bytes = $7
      WHERE id = $1 AND state = 'waiting'"
);

/// It is ready; whether it was still wanted.
pub async fn made(db: &Db, id: i64, made: &super::worker::Made, bytes: i64) -> Result<bool> {
    let changed = db
        .exec(
            MADE,
            params![
                id,
                made.kind.as_str(),
                made.media_type.as_str(),
                made.preview_type.as_str(),
                made.blurhash.as_str(),
                serde_json::to_string(&made.meta)?,
                bytes,
            ],
        )
        .await?;
    Ok(changed > 0)
}

const FAILED: Sql =
    sql!("UPDATE media SET state = 'failed', why = $2 WHERE id = $1 AND state = 'waiting'");

/// It is not taken, because.
pub async fn failed(db: &Db, id: i64, why: &str) -> Result<()> {
    db.exec(FAILED, params![id, why]).await?;
    Ok(())
}

const POSTPONE: Sql = sql!(
    "UPDATE media SET attempt_at = $2, attempts = attempts - 1 WHERE id = $1 AND state = 'waiting'"
);

/// Another time, or another node: this one does not count.
pub async fn postpone(db: &Db, id: i64, until: i64) -> Result<()> {
    db.exec(POSTPONE, params![id, until]).await?;
    Ok(())
}

// The secret

row! {
    /// What addresses are signed with.
    #[derive(Debug)]
    pub struct SecretRow {
        pub secret: Vec<u8>,
    }
}

const SECRET: Sql<SecretRow> =
    sql!(row: SecretRow, "SELECT secret FROM media_secrets WHERE id = 1");
const KEEP_SECRET: Sql = sql!(
    "INSERT INTO media_secrets (id, secret, created_at)
     VALUES (1, $1, $2)
     ON CONFLICT DO NOTHING"
);

/// The secret of this installation; `fresh` becomes it where there is none.
pub async fn secret(db: &Db, fresh: Vec<u8>, now_ms: i64) -> Result<Vec<u8>> {
    if let Some(row) = db.opt(SECRET, params![]).await? {
        return Ok(row.secret);
    }
    db.exec(KEEP_SECRET, params![fresh, now_ms]).await?;
    Ok(db.one(SECRET, params![]).await?.secret)
}
