//! Files for whoever may see the post they belong to. Each time the gate is asked.

use axum::body::Body;
use axum::extract::{OriginalUri, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use comity_policy::{Act, CommunityId, Outcome, Party, PersonId, Way};
use http::header::{IF_NONE_MATCH, RANGE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::address::{self, MaySigned};
use super::model::{Media, Part};
use super::storage::{Kept, is_key};
use super::store;
use crate::accounts;
use crate::app::App;
use crate::config;
use crate::error::{Error, Result};
use crate::http::Path;
use crate::http::address::asked_domain;
use crate::http::reply::{Reply, SentBody};
use crate::statuses;

/// `GET /media/{key}/{file}`: to whoever may see its post; without a signature, to everybody or nobody.
pub async fn show(
    State(app): State<App>,
    Path((key, file)): Path<(String, String)>,
    Query(signed): Query<MaySigned>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Reply> {
    if !is_key(&key) {
        return Err(Error::NotFound);
    }
    let media = match store::by_key(&app.db, &key).await? {
        Some(media) => media,
        None => {
            let of_poster = store::by_poster(&app.db, &key).await?;
            of_poster.ok_or(Error::NotFound)?
        }
    };
    let (part, media_type) = asked_for(&media, &key, &file).ok_or(Error::NotFound)?;
    let reader = signed.reader(&app, uri.path())?;
    check(&app, &media, reader).await?;
    let (file, tag) = find(&app, &key, part, &headers).await?;
    send(file, media_type, &tag, &headers, reader.is_none()).await
}

/// Which of its files this is, if it goes by exactly this name. The first picture of a film is not shown any more once
/// its owner chose another.
fn asked_for(media: &Media, key: &str, file: &str) -> Option<(Part, &'static str)> {
    let stored = media.stored();
    let (small_key, small_type) = stored.small();
    [
        (
            Part::Original,
            stored.key.as_str(),
            media.file_type.as_str(),
        ),
        (Part::Small, small_key, small_type),
    ]
    .into_iter()
    .filter(|(_, of, _)| *of == key)
    .find_map(|(part, of, media_type)| {
        let path = address::path(of, part, media_type)?;
        let is_it = path.rsplit('/').next() == Some(file);
        is_it.then_some(part).zip(served_as(media_type))
    })
}

/// The kinds that we make, and those of film and sound from elsewhere; no other word ever stands in an answer.
pub(crate) fn served_as(media_type: &str) -> Option<&'static str> {
    [
        "image/jpeg",
        "image/png",
        "image/gif",
        "video/mp4",
        "video/webm",
        "video/x-matroska",
        "audio/mpeg",
        "audio/ogg",
        "audio/mp4",
        "audio/flac",
        "audio/wav",
    ]
    .into_iter()
    .find(|kind| *kind == media_type)
}

/// Whatever stands against it, there is nothing there (L29).
async fn check(app: &App, media: &Media, reader: Option<i64>) -> Result<()> {
    if !media.shown_as.is_empty() {
        // Whoever may see the profile was told the address.
        let owner = accounts::find(app, media.account_id).await?;
        let is_suspended = app.gate.book().is_suspended(PersonId(owner.id));
        return if owner.gone_at.is_none() && !is_suspended {
            Ok(())
        } else {
            Err(Error::NotFound)
        };
    }
    let Some(status_id) = media.status_id else {
        // No post has it yet, or any more: it is its owner's alone.
        return match reader {
            Some(reader) if reader == media.account_id => Ok(()),
            _ => Err(Error::NotFound),
        };
    };
    let status = statuses::load_one(app, status_id).await?;
    let party = match reader {
        Some(reader) => party(app, reader).await?,
        None => {
            let community = status.author.community_id.ok_or(Error::NotFound)?;
            Party::Anonymous(CommunityId(community))
        }
    };
    may(app, &party, &status).await
}

/// Whether a party may load the files of a status, asked of the gate now.
pub(crate) async fn may(app: &App, party: &Party, status: &statuses::Status) -> Result<()> {
    let way = match party {
        Party::Account(_) => Way::Fetch,
        _ => Way::Rest,
    };
    match app.gate.may(party, Act::Media, way, status).await? {
        Ok(verdict) if verdict.outcome == Outcome::Allow => Ok(()),
        _ => Err(Error::NotFound),
    }
}

/// The account for which an address was made, as it is now.
pub(super) async fn party(app: &App, reader: i64) -> Result<Party> {
    let account = accounts::find(app, reader).await?;
    if account.gone_at.is_some() {
        return Err(Error::NotFound);
    }
    Ok(if account.is_local() {
        Party::Member(account.person())
    } else {
        Party::Account(account.person())
    })
}

/// A file for whoever sent these headers, and what stands for its bytes.
pub(crate) async fn find(
    app: &App,
    key: &str,
    part: Part,
    headers: &HeaderMap,
) -> Result<(Kept, String)> {
    let tag = format!("\"{key}.{}\"", part.word());
    let storage = &app.media.storage;
    let file = if headers.contains_key(RANGE) || is_known(headers, &tag) {
        storage.find(key, part).await?
    } else {
        storage.find_whole(key, part).await?
    };
    Ok((file, tag))
}

/// Whether they have it already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(IF_NONE_MATCH);
    let tags = tags.and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    tags.split(',').any(|known| known.trim() == tag)
}

/// Sends a file, or the part of it that was asked for.
pub(crate) async fn send(
    file: Kept,
    media_type: &'static str,
    tag: &str,
    headers: &HeaderMap,
    for_everybody: bool,
) -> Result<Reply> {
    let length = file.length;
    let mut answer = SentBody {
        status: StatusCode::OK,
        body: Body::empty(),
        media_type,
        tag: tag.to_owned(),
        length,
        range: None,
        for_everybody,
    };
    if is_known(headers, tag) {
        answer.status = StatusCode::NOT_MODIFIED;
        return Ok(Reply::sent(answer));
    }
    let asked = headers.get(RANGE).and_then(|asked| asked.to_str().ok());
    let (from, to) = match asked.and_then(range) {
        None => (0, length),
        Some(asked) => match asked.within(length) {
            Some((from, to)) => {
                answer.status = StatusCode::PARTIAL_CONTENT;
                answer.range = Some((from, to));
                (from, to)
            }
            None => {
                answer.status = StatusCode::RANGE_NOT_SATISFIABLE;
                return Ok(Reply::sent(answer));
            }
        },
    };
    answer.body = file.read(from, to).await?;
    Ok(Reply::sent(answer))
}

/// `bytes=…`: from, to (within), or the last so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    From(u64, Option<u64>),
    Last(u64),
}

/// One range; several, and what cannot be read, are answered with the whole (RFC 9110 §14.2).
fn range(text: &str) -> Option<Asked> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (from.trim(), to.trim()) {
        ("", last) => number(last).map(Asked::Last),
        (from, "") => Some(Asked::From(number(from)?, None)),
        (from, to) => {
            let (from, to) = (number(from)?, number(to)?);
            (from <= to).then_some(Asked::From(from, Some(to)))
        }
    }
}

impl Asked {
    /// From where to before where.
    fn within(self, length: u64) -> Option<(u64, u64)> {
        let (from, to) = match self {
            Asked::From(from, to) => (
                from,
                to.map_or(length, |to| (to.saturating_add(1)).min(length)),
            ),
            Asked::Last(last) => (length.saturating_sub(last), length),
        };
        (from < to).then_some((from, to))
    }
}

/// Where files have a name of their own, nothing else is served under it, and no file under another.
pub async fn by_host(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(host) = app.config.media.host.clone() else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let is_file = parts.uri.path().starts_with("/media/");
    let at_host = is_at(&parts, &app, &host);
    if is_file && !at_host {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        return Reply::moved(&format!("{}://{host}{path}", config::scheme(&host))).into_response();
    }
    if at_host && !is_file {
        return Reply::plain(
            StatusCode::NOT_FOUND,
            "There are only files here.".to_owned(),
        )
        .into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

fn is_at(parts: &Parts, app: &App, host: &comity_vocab::Domain) -> bool {
    asked_domain(parts, &app.config).as_ref() == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_or_left() {
        for (text, within) in [
            ("bytes=0-9", Some((0, 10))),
            ("bytes=90-", Some((90, 100))),
            ("bytes=-5", Some((95, 100))),
            ("bytes=0-1000", Some((0, 100))),
            ("bytes=-1000", Some((0, 100))),
            ("bytes=100-", None),
            ("bytes=-0", None),
        ] {
            assert_eq!(range(text).unwrap().within(100), within, "{text}");
        }
        for text in ["bytes=5-1", "bytes=0-1,4-5", "items=0-1", "bytes=a-b", ""] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
