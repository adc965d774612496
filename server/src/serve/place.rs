//! What is asked of the place where the database is: whether there is one, whether it has the community that the settings
//! name, and whether another server works on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use comity_db::Db;
use comity_vocab::Domain;

use super::{CannotStart, make_writable};
use crate::app::App;
use crate::config::Config;
use crate::{communities, migrations};

/// Communities that one sentence names.
const MOST_NAMED: usize = 10;

/// Refuses where the settings name a file for the database that is not there: opening it would make an empty one.
pub fn must_exist(config: &Config) -> Result<(), CannotStart> {
    match config.database_file() {
        // What may not be looked at is there, and opening it says what is wrong.
        Some(file) if matches!(file.try_exists(), Ok(false)) => Err(none(config)),
        _ => Ok(()),
    }
}

/// There is none, and whoever asked did not want a new one.
pub(super) fn none(config: &Config) -> CannotStart {
    let place = config.database_file().map_or_else(
        || "the address in the setting database".to_owned(),
        |file| whole(&file).display().to_string(),
    );
    CannotStart(format!(
        "there is no database at {place}: run this in the folder of comity.toml, or name that file with --config; \
         `comity serve` and `comity migrate` make a new database"
    ))
}

/// Refuses where the settings name a `domain` that no community here has: what they say would be passed over, and its
/// people would find nobody. Where they name none, any community will do.
pub(super) fn check_domain(app: &App) -> Result<(), CannotStart> {
    let communities = app.communities.load();
    if !app.config.domain_is_set || communities.by_domain(&app.config.domain).is_some() {
        return Ok(());
    }
    let domains: Vec<String> = communities
        .all()
        .map(|community| community.domain.to_string())
        .collect();
    Err(nobody_of(&app.config, &domains))
}

/// The same, asked of the database before it is brought up to date, which the settings of another installation must not do.
/// One that is empty, or cannot tell, is not refused: starting says what is wrong.
pub(crate) async fn check_stored_domain(db: &Db, config: &Config) -> Result<(), CannotStart> {
    match others(db, config).await {
        Some(domains) => Err(nobody_of(config, &domains)),
        None => Ok(()),
    }
}

/// The same, and a database that is up to date is not refused either.
pub(super) async fn check_up_to_date(db: &Db, config: &Config) -> Result<(), CannotStart> {
    let Some(domains) = others(db, config).await else {
        return Ok(());
    };
    if db.pending(migrations::ALL).await? == 0 {
        return Ok(());
    }
    Err(CannotStart(format!(
        "domain is \"{}\", and the database, which is not up to date, has no community of that name: it has {}. Set domain \
         back to one that it has, run `comity migrate`, and then this again",
        config.domain,
        named(&domains)
    )))
}

/// The domains that a database has, where the settings name one and it is not among them.
async fn others(db: &Db, config: &Config) -> Option<Vec<String>> {
    if !config.domain_is_set {
        return None;
    }
    let domains = communities::domains(db).await.unwrap_or_default();
    let is_there = |domain: &String| Domain::parse(domain).is_ok_and(|of| of == config.domain);
    if domains.is_empty() || domains.iter().any(is_there) {
        return None;
    }
    Some(domains)
}

/// Some of these, for a sentence.
fn named(domains: &[String]) -> String {
    let mut names: Vec<String> = domains.iter().take(MOST_NAMED).cloned().collect();
    let others = domains.len() - names.len();
    if others > 0 {
        names.push(format!("{others} more"));
    }
    names.join(", ")
}

/// The database has these and not the one that the settings name.
fn nobody_of(config: &Config, domains: &[String]) -> CannotStart {
    let domain = &config.domain;
    let empty = match config.database_file() {
        Some(_) if config.database.is_empty() => {
            format!("remove the folder {}", whole(&config.data_dir).display())
        }
        Some(file) => format!("remove {}", whole(&file).display()),
        None => "empty the database".to_owned(),
    };
    CannotStart(format!(
        "domain is \"{domain}\", and the database has no community of that name: it has {}. If nobody uses it yet, {empty} \
         and start again; to serve one more domain, run `comity community add {domain}`; otherwise set domain back to one \
         that it has",
        named(domains)
    ))
}

/// That nobody else serves from a database of SQLite. It holds until it is dropped, or the process is gone in any way.
pub struct Alone {
    _file: File,
}

/// Refuses where another server works on the same database of SQLite: each would keep in memory what the other changes.
/// Commands do not ask for this, and work beside a server. `None` on PostgreSQL, which takes several servers.
pub fn alone(config: &Config) -> Result<Option<Alone>, CannotStart> {
    let Some(file) = config.database_file() else {
        return Ok(None);
    };
    if config.database.is_empty() {
        make_writable(&config.data_dir)?;
    }
    let mut lock = file.clone().into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&lock)
        .map_err(|error| {
            CannotStart(format!(
                "could not open {}: {error}; let the user that serves write there",
                lock.display()
            ))
        })?;
    match opened.try_lock() {
        Ok(()) => Ok(Some(Alone { _file: opened })),
        Err(TryLockError::WouldBlock) => {
            let file = whole(&file);
            let folder = file.parent().unwrap_or(Path::new("/"));
            Err(CannotStart(format!(
                "another Comity serves from the database in {} already: stop it, or set data_dir to another folder; only \
                 PostgreSQL takes several servers",
                folder.display()
            )))
        }
        // SQLite itself locks in another way, so it may work all the same.
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, file = %lock.display(), "could not find out whether another server uses this database");
            Ok(None)
        }
    }
}

/// The path from the root: which folder it counts from is what may be wrong.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
