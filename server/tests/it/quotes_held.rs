//! Quotes against those who play with them: what a member decided stays decided, and nobody decides it for them.

use std::time::Duration;

use comity::communities::Answers;
use comity::members::Role;
use comity::quotes::State;
use http::Method;
use serde_json::{Value, json};

use crate::coast::Coast;
use crate::peer;
use crate::quotes::{WORDS, answer, ends, marta, stamp};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

impl Coast {
    /// Asks whether what they wrote already may quote this (now).
    async fn asks_again(&self, by: &str, number: &str, times: &str, quoted: &str) {
        let quoting = format!("{by}/statuses/{number}");
        let request = json!({ "type": "QuoteRequest", "id": format!("{quoting}/request-{times}"), "actor": by, "object": quoted, "instrument": quoting });
        self.brings(&request).await;
    }

    async fn stamp_of(&self, id: i64) -> Option<String> {
        let status = comity::statuses::load_one(&self.town.app, id)
            .await
            .unwrap();
        status.quote.and_then(|quote| quote.stamp)
    }

    async fn account_of(&self, by: &str) -> i64 {
        let iri = comity_vocab::Iri::parse(by).unwrap();
        let found = comity::accounts::find_by_iri(&self.town.app, &iri).await;
        found.unwrap().unwrap().id
    }
}

/// It quotes this.
fn quotes(iri: &str) -> Value {
    json!({ "quote": iri })
}

coast_test! {
    async fn the_word_of_moderators_is_not_that_of_a_member_who_asks_about_each(coast) {
        let mut marta = coast.is_answered_by(Answers::Either).await;
        let (_, target) = coast.alice_lets_quote("asking").await;
        let asking = [("text", "Ask me"), ("visibility", "public"), ("answers", "asking")];
        let asked = coast.town.compose(&mut coast.alice, &asking).await;
        let plain = coast.town.post(&mut coast.alice, "Say what you like", "public").await;
        coast.is_idle().await;
        let alice = coast.alice.account.iri.to_string();
        let waits = async |coast: &Coast, id: i64| {
            let status = comity::statuses::load_one(&coast.town.app, id).await.unwrap();
            status.waits_for(coast.alice.account.id)
        };
        for (name, act, others_wait) in [("nora", "welcome", false), ("olga", "send-away", true)] {
            let by = coast.peer.iri("open", name);
            let quote = coast.asks_to_quote(&by, "1", &target).await;
            let mut said = vec![coast.id_of(&quote).await.unwrap()];
            for (number, to) in [("2", &asked), ("3", &plain)] {
                let iri = format!("{alice}/statuses/{}", to.id);
                coast.brings(&peer::create(&by, number, "An answer", Some(&iri), None)).await;
                said.push(coast.id_of(&format!("{by}/statuses/{number}")).await.unwrap());
            }
            for id in &said {
                assert!(waits(&coast, *id).await);
            }
            let id = coast.account_of(&by).await;
            marta.post(&format!("/contacts/community/{id}/{act}"), &[]).await.is(303);
            coast.is_idle().await;
            assert_eq!(coast.state(said[0]).await, Some(State::Waits), "{name}");
            assert!(waits(&coast, said[1]).await, "{name}");
            assert_eq!(waits(&coast, said[2]).await, others_wait, "{name}: nobody else sees it");
            coast.alice.get("/contacts").await.is(200).shows("May I show that?");
        }
    }

    async fn what_was_taken_out_or_turned_down_stays_so_whatever_the_other_server_says_next(coast) {
        let (post, target) = coast.alice_lets_quote("asking").await;
        let nora = coast.peer.iri("open", "nora");
        for (number, no) in [("1", State::Removed), ("2", State::Declined)] {
            let quoting = coast.asks_to_quote(&nora, number, &target).await;
            let id = coast.id_of(&quoting).await.unwrap();
            if no == State::Removed {
                coast.alice.post(&format!("/contacts/{id}/let-in"), &[("quote", &*post.id.to_string())]).await.is(303);
                coast.is_idle().await;
                coast.alice.post(&format!("/statuses/{id}/unquote"), &[]).await.is(303);
            } else {
                coast.alice.post(&format!("/contacts/{id}/dismiss"), &[]).await.is(303);
            }
            coast.is_idle().await;
            assert_eq!(coast.state(id).await, Some(no));
            let elsewhere = quotes(&format!("{nora}/statuses/elsewhere"));
            for (times, between) in [("a", json!({})), ("b", elsewhere)] {
                coast.rewrites(&nora, number, "Never mind", times, between).await;
                assert_ne!(coast.state(id).await, Some(no));
                coast.rewrites(&nora, number, "Once more", &format!("{times}2"), quotes(&target)).await;
                coast.asks_again(&nora, number, times, &target).await;
                assert_eq!(coast.state(id).await, Some(no), "{times}");
                coast.alice.get("/contacts").await.is(200).shows("Nobody waits");
            }
            assert!(coast.sent("open", "Reject", &quoting).len() >= 2, "they hear the same again");
        }
    }

    async fn what_its_author_could_not_read_quotes_nobody(coast) {
        let (_, target) = coast.alice_lets_quote("everyone").await;
        let rita = coast.peer.iri("open", "rita");
        let followers = format!("{rita}/followers");
        for (number, to) in [("1", json!([followers])), ("2", json!([coast.bob.account.iri.as_str()]))] {
            let mut note = peer::create(&rita, number, "Between us", None, None)["object"].clone();
            note["@context"] = json!("https://www.w3.org/ns/activitystreams");
            note["quote"] = json!(target);
            note["to"] = to;
            note["cc"] = json!([]);
            coast.peer.serves(&note);
            let quoting = format!("{rita}/statuses/{number}");
            let request = json!({ "type": "QuoteRequest", "id": format!("{quoting}/request"), "actor": rita, "object": target, "instrument": note });
            coast.brings(&request).await;
            assert!(coast.sent("open", "Accept", &quoting).is_empty(), "{number}");
            if let Some(id) = coast.id_of(&quoting).await {
                assert_eq!(coast.state(id).await, Some(State::Claimed), "{number}");
            }
        }
    }

    async fn whoever_is_asked_sees_what_is_quoted_and_says_yes_to_that_alone(coast) {
        let (first, one) = coast.alice_lets_quote("asking").await;
        let other = [("text", "Other words"), ("visibility", "public"), ("quotes", "asking")];
        let second = coast.town.compose(&mut coast.alice, &other).await;
        coast.is_idle().await;
        let two = format!("{}/statuses/{}", coast.alice.account.iri, second.id);
        let nora = coast.peer.iri("open", "nora");
        let quoting = coast.asks_to_quote(&nora, "1", &one).await;
        let id = coast.id_of(&quoting).await.unwrap();
        let seen = coast.alice.get("/contacts").await.is(200).shows(WORDS).hides("Other words");
        assert_eq!(seen.hidden("quote"), Some(first.id.to_string()));
        let page = format!("/@nora@{}/{id}", coast.peer.domain("open"));
        coast.bob.get(&page).await.is(200).shows("May I show that?").hides(WORDS);

        coast.rewrites(&nora, "1", "May I show that?", "swap", quotes(&two)).await;
        coast.asks_again(&nora, "1", "swap", &two).await;
        assert_eq!(coast.state(id).await, Some(State::Waits));
        let act = format!("/contacts/{id}/let-in");
        for quote in [Some(first.id.to_string()), None] {
            let fields: Vec<_> = quote.iter().map(|id| ("quote", id.as_str())).collect();
            coast.alice.post(&act, &fields).await.is(409).shows("is not what you saw");
        }
        coast.bob.get(&page).await.is(200).hides("Other words");
        coast.alice.get("/contacts").await.is(200).shows("Other words");
        coast.alice.post(&act, &[("quote", &*second.id.to_string())]).await.is(303);
        coast.is_idle().await;
        coast.bob.get(&page).await.is(200).shows("Other words").hides(WORDS);
    }

    async fn a_yes_that_ends_while_it_is_read_is_none(coast) {
        let (rita, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "olga"));
        coast.writes(&olga, "1", WORDS, json!({})).await;
        let (quoting, target) = (format!("{rita}/statuses/1"), format!("{olga}/statuses/1"));
        let at = format!("{olga}/stamps/1");
        coast.peer.serves(&stamp(&at, &olga, &quoting, &target));
        let bob = coast.bob.account.iri.to_string();
        let mut post = peer::create(&rita, "1", "So there", None, Some(&bob));
        post["object"]["quote"] = json!(target);
        post["object"]["quoteAuthorization"] = json!(at);
        let held = coast.peer.hold().await;
        for (by, said) in [(&rita, &post), (&olga, &ends(&olga, &at))] {
            coast.signed(by, Method::POST, "/inbox", &said.to_string()).await.is(202);
            for _ in 0..300 {
                let read = coast.peer.waiting() > 0;
                let id = coast.id_of(&quoting).await;
                let ended = match id {
                    Some(id) => coast.stamp_of(id).await.is_none(),
                    None => false,
                };
                if (by == &rita && read) || ended {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        drop(held);
        coast.is_idle().await;
        coast.town.wait_s(1);
        coast.is_idle().await;
        let id = coast.id_of(&quoting).await.unwrap();
        assert_ne!(coast.state(id).await, Some(State::Stands));
        coast.bob.get(&format!("/@rita@{}/{id}", coast.peer.domain("open"))).await.is(200).hides(WORDS);
    }

    async fn who_claims_now_this_and_now_that_is_looked_at_no_more_often_and_believed_in_the_end(coast) {
        let (rita, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "olga"));
        for number in ["1", "2"] {
            coast.writes(&olga, number, WORDS, json!({})).await;
        }
        let quoting = format!("{rita}/statuses/1");
        let at = |n: usize| format!("{olga}/stamps/{n}");
        let says = |n: usize| json!({ "quote": format!("{olga}/statuses/{}", n % 2 + 1), "quoteAuthorization": at(n) });
        let id = coast.writes(&rita, "1", "So there", says(0)).await;
        for n in 1..4 {
            coast.rewrites(&rita, "1", "So there", &n.to_string(), says(n)).await;
        }
        coast.peer.serves(&stamp(&at(8), &olga, &quoting, &format!("{olga}/statuses/1")));
        let bob = coast.bob.account.iri.to_string();
        for n in 4..9 {
            let mut post = peer::create(&rita, "1", "So there", None, Some(&bob));
            post["type"] = json!("Update");
            post["id"] = json!(format!("{quoting}#again-{n}"));
            post["object"].as_object_mut().unwrap().extend(says(n).as_object().unwrap().clone());
            coast.signed(&rita, Method::POST, "/inbox", &post.to_string()).await.is(202);
            for _ in 0..500 {
                if coast.stamp_of(id).await == Some(at(n)) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        assert_eq!(coast.state(id).await, Some(State::Claimed));
        let asked = (0..9).filter(|n| coast.peer.was_asked_for(&at(*n))).count();
        assert_eq!(asked, 4);
        // The looks wait their turn.
        coast.town.wait_s(3600);
        coast.town.app.wake.ring();
        coast.is_idle().await;
        assert_eq!(coast.state(id).await, Some(State::Stands));
    }

    async fn nobody_ends_a_quote_of_somebody_else(coast) {
        let (_, target) = coast.alice_lets_quote("followers").await;
        let (rita, nora) = (coast.peer.iri("open", "rita"), coast.peer.iri("open", "nora"));
        let quoting = coast.asks_to_quote(&rita, "1", &target).await;
        let id = coast.id_of(&quoting).await.unwrap();
        let at = coast.stamp_at(&quoting);
        let request = json!({ "type": "QuoteRequest", "id": format!("{nora}#steals"), "actor": nora, "object": target, "instrument": quoting });
        coast.brings(&request).await;
        assert!(coast.sent("open", "Reject", &quoting).is_empty());
        coast.at(&rita, &at).await.is(200);
        // Nor does it end by a question of who may ask no more: it was let.
        let follow = json!({ "id": format!("{rita}#follow-{}", coast.alice.account.id), "type": "Follow", "actor": rita, "object": coast.alice.account.iri.as_str() });
        coast.brings(&json!({ "type": "Undo", "id": format!("{rita}#leaves"), "actor": rita, "object": follow })).await;
        coast.asks_again(&rita, "1", "again", &target).await;
        assert_eq!(coast.state(id).await, Some(State::Stands));
        coast.at(&rita, &at).await.is(200);
    }

    async fn a_quote_that_finds_no_room_does_not_wait_where_nobody_looks(coast) {
        let (post, target) = coast.alice_lets_quote("asking").await;
        let nora = coast.peer.iri("open", "nora");
        for number in 0..21 {
            coast.asks_to_quote(&nora, &number.to_string(), &target).await;
        }
        let [first, last] = [0, 20].map(|number| format!("{nora}/statuses/{number}"));
        let (first, last) = (coast.id_of(&first).await.unwrap(), coast.id_of(&last).await.unwrap());
        assert_eq!(coast.state(first).await, Some(State::Waits));
        assert_eq!(coast.state(last).await, Some(State::Claimed));
        coast.alice.post(&format!("/contacts/{first}/dismiss"), &[]).await.is(303);
        coast.asks_again(&nora, "20", "again", &target).await;
        assert_eq!(coast.state(last).await, Some(State::Waits));
        coast.alice.post(&format!("/contacts/{last}/let-in"), &[("quote", &*post.id.to_string())]).await.is(303);

        let quote = post.id.to_string();
        let fields = [("text", "Look"), ("visibility", "public"), ("quote", &*quote)];
        for _ in 0..20 {
            coast.bob.post("/compose", &fields).await.is(303);
        }
        coast.bob.post("/compose", &fields).await.is(422).shows("Too much waits for a yes of @alice");
    }

    async fn l05_a_boost_takes_what_it_quotes_no_further_than_its_author_lets(coast) {
        coast.alice_refuses_kept().await;
        let (post, _) = coast.alice_lets_quote("everyone").await;
        let (quote, iri) = coast.bob_quotes(post.id).await;
        let reply = coast.town.reply(&mut coast.bob, &post, "An answer to alice", "public").await;
        let mut marta = marta(&coast).await;
        for (server, name) in [("open", "rita"), ("kept", "lena")] {
            coast.follows(server, name, &marta).await;
        }
        coast.is_idle().await;
        for id in [quote.id, reply.id] {
            marta.post(&format!("/statuses/{id}/reblog"), &[]).await.is(303);
            coast.is_idle().await;
        }
        let boosts = |server: &str| coast.got(server, "Announce").len();
        assert_eq!((boosts("open"), boosts("kept")), (2, 0));
        assert!(!coast.got("kept", "Announce").iter().any(|one| one["object"] == iri));
    }

    async fn whom_a_reader_mutes_is_not_read_in_a_quote(coast) {
        let (post, _) = coast.alice_lets_quote("everyone").await;
        let (quote, _) = coast.bob_quotes(post.id).await;
        let mut marta = marta(&coast).await;
        marta.get(&quote.path).await.is(200).shows(WORDS);
        marta.does(&format!("/accounts/{}/mute", coast.alice.account.id)).await;
        marta.get(&quote.path).await.is(200).shows("says bob").hides(WORDS);
    }

    async fn an_older_version_changes_no_quote(coast) {
        let rita = coast.peer.iri("open", "rita");
        let own = coast.writes(&rita, "1", WORDS, json!({})).await;
        assert!(own > 0);
        let target = format!("{rita}/statuses/1");
        let id = coast.writes(&rita, "2", "As I said", quotes(&target)).await;
        let at = |text: &str| json!({ "updated": text });
        let mut newer = at("2026-05-05T12:00:02Z");
        newer["quote"] = json!(target);
        coast.town.wait_s(60);
        coast.rewrites(&rita, "2", "As I said before", "newer", newer).await;
        coast.rewrites(&rita, "2", "As I said", "older", at("2026-05-05T12:00:01Z")).await;
        assert_eq!(coast.state(id).await, Some(State::Stands));
    }

    async fn who_waits_for_a_rule_is_told_before_they_quote(coast) {
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", Role::Member).await;
        let (post, _) = coast.alice_lets_quote("everyone").await;
        let composer = format!("/compose?quote={}", post.id);
        tom.get(&composer).await.is(200).hides("shown once");
        let rule = [("pattern", "island.localhost"), ("stance", "ask"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        tom.get(&composer).await.is(200).shows("shown once @alice@harbour.localhost says yes");
    }

    async fn a_yes_to_a_question_by_its_address_alone_is_heard_and_one_elsewhere_is_not_read(coast) {
        let (id, target) = coast.rita_writes("1", json!({ "manualApproval": [PUBLIC] })).await;
        let (quote, iri) = coast.bob_quotes(id).await;
        let (rita, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "olga"));
        let request = coast.got("open", "QuoteRequest").pop().unwrap();
        let elsewhere = format!("{olga}/stamps/1");
        coast.peer.serves(&stamp(&elsewhere, &rita, &iri, &target));
        coast.brings(&answer("Accept", &rita, "0", &request, Some(&elsewhere))).await;
        assert!(!coast.peer.was_asked_for(&elsewhere));
        let at = format!("{rita}/stamps/1");
        coast.peer.serves(&stamp(&at, &rita, &iri, &target));
        let bare = json!({ "type": "QuoteRequest", "id": request["id"], "actor": request["actor"], "object": target });
        coast.brings(&json!({ "type": "Accept", "id": format!("{rita}#yes"), "actor": rita, "object": bare, "result": at })).await;
        assert_eq!(coast.state(quote.id).await, Some(State::Stands));
    }
}

impl Coast {
    /// Where the yes to this quote is, as its author was told.
    fn stamp_at(&self, quoting: &str) -> String {
        let yes = self.sent("open", "Accept", quoting).pop().unwrap();
        yes["result"].as_str().unwrap().to_owned()
    }
}
