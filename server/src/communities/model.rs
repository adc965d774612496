//! A community: one domain served here, with its members, its rules and its voice.

use std::collections::HashMap;
use std::sync::Arc;

use comity_db::row;
use comity_policy::{CommunityId, Hosted, Mode, PersonId};
use comity_vocab::{Domain, Iri};

use crate::config;
use crate::emojis::Shelf;
use crate::error::{Error, Result};
use crate::texts::Published;

row! {
    /// One row of `communities`.
    #[derive(Debug)]
    pub struct CommunityRow {
        pub id: i64,
        pub domain: String,
        pub name: String,
        pub description: String,
        pub rules_text: String,
        pub mode: String,
        pub sign_up: String,
        pub actor_id: i64,
        pub created_at: i64,
        pub trust_after_days: i64,
        pub gate_until: Option<i64>,
        pub answers: String,
        pub rules_shown_to: String,
        pub invites: String,
        pub trends: bool,
        pub shows_peers: bool,
        pub icon: String,
        pub icon_side: i64,
        pub banner: String,
        pub banner_description: String,
        pub languages: String,
        pub described_at: i64,
    }
}

/// One domain served here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Community {
    /// Ours.
    pub id: i64,
    /// As in its members' handles.
    pub domain: Domain,
    /// What people call it.
    pub name: String,
    /// What it says of itself, as typed.
    pub description: String,
    /// What its people ask of each other, one rule a line.
    pub rules_text: String,
    /// Its answer to servers it has no rule for.
    pub mode: Mode,
    /// Who may join.
    pub sign_up: SignUp,
    /// The account that signs what the community itself asks of other servers.
    pub actor_id: i64,
    /// `https://harbour.example`, or `http://localhost:8420` on a machine of one's own; no slash at the end.
    pub origin: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When what it says of itself was changed last, or it was founded; unix milliseconds.
    pub described_at: i64,
    /// While *cautious*: a server known for so many days needs no yes any more.
    pub trust_after_days: u16,
    /// The emergency gate is closed until then; unix milliseconds.
    pub gate_until: Option<i64>,
    /// Who says yes to first contacts where it asks.
    pub answers: Answers,
    /// Who may read its rules by name, besides its members.
    pub rules_shown_to: ShownTo,
    /// What is talked about lately is shown.
    pub trends: bool,
    /// Which servers are known is shown.
    pub shows_peers: bool,
    /// Who may invite.
    pub invites: Invites,
    /// What it looks like.
    pub look: Look,
    /// The emoji of all communities here.
    pub emojis: Arc<Shelf>,
    /// Whether it has a privacy policy and terms of service.
    pub texts: Published,
}

/// What a community looks like, and which languages are spoken there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Where its icon is, a square; empty where it has none.
    pub icon: String,
    /// Pixels of a side of that.
    pub icon_side: i64,
    /// Where its wide picture is; empty where it has none.
    pub banner: String,
    /// What is in it, for who cannot see it.
    pub banner_description: String,
    /// Tags of languages, the most spoken one first.
    pub languages: Vec<String>,
}

/// Who may invite people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invites {
    /// Its moderators.
    Moderators,
    /// Each member.
    Members,
}

impl Invites {
    /// As stored and as the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Invites::Moderators => "moderators",
            Invites::Members => "members",
        }
    }

    /// Reads [`Invites::as_str`].
    pub fn parse(text: &str) -> Option<Invites> {
        [Invites::Moderators, Invites::Members]
            .into_iter()
            .find(|invites| invites.as_str() == text)
    }
}

/// Who says yes to first contacts about which a community asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Each member for themself.
    Members,
    /// Its moderators, for all.
    Moderators,
    /// Whoever comes first.
    Either,
}

impl Answers {
    const ALL: [Answers; 3] = [Answers::Members, Answers::Moderators, Answers::Either];

    /// As stored and as the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Answers::Members => "members",
            Answers::Moderators => "moderators",
            Answers::Either => "either",
        }
    }

    /// Reads [`Answers::as_str`].
    pub fn parse(text: &str) -> Option<Answers> {
        Answers::ALL
            .into_iter()
            .find(|answers| answers.as_str() == text)
    }
}

/// Who may read a community's rules by name; its members always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownTo {
    /// Everybody.
    Everyone,
    /// Servers that an open rule of it names.
    Peers,
    /// Nobody else.
    Members,
}

impl ShownTo {
    /// As stored and as the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            ShownTo::Everyone => "everyone",
            ShownTo::Peers => "peers",
            ShownTo::Members => "members",
        }
    }

    /// Reads [`ShownTo::as_str`].
    pub fn parse(text: &str) -> Option<ShownTo> {
        [ShownTo::Everyone, ShownTo::Peers, ShownTo::Members]
            .into_iter()
            .find(|shown_to| shown_to.as_str() == text)
    }
}

/// Who may join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anyone.
    Open,
    /// Whoever a moderator says yes to.
    Approval,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody new, but by an operator.
    Closed,
}

impl SignUp {
    /// As stored and as the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            SignUp::Open => "open",
            SignUp::Approval => "approval",
            SignUp::Invitation => "invitation",
            SignUp::Closed => "closed",
        }
    }

    /// Reads [`SignUp::as_str`].
    pub fn parse(text: &str) -> Option<SignUp> {
        [
            SignUp::Open,
            SignUp::Approval,
            SignUp::Invitation,
            SignUp::Closed,
        ]
        .into_iter()
        .find(|sign_up| sign_up.as_str() == text)
    }
}

impl Community {
    pub(super) fn from_row(
        row: CommunityRow,
        emojis: Arc<Shelf>,
        texts: Published,
    ) -> Result<Community> {
        let broken = |column: &str| {
            Error::internal(format!("communities.{column} of {} cannot be read", row.id))
        };
        let domain = Domain::parse(&row.domain).map_err(|_| broken("domain"))?;
        Ok(Community {
            id: row.id,
            origin: origin(&domain),
            mode: Mode::parse(&row.mode).ok_or_else(|| broken("mode"))?,
            sign_up: SignUp::parse(&row.sign_up).ok_or_else(|| broken("sign_up"))?,
            domain,
            name: row.name,
            description: row.description,
            rules_text: row.rules_text,
            actor_id: row.actor_id,
            created_at: row.created_at,
            described_at: row.described_at.max(row.created_at),
            trust_after_days: u16::try_from(row.trust_after_days)
                .map_err(|_| broken("trust_after_days"))?,
            gate_until: row.gate_until,
            answers: Answers::parse(&row.answers).ok_or_else(|| broken("answers"))?,
            rules_shown_to: ShownTo::parse(&row.rules_shown_to)
                .ok_or_else(|| broken("rules_shown_to"))?,
            invites: Invites::parse(&row.invites).ok_or_else(|| broken("invites"))?,
            trends: row.trends,
            shows_peers: row.shows_peers,
            look: Look {
                icon: row.icon,
                icon_side: row.icon_side,
                banner: row.banner,
                banner_description: row.banner_description,
                languages: row
                    .languages
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
            },
            emojis,
            texts,
        })
    }

    /// The address of `path` here; `path` begins with a slash and is made of what addresses may hold.
    pub fn iri(&self, path: &str) -> Iri {
        Iri::parse(&format!("{}{path}", self.origin))
            .expect("our own origin with a path of ours is an address")
    }

    /// As rules know it.
    pub fn policy_id(&self) -> CommunityId {
        CommunityId(self.id)
    }

    /// What rules have to know of it.
    pub fn hosted(&self) -> Hosted {
        Hosted {
            id: self.policy_id(),
            actor: Some(PersonId(self.actor_id)),
            domain: self.domain.clone(),
            mode: self.mode,
            trust_after_days: self.trust_after_days,
            gate_until: self.gate_until,
        }
    }

    /// What its people ask of each other, one sentence each.
    pub fn house_rules(&self) -> Vec<String> {
        self.rules_text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// Where a domain is served.
pub(super) fn origin(domain: &Domain) -> String {
    format!("{}://{domain}", config::scheme(domain))
}

/// All communities, as they were when they were last read.
#[derive(Clone, Debug, Default)]
pub struct Communities {
    oldest_first: Vec<Arc<Community>>,
    by_domain: HashMap<Domain, Arc<Community>>,
    by_id: HashMap<i64, Arc<Community>>,
}

impl Communities {
    /// From the oldest to the newest.
    pub(super) fn new(oldest_first: Vec<Community>) -> Communities {
        let oldest_first: Vec<_> = oldest_first.into_iter().map(Arc::new).collect();
        Communities {
            by_domain: oldest_first
                .iter()
                .map(|community| (community.domain.clone(), community.clone()))
                .collect(),
            by_id: oldest_first
                .iter()
                .map(|community| (community.id, community.clone()))
                .collect(),
            oldest_first,
        }
    }

    /// The community with this domain.
    pub fn by_domain(&self, domain: &Domain) -> Option<Arc<Community>> {
        self.by_domain.get(domain).cloned()
    }

    /// The community with this id.
    pub fn by_id(&self, id: i64) -> Option<Arc<Community>> {
        self.by_id.get(&id).cloned()
    }

    /// The oldest.
    pub fn first(&self) -> Option<Arc<Community>> {
        self.oldest_first.first().cloned()
    }

    /// From the oldest to the newest.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Community>> {
        self.oldest_first.iter()
    }
}
