//! The page about a community.

use axum::extract::State;
use comity_policy::Rule;

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
    let in_force = rules::in_force(&app, rules::of_community(&community));
    // The reasons of a rule are shown to those they were written for; a rule without one for everybody is the
    // community's own business (L46).
    let is_shown = |rule: &&Rule| visit.me.is_some() || rule.reason_public.is_some();
    let views: Vec<_> = in_force
        .iter()
        .filter(is_shown)
        .filter_map(|rule| rules::web::view(&app, rule, &visit))
        .collect();
    let hidden = in_force.len() - views.len();
    let page = AboutPage {
        frame,
        domain: community.domain.unicode(),
        description_html: text::render::simple(&community.description),
        house_rules: community.house_rules(),
        mode: rules::web::mode_sentence(&community),
        rules: views,
        rules_remark: left_out(hidden),
        protections: rules::web::protections(&community, Protected::Community),
        stewards: stewards.collect(),
        contact: Some(app.config.federation.contact.clone()).filter(|contact| !contact.is_empty()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Reply::page(page))
}

/// Why rules are left out, if any are.
fn left_out(hidden: usize) -> Option<String> {
    match hidden {
        0 => None,
        1 => Some("One rule is shown to members only.".to_owned()),
        many => Some(format!("{many} rules are shown to members only.")),
    }
}
