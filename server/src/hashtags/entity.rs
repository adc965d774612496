//! Topics as apps read them, in Mastodon's words.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::communities::Community;
use crate::text::hashtag::path;

/// A topic by its folded name. How often it was named lately is not counted here.
pub fn tag(name: &str, here: &Community) -> Value {
    json!({
        "id": name,
        "name": name,
        "url": format!("{}{}", here.origin, path(name)),
        "history": [],
    })
}

/// What a member has to do with topics.
#[derive(Debug, Default)]
pub struct Marks {
    /// Those they follow.
    pub followed: HashSet<String>,
    /// Those on their profile.
    pub featured: HashSet<String>,
}

/// The same for a member.
pub fn marked(name: &str, here: &Community, marks: &Marks) -> Value {
    let mut entity = tag(name, here);
    entity["following"] = json!(marks.followed.contains(name));
    entity["featuring"] = json!(marks.featured.contains(name));
    entity
}
