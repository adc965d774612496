//! The page of a member's passkeys, and signing in with one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{Answer, MOST, New, Passkey};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, trouble};
use crate::http::{Form, Me, Reply, Visit, address, cookie, local_path};
use crate::members::web::{browser_name, go_on, show_sign_in};
use crate::sign_up_blocks;
use crate::web;
use crate::web::time;
use crate::web::view::{Frame, NavItem, Notice, Trouble};

#[derive(Template)]
#[template(path = "passkeys/passkeys.html")]
struct PasskeysPage {
    frame: Frame,
    passkeys: Vec<PasskeyView>,
    is_possible: bool,
    may_add: bool,
    /// Of the new one, as typed.
    name: String,
    trouble: Option<Trouble>,
}

struct PasskeyView {
    id: i64,
    name: String,
    made: String,
    used: Option<String>,
    is_refused: bool,
    renaming: Option<Trouble>,
    removing: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "passkeys/make.html")]
struct MakePage {
    frame: Frame,
    name: String,
    /// JSON, for the browser.
    options: String,
}

/// What the fields of these forms are called in sentences.
const LABELS: &[Label] = &[
    Label::of("name", "the name"),
    Label::of("password", "this password"),
];

/// What was wrong, and with which form of the page.
enum At {
    Nothing,
    /// The one of a new passkey, for which this name was typed.
    New(String, Trouble),
    Renaming(i64, Trouble),
    Removing(i64, Trouble),
}

/// `GET /settings/passkeys`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, At::Nothing).await
}

/// What the form of a new passkey sends.
#[derive(Deserialize)]
pub struct Begin {
    name: String,
    password: String,
}

/// `POST /settings/passkeys/begin`: a page that lets the device make it.
pub async fn begin(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Begin>,
) -> Result<Reply> {
    let holder = visit.holder_hash();
    match super::begin(&app, &me, holder, &form.name, &form.password).await {
        Ok(options) => {
            let mut frame = web::frame(&app, &visit, "Passkeys", NavItem::Me).await?;
            frame.no_index = true;
            Ok(Reply::page(MakePage {
                frame,
                name: form.name.trim().to_owned(),
                options: options.to_string(),
            }))
        }
        Err(error) => {
            let at = At::New(form.name, trouble(error, LABELS)?);
            show(&app, &me, &visit, at).await
        }
    }
}

/// What that page sends once the device has made it.
#[derive(Deserialize)]
pub struct Finish {
    name: String,
    client_data: String,
    attestation: String,
}

/// `POST /settings/passkeys`
pub async fn finish(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Finish>,
) -> Result<Reply> {
    let new = New {
        name: form.name.clone(),
        client_data: decoded(&form.client_data)?,
        attestation: decoded(&form.attestation)?,
    };
    match super::finish(&app, &me, visit.holder_hash(), new).await {
        Ok(()) => Ok(done(&visit, "From now on it signs you in.")),
        Err(error) => {
            let at = At::New(form.name, trouble(error, LABELS)?);
            show(&app, &me, &visit, at).await
        }
    }
}

/// What the form of another name sends.
#[derive(Deserialize)]
pub struct Rename {
    id: i64,
    name: String,
}

/// `POST /settings/passkeys/rename`
pub async fn rename(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Rename>,
) -> Result<Reply> {
    match super::rename(&app, &me.member, form.id, &form.name).await {
        Ok(()) => Ok(done(&visit, "It has another name.")),
        Err(error) => {
            let at = At::Renaming(form.id, whole(error)?);
            show(&app, &me, &visit, at).await
        }
    }
}

/// What the form of removing sends.
#[derive(Deserialize)]
pub struct Remove {
    id: i64,
    password: String,
}

/// `POST /settings/passkeys/remove`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Remove>,
) -> Result<Reply> {
    match super::remove(&app, &me.member, form.id, &form.password).await {
        Ok(()) => Ok(done(&visit, "It opens nothing here any more.")),
        Err(error) => {
            let at = At::Removing(form.id, whole(error)?);
            show(&app, &me, &visit, at).await
        }
    }
}

/// `POST /sign-in/passkey/challenge`: what a device is to sign, as JSON for the script of the page.
pub async fn ask_to_sign_in(
    State(app): State<App>,
    visit: Visit,
    parts: Parts,
    Form(()): Form<()>,
) -> Result<Reply> {
    let neighbourhood = address::neighbourhood(address::client(&parts, &app.config));
    let (here, holder) = (&visit.community, visit.holder_hash());
    let asked = super::ask_to_sign_in(&app, here, holder, &neighbourhood).await?;
    Ok(Reply::json(asked, "application/json; charset=utf-8").with(CACHE_CONTROL, "no-store"))
}

/// What the page of signing in sends once a device has signed.
#[derive(Deserialize)]
pub struct SignIn {
    id: String,
    user_handle: String,
    client_data: String,
    auth_data: String,
    signature: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/passkey`
pub async fn sign_in(
    State(app): State<App>,
    visit: Visit,
    parts: Parts,
    Form(form): Form<SignIn>,
) -> Result<Reply> {
    let next = local_path(&form.next).unwrap_or("/");
    let answer = Answer {
        credential_id: decoded(&form.id)?,
        user_handle: decoded(&form.user_handle)?,
        client_data: decoded(&form.client_data)?,
        auth_data: decoded(&form.auth_data)?,
        signature: decoded(&form.signature)?,
    };
    let from = address::client(&parts, &app.config);
    let (here, holder) = (&visit.community, visit.holder_hash());
    let done = match sign_up_blocks::check_sign_in(&app, here, from).await {
        Ok(()) => {
            let neighbourhood = address::neighbourhood(from);
            let browser = browser_name(&parts.headers);
            super::sign_in(&app, here, holder, &answer, &neighbourhood, browser).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(session) => go_on(&app, &visit, &session, next).await,
        Err(error) => {
            let trouble = trouble(error, LABELS)?;
            show_sign_in(&app, &visit, String::new(), next, Some(trouble)).await
        }
    }
}

/// The script of the page writes bytes so; the form bounds how many.
fn decoded(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        Error::invalid(
            "passkey",
            "could not be read; reload the page and try again",
        )
    })
}

/// What was wrong, above the form instead of beside a field: there is one such form for each passkey.
fn whole(error: Error) -> Result<Trouble> {
    let trouble = trouble(error, LABELS)?;
    Ok(Trouble {
        field: "",
        ..trouble
    })
}

fn done(visit: &Visit, sentence: &str) -> Reply {
    let notice = cookie::notice(&visit.community, &Notice(sentence.to_owned()));
    Reply::see_other("/settings/passkeys").with_cookie(notice)
}

async fn show(app: &App, me: &Me, visit: &Visit, at: At) -> Result<Reply> {
    let now_ms = app.now_ms();
    let known = super::list(app, me.account.id).await?;
    let is_possible = super::are_possible(&me.community);
    let may_add = is_possible && known.len() < usize::from(MOST);
    let passkeys = known
        .into_iter()
        .map(|passkey| view(passkey, &at, now_ms))
        .collect();
    let is_wrong = !matches!(at, At::Nothing);
    let (name, trouble) = match at {
        At::New(name, trouble) => (name, Some(trouble)),
        _ => (String::new(), None),
    };
    let mut frame = web::frame(app, visit, "Passkeys", NavItem::Me).await?;
    frame.no_index = true;
    let page = PasskeysPage {
        frame,
        passkeys,
        is_possible,
        may_add,
        name,
        trouble,
    };
    let reply = Reply::page(page);
    Ok(if is_wrong {
        reply.with_status(StatusCode::UNPROCESSABLE_ENTITY)
    } else {
        reply
    })
}

fn view(passkey: Passkey, at: &At, now_ms: i64) -> PasskeyView {
    let (renaming, removing) = match at {
        At::Renaming(id, trouble) if *id == passkey.id => (Some(trouble.clone()), None),
        At::Removing(id, trouble) if *id == passkey.id => (None, Some(trouble.clone())),
        _ => (None, None),
    };
    PasskeyView {
        id: passkey.id,
        name: passkey.name,
        made: time::words(passkey.created_at, now_ms),
        used: passkey.used_at.map(|at| time::words(at, now_ms)),
        is_refused: passkey.refused_at.is_some(),
        renaming,
        removing,
    }
}
