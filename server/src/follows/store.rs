//! SQL of `follows`.

use comity_db::{Db, Sql, Tx, params, row, sql};

use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::window::{Ids, ids_in};

row! {
    /// One follow or request.
    #[derive(Debug)]
    pub struct FollowRow {
        pub state: String,
        pub iri: String,
    }
}

const FIND: Sql<FollowRow> =
    sql!(row: FollowRow, "SELECT state, iri FROM follows WHERE account_id = $1 AND target_id = $2");
const BY_IRI: Sql<(i64, i64)> =
    sql!(row: (i64, i64), "SELECT account_id, target_id FROM follows WHERE iri = $1");
/// A second Follow keeps what was answered to the first.
const INSERT: Sql = sql!(
    "INSERT INTO follows (account_id, target_id, state, iri, account_host, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, target_id) DO UPDATE
        SET iri = excluded.iri,
            state = CASE WHEN follows.state = 'accepted' THEN follows.state ELSE excluded.state END"
);
/// What is null stays as it is.
const WISH: Sql = sql!(
    "UPDATE follows
        SET reblogs = COALESCE($3, reblogs), languages = COALESCE(CAST($4 AS TEXT), languages),
            notify = COALESCE($5, notify)
      WHERE account_id = $1 AND target_id = $2"
);

/// What a member wants of somebody they follow.
pub async fn wish(
    db: &Db,
    account_id: i64,
    target_id: i64,
    reblogs: Option<bool>,
    languages: Option<String>,
    notify: Option<bool>,
) -> Result<()> {
    let values = params![account_id, target_id, reblogs, languages, notify];
    db.exec(WISH, values).await?;
    Ok(())
}

const WISHES: Sql<(i64, bool, String, bool)> = sql!(
    row: (i64, bool, String, bool),
    sqlite: "SELECT target_id, reblogs, languages, notify
               FROM follows
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))",
    pg: "SELECT target_id, reblogs, languages, notify
           FROM follows
          WHERE account_id = $1 AND target_id = ANY($2)",
);

/// (whom, whether their boosts come home, in which languages they write, whether each post is told)
pub async fn wishes(
    db: &Db,
    account_id: i64,
    of: Vec<i64>,
) -> Result<Vec<(i64, bool, String, bool)>> {
    Ok(db.all(WISHES, params![account_id, of]).await?)
}

const RENAME: Sql = sql!("UPDATE follows SET iri = $3 WHERE account_id = $1 AND target_id = $2");
const ACCEPT: Sql =
    sql!("UPDATE follows SET state = 'accepted' WHERE account_id = $1 AND target_id = $2");
const DELETE: Sql = sql!("DELETE FROM follows WHERE account_id = $1 AND target_id = $2");

/// Counts on the key, and on `follows_by_target`.
const SOME_OF: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT account_id, target_id FROM follows WHERE account_id = $1
      UNION
     SELECT account_id, target_id FROM follows WHERE target_id = $1
      LIMIT $2"
);

/// (follower, followed) of some follows of which this account is an end.
pub async fn some_of(app: &App, account_id: i64, most: i64) -> Result<Vec<(i64, i64)>> {
    Ok(app.db.all(SOME_OF, params![account_id, most]).await?)
}

/// In the transaction that counts anew.
pub fn drop_one(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE, params![account_id, target_id]);
}

pub async fn find(db: &Db, account_id: i64, target_id: i64) -> Result<Option<FollowRow>> {
    Ok(db.opt(FIND, params![account_id, target_id]).await?)
}

/// (follower, followed)
pub async fn by_iri(db: &Db, iri: &str) -> Result<Option<(i64, i64)>> {
    Ok(db.opt(BY_IRI, params![iri]).await?)
}

/// (follower, followed, state) of follows between this account and each of the others, in both directions.
pub async fn between(
    db: &Db,
    account_id: i64,
    others: Vec<i64>,
) -> Result<Vec<(i64, i64, String)>> {
    let most = i64::try_from(others.len() * 2).unwrap_or(i64::MAX);
    Ok(db.all(BETWEEN, params![account_id, others, most]).await?)
}

pub fn insert(
    tx: &mut Tx,
    account_id: i64,
    target_id: i64,
    state: &str,
    iri: &str,
    host: &str,
    now_ms: i64,
) {
    tx.exec(
        INSERT,
        params![account_id, target_id, state, iri, host, now_ms],
    );
}

pub fn rename(tx: &mut Tx, account_id: i64, target_id: i64, iri: &str) {
    tx.exec(RENAME, params![account_id, target_id, iri]);
}

pub fn accept(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(ACCEPT, params![account_id, target_id]);
}

/// The follow lapses; `created_at` says since when. Only one that is accepted does.
const LAPSE: Sql = sql!(
    "UPDATE follows
        SET state = 'lapsed', created_at = $3
      WHERE account_id = $1 AND target_id = $2 AND state = 'accepted'"
);
const LAPSED_SINCE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT created_at
       FROM follows
      WHERE account_id = $1 AND target_id = $2 AND state = 'lapsed'"
);

pub fn lapse(tx: &mut Tx, account_id: i64, target_id: i64, now_ms: i64) {
    tx.exec(LAPSE, params![account_id, target_id, now_ms]);
}

/// When it lapsed, if it did.
pub async fn lapsed_since(db: &Db, account_id: i64, target_id: i64) -> Result<Option<i64>> {
    let found = db.opt(LAPSED_SINCE, params![account_id, target_id]).await?;
    Ok(found.map(|(since,)| since))
}

pub fn delete(tx: &mut Tx, account_id: i64, target_id: i64) {
    tx.exec(DELETE, params![account_id, target_id]);
}

// Lists

/// Accepted followers.
pub const FOLLOWERS: Ids = ids_in!(
    "account_id",
    "SELECT account_id
       FROM follows
      WHERE target_id = $4 AND state = 'accepted'"
);
/// Accounts followed with a yes.
pub const FOLLOWING: Ids = ids_in!(
    "target_id",
    "SELECT target_id
       FROM follows
      WHERE account_id = $4 AND state = 'accepted'"
);
/// Who asks to follow.
pub const REQUESTS: Ids = ids_in!(
    "account_id",
    "SELECT account_id
       FROM follows
      WHERE target_id = $4 AND state = 'requested'"
);
/// Whom `$1` follows and who follow each of `$2`, of those who show whom they follow, where who is followed shows who
/// follows: the newest `$3` of each.
const FAMILIAR: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT other_id, friend_id
               FROM (SELECT g.target_id AS other_id, f.target_id AS friend_id,
                            row_number() OVER (PARTITION BY g.target_id ORDER BY f.target_id DESC) AS place
                       FROM follows f
                       JOIN follows g ON g.account_id = f.target_id
                       JOIN accounts friend ON friend.id = f.target_id AND NOT friend.hide_collections
                       JOIN accounts t ON t.id = g.target_id AND (t.id = $1 OR NOT t.hide_collections)
                      WHERE f.account_id = $1
                        AND f.state = 'accepted'
                        AND g.target_id IN (SELECT value FROM json_each($2))
                        AND g.state = 'accepted') ranked
              WHERE place <= $3
              ORDER BY other_id, friend_id DESC
              LIMIT 1000",
    pg: "SELECT other_id, friend_id
           FROM (SELECT g.target_id AS other_id, f.target_id AS friend_id,
                        row_number() OVER (PARTITION BY g.target_id ORDER BY f.target_id DESC) AS place
                   FROM follows f
                   JOIN follows g ON g.account_id = f.target_id
                   JOIN accounts friend ON friend.id = f.target_id AND NOT friend.hide_collections
                   JOIN accounts t ON t.id = g.target_id AND (t.id = $1 OR NOT t.hide_collections)
                  WHERE f.account_id = $1
                    AND f.state = 'accepted'
                    AND g.target_id = ANY($2)
                    AND g.state = 'accepted') ranked
          WHERE place <= $3
          ORDER BY other_id, friend_id DESC
          LIMIT 1000",
);

/// (followed, friend): whom `me` follows and who follow each of `others`, the newest accounts first, at most `each`.
pub async fn familiar(db: &Db, me: i64, others: Vec<i64>, each: i64) -> Result<Vec<(i64, i64)>> {
    Ok(db.all(FAMILIAR, params![me, others, each]).await?)
}

const BETWEEN: Sql<(i64, i64, String)> = sql!(
    row: (i64, i64, String),
    sqlite: "SELECT account_id, target_id, state
               FROM follows
              WHERE account_id = $1 AND target_id IN (SELECT value FROM json_each($2))
              UNION ALL
             SELECT account_id, target_id, state
               FROM follows
              WHERE target_id = $1 AND account_id IN (SELECT value FROM json_each($2))
              LIMIT $3",
    pg: "SELECT account_id, target_id, state
           FROM follows
          WHERE account_id = $1 AND target_id = ANY($2)
          UNION ALL
         SELECT account_id, target_id, state
           FROM follows
          WHERE target_id = $1 AND account_id = ANY($2)
          LIMIT $3",
);

/// Followers who are not at home on this host.
const FOLLOWERS_AWAY: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT account_id
       FROM follows
      WHERE target_id = $1 AND state = 'accepted' AND account_host <> $2
      ORDER BY account_id DESC
      LIMIT $3"
);
/// People followed who are not at home on this host.
const FOLLOWING_AWAY: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT f.target_id
       FROM follows f
       JOIN accounts a ON a.id = f.target_id
      WHERE f.account_id = $1 AND f.state = 'accepted' AND a.host <> $2
      ORDER BY f.target_id DESC
      LIMIT $3"
);

/// Accepted followers from elsewhere, newest accounts first.
pub async fn followers_away(db: &Db, target_id: i64, home: &str, limit: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(FOLLOWERS_AWAY, params![target_id, home, limit])
        .await?)
}

/// Accounts elsewhere that are followed, newest accounts first.
pub async fn following_away(db: &Db, account_id: i64, home: &str, limit: i64) -> Result<Vec<i64>> {
    Ok(db
        .column(FOLLOWING_AWAY, params![account_id, home, limit])
        .await?)
}

/// Counts on `follows_by_target`.
const AT: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT (SELECT COUNT(*) FROM follows f JOIN accounts a ON a.id = f.target_id
              WHERE f.account_id = $1 AND f.state = 'accepted' AND (a.host = $2 OR a.host LIKE $3 ESCAPE '!')),
            (SELECT COUNT(*) FROM follows f JOIN accounts a ON a.id = f.account_id
              WHERE f.target_id = $1 AND f.state = 'accepted' AND (a.host = $2 OR a.host LIKE $3 ESCAPE '!'))"
);

/// How many of a server, and of those below it where `below` says so, the account follows, and is followed by.
pub async fn at(db: &Db, account_id: i64, host: &str, below: bool) -> Result<(i64, i64)> {
    // An underscore, which a name may have, stands for any letter otherwise.
    let within = if below {
        format!("%.{}", host.replace('_', "!_"))
    } else {
        String::new()
    };
    let values = params![account_id, host.to_owned(), within];
    Ok(db.opt(AT, values).await?.unwrap_or_default())
}

const FOLLOWERS_IN: Sql<(i64, String)> = sql!(
    row: (i64, String),
    "SELECT a.id, a.iri
       FROM follows f
       JOIN accounts a ON a.id = f.account_id
      WHERE f.target_id = $1 AND f.state = 'accepted' AND f.account_host = $2 AND a.community_id = $3
      ORDER BY f.account_id
      LIMIT $4"
);

/// Members of a community who follow, each with their address.
pub async fn followers_in(
    db: &Db,
    target_id: i64,
    community: &Community,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    let (host, id) = (community.domain.as_str(), community.id);
    Ok(db
        .all(FOLLOWERS_IN, params![target_id, host, id, limit])
        .await?)
}

/// People elsewhere whom members of `$1` follow, by their server; on the key of `members` by community.
const FOLLOWED_BY_COMMUNITY: Sql<(String, String, i64, i64)> = sql!(
    row: (String, String, i64, i64),
    "SELECT a.host, a.domain, count(DISTINCT f.target_id), count(DISTINCT f.account_id)
       FROM members m
       JOIN follows f ON f.account_id = m.account_id
       JOIN accounts a ON a.id = f.target_id
      WHERE m.community_id = $1
        AND f.state IN ('accepted', 'requested')
        AND a.community_id IS NULL
      GROUP BY a.host, a.domain
      LIMIT $2"
);
const FOLLOWED_BY_MEMBER: Sql<(String, String, i64, i64)> = sql!(
    row: (String, String, i64, i64),
    "SELECT a.host, a.domain, count(DISTINCT f.target_id), count(DISTINCT f.account_id)
       FROM follows f
       JOIN accounts a ON a.id = f.target_id
      WHERE f.account_id = $1
        AND f.state IN ('accepted', 'requested')
        AND a.community_id IS NULL
      GROUP BY a.host, a.domain
      LIMIT $2"
);

/// (host, domain of the handles, people there who are followed, members who follow them).
pub async fn followed_by_community(
    db: &Db,
    community_id: i64,
    limit: i64,
) -> Result<Vec<(String, String, i64, i64)>> {
    let rows = db.all(FOLLOWED_BY_COMMUNITY, params![community_id, limit]);
    Ok(rows.await?)
}

/// Counts on `accounts_by_host` and `follows_by_target`.
const FOLLOWED_ON: Sql<(String, i64)> = sql!(
    row: (String, i64),
    sqlite: "SELECT a.host, count(DISTINCT f.target_id)
               FROM accounts a
               JOIN follows f ON f.target_id = a.id
               JOIN members m ON m.account_id = f.account_id
              WHERE a.host IN (SELECT value FROM json_each($2))
                AND a.community_id IS NULL
                AND f.state IN ('accepted', 'requested')
                AND m.community_id = $1
              GROUP BY a.host",
    pg: "SELECT a.host, count(DISTINCT f.target_id)
           FROM accounts a
           JOIN follows f ON f.target_id = a.id
           JOIN members m ON m.account_id = f.account_id
          WHERE a.host = ANY($2)
            AND a.community_id IS NULL
            AND f.state IN ('accepted', 'requested')
            AND m.community_id = $1
          GROUP BY a.host"
);

/// How many people on each of these servers members of a community follow; servers where it is nobody are left out.
pub async fn followed_on(
    db: &Db,
    community_id: i64,
    hosts: Vec<String>,
) -> Result<Vec<(String, i64)>> {
    Ok(db.all(FOLLOWED_ON, params![community_id, hosts]).await?)
}

/// The same for one member.
pub async fn followed_by_member(
    db: &Db,
    account_id: i64,
    limit: i64,
) -> Result<Vec<(String, String, i64, i64)>> {
    let rows = db.all(FOLLOWED_BY_MEMBER, params![account_id, limit]);
    Ok(rows.await?)
}

/// Counts on `follows_by_target`. Follows of somebody elsewhere are by people here: others' are not known.
const FOLLOWERS_HERE: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT f.account_id
       FROM follows f
      WHERE f.target_id = $1 AND f.state = 'accepted'
        AND NOT EXISTS (SELECT 1
                          FROM members m
                         WHERE m.account_id = f.account_id AND (m.standing = 'suspended' OR m.leaves_at IS NOT NULL))
      LIMIT $2"
);

/// Some of those here who follow somebody elsewhere, without whom their community suspended: they read nothing.
pub async fn followers_here(db: &Db, account_id: i64, most: i64) -> Result<Vec<i64>> {
    Ok(db.column(FOLLOWERS_HERE, params![account_id, most]).await?)
}

/// Counts on `follows_by_target`. Follows of somebody elsewhere are by people here: others' are not known.
const FOLLOWED_HERE: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT CAST(e.value AS INTEGER)
               FROM json_each($1) e
              WHERE EXISTS (SELECT 1
                              FROM follows f
                             WHERE f.target_id = CAST(e.value AS INTEGER) AND f.state = 'accepted')",
    pg: "SELECT e.id
           FROM unnest(CAST($1 AS BIGINT[])) AS e (id)
          WHERE EXISTS (SELECT 1 FROM follows f WHERE f.target_id = e.id AND f.state = 'accepted')"
);

/// Those of these people elsewhere whom somebody here follows.
pub async fn followed_here(db: &Db, ids: Vec<i64>) -> Result<Vec<i64>> {
    Ok(db.column(FOLLOWED_HERE, params![ids]).await?)
}
