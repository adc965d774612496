//! Posts that are published later.

use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};

const HOUR_MS: i64 = 3_600_000;

fn at(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// The same as the field of a form has it.
fn field(ms: i64) -> String {
    comity::web::time::field(ms)
}

coast_test! {
    async fn a_post_waits_for_its_time(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let now = coast.town.app.now_ms();
        let body = json!({ "status": "Good morning", "visibility": "public", "scheduled_at": at(now + HOUR_MS) });
        let waits = app.write(body.clone()).await;
        assert_eq!((&waits["params"]["text"], &waits["params"]["visibility"]), (&json!("Good morning"), &json!("public")));
        let path = format!("/api/v1/scheduled_statuses/{}", id(&waits));
        assert_eq!(app.get("/api/v1/scheduled_statuses").await.is(200).json()[0]["id"], waits["id"]);
        let home = app.get("/api/v1/timelines/home").await.is(200).json();
        assert_eq!(home, json!([]));
        for wrong in [at(now + 1_000), at(now - HOUR_MS), "tomorrow".to_owned()] {
            app.post("/api/v1/statuses", json!({ "status": "No", "scheduled_at": wrong })).await.is(422);
        }
        app.post("/api/v1/statuses", json!({ "status": "", "scheduled_at": at(now + HOUR_MS) })).await.is(422);
        // What could not be published then is told now.
        for options in [vec!["one".to_owned()], vec!["a".to_owned(), "b".to_owned(), "x".repeat(70_000)]] {
            let poll = json!({ "options": options, "expires_in": 300 });
            app.post("/api/v1/statuses", json!({ "status": "When?", "poll": poll, "scheduled_at": at(now + HOUR_MS) })).await.is(422);
        }
        let later = json!({ "scheduled_at": at(now + 2 * HOUR_MS) });
        app.send(Method::PUT, &path, &later).await.is(200);
        let mut bob = App::let_in(&coast.town, &mut coast.bob).await;
        bob.get(&path).await.is(404);
        bob.send(Method::PUT, &path, &later).await.is(404);
        bob.send(Method::DELETE, &path, &json!({})).await.is(404);
        coast.town.wait_s(3_601);
        coast.is_idle().await;
        assert_eq!(app.get("/api/v1/timelines/home").await.is(200).json(), json!([]), "it has another time");
        coast.town.wait_s(3_601);
        coast.is_idle().await;
        let home = app.get("/api/v1/timelines/home").await.is(200).json();
        assert!(home[0]["content"].as_str().unwrap().contains("Good morning"));
        assert_eq!(coast.got("open", "Create").len(), 1);
        app.get(&path).await.is(404);
        let never = app.write(json!({ "status": "Never", "scheduled_at": at(coast.town.app.now_ms() + HOUR_MS) })).await;
        app.send(Method::DELETE, &format!("/api/v1/scheduled_statuses/{}", id(&never)), &json!({})).await.is(200);
        assert_eq!(app.get("/api/v1/scheduled_statuses").await.is(200).json(), json!([]));
    }

    async fn an_app_keeps_drafts_as_posts_that_wait_for_ever(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let now = coast.town.app.now_ms();
        // As Tuba does, in the year 5026.
        let never = at(now + 3_000 * 365 * 24 * HOUR_MS);
        let draft = app.write(json!({ "status": "Half a thought", "visibility": "unlisted", "scheduled_at": never })).await;
        let path = format!("/api/v1/scheduled_statuses/{}", id(&draft));
        let listed = app.get("/api/v1/scheduled_statuses").await.is(200).json();
        assert_eq!((&listed[0]["id"], &listed[0]["params"]["text"]), (&draft["id"], &json!("Half a thought")));
        assert!(listed[0]["scheduled_at"].as_str().unwrap().starts_with("502"), "{listed}");
        // A time that says nothing is not shown.
        let page = coast.alice.get("/scheduled").await.is(200).hides(&never[..10]);
        page.shows("Half a thought").shows("A draft of an app");
        // Days later it waits still.
        coast.town.wait_s(2 * 24 * 3_600);
        coast.is_idle().await;
        app.get(&path).await.is(200);
        assert!(coast.got("open", "Create").is_empty());
        // Another far time is as good, and one that can be planned makes a post of it.
        app.send(Method::PUT, &path, &json!({ "scheduled_at": "9998-12-31T23:59:59Z" })).await.is(200);
        // One without an offset, as people type it, is in UTC.
        for (typed, meant) in [("9998-12-30 10:00", "9998-12-30T10:00:00.000Z"), ("9998-12-31", "9998-12-31T00:00:00.000Z")] {
            let waits = app.send(Method::PUT, &path, &json!({ "scheduled_at": typed })).await.is(200).json();
            assert_eq!(waits["scheduled_at"], meant);
        }
        for wrong in ["9999-06-01T00:00:00Z", "10000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z"] {
            app.send(Method::PUT, &path, &json!({ "scheduled_at": wrong })).await.is(422);
        }
        let move_it = format!("/scheduled/{}/time", id(&draft));
        coast.alice.post(&move_it, &[("later", "5026-05-03T14:00")]).await.is(422).shows("at most five years");
        let soon = field(coast.town.app.now_ms() + HOUR_MS);
        coast.alice.post(&move_it, &[("later", &soon)]).await.leads("/scheduled");
        coast.alice.get("/scheduled").await.is(200).hides("A draft of an app");
        let other = app.write(json!({ "status": "Thrown away", "scheduled_at": never })).await;
        app.send(Method::DELETE, &format!("/api/v1/scheduled_statuses/{}", id(&other)), &json!({})).await.is(200);
        coast.town.wait_s(3_601);
        coast.is_idle().await;
        assert_eq!(app.get("/api/v1/scheduled_statuses").await.is(200).json(), json!([]));
        let home = app.get("/api/v1/timelines/home").await.is(200).json();
        assert!(home[0]["content"].as_str().unwrap().contains("Half a thought"));
    }

    async fn what_was_scheduled_with_a_key_is_not_posted_again_once_it_is_out(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let body = json!({ "status": "Good evening", "visibility": "public", "scheduled_at": at(coast.town.app.now_ms() + 600_000) });
        app.sends_with_key("evening", &body).await.is(200);
        coast.town.wait_s(700);
        coast.is_idle().await;
        let again = app.sends_with_key("evening", &body).await.is(200).json();
        assert!(again["content"].as_str().unwrap().contains("Good evening"), "{again}");
        assert_eq!(app.get("/api/v1/scheduled_statuses").await.is(200).json(), json!([]));
        assert_eq!(coast.got("open", "Create").len(), 1);
    }

    async fn what_is_refused_when_its_time_comes_is_kept_with_the_reason(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let lena = format!("@lena@{}", coast.peer.domain("kept"));
        let later = at(coast.town.app.now_ms() + HOUR_MS);
        let body = json!({ "status": format!("{lena} hello"), "visibility": "direct", "scheduled_at": later });
        let waits = app.write(body).await;
        // A rule that is set meanwhile holds.
        coast.alice_refuses_kept().await;
        coast.town.wait_s(3_601);
        coast.is_idle().await;
        let kept = app.get(&format!("/api/v1/scheduled_statuses/{}", id(&waits))).await.is(200).json();
        assert_ne!(kept["trouble"], Value::Null);
        assert!(coast.got("kept", "Create").is_empty());
    }

    async fn a_member_lets_a_post_wait_and_thinks_again(coast) {
        let now = coast.town.app.now_ms();
        let (soon, later, last) = (field(now), field(now + 2 * HOUR_MS), field(now + 4 * HOUR_MS));
        coast.alice.get("/scheduled").await.is(200).shows("Nothing waits");
        let page = coast.alice.get("/compose").await.is(200).shows("Publish it later");
        assert!(page.body.contains("name=\"later\""), "{}", page.body);
        for (time, why) in [(soon.as_str(), "at least five minutes ahead"), ("tomorrow", "The time cannot be read")] {
            let form = [("text", "Good night"), ("visibility", "public"), ("later", time)];
            let page = coast.alice.post("/compose", &form).await.is(422).shows(why).shows("Good night");
            assert!(page.body.contains(&format!("name=\"later\" value=\"{time}\"")), "{}", page.body);
        }
        let form = [("text", "Good night"), ("visibility", "public"), ("later", later.as_str())];
        coast.alice.post("/compose", &form).await.leads("/scheduled");
        let page = coast.alice.get("/scheduled").await.is(200).shows("Good night").shows("It is published at this time");
        let one = format!("/scheduled/{}", page.number_after("/scheduled/").unwrap());
        let (time, cancel) = (format!("{one}/time"), format!("{one}/cancel"));
        // Nobody else sees or moves it.
        coast.bob.get("/scheduled").await.is(200).hides("Good night");
        coast.bob.post(&time, &[("later", &last)]).await.is(404);
        coast.bob.post(&cancel, &[]).await.is(404);
        coast.alice.post(&time, &[("later", &soon)]).await.is(422).shows("at least five minutes ahead");
        coast.alice.post(&time, &[("later", &last)]).await.leads("/scheduled");
        coast.town.wait_s(3 * 3_600);
        coast.is_idle().await;
        assert!(coast.got("open", "Create").is_empty(), "it has another time");
        coast.town.wait_s(3_600 + 60);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1);
        coast.alice.get("/home").await.is(200).shows("Good night");
        coast.alice.get("/scheduled").await.is(200).shows("Nothing waits");
        let never = field(coast.town.app.now_ms() + HOUR_MS);
        let form = [("text", "Good riddance"), ("visibility", "public"), ("later", never.as_str())];
        coast.alice.post("/compose", &form).await.leads("/scheduled");
        let page = coast.alice.get("/scheduled").await.is(200).shows("Good riddance");
        let cancel = format!("/scheduled/{}/cancel", page.number_after("/scheduled/").unwrap());
        coast.alice.post(&cancel, &[]).await.leads("/scheduled");
        coast.alice.get("/scheduled").await.is(200).shows("Nothing waits");
        coast.town.wait_s(3_700);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Create").len(), 1);
    }

    async fn an_answer_that_waits_tells_whom_its_writer_ticked(coast) {
        let post = coast.town.post(&mut coast.bob, "What do you say", "public").await;
        let (answered, handle) = (post.id.to_string(), coast.bob.account.handle().to_string());
        let later = field(coast.town.app.now_ms() + HOUR_MS);
        let form = [
            ("text", "I say that"), ("visibility", "public"), ("language", "de"), ("in_reply_to", answered.as_str()),
            ("told", "true"), ("tell", handle.as_str()), ("later", later.as_str()),
        ];
        coast.alice.post("/compose", &form).await.leads("/scheduled");
        coast.alice.get("/scheduled").await.is(200).shows("I say that").shows("A reply");
        coast.town.wait_s(3_700);
        coast.is_idle().await;
        coast.bob.get("/notifications").await.is(200).shows("I say that");
        coast.alice.get("/scheduled").await.is(200).shows("Nothing waits");
    }

    async fn what_could_not_be_published_says_so_on_the_page(coast) {
        let lena = format!("@lena@{} hello", coast.peer.domain("kept"));
        let later = field(coast.town.app.now_ms() + HOUR_MS);
        let form = [("text", lena.as_str()), ("visibility", "direct"), ("later", later.as_str())];
        coast.alice.post("/compose", &form).await.leads("/scheduled");
        coast.alice_refuses_kept().await;
        coast.town.wait_s(3_700);
        coast.is_idle().await;
        coast.alice.get("/scheduled").await.is(200).shows("hello").shows("It was not published");
    }
}
