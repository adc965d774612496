//! Posts that are not finished, and folders of what is kept.

use comity::drafts;
use comity::statuses::api::Sent;
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::media::Sender;
use crate::town_test;

const DRAFTS: &str = "/api/comity/v1/drafts";
const FOLDERS: &str = "/api/v1/pleroma/bookmark_folders";

/// The box of a composer that tells this person: the handle it sends, and whether it is ticked.
fn box_of(page: &str, name: &str) -> (String, bool) {
    let start = format!("name=\"tell\" value=\"@{name}");
    let at = page
        .find(&start)
        .unwrap_or_else(|| panic!("no box for {name} in {page}"));
    let tag = page[at..].split('>').next().unwrap();
    let handle = tag.split('"').nth(3).unwrap();
    (handle.to_owned(), tag.ends_with(" checked"))
}

town_test! {
    async fn an_app_keeps_what_is_not_finished(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let typed = json!({
            "status": "Not yet", "spoiler_text": "tides", "visibility": "direct", "language": "de",
            "content_type": "text/markdown", "poll": { "options": ["one", ""], "expires_in": 300 },
        });
        let draft = alice.post(DRAFTS, typed).await.is(200).json();
        let params = &draft["params"];
        assert_eq!((&params["text"], &params["visibility"], &params["language"]), (&json!("Not yet"), &json!("direct"), &json!("de")));
        assert_eq!((&params["poll"]["options"][0], &params["content_type"]), (&json!("one"), &json!("text/markdown")));
        let at = format!("{DRAFTS}/{}", id(&draft));
        town.wait_s(60);
        alice.post(DRAFTS, json!({ "status": "Another" })).await.is(200);
        town.wait_s(60);
        let changed = alice.send(Method::PUT, &at, &json!({ "status": "Not yet, still" })).await.is(200).json();
        assert_ne!(changed["created_at"], changed["updated_at"]);
        let all = alice.get(DRAFTS).await.is(200).json();
        let texts: Vec<&Value> = all.as_array().unwrap().iter().map(|one| &one["params"]["text"]).collect();
        assert_eq!(texts, [&json!("Not yet, still"), &json!("Another")]);
        alice.post(DRAFTS, json!({ "status": " " })).await.is(422);
        alice.post(DRAFTS, json!({ "status": "x".repeat(70_000) })).await.is(422);
        alice.post(DRAFTS, json!({ "status": "a file of nobody", "media_ids": ["7"] })).await.is(409);
        // As many files as a post may have, each counted once.
        let many: Vec<String> = (1..=17).map(|number: i64| number.to_string()).collect();
        alice.post(DRAFTS, json!({ "status": "too many", "media_ids": many })).await.is(422);
        alice.send(Method::PUT, &at, &json!({ "status": "too many", "media_ids": many })).await.is(422);
        let repeated = ["7"; 17];
        alice.post(DRAFTS, json!({ "status": "a file of nobody", "media_ids": repeated })).await.is(409);
        // Another's is not there.
        assert_eq!(bob.get(DRAFTS).await.is(200).json(), json!([]));
        bob.get(&at).await.is(404);
        bob.send(Method::PUT, &at, &json!({ "status": "Mine" })).await.is(404);
        bob.send(Method::DELETE, &at, &json!({})).await.is(404);
        bob.browser.get("/drafts").await.is(303);
        alice.send(Method::DELETE, &at, &json!({})).await.is(200);
        alice.get(&at).await.is(404);
    }

    async fn there_are_so_many_drafts_and_no_more(town) {
        let mut alice = App::of(&town, "alice").await;
        for number in 0..100 {
            alice.post(DRAFTS, json!({ "status": format!("Draft {number}") })).await.is(200);
        }
        alice.post(DRAFTS, json!({ "status": "One more" })).await.is(409);
    }

    async fn a_member_keeps_a_draft_and_goes_on_writing(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut bob, "What do you say", "public").await;
        alice.get("/drafts").await.is(200).shows("You have no drafts");
        let answered = post.id.to_string();
        let form = [
            ("text", "I say that"), ("spoiler", "an opinion"), ("visibility", "unlisted"), ("format", "text/markdown"),
            ("in_reply_to", answered.as_str()), ("answers", "nobody"), ("with_files", "true"), ("keep", "true"),
            ("option", "yes"), ("option", "no"), ("poll_minutes", "60"),
        ];
        alice.post("/compose", &form).await.leads("/drafts");
        bob.get(&post.path).await.is(200).hides("I say that");
        let page = alice.get("/drafts").await.is(200).shows("I say that").shows("A reply");
        let draft = page.number_after("/compose?draft=").unwrap().to_string();
        let at = format!("/compose?draft={draft}");
        bob.get(&at).await.is(404);
        bob.post(&format!("/drafts/{draft}/delete"), &[]).await.is(404);
        let page = alice.get(&at).await.is(200).shows("I say that").shows("What do you say");
        for part in ["value=\"an opinion\"", "value=\"text/markdown\" selected", "value=\"nobody\" selected", "value=\"yes\"", "value=\"60\" selected"] {
            assert!(page.body.contains(part), "{part} in {}", page.body);
        }
        let again = [("text", "I say this"), ("draft", draft.as_str()), ("in_reply_to", answered.as_str()), ("keep", "true")];
        alice.post("/compose", &again).await.leads("/drafts");
        alice.get("/drafts").await.is(200).shows("I say this").hides("I say that");
        // What it answers goes; the words stay.
        bob.post(&format!("/statuses/{}/delete", post.id), &[]).await.is(303);
        alice.get(&at).await.is(200).shows("I say this");
        let posted = town.compose(&mut alice, &[("text", "I say this"), ("draft", &draft), ("visibility", "public")]).await;
        bob.get(&posted.path).await.is(200).shows("I say this");
        alice.get("/drafts").await.is(200).shows("You have no drafts");
        alice.get(&at).await.is(404);
    }

    async fn a_draft_of_a_reply_keeps_whom_it_tells(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.member("cara").await;
        let post = town.post(&mut bob, "@cara What do you say", "public").await;
        let answered = post.id.to_string();
        let page = alice.get(&format!("/compose?in_reply_to={answered}")).await.is(200);
        let (of_bob, bob_is_ticked) = box_of(&page.body, "bob");
        let (of_cara, cara_is_ticked) = box_of(&page.body, "cara");
        assert_eq!((bob_is_ticked, cara_is_ticked), (true, false));
        let form = [
            ("text", "I say that"), ("visibility", "public"), ("in_reply_to", answered.as_str()), ("told", "true"),
            ("tell", of_cara.as_str()), ("keep", "true"),
        ];
        alice.post("/compose", &form).await.leads("/drafts");
        let draft = alice.get("/drafts").await.is(200).number_after("/compose?draft=").unwrap().to_string();
        let at = format!("/compose?draft={draft}");
        let page = alice.get(&at).await.is(200);
        assert_eq!((box_of(&page.body, "bob").1, box_of(&page.body, "cara").1), (false, true));
        // Nobody is told: that is kept as well.
        let form = [
            ("text", "I say that"), ("visibility", "public"), ("in_reply_to", answered.as_str()), ("told", "true"),
            ("draft", draft.as_str()), ("keep", "true"),
        ];
        alice.post("/compose", &form).await.leads("/drafts");
        let page = alice.get(&at).await.is(200);
        assert_eq!(box_of(&page.body, "bob"), (of_bob, false));
        assert_eq!(box_of(&page.body, "cara"), (of_cara, false));
    }

    async fn a_draft_of_an_app_is_as_it_sent_it_in_the_composer(town) {
        let mut bob = town.member("bob").await;
        let post = town.post(&mut bob, "What do you say", "public").await;
        let mut alice = town.member("alice").await;
        let mut app = App::let_in(&town, &mut alice).await;
        // Whom the boxes tell is not for apps to say.
        let sent = json!({
            "status": "Look away", "sensitive": true, "in_reply_to_id": post.id.to_string(), "told": true, "tell": [],
        });
        let draft = app.post(DRAFTS, sent).await.is(200).json();
        let at = format!("/compose?draft={}", id(&draft));
        let page = alice.get(&at).await.is(200);
        assert!(box_of(&page.body, "bob").1, "whom it answers is told");
        assert!(page.body.contains("name=\"sensitive\" value=\"true\""), "{}", page.body);
        let form = [("text", "Look away now"), ("draft", id(&draft)), ("sensitive", "true"), ("keep", "true")];
        alice.post("/compose", &form).await.leads("/drafts");
        let kept = app.get(&format!("{DRAFTS}/{}", id(&draft))).await.is(200).json();
        assert_eq!((&kept["params"]["text"], &kept["params"]["sensitive"]), (&json!("Look away now"), &json!(true)));
        let form = [("text", "Look away now"), ("draft", id(&draft)), ("sensitive", "true"), ("visibility", "public")];
        let posted = town.compose(&mut alice, &form).await;
        let told = app.get(&format!("/api/v1/statuses/{}", posted.id)).await.is(200).json();
        assert_eq!((&told["sensitive"], &told["spoiler_text"]), (&json!(true), &json!("")));
    }

    async fn what_an_app_marked_as_sensitive_is_unmarked_in_the_composer(town) {
        let mut alice = town.member("alice").await;
        let mut app = App::let_in(&town, &mut alice).await;
        let sent = json!({ "status": "Nothing to hide", "sensitive": true });
        let draft = app.post(DRAFTS, sent).await.is(200).json();
        let at = format!("/compose?draft={}", id(&draft));
        alice.get(&at).await.is(200).shows("Marked as sensitive");
        // A box that is not ticked is not sent.
        let form = [("text", "Nothing to hide"), ("draft", id(&draft)), ("keep", "true")];
        alice.post("/compose", &form).await.leads("/drafts");
        alice.get(&at).await.is(200).hides("Marked as sensitive");
        let form = [("text", "Nothing to hide"), ("draft", id(&draft)), ("visibility", "public")];
        let posted = town.compose(&mut alice, &form).await;
        let told = app.get(&format!("/api/v1/statuses/{}", posted.id)).await.is(200).json();
        assert_eq!(told["sensitive"], json!(false));
    }

    async fn files_of_a_draft_are_kept_as_long_as_it_is(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let at = format!("/api/v1/media/{}", id(&picture));
        let body = json!({ "status": "With a boat", "media_ids": [id(&picture), id(&picture)] }).to_string();
        let draft = alice.ask(Method::POST, DRAFTS, "application/json", body.into_bytes()).await.is(200).json();
        assert_eq!(draft["params"]["media_ids"], json!([id(&picture)]));
        let forget = || comity::media::forget_old(&town.app, town.app.now_ms(), 100);
        town.wait_s(90 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&at).await.is(200);
        alice.ask(Method::DELETE, &format!("{DRAFTS}/{}", id(&draft)), "text/plain", Vec::new()).await.is(200);
        town.wait_s(2 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&at).await.is(404);
    }

    async fn a_draft_and_a_scheduled_post_leave_each_other_their_files(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let picture = alice.picture().await;
        let at = format!("/api/v1/media/{}", id(&picture));
        let forget = || comity::media::forget_old(&town.app, town.app.now_ms(), 100);
        let kept = json!({ "status": "With a boat", "media_ids": [id(&picture)] }).to_string().into_bytes();
        let draft = alice.ask(Method::POST, DRAFTS, "application/json", kept.clone()).await.is(200).json();
        let later = jiff::Timestamp::from_millisecond(town.app.now_ms() + 5 * 24 * 3_600_000).unwrap().to_string();
        let body = json!({ "status": "A boat", "media_ids": [id(&picture)], "scheduled_at": later }).to_string();
        let waits = alice.ask(Method::POST, "/api/v1/statuses", "application/json", body.into_bytes()).await.is(200).json();
        // The draft goes: what is scheduled has its file.
        alice.ask(Method::DELETE, &format!("{DRAFTS}/{}", id(&draft)), "text/plain", Vec::new()).await.is(200);
        town.wait_s(2 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&at).await.is(200);
        // What is scheduled gets another time, and goes: the draft has its file.
        let draft = alice.ask(Method::POST, DRAFTS, "application/json", kept).await.is(200).json();
        let path = format!("/api/v1/scheduled_statuses/{}", id(&waits));
        let later = jiff::Timestamp::from_millisecond(town.app.now_ms() + 24 * 3_600_000).unwrap().to_string();
        let body = json!({ "scheduled_at": later }).to_string().into_bytes();
        alice.ask(Method::PUT, &path, "application/json", body).await.is(200);
        alice.ask(Method::DELETE, &path, "text/plain", Vec::new()).await.is(200);
        town.wait_s(60 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&at).await.is(200);
        alice.ask(Method::DELETE, &format!("{DRAFTS}/{}", id(&draft)), "text/plain", Vec::new()).await.is(200);
        town.wait_s(2 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&at).await.is(404);
    }

    async fn a_file_that_one_draft_takes_while_another_lets_it_go_is_kept(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let me = alice.member.account.id;
        let one = alice.picture().await;
        let with = |file: &Value| -> Sent {
            let file: i64 = id(file).parse().unwrap();
            serde_json::from_value(json!({ "status": "With a boat\u{0}", "media_ids": [file] })).unwrap()
        };
        let forget = || comity::media::forget_old(&town.app, town.app.now_ms(), 100);
        for _ in 0..5 {
            let first = drafts::keep(&town.app, me, with(&one)).await.unwrap();
            let (gone, kept) = tokio::join!(
                drafts::delete(&town.app, me, first.id),
                drafts::keep(&town.app, me, with(&one)),
            );
            gone.unwrap();
            let kept = kept.unwrap();
            town.wait_s(2 * 24 * 3_600);
            forget().await.unwrap();
            alice.get(&format!("/api/v1/media/{}", id(&one))).await.is(200);
            drafts::delete(&town.app, me, kept.id).await.unwrap();
        }
        // A draft that only says the number of a file does not have it.
        let last = alice.picture().await;
        let said = json!({ "status": format!("\"media_ids\":[{}]", id(&last)) });
        drafts::keep(&town.app, me, serde_json::from_value(said).unwrap()).await.unwrap();
        let draft = drafts::keep(&town.app, me, with(&last)).await.unwrap();
        drafts::delete(&town.app, me, draft.id).await.unwrap();
        assert!(drafts::delete(&town.app, me, draft.id).await.is_err());
        town.wait_s(2 * 24 * 3_600);
        forget().await.unwrap();
        alice.get(&format!("/api/v1/media/{}", id(&last))).await.is(404);
    }

    async fn what_is_kept_is_sorted_into_folders(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let (first, second) = (alice.write(json!({ "status": "One" })).await, alice.write(json!({ "status": "Two" })).await);
        let folder = bob.post(FOLDERS, json!({ "name": " Tides ", "emoji": "🌊" })).await.is(200).json();
        assert_eq!(folder, json!({ "id": id(&folder), "name": "Tides", "emoji": "🌊", "emoji_url": null }));
        let other = bob.post(FOLDERS, json!({ "name": "Boats" })).await.is(200).json();
        for wrong in [json!({ "name": "" }), json!({ "name": "x".repeat(101) }), json!({ "name": "a", "emoji": "ab" })] {
            bob.post(FOLDERS, wrong).await.is(422);
        }
        let into = json!({ "folder_id": id(&folder) });
        let mark = |status: &Value| format!("/api/v1/statuses/{}/bookmark", id(status));
        bob.post(&mark(&first), into.clone()).await.is(200);
        bob.post(&mark(&second), json!({})).await.is(200);
        alice.post(&mark(&first), into).await.is(404);
        let within = |folder: &Value| format!("/api/v1/bookmarks?folder_id={}", id(folder));
        let names = |list: Value| list.as_array().unwrap().iter().map(|one| id(one).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(bob.get(&within(&folder)).await.is(200).json()), [id(&first)]);
        assert_eq!(names(bob.get("/api/v1/bookmarks").await.is(200).json()), [id(&second), id(&first)]);
        // Once more moves it; without a folder it stays where it is.
        bob.post(&mark(&first), json!({ "folder_id": id(&other) })).await.is(200);
        bob.post(&mark(&first), json!({})).await.is(200);
        assert_eq!(names(bob.get(&within(&folder)).await.is(200).json()), Vec::<String>::new());
        assert_eq!(names(bob.get(&within(&other)).await.is(200).json()), [id(&first)]);
        // Said to be in none, it is in none: by JSON, and by what a form can say.
        for out in [(mark(&first), json!({ "folder_id": null })), (format!("{}?folder_id=", mark(&first)), json!({}))] {
            bob.post(&mark(&first), json!({ "folder_id": id(&other) })).await.is(200);
            bob.post(&out.0, out.1).await.is(200);
            assert_eq!(names(bob.get(&within(&other)).await.is(200).json()), Vec::<String>::new());
        }
        assert_eq!(names(bob.get("/api/v1/bookmarks").await.is(200).json()), [id(&second), id(&first)]);
        bob.post(&mark(&first), json!({ "folder_id": "far" })).await.is(404);
        bob.post(&mark(&first), json!({ "folder_id": id(&other) })).await.is(200);
        let at = format!("{FOLDERS}/{}", id(&other));
        let changed = bob.send(Method::PATCH, &at, &json!({ "name": "Ships" })).await.is(200).json();
        assert_eq!(changed["name"], "Ships");
        alice.send(Method::PATCH, &at, &json!({ "name": "Mine" })).await.is(404);
        alice.send(Method::DELETE, &at, &json!({})).await.is(404);
        assert_eq!(alice.get(&within(&other)).await.is(200).json(), json!([]));
        assert_eq!(bob.get(FOLDERS).await.is(200).json().as_array().unwrap().len(), 2);
        // What is in one that goes is kept.
        assert_eq!(bob.send(Method::DELETE, &at, &json!({})).await.is(200).json()["name"], "Ships");
        assert_eq!(names(bob.get("/api/v1/bookmarks").await.is(200).json()), [id(&second), id(&first)]);
    }
}
