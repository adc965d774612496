//! The page of those who wait for a yes, and its buttons.

mod community;

use axum::extract::State;
use comity_policy::{Peer, Visible, Way};

pub use community::{community, open, send_away_here, unwelcome_here, welcome_here};

use super::Waiting;
use crate::accounts::{Account, profile};
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::lookalikes::Eye;
use crate::members::Role;
use crate::quotes::web::LetIn;
use crate::statuses::web::Reader;
use crate::text::plain;
use crate::waves;
use crate::web::view::{ContactView, ContactsPage, NavItem, PersonView};
use crate::web::{frame, person_view};

/// Letters shown of what somebody says of themself.
const SHOWN_OF_NOTE: usize = 160;

/// `GET /contacts`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let waiting = super::list(&app, &visit.community, &me.account).await?;
    let eye = Eye::of(&app, &me).await?;
    let posts: Vec<_> = waiting.iter().flat_map(|one| &one.posts).collect();
    let reader = Reader::of(&app, &visit, Way::Page, &posts).await?.plainly();
    let contacts = waiting
        .iter()
        .map(|one| view(&reader, &visit, &eye, one))
        .collect();
    let person =
        |account: &Visible<Account>| -> PersonView { person_view(account, &visit.community) };
    let welcomed = super::welcomed(&app, &me.account).await?;
    let limit = waves::limit(&app, me.account.id).await?;
    Ok(Reply::page(ContactsPage {
        wave: waves::web::view(&app, &visit, &me.account).await?,
        limits: waves::web::limits(limit),
        frame: frame(&app, &visit, "First contacts", NavItem::Notifications).await?,
        contacts,
        welcomed: welcomed.iter().map(person).collect(),
        may_look_after: me.member.role >= Role::Moderator,
    }))
}

fn view(reader: &Reader<'_>, visit: &Visit, eye: &Eye, waiting: &Waiting) -> ContactView {
    ContactView {
        person: person_view(&waiting.sender, &visit.community),
        about: plain::excerpt(&profile(&waiting.sender).note, SHOWN_OF_NOTE),
        known: known(visit, eye, waiting),
        why: waiting.why.clone(),
        asks_to_follow: waiting.asks_to_follow,
        may_answer: waiting.may_answer,
        posts: waiting
            .posts
            .iter()
            .map(|status| (status.id, reader.view(status, None)))
            .collect(),
    }
}

/// What is known of who waits, a sentence each.
pub(super) fn known(visit: &Visit, eye: &Eye, waiting: &Waiting) -> Vec<String> {
    let server = &waiting.sender.host;
    let mut known = Vec::new();
    if !waiting.sender.is_local() {
        known.push(age(&server.unicode(), &waiting.server));
        known.extend(software(&waiting.server));
    }
    known.push(match waiting.followed_by {
        0 => format!("Nobody in {} follows them.", visit.community.name),
        1 => format!("One person in {} follows them.", visit.community.name),
        many => format!("{many} people in {} follow them.", visit.community.name),
    });
    known.extend(eye.sees(&waiting.sender));
    known
}

fn age(server: &str, peer: &Peer) -> String {
    match peer.known_days {
        None | Some(0) => format!("We first heard of {server} today."),
        Some(1) => format!("We first heard of {server} yesterday."),
        Some(days) => format!("We have known {server} for {days} days."),
    }
}

fn software(peer: &Peer) -> Option<String> {
    let name = peer.software.as_deref()?;
    Some(format!("It says that it runs {name}."))
}

/// `POST /contacts/{id}/let-in`: one post.
pub async fn let_in(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<LetIn>,
) -> Result<Reply> {
    super::let_in(&app, &me.account, id, form.seen()).await?;
    Ok(form.to())
}

/// `POST /contacts/{id}/dismiss`: one post.
pub async fn dismiss(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::dismiss(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /contacts/people/{id}/welcome`
pub async fn welcome(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::welcome(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /contacts/people/{id}/send-away`
pub async fn send_away(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::send_away(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /contacts/people/{id}/unwelcome`
pub async fn unwelcome(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unwelcome(&app, &me.account, id).await?;
    Ok(back.to())
}
