//! Databases with all migrations applied, made once on a machine: to apply them takes longer than most tests.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use tempfile::TempDir;

use super::{cluster, command};
use crate::migrate::Migration;
use crate::open::Db;
use crate::sqlite::Durability;

/// What the names of the databases begin with that tests' databases are copied from.
const PREFIX: &str = "comity_template_";

/// A file to copy. It lies in the temporary directory, under a name that changes with the migrations.
pub(super) async fn on_sqlite(migrations: &[Migration], now_ms: i64) -> PathBuf {
    let texts = migrations.iter().map(|migration| migration.sqlite);
    let name = format!("{}{:016x}", of_checkout(), hash_of(texts));
    let template = env::temp_dir().join(&name).with_extension("db");
    if template.exists() {
        return template;
    }
    let _lock = locked(&name).await;
    if !template.exists() {
        let directory =
            TempDir::with_prefix("comity-").expect("the temporary directory can be written to");
        let path = directory.path().join("comity.db");
        let path = path
            .to_str()
            .expect("the temporary directory's name is UTF-8");
        let db = Db::open_sqlite(path, Durability::Crash)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let migrated = db.migrate(migrations, now_ms).await;
        migrated.unwrap_or_else(|error| panic!("{error}"));
        // The file alone is not all of it while the database is open: what was written last stands in its log.
        let draft = directory.path().join("template.db");
        rusqlite::Connection::open(path)
            .and_then(|file| file.execute("VACUUM INTO ?1", [draft.to_string_lossy()]))
            .unwrap_or_else(|error| panic!("could not copy the migrated database: {error}"));
        let older = fs::read_dir(env::temp_dir()).expect("the temporary directory can be read");
        for older in older.flatten() {
            if is_older(&older.file_name().to_string_lossy(), &name) {
                // Another process may be taking it away as well.
                let _removed_meanwhile = fs::remove_file(older.path());
            }
        }
        fs::rename(draft, &template).expect("a file can be renamed within a directory");
    }
    template
}

/// The name of a database to copy, in the cluster of this checkout.
pub(super) async fn on_postgres(migrations: &[Migration], now_ms: i64) -> String {
    let admin_url = cluster::admin_url().await;
    let texts = migrations.iter().map(|migration| migration.postgres);
    let name = format!("{}{:016x}", of_checkout(), hash_of(texts));
    if exists(&admin_url, &name).await {
        return name;
    }
    let _lock = locked(&name).await;
    if !exists(&admin_url, &name).await {
        let draft = super::on_postgres("template0").await;
        let migrated = draft.db.migrate(migrations, now_ms).await;
        migrated.unwrap_or_else(|error| panic!("{error}"));
        // Nobody may be connected to what is copied.
        let of_draft = draft.url().rsplit('/').next().unwrap_or_default();
        for text in [
            format!("ALTER DATABASE {of_draft} WITH ALLOW_CONNECTIONS false"),
            format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{of_draft}'"
            ),
            format!("CREATE DATABASE {name} TEMPLATE {of_draft}"),
        ] {
            let done = command(&admin_url, &text).await;
            done.unwrap_or_else(|error| panic!("could not keep the migrated database: {error}"));
        }
        let names = command(&admin_url, "SELECT datname FROM pg_database").await;
        for older in names.unwrap_or_default() {
            if is_older(&older, &name) {
                let text = format!("DROP DATABASE IF EXISTS {older}");
                let _in_use_or_dropped_meanwhile = command(&admin_url, &text).await;
            }
        }
    }
    name
}

/// Whether it is a template of this checkout, and not the one called `name`.
fn is_older(other: &str, name: &str) -> bool {
    let is_lock = other.strip_suffix(".lock").is_some();
    let of_this = other.strip_suffix(".db").unwrap_or(other) == name;
    other.starts_with(&of_checkout()) && !is_lock && !of_this
}

/// What all its templates' names begin with.
fn of_checkout() -> String {
    format!(
        "{PREFIX}{:016x}_",
        hash_of([env!("CARGO_MANIFEST_DIR")].into_iter())
    )
}

async fn exists(admin_url: &str, name: &str) -> bool {
    let text = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found = command(admin_url, &text).await;
    !found.unwrap_or_else(|error| panic!("{error}")).is_empty()
}

/// One process makes a template, others wait for it.
async fn locked(name: &str) -> File {
    let path = env::temp_dir().join(name).with_extension("lock");
    let locked = tokio::task::spawn_blocking(move || {
        let lock = File::create(path).expect("the temporary directory can be written to");
        lock.lock().expect("the lock file can be locked");
        lock
    });
    locked.await.expect("waiting for a lock does not panic")
}

fn hash_of<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for text in texts {
        text.hash(&mut hasher);
    }
    hasher.finish()
}
