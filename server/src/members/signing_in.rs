//! Signing in, and passwords: what they open, and what ends when one is changed.

use comity_db::Tx;
use comity_vocab::Domain;

use super::model::{self, Member};
use super::{letters, links, password, sessions, store};
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::token::Token;
use crate::oauth;
use crate::passkeys;
use crate::second_step;
use crate::sign_ups;

/// How far a browser came with a name and a password.
#[derive(Debug)]
pub enum SignedIn {
    /// All the way: its session.
    Whole(Token),
    /// A code is asked for; this is what it is held with.
    Half(Token),
}

/// Signs a browser in, or half-way where a second step is asked for. An unknown name and a wrong password are told alike,
/// and take as long.
pub async fn sign_in(
    app: &App,
    community: &Community,
    name: &str,
    password: &str,
    neighbourhood: &str,
    user_agent: &str,
) -> Result<SignedIn> {
    let name = name.trim();
    app.limits.check(Kind::SignInFrom, neighbourhood)?;
    // What is typed has a count, whether it is somebody's name or nobody's, so that the answers are alike.
    let typed = name.strip_prefix('@').unwrap_or(name).to_lowercase();
    app.limits
        .check(Kind::SignInAs, &format!("{} {typed}", community.id))?;
    let credential = credential(app, community, name).await?;
    let account_id = credential.as_ref().map(|credential| credential.account_id);
    // Each account has one as well, whichever of its names is typed. Where that is used up no password is right, and nobody
    // is told why: otherwise tries of one name would show that another one is of the same person.
    let is_used_up = account_id.is_some_and(|id| {
        let count = app.limits.check(Kind::SignInAs, &format!("#{id}"));
        count.is_err()
    });
    // Who wants to join has a password, and no account yet.
    let waiting = match &credential {
        Some(_) => None,
        None => sign_ups::waiting(app, community, name).await?,
    };
    let (waits, waiting_hash) = waiting.unzip();
    let hash = credential
        .map(|credential| credential.password_hash)
        .filter(|_| !is_used_up);
    let matches = password::matches(password, hash.clone().or(waiting_hash)).await?;
    if matches && let Some(waits) = waits {
        return Err(Error::Forbidden(match waits.standing {
            sign_ups::Standing::Letter => format!(
                "you are not in yet: answer the letter that went to {}",
                waits.email
            ),
            _ => format!(
                "you are not in yet: the moderators of {} have not answered",
                community.name
            ),
        }));
    }
    let wrong = || Error::invalid("password", "does not belong to that name");
    let (Some(account_id), Some(hash), true) = (account_id, hash, matches) else {
        return Err(wrong());
    };
    // Comparing takes a while; whoever changed the password meanwhile ended what the old one opens.
    let mut tx = Tx::new();
    store::still_has_password(&mut tx, account_id, hash);
    let signed_in = if second_step::is_on(app, account_id).await? {
        let half = second_step::hold(app, tx, account_id).await?;
        half.map(SignedIn::Half)
    } else {
        let session = sessions::start_in(app, tx, account_id, user_agent).await?;
        session.map(SignedIn::Whole)
    };
    signed_in.ok_or_else(wrong)
}

/// By username, handle or e-mail address.
pub(super) async fn credential(
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

/// Changes a password, signs every browser out, and ends every passkey and what every app was let.
pub async fn change_password(app: &App, member: &Member, old: &str, new: &str) -> Result<()> {
    let id = member.account_id;
    let hash = check_is_their_password(app, id, "old", old).await?;
    let mut tx = Tx::new();
    // Whoever changed it while this was compared or typed is the one who stays.
    store::still_has_password(&mut tx, id, hash);
    if set_in(app, tx, id, new).await? {
        Ok(())
    } else {
        Err(Error::Unauthorized)
    }
}

/// Asks a member who is signed in for their password again, before what cannot be undone; `field` is what the form calls
/// it. Gives what is stored of it, for [`store::still_has_password`]: comparing takes a while, and so does a form that comes
/// slowly.
pub(crate) async fn check_is_their_password(
    app: &App,
    account_id: i64,
    field: &'static str,
    typed: &str,
) -> Result<String> {
    app.limits
        .check(Kind::SignInAs, &format!("password of {account_id}"))?;
    let credential = store::credential(&app.db, account_id)
        .await?
        .ok_or(Error::NotFound)?;
    let hash = credential.password_hash;
    if !password::matches(typed, Some(hash.clone())).await? {
        return Err(Error::invalid(field, "is not your password"));
    }
    Ok(hash)
}

/// Sets a password without the old one, as an operator may, signs every browser out, and ends every passkey and what every
/// app was let.
pub async fn set_password(app: &App, account_id: i64, new: &str) -> Result<()> {
    if set_in(app, Tx::new(), account_id, new).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The same with the caller's transaction; `false` where something of it came to nothing.
async fn set_in(app: &App, mut tx: Tx, account_id: i64, new: &str) -> Result<bool> {
    password::check_length(new)?;
    let hash = password::hash(new).await?;
    put_password(&mut tx, app, account_id, hash)?;
    app.commit_and_ring(tx).await
}

/// Whatever was opened with the old password ends in the transaction that sets the new one, and the member is told.
pub(super) fn put_password(tx: &mut Tx, app: &App, account_id: i64, hash: String) -> Result<()> {
    store::change_password(tx, account_id, hash);
    // Before the sessions: whoever passes the second step, or uses a passkey, at this moment has one by then, or gets none.
    second_step::drop_begun(tx, account_id);
    passkeys::drop_all(tx, account_id);
    store::end_sessions(tx, account_id);
    oauth::end_all(tx, account_id);
    links::drop_all(tx, account_id);
    store::want_email(tx, account_id, None);
    letters::promise(
        tx,
        app,
        letters::Errand::PasswordChanged { member: account_id },
    )
}
