//! Our actors.

use serde_json::{Value, json};

use super::note::EmojiOut;
use super::{ACTIVITYSTREAMS, Fields, SECURITY, time};
use crate::{ActorKind, Domain, Handle, Iri, KeyMaterial, PublicKey};

/// One of ours, as others shall see it.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Independent facts, named where they are set.
pub struct ActorOut {
    /// Its address.
    pub id: Iri,
    /// What sort of actor.
    pub kind: ActorKind,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: Option<String>,
    /// Biography, sanitised HTML.
    pub summary: Option<String>,
    /// The page to look at.
    pub url: Iri,
    /// Where its mail goes.
    pub inbox: Iri,
    /// Where mail for all of us goes.
    pub shared_inbox: Option<Iri>,
    /// What it did.
    pub outbox: Iri,
    /// Who follows it.
    pub followers: Iri,
    /// Whom it follows.
    pub following: Iri,
    /// Its pinned statuses.
    pub featured: Option<Iri>,
    /// Avatar.
    pub icon: Option<Picture>,
    /// Header.
    pub image: Option<Picture>,
    /// Its public keys. The first of RSA is written as `publicKey`, all of Ed25519 as
    /// `assertionMethod`.
    pub keys: Vec<PublicKey>,
    /// Whether it approves followers by hand.
    pub locked: bool,
    /// Whether it wants to be suggested.
    pub discoverable: bool,
    /// Whether it wants to be searched.
    pub indexable: bool,
    /// Whether its profile has a place for files.
    pub show_media: bool,
    /// Whether files of answers are there, too.
    pub show_media_replies: bool,
    /// Whether its profile has a place for what it recommends.
    pub show_featured: bool,
    /// Domains whose pages may name it as who wrote them.
    pub attribution_domains: Vec<Domain>,
    /// Whether the person has died.
    pub memorial: bool,
    /// Other accounts of the same person.
    pub also_known_as: Vec<Iri>,
    /// Where it moved.
    pub moved_to: Option<Iri>,
    /// When it was made, in unix milliseconds. Round it to a day: the hour is nobody's business.
    pub published: Option<i64>,
    /// Profile fields: name, and value as sanitised HTML.
    pub fields: Vec<(String, String)>,
    /// Custom emoji in name, biography and fields.
    pub emojis: Vec<EmojiOut>,
    /// Its handle, also where that is of another domain (FEP-2c59).
    pub webfinger: Option<Handle>,
}

/// An avatar or header.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Where it is.
    pub url: Iri,
    /// Its media type.
    pub media_type: String,
    /// What it shows.
    pub description: Option<String>,
}

/// The whole actor.
pub fn actor(actor: &ActorOut) -> Value {
    let mut fields = stub(actor);
    fields.set("preferredUsername", actor.username.as_str());
    fields.set("name", actor.name.as_deref().unwrap_or_default());
    fields.set("summary", actor.summary.as_deref().unwrap_or_default());
    fields.set("url", actor.url.as_str());
    fields.set("outbox", actor.outbox.as_str());
    fields.set("followers", actor.followers.as_str());
    fields.set("following", actor.following.as_str());
    fields.set_if("featured", actor.featured.as_ref().map(Iri::as_str));
    fields.set("manuallyApprovesFollowers", actor.locked);
    fields.set("discoverable", actor.discoverable);
    fields.set("indexable", actor.indexable);
    fields.set("showMedia", actor.show_media);
    fields.set("showRepliesInMedia", actor.show_media_replies);
    fields.set("showFeatured", actor.show_featured);
    if !actor.attribution_domains.is_empty() {
        let domains = actor.attribution_domains.iter().map(Domain::as_str);
        fields.set("attributionDomains", domains.collect::<Vec<_>>());
    }
    fields.set("memorial", actor.memorial);
    fields.set_if("published", actor.published.and_then(time));
    fields.set_if("icon", actor.icon.as_ref().map(picture));
    fields.set_if("image", actor.image.as_ref().map(picture));
    fields.set_if("movedTo", actor.moved_to.as_ref().map(Iri::as_str));
    fields.set_if(
        "webfinger",
        actor
            .webfinger
            .as_ref()
            .and_then(Handle::acct)
            .map(|acct| acct.replacen("acct:", "", 1)),
    );
    if !actor.also_known_as.is_empty() {
        let others: Vec<&str> = actor.also_known_as.iter().map(Iri::as_str).collect();
        fields.set("alsoKnownAs", others);
    }
    fields.set(
        "tag",
        actor
            .emojis
            .iter()
            .map(super::note::emoji)
            .collect::<Vec<_>>(),
    );
    let properties: Vec<Value> = actor
        .fields
        .iter()
        .map(|(name, value)| json!({ "type": "PropertyValue", "name": name, "value": value }))
        .collect();
    fields.set("attachment", properties);
    if let Some(shared) = &actor.shared_inbox {
        fields.set("endpoints", json!({ "sharedInbox": shared.as_str() }));
    }
    fields.done()
}

/// What anybody may fetch without saying who they are: enough to check a signature and to
/// deliver, and nothing about the person. Only the user name comes along, because no server
/// accepts an actor without, and the address usually shows it anyway.
pub fn actor_stub(actor: &ActorOut) -> Value {
    let mut fields = stub(actor);
    fields.set("preferredUsername", actor.username.as_str());
    fields.done()
}

fn stub(actor: &ActorOut) -> Fields {
    let mut fields = Fields::new(context(), actor.kind.as_str());
    fields.set("id", actor.id.as_str());
    fields.set("inbox", actor.inbox.as_str());
    let rsa = actor
        .keys
        .iter()
        .find_map(|key| Some((key, key.key.to_pem()?)));
    if let Some((key, pem)) = rsa {
        fields.set(
            "publicKey",
            json!({ "id": key.id.as_str(), "owner": key.owner.as_str(), "publicKeyPem": pem }),
        );
    }
    let methods: Vec<Value> = actor.keys.iter().filter_map(multikey).collect();
    if !methods.is_empty() {
        fields.set("assertionMethod", methods);
    }
    fields
}

fn multikey(key: &PublicKey) -> Option<Value> {
    Some(json!({
        "id": key.id.as_str(),
        "type": "Multikey",
        "controller": key.owner.as_str(),
        "publicKeyMultibase": key.key.to_multibase()?,
    }))
}

fn picture(picture: &Picture) -> Value {
    let mut image = json!({
        "type": "Image",
        "mediaType": picture.media_type,
        "url": picture.url.as_str(),
    });
    if let Some(description) = &picture.description {
        // Mastodon reads `summary` here and `name` on attachments.
        image["summary"] = json!(description);
    }
    image
}

fn context() -> Value {
    json!([
        ACTIVITYSTREAMS,
        SECURITY,
        {
            "toot": "http://joinmastodon.org/ns#",
            "schema": "http://schema.org#",
            "sec": "https://w3id.org/security#",
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "alsoKnownAs": { "@id": "as:alsoKnownAs", "@type": "@id" },
            "movedTo": { "@id": "as:movedTo", "@type": "@id" },
            "featured": { "@id": "toot:featured", "@type": "@id" },
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "showMedia": "toot:showMedia",
            "showRepliesInMedia": "toot:showRepliesInMedia",
            "showFeatured": "toot:showFeatured",
            "attributionDomains": { "@id": "toot:attributionDomains", "@type": "@id" },
            "memorial": "toot:memorial",
            "Emoji": "toot:Emoji",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
            "assertionMethod": { "@id": "sec:assertionMethod", "@type": "@id", "@container": "@set" },
            "Multikey": "sec:Multikey",
            "controller": { "@id": "sec:controller", "@type": "@id" },
            "publicKeyMultibase": { "@id": "sec:publicKeyMultibase", "@type": "sec:multibase" }
        }
    ])
}

impl KeyMaterial {
    /// Writes what [`from_pem`](KeyMaterial::from_pem) reads, as `PUBLIC KEY`; `None` for Ed25519.
    pub fn to_pem(&self) -> Option<String> {
        use base64::Engine as _;
        let KeyMaterial::Rsa { spki_der } = self else {
            return None;
        };
        let body = base64::engine::general_purpose::STANDARD.encode(spki_der);
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, next) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = next;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Some(pem)
    }
}
