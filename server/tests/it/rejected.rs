//! What moderators keep out of what is talked about, for their own community, and where that is written down.

use comity::members::Role;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::clients::{App, id};
use crate::oauth::{Registered, ask};
use crate::town::{Member, Town};
use crate::town_test;

const MODERATES: &str = "read write admin:read admin:write";
const LINK: &str = "https://tides.example/today?a=1";

async fn moderator(town: &Town) -> Member {
    town.member_of(&town.community(), "mona", Role::Moderator)
        .await
}

/// Two people talk about a topic and a page, and others like what one of them says.
async fn talk(town: &Town) -> Post {
    let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
    town.post(&mut alice, &format!("#Ferry at {LINK}"), "public")
        .await;
    let post = town
        .post(&mut bob, &format!("The #ferry, see {LINK}"), "public")
        .await;
    let mut dora = town.member("dora").await;
    for who in [&mut alice, &mut dora] {
        who.does(&format!("/statuses/{}/favourite", post.id)).await;
    }
    post
}

fn first(list: &Value) -> &Value {
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    &list[0]
}

town_test! {
    async fn what_is_rejected_is_not_shown_here_and_stays_elsewhere(town) {
        let post = talk(&town).await;
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let mut reader = App::of(&town, "rita").await;
        let island = town.found("island.example", "Island").await;
        let mut olga = town.member_of(&island, "olga", Role::Member).await;
        let mut hers = Registered::at(town.visitor_of(&island), "read").await;
        let token = hers.let_in(&mut olga, "read").await;
        for (kind, named) in [("tags", "ferry"), ("statuses", ""), ("links", LINK)] {
            let (public, list) = (format!("/api/v1/trends/{kind}"), format!("/api/v1/admin/trends/{kind}"));
            let shown = reader.get(&public).await.is(200).json();
            let shown = first(&shown);
            match kind {
                "tags" => assert_eq!(shown["name"], named),
                "links" => assert_eq!(shown["url"], named),
                _ => assert_eq!(id(shown), post.id.to_string()),
            }
            let told = desk.get(&list).await.is(200).json();
            let told = first(&told);
            assert_eq!((&told["trendable"], &told["requires_review"]), (&json!(true), &json!(false)));
            let at = format!("{list}/{}", id(told));
            let made = desk.post(&format!("{at}/reject"), json!({})).await.is(200).json();
            assert_eq!((&made["trendable"], &made["id"]), (&json!(false), &told["id"]));
            // Twice is once.
            desk.post(&format!("{at}/reject"), json!({})).await.is(200);
            assert_eq!(reader.get(&public).await.is(200).json(), json!([]), "{kind}");
            assert_eq!(first(&desk.get(&list).await.is(200).json())["trendable"], false);
            let there = ask(&mut hers.browser, &public, &token).await.is(200).json();
            first(&there);
            let made = desk.post(&format!("{at}/approve"), json!({})).await.is(200).json();
            assert_eq!(made["trendable"], true);
            first(&reader.get(&public).await.is(200).json());
            desk.post(&format!("{at}/reject"), json!({})).await.is(200);
        }
        // What nobody talks about any more is found by whoever rejected it.
        let told = desk.get("/api/v1/admin/trends/links").await.is(200).json();
        let at = format!("/api/v1/admin/trends/links/{}", id(first(&told)));
        town.wait_s(10 * 24 * 3_600);
        assert_eq!(desk.get("/api/v1/admin/trends/links").await.is(200).json(), json!([]));
        let made = desk.post(&format!("{at}/approve"), json!({})).await.is(200).json();
        assert_eq!((&made["url"], &made["trendable"]), (&json!(LINK), &json!(true)));
        desk.post(&format!("{at}/reject"), json!({})).await.is(404);
    }

    async fn each_decision_is_written_down_for_moderators(town) {
        let post = talk(&town).await;
        let mut mona = moderator(&town).await;
        let record = "/moderation/record";
        mona.get("/moderation/reports").await.is(200).shows("Record");
        mona.get(record).await.is(200).shows("Nothing stands here");
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        for act in ["reject", "reject", "approve", "approve"] {
            town.wait_s(1);
            desk.post(&format!("/api/v1/admin/trends/tags/Ferry/{act}"), json!({})).await.is(200);
        }
        town.wait_s(1);
        desk.post(&format!("/api/v1/admin/trends/statuses/{}/reject", post.id), json!({})).await.is(200);
        town.wait_s(1);
        let alice = desk.get("/api/v1/accounts/lookup?acct=alice").await.is(200).json();
        let note = json!({ "type": "none", "text": "She asked <b>twice</b>" });
        desk.post(&format!("/api/v1/admin/accounts/{}/action", id(&alice)), note).await.is(200);
        let page = mona.get(record).await.is(200);
        let page = page.shows("warned: @alice@harbour.example").hides("<b>twice");
        let page = page.shows(&format!("kept out of what is talked about: the post {}", post.id));
        let page = page.shows("kept out of what is talked about: #ferry").shows("let be talked about again: #ferry");
        let words = page.words();
        assert_eq!(words.matches("kept out of what is talked about").count(), 2, "{words}");
        assert_eq!(words.matches("@mona@harbour.example").count(), 4, "{words}");

        // For those who look after another community, or none, there is nothing.
        let mut carol = town.member("carol").await;
        carol.get(record).await.is(404);
        town.anonymous().get(record).await.is(303);
        let island = town.found("island.example", "Island").await;
        let mut olga = town.member_of(&island, "olga", Role::Admin).await;
        olga.get(record).await.is(200).hides("ferry").hides("mona");
    }

    async fn nobody_else_decides(town) {
        let post = talk(&town).await;
        let mut carol = town.member("carol").await;
        let mut curious = App::let_in_with(&town, &mut carol, MODERATES).await;
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let page = desk.get("/api/v1/admin/trends/links").await.is(200).json();
        let page = id(first(&page)).to_owned();
        for (kind, name) in [("tags", "ferry".to_owned()), ("statuses", post.id.to_string()), ("links", page)] {
            let list = format!("/api/v1/admin/trends/{kind}");
            curious.get(&list).await.is(403);
            town.anonymous().get(&list).await.is(401);
            for act in ["approve", "reject"] {
                curious.post(&format!("{list}/{name}/{act}"), json!({})).await.is(403);
                desk.post(&format!("{list}/%20/{act}"), json!({})).await.is(404);
            }
            first(&curious.get(&format!("/api/v1/trends/{kind}")).await.is(200).json());
        }
        desk.post(&format!("/api/v1/admin/trends/tags/{}/reject", "x".repeat(101)), json!({})).await.is(404);
        desk.post("/api/v1/admin/trends/statuses/7/reject", json!({})).await.is(404);
        desk.post("/api/v1/admin/trends/links/7/reject", json!({})).await.is(404);
    }
}
