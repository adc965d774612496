//! What a peer ends while a rule refuses it. Nothing of theirs comes in; but a follow that one side ended is over, and
//! must not come back when the rule is taken back. Nothing is stored for it, nobody is told, and the peer is answered as
//! for everything else.

use comity_db::Tx;
use comity_policy::Attested;
use comity_vocab::{Activity, ActivityKind, Document, Iri, Object};

use super::{State, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::error::Result;

/// Ends the follows that `sender`, who is refused, ends by this: an Undo of their own Follow, a Reject of one of ours, a
/// Block. Everything else, and what is not theirs to end, changes nothing.
pub(crate) async fn hear_end(
    app: &App,
    sender: &Account,
    activity: &Attested<Activity>,
) -> Result<()> {
    let Some(ended) = ended_by(app, sender, activity.peek()).await? else {
        return Ok(());
    };
    let mut tx = Tx::new();
    let mut any = false;
    for (follower, followed) in ended {
        if super::state(app, follower, followed).await? != State::None {
            super::unrecord(&mut tx, follower, followed);
            any = true;
        }
    }
    if any {
        app.commit(tx).await?;
    }
    Ok(())
}

/// (follower, followed) of what it ends: `sender` is always one of the two.
async fn ended_by(
    app: &App,
    sender: &Account,
    activity: &Activity,
) -> Result<Option<Vec<(i64, i64)>>> {
    let ended = match (&activity.kind, follow_of(&activity.object)) {
        (ActivityKind::Undo, Some(follow)) if follow.actor == sender.iri => {
            let followed = member(app, follow.object.id()).await?;
            followed.map(|followed| vec![(sender.id, followed)])
        }
        (ActivityKind::Reject, Some(follow)) if follow.object.id() == Some(&sender.iri) => {
            let follower = member(app, Some(&follow.actor)).await?;
            follower.map(|follower| vec![(follower, sender.id)])
        }
        (ActivityKind::Undo | ActivityKind::Reject, None) => {
            let Some(iri) = activity.object.id() else {
                return Ok(None);
            };
            let undone = activity.kind == ActivityKind::Undo;
            let parties = store::by_iri(&app.db, iri.as_str()).await?;
            let theirs = parties.filter(|(follower, followed)| {
                sender.id == if undone { *follower } else { *followed }
            });
            theirs.map(|parties| vec![parties])
        }
        (ActivityKind::Block, _) => {
            let blocked = member(app, activity.object.id()).await?;
            blocked.map(|blocked| vec![(sender.id, blocked), (blocked, sender.id)])
        }
        _ => None,
    };
    Ok(ended)
}

/// The Follow that is included whole, if one is.
fn follow_of(object: &Object) -> Option<&Activity> {
    match object {
        Object::Embedded(document) => match document.as_ref() {
            Document::Activity(inner) if inner.kind == ActivityKind::Follow => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

async fn member(app: &App, iri: Option<&Iri>) -> Result<Option<i64>> {
    let Some(iri) = iri else { return Ok(None) };
    let account = accounts::find_by_iri(app, iri).await?;
    Ok(account
        .filter(|account| account.is_local())
        .map(|account| account.id))
}
