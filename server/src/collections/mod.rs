//! Collections: people whom a member recommends under one name, for others to see (Mastodon 4.6).
//!
//! **Consent.** Put in is only who lives here, wants to be suggested to others (`discoverable`), and whose rules and blocks
//! allow the owner [`Act::Feature`]; they are told, and may take themselves out for good. Whether that still stands is asked
//! whenever a collection is shown, and so is whether the viewer may see its owner and each who is in it: a rule, a block, a
//! suspension or a change of mind counts at once, and what is counted is what is shown.
//!
//! Nothing of it goes to other servers yet: nobody who lives elsewhere can be asked for their consent, so none is put in.

pub mod api;
pub mod entity;
mod model;
mod show;
mod store;
pub mod web;

use comity_db::Tx;
use comity_policy::{Act, Outcome, Way};
use comity_vocab::ActorKind;

use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Code, Error, Result};
use crate::http::{self, Me};
use crate::notifications::{self, Kind};
use crate::{members, rules};

pub use model::{Collection, Draft, Item, Shown, State, Words, words};
pub(crate) use show::find_many;
pub use show::{find, of, with};
pub(crate) use store::{OF_MEMBER, part};

/// Collections of one member, as Mastodon has it.
pub(crate) const MOST: i64 = 10;
/// People in one collection, as Mastodon has it.
const MOST_PEOPLE: usize = 25;
/// Collections that are shown at once.
const MOST_SHOWN: usize = 40;
/// Who is in a collection is told of other words once in so long: they did not ask for them.
const TOLD_AGAIN_MS: i64 = DAY_MS;

fn most_people() -> i64 {
    i64::try_from(MOST_PEOPLE).unwrap_or(i64::MAX)
}

/// One collection of a member. Another's, which they may see, is not theirs to change.
pub async fn own(app: &App, me: &Me, id: i64) -> Result<Shown> {
    let shown = find(app, &me.party(), id).await?;
    if shown.collection.owner.id != me.account.id {
        return Err(Error::Forbidden(
            "only who made a collection may change it".to_owned(),
        ));
    }
    Ok(shown)
}

/// Refuses where this account cannot be put into a collection of this member, with the reason.
async fn may_put_in(app: &App, me: &Me, field: &'static str, account_id: i64) -> Result<()> {
    let wrong = |why: &str| Error::invalid(field, why).coded(Code::Invalid);
    let account = match accounts::show(app, &me.party(), Way::Page, account_id).await {
        Ok(account) => account,
        Err(Error::Internal(why)) => return Err(Error::Internal(why)),
        // Whom they may not see is nobody to them.
        Err(_) => return Err(wrong("names somebody who is not here")),
    };
    if !account.is_local() {
        return Err(wrong(
            "names somebody who lives on another server; only people of this one can be put into collections",
        ));
    }
    if account.kind == ActorKind::Application {
        return Err(wrong(
            "names nobody who could agree; only people can be put into collections",
        ));
    }
    let answer = app
        .gate
        .may(&me.party(), Act::Feature, Way::Page, &*account)
        .await?;
    let verdict = answer.unwrap_or_else(|refusal| refusal.verdict);
    if verdict.outcome != Outcome::Allow {
        let why = rules::sentence_to(app, &me.party(), &verdict);
        return Err(Error::Forbidden(why));
    }
    if !account.discoverable {
        return Err(wrong(
            "names somebody who does not want to be suggested to others",
        ));
    }
    Ok(())
}

/// Counts one of the people whom this member puts into collections, of whom each is told what the member calls it.
fn count(app: &App, me: &Me) -> Result<()> {
    let key = me.account.id.to_string();
    app.limits.check(http::Kind::Feature, &key)
}

/// Makes a collection with these people in it, all or none. They are told.
pub async fn create(app: &App, me: &Me, draft: &Draft, people: &[i64]) -> Result<Shown> {
    let (words, discoverable) = draft.over(None)?;
    let mut distinct: Vec<i64> = Vec::new();
    for id in people {
        if !distinct.contains(id) {
            distinct.push(*id);
        }
        if distinct.len() > MOST_PEOPLE {
            return Err(Error::invalid(
                "account_ids",
                format!("names more than {MOST_PEOPLE} people"),
            )
            .coded(Code::TooLong));
        }
    }
    for account_id in &distinct {
        may_put_in(app, me, "account_ids", *account_id).await?;
    }
    for _ in &distinct {
        count(app, me)?;
    }
    let now_ms = app.now_ms();
    let id = app.next_id();
    let mut tx = Tx::new();
    members::take_turns(&mut tx, me.account.id);
    let key = (id, me.account.id);
    store::insert(&mut tx, key, &words, discoverable, now_ms, MOST);
    for account_id in distinct {
        put_in(app, &mut tx, me, (id, account_id), now_ms);
    }
    if !app.commit_and_ring(tx).await? {
        return Err(Error::invalid(
            "collections",
            format!("are at most {MOST}; remove one first"),
        ));
    }
    own(app, me, id).await
}

/// Puts somebody in and tells them, in the caller's transaction. Gives the number of the item.
fn put_in(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    (collection_id, account_id): (i64, i64),
    now_ms: i64,
) -> i64 {
    let id = app.next_id();
    let key = (collection_id, account_id);
    store::put_in(tx, id, key, now_ms, most_people());
    let told = (app.next_id(), account_id, Kind::Collected);
    notifications::tell_of_collection(tx, told, me.account.id, collection_id, now_ms);
    id
}

/// Changes what `draft` names. Who is in it is told of another name or description, unless something of it was changed less than
/// [`TOLD_AGAIN_MS`] ago: what they were told before says the new words then.
pub async fn change(app: &App, me: &Me, id: i64, draft: &Draft) -> Result<Shown> {
    let before = own(app, me, id).await?;
    let was = words(&before.collection);
    let listed = before.collection.discoverable;
    let (new, discoverable) = draft.over(Some((was, listed)))?;
    if new == *was && discoverable == listed {
        return Ok(before);
    }
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    store::change(&mut tx, (id, me.account.id), &new, discoverable, now_ms);
    let rested = now_ms - before.collection.updated_at >= TOLD_AGAIN_MS;
    if rested && (new.name != was.name || new.description != was.description) {
        for item in &before.items {
            let told = (app.next_id(), item.account_id, Kind::CollectionChanged);
            notifications::tell_of_collection(&mut tx, told, me.account.id, id, now_ms);
        }
    }
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    own(app, me, id).await
}

/// Takes a collection away, and what was told of it.
pub async fn remove(app: &App, me: &Me, id: i64) -> Result<()> {
    own(app, me, id).await?;
    let mut tx = Tx::new();
    store::delete(&mut tx, me.account.id, id);
    notifications::forget_collection(&mut tx, id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Puts somebody into a collection, and tells them.
pub async fn add(app: &App, me: &Me, id: i64, account_id: i64) -> Result<Item> {
    own(app, me, id).await?;
    may_put_in(app, me, "account_id", account_id).await?;
    count(app, me)?;
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    members::take_turns(&mut tx, me.account.id);
    let item_id = put_in(app, &mut tx, me, (id, account_id), now_ms);
    if app.commit_and_ring(tx).await? {
        return Ok(Item {
            id: item_id,
            account_id,
            state: State::Accepted,
            created_at: now_ms,
        });
    }
    let there = store::item_of(&app.db, id, account_id).await?;
    let (code, why) = match there {
        Some(item) if item.state == "accepted" => {
            (Code::Taken, "is in this collection already".to_owned())
        }
        Some(_) => (
            Code::Invalid,
            "names somebody who took themself out of this collection".to_owned(),
        ),
        None => (
            Code::TooLong,
            format!("is one too many: a collection has at most {MOST_PEOPLE} people"),
        ),
    };
    Err(Error::invalid("account_id", why).coded(code))
}

/// Takes somebody out of a collection of one's own. They are not told.
pub async fn take_out(app: &App, me: &Me, id: i64, item_id: i64) -> Result<()> {
    own(app, me, id).await?;
    let item = store::item(&app.db, id, item_id).await?;
    let item = item.ok_or(Error::NotFound)?;
    let mut tx = Tx::new();
    store::take_out(&mut tx, id, item.id);
    notifications::withdraw_of_collection(&mut tx, item.account_id, id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// A member takes themself out of another's collection, for good. That also goes where they may not see it any more.
pub async fn revoke(app: &App, me: &Me, id: i64, item_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::revoke(&mut tx, id, item_id, me.account.id);
    notifications::withdraw_of_collection(&mut tx, me.account.id, id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}
