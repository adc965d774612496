//! What was acknowledged is there after the process was killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use comity_db::{Db, Sql, params, sql};

const INSERT: Sql = sql!("INSERT INTO counters (name, n) VALUES ($1, $2)");
const NAMES: Sql<String> = sql!(row: String, full_scan: "a test's table", "SELECT name FROM counters ORDER BY name LIMIT 100000");

const CHILD: &str = "COMITY_TEST_WRITE_UNTIL_KILLED";

/// Not a test of its own: what the killed process does.
#[tokio::test(flavor = "multi_thread")]
async fn write_until_killed() {
    let Ok(url) = std::env::var(CHILD) else {
        return;
    };
    let db = Db::open(&url).await.unwrap();
    let mut writers = Vec::new();
    for writer in 0..16 {
        let db = db.clone();
        writers.push(tokio::spawn(async move {
            for n in 0..i64::MAX {
                let name = format!("{writer}/{n}");
                db.exec(INSERT, params![&name, n]).await.unwrap();
                // One write, so that no line is cut in two by the kill.
                println!("stored {name}");
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("comity.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate(crate::MIGRATIONS, 0).await.unwrap();
    drop(db);
    for round in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durable::write_until_killed", "--nocapture"])
            .env(CHILD, &url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        while acknowledged.len() < 300 {
            let line = lines.next().expect("the child goes on").unwrap();
            acknowledged.extend(line.split_once("stored ").map(|(_, name)| name.to_owned()));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died counts as well.
        for line in lines.map_while(Result::ok) {
            acknowledged.extend(line.split_once("stored ").map(|(_, name)| name.to_owned()));
        }
        let db = Db::open(&url).await.unwrap();
        let stored = db.all(NAMES, params![]).await.unwrap();
        for name in &acknowledged {
            assert!(
                stored.binary_search(name).is_ok(),
                "round {round}: {name} was lost"
            );
        }
        const CLEAR: Sql = sql!(full_scan: "clears the table", "DELETE FROM counters");
        db.exec(CLEAR, params![]).await.unwrap();
    }
}
