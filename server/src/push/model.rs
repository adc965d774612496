//! What an app subscribes to.

use std::collections::BTreeMap;

use comity_db::row;
use serde_json::{Value, json};

use crate::notifications::Kind;

row! {
    /// One row of `push_subscriptions`.
    #[derive(Debug, Clone)]
    pub struct SubscriptionRow {
        pub id: i64,
        pub account_id: i64,
        pub endpoint: String,
        pub p256dh: Vec<u8>,
        pub auth: Vec<u8>,
        pub standard: bool,
        pub policy: String,
        pub alerts: String,
        pub token_sealed: Option<Vec<u8>>,
    }
}

/// By what a message is sealed for one app.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// What it shares with us.
    pub auth: Vec<u8>,
}

/// Of whom an app is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Everybody.
    All,
    /// Whom the member follows.
    Followed,
    /// Who follows the member.
    Followers,
    /// Nobody.
    Nobody,
}

impl From {
    const ALL: [From; 4] = [From::All, From::Followed, From::Followers, From::Nobody];

    /// Mastodon's word.
    pub fn as_str(self) -> &'static str {
        match self {
            From::All => "all",
            From::Followed => "followed",
            From::Followers => "follower",
            From::Nobody => "none",
        }
    }

    /// Reads [`From::as_str`].
    pub fn parse(word: &str) -> Option<From> {
        From::ALL.into_iter().find(|from| from.as_str() == word)
    }
}

/// All that an app may be woken for, in Mastodon's words.
const ALERTS: [&str; 16] = [
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "added_to_collection",
    "collection_update",
    "admin.sign_up",
    "admin.report",
    "severed_relationships",
    "moderation_warning",
];

/// What an app is woken for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alerts(Vec<&'static str>);

impl Alerts {
    /// From what an app chose; words that nobody knows are left out.
    pub fn chosen(words: &BTreeMap<String, bool>) -> Alerts {
        let is_on = |word: &&&str| words.get(**word).copied().unwrap_or(false);
        Alerts(ALERTS.iter().filter(is_on).copied().collect())
    }

    /// As [`Alerts::words`] wrote them.
    pub fn parse(words: &str) -> Alerts {
        let is_on = |word: &&&str| words.split(' ').any(|on| on == **word);
        Alerts(ALERTS.iter().filter(is_on).copied().collect())
    }

    /// For the database.
    pub fn words(&self) -> String {
        self.0.join(" ")
    }

    /// Whether this is among it.
    pub fn hold(&self, kind: Kind) -> bool {
        self.0.contains(&kind.as_str())
    }

    /// As apps read it: each word with yes or no.
    pub fn entity(&self) -> Value {
        let each = ALERTS
            .iter()
            .map(|word| ((*word).to_owned(), json!(self.0.contains(word))));
        Value::Object(each.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_kept_and_nothing_else() {
        let words = [("mention", true), ("follow", false), ("nonsense", true)];
        let words = words.map(|(word, on)| (word.to_owned(), on)).into();
        let alerts = Alerts::chosen(&words);
        assert_eq!(Alerts::parse(&alerts.words()), alerts);
        assert!(alerts.hold(Kind::Mention) && !alerts.hold(Kind::Follow));
        assert_eq!(alerts.entity()["mention"], true);
        assert_eq!(alerts.entity().as_object().unwrap().len(), ALERTS.len());
    }

    #[test]
    fn there_is_a_word_for_all_that_a_member_is_told() {
        let all = ALERTS.map(|word| (word.to_owned(), true)).into();
        let alerts = Alerts::chosen(&all);
        for kind in Kind::ALL {
            // Mastodon has no word for it.
            let is_known = kind != Kind::Restored;
            assert_eq!(alerts.hold(kind), is_known, "{kind:?}");
        }
        for word in ALERTS {
            assert!(Kind::parse(word).is_some(), "{word} does not happen here");
        }
    }
}
