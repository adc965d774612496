//! Reports as apps read them, in Mastodon's words.

use comity_policy::Way;
use serde_json::{Value, json};

use super::Report;
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::Me;
use crate::web::time;

/// A report, for whoever made it and for moderators. `target` is who is reported.
fn entity(report: &Report, status_ids: &[i64], collection_ids: &[i64], target: &Value) -> Value {
    let ids = |ids: &[i64]| -> Vec<String> { ids.iter().map(ToString::to_string).collect() };
    json!({
        "id": report.id.to_string(),
        "action_taken": report.resolved_at.is_some(),
        "action_taken_at": report.resolved_at.map(time::iso_ms),
        "category": report.category.as_str(),
        "comment": report.comment,
        "forwarded": !report.forwarded_to.is_empty(),
        "created_at": time::iso_ms(report.created_at),
        "status_ids": ids(status_ids),
        "collection_ids": ids(collection_ids),
        "rule_ids": ids(&report.rule_ids),
        "target_account": target,
    })
}

/// These, in this order, for whoever may see them.
pub async fn list(app: &App, me: &Me, reports: &[&Report]) -> Result<Vec<Value>> {
    let posts = super::posts_of(app, reports).await?;
    let collections = super::collections_of(app, reports).await?;
    let people: Vec<i64> = reports.iter().map(|report| report.target_id).collect();
    let faces = Faces::of(app, &me.party(), Way::Rest, &me.community, &people).await?;
    let named = crate::accounts::find_many(app, people).await?;
    let tell = |report: &&Report| {
        let target = named.get(&report.target_id)?;
        let posts = posts.get(&report.id).map(Vec::as_slice).unwrap_or_default();
        let collections = collections.get(&report.id).map(Vec::as_slice);
        let face = faces.plainly(target, &me.community);
        Some(entity(
            report,
            posts,
            collections.unwrap_or_default(),
            &face,
        ))
    };
    Ok(reports.iter().filter_map(tell).collect())
}
