//! Waves of strangers: so many within an hour that a member is asked about each first, and answers all at once.

use comity::members::Role;
use http::Method;
use serde_json::json;

use crate::coast::Coast;
use crate::peer;

/// The lowest limit that a member can choose.
const MANY: usize = 20;

impl Coast {
    async fn says_to_alice(&self, name: &str, words: &str) {
        let alice = self.alice.account.iri.to_string();
        let by = self.peer.iri("open", name);
        let create = peer::create(&by, "1", words, None, Some(&alice)).to_string();
        self.signed(&by, Method::POST, "/inbox", &create)
            .await
            .is(202);
    }

    /// Strangers whom alice does not know, each with a word of their own, numbered from `first`.
    async fn strangers_speak(&self, first: usize, count: usize) {
        for number in first..first + count {
            let word = format!("stranger word {number} end");
            self.says_to_alice(&format!("s{number}"), &word).await;
            // One after the other: what comes in the same moment as the last that is borne comes in as well.
            self.is_idle().await;
        }
    }

    /// An hour after rita and lena, who are strangers to her, began to follow her.
    async fn alice_bears(&mut self, strangers: &str) {
        self.town.wait_s(3_700);
        let limit = [("strangers", strangers)];
        self.alice.post("/settings/waves", &limit).await.is(303);
    }

    async fn answers(&mut self, how: &str) {
        let page = self.alice.get("/contacts").await.is(200);
        let wave = page.hidden("wave").unwrap_or_else(|| "0".to_owned());
        self.answers_card(&wave, how).await;
    }

    /// Presses a button of the card of this wave.
    async fn answers_card(&mut self, wave: &str, how: &str) {
        let address = format!("/contacts/wave/{how}");
        let card = [("wave", wave)];
        self.alice.post(&address, &card).await.leads("/contacts");
        self.is_idle().await;
    }
}

coast_test! {
    async fn l57_more_strangers_than_one_bears_wait_and_are_let_in_together(coast) {
        coast.alice_bears("20").await;
        coast.strangers_speak(0, MANY - 1).await;
        coast.alice.get("/contacts").await.is(200).hides("Many strangers at once").shows("Nobody waits");
        coast.strangers_speak(MANY - 1, 4).await;
        let told = coast.alice.get("/notifications").await.is(200);
        told.shows(&format!("stranger word {} end", MANY - 1)).hides(&format!("stranger word {MANY} end"));
        let queue = coast.alice.get("/contacts").await.is(200);
        queue.shows("Many strangers at once").shows("3 people on one server spoke to you");
        // Whom she follows, and who follows her, is no stranger; neither does it touch anybody else.
        coast.says_to_alice("rita", "rita is well known").await;
        let bob = coast.bob.account.iri.to_string();
        let by = coast.peer.iri("open", "s99");
        let create = peer::create(&by, "2", "a word for bob", None, Some(&bob)).to_string();
        coast.signed(&by, Method::POST, "/inbox", &create).await.is(202);
        coast.is_idle().await;
        coast.alice.get("/notifications").await.is(200).shows("rita is well known");
        coast.bob.get("/notifications").await.is(200).shows("a word for bob");
        coast.bob.get("/contacts").await.is(200).hides("Many strangers at once");
        coast.answers("let-in").await;
        coast.alice.get("/notifications").await.is(200).shows(&format!("stranger word {} end", MANY + 2));
        coast.alice.get("/contacts").await.is(200).hides("Many strangers at once").shows("Nobody waits");
        // She wanted to hear them: for a day more of them make no wave.
        coast.strangers_speak(100, MANY + 1).await;
        coast.alice.get("/contacts").await.is(200).shows("Nobody waits");
    }

    async fn l57_a_wave_turned_away_leaves_nothing_and_goes_on_for_a_day(coast) {
        coast.alice_bears("20").await;
        coast.strangers_speak(0, MANY + 2).await;
        let by = coast.peer.iri("open", "fan");
        let follow = json!({ "id": format!("{by}#f"), "type": "Follow", "actor": by, "object": coast.alice.account.iri.as_str() });
        coast.signed(&by, Method::POST, "/inbox", &follow.to_string()).await.is(202);
        coast.is_idle().await;
        coast.alice.get("/contacts").await.is(200).shows("2 people on one server spoke to you, and one asks to follow you.");
        coast.alice.get("/@alice/followers").await.is(200).hides("fan");
        coast.answers("turn-away").await;
        let queue = coast.alice.get("/contacts").await.is(200);
        queue.shows("Many strangers at once").shows("Nobody came since").hides("stranger word");
        coast.alice.get("/follow-requests").await.is(200).hides("fan");
        coast.strangers_speak(50, 1).await;
        coast.alice.get("/contacts").await.is(200).shows("One person spoke to you").shows("stranger word 50 end");
        // It ends by itself; what waited then still waits for an answer.
        coast.town.wait_s(25 * 3_600);
        coast.strangers_speak(60, 1).await;
        coast.alice.get("/notifications").await.is(200).shows("stranger word 60 end").hides("stranger word 50 end");
        coast.alice.get("/contacts").await.is(200).shows("stranger word 50 end");
        coast.answers("over").await;
        coast.alice.get("/contacts").await.is(200).hides("Many strangers at once").shows("stranger word 50 end");
    }

    async fn who_never_wants_to_be_asked_is_not_and_a_limit_is_one_of_the_choices(coast) {
        coast.alice.post("/settings/waves", &[("strangers", "7")]).await.is(422);
        coast.alice_bears("0").await;
        coast.strangers_speak(0, MANY + 2).await;
        coast.alice.get("/contacts").await.is(200).shows("Nobody waits");
        coast.answers("turn-away").await;
    }

    async fn l57_a_card_that_was_opened_before_answers_no_later_wave(coast) {
        coast.alice_bears("20").await;
        coast.strangers_speak(0, MANY + 1).await;
        let old = coast.alice.get("/contacts").await.is(200).hidden("wave").expect("a card with its number");
        coast.answers("over").await;
        coast.town.wait_s(3_700);
        coast.strangers_speak(100, MANY + 2).await;
        let new = coast.alice.get("/contacts").await.is(200).shows("Many strangers at once").hidden("wave").unwrap();
        assert_ne!(old, new);
        coast.answers_card(&old, "turn-away").await;
        coast.answers_card(&old, "let-in").await;
        let queue = coast.alice.get("/contacts").await.is(200).shows("Many strangers at once");
        queue.shows(&format!("stranger word {} end", 100 + MANY));
        coast.answers_card(&new, "let-in").await;
        coast.alice.get("/contacts").await.is(200).hides("Many strangers at once");
    }

    async fn l57_moderators_see_at_how_many_members_a_wave_stands_and_not_at_whom(coast) {
        let here = coast.town.community();
        let mut marta = coast.town.member_of(&here, "marta", Role::Moderator).await;
        marta.get("/boundaries").await.is(200).hides("in a wave of strangers");
        coast.alice_bears("20").await;
        coast.strangers_speak(0, MANY + 1).await;
        let page = marta.get("/boundaries").await.is(200);
        page.shows("One member is in a wave of strangers now").hides("alice");
        coast.bob.get("/boundaries").await.is(200).hides("in a wave of strangers");
        coast.answers("over").await;
        marta.get("/boundaries").await.is(200).hides("in a wave of strangers");
    }
}
