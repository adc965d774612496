//! Pages of hashtags: what names a topic in public, for those who may see it.

use comity::members::Role;
use comity::{hashtags, migrations};
use comity_db::testing::migrated_in_another_order;
use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::json;

use crate::antennas::FILL;
use crate::clients::App;
use crate::kept::{self, ids, link};
use crate::peer;
use crate::town::{DOMAIN, NOON_MS, Town};

/// What comes after this one names two topics.
const NAME: Sql = sql!(
    "INSERT INTO hashtag_entries (name, status_id)
     SELECT t.name, s.id
       FROM statuses s
      CROSS JOIN (SELECT 'art' AS name UNION ALL SELECT 'sketch' AS name) t
      WHERE s.id > $1"
);
const NAME_OF_AUTHOR: Sql = sql!(
    "INSERT INTO author_tags (account_id, name, status_id)
     SELECT account_id, 'ferry', id FROM statuses WHERE id > $1"
);
/// What is not older than this one answers somebody elsewhere.
const ANSWERS: Sql =
    sql!("UPDATE statuses SET in_reply_to_iri = 'https://far.example/1' WHERE id >= $1");

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

    async fn a_timeline_is_asked_for_with_few_hashtags_and_short_ones(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let sent = app.write(json!({ "status": "#fog on the #water", "visibility": "public" })).await;
        let at = "/api/v1/timelines/tag/water";
        for (asks, found) in [
            (json!({ "all": ["FOG"] }), 1),
            (json!({ "all": ["fog", "mist"] }), 0),
            (json!({ "none": ["#Fog"] }), 0),
            (json!({ "none": ["a", "b", "c", "fog"] }), 0),
        ] {
            let list = app.send(Method::GET, at, &asks).await.is(200).json();
            assert_eq!(list.as_array().unwrap().len(), found, "{asks}");
        }
        let many = vec!["a"; 1_001];
        for field in ["any", "all", "none"] {
            app.send(Method::GET, at, &json!({ field: many.clone() })).await.is(422);
        }
        let theirs = format!("/api/v1/accounts/{}/statuses", coast.alice.account.id);
        for (tagged, found) in [("Fog".to_owned(), 1), ("mist".to_owned(), 0), ("x".repeat(101), 0)] {
            let list = app.send(Method::GET, &theirs, &json!({ "tagged": tagged })).await.is(200).json();
            assert_eq!(list.as_array().unwrap().len(), found);
        }
        assert_eq!(sent["tags"].as_array().unwrap().len(), 2);
    }

    async fn what_is_rare_in_a_topic_that_many_name_is_looked_for_a_piece_at_a_time(coast) {
        let rare = coast.town.post(&mut coast.alice, "Nothing but #art", "public").await;
        let last = coast.town.post(&mut coast.alice, "#art and #sketch", "public").await;
        coast.town.app.db.exec(FILL, params![last.id, 20_500_i64]).await.unwrap();
        coast.town.app.db.exec(NAME, params![last.id]).await.unwrap();
        coast.town.wait_s(60);
        let mut hers = kept::App::of(&coast.town, &mut coast.alice).await;
        for asked in ["none[]=sketch", "any[]=sketch&none[]=sketch"] {
            let timeline = format!("/api/v1/timelines/tag/art?{asked}");
            let page = hers.get(&timeline).await.is(200);
            assert_eq!(page.json(), json!([]), "so far it was looked");
            assert_eq!(hers.ids(&link(&page, "next").unwrap()).await, ids(&[&rare]), "{asked}");
            let from_below = format!("{timeline}&min_id={}", rare.id - 1);
            assert_eq!(hers.ids(&from_below).await, ids(&[&rare]), "{asked}");
        }
        // What fits is all there at once, and goes on.
        let both = "/api/v1/timelines/tag/art?all[]=sketch&limit=2";
        assert_eq!(hers.ids(both).await, [20_500, 20_499].map(|number| (last.id + number).to_string()));
        let next = link(&hers.get(both).await.is(200), "next").unwrap();
        assert_eq!(hers.ids(&next).await, [20_498, 20_497].map(|number| (last.id + number).to_string()));
    }

    async fn what_somebody_seldom_writes_is_looked_for_a_piece_at_a_time(coast) {
        let rare = coast.town.post(&mut coast.bob, "Of my own accord: #ferry", "public").await;
        let last = coast.town.post(&mut coast.bob, "An answer about the #ferry", "public").await;
        let db = &coast.town.app.db;
        db.exec(FILL, params![last.id, 20_500_i64]).await.unwrap();
        db.exec(ANSWERS, params![last.id]).await.unwrap();
        db.exec(NAME_OF_AUTHOR, params![last.id]).await.unwrap();
        coast.town.wait_s(60);
        let mut hers = kept::App::of(&coast.town, &mut coast.alice).await;
        let his = format!("/api/v1/accounts/{}/statuses?exclude_replies=true", coast.bob.account.id);
        for timeline in [his.clone(), format!("{his}&tagged=ferry")] {
            let page = hers.get(&timeline).await.is(200);
            assert_eq!(page.json(), json!([]), "so far it was looked");
            assert_eq!(hers.ids(&link(&page, "next").unwrap()).await, ids(&[&rare]), "{timeline}");
            let from_below = format!("{timeline}&min_id={}", rare.id - 1);
            assert_eq!(hers.ids(&from_below).await, ids(&[&rare]), "{timeline}");
        }
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

/// On PostgreSQL many databases order letters by a language: what begins so is found by its letters all the same.
#[tokio::test]
async fn names_are_found_by_their_letters_in_a_database_of_another_order() {
    let database = migrated_in_another_order(migrations::ALL, NOON_MS).await;
    let town = Town::on(database, DOMAIN, "", |_| {}).await;
    let mut app = App::of(&town, "zoe_b").await;
    app.write(json!({ "status": "#zoea #zoe_b #zoéa #zob #Zoe2" }))
        .await;
    let found = hashtags::beginning(&town.app.db, "zoe", 10).await.unwrap();
    assert_eq!(found, ["zoe2", "zoe_b", "zoea"]);
    for (prefix, count) in [("zo", 1), ("zoe_", 1), ("zob", 0)] {
        let asked = format!("/api/v1/accounts/search?q={prefix}");
        let found = app.get(&asked).await.is(200).json();
        assert_eq!(found.as_array().unwrap().len(), count, "{prefix}");
    }
    let problems = comity_db::check_statements(&town.app.db, migrations::BIG_TABLES).await;
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
