//! What is audited: a copy of the database in a folder of its own, gone when the audit is over.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use comity_db::Db;

use super::store;
use crate::config::{Config, Testing};
use crate::error::Result;
use crate::http::token::Token;
use crate::serve::CannotStart;
use crate::{migrations, serve};

/// More than an audit asks in any of the periods that are counted.
const PLENTY: u32 = 1_000_000;

/// A copy, and the folder it is in. Dropping it removes both.
pub struct Copy {
    folder: PathBuf,
    db: Db,
}

impl Copy {
    /// Copies the database of `config` into a new folder among the temporary files that nobody else on this machine may
    /// look into. Nothing is written where it comes from, and whoever uses it goes on. Refuses, as starting does, where the
    /// settings name a `domain` that no community there has.
    pub async fn of(config: &Config, now_ms: i64) -> Result<Copy, CannotStart> {
        serve::must_exist(config)?;
        let db = Db::open(&config.database_url()).await?;
        serve::check_stored_domain(&db, config).await?;
        Copy::of_open(&db, now_ms).await
    }

    /// The same of a database that is open.
    pub async fn of_open(db: &Db, now_ms: i64) -> Result<Copy, CannotStart> {
        let folder = Folder::new()?;
        let path = folder.0.join("copy.db");
        db.copy_to(&path, migrations::ALL, now_ms).await?;
        let copy = Db::open(&format!("sqlite:{}", path.display())).await?;
        copy.migrate(migrations::ALL, now_ms).await?;
        store::forget_promises(&copy).await?;
        Ok(Copy {
            folder: folder.keep(),
            db: copy,
        })
    }

    /// The copy.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The settings of the original, with the copy as their database and nothing held up by being asked often.
    pub(super) fn settings(&self, config: &Config) -> Config {
        let mut config = config.clone();
        config.database = format!("sqlite:{}", self.folder.join("copy.db").display());
        config.data_dir.clone_from(&self.folder);
        config.federation.testing = Testing::default();
        // The copy has the members of the original, and nobody writes to them.
        config.mail.server.clear();
        // And none of the files of its members is touched.
        config.media.bucket.endpoint.clear();
        config.limits.lookups = PLENTY;
        config.limits.inbox_per_host = PLENTY;
        config.limits.sign_in_tries = PLENTY;
        config.limits.posts = PLENTY;
        config.limits.follows = PLENTY;
        config.limits.deletes = PLENTY;
        config
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

/// The folder until the copy stands: a copy that fails leaves nothing behind either.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Folder, CannotStart> {
        let name = format!(
            "comity-audit-{}-{:04x}{:04x}",
            std::process::id(),
            Token::random()?.seed(),
            Token::random()?.seed()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| {
                CannotStart::because(format!(
                    "could not make the folder {} for the copy: {error}; name another place in TMPDIR",
                    path.display()
                ))
            })?;
        Ok(Folder(path))
    }

    fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            remove(&self.0);
        }
    }
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(%error, path = %folder.display(), "could not remove the copy; remove it by hand");
    }
}
