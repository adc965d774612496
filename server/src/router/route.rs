//! What one address is: how it is asked, what it gives, and what whoever asks must have.

use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::routing;

use super::endpoint::Endpoint;
use crate::app::App;
use crate::http::{Wants, wants_activity};

/// What an address gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page for people.
    Page,
    /// An act of a member, or of somebody about to become one.
    Form,
    /// A page or a document, as the requester wishes.
    Both,
    /// For apps.
    Api,
    /// For other servers.
    Activity,
    /// A file, or a word about ourselves.
    Asset,
}

/// One address.
#[derive(Clone, Copy)]
pub struct Route {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// With `{names}` for what varies.
    pub path: &'static str,
    /// What it gives.
    pub kind: Kind,
    /// Of addresses for apps: what whoever asks must have.
    pub wants: Wants,
    /// Of addresses for apps: what they answer with, as [`super::answer::Answer::of`] reads it.
    pub(super) answer: &'static str,
    /// A file comes in, or has to be fetched from elsewhere first: it may be long on its way.
    pub(super) slow: bool,
    pub(super) handler: fn() -> Endpoint,
}

impl Route {
    /// The same, where a file may be long on its way.
    pub(super) const fn slow(self) -> Route {
        Route { slow: true, ..self }
    }
}

/// The lists one after the other. The compiler refuses an `N` that is not the number of all of them.
pub(super) const fn joined<const N: usize>(lists: &[&[Route]]) -> [Route; N] {
    let mut all = [lists[0][0]; N];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut entry = 0;
        while entry < lists[list].len() {
            all[at] = lists[list][entry];
            at += 1;
            entry += 1;
        }
        list += 1;
    }
    assert!(at == N);
    all
}

pub(super) const fn reads(path: &'static str, kind: Kind, handler: fn() -> Endpoint) -> Route {
    Route {
        method: "GET",
        path,
        kind,
        wants: Wants::Nothing,
        answer: "nothing",
        slow: false,
        handler,
    }
}

pub(super) const fn acts(path: &'static str, kind: Kind, handler: fn() -> Endpoint) -> Route {
    Route {
        method: "POST",
        path,
        kind,
        wants: Wants::Nothing,
        answer: "nothing",
        slow: false,
        handler,
    }
}

pub(super) const fn api(
    method: &'static str,
    path: &'static str,
    wants: Wants,
    answer: &'static str,
    handler: fn() -> Endpoint,
) -> Route {
    Route {
        method,
        path,
        kind: Kind::Api,
        wants,
        answer,
        slow: false,
        handler,
    }
}

/// The page or the document of an address, as the requester wishes.
pub(super) fn either<P, D, A: 'static, B: 'static>(page: P, document: D) -> Endpoint
where
    P: Handler<A, App>,
    D: Handler<B, App>,
{
    Endpoint::undescribed(routing::get(
        |State(app): State<App>, request: Request| async move {
            if wants_activity(request.headers()) {
                document.call(request, app).await
            } else {
                page.call(request, app).await
            }
        },
    ))
}
