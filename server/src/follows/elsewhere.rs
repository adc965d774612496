//! On which servers people live whom members here follow: what a rule about those servers would cut.

use std::collections::HashMap;

use comity_policy::Scope;
use comity_vocab::Domain;

use super::store;
use crate::accounts::stored_domain;
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;

/// Servers of one answer: more than a large community follows people on.
const MOST_SERVERS: i64 = 100_000;

/// People on one server who are followed from here.
#[derive(Debug, Clone)]
pub struct FollowedThere {
    /// Where they are at home.
    pub host: Domain,
    /// What their handles say.
    pub handles: Domain,
    /// How many they are.
    pub people: i64,
    /// By how many members.
    pub members: i64,
}

/// Whom the members of a community, or one member, follow elsewhere, by server.
pub async fn followed_elsewhere(app: &App, scope: Scope) -> Result<Vec<FollowedThere>> {
    let rows = match scope {
        Scope::Operator => Vec::new(),
        Scope::Community(community) => {
            store::followed_by_community(&app.db, community.0, MOST_SERVERS).await?
        }
        Scope::Member(member, _) => {
            store::followed_by_member(&app.db, member.0, MOST_SERVERS).await?
        }
    };
    rows.into_iter()
        .map(|(host, handles, people, members)| {
            Ok(FollowedThere {
                host: stored_domain(&host)?,
                handles: stored_domain(&handles)?,
                people,
                members,
            })
        })
        .collect()
}

/// How many people on each of these servers the members of a community follow: for a page that names a few servers.
pub async fn followed_on(
    app: &App,
    community: &Community,
    hosts: &[Domain],
) -> Result<HashMap<Domain, i64>> {
    let mut names: Vec<String> = hosts.iter().map(|host| host.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    store::followed_on(&app.db, community.id, names)
        .await?
        .into_iter()
        .map(|(host, people)| Ok((stored_domain(&host)?, people)))
        .collect()
}
