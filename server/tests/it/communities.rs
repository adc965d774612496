//! Two communities of one installation: neighbours, and not one house.

use comity::members::Role;

use crate::acts::profile;
use crate::town_test;

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
}
