//! Who may answer, favourite, boost and quote: what members lay down, and what others' servers say.

use comity_policy::Approval;
use http::Method;
use serde_json::{Value, json};

use crate::coast::Coast;
use crate::peer;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

impl Coast {
    /// Rita writes to alice, and her server says this of who may do what with it.
    async fn rita_leaves(&self, number: &str, words: &str, policy: Value) -> (i64, String) {
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let mut post = peer::create(&rita, number, words, None, Some(&alice));
        post["object"]["interactionPolicy"] = policy;
        self.brings(&post).await;
        let id = self
            .id_of(&format!("{rita}/statuses/{number}"))
            .await
            .unwrap();
        (id, format!("/@rita@{}/{id}", self.peer.domain("open")))
    }

    /// Alice writes, and says who may answer.
    async fn alice_lets(&mut self, answers: &str) -> (crate::acts::Post, String) {
        let fields = [
            ("text", "What do you think?"),
            ("visibility", "public"),
            ("answers", answers),
        ];
        let post = self.town.compose(&mut self.alice, &fields).await;
        self.is_idle().await;
        let iri = format!("{}/statuses/{}", self.alice.account.iri, post.id);
        (post, iri)
    }

    /// What a server was told of an answer, the newest last.
    fn told_of(&self, server: &str, kind: &str, answer: &str) -> Vec<Value> {
        let mut told = self.got(server, kind);
        told.retain(|one| one["object"] == answer || one["object"]["instrument"] == answer);
        told
    }

    async fn approval(&self, id: i64) -> Approval {
        comity::statuses::load_one(&self.town.app, id)
            .await
            .unwrap()
            .approval
    }

    async fn stamp(&self, by: &str, stamp: &str) -> crate::town::Answer {
        let path = stamp.strip_prefix("http://harbour.localhost").unwrap();
        self.signed(by, Method::GET, path, "").await
    }

    /// Bob answers rita, whose server says that answers need a yes; it waits.
    async fn bob_asks_rita(&mut self) -> (i64, String, String) {
        let (id, page) = self
            .rita_leaves(
                "1",
                "Ask me",
                json!({ "canReply": { "manualApproval": [PUBLIC], "automaticApproval": [] } }),
            )
            .await;
        self.bob
            .get(&format!("/compose?in_reply_to={id}"))
            .await
            .is(200)
            .shows("waits for a yes of @rita");
        let fields = [
            ("text", "May I, says bob"),
            ("visibility", "public"),
            ("in_reply_to", &id.to_string()),
        ];
        let answer = self.town.compose(&mut self.bob, &fields).await;
        self.is_idle().await;
        let iri = format!("{}/statuses/{}", self.bob.account.iri, answer.id);
        (answer.id, iri, page)
    }
}

/// A stamp of rita's.
fn stamp(id: &str, by: &str, object: &str, target: &str) -> Value {
    json!({ "type": "ReplyAuthorization", "id": id, "attributedTo": by, "interactingObject": object, "interactionTarget": target })
}

fn yes(by: &str, number: &str, object: &str, result: &str) -> Value {
    json!({ "type": "Accept", "id": format!("{by}#accepts/{number}"), "actor": by, "object": object, "result": result })
}

fn no(by: &str, number: &str, object: &str) -> Value {
    json!({ "type": "Reject", "id": format!("{by}#rejects/{number}"), "actor": by, "object": object })
}

coast_test! {
    async fn a_member_says_once_who_may_answer_and_each_post_may_say_something_else(coast) {
        coast.alice.get("/settings/writing").await.is(200).shows("Answers wait for my yes");
        coast.alice.post("/settings/writing", &[("answers", "some")]).await.is(422);
        coast.alice.post("/settings/writing", &[("answers", "asking")]).await.is(303);
        let composer = coast.alice.get("/compose").await.is(200);
        assert!(composer.body.contains(r#"<option value="asking" selected>"#), "{}", composer.body);
        coast.town.post(&mut coast.alice, "Ask me first", "public").await;
        coast.town.compose(&mut coast.alice, &[("text", "Speak up"), ("visibility", "public"), ("answers", "everyone")]).await;
        coast.is_idle().await;
        let sent = |words: &str| {
            let found = coast.got("open", "Create").into_iter().find(|sent| sent.to_string().contains(words));
            found.unwrap()["object"]["interactionPolicy"].clone()
        };
        let (asks, open) = (sent("Ask me first"), sent("Speak up"));
        let alice = coast.alice.account.iri.as_str();
        assert_eq!(asks["canReply"]["automaticApproval"], json!([alice]));
        assert_eq!(asks["canReply"]["manualApproval"], json!([PUBLIC]));
        assert_eq!(asks["canReply"]["approvalRequired"], json!([PUBLIC]), "under its older name as well");
        assert!(open["canReply"].is_null(), "everybody may: {open}");
    }

    async fn answers_wait_for_a_yes_where_their_author_says_so(coast) {
        let post = coast.town.compose(&mut coast.alice, &[("text", "Ask me first"), ("visibility", "public"), ("answers", "asking")]).await;
        coast.is_idle().await;
        let id = post.id.to_string();
        coast.bob.get(&format!("/compose?in_reply_to={id}")).await.is(200).shows("waits for a yes of @alice");
        let from_bob = coast.town.reply(&mut coast.bob, &post, "May I, says bob", "public").await;
        let nora = coast.peer.iri("open", "nora");
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        coast.brings(&peer::create(&nora, "1", "May I, says nora", Some(&iri), None)).await;
        let from_nora = coast.id_of(&format!("{nora}/statuses/1")).await.unwrap();
        let mut marta = coast.town.member("marta").await;
        marta.get(&post.path).await.is(200).hides("says bob").hides("says nora");
        coast.alice.get("/contacts").await.is(200).shows("says bob").shows("says nora");
        for waiting in [from_bob.id, from_nora] {
            coast.alice.post(&format!("/contacts/{waiting}/let-in"), &[]).await.is(303);
        }
        marta.get(&post.path).await.is(200).shows("says bob").shows("says nora");
    }

    async fn what_a_server_elsewhere_says_of_who_may_answer_is_held_before_a_member_writes(coast) {
        let rita = coast.peer.iri("open", "rita");
        for (number, names) in [("1", ["always", "approvalRequired"]), ("2", ["automaticApproval", "manualApproval"])] {
            let policy = json!({ "canReply": { names[0]: [format!("{rita}/followers")], names[1]: [] } });
            let (id, page) = coast.rita_leaves(number, "For my followers to answer", policy).await;
            let why = "lets only their followers and whom it names answer this";
            coast.bob.get(&page).await.is(200).shows(why);
            let answer = [("text", "But I"), ("visibility", "public"), ("in_reply_to", &id.to_string())];
            coast.bob.post("/compose", &answer).await.is(422).shows(why);
            // It names alice, and nobody is spoken of who may not speak.
            coast.alice.get(&page).await.is(200).hides(why);
            coast.alice.post("/compose", &answer).await.is(303);
        }
    }

    async fn favourites_and_boosts_keep_to_what_the_author_says(coast) {
        let rita = coast.peer.iri("open", "rita");
        let only = json!({ "canLike": { "always": [rita] }, "canAnnounce": { "always": [rita, coast.alice.account.iri.as_str()] } });
        let (id, page) = coast.rita_leaves("1", "Leave it", only).await;
        coast.bob.get(&page).await.is(200);
        coast.bob.post(&format!("/statuses/{id}/favourite"), &[]).await.is(403).shows("lets nobody favourite this");
        coast.bob.post(&format!("/statuses/{id}/reblog"), &[]).await.is(403).shows("lets only some people they chose boost this");
        coast.alice.post(&format!("/statuses/{id}/reblog"), &[]).await.is(303);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Like").len(), 0);
        // She thinks better of it, without changing a word.
        let mut update = peer::create(&rita, "1", "Leave it", None, Some(coast.alice.account.iri.as_str()));
        update["type"] = json!("Update");
        update["id"] = json!(format!("{rita}#again"));
        update["object"]["updated"] = json!("2026-01-01T00:00:00Z");
        coast.brings(&update).await;
        coast.bob.post(&format!("/statuses/{id}/favourite"), &[]).await.is(303);
        let status = comity::statuses::load_one(&coast.town.app, id).await.unwrap();
        assert_eq!(status.edited_at, None, "that is no edit");
    }

    async fn what_everybody_may_says_nothing_that_anybody_has_to_be_told(coast) {
        let all = json!({ "always": [PUBLIC], "approvalRequired": [], "automaticApproval": [PUBLIC], "manualApproval": [] });
        let (id, _) = coast.rita_leaves("1", "As you like", json!({ "canReply": all, "canLike": all, "canAnnounce": all })).await;
        let status = comity::statuses::load_one(&coast.town.app, id).await.unwrap();
        assert_eq!((&status.wishes.reply, &status.wishes.favourite, &status.wishes.reblog), (&None, &None, &None));
        let answer = [("text", "Gladly"), ("visibility", "public"), ("in_reply_to", &id.to_string())];
        coast.bob.post("/compose", &answer).await.is(303);
        let rita = coast.peer.iri("open", "rita");
        coast.signed(&rita, Method::GET, "/users/bob/outbox?page=true", "").await.is(200).shows("Gladly");
    }

    async fn l26_an_answer_let_in_has_a_stamp_that_says_nothing_of_it_and_can_be_taken_back(coast) {
        let (_, iri) = coast.alice_lets("asking").await;
        let (nora, lena) = (coast.peer.iri("open", "nora"), coast.peer.iri("kept", "lena"));
        let answer = format!("{nora}/statuses/1");
        coast.brings(&peer::create(&nora, "1", "A word from nora", Some(&iri), None)).await;
        let id = coast.id_of(&answer).await.unwrap();
        assert!(coast.told_of("open", "Accept", &answer).is_empty(), "it waits");
        coast.alice.post(&format!("/contacts/{id}/let-in"), &[]).await.is(303);
        coast.is_idle().await;
        let told = coast.told_of("open", "Accept", &answer);
        assert_eq!(told.len(), 1);
        let at = told[0]["result"].as_str().unwrap().to_owned();
        let shown = coast.stamp(&lena, &at).await.is(200).hides("A word from nora");
        let shown: Value = serde_json::from_str(&shown.body).unwrap();
        for (field, is) in [("type", "ReplyAuthorization"), ("id", &at), ("interactingObject", &answer), ("interactionTarget", &iri)] {
            assert_eq!(shown[field], is, "{field}");
        }
        assert_eq!(shown["attributedTo"], coast.alice.account.iri.as_str());
        let path = at.strip_prefix("http://harbour.localhost").unwrap().to_owned();
        coast.town.anonymous().get(&path).await.is(401);
        coast.stamp(&lena, &at.replace("/alice/", "/bob/")).await.is(404);
        coast.alice.post(&format!("/statuses/{id}/take-out"), &[]).await.is(303);
        coast.is_idle().await;
        coast.stamp(&lena, &at).await.is(404);
        assert!(!coast.told_of("open", "Reject", &answer).is_empty(), "whoever answered hears of it");
        let others = coast.told_of("kept", "Reject", &answer);
        assert_eq!(others.len(), 1, "and those who have what is answered");
        assert!(!others[0].to_string().contains("A word"));
        let by_itself = format!("/@nora@{}/{id}", coast.peer.domain("open"));
        coast.alice.get(&by_itself).await.is(200).shows("A word from nora");

        coast.alice.post(&format!("/statuses/{id}/put-back"), &[]).await.is(303);
        coast.is_idle().await;
        let again = coast.told_of("kept", "Accept", &answer);
        coast.stamp(&lena, again[0]["result"].as_str().unwrap()).await.is(200);
        assert_eq!(coast.told_of("open", "Accept", &answer).len(), 3, "once alone, and twice as everybody");
        coast.alice_refuses_kept().await;
        coast.stamp(&lena, again[0]["result"].as_str().unwrap()).await.is(404);
    }

    async fn l26_a_stamp_names_an_answer_to_nobody_who_may_not_see_it(coast) {
        let (_, iri) = coast.alice_lets("asking").await;
        let (nora, rita, lena) = (coast.peer.iri("open", "nora"), coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let answer = format!("{nora}/statuses/1");
        let mut quiet = peer::create(&nora, "1", "For those who follow me", Some(&iri), None);
        for addressed in ["/to", "/object/to"] {
            *quiet.pointer_mut(addressed).unwrap() = json!([format!("{nora}/followers"), coast.alice.account.iri.as_str()]);
        }
        coast.brings(&quiet).await;
        let at = coast.told_of("open", "Accept", &answer)[0]["result"].as_str().unwrap().to_owned();
        coast.stamp(&lena, &at).await.is(404);
        coast.stamp(&nora, &at).await.is(200);
        // Her server reads it, whoever of it asks.
        coast.stamp(&rita, &at).await.is(200);
        let open = coast.peer.domain("open");
        let refuse = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "mine")];
        coast.alice.post("/boundaries", &refuse).await.is(303);
        coast.stamp(&nora, &at).await.is(404);
    }

    async fn whoever_may_not_answer_hears_a_no_and_nobody_hears_of_a_rule(coast) {
        let (_, iri) = coast.alice_lets("nobody").await;
        let (nora, olga) = (coast.peer.iri("open", "nora"), coast.peer.iri("kept", "olga"));
        coast.brings(&peer::create(&nora, "1", "But I do", Some(&iri), None)).await;
        assert_eq!(coast.told_of("open", "Reject", &format!("{nora}/statuses/1")).len(), 1);
        coast.alice_refuses_kept().await;
        coast.brings(&peer::create(&olga, "1", "And I", Some(&iri), None)).await;
        assert!(coast.told_of("kept", "Reject", &format!("{olga}/statuses/1")).is_empty());
        // Nor whoever waited when the rule came.
        let (_, iri) = coast.alice_lets("asking").await;
        let lena = coast.peer.iri("open", "lena");
        let waits = format!("{lena}/statuses/1");
        coast.brings(&peer::create(&lena, "1", "May I", Some(&iri), None)).await;
        let id = coast.id_of(&waits).await.unwrap();
        let refuse = [("pattern", lena.as_str()), ("stance", "refused"), ("scope", "mine")];
        coast.alice.post("/boundaries", &refuse).await.is(303);
        coast.alice.post(&format!("/contacts/{id}/dismiss"), &[]).await.is(303);
        coast.is_idle().await;
        assert!(coast.told_of("open", "Reject", &waits).is_empty());
        // Nor of what they cannot see.
        let fields = [("text", "For those who follow"), ("visibility", "private"), ("answers", "nobody")];
        let private = coast.town.compose(&mut coast.alice, &fields).await;
        let hidden = format!("{}/statuses/{}", coast.alice.account.iri, private.id);
        coast.brings(&peer::create(&nora, "3", "I guess", Some(&hidden), None)).await;
        assert!(coast.told_of("open", "Reject", &format!("{nora}/statuses/3")).is_empty());
        // Where nothing is said to everybody, what a rule holds back ends in silence.
        let open = coast.peer.domain("open");
        let ask = [("pattern", open.as_str()), ("stance", "ask"), ("scope", "mine")];
        coast.alice.post("/boundaries", &ask).await.is(303);
        let (_, iri) = coast.alice_lets("everyone").await;
        coast.brings(&peer::create(&nora, "2", "May I ask", Some(&iri), None)).await;
        let id = coast.id_of(&format!("{nora}/statuses/2")).await.unwrap();
        coast.alice.post(&format!("/contacts/{id}/dismiss"), &[]).await.is(303);
        coast.is_idle().await;
        assert!(coast.told_of("open", "Reject", &format!("{nora}/statuses/2")).is_empty());
    }

    async fn a_request_for_an_answer_that_waits_is_answered_once_somebody_decides(coast) {
        let (_, iri) = coast.alice_lets("asking").await;
        let nora = coast.peer.iri("open", "nora");
        for (number, act, hears) in [("1", "let-in", "Accept"), ("2", "dismiss", "Reject")] {
            let mut note = peer::create(&nora, number, "May I", Some(&iri), None)["object"].clone();
            note["@context"] = json!("https://www.w3.org/ns/activitystreams");
            coast.peer.serves(&note);
            let answer = format!("{nora}/statuses/{number}");
            let request = json!({ "type": "ReplyRequest", "id": format!("{answer}/request"), "actor": nora, "object": iri, "instrument": answer });
            coast.brings(&request).await;
            let id = coast.id_of(&answer).await.unwrap();
            assert!(coast.told_of("open", hears, &answer).is_empty());
            coast.alice.post(&format!("/contacts/{id}/{act}"), &[]).await.is(303);
            coast.is_idle().await;
            let told = coast.told_of("open", hears, &answer).pop().unwrap();
            assert_eq!((&told["object"]["type"], &told["object"]["id"]), (&json!("ReplyRequest"), &json!(format!("{answer}/request"))), "{told}");
        }
    }

    async fn a_request_to_answer_is_read_at_its_server_and_answered_by_who_may(coast) {
        let (post, iri) = coast.alice_lets("followers").await;
        for (name, hears) in [("rita", "Accept"), ("nora", "Reject")] {
            let by = coast.peer.iri("open", name);
            let mut note = peer::create(&by, "9", &format!("Says {name}"), Some(&iri), None)["object"].clone();
            note["@context"] = json!("https://www.w3.org/ns/activitystreams");
            coast.peer.serves(&note);
            let answer = format!("{by}/statuses/9");
            let request = json!({ "type": "ReplyRequest", "id": format!("{answer}/request"), "actor": by, "object": iri, "instrument": note });
            coast.brings(&request).await;
            let told = coast.told_of("open", hears, &answer);
            let told = told.iter().find(|one| one["object"]["type"] == "ReplyRequest").unwrap_or_else(|| panic!("{name}"));
            assert_eq!(told["object"]["id"], format!("{answer}/request"));
            assert_eq!(told.get("result").is_some(), hears == "Accept");
        }
        coast.bob.get(&post.path).await.is(200).shows("Says rita").hides("Says nora");
    }

    async fn attack_19_who_asks_to_answer_what_they_cannot_see_is_not_even_looked_at(coast) {
        let fields = [("text", "For those who follow"), ("visibility", "private"), ("answers", "asking")];
        let post = coast.town.compose(&mut coast.alice, &fields).await;
        let hidden = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let (_, open) = coast.alice_lets("everyone").await;
        let (nora, rita) = (coast.peer.iri("open", "nora"), coast.peer.iri("open", "rita"));
        for (number, by, asks, answers, was_asked, is_kept) in [
            ("1", &nora, &hidden, &hidden, false, false),
            ("2", &rita, &hidden, &hidden, true, true),
            // Nothing comes in by that but answers to what is asked about.
            ("3", &nora, &open, &hidden, true, false),
            ("4", &nora, &open, &format!("{nora}/statuses/0"), true, false),
        ] {
            let mut note = peer::create(by, number, "May I", Some(answers), None)["object"].clone();
            note["@context"] = json!("https://www.w3.org/ns/activitystreams");
            coast.peer.serves(&note);
            let answer = format!("{by}/statuses/{number}");
            let request = json!({ "type": "ReplyRequest", "id": format!("{answer}/request"), "actor": by, "object": asks, "instrument": answer });
            coast.brings(&request).await;
            assert_eq!(coast.peer.was_asked_for(&answer), was_asked, "{number}");
            assert_eq!(coast.id_of(&answer).await.is_some(), is_kept, "{number}");
        }
        assert!(!coast.peer.was_asked_for(&format!("{nora}/statuses/0")), "and nobody climbs from there");
        assert!(coast.got("open", "Reject").is_empty());
    }

    async fn an_answer_that_needs_a_yes_elsewhere_goes_to_nobody_else_until_it_has_one(coast) {
        let (id, answer, page) = coast.bob_asks_rita().await;
        let mut marta = coast.town.member("marta").await;
        marta.get(&page).await.is(200).hides("says bob");
        coast.bob.get(&page).await.is(200).shows("says bob").shows("waits for a yes of @rita");
        let brought = |server: &str| coast.got(server, "Create").into_iter().find(|one| one["object"]["id"] == answer);
        assert!(brought("open").is_some(), "her server is asked with it");
        assert!(brought("kept").is_none(), "his followers do not have it yet");
        let lena = coast.peer.iri("kept", "lena");
        coast.signed(&lena, Method::GET, &format!("/users/bob/statuses/{id}"), "").await.is(404);

        let rita = coast.peer.iri("open", "rita");
        let at = format!("{rita}/stamps/1");
        coast.peer.serves(&stamp(&at, &rita, &answer, &format!("{rita}/statuses/1")));
        coast.brings(&yes(&rita, "1", &answer, &at)).await;
        marta.get(&page).await.is(200).shows("says bob");
        assert_eq!(coast.approval(id).await, Approval::Stands);
        let note = coast.got("kept", "Create").into_iter().find(|one| one["object"]["id"] == answer).unwrap()["object"].clone();
        assert_eq!((&note["replyAuthorization"], &note["approvedBy"]), (&json!(at), &json!(at)));

        // Said again, it is no news.
        for number in ["1b", "1c"] {
            let other = format!("{rita}/stamps/{number}");
            coast.peer.serves(&stamp(&other, &rita, &answer, &format!("{rita}/statuses/1")));
            coast.brings(&yes(&rita, number, &answer, &other)).await;
        }
        assert!(coast.got("kept", "Update").is_empty());

        // She takes it back: those who have it hear that it has no stamp any more.
        coast.peer.withdraws(&at);
        coast.brings(&no(&rita, "1", &answer)).await;
        marta.get(&page).await.is(200).hides("says bob");
        coast.bob.get(&format!("/@bob/{id}")).await.is(200).shows("took it out of the conversation");
        assert!(coast.got("kept", "Update")[0]["object"].get("replyAuthorization").is_none());
        coast.brings(&yes(&rita, "again", &answer, &at)).await;
        marta.get(&page).await.is(200).hides("says bob");

        // Who changes their mind on and on is not passed on.
        coast.peer.serves(&stamp(&at, &rita, &answer, &format!("{rita}/statuses/1")));
        for number in 0..9 {
            coast.brings(&yes(&rita, &format!("on-{number}"), &answer, &at)).await;
            coast.brings(&no(&rita, &format!("off-{number}"), &answer)).await;
        }
        let told = coast.got("kept", "Update").len();
        assert!(told < 9, "told {told} times");
        marta.get(&page).await.is(200).hides("says bob");
    }

    async fn whom_a_post_answers_without_naming_them_waits_as_everybody_does(coast) {
        let post = coast.town.compose(&mut coast.bob, &[("text", "I say"), ("visibility", "public")]).await;
        let (rita, alice) = (coast.peer.iri("open", "rita"), coast.alice.account.iri.to_string());
        let said = format!("{}/statuses/{}", coast.bob.account.iri, post.id);
        let mut answer = peer::create(&rita, "1", "Ask me", Some(&said), Some(&alice));
        answer["object"]["interactionPolicy"] = json!({ "canReply": { "manualApproval": [PUBLIC], "automaticApproval": [] } });
        coast.brings(&answer).await;
        let id = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        coast.bob.get(&format!("/compose?in_reply_to={id}")).await.is(200).shows("waits for a yes of @rita");
        let fields = [("text", "May I, says bob"), ("visibility", "public"), ("in_reply_to", &id.to_string())];
        let waits = coast.town.compose(&mut coast.bob, &fields).await;
        coast.is_idle().await;
        assert!(matches!(coast.approval(waits.id).await, Approval::Waits { .. }));
        assert!(coast.got("kept", "Create").iter().all(|one| !one.to_string().contains("May I")));
    }

    async fn what_waits_for_a_yes_does_not_come_out_when_what_it_answers_is_deleted(coast) {
        let (id, _, page) = coast.bob_asks_rita().await;
        let rita = coast.peer.iri("open", "rita");
        let delete = json!({ "type": "Delete", "id": format!("{rita}/statuses/1#delete"), "actor": rita, "object": format!("{rita}/statuses/1") });
        coast.brings(&delete).await;
        coast.bob.get(&page).await.is(404);
        coast.bob.get(&format!("/@bob/{id}")).await.is(200).shows("turned it down; nobody else sees it");
        coast.alice.get(&format!("/@bob/{id}")).await.is(404);
        assert!(coast.got("kept", "Create").iter().all(|one| !one.to_string().contains("says bob")));
    }

    async fn attack_15_no_stamp_but_the_right_one_lets_an_answer_stand(coast) {
        let (id, answer, page) = coast.bob_asks_rita().await;
        let (rita, nora, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("open", "nora"), coast.peer.iri("kept", "lena"));
        let target = format!("{rita}/statuses/1");
        let mut number = 0;
        let mut wrong = |by: &str, object: &str, target: &str, kind: &str| {
            number += 1;
            let mut lie = stamp(&format!("{rita}/lies/{number}"), by, object, target);
            lie["type"] = json!(kind);
            lie
        };
        let lies = [
            wrong(&nora, &answer, &target, "ReplyAuthorization"),
            wrong(&rita, &format!("{answer}0"), &target, "ReplyAuthorization"),
            wrong(&rita, &answer, &format!("{rita}/statuses/2"), "ReplyAuthorization"),
            wrong(&rita, &answer, &target, "LikeAuthorization"),
            wrong(&rita, &answer, &target, "Note"),
        ];
        for (n, lie) in lies.iter().enumerate() {
            coast.peer.serves(lie);
            coast.brings(&yes(&rita, &format!("lie-{n}"), &answer, lie["id"].as_str().unwrap())).await;
        }
        // Of another server, or of nobody at all; and somebody else's yes with a good one.
        let elsewhere = format!("{lena}/stamps/1");
        coast.peer.serves(&stamp(&elsewhere, &rita, &answer, &target));
        coast.brings(&yes(&rita, "elsewhere", &answer, &elsewhere)).await;
        coast.brings(&yes(&rita, "nowhere", &answer, &format!("{rita}/stamps/none"))).await;
        let good = format!("{rita}/stamps/good");
        coast.peer.serves(&stamp(&good, &rita, &answer, &target));
        for other in [&nora, &lena] {
            coast.brings(&yes(other, "not-mine", &answer, &good)).await;
            coast.brings(&no(other, "not-mine", &answer)).await;
        }
        let mut marta = coast.town.member("marta").await;
        marta.get(&page).await.is(200).hides("says bob");
        assert!(matches!(coast.approval(id).await, Approval::Waits { .. }));
        coast.brings(&no(&rita, "1", &answer)).await;
        coast.bob.get(&format!("/@bob/{id}")).await.is(200).shows("turned it down; nobody else sees it");
        marta.get(&page).await.is(200).hides("says bob");
        assert!(coast.got("kept", "Create").iter().all(|one| one["object"]["id"] != answer));
    }

    async fn answers_of_others_to_others_are_shown_with_a_yes_only(coast) {
        let policy = json!({ "canReply": { "always": [], "approvalRequired": [PUBLIC] } });
        let (_, page) = coast.rita_leaves("1", "Ask me", policy).await;
        let (rita, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "olga"));
        let target = format!("{rita}/statuses/1");
        let answer = format!("{olga}/statuses/1");
        coast.brings(&peer::create(&olga, "1", "A word from olga", Some(&target), None)).await;
        coast.bob.get(&page).await.is(200).hides("A word from olga");
        let mut update = peer::create(&olga, "1", "A word from olga", Some(&target), None);
        update["type"] = json!("Update");
        for (n, served) in [(1, false), (2, true)] {
            // What could not be had is not asked for again at once.
            let at = format!("{rita}/stamps/{n}");
            update["object"]["replyAuthorization"] = json!(at);
            if served {
                coast.peer.serves(&stamp(&at, &rita, &answer, &target));
            }
            update["id"] = json!(format!("{olga}#update-{n}"));
            coast.brings(&update).await;
            let page = coast.bob.get(&page).await.is(200);
            assert_eq!(page.words().contains("A word from olga"), served);
        }
        coast.brings(&no(&rita, "1", &answer)).await;
        coast.bob.get(&page).await.is(200).hides("A word from olga");
    }

    async fn an_answer_that_came_before_what_it_answers_is_weighed_when_that_comes(coast) {
        let (rita, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "olga"));
        let alice = coast.alice.account.iri.to_string();
        let target = format!("{rita}/statuses/1");
        let at = format!("{rita}/stamps/1");
        coast.peer.serves(&stamp(&at, &rita, &format!("{olga}/statuses/2"), &target));
        for (number, has_stamp) in [("1", false), ("2", true)] {
            let mut early = peer::create(&olga, number, &format!("Early word {number}"), Some(&target), Some(&alice));
            if has_stamp {
                early["object"]["approvedBy"] = json!(at);
            }
            coast.brings(&early).await;
        }
        let (_, page) = coast.rita_leaves("1", "Ask me", json!({ "canReply": { "always": [rita], "approvalRequired": [PUBLIC] } })).await;
        coast.bob.get(&page).await.is(200).shows("Early word 2").hides("Early word 1");

        // Each of many is read, however many there are.
        let target = format!("{rita}/statuses/5");
        for number in 300..325 {
            let at = format!("{rita}/stamps/{number}");
            coast.peer.serves(&stamp(&at, &rita, &format!("{olga}/statuses/{number}"), &target));
            let mut early = peer::create(&olga, &number.to_string(), &format!("Early of many {number}"), Some(&target), Some(&alice));
            early["object"]["replyAuthorization"] = json!(at);
            coast.brings(&early).await;
        }
        let (_, page) = coast.rita_leaves("5", "Ask me", json!({ "canReply": { "always": [rita], "approvalRequired": [PUBLIC] } })).await;
        let page = coast.bob.get(&page).await.is(200);
        assert_eq!(page.words().matches("Early of many").count(), 25);

        // However many need a yes, who needs none does not wait behind them.
        let target = format!("{rita}/statuses/9");
        for number in 100..121 {
            coast.brings(&peer::create(&olga, &number.to_string(), "Early crowd", Some(&target), Some(&alice))).await;
        }
        let lena = coast.peer.iri("kept", "lena");
        coast.brings(&peer::create(&lena, "200", "Early guest", Some(&target), Some(&alice))).await;
        let (_, page) = coast.rita_leaves("9", "Ask me", json!({ "canReply": { "always": [rita, lena], "approvalRequired": [PUBLIC] } })).await;
        coast.bob.get(&page).await.is(200).shows("Early guest").hides("Early crowd");
    }
}
