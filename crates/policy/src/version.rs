//! Versions as servers tell them: numbers with dots, and whatever follows.

use std::cmp::Ordering;
use std::fmt;

/// More parts are no version.
const MOST_PARTS: usize = 8;

/// A version that can be compared. `4.3.0-beta.1` comes before `4.3.0`; what follows a plus sign,
/// as in `4.3.0+glitch`, names a variety and no other age.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    text: String,
    numbers: Vec<u64>,
    early: bool,
}

impl Version {
    /// Reads a version; `None` where it does not begin with a number.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim().trim_start_matches('v');
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        let mut numbers = digits
            .trim_end_matches('.')
            .split('.')
            .take(MOST_PARTS)
            .map(|part| part.parse().ok())
            .collect::<Option<Vec<u64>>>()?;
        // 4.3 and 4.3.0 are one version.
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        let early = rest.starts_with('-') || rest.starts_with(|c: char| c.is_ascii_alphabetic());
        Some(Version {
            text: text.chars().take(64).collect(),
            numbers,
            early,
        })
    }

    /// Whether this one is older. Two early versions of one release are not told apart.
    pub fn is_before(&self, other: &Version) -> bool {
        match self.numbers.cmp(&other.numbers) {
            Ordering::Less => true,
            Ordering::Equal => self.early && !other.early,
            Ordering::Greater => false,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_compare_as_people_expect() {
        let before = |a: &str, b: &str| {
            Version::parse(a)
                .zip(Version::parse(b))
                .is_some_and(|(a, b)| a.is_before(&b))
        };
        for (older, newer) in [
            ("0.12.4", "0.12.5"),
            ("0.9", "0.12"),
            ("4.3.0-beta.1", "4.3.0"),
            ("4.3.0rc1", "4.3"),
            ("v1.2", "1.2.1"),
            ("2", "2.0.1"),
        ] {
            assert!(before(older, newer), "{older} is before {newer}");
            assert!(!before(newer, older), "{newer} is not before {older}");
        }
        assert!(!before("4.3", "4.3.0") && !before("4.3.0", "4.3"));
        assert!(!before("4.3.0+glitch", "4.3.0") && !before("4.3.0", "4.3.0+glitch"));
        for nonsense in ["", "latest", "-1", "..", "99999999999999999999999.1"] {
            assert_eq!(Version::parse(nonsense), None, "{nonsense:?}");
        }
    }
}
