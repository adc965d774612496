//! Coming in: who may sign up, and who waits for a letter or for a yes; the moderators who say it are in `queue.rs`. Somebody
//! who waits has no account: there is nothing of theirs that anybody could see.

pub mod api;
mod check;
mod confirm;
pub(crate) mod letters;
mod places;
mod queue;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use comity_db::{DbError, Tx, Wrote};

pub use check::Fault;
pub use confirm::{ask_again, confirm, led_to};
pub use queue::{approve, one_in_queue, queue, turn_down, whole_queue};

use crate::accounts::Account;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::{Community, SignUp};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::address::neighbourhood;
use crate::http::token::Token;
use crate::invitations;
use crate::mail;
use crate::members::letters::{self as post, Errand};
use crate::members::links::{self, Purpose};
use crate::members::{self, Role, Settled};
use crate::notifications;
use crate::oauth;
use store::ApplicantRow;

/// Whoever does not answer the letter is forgotten after so long.
const UNANSWERED_MS: i64 = 7 * DAY_MS;
/// What was decided can be read for so long.
const DECIDED_MS: i64 = 30 * DAY_MS;

/// Somebody who wants to join, as typed.
#[derive(Clone, Default)]
pub struct NewSignUp {
    /// In the handle.
    pub username: String,
    /// For signing in, and to reach them.
    pub email: String,
    /// Stored only as a hash.
    pub password: String,
    /// Why, for the moderators.
    pub reason: String,
    /// A day, where a least age is set; looked at and not kept.
    pub date_of_birth: Option<String>,
    /// The code of an invitation.
    pub invitation: Option<String>,
    /// They keep to what members ask of each other.
    pub agrees: bool,
    /// The app that they came with.
    pub app_id: Option<i64>,
}

/// What came of it.
pub enum Came {
    /// They are a member.
    In {
        /// Theirs.
        account: Arc<Account>,
        /// Of the app that they came with.
        token: Option<oauth::Made>,
    },
    /// They wait: for the answer to a letter, for a yes, or for both.
    Waits {
        /// Opens the page that tells how it stands.
        standing: Token,
        /// Of the app that they came with.
        token: Option<oauth::Made>,
    },
}

/// Why somebody did not come in.
pub enum NotIn {
    /// What they sent cannot be taken so: each thing that is wrong with it.
    Faults(Vec<Fault>),
    /// Everything else.
    Other(Error),
}

impl From<Error> for NotIn {
    fn from(error: Error) -> NotIn {
        NotIn::Other(error)
    }
}

impl From<NotIn> for Error {
    /// The first of what is wrong.
    fn from(not: NotIn) -> Error {
        match not {
            NotIn::Other(error) => error,
            NotIn::Faults(faults) => faults.into_iter().next().map_or_else(
                || Error::internal("nothing was wrong with a sign-up"),
                Error::from,
            ),
        }
    }
}

/// Signs somebody up, from this address.
pub async fn apply(
    app: &App,
    community: &Community,
    new: NewSignUp,
    from: IpAddr,
) -> Result<Came, NotIn> {
    let neighbourhood = &neighbourhood(from);
    let code = new.invitation.as_deref().unwrap_or_default().trim();
    let invitation = invitations::good(app, community, code).await?;
    check_open(community, code, invitation.is_some())?;
    let faults = check::faults(app, community, &new, invitation.is_some());
    if !faults.is_empty() {
        return Err(NotIn::Faults(faults));
    }
    // Counted before anything is looked up: the answer tells who is a member.
    app.limits.check(Kind::SignUp, neighbourhood)?;
    let outwaited = places::outwaited(app, community, &new).await?;
    let given_up: Vec<i64> = outwaited.iter().map(|row| row.id).collect();
    let taken = check::taken(app, community, &new, &given_up).await?;
    if !taken.is_empty() {
        return Err(NotIn::Faults(taken));
    }
    let doubted = check::is_doubted(app, community, new.email.trim(), Some(from)).await?;
    let needs_yes = doubted || (community.sign_up == SignUp::Approval && invitation.is_none());
    let mut tx = Tx::new();
    for row in &outwaited {
        places::give_up(&mut tx, row);
    }
    // Where this is the first that came to nothing, somebody was faster; later it is the invitation.
    let before_invitation = tx.len();
    if let Some(invitation) = &invitation {
        invitations::use_one(&mut tx, invitation.id);
    }
    let row = ApplicantRow {
        id: app.next_id(),
        community_id: community.id,
        username: new.username.trim().to_owned(),
        email: new.email.trim().to_owned(),
        password_hash: members::hash_password(&new.password).await?,
        reason: new.reason.trim().to_owned(),
        needs_yes,
        invitation_id: invitation.map(|invitation| invitation.id),
        app_id: new.app_id,
        state: String::new(),
        word: String::new(),
        created_at: app.now_ms(),
        email_confirmed_at: None,
        decided_at: None,
    };
    let id = row.id;
    if !needs_yes && !mail::is_on(app) {
        let mut after = Tx::new();
        let token = app_token(app, &mut after, row.app_id, oauth::Whose::Member(id)).await?;
        let account = members::settle(app, community, settled(row), tx, after).await?;
        return Ok(Came::In { account, token });
    }
    places::check(app, community, outwaited.len(), neighbourhood).await?;
    let standing = Token::random()?;
    store::insert(&mut tx, &row, standing.hash());
    let token = app_token(app, &mut tx, row.app_id, oauth::Whose::Applicant(id)).await?;
    post::promise(&mut tx, app, Errand::ConfirmSignUp { applicant: id })?;
    if !mail::is_on(app) {
        tell_moderators(app, &mut tx, community, id).await?;
    }
    match app.db.write(tx).await {
        Ok(Wrote::All) => {
            app.wake.ring();
            Ok(Came::Waits { standing, token })
        }
        Ok(Wrote::Nothing { at }) if at < before_invitation => {
            Err(NotIn::Faults(vec![check::name_taken()]))
        }
        Ok(Wrote::Nothing { .. }) => Err(NotIn::Other(invitation_over())),
        Err(DbError::Conflict(key)) if key.contains("email") => {
            Err(NotIn::Faults(vec![check::email_taken()]))
        }
        Err(DbError::Conflict(_)) => Err(NotIn::Faults(vec![check::name_taken()])),
        Err(other) => Err(NotIn::Other(other.into())),
    }
}

/// Those who look after the community hear that somebody waits for their yes, and for nothing else.
async fn tell_moderators(
    app: &App,
    tx: &mut Tx,
    community: &Community,
    applicant: i64,
) -> Result<()> {
    let now_ms = app.now_ms();
    for moderator in members::stewards(&app.db, community.id).await? {
        let id = app.ids.round_at(now_ms);
        let voice = community.actor_id;
        notifications::tell_of_sign_up(tx, id, moderator, voice, applicant, now_ms);
    }
    Ok(())
}

/// Those of these who want to join a community that this member looks after, by number; nobody who was turned down.
pub(crate) async fn open_to(
    app: &App,
    account_id: i64,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Applicant>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = store::open_to(&app.db, account_id, ids).await?;
    let open = rows
        .into_iter()
        .map(|row| (row.id, Applicant::of(app, row)));
    Ok(open.collect())
}

/// A token for the app that signs somebody up, in the transaction that does.
async fn app_token(
    app: &App,
    tx: &mut Tx,
    app_id: Option<i64>,
    whose: oauth::Whose,
) -> Result<Option<oauth::Made>> {
    match app_id {
        Some(app_id) => oauth::token_at_sign_up(app, tx, app_id, whose)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Whether anybody may sign up here, or somebody with an invitation.
pub fn check_open(community: &Community, code: &str, is_invited: bool) -> Result<()> {
    match community.sign_up {
        SignUp::Closed => Err(Error::Forbidden(
            "nobody new is taken in just now".to_owned(),
        )),
        _ if !code.is_empty() && !is_invited => Err(invitation_over()),
        SignUp::Invitation if !is_invited => Err(Error::Forbidden(format!(
            "one joins {} by invitation; ask somebody who is here for a link",
            community.name
        ))),
        _ => Ok(()),
    }
}

fn invitation_over() -> Error {
    Error::Forbidden("this invitation is over; ask for another one".to_owned())
}

fn settled(row: ApplicantRow) -> Settled {
    Settled {
        id: row.id,
        username: row.username,
        display_name: String::new(),
        email: row.email,
        password_hash: row.password_hash,
        role: Role::Member,
        email_confirmed_at: row.email_confirmed_at,
        invitation_id: row.invitation_id,
    }
}

/// How it stands with somebody who wants to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The letter is to be answered first.
    Letter,
    /// Moderators are to say yes.
    Yes,
    /// They are a member.
    In,
    /// Moderators said no, with this word.
    TurnedDown(String),
}

/// Somebody who wants to join, as they see themself.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The number that their account has, or will have.
    pub id: i64,
    /// In the handle.
    pub username: String,
    /// Where letters go.
    pub email: String,
    /// For the moderators.
    pub reason: String,
    /// Unix milliseconds.
    pub since: i64,
    /// How it stands.
    pub standing: Standing,
    /// The app that they came with.
    pub app_id: Option<i64>,
}

impl Applicant {
    fn of(app: &App, row: ApplicantRow) -> Applicant {
        let standing = match row.state.as_str() {
            "in" => Standing::In,
            "turned_down" => Standing::TurnedDown(row.word),
            _ if row.email_confirmed_at.is_none() && mail::is_on(app) => Standing::Letter,
            _ => Standing::Yes,
        };
        Applicant {
            id: row.id,
            username: row.username,
            email: row.email,
            reason: row.reason,
            since: row.created_at,
            standing,
            app_id: row.app_id,
        }
    }
}

/// How it stands with whoever holds this.
pub async fn standing(app: &App, community: &Community, token: &str) -> Result<Applicant> {
    let token = Token::parse(token).ok_or(Error::Gone)?;
    let row = store::by_standing(&app.db, token.hash())
        .await?
        .filter(|row| row.community_id == community.id)
        .ok_or(Error::Gone)?;
    Ok(Applicant::of(app, row))
}

/// The same, by number.
pub async fn find(app: &App, id: i64) -> Result<Option<Applicant>> {
    let row = store::by_id(&app.db, id).await?;
    Ok(row.map(|row| Applicant::of(app, row)))
}

/// Somebody who waits with this name or address, and the hash of their password: signing in tells them how it stands.
pub(crate) async fn waiting(
    app: &App,
    community: &Community,
    name: &str,
) -> Result<Option<(Applicant, String)>> {
    let name = name.trim().trim_start_matches('@');
    let row = match store::by_name(&app.db, community.id, name).await? {
        Some(row) => Some(row),
        None => store::by_email(&app.db, community.id, name).await?,
    };
    Ok(row.map(|row| {
        let hash = row.password_hash.clone();
        (Applicant::of(app, row), hash)
    }))
}

/// What follows on somebody's becoming a member, once they are one.
fn let_in(app: &App, row: &ApplicantRow) -> Tx {
    let mut tx = Tx::new();
    store::let_in(&mut tx, row.id, app.now_ms());
    oauth::let_applicant_in(&mut tx, row.id);
    tx
}

/// What apps are told of signing up.
pub struct Registrations {
    /// Anybody may ask.
    pub enabled: bool,
    /// Moderators say yes.
    pub approval_required: bool,
    /// They want to read why.
    pub reason_required: bool,
    /// Why nobody may.
    pub message: Option<String>,
    /// Years.
    pub min_age: Option<u32>,
}

/// How it is here.
pub fn registrations(app: &App, community: &Community) -> Registrations {
    let asks = community.sign_up == SignUp::Approval;
    Registrations {
        enabled: matches!(community.sign_up, SignUp::Open | SignUp::Approval),
        approval_required: asks,
        reason_required: asks && app.config.sign_up.ask_reason,
        message: match community.sign_up {
            SignUp::Open | SignUp::Approval => None,
            SignUp::Invitation => Some("One joins by invitation.".to_owned()),
            SignUp::Closed => Some("Nobody new is taken in just now.".to_owned()),
        },
        min_age: Some(app.config.sign_up.min_age).filter(|age| *age > 0),
    }
}

/// Forgets up to `most` who never answered the letter, or about whom was decided long ago, and says how many.
pub async fn forget_old(app: &App, now_ms: i64, most: i64) -> Result<u64> {
    let no_letters = !mail::is_on(app);
    let (unanswered, decided) = (now_ms - UNANSWERED_MS, now_ms - DECIDED_MS);
    // Each is some statements of one transaction.
    let most = most.min(500);
    let old = store::old(&app.db, unanswered, decided, most, no_letters).await?;
    let mut tx = Tx::new();
    for id in &old {
        if let Some(row) = store::by_id(&app.db, *id).await?
            && row.state == "waits"
        {
            places::give_up(&mut tx, &row);
            continue;
        }
        // A member has the number of the applicant they were; other links of theirs stay.
        links::drop_one(&mut tx, *id, Purpose::SignUp);
        store::drop_decided(&mut tx, *id);
    }
    // Where another node forgets the same, or one of them came in meanwhile, nothing of it happens; the next time does.
    if !tx.is_empty() && !app.commit(tx).await? {
        return Ok(0);
    }
    Ok(u64::try_from(old.len()).unwrap_or_default())
}
