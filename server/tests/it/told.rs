//! Being told of each post of somebody, and of changes to what one boosted.

use serde_json::{Value, json};

use crate::kept::App;

async fn told(app: &mut App, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/notifications?types[]={kind}");
    app.get(&path)
        .await
        .is(200)
        .json()
        .as_array()
        .unwrap()
        .clone()
}

coast_test! {
    async fn who_asks_is_told_of_each_post(coast) {
        let (mut hers, mut his) = (App::of(&coast.town, &mut coast.alice).await, App::of(&coast.town, &mut coast.bob).await);
        let follow = format!("/api/v1/accounts/{}/follow", coast.bob.account.id);
        hers.post(&follow, &Value::Null).await.is(200);
        his.post("/api/v1/statuses", &json!({ "status": "before" })).await.is(200);
        coast.is_idle().await;
        let relationship = hers.post(&follow, &json!({ "notify": true })).await.is(200).json();
        assert_eq!(relationship["notifying"], true);
        // What is left out stays.
        assert_eq!(hers.post(&follow, &json!({ "reblogs": false })).await.is(200).json()["notifying"], true);
        let post = his.post("/api/v1/statuses", &json!({ "status": "after" })).await.is(200).json();
        let answer = json!({ "status": "@rita no", "in_reply_to_id": post["id"] });
        coast.is_idle().await;
        let list = told(&mut hers, "status").await;
        assert_eq!(list.len(), 1);
        assert_eq!((&list[0]["status"]["id"], &list[0]["account"]["username"]), (&post["id"], &json!("bob")));
        coast.alice.get("/notifications").await.is(200).shows("after");
        // Whom a post names is told that once.
        let named = json!({ "status": "@alice hello" });
        his.post("/api/v1/statuses", &named).await.is(200);
        his.post("/api/v1/statuses", &answer).await.is(200);
        his.post("/api/v1/statuses", &json!({ "status": "for one", "visibility": "direct" })).await;
        coast.is_idle().await;
        let ids: Vec<Value> = told(&mut hers, "status").await.iter().map(|one| one["status"]["content"].clone()).collect();
        assert!(!ids.iter().any(|text| text.as_str().unwrap().contains("hello")), "{ids:?}");
        assert_eq!(told(&mut hers, "mention").await.len(), 1);
        hers.post(&follow, &json!({ "notify": false })).await.is(200);
        let before = told(&mut hers, "status").await.len();
        his.post("/api/v1/statuses", &json!({ "status": "unheard" })).await.is(200);
        coast.is_idle().await;
        assert_eq!(told(&mut hers, "status").await.len(), before);
        assert!(told(&mut his, "status").await.is_empty());
    }

    async fn who_boosted_is_told_of_a_change(coast) {
        let (mut hers, mut his) = (App::of(&coast.town, &mut coast.alice).await, App::of(&coast.town, &mut coast.bob).await);
        let post = his.post("/api/v1/statuses", &json!({ "status": "one" })).await.is(200).json();
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        hers.post(&format!("{path}/reblog"), &Value::Null).await.is(200);
        for text in ["two", "three"] {
            coast.town.wait_s(5);
            his.put(&path, &json!({ "status": text })).await.is(200);
            coast.is_idle().await;
            // The newest change is told, and no pile of them.
            let list = told(&mut hers, "update").await;
            assert_eq!(list.len(), 1);
            assert!(list[0]["status"]["content"].as_str().unwrap().contains(text));
        }
        coast.alice.get("/notifications").await.is(200).shows("changed a post that you boosted");
        assert!(told(&mut his, "update").await.is_empty());
        assert!(told(&mut hers, "quoted_update").await.is_empty(), "she quoted nothing");
        // What was hidden since is not told of.
        coast.bob.post(&format!("/accounts/{}/block", coast.alice.account.id), &[]).await.is(303);
        assert!(told(&mut hers, "update").await.is_empty());
    }

    async fn who_quoted_is_told_of_a_change(coast) {
        let (mut hers, mut his) = (App::of(&coast.town, &mut coast.alice).await, App::of(&coast.town, &mut coast.bob).await);
        let post = json!({ "status": "one", "quote_approval_policy": "public" });
        let post = his.post("/api/v1/statuses", &post).await.is(200).json();
        let quote = json!({ "status": "Look", "quoted_status_id": post["id"] });
        let quote = hers.post("/api/v1/statuses", &quote).await.is(200).json();
        let own = json!({ "status": "I said", "quoted_status_id": post["id"] });
        his.post("/api/v1/statuses", &own).await.is(200);
        for text in ["two", "three"] {
            coast.town.wait_s(5);
            let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
            his.put(&path, &json!({ "status": text })).await.is(200);
            coast.is_idle().await;
            let list = told(&mut hers, "quoted_update").await;
            assert_eq!(list.len(), 1);
            // Her own post is told of, which shows what he says now.
            assert_eq!((&list[0]["status"]["id"], &list[0]["account"]["username"]), (&quote["id"], &json!("bob")));
            assert!(list[0]["status"]["quote"]["quoted_status"]["content"].as_str().unwrap().contains(text));
        }
        coast.alice.get("/notifications").await.is(200).shows("changed a post that you quoted");
        assert!(told(&mut his, "quoted_update").await.is_empty(), "nobody is told of what they did themself");
        let history = hers.get(&format!("/api/v1/statuses/{}/history", quote["id"].as_str().unwrap())).await.is(200).json();
        assert_eq!(history[0]["quote"]["quoted_status"]["id"], post["id"]);
    }
}
