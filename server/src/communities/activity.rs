//! What other servers read about a community: NodeInfo and host-meta.

use axum::extract::State;
use comity_vocab::{Iri, nodeinfo};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use serde_json::json;

use super::{Community, SignUp};
use crate::app::App;
use crate::error::Result;
use crate::http::{Here, Reply};
use crate::members;

/// Half an hour: crawlers come often, and nothing here is urgent.
const KEPT: &str = "public, max-age=1800";

/// `GET /.well-known/nodeinfo`
pub async fn nodeinfo_links(Here(community): Here) -> Reply {
    for_everyone(Reply::json(
        nodeinfo::build_links(
            &community.iri("/nodeinfo/2.1"),
            &community.iri("/nodeinfo/2.0"),
            &community.iri("/actor"),
        ),
        "application/json",
    ))
}

/// `GET /nodeinfo/2.1`. No number is estimated (FEP-0151): what is not counted is not said.
pub async fn nodeinfo(State(app): State<App>, Here(community): Here) -> Result<Reply> {
    let document = nodeinfo::build(&described(&app, &community).await?);
    let kind = "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"";
    Ok(for_everyone(Reply::json(document, kind)))
}

/// `GET /nodeinfo/2.0`: some apps ask for it without looking which there are.
pub async fn nodeinfo_2_0(State(app): State<App>, Here(community): Here) -> Result<Reply> {
    let document = nodeinfo::build_2_0(&described(&app, &community).await?);
    let kind = "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"";
    Ok(for_everyone(Reply::json(document, kind)))
}

async fn described(app: &App, community: &Community) -> Result<nodeinfo::NodeInfoOut> {
    Ok(nodeinfo::NodeInfoOut {
        software: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        repository: Iri::parse(&app.config.source_url).ok(),
        open_registrations: community.sign_up == SignUp::Open,
        users: u64::try_from(members::count(&app.db, community.id).await?).ok(),
        active_month: None,
        active_half_year: None,
        local_posts: None,
        name: Some(community.name.clone()),
        description: Some(community.description.clone()).filter(|text| !text.is_empty()),
    })
}

/// `GET /.well-known/host-meta`: where WebFinger is, for those who look here first.
pub async fn host_meta(Here(community): Here) -> Reply {
    let template = format!(
        "{}/.well-known/webfinger?resource={{uri}}",
        community.origin
    );
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{template}\"/>\n</XRD>\n"
    );
    for_everyone(Reply::document(document, "application/xrd+xml"))
}

/// `GET /.well-known/host-meta.json`
pub async fn host_meta_json(Here(community): Here) -> Reply {
    let template = format!(
        "{}/.well-known/webfinger?resource={{uri}}",
        community.origin
    );
    for_everyone(Reply::json(
        json!({ "links": [{ "rel": "lrdd", "template": template }] }),
        "application/jrd+json",
    ))
}

/// Web clients of other origins read these too.
fn for_everyone(reply: Reply) -> Reply {
    reply
        .with(CACHE_CONTROL, KEPT)
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
}
