//! Before a post is sent: whom it would reach, from whom its author keeps it, and who may answer. What the composer says
//! is what then happens.

use http::Method;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::coast::Coast;
use crate::peer;

impl Coast {
    /// What alice chose for a post, and where it is.
    async fn alice_writes(&mut self, fields: &[(&str, &str)]) -> Post {
        let post = self.town.compose(&mut self.alice, fields).await;
        self.is_idle().await;
        post
    }

    async fn fetches(&self, server: &str, name: &str, post: &Post) -> crate::town::Answer {
        let path = format!("/users/alice/statuses/{}", post.id);
        self.signed(&self.peer.iri(server, name), Method::GET, &path, "")
            .await
    }
}

coast_test! {
    async fn the_composer_says_who_gets_it_and_that_is_who_gets_it(coast) {
        coast.alice_refuses_kept().await;
        let kept = coast.peer.domain("kept");
        coast.alice.get("/compose").await.is(200)
            .shows("1 person on 1 server, each cleared by your rules")
            .shows(&format!("Not sent: 1 person on {kept}"))
            .shows("You refuse kept")
            .shows("they sell what they read");
        let local = [("text", "For the harbour"), ("visibility", "local"), ("check", "true")];
        coast.alice.post("/compose", &local).await.is(200)
            .shows("It goes to no other server").hides("Not sent");
        // Who is named and follows as well is one person.
        let text = format!("Hello @rita@{}", coast.peer.domain("open"));
        let named = [("text", text.as_str()), ("visibility", "public"), ("check", "true")];
        coast.alice.post("/compose", &named).await.is(200).shows("1 person on 1 server, each cleared");
        // Bob follows her from next door: he is here, and she is told of him as well.
        let alice = coast.alice.account.id;
        coast.bob.does(&format!("/accounts/{alice}/follow")).await;
        let public = [("text", "For all of you"), ("visibility", "public"), ("check", "true")];
        coast.alice.post("/compose", &public).await.is(200)
            .shows("1 person on 1 server and 1 here")
            .shows("For all of you");
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty(), "asking publishes nothing");
        coast.alice_writes(&public[..2]).await;
        assert_eq!(coast.got("open", "Create").len(), 1);
        assert!(coast.got("kept", "Create").is_empty());
    }

    async fn whom_a_post_is_kept_from_get_it_by_no_path(coast) {
        let open = coast.peer.domain("open");
        let keep = [("text", "Not for them"), ("visibility", "public"), ("kept_from", open.as_str())];
        let asked: Vec<_> = keep.iter().copied().chain([("check", "true")]).collect();
        coast.alice.post("/compose", &asked).await.is(200)
            .shows(&format!("Not sent: 1 person on {open}"))
            .shows("You keep this post from them");
        let post = coast.alice_writes(&keep).await;
        assert!(coast.got("open", "Create").is_empty());
        assert_eq!(coast.got("kept", "Create").len(), 1);
        coast.fetches("open", "rita", &post).await.is(404);
        coast.fetches("open", "actor", &post).await.is(404);
        coast.fetches("kept", "lena", &post).await.is(200).shows("Not for them");
        // Neither what shares it nor what answers it carries it there, whoever follows whom.
        coast.bob.does(&format!("/statuses/{}/reblog", post.id)).await;
        let id = post.id.to_string();
        coast.bob.post("/compose", &[("text", "Well said"), ("visibility", "public"), ("in_reply_to", &id)]).await.is(303);
        coast.is_idle().await;
        assert!(coast.got("open", "Announce").is_empty() && coast.got("open", "Create").is_empty());
        assert_eq!(coast.got("kept", "Announce").len(), 1);
        assert_eq!(coast.got("kept", "Create").len(), 2);
        // Nor does an edit, nor its end.
        coast.alice.post(&format!("/statuses/{}/edit", post.id), &[("text", "Still not for them")]).await.is(303);
        coast.is_idle().await;
        coast.deletes(&post).await;
        assert!(coast.got("open", "Update").is_empty() && coast.got("open", "Delete").is_empty());
        assert_eq!(coast.got("kept", "Update").len(), 1);
    }

    async fn a_post_is_kept_from_whoever_is_on_a_list(coast) {
        let (open, kept) = (coast.peer.domain("open"), coast.peer.domain("kept"));
        let made = coast.alice.post("/boundaries/lists", &[("name", "away"), ("scope", "mine")]).await.is(303);
        let list = made.leads_to().unwrap();
        coast.alice.post(&list, &[("pattern", &open)]).await.is(303);
        let keep = [("text", "Not for the list"), ("visibility", "public"), ("kept_from", "list:away")];
        let asked: Vec<_> = keep.iter().copied().chain([("check", "true")]).collect();
        coast.alice.post("/compose", &asked).await.is(200)
            .shows(&format!("Not sent: 1 person on {open}"))
            .shows("You keep this post from them");
        let post = coast.alice_writes(&keep).await;
        assert!(coast.got("open", "Create").is_empty());
        assert_eq!(coast.got("kept", "Create").len(), 1);
        coast.fetches("open", "actor", &post).await.is(404);
        coast.fetches("kept", "lena", &post).await.is(200);
        // Who comes onto the list later is kept from it from then on; one person on it is enough for their server.
        let lena = format!("@lena@{kept}");
        coast.alice.post(&list, &[("pattern", &lena)]).await.is(303);
        coast.fetches("kept", "lena", &post).await.is(404);
        coast.fetches("kept", "actor", &post).await.is(404);
        // Without the list nobody could tell from whom it is kept, so it stays.
        coast.alice.post(&format!("{list}/delete"), &[]).await.is(422).shows("Posts are kept from everybody on this list");

        let text = format!("@rita@{open}, look");
        let named = [("text", text.as_str()), ("visibility", "public"), ("kept_from", "list:away")];
        coast.alice.post("/compose", &named).await.is(422).shows("whom it names");
        // Lists of others are neither named nor numbered.
        let number = format!("list:{}", list.rsplit('/').next().unwrap());
        for name in ["list:away", number.as_str(), "list:77"] {
            let keep = [("text", "Hello"), ("visibility", "public"), ("kept_from", name)];
            coast.bob.post("/compose", &keep).await.is(422).shows("names a list that you do not keep");
        }
        let harbour = coast.town.community();
        let mut marta = coast.town.member_of(&harbour, "marta", comity::members::Role::Moderator).await;
        marta.post("/boundaries/lists", &[("name", "shared"), ("scope", "community")]).await.is(303);
        let keep = [("text", "Hello"), ("visibility", "public"), ("kept_from", "list:shared")];
        coast.bob.post("/compose", &keep).await.is(422).shows("names a list that you do not keep");
        marta.post("/compose", &keep).await.is(303);
    }

    async fn nobody_is_named_in_what_is_kept_from_them(coast) {
        let rita = format!("@rita@{}", coast.peer.domain("open"));
        let text = format!("{rita}, look at this");
        let keep = [("text", text.as_str()), ("visibility", "public"), ("kept_from", rita.as_str())];
        coast.alice.post("/compose", &keep).await.is(422).shows("whom it names");
        for (wrong, why) in [
            ("*", "names everybody"),
            ("not/a/server", "not/a/server"),
            ("@nobody@nowhere.example", "whom nobody here knows"),
        ] {
            let keep = [("text", "Hello"), ("visibility", "public"), ("kept_from", wrong)];
            coast.alice.post("/compose", &keep).await.is(422).shows("What you keep it from").shows(why);
        }
        let many: Vec<String> = (0..21).map(|number| format!("s{number}.example")).collect();
        let keep = [("text", "Hello"), ("visibility", "public"), ("kept_from", &many.join(", "))];
        coast.alice.post("/compose", &keep).await.is(422).shows("20 fit");
    }

    async fn who_may_answer_is_held_here_and_asked_of_others(coast) {
        let only = [("text", "No answers, please"), ("visibility", "public"), ("answers", "nobody")];
        let post = coast.alice_writes(&only).await;
        let sent = &coast.got("open", "Create")[0]["object"]["interactionPolicy"]["canReply"];
        assert_eq!(sent["automaticApproval"], json!([coast.alice.account.iri.as_str()]));
        let id = post.id.to_string();
        coast.bob.post("/compose", &[("text", "But I"), ("visibility", "public"), ("in_reply_to", &id)]).await
            .is(422).shows("lets nobody answer this");
        let by = coast.peer.iri("open", "rita");
        let address = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let answer = peer::create(&by, "1", "But I do", Some(&address), None);
        coast.signed(&by, Method::POST, "/inbox", &answer.to_string()).await.is(202);
        coast.is_idle().await;
        coast.alice.get(&post.path).await.is(200).hides("But I do").shows("No answers");
        // Her own go on, and followers are let in where she says so.
        coast.alice.post("/compose", &[("text", "Only me"), ("visibility", "public"), ("in_reply_to", &id)]).await.is(303);
        let followers = [("text", "Followers may"), ("visibility", "public"), ("answers", "followers")];
        let post = coast.alice_writes(&followers).await;
        let address = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        for (server, name, number) in [("open", "rita", "2"), ("open", "nora", "3")] {
            let by = coast.peer.iri(server, name);
            let answer = peer::create(&by, number, &format!("Says {name}"), Some(&address), None);
            coast.signed(&by, Method::POST, "/inbox", &answer.to_string()).await.is(202);
        }
        coast.is_idle().await;
        coast.alice.get(&post.path).await.is(200).shows("Says rita").hides("Says nora");
        let plain: Value = coast.got("open", "Create").into_iter()
            .find(|sent| sent["object"]["content"].to_string().contains("Only me")).unwrap();
        assert!(plain["object"]["interactionPolicy"].get("canReply").is_none());
    }

    async fn l29_the_composer_and_the_ledger_tell_nothing_of_what_others_lay_down(coast) {
        let open = coast.peer.domain("open");
        coast.alice.post("/boundaries", &[("pattern", &open), ("stance", "refused"), ("scope", "mine"), ("reason", "an ex works there")]).await.is(303);
        let post = coast.town.post(&mut coast.alice, "To be answered", "public").await;
        let id = post.id.to_string();
        let text = format!("@rita@{open} and all of you");
        let answer = [("text", text.as_str()), ("visibility", "public"), ("in_reply_to", &id)];
        let asked: Vec<_> = answer.iter().copied().chain([("check", "true")]).collect();
        coast.bob.post("/compose", &asked).await.is(200)
            .shows("2 people on 2 servers").shows("no further than whoever it answers lets it").hides("Not sent").hides("an ex");
        let mine = coast.town.compose(&mut coast.bob, &answer).await;
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty(), "her rule holds all the same");
        let ledger = format!("/statuses/{}/reach", mine.id);
        coast.bob.get(&ledger).await.is(200).hides("Not sent").hides("Kept from").hides("an ex");
        // A moderator is told no more of it than others.
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", comity::members::Role::Moderator).await;
        let hers = coast.town.compose(&mut marta, &answer).await;
        coast.is_idle().await;
        marta.get(&format!("/statuses/{}/reach", hers.id)).await.is(200).hides("an ex").hides("Not sent");
        // Somebody's answer to servers nobody named is theirs alone, too.
        let alice = coast.alice.account.id;
        coast.bob.does(&format!("/accounts/{alice}/follow")).await;
        coast.bob.post("/settings/mode", &[("mode", "allow-list")]).await.is(303);
        coast.alice.get("/compose").await.is(200).shows("1 here");
    }

    async fn from_whom_something_is_kept_is_not_for_those_who_answer_it_to_find_out(coast) {
        let open = coast.peer.domain("open");
        let post = coast.alice_writes(&[("text", "Not for them"), ("visibility", "public"), ("kept_from", &open)]).await;
        let id = post.id.to_string();
        let text = format!("@rita@{open} look at this");
        let answer = [("text", text.as_str()), ("visibility", "public"), ("in_reply_to", &id)];
        let asked: Vec<_> = answer.iter().copied().chain([("check", "true")]).collect();
        coast.bob.post("/compose", &asked).await.is(200).hides("Not sent").hides("keep this").hides("keeps this");
        let mine = coast.town.compose(&mut coast.bob, &answer).await;
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty());
        coast.bob.get(&format!("/statuses/{}/reach", mine.id)).await.is(200).hides("Not sent");
        coast.alice.get(&format!("/statuses/{}/reach", post.id)).await.is(200).shows("You keep this post from them.");
        // An answer from elsewhere carries it on as well.
        let lena = coast.peer.iri("kept", "lena");
        let address = format!("{}/statuses/{}", coast.alice.account.iri, post.id);
        let theirs = peer::create(&lena, "1", "Lena answers", Some(&address), None);
        coast.signed(&lena, Method::POST, "/inbox", &theirs.to_string()).await.is(202);
        coast.is_idle().await;
        let iri = comity_vocab::Iri::parse(&format!("{lena}/statuses/1")).unwrap();
        let hers = comity::statuses::find_by_iri(&coast.town.app, &iri).await.unwrap().unwrap().to_string();
        coast.town.compose(&mut coast.bob, &[("text", "To Lena"), ("visibility", "public"), ("in_reply_to", &hers)]).await;
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty());
        assert_eq!(coast.got("kept", "Create").len(), 3);
    }

    async fn l02_l19_what_is_kept_from_one_person_is_not_brought_to_their_server(coast) {
        let alice = coast.alice.account.iri.clone();
        coast.follows("open", "nora", &coast.alice).await;
        coast.is_idle().await;
        let rita = format!("@rita@{}", coast.peer.domain("open"));
        let post = coast.alice_writes(&[("text", "Not for Rita"), ("visibility", "public"), ("kept_from", &rita)]).await;
        assert!(coast.got("open", "Create").is_empty(), "a shared inbox is read by all of them: {alice}");
        coast.fetches("open", "rita", &post).await.is(404);
        coast.fetches("open", "actor", &post).await.is(404);
        coast.fetches("open", "nora", &post).await.is(200);
    }

    async fn asking_whom_it_reaches_asks_nobody_elsewhere(coast) {
        let nora = format!("@nora@{}", coast.peer.domain("open"));
        let text = format!("Hello {nora}");
        let asked = [("text", text.as_str()), ("visibility", "public"), ("check", "true")];
        coast.alice.post("/compose", &asked).await.is(200);
        let domain = comity_vocab::Domain::parse(&coast.peer.domain("open")).unwrap();
        let known = comity::accounts::find_by_handle(&coast.town.app, "nora", &domain).await.unwrap();
        assert!(known.is_none(), "she was looked up");
        // Nor is anybody whose server it is kept from, even when it is sent.
        let open = coast.peer.domain("open");
        let sent = [("text", text.as_str()), ("visibility", "public"), ("kept_from", &open)];
        coast.alice.post("/compose", &sent).await.is(422).shows("whom it names");
        let known = comity::accounts::find_by_handle(&coast.town.app, "nora", &domain).await.unwrap();
        assert!(known.is_none());
    }

    async fn who_may_answer_holds_for_answers_to_answers(coast) {
        let only = [("text", "Only @bob may answer"), ("visibility", "public"), ("answers", "mentioned")];
        let post = coast.alice_writes(&only).await;
        let id = post.id.to_string();
        let bobs = coast.town.compose(&mut coast.bob, &[("text", "I may"), ("visibility", "public"), ("in_reply_to", &id)]).await;
        coast.is_idle().await;
        let mut marta = coast.town.member("marta").await;
        let id = bobs.id.to_string();
        let answer = [("text", "I may not"), ("visibility", "public"), ("in_reply_to", id.as_str())];
        marta.post("/compose", &answer).await.is(422).shows("began this conversation");
        let rita = coast.peer.iri("open", "rita");
        let address = format!("{}/statuses/{}", coast.bob.account.iri, bobs.id);
        let theirs = peer::create(&rita, "1", "Nor may Rita", Some(&address), None);
        coast.signed(&rita, Method::POST, "/inbox", &theirs.to_string()).await.is(202);
        coast.is_idle().await;
        coast.alice.get(&post.path).await.is(200).shows("I may").hides("Nor may Rita");
        // Both may go on.
        coast.alice.post("/compose", &[("text", "Go on"), ("visibility", "public"), ("in_reply_to", &id)]).await.is(303);
        coast.bob.post("/compose", &[("text", "I do"), ("visibility", "public"), ("in_reply_to", &id)]).await.is(303);
    }
}
