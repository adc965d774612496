//! Leaving a conversation, and joining it again.
//!
//! Who left is told nothing of what happens in it: no mention, answer, favourite or boost. What people they follow write
//! there stays on their home timeline, as Mastodon leaves it when a conversation is muted, and the page of it stays open
//! to them. Whoever answers there joins again, unless they muted it: that is leaving for good, as apps do it. Nobody else is told, here or elsewhere, and whom an answer is for stays as it is: who
//! left hears nothing of it and can read it.

use std::collections::HashSet;

use comity_db::Tx;
use comity_policy::{Party, Way};

use super::store;
use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::statuses;

/// `me` leaves the conversation around this status. Leaving twice changes nothing.
pub async fn leave(app: &App, me: &Account, status_id: i64) -> Result<()> {
    let conversation = around(app, me, status_id).await?;
    let mut tx = Tx::new();
    store::leave(&mut tx, me.id, conversation, false, app.now_ms());
    app.commit(tx).await?;
    Ok(())
}

/// `me` leaves it for good: answering in it does not end that, only joining does.
pub async fn mute(app: &App, me: &Account, status_id: i64) -> Result<()> {
    let conversation = around(app, me, status_id).await?;
    let mut tx = Tx::new();
    store::leave(&mut tx, me.id, conversation, true, app.now_ms());
    app.commit(tx).await?;
    Ok(())
}

/// `me` is told of it again, from now on.
pub async fn join(app: &App, me: &Account, status_id: i64) -> Result<()> {
    let conversation = around(app, me, status_id).await?;
    let mut tx = Tx::new();
    store::join(&mut tx, me.id, conversation);
    app.commit(tx).await?;
    Ok(())
}

/// The same for who answers in it and did not mute it, in the transaction of the answer.
pub(crate) fn joined(tx: &mut Tx, account_id: i64, conversation: i64) {
    store::join_by_answering(tx, account_id, conversation);
}

/// Conversations that go into another, because what they answer has come: who left one of them left the whole, unless they
/// wrote in a part that they did not leave. In the transaction that moves their posts, before it does.
pub(crate) use store::merge;

/// Which of these conversations `me` left.
pub async fn left_by(app: &App, me: &Account, among: Vec<i64>) -> Result<HashSet<i64>> {
    let left = store::left_by(&app.db, me.id, among).await?;
    Ok(left.into_iter().collect())
}

async fn around(app: &App, me: &Account, status_id: i64) -> Result<i64> {
    let status = statuses::find(app, &Party::Member(me.person()), Way::Page, status_id).await?;
    if status.reblog_of.is_some() {
        return Err(Error::NotFound);
    }
    Ok(status.conversation_id)
}
