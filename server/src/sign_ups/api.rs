//! Signing up by an app, in Mastodon's words: the app gets a token of whoever it signs up, which opens nothing before
//! they are in.

use axum::extract::State;
use axum::http::request::Parts;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Came, Fault, NewSignUp, NotIn, Standing};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Reply, address};
use crate::oauth;

/// What an app sends for somebody.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Account {
    username: String,
    email: String,
    password: String,
    agreement: bool,
    reason: String,
    date_of_birth: Option<String>,
    invite_code: Option<String>,
}

/// `POST /api/v1/accounts`
pub async fn create(
    State(app): State<App>,
    client: Client,
    parts: Parts,
    Input(sent): Input<Account>,
) -> Result<Reply> {
    let here = &client.community;
    let new = NewSignUp {
        // As Mastodon does: apps send what was typed.
        username: sent.username.trim().to_lowercase(),
        email: sent.email,
        password: sent.password,
        reason: sent.reason,
        date_of_birth: sent.date_of_birth,
        invitation: sent.invite_code,
        agrees: sent.agreement,
        app_id: Some(client.grant.app_id),
    };
    let from = address::client(&parts, &app.config);
    let made = match super::apply(&app, here, new, from).await {
        Ok(Came::In { token, .. } | Came::Waits { token, .. }) => token,
        Err(NotIn::Faults(faults)) => return Ok(invalid(&faults)),
        Err(NotIn::Other(error)) => return Err(error),
    };
    let made = made.ok_or_else(|| Error::internal("an app signed somebody up and got no token"))?;
    Ok(Reply::api(oauth::api::told(&made)))
}

/// What is wrong, by field, as Mastodon tells it.
fn invalid(faults: &[Fault]) -> Reply {
    let mut details = Map::new();
    let mut sentences = Vec::new();
    for fault in faults {
        let one = json!({ "error": fault.code, "description": fault.why });
        let listed = details
            .entry(fault.field)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(listed) = listed {
            listed.push(one);
        }
        sentences.push(format!("{} {}", named(fault.field), fault.why));
    }
    let error = format!("Validation failed: {}", sentences.join(", "));
    Reply::api(json!({ "error": error, "details": details }))
        .with_status(StatusCode::UNPROCESSABLE_ENTITY)
}

/// "Date of birth"
fn named(field: &str) -> String {
    let words = field.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What an app sends for one more letter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Confirmation {
    email: Option<String>,
}

/// `POST /api/v1/emails/confirmations`
pub async fn ask_again(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Confirmation>,
) -> Result<Reply> {
    let applicant = match client.grant.applicant_id {
        Some(id) => super::find(&app, id).await?.ok_or(Error::Unauthorized)?,
        // Whoever is a member was let in: nothing is left to confirm for the app.
        None => return Err(not_while_confirmed()),
    };
    if applicant.app_id != Some(client.grant.app_id) {
        return Err(Error::Forbidden(
            "this method is only available to the application the user originally signed-up with"
                .to_owned(),
        ));
    }
    if applicant.standing != Standing::Letter {
        return Err(not_while_confirmed());
    }
    let email = sent.email.as_deref();
    match super::ask_again(&app, &client.community, &applicant, email).await {
        Ok(()) => Ok(Reply::api(json!({}))),
        Err(NotIn::Faults(faults)) => Ok(invalid(&faults)),
        Err(NotIn::Other(error)) => Err(error),
    }
}

fn not_while_confirmed() -> Error {
    Error::Forbidden(
        "this method is only available while the e-mail is awaiting confirmation".to_owned(),
    )
}

/// `GET /api/v1/emails/check_confirmation`: yes or no. Whoever is a member has nothing left to confirm.
pub async fn is_confirmed(State(app): State<App>, client: Client) -> Result<Reply> {
    let confirmed = match client.grant.applicant_id {
        Some(id) => {
            let applicant = super::find(&app, id).await?.ok_or(Error::Unauthorized)?;
            applicant.standing != Standing::Letter
        }
        None => true,
    };
    Ok(Reply::api(json!(confirmed)))
}

/// Why a token of somebody who waits opens nothing, as Mastodon words it.
pub(crate) async fn why_not(app: &App, applicant_id: i64) -> Error {
    match super::find(app, applicant_id).await {
        Ok(Some(one)) if one.standing == Standing::Letter => {
            Error::Forbidden("your login is missing a confirmed e-mail address".to_owned())
        }
        Ok(Some(_)) => Error::Forbidden("your login is currently pending approval".to_owned()),
        Ok(None) => Error::Unauthorized,
        Err(error) => error,
    }
}
