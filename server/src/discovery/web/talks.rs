//! The page of what is talked about, with what those who look after the community keep out of it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use comity_policy::{Visible, Way};
use comity_vocab::Domain;
use serde::Deserialize;

use crate::app::App;
use crate::cards::{self, Card};
use crate::discovery::rejected::{self, Decision, Kind};
use crate::discovery::talked;
use crate::discovery::trends::{self, Talk};
use crate::error::{Error, Result};
use crate::hashtags;
use crate::http::{Caller, Form, Me, Reply, Visit};
use crate::moderation::looked_after;
use crate::statuses::web::{path, views};
use crate::statuses::{self, Shown, Status};
use crate::text::hashtag;
use crate::web::frame;
use crate::web::view::{Frame, NavItem, StatusView};

/// Topics, and pages, that stand there: further down little is said of any.
const MOST_NAMED: usize = 20;
/// Posts that stand there.
const MOST_POSTS: usize = 20;
/// Of what is kept out, so much is shown of each kind.
const MOST_KEPT_OUT: usize = 50;

#[derive(Template)]
#[template(path = "discovery/talk.html")]
struct TalkPage {
    frame: Frame,
    topics: Vec<TopicView>,
    pages: Vec<PageView>,
    posts: Vec<StatusView>,
    /// For moderators.
    kept_out: Vec<KeptOutView>,
}

struct TopicView {
    name: String,
    url: String,
    told: String,
}

struct PageView {
    url: String,
    title: String,
    about: String,
    lang: String,
    host: String,
    told: String,
}

/// What is talked about and kept out.
struct KeptOutView {
    kind: &'static str,
    name: String,
    url: String,
    words: String,
}

/// `GET /trends`: not there where the community turned it off.
pub async fn page(State(app): State<App>, visit: Visit) -> Result<Reply> {
    if !visit.community.trends {
        return Err(Error::NotFound);
    }
    let caller = Caller::from(&visit);
    let mut topics = talked::topics(&app, &caller).await?;
    let mut pages = talked::pages(&app, &caller).await?;
    let mut posts = talked::posts(&app, &caller).await?;
    topics.shown.truncate(MOST_NAMED);
    pages.shown.truncate(MOST_NAMED);
    posts.shown.truncate(MOST_POSTS);
    let urls = pages.shown.iter().map(|talk| talk.name.clone()).collect();
    let cards = cards::of_pages(&app, &visit.party(), urls).await?;
    let mut frame = frame(&app, &visit, "What is talked about", NavItem::Search).await?;
    frame.no_index = true;
    let kept_out = if frame.may_moderate {
        kept_out(&visit, &topics.kept_out, &pages.kept_out, &posts.kept_out)
    } else {
        Vec::new()
    };
    let shown = posts.shown.into_iter().map(|status| Shown {
        status,
        reblog: None,
    });
    let shown: Vec<Shown> = shown.collect();
    Ok(Reply::page(TalkPage {
        frame,
        topics: topics.shown.iter().map(topic).collect(),
        pages: linked(&pages.shown, &cards),
        posts: views(&app, &visit, Way::PublicTimeline, &shown).await?,
        kept_out,
    }))
}

fn topic(talk: &Talk) -> TopicView {
    TopicView {
        url: hashtag::path(&talk.name),
        told: told(talk),
        name: talk.name.clone(),
    }
}

/// Pages as what is known of them says; where that is nothing the viewer may read, by their address.
fn linked(talks: &[Talk], cards: &HashMap<String, Card>) -> Vec<PageView> {
    let view = |talk: &Talk| {
        let bare = Card::bare(&talk.name);
        let page = &cards.get(&talk.name).unwrap_or(&bare).page;
        let host = talk.name.split('/').nth(2).unwrap_or_default();
        PageView {
            title: page.title.clone(),
            about: page.description.clone(),
            lang: page.language.clone().unwrap_or_default(),
            host: Domain::parse(host).map_or_else(|_| host.to_owned(), |host| host.unicode()),
            told: told(talk),
            url: talk.name.clone(),
        }
    };
    talks.iter().map(view).collect()
}

/// "3 people, 5 posts"; one person alone is no talk.
fn told(talk: &Talk) -> String {
    format!("{} people, {} posts", talk.people(), talk.uses())
}

fn kept_out(
    visit: &Visit,
    topics: &[Talk],
    pages: &[Talk],
    posts: &[Visible<Status>],
) -> Vec<KeptOutView> {
    let topics = topics.iter().map(|talk| KeptOutView {
        kind: Kind::Tag.as_str(),
        url: hashtag::path(&talk.name),
        words: format!("#{}", talk.name),
        name: talk.name.clone(),
    });
    let pages = pages.iter().map(|talk| KeptOutView {
        kind: Kind::Link.as_str(),
        url: talk.name.clone(),
        words: talk.name.clone(),
        name: talk.name.clone(),
    });
    let posts = posts.iter().map(|post| KeptOutView {
        kind: Kind::Status.as_str(),
        url: path(post, &visit.community),
        words: format!("A post by {}", post.author.handle()),
        name: post.id.to_string(),
    });
    topics
        .take(MOST_KEPT_OUT)
        .chain(pages.take(MOST_KEPT_OUT))
        .chain(posts.take(MOST_KEPT_OUT))
        .collect()
}

/// What a moderator's button sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Decided {
    /// What it is: `tag`, `link` or `status`.
    kind: String,
    /// A topic, an address, or the number of a post.
    name: String,
    /// `reject` or `approve`.
    decision: String,
}

/// `POST /moderation/trends`
pub async fn decide(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Decided>,
) -> Result<Reply> {
    looked_after(&me)?;
    let kind = Kind::parse(&form.kind).ok_or(Error::NotFound)?;
    let decision = match form.decision.as_str() {
        "reject" => Decision::Reject,
        "approve" => Decision::Approve,
        _ => return Err(Error::invalid("decision", "must be reject or approve")),
    };
    let name = named(&app, &me, kind, &form.name).await?;
    rejected::decide(&app, &me, kind, &name, decision).await?;
    let done = match decision {
        Decision::Reject => "It is kept out of what is talked about.",
        Decision::Approve => "It may be talked about again.",
    };
    Ok(Reply::see_other("/trends").telling(&visit.community, done))
}

/// What is meant, as it is written down: a topic that can be one, a post that the moderator may see, or a page that is talked about or
/// kept out already.
async fn named(app: &App, me: &Me, kind: Kind, name: &str) -> Result<String> {
    match kind {
        Kind::Tag => hashtag::name(name)
            .filter(|name| name.chars().count() <= hashtags::LONGEST)
            .ok_or(Error::NotFound),
        Kind::Status => {
            let id: i64 = name.parse().map_err(|_| Error::NotFound)?;
            let post = statuses::find(app, &me.party(), Way::Page, id).await?;
            Ok(post.id.to_string())
        }
        Kind::Link => {
            let talks = trends::pages(app, &me.party()).await?;
            let rejected = rejected::names(app, me.community.id, kind).await?;
            let is_known = rejected.contains(name) || talks.iter().any(|talk| talk.name == name);
            is_known.then(|| name.to_owned()).ok_or(Error::NotFound)
        }
    }
}
