//! What people read when the database cannot be opened, and backups.

use comity_db::testing::Engine;
use comity_db::{Db, Sql, params, sql};

const INSERT: Sql = sql!("INSERT INTO counters (name, n) VALUES ($1, $2)");
const COUNT: Sql<i64> =
    sql!(row: i64, full_scan: "a test's table", "SELECT count(*) FROM counters");

async fn told(url: &str) -> String {
    Db::open(url).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let told = told("sqlite:/nowhere/at/all/comity.db").await;
    assert_eq!(
        told,
        "could not open the database /nowhere/at/all/comity.db: its directory is missing or may not be written to"
    );
}

#[tokio::test]
async fn a_file_of_another_kind_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    std::fs::write(
        &path,
        "Dear reader, this is not a database, however long it may be.".repeat(99),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    let told = told(&format!("sqlite:{}", path.display())).await;
    assert_eq!(
        told,
        format!(
            "could not open the database {}: it is not an SQLite database",
            path.display()
        )
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_closed_port_is_named_without_the_password() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let told = told(&format!(
        "postgres://comity:hunter2@127.0.0.1:{port}/comity?connect_timeout=2"
    ))
    .await;
    assert!(
        told.contains(&format!("postgres://comity@127.0.0.1:{port}/comity: ")),
        "{told}"
    );
    assert!(
        told.contains("refused") && !told.contains("hunter2"),
        "{told}"
    );
}

#[tokio::test]
async fn urls_that_make_no_sense_are_refused_without_the_password() {
    for url in [
        "mysql://a:hunter2@b/c",
        "hunter2",
        "sqlite:",
        "sqlite::memory:",
        "postgres://a:hunter2@b:x/c",
    ] {
        let told = told(url).await;
        assert!(told.starts_with("could not open the database"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_talked_to_when_tls_is_asked_for() {
    let stored = crate::database(Engine::Postgres).await;
    let told = told(&format!("{}?sslmode=require", stored.url())).await;
    assert!(
        told.contains("TLS") || told.contains("certificates"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_while_others_write() {
    let stored = crate::database(Engine::Sqlite).await;
    stored.db.exec(INSERT, params!["first", 1]).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy.db");
    let writing = tokio::spawn({
        let db = stored.db.clone();
        async move {
            for n in 0..500 {
                db.exec(INSERT, params![format!("more {n}"), n])
                    .await
                    .unwrap();
            }
        }
    });
    stored.db.backup_to(&copy).await.unwrap();
    writing.await.unwrap();
    let opened = Db::open(&format!("sqlite:{}", copy.display()))
        .await
        .unwrap();
    assert!(opened.one(COUNT, params![]).await.unwrap() >= 1);
    assert_eq!(opened.pending(crate::MIGRATIONS).await.unwrap(), 0);
    let told = stored.db.backup_to(&copy).await.unwrap_err().to_string();
    assert!(told.ends_with("copy.db: the file exists already"), "{told}");
    let left: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("unfinished")),
        "{left:?}"
    );
}

#[tokio::test]
async fn a_backup_of_postgres_is_the_work_of_its_own_program() {
    let stored = crate::database(Engine::Postgres).await;
    let told = stored
        .db
        .backup_to(std::path::Path::new("/tmp/never"))
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("pg_dump"), "{told}");
}
