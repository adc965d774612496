//! What a community publishes of its boundaries, and the history of them: each reader reads what is theirs to know.

use comity::communities::{self, Settings, ShownTo};
use comity::rules::{self, NewRule, Source};
use comity_policy::{Pattern, Stance};
use comity_vocab::Domain;
use http::Method;
use serde_json::Value;

use crate::town::{Answer, Town};
use crate::town_test;

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

async fn show_to(town: &Town, rules_shown_to: ShownTo) {
    let here = town.community();
    let settings = Settings {
        rules_shown_to,
        ..Settings::of(&here)
    };
    communities::change_settings(&town.app, here.id, settings)
        .await
        .unwrap();
}

/// Bigcorp is refused with a reason for everybody, quiet.example with none.
async fn two_rules(town: &Town) {
    let scope = rules::of_community(&town.community());
    let about = |domain: &str| Pattern::Domain(Domain::parse(domain).unwrap());
    let told = NewRule {
        reason_public: Some("it sells what people write".to_owned()),
        reason_members: Some("asked twice".to_owned()),
        reason_moderators: Some("case seven".to_owned()),
        evidence: Some("https://bigcorp.example/terms".to_owned()),
        review_at: Some(town.app.now_ms() + 1_000),
        ..NewRule::about(
            scope,
            about("bigcorp.example"),
            Stance::Refused,
            Source::CommandLine,
        )
    };
    rules::set(&town.app, told).await.unwrap();
    let untold = NewRule::about(
        scope,
        about("quiet.example"),
        Stance::Limited,
        Source::CommandLine,
    );
    rules::set(&town.app, untold).await.unwrap();
}

town_test! {
    async fn l46_each_audience_reads_the_rules_that_are_shown_to_it(town) {
        two_rules(&town).await;
        let (mut visitor, mut alice) = (town.anonymous(), town.member("alice").await);
        let answer = visitor.get("/about/boundaries.json").await.is(200).hides("asked twice").hides("case seven").hides("quiet.example").hides("/terms");
        assert_eq!(answer.headers["vary"], "Signature, Signature-Input");
        let told = json(&answer);
        assert_eq!((&told["audience"], &told["mode"]), (&"public".into(), &"open".into()));
        assert_eq!((&told["rules"][0]["about"], &told["rules"][0]["stance"]), (&"bigcorp.example".into(), &"refused".into()));
        assert_eq!(told["rules"][0]["reason"], "it sells what people write");
        assert_eq!(told["withheld"][0]["count"], 1);
        visitor.get("/about").await.is(200).shows("bigcorp.example").hides("quiet.example").shows("One rule is not named here.");
        alice.get("/about").await.is(200).shows("bigcorp.example").shows("quiet.example").shows("asked twice");

        show_to(&town, ShownTo::Members).await;
        let told = json(&visitor.get("/about/boundaries.json").await.is(200).hides("bigcorp.example").hides("quiet.example"));
        assert_eq!(told["rules"], Value::Array(Vec::new()));
        assert_eq!(told["withheld"][1]["count"], 1);
        visitor.get("/about").await.is(200).hides("bigcorp.example").shows("shown to members of Harbour only");
        visitor.get("/boundaries/history").await.is(200).hides("bigcorp.example");
        alice.get("/about").await.is(200).shows("bigcorp.example");
        // A member's own rules are in no document, whatever they are about.
        alice.post("/boundaries", &[("pattern", "mine.example"), ("stance", "refused"), ("scope", "mine")]).await.leads("/boundaries");
        alice.get("/about/boundaries.json").await.is(200).hides("mine.example");
    }

    async fn the_history_keeps_what_was_replaced_and_taken_back(town) {
        two_rules(&town).await;
        let mut ines = town.admin("ines").await;
        let (mut alice, mut visitor) = (town.member("alice").await, town.anonymous());
        town.wait_s(2);
        let milder = [("pattern", "bigcorp.example"), ("stance", "limited"), ("scope", "community"), ("reason", "they changed their terms")];
        ines.post("/boundaries", &milder).await.leads("/boundaries");
        town.wait_s(2);
        let id = ines.get("/boundaries").await.number_after("action=\"/boundaries/").unwrap();
        ines.post(&format!("/boundaries/{id}/remove"), &[]).await.leads("/boundaries");

        let page = alice.get("/boundaries/history").await.is(200).shows("asked twice").shows("they changed their terms");
        let page = page.shows("replaced , by @ines@harbour.example").shows("In force.").hides("case seven").hides("/terms");
        assert!(page.body.contains(&format!("href=\"#rule-{id}\"")), "{}", page.body);
        ines.get("/boundaries/history").await.is(200).shows("https://bigcorp.example/terms");
        visitor.get("/boundaries/history").await.is(200).shows("it sells what people write").shows("they changed their terms").hides("@ines").hides("quiet.example").hides("asked twice").hides("/terms");
        alice.get("/boundaries/history?of=mine").await.is(200).shows("None was ever set.");
        visitor.get("/boundaries/history?of=mine").await.is(200).shows("they changed their terms");
        // What nobody has looked at again is marked, for whoever can do something about it.
        two_rules(&town).await;
        town.wait_s(2);
        ines.get("/boundaries").await.is(200).shows("to be looked at since 5 May 2026");
        alice.get("/boundaries").await.is(200).hides("to be looked at");
    }
}

coast_test! {
    async fn l46_a_server_that_an_open_rule_names_reads_what_peers_may_and_nobody_else_does(coast) {
        two_rules(&coast.town).await;
        show_to(&coast.town, ShownTo::Peers).await;
        let path = "/about/boundaries.json";
        let rita = coast.peer.iri("open", "rita");
        let lena = coast.peer.iri("kept", "lena");
        coast.signed(&rita, Method::GET, path, "").await.is(200).hides("bigcorp.example");
        let scope = rules::of_community(&coast.town.community());
        let open = Pattern::Domain(Domain::parse(&coast.peer.domain("open")).unwrap());
        rules::set(&coast.town.app, NewRule::about(scope, open, Stance::Open, Source::CommandLine)).await.unwrap();
        coast.town.wait_s(2);
        let answer = coast.signed(&rita, Method::GET, path, "").await.is(200).shows("bigcorp.example").hides("asked twice");
        assert_eq!(json(&answer)["audience"], "peers");
        assert_eq!(answer.headers["cache-control"], "private, no-store");
        let answer = coast.signed(&lena, Method::GET, path, "").await.is(200).hides("bigcorp.example");
        assert_eq!(json(&answer)["audience"], "public");
        coast.town.anonymous().get(path).await.is(200).hides("bigcorp.example").shows("that Harbour trusts only");
    }
}
