//! Search as a page.

use axum::extract::{Query, State};
use comity_policy::Way;
use serde::Deserialize;
use url::form_urlencoded;

use super::{FoundPosts, Page, People};
use crate::accounts::web::{Listed, rows};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::reply::as_sentence;
use crate::http::{Caller, Kind, Reply, Visit};
use crate::statuses::Shown;
use crate::statuses::web::views;
use crate::text::hashtag;
use crate::web::frame;
use crate::web::view::{NavItem, SearchPage};
use crate::window::Window;

/// Posts on a page.
const PAGE: usize = 20;

/// `GET /search?q=`
#[derive(Debug, Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    max_id: Option<i64>,
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
    let (party, wanted) = (visit.party(), People::default());
    let found = super::find(&app, &visit.community, &party, &question.q, wanted).await?;
    let page = Page {
        window: Window::older_than(question.max_id.unwrap_or(i64::MAX)),
        skip: 0,
        most: PAGE,
        by: None,
    };
    let (said, wrong) = match &visit.me {
        Some(me) => {
            match Box::pin(super::posts(&app, &Caller::from(me), &question.q, page)).await {
                Ok(said) => (said, None),
                Err(Error::Invalid { why, .. }) => {
                    (FoundPosts::default(), Some(format!("search {why}")))
                }
                Err(why) => return Err(why),
            }
        }
        None => (FoundPosts::default(), None),
    };
    let older = said.older.map(|below| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &question.q);
        query.append_pair("max_id", &below.to_string());
        format!("/search?{}", query.finish())
    });
    let trouble = found.trouble.or(wrong);
    let statuses: Vec<Shown> = found
        .statuses
        .into_iter()
        .chain(said.posts)
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
        older,
        remark: trouble.map(|why| as_sentence(&why)),
    }))
}
