//! The page on which a member lets an app in, and the list of those that were let.

use askama::Template;
use axum::extract::{Query, State};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;

use super::{Asked, Asking, MOST_SIGN_INS, NotAsked, Scopes, SignIn, Wrong};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Me, Reply, Visit};
use crate::members::web::{browser_name, show_sign_in};
use crate::push;
use crate::web;
use crate::web::time::day;
use crate::web::view::{Frame, NavItem};

/// What an app asks for, on the page and in its form alike.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Wish {
    client_id: String,
    redirect_uri: String,
    scope: String,
    response_type: String,
    state: String,
    code_challenge: String,
    code_challenge_method: String,
    /// `true`: whoever sits there may not be who the app is for.
    force_login: String,
}

impl Wish {
    fn forces_sign_in(&self) -> bool {
        matches!(self.force_login.as_str(), "true" | "1")
    }

    fn asking(&self) -> Asking {
        Asking {
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            scope: self.scope.clone(),
            response_type: self.response_type.clone(),
            code_challenge: self.code_challenge.clone(),
            code_challenge_method: self.code_challenge_method.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "oauth/authorize.html")]
struct AuthorizePage {
    frame: Frame,
    app: String,
    website: Option<String>,
    handle: String,
    lines: Vec<Line>,
    /// When that was used last which a yes ends, where the app has as many tokens of the member as it may.
    ends: Option<String>,
    /// The server a yes leads to; `None` where the member carries a code over.
    leads_to: Option<String>,
    wish: Wish,
    here: String,
}

/// One thing an app asks for.
struct Line {
    words: String,
    /// Of `icons.svg`.
    icon: &'static str,
    /// It can do harm that cannot be undone.
    is_grave: bool,
}

#[derive(Template)]
#[template(path = "oauth/code.html")]
struct CodePage {
    frame: Frame,
    app: String,
    /// `None`: the member said no.
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "oauth/wrong.html")]
struct WrongPage {
    frame: Frame,
    sentence: &'static str,
    /// Where the app hears of it, if the member lets it.
    back: Option<BackToApp>,
}

/// What an app calls itself, the address of its answer, and its server.
struct BackToApp {
    app: String,
    url: String,
    place: String,
}

/// This address, without the wish that somebody signs in again: they did.
fn without_force(here: &str) -> String {
    let Some((path, query)) = here.split_once('?') else {
        return here.to_owned();
    };
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "force_login");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    format!("{path}?{query}")
}

/// `GET /oauth/authorize`. An app that wants somebody to sign in again has them do so first; nobody is signed out by that,
/// for anybody can lead somebody to this address.
pub async fn authorize_page(
    State(app): State<App>,
    me: Result<Me, Reply>,
    visit: Visit,
    Query(wish): Query<Wish>,
) -> Result<Reply> {
    let me = match me {
        Ok(me) => me,
        Err(_) if wish.forces_sign_in() => {
            // Whoever signs in now need not do so twice.
            let back = without_force(&visit.here);
            let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
            return Ok(Reply::see_other(&format!("/sign-in?back={back}")));
        }
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = match super::ask(&app, &me.community, &wish.asking()).await {
        Ok(asked) => asked,
        Err(not) => return not_asked(&app, &visit, not, &wish.state).await,
    };
    if wish.forces_sign_in() {
        let next = without_force(&visit.here);
        return show_sign_in(&app, &visit, String::new(), &next, None).await;
    }
    let source = asked.redirect.source();
    let ends = super::would_end(&app, me.account.id, asked.client.id).await?;
    let mut frame = web::frame(&app, &visit, "Let an app in", NavItem::Elsewhere).await?;
    frame.no_index = true;
    let page = AuthorizePage {
        frame,
        app: asked.client.name.clone(),
        website: asked.client.website.clone(),
        handle: format!("@{}@{}", me.account.username, me.community.domain.unicode()),
        lines: lines(&asked.scopes),
        ends: ends.map(day),
        leads_to: source.clone(),
        wish,
        here: visit.here.clone(),
    };
    let reply = Reply::page(page);
    Ok(match source {
        Some(source) => reply.with_form_action(source),
        None => reply,
    })
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Decision {
    #[serde(flatten)]
    wish: Wish,
    #[serde(default)]
    decision: String,
}

/// `POST /oauth/authorize`
pub async fn authorize(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    headers: HeaderMap,
    Form(form): Form<Decision>,
) -> Result<Reply> {
    let wish = form.wish;
    let asked = match super::ask(&app, &me.community, &wish.asking()).await {
        Ok(asked) => asked,
        Err(not) => return not_asked(&app, &visit, not, &wish.state).await,
    };
    let code = match form.decision.as_str() {
        "yes" => {
            let session = visit.session().ok_or(Error::Unauthorized)?;
            let browser = (session, browser_name(&headers));
            Some(super::grant(&app, me.account.id, browser, &asked).await?)
        }
        "no" => None,
        _ => return Err(Error::invalid("decision", "must be yes or no")),
    };
    let answer = match &code {
        Some(code) => asked
            .redirect
            .with(&[("code", code), ("state", &wish.state)]),
        None => asked.redirect.with(&[
            ("error", "access_denied"),
            ("error_description", "The member said no."),
            ("state", &wish.state),
        ]),
    };
    match answer {
        Some(location) => Ok(Reply::to_app(&location)),
        None => carried_over(&app, &visit, &asked, code).await,
    }
}

/// Where no app can be reached, the member copies the code.
async fn carried_over(
    app: &App,
    visit: &Visit,
    asked: &Asked,
    code: Option<String>,
) -> Result<Reply> {
    let mut frame = web::frame(app, visit, "Your code", NavItem::Elsewhere).await?;
    frame.no_index = true;
    Ok(Reply::page(CodePage {
        frame,
        app: asked.client.name.clone(),
        code,
    }))
}

/// An app that asks wrongly leads nobody away by that: anybody registers any address, and a link to here looks like us
/// (RFC 9700 §4.11.2). The member may go on to it, and sees where.
async fn not_asked(app: &App, visit: &Visit, not: NotAsked, state: &str) -> Result<Reply> {
    let (sentence, back) = match not {
        NotAsked::Other(error) => return Err(error),
        NotAsked::Here(sentence) => (sentence, None),
        NotAsked::There(app, redirect, Wrong { code, why }) => {
            let url = redirect.with(&[
                ("error", code),
                ("error_description", why),
                ("state", state),
            ]);
            let back = url.zip(redirect.source());
            (why, back.map(|(url, place)| BackToApp { app, url, place }))
        }
    };
    let frame = web::frame(app, visit, "That app did not ask well", NavItem::Elsewhere).await?;
    let page = WrongPage {
        frame,
        sentence,
        back,
    };
    Ok(Reply::page(page).with_status(StatusCode::BAD_REQUEST))
}

/// What one scope lets an app do, as the page on which a member says yes has it.
pub fn words(scope: &str) -> String {
    let lines = lines(&Scopes::parse(scope));
    let words: Vec<&str> = lines.iter().map(|line| line.words.as_str()).collect();
    words.join(" ")
}

/// What scopes let an app do, in words: the widest first, and what they hold not again.
fn lines(scopes: &Scopes) -> Vec<Line> {
    let plain = |words: &str| Line {
        words: words.to_owned(),
        icon: "look",
        is_grave: false,
    };
    let grave = |words: &str| Line {
        words: words.to_owned(),
        icon: "pen",
        is_grave: true,
    };
    let mut lines = Vec::new();
    let has = |name: &str| scopes.cover(&Scopes::of(name));
    if has("read") {
        lines.push(plain(
            "Read all that you can read here: timelines, what is written to you alone, notifications, lists and settings.",
        ));
    } else if let Some(parts) = parts(scopes, "read:") {
        lines.push(plain(&format!("Read your {parts}.")));
    } else if has("profile") {
        lines.push(plain("Read who you are: your name and handle."));
    }
    if has("write") {
        lines.push(grave(
            "Act in your name: write, change and delete posts, follow and block people, change your profile and settings.",
        ));
    } else if let Some(parts) = parts(scopes, "write:") {
        lines.push(grave(&format!("Change in your name: {parts}.")));
    }
    if has("push") {
        lines.push(Line {
            icon: "bell",
            ..plain("Be told of your notifications as they come.")
        });
    }
    if scopes.touch("admin:read") {
        lines.push(grave(
            "Read what moderators read, if you are one: accounts, reports and addresses.",
        ));
    }
    if scopes.touch("admin:write") {
        lines.push(grave(
            "Do what moderators do, if you are one: decide on accounts, reports and boundaries.",
        ));
    }
    lines
}

/// "lists, mutes and statuses"
fn parts(scopes: &Scopes, prefix: &str) -> Option<String> {
    let mut parts: Vec<String> = super::scopes::all()
        .filter(|name| scopes.cover(&Scopes::of(name)))
        .filter_map(|name| name.strip_prefix(prefix))
        .map(|part| match part {
            "statuses" => "posts".to_owned(),
            "accounts" => "profile".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let last = parts.pop()?;
    Some(match parts.as_slice() {
        [] => last,
        others => format!("{} and {last}", others.join(", ")),
    })
}

#[derive(Template)]
#[template(path = "oauth/apps.html")]
struct AppsPage {
    frame: Frame,
    apps: Vec<AppView>,
    /// Sign-ins with one app, at most.
    most: i64,
    /// Whether devices are told who and what.
    tells: bool,
}

struct AppView {
    id: i64,
    name: String,
    website: Option<String>,
    lines: Vec<Line>,
    since: String,
    used: String,
    sign_ins: Vec<SignInView>,
}

/// One time that a member signed in with an app.
struct SignInView {
    id: i64,
    browser: String,
    since: String,
    used: String,
}

impl SignInView {
    fn of(one: SignIn) -> SignInView {
        SignInView {
            id: one.token_id,
            browser: if one.browser.is_empty() {
                "A browser".to_owned()
            } else {
                one.browser
            },
            since: day(one.since),
            used: day(one.last_used_at),
        }
    }
}

/// `GET /settings/apps`
pub async fn apps(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let let_in = super::let_in(&app, me.account.id).await?;
    let mut frame = web::frame(&app, &visit, "Apps", NavItem::Me).await?;
    frame.no_index = true;
    let apps = let_in
        .into_iter()
        .map(|one| AppView {
            id: one.app_id,
            name: one.name,
            website: one.website,
            lines: lines(&one.scopes),
            since: day(one.since),
            used: day(one.last_used_at),
            sign_ins: one.sign_ins.into_iter().map(SignInView::of).collect(),
        })
        .collect();
    let tells = push::tells(&app.db, me.account.id).await?;
    Ok(Reply::page(AppsPage {
        frame,
        apps,
        most: MOST_SIGN_INS,
        tells,
    }))
}

/// Which app to let no more.
#[derive(Deserialize)]
pub struct EndApp {
    id: i64,
}

/// `POST /settings/apps`
pub async fn end_app(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<EndApp>,
) -> Result<Reply> {
    super::end_app(&app, me.account.id, form.id).await?;
    let done = "That app has to ask you again.";
    Ok(Reply::see_other("/settings/apps").telling(&visit.community, done))
}

/// Which sign-in to end.
#[derive(Deserialize)]
pub struct EndSignIn {
    id: i64,
}

/// `POST /settings/apps/sign-ins`
pub async fn end_sign_in(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<EndSignIn>,
) -> Result<Reply> {
    super::end_sign_in(&app, me.account.id, form.id).await?;
    let done = "That sign-in has ended. The others of its app go on.";
    Ok(Reply::see_other("/settings/apps").telling(&visit.community, done))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scopes: &str) -> Vec<String> {
        lines(&Scopes::parse(scopes))
            .into_iter()
            .map(|line| line.words)
            .collect()
    }

    #[test]
    fn scopes_are_told_plainly_and_once() {
        assert_eq!(told("read write follow push").len(), 3);
        assert_eq!(
            told("read:statuses read:lists"),
            ["Read your lists and posts."]
        );
        assert_eq!(told("profile"), ["Read who you are: your name and handle."]);
        assert_eq!(
            told("follow"),
            [
                "Read your blocks, follows and mutes.",
                "Change in your name: blocks, follows and mutes."
            ]
        );
        assert_eq!(told("read admin:write:reports").len(), 2);
        for scope in super::super::all_scopes() {
            assert!(words(scope).ends_with('.'), "{scope}");
        }
    }
}
