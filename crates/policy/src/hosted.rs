//! The communities served here, and how each meets the unknown.

use comity_vocab::{Domain, Iri};

use crate::{CommunityId, Mode, Person, PersonId, Stance};

/// A community served here, as policy knows it.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// Its number.
    pub id: CommunityId,
    /// The account that speaks for it.
    pub actor: Option<PersonId>,
    /// Its domain.
    pub domain: Domain,
    /// How it meets the unknown.
    pub mode: Mode,
    /// While *cautious*: a server known for so many days is met as an open one.
    pub trust_after_days: u16,
    /// The emergency gate is closed until then, in unix milliseconds: only servers known for at
    /// least [`KNOWN_DAYS`] and those a rule opens to pass.
    pub gate_until: Option<i64>,
}

impl Hosted {
    /// A community whose gate is open and that comes to trust a server in a month.
    pub fn new(id: CommunityId, domain: Domain, mode: Mode) -> Hosted {
        Hosted {
            id,
            actor: None,
            domain,
            mode,
            trust_after_days: 30,
            gate_until: None,
        }
    }
}

/// A server heard of for so many days is *known* to an emergency gate: a wave of new servers is
/// made within hours.
pub const KNOWN_DAYS: u16 = 7;

#[derive(Clone, Debug)]
pub(crate) struct Community {
    pub(crate) id: CommunityId,
    pub(crate) mode: Mode,
    pub(crate) trust_after_days: u16,
    pub(crate) gate_is_closed: bool,
    pub(crate) face: Option<Person>,
    pub(crate) actor: Option<PersonId>,
    pub(crate) domain: Domain,
}

/// What a scope does where none of its rules opens: one more row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Default {
    /// How whoever is unknown is met.
    pub(crate) stance: Stance,
    /// A server known for so many days is met as an open one.
    pub(crate) unless_known_days: Option<u16>,
}

impl Default {
    pub(crate) fn of(mode: Mode, trust_after_days: u16) -> Option<Default> {
        Some(Default {
            stance: match mode {
                Mode::Open => return None,
                mode => mode.stance(),
            },
            unless_known_days: (mode == Mode::Cautious).then_some(trust_after_days),
        })
    }
}

impl Community {
    pub(crate) fn new(hosted: Hosted, now_ms: i64) -> Community {
        let Hosted { id, domain, .. } = hosted;
        // Every domain makes a valid address; should one not, the community has no face and
        // whatever needs one is refused.
        let face = Iri::parse(&format!("https://{domain}/"))
            .ok()
            .map(|iri| Person {
                id: None,
                iri,
                domain: domain.clone(),
                alias_domain: None,
                community: Some(id),
            });
        Community {
            id,
            mode: hosted.mode,
            trust_after_days: hosted.trust_after_days,
            gate_is_closed: hosted.gate_until.is_some_and(|end| end > now_ms),
            face,
            actor: hosted.actor,
            domain,
        }
    }
}
