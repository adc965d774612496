//! Mastodon's table of blocked domains, and plain lines: what a file says, line by line, and a list as such a file.
//! Whoever wrote the file is a stranger.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use comity_policy::{Conditions, Pattern, Rule, Stance};
use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::model::{Entry, NewEntry, parse_entry, stored_entry};
use crate::error::{Error, Result};

/// The longest lists that are passed around have some ten thousand lines of a hundred bytes.
pub const LONGEST_FILE: usize = 10 * 1024 * 1024;
/// As many as a list may hold.
pub const MOST_ENTRIES: usize = 100_000;
/// Bytes of a line: a name, a comment and some words. What is longer lacks a quotation mark, or is no such table.
const LONGEST_LINE: usize = 16 * 1024;
/// Characters of a comment; the rest is left out, and three dots say so.
pub const LONGEST_COMMENT: usize = 500;
/// Of lines that cannot be used, so many are told with their text; the others are counted.
const MOST_TOLD: usize = 200;
/// Characters of such a text.
const LONGEST_TOLD: usize = 80;
/// The columns of Mastodon's own export.
const COLUMNS: [&str; 6] = [
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
];

/// Which lines of a table are meant. A plain file has no severities, and all of it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Severity {
    /// Those that are suspended there.
    #[default]
    Suspend,
    /// Those that are silenced there.
    Silence,
    /// Those whose media is rejected there and that are not suspended: a list for a rule that drops media.
    Media,
    /// All, also those that are only written down (noop); each says in its comment how it is met there.
    All,
}

impl Severity {
    /// As forms send it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Suspend => "suspend",
            Severity::Silence => "silence",
            Severity::Media => "media",
            Severity::All => "all",
        }
    }

    /// Reads what [`as_str`](Severity::as_str) writes.
    pub fn parse(text: &str) -> Option<Severity> {
        let all = [
            Severity::Suspend,
            Severity::Silence,
            Severity::Media,
            Severity::All,
        ];
        all.into_iter().find(|severity| severity.as_str() == text)
    }
}

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whom it names, each once.
    pub entries: Vec<NewEntry>,
    /// The first lines that cannot be used.
    pub unusable: Vec<Unusable>,
    /// How many lines cannot be used, told or not.
    pub unusable_lines: usize,
    /// Lines of another severity, by severity: they were not asked for.
    pub passed_over: Vec<(String, usize)>,
    /// Whom those lines name: they are in the file all the same.
    pub named_otherwise: Vec<Pattern>,
    /// Lines that name again what an earlier one named.
    pub repeated: usize,
}

/// A line that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its number, counted from 1.
    pub line: u64,
    /// How it begins.
    pub text: String,
    /// A lower-case fragment.
    pub why: String,
}

/// Reads a table with a line of headings that begins with `#domain` or `domain`, or else one name a line. What cannot
/// be used is told with its line; an error only what is no such file at all. `check` says of a name whether the owner
/// of the list may have it there.
pub fn read(
    file: &[u8],
    severity: Severity,
    check: impl Fn(&Pattern) -> Result<()>,
) -> Result<Reading> {
    let no_file = |why: String| Err(Error::invalid("file", why));
    if file.len() > LONGEST_FILE {
        return no_file(format!(
            "is longer than {} MiB; split it",
            LONGEST_FILE / 1024 / 1024
        ));
    }
    if file.starts_with(&[0xFF, 0xFE]) || file.starts_with(&[0xFE, 0xFF]) || file.contains(&0) {
        return no_file("is not text in UTF-8; save it as CSV in UTF-8".to_owned());
    }
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut reading = Reading::default();
    let mut known = HashSet::new();
    let mut take = |reading: &mut Reading, line, text: &str, comment: Option<String>| {
        let entry = parse_entry(text).and_then(|pattern| check(&pattern).map(|()| pattern));
        match entry {
            Err(Error::Invalid { why, .. }) => reading.cannot_use(line, text, why),
            Err(other) => return Err(other),
            Ok(pattern) => {
                if known.insert(pattern.clone()) {
                    reading.entries.push(NewEntry { pattern, comment });
                } else {
                    reading.repeated += 1;
                }
            }
        }
        reading.check_size()
    };
    if is_table(file) {
        read_table(file, severity, &mut reading, &mut take)?;
    } else {
        read_lines(file, &mut reading, &mut take)?;
    }
    reading.passed_over.sort();
    Ok(reading)
}

type Take<'a> = dyn FnMut(&mut Reading, u64, &str, Option<String>) -> Result<()> + 'a;

/// Whether the first line that says something is Mastodon's line of headings.
fn is_table(file: &[u8]) -> bool {
    let mut lines = file.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.find(|line| !line.trim_ascii().is_empty());
    let first = first.and_then(|line| line.split(|byte| *byte == b',').next());
    first.is_some_and(|name| heading(name) == "domain")
}

/// `#Domain`, `"domain"` and `domain` are one.
fn heading(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name).to_lowercase();
    name.trim()
        .trim_matches('"')
        .trim_start_matches('#')
        .trim()
        .to_owned()
}

fn read_table(
    file: &[u8],
    severity: Severity,
    reading: &mut Reading,
    take: &mut Take<'_>,
) -> Result<()> {
    let mut table = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(file);
    let mut record = ByteRecord::new();
    let mut lines = Lines {
        file,
        at: 0,
        line: 1,
    };
    let mut columns: HashMap<String, usize> = HashMap::new();
    loop {
        let is_there = table.read_byte_record(&mut record).map_err(|why| {
            Error::invalid("file", format!("could not be read as a table: {why}"))
        })?;
        if !is_there {
            return Ok(());
        }
        let begins = record.position().map_or(0, csv::Position::byte);
        let line = lines.of(usize::try_from(begins).unwrap_or(usize::MAX));
        if columns.is_empty() {
            columns = record.iter().map(heading).zip(0..).collect();
            continue;
        }
        let field = |name: &str| -> Result<&str, std::str::Utf8Error> {
            let field = columns.get(name).and_then(|at| record.get(*at));
            std::str::from_utf8(field.unwrap_or_default()).map(str::trim)
        };
        if record.as_slice().len() > LONGEST_LINE {
            let text = String::from_utf8_lossy(record.get(0).unwrap_or_default()).into_owned();
            reading.cannot_use(
                line,
                &text,
                format!("is longer than {LONGEST_LINE} bytes; a quotation mark may be missing"),
            );
            continue;
        }
        let (Ok(domain), Ok(said), Ok(comment)) =
            (field("domain"), field("severity"), field("public_comment"))
        else {
            reading.cannot_use(line, "", "is not text in UTF-8");
            continue;
        };
        let is_set = |name| field(name).is_ok_and(|text| text.eq_ignore_ascii_case("true"));
        let is_meant = match (severity, said.to_lowercase().as_str()) {
            (Severity::Media, "silence" | "noop") if is_set("reject_media") => true,
            // Older exports have one column, and say nothing of media.
            (Severity::Media, "") => {
                reading.pass_over("suspend", domain);
                reading.check_size()?;
                continue;
            }
            // Older exports have no such column; they hold what is suspended.
            (_, "")
            | (Severity::Suspend | Severity::All, "suspend")
            | (Severity::Silence | Severity::All, "silence")
            | (Severity::All, "noop") => true,
            (_, other @ ("suspend" | "silence" | "noop")) => {
                reading.pass_over(other, domain);
                reading.check_size()?;
                continue;
            }
            _ => false,
        };
        if !is_meant {
            let why = "has a severity that is none of suspend, silence and noop";
            reading.cannot_use(line, domain, why);
            continue;
        }
        if domain.contains('*') {
            let why = "is obfuscated, so nobody can tell which server it means";
            reading.cannot_use(line, domain, why);
            continue;
        }
        let mut there = Vec::new();
        if matches!(severity, Severity::All | Severity::Media) && !said.is_empty() {
            there.push(said.to_lowercase());
        }
        if !said.eq_ignore_ascii_case("suspend") {
            there.extend(is_set("reject_media").then(|| "media rejected".to_owned()));
            there.extend(is_set("reject_reports").then(|| "reports rejected".to_owned()));
        }
        let comment = match (comment.is_empty(), there.is_empty()) {
            (_, true) => comment.to_owned(),
            (true, false) => format!("there: {}", there.join(", ")),
            (false, false) => format!("{comment} (there: {})", there.join(", ")),
        };
        take(reading, line, domain, shortened(&comment))?;
    }
}

/// Numbers the lines of a table. Its reader counts one too few where lines end with two signs.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The number of the line on which the record begins that was read from this place on.
    fn of(&mut self, begins: usize) -> u64 {
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let rest = self.file.get(begins..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| is_end(byte)).count();
        let until = begins.saturating_add(ends).min(self.file.len());
        while self.at < until {
            let is_line = match self.file[self.at] {
                b'\n' => true,
                b'\r' => self.file.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(is_line);
            self.at += 1;
        }
        self.line
    }
}

fn read_lines(file: &[u8], reading: &mut Reading, take: &mut Take<'_>) -> Result<()> {
    for (number, line) in (1..).zip(file.split(|byte| *byte == b'\n')) {
        if line.len() > LONGEST_LINE {
            reading.cannot_use(number, "", format!("is longer than {LONGEST_LINE} bytes"));
            continue;
        }
        let Ok(text) = std::str::from_utf8(line) else {
            reading.cannot_use(number, "", "is not text in UTF-8");
            continue;
        };
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.contains(',') {
            let why =
                "has several columns, and no line above says which; put `#domain,#severity` there";
            reading.cannot_use(number, text, why);
            continue;
        }
        // `*.bigcorp.example` is a way to write a domain with all below it; other stars hide letters.
        if text.strip_prefix("*.").unwrap_or(text).contains('*') {
            let why = "is obfuscated, so nobody can tell which server it means";
            reading.cannot_use(number, text, why);
            continue;
        }
        take(reading, number, text, None)?;
    }
    Ok(())
}

impl Reading {
    fn check_size(&self) -> Result<()> {
        if self.entries.len() + self.named_otherwise.len() <= MOST_ENTRIES {
            return Ok(());
        }
        Err(Error::invalid(
            "file",
            format!("names more than {MOST_ENTRIES} servers; split it, and make several lists"),
        ))
    }

    fn cannot_use(&mut self, line: u64, text: &str, why: impl Into<String>) {
        self.unusable_lines += 1;
        if self.unusable.len() < MOST_TOLD {
            self.unusable.push(Unusable {
                line,
                text: tidy(text).chars().take(LONGEST_TOLD).collect(),
                why: why.into(),
            });
        }
    }

    fn pass_over(&mut self, severity: &str, domain: &str) {
        self.named_otherwise.extend(parse_entry(domain));
        match self.passed_over.iter_mut().find(|(of, _)| of == severity) {
            Some((_, lines)) => *lines += 1,
            None => self.passed_over.push((severity.to_owned(), 1)),
        }
    }
}

/// A comment in one line and within bounds; `None` for an empty one.
pub fn shortened(comment: &str) -> Option<String> {
    let comment = tidy(comment);
    if comment.is_empty() {
        return None;
    }
    if comment.chars().count() <= LONGEST_COMMENT {
        return Some(comment);
    }
    let kept: String = comment.chars().take(LONGEST_COMMENT - 1).collect();
    Some(kept + "…")
}

/// Without line breaks and signs that control a terminal.
fn tidy(text: &str) -> String {
    let spaced = text.replace(char::is_control, " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list as Mastodon's table, in which everybody on it is met as `rule` says.
#[derive(Debug)]
pub struct Written {
    /// The table.
    pub text: String,
    /// Entries that it cannot say: single hosts, of which it would take all below as well, accounts, and names that
    /// begin with a hyphen, which a spreadsheet takes for a sum.
    pub left_out: usize,
}

/// Writes it. Without a rule nobody is met in any way, which is *noop*.
pub fn write(list_id: i64, entries: &[Entry], rule: Option<&Rule>) -> Result<Written> {
    let broken = |why: csv::Error| Error::internal(format!("list {list_id} as a table: {why}"));
    let severity = match rule.map(|rule| rule.stance) {
        Some(Stance::Refused) => "suspend",
        Some(Stance::Limited) => "silence",
        _ => "noop",
    };
    let has = |condition| {
        let has = rule.is_some_and(|rule| rule.conditions.contains(condition));
        if has { "true" } else { "false" }
    };
    let (media, reports) = (has(Conditions::DROP_MEDIA), has(Conditions::REJECT_REPORTS));
    let mut table = WriterBuilder::new().from_writer(Vec::new());
    table.write_record(COLUMNS).map_err(broken)?;
    let mut left_out = 0;
    for entry in entries {
        let Pattern::Domain(domain) = stored_entry(list_id, &entry.pattern)? else {
            left_out += 1;
            continue;
        };
        // A quotation mark before it would make it another name.
        if is_carried_out(domain.as_str()) {
            left_out += 1;
            continue;
        }
        let comment = defused(entry.comment.as_deref().unwrap_or_default());
        let row = [domain.as_str(), severity, media, reports, &comment, "false"];
        table.write_record(row).map_err(broken)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|why| Error::internal(format!("list {list_id} as a table: {why}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|why| Error::internal(format!("list {list_id} as a table: {why}")))?;
    Ok(Written { text, left_out })
}

/// Spreadsheets carry out what begins so. A mark before it makes it text.
fn defused(text: &str) -> String {
    if is_carried_out(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn is_carried_out(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
