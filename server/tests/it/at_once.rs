//! Two that do the same at one moment: one of them was first, and nothing is half of each.

use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::town_test;

/// What happens at one moment does not happen in the same order each time.
const ROUNDS: usize = 5;

fn count(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

town_test! {
    async fn two_edits_leave_one_post_and_its_words_are_found(town) {
        let mut alice = town.member("alice").await;
        let mut one = App::let_in(&town, &mut alice).await;
        let mut two = App::let_in(&town, &mut alice).await;
        for round in 0..ROUNDS {
            let first = json!({ "status": format!("Slack{round} #slack{round}"), "visibility": "public" });
            let post = one.write(first).await;
            town.wait_s(1);
            let at = format!("/api/v1/statuses/{}", id(&post));
            let ebb = json!({ "status": format!("Ebb{round} #ebb{round}") });
            let flood = json!({ "status": format!("Flood{round} #flood{round}") });
            let (by_one, by_two) = tokio::join!(one.send(Method::PUT, &at, &ebb), two.send(Method::PUT, &at, &flood));
            let told = [by_one.status.as_u16(), by_two.status.as_u16()];
            assert!(told.iter().all(|status| matches!(status, 200 | 409)), "{told:?}");
            let done = told.iter().filter(|status| **status == 200).count();
            assert!(done > 0, "neither was first");
            let now = one.get(&at).await.is(200).json();
            let is_ebb = now["content"].as_str().unwrap().contains("Ebb");
            let history = one.get(&format!("{at}/history")).await.is(200).json();
            assert_eq!(count(&history), 1 + done, "{history}");
            for (word, is_there) in [("slack", false), ("ebb", is_ebb), ("flood", !is_ebb)] {
                let search = format!("/api/v2/search?type=statuses&q={word}{round}");
                let found = one.get(&search).await.is(200).json();
                assert_eq!(count(&found["statuses"]), usize::from(is_there), "{word} in {found}");
                let topic = format!("/api/v1/timelines/tag/{word}{round}");
                let topic = one.get(&topic).await.is(200).json();
                assert_eq!(count(&topic), usize::from(is_there), "{word} in {topic}");
            }
        }
    }

    async fn two_votes_are_one(town) {
        let mut alice = App::of(&town, "alice").await;
        let mut bob = town.member("bob").await;
        let mut one = App::let_in(&town, &mut bob).await;
        let mut two = App::let_in(&town, &mut bob).await;
        for _ in 0..ROUNDS {
            let asks = json!({ "options": ["High", "Low"], "expires_in": 3_600, "multiple": false });
            let post = alice.write(json!({ "status": "When?", "poll": asks })).await;
            let at = format!("/api/v1/polls/{}", id(&post["poll"]));
            let votes = format!("{at}/votes");
            let high = one.post(&votes, json!({ "choices": [0] }));
            let low = two.post(&votes, json!({ "choices": [1] }));
            let (high, low) = tokio::join!(high, low);
            let is_high = high.status.is_success();
            let (taken, refused) = if is_high { (high, low) } else { (low, high) };
            taken.is(200);
            refused.is(422).shows("has your vote already");
            let poll = alice.get(&at).await.is(200).json();
            assert_eq!((&poll["votes_count"], &poll["voters_count"]), (&json!(1), &json!(1)));
            let chosen = usize::from(!is_high);
            assert_eq!(poll["options"][chosen]["votes_count"], 1, "{poll}");
        }
    }

    async fn what_is_sent_twice_with_one_key_is_posted_once(town) {
        let mut alice = town.member("alice").await;
        let mut one = App::let_in(&town, &mut alice).await;
        let mut two = App::let_in(&town, &mut alice).await;
        let body = json!({ "status": "High water" });
        for round in 0..ROUNDS {
            let key = format!("tide {round}");
            let (first, second) = tokio::join!(one.sends_with_key(&key, &body), two.sends_with_key(&key, &body));
            let (first, second) = (first.is(200).json(), second.is(200).json());
            assert_eq!(id(&first), id(&second));
            let own = format!("/api/v1/accounts/{}/statuses", alice.account.id);
            assert_eq!(count(&one.get(&own).await.is(200).json()), round + 1);
        }
    }
    async fn the_last_place_is_taken_by_one(town) {
        for (name, path, body, most) in [
            ("alice", "/api/comity/v1/antennas", json!({ "title": "Tides", "any": ["tide"] }), 20),
            ("bob", "/api/v1/lists", json!({ "title": "Friends" }), 50),
        ] {
            let mut member = town.member(name).await;
            let mut one = App::let_in(&town, &mut member).await;
            let mut two = App::let_in(&town, &mut member).await;
            for _ in 1..most {
                one.post(path, body.clone()).await.is(200);
            }
            let (first, second) = tokio::join!(one.post(path, body.clone()), two.post(path, body.clone()));
            let told = [first.status.as_u16(), second.status.as_u16()];
            assert_eq!(told.iter().filter(|status| **status == 200).count(), 1, "{path}: {told:?}");
            assert!(told.iter().any(|status| matches!(status, 409 | 422)), "{path}: {told:?}");
            assert_eq!(count(&one.get(path).await.is(200).json()), most, "{path}");
        }
    }
}
