//! Consent: what an author says of who may do what with something written, and the stamps that say yes to one case.

use crate::json::Json;
use crate::{Iri, Malformed};

/// Accounts and collections named in one list; GoToSocial names followers, those followed and whom the post mentions.
/// Who comes later is not named at all: of what an author said, less is taken and never more.
const MOST_NAMED: usize = 200;

/// GoToSocial's `interactionPolicy`, with FEP-044f's `canQuote`. What is not said is for everybody, but for quotes:
/// those nobody may make of whom it is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InteractionPolicy {
    /// Favourites and reactions.
    pub can_like: Option<SubPolicy>,
    /// Answers.
    pub can_reply: Option<SubPolicy>,
    /// Boosts.
    pub can_announce: Option<SubPolicy>,
    /// Quotes.
    pub can_quote: Option<SubPolicy>,
}

/// Who may do one thing: actors, collections of them, and [`PUBLIC`](crate::PUBLIC).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubPolicy {
    /// They may at once.
    pub automatic: Vec<Iri>,
    /// They may once they are let.
    pub manual: Vec<Iri>,
}

/// What a stamp permits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The names are those of GoToSocial and FEP-044f.
pub enum Consented {
    Like,
    Reply,
    Announce,
    Quote,
}

impl Consented {
    /// The stamps' types. GoToSocial called them *Approval* before 0.20.
    fn parse(kind: &str) -> Option<Consented> {
        match kind {
            "LikeAuthorization" | "LikeApproval" => Some(Consented::Like),
            "ReplyAuthorization" | "ReplyApproval" => Some(Consented::Reply),
            "AnnounceAuthorization" | "AnnounceApproval" => Some(Consented::Announce),
            "QuoteAuthorization" => Some(Consented::Quote),
            _ => None,
        }
    }

    /// The type of such a stamp as it is written.
    pub fn stamp_type(self) -> &'static str {
        match self {
            Consented::Like => "LikeAuthorization",
            Consented::Reply => "ReplyAuthorization",
            Consented::Announce => "AnnounceAuthorization",
            Consented::Quote => "QuoteAuthorization",
        }
    }

    /// The type of the activity that asks for such a stamp.
    pub fn request_type(self) -> &'static str {
        match self {
            Consented::Like => "LikeRequest",
            Consented::Reply => "ReplyRequest",
            Consented::Announce => "AnnounceRequest",
            Consented::Quote => "QuoteRequest",
        }
    }
}

/// A stamp: its author lets one thing be done to one thing of theirs. Nothing in it is believed before it was fetched
/// from its author's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its address.
    pub id: Iri,
    /// What it permits.
    pub permits: Consented,
    /// Who permits it.
    pub author: Iri,
    /// What is permitted: the answer, the quote, the activity.
    pub object: Iri,
    /// Whose subject that is: what is answered, quoted, liked.
    pub target: Iri,
}

/// Reads `interactionPolicy`. An empty sub-policy says nothing.
pub(crate) fn policy_of(json: &Json<'_>) -> InteractionPolicy {
    InteractionPolicy {
        can_like: sub_policy(json.get("canLike")),
        can_reply: sub_policy(json.get("canReply")),
        can_announce: sub_policy(json.get("canAnnounce")),
        can_quote: sub_policy(json.get("canQuote")),
    }
}

/// Both generations of names at once are read as the newer: whoever writes both means the same by them.
fn sub_policy(json: &Json<'_>) -> Option<SubPolicy> {
    let names = ["automaticApproval", "manualApproval"];
    let (automatic, manual) = if names.iter().any(|name| !json.get(name).is_null()) {
        (json.get(names[0]), json.get(names[1]))
    } else {
        (json.get("always"), json.get("approvalRequired"))
    };
    if automatic.is_null() && manual.is_null() {
        return None;
    }
    let named = |list: &Json<'_>| {
        let mut named = list.iris();
        named.truncate(MOST_NAMED);
        named
    };
    Some(SubPolicy {
        automatic: named(automatic),
        manual: named(manual),
    })
}

/// Reads a stamp; `None` for other types.
pub(crate) fn stamp(json: &Json<'_>, kind: &str) -> Option<Result<Stamp, Malformed>> {
    let permits = Consented::parse(kind)?;
    let missing = |field: &'static str| Malformed::new(field, "is missing");
    let read = || {
        Ok(Stamp {
            id: json.required_id()?,
            permits,
            author: json
                .any(&["attributedTo", "actor"])
                .iri()
                .ok_or_else(|| missing("attributedTo"))?,
            object: json
                .any(&["interactingObject", "object"])
                .iri()
                .ok_or_else(|| missing("interactingObject"))?,
            target: json
                .any(&["interactionTarget", "target"])
                .iri()
                .ok_or_else(|| missing("interactionTarget"))?,
        })
    };
    Some(read())
}
