//! Scopes: what an app may do. They are Mastodon's, and nest: `read` holds `read:statuses`.

use std::fmt;

/// The smallest things an app may be let, each a bit. What is listed under one name is all of it.
const LEAVES: [&str; 42] = [
    "profile",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "push",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:canonical_email_blocks",
];
/// What older apps ask for in one word.
const FOLLOW: [&str; 6] = [
    "read:blocks",
    "read:follows",
    "read:mutes",
    "write:blocks",
    "write:follows",
    "write:mutes",
];
/// What holds others, beside what is read off the names.
const WHOLES: [&str; 6] = [
    "read",
    "write",
    "follow",
    "admin:read",
    "admin:write",
    "push",
];
/// What an app is let that asks for nothing.
const USUAL: &str = "read";
/// Characters of a list of scopes: all of them together are far shorter.
const LONGEST: usize = 2_000;

/// Some scopes, with the names they were asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scopes {
    names: Vec<&'static str>,
    bits: u64,
}

impl Scopes {
    /// One of the names above, as a route wants it.
    ///
    /// # Panics
    /// If there is no such scope: routes are written by hand.
    pub fn of(name: &str) -> Scopes {
        let scopes = Scopes::parse(name);
        assert!(!scopes.is_empty(), "there is no scope {name}");
        scopes
    }

    /// Names separated by spaces. Those that nobody knows are left out, so that an app written for a newer server is
    /// let less and not refused; nothing at all asks for what is usual.
    pub fn asked(text: &str) -> Scopes {
        match text.trim() {
            "" => Scopes::parse(USUAL),
            text => Scopes::parse(text),
        }
    }

    /// As [`fmt::Display`] wrote them.
    pub fn parse(text: &str) -> Scopes {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let mut scopes = Scopes::default();
        for word in text.split([' ', '+', ',']).filter(|word| !word.is_empty()) {
            let known = WHOLES.iter().chain(&LEAVES).find(|name| **name == word);
            if let Some(name) = known
                && !scopes.names.contains(name)
            {
                scopes.names.push(name);
                scopes.bits |= bits_of(name);
            }
        }
        scopes
    }

    /// These and those.
    #[must_use]
    pub fn and(&self, other: &Scopes) -> Scopes {
        Scopes::parse(&format!("{self} {other}"))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether whoever has these may do what wants `other`.
    pub fn cover(&self, other: &Scopes) -> bool {
        self.bits & other.bits == other.bits
    }

    /// Whether they touch anything below this name.
    pub fn touch(&self, name: &str) -> bool {
        self.bits & bits_of(name) != 0
    }

    /// By the names they were asked for.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(" "))
    }
}

/// The names of all scopes, the wide ones first.
pub fn all() -> impl Iterator<Item = &'static str> {
    let narrow = LEAVES.iter().filter(|leaf| !WHOLES.contains(leaf));
    WHOLES.iter().chain(narrow).copied()
}

fn bits_of(name: &str) -> u64 {
    let below = |leaf: &str| {
        leaf == name
            || leaf
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(':'))
            || (name == "follow" && FOLLOW.contains(&leaf))
    };
    LEAVES
        .iter()
        .enumerate()
        .filter(|(_, leaf)| below(leaf))
        .fold(0, |bits, (at, _)| bits | 1 << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(has: &str, wants: &str) -> bool {
        Scopes::parse(has).cover(&Scopes::of(wants))
    }

    #[test]
    fn wide_scopes_hold_narrow_ones_and_no_others() {
        assert!(covers("read", "read:statuses"));
        assert!(covers("read write", "write:media"));
        assert!(covers("follow", "write:blocks"));
        assert!(covers("admin:read", "admin:read:ip_blocks"));
        assert!(!covers("read:statuses", "read"));
        assert!(!covers("read", "write:statuses"));
        assert!(!covers("read write follow push", "admin:read:accounts"));
        assert!(!covers("follow", "read:accounts"));
        assert!(!covers("read", "profile"));
        assert!(!covers("", "profile"));
    }

    #[test]
    fn every_scope_is_something() {
        let mut together = 0;
        for name in all() {
            assert_ne!(bits_of(name), 0, "{name}");
            together |= bits_of(name);
        }
        assert_eq!(together.count_ones() as usize, LEAVES.len());
    }

    #[test]
    fn unknown_names_are_left_out_and_the_rest_reads_back() {
        let scopes = Scopes::asked("write nonsense read read:statuses write");
        assert_eq!(scopes.to_string(), "write read read:statuses");
        assert_eq!(Scopes::parse(&scopes.to_string()), scopes);
        assert_eq!(Scopes::asked("").to_string(), "read");
        assert!(Scopes::asked("nonsense").is_empty());
    }
}
