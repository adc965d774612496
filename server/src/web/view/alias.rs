//! The page of aliases: which servers hand on what they alone were given.

use askama::Template;

use super::{Frame, NavItem};

/// What was seen, those first where somebody asked whom the community refuses.
#[derive(Template, Debug)]
#[template(path = "aliases/aliases.html")]
pub struct AliasesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// A server counts as new for so many days.
    pub new_for_days: u16,
    /// How long it is kept.
    pub kept_days: i64,
    /// Each pair of servers once.
    pub rows: Vec<AliasView>,
}

/// One server that asked for what another alone was given.
#[derive(Debug)]
pub struct AliasView {
    /// Which two, and what happened.
    pub sentence: String,
    /// The community refuses who asked.
    pub is_refused: bool,
    /// How sure it is who asked.
    pub certainty: &'static str,
    /// When it last was.
    pub last_iso: String,
    /// The same, in words.
    pub last_text: String,
    /// The day it first was.
    pub first_text: String,
    /// In how many minutes.
    pub times: i64,
    /// Where a boundary for the first is set, with what was seen filled in; none where there is one.
    pub rule_url: Option<String>,
}
