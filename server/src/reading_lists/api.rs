//! Lists of people for apps, and antennas with them: an app takes one for the other.

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Draft, MOST_PEOPLE, ReadingList, Replies};
use crate::accounts;
use crate::accounts::entity::Faces;
use crate::antennas::{self, api::as_list};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Paging, Reply};
use crate::timelines::{self, Place};

/// People of a page, and at most; some apps ask for a thousand at once.
const USUAL: i64 = 40;

fn entity(list: &ReadingList) -> Value {
    json!({
        "id": list.id.to_string(),
        "title": list.title,
        "replies_policy": list.replies.as_str(),
        "exclusive": list.exclusive,
    })
}

/// A list as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    title: Option<String>,
    replies_policy: Option<String>,
    exclusive: Option<bool>,
}

impl Sent {
    fn draft(self) -> Result<Draft> {
        let replies = match self.replies_policy.as_deref() {
            None | Some("") => None,
            Some(word) => Some(Replies::parse(word).ok_or_else(|| {
                Error::invalid("replies_policy", "must be followed, list or none")
            })?),
        };
        Ok(Draft {
            title: self.title,
            replies,
            exclusive: self.exclusive,
        })
    }
}

/// `GET /api/v1/lists`
pub async fn list(State(app): State<App>, client: Client) -> Result<Reply> {
    let me = client.me()?.account.id;
    let lists = super::of(&app, me).await?;
    let antennas = antennas::of(&app, me).await?;
    let antennas = antennas.iter().map(as_list);
    Ok(Reply::api(
        lists.iter().map(entity).chain(antennas).collect(),
    ))
}

/// `POST /api/v1/lists`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    let list = super::create(&app, me, &sent.draft()?).await?;
    Ok(Reply::api(entity(&list)))
}

/// `GET /api/v1/lists/{id}`
pub async fn show(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?.account.id;
    if let Some(antenna) = antennas::get(&app, me, id).await? {
        return Ok(Reply::api(as_list(&antenna)));
    }
    let list = super::find(&app, me, id).await?;
    Ok(Reply::api(entity(&list)))
}

/// `PUT /api/v1/lists/{id}`
pub async fn change(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let draft = sent.draft()?;
    if antennas::get(&app, me.account.id, id).await?.is_some() {
        let antenna = antennas::change(&app, me, id, of_antenna(draft)?).await?;
        return Ok(Reply::api(as_list(&antenna)));
    }
    let list = super::change(&app, me.account.id, id, &draft).await?;
    Ok(Reply::api(entity(&list)))
}

/// What may be said of an antenna as of a list: how it is called, and whether answers count.
fn of_antenna(draft: Draft) -> Result<antennas::Draft> {
    if draft.exclusive == Some(true) {
        return Err(Error::invalid(
            "exclusive",
            "is for lists of people; this is an antenna",
        ));
    }
    Ok(antennas::Draft {
        title: draft.title,
        replies: draft.replies.map(|replies| replies != Replies::None),
        ..antennas::Draft::default()
    })
}

/// Who is put into a list is read there as well; an antenna that named one person more would catch less: so that is not
/// done by this door.
async fn is_no_antenna(app: &App, account_id: i64, id: i64) -> Result<()> {
    if antennas::get(app, account_id, id).await?.is_some() {
        return Err(Error::invalid(
            "account_ids",
            format!(
                "cannot be changed of an antenna; say at /antennas/{id}/edit whose posts it looks through"
            ),
        ));
    }
    Ok(())
}

/// `DELETE /api/v1/lists/{id}`
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?.account.id;
    if antennas::get(&app, me, id).await?.is_some() {
        antennas::remove(&app, me, id).await?;
    } else {
        super::remove(&app, me, id).await?;
    }
    Ok(Reply::api(json!({})))
}

/// `GET /api/v1/lists/{id}/accounts`; `limit=0` for all of them. An antenna names few: they are all there.
pub async fn people(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let me = client.me()?;
    if let Some(antenna) = antennas::get(&app, me.account.id, id).await? {
        let named = &antenna.terms.accounts;
        let faces = Faces::of(&app, &me.party(), Way::Page, &me.community, named).await?;
        return Ok(Reply::api(faces.in_order(named)));
    }
    let limit = if paging.wants_all() {
        MOST_PEOPLE
    } else {
        paging.limit(USUAL, MOST_PEOPLE)
    };
    let stretch = super::people(&app, me.account.id, id, paging.window(), limit).await?;
    let here = &me.community;
    let faces = Faces::of(&app, &me.party(), Way::Page, here, &stretch.named).await?;
    let reply = Reply::api(faces.in_order(&stretch.named));
    if paging.wants_all() {
        return Ok(reply);
    }
    Ok(reply.with_links(paging.links(here, stretch.newest, stretch.oldest)))
}

/// People that one request puts into a list or takes out of it.
const MOST_NAMED: usize = 200;

/// Whom an app means.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    account_ids: Vec<String>,
}

impl Named {
    /// Their numbers, each once. Who has none does not exist.
    fn numbers(&self) -> Result<Vec<i64>> {
        if self.account_ids.len() > MOST_NAMED {
            return Err(Error::invalid(
                "account_ids",
                format!("names more than {MOST_NAMED} people at once"),
            ));
        }
        let mut ids = Vec::with_capacity(self.account_ids.len());
        for id in &self.account_ids {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

/// `POST /api/v1/lists/{id}/accounts`
pub async fn put_in(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?;
    is_no_antenna(&app, me.account.id, id).await?;
    super::put_in(&app, me, id, &named.numbers()?).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/lists/{id}/accounts`: named in the query, in a form or in JSON.
pub async fn take_out(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(named): Input<Named>,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    is_no_antenna(&app, me, id).await?;
    super::take_out(&app, me, id, &named.numbers()?).await?;
    Ok(Reply::api(json!({})))
}

/// `GET /api/v1/accounts/{id}/lists`: those of the member that this account is in.
pub async fn with(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let account = accounts::show(&app, &me.party(), Way::Page, id).await?;
    let lists = super::with(&app, me.account.id, account.id).await?;
    Ok(Reply::api(lists.iter().map(entity).collect()))
}

/// `GET /api/v1/timelines/list/{id}`
pub async fn timeline(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    paging: Paging,
) -> Result<Reply> {
    let me = client.me()?.account.id;
    if let Some(antenna) = antennas::get(&app, me, id).await? {
        return antennas::api::timeline(&app, &client.caller()?, antenna, &paging).await;
    }
    let list = super::find(&app, me, id).await?;
    let place = Place::List(me, list.id, list.replies);
    timelines::api::answer(&app, &client.caller()?, place, &paging, |_| true).await
}
