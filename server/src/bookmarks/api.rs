//! Bookmarks for apps.

use axum::extract::State;
use comity_policy::Way;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::store::FolderRow;
use super::{Place, folders};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Paging, Reply};
use crate::statuses::entity::Entities;

/// Statuses of a page, and at most.
const USUAL: i64 = 20;
const MOST: i64 = 40;

/// Which folder, as Akkoma's apps say it; none for all there is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Within {
    folder_id: Option<i64>,
}

/// Into which folder, as Akkoma's apps say it: `null` takes a bookmark out of its folder, and so does an empty word, which
/// is all that a form can say. Where nothing is said, it stays where it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Goes {
    #[serde(deserialize_with = "said")]
    folder_id: Said,
}

/// What was said of a folder.
#[derive(Debug, Default)]
enum Said {
    #[default]
    Nothing,
    Word(Option<String>),
}

fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Said, D::Error> {
    Option::<String>::deserialize(from).map(Said::Word)
}

impl Goes {
    fn place(&self) -> Result<Place> {
        let Said::Word(word) = &self.folder_id else {
            return Ok(Place::AsItIs);
        };
        match word.as_deref().map_or("", str::trim) {
            "" => Ok(Place::Loose),
            id => id.parse().map(Place::Folder).map_err(|_| Error::NotFound),
        }
    }
}

/// `POST /api/v1/statuses/{id}/bookmark`
pub async fn bookmark(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(goes): Input<Goes>,
) -> Result<Reply> {
    let me = &client.me()?.account;
    let status = super::bookmark(&app, me, id, goes.place()?).await?;
    let entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    Ok(Reply::api(entity))
}

/// `POST /api/v1/statuses/{id}/unbookmark`
pub async fn unbookmark(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    super::unbookmark(&app, &me.account, id).await?;
    let status = super::proper(&app, &me.account, id).await?;
    super::unbookmark(&app, &me.account, status.id).await?;
    let entity = Entities::one(&app, &client.caller()?, Way::Page, &status).await?;
    Ok(Reply::api(entity))
}

/// `GET /api/v1/bookmarks`
pub async fn list(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(within): Input<Within>,
) -> Result<Reply> {
    let caller = client.caller()?;
    let me = client.me()?.account.id;
    let limit = paging.limit(USUAL, MOST);
    let window = paging.window();
    let stretch = super::list(&app, me, within.folder_id, window, limit).await?;
    let list = Entities::named_as_json(&app, &caller, Way::Page, &stretch.named).await?;
    let links = paging.links(&caller.community, stretch.newest, stretch.oldest);
    Ok(Reply::api_written(list).with_links(links))
}

fn entity(folder: &FolderRow) -> Value {
    json!({
        "id": folder.id.to_string(),
        "name": folder.name,
        "emoji": folder.emoji,
        "emoji_url": null,
    })
}

/// A folder as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Folder {
    name: Option<String>,
    emoji: Option<String>,
}

/// `GET /api/v1/pleroma/bookmark_folders`
pub async fn folders(State(app): State<App>, client: Client) -> Result<Reply> {
    let all = folders::of(&app, client.me()?.account.id).await?;
    Ok(Reply::api(all.iter().map(entity).collect()))
}

/// `POST /api/v1/pleroma/bookmark_folders`
pub async fn make_folder(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Folder>,
) -> Result<Reply> {
    let name = sent.name.as_deref().unwrap_or_default();
    let me = client.me()?.account.id;
    let folder = folders::make(&app, me, name, sent.emoji.as_deref()).await?;
    Ok(Reply::api(entity(&folder)))
}

/// `PATCH /api/v1/pleroma/bookmark_folders/{id}`
pub async fn change_folder(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Folder>,
) -> Result<Reply> {
    let (name, emoji) = (sent.name.as_deref(), sent.emoji.as_deref());
    let me = client.me()?.account.id;
    let folder = folders::change(&app, me, id, name, emoji).await?;
    Ok(Reply::api(entity(&folder)))
}

/// `DELETE /api/v1/pleroma/bookmark_folders/{id}`
pub async fn delete_folder(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let folder = folders::delete(&app, client.me()?.account.id, id).await?;
    Ok(Reply::api(entity(&folder)))
}
