//! SQL of `polls`, `poll_options`, `poll_voters` and `poll_votes`.

use std::collections::HashMap;

use comity_db::{Db, Sql, Tx, params, row, sql};

use super::model::{Choice, Poll};
use crate::error::Result;

row! {
    /// One row of `polls`.
    #[derive(Debug)]
    pub struct PollRow {
        pub status_id: i64,
        pub multiple: bool,
        pub hide_totals: bool,
        pub ends_at: Option<i64>,
        pub closed: bool,
        pub voters: Option<i64>,
        pub told_at: i64,
    }
}

const POLLS: Sql<PollRow> = sql!(
    row: PollRow,
    sqlite: "SELECT status_id, multiple, hide_totals, ends_at, closed, voters, told_at
               FROM polls
              WHERE status_id IN (SELECT value FROM json_each($1))",
    pg: "SELECT status_id, multiple, hide_totals, ends_at, closed, voters, told_at
           FROM polls
          WHERE status_id = ANY($1)",
);
const OPTIONS: Sql<(i64, String, i64)> = sql!(
    row: (i64, String, i64),
    sqlite: "SELECT status_id, title, votes
               FROM poll_options
              WHERE status_id IN (SELECT value FROM json_each($1))
              ORDER BY status_id, position",
    pg: "SELECT status_id, title, votes
           FROM poll_options
          WHERE status_id = ANY($1)
          ORDER BY status_id, position",
);

/// The polls of these statuses as they are now, by id.
pub async fn of(db: &Db, status_ids: Vec<i64>, now_ms: i64) -> Result<HashMap<i64, Poll>> {
    if status_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.all(POLLS, params![status_ids.clone()]).await?;
    let poll = |row: PollRow| Poll {
        options: Vec::new(),
        multiple: row.multiple,
        hide_totals: row.hide_totals,
        ends_at: row.ends_at,
        closed: row.closed || row.ends_at.is_some_and(|at| at <= now_ms),
        voters: row.voters,
        told_at: row.told_at,
    };
    let mut polls: HashMap<i64, Poll> = rows
        .into_iter()
        .map(|row| (row.status_id, poll(row)))
        .collect();
    for (status_id, title, votes) in db.all(OPTIONS, params![status_ids]).await? {
        if let Some(poll) = polls.get_mut(&status_id) {
            poll.options.push(Choice { title, votes });
        }
    }
    Ok(polls)
}

const INSERT: Sql = sql!(
    "INSERT INTO polls (status_id, multiple, hide_totals, ends_at, closed, voters, told_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
const OPTION: Sql =
    sql!("INSERT INTO poll_options (status_id, position, title, votes) VALUES ($1, $2, $3, $4)");

pub fn insert(tx: &mut Tx, status_id: i64, poll: &Poll) {
    tx.exec(
        INSERT,
        params![
            status_id,
            poll.multiple,
            poll.hide_totals,
            poll.ends_at,
            poll.closed,
            poll.voters,
            poll.told_at
        ],
    );
    for (position, option) in (0_i64..).zip(&poll.options) {
        tx.exec(
            OPTION,
            params![status_id, position, option.title.as_str(), option.votes],
        );
    }
}

const DELETE: Sql = sql!("DELETE FROM polls WHERE status_id = $1");

pub fn delete(tx: &mut Tx, status_id: i64) {
    tx.exec(DELETE, params![status_id]);
}

const COUNT: Sql =
    sql!("UPDATE poll_options SET votes = $3 WHERE status_id = $1 AND position = $2");
const STATE: Sql =
    sql!("UPDATE polls SET ends_at = $2, closed = $3, voters = $4 WHERE status_id = $1");

/// The numbers as their server has them now.
pub fn recount(tx: &mut Tx, status_id: i64, poll: &Poll) {
    tx.exec(
        STATE,
        params![status_id, poll.ends_at, poll.closed, poll.voters],
    );
    for (position, option) in (0_i64..).zip(&poll.options) {
        tx.exec(COUNT, params![status_id, position, option.votes]);
    }
}

const VOTER: Sql = sql!(
    "INSERT INTO poll_voters (status_id, account_id, created_at)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const VOTE: Sql = sql!(
    "INSERT INTO poll_votes (status_id, account_id, position)
     VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING"
);
const ADD: Sql = sql!(
    "UPDATE poll_options
        SET votes = votes + 1
      WHERE status_id = $1 AND position = $2 AND title = $3"
);
const ADD_VOTER: Sql = sql!(
    "UPDATE polls SET voters = COALESCE(voters, 0) + 1 WHERE status_id = $1 AND voters IS NOT NULL"
);
const TOLD: Sql = sql!("UPDATE polls SET told_at = $2 WHERE status_id = $1");

/// One person votes for the first time. Undoes the whole transaction where they did before.
pub fn voter(tx: &mut Tx, status_id: i64, account_id: i64, now_ms: i64) {
    tx.must(VOTER, params![status_id, account_id, now_ms]);
    tx.exec(ADD_VOTER, params![status_id]);
}

/// One choice of theirs. Undoes the whole transaction where they made it before, and where another choice stands in its place
/// by now.
pub fn vote(tx: &mut Tx, status_id: i64, account_id: i64, position: i64, title: &str) {
    tx.must(ADD, params![status_id, position, title]);
    tx.must(VOTE, params![status_id, account_id, position]);
}

/// Others were promised the numbers.
pub fn told(tx: &mut Tx, status_id: i64, now_ms: i64) {
    tx.exec(TOLD, params![status_id, now_ms]);
}

const OWN: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT status_id, position
               FROM poll_votes
              WHERE account_id = $1 AND status_id IN (SELECT value FROM json_each($2))
              ORDER BY status_id, position",
    pg: "SELECT status_id, position
           FROM poll_votes
          WHERE account_id = $1 AND status_id = ANY($2)
          ORDER BY status_id, position",
);

/// What this account chose in the polls of these statuses.
pub async fn own(db: &Db, account_id: i64, status_ids: Vec<i64>) -> Result<HashMap<i64, Vec<i64>>> {
    let mut own: HashMap<i64, Vec<i64>> = HashMap::new();
    if status_ids.is_empty() {
        return Ok(own);
    }
    for (status_id, position) in db.all(OWN, params![account_id, status_ids]).await? {
        own.entry(status_id).or_default().push(position);
    }
    Ok(own)
}

const MEMBERS: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT v.account_id
       FROM poll_voters v
       JOIN members m ON m.account_id = v.account_id
      WHERE v.status_id = $1 AND v.account_id > $2
      ORDER BY v.account_id
      LIMIT $3"
);

/// Members who voted, with numbers above `after`.
pub async fn members(db: &Db, status_id: i64, after: i64, limit: i64) -> Result<Vec<i64>> {
    Ok(db.column(MEMBERS, params![status_id, after, limit]).await?)
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM poll_votes
          WHERE account_id = $1 AND status_id IN (SELECT status_id FROM poll_votes WHERE account_id = $1 LIMIT $2)"
    ),
    sql!(
        "DELETE FROM poll_voters
          WHERE account_id = $1 AND status_id IN (SELECT status_id FROM poll_voters WHERE account_id = $1 LIMIT $2)"
    ),
];
