//! Our statuses.

use serde_json::{Value, json};

use super::{ACTIVITYSTREAMS, Fields, time};
use crate::{Attachment, Iri, Mention, PUBLIC, Poll, Visibility};

/// A status of ours, as others shall see it.
#[derive(Clone, Debug)]
pub struct NoteOut {
    /// Its address.
    pub id: Iri,
    /// Who wrote it.
    pub author: Iri,
    /// Sanitised HTML.
    pub content: String,
    /// Content warning, plain text.
    pub summary: Option<String>,
    /// Whether to cover its media.
    pub sensitive: bool,
    /// When written, in unix milliseconds.
    pub published: i64,
    /// When last changed, in unix milliseconds.
    pub updated: Option<i64>,
    /// What it answers.
    pub in_reply_to: Option<Iri>,
    /// Primary audience, from [`note_addressing`].
    pub to: Vec<String>,
    /// Secondary audience.
    pub cc: Vec<String>,
    /// Who is mentioned.
    pub mentions: Vec<Mention>,
    /// Which topics are named.
    pub hashtags: Vec<HashtagOut>,
    /// Custom emoji used in the text.
    pub emojis: Vec<EmojiOut>,
    /// Media.
    pub attachments: Vec<Attachment>,
    /// The page to look at.
    pub url: Iri,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// What the author typed, in Markdown or plain text.
    pub source: Option<Source>,
    /// The collection of answers.
    pub replies: Option<Iri>,
    /// The conversation as a collection.
    pub context: Option<Iri>,
    /// The conversation as others named it, handed on unchanged.
    pub conversation: Option<String>,
    /// What it quotes.
    pub quote: Option<QuoteOut>,
    /// Makes it a Question.
    pub poll: Option<Poll>,
    /// Whose answers stand, where not everybody's do. Said as GoToSocial's `interactionPolicy`, which asks other servers
    /// to keep to it.
    pub can_reply: Option<LeaveOut>,
    /// Who may quote it; where nothing is said, nobody may (FEP-044f).
    pub can_quote: Option<LeaveOut>,
    /// The yes of whom it answers.
    pub reply_authorization: Option<Iri>,
}

/// What a status quotes.
#[derive(Clone, Debug)]
pub struct QuoteOut {
    /// Its address.
    pub of: Iri,
    /// The yes of its author (FEP-044f). None while they are asked, and where it is the author's own.
    pub authorization: Option<Iri>,
    /// It may be shown. Before that it goes by no name under which servers show what they are not let.
    pub stands: bool,
}

/// Who may do one thing: actors and collections of them. Nobody is said by naming the author alone.
#[derive(Clone, Debug, Default)]
pub struct LeaveOut {
    /// At once.
    pub automatic: Vec<String>,
    /// Once they are let.
    pub manual: Vec<String>,
}

/// What the author typed.
#[derive(Clone, Debug)]
pub struct Source {
    /// The text.
    pub content: String,
    /// `text/plain` or `text/markdown`.
    pub media_type: String,
}

/// A custom emoji, as others are told of it.
#[derive(Clone, Debug)]
pub struct EmojiOut {
    /// Its address.
    pub id: Iri,
    /// Without colons.
    pub shortcode: String,
    /// The picture.
    pub url: Iri,
    /// The picture's media type.
    pub media_type: String,
    /// When it was last changed, in unix milliseconds.
    pub updated: i64,
}

/// A hashtag and where we list it.
#[derive(Clone, Debug)]
pub struct HashtagOut {
    /// Without `#`.
    pub name: String,
    /// Our page of it.
    pub href: Iri,
}

/// The status itself.
pub fn note(note: &NoteOut) -> Value {
    let kind = if note.poll.is_some() {
        "Question"
    } else {
        "Note"
    };
    let mut fields = Fields::new(context(), kind);
    fields.set("id", note.id.as_str());
    fields.set("attributedTo", note.author.as_str());
    let content = with_link(note);
    fields.set("content", content.as_str());
    if let Some(language) = &note.language {
        let mut by_language = serde_json::Map::new();
        by_language.insert(language.clone(), json!(content));
        fields.set("contentMap", by_language);
    }
    fields.set(
        "summary",
        note.summary.as_deref().map_or(Value::Null, Value::from),
    );
    fields.set("sensitive", note.sensitive);
    fields.set_if("published", time(note.published));
    fields.set_if("updated", note.updated.and_then(time));
    fields.set(
        "inReplyTo",
        note.in_reply_to
            .as_ref()
            .map_or(Value::Null, |iri| json!(iri.as_str())),
    );
    fields.set("to", note.to.clone());
    fields.set("cc", note.cc.clone());
    fields.set("url", note.url.as_str());
    fields.set_if("replies", note.replies.as_ref().map(Iri::as_str));
    fields.set_if("context", note.context.as_ref().map(Iri::as_str));
    fields.set_if("conversation", note.conversation.as_deref());
    if let Some(source) = &note.source {
        fields.set(
            "source",
            json!({ "content": source.content, "mediaType": source.media_type }),
        );
    }
    if let Some(quote) = &note.quote {
        // The first for those who ask whether it may be shown, the others for those who had quotes before that.
        fields.set("quote", quote.of.as_str());
        for name in ["quoteUri", "_misskey_quote"] {
            fields.set_if(name, quote.stands.then(|| quote.of.as_str()));
        }
        let stamp = quote.authorization.as_ref();
        fields.set_if("quoteAuthorization", stamp.map(Iri::as_str));
    }
    fields.set(
        "attachment",
        note.attachments.iter().map(attachment).collect::<Vec<_>>(),
    );
    fields.set("tag", tags(note));
    if let Some(poll) = &note.poll {
        set_poll(&mut fields, poll);
    }
    let said = [("canReply", &note.can_reply), ("canQuote", &note.can_quote)];
    let policy: serde_json::Map<String, Value> = said
        .into_iter()
        .filter_map(|(name, leave)| Some((name.to_owned(), sub_policy(leave.as_ref()?))))
        .collect();
    if !policy.is_empty() {
        fields.set("interactionPolicy", policy);
    }
    if let Some(stamp) = &note.reply_authorization {
        // The first since GoToSocial 0.20, the other before.
        fields.set("replyAuthorization", stamp.as_str());
        fields.set("approvedBy", stamp.as_str());
    }
    fields.done()
}

/// Of answers, what is not mentioned stays as everybody has it. Before 0.19 GoToSocial's two lists had other names.
fn sub_policy(leave: &LeaveOut) -> Value {
    json!({
        "automaticApproval": leave.automatic, "manualApproval": leave.manual,
        "always": leave.automatic, "approvalRequired": leave.manual,
    })
}

/// For servers that know no quotes, a link to what is quoted stands above the words; others take it away by its class.
fn with_link(note: &NoteOut) -> String {
    let Some(quote) = &note.quote else {
        return note.content.clone();
    };
    let address = quote
        .of
        .as_str()
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    format!(
        "<p class=\"quote-inline\">RE: <a href=\"{address}\">{address}</a></p>{}",
        note.content
    )
}

/// `to` and `cc` that spell a visibility. A local status has neither: it must not be sent.
pub fn note_addressing(
    visibility: Visibility,
    followers: &Iri,
    mentions: &[Iri],
) -> (Vec<String>, Vec<String>) {
    let public = || PUBLIC.to_owned();
    let followers = || followers.as_str().to_owned();
    let mentioned = || mentions.iter().map(|iri| iri.as_str().to_owned());
    match visibility {
        Visibility::Public => (
            vec![public()],
            std::iter::once(followers()).chain(mentioned()).collect(),
        ),
        Visibility::Unlisted => (
            vec![followers()],
            std::iter::once(public()).chain(mentioned()).collect(),
        ),
        Visibility::Private => (vec![followers()], mentioned().collect()),
        Visibility::Direct => (mentioned().collect(), Vec::new()),
        Visibility::Local => (Vec::new(), Vec::new()),
    }
}

fn tags(note: &NoteOut) -> Vec<Value> {
    let mentions = note.mentions.iter().map(
        |mention| json!({ "type": "Mention", "href": mention.href.as_str(), "name": mention.name }),
    );
    let hashtags = note.hashtags.iter().map(|hashtag| {
        json!({
            "type": "Hashtag",
            "href": hashtag.href.as_str(),
            "name": format!("#{}", hashtag.name),
        })
    });
    mentions
        .chain(hashtags)
        .chain(note.emojis.iter().map(emoji))
        .collect()
}

pub(super) fn emoji(emoji: &EmojiOut) -> Value {
    json!({
        "id": emoji.id.as_str(),
        "type": "Emoji",
        "name": format!(":{}:", emoji.shortcode),
        "updated": time(emoji.updated),
        "icon": { "type": "Image", "mediaType": emoji.media_type, "url": emoji.url.as_str() },
    })
}

/// A custom emoji by itself, as it is at its address.
pub fn emoji_object(out: &EmojiOut) -> Value {
    let mut document = emoji(out);
    document["@context"] = json!([
        ACTIVITYSTREAMS,
        { "toot": "http://joinmastodon.org/ns#", "Emoji": "toot:Emoji" },
    ]);
    document
}

fn attachment(attachment: &Attachment) -> Value {
    let mut document = json!({
        "type": "Document",
        "url": attachment.url.as_str(),
        "mediaType": attachment.media_type,
        "name": attachment.name,
    });
    if let Some(blurhash) = &attachment.blurhash {
        document["blurhash"] = json!(blurhash);
    }
    if let (Some(width), Some(height)) = (attachment.width, attachment.height) {
        document["width"] = json!(width);
        document["height"] = json!(height);
    }
    if let Some((x, y)) = attachment.focus {
        document["focalPoint"] = json!([x, y]);
    }
    if let Some(icon) = &attachment.icon {
        document["icon"] = json!({
            "type": "Image",
            "mediaType": icon.media_type,
            "url": icon.url.as_str(),
        });
    }
    document
}

fn set_poll(fields: &mut Fields, poll: &Poll) {
    let options: Vec<Value> = poll
        .options
        .iter()
        .map(|option| {
            json!({
                "type": "Note",
                "name": option.name,
                "replies": { "type": "Collection", "totalItems": option.votes },
            })
        })
        .collect();
    fields.set(if poll.multiple { "anyOf" } else { "oneOf" }, options);
    let ends_at = poll.ends_at.and_then(time);
    if poll.closed {
        fields.set_if("closed", ends_at.clone());
    }
    fields.set_if("endTime", ends_at);
    fields.set_if("votersCount", poll.voters);
}

fn context() -> Value {
    json!([
        ACTIVITYSTREAMS,
        {
            "ostatus": "http://ostatus.org#",
            "toot": "http://joinmastodon.org/ns#",
            "fedibird": "http://fedibird.com/ns#",
            "misskey": "https://misskey-hub.net/ns#",
            "sensitive": "as:sensitive",
            "Hashtag": "as:Hashtag",
            "conversation": "ostatus:conversation",
            "Emoji": "toot:Emoji",
            "votersCount": "toot:votersCount",
            "blurhash": "toot:blurhash",
            "focalPoint": { "@id": "toot:focalPoint", "@container": "@list" },
            "quote": { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" },
            "quoteAuthorization": { "@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id" },
            "quoteUri": "fedibird:quoteUri",
            "_misskey_quote": "misskey:_misskey_quote",
            "gts": "https://gotosocial.org/ns#",
            "interactionPolicy": { "@id": "gts:interactionPolicy", "@type": "@id" },
            "canReply": { "@id": "gts:canReply", "@type": "@id" },
            "canQuote": { "@id": "gts:canQuote", "@type": "@id" },
            "approvedBy": { "@id": "gts:approvedBy", "@type": "@id" },
            "replyAuthorization": { "@id": "gts:replyAuthorization", "@type": "@id" },
            "automaticApproval": { "@id": "gts:automaticApproval", "@type": "@id" },
            "manualApproval": { "@id": "gts:manualApproval", "@type": "@id" },
            "always": { "@id": "gts:always", "@type": "@id" },
            "approvalRequired": { "@id": "gts:approvalRequired", "@type": "@id" }
        }
    ])
}
