//! SQL of `statuses`, `mentions` and `tombstones`.

mod edits;
mod lists;

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::model::StatusRow;
use crate::clock::DAY_MS;
use crate::conversations;
use crate::error::Result;

pub use edits::{Edit, edit, edits_of, hold};
pub(crate) use lists::chosen_of_author;
pub use lists::{
    BY_AUTHOR, CHOSEN_BY_AUTHOR, EDGE_OF_AUTHOR, EDGE_OF_FILES, FILES_BY_AUTHOR, REBLOGS_OF, below,
    in_conversation, reblog_by, replies_to, shared_by, with_above,
};

/// The columns of [`StatusRow`], in its order, from the table alias `s`.
macro_rules! select_status {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.iri, s.url, s.account_id, s.community_id, s.kind, s.visibility, s.in_reply_to_id,
                    s.in_reply_to_iri, s.in_reply_to_account_id, s.conversation_id, s.reblog_of_id, s.title,
                    s.spoiler_text, s.content, s.source, s.format, s.language, s.sensitive, s.tags, s.attachments, s.emojis, s.limited,
                    s.created_at, s.edited_at, s.replies_count, s.reblogs_count, s.favourites_count, s.kept_from,
                    s.replies_freely, s.replies_asking, s.approval, s.wishes, s.reply_stamp, q.quoted_iri, q.quoted_id,
                    q.quoted_account_id, q.state AS quote_state, q.stamp AS quote_stamp, q.request AS quote_request
               FROM statuses s
               LEFT JOIN quotes q ON q.status_id = s.id ",
            $rest
        )
    };
}

const BY_IDS: Sql<StatusRow> = sql!(
    row: StatusRow,
    sqlite: select_status!("WHERE s.id IN (SELECT value FROM json_each($1))"),
    pg: select_status!("WHERE s.id = ANY($1)"),
);

pub async fn by_ids(db: &Db, ids: Vec<i64>) -> Result<Vec<StatusRow>> {
    Ok(db.all(BY_IDS, params![ids]).await?)
}

const ID_BY_IRI: Sql<(i64,)> = sql!(row: (i64,), "SELECT id FROM statuses WHERE iri = $1");

pub async fn id_by_iri(db: &Db, iri: &str) -> Result<Option<i64>> {
    Ok(db.opt_column(ID_BY_IRI, params![iri]).await?)
}

row! {
    /// What there is at the address of a status.
    #[derive(Debug)]
    pub struct Known {
        /// The status itself.
        pub id: Option<i64>,
        /// Its author deleted it.
        pub buried: bool,
        /// It is answered by something that came before it.
        pub awaited: bool,
    }
}

/// Three look-ups by key, the last by `statuses_waiting_for_parent`.
const KNOWN: Sql<Known> = sql!(
    row: Known,
    "SELECT (SELECT s.id FROM statuses s WHERE s.iri = $1) AS id,
            EXISTS (SELECT 1 FROM tombstones t WHERE t.iri = $1) AS buried,
            EXISTS (SELECT 1
                      FROM statuses c
                     WHERE c.in_reply_to_iri = $1 AND c.in_reply_to_id IS NULL) AS awaited"
);

/// What there is at this address.
pub async fn known(db: &Db, iri: &str) -> Result<Known> {
    Ok(db.one(KNOWN, params![iri]).await?)
}

/// Counts on the primary key of `mentions` and on `contacts_by_status`.
const ADDRESSED_BY: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    sqlite: "SELECT status_id, account_id, 0 AS waits
               FROM mentions
              WHERE status_id IN (SELECT value FROM json_each($1))
              UNION ALL
             SELECT status_id, account_id, 1
               FROM contacts
              WHERE is_named AND status_id IN (SELECT value FROM json_each($1))
              ORDER BY 1, 2
              LIMIT $2",
    pg: "SELECT status_id, account_id, CAST(0 AS BIGINT) AS waits
           FROM mentions
          WHERE status_id = ANY($1)
          UNION ALL
         SELECT status_id, account_id, CAST(1 AS BIGINT)
           FROM contacts
          WHERE is_named AND status_id = ANY($1)
          ORDER BY 1, 2
          LIMIT $2",
);

/// People a status is kept as naming, when it is taken in: more are a hellthread, and the rest is not notified.
pub const MOST_MENTIONS: usize = 100;

/// (status, account, 1 where it names somebody and waits for their yes), at most as many as were admitted with each status.
pub async fn addressed_by(db: &Db, status_ids: Vec<i64>) -> Result<Vec<(i64, i64, i64)>> {
    let most = i64::try_from(status_ids.len() * (MOST_MENTIONS + 1)).unwrap_or(i64::MAX);
    Ok(db.all(ADDRESSED_BY, params![status_ids, most]).await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO statuses (id, iri, url, account_id, community_id, kind, visibility, in_reply_to_id, in_reply_to_iri,
                           in_reply_to_account_id, conversation_id, reblog_of_id, title, spoiler_text, content,
                           source, language, sensitive, tags, attachments, limited, created_at, edited_at,
                           replies_count, reblogs_count, favourites_count, kept_from, replies_freely, replies_asking,
                           approval, wishes, reply_stamp, emojis, format)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
             $23, 0, 0, 0, $24, $25, $26, $27, $28, $29, $30, $31)
     ON CONFLICT DO NOTHING"
);
const MENTION: Sql = sql!(
    "INSERT INTO mentions (status_id, account_id)
     VALUES ($1, $2)
     ON CONFLICT DO NOTHING"
);
const ADD_REPLY: Sql = sql!(
    "UPDATE statuses
        SET replies_count = CASE WHEN replies_count + $2 < 0 THEN 0 ELSE replies_count + $2 END
      WHERE id = $1"
);
const ADD_REBLOG: Sql = sql!(
    "UPDATE statuses
        SET reblogs_count = CASE WHEN reblogs_count + $2 < 0 THEN 0 ELSE reblogs_count + $2 END
      WHERE id = $1"
);

const ADD_FAVOURITE: Sql = sql!(
    "UPDATE statuses
        SET favourites_count = CASE WHEN favourites_count + $2 < 0 THEN 0 ELSE favourites_count + $2 END
      WHERE id = $1"
);

const SET_KIND: Sql = sql!("UPDATE statuses SET kind = $2 WHERE id = $1");

/// An edit made another kind of it.
pub fn set_kind(tx: &mut Tx, id: i64, kind: &str) {
    tx.exec(SET_KIND, params![id, kind]);
}

const SET_EMOJIS: Sql = sql!("UPDATE statuses SET emojis = $2 WHERE id = $1");

/// Changes where the emoji in it are; that alone is no edit.
pub fn set_emojis(tx: &mut Tx, id: i64, emojis: &str) {
    tx.exec(SET_EMOJIS, params![id, emojis]);
}

const SET_WISHES: Sql = sql!("UPDATE statuses SET wishes = $2 WHERE id = $1");

/// Changes what its author says of who may do what with it.
pub fn set_wishes(tx: &mut Tx, id: i64, wishes: &str) {
    tx.exec(SET_WISHES, params![id, wishes]);
}

const SET_REPLY_STAMP: Sql = sql!("UPDATE statuses SET reply_stamp = $2 WHERE id = $1");

/// Keeps where the yes to an answer is, or that there is none any more.
pub fn set_reply_stamp(tx: &mut Tx, id: i64, stamp: Option<&str>) {
    tx.exec(SET_REPLY_STAMP, params![id, stamp]);
}

const SET_REPLY_REQUEST: Sql =
    sql!("UPDATE statuses SET reply_request = $2 WHERE id = $1 AND reply_request IS NULL");

/// Keeps what asked first whether this answer may stand.
pub fn set_reply_request(tx: &mut Tx, id: i64, request: &str) {
    tx.exec(SET_REPLY_REQUEST, params![id, request]);
}

const REPLY_REQUEST: Sql<(Option<String>,)> = sql!(
    row: (Option<String>,),
    "SELECT reply_request FROM statuses WHERE id = $1"
);

/// What asked whether this answer may stand.
pub async fn reply_request(db: &Db, id: i64) -> Result<Option<String>> {
    let row = db.opt(REPLY_REQUEST, params![id]).await?;
    Ok(row.and_then(|(request,)| request))
}

/// Counts on `statuses_by_reply_stamp`.
const STAMPED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE reply_stamp = $1 AND in_reply_to_account_id = $2 AND approval = 'stands' AND id > $3
      ORDER BY id
      LIMIT 20"
);

/// Answers to this account with numbers above `after` that stand and show this yes. It is for one; others may claim it as
/// well.
pub async fn stamped(db: &Db, stamp: &str, account_id: i64, after: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(STAMPED, params![stamp, account_id, after])
        .await?)
}

/// Counts on `statuses_by_parent`.
const WAITING_ANSWERS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE in_reply_to_id = $1 AND approval = 'waits' AND id > $2
      ORDER BY id
      LIMIT $3"
);

/// Answers to this with numbers above `after` that wait for a yes, the oldest first.
pub async fn waiting_answers(db: &Db, parent_id: i64, after: i64, most: i64) -> Result<Vec<i64>> {
    let page = params![parent_id, after, most];
    Ok(db.column(WAITING_ANSWERS, page).await?)
}

const SET_APPROVAL: Sql = sql!("UPDATE statuses SET approval = $3 WHERE id = $1 AND approval = $2");

/// Changes whether it has its place under what it answers, or undoes the whole transaction when that was changed
/// meanwhile.
pub fn set_approval(tx: &mut Tx, id: i64, from: &str, to: &str) {
    tx.must(SET_APPROVAL, params![id, from, to]);
}

/// Inserts, or undoes the whole transaction when the iri (or this account's reblog of it) is there already.
pub fn insert(tx: &mut Tx, row: &StatusRow) {
    tx.must(
        INSERT,
        params![
            row.id,
            row.iri.as_str(),
            row.url.as_deref(),
            row.account_id,
            row.community_id,
            row.kind.as_str(),
            row.visibility.as_str(),
            row.in_reply_to_id,
            row.in_reply_to_iri.as_deref(),
            row.in_reply_to_account_id,
            row.conversation_id,
            row.reblog_of_id,
            row.title.as_str(),
            row.spoiler_text.as_str(),
            row.content.as_str(),
            row.source.as_str(),
            row.language.as_deref(),
            row.sensitive,
            row.tags.as_str(),
            row.attachments.as_str(),
            row.limited,
            row.created_at,
            row.edited_at,
            row.kept_from.as_str(),
            row.replies_freely.as_str(),
            row.replies_asking.as_str(),
            row.approval.as_str(),
            row.wishes.as_str(),
            row.reply_stamp.as_deref(),
            row.emojis.as_str(),
            row.format.as_str(),
        ],
    );
}

pub fn mention(tx: &mut Tx, status_id: i64, account_id: i64) {
    tx.exec(MENTION, params![status_id, account_id]);
}

/// `by` is +1 or −1.
pub fn add_reply(tx: &mut Tx, parent_id: i64, by: i64) {
    tx.exec_last(ADD_REPLY, params![parent_id, by]);
}

/// `by` is +1 or −1.
pub fn add_reblog(tx: &mut Tx, status_id: i64, by: i64) {
    tx.exec_last(ADD_REBLOG, params![status_id, by]);
}

/// `by` is +1 or −1, in the transaction that adds or removes the favourite.
pub fn add_favourite(tx: &mut Tx, status_id: i64, by: i64) {
    tx.exec_last(ADD_FAVOURITE, params![status_id, by]);
}

// A parent that arrives after its replies

const ADOPT: Sql = sql!(
    "UPDATE statuses
        SET in_reply_to_id = $2, in_reply_to_account_id = $3,
            approval = CASE WHEN $4 AND approval = 'stands' AND account_id <> $3 AND community_id IS NULL
                            THEN 'waits' ELSE approval END
      WHERE in_reply_to_iri = $1 AND in_reply_to_id IS NULL"
);
/// A thread that comes backwards is written anew with each parent, so longer ones stay apart.
const JOIN_CONVERSATIONS: Sql = sql!(
    "UPDATE statuses
        SET conversation_id = $2
      WHERE conversation_id IN (SELECT o.conversation_id
                                  FROM statuses o
                                 WHERE o.in_reply_to_iri = $1
                                   AND o.in_reply_to_id IS NULL
                                   AND (SELECT count(*)
                                          FROM (SELECT s.id
                                                  FROM statuses s
                                                 WHERE s.conversation_id = o.conversation_id
                                                 LIMIT $3) known) < $3
                                 ORDER BY o.id
                                 LIMIT 500)"
);
/// From whom a status is kept, its answers are kept, those too that came before it.
const KEEP_FROM: Sql = sql!(
    "UPDATE statuses
        SET kept_from = $2
      WHERE kept_from = '[]'
        AND conversation_id IN (SELECT o.conversation_id
                                  FROM statuses o
                                 WHERE o.in_reply_to_iri = $1 AND o.in_reply_to_id IS NULL)"
);
const COUNT_REPLIES: Sql = sql!(
    "UPDATE statuses
        SET replies_count = (SELECT count(*)
                               FROM statuses c
                              WHERE c.in_reply_to_id = statuses.id AND c.visibility IN ('public', 'unlisted')
                                AND c.approval = 'stands')
      WHERE id = $1"
);

/// Conversations of so many posts are not joined with what they answer.
const LONGEST_JOINED: i64 = 1_000;

/// Hangs the waiting replies under their parent and their threads into its thread.
pub fn adopt(tx: &mut Tx, parent: &StatusRow) {
    let iri = parent.iri.as_str();
    if parent.kept_from != "[]" {
        tx.exec(KEEP_FROM, params![iri, parent.kept_from.as_str()]);
    }
    conversations::merge(tx, iri, parent.conversation_id, LONGEST_JOINED);
    tx.exec(
        JOIN_CONVERSATIONS,
        params![iri, parent.conversation_id, LONGEST_JOINED],
    );
    // Where its author says who may answer, that is looked at for each before they stand.
    let weighs = parent.wishes.contains("\"reply\"");
    tx.exec(ADOPT, params![iri, parent.id, parent.account_id, weighs]);
    tx.exec(COUNT_REPLIES, params![parent.id]);
}

const DECLINE_WAITING: Sql = sql!(
    "UPDATE statuses SET approval = 'declined' WHERE in_reply_to_id = $1 AND approval = 'waits'"
);

/// What waits to be let in under this one waits in vain.
pub fn decline_waiting(tx: &mut Tx, parent_id: i64) {
    tx.exec(DECLINE_WAITING, params![parent_id]);
}

// Deletion

const DELETE: Sql = sql!("DELETE FROM statuses WHERE id = $1");
const BURY: Sql = sql!(
    "INSERT INTO tombstones (iri, deleted_at)
     VALUES ($1, $2)
     ON CONFLICT (iri) DO UPDATE
        SET deleted_at = excluded.deleted_at
      WHERE tombstones.deleted_at < excluded.deleted_at"
);
const IDS_OF_AUTHOR: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM statuses
      WHERE account_id = $1
      ORDER BY id
      LIMIT 500"
);

/// Removes a status and what hangs on it (favourites, boosts, notifications, entries), or undoes the whole
/// transaction when it is gone already.
pub fn delete(tx: &mut Tx, status_id: i64) {
    tx.must(DELETE, params![status_id]);
}

/// Remembers that this id was deleted, so that no copy comes back.
pub fn bury(tx: &mut Tx, iri: &str, now_ms: i64) {
    tx.exec(BURY, params![iri, now_ms]);
}

/// How long deleted ids stay known, so that no late copy brings them back.
pub const TOMBSTONES_KEPT_MS: i64 = 90 * DAY_MS;

const FORGET_OLD: Sql = sql!(
    "DELETE FROM tombstones
      WHERE iri IN (SELECT iri FROM tombstones WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2)"
);

/// Forgets up to `most` deleted ids of which no copy comes any more, and says how many it were.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    let before = now_ms - TOMBSTONES_KEPT_MS;
    Ok(db.exec(FORGET_OLD, params![before, most]).await?)
}

/// The oldest statuses of an author, a batch at a time.
pub async fn ids_of_author(db: &Db, account_id: i64) -> Result<Vec<i64>> {
    Ok(db.column(IDS_OF_AUTHOR, params![account_id]).await?)
}

/// Accounts elsewhere that were reached by a status in other ways than by following its author.
const REACHED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT m.account_id FROM mentions m WHERE m.status_id = $1
      UNION
     SELECT f.account_id FROM favourites f WHERE f.status_id = $1
      UNION
     SELECT r.account_id FROM statuses r WHERE r.reblog_of_id = $1
      UNION
     SELECT c.account_id FROM statuses c WHERE c.in_reply_to_id = $1
      UNION
     SELECT p.account_id FROM quotes q JOIN statuses p ON p.id = q.status_id
      WHERE q.quoted_id = $1 AND q.state IN ('stands', 'waits')
      LIMIT 2000"
);

/// Accounts that were reached by a status in other ways than by following its author: those it names, those who
/// favourited, boosted, answered or quoted it.
pub async fn reached(db: &Db, status_id: i64) -> Result<Vec<i64>> {
    Ok(db.column(REACHED, params![status_id]).await?)
}
