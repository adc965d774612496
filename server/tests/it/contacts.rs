//! First contacts: who is asked about waits until a member says yes, and hears the same as everybody.

use std::time::Duration;

use comity::accounts::Account;
use comity::members::Role;
use comity_vocab::Iri;
use http::Method;
use serde_json::json;

use crate::coast::{Coast, works};
use crate::peer;
use crate::town::Answer;

const SIXTEEN_DAYS_S: i64 = 16 * 86_400;

impl Coast {
    /// More than a month, in which alice looks in: otherwise she would be signed out.
    async fn a_month_goes_by(&mut self) {
        for _ in 0..2 {
            self.town.wait_s(SIXTEEN_DAYS_S);
            self.alice.get("/home").await.is(200);
        }
    }

    async fn alice_asks_about(&mut self, server: &str) {
        let server = self.peer.domain(server);
        let rule = [
            ("pattern", server.as_str()),
            ("stance", "ask"),
            ("scope", "mine"),
        ];
        self.alice.post("/boundaries", &rule).await.is(303);
    }

    /// Nora, whom nobody here follows and who follows nobody, names alice in public.
    async fn nora_says(&self, number: &str, words: &str) -> i64 {
        let alice = self.alice.account.iri.to_string();
        let nora = self.peer.iri("open", "nora");
        self.brings(&peer::create(&nora, number, words, None, Some(&alice)))
            .await;
        self.id_of(&format!("{nora}/statuses/{number}"))
            .await
            .unwrap()
    }

    /// Somebody elsewhere follows a member of the other community.
    async fn follows_on_island(&self, server: &str, name: &str, whom: &Account) {
        let by = self.peer.iri(server, name);
        let follow = json!({ "id": format!("{by}#island"), "type": "Follow", "actor": by, "object": whom.iri.as_str() });
        self.brings(&follow).await;
    }

    async fn nora(&self) -> i64 {
        let iri = Iri::parse(&self.peer.iri("open", "nora")).unwrap();
        let found = comity::accounts::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap();
        found.unwrap().id
    }

    async fn queue(&mut self) -> Answer {
        self.alice.get("/contacts").await.is(200)
    }

    async fn told(&mut self) -> Answer {
        self.alice.get("/notifications").await.is(200)
    }
}

coast_test! {
    async fn l57_a_mention_waits_until_it_is_let_in_and_the_next_one_again(coast) {
        coast.alice_asks_about("open").await;
        let first = coast.nora_says("1", "May I ask something").await;
        coast.told().await.hides("May I ask something").shows("Someone waits for your yes");
        coast.queue().await.shows("May I ask something").shows("nora").shows("You ask first").shows("Nobody in");
        // It names alice and is public: others read it where they look for it.
        coast.bob.get(&format!("/@nora@{}", coast.peer.domain("open"))).await.is(200).shows("May I ask something");
        coast.bob.post(&format!("/contacts/{first}/let-in"), &[]).await.is(404);
        coast.alice.post(&format!("/contacts/{first}/let-in"), &[]).await.is(303);
        coast.told().await.shows("May I ask something").hides("waits for your yes");
        coast.queue().await.hides("May I ask something");
        coast.alice.post(&format!("/contacts/{first}/let-in"), &[]).await.is(404);
        coast.nora_says("2", "And one thing more").await;
        coast.told().await.hides("And one thing more");
    }

    async fn files_of_what_waits_are_counted_and_not_shown(coast) {
        coast.alice_asks_about("open").await;
        let nora = coast.peer.iri("open", "nora");
        let alice = coast.alice.account.iri.to_string();
        let mut said = peer::create(&nora, "1", "Look at these", None, Some(&alice));
        said["object"]["attachment"] = json!([
            { "type": "Document", "mediaType": "image/png", "url": format!("{nora}/gull.png"), "name": "A gull" },
            { "type": "Document", "mediaType": "image/png", "url": format!("{nora}/tern.png"), "name": "A tern" },
        ]);
        coast.brings(&said).await;
        let id = coast.id_of(&format!("{nora}/statuses/1")).await.unwrap();
        coast.queue().await.shows("Look at these").shows("has 2 files").hides("A gull").hides("A tern");
        coast.alice.post(&format!("/contacts/{id}/let-in"), &[]).await.is(303);
        let at = format!("/@nora@{}/{id}", coast.peer.domain("open"));
        coast.alice.get(&at).await.is(200).shows("A gull").shows("A tern").hides("has 2 files");
    }

    async fn a_yes_for_good_lets_in_what_waits_and_what_comes(coast) {
        coast.alice_asks_about("open").await;
        coast.nora_says("1", "The first word").await;
        coast.nora_says("2", "The second word").await;
        let nora = coast.nora().await;
        let welcome = format!("/contacts/people/{nora}/welcome");
        coast.alice.post(&welcome, &[]).await.is(303);
        coast.told().await.shows("The first word").shows("The second word");
        coast.nora_says("3", "The third word").await;
        coast.told().await.shows("The third word");
        coast.queue().await.shows("You said yes to").shows("nora");
        coast.alice.post(&format!("/contacts/people/{nora}/unwelcome"), &[]).await.is(303);
        coast.queue().await.hides("You said yes to");
        coast.nora_says("4", "The fourth word").await;
        coast.told().await.hides("The fourth word").shows("The third word");
    }

    async fn a_direct_message_waits_unseen_and_goes_when_it_is_not_wanted(coast) {
        coast.alice_asks_about("open").await;
        let nora = coast.peer.iri("open", "nora");
        let alice = coast.alice.account.iri.to_string();
        let mut message = peer::create(&nora, "dm", "Just between us", None, Some(&alice));
        message["to"] = json!([alice]);
        message["cc"] = json!([]);
        message["object"]["to"] = json!([alice]);
        message["object"]["cc"] = json!([]);
        coast.brings(&message).await;
        let id = coast.id_of(&format!("{nora}/statuses/dm")).await.unwrap();
        coast.queue().await.shows("Just between us");
        coast.told().await.hides("Just between us");
        coast.alice.get("/home").await.is(200).hides("Just between us");
        let at = format!("/@nora@{}/{id}", coast.peer.domain("open"));
        coast.alice.get(&at).await.is(200).shows("Just between us");
        coast.bob.get(&at).await.is(404);
        coast.alice.post(&format!("/contacts/{id}/dismiss"), &[]).await.is(303);
        coast.queue().await.hides("Just between us").shows("Nobody waits");
        coast.alice.get(&at).await.is(404);
        message["id"] = json!(format!("{nora}/another-envelope"));
        coast.brings(&message).await;
        assert_eq!(coast.id_of(&format!("{nora}/statuses/dm")).await, None, "a late copy does not bring it back");
    }

    async fn l33_an_answer_waits_where_nobody_else_sees_it(coast) {
        coast.alice_asks_about("open").await;
        let post = coast.town.post(&mut coast.alice, "What do you think?", "public").await;
        coast.is_idle().await;
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let nora = coast.peer.iri("open", "nora");
        let alice = coast.alice.account.iri.to_string();
        for (number, words) in [("1", "I think so"), ("2", "I think not")] {
            coast.brings(&peer::create(&nora, number, words, Some(&iri), Some(&alice))).await;
        }
        coast.bob.get(&post.path).await.is(200).hides("I think so").hides("I think not");
        coast.alice.get(&post.path).await.is(200).shows("I think so");
        let replies = format!("/users/alice/statuses/{}/replies?page=true", post.id);
        let lena = coast.peer.iri("kept", "lena");
        coast.signed(&lena, Method::GET, &replies, "").await.is(200).hides("/users/nora");
        let [so, not] = ["1", "2"].map(|number| format!("{nora}/statuses/{number}"));
        let (so, not) = (coast.id_of(&so).await.unwrap(), coast.id_of(&not).await.unwrap());
        coast.alice.post(&format!("/contacts/{so}/let-in"), &[]).await.is(303);
        coast.alice.post(&format!("/contacts/{not}/dismiss"), &[]).await.is(303);
        coast.bob.get(&post.path).await.is(200).shows("I think so").hides("I think not");
        let counted = comity::statuses::load_one(&coast.town.app, post.id).await.unwrap();
        assert_eq!(counted.replies_count, 1);
    }

    async fn a_follow_waits_beside_it_and_a_no_answers_all(coast) {
        coast.alice_asks_about("open").await;
        coast.follows("open", "nora", &coast.alice).await;
        coast.nora_says("1", "I would like to read you").await;
        coast.queue().await.shows("asks to follow you").shows("I would like to read you");
        assert_eq!(coast.got("open", "Accept").len(), 2, "rita's of old");
        let nora = coast.nora().await;
        coast.alice.post(&format!("/contacts/people/{nora}/send-away"), &[]).await.is(303);
        coast.is_idle().await;
        coast.queue().await.shows("Nobody waits");
        assert_eq!(coast.got("open", "Reject").len(), 1);
        let by = coast.peer.iri("open", "nora");
        let again = json!({ "id": format!("{by}#again"), "type": "Follow", "actor": by, "object": coast.alice.account.iri.as_str() });
        coast.brings(&again).await;
        coast.alice.post(&format!("/contacts/people/{nora}/welcome"), &[]).await.is(303);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Accept").len(), 3);
        coast.nora_says("2", "Thank you").await;
        coast.told().await.shows("Thank you");
    }

    async fn l18_l52_who_is_cautious_asks_about_whom_the_community_has_not_known_for_long(coast) {
        coast.alice.post("/settings/mode", &[("mode", "cautious")]).await.is(303);
        coast.alice.get("/boundaries").await.is(200).shows("with a question");
        coast.nora_says("1", "New here").await;
        coast.queue().await.shows("New here").shows("We first heard of");
        coast.a_month_goes_by().await;
        coast.nora_says("2", "Still here").await;
        coast.told().await.shows("Still here").hides("New here");
    }

    async fn a_voucher_lets_a_server_in_before_its_time_and_lasts_as_long_as_it_stands(coast) {
        use comity::communities::{Settings, change_settings};
        let here = coast.town.community();
        let settings = Settings { mode: comity_policy::Mode::Cautious, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        let mut marta = coast.town.member_of(&here, "marta", Role::Moderator).await;
        let vouchers = [("name", "vouchers"), ("scope", "community")];
        let list = marta.post("/boundaries/lists", &vouchers).await.is(303).leads_to().unwrap();
        let open = [("pattern", "list:vouchers"), ("stance", "open"), ("scope", "community"), ("reason", "Our neighbours vouch for them")];
        marta.post("/boundaries", &open).await.leads("/boundaries");
        coast.nora_says("1", "Nobody vouches for me").await;
        coast.told().await.hides("Nobody vouches for me");
        let server = coast.peer.domain("open");
        marta.post(&list, &[("pattern", &*server), ("comment", "the island vouches")]).await.is(303);
        coast.nora_says("2", "Vouched for").await;
        coast.told().await.shows("Vouched for").hides("Nobody vouches for me");
        // It lifts what the community does about the unknown, and no rule of it.
        let limited = [("pattern", &*server), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &limited).await.is(303);
        let nora = coast.peer.iri("open", "nora");
        let alice = coast.alice.account.iri.to_string();
        coast.brings(&peer::create(&nora, "3", "Refused all the same", None, Some(&alice))).await;
        assert!(coast.id_of(&format!("{nora}/statuses/3")).await.is_none());
        let rule = marta.get("/boundaries").await.is(200).number_after("action=\"/boundaries/").unwrap();
        marta.post(&format!("/boundaries/{rule}/remove"), &[]).await.is(303);
        marta.post(&format!("{list}/remove"), &[("pattern", &*server)]).await.is(303);
        coast.nora_says("4", "No longer vouched for").await;
        coast.told().await.hides("No longer vouched for");
        coast.queue().await.shows("No longer vouched for");
    }

    async fn neighbours_of_one_installation_are_asked_about_too(coast) {
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", Role::Member).await;
        let rule = [("pattern", "island.localhost"), ("stance", "ask"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        let post = coast.town.post(&mut coast.alice, "A question to all", "public").await;
        let answer = coast.town.reply(&mut tom, &post, "An answer from the island", "public").await;
        coast.town.post(&mut tom, "@alice@harbour.localhost a word", "direct").await;
        coast.told().await.hides("from the island").hides("a word");
        coast.bob.get(&post.path).await.is(200).hides("from the island");
        coast.queue().await.shows("from the island").shows("a word").shows("tom");
        coast.alice.post(&format!("/contacts/{}/let-in", answer.id), &[]).await.is(303);
        coast.told().await.shows("from the island").hides("a word");
        coast.bob.get(&post.path).await.is(200).shows("from the island");
    }

    async fn a_community_may_ask_for_all_its_members_and_what_nobody_answers_ends(coast) {
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "ask"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        coast.nora_says("1", "Hello, harbour").await;
        coast.queue().await.shows("Hello, harbour");
        coast.told().await.hides("Hello, harbour");
        let members = ("bob", coast.bob.account.iri.to_string());
        let nora = coast.peer.iri("open", "nora");
        coast.brings(&peer::create(&nora, "2", "And you, bob", None, Some(&members.1))).await;
        coast.bob.get("/contacts").await.is(200).shows("And you, bob").hides("Hello, harbour");
        coast.a_month_goes_by().await;
        // What is old is looked for at a start.
        let _another = works(&coast.town);
        for _ in 0..500 {
            if coast.queue().await.words().contains("Nobody waits") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it waits still");
    }

    async fn one_who_says_much_before_an_answer_is_not_kept_without_end(coast) {
        coast.alice_asks_about("open").await;
        for number in 0..25 {
            coast.nora_says(&number.to_string(), &format!("Word number {number},")).await;
        }
        let queue = coast.queue().await;
        let kept = (0..25).filter(|number| queue.words().contains(&format!("Word number {number},"))).count();
        assert_eq!(kept, 20);
        coast.told().await.hides("Word number");
    }

    async fn an_answer_is_taken_out_of_the_conversation_by_whom_it_answers_and_put_back(coast) {
        let post = coast.town.post(&mut coast.alice, "What do you think?", "public").await;
        coast.is_idle().await;
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let nora = coast.peer.iri("open", "nora");
        let alice = coast.alice.account.iri.to_string();
        coast.brings(&peer::create(&nora, "1", "Something rude", Some(&iri), Some(&alice))).await;
        let id = coast.id_of(&format!("{nora}/statuses/1")).await.unwrap();
        coast.bob.get(&post.path).await.is(200).shows("Something rude");
        let count = async |coast: &Coast| {
            comity::statuses::load_one(&coast.town.app, post.id).await.unwrap().replies_count
        };
        assert_eq!(count(&coast).await, 1);
        coast.bob.post(&format!("/statuses/{id}/take-out"), &[]).await.is(404);
        coast.alice.get(&post.path).await.is(200).shows("Take it out of the conversation");
        for _ in 0..2 {
            coast.alice.post(&format!("/statuses/{id}/take-out"), &[]).await.is(303);
        }
        assert_eq!(count(&coast).await, 0);
        coast.bob.get(&post.path).await.is(200).hides("Something rude");
        coast.alice.get(&post.path).await.is(200).hides("Something rude");
        let profile = format!("/@nora@{}?replies=yes", coast.peer.domain("open"));
        coast.bob.get(&profile).await.is(200).shows("Something rude");
        coast.told().await.shows("Put it back under your post");
        coast.alice.post(&format!("/statuses/{id}/put-back"), &[]).await.is(303);
        assert_eq!(count(&coast).await, 1);
        coast.bob.get(&post.path).await.is(200).shows("Something rude");
    }

    async fn whoever_waits_does_not_get_in_by_answering_themself(coast) {
        coast.alice_asks_about("open").await;
        let post = coast.town.post(&mut coast.alice, "What do you think?", "public").await;
        coast.is_idle().await;
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let nora = coast.peer.iri("open", "nora");
        coast.brings(&peer::create(&nora, "1", "The waiting answer", Some(&iri), None)).await;
        let first = format!("{nora}/statuses/1");
        coast.brings(&peer::create(&nora, "2", "The answer to it", Some(&first), None)).await;
        coast.bob.get(&post.path).await.is(200).hides("The waiting answer").hides("The answer to it");
        coast.alice.get(&post.path).await.is(200).shows("The waiting answer").shows("The answer to it");
        // It names nobody, so nobody is told when it comes in; it stands.
        let id = coast.id_of(&first).await.unwrap();
        coast.alice.post(&format!("/contacts/{id}/let-in"), &[]).await.is(303);
        coast.bob.get(&post.path).await.is(200).shows("The waiting answer").shows("The answer to it");
        coast.alice.post(&format!("/statuses/{id}/take-out"), &[]).await.is(303);
        coast.bob.get(&post.path).await.is(200).hides("The waiting answer").hides("The answer to it");
    }

    async fn an_answer_for_somebody_else_is_theirs_and_not_of_whom_it_answers(coast) {
        coast.alice_asks_about("open").await;
        let post = coast.town.post(&mut coast.alice, "What do you think?", "public").await;
        coast.is_idle().await;
        let iri = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let nora = coast.peer.iri("open", "nora");
        let bob = coast.bob.account.iri.to_string();
        let mut note = peer::create(&nora, "1", "Between bob and me", Some(&iri), Some(&bob));
        note["to"] = json!([bob]);
        note["cc"] = json!([]);
        note["object"]["to"] = json!([bob]);
        note["object"]["cc"] = json!([]);
        coast.brings(&note).await;
        coast.bob.get("/notifications").await.is(200).shows("Between bob and me");
        coast.queue().await.hides("Between bob and me");
        coast.alice.get(&post.path).await.is(200).hides("Between bob and me");
    }

    async fn what_names_the_community_itself_comes_in_for_whom_it_is_for(coast) {
        coast.alice_asks_about("open").await;
        let domain = coast.town.community().domain.clone();
        let open = coast.peer.domain("open");
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let rule = [("pattern", open.as_str()), ("stance", "ask"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        let nora = coast.peer.iri("open", "nora");
        let actor = coast.town.community().iri("/actor").to_string();
        let alice = coast.alice.account.iri.to_string();
        let mut note = peer::create(&nora, "1", "To the whole house", None, Some(&actor));
        let tags = json!([
            { "type": "Mention", "href": actor, "name": format!("@{domain}") },
            { "type": "Mention", "href": alice, "name": "@alice" },
        ]);
        note["object"]["tag"] = tags;
        note["object"]["cc"] = json!([actor, alice]);
        coast.brings(&note).await;
        assert!(coast.id_of(&format!("{nora}/statuses/1")).await.is_some());
        coast.queue().await.shows("To the whole house");
    }

    async fn what_a_member_wrote_and_waited_goes_out_once_it_is_let_in(coast) {
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", Role::Member).await;
        coast.follows_on_island("kept", "lena", &tom.account).await;
        let rule = [("pattern", "island.localhost"), ("stance", "ask"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        let post = coast.town.post(&mut coast.alice, "A question to all", "public").await;
        let answer = coast.town.reply(&mut tom, &post, "An answer for everybody", "public").await;
        coast.is_idle().await;
        let brought = |coast: &Coast| coast.got("kept", "Create").iter().any(|one| one.to_string().contains("An answer for everybody"));
        assert!(!brought(&coast));
        coast.alice.post(&format!("/contacts/{}/let-in", answer.id), &[]).await.is(303);
        coast.is_idle().await;
        assert!(brought(&coast));
    }
}
