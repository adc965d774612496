//! How fast a point read, a page and concurrent inserts are on `SQLite`. Run with `--release`; takes a directory,
//! so that the disk to be measured can be chosen.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use comity_db::{Db, DbError, Migration, Sql, Tx, params, row, sql};

row! {
    struct StatusRow {
        id: i64,
        account_id: i64,
        content: String,
        in_reply_to_id: Option<i64>,
        created_at: i64,
    }
}

const INSERT: Sql = sql!(
    "INSERT INTO statuses (id, account_id, content, in_reply_to_id, created_at)
    VALUES ($1, $2, $3, $4, $5)"
);
const BY_ID: Sql<StatusRow> = sql!(
    row: StatusRow,
    "SELECT id, account_id, content, in_reply_to_id, created_at FROM statuses WHERE id = $1"
);
const PAGE: Sql<StatusRow> = sql!(
    row: StatusRow,
    "SELECT id, account_id, content, in_reply_to_id, created_at
    FROM statuses
    WHERE id < $1
    ORDER BY id DESC
    LIMIT $2"
);

const ROWS: i64 = 100_000;
const LASTS: Duration = Duration::from_secs(3);
const TEXT: &str = "CREATE TABLE statuses (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    content TEXT NOT NULL,
    in_reply_to_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX statuses_by_account ON statuses (account_id, id);";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), DbError> {
    let place = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, Into::into);
    let directory = tempfile::tempdir_in(place)
        .map_err(|error| DbError::failed(format!("could not make a directory: {error}")))?;
    let db = Db::open(&format!(
        "sqlite:{}",
        directory.path().join("bench.db").display()
    ))
    .await?;
    let first = Migration {
        number: 1,
        name: "first",
        sqlite: TEXT,
        postgres: TEXT,
    };
    db.migrate(&[first], 0).await?;
    fill(&db).await?;

    let mut turn = 0_i64;
    let mut next = || {
        turn = (turn + 7_919) % ROWS;
        turn
    };
    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < LASTS {
        db.one(BY_ID, params![next()]).await?;
        done += 1;
    }
    tell("point read, one task", done, started);

    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < LASTS {
        db.all(PAGE, params![next() + 41, 40]).await?;
        done += 1;
    }
    tell("40-row page, one task", done, started);

    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < LASTS {
        insert(&db, ROWS + i64::from(done)).await?;
        done += 1;
    }
    tell("durable insert, one task", done, started);

    let started = Instant::now();
    let mut writers = Vec::new();
    // Ids grow with time, so rows of one moment lie beside each other.
    let ids = Arc::new(AtomicI64::new(ROWS * 100));
    for _ in 0..64 {
        let db = db.clone();
        let ids = Arc::clone(&ids);
        writers.push(tokio::spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < LASTS {
                insert(&db, ids.fetch_add(1, Ordering::Relaxed)).await?;
                done += 1;
            }
            Ok::<u32, DbError>(done)
        }));
    }
    let mut done = 0;
    for writer in writers {
        done += writer
            .await
            .map_err(|error| DbError::failed(error.to_string()))??;
    }
    tell("durable insert, 64 tasks", done, started);
    Ok(())
}

async fn fill(db: &Db) -> Result<(), DbError> {
    for start in (0..ROWS).step_by(5_000) {
        let mut tx = Tx::new();
        for id in start..start + 5_000 {
            tx.must(INSERT, row(id));
        }
        let _all = db.write(tx).await?;
    }
    Ok(())
}

async fn insert(db: &Db, id: i64) -> Result<u64, DbError> {
    db.exec(INSERT, row(id)).await
}

fn row(id: i64) -> Vec<comity_db::Value> {
    let content =
        "<p>Two hundred bytes are about what people write, so that is what is stored here.</p>"
            .repeat(2);
    params![id, id % 1_000, content, None::<i64>, id * 1_000]
}

fn tell(what: &str, done: u32, started: Instant) {
    let took = started.elapsed();
    println!(
        "{what}: {:.0} a second, {:.1} µs each",
        f64::from(done) / took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / f64::from(done)
    );
}
