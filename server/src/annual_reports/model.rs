//! What a report says, in Mastodon's second shape of it.

use serde::{Deserialize, Serialize};

use super::store::Kinds;
use crate::clock::{self, DAY_MS};

/// Whoever writes less than twice a week reads more than they write.
const FEW_POSTS: i64 = 100;

/// What was counted. Stored, and told to apps, as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// What kind of writer the member was, by one of Mastodon's five words.
    pub archetype: String,
    /// Their posts that others made most of.
    pub top_statuses: Top,
    /// January to December.
    pub time_series: Vec<Month>,
    /// What they wrote about more than once, the most first.
    pub top_hashtags: Vec<Named>,
}

/// Public posts by their ids, none of them twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Top {
    /// Boosted most.
    pub by_reblogs: Option<String>,
    /// Favourited most.
    pub by_favourites: Option<String>,
    /// Answered most.
    pub by_replies: Option<String>,
}

impl Top {
    /// All that are named.
    pub fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        let all = [&self.by_reblogs, &self.by_favourites, &self.by_replies];
        all.into_iter().filter_map(|id| id.as_ref()?.parse().ok())
    }
}

/// What came in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// 1 to 12.
    pub month: i64,
    /// Posts and boosts.
    pub statuses: i64,
    /// Whom they began to follow, and follow still.
    pub following: i64,
    /// Who began to follow them, and follows them still.
    pub followers: i64,
}

/// A hashtag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Without its sign.
    pub name: String,
    /// Posts that have it.
    pub count: i64,
}

/// What kind of writer somebody was.
pub(super) fn archetype(kinds: &Kinds) -> &'static str {
    if kinds.own + kinds.answers + kinds.boosts < FEW_POSTS {
        "lurker"
    } else if kinds.boosts > 2 * kinds.own {
        "booster"
    } else if kinds.polls * 10 > kinds.own {
        "pollster"
    } else if kinds.answers > 2 * kinds.own {
        "replier"
    } else {
        "oracle"
    }
}

/// The twelve months, of what was counted by days since 1970.
pub(super) fn months(
    statuses: &[(i64, i64)],
    following: &[(i64, i64)],
    followers: &[(i64, i64)],
) -> Vec<Month> {
    let in_month = |days: &[(i64, i64)], month: i64| -> i64 {
        let fitting = days.iter().filter(|(day, _)| month_of(*day) == Some(month));
        fitting.map(|(_, many)| many).sum()
    };
    let month = |month: i64| Month {
        month,
        statuses: in_month(statuses, month),
        following: in_month(following, month),
        followers: in_month(followers, month),
    };
    (1..=12).map(month).collect()
}

fn month_of(day: i64) -> Option<i64> {
    let date = clock::date_of(day.checked_mul(DAY_MS)?);
    Some(i64::from(date.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(own: i64, answers: i64, boosts: i64, polls: i64) -> Kinds {
        Kinds {
            own,
            answers,
            boosts,
            polls,
        }
    }

    #[test]
    fn what_somebody_did_most_names_them() {
        for (did, word) in [
            (kinds(40, 30, 29, 0), "lurker"),
            (kinds(40, 0, 81, 9), "booster"),
            (kinds(100, 0, 0, 11), "pollster"),
            (kinds(40, 81, 40, 4), "replier"),
            (kinds(100, 200, 200, 10), "oracle"),
        ] {
            assert_eq!(archetype(&did), word, "{did:?}");
        }
    }

    #[test]
    fn days_are_counted_into_their_months() {
        // The first and the last of January 1970, and the first of February.
        let all = months(&[(0, 2), (30, 3), (31, 5)], &[], &[(59, 7)]);
        assert_eq!(all.len(), 12);
        assert_eq!((all[0].month, all[0].statuses, all[1].statuses), (1, 5, 5));
        assert_eq!((all[1].followers, all[2].followers), (0, 7));
    }
}
