//! Addresses that a list is taken in from: asked once a day, and what they say is kept until they answer again. Nothing
//! they say is in force by that; see [`draft`](super::draft).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use comity_db::{DbError, Tx, row};
use comity_policy::{CommunityId, Contact, Scope};
use comity_vocab::{Domain, Iri};
use comity_wire::{FetchedText, Mark, WireError};
use tokio::sync::watch;
use tracing::{error, info};

use super::csv::{self, Severity};
use super::draft::{is_opened, take_in_alone};
use super::store::{self, Owner, sources as sql};
use super::{List, MOST_OF_A_MEMBER};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::queue::{self, Job, Outcome};

/// Sources of one list: what several agree on is more than what one says, and ten are many to look after.
const MOST_OF_LIST: usize = 10;
/// Sources of all lists of one community: each is asked every day.
const MOST_OF_A_COMMUNITY: i64 = 50;
/// Sources of all lists of one member.
const MOST_OF_ONE_MEMBER: i64 = 5;
/// Characters of an address.
const LONGEST_URL: usize = 500;
/// The most that may be taken in on one day without a person: what is more is for somebody to look at.
pub const LARGEST_CAP: i64 = 1_000;
/// How often it is looked whom to ask.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Sources that are promised to be asked at one look; the others follow at the next.
const MOST_AT_ONCE: i64 = 500;
/// A source is asked at another minute each day, up to an hour early or late, so that not all of us ask one host at once.
const JITTER_MS: i64 = 60 * 60 * 1000;
/// Characters of what went wrong.
const LONGEST_TROUBLE: usize = 300;

row! {
    /// An address that a list is taken in from. Times are unix milliseconds.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Source {
        /// Ours.
        pub id: i64,
        /// Of which list.
        pub list_id: i64,
        /// Where it is.
        pub url: String,
        /// Of a table, which lines are meant.
        pub severity: String,
        /// Since when it is asked.
        pub added_at: i64,
        /// By whose wish; nobody's when the command line named it.
        pub added_by: Option<i64>,
        /// When it was asked last.
        pub tried_at: Option<i64>,
        /// When it answered last.
        pub fetched_at: Option<i64>,
        /// Since when it says what it says.
        pub changed_at: Option<i64>,
        /// Why the last try came to nothing: a lower-case fragment.
        pub trouble: Option<String>,
        /// What it called this version.
        pub etag: Option<String>,
        /// When it says to have changed.
        pub modified: Option<String>,
        /// SHA-256 of what it says, in hexadecimal digits.
        pub digest: Option<String>,
        /// Lines of it that nobody can use.
        pub unusable: i64,
        /// How many it names.
        pub entries: i64,
    }
}

/// Has a list taken in from an address from now on. It is not asked yet: see [`fetch`].
pub async fn subscribe(
    app: &App,
    list: &List,
    url: &str,
    severity: Severity,
    by: Option<i64>,
) -> Result<i64> {
    let iri = address(app, url)?;
    check_room(app, list).await?;
    let now_ms = app.now_ms();
    let id = app.next_id();
    let mut tx = Tx::new();
    let new = sql::New {
        id,
        list_id: list.id,
        url: iri.as_str(),
        severity,
        by,
        due_at: next_due(id, now_ms),
    };
    sql::insert(&mut tx, &new, now_ms);
    app.commit(tx).await.map_err(|why| match why {
        Error::Internal(source) if matches!(source.downcast_ref(), Some(DbError::Conflict(_))) => {
            Error::invalid("url", "is a source of this list already")
        }
        other => other,
    })?;
    Ok(id)
}

/// The address of a list: with encryption, unless this server was told to do without for testing.
fn address(app: &App, url: &str) -> Result<Iri> {
    let wrong = |why: &str| Error::invalid("url", why);
    let url = url.trim();
    if url.chars().count() > LONGEST_URL {
        return Err(wrong("is longer than 500 characters"));
    }
    let iri = Iri::parse(url)
        .map_err(|_| wrong("is not an address; write it like https://lists.example/blocks.csv"))?
        .without_fragment();
    if !iri.is_https() && !app.config.federation.testing.allow_http {
        return Err(wrong(
            "does not begin with https://, so anybody on the way could put names on it",
        ));
    }
    Ok(iri)
}

async fn check_room(app: &App, list: &List) -> Result<()> {
    let full = |most: i64, whose: &str| {
        Err(Error::invalid(
            "url",
            format!(
                "would be one more than the {most} sources that {whose} can have; end one first"
            ),
        ))
    };
    if of(app, list).await?.len() >= MOST_OF_LIST {
        return full(10, "a list");
    }
    let Some(Owner(community, account)) = Owner::of(list.scope()) else {
        return Err(Error::NotFound);
    };
    let there = sql::count_of_owner(&app.db, community, account).await?;
    match list.scope() {
        Scope::Member(..) if there >= MOST_OF_ONE_MEMBER => {
            full(MOST_OF_ONE_MEMBER, "all lists of a member")
        }
        Scope::Community(_) if there >= MOST_OF_A_COMMUNITY => {
            full(MOST_OF_A_COMMUNITY, "all lists of a community")
        }
        _ => Ok(()),
    }
}

/// Asks this address no more. What came from it stays on the list until a person removes it.
pub async fn unsubscribe(app: &App, list: &List, id: i64) -> Result<()> {
    let source = find(app, list, id).await?;
    let mut tx = Tx::new();
    sql::delete(&mut tx, source.id);
    sql::settle(&mut tx, list.id, app.now_ms());
    app.commit(tx).await?;
    Ok(())
}

/// The sources of a list, in the order they were named.
pub async fn of(app: &App, list: &List) -> Result<Vec<Source>> {
    sql::of(&app.db, list.id).await
}

/// One source of this list.
pub async fn find(app: &App, list: &List, id: i64) -> Result<Source> {
    sql::by_id(&app.db, id)
        .await?
        .filter(|source| source.list_id == list.id)
        .ok_or(Error::NotFound)
}

/// The source of this list with this address.
pub async fn named(app: &App, list: &List, url: &str) -> Result<Source> {
    let mut sources = of(app, list).await?.into_iter();
    sources
        .find(|source| source.url == url.trim())
        .ok_or_else(|| Error::invalid("url", format!("{url} is no source of {}", list.name)))
}

/// How a list goes by its sources: whether additions are taken in without a person, how many a day, and how many
/// sources have to name them.
pub async fn set_terms(
    app: &App,
    list: &List,
    alone: bool,
    daily_cap: i64,
    quorum: i64,
) -> Result<()> {
    if !(1..=LARGEST_CAP).contains(&daily_cap) {
        return Err(Error::invalid(
            "cap",
            format!("must be from 1 to {LARGEST_CAP}"),
        ));
    }
    let most = i64::try_from(MOST_OF_LIST).unwrap_or(i64::MAX);
    if !(1..=most).contains(&quorum) {
        return Err(Error::invalid(
            "quorum",
            format!("must be from 1 to {most}"),
        ));
    }
    if alone && is_opened(app, list) {
        return Err(Error::invalid(
            "alone",
            "is not for a list that a rule opens: each new entry would let somebody in, so a person says yes to it",
        ));
    }
    let mut tx = Tx::new();
    sql::set_terms(&mut tx, list.id, alone, daily_cap, quorum);
    sql::settle(&mut tx, list.id, app.now_ms());
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Looks now and then whom to ask, until `shutdown` turns true.
pub async fn run(app: App, mut shutdown: watch::Receiver<bool>) {
    while !*shutdown.borrow() {
        if let Err(error) = ask_due(&app).await {
            error!(%error, "could not promise to ask for lists");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            changed = shutdown.changed() => if changed.is_err() { return },
        }
    }
}

/// Promises to ask every source whose day has come.
pub async fn ask_due(app: &App) -> Result<()> {
    let now_ms = app.now_ms();
    for due in sql::due(&app.db, now_ms, MOST_AT_ONCE).await? {
        let mut tx = Tx::new();
        sql::postpone(&mut tx, due.id, now_ms, next_due(due.id, now_ms));
        let domain = Iri::parse(&due.url).map(|iri| iri.domain().as_str().to_owned());
        let job = Job::FetchListSource {
            source: due.id,
            list: due.list_id,
            domain: domain.unwrap_or_default(),
        };
        queue::push(&mut tx, app, &job)?;
        app.commit_and_ring(tx).await?;
    }
    Ok(())
}

/// A day from now, give or take; which minute differs by source and day.
fn next_due(id: i64, now_ms: i64) -> i64 {
    let spread = (id ^ now_ms)
        .unsigned_abs()
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        >> 32;
    let jitter_ms = i64::try_from(spread).unwrap_or(0) % (2 * JITTER_MS) - JITTER_MS;
    now_ms + DAY_MS + jitter_ms
}

/// The job: asks a source, and takes in what it adds where its list does so by itself. One try a day is enough.
pub(crate) async fn ask(app: &App, source: i64) -> Outcome {
    match ask_one(app, source).await {
        Ok(()) | Err(Error::NotFound) => Outcome::Done,
        Err(why) => why.into(),
    }
}

async fn ask_one(app: &App, id: i64) -> Result<()> {
    let source = sql::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let list = store::by_id(&app.db, source.list_id)
        .await?
        .ok_or(Error::NotFound)?;
    // What went wrong is written down for whoever keeps the list, and for nobody who reads the log.
    if fetch(app, &list, &source).await?.is_some() {
        info!(
            list = list.id,
            source = id,
            "a source of a list could not be used"
        );
    }
    Ok(())
}

/// Asks a source now, keeps what it says, and takes in what it adds where its list does so by itself. Gives why not,
/// if it said nothing that can be used: a lower-case fragment, kept beside the source as well.
pub async fn fetch(app: &App, list: &List, source: &Source) -> Result<Option<String>> {
    let got = get(app, list, source).await;
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    let trouble = match got {
        Ok(Got::Unchanged) => {
            sql::unchanged(&mut tx, source.id, now_ms);
            None
        }
        Ok(Got::Says(said)) => {
            let says = sql::Says {
                entries: &said.reading.entries,
                mark: &said.mark,
                digest: &said.digest,
                unusable: said.reading.unusable_lines,
            };
            sql::answered(&mut tx, source.id, now_ms, &says)?;
            None
        }
        // Ours is tried again; what is theirs is told.
        Err(Error::Internal(why)) => return Err(Error::Internal(why)),
        Err(why) => {
            let why: String = fragment(why).chars().take(LONGEST_TROUBLE).collect();
            sql::failed(&mut tx, source.id, now_ms, &why);
            Some(why)
        }
    };
    sql::settle(&mut tx, list.id, now_ms);
    app.commit(tx).await?;
    if trouble.is_none() && list.applies_alone {
        take_in_alone(app, list).await?;
    }
    Ok(trouble)
}

enum Got {
    Unchanged,
    Says(Box<Said>),
}

struct Said {
    reading: csv::Reading,
    mark: Mark,
    digest: String,
}

async fn get(app: &App, list: &List, source: &Source) -> Result<Got> {
    let iri = address(app, &source.url)?;
    let by = CommunityId(list.community_id);
    let permitted = app.gate.permit(by, &iri.domain(), Contact::Fetch).await?;
    let permitted = permitted.map_err(|_| {
        Error::Elsewhere(format!(
            "a rule refuses {}, so nothing is asked of it",
            iri.domain()
        ))
    })?;
    let known = Mark {
        etag: source.etag.clone(),
        modified: source.modified.clone(),
    };
    let (bytes, mark) = match app.wire.fetch_text(permitted, &iri, &known).await {
        Ok(FetchedText::Unchanged) => return Ok(Got::Unchanged),
        Ok(FetchedText::Moved(to)) => return Err(Error::Elsewhere(moved(&iri, &to))),
        Ok(FetchedText::Text { bytes, mark }) => (bytes, mark),
        Err(WireError::Gone) => {
            return Err(Error::Elsewhere("they say it is gone for good".to_owned()));
        }
        Err(why) => return Err(Error::Elsewhere(why.to_string())),
    };
    let digest = hex(digest(&SHA256, &bytes).as_ref());
    if source.digest.as_ref() == Some(&digest) {
        return Ok(Got::Unchanged);
    }
    let severity = Severity::parse(&source.severity).unwrap_or_default();
    let reading = csv::read(&bytes, severity, |pattern| {
        super::check_entry(app, list.scope(), pattern)
    })?;
    if matches!(list.scope(), Scope::Member(..)) && reading.entries.len() > MOST_OF_A_MEMBER {
        return Err(Error::Elsewhere(format!(
            "it names more than the {MOST_OF_A_MEMBER} that all lists of a member can have"
        )));
    }
    // A host that lost the file often says so with an empty one.
    if reading.entries.is_empty() && source.entries > 0 {
        return Err(Error::Elsewhere(
            "it names nobody any more; what it named before is kept until it names somebody again"
                .to_owned(),
        ));
    }
    Ok(Got::Says(Box::new(Said {
        reading,
        mark,
        digest,
    })))
}

fn moved(from: &Iri, to: &Iri) -> String {
    let (here, there): (Domain, Domain) = (from.domain(), to.domain());
    if here == there {
        return "it leads to an address without encryption, which is not followed".to_owned();
    }
    format!(
        "{here} leads to another host, {there}, which is not followed: name that address yourself if you trust it"
    )
}

fn fragment(why: Error) -> String {
    match why {
        Error::Invalid { why, .. } => format!("it {why}"),
        other => other.to_string(),
    }
}
