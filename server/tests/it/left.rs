//! Leaving a conversation: nothing in it tells who left anything, until they join again.

use http::Method;

use crate::coast::Coast;
use crate::peer;
use crate::town_test;

town_test! {
    async fn who_leaves_a_conversation_hears_nothing_of_it_until_they_join_again(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let root = town.post(&mut alice, "Where shall we meet?", "public").await;
        let answer = town.reply(&mut bob, &root, "@alice By the pier", "public").await;
        let page = alice.get("/notifications").await.is(200).shows("By the pier").shows("Leave this conversation");
        assert!(page.body.contains(&format!("/statuses/{}/leave", answer.id)), "{}", page.body);
        // It stands in the fold with what else can be done.
        let (before, _) = page.body.split_once("Leave this conversation").unwrap();
        let fold = before.rfind("<details class=\"more\"").expect("a fold");
        let (opened, shut) = (before[fold..].matches("<details").count(), before[fold..].matches("</details>").count());
        assert!(opened > shut, "{}", page.body);
        alice.post(&format!("/statuses/{}/leave", answer.id), &[("back", "/notifications")]).await.leads("/notifications");
        // Twice is once.
        alice.post(&format!("/statuses/{}/leave", root.id), &[("back", "/notifications")]).await.is(303);
        alice.get("/notifications").await.is(200).shows("By the pier").hides("Leave this conversation");
        alice.get(&root.path).await.is(200).shows("You left this conversation").shows("Join again");
        bob.get(&root.path).await.is(200).hides("You left").shows("Leave this conversation");
        // Answers, mentions, favourites and boosts: of her own post and below it.
        town.reply(&mut carol, &answer, "@alice Which pier?", "public").await;
        for act in ["favourite", "reblog"] {
            carol.post(&format!("/statuses/{}/{act}", root.id), &[]).await.is(303);
        }
        let told = alice.get("/notifications").await.is(200);
        told.hides("Which pier?").hides("carol");
        // Bob did not leave, and another conversation is another.
        bob.get("/notifications").await.is(200).shows("Which pier?");
        town.post(&mut carol, "@alice Something else", "public").await;
        alice.get("/notifications").await.is(200).shows("Something else");
        // What came meanwhile is in the conversation, and not told afterwards.
        alice.post(&format!("/statuses/{}/join", root.id), &[("back", &root.path)]).await.leads(&root.path);
        alice.get(&root.path).await.is(200).shows("Which pier?").hides("You left");
        town.reply(&mut carol, &answer, "@alice The long one", "public").await;
        alice.get("/notifications").await.is(200).shows("The long one").hides("Which pier?");
    }

    async fn who_answers_joins_again_and_nobody_else_learns_who_left(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let root = town.post(&mut alice, "Where shall we meet?", "public").await;
        let told = |page: &crate::town::Answer| {
            let at = page.body.find("name=\"tell\" value=\"@alice").expect("a box for alice");
            page.body[at..].split('>').next().unwrap().contains("checked")
        };
        assert!(told(&bob.get(&root.path).await.is(200)));
        alice.post(&format!("/statuses/{}/leave", root.id), &[]).await.is(303);
        assert!(told(&bob.get(&root.path).await.is(200)), "bob does not see that she left");
        assert!(told(&bob.get(&format!("/compose?in_reply_to={}", root.id)).await.is(200)));
        town.reply(&mut alice, &root, "I changed my mind", "public").await;
        town.reply(&mut bob, &root, "@alice Good", "public").await;
        alice.get("/notifications").await.is(200).shows("Good");
    }

    async fn who_left_may_still_read_answers_that_are_for_few(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let root = town.post(&mut alice, "@bob Between us", "direct").await;
        alice.post(&format!("/statuses/{}/leave", root.id), &[]).await.is(303);
        // As the form comes: with the boxes that are ticked.
        let page = bob.get(&root.path).await.is(200);
        let at = page.body.find("name=\"tell\" value=\"@alice").expect("a box for alice");
        assert!(page.body[at..].split('>').next().unwrap().contains("checked"));
        let handle = page.body[at..].split('"').nth(3).unwrap().to_owned();
        let answer = [("text", "So it stays"), ("visibility", "direct"), ("tell", handle.as_str()), ("in_reply_to", &root.id.to_string())];
        bob.post("/compose", &answer).await.is(303);
        alice.get("/notifications").await.is(200).hides("So it stays");
        alice.get(&root.path).await.is(200).shows("So it stays");
    }

    async fn l29_nobody_leaves_a_conversation_that_is_not_theirs_to_see(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.member("dora").await;
        let post = town.post(&mut alice, "@dora Only for her", "direct").await;
        for act in ["leave", "join"] {
            bob.post(&format!("/statuses/{}/{act}", post.id), &[]).await.is(404);
            town.anonymous().post(&format!("/statuses/{}/{act}", post.id), &[]).await.hides("Only for her");
        }
    }

    async fn what_whom_one_follows_writes_there_stays_on_the_home_timeline(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.follow(&mut alice, &bob).await;
        let root = town.post(&mut bob, "Shall we?", "public").await;
        alice.post(&format!("/statuses/{}/leave", root.id), &[]).await.is(303);
        town.reply(&mut bob, &root, "We shall", "public").await;
        town.reply(&mut carol, &root, "@alice Let us", "public").await;
        alice.get("/home").await.is(200).shows("We shall").hides("Let us");
    }
}

impl Coast {
    async fn says(
        &self,
        server: &str,
        name: &str,
        number: &str,
        words: &str,
        parent: Option<&str>,
    ) {
        let alice = self.alice.account.iri.to_string();
        let by = self.peer.iri(server, name);
        let create = peer::create(&by, number, words, parent, Some(&alice)).to_string();
        self.signed(&by, Method::POST, "/inbox", &create)
            .await
            .is(202);
        self.is_idle().await;
    }
}

coast_test! {
    async fn who_left_a_part_of_a_conversation_left_the_whole_when_what_it_answers_comes_late(coast) {
        let rita = coast.peer.iri("open", "rita");
        let root = format!("{rita}/statuses/root");
        coast.says("open", "rita", "second", "An answer to what is not here", Some(&root)).await;
        let id = coast.id_of(&format!("{rita}/statuses/second")).await.unwrap();
        coast.alice.get("/notifications").await.is(200).shows("An answer to what is not here");
        coast.alice.post(&format!("/statuses/{id}/leave"), &[]).await.is(303);
        coast.says("open", "rita", "root", "What was answered", None).await;
        coast.says("kept", "lena", "third", "Another answer", Some(&root)).await;
        coast.says("kept", "lena", "fourth", "Another thing", None).await;
        let told = coast.alice.get("/notifications").await.is(200).shows("Another thing");
        told.hides("What was answered").hides("Another answer");
        let root = coast.id_of(&root).await.unwrap();
        coast.alice.post(&format!("/statuses/{root}/join"), &[]).await.is(303);
        coast.says("kept", "lena", "fifth", "One more answer", Some(&format!("{rita}/statuses/second"))).await;
        coast.alice.get("/notifications").await.is(200).shows("One more answer");
    }

    async fn a_post_that_comes_late_silences_nothing_in_which_a_member_wrote(coast) {
        let rita = coast.peer.iri("open", "rita");
        let root = format!("{rita}/statuses/root");
        // She wrote in what the late post belongs to, and left what answers it.
        let mine = coast.town.post(&mut coast.alice, "What do you think?", "public").await;
        coast.says("open", "rita", "second", "An answer to what is not here", Some(&root)).await;
        let id = coast.id_of(&format!("{rita}/statuses/second")).await.unwrap();
        coast.alice.post(&format!("/statuses/{id}/leave"), &[]).await.is(303);
        let mine_iri = format!("{}/statuses/{}", coast.alice.account.iri, mine.id);
        coast.says("open", "rita", "root", "An answer that joins them", Some(&mine_iri)).await;
        coast.says("kept", "lena", "third", "And what about this", Some(&mine_iri)).await;
        coast.alice.get("/notifications").await.is(200).shows("An answer that joins them").shows("And what about this");
        // The other way round: she left what the late post belongs to, and wrote below what answers it.
        let other = format!("{rita}/statuses/other");
        coast.says("open", "rita", "loud", "Something loud", None).await;
        let loud = coast.id_of(&format!("{rita}/statuses/loud")).await.unwrap();
        coast.alice.post(&format!("/statuses/{loud}/leave"), &[]).await.is(303);
        coast.says("kept", "lena", "quiet", "A quiet word", Some(&other)).await;
        let quiet = coast.id_of(&format!("{}/statuses/quiet", coast.peer.iri("kept", "lena"))).await.unwrap();
        let quiet = quiet.to_string();
        let said = [("text", "I hear you"), ("visibility", "public"), ("in_reply_to", quiet.as_str())];
        let said = coast.town.compose(&mut coast.alice, &said).await;
        coast.is_idle().await;
        coast.says("open", "rita", "other", "Louder", Some(&format!("{rita}/statuses/loud"))).await;
        let said_iri = format!("{}/statuses/{}", coast.alice.account.iri, said.id);
        coast.says("kept", "lena", "low", "Good to hear", Some(&said_iri)).await;
        coast.alice.get("/notifications").await.is(200).shows("Good to hear");
    }
}
