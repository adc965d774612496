//! Reports: what members, and other servers, bring before the moderators of a community.
//!
//! What the posts said is kept as whoever reports could read it, and stays when the posts go. A report goes on to
//! another server only if the member says so, in the name of the community and never in theirs, and nowhere that a
//! boundary of theirs or of the community keeps away (boundaries L11).

pub mod activity;
pub mod api;
pub mod entity;
mod forward;
mod model;
mod receive;
mod store;
pub mod web;

pub(crate) use store::unassign_all_of;

use std::collections::HashMap;

use comity_db::Tx;
use comity_policy::{Party, Visible, Way};
use comity_vocab::{Domain, Iri};

pub use forward::destinations;
pub(crate) use forward::{parcel, recipients};
pub use model::{Category, Choice, Collected, Complaint, Destination, Evidence, Note, Report};
pub(crate) use receive::receive;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::collections::{self, Shown};
use crate::communities::Community;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::statuses::{self, Status};
use crate::text::{length, plain};
use crate::window::Window;
use crate::{id, notifications};

/// Characters of a comment, as Mastodon has it.
const LONGEST_COMMENT: usize = 1_000;
/// Characters of a note between moderators, and of an answer.
const LONGEST_NOTE: usize = 2_000;
/// Posts of one report: who has written more than that is reported for what they are.
const MOST_STATUSES: usize = 50;
/// Collections of one report: nobody has more.
const MOST_COLLECTIONS: usize = 10;
/// Characters kept of a post: the longest written here, and more than is read of any.
const LONGEST_SAID: usize = 10_000;
/// Reports of one account within a day; more is noise, or meant to be (boundaries L56).
const MOST_A_DAY: i64 = 50;
/// Reports of one server within a day, whoever there brings them.
const MOST_A_DAY_OF_SERVER: i64 = 100;
/// Moderators who are told.
const MOST_MODERATORS: i64 = 50;
/// Notes shown of one report.
const MOST_NOTES: i64 = 200;
/// Reports shown to whoever made them.
const MOST_OWN: i64 = 60;
/// Open reports are counted up to here.
const MOST_COUNTED: i64 = 100;

/// A member reports somebody. *Not found* where they may not see them.
pub async fn file(app: &App, me: &Me, complaint: Complaint) -> Result<Report> {
    let target = accounts::show(app, &me.party(), Way::Page, complaint.target_id).await?;
    if target.id == me.account.id {
        return Err(Error::invalid("account_id", "is your own"));
    }
    length::at_most("comment", &complaint.comment, LONGEST_COMMENT)?;
    if complaint.status_ids.len() > MOST_STATUSES {
        return Err(Error::invalid(
            "status_ids",
            format!("names more than {MOST_STATUSES} posts; choose the worst"),
        ));
    }
    if complaint.collection_ids.len() > MOST_COLLECTIONS {
        return Err(Error::invalid(
            "collection_ids",
            format!("names more than {MOST_COLLECTIONS} collections"),
        ));
    }
    let rule_ids = check_rules(&me.community, &complaint.rule_ids)?;
    let now = app.now_ms();
    let since = id::first_at(now - DAY_MS);
    if store::since(&app.db, me.account.id, since, MOST_A_DAY).await? >= MOST_A_DAY {
        return Err(Error::TooMany { after_s: 3_600 });
    }
    let shown = posts(app, &me.party(), &target, &complaint.status_ids).await?;
    let ids = &complaint.collection_ids;
    let collections = collections::find_many(app, &me.party(), Way::Rest, ids).await?;
    let going: Vec<Destination> = destinations(app, me, &target, &shown)
        .await?
        .into_iter()
        .filter(|one| one.refused.is_none() && complaint.forward_to.contains(&one.server))
        .collect();
    let category = match complaint.category {
        // As Mastodon reads it: whoever names rules says which.
        Category::Other if !rule_ids.is_empty() => Category::Violation,
        category => category,
    };
    let row = model::ReportRow {
        id: app.next_id(),
        community_id: me.community.id,
        account_id: me.account.id,
        target_id: target.id,
        iri: None,
        category: category.as_str().to_owned(),
        comment: plain::block(&plain::escape(complaint.comment.trim())),
        rule_ids: serde_json::to_string(&rule_ids)?,
        forwarded_to: names(going.iter().map(|one| &one.server))?,
        assigned_to: None,
        resolved_by: None,
        resolved_at: None,
        answer: String::new(),
        created_at: now,
        updated_at: now,
    };
    let report = Report::from_row(row.clone())?;
    let mut tx = Tx::new();
    store::insert(&mut tx, row);
    for status in &shown {
        store::insert_evidence(&mut tx, report.id, evidence_of(status, now));
    }
    let of_target = collections.values();
    for shown in of_target.filter(|one| one.collection.owner.id == target.id) {
        store::insert_collected(&mut tx, report.id, collected_of(app, shown, now));
    }
    tell_moderators(app, &mut tx, &report).await?;
    for one in &going {
        let outgoing = Outgoing::Flag {
            report: report.id,
            account: one.account_id,
        };
        delivery::queue(&mut tx, app, me.community.actor_id, &outgoing)?;
    }
    app.commit_and_ring(tx).await?;
    Ok(report)
}

/// These rules, each once: so there are never more than the community has.
fn check_rules(community: &Community, rules: &[i64]) -> Result<Vec<i64>> {
    let known = i64::try_from(community.house_rules().len()).unwrap_or(0);
    if rules.iter().any(|rule| !(1..=known).contains(rule)) {
        return Err(Error::invalid(
            "rule_ids",
            "names no rule of this community",
        ));
    }
    let mut rules = rules.to_vec();
    rules.sort_unstable();
    rules.dedup();
    Ok(rules)
}

fn names<'a>(servers: impl Iterator<Item = &'a Domain>) -> Result<String> {
    let names: Vec<&str> = servers.map(Domain::as_str).collect();
    Ok(serde_json::to_string(&names)?)
}

/// Those of these posts that are by `target` and that this party may see.
async fn posts(
    app: &App,
    party: &Party,
    target: &Account,
    ids: &[i64],
) -> Result<Vec<Visible<Status>>> {
    let mut shown = statuses::find_many(app, party, Way::Rest, ids).await?;
    shown.retain(|status| status.author.id == target.id && status.reblog_of.is_none());
    Ok(shown)
}

/// What a post says, as it was cleared for whoever reports it.
fn evidence_of(status: &Visible<Status>, now_ms: i64) -> Evidence {
    let words = statuses::text(status);
    let mut said = Vec::new();
    for part in [&words.title, &words.spoiler_text] {
        if !part.is_empty() {
            said.push(part.clone());
        }
    }
    said.push(plain::block(&words.content));
    for file in &words.attachments {
        let about = file.description.as_deref().unwrap_or_default();
        said.push(format!("[{}]", plain::line(about)));
    }
    let said = said.join("\n\n");
    Evidence {
        status_id: status.id,
        iri: status.iri.as_str().to_owned(),
        said: Some(said.chars().take(LONGEST_SAID).collect()),
        created_at: now_ms,
    }
}

/// What a collection says, as it was cleared for whoever reports it.
fn collected_of(app: &App, shown: &Shown, now_ms: i64) -> Collected {
    let words = collections::words(&shown.collection);
    let mut said = words.name.clone();
    if !words.description.is_empty() {
        said.push_str("\n\n");
        said.push_str(&words.description);
    }
    if let Some(tag) = &words.tag {
        said.push_str("\n\n#");
        said.push_str(tag);
    }
    Collected {
        collection_id: shown.collection.id,
        iri: collections::entity::url(app, &shown.collection),
        said,
        created_at: now_ms,
    }
}

/// Everybody who looks after the community hears of it, but for who is reported or reports.
async fn tell_moderators(app: &App, tx: &mut Tx, report: &Report) -> Result<()> {
    let all = store::moderators(&app.db, report.community_id, MOST_MODERATORS).await?;
    for moderator in all {
        if moderator != report.target_id && moderator != report.account_id {
            let id = app.ids.round_at(report.created_at);
            notifications::tell_of_report(tx, id, moderator, report);
        }
    }
    Ok(())
}

/// Whether a report that another server sent under this name was taken in.
pub(crate) async fn is_here(app: &App, iri: &Iri) -> Result<bool> {
    store::is_here(&app.db, iri.as_str()).await
}

/// A report to this community, for a moderator of it. *Not found* for whom it is about.
pub async fn find(app: &App, community: &Community, viewer_id: i64, id: i64) -> Result<Report> {
    let row = store::find(&app.db, community.id, id).await?;
    let row = row.filter(|row| row.target_id != viewer_id);
    Report::from_row(row.ok_or(Error::NotFound)?)
}

/// Those of these reports that this account may see as somebody who looks after a community, by number.
pub(crate) async fn open_to(
    app: &App,
    account_id: i64,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Report>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = store::open_to(&app.db, account_id, ids).await?;
    rows.into_iter()
        .map(|row| Ok((row.id, Report::from_row(row)?)))
        .collect()
}

/// Reports to this community within a window, newest first, and where it goes on; none that is about the viewer.
pub async fn list(
    app: &App,
    community: &Community,
    viewer_id: i64,
    choice: Choice,
    window: Window,
    limit: i64,
) -> Result<(Vec<Report>, Option<i64>)> {
    let mut rows = store::within(&app.db, (community.id, viewer_id), choice, window, limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    if window.from_below {
        rows.reverse();
    }
    let older = rows.last().map(|row| row.id);
    let older = older.filter(|_| full || window.from_below);
    let reports = rows
        .into_iter()
        .map(Report::from_row)
        .collect::<Result<_>>()?;
    Ok((reports, older))
}

/// How many are open, counted up to a hundred.
pub async fn open(app: &App, community: &Community) -> Result<i64> {
    store::open(&app.db, community.id, MOST_COUNTED).await
}

/// What a member reported, newest first.
pub async fn own(app: &App, me: &Account) -> Result<Vec<Report>> {
    let rows = store::own(&app.db, me.id, MOST_OWN).await?;
    rows.into_iter().map(Report::from_row).collect()
}

/// What the posts said.
pub async fn evidence(app: &App, report: &Report) -> Result<Vec<Evidence>> {
    let most = i64::try_from(MOST_STATUSES).unwrap_or(i64::MAX);
    store::evidence(&app.db, report.id, most).await
}

/// What the collections said.
pub async fn collected(app: &App, report: &Report) -> Result<Vec<Collected>> {
    let most = i64::try_from(MOST_COLLECTIONS).unwrap_or(i64::MAX);
    store::collected(&app.db, report.id, most).await
}

/// The collections of each of these, by number.
async fn collections_of(app: &App, reports: &[&Report]) -> Result<HashMap<i64, Vec<i64>>> {
    let mut collections: HashMap<i64, Vec<i64>> = HashMap::new();
    if reports.is_empty() {
        return Ok(collections);
    }
    let ids = reports.iter().map(|report| report.id).collect();
    for (report, collection) in store::collection_ids(&app.db, ids).await? {
        collections.entry(report).or_default().push(collection);
    }
    Ok(collections)
}

/// The posts of each of these, by number.
pub(crate) async fn posts_of(app: &App, reports: &[&Report]) -> Result<HashMap<i64, Vec<i64>>> {
    let mut posts: HashMap<i64, Vec<i64>> = HashMap::new();
    if reports.is_empty() {
        return Ok(posts);
    }
    let ids = reports.iter().map(|report| report.id).collect();
    for (report, status) in store::status_ids(&app.db, ids).await? {
        posts.entry(report).or_default().push(status);
    }
    Ok(posts)
}

/// What moderators wrote down, oldest first.
pub async fn notes(app: &App, report: &Report) -> Result<Vec<Note>> {
    store::notes(&app.db, report.id, MOST_NOTES).await
}

/// Writes something down for the other moderators.
pub async fn note(app: &App, report: &Report, by: &Account, text: &str) -> Result<()> {
    let text = checked("note", text)?;
    if text.is_empty() {
        return Err(Error::invalid("note", "is empty"));
    }
    let mut tx = Tx::new();
    let note = Note {
        id: app.next_id(),
        account_id: by.id,
        text,
        created_at: app.now_ms(),
    };
    store::insert_note(&mut tx, report.id, note);
    app.commit(tx).await?;
    Ok(())
}

fn checked(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    length::at_most(field, text, LONGEST_NOTE)?;
    Ok(text.to_owned())
}

/// Says which moderator sees to it; nobody, to take that back.
pub async fn assign(app: &App, report: &Report, to: Option<&Account>) -> Result<()> {
    let key = (report.community_id, report.id);
    let to = to.map(|account| account.id);
    found(store::assign(&app.db, key, to, app.now_ms()).await?)
}

/// Closes it, with what whoever reported is told. A conflict where somebody else was quicker.
pub async fn resolve(app: &App, report: &Report, by: &Account, answer: &str) -> Result<()> {
    let answer = checked("answer", answer)?;
    let key = (report.community_id, report.id);
    match store::resolve(&app.db, key, by.id, answer, app.now_ms()).await? {
        0 => Err(Error::Conflict("it is closed already".to_owned())),
        _ => Ok(()),
    }
}

/// Closes it in the caller's transaction, with no word to whoever reported. Nothing where somebody else was quicker.
pub(crate) fn close(tx: &mut Tx, report: &Report, by: &Account, now_ms: i64) {
    store::close(tx, (report.community_id, report.id), by.id, now_ms);
}

/// Opens it again.
pub async fn reopen(app: &App, report: &Report) -> Result<()> {
    let key = (report.community_id, report.id);
    match store::reopen(&app.db, key, app.now_ms()).await? {
        0 => Err(Error::Conflict("it is open already".to_owned())),
        _ => Ok(()),
    }
}

/// Says what it is about, better than whoever reported did.
pub async fn change(
    app: &App,
    community: &Community,
    report: &Report,
    category: Category,
    rules: &[i64],
) -> Result<()> {
    let rules = check_rules(community, rules)?;
    let key = (report.community_id, report.id);
    let rules = serde_json::to_string(&rules)?;
    found(store::change(&app.db, key, category.as_str(), rules, app.now_ms()).await?)
}

fn found(changed: u64) -> Result<()> {
    match changed {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
