//! Filters: words and posts that a member wants to see folded, or not at all. They change what the member is shown and
//! nothing that anybody else sees; apps hide and fold by themselves, by what they are told beside each post.

pub mod api;
mod matcher;
mod model;
mod store;
pub mod v1;
pub mod web;

pub(crate) use store::OF_MEMBER;

pub use matcher::{Match, Matcher};
pub use model::{Action, Context, Draft, Expiry, Filter, Keyword, KeywordDraft, Listed};

use std::collections::{HashMap, HashSet};

use comity_db::Tx;
use comity_policy::Way;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::statuses;
use crate::streaming::{self, Event};
use crate::text::length;
use store::{FilterRow, KeywordRow};

/// Filters of one member.
const MOST: i64 = 200;
/// Words of all filters of one member: each is looked for in every post on every page.
const MOST_KEYWORDS: i64 = 1_000;
/// Posts that all filters of one member name.
const MOST_STATUSES: i64 = 1_000;
/// Characters of a title, as Mastodon has it.
const LONGEST_TITLE: usize = 256;

/// All filters of a member, oldest first; those that ended as well.
pub async fn of(app: &App, account_id: i64) -> Result<Vec<Filter>> {
    let rows = store::of(&app.db, account_id).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut keywords: HashMap<i64, Vec<Keyword>> = HashMap::new();
    for row in store::keywords_of(&app.db, account_id).await? {
        keywords.entry(row.filter_id).or_default().push(Keyword {
            id: row.id,
            keyword: row.keyword,
            whole_word: row.whole_word,
        });
    }
    let mut statuses: HashMap<i64, Vec<Listed>> = HashMap::new();
    for (id, filter_id, status_id) in store::statuses_of(&app.db, account_id).await? {
        statuses
            .entry(filter_id)
            .or_default()
            .push(Listed { id, status_id });
    }
    Ok(rows
        .into_iter()
        .map(|row| Filter {
            contexts: row.contexts.split(' ').filter_map(Context::parse).collect(),
            action: Action::parse(&row.action).unwrap_or_default(),
            keywords: keywords.remove(&row.id).unwrap_or_default(),
            statuses: statuses.remove(&row.id).unwrap_or_default(),
            id: row.id,
            title: row.title,
            expires_at: row.expires_at,
        })
        .collect())
}

/// One filter of `account_id`.
pub async fn find(app: &App, account_id: i64, id: i64) -> Result<Filter> {
    let mut all = of(app, account_id).await?.into_iter();
    all.find(|filter| filter.id == id).ok_or(Error::NotFound)
}

/// The filter of `account_id` that has this word, and the word.
pub async fn find_keyword(app: &App, account_id: i64, id: i64) -> Result<(Filter, Keyword)> {
    let all = of(app, account_id).await?;
    all.into_iter()
        .find_map(|filter| {
            let keyword = filter.keywords.iter().find(|keyword| keyword.id == id);
            keyword.cloned().map(|keyword| (filter, keyword))
        })
        .ok_or(Error::NotFound)
}

/// The entry of a post in a filter of `account_id`.
pub async fn find_listed(app: &App, account_id: i64, id: i64) -> Result<Listed> {
    let all = of(app, account_id).await?;
    let mut listed = all.iter().flat_map(|filter| &filter.statuses);
    listed
        .find(|listed| listed.id == id)
        .copied()
        .ok_or(Error::NotFound)
}

/// A new filter; its id.
pub async fn create(app: &App, account_id: i64, draft: &Draft) -> Result<i64> {
    let known = of(app, account_id).await?;
    bounded("filters", known.len() + 1, MOST)?;
    let id = app.next_id();
    let mut tx = Tx::new();
    store::insert(&mut tx, account_id, row(id, draft, None, app.now_ms())?);
    change_keywords(app, &mut tx, &known, id, &[], &draft.keywords)?;
    commit(app, tx, account_id).await?;
    Ok(id)
}

/// Changes what `draft` names.
pub async fn change(app: &App, account_id: i64, id: i64, draft: &Draft) -> Result<()> {
    let known = of(app, account_id).await?;
    let filter = known
        .iter()
        .find(|filter| filter.id == id)
        .ok_or(Error::NotFound)?;
    let mut tx = Tx::new();
    store::change(&mut tx, row(id, draft, Some(filter), app.now_ms())?);
    change_keywords(app, &mut tx, &known, id, &filter.keywords, &draft.keywords)?;
    commit(app, tx, account_id).await?;
    Ok(())
}

/// Takes a filter away, with its words and posts.
pub async fn remove(app: &App, account_id: i64, id: i64) -> Result<()> {
    let filter = find(app, account_id, id).await?;
    let mut tx = Tx::new();
    store::delete(&mut tx, filter.id);
    commit(app, tx, account_id).await?;
    Ok(())
}

/// A word joins a filter; its id.
pub async fn add_keyword(
    app: &App,
    account_id: i64,
    filter_id: i64,
    draft: &KeywordDraft,
) -> Result<i64> {
    let known = of(app, account_id).await?;
    if !known.iter().any(|filter| filter.id == filter_id) {
        return Err(Error::NotFound);
    }
    let all = known
        .iter()
        .map(|filter| filter.keywords.len())
        .sum::<usize>();
    bounded("keywords", all + 1, MOST_KEYWORDS)?;
    let (keyword, whole_word) = draft.over(None)?;
    let id = app.next_id();
    let mut tx = Tx::new();
    store::save_keyword(
        &mut tx,
        KeywordRow {
            id,
            filter_id,
            keyword,
            whole_word,
        },
    );
    commit(app, tx, account_id).await?;
    Ok(id)
}

/// A word changes.
pub async fn change_keyword(
    app: &App,
    account_id: i64,
    id: i64,
    draft: &KeywordDraft,
) -> Result<()> {
    let (filter, before) = find_keyword(app, account_id, id).await?;
    let (keyword, whole_word) = draft.over(Some(&before))?;
    let mut tx = Tx::new();
    store::save_keyword(
        &mut tx,
        KeywordRow {
            id,
            filter_id: filter.id,
            keyword,
            whole_word,
        },
    );
    commit(app, tx, account_id).await?;
    Ok(())
}

/// A word goes.
pub async fn remove_keyword(app: &App, account_id: i64, id: i64) -> Result<()> {
    let (_, keyword) = find_keyword(app, account_id, id).await?;
    let mut tx = Tx::new();
    store::delete_keyword(&mut tx, keyword.id);
    commit(app, tx, account_id).await?;
    Ok(())
}

/// A post that `me` may see joins a filter.
pub async fn add_status(app: &App, me: &Me, filter_id: i64, status_id: i64) -> Result<Listed> {
    let known = of(app, me.account.id).await?;
    if !known.iter().any(|filter| filter.id == filter_id) {
        return Err(Error::NotFound);
    }
    let all = known
        .iter()
        .map(|filter| filter.statuses.len())
        .sum::<usize>();
    bounded("statuses", all + 1, MOST_STATUSES)?;
    let status = statuses::find(app, &me.party(), Way::Page, status_id).await?;
    let id = app.next_id();
    let mut tx = Tx::new();
    store::insert_status(&mut tx, id, filter_id, status.id);
    if !commit(app, tx, me.account.id).await? {
        return Err(Error::invalid("status", "is in this filter already"));
    }
    Ok(Listed {
        id,
        status_id: status.id,
    })
}

/// A post leaves a filter.
pub async fn remove_status(app: &App, account_id: i64, id: i64) -> Result<()> {
    let listed = find_listed(app, account_id, id).await?;
    let mut tx = Tx::new();
    store::delete_status(&mut tx, listed.id);
    commit(app, tx, account_id).await?;
    Ok(())
}

/// Writes what changes filters of this member, and tells their apps. Whether it was written.
async fn commit(app: &App, mut tx: Tx, account_id: i64) -> Result<bool> {
    streaming::announce(&mut tx, &Event::FiltersChanged(account_id));
    app.commit(tx).await
}

fn bounded(what: &'static str, count: usize, most: i64) -> Result<()> {
    if i64::try_from(count).is_ok_and(|count| count <= most) {
        return Ok(());
    }
    Err(Error::invalid(
        what,
        format!("are at most {most}; remove some first"),
    ))
}

fn row(id: i64, draft: &Draft, before: Option<&Filter>, now_ms: i64) -> Result<FilterRow> {
    let title = match (&draft.title, before) {
        (Some(title), _) => title.trim(),
        (None, Some(before)) => &before.title,
        (None, None) => "",
    };
    if title.is_empty() {
        return Err(Error::invalid("title", "can't be blank"));
    }
    length::at_most("title", title, LONGEST_TITLE)?;
    let contexts = match (&draft.contexts, before) {
        (Some(contexts), _) => contexts.clone(),
        (None, Some(before)) => before.contexts.clone(),
        (None, None) => Vec::new(),
    };
    if contexts.is_empty() {
        return Err(Error::invalid(
            "context",
            "must name one of home, notifications, public, thread, account",
        ));
    }
    let words: Vec<&str> = Context::ALL
        .into_iter()
        .filter(|context| contexts.contains(context))
        .map(Context::as_str)
        .collect();
    let usual = before.map_or(Action::Warn, |before| before.action);
    Ok(FilterRow {
        id,
        title: title.to_owned(),
        contexts: words.join(" "),
        action: draft.action.unwrap_or(usual).as_str().to_owned(),
        expires_at: draft
            .expiry
            .from(now_ms, before.and_then(|before| before.expires_at)),
    })
}

fn change_keywords(
    app: &App,
    tx: &mut Tx,
    known: &[Filter],
    filter_id: i64,
    before: &[Keyword],
    drafts: &[KeywordDraft],
) -> Result<()> {
    let comes = drafts.iter().filter(|draft| draft.id.is_none()).count();
    let goes: HashSet<i64> = drafts
        .iter()
        .filter(|draft| draft.goes)
        .filter_map(|draft| draft.id)
        .filter(|id| before.iter().any(|known| known.id == *id))
        .collect();
    let all = known
        .iter()
        .map(|filter| filter.keywords.len())
        .sum::<usize>();
    bounded(
        "keywords",
        (all + comes).saturating_sub(goes.len()),
        MOST_KEYWORDS,
    )?;
    for draft in drafts {
        let before = match draft.id {
            None if draft.goes => continue,
            None => None,
            Some(id) => Some(
                before
                    .iter()
                    .find(|keyword| keyword.id == id)
                    .ok_or(Error::NotFound)?,
            ),
        };
        if let Some(before) = before
            && draft.goes
        {
            store::delete_keyword(tx, before.id);
            continue;
        }
        let (keyword, whole_word) = draft.over(before)?;
        store::save_keyword(
            tx,
            KeywordRow {
                id: before.map_or_else(|| app.next_id(), |before| before.id),
                filter_id,
                keyword,
                whole_word,
            },
        );
    }
    Ok(())
}
