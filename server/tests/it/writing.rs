//! Writing: a post appears, changes, keeps what it said before, and goes.

use crate::town_test;

town_test! {
    async fn a_post_appears_in_the_writers_home_and_in_the_community(town) {
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "Good morning, harbour", "public").await;
        alice.get("/home").await.is(200).shows("Good morning, harbour");
        alice.get("/community").await.is(200).shows("Good morning, harbour");
        town.anonymous().get("/community").await.is(200).shows("Good morning, harbour");
        town.anonymous().get(&post.path).await.is(200).shows("Good morning, harbour").shows("Seen by: Everyone");
    }

    async fn what_is_wrong_with_a_post_is_said_beside_it_and_nothing_typed_is_lost(town) {
        let mut alice = town.member("alice").await;
        alice.post("/compose", &[("text", "  ")]).await.is(422).shows("Your post is empty; write something first");
        let long = "long ".repeat(2_000);
        alice.post("/compose", &[("text", &long)]).await.is(422).shows("fit").shows("long long long");
        let tag = [("text", "kept words"), ("language", "\" onload=")];
        alice.post("/compose", &tag).await.is(422).shows("language").shows("kept words");
        alice.get("/home").await.hides("kept words");
    }

    async fn attack_25_what_is_typed_is_text_and_never_markup(town) {
        let mut alice = town.member("alice").await;
        let typed = "<script>alert(1)</script> <b onclick=x>bold</b> & https://elsewhere.example/?a=1&b=\"2\"";
        let post = town.post(&mut alice, typed, "public").await;
        let page = town.anonymous().get(&post.path).await.is(200).shows("<script>alert(1)</script>");
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<b onclick"), "{}", page.body);
        assert!(page.body.contains("href=\"https://elsewhere.example/?a=1"), "{}", page.body);
    }

    async fn an_edit_changes_the_words_and_keeps_the_old_ones_under_edited(town) {
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "The ferry leaves at nine", "public").await;
        alice.get(&format!("/statuses/{}/edit", post.id)).await.is(200).shows("The ferry leaves at nine");
        town.wait_s(60);
        let edit = format!("/statuses/{}/edit", post.id);
        alice.get(&post.path).await.is(200).hides("What it said before");
        alice.post(&edit, &[("text", "The ferry leaves at ten")]).await.is(303);
        alice.get(&post.path).await.is(200).shows("What it said before");
        let page = town.anonymous().get(&post.path).await.is(200);
        page.shows("The ferry leaves at ten").shows("edited").hides("leaves at nine");
        let history = town.anonymous().get(&format!("/statuses/{}/history", post.id)).await.is(200);
        let history = history.shows("as it is now").shows("as it was first").words();
        assert!(history.find("at ten") < history.find("at nine"), "{history}");
    }

    async fn an_edit_of_nothing_is_no_edit(town) {
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "As it was", "public").await;
        town.wait_s(60);
        let same = [("text", "As it was"), ("language", "")];
        alice.post(&format!("/statuses/{}/edit", post.id), &same).await.is(303);
        town.anonymous().get(&post.path).await.is(200).hides("\"edited\"");
    }

    async fn what_reads_like_another_language_is_told_and_not_changed(town) {
        let mut alice = town.member("alice").await;
        let german = "Das Boot legt heute erst um neun Uhr ab, weil der Wind zu stark ist.";
        let asked = [("text", german), ("language", "en"), ("visibility", "public"), ("check", "true")];
        alice.post("/compose", &asked).await.is(200).shows("reads like Deutsch").shows("it is marked as English");
        // The button marks it, and publishes nothing.
        let marked = [("text", german), ("language", "en"), ("visibility", "public"), ("mark_as", "de")];
        let page = alice.post("/compose", &marked).await.is(200).shows(german).hides("reads like");
        assert!(page.body.contains("<option value=\"de\" lang=\"de\" selected>"), "{}", page.body);
        alice.get("/home").await.is(200).hides("neun Uhr");
        let english = [("text", "The ferry leaves at nine today because the wind is too strong."), ("language", "en"), ("check", "true")];
        alice.post("/compose", &english).await.is(200).hides("reads like");
        let short = [("text", "Neun Uhr"), ("language", "en"), ("check", "true")];
        alice.post("/compose", &short).await.is(200).hides("reads like");
        // What is posted stays as it is marked.
        let posted = town.compose(&mut alice, &[("text", german), ("language", "en"), ("visibility", "public")]).await;
        let page = alice.get(&posted.path).await.is(200);
        assert!(page.body.contains("<div class=\"words\" dir=\"auto\" lang=\"en\">"), "{}", page.body);
        // A draft is told of when it is opened.
        alice.post("/compose", &[("text", german), ("language", "en"), ("keep", "true")]).await.leads("/drafts");
        let draft = alice.get("/drafts").await.number_after("/compose?draft=").unwrap();
        alice.get(&format!("/compose?draft={draft}")).await.is(200).shows("reads like Deutsch");
    }

    async fn an_edit_begins_with_the_language_of_the_post(town) {
        let mut alice = town.member("alice").await;
        for (language, option) in [("de", "<option value=\"de\" lang=\"de\" selected>"), ("gsw", "<option value=\"gsw\" lang=\"gsw\" selected>")] {
            let post = town.compose(&mut alice, &[("text", "Moin"), ("language", language), ("visibility", "public")]).await;
            let page = alice.get(&format!("/statuses/{}/edit", post.id)).await.is(200);
            assert!(page.body.contains(option), "{}", page.body);
        }
    }

    async fn nobody_edits_or_deletes_what_somebody_else_wrote(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut alice, "Mine alone to change", "public").await;
        let edit = format!("/statuses/{}/edit", post.id);
        bob.get(&edit).await.is(404);
        bob.post(&edit, &[("text", "Put into her mouth")]).await.is(404);
        bob.post(&format!("/statuses/{}/delete", post.id), &[]).await.is(404);
        town.admin("ines").await.post(&edit, &[("text", "Put into her mouth")]).await.is(404);
        bob.get(&post.path).await.is(200).shows("Mine alone to change");
    }

    async fn a_deleted_post_is_gone_everywhere_and_its_answers_stay(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut alice, "Soon regretted", "public").await;
        let answer = town.reply(&mut bob, &post, "Do not regret it", "public").await;
        town.wait_s(60);
        let edit = format!("/statuses/{}/edit", post.id);
        alice.post(&edit, &[("text", "Soon regretted even more")]).await.is(303);
        alice.post(&format!("/statuses/{}/delete", post.id), &[("back", &post.path)]).await.leads("/");
        for path in ["/home", "/community", "/everyone", "/@alice"] {
            alice.get(path).await.is(200).hides("regretted");
        }
        for path in [post.path.clone(), format!("/statuses/{}/history", post.id), edit.clone()] {
            alice.get(&path).await.is(404).hides("regretted");
        }
        alice.post(&edit, &[("text", "It comes back")]).await.is(404);
        alice.get(&answer.path).await.is(200).shows("Do not regret it").hides("Soon regretted");
    }

    async fn a_content_warning_folds_the_words_until_they_are_asked_for(town) {
        let mut alice = town.member("alice").await;
        let fields = [("text", "They saw the shark"), ("spoiler", "End of the film"), ("visibility", "public")];
        let post = town.compose(&mut alice, &fields).await;
        for path in ["/community", &post.path] {
            let page = town.anonymous().get(path).await.is(200).shows("End of the film").shows("They saw the shark");
            let fold = page.body.find("<details class=\"cw\">").expect("a fold");
            let end = page.body[fold..].find("</details>").unwrap() + fold;
            let words = page.body.find("They saw the shark").unwrap();
            assert!(fold < words && words < end, "{path} shows the words outside the fold:\n{}", page.body);
            assert!(!page.body[fold..end].contains("cw\" open"), "{path}");
        }
    }

    async fn a_warning_without_words_of_its_own_can_be_taken_back(town) {
        let mut alice = town.member("alice").await;
        let fields = [("text", "Nothing bad"), ("spoiler", "Beware"), ("visibility", "public")];
        let post = town.compose(&mut alice, &fields).await;
        town.wait_s(60);
        let edit = [("text", "Nothing bad"), ("spoiler", "")];
        alice.post(&format!("/statuses/{}/edit", post.id), &edit).await.is(303);
        let page = town.anonymous().get(&post.path).await.is(200).shows("Nothing bad").hides("Beware");
        assert!(!page.body.contains("class=\"cw\""), "{}", page.body);
        town.anonymous().get(&format!("/statuses/{}/history", post.id)).await.is(200).shows("Beware");
    }
}
