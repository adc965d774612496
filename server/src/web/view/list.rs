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
    /// The addresses it is taken in from.
    pub sources: Vec<SourceView>,
    /// How many entries of theirs wait for a person.
    pub waiting: i64,
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
    /// The address of a source.
    pub address: String,
    /// Additions are taken in without a person.
    pub alone: bool,
    /// How many a day.
    pub cap: String,
    /// How many sources have to name them.
    pub quorum: String,
    /// What was wrong; fields are "pattern", "text", "source", "name", "url", "cap" and "quorum".
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
    /// Since when what it comes from lacks it, for people.
    pub retracted: Option<String>,
    /// Which sources name it now, each with since when.
    pub named_by: Vec<(String, String)>,
}

/// An address that a list is taken in from.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// For its buttons.
    pub id: i64,
    /// Where it is.
    pub url: String,
    /// How many it names.
    pub entries: i64,
    /// Lines of it that nobody can use.
    pub unusable: i64,
    /// When it was asked last, for people.
    pub asked: Option<String>,
    /// When it answered last, for people.
    pub answered: Option<String>,
    /// The day since which it says what it says.
    pub changed: Option<String>,
    /// The first digits of the hash of that.
    pub digest: Option<String>,
    /// Why the last try came to nothing: a lower-case fragment.
    pub trouble: Option<String>,
}

/// What the sources of a list would change.
#[derive(Template, Debug)]
#[template(path = "lists/draft.html")]
pub struct DraftPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Of the list.
    pub url: String,
    /// Of the list.
    pub name: String,
    /// How many sources have to name an entry.
    pub quorum: i64,
    /// Where more would change than is usual for a day.
    pub warning: Option<String>,
    /// How many would be put on the list.
    pub added: usize,
    /// The first of them.
    pub first_added: Vec<ProposedView>,
    /// How many a person decides about one by one.
    pub to_look_at: usize,
    /// The first of them.
    pub first_to_look_at: Vec<ProposedView>,
    /// Of how many the source says something else by now.
    pub changed: usize,
    /// The first of them, each with that.
    pub first_changed: Vec<(String, String)>,
    /// How many too few sources name.
    pub short: i64,
    /// How many a person left out.
    pub declined: i64,
    /// How many on the list too few sources name by now.
    pub retracted: i64,
    /// What tells this draft from another.
    pub seal: String,
    /// What was wrong.
    pub trouble: Option<Trouble>,
}

impl DraftPage {
    /// Whether there is anything to say yes to.
    pub fn changes(&self) -> bool {
        self.added + self.to_look_at + self.changed > 0
    }
}

/// An entry that sources name and the list does not.
#[derive(Clone, Debug)]
pub struct ProposedView {
    /// Whom, as typed in a rule.
    pub pattern: String,
    /// What is said of them.
    pub comment: String,
    /// The address that named it first, and how many others do: "… and 2 more".
    pub from: String,
    /// Why a person decides about it.
    pub look: Option<String>,
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
