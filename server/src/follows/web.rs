//! The follow button, lists of followers, and the people who wait for a yes.

use axum::extract::State;
use comity_db::params;
use comity_policy::{Visible, Way};

use super::store;
use super::{Side, Suspended, Suspension, suspended};
use crate::accounts::web::{Listed, named, rows};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::Result;
use crate::http::form::Back;
use crate::http::{Form, Me, Page, Path, Reply, Visit};
use crate::rules;
use crate::web::view::{NavItem, PeoplePage, PeopleTab, SuspendedRow};
use crate::web::{frame, person_view};
use crate::window::{Filled, Filling, Ids, Window};

/// `POST /accounts/{id}/follow`
pub async fn follow(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::follow(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /accounts/{id}/unfollow`
pub async fn unfollow(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::unfollow(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /follow-requests/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::accept(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /follow-requests/{id}/reject`
pub async fn reject(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(back): Form<Back>,
) -> Result<Reply> {
    super::reject(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `GET /@{handle}/followers`
pub async fn followers(
    State(app): State<App>,
    visit: Visit,
    Path(handle): Path<String>,
    page: Page,
) -> Result<Reply> {
    let tab = (PeopleTab::Followers, store::FOLLOWERS);
    show_of(&app, &visit, &handle, &page, tab).await
}

/// `GET /@{handle}/following`
pub async fn following(
    State(app): State<App>,
    visit: Visit,
    Path(handle): Path<String>,
    page: Page,
) -> Result<Reply> {
    let tab = (PeopleTab::Following, store::FOLLOWING);
    show_of(&app, &visit, &handle, &page, tab).await
}

async fn show_of(
    app: &App,
    visit: &Visit,
    handle: &str,
    page: &Page,
    (tab, list): (PeopleTab, Ids),
) -> Result<Reply> {
    let owner = named(app, &visit.community, handle).await?;
    let owner = accounts::show(app, &visit.party(), Way::Page, owner.id).await?;
    let people = match &visit.me {
        Some(me) if accounts::shows_follows(&owner, me.account.id) => {
            read(app, visit, list, owner.id, page).await?
        }
        _ => nobody(),
    };
    show(app, visit, page, &owner, tab, people).await
}

/// `GET /follow-requests`
pub async fn requests(State(app): State<App>, me: Me, visit: Visit, page: Page) -> Result<Reply> {
    let of = &me.account;
    let people = read(&app, &visit, store::REQUESTS, of.id, &page).await?;
    show(&app, &visit, &page, of, PeopleTab::Requests, people).await
}

fn nobody() -> Filled<Visible<Account>> {
    Filling::new(Window::older_than(0), 0).page()
}

/// Those of a list who are for whoever looks.
async fn read(
    app: &App,
    visit: &Visit,
    list: Ids,
    of: i64,
    page: &Page,
) -> Result<Filled<Visible<Account>>> {
    let party = visit.party();
    let mut filling = Filling::new(Window::older_than(page.below()), page.limit);
    while let Some((window, most)) = filling.wants() {
        let read = list.rows(&app.db, window, most, params![of]).await?;
        let ids: Vec<i64> = read.iter().map(|(_, id)| *id).collect();
        let mut shown = accounts::show_many(app, &party, Way::Page, &ids).await?;
        let people = read
            .iter()
            .filter_map(|(entry, id)| Some((*entry, shown.get_mut(id)?.pop()?)))
            .collect();
        filling.take(&read, people);
    }
    Ok(filling.page())
}

async fn show(
    app: &App,
    visit: &Visit,
    page: &Page,
    owner: &Account,
    tab: PeopleTab,
    people: Filled<Visible<Account>>,
) -> Result<Reply> {
    let owner_view = person_view(owner, &visit.community);
    let (title, address) = match tab {
        PeopleTab::Followers => ("Followers", format!("{}/followers", owner_view.url)),
        PeopleTab::Following => ("Following", format!("{}/following", owner_view.url)),
        PeopleTab::Requests => ("Asking to follow", "/follow-requests".to_owned()),
    };
    let listed = match tab {
        PeopleTab::Followers | PeopleTab::Following => Listed::People,
        PeopleTab::Requests => Listed::Asking,
    };
    let own = visit
        .me
        .as_ref()
        .is_some_and(|me| me.account.id == owner.id);
    let side = match tab {
        PeopleTab::Followers => Some(Side::Follower),
        PeopleTab::Following => Some(Side::Following),
        PeopleTab::Requests => None,
    };
    let (suspended, suspended_more) = match (side, &visit.me) {
        (Some(side), Some(me)) if own && page.max_id.is_none() => {
            let found = suspended(app, &me.account).await?;
            let more = found.more;
            (suspended_rows(app, visit, found, side), more)
        }
        _ => (Vec::new(), false),
    };
    Ok(Reply::page(PeoplePage {
        frame: frame(
            app,
            visit,
            title,
            if own { NavItem::Me } else { NavItem::Elsewhere },
        )
        .await?,
        owner: owner_view,
        has_requests: own,
        people: rows(app, visit, &people.shown, listed).await?,
        suspended,
        suspended_more,
        // Who follows whom is each one's own business; visitors read numbers (L22, L25).
        hidden: visit.me.is_none().then(|| numbers(visit, owner, tab)),
        older: people
            .oldest
            .and_then(|last| page.older(&address, page.length(), Some(last))),
        tab,
    }))
}

/// Those of one direction. They are named and nothing more: what they say of themselves does not come in.
fn suspended_rows(app: &App, visit: &Visit, found: Suspended, side: Side) -> Vec<SuspendedRow> {
    let book = app.gate.book();
    let found = found.all.into_iter();
    found
        .filter(|suspension| suspension.side == side)
        .map(|Suspension { other, verdict, .. }| SuspendedRow {
            id: other.id,
            handle: other.handle().to_string(),
            why: rules::plainly(app, visit, verdict.because)
                .unwrap_or_else(|| verdict.sentence_for(&book, rules::listener(visit))),
            why_url: format!("/why?about={}", other.handle()),
            may_unfollow: side == Side::Following,
        })
        .collect()
}

fn numbers(visit: &Visit, owner: &Account, tab: PeopleTab) -> String {
    let who = format!(
        "Who they are is shown to members of {}.",
        visit.community.name
    );
    let count = match tab {
        PeopleTab::Followers => owner.followers_count,
        PeopleTab::Following | PeopleTab::Requests => owner.following_count,
    };
    // Of people elsewhere we know only those that are known here, which says more about us than about them.
    match (owner.is_local(), count) {
        (false, _) => who,
        (true, 1) => format!("One person. {who}"),
        (true, count) => format!("{count} people. {who}"),
    }
}
