//! How what apps send is read as what is wanted: in a form everything is text, and each client says "nothing" its own way.

use std::any::type_name;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// A value whose text may be read as a number or a yes, and one thing as a list of one. Rails takes `null` and an empty
/// field for nothing said, and so do the apps that send them: words are empty then, lists and objects have nothing in
/// them, and an optional number is none.
pub(super) struct Lenient(pub(super) Value);

impl Lenient {
    fn says_nothing(&self) -> bool {
        match &self.0 {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// Whether what is read is a number or none. Names of types are compared: serde does not tell what an `Option` is of before
/// it reads it.
fn is_optional_number<T>() -> bool {
    [
        type_name::<Option<i64>>(),
        type_name::<Option<i32>>(),
        type_name::<Option<u64>>(),
        type_name::<Option<u32>>(),
        type_name::<Option<usize>>(),
        type_name::<Option<f64>>(),
    ]
    .contains(&type_name::<T>())
}

type Why = serde_json::Error;

impl IntoDeserializer<'_, Why> for Lenient {
    type Deserializer = Lenient;

    fn into_deserializer(self) -> Lenient {
        self
    }
}

/// Text as the JSON it would have been.
macro_rules! number {
    ($($verb:ident)*) => {$(
        fn $verb<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
            match &self.0 {
                Value::String(text) => match text.trim().parse::<serde_json::Number>() {
                    Ok(number) => Value::Number(number).$verb(visitor),
                    Err(_) => self.0.$verb(visitor),
                },
                _ => self.0.$verb(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Why;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        match self.0 {
            // What is wanted is not known here; what is null was not sent.
            Value::Object(mut fields) => {
                fields.retain(|_, value| !value.is_null());
                Lenient(Value::Object(fields)).deserialize_map(visitor)
            }
            Value::Array(_) => self.deserialize_seq(visitor),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        // As Rails casts: what says no is no, and anything else that is said is yes.
        match &self.0 {
            Value::String(text) => visitor.visit_bool(!matches!(
                text.trim().to_ascii_lowercase().as_str(),
                "" | "0" | "f" | "false" | "off" | "no"
            )),
            Value::Number(number) => visitor.visit_bool(number.as_i64() != Some(0)),
            Value::Null => visitor.visit_bool(false),
            _ => self.0.deserialize_bool(visitor),
        }
    }

    number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_f32 deserialize_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        match self.0 {
            Value::Number(number) => visitor.visit_string(number.to_string()),
            Value::Bool(yes) => visitor.visit_string(yes.to_string()),
            Value::Null => visitor.visit_string(String::new()),
            other => other.deserialize_string(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ if self.says_nothing() && is_optional_number::<V::Value>() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Why> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        let items = match self.0 {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            // `a[0]=x&a[1]=y`
            Value::Object(named) => {
                let mut numbered: Vec<(usize, Value)> = named
                    .into_iter()
                    .enumerate()
                    .map(|(at, (name, value))| (name.parse().unwrap_or(at), value))
                    .collect();
                numbered.sort_by_key(|(at, _)| *at);
                numbered.into_iter().map(|(_, value)| value).collect()
            }
            one => vec![one],
        };
        // `media_ids[]=` is how forms say that there are none.
        let items = items.into_iter().map(Lenient);
        visitor.visit_seq(SeqDeserializer::new(
            items.filter(|item| !item.says_nothing()),
        ))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Why> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(MapDeserializer::new(
                fields
                    .into_iter()
                    .map(|(name, value)| (name, Lenient(value))),
            )),
            Value::Null => Lenient(Value::Object(Map::new())).deserialize_map(visitor),
            other => other.deserialize_map(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Why> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Why> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit_struct tuple tuple_struct identifier ignored_any
    }
}
