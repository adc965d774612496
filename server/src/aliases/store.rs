//! SQL of `canaries` and `sightings`.

use comity_db::{Db, Sql, Tx, params, row, sql};
use comity_vocab::Domain;

use crate::error::Result;

const CANARY_OF: Sql<(String, i64)> = sql!(
    row: (String, i64),
    "SELECT token, given_at FROM canaries WHERE community_id = $1 AND domain = $2"
);

/// The canary of a domain, and when it was last given. Counts on `canaries_once`.
pub async fn canary_of(db: &Db, community_id: i64, domain: &str) -> Result<Option<(String, i64)>> {
    Ok(db.opt(CANARY_OF, params![community_id, domain]).await?)
}

/// Counts on `canaries_once`.
const COUNT: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*) FROM (SELECT 1 FROM canaries WHERE community_id = $1 LIMIT $2) known"
);

/// Whether a community has as many as it may.
pub async fn are_as_many(db: &Db, community_id: i64, most: i64) -> Result<bool> {
    let row = db.opt(COUNT, params![community_id, most]).await?;
    Ok(row.is_some_and(|(count,)| count >= most))
}

/// Counts on `canaries_by_turn`.
const LAID_BY: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT k.token
       FROM canaries k
      WHERE k.community_id = $1
        AND k.given_at < $2
        AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.token = k.token)
      ORDER BY k.given_at, k.token
      LIMIT 1"
);

/// The oldest canary that was not given since and that nobody else asked with.
pub async fn laid_by(db: &Db, community_id: i64, before_ms: i64) -> Result<Option<String>> {
    let row = db.opt(LAID_BY, params![community_id, before_ms]).await?;
    Ok(row.map(|(token,)| token))
}

/// What somebody asked with meanwhile stays.
const MAKE_PLACE: Sql = sql!(
    "DELETE FROM canaries
      WHERE token = $1 AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.token = $1)"
);

/// Counts on `canaries_once` for how many there are.
const MAKE: Sql = sql!(
    "INSERT INTO canaries (token, community_id, domain, host, made_at, given_at)
     SELECT $1, c.id, $3, $4, $5, $5
       FROM communities c
      WHERE c.id = $2
        AND (SELECT count(*) FROM canaries k WHERE k.community_id = $2) < $6
     ON CONFLICT DO NOTHING"
);

/// A canary for a server.
pub struct NewCanary<'a> {
    pub token: &'a str,
    pub community_id: i64,
    pub host: &'a Domain,
    pub now_ms: i64,
}

/// Nothing where the domain has one, or a community has as many as it may without the one that makes place.
pub async fn make(
    db: &Db,
    new: &NewCanary<'_>,
    instead_of: Option<String>,
    most: i64,
) -> Result<()> {
    let mut tx = Tx::new();
    if let Some(token) = instead_of {
        tx.exec(MAKE_PLACE, params![token]);
    }
    let domain = new.host.registrable();
    tx.exec(
        MAKE,
        params![
            new.token,
            new.community_id,
            domain,
            new.host.as_str(),
            new.now_ms,
            most
        ],
    );
    // Whether there is one now is asked afterwards.
    let _ = db.write(tx).await?;
    Ok(())
}

const GIVEN: Sql = sql!("UPDATE canaries SET given_at = $2 WHERE token = $1");

pub async fn given(db: &Db, token: &str, now_ms: i64) -> Result<()> {
    db.exec(GIVEN, params![token, now_ms]).await?;
    Ok(())
}

const OWNER_OF: Sql<(String,)> = sql!(
    row: (String,),
    "SELECT domain FROM canaries WHERE token = $2 AND community_id = $1"
);

/// Whose canary of this community it is.
pub async fn owner_of(db: &Db, community_id: i64, token: &str) -> Result<Option<String>> {
    let row = db.opt(OWNER_OF, params![community_id, token]).await?;
    Ok(row.map(|(domain,)| domain))
}

const SIGHTING: Sql<(i64, bool)> = sql!(
    row: (i64, bool),
    "SELECT last_at, proved FROM sightings WHERE token = $1 AND domain = $2"
);

/// When this domain was last seen with it, and whether it ever proved who it is.
pub async fn sighting(db: &Db, token: &str, domain: &str) -> Result<Option<(i64, bool)>> {
    Ok(db.opt(SIGHTING, params![token, domain]).await?)
}

const SIGHT: Sql = sql!(
    "INSERT INTO sightings (token, domain, host, proved, first_at, last_at, times, id)
     SELECT k.token, $2, $3, $4, $5, $5, 1, $7
       FROM canaries k
      WHERE k.token = $1
        AND ((SELECT count(*) FROM sightings s WHERE s.token = $1 AND s.proved = $4) < $6
             OR EXISTS (SELECT 1 FROM sightings s WHERE s.token = $1 AND s.domain = $2))
     ON CONFLICT (token, domain) DO UPDATE
        SET host = excluded.host,
            proved = sightings.proved OR excluded.proved,
            last_at = excluded.last_at,
            times = sightings.times + 1"
);

/// That a server asks with somebody's canary. The number is the first one's, however often it asks.
pub struct NewSighting<'a> {
    pub id: i64,
    pub token: &'a str,
    pub host: &'a Domain,
    pub proved: bool,
    pub now_ms: i64,
}

/// Nothing where `most` others of its kind are written down for the canary.
pub async fn sight(db: &Db, new: &NewSighting<'_>, most: i64) -> Result<()> {
    let (domain, host) = (new.host.registrable(), new.host.as_str());
    db.exec(
        SIGHT,
        params![
            new.token, domain, host, new.proved, new.now_ms, most, new.id
        ],
    )
    .await?;
    Ok(())
}

row! {
    /// A sighting with whose canary it was.
    #[derive(Debug, Clone)]
    pub struct SightingRow {
        pub id: i64,
        pub given_to: String,
        pub given_host: String,
        pub host: String,
        pub proved: bool,
        pub first_at: i64,
        pub last_at: i64,
        pub times: i64,
    }
}

/// Counts on `canaries_once` and the key of `sightings`.
const NEWEST: Sql<SightingRow> = sql!(
    row: SightingRow,
    "SELECT s.id, k.domain AS given_to, k.host AS given_host, s.host, s.proved, s.first_at, s.last_at, s.times
       FROM canaries k
       JOIN sightings s ON s.token = k.token
      WHERE k.community_id = $1
      ORDER BY s.proved DESC, s.last_at DESC, s.domain, k.domain
      LIMIT $2"
);

/// The newest of those that are proved, and then of the others: who has canaries can name as many servers as they like.
pub async fn newest(db: &Db, community_id: i64, most: i64) -> Result<Vec<SightingRow>> {
    Ok(db.all(NEWEST, params![community_id, most]).await?)
}

/// Counts on `sightings_by_id`.
const SEEN: Sql<SightingRow> = sql!(
    row: SightingRow,
    "SELECT s.id, k.domain AS given_to, k.host AS given_host, s.host, s.proved, s.first_at, s.last_at, s.times
       FROM sightings s
       JOIN canaries k ON k.token = s.token
      WHERE s.id = $2 AND k.community_id = $1"
);

/// The sighting of that number, of a canary of this community.
pub async fn seen(db: &Db, community_id: i64, id: i64) -> Result<Option<SightingRow>> {
    Ok(db.opt(SEEN, params![community_id, id]).await?)
}

/// Counts on `sightings_by_age`.
const FORGET_SIGHTINGS: Sql = sql!(
    "DELETE FROM sightings
      WHERE (token, domain) IN (SELECT token, domain FROM sightings WHERE last_at < $1 ORDER BY last_at LIMIT $2)"
);
/// Counts on `canaries_by_age`.
const FORGET_CANARIES: Sql = sql!(
    "DELETE FROM canaries
      WHERE token IN (SELECT k.token
                        FROM canaries k
                       WHERE k.given_at < $1
                         AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.token = k.token)
                       ORDER BY k.given_at
                       LIMIT $2)"
);

/// Sightings since whose last that moment passed; of canaries that were not given since, those with no sighting.
pub async fn forget_old(db: &Db, before_ms: i64, most: i64) -> Result<u64> {
    let sightings = db.exec(FORGET_SIGHTINGS, params![before_ms, most]).await?;
    if sightings >= most.unsigned_abs() {
        return Ok(sightings);
    }
    let canaries = db.exec(FORGET_CANARIES, params![before_ms, most]).await?;
    Ok(sightings.max(canaries))
}
