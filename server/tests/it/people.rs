//! People: following, asking, blocking, muting, and what one is told of it.

use crate::kept::{App, ids};
use crate::town::Member;
use crate::town_test;

async fn lock(member: &mut Member) {
    let name = member.account.username.clone();
    member
        .post("/settings/profile", &[("name", &name), ("locked", "on")])
        .await
        .is(303);
}

town_test! {
    async fn a_follower_sees_in_their_home_what_was_written_before_and_after(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.post(&mut alice, "Written before", "public").await;
        town.follow(&mut bob, &alice).await;
        town.post(&mut alice, "Written after, for followers", "private").await;
        bob.get("/home").await.is(200).shows("Written before").shows("Written after, for followers");
        alice.get("/@alice/followers").await.is(200).shows("@bob");
        bob.get("/@bob/following").await.is(200).shows("@alice");

        bob.does(&format!("/accounts/{}/unfollow", alice.account.id)).await;
        bob.get("/home").await.is(200).hides("Written before").hides("Written after");
        bob.get("/@alice").await.is(200).shows("Written before").hides("Written after");
        alice.get("/@alice/followers").await.is(200).hides("@bob");
    }

    async fn an_app_may_leave_out_of_what_somebody_wrote_what_is_for_few(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut app = App::of(&town, &mut bob).await;
        let first = town.post(&mut alice, "For everyone", "public").await;
        let second = town.post(&mut alice, "@bob between us", "direct").await;
        let third = town.post(&mut alice, "A little aside", "unlisted").await;
        let path = format!("/api/v1/accounts/{}/statuses", alice.account.id);
        for (query, posts) in [
            ("", vec![&third, &second, &first]),
            ("?exclude_direct=false", vec![&third, &second, &first]),
            ("?exclude_direct=true", vec![&third, &first]),
            ("?exclude_direct=true&limit=1", vec![&third]),
        ] {
            assert_eq!(app.ids(&format!("{path}{query}")).await, ids(&posts), "{query}");
        }
        let older = format!("{path}?exclude_direct=true&max_id={}", third.id);
        assert_eq!(app.ids(&older).await, ids(&[&first]));
    }

    async fn somebody_who_asks_first_lets_one_in_and_another_not(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        lock(&mut alice).await;
        let secret = town.post(&mut alice, "Behind the door", "private").await;
        for member in [&mut bob, &mut carol] {
            town.follow(member, &alice).await;
            member.get("/@alice").await.is(200).shows("Asked to follow");
            member.get("/home").await.is(200).hides("Behind the door");
            member.get(&secret.path).await.is(404);
        }
        alice.get("/notifications").await.is(200).shows("2 people wait for your yes");
        alice.get("/follow-requests").await.is(200).shows("@bob").shows("@carol");
        alice.get("/@alice/followers").await.is(200).hides("@bob");

        alice.does(&format!("/follow-requests/{}/accept", bob.account.id)).await;
        alice.does(&format!("/follow-requests/{}/reject", carol.account.id)).await;
        alice.get("/follow-requests").await.is(200).shows("Nobody waits");
        bob.get(&secret.path).await.is(200).shows("Behind the door");
        bob.get("/home").await.is(200).shows("Behind the door");
        carol.get(&secret.path).await.is(404);
        carol.get("/@alice").await.is(200).hides("Asked to follow");
        alice.get("/@alice/followers").await.is(200).shows("@bob").hides("@carol");
    }

    async fn nobody_lets_themself_in(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        lock(&mut alice).await;
        let secret = town.post(&mut alice, "Behind the door", "private").await;
        town.follow(&mut bob, &alice).await;
        let his = bob.account.id;
        for id in [his, alice.account.id] {
            bob.post(&format!("/follow-requests/{id}/accept"), &[]).await;
        }
        bob.get(&secret.path).await.is(404);
        bob.post(&format!("/accounts/{his}/follow"), &[]).await.is(422);
    }

    async fn a_follow_that_was_let_in_can_be_ended_by_the_followed(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        let post = town.post(&mut alice, "For my people", "private").await;
        bob.get(&post.path).await.is(200);
        alice.does(&format!("/follow-requests/{}/reject", bob.account.id)).await;
        bob.get(&post.path).await.is(404);
        bob.get("/home").await.is(200).hides("For my people");
    }

    async fn a_block_parts_two_people_in_both_directions(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        town.follow(&mut alice, &bob).await;
        let hers = town.post(&mut alice, "Said by alice", "public").await;
        let his = town.post(&mut bob, "Said by bob", "public").await;

        bob.does(&format!("/statuses/{}/favourite", hers.id)).await;
        alice.get("/home").await.is(200).shows("2 new");

        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        let page = alice.get("/notifications").await.is(200).hides("favourited").words();
        assert!(!page.contains(" new "), "{page}");
        for path in ["/home", "/community", "/everyone"] {
            bob.get(path).await.is(200).hides("Said by alice");
            alice.get(path).await.is(200).hides("Said by bob");
        }
        bob.get(&hers.path).await.is(404);
        bob.get("/@alice").await.is(404);
        bob.get("/search?q=alice").await.is(200).hides("/@alice\"");
        alice.get(&his.path).await.is(403).shows("You block them");
        alice.get("/@bob").await.is(200).shows("You block them").shows("Unblock").hides("Said by bob");
        bob.post(&format!("/accounts/{}/follow", alice.account.id), &[]).await.is(404);
        for act in ["favourite", "reblog"] {
            bob.post(&format!("/statuses/{}/{act}", hers.id), &[]).await.is(404);
        }
        bob.post("/compose", &[("text", "@alice listen"), ("visibility", "public")]).await.is(422).shows("Your post would not reach");

        alice.does(&format!("/accounts/{}/unblock", bob.account.id)).await;
        bob.get(&hers.path).await.is(200).shows("Said by alice");
        bob.get("/@alice").await.is(200).hides("Following");
    }

    async fn a_mute_is_for_ones_own_eyes_and_the_muted_notices_nothing(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        town.follow(&mut bob, &alice).await;
        let hers = town.post(&mut alice, "Said by alice", "private").await;
        bob.get("/notifications").await.is(200);
        let before: Vec<String> = pages(&mut bob, &hers.path).await;

        alice.does(&format!("/accounts/{}/mute", bob.account.id)).await;
        assert_eq!(pages(&mut bob, &hers.path).await, before, "the muted sees what they saw");
        let noise = town.reply(&mut bob, &hers, "@alice noise noise", "private").await;
        for path in ["/home", "/community", "/everyone", "/notifications"] {
            alice.get(path).await.is(200).hides("noise noise");
        }
        alice.get(&hers.path).await.is(200).shows("Someone you mute");
        bob.get(&noise.path).await.is(200).shows("noise noise");
        bob.does(&format!("/statuses/{}/favourite", hers.id)).await;
        alice.get("/notifications").await.is(200).hides("favourited");

        alice.does(&format!("/accounts/{}/unmute", bob.account.id)).await;
        alice.get("/home").await.is(200).shows("noise noise");
        alice.get("/notifications").await.is(200).shows("noise noise");
    }

    async fn what_happened_is_told_grouped_and_is_new_until_it_is_read(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let post = town.post(&mut alice, "A quiet thing", "public").await;
        for member in [&mut bob, &mut carol] {
            town.wait_s(1);
            member.does(&format!("/statuses/{}/favourite", post.id)).await;
        }
        alice.get("/home").await.is(200).shows("2 new");
        let page = alice.get("/notifications").await.is(200).shows("carol").shows("bob").shows("A quiet thing");
        assert_eq!(page.body.matches("<li class=\"event").count(), 1, "two favourites of one post are one line");
        assert_eq!(page.body.matches("class=\"event new\"").count(), 1);
        let page = alice.get("/notifications").await.is(200).shows("carol");
        assert_eq!(page.body.matches("class=\"event new\"").count(), 0, "looking is reading");

        town.reply(&mut bob, &post, "@alice I heard it", "public").await;
        town.wait_s(1);
        bob.does(&format!("/statuses/{}/reblog", post.id)).await;
        town.follow(&mut bob, &alice).await;
        let page = alice.get("/notifications").await.is(200).shows("I heard it");
        assert_eq!(page.body.matches("<li class=\"event").count(), 4, "{}", page.words());
        assert_eq!(page.body.matches("class=\"event new\"").count(), 3, "{}", page.words());
    }

    async fn what_was_told_goes_when_the_act_is_taken_back(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut alice, "A quiet thing", "public").await;
        let answer = town.reply(&mut bob, &post, "I heard it", "public").await;
        for act in ["favourite", "reblog"] {
            bob.does(&format!("/statuses/{}/{act}", post.id)).await;
        }
        town.follow(&mut bob, &alice).await;
        let events = async |alice: &mut Member| alice.get("/notifications").await.body.matches("<li class=\"event").count();
        assert_eq!(events(&mut alice).await, 4);
        for act in ["unfavourite", "unreblog"] {
            bob.does(&format!("/statuses/{}/{act}", post.id)).await;
        }
        bob.does(&format!("/accounts/{}/unfollow", alice.account.id)).await;
        assert_eq!(events(&mut alice).await, 1);
        bob.post(&format!("/statuses/{}/delete", answer.id), &[]).await.is(303);
        alice.get("/notifications").await.is(200).shows("Nothing has happened yet");
    }

    async fn nobody_is_told_of_their_own_acts(town) {
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "@alice a note to myself", "public").await;
        alice.does(&format!("/statuses/{}/favourite", post.id)).await;
        alice.does(&format!("/statuses/{}/reblog", post.id)).await;
        alice.get("/notifications").await.is(200).shows("Nothing has happened yet");
    }

    async fn a_profile_shows_what_was_written_into_it(town) {
        let mut alice = town.member("alice").await;
        let fields = [("name", "Alice of the Harbour"), ("bio", "Sails <b>small</b> boats"),
            ("field_name_0", "Boat"), ("field_value_0", "Marigold")];
        alice.post("/settings/profile", &fields).await.leads("/@alice");
        let page = town.anonymous().get("/@alice").await.is(200);
        let page = page.shows("Alice of the Harbour").shows("Sails <b>small</b> boats").shows("Marigold");
        assert!(!page.body.contains("Sails <b>"), "{}", page.body);
        alice.post("/settings/profile", &[("name", "Alice"), ("bio", &"x".repeat(100_000))]).await.is(422);
        alice.get("/@alice").await.is(200).shows("Alice of the Harbour");
    }

    async fn a_profile_leaves_out_answers_to_others_until_asked(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let asked = town.post(&mut bob, "When does the ferry leave", "public").await;
        let answer = town.reply(&mut alice, &asked, "At ten past seven", "public").await;
        town.reply(&mut alice, &answer, "And again at noon", "public").await;
        let other = town.reply(&mut bob, &answer, "Thank you", "public").await;
        let own = town.post(&mut alice, "I like ferries", "public").await;
        town.reply(&mut alice, &own, "Small ones most of all", "public").await;
        town.reply(&mut alice, &other, "You are welcome", "public").await;
        let page = town.anonymous().get("/@alice").await.is(200);
        let page = page.shows("I like ferries").shows("Small ones most of all").shows("And again at noon");
        for left_out in ["At ten past seven", "You are welcome"] {
            assert!(!page.body.contains(left_out), "{left_out}");
        }
        let page = town.anonymous().get("/@alice?replies=yes").await.is(200);
        page.shows("I like ferries").shows("At ten past seven").shows("You are welcome");
    }

    async fn pages_for_members_lead_visitors_to_the_door_and_back(town) {
        town.member("alice").await;
        for path in ["/home", "/everyone", "/notifications", "/compose", "/follow-requests", "/settings/profile",
            "/settings/password", "/settings/sessions", "/boundaries"] {
            let answer = town.anonymous().get(path).await.is(303);
            let to = answer.leads_to().unwrap();
            let back = path.replace('/', "%2F");
            assert!(to.starts_with("/sign-in?") && to.contains(&back), "{path} leads to {to}");
        }
    }
}

/// What somebody can look at, without what differs from one form to the next.
async fn pages(member: &mut Member, post: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for path in [
        "/home",
        "/community",
        "/@alice",
        "/@bob",
        "/notifications",
        "/@alice/followers",
        post,
    ] {
        seen.push(member.get(path).await.is(200).words());
    }
    seen
}
