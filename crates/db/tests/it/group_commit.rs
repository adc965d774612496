//! Many writers at once.

use comity_db::{DbError, Sql, params, sql};

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
