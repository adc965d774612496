//! Letters: a forgotten password, and addresses that are shown to be somebody's.

use comity::mail::{self, Letter};

use crate::oauth::{Registered, ask};
use crate::town::{PASSWORD, Town};
use crate::{post_test, town_test};

const NEW: &str = "another horse";

async fn sign_in(town: &Town, name: &str, password: &str) -> u16 {
    let form = [("name", name), ("password", password)];
    let mut browser = town.anonymous();
    browser.post("/sign-in", &form).await.status.as_u16()
}

post_test! {
    async fn a_letter_bears_the_community_and_is_plain(town, post) {
        let letter = Letter {
            to: "ines@mail.example".to_owned(),
            subject: "Moin\r\nBcc: all@mail.example".to_owned(),
            text: "High water.\n.\nLow water.".to_owned(),
        };
        mail::send(&town.app, &town.community(), &letter).await.unwrap();
        let came = post.next().await;
        assert_eq!(came.to, "ines@mail.example");
        assert_eq!(came.header("from"), "Harbour <comity@harbour.example>");
        assert_eq!(came.header("auto-submitted"), "auto-generated");
        assert_eq!(came.header("bcc"), "", "a subject is one line");
        assert!(came.header("content-type").starts_with("text/plain"), "{}", came.whole);
        assert_eq!(came.header("date"), "Tue, 05 May 2026 12:00:00 +0000");
        assert_eq!(came.text().trim(), "High water.\r\n.\r\nLow water.");
    }

    async fn what_is_noted_of_a_letter_that_did_not_go_names_nobody(town, post) {
        let letter = Letter {
            to: "ines@mail.example".to_owned(),
            subject: "Moin".to_owned(),
            text: "High water.".to_owned(),
        };
        post.refuse("550 <ines@mail.example> is nobody here");
        let why = mail::send(&town.app, &town.community(), &letter).await.unwrap_err();
        let told = match why {
            mail::NotSent::Never(told) => told,
            later @ mail::NotSent::NotNow(_) => panic!("{later} is no end"),
        };
        assert!(told.contains("mail.example") && told.contains("550"), "{told}");
        assert!(!told.contains("ines"), "{told}");
    }

    async fn who_forgot_a_password_gets_a_new_one_by_letter(town, post) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "read").await;
        let token = app.let_in(&mut alice, "read").await;
        ask(&mut app.browser, "/api/v1/accounts/verify_credentials", &token).await.is(200);
        let mut browser = town.anonymous();
        browser.get("/sign-in").await.is(200).shows("I forgot my password");
        browser.post("/forgotten", &[("name", "alice")]).await.is(200).shows("Look into your letters");
        let came = post.next().await;
        assert_eq!(came.to, "alice@mail.example");
        assert!(came.text().contains("@alice@harbour.example"), "{}", came.whole);
        let at = came.link("/reset/");
        // Programs open what stands in letters; nothing comes of that.
        for _ in 0..2 {
            browser.get(&at).await.is(200).shows("@alice@harbour.example");
        }
        let reset = at.strip_prefix("/reset/").unwrap();
        for (password, status) in [("short", 422), (NEW, 303), (NEW, 410)] {
            browser.post("/reset", &[("token", reset), ("password", password)]).await.is(status);
        }
        browser.get(&at).await.is(410);
        alice.get("/settings/sessions").await.is(303);
        ask(&mut app.browser, "/api/v1/accounts/verify_credentials", &token).await.is(401);
        assert_eq!(sign_in(&town, "alice", PASSWORD).await, 422);
        assert_eq!(sign_in(&town, "alice", NEW).await, 303);
        let told = post.next().await;
        assert!(told.text().contains("was changed"), "{}", told.whole);
    }

    async fn whoever_asks_for_a_new_password_hears_the_same(town, post) {
        let alice = town.member("alice").await;
        let mut told = Vec::new();
        for name in ["alice", "nobody", "alice@mail.example", "@alice@harbour.example"] {
            let answer = town.anonymous().post("/forgotten", &[("name", name)]).await.is(200);
            told.push(answer.words());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
        for _ in 0..3 {
            assert_eq!(post.next().await.to, "alice@mail.example");
        }
        let mut browser = town.anonymous();
        for _ in 0..6 {
            browser.post("/forgotten", &[("name", "alice")]).await.is(200);
        }
        browser.post("/forgotten", &[("name", "alice")]).await.is(429);
        post.next().await;
        // One box is not filled: what is beyond four in an hour is not sent. A letter that goes after them shows it.
        comity::members::set_password(&town.app, alice.account.id, NEW).await.unwrap();
        assert!(post.next().await.text().contains("was changed"));
        assert_eq!(post.count(), 5);
    }

    async fn only_the_last_letter_opens_and_not_for_long(town, post) {
        let island = town.found("island.example", "Island").await;
        town.member("alice").await;
        let mut browser = town.anonymous();
        browser.post("/forgotten", &[("name", "alice")]).await.is(200);
        let first = post.next().await.link("/reset/");
        browser.post("/forgotten", &[("name", "alice")]).await.is(200);
        let second = post.next().await.link("/reset/");
        browser.get(&first).await.is(410);
        browser.get(&second).await.is(200);
        town.visitor_of(&island).get(&second).await.is(410);
        browser.get(&second.replace("/reset/", "/confirm/")).await.is(410);
        town.wait_s(3_601);
        browser.get(&second).await.is(410);
    }

    async fn a_new_address_is_shown_to_be_ones_own_first(town, post) {
        let mut alice = town.member("alice").await;
        town.member("bob").await;
        let form = |email: &'static str, password: &'static str| [("email", email), ("password", password)];
        alice.post("/settings/email", &form("new@mail.example", "wrong horse")).await.is(422).shows("is not your password");
        alice.post("/settings/email", &form("bob@mail.example", PASSWORD)).await.is(422).shows("belongs to another member");
        alice.post("/settings/email", &form("no address", PASSWORD)).await.is(422).shows("must be an address");
        alice.post("/settings/email", &form("new@mail.example", PASSWORD)).await.leads("/settings/email");
        alice.get("/settings/email").await.is(200).shows("once you answer the letter");
        let came = post.next().await;
        assert_eq!(came.to, "new@mail.example");
        assert_eq!(sign_in(&town, "new@mail.example", PASSWORD).await, 422);
        let at = came.link("/confirm/");
        let token = at.strip_prefix("/confirm/").unwrap();
        let mut browser = town.anonymous();
        browser.get(&at).await.is(200).shows("new@mail.example");
        browser.post("/confirm", &[("token", token)]).await.leads("/");
        browser.post("/confirm", &[("token", token)]).await.is(410);
        assert_eq!(sign_in(&town, "new@mail.example", PASSWORD).await, 303);
        assert_eq!(sign_in(&town, "alice@mail.example", PASSWORD).await, 422);
        alice.get("/settings/email").await.is(200).shows("confirmed").hides("once you answer");
        let told = post.next().await;
        assert_eq!(told.to, "alice@mail.example");
        assert!(told.text().contains("another e-mail address"), "{}", told.whole);
    }

    async fn a_new_password_lets_go_of_an_address_that_was_wanted(town, post) {
        let mut alice = town.member("alice").await;
        let form = [("email", "new@mail.example"), ("password", PASSWORD)];
        alice.post("/settings/email", &form).await.leads("/settings/email");
        let link = post.next().await.link("/confirm/");
        comity::members::set_password(&town.app, alice.account.id, NEW).await.unwrap();
        assert!(post.next().await.text().contains("was changed"));
        let member = comity::members::find(&town.app, alice.account.id).await.unwrap();
        assert_eq!(member.email_wanted, None);
        town.anonymous().get(&link).await.is(410);
    }

    async fn a_server_that_says_later_is_asked_later_and_one_that_says_no_is_not(town, post) {
        let mut alice = town.member("alice").await;
        post.refuse("450 come again");
        alice.post("/settings/email/letter", &[]).await.leads("/settings/email");
        while !post.has_refused() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        // The first wait is about a minute; the worker looks every second of the machine's own clock.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(post.count(), 0);
        town.wait_s(90);
        assert_eq!(post.next().await.to, "alice@mail.example");
        post.refuse("550 nobody here");
        alice.post("/settings/email/letter", &[]).await.leads("/settings/email");
        while crate::promises::left(&town.app.db, town.app.now_ms()).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(post.has_refused());
        assert_eq!(post.count(), 1);
    }
}

town_test! {
    async fn without_a_mail_server_it_is_said_what_cannot_be_done(town) {
        let mut alice = town.member("alice").await;
        let mut browser = town.anonymous();
        browser.get("/forgotten").await.is(200).shows("sends no letters");
        browser.post("/forgotten", &[("name", "alice")]).await.is(422);
        alice.get("/settings/email").await.is(200).shows("sends no letters");
        alice.post("/settings/email/letter", &[]).await.is(422).shows("sends no letters");
        let form = [("email", "new@mail.example"), ("password", PASSWORD)];
        alice.post("/settings/email", &form).await.leads("/settings/email");
        alice.get("/settings/email").await.is(200).shows("No letter went there");
        assert_eq!(sign_in(&town, "new@mail.example", PASSWORD).await, 303);
        assert_eq!(crate::promises::left(&town.app.db, i64::MAX).await, 0);
    }
}
