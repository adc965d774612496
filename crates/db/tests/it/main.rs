//! Both engines, the same questions.

#![allow(clippy::unwrap_used, reason = "a test ends where something goes wrong")]
#![allow(
    clippy::items_after_statements,
    reason = "a statement stands beside its only use"
)]

mod check;
mod durable;
mod group_commit;
mod migrating;
mod opening;
mod transactions;
mod verbs;

use comity_db::Migration;
use comity_db::testing::{Engine, Throwaway, throwaway};

/// What the tests write to.
pub const MIGRATIONS: &[Migration] = &[comity_db::migration!(1, "things", "things.sql")];

/// A migrated database.
pub async fn database(engine: Engine) -> Throwaway {
    let throwaway = throwaway(engine).await;
    throwaway.db.migrate(MIGRATIONS, 1_000).await.unwrap();
    throwaway
}

/// One test for each engine from an `async fn(Throwaway)`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Throwaway) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn test($db: comity_db::testing::Throwaway) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                test($crate::database(comity_db::testing::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                test($crate::database(comity_db::testing::Engine::Postgres).await).await;
            }
        }
    )*};
}
