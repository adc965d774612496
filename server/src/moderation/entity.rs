//! Accounts and reports as moderators' apps read them, in Mastodon's words.

use std::collections::HashMap;

use comity_policy::{Conditions, Pattern, Rule, Stance, Way};
use serde_json::{Value, json};

use super::Subject;
use crate::accounts::entity::{Faces, no_picture, no_role, role};
use crate::accounts::find_many;
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::http::{Caller, Me};
use crate::media::portrait::Portrait;
use crate::reports::{Report, posts_of};
use crate::sign_ups::{Applicant, Standing};
use crate::statuses;
use crate::statuses::entity::Entities;
use crate::web::time;

/// These accounts, in this order. Addresses of computers are not kept, so none is told.
pub async fn accounts(app: &App, me: &Me, subjects: &[Subject]) -> Result<Vec<Value>> {
    let ids: Vec<i64> = subjects.iter().map(|subject| subject.account.id).collect();
    let faces = Faces::of(app, &me.party(), Way::Rest, &me.community, &ids).await?;
    let tell = |subject: &Subject| account(subject, &faces, me);
    Ok(subjects.iter().map(tell).collect())
}

fn account(subject: &Subject, faces: &Faces, me: &Me) -> Value {
    let account = &subject.account;
    let member = subject.member.as_ref();
    json!({
        "id": account.id.to_string(),
        "username": account.username,
        "domain": member.is_none().then(|| account.domain.as_str()),
        "created_at": time::iso_ms(account.created_at),
        "email": member.map(|member| &member.email),
        "ip": null,
        "ips": [],
        "locale": member.map(|member| &member.language),
        "invite_request": null,
        "role": member.map_or_else(no_role, |member| role(member.role, &me.community)),
        "confirmed": member.is_some(),
        "approved": member.is_some(),
        "disabled": subject.is_frozen(),
        "silenced": subject.is_limited(),
        "suspended": subject.is_suspended(),
        "sensitized": subject.is_marked(),
        "account": faces.plainly(account, &me.community),
        "created_by_application_id": null,
        "invited_by_account_id": null,
    })
}

/// Somebody who wants to join, as if they had the account that they would have. Nobody else is shown it.
pub fn applicant(one: &Applicant, here: &Community) -> Value {
    let no_avatar = no_picture(Portrait::Avatar, here);
    let no_header = no_picture(Portrait::Header, here);
    let page = format!("{}/@{}", here.origin, one.username);
    let account = json!({
        "id": one.id.to_string(),
        "username": one.username,
        "acct": one.username,
        "display_name": one.username,
        "locked": false,
        "bot": false,
        "discoverable": false,
        "indexable": false,
        "group": false,
        "created_at": format!("{}T00:00:00.000Z", time::iso_day(one.since)),
        "note": "",
        "url": page,
        "uri": page,
        "avatar": no_avatar,
        "avatar_static": no_avatar,
        "header": no_header,
        "header_static": no_header,
        "avatar_description": "",
        "header_description": "",
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": null,
        "hide_collections": false,
        "noindex": true,
        "emojis": [],
        "roles": [],
        "fields": [],
        "suspended": false,
    });
    json!({
        "id": one.id.to_string(),
        "username": one.username,
        "domain": null,
        "created_at": time::iso_ms(one.since),
        "email": one.email,
        "ip": null,
        "ips": [],
        "locale": null,
        "invite_request": Some(&one.reason).filter(|reason| !reason.is_empty()),
        "role": no_role(),
        "confirmed": one.standing != Standing::Letter,
        "approved": false,
        "disabled": false,
        "silenced": false,
        "suspended": false,
        "sensitized": false,
        "account": account,
        "created_by_application_id": one.app_id.map(|id| id.to_string()),
        "invited_by_account_id": null,
    })
}

/// These reports, in this order. Posts are those that the moderator may see; what the others said is kept on the page.
pub async fn reports(app: &App, me: &Me, found: &[Report]) -> Result<Vec<Value>> {
    let whole: Vec<&Report> = found.iter().collect();
    let posts = posts_of(app, &whole).await?;
    let ids: Vec<i64> = posts.values().flatten().copied().collect();
    let shown = statuses::find_many(app, &me.party(), Way::Rest, &ids).await?;
    let refs: Vec<_> = shown.iter().collect();
    let entities = Entities::of(app, &Caller::from(me), Way::Rest, &refs).await?;
    let people = found.iter().flat_map(|report| {
        let staff = [report.assigned_to, report.resolved_by];
        let staff = staff.into_iter().flatten();
        [report.account_id, report.target_id]
            .into_iter()
            .chain(staff)
    });
    let known = find_many(app, people.collect()).await?;
    let mut subjects: HashMap<i64, Value> = HashMap::new();
    let ids: Vec<i64> = known.keys().copied().collect();
    let faces = Faces::of(app, &me.party(), Way::Rest, &me.community, &ids).await?;
    for (id, one) in &known {
        let subject = match super::subject(app, &me.community, one.clone()).await? {
            Some(subject) => subject,
            None => Subject {
                account: one.clone(),
                member: None,
                rule: None,
            },
        };
        subjects.insert(*id, account(&subject, &faces, me));
    }
    let rules = me.community.house_rules();
    let tell = |report: &Report| {
        let person = |id: Option<i64>| id.and_then(|id| subjects.get(&id).cloned());
        let own = posts.get(&report.id).map(Vec::as_slice).unwrap_or_default();
        let told: Vec<Value> = shown
            .iter()
            .filter(|status| own.contains(&status.id))
            .map(|status| entities.status(status))
            .collect();
        let rule = |number: &i64| {
            let text = rules.get(usize::try_from(number - 1).ok()?)?;
            Some(json!({ "id": number.to_string(), "text": text, "hint": "" }))
        };
        json!({
            "id": report.id.to_string(),
            "action_taken": report.resolved_at.is_some(),
            "action_taken_at": report.resolved_at.map(time::iso_ms),
            "category": report.category.as_str(),
            "comment": report.comment,
            "forwarded": !report.forwarded_to.is_empty(),
            "created_at": time::iso_ms(report.created_at),
            "updated_at": time::iso_ms(report.updated_at),
            "account": person(Some(report.account_id)),
            "target_account": person(Some(report.target_id)),
            "assigned_account": person(report.assigned_to),
            "action_taken_by_account": person(report.resolved_by),
            "statuses": told,
            "rules": report.rule_ids.iter().filter_map(rule).collect::<Vec<_>>(),
        })
    };
    Ok(found.iter().map(tell).collect())
}

/// A rule of the community about a server as a domain block: `None` for what is none.
pub fn block(rule: &Rule) -> Option<Value> {
    let mut block = crate::rules::api::as_block(rule)?;
    let has = |condition| rule.conditions.contains(condition);
    block["id"] = json!(rule.id.0.to_string());
    block["created_at"] = json!(time::iso_ms(rule.set_at));
    block["reject_media"] = json!(has(Conditions::DROP_MEDIA));
    block["reject_reports"] = json!(has(Conditions::REJECT_REPORTS));
    block["private_comment"] = json!(rule.reason_moderators);
    block["public_comment"] = json!(rule.reason_public);
    block["obfuscate"] = json!(false);
    Some(block)
}

/// A rule of the community that opens to a server as a domain allow.
pub fn allow(rule: &Rule) -> Option<Value> {
    let (Pattern::Host(domain) | Pattern::Domain(domain)) = &rule.pattern else {
        return None;
    };
    (rule.stance == Stance::Open).then(|| {
        json!({
            "id": rule.id.0.to_string(),
            "domain": domain.as_str(),
            "created_at": time::iso_ms(rule.set_at),
        })
    })
}
