//! Members hear of a boundary that is not their own when it suspends follows of theirs, and when they work again; and see
//! meanwhile which are suspended.

use comity::lists::{self, List, NewEntry, Provenance};
use comity::members::Role;
use comity::rules::{self, NewRule, Source};
use comity_db::{Sql, params, sql};
use comity_policy::{ListId, Mode, Pattern, Scope, Stance};
use comity_vocab::Domain;

use crate::coast::works;
use crate::promises;
use crate::town::{Answer, Member, Town};
use crate::town_test;

async fn is_idle(town: &Town) {
    town.wait_s(1);
    for _ in 0..2_000 {
        if promises::left(&town.app.db, town.app.now_ms()).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("work is left undone");
}

/// Harbour's ines (admin), alice and bob; tom and uma on the island. Alice follows both, and tom follows her; bob
/// follows nobody there.
async fn neighbours(town: &Town) -> (Member, Member, Member) {
    let island = town.found("island.example", "Island").await;
    let ines = town.admin("ines").await;
    let (mut alice, bob) = (town.member("alice").await, town.member("bob").await);
    let mut tom = town.member_of(&island, "tom", Role::Member).await;
    let uma = town.member_of(&island, "uma", Role::Member).await;
    town.follow(&mut alice, &tom).await;
    town.follow(&mut alice, &uma).await;
    town.follow(&mut tom, &alice).await;
    (ines, alice, bob)
}

fn about_island(scope: Scope, stance: Stance) -> NewRule {
    let pattern = Pattern::Domain(Domain::parse("island.example").unwrap());
    NewRule {
        reason_members: Some("for us alone".to_owned()),
        reason_moderators: Some("for those who govern".to_owned()),
        ..NewRule::about(scope, pattern, stance, Source::Person)
    }
}

async fn a_list(town: &Town, owner: Scope) -> List {
    let id = lists::create(&town.app, owner, "shared").await.unwrap();
    lists::find(&town.app, &[owner], id).await.unwrap()
}

async fn put_on(town: &Town, list: &List, pattern: &str, by: Option<i64>) {
    let entry = NewEntry {
        pattern: lists::parse_entry(pattern).unwrap(),
        comment: None,
    };
    let from = Provenance { by, source: None };
    lists::add(&town.app, list, vec![entry], &from)
        .await
        .unwrap();
}

async fn take_off(town: &Town, list: &List, pattern: &str) {
    let pattern = lists::parse_entry(pattern).unwrap();
    lists::remove(&town.app, list, &pattern, None)
        .await
        .unwrap();
}

/// Changes of lists and modes that are written down.
async fn changes(town: &Town) -> i64 {
    const COUNT: Sql<(i64,)> =
        sql!(row: (i64,), full_scan: "a test's own count", "SELECT count(*) FROM boundary_changes");
    town.app.db.opt(COUNT, params![]).await.unwrap().unwrap().0
}

fn page_events(page: &Answer) -> usize {
    page.body.matches("<li class=\"event").count()
}

const SUSPENDED: &str = "now refuses island.example: 2 people you follow and one who follows you are suspended, and come back when it is taken back.";
const RESTORED: &str = "about island.example has ended: the follows of 2 people you follow and one who follows you work again.";

town_test! {
    async fn a_members_follows_are_shown_as_suspended_while_a_rule_stands_and_to_nobody_else(town) {
        let (mut ines, mut alice, mut bob) = neighbours(&town).await;
        let rule = [("pattern", "island.example"), ("stance", "refused"), ("scope", "community"), ("reason", "much noise")];
        ines.post("/boundaries", &rule).await.leads("/boundaries");
        alice.get("/@alice").await.is(200).shows("2 following, 2 suspended").shows("1 followers, 1 suspended");
        let page = alice.get("/@alice/following").await.is(200).shows("Suspended by a boundary").shows("@tom@island.example").shows("@uma@island.example");
        page.shows("Harbour refuses island.example").shows("much noise");
        alice.get("/@alice/followers").await.is(200).shows("@tom@island.example").hides("@uma@island.example");
        // Another member sees the number that there is, and of nobody that their follow is suspended.
        bob.get("/@alice").await.is(200).hides("suspended");
        bob.get("/@alice/following").await.is(200).hides("suspended").hides("@tom");

        let tom = alice.get("/@alice/following").await.number_after("formaction=\"/accounts/").unwrap();
        alice.does(&format!("/accounts/{tom}/unfollow")).await;
        alice.get("/@alice").await.is(200).shows("1 following, 1 suspended");
        let id = ines.get("/boundaries").await.number_after("action=\"/boundaries/").unwrap();
        ines.post(&format!("/boundaries/{id}/remove"), &[]).await.leads("/boundaries");
        alice.get("/@alice").await.is(200).hides("suspended");
        alice.get("/@alice/followers").await.is(200).hides("Suspended").shows("@island.example");
    }

    async fn who_is_concerned_is_told_once_of_a_communitys_rule_and_once_of_its_end(town) {
        let (_, mut alice, mut bob) = neighbours(&town).await;
        let _stop = works(&town);
        let scope = rules::of_community(&town.community());
        let id = rules::set(&town.app, about_island(scope, Stance::Refused)).await.unwrap();
        is_idle(&town).await;
        let page = alice.get("/notifications").await.is(200).shows("A boundary of Harbour").shows(SUSPENDED);
        let page = page.shows("for us alone").hides("for those who govern");
        assert!(page.body.contains(&format!("/boundaries#rule-{id}")), "{}", page.body);
        bob.get("/notifications").await.is(200).hides("boundary of Harbour");

        rules::end(&town.app, scope, id, None).await.unwrap();
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).shows(RESTORED);
        bob.get("/notifications").await.is(200).hides("work again");

        // Safe to run twice.
        let before = alice.get("/notifications").await.body.matches("<li class=\"event").count();
        for restored in [false, true] {
            let again = comity::queue::Job::TellOfRule { cause: id, restored, after: 0 };
            comity::queue::push_now(&town.app, &again).await.unwrap();
        }
        is_idle(&town).await;
        assert_eq!(alice.get("/notifications").await.body.matches("<li class=\"event").count(), before);
    }

    async fn who_is_concerned_is_told_when_a_list_that_a_rule_names_names_more_and_when_fewer(town) {
        let (_, mut alice, mut bob) = neighbours(&town).await;
        let _stop = works(&town);
        let scope = rules::of_community(&town.community());
        let list = a_list(&town, scope).await;
        // As long as no rule names it, it is a list of names.
        put_on(&town, &list, "island.example", None).await;
        take_off(&town, &list, "island.example").await;
        let named = NewRule {
            reason_members: Some("they sell what they read".to_owned()),
            ..NewRule::about(scope, Pattern::List(ListId(list.id)), Stance::Refused, Source::Person)
        };
        rules::set(&town.app, named).await.unwrap();
        put_on(&town, &list, "elsewhere.example", None).await;
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).hides("The list shared");
        // Where nobody is followed, taking somebody off is nothing to tell of, and nothing is done for it.
        let before = changes(&town).await;
        take_off(&town, &list, "elsewhere.example").await;
        assert_eq!(changes(&town).await, before);

        put_on(&town, &list, "island.example", None).await;
        is_idle(&town).await;
        let more = "The list shared of Harbour names more now: 2 people you follow and one who follows you are suspended, and come back when they are taken off it.";
        let page = alice.get("/notifications").await.is(200).shows(more);
        assert!(page.shows("they sell what they read").body.contains("/boundaries#rule-"));
        assert_eq!(alice.get("/notifications").await.body.matches("The list shared").count(), 1);
        bob.get("/notifications").await.is(200).hides("The list shared");

        take_off(&town, &list, "island.example").await;
        is_idle(&town).await;
        let fewer = "The list shared of Harbour names fewer now: the follows of 2 people you follow and one who follows you work again.";
        alice.get("/notifications").await.is(200).shows(fewer);
        bob.get("/notifications").await.is(200).hides("The list shared");

        // A month on, what nobody was told of is forgotten; what stands among notifications is not.
        assert_eq!(changes(&town).await, 3);
        town.wait_s(31 * 86_400);
        let _forgets = works(&town);
        for _ in 0..500 {
            if changes(&town).await == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(changes(&town).await, 2);
    }

    async fn of_a_list_of_their_own_a_member_is_told_what_they_did_not_do_themselves(town) {
        let (_, mut alice, _) = neighbours(&town).await;
        let _stop = works(&town);
        let own = rules::of_member(&alice.account).unwrap();
        let list = a_list(&town, own).await;
        let named = NewRule::about(own, Pattern::List(ListId(list.id)), Stance::Refused, Source::Person);
        rules::set(&town.app, named).await.unwrap();
        put_on(&town, &list, "island.example", Some(alice.account.id)).await;
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).hides("Your list");
        take_off(&town, &list, "island.example").await;
        put_on(&town, &list, "=island.example", None).await;
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).shows("Your list shared names more now: 2 people you follow");
    }

    async fn who_is_concerned_is_told_when_their_community_chooses_another_mode(town) {
        use comity::communities::{Settings, change_settings};
        let (_, mut alice, mut bob) = neighbours(&town).await;
        let _stop = works(&town);
        let here = town.community();
        for mode in [Mode::AllowList, Mode::Open] {
            let settings = Settings { mode, ..Settings::of(&here) };
            change_settings(&town.app, here.id, settings).await.unwrap();
            is_idle(&town).await;
        }
        let page = alice.get("/notifications").await.is(200);
        let page = page.shows("Harbour now talks only with servers that a rule lets in: 2 people you follow and one who follows you are suspended, and come back when that changes or a rule lets them in.")
            .shows("Harbour now welcomes servers that no rule names: the follows of 2 people you follow and one who follows you work again.");
        bob.get("/notifications").await.is(200).hides("Harbour now");
        // What changes nothing about that is no change of the mode.
        let settings = Settings { name: "Harbour town".to_owned(), ..Settings::of(&here) };
        change_settings(&town.app, here.id, settings).await.unwrap();
        is_idle(&town).await;
        assert_eq!(page_events(&alice.get("/notifications").await), page_events(&page));
    }

    async fn the_operators_rule_is_told_and_ones_own_is_not(town) {
        let (_, mut alice, _) = neighbours(&town).await;
        let _stop = works(&town);
        let own = rules::of_member(&alice.account).unwrap();
        let id = rules::set(&town.app, about_island(own, Stance::Refused)).await.unwrap();
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).hides("refuses island.example");
        // What their own rule suspends already, no other rule suspends.
        let operators = rules::set(&town.app, about_island(Scope::Operator, Stance::Refused)).await.unwrap();
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).hides("refuses island.example");
        rules::end(&town.app, Scope::Operator, operators, None).await.unwrap();
        rules::end(&town.app, own, id, None).await.unwrap();
        town.wait_s(1);
        rules::set(&town.app, about_island(Scope::Operator, Stance::Refused)).await.unwrap();
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).shows("A boundary of this installation").shows(SUSPENDED);
    }

    async fn a_rule_that_ends_by_itself_or_is_replaced_by_a_milder_one_is_told_as_ended(town) {
        let (_, mut alice, _) = neighbours(&town).await;
        let _stop = works(&town);
        let scope = rules::of_community(&town.community());
        let for_an_hour = NewRule {
            expires_at: Some(town.app.now_ms() + 3_600_000),
            ..about_island(scope, Stance::Refused)
        };
        rules::set(&town.app, for_an_hour).await.unwrap();
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).shows(SUSPENDED).hides("work again");
        town.wait_s(3_700);
        is_idle(&town).await;
        alice.get("/notifications").await.is(200).shows(RESTORED);

        rules::set(&town.app, about_island(scope, Stance::Refused)).await.unwrap();
        is_idle(&town).await;
        rules::set(&town.app, about_island(scope, Stance::Limited)).await.unwrap();
        is_idle(&town).await;
        assert_eq!(alice.get("/notifications").await.body.matches("work again").count(), 2);
        alice.get("/@alice").await.is(200).hides("suspended");
    }
}
