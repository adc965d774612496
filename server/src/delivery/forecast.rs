//! Whom something would reach, worked out before it is sent: the same questions as at delivery, and not one request.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use comity_db::{Sql, params, sql};
use comity_policy::{Party, Recipient, Thing, Verdict};
use comity_vocab::Domain;

use super::recipients::{Cleared, Reach, START, is_for_followers};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::Result;
use crate::rules;

/// Pages of followers that are looked at; whoever has more is told so.
const MOST_PAGES: usize = 25;
/// Followers here that are looked at.
const MOST_HERE: i64 = 5_000;

/// Whom a thing would reach.
#[derive(Debug, Default)]
pub struct Forecast {
    /// People elsewhere, each cleared by the sender's side.
    pub elsewhere: u64,
    /// Their servers.
    pub servers: BTreeSet<Domain>,
    /// People of this installation, likewise.
    pub here: u64,
    /// Who would not get it, by server.
    pub kept: BTreeMap<Domain, Kept>,
    /// There are more followers than were looked at.
    pub more: bool,
}

/// People of one server who would not get it.
#[derive(Debug)]
pub struct Kept {
    /// How many.
    pub people: u64,
    /// Why the first of them would not.
    pub why: Why,
}

/// What keeps something from a server.
#[derive(Debug)]
pub enum Why {
    /// The gate said no.
    Verdict(Verdict),
    /// It has not answered for so long that nothing is sent there.
    GivenUp,
}

/// Whom `thing` of `sender` would reach: their followers, if it is for followers, and these people. What others lay down
/// about the sender or their things is left out, as if it were not there: asking costs nothing and tells nobody, so it
/// would tell of every block (L29). `thing` is handed in without those whom it answers, for the same reason.
pub async fn forecast(
    app: &App,
    sender: &Account,
    thing: Thing,
    people: Vec<i64>,
) -> Result<Forecast> {
    let followers = is_for_followers(thing.visibility);
    let mut forecast = Forecast::default();
    // Who is named and follows as well is one person.
    let mut seen: HashSet<i64> = HashSet::new();
    let mut here = people.clone();
    let meant = Reach::of_thing(sender, thing, followers, people);
    let mut after = START;
    for page_number in 0.. {
        let page = meant.page(app, after).await?;
        let mut is_new = |recipient: &Recipient| {
            let id = recipient.person.id;
            id.is_none_or(|id| seen.insert(id.0))
        };
        let people = page.people.into_iter().filter(&mut is_new).collect();
        forecast.add(app, sender, meant.clear(app, people).await?);
        match page.next {
            Some(_) if page_number + 1 == MOST_PAGES => {
                forecast.more = true;
                break;
            }
            Some(next) => after = next,
            None => break,
        }
    }
    if followers {
        here.extend(
            app.db
                .column(FOLLOWERS_HERE, params![sender.id, hosts(app), MOST_HERE])
                .await?,
        );
    }
    let found = accounts::find_many(app, here).await?;
    let neighbours = found
        .into_values()
        .filter(|account| account.is_local() && account.id != sender.id);
    let neighbours = neighbours.map(|account| Recipient {
        person: account.person(),
        inbox: account.inbox.clone(),
        shared_inbox: None,
    });
    let cleared = meant.clear(app, neighbours.collect()).await?;
    forecast.here =
        cleared.people.len() as u64 + forecast.keep(app, sender, cleared.refused).len() as u64;
    Ok(forecast)
}

impl Forecast {
    fn add(&mut self, app: &App, sender: &Account, cleared: Cleared) {
        let others = self.keep(app, sender, cleared.refused);
        for recipient in cleared.people.into_iter().chain(others) {
            let server = recipient.person.domain;
            if app.hosts.is_given_up(app, &server) {
                let silent = || Kept {
                    people: 0,
                    why: Why::GivenUp,
                };
                self.kept.entry(server).or_insert_with(silent).people += 1;
            } else {
                self.elsewhere += 1;
                self.servers.insert(server);
            }
        }
    }

    /// Keeps from whom the sender's own side keeps it, and gives back the others.
    fn keep(
        &mut self,
        app: &App,
        sender: &Account,
        refused: Vec<(Recipient, Verdict)>,
    ) -> Vec<Recipient> {
        let (book, me) = (app.gate.book(), Party::Member(sender.person()));
        let mut others = Vec::new();
        for (recipient, mut verdict) in refused {
            let Some(because) = rules::own_reason(&book, &me, &verdict) else {
                others.push(recipient);
                continue;
            };
            verdict.because = because;
            let kept = self.kept.entry(recipient.person.domain);
            let kept = kept.or_insert_with(|| Kept {
                people: 0,
                why: Why::Verdict(verdict),
            });
            kept.people += 1;
        }
        others
    }
}

/// The domains of the communities here, as `follows.account_host` has them.
fn hosts(app: &App) -> Vec<String> {
    let communities = app.communities.load();
    communities
        .all()
        .map(|community| community.domain.as_str().to_owned())
        .collect()
}

/// Counts on `follows_by_target`, once for each community here.
const FOLLOWERS_HERE: Sql<(i64,)> = sql!(
    row: (i64,),
    sqlite: "SELECT account_id
               FROM follows
              WHERE target_id = $1
                AND state = 'accepted'
                AND account_host IN (SELECT value FROM json_each($2))
              LIMIT $3",
    pg: "SELECT account_id
           FROM follows
          WHERE target_id = $1
            AND state = 'accepted'
            AND account_host = ANY($2)
          LIMIT $3"
);
