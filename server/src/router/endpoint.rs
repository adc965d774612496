//! What answers at an address, and what it takes: axum's router with a description beside it, both of the same handler.

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

use crate::app::App;
use crate::http::takes::{Taken, Takes};

/// What answers one method of one address.
pub struct Endpoint {
    pub(super) router: MethodRouter<App>,
    pub(super) takes: fn() -> Taken,
}

impl Endpoint {
    /// Of a page, which is described nowhere.
    pub(super) fn undescribed(router: MethodRouter<App>) -> Endpoint {
        Endpoint {
            router,
            takes: Taken::default,
        }
    }
}

macro_rules! methods {
    ($($name:ident)+) => {$(
        /// Answers this method.
        pub fn $name<H, T>(handler: H) -> Endpoint
        where
            H: Handler<T, App>,
            T: Takes + 'static,
        {
            Endpoint {
                router: routing::$name(handler),
                takes: Taken::by::<T>,
            }
        }
    )+};
}
methods! { get post put patch delete }
