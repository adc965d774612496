//! First contacts of a whole community: who waits for its members because the community asks, answered by its
//! moderators where it is set so. They see who it is and what is known of the server, and nothing of what was written.

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{
    Act, Because, Conditions, Exchange, Mode, Outcome, Party, Pattern, Peer, PersonId, Rule, Scope,
    Stance, Thing, Verdict, Way,
};
use comity_vocab::Domain;

use super::store::WaitingRow;
use super::{MOST_FOLLOWERS, MOST_OF_A_SENDER, dismiss, gone_is_fine, let_in, party_of, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::{Answers, Community};
use crate::error::{Error, Result};
use crate::follows::{self, followed_on};
use crate::instances;
use crate::quotes::Seen;
use crate::rules::{self, NewRule, Source, of_community};
use crate::statuses;

/// People on the page, those who came last.
const MOST_SHOWN: i64 = 60;
/// So often it is read on where many of those who wait are none that the community asks about.
const MOST_ROUNDS: i64 = 5;
/// Members for whom one person waits who are answered at once; for the others each answers on their own.
const MOST_MEMBERS: i64 = 500;

/// Somebody who waits because the community asks.
pub struct Stranger {
    /// Who.
    pub sender: Arc<Account>,
    /// What is known of their server.
    pub server: Peer,
    /// How many of their posts wait.
    pub posts: i64,
    /// For how many members something of theirs waits.
    pub members: i64,
    /// How many members follow them already.
    pub followed_by: i64,
    /// How many people on their server members follow.
    pub followed_there: i64,
}

/// Whom a yes is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Always {
    /// For this one person.
    Person,
    /// For everybody on their server.
    Server,
}

/// Who waits for members of this community because the community asks, who came last first.
pub async fn queue(app: &App, community: &Community) -> Result<Vec<Stranger>> {
    let (rows, people) = asked_about(app, community).await?;
    let hosts: Vec<Domain> = people.values().map(|sender| sender.host.clone()).collect();
    let peers = instances::peers(&app.db, &hosts, app.now_ms()).await?;
    let there = followed_on(app, community, &hosts).await?;
    let ids = rows.iter().map(|row| row.sender_id).collect();
    let followed = store::followed_by(&app.db, ids, community.id, MOST_FOLLOWERS).await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(sender) = people.get(&row.sender_id) else {
            continue;
        };
        let of_server = peers.iter().find(|(domain, _)| *domain == sender.host);
        waiting.push(Stranger {
            server: of_server.map(|(_, peer)| peer.clone()).unwrap_or_default(),
            posts: row.posts,
            members: row.members,
            followed_by: followed.get(&sender.id).copied().unwrap_or_default(),
            followed_there: there.get(&sender.host).copied().unwrap_or_default(),
            sender: sender.clone(),
        });
    }
    Ok(waiting)
}

/// Who waits and is somebody that the community asks about, who came last first.
async fn asked_about(
    app: &App,
    community: &Community,
) -> Result<(Vec<WaitingRow>, HashMap<i64, Arc<Account>>)> {
    let face = accounts::find(app, community.actor_id).await?;
    let (mut asked, mut people) = (Vec::new(), HashMap::new());
    for round in 0..MOST_ROUNDS {
        let from = round * MOST_SHOWN;
        let rows = store::waiting_in(&app.db, community.id, MOST_SHOWN, from).await?;
        let ids = rows.iter().map(|row| row.sender_id).collect();
        let found = accounts::find_many(app, ids).await?;
        let is_last = i64::try_from(rows.len()).is_ok_and(|len| len < MOST_SHOWN);
        let known: Vec<(WaitingRow, &Arc<Account>)> = rows
            .into_iter()
            .filter_map(|row| Some((row, found.get(&row.sender_id)?)))
            .collect();
        let senders: Vec<&Account> = known.iter().map(|(_, sender)| &***sender).collect();
        let of_community = verdicts(app, &[&face], &senders).await?.pop();
        for ((row, sender), verdict) in known.into_iter().zip(of_community.unwrap_or_default()) {
            if is_asked(&verdict) {
                people.insert(sender.id, sender.clone());
                asked.push(row);
            }
        }
        if is_last || i64::try_from(asked.len()).is_ok_and(|len| len >= MOST_SHOWN) {
            break;
        }
    }
    Ok((asked, people))
}

/// Whether the community itself asks about this person, whatever its members do.
async fn asks(app: &App, community: &Community, sender: &Account) -> Result<bool> {
    let face = accounts::find(app, community.actor_id).await?;
    waits_for(app, &face, sender).await
}

async fn waits_for(app: &App, target: &Account, sender: &Account) -> Result<bool> {
    Ok(is_asked(&verdict(app, target, sender).await?))
}

/// Whether a word that is answered so waits for a yes.
pub(super) fn is_asked(verdict: &Verdict) -> bool {
    verdict.outcome == Outcome::Hold && verdict.conditions.contains(Conditions::HELD)
}

/// What the gate says of a follow of each target by each sender, in their order, with one look at the facts.
pub(super) async fn verdicts(
    app: &App,
    targets: &[&Account],
    senders: &[&Account],
) -> Result<Vec<Vec<Verdict>>> {
    let parties: Vec<Party> = senders.iter().map(|sender| party_of(sender)).collect();
    let things: Vec<Thing> = targets
        .iter()
        .map(|target| Thing::of(target.person()))
        .collect();
    let exchanges: Vec<Exchange<'_>> = things
        .iter()
        .flat_map(|thing| {
            parties.iter().map(move |party| Exchange {
                party,
                act: Act::Follow,
                way: Way::Inbox,
                thing,
            })
        })
        .collect();
    let book = app.gate.book();
    let answers = app.gate.judge_by(&[&*book], &exchanges).await?.pop();
    let mut answers = answers.unwrap_or_default().into_iter();
    Ok(targets
        .iter()
        .map(|_| answers.by_ref().take(parties.len()).collect())
        .collect())
}

async fn verdict(app: &App, target: &Account, sender: &Account) -> Result<Verdict> {
    let verdict = app
        .gate
        .judge(&Exchange {
            party: &party_of(sender),
            act: Act::Follow,
            way: Way::Inbox,
            thing: &Thing::of(target.person()),
        })
        .await?;
    Ok(verdict)
}

/// Opening by name lifts a mode and what lists say, and what only adds keeps nobody out; of a rule that asks by name it would
/// lift nothing.
async fn check_opening_helps(app: &App, community: &Community, sender: &Account) -> Result<()> {
    let face = accounts::find(app, community.actor_id).await?;
    let Because::Rule(id) = verdict(app, &face, sender).await?.because else {
        return Ok(());
    };
    let book = app.gate.book();
    let is_no_bar = |rule: &Rule| {
        let of_list = matches!(rule.pattern, Pattern::List(_));
        (of_list && rule.scope == of_community(community)) || rule.stance == Stance::Unchanged
    };
    if book.rule(id).is_some_and(is_no_bar) {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "rule {} asks about them by name, and a boundary that opens to them would not lift it; say yes, or take that rule back",
        id.0
    )))
}

/// Whether this member may answer for themself: not where the community asks about the person and has its moderators
/// answer. Who answers is no secret; the sender hears nothing of it.
pub async fn check_member_may_answer(app: &App, me: &Account, sender_id: i64) -> Result<()> {
    let communities = app.communities.load();
    let Some(community) = me.community_id.and_then(|id| communities.by_id(id)) else {
        return Ok(());
    };
    if community.answers != Answers::Moderators {
        return Ok(());
    }
    let sender = accounts::find(app, sender_id).await?;
    if asks(app, &community, &sender).await? {
        return Err(Error::Forbidden(format!(
            "the moderators of {} answer this",
            community.name
        )));
    }
    Ok(())
}

/// Moderators answer only where their community says so.
pub fn check_moderators_answer(community: &Community) -> Result<()> {
    match community.answers {
        Answers::Members => Err(Error::Forbidden(format!(
            "members of {} answer first contacts themselves",
            community.name
        ))),
        Answers::Moderators | Answers::Either => Ok(()),
    }
}

/// The community says yes to this person. What waits for members comes in, unless they ask themselves.
pub async fn welcome(app: &App, community: &Community, by: &Account, sender_id: i64) -> Result<()> {
    let sender = found(app, community, sender_id).await?;
    let mut tx = Tx::new();
    store::welcome_to(&mut tx, community.actor_id, sender.id, by.id, app.now_ms());
    app.commit(tx).await?;
    release(app, community, &sender).await
}

/// The community opens to this person, or to their server, by a rule with a reason that everybody may read.
pub async fn open(
    app: &App,
    community: &Community,
    by: &Account,
    sender_id: i64,
    whom: Always,
    reason: &str,
) -> Result<()> {
    let sender = found(app, community, sender_id).await?;
    let pattern = match whom {
        Always::Person => Pattern::Account(sender.iri.clone()),
        Always::Server => Pattern::Domain(sender.host.clone()),
    };
    let scope = of_community(community);
    rules::check_pattern(app, scope, &pattern)?;
    check_opening_helps(app, community, &sender).await?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "is empty; say why, for everybody to read",
        ));
    }
    let new = NewRule {
        conditions: rules::conditions::added(app, scope, &pattern),
        lapsing: rules::lapsing(app, scope, &pattern, Conditions::NONE).await?,
        reason_public: Some(reason.to_owned()),
        set_by: Some(by.id),
        ..NewRule::about(scope, pattern, Stance::Open, Source::Person)
    };
    rules::set(app, new).await?;
    release(app, community, &sender).await
}

/// Whether this member is asked about the person by a rule or a mode of their own: then only they answer.
async fn asks_themself(app: &App, member: &Account, sender: &Account) -> Result<bool> {
    let verdict = verdict(app, member, sender).await?;
    let book = app.gate.book();
    let id = PersonId(member.id);
    let own_rule = |rule: &Rule| {
        matches!(rule.scope, Scope::Member(of, _) if of == id) && rule.stance == Stance::Ask
    };
    Ok(book.is_in_wave(id)
        || book.mode_of_member(id) == Mode::Cautious
        || verdict
            .considered
            .iter()
            .any(|rule| book.rule(*rule).is_some_and(own_rule)))
}

/// The community says no to all that waits of this person for members who did not ask themselves, of them or of what is
/// done to their posts. What they send next is asked about again.
pub async fn send_away(app: &App, community: &Community, sender_id: i64) -> Result<()> {
    let sender = found(app, community, sender_id).await?;
    for member in members(app, community, &sender).await? {
        if asks_themself(app, &member, &sender).await? {
            continue;
        }
        for row in store::by_sender(&app.db, member.id, sender.id, MOST_OF_A_SENDER).await? {
            if statuses::waits_by_wish(app, row.status_id, member.id).await? {
                continue;
            }
            gone_is_fine(dismiss(app, &member, row.status_id).await)?;
        }
        if !member.locked {
            gone_is_fine(follows::reject_request(app, &member, sender.id).await)?;
        }
    }
    Ok(())
}

/// Somebody who waits because the community asks; others do not exist for its moderators.
async fn found(app: &App, community: &Community, sender_id: i64) -> Result<Arc<Account>> {
    let sender = accounts::find(app, sender_id).await?;
    if members(app, community, &sender).await?.is_empty() || !asks(app, community, &sender).await? {
        return Err(Error::NotFound);
    }
    Ok(sender)
}

async fn members(app: &App, community: &Community, sender: &Account) -> Result<Vec<Arc<Account>>> {
    let ids = store::members_asked(&app.db, community.id, sender.id, MOST_MEMBERS).await?;
    let found = accounts::find_many(app, ids).await?;
    Ok(found.into_values().collect())
}

/// Lets in what waits for members who do not ask about this person themselves, but for what the member asks about of each.
async fn release(app: &App, community: &Community, sender: &Account) -> Result<()> {
    for member in members(app, community, sender).await? {
        if waits_for(app, &member, sender).await? {
            continue;
        }
        for row in store::by_sender(&app.db, member.id, sender.id, MOST_OF_A_SENDER).await? {
            if statuses::waits_by_wish(app, row.status_id, member.id).await? {
                continue;
            }
            gone_is_fine(let_in(app, &member, row.status_id, Seen::Whatever).await)?;
        }
        if !member.locked {
            gone_is_fine(follows::accept_request(app, &member, sender.id).await)?;
        }
    }
    Ok(())
}

/// The people to whom the community said yes for good, newest first, each with who said it.
pub async fn welcomed(
    app: &App,
    community: &Community,
) -> Result<Vec<(Arc<Account>, Arc<Account>)>> {
    let rows = store::welcomed_by(&app.db, community.actor_id, MOST_SHOWN).await?;
    let ids = rows.iter().flat_map(|(who, by)| [*who, *by]).collect();
    let people = accounts::find_many(app, ids).await?;
    Ok(rows
        .iter()
        .filter_map(|(who, by)| Some((people.get(who)?.clone(), people.get(by)?.clone())))
        .collect())
}

/// Takes a yes of the community back. What came in by it stays.
pub async fn unwelcome(app: &App, community: &Community, account_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::unwelcome(&mut tx, community.actor_id, account_id);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}
