//! Who may exchange what with whom.
//!
//! One pure function, [`decide`], answers one question, an [`Exchange`]; the [`Gate`] loads the
//! facts it needs and turns a yes into evidence that the rest of Comity asks for: [`Admitted`],
//! [`Visible`], [`Audience`], [`Permitted`]. Nothing here knows of HTTP, SQL or JSON, and nothing
//! but the gate can make evidence.

mod about;
mod book;
mod conditions;
mod decide;
mod exchange;
mod facts;
mod gate;
mod hosted;
mod leave;
mod list;
mod lookup;
mod names;
mod party;
mod relation;
mod row;
mod rule;
mod seeing;
mod sentence;
mod standing;
#[cfg(feature = "testing")]
pub mod testing;
mod verdict;
mod version;

pub use book::RuleBook;
pub use conditions::Conditions;
pub use decide::decide;
pub use exchange::{Act, Exchange, Way};
pub use facts::{
    Approval, Circle, FactError, FactSource, Peer, Replies, Subject, Thing, Tie, Ties,
};
pub use gate::{
    Admitted, Attested, Audience, Claim, Contact, Gate, Notice, Part, Permitted, Recipient, Visible,
};
pub use hosted::{Hosted, KNOWN_DAYS};
pub use leave::{Leave, Standing, Whom, Wishes};
pub use list::{ListEntries, Listed};
pub use party::{CommunityId, Epoch, ListId, Party, Person, PersonId, RuleId};
pub use rule::{Mode, Pattern, Rule, Scope, Stance};
pub use sentence::Listener;
pub use verdict::{Because, Outcome, Refusal, Verdict};
pub use version::Version;
