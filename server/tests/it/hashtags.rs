//! Pages of hashtags: what names a topic in public, for those who may see it.

use comity::members::Role;
use http::Method;
use serde_json::json;

use crate::clients::App;
use crate::peer;

coast_test! {
    async fn what_names_a_topic_in_public_is_on_its_page(coast) {
        let public = coast.town.post(&mut coast.alice, "All about the #Fähre today", "public").await;
        for (words, visibility) in [("Quietly #fähre", "unlisted"), ("Among friends #fähre", "private"), ("No #fahre", "public")] {
            coast.town.post(&mut coast.alice, words, visibility).await;
        }
        let page = coast.bob.get("/tags/f%C3%A4hre").await.is(200).shows("All about the");
        let page = page.hides("Quietly").hides("Among friends").hides("No #fahre");
        assert_eq!(page.body.matches("<article").count(), 1);
        coast.bob.get(&public.path).await.is(200).shows("Fähre");
        assert!(coast.bob.get(&public.path).await.body.contains("/tags/f%C3%A4hre\""), "the link leads there");
        coast.bob.get("/tags/F%C3%84HRE").await.leads("/tags/f%C3%A4hre");
        coast.bob.get("/search?q=%23F%C3%A4hre").await.leads("/tags/f%C3%A4hre");
        coast.alice.post(&format!("/statuses/{}/edit", public.id), &[("text", "All about the #boat today")]).await.is(303);
        coast.bob.get("/tags/f%C3%A4hre").await.is(200).hides("All about the");
        coast.bob.get("/tags/boat").await.is(200).shows("All about the");
        coast.deletes(&public).await;
        coast.bob.get("/tags/boat").await.is(200).hides("All about the");
    }

    async fn l35_a_page_of_a_hashtag_shows_each_reader_what_is_theirs_to_see(coast) {
        let rita = coast.peer.iri("open", "rita");
        let mut note = peer::create(&rita, "1", "Rita on the boat", None, None);
        note["object"]["tag"] = json!([{ "type": "Hashtag", "name": "#Boat" }]);
        note["object"]["cc"] = json!([coast.alice.account.iri.as_str()]);
        note["object"]["tag"].as_array_mut().unwrap().push(json!({ "type": "Mention", "href": coast.alice.account.iri.as_str() }));
        coast.signed(&rita, Method::POST, "/inbox", &note.to_string()).await.is(202);
        coast.is_idle().await;
        coast.town.post(&mut coast.alice, "Alice on the #boat", "public").await;
        coast.bob.get("/tags/boat").await.is(200).shows("Rita on the boat").shows("Alice on the");
        // Other servers' authors did not ask for a second shop window.
        coast.town.anonymous().get("/tags/boat").await.is(200).hides("Rita on the boat").shows("Alice on the");
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let open = coast.peer.domain("open");
        marta.post("/boundaries", &[("pattern", &open), ("stance", "limited"), ("scope", "community")]).await.is(303);
        coast.bob.get("/tags/boat").await.is(200).hides("Rita on the boat").shows("Alice on the");
    }

    async fn what_was_written_elsewhere_is_found_below_all_that_was_written_here(coast) {
        let rita = coast.peer.iri("open", "rita");
        let mut note = peer::create(&rita, "1", "Rita on the boat", None, None);
        note["object"]["cc"] = json!([coast.alice.account.iri.as_str()]);
        note["object"]["tag"] = json!([{ "type": "Mention", "href": coast.alice.account.iri.as_str() }]);
        coast.brings(&note).await;
        for number in 0..110 {
            coast.town.post(&mut coast.alice, &format!("Number {number}"), "public").await;
        }
        let mut app = App::let_in(&coast.town, &mut coast.bob).await;
        let told = app.get("/api/v1/timelines/public?remote=true&limit=1").await.is(200).json();
        assert_eq!(told.as_array().unwrap().len(), 1);
        assert!(told[0]["content"].as_str().unwrap().contains("Rita on the boat"));
        let here = app.get("/api/v1/timelines/public?local=true&remote=true").await.is(200).json();
        assert_eq!(here, json!([]));
    }
}
