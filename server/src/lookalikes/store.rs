//! SQL over `follows`: whom one knows by name.

use comity_db::{Db, Sql, params, row, sql};

use crate::error::Result;

row! {
    /// Somebody whom a member follows.
    #[derive(Debug, Clone)]
    pub struct Known {
        pub username: String,
        pub domain: String,
        pub display_name: String,
    }
}

const FOLLOWED: Sql<Known> = sql!(
    row: Known,
    "SELECT a.username, a.domain, a.display_name
       FROM follows f
       JOIN accounts a ON a.id = f.target_id
      WHERE f.account_id = $1 AND f.state = 'accepted'
      LIMIT $2"
);

/// Whom `account_id` follows.
pub async fn followed(db: &Db, account_id: i64, most: i64) -> Result<Vec<Known>> {
    Ok(db.all(FOLLOWED, params![account_id, most]).await?)
}
