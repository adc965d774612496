//! Statuses as other servers see them: the Note, its Create, Update and Delete, and its collection of replies.

use std::sync::Arc;

use axum::extract::{Query, State};
use comity_policy::{Circle, Conditions, Party, Replies, Visible, Way, Whom};
use comity_vocab::build::{self, HashtagOut, LeaveOut, NoteOut, QuoteOut, Source};
use comity_vocab::{Attachment, Icon, Iri, Mention, PUBLIC, Visibility};
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Attached, Notices, Status, is_sensitive, notice, text};
use crate::accounts::web::named;
use crate::accounts::{self, Account, stored_iri};
use crate::aliases::{self, Canary};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::{Here, Path, Reply, wants_activity};
use crate::media::address::Addresses;
use crate::polls::Poll;
use crate::text::hashtag;
use crate::{emojis, inbox, quotes, reach, reblogs};

/// Answers on a page of the collection of replies.
const PAGE: i64 = 40;

/// A status of ours, for who may see it.
pub fn note(app: &App, status: &Visible<Status>) -> Result<Value> {
    Ok(build::note(&outward(app, status, &Notices::of(status))?))
}

/// The same for one server that fetches it, with the canary it has, if it has one.
pub fn note_with(app: &App, status: &Visible<Status>, canary: Option<&Canary>) -> Result<Value> {
    let mut note = outward(app, status, &Notices::of(status))?;
    note.replies = note
        .replies
        .map(|replies| aliases::with(&replies, canary))
        .transpose()?;
    Ok(build::note(&note))
}

/// It was written, as it is brought to those behind one inbox.
pub(crate) fn create(app: &App, status: &Visible<Status>, notices: &Notices) -> Result<Value> {
    creation(status, build::note(&outward(app, status, notices)?))
}

/// The same for one server that fetches it, with the canary it has, if it has one.
pub fn create_with(app: &App, status: &Visible<Status>, canary: Option<&Canary>) -> Result<Value> {
    creation(status, note_with(app, status, canary)?)
}

fn creation(status: &Visible<Status>, note: Value) -> Result<Value> {
    let id = stored_iri(&format!("{}/activity", status.iri))?;
    Ok(build::create(
        &id,
        &status.author.iri,
        status.created_at,
        note,
    ))
}

/// It was changed, or what others say to it was. Each time has an Update of its own, by its `number`.
pub(crate) fn update(
    app: &App,
    status: &Visible<Status>,
    number: i64,
    notices: &Notices,
) -> Result<Value> {
    let at = status.edited_at.unwrap_or(status.created_at);
    let id = stored_iri(&format!("{}#updates/{number}", status.iri))?;
    Ok(build::update(
        &id,
        &status.author.iri,
        at,
        build::note(&outward(app, status, notices)?),
    ))
}

/// It is gone. It says nothing but the id (L04), and is addressed to no more people than the status was. Whom a direct
/// one was for is not known any more, so that names its author.
pub(crate) fn delete(author: &Account, status: &Iri, visibility: Visibility) -> Result<Value> {
    let id = stored_iri(&format!("{status}#delete"))?;
    Ok(delete_as(&id, author, status, visibility))
}

/// The same to a server that is to delete its copy while the status stays: a name of its own, so that the end of the status
/// can still be told there.
pub(crate) fn ask_back(
    author: &Account,
    status: &Iri,
    visibility: Visibility,
    number: i64,
) -> Result<Value> {
    let id = stored_iri(&format!("{status}#delete-{number}"))?;
    Ok(delete_as(&id, author, status, visibility))
}

fn delete_as(id: &Iri, author: &Account, status: &Iri, visibility: Visibility) -> Value {
    let to = match (visibility, &author.followers_iri) {
        (Visibility::Public | Visibility::Unlisted, _) => PUBLIC.to_owned(),
        (Visibility::Private, Some(followers)) => followers.as_str().to_owned(),
        _ => author.iri.as_str().to_owned(),
    };
    build::delete(id, &author.iri, status, &[to], &[])
}

fn outward(app: &App, status: &Visible<Status>, notices: &Notices) -> Result<NoteOut> {
    let text = text(status);
    let addresses = Addresses::of(app, status);
    let author = &status.author;
    let followers = author
        .followers_iri
        .as_ref()
        .ok_or_else(|| Error::internal("a member has no followers"))?;
    let named: Vec<Iri> = status
        .mentions
        .iter()
        .map(|account| account.iri.clone())
        .collect();
    let (to, cc) = build::note_addressing(status.visibility, followers, &named);
    Ok(NoteOut {
        id: status.iri.clone(),
        author: author.iri.clone(),
        content: format!("{}{}", text.content, notice::under(author, notices)?),
        summary: Some(text.spoiler_text.clone()).filter(|warning| !warning.is_empty()),
        sensitive: is_sensitive(status),
        published: status.created_at,
        updated: status.edited_at,
        in_reply_to: status
            .in_reply_to_iri
            .as_deref()
            .map(stored_iri)
            .transpose()?,
        to,
        cc,
        mentions: status
            .mentions
            .iter()
            .map(|account| Mention {
                href: account.iri.clone(),
                name: Some(account.handle().to_string()),
            })
            .collect(),
        hashtags: text
            .tags
            .iter()
            .map(|tag| hashtag(author, tag))
            .collect::<Result<_>>()?,
        emojis: emojis::activity::outward(app, author, &text.with_codes()),
        attachments: text
            .attachments
            .iter()
            .filter(|_| !status.conditions().contains(Conditions::DROP_MEDIA))
            .filter_map(|file| attachment(&addresses, file))
            .collect(),
        url: status
            .url
            .as_deref()
            .map(stored_iri)
            .transpose()?
            .unwrap_or_else(|| status.iri.clone()),
        language: text.language.clone(),
        source: (!text.source.is_empty()).then(|| Source {
            content: text.source.clone(),
            media_type: text.format.as_str().to_owned(),
        }),
        replies: Some(stored_iri(&format!("{}/replies", status.iri))?),
        context: None,
        conversation: None,
        quote: quote(status)?,
        poll: text.poll.as_ref().map(Poll::outward),
        can_reply: can_reply(status, followers),
        can_quote: can_quote(status, followers),
        reply_authorization: status.reply_stamp.as_deref().map(stored_iri).transpose()?,
    })
}

/// What it quotes, while its author may be asked, and once they said yes. Of what they turned down nothing is said.
fn quote(status: &Status) -> Result<Option<QuoteOut>> {
    let quote = status.quote.as_ref();
    let Some(quote) = quote.filter(|quote| quote.bound_by().is_some()) else {
        return Ok(None);
    };
    let stands = quote.state == quotes::State::Stands;
    let stamp = quote.stamp.as_deref().filter(|_| stands);
    Ok(Some(QuoteOut {
        of: quote.iri.clone(),
        authorization: stamp.map(stored_iri).transpose()?,
        stands,
    }))
}

/// Who may quote it; of what is not for everybody nobody may, and nothing said says that.
fn can_quote(status: &Status, followers: &Iri) -> Option<LeaveOut> {
    let leave = status.wishes.quote.as_ref()?;
    if !quotes::is_open(status.visibility) {
        return None;
    }
    let author = || status.author.iri.as_str().to_owned();
    let word = |whom: &Whom| match whom {
        Whom::Everyone => PUBLIC.to_owned(),
        Whom::Followers => followers.as_str().to_owned(),
        // Members here choose neither; the author may anyway.
        Whom::Following => author(),
        Whom::Person(iri) => iri.as_str().to_owned(),
    };
    let mut automatic: Vec<String> = leave.freely.iter().map(word).collect();
    // An empty list says as much as none.
    if automatic.is_empty() {
        automatic.push(author());
    }
    Some(LeaveOut {
        automatic,
        manual: leave.asking.iter().map(word).collect(),
    })
}

/// Whose answers stand, and whose wait; `None` where everybody's stand.
fn can_reply(status: &Status, followers: &Iri) -> Option<LeaveOut> {
    let Replies { freely, asking } = status.replies;
    if freely == Circle::Everyone {
        return None;
    }
    let of = |circle: Circle| {
        if circle == Circle::Everyone {
            return vec![PUBLIC.to_owned()];
        }
        let mut by = vec![status.author.iri.as_str().to_owned()];
        if circle >= Circle::Followers {
            by.push(followers.as_str().to_owned());
        }
        if circle >= Circle::Mentioned {
            let named = status.mentions.iter();
            by.extend(named.map(|account| account.iri.as_str().to_owned()));
        }
        by
    };
    Some(LeaveOut {
        automatic: of(freely),
        manual: if asking > freely {
            of(asking)
        } else {
            Vec::new()
        },
    })
}

fn attachment(addresses: &Addresses<'_>, file: &Attached) -> Option<Attachment> {
    let url = match &file.here {
        Some(stored) => addresses.original(stored, file.media_type.as_deref()?)?,
        None => file.url.clone(),
    };
    Some(Attachment {
        url: Iri::parse(&url).ok()?,
        media_type: file.media_type.clone(),
        name: file.description.clone(),
        blurhash: file.blurhash.clone(),
        width: file.width,
        height: file.height,
        focus: file.focus,
        icon: icon(addresses, file),
    })
}

/// The picture that stands for a film or a sound: the one that its owner chose, or the film's first. Servers that do not open
/// films, such as ours, have no other.
fn icon(addresses: &Addresses<'_>, file: &Attached) -> Option<Icon> {
    let stored = file.here.as_ref().filter(|stored| stored.kind != "image")?;
    let (_, media_type) = stored.small();
    Some(Icon {
        url: Iri::parse(&addresses.small(stored)?).ok()?,
        media_type: Some(media_type.to_owned()),
    })
}

fn hashtag(author: &Account, tag: &str) -> Result<HashtagOut> {
    let origin = author
        .iri
        .as_str()
        .strip_suffix(author.iri.path())
        .unwrap_or_default();
    let href = stored_iri(&format!("{origin}{}", hashtag::path(tag)))?;
    Ok(HashtagOut {
        name: tag.to_owned(),
        href,
    })
}

/// `GET /users/{name}/statuses/{id}`, and `/@{handle}/{id}` for servers: what is somebody's elsewhere is not ours to give, and
/// where its page here is for everybody they are led to it. A status that was deleted, one that this viewer may not see and one that never was
/// are answered alike (L29).
pub async fn show(
    State(app): State<App>,
    Here(community): Here,
    Path((name, id)): Path<(String, i64)>,
    parts: Parts,
) -> Result<Reply> {
    if !wants_activity(&parts.headers) {
        return Ok(Reply::see_other(&format!("/@{name}/{id}")));
    }
    let viewer = inbox::signed_viewer(&app, &community, &parts).await?;
    if let Some(original) = original_of_copy(&app, &community, &name, id, &viewer).await? {
        return Ok(Reply::elsewhere(&original));
    }
    let status = for_viewer(&app, &community, &name, id, &parts, Way::Fetch, &viewer).await?;
    if status.reblog_of.is_some() {
        return Err(Error::NotFound);
    }
    reach::note_fetched(&app, &viewer, &status).await?;
    let canary = aliases::of_viewer(&app, &community, &viewer).await?;
    Ok(Reply::activity(note_with(&app, &status, canary.as_ref())?))
}

/// `GET /users/{name}/statuses/{id}/activity`: the Create, or the Announce of a boost.
pub async fn show_activity(
    State(app): State<App>,
    Here(community): Here,
    Path((name, id)): Path<(String, i64)>,
    parts: Parts,
) -> Result<Reply> {
    let (viewer, status) = for_signer(&app, &community, &name, id, &parts, Way::Fetch).await?;
    reach::note_fetched(&app, &viewer, &status).await?;
    let document = match &status.reblog_of {
        None => {
            let canary = aliases::of_viewer(&app, &community, &viewer).await?;
            create_with(&app, &status, canary.as_ref())?
        }
        Some((original, _)) => {
            reblogs::activity::announce(&status, &super::load_one(&app, *original).await?.iri)?
        }
    };
    Ok(Reply::activity(document))
}

/// `?page=true&min_id=…&given=…`
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    page: Option<String>,
    min_id: Option<i64>,
    given: Option<String>,
}

/// `GET /users/{name}/statuses/{id}/replies`: the addresses of direct answers, each cleared for this viewer by itself
/// (L23). It names itself by the address that it was asked by, whether we know the canary in it or not (L18, L29).
pub async fn replies(
    State(app): State<App>,
    Here(community): Here,
    Path((name, id)): Path<(String, i64)>,
    Query(query): Query<PageQuery>,
    parts: Parts,
) -> Result<Reply> {
    let canary = Canary::read(query.given.as_deref());
    let canary = canary.as_ref();
    let viewer = inbox::signed_viewer(&app, &community, &parts).await;
    aliases::watch(&app, &community, &parts, canary, &viewer);
    let viewer = viewer?;
    let status = for_viewer(
        &app,
        &community,
        &name,
        id,
        &parts,
        Way::Collection,
        &viewer,
    )
    .await?;
    let plain = stored_iri(&format!("{}/replies", status.iri))?;
    let collection = aliases::with(&plain, canary)?;
    let at =
        |query: &str| aliases::with(&stored_iri(&format!("{plain}?page=true{query}"))?, canary);
    if query.page.is_none() {
        // No total: it would count what this viewer may not see.
        let first = at("")?;
        return Ok(Reply::activity(build::collection(
            &collection,
            None,
            Some(&first),
        )));
    }
    let min_id = query.min_id.unwrap_or(0);
    let newer = |min_id, most| super::replies_to(&app.db, status.id, min_id, most);
    let (shown, next) = super::collection_page(&app, &viewer, min_id, PAGE, newer).await?;
    let items = shown
        .iter()
        .map(|reply| json!(reply.iri.as_str()))
        .collect();
    let next = next.map(|last| at(&format!("&min_id={last}")));
    let here = match query.min_id {
        Some(min_id) => at(&format!("&min_id={min_id}"))?,
        None => at("")?,
    };
    Ok(Reply::activity(build::collection_page(
        &here,
        &collection,
        next.transpose()?.as_ref(),
        items,
    )))
}

/// Under which address a post is kept by its own server, where `handle` is of somebody elsewhere who wrote it. Its page here
/// is for everybody then, by the rules of the community about who wrote it; and so is the community itself for whoever asks.
async fn original_of_copy(
    app: &App,
    community: &Arc<Community>,
    handle: &str,
    id: i64,
    viewer: &Party,
) -> Result<Option<Iri>> {
    if !handle.contains('@') {
        return Ok(None);
    }
    let nothing = |why: Error| match why {
        Error::Internal(_) => Err(why),
        _ => Ok(None),
    };
    let owner = match named(app, community, handle).await {
        Ok(owner) => owner,
        Err(why) => return nothing(why),
    };
    if owner.is_local() {
        return Ok(None);
    }
    if let Err(why) = accounts::show(app, viewer, Way::Fetch, community.actor_id).await {
        return nothing(why);
    }
    let visitor = Party::Anonymous(community.policy_id());
    let status = match super::find(app, &visitor, Way::Page, id).await {
        Ok(status) => status,
        Err(why) => return nothing(why),
    };
    let is_theirs = status.author.id == owner.id && status.reblog_of.is_none();
    Ok(is_theirs.then(|| status.iri.clone()))
}

/// A status of `name`, who lives here, for whoever signed the request.
async fn for_signer(
    app: &App,
    community: &Arc<Community>,
    name: &str,
    id: i64,
    parts: &Parts,
    way: Way,
) -> Result<(Party, Visible<Status>)> {
    let viewer = inbox::signed_viewer(app, community, parts).await?;
    let status = for_viewer(app, community, name, id, parts, way, &viewer).await?;
    Ok((viewer, status))
}

async fn for_viewer(
    app: &App,
    community: &Arc<Community>,
    name: &str,
    id: i64,
    parts: &Parts,
    way: Way,
    viewer: &Party,
) -> Result<Visible<Status>> {
    let status = match super::find(app, viewer, way, id).await {
        Ok(status) => status,
        Err(error) => {
            // Beside the answer, not before it: what is hidden must not take longer than what is not there.
            let (app, community) = (app.clone(), community.clone());
            let asked = parts.uri.path().to_owned();
            let viewer = viewer.clone();
            tokio::spawn(async move {
                if let Ok(status) = super::load_one(&app, id).await {
                    let own = Some(id).filter(|_| status.author.is_local());
                    inbox::tell_unshown(&app, &community, viewer, &asked, own, &status);
                }
            });
            return Err(error);
        }
    };
    let is_theirs = status.author.community_id == Some(community.id)
        && status.author.username.to_lowercase() == name.to_lowercase();
    if is_theirs {
        Ok(status)
    } else {
        Err(Error::NotFound)
    }
}
