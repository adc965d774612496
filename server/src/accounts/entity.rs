//! Accounts as apps read them, in Mastodon's words.

mod faces;
mod role;

use std::collections::HashMap;

use comity_policy::{Conditions, Party, Visible, Way};
use comity_vocab::{ActorKind, Domain, Iri};
use serde::Serialize;
use serde_json::{Value, json};

pub use faces::Faces;
pub use role::{no_role, role, role_of};

use super::{Account, Profile, moved, moved_to, profile};
use crate::app::App;
use crate::communities::Community;
use crate::emojis::entity::entities;
use crate::emojis::{Shown, Words};
use crate::error::Result;
use crate::http::Me;
use crate::media::address::RemotePart;
use crate::media::portrait::Portrait;
use crate::members::Role;
use crate::text::plain;
use crate::web::{profile_path, time};

/// The handle as apps write it: without its server where that is `here`.
pub fn acct(account: &Account, here: &Community) -> String {
    if account.domain == here.domain {
        account.username.clone()
    } else {
        format!("{}@{}", account.username, account.domain)
    }
}

/// The page of an account that a browser opens: its own server's, where it has one.
pub fn page(account: &Account, here: &Community) -> String {
    match &account.url {
        Some(url) => url.clone(),
        None if account.is_local() => format!("{}{}", here.origin, profile_path(account, here)),
        None => account.iri.as_str().to_owned(),
    }
}

/// An account as apps are told of it: Mastodon's `Account`, with what we add. Its fields are in the order of their names, as in a
/// tree: to Mastodon.py, what comes in another order is another account.
#[expect(clippy::struct_excessive_bools, reason = "Mastodon's Account has them")]
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    acct: String,
    avatar: String,
    avatar_description: String,
    avatar_static: String,
    bot: bool,
    created_at: String,
    discoverable: bool,
    display_name: String,
    emojis: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature_approval: Option<FeatureApproval>,
    fields: Vec<Field>,
    followers_count: i64,
    following_count: i64,
    group: bool,
    header: String,
    header_description: String,
    header_static: String,
    hide_collections: bool,
    id: String,
    indexable: bool,
    last_status_at: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    limited: bool,
    locked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Box<Told>>,
    noindex: bool,
    note: String,
    roles: Vec<Value>,
    show_featured: bool,
    show_media: bool,
    show_media_replies: bool,
    statuses_count: i64,
    suspended: bool,
    uri: String,
    url: String,
    username: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A line of a profile.
#[derive(Clone, Debug, Serialize)]
struct Field {
    name: String,
    value: String,
    verified_at: Option<String>,
}

/// Who may put somebody into a collection.
#[derive(Clone, Debug, Serialize)]
struct FeatureApproval {
    automatic: &'static [&'static str],
    current_user: &'static str,
    manual: [&'static str; 0],
}

/// An account, for whoever was cleared to see it.
pub fn told(account: &Visible<Account>, here: &Community) -> Told {
    let words = profile(account);
    let mut told = Told {
        note: words.note.clone(),
        fields: fields(words),
        emojis: entities(&emojis(account, here)),
        avatar_description: words.avatar_description.clone(),
        header_description: words.header_description.clone(),
        feature_approval: Some(feature_approval(account)),
        // What a rule keeps out of public places, and what its owner took away, is told to apps in their words.
        limited: account.conditions().contains(Conditions::LIMITED),
        ..bare(account, here)
    };
    let at = |which, url: Option<&str>| {
        let portrait = |part| portrait(account, (which, url?), account, here, part);
        portrait(RemotePart::Original).zip(portrait(RemotePart::Small))
    };
    if let Some(pictures) = at(Portrait::Avatar, account.avatar_url.as_deref()) {
        (told.avatar, told.avatar_static) = pictures;
    }
    if let Some(pictures) = at(Portrait::Header, words.header_url.as_deref()) {
        (told.header, told.header_static) = pictures;
    }
    told
}

/// Who may put somebody into a collection, in Mastodon's words: here, whoever lives here may put in who wants to be suggested.
/// Rules and blocks are asked when it is done. What people elsewhere allow is not known here.
fn feature_approval(account: &Visible<Account>) -> FeatureApproval {
    let automatic: &[&str] = if account.is_local() && account.discoverable {
        &["public"]
    } else {
        &[]
    };
    let current_user = match account.viewer() {
        Party::Member(_) if !account.is_local() => "unknown",
        Party::Member(_) if account.discoverable => "automatic",
        _ => "denied",
    };
    FeatureApproval {
        automatic,
        current_user,
        manual: [],
    }
}

/// The same with whom they became, where they moved and the viewer may see whoever is there.
pub async fn whole(
    app: &App,
    way: Way,
    account: &Visible<Account>,
    here: &Community,
) -> Result<Told> {
    let there = moved(app, account.viewer(), way, &[account]).await?;
    Ok(with_move(account, here, &there))
}

/// The same of several, in this order, as one viewer may see them: with one query.
pub async fn whole_many(
    app: &App,
    way: Way,
    accounts: &[&Visible<Account>],
    here: &Community,
) -> Result<Vec<Told>> {
    let Some(first) = accounts.first() else {
        return Ok(Vec::new());
    };
    let there = moved(app, first.viewer(), way, accounts).await?;
    let told = accounts.iter();
    Ok(told
        .map(|account| with_move(account, here, &there))
        .collect())
}

/// Whom they became in turn is not told: that may lead round in a circle.
fn with_move(
    account: &Visible<Account>,
    here: &Community,
    moved: &HashMap<Iri, Visible<Account>>,
) -> Told {
    let there = moved_to(account).and_then(|iri| moved.get(&iri));
    Told {
        moved: there.map(|there| Box::new(told(there, here))),
        ..told(account, here)
    }
}

/// Where a picture of somebody is for whoever was cleared to see this of them, which they have at `url`: of who lives here the
/// file, of others our copy, so that their server does not learn who looks. None where a rule drops pictures.
pub fn portrait<T>(
    account: &Account,
    (which, url): (Portrait, &str),
    of_them: &Visible<T>,
    here: &Community,
    part: RemotePart,
) -> Option<String> {
    if account.is_local() {
        return Some(url.to_owned());
    }
    if of_them.conditions().contains(Conditions::DROP_MEDIA) {
        return None;
    }
    let theirs = (account.id, which, url);
    here.emojis.portrait(theirs, part, of_them.viewer(), here)
}

/// The emoji in somebody's name and profile, for readers of `here`; none where a rule drops pictures.
pub fn emojis(account: &Visible<Account>, here: &Community) -> Vec<Shown> {
    if account.conditions().contains(Conditions::DROP_MEDIA) {
        return Vec::new();
    }
    let profile = profile(account);
    let mut words = vec![
        Words::Plain(&account.display_name),
        Words::Html(&profile.note),
    ];
    for (name, value) in &profile.fields {
        words.extend([Words::Plain(name), Words::Html(value)]);
    }
    let reader = (account.viewer(), here);
    here.emojis.used(account, &account.emojis, reader, &words)
}

/// The emoji in the name of somebody, for whoever was cleared to see this of them; none where a rule drops pictures.
pub fn emojis_of_name<T>(account: &Account, of_them: &Visible<T>, here: &Community) -> Vec<Shown> {
    if of_them.conditions().contains(Conditions::DROP_MEDIA) {
        return Vec::new();
    }
    let words = [Words::Plain(&account.display_name)];
    let reader = (of_them.viewer(), here);
    here.emojis.used(account, &account.emojis, reader, &words)
}

/// The emoji in the name of somebody who lives here, which everybody may see; none of others, whose server would learn that
/// somebody looks.
pub fn emojis_at_home(account: &Account, here: &Community) -> Vec<Shown> {
    let words = [Words::Plain(&account.display_name)];
    here.emojis.used_at_home(account, &words)
}

/// Name, value and since when the value is known to be theirs, of each line.
fn fields(words: &Profile) -> Vec<Field> {
    let field = |(name, value): &(String, String)| Field {
        name: name.clone(),
        value: value.clone(),
        verified_at: verified_at(words, value),
    };
    words.fields.iter().map(field).collect()
}

fn verified_at(words: &Profile, value: &str) -> Option<String> {
    words.verified_at(value).map(time::iso_ms)
}

/// The picture for apps that stands for one that is not there, or not for the reader. It is where Mastodon has it: some apps know
/// by the name that there is none.
pub(crate) fn no_picture(which: Portrait, here: &Community) -> String {
    format!("{}/{}s/original/missing.png", here.origin, which.word())
}

/// What may be told of whoever wrote something that is shown: their name and where they are, and no picture of who lives
/// elsewhere.
fn bare(account: &Account, here: &Community) -> Told {
    let own = account.avatar_url.clone().filter(|_| account.is_local());
    let avatar = own.unwrap_or_else(|| no_picture(Portrait::Avatar, here));
    let header = no_picture(Portrait::Header, here);
    Told {
        acct: acct(account, here),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: String::new(),
        bot: matches!(account.kind, ActorKind::Service | ActorKind::Application),
        // As Mastodon does: the hour somebody joined is nobody's business.
        created_at: format!("{}T00:00:00.000Z", time::iso_day(account.created_at)),
        discoverable: account.discoverable,
        display_name: account.display_name.clone(),
        emojis: entities(&emojis_at_home(account, here)),
        feature_approval: None,
        fields: Vec::new(),
        followers_count: account.followers_count,
        following_count: account.following_count,
        group: account.kind == ActorKind::Group,
        header_static: header.clone(),
        header,
        header_description: String::new(),
        hide_collections: account.hide_collections,
        id: account.id.to_string(),
        indexable: account.indexable,
        last_status_at: account.last_status_at.map(time::iso_day),
        limited: false,
        locked: account.locked,
        moved: None,
        // Search engines may have the pages of those who live here and want to be found; others we tell to leave out.
        noindex: !account.is_local() || !account.discoverable,
        note: String::new(),
        roles: roles(account, here),
        show_featured: account.places.featured,
        show_media: account.places.media,
        show_media_replies: account.places.media_replies,
        statuses_count: account.statuses_count,
        suspended: account.gone_at.is_some(),
        uri: account.iri.as_str().to_owned(),
        url: page(account, here),
        username: account.username.clone(),
    }
}

/// What somebody does for `here`, as it stands on their profile: Mastodon's highlighted roles.
fn roles(account: &Account, here: &Community) -> Vec<Value> {
    let looks_after = |role: &Role| *role != Role::Member && account.community_id == Some(here.id);
    let shown = account.role.filter(looks_after);
    let shown = shown.map(|held| role(held, here));
    let named =
        |role: Value| json!({ "id": role["id"], "name": role["name"], "color": role["color"] });
    shown.map(named).into_iter().collect()
}

/// What draws a small picture of somebody who was told of in full elsewhere.
pub fn partial(entity: &Value) -> Value {
    let kept = [
        "id",
        "acct",
        "locked",
        "bot",
        "url",
        "avatar",
        "avatar_static",
    ];
    kept.into_iter()
        .map(|name| (name.to_owned(), entity[name].clone()))
        .collect()
}

/// One's own account, with what only oneself is told: the profile as it was typed, and what the composer proposes.
pub fn own(account: &Visible<Account>, me: &Me, follow_requests: usize) -> Value {
    let words = profile(account);
    let mut entity = json!(told(account, &me.community));
    let typed: Vec<Value> = words
        .fields
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": plain::block(value), "verified_at": verified_at(words, value) }))
        .collect();
    entity["source"] = json!({
        "note": words.note_source,
        "fields": typed,
        "privacy": crate::statuses::entity::visibility(me.member.default_visibility),
        "sensitive": me.member.sensitive,
        "language": Some(&me.member.language).filter(|tag| !tag.is_empty()),
        "follow_requests_count": follow_requests,
        "hide_collections": account.hide_collections,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "attribution_domains": domains(account),
        "quote_policy": crate::statuses::entity::quote_policy(me.member.quoting),
    });
    entity["role"] = role(me.member.role, &me.community);
    entity
}

/// Domains whose pages may name somebody.
fn domains(account: &Account) -> Vec<&str> {
    let domains = account.attribution_domains.iter();
    domains.map(Domain::as_str).collect()
}

/// One's own profile, as it is edited, with its topics: Mastodon's `Profile`. What is not there is said to be not there, where
/// others are shown a picture that stands for it.
pub fn edited(account: &Visible<Account>, topics: &[Value]) -> Value {
    let words = profile(account);
    let typed = |(name, value): &(String, String)| json!({ "name": name, "value": plain::block(value), "verified_at": verified_at(words, value) });
    let fields: Vec<Value> = words.fields.iter().map(typed).collect();
    json!({
        "id": account.id.to_string(),
        "display_name": account.display_name,
        "note": words.note_source,
        "fields": fields,
        "avatar": account.avatar_url,
        "avatar_static": account.avatar_url,
        "avatar_description": words.avatar_description,
        "header": words.header_url,
        "header_static": words.header_url,
        "header_description": words.header_description,
        "locked": account.locked,
        "bot": account.kind == ActorKind::Service,
        "hide_collections": account.hide_collections,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "show_media": account.places.media,
        "show_media_replies": account.places.media_replies,
        "show_featured": account.places.featured,
        "attribution_domains": domains(account),
        "featured_tags": topics,
    })
}
