//! Collections as apps read them, in Mastodon's words.

use std::collections::HashSet;

use comity_policy::{Party, Way};
use serde_json::{Value, json};

use super::{Collection, Item, Shown, words};
use crate::accounts::entity::{Faces, partial};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::text::hashtag;
use crate::web::time;

/// Faces that a list shows of each collection, as many as Mastodon's.
const FACES: usize = 4;

/// Where it is, as a whole address: at the community of its owner.
pub fn url(app: &App, collection: &Collection) -> String {
    let home = collection.owner.community_id;
    let home = home.and_then(|id| app.communities.load().by_id(id));
    let origin = home.map_or_else(String::new, |home| home.origin.clone());
    format!("{origin}{}", collection.path())
}

/// A collection, for the viewer it was cleared for, who reads at `here`.
pub fn entity(app: &App, shown: &Shown, here: &Community) -> Value {
    let collection = &shown.collection;
    let words = words(collection);
    let url = url(app, collection);
    let tag = words.tag.as_deref().map(
        |name| json!({ "name": name, "url": format!("{}{}", here.origin, hashtag::path(name)) }),
    );
    let items: Vec<Value> = shown.items.iter().map(item).collect();
    json!({
        "id": collection.id.to_string(),
        "account_id": collection.owner.id.to_string(),
        "uri": url,
        "url": url,
        "name": words.name,
        "description": without_tags(&words.description),
        "language": words.language,
        "local": true,
        "sensitive": words.sensitive,
        "discoverable": collection.discoverable,
        "tag": tag,
        "item_count": shown.items.len(),
        "items": items,
        "created_at": time::iso_ms(collection.created_at),
        "updated_at": time::iso_ms(collection.updated_at),
    })
}

/// Apps take it for HTML, and some send it back as it was when its owner edits it: so no more is changed than would be read
/// as a tag.
fn without_tags(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// Somebody in a collection.
pub fn item(item: &Item) -> Value {
    json!({
        "id": item.id.to_string(),
        "account_id": item.account_id.to_string(),
        "state": item.state.as_str(),
        "created_at": time::iso_ms(item.created_at),
    })
}

/// One collection with its owner and everybody in it.
pub async fn with_accounts(
    app: &App,
    viewer: &Party,
    shown: &Shown,
    here: &Community,
) -> Result<Value> {
    let mut ids = vec![shown.collection.owner.id];
    for item in &shown.items {
        if !ids.contains(&item.account_id) {
            ids.push(item.account_id);
        }
    }
    let faces = Faces::of(app, viewer, Way::Page, here, &ids).await?;
    Ok(json!({
        "accounts": faces.in_order(&ids),
        "collection": entity(app, shown, here),
    }))
}

/// Collections, with their owners and the first few of each as small pictures.
pub async fn list(app: &App, viewer: &Party, shown: &[Shown], here: &Community) -> Result<Value> {
    let mut ids: Vec<i64> = Vec::new();
    let mut known: HashSet<i64> = HashSet::new();
    for one in shown {
        let first = one.items.iter().take(FACES).map(|item| item.account_id);
        for id in std::iter::once(one.collection.owner.id).chain(first) {
            if known.insert(id) {
                ids.push(id);
            }
        }
    }
    let faces = Faces::of(app, viewer, Way::Page, here, &ids).await?;
    let small: Vec<Value> = ids
        .iter()
        .filter_map(|id| faces.get(*id).map(|one| partial(&one)))
        .collect();
    let collections: Vec<Value> = shown.iter().map(|one| entity(app, one, here)).collect();
    Ok(json!({ "collections": collections, "partial_accounts": small }))
}
