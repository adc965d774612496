//! Boundaries: rules of a member and of a community, set and taken back on the page, and why something is as it is.

use comity::communities::{self, Settings};
use comity::members::Role;
use comity_policy::Mode;

use crate::acts::profile;
use crate::town::{Browser, Town};
use crate::town_test;

async fn set(browser: &mut Browser, pattern: &str, stance: &str, scope: &str, reason: &str) {
    let rule = [
        ("pattern", pattern),
        ("stance", stance),
        ("scope", scope),
        ("reason", reason),
    ];
    browser
        .post("/boundaries", &rule)
        .await
        .leads("/boundaries");
}

async fn end_first(browser: &mut Browser) {
    let id = browser
        .get("/boundaries")
        .await
        .number_after("action=\"/boundaries/")
        .expect("a rule to take back");
    browser
        .post(&format!("/boundaries/{id}/remove"), &[])
        .await
        .leads("/boundaries");
}

async fn meet_strangers(town: &Town, mode: Mode) {
    let here = town.community();
    communities::change_settings(
        &town.app,
        here.id,
        Settings {
            mode,
            ..Settings::of(&here)
        },
    )
    .await
    .unwrap();
}

town_test! {
    async fn a_members_own_rule_leaves_a_hole_for_them_alone_and_says_why(town) {
        let island = town.found("island.example", "Island").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let root = town.post(&mut alice, "Who comes along?", "public").await;
        let answer = town.reply(&mut tom, &root, "I do, says tom", "public").await;
        let below = town.reply(&mut alice, &answer, "Good, see you there", "public").await;
        bob.get(&root.path).await.is(200).shows("I do, says tom");

        set(&mut bob, "island.example", "refused", "mine", "tom is loud").await;
        let page = bob.get(&root.path).await.is(200).hides("I do, says tom");
        let page = page.shows("A reply from island.example is not shown. You refuse island.example").shows("tom is loud").shows("Why?");
        assert!(page.body.contains("href=\"/why?about=island.example\""), "{}", page.body);
        bob.get("/why?about=island.example").await.is(200).shows("You refuse island.example").shows("tom is loud");
        // Nobody else hears of it, and nobody else is held by it.
        alice.get(&root.path).await.is(200).shows("I do, says tom").hides("tom is loud");
        alice.get("/boundaries").await.is(200).hides("island.example");
        tom.get(&root.path_in(&island)).await.is(200).shows("Who comes along?");
        town.anonymous().get(&root.path).await.is(200).hides("tom is loud");
        let word = town.admin("ines").await.get("/why?about=island.example").await.is(200);
        word.hides("tom is loud");

        end_first(&mut bob).await;
        bob.get(&root.path).await.is(200).shows("I do, says tom");
        bob.get(&below.path).await.is(200).shows("Good, see you there");
    }

    async fn who_is_stopped_by_their_own_side_hears_whose_rule_it_is_and_why(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let follow_tom = format!("/accounts/{}/follow", tom.account.id);
        let mention = [("text", "@tom@island.example good morning"), ("visibility", "public")];

        set(&mut alice, "island.example", "refused", "mine", "tom is loud").await;
        alice.post(&follow_tom, &[]).await.is(403).shows("You refuse island.example").shows("tom is loud");
        alice.post("/compose", &mention).await.is(422)
            .shows("Your post would not reach @tom@island.example: You refuse island.example").shows("tom is loud");
        // The other side hears what it would hear of nobody, and nothing of whom or why.
        let follow_alice = format!("/accounts/{}/follow", alice.account.id);
        tom.post(&follow_alice, &[]).await.is(404).hides("loud").hides("rule of");

        set(&mut ines, "island.example", "refused", "community", "much noise").await;
        bob.post(&follow_tom, &[]).await.is(403).shows("Harbour refuses island.example").shows("much noise");
        bob.post("/compose", &mention).await.is(422).shows("Harbour refuses island.example").shows("much noise");
    }

    async fn who_blocks_somebody_hears_so_when_they_turn_to_them_and_the_blocked_does_not(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        alice.post(&format!("/accounts/{}/follow", bob.account.id), &[]).await.is(403).shows("You block them");
        alice.post("/compose", &[("text", "@bob hello")]).await.is(422).shows("Your post would not reach @bob@harbour.example: You block them");
        bob.post(&format!("/accounts/{}/follow", alice.account.id), &[]).await.is(404).hides("block");
        bob.post("/compose", &[("text", "@alice hello")]).await.is(422).shows("Your post would not reach @alice@harbour.example: It is not available").hides("block");
    }

    async fn a_members_rule_about_one_person_leaves_their_neighbours_alone(town) {
        let island = town.found("island.example", "Island").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let mut uma = town.member_of(&island, "uma", Role::Member).await;
        town.post(&mut tom, "Said by tom", "public").await;
        town.post(&mut uma, "Said by uma", "public").await;
        set(&mut alice, "@tom@island.example", "refused", "mine", "").await;
        alice.get("/everyone").await.is(200).hides("Said by tom").shows("Said by uma");
        tom.get(&profile(&alice.account, &island)).await.is(404);
        uma.get(&profile(&alice.account, &island)).await.is(200);
    }

    async fn what_a_community_limits_is_folded_and_kept_out_of_public_places(town) {
        let island = town.found("island.example", "Island").await;
        let here = town.community();
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        town.follow(&mut bob, &tom).await;
        let root = town.post(&mut alice, "Who comes along?", "public").await;
        town.reply(&mut tom, &root, "I do, says tom", "public").await;
        let own = town.post(&mut tom, "A word of tom's own", "public").await;

        set(&mut ines, "island.example", "limited", "community", "much noise").await;
        let page = alice.get(&root.path).await.is(200);
        let page = page.shows("A post from island.example.").shows("much noise").shows("Why is this folded?");
        let veil = page.body.find("<details class=\"veil\"").expect("a veil");
        assert!(veil < page.body.find("I do, says tom").unwrap(), "folded, and there when asked for");
        alice.get("/everyone").await.is(200).hides("A word of tom");
        // Whom tom answers finds the answer, and nobody finds tom.
        alice.get("/search?q=tom").await.is(200).shows("I do, says tom");
        town.member("carol").await.get("/search?q=tom").await.is(200).hides("@island.example</");
        alice.get(&own.path_in(&here)).await.is(200).shows("A word of tom");
        alice.get(&profile(&tom.account, &here)).await.is(200).shows("much noise").shows("Why?");
        bob.get("/home").await.is(200).shows("A word of tom");
        bob.get("/everyone").await.is(200).hides("A word of tom");
        tom.get(&root.path_in(&island)).await.is(200).shows("Who comes along?");
    }

    async fn a_limited_person_asks_before_they_follow(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        set(&mut ines, "island.example", "limited", "community", "").await;
        town.follow(&mut tom, &alice).await;
        tom.get(&profile(&alice.account, &island)).await.is(200).shows("Asked to follow");
        alice.does(&format!("/follow-requests/{}/accept", tom.account.id)).await;
        tom.get(&profile(&alice.account, &island)).await.is(200).shows("Following");
    }

    async fn a_community_by_choice_talks_only_with_whom_a_rule_lets_in(town) {
        let island = town.found("island.example", "Island").await;
        let reef = town.found("reef.example", "Reef").await;
        let here = town.community();
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let mut rosa = town.member_of(&reef, "rosa", Role::Member).await;
        town.post(&mut tom, "Said by tom", "public").await;
        town.post(&mut rosa, "Said by rosa", "public").await;
        let hers = town.post(&mut alice, "Said by alice", "public").await;
        alice.get("/everyone").await.is(200).shows("Said by tom").shows("Said by rosa");

        meet_strangers(&town, Mode::AllowList).await;
        set(&mut ines, "reef.example", "open", "community", "good neighbours").await;
        alice.get("/everyone").await.is(200).hides("Said by tom").shows("Said by rosa").shows("Said by alice");
        alice.get(&profile(&tom.account, &here)).await.is(403).shows("Your community does not know their server");
        tom.get(&hers.path_in(&island)).await.is(404);
        rosa.get(&hers.path_in(&reef)).await.is(200).shows("Said by alice");
        // Who does not say who they are is not among the chosen.
        town.anonymous().get(&hers.path).await.hides("Said by alice");
        alice.get("/about").await.is(200).shows("we talk only with servers that a rule lets in");
        alice.get("/why?about=island.example").await.is(200).shows("exchanges only with servers it chose");

        end_first(&mut ines).await;
        rosa.get(&hers.path_in(&reef)).await.is(404);
        meet_strangers(&town, Mode::Open).await;
        tom.get(&hers.path_in(&island)).await.is(200).shows("Said by alice");
    }

    async fn a_reason_of_the_community_is_read_by_everybody_on_its_page(town) {
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        set(&mut ines, "bigcorp.example", "refused", "community", "sells what people write").await;
        town.anonymous().get("/about").await.is(200).shows("bigcorp.example").shows("sells what people write");
        alice.get("/boundaries").await.is(200).shows("sells what people write").hides("Remove");
        let page = town.anonymous().get("/why?about=www.bigcorp.example").await.is(200);
        page.shows("May www.bigcorp.example and Harbour exchange posts?").shows("Harbour refuses bigcorp.example")
            .shows("since 5 May 2026").shows("A moderator of Harbour can take the rule back.");
        alice.get("/why?about=%40someone%40bigcorp.example").await.is(200).shows("Harbour refuses");
        alice.get("/why?about=smallcorp.example").await.is(200).shows("Nothing stands against it");
        end_first(&mut ines).await;
        town.anonymous().get("/about").await.is(200).hides("bigcorp.example");
        alice.get("/why?about=bigcorp.example").await.is(200).shows("Nothing stands against it");
    }

    async fn what_only_adds_is_told_to_visitors_as_no_answer_and_nothing_beside_it_changes_that(town) {
        let mut ines = town.admin("ines").await;
        let adds = [("pattern", "bigcorp.example"), ("stance", "unchanged"), ("conditions", "media"), ("scope", "community"), ("reason", "too many films")];
        ines.post("/boundaries", &adds).await.leads("/boundaries");
        let why = "/why?about=www.bigcorp.example";
        let before = town.anonymous().get(why).await.is(200).shows("too many films").hides("Allowed").words();
        ines.get(why).await.is(200).shows("Allowed");
        set(&mut ines, "www.bigcorp.example", "refused", "community", "").await;
        assert_eq!(town.anonymous().get(why).await.is(200).words(), before);
        ines.get(why).await.is(200).shows("Refused");
    }

    async fn the_stricter_of_two_rules_wins_and_a_member_cannot_open_what_their_community_closed(town) {
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        set(&mut alice, "bigcorp.example", "open", "mine", "my employer").await;
        set(&mut ines, "bigcorp.example", "refused", "community", "").await;
        let page = alice.get("/why?about=bigcorp.example").await.is(200).shows("Harbour refuses bigcorp.example");
        page.shows("Also asked").shows("my employer");
    }

    async fn only_moderators_set_rules_for_everyone(town) {
        let mut alice = town.member("alice").await;
        let rule = [("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "community"), ("reason", "ads")];
        alice.post("/boundaries", &rule).await.is(403);
        town.anonymous().get("/about").await.is(200).hides("bigcorp.example");
        let harbour = town.community();
        let mut moderator = town.member_of(&harbour, "mo", Role::Moderator).await;
        moderator.post("/boundaries", &rule).await.leads("/boundaries");
        town.anonymous().get("/about").await.is(200).shows("bigcorp.example");
    }

    async fn what_is_no_server_and_no_person_is_told_at_its_field(town) {
        let mut alice = town.member("alice").await;
        for (pattern, stance) in [("not a server", "refused"), ("", "refused"), ("com", "loud"), ("harbour.example", "refused")] {
            let rule = [("pattern", pattern), ("stance", stance), ("scope", "mine")];
            alice.post("/boundaries", &rule).await.is(422);
        }
        alice.get("/boundaries").await.is(200).shows("You have set none");
        alice.get("/why?about=%2F%2F%2F").await.is(200).shows("neither a server");
    }
}
