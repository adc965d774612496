//! Collections, their pages, and what is left of deleted things.

use crate::activity::Object;
use crate::document::document;
use crate::json::Json;
use crate::{Document, Iri, Malformed};

/// Which of the four.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The names are those of ActivityStreams.
pub enum CollectionKind {
    Collection,
    OrderedCollection,
    CollectionPage,
    OrderedCollectionPage,
}

impl CollectionKind {
    /// The type as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            CollectionKind::Collection => "Collection",
            CollectionKind::OrderedCollection => "OrderedCollection",
            CollectionKind::CollectionPage => "CollectionPage",
            CollectionKind::OrderedCollectionPage => "OrderedCollectionPage",
        }
    }

    /// Reads the type.
    pub fn parse(text: &str) -> Option<CollectionKind> {
        match text {
            "Collection" => Some(CollectionKind::Collection),
            "OrderedCollection" => Some(CollectionKind::OrderedCollection),
            "CollectionPage" => Some(CollectionKind::CollectionPage),
            "OrderedCollectionPage" => Some(CollectionKind::OrderedCollectionPage),
            _ => None,
        }
    }
}

/// A collection or a page of one. Whoever walks it checks that the next page is of the same
/// origin and new to them: pages may point anywhere, also back.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    /// Its address.
    pub id: Option<Iri>,
    /// Which of the four.
    pub kind: CollectionKind,
    /// How many there are in all, as claimed.
    pub total: Option<u64>,
    /// The first page. If that was included, its items are in `items` and its next in `next`.
    pub first: Option<Iri>,
    /// The page after this.
    pub next: Option<Iri>,
    /// What is here, at most 1000. Items that cannot be read are left out.
    pub items: Vec<Object>,
    /// The collection that this page is of.
    pub part_of: Option<Iri>,
}

/// What is left of something deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// What it was.
    pub id: Iri,
}

pub(crate) fn collection(json: &Json<'_>, kind: CollectionKind) -> Result<Collection, Malformed> {
    let first = json.get("first");
    let mut items = items_of(json);
    if items.is_empty() {
        items = items_of(first);
    }
    Ok(Collection {
        id: json.id()?,
        kind,
        total: json.get("totalItems").count(),
        first: first.iri(),
        next: json.get("next").iri().or_else(|| first.get("next").iri()),
        items,
        part_of: json.get("partOf").iri(),
    })
}

fn items_of(json: &Json<'_>) -> Vec<Object> {
    // GoToSocial and others send a single item without its list.
    json.any(&["orderedItems", "items"])
        .each()
        .filter_map(|item| match item {
            Json::Text(_) => item.iri().map(Object::Iri),
            Json::Map(_) => match document(item, None) {
                Ok(Document::Unknown { id, .. }) => id.map(Object::Iri),
                Ok(document) => Some(Object::Embedded(Box::new(document))),
                Err(_) => item.iri().map(Object::Iri),
            },
            _ => None,
        })
        .collect()
}
