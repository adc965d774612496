//! People by their names: by how any word of them begins, whatever its case and accents. Whom one follows comes first, then who
//! lives here, then everybody else.

use std::collections::HashSet;

use comity_db::Tx;

use super::store::names::{self, Home, Question};
use crate::app::App;
use crate::error::Result;
use crate::queue::{self, Job, Outcome};
use crate::text::words;

/// Words of one question; more are a sentence.
const MOST_WORDS: usize = 8;
/// Where more is asked of people than one word, so many with the longest word are looked at.
const LOOKED_AT: i64 = 500;
/// Accounts that are given their words in one go of the job that does it.
const BATCH: i64 = 500;

/// Who is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Looking {
    /// For whom.
    pub by: Option<i64>,
    /// Nobody but those they follow.
    pub only_followed: bool,
    /// Nobody but who lives here.
    pub only_here: bool,
    /// So many at most.
    pub most: i64,
}

/// Ids of accounts that have these words in their names, or, after an `@`, a handle that begins so. Nobody is cleared to know
/// of them yet.
pub async fn find(app: &App, question: &str, looking: Looking) -> Result<Vec<i64>> {
    let Looking {
        by,
        only_followed,
        only_here,
        most,
    } = looking;
    let question = question.trim().trim_start_matches('@');
    let (name, domain) = question.split_once('@').unwrap_or((question, ""));
    let mut words = words::sequence(name);
    words.truncate(MOST_WORDS);
    let longest = (0..words.len()).max_by_key(|at| words[*at].chars().count());
    let Some(longest) = longest else {
        return Ok(Vec::new());
    };
    let word = words.swap_remove(longest);
    let looked_at = if !words.is_empty() || !domain.is_empty() {
        LOOKED_AT
    } else {
        most.saturating_mul(2)
    };
    let question = Question {
        word,
        words,
        domain: domain.trim().to_lowercase(),
        username: name.trim().to_lowercase(),
    };
    let mut found = Vec::new();
    if let Some(me) = by {
        found.extend(names::followed(&app.db, me, &question, most).await?);
    }
    let wanted = usize::try_from(most).unwrap_or(usize::MAX);
    for home in [Home::Here, Home::Elsewhere] {
        if only_followed || found.len() >= wanted || (only_here && home == Home::Elsewhere) {
            break;
        }
        found.extend(names::known(&app.db, home, &question, most, looked_at).await?);
    }
    let mut seen = HashSet::new();
    found.retain(|id| seen.insert(*id));
    found.truncate(wanted);
    Ok(found)
}

/// Gives accounts below this number the words of their names, the newest first, and goes on with the rest: they were here
/// before people were found by words. What was placed since stays.
pub async fn index_older(app: &App, below: i64) -> Result<Outcome> {
    let rows = names::older(&app.db, below, BATCH).await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        return Ok(Outcome::Done);
    };
    let mut tx = Tx::new();
    for row in rows {
        names::place_older(&mut tx, row.id, &row.username, &row.display_name);
    }
    queue::push(&mut tx, app, &Job::IndexAccounts { below: last })?;
    app.commit_and_ring(tx).await?;
    Ok(Outcome::Done)
}
