//! NodeInfo: which software a server says it runs, and what we say of ours.

use serde_json::{Value, json};

use crate::json::parse;
use crate::lenient::clean;
use crate::{Iri, Malformed};

/// The schemas we can read, best first. All have `software.name` and `software.version`.
const SCHEMAS: [&str; 4] = [
    "http://nodeinfo.diaspora.software/ns/schema/2.1",
    "http://nodeinfo.diaspora.software/ns/schema/2.0",
    "http://nodeinfo.diaspora.software/ns/schema/1.1",
    "http://nodeinfo.diaspora.software/ns/schema/1.0",
];

/// The relation of a server to the actor that speaks for it (FEP-2677).
const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";

/// Names and versions are shown in tables and compared; none honest is near this long.
const LONGEST: usize = 128;

/// What a server says it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// In lower case: `mastodon`.
    pub name: String,
    /// As sent; empty if it was not.
    pub version: String,
}

/// Finds the best document among those that `/.well-known/nodeinfo` lists. It may be on any
/// host: only one on the host that was asked says anything about that host.
pub fn read_links(bytes: &[u8]) -> Result<Iri, Malformed> {
    let json = parse(bytes)?;
    let links = json.get("links");
    SCHEMAS
        .iter()
        .find_map(|schema| {
            let link = links
                .each()
                .find(|link| link.get("rel").raw() == Some(schema))?;
            Iri::parse(link.get("href").raw()?).ok()
        })
        .ok_or(Malformed::new("links", "has no NodeInfo that we can read"))
}

/// Reads the document itself.
pub fn read(bytes: &[u8]) -> Result<Software, Malformed> {
    let json = parse(bytes)?;
    let software = json.get("software");
    let plain = |key: &str| {
        let text = clean(software.get(key).raw()?, LONGEST);
        Some(text.chars().filter(|c| !c.is_control()).collect::<String>())
    };
    let name = plain("name").ok_or(Malformed::new("software.name", "is missing"))?;
    Ok(Software {
        name: name.trim().to_lowercase(),
        version: plain("version").unwrap_or_default(),
    })
}

/// What we say of ourselves. Numbers that people do not want told are `None` and left out;
/// none is ever invented (FEP-0151).
#[derive(Clone, Debug)]
pub struct NodeInfoOut {
    /// Our name, in lower case.
    pub software: String,
    /// Our version.
    pub version: String,
    /// Where our source is.
    pub repository: Option<Iri>,
    /// Whether anybody may sign up.
    pub open_registrations: bool,
    /// People with an account.
    pub users: Option<u64>,
    /// Of those, seen within 30 days.
    pub active_month: Option<u64>,
    /// Of those, seen within 180 days.
    pub active_half_year: Option<u64>,
    /// Statuses written here.
    pub local_posts: Option<u64>,
    /// The name of the community.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
}

/// Writes a document of schema 2.1.
pub fn build(node: &NodeInfoOut) -> Value {
    let mut document = json!({
        "version": "2.1",
        "software": { "name": node.software, "version": node.version },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": node.open_registrations,
        "usage": { "users": {} },
        "metadata": {},
    });
    if let Some(repository) = &node.repository {
        document["software"]["repository"] = json!(repository.as_str());
    }
    let users = [
        ("total", node.users),
        ("activeMonth", node.active_month),
        ("activeHalfyear", node.active_half_year),
    ];
    for (key, count) in users {
        if let Some(count) = count {
            document["usage"]["users"][key] = json!(count);
        }
    }
    if let Some(count) = node.local_posts {
        document["usage"]["localPosts"] = json!(count);
    }
    let texts = [
        ("nodeName", &node.name),
        ("nodeDescription", &node.description),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            document["metadata"][key] = json!(text);
        }
    }
    document
}

/// The same in the schema before that, which does not know where the source is.
pub fn build_2_0(node: &NodeInfoOut) -> Value {
    let mut document = build(node);
    document["version"] = json!("2.0");
    if let Some(software) = document["software"].as_object_mut() {
        software.remove("repository");
    }
    document
}

/// Writes what `/.well-known/nodeinfo` answers: where the document above is, and which actor speaks for the server.
pub fn build_links(document: &Iri, older: &Iri, application: &Iri) -> Value {
    json!({ "links": [
        { "rel": SCHEMAS[0], "href": document.as_str() },
        { "rel": SCHEMAS[1], "href": older.as_str() },
        { "rel": APPLICATION, "href": application.as_str() },
    ] })
}
