//! The page of invitations, and where their links lead.

use std::collections::HashSet;

use askama::Template;
use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use super::Invitation;
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit, wants_json};
use crate::members::Role;
use crate::web;
use crate::web::time::day;
use crate::web::view::{Frame, NavItem, Trouble};

#[derive(Template)]
#[template(path = "invitations/invitations.html")]
struct InvitationsPage {
    frame: Frame,
    may: bool,
    is_moderator: bool,
    invitations: Vec<InvitationView>,
    trouble: Option<Trouble>,
}

struct InvitationView {
    id: i64,
    link: String,
    /// "By @ines, for 3 people, of whom 1 came, until 12 May 2026"
    words: String,
    came: Vec<String>,
}

const LABELS: &[Label] = &[Label::of("uses", "this"), Label::of("days", "this")];

/// `GET /invitations`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    show(&app, &me, &visit, None).await
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Make {
    #[serde(default)]
    uses: String,
    #[serde(default)]
    days: String,
}

/// `POST /invitations`
pub async fn make(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Make>,
) -> Result<Reply> {
    let number = |field: &'static str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text
            .parse::<i64>()
            .map(Some)
            .map_err(|_| Error::invalid(field, "must be a number")),
    };
    let made = async {
        let uses = number("uses", &form.uses)?;
        let days = number("days", &form.days)?;
        super::make(&app, &me.community, &me.member, uses, days).await
    };
    match made.await {
        Ok(_) => Ok(done(&visit, "The link is below. Give it to whom you want.")),
        Err(error) => show(&app, &me, &visit, Some(trouble(error, LABELS)?)).await,
    }
}

/// `POST /invitations/{id}/end`
pub async fn end(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::end(&app, &me.community, &me.member, id).await?;
    Ok(done(&visit, "Nobody comes in by it any more."))
}

fn done(visit: &Visit, sentence: &str) -> Reply {
    Reply::see_other("/invitations").telling(&visit.community, sentence)
}

async fn show(app: &App, me: &Me, visit: &Visit, trouble: Option<Trouble>) -> Result<Reply> {
    let listed = super::list(app, &me.community, &me.member).await?;
    let ids: HashSet<i64> = listed
        .iter()
        .flat_map(|(one, came)| came.iter().copied().chain([one.made_by]))
        .collect();
    let people = accounts::find_many(app, ids.into_iter().collect()).await?;
    let handle = |id: &i64| Some(format!("@{}", people.get(id)?.username));
    let invitations = listed
        .iter()
        .map(|(one, came)| InvitationView {
            id: one.id,
            link: link(&me.community, one),
            words: words(one, handle(&one.made_by)),
            came: came.iter().filter_map(handle).collect(),
        })
        .collect();
    let mut frame = web::frame(app, visit, "Invitations", NavItem::Community).await?;
    frame.no_index = true;
    let page = InvitationsPage {
        frame,
        may: super::may(&me.community, &me.member),
        is_moderator: me.member.role >= Role::Moderator,
        invitations,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

fn link(community: &Community, one: &Invitation) -> String {
    format!("{}/invite/{}", community.origin, one.code)
}

fn words(one: &Invitation, maker: Option<String>) -> String {
    let by = maker.map_or_else(String::new, |handle| format!("By {handle}, "));
    let whom = match one.most_uses {
        None => "for any number of people".to_owned(),
        Some(1) => "for one person".to_owned(),
        Some(many) => format!("for {many} people"),
    };
    let until = one
        .expires_at
        .map_or_else(String::new, |at| format!(", until {}", day(at)));
    let used = match one.uses {
        0 => "nobody used it yet".to_owned(),
        1 => "one person used it".to_owned(),
        many => format!("{many} people used it"),
    };
    format!("{by}{whom}{until}; {used}")
}

/// `GET /invite/{token}`: leads to signing up; apps read where they would do that.
pub async fn follow(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path(code): Path<String>,
) -> Result<Reply> {
    let good = super::good(&app, &visit.community, &code).await?;
    if wants_json(&headers) {
        let invitation = good.ok_or(Error::NotFound)?;
        return Ok(Reply::api(json!({
            "invite_code": invitation.code,
            "instance_api_url": format!("{}/api/v2/instance", visit.community.origin),
        })));
    }
    let invitation = good.ok_or(Error::Gone)?;
    Ok(Reply::see_other(&format!(
        "/sign-up?invite={}",
        invitation.code
    )))
}
