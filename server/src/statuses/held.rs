//! What waits for a member's yes, what becomes of it, and answers that are taken out of a conversation.

use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Approval, Party, PersonId, Replies, Way};
use comity_vocab::{Consented, Iri, Visibility};

use super::model::Status;
use super::receive::is_seen;
use super::{delete, load, policy, record, store};
use crate::accounts::{Account, stored_iri};
use crate::app::App;
use crate::contacts;
use crate::conversations;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::notifications::{self, Kind};
use crate::quotes::{self, Seen};
use crate::stamps::{self, Answer, Telling};

/// A status that waited for `me` comes in, in the caller's transaction: it has its place under what it answers, names `me`
/// if `is_named`, and goes out if it was written here.
pub(crate) async fn let_in(
    app: &App,
    tx: &mut Tx,
    me: &Arc<Account>,
    status_id: i64,
    is_named: bool,
    seen: Seen,
) -> Result<()> {
    let status = load::load_one(app, status_id).await?;
    if stands_by_yes_of(&status, me.id) {
        stand(app, tx, &status, policy::WAITS).await?;
    }
    quotes::let_in(app, tx, me, &status, seen).await?;
    if is_named {
        store::mention(tx, status.id, me.id);
        if status.visibility == Visibility::Direct {
            conversations::place(tx, status.id, &[me.id]);
        }
        let now = app.now_ms();
        notifications::notify(
            tx,
            app.ids.round_at(now),
            me.id,
            Kind::Mention,
            status.author.id,
            Some(status.id),
            now,
        );
    }
    Ok(())
}

/// This member does not want it, in the caller's transaction. What was for them alone goes; an answer goes on waiting,
/// where nobody else sees it.
pub(crate) async fn turn_down(
    app: &App,
    tx: &mut Tx,
    account_id: i64,
    status_id: i64,
) -> Result<()> {
    let status = load::load_one(app, status_id).await?;
    let others_here = status.mentions.iter().any(|account| account.is_local())
        || status.asked.iter().any(|asked| asked.0 != account_id);
    if status.visibility == Visibility::Direct && !others_here && !status.author.is_local() {
        delete::remove(tx, &status, app.now_ms());
    }
    quotes::turn_down(app, tx, account_id, &status).await?;
    // Where its author was told that answers wait, they hear the end of it; where a rule held it, or
    // refuses them by now, nobody does (L29).
    if stands_by_yes_of(&status, account_id)
        && let Some(parent) = answered(app, &status).await?
        && announces(&parent)
        && let Some(answer) = answer(&status, &parent)
        && is_seen(app, &status.author, parent.id).await?
    {
        let request = request_of(app, &status).await?;
        stamps::refuse(app, tx, answer, request.as_ref(), Telling::Them).await?;
    }
    Ok(())
}

/// Whether this waits for a member by their own wish for one post, whoever wrote it: an answer or a quote that they want to
/// be asked about. What else waits, waits for who wrote it.
pub(crate) async fn waits_by_wish(app: &App, status_id: i64, member_id: i64) -> Result<bool> {
    let status = load::load_one(app, status_id).await?;
    let parent = if stands_by_yes_of(&status, member_id) {
        answered(app, &status).await?
    } else {
        None
    };
    let asks = parent.is_some_and(|parent| parent.replies.asking > parent.replies.freely);
    Ok(asks || quotes::waits_by_wish(app, &status, member_id).await?)
}

/// `me` takes an answer to something of theirs out of the conversation. It stays its author's own, on their profile.
pub async fn take_out(app: &App, me: &Arc<Account>, status_id: i64) -> Result<()> {
    let status = answer_to(app, me, status_id).await?;
    if status.approval != Approval::Stands {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::set_approval(&mut tx, status.id, policy::STANDS, policy::REMOVED);
    count_reply(&mut tx, &status, -1);
    if let Some(parent) = answered(app, &status).await?
        && let Some(answer) = answer(&status, &parent)
    {
        stamps::refuse(app, &mut tx, answer, None, telling(&status)).await?;
    }
    // Undone where it was taken out a moment ago.
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// `me` lets an answer stand that they took out, or turned down when it waited; with it what they saw it quote of theirs.
pub async fn put_back(app: &App, me: &Arc<Account>, status_id: i64, seen: Seen) -> Result<()> {
    let status = answer_to(app, me, status_id).await?;
    let from = match status.approval {
        Approval::Stands => return Ok(()),
        // As it waits among the first contacts, it is let in from there.
        Approval::Waits { .. } => match contacts::let_in(app, me, status_id, seen).await {
            Err(Error::NotFound) => {
                contacts::check_member_may_answer(app, me, status.author.id).await?;
                policy::WAITS
            }
            done => return done,
        },
        Approval::Removed { .. } => policy::REMOVED,
    };
    let mut tx = Tx::new();
    stand(app, &mut tx, &status, from).await?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Somebody else's answer to something by `me`.
async fn answer_to(app: &App, me: &Arc<Account>, status_id: i64) -> Result<Status> {
    let seen = load::find(app, &Party::Member(me.person()), Way::Page, status_id).await?;
    if !seen.answers(me.id) || seen.author.id == me.id {
        return Err(Error::NotFound);
    }
    load::load_one(app, status_id).await
}

fn stands_by_yes_of(status: &Status, account_id: i64) -> bool {
    let on = PersonId(account_id);
    status.approval == Approval::Waits { on }
}

/// It has its place. What was written here and waited went nowhere before; of what came from elsewhere, its author hears
/// where they knew that it waited.
pub(super) async fn stand(app: &App, tx: &mut Tx, status: &Status, from: &str) -> Result<()> {
    store::set_approval(tx, status.id, from, policy::STANDS);
    count_reply(tx, status, 1);
    let parent = answered(app, status).await?;
    let quote = status.quote.as_ref();
    let asks_quoted = quote.is_some_and(|quote| quote.asks_elsewhere().is_some());
    if status.author.is_local() && status.visibility != Visibility::Local {
        let (status, author) = (status.id, status.author.id);
        match from {
            policy::WAITS | policy::DECLINED => {
                delivery::queue(tx, app, author, &Outgoing::Create { status })?;
                // Whoever it quotes could not be asked before.
                if asks_quoted {
                    delivery::queue(tx, app, author, &Outgoing::QuoteRequest { status })?;
                }
            }
            _ if parent
                .as_ref()
                .is_some_and(|parent| !parent.author.is_local()) =>
            {
                delivery::queue(tx, app, author, &Outgoing::Update { status })?;
            }
            _ => {}
        }
    }
    if let Some(parent) = parent
        && let Some(answer) = answer(status, &parent)
        && (from == policy::REMOVED || announces(&parent))
    {
        let told = match from {
            policy::REMOVED => telling(status),
            _ => Telling::Them,
        };
        let request = request_of(app, status).await?;
        stamps::give(app, tx, answer, request.as_ref(), told).await?;
    }
    Ok(())
}

/// What asked whether it may stand, if anything did.
async fn request_of(app: &App, status: &Status) -> Result<Option<Iri>> {
    let request = store::reply_request(&app.db, status.id).await?;
    request.as_deref().map(stored_iri).transpose()
}

/// What it answers, if that is here.
async fn answered(app: &App, status: &Status) -> Result<Option<Status>> {
    let Some(parent_id) = status.in_reply_to_id else {
        return Ok(None);
    };
    Ok(load::load(app, &[parent_id]).await?.pop())
}

/// Whether everybody who has it is told that not every answer to it stands.
pub(super) fn announces(parent: &Status) -> bool {
    parent.replies != Replies::default()
}

/// As stamps call it; what is answered has to be a member's.
pub(super) fn answer<'a>(status: &'a Status, parent: &'a Status) -> Option<Answer<'a>> {
    parent.author.is_local().then(|| Answer {
        what: Consented::Reply,
        iri: &status.iri,
        author: &status.author,
        target_id: parent.id,
        answered: &parent.author,
    })
}

/// Who hears that it has its place, or none any more: of what is not for everybody, nobody but its author.
fn telling(status: &Status) -> Telling {
    if record::is_counted(status.visibility) {
        Telling::Everybody
    } else {
        Telling::Them
    }
}

pub(super) fn count_reply(tx: &mut Tx, status: &Status, by: i64) {
    if let Some(parent_id) = status
        .in_reply_to_id
        .filter(|_| record::is_counted(status.visibility))
    {
        store::add_reply(tx, parent_id, by);
    }
}
