//! SQL of `members`, `sessions` and `setup_links`.

pub mod links;

use comity_db::{Db, Sql, Tx, params, sql};

use super::Writing;
use super::model::{CredentialRow, ListedRow, MemberRow, SessionRow, Settled};
use crate::error::Result;

const BY_ID: Sql<MemberRow> = sql!(
    row: MemberRow,
    "SELECT m.account_id, m.community_id, m.email, m.role, m.language, m.format, m.default_visibility, m.replies, m.quotes,
            m.sensitive, m.shows_app, COALESCE(k.last_read_id, 0) AS notifications_read_id, m.created_at,
            m.email_confirmed_at, m.email_wanted, m.standing, m.standing_reason, m.leaves_at
       FROM members m
       LEFT JOIN markers k ON k.account_id = m.account_id AND k.timeline = 'notifications'
      WHERE m.account_id = $1 AND m.standing <> 'gone'"
);

/// None for whoever left.
pub async fn by_id(db: &Db, account_id: i64) -> Result<Option<MemberRow>> {
    Ok(db.opt(BY_ID, params![account_id]).await?)
}

const CREDENTIAL_BY_ID: Sql<CredentialRow> = sql!(row: CredentialRow, "SELECT account_id, password_hash FROM members WHERE account_id = $1 AND standing <> 'gone'");
const CREDENTIAL_BY_EMAIL: Sql<CredentialRow> = sql!(row: CredentialRow, "SELECT account_id, password_hash FROM members WHERE community_id = $1 AND email_key = $2 AND standing <> 'gone'");

pub async fn credential(db: &Db, account_id: i64) -> Result<Option<CredentialRow>> {
    Ok(db.opt(CREDENTIAL_BY_ID, params![account_id]).await?)
}

pub async fn credential_by_email(
    db: &Db,
    community_id: i64,
    email: &str,
) -> Result<Option<CredentialRow>> {
    Ok(db
        .opt(
            CREDENTIAL_BY_EMAIL,
            params![community_id, email.to_lowercase()],
        )
        .await?)
}

/// Counts on `members_suspended` and `members_leaving`.
const SUSPENDED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id FROM members WHERE standing = 'suspended'
      UNION
     SELECT account_id FROM members WHERE leaves_at IS NOT NULL
      ORDER BY account_id
      LIMIT $1"
);

/// At most so many whom their community suspended, or who leave.
pub async fn suspended(db: &Db, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(SUSPENDED, params![most]).await?)
}

const SET_STANDING: Sql =
    sql!("UPDATE members SET standing = $2, standing_reason = $3 WHERE account_id = $1");

pub fn set_standing(tx: &mut Tx, account_id: i64, standing: &str, reason: &str) {
    tx.must(SET_STANDING, params![account_id, standing, reason]);
}

// Over the unique key (community_id, email_key).
const COUNT: Sql<(i64,)> = sql!(row: (i64,), "SELECT count(*) FROM members WHERE community_id = $1 AND standing <> 'gone'");
const COUNT_ADMINS: Sql<(i64,)> =
    sql!(row: (i64,), "SELECT count(*) FROM members WHERE community_id = $1 AND role = 'admin'");

/// How many live here.
pub async fn count(db: &Db, community_id: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![community_id]).await?.0)
}

/// Counts on the unique key (`community_id`, `email_key`), and sorts: it is for operators.
const LISTED: Sql<ListedRow> = sql!(
    row: ListedRow,
    "SELECT m.account_id, a.username, m.role, m.created_at, m.email_confirmed_at, m.standing, m.leaves_at,
            s.confirmed_at AS second_step_at,
            (SELECT count(*) FROM passkeys p WHERE p.account_id = m.account_id AND p.refused_at IS NULL) AS passkeys
       FROM members m
       JOIN accounts a ON a.id = m.account_id
       LEFT JOIN second_steps s ON s.account_id = m.account_id
      WHERE m.community_id = $1 AND m.standing <> 'gone' AND m.account_id > $2
      ORDER BY m.account_id
      LIMIT $3"
);

/// Who lives here, from the oldest to the newest, after the one with this id.
pub async fn listed(
    db: &Db,
    community_id: i64,
    after_id: i64,
    most: i64,
) -> Result<Vec<ListedRow>> {
    Ok(db
        .all(LISTED, params![community_id, after_id, most])
        .await?)
}

const COUNTS: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    "SELECT count(*),
            CAST(COALESCE(sum(CASE WHEN a.last_status_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(sum(a.statuses_count), 0) AS BIGINT)
       FROM members m
       JOIN accounts a ON a.id = m.account_id
      WHERE m.community_id = $1 AND m.standing <> 'gone'"
);

/// (members, those who wrote since, what all wrote)
pub async fn counts(db: &Db, community_id: i64, since_ms: i64) -> Result<(i64, i64, i64)> {
    Ok(db.one(COUNTS, params![community_id, since_ms]).await?)
}

pub async fn count_admins(db: &Db, community_id: i64) -> Result<i64> {
    Ok(db.one(COUNT_ADMINS, params![community_id]).await?.0)
}

/// Stewards shown on the page about a community; it is no directory.
const MOST_STEWARDS: i64 = 20;

const STEWARDS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id
       FROM members
      WHERE community_id = $1 AND role <> 'member'
      ORDER BY role, account_id
      LIMIT $2"
);

/// The accounts of those who look after a community: admins first, then moderators.
pub async fn stewards(db: &Db, community_id: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(STEWARDS, params![community_id, MOST_STEWARDS])
        .await?)
}

const INSERT: Sql = sql!(
    "INSERT INTO members (account_id, community_id, email, email_key, password_hash, role, language,
                          default_visibility, created_at, email_confirmed_at, invitation_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'public', $8, $9, $10)"
);

pub fn insert(tx: &mut Tx, new: &Settled, community_id: i64, now_ms: i64) {
    tx.exec(
        INSERT,
        params![
            new.id,
            community_id,
            new.email.as_str(),
            new.email.to_lowercase(),
            new.password_hash.as_str(),
            new.role.as_str(),
            "en",
            now_ms,
            new.email_confirmed_at,
            new.invitation_id,
        ],
    );
}

const CHANGE_PASSWORD: Sql = sql!("UPDATE members SET password_hash = $2 WHERE account_id = $1");

pub fn change_password(tx: &mut Tx, account_id: i64, password_hash: String) {
    tx.must(CHANGE_PASSWORD, params![account_id, password_hash]);
}

const STILL_HAS_PASSWORD: Sql = sql!(
    "UPDATE members SET password_hash = password_hash WHERE account_id = $1 AND password_hash = $2"
);

/// Rolls everything back when the password is another by now; until the end it stays this one.
pub fn still_has_password(tx: &mut Tx, account_id: i64, password_hash: String) {
    tx.must(STILL_HAS_PASSWORD, params![account_id, password_hash]);
}

const TAKE_TURNS: Sql = sql!("UPDATE members SET mode = mode WHERE account_id = $1");

/// What else of this member's does the same waits until this transaction ends.
pub fn take_turns(tx: &mut Tx, account_id: i64) {
    tx.must(TAKE_TURNS, params![account_id]);
}

const WANT_EMAIL: Sql = sql!("UPDATE members SET email_wanted = $2 WHERE account_id = $1");

pub fn want_email(tx: &mut Tx, account_id: i64, email: Option<&str>) {
    tx.must(WANT_EMAIL, params![account_id, email]);
}

const CHANGE_EMAIL: Sql = sql!(
    "UPDATE members
        SET email = $2, email_key = $3, email_confirmed_at = $4, email_wanted = NULL
      WHERE account_id = $1"
);

/// Conflicts where it is another member's.
pub fn change_email(tx: &mut Tx, account_id: i64, email: &str, confirmed_at: Option<i64>) {
    tx.must(
        CHANGE_EMAIL,
        params![account_id, email, email.to_lowercase(), confirmed_at],
    );
}

const CONFIRM_EMAIL: Sql = sql!(
    "UPDATE members
        SET email_confirmed_at = $3
      WHERE account_id = $1 AND email = $2 AND email_confirmed_at IS NULL"
);

/// Somebody read what was sent there.
pub fn confirm_email(tx: &mut Tx, account_id: i64, email: &str, at_ms: i64) {
    tx.exec(CONFIRM_EMAIL, params![account_id, email, at_ms]);
}

const CHANGE_ROLE: Sql = sql!("UPDATE members SET role = $2 WHERE account_id = $1");

pub async fn change_role(db: &Db, account_id: i64, role: &'static str) -> Result<u64> {
    Ok(db.exec(CHANGE_ROLE, params![account_id, role]).await?)
}

const CHOOSE_MODE: Sql = sql!("UPDATE members SET mode = $2 WHERE account_id = $1");

pub fn choose_mode(tx: &mut Tx, account_id: i64, mode: &'static str) {
    tx.must(CHOOSE_MODE, params![account_id, mode]);
}

const CHOOSE_WRITING: Sql = sql!(
    "UPDATE members
        SET replies = $2, quotes = $3, default_visibility = $4, language = $5, sensitive = $6,
            shows_app = $7, format = $8
      WHERE account_id = $1"
);

pub async fn choose_writing(db: &Db, account_id: i64, writing: Writing) -> Result<u64> {
    Ok(db
        .exec(
            CHOOSE_WRITING,
            params![
                account_id,
                writing.answering.as_str(),
                writing.quoting.as_str(),
                writing.visibility.as_str(),
                writing.language,
                writing.sensitive,
                writing.shows_app,
                writing.format.as_str(),
            ],
        )
        .await?)
}

/// Two admins who leave at the same moment: the second is to see that the first does.
const ADMINS_TAKE_TURNS: Sql = sql!(
    "UPDATE members
        SET mode = mode
      WHERE role = 'admin' AND community_id = (SELECT community_id FROM members WHERE account_id = $1)"
);
/// Nobody may be left without an admin who stays.
const LEAVE: Sql = sql!(
    "UPDATE members
        SET leaves_at = $2
      WHERE account_id = $1 AND standing <> 'gone'
        AND (leaves_at IS NULL OR $2 < leaves_at OR $2 <= $3)
        AND (role <> 'admin'
             OR EXISTS (SELECT 1
                          FROM members o
                         WHERE o.community_id = members.community_id AND o.role = 'admin'
                           AND o.account_id <> members.account_id AND o.standing = 'active' AND o.leaves_at IS NULL))"
);
const STAY: Sql = sql!(
    "UPDATE members
        SET leaves_at = NULL
      WHERE account_id = $1 AND leaves_at > $2 AND standing = 'active'
        AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = members.account_id AND a.gone_at IS NOT NULL)"
);
const END: Sql = sql!(
    "UPDATE members
        SET standing = 'gone', standing_reason = '', leaves_at = NULL, email = '',
            email_key = 'gone ' || CAST(account_id AS TEXT), email_confirmed_at = NULL, email_wanted = NULL,
            password_hash = '', role = 'member', mode = 'open', invitation_id = NULL
      WHERE account_id = $1"
);

/// Undoes the whole transaction where they are the only admin who stays, and where they leave before that already.
pub fn leave(tx: &mut Tx, account_id: i64, at_ms: i64, now_ms: i64) {
    tx.exec(ADMINS_TAKE_TURNS, params![account_id]);
    tx.must(LEAVE, params![account_id, at_ms, now_ms]);
}

/// Undoes the whole transaction where it is too late.
pub fn stay(tx: &mut Tx, account_id: i64, now_ms: i64) {
    tx.must(STAY, params![account_id, now_ms]);
}

/// What is left is that there was somebody.
pub fn end(tx: &mut Tx, account_id: i64) {
    tx.must(END, params![account_id]);
}

// Sessions

const START_SESSION: Sql = sql!(
    "INSERT INTO sessions (token_hash, account_id, user_agent, created_at, last_seen_at, expires_at)
     VALUES ($1, $2, $3, $4, $4, $5)"
);
const FORGET_EXPIRED: Sql = sql!("DELETE FROM sessions WHERE account_id = $1 AND expires_at < $2");
const FORGET_OLD: Sql = sql!(
    "DELETE FROM sessions
      WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)"
);

/// Forgets up to `most` sessions that have expired, and says how many it were.
pub async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    Ok(db.exec(FORGET_OLD, params![now_ms, most]).await?)
}

pub fn start_session(
    tx: &mut Tx,
    token_hash: Vec<u8>,
    account_id: i64,
    user_agent: &str,
    now_ms: i64,
    expires_at: i64,
) {
    tx.exec(FORGET_EXPIRED, params![account_id, now_ms]);
    tx.exec(
        START_SESSION,
        params![token_hash, account_id, user_agent, now_ms, expires_at],
    );
}

const SESSION: Sql<(i64, i64)> = sql!(row: (i64, i64), "SELECT account_id, last_seen_at FROM sessions WHERE token_hash = $1 AND expires_at > $2");

/// Whose, and when last seen.
pub async fn session(db: &Db, token_hash: Vec<u8>, now_ms: i64) -> Result<Option<(i64, i64)>> {
    Ok(db.opt(SESSION, params![token_hash, now_ms]).await?)
}

const TOUCH_SESSION: Sql =
    sql!("UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE token_hash = $1");

pub async fn touch_session(
    db: &Db,
    token_hash: Vec<u8>,
    now_ms: i64,
    expires_at: i64,
) -> Result<()> {
    db.exec(TOUCH_SESSION, params![token_hash, now_ms, expires_at])
        .await?;
    Ok(())
}

const STILL_SIGNED_IN: Sql = sql!(
    "UPDATE sessions
        SET last_seen_at = last_seen_at
      WHERE token_hash = $1 AND account_id = $2 AND expires_at > $3"
);

/// Rolls everything back when the browser is signed out by now; until the end it stays signed in.
pub fn still_signed_in(tx: &mut Tx, account_id: i64, token_hash: Vec<u8>, now_ms: i64) {
    tx.must(STILL_SIGNED_IN, params![token_hash, account_id, now_ms]);
}

/// Browsers of one member that are listed.
const MOST_SESSIONS: i64 = 100;

const SESSIONS_OF: Sql<SessionRow> = sql!(
    row: SessionRow,
    "SELECT token_hash, user_agent, created_at, last_seen_at
       FROM sessions
      WHERE account_id = $1 AND expires_at > $2
      ORDER BY last_seen_at DESC
      LIMIT $3"
);

pub async fn sessions_of(db: &Db, account_id: i64, now_ms: i64) -> Result<Vec<SessionRow>> {
    Ok(db
        .all(SESSIONS_OF, params![account_id, now_ms, MOST_SESSIONS])
        .await?)
}

const END_SESSION: Sql = sql!("DELETE FROM sessions WHERE token_hash = $1");
const END_SESSION_OF: Sql = sql!("DELETE FROM sessions WHERE token_hash = $1 AND account_id = $2");
const END_SESSIONS: Sql = sql!("DELETE FROM sessions WHERE account_id = $1");

pub async fn end_session(db: &Db, token_hash: Vec<u8>) -> Result<u64> {
    Ok(db.exec(END_SESSION, params![token_hash]).await?)
}

pub async fn end_session_of(db: &Db, account_id: i64, token_hash: Vec<u8>) -> Result<u64> {
    Ok(db
        .exec(END_SESSION_OF, params![token_hash, account_id])
        .await?)
}

const END_OTHERS: Sql = sql!("DELETE FROM sessions WHERE account_id = $1 AND token_hash <> $2");

pub async fn end_other_sessions(db: &Db, account_id: i64, but: Vec<u8>) -> Result<u64> {
    Ok(db.exec(END_OTHERS, params![account_id, but]).await?)
}

pub fn end_sessions(tx: &mut Tx, account_id: i64) {
    tx.exec(END_SESSIONS, params![account_id]);
}

// Setup links

const FORGET_SETUP_LINKS: Sql = sql!("DELETE FROM setup_links WHERE community_id = $1");
const INSERT_SETUP_LINK: Sql = sql!(
    "INSERT INTO setup_links (token_hash, community_id, created_at, expires_at)
     VALUES ($1, $2, $3, $4)"
);

/// The one link of a community; earlier ones end.
pub fn replace_setup_link(
    tx: &mut Tx,
    token_hash: Vec<u8>,
    community_id: i64,
    now_ms: i64,
    expires_at: i64,
) {
    tx.exec(FORGET_SETUP_LINKS, params![community_id]);
    tx.exec(
        INSERT_SETUP_LINK,
        params![token_hash, community_id, now_ms, expires_at],
    );
}

const SETUP_LINK: Sql<(i64,)> = sql!(row: (i64,), "SELECT community_id FROM setup_links WHERE token_hash = $1 AND expires_at > $2");

pub async fn setup_link(db: &Db, token_hash: Vec<u8>, now_ms: i64) -> Result<Option<i64>> {
    Ok(db
        .opt_column(SETUP_LINK, params![token_hash, now_ms])
        .await?)
}

const USE_SETUP_LINK: Sql = sql!("DELETE FROM setup_links WHERE token_hash = $1");

/// Rolls everything back when somebody used it first.
pub fn use_setup_link(tx: &mut Tx, token_hash: Vec<u8>) {
    tx.must(USE_SETUP_LINK, params![token_hash]);
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM sessions
          WHERE account_id = $1 AND token_hash IN (SELECT token_hash FROM sessions WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM letter_links WHERE subject_id IN (SELECT subject_id FROM letter_links WHERE subject_id = $1 LIMIT $2)"
    ),
];
