//! Markers for apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Marker, Timeline};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Reply};
use crate::web::time;

/// Which are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    timeline: Vec<String>,
}

/// `GET /api/v1/markers`: those that are named and set.
pub async fn show(
    State(app): State<App>,
    client: Client,
    Input(wanted): Input<Wanted>,
) -> Result<Reply> {
    let markers = super::of(&app, client.me()?.account.id).await?;
    let named = markers.iter().filter(|marker| {
        let word = marker.timeline.as_str();
        wanted.timeline.iter().any(|named| named == word)
    });
    Ok(Reply::api(entities(named)))
}

/// Where an app says that its member has read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Moved {
    home: Option<Position>,
    notifications: Option<Position>,
}

#[derive(Debug, Deserialize)]
struct Position {
    last_read_id: Value,
}

impl Position {
    /// Apps send ids as words, as they get them, and some as numbers.
    fn id(&self) -> Result<i64> {
        let id = match &self.last_read_id {
            Value::String(word) => word.trim().parse().ok(),
            other => other.as_i64(),
        };
        id.filter(|id| *id >= 0)
            .ok_or_else(|| Error::invalid("last_read_id", "must be the id of an entry"))
    }
}

/// `POST /api/v1/markers`
pub async fn save(
    State(app): State<App>,
    client: Client,
    Input(moved): Input<Moved>,
) -> Result<Reply> {
    let moved: Vec<(Timeline, i64)> = [
        (Timeline::Home, moved.home),
        (Timeline::Notifications, moved.notifications),
    ]
    .into_iter()
    .filter_map(|(timeline, position)| Some(position?.id().map(|id| (timeline, id))))
    .collect::<Result<_>>()?;
    let markers = super::set(&app, client.me()?.account.id, &moved).await?;
    Ok(Reply::api(entities(markers.iter())))
}

fn entities<'a>(markers: impl Iterator<Item = &'a Marker>) -> Value {
    let mut all = Map::new();
    for marker in markers {
        let entity = json!({
            "last_read_id": marker.last_read_id.to_string(),
            "version": marker.version,
            "updated_at": time::iso_ms(marker.updated_at),
        });
        all.insert(marker.timeline.as_str().to_owned(), entity);
    }
    Value::Object(all)
}
