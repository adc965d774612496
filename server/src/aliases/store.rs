//! SQL of `canaries` and `sightings`.

use comity_db::{Db, Sql, params, row, sql};
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

/// Counts on `canaries_once` for how many there are.
const MAKE: Sql = sql!(
    "INSERT INTO canaries (token, community_id, domain, host, made_at, given_at)
     SELECT $1, c.id, $3, $4, $5, $5
       FROM communities c
      WHERE c.id = $2
        AND (SELECT count(*) FROM canaries k WHERE k.community_id = $2) < $6
     ON CONFLICT DO NOTHING"
);

/// Nothing where the domain has one, or a community has as many as it may.
pub async fn make(
    db: &Db,
    token: &str,
    community_id: i64,
    host: &Domain,
    now_ms: i64,
    most: i64,
) -> Result<()> {
    let domain = host.registrable();
    db.exec(
        MAKE,
        params![token, community_id, domain, host.as_str(), now_ms, most],
    )
    .await?;
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
    "INSERT INTO sightings (token, domain, host, proved, first_at, last_at, times)
     SELECT k.token, $2, $3, $4, $5, $5, 1
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

/// Nothing where `most` others of its kind are written down for the canary.
pub async fn sight(
    db: &Db,
    token: &str,
    host: &Domain,
    proved: bool,
    now_ms: i64,
    most: i64,
) -> Result<()> {
    let domain = host.registrable();
    db.exec(
        SIGHT,
        params![token, domain, host.as_str(), proved, now_ms, most],
    )
    .await?;
    Ok(())
}

row! {
    /// A sighting with whose canary it was.
    #[derive(Debug, Clone)]
    pub struct SightingRow {
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
    "SELECT k.domain AS given_to, k.host AS given_host, s.host, s.proved, s.first_at, s.last_at, s.times
       FROM canaries k
       JOIN sightings s ON s.token = k.token
      WHERE k.community_id = $1
      ORDER BY s.last_at DESC, s.domain, k.domain
      LIMIT $2"
);

pub async fn newest(db: &Db, community_id: i64, most: i64) -> Result<Vec<SightingRow>> {
    Ok(db.all(NEWEST, params![community_id, most]).await?)
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
