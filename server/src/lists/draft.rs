//! What the sources of a list would change, and taking it in. The rules: nothing is in force by itself, unless the owner
//! chose so for additions, and then within a cap for each day; enough sources have to name an entry; what a source names
//! no more is marked and stays; what a person took off stays off; and what would part members from people they follow,
//! or names us, is for a person to decide.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use comity_db::Tx;
use comity_policy::{ListId, Pattern, Scope, Stance};
use tracing::info;

use super::model::{List, NewEntry, Provenance, parse_entry};
use super::store::{self, sources as sql};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::follows::{FollowedThere, followed_elsewhere};
use crate::hex::hex;
use crate::rules::{changed, typed_pattern};

pub use sql::Tally;

/// People on one server whom members of a community follow: with so many, a person decides.
const LOOK_FROM: i64 = 3;
/// The same for a member's own list: to them each is somebody.
const LOOK_FROM_OWN: i64 = 1;

/// What the sources of a list would change. Nothing has changed yet.
#[derive(Debug, Default)]
pub struct Draft {
    /// What would be put on the list.
    pub added: Vec<Proposed>,
    /// What is put on the list only one by one, by a person.
    pub to_look_at: Vec<(Proposed, Look)>,
    /// Entries of which their source says something else by now.
    pub changed: Vec<(String, Option<String>)>,
    /// What stays as it is, and why.
    pub tally: Tally,
    /// Made of all that would change: who says yes says it to this and nothing else.
    pub seal: String,
}

/// An entry that enough sources name and the list does not.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// Whom, and what is said of them.
    pub entry: NewEntry,
    /// The address that named it first.
    pub url: String,
    /// How many sources name it.
    pub named_by: i64,
}

/// Why a person decides about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// It names a community that is served here.
    Ours(String),
    /// Members follow people there.
    Followed {
        /// How many members; where several servers are meant, at most so many.
        members: i64,
        /// How many people.
        people: i64,
    },
}

impl Look {
    /// In a sentence.
    pub fn told(&self) -> String {
        match self {
            Look::Ours(name) => format!("It names {name}, which is served here."),
            Look::Followed { members, people } => {
                let members = match members {
                    1 => "1 member follows".to_owned(),
                    many => format!("{many} members follow"),
                };
                let people = match people {
                    1 => "1 person".to_owned(),
                    many => format!("{many} people"),
                };
                format!("{members} {people} there.")
            }
        }
    }
}

impl Draft {
    /// How many entries would be new on the list.
    pub fn new_entries(&self) -> usize {
        self.added.len() + self.to_look_at.len()
    }

    /// The warning where more would change than the list takes in on one day.
    pub fn warning(&self, list: &List) -> Option<String> {
        let new = self.new_entries();
        let cap = usize::try_from(list.daily_cap).unwrap_or_default();
        (new > cap).then(|| {
            format!(
                "This list would change by {new} entries at once, and {} a day are usual for it. Look before you take it in.",
                list.daily_cap
            )
        })
    }
}

/// What the sources of this list would change by now.
pub async fn draft(app: &App, list: &List) -> Result<Draft> {
    let mut draft = Draft {
        changed: sql::changed(&app.db, list.id).await?,
        tally: sql::tally(&app.db, list.id, list.quorum).await?,
        ..Draft::default()
    };
    let rows = sql::proposed(&app.db, list.id, list.quorum).await?;
    if !rows.is_empty() {
        let followed = followed_elsewhere(app, list.scope()).await?;
        for row in rows {
            // What could be named when the source was read may not be any more, as when its server is ours now.
            let Ok(pattern) = parse_entry(&row.pattern) else {
                continue;
            };
            let look = look(app, list, &pattern, &followed);
            let proposed = Proposed {
                entry: NewEntry {
                    pattern,
                    comment: row.comment,
                },
                url: row.url,
                named_by: row.named_by,
            };
            match look {
                Some(look) => draft.to_look_at.push((proposed, look)),
                None => draft.added.push(proposed),
            }
        }
    }
    draft.seal = seal(&draft);
    Ok(draft)
}

fn seal(draft: &Draft) -> String {
    let mut hash = Context::new(&SHA256);
    let mut say = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(&[0]);
    };
    for proposed in &draft.added {
        say(&typed_pattern(&proposed.entry.pattern));
        say(proposed.entry.comment.as_deref().unwrap_or_default());
    }
    for (pattern, comment) in &draft.changed {
        say(pattern);
        say(comment.as_deref().unwrap_or_default());
    }
    hex(hash.finish().as_ref())
}

fn look(app: &App, list: &List, pattern: &Pattern, followed: &[FollowedThere]) -> Option<Look> {
    let communities = app.communities.load();
    let ours = communities.all().find(|community| match pattern {
        Pattern::Domain(domain) => community.domain.is_within(domain),
        Pattern::Host(domain) => community.domain == *domain,
        Pattern::Account(iri) => community.domain == iri.domain(),
        _ => false,
    });
    if let Some(community) = ours {
        return Some(Look::Ours(community.name.clone()));
    }
    let there = followed.iter().filter(|there| {
        [&there.host, &there.handles]
            .into_iter()
            .any(|home| match pattern {
                Pattern::Domain(domain) => home.is_within(domain),
                Pattern::Host(domain) => home == domain,
                Pattern::Account(iri) => *home == iri.domain(),
                _ => false,
            })
    });
    let (members, people) = there.fold((0, 0), |(members, people), there| {
        (members + there.members, people + there.people)
    });
    let enough = match list.scope() {
        Scope::Member(..) => LOOK_FROM_OWN,
        _ => LOOK_FROM,
    };
    (people >= enough).then_some(Look::Followed { members, people })
}

/// Takes in what a draft adds and changes, but for what is to be looked at one by one. `seal` is that of the draft
/// somebody saw: a conflict when the sources say something else by now. How many entries are new.
pub async fn apply(app: &App, list: &List, seal: Option<&str>, by: Option<i64>) -> Result<usize> {
    let draft = draft(app, list).await?;
    if seal.is_some_and(|seen| seen != draft.seal) {
        return Err(Error::Conflict(
            "the sources say something else by now; look again".to_owned(),
        ));
    }
    let new = draft.added.len();
    write(app, list, draft.added, &draft.changed, by).await?;
    Ok(new)
}

/// Takes in one entry that a person looked at. *Not found* when the sources do not name it.
pub async fn put_on(app: &App, list: &List, pattern: &Pattern, by: Option<i64>) -> Result<()> {
    let draft = draft(app, list).await?;
    let all = draft.to_look_at.into_iter().map(|(proposed, _)| proposed);
    let mut all = all.chain(draft.added);
    let one = all
        .find(|proposed| proposed.entry.pattern == *pattern)
        .ok_or(Error::NotFound)?;
    super::check_entry(app, list.scope(), pattern)?;
    write(app, list, vec![one], &[], by).await
}

/// Leaves one out for good: its sources do not bring it up again, until a person puts it on the list.
pub async fn decline(app: &App, list: &List, pattern: &Pattern, by: Option<i64>) -> Result<()> {
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    sql::decline(&mut tx, list.id, &typed_pattern(pattern), by, now_ms);
    sql::settle(&mut tx, list.id, now_ms);
    app.commit(tx).await?;
    Ok(())
}

/// What the owner of a list chose to have taken in without a person: additions that nobody has to look at, and only all
/// of them together within what is left of the day's cap. Otherwise everything waits.
/// Nor does anything come by itself where being named opens a server: what is open is for a person to decide.
pub(super) async fn take_in_alone(app: &App, list: &List) -> Result<()> {
    if is_opened(app, list) {
        info!(
            list = list.id,
            "a rule opens to whom a list names; what its sources add waits for a person"
        );
        return Ok(());
    }
    let draft = draft(app, list).await?;
    let before = sql::taken_alone(&app.db, list.id, app.now_ms() - DAY_MS).await?;
    let left = usize::try_from(list.daily_cap - before).unwrap_or_default();
    let new = draft.added.len();
    if new > left {
        info!(
            list = list.id,
            new, left, "a list would change by more than it may by itself; it waits for a person"
        );
        return Ok(());
    }
    write(app, list, draft.added, &[], None).await
}

/// Whether an *open* rule names the list, so that each entry lets somebody in.
pub(super) fn is_opened(app: &App, list: &List) -> bool {
    let named = Pattern::List(ListId(list.id));
    app.gate
        .book()
        .rules_of(list.scope())
        .any(|rule| rule.stance == Stance::Open && rule.pattern == named)
}

async fn write(
    app: &App,
    list: &List,
    added: Vec<Proposed>,
    changed: &[(String, Option<String>)],
    by: Option<i64>,
) -> Result<()> {
    if added.is_empty() && changed.is_empty() {
        return Ok(());
    }
    super::check_room(app, list, added.len()).await?;
    let now_ms = app.now_ms();
    let puts_on = !added.is_empty();
    let mut by_source: BTreeMap<String, Vec<NewEntry>> = BTreeMap::new();
    for one in added {
        by_source.entry(one.url).or_default().push(one.entry);
    }
    let mut tx = Tx::new();
    for (url, entries) in by_source {
        let from = Provenance {
            by,
            source: Some(url),
        };
        store::insert_entries(&mut tx, list.id, &entries, &from, now_ms)?;
        sql::forgive(&mut tx, list.id, &entries);
    }
    for (pattern, comment) in changed {
        sql::say_anew(&mut tx, list.id, pattern, comment.as_deref());
    }
    sql::settle(&mut tx, list.id, now_ms);
    if puts_on {
        changed::of_list(&mut tx, app, list, None, by, now_ms)?;
    }
    super::write(app, tx).await?;
    Ok(())
}
