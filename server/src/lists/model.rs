//! A list, its entries with where each comes from, and what lists may hold.

use std::fmt::Write as _;

use comity_db::row;
use comity_policy::{CommunityId, Pattern, PersonId, Scope};
use comity_vocab::Domain;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};
use crate::rules::parse_pattern;
use crate::web::time;

/// Characters of a name: it stands in the middle of sentences.
const LONGEST_NAME: usize = 50;

row! {
    /// One list. Times are unix milliseconds.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct List {
        /// Ours.
        pub id: i64,
        /// Whose rules may name it, or whose member keeps it.
        pub community_id: i64,
        /// The member who keeps it for themself; nobody for a community's.
        pub account_id: Option<i64>,
        /// What its owner calls it.
        pub name: String,
        /// Since when.
        pub created_at: i64,
        /// What its sources add is taken in without a person, within the cap.
        pub applies_alone: bool,
        /// So many entries a day are taken in without a person.
        pub daily_cap: i64,
        /// So many of its sources have to name an entry for it to count.
        pub quorum: i64,
        /// Entries its sources add that wait for a person.
        pub waiting: i64,
        /// How many it names.
        pub entries: i64,
    }
}

impl List {
    /// Whose it is, and so whose rules may name it.
    pub fn scope(&self) -> Scope {
        scope_of(self.community_id, self.account_id)
    }
}

pub(super) fn scope_of(community_id: i64, account_id: Option<i64>) -> Scope {
    let community = CommunityId(community_id);
    match account_id {
        Some(member) => Scope::Member(PersonId(member), community),
        None => Scope::Community(community),
    }
}

row! {
    /// One entry, with where it comes from. Times are unix milliseconds.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Entry {
        /// Whom it names, as typed in a rule.
        pub pattern: String,
        /// Since when.
        pub added_at: i64,
        /// Who added it; nobody when the command line did.
        pub added_by: Option<i64>,
        /// The file or the address it comes from; none for one added by hand.
        pub source: Option<String>,
        /// What was said about it.
        pub comment: Option<String>,
        /// Since when the file it comes from lacks it.
        pub retracted_at: Option<i64>,
    }
}

impl Entry {
    /// Where it comes from, given the name of who added it: "Added on 5 May 2026 by ines, from blocks.csv".
    pub fn origin(&self, by: &str) -> String {
        let day = time::day(self.added_at);
        match &self.source {
            Some(source) if self.added_by.is_none() && is_address(source) => {
                format!("Added on {day} from {source}")
            }
            Some(source) => format!("Added on {day} by {by}, from {source}"),
            None => format!("Added on {day} by {by}, by hand"),
        }
    }

    /// The same with all that is known of it.
    pub fn provenance(&self, by: &str) -> String {
        let mut told = self.origin(by);
        if let Some(at) = self.retracted_at {
            let _ = write!(told, "; retracted there on {}", time::day(at));
        }
        if let Some(comment) = &self.comment {
            let _ = write!(told, "; {comment}");
        }
        told
    }
}

/// Whether an entry comes from an address, and not from a file: names of files have no stroke in them.
pub(super) fn is_address(source: &str) -> bool {
    source.contains("://")
}

/// Whom somebody wants to have on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// A domain, a host or an account.
    pub pattern: Pattern,
    /// What is said about it.
    pub comment: Option<String>,
}

/// Who puts something on a list, and where it comes from.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// Nobody when the command line does.
    pub by: Option<i64>,
    /// The name of a file, or an address; none for what is added by hand.
    pub source: Option<String>,
}

/// A name as it is stored and compared: `Spam.Friends` and `spam.friends` are one.
pub fn parse_name(typed: &str) -> Result<String> {
    let name: String = typed.trim().nfc().collect::<String>().to_lowercase();
    let begins = name.chars().next().is_some_and(char::is_alphabetic);
    let whole = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || "-_.".contains(letter));
    if begins && whole && name.chars().count() <= LONGEST_NAME {
        return Ok(name);
    }
    Err(Error::invalid(
        "name",
        format!(
            "must begin with a letter and go on with letters, digits, - _ or . to {LONGEST_NAME} characters at most"
        ),
    ))
}

/// Whom an entry names, as typed: a domain, a host or an account, and nothing wider.
pub fn parse_entry(typed: &str) -> Result<Pattern> {
    match parse_pattern(typed)? {
        one @ (Pattern::Domain(_) | Pattern::Host(_) | Pattern::Account(_)) => Ok(one),
        _ => Err(Error::invalid(
            "pattern",
            "names more than a server or a person; a rule can do that, a list cannot",
        )),
    }
}

/// Whom an entry names, as stored. The list of suffixes changes: a name that was one server's when it was typed is
/// still meant.
pub(super) fn stored_entry(list_id: i64, text: &str) -> Result<Pattern> {
    parse_entry(text)
        .or_else(|_| Domain::parse(text).map(Pattern::Host))
        .map_err(|_| Error::internal(format!("list {list_id} names {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_a_letter_and_is_one_in_all_spellings() {
        for (typed, name) in [
            ("Spam", "spam"),
            (" Über-uns.2 ", "über-uns.2"),
            ("u\u{308}", "ü"),
        ] {
            assert_eq!(parse_name(typed).unwrap(), name);
        }
        let long = "a".repeat(51);
        for typed in [
            "",
            "7",
            "-a",
            "two words",
            "a/b",
            "a\u{202e}b",
            "“a”",
            long.as_str(),
        ] {
            assert!(parse_name(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_list_names_servers_and_people_and_nothing_wider() {
        for typed in [
            "bigcorp.example",
            "=one.bigcorp.example",
            "https://a.example/users/b",
        ] {
            assert!(parse_entry(typed).is_ok(), "{typed}");
        }
        for typed in ["*", "list:7", "software:gab", "first-seen:3", "a b"] {
            assert!(parse_entry(typed).is_err(), "{typed}");
        }
        assert!(stored_entry(1, "github.io").is_ok());
        assert!(stored_entry(1, "software:gab").is_err());
    }
}
