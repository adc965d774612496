//! The place where the database is: none is made by mistake, none is served with another domain, and none twice.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use comity::migrations::ALL;
use comity_db::testing::{Engine, throwaway};
use comity_db::{Sql, params, sql};
use tempfile::TempDir;

use super::{cannot, comity, words};

const FOUND_HARBOUR: Sql = sql!(
    "INSERT INTO communities (id, domain, name, description, rules_text, mode, sign_up, actor_id, created_at)
     VALUES (1, 'harbour.example', 'Harbour', '', '', 'open', 'closed', 1, 0)"
);

/// Any port will do.
const ANYWHERE: (&str, &str) = ("COMITY__LISTEN", "127.0.0.1:0");

/// Runs a command with these settings in `comity.toml`; none where they are empty.
fn run(folder: &Path, settings: &str, words: &[&str]) -> Output {
    let file = folder.join("comity.toml");
    if settings.is_empty() {
        let _ = std::fs::remove_file(file);
    } else {
        std::fs::write(file, settings).unwrap();
    }
    comity(folder)
        .env(ANYWHERE.0, ANYWHERE.1)
        .env("COMITY__LOG", "error")
        .args(words)
        .output()
        .unwrap()
}

#[track_caller]
fn does(output: &Output) -> String {
    assert!(output.status.success(), "{}", words(&output.stderr));
    words(&output.stdout)
}

#[test]
fn a_domain_that_no_community_has_is_refused_and_can_be_mended() {
    let folder = TempDir::new().unwrap();
    let harbour = "domain = \"harbour.example\"\n";
    let add = ["member", "add", "ines", "--email", "ines@mail.example"];
    does(&run(folder.path(), "", &add));

    for command in [
        &["serve"][..],
        &["migrate"],
        &["rule", "list"],
        &["audit"],
        &["inspect", "https://a.example/notes/1"],
        &add,
    ] {
        let output = run(folder.path(), harbour, command);
        cannot(&output, "domain is \"harbour.example\"");
        cannot(&output, "it has localhost:8420.");
        cannot(&output, "comity-data and start again");
        cannot(&output, "`comity community add harbour.example`");
    }
    let listed = does(&run(folder.path(), harbour, &["community", "list"]));
    assert!(!listed.contains("harbour.example"), "{listed}");
    does(&run(folder.path(), "", &["rule", "list"]));

    let founded = ["community", "add", "harbour.example"];
    does(&run(folder.path(), harbour, &founded));
    does(&run(folder.path(), harbour, &["migrate"]));
    let of_harbour = ["rule", "list", "--community", "harbour.example"];
    does(&run(folder.path(), harbour, &of_harbour));
}

#[tokio::test]
async fn a_wrong_domain_is_refused_before_the_database_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    for engine in Engine::ALL {
        let database = throwaway(engine).await;
        let settings =
            |domain: &str| format!("domain = \"{domain}\"\ndatabase = \"{}\"\n", database.url());
        let older = &ALL[..ALL.len() - 1];
        database.db.migrate(older, 0).await.unwrap();
        database.db.exec(FOUND_HARBOUR, params![]).await.unwrap();
        for command in [
            &["migrate"][..],
            &["serve"],
            &["rule", "list"],
            &["community", "list"],
            &["community", "add", "meadow.example"],
            &["inspect", "https://a.example/notes/1"],
            &["audit"],
        ] {
            let output = run(folder.path(), &settings("meadow.example"), command);
            cannot(&output, "domain is \"meadow.example\"");
            cannot(&output, "it has harbour.example.");
            let pending = database.db.pending(ALL).await.unwrap();
            assert_eq!(pending, 1, "{command:?} on {engine:?}");
        }
        // An empty one has no table that tells of domains.
        let empty = throwaway(engine).await;
        let settings = format!(
            "domain = \"meadow.example\"\ndatabase = \"{}\"\n",
            empty.url()
        );
        does(&run(folder.path(), &settings, &["migrate"]));
        assert_eq!(empty.db.pending(ALL).await.unwrap(), 0);
    }
}

#[test]
fn a_database_that_hangs_up_is_asked_once() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counts.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    let settings =
        format!("domain = \"harbour.example\"\ndatabase = \"postgres://comity@{place}/comity\"\n");
    for command in [&["serve"][..], &["migrate"], &["rule", "list"]] {
        let output = run(folder.path(), &settings, command);
        cannot(&output, "could not reach the database");
        assert_eq!(asked.swap(0, Ordering::SeqCst), 1, "{command:?}");
    }
}

#[test]
fn where_no_domain_is_set_any_community_is_served() {
    let folder = TempDir::new().unwrap();
    let harbour = "domain = \"harbour.example\"\n";
    does(&run(folder.path(), harbour, &["migrate"]));
    does(&run(folder.path(), "", &["migrate"]));
    let listed = does(&run(folder.path(), "", &["community", "list"]));
    assert!(
        listed.contains("harbour.example") && !listed.contains("localhost"),
        "{listed}"
    );
}

#[test]
fn a_command_in_another_folder_makes_nothing() {
    let folder = TempDir::new().unwrap();
    for command in [
        &["community", "list"][..],
        &["community", "add", "meadow.example"],
        &["member", "role", "ines", "admin"],
        &["member", "password", "ines"],
        &["rule", "list"],
        &["list", "show"],
        &["gate", "log"],
        &["alias", "list"],
        &["emoji", "list"],
        &["sign-up-block", "list"],
        &["mail", "test", "ines@mail.example"],
        &["inspect", "https://a.example/notes/1"],
        &["audit"],
        &["backup", "copy.db"],
    ] {
        let output = run(folder.path(), "", command);
        cannot(&output, "there is no database at /");
        cannot(&output, "in the folder of comity.toml");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "{command:?} left something"
        );
    }
}

#[tokio::test]
async fn a_command_makes_no_tables_in_an_empty_database() {
    let folder = TempDir::new().unwrap();
    for engine in Engine::ALL {
        let database = throwaway(engine).await;
        let settings = format!("database = \"{}\"\n", database.url());
        let output = run(folder.path(), &settings, &["community", "list"]);
        cannot(&output, "there is no database at");
        does(&run(folder.path(), &settings, &["migrate"]));
        does(&run(folder.path(), &settings, &["community", "list"]));
    }
}

/// Serves until the test is over.
struct Serving(Child);

impl Serving {
    /// Returns when it says that it listens.
    fn in_folder(folder: &Path) -> Serving {
        let mut child = comity(folder)
            .env(ANYWHERE.0, ANYWHERE.1)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert!(first.contains(" listens on "), "{first}");
        Serving(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn one_folder_is_served_once_and_commands_work_beside_it() {
    let folder = TempDir::new().unwrap();
    let first = Serving::in_folder(folder.path());
    cannot(
        &run(folder.path(), "", &["serve"]),
        "comity-data already: stop it, or set data_dir to another folder",
    );
    for command in [
        &["member", "add", "ines", "--email", "ines@mail.example"][..],
        &["rule", "set", "bigcorp.example", "refused"],
        &["backup", "copy.db"],
        &["migrate"],
    ] {
        does(&run(folder.path(), "", command));
    }
    // However it ended: nothing has to be removed by hand.
    drop(first);
    let _second = Serving::in_folder(folder.path());
}
