//! Our question whether a status of ours may quote.

use comity_policy::Visible;
use comity_vocab::{Iri, build};
use serde_json::Value;

use crate::accounts::stored_iri;
use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses::{self, Status};

/// What the address of a question adds to that of what it is about: there is one for each status.
const REQUEST: &str = "#quote-request";

/// It comes with the whole status, so that whoever is asked can read what they say yes to.
pub fn request(app: &App, status: &Visible<Status>) -> Result<Value> {
    let quote = status.quote.as_ref().ok_or(Error::NotFound)?;
    let asked = quote.asks_elsewhere().ok_or(Error::NotFound)?;
    let id = stored_iri(&format!("{}{REQUEST}", status.iri))?;
    let note = statuses::activity::note(app, status)?;
    Ok(build::quote_request(
        &id,
        &status.author.iri,
        &quote.iri,
        &asked.iri,
        note,
    ))
}

/// The status that a question by this address was about.
pub fn asked_for(request: &Iri) -> Option<Iri> {
    Iri::parse(request.as_str().strip_suffix(REQUEST)?).ok()
}
