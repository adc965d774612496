//! Which followers of a member are at home on a server (FEP-8fcf): told to it with what is for followers only, and listed
//! when it asks. Those whom a followers-only post would not reach now are left out of both (boundaries L02, L27), so
//! that their own server lets them go as well.
//!
//! This is where a suspended follow (boundaries L60) can be lost. A rule about a whole server costs none: nothing goes
//! there, so no digest is told, and a list that rules emptied is not given ([`followers_at`]). A rule about one person on
//! a server where others follow leaves that person out, and their server ends the follow: it got the post for the
//! others, and would show it to whomever it believes to follow. What is for followers only must not reach them, so
//! secrecy goes before return. When the rule is taken back the list names them again; a Comity there takes the follow up
//! again, others answer with an Undo, and it has to be made anew.

use std::collections::{BTreeMap, HashMap, HashSet};

use comity_vocab::{Domain, Iri};
use comity_wire::{FollowersDigest, Synchronization};

use super::recipients::{self, Reach};
use crate::accounts::Account;
use crate::app::App;
use crate::error::Result;
use crate::follows;

/// Followers listed for one server: ten thousand addresses are some 600 KB, and everybody reads 1 MB. Where there are
/// more, nothing is told and nothing listed: an incomplete list would end follows that are well.
const MOST_LISTED: usize = 10_000;

/// Followers of `member` at the origin of `at`, as its server may know them; `None` where they are too many to list, or
/// where rules leave nobody to list.
pub(crate) async fn followers_at(
    app: &App,
    member: &Account,
    at: &Iri,
) -> Result<Option<Vec<Iri>>> {
    let mut found = followers_of(app, member, HashSet::from([at.domain()])).await?;
    // Nobody follows any more, or all are suspended: whoever is given an empty list ends them all.
    let listed = found.listed.remove(&at.domain());
    let listed = listed.filter(|all| !all.is_empty() || !found.kept.contains(&at.domain()));
    Ok(listed.map(|all| all.into_iter().filter(|iri| iri.same_origin(at)).collect()))
}

/// What the servers of these inboxes are told when `sender` writes to followers only.
pub(super) async fn told(
    app: &App,
    sender: &Account,
    inboxes: &HashSet<Iri>,
) -> Result<HashMap<Domain, Synchronization>> {
    let by_host: BTreeMap<Domain, &Iri> = inboxes.iter().map(|iri| (iri.domain(), iri)).collect();
    let found = followers_of(app, sender, by_host.keys().cloned().collect()).await?;
    let mut told = HashMap::with_capacity(found.listed.len());
    for (host, followers) in found.listed {
        let Some(inbox) = by_host.get(&host) else {
            continue;
        };
        let there = followers.iter().filter(|iri| iri.same_origin(inbox));
        let digest = FollowersDigest::of(there);
        told.insert(host, follows::activity::synchronization(sender, digest)?);
    }
    Ok(told)
}

/// Followers by server.
struct Found {
    /// Without servers that have too many.
    listed: HashMap<Domain, Vec<Iri>>,
    /// Where there are some that are left out.
    kept: HashSet<Domain>,
}

async fn followers_of(app: &App, member: &Account, mut hosts: HashSet<Domain>) -> Result<Found> {
    let reach = Reach::of_followers(member);
    let mut found: HashMap<Domain, Vec<Iri>> = hosts
        .iter()
        .map(|host| (host.clone(), Vec::new()))
        .collect();
    let mut kept = HashSet::new();
    let mut after = recipients::START;
    while !hosts.is_empty() {
        let page = reach.page_at(app, &hosts, after).await?;
        let cleared = reach.clear(app, page.people).await?;
        let refused = cleared.refused.into_iter();
        kept.extend(refused.map(|(recipient, _)| recipient.person.domain));
        for recipient in cleared.people {
            let host = recipient.person.domain;
            let Some(there) = found.get_mut(&host) else {
                continue;
            };
            if there.len() == MOST_LISTED {
                found.remove(&host);
                hosts.remove(&host);
                continue;
            }
            there.push(recipient.person.iri);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    Ok(Found {
        listed: found,
        kept,
    })
}
