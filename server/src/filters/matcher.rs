//! Which filters of a reader a post matches.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use comity_policy::Visible;

use super::api::entity;
use super::{Action, Context, Filter};
use crate::app::App;
use crate::error::Result;
use crate::statuses::{Status, text};
use crate::text::plain;

/// The filters of one reader that have not ended, ready to be held against many posts.
#[derive(Default)]
pub struct Matcher {
    reader: i64,
    filters: Vec<Ready>,
}

struct Ready {
    filter: Filter,
    words: Vec<Word>,
}

struct Word {
    folded: String,
    begins_alone: bool,
    ends_alone: bool,
}

/// A filter that a post matches.
#[derive(Clone, Copy)]
pub struct Match<'a> {
    /// Which.
    pub filter: &'a Filter,
    /// One of its words is in the post.
    keyword: Option<&'a str>,
    /// It names the post.
    status: Option<i64>,
}

impl Matcher {
    /// For this reader.
    pub async fn of(app: &App, account_id: i64) -> Result<Matcher> {
        let now = app.now_ms();
        let filters = super::of(app, account_id).await?;
        let running = filters.into_iter().filter(|filter| !filter.has_ended(now));
        Ok(Matcher {
            reader: account_id,
            filters: running.map(Ready::of).collect(),
        })
    }

    /// What apps are told beside a post: each filter it matches, wherever that holds. Nobody's own posts are filtered.
    pub fn results(&self, status: &Visible<Status>) -> Vec<Value> {
        self.matches(status).iter().map(Match::entity).collect()
    }

    /// The filter that decides what becomes of a post in this place, if any does: one that hides goes before one that
    /// folds.
    pub fn decides(&self, status: &Visible<Status>, context: Context) -> Option<&Filter> {
        let holds: Vec<&Filter> = self
            .matches(status)
            .into_iter()
            .map(|found| found.filter)
            .filter(|filter| filter.contexts.contains(&context))
            .collect();
        [Action::Hide, Action::Warn, Action::Blur]
            .into_iter()
            .find_map(|action| holds.iter().find(|filter| filter.action == action).copied())
    }

    /// Each filter that a post matches.
    pub fn matches<'a>(&'a self, status: &Visible<Status>) -> Vec<Match<'a>> {
        if self.filters.is_empty() || status.author.id == self.reader {
            return Vec::new();
        }
        let words = searchable(status);
        self.filters
            .iter()
            .filter_map(|ready| ready.matches(status.id, &words))
            .collect()
    }
}

impl Ready {
    fn of(filter: Filter) -> Ready {
        let words = filter
            .keywords
            .iter()
            .map(|keyword| Word::of(&keyword.keyword, keyword.whole_word))
            .collect();
        Ready { filter, words }
    }

    fn matches(&self, status_id: i64, words: &str) -> Option<Match<'_>> {
        let numbered = self.words.iter().position(|word| word.is_in(words));
        let listed = &self.filter.statuses;
        let found = Match {
            filter: &self.filter,
            keyword: numbered.map(|at| self.filter.keywords[at].keyword.as_str()),
            status: listed
                .iter()
                .find(|listed| listed.status_id == status_id)
                .map(|listed| listed.status_id),
        };
        (found.keyword.is_some() || found.status.is_some()).then_some(found)
    }
}

impl Match<'_> {
    /// As Mastodon calls it, a `FilterResult`.
    fn entity(&self) -> Value {
        let one = |word: &str| vec![word.to_owned()];
        json!({
            "filter": entity(self.filter),
            "keyword_matches": self.keyword.map(one),
            "status_matches": self.status.map(|id| one(&id.to_string())),
        })
    }
}

impl Word {
    /// Boundaries are asked for only at ends that are letters of a word: "#rust" has none at its beginning.
    fn of(keyword: &str, whole_word: bool) -> Word {
        let folded = folded(keyword);
        Word {
            begins_alone: whole_word && folded.chars().next().is_some_and(is_of_word),
            ends_alone: whole_word && folded.chars().next_back().is_some_and(is_of_word),
            folded,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let mut from = 0;
        while let Some(at) = text[from..].find(&self.folded) {
            let (begin, end) = (from + at, from + at + self.folded.len());
            let before = text[..begin].chars().next_back();
            let after = text[end..].chars().next();
            let stands = !(self.begins_alone && before.is_some_and(is_of_word))
                && !(self.ends_alone && after.is_some_and(is_of_word));
            if stands {
                return true;
            }
            let step = text[begin..].chars().next().map_or(1, char::len_utf8);
            from = begin + step;
        }
        false
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

/// Case and composition make no difference.
fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

/// All the words that a reader would find in a post.
fn searchable(status: &Visible<Status>) -> String {
    let words = text(status);
    let described = words
        .attachments
        .iter()
        .filter_map(|file| file.description.as_deref());
    let options = words.poll.iter().flat_map(|poll| &poll.options);
    let all: Vec<String> = [words.title.as_str(), words.spoiler_text.as_str()]
        .into_iter()
        .map(str::to_owned)
        .chain([plain::spaced(&words.content)])
        .chain(described.map(str::to_owned))
        .chain(options.map(|option| option.title.clone()))
        .collect();
    folded(&all.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keyword: &str, whole_word: bool, text: &str) -> bool {
        Word::of(keyword, whole_word).is_in(&folded(text))
    }

    #[test]
    fn a_whole_word_is_found_only_by_itself() {
        assert!(found("cat", true, "My CAT sleeps"));
        assert!(found("cat", true, "cat"));
        assert!(!found("cat", true, "concatenate cats"));
        assert!(found("cat", true, "concatenate a cat"));
        assert!(found("cat", false, "concatenate"));
    }

    #[test]
    fn what_begins_or_ends_with_a_sign_needs_no_boundary_there() {
        assert!(found("#rust", true, "so much#rust!"));
        assert!(!found("#rust", true, "#rusty"));
        assert!(found("c++", true, "c++17"));
        assert!(!found("c++", true, "abc++"));
        assert!(found("два слова", true, "Тут ДВА СЛОВА."));
        assert!(found("cafe\u{301}", true, "Café au lait"));
    }
}
