//! A question for posts, read: words, "phrases", and what Mastodon's apps know as operators (`from:`, `has:`, …).

use jiff::civil::Date;

use super::index::{ANY, mark};
use super::store::Among;
use crate::clock::{self, DAY_MS};
use crate::error::{Error, Result};
use crate::id;
use crate::text::{language, words};

/// Words and operators of one question: nobody types more, and each costs a look into the index.
const MOST_PARTS: usize = 24;

/// Words and signs that all of it comes to: in a script without spaces one part may be a page of them.
const MOST_KEYS: usize = 64;

/// What is looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Keys that a post has to have.
    pub with: Vec<String>,
    /// Keys that it must not have.
    pub without: Vec<String>,
    /// Words that stand in it one after the other.
    pub phrases: Vec<Vec<String>>,
    /// Words that do not.
    pub no_phrases: Vec<Vec<String>>,
    /// People who are to have to do with it.
    pub people: Vec<Named>,
    /// Only posts of before this number.
    pub below: Option<i64>,
    /// Only posts of after this number.
    pub above: Option<i64>,
    /// Among which posts.
    pub among: Option<Among>,
}

/// Somebody whom a question names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// `by` or `to`.
    pub role: &'static str,
    /// `me`, or a handle.
    pub handle: String,
    /// Whether posts of or to them are left out.
    pub not: bool,
}

impl Asked {
    /// Reads a question. Says what is wrong with an operator that cannot be followed; what looks like one and is none is
    /// words. `None` where nothing is asked for.
    pub fn read(question: &str) -> Result<Option<Asked>> {
        let parts = split(question);
        if parts.len() > MOST_PARTS {
            return Err(wrong(format!("it has more than {MOST_PARTS} words")));
        }
        let mut asked = Asked::default();
        for part in &parts {
            asked.add(part)?;
        }
        if asked.keys() > MOST_KEYS {
            return Err(wrong("it is too long; ask for fewer words at once"));
        }
        if asked == Asked::default() {
            return Ok(None);
        }
        if asked.with.is_empty() {
            asked.with.push(mark(ANY));
        }
        Ok(Some(asked))
    }

    fn keys(&self) -> usize {
        let absent: usize = self.no_phrases.iter().map(Vec::len).sum();
        self.with.len() + self.without.len() + absent
    }

    fn add(&mut self, part: &Part) -> Result<()> {
        if !part.quoted
            && let Some((name, value)) = part.text.split_once(':')
            && self.operator(&name.to_lowercase(), value, part.not)?
        {
            return Ok(());
        }
        let sequence = words::sequence(&part.text);
        let keys = words::keys(&sequence);
        match (sequence.len(), part.not) {
            (0, _) => {}
            (1, false) => self.with.extend(keys),
            (1, true) => self.without.extend(keys),
            (_, false) => {
                self.with.extend(keys);
                self.phrases.push(sequence);
            }
            (_, true) => self.no_phrases.push(sequence),
        }
        Ok(())
    }

    /// Whether it is one.
    fn operator(&mut self, name: &str, value: &str, not: bool) -> Result<bool> {
        match name {
            "from" | "to" | "mentions" => {
                let handle = value.trim_start_matches('@');
                if handle.is_empty() {
                    return Err(wrong(format!(
                        "{name}: needs somebody, such as {name}:me or {name}:name@server.example"
                    )));
                }
                self.people.push(Named {
                    role: if name == "from" { "by" } else { "to" },
                    handle: handle.to_owned(),
                    not,
                });
            }
            "has" => {
                let key = match value.to_lowercase().as_str() {
                    "media" | "attachment" => "media",
                    "image" | "images" => "image",
                    "video" | "videos" => "video",
                    "audio" => "audio",
                    "poll" => "poll",
                    "link" | "links" | "embed" => "link",
                    "quote" => "quote",
                    _ => {
                        return Err(wrong(
                            "has: can be followed by media, image, video, audio, poll, link or quote",
                        ));
                    }
                };
                self.key(mark(key), not);
            }
            "is" => {
                let key = match value.to_lowercase().as_str() {
                    "reply" => "reply",
                    "sensitive" => "sensitive",
                    "quote" => "quote",
                    _ => {
                        return Err(wrong("is: can be followed by reply, sensitive or quote"));
                    }
                };
                self.key(mark(key), not);
            }
            "lang" | "language" => {
                let spoken = language::first_part(Some(value));
                if spoken.is_empty() {
                    return Err(wrong(format!(
                        "{name}: needs a language's short name, such as {name}:en"
                    )));
                }
                self.key(mark(&format!("lang{spoken}")), not);
            }
            "in" => {
                self.among = Some(match value.to_lowercase().as_str() {
                    "library" => Among::Library,
                    "public" => Among::Public,
                    "all" => Among::All,
                    _ => return Err(wrong("in: can be followed by library, public or all")),
                });
                refuse_not(name, not)?;
            }
            "before" | "after" | "during" | "on" => {
                let day = day_ms(value).ok_or_else(|| {
                    wrong(format!(
                        "{name}: needs a day, year first, such as {name}:2026-05-31"
                    ))
                })?;
                refuse_not(name, not)?;
                if name != "after" {
                    let ends_ms = if name == "before" { day } else { day + DAY_MS };
                    let below = id::first_at(ends_ms);
                    self.below = Some(self.below.map_or(below, |known| known.min(below)));
                }
                if name != "before" {
                    let from_ms = if name == "after" { day + DAY_MS } else { day };
                    let above = id::first_at(from_ms).saturating_sub(1);
                    self.above = Some(self.above.map_or(above, |known| known.max(above)));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn key(&mut self, key: String, not: bool) {
        if not {
            self.without.push(key);
        } else {
            self.with.push(key);
        }
    }

    /// Adds a key for somebody whom it names.
    pub fn person(&mut self, named: &Named, id: i64) {
        self.key(mark(&format!("{}{id}", named.role)), named.not);
    }

    /// Whether this post, whose keys fit, has the phrases as well.
    pub fn fits(&self, parts: &[Vec<String>]) -> bool {
        let stands = |phrase: &Vec<String>| {
            let in_part = |part: &Vec<String>| part.windows(phrase.len()).any(|at| at == phrase);
            parts.iter().any(in_part)
        };
        self.phrases.iter().all(stands) && !self.no_phrases.iter().any(stands)
    }
}

fn wrong(why: impl Into<String>) -> Error {
    Error::invalid("search", format!("cannot follow this: {}", why.into()))
}

fn refuse_not(name: &str, not: bool) -> Result<()> {
    if not {
        return Err(wrong(format!("{name}: cannot be turned round with -")));
    }
    Ok(())
}

/// The beginning of a day (UTC) that is written `2026-05-31`.
fn day_ms(text: &str) -> Option<i64> {
    let mut numbers = text.split('-');
    let year: i16 = numbers.next()?.parse().ok()?;
    let month: i8 = numbers.next()?.parse().ok()?;
    let day: i8 = numbers.next()?.parse().ok()?;
    if numbers.next().is_some() || !(1970..=9999).contains(&year) {
        return None;
    }
    let date = Date::new(year, month, day).ok()?;
    clock::first_moment(date)
}

/// A part of a question.
struct Part {
    text: String,
    quoted: bool,
    not: bool,
}

/// Parts are divided by white space; quotes hold some together. A quote that does not end goes to the end.
fn split(question: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = question.trim_start();
    while !rest.is_empty() {
        let not = rest.starts_with('-');
        let body = rest.trim_start_matches(['-', '+']);
        let opens = |c: char| matches!(c, '"' | '“' | '„' | '«');
        let closes = |c: char| matches!(c, '"' | '”' | '“' | '»');
        let mut chars = body.chars();
        let first = chars.next();
        let (text, after, quoted) = if first.is_some_and(opens) {
            let inner = chars.as_str();
            let (text, after) = inner.split_once(closes).unwrap_or((inner, ""));
            (text, after, true)
        } else {
            let end = body.find(char::is_whitespace).unwrap_or(body.len());
            let (text, after) = body.split_at(end);
            (text, after, false)
        };
        parts.push(Part {
            text: text.to_owned(),
            quoted,
            not,
        });
        rest = after.trim_start();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(question: &str) -> Asked {
        Asked::read(question).unwrap().unwrap()
    }

    #[test]
    fn words_phrases_and_their_absence_are_told_apart() {
        let asked = read("Fähre \"low water\" -fog -\"at night\" don't");
        assert_eq!(asked.with, ["fahre", "low", "water", "don", "t"]);
        assert_eq!(asked.without, ["fog"]);
        assert_eq!(asked.phrases.len(), 2);
        assert_eq!(asked.no_phrases, [["at", "night"]]);
        let parts = |text: &str| vec![words::sequence(text)];
        assert!(asked.fits(&parts("At low water they don't")));
        assert!(!asked.fits(&parts("water is low, they don't")));
        assert!(!asked.fits(&parts("low water, don't go at night")));
    }

    #[test]
    fn operators_are_followed_and_what_is_none_is_words() {
        let asked = read("from:me -to:@bob@far.example has:image -is:reply lang:de-AT in:library");
        assert_eq!(asked.with, ["·image", "·langde"]);
        assert_eq!(asked.without, ["·reply"]);
        assert_eq!(asked.among, Some(Among::Library));
        assert_eq!(asked.people[1].handle, "bob@far.example");
        assert!(asked.people[1].not && !asked.people[0].not);
        assert_eq!(read("at 10:30").with, ["at", "10", "30"]);
        assert_eq!(read("\"has:none\"").with, ["has", "none"]);
        assert_eq!(read("-fog").with, ["·any"]);
        assert_eq!(Asked::read(" \" - ").unwrap(), None);
    }

    #[test]
    fn days_bound_what_is_found() {
        let asked = read("tide after:2026-05-01 before:2026-05-03");
        let second = day_ms("2026-05-02").unwrap();
        let is_within = |at: i64| asked.above.unwrap() < at && at < asked.below.unwrap();
        assert!(is_within(id::first_at(second)));
        assert!(!is_within(id::first_at(second) - 1) && !is_within(id::first_at(second + DAY_MS)));
        assert_eq!(read("on:2026-05-02"), read("during:2026-05-02"));
    }

    #[test]
    fn what_cannot_be_followed_is_told() {
        for (question, told) in [
            ("has:everything", "has: can be followed by"),
            ("before:yesterday", "before: needs a day"),
            ("before:2026-02-30", "before: needs a day"),
            ("-in:library", "cannot be turned round"),
            ("from:", "from: needs somebody"),
            ("lang:\u{202E}", "lang: needs a language"),
        ] {
            let why = Asked::read(question).unwrap_err().to_string();
            assert!(why.contains(told), "{question}: {why}");
        }
        assert!(Asked::read(&"word ".repeat(30)).is_err());
        // Without spaces there is one part, and no end of what it comes to.
        assert!(Asked::read("東京タワーへ行く道").is_ok());
        let page: String = ('一'..).take(60).collect();
        assert!(Asked::read(&page).is_err());
        assert!(Asked::read(&format!("-{page}{page}")).is_err());
    }
}
