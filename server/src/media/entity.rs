//! Files in Mastodon's words.

use comity_policy::{Conditions, Visible};
use serde_json::{Map, Value, json};

use super::address::{Addresses, RemotePart};
use super::model::{Media, Meta, Size, State, Stored};
use crate::accounts::Account;
use crate::app::App;
use crate::statuses::{Attached, Status, text};

/// The `media_attachments` of a status, as whoever it was cleared for gets them. Where a rule drops files there are none.
pub fn attachments(app: &App, status: &Visible<Status>) -> Vec<Value> {
    if status.conditions().contains(Conditions::DROP_MEDIA) {
        return Vec::new();
    }
    let addresses = Addresses::of(app, status);
    let files = text(status).attachments.iter().enumerate();
    files
        .map(|(at, file)| entity(&addresses, at, file))
        .collect()
}

/// The files of an earlier version of a status, as `attachments` tells those of today, with what was said of them then. What its
/// author took out since is told without addresses: nobody is given the file any more.
pub fn attachments_then(app: &App, status: &Visible<Status>, then: &[Attached]) -> Vec<Value> {
    if status.conditions().contains(Conditions::DROP_MEDIA) {
        return Vec::new();
    }
    let addresses = Addresses::of(app, status);
    let now = &text(status).attachments;
    then.iter()
        .map(|file| match now.iter().position(|one| one.is_same(file)) {
            Some(at) => {
                let said = Attached {
                    description: file.description.clone(),
                    focus: file.focus,
                    ..now[at].clone()
                };
                entity(&addresses, at, &said)
            }
            None => taken_out(entity(&addresses, 0, file)),
        })
        .collect()
}

/// Without what leads to the file, or shows anything of it.
fn taken_out(mut told: Value) -> Value {
    for field in [
        "url",
        "preview_url",
        "remote_url",
        "preview_remote_url",
        "blurhash",
    ] {
        told[field] = Value::Null;
    }
    told
}

/// One file, of ours or from elsewhere: the one at this place of its status.
pub fn entity(addresses: &Addresses<'_>, at: usize, file: &Attached) -> Value {
    match &file.here {
        Some(stored) => ours(
            addresses,
            stored,
            file.media_type.as_deref().unwrap_or_default(),
            file.description.as_deref(),
            file.blurhash.as_deref(),
            file.focus,
        ),
        None => theirs(addresses, at, file),
    }
}

/// A file that its owner put here, ready or not.
pub fn own(app: &App, owner: &Account, media: &Media) -> Value {
    let mut entity = ours(
        &Addresses::of_owner(app, owner),
        &media.stored(),
        &media.file_type,
        Some(media.description.as_str()).filter(|text| !text.is_empty()),
        Some(media.blurred().as_str()).filter(|text| !text.is_empty()),
        media.focus(),
    );
    if media.state() != State::Ready {
        entity["url"] = Value::Null;
        entity["preview_url"] = Value::Null;
    }
    entity
}

fn ours(
    addresses: &Addresses<'_>,
    stored: &Stored,
    media_type: &str,
    description: Option<&str>,
    blurhash: Option<&str>,
    focus: Option<(f32, f32)>,
) -> Value {
    let url = addresses.original(stored, media_type);
    // Of sound there is no picture, unless one was chosen.
    let whole = url.as_ref().filter(|_| stored.kind != "audio");
    let small = addresses.small(stored).or_else(|| whole.cloned());
    let measured = Meta {
        small: stored.small_size(),
        ..stored.meta.clone()
    };
    json!({
        "id": stored.id.to_string(),
        "type": stored.kind,
        "url": url,
        "preview_url": small,
        "remote_url": null,
        "preview_remote_url": null,
        "text_url": null,
        "meta": meta(&measured, focus),
        "description": description,
        "blurhash": blurhash,
    })
}

/// What is copied is had from us, so that its server sees nobody look or play; anything else is at home only.
fn theirs(addresses: &Addresses<'_>, at: usize, file: &Attached) -> Value {
    let copied = file.is_copied();
    let whole = copied.then(|| addresses.copy(at, RemotePart::Original));
    let whole = whole.flatten().unwrap_or_else(|| file.url.clone());
    let small = file.picture();
    let small = small.and_then(|_| addresses.copy(at, RemotePart::Small));
    let size = file.width.zip(file.height);
    let size = size.map(|(width, height)| Size { width, height });
    let measured = Meta {
        original: size,
        ..Meta::default()
    };
    json!({
        "id": file.number().to_string(),
        "type": kind(file.media_type.as_deref()),
        "url": whole,
        "preview_url": small,
        "remote_url": file.url,
        "preview_remote_url": file.icon,
        "text_url": null,
        "meta": meta(&measured, file.focus),
        "description": file.description,
        "blurhash": file.blurhash,
    })
}

/// By what its server claims.
fn kind(media_type: Option<&str>) -> &'static str {
    let family = media_type.and_then(|kind| kind.split('/').next());
    match family {
        Some("image") => "image",
        Some("video") => "video",
        Some("audio") => "audio",
        _ => "unknown",
    }
}

fn meta(meta: &Meta, focus: Option<(f32, f32)>) -> Value {
    let mut told = Map::new();
    let mut original = meta.original.map(size).unwrap_or_default();
    if let Some(duration_ms) = meta.duration_ms {
        original.insert(
            "duration".to_owned(),
            json!(f64::from(duration_ms) / 1000.0),
        );
    }
    if let Some(rate) = &meta.frame_rate {
        original.insert("frame_rate".to_owned(), json!(rate));
    }
    if let Some(rate) = meta.bit_rate {
        original.insert("bitrate".to_owned(), json!(rate));
    }
    if !original.is_empty() {
        told.insert("original".to_owned(), Value::Object(original));
    }
    if let Some(small) = meta.small {
        told.insert("small".to_owned(), Value::Object(size(small)));
    }
    if let Some((x, y)) = focus {
        // As it was sent, and not with the digits that its storage adds.
        let short = |value: f32| (f64::from(value) * 1e4).round() / 1e4;
        told.insert("focus".to_owned(), json!({ "x": short(x), "y": short(y) }));
    }
    Value::Object(told)
}

fn size(size: Size) -> Map<String, Value> {
    let aspect = f64::from(size.width) / f64::from(size.height.max(1));
    let Value::Object(told) = json!({
        "width": size.width,
        "height": size.height,
        "size": format!("{}x{}", size.width, size.height),
        "aspect": aspect,
    }) else {
        return Map::new();
    };
    told
}
