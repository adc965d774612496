//! Reports for apps.

use axum::extract::State;
use serde::Deserialize;

use super::model::{Category, Complaint};
use super::{entity, file, forward};
use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Reply};

/// Servers that one report names to go on to; it goes to those that have part in it.
const MOST_SERVERS: usize = 20;

/// A report as an app sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    account_id: Option<i64>,
    status_ids: Vec<i64>,
    collection_ids: Vec<i64>,
    comment: String,
    forward: bool,
    forward_to_domains: Vec<String>,
    category: Option<String>,
    rule_ids: Vec<i64>,
}

/// `POST /api/v1/reports`
pub async fn create(
    State(app): State<App>,
    client: Client,
    Input(sent): Input<Sent>,
) -> Result<Reply> {
    let me = client.me()?;
    let target_id = sent
        .account_id
        .ok_or_else(|| Error::invalid("account_id", "is missing; name who is reported"))?;
    let category = match sent.category.as_deref() {
        None => Category::Other,
        Some(word) => Category::parse(word)
            .ok_or_else(|| Error::invalid("category", "must be other, spam, legal or violation"))?,
    };
    if sent.forward_to_domains.len() > MOST_SERVERS {
        return Err(Error::invalid(
            "forward_to_domains",
            format!("names more than {MOST_SERVERS} servers"),
        ));
    }
    let mut forward_to = Vec::new();
    if sent.forward {
        for name in &sent.forward_to_domains {
            forward_to.push(forward::server(name)?);
        }
        // Where no server is named, it is that of who is reported.
        if forward_to.is_empty() {
            forward_to.push(accounts::find(&app, target_id).await?.host.clone());
        }
    }
    let complaint = Complaint {
        target_id,
        status_ids: sent.status_ids,
        collection_ids: sent.collection_ids,
        category,
        comment: sent.comment,
        rule_ids: sent.rule_ids,
        forward_to,
    };
    let report = file(&app, me, complaint).await?;
    let entity = entity::list(&app, me, &[&report]).await?.pop();
    Ok(Reply::api(entity.ok_or(Error::NotFound)?))
}
