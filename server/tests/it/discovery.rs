//! People to find, what is talked about, and how much goes on, through the API.

use http::Method;
use serde_json::{Value, json};

use crate::kept::{App, ids};
use crate::town::Town;
use crate::town_test;

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| {
        one["username"]
            .as_str()
            .or(one["account"]["username"].as_str())
            .unwrap()
    })
    .collect()
}

async fn hides(app: &mut App) {
    let changes = json!({ "discoverable": false });
    app.send(
        Method::PATCH,
        "/api/v1/accounts/update_credentials",
        &changes,
    )
    .await
    .is(200);
}

async fn sets(town: &Town, trends: bool, shows_peers: bool) {
    let here = town.community();
    let settings = comity::communities::Settings {
        trends,
        shows_peers,
        ..comity::communities::Settings::of(&here)
    };
    comity::communities::change_settings(&town.app, here.id, settings)
        .await
        .unwrap();
}

town_test! {
    async fn who_wants_to_be_found_is_listed(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let mut carols = App::of(&town, &mut carol).await;
        town.post(&mut bob, "one", "public").await;
        town.post(&mut carol, "two", "public").await;
        town.post(&mut alice, "three", "public").await;
        let list = hers.get("/api/v1/directory").await.is(200).json();
        assert_eq!(names(&list), ["alice", "carol", "bob"]);
        let page = hers.get("/api/v1/directory?limit=1&offset=1").await.is(200).json();
        assert_eq!(names(&page), ["carol"]);
        hers.get("/api/v1/directory?order=old").await.is(422);
        hides(&mut carols).await;
        let list = town.anonymous().get("/api/v1/directory?local=true&order=active").await.is(200).json();
        assert_eq!(names(&list), ["alice", "bob"]);
        // Who is blocked is not among them, for either.
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        assert_eq!(names(&his.get("/api/v1/directory").await.is(200).json()), ["bob"]);
        // Who comes is listed a moment later.
        let mut dora = town.member("dora").await;
        town.wait_s(1);
        town.post(&mut dora, "four", "public").await;
        assert_eq!(names(&his.get("/api/v1/directory").await.is(200).json()), ["bob"]);
        town.wait_s(61);
        assert_eq!(names(&his.get("/api/v1/directory").await.is(200).json()), ["dora", "bob"]);
    }

    async fn nobody_alone_fills_what_is_talked_about(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.post(&mut alice, "#ferry", "public").await;
        town.post(&mut carol, "#ferry, too", "public").await;
        for post in 0..14 {
            let topics: Vec<String> = (0..30).map(|topic| format!("#t{post}x{topic}")).collect();
            town.post(&mut bob, &topics.join(" "), "public").await;
        }
        let mut hers = App::of(&town, &mut alice).await;
        let told = hers.get("/api/v1/trends/tags").await.is(200).json();
        assert_eq!(told[0]["name"], "ferry");
    }

    async fn whom_friends_follow_is_suggested(town) {
        let (mut alice, mut bob, mut carol, mut dora) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await, town.member("dora").await);
        let mut hers = App::of(&town, &mut alice).await;
        town.follow(&mut alice, &bob).await;
        town.follow(&mut bob, &carol).await;
        let list = hers.get("/api/v2/suggestions").await.is(200).json();
        assert_eq!(names(&list), ["carol", "dora"]);
        assert_eq!(list[0]["sources"], json!(["friends_of_friends"]));
        assert_eq!(names(&hers.get("/api/v1/suggestions?limit=1").await.is(200).json()), ["carol"]);
        hers.delete(&format!("/api/v1/suggestions/{}", carol.account.id)).await.is(200);
        hers.delete("/api/v1/suggestions/1").await.is(200);
        assert_eq!(names(&hers.get("/api/v2/suggestions").await.is(200).json()), ["dora"]);
        let mut doras = App::of(&town, &mut dora).await;
        hides(&mut doras).await;
        assert_eq!(hers.get("/api/v2/suggestions").await.is(200).json(), json!([]));
        // Who keeps to themself whom they follow suggests nobody.
        let mut his = App::of(&town, &mut bob).await;
        let mut carols = App::of(&town, &mut carol).await;
        let before = doras.get("/api/v2/suggestions").await.is(200).json();
        assert_eq!(before.as_array().unwrap().len(), 3);
        his.send(Method::PATCH, "/api/v1/accounts/update_credentials", &json!({ "hide_collections": true })).await.is(200);
        doras.post(&format!("/api/v1/accounts/{}/follow", bob.account.id), &Value::Null).await.is(200);
        let list = doras.get("/api/v2/suggestions").await.is(200).json();
        assert!(list.as_array().unwrap().iter().all(|one| one["sources"] == json!(["most_followed"])), "{list}");
        assert!(!names(&carols.get("/api/v2/suggestions").await.is(200).json()).contains(&"carol"));
        town.anonymous().get("/api/v2/suggestions").await.is(401);
    }

    async fn what_two_people_talk_about_is_a_trend_for_who_may_see_them(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let (mut hers, mut carols) = (App::of(&town, &mut alice).await, App::of(&town, &mut carol).await);
        let link = "https://tides.example/today?a=1&b=2";
        let first = town.post(&mut alice, &format!("#Ferry at {link}"), "public").await;
        let second = town.post(&mut bob, &format!("The #ferry, see {link}"), "public").await;
        town.post(&mut alice, "#alone", "public").await;
        town.post(&mut bob, "#ferry for few", "private").await;
        let told = hers.get("/api/v1/trends/tags").await.is(200).json();
        assert_eq!(told.as_array().unwrap().len(), 1);
        assert_eq!((&told[0]["name"], &told[0]["history"][0]["uses"], &told[0]["history"][0]["accounts"]), (&json!("ferry"), &json!("2"), &json!("2")));
        assert_eq!(hers.get("/api/v1/trends").await.is(200).json(), told);
        let told = hers.get("/api/v1/trends/links").await.is(200).json();
        assert_eq!((&told[0]["url"], &told[0]["provider_name"]), (&json!(link), &json!("tides.example")));
        let coded: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
        let timeline = format!("/api/v1/timelines/link?url={coded}");
        assert_eq!(hers.ids(&timeline).await, ids(&[&second, &first]));
        assert_eq!(town.anonymous().get(&timeline).await.is(200).json().as_array().unwrap().len(), 2);
        hers.get("/api/v1/timelines/link?url=none").await.is(422);
        hers.post(&format!("/api/v1/statuses/{}/favourite", second.id), &Value::Null).await.is(200);
        carols.post(&format!("/api/v1/statuses/{}/favourite", second.id), &Value::Null).await.is(200);
        assert_eq!(hers.ids("/api/v1/trends/statuses").await, ids(&[&second]));
        assert_eq!(hers.ids("/api/v1/trends/statuses?offset=1").await, ids(&[]));
        // For whom one of the two may not be seen, it is one person's talk.
        bob.does(&format!("/accounts/{}/block", carol.account.id)).await;
        for path in ["tags", "links", "statuses"] {
            assert_eq!(carols.get(&format!("/api/v1/trends/{path}")).await.is(200).json(), json!([]), "{path}");
        }
        assert_eq!(carols.ids(&timeline).await, ids(&[&first]));
        sets(&town, false, true).await;
        for path in ["tags", "links", "statuses"] {
            assert_eq!(hers.get(&format!("/api/v1/trends/{path}")).await.is(200).json(), json!([]), "{path}");
        }
        // An edit takes the link away.
        let path = format!("/api/v1/statuses/{}", first.id);
        hers.put(&path, &json!({ "status": "nothing there" })).await.is(200);
        assert_eq!(hers.ids(&timeline).await, ids(&[&second]));
    }

    async fn how_much_goes_on_is_told_by_weeks(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.post(&mut alice, "one", "public").await;
        town.post(&mut alice, "two", "unlisted").await;
        town.post(&mut bob, "for one", "private").await;
        town.wait_s(7 * 24 * 3600);
        town.post(&mut bob, "later", "public").await;
        let weeks = town.anonymous().get("/api/v1/instance/activity").await.is(200).json();
        assert_eq!(weeks.as_array().unwrap().len(), 12);
        let told = |week: usize| ["statuses", "logins", "registrations"].map(|word| weeks[week][word].as_str().unwrap().to_owned());
        assert_eq!(told(0), ["1", "1", "0"]);
        assert_eq!(told(1), ["2", "1", "2"]);
        let begins = |week: usize| weeks[week]["week"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!((begins(0) - begins(1), (begins(0) - 4 * 86_400) % (7 * 86_400)), (7 * 86_400, 0));
    }
}

coast_test! {
    async fn known_servers_are_told_unless_the_community_keeps_them(coast) {
        let told = coast.town.anonymous().get("/api/v1/instance/peers").await.is(200).json();
        assert_eq!(told, json!([]), "nothing is told before somebody decides so");
        sets(&coast.town, true, true).await;
        let told = coast.town.anonymous().get("/api/v1/instance/peers").await.is(200).json();
        let open = json!(coast.peer.domain("open"));
        assert!(told.as_array().unwrap().contains(&open), "{told}");
        let begun = &coast.peer.domain("open")[..3];
        for (asked, is_told) in [(begun, true), ("", false), ("zzz", false)] {
            let found = coast.town.anonymous().get(&format!("/api/v1/peers/search?q={asked}")).await.is(200).json();
            assert_eq!(found.as_array().unwrap().contains(&open), is_told, "{asked}: {found}");
        }
        sets(&coast.town, true, false).await;
        assert_eq!(coast.town.anonymous().get(&format!("/api/v1/peers/search?q={begun}")).await.is(200).json(), json!([]));
        assert_eq!(coast.town.anonymous().get("/api/v1/instance/peers").await.is(200).json(), json!([]));
        // Nor is it told of whom the community refuses, nor anything to visitors of one by choice.
        sets(&coast.town, true, true).await;
        let mut ines = coast.town.admin("ines").await;
        let server = coast.peer.domain("open");
        let rule = [("pattern", server.as_str()), ("stance", "refused"), ("scope", "community"), ("reason", "for the test")];
        ines.post("/boundaries", &rule).await.is(303);
        let told = coast.town.anonymous().get("/api/v1/instance/peers").await.is(200).json();
        assert!(!told.as_array().unwrap().contains(&open), "{told}");
        // Visitors find who lives here.
        let list = coast.town.anonymous().get("/api/v1/directory?order=new").await.is(200).json();
        let mut names = names(&list);
        names.sort_unstable();
        assert_eq!(names, ["alice", "bob", "ines"]);
        let here = coast.town.community();
        let by_choice = comity::communities::Settings {
            mode: comity_policy::Mode::AllowList,
            ..comity::communities::Settings::of(&here)
        };
        comity::communities::change_settings(&coast.town.app, here.id, by_choice).await.unwrap();
        for path in ["peers", "activity"] {
            let told = coast.town.anonymous().get(&format!("/api/v1/instance/{path}")).await.is(200).json();
            assert_eq!(told, json!([]), "{path}");
        }
    }
}

town_test! {
    async fn who_reads_which_timelines_is_said_as_it_is(town) {
        use comity_policy::Mode;

        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let mut visitor = town.anonymous();
        let post = town.post(&mut alice, "#Ferry at https://tides.example/today", "public").await;
        let here = town.community();
        for (mode, local) in [
            (Mode::Open, "public"),
            (Mode::Cautious, "public"),
            (Mode::AllowList, "authenticated"),
        ] {
            let chosen = comity::communities::Settings { mode, ..comity::communities::Settings::of(&here) };
            comity::communities::change_settings(&town.app, here.id, chosen).await.unwrap();
            let told = visitor.get("/api/v2/instance").await.is(200).json();
            let told = &told["configuration"];
            assert_eq!(told["limited_federation"], json!(mode == Mode::AllowList), "{mode:?}");
            let readers = json!({ "local": local, "remote": "authenticated" });
            for (feeds, path) in [
                ("live_feeds", "public?local=true"),
                ("hashtag_feeds", "tag/ferry?local=true"),
                ("trending_link_feeds", "link?url=https%3A%2F%2Ftides.example%2Ftoday"),
            ] {
                assert_eq!(told["timelines_access"][feeds], readers, "{feeds} of {mode:?}");
                let path = format!("/api/v1/timelines/{path}");
                let list = visitor.get(&path).await.is(200).json();
                assert_eq!(list.as_array().unwrap().len(), usize::from(local == "public"), "{path} of {mode:?}");
                assert_eq!(hers.ids(&path).await, ids(&[&post]), "{path} of {mode:?}");
            }
            visitor.get("/api/v1/timelines/public?remote=true").await.is(422);
            hers.get("/api/v1/timelines/public?remote=true").await.is(200);
        }
    }

    async fn how_long_a_post_may_be_is_said_twice_alike(town) {
        let longest = json!(town.app.config.limits.post_characters);
        let mut visitor = town.anonymous();
        let told = visitor.get("/api/v1/instance").await.is(200).json();
        assert_eq!(told["max_toot_chars"], longest);
        assert_eq!(told["configuration"]["statuses"]["max_characters"], longest);
        let told = visitor.get("/api/v2/instance").await.is(200).json();
        assert_eq!(told["configuration"]["statuses"]["max_characters"], longest);
        let most = town.app.config.limits.post_characters as usize;
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let too_long = json!({ "status": "a".repeat(most + 1) });
        hers.post("/api/v1/statuses", &too_long).await.is(422);
        hers.post("/api/v1/statuses", &json!({ "status": "a".repeat(most) })).await.is(200);
    }
}
