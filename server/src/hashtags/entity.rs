//! Topics as apps read them, in Mastodon's words.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};

use crate::communities::Community;
use crate::discovery::Histories;
use crate::text::hashtag::path;

/// A topic, where nobody asks how often it was named lately. Its fields are in the order of their names, as in a tree.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    history: [(); 0],
    id: String,
    name: String,
    url: String,
}

/// A topic by its folded name.
pub fn named(name: String, here: &Community) -> Named {
    Named {
        history: [],
        id: name.clone(),
        url: format!("{}{}", here.origin, path(&name)),
        name,
    }
}

/// The same as a tree.
pub fn tag(name: &str, here: &Community) -> Value {
    json!(named(name.to_owned(), here))
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
