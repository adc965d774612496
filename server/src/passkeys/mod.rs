//! Passkeys: a device of a member's signs what we made up, and that is enough to come in. The device asks who holds it, so
//! no password is typed, and no second step is asked for.
//!
//! A passkey is one more way in besides the password, made by whoever knows it; a new password ends all of them.

mod cose;
mod store;
pub mod web;
mod webauthn;

pub(crate) use store::OF_MEMBER;
pub use store::{Passkey, forget as forget_old};

use aws_lc_rs::rand;
use comity_db::{DbError, Tx, Wrote};
use serde_json::Value;

use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::http::{Kind, Me};
use crate::members::letters::{self, Errand, OfPasskey};
use crate::members::{self, Member, sessions};
use store::Challenge;
use webauthn::{Asked, Wrong};

/// Passkeys of one member: one for each thing they sign in with, and nobody has more such things.
pub const MOST: u8 = 20;
/// A question is to be answered within so long; browsers themselves wait for five minutes.
const CHALLENGE_LIVES_MS: i64 = 5 * 60_000;
/// Bytes of a question, beyond guessing.
const CHALLENGE: usize = 32;
/// Questions that wait for an answer, in one installation; beyond them the oldest ones of strangers make way.
const MOST_CHALLENGES: i64 = 20_000;
/// How many make way at a time.
const ROOM: i64 = 1_000;
/// Characters of a name that a member gives a passkey.
const LONGEST_NAME: usize = 50;

/// Whether there can be passkeys here: browsers know them by a name, and not by an address of numbers.
pub fn are_possible(community: &Community) -> bool {
    !community.domain.is_ip()
}

/// A member's passkeys, the first one made first.
pub async fn list(app: &App, account_id: i64) -> Result<Vec<Passkey>> {
    store::of_account(&app.db, account_id).await
}

/// What a member's browser is asked to make, for whoever knows their password; `holder_hash` says which browser.
pub async fn begin(
    app: &App,
    me: &Me,
    holder_hash: Vec<u8>,
    name: &str,
    password: &str,
) -> Result<Value> {
    check_name(name)?;
    let id = me.account.id;
    members::check_is_their_password(app, id, "password", password).await?;
    if !are_possible(&me.community) {
        return Err(Error::Conflict(
            "passkeys need a server with a name, and this one is reached by a number".to_owned(),
        ));
    }
    let known = list(app, id).await?;
    if known.len() >= usize::from(MOST) {
        return Err(too_many());
    }
    let known: Vec<Vec<u8>> = known.into_iter().map(|one| one.credential_id).collect();
    let challenge = ask(app, holder_hash, Some(id)).await?;
    Ok(webauthn::creation(me, &challenge, &known))
}

/// What a browser says of a passkey that it made.
pub struct New {
    /// As the member calls it.
    pub name: String,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation: Vec<u8>,
}

/// Keeps a passkey that the browser with `holder_hash` was asked to make, while it is signed in.
pub async fn finish(app: &App, me: &Me, holder_hash: Vec<u8>, new: New) -> Result<()> {
    let name = check_name(&new.name)?.to_owned();
    let account_id = me.account.id;
    let challenge = asked_of(app, &holder_hash, Some(account_id)).await?;
    let asked = Asked {
        challenge: &challenge,
        community: &me.community,
    };
    let made = match webauthn::made(&asked, &new.client_data, &new.attestation) {
        Ok(made) => made,
        Err(wrong) => {
            store::drop_challenge(&app.db, holder_hash, challenge).await?;
            return Err(wrong.into());
        }
    };
    let mut tx = Tx::new();
    // Signed out means signed out: a form that was begun before may come long after.
    members::still_signed_in(&mut tx, account_id, holder_hash.clone(), app.now_ms());
    // With a new password it is gone: whoever knew the old one makes no passkey any more.
    store::take_challenge(&mut tx, holder_hash, challenge);
    let passkey = Passkey {
        id: app.next_id(),
        account_id,
        credential_id: made.credential_id,
        public_key: made.public_key,
        counter: made.counter,
        name: name.clone(),
        created_at: app.now_ms(),
        used_at: None,
        refused_at: None,
    };
    store::insert(&mut tx, passkey, i64::from(MOST));
    tell(&mut tx, app, account_id, name, OfPasskey::Added)?;
    match app.db.write(tx).await {
        Ok(Wrote::All) => {
            app.wake.ring();
            Ok(())
        }
        Ok(Wrote::Nothing { .. }) => Err(again()),
        Err(DbError::Conflict(_)) => {
            Err(Error::Conflict("this passkey is here already".to_owned()))
        }
        Err(other) => Err(other.into()),
    }
}

/// Gives a passkey another name.
pub async fn rename(app: &App, member: &Member, id: i64, name: &str) -> Result<()> {
    let name = check_name(name)?.to_owned();
    match store::rename(&app.db, id, member.account_id, name).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Removes a passkey, for whoever knows the password.
pub async fn remove(app: &App, member: &Member, id: i64, password: &str) -> Result<()> {
    let account_id = member.account_id;
    members::check_is_their_password(app, account_id, "password", password).await?;
    let known = list(app, account_id).await?;
    let passkey = known.into_iter().find(|one| one.id == id);
    let name = passkey.ok_or(Error::NotFound)?.name;
    let mut tx = Tx::new();
    store::drop_one(&mut tx, id, account_id);
    tell(&mut tx, app, account_id, name, OfPasskey::Removed)?;
    if !app.commit_and_ring(tx).await? {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes all passkeys of somebody, as an operator may, and says how many.
pub async fn remove_all(app: &App, account_id: i64) -> Result<usize> {
    let known = list(app, account_id).await?;
    let mut tx = Tx::new();
    drop_all(&mut tx, account_id);
    for passkey in &known {
        tell(
            &mut tx,
            app,
            account_id,
            passkey.name.clone(),
            OfPasskey::Removed,
        )?;
    }
    app.commit_and_ring(tx).await?;
    Ok(known.len())
}

/// A browser that wants to sign in: what it is to sign. It is told nothing of who has passkeys, nor asked for a name.
pub async fn ask_to_sign_in(
    app: &App,
    community: &Community,
    holder_hash: Vec<u8>,
    neighbourhood: &str,
) -> Result<Value> {
    app.limits.check(Kind::PasskeyFrom, neighbourhood)?;
    let challenge = ask(app, holder_hash, None).await?;
    Ok(webauthn::request(community, &challenge))
}

/// What a browser says of a passkey that signed.
pub struct Answer {
    /// As the device calls the passkey.
    pub credential_id: Vec<u8>,
    /// Whose it is, as the device was told when it was made.
    pub user_handle: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub auth_data: Vec<u8>,
    /// Of both.
    pub signature: Vec<u8>,
}

/// Signs in the browser with `holder_hash`, whose device answered. Each question is good for one answer, right or wrong.
pub async fn sign_in(
    app: &App,
    community: &Community,
    holder_hash: Vec<u8>,
    answer: &Answer,
    neighbourhood: &str,
    user_agent: &str,
) -> Result<Token> {
    app.limits.check(Kind::SignInFrom, neighbourhood)?;
    let challenge = asked_of(app, &holder_hash, None).await?;
    let asked = Asked {
        challenge: &challenge,
        community,
    };
    let (passkey, counter) = match check(app, &asked, answer).await {
        Ok(found) => found,
        Err(error) => {
            store::drop_challenge(&app.db, holder_hash, challenge).await?;
            return Err(error);
        }
    };
    let mut tx = Tx::new();
    store::take_challenge(&mut tx, holder_hash.clone(), challenge.clone());
    let counts = counter != 0 || passkey.counter != 0;
    if passkey.refused_at.is_some() || (counts && counter <= passkey.counter) {
        return Err(refuse(app, tx, passkey).await?);
    }
    // In one transaction: meanwhile the passkey may be removed, or the password be changed, which ends it.
    store::use_it(&mut tx, &passkey, counter, app.now_ms());
    match sessions::start_in(app, tx, passkey.account_id, user_agent).await {
        Ok(session) => session.ok_or_else(again),
        Err(kept_out) => {
            store::drop_challenge(&app.db, holder_hash, challenge).await?;
            Err(kept_out)
        }
    }
}

/// The passkey that signed, and what it counts.
async fn check(app: &App, asked: &Asked<'_>, answer: &Answer) -> Result<(Passkey, i64)> {
    let unknown = || Error::from(Wrong::Unknown);
    let passkey = store::by_credential(&app.db, answer.credential_id.clone())
        .await?
        .filter(|one| answer.user_handle == webauthn::user_handle(one.account_id))
        .ok_or_else(unknown)?;
    let counter = webauthn::signed(
        asked,
        &passkey,
        &answer.client_data,
        &answer.auth_data,
        &answer.signature,
    )?;
    // Two communities may have one name, at two ports.
    let member = members::find(app, passkey.account_id).await?;
    if member.community_id != asked.community.id {
        return Err(unknown());
    }
    Ok((passkey, counter))
}

/// A device that counts goes forwards. Where it does not, there are two of it, and nobody can tell which is the member's:
/// neither opens anything any more.
async fn refuse(app: &App, mut tx: Tx, passkey: Passkey) -> Result<Error> {
    if passkey.refused_at.is_none() {
        store::refuse(&mut tx, passkey.id, app.now_ms());
        let (account_id, name) = (passkey.account_id, passkey.name);
        tell(&mut tx, app, account_id, name, OfPasskey::Refused)?;
    }
    app.commit_and_ring(tx).await?;
    Ok(Error::Forbidden(
        "this passkey may have been copied, so it opens nothing any more: its count went backwards; sign in with your password, remove it and make a new one".to_owned(),
    ))
}

/// All of a member's passkeys end, in the caller's transaction: the password that they were made with did.
pub(crate) fn drop_all(tx: &mut Tx, account_id: i64) {
    drop_begun(tx, account_id);
    store::drop_all(tx, account_id);
}

/// Whoever began to make a passkey goes no further, in the caller's transaction.
pub(crate) fn drop_begun(tx: &mut Tx, account_id: i64) {
    store::drop_challenges(tx, account_id);
}

/// Makes up what a device is to sign. For `account_id` where a passkey is to be made.
async fn ask(app: &App, holder_hash: Vec<u8>, account_id: Option<i64>) -> Result<Vec<u8>> {
    // Who makes a passkey has shown a password, and is bounded by that.
    if account_id.is_none()
        && store::count_challenges(&app.db, MOST_CHALLENGES).await? >= MOST_CHALLENGES
    {
        store::make_room(&app.db, ROOM).await?;
    }
    let mut challenge = vec![0; CHALLENGE];
    rand::fill(&mut challenge).map_err(|_| Error::internal("the machine gave no random bytes"))?;
    let asked = Challenge {
        challenge: challenge.clone(),
        account_id,
    };
    let expires_at = app.now_ms() + CHALLENGE_LIVES_MS;
    store::put_challenge(&app.db, holder_hash, asked, expires_at).await?;
    Ok(challenge)
}

/// What this browser was asked, unless that was too long ago, or something else.
async fn asked_of(app: &App, holder_hash: &[u8], account_id: Option<i64>) -> Result<Vec<u8>> {
    store::challenge(&app.db, holder_hash.to_vec(), app.now_ms())
        .await?
        .filter(|asked| asked.account_id == account_id)
        .map(|asked| asked.challenge)
        .ok_or_else(again)
}

fn tell(tx: &mut Tx, app: &App, member: i64, name: String, what: OfPasskey) -> Result<()> {
    letters::promise(tx, app, Errand::Passkey { member, name, what })
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters, on one line"),
        ));
    }
    Ok(name)
}

fn too_many() -> Error {
    Error::Conflict(format!(
        "nobody has more than {MOST} passkeys; remove one first"
    ))
}

fn again() -> Error {
    Error::Forbidden("that took too long, or was sent twice; try again".to_owned())
}
