//! What moderators keep out of what is talked about in their community: topics, posts, pages. Nobody has to say yes first.
//! It holds at once: what is kept for a moment is what comes into question, and what was rejected is read each time.

use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use comity_db::Tx;

use super::store::{self, DecisionRow};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::http::Me;
use crate::moderation::looked_after;

/// Topics, or pages, that one community keeps out: each list of what is talked about is compared with them.
const MOST: i64 = 5_000;
/// A post is talked about lately for some days, and never again: later nobody needs to know that it was rejected.
const POST_KEPT_MS: i64 = 30 * DAY_MS;
/// Bytes of a page's address as a short name that stands in an address of ours.
const ID_BYTES: usize = 16;

/// What can be talked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A topic, by its folded name.
    Tag,
    /// A post, by its number.
    Status,
    /// A page, by its address.
    Link,
}

impl Kind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Tag => "tag",
            Kind::Status => "status",
            Kind::Link => "link",
        }
    }

    /// As stored.
    pub fn parse(word: &str) -> Option<Kind> {
        [Kind::Tag, Kind::Status, Kind::Link]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// What a moderator says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is not shown.
    Reject,
    /// It is shown, as what nobody decided about is.
    Approve,
}

impl Decision {
    fn as_str(self) -> &'static str {
        match self {
            Decision::Reject => "reject",
            Decision::Approve => "approve",
        }
    }
}

/// A decision in the record.
#[derive(Debug)]
pub struct Decided {
    /// Sorts by time.
    pub id: i64,
    /// Whose account decided.
    pub account_id: i64,
    /// About what.
    pub kind: Kind,
    /// A folded topic, the number of a post, an address.
    pub name: String,
    /// What.
    pub decision: Decision,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// What this community keeps out, by name.
pub(super) async fn names(app: &App, community_id: i64, kind: Kind) -> Result<HashSet<String>> {
    let names = store::rejected(&app.db, community_id, kind.as_str(), MOST).await?;
    Ok(names.into_iter().collect())
}

/// A moderator decides for their community, and it is written down. Deciding the same again changes and writes nothing.
/// *Not found* for whoever looks after none.
pub(super) async fn decide(
    app: &App,
    me: &Me,
    kind: Kind,
    name: &str,
    decision: Decision,
) -> Result<()> {
    let here = looked_after(me)?.id;
    let known = names(app, here, kind).await?;
    if known.contains(name) == (decision == Decision::Reject) {
        return Ok(());
    }
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    if decision == Decision::Reject {
        if i64::try_from(known.len()).unwrap_or(MOST) >= MOST {
            return Err(Error::Forbidden(format!(
                "{MOST} of them are rejected, which is the most; approve some again"
            )));
        }
        store::forget_rejected_posts(&mut tx, here, now_ms - POST_KEPT_MS);
        store::reject(&mut tx, here, kind.as_str(), name, now_ms);
    } else {
        store::approve(&mut tx, here, kind.as_str(), name);
    }
    let row = DecisionRow {
        id: app.next_id(),
        account_id: me.account.id,
        kind: kind.as_str().to_owned(),
        name: name.to_owned(),
        decision: decision.as_str().to_owned(),
        created_at: now_ms,
    };
    store::insert_decision(&mut tx, here, row);
    app.commit(tx).await?;
    Ok(())
}

/// Decisions older than a number, the newest first; at most so many.
pub async fn record(
    app: &App,
    community: &Community,
    below: i64,
    most: i64,
) -> Result<Vec<Decided>> {
    let rows = store::decisions(&app.db, community.id, below, most).await?;
    let read = |row: DecisionRow| {
        Some(Decided {
            id: row.id,
            account_id: row.account_id,
            // One that a later version knows is not told here.
            kind: Kind::parse(&row.kind)?,
            name: row.name,
            decision: match row.decision.as_str() {
                "reject" => Decision::Reject,
                _ => Decision::Approve,
            },
            created_at: row.created_at,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// A name for an address of a page that can stand in an address of ours.
pub(super) fn link_id(url: &str) -> String {
    let hash = digest(&SHA256, url.as_bytes());
    hex(&hash.as_ref()[..ID_BYTES])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_short_name_of_its_own() {
        let id = link_id("https://tides.example/today?a=1&b=2");
        assert_eq!(id.len(), 2 * ID_BYTES);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(id, link_id("https://tides.example/today"));
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in [Kind::Tag, Kind::Status, Kind::Link] {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("person"), None);
    }
}
