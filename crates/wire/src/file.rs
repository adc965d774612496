//! Fetching a file, such as a picture that came with a post: nothing in it is attested, and it is written down as it comes.

use std::time::Duration;

use comity_policy::{Contact, Permitted};
use comity_vocab::Iri;
use http::header::{ACCEPT, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use reqwest::Response;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::WireError;
use crate::client::{Wire, reading_failed, refused, within};
use crate::fetch::{MOST_REDIRECTS, is_redirect, target};

/// How long film or sound may take: a hundred megabytes over three megabits a second. More lets one server hold a turn that
/// others wait for.
const FILM_WITHIN: Duration = Duration::from_secs(5 * 60);

/// Longest silence within a file. Whoever says nothing for so long has gone, and that is noticed before all of its time is over.
const SILENCE: Duration = Duration::from_secs(15);

/// What a file is fetched as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A picture: in the time that every exchange has.
    Picture,
    /// Film or sound: in five minutes.
    Film,
}

impl FileKind {
    /// What its server is told that we want.
    fn accept(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            FileKind::Picture => "image/*, */*;q=0.1",
            FileKind::Film => "video/*, audio/*, */*;q=0.1",
        })
    }
}

/// What came of fetching a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchedFile {
    /// So many bytes were written.
    Written(u64),
    /// It is on another domain, or only without encryption. Nothing was asked there.
    Moved(Iri),
}

impl Wire {
    /// Fetches a file of at most `most` bytes, unsigned. Redirects within the domain are followed, never to one that is
    /// less safe. What was written before an error is worth nothing.
    pub async fn fetch_file<W: AsyncWrite + Unpin>(
        &self,
        permit: Permitted,
        iri: &Iri,
        kind: FileKind,
        most: u64,
        into: &mut W,
    ) -> Result<FetchedFile, WireError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        let time = match kind {
            FileKind::Picture => self.total_time(),
            FileKind::Film => FILM_WITHIN,
        };
        within(time, self.follow_file(iri, (kind, time), most, into)).await
    }

    async fn follow_file<W: AsyncWrite + Unpin>(
        &self,
        start: &Iri,
        (kind, time): (FileKind, Duration),
        most: u64,
        into: &mut W,
    ) -> Result<FetchedFile, WireError> {
        let _turn = self.hosts().turn(&start.domain()).await?;
        let mut way = vec![start.without_fragment()];
        loop {
            let here = way.last().unwrap_or(start);
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, kind.accept());
            let response = self
                .send_within(time, Method::GET, here, headers, None, None)
                .await?;
            match response.status() {
                StatusCode::GONE => return Err(WireError::Gone),
                status if status.is_success() => return write(response, most, into).await,
                status if is_redirect(status) => {}
                // There is no hurry that a date of theirs could matter for.
                _ => return Err(refused(&response, 0)),
            }
            let next = target(&response, &way)?;
            if next.domain() != start.domain() || (start.is_https() && !next.is_https()) {
                return Ok(FetchedFile::Moved(next));
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

/// Counted as it comes out of the decompressor.
async fn write<W: AsyncWrite + Unpin>(
    mut response: Response,
    most: u64,
    into: &mut W,
) -> Result<FetchedFile, WireError> {
    let give_up = |why: String| WireError::GiveUp { status: None, why };
    let mut length = response.content_length().unwrap_or(0);
    if length <= most {
        length = 0;
        loop {
            let piece = within(SILENCE, async {
                let piece = response.chunk().await;
                piece.map_err(|error| reading_failed(&error))
            });
            let Some(piece) = piece.await? else { break };
            length += piece.len() as u64;
            if length > most {
                break;
            }
            into.write_all(&piece)
                .await
                .map_err(|why| give_up(format!("file could not be kept: {why}")))?;
        }
    }
    if length > most {
        return Err(give_up(format!("file is larger than {most} bytes")));
    }
    into.flush()
        .await
        .map_err(|why| give_up(format!("file could not be kept: {why}")))?;
    Ok(FetchedFile::Written(length))
}
