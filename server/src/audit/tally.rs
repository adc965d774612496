//! What came of each try.

use std::collections::BTreeMap;

/// Leaks of one path that are told one by one; the rest is counted.
const MOST_TOLD: usize = 5;

/// Tries and leaks, by path.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<u8, Tries>);

/// What came of the tries of one path.
#[derive(Debug, Default)]
pub struct Tries {
    pub tried: usize,
    pub leaked: usize,
    /// Tries that could not be made: they show nothing.
    pub unmade: usize,
    /// The first leaks, a sentence each.
    pub leaks: Vec<String>,
}

impl Tally {
    /// One more try of a path. `leak` says what went where it must not.
    pub fn tried(&mut self, path: u8, held: bool, leak: impl FnOnce() -> String) {
        let tries = self.0.entry(path).or_default();
        tries.tried += 1;
        if !held {
            tries.leaked += 1;
            if tries.leaks.len() < MOST_TOLD {
                tries.leaks.push(leak());
            }
        }
    }

    /// A try of a path that could not be made, because something else stood against it first.
    pub fn unmade(&mut self, path: u8) {
        self.0.entry(path).or_default().unmade += 1;
    }

    /// What came of one path.
    pub fn take(&mut self, path: u8) -> Tries {
        self.0.remove(&path).unwrap_or_default()
    }
}
