//! Reading what others answer, with an end.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use crate::client::reading_failed;
use crate::{Distrust, WireError};

/// Largest document read, after decompression. The biggest honest ones, collection pages and long
/// articles, stay well under; Mastodon and Pleroma have the same limit.
pub(crate) const LARGEST_BODY: usize = 1024 * 1024;

/// What is read of an answer that nobody looks at, only so that the connection can be used again.
const LARGEST_REST: usize = 8 * 1024;

/// How long that may take.
const REST_TIMEOUT: Duration = Duration::from_secs(1);

/// Reads a body of at most [`LARGEST_BODY`] bytes. Counted as it comes out of the decompressor,
/// piece by piece: a small file that unpacks to gigabytes is cut off at the first byte too many.
pub(crate) async fn read(response: Response) -> Result<Vec<u8>, WireError> {
    read_to(response, LARGEST_BODY).await
}

/// The same with another limit.
pub(crate) async fn read_to(mut response: Response, largest: usize) -> Result<Vec<u8>, WireError> {
    let too_large = |response: &Response| WireError::GiveUp {
        status: Some(response.status().as_u16()),
        why: format!("answer is larger than {largest} bytes"),
    };
    let announced = response.content_length().unwrap_or(0);
    if announced > largest as u64 {
        return Err(too_large(&response));
    }
    let mut body = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| reading_failed(&error))?
    {
        if body.len() + piece.len() > largest {
            return Err(too_large(&response));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Reads away a short answer whose content does not matter.
pub(crate) async fn discard(mut response: Response) {
    let rest = async {
        let mut length = 0;
        while let Ok(Some(piece)) = response.chunk().await {
            length += piece.len();
            if length > LARGEST_REST {
                return;
            }
        }
    };
    // Too slow is as good as too long: the connection is closed instead of reused.
    let _ = tokio::time::timeout(REST_TIMEOUT, rest).await;
}

/// Whether the answer says it is an ActivityPub document. Anything else on that host (an uploaded
/// file, a page somebody wrote) is not the server's word, whatever it holds (GHSA-jhrq-qvrm-qr36).
pub(crate) fn check_activity_type(response: &Response) -> Result<(), WireError> {
    if content_type(response).is_some_and(is_activity_type) {
        return Ok(());
    }
    Err(Distrust::Origin("answer is not typed as ActivityPub".into()).into())
}

/// Whether the answer says it is JSON, of the types that WebFinger and NodeInfo use.
pub(crate) fn check_json_type(response: &Response) -> Result<(), WireError> {
    let essence = content_type(response).map(|text| parts(text).0);
    match essence.as_deref() {
        Some("application/json" | "application/jrd+json") => Ok(()),
        _ => Err(Distrust::Origin("answer is not typed as JSON".into()).into()),
    }
}

/// Whether the answer says it is a page for people: what a host shows in place of a list that is gone, or behind a
/// sign-in.
pub(crate) fn is_page(response: &Response) -> bool {
    let essence = content_type(response).map(|text| parts(text).0);
    matches!(
        essence.as_deref(),
        Some("text/html" | "application/xhtml+xml")
    )
}

/// The encoding that the answer says it is in, in lower case.
pub(crate) fn charset(response: &Response) -> Option<String> {
    let parameters = content_type(response)?.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase())
}

fn content_type(response: &Response) -> Option<&str> {
    let mut values = response.headers().get_all(CONTENT_TYPE).iter();
    let only = values.next()?;
    if values.next().is_some() {
        return None;
    }
    only.to_str().ok()
}

fn is_activity_type(text: &str) -> bool {
    let (essence, profile) = parts(text);
    match essence.as_str() {
        "application/activity+json" => true,
        "application/ld+json" => profile
            .split_ascii_whitespace()
            .any(|profile| profile == "https://www.w3.org/ns/activitystreams"),
        _ => false,
    }
}

/// The type in lower case, and its `profile` parameter (empty when absent).
fn parts(text: &str) -> (String, String) {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let profile = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("profile"))
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .unwrap_or_default();
    (essence, profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_activitypub_types_are_documents() {
        let table = [
            ("application/activity+json", true),
            ("Application/Activity+JSON; charset=utf-8", true),
            (
                r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
                true,
            ),
            (
                r#"application/ld+json;charset=utf-8;profile="https://example.org/a https://www.w3.org/ns/activitystreams""#,
                true,
            ),
            ("application/ld+json", false),
            (
                r#"application/ld+json; profile="https://example.org/""#,
                false,
            ),
            ("application/json", false),
            ("text/html", false),
            ("text/plain; a=application/activity+json", false),
            ("application/activity+json-ish", false),
            ("", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_activity_type(text), expected, "{text}");
        }
    }
}
