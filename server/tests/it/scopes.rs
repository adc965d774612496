//! What apps must be let to ask: as one printed list, `scopes.txt`, and of each address with tokens that open what stands
//! beside it and what it does not want. `UPDATE_SCOPES=1 cargo test -p comity --test it scopes` writes the list anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use comity::http::Wants;
use comity::oauth::Scopes;
use comity::router::{Kind, ROUTES, Route};
use http::{Method, StatusCode};
use serde_json::json;

use crate::oauth::Registered;
use crate::routes::filled;
use crate::town::{Answer, Browser};
use crate::town_test;

const HEAD: &str = "\
What an app's token must open to ask each address of the API. A change in this file is a change of what members let apps do.

  -               anybody, also with a token that opens nothing
  anybody, or     anybody without a token, or with one that is an app's own; a member's token must open this
  any app         the token of any app
  an app's own    the token that an app has for itself
  who waits too   the token of a member, or of somebody who waits to become one
  the stream's    `read:notifications` for what one is told, otherwise `read:statuses`; some are for anybody
Everything else is a member's token, which must open one of these. Scopes nest: `read` opens `read:statuses`.

Each is what Mastodon wants, but where it wants no scope and we answer as the member would see it: announcements,
the directory and trends want what reading the same elsewhere does; and `async_refreshes`, which wants less than `read`.

";
/// The list that is checked in.
const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/scopes.txt");
/// As Mastodon says it. Apps know it by these words.
const TOO_NARROW: &str = "This action is outside the authorized scopes";

fn of_apps() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.kind == Kind::Api)
}

fn list() -> String {
    let mut lines: Vec<(&str, &str, String)> = of_apps()
        .map(|route| (route.path, route.method, told(route.wants)))
        .collect();
    lines.sort();
    let mut text = HEAD.to_owned();
    for (path, method, wants) in lines {
        writeln!(text, "{method:<6} {path:<52} {wants}").unwrap();
    }
    text
}

fn told(wants: Wants) -> String {
    match wants {
        Wants::Nothing => "-".to_owned(),
        Wants::AnyApp => "any app".to_owned(),
        Wants::Stream => "the stream's".to_owned(),
        Wants::Anyone(scopes) => format!("anybody, or {}", scopes.join(" or ")),
        Wants::App(scopes) => format!("an app's own, {}", scopes.join(" or ")),
        Wants::SignedUp(scopes) => format!("who waits too, {}", scopes.join(" or ")),
        Wants::Member(scopes) => scopes.join(" or "),
    }
}

#[test]
fn the_list_is_as_reviewed() {
    let text = list();
    if std::env::var_os("UPDATE_SCOPES").is_some() {
        std::fs::write(REVIEWED, &text).unwrap();
        return;
    }
    let reviewed = std::fs::read_to_string(REVIEWED).unwrap_or_default();
    let pairs = text.lines().zip(reviewed.lines());
    for (place, (now, was)) in pairs.enumerate() {
        assert_eq!(now, was, "line {} of scopes.txt differs", place + 1);
    }
    assert_eq!(
        text.len(),
        reviewed.len(),
        "scopes.txt is longer or shorter than reviewed"
    );
}

fn wanted(route: &Route) -> &'static [&'static str] {
    match route.wants {
        Wants::Anyone(scopes)
        | Wants::App(scopes)
        | Wants::SignedUp(scopes)
        | Wants::Member(scopes) => scopes,
        Wants::Nothing | Wants::AnyApp | Wants::Stream => &[],
    }
}

/// Every scope that some address wants.
fn all() -> BTreeSet<&'static str> {
    of_apps().flat_map(wanted).copied().collect()
}

/// Scopes near to what a route wants, of which none opens it: those beside it, those below it, the same of the other
/// kind, and the two that open least.
fn beside(route: &Route) -> Vec<&'static str> {
    let wanted = wanted(route);
    let kind = |scope: &'static str| scope.rsplit_once(':').map_or(scope, |(kind, _)| kind);
    let part = |scope: &'static str| scope.rsplit_once(':').map(|(_, part)| part);
    let is_near = |scope: &'static str| {
        matches!(scope, "profile" | "push")
            || wanted.iter().any(|&want| {
                kind(scope) == kind(want)
                    || scope.starts_with(&format!("{want}:"))
                    || (part(scope).is_some() && part(scope) == part(want))
            })
    };
    let opens = |scope: &str| {
        let has = Scopes::of(scope);
        wanted.iter().any(|want| has.cover(&Scopes::of(want)))
    };
    all()
        .into_iter()
        .filter(|&scope| is_near(scope) && !opens(scope))
        .collect()
}

async fn asks(browser: &mut Browser, route: &Route, token: &str) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str())];
    browser
        .send(method, &filled(route.path), &headers, "")
        .await
}

fn is_too_narrow(answer: &Answer) -> bool {
    answer.status == StatusCode::FORBIDDEN && answer.json() == json!({ "error": TOO_NARROW })
}

town_test! {
    async fn each_address_opens_for_the_scope_beside_it_and_for_no_other(town) {
        // Whom no address refuses for another reason than the scope.
        let mut ines = town.admin("ines").await;
        let mut visitor = town.anonymous();
        let mut tokens = BTreeMap::new();
        for scope in all() {
            // So that nobody asks too often, here and below.
            town.wait_s(60);
            let token = Registered::new(&town, scope).await.let_in(&mut ines, scope).await;
            tokens.insert(scope, token);
        }
        for route in of_apps() {
            town.wait_s(60);
            let scopes = wanted(route);
            if scopes.is_empty() || matches!(route.wants, Wants::App(_)) {
                continue;
            }
            let address = format!("{} {}", route.method, route.path);
            let others = beside(route);
            assert!(!others.is_empty(), "{address} has scopes beside it");
            for scope in others {
                let answer = asks(&mut visitor, route, &tokens[scope]).await;
                assert!(is_too_narrow(&answer), "{address} with {scope}: {} {}", answer.status, answer.body);
            }
            for scope in scopes {
                let answer = asks(&mut visitor, route, &tokens[scope]).await;
                assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{address} with {scope}");
                assert!(!answer.body.contains(TOO_NARROW), "{address} with {scope}: {}", answer.body);
            }
        }
    }

    async fn what_apps_ask_for_themselves_has_scopes_too(town) {
        let mut visitor = town.anonymous();
        let routes: Vec<&Route> = of_apps().filter(|route| matches!(route.wants, Wants::App(_))).collect();
        assert!(!routes.is_empty());
        for route in routes {
            let mine = wanted(route);
            for scope in beside(route).into_iter().chain(mine.iter().copied()) {
                town.wait_s(60);
                let token = Registered::new(&town, scope).await.own_token(scope).await;
                let answer = asks(&mut visitor, route, &token).await;
                assert_eq!(is_too_narrow(&answer), !mine.contains(&scope), "{} with {scope}: {}", route.path, answer.body);
            }
        }
    }
}
