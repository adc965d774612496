//! Two communities of one installation: neighbours, and not one house.

use comity::members::Role;
use comity::router;
use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::{Value, json};

use crate::acts::{Post, profile};
use crate::antennas::FILL;
use crate::kept::App;
use crate::media::files::{jpeg, part, png};
use crate::streaming::{Ear, tune};
use crate::town::{Answer, Member};
use crate::town_test;

const LOOK: &str = "/moderation/community";
const ANSWERS: Sql =
    sql!("UPDATE statuses SET in_reply_to_iri = 'https://far.example/notes/1' WHERE id >= $1");
const LET_BE_FOUND: Sql = sql!("UPDATE accounts SET indexable = TRUE WHERE id = $1");

/// Sends the form of what a community looks like as a browser does.
async fn saves(member: &mut Member, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let csrf = member.get("/compose").await.is(200).hidden("csrf").unwrap();
    let mut body = part("csrf", None, csrf.as_bytes());
    for (name, value) in fields {
        body.extend(part(name, None, value.as_bytes()));
    }
    for (name, bytes) in files {
        body.extend(part(name, Some("it.png"), bytes));
    }
    body.extend(b"--form--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=form")];
    member.send_bytes(Method::POST, LOOK, &kind, body).await
}

town_test! {
    async fn nodeinfo_says_which_actor_speaks_for_the_server(town) {
        let links = town.anonymous().get("/.well-known/nodeinfo").await.is(200).json();
        let named = |rel: &str| {
            let link = links["links"].as_array().unwrap().iter().find(|link| link["rel"] == rel);
            link.unwrap()["href"].as_str().unwrap().to_owned()
        };
        assert_eq!(named("https://www.w3.org/ns/activitystreams#Application"), "https://harbour.example/actor");
        let actor = town.anonymous().get_activity("/actor").await.is(200).json();
        assert_eq!(actor["type"], "Application");
    }

    async fn each_has_a_timeline_of_its_own(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        town.post(&mut alice, "Written in the harbour", "public").await;
        town.post(&mut tom, "Written on the island", "public").await;
        alice.get("/community").await.is(200).shows("in the harbour").hides("on the island");
        tom.get("/community").await.is(200).shows("on the island").hides("in the harbour");
        town.anonymous().get("/community").await.is(200).shows("in the harbour").hides("on the island");
        town.visitor_of(&island).get("/community").await.is(200).shows("on the island").hides("in the harbour");
    }

    async fn to_apps_the_other_is_elsewhere(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        for account in [&alice.account, &tom.account] {
            town.app.db.exec(LET_BE_FOUND, params![account.id]).await.unwrap();
        }
        let mut app = App::of(&town, &mut alice).await;
        let _on = tune(&town.app).await;
        let router = router::build(&town.app);
        let mut ears = Vec::new();
        for stream in ["public", "public/local", "public/remote", "hashtag?tag=tides", "hashtag/local?tag=tides"] {
            ears.push(Ear::open(&router, "harbour.example", stream, &app.token).await.ok().unwrap());
        }
        let hers = town.post(&mut alice, "Written in the harbour #tides", "public").await.id.to_string();
        let his = town.post(&mut tom, "Written on the island #tides", "public").await.id.to_string();
        let both = [his.clone(), hers.clone()];
        for (choice, wanted) in [("", &both[..]), ("?local=true", &both[1..]), ("?remote=true", &both[..1]), ("?local=true&remote=true", &both[2..])] {
            assert_eq!(app.ids(&format!("/api/v1/timelines/public{choice}")).await, wanted, "public{choice}");
            assert_eq!(app.ids(&format!("/api/v1/timelines/tag/tides{choice}")).await, wanted, "tag{choice}");
        }
        let terms = json!({ "title": "Here", "tags": ["tides"], "only_local": true });
        let antenna = app.post("/api/comity/v1/antennas", &terms).await.is(200).json();
        let antenna = format!("/api/v1/timelines/list/{}", antenna["id"].as_str().unwrap());
        assert_eq!(app.ids(&antenna).await, both[1..]);
        let mut visitor = town.visitor_of(&island);
        for path in ["public?local=true", "tag/tides?local=true"] {
            let told = visitor.get(&format!("/api/v1/timelines/{path}")).await.is(200).json();
            assert_eq!((told.as_array().unwrap().len(), &told[0]["id"]), (1, &json!(his)), "{path}");
        }
        for (ear, wanted) in ears.iter_mut().zip([&["harbour", "island"][..], &["harbour"], &["island"], &["harbour", "island"], &["harbour"]]) {
            let heard = ear.rest().await;
            let heard: Vec<&str> = heard.iter().filter(|(event, _)| event == "update").map(|(_, status)| status.as_str()).collect();
            assert_eq!(heard.len(), wanted.len(), "{heard:?}");
            assert!(heard.iter().zip(wanted).all(|(status, word)| status.contains(&format!("the {word}"))), "{heard:?}");
        }
    }

    async fn what_is_elsewhere_is_found_behind_much_that_is_not(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let mut app = App::of(&town, &mut alice).await;
        let his = town.post(&mut tom, "Written on the island", "public").await;
        let hers = town.post(&mut alice, "Written in the harbour", "public").await;
        town.app.db.exec(FILL, params![hers.id, 5_000_i64]).await.unwrap();
        assert_eq!(app.ids("/api/v1/timelines/public?remote=true").await, [his.id.to_string()]);
        assert_eq!(app.ids("/api/v1/timelines/public?remote=true&min_id=1").await, [his.id.to_string()]);
        let older = format!("/api/v1/timelines/public?remote=true&max_id={}", his.id);
        assert_eq!(app.ids(&older).await, [""; 0]);
    }

    async fn answers_to_others_are_in_no_public_timeline(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let mut app = App::of(&town, &mut alice).await;
        let _on = tune(&town.app).await;
        let router = router::build(&town.app);
        let mut ears = Vec::new();
        for stream in ["public", "public/local", "public/remote"] {
            ears.push(Ear::open(&router, "harbour.example", stream, &app.token).await.ok().unwrap());
        }
        let his = town.post(&mut tom, "Root on the island", "public").await;
        let on = town.reply(&mut tom, &his, "More on the island", "public").await;
        let hers = town.post(&mut alice, "Root in the harbour", "public").await;
        town.reply(&mut tom, &hers, "An aside from the island", "public").await;
        town.reply(&mut alice, &his, "An aside from the harbour", "public").await;
        let id = |post: &Post| post.id.to_string();
        for (choice, wanted) in [
            ("", vec![id(&hers), id(&on), id(&his)]),
            ("?local=true", vec![id(&hers)]),
            ("?remote=true", vec![id(&on), id(&his)]),
            ("?min_id=1", vec![id(&hers), id(&on), id(&his)]),
        ] {
            assert_eq!(app.ids(&format!("/api/v1/timelines/public{choice}")).await, wanted, "public{choice}");
        }
        alice.get("/everyone").await.is(200).shows("Root on the island").shows("More on the island").hides("An aside");
        for (ear, wanted) in ears.iter_mut().zip([3, 1, 2]) {
            let heard = ear.rest().await;
            let heard: Vec<&str> = heard.iter().filter(|(event, _)| event == "update").map(|(_, status)| status.as_str()).collect();
            assert_eq!(heard.len(), wanted, "{heard:?}");
            assert!(heard.iter().all(|status| !status.contains("An aside")), "{heard:?}");
        }
    }

    async fn what_answers_nobody_is_found_behind_many_answers(town) {
        let mut alice = town.member("alice").await;
        let mut app = App::of(&town, &mut alice).await;
        let first = town.post(&mut alice, "Of her own accord", "public").await;
        let next = town.post(&mut alice, "To somebody else", "public").await;
        town.app.db.exec(FILL, params![next.id, 5_000_i64]).await.unwrap();
        // What they answer is not known here.
        town.app.db.exec(ANSWERS, params![next.id]).await.unwrap();
        assert_eq!(app.ids("/api/v1/timelines/public").await, [first.id.to_string()]);
        assert_eq!(app.ids("/api/v1/timelines/public?min_id=1").await, [first.id.to_string()]);
    }

    async fn a_member_of_one_sees_the_others_public_posts_and_follows_across(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let post = town.post(&mut tom, "Written on the island", "public").await;
        let private = town.post(&mut tom, "For those who follow tom", "private").await;
        let here = town.community();
        alice.get("/everyone").await.is(200).shows("on the island");
        alice.get(&post.path_in(&here)).await.is(200).shows("on the island").shows("@island.example");
        alice.get(&profile(&tom.account, &here)).await.is(200).shows("on the island").hides("who follow tom");
        alice.get(&private.path_in(&here)).await.is(404);
        alice.get("/search?q=%40tom%40island.example").await.is(200).shows("tom");

        town.follow(&mut alice, &tom).await;
        alice.get("/home").await.is(200).shows("on the island").shows("who follow tom");
        alice.get(&private.path_in(&here)).await.is(200);
        tom.get("/notifications").await.is(200).shows("alice");
    }

    async fn what_stays_in_one_is_not_seen_in_the_other(town) {
        let island = town.found("island.example", "Island").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        town.follow(&mut tom, &alice).await;
        let post = town.post(&mut alice, "Between us in the harbour", "local").await;
        bob.get("/community").await.is(200).shows("Between us");
        bob.get(&post.path).await.is(200).shows("Between us");
        for path in ["/home", "/community", "/everyone", &post.path_in(&island), &profile(&alice.account, &island)] {
            tom.get(path).await.hides("Between us");
        }
        for path in ["/community", &post.path] {
            town.anonymous().get(path).await.hides("Between us");
        }
        let words = [("text", "@tom@island.example between us"), ("visibility", "local")];
        alice.post("/compose", &words).await.is(422).shows("does not live in Harbour");
    }

    async fn a_rule_of_one_about_the_other_holds_in_both_directions(town) {
        let island = town.found("island.example", "Island").await;
        let here = town.community();
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        town.follow(&mut alice, &tom).await;
        town.follow(&mut tom, &alice).await;
        let hers = town.post(&mut alice, "Written in the harbour", "public").await;
        let his = town.post(&mut tom, "Written on the island", "public").await;
        alice.get("/home").await.is(200).shows("on the island");

        let rule = [("pattern", "island.example"), ("stance", "refused"), ("scope", "community"), ("reason", "for the test")];
        ines.post("/boundaries", &rule).await.leads("/boundaries");
        for path in ["/home", "/everyone", &his.path_in(&here), &profile(&tom.account, &here)] {
            alice.get(path).await.hides("on the island");
        }
        for path in ["/home", "/everyone", &hers.path_in(&island), &profile(&alice.account, &island)] {
            tom.get(path).await.hides("in the harbour");
        }
        tom.post("/compose", &[("text", "@alice@harbour.example hello")]).await.is(422).shows("Your post would not reach");
        alice.post("/compose", &[("text", "@tom@island.example hello")]).await.is(422).shows("Your post would not reach");
        // The island's own people and visitors are not touched by the harbour's rule.
        tom.get("/community").await.is(200).shows("on the island");
        town.visitor_of(&island).get(&his.path).await.is(200).shows("on the island");

        let rules = ines.get("/boundaries").await.is(200).shows("island.example");
        let id = rules.number_after("/boundaries/").unwrap();
        alice.post(&format!("/boundaries/{id}/remove"), &[]).await.is(404);
        ines.post(&format!("/boundaries/{id}/remove"), &[]).await.leads("/boundaries");
        alice.get("/home").await.is(200).shows("on the island");
    }

    async fn a_profile_of_one_is_edited_in_one_only(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut namesake = town.member_of(&island, "alice", Role::Member).await;
        alice.post("/settings/profile", &[("name", "Alice of the Harbour")]).await.leads("/@alice");
        namesake.get("/@alice").await.is(200).hides("of the Harbour");
        namesake.get("/@alice@harbour.example").await.is(200).shows("Alice of the Harbour");
    }

    async fn a_community_has_an_icon_a_banner_and_languages(town) {
        let (mut marta, mut bob) = (town.admin("marta").await, town.member("bob").await);
        bob.get(LOOK).await.is(404);
        marta.get(LOOK).await.is(200).shows("How Harbour looks");
        let none = town.anonymous().get("/api/v2/instance").await.is(200).json();
        assert_eq!((&none["icon"], &none["languages"]), (&json!([]), &json!(["en"])));
        let (icon, wide) = (png(600, 500), jpeg(3000, 1000));
        let words = [("languages", "de, en de"), ("header_description", "The quay")];
        saves(&mut marta, &words, &[("avatar", &icon), ("header", &wide)]).await.leads(LOOK);
        let told = town.anonymous().get("/api/v2/instance").await.is(200).json();
        assert_eq!(told["languages"], json!(["de", "en"]));
        assert_eq!((&told["icon"][0]["size"], &told["thumbnail"]["description"]), (&json!("400x400"), &json!("The quay")));
        let old = town.anonymous().get("/api/v1/instance").await.is(200).json();
        assert_eq!((&old["thumbnail"], &old["languages"]), (&told["thumbnail"]["url"], &told["languages"]));
        let path = |url: &Value| url.as_str().unwrap().strip_prefix("https://harbour.example").unwrap().to_owned();
        let (icon, banner) = (path(&told["icon"][0]["src"]), path(&told["thumbnail"]["url"]));
        for picture in [&icon, &banner] {
            town.anonymous().get(picture).await.is(200);
        }
        let page = town.anonymous().get("/about").await.is(200);
        assert!(page.body.contains(&format!("<link rel=\"icon\" href=\"{icon}\">")), "{}", page.body);
        assert!(page.body.contains(&format!("<img src=\"{banner}\" alt=\"The quay\"")), "{}", page.body);
        // What is wrong is told beside its field, and nothing is changed.
        let answer = saves(&mut marta, &[("languages", "de <b>")], &[]).await.is(422);
        assert!(answer.body.contains("languages-wrong"), "{}", answer.body);
        let answer = saves(&mut marta, &words, &[("avatar", b"no picture")]).await.is(422);
        assert!(answer.body.contains("avatar-wrong"), "{}", answer.body);
        saves(&mut bob, &words, &[("avatar", &png(50, 50))]).await.is(404);
        assert_eq!(town.anonymous().get("/api/v2/instance").await.is(200).json()["icon"], told["icon"]);
        saves(&mut marta, &[("languages", ""), ("avatar_gone", "on"), ("header_gone", "on")], &[]).await.leads(LOOK);
        let none = town.anonymous().get("/api/v2/instance").await.is(200).json();
        assert_eq!((&none["icon"], &none["languages"]), (&json!([]), &json!(["en"])));
        for picture in [&icon, &banner] {
            town.anonymous().get(picture).await.is(404);
        }
    }
}
