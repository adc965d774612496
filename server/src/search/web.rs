//! Search as a page.

use axum::extract::{Query, State};
use comity_policy::Way;
use serde::Deserialize;

use crate::accounts::web::{Listed, rows};
use crate::app::App;
use crate::error::Result;
use crate::http::reply::as_sentence;
use crate::http::{Kind, Reply, Visit};
use crate::statuses::Shown;
use crate::statuses::web::views;
use crate::text::hashtag;
use crate::web::frame;
use crate::web::view::{NavItem, SearchPage};

/// `GET /search?q=`
#[derive(Debug, Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

/// `GET /search`
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Query(question): Query<Question>,
) -> Result<Reply> {
    if let Some(me) = visit.me.as_ref().filter(|_| !question.q.is_empty()) {
        // A question may become a request to another server.
        app.limits.check(Kind::Lookup, &me.account.id.to_string())?;
    }
    if let Some(name) = question.q.trim().strip_prefix('#')
        && !name.is_empty()
    {
        return Ok(Reply::see_other(&hashtag::path(name)));
    }
    let found = super::find(&app, &visit.community, &visit.party(), &question.q).await?;
    let statuses: Vec<Shown> = found
        .statuses
        .into_iter()
        .map(|status| Shown {
            status,
            reblog: None,
        })
        .collect();
    Ok(Reply::page(SearchPage {
        frame: frame(&app, &visit, "Search", NavItem::Search).await?,
        query: question.q,
        people: rows(&app, &visit, &found.people, Listed::People).await?,
        statuses: views(&app, &visit, Way::Search, &statuses).await?,
        remark: found.trouble.map(|why| as_sentence(&why)),
    }))
}
