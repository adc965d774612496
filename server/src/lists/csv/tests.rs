//! Files as they are passed around, and as somebody with bad intentions would write them.

use super::*;
use crate::rules::typed_pattern;

fn read(file: impl AsRef<[u8]>, severity: Severity) -> Result<Reading> {
    super::read(file.as_ref(), severity, |_| Ok(()))
}

fn named(reading: &Reading) -> Vec<(String, &str)> {
    let entry = |entry: &NewEntry| typed_pattern(&entry.pattern);
    let comment = |of: &'_ NewEntry| of.comment.clone();
    reading
        .entries
        .iter()
        .map(|one| (entry(one), &*comment(one).unwrap_or_default().leak()))
        .collect()
}

fn lines(reading: &Reading) -> Vec<u64> {
    reading
        .unusable
        .iter()
        .map(|unusable| unusable.line)
        .collect()
}

const TABLE: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
    bigcorp.example,suspend,true,true,\"sells what people write, \"\"all\"\" of it\",false\n\
    loud.example,silence,true,false,loud,false\n\
    noted.example,noop,false,false,,false\n\
    hid***.example,suspend,false,false,hidden,true\n\
    BigCorp.Example.,suspend,false,false,again,false\n\
    what is this,suspend,false,false,,false\n\
    odd.example,explode,false,false,,false\n";

#[test]
fn what_is_no_text_is_refused_whole() {
    for file in [&b"a.example\0"[..], b"\xFF\xFEa\0.\0", b"\xFE\xFF\0a\0."] {
        let why = read(file, Severity::Suspend).unwrap_err();
        assert!(why.to_string().contains("is not text in UTF-8"), "{why}");
    }
}

#[test]
fn mastodons_table_is_read_by_severity_and_nothing_in_it_is_guessed() {
    let reading = read(TABLE, Severity::Suspend).unwrap();
    let said = "sells what people write, \"all\" of it";
    assert_eq!(named(&reading), [("bigcorp.example".to_owned(), said)]);
    assert_eq!(lines(&reading), [5, 7, 8]);
    assert!(reading.unusable[0].why.contains("obfuscated"));
    let passed = [("noop".to_owned(), 1), ("silence".to_owned(), 1)];
    assert_eq!(
        (&reading.passed_over[..], reading.repeated),
        (&passed[..], 1)
    );

    let reading = read(TABLE, Severity::Silence).unwrap();
    let loud = ("loud.example".to_owned(), "loud (there: media rejected)");
    assert_eq!(named(&reading), [loud]);

    // Whose media alone is rejected there goes onto a list of its own, for a rule that drops media.
    let reading = read(TABLE, Severity::Media).unwrap();
    let loud = (
        "loud.example".to_owned(),
        "loud (there: silence, media rejected)",
    );
    assert_eq!(named(&reading), [loud]);
    let passed = [("noop".to_owned(), 1), ("suspend".to_owned(), 4)];
    assert_eq!(reading.passed_over, passed);
    assert!(
        read("#domain\nbigcorp.example\n", Severity::Media)
            .unwrap()
            .entries
            .is_empty()
    );

    let reading = read(TABLE, Severity::All).unwrap();
    let names: Vec<_> = named(&reading).into_iter().map(|(_, said)| said).collect();
    assert_eq!(
        names[1..],
        ["loud (there: silence, media rejected)", "there: noop"]
    );
    assert!(names[0].ends_with("(there: suspend)"), "{}", names[0]);
    assert!(reading.passed_over.is_empty());
}

#[test]
fn headings_are_known_with_and_without_their_sign_and_in_any_order() {
    for table in [
        "\u{feff}domain,severity\r\nbigcorp.example,suspend\r\n",
        "#domain\nbigcorp.example\n",
        "\n\"#domain\",\"#public_comment\"\nbigcorp.example,x\n",
        "domain,public_comment,severity\nbigcorp.example,,SUSPEND",
    ] {
        let reading = read(table, Severity::Suspend).unwrap();
        assert_eq!(reading.entries.len(), 1, "{table:?}: {reading:?}");
        assert_eq!(reading.unusable_lines, 0, "{table:?}: {reading:?}");
    }
}

#[test]
fn lines_are_numbered_as_editors_do() {
    for (end, told) in [("\n", [4, 7]), ("\r\n", [4, 7]), ("\r", [4, 7])] {
        let said = "#domain,#public_comment\na.example,\"two\nlines\"\n?,x\n\nb.example\n?,\n";
        let file = said.replace('\n', end);
        let reading = read(&file, Severity::All).unwrap();
        assert_eq!(lines(&reading), told, "{file:?}");
    }
}

#[test]
fn plain_lines_name_what_a_list_may_hold() {
    let file = "# ours\r\nbigcorp.example\r\n\r\n*.loud.example\n=one.example\nhttps://a.example/users/b\n\
        a.example,b.example\n*\nb*g.example\nsoftware:gab\nlist:1\n";
    let reading = read(file, Severity::Suspend).unwrap();
    let names: Vec<_> = named(&reading).into_iter().map(|(name, _)| name).collect();
    let all = [
        "bigcorp.example",
        "loud.example",
        "=one.example",
        "https://a.example/users/b",
    ];
    assert_eq!(names, all);
    assert_eq!(lines(&reading), [7, 8, 9, 10, 11]);
    assert_eq!(read("", Severity::All).unwrap(), Reading::default());
}

#[test]
fn what_the_owner_may_not_have_is_told_like_any_line_that_cannot_be_used() {
    let file = "ours.example\ntheirs.example\n";
    let reading = super::read(
        file.as_bytes(),
        Severity::All,
        |pattern| match typed_pattern(pattern).as_str() {
            "ours.example" => Err(Error::invalid("pattern", "is us")),
            _ => Ok(()),
        },
    )
    .unwrap();
    assert_eq!(named(&reading), [("theirs.example".to_owned(), "")]);
    assert_eq!(reading.unusable[0].why, "is us");
}

#[test]
fn hostile_files_cost_a_line_and_no_more() {
    let open_quote = format!(
        "#domain,#public_comment\na.example,\"{}\n",
        "b.example\n".repeat(9_000)
    );
    let reading = read(open_quote, Severity::All).unwrap();
    assert_eq!((reading.entries.len(), lines(&reading)), (0, vec![2]));
    assert!(reading.unusable[0].why.contains("quotation mark"));

    let long = format!("a.example\n{}\nb.example\n", "x".repeat(LONGEST_LINE + 1));
    let reading = read(long, Severity::All).unwrap();
    assert_eq!((reading.entries.len(), lines(&reading)), (2, vec![2]));

    let many_bad = "?\n".repeat(5_000);
    let reading = read(many_bad, Severity::All).unwrap();
    assert_eq!(
        (reading.unusable.len(), reading.unusable_lines),
        (MOST_TOLD, 5_000)
    );

    let not_text = read(b"#domain\na.example\n\xff\xfe.example\n", Severity::All).unwrap();
    assert_eq!((not_text.entries.len(), lines(&not_text)), (1, vec![3]));
    let lines_not_text = read(b"a.example\n\xff.example\n", Severity::All).unwrap();
    assert_eq!(lines(&lines_not_text), [2]);
    assert!(read(b"\xff\xfea\0.\0", Severity::All).is_err());
    assert!(read("a.example\n\0", Severity::All).is_err());
    assert!(read(vec![b'\n'; LONGEST_FILE + 1], Severity::All).is_err());

    let controls = "#domain,#public_comment\na.example,\"\u{1b}[2Jred\r\nsecond\u{7}\"\n";
    let reading = read(controls, Severity::All).unwrap();
    assert_eq!(named(&reading)[0].1, "[2Jred second");
    let endless = format!("#domain,#public_comment\na.example,{}\n", "é".repeat(2_000));
    let reading = read(endless, Severity::All).unwrap();
    assert_eq!(named(&reading)[0].1.chars().count(), LONGEST_COMMENT);
}

#[test]
fn more_than_fits_is_refused_as_a_whole() {
    let names: Vec<_> = (0..=MOST_ENTRIES)
        .map(|n| format!("s{n}.example"))
        .collect();
    let file = names.join(
        "
",
    );
    let why = read(file, Severity::All).unwrap_err().to_string();
    assert!(why.contains("split it"), "{why}");
}

fn entry(pattern: &str, comment: &str) -> Entry {
    Entry {
        pattern: pattern.to_owned(),
        added_at: 0,
        added_by: None,
        source: None,
        comment: shortened(comment),
        retracted_at: None,
    }
}

#[test]
fn what_is_written_is_mastodons_table_and_harmless_in_a_spreadsheet() {
    let entries = [
        entry("a.example", "=HYPERLINK(\"http://evil.example\";\"x\")"),
        entry("b.example", "-1, and \"more\""),
        entry("=c.example", ""),
        entry("https://d.example/users/e", ""),
    ];
    let written = write(1, &entries, None).unwrap();
    let head = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n";
    let rows = "a.example,noop,false,false,\"'=HYPERLINK(\"\"http://evil.example\"\";\"\"x\"\")\",false\n\
        b.example,noop,false,false,\"'-1, and \"\"more\"\"\",false\n";
    assert_eq!(written.text, format!("{head}{rows}"));
    assert_eq!(written.left_out, 2);
    let back = read(written.text, Severity::All).unwrap();
    assert_eq!(back.entries.len(), 2);
    for sign in ["=", "+", "-", "@", "\t", "\r"] {
        assert!(defused(&format!("{sign}1")).starts_with('\''));
    }
    assert_eq!(defused("plain"), "plain");
}
