//! Numbers for moderators' apps, in Mastodon's words. A key that is not known is left out, as Mastodon does; one whose topic
//! or server is missing is refused.

use axum::extract::State;
use comity_vocab::Domain;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bucket, Cohort, Counted, Dimension, Frequency, Line, Measure, Span};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::http::{Client, Input, Reply};
use crate::moderation::looked_after;
use crate::web::time;

/// Lines of a dimension where an app does not say, and the most it gets.
const USUAL_LINES: i64 = 10;
const MOST_LINES: i64 = 100;

/// A topic, by the id that apps know it by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Topic {
    id: Option<String>,
}

impl Topic {
    fn name(&self, field: &'static str) -> Result<String> {
        let id = self.id.as_deref().map(str::trim).unwrap_or_default();
        if id.is_empty() {
            return Err(Error::invalid(field, "must say the id of a topic"));
        }
        Ok(id.to_owned())
    }
}

/// A server, by its name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Server {
    domain: Option<String>,
}

impl Server {
    fn name(&self, field: &'static str) -> Result<Domain> {
        let wrong = || Error::invalid(field, "must say the domain of a server");
        let domain = self.domain.as_deref().ok_or_else(wrong)?;
        Domain::parse(domain.trim()).map_err(|_| wrong())
    }
}

/// Which measures, and of which days.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Measures {
    keys: Vec<String>,
    start_at: Option<String>,
    end_at: Option<String>,
    tag_accounts: Topic,
    tag_uses: Topic,
    tag_servers: Topic,
    instance_accounts: Server,
    instance_reports: Server,
    instance_statuses: Server,
    instance_follows: Server,
    instance_followers: Server,
}

impl Measures {
    fn measure(&self, key: &str) -> Result<Option<Measure>> {
        Ok(Some(match key {
            "active_users" => Measure::ActiveUsers,
            "new_users" => Measure::NewUsers,
            "interactions" => Measure::Interactions,
            "opened_reports" => Measure::OpenedReports,
            "resolved_reports" => Measure::ResolvedReports,
            "tag_accounts" => Measure::TagAccounts(self.tag_accounts.name("tag_accounts")?),
            "tag_uses" => Measure::TagUses(self.tag_uses.name("tag_uses")?),
            "tag_servers" => Measure::TagServers(self.tag_servers.name("tag_servers")?),
            "instance_accounts" => {
                Measure::InstanceAccounts(self.instance_accounts.name("instance_accounts")?)
            }
            "instance_reports" => {
                Measure::InstanceReports(self.instance_reports.name("instance_reports")?)
            }
            "instance_statuses" => {
                Measure::InstanceStatuses(self.instance_statuses.name("instance_statuses")?)
            }
            "instance_follows" => {
                Measure::InstanceFollows(self.instance_follows.name("instance_follows")?)
            }
            "instance_followers" => {
                Measure::InstanceFollowers(self.instance_followers.name("instance_followers")?)
            }
            // What pictures of a server take is not kept by server.
            _ => return Ok(None),
        }))
    }
}

/// Each of them once: who asks for the same a thousand times gets it once.
fn distinct(keys: &[String]) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for key in keys {
        if !all.contains(&key.as_str()) {
            all.push(key);
        }
    }
    all
}

/// `POST /api/v1/admin/measures`
pub async fn measures(
    State(app): State<App>,
    client: Client,
    Input(asked): Input<Measures>,
) -> Result<Reply> {
    let me = client.me()?;
    looked_after(me)?;
    let span = Span::read(asked.start_at.as_deref(), asked.end_at.as_deref())?;
    let mut list = Vec::new();
    for key in distinct(&asked.keys) {
        if let Some(measure) = asked.measure(key)? {
            let counted = super::measure(&app, me, &measure, span).await?;
            list.push(told(&measure, &counted));
        }
    }
    Ok(Reply::api(json!(list)))
}

fn told(measure: &Measure, counted: &Counted) -> Value {
    let days = counted.days.iter();
    let days = days.map(
        |(day, count)| json!({ "date": time::iso_ms(day * DAY_MS), "value": count.to_string() }),
    );
    let mut entity = json!({
        "key": measure.key(),
        "unit": null,
        "total": counted.total.to_string(),
        "data": days.collect::<Vec<Value>>(),
    });
    if let Some(previous) = counted.previous {
        entity["previous_total"] = json!(previous.to_string());
    }
    entity
}

/// Which dimensions, and of which days.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Dimensions {
    keys: Vec<String>,
    start_at: Option<String>,
    end_at: Option<String>,
    limit: Option<i64>,
    tag_servers: Topic,
    tag_languages: Topic,
    instance_accounts: Server,
    instance_languages: Server,
}

impl Dimensions {
    fn dimension(&self, key: &str) -> Result<Option<Dimension>> {
        Ok(Some(match key {
            "languages" => Dimension::Languages,
            "servers" => Dimension::Servers,
            "software_versions" => Dimension::SoftwareVersions,
            "tag_servers" => Dimension::TagServers(self.tag_servers.name("tag_servers")?),
            "tag_languages" => Dimension::TagLanguages(self.tag_languages.name("tag_languages")?),
            "instance_accounts" => {
                Dimension::InstanceAccounts(self.instance_accounts.name("instance_accounts")?)
            }
            "instance_languages" => {
                Dimension::InstanceLanguages(self.instance_languages.name("instance_languages")?)
            }
            // With which app a member writes is for who they let know it, and the space that all of it takes is the
            // operator's matter.
            _ => return Ok(None),
        }))
    }
}

/// `POST /api/v1/admin/dimensions`
pub async fn dimensions(
    State(app): State<App>,
    client: Client,
    Input(asked): Input<Dimensions>,
) -> Result<Reply> {
    let me = client.me()?;
    looked_after(me)?;
    let span = Span::read(asked.start_at.as_deref(), asked.end_at.as_deref())?;
    let most = asked.limit.unwrap_or(USUAL_LINES).clamp(1, MOST_LINES);
    let mut list = Vec::new();
    for key in distinct(&asked.keys) {
        if let Some(dimension) = asked.dimension(key)? {
            let lines = super::dimension(&app, me, &dimension, span, most).await?;
            let lines: Vec<Value> = lines.iter().map(line).collect();
            list.push(json!({ "key": dimension.key(), "data": lines }));
        }
    }
    Ok(Reply::api(json!(list)))
}

fn line(line: &Line) -> Value {
    json!({
        "key": line.key,
        "human_key": line.name,
        "value": line.value,
        "human_value": line.value,
    })
}

/// Of which time, and by what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Retention {
    start_at: Option<String>,
    end_at: Option<String>,
    frequency: Option<String>,
}

/// `POST /api/v1/admin/retention`: nothing where something is missing, as Mastodon does.
pub async fn retention(
    State(app): State<App>,
    client: Client,
    Input(asked): Input<Retention>,
) -> Result<Reply> {
    let me = client.me()?;
    looked_after(me)?;
    let (Some(start), Some(end), Some(frequency)) =
        (&asked.start_at, &asked.end_at, &asked.frequency)
    else {
        return Ok(Reply::api(json!([])));
    };
    let span = Span::read(Some(start.as_str()), Some(end.as_str()))?;
    let frequency = match frequency.as_str() {
        "month" => Frequency::Month,
        _ => Frequency::Day,
    };
    let cohorts = super::retention(&app, me, span, frequency).await?;
    let list: Vec<Value> = cohorts.iter().map(|one| cohort(one, frequency)).collect();
    Ok(Reply::api(json!(list)))
}

fn cohort(cohort: &Cohort, frequency: Frequency) -> Value {
    let bucket = |one: &Bucket| {
        json!({
            "date": time::iso_ms(one.began_ms),
            "rate": one.rate,
            "value": one.active.to_string(),
        })
    };
    json!({
        "period": time::iso_ms(cohort.began_ms),
        "frequency": frequency.as_str(),
        "data": cohort.buckets.iter().map(bucket).collect::<Vec<Value>>(),
    })
}
