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
use crate::sign_ups::{self, Applicant};

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
    pending: Option<bool>,
}

impl Choice {
    /// Whether those are asked for who wait for a yes.
    fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("pending") || self.pending == Some(true)
    }

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
            // Members are not limited; those who wait are listed by themselves.
            Some("silenced") => {
                return Err(Error::invalid(
                    "status",
                    "must be active, pending, disabled or suspended",
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
    if choice.is_pending() {
        return pending(&app, me, &paging, &choice).await;
    }
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
    if let Some(waits) = waiting(app, me, id).await? {
        return Ok(Reply::api(entity::applicant(&waits, &me.community)));
    }
    let subject = moderation::find(app, looked_after(me)?, id).await?;
    let told = entity::accounts(app, me, &[subject]).await?.pop();
    Ok(Reply::api(told.ok_or(Error::NotFound)?))
}

/// `GET /api/v1/admin/accounts/{id}`
pub async fn one(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    told(&app, client.me()?, id).await
}

/// Those who wait for the yes of these moderators, newest first like all lists of apps.
async fn pending(app: &App, me: &Me, paging: &Paging, choice: &Choice) -> Result<Reply> {
    let community = looked_after(me)?;
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let limit = usize::try_from(limit).unwrap_or_default();
    let mut found = sign_ups::whole_queue(app, community).await?;
    found.sort_by_key(|one| std::cmp::Reverse(one.id));
    let is_like = |wanted: &Option<String>, text: &str| {
        let wanted = wanted.as_deref().unwrap_or_default().trim().to_lowercase();
        text.to_lowercase().contains(&wanted)
    };
    found.retain(|one| {
        choice.origin() == Origin::Here
            && one.id < window.below
            && one.id > window.above
            && is_like(&choice.username, &one.username)
            && is_like(&choice.email, &one.email)
    });
    if window.from_below {
        found = found.split_off(found.len().saturating_sub(limit));
    }
    let goes_on = found.len() > limit || window.from_below;
    found.truncate(limit);
    let newest = found.first().map(|one| one.id);
    let oldest = found.last().map(|one| one.id).filter(|_| goes_on);
    let list: Vec<_> = found
        .iter()
        .map(|one| entity::applicant(one, community))
        .collect();
    Ok(Reply::api(json!(list)).with_links(paging.links(community, newest, oldest)))
}

/// Somebody who waits for the yes of these moderators.
async fn waiting(app: &App, me: &Me, id: i64) -> Result<Option<Applicant>> {
    match sign_ups::one_in_queue(app, looked_after(me)?, id).await {
        Ok(one) => Ok(Some(one)),
        Err(why) if why.is_not_found() => Ok(None),
        Err(why) => Err(why),
    }
}

/// `POST /api/v1/admin/accounts/{id}/approve`
pub async fn approve(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let waits = waiting(&app, me, id).await?.ok_or(Error::NotFound)?;
    sign_ups::approve(&app, &me.community, &me.account, id).await?;
    // Where their letter is not answered yet they have no account so far.
    match moderation::find(&app, &me.community, id).await {
        Ok(_) => told(&app, me, id).await,
        Err(why) if why.is_not_found() => {
            let mut entity = entity::applicant(&waits, &me.community);
            entity["approved"] = json!(true);
            Ok(Reply::api(entity))
        }
        Err(why) => Err(why),
    }
}

/// `POST /api/v1/admin/accounts/{id}/reject`
pub async fn reject(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let waits = waiting(&app, me, id).await?.ok_or(Error::NotFound)?;
    sign_ups::turn_down(&app, &me.community, &me.account, id, "").await?;
    Ok(Reply::api(entity::applicant(&waits, &me.community)))
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
    let me = client.me()?;
    let action = match sent.kind.as_str() {
        // A member is sent the text, as Mastodon does.
        "none" if !sent.text.trim().is_empty() => {
            let subject = moderation::find(&app, looked_after(me)?, id).await?;
            match subject.member {
                Some(_) => Action::Warn,
                None => Action::Note,
            }
        }
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
