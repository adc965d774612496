//! `comity member list`: who lives here, a page at a time.

use tempfile::TempDir;

use super::{cannot, comity};

#[test]
fn an_operator_reads_who_lives_here_from_the_oldest_on() {
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| comity(folder.path()).args(words).output().unwrap();
    let says = |words: &[&str]| super::says(folder.path(), words);
    says(&["migrate"]);
    assert_eq!(
        says(&["member", "list"]).trim(),
        "localhost:8420 has no members."
    );
    for (name, role) in [("zoe", "admin"), ("ines", "moderator"), ("bob", "member")] {
        let email = format!("{name}@mail.example");
        says(&["member", "add", name, "--email", &email, "--role", role]);
    }
    says(&["member", "delete", "bob"]);
    let all = says(&["member", "list"]);
    let lines: Vec<&str> = all.lines().collect();
    assert_eq!(lines.len(), 3, "{all}");
    assert!(
        lines[0].starts_with("@zoe@localhost:8420  admin  since ")
            && lines[0].contains("  address ")
            && lines[0].ends_with("  password alone"),
        "{all}"
    );
    assert!(
        lines[1].starts_with("@ines@localhost:8420  moderator  "),
        "{all}"
    );
    assert!(
        lines[2].starts_with("@bob@localhost:8420  member  ") && lines[2].contains("  leaves on "),
        "{all}"
    );

    let first = says(&["member", "list", "--limit", "2"]);
    assert!(
        first.contains("@ines@") && !first.contains("@bob@"),
        "{first}"
    );
    assert!(first.contains("There are more: --after ines"), "{first}");
    let rest = says(&["member", "list", "--limit", "2", "--after", "ines"]);
    assert!(
        rest.starts_with("@bob@") && !rest.contains("There are more"),
        "{rest}"
    );
    assert!(says(&["member", "list", "--after", "bob"]).contains("has no more members."));
    cannot(
        &run(&["member", "list", "--after", "nobody"]),
        "nobody is nobody at localhost:8420",
    );
    assert!(!run(&["member", "list", "--limit", "1001"]).status.success());
}
