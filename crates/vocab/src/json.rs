//! Bytes to a bounded JSON tree, in one pass.
//!
//! `serde_json::Value` keeps the last of two equal keys, nests 128 deep and grows as long as there
//! is input. A document that two programs read differently is a way to forge, so equal keys are
//! refused here, and so is whatever is too deep or too wide to be honest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::Malformed;

/// Mastodon refuses documents above 1 MB, so nobody can send larger ones and be widely understood.
const MOST_BYTES: usize = 1024 * 1024;

/// Honest documents nest less than ten deep (Announce, Create, Question, option, replies).
const DEEPEST: usize = 32;

/// Addressing, mentions and collection pages of every known server stay below this.
const MOST_ITEMS: usize = 1000;

/// Duplicate keys are found by comparing with all earlier ones, which is the fastest way for
/// small objects and needs a bound for large ones. Language maps are the widest honest objects.
const MOST_KEYS: usize = 256;

/// A collection page of a thousand statuses has about half as many values.
const MOST_VALUES: usize = 65_536;

/// A JSON value that borrows from the bytes where no escape was in the way.
#[derive(Debug)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Map(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Reads one JSON value and nothing after it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json<'_>, Malformed> {
    if bytes.len() > MOST_BYTES {
        return Err(Malformed::new("document", "is larger than 1 MiB"));
    }
    // A byte order mark is not JSON, but some servers on Windows send one.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut budget = Budget {
        values: MOST_VALUES,
        broken: None,
    };
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let seed = Seed {
        budget: &mut budget,
        depth: 0,
    };
    let parsed = seed
        .deserialize(&mut source)
        .and_then(|json| source.end().map(|()| json));
    parsed.map_err(|_| {
        budget
            .broken
            .unwrap_or_else(|| Malformed::new("document", "is not valid JSON"))
    })
}

struct Budget {
    values: usize,
    broken: Option<Malformed>,
}

struct Seed<'b> {
    budget: &'b mut Budget,
    depth: usize,
}

impl Seed<'_> {
    fn refuse<E: serde::de::Error>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        problem: &'static str,
    ) -> E {
        self.budget.broken = Some(Malformed::new(field, problem));
        E::custom(problem)
    }

    fn deeper<E: serde::de::Error>(&mut self) -> Result<usize, E> {
        if self.depth >= DEEPEST {
            return Err(self.refuse("document", "is nested more than 32 deep"));
        }
        Ok(self.depth + 1)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(
        mut self,
        source: D,
    ) -> Result<Json<'de>, D::Error> {
        if self.budget.values == 0 {
            return Err(self.refuse("document", "has more than 65536 values"));
        }
        self.budget.values -= 1;
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    #[allow(clippy::cast_precision_loss)] // Counts and pixels; exact up to 2^53.
    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value as f64))
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Json<'de>, A::Error> {
        let depth = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed {
            budget: &mut *self.budget,
            depth,
        })? {
            if list.len() == MOST_ITEMS {
                return Err(self.refuse("document", "has a list of more than 1000 items"));
            }
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let depth = self.deeper()?;
        let mut map: Vec<(Cow<'de, str>, Json<'de>)> = Vec::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            if map.len() == MOST_KEYS {
                return Err(self.refuse("document", "has an object of more than 256 properties"));
            }
            if map.iter().any(|(earlier, _)| *earlier == key) {
                return Err(self.refuse(field_name(&key), "is given twice"));
            }
            let value = entries.next_value_seed(Seed {
                budget: &mut *self.budget,
                depth,
            })?;
            map.push((key, value));
        }
        Ok(Json::Map(map))
    }
}

/// Property names are the sender's words: only plain ones are repeated in an error.
fn field_name(key: &str) -> Cow<'static, str> {
    let plain = key.len() <= 40
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@_:".contains(&byte));
    if plain {
        Cow::Owned(key.to_owned())
    } else {
        Cow::Borrowed("a property")
    }
}

/// A property name, borrowed where possible.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}
