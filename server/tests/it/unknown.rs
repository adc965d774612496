//! Whom nothing names: the emergency gate, a member's own mode, rules that end by themselves, and servers that get only
//! what they come for.

use comity::members::Role;
use http::Method;

use crate::coast::Coast;
use crate::peer;

/// Longer than a server has to be known for the gate to let it pass.
const EIGHT_DAYS_S: i64 = 8 * 86_400;

impl Coast {
    /// Somebody elsewhere mentions alice; says whether she has it.
    async fn arrives(&mut self, server: &str, name: &str, number: &str) -> bool {
        let by = self.peer.iri(server, name);
        let words = format!("Hello from {name} {number}");
        let to = self.alice.account.iri.to_string();
        let activity = peer::create(&by, number, &words, None, Some(&to));
        let body = activity.to_string();
        let answer = self.signed(&by, Method::POST, "/inbox", &body).await;
        // Whose key is not here and may not be fetched hears what anybody hears whose key cannot be had (L29).
        let status = answer.status.as_u16();
        assert!([202, 401, 503].contains(&status), "{status}");
        self.is_idle().await;
        let told = self.alice.get("/notifications").await.is(200).words();
        told.contains(&words)
    }

    async fn alice_says(&mut self, path: &str, fields: &[(&str, &str)]) {
        self.alice.post(path, fields).await.is(303);
    }
}

coast_test! {
    async fn a_closed_gate_lets_pass_whom_the_community_knows_and_opens_by_itself(coast) {
        coast.town.wait_s(EIGHT_DAYS_S);
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let close = [("hours", "6"), ("reason", "A wave from new servers")];
        coast.alice.post("/gate/close", &close).await.is(403);
        marta.post("/gate/close", &[("hours", "6"), ("reason", " ")]).await.is(422);
        marta.post("/gate/close", &[("hours", "9000"), ("reason", "long")]).await.is(422);
        marta.post("/gate/close", &close).await.is(303);
        marta.get("/boundaries").await.is(200).shows("Closed until").shows("A wave from new servers").shows("marta");
        coast.alice.get("/boundaries").await.is(200).hides("Emergency gate");
        assert!(coast.arrives("open", "rita", "1").await, "known for a week");
        assert!(!coast.arrives("fresh", "nora", "1").await, "never heard of");
        let new = coast.peer.domain("friends");
        let rule = [("pattern", new.as_str()), ("stance", "open"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        assert!(coast.arrives("friends", "fred", "1").await, "opened by name");
        marta.post("/gate/open", &[]).await.is(303);
        assert!(coast.arrives("fresh", "nora", "2").await);
        marta.post("/gate/close", &close).await.is(303);
        assert!(!coast.arrives("later", "lars", "1").await);
        coast.town.wait_s(6 * 3_600 + 1);
        comity::rules::catch_up(&coast.town.app).await.unwrap();
        assert!(coast.arrives("later", "lars", "2").await, "its hours are over");
        marta.get("/boundaries").await.is(200).hides("Closed until");
    }

    async fn a_member_may_talk_by_choice_while_others_talk_with_all(coast) {
        coast.alice_says("/settings/mode", &[("mode", "allow-list")]).await;
        coast.alice.post("/settings/mode", &[("mode", "sometimes")]).await.is(422);
        assert!(!coast.arrives("fresh", "nora", "1").await);
        let post = coast.town.post(&mut coast.alice, "For my friends", "public").await;
        let bobs = coast.town.post(&mut coast.bob, "For everybody", "public").await;
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1, "bob's, and not hers");
        let path = |by: &str, id: i64| format!("/users/{by}/statuses/{id}");
        let nora = coast.peer.iri("fresh", "nora");
        coast.signed(&nora, Method::GET, &path("alice", post.id), "").await.is(404);
        coast.signed(&nora, Method::GET, &path("bob", bobs.id), "").await.is(200);
        let fresh = coast.peer.domain("fresh");
        coast.alice_says("/boundaries", &[("pattern", &fresh), ("stance", "open"), ("scope", "mine")]).await;
        assert!(coast.arrives("fresh", "nora", "2").await);
        coast.signed(&nora, Method::GET, &path("alice", post.id), "").await.is(200);
        coast.alice_says("/settings/mode", &[("mode", "open")]).await;
        assert!(coast.arrives("other", "olga", "1").await);
    }

    async fn a_rule_may_end_by_itself(coast) {
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "mine"), ("lasts", "7")];
        coast.alice_says("/boundaries", &rule).await;
        coast.alice.post("/boundaries", &[("pattern", "a.example"), ("stance", "refused"), ("scope", "mine"), ("lasts", "0")])
            .await.is(422).shows("choose one of these");
        coast.alice.get("/boundaries").await.is(200).shows(", until 12 May 2026");
        assert!(!coast.arrives("open", "rita", "1").await);
        coast.town.wait_s(EIGHT_DAYS_S);
        comity::rules::catch_up(&coast.town.app).await.unwrap();
        assert!(coast.arrives("open", "rita", "2").await);
        coast.alice.get("/boundaries").await.is(200).hides(&open);
    }

    async fn who_is_withheld_from_gets_what_is_public_and_only_if_they_come(coast) {
        let open = coast.peer.domain("open");
        coast.alice_says("/boundaries", &[("pattern", &open), ("stance", "withheld"), ("scope", "mine")]).await;
        coast.alice.get("/compose").await.is(200).shows(&format!("Not sent: 1 person on {open}"));
        let public = coast.town.post(&mut coast.alice, "For whoever comes", "public").await;
        let private = coast.town.post(&mut coast.alice, "For followers", "private").await;
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty());
        assert_eq!(coast.got("kept", "Create").len(), 2);
        let rita = coast.peer.iri("open", "rita");
        let path = |id: i64| format!("/users/alice/statuses/{id}");
        coast.signed(&rita, Method::GET, &path(public.id), "").await.is(200).shows("For whoever comes");
        coast.signed(&rita, Method::GET, &path(private.id), "").await.is(404);
        assert!(!coast.arrives("open", "nora", "1").await, "as limited: she follows nobody there");
    }

    async fn a_rule_of_the_installation_binds_every_community(coast) {
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", Role::Member).await;
        let new = comity::rules::NewRule {
            reason_public: Some("It sells stolen letters.".to_owned()),
            ..comity::rules::NewRule::about(
                comity_policy::Scope::Operator,
                comity::rules::parse_pattern(&coast.peer.domain("open")).unwrap(),
                comity_policy::Stance::Refused,
                comity::rules::Source::CommandLine,
            )
        };
        let number = comity::rules::set(&coast.town.app, new).await.unwrap();
        assert!(!coast.arrives("open", "rita", "1").await);
        coast.town.post(&mut coast.alice, "For the others", "public").await;
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty());
        tom.get("/boundaries").await.is(200).shows("Of the whole installation").shows("It sells stolen letters.");
        coast.alice.get(&format!("/why?about={}", coast.peer.domain("open"))).await.is(200).shows("It sells stolen letters.");
        comity::rules::end(&coast.town.app, comity_policy::Scope::Operator, number, None).await.unwrap();
        assert!(coast.arrives("open", "rita", "2").await);
        let all = comity::rules::history(&coast.town.app, comity_policy::Scope::Operator).await.unwrap();
        assert!(all.len() == 1 && all[0].ended_at.is_some(), "taken back, and not forgotten");
        assert_eq!(all[0].rule.id.0, number);
    }

    async fn a_closed_gate_takes_nothing_back_for_ever(coast) {
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "public").await;
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1, "their server is new, and has it");
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        marta.post("/gate/close", &[("hours", "6"), ("reason", "A wave")]).await.is(303);
        coast.deletes(&post).await;
        assert_eq!(coast.got("open", "Delete").len(), 1, "an end holds no words");
        coast.town.post(&mut coast.alice, "Not for new servers", "public").await;
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1);
        // What they bring is to come again, as what takes something back has to.
        let rita = coast.peer.iri("open", "rita");
        let end = format!("{{\"id\":\"{rita}#undo\",\"type\":\"Delete\",\"actor\":\"{rita}\",\"object\":\"{rita}/statuses/1\"}}");
        coast.signed(&rita, Method::POST, "/inbox", &end).await.is(503);
        marta.post("/gate/open", &[]).await.is(303);
        coast.signed(&rita, Method::POST, "/inbox", &end).await.is(202);
    }

    async fn l29_why_tells_nobody_of_another_members_own_mode(coast) {
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", Role::Member).await;
        let ask = "/why?about=@tom@island.localhost";
        let before = coast.alice.get(ask).await.is(200).words();
        tom.post("/settings/mode", &[("mode", "allow-list")]).await.is(303);
        assert_eq!(coast.alice.get(ask).await.is(200).words(), before);
    }
}
