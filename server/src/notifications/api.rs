//! Notifications for apps.

pub mod policy;
pub mod requests;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::entity;
use super::{
    Aside, Kind, Notification, Which, clear as clear_all, dismiss as dismiss_one, read, stretch,
};
use crate::app::App;
use crate::error::Result;
use crate::http::{Client, Id, Input, Me, Paging, Reply};

/// So often it is read on where the gate hides much.
const MOST_ROUNDS: usize = 5;

/// Which notifications an app asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<i64>,
    include_filtered: bool,
    /// Which kinds the app knows to show; where it says so, the others are put into words for it.
    pub(super) supported_types: Vec<String>,
    /// Of groups: which kinds are grouped; all that can be where nothing is said.
    pub(super) grouped_types: Option<Vec<String>>,
    /// Of groups: how much is told of people.
    pub(super) expand_accounts: Option<String>,
}

impl Choice {
    /// What is looked at for it. Of one account, what stands aside as well.
    pub(super) fn which(&self) -> Which {
        let aside = if self.include_filtered || self.account_id.is_some() {
            Aside::Too
        } else {
            Aside::Not
        };
        let narrow = !self.types.is_empty() || !self.exclude_types.is_empty();
        let mut kinds = Kind::ALL.to_vec();
        kinds.retain(|kind| self.wants_kind(*kind));
        Which {
            aside,
            kinds: narrow.then_some(kinds),
            from: self.account_id,
        }
    }

    fn wants_kind(&self, kind: Kind) -> bool {
        let Some(word) = entity::word(kind) else {
            return false;
        };
        (self.types.is_empty() || self.types.iter().any(|kind| kind == word))
            && !self.exclude_types.iter().any(|kind| kind == word)
    }

    /// Whether this one is among them.
    pub(super) fn wants(&self, notification: &Notification) -> bool {
        self.wants_kind(notification.kind)
            && self.account_id.is_none_or(|id| notification.from.id == id)
    }
}

/// A page of what a member is told: what is wanted of it, and from where it goes on in both directions.
pub(super) async fn page(
    app: &App,
    me: &Me,
    paging: &Paging,
    choice: &Choice,
    limit: usize,
) -> Result<(Vec<Notification>, Option<i64>, Option<i64>)> {
    let mut window = paging.window();
    let batch = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = Vec::with_capacity(limit);
    let mut goes_on = false;
    let which = choice.which();
    for _ in 0..MOST_ROUNDS {
        let stretch = stretch(app, &me.account, window, batch, &which).await?;
        found.extend(stretch.shown.into_iter().filter(|told| choice.wants(told)));
        goes_on = stretch.last.is_some();
        let Some(last) = stretch.last else { break };
        if window.from_below {
            window.above = last;
        } else {
            window.below = last;
        }
        if found.len() >= limit {
            break;
        }
    }
    let is_cut = found.len() > limit;
    found.truncate(limit);
    let end = if is_cut {
        found.last().map(|told| told.id)
    } else {
        Some(if window.from_below {
            window.above
        } else {
            window.below
        })
    };
    if window.from_below {
        found.reverse();
    }
    let first = found.first().map(|told| told.id);
    let last = found.last().map(|told| told.id);
    if window.from_below {
        return Ok((found, if goes_on { end } else { first }, last));
    }
    Ok((found, first, end.filter(|_| goes_on || is_cut)))
}

/// `GET /api/v1/notifications`
pub async fn list(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let limit = usize::try_from(paging.limit(40, 80)).unwrap_or_default();
    let (found, newer, older) = page(&app, me, &paging, &choice, limit).await?;
    let mut list = entity::list(&app, me, &found).await?;
    entity::fall_back_each(&mut list, &choice.supported_types);
    let links = paging.links(&me.community, newer, older);
    Ok(Reply::api(json!(list)).with_links(links))
}

/// `GET /api/v1/notifications/{id}`
pub async fn one(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let found = read(&app, &me.account, id).await?;
    let mut list = entity::list(&app, me, &[found]).await?;
    entity::fall_back_each(&mut list, &choice.supported_types);
    let entity = list
        .into_iter()
        .next()
        .ok_or(crate::error::Error::NotFound)?;
    Ok(Reply::api(entity))
}

/// `GET /api/v1/notifications/unread_count`
pub async fn unread_count(State(app): State<App>, client: Client) -> Result<Reply> {
    let unread = super::unread(&app, client.me()?).await?;
    Ok(Reply::api(json!({ "count": unread })))
}

/// `POST /api/v1/notifications/clear`
pub async fn clear(State(app): State<App>, client: Client) -> Result<Reply> {
    clear_all(&app, &client.me()?.account).await?;
    Ok(Reply::api(json!({})))
}

/// `POST /api/v1/notifications/{id}/dismiss`, and `DELETE /api/v1/notifications/{id}`, as older apps do it
pub async fn dismiss(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    dismiss_one(&app, &client.me()?.account, id).await?;
    Ok(Reply::api(json!({})))
}
