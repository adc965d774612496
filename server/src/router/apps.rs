//! What apps ask.

mod at_once;
mod boundaries;
mod files;
mod lists;
mod oauth;
mod own;
mod people;
mod server;
mod statuses;
mod timelines;

use super::route::{Route, joined};

pub(super) const ROUTES: &[Route] = &joined::<
    {
        oauth::ROUTES.len()
            + server::ROUTES.len()
            + people::ROUTES.len()
            + statuses::ROUTES.len()
            + at_once::ROUTES.len()
            + timelines::ROUTES.len()
            + own::ROUTES.len()
            + lists::ROUTES.len()
            + boundaries::ROUTES.len()
            + files::ROUTES.len()
    },
>(&[
    oauth::ROUTES,
    server::ROUTES,
    people::ROUTES,
    statuses::ROUTES,
    at_once::ROUTES,
    timelines::ROUTES,
    own::ROUTES,
    lists::ROUTES,
    boundaries::ROUTES,
    files::ROUTES,
]);
