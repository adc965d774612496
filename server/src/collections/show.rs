//! What of collections is for whoever looks: each is asked of the gate with its owner and everybody in it.

use std::collections::HashMap;
use std::sync::Arc;

use comity_policy::{Act, Exchange, Outcome, Party, PersonId, Subject, Thing, Visible, Way};

use super::model::{Collection, CollectionRow, Item, ItemRow, Shown, State};
use super::{MOST, MOST_SHOWN, most_people, store};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;

/// Questions that are asked of the gate at once.
const AT_ONCE: usize = 500;

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
