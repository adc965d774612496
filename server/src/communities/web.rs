//! The page about a community.

use axum::extract::State;

use super::published::{Audience, published};
use crate::app::App;
use crate::error::Result;
use crate::http::{Reply, Visit};
use crate::rules::web::Protected;
use crate::web::view::{AboutPage, NavItem};
use crate::{accounts, members, rules, text, web};

/// `GET /about`
pub async fn about(State(app): State<App>, visit: Visit) -> Result<Reply> {
    let community = visit.community.clone();
    let frame = web::frame(&app, &visit, "About", NavItem::About).await?;
    let ids = members::stewards(&app.db, community.id).await?;
    let found = accounts::find_many(&app, ids.clone()).await?;
    let stewards = ids
        .iter()
        .filter_map(|id| found.get(id))
        .map(|account| web::person_view(account, &community));
    let audience = match visit.me {
        Some(_) => Audience::Members,
        None => Audience::Public,
    };
    // The reasons of a rule are shown to those they were written for.
    let published = published(&app, &community, audience);
    let in_force = published.rules.iter();
    let views = in_force.filter_map(|rule| rules::web::view(&app, rule, &visit));
    let remarks = published.withheld.iter();
    let remarks = remarks.map(|(count, why)| left_out(*count, why));
    let page = AboutPage {
        frame,
        domain: community.domain.unicode(),
        description_html: text::render::simple(&community.description),
        house_rules: community.house_rules(),
        mode: rules::web::mode_sentence(&community),
        rules: views.collect(),
        rules_remarks: remarks.collect(),
        protections: rules::web::protections(&community, Protected::Community),
        stewards: stewards.collect(),
        contact: Some(app.config.federation.contact.clone()).filter(|contact| !contact.is_empty()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Reply::page(page))
}

/// How many rules are left out, and why.
fn left_out(count: usize, why: &str) -> String {
    match count {
        1 => format!("One rule is not named here. Such rules {why}."),
        many => format!("{many} rules are not named here. They {why}."),
    }
}
