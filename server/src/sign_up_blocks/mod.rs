//! Whom a community takes in by no means, or only when a moderator says yes: providers of e-mail addresses, single
//! addresses, networks. Mastodon's words are *e-mail domain blocks*, *canonical e-mail blocks* and *IP blocks*.
//!
//! Nothing of this is about other servers: those are met by rules.

pub mod api;
pub mod command;
mod model;
mod store;
pub mod web;

use std::net::IpAddr;

use comity_db::{DbError, Tx, Wrote};

pub use model::{Block, Kind, Network, Severity, canonical_hash, hash, provider};

use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};

/// Blocks of one community: more are a list that somebody else keeps, and each is looked at whenever anybody signs up.
const MOST: i64 = 1_000;
/// Characters of what moderators note.
const LONGEST_COMMENT: usize = 1_000;

/// Those in force, newest first.
pub async fn all(app: &App, community: &Community) -> Result<Vec<Block>> {
    of(app, community.id).await
}

async fn of(app: &App, community_id: i64) -> Result<Vec<Block>> {
    store::all(&app.db, community_id, app.now_ms(), MOST).await
}

/// One of them.
pub async fn find(app: &App, community: &Community, kind: Kind, id: i64) -> Result<Block> {
    let found = all(app, community).await?;
    let found = found
        .into_iter()
        .find(|one| one.id == id && one.kind == kind);
    found.ok_or(Error::NotFound)
}

/// The strongest block under which somebody comes who wants to join, or to have another e-mail address.
pub async fn meeting(
    app: &App,
    community_id: i64,
    email: &str,
    from: Option<IpAddr>,
) -> Result<Option<Block>> {
    let found = of(app, community_id).await?;
    let met = found.into_iter().filter(|block| block.meets(email, from));
    Ok(met.max_by_key(|block| block.severity))
}

/// Whether anybody may sign in from this address.
pub async fn check_sign_in(app: &App, community: &Community, from: IpAddr) -> Result<()> {
    let found = all(app, community).await?;
    if found.iter().any(|block| block.shuts_out(from)) {
        return Err(Error::Forbidden(format!(
            "nobody signs in to {} from your network address; use another network, or write to the moderators",
            community.name
        )));
    }
    Ok(())
}

/// What is to be blocked, checked.
pub struct NewBlock {
    /// What it is about.
    pub kind: Kind,
    /// A domain, a hash or a network.
    pub pattern: String,
    /// What it does.
    pub severity: Severity,
    /// For moderators.
    pub comment: String,
    /// Unix milliseconds.
    pub expires_at: Option<i64>,
}

/// Blocks it. Refused where whoever does it could not sign in any more from where they are.
pub async fn add(
    app: &App,
    community: &Community,
    by: &Account,
    from: IpAddr,
    new: NewBlock,
) -> Result<Block> {
    let block = Block {
        id: app.next_id(),
        kind: new.kind,
        pattern: new.pattern,
        severity: new.severity,
        comment: new.comment.trim().to_owned(),
        set_by: by.id,
        created_at: app.now_ms(),
        expires_at: new.expires_at,
    };
    check(&block, from)?;
    if i64::try_from(all(app, community).await?.len()).unwrap_or(MOST) >= MOST {
        return Err(Error::Forbidden(format!(
            "there are {MOST} blocks of sign-ups, which is the most; take some back"
        )));
    }
    let mut tx = Tx::new();
    store::insert(&mut tx, community.id, &block);
    write(app, tx, block.kind).await?;
    Ok(block)
}

/// Changes it. Refused where whoever does it could not sign in any more from where they are.
pub async fn change(app: &App, community: &Community, from: IpAddr, block: &Block) -> Result<()> {
    check(block, from)?;
    let mut tx = Tx::new();
    store::change(&mut tx, community.id, block, app.now_ms());
    write(app, tx, block.kind).await
}

/// Takes it back.
pub async fn remove(app: &App, community: &Community, kind: Kind, id: i64) -> Result<()> {
    let block = find(app, community, kind, id).await?;
    let mut tx = Tx::new();
    store::delete(&mut tx, community.id, block.id);
    app.commit(tx).await?;
    Ok(())
}

fn check(block: &Block, from: IpAddr) -> Result<()> {
    if block.comment.chars().count() > LONGEST_COMMENT {
        let why = format!("must have at most {LONGEST_COMMENT} characters");
        return Err(Error::invalid("comment", why));
    }
    if block.kind == Kind::Network && Network::parse(&block.pattern)?.is_too_wide() {
        let why = "is so wide that hardly anybody is left; close sign-ups instead";
        return Err(Error::invalid("ip", why));
    }
    if block.shuts_out(from) {
        let own = from.to_canonical();
        let why = format!(
            "would shut you out: you are at {own}, from where you could not sign in any more; choose a smaller network"
        );
        return Err(Error::invalid("ip", why));
    }
    Ok(())
}

async fn write(app: &App, tx: Tx, kind: Kind) -> Result<()> {
    match app.db.write(tx).await {
        Ok(Wrote::All) => Ok(()),
        Ok(Wrote::Nothing { .. }) => Err(Error::NotFound),
        Err(DbError::Conflict(_)) => {
            let field = match kind {
                Kind::Provider => "domain",
                Kind::Email => "canonical_email_hash",
                Kind::Network => "ip",
            };
            Err(Error::invalid(
                field,
                "is blocked already; change that block",
            ))
        }
        Err(other) => Err(other.into()),
    }
}
