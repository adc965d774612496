//! Antennas: what fits comes by, as far as its author lets it be found and the reader may see it.

use comity::members::Role;
use comity::router;
use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::{Value, json};

use crate::kept::{App, ids, link};
use crate::streaming::{Ear, tune};
use crate::town_test;

const ANTENNAS: &str = "/api/comity/v1/antennas";

/// `$2` more posts after this one (`$1`), each as it is.
pub const FILL: Sql = sql!(
    "WITH RECURSIVE numbers(n) AS (
         SELECT CAST(1 AS BIGINT)
          UNION ALL
         SELECT n + 1 FROM numbers WHERE n < $2
     )
     INSERT INTO statuses (id, iri, account_id, community_id, kind, visibility, conversation_id, title, spoiler_text, content,
                           source, sensitive, tags, attachments, limited, created_at, replies_count, reblogs_count,
                           favourites_count)
     SELECT s.id + n, s.iri || '/' || CAST(n AS TEXT), s.account_id, s.community_id, s.kind, s.visibility, s.conversation_id,
            s.title, s.spoiler_text, s.content, s.source, s.sensitive, s.tags, s.attachments, s.limited, s.created_at, 0, 0, 0
       FROM statuses s, numbers
      WHERE s.id = $1"
);
const INDEX: Sql = sql!(
    sqlite: "INSERT INTO search_words (rowid, words) SELECT id, '·any' FROM statuses WHERE id > $1",
    pg: "INSERT INTO search_entries (status_id, words)
         SELECT id, array_to_tsvector(ARRAY['·any']) FROM statuses WHERE id > $1",
);
const OPEN: Sql = sql!("UPDATE accounts SET indexable = TRUE WHERE id = $1");

async fn lets_be_found(app: &mut App, yes: bool) {
    let path = "/api/v1/accounts/update_credentials";
    let changes = json!({ "indexable": yes });
    app.send(Method::PATCH, path, &changes).await.is(200);
}

/// Makes an antenna, and gives its number.
async fn put_up(app: &mut App, terms: &Value) -> String {
    let made = app.post(ANTENNAS, terms).await.is(200).json();
    made["id"].as_str().unwrap().to_owned()
}

/// What an antenna of these terms catches.
async fn caught(app: &mut App, mut terms: Value) -> Vec<String> {
    terms["title"] = json!("One of many");
    let id = put_up(app, &terms).await;
    let caught = app.ids(&format!("/api/v1/timelines/list/{id}")).await;
    app.delete(&format!("{ANTENNAS}/{id}")).await.is(200);
    caught
}

town_test! {
    async fn an_antenna_is_a_list_to_apps_and_catches_what_may_be_found(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let (mut his, mut carols) = (App::of(&town, &mut bob).await, App::of(&town, &mut carol).await);
        lets_be_found(&mut his, true).await;
        let first = town.post(&mut bob, "The FÄHRE leaves at noon", "public").await;
        town.post(&mut bob, "A fähre, quietly", "unlisted").await;
        town.post(&mut bob, "A fähre for few", "private").await;
        town.post(&mut bob, "@alice about the fähre", "direct").await;
        town.post(&mut bob, "Low water", "public").await;
        let shy = town.post(&mut carol, "A fahre of mine", "public").await;
        let last = town.post(&mut bob, "Another fähre", "public").await;
        let id = put_up(&mut hers, &json!({ "title": "Ferries", "any": ["fahre"] })).await;
        let (list, timeline) = (format!("/api/v1/lists/{id}"), format!("/api/v1/timelines/list/{id}"));
        assert_eq!(hers.ids(&timeline).await, ids(&[&last, &first]));
        // Who is followed is not found by that.
        town.follow(&mut alice, &carol).await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&last, &first]));
        lets_be_found(&mut carols, true).await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&last, &shy, &first]));
        let page = hers.get(&format!("{timeline}?limit=2")).await.is(200);
        assert_eq!(hers.ids(&link(&page, "next").unwrap()).await, ids(&[&first]));
        assert_eq!(hers.ids(&format!("{timeline}?min_id={}&limit=1", first.id)).await, ids(&[&shy]));
        alice.get(&format!("/antennas/{id}")).await.is(200).shows("leaves at noon").hides("quietly");
        // An app has it among the lists, and changes what lists have.
        assert_eq!(hers.ids("/api/v1/lists").await, [id.as_str()]);
        let told = hers.get(&list).await.is(200).json();
        assert_eq!((&told["title"], &told["replies_policy"], &told["exclusive"]), (&json!("Ferries"), &json!("list"), &json!(false)));
        let told = hers.put(&list, &json!({ "title": "Boats", "replies_policy": "none", "exclusive": false })).await.is(200).json();
        assert_eq!((&told["title"], &told["replies_policy"]), (&json!("Boats"), &json!("none")));
        hers.put(&list, &json!({ "exclusive": true })).await.is(422);
        let people = json!({ "account_ids": [bob.account.id.to_string()] });
        hers.post(&format!("{list}/accounts"), &people).await.is(422);
        hers.send(Method::DELETE, &format!("{list}/accounts"), &people).await.is(422);
        assert_eq!(hers.ids(&format!("{list}/accounts")).await, Vec::<String>::new());
        let whole = hers.get(&format!("{ANTENNAS}/{id}")).await.is(200).json();
        assert_eq!((&whole["any"], &whole["replies"]), (&json!(["fahre"]), &json!(false)));
        // Whom she mutes, and who does not want to be found any more, is caught no longer.
        alice.does(&format!("/accounts/{}/mute", carol.account.id)).await;
        assert_eq!(hers.ids(&timeline).await, ids(&[&last, &first]));
        lets_be_found(&mut his, false).await;
        assert!(hers.ids(&timeline).await.is_empty());
        assert_eq!(hers.delete(&list).await.is(200).json(), json!({}));
        hers.get(&timeline).await.is(404);
        assert_eq!(hers.get(ANTENNAS).await.is(200).json(), json!([]));
    }

    async fn each_term_narrows_what_is_caught(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let (mut his, mut carols) = (App::of(&town, &mut bob).await, App::of(&town, &mut carol).await);
        lets_be_found(&mut his, true).await;
        lets_be_found(&mut carols, true).await;
        let tides = town.post(&mut bob, "About #Tides and low water", "public").await;
        let water = town.post(&mut bob, "Water is low in 東京タワー", "public").await;
        let answer = town.reply(&mut carol, &water, "@bob low water, too", "public").await;
        let nothing = |terms: Value| (terms, Vec::<String>::new());
        let all = ids(&[&answer, &water, &tides]);
        let his_id = bob.account.id.to_string();
        let here = bob.account.domain.to_string();
        for (terms, fits) in [
            (json!({ "any": ["low water"] }), ids(&[&answer, &tides])),
            (json!({ "any": ["low water"], "replies": false }), ids(&[&tides])),
            (json!({ "tags": ["#tides"] }), ids(&[&tides])),
            (json!({ "tags": ["tides"], "any": ["東京"] }), ids(&[&water, &tides])),
            (json!({ "all": ["low", "water"], "none": ["low water"] }), ids(&[&water])),
            (json!({ "all": ["water"], "none": ["too"] }), ids(&[&water, &tides])),
            (json!({ "account_ids": [his_id] }), ids(&[&water, &tides])),
            (json!({ "hosts": [here], "only_local": true }), all),
            nothing(json!({ "hosts": ["far.example"] })),
            nothing(json!({ "any": ["京東"] })),
            nothing(json!({ "any": ["wat"] })),
            nothing(json!({ "any": ["water"], "only_media": true })),
            nothing(json!({ "any": ["water"], "languages": ["tlh"] })),
        ] {
            assert_eq!(caught(&mut hers, terms.clone()).await, fits, "{terms}");
        }
        // What somebody boosts is caught where it is wanted.
        carols.post(&format!("/api/v1/statuses/{}/reblog", tides.id), &Value::Null).await.is(200);
        let carol_id = carol.account.id.to_string();
        assert_eq!(caught(&mut hers, json!({ "account_ids": [carol_id] })).await, ids(&[&answer]));
        let id = put_up(&mut hers, &json!({ "title": "Hers", "account_ids": [carol_id], "boosts": true })).await;
        let shown = hers.get(&format!("/api/v1/timelines/list/{id}")).await.is(200).json();
        assert_eq!(shown.as_array().unwrap().len(), 2);
        assert_eq!(shown[0]["reblog"]["id"], tides.id.to_string());
        assert_eq!(hers.ids(&format!("/api/v1/lists/{id}/accounts")).await, [carol_id]);
    }

    async fn what_a_rare_server_has_is_looked_for_a_piece_at_a_time(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut ines = town.member_of(&island, "ines", Role::Member).await;
        town.app.db.exec(OPEN, params![ines.account.id]).await.unwrap();
        let rare = town.post(&mut ines, "Low water on the island", "public").await;
        let last = town.post(&mut alice, "One of many", "public").await;
        town.app.db.exec(FILL, params![last.id, 20_500_i64]).await.unwrap();
        town.app.db.exec(INDEX, params![last.id]).await.unwrap();
        town.wait_s(60);
        let mut hers = App::of(&town, &mut alice).await;
        let id = put_up(&mut hers, &json!({ "title": "Far", "hosts": ["island.example"] })).await;
        let timeline = format!("/api/v1/timelines/list/{id}");
        let page = hers.get(&timeline).await.is(200);
        assert_eq!(page.json(), json!([]), "so far it was looked");
        assert_eq!(hers.ids(&link(&page, "next").unwrap()).await, ids(&[&rare]));
        let from_below = format!("{timeline}?min_id={}", rare.id - 1);
        assert_eq!(hers.ids(&from_below).await, ids(&[&rare]));
    }

    async fn antennas_are_bounded_and_ones_own(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        for terms in [
            json!({ "any": ["fog"] }),
            json!({ "title": "All" }),
            json!({ "title": "All", "none": ["fog"], "only_media": true }),
            json!({ "title": "Signs", "any": ["?!"] }),
            json!({ "title": "Long", "any": ["x".repeat(101)] }),
            json!({ "title": "Tag", "tags": ["two words"] }),
            json!({ "title": "Server", "hosts": ["no server"] }),
            json!({ "title": "Nobody", "account_ids": ["7"] }),
            json!({ "title": "Nobody", "account_ids": ["seven"] }),
        ] {
            hers.post(ANTENNAS, &terms).await.is(422);
        }
        // Words of the index's own language are words.
        let sly = json!({ "title": "Sly", "any": ["fog\" OR \"·any", "a' | !b & c", "NEAR(x y)", "x*"] });
        let id = put_up(&mut hers, &sly).await;
        hers.get(&format!("/api/v1/timelines/list/{id}")).await.is(200);
        for at in 1..20 {
            put_up(&mut hers, &json!({ "title": format!("Antenna {at}"), "any": ["fog"] })).await;
        }
        hers.post(ANTENNAS, &json!({ "title": "One more", "any": ["fog"] })).await.is(409);
        let at = format!("{ANTENNAS}/{id}");
        his.get(&at).await.is(404);
        his.put(&at, &json!({ "title": "Mine" })).await.is(404);
        his.delete(&at).await.is(404);
        for path in [format!("/api/v1/lists/{id}"), format!("/api/v1/timelines/list/{id}"), format!("/api/v1/lists/{id}/accounts")] {
            his.get(&path).await.is(404);
        }
        his.delete(&format!("/api/v1/lists/{id}")).await.is(404);
        bob.get(&format!("/antennas/{id}")).await.is(404);
        bob.get(&format!("/antennas/{id}/edit")).await.is(404);
        bob.post(&format!("/antennas/{id}/edit"), &[("title", "Mine"), ("any", "fog")]).await.is(404);
        bob.post(&format!("/antennas/{id}/delete"), &[]).await.is(404);
        hers.get(&at).await.is(200).shows("Sly");
    }

    async fn a_member_makes_changes_and_takes_down_an_antenna(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut his = App::of(&town, &mut bob).await;
        lets_be_found(&mut his, true).await;
        town.post(&mut bob, "Fog at low water", "public").await;
        alice.get("/search").await.is(200).shows("Antennas");
        alice.get("/antennas").await.is(200).shows("You have no antennas");
        alice.get("/antennas/new").await.is(200).shows("Make an antenna");
        alice.post("/antennas/new", &[("title", "Fog")]).await.is(422).shows("name words");
        alice.post("/antennas/new", &[("title", "Fog"), ("accounts", "@nobody")]).await.is(422).shows("look for them first");
        let made = [("title", "Fog"), ("any", "fog\r\nhigh water"), ("accounts", "@bob"), ("replies", "true")];
        let at = alice.post("/antennas/new", &made).await.is(303).leads_to().unwrap();
        alice.get(&at).await.is(200).shows("Fog at low water");
        alice.get("/antennas").await.is(200).shows("Fog");
        let form = alice.get(&format!("{at}/edit")).await.is(200);
        assert!(form.body.contains("high water") && form.body.contains("@bob@"), "{}", form.body);
        let changed = [("title", "Fog"), ("any", "fog"), ("none", "low water")];
        alice.post(&format!("{at}/edit"), &changed).await.leads(&at);
        alice.get(&at).await.is(200).hides("Fog at low water");
        alice.post(&format!("{at}/delete"), &[]).await.leads("/antennas");
        alice.get(&at).await.is(404);
    }

    async fn an_antenna_has_a_stream(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::of(&town, &mut alice).await;
        let (mut his, mut carols) = (App::of(&town, &mut bob).await, App::of(&town, &mut carol).await);
        lets_be_found(&mut his, true).await;
        let id = put_up(&mut hers, &json!({ "title": "Reef", "any": ["oyster"] })).await;
        let _on = tune(&town.app).await;
        let (router, host) = (router::build(&town.app), alice.account.domain.to_string());
        let path = format!("list?list={id}");
        assert_eq!(Ear::open(&router, &host, &path, &his.token).await.err(), Some(404));
        let mut ear = Ear::open(&router, &host, &path, &hers.token).await.ok().unwrap();
        for (is_his, text, visibility) in [
            (true, "An oyster for all", "public"),
            (true, "An oyster for few", "unlisted"),
            (true, "An urchin for all", "public"),
            (false, "An oyster not to be found", "public"),
        ] {
            let app = if is_his { &mut his } else { &mut carols };
            app.post("/api/v1/statuses", &json!({ "status": text, "visibility": visibility })).await.is(200);
        }
        let heard = ear.rest().await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].0 == "update" && heard[0].1.contains("An oyster for all"));
    }

    async fn a_stream_has_what_the_timelines_of_antennas_and_lists_have(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        lets_be_found(&mut his, true).await;
        let bobs = bob.account.id.to_string();
        let topic = put_up(&mut hers, &json!({ "title": "Reef", "tags": ["reef"] })).await;
        let others = put_up(&mut hers, &json!({ "title": "Far", "any": ["oyster"], "hosts": ["far.example"] })).await;
        hers.post(&format!("/api/v1/accounts/{bobs}/follow"), &json!({})).await.is(200);
        let list = hers.post("/api/v1/lists", &json!({ "title": "Bob", "replies_policy": "none" })).await.is(200).json();
        let list = list["id"].as_str().unwrap().to_owned();
        hers.post(&format!("/api/v1/lists/{list}/accounts"), &json!({ "account_ids": [bobs] })).await.is(200);
        let _on = tune(&town.app).await;
        let (router, host) = (router::build(&town.app), alice.account.domain.to_string());
        let mut ears = Vec::new();
        for id in [&topic, &others, &list] {
            ears.push(Ear::open(&router, &host, &format!("list?list={id}"), &hers.token).await.ok().unwrap());
        }
        let hers_first = hers.post("/api/v1/statuses", &json!({ "status": "Who is at sea?" })).await.is(200).json();
        for (text, visibility, answers) in [
            ("An oyster on the #reef", "public", false),
            ("An oyster on the #reef for us", "local", false),
            ("An urchin on the #reef for few", "unlisted", false),
            ("I am", "public", true),
        ] {
            let mut body = json!({ "status": text, "visibility": visibility });
            if answers {
                body["in_reply_to_id"] = hers_first["id"].clone();
            }
            his.post("/api/v1/statuses", &body).await.is(200);
        }
        let mut told = Vec::new();
        for ear in &mut ears {
            told.push(ear.rest().await.len());
        }
        // The topic is listed for everyone alone; nobody writes from afar; he answers her, whose list it is.
        assert_eq!(told, [1, 0, 4]);
        for (id, count) in [(&topic, 1), (&others, 0), (&list, 4)] {
            let read = hers.get(&format!("/api/v1/timelines/list/{id}")).await.is(200).json();
            assert_eq!(read.as_array().unwrap().len(), count);
        }
    }
}
