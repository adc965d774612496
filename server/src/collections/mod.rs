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
mod store;
pub mod web;

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Exchange, Outcome, Party, PersonId, Subject, Thing, Visible, Way};
use comity_vocab::ActorKind;

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::notifications::{self, Kind};
use crate::rules;

pub use model::{Collection, Draft, Item, Shown, State, Words, words};
pub(crate) use store::{OF_MEMBER, part};

use model::{CollectionRow, ItemRow};

/// Collections of one member, as Mastodon has it.
pub(crate) const MOST: i64 = 10;
/// People in one collection, as Mastodon has it.
const MOST_PEOPLE: usize = 25;
/// Collections that are shown at once.
const MOST_SHOWN: usize = 40;
/// Questions that are asked of the gate at once.
const AT_ONCE: usize = 500;

fn most_people() -> i64 {
    i64::try_from(MOST_PEOPLE).unwrap_or(i64::MAX)
}

/// Those of an account, newest first, as far as they are for this viewer: others see what is listed.
pub async fn of(app: &App, viewer: &Party, account_id: i64) -> Result<Vec<Shown>> {
    let mut rows = store::of(&app.db, account_id, MOST).await?;
    if viewer_id(viewer) != Some(account_id) {
        rows.retain(|row| row.discoverable);
    }
    show(app, viewer, Way::Page, rows).await
}

/// Those that a member is in, by when they were put in, newest first: at most `most`, without the first `skip`. Also whether
/// there may be more; what the gate hides is left out of them.
pub async fn with(app: &App, me: &Me, most: i64, skip: i64) -> Result<(Vec<Shown>, bool)> {
    let rows = store::with(&app.db, me.account.id, most, skip).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= most);
    let mut shown = show(app, &me.party(), Way::Page, rows).await?;
    // By a rule of theirs they may not be in it any more, whatever the table says.
    shown.retain(|one| {
        let mut items = one.items.iter();
        items.any(|item| item.account_id == me.account.id)
    });
    Ok((shown, full))
}

/// One collection; *not found* where its owner is not for this viewer.
pub async fn find(app: &App, viewer: &Party, id: i64) -> Result<Shown> {
    let rows = store::by_ids(&app.db, vec![id]).await?;
    let shown = show(app, viewer, Way::Page, rows).await?;
    shown.into_iter().next().ok_or(Error::NotFound)
}

/// Those of these that are for this viewer, by this way, by number.
pub(crate) async fn find_many(
    app: &App,
    viewer: &Party,
    way: Way,
    ids: &[i64],
) -> Result<HashMap<i64, Arc<Shown>>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(MOST_SHOWN) {
        let rows = store::by_ids(&app.db, some.to_vec()).await?;
        let shown = show(app, viewer, way, rows).await?;
        found.extend(
            shown
                .into_iter()
                .map(|one| (one.collection.id, Arc::new(one))),
        );
    }
    Ok(found)
}

fn viewer_id(viewer: &Party) -> Option<i64> {
    let PersonId(id) = viewer.person()?.id?;
    Some(id)
}

/// One question to the gate.
type Question = (Party, Act, Thing);

/// Of these, in their order, what the gate lets this viewer see by this way.
async fn show(app: &App, viewer: &Party, way: Way, rows: Vec<CollectionRow>) -> Result<Vec<Shown>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let most = most_people().saturating_mul(i64::try_from(ids.len()).unwrap_or(i64::MAX));
    let items = store::items(&app.db, ids, most).await?;
    let owners = rows.iter().map(|row| row.account_id);
    let named = owners.chain(items.iter().map(|item| item.account_id));
    let people = accounts::find_many(app, named.collect()).await?;
    let owned = rows.into_iter().filter_map(|row| {
        let owner = people.get(&row.account_id)?;
        let is_here = owner.gone_at.is_none();
        is_here.then(|| Collection::from_row(row, owner.clone()))
    });
    let shown = app.gate.show_all(viewer, way, owned.collect()).await?;
    let collections: Vec<Visible<Collection>> = shown.into_iter().flatten().collect();
    // Each is asked of twice: whether they let its owner put them on show, and whether the viewer may come across them.
    let mut questions: Vec<Question> = Vec::new();
    let mut asked: Vec<(i64, Item)> = Vec::new();
    for collection in &collections {
        let owner = &collection.owner;
        let its = items
            .iter()
            .filter(|item| item.collection_id == collection.id);
        for item in its {
            let Some(member) = people.get(&item.account_id) else {
                continue;
            };
            let state = if member.discoverable {
                State::Accepted
            } else {
                State::Pending
            };
            let is_theirs = viewer_id(viewer).is_some_and(|id| id == owner.id || id == member.id);
            if member.gone_at.is_some() || (state == State::Pending && !is_theirs) {
                continue;
            }
            let thing = member.thing();
            questions.push((Party::Member(owner.person()), Act::Feature, thing.clone()));
            questions.push((viewer.clone(), Act::List, thing));
            asked.push((collection.id, read(item, state)));
        }
    }
    let answers = answers(app, &questions).await?;
    let mut shown: HashMap<i64, Vec<Item>> = HashMap::new();
    for ((collection_id, item), both) in asked.into_iter().zip(answers.chunks(2)) {
        if both.iter().all(|yes| *yes) {
            shown.entry(collection_id).or_default().push(item);
        }
    }
    let with_items = |collection: Visible<Collection>| {
        let items = shown.remove(&collection.id).unwrap_or_default();
        Shown { collection, items }
    };
    Ok(collections.into_iter().map(with_items).collect())
}

/// What the gate says to these, in their order.
async fn answers(app: &App, questions: &[Question]) -> Result<Vec<bool>> {
    let book = app.gate.book();
    let mut answers = Vec::with_capacity(questions.len());
    for some in questions.chunks(AT_ONCE) {
        let exchanges: Vec<Exchange<'_>> = some
            .iter()
            .map(|(party, act, thing)| Exchange {
                party,
                act: *act,
                way: Way::Page,
                thing,
            })
            .collect();
        let verdicts = app.gate.judge_by(&[&book], &exchanges).await?.pop();
        let verdicts = verdicts.unwrap_or_default();
        answers.extend(
            verdicts
                .iter()
                .map(|verdict| verdict.outcome == Outcome::Allow),
        );
    }
    Ok(answers)
}

fn read(row: &ItemRow, state: State) -> Item {
    Item {
        id: row.id,
        account_id: row.account_id,
        state,
        created_at: row.created_at,
    }
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
    let account = match accounts::show(app, &me.party(), Way::Page, account_id).await {
        Ok(account) => account,
        Err(Error::Internal(why)) => return Err(Error::Internal(why)),
        // Whom they may not see is nobody to them.
        Err(_) => return Err(Error::invalid(field, "names somebody who is not here")),
    };
    if !account.is_local() {
        return Err(Error::invalid(
            field,
            "names somebody who lives on another server; only people of this one can be put into collections",
        ));
    }
    if account.kind == ActorKind::Application {
        return Err(Error::invalid(
            field,
            "names nobody who could agree; only people can be put into collections",
        ));
    }
    let answer = app
        .gate
        .may(&me.party(), Act::Feature, Way::Page, &*account)
        .await?;
    match answer {
        Ok(verdict) if verdict.outcome == Outcome::Allow => {}
        Ok(verdict) => {
            return Err(Error::Forbidden(rules::sentence_to(
                app,
                &me.party(),
                &verdict,
            )));
        }
        Err(refusal) => {
            return Err(Error::Forbidden(rules::sentence_to(
                app,
                &me.party(),
                &refusal.verdict,
            )));
        }
    }
    if !account.discoverable {
        return Err(Error::invalid(
            field,
            "names somebody who does not want to be suggested to others",
        ));
    }
    Ok(())
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
            ));
        }
    }
    for account_id in &distinct {
        may_put_in(app, me, "account_ids", *account_id).await?;
    }
    let now_ms = app.now_ms();
    let id = app.next_id();
    let mut tx = Tx::new();
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

/// Changes what `draft` names. Who is in it is told of another name or description.
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
    if new.name != was.name || new.description != was.description {
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
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
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
    Err(Error::invalid(
        "account_id",
        match there {
            Some(item) if item.state == "accepted" => "is in this collection already".to_owned(),
            Some(_) => "names somebody who took themself out of this collection".to_owned(),
            None => format!("is one too many: a collection has at most {MOST_PEOPLE} people"),
        },
    ))
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
