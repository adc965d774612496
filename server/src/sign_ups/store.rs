//! SQL of `applicants`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::error::Result;

row! {
    /// One row of `applicants`.
    #[derive(Debug, Clone)]
    pub struct ApplicantRow {
        pub id: i64,
        pub community_id: i64,
        pub username: String,
        pub email: String,
        pub password_hash: String,
        pub reason: String,
        pub needs_yes: bool,
        pub invitation_id: Option<i64>,
        pub app_id: Option<i64>,
        pub state: String,
        pub word: String,
        pub created_at: i64,
        pub email_confirmed_at: Option<i64>,
        pub decided_at: Option<i64>,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO applicants (id, community_id, username, email, email_key, password_hash, reason, needs_yes,
                             invitation_id, app_id, standing_hash, state, word, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waits', '', $12)"
);

/// Conflicts where somebody else waits with this name or address.
pub fn insert(tx: &mut Tx, new: &ApplicantRow, standing_hash: Vec<u8>) {
    tx.exec(
        INSERT,
        params![
            new.id,
            new.community_id,
            new.username.as_str(),
            new.email.as_str(),
            new.email.to_lowercase(),
            new.password_hash.as_str(),
            new.reason.as_str(),
            new.needs_yes,
            new.invitation_id,
            new.app_id,
            standing_hash,
            new.created_at,
        ],
    );
}

/// The columns of [`ApplicantRow`], in its order.
macro_rules! select_applicant {
    ($rest:literal) => {
        concat!(
            "SELECT id, community_id, username, email, password_hash, reason, needs_yes, invitation_id, app_id,
                    state, word, created_at, email_confirmed_at, decided_at
               FROM applicants ",
            $rest
        )
    };
}

const BY_ID: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    select_applicant!("WHERE id = $1")
);
const BY_STANDING: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    select_applicant!("WHERE standing_hash = $1")
);
const BY_NAME: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    select_applicant!("WHERE community_id = $1 AND username = $2 AND state = 'waits'")
);
const BY_EMAIL: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    select_applicant!("WHERE community_id = $1 AND email_key = $2 AND state = 'waits'")
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<ApplicantRow>> {
    Ok(db.opt(BY_ID, params![id]).await?)
}

pub async fn by_standing(db: &Db, hash: Vec<u8>) -> Result<Option<ApplicantRow>> {
    Ok(db.opt(BY_STANDING, params![hash]).await?)
}

/// Somebody who waits with this name.
pub async fn by_name(db: &Db, community_id: i64, name: &str) -> Result<Option<ApplicantRow>> {
    Ok(db
        .opt(BY_NAME, params![community_id, name.to_lowercase()])
        .await?)
}

/// Somebody who waits with this address.
pub async fn by_email(db: &Db, community_id: i64, email: &str) -> Result<Option<ApplicantRow>> {
    Ok(db
        .opt(BY_EMAIL, params![community_id, email.to_lowercase()])
        .await?)
}

/// Those of these who want to join a community that this member looks after, and to whom nobody said no.
const OPEN_TO: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    sqlite: "SELECT p.id, p.community_id, p.username, p.email, p.password_hash, p.reason, p.needs_yes,
                    p.invitation_id, p.app_id, p.state, p.word, p.created_at, p.email_confirmed_at, p.decided_at
               FROM applicants p
               JOIN members m ON m.community_id = p.community_id
              WHERE m.account_id = $1 AND m.role <> 'member' AND p.state IN ('waits', 'in')
                AND p.id IN (SELECT value FROM json_each($2))",
    pg: "SELECT p.id, p.community_id, p.username, p.email, p.password_hash, p.reason, p.needs_yes,
                p.invitation_id, p.app_id, p.state, p.word, p.created_at, p.email_confirmed_at, p.decided_at
           FROM applicants p
           JOIN members m ON m.community_id = p.community_id
          WHERE m.account_id = $1 AND m.role <> 'member' AND p.state IN ('waits', 'in')
            AND p.id = ANY (CAST($2 AS BIGINT[]))",
);

pub async fn open_to(db: &Db, account_id: i64, ids: Vec<i64>) -> Result<Vec<ApplicantRow>> {
    Ok(db.all(OPEN_TO, params![account_id, ids]).await?)
}

const QUEUE: Sql<ApplicantRow> = sql!(
    row: ApplicantRow,
    select_applicant!(
        "WHERE community_id = $1 AND state = 'waits' AND needs_yes AND ($2 OR email_confirmed_at IS NOT NULL)
         ORDER BY id
         LIMIT $3"
    )
);

/// Who waits for a yes, longest first; with `all` also those who have not shown that their address is theirs.
pub async fn queue(db: &Db, community_id: i64, all: bool, most: i64) -> Result<Vec<ApplicantRow>> {
    Ok(db.all(QUEUE, params![community_id, all, most]).await?)
}

const COUNT: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM (SELECT id FROM applicants WHERE community_id = $1 AND state = 'waits' LIMIT $2) AS waiting"
);

/// How many wait, counted up to `most`.
pub async fn count(db: &Db, community_id: i64, most: i64) -> Result<i64> {
    Ok(db.one(COUNT, params![community_id, most]).await?.0)
}

const CONFIRM: Sql = sql!(
    "UPDATE applicants
        SET email_confirmed_at = $2
      WHERE id = $1 AND state = 'waits' AND email_confirmed_at IS NULL AND needs_yes = $3"
);

/// Undoes the whole transaction where it was confirmed already, or they wait for a yes other than it says.
pub fn confirm(tx: &mut Tx, id: i64, needs_yes: bool, now_ms: i64) {
    tx.must(CONFIRM, params![id, now_ms, needs_yes]);
}

const ASK_FOR_YES: Sql = sql!(
    "UPDATE applicants
        SET needs_yes = TRUE
      WHERE id = $1 AND state = 'waits' AND decided_at IS NULL"
);

/// They came when nobody was asked, and moderators are now.
pub fn ask_for_yes(tx: &mut Tx, id: i64) {
    tx.must(ASK_FOR_YES, params![id]);
}

const CHANGE_EMAIL: Sql = sql!(
    "UPDATE applicants
        SET email = $2, email_key = $3
      WHERE id = $1 AND state = 'waits' AND email_confirmed_at IS NULL"
);

pub fn change_email(tx: &mut Tx, id: i64, email: &str) {
    tx.must(CHANGE_EMAIL, params![id, email, email.to_lowercase()]);
}

const APPROVE: Sql = sql!(
    "UPDATE applicants
        SET needs_yes = FALSE, decided_at = $2, decided_by = $3
      WHERE id = $1 AND state = 'waits' AND needs_yes
        AND (email_confirmed_at IS NOT NULL) = CAST($4 AS BOOLEAN)"
);

/// The yes. They are in once their address is confirmed. Undoes the whole transaction where it is confirmed other than it
/// says.
pub fn approve(tx: &mut Tx, id: i64, is_confirmed: bool, now_ms: i64, by: i64) {
    tx.must(APPROVE, params![id, now_ms, by, is_confirmed]);
}

const TURN_DOWN: Sql = sql!(
    "UPDATE applicants
        SET state = 'turned_down', password_hash = '', word = $2, decided_at = $3, decided_by = $4
      WHERE id = $1 AND state = 'waits'"
);

pub fn turn_down(tx: &mut Tx, id: i64, word: &str, now_ms: i64, by: i64) {
    tx.must(TURN_DOWN, params![id, word, now_ms, by]);
}

const LET_IN: Sql = sql!(
    "UPDATE applicants
        SET state = 'in', password_hash = '', reason = '', decided_at = COALESCE(decided_at, $2)
      WHERE id = $1 AND state = 'waits'"
);

/// They are a member from now on, by the same number.
pub fn let_in(tx: &mut Tx, id: i64, now_ms: i64) {
    tx.must(LET_IN, params![id, now_ms]);
}

const OLD: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT id
       FROM applicants
      WHERE created_at < $1
        AND ((state = 'waits' AND email_confirmed_at IS NULL AND NOT $4) OR (state <> 'waits' AND decided_at < $2))
      ORDER BY created_at
      LIMIT $3"
);

/// Those who never answered the letter and joined before `$1`, and those about whom was decided before `$2`.
pub async fn old(
    db: &Db,
    unanswered_ms: i64,
    decided_ms: i64,
    most: i64,
    no_letters: bool,
) -> Result<Vec<i64>> {
    Ok(db
        .column(OLD, params![unanswered_ms, decided_ms, most, no_letters])
        .await?)
}

const DROP_DECIDED: Sql = sql!("DELETE FROM applicants WHERE id = $1 AND state <> 'waits'");
const DROP_UNANSWERED: Sql = sql!(
    "DELETE FROM applicants
      WHERE id = $1 AND state = 'waits' AND email_confirmed_at IS NULL"
);

pub fn drop_decided(tx: &mut Tx, id: i64) {
    tx.exec(DROP_DECIDED, params![id]);
}

/// Undoes the whole transaction where they answered the letter meanwhile, or are gone.
pub fn drop_unanswered(tx: &mut Tx, id: i64) {
    tx.must(DROP_UNANSWERED, params![id]);
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[sql!(
    "DELETE FROM applicants WHERE id IN (SELECT id FROM applicants WHERE id = $1 LIMIT $2)"
)];
