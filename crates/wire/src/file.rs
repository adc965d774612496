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

/// What a file is fetched as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A picture.
    Picture,
    /// Film or sound.
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

/// Why fetching a file came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// As of every request.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// Ours: what came could not be written.
    #[error("file could not be kept: {0}")]
    Here(#[source] std::io::Error),
}

impl Wire {
    /// Fetches a file of at most `most` bytes, unsigned, in this time (`None`: in that of every exchange) and with no longer
    /// silence than [`crate::Timeouts`] say. Redirects within the domain are followed, never to one that is less safe. What was
    /// written before an error is worth nothing.
    pub async fn fetch_file<W: AsyncWrite + Unpin>(
        &self,
        permit: Permitted,
        iri: &Iri,
        kind: FileKind,
        most: u64,
        time: Option<Duration>,
        into: &mut W,
    ) -> Result<FetchedFile, FileError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        let time = time.unwrap_or(self.total_time());
        within(time, self.follow_file(iri, (kind, time), most, into)).await
    }

    async fn follow_file<W: AsyncWrite + Unpin>(
        &self,
        start: &Iri,
        (kind, time): (FileKind, Duration),
        most: u64,
        into: &mut W,
    ) -> Result<FetchedFile, FileError> {
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
                StatusCode::GONE => return Err(WireError::Gone.into()),
                status if status.is_success() => return self.write(response, most, into).await,
                status if is_redirect(status) => {}
                // There is no hurry that a date of theirs could matter for.
                _ => return Err(refused(&response, 0).into()),
            }
            let next = target(&response, &way)?;
            if next.domain() != start.domain() || (start.is_https() && !next.is_https()) {
                return Ok(FetchedFile::Moved(next));
            }
            if way.contains(&next) || way.len() > MOST_REDIRECTS {
                return Err(WireError::GiveUp {
                    status: Some(response.status().as_u16()),
                    why: "redirects without end".to_owned(),
                }
                .into());
            }
            way.push(next);
        }
    }

    /// Counted as it comes out of the decompressor.
    async fn write<W: AsyncWrite + Unpin>(
        &self,
        mut response: Response,
        most: u64,
        into: &mut W,
    ) -> Result<FetchedFile, FileError> {
        let mut length = response.content_length().unwrap_or(0);
        if length <= most {
            length = 0;
            loop {
                let piece = within(self.silence(), async {
                    let piece = response.chunk().await;
                    piece.map_err(|error| reading_failed(&error))
                });
                let Some(piece) = piece.await? else { break };
                length += piece.len() as u64;
                if length > most {
                    break;
                }
                into.write_all(&piece).await.map_err(FileError::Here)?;
            }
        }
        if length > most {
            let why = format!("file is larger than {most} bytes");
            return Err(WireError::GiveUp { status: None, why }.into());
        }
        into.flush().await.map_err(FileError::Here)?;
        Ok(FetchedFile::Written(length))
    }
}
