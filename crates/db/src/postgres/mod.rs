//! PostgreSQL: a pool, prepared static text, and transactions sent in one go.

mod again;
mod ear;
mod tls;

use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, QueueMode, RecyclingMethod,
    Runtime,
};
use futures_util::future::{MaybeDone, maybe_done};
use postgres_types::ToSql;
use tokio_postgres::{Statement, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{DbError, with_sources};
use crate::row::{FromRow, Inner, Row};
use crate::tx::{Step, Wrote};
use crate::value::Value;
use crate::verbs::{ROWS_MAX, fits};
use again::{Asks, Trouble, again};
pub(crate) use ear::Ear;

/// Connections per node. PostgreSQL allows a hundred in all by default, and two cores are kept busy
/// by far fewer.
const CONNECTIONS: usize = 16;

/// How long one waits for a connection, or for a new one to be made.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// After so long without a word, whether the server is still there is asked on the connection that listens.
const LISTENS_ALIVE: Duration = Duration::from_secs(30);

/// Set on every new connection. A lock is waited for no longer than a statement may run; a
/// transaction that a dead node left open ends by itself.
const ON_CONNECT: &str = "SET statement_timeout = '30s';
    SET lock_timeout = '20s';
    SET idle_in_transaction_session_timeout = '60s'";

/// Tells everybody who listens.
const TELL: &str = "SELECT pg_notify('comity', $1)";

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    pool: Pool,
    url: Shown,
    /// For the connection that listens.
    config: tokio_postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

/// A URL without its password, for sentences.
struct Shown(String);

impl Postgres {
    /// Connects once, to fail here rather than at the first question.
    pub(crate) async fn open(url: &str) -> Result<Postgres, DbError> {
        let shown = Shown::of(url);
        let not = |why: String| {
            DbError::failed(format!("could not open the database {}: {why}", shown.0))
        };
        let (url, root) = tls::split_root(url);
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|error| not(with_sources(&error)))?;
        config.connect_timeout(CONNECT_WAIT);
        if config.get_application_name().is_none() {
            config.application_name("comity");
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(tls::connector(root.as_deref()).map_err(not)?),
            _ => None,
        };
        let manager = match &tls {
            Some(tls) => Manager::from_config(config.clone(), tls.clone(), recycling),
            None => Manager::from_config(config.clone(), tokio_postgres::NoTls, recycling),
        };
        // A connection over which seldom anything comes has to notice that the other end is gone.
        config
            .keepalives_idle(LISTENS_ALIVE)
            .keepalives_interval(LISTENS_ALIVE / 3)
            .keepalives_retries(3);
        let settings = Hook::async_fn(|client, _| {
            Box::pin(async move {
                client
                    .batch_execute(ON_CONNECT)
                    .await
                    .map_err(HookError::Backend)
            })
        });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            // The connection that came back last knows what was asked lately; taking turns, each would have to be told all.
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(CONNECT_WAIT))
            .create_timeout(Some(CONNECT_WAIT))
            .recycle_timeout(Some(CONNECT_WAIT))
            .runtime(Runtime::Tokio1)
            .post_create(settings)
            .build()
            .map_err(|error| not(error.to_string()))?;
        let postgres = Postgres {
            pool,
            url: shown,
            config,
            tls,
        };
        drop(postgres.client().await?);
        Ok(postgres)
    }

    /// A connection of the pool.
    pub(crate) async fn client(&self) -> Result<Object, DbError> {
        self.pool.get().await.map_err(|error| {
            let why = match &error {
                PoolError::Timeout(_) => {
                    format!(
                        "no connection was free within {} seconds",
                        CONNECT_WAIT.as_secs()
                    )
                }
                PoolError::Backend(error)
                | PoolError::PostCreateHook(HookError::Backend(error)) => with_sources(error),
                other => with_sources(other),
            };
            DbError::caused(
                format!("could not reach the database {}: {why}", self.url.0),
                error,
            )
        })
    }

    pub(crate) async fn first<T: FromRow>(
        &self,
        text: &str,
        params: &[Value],
    ) -> Result<Option<T>, DbError> {
        let found = self.ask(text, params, Asks::Nothing, T::COLUMNS).await?;
        found
            .first()
            .map(|row| T::from_row(&Row(Inner::Postgres(row))))
            .transpose()
    }

    pub(crate) async fn rows<T: FromRow>(
        &self,
        text: &str,
        params: &[Value],
    ) -> Result<Vec<T>, DbError> {
        let found = self.ask(text, params, Asks::Nothing, T::COLUMNS).await?;
        found
            .iter()
            .map(|row| T::from_row(&Row(Inner::Postgres(row))))
            .collect()
    }

    /// As `rows`, for a statement that also changes something.
    pub(crate) async fn change<T: FromRow>(
        &self,
        text: &str,
        params: &[Value],
    ) -> Result<Vec<T>, DbError> {
        let found = self.ask(text, params, Asks::Change, T::COLUMNS).await?;
        found
            .iter()
            .map(|row| T::from_row(&Row(Inner::Postgres(row))))
            .collect()
    }

    async fn ask(
        &self,
        text: &str,
        params: &[Value],
        asks: Asks,
        columns: &[crate::Column],
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        let mut attempt = 0;
        loop {
            match self.ask_once(text, params, columns).await {
                Ok(rows) => return Ok(rows),
                Err(trouble) => again(&self.pool, trouble, asks, &mut attempt).await?,
            }
        }
    }

    async fn ask_once(
        &self,
        text: &str,
        params: &[Value],
        columns: &[crate::Column],
    ) -> Result<Vec<tokio_postgres::Row>, Trouble> {
        let client = self.client().await?;
        let statement = prepare(&client, text, params).await?;
        if cfg!(debug_assertions) {
            let names = statement.columns().iter().map(tokio_postgres::Column::name);
            fits(names, columns).map_err(|why| DbError::failed(format!("{why}: {text}")))?;
        }
        let rows = client.query(&statement, &borrowed(params)).await?;
        if rows.len() > ROWS_MAX {
            return Err(DbError::failed(format!(
                "more than {ROWS_MAX} rows: {text} wants a LIMIT"
            ))
            .into());
        }
        Ok(rows)
    }

    pub(crate) async fn exec(&self, text: &str, params: &[Value]) -> Result<u64, DbError> {
        let mut attempt = 0;
        loop {
            match self.exec_once(text, params).await {
                Ok(changed) => return Ok(changed),
                Err(trouble) => again(&self.pool, trouble, Asks::Change, &mut attempt).await?,
            }
        }
    }

    async fn exec_once(&self, text: &str, params: &[Value]) -> Result<u64, Trouble> {
        let client = self.client().await?;
        let statement = prepare(&client, text, params).await?;
        Ok(client.execute(&statement, &borrowed(params)).await?)
    }

    /// A connection of its own, on which news come in.
    pub(crate) async fn listen(&self) -> Result<Ear, DbError> {
        match &self.tls {
            Some(tls) => {
                let (client, connection) = self
                    .config
                    .connect(tls.clone())
                    .await
                    .map_err(DbError::postgres)?;
                Ear::new(client, connection).await
            }
            None => {
                let (client, connection) = self
                    .config
                    .connect(tokio_postgres::NoTls)
                    .await
                    .map_err(DbError::postgres)?;
                Ear::new(client, connection).await
            }
        }
    }

    /// Tells news to every process. By itself, after what they are about was stored: a transaction that notifies makes
    /// all others that do wait for its commit. News are worth no failure.
    pub(crate) async fn tell(&self, bundles: Vec<String>) {
        for bundle in bundles {
            let params = [Value::from(bundle)];
            if let Err(why) = self.exec(TELL, &params).await {
                tracing::warn!(%why, "could not tell other processes what is new");
                return;
            }
        }
    }

    pub(crate) async fn write(&self, steps: &[Step]) -> Result<Wrote, DbError> {
        let mut attempt = 0;
        loop {
            match self.write_once(steps).await {
                Ok(wrote) => return Ok(wrote),
                Err(trouble) => again(&self.pool, trouble, Asks::Change, &mut attempt).await?,
            }
        }
    }

    /// Sends BEGIN and every statement without waiting in between, and COMMIT with them where no answer decides about it: one
    /// round trip then, and two otherwise, however many statements. COMMIT undoes everything if a statement failed
    /// (documentation of PostgreSQL, COMMIT).
    async fn write_once(&self, steps: &[Step]) -> Result<Wrote, Trouble> {
        let client = self.client().await?;
        let mut prepared = Vec::with_capacity(steps.len());
        for step in steps {
            // Waits only for a text this connection has not seen.
            let statement = prepare(&client, step.sql.postgres, &step.params).await?;
            prepared.push((statement, borrowed(&step.params)));
        }
        let open = Open::new(client);
        let client = open.client()?;

        let mut begin = Box::pin(maybe_done(
            client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
        ));
        send(&mut begin).await;
        let mut sent = Vec::with_capacity(steps.len());
        // For an answer that decides, or for what could not be sent.
        let mut waits = steps.iter().any(|step| step.must);
        for (statement, params) in &prepared {
            let mut running = Box::pin(maybe_done(client.execute(statement, params)));
            send(&mut running).await;
            // What could not be sent has failed here alone: the server would commit the others.
            waits |= matches!(running.as_mut().output_mut(), Some(Err(_)));
            sent.push(running);
        }
        let mut commit = Box::pin(maybe_done(client.batch_execute("COMMIT")));
        if !waits {
            send(&mut commit).await;
        }
        if let Err(trouble) = answer(begin).await {
            if !waits {
                // Lost with all answers: the server may have gone through to the end.
                committed(commit).await?;
            }
            return Err(trouble);
        }
        let mut changed = Vec::with_capacity(steps.len());
        for running in sent {
            // After the first error the server refuses the rest, and says nothing new about it.
            let outcome = answer(running).await;
            let failed = outcome.is_err();
            changed.push(outcome);
            if failed {
                break;
            }
        }

        // In the statements' order, so that both engines tell the same: SQLite stops at the first
        // that does not go through.
        for (at, (step, outcome)) in steps.iter().zip(changed).enumerate() {
            let undone = match outcome {
                Ok(0) if step.must => Ok(Wrote::Nothing { at }),
                Ok(_) => continue,
                Err(trouble) => Err(trouble),
            };
            if waits {
                drop(commit);
                client.batch_execute("ROLLBACK").await?;
            } else if let Err(unsure) = committed(commit).await {
                // What the server refused is not stored, whatever became of the connection.
                return match undone {
                    Err(trouble) if !trouble.is_lost() => Err(trouble),
                    _ => Err(unsure),
                };
            }
            open.close();
            return undone;
        }
        committed(commit).await?;
        open.close();
        Ok(Wrote::All)
    }
}

/// A connection with a transaction open. Dropped without `close` (the future was dropped, or the
/// answer lost), the connection is thrown away, which makes the server roll back unless COMMIT was
/// sent; it must not return to the pool.
pub(crate) struct Open(Option<Object>);

impl Open {
    pub(crate) fn new(client: Object) -> Open {
        Open(Some(client))
    }

    pub(crate) fn client(&self) -> Result<&Object, DbError> {
        self.0.as_ref().ok_or_else(DbError::stopped)
    }

    /// The transaction has ended: the connection goes back to the pool.
    pub(crate) fn close(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

async fn prepare(client: &Object, text: &str, params: &[Value]) -> Result<Statement, Trouble> {
    let statement = client.prepare_cached(text).await?;
    let wanted = statement.params().len();
    if wanted != params.len() {
        return Err(DbError::failed(format!(
            "{} parameters for a statement that takes {wanted}: {text}",
            params.len()
        ))
        .into());
    }
    Ok(statement)
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

/// A request is sent when its future is first polled; the answer is awaited later.
async fn send<F: Future>(running: &mut Pin<Box<MaybeDone<F>>>) {
    let _sent = futures_util::poll!(running.as_mut());
}

async fn answer<T>(
    mut running: Pin<Box<MaybeDone<impl Future<Output = Result<T, tokio_postgres::Error>>>>>,
) -> Result<T, Trouble> {
    running.as_mut().await;
    let answered = running
        .as_mut()
        .take_output()
        .ok_or_else(DbError::stopped)?;
    Ok(answered?)
}

/// The same for COMMIT, of which it matters whether it may have reached the server.
async fn committed(
    mut running: Pin<Box<MaybeDone<impl Future<Output = Result<(), tokio_postgres::Error>>>>>,
) -> Result<(), Trouble> {
    running.as_mut().await;
    let answered = running
        .as_mut()
        .take_output()
        .ok_or_else(DbError::stopped)?;
    answered.map_err(|error| {
        if error.is_closed() {
            return Trouble::from(DbError::caused(
                "the connection to PostgreSQL was lost after COMMIT was sent: the change may be stored or not",
                error,
            ));
        }
        Trouble::from(error)
    })
}

impl Shown {
    fn of(url: &str) -> Shown {
        let Ok(mut url) = url::Url::parse(url) else {
            return Shown("postgres:// (its URL cannot be read)".to_owned());
        };
        // A URL that has a password has a host, so both can be taken away.
        let _has_none = url.set_password(None);
        url.set_query(None);
        Shown(url.to_string())
    }
}
