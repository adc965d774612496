//! First contacts of a community, for those who look after it: who waits, and nothing of what they wrote.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;

use super::{age, software};
use crate::app::App;
use crate::communities::{Answers, Community};
use crate::contacts::{self, Always, Stranger, check_moderators_answer};
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::members::Role;
use crate::web::view::{CommunityContactsPage, NavItem, StrangerView, Trouble, WelcomedView};
use crate::web::{frame, person_view};

const LABELS: &[Label] = &[Label::of("reason", "the reason"), Label::of("pattern", "")];

/// `GET /contacts/community`
pub async fn community(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let community = looked_after(&me)?;
    page(&app, &visit, &community, None).await
}

async fn page(
    app: &App,
    visit: &Visit,
    community: &Community,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let waiting = contacts::queue(app, community).await?;
    let answers = match community.answers {
        Answers::Members => "Members answer for themselves.",
        Answers::Moderators => "Moderators answer for all.",
        Answers::Either => "Members and moderators answer, whoever comes first.",
    };
    let page = Reply::page(CommunityContactsPage {
        frame: frame(app, visit, "First contacts", NavItem::Moderation).await?,
        answers,
        may_answer: community.answers != Answers::Members,
        contacts: waiting
            .iter()
            .map(|stranger| view(stranger, community))
            .collect(),
        welcomed: contacts::welcomed_by_community(app, community)
            .await?
            .iter()
            .map(|(who, by)| WelcomedView {
                person: person_view(who, community),
                handle: who.handle().to_string(),
                by: by.handle().username,
            })
            .collect(),
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}

fn view(stranger: &Stranger, here: &Community) -> StrangerView {
    let sender = &stranger.sender;
    let server = sender.host.unicode();
    let mut known = vec![match (stranger.posts, stranger.members) {
        (0, 1) => "They ask to follow one member.".to_owned(),
        (0, many) => format!("They ask to follow {many} members."),
        (posts, members) => format!("Posts that wait: {posts}; members they wait for: {members}."),
    }];
    if !sender.is_local() {
        known.push(age(&server, &stranger.server));
        known.extend(software(&stranger.server));
        known.push(match stranger.followed_there {
            0 => format!("Nobody in {} follows anybody there.", here.name),
            many => format!("Followed there from {}: {many}.", here.name),
        });
    }
    known.push(match stranger.followed_by {
        0 => format!("Nobody in {} follows them.", here.name),
        many => format!("Members of {} who follow them: {many}.", here.name),
    });
    StrangerView {
        person: person_view(sender, here),
        handle: sender.handle().to_string(),
        known,
    }
}

/// `POST /contacts/community/{id}/welcome`
pub async fn welcome_here(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    let community = answered(&me)?;
    gone_is_fine(contacts::welcome_to_community(&app, &community, &me.account, id).await)
}

/// `POST /contacts/community/{id}/send-away`
pub async fn send_away_here(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    let community = answered(&me)?;
    gone_is_fine(contacts::send_away_of_community(&app, &community, id).await)
}

/// `POST /contacts/community/{id}/unwelcome`
pub async fn unwelcome_here(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    // Also where members answer by now: what was said in everybody's name can be taken back.
    let community = looked_after(&me)?;
    gone_is_fine(contacts::unwelcome_of_community(&app, &community, id).await)
}

/// What the form of a rule sends.
#[derive(Debug, Deserialize)]
pub struct OpenForm {
    /// "person" or "server".
    #[serde(default)]
    whom: String,
    #[serde(default)]
    reason: String,
}

/// `POST /contacts/community/{id}/open`
pub async fn open(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<OpenForm>,
) -> Result<Reply> {
    let community = answered(&me)?;
    let whom = match form.whom.as_str() {
        "server" => Always::Server,
        _ => Always::Person,
    };
    let done = contacts::open(&app, &community, &me.account, id, whom, &form.reason).await;
    match done {
        Err(why @ (Error::Invalid { .. } | Error::Conflict(_))) => {
            let trouble = trouble(why, LABELS)?;
            page(&app, &visit, &community, Some(trouble)).await
        }
        other => gone_is_fine(other),
    }
}

/// Somebody else's answer was quicker.
fn gone_is_fine(came: Result<()>) -> Result<Reply> {
    match came {
        Ok(()) | Err(Error::NotFound) => Ok(Reply::see_other("/contacts/community")),
        Err(other) => Err(other),
    }
}

fn looked_after(me: &Me) -> Result<Arc<Community>> {
    if me.member.role < Role::Moderator {
        return Err(Error::NotFound);
    }
    Ok(me.community.clone())
}

fn answered(me: &Me) -> Result<Arc<Community>> {
    let community = looked_after(me)?;
    check_moderators_answer(&community)?;
    Ok(community)
}
