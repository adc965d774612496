//! Members: who lives here, how they come in, and the browsers they are signed in with.

pub mod api;
pub mod command;
pub mod email;
pub mod letters;
pub(crate) mod links;
mod model;
mod password;
pub mod reset;
pub mod sessions;
pub mod setup;
mod signing_in;
pub(crate) mod standing;
mod store;
pub mod web;

pub(crate) use store::OF_MEMBER;

use std::sync::Arc;

use comity_db::{Db, DbError, Tx, Wrote};
use comity_policy::Mode;
use comity_vocab::{ActorKind, Domain, Visibility};

pub(crate) use model::Settled;
pub use model::{Member, NewMember, Role, Session, Standing};
pub(crate) use signing_in::check_is_their_password;
pub use signing_in::{SignedIn, change_password, set_password, sign_in};
use signing_in::{credential, put_password};
pub(crate) use standing::{leave, suspended};
pub use store::{count, stewards};
pub(crate) use store::{end, stay};
pub(crate) use store::{still_has_password, still_signed_in, take_turns};

use crate::accounts::{self, Account, NewLocal};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::passkeys;
use crate::rules;
use crate::second_step;
use crate::statuses::{Answering, Quoting};
use crate::text::{self, Format};

/// As Mastodon has it, so that a handle can move there and back.
pub(crate) const LONGEST_USERNAME: usize = 30;
/// RFC 5321's longest path, less the angle brackets.
const LONGEST_EMAIL: usize = 254;

/// Names that people would take for the community's own voice, or that other servers use for theirs.
const RESERVED: &[&str] = &[
    "abuse",
    "actor",
    "admin",
    "administrator",
    "everyone",
    "help",
    "hostmaster",
    "info",
    "instance",
    "mod",
    "moderator",
    "moderators",
    "noreply",
    "postmaster",
    "relay",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "webmaster",
];

/// The member with this account.
pub async fn find(app: &App, account_id: i64) -> Result<Member> {
    Member::from_row(
        store::by_id(&app.db, account_id)
            .await?
            .ok_or(Error::NotFound)?,
    )
}

/// Joins somebody to a community, as an operator may: the command line, setup and the demo come here.
pub async fn add(app: &App, community: &Community, new: NewMember) -> Result<Arc<Account>> {
    add_with(app, community, new, Tx::new()).await
}

/// `tx` goes first, in the same transaction; if it changes nothing where it must, nobody joins.
async fn add_with(
    app: &App,
    community: &Community,
    new: NewMember,
    tx: Tx,
) -> Result<Arc<Account>> {
    check(community, &new)?;
    let username = new.username.trim();
    let display_name = match new.display_name.trim() {
        "" => username,
        name => name,
    };
    let taken = || Error::invalid("username", "is taken; choose another");
    // The unique key decides in the end; asked before, it costs no keys and no slow hash.
    if accounts::find_by_handle(app, username, &community.domain)
        .await?
        .is_some()
    {
        return Err(taken());
    }
    let settled = Settled {
        id: app.next_id(),
        username: username.to_owned(),
        display_name: display_name.to_owned(),
        email: new.email.trim().to_owned(),
        password_hash: password::hash(&new.password).await?,
        role: new.role,
        email_confirmed_at: None,
        invitation_id: None,
    };
    settle(app, community, settled, tx, Tx::new()).await
}

/// Makes somebody a member about whom all is checked. `before` and `after` are of the same transaction; where one of them
/// changes nothing that it must, nobody joins.
pub(crate) async fn settle(
    app: &App,
    community: &Community,
    new: Settled,
    before: Tx,
    after: Tx,
) -> Result<Arc<Account>> {
    let now_ms = app.now_ms();
    let id = new.id;
    let mut tx = before;
    let display_name = match new.display_name.as_str() {
        "" => &new.username,
        name => name,
    };
    accounts::create_local(
        &mut tx,
        NewLocal {
            id,
            community,
            username: &new.username,
            display_name,
            kind: ActorKind::Person,
            keys: accounts::generate_keys(app).await?,
            now_ms,
        },
    )?;
    store::insert(&mut tx, &new, community.id, now_ms);
    tx.append(after);
    match app.db.write(tx).await {
        Ok(Wrote::All) => accounts::find(app, id).await,
        Ok(Wrote::Nothing { .. }) => Err(Error::Gone),
        Err(DbError::Conflict(key)) if key.contains("email") => Err(Error::invalid(
            "email",
            "belongs to a member already; sign in instead",
        )),
        Err(DbError::Conflict(_)) => Err(Error::invalid("username", "is taken; choose another")),
        Err(other) => Err(other.into()),
    }
}

/// Whether this is a member's address here.
pub(crate) async fn has_email(app: &App, community_id: i64, email: &str) -> Result<bool> {
    let found = store::credential_by_email(&app.db, community_id, email).await?;
    Ok(found.is_some())
}

/// What is stored of a password.
pub(crate) async fn hash_password(password: &str) -> Result<String> {
    password::hash(password).await
}

/// Whether this may be a password at all.
pub(crate) fn check_password(password: &str) -> Result<()> {
    password::check_length(password)
}

/// Whether this name is the community's own.
pub(crate) fn is_reserved(community: &Community, username: &str) -> bool {
    RESERVED.contains(&username) || username == community.domain.host()
}

fn check(community: &Community, new: &NewMember) -> Result<()> {
    check_username(community, new.username.trim())?;
    check_email(new.email.trim())?;
    password::check_length(&new.password)
}

pub(crate) fn check_username(community: &Community, username: &str) -> Result<()> {
    let fits = (1..=LONGEST_USERNAME).contains(&username.len());
    if !fits
        || !username
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    {
        return Err(Error::invalid(
            "username",
            format!("must be 1 to {LONGEST_USERNAME} of the small letters a to z, digits and _"),
        ));
    }
    // The community's own actor is called by its host.
    if is_reserved(community, username) {
        return Err(Error::invalid(
            "username",
            "is kept for the community itself; choose another",
        ));
    }
    Ok(())
}

pub(crate) fn check_email(email: &str) -> Result<()> {
    let (local, domain) = email.rsplit_once('@').unwrap_or_default();
    let plain = email.chars().all(|letter| {
        !letter.is_whitespace() && !letter.is_control() && !"<>()[]\\,;:\"".contains(letter)
    });
    let fits = (1..=64).contains(&local.len()) && email.len() <= LONGEST_EMAIL;
    if fits && plain && !local.contains('@') && Domain::parse(domain).is_ok() {
        return Ok(());
    }
    Err(Error::invalid(
        "email",
        "must be an address such as ines@harbour.example",
    ))
}

/// Forgets up to `most` sessions, questions to passkeys and links of letters that have expired, and says how many it were.
pub(crate) async fn forget_old(db: &Db, now_ms: i64, most: i64) -> Result<u64> {
    let sessions = store::forget_old(db, now_ms, most).await?;
    let sessions = sessions.max(second_step::forget_old(db, now_ms, most).await?);
    let sessions = sessions.max(passkeys::forget_old(db, now_ms, most).await?);
    Ok(sessions.max(store::links::forget(db, now_ms, most).await?))
}

/// How a member meets servers that no rule of theirs names, beyond what their community does. From the moment this
/// returns, this process decides by it.
pub async fn choose_mode(app: &App, account_id: i64, mode: Mode) -> Result<()> {
    let mut tx = Tx::new();
    store::choose_mode(&mut tx, account_id, mode.as_str());
    rules::advance_epoch(&mut tx);
    if !app.commit(tx).await? {
        return Err(Error::NotFound);
    }
    rules::reload(app).await
}

/// What a member lays down for all they write, where a post says nothing else.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Who may answer.
    pub answering: Answering,
    /// Who may quote.
    pub quoting: Quoting,
    /// Who may see it.
    pub visibility: Visibility,
    /// Files are folded.
    pub sensitive: bool,
    /// Others are told with which app a post was written.
    pub shows_app: bool,
    /// The language, as a tag; empty for none.
    pub language: String,
    /// In what it is typed.
    pub format: Format,
}

impl Writing {
    /// As it is.
    pub fn of(member: &Member) -> Writing {
        Writing {
            answering: member.answering,
            quoting: member.quoting,
            visibility: member.default_visibility,
            sensitive: member.sensitive,
            shows_app: member.shows_app,
            language: member.language.clone(),
            format: member.format,
        }
    }
}

/// Changes what this member lays down for all they write.
pub async fn choose_writing(app: &App, account_id: i64, writing: Writing) -> Result<()> {
    let tag = &writing.language;
    if !tag.is_empty() && !text::language::is_of_a_language(tag) {
        return Err(Error::invalid(
            "language",
            "is not a language tag such as en or pt-BR",
        ));
    }
    match store::choose_writing(&app.db, account_id, writing).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// How many live in a community, and how much they do there.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Its members.
    pub members: i64,
    /// Those who wrote or boosted something within a month.
    pub active: i64,
    /// What they wrote that counts: nothing direct.
    pub statuses: i64,
}

/// The numbers of a community.
pub async fn counts(app: &App, community_id: i64) -> Result<Counts> {
    let month_ago = app.now_ms() - 30 * DAY_MS;
    let (members, active, statuses) = store::counts(&app.db, community_id, month_ago).await?;
    Ok(Counts {
        members,
        active,
        statuses,
    })
}

/// Gives a member another role.
pub async fn change_role(app: &App, account_id: i64, role: Role) -> Result<()> {
    match store::change_role(&app.db, account_id, role.as_str()).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_looks_like_one() {
        for good in [
            "ines@harbour.example",
            "a.b+c@sub.example.org",
            "ü@bücher.example",
            "x@localhost",
        ] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        let long = format!("{}@a.example", "x".repeat(65));
        for bad in [
            "",
            "ines",
            "@a.example",
            "ines@",
            "a b@c.example",
            "a@b@c.example",
            "a\r\n@b.example",
            "<a@b.example>",
            &long,
        ] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }
}
