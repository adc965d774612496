//! The files of a post.

use comity_policy::Visible;
use comity_vocab::Iri;

use crate::app::App;
use crate::media::Stored;
use crate::media::address::{Addresses, RemotePart};
use crate::statuses::{Attached, Status, text};
use crate::web::view::{AttachmentKind, AttachmentView, SmallView};

/// The files of a post, for whom it was cleared.
pub(super) fn attachments(app: &App, status: &Visible<Status>) -> Vec<AttachmentView> {
    let addresses = Addresses::of(app, status);
    let files = text(status).attachments.iter().enumerate();
    files
        .map(|(at, file)| match &file.here {
            Some(stored) => ours(&addresses, file, stored),
            None => theirs(&addresses, at, file),
        })
        .collect()
}

fn ours(addresses: &Addresses<'_>, file: &Attached, stored: &Stored) -> AttachmentView {
    let kind = file.media_type.as_deref().unwrap_or_default();
    let size = stored.small_size().or(stored.meta.original);
    let small = addresses.small(stored);
    AttachmentView {
        kind: kind_of(file),
        url: addresses.original(stored, kind).unwrap_or_default(),
        description: file.description.clone(),
        server: None,
        small: small.map(|url| SmallView {
            url,
            width: size.map_or(0, |size| size.width),
            height: size.map_or(0, |size| size.height),
        }),
        plays: stored.kind != "image",
        goes_round: stored.kind == "gifv",
    }
}

/// A page of ours loads nothing from elsewhere: of pictures, film and sound it has our copy, and of the rest a link.
fn theirs(addresses: &Addresses<'_>, at: usize, file: &Attached) -> AttachmentView {
    let copy = |part| {
        let copied = file.is_copied();
        copied.then(|| addresses.copy(at, part)).flatten()
    };
    let whole = copy(RemotePart::Original);
    let small = file.picture().and_then(|_| copy(RemotePart::Small));
    let plays = whole.is_some() && file.plays();
    let address = Iri::parse(&file.url).ok();
    AttachmentView {
        kind: kind_of(file),
        url: whole.unwrap_or_else(|| file.url.clone()),
        description: file.description.clone(),
        server: address.map(|address| address.domain().unicode()),
        // Of its size only its server's word is known.
        small: small.map(|url| SmallView {
            url,
            width: 0,
            height: 0,
        }),
        plays,
        goes_round: false,
    }
}

fn kind_of(file: &Attached) -> AttachmentKind {
    let family = file.media_type.as_deref();
    match family.and_then(|kind| kind.split('/').next()) {
        Some("image") => AttachmentKind::Picture,
        Some("video") => AttachmentKind::Film,
        Some("audio") => AttachmentKind::Sound,
        _ => AttachmentKind::File,
    }
}
