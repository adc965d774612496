//! Topics for apps.

use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::discovery::histories;
use crate::error::{Error, Result};
use crate::featured_tags;
use crate::hashtags::entity::{Marks, counted, marked};
use crate::http::{Caller, Client, Paging, Path, Reply};
use crate::oauth::Scopes;
use crate::text::hashtag;

/// Topics of a page, and at most.
const USUAL: i64 = 100;
const MOST: i64 = 200;

/// `GET /api/v1/followed_tags`
pub async fn list(State(app): State<App>, client: Client, paging: Paging) -> Result<Reply> {
    let me = client.me()?;
    let (window, limit) = (paging.window(), paging.limit(USUAL, MOST));
    let rows = super::list(&app, me.account.id, window, limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|len| len >= limit);
    let oldest = rows.last().filter(|_| full || window.from_below);
    let newest = rows.first().map(|(id, _)| *id);
    let links = paging.links(&me.community, newest, oldest.map(|(id, _)| *id));
    let names: Vec<String> = rows.into_iter().map(|(_, name)| name).collect();
    let marks = marks(&app, me.account.id, &names).await?;
    let histories = histories(&app, &me.party(), &names).await?;
    let list: Vec<_> = names
        .iter()
        .map(|name| marked(name, &me.community, &histories, &marks))
        .collect();
    Ok(Reply::api(json!(list)).with_links(links))
}

/// `GET /api/v1/tags/{name}`: with what the member has to do with it where the app may read that.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    client: Option<Client>,
    Path(name): Path<String>,
) -> Result<Reply> {
    let name = hashtag::name(&name).ok_or(Error::NotFound)?;
    let here = &caller.community;
    let follows = Scopes::of("read:follows");
    let may = client.is_some_and(|client| client.grant.scopes.cover(&follows));
    let names = [name];
    let histories = histories(&app, &caller.party(), &names).await?;
    Ok(Reply::api(match caller.account_id().filter(|_| may) {
        None => counted(&names[0], here, &histories),
        Some(me) => {
            let marks = marks(&app, me, &names).await?;
            marked(&names[0], here, &histories, &marks)
        }
    }))
}

/// `POST /api/v1/tags/{name}/follow`
pub async fn follow(
    State(app): State<App>,
    client: Client,
    Path(name): Path<String>,
) -> Result<Reply> {
    let name = super::follow(&app, client.me()?.account.id, &name).await?;
    own(&app, &client, name).await
}

/// `POST /api/v1/tags/{name}/unfollow`
pub async fn unfollow(
    State(app): State<App>,
    client: Client,
    Path(name): Path<String>,
) -> Result<Reply> {
    let name = super::unfollow(&app, client.me()?.account.id, &name).await?;
    own(&app, &client, name).await
}

/// `POST /api/v1/tags/{name}/feature`
pub async fn feature(
    State(app): State<App>,
    client: Client,
    Path(name): Path<String>,
) -> Result<Reply> {
    let name = hashtag::name(&name).ok_or(Error::NotFound)?;
    featured_tags::feature(&app, client.me()?.account.id, &name).await?;
    own(&app, &client, name).await
}

/// `POST /api/v1/tags/{name}/unfeature`
pub async fn unfeature(
    State(app): State<App>,
    client: Client,
    Path(name): Path<String>,
) -> Result<Reply> {
    let name = hashtag::name(&name).ok_or(Error::NotFound)?;
    featured_tags::unfeature(&app, client.me()?.account.id, &name).await?;
    own(&app, &client, name).await
}

async fn own(app: &App, client: &Client, name: String) -> Result<Reply> {
    let me = client.me()?;
    let names = [name];
    let marks = marks(app, me.account.id, &names).await?;
    let histories = histories(app, &me.party(), &names).await?;
    let entity = marked(&names[0], &me.community, &histories, &marks);
    Ok(Reply::api(entity))
}

/// What a member has to do with these.
pub async fn marks(app: &App, me: i64, names: &[String]) -> Result<Marks> {
    Ok(Marks {
        followed: super::among(app, me, names.to_vec()).await?,
        featured: featured_tags::among(app, me, names.to_vec()).await?,
    })
}
