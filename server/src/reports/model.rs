//! A report: what somebody brings before the moderators of a community.

use comity_db::row;
use comity_vocab::Domain;

use crate::error::{Error, Result};

row! {
    /// One row of `reports`.
    #[derive(Debug, Clone)]
    pub struct ReportRow {
        pub id: i64,
        pub community_id: i64,
        pub account_id: i64,
        pub target_id: i64,
        pub iri: Option<String>,
        pub category: String,
        pub comment: String,
        pub rule_ids: String,
        pub forwarded_to: String,
        pub assigned_to: Option<i64>,
        pub resolved_by: Option<i64>,
        pub resolved_at: Option<i64>,
        pub answer: String,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

row! {
    /// What a post said when it was reported.
    #[derive(Debug, Clone)]
    pub struct Evidence {
        /// The post, which may be gone.
        pub status_id: i64,
        /// What it is called.
        pub iri: String,
        /// Plain text; none where it was not for whoever reported.
        pub said: Option<String>,
        /// Unix milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// What a collection said when it was reported.
    #[derive(Debug, Clone)]
    pub struct Collected {
        /// The collection, which may be gone.
        pub collection_id: i64,
        /// Its address.
        pub iri: String,
        /// Plain text.
        pub said: String,
        /// Unix milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// What a moderator wrote down about a report, for the others.
    #[derive(Debug, Clone)]
    pub struct Note {
        /// Sorts by time.
        pub id: i64,
        /// Who wrote it.
        pub account_id: i64,
        /// As typed.
        pub text: String,
        /// Unix milliseconds.
        pub created_at: i64,
    }
}

/// What is wrong, in Mastodon's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Category {
    /// None of the others.
    #[default]
    Other,
    /// Advertising, or the same thing again and again.
    Spam,
    /// It may be against the law.
    Legal,
    /// It is against what people here ask of each other.
    Violation,
}

impl Category {
    /// Every one, as forms list them.
    pub const ALL: [Category; 4] = [
        Category::Violation,
        Category::Spam,
        Category::Legal,
        Category::Other,
    ];

    /// The word that is stored and that apps know.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Other => "other",
            Category::Spam => "spam",
            Category::Legal => "legal",
            Category::Violation => "violation",
        }
    }

    /// Reads [`Category::as_str`].
    pub fn parse(word: &str) -> Option<Category> {
        Category::ALL
            .into_iter()
            .find(|category| category.as_str() == word)
    }
}

/// What was brought before the moderators of a community.
#[derive(Debug, Clone)]
pub struct Report {
    /// Sorts by time.
    pub id: i64,
    /// Whose moderators look at it.
    pub community_id: i64,
    /// Who reports: a member here, or who speaks for a server.
    pub account_id: i64,
    /// Who is reported.
    pub target_id: i64,
    /// It came from another server.
    pub is_from_elsewhere: bool,
    /// What is wrong.
    pub category: Category,
    /// In the words of who reports; plain text.
    pub comment: String,
    /// Which house rules, counted from 1.
    pub rule_ids: Vec<i64>,
    /// To which servers it was sent on.
    pub forwarded_to: Vec<Domain>,
    /// The moderator who sees to it.
    pub assigned_to: Option<i64>,
    /// The moderator who closed it,
    pub resolved_by: Option<i64>,
    /// and when, in unix milliseconds.
    pub resolved_at: Option<i64>,
    /// What whoever reported is told; empty for nothing.
    pub answer: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

impl Report {
    pub(super) fn from_row(row: ReportRow) -> Result<Report> {
        let broken = |column: &str| {
            Error::internal(format!("reports.{column} of {} cannot be read", row.id))
        };
        let forwarded: Vec<String> = serde_json::from_str(&row.forwarded_to)?;
        Ok(Report {
            id: row.id,
            community_id: row.community_id,
            account_id: row.account_id,
            target_id: row.target_id,
            is_from_elsewhere: row.iri.is_some(),
            category: Category::parse(&row.category).ok_or_else(|| broken("category"))?,
            rule_ids: serde_json::from_str(&row.rule_ids)?,
            forwarded_to: forwarded
                .iter()
                .map(|name| Domain::parse(name).map_err(|_| broken("forwarded_to")))
                .collect::<Result<_>>()?,
            comment: row.comment,
            assigned_to: row.assigned_to,
            resolved_by: row.resolved_by,
            resolved_at: row.resolved_at,
            answer: row.answer,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// What a member brings.
#[derive(Debug, Clone, Default)]
pub struct Complaint {
    /// Whom they report.
    pub target_id: i64,
    /// Posts of theirs.
    pub status_ids: Vec<i64>,
    /// Collections of theirs.
    pub collection_ids: Vec<i64>,
    /// What is wrong.
    pub category: Category,
    /// In their own words.
    pub comment: String,
    /// Which house rules, counted from 1.
    pub rule_ids: Vec<i64>,
    /// To which servers it is to go on.
    pub forward_to: Vec<Domain>,
}

/// A server to which a report could go on.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Which.
    pub server: Domain,
    /// Somebody there whose moderators would hear of it.
    pub account_id: i64,
    /// Why it is not sent there, where a boundary of the member or their community says so.
    pub refused: Option<String>,
}

/// Which reports are listed.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Closed ones, or those that are open; both where nothing is said.
    pub resolved: Option<bool>,
    /// By this account only.
    pub account_id: Option<i64>,
    /// About this account only.
    pub target_id: Option<i64>,
    /// About people whose handles are of this domain only.
    pub target_domain: Option<String>,
}
