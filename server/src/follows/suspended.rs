//! Follows across a refused border. Their rows stay: while a rule stands, the gate lets nothing pass by them, and when
//! it is taken back they work again, as far as the other side did not end them meanwhile (boundaries L60).
//!
//! Whether one is suspended is not written down but asked, so that it cannot be out of date. Only what binds the member
//! themself counts: their own rules and mode, and those of their community and of the installation. What the other side
//! laid down is not theirs to know (L29).

use std::sync::Arc;

use comity_policy::{
    Act, Because, Exchange, Outcome, Party, Person, PersonId, RuleBook, Thing, Verdict, Way,
};

use super::store;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::Result;
use crate::rules;

/// Follows of one member that are looked at for what is suspended, in each direction, the newest accounts first. Whoever
/// has more is told so.
const MOST_LOOKED_AT: i64 = 2_000;
/// Followers here that are asked about before one is taken to be let.
const MOST_ASKED: i64 = 200;
/// Follows judged with one look at the facts: two pairs of ties each.
const BATCH: usize = 1_000;

/// From where a member looks at a follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The member follows the other.
    Following,
    /// The other follows the member.
    Follower,
}

/// A follow between a member and somebody of another community or server.
#[derive(Debug, Clone)]
pub struct Across {
    /// Who lives here.
    pub member: Person,
    /// The other.
    pub other: Person,
    /// Which of the two follows.
    pub side: Side,
}

/// A follow that is suspended.
#[derive(Debug)]
pub struct Suspension {
    /// The other.
    pub other: Arc<Account>,
    /// Which of the two follows.
    pub side: Side,
    /// Why, with a reason that the member may hear.
    pub verdict: Verdict,
}

/// What of a member's follows is suspended.
#[derive(Debug, Default)]
pub struct Suspended {
    /// Newest accounts first.
    pub all: Vec<Suspension>,
    /// There are more follows than were looked at.
    pub more: bool,
}

impl Suspended {
    /// How many in this direction.
    pub fn count(&self, side: Side) -> usize {
        let all = self.all.iter();
        all.filter(|suspension| suspension.side == side).count()
    }
}

/// Which follows of this member are suspended now. Nothing is looked up where nothing binds them that could part them
/// from anybody.
pub async fn suspended(app: &App, me: &Arc<Account>) -> Result<Suspended> {
    let book = app.gate.book();
    let person = me.person();
    let (Some(id), Some(community)) = (person.id, person.community) else {
        return Ok(Suspended::default());
    };
    if !book.can_part(id, community) {
        return Ok(Suspended::default());
    }
    let mut looked_at = Vec::new();
    let mut more = false;
    for side in [Side::Following, Side::Follower] {
        let host = me.host.as_str();
        let ids = match side {
            Side::Following => {
                store::following_away(&app.db, me.id, host, MOST_LOOKED_AT + 1).await?
            }
            Side::Follower => {
                store::followers_away(&app.db, me.id, host, MOST_LOOKED_AT + 1).await?
            }
        };
        let most = usize::try_from(MOST_LOOKED_AT).unwrap_or(usize::MAX);
        more |= ids.len() > most;
        let found = accounts::find_many(app, ids.iter().copied().take(most).collect()).await?;
        let others = ids.iter().filter_map(|id| found.get(id));
        looked_at.extend(others.map(|other| (other.clone(), side)));
    }
    let across = |(other, side): &(Arc<Account>, Side)| Across {
        member: me.person(),
        other: other.person(),
        side: *side,
    };
    let follows: Vec<Across> = looked_at.iter().map(across).collect();
    let verdicts = judge(app, &[&book], &follows).await?.pop();
    let all = looked_at
        .into_iter()
        .zip(verdicts.unwrap_or_default())
        .filter_map(|((other, side), verdict)| {
            let verdict = verdict?;
            Some(Suspension {
                other,
                side,
                verdict,
            })
        })
        .collect();
    Ok(Suspended { all, more })
}

/// Whether somebody here follows `other`, who lives elsewhere, by a follow that works; a member who is suspended by their
/// community does not count. Where all that were looked at are
/// suspended and there are more, one of those is taken to work.
pub(crate) async fn is_followed_here(app: &App, other: &Account) -> Result<bool> {
    let ids = store::followers_here(&app.db, other.id, MOST_ASKED).await?;
    if ids.is_empty() || i64::try_from(ids.len()).unwrap_or(MOST_ASKED) == MOST_ASKED {
        return Ok(!ids.is_empty());
    }
    let book = app.gate.book();
    let members = accounts::find_many(app, ids).await?;
    let mut follows = Vec::new();
    for member in members.values().map(|member| member.person()) {
        if let (Some(id), Some(community)) = (member.id, member.community)
            && !book.can_part(id, community)
        {
            return Ok(true);
        }
        follows.push(Across {
            member,
            other: other.person(),
            side: Side::Following,
        });
    }
    let verdicts = judge(app, &[&book], &follows).await?;
    Ok(verdicts.iter().flatten().any(Option::is_none))
}

/// By each of these books, for each of these follows: why it is suspended, with a reason that the member may hear;
/// `None` where it works.
pub async fn judge(
    app: &App,
    books: &[&RuleBook],
    follows: &[Across],
) -> Result<Vec<Vec<Option<Verdict>>>> {
    let mut answers: Vec<Vec<Option<Verdict>>> = books.iter().map(|_| Vec::new()).collect();
    for batch in follows.chunks(BATCH) {
        let questions: Vec<(Party, Act, Way, Thing)> = batch.iter().map(question).collect();
        let exchanges: Vec<Exchange<'_>> = questions
            .iter()
            .map(|(party, act, way, thing)| Exchange {
                party,
                act: *act,
                way: *way,
                thing,
            })
            .collect();
        let judged = app.gate.judge_by(books, &exchanges).await?;
        for ((book, verdicts), answers) in books.iter().zip(judged).zip(&mut answers) {
            let told = batch.iter().zip(verdicts).map(|(follow, verdict)| {
                let member = Party::Member(follow.member.clone());
                own(book, &member, verdict)
            });
            answers.extend(told);
        }
    }
    Ok(answers)
}

/// What would flow by the follow: to a follower, what is public; from whom is followed, the same.
fn question(follow: &Across) -> (Party, Act, Way, Thing) {
    let (member, other) = (follow.member.clone(), follow.other.clone());
    match follow.side {
        Side::Following => {
            let mut thing = Thing::of(other);
            thing.community = thing.community.or(member.community);
            (Party::Member(member), Act::Read, Way::HomeTimeline, thing)
        }
        Side::Follower => {
            let thing = Thing::of(member);
            match other.community {
                Some(_) => (Party::Member(other), Act::Read, Way::HomeTimeline, thing),
                None => (
                    Party::Account(other),
                    Act::Receive,
                    Way::FollowerDelivery,
                    thing,
                ),
            }
        }
    }
}

/// The verdict with the reason that binds the member; `None` where nothing of theirs refuses. Their own block or mute
/// suspends nothing: a block ends follows, and a mute hides.
fn own(book: &RuleBook, member: &Party, mut verdict: Verdict) -> Option<Verdict> {
    if verdict.outcome != Outcome::Refuse {
        return None;
    }
    let because = rules::own_reason(book, member, &verdict)?;
    let suspends = matches!(
        because,
        Because::Rule(_)
            | Because::Limited(_)
            | Because::Mode(..)
            | Because::OwnMode(..)
            | Because::EmergencyGate(_)
    );
    verdict.because = because;
    suspends.then_some(verdict)
}

/// Whether anything that binds this member stands between them and each of these, in this order.
pub async fn is_suspended(app: &App, follows: &[Across]) -> Result<Vec<bool>> {
    let book = app.gate.book();
    let can_part = follows.iter().any(|follow| {
        let person = &follow.member;
        let both = person.id.zip(person.community);
        both.is_some_and(|(id, community): (PersonId, _)| book.can_part(id, community))
    });
    if !can_part {
        return Ok(vec![false; follows.len()]);
    }
    let verdicts = judge(app, &[&book], follows).await?.pop();
    let verdicts = verdicts.unwrap_or_default();
    Ok(verdicts.iter().map(Option::is_some).collect())
}
