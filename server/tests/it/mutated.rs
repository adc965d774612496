//! What strangers write, mutilated: patterns of rules, files of lists, files of settings. Seeds are kept in
//! `tests/corpus`; what once broke something is added there and is tried first from then on.
//!
//! `COMITY_MUTATIONS=1000000` tries more, `COMITY_MUTATIONS=forever` goes on until something breaks, and
//! `COMITY_MUTATIONS_SEED` begins elsewhere.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use comity::config::Config;
use comity::error::Error;
use comity::lists::csv::{self, Severity};
use comity::lists::{self, Entry};
use comity::rules::{check_pattern, parse_pattern, typed_pattern};
use comity_db::testing::Engine;
use comity_policy::{Conditions, Pattern, Rule, RuleId, Scope, Stance};
use comity_vocab::Domain;

use crate::town::Town;

/// Cases of each reader in every run: some seconds, unoptimised.
const CASES: u64 = 6_000;
/// Bytes that a mutilated seed grows to at most.
const LONGEST: usize = 32 * 1024;

/// Pieces that parsers trip over.
const PIECES: &[&str] = &[
    "*",
    "*.",
    "=",
    "@",
    "+",
    "-",
    "\"",
    ",",
    ":",
    "://",
    "/",
    "\\",
    "#",
    "%",
    "%2e",
    "%00",
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "。",
    "．",
    "ß",
    "İ",
    "ﬁ",
    "xn--",
    "..",
    ".",
    "<",
    "software:",
    "first-seen:",
    "list:",
    "65536",
    "99999999999999999999",
    "-1",
    "0x7f.1",
    "[::1]",
    "[::ffff:10.0.0.1]",
    ":443",
    ":0",
    "co.uk",
    "github.io",
    "com",
    "harbour.example",
    "HARBOUR.example.",
    "localhost",
    "suspend",
    "silence",
    "noop",
    "#domain,#severity\n",
    "'",
    "\u{0}\u{1}",
    "true",
    "[",
    "]",
    "{",
    "= ",
    "\"\"",
    "=cmd|' /C calc'!A0",
];

/// Numbers without a pattern (xorshift), the same in every run: a failure is found again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() >> 11).unwrap() % end.max(1)
    }

    /// One to six changes: a bit, a byte, a piece, a cut, a repetition, a stretch of another seed.
    fn mutilate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                2 | 3 => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
                4 => drop(bytes.drain(at..(at + self.below(12)).min(bytes.len()))),
                5 => {
                    let end = (at + self.below(64)).min(bytes.len());
                    let again = bytes[at..end].repeat(1 << self.below(9));
                    bytes.splice(at..at, again);
                }
                _ => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(32)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
            }
            bytes.truncate(LONGEST);
        }
        bytes
    }
}

/// Tries the seeds, then what becomes of them, and says of what breaks how to keep it.
fn try_all(corpus: &str, mut holds: impl FnMut(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(corpus);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect();
    assert!(!seeds.is_empty());
    let asked = std::env::var("COMITY_MUTATIONS").unwrap_or_default();
    let cases = if asked == "forever" {
        u64::MAX
    } else {
        asked.parse().unwrap_or(CASES)
    };
    let seed = std::env::var("COMITY_MUTATIONS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let mut dice = Dice(seed.unwrap_or(0x2545_F491_4F6C_DD1D_u64).max(1));
    let mutated = std::iter::repeat_with(|| dice.mutilate(&seeds));
    for case in seeds
        .clone()
        .into_iter()
        .chain(mutated.take(usize::try_from(cases).unwrap_or(usize::MAX)))
    {
        if catch_unwind(AssertUnwindSafe(|| holds(&case))).is_err() {
            let escaped = case.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "\\x{byte:02x}");
                text
            });
            panic!(
                "broken by {:?}\nkeep it: printf '{escaped}' > server/tests/corpus/{corpus}/NAME",
                String::from_utf8_lossy(&case)
            );
        }
    }
}

/// What a rule or a list may be about is said and read again as the same, and is nobody's suffix and no bare word.
fn is_sound(pattern: &Pattern) {
    let typed = typed_pattern(pattern);
    assert_eq!(
        parse_pattern(&typed).ok().as_ref(),
        Some(pattern),
        "{typed:?} is read otherwise"
    );
    if let Pattern::Domain(domain) | Pattern::Host(domain) = pattern {
        assert!(!domain.is_public_suffix(), "{domain} is a suffix");
        assert_eq!(Domain::parse(domain.as_str()).as_ref(), Ok(domain));
        assert_eq!(
            Domain::parse(&domain.unicode()).as_ref(),
            Ok(domain),
            "{} for people",
            domain.unicode()
        );
        let host = domain.host();
        assert!(
            host.contains('.') || domain.is_ip() || host == "localhost",
            "{domain} is a word"
        );
        assert!(host.len() <= 253 && host.is_ascii() && host == host.to_lowercase());
        assert!(domain.registrable().len() <= host.len() && host.ends_with(domain.registrable()));
    }
}

#[test]
fn a_pattern_is_read_as_what_it_says_or_refused_with_a_sentence() {
    try_all("patterns", |bytes| {
        match parse_pattern(&String::from_utf8_lossy(bytes)) {
            Ok(pattern) => is_sound(&pattern),
            Err(Error::Invalid { why, .. }) => assert!(!why.is_empty()),
            Err(other) => panic!("{other}"),
        }
    });
}

#[tokio::test]
async fn attack_26_no_file_puts_us_or_a_suffix_on_a_list_and_no_list_carries_a_formula_out() {
    let town = Town::new(Engine::Sqlite).await;
    let scope = Scope::Community(town.community().policy_id());
    let ours = town.community().domain.clone();
    let app = &town.app;
    try_all("lists", |bytes| {
        for severity in [Severity::Suspend, Severity::All] {
            match csv::read(bytes, severity, |pattern| {
                lists::check_entry(app, scope, pattern)
            }) {
                Ok(reading) => stays_within_bounds(bytes, &reading, &ours),
                Err(Error::Invalid { why, .. }) => assert!(!why.is_empty()),
                Err(other) => panic!("{other}"),
            }
        }
    });
    // What is typed by hand meets the same.
    try_all("patterns", |bytes| {
        if let Ok(pattern) = lists::parse_entry(&String::from_utf8_lossy(bytes))
            && check_pattern(app, scope, &pattern).is_ok()
        {
            is_for_a_list(&pattern, &ours);
        }
    });
}

fn is_for_a_list(pattern: &Pattern, ours: &Domain) {
    is_sound(pattern);
    match pattern {
        Pattern::Domain(domain) => assert!(!ours.is_within(domain), "{domain} covers us"),
        Pattern::Host(domain) => assert!(
            domain.host() != ours.host() || domain.port().is_some(),
            "{domain} is us"
        ),
        Pattern::Account(iri) => assert_ne!(iri.domain(), *ours, "{iri} is a member"),
        other => panic!("a list holds {other}"),
    }
}

fn stays_within_bounds(file: &[u8], reading: &csv::Reading, ours: &Domain) {
    let lines = file.split(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    assert!(reading.entries.len() + reading.unusable_lines + reading.repeated <= lines);
    assert!(reading.unusable.len() <= 200 && reading.unusable.len() <= reading.unusable_lines);
    for unusable in &reading.unusable {
        assert!(unusable.text.chars().count() <= 80 && !unusable.text.contains(char::is_control));
    }
    for entry in &reading.entries {
        is_for_a_list(&entry.pattern, ours);
        if let Some(comment) = &entry.comment {
            assert!(
                comment.chars().count() <= csv::LONGEST_COMMENT
                    && !comment.contains(char::is_control)
            );
        }
    }
    comes_back(reading);
}

/// A list that is written out is read as the same domains elsewhere, and no cell is one that a spreadsheet carries out.
fn comes_back(reading: &csv::Reading) {
    let stored = reading.entries.iter().map(|entry| Entry {
        pattern: typed_pattern(&entry.pattern),
        added_at: 0,
        added_by: None,
        source: None,
        comment: entry.comment.clone(),
        retracted_at: None,
    });
    let stored: Vec<Entry> = stored.collect();
    let rule = Rule {
        id: RuleId(1),
        scope: Scope::Operator,
        pattern: Pattern::Everything,
        stance: Stance::Refused,
        conditions: Conditions::NONE,
        reason_public: None,
        reason_members: None,
        reason_moderators: None,
        set_by: None,
        set_at: 0,
        expires_at: None,
        review_at: None,
        evidence: None,
        source: String::new(),
    };
    let written = csv::write(1, &stored, Some(&rule)).unwrap();
    let domains: Vec<&Pattern> = reading
        .entries
        .iter()
        .map(|entry| &entry.pattern)
        .filter(|pattern| matches!(pattern, Pattern::Domain(domain) if !domain.as_str().starts_with('-')))
        .collect();
    assert_eq!(written.left_out + domains.len(), stored.len());
    for cell in cells(&written.text) {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "a spreadsheet carries out {cell:?}"
        );
    }
    let again = csv::read(written.text.as_bytes(), Severity::Suspend, |_| Ok(())).unwrap();
    let named: Vec<&Pattern> = again.entries.iter().map(|entry| &entry.pattern).collect();
    assert_eq!(named, domains);
}

/// The cells of a table, as a spreadsheet takes them apart: two quotation marks within others are one.
fn cells(table: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = table.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells
}

#[test]
fn a_file_of_settings_is_understood_or_refused_with_a_sentence() {
    try_all("settings", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(why) = Config::from_text("a file", &text, Vec::new()) {
            assert!(!why.to_string().is_empty());
        }
    });
}
