//! What apps read about the server they talk to: a community, with its limits.

use axum::extract::State;
use comity_policy::{Mode, Way};
use http::StatusCode;
use serde_json::{Value, json};

use super::published::{Audience, published};
use super::{Community, Invites, SignUp};
use crate::accounts::entity::Faces;
use crate::app::App;
use crate::error::Result;
use crate::http::{Caller, Reply};
use crate::text::Format;
use crate::text::language::LANGUAGES;
use crate::texts::Kind;
use crate::{annual_reports, media, members, polls, push, rules, sign_ups, text};

/// The version of Mastodon whose API we speak, then who we are, as other servers write it: apps read three numbers from
/// the front.
const VERSION: &str = concat!("4.6.0 (compatible; Comity ", env!("CARGO_PKG_VERSION"), ")");
/// The numbers by which apps know what is there: Mastodon's counts only where everything below it works. 2: notifications in
/// groups; 3: domains that may name an author; 4: files are deleted; 5: filters that blur; 6: topics and people on profiles;
/// 7: quotes, with all that tells of them; 8: `/api/v1/profile` with the places that a profile has, and how it stands with a
/// yearly report, which is made when it is asked for; 9: what is in the pictures of a profile, read and changed there;
/// 10: collections, and notifications in words for apps that do not know their kind; 11: what is in those pictures, changed by
/// `update_credentials`. That is what Mastodon 4.6 says of itself, and nothing is documented beyond it.
const API_OF_MASTODON: u32 = 11;
/// Of what stands under `/api/comity/`.
const API_OF_COMITY: u32 = 1;
/// What a link counts in a post, however long it is.
const LINK_LENGTH: u32 = 23;
/// Lines under a profile, and pins, as the pages have them.
const MOST_PINS: u32 = 5;

/// What both versions tell.
struct Told {
    description: String,
    users: i64,
    active: i64,
    statuses: i64,
    servers: i64,
    contact: Value,
    rules: Value,
    configuration: Value,
}

async fn told(app: &App, caller: &Caller) -> Result<Told> {
    let here = &caller.community;
    let counts = members::counts(app, here.id).await?;
    let stewards = members::stewards(&app.db, here.id).await?;
    let faces = Faces::of(app, &caller.party(), Way::Page, here, &stewards).await?;
    Ok(Told {
        description: text::plain::block(&text::render::simple(&here.description)),
        users: counts.members,
        active: counts.active,
        statuses: counts.statuses,
        servers: crate::instances::count(&app.db).await?,
        contact: stewards
            .first()
            .and_then(|id| faces.get(*id))
            .unwrap_or_default(),
        rules: house_rules(here),
        configuration: configuration(app, here).await?,
    })
}

fn house_rules(here: &Community) -> Value {
    let rule = |(at, rule): (usize, &String)| json!({ "id": (at + 1).to_string(), "text": rule, "hint": "", "translations": {} });
    here.house_rules().iter().enumerate().map(rule).collect()
}

async fn configuration(app: &App, here: &Community) -> Result<Value> {
    Ok(json!({
        "vapid": { "public_key": push::public_key(app).await? },
        "urls": {
            "streaming": streaming(here),
            "about": format!("{}/about", here.origin),
            "status": null,
            "privacy_policy": page(here, Kind::PrivacyPolicy),
            "terms_of_service": page(here, Kind::TermsOfService),
        },
        "accounts": {
            "max_featured_tags": 10,
            "max_pinned_statuses": MOST_PINS,
            "max_profile_fields": crate::accounts::MOST_FIELDS,
            "profile_field_name_limit": crate::accounts::LONGEST_NAME,
            "profile_field_value_limit": crate::accounts::LONGEST_OWN_NOTE,
            "max_note_length": crate::accounts::LONGEST_OWN_NOTE,
            "max_display_name_length": crate::accounts::LONGEST_NAME,
            "max_avatar_description_length": media::portrait::LONGEST_PORTRAIT_DESCRIPTION,
            "max_header_description_length": media::portrait::LONGEST_PORTRAIT_DESCRIPTION,
        },
        "statuses": {
            "max_characters": app.config.limits.post_characters,
            "max_media_attachments": media::MOST_ATTACHED,
            "characters_reserved_per_url": LINK_LENGTH,
            "supported_mime_types": Format::ALL.map(Format::as_str),
        },
        "media_attachments": {
            "supported_mime_types": media::TAKEN,
            "description_limit": media::LONGEST_DESCRIPTION,
            "image_size_limit": app.config.media.largest_picture,
            "image_matrix_limit": media::MOST_PICTURE_PIXELS,
            "video_size_limit": app.config.media.largest_film,
            "video_frame_rate_limit": media::MOST_FILM_RATE,
            "video_matrix_limit": media::MOST_FILM_PIXELS,
        },
        "polls": {
            "max_options": polls::MOST_OPTIONS,
            "max_characters_per_option": polls::LONGEST_OPTION,
            "min_expiration": polls::SHORTEST_MS / 1000,
            "max_expiration": polls::LONGEST_MS / 1000,
        },
        "translation": { "enabled": false },
        "limited_federation": here.mode == Mode::AllowList,
        "timelines_access": timelines_access(here.mode),
    }))
}

/// Who reads which timelines, in Mastodon's words. Visitors are shown what was written here, and nothing where the community is
/// by choice.
fn timelines_access(mode: Mode) -> Value {
    let local = match mode {
        Mode::Open | Mode::Cautious => "public",
        Mode::AllowList => "authenticated",
    };
    let readers = json!({ "local": local, "remote": "authenticated" });
    json!({ "live_feeds": readers, "hashtag_feeds": readers, "trending_link_feeds": readers })
}

/// Where a text is, if the community has it.
fn page(here: &Community, kind: Kind) -> Option<String> {
    let has = here.texts.has(kind);
    has.then(|| format!("{}{}", here.origin, kind.path()))
}

/// Where streams are: the same host, by WebSocket.
fn streaming(here: &Community) -> String {
    here.origin.replacen("http", "ws", 1)
}

/// Where its wide picture is, or the one that stands for none.
fn banner(here: &Community) -> String {
    match here.look.banner.as_str() {
        "" => format!("{}/assets/no-header.png", here.origin),
        banner => banner.to_owned(),
    }
}

/// Where the source of the program is: the settings may say an address on this server.
fn source(app: &App, here: &Community) -> String {
    match app.config.source_url.as_str() {
        path if path.starts_with('/') => format!("{}{path}", here.origin),
        address => address.to_owned(),
    }
}

/// The languages that are spoken there; where it says none, that of the pages.
fn languages_of(here: &Community) -> Value {
    match here.look.languages.as_slice() {
        [] => json!(["en"]),
        spoken => json!(spoken),
    }
}

/// Its icon in the one size that there is.
fn icons(here: &Community) -> Value {
    let look = &here.look;
    if look.icon.is_empty() {
        return json!([]);
    }
    json!([{ "src": look.icon, "size": format!("{0}x{0}", look.icon_side) }])
}

/// `GET /api/v2/instance`
pub async fn instance(State(app): State<App>, caller: Caller) -> Result<Reply> {
    let here = &caller.community;
    let told = told(&app, &caller).await?;
    let look = &here.look;
    let described = Some(&look.banner_description).filter(|text| !text.is_empty());
    let joining = sign_ups::registrations(&app, here);
    Ok(Reply::api(json!({
        "domain": here.domain.as_str(),
        "title": here.name,
        "version": VERSION,
        "source_url": source(&app, here),
        "description": told.description,
        "usage": { "users": { "active_month": told.active } },
        "thumbnail": { "url": banner(here), "blurhash": null, "versions": {}, "description": described },
        "icon": icons(here),
        "languages": languages_of(here),
        "configuration": told.configuration,
        "registrations": {
            "enabled": joining.enabled,
            "approval_required": joining.approval_required,
            "reason_required": joining.reason_required,
            "message": joining.message,
            "min_age": joining.min_age,
            "url": format!("{}/sign-up", here.origin),
        },
        "api_versions": { "mastodon": API_OF_MASTODON, "comity": API_OF_COMITY },
        "contact": { "email": app.config.federation.contact, "account": told.contact },
        "rules": told.rules,
        "wrapstodon": annual_reports::year_of(app.now_ms()),
    })))
}

/// `GET /api/v1/instance`
pub async fn instance_v1(State(app): State<App>, caller: Caller) -> Result<Reply> {
    let here = &caller.community;
    let told = told(&app, &caller).await?;
    let joining = sign_ups::registrations(&app, here);
    Ok(Reply::api(json!({
        "uri": here.domain.as_str(),
        "title": here.name,
        "short_description": text::plain::line(&told.description),
        "description": told.description,
        "email": app.config.federation.contact,
        "version": VERSION,
        "urls": { "streaming_api": streaming(here) },
        "stats": {
            "user_count": told.users,
            "status_count": told.statuses,
            "domain_count": told.servers,
        },
        "thumbnail": banner(here),
        "languages": languages_of(here),
        "registrations": joining.enabled,
        "approval_required": joining.approval_required,
        "invites_enabled": here.invites == Invites::Members && here.sign_up != SignUp::Closed,
        "max_toot_chars": app.config.limits.post_characters,
        // toot offers to translate where it finds neither this nor a version before 4.
        "translation": { "enabled": false },
        "configuration": told.configuration,
        "contact_account": told.contact,
        "rules": told.rules,
    })))
}

/// `GET /api/v1/instance/rules`
pub async fn rules(caller: Caller) -> Reply {
    Reply::api(house_rules(&caller.community))
}

/// `GET /api/v1/instance/languages`: those that are offered to writers.
pub async fn languages() -> Reply {
    let offered = LANGUAGES.iter();
    let list: Vec<_> = offered
        .map(|(tag, name)| json!({ "code": tag, "name": name }))
        .collect();
    Reply::api(json!(list))
}

/// `GET /api/v1/instance/translation_languages`: from none into none, for nothing is translated here.
pub async fn translation_languages() -> Reply {
    Reply::api(json!({}))
}

/// `GET /api/v1/donation_campaigns`: nobody asks for money here, which is what Mastodon answers where none is asked for.
pub async fn donation_campaigns() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}

/// `GET /api/v1/instance/extended_description`
pub async fn extended_description(caller: Caller) -> Reply {
    let here = &caller.community;
    Reply::api(json!({
        "updated_at": crate::web::time::iso_ms(here.described_at),
        "content": text::render::simple(&here.description),
    }))
}

/// `GET /api/v1/instance/domain_blocks`: whom the community refuses or limits, as far as it lets the asker read that by
/// name.
pub async fn domain_blocks(State(app): State<App>, caller: Caller) -> Result<Reply> {
    let audience = match caller.me {
        Some(_) => Audience::Members,
        None => Audience::Public,
    };
    let published = published(&app, &caller.community, audience);
    let blocks: Vec<Value> = published
        .rules
        .iter()
        .filter_map(rules::api::as_block)
        .collect();
    Ok(Reply::api(json!(blocks)))
}
