//! Reports that other servers send: about members here, to the moderators of their community.

use std::collections::HashSet;

use comity_db::Tx;
use comity_policy::{Admitted, Party};
use comity_vocab::{Activity, Iri, Object};

use super::model::{Category, Evidence, Report, ReportRow};
use super::{
    LONGEST_COMMENT, MOST_A_DAY, MOST_A_DAY_OF_SERVER, MOST_STATUSES, evidence_of, posts, store,
    tell_moderators,
};
use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::Result;
use crate::id;
use crate::inbox::Arrival;
use crate::statuses;
use crate::text::plain;

/// Takes a report of another server, or says why it is none for us. What the posts said is kept as far as that server may
/// read it: what it reports opens nothing to anybody.
pub(crate) async fn receive(
    app: &App,
    arrival: &Arrival,
    activity: &Admitted<Activity>,
) -> Result<Option<&'static str>> {
    let Some(iri) = &activity.id else {
        return Ok(Some("reports without an id"));
    };
    let named: Vec<&Iri> = match &activity.object {
        Object::None => Vec::new(),
        Object::Many(all) => all.iter().take(MOST_STATUSES + 1).collect(),
        one => one.id().into_iter().collect(),
    };
    let mut ids = Vec::new();
    let mut target = None;
    for iri in named {
        let host = iri.domain();
        if app.communities.load().by_domain(&host).is_none() {
            continue;
        }
        if let Some(id) = statuses::find_by_iri(app, iri).await? {
            ids.push(id);
        } else if target.is_none() {
            target = accounts::find_by_iri(app, iri).await?;
        }
    }
    // Lemmy and Misskey name posts alone.
    if target.is_none()
        && let Some(id) = ids.first()
    {
        target = Some(statuses::load_one(app, *id).await?.author.clone());
    }
    let Some(target) = target.filter(|target| target.is_local()) else {
        return Ok(Some("reports nobody here"));
    };
    // The gate judged it for the community where it arrived, and for no other.
    let here = arrival.community.id;
    let community = target.community_id.filter(|id| *id == here);
    let Some(community) = community.filter(|_| target.gone_at.is_none()) else {
        return Ok(Some("reports nobody here"));
    };
    let now = app.now_ms();
    let since = id::first_at(now - DAY_MS);
    if store::since(&app.db, arrival.sender.id, since, MOST_A_DAY).await? >= MOST_A_DAY {
        return Ok(Some("reports more than anybody can look at"));
    }
    let host = arrival.sender.host.as_str();
    let most = MOST_A_DAY_OF_SERVER;
    if store::since_from(&app.db, host, since, most).await? >= most {
        return Ok(Some("reports more than anybody can look at"));
    }
    let party = Party::Account(arrival.sender.person());
    let shown = posts(app, &party, &target, &ids).await?;
    let mut evidence: Vec<Evidence> = shown.iter().map(|post| evidence_of(post, now)).collect();
    let seen: HashSet<i64> = evidence.iter().map(|one| one.status_id).collect();
    for status in statuses::load(app, &ids).await? {
        if status.author.id == target.id && !seen.contains(&status.id) {
            evidence.push(Evidence {
                status_id: status.id,
                iri: status.iri.as_str().to_owned(),
                said: None,
                created_at: now,
            });
        }
    }
    let comment = plain::block(activity.content.as_deref().unwrap_or_default());
    let row = ReportRow {
        id: app.next_id(),
        community_id: community,
        account_id: arrival.sender.id,
        target_id: target.id,
        iri: Some(iri.as_str().to_owned()),
        category: Category::Other.as_str().to_owned(),
        comment: comment.chars().take(LONGEST_COMMENT).collect(),
        rule_ids: "[]".to_owned(),
        forwarded_to: "[]".to_owned(),
        assigned_to: None,
        resolved_by: None,
        resolved_at: None,
        answer: String::new(),
        created_at: now,
        updated_at: now,
    };
    let report = Report::from_row(row.clone())?;
    let mut tx = Tx::new();
    store::insert(&mut tx, row);
    for one in evidence {
        store::insert_evidence(&mut tx, report.id, one);
    }
    tell_moderators(app, &mut tx, &report).await?;
    // Twice is once.
    app.commit_and_ring(tx).await?;
    Ok(None)
}
