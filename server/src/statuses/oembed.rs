//! How a site shows a public post of ours: oEmbed 1.0, <https://oembed.com>.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::entity::Entities;
use super::find;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Caller, Input, Reply};
use crate::text::plain::escape;

/// In pixels; sites say how much room they have.
const WIDTH: i64 = 400;

/// Which post, and how much room there is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    url: String,
    maxwidth: Option<i64>,
    format: String,
}

/// `GET /api/oembed?url=`: what a visitor may see of the post, as a quotation with a link; no frame and no script of
/// ours runs on another site.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Input(wanted): Input<Wanted>,
) -> Result<Reply> {
    if !matches!(wanted.format.as_str(), "" | "json") {
        return Err(Error::invalid("format", "must be json"));
    }
    let here = &caller.community;
    let id = named(&here.origin, &wanted.url).ok_or(Error::NotFound)?;
    // Whoever asks with an app's token: the site shows it to everybody.
    let visitor = Caller {
        community: here.clone(),
        me: None,
    };
    let status = find(&app, &visitor.party(), Way::Page, id).await?;
    if status.author.community_id != Some(here.id) {
        return Err(Error::NotFound);
    }
    let entity = Entities::one(&app, &visitor, Way::Page, &status).await?;
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let name = match word(&entity["account"]["display_name"]) {
        name if name.is_empty() => word(&entity["account"]["username"]),
        name => name,
    };
    let page = word(&entity["url"]);
    // Behind a content warning, the warning is all that is shown unasked.
    let words = match word(&entity["spoiler_text"]) {
        warning if warning.is_empty() => word(&entity["content"]),
        warning => format!("<p>{}</p>", escape(&warning)),
    };
    let html = format!(
        "<blockquote cite=\"{page}\">{words}<footer>— <a href=\"{page}\">{}</a></footer></blockquote>",
        escape(&name),
        page = escape(&page),
    );
    Ok(Reply::api(json!({
        "type": "rich",
        "version": "1.0",
        "author_name": name,
        "author_url": entity["account"]["url"],
        "provider_name": here.name,
        "provider_url": here.origin,
        "cache_age": 300,
        "html": html,
        "width": wanted.maxwidth.map_or(WIDTH, |room| room.clamp(1, WIDTH)),
        "height": null,
    })))
}

/// The number in a post's address, if it is one of this community's.
fn named(origin: &str, address: &str) -> Option<i64> {
    let (asked, own) = (Url::parse(address).ok()?, Url::parse(origin).ok()?);
    if asked.origin() != own.origin() {
        return None;
    }
    let mut parts = asked.path_segments()?;
    let (who, id) = (parts.next()?, parts.next()?);
    (who.starts_with('@') && parts.next().is_none()).then(|| id.parse().ok())?
}
