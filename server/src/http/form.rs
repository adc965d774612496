//! Forms: read within bounds, and only from our own pages.
//!
//! Two independent checks, because each has failed somewhere: browsers say where a form stands (`Sec-Fetch-Site`,
//! `Origin`), and the form carries a token that only a page of ours could give.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::reply::Reply;
use super::viewer::Visit;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};

/// The whole form: the longest post, each character three bytes and each byte written `%XX`, with room to spare.
const LONGEST_FORM: usize = 64 * 1024;
/// Fields of a form: the profile's pairs and a reply's ticks are the most there are.
const MOST_FIELDS: usize = 100;
/// The hidden field that holds the token.
const TOKEN_FIELD: &str = "csrf";

/// A form that was sent from a page of ours. Every page route that changes something reads its input through this;
/// `Form<()>` where there is none.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Reply;

    async fn from_request(request: Request<Body>, app: &App) -> Result<Form<T>, Reply> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        comes_from_us(&parts.headers, &visit.community)?;
        let bytes = read(&parts.headers, body).await?;
        let mut fields = url::form_urlencoded::parse(&bytes);
        if fields.count() > MOST_FIELDS {
            return Err(
                Error::invalid("form", format!("has more than {MOST_FIELDS} fields")).into(),
            );
        }
        let token = fields
            .find(|(name, _)| name == TOKEN_FIELD)
            .map(|(_, value)| value.into_owned());
        if !token.is_some_and(|token| visit.made(&token)) {
            return Err(not_ours().into());
        }
        let value = T::deserialize(Fields(serde_html_form::Deserializer::from_bytes(&bytes)))
            .map_err(|why| Error::invalid("form", format!("could not be read: {why}")))?;
        Ok(Form(value))
    }
}

/// The fields, for types that name some of them; `()` names none and minds none.
struct Fields<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Fields<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn comes_from_us(headers: &HeaderMap, community: &Community) -> Result<()> {
    let header = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    match header("sec-fetch-site") {
        Some("same-origin") => return Ok(()),
        // "none" is a form that the browser restored by itself.
        Some("none") | None => {}
        Some(_) => return Err(not_ours()),
    }
    match header(ORIGIN.as_str()) {
        Some(origin) if origin != community.origin => Err(not_ours()),
        _ => Ok(()),
    }
}

fn not_ours() -> Error {
    Error::Forbidden("the form had expired; go back, reload the page and send it again".to_owned())
}

async fn read(headers: &HeaderMap, body: Body) -> Result<bytes::Bytes> {
    let too_long = || {
        Error::invalid(
            "form",
            format!("is longer than {} KiB", LONGEST_FORM / 1024),
        )
    };
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::invalid(
            "form",
            "must be sent as application/x-www-form-urlencoded",
        ));
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > LONGEST_FORM) {
        return Err(too_long());
    }
    match Limited::new(body, LONGEST_FORM).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long()),
        Err(_) => Err(Error::invalid("form", "broke off while it was read")),
    }
}
