//! Topics as apps read them, in Mastodon's words.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::communities::Community;
use crate::discovery::Histories;
use crate::text::hashtag::path;

/// A topic by its folded name, where nobody asks how often it was named lately.
pub fn tag(name: &str, here: &Community) -> Value {
    json!({
        "id": name,
        "name": name,
        "url": format!("{}{}", here.origin, path(name)),
        "history": [],
    })
}

/// The same, with how often it was named.
pub fn counted(name: &str, here: &Community, histories: &Histories) -> Value {
    let mut entity = tag(name, here);
    entity["history"] = histories.of(name);
    entity
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
pub fn marked(name: &str, here: &Community, histories: &Histories, marks: &Marks) -> Value {
    let mut entity = counted(name, here, histories);
    entity["following"] = json!(marks.followed.contains(name));
    entity["featuring"] = json!(marks.featured.contains(name));
    entity
}
