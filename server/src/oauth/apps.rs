//! Apps: registering, finding, and ending what members let them.

use comity_db::Tx;

use super::model::{ClientApp, LetIn, NewApp, SignIn};
use super::redirects::{LONGEST_ADDRESS, Redirect};
use super::{Scopes, store};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::http::token::Token;

/// Apps that all addresses together register in a day; beyond them the oldest of these that no member let in make way.
const MOST_NEW_APPS: i64 = 10_000;
/// How many make way at a time.
const ROOM: i64 = 100;
/// Characters of an app's name, as Mastodon has it.
const LONGEST_NAME: usize = 60;
/// Addresses of one app: one for each platform it runs on, and then some.
const MOST_REDIRECTS: usize = 20;
/// Characters of all of them: anybody may register any number of apps.
const LONGEST_REDIRECTS: usize = 4_000;

/// Registers an app with a community. The secret is told this once.
pub async fn register(
    app: &App,
    community: &Community,
    new: NewApp,
    neighbourhood: &str,
) -> Result<(ClientApp, String)> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "client_name",
            format!("must be 1 to {LONGEST_NAME} characters"),
        ));
    }
    if new.redirect_uris.is_empty() || new.redirect_uris.len() > MOST_REDIRECTS {
        return Err(Error::invalid(
            "redirect_uris",
            format!("must name 1 to {MOST_REDIRECTS} addresses"),
        ));
    }
    for uri in &new.redirect_uris {
        Redirect::parse(uri)?;
    }
    if new.redirect_uris.iter().map(String::len).sum::<usize>() > LONGEST_REDIRECTS {
        return Err(Error::invalid(
            "redirect_uris",
            format!("must together be at most {LONGEST_REDIRECTS} characters"),
        ));
    }
    let website = new.website.filter(|website| !website.trim().is_empty());
    if let Some(website) = &website {
        let is_web =
            url::Url::parse(website).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web || website.len() > LONGEST_ADDRESS {
            return Err(Error::invalid(
                "website",
                "must be an address that begins with https:// or http://",
            ));
        }
    }
    let scopes = Scopes::asked(&new.scopes);
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "names nothing that exists"));
    }
    app.limits.check(Kind::App, neighbourhood)?;
    let day_ago = app.now_ms() - DAY_MS;
    if store::newer_apps(&app.db, day_ago, MOST_NEW_APPS).await? >= MOST_NEW_APPS
        && !make_room(app, day_ago).await?
    {
        return Err(Error::TooMany { after_s: 3_600 });
    }
    let (client_id, secret) = (Token::random()?, Token::random()?);
    let client = ClientApp {
        id: app.next_id(),
        community_id: community.id,
        client_id: client_id.reveal(),
        name: name.to_owned(),
        website,
        redirect_uris: new.redirect_uris,
        scopes,
        created_at: app.now_ms(),
        secret_hash: secret.hash(),
    };
    store::insert_app(&app.db, &client).await?;
    Ok((client, secret.reveal()))
}

/// Whether there is room for more than what was registered since: a stranger who registers many keeps nobody else out.
async fn make_room(app: &App, since_ms: i64) -> Result<bool> {
    let idle = store::idle_apps(&app.db, since_ms, ROOM).await?;
    if idle.is_empty() {
        return Ok(false);
    }
    let mut tx = Tx::new();
    store::drop_idle_apps(&mut tx, idle);
    app.commit(tx).await
}

pub(super) async fn find_client(
    app: &App,
    community: &Community,
    client_id: &str,
) -> Result<Option<ClientApp>> {
    let client = match store::app_by_client(&app.db, client_id).await? {
        Some(row) => ClientApp::from_row(row)?,
        None => return Ok(None),
    };
    Ok((client.community_id == community.id).then_some(client))
}

/// The app with this number.
pub async fn find_app(app: &App, id: i64) -> Result<ClientApp> {
    let row = store::app_by_id(&app.db, id).await?;
    ClientApp::from_row(row.ok_or(Error::NotFound)?)
}

/// Which apps a member let in, the last used first.
pub async fn let_in(app: &App, account_id: i64) -> Result<Vec<LetIn>> {
    let mut apps: Vec<LetIn> = Vec::new();
    for token in store::grants(&app.db, account_id).await? {
        let scopes = Scopes::parse(&token.scopes);
        let sign_in = SignIn {
            token_id: token.id,
            scopes: scopes.clone(),
            browser: token.browser,
            since: token.created_at,
            last_used_at: token.last_used_at,
        };
        match apps.iter_mut().find(|known| known.app_id == token.app_id) {
            Some(known) => {
                known.scopes = known.scopes.and(&scopes);
                known.since = known.since.min(token.created_at);
                known.sign_ins.push(sign_in);
            }
            None => apps.push(LetIn {
                app_id: token.app_id,
                name: token.name,
                website: token.website,
                scopes,
                since: token.created_at,
                last_used_at: token.last_used_at,
                sign_ins: vec![sign_in],
            }),
        }
    }
    Ok(apps)
}

/// Ends one token of a member; the others of its app stay. *Not found* where it is none of theirs.
pub async fn end_sign_in(app: &App, account_id: i64, token_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::revoke_of(&mut tx, account_id, token_id);
    if app.commit(tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Ends all that a member let one app, with what they said yes to and it did not fetch yet.
pub async fn end_app(app: &App, account_id: i64, app_id: i64) -> Result<()> {
    let mut tx = Tx::new();
    store::revoke_app(&mut tx, account_id, app_id);
    if app.commit(tx).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
