//! The description of the API (`OpenAPI` 3.1), made of the list of addresses, of what their handlers take, and of what is
//! written down there of their answers. A test asks for each address and compares, but for
//! streams (`tests/clients/described.py`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::answer::{self, Answer};
use super::{Kind, ROUTES, Route};
use crate::http::takes::Taken;
use crate::http::{Reply, Wants};
use crate::oauth;

/// What answers hold, by the names that Mastodon's documentation gives it.
const ENTITIES: &str = include_str!("entities.json");
/// Forms and JSON are read alike.
const BODIES: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];

/// `GET /api/comity/v1/openapi.json`
pub async fn show() -> Reply {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    Reply::api(DOCUMENT.get_or_init(document).clone())
}

/// The description.
pub fn document() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in ROUTES.iter().filter(|route| route.kind == Kind::Api) {
        let place = paths.entry(route.path).or_default();
        place.insert(route.method.to_ascii_lowercase(), operation(route));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Comity",
            "description": "Mastodon's API, as far as it is here, and what Comity adds under /api/comity. Fields may come in the \
                            query, in a form of either kind, or as JSON.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": entities(),
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": "/oauth/authorize",
                            "tokenUrl": "/oauth/token",
                            "scopes": scopes(),
                        },
                    },
                },
            },
        },
    })
}

fn entities() -> Value {
    // Read by a test before anybody else.
    serde_json::from_str(ENTITIES).unwrap_or_default()
}

fn scopes() -> Map<String, Value> {
    oauth::all_scopes()
        .map(|scope| (scope.to_owned(), json!(oauth::web::words(scope))))
        .collect()
}

fn operation(route: &Route) -> Value {
    let taken = ((route.handler)().takes)();
    let mut operation = json!({
        "operationId": name(route),
        "responses": responses(route),
        "parameters": parameters(route, &taken),
        "security": security(route.wants),
    });
    let in_query = matches!(route.method, "GET" | "DELETE");
    if !in_query && (taken.files || !taken.fields.is_empty()) {
        operation["requestBody"] = body(route, &taken);
    }
    operation
}

/// `get_api_v1_accounts_id`
fn name(route: &Route) -> String {
    let whole = format!("{}{}", route.method.to_ascii_lowercase(), route.path);
    let words = whole.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_")
}

fn parameters(route: &Route, taken: &Taken) -> Vec<Value> {
    let placeholders = route.path.split('{').skip(1);
    let named = placeholders.filter_map(|rest| rest.split('}').next());
    let mut all: Vec<Value> = named
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
        })
        .collect();
    if matches!(route.method, "GET" | "DELETE") {
        for (name, schema) in &taken.fields {
            let needed = taken.needed.contains(name);
            let is_list = kinds(schema).contains(&"array");
            // Several values of one name, as Rails has them.
            let name = if is_list {
                format!("{name}[]")
            } else {
                name.clone()
            };
            all.push(json!({
                "name": name,
                "in": "query",
                "required": needed,
                "schema": schema,
            }));
        }
    }
    all
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The fields of a form that are files.
fn files(path: &str) -> &'static [&'static str] {
    match path {
        "/api/v1/accounts/update_credentials" | "/api/v1/profile" => &["avatar", "header"],
        "/api/v1/media/{id}" => &["thumbnail"],
        // They are named by what is said of files, where that has no other place for them.
        "/api/v1/statuses/{id}" => &[],
        _ => &["file", "thumbnail"],
    }
}

fn body(route: &Route, taken: &Taken) -> Value {
    let mut schema = json!({ "type": "object", "properties": taken.fields });
    if !taken.needed.is_empty() {
        schema["required"] = json!(taken.needed);
    }
    let mut content = Map::new();
    if taken.files && !files(route.path).is_empty() {
        let mut with_file = schema;
        for name in files(route.path) {
            with_file["properties"][*name] = json!({ "type": "string", "format": "binary" });
        }
        content.insert(
            "multipart/form-data".to_owned(),
            json!({ "schema": with_file }),
        );
    } else {
        for kind in BODIES {
            content.insert(kind.to_owned(), json!({ "schema": schema }));
        }
    }
    json!({ "content": content })
}

fn security(wants: Wants) -> Value {
    let token = |scopes: &[&str]| json!({ "token": scopes });
    match wants {
        Wants::Nothing => json!([{}]),
        Wants::AnyApp => json!([token(&[])]),
        Wants::Stream => json!([{}, token(&[])]),
        Wants::Anyone(scopes) => {
            let each = scopes.iter().map(|scope| token(&[scope]));
            Value::Array(std::iter::once(json!({})).chain(each).collect())
        }
        Wants::App(scopes) | Wants::SignedUp(scopes) | Wants::Member(scopes) => {
            scopes.iter().map(|scope| token(&[scope])).collect()
        }
    }
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    let content = match Answer::of(route.answer) {
        Answer::Json(schema) => json!({ "application/json": { "schema": schema } }),
        Answer::Events => json!({ "text/event-stream": {} }),
        Answer::Word => json!({ "text/plain": { "schema": { "type": "string" } } }),
        Answer::Nothing => json!({}),
    };
    let well = json!({ "description": "As asked.", "content": content });
    for status in answer::statuses(route.method, route.path) {
        responses.insert((*status).to_owned(), well.clone());
    }
    let error =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } });
    let refusals = json!({
        "description": "Not done, and why: 401 without a token, 403 with too narrow a one, 404 for what is not there or not for \
                        you to see, 422 for what cannot be read, 429 for too often.",
        "content": error,
    });
    responses.insert("4XX".to_owned(), refusals);
    Value::Object(responses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entity_that_is_named_is_there_and_every_one_is_named() {
        let document = document();
        let text = document.to_string();
        let entities = document["components"]["schemas"].as_object().unwrap();
        assert!(!entities.is_empty());
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(
                entities.contains_key(name),
                "{name} is not in entities.json"
            );
        }
        for name in entities.keys() {
            assert!(
                text.contains(&format!("#/components/schemas/{name}\"")),
                "{name} in entities.json is named nowhere"
            );
        }
    }

    #[test]
    fn fields_are_those_that_handlers_read() {
        let document = document();
        let fields = &document["paths"]["/api/v1/statuses"]["post"]["requestBody"]["content"]["application/json"]
            ["schema"]["properties"];
        assert_eq!(fields["status"]["type"], "string", "{fields}");
        assert_eq!(fields["media_ids"]["items"]["type"], "integer", "{fields}");
        assert_eq!(
            fields["poll"]["properties"]["options"]["items"]["type"], "string",
            "{fields}"
        );
        let asked = document["paths"]["/api/v1/timelines/public"]["get"]["parameters"].to_string();
        for name in ["max_id", "limit", "local"] {
            assert!(asked.contains(&format!("\"{name}\"")), "{name}: {asked}");
        }
    }

    #[test]
    fn files_of_a_form_are_named() {
        let document = document();
        let fields = |path: &str, method: &str| {
            document["paths"][path][method]["requestBody"]["content"]["multipart/form-data"]
                ["schema"]["properties"]
                .clone()
        };
        let profile = fields("/api/v1/accounts/update_credentials", "patch");
        for name in ["avatar", "header"] {
            assert_eq!(profile[name]["format"], "binary", "{profile}");
        }
        assert!(profile.get("file").is_none(), "{profile}");
        let media = fields("/api/v2/media", "post");
        assert_eq!(media["file"]["format"], "binary", "{media}");
    }

    #[test]
    fn every_scope_that_is_wanted_is_described() {
        let document = document();
        let flows = &document["components"]["securitySchemes"]["token"]["flows"];
        let scopes = &flows["authorizationCode"]["scopes"];
        let mut wanted = 0;
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                for way in operation["security"].as_array().unwrap() {
                    for scope in way["token"].as_array().into_iter().flatten() {
                        let words = scopes[scope.as_str().unwrap()].as_str().unwrap_or_default();
                        assert!(!words.is_empty(), "{scope} has no words");
                        wanted += 1;
                    }
                }
            }
        }
        assert!(wanted > 0);
    }

    #[test]
    fn names_are_each_used_once() {
        let document = document();
        let mut seen = std::collections::BTreeSet::new();
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap().to_owned();
                assert!(seen.insert(name.clone()), "{name} stands twice");
            }
        }
    }
}
