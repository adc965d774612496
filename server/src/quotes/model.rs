//! What a status quotes, and how far its author let it.

use std::sync::Arc;

use comity_vocab::Iri;

use crate::accounts::Account;
use crate::contacts::Asked;
use crate::error::{Error, Result};

/// Whether a quote may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is said to quote, and nobody whose it is said yes to that: it is shown as if it quoted nothing (L34).
    Claimed,
    /// Whoever is quoted was asked.
    Waits,
    /// They said no.
    Declined,
    /// They said yes, or are its author.
    Stands,
    /// They took their yes back.
    Removed,
}

impl State {
    /// The word of the column.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Claimed => "claimed",
            State::Waits => "waits",
            State::Declined => "declined",
            State::Stands => "stands",
            State::Removed => "removed",
        }
    }

    /// Whether what quotes by it is bound by the rules of whoever is quoted.
    pub fn binds(self) -> bool {
        matches!(self, State::Stands | State::Waits)
    }

    /// Reads [`State::as_str`].
    pub fn parse(word: &str) -> Result<State> {
        [
            State::Claimed,
            State::Waits,
            State::Declined,
            State::Stands,
            State::Removed,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| Error::internal(format!("a quote has the state {word:?}")))
    }
}

/// What a status quotes.
#[derive(Debug, Clone)]
pub struct Quote {
    /// By its author's name for it.
    pub iri: Iri,
    /// Once it is here.
    pub id: Option<i64>,
    /// Whose it is, once that is known here.
    pub author: Option<Arc<Account>>,
    /// Whether it may be shown.
    pub state: State,
    /// The yes, at the server of whoever is quoted: seen to be theirs where it stands, elsewhere as claimed.
    pub stamp: Option<String>,
    /// What asked a member here.
    pub request: Option<String>,
}

impl Quote {
    /// Whether it is of something by this account.
    pub fn is_of(&self, account_id: i64) -> bool {
        let author = self.author.as_ref();
        author.is_some_and(|author| author.id == account_id)
    }

    /// Whether it waits for the yes of this account.
    pub fn waits_for(&self, account_id: i64) -> bool {
        self.state == State::Waits && self.is_of(account_id)
    }

    /// Whose rules bind what quotes them: it is shown with their words, or goes out with their name.
    pub fn bound_by(&self) -> Option<&Arc<Account>> {
        self.author.as_ref().filter(|_| self.state.binds())
    }

    /// Whose yes is awaited from another server.
    pub fn asks_elsewhere(&self) -> Option<&Arc<Account>> {
        let asked = self.author.as_ref().filter(|author| !author.is_local());
        asked.filter(|_| self.state == State::Waits)
    }
}

/// What a member saw a post quote when they said yes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// This post of theirs, or none.
    Quoting(Option<i64>),
    /// They say yes to whoever wrote it, whatever that is.
    Whatever,
}

/// What a new status quotes.
#[derive(Debug)]
pub struct NewQuote {
    /// As it is stored.
    pub quote: Quote,
    /// The member who is asked about it first.
    pub holder: Option<Asked>,
}

impl NewQuote {
    /// One about which nobody here is asked as it comes in.
    pub fn of(quote: Quote) -> NewQuote {
        NewQuote {
            quote,
            holder: None,
        }
    }
}
