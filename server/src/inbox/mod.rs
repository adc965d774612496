//! How activities come in.
//!
//! At the door ([`door`]) it is asked whose an activity is, and the gate is asked for the first time; then it is written
//! down and answered. A worker reads it again, asks the gate again with the person acted upon, and hands it to the
//! feature it is about.
//!
//! Nothing that is embedded is believed for another origin than the sender's: it is fetched from there. Linked Data
//! signatures are not read, so a forwarded activity is not accepted (boundaries L07, attack 6).

mod dispatch;
pub mod door;
mod process;
mod relevance;
pub mod resolve;
mod signed;
mod store;

use std::sync::Arc;

use comity_policy::{Because, Exchange, Listener, Party, Subject, Verdict, Way};
use comity_vocab::{ActivityKind, Domain};

pub(crate) use process::process;
pub(crate) use relevance::naming;
pub(crate) use signed::{claimed, claims};
pub use signed::{signed_viewer, signer, viewer_of};
pub(crate) use store::forget_old;

use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::reach;
use crate::rules::{self, Crossed, Crossing, Direction};

/// Something that was brought to a community here, by whom and how.
pub struct Arrival {
    /// Whose inbox, or in whose name it was fetched.
    pub community: Arc<Community>,
    /// Who says it.
    pub sender: Arc<Account>,
    /// By which path.
    pub way: Way,
}

/// In words, for those who watch the border.
fn describe(kind: &ActivityKind, sender: &Account) -> String {
    let what = match kind {
        ActivityKind::Create => "a post",
        ActivityKind::Update => "an edit",
        ActivityKind::Delete => "a deletion",
        ActivityKind::Announce => "a boost",
        ActivityKind::Like => "a favourite",
        ActivityKind::EmojiReact => "a reaction",
        ActivityKind::Follow => "a follow",
        ActivityKind::Accept => "a yes",
        ActivityKind::Reject => "a no",
        ActivityKind::ReplyRequest => "a request to answer",
        ActivityKind::Block => "a block",
        ActivityKind::Undo => "something taken back",
        ActivityKind::Flag => "a report",
        ActivityKind::Move => "a move",
        ActivityKind::Add => "a pin",
        ActivityKind::Remove => "the end of a pin",
        other => other.as_str(),
    };
    format!("{what} by {}", sender.handle())
}

/// A verdict in words, for those who run this community.
fn for_stewards(app: &App, community: &Community, verdict: &Verdict) -> String {
    verdict.sentence_for(
        &app.gate.book(),
        Listener::Moderator(community.policy_id(), None),
    )
}

/// Tells those who watch the border that something of ours was asked for and not shown, and the ledger of `status`, if it
/// is one. Whoever asked does not wait for that: an answer that takes longer would tell that there is something.
pub fn tell_unshown(
    app: &App,
    community: &Arc<Community>,
    viewer: Party,
    asked: &str,
    status: Option<i64>,
    thing: &impl Subject,
) {
    let Some(peer) = viewer.domain().cloned() else {
        return;
    };
    let (app, community, act, thing) = (
        app.clone(),
        community.clone(),
        thing.seen_by(),
        thing.thing(),
    );
    let what = request_for(asked);
    tokio::spawn(async move {
        match app
            .gate
            .judge(&Exchange {
                party: &viewer,
                act,
                way: Way::Fetch,
                thing: &thing,
            })
            .await
        {
            Ok(verdict) => {
                let reason = for_stewards(&app, &community, &verdict);
                tell_in(&app, &community, &peer, what, Err(reason));
                let Some(status) = status.filter(|_| !verdict.is_allowed()) else {
                    return;
                };
                let owner = Party::Member(thing.owner.clone());
                // From whom they keep what this answers is its author's to know, and not its owner's.
                let because = rules::own_reason(&app.gate.book(), &owner, &verdict)
                    .filter(|told| *told != Because::KeptFrom || thing.within.is_empty());
                if let Some(because) = because
                    && let Err(error) = reach::note_unshown(&app, status, peer, because).await
                {
                    tracing::warn!(%error, "could not write down what was not shown");
                }
            }
            Err(error) => tracing::warn!(%error, "could not tell why something was not shown"),
        }
    });
}

fn request_for(path: &str) -> String {
    format!("a request for {path}")
}

/// Tells those who watch the border what came in, or why it did not.
fn tell_in(
    app: &App,
    community: &Community,
    peer: &Domain,
    what: String,
    came: Result<(), String>,
) {
    let (crossed, reason) = match came {
        Ok(()) => (Crossed::Through, String::new()),
        Err(reason) => (Crossed::Refused, reason),
    };
    app.crossings.tell(Crossing {
        at_ms: app.now_ms(),
        community: community.domain.clone(),
        direction: Direction::In,
        peer: peer.clone(),
        what,
        crossed,
        reason,
    });
}
