//! Every statement of the program, prepared on both engines against the tables as they are.

use comity::migrations::{ALL, BIG_TABLES};
use comity_db::check_statements;
use comity_db::testing::{Engine, throwaway};

async fn statements_are_sound(engine: Engine) {
    let database = throwaway(engine).await;
    database.db.migrate(ALL, 0).await.unwrap();
    let problems = check_statements(&database.db, BIG_TABLES).await;
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(
        told.is_empty(),
        "{} problems:\n{}",
        told.len(),
        told.join("\n")
    );
}

#[tokio::test]
async fn every_statement_is_sound_on_sqlite() {
    statements_are_sound(Engine::Sqlite).await;
}

#[tokio::test]
async fn every_statement_is_sound_on_postgres() {
    statements_are_sound(Engine::Postgres).await;
}
