//! What the author of a status says of who may do what with it: from their server's words to columns, to the gate, and
//! to a sentence for whoever may not.

use comity_policy::{
    Act, Because, Circle, Leave, Outcome, Party, Verdict, Visible, Way, Whom, Wishes,
};
use comity_vocab::{Iri, Note, PUBLIC, SubPolicy};
use serde::{Deserialize, Serialize};

use super::model::Status;
use super::policy::Quoting;
use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::rules;

/// What is stored of one act: words for groups, addresses for people.
#[derive(Debug, Default, Serialize, Deserialize)]
struct StoredLeave {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    freely: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asking: Vec<String>,
}

/// What is stored of all.
#[derive(Debug, Default, Serialize, Deserialize)]
struct StoredWishes {
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<StoredLeave>,
    #[serde(skip_serializing_if = "Option::is_none")]
    favourite: Option<StoredLeave>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reblog: Option<StoredLeave>,
    /// Stored also where it is everybody's: of quotes, nothing said is leave for nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<StoredLeave>,
}

/// What a server elsewhere says of a status by `author`, for storing. Empty where it says nothing that binds anybody.
pub(super) fn stored(note: &Note, author: &Account) -> Result<String> {
    let policy = &note.interaction_policy;
    let leave = |said: &Option<SubPolicy>| {
        let leave = leave_of(said.as_ref()?, author);
        (!leave.is_everybodys()).then(|| StoredLeave::of(&leave))
    };
    let wishes = StoredWishes {
        reply: leave(&policy.can_reply),
        favourite: leave(&policy.can_like),
        reblog: leave(&policy.can_announce),
        quote: policy
            .can_quote
            .as_ref()
            .map(|said| StoredLeave::of(&leave_of(said, author))),
    };
    let says = [
        &wishes.reply,
        &wishes.favourite,
        &wishes.reblog,
        &wishes.quote,
    ];
    if says.iter().all(|leave| leave.is_none()) {
        return Ok(String::new());
    }
    Ok(serde_json::to_string(&wishes)?)
}

fn leave_of(said: &SubPolicy, author: &Account) -> Leave {
    let whom = |iri: &Iri| {
        if iri.as_str() == PUBLIC {
            Some(Whom::Everyone)
        } else if author.followers_iri.as_ref() == Some(iri) {
            Some(Whom::Followers)
        } else if author.following_iri.as_ref() == Some(iri) {
            Some(Whom::Following)
        } else {
            // The author may anyway, and is named where nobody else is.
            (*iri != author.iri).then(|| Whom::Person(iri.clone()))
        }
    };
    Leave {
        freely: said.automatic.iter().filter_map(whom).collect(),
        asking: said.manual.iter().filter_map(whom).collect(),
    }
}

/// What a member says of who may quote what they write, for storing.
pub(super) fn of_member(quoting: Quoting) -> Result<String> {
    let wishes = StoredWishes {
        quote: Some(StoredLeave::of(&quoting.leave())),
        ..StoredWishes::default()
    };
    Ok(serde_json::to_string(&wishes)?)
}

/// What was stored; of what is written here only who may quote it is. Where nothing is said of that, nobody may
/// (FEP-044f, and what Mastodon makes of it).
pub(super) fn read(json: &str) -> Result<Wishes> {
    if json.is_empty() {
        return Ok(Wishes {
            quote: Some(Leave::default()),
            ..Wishes::default()
        });
    }
    let stored: StoredWishes = serde_json::from_str(json)
        .map_err(|_| Error::internal(format!("a status has the wishes {json:?}")))?;
    let leave = |stored: Option<StoredLeave>| stored.map(StoredLeave::leave).transpose();
    Ok(Wishes {
        reply: leave(stored.reply)?,
        favourite: leave(stored.favourite)?,
        reblog: leave(stored.reblog)?,
        quote: Some(leave(stored.quote)?.unwrap_or_default()),
    })
}

impl StoredLeave {
    fn of(leave: &Leave) -> StoredLeave {
        let words = |some: &[Whom]| some.iter().map(word).collect();
        StoredLeave {
            freely: words(&leave.freely),
            asking: words(&leave.asking),
        }
    }

    fn leave(self) -> Result<Leave> {
        let read = |words: &[String]| words.iter().map(|word| whom(word)).collect::<Result<_>>();
        Ok(Leave {
            freely: read(&self.freely)?,
            asking: read(&self.asking)?,
        })
    }
}

fn word(whom: &Whom) -> String {
    match whom {
        Whom::Everyone => "everyone".to_owned(),
        Whom::Followers => "followers".to_owned(),
        Whom::Following => "following".to_owned(),
        Whom::Person(iri) => iri.as_str().to_owned(),
    }
}

fn whom(word: &str) -> Result<Whom> {
    Ok(match word {
        "everyone" => Whom::Everyone,
        "followers" => Whom::Followers,
        "following" => Whom::Following,
        _ => Whom::Person(stored_iri(word)?),
    })
}

/// The verdict under which `me` may do this to a status that they were shown; a no is *forbidden*, with the reason in
/// words for them.
pub async fn may(app: &App, me: &Party, act: Act, status: &Visible<Status>) -> Result<Verdict> {
    let answer = app.gate.may(me, act, Way::Page, &**status).await?;
    answer.map_err(|refusal| {
        let why = why_not(status, act, &refusal.verdict);
        Error::Forbidden(why.unwrap_or_else(|| rules::sentence_to(app, me, &refusal.verdict)))
    })
}

/// Why its author's word stands against this act, a sentence; `None` where something else decided.
pub fn why_not(status: &Status, act: Act, verdict: &Verdict) -> Option<String> {
    let by_author = matches!(verdict.because, Because::Wishes(_) | Because::Replies);
    if verdict.outcome != Outcome::Refuse || !by_author {
        return None;
    }
    let who = status.author.handle();
    let does = doing(act);
    Some(match let_do(status, act) {
        groups if groups.is_empty() => format!("{who} lets nobody {does} this"),
        groups => format!("{who} lets only {} {does} this", groups.join(" and ")),
    })
}

/// The author says yes to each first: a sentence for who is about to do it.
pub fn asks_first(status: &Status, act: Act) -> String {
    let who = status.author.handle();
    match act {
        Act::Reply => format!("Your answer waits for a yes of {who}; until then you alone see it."),
        Act::Quote => {
            format!("Your post goes out at once; what it quotes is shown once {who} says yes.")
        }
        _ => format!("{who} wants to be asked first."),
    }
}

fn doing(act: Act) -> &'static str {
    match act {
        Act::Reply => "answer",
        Act::Reblog => "boost",
        Act::Quote => "quote",
        _ => "favourite",
    }
}

/// Whom the author lets do this, in words.
fn let_do(status: &Status, act: Act) -> Vec<&'static str> {
    let mut groups = Vec::new();
    let mut add = |is: bool, words| {
        if is {
            groups.push(words);
        }
    };
    let named = !status.mentions.is_empty();
    if act == Act::Reply && status.author.is_local() {
        let circle = status.replies.freely.max(status.replies.asking);
        add(circle >= Circle::Followers, "their followers");
        add(circle >= Circle::Mentioned && named, "whom it names");
        return groups;
    }
    let Some(leave) = status.wishes.of(act) else {
        return groups;
    };
    let some = |whom: &Whom| leave.freely.contains(whom) || leave.asking.contains(whom);
    add(some(&Whom::Followers), "their followers");
    add(some(&Whom::Following), "those they follow");
    let is_person = |whom: &Whom| matches!(whom, Whom::Person(_));
    let people = leave.freely.iter().chain(&leave.asking).any(is_person);
    match act {
        Act::Reply => add(people || named, "whom it names"),
        _ => add(people, "some people they chose"),
    }
    groups
}

/// Whether its author lets somebody else quote it, at once or once asked.
pub fn may_be_quoted(status: &Status) -> bool {
    let leave = status.wishes.quote.as_ref();
    leave.is_some_and(|leave| !leave.freely.is_empty() || !leave.asking.is_empty())
}

/// Whether its author says to everybody that some quotes of it wait for a yes.
pub(crate) fn lets_quote_by_asking(status: &Status) -> bool {
    let leave = status.wishes.quote.as_ref();
    leave.is_some_and(|leave| !leave.asking.is_empty())
}

/// Whether anything is said that a reader may have to be told before they act.
pub fn has_terms(status: &Status, act: Act) -> bool {
    if act == Act::Quote {
        // Leave for everybody, at once or once asked, is the same whoever reads it.
        let of_some = |leave: &Leave| {
            let mut whom = leave.freely.iter().chain(&leave.asking);
            whom.any(|whom| *whom != Whom::Everyone)
        };
        return status.wishes.quote.as_ref().is_some_and(of_some);
    }
    status.wishes.of(act).is_some()
        || (act == Act::Reply && status.replies != comity_policy::Replies::default())
}
