//! What a post is and has is looked for as well: its language, its files, what it quotes and asks.

use http::Method;
use serde_json::{Value, json};

use super::found;
use crate::kept::App;
use crate::media::Sender;
use crate::town::Town;
use crate::town_test;

/// A moment passes; then a post is written, and its id comes back.
async fn write(town: &Town, by: &mut Sender, body: Value) -> String {
    town.wait_s(1);
    let body = body.to_string().into_bytes();
    let answer = by
        .ask(Method::POST, "/api/v1/statuses", "application/json", body)
        .await;
    answer.is(200).json()["id"].as_str().unwrap().to_owned()
}

town_test! {
    async fn operators_find_what_a_post_is_and_has(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let mut hers = App::of(&town, &mut alice.member).await;
        let picture = alice.picture().await["id"].clone();
        let plain = write(&town, &mut alice, json!({ "status": "tide at noon", "language": "en" })).await;
        let german = write(&town, &mut alice, json!({ "status": "tide und Flut", "language": "de-AT" })).await;
        let wet = write(&town, &mut alice, json!({ "status": "tide, wet", "language": "en", "sensitive": true })).await;
        let shown = write(&town, &mut alice, json!({ "status": "tide, seen", "language": "en", "media_ids": [picture] })).await;
        let poll = json!({ "options": ["High", "Low"], "expires_in": 3_600 });
        let asked = write(&town, &mut alice, json!({ "status": "tide, when?", "language": "en", "poll": poll })).await;
        let quote = write(&town, &mut alice, json!({ "status": "tide, as I said", "language": "en", "quoted_status_id": plain })).await;
        for (question, posts) in [
            ("tide", vec![&quote, &asked, &shown, &wet, &german, &plain]),
            ("tide lang:de", vec![&german]),
            ("tide language:de-CH", vec![&german]),
            ("tide -lang:en", vec![&german]),
            ("tide lang:fr", vec![]),
            ("tide is:sensitive", vec![&wet]),
            ("tide -is:sensitive lang:en", vec![&quote, &asked, &shown, &plain]),
            ("tide is:quote", vec![&quote]),
            ("tide has:quote", vec![&quote]),
            ("tide has:media", vec![&shown]),
            ("tide has:image", vec![&shown]),
            ("tide -has:media is:sensitive", vec![&wet]),
            ("tide has:video", vec![]),
            ("tide has:audio", vec![]),
            ("tide has:poll", vec![&asked]),
            ("has:poll", vec![&asked]),
            ("tide -has:poll -has:quote -has:image lang:en", vec![&wet, &plain]),
        ] {
            let ids: Vec<String> = posts.into_iter().cloned().collect();
            assert_eq!(found(&mut hers, question).await, ids, "{question}");
        }
    }
}

coast_test! {
    async fn files_from_elsewhere_are_found_by_their_kind(coast) {
        let rita = coast.peer.iri("open", "rita");
        let mut his = App::of(&coast.town, &mut coast.bob).await;
        let mut posts = Vec::new();
        for (number, kind, ending) in [("1", "video/mp4", "mp4"), ("2", "audio/mpeg", "mp3"), ("3", "image/png", "png")] {
            let file = json!({ "type": "Document", "mediaType": kind, "url": format!("{rita}/{number}.{ending}") });
            let id = coast.writes(&rita, number, "tide", json!({ "attachment": [file] })).await;
            posts.push(id.to_string());
        }
        let [film, sound, picture] = posts.as_slice() else { panic!("three were written") };
        for (question, wanted) in [
            ("tide has:media", vec![picture, sound, film]),
            ("tide has:video", vec![film]),
            ("tide has:audio", vec![sound]),
            ("tide has:image", vec![picture]),
            ("tide has:media -has:image", vec![sound, film]),
        ] {
            let wanted: Vec<String> = wanted.into_iter().cloned().collect();
            assert_eq!(found(&mut his, question).await, wanted, "{question}");
        }
    }
}
