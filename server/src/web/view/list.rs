//! Pages of lists.

use askama::Template;

use super::{Frame, NavItem, Trouble};

/// The lists of the viewer, and those of their community where they look after them.
#[derive(Template, Debug)]
#[template(path = "lists/lists.html")]
pub struct ListsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The viewer's own.
    pub mine: Vec<ListLine>,
    /// Their community's; nobody but its moderators sees them.
    pub community: Option<Vec<ListLine>>,
    /// The name typed for a new one.
    pub name: String,
    /// The new one is the community's.
    pub for_community: bool,
    /// What was wrong with it; the field is "name".
    pub trouble: Option<Trouble>,
}

/// A list among others.
#[derive(Clone, Debug)]
pub struct ListLine {
    /// Its page.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// "12 entries, refused by a rule".
    pub told: String,
}

/// One list with its entries.
#[derive(Template, Debug)]
#[template(path = "lists/list.html")]
pub struct ListPage {
    /// What surrounds it.
    pub frame: Frame,
    /// For its forms: `/boundaries/lists/7`.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// "Yours", "Of Harbour".
    pub whose: String,
    /// "12 entries, refused by a rule".
    pub told: String,
    /// A part of its entries, by name.
    pub entries: Vec<EntryView>,
    /// Where they go on.
    pub more: Option<String>,
    /// What was typed, and is to be mended.
    pub form: ListForm,
}

/// What was typed on the page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListForm {
    /// Whom to add.
    pub pattern: String,
    /// What to say about them.
    pub comment: String,
    /// A pasted file.
    pub text: String,
    /// Where that is from.
    pub source: String,
    /// Which of its lines: "suspend", "silence" or "all".
    pub severity: &'static str,
    /// Another name for the list.
    pub name: String,
    /// What was wrong; fields are "pattern", "text", "source" and "name".
    pub trouble: Option<Trouble>,
}

/// One entry, with where it comes from.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// Whom it names, as typed in a rule.
    pub pattern: String,
    /// "Added on 5 May 2026 by ines, from blocks.csv".
    pub told: String,
    /// What was said about it.
    pub comment: Option<String>,
    /// Since when the file it comes from lacks it, for people.
    pub retracted: Option<String>,
}

/// What a file would change.
#[derive(Template, Debug)]
#[template(path = "lists/import.html")]
pub struct ImportPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Of the list.
    pub url: String,
    /// Of the list.
    pub name: String,
    /// The file, to be sent again when it is confirmed.
    pub text: String,
    /// Where it is from.
    pub source: String,
    /// Which of its lines are meant.
    pub severity: &'static str,
    /// How many would be added.
    pub added: usize,
    /// The first of them, each with its comment.
    pub first_added: Vec<(String, String)>,
    /// How many are on the list already.
    pub there: usize,
    /// How many came from there and are no longer in it.
    pub retracted: usize,
    /// The first of them.
    pub first_retracted: Vec<String>,
    /// How many are in it again.
    pub again: usize,
    /// What was passed over, a sentence each.
    pub passed_over: Vec<String>,
    /// How many lines cannot be used.
    pub unusable: usize,
    /// The first of them: its number, how it begins, why.
    pub first_unusable: Vec<(u64, String, String)>,
}

impl ImportPage {
    /// Whether confirming it would change anything.
    pub fn changes(&self) -> bool {
        self.added + self.retracted + self.again > 0
    }
}
