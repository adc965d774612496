//! Announcements for apps.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use comity_policy::Way;
use comity_vocab::Handle;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Announcement, Reaction};
use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::emojis::entity::entities;
use crate::error::Result;
use crate::hashtags::entity::{Named, named};
use crate::http::{Caller, Client, Id, Input, Path, Reply};
use crate::reactions::entity::name;
use crate::statuses::entity::{Mention, mention};
use crate::text::{self, hashtag, render};
use crate::web::time;

/// An announcement as this member of `here` reads it, who may see these of the people it names.
pub(crate) fn entity(
    one: &Announcement,
    people: &[(Handle, Arc<Account>)],
    here: &Community,
) -> Value {
    let words = render::render(&one.text, people, here);
    json!({
        "id": one.id.to_string(),
        "content": words.html,
        "starts_at": null,
        "ends_at": null,
        "all_day": false,
        "published_at": time::iso_ms(one.created_at),
        "updated_at": time::iso_ms(one.updated_at),
        "read": one.is_read,
        "mentions": mentions(&one.text, people, here),
        "statuses": [],
        "tags": tags(&words.tags, here),
        "emojis": entities(&super::emojis(one, here)),
        "reactions": one.reactions.iter().map(reaction).collect::<Vec<_>>(),
    })
}

/// As Mastodon has it, with an address only where there is a picture.
fn reaction(said: &Reaction) -> Value {
    let mut told = json!({ "name": name(&said.emoji), "count": said.count, "me": said.mine });
    if let Some(picture) = &said.picture {
        told["url"] = json!(picture.url);
        told["static_url"] = json!(picture.still_url);
    }
    told
}

/// Those of these people whom a text names, each once.
fn mentions(text: &str, people: &[(Handle, Arc<Account>)], here: &Community) -> Vec<Mention> {
    let mut seen = HashSet::new();
    let handles = text::mention::handles(text).into_iter();
    handles
        .filter_map(|handle| people.iter().find(|(known, _)| *known == handle))
        .filter(|(_, account)| seen.insert(account.id))
        .map(|(_, account)| mention(account, here))
        .collect()
}

/// Topics, each once, however it is spelled.
fn tags(names: &[String], here: &Community) -> Vec<Named> {
    let mut seen = HashSet::new();
    let folded = names.iter().map(|name| hashtag::folded(name));
    folded
        .filter(|name| seen.insert(name.clone()))
        .map(|name| named(name, here))
        .collect()
}

/// Which an app asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    with_dismissed: bool,
}

/// `GET /api/v1/announcements`: those that were not put aside. Visitors are told nothing.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let Some(me) = &caller.me else {
        return Ok(Reply::api(json!([])));
    };
    let mut all = super::list(&app, me).await?;
    all.retain(|one| choice.with_dismissed || !one.is_read);
    let people = super::people(&app, me, Way::Rest, &all).await?;
    let told: Vec<Value> = all
        .iter()
        .map(|one| entity(one, &people, &me.community))
        .collect();
    Ok(Reply::api(json!(told)))
}

/// `POST /api/v1/announcements/{id}/dismiss`
pub async fn dismiss(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    super::dismiss(&app, client.me()?, id).await?;
    Ok(Reply::api(json!({})))
}

/// `PUT /api/v1/announcements/{id}/reactions/{name}`
pub async fn react(
    State(app): State<App>,
    client: Client,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Reply> {
    super::react(&app, client.me()?, id, &name).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/announcements/{id}/reactions/{name}`
pub async fn unreact(
    State(app): State<App>,
    client: Client,
    Path((id, name)): Path<(i64, String)>,
) -> Result<Reply> {
    super::unreact(&app, client.me()?, id, &name).await?;
    Ok(Reply::api(json!({})))
}
