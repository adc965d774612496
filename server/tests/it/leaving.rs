//! What leaves and what is told, one path after the other; the numbers are those of the catalogue of leaks.

use comity::communities::{self, Settings};
use comity::members::Role;
use comity::rules::{self, NewRule, Source};
use comity_policy::{Conditions, Mode, Pattern, Rule, RuleBook, RuleId, Stance};
use comity_vocab::Domain;

use crate::town::Browser;
use crate::town_test;

town_test! {
    async fn a_mode_that_another_process_set_is_not_lost_when_a_rule_is_set_right_after(town) {
        // The command line: a process of its own on the same database.
        let other = comity::serve::start_on(town.app.db.clone(), town.app.config.clone(), town.clock.clone());
        let other = Box::pin(other).await.unwrap();
        let mut alice = town.member("alice").await;
        let here = town.community();
        let chosen = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        communities::change_settings(&other, here.id, chosen).await.unwrap();

        let rule = [("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "mine")];
        alice.post("/boundaries", &rule).await.leads("/boundaries");
        assert_eq!(town.app.gate.book().mode_of(here.policy_id()), Some(Mode::AllowList));
        assert_eq!(town.community().mode, Mode::AllowList);
    }

    async fn l08_a_direct_post_that_names_nobody_is_not_taken(town) {
        let mut alice = town.member("alice").await;
        town.member("bob").await;
        for text in ["the key is under the mat", "@nobody the key is under the mat"] {
            let page = alice.post("/compose", &[("text", text), ("visibility", "direct")]).await.is(422);
            page.shows("Your post names nobody, so nobody would get it; name whom it is for").shows("under the mat");
        }
        town.post(&mut alice, "@bob the key is under the mat", "direct").await;
    }

    async fn l08_a_handle_on_a_refused_server_is_told_also_where_nobody_is_known_there(town) {
        let mut alice = town.member("alice").await;
        let rule = [("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "mine"), ("reason", "sells us")];
        alice.post("/boundaries", &rule).await.leads("/boundaries");
        let page = alice.post("/compose", &[("text", "@ceo@bigcorp.example stop"), ("visibility", "public")]).await.is(422);
        page.shows("Your post would not reach @ceo@bigcorp.example: You refuse bigcorp.example").shows("sells us");
    }

    async fn attack_23_looking_people_up_is_counted_also_while_writing_and_setting_rules(town) {
        let mut alice = town.member("alice").await;
        let name = |at: usize| format!("@somebody@s{at}.invalid");
        let many: Vec<String> = (0..31).map(name).collect();
        let page = alice.post("/compose", &[("text", &many.join(" ")), ("visibility", "public")]).await.is(422);
        page.shows("Your post names more people than can be looked up at once; try again in");
        let rule = [("pattern", "@somebody@other.invalid"), ("stance", "refused"), ("scope", "mine")];
        alice.post("/boundaries", &rule).await.is(422).shows("one more look-up than fits into a minute");
    }
}

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

town_test! {
    async fn l46_a_visitor_hears_nothing_of_a_rule_without_a_reason_for_everybody(town) {
        let mut ines = town.admin("ines").await;
        set(&mut ines, "secret.example", "refused", "community", "").await;
        set(&mut ines, "told.example", "refused", "community", "sells what people write").await;
        let mut visitor = town.anonymous();
        let about = |domain: &str| format!("/why?about={domain}");
        let hidden = visitor.get(&about("secret.example")).await.is(200).words().replace("secret.example", "X");
        let none = visitor.get(&about("nobody.example")).await.is(200).words().replace("nobody.example", "X");
        assert_eq!(hidden, none, "a rule that is not told looks like none");
        visitor.get(&about("told.example")).await.is(200).shows("Harbour refuses told.example").shows("Refused");
        town.member("alice").await.get(&about("secret.example")).await.is(200).shows("Harbour refuses secret.example");
    }

    async fn l29_a_member_is_not_told_who_blocks_them_or_has_a_rule_about_them(town) {
        let island = town.found("island.example", "Island").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        set(&mut tom, "harbour.example", "refused", "mine", "too loud").await;
        for whom in ["%40bob%40harbour.example", "%40tom%40island.example"] {
            let page = alice.get(&format!("/why?about={whom}")).await.is(200);
            page.shows("Nothing stands against it.").hides("too loud").hides("Refused").hides("not available");
        }
        // A number that leads to nothing is nobody's to block.
        alice.post(&format!("/accounts/{}/block", tom.account.id), &[]).await.is(404);
        // Her own block she is told of, whoever hides from her since.
        let mut ulla = town.member_of(&island, "ulla", Role::Member).await;
        alice.does(&format!("/accounts/{}/block", ulla.account.id)).await;
        set(&mut ulla, "harbour.example", "refused", "mine", "too loud").await;
        alice.get("/why?about=%40ulla%40island.example").await.is(200).shows("You block them").hides("too loud");
    }

    async fn what_is_hidden_neither_ends_the_notifications_nor_is_counted(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut loud = town.member("loud").await;
        let post = town.post(&mut alice, "Look at this", "public").await;
        town.wait_s(1);
        bob.does(&format!("/statuses/{}/favourite", post.id)).await;
        for at in 0..25 {
            town.post(&mut loud, &format!("@alice number {at}"), "public").await;
        }
        alice.does(&format!("/accounts/{}/mute", loud.account.id)).await;
        let unread = comity::notifications::unread(&town.app, &town.me(&alice).await).await.unwrap();
        assert_eq!(unread, 1, "the favourite, and nothing of what is muted");
        alice.get("/notifications").await.is(200).shows("bob").shows("Look at this").hides("number 3");
        let unread = comity::notifications::unread(&town.app, &town.me(&alice).await).await.unwrap();
        assert_eq!(unread, 0);
    }

    async fn numbers_that_everybody_reads_count_what_everybody_may_read(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let root = town.post(&mut alice, "What do you think?", "public").await;
        for visibility in ["private", "local"] {
            town.post(&mut alice, "Not for everybody", visibility).await;
        }
        town.post(&mut alice, "@bob between us", "direct").await;
        town.reply(&mut bob, &root, "I think so", "public").await;
        let quiet = town.reply(&mut bob, &root, "To be honest, no", "direct").await;
        let read = async || {
            let status = comity::statuses::load_one(&town.app, root.id).await.unwrap();
            (town.account(alice.account.id).await.statuses_count, status.replies_count)
        };
        assert_eq!(read().await, (1, 1));
        bob.post(&format!("/statuses/{}/delete", quiet.id), &[]).await.is(303);
        assert_eq!(read().await, (1, 1), "what was not counted is not taken away");
    }

    async fn l22_visitors_read_how_many_follow_and_members_read_who(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut bob, &alice).await;
        let mut visitor = town.anonymous();
        let page = visitor.get("/@alice/followers").await.is(200).hides("bob");
        page.shows("One person. Who they are is shown to members of Harbour.");
        visitor.get("/@bob/following").await.is(200).hides("alice</");
        alice.get("/@alice/followers").await.is(200).shows("@bob");
        bob.get("/@alice/followers").await.is(200).shows("@bob");
    }

    async fn attack_27_rules_of_one_member_are_bounded_and_it_is_said_what_to_do(town) {
        let alice = town.member("alice").await;
        let scope = rules::of_member(&alice.account).unwrap();
        let new = |at: usize| NewRule::about(scope, Pattern::Host(Domain::parse(&format!("s{at}.example")).unwrap()), Stance::Refused, Source::Person);
        // A book as it would be, without two thousand transactions.
        let book = town.app.gate.book();
        let full = (0..2_000).map(|at| Rule {
            id: RuleId(i64::try_from(at).unwrap() + 1),
            scope,
            pattern: new(at).pattern,
            stance: Stance::Refused,
            conditions: Conditions::NONE,
            reason_public: None,
            reason_members: None,
            reason_moderators: None,
            set_by: None,
            set_at: 0,
            expires_at: None,
            review_at: None,
            evidence: None,
            source: "person".to_owned(),
        });
        let here = town.community();
        let modes = vec![here.hosted()];
        town.app.gate.replace(RuleBook::new(book.epoch(), 0, modes, full.collect()));
        let told = rules::set(&town.app, new(2_000)).await.unwrap_err().to_string();
        assert!(told.contains("take back one that is not needed any more"), "{told}");
        rules::set(&town.app, new(5)).await.unwrap();
    }

    async fn a_community_rule_about_ones_own_member_is_refused_with_a_sentence(town) {
        let mut ines = town.admin("ines").await;
        let bob = town.member("bob").await;
        town.found("island.example", "Island").await;
        for pattern in ["@bob@harbour.example", bob.account.iri.as_str()] {
            let rule = [("pattern", pattern), ("stance", "refused"), ("scope", "community")];
            ines.post("/boundaries", &rule).await.is(422).shows("a member of Harbour").shows("people elsewhere");
        }
        let rule = [("pattern", "harbour.example"), ("stance", "limited"), ("scope", "community")];
        ines.post("/boundaries", &rule).await.is(422).shows("Harbour itself");
        set(&mut ines, "@bob@harbour.example", "refused", "mine", "").await;
    }
}
