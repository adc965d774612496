//! What a community says of itself to apps, and how many one knows at a server.

use comity::communities::{self, Settings};
use comity::web::time::iso_ms;
use http::Method;
use serde_json::{Value, json};

use crate::kept::App;
use crate::town_test;

town_test! {
    async fn apps_read_what_a_community_says_of_itself_and_in_what_one_may_write(town) {
        let path = "/api/v1/instance/extended_description";
        let mut visitor = town.anonymous();
        let here = town.community();
        let told = visitor.get(path).await.is(200).json();
        assert_eq!((&told["content"], &told["updated_at"]), (&json!(""), &json!(iso_ms(here.created_at))));
        town.wait_s(86_400);
        let description = "By the sea\n\nCome <in>, it is <b>warm</b>".to_owned();
        let settings = Settings { description, ..Settings::of(&here) };
        communities::change_settings(&town.app, here.id, settings).await.unwrap();
        let told = visitor.get(path).await.is(200).json();
        let content = told["content"].as_str().unwrap();
        assert!(content.starts_with("<p>By the sea</p><p>Come ") && content.ends_with("</p>"), "{content}");
        assert!(!content.contains("<in>") && !content.contains("<b>"), "{content}");
        // When that was changed, and no other setting.
        assert_eq!(told["updated_at"], iso_ms(town.app.now_ms()));
        town.wait_s(86_400);
        let settings = Settings { name: "Harbour town".to_owned(), ..Settings::of(&town.community()) };
        communities::change_settings(&town.app, here.id, settings).await.unwrap();
        assert_eq!(visitor.get(path).await.is(200).json(), told);

        let told = visitor.get("/api/v1/instance/languages").await.is(200).json();
        let all = told.as_array().unwrap();
        for language in [json!({ "code": "de", "name": "Deutsch" }), json!({ "code": "en", "name": "English" })] {
            assert_eq!(all.iter().filter(|one| **one == language).count(), 1, "{language}");
        }
        let is_whole = |one: &Value| ["code", "name"].iter().all(|key| one[*key].as_str().is_some_and(|word| !word.is_empty()));
        assert!(all.iter().all(is_whole), "{told}");
        assert_eq!(visitor.get("/api/v1/instance/translation_languages").await.is(200).json(), json!({}));
    }
}

coast_test! {
    async fn before_a_server_is_blocked_an_app_reads_how_many_one_knows_there(coast) {
        let mut app = App::of(&coast.town, &mut coast.alice).await;
        let (open, kept) = (coast.peer.domain("open"), coast.peer.domain("kept"));
        let preview = |server: &str| format!("/api/v1/domain_blocks/preview?domain={server}");
        let told = app.get(&preview(&open)).await.is(200).json();
        assert_eq!(told, json!({ "following_count": 0, "followers_count": 1 }));

        let domain = comity_vocab::Domain::parse(&open).unwrap();
        let found = comity::accounts::find_by_handle(&coast.town.app, "rita", &domain).await;
        let number = found.unwrap().expect("rita is known").id;
        coast.alice.post(&format!("/accounts/{number}/follow"), &[]).await.is(303);
        coast.is_idle().await;
        // Who was asked and said nothing yet is not followed.
        assert_eq!(app.get(&preview(&open)).await.is(200).json(), told);
        let rita = coast.peer.iri("open", "rita");
        let follow = coast.got("open", "Follow").pop().expect("her follow was delivered");
        let yes = json!({ "id": format!("{rita}#yes"), "type": "Accept", "actor": rita, "object": follow });
        coast.signed(&rita, Method::POST, "/inbox", &yes.to_string()).await.is(202);
        coast.is_idle().await;
        for (server, following, followers) in [(open.as_str(), 1, 1), (kept.as_str(), 0, 1), ("nobody.example", 0, 0)] {
            let told = app.get(&preview(server)).await.is(200).json();
            assert_eq!(told, json!({ "following_count": following, "followers_count": followers }), "{server}");
        }
        // Each is told of their own.
        let mut his = App::of(&coast.town, &mut coast.bob).await;
        let told = his.get(&preview(&open)).await.is(200).json();
        assert_eq!(told, json!({ "following_count": 0, "followers_count": 1 }));
    }
}
