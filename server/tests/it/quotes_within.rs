//! What apps are told of a quote within a post that is quoted: its id, and that only where they may see what it is of.

use serde_json::{Value, json};

use crate::kept::App;
use crate::town_test;

/// A member posts, and says who may quote it.
async fn writes(app: &mut App, text: &str, policy: &str, quoted: Option<&Value>) -> Value {
    let mut post = json!({ "status": text, "quote_approval_policy": policy });
    if let Some(quoted) = quoted {
        post["quoted_status_id"] = quoted.clone();
    }
    app.post("/api/v1/statuses", &post).await.is(200).json()["id"].clone()
}

fn path(id: &Value) -> String {
    format!("/api/v1/statuses/{}", id.as_str().unwrap())
}

/// What is told of the quote within what this quotes.
fn within(status: &Value) -> Value {
    assert_eq!(status["quote"]["state"], "accepted", "{status}");
    assert!(status["quote"]["quoted_status"].is_object(), "{status}");
    status["quote"]["quoted_status"]["quote"].clone()
}

/// The same of the post with this id, which is asked for by itself.
async fn within_of(app: &mut App, id: &Value) -> Value {
    within(&app.get(&path(id)).await.is(200).json())
}

/// The same where it is at home, and where one is told that it quotes a post of one's own.
async fn within_lists(app: &mut App, id: &Value) -> [Value; 2] {
    let home = app.get("/api/v1/timelines/home").await.is(200).json();
    let mut at_home = home.as_array().unwrap().iter();
    let at_home = at_home.find(|status| status["id"] == *id).unwrap();
    let told = app.get("/api/v1/notifications?types[]=quote").await;
    let told = told.is(200).json();
    assert_eq!(told[0]["status"]["id"], *id, "{told}");
    [within(at_home), within(&told[0]["status"])]
}

fn shallow(state: &str, id: &Value) -> Value {
    json!({ "state": state, "quoted_status_id": id })
}

town_test! {
    async fn what_a_quoted_post_quotes_is_told_by_its_id_to_whoever_may_see_it(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut carol, mut marta) = (town.member("carol").await, town.member("marta").await);
        town.follow(&mut bob, &carol).await;
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let (mut carols, mut martas) = (App::of(&town, &mut carol).await, App::of(&town, &mut marta).await);
        let words = writes(&mut hers, "Words", "public", None).await;
        let inner = writes(&mut his, "Look", "public", Some(&words)).await;
        let outer = writes(&mut carols, "Look at that", "public", Some(&inner)).await;
        let shown = shallow("accepted", &words);
        let hidden = shallow("unauthorized", &Value::Null);

        for app in [&mut hers, &mut his, &mut carols, &mut martas] {
            assert_eq!(within_of(app, &outer).await, shown);
        }
        assert_eq!(within(&town.anonymous().get(&path(&outer)).await.is(200).json()), shown);
        assert_eq!(within_lists(&mut his, &outer).await, [shown.clone(), shown.clone()]);
        // What is quoted on top is told whole, as ever.
        let whole = martas.get(&path(&inner)).await.is(200).json();
        assert_eq!(whole["quote"]["quoted_status"]["id"], words);
        assert_eq!(whole["quote"]["quoted_status"]["quote"], Value::Null, "it quotes nothing");
        assert!(whole["quote"].get("quoted_status_id").is_none(), "{whole}");

        // A mute takes it out of lists. What is around it is bob's own, and stays.
        let a = alice.account.id;
        his.post(&format!("/api/v1/accounts/{a}/mute"), &Value::Null).await.is(200);
        assert_eq!(within_lists(&mut his, &outer).await, [hidden.clone(), hidden.clone()]);
        assert_eq!(within_of(&mut his, &outer).await, shown);
        his.post(&format!("/api/v1/accounts/{a}/unmute"), &Value::Null).await.is(200);
        assert_eq!(within_lists(&mut his, &outer).await, [shown.clone(), shown.clone()]);
        // Whom she blocks may not see it anywhere.
        let block = format!("/api/v1/accounts/{}/block", bob.account.id);
        hers.post(&block, &Value::Null).await.is(200);
        assert_eq!(within_of(&mut his, &outer).await, hidden);
        assert_eq!(within_lists(&mut his, &outer).await, [hidden.clone(), hidden.clone()]);
        assert_eq!(within_of(&mut martas, &outer).await, shown, "others may");
        // L29: what is gone is told as what may not be seen, on top as well.
        hers.delete(&path(&words)).await.is(200);
        for app in [&mut his, &mut martas] {
            assert_eq!(within_of(app, &outer).await, hidden);
            let quote = app.get(&path(&inner)).await.is(200).json()["quote"].clone();
            assert_eq!(quote, json!({ "state": "unauthorized", "quoted_status": null }));
        }
    }

    async fn of_what_waits_or_was_taken_out_within_a_quoted_post_no_id_is_told(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut carol, mut marta) = (town.member("carol").await, town.member("marta").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let (mut carols, mut martas) = (App::of(&town, &mut carol).await, App::of(&town, &mut marta).await);
        let words = writes(&mut hers, "Ask me", "asking", None).await;
        let inner = writes(&mut his, "May I", "public", Some(&words)).await;
        let outer = writes(&mut carols, "He asks", "public", Some(&inner)).await;
        for app in [&mut hers, &mut his] {
            assert_eq!(within_of(app, &outer).await, shallow("pending", &Value::Null));
        }
        assert_eq!(within_of(&mut martas, &outer).await, Value::Null, "nobody else hears that he asked");

        let words = writes(&mut hers, "Words", "public", None).await;
        let inner = writes(&mut his, "Look", "public", Some(&words)).await;
        let outer = writes(&mut carols, "Look at that", "public", Some(&inner)).await;
        assert_eq!(within_of(&mut martas, &outer).await, shallow("accepted", &words));
        let revoke = format!("{}/quotes/{}/revoke", path(&words), inner.as_str().unwrap());
        hers.post(&revoke, &Value::Null).await.is(200);
        for app in [&mut hers, &mut his, &mut martas] {
            assert_eq!(within_of(app, &outer).await, shallow("revoked", &Value::Null));
        }
    }
}
