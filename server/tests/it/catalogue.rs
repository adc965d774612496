//! Every path (L01…) and every attack of `docs/boundaries.md` has a test that carries its number in its name, or stands
//! here with the reason why it cannot have one yet. `COMITY_CATALOGUE=1` prints the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What does not exist in Comity yet, or cannot be held by anybody. Whoever builds it writes its test and takes the
/// line away: a number that stands here and has a test fails.
const WITHOUT: &[(&str, &str)] = &[
    ("L24", "there is no collection of a conversation"),
    (
        "L30",
        "it is others' servers that would have to hold it; they are told who may boost nothing yet",
    ),
    ("L41", "there are no feeds"),
    (
        "L53",
        "identities by DID and gateways are not understood, so nobody comes by one",
    ),
    (
        "L62",
        "there are no archives; what a list writes out is attack 26",
    ),
    ("attack 28", "no act needs two moderators yet"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The numbers of the catalogue: `**L01` begins a path, `1.` within section 3.2 an attack.
fn catalogue() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("docs/boundaries.md")).unwrap();
    let paths = text.lines().filter_map(|line| {
        let number: String = line
            .strip_prefix("- **L")?
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        Some(format!("L{number}"))
    });
    let (_, attacks) = text.split_once("### 3.2").unwrap();
    let (attacks, _) = attacks.split_once("\n---").unwrap();
    let attacks = attacks.lines().filter_map(|line| {
        let (number, _) = line.split_once(". ")?;
        number
            .parse::<u32>()
            .is_ok()
            .then(|| format!("attack {number}"))
    });
    paths.chain(attacks).collect()
}

/// The numbers that a test's name begins with: `l02_l19_…`, `l55_attack_15_…`, `attacks_8_16_…`.
fn numbers(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_attack = false;
    for word in name.split('_') {
        let path = word.strip_prefix('l').filter(|digits| digits.len() == 2);
        if let Some(digits) = path.filter(|digits| digits.parse::<u32>().is_ok()) {
            is_attack = false;
            found.push(format!("L{digits}"));
        } else if matches!(word, "attack" | "attacks") {
            is_attack = true;
        } else if is_attack && word.parse::<u32>().is_ok() {
            found.push(format!("attack {word}"));
        } else {
            break;
        }
    }
    found
}

/// All files of Rust in a folder.
pub fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// Tests by number.
fn tests() -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    for folder in ["server/src", "server/tests", "crates"] {
        sources(&root().join(folder), &mut files);
    }
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("fn ") {
            let name: String = text[at + 3..]
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect();
            for number in numbers(&name) {
                tests.entry(number).or_default().insert(name.clone());
            }
        }
    }
    tests
}

#[test]
fn every_number_has_a_test_or_a_reason() {
    let (catalogue, tests) = (catalogue(), tests());
    assert_eq!(catalogue.len(), 65 + 28, "the catalogue is read whole");
    let without: BTreeMap<&str, &str> = WITHOUT.iter().copied().collect();
    if std::env::var_os("COMITY_CATALOGUE").is_some() {
        for number in &catalogue {
            let reason = || without.get(number.as_str()).map(|why| format!("({why})"));
            let names = tests
                .get(number)
                .map(|names| names.iter().cloned().collect::<Vec<_>>().join(", "));
            println!("{number:<10} {}", names.or_else(reason).unwrap_or_default());
        }
    }
    let missing: Vec<&String> = catalogue
        .iter()
        .filter(|number| !tests.contains_key(*number) && !without.contains_key(number.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "no test carries {missing:?}, and no reason is given"
    );
    let unknown: Vec<&String> = tests
        .keys()
        .filter(|number| !catalogue.contains(*number))
        .collect();
    assert!(unknown.is_empty(), "the catalogue has no {unknown:?}");
    let outdated: Vec<&&str> = without
        .keys()
        .filter(|number| tests.contains_key(**number))
        .collect();
    assert!(
        outdated.is_empty(),
        "{outdated:?} have tests now: take them off the list of those without"
    );
}

#[test]
fn a_name_is_read_up_to_where_its_sentence_begins() {
    assert_eq!(
        numbers("l02_l19_attacks_8_16_nobody_reads_l20"),
        ["L02", "L19", "attack 8", "attack 16"]
    );
    assert_eq!(numbers("attack_5_a_key"), ["attack 5"]);
    assert!(numbers("a_list_of_7").is_empty());
}
