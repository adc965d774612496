//! Notifications: who is told of what. Written beside the act that causes them; whether one is shown is asked of the
//! gate when it is read, so a mute or a rule set later hides what was written earlier.

pub mod api;
pub mod entity;
pub mod grouped;
mod matter;
pub mod policy;
mod record;
pub mod requests;
mod store;
mod tell;
pub mod v2;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;
use std::sync::Arc;

use comity_policy::{Party, Subject, Thing, Visible, Way};

pub use matter::Matter;
pub(crate) use record::{
    forget_collection, tell_of_collection, tell_of_report, tell_of_rule, tell_of_sign_up,
    tell_of_warning, withdraw_of_collection,
};
pub use record::{notify, tell_self, withdraw};
pub(crate) use tell::{promise_edited, promise_new, promise_quoting, tell_of_post, tell_quoting};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::collections::{self, Shown};
use crate::error::{Error, Result};
use crate::http::Me;
use crate::moderation::{self, Act};
use crate::reports::{self, Report};
use crate::sign_ups::{self, Applicant};
use crate::statuses::{self, Status};
use crate::window::Window;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Named in a status, or answered.
    Mention,
    /// Somebody follows.
    Follow,
    /// Somebody asks to follow.
    FollowRequest,
    /// Somebody favourited a status.
    Favourite,
    /// Somebody boosted a status.
    Reblog,
    /// Somebody quoted a status, and it stands.
    Quote,
    /// A poll in which they voted, or which is theirs, is over.
    Poll,
    /// Somebody of whose posts they asked to be told wrote one.
    Status,
    /// A status that they boosted says something else now.
    Update,
    /// A status that they quoted says something else now. What is told of is theirs, which quotes it.
    QuotedUpdate,
    /// A boundary that is not their own suspends follows of theirs.
    Suspended,
    /// It was taken back, or ended, and they work again.
    Restored,
    /// Somebody reported somebody, to a community that they look after.
    Report,
    /// Somebody put them into a collection.
    Collected,
    /// A collection that they are in is called or described otherwise now.
    CollectionChanged,
    /// Somebody waits to join a community that they look after.
    SignUp,
    /// Those who look after their community decided something about them, or have a word for them.
    Warning,
}

impl Kind {
    /// Every one.
    pub const ALL: [Kind; 17] = [
        Kind::Mention,
        Kind::Follow,
        Kind::FollowRequest,
        Kind::Favourite,
        Kind::Reblog,
        Kind::Quote,
        Kind::Poll,
        Kind::Status,
        Kind::Update,
        Kind::Suspended,
        Kind::Restored,
        Kind::Report,
        Kind::QuotedUpdate,
        Kind::SignUp,
        Kind::Warning,
        Kind::Collected,
        Kind::CollectionChanged,
    ];

    /// The word that is stored and that clients know.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Mention => "mention",
            Kind::Follow => "follow",
            Kind::FollowRequest => "follow_request",
            Kind::Favourite => "favourite",
            Kind::Reblog => "reblog",
            Kind::Quote => "quote",
            Kind::Poll => "poll",
            Kind::Status => "status",
            Kind::Update => "update",
            Kind::QuotedUpdate => "quoted_update",
            // As Mastodon calls what is near to it.
            Kind::Suspended => "severed_relationships",
            Kind::Restored => "restored_relationships",
            Kind::Report => "admin.report",
            Kind::Collected => "added_to_collection",
            Kind::CollectionChanged => "collection_update",
            Kind::SignUp => "admin.sign_up",
            Kind::Warning => "moderation_warning",
        }
    }

    /// What happened, in a line. Whoever knows who did it puts their name where it says "Somebody".
    pub fn title(self) -> &'static str {
        match self {
            Kind::Mention => "Somebody mentioned you",
            Kind::Follow => "Somebody follows you",
            Kind::FollowRequest => "Somebody asks to follow you",
            Kind::Favourite => "Somebody favourited a post of yours",
            Kind::Reblog => "Somebody boosted a post of yours",
            Kind::Quote => "Somebody quoted a post of yours",
            Kind::Poll => "A poll of somebody is over",
            Kind::Status => "Somebody posted",
            Kind::Update => "Somebody changed a post that you boosted",
            Kind::QuotedUpdate => "Somebody changed a post that you quoted",
            Kind::Report => "Somebody reported somebody",
            Kind::SignUp => "Somebody waits to join",
            Kind::Warning => "Those who look after your community have a word for you",
            Kind::Collected => "Somebody put you into a collection",
            Kind::CollectionChanged => "Somebody changed a collection that you are in",
            Kind::Suspended | Kind::Restored => "Something changed for people you follow",
        }
    }

    /// Reads [`Kind::as_str`].
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Somebody as one hears of their acts. That is more than seeing who they are: whom one blocks one may look at, and
/// hears nothing of.
pub struct Doer(Arc<Account>);

impl Subject for Doer {
    fn thing(&self) -> Thing {
        self.0.thing()
    }
}

impl std::ops::Deref for Doer {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.0
    }
}

/// Whether what stands aside is listed as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It is not.
    Not,
    /// It is.
    Too,
}

/// Which of what a member is told is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// Whether what stands aside is.
    pub aside: Aside,
    /// Nothing but what is of these kinds, where any are said.
    pub kinds: Option<Vec<Kind>>,
    /// Nothing but what this account did, where one is said.
    pub from: Option<i64>,
}

impl Which {
    /// Of every kind, by anybody.
    pub fn any(aside: Aside) -> Which {
        Which {
            aside,
            kinds: None,
            from: None,
        }
    }
}

/// Something a member is told, with the evidence that they may see it.
pub struct Notification {
    /// Sorts by time.
    pub id: i64,
    /// What happened.
    pub kind: Kind,
    /// Who did it.
    pub from: Arc<Visible<Doer>>,
    /// To which status. Several notifications may be about one.
    pub status: Option<Arc<Visible<Status>>>,
    /// By which rule, and how many follows it concerns.
    pub of_rule: Option<OfRule>,
    /// Which report, for somebody who may see it.
    pub report: Option<Report>,
    /// Which collection. Several notifications may be about one.
    pub collection: Option<Arc<Shown>>,
    /// Who wants to join, for somebody who may see it.
    pub applicant: Option<Applicant>,
    /// What was decided about the member.
    pub warning: Option<Act>,
    /// It stands aside, by the member's policy.
    pub set_aside: bool,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// What a rule, or a closing of the gate, did to a member's follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfRule {
    /// Its number.
    pub rule_id: i64,
    /// People they follow whom it concerns.
    pub following: i64,
    /// People who follow them whom it concerns.
    pub followers: i64,
}

/// Some of what a member is told.
pub struct Stretch {
    /// Newest first; what the gate hides is left out.
    pub shown: Vec<Notification>,
    /// The first that was looked at, shown or not.
    pub first: Option<i64>,
    /// The last that was looked at, shown or not, where there may be older ones.
    pub last: Option<i64>,
}

/// What this member is told, newest first, older than `max_id`; at most `limit` before the gate.
pub async fn list(app: &App, me: &Account, max_id: i64, limit: i64) -> Result<Stretch> {
    let any = Which::any(Aside::Not);
    stretch(app, me, Window::older_than(max_id), limit, &any).await
}

/// What tells this member of this, if any of these numbers does: others of them may tell something else.
pub(crate) async fn find_told(
    app: &App,
    me: &Account,
    matter: &Matter,
    numbers: &[i64],
) -> Result<Option<Notification>> {
    for id in numbers {
        match find_by(app, me, Way::Notification, *id).await {
            Ok(found) if Matter::of(&found) == *matter => return Ok(Some(found)),
            Ok(_) => {}
            Err(why) if why.is_not_found() => {}
            Err(why) => return Err(why),
        }
    }
    Ok(None)
}

/// One thing that this member is told, for who asks for it by its number: it may stand aside.
pub(crate) async fn read(app: &App, me: &Account, id: i64) -> Result<Notification> {
    alone(app, me, Way::Notification, id, Aside::Too).await
}

/// One thing that this member is told, for whatever brings it to them.
pub async fn find_by(app: &App, me: &Account, way: Way, id: i64) -> Result<Notification> {
    alone(app, me, way, id, Aside::Not).await
}

async fn alone(app: &App, me: &Account, way: Way, id: i64, aside: Aside) -> Result<Notification> {
    let window = Window {
        below: id.saturating_add(1),
        above: id.saturating_sub(1),
        from_below: false,
    };
    let found = stretch_by(app, me, way, window, 1, &Which::any(aside)).await?;
    let found = found.shown.into_iter().next();
    found.ok_or(Error::NotFound)
}

/// Everything this member was told is forgotten.
pub async fn clear(app: &App, me: &Account) -> Result<()> {
    store::clear(&app.db, me.id).await?;
    Ok(())
}

/// One thing this member was told is forgotten. *Not found* where there is none of theirs.
pub async fn dismiss(app: &App, me: &Account, id: i64) -> Result<()> {
    match store::dismiss(&app.db, me.id, id).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// What this member is told within a window, from the end that it says; at most `limit` before the gate.
pub async fn stretch(
    app: &App,
    me: &Account,
    window: Window,
    limit: i64,
    which: &Which,
) -> Result<Stretch> {
    stretch_by(app, me, Way::Notification, window, limit, which).await
}

async fn stretch_by(
    app: &App,
    me: &Account,
    way: Way,
    window: Window,
    limit: i64,
    which: &Which,
) -> Result<Stretch> {
    let rows = store::within(&app.db, me.id, window, limit, which).await?;
    let first = rows.first().map(|row| row.id);
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    let last = rows.last().map(|row| row.id).filter(|_| full);
    let shown = cleared(app, me, way, rows).await?;
    Ok(Stretch { shown, first, last })
}

/// Of these, in their order, what the gate lets this member see by this way.
async fn cleared(
    app: &App,
    me: &Account,
    way: Way,
    rows: Vec<store::NotificationRow>,
) -> Result<Vec<Notification>> {
    let party = Party::Member(me.person());
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.status_id).collect();
    let shown = statuses::find_many(app, &party, way, &ids).await?;
    let statuses: HashMap<i64, Arc<Visible<Status>>> = shown
        .into_iter()
        .map(|status| (status.id, Arc::new(status)))
        .collect();
    let people =
        accounts::find_many(app, rows.iter().map(|row| row.from_account_id).collect()).await?;
    let heard = app
        .gate
        .show_all(&party, way, people.into_values().map(Doer).collect())
        .await?;
    let from: HashMap<i64, Arc<Visible<Doer>>> = heard
        .into_iter()
        .flatten()
        .map(|doer| (doer.0.id, Arc::new(doer)))
        .collect();
    let ids = rows.iter().filter_map(|row| row.report_id).collect();
    let mut reports = reports::open_to(app, me.id, ids).await?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.collection_id).collect();
    let collections = collections::find_many(app, &party, way, &ids).await?;
    let ids = rows.iter().filter_map(|row| row.applicant_id).collect();
    let mut applicants = sign_ups::open_to(app, me.id, ids).await?;
    let ids = rows.iter().filter_map(|row| row.action_id).collect();
    let mut warnings = moderation::acts_upon(app, me.id, ids).await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(kind) = Kind::parse(&row.kind) else {
            continue;
        };
        let Some(from) = from.get(&row.from_account_id).cloned() else {
            continue;
        };
        let status = match row.status_id {
            None => None,
            Some(id) => match statuses.get(&id) {
                Some(status) => Some(status.clone()),
                // What it is about is not for this member (any more).
                None => continue,
            },
        };
        let report = row.report_id.map(|id| reports.remove(&id));
        let report = match report {
            // They look after the community no more.
            Some(None) => continue,
            other => other.flatten(),
        };
        let collection = match row.collection_id {
            None => None,
            Some(id) => match collections.get(&id) {
                Some(collection) => Some(collection.clone()),
                // It is gone, or not for this member (any more).
                None => continue,
            },
        };
        let applicant = row.applicant_id.map(|id| applicants.remove(&id));
        let applicant = match applicant {
            // Somebody said no, or it was long ago, or they look after the community no more.
            Some(None) => continue,
            other => other.flatten(),
        };
        let warning = row.action_id.and_then(|id| warnings.remove(&id));
        if kind == Kind::Warning && warning.is_none() {
            continue;
        }
        list.push(Notification {
            id: row.id,
            kind,
            from,
            status,
            of_rule: row.rule_id.map(|rule_id| OfRule {
                rule_id,
                following: row.following.unwrap_or(0),
                followers: row.followers.unwrap_or(0),
            }),
            report,
            collection,
            applicant,
            warning,
            set_aside: row.set_aside,
            created_at: row.created_at,
        });
    }
    Ok(list)
}

/// Unread ones are counted up to here: beyond it a number only nags.
const MOST_COUNTED: i64 = 20;
/// So often it is read on where the gate hides much.
const MOST_ROUNDS: usize = 5;

/// How many of the newest are unread and shown.
pub async fn unread(app: &App, me: &Me) -> Result<u64> {
    let read_id = me.member.notifications_read_id;
    if !store::any_newer(&app.db, me.account.id, read_id).await? {
        return Ok(0);
    }
    let most = usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX);
    let mut unread = 0;
    let mut max_id = i64::MAX;
    for _ in 0..MOST_ROUNDS {
        let stretch = list(app, &me.account, max_id, MOST_COUNTED).await?;
        unread += stretch
            .shown
            .iter()
            .filter(|notification| notification.id > read_id)
            .count();
        match stretch.last.filter(|last| *last > read_id) {
            Some(last) if unread < most => max_id = last,
            _ => break,
        }
    }
    Ok(u64::try_from(unread.min(most)).unwrap_or(0))
}
