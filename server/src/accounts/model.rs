//! An account: someone with a profile, here or elsewhere.

use comity_db::row;
use comity_policy::{Act, CommunityId, Person, PersonId, Subject, Thing, Visible};
use comity_vocab::{ActorKind, Domain, Handle, Iri};

use super::verify::{Verified, link_of};
use crate::emojis::Remote;
use crate::error::{Error, Result};
use crate::members::Role;

row! {
    /// One row of `accounts`, as every statement of this folder selects it (see [`columns`](super::store)).
    #[derive(Debug, Clone)]
    #[allow(clippy::struct_excessive_bools, reason = "each is a column")]
    pub struct AccountRow {
        pub id: i64,
        pub iri: String,
        pub username: String,
        pub domain: String,
        pub host: String,
        pub community_id: Option<i64>,
        pub kind: String,
        pub display_name: String,
        pub note: String,
        pub note_source: String,
        pub fields: String,
        pub url: Option<String>,
        pub avatar_url: Option<String>,
        pub header_url: Option<String>,
        pub locked: bool,
        pub discoverable: bool,
        pub indexable: bool,
        pub inbox: String,
        pub shared_inbox: Option<String>,
        pub outbox: Option<String>,
        pub followers_iri: Option<String>,
        pub following_iri: Option<String>,
        pub featured_iri: Option<String>,
        pub moved_to_iri: Option<String>,
        pub statuses_count: i64,
        pub followers_count: i64,
        pub following_count: i64,
        pub last_status_at: Option<i64>,
        pub created_at: i64,
        pub fetched_at: i64,
        pub gone_at: Option<i64>,
        pub hide_collections: bool,
        pub avatar_description: String,
        pub header_description: String,
        pub emojis: String,
        pub attribution_domains: String,
        pub verified_links: String,
        pub show_media: bool,
        pub show_media_replies: bool,
        pub show_featured: bool,
        pub role: Option<String>,
    }
}

/// Someone with a profile. What others may need to name or reach them is open; what they wrote about themselves is
/// behind [`profile`], which asks for evidence.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a column"
)]
pub struct Account {
    /// Ours.
    pub id: i64,
    /// Theirs: the address of the actor.
    pub iri: Iri,
    /// As in the handle, in the owner's spelling.
    pub username: String,
    /// As in the handle.
    pub domain: Domain,
    /// The host that speaks for this account.
    pub host: Domain,
    /// The community they live in, when they live here.
    pub community_id: Option<i64>,
    /// Person, service, …
    pub kind: ActorKind,
    /// Falls back to the username; free of bidi controls.
    pub display_name: String,
    /// The page a browser opens.
    pub url: Option<String>,
    /// Where its picture is.
    pub avatar_url: Option<String>,
    /// Wants to be asked before being followed.
    pub locked: bool,
    /// Wants to be found.
    pub discoverable: bool,
    /// Lets strangers find public posts by their words (FEP-5feb).
    pub indexable: bool,
    /// Where activities for this account go.
    pub inbox: Iri,
    /// Where activities for many accounts of its server go.
    pub shared_inbox: Option<Iri>,
    /// The address of its followers, for audiences.
    pub followers_iri: Option<Iri>,
    /// The address of those it follows.
    pub following_iri: Option<Iri>,
    /// Where what it pinned is listed.
    pub featured_iri: Option<Iri>,
    /// Where its public activities are listed.
    pub outbox: Option<Iri>,
    /// How many posts, by its server's count or ours.
    pub statuses_count: i64,
    /// How many follow it, as far as we know.
    pub followers_count: i64,
    /// How many it follows, as far as we know.
    pub following_count: i64,
    /// When it last wrote or boosted something that counts, as far as we know and to the minute; unix milliseconds.
    pub last_status_at: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When a remote account was last read from its origin; unix milliseconds.
    pub fetched_at: i64,
    /// When its owner deleted it; unix milliseconds.
    pub gone_at: Option<i64>,
    /// Shows nobody else whom it follows and who follows it.
    pub hide_collections: bool,
    /// Domains whose pages may name them as who wrote them.
    pub attribution_domains: Vec<Domain>,
    /// Which places their profile has beside their posts.
    pub places: Places,
    /// What a member may do in their community, which everybody may know: its page names who looks after it.
    pub role: Option<Role>,
    /// Emoji of their server in their name and profile; none for who lives here, whose community has them.
    pub emojis: Vec<Remote>,
    profile: Profile,
}

/// Which places a profile has beside its posts. Whoever turns one off takes nothing back that stands there: their posts are
/// still theirs to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// For what has files.
    pub media: bool,
    /// Answers with files are there, too.
    pub media_replies: bool,
    /// For topics, people and collections that they recommend.
    pub featured: bool,
}

/// All of them: so is it where nobody says anything.
impl Default for Places {
    fn default() -> Places {
        Places {
            media: true,
            media_replies: true,
            featured: true,
        }
    }
}

/// What someone wrote about themselves.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Sanitised HTML.
    pub note: String,
    /// As typed; empty for remote accounts.
    pub note_source: String,
    /// Name and sanitised value.
    pub fields: Vec<(String, String)>,
    /// Where its wide picture is.
    pub header_url: Option<String>,
    /// What is in the small picture, in their words; may be empty.
    pub avatar_description: String,
    /// What is in the wide one.
    pub header_description: String,
    /// Where they moved to, if they did.
    pub moved_to_iri: Option<String>,
    /// Pages in the fields of a member that link back to them, as far as that is believed; none for remote accounts.
    pub verified: Vec<Verified>,
}

impl Profile {
    /// Since when the page that this value of a field leads to is known to link back; unix milliseconds.
    pub fn verified_at(&self, value: &str) -> Option<i64> {
        if self.verified.is_empty() {
            return None;
        }
        let link = link_of(value)?;
        let mut verified = self.verified.iter();
        Some(verified.find(|known| known.url == link)?.since)
    }
}

/// The only door to what someone wrote about themselves.
pub fn profile(account: &Visible<Account>) -> &Profile {
    &account.profile
}

impl Account {
    /// From a row that this program wrote: its addresses were canonical then. What is believed of it at `now_ms` is told.
    pub(super) fn from_row(row: AccountRow, now_ms: i64) -> Result<Account> {
        let display_name = if row.display_name.is_empty() {
            row.username.clone()
        } else {
            row.display_name
        };
        Ok(Account {
            id: row.id,
            iri: stored_iri(&row.iri)?,
            username: row.username,
            domain: stored_domain(&row.domain)?,
            host: stored_domain(&row.host)?,
            community_id: row.community_id,
            kind: ActorKind::parse(&row.kind).unwrap_or(ActorKind::Person),
            display_name,
            url: row.url,
            avatar_url: row.avatar_url,
            locked: row.locked,
            discoverable: row.discoverable,
            indexable: row.indexable,
            inbox: stored_iri(&row.inbox)?,
            shared_inbox: row.shared_inbox.as_deref().map(stored_iri).transpose()?,
            followers_iri: row.followers_iri.as_deref().map(stored_iri).transpose()?,
            following_iri: row.following_iri.as_deref().map(stored_iri).transpose()?,
            featured_iri: row.featured_iri.as_deref().map(stored_iri).transpose()?,
            outbox: row.outbox.as_deref().map(stored_iri).transpose()?,
            statuses_count: row.statuses_count,
            followers_count: row.followers_count,
            following_count: row.following_count,
            last_status_at: row.last_status_at,
            created_at: row.created_at,
            fetched_at: row.fetched_at,
            gone_at: row.gone_at,
            hide_collections: row.hide_collections,
            attribution_domains: row
                .attribution_domains
                .split_whitespace()
                .map(stored_domain)
                .collect::<Result<_>>()?,
            places: Places {
                media: row.show_media,
                media_replies: row.show_media_replies,
                featured: row.show_featured,
            },
            role: row.role.as_deref().and_then(Role::parse),
            emojis: emojis_of(&row.emojis),
            profile: Profile {
                note: row.note,
                note_source: row.note_source,
                fields: serde_json::from_str(&row.fields).unwrap_or_default(),
                header_url: row.header_url,
                avatar_description: row.avatar_description,
                header_description: row.header_description,
                moved_to_iri: row.moved_to_iri,
                verified: verified_of(&row.verified_links, now_ms),
            },
        })
    }

    /// The standing of this account before the gate.
    pub fn person(&self) -> Person {
        Person {
            id: Some(PersonId(self.id)),
            iri: self.iri.clone(),
            domain: self.host.clone(),
            alias_domain: (self.domain != self.host).then(|| self.domain.clone()),
            community: self.community_id.map(CommunityId),
        }
    }

    /// `@name@domain`, whole: as it is written anywhere.
    pub fn handle(&self) -> Handle {
        Handle {
            username: self.username.clone(),
            domain: Some(self.domain.clone()),
        }
    }

    /// Whether pages of this domain may name them as who wrote them.
    pub fn writes_at(&self, domain: &Domain) -> bool {
        let mut listed = self.attribution_domains.iter();
        listed.any(|listed| domain.is_within(listed))
    }

    /// Lives here.
    pub fn is_local(&self) -> bool {
        self.community_id.is_some()
    }
}

impl Subject for Account {
    /// A profile is found rather than read: whoever blocks somebody still sees whom.
    fn seen_by(&self) -> Act {
        Act::Find
    }

    /// A profile is public; what policy holds against its owner still counts.
    fn thing(&self) -> Thing {
        Thing::of(self.person())
    }
}

/// Most have none.
fn verified_of(stored: &str, now_ms: i64) -> Vec<Verified> {
    if stored == "[]" {
        return Vec::new();
    }
    let mut verified: Vec<Verified> = serde_json::from_str(stored).unwrap_or_default();
    verified.retain(|one| one.is_believed(now_ms));
    verified
}

/// Most have none.
fn emojis_of(stored: &str) -> Vec<Remote> {
    if stored == "[]" {
        return Vec::new();
    }
    serde_json::from_str(stored).unwrap_or_default()
}

/// Reads an address that this program stored; only a damaged database makes it fail.
pub fn stored_iri(text: &str) -> Result<Iri> {
    Iri::restore(text).map_err(|why| Error::internal(format!("stored address {text:?}: {why}")))
}

/// Reads a domain that this program stored; only a damaged database makes it fail.
pub fn stored_domain(text: &str) -> Result<Domain> {
    Domain::parse(text).map_err(|why| Error::internal(format!("stored domain {text:?}: {why}")))
}
