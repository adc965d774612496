//! Every address, asked by everybody: none may break.

use comity::router::{Kind, ROUTES};
use http::{Method, StatusCode};

use crate::town::Browser;
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
