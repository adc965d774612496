//! Communities: the domains served here. Each has its members, its rules about other servers, its own timeline, and
//! an account of its own that signs what it asks of others.

pub mod activity;
pub mod api;
pub mod command;
mod look;
mod model;
pub mod published;
mod store;
pub mod web;

use std::sync::Arc;

use comity_db::{Db, DbError, Tx, Wrote};
use comity_policy::Mode;
use comity_vocab::{ActorKind, Domain};

pub use look::{LookDraft, change_look};
pub use model::{Answers, Communities, Community, Invites, Look, ShownTo, SignUp};
pub(crate) use store::take_turns;

use crate::accounts::{self, NewLocal};
use crate::app::App;
use crate::emojis::{self, Shelf};
use crate::error::{Error, Result};
use crate::media::address::EmojiAddresses;
use crate::{rules, texts};

/// Longer names do not fit beside the symbol.
const LONGEST_NAME: usize = 60;
/// A cautious community trusts a server it has known for so long, until its moderators say otherwise. The same number
/// stands in the migration that made the column.
const TRUST_AFTER_DAYS: u16 = 30;
/// What a community says of itself, in characters.
const LONGEST_DESCRIPTION: usize = 5_000;
/// What its people ask of each other, in characters.
const LONGEST_RULES: usize = 10_000;

/// What may be changed of a community; its domain may not, because other servers know its people by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What people call it.
    pub name: String,
    /// What it says of itself: plain text with links.
    pub description: String,
    /// What its people ask of each other, one rule a line.
    pub rules_text: String,
    /// Its answer to servers it has no rule for.
    pub mode: Mode,
    /// Who may join.
    pub sign_up: SignUp,
    /// Who says yes to first contacts where it asks.
    pub answers: Answers,
    /// Who may read its rules by name, besides its members.
    pub rules_shown_to: ShownTo,
    /// Who may invite.
    pub invites: Invites,
    /// Whether what is talked about lately is shown.
    pub trends: bool,
    /// Whether it is shown which servers are known.
    pub shows_peers: bool,
}

impl Settings {
    /// As they are.
    pub fn of(community: &Community) -> Settings {
        Settings {
            name: community.name.clone(),
            description: community.description.clone(),
            rules_text: community.rules_text.clone(),
            mode: community.mode,
            sign_up: community.sign_up,
            answers: community.answers,
            rules_shown_to: community.rules_shown_to,
            invites: community.invites,
            trends: community.trends,
            shows_peers: community.shows_peers,
        }
    }

    /// Whether they fit.
    pub(crate) fn check(&self) -> Result<()> {
        let bounds = [
            ("name", &self.name, LONGEST_NAME),
            ("description", &self.description, LONGEST_DESCRIPTION),
            ("rules_text", &self.rules_text, LONGEST_RULES),
        ];
        for (field, text, most) in bounds {
            if text.chars().count() > most {
                return Err(Error::invalid(
                    field,
                    format!("must have at most {most} characters"),
                ));
            }
        }
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) {
            return Err(Error::invalid("name", "must be one line that is not empty"));
        }
        Ok(())
    }
}

/// The community with this id.
pub fn find(app: &App, id: i64) -> Result<Arc<Community>> {
    app.communities.load().by_id(id).ok_or(Error::NotFound)
}

/// All communities, from the database, with their emoji: those of `before` where none changed.
pub async fn load(
    db: &Db,
    pictures: &EmojiAddresses,
    before: Option<&Shelf>,
) -> Result<Communities> {
    let rows = store::all(db).await?;
    let texts = texts::published(db).await?;
    let origins = rows.iter().filter_map(|row| {
        let domain = Domain::parse(&row.domain).ok()?;
        Some((row.id, model::origin(&domain)))
    });
    let shelf = emojis::shelf(db, pictures, origins.collect(), before).await?;
    Ok(Communities::new(
        rows.into_iter()
            .map(|row| {
                let has = texts.get(&row.id).copied().unwrap_or_default();
                Community::from_row(row, shelf.clone(), has)
            })
            .collect::<Result<_>>()?,
    ))
}

/// The domains of a database that may not be up to date, from the oldest community on; an error where it is an empty one.
pub(crate) async fn domains(db: &Db) -> Result<Vec<String>> {
    store::domains(db).await
}

/// Founds a community with an account of its own. It begins closed: its first admin opens it.
pub async fn found(app: &App, domain: Domain, name: &str) -> Result<Arc<Community>> {
    app.config
        .check(&domain)
        .map_err(|why| Error::invalid("domain", why.to_string()))?;
    let now_ms = app.now_ms();
    let community = Community {
        id: app.next_id(),
        origin: model::origin(&domain),
        domain,
        name: name.trim().to_owned(),
        description: String::new(),
        rules_text: String::new(),
        mode: Mode::Open,
        sign_up: SignUp::Closed,
        actor_id: app.next_id(),
        created_at: now_ms,
        described_at: now_ms,
        trust_after_days: TRUST_AFTER_DAYS,
        gate_until: None,
        answers: Answers::Members,
        rules_shown_to: ShownTo::Everyone,
        invites: Invites::Moderators,
        trends: true,
        shows_peers: false,
        look: Look::default(),
        emojis: Arc::new(Shelf::empty(app.media.emojis.clone())),
        texts: texts::Published::default(),
    };
    Settings::of(&community).check()?;
    let mut tx = Tx::new();
    store::insert(&mut tx, &community);
    accounts::create_local(
        &mut tx,
        NewLocal {
            id: community.actor_id,
            community: &community,
            // A name that no member can have: usernames hold no dots. Mastodon does the same.
            username: community.domain.host(),
            display_name: &community.name,
            kind: ActorKind::Application,
            keys: accounts::generate_keys(app).await?,
            now_ms,
        },
    )?;
    rules::advance_epoch(&mut tx);
    match app.db.write(tx).await {
        Ok(_) => {}
        Err(DbError::Conflict(_)) => {
            return Err(Error::Conflict(format!(
                "a community already has the domain {}",
                community.domain
            )));
        }
        Err(other) => return Err(other.into()),
    }
    rules::reload(app).await?;
    find(app, community.id)
}

/// The emergency gate is closed until then; the caller advances the epoch. For `emergency`, which keeps the log.
pub(crate) fn set_gate(tx: &mut Tx, id: i64, until_ms: Option<i64>) {
    store::set_gate(tx, id, until_ms);
}

/// Changes what a community says and whom it lets in.
pub async fn change_settings(app: &App, id: i64, settings: Settings) -> Result<Arc<Community>> {
    settings.check()?;
    let before = find(app, id)?;
    let mut tx = Tx::new();
    rules::changed::of_mode(&mut tx, app, id, before.mode, settings.mode)?;
    store::change(&mut tx, id, &settings, app.now_ms());
    // Other processes read communities anew when the epoch advances.
    rules::advance_epoch(&mut tx);
    let Wrote::All = app.db.write(tx).await? else {
        return Err(Error::NotFound);
    };
    rules::reload(app).await?;
    app.wake.ring();
    find(app, id)
}
