//! Notifications as apps read them, in Mastodon's words.

use comity_policy::{Visible, Way};
use serde_json::{Value, json};

use super::{Kind, Notification};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::Caller;
use crate::http::Me;
use crate::statuses::Status;
use crate::statuses::entity::Entities;
use crate::web::time;

/// What an app knows a kind by. Of what it has no word for it hears nothing: some fail at words they do not know.
pub fn word(kind: Kind) -> Option<&'static str> {
    (kind != Kind::Restored).then(|| kind.as_str())
}

/// These, in this order.
pub async fn list(app: &App, me: &Me, found: &[Notification]) -> Result<Vec<Value>> {
    let caller = Caller::from(me);
    let statuses: Vec<&Visible<Status>> = found
        .iter()
        .filter_map(|notification| notification.status.as_deref())
        .collect();
    let entities = Entities::of(app, &caller, Way::Notification, &statuses).await?;
    let people: Vec<i64> = found
        .iter()
        .map(|notification| notification.from.id)
        .collect();
    let faces = Faces::of(app, &me.party(), Way::Notification, &me.community, &people).await?;
    let tell = |notification: &Notification| {
        let kind = word(notification.kind)?;
        let mut entity = json!({
            "id": notification.id.to_string(),
            "type": kind,
            "created_at": time::iso_ms(notification.created_at),
            "group_key": format!("ungrouped-{}", notification.id),
            "filtered": false,
            "account": faces.author(&notification.from, &me.community),
            "status": notification.status.as_deref().map(|status| entities.status(status)),
        });
        if let Some(of_rule) = notification.of_rule {
            entity["event"] = json!({
                "id": of_rule.rule_id.to_string(),
                "type": "domain_block",
                "purged": false,
                "target_name": me.community.domain.as_str(),
                "followers_count": of_rule.followers,
                "following_count": of_rule.following,
                "relationships_count": of_rule.followers + of_rule.following,
                "created_at": time::iso_ms(notification.created_at),
            });
        }
        Some(entity)
    };
    Ok(found.iter().filter_map(tell).collect())
}
