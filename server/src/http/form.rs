//! Forms: read within bounds, and only from our own pages.
//!
//! Two independent checks, because each has failed somewhere: browsers say where a form stands (`Sec-Fetch-Site`,
//! `Origin`), and the form carries a token that only a page of ours could give.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::field::in_words;
use super::files::{self, Files};
use super::multipart;
use super::reply::{Reply, as_sentence};
use super::viewer::{Me, Visit};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::members::sessions;
use crate::web::view::Trouble;

/// The whole form: the longest post, each character three bytes and each byte written `%XX`, with room to spare.
const LONGEST_FORM: usize = 64 * 1024;
/// A pasted file of some ten thousand lines, written `%XX` where it has to be.
const LONGEST_PASTE: usize = 2 * 1024 * 1024;
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
        Ok(Form(from_us(request, app, LONGEST_FORM).await?))
    }
}

/// A form into which a member may paste a whole file.
#[derive(Debug)]
pub struct LongForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for LongForm<T> {
    type Rejection = Reply;

    async fn from_request(request: Request<Body>, app: &App) -> Result<LongForm<T>, Reply> {
        let (mut parts, body) = request.into_parts();
        // Nobody else is let send that much.
        Me::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        Ok(LongForm(from_us(request, app, LONGEST_PASTE).await?))
    }
}

/// A form into which a member may put files. Read as any other where it brings none; whoever takes it asks
/// [`Files::check`] whether all could be taken, and shows the form again where not.
#[derive(Debug)]
pub struct FileForm<T>(pub T, pub Files);

impl<T: DeserializeOwned> FromRequest<App> for FileForm<T> {
    type Rejection = Reply;

    async fn from_request(request: Request<Body>, app: &App) -> Result<FileForm<T>, Reply> {
        let (mut parts, body) = request.into_parts();
        // Nobody else is let send that much.
        Me::from_request_parts(&mut parts, app).await?;
        let kind = parts.headers.get(CONTENT_TYPE);
        let boundary = kind.and_then(|kind| multipart::boundary(kind.to_str().ok()?));
        let Some(boundary) = boundary else {
            let request = Request::from_parts(parts, body);
            let value = from_us(request, app, LONGEST_FORM).await?;
            return Ok(FileForm(value, Files::default()));
        };
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        comes_from_us(&parts.headers, &visit.community)?;
        let (texts, files) = files::read_all(app, body, &boundary).await?;
        still_signed_in(app, &visit).await?;
        let texts = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(texts)
            .finish();
        Ok(FileForm(fields(&visit, texts.as_bytes())?, files))
    }
}

async fn from_us<T: DeserializeOwned>(
    request: Request<Body>,
    app: &App,
    longest: usize,
) -> Result<T, Reply> {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, app).await?;
    comes_from_us(&parts.headers, &visit.community)?;
    let bytes = read(&parts.headers, body, longest).await?;
    still_signed_in(app, &visit).await?;
    Ok(fields(&visit, &bytes)?)
}

/// Refused to whoever was signed out, or lost their role, while their form came: that may take as long as a request may.
async fn still_signed_in(app: &App, visit: &Visit) -> Result<()> {
    let (Some(me), Some(session)) = (&visit.me, visit.session()) else {
        return Ok(());
    };
    let now = sessions::resume(app, visit.community.id, session).await?;
    match now.filter(|member| member.role == me.member.role) {
        Some(_) => Ok(()),
        None => Err(Error::Unauthorized),
    }
}

/// What the fields say, if the token among them is of a page that we gave to this visitor.
fn fields<T: DeserializeOwned>(visit: &Visit, bytes: &[u8]) -> Result<T> {
    let mut fields = url::form_urlencoded::parse(bytes);
    if fields.count() > MOST_FIELDS {
        return Err(Error::invalid(
            "form",
            format!("has more than {MOST_FIELDS} fields"),
        ));
    }
    let token = fields
        .find(|(name, _)| name == TOKEN_FIELD)
        .map(|(_, value)| value.into_owned());
    if !token.is_some_and(|token| visit.made(&token)) {
        return Err(not_ours());
    }
    // No database of ours keeps it the same way as the other.
    if url::form_urlencoded::parse(bytes)
        .any(|(name, value)| name.contains('\0') || value.contains('\0'))
    {
        return Err(Error::invalid(
            "form",
            "holds a character that cannot be kept (NUL); take it out and send the form again",
        ));
    }
    T::deserialize(Fields(serde_html_form::Deserializer::from_bytes(bytes)))
        .map_err(|why| Error::invalid("form", format!("could not be read: {why}")))
}

/// How a form calls a field, and how a sentence names it.
pub struct Label {
    /// As verbs name it in [`Error::Invalid`].
    pub of: &'static str,
    /// As the form sends it.
    pub input: &'static str,
    /// What the sentence begins with: "Your post". Empty where the verb says a whole sentence.
    pub words: &'static str,
}

impl Label {
    /// With one name for both.
    pub const fn of(field: &'static str, words: &'static str) -> Label {
        Label {
            of: field,
            input: field,
            words,
        }
    }
}

/// What can be mended in the form is shown beside its field, what stands against the act as a whole above it; the rest
/// goes on as an error.
pub fn trouble(why: Error, labels: &[Label]) -> Result<Trouble> {
    match why {
        Error::Invalid { field, why, .. } => {
            let label = labels.iter().find(|label| label.of == field);
            let input = label.map_or(field, |label| label.input);
            let words = label.map_or_else(|| in_words(field), |label| label.words.to_owned());
            Ok(Trouble {
                field: input,
                text: as_sentence(&format!("{words} {why}")),
            })
        }
        Error::Forbidden(why) | Error::Conflict(why) => Ok(Trouble {
            field: "",
            text: as_sentence(&why),
        }),
        other => Err(other),
    }
}

/// A page with a form on it: 422 where something was wrong with what was sent.
pub fn page_with(form_page: Reply, trouble: Option<&Trouble>) -> Reply {
    match trouble {
        Some(_) => form_page.with_status(StatusCode::UNPROCESSABLE_ENTITY),
        None => form_page,
    }
}

/// What every button sends besides the token: where to go after the act.
#[derive(Debug, Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

impl Back {
    /// The page one came from, if it is ours.
    pub fn to(&self) -> Reply {
        Reply::see_other(&self.back)
    }

    /// Whether one came from the page of this status.
    pub fn is_of_status(&self, id: i64) -> bool {
        self.back.contains(&format!("/{id}"))
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

async fn read(headers: &HeaderMap, body: Body, longest: usize) -> Result<bytes::Bytes> {
    let too_long = || Error::invalid("form", format!("is longer than {} KiB", longest / 1024));
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
    if announced.is_some_and(|length| length > longest) {
        return Err(too_long());
    }
    match Limited::new(body, longest).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_long()),
        Err(_) => Err(Error::invalid("form", "broke off while it was read")),
    }
}
