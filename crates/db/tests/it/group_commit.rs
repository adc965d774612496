//! Many writers at once.

use comity_db::testing::Engine;
use comity_db::{Db, DbError, Migration, Sql, params, sql};

use crate::on_both;

const INSERT: Sql = sql!("INSERT INTO counters (name, n) VALUES ($1, $2)");
const INSERT_RETURNING: Sql<(i64,)> =
    sql!(row: (i64,), "INSERT INTO counters (name, n) VALUES ($1, $2) RETURNING n");
const GET: Sql<i64> = sql!(row: i64, "SELECT n FROM counters WHERE name = $1");
const COUNT: Sql<i64> =
    sql!(row: i64, full_scan: "a test's table", "SELECT count(*) FROM counters");

on_both! {
    async fn one_that_fails_does_not_fail_its_neighbours(stored: Throwaway) {
        stored.db.exec(INSERT, params!["taken", 0]).await.unwrap();
        let mut running = Vec::new();
        for writer in 0..64_i64 {
            let db = stored.db.clone();
            running.push(tokio::spawn(async move {
                for round in 0..20_i64 {
                    if writer % 8 == 3 {
                        let failed = db.exec(INSERT, params!["taken", round]).await;
                        assert!(matches!(failed, Err(DbError::Conflict(_))), "{failed:?}");
                        continue;
                    }
                    let name = format!("{writer}/{round}");
                    let answered = db.returning(INSERT_RETURNING, params![&name, round]).await;
                    assert_eq!(answered.unwrap(), [(round,)]);
                    // Acknowledged means that everybody sees it.
                    assert_eq!(db.one(GET, params![&name]).await.unwrap(), round);
                }
            }));
        }
        for writer in running {
            writer.await.unwrap();
        }
        assert_eq!(stored.db.one(COUNT, params![]).await.unwrap(), 1 + 56 * 20);
    }

    async fn a_row_type_that_does_not_fit_undoes_the_change(stored: Throwaway) {
        const WRONG: Sql<(Vec<u8>,)> = Sql::new(
            "INSERT INTO counters (name, n) VALUES ($1, $2) RETURNING n",
            "INSERT INTO counters (name, n) VALUES ($1, $2) RETURNING n",
        );
        let failed = stored.db.returning(WRONG, params!["a", 1]).await;
        assert!(matches!(failed, Err(DbError::Failed(_))), "{failed:?}");
        if stored.db.engine_name() == "SQLite" {
            assert_eq!(stored.db.opt(GET, params!["a"]).await.unwrap(), None);
        }
    }
}

/// Runs 200 writers at once, every eighth of them another statement; tells which were acknowledged, and compares with
/// what is stored.
async fn acknowledged_is_stored(db: &Db, other: Sql, expected: fn(&DbError) -> bool) {
    let mut running = Vec::new();
    for writer in 0..200_i64 {
        let db = db.clone();
        running.push(tokio::spawn(async move {
            let name = format!("writer {writer}");
            let (statement, params) = match writer % 8 {
                3 => (other, params![writer]),
                _ => (INSERT, params![&name, writer]),
            };
            (name, writer % 8 == 3, db.exec(statement, params).await)
        }));
    }
    for one in running {
        let (name, is_other, answered) = one.await.unwrap();
        let stored = db.opt(GET, params![&name]).await.unwrap();
        assert_eq!(
            stored.is_some(),
            answered.is_ok() && !is_other,
            "{name}: {answered:?}"
        );
        match answered {
            Ok(_) => assert!(!is_other, "{name} should fail"),
            Err(error) => assert!(expected(&error), "{name}: {error}"),
        }
    }
}

/// `OR ROLLBACK` takes down the whole transaction from inside, as a full disk does.
#[tokio::test(flavor = "multi_thread")]
async fn neighbours_outlive_a_lost_transaction() {
    const LOSE: Sql = Sql::new(
        "INSERT OR ROLLBACK INTO counters (name, n) VALUES ('taken', $1)",
        "",
    );
    let stored = crate::database(Engine::Sqlite).await;
    stored.db.exec(INSERT, params!["taken", 0]).await.unwrap();
    let conflict = |error: &DbError| matches!(error, DbError::Conflict(_));
    acknowledged_is_stored(&stored.db, LOSE, conflict).await;
    assert_eq!(stored.db.one(COUNT, params![]).await.unwrap(), 1 + 175);
}

/// A deferred reference is looked at by COMMIT only, so it fails there: whoever shares it is told.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_acknowledged_whose_commit_failed() {
    const TEXT: &str = "CREATE TABLE later (
        thing_id BIGINT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED
    )";
    const DANGLE: Sql = Sql::new("INSERT INTO later (thing_id) VALUES ($1)", "");
    let stored = crate::database(Engine::Sqlite).await;
    let later = Migration {
        number: 2,
        name: "later",
        sqlite: TEXT,
        postgres: TEXT,
    };
    stored
        .db
        .migrate(&[crate::MIGRATIONS[0], later], 0)
        .await
        .unwrap();
    let conflict =
        |error: &DbError| matches!(error, DbError::Conflict(key) if key == "foreign key");
    acknowledged_is_stored(&stored.db, DANGLE, conflict).await;
    // The writer goes on.
    stored.db.exec(INSERT, params!["after", 0]).await.unwrap();
}
