//! What a yes is bound to.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of conditions. Rules add them, evidence carries them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Conditions(u32);

impl Conditions {
    /// No condition.
    pub const NONE: Conditions = Conditions(0);
    /// Their attached files are neither loaded nor shown.
    pub const DROP_MEDIA: Conditions = Conditions(1);
    /// What they send is hidden behind a warning.
    pub const MARK_SENSITIVE: Conditions = Conditions(1 << 1);
    /// No link previews for what they send.
    pub const DROP_PREVIEWS: Conditions = Conditions(1 << 2);
    /// Their boosts are not taken.
    pub const NO_BOOSTS: Conditions = Conditions(1 << 3);
    /// Their replies wait for a yes.
    pub const REPLIES_NEED_APPROVAL: Conditions = Conditions(1 << 4);
    /// Their follows wait for a yes, even where the followed person lets everybody follow.
    pub const FOLLOWS_NEED_APPROVAL: Conditions = Conditions(1 << 5);
    /// Their reports are not taken.
    pub const REJECT_REPORTS: Conditions = Conditions(1 << 6);
    /// No direct messages, in either direction.
    pub const NO_DIRECT: Conditions = Conditions(1 << 7);
    /// A notice is put under what is sent to them.
    pub const APPEND_NOTICE: Conditions = Conditions(1 << 8);
    /// Shown to followers of the author only, marked, and never in public places.
    pub const LIMITED: Conditions = Conditions(1 << 9);
    /// The viewer muted somebody in it.
    pub const MUTED: Conditions = Conditions(1 << 10);
    /// Waits for a yes: kept, and shown to nobody but those who can give it.
    pub const HELD: Conditions = Conditions(1 << 11);
    /// Stands in its place, folded until the viewer asks for it.
    pub const FOLDED: Conditions = Conditions(1 << 12);

    /// Every condition with its letter in the matrix and its words.
    const NAMED: [(Conditions, char, &'static str); 13] = [
        (Conditions::DROP_MEDIA, 'm', "drop media"),
        (Conditions::MARK_SENSITIVE, 's', "mark sensitive"),
        (Conditions::DROP_PREVIEWS, 'p', "drop link previews"),
        (Conditions::NO_BOOSTS, 'b', "no boosts"),
        (
            Conditions::REPLIES_NEED_APPROVAL,
            'r',
            "replies need approval",
        ),
        (
            Conditions::FOLLOWS_NEED_APPROVAL,
            'f',
            "follows need approval",
        ),
        (Conditions::REJECT_REPORTS, 'c', "reject reports"),
        (Conditions::NO_DIRECT, 'd', "no direct messages"),
        (Conditions::APPEND_NOTICE, 'n', "append a notice"),
        (Conditions::LIMITED, 'L', "limited"),
        (Conditions::MUTED, 'M', "muted"),
        (Conditions::HELD, 'H', "held"),
        (Conditions::FOLDED, 'F', "folded"),
    ];

    /// Those that bind what comes to us.
    const INWARD: Conditions = Conditions(
        Conditions::DROP_MEDIA.0
            | Conditions::MARK_SENSITIVE.0
            | Conditions::DROP_PREVIEWS.0
            | Conditions::NO_BOOSTS.0
            | Conditions::REPLIES_NEED_APPROVAL.0
            | Conditions::FOLLOWS_NEED_APPROVAL.0
            | Conditions::REJECT_REPORTS.0
            | Conditions::NO_DIRECT.0
            | Conditions::LIMITED.0,
    );

    /// Those that bind what we send.
    const OUTWARD: Conditions = Conditions(Conditions::APPEND_NOTICE.0 | Conditions::NO_DIRECT.0);

    /// As stored. `None` where a bit is not known, as from a database of a newer version: to drop
    /// it would be to widen what somebody narrowed.
    pub fn from_bits(bits: u32) -> Option<Conditions> {
        let known = Conditions::NAMED
            .iter()
            .fold(0, |all, named| all | named.0.0);
        (bits & !known == 0).then_some(Conditions(bits))
    }

    /// For storing.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Those of these that are not among `other`.
    #[must_use]
    pub fn without(self, other: Conditions) -> Conditions {
        Conditions(self.0 & !other.0)
    }

    /// Whether all of `other` are among these.
    pub fn contains(self, other: Conditions) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each condition in words.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Conditions::NAMED
            .into_iter()
            .filter(move |named| self.contains(named.0))
            .map(|named| named.2)
    }

    /// Each condition as one letter, for tables.
    pub fn letters(self) -> String {
        Conditions::NAMED
            .into_iter()
            .filter(|named| self.contains(named.0))
            .map(|named| named.1)
            .collect()
    }

    pub(crate) fn inward(self) -> Conditions {
        Conditions(self.0 & Conditions::INWARD.0)
    }

    pub(crate) fn outward(self) -> Conditions {
        Conditions(self.0 & Conditions::OUTWARD.0)
    }

    /// These, without those that speak of what somebody wrote: they belong to its author, not to
    /// who is answered or quoted in it.
    pub(crate) fn without_content(self) -> Conditions {
        let content = Conditions::DROP_MEDIA
            | Conditions::MARK_SENSITIVE
            | Conditions::DROP_PREVIEWS
            | Conditions::APPEND_NOTICE
            | Conditions::LIMITED;
        Conditions(self.0 & !content.0)
    }
}

impl BitOr for Conditions {
    type Output = Conditions;

    fn bitor(self, other: Conditions) -> Conditions {
        Conditions(self.0 | other.0)
    }
}

impl BitOrAssign for Conditions {
    fn bitor_assign(&mut self, other: Conditions) {
        self.0 |= other.0;
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.words()).finish()
    }
}
