//! What people put on top of their profile.

use crate::acts::Post;
use crate::town::{Answer, Member};
use crate::town_test;

fn act(what: &str, post: &Post) -> String {
    format!("/statuses/{}/{what}", post.id)
}

/// Where a post begins on a page; it is there once.
#[track_caller]
fn place(page: &Answer, post: &Post) -> usize {
    let id = format!("id=\"s{}\"", post.id);
    assert_eq!(page.body.matches(&id).count(), 1, "{}", page.words());
    page.body.find(&id).unwrap()
}

town_test! {
    async fn a_pinned_post_stands_first_on_its_authors_profile_and_nowhere_else(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let old = town.post(&mut alice, "Who I am", "public").await;
        let new = town.post(&mut alice, "What I had for breakfast", "public").await;
        alice.get("/@alice").await.is(200).shows("Pin to your profile").hides("Unpin");
        bob.get("/@alice").await.is(200).hides("Pin to your profile");

        alice.does(&act("pin", &old)).await;
        let page = town.anonymous().get("/@alice").await.is(200).shows("Pinned");
        assert!(place(&page, &old) < place(&page, &new));
        alice.get("/@alice").await.is(200).shows("Unpin from your profile");
        bob.get("/community").await.is(200).shows("Who I am").hides("Pinned");
        let beyond = format!("/@alice?max_id={}", new.id);
        bob.get(&beyond).await.is(200).shows("Who I am").hides("Pinned");

        alice.does(&act("unpin", &old)).await;
        let page = town.anonymous().get("/@alice").await.is(200).hides("Pinned");
        assert!(place(&page, &new) < place(&page, &old));
    }

    async fn only_what_is_ones_own_and_for_everybody_is_pinned(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let open = town.post(&mut alice, "For everybody", "public").await;
        for visibility in ["private", "direct", "local"] {
            let post = town.post(&mut alice, "@bob not for everybody", visibility).await;
            let answer = alice.post(&act("pin", &post), &[]).await.is(422);
            answer.shows("only what is public or unlisted can be pinned");
        }
        bob.post(&act("pin", &open), &[]).await.is(422).shows("is by somebody else");
        bob.post(&act("unpin", &open), &[]).await.is(404);
        bob.does(&act("reblog", &open)).await;
        bob.get("/@bob").await.is(200).shows("For everybody").hides("Pin");
        bob.get("/@alice").await.is(200).hides("Pinned");
    }

    async fn five_posts_are_pinned_and_a_sixth_only_in_the_place_of_one(town) {
        let mut alice = town.member("alice").await;
        let mut posts = Vec::new();
        for number in 0..6 {
            posts.push(town.post(&mut alice, &format!("Number {number}"), "unlisted").await);
        }
        for post in &posts[..5] {
            town.wait_s(1);
            alice.does(&act("pin", post)).await;
            alice.does(&act("pin", post)).await;
        }
        alice.post(&act("pin", &posts[5]), &[]).await.is(422).shows("unpin one of them first");
        assert_eq!(pins_on_profile(&mut alice).await, 5);
        let two = format!("/api/v1/accounts/{}/statuses?pinned=true&limit=2", alice.account.id);
        assert_eq!(town.anonymous().get(&two).await.is(200).json().as_array().map(Vec::len), Some(2));

        alice.post(&act("delete", &posts[0]), &[]).await.is(303);
        assert_eq!(pins_on_profile(&mut alice).await, 4, "a pin goes with its post");
        alice.does(&act("pin", &posts[5])).await;
        assert_eq!(pins_on_profile(&mut alice).await, 5);
    }

    async fn a_pin_shows_nobody_what_they_may_not_see(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut carol = town.member("carol").await;
        let asked = town.post(&mut carol, "Who is there", "public").await;
        let answer = town.reply(&mut alice, &asked, "I am here", "public").await;
        alice.does(&act("pin", &answer)).await;
        bob.get("/@alice").await.is(200).shows("Pinned").shows("I am here");
        carol.does(&format!("/accounts/{}/block", bob.account.id)).await;
        bob.get("/@alice").await.is(200).hides("I am here").hides("Pinned");
    }
}

async fn pins_on_profile(member: &mut Member) -> usize {
    let page = member.get("/@alice").await.is(200);
    page.words().matches("Pinned").count()
}
