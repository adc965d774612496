//! Fetching a page for people, to see what it says of itself: nothing in it is attested, and only its head is read.

use comity_policy::{Contact, Permitted};
use comity_vocab::Iri;
use http::header::{ACCEPT, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use reqwest::Response;

use crate::client::{Wire, reading_failed, refused};
use crate::fetch::{MOST_REDIRECTS, is_redirect, target};
use crate::{WireError, body};

/// Bytes of a page that are read, after decompression: what it says of itself stands in front, and the rest is left where
/// it is. Pages without an end are cut here as well.
pub const LARGEST_PAGE_HEAD: usize = 1024 * 1024;

/// What came of fetching a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchedPage {
    /// HTML.
    Page {
        /// Where it was, after redirects within the domain.
        address: Iri,
        /// The first of it, at most [`LARGEST_PAGE_HEAD`], not yet read.
        bytes: Vec<u8>,
        /// The encoding that its server names, if it names one.
        charset: Option<String>,
    },
    /// It is on another domain, or only without encryption. Nothing was asked there.
    Moved(Iri),
    /// Its server says that it is something else than a page.
    NoPage,
}

impl Wire {
    /// Fetches the beginning of a page, unsigned. Redirects within the domain are followed, never to one that is less safe.
    pub async fn fetch_page(&self, permit: Permitted, iri: &Iri) -> Result<FetchedPage, WireError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        self.in_time(self.follow_page(iri)).await
    }

    async fn follow_page(&self, start: &Iri) -> Result<FetchedPage, WireError> {
        let _turn = self.hosts().turn(&start.domain()).await?;
        let mut way = vec![start.without_fragment()];
        loop {
            let here = way.last().unwrap_or(start);
            let mut headers = HeaderMap::new();
            headers.insert(
                ACCEPT,
                HeaderValue::from_static("text/html, application/xhtml+xml"),
            );
            let response = self.send(Method::GET, here, headers, None, None).await?;
            match response.status() {
                StatusCode::GONE => return Err(WireError::Gone),
                status if status.is_success() => return read(here.clone(), response).await,
                status if is_redirect(status) => {}
                // There is no hurry that a date of theirs could matter for.
                _ => return Err(refused(&response, 0)),
            }
            let next = target(&response, &way)?;
            if next.domain() != start.domain() || (start.is_https() && !next.is_https()) {
                return Ok(FetchedPage::Moved(next));
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

/// Counted as it comes out of the decompressor. What is behind the limit is not waited for.
async fn read(address: Iri, mut response: Response) -> Result<FetchedPage, WireError> {
    if !body::is_page(&response) {
        return Ok(FetchedPage::NoPage);
    }
    let charset = body::charset(&response);
    let mut bytes = Vec::new();
    while bytes.len() < LARGEST_PAGE_HEAD {
        let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| reading_failed(&error))?
        else {
            break;
        };
        let room = LARGEST_PAGE_HEAD - bytes.len();
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    Ok(FetchedPage::Page {
        address,
        bytes,
        charset,
    })
}
