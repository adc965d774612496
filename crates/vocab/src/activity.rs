//! Activities: who does what to what.

use crate::document::document;
use crate::json::Json;
use crate::lenient::{LONGEST_BODY, address, clean, kind_name};
use crate::tag::emojis_of;
use crate::{Document, Emoji, Iri, Malformed, Note};

/// What is done.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The names are those of ActivityStreams and its extensions.
pub enum ActivityKind {
    Create,
    Update,
    Delete,
    Announce,
    Like,
    EmojiReact,
    Dislike,
    Follow,
    Accept,
    Reject,
    TentativeAccept,
    Block,
    Undo,
    Flag,
    Move,
    Add,
    Remove,
    QuoteRequest,
    /// GoToSocial asks before it answers, likes and boosts.
    ReplyRequest,
    LikeRequest,
    AnnounceRequest,
    /// Something we have no use for, by its type.
    Other(String),
}

impl ActivityKind {
    /// The type as it is written.
    pub fn as_str(&self) -> &str {
        match self {
            ActivityKind::Create => "Create",
            ActivityKind::Update => "Update",
            ActivityKind::Delete => "Delete",
            ActivityKind::Announce => "Announce",
            ActivityKind::Like => "Like",
            ActivityKind::EmojiReact => "EmojiReact",
            ActivityKind::Dislike => "Dislike",
            ActivityKind::Follow => "Follow",
            ActivityKind::Accept => "Accept",
            ActivityKind::Reject => "Reject",
            ActivityKind::TentativeAccept => "TentativeAccept",
            ActivityKind::Block => "Block",
            ActivityKind::Undo => "Undo",
            ActivityKind::Flag => "Flag",
            ActivityKind::Move => "Move",
            ActivityKind::Add => "Add",
            ActivityKind::Remove => "Remove",
            ActivityKind::QuoteRequest => "QuoteRequest",
            ActivityKind::ReplyRequest => "ReplyRequest",
            ActivityKind::LikeRequest => "LikeRequest",
            ActivityKind::AnnounceRequest => "AnnounceRequest",
            ActivityKind::Other(kind) => kind,
        }
    }

    /// Reads the types that are always activities; `None` for all others.
    pub fn parse(text: &str) -> Option<ActivityKind> {
        Some(match text {
            "Create" => ActivityKind::Create,
            "Update" => ActivityKind::Update,
            "Delete" => ActivityKind::Delete,
            "Announce" => ActivityKind::Announce,
            "Like" => ActivityKind::Like,
            // Pleroma and Akkoma; the prefix is how their context names it.
            "EmojiReact" | "litepub:EmojiReact" => ActivityKind::EmojiReact,
            "Dislike" => ActivityKind::Dislike,
            "Follow" => ActivityKind::Follow,
            "Accept" => ActivityKind::Accept,
            "Reject" => ActivityKind::Reject,
            "TentativeAccept" => ActivityKind::TentativeAccept,
            "Block" => ActivityKind::Block,
            "Undo" => ActivityKind::Undo,
            "Flag" => ActivityKind::Flag,
            "Move" => ActivityKind::Move,
            "Add" => ActivityKind::Add,
            "Remove" => ActivityKind::Remove,
            "QuoteRequest" => ActivityKind::QuoteRequest,
            "ReplyRequest" => ActivityKind::ReplyRequest,
            "LikeRequest" => ActivityKind::LikeRequest,
            "AnnounceRequest" => ActivityKind::AnnounceRequest,
            "Arrive" | "Ignore" | "Invite" | "Join" | "Leave" | "Listen" | "Offer" | "Read"
            | "TentativeReject" | "Travel" | "View" => ActivityKind::Other(text.to_owned()),
            _ => return None,
        })
    }
}

/// An activity. Nothing in it is believed: that `actor` sent it, and may do this to that object,
/// is for others to establish.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Absent on some that nobody is meant to fetch.
    pub id: Option<Iri>,
    /// What is done.
    pub kind: ActivityKind,
    /// Who does it. Exactly one: a list of several is refused.
    pub actor: Iri,
    /// What it is done to.
    pub object: Object,
    /// Where to: of Add, Remove and Move.
    pub target: Option<Iri>,
    /// With what: the quoting status of a `QuoteRequest`.
    pub instrument: Option<Iri>,
    /// What came of it: the stamp of an accepted `QuoteRequest`.
    pub result: Option<Iri>,
    /// Primary audience.
    pub to: Vec<Iri>,
    /// Secondary audience.
    pub cc: Vec<Iri>,
    /// When, in unix milliseconds.
    pub published: Option<i64>,
    /// The emoji of a reaction, the comment of a Flag.
    pub content: Option<String>,
    /// Custom emoji used in `content`.
    pub emojis: Vec<Emoji>,
    /// Whether a Linked Data signature was attached. We never verify those.
    pub has_ld_signature: bool,
}

/// What an activity is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// Nothing was named.
    None,
    /// Only its address; also where an embedded thing could not be read but has an address.
    Iri(Iri),
    /// Several, by address.
    Many(Vec<Iri>),
    /// Included whole. Whether the sender may speak for it is not known here.
    Embedded(Box<Document>),
}

impl Object {
    /// The address of the one thing this is about.
    pub fn id(&self) -> Option<&Iri> {
        match self {
            Object::None | Object::Many(_) => None,
            Object::Iri(iri) => Some(iri),
            Object::Embedded(document) => document.id(),
        }
    }

    /// The included status.
    pub fn note(&self) -> Option<&Note> {
        match self {
            Object::Embedded(document) => match document.as_ref() {
                Document::Note(note) => Some(note),
                _ => None,
            },
            _ => None,
        }
    }

    /// The included activity.
    pub fn activity(&self) -> Option<&Activity> {
        match self {
            Object::Embedded(document) => match document.as_ref() {
                Document::Activity(activity) => Some(activity),
                _ => None,
            },
            _ => None,
        }
    }
}

pub(crate) fn activity(json: &Json<'_>, kind: ActivityKind) -> Result<Activity, Malformed> {
    let id = json.id()?;
    let actor = sole_actor(json.get("actor"))?;
    let object = object(json.get("object"), &kind, &actor)?;
    let content = match kind {
        // Lemmy gives its reason in `summary`.
        ActivityKind::Flag => json.any(&["content", "summary"]),
        // Misskey's own name came first and is still the fallback.
        _ => json.any(&["content", "_misskey_reaction"]),
    };
    Ok(Activity {
        id,
        actor,
        object,
        target: json.get("target").iri(),
        instrument: json.get("instrument").iri(),
        result: json.get("result").iri(),
        to: json.get("to").iris(),
        cc: json.get("cc").iris(),
        published: json.get("published").time(),
        content: content.text(LONGEST_BODY).filter(|text| !text.is_empty()),
        emojis: emojis_of(json.get("tag")),
        has_ld_signature: json.get("signature").is_map(),
        kind,
    })
}

/// The one actor. Servers that take the first of several and servers that take the last would
/// otherwise disagree about who acted.
fn sole_actor(json: &Json<'_>) -> Result<Iri, Malformed> {
    if json.is_null() {
        return Err(Malformed::new("actor", "is missing"));
    }
    let mut sole: Option<Iri> = None;
    for item in json.each() {
        let actor = item
            .iri()
            .ok_or(Malformed::new("actor", "is not an http(s) address"))?;
        match &sole {
            Some(other) if *other != actor => {
                return Err(Malformed::new("actor", "names more than one"));
            }
            _ => sole = Some(actor),
        }
    }
    sole.ok_or(Malformed::new("actor", "is missing"))
}

fn object(json: &Json<'_>, of: &ActivityKind, actor: &Iri) -> Result<Object, Malformed> {
    match json {
        Json::Null => Ok(Object::None),
        Json::Text(text) => address(text)
            .map(Object::Iri)
            .map_err(|why| why.at("object")),
        Json::Map(_) => embedded(json, of, actor),
        Json::List(items) => match items.as_slice() {
            [] => Ok(Object::None),
            [Json::List(_)] => Err(Malformed::new("object", "is a list within a list")),
            [one] => object(one, of, actor),
            _ => Ok(Object::Many(json.iris())),
        },
        Json::Bool(_) | Json::Number(_) => {
            Err(Malformed::new("object", "is neither text nor object"))
        }
    }
}

fn embedded(json: &Json<'_>, of: &ActivityKind, actor: &Iri) -> Result<Object, Malformed> {
    // Some leave `attributedTo` out of what they create: then the actor claims it.
    let author = matches!(of, ActivityKind::Create | ActivityKind::Update).then_some(actor);
    match document(json, author) {
        Ok(Document::Unknown { id: Some(id), kind }) if kind.is_empty() => Ok(Object::Iri(id)),
        Ok(document) => Ok(Object::Embedded(Box::new(document))),
        // What is created or changed has to be whole. Everything else is only pointed at, and
        // peers shorten it: `{ "type": "Follow", "id": "…" }`.
        Err(why) if author.is_some() => {
            let field = format!("object.{}", why.field());
            Err(why.at(field))
        }
        Err(why) => match json.id() {
            Ok(Some(id)) => Ok(Object::Iri(id)),
            Ok(None) => Ok(Object::Embedded(Box::new(Document::Unknown {
                id: None,
                kind: clean(&kind_name(json), 128),
            }))),
            Err(_) => Err(why.at("object.id")),
        },
    }
}
