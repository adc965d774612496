//! Versions of a database.

use comity_db::testing::{Engine, throwaway};
use comity_db::{Db, DbError, Kind, Migration, Sql, params, sql};

use crate::{MIGRATIONS, on_both};

const APPLIED: Sql<(i64, String, i64)> = sql!(
    row: (i64, String, i64),
    "SELECT number, name, applied_at FROM schema_migrations WHERE number > 0 ORDER BY number"
);

const fn both(number: u32, name: &'static str, text: &'static str) -> Migration {
    Migration {
        number,
        name,
        sqlite: text,
        postgres: text,
    }
}

const SECOND: Migration = both(
    2,
    "more",
    "CREATE TABLE more (id BIGINT PRIMARY KEY); INSERT INTO more VALUES (1);",
);

fn with_second() -> Vec<Migration> {
    vec![MIGRATIONS[0], SECOND]
}

on_both! {
    async fn each_is_applied_once(stored: Throwaway) {
        let db = &stored.db;
        assert_eq!(db.pending(MIGRATIONS).await.unwrap(), 0);
        assert_eq!(db.migrate(MIGRATIONS, 2_000).await.unwrap(), 0);
        assert_eq!(db.pending(&with_second()).await.unwrap(), 1);
        assert_eq!(db.migrate(&with_second(), 2_000).await.unwrap(), 1);
        let applied = db.all(APPLIED, params![]).await.unwrap();
        assert_eq!(applied, [(1, "things".to_owned(), 1_000), (2, "more".to_owned(), 2_000)]);
    }

    async fn a_newer_database_is_left_alone(stored: Throwaway) {
        stored.db.migrate(&with_second(), 0).await.unwrap();
        for refused in [stored.db.migrate(MIGRATIONS, 0).await, stored.db.pending(MIGRATIONS).await] {
            assert!(matches!(refused, Err(DbError::Newer { found: 2, known: 1 })), "{refused:?}");
        }
    }

    async fn a_changed_migration_is_refused(stored: Throwaway) {
        let changed = both(1, "things", "CREATE TABLE things (id BIGINT PRIMARY KEY)");
        let told = stored.db.migrate(&[changed, SECOND], 0).await.unwrap_err().to_string();
        assert!(told.starts_with("migration 1 (things) is not the one that was applied"), "{told}");
        let gap = stored.db.migrate(&[MIGRATIONS[0], both(3, "gap", "")], 0).await;
        let told = gap.unwrap_err().to_string();
        assert_eq!(told, "migration 3 (gap) stands where number 2 is due");
    }

    async fn one_that_fails_changes_nothing(stored: Throwaway) {
        let broken = both(3, "broken", "CREATE TABLE half (id BIGINT PRIMARY KEY); CREATE TABLE nonsense (;");
        let told = stored.db.migrate(&[MIGRATIONS[0], SECOND, broken], 0).await.unwrap_err().to_string();
        assert!(told.starts_with("could not apply migration 3 (broken): "), "{told}");
        assert!(told.ends_with("nothing was changed"), "{told}");
        assert_eq!(stored.db.migrate(&with_second(), 0).await.unwrap(), 1);
        assert!(stored.db.schema().await.unwrap().tables.iter().all(|table| table.name != "half"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_nodes_migrate_at_once() {
    for engine in Engine::ALL {
        let stored = throwaway(engine).await;
        let mut nodes = Vec::new();
        for _ in 0..6 {
            let url = stored.url().to_owned();
            nodes.push(tokio::spawn(async move {
                let db = Db::open(&url).await.unwrap();
                db.migrate(&with_second(), 5).await.unwrap()
            }));
        }
        let mut applied = 0;
        for node in nodes {
            applied += node.await.unwrap();
        }
        assert_eq!(applied, 2, "{engine:?}");
    }
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let sqlite = crate::database(Engine::Sqlite).await;
    let postgres = crate::database(Engine::Postgres).await;
    let schema = sqlite.db.schema().await.unwrap();
    assert_eq!(schema, postgres.db.schema().await.unwrap());
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(names, ["counters", "parts", "schema_migrations", "things"]);
    let parts = &schema.tables[1];
    let unique: Vec<_> = parts
        .unique
        .iter()
        .map(|key| (key.columns.join(" "), key.partial))
        .collect();
    assert_eq!(
        unique,
        [
            ("(expression) number".to_owned(), false),
            ("label thing_id".to_owned(), true),
            ("number thing_id".to_owned(), false),
        ]
    );
    let flag = schema.tables[3]
        .columns
        .iter()
        .find(|column| column.name == "flag")
        .unwrap();
    assert_eq!((flag.kind, flag.nullable), (Kind::Int, false));
}

#[tokio::test]
async fn a_table_can_be_rebuilt_under_what_refers_to_it() {
    let stored = crate::database(Engine::Sqlite).await;
    const FILL: [Sql; 2] = [
        Sql::new("INSERT INTO things (id, name) VALUES (1, 'a')", ""),
        Sql::new(
            "INSERT INTO parts (thing_id, number, label) VALUES (1, 1, 'x')",
            "",
        ),
    ];
    for statement in FILL {
        stored.db.exec(statement, params![]).await.unwrap();
    }
    let rebuild = both(
        2,
        "rebuild",
        "CREATE TABLE things_new (id BIGINT PRIMARY KEY, name TEXT NOT NULL);
         INSERT INTO things_new SELECT id, name FROM things;
         DROP TABLE things;
         ALTER TABLE things_new RENAME TO things;",
    );
    stored
        .db
        .migrate(&[MIGRATIONS[0], rebuild], 0)
        .await
        .unwrap();
    const PARTS: Sql<i64> = Sql::new("SELECT count(*) FROM parts", "");
    assert_eq!(stored.db.one(PARTS, params![]).await.unwrap(), 1);
    let orphaning = both(3, "orphaning", "DELETE FROM things");
    let told = stored
        .db
        .migrate(&[MIGRATIONS[0], rebuild, orphaning], 0)
        .await
        .unwrap_err();
    assert_eq!(
        told.to_string(),
        "the migrations leave a row that refers to nothing"
    );
}
