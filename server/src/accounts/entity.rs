//! Accounts as apps read them, in Mastodon's words.

mod faces;

use std::collections::HashMap;

use comity_policy::{Conditions, Party, Visible, Way};
use comity_vocab::{ActorKind, Domain, Iri};
use serde_json::{Value, json};

pub use faces::Faces;

use super::{Account, Profile, moved, moved_to, profile};
use crate::app::App;
use crate::collections;
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

/// An account, for whoever was cleared to see it.
pub fn entity(account: &Visible<Account>, here: &Community) -> Value {
    let words = profile(account);
    let mut entity = bare(account, here);
    entity["note"] = json!(words.note);
    entity["fields"] = fields(words);
    entity["emojis"] = json!(entities(&emojis(account, here)));
    entity["avatar_description"] = json!(words.avatar_description);
    entity["header_description"] = json!(words.header_description);
    entity["feature_approval"] = feature_approval(account);
    // What a rule keeps out of public places, and what its owner took away, is told to apps in their words.
    if account.conditions().contains(Conditions::LIMITED) {
        entity["limited"] = json!(true);
    }
    let pictures = [
        (Portrait::Avatar, account.avatar_url.as_deref()),
        (Portrait::Header, words.header_url.as_deref()),
    ];
    for (which, url) in pictures {
        let Some(url) = url else { continue };
        let at = |part| portrait(account, (which, url), account, here, part);
        if let Some((whole, still)) = at(RemotePart::Original).zip(at(RemotePart::Small)) {
            let name = which.word();
            entity[name] = json!(whole);
            entity[format!("{name}_static")] = json!(still);
        }
    }
    entity
}

/// Who may put somebody into a collection, in Mastodon's words: here, whoever lives here may put in who wants to be suggested.
/// Rules and blocks are asked when it is done. What people elsewhere allow is not known here.
fn feature_approval(account: &Visible<Account>) -> Value {
    let automatic: &[&str] = if account.is_local() && account.discoverable {
        &["public"]
    } else {
        &[]
    };
    let current = match account.viewer() {
        Party::Member(_) if !account.is_local() => "unknown",
        Party::Member(_) if account.discoverable => "automatic",
        _ => "denied",
    };
    json!({ "automatic": automatic, "manual": [], "current_user": current })
}

/// The same with whom they became, where they moved and the viewer may see whoever is there.
pub async fn whole(
    app: &App,
    way: Way,
    account: &Visible<Account>,
    here: &Community,
) -> Result<Value> {
    let there = moved(app, account.viewer(), way, &[account]).await?;
    Ok(with_move(account, here, &there))
}

/// The same of several, in this order, as one viewer may see them: with one query.
pub async fn whole_many(
    app: &App,
    way: Way,
    accounts: &[&Visible<Account>],
    here: &Community,
) -> Result<Vec<Value>> {
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
) -> Value {
    let mut told = entity(account, here);
    if let Some(there) = moved_to(account).and_then(|iri| moved.get(&iri)) {
        told["moved"] = entity(there, here);
    }
    told
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
fn fields(words: &Profile) -> Value {
    let field = |(name, value): &(String, String)| json!({ "name": name, "value": value, "verified_at": verified_at(words, value) });
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
fn bare(account: &Account, here: &Community) -> Value {
    let own = account.avatar_url.clone().filter(|_| account.is_local());
    let avatar = own.unwrap_or_else(|| no_picture(Portrait::Avatar, here));
    let header = no_picture(Portrait::Header, here);
    // As Mastodon does: the hour somebody joined is nobody's business.
    let joined = format!("{}T00:00:00.000Z", time::iso_day(account.created_at));
    json!({
        "id": account.id.to_string(),
        "username": account.username,
        "acct": acct(account, here),
        "display_name": account.display_name,
        "locked": account.locked,
        "bot": matches!(account.kind, ActorKind::Service | ActorKind::Application),
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "group": account.kind == ActorKind::Group,
        "created_at": joined,
        "note": "",
        "url": page(account, here),
        "uri": account.iri.as_str(),
        "avatar": avatar,
        "avatar_static": avatar,
        "header": header,
        "header_static": header,
        "avatar_description": "",
        "header_description": "",
        "followers_count": account.followers_count,
        "following_count": account.following_count,
        "statuses_count": account.statuses_count,
        "last_status_at": account.last_status_at.map(time::iso_day),
        "hide_collections": account.hide_collections,
        "show_media": account.places.media,
        "show_media_replies": account.places.media_replies,
        "show_featured": account.places.featured,
        // Search engines may have the pages of those who live here and want to be found; others we tell to leave out.
        "noindex": !account.is_local() || !account.discoverable,
        "emojis": entities(&emojis_at_home(account, here)),
        "roles": roles(account, here),
        "fields": [],
        "suspended": account.gone_at.is_some(),
    })
}

/// What somebody does for `here`, as it stands on their profile: Mastodon's highlighted roles.
fn roles(account: &Account, here: &Community) -> Vec<Value> {
    let looks_after = |role: &Role| *role != Role::Member && account.community_id == Some(here.id);
    let shown = account.role.filter(looks_after).map(role);
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
    let mut entity = entity(account, &me.community);
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
    entity["role"] = role(me.member.role);
    entity
}

/// Domains whose pages may name somebody.
fn domains(account: &Account) -> Vec<&str> {
    let domains = account.attribution_domains.iter();
    domains.map(Domain::as_str).collect()
}

/// The role that has this number in [`role`].
pub fn role_of(id: &str) -> Option<Role> {
    [Role::Member, Role::Moderator, Role::Admin]
        .into_iter()
        .find(|one| role_id(*one) == id)
}

fn role_id(role: Role) -> &'static str {
    match role {
        Role::Member => "-99",
        Role::Moderator => "1",
        Role::Admin => "3",
    }
}

/// What a member may do here, as Mastodon numbers it: the bits that its apps look at.
pub fn role(role: Role) -> Value {
    /// Federation, users, reports and the audit log, as the bits of Mastodon's `UserRole`.
    const MODERATES: u64 = 0x4 | 0x8 | 0x10 | 0x20 | 0x400;
    /// Everything.
    const GOVERNS: u64 = 0x1;
    let (name, permissions) = match role {
        Role::Member => ("", 0),
        Role::Moderator => ("Moderator", MODERATES),
        Role::Admin => ("Admin", GOVERNS),
    };
    json!({
        "id": role_id(role),
        "name": name,
        "color": "",
        "permissions": permissions.to_string(),
        "highlighted": role != Role::Member,
        "collection_limit": collections::MOST,
    })
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
