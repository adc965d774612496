//! Addresses of files. What everybody may see has one that never changes; any other is made for one reader, ends soon, and
//! is good only while the gate still lets them see what it is of.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_policy::{Approval, CommunityId, Mode, Party, Visible};
use comity_vocab::{Domain, Iri, Visibility};
use serde::Deserialize;

use super::model::{Part, Stored, ending};
use super::portrait::Portrait;
use crate::accounts::Account;
use crate::app::App;
use crate::clock::Clock;
use crate::config;
use crate::error::{Error, Result};
use crate::statuses::Status;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
/// Bytes of a signature that stand in an address: nobody tries 2^127 of them.
const SHOWN: usize = 16;
/// Bytes of what tells one picture of somebody from the next.
const STAMP: usize = 8;

/// With what addresses are signed.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl Secret {
    /// From its bytes.
    pub fn new(bytes: &[u8]) -> Secret {
        Secret(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// By what this installation is known where files are kept: a key like those of files. It tells nothing of the secret.
    pub(super) fn installation(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, b"installation"))
    }

    fn signature(&self, path: &str, by: i64, until: i64) -> String {
        let tag = hmac::sign(&self.0, format!("media\n{path}\n{by}\n{until}").as_bytes());
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..SHOWN])
    }
}

/// Where emoji are, and pictures of people elsewhere, for readers of every community.
#[derive(Clone)]
pub struct EmojiAddresses {
    secret: Secret,
    host: Option<Domain>,
    clock: Clock,
}

impl EmojiAddresses {
    pub(super) fn new(secret: Secret, host: Option<Domain>, clock: Clock) -> EmojiAddresses {
        EmojiAddresses {
            secret,
            host,
            clock,
        }
    }

    fn origin(&self, of: &str) -> String {
        match &self.host {
            Some(host) => format!("{}://{host}", config::scheme(host)),
            None => of.to_owned(),
        }
    }

    /// One of ours; `None` for what has no such file. Whoever may see what it stands in was told the address.
    pub fn ours(&self, origin: &str, key: &str, part: Part, media_type: &str) -> Option<String> {
        let ending = ending(media_type)?;
        let origin = self.origin(origin);
        Some(format!(
            "{origin}/media/emojis/{key}/{}.{ending}",
            part.word()
        ))
    }

    /// Our copy of one that somebody elsewhere uses, for a reader (see [`signed_for`]) of the community at this origin. The
    /// signature says that we made the address; whether they may have it is asked each time.
    pub fn theirs(
        &self,
        (origin, by): (&str, i64),
        account: i64,
        url: &str,
        part: RemotePart,
    ) -> String {
        let folded = URL_SAFE_NO_PAD.encode(url);
        let path = format!("/media/remote/emojis/{account}/{folded}/{}", part.word());
        // Apps keep emoji, which many posts share: they have the same address for a day.
        let until = until(self.clock.now_ms(), DAY_S);
        let sig = self.secret.signature(&path, by, until);
        let origin = self.origin(origin);
        format!("{origin}{path}?by={by}&until={until}&sig={sig}")
    }

    /// Our copy of a picture that an account elsewhere has at `url`, for a reader as above. Another picture has another
    /// address; which one is sent, and whether it is, is asked each time.
    pub fn portrait(
        &self,
        (origin, by): (&str, i64),
        account: i64,
        which: Portrait,
        url: &str,
        part: RemotePart,
    ) -> String {
        let hash = digest(&SHA256, url.as_bytes());
        let stamp = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..STAMP]);
        let (which, part) = (which.word(), part.word());
        let path = format!("/media/remote/portraits/{account}/{which}/{stamp}/{part}");
        // The same person is on many pages of a day.
        let until = until(self.clock.now_ms(), DAY_S);
        let sig = self.secret.signature(&path, by, until);
        let origin = self.origin(origin);
        format!("{origin}{path}?by={by}&until={until}&sig={sig}")
    }
}

/// For whom the address of a copy is signed: an account here or, as a negative number, the visitors of a community. Others
/// ask the server that it is from.
pub fn signed_for(viewer: &Party) -> Option<i64> {
    match viewer {
        Party::Anonymous(community) => Some(-community.0),
        Party::Member(person) => person.id.map(|id| id.0),
        Party::Account(_) | Party::Instance(_) | Party::Service(_) => None,
    }
}

/// The address within the path of an emoji from elsewhere.
pub(super) fn unfold(folded: &str) -> Result<Iri> {
    let bytes = URL_SAFE_NO_PAD
        .decode(folded)
        .map_err(|_| Error::NotFound)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::NotFound)?;
    Iri::parse(&text).map_err(|_| Error::NotFound)
}

/// What stands behind the path of an address that is for one reader; nothing where it is for everybody.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MaySigned {
    /// The account it was made for, or the visitors of a community.
    by: Option<i64>,
    /// When it ends, in unix seconds.
    until: Option<i64>,
    /// That we made it.
    sig: Option<String>,
}

impl MaySigned {
    /// For whom this path was signed, while it lasts; `None` where it was not. A signature that is not ours, or is over,
    /// leads to nothing.
    pub fn reader(&self, app: &App, path: &str) -> Result<Option<i64>> {
        let (by, until, sig) = match (self.by, self.until, &self.sig) {
            (None, None, None) => return Ok(None),
            (Some(by), Some(until), Some(sig)) => (by, until, sig),
            _ => return Err(Error::NotFound),
        };
        let ours = app.media.secret.signature(path, by, until);
        let same = constant_time::verify_slices_are_equal(ours.as_bytes(), sig.as_bytes());
        if same.is_err() || app.now_ms() / 1000 > until {
            return Err(Error::NotFound);
        }
        Ok(Some(by))
    }
}

/// Makes the addresses of files for one reader.
pub struct Addresses<'a> {
    app: &'a App,
    origin: String,
    status: i64,
    /// For whom they are signed, and how long they last; `None` for everybody's.
    signed: Option<(i64, i64)>,
}

/// Which picture of a file from elsewhere. What kind they are is not known before they are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemotePart {
    /// The whole.
    Original,
    /// A small one.
    Small,
}

impl RemotePart {
    /// As it stands in an address.
    pub fn parse(word: &str) -> Option<RemotePart> {
        match word {
            "original" => Some(RemotePart::Original),
            "small" => Some(RemotePart::Small),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            RemotePart::Original => "original",
            RemotePart::Small => "small",
        }
    }
}

impl<'a> Addresses<'a> {
    /// Of the files of a status, for whoever it was cleared for.
    pub fn of(app: &'a App, status: &Visible<Status>) -> Addresses<'a> {
        if !status.author.is_local() {
            return Addresses::of_copies(app, status);
        }
        let reader = match status.viewer() {
            Party::Anonymous(_) | Party::Instance(_) | Party::Service(_) => None,
            Party::Member(person) | Party::Account(person) => person.id,
        };
        let reader = reader.filter(|_| !is_for_everybody(app, status));
        let lasts = match status.viewer() {
            Party::Member(_) => HOUR_S,
            // Other servers fetch a file when somebody there looks.
            _ => DAY_S * 7,
        };
        Addresses {
            app,
            origin: origin(app, status.author.community_id),
            status: status.id,
            signed: reader.map(|reader| (reader.0, until(app.now_ms(), lasts))),
        }
    }

    /// Where copies are, for readers here. Others ask the server that a status is from.
    fn of_copies(app: &'a App, status: &Visible<Status>) -> Addresses<'a> {
        let community = match status.viewer() {
            Party::Anonymous(community) => Some(*community),
            Party::Member(person) => person.community,
            Party::Account(_) | Party::Instance(_) | Party::Service(_) => None,
        };
        let by = signed_for(status.viewer());
        // Apps keep timelines on the disk, and open them the next morning.
        let lasts = match status.visibility {
            Visibility::Public | Visibility::Unlisted if status.approval == Approval::Stands => {
                DAY_S * 7
            }
            _ => HOUR_S,
        };
        Addresses {
            app,
            origin: origin(app, community.map(|community| community.0)),
            status: status.id,
            signed: by.map(|by| (by, until(app.now_ms(), lasts))),
        }
    }

    /// The address of our copy of the picture in the card under this status, for readers here.
    pub fn of_card(app: &App, status: &Visible<Status>, part: RemotePart) -> Option<String> {
        let addresses = Addresses::of_copies(app, status);
        let path = format!("/media/remote/cards/{}/{}", status.id, part.word());
        addresses.signed.map(|signed| addresses.sign(&path, signed))
    }

    /// The address of our copy of the file at this place of the status.
    pub fn copy(&self, at: usize, part: RemotePart) -> Option<String> {
        let path = format!("/media/remote/{}/{at}/{}", self.status, part.word());
        self.signed.map(|signed| self.sign(&path, signed))
    }

    fn sign(&self, path: &str, (by, until): (i64, i64)) -> String {
        let origin = &self.origin;
        let sig = self.app.media.secret.signature(path, by, until);
        format!("{origin}{path}?by={by}&until={until}&sig={sig}")
    }

    /// Of files that only their owner sees yet.
    pub fn of_owner(app: &'a App, owner: &Account) -> Addresses<'a> {
        Addresses {
            app,
            origin: origin(app, owner.community_id),
            status: 0,
            signed: Some((owner.id, until(app.now_ms(), HOUR_S))),
        }
    }

    /// The address of a file of this media type; `None` for what has no such file.
    pub fn original(&self, stored: &Stored, media_type: &str) -> Option<String> {
        path(&stored.key, Part::Original, media_type).map(|path| self.at(&path))
    }

    /// The address of its small picture, or of the one that its owner chose; `None` for what has neither.
    pub fn small(&self, stored: &Stored) -> Option<String> {
        let (key, media_type) = stored.small();
        path(key, Part::Small, media_type).map(|path| self.at(&path))
    }

    fn at(&self, path: &str) -> String {
        let origin = &self.origin;
        match self.signed {
            None => format!("{origin}{path}"),
            Some(signed) => self.sign(path, signed),
        }
    }
}

/// `/media/KEY/original.jpg`
pub fn path(key: &str, part: Part, media_type: &str) -> Option<String> {
    let ending = ending(media_type)?;
    Some(format!("/media/{key}/{}.{ending}", part.word()))
}

/// Lasts so long at least; the same for all that are made within so long, so that a browser keeps what it has.
fn until(now_ms: i64, lasts_s: i64) -> i64 {
    (now_ms / 1000 / lasts_s + 2) * lasts_s
}

/// Whether a visitor of its community may see it: then its files need no reader. What is said here decides how an address
/// looks; who gets the file is asked of the gate when they come.
pub(crate) fn is_for_everybody(app: &App, status: &Status) -> bool {
    let community = status.author.community_id.map(CommunityId);
    let mode = community.and_then(|community| app.gate.book().mode_of(community));
    matches!(status.visibility, Visibility::Public | Visibility::Unlisted)
        && status.kept_from.is_empty()
        && status.approval == Approval::Stands
        && matches!(mode, Some(Mode::Open | Mode::Cautious))
}

/// Where files are served for this community.
pub(super) fn origin(app: &App, community: Option<i64>) -> String {
    if let Some(host) = &app.config.media.host {
        return format!("{}://{host}", config::scheme(host));
    }
    let communities = app.communities.load();
    let home = community.and_then(|id| communities.by_id(id));
    home.map(|home| home.origin.clone()).unwrap_or_default()
}
