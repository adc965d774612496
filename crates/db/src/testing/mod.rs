//! Throw-away databases for tests, of either engine.
//!
//! SQLite's is a file in a temporary directory. PostgreSQL's is a database of its own in one
//! cluster that all test processes share: the first to need it starts it, under a file lock, from
//! the programs in `PATH` or `/usr/lib/postgresql`, listening on loopback only, as the user
//! `postgres` when the tests run as root. It trusts whoever connects and does not survive a power
//! cut, and it is left running for the next run. To stop it:
//!
//! ```sh
//! kill $(head -n 1 "${TMPDIR:-/tmp}"/comity-postgres-*/data/postmaster.pid)
//! ```
//!
//! `COMITY_TEST_POSTGRES=postgres://user:password@host/database` names a server to use instead; its
//! user must be allowed to make databases.
//!
//! What goes wrong here ends the test with a sentence.

mod cluster;
mod template;

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::migrate::Migration;
use crate::open::Db;
use crate::sqlite::Durability;

/// Which engine a throw-away database is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A database in the shared cluster.
    Postgres,
}

impl Engine {
    /// Both, for tests that run on each.
    pub const ALL: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];
}

/// An empty database that is gone when this is dropped.
pub struct Throwaway {
    /// The database.
    pub db: Db,
    url: String,
    // What is taken away afterwards; after the database is closed, since fields go in this order.
    _directory: Option<TempDir>,
    _database: Option<Database>,
}

struct Database {
    admin_url: String,
    name: String,
}

/// Makes an empty database. As in production, but for SQLite's waiting on the disk.
pub async fn throwaway(engine: Engine) -> Throwaway {
    match engine {
        Engine::Sqlite => on_sqlite(None).await,
        Engine::Postgres => on_postgres("template0").await,
    }
}

/// The same with all of `migrations` applied. That is done once on a machine, and copied from then on: `now_ms` is
/// the time of whoever was first.
pub async fn migrated(engine: Engine, migrations: &[Migration], now_ms: i64) -> Throwaway {
    match engine {
        Engine::Sqlite => {
            let template = template::on_sqlite(migrations, now_ms).await;
            on_sqlite(Some(&template)).await
        }
        Engine::Postgres => {
            let template = template::on_postgres(migrations, now_ms).await;
            on_postgres(&template).await
        }
    }
}

/// The same on PostgreSQL, with letters ordered as English dictionaries have them: as on servers that were set up without a
/// word about it, and unlike the tests' other databases. The server must have been built with ICU.
pub async fn migrated_in_another_order(migrations: &[Migration], now_ms: i64) -> Throwaway {
    let made = on_postgres("template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'").await;
    let migrated = made.db.migrate(migrations, now_ms).await;
    migrated.unwrap_or_else(|error| panic!("{error}"));
    made
}

async fn on_sqlite(template: Option<&Path>) -> Throwaway {
    let directory =
        TempDir::with_prefix("comity-").expect("the temporary directory can be written to");
    let path = directory.path().join("comity.db");
    if let Some(template) = template {
        fs::copy(template, &path).expect("the temporary directory has room");
    }
    let path = path
        .to_str()
        .expect("the temporary directory's name is UTF-8");
    let opened = Db::open_sqlite(path, Durability::Crash).await;
    let db = opened.unwrap_or_else(|error| panic!("{error}"));
    Throwaway {
        db,
        url: format!("sqlite:{path}"),
        _directory: Some(directory),
        _database: None,
    }
}

async fn on_postgres(template: &str) -> Throwaway {
    let admin_url = cluster::admin_url().await;
    let random = RandomState::new().hash_one(0);
    let name = format!("{}{}_{random:016x}", cluster::PREFIX, std::process::id());
    let made = command(
        &admin_url,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await;
    made.unwrap_or_else(|error| panic!("could not make a database for the test: {error}"));
    let url = url_of(&admin_url, &name);
    let db = Db::open(&url)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    Throwaway {
        db,
        url,
        _directory: None,
        _database: Some(Database { admin_url, name }),
    }
}

/// Of another database of the same server.
fn url_of(admin_url: &str, name: &str) -> String {
    let mut url = url::Url::parse(admin_url).expect("the cluster's URL was parsed before");
    url.set_path(name);
    url.to_string()
}

impl Throwaway {
    /// What [`Db::open`] takes to open it once more, say from another process.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Database { admin_url, name } = self;
        // A drop cannot await, and the test's runtime may be ending: another thread has its own.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                if let Err(error) = block_on(command(admin_url, &text)) {
                    eprintln!("could not drop the test's database {name}: {error}");
                }
            });
        });
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built")
        .block_on(future)
}

/// Carries out one statement on a connection of its own, and answers the first column of its rows.
async fn command(url: &str, text: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let talking = tokio::spawn(connection);
    let answered = client.simple_query(text).await;
    drop(client);
    let _ended = talking.await;
    let first = |message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    };
    Ok(answered?.into_iter().filter_map(first).collect())
}
