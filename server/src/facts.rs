//! What the gate asks of the database: who follows, blocks, mutes and welcomes whom. One query, however many pairs.

use comity_db::{Db, Sql, params, sql};
use comity_policy::{FactError, FactSource, Peer, PersonId, Tie, Ties};
use comity_vocab::Domain;

use crate::clock::Clock;
use crate::instances;

const FOLLOWS: i64 = 1;
const BLOCKS: i64 = 2;
const MUTES: i64 = 3;
/// Mutes, and still hears of what they do.
const MUTES_BUT_HEARS: i64 = 5;

/// Rows of (what, from, to). The pairs come as JSON, so that each is one look-up by primary key in each table.
const TIES: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64),
    sqlite: "WITH pairs AS MATERIALIZED (
                 SELECT CAST(value ->> 0 AS INTEGER) AS a, CAST(value ->> 1 AS INTEGER) AS b
                   FROM json_each($1)
             )
             SELECT 1, p.a, p.b
               FROM pairs p
               JOIN follows f ON f.account_id = p.a AND f.target_id = p.b AND f.state = 'accepted'
              UNION ALL
             SELECT 2, p.a, p.b
               FROM pairs p
               JOIN blocks b ON b.account_id = p.a AND b.target_id = p.b
              UNION ALL
             SELECT CASE WHEN m.notifications THEN 3 ELSE 5 END, p.a, p.b
               FROM pairs p
               JOIN mutes m ON m.account_id = p.a AND m.target_id = p.b
              WHERE m.expires_at IS NULL OR m.expires_at > $2
              UNION ALL
             SELECT 4, p.a, p.b
               FROM pairs p
               JOIN welcomes w ON w.account_id = p.a AND w.target_id = p.b",
    pg: "WITH pairs AS MATERIALIZED (
             SELECT CAST(value ->> 0 AS BIGINT) AS a, CAST(value ->> 1 AS BIGINT) AS b
               FROM json_array_elements(CAST(CAST($1 AS TEXT) AS JSON)) AS e(value)
         )
         SELECT CAST(1 AS BIGINT), p.a, p.b
           FROM pairs p
           JOIN follows f ON f.account_id = p.a AND f.target_id = p.b AND f.state = 'accepted'
          UNION ALL
         SELECT CAST(2 AS BIGINT), p.a, p.b
           FROM pairs p
           JOIN blocks b ON b.account_id = p.a AND b.target_id = p.b
          UNION ALL
         SELECT CAST(CASE WHEN m.notifications THEN 3 ELSE 5 END AS BIGINT), p.a, p.b
           FROM pairs p
           JOIN mutes m ON m.account_id = p.a AND m.target_id = p.b
          WHERE m.expires_at IS NULL OR m.expires_at > CAST($2 AS BIGINT)
          UNION ALL
         SELECT CAST(4 AS BIGINT), p.a, p.b
           FROM pairs p
           JOIN welcomes w ON w.account_id = p.a AND w.target_id = p.b",
);

/// The gate's view of the database.
pub struct Facts {
    db: Db,
    clock: Clock,
}

impl Facts {
    /// Mutes end by this clock.
    pub fn new(db: Db, clock: Clock) -> Facts {
        Facts { db, clock }
    }
}

impl FactSource for Facts {
    async fn ties(&self, pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        let mut json = String::with_capacity(2 + pairs.len() * 42);
        json.push('[');
        for (index, (from, to)) in pairs.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(&format!("[{},{}]", from.0, to.0));
        }
        json.push(']');
        let rows = self
            .db
            .all(TIES, params![json, self.clock.now_ms()])
            .await
            .map_err(FactError::new)?;
        let mut ties = Ties::default();
        for (what, from, to) in rows {
            let (from, to) = (PersonId(from), PersonId(to));
            let tie = ties.get(from, to);
            let tie = match what {
                FOLLOWS => Tie {
                    follows: true,
                    ..tie
                },
                BLOCKS => Tie {
                    blocks: true,
                    ..tie
                },
                MUTES => Tie { mutes: true, ..tie },
                MUTES_BUT_HEARS => Tie {
                    mutes: true,
                    hears: true,
                    ..tie
                },
                _ => Tie {
                    welcomes: true,
                    ..tie
                },
            };
            ties.insert(from, to, tie);
        }
        Ok(ties)
    }

    async fn peers(&self, domains: &[Domain]) -> Result<Vec<(Domain, Peer)>, FactError> {
        instances::peers(&self.db, domains, self.clock.now_ms())
            .await
            .map_err(FactError::new)
    }
}
