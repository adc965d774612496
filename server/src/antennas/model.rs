//! What an antenna looks for, and what a member may say of it.

use comity_vocab::Domain;
use serde::{Deserialize, Serialize};

use super::net;
use crate::error::{Error, Result};
use crate::text::{hashtag, language, length, words};

/// Of each kind: each costs a look into the index, and nobody keeps in mind what a longer list catches.
const MOST_TERMS: usize = 20;
/// Characters of one: a sentence.
const LONGEST_TERM: usize = 100;
/// Words and signs that all of it comes to: in a script without spaces a sentence is a hundred.
const MOST_KEYS: usize = 200;
/// Characters of a title, as of a list's.
const LONGEST_TITLE: usize = 256;

/// An antenna.
#[derive(Clone, Debug)]
pub struct Antenna {
    /// Ours; no list has the same.
    pub id: i64,
    /// What its owner calls it.
    pub title: String,
    /// What it catches.
    pub terms: Terms,
}

/// What is caught: it has one of `any` or `tags` (where there are some), all of `all`, none of `none`, is from one of
/// `accounts` or `hosts` (where there are some), and fits the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a term of its own")]
pub struct Terms {
    /// Words or phrases, of which one is enough.
    pub any: Vec<String>,
    /// Words or phrases, of which none may be missing.
    pub all: Vec<String>,
    /// Words or phrases that may not be there.
    pub none: Vec<String>,
    /// Topics by their folded names, of which one is enough.
    pub tags: Vec<String>,
    /// Only what these write.
    pub accounts: Vec<i64>,
    /// Only what comes from these servers: those of the handle or of the address.
    pub hosts: Vec<String>,
    /// Only what is in these languages, by the first part of their tags.
    pub languages: Vec<String>,
    /// Only what has files.
    pub media: bool,
    /// Only what was written in the community of whoever has it.
    pub local: bool,
    /// Answers as well.
    pub replies: bool,
    /// What `accounts` boost as well.
    pub boosts: bool,
}

/// What a member says of an antenna; what is left out stays, or is as usual: answers count, boosts do not.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What they call it.
    pub title: Option<String>,
    /// See [`Terms::any`].
    pub any: Option<Vec<String>>,
    /// See [`Terms::all`].
    pub all: Option<Vec<String>>,
    /// See [`Terms::none`].
    pub none: Option<Vec<String>>,
    /// With or without their sign.
    pub tags: Option<Vec<String>>,
    /// See [`Terms::accounts`].
    pub accounts: Option<Vec<i64>>,
    /// See [`Terms::hosts`].
    pub hosts: Option<Vec<String>>,
    /// Whole tags, or their first parts.
    pub languages: Option<Vec<String>>,
    /// See [`Terms::media`].
    pub media: Option<bool>,
    /// See [`Terms::local`].
    pub local: Option<bool>,
    /// See [`Terms::replies`].
    pub replies: Option<bool>,
    /// See [`Terms::boosts`].
    pub boosts: Option<bool>,
}

impl Draft {
    /// The antenna that comes of it. Says what is wrong, and refuses one that would catch everything.
    pub(super) fn over(self, id: i64, before: Option<&Antenna>) -> Result<Antenna> {
        let was = match before {
            Some(before) => before.terms.clone(),
            None => Terms {
                replies: true,
                ..Terms::default()
            },
        };
        let title = self.title.or_else(|| Some(before?.title.clone()));
        let title = title.unwrap_or_default().trim().to_owned();
        if title.is_empty() {
            return Err(Error::invalid("title", "can't be blank"));
        }
        length::at_most("title", &title, LONGEST_TITLE)?;
        let terms = Terms {
            any: each("any", self.any, was.any, word)?,
            all: each("all", self.all, was.all, word)?,
            none: each("none", self.none, was.none, word)?,
            tags: each("tags", self.tags, was.tags, tag)?,
            accounts: few("accounts", self.accounts.unwrap_or(was.accounts))?,
            hosts: each("hosts", self.hosts, was.hosts, host)?,
            languages: each("languages", self.languages, was.languages, spoken)?,
            media: self.media.unwrap_or(was.media),
            local: self.local.unwrap_or(was.local),
            replies: self.replies.unwrap_or(was.replies),
            boosts: self.boosts.unwrap_or(was.boosts),
        };
        if terms.is_boundless() {
            return Err(Error::invalid(
                "any",
                "is empty, and so is the rest; name words, hashtags, people or servers to look for",
            ));
        }
        let said = terms.any.iter().chain(&terms.all).chain(&terms.none);
        let keys: usize = said.map(|term| net::keys(term).len()).sum();
        if keys > MOST_KEYS {
            return Err(Error::invalid(
                "any",
                "is too long with the rest; look for fewer words at once",
            ));
        }
        Ok(Antenna { id, title, terms })
    }
}

impl Terms {
    fn is_boundless(&self) -> bool {
        self.any.is_empty()
            && self.all.is_empty()
            && self.tags.is_empty()
            && self.accounts.is_empty()
            && self.hosts.is_empty()
    }
}

/// What was said, read by `read`, in the place of what was.
fn each(
    field: &'static str,
    said: Option<Vec<String>>,
    was: Vec<String>,
    read: fn(&str) -> Result<String, String>,
) -> Result<Vec<String>> {
    let Some(said) = said else {
        return Ok(was);
    };
    let mut terms = Vec::new();
    for text in said.iter().map(|text| text.trim()) {
        if text.is_empty() {
            continue;
        }
        if text.chars().count() > LONGEST_TERM {
            return Err(Error::invalid(
                field,
                format!("has something longer than {LONGEST_TERM} characters"),
            ));
        }
        terms.push(read(text).map_err(|why| Error::invalid(field, why))?);
    }
    few(field, terms)
}

/// Each once, and not too many.
fn few<T: PartialEq>(field: &'static str, all: Vec<T>) -> Result<Vec<T>> {
    let mut terms = Vec::new();
    for one in all {
        if terms.contains(&one) {
            continue;
        }
        if terms.len() >= MOST_TERMS {
            return Err(Error::invalid(
                field,
                format!("has more than {MOST_TERMS}; leave some out"),
            ));
        }
        terms.push(one);
    }
    Ok(terms)
}

fn word(text: &str) -> Result<String, String> {
    if words::sequence(text).is_empty() {
        return Err(format!("has “{text}”, which has no letter or digit"));
    }
    Ok(text.to_owned())
}

fn tag(text: &str) -> Result<String, String> {
    hashtag::name(text).ok_or_else(|| format!("has “{text}”, which is no hashtag"))
}

fn host(text: &str) -> Result<String, String> {
    let domain = Domain::parse(text.trim_start_matches('@'));
    let domain = domain
        .map_err(|_| format!("has “{text}”, which is no name of a server, such as far.example"))?;
    Ok(domain.as_str().to_owned())
}

fn spoken(text: &str) -> Result<String, String> {
    match language::first_part(Some(text)) {
        part if part.is_empty() => Err(format!(
            "has “{text}”, which is no short name of a language, such as en"
        )),
        part => Ok(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a draft has it so")]
    fn texts(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(|text| (*text).to_owned()).collect())
    }

    fn named(draft: Draft) -> Result<Antenna> {
        let title = Some("Tides".to_owned());
        Draft { title, ..draft }.over(7, None)
    }

    #[test]
    fn what_is_left_out_stays() {
        let first = named(Draft {
            any: texts(&[" low water ", "", "low water"]),
            tags: texts(&["#Tides"]),
            hosts: texts(&["@Far.example"]),
            languages: texts(&["pt-BR"]),
            ..Draft::default()
        })
        .unwrap();
        assert_eq!(first.terms.any, ["low water"]);
        assert_eq!(first.terms.tags, ["tides"]);
        assert_eq!(first.terms.hosts, ["far.example"]);
        assert_eq!(first.terms.languages, ["pt"]);
        assert!(first.terms.replies && !first.terms.boosts);
        let next = Draft {
            replies: Some(false),
            tags: texts(&[]),
            ..Draft::default()
        };
        let next = next.over(7, Some(&first)).unwrap();
        assert_eq!(
            (next.title.as_str(), &next.terms.any),
            ("Tides", &first.terms.any)
        );
        assert!(next.terms.tags.is_empty() && !next.terms.replies);
    }

    #[test]
    fn what_catches_everything_or_nothing_is_refused() {
        let many: Vec<String> = (0..21).map(|at| format!("word{at}")).collect();
        let page: String = ('一'..).take(100).collect();
        for draft in [
            Draft::default(),
            Draft {
                media: Some(true),
                none: texts(&["fog"]),
                ..Draft::default()
            },
            Draft {
                any: texts(&["…"]),
                ..Draft::default()
            },
            Draft {
                any: texts(&[&"x".repeat(101)]),
                ..Draft::default()
            },
            Draft {
                any: Some(many),
                ..Draft::default()
            },
            Draft {
                any: texts(&[&page]),
                all: texts(&[&page]),
                ..Draft::default()
            },
            Draft {
                tags: texts(&["two words"]),
                ..Draft::default()
            },
            Draft {
                hosts: texts(&["no server"]),
                ..Draft::default()
            },
            Draft {
                accounts: Some((0..21).collect()),
                ..Draft::default()
            },
        ] {
            assert!(named(draft.clone()).is_err(), "{draft:?}");
        }
    }
}
