//! Actors: who acts, where to write to them, and which keys are theirs.

use crate::handle::is_username;
use crate::json::Json;
use crate::key::keys_of;
use crate::lenient::{LONGEST_BODY, LONGEST_LINE, clean};
use crate::tag::emojis_of;
use crate::{Domain, Emoji, Handle, Iri, Malformed, PublicKey};

/// Mastodon shows 4 fields and accepts 50 of others.
const MOST_FIELDS: usize = 50;

/// Mastodon's limit. Each alias is one more address to look at when somebody moves.
const MOST_ALIASES: usize = 256;

/// Mastodon's limit.
const MOST_ATTRIBUTION_DOMAINS: usize = 100;

/// What sort of actor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The names are those of ActivityStreams.
pub enum ActorKind {
    Person,
    Service,
    Application,
    Group,
    Organization,
}

impl ActorKind {
    /// The ActivityStreams type.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::Person => "Person",
            ActorKind::Service => "Service",
            ActorKind::Application => "Application",
            ActorKind::Group => "Group",
            ActorKind::Organization => "Organization",
        }
    }

    /// Reads the ActivityStreams type.
    pub fn parse(text: &str) -> Option<ActorKind> {
        match text {
            "Person" => Some(ActorKind::Person),
            "Service" => Some(ActorKind::Service),
            "Application" => Some(ActorKind::Application),
            "Group" => Some(ActorKind::Group),
            "Organization" => Some(ActorKind::Organization),
            _ => None,
        }
    }
}

/// An actor document. HTML in it is not sanitised.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Its address and identity.
    pub id: Iri,
    /// What sort of actor.
    pub kind: ActorKind,
    /// `preferredUsername`, in the spelling sent.
    pub username: String,
    /// Display name, without controls that change text direction.
    pub name: Option<String>,
    /// Biography, raw HTML.
    pub summary: Option<String>,
    /// The page to look at. For display only: it may be on any host.
    pub url: Option<Iri>,
    /// Where activities for it are delivered.
    pub inbox: Iri,
    /// One inbox for everybody on that server.
    pub shared_inbox: Option<Iri>,
    /// What it did.
    pub outbox: Option<Iri>,
    /// Who follows it.
    pub followers: Option<Iri>,
    /// Whom it follows.
    pub following: Option<Iri>,
    /// Its pinned statuses.
    pub featured: Option<Iri>,
    /// Avatar.
    pub icon: Option<Iri>,
    /// Header picture.
    pub image: Option<Iri>,
    /// The keys that could be read.
    pub keys: Vec<PublicKey>,
    /// Whether it approves followers by hand.
    pub locked: bool,
    /// Whether it wants to be suggested and listed.
    pub discoverable: Option<bool>,
    /// Whether it wants its statuses to be searched.
    pub indexable: Option<bool>,
    /// Whether its profile is to have a place for files.
    pub show_media: Option<bool>,
    /// Whether files of answers are to be there, too.
    pub show_media_replies: Option<bool>,
    /// Whether its profile is to have a place for what it recommends.
    pub show_featured: Option<bool>,
    /// Domains whose pages may name it as who wrote them.
    pub attribution_domains: Vec<Domain>,
    /// Other accounts of the same person, by its own word only.
    pub also_known_as: Vec<Iri>,
    /// Where it moved, by its own word only.
    pub moved_to: Option<Iri>,
    /// When it was made, in unix milliseconds.
    pub published: Option<i64>,
    /// Profile fields: name, and value as raw HTML.
    pub fields: Vec<(String, String)>,
    /// Custom emoji used in name, biography and fields.
    pub emojis: Vec<Emoji>,
    /// Whether the person has died.
    pub memorial: bool,
    /// The handle it says it has (FEP-2c59), which WebFinger has to confirm.
    pub webfinger: Option<Handle>,
}

impl Actor {
    /// Whether everything that must be on the actor's own server is: inboxes, collections, and
    /// keys, which must also name the actor as their owner. Pictures may be anywhere, `url` is for
    /// display, and a move is proven elsewhere, so none of these is looked at.
    ///
    /// The reason is returned as is, for the log and for moderators. Known honest servers that
    /// fail: those that answer on `www.` as well and mix both in one document, as Threads did.
    /// They are refused: one host may speak for another only with proof from that other.
    pub fn check_origin(&self) -> Result<(), Malformed> {
        let elsewhere =
            |field: &'static str| Malformed::new(field, "is on another server than the actor");
        let places = [
            ("inbox", Some(&self.inbox)),
            ("endpoints.sharedInbox", self.shared_inbox.as_ref()),
            ("outbox", self.outbox.as_ref()),
            ("followers", self.followers.as_ref()),
            ("following", self.following.as_ref()),
            ("featured", self.featured.as_ref()),
        ];
        for (field, place) in places {
            if place.is_some_and(|place| !place.same_origin(&self.id)) {
                return Err(elsewhere(field));
            }
        }
        for key in &self.keys {
            if key.owner != self.id {
                return Err(Malformed::new("publicKey.owner", "is not the actor"));
            }
            if !key.id.same_origin(&self.id) {
                return Err(elsewhere("publicKey.id"));
            }
        }
        Ok(())
    }
}

pub(crate) fn actor(json: &Json<'_>, kind: ActorKind) -> Result<Actor, Malformed> {
    let id = json.required_id()?;
    let inbox = json
        .get("inbox")
        .iri()
        .ok_or(Malformed::new("inbox", "is missing or no address"))?;
    let webfinger = json
        .get("webfinger")
        .raw()
        .and_then(|text| Handle::parse(text).ok());
    let username = clean(
        json.get("preferredUsername")
            .raw()
            .ok_or(Malformed::new("preferredUsername", "is missing"))?,
        LONGEST_LINE,
    );
    if !is_username(&username) {
        return Err(Malformed::new("preferredUsername", "is not a user name"));
    }
    let endpoints = json.get("endpoints");
    let fields = json
        .get("attachment")
        .each()
        .filter(|field| field.types().any(|kind| kind.ends_with("PropertyValue")))
        .filter_map(|field| {
            let value = field.any(&["value", "schema:value"]).text(LONGEST_LINE)?;
            Some((field.get("name").line()?, value))
        })
        .take(MOST_FIELDS)
        .collect();
    let mut also_known_as = json.get("alsoKnownAs").iris();
    also_known_as.truncate(MOST_ALIASES);
    Ok(Actor {
        kind,
        username,
        name: json.any(&["name", "nameMap"]).line(),
        summary: json.any(&["summary", "summaryMap"]).text(LONGEST_BODY),
        url: json.get("url").link("text/html"),
        inbox,
        shared_inbox: match endpoints.get("sharedInbox") {
            Json::Null => json.get("sharedInbox").iri(),
            shared => shared.iri(),
        },
        outbox: json.get("outbox").iri(),
        followers: json.get("followers").iri(),
        following: json.get("following").iri(),
        featured: json.get("featured").iri(),
        icon: json.get("icon").link("image/"),
        image: json.get("image").link("image/"),
        keys: keys_of(json, &id),
        locked: json
            .get("manuallyApprovesFollowers")
            .truth()
            .unwrap_or(false),
        // Takahe keeps the prefix.
        discoverable: json.any(&["discoverable", "toot:discoverable"]).truth(),
        indexable: json.any(&["indexable", "toot:indexable"]).truth(),
        show_media: json.any(&["showMedia", "toot:showMedia"]).truth(),
        show_media_replies: json
            .any(&["showRepliesInMedia", "toot:showRepliesInMedia"])
            .truth(),
        show_featured: json.any(&["showFeatured", "toot:showFeatured"]).truth(),
        attribution_domains: json
            .any(&["attributionDomains", "toot:attributionDomains"])
            .each()
            .filter_map(|domain| Domain::parse(domain.raw()?).ok())
            .take(MOST_ATTRIBUTION_DOMAINS)
            .collect(),
        also_known_as,
        moved_to: json.get("movedTo").iri(),
        published: json.get("published").time(),
        fields,
        emojis: emojis_of(json.get("tag")),
        memorial: json.get("memorial").truth().unwrap_or(false),
        webfinger,
        id,
    })
}
