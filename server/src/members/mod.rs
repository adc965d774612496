//! Members: who lives here, how they come in, and the browsers they are signed in with.

pub mod api;
pub mod command;
mod model;
mod password;
pub mod sessions;
pub mod setup;
pub(crate) mod standing;
mod store;
pub mod web;

use std::sync::Arc;

use comity_db::{DbError, Tx, Wrote};
use comity_policy::Mode;
use comity_vocab::{ActorKind, Domain, Visibility};

pub use model::{Member, NewMember, Role, Session, Standing};
pub(crate) use standing::suspended;
pub(crate) use store::forget_old;
pub use store::{count, stewards};

use crate::accounts::{self, Account, NewLocal};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::{Community, SignUp};
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::token::Token;
use crate::oauth;
use crate::rules;
use crate::statuses::{Answering, Quoting};
use crate::text;

/// As Mastodon has it, so that a handle can move there and back.
const LONGEST_USERNAME: usize = 30;
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

/// Joins somebody to a community: the page, the command line and the demo all come here.
pub async fn add(app: &App, community: &Community, new: NewMember) -> Result<Arc<Account>> {
    add_with(app, community, new, Tx::new()).await
}

/// Joins somebody as the page does: only where the community is open, and not too often from one address.
pub async fn sign_up(
    app: &App,
    community: &Community,
    new: NewMember,
    neighbourhood: &str,
) -> Result<Arc<Account>> {
    if community.sign_up != SignUp::Open {
        return Err(Error::Forbidden(
            "nobody new is taken in just now".to_owned(),
        ));
    }
    check(community, &new)?;
    app.limits.check(Kind::SignUp, neighbourhood)?;
    add(
        app,
        community,
        NewMember {
            role: Role::Member,
            ..new
        },
    )
    .await
}

/// `tx` goes first, in the same transaction; if it changes nothing where it must, nobody joins.
async fn add_with(
    app: &App,
    community: &Community,
    new: NewMember,
    mut tx: Tx,
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
    let now_ms = app.now_ms();
    let id = app.next_id();
    accounts::create_local(
        &mut tx,
        NewLocal {
            id,
            community,
            username,
            display_name,
            kind: ActorKind::Person,
            keys: accounts::generate_keys().await?,
            now_ms,
        },
    )?;
    store::insert(
        &mut tx,
        store::NewRow {
            account_id: id,
            community_id: community.id,
            email: new.email.trim(),
            password_hash: password::hash(&new.password).await?,
            role: new.role.as_str(),
            created_at: now_ms,
        },
    );
    match app.db.write(tx).await {
        Ok(Wrote::All) => accounts::find(app, id).await,
        Ok(Wrote::Nothing { .. }) => Err(Error::Gone),
        Err(DbError::Conflict(key)) if key.contains("email") => Err(Error::invalid(
            "email",
            "belongs to a member already; sign in instead",
        )),
        Err(DbError::Conflict(_)) => Err(taken()),
        Err(other) => Err(other.into()),
    }
}

fn check(community: &Community, new: &NewMember) -> Result<()> {
    check_username(community, new.username.trim())?;
    check_email(new.email.trim())?;
    password::check_length(&new.password)
}

fn check_username(community: &Community, username: &str) -> Result<()> {
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
    if RESERVED.contains(&username) || username == community.domain.host() {
        return Err(Error::invalid(
            "username",
            "is kept for the community itself; choose another",
        ));
    }
    Ok(())
}

fn check_email(email: &str) -> Result<()> {
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

/// Signs a browser in. An unknown name and a wrong password are told alike, and take as long.
pub async fn sign_in(
    app: &App,
    community: &Community,
    name: &str,
    password: &str,
    neighbourhood: &str,
    user_agent: &str,
) -> Result<Token> {
    let name = name.trim();
    app.limits.check(Kind::SignInFrom, neighbourhood)?;
    let credential = credential(app, community, name).await?;
    let account_id = credential.as_ref().map(|credential| credential.account_id);
    // Each account has one count, whichever of its names is typed; what is nobody's name has one, too, so that the
    // answers are alike.
    let who = account_id.map_or_else(
        || format!("{} {}", community.id, name.to_lowercase()),
        |id| format!("#{id}"),
    );
    app.limits.check(Kind::SignInAs, &who)?;
    let matches = password::matches(
        password,
        credential.map(|credential| credential.password_hash),
    )
    .await?;
    match account_id.filter(|_| matches) {
        Some(account_id) => sessions::start(app, account_id, user_agent).await,
        None => Err(Error::invalid("password", "does not belong to that name")),
    }
}

/// By username, handle or e-mail address.
async fn credential(
    app: &App,
    community: &Community,
    name: &str,
) -> Result<Option<model::CredentialRow>> {
    let name = name.strip_prefix('@').unwrap_or(name);
    let username = match name.rsplit_once('@') {
        None => name,
        Some((username, domain))
            if Domain::parse(domain).is_ok_and(|domain| domain == community.domain) =>
        {
            username
        }
        Some(_) => return store::credential_by_email(&app.db, community.id, name).await,
    };
    if let Some(account) = accounts::find_by_handle(app, username, &community.domain).await?
        && let Some(credential) = store::credential(&app.db, account.id).await?
    {
        return Ok(Some(credential));
    }
    // Somebody's e-mail address may be at the community's own domain.
    store::credential_by_email(&app.db, community.id, name).await
}

/// Changes a password, signs every browser out, and ends what every app was let.
pub async fn change_password(app: &App, member: &Member, old: &str, new: &str) -> Result<()> {
    app.limits.check(
        Kind::SignInAs,
        &format!("password of {}", member.account_id),
    )?;
    let credential = store::credential(&app.db, member.account_id)
        .await?
        .ok_or(Error::NotFound)?;
    if !password::matches(old, Some(credential.password_hash)).await? {
        return Err(Error::invalid("old", "is not your password"));
    }
    set_password(app, member.account_id, new).await
}

/// Sets a password without the old one, as an operator may, signs every browser out, and ends what every app was let.
pub async fn set_password(app: &App, account_id: i64, new: &str) -> Result<()> {
    password::check_length(new)?;
    let mut tx = Tx::new();
    store::change_password(&mut tx, account_id, password::hash(new).await?);
    store::end_sessions(&mut tx, account_id);
    oauth::end_all(&mut tx, account_id);
    match app.db.write(tx).await? {
        Wrote::All => Ok(()),
        Wrote::Nothing { .. } => Err(Error::NotFound),
    }
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
    /// The language, as a tag; empty for none.
    pub language: String,
}

impl Writing {
    /// As it is.
    pub fn of(member: &Member) -> Writing {
        Writing {
            answering: member.answering,
            quoting: member.quoting,
            visibility: member.default_visibility,
            language: member.language.clone(),
        }
    }
}

/// Changes what this member lays down for all they write.
pub async fn choose_writing(app: &App, account_id: i64, writing: Writing) -> Result<()> {
    let tag = &writing.language;
    if !tag.is_empty() && !text::language::is_tag(tag) {
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
