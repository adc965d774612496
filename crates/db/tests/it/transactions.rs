//! Several changes, all or none.

use comity_db::{Db, DbError, Sql, Tx, Wrote, params, sql};

use crate::on_both;

const SET: Sql = sql!("INSERT INTO counters (name, n) VALUES ($1, $2)");
const ADD: Sql = sql!("UPDATE counters SET n = n + $2 WHERE name = $1");
const GET: Sql<i64> = sql!(row: i64, "SELECT n FROM counters WHERE name = $1");
const COUNT: Sql<i64> =
    sql!(row: i64, full_scan: "a test's table", "SELECT count(*) FROM counters");

/// Waits between two changes on PostgreSQL, so that two transactions meet.
const ADD_SLOWLY: Sql = sql!(
    sqlite: "UPDATE counters SET n = n + $2 WHERE name = $1",
    pg: "UPDATE counters SET n = n + $2 WHERE name = $1 AND pg_sleep(0.2) IS NOT NULL",
);

/// Ends the connection it comes by; SQLite, which has none, refuses it.
const END: Sql = sql!(
    sqlite: "UPDATE counters SET n = NULL WHERE name = $1",
    pg: "UPDATE counters SET n = n WHERE name = $1 AND pg_terminate_backend(pg_backend_pid())",
);

async fn set(db: &Db, name: &str, n: i64) {
    assert_eq!(db.exec(SET, params![name, n]).await.unwrap(), 1);
}

on_both! {
    async fn all_happens(stored: Throwaway) {
        let mut tx = Tx::new();
        assert_eq!(tx.exec(SET, params!["a", 1]), 0);
        assert_eq!(tx.must(ADD, params!["a", 4]), 1);
        assert_eq!(tx.exec(ADD, params!["nobody", 4]), 2);
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::All);
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
        assert_eq!(stored.db.write(Tx::new()).await.unwrap(), Wrote::All);
    }

    async fn what_must_change_a_row_and_does_not_undoes_everything(stored: Throwaway) {
        set(&stored.db, "there", 0).await;
        let mut tx = Tx::new();
        tx.must(ADD, params!["there", 1]);
        let missing = tx.must(ADD, params!["missing", 1]);
        // Would be a conflict, but is not reached.
        tx.exec(SET, params!["there", 1]);
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::Nothing { at: missing });
        assert_eq!(stored.db.one(GET, params!["there"]).await.unwrap(), 0);
        assert_eq!(stored.db.one(COUNT, params![]).await.unwrap(), 1);
    }

    async fn an_error_undoes_everything(stored: Throwaway) {
        set(&stored.db, "there", 0).await;
        let mut tx = Tx::new();
        tx.exec(ADD, params!["there", 1]);
        tx.exec(SET, params!["there", 1]);
        tx.must(ADD, params!["missing", 1]);
        let told = stored.db.write(tx).await.unwrap_err();
        assert!(matches!(&told, DbError::Conflict(key) if key == "counters(name)"), "{told}");
        assert_eq!(stored.db.one(GET, params!["there"]).await.unwrap(), 0);
        // The connection is fit for use.
        set(&stored.db, "after", 1).await;
    }

    async fn an_error_of_what_decides_nothing_undoes_everything(stored: Throwaway) {
        set(&stored.db, "there", 0).await;
        let mut tx = Tx::new();
        tx.exec(ADD, params!["there", 1]);
        tx.exec(SET, params!["there", 1]);
        tx.exec(SET, params!["behind", 1]);
        let told = stored.db.write(tx).await.unwrap_err();
        assert!(matches!(&told, DbError::Conflict(key) if key == "counters(name)"), "{told}");
        assert_eq!(stored.db.one(GET, params!["there"]).await.unwrap(), 0);
        assert_eq!(stored.db.one(COUNT, params![]).await.unwrap(), 1);
        set(&stored.db, "after", 1).await;
    }

    async fn what_cannot_be_sent_undoes_everything(stored: Throwaway) {
        set(&stored.db, "there", 0).await;
        let mut tx = Tx::new();
        tx.exec(ADD, params!["there", 1]);
        // A name is a text on both, and a number is none on PostgreSQL; SQLite says no to a number that is null.
        tx.exec(SET, params![7, None::<i64>]);
        tx.exec(ADD, params!["there", 1]);
        let told = stored.db.write(tx).await.unwrap_err().to_string();
        // Otherwise it was sent, and refused there.
        let is_unsent = told.contains("PostgreSQL wants");
        assert_eq!(is_unsent, stored.db.engine_name() == "PostgreSQL", "{told}");
        assert_eq!(stored.db.one(GET, params!["there"]).await.unwrap(), 0);
        set(&stored.db, "after", 1).await;
    }

    async fn what_ends_its_connection_undoes_everything(stored: Throwaway) {
        set(&stored.db, "there", 0).await;
        let mut tx = Tx::new();
        tx.exec(ADD, params!["there", 1]);
        tx.exec(END, params!["there"]);
        tx.exec(ADD, params!["there", 1]);
        let told = stored.db.write(tx).await.unwrap_err().to_string();
        // Nobody here can know, on PostgreSQL, what became of it.
        let is_unsure = told.contains("may be stored or not");
        assert_eq!(is_unsure, stored.db.engine_name() == "PostgreSQL", "{told}");
        assert_eq!(stored.db.one(GET, params!["there"]).await.unwrap(), 0);
        set(&stored.db, "after", 1).await;
    }

    async fn what_comes_last_comes_last(stored: Throwaway) {
        let mut tx = Tx::new();
        // Nothing is there yet where it was added.
        tx.exec_last(ADD, params!["a", 4]);
        assert_eq!(tx.len(), 0);
        assert!(!tx.is_empty());
        assert_eq!(tx.exec(SET, params!["a", 1]), 0);
        let mut other = Tx::new();
        other.exec_last(ADD, params!["b", 4]);
        other.exec(SET, params!["b", 2]);
        tx.append(other);
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::All);
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
        assert_eq!(stored.db.one(GET, params!["b"]).await.unwrap(), 6);
        // And what is undone takes it along.
        let mut tx = Tx::new();
        tx.exec_last(ADD, params!["a", 4]);
        let missing = tx.must(ADD, params!["missing", 1]);
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::Nothing { at: missing });
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
    }

    async fn a_long_transaction_keeps_its_order(stored: Throwaway) {
        let mut tx = Tx::new();
        tx.exec(SET, params!["a", 0]);
        for _ in 0..2_000 {
            tx.must(ADD, params!["a", 1]);
        }
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::All);
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 2_000);
        let mut tx = Tx::new();
        for _ in 0..10_001 {
            tx.exec(ADD, params!["a", 1]);
        }
        let told = stored.db.write(tx).await.unwrap_err().to_string();
        assert!(told.contains("10001 statements"), "{told}");
    }

    async fn two_that_deadlock_both_happen(stored: Throwaway) {
        set(&stored.db, "a", 0).await;
        set(&stored.db, "b", 0).await;
        let both = |first: &'static str, second: &'static str| {
            let mut tx = Tx::new();
            tx.must(ADD_SLOWLY, params![first, 1]);
            tx.must(ADD_SLOWLY, params![second, 1]);
            stored.db.write(tx)
        };
        let (one, other) = tokio::join!(both("a", "b"), both("b", "a"));
        assert_eq!((one.unwrap(), other.unwrap()), (Wrote::All, Wrote::All));
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 2);
        assert_eq!(stored.db.one(GET, params!["b"]).await.unwrap(), 2);
    }

    async fn increments_are_not_lost(stored: Throwaway) {
        set(&stored.db, "a", 0).await;
        let mut running = Vec::new();
        for _ in 0..40 {
            let db = stored.db.clone();
            running.push(tokio::spawn(async move {
                let mut tx = Tx::new();
                tx.must(ADD, params!["a", 1]);
                tx.must(ADD, params!["a", 1]);
                db.write(tx).await.unwrap()
            }));
        }
        for one in running {
            assert_eq!(one.await.unwrap(), Wrote::All);
        }
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 80);
    }

    async fn a_dropped_transaction_leaves_no_connection_behind(stored: Throwaway) {
        set(&stored.db, "a", 0).await;
        for _ in 0..40 {
            let mut tx = Tx::new();
            tx.must(ADD_SLOWLY, params!["a", 1]);
            let write = stored.db.write(tx);
            let _too_late = tokio::time::timeout(std::time::Duration::from_millis(5), write).await;
        }
        // Would fail inside somebody else's aborted transaction, or wait for its lock.
        set(&stored.db, "b", 7).await;
        let mut tx = Tx::new();
        tx.must(ADD, params!["a", 1]);
        assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::All);
    }
}

/// A serialization failure, which READ COMMITTED never meets, made by hand: the statement raises it twice.
#[tokio::test]
async fn a_serialization_failure_is_tried_again() {
    const FAIL_TWICE: Sql = Sql::new("", "SELECT fail_twice()");
    const MAKE: [&str; 2] = [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION fail_twice() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') < 3 THEN
                RAISE EXCEPTION 'made by hand' USING ERRCODE = 'serialization_failure';
            END IF;
        END $$",
    ];
    let stored = crate::database(comity_db::testing::Engine::Postgres).await;
    for text in MAKE {
        let text: &'static str = text;
        stored.db.exec(Sql::new("", text), params![]).await.unwrap();
    }
    let mut tx = Tx::new();
    tx.exec(SET, params!["a", 1]);
    tx.exec(FAIL_TWICE, params![]);
    assert_eq!(stored.db.write(tx).await.unwrap(), Wrote::All);
    assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 1);
}

/// A migration run by another node changes what a prepared statement answers.
#[tokio::test]
async fn a_statement_is_prepared_anew_after_a_migration() {
    const NARROW: Sql = Sql::new("", "ALTER TABLE counters ALTER COLUMN n TYPE INTEGER");
    let stored = crate::database(comity_db::testing::Engine::Postgres).await;
    set(&stored.db, "a", 5).await;
    assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
    stored.db.exec(NARROW, params![]).await.unwrap();
    assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
}

/// The server was restarted: who only reads does not notice.
#[tokio::test]
async fn a_lost_connection_is_replaced() {
    const END: Sql<(bool,)> = Sql::new(
        "",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let stored = crate::database(comity_db::testing::Engine::Postgres).await;
    let other = Db::open(stored.url()).await.unwrap();
    set(&stored.db, "a", 5).await;
    for _ in 0..5 {
        assert_eq!(other.all(END, params![]).await.unwrap(), [(true,)]);
        assert_eq!(stored.db.one(GET, params!["a"]).await.unwrap(), 5);
    }
}
