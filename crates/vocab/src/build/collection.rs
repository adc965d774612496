//! Our collections, and what we leave of deleted things.

use serde_json::{Value, json};

use super::{ACTIVITYSTREAMS, Fields, time};
use crate::Iri;

/// A collection that is read page by page. Without `first` only its size is told.
pub fn collection(id: &Iri, total: Option<u64>, first: Option<&Iri>) -> Value {
    let mut fields = Fields::new(json!(ACTIVITYSTREAMS), "OrderedCollection");
    fields.set("id", id.as_str());
    fields.set_if("totalItems", total);
    fields.set_if("first", first.map(Iri::as_str));
    fields.done()
}

/// A small collection with everything in it.
pub fn collection_of(id: &Iri, items: Vec<Value>) -> Value {
    let (items, context) = under_one_context(items);
    let mut fields = Fields::new(context, "OrderedCollection");
    fields.set("id", id.as_str());
    fields.set("totalItems", items.len());
    fields.set("orderedItems", items);
    fields.done()
}

/// One page. Items are addresses or whole documents.
pub fn collection_page(id: &Iri, part_of: &Iri, next: Option<&Iri>, items: Vec<Value>) -> Value {
    let (items, context) = under_one_context(items);
    let mut fields = Fields::new(context, "OrderedCollectionPage");
    fields.set("id", id.as_str());
    fields.set("partOf", part_of.as_str());
    fields.set_if("next", next.map(Iri::as_str));
    fields.set("orderedItems", items);
    fields.done()
}

/// What is served in place of something deleted.
pub fn tombstone(id: &Iri, deleted: Option<i64>) -> Value {
    let mut fields = Fields::new(json!(ACTIVITYSTREAMS), "Tombstone");
    fields.set("id", id.as_str());
    fields.set_if("deleted", deleted.and_then(time));
    fields.done()
}

/// The richest context among the items covers all: ours only differ in having the terms of a
/// status or not, and a page holds things of one kind.
fn under_one_context(items: Vec<Value>) -> (Vec<Value>, Value) {
    let mut shared = json!(ACTIVITYSTREAMS);
    let items = items
        .into_iter()
        .map(|item| {
            if !item.is_object() {
                return item;
            }
            let (item, context) = super::without_context(item);
            if context.is_array() {
                shared = context;
            }
            item
        })
        .collect();
    (items, shared)
}
