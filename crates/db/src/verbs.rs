//! The verbs: one `match` over the engines each.

use crate::error::DbError;
use crate::news;
use crate::open::{Db, Engine};
use crate::row::{Column, FromRow};
use crate::sql::Sql;
use crate::sqlite::run;
use crate::tx::{STATEMENTS_MAX, Tx, Wrote};
use crate::value::Value;

/// The most rows one answer holds. A statement's own `LIMIT` is far below; this stops the one that
/// forgot it before it fills the memory.
pub(crate) const ROWS_MAX: usize = 100_000;

impl Db {
    /// The row there must be: [`DbError::NotFound`] without one. Further rows are not looked at.
    pub async fn one<T: FromRow>(&self, sql: Sql<T>, params: Vec<Value>) -> Result<T, DbError> {
        self.opt(sql, params).await?.ok_or(DbError::NotFound)
    }

    /// The first row, if any.
    pub async fn opt<T: FromRow>(
        &self,
        sql: Sql<T>,
        params: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .look(move |conn| run::first(conn, sql.sqlite, &params))
                    .await
            }
            Engine::Postgres(postgres) => postgres.first(sql.postgres, &params).await,
        }
    }

    /// Every row, in the statement's order. The statement bounds them with a `LIMIT`.
    pub async fn all<T: FromRow>(
        &self,
        sql: Sql<T>,
        params: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .look(move |conn| run::rows(conn, sql.sqlite, &params))
                    .await
            }
            Engine::Postgres(postgres) => postgres.rows(sql.postgres, &params).await,
        }
    }

    /// [`Db::all`] where a row is one value.
    pub async fn column<T>(&self, sql: Sql<(T,)>, params: Vec<Value>) -> Result<Vec<T>, DbError>
    where
        (T,): FromRow,
    {
        let rows = self.all(sql, params).await?;
        Ok(rows.into_iter().map(|(value,)| value).collect())
    }

    /// [`Db::opt`] where a row is one value.
    pub async fn opt_column<T>(
        &self,
        sql: Sql<(T,)>,
        params: Vec<Value>,
    ) -> Result<Option<T>, DbError>
    where
        (T,): FromRow,
    {
        Ok(self.opt(sql, params).await?.map(|(value,)| value))
    }

    /// Carries out one change and says how many rows it touched. Stored when this returns.
    ///
    /// The change may still happen if the future is dropped before it is done.
    pub async fn exec(&self, sql: Sql<()>, params: Vec<Value>) -> Result<u64, DbError> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .write(move |conn| run::exec(conn, sql.sqlite, &params).map(run::Keep))
                    .await
            }
            Engine::Postgres(postgres) => postgres.exec(sql.postgres, &params).await,
        }
    }

    /// Carries out one change that answers rows (`RETURNING`). Stored when this returns; as
    /// [`Db::exec`].
    pub async fn returning<T: FromRow>(
        &self,
        sql: Sql<T>,
        params: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => {
                sqlite
                    .write(move |conn| run::rows(conn, sql.sqlite, &params).map(run::Keep))
                    .await
            }
            Engine::Postgres(postgres) => postgres.change(sql.postgres, &params).await,
        }
    }

    /// Carries out all statements of a transaction, or none. Stored when this returns
    /// [`Wrote::All`].
    ///
    /// On PostgreSQL it is tried again after a serialization failure or a deadlock. It may still
    /// happen if the future is dropped before it is done.
    pub async fn write(&self, tx: Tx) -> Result<Wrote, DbError> {
        let bundles = news::bundles(&tx.news);
        let steps = tx.into_steps();
        if steps.len() > STATEMENTS_MAX {
            return Err(DbError::failed(format!(
                "a transaction of {} statements is longer than the {STATEMENTS_MAX} one may hold",
                steps.len()
            )));
        }
        let wrote = match &*self.0 {
            _ if steps.is_empty() => Wrote::All,
            Engine::Sqlite(sqlite) => sqlite.write(move |conn| run::steps(conn, &steps)).await?,
            Engine::Postgres(postgres) => postgres.write(&steps).await?,
        };
        if wrote == Wrote::All && !bundles.is_empty() {
            match &*self.0 {
                Engine::Sqlite(sqlite) => sqlite.tell(bundles),
                Engine::Postgres(postgres) => postgres.tell(bundles).await,
            }
        }
        Ok(wrote)
    }
}

/// Whether a statement's result fits a row type: as many columns, by the same names.
pub(crate) fn fits<'a>(
    found: impl ExactSizeIterator<Item = &'a str>,
    expected: &[Column],
) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!(
            "answers {} columns where the row type reads {}",
            found.len(),
            expected.len()
        ));
    }
    for (at, (found, expected)) in found.zip(expected).enumerate() {
        if let Some(name) = expected.sql_name()
            && name != found
        {
            return Err(format!(
                "column {} is called {found}, the row type reads {name}",
                at + 1
            ));
        }
    }
    Ok(())
}
