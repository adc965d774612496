//! What is asked for by HEAD: the same as by GET, without the body.

use http::Method;

use crate::oauth::Registered;
use crate::town::Browser;
use crate::town_test;

/// Asks both ways, with this header; the answer has this status.
async fn asks(browser: &mut Browser, path: &str, header: (&str, &str), status: u16) {
    let read = browser.send(Method::GET, path, &[header], "").await;
    let head = browser.send(Method::HEAD, path, &[header], "").await;
    let (read, head) = (read.is(status), head.is(status));
    assert!(head.bytes.is_empty(), "{path}: {}", head.body);
    for name in ["content-type", "location", "cache-control"] {
        let (by_head, by_get) = (head.headers.get(name), read.headers.get(name));
        assert_eq!(by_head, by_get, "{path}: {name}");
    }
    assert_eq!(read.bytes.is_empty(), status == 303, "{path}");
}

town_test! {
    async fn a_head_is_answered_as_a_get_without_its_body(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "read").await;
        let token = format!("Bearer {}", app.let_in(&mut alice, "read").await);
        let post = town.post(&mut alice, "Low water", "public").await;
        let mut visitor = town.anonymous();
        let page = ("accept", "text/html");
        for (path, status) in [("/about", 200), ("/@alice", 200), (post.path.as_str(), 200), ("/home", 303), ("/@nobody", 404)] {
            asks(&mut visitor, path, page, status).await;
        }
        for path in ["/home", "/settings/profile"] {
            asks(&mut alice, path, page, 200).await;
        }
        let one = format!("/api/v1/statuses/{}", post.id);
        let json = ("accept", "application/json");
        for (path, status) in [("/api/v2/instance", 200), (one.as_str(), 200), ("/api/v1/statuses/7", 404), ("/api/v1/timelines/home", 401)] {
            asks(&mut visitor, path, json, status).await;
        }
        for path in ["/api/v1/timelines/home?limit=1", "/api/v1/accounts/verify_credentials"] {
            asks(&mut app.browser, path, ("authorization", &token), 200).await;
        }
    }
}
