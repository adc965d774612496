//! What people open and send with a browser.

mod boundaries;
mod coming;
mod files;
mod people;
mod reading;
mod writing;

use super::route::{Route, joined};

pub(super) const ROUTES: &[Route] = &joined::<
    {
        coming::ROUTES.len()
            + reading::ROUTES.len()
            + writing::ROUTES.len()
            + people::ROUTES.len()
            + boundaries::ROUTES.len()
            + files::ROUTES.len()
    },
>(&[
    coming::ROUTES,
    reading::ROUTES,
    writing::ROUTES,
    people::ROUTES,
    boundaries::ROUTES,
    files::ROUTES,
]);
