//! `comity audit`: it finds that what should hold does, and that what is broken on purpose does not.

use comity::audit::{self, Copy, Extent, Report, Tamper, Verdict};
use comity::communities::{self, Settings};
use comity::http::Path;
use comity::lists::{self, NewEntry, Provenance};
use comity::rules::{self, NewRule, Source};
use comity_db::{Sql, params, sql};
use comity_policy::{ListId, Mode, Pattern, RuleBook, Scope, Stance};

use axum::extract::State;
use axum::{Router, routing::get};
use comity::app::App;

use crate::town::Town;
use crate::town_test;

const COUNTS: Sql<(i64, i64, i64)> = sql!(
    row: (i64, i64, i64), full_scan: "a test's own question",
    "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM statuses), (SELECT count(*) FROM rules)"
);
const CONTENT: Sql<(String,)> = sql!(row: (String,), full_scan: "a test's own leak", "SELECT content FROM statuses WHERE id = $1");

async fn set(town: &Town, scope: Scope, pattern: &str, stance: Stance) {
    let new = NewRule {
        reason_public: Some("Sells what people write".to_owned()),
        reason_members: Some("They asked for our list of members".to_owned()),
        reason_moderators: Some("See the letter of the ninth".to_owned()),
        ..NewRule::about(
            scope,
            rules::parse_pattern(pattern).unwrap(),
            stance,
            Source::CommandLine,
        )
    };
    rules::set(&town.app, new).await.unwrap();
}

/// Rules of the operator, of a community, of one of its members.
async fn rules_of_all_scopes(town: &Town) {
    let here = rules::of_community(&town.community());
    let own = rules::of_member(&town.member("alice").await.account).unwrap();
    set(town, Scope::Operator, "sold.example", Stance::Refused).await;
    set(town, here, "bigcorp.example", Stance::Refused).await;
    set(
        town,
        here,
        "https://mixed.example/users/troll",
        Stance::Refused,
    )
    .await;
    set(town, here, "loud.example", Stance::Limited).await;
    set(town, here, "shy.example", Stance::Withheld).await;
    set(town, here, "new.example", Stance::Ask).await;
    set(town, own, "privately.example", Stance::Refused).await;
    let id = lists::create(&town.app, here, "shared").await.unwrap();
    let list = lists::find(&town.app, &[here], id).await.unwrap();
    let entry = NewEntry {
        pattern: lists::parse_entry("listed.example").unwrap(),
        comment: None,
    };
    lists::add(&town.app, &list, vec![entry], &Provenance::default())
        .await
        .unwrap();
    let listed = NewRule::about(
        here,
        Pattern::List(ListId(id)),
        Stance::Refused,
        Source::CommandLine,
    );
    rules::set(&town.app, listed).await.unwrap();
}

async fn audited(town: &Town, tamper: impl Fn() -> Tamper) -> Report {
    let before = town.app.db.one(COUNTS, params![]).await.unwrap();
    let copy = Copy::of_open(&town.app.db, town.app.now_ms())
        .await
        .unwrap();
    let report = Box::pin(audit::run_tampered(
        &copy,
        &town.app.config,
        Extent::Sample,
        tamper,
    ))
    .await
    .unwrap();
    let after = town.app.db.one(COUNTS, params![]).await.unwrap();
    assert_eq!(before, after, "nothing is written where the copy came from");
    report
}

fn honest() -> Tamper {
    Box::new(|_, router| router)
}

/// As if no rule had been read.
fn without_rules() -> Tamper {
    Box::new(|app: &App, router| {
        let hosted = app
            .communities
            .load()
            .all()
            .map(|community| community.hosted())
            .collect();
        app.gate.replace(RuleBook::new(
            app.gate.epoch(),
            app.now_ms(),
            hosted,
            Vec::new(),
        ));
        router
    })
}

/// A surface that somebody added and forgot to ask the gate at.
fn leaky() -> Tamper {
    async fn content(State(app): State<App>, Path(id): Path<i64>) -> String {
        let found = app.db.opt(CONTENT, params![id]).await.unwrap();
        found.map(|(content,)| content).unwrap_or_default()
    }
    Box::new(|app: &App, router| {
        let more = Router::new()
            .route("/api/v1/statuses/{id}", get(content))
            .with_state(app.clone());
        more.fallback_service(router)
    })
}

/// A page that does not say what a name reads like.
fn silent() -> Tamper {
    Box::new(|_, router: Router| {
        router.layer(axum::middleware::map_response(
            async |response: axum::response::Response| {
                let (parts, body) = response.into_parts();
                let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                // What is no text goes as it came.
                let body = match String::from_utf8(bytes.to_vec()) {
                    Ok(text) => text.replace("reads like", "reads ----").into_bytes(),
                    Err(other) => other.into_bytes(),
                };
                axum::response::Response::from_parts(parts, axum::body::Body::from(body))
            },
        ))
    })
}

/// As if whom a community limits were limited nowhere.
fn boosting() -> Tamper {
    Box::new(|app: &App, router| {
        let book = app.gate.book();
        let loud = book
            .communities()
            .flat_map(|community| book.rules_of(Scope::Community(community)))
            .find(|rule| rule.stance == Stance::Limited)
            .unwrap();
        app.gate.replace(book.without(loud.id));
        router
    })
}

fn verdict(report: &Report, number: u8) -> Verdict {
    report.of_path(number).unwrap().verdict
}

town_test! {
    async fn rules_of_all_scopes_hold_on_every_path(town) {
        rules_of_all_scopes(&town).await;
        let report = Box::pin(audited(&town, honest)).await;
        let text = report.text();
        assert!(report.leaking().is_empty(), "{text}");
        for held in [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 16, 17, 19, 20, 21, 22, 23, 26, 27, 28, 29, 31, 34, 37, 40, 42, 43, 46, 47, 48, 49, 50, 51, 54, 55, 56, 57, 58, 59, 60, 61, 63, 64, 65] {
            assert_eq!(verdict(&report, held), Verdict::Held, "L{held:02}\n{text}");
        }
        assert_eq!(verdict(&report, 18), Verdict::Cannot);
        assert_eq!(verdict(&report, 33), Verdict::Asked);
        assert_eq!(verdict(&report, 6), Verdict::Absent);
        // What is there and was not tried is not said to be absent.
        for untried in [15, 44] {
            assert_eq!(verdict(&report, untried), Verdict::Untried, "L{untried:02}\n{text}");
        }
        assert!(text.contains("Rules of scope community, refused: 3 of 3."), "{text}");
        // Whom a rule refuses is shown to nobody who could report them; whom one withholds from is.
        assert!(report.of_path(11).unwrap().evidence.contains("more could not be made"), "{text}");
        let json = report.json();
        assert_eq!(json["holds"], true);
        assert_eq!(json["paths"].as_array().unwrap().len(), 65);
        for secret in ["privately.example", "alice", "asked for our list", "letter of the ninth", "canary"] {
            assert!(!text.contains(secret) && !json.to_string().contains(secret), "{secret}\n{text}");
        }
    }

    async fn reports_that_cannot_be_filed_prove_nothing(town) {
        set(&town, Scope::Operator, "sold.example", Stance::Refused).await;
        let report = Box::pin(audited(&town, honest)).await;
        let text = report.text();
        assert_eq!(verdict(&report, 11), Verdict::Untried, "{text}");
        let reports = report.of_path(11).unwrap();
        assert!(reports.tried == 0 && reports.evidence.contains("tries could not be made"), "{text}");
        assert_eq!(verdict(&report, 1), Verdict::Held, "{text}");
    }

    async fn a_rule_that_is_not_read_is_found_out(town) {
        rules_of_all_scopes(&town).await;
        let report = Box::pin(audited(&town, without_rules)).await;
        let text = report.text();
        for leaks in [1, 3, 5, 8, 10, 11, 14, 17, 19, 22, 23, 26, 27, 28, 29, 31, 34, 47, 48, 49, 51, 54, 56, 57, 58, 63, 64] {
            assert_eq!(verdict(&report, leaks), Verdict::Leaks, "L{leaks:02}\n{text}");
        }
        assert_eq!(report.json()["holds"], false);
        assert!(!text.contains("privately.example"), "a leak tells nobody about whom a member has a rule:\n{text}");
    }

    async fn a_surface_that_asks_nobody_is_found_out(town) {
        let report = Box::pin(audited(&town, leaky)).await;
        assert_eq!(report.leaking(), ["L42"], "{}", report.text());
    }

    async fn boosts_that_are_taken_as_they_come_and_resemblances_that_nobody_tells_are_found_out(town) {
        rules_of_all_scopes(&town).await;
        let report = Box::pin(audited(&town, silent)).await;
        assert_eq!(report.leaking(), ["L51"], "{}", report.text());
        let report = Box::pin(audited(&town, boosting)).await;
        let text = report.text();
        assert_eq!(verdict(&report, 31), Verdict::Leaks, "{text}");
        assert!(text.contains("loud.example") && !text.contains("privately.example"), "{text}");
    }

    async fn without_rules_strangers_are_tried(town) {
        let report = Box::pin(audited(&town, honest)).await;
        let text = report.text();
        assert!(text.contains("No rule is in force"), "{text}");
        assert!(report.leaking().is_empty(), "{text}");
        for held in [16, 17, 19, 20, 22, 40, 42, 43, 55, 59, 60, 65] {
            assert_eq!(verdict(&report, held), Verdict::Held, "L{held:02}\n{text}");
        }
        assert_eq!(verdict(&report, 63), Verdict::Untried);
    }

    async fn a_community_that_chooses_its_neighbours_is_tried_with_one(town) {
        let here = town.community();
        town.found("island.example", "Island").await;
        let settings = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        communities::change_settings(&town.app, here.id, settings).await.unwrap();
        let report = Box::pin(audited(&town, honest)).await;
        assert!(report.leaking().is_empty(), "{}", report.text());
        assert_eq!(verdict(&report, 1), Verdict::Held);
        assert_eq!(verdict(&report, 63), Verdict::Held);
    }
}
