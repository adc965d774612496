//! A community's texts for apps, in Mastodon's words.

use axum::extract::State;
use serde_json::{Value, json};

use super::{Kind, Version};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::http::{Caller, Path, Reply};
use crate::web::time;

/// `GET /api/v1/instance/privacy_policy`: *not found* where the community has none.
pub async fn privacy_policy(State(app): State<App>, caller: Caller) -> Result<Reply> {
    let version = super::current(&app, &caller.community, Kind::PrivacyPolicy).await?;
    Ok(Reply::api(json!({
        "updated_at": time::iso_ms(version.published_at),
        "content": super::html(&version),
    })))
}

/// `GET /api/v1/instance/terms_of_service`: those that hold, or where none do yet, those that will first.
pub async fn terms_of_service(State(app): State<App>, caller: Caller) -> Result<Reply> {
    let here = &caller.community;
    let version = super::current(&app, here, Kind::TermsOfService).await?;
    Ok(Reply::api(terms(&app, here, &version).await?))
}

/// `GET /api/v1/instance/terms_of_service/{date}`: those that hold from this day on.
pub async fn terms_of_day(
    State(app): State<App>,
    caller: Caller,
    Path(date): Path<String>,
) -> Result<Reply> {
    let here = &caller.community;
    let version = super::of_day(&app, here, Kind::TermsOfService, &date).await?;
    Ok(Reply::api(terms(&app, here, &version).await?))
}

async fn terms(app: &App, here: &Community, version: &Version) -> Result<Value> {
    let days = super::days(app, here, Kind::TermsOfService).await?;
    // Mastodon names the last there is, and not the next.
    let last = days
        .first()
        .filter(|day| day.holds_from > version.holds_from);
    Ok(json!({
        "effective_date": time::iso_day(version.holds_from),
        "effective": version.holds_from <= app.now_ms(),
        "content": super::html(version),
        "succeeded_by": last.map(|day| time::iso_day(day.holds_from)),
    }))
}
