//! The followers elsewhere of a member, page by page: those on one server stand together.

use std::collections::HashSet;

use comity_db::{Sql, params, row, sql};
use comity_policy::{Person, PersonId, Recipient};
use comity_vocab::Domain;

use super::RecipientPage;
use crate::accounts::{stored_domain, stored_iri};
use crate::app::App;
use crate::error::Result;

/// Followers looked at together: one query for them, one for their ties.
const PAGE: i64 = 2_000;

/// Where the pages of followers begin.
pub(in crate::delivery) const START: After = After {
    host: String::new(),
    account_id: 0,
};

/// The last follower of a page.
#[derive(Debug, Clone)]
pub(in crate::delivery) struct After {
    host: String,
    account_id: i64,
}

impl After {
    /// Whether it is [`START`].
    pub fn is_start(&self) -> bool {
        self.host.is_empty()
    }
}

/// Some followers of this member.
pub(super) async fn page(app: &App, member: i64, after: After) -> Result<RecipientPage> {
    let values = params![member, after.host, after.account_id, PAGE];
    read(app.db.all(FOLLOWERS, values).await?)
}

/// The same, of those on these servers.
pub(super) async fn page_at(
    app: &App,
    member: i64,
    hosts: &HashSet<Domain>,
    after: After,
) -> Result<RecipientPage> {
    let names: Vec<String> = hosts.iter().map(|host| host.as_str().to_owned()).collect();
    let values = params![member, after.host, after.account_id, PAGE, names];
    read(app.db.all(FOLLOWERS_AT, values).await?)
}

fn read(rows: Vec<FollowerRow>) -> Result<RecipientPage> {
    let is_full = i64::try_from(rows.len()).is_ok_and(|len| len >= PAGE);
    let next = rows.last().filter(|_| is_full).map(|last| After {
        host: last.host.clone(),
        account_id: last.id,
    });
    let people = rows.into_iter().map(FollowerRow::recipient);
    Ok(RecipientPage {
        people: people.collect::<Result<_>>()?,
        next,
    })
}

row! {
    /// A follower elsewhere, with what it takes to clear and reach them.
    #[derive(Debug)]
    struct FollowerRow {
        id: i64,
        iri: String,
        domain: String,
        host: String,
        inbox: String,
        shared_inbox: Option<String>,
    }
}

impl FollowerRow {
    fn recipient(self) -> Result<Recipient> {
        let domain = stored_domain(&self.domain)?;
        let host = stored_domain(&self.host)?;
        Ok(Recipient {
            person: Person {
                id: Some(PersonId(self.id)),
                iri: stored_iri(&self.iri)?,
                alias_domain: (domain != host).then_some(domain),
                domain: host,
                community: None,
            },
            inbox: stored_iri(&self.inbox)?,
            shared_inbox: self.shared_inbox.as_deref().map(stored_iri).transpose()?,
        })
    }
}

/// Counts on `follows_by_target`.
const FOLLOWERS: Sql<FollowerRow> = sql!(
    row: FollowerRow,
    "SELECT a.id, a.iri, a.domain, f.account_host AS host, a.inbox, a.shared_inbox
       FROM follows f
       JOIN accounts a ON a.id = f.account_id
      WHERE f.target_id = $1
        AND f.state = 'accepted'
        AND (f.account_host, f.account_id) > ($2, $3)
        AND a.community_id IS NULL
        AND a.gone_at IS NULL
      ORDER BY f.account_host, f.account_id
      LIMIT $4"
);

/// Counts on `follows_by_target`, once for each host.
const FOLLOWERS_AT: Sql<FollowerRow> = sql!(
    row: FollowerRow,
    sqlite: "SELECT a.id, a.iri, a.domain, f.account_host AS host, a.inbox, a.shared_inbox
               FROM follows f
               JOIN accounts a ON a.id = f.account_id
              WHERE f.target_id = $1
                AND f.state = 'accepted'
                AND f.account_host IN (SELECT value FROM json_each($5))
                AND (f.account_host, f.account_id) > ($2, $3)
                AND a.community_id IS NULL
                AND a.gone_at IS NULL
              ORDER BY f.account_host, f.account_id
              LIMIT $4",
    pg: "SELECT a.id, a.iri, a.domain, f.account_host AS host, a.inbox, a.shared_inbox
           FROM follows f
           JOIN accounts a ON a.id = f.account_id
          WHERE f.target_id = $1
            AND f.state = 'accepted'
            AND f.account_host = ANY($5)
            AND (f.account_host, f.account_id) > ($2, $3)
            AND a.community_id IS NULL
            AND a.gone_at IS NULL
          ORDER BY f.account_host, f.account_id
          LIMIT $4"
);
