//! Every address, asked by everybody: none may break.

use comity::router::{Kind, ROUTES};
use http::{Method, StatusCode};
use serde_json::json;

use crate::clients::App;
use crate::coast::Coast;
use crate::town::{Answer, Browser};
use crate::town_test;

/// An address of this pattern that nobody has anything at.
pub fn filled(pattern: &str) -> String {
    pattern
        .replace("{handle}", "nobody")
        .replace("{name}", "nobody")
        .replace("{token}", "nothing")
        .replace("{id}", "7")
        .replace("{key}", "nothing")
        .replace("{status}", "7")
        .replace("{at}", "0")
        .replace("{part}", "small")
        .replace("{file}", "original.jpg")
        .replace("{account}", "7")
        .replace("{emoji}", "%F0%9F%8C%8A")
        .replace("{picture}", "nothing")
        .replace("{date}", "2026-05-07")
        .replace("{which}", "avatar")
        .replace("{stamp}", "nothing")
        .replace("{item}", "7")
        .replace("{quoting}", "7")
}

async fn ask_everywhere(browser: &mut Browser) {
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        for path in [
            filled(route.path),
            filled(route.path).replace('7', "not-a-number"),
        ] {
            for accept in ["text/html", "application/activity+json", "*/*"] {
                let answer = browser
                    .send(Method::GET, &path, &[("accept", accept)], "")
                    .await;
                assert!(
                    !answer.status.is_server_error(),
                    "{path} as {accept} answered {}:\n{}",
                    answer.status,
                    answer.body
                );
            }
        }
    }
}

town_test! {
    async fn no_address_breaks_for_a_visitor(town) {
        ask_everywhere(&mut town.anonymous()).await;
    }

    async fn no_address_breaks_for_a_member(town) {
        ask_everywhere(&mut town.member("alice").await.browser).await;
    }

    async fn a_word_where_a_number_is_wanted_is_nowhere_a_bad_request(town) {
        let mut alice = town.member("alice").await;
        let mut app = App::let_in(&town, &mut alice).await;
        for route in ROUTES {
            let path = filled(route.path).replace('7', "not-a-number");
            if !path.contains("not-a-number") {
                continue;
            }
            let answer = match route.kind {
                Kind::Api => {
                    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
                    app.send(method, &path, &json!({})).await
                }
                Kind::Form => alice.post(&path, &[]).await,
                _ => alice.get(&path).await,
            };
            assert_ne!(answer.status, StatusCode::BAD_REQUEST, "{} {path}", route.method);
        }
    }

    async fn no_act_happens_without_a_form_of_ours(town) {
        let mut alice = town.member("alice").await;
        for route in ROUTES.iter().filter(|route| route.kind == Kind::Form) {
            let answer = alice.post_raw(&filled(route.path), &[], "id=7&csrf=forged").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
        }
    }

    async fn acts_of_members_are_not_for_visitors(town) {
        let open = [
            "/sign-in", "/sign-in/second-step", "/sign-in/passkey", "/sign-in/passkey/challenge", "/sign-up", "/sign-up/letter", "/sign-out", "/setup", "/forgotten", "/reset", "/confirm",
        ];
        let mut visitor = town.anonymous();
        for route in ROUTES.iter().filter(|route| route.kind == Kind::Form && !open.contains(&route.path)) {
            let answer = visitor.post(&filled(route.path), &[]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }
}

/// What whoever asked can tell of an answer.
fn told(answer: &Answer) -> (u16, [Option<String>; 3], String) {
    let headers = ["content-type", "cache-control", "vary"].map(|name| {
        let value = answer.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    });
    (answer.status.as_u16(), headers, answer.words())
}

/// What this number, or what stands there for one, names: as a page, to a form, to an app, to another server, as a file.
async fn named(coast: &mut Coast, app: &mut App, number: &str) -> [Answer; 5] {
    let rita = coast.peer.iri("open", "rita");
    let page = coast.alice.get(&format!("/@alice/{number}")).await;
    let form = format!("/statuses/{number}/favourite");
    let form = coast.alice.post(&form, &[]).await;
    let reactions = format!("/api/v1/pleroma/statuses/{number}/reactions/boat");
    let entity = app.get(&reactions).await;
    let note = format!("/users/alice/statuses/{number}");
    let note = coast.signed(&rita, Method::GET, &note, "").await;
    let file = format!("/media/remote/{number}/0/small");
    let file = coast.town.anonymous().get(&file).await;
    [page, form, entity, note, file]
}

coast_test! {
    async fn what_cannot_be_read_in_an_address_is_answered_as_an_unknown_number(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let unknown = named(&mut coast, &mut app, "7").await.map(|answer| told(&answer.is(404)));
        for word in ["media", "7th", "9223372036854775808", "%FF"] {
            let answers = named(&mut coast, &mut app, word).await;
            assert_eq!(answers[2].json(), json!({ "error": "Record not found" }), "{word}");
            assert!(answers[3].json()["error"].is_string(), "{word}");
            assert_eq!(answers.map(|answer| told(&answer)), unknown, "{word}");
        }
        // The other placeholder of two.
        app.get("/api/v1/pleroma/statuses/7/reactions/%FF").await.is(404);
        coast.alice.get("/@%FF/7").await.is(404);
    }
}

#[test]
fn no_address_is_listed_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for route in ROUTES {
        assert!(
            seen.insert((route.method, route.path)),
            "{} {}",
            route.method,
            route.path
        );
    }
}
