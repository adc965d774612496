//! Who asks, and of which community: everything a handler may know of the requester.
//!
//! [`Visit`] is worked out once for a request; the others are parts of it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use comity_policy::{CommunityId, Party, Person};
use http::StatusCode;
use http::request::Parts;
use url::form_urlencoded;

use super::cookie::{self, Cookie};
use super::reply::Reply;
use super::token::Token;
use super::{address, wants_json};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::{self, Community};
use crate::config;
use crate::error::{Error, Result};
use crate::members::{self, Member};
use crate::web::view::Notice;

/// The community that the request's host names. Another host is answered with 421 and a plain sentence.
#[derive(Clone, Debug)]
pub struct Here(pub Arc<Community>);

/// Somebody who is signed in, here. Pages without a session lead to sign-in and back.
#[derive(Clone, Debug)]
pub struct Me {
    /// Their face.
    pub account: Arc<Account>,
    /// Their place here.
    pub member: Member,
    /// Where they are.
    pub community: Arc<Community>,
}

/// One request of a browser: where, who, and what surrounds the answer.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Where.
    pub community: Arc<Community>,
    /// Who, if signed in.
    pub me: Option<Me>,
    /// The path and query that were asked for.
    pub here: String,
    /// What the last act came to.
    pub notice: Option<Notice>,
    holder: Token,
    is_new_visitor: bool,
}

impl Me {
    /// The member with this account, wherever they live; for the command line and the demo.
    pub async fn of(app: &App, account_id: i64) -> Result<Me> {
        let member = members::find(app, account_id).await?;
        let community = communities::find(app, member.community_id)?;
        let account = accounts::find(app, account_id).await?;
        Ok(Me {
            account,
            member,
            community,
        })
    }

    /// Their standing before the gate.
    pub fn person(&self) -> Person {
        self.account.person()
    }

    /// As a party to an exchange.
    pub fn party(&self) -> Party {
        Party::Member(self.person())
    }
}

impl Visit {
    /// As this member would see a page: for what pages and apps tell alike.
    pub fn as_member(me: &Me) -> Result<Visit> {
        Ok(Visit {
            community: me.community.clone(),
            me: Some(me.clone()),
            here: "/".to_owned(),
            notice: None,
            holder: Token::random()?,
            is_new_visitor: false,
        })
    }

    /// As a party to an exchange.
    pub fn party(&self) -> Party {
        match &self.me {
            Some(me) => me.party(),
            None => Party::Anonymous(CommunityId(self.community.id)),
        }
    }

    /// A token for the forms of this answer.
    pub fn csrf(&self) -> Result<String> {
        self.holder.form_token()
    }

    /// Whether `form_token` was made for this browser.
    pub fn made(&self, form_token: &str) -> bool {
        self.holder.made(form_token)
    }

    /// Names this browser where something is kept for it.
    pub fn holder_hash(&self) -> Vec<u8> {
        self.holder.hash()
    }

    /// The session of this browser, if it is signed in.
    pub fn session(&self) -> Option<&Token> {
        self.me.is_some().then_some(&self.holder)
    }

    /// A page with a form for people who are not signed in needs the cookie that the form is bound to; other pages
    /// set none.
    pub fn keep(&self, reply: Reply) -> Reply {
        if self.is_new_visitor {
            reply.with_cookie(cookie::visitor(&self.community, &self.holder))
        } else {
            reply
        }
    }

    async fn of(parts: &mut Parts, app: &App) -> Result<Visit, Reply> {
        if let Some(known) = parts.extensions.get::<Visit>() {
            return Ok(known.clone());
        }
        let Here(community) = Here::from_request_parts(parts, app).await?;
        let signed_in = signed_in(&parts.headers, &community, app).await?;
        let (me, holder, is_new_visitor) = match signed_in {
            Some((me, session)) => (Some(me), session, false),
            None => match Cookie::Visitor.token(&parts.headers, &community) {
                Some(visitor) => (None, visitor, false),
                None => (None, Token::random()?, true),
            },
        };
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let notice = cookie::read_notice(&parts.headers, &community);
        let visit = Visit {
            community,
            me,
            here,
            notice,
            holder,
            is_new_visitor,
        };
        parts.extensions.insert(visit.clone());
        Ok(visit)
    }
}

async fn signed_in(
    headers: &http::HeaderMap,
    community: &Arc<Community>,
    app: &App,
) -> Result<Option<(Me, Token)>> {
    let Some(session) = Cookie::Session.token(headers, community) else {
        return Ok(None);
    };
    let Some(member) = members::sessions::resume(app, community.id, &session).await? else {
        return Ok(None);
    };
    let account = accounts::find(app, member.account_id).await?;
    if account.gone_at.is_some() {
        return Ok(None);
    }
    Ok(Some((
        Me {
            account,
            member,
            community: community.clone(),
        },
        session,
    )))
}

impl FromRequestParts<App> for Here {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Here, Reply> {
        if let Some(visit) = parts.extensions.get::<Visit>() {
            return Ok(Here(visit.community.clone()));
        }
        let communities = app.communities.load();
        address::asked_domain(parts, &app.config)
            .and_then(|domain| communities.by_domain(&domain))
            .map(Here)
            .ok_or_else(|| nobody_here(parts, app))
    }
}

/// People on this machine are told the right address; strangers are told no names.
fn nobody_here(parts: &Parts, app: &App) -> Reply {
    let mut sentence = match address::asked_domain(parts, &app.config) {
        Some(domain) => format!("No community is served here under the name {domain}."),
        None => "This request names no server.".to_owned(),
    };
    if address::peer(parts).is_loopback() {
        for community in app
            .communities
            .load()
            .all()
            .filter(|community| config::is_loopback(&community.domain))
        {
            let _ = write!(sentence, " Open {}/ instead.", community.origin);
        }
    }
    Reply::plain(StatusCode::MISDIRECTED_REQUEST, sentence)
}

impl FromRequestParts<App> for Visit {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visit, Reply> {
        Visit::of(parts, app).await
    }
}

impl FromRequestParts<App> for Me {
    type Rejection = Reply;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Me, Reply> {
        let visit = Visit::of(parts, app).await?;
        if let Some(me) = visit.me {
            return Ok(me);
        }
        let reads = matches!(parts.method, http::Method::GET | http::Method::HEAD);
        if !reads || wants_json(&parts.headers) {
            return Err(Error::Unauthorized.into());
        }
        let back: String = form_urlencoded::byte_serialize(visit.here.as_bytes()).collect();
        Err(Reply::see_other(&format!("/sign-in?back={back}")))
    }
}
