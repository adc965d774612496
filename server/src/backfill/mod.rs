//! Answers that nobody here was sent: read where they are, when a member asks for the conversation of a post elsewhere.
//!
//! A server sends an answer to those who follow its author and to whom it answers, so most of a conversation elsewhere never
//! comes here. The server of a post lists the answers that it knows in the post's `replies`; the list is walked, and so are
//! those of the answers, in the name of the member's community. Each hop asks the gate for its own permit, so a server that the
//! community refuses is never asked. A list is believed to point and nothing more: every post is fetched from its own origin,
//! is taken in like any that was fetched, and only where it answers one of the conversation.
//!
//! Each server that is asked learns that somebody of the community reads the conversation: that of the post, and whichever its
//! lists name. So it is done for posts that are for everybody alone, and seldom for each. What one community asks is no other
//! community's: each has its own walk, and its members alone are told of it.

pub mod api;
mod model;
mod pace;
mod store;
mod walk;

use comity_db::{Db, Tx};
use comity_policy::{Contact, Way};
use comity_vocab::Visibility;
use tracing::error;

pub(crate) use model::Run;
pub(crate) use pace::{Pace, Turn};
pub(crate) use walk::go_on;

use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::http::{Kind, Me};
use crate::queue::{self, Job};
use crate::statuses::{self, Status};
use model::{BackfillRow, Walk};

const MINUTE_MS: i64 = 60_000;
/// How long a conversation is left alone once the reading of its answers was begun. As long as Mastodon's.
const AGAIN_MS: i64 = 15 * MINUTE_MS;
/// A post that is younger has its answers on their way. As long as Mastodon's.
const SETTLED_MS: i64 = 5 * MINUTE_MS;
/// How long all of it may take, with its waits. What did not end by then was given up.
const LASTS_MS: i64 = 60 * MINUTE_MS;
/// How long it is known that the answers of a post were read.
const KEPT_MS: i64 = DAY_MS;
/// Posts that are looked at together when they are counted.
const PORTION: usize = 100;

/// How far the reading of a conversation is.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// By what apps ask for it.
    pub token: String,
    /// Posts that were not here, as many as this member may see.
    pub found: usize,
    /// More may come.
    pub is_running: bool,
}

impl Refresh {
    async fn of(app: &App, me: &Me, row: BackfillRow) -> Result<Refresh> {
        // A number that counts what is kept from them would tell them of it.
        let viewer = me.party();
        let mut found = 0;
        for portion in row.found()?.chunks(PORTION) {
            let shown = statuses::find_many(app, &viewer, Way::Conversation, portion).await?;
            found += shown.len();
        }
        Ok(Refresh {
            is_running: is_running(&row, app.now_ms()),
            token: row.token,
            found,
        })
    }
}

fn is_running(row: &BackfillRow, now_ms: i64) -> bool {
    row.ended_at.is_none() && now_ms - row.began_at < LASTS_MS
}

/// A member asks for the conversation of this status, which they may see: its answers elsewhere are promised to be read, unless
/// that was begun not long ago. `None` where nothing more will come. What fails here is logged: it takes nothing from the
/// conversation as it is here.
pub async fn ask(app: &App, me: &Me, status: &Status) -> Option<Refresh> {
    match try_ask(app, me, status).await {
        Ok(refresh) => refresh,
        Err(error) => {
            error!(
                status = status.id,
                ?error,
                "could not ask for a conversation"
            );
            None
        }
    }
}

async fn try_ask(app: &App, me: &Me, status: &Status) -> Result<Option<Refresh>> {
    let is_for_all = matches!(status.visibility, Visibility::Public | Visibility::Unlisted);
    if status.author.is_local() || status.reblog_of.is_some() || !is_for_all {
        return Ok(None);
    }
    let now_ms = app.now_ms();
    if let Some(known) = store::of_status(&app.db, status.id, me.community.id).await? {
        if is_running(&known, now_ms) {
            return Ok(Some(Refresh::of(app, me, known).await?));
        }
        if now_ms - known.began_at < AGAIN_MS {
            return Ok(None);
        }
    }
    if now_ms - status.created_at < SETTLED_MS {
        return Ok(None);
    }
    let host = status.iri.domain();
    let asked = app
        .gate
        .permit(me.community.policy_id(), &host, Contact::Fetch);
    if asked.await?.is_err() {
        return Ok(None);
    }
    let counted = app.limits.check(Kind::Backfill, &me.account.id.to_string());
    if counted.is_err() {
        return Ok(None);
    }
    begin(app, me, status, now_ms).await
}

async fn begin(app: &App, me: &Me, status: &Status, now_ms: i64) -> Result<Option<Refresh>> {
    let community = me.community.id;
    let row = BackfillRow {
        status_id: status.id,
        community_id: community,
        token: Token::random()?.reveal(),
        began_at: now_ms,
        ended_at: None,
        round: 0,
        found: "[]".to_owned(),
        walk: serde_json::to_string(&Walk::from(&status.iri))?,
    };
    let mut tx = Tx::new();
    store::begin(&mut tx, &row, now_ms - AGAIN_MS, now_ms - LASTS_MS);
    let job = Job::Backfill {
        community,
        status: status.id,
        at: now_ms,
        round: 0,
    };
    queue::push(&mut tx, app, &job)?;
    if app.commit_and_ring(tx).await? {
        return Ok(Some(Refresh::of(app, me, row).await?));
    }
    // Somebody else asked in the same moment.
    match store::of_status(&app.db, status.id, community).await? {
        Some(known) if is_running(&known, now_ms) => Ok(Some(Refresh::of(app, me, known).await?)),
        _ => Ok(None),
    }
}

/// How far the reading of a conversation is, for a member of the community that it is read for, who may see what it is about.
pub async fn find(app: &App, me: &Me, token: &str) -> Result<Refresh> {
    if Token::parse(token).is_none() {
        return Err(Error::NotFound);
    }
    let row = store::by_token(&app.db, token).await?;
    let row = row.filter(|row| row.community_id == me.community.id);
    let row = row.ok_or(Error::NotFound)?;
    match statuses::find(app, &me.party(), Way::Page, row.status_id).await {
        Ok(_) => Refresh::of(app, me, row).await,
        Err(Error::Refused(_) | Error::Forbidden(_)) => Err(Error::NotFound),
        Err(why) => Err(why),
    }
}

/// Forgets up to `most` of those that began long ago, and says how many it were.
pub(crate) async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    store::forget(db, now_ms - KEPT_MS, most).await
}
