//! Accounts, for moderators' apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply};
use crate::members::Standing;
use crate::moderation::store::Wanted;
use crate::moderation::{self, Action, Origin, entity, looked_after};

/// Which accounts an app asks for, in both versions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    origin: Option<String>,
    status: Option<String>,
    permissions: Option<String>,
    username: Option<String>,
    by_domain: Option<String>,
    email: Option<String>,
    local: Option<bool>,
    remote: Option<bool>,
    active: Option<bool>,
    disabled: Option<bool>,
    suspended: Option<bool>,
    staff: Option<bool>,
}

impl Choice {
    fn origin(&self) -> Origin {
        let elsewhere = self.remote == Some(true)
            || self.origin.as_deref() == Some("remote")
            || self
                .by_domain
                .as_deref()
                .is_some_and(|name| !name.is_empty());
        if elsewhere {
            Origin::Elsewhere
        } else {
            Origin::Here
        }
    }

    fn wanted(&self) -> Result<Wanted> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let yes = |flag: Option<bool>| flag == Some(true);
        let standing = match self.status.as_deref() {
            Some("active") => Some(Standing::Active),
            Some("disabled") => Some(Standing::Frozen),
            Some("suspended") => Some(Standing::Suspended),
            // Nobody waits for a yes here, and members are not limited.
            Some("pending" | "silenced") => {
                return Err(Error::invalid(
                    "status",
                    "must be active, disabled or suspended",
                ));
            }
            _ if yes(self.active) => Some(Standing::Active),
            _ if yes(self.disabled) => Some(Standing::Frozen),
            _ if yes(self.suspended) => Some(Standing::Suspended),
            _ => None,
        };
        let host = match given(&self.by_domain) {
            Some(name) => Some(
                comity_vocab::Domain::parse(name.trim())
                    .map_err(|_| Error::invalid("by_domain", "names no server"))?
                    .as_str()
                    .to_owned(),
            ),
            None => None,
        };
        Ok(Wanted {
            username: given(&self.username),
            email: given(&self.email),
            standing: standing.map(Standing::as_str),
            staff: yes(self.staff) || self.permissions.as_deref() == Some("staff"),
            host,
        })
    }
}

/// `GET /api/v1/admin/accounts` and `GET /api/v2/admin/accounts`: members where nothing is said, people elsewhere with
/// `origin=remote` or `by_domain`.
pub async fn list(
    State(app): State<App>,
    client: Client,
    paging: Paging,
    Input(choice): Input<Choice>,
) -> Result<Reply> {
    let me = client.me()?;
    let community = looked_after(me)?;
    let wanted = choice.wanted()?;
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let (found, older) =
        moderation::list(&app, community, choice.origin(), &wanted, window, limit).await?;
    let newest = found.first().map(|subject| subject.account.id);
    let list = entity::accounts(&app, me, &found).await?;
    let links = paging.links(&me.community, newest, older);
    Ok(Reply::api(json!(list)).with_links(links))
}

async fn told(app: &App, me: &Me, id: i64) -> Result<Reply> {
    let subject = moderation::find(app, looked_after(me)?, id).await?;
    let told = entity::accounts(app, me, &[subject]).await?.pop();
    Ok(Reply::api(told.ok_or(Error::NotFound)?))
}

/// `GET /api/v1/admin/accounts/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    told(&app, client.me()?, id).await
}

/// What is done to an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    #[serde(rename = "type")]
    kind: String,
    report_id: Option<i64>,
    text: String,
}

/// `POST /api/v1/admin/accounts/{id}/action`
pub async fn action(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let action = match sent.kind.as_str() {
        "none" => Action::Note,
        "disable" => Action::Freeze,
        "silence" => Action::Limit,
        "suspend" => Action::Suspend,
        _ => {
            return Err(Error::invalid(
                "type",
                "must be none, disable, silence or suspend",
            ));
        }
    };
    let me = client.me()?;
    moderation::act(&app, me, id, action, &sent.text, sent.report_id).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/admin/accounts/{id}`: tells of the account as it was.
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let answer = told(&app, me, id).await?;
    moderation::delete(&app, me, id).await?;
    Ok(answer)
}

async fn lifted(app: &App, client: &Client, id: i64) -> Result<Reply> {
    let me = client.me()?;
    moderation::act(app, me, id, Action::Lift, "", None).await?;
    told(app, me, id).await
}

/// `POST /api/v1/admin/accounts/{id}/enable`
pub async fn enable(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_frozen(), "is not disabled")?;
    lifted(&app, &client, id).await
}

/// `POST /api/v1/admin/accounts/{id}/unsilence`
pub async fn unsilence(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_limited(), "is not limited")?;
    lifted(&app, &client, id).await
}

/// `POST /api/v1/admin/accounts/{id}/unsuspend`
pub async fn unsuspend(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_suspended(), "is not suspended")?;
    lifted(&app, &client, id).await
}

fn unless(is_so: bool, why: &'static str) -> Result<()> {
    if is_so {
        return Ok(());
    }
    Err(Error::invalid("this account", why))
}
