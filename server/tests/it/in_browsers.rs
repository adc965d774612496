//! What apps in browsers need of signing in: a window that stays known to them, and a token that ended and is in nobody's way.

use http::Method;

use crate::oauth::{BACK, Registered, VERIFIER, ask, error, form};
use crate::town::{Answer, PASSWORD};
use crate::{post_test, town_test};

/// The window is still known to the app that opened it, and can be held in no frame.
fn known(answer: &Answer) {
    let policy = &answer.headers["cross-origin-opener-policy"];
    assert_eq!(policy, "unsafe-none", "{answer:?}");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{answer:?}");
}

/// The first address of the page that begins so.
fn link(answer: &Answer, beginning: &str) -> String {
    let quoted = format!("href=\"{beginning}");
    let (_, rest) = answer.body.split_once(&quoted).unwrap();
    format!("{beginning}{}", rest.split_once('"').unwrap().0)
}

/// Where the form of this page goes on to.
fn goes_on_to(answer: &Answer) -> Option<String> {
    let next = answer.hidden("next")?;
    Some(next.replace("&#38;", "&").replace("&amp;", "&"))
}

fn sign_up<'a>(name: &'a str, email: &'a str, next: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("username", name),
        ("email", email),
        ("password", PASSWORD),
        ("next", next),
    ]
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
        known(&visitor.get("/sign-up/none").await.is(410));
        known(&visitor.post("/sign-up/letter", &[("token", "none"), next]).await.is(410));
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

    async fn who_signs_up_on_the_way_ends_at_the_question_of_the_app(town) {
        let app = Registered::new(&town, "read").await;
        let asks = format!("/oauth/authorize?{}", form(&app.wish("read", BACK, "")));
        let mut nina = town.anonymous();
        let sign_in = nina.get(&asks).await.is(303).leads_to().unwrap();
        let page = nina.get(&sign_in).await.is(200);
        let page = nina.get(&link(&page, "/sign-up?next=")).await.is(200);
        assert_eq!(goes_on_to(&page).as_ref(), Some(&asks));
        // Whoever was a member all along goes back the same way.
        let back = nina.get(&link(&page, "/sign-in?next=")).await.is(200);
        assert_eq!(goes_on_to(&back).as_ref(), Some(&asks));
        let wrong = nina.post("/sign-up", &sign_up("nina", "nobody", &asks)).await.is(422);
        assert_eq!(goes_on_to(&wrong).as_ref(), Some(&asks));
        nina.post("/sign-up", &sign_up("nina", "nina@mail.example", &asks)).await.leads(&asks);
        nina.get(&asks).await.is(200).shows("Ferryman").shows("@nina@harbour.example");
        nina.get("/sign-up?next=%2Fhome").await.leads("/home");
    }

    async fn signing_up_leads_nowhere_else(town) {
        for (at, away) in ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil.example"].into_iter().enumerate() {
            let mut visitor = town.anonymous();
            let page = visitor.get(&format!("/sign-up?{}", form(&[("next", away)]))).await.is(200).hides("evil.example");
            assert_eq!(goes_on_to(&page), None);
            visitor.post("/sign-up", &sign_up("nina", "nobody", away)).await.is(422).hides("evil.example");
            let (name, email) = (format!("nina{at}"), format!("nina{at}@mail.example"));
            visitor.post("/sign-up", &sign_up(&name, &email, away)).await.leads("/");
            visitor.get(&format!("/sign-up?{}", form(&[("next", away)]))).await.leads("/");
        }
    }
}

post_test! {
    async fn who_has_to_answer_a_letter_first_finds_the_app_after_it(town, post) {
        let app = Registered::new(&town, "read").await;
        let asks = format!("/oauth/authorize?{}", form(&app.wish("read", BACK, "")));
        let mut nina = town.anonymous();
        let at = nina.post("/sign-up", &sign_up("nina", "nina@mail.example", &asks)).await.is(303).leads_to().unwrap();
        assert!(at.starts_with("/sign-up/"), "{at}");
        let page = nina.get(&at).await.is(200).shows("A letter is on its way");
        known(&page);
        let on = link(&page, "/sign-in?next=");
        post.next().await;
        let again = [("token", page.hidden("token").unwrap()), ("next", goes_on_to(&page).unwrap())];
        let again = again.each_ref().map(|(name, value)| (*name, value.as_str()));
        nina.post("/sign-up/letter", &again).await.leads(&at);
        let letter = post.next().await.link("/confirm/");
        let confirm = [("token", letter.strip_prefix("/confirm/").unwrap())];
        nina.post("/confirm", &confirm).await.leads(&on);
        assert!(!nina.cookie_names().iter().any(|name| name.contains("next")));
        let right = [("name", "nina"), ("password", PASSWORD), ("next", asks.as_str())];
        nina.clone().post("/sign-in", &right).await.leads(&asks);
        // The window that the app opened leads there too.
        assert_eq!(link(&nina.get(&at).await.is(200).shows("You are in"), "/sign-in?next="), on);

        // Where the letter is open in another browser, nobody there asked to let an app in.
        let mut otto = town.anonymous();
        otto.post("/sign-up", &sign_up("otto", "otto@mail.example", &asks)).await.is(303);
        let letter = post.next().await.link("/confirm/");
        let confirm = [("token", letter.strip_prefix("/confirm/").unwrap())];
        town.anonymous().post("/confirm", &confirm).await.leads("/sign-in");
        // What an earlier sign-up in this browser wanted is nothing to the next.
        otto.post("/sign-up", &sign_up("olga", "olga@mail.example", "")).await.is(303);
        let letter = post.next().await.link("/confirm/");
        let confirm = [("token", letter.strip_prefix("/confirm/").unwrap())];
        otto.post("/confirm", &confirm).await.leads("/sign-in");
    }

    async fn who_forgot_a_password_on_the_way_finds_the_app_after_the_letter(town, post) {
        town.member("alice").await;
        let app = Registered::new(&town, "read").await;
        let asks = format!("/oauth/authorize?{}", form(&app.wish("read", BACK, "")));
        let mut browser = town.anonymous();
        let sign_in = browser.get(&asks).await.is(303).leads_to().unwrap();
        let page = browser.get(&sign_in).await.is(200);
        let page = browser.get(&link(&page, "/forgotten?next=")).await.is(200);
        assert_eq!(goes_on_to(&page).as_ref(), Some(&asks));
        // Whoever remembers it after all goes back the same way.
        let back = browser.get(&link(&page, "/sign-in?next=")).await.is(200);
        assert_eq!(goes_on_to(&back).as_ref(), Some(&asks));
        let ask = [("name", "alice"), ("next", asks.as_str())];
        let page = browser.post("/forgotten", &ask).await.is(200).shows("Look into your letters");
        let on = link(&page, "/sign-in?next=");

        // Where the letter is open in another browser, nobody there asked to let an app in.
        let letter = post.next().await.link("/reset/");
        let reset = [("token", letter.strip_prefix("/reset/").unwrap()), ("password", "another horse")];
        town.anonymous().post("/reset", &reset).await.leads("/sign-in");
        post.next().await;
        browser.post("/forgotten", &ask).await.is(200);
        let letter = post.next().await.link("/reset/");
        let token = letter.strip_prefix("/reset/").unwrap();
        browser.post("/reset", &[("token", token), ("password", "short")]).await.is(422);
        browser.post("/reset", &[("token", token), ("password", "one more horse")]).await.leads(&on);
        assert!(!browser.cookie_names().iter().any(|name| name.contains("next")));
        let right = [("name", "alice"), ("password", "one more horse"), ("next", asks.as_str())];
        browser.post("/sign-in", &right).await.leads(&asks);
    }

    async fn a_forgotten_password_leads_nowhere_else(town, post) {
        town.member("alice").await;
        for away in ["//evil.example/", "https://evil.example/"] {
            let mut visitor = town.anonymous();
            let at = format!("/forgotten?{}", form(&[("next", away)]));
            let page = visitor.get(&at).await.is(200).hides("evil.example");
            assert_eq!(goes_on_to(&page), None);
            visitor.post("/forgotten", &[("name", "alice"), ("next", away)]).await.is(200).hides("evil.example");
            let letter = post.next().await.link("/reset/");
            let reset = [("token", letter.strip_prefix("/reset/").unwrap()), ("password", "another horse")];
            visitor.post("/reset", &reset).await.leads("/sign-in");
            post.next().await;
        }
    }
}
