//! `comity media …`: whether files can be kept.

use comity_objects::ObjectError;

use super::model::Part;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::token::Token;

/// Try the place where files are kept.
#[derive(Debug, clap::Subcommand)]
pub enum MediaCommand {
    /// Store a small file, read it and take it away again
    Test,
}

/// What is stored for the trial.
const TRIAL: &[u8] = b"Comity tries whether files can be kept here.\n";

/// Does it, and says what came of it.
pub async fn command(app: &App, command: MediaCommand) -> Result<String> {
    let MediaCommand::Test = command;
    let settings = &app.config.media.bucket;
    let place = match app.media.storage.bucket() {
        Some(bucket) => {
            bucket.is_there().await.map_err(|why| cannot(app, &why))?;
            format!("the bucket {} at {}", settings.name, settings.endpoint)
        }
        None => format!("the folder {}", app.config.data_dir.join("media").display()),
    };
    let storage = &app.media.storage;
    let folder = app.media.nursery.folder().await?;
    let file = folder.path().join("trial");
    let failed = |why: std::io::Error| Error::Internal(Box::new(why));
    tokio::fs::write(&file, TRIAL).await.map_err(failed)?;
    let key = Token::random()?.reveal();
    let read = trial(app, &key, &file).await;
    storage.remove(&key).await?;
    match read {
        Err(Error::Internal(why)) => Err(Error::Elsewhere(format!(
            "files cannot be kept in {place}: {why}"
        ))),
        Err(other) => Err(other),
        Ok(read) if read == TRIAL => Ok(format!(
            "Files can be stored in {place}, read, and taken away again."
        )),
        Ok(_) => Err(Error::Elsewhere(format!(
            "{place} took a file and gave back another one"
        ))),
    }
}

async fn trial(app: &App, key: &str, file: &std::path::Path) -> Result<axum::body::Bytes> {
    let storage = &app.media.storage;
    storage.put(key, Part::Original, file).await?;
    let found = storage.find(key, Part::Original).await?;
    let length = found.length;
    let body = found.read(0, length).await?;
    axum::body::to_bytes(body, TRIAL.len() * 2)
        .await
        .map_err(|why| Error::Internal(Box::new(why)))
}

/// What the operator does about it.
pub(super) fn cannot(app: &App, why: &ObjectError) -> Error {
    let settings = &app.config.media.bucket;
    let remedy = match why {
        ObjectError::NotFound | ObjectError::Refused { status: 404, .. } => format!(
            "there is no bucket {} at {}: make it, or set media.s3.bucket",
            settings.name, settings.endpoint
        ),
        ObjectError::Refused { status: 403, .. } => format!(
            "{} does not let us into the bucket {} ({why}): check media.s3.access_key and media.s3.secret_key, what \
             the key may do, and this machine's clock",
            settings.endpoint, settings.name
        ),
        ObjectError::Refused {
            status: 301 | 307 | 308 | 400,
            ..
        } => format!(
            "{} answers {why}: check media.s3.region and media.s3.path_style",
            settings.endpoint
        ),
        _ => format!("{}: {why}", settings.endpoint),
    };
    Error::Elsewhere(remedy)
}
