//! Quotes, both ways: who is asked, what is shown before and after their yes, and what is left when they take it back.

use comity::quotes::State;
use http::Method;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::coast::Coast;
use crate::peer;
use crate::town::{Answer, Member};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The words that are quoted in most of these.
pub const WORDS: &str = "Words worth quoting";

impl Coast {
    /// Alice writes what is worth quoting, and says who may.
    pub async fn alice_lets_quote(&mut self, quotes: &str) -> (Post, String) {
        let fields = [
            ("text", WORDS),
            ("visibility", "public"),
            ("quotes", quotes),
        ];
        let post = self.town.compose(&mut self.alice, &fields).await;
        self.is_idle().await;
        let iri = format!("{}/statuses/{}", self.alice.account.iri, post.id);
        (post, iri)
    }

    /// Bob quotes this.
    pub async fn bob_quotes(&mut self, id: i64) -> (Post, String) {
        let fields = [
            ("text", "Look at that, says bob"),
            ("visibility", "public"),
            ("quote", &id.to_string()),
        ];
        let post = self.town.compose(&mut self.bob, &fields).await;
        self.is_idle().await;
        let iri = format!("{}/statuses/{}", self.bob.account.iri, post.id);
        (post, iri)
    }

    /// Somebody elsewhere writes to bob, with more in it.
    pub async fn writes(&self, by: &str, number: &str, words: &str, more: Value) -> i64 {
        let bob = self.bob.account.iri.to_string();
        let mut post = peer::create(by, number, words, None, Some(&bob));
        merge(&mut post["object"], more);
        self.brings(&post).await;
        self.id_of(&format!("{by}/statuses/{number}"))
            .await
            .unwrap()
    }

    /// They change it: what is not in it any more is gone.
    pub async fn rewrites(&self, by: &str, number: &str, words: &str, times: &str, more: Value) {
        let bob = self.bob.account.iri.to_string();
        let mut post = peer::create(by, number, words, None, Some(&bob));
        post["type"] = json!("Update");
        post["id"] = json!(format!("{by}/statuses/{number}#again-{times}"));
        merge(&mut post["object"], more);
        self.brings(&post).await;
    }

    /// Rita writes, and her server says this of who may quote it.
    pub async fn rita_writes(&self, number: &str, leave: Value) -> (i64, String) {
        let rita = self.peer.iri("open", "rita");
        let more = json!({ "interactionPolicy": { "canQuote": leave } });
        let id = self.writes(&rita, number, WORDS, more).await;
        (id, format!("{rita}/statuses/{number}"))
    }

    pub async fn state(&self, id: i64) -> Option<State> {
        let status = comity::statuses::load_one(&self.town.app, id)
            .await
            .unwrap();
        status.quote.map(|quote| quote.state)
    }

    /// What a server was sent of this post, the newest last.
    pub fn sent(&self, server: &str, kind: &str, iri: &str) -> Vec<Value> {
        let mut sent = self.got(server, kind);
        sent.retain(|one| one["object"]["id"] == iri || one["object"]["instrument"] == iri);
        sent
    }

    pub async fn at(&self, by: &str, address: &str) -> Answer {
        let path = address.strip_prefix("http://harbour.localhost").unwrap();
        self.signed(by, Method::GET, path, "").await
    }

    /// Somebody elsewhere asks whether their post may quote this; it lies at their server.
    pub async fn asks_to_quote(&self, by: &str, number: &str, quoted: &str) -> String {
        let mut note = peer::create(by, number, "May I show that?", None, None)["object"].clone();
        note["@context"] = json!("https://www.w3.org/ns/activitystreams");
        note["quote"] = json!(quoted);
        self.peer.serves(&note);
        let quoting = format!("{by}/statuses/{number}");
        let request = json!({ "type": "QuoteRequest", "id": format!("{quoting}/request"), "actor": by, "object": quoted, "instrument": note });
        self.brings(&request).await;
        quoting
    }
}

fn merge(into: &mut Value, more: Value) {
    let Value::Object(more) = more else { return };
    into.as_object_mut().unwrap().extend(more);
}

pub fn stamp(id: &str, by: &str, object: &str, target: &str) -> Value {
    json!({ "type": "QuoteAuthorization", "id": id, "attributedTo": by, "interactingObject": object, "interactionTarget": target })
}

/// A yes or a no to a question of ours, as Mastodon sends it.
pub fn answer(kind: &str, by: &str, number: &str, request: &Value, result: Option<&str>) -> Value {
    let mut request = request.clone();
    request["instrument"] = request["instrument"]["id"].clone();
    json!({ "type": kind, "id": format!("{by}#{kind}/{number}"), "actor": by, "object": request, "result": result })
}

pub fn ends(by: &str, stamp: &str) -> Value {
    json!({ "type": "Delete", "id": format!("{by}#ends/{stamp}"), "actor": by, "to": [PUBLIC], "object": { "id": stamp, "type": "QuoteAuthorization" } })
}

pub async fn marta(coast: &Coast) -> Member {
    coast.town.member("marta").await
}

coast_test! {
    async fn a_member_says_once_who_may_quote_and_each_post_may_say_something_else(coast) {
        coast.alice.get("/settings/writing").await.is(200).shows("Quotes wait for my yes");
        coast.alice.post("/settings/writing", &[("answers", "everyone"), ("quotes", "some")]).await.is(422);
        coast.alice.post("/settings/writing", &[("answers", "everyone"), ("quotes", "followers")]).await.is(303);
        let composer = coast.alice.get("/compose").await.is(200);
        assert!(composer.body.contains(r#"<option value="followers" selected>Followers may quote it"#), "{}", composer.body);
        coast.town.post(&mut coast.alice, "As I laid down", "public").await;
        coast.town.post(&mut coast.alice, "Between us", "private").await;
        for quotes in ["everyone", "asking", "nobody"] {
            coast.town.compose(&mut coast.alice, &[("text", &format!("For {quotes}")), ("visibility", "public"), ("quotes", quotes)]).await;
        }
        coast.is_idle().await;
        let sent = |words: &str| {
            let found = coast.got("open", "Create").into_iter().find(|sent| sent.to_string().contains(words));
            found.unwrap()["object"]["interactionPolicy"]["canQuote"].clone()
        };
        let alice = coast.alice.account.iri.as_str();
        let followers = format!("{alice}/followers");
        for (words, automatic, manual) in [
            ("As I laid down", json!([followers]), json!([])),
            ("For everyone", json!([PUBLIC]), json!([])),
            ("For asking", json!([alice]), json!([PUBLIC])),
            ("For nobody", json!([alice]), json!([])),
        ] {
            let said = sent(words);
            assert_eq!((&said["automaticApproval"], &said["manualApproval"]), (&automatic, &manual), "{words}");
        }
        assert!(sent("Between us").is_null(), "nobody may, and nothing said says that");
    }

    async fn a_neighbour_says_yes_to_a_quote_and_takes_it_back(coast) {
        let (post, target) = coast.alice_lets_quote("asking").await;
        coast.bob.get(&post.path).await.is(200).shows("Quote it");
        coast.bob.get(&format!("/compose?quote={}", post.id)).await.is(200).shows(WORDS).shows("shown once @alice@harbour.localhost says yes");
        let (quote, iri) = coast.bob_quotes(post.id).await;
        let mut marta = marta(&coast).await;
        let page = quote.path.clone();
        marta.get(&page).await.is(200).shows("says bob").hides(WORDS);
        coast.bob.get(&page).await.is(200).shows("its quote waits for a yes of @alice").hides(WORDS);
        let note = coast.sent("kept", "Create", &iri)[0]["object"].clone();
        assert_eq!(note["quote"], target);
        for not_yet in ["quoteUri", "_misskey_quote", "quoteAuthorization"] {
            assert!(note.get(not_yet).is_none(), "{not_yet}: {note}");
        }
        assert!(note["content"].as_str().unwrap().starts_with("<p class=\"quote-inline\">RE: "));

        coast.alice.get("/contacts").await.is(200).shows("says bob");
        coast.alice.post(&format!("/contacts/{}/let-in", quote.id), &[("quote", &*post.id.to_string())]).await.is(303);
        coast.is_idle().await;
        marta.get(&page).await.is(200).shows("says bob").shows(WORDS);
        let note = coast.sent("kept", "Update", &iri)[0]["object"].clone();
        let at = note["quoteAuthorization"].as_str().unwrap().to_owned();
        assert_eq!((&note["quote"], &note["_misskey_quote"]), (&json!(target), &json!(target)));
        let lena = coast.peer.iri("kept", "lena");
        let shown: Value = serde_json::from_str(&coast.at(&lena, &at).await.is(200).hides(WORDS).hides("says bob").body).unwrap();
        for (field, is) in [("type", "QuoteAuthorization"), ("id", &at), ("interactingObject", &iri), ("interactionTarget", &target), ("attributedTo", coast.alice.account.iri.as_str())] {
            assert_eq!(shown[field], is, "{field}");
        }
        coast.alice.get("/notifications").await.is(200).shows("says bob");

        marta.post(&format!("/statuses/{}/unquote", quote.id), &[]).await.is(404);
        coast.bob.post(&format!("/statuses/{}/unquote", quote.id), &[]).await.is(404);
        coast.alice.get(&page).await.is(200).shows("Take your post out of it");
        coast.alice.post(&format!("/statuses/{}/unquote", quote.id), &[]).await.is(303);
        coast.is_idle().await;
        marta.get(&page).await.is(200).shows("says bob").shows("whose author took it out").hides(WORDS);
        coast.at(&lena, &at).await.is(404);
        let note = coast.sent("kept", "Update", &iri).pop().unwrap()["object"].clone();
        for gone in ["quote", "quoteUri", "_misskey_quote", "quoteAuthorization"] {
            assert!(note.get(gone).is_none(), "{gone}: {note}");
        }
        assert!(!note.to_string().contains(&target));
        let told = coast.sent("kept", "Delete", &at);
        assert_eq!(told.len(), 1, "those who have what was quoted hear of it");
        assert!(!told[0].to_string().contains(&iri), "and not of what it was for");
    }

    async fn who_may_quote_is_held_before_a_member_writes(coast) {
        let (nobody, _) = coast.alice_lets_quote("nobody").await;
        let (followers, _) = coast.alice_lets_quote("followers").await;
        let private = coast.town.post(&mut coast.alice, "Between us", "private").await;
        let mut marta = marta(&coast).await;
        coast.town.follow(&mut coast.bob, &coast.alice).await;
        coast.bob.get(&private.path).await.is(200).hides("Quote it");
        for (is_bob, post, status) in [
            (true, &nobody, 422), (false, &nobody, 422), (false, &followers, 422), (true, &private, 422), (false, &private, 404),
        ] {
            let by = if is_bob { &mut coast.bob } else { &mut marta };
            by.get(&post.path).await.hides("Quote it");
            by.post("/compose", &[("text", "Look"), ("visibility", "public"), ("quote", &post.id.to_string())]).await.is(status);
        }
        let (quote, _) = coast.bob_quotes(followers.id).await;
        assert_eq!(coast.state(quote.id).await, Some(State::Stands));
        coast.alice.get("/notifications").await.is(200).shows("says bob");
        marta.get(&quote.path).await.is(200).shows(WORDS);
        for visibility in ["private", "direct", "local"] {
            let fields = [("text", "Look @marta"), ("visibility", visibility), ("quote", &followers.id.to_string())];
            coast.bob.post("/compose", &fields).await.is(422);
        }
        // One's own words need nobody's yes, and have no stamp.
        let own = [("text", "As I said"), ("visibility", "public"), ("quote", &nobody.id.to_string())];
        let own = coast.town.compose(&mut coast.alice, &own).await;
        coast.is_idle().await;
        marta.get(&own.path).await.is(200).shows(WORDS);
        let note = coast.sent("open", "Create", &format!("{}/statuses/{}", coast.alice.account.iri, own.id))[0]["object"].clone();
        assert!(note.get("quoteAuthorization").is_none() && note.get("quoteUri").is_some());
    }

    async fn l34_a_quote_travels_only_where_both_authors_let_it(coast) {
        coast.alice_refuses_kept().await;
        let (post, _) = coast.alice_lets_quote("everyone").await;
        let (quote, iri) = coast.bob_quotes(post.id).await;
        assert!(!coast.sent("open", "Create", &iri).is_empty());
        assert!(coast.sent("kept", "Create", &iri).is_empty());
        let lena = coast.peer.iri("kept", "lena");
        coast.at(&lena, &iri).await.is(404);
        let stamp = coast.sent("open", "Create", &iri)[0]["object"]["quoteAuthorization"].as_str().unwrap().to_owned();
        coast.at(&lena, &stamp).await.is(404);
        coast.at(&coast.peer.iri("open", "nora"), &stamp).await.is(200);
        // From whom a post is kept, what quotes it is kept.
        let open = coast.peer.domain("open");
        let fields = [("text", "Not for open"), ("visibility", "public"), ("quotes", "everyone"), ("kept_from", &open)];
        let kept = coast.town.compose(&mut coast.alice, &fields).await;
        coast.is_idle().await;
        let (_, iri) = coast.bob_quotes(kept.id).await;
        assert!(coast.sent("open", "Create", &iri).is_empty());
        // Nor does anybody read it here whom she blocks, or who mutes her.
        let mut marta = marta(&coast).await;
        marta.get(&quote.path).await.is(200).shows(WORDS);
        coast.alice.does(&format!("/accounts/{}/block", marta.account.id)).await;
        marta.get(&quote.path).await.hides(WORDS);
    }

    async fn l34_attack_15_a_quote_that_nobody_let_is_shown_as_if_it_were_none(coast) {
        let (_, target) = coast.alice_lets_quote("everyone").await;
        let nora = coast.peer.iri("open", "nora");
        for (number, name) in ["quote", "quoteUri", "quoteUrl", "_misskey_quote"].iter().enumerate() {
            let number = number.to_string();
            let own = format!("{nora}/stamps/{number}");
            coast.peer.serves(&stamp(&own, &nora, &format!("{nora}/statuses/{number}"), &target));
            let id = coast.writes(&nora, &number, "So there", json!({ *name: target, "quoteAuthorization": own })).await;
            assert_eq!(coast.state(id).await, Some(State::Claimed), "{name}");
            coast.bob.get(&format!("/@nora@{}/{id}", coast.peer.domain("open"))).await.is(200).shows("So there").hides(WORDS);
            assert!(!coast.peer.was_asked_for(&own), "what is ours only we let be quoted");
        }
        // Of what is not here, nothing is fetched for who shows no yes.
        let olga = coast.peer.iri("kept", "olga");
        let elsewhere = format!("{olga}/statuses/7");
        coast.writes(&nora, "9", "So there", json!({ "quote": elsewhere })).await;
        assert!(!coast.peer.was_asked_for(&elsewhere));
    }

    async fn attack_15_no_stamp_but_the_right_one_shows_what_is_quoted_elsewhere(coast) {
        let (rita, nora, olga) = (coast.peer.iri("open", "rita"), coast.peer.iri("open", "nora"), coast.peer.iri("kept", "olga"));
        let lena = coast.peer.iri("kept", "lena");
        let target = format!("{olga}/statuses/1");
        let mut words = peer::create(&olga, "1", WORDS, None, None)["object"].clone();
        words["@context"] = json!("https://www.w3.org/ns/activitystreams");
        coast.peer.serves(&words);
        let quoting = format!("{rita}/statuses/1");
        let page = |id: i64| format!("/@rita@{}/{id}", coast.peer.domain("open"));
        let mut lies = vec![
            stamp(&format!("{rita}/lies/0"), &olga, &quoting, &target),
            stamp(&format!("{olga}/lies/1"), &rita, &quoting, &target),
            stamp(&format!("{olga}/lies/2"), &olga, &format!("{quoting}0"), &target),
            stamp(&format!("{olga}/lies/3"), &olga, &quoting, &format!("{target}0")),
            stamp(&format!("{olga}/lies/4"), &olga, &quoting, &target),
            // Well formed, by somebody else at the server of whoever is quoted.
            stamp(&format!("{olga}/lies/5"), &lena, &quoting, &target),
        ];
        lies[4]["type"] = json!("ReplyAuthorization");
        for lie in &lies {
            coast.peer.serves(lie);
        }
        let lie = |n: usize| json!({ "quote": target, "quoteAuthorization": lies[n]["id"] });
        let id = coast.writes(&rita, "1", "So there", lie(0)).await;
        assert!(!coast.peer.was_asked_for(lies[0]["id"].as_str().unwrap()), "nobody says yes at another server");
        for (n, told) in lies.iter().enumerate().skip(1) {
            // Of the last, whose post it is can be seen only in that itself.
            assert!(n == 5 || !coast.peer.was_asked_for(&target), "for a lie nothing is fetched");
            coast.town.wait_s(3600);
            coast.rewrites(&rita, "1", "So there", &n.to_string(), lie(n)).await;
            assert!(coast.peer.was_asked_for(told["id"].as_str().unwrap()), "{n}");
            assert_eq!(coast.state(id).await, Some(State::Claimed), "{n}");
        }
        coast.bob.get(&page(id)).await.is(200).shows("So there").hides(WORDS);

        let good = format!("{olga}/stamps/1");
        coast.peer.serves(&stamp(&good, &olga, &quoting, &target));
        let shows = json!({ "quote": target, "quoteAuthorization": good });
        coast.town.wait_s(3600);
        coast.rewrites(&rita, "1", "So there", "good", shows.clone()).await;
        coast.bob.get(&page(id)).await.is(200).shows("So there").shows(WORDS);

        // Nobody but who gave it ends it; and what was ended is not used again.
        coast.brings(&ends(&nora, &good)).await;
        coast.brings(&ends(&lena, &good)).await;
        coast.bob.get(&page(id)).await.is(200).shows(WORDS);
        coast.peer.withdraws(&good);
        coast.brings(&ends(&olga, &good)).await;
        coast.bob.get(&page(id)).await.is(200).shows("whose author took it out").hides(WORDS);
        coast.town.wait_s(3600);
        coast.rewrites(&rita, "1", "So there", "revoked", shows).await;
        coast.bob.get(&page(id)).await.is(200).shows("So there").hides(WORDS);
    }

    async fn who_quotes_themself_needs_no_yes(coast) {
        let rita = coast.peer.iri("open", "rita");
        let mut words = peer::create(&rita, "1", WORDS, None, None)["object"].clone();
        words["@context"] = json!("https://www.w3.org/ns/activitystreams");
        coast.peer.serves(&words);
        let fallback = format!("<p class=\"quote-inline\">RE: <a href=\"{rita}/statuses/1\">a link</a></p><p>As I said</p>");
        let id = coast.writes(&rita, "2", "", json!({ "quote": format!("{rita}/statuses/1"), "content": fallback })).await;
        let page = format!("/@rita@{}/{id}", coast.peer.domain("open"));
        coast.bob.get(&page).await.is(200).shows(WORDS).shows("As I said").hides("a link");
        coast.rewrites(&rita, "2", "I said nothing", "1", json!({})).await;
        coast.bob.get(&page).await.is(200).hides(WORDS);
        assert_eq!(coast.state(id).await, None);
    }

    async fn whoever_is_quoted_elsewhere_is_asked_and_says_yes_and_takes_it_back(coast) {
        let (id, target) = coast.rita_writes("1", json!({ "manualApproval": [PUBLIC] })).await;
        coast.bob.get(&format!("/compose?quote={id}")).await.is(200).shows("shown once @rita");
        let (quote, iri) = coast.bob_quotes(id).await;
        let mut marta = marta(&coast).await;
        marta.get(&quote.path).await.is(200).shows("says bob").hides(WORDS);
        let request = coast.got("open", "QuoteRequest").pop().unwrap();
        assert_eq!((&request["object"], &request["instrument"]["id"], &request["instrument"]["quote"]), (&json!(target), &json!(iri), &json!(target)));
        assert!(coast.got("kept", "QuoteRequest").is_empty());

        let rita = coast.peer.iri("open", "rita");
        let at = format!("{rita}/stamps/1");
        coast.peer.serves(&stamp(&at, &rita, &iri, &target));
        for (n, other) in [coast.peer.iri("open", "nora"), coast.peer.iri("kept", "lena")].iter().enumerate() {
            coast.brings(&answer("Accept", other, &format!("{n}"), &request, Some(&at))).await;
            coast.brings(&answer("Reject", other, &format!("{n}"), &request, None)).await;
        }
        assert_eq!(coast.state(quote.id).await, Some(State::Waits));
        let lie = format!("{rita}/stamps/lie");
        coast.peer.serves(&stamp(&lie, &rita, &format!("{iri}0"), &target));
        coast.brings(&answer("Accept", &rita, "lie", &request, Some(&lie))).await;
        assert_eq!(coast.state(quote.id).await, Some(State::Waits));
        coast.brings(&answer("Accept", &rita, "1", &request, Some(&at))).await;
        marta.get(&quote.path).await.is(200).shows("says bob").shows(WORDS);
        let note = coast.sent("kept", "Update", &iri)[0]["object"].clone();
        assert_eq!((&note["quoteAuthorization"], &note["quoteUri"]), (&json!(at), &json!(target)));

        coast.peer.withdraws(&at);
        coast.brings(&ends(&rita, &at)).await;
        marta.get(&quote.path).await.is(200).shows("whose author took it out").hides(WORDS);
        let note = coast.sent("kept", "Update", &iri).pop().unwrap()["object"].clone();
        assert!(note.get("quote").is_none() && note.get("quoteAuthorization").is_none());
    }

    async fn a_no_to_a_quote_is_told_to_those_who_have_it(coast) {
        let (id, _) = coast.rita_writes("1", json!({ "automaticApproval": [PUBLIC] })).await;
        let (quote, iri) = coast.bob_quotes(id).await;
        let rita = coast.peer.iri("open", "rita");
        let request = coast.got("open", "QuoteRequest").pop().unwrap();
        let no = json!({ "type": "Reject", "id": format!("{rita}#no"), "actor": rita, "object": request["id"] });
        coast.brings(&no).await;
        coast.bob.get(&quote.path).await.is(200).shows("does not let it quote them").hides(WORDS);
        assert!(coast.sent("kept", "Update", &iri)[0]["object"].get("quote").is_none());
        // What says nothing of quotes is quoted by nobody.
        let silent = coast.writes(&rita, "2", "Nothing said", json!({})).await;
        coast.bob.post("/compose", &[("text", "Look"), ("visibility", "public"), ("quote", &silent.to_string())]).await.is(422).shows("lets nobody quote this");
    }

    async fn l26_whoever_asks_to_quote_is_answered_by_who_may_and_nobody_hears_of_a_rule(coast) {
        let (_, target) = coast.alice_lets_quote("followers").await;
        let (rita, nora, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("open", "nora"), coast.peer.iri("kept", "lena"));
        let quoting = coast.asks_to_quote(&rita, "1", &target).await;
        let yes = coast.sent("open", "Accept", &quoting).pop().unwrap();
        assert_eq!((&yes["object"]["type"], &yes["object"]["id"]), (&json!("QuoteRequest"), &json!(format!("{quoting}/request"))));
        let at = yes["result"].as_str().unwrap().to_owned();
        let id = coast.id_of(&quoting).await.unwrap();
        coast.bob.get(&format!("/@rita@{}/{id}", coast.peer.domain("open"))).await.is(200).shows("May I show that?").shows(WORDS);
        coast.alice.get("/notifications").await.is(200).shows("May I show that?");
        coast.at(&lena, &at).await.is(200).hides(WORDS).hides("May I show that?");

        let other = coast.asks_to_quote(&nora, "1", &target).await;
        assert_eq!(coast.sent("open", "Reject", &other).len(), 1, "who may quote is said to everybody");
        assert!(!coast.peer.was_asked_for(&other));
        coast.alice_refuses_kept().await;
        let refused = coast.asks_to_quote(&lena, "1", &target).await;
        assert!(coast.sent("kept", "Reject", &refused).is_empty() && coast.sent("kept", "Accept", &refused).is_empty());
        assert!(!coast.peer.was_asked_for(&refused));
        coast.at(&lena, &at).await.is(404);

        coast.alice.post(&format!("/statuses/{id}/unquote"), &[]).await.is(303);
        coast.is_idle().await;
        coast.at(&rita, &at).await.is(404);
        assert!(!coast.sent("open", "Delete", &at).is_empty());
        coast.bob.get(&format!("/@rita@{}/{id}", coast.peer.domain("open"))).await.is(200).hides(WORDS);
        coast.asks_to_quote(&rita, "1", &target).await;
        assert_eq!(coast.state(id).await, Some(State::Removed));
    }

    async fn a_quote_from_elsewhere_waits_where_it_is_asked_about(coast) {
        let (post, target) = coast.alice_lets_quote("asking").await;
        let (nora, rita) = (coast.peer.iri("open", "nora"), coast.peer.iri("open", "rita"));
        let one = coast.asks_to_quote(&nora, "1", &target).await;
        let two = coast.asks_to_quote(&rita, "1", &target).await;
        let (first, second) = (coast.id_of(&one).await.unwrap(), coast.id_of(&two).await.unwrap());
        let page = format!("/@nora@{}/{first}", coast.peer.domain("open"));
        coast.bob.get(&page).await.is(200).shows("May I show that?").hides(WORDS);
        coast.alice.get("/contacts").await.is(200).shows("May I show that?");
        coast.alice.post(&format!("/contacts/{first}/let-in"), &[("quote", &*post.id.to_string())]).await.is(303);
        coast.alice.post(&format!("/contacts/{second}/dismiss"), &[]).await.is(303);
        coast.is_idle().await;
        coast.bob.get(&page).await.is(200).shows(WORDS);
        let yes = coast.sent("open", "Accept", &one).pop().unwrap();
        assert_eq!(yes["object"]["id"], format!("{one}/request"));
        assert_eq!(coast.sent("open", "Reject", &two).len(), 1);
        assert_eq!(coast.state(second).await, Some(State::Declined));
    }

    async fn attack_19_who_asks_to_quote_what_they_cannot_see_is_not_even_looked_at(coast) {
        let private = coast.town.compose(&mut coast.alice, &[("text", WORDS), ("visibility", "private"), ("quotes", "everyone")]).await;
        coast.is_idle().await;
        let hidden = format!("{}/statuses/{}", coast.alice.account.iri, private.id);
        for by in [coast.peer.iri("open", "nora"), coast.peer.iri("open", "rita")] {
            let quoting = coast.asks_to_quote(&by, "1", &hidden).await;
            assert!(!coast.peer.was_asked_for(&quoting));
            assert!(coast.sent("open", "Reject", &quoting).is_empty());
            assert!(coast.sent("open", "Accept", &quoting).is_empty());
        }
    }

    async fn the_end_of_a_yes_to_an_answer_is_heard_from_who_gave_it(coast) {
        let rita = coast.peer.iri("open", "rita");
        let more = json!({ "interactionPolicy": { "canReply": { "manualApproval": [PUBLIC] } } });
        let id = coast.writes(&rita, "1", "Ask me", more).await;
        let page = format!("/@rita@{}/{id}", coast.peer.domain("open"));
        let alice = &mut coast.alice;
        let fields = [("text", "May I, says alice"), ("visibility", "public"), ("in_reply_to", &id.to_string())];
        let reply = coast.town.compose(alice, &fields).await;
        coast.is_idle().await;
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, reply.id);
        let at = format!("{rita}/stamps/1");
        let mut yes = stamp(&at, &rita, &iri, &format!("{rita}/statuses/1"));
        yes["type"] = json!("ReplyAuthorization");
        coast.peer.serves(&yes);
        coast.brings(&json!({ "type": "Accept", "id": format!("{rita}#yes"), "actor": rita, "object": iri, "result": at })).await;
        let mut marta = marta(&coast).await;
        marta.get(&page).await.is(200).shows("says alice");
        let end = |by: &str| json!({ "type": "Delete", "id": format!("{at}#delete-by-{}", by.len()), "actor": by, "object": at });
        for other in [coast.peer.iri("open", "nora2"), coast.peer.iri("kept", "lena")] {
            coast.brings(&end(&other)).await;
            marta.get(&page).await.is(200).shows("says alice");
        }
        coast.peer.withdraws(&at);
        coast.brings(&end(&rita)).await;
        marta.get(&page).await.is(200).hides("says alice");
        let note = coast.sent("kept", "Update", &iri).pop().unwrap()["object"].clone();
        assert!(note.get("replyAuthorization").is_none());
    }
}
