//! Bringing an activity to an inbox.

use comity_policy::{Contact, Permitted};
use comity_vocab::Iri;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use reqwest::Response;

use crate::client::{Signed, Wire, refused};
use crate::key::SigningKey;
use crate::proof::Scheme;
use crate::{Synchronization, WireError, body};

/// What is brought to an inbox.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    /// The activity.
    pub body: &'a [u8],
    /// What the server is told of the sender's followers there (FEP-8fcf).
    pub followers: Option<&'a Synchronization>,
}

impl<'a> Letter<'a> {
    /// An activity and nothing else.
    pub fn plain(body: &'a [u8]) -> Letter<'a> {
        Letter {
            body,
            followers: None,
        }
    }
}

impl Wire {
    /// Posts a signed activity to an inbox; `Ok` when they took it.
    ///
    /// Signs the way the host is known to read, draft-cavage if unknown. When they answer 400, 401
    /// or 403, it is tried once more with the other scheme, and the one that worked is
    /// remembered. Redirects are not followed: an inbox that moved is learnt from the actor.
    ///
    /// Answers [`WireError::Gone`] for 404 and 410 (there is no such inbox), `Retry` when they are
    /// busy, broken or out of reach, `GiveUp` when they refuse.
    pub async fn deliver(
        &self,
        permit: Permitted,
        inbox: &Iri,
        letter: Letter<'_>,
        key: &SigningKey,
        now_ms: i64,
    ) -> Result<(), WireError> {
        Wire::check_permit(&permit, inbox, Contact::Deliver)?;
        self.in_time(self.knock(inbox, letter, key, now_ms)).await
    }

    async fn knock(
        &self,
        inbox: &Iri,
        letter: Letter<'_>,
        key: &SigningKey,
        now_ms: i64,
    ) -> Result<(), WireError> {
        let domain = inbox.domain();
        let _turn = self.hosts().turn(&domain).await?;
        let mut scheme = self.scheme_of(&domain).unwrap_or(Scheme::Cavage);
        let mut response = self.post(inbox, letter, key, scheme, now_ms).await?;
        if is_misunderstanding(response.status()) {
            body::discard(response).await;
            scheme = scheme.other();
            response = self.post(inbox, letter, key, scheme, now_ms).await?;
        }
        let status = response.status();
        let outcome = if status.is_success() {
            self.remember_scheme(&domain, scheme);
            Ok(())
        } else if status == StatusCode::NOT_FOUND || status == StatusCode::GONE {
            Err(WireError::Gone)
        } else {
            Err(refused(&response, now_ms))
        };
        body::discard(response).await;
        outcome
    }

    async fn post(
        &self,
        inbox: &Iri,
        letter: Letter<'_>,
        key: &SigningKey,
        scheme: Scheme,
        now_ms: i64,
    ) -> Result<Response, WireError> {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/activity+json"),
        );
        let signed = Signed {
            key,
            scheme,
            now_ms,
            followers: letter.followers,
        };
        self.send(
            Method::POST,
            inbox,
            headers,
            Some(letter.body),
            Some(signed),
        )
        .await
    }
}

/// Answers that may mean "I cannot read this signature". Servers that know only one scheme say any
/// of these about the other.
fn is_misunderstanding(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
    )
}
