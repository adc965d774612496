//! The page about a community.

use axum::extract::State;

use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::{Reply, Visit};
use crate::members;
use crate::text;
use crate::web::view::{AboutPage, NavItem, Protection, Strength};
use crate::{rules, web};
use comity_policy::Mode;

/// `GET /about`
pub async fn about(State(app): State<App>, visit: Visit) -> Result<Reply> {
    let community = visit.community.clone();
    let frame = web::frame(&app, &visit, "About", NavItem::About).await?;
    let ids = members::stewards(&app, community.id).await?;
    let found = accounts::find_many(&app, ids.clone()).await?;
    let stewards = ids.iter().filter_map(|id| found.get(id)).map(|account| web::person_view(account, &community));
    let page = AboutPage {
        frame,
        domain: community.domain.unicode(),
        description_html: text::render::simple(&community.description),
        house_rules: community.house_rules(),
        mode: mode_sentence(community.mode).to_owned(),
        rules: Vec::new(),
        rules_remark: None,
        protections: protections(),
        stewards: stewards.collect(),
        contact: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Reply::page(page))
}

/// A community's answer to servers it has no rule for, in a sentence.
pub fn mode_sentence(mode: Mode) -> &'static str {
    match mode {
        Mode::Open => "Open: servers we do not know are welcome until a rule says otherwise.",
        Mode::Cautious => "Cautious: servers we do not know are asked first.",
        Mode::AllowList => "By invitation: only servers we have let in are talked with.",
    }
}
