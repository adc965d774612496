//! The command line, as an operator meets it.

mod members;
mod place;

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use comity::migrations::ALL;
use comity_db::{Db, Migration};
use tempfile::TempDir;

/// Settings that come from nowhere but the test.
fn comity(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command that succeeds prints.
#[track_caller]
fn says(folder: &Path, words: &[&str]) -> String {
    let output = comity(folder).args(words).output().unwrap();
    assert!(output.status.success(), "{}", self::words(&output.stderr));
    self::words(&output.stdout)
}

/// One sentence for the operator, and the exit code for what they can mend.
#[track_caller]
fn cannot(output: &Output, said: &str) {
    let told = words(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.starts_with("comity: ") && told.contains(said),
        "{told}"
    );
}

#[test]
fn help_names_every_command() {
    let folder = TempDir::new().unwrap();
    let help = words(&comity(folder.path()).arg("--help").output().unwrap().stdout);
    for command in [
        "serve",
        "demo",
        "migrate",
        "backup",
        "config",
        "member",
        "rule",
        "list",
        "gate",
        "alias",
        "community",
        "emoji",
        "sign-up-block",
        "inspect",
        "audit",
    ] {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(command)),
            "{command} is not in\n{help}"
        );
    }
}

#[test]
fn a_backup_is_a_new_file_with_everything_in_it_and_never_replaces_one() {
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| comity(folder.path()).args(words).output().unwrap();
    let backup = ["backup", "copy.db"];
    cannot(&run(&backup), "there is no database at");
    assert!(!folder.path().join("comity-data").join("comity.db").exists());

    assert!(run(&["migrate"]).status.success());
    let copied = run(&backup);
    assert!(copied.status.success(), "{}", words(&copied.stderr));
    assert!(words(&copied.stdout).contains("copied to copy.db"));
    let listed = comity(folder.path())
        .args(["community", "list"])
        .env("COMITY__DATABASE", "sqlite:copy.db")
        .output()
        .unwrap();
    assert!(
        words(&listed.stdout).contains("localhost:8420"),
        "{}",
        words(&listed.stderr)
    );

    let before = std::fs::read(folder.path().join("copy.db")).unwrap();
    cannot(&run(&backup), "the file exists already");
    assert_eq!(
        std::fs::read(folder.path().join("copy.db")).unwrap(),
        before
    );
}

#[test]
fn an_operator_sets_rules_that_end_keeps_what_was_and_closes_the_gate() {
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| comity(folder.path()).args(words).output().unwrap();
    let says = |words: &[&str]| self::says(folder.path(), words);
    says(&["migrate"]);
    let set = [
        "rule",
        "set",
        "software:oldmill<2.1",
        "refused",
        "--operator",
    ];
    let said = says(
        &[
            &set[..],
            &[
                "--expires",
                "30",
                "--review",
                "7",
                "--reason",
                "It leaks",
                "--evidence",
                "a.example/leak",
            ],
        ]
        .concat(),
    );
    let number = said
        .rsplit(' ')
        .next()
        .unwrap()
        .trim()
        .trim_end_matches('.')
        .to_owned();
    let listed = says(&["rule", "list", "--operator"]);
    for word in [
        "software:oldmill<2.1",
        "refused",
        "It leaks",
        "seen: a.example/leak",
        "ends on",
        "review on",
    ] {
        assert!(listed.contains(word), "{word} is not in {listed}");
    }
    assert!(
        says(&["rule", "list"]).contains("has no rules"),
        "it is the operator's alone"
    );
    let adds = [
        "rule",
        "set",
        "software:oldmill<2.1",
        "unchanged",
        "--with",
        "media",
        "--operator",
    ];
    cannot(&run(&adds), "which this one would end");
    says(&["rule", "end", &number, "--operator"]);
    assert!(says(&["rule", "list", "--operator"]).contains("has no rules"));
    let all = says(&["rule", "list", "--operator", "--all"]);
    assert!(all.contains("It leaks") && all.contains("until"), "{all}");
    cannot(
        &run(&["rule", "set", "a.example", "perhaps"]),
        "must be one of open, unchanged, limited, ask, withheld, refused",
    );
    cannot(&run(&["rule", "set", "list:1", "refused"]), "lists");
    assert!(
        !run(&[
            "rule",
            "set",
            "a.example",
            "refused",
            "--operator",
            "--member",
            "ines"
        ])
        .status
        .success()
    );

    assert!(says(&["gate", "log"]).contains("was never closed"));
    cannot(&run(&["gate", "open"]), "is not closed");
    cannot(
        &run(&["gate", "close", "--hours", "0", "--reason", "A wave"]),
        "1 to 336",
    );
    says(&["gate", "close", "--hours", "2", "--reason", "A wave"]);
    let log = says(&["gate", "log"]);
    assert!(log.contains("is closed") && log.contains("A wave"), "{log}");
    says(&["gate", "open"]);
    assert!(says(&["gate", "log"]).contains("is open"));
}

#[test]
fn an_operator_keeps_lists_takes_a_file_in_and_writes_it_out() {
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| comity(folder.path()).args(words).output().unwrap();
    let says = |words: &[&str]| self::says(folder.path(), words);
    says(&["migrate"]);
    cannot(
        &run(&["list", "show", "leaky"]),
        "`comity list create leaky` makes one",
    );
    says(&["list", "create", "leaky"]);
    cannot(
        &run(&["list", "create", "Leaky"]),
        "leaky is that of another list here",
    );
    cannot(&run(&["list", "add", "leaky", "*"]), "a list cannot");
    cannot(
        &run(&["rule", "set", "list:leaky", "refused", "--operator"]),
        "lists are kept by communities and members",
    );
    let file = folder.path().join("blocks.csv");
    let table = "#domain,#severity,#public_comment\nbigcorp.example,suspend,=cmd\n\
        loud.example,silence,\nhid***.example,suspend,\n";
    std::fs::write(&file, table).unwrap();
    let dry = says(&["list", "import", "leaky", "blocks.csv", "--dry-run"]);
    for told in [
        "1 not yet on the list leaky, 0 on it already",
        "+ bigcorp.example  =cmd",
        "1 with the severity silence passed over",
        "line 4: hid***.example is obfuscated",
        "Nothing is changed",
    ] {
        assert!(dry.contains(told), "{told} is not in {dry}");
    }
    assert!(says(&["list", "show"]).contains("leaky  0 entries, named by no rule"));
    assert!(says(&["list", "import", "leaky", "blocks.csv"]).contains("Done: 1 put on the list"));
    says(&[
        "list",
        "import",
        "leaky",
        "blocks.csv",
        "--severity",
        "silence",
    ]);
    says(&[
        "list",
        "add",
        "leaky",
        "=one.example",
        "--comment",
        "by hand",
    ]);
    let shown = says(&["list", "show", "leaky"]);
    for told in [
        "3 entries",
        "bigcorp.example  Added on ",
        "by an operator, from blocks.csv; =cmd",
        "=one.example  Added on ",
    ] {
        assert!(shown.contains(told), "{told} is not in {shown}");
    }

    cannot(
        &run(&["list", "subscribe", "leaky", "http://lists.example/a.csv"]),
        "does not begin with https://",
    );
    cannot(
        &run(&[
            "list",
            "unsubscribe",
            "leaky",
            "https://lists.example/a.csv",
        ]),
        "is no source of leaky",
    );
    cannot(
        &run(&["list", "terms", "leaky", "--cap", "0"]),
        "must be from 1 to 1000",
    );
    let terms = says(&["list", "terms", "leaky", "--alone", "true", "--quorum", "2"]);
    assert!(
        terms.contains("What 2 or more of its sources name is put on the list leaky by itself, up to 50 entries a day"),
        "{terms}"
    );
    for command in ["fetch", "draft"] {
        assert!(says(&["list", command, "leaky"]).contains("0 to be put on the list leaky"));
    }
    assert!(says(&["list", "apply", "leaky"]).contains("0 put on the list leaky"));
    cannot(
        &run(&["rule", "set", "a.example", "open", "--with", "media,all"]),
        "is none of media",
    );
    says(&["rule", "set", "a.example", "open", "--with", "media,direct"]);
    assert!(
        says(&["rule", "list"]).contains("open  a.example  (no reason given)  with media, direct")
    );

    cannot(
        &run(&["rule", "set", "list:leaky", "open"]),
        "comity list terms leaky --alone false",
    );
    says(&["rule", "set", "list:leaky", "refused"]);
    assert!(says(&["rule", "list"]).contains("refused  everybody on the list “leaky”"));
    let why = says(&["rule", "why", "www.bigcorp.example"]);
    assert!(
        why.contains("what they send: refused. ")
            && !why.contains("other rules considered")
            && why.contains("; the list names bigcorp.example)")
            && why.contains("the list leaky names bigcorp.example: Added on"),
        "{why}"
    );
    says(&["rule", "set", "bigcorp.example", "open"]);
    assert!(says(&["rule", "why", "bigcorp.example"]).contains("set aside"));
    cannot(&run(&["list", "delete", "leaky"]), "names this list");
    let written = says(&["list", "export", "leaky"]);
    assert!(
        written.contains("\nbigcorp.example,suspend,false,false,'=cmd,false\n")
            && !written.contains("one.example"),
        "{written}"
    );

    // What vanished from the file stays until somebody removes it.
    std::fs::write(&file, "loud.example\n").unwrap();
    let said = says(&["list", "import", "leaky", "blocks.csv"]);
    assert!(
        said.contains("1 no longer in the file") && said.contains("? bigcorp.example"),
        "{said}"
    );
    assert!(says(&["list", "show", "leaky"]).contains("retracted there on"));
    says(&["list", "remove", "leaky", "bigcorp.example"]);
    cannot(
        &run(&["list", "remove", "leaky", "bigcorp.example"]),
        "is not on the list leaky",
    );
    says(&["list", "rename", "leaky", "noisy"]);
    assert!(says(&["rule", "list"]).contains("“noisy”"));
    cannot(
        &run(&["list", "import", "noisy", "nowhere.csv"]),
        "could not be read",
    );
}

#[test]
fn the_example_of_settings_can_be_used_as_it_is() {
    let folder = TempDir::new().unwrap();
    let example = comity(folder.path())
        .args(["config", "example"])
        .output()
        .unwrap();
    std::fs::write(folder.path().join("comity.toml"), example.stdout).unwrap();
    let migrated = comity(folder.path()).arg("migrate").output().unwrap();
    assert!(migrated.status.success(), "{}", words(&migrated.stderr));
}

#[test]
fn what_the_operator_can_mend_is_one_sentence_and_exit_code_2() {
    let folder = TempDir::new().unwrap();
    let run = |variables: &[(&str, &str)], words: &[&str]| {
        comity(folder.path())
            .envs(variables.iter().copied())
            .args(words)
            .output()
            .unwrap()
    };
    cannot(
        &run(&[("COMITY__LISTN", "x")], &["serve"]),
        "did you mean listen?",
    );
    cannot(
        &run(&[("COMITY__LISTEN", "x")], &["serve"]),
        "listen is \"x\" in the environment",
    );
    cannot(
        &run(&[], &["--config", "nowhere.toml", "serve"]),
        "could not read the settings in nowhere.toml",
    );
    let public = [
        ("COMITY__DOMAIN", "harbour.example"),
        ("COMITY__FEDERATION__TESTING__ALLOW_HTTP", "true"),
    ];
    cannot(
        &run(&public, &["serve"]),
        "harbour.example is a public domain",
    );
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().to_string();
    cannot(
        &run(&[("COMITY__LISTEN", &port)], &["serve"]),
        "another program listens",
    );
    std::fs::write(folder.path().join("file"), "").unwrap();
    cannot(
        &run(&[("COMITY__DATA_DIR", "file/below")], &["migrate"]),
        "could not write to the folder file/below",
    );
    assert!(run(&[], &["migrate"]).status.success());
    cannot(
        &run(&[], &["community", "set", "nowhere.example", "--name", "N"]),
        "nowhere.example is not served here",
    );
    cannot(
        &run(&[], &["member", "add", "x y", "--email", "a@b.example"]),
        "username",
    );
}

#[tokio::test]
async fn a_database_of_a_newer_comity_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("newer.db");
    let url = format!("sqlite:{}", path.display());
    let number = u32::try_from(ALL.len()).unwrap() + 1;
    let next = Migration {
        number,
        name: "the next step",
        sqlite: "CREATE TABLE later (id BIGINT);",
        ..ALL[0]
    };
    Db::open(&url)
        .await
        .unwrap()
        .migrate(&[ALL, &[next]].concat(), 0)
        .await
        .unwrap();
    let output = comity(folder.path())
        .env("COMITY__DATABASE", &url)
        .arg("migrate")
        .output()
        .unwrap();
    cannot(&output, "run a newer program");
}

#[test]
fn an_operator_adds_a_community_and_its_admin() {
    let folder = TempDir::new().unwrap();
    let run = |words: &[&str]| comity(folder.path()).args(words).output().unwrap();
    assert!(run(&["migrate"]).status.success());
    let added = run(&[
        "community",
        "add",
        "island.localhost:8421",
        "--name",
        "Island",
    ]);
    assert!(added.status.success(), "{}", words(&added.stderr));
    let set = run(&[
        "community",
        "set",
        "island.localhost:8421",
        "--sign-up",
        "open",
        "--mode",
        "allow-list",
    ]);
    assert!(set.status.success(), "{}", words(&set.stderr));
    let listed = words(&run(&["community", "list"]).stdout);
    assert!(
        listed.contains("island.localhost:8421  Island  mode allow-list  sign-up open"),
        "{listed}"
    );
    cannot(
        &run(&["member", "add", "ines", "--email", "ines@mail.example"]),
        "say which with --community",
    );
    let mut child = comity(folder.path())
        .args([
            "member",
            "add",
            "ines",
            "--email",
            "ines@mail.example",
            "--password-stdin",
            "--role",
            "admin",
        ])
        .args(["--community", "island.localhost:8421"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"correct horse battery\n")
        .unwrap();
    let told = words(&child.wait_with_output().unwrap().stdout);
    assert!(
        told.contains(
            "@ines@island.localhost:8421 can sign in at http://island.localhost:8421/sign-in."
        ),
        "{told}"
    );
    assert!(!told.contains("correct horse"), "{told}");
}

#[test]
fn an_audit_leaves_nothing_behind_and_needs_a_database() {
    let folder = TempDir::new().unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    cannot(
        &comity(folder.path()).arg("audit").output().unwrap(),
        "there is no database",
    );
    assert!(
        comity(folder.path())
            .arg("migrate")
            .status()
            .unwrap()
            .success()
    );
    let output = comity(folder.path())
        .args(["audit", "--json"])
        .env("TMPDIR", &temporary)
        .output()
        .unwrap();
    let told = words(&output.stderr);
    assert!(output.status.success(), "{told}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["holds"], true, "{report}");
    assert_eq!(report["paths"][17]["verdict"], "cannot be held");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
}
