//! SQL of `accounts` and `account_keys`.

use comity_db::{Db, Sql, Tx, Value, params, row, sql};

use super::model::{AccountRow, Places};
use crate::error::Result;
use crate::media::portrait::Portrait;

pub mod names;

/// The columns of [`AccountRow`], in its order, from the table alias `a`.
macro_rules! select_account {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.iri, a.username, a.domain, a.host, a.community_id, a.kind, a.display_name, a.note,
                    a.note_source, a.fields, a.url, a.avatar_url, a.header_url, a.locked, a.discoverable, a.indexable, a.inbox,
                    a.shared_inbox, a.outbox, a.followers_iri, a.following_iri, a.featured_iri, a.moved_to_iri, a.statuses_count,
                    a.followers_count, a.following_count, a.last_status_at, a.created_at, a.fetched_at, a.gone_at,
                    a.hide_collections, a.avatar_description, a.header_description, a.emojis, a.attribution_domains,
                    a.verified_links, a.show_media, a.show_media_replies, a.show_featured,
                    (SELECT m.role FROM members m WHERE m.account_id = a.id) AS role
               FROM accounts a ",
            $rest
        )
    };
}

const BY_ID: Sql<AccountRow> = sql!(row: AccountRow, select_account!("WHERE a.id = $1"));
const BY_IRI: Sql<AccountRow> = sql!(row: AccountRow, select_account!("WHERE a.iri = $1"));
const BY_HANDLE: Sql<AccountRow> =
    sql!(row: AccountRow, select_account!("WHERE a.username_key = $1 AND a.domain = $2"));
/// More than was asked for: each name at each domain.
const BY_HANDLES: Sql<AccountRow> = sql!(
    row: AccountRow,
    sqlite: select_account!(
        "WHERE a.username_key IN (SELECT value FROM json_each($1)) AND a.domain IN (SELECT value FROM json_each($2))"
    ),
    pg: select_account!("WHERE a.username_key = ANY($1) AND a.domain = ANY($2)"),
);
const BY_IDS: Sql<AccountRow> = sql!(
    row: AccountRow,
    sqlite: select_account!("WHERE a.id IN (SELECT value FROM json_each($1))"),
    pg: select_account!("WHERE a.id = ANY($1)"),
);
const BY_IRIS: Sql<AccountRow> = sql!(
    row: AccountRow,
    sqlite: select_account!("WHERE a.iri IN (SELECT value FROM json_each($1))"),
    pg: select_account!("WHERE a.iri = ANY($1)"),
);

/// Everything about an account that its server or its owner may change.
#[derive(Debug)]
pub struct Stored {
    pub id: i64,
    pub iri: String,
    pub username: String,
    pub domain: String,
    pub host: String,
    pub community_id: Option<i64>,
    pub kind: &'static str,
    pub display_name: String,
    pub note: String,
    pub note_source: String,
    pub fields: String,
    pub url: Option<String>,
    pub avatar_url: Option<String>,
    pub header_url: Option<String>,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub outbox: Option<String>,
    pub followers_iri: Option<String>,
    pub following_iri: Option<String>,
    pub featured_iri: Option<String>,
    pub moved_to_iri: Option<String>,
    pub created_at: i64,
    pub fetched_at: i64,
    pub emojis: String,
    pub attribution_domains: String,
    pub places: Places,
}

/// The columns that a new account is given, and the place of each value.
macro_rules! insert_account {
    ($rest:literal) => {
        concat!(
            "INSERT INTO accounts (id, iri, username, username_key, domain, host, community_id, kind, display_name,
                                   note, note_source, fields, url, avatar_url, header_url, locked, discoverable,
                                   inbox, shared_inbox, outbox, followers_iri, following_iri, featured_iri,
                                   moved_to_iri, statuses_count, followers_count, following_count, created_at,
                                   fetched_at, indexable, emojis, attribution_domains, show_media,
                                   show_media_replies, show_featured)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, $23, $24, 0, 0, 0, $25, $26, $27, $28, $29, $30, $31, $32)",
            $rest
        )
    };
}

/// Somebody who lives here is born once: a second one of the name fails.
const INSERT: Sql = sql!(insert_account!(""));

/// The iri decides who somebody is; a handle that another actor held before goes to whoever holds it now only after
/// [`GIVE_UP_HANDLE`] has taken it away from that other one.
const UPSERT: Sql = sql!(insert_account!(
    "
     ON CONFLICT (iri) DO UPDATE
        SET username = excluded.username,
            username_key = excluded.username_key,
            domain = excluded.domain,
            kind = excluded.kind,
            display_name = excluded.display_name,
            note = excluded.note,
            note_source = excluded.note_source,
            fields = excluded.fields,
            url = excluded.url,
            avatar_url = excluded.avatar_url,
            header_url = excluded.header_url,
            locked = excluded.locked,
            discoverable = excluded.discoverable,
            indexable = excluded.indexable,
            inbox = excluded.inbox,
            shared_inbox = excluded.shared_inbox,
            outbox = excluded.outbox,
            followers_iri = excluded.followers_iri,
            following_iri = excluded.following_iri,
            featured_iri = excluded.featured_iri,
            moved_to_iri = excluded.moved_to_iri,
            emojis = excluded.emojis,
            attribution_domains = excluded.attribution_domains,
            show_media = excluded.show_media,
            show_media_replies = excluded.show_media_replies,
            show_featured = excluded.show_featured,
            fetched_at = excluded.fetched_at"
));

/// A server may give a name to a new actor; the old one keeps its iri and loses the name.
const GIVE_UP_HANDLE: Sql = sql!(
    "UPDATE accounts
        SET username_key = username_key || '#' || id
      WHERE username_key = $1 AND domain = $2 AND iri <> $3 AND community_id IS NULL"
);

pub fn insert(tx: &mut Tx, account: Stored) {
    write(tx, INSERT, account);
}

pub fn upsert(tx: &mut Tx, account: Stored) {
    let username_key = account.username.to_lowercase();
    tx.exec(
        GIVE_UP_HANDLE,
        params![username_key, account.domain.as_str(), account.iri.as_str()],
    );
    write(tx, UPSERT, account);
}

/// The row, and the words of its names.
fn write(tx: &mut Tx, statement: Sql, account: Stored) {
    let id = account.id;
    let (username, display_name) = (account.username.clone(), account.display_name.clone());
    tx.exec(statement, values(account));
    names::place(tx, id, &username, &display_name);
}

fn values(account: Stored) -> Vec<Value> {
    let username_key = account.username.to_lowercase();
    params![
        account.id,
        account.iri,
        account.username,
        username_key,
        account.domain,
        account.host,
        account.community_id,
        account.kind,
        account.display_name,
        account.note,
        account.note_source,
        account.fields,
        account.url,
        account.avatar_url,
        account.header_url,
        account.locked,
        account.discoverable,
        account.inbox,
        account.shared_inbox,
        account.outbox,
        account.followers_iri,
        account.following_iri,
        account.featured_iri,
        account.moved_to_iri,
        account.created_at,
        account.fetched_at,
        account.indexable,
        account.emojis,
        account.attribution_domains,
        account.places.media,
        account.places.media_replies,
        account.places.featured,
    ]
}

const CHANGE_PROFILE: Sql = sql!(
    "UPDATE accounts
        SET display_name = $2, note = $3, note_source = $4, fields = $5, locked = $6, discoverable = $7,
            indexable = $8, hide_collections = $9, avatar_description = $10, header_description = $11,
            attribution_domains = $13, show_media = $14, show_media_replies = $15, show_featured = $16,
            kind = CASE WHEN kind NOT IN ('Person', 'Service') THEN kind WHEN $12 THEN 'Service' ELSE 'Person' END
      WHERE id = $1"
);
const SET_AVATAR: Sql = sql!("UPDATE accounts SET avatar_url = $2 WHERE id = $1");
const SET_HEADER: Sql = sql!("UPDATE accounts SET header_url = $2 WHERE id = $1");

/// Says where a member's picture is, or that there is none.
pub fn set_portrait(tx: &mut Tx, account_id: i64, which: Portrait, url: Option<&str>) {
    let statement = match which {
        Portrait::Avatar => SET_AVATAR,
        Portrait::Header => SET_HEADER,
    };
    tx.exec(statement, params![account_id, url]);
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a column"
)]
pub struct ProfileChange {
    /// Theirs, which stays.
    pub username: String,
    pub display_name: String,
    pub note: String,
    pub note_source: String,
    pub fields: String,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub hide_collections: bool,
    pub avatar_description: String,
    pub header_description: String,
    pub bot: bool,
    pub attribution_domains: String,
    pub places: Places,
}

pub fn change_profile(tx: &mut Tx, account_id: i64, change: ProfileChange) {
    names::place(tx, account_id, &change.username, &change.display_name);
    tx.exec(
        CHANGE_PROFILE,
        params![
            account_id,
            change.display_name,
            change.note,
            change.note_source,
            change.fields,
            change.locked,
            change.discoverable,
            change.indexable,
            change.hide_collections,
            change.avatar_description,
            change.header_description,
            change.bot,
            change.attribution_domains,
            change.places.media,
            change.places.media_replies,
            change.places.featured,
        ],
    );
}

pub async fn by_id(db: &Db, id: i64) -> Result<Option<AccountRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

pub async fn by_iri(db: &Db, iri: &str) -> Result<Option<AccountRow>> {
    Ok(db.opt(BY_IRI, params![iri]).await?)
}

pub async fn by_handle(db: &Db, username: &str, domain: &str) -> Result<Option<AccountRow>> {
    Ok(db
        .opt(BY_HANDLE, params![username.to_lowercase(), domain])
        .await?)
}

/// Whoever goes by one of these names, in lower case, at one of these domains.
pub async fn by_handles(
    db: &Db,
    names: Vec<String>,
    domains: Vec<String>,
) -> Result<Vec<AccountRow>> {
    Ok(db.all(BY_HANDLES, params![names, domains]).await?)
}

pub async fn by_iris(db: &Db, iris: Vec<String>) -> Result<Vec<AccountRow>> {
    Ok(db.all(BY_IRIS, params![iris]).await?)
}

pub async fn by_ids(db: &Db, ids: Vec<i64>) -> Result<Vec<AccountRow>> {
    Ok(db.all(BY_IDS, params![ids]).await?)
}

const GONE: Sql = sql!(
    "UPDATE accounts
        SET gone_at = $2, display_name = '', note = '', note_source = '', fields = '[]', avatar_url = NULL,
            header_url = NULL, avatar_description = '', header_description = '', discoverable = FALSE, indexable = FALSE, emojis = '[]',
            attribution_domains = '', verified_links = '[]'
      WHERE id = $1"
);

pub fn mark_gone(tx: &mut Tx, account_id: i64, now_ms: i64) {
    tx.exec(GONE, params![account_id, now_ms]);
    names::forget(tx, account_id);
}

// Pages in profiles

const ASK_LINKS: Sql = sql!("UPDATE accounts SET links_again_at = $2 WHERE id = $1");
const LINKS_OF: Sql<(String, String, i64)> = sql!(
    row: (String, String, i64),
    "SELECT fields, verified_links, links_again_at
       FROM accounts
      WHERE id = $1 AND community_id IS NOT NULL AND gone_at IS NULL"
);
const KEEP_LINKS: Sql = sql!(
    "UPDATE accounts SET verified_links = $2, links_again_at = $3 WHERE id = $1 AND links_again_at = $4"
);

/// The pages in a member's profile are looked at then.
pub fn ask_links(tx: &mut Tx, account_id: i64, at_ms: i64) {
    tx.exec(ASK_LINKS, params![account_id, at_ms]);
}

/// The lines of a member's profile, what is known of the pages in them, and when they are looked at next.
pub async fn links_of(db: &Db, account_id: i64) -> Result<Option<(String, String, i64)>> {
    Ok(db.opt(LINKS_OF, params![account_id]).await?)
}

/// Keeps what was seen of them. Undoes the whole transaction where they are looked at at another time than `at_ms` by now.
pub fn keep_links(tx: &mut Tx, account_id: i64, verified: &str, next_ms: i64, at_ms: i64) {
    tx.must(KEEP_LINKS, params![account_id, verified, next_ms, at_ms]);
}

// Keys

row! {
    /// One key of one account.
    #[derive(Debug)]
    pub struct KeyRow {
        pub iri: String,
        pub account_id: i64,
        pub kind: String,
        pub public_key: Vec<u8>,
        pub private_key: Option<Vec<u8>>,
        pub fetched_at: i64,
    }
}

const KEY_BY_IRI: Sql<KeyRow> = sql!(
    row: KeyRow,
    "SELECT iri, account_id, kind, public_key, private_key, fetched_at
       FROM account_keys
      WHERE iri = $1"
);
const KEYS_OF: Sql<KeyRow> = sql!(
    row: KeyRow,
    "SELECT iri, account_id, kind, public_key, private_key, fetched_at
       FROM account_keys
      WHERE account_id = $1
      ORDER BY iri
      LIMIT 16"
);
const SAVE_KEY: Sql = sql!(
    "INSERT INTO account_keys (iri, account_id, kind, public_key, private_key, fetched_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (iri) DO UPDATE
        SET kind = excluded.kind, public_key = excluded.public_key, fetched_at = excluded.fetched_at
      WHERE account_keys.account_id = excluded.account_id"
);
const DROP_OLD_KEYS: Sql = sql!(
    "DELETE FROM account_keys WHERE account_id = $1 AND fetched_at < $2 AND private_key IS NULL"
);

const DROP_OWN_KEYS: Sql = sql!("DELETE FROM account_keys WHERE account_id = $1");

/// All of an account that signs nothing any more.
pub async fn drop_own_keys(db: &Db, account_id: i64) -> Result<()> {
    db.exec(DROP_OWN_KEYS, params![account_id]).await?;
    Ok(())
}

pub async fn key(db: &Db, iri: &str) -> Result<Option<KeyRow>> {
    Ok(db.opt(KEY_BY_IRI, params![iri]).await?)
}

pub async fn keys_of(db: &Db, account_id: i64) -> Result<Vec<KeyRow>> {
    Ok(db.all(KEYS_OF, params![account_id]).await?)
}

pub fn save_key(tx: &mut Tx, key: KeyRow) {
    tx.exec(
        SAVE_KEY,
        params![
            key.iri,
            key.account_id,
            key.kind,
            key.public_key,
            key.private_key,
            key.fetched_at
        ],
    );
}

/// Keys that the newest reading of the actor no longer names.
pub fn drop_keys_older_than(tx: &mut Tx, account_id: i64, fetched_at: i64) {
    tx.exec(DROP_OLD_KEYS, params![account_id, fetched_at]);
}

// Counters: follows are counted anew from their rows, so that doing it twice changes nothing; statuses are added up in
// the transaction that inserts or removes one, which itself happens once.

// The time is one of its index, which PostgreSQL would make every index of the table write anew: it is right to the minute.
const ADD_TO_STATUSES: Sql = sql!(
    "UPDATE accounts
        SET statuses_count = CASE WHEN statuses_count + $2 < 0 THEN 0 ELSE statuses_count + $2 END,
            last_status_at = CASE WHEN $2 > 0 AND (last_status_at IS NULL OR last_status_at < CAST($3 AS BIGINT) - 60000) THEN $3
                                  ELSE last_status_at END
      WHERE id = $1"
);
const COUNT_FOLLOWS: Sql = sql!(
    "UPDATE accounts
        SET followers_count = (SELECT count(*) FROM follows f WHERE f.target_id = accounts.id AND f.state = 'accepted'),
            following_count = (SELECT count(*) FROM follows f WHERE f.account_id = accounts.id AND f.state = 'accepted')
      WHERE id = $1"
);

/// `by` is +1 or −1, within the transaction that adds or removes the status.
pub fn add_to_statuses(tx: &mut Tx, account_id: i64, by: i64, at_ms: i64) {
    tx.exec_last(ADD_TO_STATUSES, params![account_id, by, at_ms]);
}

/// Counts followers and followed anew, in the transaction that changes them.
pub fn count_follows(tx: &mut Tx, account_id: i64) {
    tx.exec(COUNT_FOLLOWS, params![account_id]);
}
