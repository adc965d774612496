//! Notifications of one kind about one thing, told together: ten people who favourite a post within half a day are one
//! line. A group is found from its key alone, so nothing of it is stored.

use std::collections::HashSet;
use std::fmt;

use super::{
    Aside, Kind, Notification, Which, cleared, dismiss as dismiss_one, read, store, stretch,
};
use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::id;
use crate::window::Window;
use comity_policy::Way;

/// A group lasts so long at most, as Mastodon's: what comes later begins another.
const SPAN_MS: i64 = 12 * 3_600_000;
/// A notification's number may lie so far from its time.
const SLACK_MS: i64 = 60_000;
/// Notifications read at once to fill a page.
const BATCH: i64 = 100;
/// So often it is read on where groups are large, or the gate hides much.
const MOST_ROUNDS: usize = 8;
/// Members of the groups of one page are counted up to here; beyond it a number impresses and tells nothing.
const MOST_COUNTED: i64 = 400;

/// What is grouped where an app does not choose.
pub const GROUPS: [Kind; 3] = [Kind::Favourite, Kind::Reblog, Kind::Follow];

/// Which group a notification belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// By itself.
    Alone(i64),
    /// Of one kind, about one status if about any, within one span of time.
    Together {
        /// The kind.
        kind: Kind,
        /// The status.
        status: Option<i64>,
        /// Counted in half days since 1970.
        span: i64,
    },
}

impl Key {
    /// Of this one, where these kinds are grouped.
    pub fn of(told: &Notification, grouped: &[Kind]) -> Key {
        if !GROUPS.contains(&told.kind) || !grouped.contains(&told.kind) {
            return Key::Alone(told.id);
        }
        Key::Together {
            kind: told.kind,
            status: told.status.as_ref().map(|status| status.id),
            span: told.created_at.div_euclid(SPAN_MS),
        }
    }

    /// Reads what it is written as. What is no key names no group: *not found*.
    pub fn parse(text: &str) -> Result<Key> {
        let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
        let read = || {
            if let Some(id) = text.strip_prefix("ungrouped-") {
                return number(id).map(Key::Alone);
            }
            let mut parts = text.split('-');
            let kind = Kind::parse(parts.next()?).filter(|kind| GROUPS.contains(kind))?;
            let numbers: Option<Vec<i64>> = parts.map(number).collect();
            match (kind, numbers?.as_slice()) {
                (Kind::Follow, [span]) => Some((kind, None, *span)),
                (Kind::Favourite | Kind::Reblog, [status, span]) => {
                    Some((kind, Some(*status), *span))
                }
                _ => None,
            }
            .map(|(kind, status, span)| Key::Together { kind, status, span })
        };
        read().ok_or(Error::NotFound)
    }

    /// Unix milliseconds from which and up to which its notifications lie.
    fn time(span: i64) -> (i64, i64) {
        let from = span.saturating_mul(SPAN_MS);
        (from, from.saturating_add(SPAN_MS))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Alone(id) => write!(to, "ungrouped-{id}"),
            Key::Together { kind, status, span } => {
                write!(to, "{}-", kind.as_str())?;
                if let Some(status) = status {
                    write!(to, "{status}-")?;
                }
                write!(to, "{span}")
            }
        }
    }
}

/// What belongs together, as far as it was looked at.
pub struct Group {
    /// Its name.
    pub key: Key,
    /// The newest first, each cleared; never none.
    pub members: Vec<Notification>,
    /// So many of them, the first, lie on the page that was asked for.
    pub on_page: usize,
}

/// Some groups.
pub struct Page {
    /// By their newest notification, newest first.
    pub groups: Vec<Group>,
    /// From where it goes on to what is older, where there may be any.
    pub older: Option<i64>,
    /// From where it goes on to what is newer.
    pub newer: Option<i64>,
}

/// At most `most` groups of what this member is told within a window, of the kinds that are wanted.
pub async fn page(
    app: &App,
    me: &Account,
    window: Window,
    most: usize,
    grouped: &[Kind],
    which: &Which,
    wants: impl Fn(&Notification) -> bool,
) -> Result<Page> {
    let mut rest = window;
    let mut found: Vec<Notification> = Vec::new();
    let mut keys: HashSet<Key> = HashSet::new();
    let mut edge = None;
    'read: for _ in 0..MOST_ROUNDS {
        let stretch = stretch(app, me, rest, BATCH, which).await?;
        for told in stretch.shown {
            if !wants(&told) {
                continue;
            }
            let key = Key::of(&told, grouped);
            if !keys.contains(&key) {
                if keys.len() == most {
                    edge = found.last().map(|last| last.id);
                    break 'read;
                }
                keys.insert(key);
            }
            found.push(told);
        }
        edge = stretch.last;
        let Some(last) = stretch.last else { break };
        if rest.from_below {
            rest.above = last;
        } else {
            rest.below = last;
        }
    }
    if window.from_below {
        found.reverse();
    }
    let newest = found.first().map(|told| told.id);
    let oldest = found.last().map(|told| told.id);
    let mut groups: Vec<Group> = Vec::with_capacity(keys.len());
    join(&mut groups, found, grouped);
    for group in &mut groups {
        group.on_page = group.members.len();
    }
    if let Some(oldest) = oldest {
        let below = beyond(app, me, &groups, oldest, which.aside).await?;
        let below = below.into_iter().filter(|told| {
            let key = Key::of(told, grouped);
            keys.contains(&key) && wants(told)
        });
        join(&mut groups, below.collect(), grouped);
    }
    let (older, newer) = if window.from_below {
        (oldest, edge.or(newest))
    } else {
        (edge, newest)
    };
    Ok(Page {
        groups,
        older,
        newer,
    })
}

/// Puts each with those of its key.
fn join(groups: &mut Vec<Group>, told: Vec<Notification>, grouped: &[Kind]) {
    for told in told {
        let key = Key::of(&told, grouped);
        match groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.members.push(told),
            None => groups.push(Group {
                key,
                members: vec![told],
                on_page: 0,
            }),
        }
    }
}

/// What may belong to these groups and is older than their page.
async fn beyond(
    app: &App,
    me: &Account,
    groups: &[Group],
    oldest: i64,
    aside: Aside,
) -> Result<Vec<Notification>> {
    let starts = groups.iter().filter_map(|group| match group.key {
        Key::Together { span, .. } => Some(Key::time(span).0),
        Key::Alone(_) => None,
    });
    let Some(start) = starts.min() else {
        return Ok(Vec::new());
    };
    let above = id::first_at(start - SLACK_MS);
    let rows = store::groupable(&app.db, me.id, oldest, above, MOST_COUNTED, aside).await?;
    cleared(app, me, Way::Notification, rows).await
}

/// One group with what is shown of it, newest first. *Not found* where nothing is.
pub async fn one(app: &App, me: &Account, key: Key) -> Result<Group> {
    let members = match key {
        Key::Alone(id) => vec![read(app, me, id).await?],
        Key::Together { .. } => {
            members(app, me, key, Window::older_than(i64::MAX), MOST_COUNTED)
                .await?
                .0
        }
    };
    if members.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Group {
        key,
        on_page: members.len(),
        members,
    })
}

/// Notifications of one group within a window, newest first, and where it goes on: at most `limit` before the gate.
pub async fn members(
    app: &App,
    me: &Account,
    key: Key,
    window: Window,
    limit: i64,
) -> Result<(Vec<Notification>, Option<i64>)> {
    let (kind, status, span) = match key {
        Key::Alone(id) => return Ok((vec![read(app, me, id).await?], None)),
        Key::Together { kind, status, span } => (kind, status, span),
    };
    let mut rows = store::of_group(
        &app.db,
        me.id,
        (kind.as_str(), status),
        Key::time(span),
        window,
        limit,
    )
    .await?;
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    if window.from_below {
        rows.reverse();
    }
    let oldest = rows.last().map(|row| row.id);
    let oldest = oldest.filter(|_| full || window.from_below);
    Ok((cleared(app, me, Way::Notification, rows).await?, oldest))
}

/// Everything of a group is forgotten, shown or not. Twice is once.
pub async fn dismiss(app: &App, me: &Account, key: Key) -> Result<()> {
    match key {
        Key::Alone(id) => match dismiss_one(app, me, id).await {
            Err(why) if why.is_not_found() => Ok(()),
            other => other,
        },
        Key::Together { kind, status, span } => {
            let of = (kind.as_str(), status);
            store::dismiss_group(&app.db, me.id, of, Key::time(span)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in [
            "ungrouped-7",
            "favourite-12-41000",
            "reblog-12-41000",
            "follow-41000",
        ] {
            assert_eq!(Key::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "7",
            "ungrouped-",
            "favourite-12",
            "follow-1-2",
            "mention-1-2",
            "favourite--1-2",
            "reblog-1-2-3",
        ] {
            assert!(Key::parse(text).is_err(), "{text}");
        }
    }
}
