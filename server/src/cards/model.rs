//! What a page says of itself, as it is kept.

use comity_db::row;
use comity_vocab::Domain;
use serde::{Deserialize, Serialize};

row! {
    /// One row of `cards`.
    #[derive(Debug, Clone)]
    pub struct CardRow {
        pub url: String,
        pub page: String,
        pub hosts: String,
        pub author_id: Option<i64>,
        pub again_at: i64,
        pub failures: i64,
    }
}

impl CardRow {
    /// Whether it led to where whoever asked does not go: then the last of `hosts` is that, and until `again_at` only those ask
    /// who go everywhere it led. Where there is nothing else to tell of a page, it has one host.
    pub fn led_away(&self) -> bool {
        self.page.is_empty() && self.hosts.split_whitespace().nth(1).is_some()
    }
}

row! {
    /// A card under a status.
    #[derive(Debug, Clone)]
    pub struct ShownRow {
        pub status_id: i64,
        pub url: String,
        pub page: String,
        pub hosts: String,
        pub author_id: Option<i64>,
    }
}

/// What a page says of itself: plain text and addresses, each checked and bounded when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Never empty.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// The name of the site, by its own word.
    pub site: String,
    /// The domain that gave the page in the end.
    pub host: String,
    /// Who wrote it, by its word.
    pub author: String,
    /// Where whoever wrote it is found; empty, or http(s).
    pub author_url: String,
    /// A language tag.
    pub language: Option<String>,
    /// Unix milliseconds.
    pub published_at: Option<i64>,
    /// Its picture, at home.
    pub image: Option<Image>,
    /// `@name@domain` of who wrote it, by its word; read once, when it comes.
    #[serde(skip)]
    pub creator: Option<String>,
}

/// The picture that stands for a page. Nobody measured it: its size is its page's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Where it is at home.
    pub url: String,
    /// What is in it; may be empty.
    pub description: String,
    /// Pixels; 0 where that was not said.
    pub width: u32,
    /// The same.
    pub height: u32,
}

/// A card, for whom it was found to be shown.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// The address that the post links to. A card leads there and nowhere else, whatever its page says of where it is.
    pub url: String,
    /// What the page says.
    pub page: Page,
    /// The account of who wrote it, where both say so.
    pub author_id: Option<i64>,
    /// Every domain that had a part in it.
    pub(super) hosts: Vec<Domain>,
}

impl Card {
    /// Of a page of which only the address is known.
    pub fn bare(url: &str) -> Card {
        let host = url.split('/').nth(2).unwrap_or_default();
        Card {
            url: url.to_owned(),
            page: Page {
                title: url.to_owned(),
                site: host.to_owned(),
                ..Page::default()
            },
            ..Card::default()
        }
    }

    /// From its row; nothing where there is no card.
    pub(super) fn read(
        url: String,
        page: &str,
        hosts: &str,
        author_id: Option<i64>,
    ) -> Option<Card> {
        if page.is_empty() {
            return None;
        }
        // What an older version wrote and this one cannot read is as good as none, and so is what it cannot judge.
        let page = serde_json::from_str(page).ok()?;
        let hosts = hosts.split_whitespace().map(Domain::parse);
        Some(Card {
            url,
            page,
            author_id,
            hosts: hosts.collect::<Result<_, _>>().ok()?,
        })
    }
}
