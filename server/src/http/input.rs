//! What apps send. The same fields come in a query, in a form of either kind, or as JSON, as each client was written;
//! names nest as Rails has them (`fields_attributes[0][name]`, `id[]`), and everything in a form is text.

mod lenient;

use axum::body::Body;
use axum::extract::FromRequest;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::client::Client;
use super::files::{self, Files};
use super::multipart;
use super::reply::Reply;
use crate::app::App;
use crate::error::{Error, Result};
use crate::oauth;
use lenient::Lenient;

/// The longest post with everything around it, each byte written `%XX`.
const LONGEST_BODY: usize = 256 * 1024;
/// The same where files are wanted, which some apps write into the words as base64: a picture of two or three megabytes.
const LONGEST_WITH_PICTURES: usize = 4 * 1024 * 1024;
/// Fields of one request, and values of JSON: the longest are lists of ids.
const MOST_FIELDS: usize = 1_000;
/// How deep names nest.
const DEEPEST: usize = 5;

/// What an app sent, wherever it put it. Where a field comes twice, the body goes before the query.
#[derive(Debug)]
pub struct Input<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<App> for Input<T> {
    type Rejection = Reply;

    async fn from_request(request: Request<Body>, app: &App) -> Result<Input<T>, Reply> {
        let token = token_of(&request);
        let (fields, _) = read(request, None).await?;
        still_opens(app, token).await?;
        Ok(Input(fields))
    }
}

/// The same with the files that came along, which are read to disk and no further than is allowed here. Only where files
/// are wanted: [`Input`] reads past none.
#[derive(Debug)]
pub struct Upload<T>(pub T, pub Files);

impl<T: DeserializeOwned + Send> FromRequest<App> for Upload<T> {
    type Rejection = Reply;

    async fn from_request(request: Request<Body>, app: &App) -> Result<Upload<T>, Reply> {
        let token = token_of(&request);
        let (fields, files) = read(request, Some(app)).await?;
        still_opens(app, token).await?;
        Ok(Upload(fields, files))
    }
}

/// The token of an app that changes something.
fn token_of(request: &Request<Body>) -> Option<i64> {
    let client = request.extensions().get::<Client>()?;
    (request.method() != Method::GET).then_some(client.grant.token_id)
}

/// Refused where the token ended, or its member was kept out, while the body came: that may take as long as a request may.
async fn still_opens(app: &App, token: Option<i64>) -> Result<()> {
    let Some(token) = token else { return Ok(()) };
    if oauth::live_among(app, vec![token]).await?.contains(&token) {
        return Ok(());
    }
    Err(Error::Unauthorized)
}

async fn read<T: DeserializeOwned>(
    request: Request<Body>,
    app: Option<&App>,
) -> Result<(T, Files)> {
    let (parts, body) = request.into_parts();
    let mut fields = Map::new();
    let mut count = 0;
    let mut sent = Files::default();
    if let Some(query) = parts.uri.query() {
        put_pairs(&mut fields, &mut count, query.as_bytes())?;
    }
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let announced = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let most = match app {
        Some(_) => LONGEST_WITH_PICTURES,
        None => LONGEST_BODY,
    };
    let boundary = multipart::boundary(kind);
    let kind = kind.to_ascii_lowercase();
    if boundary.is_none() && announced.is_some_and(|length| length > most) {
        return Err(too_long(most));
    }
    let bytes = match &boundary {
        Some(boundary) => {
            let (texts, files) = files::read(app, body, boundary).await?;
            let mut from_body = Map::new();
            for (name, value) in texts {
                put_pair(&mut from_body, &mut count, &name, value)?;
            }
            fields.extend(from_body);
            sent = files;
            Bytes::new()
        }
        None => whole(body, most).await?,
    };
    if kind.starts_with("application/x-www-form-urlencoded") {
        let mut from_body = Map::new();
        put_pairs(&mut from_body, &mut count, &bytes)?;
        fields.extend(from_body);
    } else if kind.starts_with("application/json") && !bytes.is_empty() {
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(sent)) => {
                let sent = Value::Object(sent);
                count += values_in(&sent);
                if count > MOST_FIELDS {
                    return Err(too_many());
                }
                if let Value::Object(sent) = sent {
                    fields.extend(sent);
                }
            }
            Ok(_) => return Err(unreadable("is not a JSON object")),
            Err(why) => return Err(unreadable(&format!("is not JSON: {why}"))),
        }
    } else if !bytes.is_empty() {
        return Err(unreadable(
            "must be application/json, application/x-www-form-urlencoded or multipart/form-data",
        ));
    }
    let fields = Value::Object(fields);
    // No database of ours keeps it the same way as the other.
    if holds_nul(&fields) {
        return Err(unreadable("holds a NUL character"));
    }
    let fields = T::deserialize(Lenient(fields))
        .map_err(|why| unreadable(&format!("could not be read: {why}")))?;
    Ok((fields, sent))
}

async fn whole(body: Body, most: usize) -> Result<Bytes> {
    match Limited::new(body, most).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long(most)),
        Err(_) => Err(unreadable("broke off while it was read")),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

pub(super) fn unreadable(why: &str) -> Error {
    Error::invalid("request", why)
}

/// How many fields this would be as a form.
fn values_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(|item| 1 + values_in(item)).sum(),
        Value::Object(fields) => fields.values().map(|field| 1 + values_in(field)).sum(),
        _ => 0,
    }
}

fn too_many() -> Error {
    unreadable(&format!("has more than {MOST_FIELDS} fields"))
}

fn too_long(most: usize) -> Error {
    unreadable(&format!("is longer than {} KiB", most / 1024))
}

fn put_pairs(fields: &mut Map<String, Value>, count: &mut usize, text: &[u8]) -> Result<()> {
    for (name, value) in url::form_urlencoded::parse(text) {
        put_pair(fields, count, &name, value.into_owned())?;
    }
    Ok(())
}

fn put_pair(
    fields: &mut Map<String, Value>,
    count: &mut usize,
    name: &str,
    value: String,
) -> Result<()> {
    *count += 1;
    if *count > MOST_FIELDS {
        return Err(too_many());
    }
    let steps = steps(name);
    if steps.len() > DEEPEST {
        return Err(unreadable(&format!(
            "has names that nest deeper than {DEEPEST}"
        )));
    }
    let (first, rest) = steps.split_first().unwrap_or((&"", &[]));
    let place = fields.entry((*first).to_owned()).or_insert(Value::Null);
    put(place, rest, value);
    Ok(())
}

/// `a[b][]` as `a`, `b` and nothing.
fn steps(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[').filter(|_| name.ends_with(']')) else {
        return vec![name];
    };
    let inner = rest.strip_suffix(']').unwrap_or(rest);
    std::iter::once(first).chain(inner.split("][")).collect()
}

fn put(place: &mut Value, steps: &[&str], value: String) {
    let Some((first, rest)) = steps.split_first() else {
        *place = Value::String(value);
        return;
    };
    if first.is_empty() {
        if !place.is_array() {
            *place = Value::Array(Vec::new());
        }
        let Value::Array(items) = place else { return };
        // `a[][x]=1&a[][y]=2&a[][x]=3` are two things: a name that is there already begins the next.
        let continues = rest.first().is_some_and(|next| {
            items
                .last()
                .and_then(Value::as_object)
                .is_some_and(|last| !last.contains_key(*next))
        });
        if !continues {
            items.push(Value::Null);
        }
        if let Some(last) = items.last_mut() {
            put(last, rest, value);
        }
        return;
    }
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    if let Value::Object(inner) = place {
        let next = inner.entry((*first).to_owned()).or_insert(Value::Null);
        put(next, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Pair {
        name: String,
        value: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sent {
        id: Vec<String>,
        limit: Option<i64>,
        sensitive: bool,
        text: Option<String>,
        fields_attributes: Vec<Pair>,
    }

    async fn sent(query: &str, kind: &str, body: &str) -> Result<Sent> {
        let request = Request::builder()
            .uri(format!("/api?{query}"))
            .header(CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        Ok(read(request, None).await?.0)
    }

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json; charset=utf-8";

    #[tokio::test]
    async fn a_query_a_form_and_json_say_the_same() {
        let wanted = Sent {
            id: vec!["1".to_owned(), "2".to_owned()],
            limit: Some(40),
            sensitive: true,
            text: Some(String::new()),
            fields_attributes: vec![
                Pair {
                    name: "a".to_owned(),
                    value: "b".to_owned(),
                },
                Pair {
                    name: "c".to_owned(),
                    value: String::new(),
                },
            ],
        };
        let form = "id[]=1&id[]=2&limit=40&sensitive=1&text=&fields_attributes[0][name]=a\
                    &fields_attributes[0][value]=b&fields_attributes[1][name]=c";
        let listed = "id[]=1&id[]=2&limit=40&sensitive=true&text=&fields_attributes[][name]=a\
                      &fields_attributes[][value]=b&fields_attributes[][name]=c";
        let json = r#"{"id": [1, "2"], "limit": "40", "sensitive": true, "text": "",
                       "fields_attributes": [{"name": "a", "value": "b"}, {"name": "c"}]}"#;
        assert_eq!(sent("", FORM, form).await.unwrap(), wanted);
        assert_eq!(sent(listed, "", "").await.unwrap(), wanted);
        assert_eq!(sent("limit=3", JSON, json).await.unwrap(), wanted);
    }

    #[tokio::test]
    async fn one_thing_is_a_list_of_one_and_no_is_no() {
        let one = sent("id=7&sensitive=false", "", "").await.unwrap();
        assert_eq!(one.id, ["7"]);
        assert!(!one.sensitive);
        assert_eq!(sent("", "", "").await.unwrap(), Sent::default());
    }

    #[tokio::test]
    async fn null_and_empty_fields_say_nothing() {
        let nothing = r#"{"id": null, "limit": null, "sensitive": null, "text": null, "fields_attributes": null}"#;
        assert_eq!(sent("", JSON, nothing).await.unwrap(), Sent::default());
        let inside =
            r#"{"id": ["1", null, ""], "fields_attributes": [null, {"name": "a", "value": null}]}"#;
        let inside = sent("", JSON, inside).await.unwrap();
        assert_eq!(inside.id, ["1"]);
        assert_eq!(inside.fields_attributes.len(), 1);
        assert_eq!(inside.fields_attributes[0].name, "a");
        assert_eq!(inside.fields_attributes[0].value, "");
        let form = sent("", FORM, "id[]=&limit=&text=").await.unwrap();
        assert_eq!((form.id.len(), form.limit), (0, None));
        assert_eq!(form.text.as_deref(), Some(""));
        assert_eq!(
            sent("id[]=&id[]=2&limit=%20", "", "").await.unwrap().id,
            ["2"]
        );
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_said() {
        let many = "id[]=1&".repeat(MOST_FIELDS + 1);
        let many_of_json = format!(r#"{{"id": [{}1]}}"#, "1,".repeat(MOST_FIELDS));
        let long = format!("text={}", "x".repeat(LONGEST_BODY));
        for (query, kind, body) in [
            ("limit=many", "", ""),
            ("a[b][c][d][e][f]=1", "", ""),
            ("", FORM, many.as_str()),
            ("", JSON, many_of_json.as_str()),
            ("", FORM, long.as_str()),
            ("text=a%00b", "", ""),
            ("", JSON, r#"{"id": ["a\u0000b"]}"#),
            ("", JSON, "[1]"),
            ("", JSON, "{"),
            ("", "text/plain", "hello"),
        ] {
            assert!(
                matches!(sent(query, kind, body).await, Err(Error::Invalid { .. })),
                "{query} {kind}"
            );
        }
    }
}
