//! Attached pictures, sound and video, wherever a document keeps them.

use crate::Iri;
use crate::json::Json;
use crate::object::NoteKind;

/// Mastodon takes 4 (16 lately), Pixelfed 20; a photographer's Article has more.
const MOST_ATTACHMENTS: usize = 64;

/// Descriptions of pictures: Mastodon allows 1500 characters, GoToSocial more.
const LONGEST_DESCRIPTION: usize = 10 * 1024;

/// A file somewhere else.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Where it is. It may be on any host.
    pub url: Iri,
    /// As claimed; the bytes may say otherwise.
    pub media_type: Option<String>,
    /// What it shows, in words.
    pub name: Option<String>,
    /// A blurred preview in text form.
    pub blurhash: Option<String>,
    /// In pixels.
    pub width: Option<u32>,
    /// In pixels.
    pub height: Option<u32>,
    /// The point to keep in view when cropping, each from -1 to 1.
    pub focus: Option<(f32, f32)>,
    /// The picture that stands for a film or a sound, as Mastodon sends it.
    pub icon: Option<Icon>,
}

/// A picture that stands for a film or a sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Icon {
    /// Where it is. It may be on any host.
    pub url: Iri,
    /// As claimed; the bytes may say otherwise.
    pub media_type: Option<String>,
}

pub(crate) fn attachments_of(json: &Json<'_>, kind: NoteKind) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = Vec::new();
    // A Video, Audio or Image is its own file, among links to pages and torrents.
    if matches!(
        kind,
        NoteKind::Video | NoteKind::Audio | NoteKind::Image | NoteKind::Document
    ) {
        found.extend(own_file(json));
    }
    found.extend(json.get("attachment").each().filter_map(attachment));
    // The picture above an Article, the thumbnail of a Page, the banner of an Event.
    if !matches!(kind, NoteKind::Note | NoteKind::Question) {
        found.extend(json.get("image").each().filter_map(attachment));
    }
    let mut attachments: Vec<Attachment> = Vec::new();
    for attachment in found {
        if attachments.len() < MOST_ATTACHMENTS
            && attachments.iter().all(|known| known.url != attachment.url)
        {
            attachments.push(attachment);
        }
    }
    attachments
}

fn attachment(json: &Json<'_>) -> Option<Attachment> {
    // A Link without a media type is a web page: see `Note::link`. So is a property.
    let media_type = media_type(json);
    let is_file = json.types().any(|kind| {
        matches!(kind, "Document" | "Image" | "Video" | "Audio") || kind.ends_with("Document")
    });
    let is_media = media_type.as_deref().is_some_and(is_media_type);
    if !is_file && !is_media {
        return None;
    }
    Some(Attachment {
        url: json.link("")?,
        media_type,
        name: description(json),
        blurhash: json
            .get("blurhash")
            .raw()
            .filter(|text| is_blurhash(text))
            .map(str::to_owned),
        width: pixels(json.get("width")),
        height: pixels(json.get("height")),
        focus: focus(json.get("focalPoint")),
        icon: icon(json),
    })
}

/// The first of its pictures.
fn icon(json: &Json<'_>) -> Option<Icon> {
    let picture = json.get("icon");
    Some(Icon {
        url: picture.link("image/")?,
        media_type: picture.each().find_map(media_type),
    })
}

/// The file among the links of a media object. PeerTube hides the files of newer videos in the
/// `tag` of the playlist link.
fn own_file(json: &Json<'_>) -> Option<Attachment> {
    let links = json.get("url");
    let nested = links.each().flat_map(|link| link.get("tag").each());
    let file = links
        .each()
        .chain(nested)
        .find(|link| media_type(link).as_deref().is_some_and(is_media_type));
    let (source, url) = match file {
        Some(link) => (link, link.link("")?),
        // A plain address, with the media type beside it.
        None => (
            json,
            links
                .each()
                .find(|link| link.raw().is_some())
                .and_then(Json::iri)?,
        ),
    };
    let media_type = media_type(source).filter(|media_type| is_media_type(media_type))?;
    Some(Attachment {
        url,
        media_type: Some(media_type),
        name: None,
        blurhash: json
            .get("blurhash")
            .raw()
            .filter(|text| is_blurhash(text))
            .map(str::to_owned),
        width: pixels(source.get("width")),
        height: pixels(source.get("height")),
        focus: focus(json.get("focalPoint")),
        icon: icon(json),
    })
}

/// The media type in lower case and without parameters; of nested links the first that has one.
fn media_type(json: &Json<'_>) -> Option<String> {
    let own = json.any(&["mediaType", "mimeType"]);
    let text = own.raw().or_else(|| {
        json.get("url")
            .each()
            .find_map(|link| link.get("mediaType").raw())
    })?;
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let plain = essence.len() <= 100
        && essence.split('/').count() == 2
        && essence
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/.+-_".contains(&byte));
    plain.then_some(essence)
}

fn is_media_type(media_type: &str) -> bool {
    ["image/", "video/", "audio/"]
        .iter()
        .any(|family| media_type.starts_with(family))
}

fn description(json: &Json<'_>) -> Option<String> {
    let text = json
        .any(&["name", "nameMap", "summary"])
        .text(LONGEST_DESCRIPTION)?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Base 83 of at most 9 by 9 components.
fn is_blurhash(text: &str) -> bool {
    (6..=166).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn pixels(json: &Json<'_>) -> Option<u32> {
    json.count()
        .filter(|count| (1..=100_000).contains(count))
        .and_then(|count| u32::try_from(count).ok())
}

#[allow(clippy::cast_possible_truncation)] // Two digits after the point are all anyone sends.
fn focus(json: &Json<'_>) -> Option<(f32, f32)> {
    let mut axes = json.each().filter_map(Json::number);
    let (x, y) = (axes.next()?, axes.next()?);
    let within = -1.0..=1.0;
    (within.contains(&x) && within.contains(&y)).then_some((x as f32, y as f32))
}
