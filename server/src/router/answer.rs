//! What an address for apps answers with, by the entities of `entities.json`.

use serde_json::{Value, json};

/// What comes back where all went well.
pub enum Answer {
    /// JSON of this schema.
    Json(Value),
    /// Server-sent events, or a WebSocket.
    Events,
    /// A word.
    Word,
    /// A status, and nothing besides.
    Nothing,
}

impl Answer {
    /// What the list of addresses says of it: the name of an entity, or one of the words below. `[Status]` is a list of them,
    /// `{}` an empty object, `any` what differs from one to the next, `number` a count.
    pub fn of(word: &'static str) -> Answer {
        match word {
            "events" => Answer::Events,
            "word" => Answer::Word,
            "nothing" => Answer::Nothing,
            entity => Answer::Json(schema(entity)),
        }
    }
}

fn schema(entity: &str) -> Value {
    match entity {
        "{}" => json!({ "type": "object" }),
        "any" => json!({}),
        "boolean" => json!({ "type": "boolean" }),
        "number" => {
            json!({ "type": "object", "required": ["count"], "properties": { "count": { "type": "integer" } } })
        }
        "[string]" => json!({ "type": "array", "items": { "type": "string" } }),
        _ => match entity
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(one) => json!({ "type": "array", "items": schema(one) }),
            None => json!({ "$ref": format!("#/components/schemas/{entity}") }),
        },
    }
}

/// The statuses of what went well: 202 and 206 say that a file is not ready yet.
pub fn statuses(method: &str, path: &str) -> &'static [&'static str] {
    match (method, path) {
        ("POST", "/api/v2/media" | "/api/v1/media") => &["200", "202"],
        ("GET" | "PUT", "/api/v1/media/{id}") => &["200", "206"],
        ("GET", "/api/v1/donation_campaigns") => &["204"],
        _ => &["200"],
    }
}
