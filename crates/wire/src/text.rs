//! Fetching plain text, such as a list that somebody publishes: nothing in it is attested, only where it was had.

use comity_policy::{Contact, Permitted};
use comity_vocab::Iri;
use http::header::{
    ACCEPT, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED,
};
use http::{Method, StatusCode};
use reqwest::Response;

use crate::client::{Wire, refused};
use crate::fetch::{MOST_REDIRECTS, is_redirect, target};
use crate::{Distrust, WireError, body};

/// Bytes of a text. The longest lists that are passed around have some ten thousand lines of a
/// hundred bytes.
pub const LARGEST_TEXT: usize = 10 * 1024 * 1024;

/// Bytes of a mark that we give back; longer ones are forgotten, and the text is fetched whole.
const LONGEST_MARK: usize = 500;

const ACCEPT_TEXT: &str = "text/csv, text/plain;q=0.9, */*;q=0.1";

/// By what a server knows again which version of a text it gave: what it said, word for word.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mark {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub modified: Option<String>,
}

/// What came of fetching a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchedText {
    /// It differs from the version that was marked, or none was.
    Text {
        /// At most [`LARGEST_TEXT`], not yet read.
        bytes: Vec<u8>,
        /// For the next time.
        mark: Mark,
    },
    /// It is as it was.
    Unchanged,
    /// It is on another domain now, or only without encryption. Nothing was asked there.
    Moved(Iri),
}

impl Wire {
    /// Fetches a text, unsigned, unless it is still the version that `known` marks. Redirects
    /// within the domain are followed, never to one that is less safe.
    pub async fn fetch_text(
        &self,
        permit: Permitted,
        iri: &Iri,
        known: &Mark,
    ) -> Result<FetchedText, WireError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        self.in_time(self.follow_text(iri, known)).await
    }

    async fn follow_text(&self, start: &Iri, known: &Mark) -> Result<FetchedText, WireError> {
        let _turn = self.hosts().turn(&start.domain()).await?;
        let mut way = vec![start.without_fragment()];
        loop {
            let here = way.last().unwrap_or(start);
            let response = self
                .send(Method::GET, here, asking(known), None, None)
                .await?;
            match response.status() {
                StatusCode::NOT_MODIFIED => return Ok(FetchedText::Unchanged),
                StatusCode::GONE => return Err(WireError::Gone),
                status if status.is_success() => return read(response).await,
                status if is_redirect(status) => {}
                // There is no hurry that a date of theirs could matter for.
                _ => return Err(refused(&response, 0)),
            }
            let next = target(&response, &way)?;
            if next.domain() != start.domain() || (start.is_https() && !next.is_https()) {
                return Ok(FetchedText::Moved(next));
            }
            if way.contains(&next) || way.len() > MOST_REDIRECTS {
                return Err(WireError::GiveUp {
                    status: Some(response.status().as_u16()),
                    why: "redirects without end".to_owned(),
                });
            }
            way.push(next);
        }
    }
}

fn asking(known: &Mark) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPT_TEXT));
    let marks = [
        (IF_NONE_MATCH, &known.etag),
        (IF_MODIFIED_SINCE, &known.modified),
    ];
    for (name, mark) in marks {
        let value = mark
            .as_deref()
            .and_then(|mark| HeaderValue::from_str(mark).ok());
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    headers
}

async fn read(response: Response) -> Result<FetchedText, WireError> {
    if body::is_page(&response) {
        return Err(Distrust::Origin("answer is a web page and no list".into()).into());
    }
    let mark = Mark {
        etag: said(&response, &ETAG),
        modified: said(&response, &LAST_MODIFIED),
    };
    let bytes = body::read_to(response, LARGEST_TEXT).await?;
    Ok(FetchedText::Text { bytes, mark })
}

fn said(response: &Response, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    (value.len() <= LONGEST_MARK).then(|| value.to_owned())
}
