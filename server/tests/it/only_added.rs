//! Boundaries that only add something: what becomes of it when another takes their place, and when that one ends.

use comity::rules::{self, NewRule, Source, parse_pattern};
use comity_policy::{Conditions, Stance};
use http::Method;
use serde_json::json;

use crate::clients::App;
use crate::town_test;

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
}
