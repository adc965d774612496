//! Fetching documents, and believing only what their address can vouch for.

use comity_policy::{Attested, Contact, Permitted};
use comity_vocab::{Document, Iri};
use http::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use reqwest::Response;

use crate::client::{Signed, Wire, refused};
use crate::key::SigningKey;
use crate::proof::Scheme;
use crate::{Distrust, WireError, body};

/// Redirects followed within one domain. Honest servers need one (a page address to an id) or
/// two; the limit is on hops, so a request of ours costs them four answers at most.
pub(crate) const MOST_REDIRECTS: usize = 3;

const ACCEPT_ACTIVITY: &str = "application/activity+json, \
    application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

const ACCEPT_JSON: &str = "application/jrd+json, application/json";

/// What came of a fetch.
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, taken apart at once"
)]
pub enum Fetched {
    /// A document that says of itself to be where it was found.
    Document(Attested<Document>),
    /// It is on another domain: ask the gate about that one and fetch again.
    Moved(Iri),
}

/// What came of fetching plain JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FetchedJson {
    /// The bytes, and the address that gave them.
    Json {
        /// After redirects within the domain.
        address: Iri,
        /// At most 1 MiB, not yet parsed.
        bytes: Vec<u8>,
    },
    /// It is on another domain: ask the gate about that one and fetch again.
    Moved(Iri),
}

impl Wire {
    /// Fetches an ActivityPub document, signed with `key`.
    ///
    /// Redirects within the domain are followed, each hop checked and signed anew; one to another
    /// domain is answered as [`Fetched::Moved`]. The answer must be typed as ActivityPub, at most
    /// 1 MiB, and its id must be one of the addresses it was reached by. If it names another id
    /// on the same domain, that is fetched once and must then hold; an id on another domain is
    /// `Moved`. A part such as `#main-key` is found in the document without it.
    pub async fn fetch(
        &self,
        permit: Permitted,
        iri: &Iri,
        key: &SigningKey,
        now_ms: i64,
    ) -> Result<Fetched, WireError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        self.in_time(self.fetch_document(iri, key, now_ms)).await
    }

    /// Fetches plain JSON, unsigned: WebFinger, NodeInfo, host-meta. Nothing in it is attested;
    /// the caller checks what it claims.
    pub async fn fetch_json(
        &self,
        permit: Permitted,
        iri: &Iri,
        now_ms: i64,
    ) -> Result<FetchedJson, WireError> {
        Wire::check_permit(&permit, iri, Contact::Fetch)?;
        self.in_time(async {
            let _turn = self.hosts().turn(&iri.domain()).await?;
            match self.follow(iri, None, now_ms).await? {
                Reached::Moved(to) => Ok(FetchedJson::Moved(to)),
                Reached::Answer { mut way, bytes } => Ok(FetchedJson::Json {
                    address: way.pop().unwrap_or_else(|| iri.clone()),
                    bytes,
                }),
            }
        })
        .await
    }

    async fn fetch_document(
        &self,
        iri: &Iri,
        key: &SigningKey,
        now_ms: i64,
    ) -> Result<Fetched, WireError> {
        let _turn = self.hosts().turn(&iri.domain()).await?;
        let (way, document) = match self.read_document(iri, key, now_ms).await? {
            Read::Moved(to) => return Ok(Fetched::Moved(to)),
            Read::Document { way, document } => (way, document),
        };
        let id = match place(&way, &document)? {
            Place::Here(address) => return Ok(attested(address, document)),
            Place::Elsewhere(id) => id,
        };
        if id.domain() != iri.domain() {
            return Ok(Fetched::Moved(id));
        }
        // It says it is somewhere else on this host: ask there, once.
        let (way, document) = match self.read_document(&id, key, now_ms).await? {
            Read::Moved(to) => return Ok(Fetched::Moved(to)),
            Read::Document { way, document } => (way, document),
        };
        match place(&way, &document)? {
            Place::Here(address) => Ok(attested(address, document)),
            Place::Elsewhere(_) => Err(Distrust::Origin("id is not its address".into()).into()),
        }
    }

    async fn read_document(
        &self,
        iri: &Iri,
        key: &SigningKey,
        now_ms: i64,
    ) -> Result<Read, WireError> {
        match self.follow(iri, Some(key), now_ms).await? {
            Reached::Moved(to) => Ok(Read::Moved(to)),
            Reached::Answer { way, bytes } => {
                let document = comity_vocab::read(&bytes).map_err(Distrust::from)?;
                Ok(Read::Document { way, document })
            }
        }
    }

    /// Asks at an address and follows redirects as long as they stay on its domain.
    async fn follow(
        &self,
        start: &Iri,
        key: Option<&SigningKey>,
        now_ms: i64,
    ) -> Result<Reached, WireError> {
        let mut here = start.without_fragment();
        let mut way = Vec::new();
        loop {
            let response = self.get(&here, key, now_ms).await?;
            way.push(here);
            if !is_redirect(response.status()) {
                let status = response.status();
                if status == StatusCode::GONE {
                    return Err(WireError::Gone);
                }
                if !status.is_success() {
                    return Err(refused(&response, now_ms));
                }
                match key {
                    Some(_) => body::check_activity_type(&response)?,
                    None => body::check_json_type(&response)?,
                }
                let bytes = body::read(response).await?;
                return Ok(Reached::Answer { way, bytes });
            }
            let next = target(&response, &way)?;
            if next.domain() != start.domain() {
                return Ok(Reached::Moved(next));
            }
            if way.contains(&next) || way.len() > MOST_REDIRECTS {
                return Err(WireError::GiveUp {
                    status: Some(response.status().as_u16()),
                    why: "redirects without end".to_owned(),
                });
            }
            here = next;
        }
    }

    /// One GET. A signature that is not understood (401) is tried again in the other scheme. A 403
    /// is a decision, not a misunderstanding, and stands.
    async fn get(
        &self,
        iri: &Iri,
        key: Option<&SigningKey>,
        now_ms: i64,
    ) -> Result<Response, WireError> {
        let accept = if key.is_some() {
            ACCEPT_ACTIVITY
        } else {
            ACCEPT_JSON
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let Some(key) = key else {
            return self.send(Method::GET, iri, headers, None, None).await;
        };
        let domain = iri.domain();
        let scheme = self.scheme_of(&domain).unwrap_or(Scheme::Cavage);
        let signed = |scheme| {
            Some(Signed {
                key,
                scheme,
                now_ms,
                followers: None,
            })
        };
        let first = self
            .send(Method::GET, iri, headers.clone(), None, signed(scheme))
            .await?;
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        body::discard(first).await;
        let second = self
            .send(Method::GET, iri, headers, None, signed(scheme.other()))
            .await?;
        if second.status().is_success() {
            self.remember_scheme(&domain, scheme.other());
        }
        Ok(second)
    }
}

enum Reached {
    /// The addresses passed, the last of which answered.
    Answer {
        way: Vec<Iri>,
        bytes: Vec<u8>,
    },
    Moved(Iri),
}

#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, taken apart at once"
)]
enum Read {
    Document { way: Vec<Iri>, document: Document },
    Moved(Iri),
}

enum Place {
    /// It is what its address says; this is the address that vouches for it.
    Here(Iri),
    Elsewhere(Iri),
}

/// Compares the id of a document with the addresses it was reached by. Any of them will do, since
/// all are of one origin and each sent us on to the next.
fn place(way: &[Iri], document: &Document) -> Result<Place, Distrust> {
    let Some(last) = way.last() else {
        return Err(Distrust::Origin("document has no address".into()));
    };
    let Some(id) = document.id() else {
        // Pages of a collection often have no id; they are only as good as where they came from.
        return match document {
            Document::Collection(_) => Ok(Place::Here(last.clone())),
            _ => Err(Distrust::Origin("document has no id".into())),
        };
    };
    let bare = id.without_fragment();
    if way.contains(&bare) {
        if !bare.same_origin(last) {
            return Err(Distrust::Origin("id is of another origin".into()));
        }
        return Ok(Place::Here(last.clone()));
    }
    if bare.domain() == last.domain() && !bare.same_origin(last) {
        return Err(Distrust::Origin(
            "id differs from its address in scheme".into(),
        ));
    }
    Ok(Place::Elsewhere(bare))
}

fn attested(address: Iri, document: Document) -> Fetched {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place where an address becomes evidence"
    )]
    Fetched::Document(Attested::by_origin(address, document))
}

pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

pub(crate) fn target(response: &Response, way: &[Iri]) -> Result<Iri, WireError> {
    let nowhere = || WireError::GiveUp {
        status: Some(response.status().as_u16()),
        why: "redirects to nowhere".to_owned(),
    };
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(nowhere)?;
    let base = way
        .last()
        .and_then(|here| url::Url::parse(here.as_str()).ok())
        .ok_or_else(nowhere)?;
    let joined = base.join(location).map_err(|_| nowhere())?;
    let next = Iri::parse(joined.as_str()).map_err(|_| nowhere())?;
    Ok(next.without_fragment())
}
