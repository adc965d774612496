//! The composer of the pages: pictures with their descriptions, and a question, without a script.

use http::Method;

use super::files::{gif, jpeg, part};
use super::hostile::make_one;
use crate::town::{Answer, Member};
use crate::town_test;

/// Sends the composer as a browser does, with these pictures chosen.
async fn send(
    member: &mut Member,
    path: &str,
    fields: &[(&str, &str)],
    pictures: &[Vec<u8>],
) -> Answer {
    let page = member.get("/compose").await.is(200);
    let csrf = page.hidden("csrf").unwrap();
    send_with(member, path, &csrf, fields, pictures).await
}

async fn send_with(
    member: &mut Member,
    path: &str,
    csrf: &str,
    fields: &[(&str, &str)],
    pictures: &[Vec<u8>],
) -> Answer {
    let mut body = part("csrf", None, csrf.as_bytes());
    body.extend(part("with_files", None, b"true"));
    for (name, value) in fields {
        body.extend(part(name, None, value.as_bytes()));
    }
    for picture in pictures {
        body.extend(part("file", Some("cat.jpg"), picture));
    }
    // A browser sends the field also where nothing was chosen.
    body.extend(part("file", Some(""), b""));
    body.extend(b"--form--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=form")];
    member.send_bytes(Method::POST, path, &kind, body).await
}

/// Asserts that this stands in the page, also where nobody reads it.
#[track_caller]
fn holds(page: &Answer, text: &str) {
    assert!(page.body.contains(text), "{text:?} is not in {}", page.body);
}

/// Where a post is now.
fn page_of(published: &Answer) -> String {
    let page = published.leads_to().unwrap();
    page.split('#').next().unwrap().to_owned()
}

/// The ids of the files that a composer names, in order.
fn files(page: &Answer) -> Vec<String> {
    let named = page.body.split(r#"name="media" value=""#).skip(1);
    named
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

town_test! {
    async fn pictures_are_chosen_described_and_published(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let both = [jpeg(64, 48), jpeg(48, 64)];
        let page = send(&mut alice, "/compose", &[("text", "At sea"), ("add", "true")], &both).await.is(200);
        let ids = files(&page);
        assert_eq!(ids.len(), 2, "{}", page.body);
        let page = page.shows("At sea");
        holds(&page, "/small.jpg?");
        assert!(!page.body.contains(" required data-limit"), "a picture says enough");
        // One is taken out again, and what was said of the other stays.
        let fields = [("text", "At sea"), ("media", &ids[0]), ("alt", "Wrong"), ("media", &ids[1]), ("alt", "A red boat"), ("drop", &ids[0])];
        let page = send(&mut alice, "/compose", &fields, &[]).await.is(200).shows("A red boat").hides("Wrong");
        assert_eq!(files(&page), ids[1..]);
        let fields = [("text", "At sea"), ("visibility", "public"), ("media", &ids[1]), ("alt", "A red boat")];
        let post = page_of(&send(&mut alice, "/compose", &fields, &[]).await.is(303));
        let shown = bob.get(&post).await.is(200);
        holds(&shown, "alt=\"A red boat\"");
        holds(&shown, "/media/");
        // A file that is given to one post is not given to another.
        send(&mut alice, "/compose", &fields, &[]).await.is(422).shows("a post has already");
        // What is somebody else's is not there.
        send(&mut bob, "/compose", &[("text", "Mine"), ("media", &ids[1]), ("alt", "")], &[]).await.is(422).hides("A red boat");
    }

    async fn a_film_may_still_be_coming_until_it_is_published(town) {
        let mut alice = town.member("alice").await;
        let fields = [("text", "Low water"), ("visibility", "public"), ("add", "true")];
        let page = send(&mut alice, "/compose", &fields, &[gif(31, 20, 5)]).await.is(200);
        let ids = files(&page);
        assert_eq!(ids.len(), 1, "{}", page.body);
        page.shows("It is being made ready").shows("Goes out to nobody yet").hides("try again in a moment");
        // Looking once more changes nothing of that.
        let fields = [("text", "Low water"), ("visibility", "public"), ("media", &ids[0]), ("alt", "Waves")];
        let looks = [&fields[..], &[("check", "true")]].concat();
        send(&mut alice, "/compose", &looks, &[]).await.is(200).shows("It is being made ready");
        let (sent, ()) = tokio::join!(send(&mut alice, "/compose", &fields, &[]), make_one(&town));
        let post = page_of(&sent.is(303));
        holds(&alice.get(&post).await.is(200), "<video");
    }

    async fn an_edit_changes_what_is_said_of_a_picture_and_takes_it_out(town) {
        let mut alice = town.member("alice").await;
        let fields = [("text", "Look"), ("visibility", "public")];
        let post = page_of(&send(&mut alice, "/compose", &fields, &[jpeg(64, 48)]).await.is(303));
        let edit = format!("/statuses/{}/edit", post.rsplit('/').next().unwrap());
        let page = alice.get(&edit).await.is(200).hides("Ask a question");
        let ids = files(&page);
        assert_eq!(ids.len(), 1, "{}", page.body);
        let changed = [("text", "Look"), ("media", ids[0].as_str()), ("alt", "The harbour at noon")];
        send(&mut alice, &edit, &changed, &[]).await.is(303);
        holds(&alice.get(&post).await.is(200), "alt=\"The harbour at noon\"");
        // A form without room for files leaves them.
        alice.post(&edit, &[("text", "Look here")]).await.is(303);
        holds(&alice.get(&post).await.is(200), "alt=\"The harbour at noon\"");
        let out = [("text", "Look here"), ("media", ids[0].as_str()), ("alt", ""), ("drop", ids[0].as_str())];
        let page = send(&mut alice, &edit, &out, &[]).await.is(200).shows("Look here");
        assert_eq!(files(&page), Vec::<String>::new());
        holds(&alice.get(&post).await.is(200), "alt=\"The harbour at noon\"");
        send(&mut alice, &edit, &[("text", "Look here")], &[]).await.is(303);
        alice.get(&post).await.is(200).hides("The harbour at noon");
        // Nobody else's page takes it.
        let mut bob = town.member("bob").await;
        send(&mut bob, &edit, &[("text", "Mine"), ("add", "true")], &[]).await.is(404);
    }

    async fn what_is_no_picture_is_told_and_the_words_stay(town) {
        let mut alice = town.member("alice").await;
        let page = send(&mut alice, "/compose", &[("text", "Look"), ("visibility", "private")], &[b"<svg/>".to_vec()]).await.is(422);
        holds(&page.shows("The file").shows("Look"), r#"value="private" selected"#);
        let many: Vec<Vec<u8>> = (0..5).map(|_| jpeg(8, 8)).collect();
        send(&mut alice, "/compose", &[("text", "Look")], &many).await.is(422).shows("cat.jpg” is one too many: 4 are taken at a time").shows("Look");
        // Another site's page, and one without our token, get no file in.
        send_with(&mut alice, "/compose", "guessed", &[("text", "Look")], &[jpeg(8, 8)]).await.is(403);
        let page = send(&mut alice, "/compose", &[("text", "Look"), ("add", "true")], &[]).await.is(200);
        assert_eq!(files(&page), Vec::<String>::new());
    }

    async fn a_question_is_asked_and_voted_on(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let asked = [("text", "Tea or coffee?"), ("visibility", "public"), ("option", "Tea"), ("option", " "), ("option", "Coffee"), ("option", ""), ("poll_minutes", "60")];
        let post = page_of(&send(&mut alice, "/compose", &asked, &[]).await.is(303));
        let page = bob.get(&post).await.is(200).shows("Tea").shows("Coffee").shows("Vote");
        assert_eq!(page.body.matches(r#"name="choice""#).count(), 2, "{}", page.body);
        bob.post(&format!("/statuses/{}/vote", post.rsplit('/').next().unwrap()), &[("choice", "1")]).await.is(303);
        bob.get(&post).await.is(200).shows("Your choice.").shows("100 %");
        // One answer is no question; the form comes back as it was.
        let page = send(&mut alice, "/compose", &[("text", "Well?"), ("option", "Yes"), ("poll_minutes", "30")], &[]).await.is(422);
        let page = page.shows("The question");
        holds(&page, r#"value="Yes""#);
        holds(&page, r#"value="30" selected"#);
        // As many lines as there may be are offered in the end.
        let eight = ["A", "B", "C", "D", "E", "F", "G"].map(|one| ("option", one));
        let eight: Vec<(&str, &str)> = eight.into_iter().chain([("text", "Well?"), ("poll_minutes", "60"), ("check", "true")]).collect();
        let page = send(&mut alice, "/compose", &eight, &[]).await.is(200);
        assert_eq!(page.body.matches(r#"name="option""#).count(), 8);
    }
}

mod too_large {
    use super::*;
    use crate::town::Town;
    use comity_db::testing::Engine;

    async fn test(engine: Engine) {
        let settings = "[media]\nlargest_picture_mb = 1\nlargest_film_mb = 1\n";
        let town = Town::with(engine, settings).await;
        let mut alice = town.member("alice").await;
        let fields = [("text", "A long story of the sea")];
        let both = [jpeg(8, 8), vec![7; 1_500_000]];
        let page = send(&mut alice, "/compose", &fields, &both).await.is(422);
        let page = page
            .shows("The file “cat.jpg” is larger than 1 MiB")
            .shows("A long story of the sea");
        // What could be taken is taken.
        assert_eq!(files(&page).len(), 1);
        // Nobody reads on without end.
        send(&mut alice, "/compose", &fields, &[vec![7; 2_500_000]])
            .await
            .is(422)
            .shows("is larger than 1 MiB");
    }

    #[tokio::test]
    async fn on_sqlite() {
        Box::pin(test(Engine::Sqlite)).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        Box::pin(test(Engine::Postgres)).await;
    }
}
