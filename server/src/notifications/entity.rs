//! Notifications as apps read them, in Mastodon's words.

use std::collections::{HashMap, HashSet};

use comity_policy::{Visible, Way};
use serde_json::{Value, json};

use super::grouped::{GROUPS, Group, Key};
use super::requests::Request;
use super::{Kind, Notification};
use crate::accounts::entity::{Faces, partial};
use crate::app::App;
use crate::collections;
use crate::error::Result;
use crate::http::Caller;
use crate::http::Me;
use crate::reports::{self, Report};
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
    let reports = reports_of(app, me, found.iter().collect()).await?;
    let tell = |notification: &Notification| {
        let kind = word(notification.kind)?;
        let mut entity = json!({
            "id": notification.id.to_string(),
            "type": kind,
            "created_at": time::iso_ms(notification.created_at),
            "group_key": Key::of(notification, &GROUPS).to_string(),
            "filtered": notification.set_aside,
            "account": faces.author(&notification.from, &me.community),
            "status": notification.status.as_deref().map(|status| entities.status(status)),
        });
        if let Some(event) = event(notification, me) {
            entity["event"] = event;
        }
        if let Some(report) = reports.get(&notification.id) {
            entity["report"] = report.clone();
        }
        if let Some(collection) = &notification.collection {
            entity["collection"] = collections::entity::entity(app, collection, &me.community);
        }
        Some(entity)
    };
    Ok(found.iter().filter_map(tell).collect())
}

/// The reports that these tell of, by the number of the notification.
async fn reports_of(app: &App, me: &Me, told: Vec<&Notification>) -> Result<HashMap<i64, Value>> {
    let told: Vec<(i64, &Report)> = told
        .into_iter()
        .filter_map(|told| Some((told.id, told.report.as_ref()?)))
        .collect();
    let mut entities = HashMap::new();
    for (id, report) in told {
        let entity = reports::entity::list(app, me, &[report]).await?.pop();
        entities.extend(entity.map(|entity| (id, entity)));
    }
    Ok(entities)
}

/// What became of a member's follows, of a notification that tells that.
fn event(notification: &Notification, me: &Me) -> Option<Value> {
    let of_rule = notification.of_rule?;
    Some(json!({
        "id": of_rule.rule_id.to_string(),
        "type": "domain_block",
        "purged": false,
        "target_name": me.community.domain.as_str(),
        "followers_count": of_rule.followers,
        "following_count": of_rule.following,
        "relationships_count": of_rule.followers + of_rule.following,
        "created_at": time::iso_ms(notification.created_at),
    }))
}

/// People of a group who are named with it, as many as Mastodon names.
const SAMPLE: usize = 8;

/// How much is told of the people of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expand {
    /// Everything.
    Full,
    /// Of the newest of each group everything, of the others what draws a small picture.
    PartialAvatars,
}

/// Groups, in this order, with everybody and everything they name once.
pub async fn groups(app: &App, me: &Me, groups: &[Group], expand: Expand) -> Result<Value> {
    let caller = Caller::from(me);
    let newest = || groups.iter().filter_map(|group| group.members.first());
    let mut statuses: Vec<&Visible<Status>> =
        newest().filter_map(|told| told.status.as_deref()).collect();
    statuses.sort_unstable_by_key(|status| std::cmp::Reverse(status.id));
    statuses.dedup_by_key(|status| status.id);
    let entities = Entities::of(app, &caller, Way::Notification, &statuses).await?;
    let sampled: Vec<Vec<&Notification>> = groups.iter().map(sample).collect();
    let people: Vec<i64> = sampled.iter().flatten().map(|told| told.from.id).collect();
    let faces = Faces::of(app, &me.party(), Way::Notification, &me.community, &people).await?;
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let firsts = || sampled.iter().filter_map(|sample| sample.first());
    let others = || sampled.iter().flat_map(|sample| sample.iter().skip(1));
    let in_full: Vec<&&Notification> = match expand {
        Expand::Full => sampled.iter().flatten().collect(),
        Expand::PartialAvatars => firsts().collect(),
    };
    for told in in_full {
        if seen.insert(told.from.id) {
            whole.push(faces.author(&told.from, &me.community));
        }
    }
    for told in others() {
        if seen.insert(told.from.id) {
            parts.push(partial(&faces.author(&told.from, &me.community)));
        }
    }
    let reports = reports_of(app, me, newest().collect()).await?;
    let listed: Vec<Value> = groups
        .iter()
        .zip(&sampled)
        .filter_map(|(group, sample)| entity(app, group, sample, me, &reports))
        .collect();
    let statuses: Vec<Value> = statuses
        .into_iter()
        .map(|status| entities.status(status))
        .collect();
    let mut all = json!({
        "accounts": whole,
        "statuses": statuses,
        "notification_groups": listed,
    });
    if expand == Expand::PartialAvatars {
        all["partial_accounts"] = json!(parts);
    }
    Ok(all)
}

/// The newest of a group, each person once.
fn sample(group: &Group) -> Vec<&Notification> {
    let mut seen = HashSet::new();
    let each_once = group.members.iter();
    each_once
        .filter(|told| seen.insert(told.from.id))
        .take(SAMPLE)
        .collect()
}

fn entity(
    app: &App,
    group: &Group,
    sample: &[&Notification],
    me: &Me,
    reports: &HashMap<i64, Value>,
) -> Option<Value> {
    let newest = group.members.first()?;
    let kind = word(newest.kind)?;
    let people: Vec<String> = sample.iter().map(|told| told.from.id.to_string()).collect();
    let mut entity = json!({
        "group_key": group.key.to_string(),
        "notifications_count": group.members.len(),
        "type": kind,
        // A number, as it is documented; the bounds of the page are what lists go on by.
        "most_recent_notification_id": newest.id,
        "sample_account_ids": people,
    });
    let on_page = &group.members[..group.on_page.min(group.members.len())];
    if let (Some(first), Some(last)) = (on_page.first(), on_page.last()) {
        entity["page_max_id"] = json!(first.id.to_string());
        entity["page_min_id"] = json!(last.id.to_string());
        entity["latest_page_notification_at"] = json!(time::iso_ms(first.created_at));
    }
    if let Some(status) = &newest.status {
        entity["status_id"] = json!(status.id.to_string());
    }
    if let Some(event) = event(newest, me) {
        entity["event"] = event;
    }
    if let Some(report) = reports.get(&newest.id) {
        entity["report"] = report.clone();
    }
    if let Some(collection) = &newest.collection {
        entity["collection"] = collections::entity::entity(app, collection, &me.community);
    }
    Some(entity)
}

/// What waits of people, in this order.
pub async fn requests(app: &App, me: &Me, found: &[Request]) -> Result<Vec<Value>> {
    let caller = Caller::from(me);
    let statuses: Vec<&Visible<Status>> = found
        .iter()
        .filter_map(|request| request.status.as_ref())
        .collect();
    let entities = Entities::of(app, &caller, Way::Notification, &statuses).await?;
    let people: Vec<i64> = found.iter().map(|request| request.sender.id).collect();
    let faces = Faces::of(app, &me.party(), Way::Notification, &me.community, &people).await?;
    let tell = |request: &Request| {
        json!({
            "id": request.sender.id.to_string(),
            "created_at": time::iso_ms(request.first_at),
            "updated_at": time::iso_ms(request.last_at),
            "notifications_count": request.told.to_string(),
            "account": faces.plainly(&request.sender, &me.community),
            "last_status": request.status.as_ref().map(|status| entities.status(status)),
        })
    };
    Ok(found.iter().map(tell).collect())
}
