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
use crate::communities::Community;
use crate::error::Result;
use crate::http::Caller;
use crate::http::Me;
use crate::moderation::Action;
use crate::moderation::entity::applicant;
use crate::reports::{self, Report};
use crate::statuses::Status;
use crate::statuses::entity::Entities;
use crate::text::plain::escape;
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
    let mut people: Vec<i64> = found.iter().map(face_id).collect();
    people.extend(found.iter().filter_map(|told| warned(told, me)));
    let asking = asking(found.iter());
    let faces = faces(app, me, &people, &asking).await?;
    let reports = reports_of(app, me, found.iter().collect()).await?;
    let tell = |notification: &Notification| {
        let kind = word(notification.kind)?;
        let mut entity = json!({
            "id": notification.id.to_string(),
            "type": kind,
            "created_at": time::iso_ms(notification.created_at),
            "group_key": Key::of(notification, &GROUPS).to_string(),
            "filtered": notification.set_aside,
            "account": face(notification, &faces, &me.community),
            "status": notification.status.as_deref().map(|status| entities.status(status)),
        });
        if let Some(event) = event(notification, me) {
            entity["event"] = event;
        }
        if let Some(report) = reports.get(&notification.id) {
            entity["report"] = report.clone();
        }
        if let Some(warning) = warning(notification, me, &faces) {
            entity["moderation_warning"] = warning;
        }
        if let Some(collection) = &notification.collection {
            entity["collection"] = collections::entity::entity(app, collection, &me.community);
        }
        Some(entity)
    };
    Ok(found.iter().filter_map(tell).collect())
}

/// Puts into words what an app does not know to show, where it says what it does: Mastodon's `NotificationFallback`.
pub(super) fn fall_back(told: &mut Value, name: &str, supported: &[String]) {
    let kind = told["type"].as_str().and_then(Kind::parse);
    let Some(kind) = kind.filter(|_| !supported.is_empty()) else {
        return;
    };
    if supported.iter().any(|word| word == kind.as_str()) {
        return;
    }
    let title = kind.title().replacen("Somebody", name, 1);
    told["fallback"] = json!({ "title": escape(&title), "summary": null, "details": null });
}

/// The same for each of a list.
pub(super) fn fall_back_each(list: &mut [Value], supported: &[String]) {
    for told in list {
        let name = told["account"]["display_name"].as_str();
        let name = name.unwrap_or_default().to_owned();
        fall_back(told, &name, supported);
    }
}

/// The same for groups, as [`groups`] tells them.
pub(super) fn fall_back_groups(all: &mut Value, supported: &[String]) {
    if supported.is_empty() {
        return;
    }
    let people = all["accounts"].as_array().cloned().unwrap_or_default();
    let Some(groups) = all["notification_groups"].as_array_mut() else {
        return;
    };
    for group in groups {
        let newest = &group["sample_account_ids"][0];
        let person = people.iter().find(|person| person["id"] == *newest);
        let name = person.and_then(|person| person["display_name"].as_str());
        fall_back(group, name.unwrap_or("Somebody"), supported);
    }
}

/// These people as notifications show them, some of whom are `asking`.
pub(super) async fn faces(app: &App, me: &Me, people: &[i64], asking: &[i64]) -> Result<Faces> {
    let (party, here) = (me.party(), &me.community);
    Faces::with_asking(app, &party, Way::Notification, here, people, asking).await
}

/// The number of whom apps are told as whose doing it is.
pub(super) fn face_id(told: &Notification) -> i64 {
    let applicant = told.applicant.as_ref();
    applicant.map_or(told.from.id, |one| one.id)
}

/// Who of these asks to follow, and waits.
pub(super) fn asking<'a>(told: impl Iterator<Item = &'a Notification>) -> Vec<i64> {
    told.filter(|told| told.kind == Kind::FollowRequest)
        .map(|told| told.from.id)
        .collect()
}

/// Whom apps are told as whose doing it is. Somebody who waits to join is shown as if they had the account that they would
/// have.
pub(super) fn face(told: &Notification, faces: &Faces, here: &Community) -> Value {
    let Some(one) = &told.applicant else {
        return faces.author(&told.from, here);
    };
    match faces.get(one.id) {
        Some(member) => member,
        None => {
            let mut waiting = applicant(one, here);
            waiting["account"].take()
        }
    }
}

/// The member, where it is a warning that they are told.
fn warned(told: &Notification, me: &Me) -> Option<i64> {
    told.warning.as_ref().map(|_| me.account.id)
}

/// What was decided about a member: Mastodon's `AccountWarning`. Nobody appeals to anybody but in words.
fn warning(told: &Notification, me: &Me, faces: &Faces) -> Option<Value> {
    let act = told.warning.as_ref()?;
    let action = match Action::parse(&act.action) {
        Some(Action::Freeze) => "disable",
        Some(Action::Suspend) => "suspend",
        Some(Action::Limit) => "silence",
        Some(Action::Mark) => "sensitive",
        _ => "none",
    };
    Some(json!({
        "id": act.id.to_string(),
        "action": action,
        "text": act.reason,
        "status_ids": null,
        "target_account": faces.author(&me.account, &me.community),
        "appeal": null,
        "created_at": time::iso_ms(act.created_at),
    }))
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
    let mut people: Vec<i64> = sampled.iter().flatten().map(|told| face_id(told)).collect();
    people.extend(newest().filter_map(|told| warned(told, me)));
    let asking = asking(sampled.iter().flatten().copied());
    let faces = faces(app, me, &people, &asking).await?;
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let firsts = || sampled.iter().filter_map(|sample| sample.first());
    let others = || sampled.iter().flat_map(|sample| sample.iter().skip(1));
    let in_full: Vec<&&Notification> = match expand {
        Expand::Full => sampled.iter().flatten().collect(),
        Expand::PartialAvatars => firsts().collect(),
    };
    for told in in_full {
        if seen.insert(face_id(told)) {
            whole.push(face(told, &faces, &me.community));
        }
    }
    for told in others() {
        if seen.insert(face_id(told)) {
            parts.push(partial(&face(told, &faces, &me.community)));
        }
    }
    let reports = reports_of(app, me, newest().collect()).await?;
    let listed: Vec<Value> = groups
        .iter()
        .zip(&sampled)
        .filter_map(|(group, sample)| entity(app, group, sample, me, &reports, &faces))
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
        .filter(|told| seen.insert(face_id(told)))
        .take(SAMPLE)
        .collect()
}

fn entity(
    app: &App,
    group: &Group,
    sample: &[&Notification],
    me: &Me,
    reports: &HashMap<i64, Value>,
    faces: &Faces,
) -> Option<Value> {
    let newest = group.members.first()?;
    let kind = word(newest.kind)?;
    let people: Vec<String> = sample
        .iter()
        .map(|told| face_id(told).to_string())
        .collect();
    let mut entity = json!({
        "group_key": group.key.to_string(),
        "notifications_count": group.members.len(),
        "type": kind,
        // A number, as it is documented: notifications have ids that are the same after a double (`Ids::round_at`).
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
    if let Some(warning) = warning(newest, me, faces) {
        entity["moderation_warning"] = warning;
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
