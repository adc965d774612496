//! What a handler takes, told by the types of its arguments: the description of the API is made of it.

use axum::extract::{OriginalUri, Query, RawQuery, Request, State};
use http::HeaderMap;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::form::{FileForm, Form, LongForm};
use super::{Caller, Client, Here, Id, Input, Me, Page, Paging, Path, Upload, Visit, shape};

/// What may be sent to an address, besides what stands in its path.
#[derive(Debug, Default)]
pub struct Taken {
    /// JSON schemas of the fields, by their names: in the query, or in the body.
    pub fields: Map<String, Value>,
    /// Those that must be there.
    pub needed: Vec<String>,
    /// Files come along, in these or other fields of a form.
    pub files: bool,
}

impl Taken {
    /// What this handler takes.
    pub fn by<T: Takes>() -> Taken {
        let mut taken = Taken::default();
        T::describe(&mut taken);
        taken
    }

    fn read_as<T: DeserializeOwned>(&mut self) {
        let mut schema = shape::of::<T>();
        if let Some(Value::Object(fields)) = schema.get_mut("properties").map(Value::take) {
            self.fields.extend(fields);
        }
        if let Some(needed) = schema["required"].as_array() {
            let names = needed.iter().filter_map(|name| name.as_str());
            self.needed.extend(names.map(str::to_owned));
        }
    }
}

/// All arguments of a handler, as axum lists them: first how the last of them is taken, then each.
pub trait Takes {
    /// Adds them.
    fn describe(into: &mut Taken);
}

/// One argument of a handler. Most take nothing that was sent for it alone.
pub trait Argument {
    /// Adds it.
    fn describe(_: &mut Taken) {}
}

macro_rules! takes {
    ($(($($argument:ident)*))+) => {$(
        impl<How, $($argument: Argument),*> Takes for (How, $($argument,)*) {
            fn describe(_into: &mut Taken) {
                $($argument::describe(_into);)*
            }
        }
    )+};
}
takes! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

macro_rules! alone {
    ($($kind:ty),+ $(,)?) => {$( impl Argument for $kind {} )+};
}
alone!(
    Caller,
    Client,
    HeaderMap,
    Here,
    Id,
    Me,
    OriginalUri,
    Page,
    Parts,
    RawQuery,
    Request,
    Visit
);

impl<S> Argument for State<S> {}
impl<T> Argument for Path<T> {}
impl<T> Argument for Form<T> {}
impl<T> Argument for LongForm<T> {}
impl<T> Argument for FileForm<T> {}
impl<T: Argument> Argument for Option<T> {}
impl<T, E> Argument for Result<T, E> {}

impl<T: DeserializeOwned> Argument for Input<T> {
    fn describe(into: &mut Taken) {
        into.read_as::<T>();
    }
}

impl<T: DeserializeOwned> Argument for Query<T> {
    fn describe(into: &mut Taken) {
        into.read_as::<T>();
    }
}

impl<T: DeserializeOwned> Argument for Upload<T> {
    fn describe(into: &mut Taken) {
        into.read_as::<T>();
        into.files = true;
    }
}

/// As `paging` reads it.
impl Argument for Paging {
    fn describe(into: &mut Taken) {
        let number = json!({ "type": "integer", "minimum": 0 });
        let id = json!({ "type": "string" });
        for (name, schema) in [
            ("max_id", &id),
            ("since_id", &id),
            ("min_id", &id),
            ("limit", &number),
            ("offset", &number),
        ] {
            into.fields.insert(name.to_owned(), schema.clone());
        }
    }
}
