//! What a rule may add to its stance: chosen on a page, told wherever the rule is shown, and held on each path.

use comity::members::Role;
use comity_vocab::Iri;
use serde_json::{Value, json};

use crate::coast::Coast;
use crate::peer;
use crate::town::Browser;

impl Coast {
    /// A rule about the server *open* that lets everything pass but for one thing.
    async fn adds(&self, setter: &mut Browser, condition: &str, scope: &str) {
        let open = self.peer.domain("open");
        let rule = [
            ("pattern", open.as_str()),
            ("stance", "open"),
            ("conditions", condition),
            ("scope", scope),
        ];
        setter.post("/boundaries", &rule).await.leads("/boundaries");
    }

    async fn takes_in(&self, activity: &Value) {
        let by = activity["actor"].as_str().unwrap();
        let body = activity.to_string();
        self.signed(by, http::Method::POST, "/inbox", &body)
            .await
            .is(202);
        self.is_idle().await;
    }

    async fn number(&self, iri: &str) -> Option<i64> {
        let iri = Iri::parse(iri).unwrap();
        comity::statuses::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap()
    }

    /// Rita names alice, in public; where that is read.
    async fn rita_says(&self, number: &str, words: &str) -> String {
        let (rita, alice) = (
            self.peer.iri("open", "rita"),
            self.alice.account.iri.to_string(),
        );
        let mut said = peer::create(&rita, number, words, None, Some(&alice));
        said["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": format!("{rita}/gull.png"), "name": "A gull" }]);
        self.takes_in(&said).await;
        let id = self
            .number(&format!("{rita}/statuses/{number}"))
            .await
            .unwrap();
        format!("/@rita@{}/{id}", self.peer.domain("open"))
    }

    /// Alice follows rita, and hears that she may.
    async fn alice_follows_rita(&mut self) {
        let rita = self.peer.iri("open", "rita");
        let id = self.account(&rita).await;
        self.alice
            .post(&format!("/accounts/{id}/follow"), &[])
            .await
            .is(303);
        self.is_idle().await;
        let follow = self
            .peer
            .newest(&self.peer.domain("open"), "Follow")
            .unwrap();
        let accept = json!({ "id": format!("{rita}#accept"), "type": "Accept", "actor": rita, "object": follow });
        self.takes_in(&accept).await;
    }

    async fn account(&self, iri: &str) -> i64 {
        let iri = Iri::parse(iri).unwrap();
        let found = comity::accounts::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap();
        found.unwrap().id
    }
}

coast_test! {
    async fn what_a_rule_adds_is_told_wherever_it_is_shown(coast) {
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        coast.alice.get("/boundaries").await.is(200).shows("More").shows("Their pictures and files are left out.");
        let open = coast.peer.domain("open");
        let wrong = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "everything"), ("scope", "mine")];
        coast.alice.post("/boundaries", &wrong).await.is(422).shows("is none of media, sensitive");
        let two = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("conditions", "direct"), ("scope", "community")];
        marta.post("/boundaries", &two).await.is(303);
        for path in ["/boundaries".to_owned(), format!("/why?about={open}")] {
            let page = coast.bob.get(&path).await.is(200);
            assert!(page.body.matches("Their pictures and files are left out.").count() > usize::from(path == "/boundaries"), "{path}");
            page.shows("No direct messages, neither from them nor to them.");
        }
    }

    async fn a_rule_may_only_add_something_and_is_told_so_to_everybody(coast) {
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let open = coast.peer.domain("open");
        let mut rule = vec![("pattern", open.as_str()), ("stance", "unchanged"), ("scope", "community"), ("reason", "Too many gulls")];
        marta.post("/boundaries", &rule).await.is(422).shows("choose what is added to that");
        rule.push(("conditions", "media"));
        marta.post("/boundaries", &rule).await.leads("/boundaries");
        let told = coast.town.anonymous().get("/about/boundaries.json").await.is(200).json();
        assert_eq!((&told["rules"][0]["about"], &told["rules"][0]["stance"]), (&json!(open), &json!("unchanged")));
        assert_eq!(told["rules"][0]["conditions"], json!(["drop media"]));
        let words = "as is decided otherwise, and adds to it (drop media)";
        coast.bob.get(&format!("/why?about={open}")).await.is(200).shows(words).shows("Too many gulls");
        let page = coast.rita_says("1", "Look at this").await;
        coast.bob.get(&page).await.is(200).shows("Look at this").hides("A gull");
    }

    async fn whoever_adds_something_ends_no_boundary_by_it(coast) {
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let open = coast.peer.domain("open");
        let rule = |stance: &'static str| [("pattern", open.as_str()), ("stance", stance), ("conditions", "media"), ("scope", "community")];
        let scope = comity::rules::of_community(&coast.town.community());
        let stances = || {
            let rules = comity::rules::in_force(&coast.town.app, scope);
            rules.iter().map(|rule| rule.stance.as_str()).collect::<Vec<_>>()
        };
        marta.post("/boundaries", &rule("withheld")).await.leads("/boundaries");
        marta.post("/boundaries", &rule("unchanged")).await.is(422).shows("which this one would end");
        assert_eq!(stances(), ["withheld"]);
        let withheld = comity::rules::in_force(&coast.town.app, scope)[0].id.0;
        comity::rules::end(&coast.town.app, scope, withheld, None).await.unwrap();
        for _ in 0..2 {
            marta.post("/boundaries", &rule("unchanged")).await.leads("/boundaries");
            assert_eq!(stances(), ["unchanged"]);
        }
    }

    async fn l60_a_follow_that_a_members_rule_suspends_brings_nothing_in(coast) {
        coast.alice_follows_rita().await;
        let rita = coast.peer.iri("open", "rita");
        let open = coast.peer.domain("open");
        let stored = async |coast: &Coast, number: &str| {
            coast.takes_in(&peer::create(&rita, number, "Low water", None, None)).await;
            coast.number(&format!("{rita}/statuses/{number}")).await.is_some()
        };
        assert!(stored(&coast, "1").await);
        let rule = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "they sell what they read")];
        coast.alice.post("/boundaries", &rule).await.leads("/boundaries");
        assert!(!stored(&coast, "2").await, "nobody here follows her by a follow that works");
        let page = coast.alice.get("/boundaries").await.is(200);
        let rule = page.number_after("/boundaries/").unwrap();
        coast.alice.post(&format!("/boundaries/{rule}/remove"), &[("step", "set")]).await.is(303);
        assert!(stored(&coast, "3").await);
    }

    async fn what_only_a_suspended_member_follows_is_not_taken_in(coast) {
        coast.alice_follows_rita().await;
        let rita = coast.peer.iri("open", "rita");
        let stored = async |coast: &Coast, number: &str| {
            coast.takes_in(&peer::create(&rita, number, "Low water", None, None)).await;
            coast.number(&format!("{rita}/statuses/{number}")).await.is_some()
        };
        assert!(stored(&coast, "1").await);
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let at = format!("/moderation/accounts/{}", coast.alice.account.id);
        marta.post(&at, &[("action", "suspend"), ("reason", "Threats")]).await.is(303);
        assert!(!stored(&coast, "2").await, "who follows her reads nothing");
        marta.post(&at, &[("action", "lift"), ("reason", "")]).await.is(303);
        assert!(stored(&coast, "3").await);
    }

    async fn files_are_left_out_and_words_put_behind_a_warning_for_whom_the_rule_is(coast) {
        let page = coast.rita_says("1", "Look at this").await;
        coast.alice.get(&page).await.is(200).shows("A gull").hides("files left out");
        let mut alice = std::mem::replace(&mut coast.alice, coast.town.member("alia").await);
        coast.adds(&mut alice, "media", "mine").await;
        alice.get(&page).await.is(200).shows("Look at this").shows("files left out").hides("A gull");
        coast.bob.get(&page).await.is(200).shows("A gull");
        coast.adds(&mut alice, "sensitive", "mine").await;
        alice.get(&page).await.is(200).shows("A boundary puts this behind a warning").shows("A gull");
        coast.bob.get(&page).await.is(200).hides("A boundary puts this behind a warning");
        // A community's rule holds for all, and what comes under it is not even kept.
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        coast.adds(&mut marta, "media", "community").await;
        coast.alice = alice;
        let later = coast.rita_says("2", "And at this").await;
        coast.bob.get(&page).await.is(200).hides("A gull");
        coast.bob.get(&later).await.is(200).shows("And at this").hides("A gull");
    }

    async fn a_member_has_a_notice_said_under_what_goes_to_a_server_and_to_no_other(coast) {
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "notice"), ("scope", "mine"), ("reason", "I did not choose your terms")];
        coast.alice.post("/boundaries", &rule).await.leads("/boundaries");
        coast.alice.get("/boundaries").await.is(200).shows("What is sent to them carries a notice").shows("I did not choose your terms");
        coast.town.post(&mut coast.alice, "See you at the quay", "public").await;
        coast.town.post(&mut coast.bob, "I am there already", "public").await;
        coast.is_idle().await;
        let content = |server: &str, number: usize| coast.got(server, "Create")[number]["object"]["content"].as_str().unwrap().to_owned();
        let notice = format!("The author attaches this to what goes to {open}: I did not choose your terms.");
        let (first, second) = (content("open", 0), content("open", 1));
        let (hers, his) = if first.contains("quay") { (first, second) } else { (second, first) };
        assert!(hers.contains(&notice), "{hers}");
        assert!(!his.contains("attaches"), "{his}");
        for number in 0..2 {
            assert!(!content("kept", number).contains("attaches"));
        }
        // What names single people there goes to each of their inboxes.
        let text = format!("@rita@{open} @nora@{open} between us");
        coast.town.post(&mut coast.alice, &text, "direct").await;
        coast.is_idle().await;
        let direct: Vec<_> = coast.got("open", "Create").split_off(2);
        assert_eq!(direct.len(), 2);
        assert!(direct.iter().all(|create| create["object"]["content"].as_str().unwrap().contains(&notice)));
    }

    async fn boosts_of_theirs_are_not_taken(coast) {
        coast.alice_follows_rita().await;
        let bobs = coast.town.post(&mut coast.bob, "From the harbour", "public").await;
        coast.is_idle().await;
        let rita = coast.peer.iri("open", "rita");
        let boost = |number: &str| {
            let public = "https://www.w3.org/ns/activitystreams#Public";
            let iri = format!("{}/users/bob/statuses/{}", coast.town.community().iri("").as_str().trim_end_matches('/'), bobs.id);
            json!({ "id": format!("{rita}/boosts/{number}"), "type": "Announce", "actor": rita, "to": [public], "object": iri })
        };
        let first = boost("1");
        coast.takes_in(&first).await;
        assert!(coast.number(&format!("{rita}/boosts/1")).await.is_some());
        coast.alice.get("/home").await.is(200).shows("From the harbour");
        // What somebody elsewhere shares of what somebody elsewhere wrote comes as well.
        let olga = coast.peer.iri("kept", "olga");
        let mut note = peer::create(&olga, "7", "From another shore", None, None)["object"].take();
        note["@context"] = json!("https://www.w3.org/ns/activitystreams");
        coast.peer.serves(&note);
        let mut shared = boost("3");
        shared["object"] = note["id"].clone();
        coast.takes_in(&shared).await;
        coast.alice.get("/home").await.is(200).shows("From another shore");
        let mut alice = std::mem::replace(&mut coast.alice, coast.town.member("alia").await);
        coast.adds(&mut alice, "boosts", "mine").await;
        alice.get("/home").await.is(200).hides("From the harbour").hides("From another shore");
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        coast.adds(&mut marta, "boosts", "community").await;
        let second = json!({ "id": format!("{rita}/boosts/2"), "type": "Announce", "actor": rita, "to": first["to"], "object": first["object"] });
        coast.takes_in(&second).await;
        assert!(coast.number(&format!("{rita}/boosts/2")).await.is_none());
        coast.alice = alice;
        let page = coast.rita_says("1", "Pass it on").await;
        let id = page.rsplit('/').next().unwrap();
        coast.bob.post(&format!("/statuses/{id}/reblog"), &[]).await.is(403);
    }

    async fn answers_and_follows_of_theirs_wait_for_a_yes(coast) {
        let post = coast.town.post(&mut coast.alice, "Who is there", "public").await;
        coast.is_idle().await;
        let mut alice = std::mem::replace(&mut coast.alice, coast.town.member("alia").await);
        coast.adds(&mut alice, "replies", "mine").await;
        let rita = coast.peer.iri("open", "rita");
        let parent = format!("{}/statuses/{}", alice.account.iri, post.id);
        let answer = peer::create(&rita, "1", "I am here", Some(&parent), Some(alice.account.iri.as_str()));
        coast.takes_in(&answer).await;
        let conversation = format!("/@alice/{}", post.id);
        coast.bob.get(&conversation).await.is(200).hides("I am here");
        let queue = alice.get("/contacts").await.is(200).shows("I am here");
        let waiting = queue.number_after("action=\"/contacts/").unwrap();
        alice.post(&format!("/contacts/{waiting}/let-in"), &[]).await.is(303);
        coast.bob.get(&conversation).await.is(200).shows("I am here");

        coast.adds(&mut alice, "follows", "mine").await;
        coast.alice = alice;
        coast.follows("open", "nora", &coast.alice).await;
        coast.is_idle().await;
        coast.alice.get("/follow-requests").await.is(200).shows("nora");
        coast.follows("open", "nora", &coast.bob).await;
        coast.is_idle().await;
        coast.bob.get("/follow-requests").await.is(200).hides("nora");
    }

    async fn no_direct_messages_pass_in_either_direction(coast) {
        let mut alice = std::mem::replace(&mut coast.alice, coast.town.member("alia").await);
        coast.adds(&mut alice, "direct", "mine").await;
        let rita = coast.peer.iri("open", "rita");
        let direct = |number: &str, to: &str, words: &str| {
            let mut said = peer::create(&rita, number, words, None, Some(to));
            for side in ["to", "cc"] {
                let whom = if side == "to" { json!([to]) } else { json!([]) };
                said[side] = whom.clone();
                said["object"][side] = whom;
            }
            said
        };
        coast.takes_in(&direct("1", alice.account.iri.as_str(), "Between us")).await;
        coast.takes_in(&direct("2", coast.bob.account.iri.as_str(), "Between the two of us")).await;
        alice.get("/notifications").await.is(200).hides("Between us");
        coast.bob.get("/notifications").await.is(200).shows("Between the two of us");
        let text = format!("@rita@{} a word", coast.peer.domain("open"));
        let word = [("text", text.as_str()), ("visibility", "direct")];
        let refused = alice.post("/compose", &word).await;
        assert!([403, 422].contains(&refused.status.as_u16()), "{}", refused.status);
        refused.shows("rita");
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty());
        // What is for everybody passes.
        alice.post("/compose", &[("text", &text), ("visibility", "public")]).await.is(303);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1);
    }
}
