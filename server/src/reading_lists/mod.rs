//! Lists of people whose posts a member reads together, in a timeline of their own; an exclusive one keeps them out of
//! home. What Mastodon calls lists: ours of that name hold whom rules speak of (`lists/`).
//!
//! In one is who is followed, or asked to be, and oneself; they are not told. Somebody else is in one only with their consent
//! (`consent.rs`): of them a list shows what they write in public, as long as they let it, and they can see who has them there
//! and take themselves out.

pub mod api;
mod consent;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use comity_db::{Tx, params};
use comity_policy::Way;

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows::{self, State};
use crate::http::Me;
use crate::members;
use crate::text::length;
use crate::timelines::{self, Found};
use crate::window::{Stretch, Window};

pub use consent::Listing;
use store::{
    EDGE_OF_STRANGERS, ENTRIES_OF_FOLLOWED, ENTRIES_OF_LIST, ENTRIES_WITHOUT_REPLIES,
    PUBLIC_OF_FOLLOWED, PUBLIC_OF_LIST, PUBLIC_WITHOUT_REPLIES,
};
pub(crate) use store::{having, having_public, withdraw};

/// Lists of one member, as Mastodon has it.
const MOST: i64 = 50;
/// People in one list.
const MOST_PEOPLE: i64 = 1_000;
/// Of them, people whom its owner does not follow: what they wrote is looked for whenever the list is read.
const MOST_STRANGERS: i64 = 200;
/// Characters of a title.
const LONGEST_TITLE: usize = 256;

/// Which answers a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replies {
    /// To anybody who is followed.
    Followed,
    /// To people in the list.
    #[default]
    List,
    /// None.
    None,
}

impl Replies {
    /// The word that is stored and that apps say.
    pub fn as_str(self) -> &'static str {
        match self {
            Replies::Followed => "followed",
            Replies::List => "list",
            Replies::None => "none",
        }
    }

    /// Reads [`Replies::as_str`].
    pub fn parse(word: &str) -> Option<Replies> {
        [Replies::Followed, Replies::List, Replies::None]
            .into_iter()
            .find(|replies| replies.as_str() == word)
    }
}

/// A list.
#[derive(Clone, Debug)]
pub struct ReadingList {
    /// Ours.
    pub id: i64,
    /// What its owner calls it.
    pub title: String,
    /// Which answers it shows.
    pub replies: Replies,
    /// Who is in it is not in home.
    pub exclusive: bool,
}

/// What a member says of a list; what is left out stays, or is as usual.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What they call it.
    pub title: Option<String>,
    /// Which answers it shows.
    pub replies: Option<Replies>,
    /// Whether who is in it is not in home.
    pub exclusive: Option<bool>,
}

impl Draft {
    fn over(&self, id: i64, before: Option<&ReadingList>) -> Result<ReadingList> {
        let title = match (&self.title, before) {
            (Some(title), _) => title.trim(),
            (None, Some(before)) => &before.title,
            (None, None) => "",
        };
        if title.is_empty() {
            return Err(Error::invalid("title", "can't be blank"));
        }
        length::at_most("title", title, LONGEST_TITLE)?;
        let replies = before.map_or(Replies::default(), |before| before.replies);
        let exclusive = before.is_some_and(|before| before.exclusive);
        Ok(ReadingList {
            id,
            title: title.to_owned(),
            replies: self.replies.unwrap_or(replies),
            exclusive: self.exclusive.unwrap_or(exclusive),
        })
    }
}

/// All lists of a member, oldest first.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<ReadingList>> {
    store::of(&app.db, account_id).await
}

/// One list of `account_id`.
pub async fn find(app: &App, account_id: i64, id: i64) -> Result<ReadingList> {
    let mut all = of(app, account_id).await?.into_iter();
    all.find(|list| list.id == id).ok_or(Error::NotFound)
}

/// Those lists of `account_id` that this account is in.
pub async fn with(app: &App, account_id: i64, target_id: i64) -> Result<Vec<ReadingList>> {
    store::with(&app.db, account_id, target_id).await
}

/// A new list.
pub async fn create(app: &App, account_id: i64, draft: &Draft) -> Result<ReadingList> {
    let list = draft.over(app.next_id(), None)?;
    let mut tx = Tx::new();
    members::take_turns(&mut tx, account_id);
    store::insert(&mut tx, account_id, &list);
    if !app.commit(tx).await? {
        return Err(Error::invalid(
            "lists",
            format!("are at most {MOST}; remove some first"),
        ));
    }
    Ok(list)
}

/// Changes what `draft` names.
pub async fn change(app: &App, account_id: i64, id: i64, draft: &Draft) -> Result<ReadingList> {
    let before = find(app, account_id, id).await?;
    let list = draft.over(id, Some(&before))?;
    store::change(&app.db, &list).await?;
    Ok(list)
}

/// Takes a list away; whom it had stays followed.
pub async fn remove(app: &App, account_id: i64, id: i64) -> Result<()> {
    let list = find(app, account_id, id).await?;
    store::delete(&app.db, list.id).await
}

/// Puts people in, all or nobody: *not found* where one of them is nobody to this member, invalid where one is in it already, or
/// is not followed and does not let themself be put in.
pub async fn put_in(app: &App, me: &Me, id: i64, people: &[i64]) -> Result<()> {
    let account_id = me.account.id;
    let list = find(app, account_id, id).await?;
    let states = follows::states(app, account_id, people.to_vec()).await?;
    let is_followed = |id: &i64| {
        *id == account_id || states.get(id).is_some_and(|(mine, _)| *mine != State::None)
    };
    let strangers: Vec<i64> = people
        .iter()
        .copied()
        .filter(|id| !is_followed(id))
        .collect();
    check_strangers(app, me, list.id, strangers).await?;
    let count = store::count(&app.db, list.id).await?;
    if i64::try_from(people.len()).is_ok_and(|more| count + more > MOST_PEOPLE) {
        return Err(Error::invalid(
            "accounts",
            format!("of a list are at most {MOST_PEOPLE}; remove some first"),
        ));
    }
    let mut tx = Tx::new();
    for target_id in people {
        store::put_in(&mut tx, app.next_id(), list.id, account_id, *target_id);
    }
    if !app.commit(tx).await? {
        return Err(Error::invalid(
            "account",
            "is in this list already, or left your lists",
        ));
    }
    Ok(())
}

/// Whether these may be put into a list of a member who does not follow them.
async fn check_strangers(app: &App, me: &Me, list_id: i64, strangers: Vec<i64>) -> Result<()> {
    if strangers.is_empty() {
        return Ok(());
    }
    let shown = accounts::show_many(app, &me.party(), Way::Page, &strangers).await?;
    if !strangers.iter().all(|id| shown.contains_key(id)) {
        return Err(Error::NotFound);
    }
    let letting = store::letting(&app.db, me.account.id, strangers.clone()).await?;
    if !strangers.iter().all(|id| letting.contains(id)) {
        return Err(Error::invalid(
            "account",
            "is not followed by you and lets nobody, or not you, put them into a list; follow them first",
        ));
    }
    let there = store::strangers(&app.db, list_id, me.account.id, MOST_STRANGERS).await?;
    let count = there.len() + strangers.len();
    if i64::try_from(count).is_ok_and(|count| count > MOST_STRANGERS) {
        return Err(Error::invalid(
            "accounts",
            format!("of a list that you do not follow are at most {MOST_STRANGERS}"),
        ));
    }
    Ok(())
}

/// What a list of `account_id` shows, as numbers of statuses in the order of this window: what came into their home from people
/// in it, and what others in it wrote in public. Of each of these, no more than `limit` posts are looked at, and of home no more
/// entries than [`timelines::MOST_OF_HOME`].
pub(crate) async fn ids(
    app: &App,
    (account_id, list_id): (i64, i64),
    replies: Replies,
    window: Window,
    limit: i64,
) -> Result<Found> {
    let (of_home, in_public) = match replies {
        Replies::Followed => (ENTRIES_OF_FOLLOWED, PUBLIC_OF_FOLLOWED),
        Replies::List => (ENTRIES_OF_LIST, PUBLIC_OF_LIST),
        Replies::None => (ENTRIES_WITHOUT_REPLIES, PUBLIC_WITHOUT_REPLIES),
    };
    let of = params![account_id, list_id, timelines::MOST_OF_HOME];
    let Found {
        mut ids,
        mut reached,
    } = timelines::of_home(app, account_id, of_home, window, limit, of).await?;
    let strangers = store::strangers(&app.db, list_id, account_id, MOST_STRANGERS).await?;
    if !strangers.is_empty() {
        let of = params![strangers.clone()];
        let (cut, last) = EDGE_OF_STRANGERS.cut(&app.db, window, limit, of).await?;
        let of = params![account_id, list_id, strangers];
        ids.extend(in_public.read(&app.db, cut, limit, of).await?);
        let both = reached.zip(last);
        let first = both.map(|(one, other)| window.first_of(one, other));
        reached = first.or(reached).or(last);
    }
    // A topic that is followed may have brought home what is public as well.
    Ok(Found::together(ids, reached, window, limit))
}

/// Takes people out.
pub async fn take_out(app: &App, account_id: i64, id: i64, people: &[i64]) -> Result<()> {
    let list = find(app, account_id, id).await?;
    let mut tx = Tx::new();
    for target_id in people {
        store::take_out(&mut tx, list.id, *target_id);
    }
    app.commit(tx).await?;
    Ok(())
}

/// Some of those in a list of `account_id`; nobody is cleared to see them yet.
pub async fn people(
    app: &App,
    account_id: i64,
    id: i64,
    window: Window,
    limit: i64,
) -> Result<Stretch> {
    let list = find(app, account_id, id).await?;
    store::people(&app.db, list.id, window, limit).await
}
