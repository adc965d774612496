//! How activities go out.
//!
//! A verb calls [`queue`] in its transaction: one row of `outgoing` (kind and ids, never the document) and one job.
//! The job, [`address`], finds who is to have it, asks the gate about each, and writes one delivery an inbox. The
//! [`worker`] claims deliveries and, before each request, asks again: what is true then is what is sent, so a rule set
//! at 12:00 stops what was queued at 11:59.
//!
//! Recipients who live here have no delivery, also those in another community of this installation: what they get
//! was placed by `statuses::record`, and the same gate decides when they look.
//!
//! *Bare* activities (Delete, Undo, Reject, Block, Remove) hold ids and nothing else. They take back what was sent, so
//! they go wherever requests may go at all, also to those who may not read the thing any more, and nowhere else: a
//! Delete and the end of a boost go to the servers that `reach` knows to have the thing (boundaries L04).

mod forecast;
mod hosts;
mod inboxes;
mod parcel;
mod recipients;
mod severed;
mod store;
mod synchronization;
mod worker;

use std::collections::{BTreeMap, BTreeSet};

use comity_db::Tx;
use comity_policy::{Because, CommunityId, Contact, Listener, Verdict};
use comity_vocab::{Domain, Iri};
use serde::{Deserialize, Serialize};

pub use forecast::{Forecast, Kept, Why, forecast};
pub use hosts::Hosts;
pub(crate) use store::forget_old;
pub(crate) use synchronization::followers_at;
pub(crate) use worker::run;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::{Error, Result};
use crate::queue::{self, Job, Outcome};
use crate::reach;
use crate::rules::{Crossed, Crossing, Direction};

/// An activity of ours on its way: what it is about, by id. Addresses are kept where the thing may be gone when it is
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outgoing {
    /// A status was written.
    Create {
        /// Ours.
        status: i64,
    },
    /// A status was edited.
    Update {
        /// Ours.
        status: i64,
    },
    /// A status was deleted; bare.
    Delete {
        /// What it was called.
        iri: String,
        /// Its number; where it went is in the ledger. None in what was queued before there was one.
        #[serde(default)]
        status: Option<i64>,
        /// Whom it was for: nobody else is addressed by its end.
        #[serde(default)]
        visibility: Option<String>,
        /// Followers had it.
        followers: bool,
        /// Others whom it had reached.
        accounts: Vec<i64>,
    },
    /// A server that its author refuses by now is asked to delete its copy of a status, or to end a boost; bare. The status
    /// stays. Its deliveries are written when it is asked.
    AskBack {
        /// What it is called.
        iri: String,
        /// Whom it was for: nobody else is addressed.
        visibility: String,
        /// What it boosts.
        boosted: Option<String>,
    },
    /// A status was boosted.
    Announce {
        /// The boost.
        status: i64,
    },
    /// A boost was taken back; bare.
    UndoAnnounce {
        /// Of the boost.
        iri: String,
        /// The number of the boost; where it went is in the ledger. None in what was queued before there was one.
        #[serde(default)]
        status: Option<i64>,
        /// Of what was boosted.
        object: String,
        /// Whose it is.
        author: i64,
    },
    /// Somebody here wants to follow.
    Follow {
        /// Of the activity.
        iri: String,
        /// Whom.
        target: i64,
    },
    /// Somebody here no longer follows; bare.
    UndoFollow {
        /// Of the Follow.
        iri: String,
        /// Whom.
        target: i64,
    },
    /// Somebody here agrees to be followed.
    Accept {
        /// Of the Follow.
        follow_iri: String,
        /// By whom.
        follower: i64,
    },
    /// Somebody here does not want to be followed, or no longer; bare.
    Reject {
        /// Of the Follow.
        follow_iri: String,
        /// By whom.
        follower: i64,
    },
    /// Somebody here lets an answer or a quote stand.
    AcceptReply {
        /// The yes; nothing is told of one that was taken back.
        stamp: i64,
        /// Ours: what is answered or quoted.
        target: i64,
        /// Who did it.
        replier: i64,
        /// To those who have what is answered; otherwise to who answered.
        everybody: bool,
    },
    /// Somebody here does not let an answer or a quote stand, or no longer; bare where only who did it hears of it.
    RejectReply {
        /// Of the answer or quote.
        object: String,
        /// What asked, if anything did.
        request: Option<String>,
        /// Ours: what is answered or quoted.
        target: i64,
        /// Who did it.
        replier: i64,
        /// To those who have what is answered; otherwise to who answered.
        everybody: bool,
        /// What it is, by the word of `stamps.permits`. Older promises are about answers.
        #[serde(default = "of_an_answer")]
        permits: String,
        /// The yes that is no more, if there was one.
        #[serde(default)]
        stamp: Option<i64>,
    },
    /// Somebody elsewhere is asked whether a post may quote them.
    QuoteRequest {
        /// Ours: what quotes.
        status: i64,
    },
    /// Somebody here votes in a poll of somebody elsewhere.
    Vote {
        /// Ours: what asks.
        status: i64,
        /// Which choice, from 0.
        option: i64,
        /// Names the vote.
        number: i64,
    },
    /// Somebody here likes a status.
    Like {
        /// Of the activity.
        iri: String,
        /// Ours.
        status: i64,
    },
    /// A like was taken back; bare.
    UndoLike {
        /// Of the Like.
        iri: String,
        /// What was liked.
        status_iri: String,
        /// Whose it is.
        author: i64,
    },
    /// Somebody here blocks; bare. Sent only where the member chose to tell.
    Block {
        /// Of the activity.
        iri: String,
        /// Whom.
        target: i64,
    },
    /// A block was taken back; bare.
    UndoBlock {
        /// Of the Block.
        iri: String,
        /// Whom.
        target: i64,
    },
    /// A report goes on to another server, from who speaks for a community.
    Flag {
        /// Ours.
        report: i64,
        /// Somebody there, whose moderators hear of it.
        account: i64,
    },
    /// A profile was changed.
    UpdateActor,
    /// A member left; bare. Its deliveries are written when all of theirs is deleted.
    DeleteActor,
    /// A post was put on top of its author's profile.
    Pin {
        /// Ours.
        status: i64,
    },
    /// A post was taken down from there; bare.
    Unpin {
        /// Of the post.
        iri: String,
        /// The post: it is not named to whom it is kept from. None in what was queued before this was known.
        #[serde(default)]
        status: Option<i64>,
    },
}

fn of_an_answer() -> String {
    "reply".to_owned()
}

impl Outgoing {
    /// The status of ours that it brings along: who gets it has it.
    pub(super) fn carries(&self) -> Option<i64> {
        match self {
            Outgoing::Create { status }
            | Outgoing::Update { status }
            | Outgoing::Announce { status }
            | Outgoing::QuoteRequest { status } => Some(*status),
            _ => None,
        }
    }

    /// Whether it brings words that somebody here wrote in a post.
    fn speaks(&self) -> bool {
        matches!(self, Outgoing::Create { .. } | Outgoing::Update { .. })
    }

    /// The status of ours that it takes back.
    fn ends(&self) -> Option<i64> {
        match self {
            Outgoing::Delete { status, .. } | Outgoing::UndoAnnounce { status, .. } => *status,
            _ => None,
        }
    }

    /// The word for logs and for the list of crossings.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Outgoing::Create { .. } => "a post",
            Outgoing::Update { .. } => "an edit",
            Outgoing::Delete { .. } => "a deletion",
            Outgoing::AskBack { .. } => "the wish that a copy is deleted",
            Outgoing::Announce { .. } => "a boost",
            Outgoing::Follow { .. } => "a follow",
            Outgoing::Accept { .. } => "a yes to a follow",
            Outgoing::Reject { .. } => "a no to a follow",
            Outgoing::AcceptReply { .. } => "a yes to an answer or a quote",
            Outgoing::RejectReply { .. } => "a no to an answer or a quote",
            Outgoing::QuoteRequest { .. } => "a question about a quote",
            Outgoing::Vote { .. } => "a vote",
            Outgoing::Like { .. } => "a favourite",
            Outgoing::Block { .. } => "a block",
            Outgoing::Flag { .. } => "a report",
            Outgoing::UpdateActor => "a profile",
            Outgoing::DeleteActor => "the end of an account",
            Outgoing::Pin { .. } => "a pin",
            Outgoing::Unpin { .. } => "the end of a pin",
            Outgoing::UndoAnnounce { .. } => "the end of a boost",
            Outgoing::UndoFollow { .. } => "the end of a follow",
            Outgoing::UndoLike { .. } => "the end of a favourite",
            Outgoing::UndoBlock { .. } => "the end of a block",
        }
    }
}

/// Promises, in the caller's transaction, that `from_account_id` sends `outgoing` to all who are to have it. After the
/// transaction is written, ring `app.wake`.
pub fn queue(tx: &mut Tx, app: &App, from_account_id: i64, outgoing: &Outgoing) -> Result<()> {
    let id = app.next_id();
    let activity = serde_json::to_string(outgoing)?;
    store::insert_outgoing(
        tx,
        id,
        from_account_id,
        activity,
        outgoing.carries(),
        app.now_ms(),
    );
    queue::push(
        tx,
        app,
        &Job::Address {
            outgoing: id,
            account: from_account_id,
        },
    )
}

/// Sends `outgoing`, which says by itself for whom it is, to these inboxes, in the caller's transaction. Returns its number.
/// After the transaction is written, ring `app.wake` for deliveries.
pub(crate) fn bring(
    tx: &mut Tx,
    app: &App,
    from_account_id: i64,
    outgoing: &Outgoing,
    inboxes: &BTreeSet<Iri>,
) -> Result<i64> {
    let id = app.next_id();
    let now_ms = app.now_ms();
    let activity = serde_json::to_string(outgoing)?;
    store::insert_outgoing(tx, id, from_account_id, activity, None, now_ms);
    let rows: Vec<_> = inboxes
        .iter()
        .map(|inbox| (app.next_id(), inbox.clone(), inbox.domain()))
        .collect();
    store::insert_deliveries(tx, id, &rows, now_ms)?;
    Ok(id)
}

/// The job: finds the recipients of an outgoing activity, clears each, and writes a delivery for each inbox.
pub(crate) async fn address(app: &App, outgoing_id: i64) -> Outcome {
    match try_address(app, outgoing_id).await {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}

async fn try_address(app: &App, outgoing_id: i64) -> Result<()> {
    let Some((sender, outgoing)) = load(app, outgoing_id).await? else {
        return Ok(());
    };
    let Some(meant) = recipients::of(app, &sender, &outgoing).await? else {
        return Ok(()); // what it was about is gone
    };
    let by = community_of(&sender)?;
    let now_ms = app.now_ms();
    let mut inboxes = inboxes::Inboxes::default();
    let mut refused = BTreeMap::new();
    let mut note = |domain, verdict: &Verdict| {
        if let Some(because) = meant.told_to_author(app, &sender, verdict) {
            refused.insert(domain, because);
        }
    };
    let mut after = recipients::START;
    loop {
        let page = meant.page(app, after).await?;
        let cleared = meant.clear(app, page.people).await?;
        for (recipient, verdict) in cleared.refused {
            let domain = recipient.person.domain;
            // That somebody is asked first is theirs to tell; it goes out when they say yes.
            if verdict.because == Because::Waits {
                continue;
            }
            tell_out(
                app,
                &sender,
                &domain,
                &outgoing,
                Err(sentence(app, by, &verdict)),
            );
            note(domain, &verdict);
        }
        for recipient in &cleared.people {
            inboxes.add(recipient, meant.whole_hosts());
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let mut rows = Vec::new();
    for (inbox, domain) in inboxes.into_sorted() {
        if app.hosts.is_given_up(app, &domain) {
            continue;
        }
        match app.gate.permit(by, &domain, Contact::Deliver).await? {
            Ok(_unused) => rows.push((app.next_id(), inbox, domain)),
            Err(refusal) => {
                tell_out(
                    app,
                    &sender,
                    &domain,
                    &outgoing,
                    Err(sentence(app, by, &refusal.verdict)),
                );
                note(domain, &refusal.verdict);
            }
        }
    }
    let mut tx = Tx::new();
    if let Some(status) = outgoing.carries() {
        reach::note_refused(&mut tx, status, &refused, now_ms)?;
    }
    if let Some(status) = outgoing.ends() {
        store::drop_untried(&mut tx, status);
        reach::end(&mut tx, status, now_ms);
    }
    store::insert_deliveries(&mut tx, outgoing_id, &rows, now_ms)?;
    if tx.is_empty() {
        return Ok(());
    }
    let _ = app.db.write(tx).await?;
    app.wake.ring_deliveries();
    Ok(())
}

/// An outgoing activity and who sends it; `None` when either is gone.
async fn load(app: &App, outgoing_id: i64) -> Result<Option<(std::sync::Arc<Account>, Outgoing)>> {
    let Some(row) = store::outgoing(&app.db, outgoing_id).await? else {
        return Ok(None);
    };
    let outgoing = serde_json::from_str(&row.activity)
        .map_err(|why| Error::internal(format!("outgoing activity {outgoing_id}: {why}")))?;
    let sender = accounts::find(app, row.account_id).await?;
    Ok(Some((sender, outgoing)))
}

fn community_of(sender: &Account) -> Result<CommunityId> {
    let id = sender.community_id.ok_or_else(|| {
        Error::internal(format!(
            "account {} sends and does not live here",
            sender.id
        ))
    })?;
    Ok(CommunityId(id))
}

/// A verdict in words, for those who run this community.
fn sentence(app: &App, by: CommunityId, verdict: &Verdict) -> String {
    verdict.sentence_for(&app.gate.book(), Listener::Moderator(by, None))
}

/// Tells those who watch the border what went out, or why it did not.
fn tell_out(
    app: &App,
    sender: &Account,
    peer: &Domain,
    outgoing: &Outgoing,
    went: Result<(), String>,
) {
    let (crossed, reason) = match went {
        Ok(()) => (Crossed::Through, String::new()),
        Err(reason) => (Crossed::Refused, reason),
    };
    app.crossings.tell(Crossing {
        at_ms: app.now_ms(),
        community: sender.domain.clone(),
        direction: Direction::Out,
        peer: peer.clone(),
        what: format!("{} by {}", outgoing.kind(), sender.handle()),
        crossed,
        reason,
    });
}

/// Deliveries counted for a question; nobody needs to know of more how many more.
const MOST_COUNTED: i64 = 10_000;

/// How many deliveries to these hosts wait, of a community or of one account of it; whether there are more.
pub(crate) async fn waiting_for(
    app: &App,
    hosts: &[&Domain],
    community: Option<i64>,
    account: Option<i64>,
) -> Result<(usize, bool)> {
    if hosts.is_empty() {
        return Ok((0, false));
    }
    let names = hosts.iter().map(|host| host.as_str().to_owned()).collect();
    let found = store::waiting_for(&app.db, names, community, account, MOST_COUNTED + 1).await?;
    let count = usize::try_from(found.min(MOST_COUNTED)).unwrap_or_default();
    Ok((count, found > MOST_COUNTED))
}
