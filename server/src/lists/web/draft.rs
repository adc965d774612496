//! What the sources of a list would change: one page, on which a person says yes or no.

use axum::extract::State;
use serde::Deserialize;

use super::{LABELS, theirs, url};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::lists::{self, List, Proposed};
use crate::rules::typed_pattern;
use crate::web::frame;
use crate::web::view::{DraftPage, NavItem, ProposedView, Trouble};

/// Of what would change, so many are named.
const MOST_TOLD: usize = 200;

/// `GET /boundaries/lists/{id}/draft`
pub async fn draft(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    page(&app, &visit, &list, None).await
}

/// Which draft somebody saw.
#[derive(Debug, Deserialize)]
pub struct Seen {
    #[serde(default)]
    seal: String,
}

/// `POST /boundaries/lists/{id}/draft`: takes in what was shown.
pub async fn apply(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(seen): Form<Seen>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match lists::apply(&app, &list, Some(&seen.seal), Some(me.account.id)).await {
        Ok(_) => Ok(Reply::see_other(&url(id))),
        Err(why) => page(&app, &visit, &list, Some(trouble(why, LABELS)?)).await,
    }
}

/// Which entry a button is about.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    pattern: String,
}

/// `POST /boundaries/lists/{id}/draft/put`: puts one of them on the list.
pub async fn put_on(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(which): Form<Which>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    let pattern = lists::stored(&list, &which.pattern)?;
    match lists::put_on(&app, &list, &pattern, Some(me.account.id)).await {
        // Pressed twice, or somebody else was faster.
        Ok(()) | Err(Error::NotFound) => Ok(back(id)),
        Err(why) => page(&app, &visit, &list, Some(trouble(why, LABELS)?)).await,
    }
}

/// `POST /boundaries/lists/{id}/draft/decline`: leaves one of them out for good.
pub async fn decline(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(which): Form<Which>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    let pattern = lists::stored(&list, &which.pattern)?;
    lists::decline(&app, &list, &pattern, Some(me.account.id)).await?;
    Ok(back(id))
}

fn back(id: i64) -> Reply {
    Reply::see_other(&format!("{}/draft", url(id)))
}

async fn page(app: &App, visit: &Visit, list: &List, trouble: Option<Trouble>) -> Result<Reply> {
    let draft = lists::draft(app, list).await?;
    let view = |one: &Proposed, look: Option<String>| ProposedView {
        pattern: typed_pattern(&one.entry.pattern),
        comment: one.entry.comment.clone().unwrap_or_default(),
        from: match one.named_by {
            1 => one.url.clone(),
            many => format!("{} and {} more", one.url, many - 1),
        },
        look,
    };
    let page = Reply::page(DraftPage {
        frame: frame(app, visit, &list.name, NavItem::Boundaries).await?,
        url: url(list.id),
        name: list.name.clone(),
        quorum: list.quorum,
        warning: draft.warning(list),
        added: draft.added.len(),
        first_added: draft
            .added
            .iter()
            .take(MOST_TOLD)
            .map(|one| view(one, None))
            .collect(),
        to_look_at: draft.to_look_at.len(),
        first_to_look_at: draft
            .to_look_at
            .iter()
            .take(MOST_TOLD)
            .map(|(one, look)| view(one, Some(look.told())))
            .collect(),
        changed: draft.changed.len(),
        first_changed: draft
            .changed
            .iter()
            .take(MOST_TOLD)
            .map(|(pattern, comment)| (pattern.clone(), comment.clone().unwrap_or_default()))
            .collect(),
        short: draft.tally.short,
        declined: draft.tally.declined,
        retracted: draft.tally.retracted,
        seal: draft.seal,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}
