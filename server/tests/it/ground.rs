//! Coming in and going out, and what every request stands on.

use comity::members::{self, Role, setup};
use comity_db::testing::Engine;
use http::header::{ORIGIN, RETRY_AFTER};
use http::{Method, StatusCode};

use crate::town::{PASSWORD, Town};
use crate::town_test;

const ALICE: [(&str, &str); 3] = [
    ("username", "alice"),
    ("email", "alice@mail.example"),
    ("password", PASSWORD),
];

town_test! {
    async fn somebody_joins_leaves_and_comes_back(town) {
        let mut browser = town.anonymous();
        browser.get("/sign-up").await.is(200).shows("@harbour.example");
        browser.post("/sign-up", &ALICE).await.leads("/");
        assert_eq!(browser.cookie_names(), ["__Host-session"]);
        browser.get("/settings/sessions").await.is(200).shows("This browser");
        browser.post("/sign-out", &[]).await.leads("/");
        assert!(browser.cookie_names().is_empty());
        browser.get("/settings/sessions").await.leads("/sign-in?back=%2Fsettings%2Fsessions");
        for name in ["alice", "Alice", "@alice", "alice@harbour.example", "ALICE@mail.example"] {
            let mut browser = town.anonymous();
            let form = [("name", name), ("password", PASSWORD), ("next", "/settings/sessions")];
            browser.post("/sign-in", &form).await.leads("/settings/sessions");
            browser.get("/settings/sessions").await.is(200);
        }
    }

    async fn an_unknown_name_and_a_wrong_password_are_told_alike(town) {
        town.member("alice").await;
        let mut told = Vec::new();
        for form in [[("name", "alice"), ("password", "wrong horse")], [("name", "alicf"), ("password", PASSWORD)]] {
            let answer = town.anonymous().post("/sign-in", &form).await.is(422);
            told.push(answer.words());
        }
        assert_eq!(told[0], told[1]);
    }

    async fn sign_in_is_never_a_way_out_of_this_server(town) {
        town.member("alice").await;
        for next in ["https://evil.example/", "//evil.example/", "/\\evil.example"] {
            let form = [("name", "alice"), ("password", PASSWORD), ("next", next)];
            town.anonymous().post("/sign-in", &form).await.leads("/");
        }
    }

    async fn what_is_wrong_with_a_sign_up_is_said_at_its_field(town) {
        let mut browser = town.anonymous();
        for (field, value, said) in [
            ("username", "Alice!", "small letters"),
            ("username", "", "small letters"),
            ("username", "admin", "kept for the community"),
            ("username", "harbour.example", "small letters"),
            ("email", "alice", "must be an address"),
            ("password", "short", "at least 8"),
        ] {
            let mut form = ALICE;
            form.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
            browser.post("/sign-up", &form).await.is(422).shows(said).hides(PASSWORD);
        }
        town.member("alice").await;
        browser.post("/sign-up", &ALICE).await.is(422).shows("is taken");
        let again = [("username", "bob"), ("email", "ALICE@mail.example"), ("password", PASSWORD)];
        browser.post("/sign-up", &again).await.is(422).shows("belongs to a member already");
    }

    async fn a_closed_community_takes_nobody_in(town) {
        let community = town.community();
        let settings = comity::communities::Settings {
            sign_up: comity::communities::SignUp::Closed,
            ..comity::communities::Settings::of(&community)
        };
        comity::communities::change_settings(&town.app, community.id, settings).await.unwrap();
        let mut browser = town.anonymous();
        browser.get("/sign-up").await.is(200).shows("Nobody new is taken in");
        browser.post("/sign-up", &ALICE).await.is(422);
        assert_eq!(members::count(&town.app.db, community.id).await.unwrap(), 0);
    }

    async fn a_form_from_elsewhere_does_nothing(town) {
        let mut alice = town.member("alice").await;
        let page = alice.get("/settings/sessions").await.is(200);
        let token = page.hidden("csrf").unwrap();
        let good = format!("csrf={token}");
        let ours = [("origin", "https://harbour.example")];
        let theirs = town.member("bob").await.get("/settings/sessions").await.hidden("csrf").unwrap();
        for (headers, body) in [
            (&ours[..], "csrf="),
            (&ours[..], "csrf=AAAA"),
            (&ours[..], ""),
            (&ours[..], &format!("csrf={theirs}")),
            (&[("origin", "https://evil.example")][..], &good),
            (&[("origin", "null")][..], &good),
            (&[("origin", "http://harbour.example")][..], &good),
            (&[("sec-fetch-site", "cross-site")][..], &good),
            (&[("sec-fetch-site", "same-site")][..], &good),
        ] {
            alice.post_raw("/sign-out", headers, body).await.is(403);
            alice.get("/settings/sessions").await.is(200);
        }
        alice.post_raw("/sign-out", &ours, &good).await.leads("/");
    }

    async fn forms_are_read_within_bounds(town) {
        let mut alice = town.member("alice").await;
        let long = "x".repeat(70_000);
        alice.post("/sign-out", &[("more", &long)]).await.is(422);
        let many: Vec<_> = (0..200).map(|_| ("a", "b")).collect();
        alice.post("/sign-out", &many).await.is(422);
        let json = [("content-type", "application/json"), (ORIGIN.as_str(), "https://harbour.example")];
        alice.send(Method::POST, "/sign-out", &json, "{}").await.is(422);
        alice.get("/settings/sessions").await.is(200);
    }

    async fn a_name_that_is_not_served_gets_a_plain_sentence(town) {
        let mut browser = town.anonymous().at_host("other.example");
        let answer = browser.get("/about").await.is(421);
        assert!(answer.body.contains("No community is served here under the name other.example."), "{}", answer.body);
    }

    async fn a_session_is_good_in_its_own_community_alone(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        alice.get("/settings/sessions").await.is(200);
        let mut elsewhere = alice.browser.clone().at_host(island.domain.as_str());
        elsewhere.get("/settings/sessions").await.is(303);
    }

    async fn a_new_password_signs_every_other_browser_out(town) {
        let mut alice = town.member("alice").await;
        let mut other = town.anonymous();
        other.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.leads("/");
        alice.post("/settings/password", &[("old", "wrong horse"), ("password", "another horse")]).await.is(422).shows("is not");
        let form = [("old", PASSWORD), ("password", "another horse")];
        alice.post("/settings/password", &form).await.leads("/settings/sessions");
        alice.get("/settings/sessions").await.is(200).shows("Your password is changed");
        alice.get("/settings/sessions").await.is(200).hides("Your password is changed");
        other.get("/settings/sessions").await.is(303);
        let mut again = town.anonymous();
        again.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.is(422);
        again.post("/sign-in", &[("name", "alice"), ("password", "another horse")]).await.leads("/");
    }

    async fn one_browser_can_be_signed_out_from_another(town) {
        let mut alice = town.member("alice").await;
        let mut lost = town.anonymous();
        lost.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.leads("/");
        let page = alice.get("/settings/sessions").await.is(200).shows("This browser").body;
        let other = page.split("<li>").find(|row| row.contains("name=\"id\"") && !row.contains("This browser"));
        let id = other.unwrap().split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut bob = town.member("bob").await;
        bob.post("/settings/sessions", &[("id", id)]).await.is(404);
        lost.get("/settings/sessions").await.is(200);
        alice.post("/settings/sessions", &[("id", id)]).await.leads("/settings/sessions");
        alice.get("/settings/sessions").await.is(200).shows("That browser is signed out");
        lost.get("/settings/sessions").await.is(303);
    }

    async fn all_other_browsers_can_be_signed_out_at_once(town) {
        let mut alice = town.member("alice").await;
        let form = [("name", "alice"), ("password", PASSWORD)];
        let mut others = [town.anonymous(), town.anonymous()];
        for other in &mut others {
            other.post("/sign-in", &form).await.leads("/");
        }
        let mut bob = town.member("bob").await;
        alice.post("/settings/sessions/others", &[]).await.leads("/settings/sessions");
        alice.get("/settings/sessions").await.is(200).shows("Every other browser is signed out").hides("/settings/sessions/others");
        for other in &mut others {
            other.get("/settings/sessions").await.is(303);
        }
        bob.get("/settings/sessions").await.is(200);
    }

    async fn a_session_lives_while_it_is_used(town) {
        const DAY_S: i64 = 24 * 3600;
        let mut alice = town.member("alice").await;
        for _ in 0..4 {
            town.wait_s(20 * DAY_S);
            alice.get("/settings/sessions").await.is(200);
        }
        town.wait_s(31 * DAY_S);
        alice.get("/settings/sessions").await.is(303);
    }

    async fn a_form_that_comes_slowly_is_not_taken_from_whoever_was_signed_out_meanwhile(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let (id, app) = (alice.account.id, town.app.clone());
        let fields = [("name", "Mallory")];
        let answer = alice
            .post_while("/settings/profile", &fields, async move {
                comity::members::set_password(&app, id, "another-good-password").await.unwrap();
            })
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        bob.get("/@alice").await.is(200).hides("Mallory");
        // A form that nothing happened to meanwhile is.
        let fields = [("name", "Robert")];
        bob.post_while("/settings/profile", &fields, async {}).await.is(303);
        bob.get("/@bob").await.is(200).shows("Robert");
    }

    async fn guessing_passwords_is_slow_for_a_name_and_for_an_address(town) {
        town.member("alice").await;
        let mut browser = town.anonymous();
        for _ in 0..10 {
            browser.post("/sign-in", &[("name", "alice"), ("password", "wrong horse")]).await.is(422);
        }
        let answer = browser.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.is(429);
        assert!(answer.headers.contains_key(RETRY_AFTER));
        town.wait_s(301);
        browser.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.leads("/");
    }

    async fn the_setup_link_makes_the_first_admin_once(town) {
        let community = town.community();
        let link = setup::link(&town.app, &community).await.unwrap().unwrap();
        let path = link.strip_prefix("https://harbour.example").unwrap().to_owned();
        let mut browser = town.anonymous();
        let page = browser.get(&path).await.is(200);
        let token = page.hidden("token").unwrap();
        let form = |name: &'static str| {
            [("token", token.clone()), ("community", name.to_owned()), ("username", "ines".to_owned()),
             ("email", "ines@mail.example".to_owned()), ("password", PASSWORD.to_owned())]
        };
        let send = |form: &[(&'static str, String)]| form.iter().map(|(k, v)| (*k, v.clone())).collect::<Vec<_>>();
        for (name, status) in [("", 422), ("New Harbour", 303)] {
            let fields = send(&form(name));
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post("/setup", &fields).await.is(status);
        }
        assert_eq!(town.community().name, "New Harbour");
        let stewards = members::stewards(&town.app.db, community.id).await.unwrap();
        assert_eq!(members::find(&town.app, stewards[0]).await.unwrap().role, Role::Admin);
        browser.get("/settings/sessions").await.is(200);
        town.anonymous().get(&path).await.is(410);
        assert_eq!(setup::link(&town.app, &community).await.unwrap(), None);
    }

    async fn a_setup_link_ends_when_the_next_is_printed_and_after_a_week(town) {
        let community = town.community();
        let path = |link: Option<String>| link.unwrap().strip_prefix("https://harbour.example").unwrap().to_owned();
        let first = path(setup::link(&town.app, &community).await.unwrap());
        let second = path(setup::link(&town.app, &community).await.unwrap());
        town.anonymous().get(&first).await.is(410);
        town.anonymous().get(&second).await.is(200);
        town.wait_s(8 * 24 * 3600);
        town.anonymous().get(&second).await.is(410);
    }

    async fn every_answer_carries_the_security_headers(town) {
        for path in ["/about", "/nothing-here", "/assets/style.css", "/nodeinfo/2.1", "/users/nobody"] {
            let answer = town.anonymous().get(path).await;
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            assert_eq!(answer.headers["referrer-policy"], "same-origin");
        }
    }

    async fn errors_come_on_the_surface_that_was_asked_for(town) {
        let mut browser = town.anonymous();
        browser.get("/nothing-here").await.is(404).shows("There is nothing here");
        let answer = browser.get_activity("/users/nobody").await.is(404);
        assert!(answer.json()["error"].is_string());
        browser.send(Method::POST, "/about", &[], "").await.is(405);
    }
}

#[tokio::test]
async fn the_second_start_finds_what_the_first_one_founded() {
    let town = Town::new(Engine::Sqlite).await;
    let before = town.community();
    let again = comity::serve::start_on(
        town.app.db.clone(),
        town.app.config.clone(),
        town.clock.clone(),
    )
    .await
    .unwrap();
    let after = again.communities.load().first().unwrap();
    assert_eq!(before.id, after.id);
    assert_eq!(again.communities.load().all().count(), 1);
}
