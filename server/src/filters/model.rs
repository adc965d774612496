//! A filter: words and posts that a member wants to see folded, or not at all, and where.

use crate::error::{Error, Result};
use crate::text::length;

/// Where a filter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Home, and lists of people.
    Home,
    /// What one is told.
    Notifications,
    /// Timelines of everybody, and topics.
    Public,
    /// Conversations.
    Thread,
    /// Profiles.
    Account,
}

impl Context {
    /// All of them, as they are written down.
    pub const ALL: [Context; 5] = [
        Context::Home,
        Context::Notifications,
        Context::Public,
        Context::Thread,
        Context::Account,
    ];

    /// The word that is stored and that apps say.
    pub fn as_str(self) -> &'static str {
        match self {
            Context::Home => "home",
            Context::Notifications => "notifications",
            Context::Public => "public",
            Context::Thread => "thread",
            Context::Account => "account",
        }
    }

    /// Reads [`Context::as_str`].
    pub fn parse(word: &str) -> Option<Context> {
        Context::ALL
            .into_iter()
            .find(|context| context.as_str() == word)
    }
}

/// What becomes of a post that matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// It is folded under the title of the filter.
    #[default]
    Warn,
    /// It is left out.
    Hide,
    /// Its pictures are blurred.
    Blur,
}

impl Action {
    /// The word that is stored and that apps say.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Warn => "warn",
            Action::Hide => "hide",
            Action::Blur => "blur",
        }
    }

    /// Reads [`Action::as_str`].
    pub fn parse(word: &str) -> Option<Action> {
        [Action::Warn, Action::Hide, Action::Blur]
            .into_iter()
            .find(|action| action.as_str() == word)
    }
}

/// A filter with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Ours.
    pub id: i64,
    /// What its owner calls it.
    pub title: String,
    /// Where it holds.
    pub contexts: Vec<Context>,
    /// What becomes of what matches.
    pub action: Action,
    /// When it ends by itself, in unix milliseconds.
    pub expires_at: Option<i64>,
    /// Words, oldest first.
    pub keywords: Vec<Keyword>,
    /// Posts, oldest first.
    pub statuses: Vec<Listed>,
}

impl Filter {
    /// Whether it has ended.
    pub fn has_ended(&self, now_ms: i64) -> bool {
        self.expires_at.is_some_and(|at| at <= now_ms)
    }
}

/// A word or a phrase of a filter.
#[derive(Clone, Debug)]
pub struct Keyword {
    /// Ours.
    pub id: i64,
    /// As typed.
    pub keyword: String,
    /// It matches only where no word goes on before or after it.
    pub whole_word: bool,
}

/// A post that a filter names.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Of the entry.
    pub id: i64,
    /// Of the post.
    pub status_id: i64,
}

/// What a member says of a filter. What is left out stays as it is, or as is usual.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What they call it.
    pub title: Option<String>,
    /// Where it holds.
    pub contexts: Option<Vec<Context>>,
    /// What becomes of what matches.
    pub action: Option<Action>,
    /// When it ends.
    pub expiry: Expiry,
    /// Words that come, change or go.
    pub keywords: Vec<KeywordDraft>,
}

/// When something ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// As before; at first, never.
    #[default]
    Unsaid,
    /// Never.
    Never,
    /// After so many seconds.
    After(i64),
}

impl Expiry {
    /// The longest that anybody means: a hundred years, in seconds.
    const LONGEST_S: i64 = 100 * 365 * 24 * 3600;

    /// Unix milliseconds, where it was `before`.
    pub(super) fn from(self, now_ms: i64, before: Option<i64>) -> Option<i64> {
        match self {
            Expiry::Unsaid => before,
            Expiry::Never => None,
            Expiry::After(seconds) => Some(now_ms + seconds.clamp(0, Expiry::LONGEST_S) * 1000),
        }
    }
}

/// What a member says of a word.
#[derive(Clone, Debug, Default)]
pub struct KeywordDraft {
    /// Which, where it is there already.
    pub id: Option<i64>,
    /// How it is spelt.
    pub keyword: Option<String>,
    /// Whether it stands for itself.
    pub whole_word: Option<bool>,
    /// It goes.
    pub goes: bool,
}

impl KeywordDraft {
    /// Characters of a word or phrase, as Mastodon has it.
    const LONGEST: usize = 512;

    /// Its spelling and whether it stands for itself, where it was `before`.
    pub(super) fn over(&self, before: Option<&Keyword>) -> Result<(String, bool)> {
        let keyword = match (&self.keyword, before) {
            (Some(keyword), _) => keyword.trim(),
            (None, Some(before)) => &before.keyword,
            (None, None) => "",
        };
        if keyword.is_empty() {
            return Err(Error::invalid("keyword", "can't be blank"));
        }
        length::at_most("keyword", keyword, KeywordDraft::LONGEST)?;
        let usual = before.is_none_or(|before| before.whole_word);
        Ok((keyword.to_owned(), self.whole_word.unwrap_or(usual)))
    }
}
