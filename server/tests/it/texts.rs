//! What a community says of data and of its terms: who writes it, who reads it, and from when it holds.

use comity::members::Role;
use serde_json::json;

use crate::town::PASSWORD;
use crate::town_test;

const DAY_S: i64 = 24 * 3600;
const PRIVACY: &str = "/moderation/texts/privacy-policy";
const TERMS: &str = "/moderation/texts/terms-of-service";

town_test! {
    async fn a_privacy_policy_begins_as_a_draft_and_is_read_by_everybody(town) {
        let (mut marta, mut bob) = (town.admin("marta").await, town.member("bob").await);
        let mut visitor = town.anonymous();
        visitor.get("/privacy-policy").await.is(404);
        visitor.get("/api/v1/instance/privacy_policy").await.is(404);
        let told = visitor.get("/api/v2/instance").await.is(200).json();
        assert_eq!(told["configuration"]["urls"]["privacy_policy"], json!(null));
        assert!(!visitor.get("/about").await.is(200).body.contains("/privacy-policy"));
        bob.get(PRIVACY).await.is(404);
        bob.post(PRIVACY, &[("text", "Mine")]).await.is(404);
        let offered = marta.get(PRIVACY).await.is(200);
        assert!(offered.body.contains("This is the privacy policy of Harbour (harbour.example)"), "{}", offered.body);
        marta.post(PRIVACY, &[("text", " ")]).await.is(422).shows("The text is empty");
        marta.post(PRIVACY, &[("text", &"x".repeat(40_001))]).await.is(422).shows("longer than 40000 characters");
        let text = "# What we keep\n\nYour *name*. <b>Nothing</b> #else.";
        marta.post(PRIVACY, &[("text", text)]).await.leads("/privacy-policy/2026-05-05");
        let page = visitor.get("/privacy-policy").await.is(200).shows("Holds since 5 May 2026").shows("What we keep");
        assert!(page.body.contains("<h2>What we keep</h2>") && page.body.contains("&lt;b&gt;"), "{}", page.body);
        assert!(page.body.contains("<a href=\"/privacy-policy\">Privacy policy</a>"));
        assert!(!page.body.contains(PRIVACY), "a visitor is offered no form");
        let told = visitor.get("/api/v1/instance/privacy_policy").await.is(200).json();
        assert_eq!(told["updated_at"], "2026-05-05T12:00:00.000Z");
        assert_eq!(told["content"], "<h2>What we keep</h2><p>Your <em>name</em>. &lt;b&gt;Nothing&lt;/b&gt; #else.</p>");
        let told = visitor.get("/api/v2/instance").await.is(200).json();
        assert_eq!(told["configuration"]["urls"]["privacy_policy"], "https://harbour.example/privacy-policy");
        assert_eq!(told["configuration"]["urls"]["terms_of_service"], json!(null));
        // The next is made of the last.
        let form = marta.get(PRIVACY).await.is(200);
        assert!(form.body.contains("# What we keep") && !form.body.contains("[BRACKETS]"));
    }

    async fn terms_hold_from_a_day_on_and_earlier_ones_stay(town) {
        let mut mona = town.member_of(&town.community(), "mona", Role::Moderator).await;
        let mut visitor = town.anonymous();
        let publish = |text: &'static str, changes: &'static str, day: &'static str| [("text", text), ("changes", changes), ("day", day)];
        for (day, why) in [("2026-05-04", "This day is over"), ("2026-02-30", "is no day"), ("2027-06-01", "more than a year away")] {
            mona.post(TERMS, &publish("Early", "", day)).await.is(422).shows(why);
        }
        mona.post(TERMS, &publish("Be kind.", "", "2026-05-07")).await.leads("/terms-of-service/2026-05-07");
        let url = "/api/v1/instance/terms_of_service";
        // None holds yet: those that will are told.
        let told = visitor.get(url).await.is(200).json();
        assert_eq!(told, json!({ "effective_date": "2026-05-07", "effective": false, "content": "<p>Be kind.</p>", "succeeded_by": null }));
        visitor.get("/terms-of-service").await.is(200).shows("Holds from 7 May 2026 on");
        // A version that holds from the same day takes its place.
        mona.post(TERMS, &publish("Be kind, please.", "", "2026-05-07")).await.is(303);
        town.wait_s(2 * DAY_S);
        let told = visitor.get(url).await.is(200).json();
        assert_eq!((&told["effective"], &told["content"]), (&json!(true), &json!("<p>Be kind, please.</p>")));
        mona.post(TERMS, &publish("Be kinder.", "Kinder than before.", "2026-05-10")).await.is(303);
        let told = visitor.get(url).await.is(200).json();
        assert_eq!((&told["effective_date"], &told["succeeded_by"]), (&json!("2026-05-07"), &json!("2026-05-10")));
        let next = visitor.get(&format!("{url}/2026-05-10")).await.is(200).json();
        assert_eq!((&next["effective"], &next["succeeded_by"]), (&json!(false), &json!(null)));
        for day in ["2026-05-08", "yesterday"] {
            visitor.get(&format!("{url}/{day}")).await.is(404);
            visitor.get(&format!("/terms-of-service/{day}")).await.is(404);
        }
        town.wait_s(4 * DAY_S);
        visitor.get("/terms-of-service").await.is(200).shows("Be kinder.").shows("Kinder than before.").shows("From 7 May 2026 on");
        visitor.get("/terms-of-service/2026-05-07").await.is(200).shows("Be kind, please.").shows("Held from 7 May 2026 until 10 May 2026");
        // What people were told stays; what was not, may go.
        mona.post(&format!("{TERMS}/take-back"), &[("day", "2026-05-10")]).await.is(403);
        mona.post(TERMS, &publish("A slip.", "", "2026-06-01")).await.is(303);
        mona.post(&format!("{TERMS}/take-back"), &[("day", "2026-06-01")]).await.leads(TERMS);
        mona.post(&format!("{TERMS}/take-back"), &[("day", "2026-06-01")]).await.is(404);
        visitor.get("/terms-of-service/2026-06-01").await.is(404);
    }

    async fn whoever_joins_agrees_to_the_terms(town) {
        let mut marta = town.admin("marta").await;
        marta.post(TERMS, &[("text", "Be kind.")]).await.is(303);
        let page = town.anonymous().get("/sign-up").await.is(200).shows("I agree to the terms of service");
        assert!(page.body.contains("href=\"/terms-of-service\""));
        let nina = [("username", "nina"), ("email", "nina@mail.example"), ("password", PASSWORD)];
        town.anonymous().post("/sign-up", &nina).await.is(422);
        let agrees = [nina[0], nina[1], nina[2], ("agree", "on")];
        town.anonymous().post("/sign-up", &agrees).await.leads("/");
    }

    async fn texts_are_of_one_community(town) {
        let island = town.found("island.example", "Island").await;
        let mut marta = town.admin("marta").await;
        marta.post(PRIVACY, &[("text", "Of the harbour")]).await.is(303);
        town.visitor_of(&island).get("/privacy-policy").await.is(404);
        town.visitor_of(&island).get("/api/v1/instance/privacy_policy").await.is(404);
        let mut tom = town.member_of(&island, "tom", Role::Moderator).await;
        tom.post(PRIVACY, &[("text", "Of the island")]).await.is(303);
        town.anonymous().get("/privacy-policy").await.is(200).shows("Of the harbour").hides("Of the island");
        tom.post(&format!("{PRIVACY}/take-back"), &[("day", "2026-05-05")]).await.leads(PRIVACY);
        town.visitor_of(&island).get("/privacy-policy").await.is(404);
        town.anonymous().get("/privacy-policy").await.is(200);
    }
}
