//! Waking a member's device by way of the push service that its app named (RFC 8030).
//!
//! The one request that uses up no [`Permitted`](comity_policy::Permitted): a push service is no server of the
//! federation, and gets nothing it could read. The door is as narrow as that: an encrypted body of at most a page, no
//! signature of ours, no redirect, nothing of the answer but its status. Which addresses may be dialled is decided as
//! for everybody else. Why: `docs/adr/0007`.

use comity_vocab::Iri;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use http::{Method, StatusCode};

use crate::client::{Wire, refused};
use crate::{WireError, address, body};

/// Bytes of a body: what every push service has to take (RFC 8030 §7.2).
pub const LARGEST_PUSH: usize = 4_096;
/// Longer lines are none that anything of ours makes.
const LONGEST_LINE: usize = 1_024;

/// What is brought to a push service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Encrypted for the app.
    pub body: Vec<u8>,
    /// How: `aes128gcm`, or `aesgcm`.
    pub encoding: &'static str,
    /// `Authorization`: that it is we who ask (RFC 8292).
    pub authorization: String,
    /// Of `aesgcm`: `Encryption` and `Crypto-Key`.
    pub keys: Option<(String, String)>,
    /// Seconds that it may wait for a device that sleeps.
    pub ttl_s: u32,
    /// `Unsubscribe-URL`: where a relay tells that the device is gone.
    pub unsubscribe: Option<String>,
}

impl Wire {
    /// Whether a push service at this address may be dialled at all.
    pub fn check_push(&self, endpoint: &Iri) -> Result<(), WireError> {
        address::check(endpoint, self.testing()).map(drop)
    }

    /// Brings a parcel to a push service. Answers [`WireError::Gone`] when the app is not reached there any more.
    pub async fn push(
        &self,
        endpoint: &Iri,
        parcel: &Parcel,
        now_ms: i64,
    ) -> Result<(), WireError> {
        let headers = headers(parcel)?;
        self.in_time(async {
            let _turn = self.hosts().turn(&endpoint.domain()).await?;
            let response = self
                .send(Method::POST, endpoint, headers, Some(&parcel.body), None)
                .await?;
            let status = response.status();
            let outcome = if status.is_success() {
                Ok(())
            } else if status == StatusCode::NOT_FOUND || status == StatusCode::GONE {
                Err(WireError::Gone)
            } else {
                Err(refused(&response, now_ms))
            };
            body::discard(response).await;
            outcome
        })
        .await
    }
}

fn headers(parcel: &Parcel) -> Result<HeaderMap, WireError> {
    let broken = |why: &str| WireError::GiveUp {
        status: None,
        why: why.to_owned(),
    };
    if parcel.body.len() > LARGEST_PUSH {
        return Err(broken("message is too long for a push service"));
    }
    let line = |text: &str| {
        let fits = text.len() <= LONGEST_LINE;
        HeaderValue::from_str(text)
            .ok()
            .filter(|_| fits)
            .ok_or_else(|| broken("message cannot be addressed"))
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(parcel.encoding));
    headers.insert(AUTHORIZATION, line(&parcel.authorization)?);
    headers.insert(HeaderName::from_static("ttl"), parcel.ttl_s.into());
    headers.insert(
        HeaderName::from_static("urgency"),
        HeaderValue::from_static("normal"),
    );
    if let Some((encryption, crypto_key)) = &parcel.keys {
        headers.insert(HeaderName::from_static("encryption"), line(encryption)?);
        headers.insert(HeaderName::from_static("crypto-key"), line(crypto_key)?);
    }
    if let Some(address) = &parcel.unsubscribe {
        headers.insert(HeaderName::from_static("unsubscribe-url"), line(address)?);
    }
    Ok(headers)
}
