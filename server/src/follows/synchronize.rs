//! Whether our follows of somebody elsewhere are those that their server knows (FEP-8fcf).
//!
//! Their server tells a digest of its list with what it sends for followers only. Where it is not that of our own list,
//! theirs is fetched. It counts only if it came from their origin and is the very list whose digest was told: half a
//! list, or another one, would end follows that are well. A community is a server of its own to others, so its followers
//! are compared and nobody else's.
//!
//! A suspended follow is compared like any other. While we refuse their server, nothing of it gets as far as this; while it
//! refuses us, it tells no digest and lists nobody; and a member's own rule changes nothing in the rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use comity_db::Tx;
use comity_policy::{Act, Way};
use comity_vocab::Iri;
use comity_wire::{FollowersDigest, Synchronization};
use tracing::{debug, info};

use super::{State, store};
use crate::accounts::{self, Account, stored_iri};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::delivery::{self, Outgoing};
use crate::error::{Error, Result};
use crate::inbox::resolve;
use crate::queue::{self, Job, Outcome};
use crate::{rules, timelines};

/// A follow that their list left out and names again is accepted again within so many days; later, nobody remembers that
/// they followed.
const LAPSED_KEPT_DAYS: i64 = 90;

/// Followers of one account that are compared: a document that we read lists at most so many.
const MOST_COMPARED: i64 = 1_000;

/// `sender` told, under their signature, what their server believes of their followers in this community. When we
/// believe something else, the list is promised to be fetched.
pub(crate) async fn hear(
    app: &App,
    community: &Community,
    sender: &Account,
    told: &Synchronization,
) -> Result<()> {
    // Otherwise anybody could send us to ask for the followers of somebody else.
    if sender.followers_iri.as_ref() != Some(&told.collection) || !told.url.same_origin(&sender.iri)
    {
        return Ok(());
    }
    if !may_ask(app, community, sender) || !differs(app, community, sender, told.digest).await? {
        return Ok(());
    }
    let job = Job::SynchronizeFollowers {
        community: community.id,
        actor: sender.iri.as_str().to_owned(),
        url: told.url.as_str().to_owned(),
        digest: told.digest.to_string(),
    };
    queue::push_now(app, &job).await
}

fn may_ask(app: &App, community: &Community, sender: &Account) -> bool {
    let lookups = &app.hosts.lookups;
    lookups.may_compare_followers(community.id, &sender.iri, app.now_ms())
}

async fn differs(
    app: &App,
    community: &Community,
    sender: &Account,
    told: FollowersDigest,
) -> Result<bool> {
    let ours = followers_here(app, community, sender).await?;
    Ok(ours.is_some_and(|ours| FollowersDigest::of(ours.iter().map(|(_, iri)| iri)) != told))
}

/// Members of this community who follow `account`. `None` where they are too many, or do not share one origin: then no
/// list of theirs can be complete.
async fn followers_here(
    app: &App,
    community: &Community,
    account: &Account,
) -> Result<Option<Vec<(i64, Iri)>>> {
    let rows = store::followers_in(&app.db, account.id, community, MOST_COMPARED + 1).await?;
    if i64::try_from(rows.len()).is_ok_and(|len| len > MOST_COMPARED) {
        return Ok(None);
    }
    let home = community.iri("/");
    let mut followers = Vec::with_capacity(rows.len());
    for (id, iri) in rows {
        let iri = stored_iri(&iri)?;
        if !iri.same_origin(&home) {
            return Ok(None);
        }
        followers.push((id, iri));
    }
    Ok(Some(followers))
}

/// The job: fetches their list and goes by it. What fails is not tried again: the next activity tells a digest anew.
pub(crate) async fn synchronize(
    app: &App,
    community: i64,
    actor: &str,
    url: &str,
    digest: &str,
) -> Outcome {
    match try_synchronize(app, community, actor, url, digest).await {
        Ok(()) => Outcome::Done,
        Err(Error::Elsewhere(why)) => Outcome::Abandon { why },
        Err(error) => error.into(),
    }
}

async fn try_synchronize(
    app: &App,
    community: i64,
    actor: &str,
    url: &str,
    digest: &str,
) -> Result<()> {
    rules::catch_up(app).await?;
    let (actor, url) = (stored_iri(actor)?, stored_iri(url)?);
    let told = FollowersDigest::parse(digest).map_err(|why| Error::internal(why.to_string()))?;
    let Some(community) = app.communities.load().by_id(community) else {
        return Ok(());
    };
    let Some(followed) = accounts::find_by_iri(app, &actor).await? else {
        return Ok(());
    };
    // What begins while we ask is no business of this list: only who followed before can be let go.
    let Some(before) = followers_here(app, &community, &followed).await? else {
        return Ok(());
    };
    // What was on its way when we heard of it may have come since.
    if FollowersDigest::of(before.iter().map(|(_, iri)| iri)) == told
        || !may_ask(app, &community, &followed)
    {
        return Ok(());
    }
    let lookups = &app.hosts.lookups;
    lookups.comparing_followers(community.id, &followed.iri, app.now_ms());
    let listed = listed(app, &community, &followed, &url).await?;
    if FollowersDigest::of(&listed) != told {
        debug!(%actor, "a list of followers is not the one that was told of");
        return Ok(());
    }
    for (follower, iri) in &before {
        if !listed.contains(iri) {
            let_go(app, *follower, &followed).await?;
        }
    }
    for iri in &listed {
        if !before.iter().any(|(_, known)| known == iri) {
            answer_for(app, &community, iri, &followed).await?;
        }
    }
    Ok(())
}

/// Who follows, by their own server's word.
async fn listed(
    app: &App,
    community: &Arc<Community>,
    followed: &Account,
    url: &Iri,
) -> Result<BTreeSet<Iri>> {
    let document = resolve::fetch(app, community, url).await?;
    let list = document
        .into_collection()
        .ok_or_else(|| Error::Forbidden(format!("{url} is not a list")))?;
    // The gate refuses one that was found at another origin than that of whom it speaks.
    let admitted = app
        .gate
        .admit(
            list,
            community.policy_id(),
            &followed.person(),
            Act::Deliver,
            Way::Backfill,
            None,
        )
        .await??;
    let ids = admitted.items.iter().filter_map(|item| item.id());
    Ok(ids.cloned().collect())
}

/// Their server does not know this follow any more: nor do we. It may have let it go for the time of a rule about one
/// person (the rest of their server still gets what is for followers, so the list has to leave that one out), and then it
/// names it again. Until it does, a lapsed follow is none.
async fn let_go(app: &App, follower_id: i64, followed: &Account) -> Result<()> {
    if super::state(app, follower_id, followed.id).await? != State::Accepted {
        return Ok(());
    }
    let mut tx = Tx::new();
    store::lapse(&mut tx, follower_id, followed.id, app.now_ms());
    accounts::count_follows(&mut tx, follower_id);
    accounts::count_follows(&mut tx, followed.id);
    timelines::withdraw(&mut tx, follower_id, followed.id);
    app.commit(tx).await?;
    info!(follower_id, followed = %followed.iri, "ended a follow that their server does not know");
    Ok(())
}

/// Their server knows a follow that we do not: it is confirmed if it was asked for, and taken back if not.
async fn answer_for(
    app: &App,
    community: &Community,
    follower: &Iri,
    followed: &Account,
) -> Result<()> {
    let member = accounts::find_by_iri(app, follower).await?;
    let Some(member) = member
        .filter(|member| member.community_id == Some(community.id) && member.gone_at.is_none())
    else {
        return Ok(());
    };
    let mut tx = Tx::new();
    match super::state(app, member.id, followed.id).await? {
        State::Accepted => return Ok(()),
        State::Requested => super::confirm(app, &mut tx, &member, followed),
        State::None if has_lapsed(app, &member, followed).await? => {
            store::accept(&mut tx, member.id, followed.id);
            super::established(&mut tx, &member, followed);
        }
        State::None => {
            // Nobody remembers what the Follow was called; its two ends say which.
            let iri = format!("{}#follows/{}", member.iri, app.next_id());
            let undo = Outgoing::UndoFollow {
                iri,
                target: followed.id,
            };
            delivery::queue(&mut tx, app, member.id, &undo)?;
        }
    }
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whether the member followed until their list left the follow out, not long ago.
async fn has_lapsed(app: &App, member: &Account, followed: &Account) -> Result<bool> {
    let since = store::lapsed_since(&app.db, member.id, followed.id).await?;
    Ok(since.is_some_and(|since| since > app.now_ms() - LAPSED_KEPT_DAYS * DAY_MS))
}
