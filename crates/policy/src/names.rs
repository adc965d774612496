//! Names that rules and lists speak of, each with its number. Most names that a question is about are none of them, and
//! one look tells that, however many scopes and lists there are.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The number of a host, a domain or an account's address in one book.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Name(u32);

/// A table by number.
pub(crate) type ByName<T> = HashMap<Name, T, BuildHasherDefault<Spread>>;

/// Some of the numbers.
pub(crate) type NameSet = HashSet<Name, BuildHasherDefault<Spread>>;

/// Every name that is spoken of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<Box<str>, Name>);

impl Names {
    /// The number of a name, which it gets where it has none.
    pub(crate) fn add(&mut self, name: &str) -> Name {
        if let Some(known) = self.0.get(name) {
            return *known;
        }
        let next = u32::try_from(self.0.len()).expect("memory ends before the numbers do");
        self.0.insert(name.into(), Name(next));
        Name(next)
    }

    /// Its number, if anything speaks of it.
    pub(crate) fn find(&self, name: &str) -> Option<Name> {
        self.0.get(name).copied()
    }
}

/// Spreads numbers over a table. They are given out here one after the other, so that nobody elsewhere can choose
/// some that meet; names themselves are hashed by the standard library, with a secret.
#[derive(Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        // An odd number without pattern (2⁶⁴ by the golden ratio): neighbours end far from each other.
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
