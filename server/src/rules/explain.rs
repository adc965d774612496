//! Why: what the rules say of somebody, in words for one reader, and the question that every act of a member asks.

use comity_policy::{
    Act, Because, CommunityId, Conditions, Exchange, Listener, Party, Pattern, Person, PersonId,
    Rule, RuleBook, RuleId, Scope, Stance, Subject, Verdict, Way,
};
use comity_vocab::Domain;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Visit;
use crate::members::Role;

/// The verdict under which `party` may do this to `item`; a no is *forbidden*, with the reason in words for `party`.
/// For what they were shown already: of the rest, not even the reason may be told.
pub async fn may<T: Subject>(
    app: &App,
    party: &Party,
    act: Act,
    way: Way,
    item: &T,
) -> Result<Verdict> {
    app.gate
        .may(party, act, way, item)
        .await?
        .map_err(|refusal| Error::Forbidden(sentence_to(app, party, &refusal.verdict)))
}

/// Why this was decided, in words for the party themself: a member hears the reasons meant for members, and their own;
/// everybody else those for everybody.
pub fn sentence_to(app: &App, party: &Party, verdict: &Verdict) -> String {
    let (person, listener) = match party {
        Party::Member(Person {
            id: Some(id),
            community: Some(community),
            ..
        }) => (Some(*id), Listener::Member(*id, *community)),
        _ => (None, Listener::Public),
    };
    plainly_to(app, person, listener, verdict.because)
        .unwrap_or_else(|| verdict.sentence_for(&app.gate.book(), listener))
}

/// What of a refusal its sender may hear: their own rule, their community's, or the operator's. `None`: somebody else's
/// rule or block decided alone, and not even that there is one may be told.
pub fn own_reason(book: &RuleBook, sender: &Party, verdict: &Verdict) -> Option<Because> {
    if verdict.because == Because::KeptFrom || verdict.because.is_their_own(sender, book) {
        return Some(verdict.because);
    }
    let withholds = |id: RuleId| {
        let stance = book.rule(id).map(|rule| rule.stance);
        matches!(
            stance,
            Some(Stance::Ask | Stance::Withheld | Stance::Refused)
        )
    };
    let considered = verdict.considered.iter().filter(|id| withholds(**id));
    considered
        .map(|id| Because::Rule(*id))
        .find(|because| because.is_their_own(sender, book))
}

/// May `me` send a post to, and get posts from, this other side? The two answers that every explanation starts with.
pub struct Explanation {
    /// What they send to us.
    pub inward: Verdict,
    /// What we send to them.
    pub outward: Verdict,
}

/// Explains how `me` (or a community, when nobody in particular asks) and `other` stand.
pub async fn explain(app: &App, owner: &Account, other: &Party) -> Result<Explanation> {
    let thing = owner.thing();
    let inward = app
        .gate
        .judge(&Exchange {
            party: other,
            act: Act::Deliver,
            way: Way::Command,
            thing: &thing,
        })
        .await?;
    let outward = app
        .gate
        .judge(&Exchange {
            party: other,
            act: Act::Receive,
            way: Way::Command,
            thing: &thing,
        })
        .await?;
    Ok(Explanation { inward, outward })
}

/// A stance that a rule or a mode takes, in words for one reader.
pub struct Towards {
    /// Which.
    pub stance: Stance,
    /// Whose and why: a sentence.
    pub sentence: String,
}

/// What the reader's own rules, or their community's, hold against somebody; `None` where nothing is held.
pub async fn stance_towards(app: &App, visit: &Visit, person: &Person) -> Result<Option<Towards>> {
    towards(app, visit, &Party::Account(person.clone())).await
}

/// What the reader's own rules, or their community's, hold against a server.
pub async fn stance_towards_server(
    app: &App,
    visit: &Visit,
    server: &Domain,
) -> Result<Option<Towards>> {
    if *server == visit.community.domain {
        return Ok(None);
    }
    towards(app, visit, &Party::Instance(server.clone())).await
}

async fn towards(app: &App, visit: &Visit, other: &Party) -> Result<Option<Towards>> {
    let owner = match &visit.me {
        Some(me) => me.account.clone(),
        None => accounts::find(app, visit.community.actor_id).await?,
    };
    let verdict = app
        .gate
        .judge(&Exchange {
            party: other,
            act: Act::Deliver,
            way: Way::Inbox,
            thing: &owner.thing(),
        })
        .await?;
    let book = app.gate.book();
    // What the other side laid down is not the reader's to know.
    let is_ours = |rule: &&Rule| match rule.scope {
        Scope::Operator => true,
        Scope::Community(of) | Scope::Member(_, of) => of == visit.community.policy_id(),
    };
    let stance = match verdict.because {
        Because::Rule(id) | Because::Limited(id) => {
            book.rule(id).filter(is_ours).map(|rule| rule.stance)
        }
        Because::Mode(_, mode) => Some(mode.stance()),
        _ => None,
    };
    Ok(stance
        .filter(|stance| !matches!(stance, Stance::Open | Stance::Unchanged))
        .map(|stance| Towards {
            stance,
            sentence: plainly(app, visit, verdict.because)
                .unwrap_or_else(|| verdict.sentence_for(&book, listener(visit))),
        }))
}

/// Why a rule decided, as pages say it: short, with the community's name, and without the number, which is for logs
/// and the command line. `None` where it was no plain rule of the reader or of their community.
pub fn plainly(app: &App, visit: &Visit, because: Because) -> Option<String> {
    let own = visit.me.as_ref().map(|me| PersonId(me.account.id));
    plainly_to(app, own, listener(visit), because)
}

/// The same to `person`, if it is one, who may hear what `listener` may.
pub fn plainly_to(
    app: &App,
    person: Option<PersonId>,
    listener: Listener,
    because: Because,
) -> Option<String> {
    let (Because::Rule(id) | Because::Limited(id)) = because else {
        return None;
    };
    let book = app.gate.book();
    let rule = book
        .rule(id)
        .filter(|rule| rule.conditions == Conditions::NONE)?;
    let (verb, rest) = match rule.stance {
        Stance::Open => ("welcome", ""),
        // What it adds is all that it says.
        Stance::Unchanged => return None,
        Stance::Limited => ("limit", ""),
        Stance::Ask => ("ask", " first about"),
        Stance::Withheld => ("withhold", " what is not public from"),
        Stance::Refused => ("refuse", ""),
    };
    let does = match rule.scope {
        Scope::Member(owner, _) if Some(owner) == person => format!("You {verb}{rest}"),
        Scope::Community(of) => {
            let community = app.communities.load().by_id(of.0)?;
            format!("{} {verb}s{rest}", community.name)
        }
        _ => return None,
    };
    let whom = match &rule.pattern {
        Pattern::Everything => "every server".to_owned(),
        Pattern::Account(_) => "this person".to_owned(),
        other => book.whom(other),
    };
    let since = crate::web::time::day(rule.set_at);
    Some(match rule.reason_for(listener) {
        Some(reason) => format!("{does} {whom} since {since}: {reason}"),
        None => format!("{does} {whom} since {since}."),
    })
}

/// Which reasons a reader may hear.
pub fn listener(visit: &Visit) -> Listener {
    match &visit.me {
        Some(me) if me.member.role >= Role::Moderator => {
            Listener::Moderator(CommunityId(me.community.id), Some(PersonId(me.account.id)))
        }
        Some(me) => Listener::Member(PersonId(me.account.id), CommunityId(me.community.id)),
        None => Listener::Public,
    }
}
