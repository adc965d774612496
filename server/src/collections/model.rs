//! A collection, who is in it, and what its owner may say of it.

use std::sync::Arc;

use comity_db::row;
use comity_policy::{Subject, Thing, Visible};

use crate::accounts::Account;
use crate::error::{Code, Error, Result};
use crate::text::{hashtag, language, length, plain};

/// Characters of a name, as Mastodon has it.
pub(super) const LONGEST_NAME: usize = 40;
/// Characters of a description, as Mastodon has it.
pub(super) const LONGEST_DESCRIPTION: usize = 100;

row! {
    /// One row of `collections`.
    #[derive(Debug)]
    pub struct CollectionRow {
        pub id: i64,
        pub account_id: i64,
        pub name: String,
        pub description: String,
        pub language: Option<String>,
        pub tag: Option<String>,
        pub sensitive: bool,
        pub discoverable: bool,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

row! {
    /// One row of `collection_items`.
    #[derive(Debug)]
    pub struct ItemRow {
        pub id: i64,
        pub collection_id: i64,
        pub account_id: i64,
        pub state: String,
        pub created_at: i64,
    }
}

/// A collection. What its owner says in it is behind [`words`], which asks for evidence.
#[derive(Debug)]
pub struct Collection {
    /// Ours.
    pub id: i64,
    /// Whose it is; they live here.
    pub owner: Arc<Account>,
    /// It is listed on their profile. Otherwise whoever has its address may see it.
    pub discoverable: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When its words last changed; unix milliseconds.
    pub updated_at: i64,
    words: Words,
}

/// What an owner says in a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What they call it; one line of plain text.
    pub name: String,
    /// Plain text; may be empty.
    pub description: String,
    /// The tag of its language.
    pub language: Option<String>,
    /// A hashtag by its folded name.
    pub tag: Option<String>,
    /// To be looked at by choice.
    pub sensitive: bool,
}

/// The only door to what an owner says in a collection.
pub fn words(collection: &Visible<Collection>) -> &Words {
    &collection.words
}

impl Collection {
    pub(super) fn from_row(row: CollectionRow, owner: Arc<Account>) -> Collection {
        Collection {
            id: row.id,
            owner,
            discoverable: row.discoverable,
            created_at: row.created_at,
            updated_at: row.updated_at,
            words: Words {
                name: row.name,
                description: row.description,
                language: row.language,
                tag: row.tag,
                sensitive: row.sensitive,
            },
        }
    }

    /// Its page, below the address of a community.
    pub fn path(&self) -> String {
        format!("/collections/{}", self.id)
    }
}

impl Subject for Collection {
    /// For everybody for whom its owner is there. Whoever blocks them does not read it.
    fn thing(&self) -> Thing {
        Thing::of(self.owner.person())
    }
}

/// Whether somebody is shown in a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To everybody.
    Accepted,
    /// They do not want to be suggested any more: only its owner and they see it.
    Pending,
}

impl State {
    /// Mastodon's word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Accepted => "accepted",
            State::Pending => "pending",
        }
    }
}

/// Somebody in a collection, for a viewer who may see both.
#[derive(Clone, Debug)]
pub struct Item {
    /// Ours.
    pub id: i64,
    /// Who.
    pub account_id: i64,
    /// Whether they are shown.
    pub state: State,
    /// When they were put in; unix milliseconds.
    pub created_at: i64,
}

/// A collection with those in it who are for the viewer.
#[derive(Debug)]
pub struct Shown {
    /// The collection.
    pub collection: Visible<Collection>,
    /// In the order in which they were put in.
    pub items: Vec<Item>,
}

/// What an owner says of a collection; what is left out stays, or is as usual: listed, and not sensitive.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What they call it.
    pub name: Option<String>,
    /// Plain text; empty for none.
    pub description: Option<String>,
    /// Empty for none.
    pub language: Option<String>,
    /// With or without its sign; empty for none.
    pub tag: Option<String>,
    /// To be looked at by choice.
    pub sensitive: Option<bool>,
    /// Listed on the profile.
    pub discoverable: Option<bool>,
}

impl Draft {
    /// What it says over what was said `before`, and whether it is listed. Tells what is wrong.
    pub(super) fn over(&self, before: Option<(&Words, bool)>) -> Result<(Words, bool)> {
        let was = before.map(|(words, _)| words);
        let name = match (&self.name, was) {
            (Some(name), _) => plain::line(name),
            (None, Some(was)) => was.name.clone(),
            (None, None) => String::new(),
        };
        if name.is_empty() {
            return Err(Error::invalid("name", "can't be blank").coded(Code::Blank));
        }
        length::at_most("name", &name, LONGEST_NAME)?;
        let description = match (&self.description, was) {
            (Some(description), _) => plain::line(description),
            (None, Some(was)) => was.description.clone(),
            (None, None) => String::new(),
        };
        length::at_most("description", &description, LONGEST_DESCRIPTION)?;
        let language = match self.language.as_deref().map(str::trim) {
            None => was.and_then(|was| was.language.clone()),
            Some("") => None,
            Some(tag) if language::is_tag(tag) => Some(tag.to_owned()),
            Some(_) => {
                return Err(Error::invalid(
                    "language",
                    "is not a language tag such as en or pt-BR",
                )
                .coded(Code::Invalid));
            }
        };
        let tag = match self.tag.as_deref().map(str::trim) {
            None => was.and_then(|was| was.tag.clone()),
            Some("") => None,
            Some(tag) => Some(hashtag::name(tag).ok_or_else(|| {
                Error::invalid("tag_name", "is not one hashtag, as in #tides").coded(Code::Invalid)
            })?),
        };
        let sensitive = was.is_some_and(|was| was.sensitive);
        let discoverable = before.is_none_or(|(_, discoverable)| discoverable);
        let words = Words {
            name,
            description,
            language,
            tag,
            sensitive: self.sensitive.unwrap_or(sensitive),
        };
        Ok((words, self.discoverable.unwrap_or(discoverable)))
    }
}
