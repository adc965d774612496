//! First contacts: what waits until a member says yes.
//!
//! Where a rule or a mode says *ask*, a post by somebody unknown that names or answers a member is kept, shown to nobody
//! but that member, and tells nobody. The member lets one post in, says yes to its author for good (a *welcome*, which
//! the gate asks for from then on), or no. A follow waits beside it, as one of a locked account does. Whoever sent it
//! hears the same as after a yes.

pub mod api;
mod moderated;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Conditions, Outcome, Party, Peer, Verdict, Visible, Way};
use comity_vocab::Domain;

pub use moderated::{
    Always, Stranger, check_member_may_answer, check_moderators_answer, open, queue,
    send_away as send_away_of_community, unwelcome as unwelcome_of_community,
    welcome as welcome_to_community, welcomed as welcomed_by_community,
};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::{Answers, Community};
use crate::error::{Error, Result};
use crate::quotes::Seen;
use crate::statuses::{self, Status};
use crate::{follows, instances, rules};

/// Posts that wait for one member; they never hear of what comes beyond.
const MOST_HELD: i64 = 1_000;
/// And by one sender, who has said enough to be decided about.
const MOST_OF_A_SENDER: i64 = 20;
/// Posts and people looked at for the page, the newest.
const MOST_SHOWN: i64 = 60;
/// People who wait are counted up to here.
const MOST_COUNTED: i64 = 100;
/// People of one's own community who follow somebody are counted up to here.
const MOST_FOLLOWERS: i64 = 100;
/// What nobody answers for so long is answered by that.
const KEPT_MS: i64 = 30 * DAY_MS;

/// Of a new status, a member who is asked about its author first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The member.
    pub account_id: i64,
    /// It names them; otherwise it only answers them.
    pub is_named: bool,
    /// Another post may wait for them: beyond a bound they never hear of it.
    pub has_room: bool,
}

/// Somebody who waits for a yes, with what is known of them.
pub struct Waiting {
    /// Who.
    pub sender: Visible<Account>,
    /// They ask to follow.
    pub asks_to_follow: bool,
    /// Their posts that wait, newest first.
    pub posts: Vec<Visible<Status>>,
    /// Why they are asked about, in words for the member; none when they are not (any more).
    pub why: Option<String>,
    /// What is known of their server.
    pub server: Peer,
    /// How many of the member's own community follow them.
    pub followed_by: i64,
    /// The member may say yes; otherwise moderators do.
    pub may_answer: bool,
}

/// Adds this member to those who are asked about `author` first.
pub async fn ask(
    app: &App,
    asked: &mut Vec<Asked>,
    account_id: i64,
    is_named: bool,
    author: &Account,
) -> Result<()> {
    if asked.iter().any(|one| one.account_id == account_id) {
        return Ok(());
    }
    let (all, theirs) = store::held(&app.db, account_id, author.id, MOST_HELD).await?;
    asked.push(Asked {
        account_id,
        is_named,
        has_room: all < MOST_HELD && theirs < MOST_OF_A_SENDER,
    });
    Ok(())
}

/// Lets a new status wait, in the transaction that stores it.
pub fn hold(tx: &mut Tx, asked: Asked, status_id: i64, sender_id: i64, now_ms: i64) {
    if asked.has_room {
        let Asked {
            account_id,
            is_named,
            ..
        } = asked;
        store::hold(tx, account_id, status_id, sender_id, is_named, now_ms);
    }
}

/// How many people wait for an answer of this member: to a follow, or with a post.
pub async fn count(app: &App, me: &Account) -> Result<u64> {
    let people = store::count_people(&app.db, me.id, MOST_COUNTED).await?;
    Ok(u64::try_from(people).unwrap_or(0))
}

/// Who waits for this member, the newest first.
pub async fn list(app: &App, community: &Community, me: &Arc<Account>) -> Result<Vec<Waiting>> {
    let party = Party::Member(me.person());
    let rows = store::newest(&app.db, me.id, MOST_SHOWN).await?;
    let asking = follows::requests(app, me, MOST_SHOWN).await?;
    let mut order: Vec<i64> = Vec::new();
    let mut seen = HashSet::new();
    for id in rows
        .iter()
        .map(|row| row.sender_id)
        .chain(asking.iter().copied())
    {
        if seen.insert(id) {
            order.push(id);
        }
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.status_id).collect();
    let mut posts: HashMap<i64, Vec<Visible<Status>>> = HashMap::new();
    for post in statuses::find_many(app, &party, Way::Page, &ids).await? {
        posts.entry(post.author.id).or_default().push(post);
    }
    let mut people = accounts::show_many(app, &party, Way::Page, &order).await?;
    let senders: Vec<Visible<Account>> = order
        .into_iter()
        .filter_map(|id| people.get_mut(&id)?.pop())
        .collect();
    let whom: Vec<&Account> = senders.iter().map(|sender| &**sender).collect();
    let hosts: Vec<Domain> = whom.iter().map(|sender| sender.host.clone()).collect();
    let ids = whom.iter().map(|sender| sender.id).collect();
    let mut servers: HashMap<Domain, Peer> = HashMap::new();
    servers.extend(instances::peers(&app.db, &hosts, app.now_ms()).await?);
    let followed = store::followed_by(&app.db, ids, community.id, MOST_FOLLOWERS).await?;
    let face = accounts::find(app, community.actor_id).await?;
    let mut verdicts = moderated::verdicts(app, &[me, &face], &whom).await?;
    let of_community = verdicts.pop().unwrap_or_default();
    let of_me = verdicts.pop().unwrap_or_default();
    let by_moderators = community.answers == Answers::Moderators;
    let waiting = senders
        .into_iter()
        .zip(of_me.into_iter().zip(of_community))
        .map(|(sender, (mine, theirs))| Waiting {
            may_answer: !(by_moderators && moderated::is_asked(&theirs)),
            why: why(app, &party, &mine),
            asks_to_follow: asking.contains(&sender.id),
            posts: posts.remove(&sender.id).unwrap_or_default(),
            server: servers.get(&sender.host).cloned().unwrap_or_default(),
            followed_by: followed.get(&sender.id).copied().unwrap_or_default(),
            sender,
        });
    Ok(waiting.collect())
}

/// Why a word of a sender to `me` waits, if it does.
fn why(app: &App, me: &Party, verdict: &Verdict) -> Option<String> {
    let asks = verdict.outcome == Outcome::Hold
        || verdict
            .conditions
            .contains(Conditions::FOLLOWS_NEED_APPROVAL);
    asks.then(|| rules::sentence_to(app, me, verdict))
}

fn party_of(account: &Account) -> Party {
    if account.is_local() {
        Party::Member(account.person())
    } else {
        Party::Account(account.person())
    }
}

/// `me` lets one post in, as they saw it; its author is asked about again next time.
pub async fn let_in(app: &App, me: &Arc<Account>, status_id: i64, seen: Seen) -> Result<()> {
    let row = store::find(&app.db, me.id, status_id)
        .await?
        .ok_or(Error::NotFound)?;
    check_member_may_answer(app, me, row.sender_id).await?;
    let mut tx = Tx::new();
    store::release(&mut tx, me.id, status_id);
    statuses::let_in(app, &mut tx, me, status_id, row.is_named, seen).await?;
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// `me` does not want this post. Nobody hears of that, but for who was told that answers wait.
pub async fn dismiss(app: &App, me: &Account, status_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::release(&mut tx, me.id, status_id);
    statuses::turn_down(app, &mut tx, me.id, status_id).await?;
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// `me` says yes to this person, now and from now on: what waits comes in.
pub async fn welcome(app: &App, me: &Arc<Account>, sender_id: i64) -> Result<()> {
    let sender = accounts::show(app, &Party::Member(me.person()), Way::Page, sender_id).await?;
    check_member_may_answer(app, me, sender.id).await?;
    let mut tx = Tx::new();
    store::welcome(&mut tx, me.id, sender.id, app.now_ms());
    app.commit(tx).await?;
    for row in store::by_sender(&app.db, me.id, sender.id, MOST_OF_A_SENDER).await? {
        gone_is_fine(let_in(app, me, row.status_id, Seen::Whatever).await)?;
    }
    gone_is_fine(follows::accept_request(app, me, sender.id).await)
}

/// `me` says no to all that waits of this person. What they say next is asked about again; a rule or a block ends that.
pub async fn send_away(app: &App, me: &Arc<Account>, sender_id: i64) -> Result<()> {
    dismiss_all(app, me, sender_id).await?;
    gone_is_fine(follows::reject_request(app, me, sender_id).await)
}

/// Whether a post of this person waits for `me`.
pub async fn waits(app: &App, me: &Account, sender_id: i64) -> Result<bool> {
    let waiting = store::by_sender(&app.db, me.id, sender_id, 1).await?;
    Ok(!waiting.is_empty())
}

/// `me` says yes to this person from now on, in the caller's transaction; nothing that waits is touched.
pub(crate) fn permit(tx: &mut Tx, app: &App, me: &Account, sender_id: i64) {
    store::welcome(tx, me.id, sender_id, app.now_ms());
}

/// `me` wants none of the posts that wait of this person. A follow that waits goes on waiting.
pub(crate) async fn dismiss_all(app: &App, me: &Account, sender_id: i64) -> Result<()> {
    for row in store::by_sender(&app.db, me.id, sender_id, MOST_OF_A_SENDER).await? {
        gone_is_fine(dismiss(app, me, row.status_id).await)?;
    }
    Ok(())
}

/// Another answer was quicker, or there was nothing of that kind.
pub(crate) fn gone_is_fine(came: Result<()>) -> Result<()> {
    match came {
        Err(Error::NotFound) => Ok(()),
        other => other,
    }
}

/// The people to whom `me` said yes for good, newest first.
pub async fn welcomed(app: &App, me: &Account) -> Result<Vec<Visible<Account>>> {
    let ids = store::welcomed(&app.db, me.id, MOST_SHOWN).await?;
    let mut shown = accounts::show_many(app, &Party::Member(me.person()), Way::Page, &ids).await?;
    Ok(ids
        .iter()
        .filter_map(|id| shown.get_mut(id)?.pop())
        .collect())
}

/// Takes a yes back. What came in by it stays.
pub async fn unwelcome(app: &App, me: &Account, account_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::unwelcome(&mut tx, me.id, account_id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Turns down what nobody answered for a month; how many it were.
pub(crate) async fn forget_old(app: &App, now_ms: i64, most: i64) -> Result<u64> {
    let old = store::old(&app.db, now_ms - KEPT_MS, most).await?;
    let count = old.len();
    for (account_id, status_id) in old {
        let member = accounts::find(app, account_id).await?;
        gone_is_fine(dismiss(app, &member, status_id).await)?;
    }
    Ok(u64::try_from(count).unwrap_or(0))
}
