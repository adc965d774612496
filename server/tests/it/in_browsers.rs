//! What apps in browsers need of signing in: a window that stays known to them, and a token that ended and is in nobody's way.

use http::Method;

use crate::oauth::{BACK, Registered, VERIFIER, ask, error, form};
use crate::town::{Answer, PASSWORD};
use crate::town_test;

/// The window is still known to the app that opened it, and can be held in no frame.
fn known(answer: &Answer) {
    let policy = &answer.headers["cross-origin-opener-policy"];
    assert_eq!(policy, "unsafe-none", "{answer:?}");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{answer:?}");
}

town_test! {
    async fn an_app_whose_token_ended_signs_in_anew_with_it_in_hand(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "read profile").await;
        let ended = app.let_in(&mut alice, "read profile").await;
        let credentials = [("client_id", app.id.as_str()), ("client_secret", app.secret.as_str())];
        let body = form(&[credentials[0], credentials[1], ("token", &ended)]);
        let header = format!("Bearer {ended}");
        let stale = [("authorization", header.as_str())];
        for _ in 0..2 {
            app.browser.post_raw("/oauth/revoke", &stale, &body).await.is(200);
        }
        let wish = form(&[("client_name", "Ferryman"), ("redirect_uris", BACK), ("scopes", "read")]);
        app.browser.post_raw("/api/v1/apps", &stale, &wish).await.is(200);
        app.browser.send(Method::GET, "/api/v2/instance", &stale, "").await.is(200);
        let code = app.code(&mut alice, "profile").await;
        let body = form(&[
            credentials[0], credentials[1], ("grant_type", "authorization_code"),
            ("code", &code), ("redirect_uri", BACK), ("code_verifier", VERIFIER),
        ]);
        let told = app.browser.post_raw("/oauth/token", &stale, &body).await.is(200).json();
        ask(&mut app.browser, "/oauth/userinfo", told["access_token"].as_str().unwrap()).await.is(200);
        // Where strangers see less than members, it hears that its token has ended.
        let hers = format!("/api/v1/accounts/{}/statuses", alice.account.id);
        app.browser.send(Method::GET, &hers, &[], "").await.is(200);
        assert_eq!(error(&ask(&mut app.browser, &hers, &ended).await.is(401)), "The access token is invalid");
    }

    async fn the_window_that_an_app_opened_is_known_to_it_on_the_whole_way(town) {
        let mut alice = town.member("alice").await;
        let mut visitor = town.anonymous();
        let app = Registered::new(&town, "read").await;
        let wish = app.wish("read", BACK, "");
        // Our pages have one language, so what is asked for of that changes nothing.
        let asks = format!("/oauth/authorize?{}&lang=de", form(&wish));
        known(&visitor.get(&asks).await.is(303));
        known(&visitor.get(&asks.replace("authorize?", "authorize/?")).await.is(303));
        known(&visitor.get("/sign-in").await.is(200));
        let next = ("next", asks.as_str());
        let wrong = [("name", "alice"), ("password", "wrong"), next];
        known(&visitor.post("/sign-in", &wrong).await.is(422));
        // Nobody is at their second step, and no such passkey is known.
        known(&visitor.post("/sign-in/second-step", &[("half", "none"), ("code", "000000"), next]).await);
        let none = [("id", ""), ("user_handle", ""), ("client_data", ""), ("auth_data", ""), ("signature", ""), next];
        known(&visitor.post("/sign-in/passkey", &none).await);
        known(&visitor.get("/sign-up").await.is(200));
        known(&visitor.post("/sign-up", &[("username", "?")]).await);
        known(&visitor.get("/forgotten").await.is(200));
        known(&visitor.post("/forgotten", &[("name", "alice")]).await);
        let right = [("name", "alice"), ("password", PASSWORD), next];
        known(&visitor.post_raw("/sign-in", &[], &form(&right)).await);
        known(&visitor.post("/sign-in", &right).await.is(303));
        known(&alice.get(&asks).await.is(200));
        known(&alice.get("/oauth/authorize").await.is(400));
        for (decision, status) in [("perhaps", 422), ("no", 303), ("yes", 303)] {
            let mut decided = wish.clone();
            decided.push(("decision", decision));
            known(&alice.post("/oauth/authorize", &decided).await.is(status));
        }
        // As somebody else.
        known(&alice.post("/sign-out", &[("back", asks.as_str())]).await.is(303));
        for path in ["/", "/home", "/settings/apps", "/settings/password", "/setup/none", "/reset/none", "/api/v2/instance"] {
            let answer = visitor.get(path).await;
            assert_eq!(answer.headers["cross-origin-opener-policy"], "same-origin", "{path}");
        }
    }
}
