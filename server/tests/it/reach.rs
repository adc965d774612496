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
            .is(422).shows("chose who may answer");
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
        assert!(plain["object"].get("interactionPolicy").is_none());
    }
}
