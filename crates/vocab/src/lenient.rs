//! One or many, text or object: the dialects in which the world writes the same thing.
//!
//! JSON-LD is read as compacted JSON, the way every server writes it. No context is processed and
//! no prefix resolved, so a document cannot mean one thing to its signer and another to us.
//! Whatever has an unexpected shape counts as absent; the callers say which absence is fatal.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::json::Json;
use crate::{Iri, Malformed, PUBLIC};

/// Names, summaries of media, labels: what is shown on a line or two.
pub(crate) const LONGEST_LINE: usize = 2 * 1024;

/// What is shown as a body. The longest articles and book reviews we know are below this.
pub(crate) const LONGEST_BODY: usize = 256 * 1024;

/// Years outside of these are mistakes: epoch zero in the wrong unit, year 9999 for "never".
const YEARS: std::ops::Range<i16> = 1900..2200;

static ABSENT: Json<'static> = Json::Null;

impl<'a> Json<'a> {
    /// The value of a property; null where there is none.
    pub(crate) fn get(&self, key: &str) -> &Json<'a> {
        match self {
            Json::Map(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map_or(&ABSENT, |(_, value)| value),
            _ => &ABSENT,
        }
    }

    /// The first of several properties that is there.
    pub(crate) fn any(&self, keys: &[&str]) -> &Json<'a> {
        keys.iter()
            .map(|key| self.get(key))
            .find(|value| !value.is_null())
            .unwrap_or(&ABSENT)
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self, Json::Map(_))
    }

    /// One or many, as many. A missing value is none.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Json<'a>> {
        let items = match self {
            Json::List(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        items.iter().filter(|item| !item.is_null())
    }

    /// Text exactly as it was sent.
    pub(crate) fn raw(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Text without control characters, at most `longest` bytes. Of several texts the first; of
    /// an object whose values are texts, as in a language map, the first.
    pub(crate) fn text(&self, longest: usize) -> Option<String> {
        match self {
            Json::Text(text) => Some(clean(text, longest)),
            Json::List(items) => items.iter().find_map(|item| match item {
                Json::Text(text) => Some(clean(text, longest)),
                _ => None,
            }),
            Json::Map(_) => self
                .language_map(longest)
                .into_iter()
                .next()
                .map(|(_, text)| text),
            _ => None,
        }
    }

    /// One line for display: no line breaks, no outer spaces, nothing that reorders what stands
    /// beside it. `None` when nothing is left.
    pub(crate) fn line(&self) -> Option<String> {
        let text = self.text(LONGEST_LINE)?;
        let line: String = text
            .chars()
            .filter(|c| !is_bidi_control(*c))
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        let line = line.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    /// `{ "en": "…", "de": "…" }` in the order sent. Keys that are no language tags are left out.
    pub(crate) fn language_map(&self, longest: usize) -> Vec<(String, String)> {
        let Json::Map(entries) = self else {
            return Vec::new();
        };
        entries
            .iter()
            .filter(|(tag, _)| is_language_tag(tag))
            .filter_map(|(tag, text)| Some((tag.to_string(), clean(text.raw()?, longest))))
            .collect()
    }

    /// An address: text, an object with `id` or `href`, or the first of several that has one.
    pub(crate) fn iri(&self) -> Option<Iri> {
        match self {
            Json::Text(text) => address(text).ok(),
            Json::Map(_) => {
                let id = self.get("id");
                if id.is_null() {
                    self.get("href").iri_text()
                } else {
                    id.iri_text()
                }
            }
            Json::List(items) => items.iter().find_map(|item| match item {
                Json::List(_) => None,
                item => item.iri(),
            }),
            _ => None,
        }
    }

    fn iri_text(&self) -> Option<Iri> {
        address(self.raw()?).ok()
    }

    /// Every address among one or many, each once.
    pub(crate) fn iris(&self) -> Vec<Iri> {
        let mut iris: Vec<Iri> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for item in self.each() {
            if let Some(iri) = item.iri()
                && seen.insert(iri.clone())
            {
                iris.push(iri);
            }
        }
        iris
    }

    /// The address of something to look at or download: text, a `Link` with `href`, an `Image` or
    /// `Document` with `url`. Of several, the first of the wanted media type, else the first.
    pub(crate) fn link(&self, wanted: &str) -> Option<Iri> {
        let typed = self.each().find(|item| {
            item.get("mediaType")
                .raw()
                .is_some_and(|media_type| media_type.starts_with(wanted))
        });
        typed
            .and_then(Json::one_link)
            .or_else(|| self.each().find_map(Json::one_link))
    }

    fn one_link(&self) -> Option<Iri> {
        match self {
            Json::Text(_) => self.iri_text(),
            Json::Map(_) => {
                let href = self.get("href");
                if !href.is_null() {
                    return href.iri_text();
                }
                self.get("url").each().find_map(|url| match url {
                    Json::Text(_) => url.iri_text(),
                    url => url.get("href").iri_text(),
                })
            }
            _ => None,
        }
    }

    /// A truth value. Mastodon once sent them as text.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            Json::Text(text) if text == "true" => Some(true),
            Json::Text(text) if text == "false" => Some(false),
            _ => None,
        }
    }

    /// A count: whole, not negative, and small enough for every database.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Clamped before.
    pub(crate) fn count(&self) -> Option<u64> {
        match self {
            Json::Number(value) if value.is_finite() && *value >= 0.0 => {
                Some(value.min(9_007_199_254_740_991.0) as u64)
            }
            _ => None,
        }
    }

    /// A plain number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Json::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// A moment in unix milliseconds. Dates that cannot be read or cannot be meant are absent.
    pub(crate) fn time(&self) -> Option<i64> {
        let text = self.raw()?.trim();
        let moment = text.parse::<Timestamp>().ok().or_else(|| {
            let civil = text
                .parse::<DateTime>()
                .or_else(|_| text.parse::<Date>().map(DateTime::from))
                .ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
        })?;
        let year = moment.to_zoned(jiff::tz::TimeZone::UTC).year();
        YEARS.contains(&year).then(|| moment.as_millisecond())
    }

    /// The types, without the ActivityStreams prefix some servers keep.
    pub(crate) fn types(&self) -> impl Iterator<Item = &str> {
        self.get("type").each().filter_map(Json::raw).map(|name| {
            name.strip_prefix("https://www.w3.org/ns/activitystreams#")
                .or_else(|| name.strip_prefix("as:"))
                .unwrap_or(name)
        })
    }

    /// Whether one of the types is this.
    pub(crate) fn is_a(&self, kind: &str) -> bool {
        self.types().any(|name| name == kind)
    }

    /// The `id`, if there is one. Anything but an http(s) address is refused, because a thing that
    /// names itself unreadably could be any other thing.
    pub(crate) fn id(&self) -> Result<Option<Iri>, Malformed> {
        let alias = self.get("@id");
        match self.get("id") {
            Json::Null => Ok(None),
            _ if !alias.is_null() => Err(Malformed::new("id", "is given under two names")),
            Json::Text(text) if text.is_empty() => Ok(None),
            Json::Text(text) => Iri::parse(text).map(Some).map_err(|why| why.at("id")),
            _ => Err(Malformed::new("id", "is not text")),
        }
    }

    /// The `id` of a thing that must have one.
    pub(crate) fn required_id(&self) -> Result<Iri, Malformed> {
        self.id()?.ok_or(Malformed::new("id", "is missing"))
    }
}

/// Text to address, with the short names of "everybody" made long.
pub(crate) fn address(text: &str) -> Result<Iri, Malformed> {
    match text {
        "as:Public" | "Public" => Iri::parse(PUBLIC),
        text => Iri::parse(text),
    }
}

/// Drops NUL and the other C0 controls but tab and line breaks, which databases and terminals
/// stumble over, and cuts at a character boundary.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let is_control = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r');
    if text.contains(is_control) {
        text.replace(is_control, "")
    } else {
        text.to_owned()
    }
}

/// Characters that change the direction of what follows, and so can make a name swallow the
/// handle shown after it.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Loosely BCP 47: enough to tell a language map from an object.
pub(crate) fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').next().is_some_and(|primary| {
            (2..=8).contains(&primary.len())
                && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Text that is certainly borrowed for as long as the document.
pub(crate) fn kind_name(json: &Json<'_>) -> String {
    json.types()
        .next()
        .map_or(Cow::Borrowed(""), |name| Cow::Owned(clean(name, 128)))
        .into_owned()
}
