//! Accounts for apps.

use axum::extract::State;
use comity_policy::{Visible, Way};
use serde::Deserialize;
use serde_json::{Value, json};

use super::entity::{Faces, own, whole, whole_many};
use super::web::Listed;
use super::{Account, show};
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Client, Id, Input, Me, Paging, Reply};
use crate::relations::entity::relationships;
use crate::statuses::entity::Entities;
use crate::text::hashtag;
use crate::timelines::{self, OfAuthor, Place, Replies};
use crate::window::{Filling, Window};
use crate::{follows, hashtags, pins, search};

/// Requests to follow that are counted for a member's own account.
const MOST_REQUESTS: i64 = 100;
/// Accounts that are asked for at once.
const MOST_AT_ONCE: usize = 80;

/// `GET /api/v1/accounts/verify_credentials`
pub async fn verify_credentials(State(app): State<App>, client: Client) -> Result<Reply> {
    Ok(Reply::api(own_entity(&app, client.me()?).await?))
}

pub(super) async fn own_entity(app: &App, me: &Me) -> Result<Value> {
    let account = show(app, &me.party(), Way::Page, me.account.id).await?;
    let requests = follows::requests(app, &me.account, MOST_REQUESTS).await?;
    Ok(own(&account, me, requests.len()))
}

/// `GET /api/v1/accounts/{id}`
pub async fn account(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let account = show(&app, &caller.party(), Way::Page, id).await?;
    let told = whole(&app, Way::Page, &account, &caller.community).await?;
    Ok(Reply::api(json!(told)))
}

/// Ids of a question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ids {
    /// Each a number; others name nothing.
    pub id: Vec<String>,
}

impl Ids {
    /// Those that are numbers, each once, no more than are answered at once.
    pub fn numbers(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = Vec::new();
        for id in self.id.iter().filter_map(|id| id.parse().ok()) {
            if !ids.contains(&id) && ids.len() < MOST_AT_ONCE {
                ids.push(id);
            }
        }
        ids
    }
}

/// `GET /api/v1/accounts?id[]=`
pub async fn accounts(
    State(app): State<App>,
    caller: Caller,
    Input(asked): Input<Ids>,
) -> Result<Reply> {
    let ids = asked.numbers();
    let faces = Faces::of(&app, &caller.party(), Way::Page, &caller.community, &ids).await?;
    Ok(Reply::api(faces.in_order(&ids)))
}

/// Whom an app looks for by name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Lookup {
    acct: String,
}

/// `GET /api/v1/accounts/lookup?acct=`: who is known here by this handle. Nobody is asked elsewhere.
pub async fn lookup(
    State(app): State<App>,
    caller: Caller,
    Input(asked): Input<Lookup>,
) -> Result<Reply> {
    let handle = asked.acct.trim().trim_start_matches('@');
    let named = super::web::named(&app, &caller.community, handle).await?;
    let account = show(&app, &caller.party(), Way::Lookup, named.id).await?;
    let told = whole(&app, Way::Lookup, &account, &caller.community).await?;
    Ok(Reply::api(json!(told)))
}

/// Whom an app looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    q: String,
    resolve: bool,
    following: bool,
}

/// `GET /api/v1/accounts/search`
pub async fn search(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(question): Input<Question>,
) -> Result<Reply> {
    let me = client.me()?;
    let most = usize::try_from(paging.limit(40, 80)).unwrap_or_default();
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let wanted = search::People {
        following: question.following,
        most: skip.saturating_add(most),
    };
    let found = search::people(&app, me, &question.q, question.resolve, wanted).await?;
    let mut ids: Vec<i64> = found.iter().map(|account| account.id).collect();
    if question.following {
        let states = follows::states(&app, me.account.id, ids.clone()).await?;
        ids.retain(|id| {
            states
                .get(id)
                .is_some_and(|(mine, _)| *mine == follows::State::Accepted)
        });
    }
    let shown: Vec<&Visible<Account>> = found
        .iter()
        .filter(|account| ids.contains(&account.id))
        .skip(skip)
        .take(most)
        .collect();
    let told = whole_many(&app, Way::Search, &shown, &me.community).await?;
    Ok(Reply::api_written(serde_json::to_string(&told)?))
}

/// `GET /api/v1/accounts/relationships`
pub async fn relations(
    State(app): State<App>,
    client: Client,
    Input(asked): Input<Ids>,
) -> Result<Reply> {
    let found = relationships(&app, client.me()?, &asked.numbers()).await?;
    Ok(Reply::api(json!(found)))
}

/// `GET /api/v1/accounts/familiar_followers`: which of those the member follows follow these.
pub async fn familiar_followers(
    State(app): State<App>,
    client: Client,
    Input(asked): Input<Ids>,
) -> Result<Reply> {
    /// Names looked at, and faces beside each.
    const MOST_ASKED: usize = 20;
    const MOST_FACES: i64 = 12;
    let me = client.me()?;
    let mut ids: Vec<i64> = asked.numbers().into_iter().take(MOST_ASKED).collect();
    let shown = super::show_many(&app, &me.party(), Way::Page, &ids).await?;
    ids.retain(|id| shown.contains_key(id));
    let familiar = follows::familiar(&app, &me.account, &ids, MOST_FACES).await?;
    let all: Vec<i64> = familiar.values().flatten().copied().collect();
    let faces = Faces::of(&app, &me.party(), Way::Page, &me.community, &all).await?;
    let answer: Vec<Value> = ids
        .iter()
        .map(|id| {
            let friends = familiar.get(id).map_or(&[][..], Vec::as_slice);
            json!({ "id": id.to_string(), "accounts": faces.in_order(friends) })
        })
        .collect();
    Ok(Reply::api(json!(answer)))
}

/// A page of a list of people: at most `limit` of them who are for whoever asks, with the links to the next ones. `entries`
/// gives what lies in a window, at most so many, each with whom it stands for.
pub async fn people<F>(
    app: &App,
    caller: &Caller,
    paging: &Paging,
    limit: i64,
    entries: impl Fn(Window, i64) -> F,
) -> Result<Reply>
where
    F: Future<Output = Result<Vec<(i64, i64)>>>,
{
    page_of_people(app, caller, paging, limit, entries, Listed::People).await
}

/// The same of people who ask whoever asks for something, and wait: see [`Faces::with_asking`].
pub(crate) async fn asking<F>(
    app: &App,
    caller: &Caller,
    paging: &Paging,
    limit: i64,
    entries: impl Fn(Window, i64) -> F,
) -> Result<Reply>
where
    F: Future<Output = Result<Vec<(i64, i64)>>>,
{
    page_of_people(app, caller, paging, limit, entries, Listed::Asking).await
}

async fn page_of_people<F>(
    app: &App,
    caller: &Caller,
    paging: &Paging,
    limit: i64,
    entries: impl Fn(Window, i64) -> F,
    listed: Listed,
) -> Result<Reply>
where
    F: Future<Output = Result<Vec<(i64, i64)>>>,
{
    let mut filling = Filling::new(paging.window(), limit);
    while let Some((window, most)) = filling.wants() {
        let read = entries(window, most).await?;
        let shown = faces_of(app, caller, &read, listed).await?;
        filling.take(&read, shown);
    }
    Ok(page_of(caller, paging, filling))
}

/// Those of these entries whose people are for whoever asks, in the same order.
pub(crate) async fn faces(
    app: &App,
    caller: &Caller,
    entries: &[(i64, i64)],
) -> Result<Vec<(i64, Value)>> {
    faces_of(app, caller, entries, Listed::People).await
}

async fn faces_of(
    app: &App,
    caller: &Caller,
    entries: &[(i64, i64)],
    listed: Listed,
) -> Result<Vec<(i64, Value)>> {
    let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
    let asking: &[i64] = match listed {
        Listed::People => &[],
        Listed::Asking => &ids,
    };
    let (party, here) = (caller.party(), &caller.community);
    let faces = Faces::with_asking(app, &party, Way::Page, here, &ids, asking).await?;
    let shown = entries
        .iter()
        .filter_map(|(entry, id)| Some((*entry, faces.get(*id)?)));
    Ok(shown.collect())
}

/// What was filled, with the links to the next ones.
pub(crate) fn page_of(caller: &Caller, paging: &Paging, filling: Filling<Value>) -> Reply {
    let page = filling.page();
    let links = paging.links(&caller.community, page.newest, page.oldest);
    Reply::api(json!(page.shown)).with_links(links)
}

/// Which of what somebody wrote is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field that apps send"
)]
pub struct Choice {
    pinned: bool,
    only_media: bool,
    exclude_replies: bool,
    exclude_reblogs: bool,
    exclude_direct: bool,
    tagged: String,
}

impl Choice {
    fn of_author(&self) -> OfAuthor {
        let topic = hashtag::folded(&self.tagged);
        OfAuthor {
            replies: if self.exclude_replies {
                Replies::LeftOut
            } else {
                Replies::Shown
            },
            without_boosts: self.exclude_reblogs,
            without_direct: self.exclude_direct,
            with_files: self.only_media,
            topic: (!topic.is_empty()).then_some(topic),
        }
    }
}

/// `GET /api/v1/accounts/{id}/statuses`
pub async fn statuses(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let party = caller.party();
    let account = show(&app, &party, Way::Page, id).await?;
    // What people elsewhere write is read by visitors where it was written (L35).
    if caller.me.is_none() && !account.is_local() {
        return Ok(Reply::api(json!([])));
    }
    if choice.pinned {
        let mut pinned = pins::list(&app, &party, Way::Page, account.id).await?;
        pinned.truncate(usize::try_from(paging.limit(20, 40)).unwrap_or_default());
        let list = Entities::as_json(&app, &caller, Way::Page, &pinned).await?;
        return Ok(Reply::api_written(list));
    }
    // No post is listed under it, so none needs to be looked at.
    if choice.tagged.chars().count() > hashtags::LONGEST {
        return Ok(Reply::api(json!([])));
    }
    let place = Place::Author(account.id, choice.of_author());
    timelines::api::answer(&app, &caller, place, &paging, |_| true).await
}

/// `GET /api/v1/accounts/{id}/identity_proofs`: nobody has any. Mastodon took them away, and some apps still ask.
pub async fn identity_proofs(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Reply> {
    let _ = show(&app, &caller.party(), Way::Page, id).await?;
    Ok(Reply::api(json!([])))
}
