//! The pages of coming in: signing up, how it stands, and the moderators' queue.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;

use super::{Applicant, Came, NewSignUp, Standing};
use crate::app::App;
use crate::communities::{Community, SignUp};
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit, address, afterwards, cookie, held, local_path};
use crate::invitations;
use crate::mail;
use crate::members::web::{browser_name, signed_in};
use crate::members::{Role, sessions};
use crate::web;
use crate::web::time::day;
use crate::web::view::{Frame, NavItem, Trouble};

/// Signing up. Posts `username`, `email`, `password`, `reason`, `date_of_birth`, `invite`, `agree` ("on") and `next`.
#[derive(Template)]
#[template(path = "sign_ups/sign_up.html")]
struct SignUpPage {
    frame: Frame,
    /// Why nobody may; empty where one may.
    closed: String,
    domain: String,
    rules: Vec<String>,
    /// There is something to agree to.
    asks_yes: bool,
    form: SignUpForm,
    asks_reason: bool,
    needs_reason: bool,
    /// Years; 0 where no day is asked for.
    min_age: u32,
    trouble: Option<Trouble>,
}

/// What the form of sign-up sends.
#[derive(Default, Clone, Deserialize)]
pub struct SignUpForm {
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    date_of_birth: String,
    #[serde(default)]
    invite: String,
    agree: Option<String>,
    /// Where to go on to; on the page it is empty for the first page.
    #[serde(default)]
    next: String,
}

/// An address here; the first page where `next` is none.
fn here_or_first(next: &str) -> &str {
    local_path(next).unwrap_or("/")
}

/// With which invitation somebody comes, and where they go on to.
#[derive(Deserialize)]
pub struct Comes {
    #[serde(default)]
    invite: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-up`
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<Comes>,
) -> Result<Reply> {
    if visit.me.is_some() {
        return Ok(Reply::see_other(here_or_first(&query.next)));
    }
    let form = SignUpForm {
        invite: query.invite,
        next: query.next,
        ..SignUpForm::default()
    };
    show(&app, &visit, form, None).await
}

/// `POST /sign-up`
pub async fn sign_up(
    State(app): State<App>,
    visit: Visit,
    parts: Parts,
    Form(form): Form<SignUpForm>,
) -> Result<Reply> {
    let new = NewSignUp {
        username: form.username.clone(),
        email: form.email.clone(),
        password: form.password.clone(),
        reason: form.reason.clone(),
        date_of_birth: Some(form.date_of_birth.clone()),
        invitation: Some(form.invite.clone()),
        agrees: !asks_yes(&visit.community) || form.agree.is_some(),
        app_id: None,
    };
    let next = here_or_first(&form.next);
    let from = address::client(&parts, &app.config);
    match super::apply(&app, &visit.community, new, from).await {
        Ok(Came::In { account, .. }) => enter(&app, &visit, account.id, &parts.headers, next).await,
        Ok(Came::Waits { standing, .. }) => {
            let reply = Reply::see_other(&standing_at(&standing.reveal(), next));
            Ok(reply.with_cookie(cookie::next(&visit.community, next)))
        }
        Err(not) => {
            let trouble = trouble(not.into(), LABELS)?;
            show(&app, &visit, form, Some(trouble)).await
        }
    }
}

/// Whether there is anything to say yes to.
fn asks_yes(here: &Community) -> bool {
    here.texts.terms_of_service || !here.house_rules().is_empty()
}

async fn enter(
    app: &App,
    visit: &Visit,
    id: i64,
    headers: &HeaderMap,
    next: &str,
) -> Result<Reply> {
    let session = sessions::start(app, id, browser_name(headers)).await?;
    Ok(signed_in(visit, &session, next))
}

/// The page that tells how it stands, and from which one goes on to `next` once one is in.
fn standing_at(token: &str, next: &str) -> String {
    format!("/sign-up/{token}{}", afterwards(next))
}

async fn show(
    app: &App,
    visit: &Visit,
    form: SignUpForm,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let here = &visit.community;
    let is_invited = invitations::good(app, here, &form.invite).await?.is_some();
    let closed = match super::check_open(here, &form.invite, is_invited) {
        Ok(()) => String::new(),
        Err(Error::Forbidden(why)) => crate::http::as_sentence(&why),
        Err(other) => return Err(other),
    };
    let asks_reason = here.sign_up == SignUp::Approval && !is_invited;
    let mut frame = web::frame(app, visit, "Sign up", NavItem::SignUp).await?;
    frame.afterwards = afterwards(&form.next);
    let page = SignUpPage {
        frame,
        closed,
        domain: here.domain.unicode(),
        rules: here.house_rules(),
        asks_yes: asks_yes(here),
        asks_reason,
        needs_reason: asks_reason && app.config.sign_up.ask_reason,
        min_age: app.config.sign_up.min_age,
        // What was typed as a password is not sent back.
        form: SignUpForm {
            password: String::new(),
            next: held(&form.next),
            ..form
        },
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

#[derive(Template)]
#[template(path = "sign_ups/standing.html")]
struct StandingPage {
    frame: Frame,
    token: String,
    handle: String,
    email: String,
    standing: Standing,
    /// Where to go on to; empty for the first page.
    next: String,
    trouble: Option<Trouble>,
}

/// Where somebody who waits goes on to.
#[derive(Deserialize)]
pub struct Waits {
    #[serde(default)]
    next: String,
}

/// `GET /sign-up/{token}`: how it stands.
pub async fn standing(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
    Query(query): Query<Waits>,
) -> Result<Reply> {
    let applicant = super::standing(&app, &visit.community, &token).await?;
    show_standing(&app, &visit, (token, &query.next), &applicant, None).await
}

/// What the form of one more letter sends.
#[derive(Deserialize)]
pub struct Again {
    token: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-up/letter`
pub async fn ask_again(
    State(app): State<App>,
    visit: Visit,
    Form(form): Form<Again>,
) -> Result<Reply> {
    let here = &visit.community;
    let applicant = super::standing(&app, here, &form.token).await?;
    let email = Some(form.email.as_str()).filter(|email| !email.trim().is_empty());
    match super::ask_again(&app, here, &applicant, email).await {
        Ok(()) => {
            let done = "A letter is on its way.";
            let back = standing_at(&form.token, &form.next);
            Ok(Reply::see_other(&back).telling(here, done))
        }
        Err(not) => {
            let trouble = trouble(not.into(), LABELS)?;
            let at = (form.token, form.next.as_str());
            show_standing(&app, &visit, at, &applicant, Some(trouble)).await
        }
    }
}

async fn show_standing(
    app: &App,
    visit: &Visit,
    (token, next): (String, &str),
    applicant: &Applicant,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Your sign-up", NavItem::SignUp).await?;
    frame.no_index = true;
    frame.afterwards = afterwards(next);
    let page = StandingPage {
        frame,
        token,
        handle: format!("@{}@{}", applicant.username, visit.community.domain),
        email: applicant.email.clone(),
        standing: applicant.standing.clone(),
        next: held(next),
        trouble: trouble.clone(),
    };
    Ok(visit.keep(page_with(Reply::page(page), trouble.as_ref())))
}

#[derive(Template)]
#[template(path = "sign_ups/queue.html")]
struct QueuePage {
    frame: Frame,
    waiting: Vec<WaitingView>,
    /// Letters are sent from here.
    sends: bool,
    trouble: Option<Trouble>,
}

struct WaitingView {
    id: i64,
    handle: String,
    email: String,
    reason: String,
    since: String,
}

/// Others are not told that there is such a page.
fn check_moderator(me: &Me) -> Result<()> {
    if me.member.role >= Role::Moderator {
        return Ok(());
    }
    Err(Error::NotFound)
}

/// `GET /sign-ups`
pub async fn queue(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    check_moderator(&me)?;
    show_queue(&app, &me, &visit, None).await
}

async fn show_queue(app: &App, me: &Me, visit: &Visit, trouble: Option<Trouble>) -> Result<Reply> {
    let waiting = super::queue(app, &me.community).await?;
    let mut frame = web::frame(app, visit, "Sign-ups", NavItem::Moderation).await?;
    frame.no_index = true;
    let page = QueuePage {
        frame,
        waiting: waiting
            .into_iter()
            .map(|one| WaitingView {
                id: one.id,
                handle: format!("@{}", one.username),
                email: one.email,
                reason: one.reason,
                since: day(one.since),
            })
            .collect(),
        sends: mail::is_on(app),
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// `POST /sign-ups/{id}/approve`
pub async fn approve(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    check_moderator(&me)?;
    match super::approve(&app, &me.community, &me.account, id).await {
        Ok(()) => Ok(decided(&visit, "They are in.")),
        Err(error) => {
            let trouble = Trouble {
                field: "",
                text: trouble(error, LABELS)?.text,
            };
            show_queue(&app, &me, &visit, Some(trouble)).await
        }
    }
}

/// What the form of a no sends.
#[derive(Deserialize)]
pub struct TurnDown {
    #[serde(default)]
    word: String,
}

/// `POST /sign-ups/{id}/reject`
pub async fn turn_down(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<TurnDown>,
) -> Result<Reply> {
    check_moderator(&me)?;
    match super::turn_down(&app, &me.community, &me.account, id, &form.word).await {
        Ok(()) => Ok(decided(&visit, "They are turned down.")),
        Err(error) => {
            let trouble = Trouble {
                field: "",
                text: trouble(error, LABELS)?.text,
            };
            show_queue(&app, &me, &visit, Some(trouble)).await
        }
    }
}

fn decided(visit: &Visit, sentence: &str) -> Reply {
    Reply::see_other("/sign-ups").telling(&visit.community, sentence)
}

/// What the fields of these forms are called in sentences.
const LABELS: &[Label] = &[
    Label::of("username", "this name"),
    Label::of("email", "this address"),
    Label::of("password", "this password"),
    Label::of("reason", "this"),
    Label::of("date_of_birth", "this day"),
    Label::of("word", "this"),
    Label {
        of: "agreement",
        input: "agree",
        words: "this",
    },
];
