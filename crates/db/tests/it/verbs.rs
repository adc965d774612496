//! Reading and single changes.

use comity_db::{DbError, Sql, params, row, sql};

use crate::on_both;

row! {
    /// A whole thing.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Thing {
        pub id: i64,
        pub name: String,
        pub note: Option<String>,
        pub flag: bool,
        pub score: Option<f64>,
        pub raw: Option<Vec<u8>>,
    }
}

const INSERT: Sql =
    sql!("INSERT INTO things (id, name, note, flag, score, raw) VALUES ($1, $2, $3, $4, $5, $6)");
const BY_ID: Sql<Thing> =
    sql!(row: Thing, "SELECT id, name, note, flag, score, raw FROM things WHERE id = $1");
const PAGE: Sql<Thing> = sql!(
    row: Thing,
    "SELECT id, name, note, flag, score, raw FROM things WHERE id < $1 ORDER BY id DESC LIMIT $2"
);
const BY_IDS: Sql<(i64, String)> = sql!(
    row: (i64, String),
    sqlite: "SELECT id, name FROM things WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    pg: "SELECT id, name FROM things WHERE id = ANY($1) ORDER BY id",
);
const BY_NAMES: Sql<i64> = sql!(
    row: i64,
    sqlite: "SELECT id FROM things WHERE name IN (SELECT value FROM json_each($1)) ORDER BY id",
    pg: "SELECT id FROM things WHERE name = ANY($1) ORDER BY id",
);
const RENAME: Sql<(String, i64)> = sql!(
    row: (String, i64),
    // The second parameter stands first: SQLite numbers by place, not by digits.
    "UPDATE things SET name = $2 WHERE id = $1 RETURNING name, id"
);
const UPSERT: Sql = sql!(
    "INSERT INTO things (id, name) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET note = 'again'"
);
const ADD_PART: Sql = sql!("INSERT INTO parts (thing_id, number, label) VALUES ($1, $2, $3)");
const SHAPE: Sql = sql!("UPDATE things SET shape = $2 WHERE id = $1");
const SHAPED: Sql<Option<String>> =
    sql!(row: Option<String>, "SELECT shape ->> 'kind' FROM things WHERE id = $1");
const EXTREMES: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    "SELECT greatest(id, CAST($2 AS BIGINT), NULL), least(id, CAST($2 AS BIGINT)) FROM things WHERE id = $1"
);

fn thing(id: i64) -> Thing {
    Thing {
        id,
        name: format!("thing {id} – ✓"),
        note: None,
        flag: id % 2 == 0,
        score: Some(if id % 2 == 0 { 0.25 } else { -1e300 }),
        raw: Some(vec![0, 255, 7]),
    }
}

async fn store(db: &comity_db::Db, thing: &Thing) -> Result<u64, DbError> {
    let Thing {
        id,
        name,
        note,
        flag,
        score,
        raw,
    } = thing.clone();
    db.exec(INSERT, params![id, name, note, flag, score, raw])
        .await
}

on_both! {
    async fn what_is_written_is_read(stored: Throwaway) {
        let db = &stored.db;
        for id in [i64::MIN, -1, 0, 1, i64::MAX] {
            let thing = thing(id);
            assert_eq!(store(db, &thing).await.unwrap(), 1);
            assert_eq!(db.one(BY_ID, params![id]).await.unwrap(), thing);
        }
        let empty = Thing { note: Some(String::new()), score: None, raw: Some(Vec::new()), ..thing(5) };
        store(db, &empty).await.unwrap();
        assert_eq!(db.opt(BY_ID, params![5]).await.unwrap(), Some(empty));
        let absent = Thing { raw: None, score: None, ..thing(6) };
        store(db, &absent).await.unwrap();
        assert_eq!(db.opt(BY_ID, params![6]).await.unwrap(), Some(absent));
    }

    async fn a_nul_in_text_is_kept_as_what_stands_for_it(stored: Throwaway) {
        let cut = Thing { note: Some("a\0b".to_owned()), ..thing(7) };
        store(&stored.db, &cut).await.unwrap();
        let kept = stored.db.one(BY_ID, params![7]).await.unwrap();
        assert_eq!(kept.note.as_deref(), Some("a\u{FFFD}b"));
    }

    async fn absence_is_told_apart(stored: Throwaway) {
        assert!(matches!(stored.db.one(BY_ID, params![1]).await, Err(DbError::NotFound)));
        assert_eq!(stored.db.opt(BY_ID, params![1]).await.unwrap(), None);
        assert!(stored.db.all(PAGE, params![10, 10]).await.unwrap().is_empty());
    }

    async fn a_page_has_its_order_and_its_limit(stored: Throwaway) {
        for id in 1..=30 {
            store(&stored.db, &thing(id)).await.unwrap();
        }
        let page = stored.db.all(PAGE, params![20, 5]).await.unwrap();
        assert_eq!(page.iter().map(|thing| thing.id).collect::<Vec<_>>(), [19, 18, 17, 16, 15]);
    }

    async fn lists_are_parameters(stored: Throwaway) {
        for id in [1, 2, i64::MAX] {
            store(&stored.db, &thing(id)).await.unwrap();
        }
        let found = stored.db.all(BY_IDS, params![vec![i64::MAX, 1, 99]]).await.unwrap();
        assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, i64::MAX]);
        assert!(stored.db.all(BY_IDS, params![Vec::<i64>::new()]).await.unwrap().is_empty());
        let names = vec![thing(2).name, "it's \"quoted\"".to_owned()];
        assert_eq!(stored.db.all(BY_NAMES, params![names]).await.unwrap(), [2]);
    }

    async fn a_change_answers_rows(stored: Throwaway) {
        store(&stored.db, &thing(1)).await.unwrap();
        let renamed = stored.db.returning(RENAME, params![1, "other"]).await.unwrap();
        assert_eq!(renamed, [("other".to_owned(), 1)]);
        assert!(stored.db.returning(RENAME, params![2, "none"]).await.unwrap().is_empty());
    }

    async fn a_conflict_names_its_key(stored: Throwaway) {
        let db = &stored.db;
        store(db, &thing(1)).await.unwrap();
        let key = |result: Result<u64, DbError>| match result {
            Err(DbError::Conflict(key)) => key,
            other => panic!("{other:?}"),
        };
        assert_eq!(key(store(db, &Thing { name: "new".into(), ..thing(1) }).await), "things(id)");
        assert_eq!(key(store(db, &Thing { id: 2, ..thing(1) }).await), "things(name)");
        assert_eq!(key(db.exec(ADD_PART, params![9, 1, "a"]).await), "foreign key");
        db.exec(ADD_PART, params![1, 1, "a"]).await.unwrap();
        assert_eq!(key(db.exec(ADD_PART, params![1, 1, "b"]).await), "parts(thing_id, number)");
        assert_eq!(key(db.exec(ADD_PART, params![1, 2, "a"]).await), "parts(label, thing_id)");
        store(db, &thing(2)).await.unwrap();
        assert_eq!(key(db.exec(ADD_PART, params![2, 1, "A"]).await), "parts_by_lower_label");
    }

    async fn an_upsert_is_one_text(stored: Throwaway) {
        store(&stored.db, &thing(1)).await.unwrap();
        assert_eq!(stored.db.exec(UPSERT, params![2, thing(1).name]).await.unwrap(), 1);
        let found = stored.db.one(BY_ID, params![1]).await.unwrap();
        assert_eq!(found.note.as_deref(), Some("again"));
    }

    async fn json_can_be_asked(stored: Throwaway) {
        store(&stored.db, &thing(1)).await.unwrap();
        assert_eq!(stored.db.one(SHAPED, params![1]).await.unwrap(), None);
        stored.db.exec(SHAPE, params![1, r#"{"kind":"round"}"#]).await.unwrap();
        assert_eq!(stored.db.one(SHAPED, params![1]).await.unwrap().as_deref(), Some("round"));
    }

    async fn greatest_and_least_leave_out_null(stored: Throwaway) {
        store(&stored.db, &thing(3)).await.unwrap();
        assert_eq!(stored.db.one(EXTREMES, params![3, 8]).await.unwrap(), (8, 3));
    }

    async fn a_wrong_number_of_parameters_is_told(stored: Throwaway) {
        for params in [params![], params![1, 2]] {
            let told = stored.db.opt(BY_ID, params).await.unwrap_err().to_string();
            assert!(told.contains("parameters for a statement that takes 1"), "{told}");
        }
    }

    async fn a_wrong_row_type_is_told(stored: Throwaway) {
        store(&stored.db, &thing(1)).await.unwrap();
        const NARROW: Sql<(i64,)> = Sql::new("SELECT id, name FROM things", "SELECT id, name FROM things");
        let told = stored.db.all(NARROW, params![]).await.unwrap_err().to_string();
        assert!(told.starts_with("answers 2 columns where the row type reads 1"), "{told}");
        const KIND: Sql<(i64,)> = Sql::new("SELECT name FROM things", "SELECT name FROM things");
        let told = stored.db.all(KIND, params![]).await.unwrap_err().to_string();
        assert!(told.contains("(name) is") && told.ends_with("reads integer"), "{told}");
        const NULL: Sql<(String,)> = Sql::new("SELECT note FROM things", "SELECT note FROM things");
        let told = stored.db.all(NULL, params![]).await.unwrap_err().to_string();
        assert!(told.contains("(note) is Null"), "{told}");
    }

    async fn a_parameters_value_is_never_told(stored: Throwaway) {
        const BROKEN: Sql = Sql::new(
            "UPDATE things SET id = $1 WHERE id = 1",
            "UPDATE things SET id = $1 WHERE id = 1",
        );
        store(&stored.db, &thing(1)).await.unwrap();
        let told = stored.db.exec(BROKEN, params!["hunter2"]).await.unwrap_err();
        assert!(!format!("{told} {told:?} {:?}", params!["hunter2"]).contains("hunter2"), "{told}");
    }
}
