//! Accounts as other servers see them: WebFinger, the actor, its stub, and its collections.
//!
//! Whoever does not sign gets the stub: enough to check a signature and to deliver, nothing about the person
//! (boundaries L20). Whoever signs gets what the gate shows them; a refusal is answered like absence (L29).

use std::sync::Arc;

use axum::extract::{Query, State};
use comity_db::params;
use comity_policy::{CommunityId, Party, Visible, Way};
use comity_vocab::build::{self, ActorOut, Picture};
use comity_vocab::{Handle, Iri, Jrd};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use http::request::Parts;
use serde::Deserialize;
use serde_json::Value;

use super::{Account, Profile, profile, stored_iri};
use crate::aliases::{self, Canary};
use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::Community;
use crate::emojis::{self, Words};
use crate::error::{Error, Result};
use crate::http::{Here, Path, Reply, wants_activity};
use crate::window::Window;
use crate::{inbox, reach, reblogs, statuses};

/// Activities on a page of an outbox.
const PAGE: i64 = 20;

/// `?resource=acct:name@domain`
#[derive(Debug, Deserialize)]
pub struct WebFingerQuery {
    resource: Option<String>,
}

/// `GET /.well-known/webfinger`. Somebody who is hidden and nobody at all are answered alike (L21).
pub async fn webfinger(
    State(app): State<App>,
    Here(community): Here,
    Query(query): Query<WebFingerQuery>,
) -> Result<Reply> {
    let resource = query
        .resource
        .ok_or_else(|| Error::invalid("resource", "is missing"))?;
    let account = named(&app, &community, &resource)
        .await?
        .ok_or(Error::NotFound)?;
    let account = super::show(
        &app,
        &Party::Anonymous(CommunityId(community.id)),
        Way::WebFinger,
        account.id,
    )
    .await?;
    let is_person = account.id != community.actor_id;
    let jrd = Jrd {
        subject: Some(account.handle()),
        self_links: vec![account.iri.clone()],
        profile: account.url.as_deref().map(stored_iri).transpose()?,
        subscribe: is_person.then(|| format!("{}/search?q={{uri}}", community.origin)),
    };
    Ok(Reply::json(jrd.build(), "application/jrd+json")
        .with(CACHE_CONTROL, "no-cache")
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

/// Whom a WebFinger resource names: by handle, by the actor's address, or by the address of the server itself, which
/// leads to the community's own actor (FEP-d556).
async fn named(app: &App, community: &Community, resource: &str) -> Result<Option<Arc<Account>>> {
    if resource.starts_with("http") {
        let Ok(iri) = Iri::parse(resource) else {
            return Ok(None);
        };
        if iri == community.iri("/") {
            return super::find(app, community.actor_id).await.map(Some);
        }
        let found = super::find_by_iri(app, &iri).await?;
        return Ok(found.filter(|account| {
            account.community_id == Some(community.id) && account.gone_at.is_none()
        }));
    }
    let Ok(handle) = Handle::parse(resource) else {
        return Ok(None);
    };
    if handle.domain.as_ref() != Some(&community.domain) {
        return Ok(None);
    }
    let found = super::find_by_handle(app, &handle.username, &community.domain).await?;
    Ok(found.filter(|account| account.gone_at.is_none()))
}

/// `GET /users/{name}`
pub async fn actor(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Reply> {
    if !wants_activity(&parts.headers) {
        return Ok(Reply::see_other(&format!("/@{name}")));
    }
    let account = of_name(&app, &community, &name).await?;
    document_for(&app, &community, &account, &parts).await
}

/// `GET /actor`: the community's own voice. Whoever asks, and however they sign, it is the stub: checking a signature
/// here would need the other side's key, which we would ask for in this actor's name, and so on for ever (FEP-2677,
/// L19).
pub async fn community_actor(
    State(app): State<App>,
    Here(community): Here,
    parts: Parts,
) -> Result<Reply> {
    if !wants_activity(&parts.headers) {
        return Ok(Reply::see_other("/about"));
    }
    let account = super::find(&app, community.actor_id).await?;
    Ok(Reply::activity(actor_stub(&app, &account).await?))
}

/// `GET /actor/outbox`, `/actor/followers`, `/actor/following` and `/actor/featured`: the community's own actor signs and
/// says nothing, so there is never anything in them. They are there for who goes by the shape of other actors.
pub async fn nothing_of_community_actor(
    State(app): State<App>,
    Here(community): Here,
    parts: Parts,
) -> Result<Reply> {
    let viewer = inbox::signed_viewer(&app, &community, &parts).await?;
    let _shown = super::show(&app, &viewer, Way::Collection, community.actor_id).await?;
    let id = community.iri(parts.uri.path());
    Ok(Reply::activity(build::collection_of(&id, Vec::new())))
}

async fn document_for(
    app: &App,
    community: &Arc<Community>,
    account: &Account,
    parts: &Parts,
) -> Result<Reply> {
    if account.gone_at.is_some() {
        return Err(Error::Gone);
    }
    let document = match inbox::signed_viewer(app, community, parts).await {
        Ok(viewer) => {
            let account = match super::show(app, &viewer, Way::Fetch, account.id).await {
                Ok(account) => account,
                Err(error) => {
                    let asked = parts.uri.path();
                    inbox::tell_unshown(app, community, viewer, asked, None, account);
                    return Err(error);
                }
            };
            let canary = aliases::of_viewer(app, community, &viewer).await?;
            actor_with(app, &account, canary.as_ref()).await?
        }
        Err(Error::Unauthorized) => actor_stub(app, account).await?,
        Err(error) => return Err(error),
    };
    Ok(Reply::activity(document))
}

/// The whole actor, for who may see it.
pub async fn actor_document(app: &App, account: &Visible<Account>) -> Result<Value> {
    actor_with(app, account, None).await
}

/// The same for one server that fetches it, with the canary it has, if it has one. Of its addresses only the outbox bears
/// one: Mastodon compares `featured` with the target of a pin, and others compare followers with whom a post is for.
async fn actor_with(
    app: &App,
    account: &Visible<Account>,
    canary: Option<&Canary>,
) -> Result<Value> {
    let mut actor = outward(app, account, Some(profile(account))).await?;
    actor.outbox = aliases::with(&actor.outbox, canary)?;
    Ok(build::actor(&actor))
}

/// What anybody may have.
pub async fn actor_stub(app: &App, account: &Account) -> Result<Value> {
    Ok(build::actor_stub(&outward(app, account, None).await?))
}

/// A changed profile. `number` makes the activity one of its kind.
pub(crate) async fn update(app: &App, account: &Visible<Account>, number: i64) -> Result<Value> {
    let id = stored_iri(&format!("{}#updates/{number}", account.iri))?;
    Ok(build::update(
        &id,
        &account.iri,
        app.now_ms(),
        actor_document(app, account).await?,
    ))
}

async fn outward(app: &App, account: &Account, profile: Option<&Profile>) -> Result<ActorOut> {
    let under = |path: &str| stored_iri(&format!("{}/{path}", account.iri));
    let picture = |url: Option<&str>, description: Option<&String>| {
        let url = Iri::parse(url?).ok()?;
        let media_type = media_type_of(&url).to_owned();
        Some(Picture {
            url,
            media_type,
            description: description.filter(|text| !text.is_empty()).cloned(),
        })
    };
    let emojis = profile.map(|profile| {
        let mut words = vec![
            Words::Plain(&account.display_name),
            Words::Html(&profile.note),
        ];
        for (name, value) in &profile.fields {
            words.extend([Words::Plain(name), Words::Html(value)]);
        }
        emojis::activity::outward(app, account, &words)
    });
    Ok(ActorOut {
        id: account.iri.clone(),
        kind: account.kind,
        username: account.username.clone(),
        name: Some(account.display_name.clone()),
        summary: profile.map(|profile| profile.note.clone()),
        url: account
            .url
            .as_deref()
            .map(stored_iri)
            .transpose()?
            .unwrap_or_else(|| account.iri.clone()),
        inbox: account.inbox.clone(),
        shared_inbox: account.shared_inbox.clone(),
        outbox: under("outbox")?,
        followers: under("followers")?,
        following: under("following")?,
        featured: Some(under("featured")?),
        icon: picture(
            account.avatar_url.as_deref(),
            profile.map(|profile| &profile.avatar_description),
        ),
        image: picture(
            profile.and_then(|profile| profile.header_url.as_deref()),
            profile.map(|profile| &profile.header_description),
        ),
        keys: super::public_keys_of(app, account).await?,
        locked: account.locked,
        discoverable: account.discoverable,
        indexable: account.indexable,
        show_media: account.places.media,
        show_media_replies: account.places.media_replies,
        show_featured: account.places.featured,
        attribution_domains: match profile {
            Some(_) => account.attribution_domains.clone(),
            None => Vec::new(),
        },
        memorial: false,
        also_known_as: Vec::new(),
        moved_to: profile
            .and_then(|profile| profile.moved_to_iri.as_deref())
            .map(stored_iri)
            .transpose()?,
        // A day: hours of creation are nobody's business.
        published: Some(account.created_at / DAY_MS * DAY_MS),
        fields: profile
            .map(|profile| profile.fields.clone())
            .unwrap_or_default(),
        emojis: emojis.unwrap_or_default(),
        webfinger: Some(account.handle()),
    })
}

fn media_type_of(url: &Iri) -> &'static str {
    match url.path().rsplit_once('.').map(|(_, ending)| ending) {
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        _ => "image/jpeg",
    }
}

/// `?page=true&max_id=…&given=…`
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    page: Option<String>,
    max_id: Option<i64>,
    given: Option<String>,
}

/// `GET /users/{name}/outbox`: what this viewer may see of what was written and shared, newest first. It names itself by
/// the address that it was asked by, whether we know the canary in it or not.
pub async fn outbox(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
    parts: Parts,
) -> Result<Reply> {
    let asked_with = Canary::read(query.given.as_deref());
    let asked_with = asked_with.as_ref();
    let viewer = inbox::signed_viewer(&app, &community, &parts).await;
    aliases::watch(&app, &community, &parts, asked_with, &viewer);
    let viewer = viewer?;
    let account = show_named(&app, &community, &name, &viewer).await?;
    let plain = stored_iri(&format!("{}/outbox", account.iri))?;
    let outbox = aliases::with(&plain, asked_with)?;
    let at = |query: &str| {
        aliases::with(
            &stored_iri(&format!("{plain}?page=true{query}"))?,
            asked_with,
        )
    };
    if query.page.is_none() {
        let first = at("")?;
        let total = u64::try_from(account.statuses_count).unwrap_or(0);
        return Ok(Reply::activity(build::collection(
            &outbox,
            Some(total),
            Some(&first),
        )));
    }
    let below = query.max_id.unwrap_or(i64::MAX);
    let older = |max_id, most| {
        let window = Window::older_than(max_id);
        statuses::BY_AUTHOR.read(&app.db, window, most, params![account.id])
    };
    let (shown, next) = statuses::collection_page(&app, &viewer, below, PAGE, older).await?;
    let own = aliases::of_viewer(&app, &community, &viewer).await?;
    let mut items = Vec::with_capacity(shown.len());
    for status in shown {
        reach::note_fetched(&app, &viewer, &status).await?;
        let item = match &status.reblog_of {
            None => statuses::activity::create_with(&app, &status, own.as_ref())?,
            Some((original, _)) => {
                let original = statuses::load_one(&app, *original).await?;
                reblogs::activity::announce(&status, &original.iri)?
            }
        };
        items.push(item);
    }
    let next = next.map(|last| at(&format!("&max_id={last}")));
    let here = match query.max_id {
        Some(max_id) => at(&format!("&max_id={max_id}"))?,
        None => at("")?,
    };
    Ok(Reply::activity(build::collection_page(
        &here,
        &outbox,
        next.transpose()?.as_ref(),
        items,
    )))
}

/// `GET /users/{name}/followers`: how many. Who is each follower's own business (L22).
pub async fn followers(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Reply> {
    let (_, account) = collection_of(&app, &community, &name, &parts).await?;
    count(&account, "followers", account.followers_count)
}

/// `GET /users/{name}/following`: how many.
pub async fn following(
    State(app): State<App>,
    Here(community): Here,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Reply> {
    let (_, account) = collection_of(&app, &community, &name, &parts).await?;
    count(&account, "following", account.following_count)
}

fn count(account: &Account, of: &str, total: i64) -> Result<Reply> {
    let id = stored_iri(&format!("{}/{of}", account.iri))?;
    Ok(Reply::activity(build::collection(
        &id,
        u64::try_from(total).ok(),
        None,
    )))
}

/// Who asks, and the account as they may see it.
pub(crate) async fn collection_of(
    app: &App,
    community: &Arc<Community>,
    name: &str,
    parts: &Parts,
) -> Result<(Party, Visible<Account>)> {
    let viewer = inbox::signed_viewer(app, community, parts).await?;
    let account = show_named(app, community, name, &viewer).await?;
    Ok((viewer, account))
}

/// Whose collection is asked for, as `viewer` may see them.
pub(crate) async fn show_named(
    app: &App,
    community: &Community,
    name: &str,
    viewer: &Party,
) -> Result<Visible<Account>> {
    let account = of_name(app, community, name).await?;
    super::show(app, viewer, Way::Collection, account.id).await
}

async fn of_name(app: &App, community: &Community, name: &str) -> Result<Arc<Account>> {
    let found = super::find_by_handle(app, name, &community.domain).await?;
    match found {
        Some(account) if account.gone_at.is_some() => Err(Error::Gone),
        found => found.ok_or(Error::NotFound),
    }
}
