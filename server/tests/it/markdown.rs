//! Posts that are typed in Markdown.

use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::town_test;

const TYPED: &str =
    "# Tides\n\nHigh at **nine**, @bob and #harbour `@nobody`\n\n- one\n- <b onclick=x>two</b>";

fn content(status: &Value) -> &str {
    status["content"].as_str().unwrap()
}

fn has_what_was_meant(html: &str) {
    for part in [
        "<p><strong>Tides</strong></p>",
        "<strong>nine</strong>",
        "<ul><li>one</li>",
        "<code>@nobody</code>",
        "&lt;b onclick=x&gt;two",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

town_test! {
    async fn an_app_posts_markdown_and_edits_keep_it(town) {
        let _bob = town.member("bob").await;
        let mut app = App::of(&town, "alice").await;
        let sent = app.write(json!({ "status": TYPED, "content_type": "text/markdown" })).await;
        has_what_was_meant(content(&sent));
        assert_eq!((&sent["mentions"][0]["acct"], &sent["mentions"][1]), (&json!("bob"), &Value::Null));
        assert_eq!(sent["tags"][0]["name"], "harbour");
        let at = format!("/api/v1/statuses/{}", id(&sent));
        let source = app.get(&format!("{at}/source")).await.is(200).json();
        assert_eq!((&source["text"], &source["content_type"]), (&json!(TYPED), &json!("text/markdown")));
        let edited = app.send(Method::PUT, &at, &json!({ "status": "*Low* at ten" })).await.is(200).json();
        assert!(content(&edited).contains("<em>Low</em>"), "{edited}");
        let plain = json!({ "status": "*Low* at ten", "content_type": "text/plain" });
        let edited = app.send(Method::PUT, &at, &plain).await.is(200).json();
        assert_eq!(content(&edited), "<p>*Low* at ten</p>");
        app.post("/api/v1/statuses", json!({ "status": "a", "content_type": "text/html" })).await.is(422);
        let long = "[a](https://a.example/b)".repeat(1_000);
        app.post("/api/v1/statuses", json!({ "status": long, "content_type": "text/markdown" })).await.is(422);
        let odd = app.write(json!({ "status": "[a]: https://a.example", "content_type": "text/markdown" })).await;
        assert!(content(&odd).contains("a.example"), "{odd}");
    }

    async fn a_member_who_writes_markdown_says_so_once(town) {
        let mut alice = town.member("alice").await;
        alice.get("/settings/writing").await.is(200).shows("I write Markdown");
        let form = [("answers", "everyone"), ("markdown", "on")];
        alice.post("/settings/writing", &form).await.leads("/settings/writing");
        let mut app = App::let_in(&town, &mut alice).await;
        let sent = app.write(json!({ "status": "**loud**" })).await;
        assert!(content(&sent).contains("<strong>loud</strong>"), "{sent}");
        let sent = app.write(json!({ "status": "**not**", "content_type": "text/plain" })).await;
        assert_eq!(content(&sent), "<p>**not**</p>");
        let page = alice.get("/compose").await.is(200);
        assert!(page.body.contains("value=\"text/markdown\" selected"));
        // It is looked at before it is posted.
        let look = [("text", "**loud** <i>x</i>"), ("format", "text/markdown"), ("check", "true")];
        let page = alice.post("/compose", &look).await.is(200);
        assert!(page.body.contains("<strong>loud</strong> &lt;i&gt;x"), "{}", page.body);
        let post = town.compose(&mut alice, &[("text", "**loud**"), ("format", "text/markdown"), ("visibility", "public")]).await;
        let page = town.anonymous().get(&post.path).await.is(200);
        assert!(page.body.contains("<strong>loud</strong>"));
        // Who writes plainly again edits it as it was.
        alice.post("/settings/writing", &[("answers", "everyone")]).await.leads("/settings/writing");
        let edit = format!("/statuses/{}/edit", post.id);
        let page = alice.get(&edit).await.is(200);
        assert!(page.body.contains("value=\"text/markdown\" selected"));
        alice.post(&edit, &[("text", "**louder**")]).await.is(303);
        let page = town.anonymous().get(&post.path).await.is(200);
        assert!(page.body.contains("<strong>louder</strong>"));
    }
}

coast_test! {
    async fn others_get_what_was_typed_beside_what_was_meant(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        app.write(json!({ "status": TYPED, "content_type": "text/markdown" })).await;
        let at = coast.town.app.now_ms() + 3_600_000;
        let at = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
        let waits = app.write(json!({ "status": "*later*", "content_type": "text/markdown", "scheduled_at": at })).await;
        assert_eq!(waits["params"]["content_type"], "text/markdown");
        coast.is_idle().await;
        let note = coast.got("open", "Create")[0]["object"].clone();
        has_what_was_meant(content(&note));
        assert_eq!(note["source"], json!({ "content": TYPED, "mediaType": "text/markdown" }));
        coast.town.wait_s(3_601);
        coast.is_idle().await;
        let note = coast.got("open", "Create")[1]["object"].clone();
        assert_eq!(content(&note), "<p><em>later</em></p>");
    }
}
