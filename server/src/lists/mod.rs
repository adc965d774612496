//! Lists of servers and people that communities and members keep, to be named in rules: `list:spam`. Every entry
//! remembers who added it, when and from where. What a file brings is shown before it counts, and what a file no longer
//! says stays until a person removes it: nobody is let in again by somebody else's doing.

pub mod command;
pub mod csv;
mod draft;
mod model;
pub mod sources;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};

use comity_db::{DbError, Tx};
use comity_policy::{ListId, Listed, Pattern, Rule, Scope};
use comity_vocab::Domain;

pub use draft::{Draft, Look, Proposed, apply, decline, draft, put_on};
pub use model::{Entry, List, NewEntry, Provenance, parse_entry, parse_name};
pub use store::load;

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::rules;
use crate::web::time;
use csv::{MOST_ENTRIES, Reading};
use store::Owner;

/// Lists of one community: they are found by name, on one page.
const MOST_LISTS: usize = 100;
/// Lists of one member.
const MOST_LISTS_OF_A_MEMBER: usize = 20;
/// Entries of all lists of one member together; the long lists that are passed around are a community's matter.
const MOST_OF_A_MEMBER: usize = 5_000;
/// Entries of all lists of one community together.
const MOST_OF_A_COMMUNITY: usize = 300_000;
/// Entries of all lists of the installation together: every one is in memory.
const MOST_HERE: usize = 900_000;
/// Characters of a file's name.
const LONGEST_SOURCE: usize = 100;

/// What taking in a file would change. Nothing has changed yet.
#[derive(Debug, Default)]
pub struct Difference {
    /// What the list would name besides.
    pub added: Vec<NewEntry>,
    /// How many of the file it names already.
    pub there: usize,
    /// What came from this source and is no longer in it. It stays until somebody removes it.
    pub retracted: Vec<String>,
    /// What is in the source again after it was not.
    pub again: Vec<String>,
}

/// Makes an empty list. A name that this owner gave already is a conflict.
pub async fn create(app: &App, owner: Scope, name: &str) -> Result<i64> {
    let name = parse_name(name)?;
    let columns = columns(owner)?;
    let lists = store::of(&app.db, columns, most_lists()).await?;
    let most = match owner {
        Scope::Member(..) => MOST_LISTS_OF_A_MEMBER,
        _ => MOST_LISTS,
    };
    if lists.len() >= most {
        return Err(Error::invalid(
            "name",
            format!("would be that of one more than the {most} lists that fit; delete one first"),
        ));
    }
    let id = app.next_id();
    let mut tx = Tx::new();
    store::insert(&mut tx, id, columns, &name, app.now_ms());
    write(app, tx).await.map_err(|why| taken(why, &name))?;
    Ok(id)
}

/// Gives it another name. Rules that name it go on naming it.
pub async fn rename(app: &App, list: &List, name: &str) -> Result<()> {
    let name = parse_name(name)?;
    let mut tx = Tx::new();
    store::rename(&mut tx, list.id, &name);
    if !write(app, tx).await.map_err(|why| taken(why, &name))? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Deletes it with its entries. Refused while a rule names it or a post is kept from it: those would say something else
/// from then on.
pub async fn delete(app: &App, list: &List) -> Result<()> {
    let mut tx = Tx::new();
    store::delete(&mut tx, list.id, app.now_ms());
    if write(app, tx).await? {
        return Ok(());
    }
    rules::catch_up(app).await?;
    match rule_about(app, list) {
        Some(rule) => Err(Error::Conflict(format!(
            "rule {} ({} to everybody on {}) names this list; take that rule back first",
            rule.id.0,
            rule.stance.as_str(),
            list.name
        ))),
        None if find(app, &[list.scope()], list.id).await.is_ok() => Err(Error::Conflict(
            "posts are kept from everybody on this list; take its entries off instead".to_owned(),
        )),
        None => Err(Error::NotFound),
    }
}

/// A post is kept from everybody on this list from now on, so the list stays: without it nobody could tell from whom.
pub(crate) fn keep_for_posts(tx: &mut Tx, list: ListId) {
    store::keep_for_posts(tx, list.0);
}

/// The lists of one owner, by name.
pub async fn of(app: &App, owner: Scope) -> Result<Vec<List>> {
    match Owner::of(owner) {
        Some(owner) => store::of(&app.db, owner, most_lists()).await,
        None => Ok(Vec::new()),
    }
}

/// The list that this owner calls so.
pub async fn named(app: &App, owner: Scope, name: &str) -> Result<List> {
    let name = parse_name(name)?;
    let mut lists = of(app, owner).await?.into_iter();
    lists
        .find(|list| list.name == name)
        .ok_or_else(|| Error::invalid("name", format!("{name} is the name of no list here")))
}

/// A list by its number, if it is one of these owners'.
pub async fn find(app: &App, owners: &[Scope], id: i64) -> Result<List> {
    store::by_id(&app.db, id)
        .await?
        .filter(|list| owners.contains(&list.scope()))
        .ok_or(Error::NotFound)
}

/// Entries after a pattern (the empty one is before all), by pattern.
pub async fn entries(app: &App, list: &List, after: &str, limit: usize) -> Result<Vec<Entry>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    store::entries(&app.db, list.id, after, limit).await
}

/// All entries, of which a list cannot have more than [`MOST_ENTRIES`].
pub async fn all_entries(app: &App, list: &List) -> Result<Vec<Entry>> {
    entries(app, list, "", MOST_ENTRIES).await
}

/// Servers that a list names, with what is below them or without, at most so many.
pub(crate) async fn servers_on(app: &App, id: ListId, most: usize) -> Result<Vec<Domain>> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let entries = store::entries(&app.db, id.0, "", limit).await?;
    let mut servers = Vec::new();
    for entry in entries {
        if let Pattern::Domain(domain) | Pattern::Host(domain) =
            model::stored_entry(id.0, &entry.pattern)?
        {
            servers.push(domain);
        }
    }
    Ok(servers)
}

/// One entry with where it comes from.
pub async fn entry(app: &App, id: ListId, pattern: &Pattern) -> Result<Option<Entry>> {
    store::entry(&app.db, id.0, pattern).await
}

/// By which entry a rule about a list spoke of somebody, and where that entry comes from; a lower-case fragment.
pub async fn tell(app: &App, listed: &Listed) -> Result<String> {
    let book = app.gate.book();
    let name = match book.rule(listed.rule).map(|rule| &rule.pattern) {
        Some(Pattern::List(id)) => match entry(app, *id, &listed.entry).await? {
            Some(entry) => {
                let name = book.list_name(*id).unwrap_or("that is gone").to_owned();
                return Ok(format!(
                    "the list {name} names {}: {}",
                    listed.entry,
                    provenance(app, &entry).await?
                ));
            }
            None => book.list_name(*id).unwrap_or("that is gone").to_owned(),
        },
        _ => "that is gone".to_owned(),
    };
    Ok(format!("the list {name} named {}", listed.entry))
}

/// Where an entry comes from: "Added on 5 May 2026 by ines, from blocks.csv".
pub async fn provenance(app: &App, entry: &Entry) -> Result<String> {
    let by = match entry.added_by {
        Some(id) => accounts::find(app, id).await?.handle().username,
        None => "an operator".to_owned(),
    };
    Ok(entry.provenance(&by))
}

/// Which sources of a list name these entries by now: by pattern, each with the day since which it does.
pub async fn named_by(
    app: &App,
    list: &List,
    entries: &[Entry],
) -> Result<HashMap<String, Vec<(String, String)>>> {
    let patterns = entries.iter().map(|entry| entry.pattern.clone()).collect();
    let mut named: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (pattern, url, since_ms) in store::sources::named_by(&app.db, list.id, patterns).await? {
        let by = (url, time::day(since_ms));
        named.entry(pattern).or_default().push(by);
    }
    Ok(named)
}

/// Whether the owner of a list may have this on it: not themself, and not a member of their own community.
pub fn check_entry(app: &App, owner: Scope, pattern: &Pattern) -> Result<()> {
    rules::check_pattern(app, owner, pattern)
}

/// Puts these on a list; what is there already stays as it is. How many are new.
pub async fn add(
    app: &App,
    list: &List,
    entries: Vec<NewEntry>,
    from: &Provenance,
) -> Result<usize> {
    for entry in &entries {
        check_entry(app, list.scope(), &entry.pattern)?;
    }
    let reading = Reading {
        entries,
        ..Reading::default()
    };
    let difference = compare(app, list, &reading, None).await?;
    take_in(app, list, &difference, from).await?;
    Ok(difference.added.len())
}

/// Takes one off. *Not found* when it is not there. A source that names it does not bring it back.
pub async fn remove(app: &App, list: &List, pattern: &Pattern, by: Option<i64>) -> Result<()> {
    let now_ms = app.now_ms();
    let concerns_somebody = rules::changed::concerns_somebody(app, list, pattern).await?;
    let mut tx = Tx::new();
    store::delete_entry(&mut tx, list.id, pattern);
    store::sources::decline(&mut tx, list.id, &rules::typed_pattern(pattern), by, now_ms);
    store::sources::settle(&mut tx, list.id, now_ms);
    let typed = rules::typed_pattern(pattern);
    if concerns_somebody {
        rules::changed::of_list(&mut tx, app, list, Some(&typed), by, now_ms)?;
    }
    if !write(app, tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// What taking in a file from `source` would change.
pub async fn compare(
    app: &App,
    list: &List,
    reading: &Reading,
    source: Option<&str>,
) -> Result<Difference> {
    let there = all_entries(app, list).await?;
    let patterns: HashSet<&str> = there.iter().map(|entry| entry.pattern.as_str()).collect();
    let (there_already, added): (Vec<_>, Vec<_>) = reading
        .entries
        .iter()
        .cloned()
        .partition(|entry| patterns.contains(rules::typed_pattern(&entry.pattern).as_str()));
    let otherwise = reading.named_otherwise.iter().map(rules::typed_pattern);
    let in_file: HashSet<String> = there_already
        .iter()
        .map(|entry| rules::typed_pattern(&entry.pattern))
        .chain(otherwise)
        .collect();
    let from_there = there
        .iter()
        .filter(|entry| source.is_some() && entry.source.as_deref() == source);
    let (again, retracted): (Vec<_>, Vec<_>) =
        from_there.partition(|entry| in_file.contains(&entry.pattern));
    let patterns = |entries: Vec<&Entry>, is_meant: fn(&Entry) -> bool| {
        let meant = entries.into_iter().filter(|entry| is_meant(entry));
        meant.map(|entry| entry.pattern.clone()).collect()
    };
    Ok(Difference {
        there: there_already.len(),
        added,
        retracted: patterns(retracted, |_| true),
        again: patterns(again, |entry| entry.retracted_at.is_some()),
    })
}

/// Takes in what a comparison found: adds what is new, and notes what its source lacks by now. It removes nothing.
pub async fn take_in(
    app: &App,
    list: &List,
    difference: &Difference,
    from: &Provenance,
) -> Result<()> {
    if difference.added.is_empty() && difference.retracted.is_empty() && difference.again.is_empty()
    {
        return Ok(());
    }
    check_room(app, list, difference.added.len()).await?;
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    store::insert_entries(&mut tx, list.id, &difference.added, from, now_ms)?;
    store::sources::forgive(&mut tx, list.id, &difference.added);
    store::retract(&mut tx, list.id, &difference.retracted, Some(now_ms));
    store::retract(&mut tx, list.id, &difference.again, None);
    store::sources::settle(&mut tx, list.id, now_ms);
    if !difference.added.is_empty() {
        rules::changed::of_list(&mut tx, app, list, None, from.by, now_ms)?;
    }
    write(app, tx).await?;
    Ok(())
}

/// Whom an entry names, as it is stored on a list: also what could not be put on one any more.
pub fn stored(list: &List, text: &str) -> Result<Pattern> {
    model::stored_entry(list.id, text)
        .map_err(|_| Error::invalid("pattern", format!("{text} is on no list")))
}

/// The rule of its owner that names this list, if one does.
pub fn rule_about(app: &App, list: &List) -> Option<Rule> {
    let pattern = Pattern::List(ListId(list.id));
    let book = app.gate.book();
    let mut rules = book.rules_of(list.scope());
    rules.find(|rule| rule.pattern == pattern).cloned()
}

/// Whether a rule may open to whoever is on this list: not while its sources put names on it without a person, each of
/// whom it would let in. The other way round it is refused in [`sources::set_terms`].
pub(crate) async fn check_opening(app: &App, owner: Scope, id: ListId) -> Result<()> {
    let Some(list) = store::by_id(&app.db, id.0).await? else {
        return Ok(()); // that it is gone is told elsewhere
    };
    if list.scope() != owner || !list.applies_alone {
        return Ok(());
    }
    Err(Error::invalid(
        "pattern",
        format!(
            "the list {} takes in by itself what its sources add, and this rule would let each of them in; first have a person put them on the list (“Put on the list by itself” on its page, or comity list terms {} --alone false)",
            list.name, list.name
        ),
    ))
}

/// The name of a file as it is remembered: its last part, in one line.
pub fn source_of(file_name: &str) -> Result<String> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    match csv::shortened(name) {
        Some(name) if name.chars().count() <= LONGEST_SOURCE => Ok(name),
        Some(_) => Err(Error::invalid(
            "source",
            format!("is longer than {LONGEST_SOURCE} characters"),
        )),
        None => Err(Error::invalid(
            "source",
            "is empty; say where this comes from, such as the name of the file",
        )),
    }
}

/// Every entry is in memory, and asked about at each exchange.
async fn check_room(app: &App, list: &List, more: usize) -> Result<()> {
    let full = |most: usize, of: &str| {
        Err(Error::invalid(
            "entries",
            format!("would be more than the {most} that {of} can have; remove some first"),
        ))
    };
    let lists = of(app, list.scope()).await?;
    let count = |list: &List| usize::try_from(list.entries).unwrap_or_default();
    let here: usize = lists
        .iter()
        .filter(|other| other.id == list.id)
        .map(count)
        .sum();
    if here + more > MOST_ENTRIES {
        return full(MOST_ENTRIES, "a list");
    }
    let (most, whose) = match list.scope() {
        Scope::Member(..) => (MOST_OF_A_MEMBER, "all lists of a member"),
        _ => (MOST_OF_A_COMMUNITY, "all lists of a community"),
    };
    if lists.iter().map(count).sum::<usize>() + more > most {
        return full(most, whose);
    }
    if app.gate.book().entries_of_lists() + more > MOST_HERE {
        return full(MOST_HERE, "all lists of this installation");
    }
    Ok(())
}

/// Commits a change of a list, and goes by it: from the moment this returns, nothing is decided by the old one in this
/// process; other nodes follow within half a second. `false`: there was nothing to change.
async fn write(app: &App, mut tx: Tx) -> Result<bool> {
    rules::advance_epoch(&mut tx);
    if !app.commit(tx).await? {
        return Ok(false);
    }
    rules::reload(app).await?;
    app.wake.ring();
    Ok(true)
}

fn columns(owner: Scope) -> Result<Owner> {
    Owner::of(owner).ok_or_else(|| {
        Error::invalid(
            "list",
            "is kept by a community or by a member, and not by the whole installation",
        )
    })
}

fn most_lists() -> i64 {
    i64::try_from(MOST_LISTS).unwrap_or(i64::MAX)
}

fn taken(why: Error, name: &str) -> Error {
    match why {
        Error::Internal(source) if matches!(source.downcast_ref(), Some(DbError::Conflict(_))) => {
            Error::invalid("name", format!("{name} is that of another list here"))
        }
        other => other,
    }
}
