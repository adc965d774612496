//! What a type reads, told by how it reads it: the description of the API is made of the types that requests are read
//! into, and so cannot say anything else than they do.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::value::Error as Broken;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
    MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Value, json};

/// How often a type is read at most: each time it tells more, where a field cannot be read from nothing.
const MOST_READINGS: usize = 500;
/// How often a field is tried that cannot be read from nothing; what stands in it tells more each time.
const MOST_TRIES: usize = 5;

/// The JSON schema of what a type reads. One that takes any JSON, as those that read themselves do, is `{}`.
pub fn of<T: DeserializeOwned>() -> Value {
    let notes = Notes::default();
    for _ in 0..MOST_READINGS {
        let before = notes.count();
        // Nothing is a bad date, say: what matters is what was asked for until then.
        let _what_it_read = T::deserialize(Reading {
            notes: &notes,
            at: String::new(),
        });
        if notes.count() == before {
            break;
        }
    }
    let mut schema = notes.schema("");
    if let Some(fields) = schema["properties"].as_object() {
        let names: Vec<String> = fields.keys().cloned().collect();
        let needed: Vec<String> = names
            .into_iter()
            .filter(|name| needs::<T>(&notes, name))
            .collect();
        if !needed.is_empty() {
            schema["required"] = json!(needed);
        }
    }
    schema
}

/// Whether there is nothing to read where this field is missing.
fn needs<T: DeserializeOwned>(notes: &Notes, name: &str) -> bool {
    notes.leave_out(name);
    let read = T::deserialize(Reading {
        notes,
        at: String::new(),
    });
    read.is_err_and(|why| why == Broken::missing_field(name_for(name)))
}

/// `missing_field` wants a name that lives as long as the program; names of fields do.
fn name_for(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

/// What was found out, by the place it stands at: `poll/options/*`.
#[derive(Default)]
struct Notes {
    seen: RefCell<BTreeMap<String, Note>>,
    left_out: RefCell<Option<String>>,
}

#[derive(Clone, Default)]
struct Note {
    schema: Map<String, Value>,
    may_be_null: bool,
    fields: &'static [&'static str],
    /// It could be read from nothing.
    done: bool,
    tries: usize,
}

impl Notes {
    fn count(&self) -> usize {
        let seen = self.seen.borrow();
        let told = |note: &Note| 1 + usize::from(note.done) + note.tries.min(MOST_TRIES);
        seen.values().map(told).sum()
    }

    fn note(&self, at: &str, change: impl FnOnce(&mut Note)) {
        change(self.seen.borrow_mut().entry(at.to_owned()).or_default());
    }

    fn is(&self, at: &str, schema: Value) {
        self.note(at, |note| {
            if let Value::Object(schema) = schema {
                note.schema = schema;
            }
        });
    }

    fn leave_out(&self, name: &str) {
        *self.left_out.borrow_mut() = Some(name.to_owned());
    }

    /// The fields worth reading; last those that could not be, since nothing is read past them.
    fn to_read(&self, at: &str, fields: &[&'static str]) -> Vec<&'static str> {
        let left_out = self.left_out.borrow();
        let seen = self.seen.borrow();
        let is_wanted = |field: &&'static str| !at.is_empty() || left_out.as_deref() != Some(field);
        let failed = |field: &&'static str| {
            let note = seen.get(&below(at, field));
            note.is_some_and(|note| !note.done)
                .then(|| note.map_or(0, |note| note.tries))
        };
        let wanted = || fields.iter().copied().filter(is_wanted);
        let well = wanted().filter(|field| failed(field).is_none());
        let again = wanted().filter(|field| failed(field).is_some_and(|tries| tries < MOST_TRIES));
        well.chain(again).collect()
    }

    fn schema(&self, at: &str) -> Value {
        let seen = self.seen.borrow().get(at).cloned();
        let Some(note) = seen else {
            return json!({});
        };
        let mut schema = note.schema;
        if !note.fields.is_empty() {
            let fields = note.fields.iter();
            let fields: Map<String, Value> = fields
                .map(|field| ((*field).to_owned(), self.schema(&below(at, field))))
                .collect();
            schema.insert("properties".to_owned(), Value::Object(fields));
        }
        if schema.get("type").is_some_and(|kind| kind == "array") {
            schema.insert("items".to_owned(), self.schema(&below(at, "*")));
        }
        if note.may_be_null
            && let Some(kind) = schema.get("type").cloned()
        {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        Value::Object(schema)
    }
}

fn below(at: &str, field: &str) -> String {
    format!("{at}/{field}")
}

/// Hands a type nothing, and notes what it asked for.
#[derive(Clone)]
struct Reading<'n> {
    notes: &'n Notes,
    at: String,
}

impl<'n> Reading<'n> {
    fn step(&self, field: &str) -> Reading<'n> {
        Reading {
            notes: self.notes,
            at: below(&self.at, field),
        }
    }

    fn is(&self, schema: Value) {
        self.notes.is(&self.at, schema);
    }
}

macro_rules! plain {
    ($($method:ident $visit:ident $nothing:expr, $schema:tt;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
            self.is(json!($schema));
            visitor.$visit($nothing)
        }
    )+};
}

impl<'de> Deserializer<'de> for Reading<'_> {
    type Error = Broken;

    plain! {
        deserialize_bool visit_bool false, { "type": "boolean" };
        deserialize_i8 visit_i8 0, { "type": "integer" };
        deserialize_i16 visit_i16 0, { "type": "integer" };
        deserialize_i32 visit_i32 0, { "type": "integer" };
        deserialize_i64 visit_i64 0, { "type": "integer", "format": "int64" };
        deserialize_u8 visit_u8 0, { "type": "integer", "minimum": 0 };
        deserialize_u16 visit_u16 0, { "type": "integer", "minimum": 0 };
        deserialize_u32 visit_u32 0, { "type": "integer", "minimum": 0 };
        deserialize_u64 visit_u64 0, { "type": "integer", "minimum": 0 };
        deserialize_f32 visit_f32 0.0, { "type": "number" };
        deserialize_f64 visit_f64 0.0, { "type": "number" };
        deserialize_char visit_char ' ', { "type": "string" };
        deserialize_str visit_str "", { "type": "string" };
        deserialize_string visit_str "", { "type": "string" };
        deserialize_bytes visit_bytes b"", { "type": "string" };
        deserialize_byte_buf visit_bytes b"", { "type": "string" };
        deserialize_identifier visit_str "", { "type": "string" };
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        self.is(json!({}));
        visitor.visit_str("")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        self.notes.note(&self.at, |note| note.may_be_null = true);
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Broken> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Broken> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        self.is(json!({ "type": "array" }));
        visitor.visit_seq(Once(Some(self.step("*"))))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Broken> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Broken> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        self.is(json!({ "type": "object" }));
        visitor.visit_map(Fields {
            reading: self,
            left: Vec::new(),
            now: "",
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Broken> {
        self.is(json!({ "type": "object" }));
        self.notes.note(&self.at, |note| note.fields = fields);
        let mut left = self.notes.to_read(&self.at, fields);
        left.reverse();
        visitor.visit_map(Fields {
            reading: self,
            left,
            now: "",
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Broken> {
        self.is(json!({ "type": "string", "enum": variants }));
        visitor.visit_enum(First(variants.first().copied().unwrap_or_default()))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_unit()
    }
}

/// A list of one.
struct Once<'n>(Option<Reading<'n>>);

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Broken;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Broken> {
        let reading = self.0.take();
        reading.map(|reading| seed.deserialize(reading)).transpose()
    }
}

struct Fields<'n> {
    reading: Reading<'n>,
    left: Vec<&'static str>,
    now: &'static str,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Broken;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Broken> {
        let Some(field) = self.left.pop() else {
            return Ok(None);
        };
        self.now = field;
        seed.deserialize(field.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Broken> {
        let reading = self.reading.step(self.now);
        let (notes, at) = (reading.notes, reading.at.clone());
        notes.note(&at, |note| note.tries += 1);
        let read = seed.deserialize(reading);
        notes.note(&at, |note| note.done = read.is_ok());
        read
    }
}

/// The first of several.
struct First(&'static str);

impl<'de> EnumAccess<'de> for First {
    type Error = Broken;
    type Variant = Alone;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Alone), Broken> {
        let name = seed.deserialize(IntoDeserializer::<Broken>::into_deserializer(self.0))?;
        Ok((name, Alone))
    }
}

struct Alone;

impl<'de> VariantAccess<'de> for Alone {
    type Error = Broken;

    fn unit_variant(self) -> Result<(), Broken> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Broken> {
        Err(Broken::custom("stands with something"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Broken> {
        Err(Broken::custom("stands with something"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Broken> {
        Err(Broken::custom("stands with something"))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        DeepBlue,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only how it reads is looked at")]
    struct Inner {
        options: Vec<String>,
        #[serde(default)]
        multiple: bool,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only how it reads is looked at")]
    struct Whole {
        at: std::net::IpAddr,
        id: i64,
        name: Option<String>,
        #[serde(default)]
        colour: Option<Colour>,
        #[serde(default, rename = "poll")]
        inner: Option<Inner>,
        #[serde(default)]
        anything: Value,
    }

    #[test]
    fn a_type_tells_its_fields_past_those_that_nothing_fits() {
        let expected = json!({
            "type": "object",
            "properties": {
                "at": { "type": "string" },
                "id": { "type": "integer", "format": "int64" },
                "name": { "type": ["string", "null"] },
                "colour": { "type": ["string", "null"], "enum": ["red", "deep_blue"] },
                "poll": {
                    "type": ["object", "null"],
                    "properties": {
                        "options": { "type": "array", "items": { "type": "string" } },
                        "multiple": { "type": "boolean" },
                    },
                },
                "anything": {},
            },
        });
        let mut told = of::<Whole>();
        told.as_object_mut().unwrap().remove("required");
        assert_eq!(told, expected);
    }

    #[test]
    fn what_must_be_there_is_told() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "only how it reads is looked at")]
        struct Needs {
            id: i64,
            name: Option<String>,
            #[serde(default)]
            text: String,
            key: String,
        }
        assert_eq!(of::<Needs>()["required"], json!(["id", "key"]));
    }
}
