//! What stands in an address: its placeholders. What cannot be read there names nothing.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::reply::Reply;
use crate::app::App;
use crate::error::{Error, Result};

/// All placeholders of an address, in their order or by their names. A word where a number is wanted, and bytes that are
/// no text, are answered as whatever is not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

#[expect(
    clippy::disallowed_types,
    reason = "this is what stands in for it everywhere else"
)]
impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Reply> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            // The handler wants other placeholders than its route has.
            Err(why) if why.status().is_server_error() => {
                Err(Error::internal(why.body_text()).into())
            }
            Err(_) => Err(Error::NotFound.into()),
        }
    }
}

/// The number in a path that names what is asked for, whatever else stands there. What is no number names nothing.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub i64);

impl FromRequestParts<App> for Id {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Id, Reply> {
        let named = RawPathParams::from_request_parts(parts, &()).await;
        let params = named.map_err(|_| Error::NotFound)?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "id")
            .and_then(|(_, value)| value.parse().ok());
        id.map(Id).ok_or_else(|| Error::NotFound.into())
    }
}
