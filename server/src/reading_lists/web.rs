//! The page on which a member says who may put them into a list without following them, and sees who did.

mod lists;

use askama::Template;
use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

pub use lists::{add, all, blank, change, create, delete, form, take_out, timeline};

use super::consent::{self, Listing};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Id, Me, Reply, Visit};
use crate::web::view::{AnswerChoice, Frame, NavItem, PersonView};
use crate::web::{cleared_view, frame};

/// Who may, and who did.
#[derive(Template)]
#[template(path = "reading_lists/listing.html")]
struct ListingPage {
    frame: Frame,
    choices: Vec<AnswerChoice>,
    people: Vec<PersonView>,
}

const PAGE: &str = "/settings/lists";

/// `GET /settings/lists`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let chosen = consent::of(&app, me.account.id).await?;
    let choice = |listing: Listing| AnswerChoice {
        value: listing.as_str(),
        words: match listing {
            Listing::Nobody => "Nobody",
            Listing::Followed => "People I follow",
            Listing::Everyone => "Everyone here",
        },
        chosen: listing == chosen,
    };
    let ids = consent::listed_by(&app, me.account.id).await?;
    let shown = accounts::show_many(&app, &me.party(), Way::Page, &ids).await?;
    let view = |id: &i64| {
        let person = shown.get(id)?.first()?;
        Some(cleared_view(person, person, &visit.community))
    };
    let people: Vec<PersonView> = ids.iter().filter_map(view).collect();
    let mut frame = frame(&app, &visit, "Lists you are in", NavItem::Me).await?;
    frame.no_index = true;
    Ok(Reply::page(ListingPage {
        frame,
        choices: Listing::ALL.map(choice).into(),
        people,
    }))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ListingForm {
    listing: String,
}

/// `POST /settings/lists`
pub async fn save(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<ListingForm>,
) -> Result<Reply> {
    let listing = Listing::parse(&form.listing)
        .ok_or_else(|| Error::invalid("listing", "must be nobody, followed or everyone"))?;
    consent::choose(&app, me.account.id, listing).await?;
    let done = "From now on, also where you are in a list already.";
    Ok(Reply::see_other(PAGE).telling(&visit.community, done))
}

/// `POST /settings/lists/{id}/leave`: out of the lists of this member.
pub async fn leave(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(()): Form<()>,
) -> Result<Reply> {
    consent::leave(&app, &me, id).await?;
    Ok(Reply::see_other(PAGE))
}
