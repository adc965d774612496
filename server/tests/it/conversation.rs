//! Conversations: who answers whom, in which order, and never before more people than the first word.

use comity_db::{Sql, params, sql};
use serde_json::Value;

use crate::acts::Post;
use crate::clients::{App, id};
use crate::town::Answer;
use crate::town_test;

/// `$2` more posts after this answer (`$1`): each answers what it answers or, if `$3`, the one before it.
const FILL: Sql = sql!(
    "WITH RECURSIVE numbers(n) AS (
         SELECT CAST(1 AS BIGINT)
          UNION ALL
         SELECT n + 1 FROM numbers WHERE n < $2
     )
     INSERT INTO statuses (id, iri, account_id, community_id, kind, visibility, in_reply_to_id, in_reply_to_iri,
                           in_reply_to_account_id, conversation_id, title, spoiler_text, content, source, sensitive, tags,
                           attachments, limited, created_at, replies_count, reblogs_count, favourites_count)
     SELECT s.id + n, s.iri || '/' || CAST(n AS TEXT), s.account_id, s.community_id, s.kind, s.visibility,
            CASE WHEN CAST($3 AS BOOLEAN) THEN s.id + n - 1 ELSE s.in_reply_to_id END, s.in_reply_to_iri,
            s.in_reply_to_account_id, s.conversation_id, s.title, s.spoiler_text, s.content, s.source, s.sensitive, s.tags,
            s.attachments, s.limited, s.created_at, 0, 0, 0
       FROM statuses s, numbers
      WHERE s.id = $1"
);
const HANG: Sql = sql!("UPDATE statuses SET in_reply_to_id = $2 WHERE id = $1");

/// The numbers of the posts in one half of what an app is told around a post.
fn told(context: &Value, half: &str) -> Vec<i64> {
    let list = context[half].as_array().unwrap();
    list.iter().map(|post| id(post).parse().unwrap()).collect()
}

/// The posts of a page in the order they stand there.
fn order(page: &Answer, posts: &[(&'static str, &Post)]) -> Vec<&'static str> {
    let mut places: Vec<_> = posts
        .iter()
        .filter_map(|(name, post)| Some((page.body.find(&format!("id=\"s{}\"", post.id))?, *name)))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, name)| name).collect()
}

/// How many lists of answers are open where a post stands.
fn depth(page: &Answer, post: &Post) -> usize {
    let at = page
        .body
        .find(&format!("id=\"s{}\"", post.id))
        .expect("the post is on the page");
    let before = &page.body[page
        .body
        .find("aria-label=\"Replies\"")
        .expect("a list of replies")..at];
    before.matches("<ol role=\"list\" class=\"replies").count() - before.matches("</ol>").count()
}

town_test! {
    async fn a_thread_stands_as_a_tree_with_the_oldest_answer_first(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let root = town.post(&mut alice, "Where shall we meet?", "public").await;
        let first = town.reply(&mut bob, &root, "By the pier", "public").await;
        let second = town.reply(&mut carol, &root, "By the church", "public").await;
        let below = town.reply(&mut alice, &first, "Which pier?", "public").await;
        let deepest = town.reply(&mut bob, &below, "The long one", "public").await;

        let posts = [("root", &root), ("first", &first), ("second", &second), ("below", &below), ("deepest", &deepest)];
        let page = town.anonymous().get(&root.path).await.is(200).shows("4 replies");
        assert_eq!(order(&page, &posts), ["root", "first", "below", "deepest", "second"]);
        assert_eq!(depth(&page, &first), 1);
        assert_eq!(depth(&page, &second), 1);
        assert_eq!(depth(&page, &below), 2, "an answer stands within what it answers");
        assert_eq!(depth(&page, &deepest), 3);

        let page = town.anonymous().get(&format!("{}?view=order", root.path)).await.is(200);
        assert_eq!(order(&page, &posts), ["root", "first", "second", "below", "deepest"], "in order: oldest first");

        let page = town.anonymous().get(&below.path).await.is(200);
        assert_eq!(order(&page, &posts), ["root", "first", "below", "deepest"], "what it answers stands above");
    }

    async fn a_thread_too_long_for_one_page_goes_on_and_each_of_its_posts_has_a_page(town) {
        let mut alice = town.member("alice").await;
        let root = town.post(&mut alice, "The first word", "public").await;
        let early = town.reply(&mut alice, &root, "An early word", "public").await;
        for number in 0..78 {
            town.reply(&mut alice, &root, &format!("Word {number}"), "public").await;
        }
        let late = town.reply(&mut alice, &early, "A late word", "public").await;
        let later = town.reply(&mut alice, &late, "The last word", "public").await;

        let page = town.anonymous().get(&root.path).await.is(200);
        let page = page.shows("An early word").shows("Word 77").shows("More replies").shows("79 replies here").hides("A late word");
        let more = page.body.split("href=\"").find(|link| link.contains("after=")).expect("a link to the rest");
        let more = more.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let page = town.anonymous().get(&more).await.is(200).shows("The first word").shows("A late word").shows("The last word");
        page.hides("Word 77").hides("More replies");

        // Apps ask once, and have it whole.
        let mut hers = App::let_in(&town, &mut alice).await;
        let whole = hers.get(&format!("/api/v1/statuses/{}/context", root.id)).await.is(200).json();
        assert_eq!(whole["descendants"].as_array().unwrap().len(), 81);

        let page = town.anonymous().get(&late.path).await.is(200).shows("A late word");
        assert_eq!(order(&page, &[("root", &root), ("early", &early), ("late", &late), ("later", &later)]),
            ["root", "early", "late", "later"], "what it answers stands above it, what answers it below");
    }

    async fn a_page_of_a_long_exchange_has_a_hundred_posts_at_most(town) {
        let mut alice = town.member("alice").await;
        let root = town.post(&mut alice, "The first word", "public").await;
        let mut last = root.clone();
        for number in 0..110 {
            last = town.reply(&mut alice, &last, &format!("Word {number};"), "public").await;
        }
        let posts = |page: &Answer| page.body.matches("<article").count();
        let first = town.anonymous().get(&root.path).await.is(200).shows("Word 78;").shows("More replies").hides("Word 79;");
        assert_eq!(posts(&first), 80);
        // What is far above the last word is on the page of what is near above it.
        let page = town.anonymous().get(&last.path).await.is(200).shows("Word 109;").shows("Word 90;").hides("Word 89;");
        assert_eq!(posts(&page), 20);
        let up = page.body.split("class=\"upwards\"><a href=\"").nth(1).expect("a way up");
        let up = up.split(['"', '#']).next().unwrap().to_owned();
        town.anonymous().get(&up).await.is(200).shows("Word 90;").shows("Word 71;").shows("Word 109;");
        let mut hers = App::let_in(&town, &mut alice).await;
        let whole = hers.get(&format!("/api/v1/statuses/{}/context", last.id)).await.is(200).json();
        assert_eq!(whole["ancestors"].as_array().unwrap().len(), 110);
    }

    async fn an_app_has_a_wide_thread_whole_and_a_visitor_its_beginning(town) {
        let mut alice = town.member("alice").await;
        let root = town.post(&mut alice, "The first word", "public").await;
        let first = town.reply(&mut alice, &root, "One of many", "public").await;
        town.app.db.exec(FILL, params![first.id, 700_i64, false]).await.unwrap();
        let below = town.reply(&mut alice, &first, "Below the first", "public").await;
        let path = format!("/api/v1/statuses/{}/context", root.id);
        let mut app = App::let_in(&town, &mut alice).await;
        let whole = app.get(&path).await.is(200).json();
        let mut expected: Vec<i64> = (first.id..=first.id + 700).collect();
        expected.insert(1, below.id);
        assert_eq!(told(&whole, "descendants"), expected, "each before what answers it, the oldest first");
        assert_eq!(told(&whole, "ancestors"), [0_i64; 0]);
        // The nearest are told, so what is deeper than they are many is not.
        let part = town.anonymous().get(&path).await.is(200).json();
        let part = told(&part, "descendants");
        assert_eq!(part, (first.id..first.id + 60).collect::<Vec<i64>>());
    }

    async fn a_thread_as_deep_as_it_likes_is_told_as_far_as_apps_expect(town) {
        let mut alice = town.member("alice").await;
        let root = town.post(&mut alice, "The first word", "public").await;
        let first = town.reply(&mut alice, &root, "And on", "public").await;
        town.app.db.exec(FILL, params![first.id, 4_500_i64, true]).await.unwrap();
        let last = first.id + 4_500;
        let mut app = App::let_in(&town, &mut alice).await;
        let (top, bottom) = (format!("/api/v1/statuses/{}/context", root.id), format!("/api/v1/statuses/{last}/context"));
        let below = app.get(&top).await.is(200).json();
        assert_eq!(told(&below, "descendants"), (first.id..first.id + 4_096).collect::<Vec<i64>>());
        let above = app.get(&bottom).await.is(200).json();
        assert_eq!(told(&above, "ancestors"), (last - 4_096..last).collect::<Vec<i64>>());
        let below = town.anonymous().get(&top).await.is(200).json();
        assert_eq!(told(&below, "descendants"), (first.id..first.id + 20).collect::<Vec<i64>>());
        let above = town.anonymous().get(&bottom).await.is(200).json();
        assert_eq!(told(&above, "ancestors"), (last - 40..last).collect::<Vec<i64>>());
        town.anonymous().get(&root.path).await.is(200).shows("More replies");
    }

    async fn posts_that_answer_each_other_in_a_ring_are_told_once(town) {
        let mut alice = town.member("alice").await;
        let one = town.post(&mut alice, "The hen", "public").await;
        let two = town.reply(&mut alice, &one, "The egg", "public").await;
        let aside = town.reply(&mut alice, &two, "The cook", "public").await;
        town.app.db.exec(HANG, params![one.id, two.id]).await.unwrap();
        let mut app = App::let_in(&town, &mut alice).await;
        for (post, above, below) in [(&one, vec![two.id], vec![]), (&two, vec![one.id], vec![aside.id]), (&aside, vec![one.id, two.id], vec![])] {
            let context = app.get(&format!("/api/v1/statuses/{}/context", post.id)).await.is(200).json();
            let mut told_above = told(&context, "ancestors");
            told_above.sort_unstable();
            assert_eq!((told_above, told(&context, "descendants")), (above, below), "{}", post.id);
        }
    }

    async fn l09_an_answer_is_never_seen_by_more_people_than_what_it_answers(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        for (parent, asked, seen_by) in [
            ("private", "public", "Followers"),
            ("private", "local", "Only people mentioned"),
            ("local", "public", "Only Harbour"),
            ("local", "private", "Only people mentioned"),
            ("unlisted", "public", "Everyone, quietly"),
            ("public", "direct", "Only people mentioned"),
        ] {
            let post = town.post(&mut alice, &format!("The {parent} beginning"), parent).await;
            let answer = town.reply(&mut bob, &post, &format!("An answer to the {parent} one"), asked).await;
            let page = bob.get(&answer.path).await.is(200);
            let narrow = page.words().contains(&format!("Seen by: {seen_by}"));
            assert!(narrow, "a {asked} answer to a {parent} post:\n{}", page.words());
            let stranger = town.anonymous().get(&answer.path).await;
            assert_eq!(stranger.status == 200, parent == "unlisted", "a {asked} answer to a {parent} post");
        }
    }

    async fn the_composer_of_an_answer_offers_only_what_is_as_narrow(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        let post = town.post(&mut alice, "For those who follow", "private").await;
        let page = bob.get(&format!("/compose?in_reply_to={}", post.id)).await.is(200);
        assert!(page.body.contains("value=\"private\"") && page.body.contains("value=\"direct\""), "{}", page.body);
        for wider in ["public", "unlisted", "local"] {
            assert!(!page.body.contains(&format!("value=\"{wider}\"")), "{}", page.body);
        }
    }

    async fn nobody_answers_what_they_cannot_see(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut alice, "For those who follow", "private").await;
        let id = post.id.to_string();
        bob.post("/compose", &[("text", "Guessed the number"), ("in_reply_to", &id)]).await.is(404).hides("those who follow");
        bob.get(&format!("/compose?in_reply_to={id}")).await.is(404).hides("those who follow");
    }

    async fn l65_what_is_not_for_a_reader_leaves_no_trace_in_the_thread(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let root = town.post(&mut alice, "Open to all", "public").await;
        let secret = town.reply(&mut alice, &root, "Whispered to followers", "private").await;
        let page = town.anonymous().get(&root.path).await.is(200).shows("No replies yet").hides("Whispered");
        assert!(!page.body.contains(&secret.id.to_string()) && !page.body.contains("not shown"), "{}", page.body);
        bob.get(&root.path).await.is(200).shows("No replies yet").hides("Whispered");
        town.follow(&mut bob, &alice).await;
        bob.get(&root.path).await.is(200).shows("Whispered to followers");
    }

    async fn a_favourite_and_a_boost_are_counted_and_taken_back(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.follow(&mut carol, &bob).await;
        let post = town.post(&mut alice, "The tide is out", "public").await;
        carol.get("/home").await.is(200).hides("The tide is out");

        for act in ["favourite", "favourite", "reblog", "reblog"] {
            bob.does(&format!("/statuses/{}/{act}", post.id)).await;
        }
        let page = bob.get(&post.path).await.is(200);
        assert!(page.body.contains("Take the favourite back") && page.body.contains("Take the boost back"), "{}", page.body);
        town.anonymous().get(&post.path).await.is(200).shows("1 boosts").shows("1 favourites");
        carol.get("/home").await.is(200).shows("The tide is out").shows("bob boosted");

        bob.does(&format!("/statuses/{}/unfavourite", post.id)).await;
        bob.does(&format!("/statuses/{}/unreblog", post.id)).await;
        let page = town.anonymous().get(&post.path).await.is(200).words();
        assert!(!page.contains("1 boosts") && !page.contains("1 favourites"), "{page}");
        carol.get("/home").await.is(200).hides("The tide is out");
    }

    async fn what_is_not_for_everyone_cannot_be_boosted(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        for visibility in ["private", "local"] {
            let post = town.post(&mut alice, "For a few", visibility).await;
            bob.post(&format!("/statuses/{}/reblog", post.id), &[]).await.is(403);
        }
        let direct = town.post(&mut alice, "@bob for you", "direct").await;
        bob.post(&format!("/statuses/{}/reblog", direct.id), &[]).await.is(403);
        let mut carol = town.member("carol").await;
        for act in ["reblog", "favourite"] {
            carol.post(&format!("/statuses/{}/{act}", direct.id), &[]).await.is(404);
        }
    }

    async fn a_direct_post_is_for_the_mentioned_and_nobody_else(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.follow(&mut carol, &alice).await;
        let post = town.post(&mut alice, "@bob the key is under the mat", "direct").await;
        bob.get(&post.path).await.is(200).shows("under the mat");
        bob.get("/notifications").await.is(200).shows("under the mat");
        alice.get(&post.path).await.is(200).shows("under the mat");
        let mut ines = town.admin("ines").await;
        for page in [post.path.as_str(), "/home", "/community", "/everyone", "/@alice", "/notifications", "/search?q=mat"] {
            carol.get(page).await.hides("under the mat");
            ines.get(page).await.hides("under the mat");
            town.anonymous().get(page).await.hides("under the mat");
        }
    }
}
