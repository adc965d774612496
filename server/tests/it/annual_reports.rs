//! What a member wrote in a year, told to them alone, and what apps ask for that is not there.

use http::Method;
use serde_json::{Value, json};

use crate::kept::App;
use crate::oauth::ask;
use crate::town_test;

const REPORTS: &str = "/api/v1/annual_reports";
/// From noon of the fifth of May to noon of the twelfth of December.
const TO_DECEMBER_S: i64 = 221 * 24 * 3600;

town_test! {
    async fn a_year_is_counted_when_its_member_asks_in_december(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let mut his = App::of(&town, &mut bob).await;
        let first = town.post(&mut alice, "Low water #tides", "public").await;
        let liked = town.post(&mut alice, "High water #tides", "public").await;
        town.post(&mut alice, "Kept #tides #secret #secret", "private").await;
        let his_post = town.post(&mut bob, "Fog", "public").await;
        town.reply(&mut bob, &first, "@alice where?", "public").await;
        town.reply(&mut alice, &his_post, "@bob thick?", "public").await;
        town.follow(&mut bob, &alice).await;
        for (post, act) in [(&first, "reblog"), (&first, "favourite"), (&liked, "favourite")] {
            his.post(&format!("/api/v1/statuses/{}/{act}", post.id), &Value::Null).await.is(200);
        }
        hers.post(&format!("/api/v1/statuses/{}/reblog", his_post.id), &Value::Null).await.is(200);
        let state = |year: i64| format!("{REPORTS}/{year}/state");
        let generate = format!("{REPORTS}/2026/generate");
        // It is not the time.
        assert_eq!(hers.get(&state(2026)).await.is(200).json(), json!({ "state": "ineligible" }));
        assert_eq!(hers.post(&generate, &Value::Null).await.is(200).json(), json!({}));
        hers.get(&format!("{REPORTS}/2026")).await.is(404);
        town.wait_s(TO_DECEMBER_S);
        assert_eq!(hers.get(&state(2026)).await.is(200).json(), json!({ "state": "eligible" }));
        assert_eq!(hers.get(&state(2025)).await.is(200).json(), json!({ "state": "ineligible" }));
        hers.post(&generate, &Value::Null).await.is(200);
        assert_eq!(hers.get(&state(2026)).await.is(200).json(), json!({ "state": "available" }));
        let told = hers.get(REPORTS).await.is(200).json();
        let report = &told["annual_reports"][0];
        assert_eq!((&report["year"], &report["schema_version"], &report["share_url"]), (&json!(2026), &json!(2), &json!(null)));
        assert_eq!(report["account_id"], alice.account.id.to_string());
        assert_eq!(told["accounts"][0]["id"], alice.account.id.to_string());
        let data = &report["data"];
        assert_eq!(data["archetype"], "lurker");
        let may = &data["time_series"][4];
        assert_eq!(may, &json!({ "month": 5, "statuses": 5, "following": 0, "followers": 1 }));
        assert_eq!(data["time_series"][11]["statuses"], 0);
        // Only what names a topic in public is counted.
        assert_eq!(data["top_hashtags"], json!([{ "name": "tides", "count": 2 }]));
        let (first, liked) = (first.id.to_string(), liked.id.to_string());
        assert_eq!(data["top_statuses"], json!({ "by_reblogs": first, "by_favourites": liked, "by_replies": null }));
        let shown: Vec<&Value> = told["statuses"].as_array().unwrap().iter().map(|status| &status["id"]).collect();
        assert!(shown.len() == 2 && shown.contains(&&json!(first)) && shown.contains(&&json!(liked)), "{shown:?}");
        // What comes after it does not change it, and what was read is not told again.
        hers.post("/api/v1/statuses", &json!({ "status": "Later" })).await.is(200);
        hers.post(&generate, &Value::Null).await.is(200);
        let one = hers.get(&format!("{REPORTS}/2026")).await.is(200).json();
        assert_eq!(&one["annual_reports"][0]["data"], data);
        hers.post(&format!("{REPORTS}/2026/read"), &Value::Null).await.is(200);
        assert_eq!(hers.get(REPORTS).await.is(200).json(), json!({ "annual_reports": [], "accounts": [], "statuses": [] }));
        hers.get(&format!("{REPORTS}/2026")).await.is(200);
        // Nobody else has it.
        his.get(&format!("{REPORTS}/2026")).await.is(404);
        his.post(&format!("{REPORTS}/2026/read"), &Value::Null).await.is(404);
        hers.post(&format!("{REPORTS}/1900/read"), &Value::Null).await.is(404);
        hers.post(&format!("{REPORTS}/1900/generate"), &Value::Null).await.is(200);
    }

    async fn whoever_wrote_nothing_has_no_report(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        town.wait_s(TO_DECEMBER_S);
        assert_eq!(hers.get(&format!("{REPORTS}/2026/state")).await.is(200).json(), json!({ "state": "ineligible" }));
        hers.post(&format!("{REPORTS}/2026/generate"), &Value::Null).await.is(200);
        hers.get(&format!("{REPORTS}/2026")).await.is(404);
    }

    async fn what_is_not_there_is_answered_as_mastodon_does(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let post = town.post(&mut alice, "Low water", "public").await;
        let answer = hers.get("/api/v1/donation_campaigns").await.is(204);
        assert!(answer.body.is_empty());
        town.anonymous().get("/api/v1/donation_campaigns").await.is(401);
        let whose = alice.account.id;
        for path in [
            format!("/api/v1/statuses/{}/translate", post.id),
            format!("/api/v1/accounts/{whose}/email_subscriptions"),
        ] {
            let answer = hers.send(Method::POST, &path, &json!({ "email": "a@b.example" })).await.is(404).json();
            assert!(answer["error"].is_string(), "{path}: {answer}");
        }
        let told = ask(&mut town.anonymous(), "/api/v2/instance", &hers.token).await.is(200).json();
        assert_eq!(told["configuration"]["translation"]["enabled"], false);
    }
}
