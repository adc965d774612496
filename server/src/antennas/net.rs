//! What an antenna catches of what is shown, and how the index of words is asked for it. The index answers with more than
//! that: it knows which words are in a post, and not how they stand.

use std::collections::BTreeSet;

use comity_vocab::Visibility;

use super::Terms;
use crate::accounts::Account;
use crate::search::{ANY, mark, parts};
use crate::statuses::{Loaded, Shown, Status, Text, text};
use crate::text::{hashtag, language, words};

/// The terms of an antenna, ready to be asked.
#[derive(Debug)]
pub struct Net {
    terms: Terms,
    here: i64,
    any: Vec<Vec<String>>,
    all: Vec<Vec<String>>,
    none: Vec<Vec<String>>,
}

/// The keys of the index that a term comes to.
pub(super) fn keys(term: &str) -> BTreeSet<String> {
    words::keys(&words::sequence(term))
}

fn sequences(terms: &[String]) -> Vec<Vec<String>> {
    terms.iter().map(|term| words::sequence(term)).collect()
}

impl Net {
    /// Of these terms, of a member of this community.
    pub fn of(terms: Terms, here: i64) -> Net {
        Net {
            here,
            any: sequences(&terms.any),
            all: sequences(&terms.all),
            none: sequences(&terms.none),
            terms,
        }
    }

    /// As the member chose them.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The community that alone is looked at, where it is one.
    pub(super) fn only_of(&self) -> Option<i64> {
        self.terms.local.then_some(self.here)
    }

    /// Whether this may be caught, by what is known of it before anybody is cleared: it is open ([`is_open`]). Its words are
    /// not looked at.
    pub(super) fn may_catch(&self, loaded: &Loaded) -> bool {
        let status = loaded.status();
        if status.reblog_of.is_some() {
            return self.terms.boosts && self.terms.accounts.contains(&status.author.id);
        }
        self.is_from(&status.author)
            && (self.terms.replies || !is_reply(status))
            && self.is_near(&status.author)
    }

    /// Whether whoever wrote something lives in the community, where that is looked for.
    fn is_near(&self, author: &Account) -> bool {
        let only_of = self.only_of();
        only_of.is_none() || author.community_id == only_of
    }

    /// Whether whoever wrote something is one of those that are looked for.
    fn is_from(&self, author: &Account) -> bool {
        let terms = &self.terms;
        let is_of = |host: &String| host == author.host.as_str() || host == author.domain.as_str();
        (terms.accounts.is_empty() && terms.hosts.is_empty())
            || terms.accounts.contains(&author.id)
            || terms.hosts.iter().any(is_of)
    }

    /// Whether this is caught: the reader was cleared to see it, and its author lets it be found.
    pub fn catches(&self, shown: &Shown) -> bool {
        let terms = &self.terms;
        let status = &shown.status;
        let author = &status.author;
        let is_open = author.indexable
            && author.gone_at.is_none()
            && !status.limited
            && matches!(status.visibility, Visibility::Public | Visibility::Local);
        let comes_from_them = match &shown.reblog {
            Some(reblog) => {
                terms.boosts && !reblog.limited && terms.accounts.contains(&reblog.author.id)
            }
            None => self.is_from(author),
        };
        let said = text(status);
        // Only what is for everyone is listed under its topics.
        let topics: &[String] = if status.visibility == Visibility::Public {
            &said.tags
        } else {
            &[]
        };
        is_open
            && comes_from_them
            && (terms.replies || !is_reply(status))
            && self.is_near(author)
            && self.fits(said, topics)
    }

    /// Whether the words fit, whoever said them, or the topics that it is listed under.
    fn fits(&self, text: &Text, topics: &[String]) -> bool {
        let terms = &self.terms;
        if terms.media && text.attachments.is_empty() {
            return false;
        }
        if !terms.languages.is_empty() {
            let spoken = language::first_part(text.language.as_deref());
            if !terms.languages.contains(&spoken) {
                return false;
            }
        }
        let names = |tag: &String| terms.tags.contains(&hashtag::folded(tag));
        let is_wanted = (self.any.is_empty() && terms.tags.is_empty())
            || (!terms.tags.is_empty() && topics.iter().any(names));
        if is_wanted && self.all.is_empty() && self.none.is_empty() {
            return true;
        }
        let parts = parts(text);
        let stands = |phrase: &Vec<String>| {
            let in_part = |part: &Vec<String>| part.windows(phrase.len()).any(|at| at == phrase);
            !phrase.is_empty() && parts.iter().any(in_part)
        };
        (is_wanted || self.any.iter().any(stands))
            && self.all.iter().all(stands)
            && !self.none.iter().any(stands)
    }

    /// What the index is asked, in the words of SQLite's; `None` where topics alone say what is looked for. Words are
    /// letters, digits and our sign: nothing in them needs a way out of the quotes.
    pub(super) fn question(&self) -> Option<String> {
        let terms = &self.terms;
        if self.any.is_empty() && !terms.tags.is_empty() {
            return None;
        }
        let mut with: Vec<String> = self.all.iter().map(|term| together(term)).collect();
        if !self.any.is_empty() {
            with.push(one_of(self.any.iter().map(|term| together(term))));
        }
        if !terms.accounts.is_empty() && terms.hosts.is_empty() {
            let authors = terms.accounts.iter();
            with.push(one_of(authors.map(|id| quoted(&mark(&format!("by{id}"))))));
        }
        if !terms.languages.is_empty() {
            let spoken = terms.languages.iter();
            with.push(one_of(
                spoken.map(|part| quoted(&mark(&format!("lang{part}")))),
            ));
        }
        if terms.media {
            with.push(quoted(&mark("media")));
        }
        if with.is_empty() {
            with.push(quoted(&mark(ANY)));
        }
        // Of a phrase the index knows the words alone: it may not leave out what has them elsewhere.
        let single = self.none.iter().filter(|term| term.len() == 1);
        let mut without: Vec<String> = single.map(|term| together(term)).collect();
        if !terms.replies {
            without.push(quoted(&mark("reply")));
        }
        let with = format!("({})", with.join(" AND "));
        if without.is_empty() {
            return Some(with);
        }
        Some(format!("{with} NOT {}", one_of(without.into_iter())))
    }
}

/// Whether an antenna may catch this at all: it is for everyone or for the community, and its author lets it be found. Of what
/// a boost shares, that is asked once somebody is cleared to see it.
pub(super) fn is_open(loaded: &Loaded) -> bool {
    let status = loaded.status();
    if status.limited {
        return false;
    }
    if status.reblog_of.is_some() {
        return status.visibility == Visibility::Public;
    }
    matches!(status.visibility, Visibility::Public | Visibility::Local)
        && status.author.indexable
        && status.author.gone_at.is_none()
}

fn is_reply(status: &Status) -> bool {
    status.in_reply_to_iri.is_some() || status.in_reply_to_id.is_some()
}

fn quoted(key: &str) -> String {
    format!("\"{key}\"")
}

/// All keys of one term.
fn together(term: &[String]) -> String {
    let keys: Vec<String> = words::keys(term).iter().map(|key| quoted(key)).collect();
    format!("({})", keys.join(" AND "))
}

fn one_of(terms: impl Iterator<Item = String>) -> String {
    format!("({})", terms.collect::<Vec<_>>().join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn says(content: &str) -> Text {
        Text {
            content: content.to_owned(),
            ..Text::default()
        }
    }

    fn fits(net: &Net, text: &Text) -> bool {
        net.fits(text, &text.tags)
    }

    #[test]
    fn words_phrases_and_their_absence_are_told_apart() {
        let net = Net::of(
            Terms {
                any: list(&["Fähre", "low water"]),
                none: list(&["fog", "at night"]),
                ..Terms::default()
            },
            1,
        );
        assert!(fits(&net, &says("<p>The fahre leaves</p>")));
        assert!(fits(&net, &says("<p>At low water</p>")));
        assert!(!fits(&net, &says("<p>Water is low</p>")));
        assert!(!fits(&net, &says("<p>Ferryboats</p>")));
        assert!(!fits(&net, &says("<p>A fähre in fog</p>")));
        assert!(!fits(&net, &says("<p>A fähre at night</p>")));
        assert!(fits(&net, &says("<p>A fähre, at the end of the night</p>")));
        assert_eq!(
            net.question().unwrap(),
            "(((\"fahre\") OR (\"low\" AND \"water\"))) NOT ((\"fog\") OR \"·reply\")"
        );
    }

    #[test]
    fn a_topic_is_enough_where_words_would_be() {
        let net = Net::of(
            Terms {
                any: list(&["ebb"]),
                all: list(&["東京"]),
                tags: list(&["tides"]),
                replies: true,
                ..Terms::default()
            },
            1,
        );
        let mut said = says("<p>東京タワー</p>");
        assert!(!fits(&net, &said));
        said.tags = list(&["Tides"]);
        assert!(fits(&net, &said));
        assert!(fits(&net, &says("<p>Ebb in 東京</p>")));
        assert!(!fits(&net, &says("<p>Ebb in 京東</p>")));
        let topics = Terms {
            tags: list(&["tides"]),
            ..Terms::default()
        };
        assert_eq!(Net::of(topics, 1).question(), None);
    }
}
