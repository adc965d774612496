//! The page about a community, and the one on which those who look after it choose what it looks like.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::published::{Audience, published};
use super::{LookDraft, change_look};
use crate::app::App;
use crate::error::Result;
use crate::http::form::{Label, page_with, trouble};
use crate::http::{FileForm, Me, Reply, Visit};
use crate::moderation::looked_after;
use crate::rules::web::Protected;
use crate::web::view::{AboutPage, Frame, NavItem, Trouble};
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
        banner: web::own_file(&community.look.banner)
            .map(|src| (src, community.look.banner_description.clone())),
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

#[derive(Template)]
#[template(path = "communities/look.html")]
struct LookPage {
    frame: Frame,
    has_icon: bool,
    has_banner: bool,
    banner_description: String,
    languages: String,
    trouble: Option<Trouble>,
}

const LABELS: &[Label] = &[
    Label::of("file", "the file"),
    Label::of("avatar", "the icon"),
    Label::of("header", "the banner"),
    Label::of("header_description", "what you say of the banner"),
    Label::of("languages", "the list of languages"),
];

/// `GET /moderation/community`
pub async fn look(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let draft = LookDraft::of(&looked_after(&me)?.look);
    look_page(&app, &me, &visit, draft, None).await
}

async fn look_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    draft: LookDraft,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let look = &looked_after(me)?.look;
    let mut frame = web::frame(app, visit, "How it looks", NavItem::Moderation).await?;
    frame.no_index = true;
    let page = LookPage {
        frame,
        has_icon: !look.icon.is_empty(),
        has_banner: !look.banner.is_empty(),
        banner_description: draft.banner_description,
        languages: draft.languages,
        trouble: trouble.clone(),
    };
    Ok(page_with(Reply::page(page), trouble.as_ref()))
}

/// What the form sends, besides the pictures.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LookForm {
    languages: String,
    header_description: String,
    avatar_gone: String,
    header_gone: String,
}

/// `POST /moderation/community`
pub async fn save_look(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    FileForm(form, mut files): FileForm<LookForm>,
) -> Result<Reply> {
    let draft = LookDraft {
        languages: form.languages,
        banner_description: form.header_description,
        icon_gone: form.avatar_gone == "on",
        banner_gone: form.header_gone == "on",
    };
    match Box::pin(change_look(&app, &me, &draft, &mut files)).await {
        Ok(()) => Ok(Reply::see_other("/moderation/community")),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            look_page(&app, &me, &visit, draft, Some(trouble)).await
        }
    }
}
