//! What apps read of boundaries: the same as the pages say, for the same people.

use http::Method;
use serde_json::{Value, json};

use crate::oauth::{Registered, ask};
use crate::town::{Answer, Browser};
use crate::town_test;

/// Sends JSON with a token.
async fn send(browser: &mut Browser, path: &str, token: &str, body: &Value) -> Answer {
    let header = format!("Bearer {token}");
    let headers = [
        ("authorization", header.as_str()),
        ("content-type", "application/json"),
    ];
    browser
        .send(Method::POST, path, &headers, &body.to_string())
        .await
}

town_test! {
    async fn an_app_hears_why_as_its_member_does(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut app = Registered::new(&town, "read").await;
        let (hers, his) = (app.let_in(&mut alice, "read").await, app.let_in(&mut bob, "read").await);
        let rule = [("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "mine"), ("reason", "they sell what they read")];
        alice.post("/boundaries", &rule).await.is(303);
        let why = "/api/comity/v1/why?about=people.bigcorp.example";
        let told = ask(&mut app.browser, why, &hers).await.is(200).json();
        assert_eq!(told["outcome"], "refused");
        assert_eq!(told["rule"]["stance"], "refused");
        assert_eq!(told["rule"]["reason"], "they sell what they read");
        assert_eq!(told["rule"]["may_remove"], true);
        let told = ask(&mut app.browser, why, &his).await.is(200).hides("they sell").json();
        assert_eq!(told["outcome"], "allowed");
        assert_eq!(told["rule"], Value::Null);
        let rules = ask(&mut app.browser, "/api/comity/v1/rules", &hers).await.is(200).json();
        assert_eq!(rules["mine"][0]["pattern"], "bigcorp.example");
        let rules = ask(&mut app.browser, "/api/comity/v1/rules", &his).await.is(200).json();
        assert_eq!(rules, json!({ "mine": [], "community": [] }));
    }

    async fn an_app_sees_before_and_after_what_its_member_sees(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut app = Registered::new(&town, "read").await;
        let (hers, his) = (app.let_in(&mut alice, "read").await, app.let_in(&mut bob, "read").await);
        let draft = json!({ "status": "Low water", "visibility": "local" });
        let told = send(&mut app.browser, "/api/comity/v1/reach", &hers, &draft).await.is(200).json();
        assert_eq!(told["held"], "Members of Harbour. It goes to no other server.");
        assert_eq!(told["not_sent"], json!([]));
        assert_eq!(told["language_suggestion"], Value::Null);
        // She usually writes in English.
        let german = "Das Boot legt heute erst um neun Uhr ab, weil der Wind zu stark ist.";
        for (draft, suggested) in [
            (json!({ "status": german }), json!("de")),
            (json!({ "status": german, "language": "en-GB" }), json!("de")),
            (json!({ "status": german, "language": "de-AT" }), Value::Null),
        ] {
            let told = send(&mut app.browser, "/api/comity/v1/reach", &hers, &draft).await.is(200).json();
            assert_eq!(told["language_suggestion"], suggested, "{draft}");
        }
        let draft = json!({ "status": "@bob @ceo@bigcorp.example hello", "visibility": "public" });
        let told = send(&mut app.browser, "/api/comity/v1/reach", &hers, &draft).await.is(200).json();
        assert_eq!(told["not_sent"], json!([]));
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        let rule = [("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "mine"), ("reason", "sells us")];
        alice.post("/boundaries", &rule).await.leads("/boundaries");
        let told = send(&mut app.browser, "/api/comity/v1/reach", &hers, &draft).await.is(200).json();
        let told_of = |at: usize, key: &str| told["not_sent"][at][key].as_str().unwrap().to_owned();
        assert_eq!((told_of(0, "whom"), told_of(1, "whom")), ("@bob@harbour.example".to_owned(), "@ceo@bigcorp.example".to_owned()));
        assert!(told_of(0, "why").starts_with("You block them"), "{told}");
        assert!(told_of(1, "why").contains("sells us"), "{told}");
        assert_eq!(told["held_share"], 0);
        alice.does(&format!("/accounts/{}/unblock", bob.account.id)).await;
        let draft = json!({ "status": "Low water", "visibility": "everywhere" });
        send(&mut app.browser, "/api/comity/v1/reach", &hers, &draft).await.is(422);
        assert!(!town.anonymous().get("/@alice").await.body.contains("Low water"), "nothing was posted");

        let post = town.post(&mut alice, "High water", "public").await;
        let ledger = format!("/api/comity/v1/statuses/{}/reach", post.id);
        let told = ask(&mut app.browser, &ledger, &hers).await.is(200).json();
        assert_eq!((&told["sent"], &told["servers"], &told["is_known"]), (&json!(0), &json!([]), &json!(true)));
        ask(&mut app.browser, &ledger, &his).await.is(404);
        ask(&mut app.browser, "/api/comity/v1/statuses/7/reach", &his).await.is(404);
        let told = ask(&mut app.browser, "/api/comity/v1/contacts", &hers).await.is(200).json();
        assert_eq!(told, json!([]));
    }
}
