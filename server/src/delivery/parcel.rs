//! What is sent: made when it is sent, from what is true then, once for all hosts of a batch.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use comity_policy::{Because, CommunityId, Epoch, Notice, Party, Person, Visible, Way};
use comity_vocab::{Consented, Domain, Iri, Visibility};
use comity_wire::{SigningKey, Synchronization};
use serde_json::Value;

use super::inboxes::inbox_for;
use super::recipients;
use super::{Outgoing, community_of, load, sentence, synchronization};
use crate::accounts::{self, Account, stored_iri};
use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses::{self, MOST_NOTICES, Notices, Status};
use crate::{
    favourites, follows, leaving, media, pins, polls, quotes, reactions, reblogs, relations,
    reports, stamps,
};

/// How long a parcel is used for without looking at its recipients again, where nothing is known to have changed:
/// blocks and ends of follows that another node wrote are noticed so late at most.
const LASTS_MS: i64 = 5_000;

/// One outgoing activity, ready for those hosts whose recipients were cleared under `epoch`.
pub(super) struct Parcel {
    pub sender: Arc<Account>,
    pub by: CommunityId,
    pub key: Arc<SigningKey>,
    pub outgoing: Outgoing,
    /// What goes to every inbox that is not among `noted`.
    body: Vec<u8>,
    /// Inboxes to which what is sent carries notices, or addresses of files that are for their readers alone.
    noted: HashMap<Iri, Noted>,
    way: Way,
    outgoing_id: i64,
    /// Where it may be brought; `None` for what goes wherever it was addressed to.
    pub inboxes: Option<HashSet<Iri>>,
    /// Why whom an inbox is for may not have it.
    pub refused: HashMap<Iri, Refused>,
    /// The status of ours that it brings along.
    pub carries: Option<i64>,
    /// What a server is told of the sender's followers there.
    pub followers: HashMap<Domain, Synchronization>,
    epoch: Epoch,
    severed: u64,
    made_at: i64,
}

/// What is said to those behind one inbox. They all read the same copy.
struct Noted {
    /// One of them who was cleared.
    reader: Person,
    /// What any of them is to be told.
    notices: Vec<Notice>,
}

/// Why somebody may not have a parcel.
pub(super) struct Refused {
    /// Where they are.
    pub domain: Domain,
    /// For those who run this community.
    pub why: String,
    /// For the author's ledger.
    pub told: Option<Because>,
}

impl Parcel {
    /// Whether what was true when it was made is still true: no rule changed, and its sender neither blocked nor lost
    /// anybody here since. What other nodes did is noticed when it is older than [`LASTS_MS`].
    pub fn is_fresh(&self, app: &App) -> bool {
        self.epoch == app.gate.epoch()
            && self.severed == app.hosts.severed.of(self.sender.id)
            && app.now_ms() - self.made_at <= LASTS_MS
    }

    /// What goes to this inbox. Where a rule wants a notice said there, or files come along that not everybody may see, it is
    /// made for this one request: it names the server or a reader there, and holds what is in force now.
    pub async fn body_for(&self, app: &App, inbox: &Iri) -> Result<Cow<'_, [u8]>> {
        let Some(noted) = self.noted.get(inbox) else {
            return Ok(Cow::Borrowed(&self.body));
        };
        let notices = Notices::at(inbox.domain(), noted.notices.clone());
        let body = document(
            app,
            &self.sender,
            &self.outgoing,
            self.outgoing_id,
            self.way,
            Party::Account(noted.reader.clone()),
            &notices,
        );
        Ok(Cow::Owned(serde_json::to_vec(&body.await?)?))
    }
}

/// Makes the parcel of an outgoing activity for some hosts. `None`: there is nothing to send any more.
pub(super) async fn prepare(
    app: &App,
    outgoing_id: i64,
    hosts: &HashSet<Domain>,
) -> Result<Option<Parcel>> {
    let epoch = app.gate.epoch();
    let made_at = app.now_ms();
    let Some((sender, outgoing)) = load(app, outgoing_id).await? else {
        return Ok(None);
    };
    let severed = app.hosts.severed.of(sender.id);
    let Some(reach) = recipients::of(app, &sender, &outgoing).await? else {
        return Ok(None);
    };
    let by = community_of(&sender)?;
    let mut wanted = hosts.clone();
    let mut inboxes = HashSet::new();
    let mut refused: HashMap<Iri, Refused> = HashMap::new();
    let mut noted: HashMap<Iri, Noted> = HashMap::new();
    let mut reader = None;
    // Of many who share an inbox, any may be the one whom a rule with a notice is about: there all are looked at.
    let mut with_notices = HashSet::new();
    if let Some(thing) = reach.thing.as_ref().filter(|_| outgoing.speaks()) {
        with_notices = app.gate.book().with_notices(&thing.owner, &wanted);
    }
    let mut after = recipients::START;
    let bound = has_bound_files(app, &outgoing).await?;
    while !wanted.is_empty() && !reach.is_by_ledger() {
        let page = reach.page_at(app, &wanted, after).await?;
        let cleared = reach.clear(app, page.people).await?;
        for (recipient, verdict) in cleared.refused {
            let inbox = inbox_for(&recipient, reach.whole_hosts()).clone();
            refused.entry(inbox).or_insert_with(|| Refused {
                domain: recipient.person.domain,
                why: sentence(app, by, &verdict),
                told: reach.told_to_author(app, &sender, &verdict),
            });
        }
        if outgoing.speaks() {
            for (recipient, notices) in cleared.noted {
                let inbox = inbox_for(&recipient, reach.whole_hosts()).clone();
                let at = noted.entry(inbox).or_insert_with(|| Noted {
                    reader: recipient.person,
                    notices: Vec::new(),
                });
                for notice in notices {
                    if at.notices.len() < MOST_NOTICES && !at.notices.contains(&notice) {
                        at.notices.push(notice);
                    }
                }
            }
        }
        for recipient in cleared.people {
            let inbox = inbox_for(&recipient, reach.whole_hosts());
            // One cleared recipient is enough for an inbox that they share.
            let host = inbox.domain();
            if !with_notices.contains(&host) && recipient.shared_inbox.as_ref() == Some(inbox) {
                wanted.remove(&host);
            }
            inboxes.insert(inbox.clone());
            if bound {
                noted.entry(inbox.clone()).or_insert_with(|| Noted {
                    reader: recipient.person.clone(),
                    notices: Vec::new(),
                });
            }
            reader.get_or_insert(recipient.person);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    // What ends something is the same for everybody; nobody's reading is asked about.
    let reader = reader.or_else(|| reach.is_by_ledger().then(|| sender.person()));
    let body = match reader {
        Some(reader) => {
            document(
                app,
                &sender,
                &outgoing,
                outgoing_id,
                reach.way(),
                Party::Account(reader),
                // The others must not read what is said to some alone.
                &Notices::none(),
            )
            .await?
        }
        None => Value::Null,
    };
    // A follow that only the other server still knows leaks what is for followers (boundaries L02).
    let followers = if reach.is_for_followers_only() {
        synchronization::told(app, &sender, &inboxes).await?
    } else {
        HashMap::new()
    };
    Ok(Some(Parcel {
        by,
        key: accounts::signing_key(app, sender.id).await?,
        body: serde_json::to_vec(&body)?,
        noted,
        way: reach.way(),
        outgoing_id,
        carries: outgoing.carries(),
        sender,
        outgoing,
        inboxes: (!reach.is_by_ledger()).then_some(inboxes),
        refused,
        followers,
        epoch,
        severed,
        made_at,
    }))
}

/// Whether what is sent brings files along whose addresses are made for each reader.
async fn has_bound_files(app: &App, outgoing: &Outgoing) -> Result<bool> {
    let (Outgoing::Create { status }
    | Outgoing::Update { status }
    | Outgoing::QuoteRequest { status }) = outgoing
    else {
        return Ok(false);
    };
    let status = statuses::load_one(app, *status).await?;
    Ok(status.has_files() && !media::is_for_everybody(app, &status))
}

/// The document as `reader`, one of the cleared recipients, may see it, with these notices and no others. All recipients
/// see the same: what they may not see at all is not sent.
async fn document(
    app: &App,
    sender: &Account,
    outgoing: &Outgoing,
    outgoing_id: i64,
    way: Way,
    reader: Party,
    notices: &Notices,
) -> Result<Value> {
    let me = &sender.iri;
    Ok(match outgoing {
        Outgoing::Create { status } => {
            statuses::activity::create(app, &shown(app, &reader, way, *status).await?, notices)?
        }
        Outgoing::Update { status } => {
            let status = shown(app, &reader, way, *status).await?;
            statuses::activity::update(app, &status, outgoing_id, notices)?
        }
        Outgoing::Delete {
            iri, visibility, ..
        } => {
            let visibility = match visibility {
                Some(word) => Visibility::parse(word)?,
                None => Visibility::Public,
            };
            statuses::activity::delete(sender, &stored_iri(iri)?, visibility)?
        }
        Outgoing::AskBack {
            iri,
            boosted: Some(original),
            ..
        } => {
            reblogs::activity::ask_back(me, &stored_iri(iri)?, &stored_iri(original)?, outgoing_id)?
        }
        Outgoing::AskBack {
            iri, visibility, ..
        } => {
            let visibility = Visibility::parse(visibility)?;
            statuses::activity::ask_back(sender, &stored_iri(iri)?, visibility, outgoing_id)?
        }
        Outgoing::Announce { status } => {
            let boost = shown(app, &reader, way, *status).await?;
            let original = boost
                .reblog_of
                .as_ref()
                .map(|(id, _)| *id)
                .ok_or(Error::NotFound)?;
            let original = statuses::load_one(app, original).await?;
            reblogs::activity::announce(&boost, &original.iri)?
        }
        Outgoing::UndoAnnounce { iri, object, .. } => {
            reblogs::activity::undo(me, &stored_iri(iri)?, &stored_iri(object)?)?
        }
        Outgoing::Follow { iri, target } => follows::activity::follow(
            me,
            &stored_iri(iri)?,
            &accounts::find(app, *target).await?.iri,
        ),
        Outgoing::UndoFollow { iri, target } => follows::activity::undo(
            me,
            &stored_iri(iri)?,
            &accounts::find(app, *target).await?.iri,
        )?,
        Outgoing::Accept {
            follow_iri,
            follower,
        } => follows::activity::accept(
            me,
            outgoing_id,
            &stored_iri(follow_iri)?,
            &accounts::find(app, *follower).await?.iri,
        )?,
        Outgoing::Reject {
            follow_iri,
            follower,
        } => follows::activity::reject(
            me,
            outgoing_id,
            &stored_iri(follow_iri)?,
            &accounts::find(app, *follower).await?.iri,
        )?,
        Outgoing::AcceptReply {
            stamp,
            target,
            replier,
            ..
        } => {
            let stamp = stamps::find(app, *stamp).await?.ok_or(Error::NotFound)?;
            let target = statuses::load_one(app, *target).await?;
            let replier = accounts::find(app, *replier).await?;
            stamps::activity::accept(sender, &stamp, &replier.iri, &target.iri, outgoing_id)?
        }
        Outgoing::RejectReply {
            permits,
            stamp: Some(stamp),
            ..
        } if stamps::read(permits)? == Consented::Quote => stamps::activity::gone(sender, *stamp)?,
        Outgoing::RejectReply {
            object,
            request,
            target,
            replier,
            permits,
            ..
        } => {
            let target = statuses::load_one(app, *target).await?;
            let replier = accounts::find(app, *replier).await?;
            let request = request.as_deref().map(stored_iri).transpose()?;
            stamps::activity::reject(
                sender,
                stamps::read(permits)?,
                &stored_iri(object)?,
                request,
                &replier.iri,
                &target.iri,
                outgoing_id,
            )?
        }
        Outgoing::QuoteRequest { status } => {
            quotes::activity::request(app, &shown(app, &reader, way, *status).await?)?
        }
        Outgoing::Vote {
            status,
            option,
            number,
        } => {
            let (status, title) = polls::outgoing(app, *status, *option).await?;
            let asker = &status.author.iri;
            polls::activity::vote(me, *number, &title, &status.iri, asker, app.now_ms())?
        }
        Outgoing::Like { iri, status } => {
            let status = statuses::load_one(app, *status).await?;
            let (like, said) = (
                stored_iri(iri)?,
                reactions::of_favourite(&app.db, sender.id, iri).await?,
            );
            match said {
                Some(said) => reactions::activity::like(app, me, &like, &status.iri, &said),
                None => favourites::activity::like(me, &like, &status.iri),
            }
        }
        Outgoing::UndoLike {
            iri, status_iri, ..
        } => favourites::activity::undo(me, &stored_iri(iri)?, &stored_iri(status_iri)?)?,
        Outgoing::Block { iri, target } => relations::activity::block(
            me,
            &stored_iri(iri)?,
            &accounts::find(app, *target).await?.iri,
        ),
        Outgoing::UndoBlock { iri, target } => relations::activity::undo(
            me,
            &stored_iri(iri)?,
            &accounts::find(app, *target).await?.iri,
        )?,
        Outgoing::Pin { status } => {
            pins::activity::add(&shown(app, &reader, way, *status).await?, outgoing_id)?
        }
        Outgoing::Unpin { iri, .. } => {
            pins::activity::remove(sender, outgoing_id, &stored_iri(iri)?)?
        }
        Outgoing::Flag { report, account } => {
            reports::parcel(app, sender, *report, *account).await?
        }
        Outgoing::DeleteActor => leaving::activity::delete(sender)?,
        Outgoing::UpdateActor => {
            let account = accounts::show(app, &reader, way, sender.id).await?;
            accounts::activity::update(app, &account, outgoing_id).await?
        }
    })
}

async fn shown(app: &App, reader: &Party, way: Way, status: i64) -> Result<Visible<Status>> {
    statuses::find(app, reader, way, status).await
}
