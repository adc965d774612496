//! The only way to answer. Nothing else makes a response, so nothing leaves without its kind and its cache rules;
//! [`finish`](super::finish) adds what all answers share.

use std::convert::Infallible;
use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use comity_policy::{Because, Refusal};
use comity_vocab::Iri;
use futures_util::Stream;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, LINK, LOCATION, RETRY_AFTER, SET_COOKIE, VARY,
};
use http::{HeaderName, HeaderValue, StatusCode};

use super::field::in_words;
use super::{cookie, local_path};
use crate::communities::Community;
use crate::error::{Code, Error};
use crate::web::view::Notice;

/// Bytes read at once from a WebSocket: what apps say is far shorter, and each open one keeps so much.
const SOCKET_BUFFER: usize = 2 * 1024;
/// Bytes of one message from a WebSocket: the name of a stream.
const LARGEST_INCOMING: usize = 4 * 1024;
/// Bytes that wait to be sent over a WebSocket: a post with everything around it stays far below.
const LARGEST_OUTGOING: usize = 4 * 1024 * 1024;

/// An answer.
#[derive(Debug)]
pub struct Reply(Response);

impl Reply {
    /// A page. It was made for one viewer, so nothing between us and them may keep it.
    pub fn page(template: impl Template) -> Reply {
        match template.render() {
            Ok(text) => Reply::new(StatusCode::OK, "text/html; charset=utf-8", text)
                .with(CACHE_CONTROL, "private, no-cache")
                .with(VARY, "Accept, Cookie"),
            Err(why) => Error::internal(format!("a page could not be laid out: {why}")).into(),
        }
    }

    /// The act is done, look there. A path that leads elsewhere than to this server leads to the first page.
    pub fn see_other(path: &str) -> Reply {
        let path = local_path(path).unwrap_or("/");
        let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        let mut reply = Reply::empty(StatusCode::SEE_OTHER).with(CACHE_CONTROL, "no-store");
        reply.0.headers_mut().insert(LOCATION, location);
        reply
    }

    /// To an app, with a member's yes or no, which they just gave: the one answer that leads away from here.
    pub fn to_app(location: &str) -> Reply {
        let mut reply = Reply::empty(StatusCode::SEE_OTHER).with(CACHE_CONTROL, "no-store");
        match HeaderValue::from_str(location) {
            Ok(location) => {
                reply.0.headers_mut().insert(LOCATION, location);
                reply
            }
            Err(_) => Error::internal("the address of an app is no header").into(),
        }
    }

    /// An ActivityPub document, for one requester who proved who they are.
    pub fn activity(document: serde_json::Value) -> Reply {
        Reply::json(document, "application/activity+json")
            .with(CACHE_CONTROL, "private, no-store")
            .with(VARY, "Accept, Signature")
    }

    /// What an app asked for with its token: for it alone.
    pub fn api(document: serde_json::Value) -> Reply {
        Reply::json(document, "application/json; charset=utf-8")
            .with(CACHE_CONTROL, "private, no-store")
            .with(VARY, "Authorization, Origin")
    }

    /// The same, where it is long and was written as JSON already.
    pub fn api_written(text: String) -> Reply {
        Reply::new(StatusCode::OK, "application/json; charset=utf-8", text)
            .with(CACHE_CONTROL, "private, no-store")
            .with(VARY, "Authorization, Origin")
    }

    /// Any JSON: WebFinger, NodeInfo. The same for everybody unless the caller says otherwise.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a document is made to be sent, and is gone then"
    )]
    pub fn json(document: serde_json::Value, content_type: &'static str) -> Reply {
        Reply::new(StatusCode::OK, content_type, document.to_string())
    }

    /// A small document of another kind, made for this request.
    pub fn document(text: String, content_type: &'static str) -> Reply {
        Reply::new(StatusCode::OK, content_type, text)
    }

    /// A file of ours that never changes under its name.
    pub fn asset(bytes: impl Into<Bytes>, content_type: &'static str) -> Reply {
        Reply::new(StatusCode::OK, content_type, bytes.into())
            .with(CACHE_CONTROL, "public, max-age=31536000, immutable")
    }

    /// A file that came from a member or from elsewhere, or a part of it: nothing in it can do anything.
    pub fn sent(file: SentBody) -> Reply {
        let mut reply = Reply::new(file.status, file.media_type, file.body)
            .with(CONTENT_DISPOSITION, "inline")
            .with(ACCEPT_RANGES, "bytes")
            .with(
                HeaderName::from_static("cross-origin-resource-policy"),
                "cross-origin",
            )
            .with(
                CACHE_CONTROL,
                if file.for_everybody {
                    "public, max-age=31536000, immutable"
                } else {
                    "private, max-age=3600"
                },
            );
        let length = file.length;
        let range = match (file.status, file.range) {
            (_, Some((from, to))) => Some(format!("bytes {from}-{}/{length}", to - 1)),
            (StatusCode::RANGE_NOT_SATISFIABLE, None) => Some(format!("bytes */{length}")),
            _ => None,
        };
        let brings = match (file.status, file.range) {
            (_, Some((from, to))) => Some(to - from),
            (StatusCode::OK, None) => Some(length),
            _ => None,
        };
        let headers = reply.0.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&file.tag) {
            headers.insert(ETAG, tag);
        }
        if let Some(brings) = brings {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(brings));
        }
        if let Some(Ok(range)) = range.as_deref().map(HeaderValue::from_str) {
            headers.insert(CONTENT_RANGE, range);
        }
        reply.0.extensions_mut().insert(Inert);
        reply
    }

    /// It has another address, for good: one of our own names, that the settings say.
    pub fn moved(location: &str) -> Reply {
        Reply::empty(StatusCode::PERMANENT_REDIRECT)
            .with(CACHE_CONTROL, "no-store")
            .leading_to(location)
    }

    /// Another server has it at this address, and says who may read it.
    pub fn elsewhere(address: &Iri) -> Reply {
        let reply = Reply::empty(StatusCode::FOUND)
            .with(CACHE_CONTROL, "private, no-store")
            .with(VARY, "Accept, Signature");
        reply.leading_to(address.as_str())
    }

    fn leading_to(mut self, location: &str) -> Reply {
        match HeaderValue::from_str(location) {
            Ok(location) => {
                self.0.headers_mut().insert(LOCATION, location);
                self
            }
            Err(_) => Error::NotFound.into(),
        }
    }

    /// Taken in; the rest happens later.
    pub fn accepted() -> Reply {
        Reply::empty(StatusCode::ACCEPTED)
    }

    /// A status and nothing else.
    pub fn empty(status: StatusCode) -> Reply {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Reply(response)
    }

    /// A sentence without a page around it.
    pub fn plain(status: StatusCode, sentence: String) -> Reply {
        Reply::new(status, "text/plain; charset=utf-8", sentence + "\n")
            .with(CACHE_CONTROL, "no-store")
    }

    /// One word, as programs compare it.
    pub fn plain_word(status: StatusCode, word: &'static str) -> Reply {
        Reply::new(status, "text/plain; charset=utf-8", word).with(CACHE_CONTROL, "no-store")
    }

    /// Server-sent events, for as long as they come. Nothing in between may keep them or wait for more.
    pub fn events<S>(blocks: S) -> Reply
    where
        S: Stream<Item = Result<Bytes, Infallible>> + Send + 'static,
    {
        Reply::new(
            StatusCode::OK,
            "text/event-stream",
            Body::from_stream(blocks),
        )
        .with(CACHE_CONTROL, "private, no-store")
        .with(VARY, "Authorization, Origin")
        .with(HeaderName::from_static("x-accel-buffering"), "no")
    }

    /// A WebSocket, over which `talk` goes on once this answer has arrived. What comes in is short, and apps put their
    /// token where a protocol would stand: they want to hear that name again.
    pub fn socket<F>(
        mut upgrade: WebSocketUpgrade,
        talk: impl FnOnce(WebSocket) -> F + Send + 'static,
    ) -> Reply
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let asked = upgrade.requested_protocols().next().cloned();
        if let Some(asked) = asked {
            upgrade.set_selected_protocol(asked);
        }
        let response = upgrade
            .read_buffer_size(SOCKET_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(LARGEST_OUTGOING)
            .max_message_size(LARGEST_INCOMING)
            .max_frame_size(LARGEST_INCOMING)
            .on_upgrade(talk);
        Reply(response)
    }

    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Reply {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        Reply(response).with(CONTENT_TYPE, content_type)
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Reply {
        *self.0.status_mut() = status;
        self
    }

    /// The same with a header that is not a secret and not from outside.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &'static str) -> Reply {
        self.0
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
        self
    }

    /// The same with the links of [`Paging`](super::Paging) to what comes before and after.
    #[must_use]
    pub fn with_links(mut self, links: Option<HeaderValue>) -> Reply {
        if let Some(links) = links {
            self.0.headers_mut().insert(LINK, links);
        }
        self
    }

    /// The same with what says that more will come, as [`backfill::api`](crate::backfill::api) writes it.
    #[must_use]
    pub fn with_refresh(mut self, refresh: Option<HeaderValue>) -> Reply {
        if let Some(refresh) = refresh {
            let name = HeaderName::from_static("mastodon-async-refresh");
            self.0.headers_mut().insert(name, refresh);
        }
        self
    }

    /// The same, for a page whose form may be answered by leading to `source` as well, as [`Redirect::source`] gives it.
    ///
    /// [`Redirect::source`]: crate::oauth::Redirect::source
    #[must_use]
    pub fn with_form_action(mut self, source: String) -> Reply {
        self.0.extensions_mut().insert(FormAction(source));
        self
    }

    /// The same, and the page that it leads to says what the act came to.
    #[must_use]
    pub fn telling(self, here: &Community, words: impl Into<String>) -> Reply {
        self.with_cookie(cookie::notice(here, &Notice(words.into())))
    }

    /// The same with one more cookie, as [`super::cookie`] writes it.
    #[must_use]
    pub fn with_cookie(mut self, cookie: HeaderValue) -> Reply {
        self.0.headers_mut().append(SET_COOKIE, cookie);
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        self.0
    }
}

/// A file as it is sent.
pub struct SentBody {
    /// 200, 206, 304 or 416.
    pub status: StatusCode,
    /// As much as was asked for.
    pub body: Body,
    /// One of those we make.
    pub media_type: &'static str,
    /// In quotes.
    pub tag: String,
    /// Bytes of the whole.
    pub length: u64,
    /// Which of them these are: from, and before where.
    pub range: Option<(u64, u64)>,
    /// Anybody may keep it.
    pub for_everybody: bool,
}

/// The answer is a file from outside: it may load nothing, and do nothing.
#[derive(Clone, Debug)]
pub struct Inert;

/// Where the form of a page may lead besides here.
#[derive(Clone, Debug)]
pub struct FormAction(pub String);

/// What a requester is told when something could not be done; [`finish`](super::finish) puts it on the surface that
/// was asked for.
#[derive(Clone, Debug)]
pub struct Told {
    /// The HTTP status.
    pub status: StatusCode,
    /// A sentence beyond the status, if there is one to tell.
    pub sentence: String,
    /// The field that cannot be used, for apps.
    pub detail: Option<Detail>,
}

/// What is wrong with a field that an app sent.
#[derive(Clone, Debug)]
pub struct Detail {
    /// As the API names it.
    pub field: &'static str,
    /// In a word that apps know.
    pub code: Code,
    /// A lower-case fragment that says what to do.
    pub why: String,
}

impl Told {
    /// What of an error may be told.
    pub fn of(error: &Error) -> Told {
        let (status, sentence) = match error {
            Error::NotFound => (StatusCode::NOT_FOUND, String::new()),
            Error::Gone => (StatusCode::GONE, String::new()),
            Error::Unauthorized => (StatusCode::UNAUTHORIZED, String::new()),
            Error::MembersOnly(what) => (StatusCode::UNAUTHORIZED, as_sentence(what)),
            Error::Forbidden(why) => (StatusCode::FORBIDDEN, as_sentence(why)),
            Error::Refused(refusal) => (StatusCode::FORBIDDEN, as_sentence(&told_of(refusal))),
            Error::Invalid { field, why, .. } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                as_sentence(&format!("{} {why}", in_words(field))),
            ),
            Error::Conflict(why) => (StatusCode::CONFLICT, as_sentence(why)),
            Error::TooMany { after_s } => (
                StatusCode::TOO_MANY_REQUESTS,
                format!("Try again in {}.", waiting(*after_s)),
            ),
            Error::Elsewhere(why) => (StatusCode::BAD_GATEWAY, as_sentence(why)),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        };
        let detail = match error {
            Error::Invalid {
                field,
                code: Some(code),
                why,
            } => Some(Detail {
                field,
                code: *code,
                why: why.clone(),
            }),
            _ => None,
        };
        Told {
            status,
            sentence,
            detail,
        }
    }
}

/// Who reads a refusal decided it themself, or their community did; others hear of nothing at all.
fn told_of(refusal: &Refusal) -> String {
    match refusal.because() {
        Because::Rule(_) | Because::Limited(_) => {
            "a rule of yours or of your community stands against it; Boundaries tells which"
                .to_owned()
        }
        Because::Mode(..) => "your community does not know their server".to_owned(),
        Because::OwnMode(..) => {
            "you talk only with servers you chose; Boundaries lets you open theirs".to_owned()
        }
        Because::EmergencyGate(_) => {
            "the emergency gate of your community is closed to servers it has not known for long"
                .to_owned()
        }
        Because::Wave(_) => "you are asked about everybody you do not know first, while so many come at once; First contacts has them".to_owned(),
        Because::Block { .. } => "you block them".to_owned(),
        Because::Mute { .. } => "you muted them".to_owned(),
        _ => refusal.to_string(),
    }
}

/// "40 seconds", "3 minutes".
fn waiting(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// Our messages are lower-case fragments; people read sentences.
pub fn as_sentence(fragment: &str) -> String {
    let mut letters = fragment.trim().chars();
    let mut sentence: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Error::Internal(source) = &self {
            let mut why = source.to_string();
            let mut next = source.source();
            while let Some(deeper) = next {
                let _ = write!(why, ": {deeper}");
                next = deeper.source();
            }
            tracing::error!(error = %why, "a request failed");
        }
        let told = Told::of(&self);
        let mut response = Reply::empty(told.status).0;
        if let Error::TooMany { after_s } = self {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(after_s));
        }
        response.extensions_mut().insert(told);
        response
    }
}

impl From<Error> for Reply {
    fn from(error: Error) -> Reply {
        Reply(error.into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(as_sentence("the form had expired"), "The form had expired.");
        assert_eq!(as_sentence("Refused."), "Refused.");
        assert_eq!(as_sentence(""), "");
    }

    #[test]
    fn a_redirect_stays_here() {
        let location = |path| Reply::see_other(path).0.headers()[LOCATION].clone();
        assert_eq!(location("/home"), "/home");
        assert_eq!(location("https://evil.example/"), "/");
        assert_eq!(location("//evil.example/"), "/");
    }

    #[test]
    fn an_internal_error_tells_nothing_of_itself() {
        let told = Told::of(&Error::internal("the password of the database is wrong"));
        assert_eq!(told.sentence, "");
        assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
