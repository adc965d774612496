//! One bucket, and what is done with it.

#![expect(
    clippy::disallowed_types,
    reason = "the operator's store is no other instance: no gate stands before it"
)]

use std::path::Path;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::header::{CONTENT_LENGTH, RANGE};
use http::{Method, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Response};
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Credentials, S3Action as _, UrlStyle};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use crate::error::ObjectError;

/// How long an address we made is good for; clocks may differ by less.
const SIGNED_FOR: Duration = Duration::from_secs(900);
/// How often a request is made that the store was too busy for, or that broke off, and how long is waited between.
const TRIES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(1000),
];
/// Read and sent at a time.
const PIECE: usize = 64 * 1024;
/// As much of an error is read.
const LONGEST_ERROR: usize = 4096;
/// As much of a list is read: a thousand names, each as long as S3 allows, with what is said of it.
const LONGEST_LIST: usize = 2 * 1024 * 1024;
/// Letters of S3's own word for an error.
const LONGEST_CODE: usize = 64;

/// Where a bucket is, and who we are there.
#[derive(Clone)]
pub struct Place {
    /// The address of the server, as in `https://s3.example.org`.
    pub endpoint: String,
    /// The name of the bucket.
    pub bucket: String,
    /// The region; servers that have none take any word.
    pub region: String,
    /// Whether the bucket stands in the path (most servers of one's own) and not in the name of the host.
    pub in_path: bool,
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Name lookup, TCP and TLS together.
    pub connect: Duration,
    /// The longest silence until an answer comes, and while it comes.
    pub silence: Duration,
    /// The longest that a file may take on its way in.
    pub put: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            // A gigabyte at four megabytes a second.
            put: Duration::from_secs(300),
        }
    }
}

/// One bucket of one server. Cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    client: Client,
    /// For files on their way in. Silence is measured from the first byte that is sent, so this one knows none.
    sender: Client,
    signer: rusty_s3::Bucket,
    credentials: Credentials,
}

/// An object as a list names it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// When it was stored, as the store writes it (RFC 3339).
    pub stored_at: Option<String>,
}

/// Which part of an object: from where, to before where, in bytes.
pub type Part = (u64, u64);

impl Bucket {
    /// Nothing is asked yet: this fails only where the settings cannot be used.
    pub fn new(place: &Place) -> Result<Bucket, ObjectError> {
        Bucket::with_patience(place, Patience::default())
    }

    /// The same, for whoever waits less long.
    pub fn with_patience(place: &Place, patience: Patience) -> Result<Bucket, ObjectError> {
        let settings = |why: String| ObjectError::Settings(why);
        let endpoint = Url::parse(&place.endpoint)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| settings(format!("\"{}\" is no address of a server", place.endpoint)))?;
        let style = if place.in_path {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let bucket =
            rusty_s3::Bucket::new(endpoint, style, place.bucket.clone(), place.region.clone())
                .map_err(|why| {
                    settings(format!(
                        "\"{}\" is no name of a bucket: {why}",
                        place.bucket
                    ))
                })?;
        let client = || {
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                // Bytes are counted: what is stored is what is sent.
                .gzip(false)
                .brotli(false)
                .connect_timeout(patience.connect)
        };
        let broken = |why: reqwest::Error| settings(format!("HTTP client: {why}"));
        let reader = client().read_timeout(patience.silence).build();
        let sender = client().timeout(patience.put).build();
        Ok(Bucket {
            client: reader.map_err(broken)?,
            sender: sender.map_err(broken)?,
            signer: bucket,
            credentials: Credentials::new(&place.access_key, &place.secret_key),
        })
    }

    /// Stores a file under this name, over what was there. Gives its length in bytes.
    pub async fn put(&self, name: &str, from: &Path) -> Result<u64, ObjectError> {
        let length = tokio::fs::metadata(from).await?.len();
        self.ask(
            Method::PUT,
            || {
                self.signer
                    .put_object(Some(&self.credentials), name)
                    .sign(SIGNED_FOR)
            },
            Some((from, length)),
            None,
        )
        .await
        .map_err(|why| match why {
            // A file is put where nothing was: it is the bucket that is not there.
            ObjectError::NotFound => ObjectError::Refused {
                status: StatusCode::NOT_FOUND.as_u16(),
                code: "NoSuchBucket".to_owned(),
            },
            other => other,
        })?;
        Ok(length)
    }

    /// How many bytes are under this name.
    pub async fn length(&self, name: &str) -> Result<u64, ObjectError> {
        let answer = self
            .ask(
                Method::HEAD,
                || {
                    self.signer
                        .head_object(Some(&self.credentials), name)
                        .sign(SIGNED_FOR)
                },
                None,
                None,
            )
            .await?;
        length_of(&answer)
            .ok_or_else(|| ObjectError::Unreachable("it does not say how long it is".to_owned()))
    }

    /// Whether the bucket is there and we may look into it.
    pub async fn is_there(&self) -> Result<(), ObjectError> {
        let address = || {
            self.signer
                .head_bucket(Some(&self.credentials))
                .sign(SIGNED_FOR)
        };
        self.ask(Method::HEAD, address, None, None).await?;
        Ok(())
    }

    /// The bytes of one part, as they come. An object that went meanwhile is not found; one that breaks off ends with an
    /// error.
    pub async fn read(
        &self,
        name: &str,
        (from, to): Part,
    ) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>, ObjectError> {
        let answer = self.get(name, Some((from, to))).await?;
        // A server that does not know ranges sends the whole from the beginning.
        let skip = if answer.status() == StatusCode::PARTIAL_CONTENT {
            0
        } else {
            from
        };
        let pieces = answer.bytes_stream().map_err(std::io::Error::other).boxed();
        Ok(within(pieces, skip, to - from))
    }

    /// The whole object, as it comes, and its length in bytes: both with one request.
    pub async fn open(
        &self,
        name: &str,
    ) -> Result<
        (
            u64,
            impl Stream<Item = std::io::Result<Bytes>> + Send + use<>,
        ),
        ObjectError,
    > {
        let answer = self.get(name, None).await?;
        // A proxy before the store may leave it out.
        let length = match length_of(&answer) {
            Some(length) => length,
            None => self.length(name).await?,
        };
        let pieces = answer.bytes_stream().map_err(std::io::Error::other).boxed();
        Ok((length, within(pieces, 0, length)))
    }

    /// Writes the whole object into a file. Gives its length in bytes.
    pub async fn fetch(&self, name: &str, to: &Path) -> Result<u64, ObjectError> {
        let mut answer = self.get(name, None).await?;
        let mut file = File::create(to).await?;
        let mut length = 0;
        while let Some(piece) = answer.chunk().await.map_err(|why| broke(&why))? {
            file.write_all(&piece).await?;
            length += piece.len() as u64;
        }
        file.flush().await?;
        Ok(length)
    }

    /// The names that begin like this and come after `after`, in their order, at most `most` and a thousand.
    pub async fn list(
        &self,
        prefix: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<Listed>, ObjectError> {
        let address = || {
            let mut list = self.signer.list_objects_v2(Some(&self.credentials));
            list.with_prefix(prefix.to_owned());
            list.with_max_keys(most);
            if !after.is_empty() {
                list.with_start_after(after.to_owned());
            }
            list.sign(SIGNED_FOR)
        };
        let mut answer = self.ask(Method::GET, address, None, None).await?;
        let unreadable = |what: &str| ObjectError::Unreachable(format!("its list {what}"));
        let mut said = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|why| broke(&why))? {
            said.extend_from_slice(&piece);
            if said.len() > LONGEST_LIST {
                return Err(unreadable("is too long"));
            }
        }
        let said = String::from_utf8(said).map_err(|_| unreadable("is not UTF-8"))?;
        let list =
            ListObjectsV2::parse_response(&said).map_err(|_| unreadable("cannot be read"))?;
        let listed = list.contents.into_iter().map(|object| Listed {
            name: object.key,
            stored_at: object.last_modified,
        });
        Ok(listed.take(most).collect())
    }

    /// Takes an object away. What is not there is as good as gone.
    pub async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        let address = || {
            self.signer
                .delete_object(Some(&self.credentials), name)
                .sign(SIGNED_FOR)
        };
        match self.ask(Method::DELETE, address, None, None).await {
            Ok(_) | Err(ObjectError::NotFound) => Ok(()),
            Err(why) => Err(why),
        }
    }

    async fn get(&self, name: &str, part: Option<Part>) -> Result<Response, ObjectError> {
        let address = || {
            self.signer
                .get_object(Some(&self.credentials), name)
                .sign(SIGNED_FOR)
        };
        self.ask(Method::GET, address, None, part).await
    }

    /// Asks, and asks again where the store is busy or breaks off: each of these can be done twice.
    async fn ask(
        &self,
        method: Method,
        address: impl Fn() -> Url,
        file: Option<(&Path, u64)>,
        part: Option<Part>,
    ) -> Result<Response, ObjectError> {
        let mut why = ObjectError::NotFound;
        for wait in TRIES {
            tokio::time::sleep(wait).await;
            let client = if file.is_some() {
                &self.sender
            } else {
                &self.client
            };
            let mut request = client.request(method.clone(), address());
            if let Some((from, to)) = part {
                request = request.header(RANGE, format!("bytes={from}-{}", to.saturating_sub(1)));
            }
            if let Some((path, length)) = file {
                request = request
                    .header(CONTENT_LENGTH, length)
                    .body(Body::wrap_stream(pieces_of(File::open(path).await?)));
            }
            why = match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let busy = answer.status().is_server_error()
                        || answer.status() == StatusCode::TOO_MANY_REQUESTS;
                    let why = refused(answer).await;
                    if !busy {
                        return Err(why);
                    }
                    why
                }
                Err(why) => broke(&why),
            };
            tracing::debug!(%why, %method, "the store is asked once more");
        }
        Err(why)
    }
}

/// Of an answer without a body, reqwest knows no length: the header says it.
fn length_of(answer: &Response) -> Option<u64> {
    let length = answer.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// Not with its address: that is signed.
fn broke(why: &reqwest::Error) -> ObjectError {
    let what = if why.is_connect() {
        "no connection"
    } else if why.is_timeout() {
        "it took too long"
    } else {
        "it broke off"
    };
    let mut source = std::error::Error::source(why);
    let mut cause = String::new();
    while let Some(inner) = source {
        cause = format!(": {inner}");
        source = inner.source();
    }
    ObjectError::Unreachable(format!("{what}{cause}"))
}

async fn refused(mut answer: Response) -> ObjectError {
    let status = answer.status().as_u16();
    let mut said = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        said.extend_from_slice(&piece);
        if said.len() > LONGEST_ERROR {
            said.truncate(LONGEST_ERROR);
            break;
        }
    }
    let code = code_in(&String::from_utf8_lossy(&said));
    // Where there is no bucket, nothing can be said of what is in it. An answer to HEAD has no words.
    if status == StatusCode::NOT_FOUND.as_u16() && code != "NoSuchBucket" {
        return ObjectError::NotFound;
    }
    ObjectError::Refused { status, code }
}

/// S3's own word for an error: `<Error><Code>AccessDenied</Code>…`.
fn code_in(said: &str) -> String {
    let code = said.split_once("<Code>").map_or("", |(_, rest)| rest);
    code.chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(LONGEST_CODE)
        .collect()
}

fn pieces_of(file: File) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}

/// So many bytes after those that are skipped; fewer are an error, for the length was told before.
fn within(
    pieces: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
    skip: u64,
    most: u64,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    futures_util::stream::try_unfold(
        (pieces, skip, most),
        |(mut pieces, mut skip, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            while let Some(piece) = pieces.next().await {
                let mut piece = piece?;
                let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
                skip -= passed as u64;
                piece = piece.slice(passed..);
                if piece.is_empty() {
                    continue;
                }
                piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - piece.len() as u64;
                return Ok(Some((piece, (pieces, skip, left))));
            }
            Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
        },
    )
}
