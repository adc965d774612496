//! Streams of what has files, by name and by choice, and what is told of notifications that stood aside.

use std::time::Duration;

use comity::{router, serve};
use comity_vocab::Visibility;
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::coast::Coast;
use crate::media::Sender;
use crate::push::{SCOPES, asks, token};
use crate::streaming::{Ear, dial_at, message, says, tune};
use crate::{peer, town_test};

const WORDS: [&str; 4] = ["Oyster", "Urchin", "Periwinkle", "Dogfish"];

/// Dora, who lives here, writes two posts, then rita two; the first of each has a picture.
async fn posts(coast: &Coast, dora: &mut Sender) {
    let picture = dora.picture().await;
    let open = Visibility::Public;
    dora.publish(&coast.town, "Oyster", open, &[&picture])
        .await
        .unwrap();
    dora.publish(&coast.town, "Urchin", open, &[])
        .await
        .unwrap();
    // Nobody here follows rita: whom she names makes it concern us.
    let rita = coast.peer.iri("open", "rita");
    let alice = coast.alice.account.iri.to_string();
    let mut said = peer::create(&rita, "1", "Periwinkle", None, Some(&alice));
    let gull = format!("{rita}/gull.png");
    said["object"]["attachment"] =
        json!([{ "type": "Document", "mediaType": "image/png", "url": gull, "name": "A gull" }]);
    coast.brings(&said).await;
    let said = peer::create(&rita, "2", "Dogfish", None, Some(&alice));
    coast.brings(&said).await;
}

/// Which of the words is in it.
fn word(text: &str) -> &'static str {
    let mut found = WORDS.into_iter().filter(|word| text.contains(word));
    found.next().unwrap()
}

coast_test! {
    async fn streams_of_files_are_heard_by_their_names(coast) {
        let mut dora = Sender::new(&coast.town, "dora").await;
        let token = token(&coast.town, &mut coast.alice, SCOPES).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve::serve(coast.town.app.clone(), listener, stopped));
        while !coast.town.app.streams.is_open() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let headers = [("sec-websocket-protocol", token.as_str())];
        let mut line = dial_at(at, "harbour.localhost", "/api/v1/streaming", &headers).await.unwrap();
        // What is no stream is answered: by then the others are open.
        for stream in ["public:media", "public:local:media", "public:remote:media", "public:remote", "nothing"] {
            says(&mut line, &json!({ "type": "subscribe", "stream": stream })).await;
        }
        assert_eq!(message(&mut line).await.unwrap()["status"], 400);

        posts(&coast, &mut dora).await;
        let mut heard = Vec::new();
        // The last post has no picture and comes by the last stream alone.
        while heard.last() != Some(&("public:remote".to_owned(), "Dogfish")) {
            let told = message(&mut line).await.unwrap();
            if told["event"] == "update" {
                let stream = told["stream"][0].as_str().unwrap().to_owned();
                heard.push((stream, word(told["payload"].as_str().unwrap())));
            }
        }
        heard.sort();
        let expected = [
            ("public:local:media", "Oyster"), ("public:media", "Oyster"), ("public:media", "Periwinkle"),
            ("public:remote", "Dogfish"), ("public:remote", "Periwinkle"), ("public:remote:media", "Periwinkle"),
        ];
        assert_eq!(heard, expected.map(|(stream, word)| (stream.to_owned(), word)));
        stop.send(true).unwrap();
        assert!(message(&mut line).await.is_none());
        tokio::time::timeout(Duration::from_secs(8), server).await.expect("it stops soon").unwrap();
    }

    async fn streams_of_files_are_heard_by_choice(coast) {
        let _on = tune(&coast.town.app).await;
        let router = router::build(&coast.town.app);
        let host = coast.town.community().domain.to_string();
        let mut dora = Sender::new(&coast.town, "dora").await;
        let token = token(&coast.town, &mut coast.alice, SCOPES).await;
        let mut ears = Vec::new();
        for (path, expected) in [
            ("public", &WORDS[..]),
            ("public?only_media=true", &["Oyster", "Periwinkle"][..]),
            ("public/local", &["Oyster", "Urchin"][..]),
            ("public/local?only_media=true", &["Oyster"][..]),
            ("public/remote", &["Periwinkle", "Dogfish"][..]),
            ("public/remote?only_media=true", &["Periwinkle"][..]),
        ] {
            let ear = Ear::open(&router, &host, path, &token).await;
            ears.push((path, expected, ear.unwrap_or_else(|status| panic!("{path} answered {status}"))));
        }
        posts(&coast, &mut dora).await;
        // By each comes one thing more: a picture from here, and one from elsewhere.
        let picture = dora.picture().await;
        dora.publish(&coast.town, "Low-water", Visibility::Public, &[&picture]).await.unwrap();
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.to_string();
        let mut said = peer::create(&rita, "3", "High-water", None, Some(&alice));
        said["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": format!("{rita}/tern.png") }]);
        coast.brings(&said).await;
        for (path, expected, mut ear) in ears {
            let last = if path.starts_with("public/local") { "Low-water" } else { "High-water" };
            let mut heard = Vec::new();
            for (event, told) in ear.until(last).await {
                let status: Value = serde_json::from_str(&told).unwrap();
                let text = status["content"].as_str().unwrap_or_default();
                if event == "update" && !text.contains("Low-water") && !text.contains("High-water") {
                    heard.push(word(text));
                }
            }
            assert_eq!(heard, expected, "{path}");
        }
    }
}

town_test! {
    async fn what_stood_aside_and_is_let_in_is_told_as_merged(town) {
        let _on = tune(&town.app).await;
        let router = router::build(&town.app);
        let host = town.community().domain.to_string();
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (hers, his) = (token(&town, &mut alice, SCOPES).await, token(&town, &mut bob, SCOPES).await);
        alice.does(&format!("/accounts/{}/follow", carol.account.id)).await;
        let aside = json!({ "for_not_following": "filter" });
        asks(&town, &hers, Method::PATCH, "/api/v2/notifications/policy", &aside).await.is(200);
        let mut ears = Vec::new();
        for (path, token) in [("user", &hers), ("user/notification", &hers), ("user", &his)] {
            let ear = Ear::open(&router, &host, path, token).await;
            ears.push(ear.unwrap_or_else(|status| panic!("{path} answered {status}")));
        }
        let writes = json!({ "status": "@alice a word" });
        asks(&town, &his, Method::POST, "/api/v1/statuses", &writes).await.is(200);
        // Of what stands aside nothing is heard: what came after it is the first.
        town.post(&mut carol, "@alice Low-water", "public").await;
        for ear in &mut ears[..2] {
            let told = ear.until("Low-water").await;
            assert!(told.iter().all(|(_, told)| told.contains("Low-water")), "{told:?}");
        }
        let accept = format!("/api/v1/notifications/requests/{}/accept", bob.account.id);
        asks(&town, &hers, Method::POST, &accept, &json!({})).await.is(200);
        let merged = asks(&town, &hers, Method::GET, "/api/v1/notifications/requests/merged", &json!({})).await;
        assert_eq!(merged.is(200).json(), json!({ "merged": true }));
        for ear in &mut ears[..2] {
            let told = loop {
                match ear.next().await.unwrap() {
                    (_, told) if told.contains("Low-water") => {}
                    told => break told,
                }
            };
            assert_eq!(told, ("notifications_merged".to_owned(), "1".to_owned()));
        }
        // It is hers alone.
        asks(&town, &his, Method::POST, "/api/v1/statuses", &json!({ "status": "Finis" })).await.is(200);
        let told = ears[2].until("Finis").await;
        assert!(told.iter().all(|(event, _)| event == "update"), "{told:?}");
    }
}
