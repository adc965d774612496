//! Whom a change of rules may concern: follows across the border, answers and boosts from beyond it, what waits to be
//! sent. Bounded: what is beyond a bound is said to be more.

use comity_db::{Sql, params, row, sql};
use comity_policy::{CommunityId, Person, PersonId, Scope};
use comity_vocab::Domain;

use super::Change;
use crate::accounts::{stored_domain, stored_iri};
use crate::app::App;
use crate::error::Result;
use crate::follows::{Across, Side};

/// Servers looked through: several times as many as the whole fediverse has, for names are cheap.
const MOST_HOSTS: i64 = 200_000;
/// Follows in each direction, answers and boosts looked at for one question: read in a moment, and more than anybody
/// would read about.
pub const MOST_LOOKED_AT: i64 = 10_000;

/// Every server on which somebody is at home, by one step of the index `accounts_by_host` each.
const HOSTS: Sql<(String,)> = sql!(
    row: (String,),
    "WITH RECURSIVE steps(host) AS (
         SELECT min(host) FROM accounts
          UNION ALL
         SELECT (SELECT min(a.host) FROM accounts a WHERE a.host > steps.host)
           FROM steps
          WHERE steps.host IS NOT NULL
     )
     SELECT host FROM steps WHERE host IS NOT NULL LIMIT $1"
);

row! {
    /// A member, somebody of another community or server, and what is between them.
    #[derive(Debug)]
    pub struct PairRow {
        pub member_id: i64,
        pub member_iri: String,
        pub member_host: String,
        pub member_domain: String,
        pub member_community: Option<i64>,
        pub other_id: i64,
        pub other_iri: String,
        pub other_host: String,
        pub other_domain: String,
        pub other_community: Option<i64>,
        pub other_name: String,
        pub conversation_id: i64,
    }
}

/// A member and somebody beyond a border.
#[derive(Debug)]
pub struct Pair {
    /// Of the two, and which way.
    pub across: Across,
    /// The other's handle.
    pub handle: String,
    /// Of answers, in which conversation.
    pub conversation: i64,
}

/// Some of a whole.
#[derive(Debug)]
pub struct Part<T> {
    /// These.
    pub all: Vec<T>,
    /// There are more.
    pub more: bool,
}

/// A statement for pairs: of `a`, who is at home on one of the servers `$1`, and `m`, a member of the community `$2` or
/// of any, the member `$3` or any, with a higher number than `$4`. The engines differ in how a list is looked through.
macro_rules! pairs_of {
    (conversation: $conversation:literal, join: $join:literal, only: $only:literal, order: $order:literal $(,)?) => {
        sql!(
            row: PairRow,
            sqlite: pairs_of!(text "IN (SELECT value FROM json_each($1))", $conversation, $join, $only, $order),
            pg: pairs_of!(text "= ANY($1)", $conversation, $join, $only, $order)
        )
    };
    (text $among:literal, $conversation:literal, $join:literal, $only:literal, $order:literal) => {
        concat!(
            "SELECT m.id AS member_id, m.iri AS member_iri, m.host AS member_host, m.domain AS member_domain,
                    m.community_id AS member_community, a.id AS other_id, a.iri AS other_iri, a.host AS other_host,
                    a.domain AS other_domain, a.community_id AS other_community, a.username AS other_name,
                    ", $conversation, " AS conversation_id
               FROM accounts a
               ", $join, "
              WHERE a.host ", $among, "
                AND ", $only, "
                AND m.community_id IS NOT NULL
                AND a.host <> m.host
                AND (CAST($2 AS BIGINT) IS NULL OR m.community_id = CAST($2 AS BIGINT))
                AND (CAST($3 AS BIGINT) IS NULL OR m.id = CAST($3 AS BIGINT))
                AND m.id > $4
              ORDER BY ", $order, "
              LIMIT $5"
        )
    };
}

/// Whom members follow. Counts on `accounts_by_host` and `follows_by_target`.
const FOLLOWING: Sql<PairRow> = pairs_of!(
    conversation: "CAST(0 AS BIGINT)",
    join: "JOIN follows f ON f.target_id = a.id
           JOIN accounts m ON m.id = f.account_id",
    only: "f.state = 'accepted'",
    order: "m.id, a.id",
);
/// Who follows members. Counts on `accounts_by_host` and the key of `follows`.
const FOLLOWERS: Sql<PairRow> = pairs_of!(
    conversation: "CAST(0 AS BIGINT)",
    join: "JOIN follows f ON f.account_id = a.id
           JOIN accounts m ON m.id = f.target_id",
    only: "f.state = 'accepted'",
    order: "m.id, a.id",
);
/// Who answered members, once for each answer; of what was not said in public only each member themself is told. Counts on
/// `accounts_by_host` and `statuses_by_author`.
const ANSWERS: Sql<PairRow> = pairs_of!(
    conversation: "s.conversation_id",
    join: "JOIN statuses s ON s.account_id = a.id
           JOIN accounts m ON m.id = s.in_reply_to_account_id",
    only: "s.reblog_of_id IS NULL
           AND (CAST($3 AS BIGINT) IS NOT NULL OR s.visibility IN ('public', 'unlisted'))",
    order: "s.id DESC",
);
/// Who boosted posts of members, once for each boost. Counts on the same.
const BOOSTS: Sql<PairRow> = pairs_of!(
    conversation: "o.conversation_id",
    join: "JOIN statuses s ON s.account_id = a.id
           JOIN statuses o ON o.id = s.reblog_of_id
           JOIN accounts m ON m.id = o.account_id",
    only: "(CAST($3 AS BIGINT) IS NOT NULL OR o.visibility IN ('public', 'unlisted'))",
    order: "s.id DESC",
);

/// Servers that a change may concern.
pub async fn hosts(app: &App, change: &Change) -> Result<Part<Domain>> {
    let all: Vec<String> = app.db.column(HOSTS, params![MOST_HOSTS]).await?;
    let more = i64::try_from(all.len()).is_ok_and(|len| len >= MOST_HOSTS);
    let all = all.iter().filter_map(|host| stored_domain(host).ok());
    Ok(Part {
        all: all.filter(|host| change.may_concern(host)).collect(),
        more,
    })
}

/// Follows of those whom it binds with people on these servers, of members with a higher number than `after`, in the
/// order of the members.
pub async fn follows(
    app: &App,
    change: &Change,
    hosts: &[Domain],
    side: Side,
    after: i64,
    most: i64,
) -> Result<Part<Pair>> {
    let statement = match side {
        Side::Following => FOLLOWING,
        Side::Follower => FOLLOWERS,
    };
    pairs(app, statement, change, hosts, side, after, most).await
}

/// Answers that members got from people on these servers.
pub async fn answers(app: &App, change: &Change, hosts: &[Domain]) -> Result<Part<Pair>> {
    pairs(
        app,
        ANSWERS,
        change,
        hosts,
        Side::Following,
        0,
        MOST_LOOKED_AT,
    )
    .await
}

/// Boosts of members' posts by people on these servers.
pub async fn boosts(app: &App, change: &Change, hosts: &[Domain]) -> Result<Part<Pair>> {
    pairs(
        app,
        BOOSTS,
        change,
        hosts,
        Side::Following,
        0,
        MOST_LOOKED_AT,
    )
    .await
}

async fn pairs(
    app: &App,
    statement: Sql<PairRow>,
    change: &Change,
    hosts: &[Domain],
    side: Side,
    after: i64,
    most: i64,
) -> Result<Part<Pair>> {
    let (community, member) = match change.scope {
        Scope::Operator => (None, None),
        Scope::Community(community) => (Some(community.0), None),
        Scope::Member(member, community) => (Some(community.0), Some(member.0)),
    };
    let names: Vec<String> = hosts.iter().map(|host| host.as_str().to_owned()).collect();
    if names.is_empty() {
        return Ok(Part {
            all: Vec::new(),
            more: false,
        });
    }
    let mut rows = app
        .db
        .all(
            statement,
            params![names, community, member, after, most + 1],
        )
        .await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let all = rows
        .into_iter()
        .map(|row| row.pair(side))
        .collect::<Result<_>>()?;
    Ok(Part { all, more })
}

impl PairRow {
    fn pair(self, side: Side) -> Result<Pair> {
        let handle = format!("@{}@{}", self.other_name, self.other_domain);
        Ok(Pair {
            across: Across {
                member: person(
                    self.member_id,
                    &self.member_iri,
                    &self.member_host,
                    &self.member_domain,
                    self.member_community,
                )?,
                other: person(
                    self.other_id,
                    &self.other_iri,
                    &self.other_host,
                    &self.other_domain,
                    self.other_community,
                )?,
                side,
            },
            handle,
            conversation: self.conversation_id,
        })
    }
}

fn person(id: i64, iri: &str, host: &str, domain: &str, community: Option<i64>) -> Result<Person> {
    let (host, domain) = (stored_domain(host)?, stored_domain(domain)?);
    Ok(Person {
        id: Some(PersonId(id)),
        iri: stored_iri(iri)?,
        alias_domain: (domain != host).then_some(domain),
        domain: host,
        community: community.map(CommunityId),
    })
}
