//! Accounts, for moderators' apps.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Id, Input, Me, Paging, Reply};
use crate::moderation::api::choice::{Choice, Status};
use crate::moderation::{self, Action, Deed, entity, looked_after};
use crate::sign_ups::{self, Applicant};

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
    if choice.status()? == Some(Status::Pending) {
        return pending(&app, me, &paging, &choice).await;
    }
    let (origin, wanted) = (choice.origin()?, choice.wanted()?);
    let (window, limit) = (paging.window(), paging.limit(100, 200));
    let (found, older) = moderation::list(&app, community, origin, &wanted, window, limit).await?;
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
    let mut found = choice.waiting(sign_ups::whole_queue(app, community).await?)?;
    found.sort_by_key(|one| std::cmp::Reverse(one.id));
    found.retain(|one| one.id < window.below && one.id > window.above);
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
    warning_preset_id: Option<String>,
    text: String,
    send_email_notification: Option<bool>,
}

/// `POST /api/v1/admin/accounts/{id}/action`. Whoever is told gets a letter unless the app says otherwise, as in Mastodon.
pub async fn action(
    State(app): State<App>,
    client: Client,
    Id(id): Id,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    // Nothing is written in advance here, so none has this number: what a moderator decides has words of its own.
    if sent
        .warning_preset_id
        .is_some_and(|id| !id.trim().is_empty())
    {
        return Err(Error::NotFound);
    }
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
        "sensitive" => Action::Mark,
        "silence" => Action::Limit,
        "suspend" => Action::Suspend,
        _ => {
            return Err(Error::invalid(
                "type",
                "must be none, disable, sensitive, silence or suspend",
            ));
        }
    };
    let deed = Deed {
        action,
        reason: &sent.text,
        report_id: sent.report_id,
        by_letter: sent.send_email_notification != Some(false),
    };
    moderation::act(&app, me, id, deed).await?;
    Ok(Reply::api(json!({})))
}

/// `DELETE /api/v1/admin/accounts/{id}`: tells of the account as it was.
pub async fn remove(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let me = client.me()?;
    let answer = told(&app, me, id).await?;
    moderation::delete(&app, me, id).await?;
    Ok(answer)
}

async fn undone(app: &App, client: &Client, id: i64, by: Action) -> Result<Reply> {
    let me = client.me()?;
    moderation::act(app, me, id, Deed::only(by)).await?;
    told(app, me, id).await
}

/// `POST /api/v1/admin/accounts/{id}/enable`
pub async fn enable(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_frozen(), "is not disabled")?;
    undone(&app, &client, id, Action::Admit).await
}

/// `POST /api/v1/admin/accounts/{id}/unsensitive`
pub async fn unsensitive(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_marked(), "is not marked as sensitive")?;
    undone(&app, &client, id, Action::Unmark).await
}

/// `POST /api/v1/admin/accounts/{id}/unsilence`
pub async fn unsilence(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_limited(), "is not limited")?;
    undone(&app, &client, id, Action::Unlimit).await
}

/// `POST /api/v1/admin/accounts/{id}/unsuspend`
pub async fn unsuspend(State(app): State<App>, client: Client, Id(id): Id) -> Result<Reply> {
    let subject = moderation::find(&app, looked_after(client.me()?)?, id).await?;
    unless(subject.is_suspended(), "is not suspended")?;
    let by = match subject.member {
        Some(_) => Action::Admit,
        None => Action::Lift,
    };
    undone(&app, &client, id, by).await
}

fn unless(is_so: bool, why: &'static str) -> Result<()> {
    if is_so {
        return Ok(());
    }
    Err(Error::invalid("this account", why))
}
