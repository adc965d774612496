//! Forms with files (`multipart/form-data`, RFC 7578), read as they come: whatever is sent, little of it is in memory.

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use super::input::unreadable;
use crate::error::{Error, Result};

/// The longest boundary that there may be (RFC 2046).
const LONGEST_BOUNDARY: usize = 70;
/// Headers of one part: a name, a file's name and a type.
const LONGEST_HEADERS: usize = 8 * 1024;

/// The boundary of a form of this `Content-Type`; `None` where it is no such form.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (essence, parameters) = content_type.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    let fits = (1..=LONGEST_BOUNDARY).contains(&boundary.len());
    fits.then_some(boundary)
}

/// The value of a parameter, in quotes or not.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_matches([' ', '\t', ';']);
        let (value, next) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let mut value = String::new();
                let mut letters = quoted.char_indices();
                let end = loop {
                    match letters.next()? {
                        (at, '"') => break at + 1,
                        // Browsers write quotes as `%22`; others as `\"`.
                        (_, '\\') => value.push(letters.next()?.1),
                        (_, letter) => value.push(letter),
                    }
                };
                (value, &quoted[end..])
            }
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
}

/// One part of a form, before what it holds is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub name: String,
    pub is_file: bool,
    /// What a file is called where it came from; may be empty.
    pub filename: String,
}

/// A form as it comes.
pub(super) struct Multipart {
    stream: BodyDataStream,
    held: BytesMut,
    delimiter: Vec<u8>,
    /// The first delimiter was seen.
    begun: bool,
    /// A part was begun and its end not seen yet.
    within: bool,
}

impl Multipart {
    pub fn new(body: Body, boundary: &str) -> Multipart {
        Multipart {
            stream: body.into_data_stream(),
            // Every delimiter begins a line; so does the first.
            held: BytesMut::from(&b"\r\n"[..]),
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            begun: false,
            within: false,
        }
    }

    /// The next part, past what was not read of the one before.
    pub async fn next(&mut self) -> Result<Option<Part>> {
        while self.within {
            self.piece().await?;
        }
        if !self.begun {
            self.until(&self.delimiter.clone()).await?;
            self.begun = true;
        }
        while self.held.len() < 2 {
            self.fill().await?;
        }
        if self.held.starts_with(b"--") {
            return Ok(None);
        }
        // The end of the line of the delimiter is the beginning of the headers.
        let head = self.until(b"\r\n\r\n").await?;
        self.within = true;
        part(&head).map(Some)
    }

    /// The next piece of the part; `None` at its end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>> {
        while self.within {
            if let Some(at) = find(&self.held, &self.delimiter) {
                let last = self.held.split_to(at).freeze();
                let _ = self.held.split_to(self.delimiter.len());
                self.within = false;
                return Ok((!last.is_empty()).then_some(last));
            }
            // The beginning of a delimiter may stand at the end.
            let safe = self.held.len().saturating_sub(self.delimiter.len() - 1);
            if safe > 0 {
                return Ok(Some(self.held.split_to(safe).freeze()));
            }
            self.fill().await?;
        }
        Ok(None)
    }

    /// What stands before this, which is read past.
    async fn until(&mut self, end: &[u8]) -> Result<Bytes> {
        loop {
            if let Some(at) = find(&self.held, end) {
                let before = self.held.split_to(at).freeze();
                let _ = self.held.split_to(end.len());
                return Ok(before);
            }
            if self.held.len() > LONGEST_HEADERS {
                return Err(unreadable("is no form that can be read"));
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<(), Error> {
        match self.stream.next().await {
            Some(Ok(bytes)) => {
                self.held.extend_from_slice(&bytes);
                Ok(())
            }
            _ => Err(unreadable("broke off while it was read")),
        }
    }
}

fn find(held: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = held[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if held[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn part(head: &[u8]) -> Result<Part> {
    let head = std::str::from_utf8(head).map_err(|_| unreadable("has a part without a name"))?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    });
    let parameters = disposition.and_then(|value| value.split_once(';'));
    let (_, parameters) = parameters.ok_or_else(|| unreadable("has a part without a name"))?;
    let name = parameter(parameters, "name");
    let filename = parameter(parameters, "filename");
    Ok(Part {
        name: name.ok_or_else(|| unreadable("has a part without a name"))?,
        is_file: filename.is_some() || parameter(parameters, "filename*").is_some(),
        filename: filename.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(pieces: Vec<&'static str>) -> Result<Vec<(String, bool, String)>> {
        let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let mut form = Multipart::new(body, "b");
        let mut parts = Vec::new();
        while let Some(part) = form.next().await? {
            let mut text = Vec::new();
            while let Some(piece) = form.piece().await? {
                text.extend_from_slice(&piece);
            }
            parts.push((part.name, part.is_file, String::from_utf8(text).unwrap()));
        }
        Ok(parts)
    }

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n-y\r\n--b\r\n\
                        content-type: image/png\r\ncontent-disposition: form-data; filename=\"q\\\"; name=z\"; name=f\r\n\r\n\
                        \r\n-bb\r\n\r\n--b--\r\n";

    #[tokio::test]
    async fn a_form_reads_the_same_however_it_is_cut() {
        let whole = read(vec![FORM]).await.unwrap();
        let told = |name: &str, file, text: &str| (name.to_owned(), file, text.to_owned());
        assert_eq!(whole[0], told("a", false, "x\r\n-y"));
        let letters = (0..FORM.len()).map(|at| &FORM[at..=at]).collect();
        assert_eq!(read(letters).await.unwrap(), whole);
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused_and_not_waited_for() {
        for broken in [
            "",
            "--b",
            "--b\r\n\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        ] {
            assert!(read(vec![broken]).await.is_err(), "{broken:?}");
        }
        let endless: &'static str = "x".repeat(20_000).leak();
        assert!(read(vec![endless, FORM]).await.is_err());
    }

    #[test]
    fn boundaries_are_read_as_they_are_written() {
        for (written, read) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            (
                "Multipart/Form-Data; charset=utf-8; boundary=\"a b\"",
                Some("a b"),
            ),
            ("multipart/mixed; boundary=abc", None),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
        ] {
            assert_eq!(boundary(written).as_deref(), read, "{written}");
        }
    }
}
