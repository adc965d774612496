//! Boundaries that only add something: what becomes of it when another takes their place, and when that one ends.

use comity::members::Role;
use comity::rules::{self, Lapsing, NewRule, Source, parse_pattern};
use comity_policy::{Conditions, Pattern, Rule, Stance};
use http::Method;
use serde_json::json;

use crate::clients::{App, id};
use crate::coast::works;
use crate::promises;
use crate::town::{Member, Town};
use crate::town_test;

const MODERATES: &str = "read write admin:read admin:write";
const DAY_MS: i64 = 86_400_000;

async fn moderator(town: &Town, name: &str) -> Member {
    town.member_of(&town.community(), name, Role::Moderator)
        .await
}

/// Until all is done that is due.
async fn idle(town: &Town) {
    town.wait_s(1);
    for _ in 0..2_000 {
        if promises::left(&town.app.db, town.app.now_ms()).await == 0 {
            rules::reload(&town.app).await.unwrap();
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("work is left undone");
}

/// So much later, in seconds: what is being done is done first, or its lease would be over in the middle of it.
async fn later(town: &Town, seconds: i64) {
    idle(town).await;
    town.wait_s(seconds);
}

/// The community's rule about this, if one is in force.
fn rule_about(town: &Town, pattern: &Pattern) -> Option<Rule> {
    let all = rules::in_force(&town.app, rules::of_community(&town.community()));
    all.into_iter().find(|rule| rule.pattern == *pattern)
}

fn met(town: &Town, pattern: &Pattern) -> Option<(Stance, Conditions)> {
    rule_about(town, pattern).map(|rule| (rule.stance, rule.conditions))
}

/// The community only adds this for three days.
async fn adds_for_a_while(town: &Town, pattern: Pattern, conditions: Conditions) {
    let scope = rules::of_community(&town.community());
    let adds = NewRule {
        conditions,
        expires_at: Some(town.app.now_ms() + 3 * DAY_MS),
        ..NewRule::about(scope, pattern, Stance::Unchanged, Source::Person)
    };
    rules::set(&town.app, adds).await.unwrap();
}

town_test! {
    async fn unblocking_a_server_ends_no_boundary_that_another_process_set_meanwhile(town) {
        let mut alice = town.member("alice").await;
        let mut app = App::let_in_with(&town, &mut alice, "read write").await;
        let blocks = "/api/v1/domain_blocks";
        let scope = rules::of_member(&alice.account).unwrap();
        let about = |stance| NewRule {
            conditions: Conditions::DROP_MEDIA,
            ..NewRule::about(scope, parse_pattern("files.example").unwrap(), stance, Source::Person)
        };
        rules::set(&town.app, about(Stance::Unchanged)).await.unwrap();
        town.wait_s(60);
        app.post(blocks, json!({ "domain": "files.example" })).await.is(200);
        town.wait_s(60);
        let node = town.node().await;
        rules::set(&node, about(Stance::Limited)).await.unwrap();
        town.wait_s(60);
        app.send(Method::DELETE, blocks, &json!({ "domain": "files.example" })).await.is(404);
        rules::reload(&town.app).await.unwrap();
        let stands = rules::in_force(&town.app, scope);
        let stances: Vec<Stance> = stands.iter().map(|rule| rule.stance).collect();
        assert_eq!(stances, [Stance::Limited]);
    }

    async fn what_a_boundary_adds_for_a_while_ends_in_its_time_where_another_took_its_place(town) {
        let _stop = works(&town);
        let scope = rules::of_community(&town.community());
        let of = |server: &str| {
            let rule = rule_about(&town, &parse_pattern(server).unwrap()).unwrap();
            (rule.stance, rule.conditions)
        };
        let about = |server: &str, stance| NewRule {
            conditions: Conditions::DROP_MEDIA | Conditions::NO_BOOSTS,
            ..NewRule::about(scope, parse_pattern(server).unwrap(), stance, Source::Person)
        };
        let both = about("files.example", Stance::Open).conditions;
        for server in ["files.example", "spam.example", "gulls.example"] {
            adds_for_a_while(&town, parse_pattern(server).unwrap(), both).await;
        }
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let allows = "/api/v1/admin/domain_allows";
        for server in ["files.example", "gulls.example"] {
            desk.post(allows, json!({ "domain": server })).await.is(200);
            assert_eq!(of(server), (Stance::Open, both));
        }
        // What comes with the block itself stays, and so does what is chosen anew.
        let block = json!({ "domain": "spam.example", "severity": "silence", "reject_media": true });
        desk.post("/api/v1/admin/domain_blocks", block).await.is(200);
        later(&town, 60).await;
        rules::set(&town.app, about("gulls.example", Stance::Open)).await.unwrap();
        later(&town, 2 * 86_400).await;
        idle(&town).await;
        assert_eq!((of("files.example"), of("spam.example")), ((Stance::Open, both), (Stance::Limited, both)));
        later(&town, 86_400).await;
        idle(&town).await;
        assert_eq!(of("files.example"), (Stance::Open, Conditions::NONE));
        assert_eq!(of("spam.example"), (Stance::Limited, Conditions::DROP_MEDIA));
        assert_eq!(of("gulls.example"), (Stance::Open, both));
        // The record tells of both.
        let past = rules::history(&town.app, scope).await.unwrap();
        let files = past.iter().filter(|past| past.rule.pattern == parse_pattern("files.example").unwrap());
        let told: Vec<_> = files.map(|past| (past.rule.conditions, past.replaced_by.is_some())).collect();
        assert_eq!(told, [(Conditions::NONE, false), (both, true), (both, true)]);
    }

    async fn what_is_decided_twice_about_somebody_keeps_the_end_of_what_was_added_for_a_while(town) {
        let _stop = works(&town);
        let both = Conditions::DROP_MEDIA | Conditions::MARK_SENSITIVE;
        let mut people = Vec::new();
        for name in ["bob", "carol", "dan", "eve"] {
            let one = town.member(name).await;
            let pattern = Pattern::Account(one.account.iri.clone());
            adds_for_a_while(&town, pattern.clone(), both).await;
            people.push((format!("/api/v1/admin/accounts/{}", one.account.id), pattern));
        }
        let [(bob, of_bob), (carol, of_carol), (dan, of_dan), (eve, of_eve)] = <[_; 4]>::try_from(people).unwrap();
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let act = |kind: &str| json!({ "type": kind, "send_email_notification": false });
        for one in [&bob, &carol, &dan, &eve] {
            desk.post(&format!("{one}/action"), act("silence")).await.is(200);
        }
        later(&town, 86_400).await;
        desk.post(&format!("{bob}/unsilence"), json!({})).await.is(200);
        for one in [&carol, &dan] {
            desk.post(&format!("{one}/action"), act("sensitive")).await.is(200);
        }
        later(&town, 60).await;
        desk.post(&format!("{dan}/unsilence"), json!({})).await.is(200);
        // To say it once more is to change nothing.
        desk.post(&format!("{eve}/action"), act("silence")).await.is(200);
        idle(&town).await;
        for (pattern, stance) in [
            (&of_bob, Stance::Unchanged),
            (&of_carol, Stance::Limited),
            (&of_dan, Stance::Unchanged),
            (&of_eve, Stance::Limited),
        ] {
            assert_eq!(met(&town, pattern), Some((stance, both)));
        }
        later(&town, 2 * 86_400).await;
        idle(&town).await;
        assert_eq!(met(&town, &of_bob), None, "nothing is left of it");
        // A mark that somebody chose anew stays.
        assert_eq!(met(&town, &of_carol), Some((Stance::Limited, Conditions::MARK_SENSITIVE)));
        assert_eq!(met(&town, &of_dan), Some((Stance::Unchanged, Conditions::MARK_SENSITIVE)));
        assert_eq!(met(&town, &of_eve), Some((Stance::Limited, Conditions::NONE)));
        // Nobody set what lapsed by itself, and nobody ended what stood before.
        let past = rules::history(&town.app, rules::of_community(&town.community())).await.unwrap();
        let of_hers = past.iter().filter(|past| past.rule.pattern == of_eve);
        let told: Vec<_> = of_hers
            .map(|past| (past.rule.source.as_str(), past.rule.set_by.is_some(), past.ended_by.is_some()))
            .collect();
        let twice = [("person", true, false), ("person", true, true)];
        assert_eq!(told, [("lapse", false, false), twice[0], twice[1], ("person", false, true)]);
    }

    async fn a_block_that_is_changed_keeps_the_end_of_what_was_added_for_a_while(town) {
        let _stop = works(&town);
        let both = Conditions::DROP_MEDIA | Conditions::NO_BOOSTS;
        let of = |server: &str| parse_pattern(server).unwrap();
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let blocks = "/api/v1/admin/domain_blocks";
        let mut made = Vec::new();
        for server in ["files.example", "gulls.example", "spam.example"] {
            adds_for_a_while(&town, of(server), both).await;
            let block = json!({ "domain": server, "severity": "silence" });
            let block = desk.post(blocks, block).await.is(200).json();
            made.push(format!("{blocks}/{}", id(&block)));
        }
        later(&town, 86_400).await;
        for (path, change) in [
            (&made[0], json!({ "private_comment": "Gulls" })),
            // An app sends back what it was told.
            (&made[1], json!({ "private_comment": "Gulls", "severity": "silence", "reject_media": true })),
            (&made[2], json!({ "reject_media": false })),
            (&made[2], json!({ "reject_media": true })),
        ] {
            desk.send(Method::PUT, path, &change).await.is(200);
            later(&town, 60).await;
        }
        idle(&town).await;
        for server in ["files.example", "gulls.example", "spam.example"] {
            assert_eq!(met(&town, &of(server)), Some((Stance::Limited, both)));
        }
        later(&town, 2 * 86_400).await;
        idle(&town).await;
        for server in ["files.example", "gulls.example"] {
            assert_eq!(met(&town, &of(server)), Some((Stance::Limited, Conditions::NONE)));
        }
        // It was taken away, and chosen anew.
        assert_eq!(met(&town, &of("spam.example")), Some((Stance::Limited, Conditions::DROP_MEDIA)));
        let rest = rule_about(&town, &of("files.example")).unwrap();
        assert_eq!((rest.reason_moderators.as_deref(), rest.set_by), (Some("Gulls"), None));
    }

    async fn a_block_that_a_moderators_app_takes_back_leaves_what_was_only_added(town) {
        let _stop = works(&town);
        let both = Conditions::DROP_MEDIA | Conditions::NO_BOOSTS;
        let of = |server: &str| parse_pattern(server).unwrap();
        let scope = rules::of_community(&town.community());
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let blocks = "/api/v1/admin/domain_blocks";
        // What lapses is over on the fourth day.
        let lapsing = Lapsing { conditions: Conditions::DROP_MEDIA, at: town.app.now_ms() + 3 * DAY_MS };
        let mut made = Vec::new();
        let all = [
            ("files.example", None),
            ("gulls.example", None),
            ("spam.example", Some(lapsing)),
            ("late.example", Some(lapsing)),
        ];
        for (server, lapsing) in all {
            let adds = NewRule {
                conditions: both,
                lapsing,
                ..NewRule::about(scope, of(server), Stance::Unchanged, Source::Person)
            };
            rules::set(&town.app, adds).await.unwrap();
            later(&town, 60).await;
            let block = json!({ "domain": server, "severity": "silence" });
            let block = desk.post(blocks, block).await.is(200).json();
            made.push(format!("{blocks}/{}", id(&block)));
        }
        later(&town, 60).await;
        desk.send(Method::PUT, &made[0], &json!({ "severity": "suspend" })).await.is(200);
        // This is taken out of what the block took over.
        desk.send(Method::PUT, &made[1], &json!({ "reject_media": false })).await.is(200);
        assert_eq!(met(&town, &of("files.example")), Some((Stance::Refused, both)));
        later(&town, 60).await;
        for block in &made[..3] {
            desk.send(Method::DELETE, block, &json!({})).await.is(200);
            desk.send(Method::GET, block, &json!({})).await.is(404);
        }
        assert_eq!(met(&town, &of("files.example")), Some((Stance::Unchanged, both)));
        assert_eq!(met(&town, &of("gulls.example")), Some((Stance::Unchanged, Conditions::NO_BOOSTS)));
        assert_eq!(met(&town, &of("spam.example")), Some((Stance::Unchanged, both)));
        later(&town, 3 * 86_400).await;
        idle(&town).await;
        assert_eq!(met(&town, &of("files.example")), Some((Stance::Unchanged, both)));
        assert_eq!(met(&town, &of("spam.example")), Some((Stance::Unchanged, Conditions::NO_BOOSTS)));
        // Of what lapsed in the block, the rest stands.
        assert_eq!(met(&town, &of("late.example")), Some((Stance::Limited, Conditions::NO_BOOSTS)));
        desk.send(Method::DELETE, &made[3], &json!({})).await.is(200);
        assert_eq!(met(&town, &of("late.example")), Some((Stance::Unchanged, Conditions::NO_BOOSTS)));
        // Nor does it come back where an opening took its place before the block.
        let opens = NewRule {
            conditions: Conditions::NO_BOOSTS,
            ..NewRule::about(scope, of("late.example"), Stance::Open, Source::Person)
        };
        rules::set(&town.app, opens).await.unwrap();
        later(&town, 60).await;
        let block = json!({ "domain": "late.example", "severity": "suspend" });
        let block = desk.post(blocks, block).await.is(200).json();
        later(&town, 60).await;
        desk.send(Method::DELETE, &format!("{blocks}/{}", id(&block)), &json!({})).await.is(200);
        assert_eq!(met(&town, &of("late.example")), None);
    }
}
