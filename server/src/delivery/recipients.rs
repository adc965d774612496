//! Whom an outgoing activity reaches, before and after clearance.

mod followers;

use std::collections::HashSet;

use comity_policy::{
    Because, Notice, Party, Person, PersonId, Recipient, Subject, Thing, Verdict, Way,
};
use comity_vocab::{Domain, Visibility};

use super::Outgoing;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::quotes::Quote;
use crate::{reach, reports, rules, stamps, statuses};
pub(super) use followers::{After, START};

/// Whom an activity is meant for.
pub(super) struct Reach {
    /// Followers of the sender.
    followers: bool,
    /// Others, by id; those who live here are left out when they are looked up.
    people: Vec<i64>,
    /// What policy must know of it; `None` for a bare activity, which only needs that the server may be contacted.
    pub thing: Option<Thing>,
    /// Takes back this status: it goes where the ledger says that the status went, and nowhere else.
    ends: Option<i64>,
    /// Asks servers for what the ledger says that they hold, or tells them that somebody left: they were written down
    /// before.
    asks: bool,
    sender_id: i64,
}

/// Some of the recipients.
#[derive(Default)]
pub(super) struct RecipientPage {
    pub people: Vec<Recipient>,
    pub next: Option<After>,
}

/// Recipients after the gate was asked.
#[derive(Default)]
pub(super) struct Cleared {
    pub people: Vec<Recipient>,
    /// Those of them to whom what is sent carries notices, with these.
    pub noted: Vec<(Recipient, Vec<Notice>)>,
    /// With the reason.
    pub refused: Vec<(Recipient, Verdict)>,
}

/// Stands in for a thing while its recipients are cleared; its words are not needed for that.
struct Shadow(Thing);

impl Subject for Shadow {
    fn thing(&self) -> Thing {
        self.0.clone()
    }
}

/// Whom `outgoing` is meant for; `None` when what it is about is gone.
pub(super) async fn of(app: &App, sender: &Account, outgoing: &Outgoing) -> Result<Option<Reach>> {
    let to = |people: Vec<i64>, followers: bool, thing: Option<Thing>| {
        Ok(Some(Reach {
            followers,
            people,
            thing,
            ends: None,
            asks: false,
            sender_id: sender.id,
        }))
    };
    if let Some(status) = outgoing.ends()
        && reach::is_known(app, status).await?
    {
        return Ok(Some(Reach {
            followers: false,
            people: Vec::new(),
            thing: None,
            ends: Some(status),
            asks: false,
            sender_id: sender.id,
        }));
    }
    match outgoing {
        Outgoing::Create { status }
        | Outgoing::Update { status }
        | Outgoing::Announce { status } => {
            let Some(status) = present(statuses::load_one(app, *status).await)? else {
                return Ok(None);
            };
            if status.visibility == Visibility::Local {
                return Ok(None);
            }
            let followers = is_for_followers(status.visibility);
            let mut people: Vec<i64> = status.mentions.iter().map(|account| account.id).collect();
            people.extend(status.in_reply_to.as_ref().map(|account| account.id));
            people.extend(status.reblog_of.as_ref().map(|(_, author)| author.id));
            if matches!(outgoing, Outgoing::Update { .. }) {
                people.extend(statuses::reached(&app.db, status.id).await?);
                // They were shown it when they were asked.
                let quoted = status
                    .quote
                    .iter()
                    .filter_map(|quote| quote.author.as_ref());
                people.extend(quoted.map(|author| author.id));
            }
            to(people, followers, Some(status.thing()))
        }
        Outgoing::QuoteRequest { status } => {
            let Some(status) = present(statuses::load_one(app, *status).await)? else {
                return Ok(None);
            };
            let quote = status.quote.as_ref();
            let Some(asked) = quote.and_then(Quote::asks_elsewhere) else {
                return Ok(None);
            };
            to(vec![asked.id], false, Some(status.thing()))
        }
        Outgoing::AskBack { .. } | Outgoing::DeleteActor => Ok(Some(Reach {
            followers: false,
            people: Vec::new(),
            thing: None,
            ends: None,
            asks: true,
            sender_id: sender.id,
        })),
        Outgoing::Delete {
            followers,
            accounts,
            ..
        } => to(accounts.clone(), *followers, None),
        Outgoing::UndoAnnounce { author, .. } => to(vec![*author], true, None),
        Outgoing::Pin { status } => {
            let Some(status) = present(statuses::load_one(app, *status).await)? else {
                return Ok(None);
            };
            to(Vec::new(), true, Some(status.thing()))
        }
        Outgoing::Unpin { status, .. } => {
            // Gone in the meantime: its end names it to those who had it, and to nobody else.
            let Some(status) = status else {
                return Ok(None);
            };
            let Some(status) = present(statuses::load_one(app, *status).await)? else {
                return Ok(None);
            };
            to(Vec::new(), true, Some(status.thing()))
        }
        Outgoing::Flag { report, account } => {
            let Some(thing) = reports::recipients(app, sender, *report, *account).await? else {
                return Ok(None);
            };
            to(vec![*account], false, Some(thing))
        }
        Outgoing::UpdateActor if sender.gone_at.is_some() => Ok(None),
        Outgoing::UpdateActor => to(Vec::new(), true, Some(sender.thing())),
        Outgoing::Follow { target, .. } => to(vec![*target], false, Some(between(sender, *target))),
        Outgoing::Accept { follower, .. } => {
            to(vec![*follower], false, Some(between(sender, *follower)))
        }
        Outgoing::Like { status, .. } | Outgoing::Vote { status, .. } => {
            let Some(status) = present(statuses::load_one(app, *status).await)? else {
                return Ok(None);
            };
            to(
                vec![status.author.id],
                false,
                Some(between(sender, status.author.id)),
            )
        }
        Outgoing::AcceptReply {
            stamp,
            target,
            replier,
            everybody,
        } => {
            if stamps::find(app, *stamp).await?.is_none() {
                return Ok(None);
            }
            if *everybody {
                return around(app, sender, *target, *replier).await;
            }
            to(vec![*replier], false, Some(between(sender, *replier)))
        }
        Outgoing::RejectReply {
            target,
            replier,
            everybody,
            ..
        } => {
            if *everybody {
                return around(app, sender, *target, *replier).await;
            }
            to(vec![*replier], false, None)
        }
        Outgoing::Reject { follower, .. } => to(vec![*follower], false, None),
        Outgoing::UndoFollow { target, .. }
        | Outgoing::Block { target, .. }
        | Outgoing::UndoBlock { target, .. } => to(vec![*target], false, None),
        Outgoing::UndoLike { author, .. } => to(vec![*author], false, None),
    }
}

/// Those who may have what is answered hear what becomes of an answer; nobody whom either of the two keeps away.
async fn around(app: &App, sender: &Account, target: i64, replier: i64) -> Result<Option<Reach>> {
    let Some(target) = present(statuses::load_one(app, target).await)? else {
        return Ok(None);
    };
    if target.visibility == Visibility::Local {
        return Ok(None);
    }
    let mut people = statuses::reached(&app.db, target.id).await?;
    people.retain(|id| *id != replier);
    let mut thing = target.thing();
    thing
        .within
        .push(accounts::find(app, replier).await?.person());
    let followers = is_for_followers(target.visibility);
    Ok(Some(Reach::of_thing(sender, thing, followers, people)))
}

/// Whether followers are among those who get what has this visibility.
pub(super) fn is_for_followers(visibility: Visibility) -> bool {
    match visibility {
        Visibility::Public | Visibility::Unlisted | Visibility::Private => true,
        Visibility::Direct | Visibility::Local => false,
    }
}

/// What passes between two people and nobody else.
fn between(sender: &Account, target: i64) -> Thing {
    Thing {
        visibility: Visibility::Direct,
        addressed: vec![PersonId(target)],
        ..sender.thing()
    }
}

/// Absence is no error here: what an activity was about may be gone when its turn comes.
pub(super) fn present<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound | Error::Gone) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Reach {
    /// A thing of `sender`, for all their followers or for nobody but these people.
    pub fn of_thing(sender: &Account, thing: Thing, followers: bool, people: Vec<i64>) -> Reach {
        Reach {
            followers,
            people,
            thing: Some(thing),
            ends: None,
            asks: false,
            sender_id: sender.id,
        }
    }

    /// All followers of a member, each to be cleared for what the member writes to followers only.
    pub fn of_followers(member: &Account) -> Reach {
        Reach {
            followers: true,
            people: Vec::new(),
            thing: Some(Thing {
                visibility: Visibility::Private,
                ..member.thing()
            }),
            ends: None,
            asks: false,
            sender_id: member.id,
        }
    }

    /// Whether it is for followers and nobody else but those it names.
    pub fn is_for_followers_only(&self) -> bool {
        let visibility = self.thing.as_ref().map(|thing| thing.visibility);
        self.followers && visibility == Some(Visibility::Private)
    }

    /// Whether one copy for a whole server will do. What is meant for single people goes to their own inboxes.
    pub fn whole_hosts(&self) -> bool {
        self.followers
    }

    /// Whether it goes where the ledger says. Then its deliveries are all that is known: the ledger is closed when they
    /// are written.
    pub fn is_by_ledger(&self) -> bool {
        self.ends.is_some() || self.asks
    }

    /// The first page holds the people who are meant by themselves, each also some followers.
    pub async fn page(&self, app: &App, after: After) -> Result<RecipientPage> {
        let mut page = RecipientPage::default();
        if let Some(status) = self.ends {
            page.people = reach::arrived_at(app, status)
                .await?
                .into_iter()
                .map(|inbox| Recipient {
                    person: Person::stranger(inbox.clone()),
                    inbox,
                    shared_inbox: None,
                })
                .collect();
            return Ok(page);
        }
        if after.is_start() {
            page.people = self.named(app, None).await?;
        }
        if self.followers {
            let some = followers::page(app, self.sender_id, after).await?;
            page.people.extend(some.people);
            page.next = some.next;
        }
        Ok(page)
    }

    /// Like [`page`](Reach::page), for those on some servers only.
    pub async fn page_at(
        &self,
        app: &App,
        hosts: &HashSet<Domain>,
        after: After,
    ) -> Result<RecipientPage> {
        let mut page = RecipientPage::default();
        if after.is_start() {
            page.people = self.named(app, Some(hosts)).await?;
        }
        if self.followers {
            let some = followers::page_at(app, self.sender_id, hosts, after).await?;
            page.people.extend(some.people);
            page.next = some.next;
        }
        Ok(page)
    }

    async fn named(&self, app: &App, hosts: Option<&HashSet<Domain>>) -> Result<Vec<Recipient>> {
        if self.people.is_empty() {
            return Ok(Vec::new());
        }
        let found = accounts::find_many(app, self.people.clone()).await?;
        Ok(found
            .into_values()
            .filter(|account| !account.is_local() && account.gone_at.is_none())
            .filter(|account| hosts.is_none_or(|hosts| hosts.contains(&account.inbox.domain())))
            .map(|account| Recipient {
                person: account.person(),
                inbox: account.inbox.clone(),
                shared_inbox: account.shared_inbox.clone(),
            })
            .collect())
    }

    /// Asks the gate about each.
    pub async fn clear(&self, app: &App, people: Vec<Recipient>) -> Result<Cleared> {
        let Some(thing) = &self.thing else {
            return Ok(Cleared {
                people,
                ..Cleared::default()
            });
        };
        if people.is_empty() {
            return Ok(Cleared::default());
        }
        let audience = app
            .gate
            .address(Shadow(thing.clone()), self.way(), people)
            .await?;
        Ok(Cleared {
            people: audience.cleared().to_vec(),
            noted: audience
                .noted()
                .map(|(recipient, notices)| (recipient.clone(), notices.to_vec()))
                .collect(),
            refused: audience.refused().to_vec(),
        })
    }

    /// What its author may read of why somebody was not to have it: nothing of what others lay down, nor from whom they
    /// keep what this answers or shares.
    pub fn told_to_author(
        &self,
        app: &App,
        sender: &Account,
        verdict: &Verdict,
    ) -> Option<Because> {
        let me = Party::Member(sender.person());
        let thing = self.thing.as_ref();
        let is_their_own = thing.is_some_and(|thing| thing.within.is_empty());
        rules::own_reason(&app.gate.book(), &me, verdict)
            .filter(|told| is_their_own || *told != Because::KeptFrom)
    }

    /// How it goes.
    pub fn way(&self) -> Way {
        if self.followers {
            Way::FollowerDelivery
        } else {
            Way::DirectDelivery
        }
    }
}
