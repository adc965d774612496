//! One wrong statement of each sort.

use super::check;
use crate::row::{Column, FromRow};
use crate::sql::Registered;
use crate::testing::{Engine, throwaway};
use crate::{Migration, row};

row! {
    #[expect(dead_code, reason = "only its columns matter")]
    pub struct Thing {
        pub id: i64,
        pub name: String,
    }
}

row! {
    #[expect(dead_code, reason = "only its columns matter")]
    pub struct Noted {
        pub note: String,
    }
}

const TEXT: &str = "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL, note TEXT, score DOUBLE PRECISION);
    CREATE INDEX things_by_name ON things (name);
    CREATE TABLE small (id BIGINT PRIMARY KEY, label TEXT NOT NULL);";

const fn registered(text: &'static str, columns: Option<&'static [Column]>) -> Registered {
    Registered {
        sqlite: text,
        postgres: text,
        columns,
        full_scan: None,
        at: "here:1",
    }
}

const fn silent(text: &'static str) -> Registered {
    registered(text, None)
}

const fn answering<T: FromRow>(text: &'static str) -> Registered {
    registered(text, Some(T::COLUMNS))
}

/// Statements, and what must be told about each on SQLite and on PostgreSQL; empty for nothing.
static CASES: &[(Registered, &str, &str)] = &[
    (
        answering::<Thing>("SELECT id, name FROM things WHERE id = $1"),
        "",
        "",
    ),
    (
        silent("INSERT INTO things (id, name) VALUES ($1, $2)"),
        "",
        "",
    ),
    (
        answering::<Thing>("SELECT id, nam FROM things WHERE id = $1"),
        "no such column",
        "does not exist",
    ),
    (
        answering::<Thing>("SELECT id, note FROM things WHERE id = $1"),
        "is called note",
        "is called note",
    ),
    (
        answering::<Thing>("SELECT id FROM things WHERE id = $1"),
        "answers 1 columns",
        "answers 1 columns",
    ),
    (
        answering::<(String,)>("SELECT id FROM things WHERE id = $1"),
        "is integer",
        "is integer",
    ),
    (
        answering::<(bool,)>("SELECT name FROM things WHERE id = $1"),
        "is text",
        "is text",
    ),
    (
        silent("SELECT id FROM things WHERE id = $1"),
        "names no row type",
        "names no row type",
    ),
    (
        silent("UPDATE things SET name = $3 WHERE id = $1"),
        "$2 is not",
        "$2 is not",
    ),
    (
        answering::<Noted>("SELECT note FROM things WHERE id = $1"),
        "may be NULL",
        "may be NULL",
    ),
    (
        answering::<Noted>("SELECT note FROM things WHERE id = $1 AND note IS NOT NULL"),
        "",
        "",
    ),
    (
        answering::<(Option<String>,)>("SELECT note FROM things WHERE id = $1"),
        "",
        "",
    ),
    (
        answering::<(i64,)>("SELECT sum(id) FROM things WHERE id = $1"),
        "",
        "is numeric",
    ),
    (
        answering::<(i64,)>("SELECT id FROM things WHERE id = $1 AND 1.5 < $2"),
        "",
        "takes $2 for numeric",
    ),
    (
        answering::<Thing>("SELECT id, name FROM things WHERE note = $1"),
        "whole of things",
        "whole of things",
    ),
    (
        answering::<(i64,)>(
            "SELECT t.id FROM small AS s JOIN things t ON t.note = s.label WHERE s.id = $1",
        ),
        "whole of things",
        "whole of things",
    ),
    (
        silent("UPDATE things SET name = $1 WHERE note = $2"),
        "whole of things",
        "whole of things",
    ),
    (
        silent("DELETE FROM things WHERE score > $1"),
        "whole of things",
        "whole of things",
    ),
    (
        answering::<(String,)>("SELECT label FROM small WHERE label = $1"),
        "",
        "",
    ),
    (
        answering::<Thing>("SELECT id, name FROM things WHERE name = $1 ORDER BY id LIMIT 10"),
        "",
        "",
    ),
    (
        Registered {
            full_scan: Some("the night's report"),
            ..answering::<(i64,)>("SELECT count(*) FROM things WHERE note = $1")
        },
        "",
        "",
    ),
];

#[tokio::test]
async fn each_mistake_is_told() {
    for engine in Engine::ALL {
        let stored = throwaway(engine).await;
        let first = Migration {
            number: 1,
            name: "first",
            sqlite: TEXT,
            postgres: TEXT,
        };
        stored.db.migrate(&[first], 0).await.unwrap();
        for (statement, on_sqlite, on_postgres) in CASES {
            let expected = if engine == Engine::Sqlite {
                on_sqlite
            } else {
                on_postgres
            };
            let problems = check(&stored.db, &["things"], vec![statement]).await;
            let told: Vec<&str> = problems
                .iter()
                .map(|problem| problem.what.as_str())
                .collect();
            let right = if expected.is_empty() {
                told.is_empty()
            } else {
                told.len() == 1 && told[0].contains(expected)
            };
            assert!(
                right,
                "{engine:?}: {}: expected {expected:?}, told {told:?}",
                statement.sqlite
            );
        }
    }
}
