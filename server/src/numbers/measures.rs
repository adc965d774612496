//! Measures: a number for each day, and one for all of them.

use std::collections::{BTreeMap, HashSet};

use comity_vocab::Domain;

use super::{MOST_COUNTED, Span, naming, store, too_much};
use crate::app::App;
use crate::error::Result;
use crate::http::Me;
use crate::moderation::looked_after;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Members who wrote a post that is not for a few. Who only reads is not counted: nobody keeps book of it.
    ActiveUsers,
    /// Who became a member, whether they are still here or not.
    NewUsers,
    /// Favourites and boosts by others of what members wrote, and answers to it that are not for a few. Of the newest
    /// 50 000 posts; older ones hardly get any.
    Interactions,
    /// Reports to the moderators, by members and by other servers.
    OpenedReports,
    /// Reports that were closed, and that nobody opened again.
    ResolvedReports,
    /// People who named a topic in a public post that the moderator may see.
    TagAccounts(String),
    /// Public posts naming a topic that the moderator may see.
    TagUses(String),
    /// Other servers from which those posts are.
    TagServers(String),
    /// People of a server whom this installation came to know.
    InstanceAccounts(Domain),
    /// Reports to the moderators about people of a server.
    InstanceReports(Domain),
    /// Posts from a server that lie on this installation and are not for a few; boosts are none.
    InstanceStatuses(Domain),
    /// Follows of people there by members of the community. Those that ended are not counted.
    InstanceFollows(Domain),
    /// Follows of members of the community by people there. Those that ended are not counted.
    InstanceFollowers(Domain),
}

/// What was counted.
#[derive(Debug)]
pub struct Counted {
    /// Of all days. Somebody who is counted on two of them is counted once.
    pub total: i64,
    /// Of as many days before, where Mastodon tells it.
    pub previous: Option<i64>,
    /// Each day, counted from 1 January 1970, in order.
    pub days: Vec<(i64, i64)>,
}

impl Measure {
    /// Mastodon's word.
    pub fn key(&self) -> &'static str {
        match self {
            Measure::ActiveUsers => "active_users",
            Measure::NewUsers => "new_users",
            Measure::Interactions => "interactions",
            Measure::OpenedReports => "opened_reports",
            Measure::ResolvedReports => "resolved_reports",
            Measure::TagAccounts(_) => "tag_accounts",
            Measure::TagUses(_) => "tag_uses",
            Measure::TagServers(_) => "tag_servers",
            Measure::InstanceAccounts(_) => "instance_accounts",
            Measure::InstanceReports(_) => "instance_reports",
            Measure::InstanceStatuses(_) => "instance_statuses",
            Measure::InstanceFollows(_) => "instance_follows",
            Measure::InstanceFollowers(_) => "instance_followers",
        }
    }

    fn tells_of_before(&self) -> bool {
        !matches!(
            self,
            Measure::InstanceAccounts(_)
                | Measure::InstanceReports(_)
                | Measure::InstanceStatuses(_)
                | Measure::InstanceFollows(_)
                | Measure::InstanceFollowers(_)
        )
    }
}

/// Counts it for the community of the moderator. Refused where it is more than can be counted; *not found* for whoever looks
/// after none.
pub async fn measure(app: &App, me: &Me, measure: &Measure, span: Span) -> Result<Counted> {
    let (total, by_day) = count(app, me, measure, span).await?;
    let previous = if measure.tells_of_before() {
        Some(count(app, me, measure, span.before()).await?.0)
    } else {
        None
    };
    let of = |day: i64| by_day.get(&day).copied().unwrap_or(0);
    Ok(Counted {
        total,
        previous,
        days: span.each().map(|day| (day, of(day))).collect(),
    })
}

async fn count(
    app: &App,
    me: &Me,
    measure: &Measure,
    span: Span,
) -> Result<(i64, BTreeMap<i64, i64>)> {
    let here = looked_after(me)?.id;
    let (db, ms, ids) = (&app.db, span.ms(), span.ids());
    // One more shows that there are more.
    let most = MOST_COUNTED + 1;
    let found = match measure {
        Measure::ActiveUsers => {
            let total = store::all_writers(db, here, ids, MOST_COUNTED).await?;
            let by_day = store::writers(db, here, ids, MOST_COUNTED).await?;
            return Ok((total, by_day.into_iter().collect()));
        }
        Measure::TagAccounts(topic) | Measure::TagUses(topic) | Measure::TagServers(topic) => {
            return topics(app, me, measure, topic, span).await;
        }
        Measure::NewUsers => store::joined(db, here, ms, most).await?,
        Measure::Interactions => store::done_with(db, here, ms, most).await?,
        Measure::OpenedReports => store::opened(db, here, ids, most).await?,
        Measure::ResolvedReports => store::resolved(db, here, ms, most).await?,
        Measure::InstanceAccounts(server) => store::met(db, server.as_str(), ids, most).await?,
        Measure::InstanceReports(server) => {
            store::reported(db, here, server.as_str(), ids, most).await?
        }
        Measure::InstanceStatuses(server) => {
            store::written_there(db, server.as_str(), ids, most).await?
        }
        Measure::InstanceFollows(server) => {
            store::followed(db, here, server.as_str(), ms, most).await?
        }
        Measure::InstanceFollowers(server) => {
            store::following(db, here, server.as_str(), ms, most).await?
        }
    };
    let mut by_day: BTreeMap<i64, i64> = BTreeMap::new();
    for (day, times) in found {
        *by_day.entry(day).or_default() += times;
    }
    let total = by_day.values().sum();
    if total > MOST_COUNTED {
        return Err(too_much());
    }
    Ok((total, by_day))
}

/// Who, what, or from where, by day and in all.
async fn topics(
    app: &App,
    me: &Me,
    measure: &Measure,
    topic: &str,
    span: Span,
) -> Result<(i64, BTreeMap<i64, i64>)> {
    let posts = naming(app, me, topic, span).await?;
    let counted = posts.iter().filter_map(|post| {
        let what = match measure {
            Measure::TagAccounts(_) => post.author.id.to_string(),
            Measure::TagServers(_) if post.author.is_local() => return None,
            Measure::TagServers(_) => post.author.host.to_string(),
            _ => post.id.to_string(),
        };
        Some((super::day_at(post.created_at), what))
    });
    let counted: Vec<(i64, String)> = counted.collect();
    let all: HashSet<&String> = counted.iter().map(|(_, what)| what).collect();
    let each: HashSet<&(i64, String)> = counted.iter().collect();
    let mut by_day: BTreeMap<i64, i64> = BTreeMap::new();
    for (day, _) in each {
        *by_day.entry(*day).or_default() += 1;
    }
    Ok((i64::try_from(all.len()).unwrap_or(i64::MAX), by_day))
}
