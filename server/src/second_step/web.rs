//! The pages of the second step: turning it on and off, and taking it.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::{Standing, base32, totp};
use crate::app::App;
use crate::error::Result;
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Reply, Visit, afterwards, cookie, local_path};
use crate::members::web::{browser_name, go_on};
use crate::web;
use crate::web::view::{Frame, NavItem, Notice, Trouble};

#[derive(Template)]
#[template(path = "second_step/second_step.html")]
struct SecondStepPage {
    frame: Frame,
    /// A secret waits for its first code.
    setup: Option<SetupView>,
    is_on: bool,
    /// "Eight recovery codes are left."
    left: String,
    trouble: Option<Trouble>,
}

struct SetupView {
    letters: String,
    address: String,
    /// Of our own making.
    drawing_html: Option<String>,
}

#[derive(Template)]
#[template(path = "second_step/codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "second_step/held.html")]
struct HeldPage {
    frame: Frame,
    half: String,
    next: String,
    trouble: Option<Trouble>,
}

/// What the fields of these forms are called in sentences.
const LABELS: &[Label] = &[
    Label::of("password", "this password"),
    Label::of("proof", "this"),
    Label::of("code", "this code"),
];

/// `GET /settings/second-step`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, None).await
}

/// What forms send that ask for the password.
#[derive(Deserialize)]
pub struct WithPassword {
    password: String,
}

/// `POST /settings/second-step/begin`
pub async fn begin(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<WithPassword>,
) -> Result<Reply> {
    match super::begin(&app, &me.member, &form.password).await {
        Ok(()) => Ok(Reply::see_other("/settings/second-step")),
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

/// What forms send that ask for a code.
#[derive(Deserialize)]
pub struct WithCode {
    code: String,
}

/// `POST /settings/second-step/confirm`: shows the recovery codes, once.
pub async fn confirm(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<WithCode>,
) -> Result<Reply> {
    match super::confirm(&app, &me.member, &form.code).await {
        Ok(codes) => show_codes(&app, &visit, codes).await,
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

/// `POST /settings/second-step/codes`: the same with new ones.
pub async fn renew_codes(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<WithPassword>,
) -> Result<Reply> {
    match super::renew_codes(&app, &me.member, &form.password).await {
        Ok(codes) => show_codes(&app, &visit, codes).await,
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

/// What the form of turning it off sends.
#[derive(Deserialize)]
pub struct TurnOff {
    proof: String,
}

/// `POST /settings/second-step/off`
pub async fn turn_off(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<TurnOff>,
) -> Result<Reply> {
    match super::turn_off(&app, &me.member, &form.proof).await {
        Ok(()) => {
            let done = Notice("It is off. Your password alone lets you in.".to_owned());
            Ok(Reply::see_other("/settings/second-step")
                .with_cookie(cookie::notice(&visit.community, &done)))
        }
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

async fn show_codes(app: &App, visit: &Visit, codes: Vec<String>) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Recovery codes", NavItem::Me).await?;
    frame.no_index = true;
    Ok(Reply::page(CodesPage { frame, codes }))
}

async fn show(app: &App, me: &Me, visit: &Visit, trouble: Option<Trouble>) -> Result<Reply> {
    let standing = super::standing(app, me.account.id).await?;
    let setup = match &standing {
        Standing::Begun { secret } => {
            let handle = me.account.handle().to_string();
            let address = totp::address(secret, &me.community.name, &handle);
            Some(SetupView {
                letters: spaced(&base32(secret)),
                drawing_html: totp::drawing(&address),
                address,
            })
        }
        _ => None,
    };
    let left = match standing {
        Standing::On { codes: 0 } => {
            "No recovery code is left: make new ones before you lose your device.".to_owned()
        }
        Standing::On { codes: 1 } => "One recovery code is left.".to_owned(),
        Standing::On { codes } => format!("{codes} recovery codes are left."),
        _ => String::new(),
    };
    let mut frame = web::frame(app, visit, "Second step", NavItem::Me).await?;
    frame.no_index = true;
    let page = SecondStepPage {
        frame,
        setup,
        is_on: !left.is_empty(),
        left,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// In groups of four, as people type them.
fn spaced(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join(" ")
}

/// The page that asks for the second step of whoever knew the password.
pub(crate) async fn held(
    app: &App,
    visit: &Visit,
    half: String,
    next: &str,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Sign in", NavItem::SignIn).await?;
    frame.no_index = true;
    frame.afterwards = afterwards(next);
    let page = HeldPage {
        frame,
        half,
        next: next.to_owned(),
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

/// What the form of the second step sends.
#[derive(Deserialize)]
pub struct Pass {
    half: String,
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/second-step`
pub async fn pass(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<Pass>,
) -> Result<Reply> {
    let next = local_path(&form.next).unwrap_or("/");
    let browser = browser_name(&headers);
    match super::pass(&app, &visit.community, &form.half, &form.code, browser).await {
        Ok(session) => go_on(&app, &visit, &session, next).await,
        Err(error) if super::is_held(&app, &form.half).await? => {
            held(
                &app,
                &visit,
                form.half.clone(),
                next,
                Some(trouble(error, LABELS)?),
            )
            .await
        }
        Err(error) => {
            let sentence = trouble(error, LABELS)?.text;
            let told = cookie::notice(&visit.community, &Notice(sentence));
            let back = format!("/sign-in{}", afterwards(next));
            Ok(Reply::see_other(&back).with_cookie(told))
        }
    }
}
