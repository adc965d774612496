//! Files for apps.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::entity;
use super::model::{Media, Saying, State as Progress};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Files, Me, Path, Reply, SentFile, Upload};

/// What an app says of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    description: Option<String>,
    focus: Option<String>,
}

impl Said {
    fn saying(&self, files: &mut Files) -> Result<Saying> {
        Ok(Saying {
            description: self.description.clone(),
            focus: self.focus.as_deref().map(focus).transpose()?.flatten(),
            poster: files.take("thumbnail").map(Arc::new),
        })
    }
}

/// `x,y`; empty says nothing.
pub(crate) fn focus(text: &str) -> Result<Option<(f32, f32)>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = |part: &str| {
        part.trim()
            .parse::<f32>()
            .ok()
            .filter(|axis| axis.is_finite())
    };
    let axes = text.split_once(',');
    axes.and_then(|(x, y)| Some((number(x)?, number(y)?)))
        .map(Some)
        .ok_or_else(|| Error::invalid("focus", "must be two numbers from -1 to 1, as in 0.5,-0.25"))
}

/// `POST /api/v2/media`: 200 where it is ready, 202 where that takes a while.
pub async fn upload(
    State(app): State<App>,
    client: Client,
    Upload(said, files): Upload<Said>,
) -> Result<Reply> {
    let me = client.me()?;
    let media = take_in(&app, me, &said, files).await?;
    told(&app, me, &media, StatusCode::ACCEPTED)
}

/// `POST /api/v1/media`: the same, and answers when the file is ready or has failed, as long as that takes no more than
/// [`super::PATIENCE`]; 202 where it does. Apps that ask here know of no file that has no address yet.
pub async fn upload_and_wait(
    State(app): State<App>,
    client: Client,
    Upload(said, files): Upload<Said>,
) -> Result<Reply> {
    let me = client.me()?;
    let mut media = take_in(&app, me, &said, files).await?;
    if media.state() == Progress::Waiting {
        media = super::settled(&app, me.account.id, media.id, super::PATIENCE).await?;
    }
    told(&app, me, &media, StatusCode::ACCEPTED)
}

async fn take_in(app: &App, me: &Me, said: &Said, mut files: Files) -> Result<Media> {
    let file = chosen(&mut files)?;
    let saying = said.saying(&mut files)?;
    Box::pin(super::upload(app, me, file, saying)).await
}

fn chosen(files: &mut Files) -> Result<SentFile> {
    files
        .take("file")
        .ok_or_else(|| Error::invalid("file", "is missing; choose one"))
}

/// `GET /api/v1/media/{id}`: 206 while it is being made ready.
pub async fn show(State(app): State<App>, client: Client, Path(id): Path<i64>) -> Result<Reply> {
    let me = client.me()?;
    let media = super::find_own(&app, me.account.id, id).await?;
    told(&app, me, &media, StatusCode::PARTIAL_CONTENT)
}

/// The file, with this status where it still waits; 422 where it failed.
fn told(app: &App, me: &Me, media: &Media, while_waiting: StatusCode) -> Result<Reply> {
    let status = match media.state() {
        Progress::Ready => StatusCode::OK,
        Progress::Waiting => while_waiting,
        Progress::Failed => {
            let why = Some(media.why.as_str()).filter(|why| !why.is_empty());
            return Err(Error::invalid(
                "file",
                why.unwrap_or("could not be made ready"),
            ));
        }
    };
    Ok(Reply::api(entity::own(app, &me.account, media)).with_status(status))
}

/// `PUT /api/v1/media/{id}`: says something else of a file that no post has yet, or brings a picture for a film or a sound.
pub async fn change(
    State(app): State<App>,
    client: Client,
    Path(id): Path<i64>,
    Upload(said, mut files): Upload<Said>,
) -> Result<Reply> {
    let me = client.me()?;
    let saying = said.saying(&mut files)?;
    let media = Box::pin(super::change(&app, me.account.id, id, &saying)).await?;
    told(&app, me, &media, StatusCode::PARTIAL_CONTENT)
}

/// `DELETE /api/v1/media/{id}`
pub async fn remove(State(app): State<App>, client: Client, Path(id): Path<i64>) -> Result<Reply> {
    super::remove(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(json!({})))
}
