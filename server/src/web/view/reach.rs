//! The page on which an author reads where a post went. It is its template.

use askama::Template;

use super::{Frame, NavItem, Protection};

/// Where a post went.
#[derive(Template, Debug)]
#[template(path = "reach/reach.html")]
pub struct ReachPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The post's conversation, to go back to.
    pub url: String,
    /// Its first words, plain.
    pub excerpt: String,
    /// "On 37 servers. 2 more came for it. Not sent to 1."
    pub sentence: String,
    /// Servers that were not to have it, with the reason.
    pub refused: Vec<LedgerRow>,
    /// Servers that have it, with the way it took.
    pub arrivals: Vec<HeldRow>,
    /// The form that asks one of them to delete it.
    pub ask_url: String,
    /// The next page of them.
    pub more_url: Option<String>,
    /// What is held, asked and cannot be held.
    pub protections: Vec<Protection>,
}

/// A server that has it.
#[derive(Clone, Debug)]
pub struct HeldRow {
    /// What everybody reads of it.
    pub row: LedgerRow,
    /// Its name as the form sends it.
    pub domain: String,
    /// That it was asked to delete it, in a sentence.
    pub asked: Option<String>,
    /// It is refused by now, and can be asked; otherwise why it cannot, in a sentence.
    pub ask: Option<Result<(), String>>,
}

/// One server in the ledger.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    /// Its name as people read it.
    pub server: String,
    /// By which way, or why not: a sentence.
    pub text: String,
    /// When, for machines (RFC 3339).
    pub when_iso: String,
    /// When, for people.
    pub when_text: String,
}
