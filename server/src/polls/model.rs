//! A poll: what can be chosen, and what was.

use std::collections::HashSet;

use comity_vocab as vocab;

use crate::emojis::Words;
use crate::error::{Error, Result};

/// What can be chosen at most, in a poll from here.
pub const MOST_OPTIONS: usize = 8;
/// Letters of one choice.
pub const LONGEST_OPTION: usize = 100;
/// Shorter polls are over before they arrive.
pub const SHORTEST_MS: i64 = 5 * 60 * 1000;
/// Longer ones are forgotten before they end; as Mastodon has it.
pub const LONGEST_MS: i64 = 2_629_746 * 1000;

/// A poll with its numbers so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// What can be chosen, in order.
    pub options: Vec<Choice>,
    /// Several may be chosen.
    pub multiple: bool,
    /// The numbers are shown once it is over.
    pub hide_totals: bool,
    /// When it ends or ended; unix milliseconds.
    pub ends_at: Option<i64>,
    /// Nobody can vote any more: its time has come, or its server said so.
    pub closed: bool,
    /// How many people voted, where that is known.
    pub voters: Option<i64>,
    pub(super) told_at: i64,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Plain text.
    pub title: String,
    /// Votes so far.
    pub votes: i64,
}

impl Poll {
    /// What an older version of a post asked, of which the choices alone are kept; `None` where there were none.
    pub(crate) fn asked(titles: Vec<String>) -> Option<Poll> {
        if titles.is_empty() {
            return None;
        }
        let choice = |title| Choice { title, votes: 0 };
        Some(Poll {
            options: titles.into_iter().map(choice).collect(),
            multiple: false,
            hide_totals: false,
            ends_at: None,
            closed: false,
            voters: None,
            told_at: 0,
        })
    }

    /// Whether the numbers are shown.
    pub fn shows_numbers(&self) -> bool {
        !self.hide_totals || self.closed
    }

    /// The codes of emoji that stand in its choices.
    pub(crate) fn codes(&self) -> HashSet<&str> {
        let options = self.options.iter();
        let words: Vec<Words<'_>> = options.map(|option| Words::Plain(&option.title)).collect();
        Words::codes(&words)
    }

    /// Votes in all.
    pub fn votes(&self) -> i64 {
        self.options.iter().map(|option| option.votes).sum()
    }

    /// What somebody elsewhere made.
    pub(crate) fn of_note(poll: &vocab::Poll) -> Poll {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Poll {
            options: poll
                .options
                .iter()
                .map(|option| Choice {
                    title: option.name.clone(),
                    votes: count(option.votes),
                })
                .collect(),
            multiple: poll.multiple,
            hide_totals: false,
            ends_at: poll.ends_at,
            closed: poll.closed,
            voters: poll.voters.map(count),
            told_at: 0,
        }
    }

    /// As other servers read it. Numbers that are not shown yet are told as none.
    pub(crate) fn outward(&self) -> vocab::Poll {
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let shown = self.shows_numbers();
        vocab::Poll {
            options: self
                .options
                .iter()
                .map(|option| vocab::PollOption {
                    name: option.title.clone(),
                    votes: if shown { count(option.votes) } else { 0 },
                })
                .collect(),
            multiple: self.multiple,
            ends_at: self.ends_at,
            closed: self.closed,
            voters: self.voters.map(count).filter(|_| shown),
        }
    }

    /// Whether another is the same question with other numbers.
    pub(crate) fn asks_the_same(&self, other: &Poll) -> bool {
        let titles = |poll: &Poll| -> Vec<String> {
            poll.options
                .iter()
                .map(|option| option.title.clone())
                .collect()
        };
        self.multiple == other.multiple && titles(self) == titles(other)
    }
}

/// A poll that a member wants to make.
#[derive(Debug, Clone)]
pub struct NewPoll {
    /// What can be chosen, in order.
    pub options: Vec<String>,
    /// Several may be chosen.
    pub multiple: bool,
    /// The numbers are shown once it is over.
    pub hide_totals: bool,
    /// For how long it runs, in milliseconds.
    pub lasts_ms: i64,
}

impl NewPoll {
    /// As it begins. Refused where it cannot be a poll.
    pub fn begin(&self, now_ms: i64) -> Result<Poll> {
        let wrong = |why: String| Err(Error::invalid("poll", why));
        let mut titles: Vec<String> = Vec::new();
        for option in &self.options {
            let title = crate::text::plain::line(option);
            if title.is_empty() {
                continue;
            }
            if title.chars().count() > LONGEST_OPTION {
                return wrong(format!(
                    "has a choice of more than {LONGEST_OPTION} letters"
                ));
            }
            // A vote is told by its name alone.
            if titles.contains(&title) {
                return wrong(format!("offers {title:?} twice"));
            }
            titles.push(title);
        }
        if !(2..=MOST_OPTIONS).contains(&titles.len()) {
            return wrong(format!("must offer 2 to {MOST_OPTIONS} choices"));
        }
        if !(SHORTEST_MS..=LONGEST_MS).contains(&self.lasts_ms) {
            return wrong("must run for at least five minutes and at most a month".to_owned());
        }
        Ok(Poll {
            options: titles
                .into_iter()
                .map(|title| Choice { title, votes: 0 })
                .collect(),
            multiple: self.multiple,
            hide_totals: self.hide_totals,
            ends_at: Some(now_ms + self.lasts_ms),
            closed: false,
            voters: Some(0),
            told_at: now_ms,
        })
    }
}

/// What becomes of the poll of a draft.
#[derive(Debug, Clone, Default)]
pub enum Wish {
    /// As it is; none in a new post.
    #[default]
    AsItIs,
    /// None.
    Without,
    /// This one.
    Make(NewPoll),
}
