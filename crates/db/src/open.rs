//! Opening: the URL decides the engine.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::DbError;
use crate::postgres::Postgres;
use crate::sqlite::{Durability, Sqlite};

/// An open database. Cheap to clone; the database closes when the last clone is dropped.
#[derive(Clone)]
pub struct Db(pub(crate) Arc<Engine>);

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens `sqlite:PATH` (made if it is not there) or
    /// `postgres://user:password@host:port/database`.
    ///
    /// PostgreSQL takes the options of its URL that the driver knows; `sslmode=require` asks for
    /// TLS, checked against the system's certificates or, with `sslrootcert=PATH`, against those in
    /// that file.
    ///
    /// Fails with one sentence that names the path or the URL, without the password.
    pub async fn open(url: &str) -> Result<Db, DbError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Db::open_sqlite(path, Durability::PowerCut).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Db(Arc::new(Engine::Postgres(Postgres::open(url).await?))));
        }
        // The scheme only: what follows may hold a password.
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        Err(DbError::failed(format!(
            "could not open the database: {scheme:?} is neither sqlite:PATH nor postgres://user@host/database"
        )))
    }

    /// Which engine answers, for the log and for people: "`SQLite`" or "`PostgreSQL`".
    pub fn engine_name(&self) -> &'static str {
        match &*self.0 {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    pub(crate) async fn open_sqlite(path: &str, durability: Durability) -> Result<Db, DbError> {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            return Err(DbError::failed(
                "could not open the database: sqlite: wants the path of a file",
            ));
        }
        let path = PathBuf::from(path);
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(path, durability));
        let sqlite = opened.await.map_err(|_| DbError::stopped())??;
        Ok(Db(Arc::new(Engine::Sqlite(sqlite))))
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.engine_name())
    }
}
