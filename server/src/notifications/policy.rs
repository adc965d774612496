//! What a member wants done with what strangers cause them to be told. It is applied when something happens, and leaves
//! alone what was told before. What is set aside waits among the requests. It has no say about whom the community limits:
//! of those the gate lets nobody hear who does not follow them.

use super::store::requests::{self as store, PolicyRow};
use crate::app::App;
use crate::error::{Error, Result};

/// What becomes of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Answer {
    /// They are told.
    #[default]
    Accept,
    /// It is set aside, until they look.
    Filter,
    /// They never hear of it.
    Drop,
}

impl Answer {
    /// Every answer, the mildest first.
    pub const ALL: [Answer; 3] = [Answer::Accept, Answer::Filter, Answer::Drop];

    /// The word that is stored and that apps know.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Accept => "accept",
            Answer::Filter => "filter",
            Answer::Drop => "drop",
        }
    }

    /// Reads [`Answer::as_str`].
    pub fn parse(word: &str) -> Option<Answer> {
        Answer::ALL
            .into_iter()
            .find(|answer| answer.as_str() == word)
    }
}

/// One answer for each kind of stranger. Where several fit, the sternest counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whom they do not follow.
    pub not_following: Answer,
    /// Who does not follow them, or since less than three days.
    pub not_followers: Answer,
    /// Whose account is younger than thirty days.
    pub new_accounts: Answer,
    /// Messages by whom they do not follow, that answer nothing of theirs.
    pub private_mentions: Answer,
}

/// The policy of this member; everything is told where they chose nothing.
pub async fn of(app: &App, account_id: i64) -> Result<Policy> {
    let Some(row) = store::policy(&app.db, account_id).await? else {
        return Ok(Policy::default());
    };
    let read = |word: &str| {
        Answer::parse(word).ok_or_else(|| Error::internal(format!("no such answer: {word}")))
    };
    Ok(Policy {
        not_following: read(&row.not_following)?,
        not_followers: read(&row.not_followers)?,
        new_accounts: read(&row.new_accounts)?,
        private_mentions: read(&row.private_mentions)?,
    })
}

/// Chooses it, from now on.
pub async fn choose(app: &App, account_id: i64, policy: Policy) -> Result<()> {
    let row = PolicyRow {
        not_following: policy.not_following.as_str().to_owned(),
        not_followers: policy.not_followers.as_str().to_owned(),
        new_accounts: policy.new_accounts.as_str().to_owned(),
        private_mentions: policy.private_mentions.as_str().to_owned(),
    };
    store::set_policy(&app.db, account_id, row).await
}
