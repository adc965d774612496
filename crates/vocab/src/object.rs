//! Notes and their relatives: everything that becomes a status.

use crate::consent::policy_of;
use crate::json::Json;
use crate::lenient::{LONGEST_BODY, LONGEST_LINE, clean, is_language_tag};
use crate::media::{Attachment, attachments_of};
use crate::poll::poll_of;
use crate::tag::{emojis_of, hashtags_of, mentions_of};
use crate::{Emoji, InteractionPolicy, Iri, Malformed, Mention, Poll, Visibility, visibility};

/// What sort of thing it was where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The names are those of ActivityStreams.
pub enum NoteKind {
    Note,
    Article,
    Page,
    Question,
    Video,
    Audio,
    Image,
    Event,
    Document,
    /// Something else that has an author and words, such as a review of a book.
    Other,
}

impl NoteKind {
    /// The type as it is written; `Object` where it is not one of the usual.
    pub fn as_str(self) -> &'static str {
        match self {
            NoteKind::Note => "Note",
            NoteKind::Article => "Article",
            NoteKind::Page => "Page",
            NoteKind::Question => "Question",
            NoteKind::Video => "Video",
            NoteKind::Audio => "Audio",
            NoteKind::Image => "Image",
            NoteKind::Event => "Event",
            NoteKind::Document => "Document",
            NoteKind::Other => "Object",
        }
    }

    /// Reads the type; `None` for all that are not usual.
    pub fn parse(text: &str) -> Option<NoteKind> {
        match text {
            "Note" => Some(NoteKind::Note),
            "Article" => Some(NoteKind::Article),
            "Page" => Some(NoteKind::Page),
            "Question" => Some(NoteKind::Question),
            "Video" => Some(NoteKind::Video),
            "Audio" => Some(NoteKind::Audio),
            "Image" => Some(NoteKind::Image),
            "Event" => Some(NoteKind::Event),
            "Document" => Some(NoteKind::Document),
            _ => None,
        }
    }
}

/// Something written. Its HTML is as it was sent: sanitise before showing.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its address and identity.
    pub id: Iri,
    /// What sort of thing it was where it was written.
    pub kind: NoteKind,
    /// `attributedTo`; of several the first person, else the first.
    pub author: Iri,
    /// Title. On a note in reply to a poll it is the vote.
    pub name: Option<String>,
    /// Content warning of a Note; of an Article or Video more often an abstract. Raw HTML.
    pub summary: Option<String>,
    /// Raw HTML, UNSANITISED. Empty if there is none.
    pub content: String,
    /// The content by language, as sent.
    pub content_map: Vec<(String, String)>,
    /// What the author typed, if it was sent along.
    pub source: Option<String>,
    /// BCP 47 tag, as far as one can be told.
    pub language: Option<String>,
    /// Whether to cover it.
    pub sensitive: bool,
    /// The page to look at. For display only: it may be on any host.
    pub url: Option<Iri>,
    /// The link that a Page of a link aggregator is about.
    pub link: Option<Iri>,
    /// What it answers.
    pub in_reply_to: Option<Iri>,
    /// Primary audience.
    pub to: Vec<Iri>,
    /// Secondary audience.
    pub cc: Vec<Iri>,
    /// The group it was written in, as Lemmy and others name it.
    pub audience: Option<Iri>,
    /// When written, in unix milliseconds.
    pub published: Option<i64>,
    /// When last changed, in unix milliseconds.
    pub updated: Option<i64>,
    /// Who is mentioned.
    pub mentions: Vec<Mention>,
    /// Without `#`, in the spelling sent, each once.
    pub hashtags: Vec<String>,
    /// Custom emoji used in the text.
    pub emojis: Vec<Emoji>,
    /// Pictures, sound, video.
    pub attachments: Vec<Attachment>,
    /// The conversation as a collection (FEP-7888).
    pub context: Option<Iri>,
    /// The conversation as `OStatus` named it, often a `tag:` address.
    pub conversation: Option<String>,
    /// The collection of answers.
    pub replies: Option<Iri>,
    /// What it quotes, in any of the ways in use.
    pub quote: Option<Iri>,
    /// The stamp that permits the quote (FEP-044f).
    pub quote_authorization: Option<Iri>,
    /// The stamp that permits the answer: GoToSocial's `replyAuthorization`, before 0.20 `approvedBy`.
    pub reply_authorization: Option<Box<Iri>>,
    /// What its author says of who may do what with it.
    pub interaction_policy: Box<InteractionPolicy>,
    /// The poll of a Question.
    pub poll: Option<Poll>,
    /// When an Event starts, in unix milliseconds.
    pub starts_at: Option<i64>,
}

impl Note {
    /// The visibility its addressing spells. `followers` is the author's followers collection.
    pub fn visibility(&self, followers: Option<&Iri>) -> Visibility {
        visibility(&self.to, &self.cc, followers)
    }

    /// Whether this is a vote in a poll: a name and nothing said, in answer to something.
    pub fn is_vote(&self) -> bool {
        self.name.is_some() && self.in_reply_to.is_some() && self.content.is_empty()
    }
}

/// Reads a note. `author` stands in where the document names none.
pub(crate) fn note(
    json: &Json<'_>,
    kind: NoteKind,
    author: Option<&Iri>,
) -> Result<Note, Malformed> {
    let id = json.required_id()?;
    let author = match json.any(&["attributedTo", "actor"]) {
        Json::Null => author
            .cloned()
            .ok_or(Malformed::new("attributedTo", "is missing"))?,
        named => author_of(named).ok_or(Malformed::new("attributedTo", "names nobody"))?,
    };
    let content_map = json.get("contentMap").language_map(LONGEST_BODY);
    let content = json
        .get("content")
        .text(LONGEST_BODY)
        .or_else(|| content_map.first().map(|(_, text)| text.clone()))
        .unwrap_or_default();
    let source = match json.get("source") {
        Json::Map(_) => json.get("source").get("content").text(LONGEST_BODY),
        source => source.raw().map(|text| clean(text, LONGEST_BODY)),
    };
    let tag = json.get("tag");
    Ok(Note {
        kind,
        author,
        name: json.any(&["name", "nameMap"]).line(),
        summary: json
            .any(&["summary", "summaryMap"])
            .text(LONGEST_BODY)
            .filter(|text| !text.is_empty()),
        source: source.filter(|text| !text.is_empty()),
        language: language_of(json, &content_map, &content),
        content,
        content_map,
        sensitive: is_sensitive(json),
        url: json.get("url").link("text/html"),
        link: json
            .get("attachment")
            .each()
            .find(|item| item.is_a("Link"))
            .and_then(|item| item.link("text/html")),
        in_reply_to: json.get("inReplyTo").iri(),
        to: json.get("to").iris(),
        cc: json.get("cc").iris(),
        audience: json.get("audience").iri(),
        published: json.get("published").time(),
        updated: json.get("updated").time(),
        mentions: mentions_of(tag),
        hashtags: hashtags_of(tag),
        emojis: emojis_of(tag),
        attachments: attachments_of(json, kind),
        context: json.get("context").iri(),
        // Friendica and Pleroma put it into `context` as well; here it is only text.
        conversation: json
            .any(&["conversation", "ostatus:conversation"])
            .text(LONGEST_LINE)
            .filter(|text| !text.is_empty()),
        replies: json.get("replies").iri(),
        quote: quote_of(json),
        quote_authorization: json.get("quoteAuthorization").iri(),
        reply_authorization: json
            .any(&["replyAuthorization", "approvedBy"])
            .iri()
            .map(Box::new),
        interaction_policy: Box::new(policy_of(json.get("interactionPolicy"))),
        poll: if kind == NoteKind::Question {
            poll_of(json)
        } else {
            None
        },
        starts_at: json.get("startTime").time(),
        id,
    })
}

/// Misskey and Pixelfed mark the single file.
fn is_sensitive(json: &Json<'_>) -> bool {
    let marked = |thing: &Json<'_>| thing.get("sensitive").truth() == Some(true);
    marked(json) || json.get("attachment").each().any(marked)
}

/// PeerTube names the person and the channel, Plume only people, in both orders.
fn author_of(json: &Json<'_>) -> Option<Iri> {
    json.each()
        .find(|item| item.is_a("Person"))
        .and_then(Json::iri)
        .or_else(|| json.iri())
}

/// The only language of the map; of several the one whose text is the content. PeerTube and
/// Lemmy send `{ "identifier": "en" }`. "und" says that nobody knows.
fn language_of(json: &Json<'_>, map: &[(String, String)], content: &str) -> Option<String> {
    let from_map = match map {
        [] => None,
        [(tag, _)] => Some(tag.as_str()),
        several => several
            .iter()
            .find(|(_, text)| text == content)
            .or(several.first())
            .map(|(tag, _)| tag.as_str()),
    };
    let language = json.get("language");
    let from_context = || {
        json.get("@context")
            .each()
            .find_map(|item| item.get("@language").raw())
    };
    from_map
        .or_else(|| json.get("summaryMap").sole_key())
        .or_else(|| json.get("nameMap").sole_key())
        .or_else(|| language.get("identifier").raw())
        .or_else(|| language.raw())
        .or_else(from_context)
        .filter(|tag| is_language_tag(tag) && *tag != "und")
        .map(str::to_owned)
}

/// Mastodon (FEP-044f) says `quote`, Fedibird `quoteUri`, Pleroma `quoteUrl`, Misskey
/// `_misskey_quote`, and FEP-e232 uses a link among the tags.
fn quote_of(json: &Json<'_>) -> Option<Iri> {
    let names = [
        "quote",
        "quoteUri",
        "quoteUrl",
        "quoteURL",
        "_misskey_quote",
    ];
    names
        .iter()
        .find_map(|name| json.get(name).iri())
        .or_else(|| {
            let quoting = [
                "https://misskey-hub.net/ns#_misskey_quote",
                "https://w3id.org/fep/044f#quote",
            ];
            json.get("tag")
                .each()
                .filter(|item| item.is_a("Link"))
                .find(|item| {
                    item.get("rel")
                        .each()
                        .filter_map(Json::raw)
                        .any(|rel| quoting.contains(&rel))
                })
                .and_then(|item| item.get("href").iri())
        })
}

impl Json<'_> {
    /// The language of a map that has only one.
    fn sole_key(&self) -> Option<&str> {
        match self {
            Json::Map(entries) => match entries.as_slice() {
                [(tag, _)] => Some(tag),
                _ => None,
            },
            _ => None,
        }
    }
}
