//! What a change of rules would do, in numbers and names, before it is made: decided by a copy of the rules with the
//! change in it, over what is here, and with not one request.
//!
//! Of a community's rule, people beyond the border are named, and of its members only the number: who of them follows
//! whom there is theirs to know. A moderator decides about a border, not about who is on the other side of it for whom;
//! and those who are most at risk must not be found by a rule that is never set.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use comity_policy::{Act, Conditions, Exchange, Outcome, Party, Person, Scope, Thing, Way};
use comity_vocab::Domain;

pub use words::Whose;

use super::Change;
use super::concerned::{self, Pair};
use super::severed::{by_member, parted};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::follows::Side;
use crate::{delivery, queue};

/// People named one by one; the others are counted.
const MOST_NAMED: usize = 10;

/// Servers whose answers and boosts are looked through: more would be most of the database, and anybody may ask.
const MOST_SPOKEN: usize = 200;

/// So many, or more than so many where there was too much to look at all of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// So many.
    pub count: usize,
    /// At least.
    pub more: bool,
}

/// People with whom follows change.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct People {
    /// How many follows.
    pub follows: Sum,
    /// Whose they are, with how many members each: those with most members first.
    pub names: Vec<(String, usize)>,
    /// People who are not among the names.
    pub unnamed: usize,
}

/// Follows in both directions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Follows {
    /// People whom members follow.
    pub following: People,
    /// People who follow members.
    pub followers: People,
    /// Members whose follows these are.
    pub members: usize,
}

/// What a change would do.
#[derive(Debug, Default)]
pub struct DryRun {
    /// Follows that would be suspended.
    pub suspended: Follows,
    /// Follows that would work again.
    pub restored: Follows,
    /// Posts and other things on their way that would not arrive any more.
    pub deliveries: Sum,
    /// What they sent and nobody has looked at yet, and that would be dropped.
    pub arrivals: Sum,
    /// Their answers to members that would be hidden.
    pub answers: Sum,
    /// In so many conversations.
    pub conversations: usize,
    /// Their boosts of members' posts that would be hidden.
    pub boosts: Sum,
    /// Their answers that would be folded.
    pub folded: Sum,
    /// Their answers and boosts that would be shown again.
    pub shown_again: Sum,
    /// Servers from which something would be kept that is not kept now.
    pub servers: BTreeSet<Domain>,
    /// There are more servers than were looked through.
    pub more_servers: bool,
    /// Answers and boosts are not counted: what so many servers sent would have to be read.
    pub too_many_to_count: bool,
}

/// What this change would do. Nothing is changed, and nobody is asked.
pub async fn dry_run(app: &App, change: &Change) -> Result<DryRun> {
    let hosts = concerned::hosts(app, change).await?;
    let mut run = DryRun {
        more_servers: hosts.more,
        ..DryRun::default()
    };
    let hosts = hosts.all;
    run.add_follows(app, change, &hosts).await?;
    run.too_many_to_count = hosts.len() > MOST_SPOKEN;
    if !run.too_many_to_count {
        run.add_spoken(app, change, &hosts).await?;
    }
    run.servers = newly_refused(app, change, &hosts).await?;
    let refused: Vec<&Domain> = run.servers.iter().collect();
    let (community, member) = match change.scope {
        Scope::Operator => (None, None),
        Scope::Community(community) => (Some(community.0), None),
        Scope::Member(member, community) => (Some(community.0), Some(member.0)),
    };
    run.deliveries = sum(delivery::waiting_for(app, &refused, community, member).await?);
    // What comes in for one member only is not told apart before it is read.
    if member.is_none() {
        run.arrivals = sum(queue::waiting_from(app, &refused, community).await?);
    }
    Ok(run)
}

fn sum((count, more): (usize, bool)) -> Sum {
    Sum { count, more }
}

impl DryRun {
    /// Whether it would change nothing of what is here now.
    pub fn is_nothing(&self) -> bool {
        let sums = [
            self.suspended.following.follows,
            self.suspended.followers.follows,
            self.restored.following.follows,
            self.restored.followers.follows,
            self.deliveries,
            self.arrivals,
            self.answers,
            self.boosts,
            self.folded,
            self.shown_again,
        ];
        sums.iter().all(|sum| sum.count == 0)
    }

    async fn add_follows(&mut self, app: &App, change: &Change, hosts: &[Domain]) -> Result<()> {
        let (mut suspended, mut restored) = (Vec::new(), Vec::new());
        let mut more = HashMap::new();
        for side in [Side::Following, Side::Follower] {
            let most = concerned::MOST_LOOKED_AT;
            let found = concerned::follows(app, change, hosts, side, 0, most).await?;
            more.insert(side, found.more);
            let parted = parted(app, change, found.all).await?;
            suspended.extend(parted.suspended);
            restored.extend(parted.restored);
        }
        let both = |pairs: &[Pair]| {
            let people = |side| people(pairs, side, more.get(&side) == Some(&true));
            Follows {
                following: people(Side::Following),
                followers: people(Side::Follower),
                members: by_member(pairs).len(),
            }
        };
        self.suspended = both(&suspended);
        self.restored = both(&restored);
        Ok(())
    }

    /// Answers and boosts, as the member whose posts they are about would see them.
    async fn add_spoken(&mut self, app: &App, change: &Change, hosts: &[Domain]) -> Result<()> {
        let answers = concerned::answers(app, change, hosts).await?;
        let mut conversations = BTreeSet::new();
        for (pair, seen) in answers
            .all
            .iter()
            .zip(seen(app, change, &answers.all).await?)
        {
            match seen {
                Seen::Hidden => {
                    self.answers.count += 1;
                    conversations.insert(pair.conversation);
                }
                Seen::Folded => self.folded.count += 1,
                Seen::Again => self.shown_again.count += 1,
                Seen::Alike => {}
            }
        }
        self.conversations = conversations.len();
        let boosts = concerned::boosts(app, change, hosts).await?;
        for seen in seen(app, change, &boosts.all).await? {
            match seen {
                Seen::Hidden => self.boosts.count += 1,
                Seen::Again => self.shown_again.count += 1,
                Seen::Folded | Seen::Alike => {}
            }
        }
        let more = answers.more;
        self.answers.more = more && self.answers.count > 0;
        self.folded.more = more && self.folded.count > 0;
        self.boosts.more = boosts.more && self.boosts.count > 0;
        self.shown_again.more = (more || boosts.more) && self.shown_again.count > 0;
        Ok(())
    }
}

fn people(pairs: &[Pair], side: Side, more: bool) -> People {
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    let pairs = pairs.iter().filter(|pair| pair.across.side == side);
    for pair in pairs {
        *members.entry(&pair.handle).or_default() += 1;
    }
    let count = members.values().sum();
    let mut most_first: Vec<(String, usize)> = members
        .into_iter()
        .map(|(handle, members)| (handle.to_owned(), members))
        .collect();
    most_first.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let unnamed = most_first.len().saturating_sub(MOST_NAMED);
    most_first.truncate(MOST_NAMED);
    People {
        follows: Sum {
            count,
            more: more && count > 0,
        },
        names: most_first,
        unnamed,
    }
}

/// How a change alters what somebody here sees of somebody there.
#[derive(Clone, Copy)]
enum Seen {
    Hidden,
    Folded,
    Again,
    Alike,
}

/// What the member of each pair would see of the other in a conversation. The same two are asked about once.
async fn seen(app: &App, change: &Change, pairs: &[Pair]) -> Result<Vec<Seen>> {
    let key = |pair: &Pair| (pair.across.member.id, pair.across.other.id);
    let mut asked: HashMap<_, &Pair> = HashMap::new();
    for pair in pairs {
        asked.entry(key(pair)).or_insert(pair);
    }
    let asked: Vec<(_, &Pair)> = asked.into_iter().collect();
    let questions: Vec<(Party, Thing)> = asked
        .iter()
        .map(|(_, pair)| {
            let member = pair.across.member.clone();
            let mut thing = Thing::of(pair.across.other.clone());
            thing.community = thing.community.or(member.community);
            (Party::Member(member), thing)
        })
        .collect();
    let exchanges: Vec<Exchange<'_>> = questions
        .iter()
        .map(|(party, thing)| Exchange {
            party,
            act: Act::Read,
            way: Way::Conversation,
            thing,
        })
        .collect();
    let judged = app
        .gate
        .judge_by(&[&*change.before, &*change.after], &exchanges)
        .await?;
    let [before, after] = judged.as_slice() else {
        return Ok(vec![Seen::Alike; pairs.len()]);
    };
    let mut answers = HashMap::new();
    for ((key, _), (before, after)) in asked.iter().zip(before.iter().zip(after)) {
        let folds =
            |verdict: &comity_policy::Verdict| verdict.conditions.contains(Conditions::FOLDED);
        let seen = match (before.is_allowed(), after.is_allowed()) {
            (true, false) => Seen::Hidden,
            (false, true) => Seen::Again,
            (true, true) if folds(after) && !folds(before) => Seen::Folded,
            (true, true) if folds(before) && !folds(after) => Seen::Again,
            _ => Seen::Alike,
        };
        answers.insert(*key, seen);
    }
    let seen = pairs.iter().map(|pair| answers.get(&key(pair)).copied());
    Ok(seen.map(|seen| seen.unwrap_or(Seen::Alike)).collect())
}

/// Servers to which nothing is sent any more after the change, and was before it.
async fn newly_refused(app: &App, change: &Change, hosts: &[Domain]) -> Result<BTreeSet<Domain>> {
    let thing = Thing::of(owner(app, change.scope).await?);
    let parties: Vec<Party> = hosts.iter().cloned().map(Party::Instance).collect();
    let exchanges: Vec<Exchange<'_>> = parties
        .iter()
        .map(|party| Exchange {
            party,
            act: Act::Receive,
            way: Way::FollowerDelivery,
            thing: &thing,
        })
        .collect();
    let books = [&*change.before, &*change.after];
    let judged = app.gate.judge_by(&books, &exchanges).await?;
    let [before, after] = judged.as_slice() else {
        return Ok(BTreeSet::new());
    };
    let is_refused = |verdict: &comity_policy::Verdict| verdict.outcome == Outcome::Refuse;
    let both = hosts.iter().zip(before.iter().zip(after));
    Ok(both
        .filter(|(_, (before, after))| !is_refused(before) && is_refused(after))
        .map(|(host, _)| host.clone())
        .collect())
}

/// In whose place servers are asked about: the member, or the account that speaks for the community. Of the whole
/// installation, the oldest community.
async fn owner(app: &App, scope: Scope) -> Result<Person> {
    let communities = app.communities.load();
    let id = match scope {
        Scope::Member(member, _) => member.0,
        Scope::Community(community) => {
            let community = communities.by_id(community.0).ok_or(Error::NotFound)?;
            community.actor_id
        }
        Scope::Operator => communities.first().ok_or(Error::NotFound)?.actor_id,
    };
    Ok(accounts::find(app, id).await?.person())
}
