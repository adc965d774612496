//! Starting an installation, and serving it until it is told to stop. Several may live in one process.

mod listen;
mod place;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use arc_swap::ArcSwap;
use comity_db::{Db, DbError};
use comity_policy::Gate;
use comity_wire::{SeenSignatures, Wire, WireConfig};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub use listen::listen;
pub(crate) use place::check_stored_domain;
pub use place::{Alone, alone, must_exist};

use crate::accounts::Keyring;
use crate::aliases::Watch;
use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Testing};
use crate::delivery::Hosts;
use crate::discovery::Lately;
use crate::error::Error;
use crate::facts::Facts;
use crate::http::RateLimits;
use crate::http::token::Token;
use crate::id::Ids;
use crate::mail::Mailer;
use crate::media::{Desk, Storage};
use crate::push::Vapid;
use crate::queue::{self, Wake};
use crate::reach::Fetches;
use crate::rules::{self, Crossings, Looks, Splits};
use crate::streaming::{self, Hub};
use crate::{communities, instances, migrations, reach, router, second_step};

/// Why it cannot start: one sentence for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CannotStart(String);

impl CannotStart {
    /// `sentence` says what is wrong and what to do.
    pub(crate) fn because(sentence: String) -> CannotStart {
        CannotStart(sentence)
    }
}

impl From<ConfigError> for CannotStart {
    fn from(error: ConfigError) -> CannotStart {
        CannotStart(error.to_string())
    }
}

impl From<DbError> for CannotStart {
    fn from(error: DbError) -> CannotStart {
        CannotStart(format!("could not use the database: {error}"))
    }
}

impl From<Error> for CannotStart {
    fn from(error: Error) -> CannotStart {
        match error {
            Error::Internal(source) => CannotStart(format!("could not start: {source}")),
            other => CannotStart(format!("could not start: {other}")),
        }
    }
}

/// Opens the database of `config`, brings it up to date, and founds the first community where there is none. Refuses before
/// it changes anything where the settings name a `domain` that no community there has.
pub async fn start(config: Config, clock: Clock) -> Result<App, CannotStart> {
    let db = open(&config).await?;
    start_checked(db, config, clock).await
}

/// The same of a database that is there already; refuses where there is none, or an empty one.
pub async fn start_existing(config: Config, clock: Clock) -> Result<App, CannotStart> {
    let db = open_existing(&config).await?;
    start_checked(db, config, clock).await
}

/// The same for commands about communities, which can mend a wrong `domain`: it is refused only where the database is not
/// up to date.
pub async fn start_to_mend(config: Config, clock: Clock) -> Result<App, CannotStart> {
    let db = open_existing(&config).await?;
    place::check_up_to_date(&db, &config).await?;
    start_on(db, config, clock).await
}

async fn open(config: &Config) -> Result<Db, CannotStart> {
    if config.database.is_empty() {
        make_writable(&config.data_dir)?;
    }
    Ok(Db::open(&config.database_url()).await?)
}

async fn open_existing(config: &Config) -> Result<Db, CannotStart> {
    must_exist(config)?;
    let db = open(config).await?;
    if db.pending(migrations::ALL).await? == migrations::ALL.len() {
        return Err(place::none(config));
    }
    Ok(db)
}

/// Asks after the domain again once the database is up to date: one that could not tell it can.
async fn start_checked(db: Db, config: Config, clock: Clock) -> Result<App, CannotStart> {
    check_stored_domain(&db, &config).await?;
    let app = start_on(db, config, clock).await?;
    place::check_domain(&app)?;
    Ok(app)
}

/// Starts on a database that is open already.
pub async fn start_on(db: Db, config: Config, clock: Clock) -> Result<App, CannotStart> {
    let wire = wire(&config)?;
    start_with(db, config, clock, wire).await
}

/// The same with a way out that is chosen by the caller.
pub(crate) async fn start_with(
    db: Db,
    config: Config,
    clock: Clock,
    wire: Wire,
) -> Result<App, CannotStart> {
    let now_ms = clock.now_ms();
    db.migrate(migrations::ALL, now_ms).await?;
    let storage = Storage::open(&config.media, &config.data_dir)?;
    let media = Desk::open(&db, &config, storage, &clock).await?;
    let (book, communities) = rules::read_book(&db, now_ms, &media.emojis, None).await?;
    for community in communities.all() {
        config.check(&community.domain)?;
    }
    let app = App::new(Parts {
        limits: RateLimits::new(&clock, &config.limits),
        wire,
        // In the lower half: ids of one millisecond stay in order for as long as the counter does not begin again.
        ids: Ids::new(Token::random()?.seed() / 2),
        gate: Gate::new(Facts::new(db.clone(), clock.clone()), book),
        communities: ArcSwap::from_pointee(communities),
        keyring: Keyring::default(),
        seen_signatures: SeenSignatures::started(now_ms),
        wake: Wake::new(),
        hosts: Hosts::new(),
        splits: Splits::default(),
        looks: Looks::default(),
        fetches: Fetches::default(),
        watch: Watch::default(),
        media,
        mailer: Mailer::open(&config.mail)?,
        crossings: Crossings::default(),
        streams: Hub::default(),
        lately: Lately::default(),
        vapid: Vapid::default(),
        step_key: second_step::key_file(),
        config,
        clock,
        db,
    });
    if app.communities.load().first().is_none() {
        communities::found(&app, app.config.domain.clone(), &app.config.name).await?;
    }
    instances::recall_schemes(&app).await?;
    Ok(app)
}

fn make_writable(dir: &Path) -> Result<(), CannotStart> {
    let explain = |error: std::io::Error| {
        CannotStart(format!(
            "could not write to the folder {}: {error}; make it writable, or set data_dir to another one",
            dir.display()
        ))
    };
    // Keys and passwords' hashes are in there: nobody else on this machine may look.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(explain)?;
    let probe = dir.join(".comity-writes-here");
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(explain)
}

fn wire(config: &Config) -> Result<Wire, CannotStart> {
    let contact = match config.federation.contact.as_str() {
        "" => format!(
            "{}://{}/about",
            crate::config::scheme(&config.domain),
            config.domain
        ),
        contact => contact.to_owned(),
    };
    let mut wire = WireConfig::new(format!("Comity/{} (+{contact})", env!("CARGO_PKG_VERSION")));
    wire.per_host = config.federation.per_host;
    wire.testing = testing(&config.federation.testing)?;
    Wire::new(wire)
        .map_err(|why| CannotStart(format!("could not prepare to meet other servers: {why}")))
}

fn testing(testing: &Testing) -> Result<Option<comity_wire::Testing>, CannotStart> {
    if !testing.any() {
        return Ok(None);
    }
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|error| {
            CannotStart(format!(
                "federation.testing.extra_ca is \"{}\", which cannot be read: {error}",
                path.display()
            ))
        })
    };
    Ok(Some(comity_wire::Testing {
        allow_http: testing.allow_http,
        allow_loopback: testing.allow_loopback,
        extra_ca_pem: testing.extra_ca.as_ref().map(read).transpose()?,
        everything_at: None,
    }))
}

/// Answers and works until `shutdown` turns true; then what has begun is finished, within ten seconds.
pub async fn serve(app: App, listener: TcpListener, shutdown: watch::Receiver<bool>) {
    if let Err(error) = second_step::seal_all(&app).await {
        tracing::error!(
            ?error,
            "codes of members' devices cannot be checked here, or their secrets are not sealed"
        );
    }
    let router = router::build(&app);
    tokio::join!(
        listen::accept(app.clone(), router, listener, shutdown.clone()),
        queue::run(app.clone(), shutdown.clone()),
        streaming::run(app.clone(), shutdown.clone()),
        async {
            let mut shutdown = shutdown;
            tokio::select! {
                () = rules::watch(app.clone()) => {}
                () = told_to_stop(&mut shutdown) => {}
            }
        },
    );
    if let Err(error) = reach::settle(&app).await {
        tracing::error!(%error, "could not write down who fetched what in the last moment");
    }
}

/// Returns once `shutdown` is true, or nobody is left who could make it so.
pub async fn told_to_stop(shutdown: &mut watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|stop| *stop).await;
}

/// Turns true on SIGINT, SIGTERM, or when the terminal is gone.
pub fn on_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
        // The receivers may be gone already, and then there is nothing to stop.
        let _ = stop.send(true);
    });
    Ok(stopped)
}
