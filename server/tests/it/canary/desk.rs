//! What comes before moderators and what they keep out, and what their apps are told of it.

use comity::router::{ROUTES, Route};
use http::{Method, StatusCode};
use serde_json::json;

use super::cast::{Cast, number, word};
use super::{Crawl, walk};
use crate::acts::Post;
use crate::kept::App;
use crate::oauth::Registered;
use crate::town::{Answer, Browser};

/// What the app of a moderator may do.
pub const MODERATES: &str = "read write follow push profile admin:read admin:write";

impl Cast {
    /// `mentioned` reports the author for a public post and for what they wrote to them alone, and moderators keep others out.
    pub(super) async fn complains(&mut self, public: &Post, direct: &Post) {
        let author = self.member("author").account.id.to_string();
        let report = json!({
            "account_id": author, "comment": word("complaint"),
            "status_ids": [public.id.to_string(), direct.id.to_string()],
        });
        let mut app = App::of(&self.town, self.members.get_mut("mentioned").unwrap()).await;
        let made = app.post("/api/v1/reports", &report).await.is(200);
        self.keeps("report", number(&made.json()));

        let mut ours = Registered::new(&self.town, MODERATES).await;
        let token = ours.let_in(self.member("moderator"), MODERATES).await;
        let browser = ours.browser;
        let mut app = App { browser, token };
        let network = json!({
            "ip": "203.0.113.0/24", "severity": "sign_up_block", "comment": word("reasonmoderators"),
        });
        let email = json!({ "email": "trouble@away.example" });
        for (what, path, wish) in [
            ("network", "/api/v1/admin/ip_blocks", network),
            ("email", "/api/v1/admin/canonical_email_blocks", email),
            (
                "provider",
                "/api/v1/admin/email_domain_blocks",
                json!({ "domain": "throwaway.example" }),
            ),
            (
                "allowed",
                "/api/v1/admin/domain_allows",
                json!({ "domain": "friends.example" }),
            ),
        ] {
            let made = app.post(path, &wish).await.is(200);
            self.keeps(what, number(&made.json()));
        }
        // Of somebody elsewhere, it is written down and nothing else.
        let nora = self.account_of("open", "nora").await;
        let noted = json!({ "type": "none", "text": word("reasonmoderators") });
        let at = format!("/api/v1/admin/accounts/{nora}/action");
        app.post(&at, &noted).await.is(200);
        let announced = word("announced");
        let form = [("text", announced.as_str())];
        let told = self.member("moderator").post("/announcements", &form).await;
        told.leads("/announcements");
        let told = app.get("/api/v1/announcements").await.is(200).json();
        self.keeps("announcement", number(&told[0]));
        let rules = app.get("/api/v1/admin/domain_blocks").await.is(200).json();
        for rule in rules.as_array().unwrap() {
            self.keeps("refused", number(rule));
        }
    }
}

/// What moderators' apps read.
fn is_read(route: &Route) -> bool {
    let beginnings = ["/api/v1/admin/", "/api/v2/admin/"];
    let mut beginnings = beginnings.iter();
    route.method == "GET" && beginnings.any(|beginning| route.path.starts_with(beginning))
}

async fn ask(browser: &mut Browser, path: &str, token: &str) -> Answer {
    let headers = [("authorization", token)];
    browser.send(Method::GET, path, &headers, "").await
}

/// Whether there is anything in a list, or in what stands alone.
fn is_something(answer: &Answer) -> bool {
    let told = answer.json();
    told.as_array()
        .map_or(told.is_object(), |list| !list.is_empty())
}

/// At each address for moderators' apps theirs are told something; the app of another member is told that it was not let do
/// that, and nothing where it was.
pub(super) async fn asked(cast: &Cast, tokens: &[(&'static str, String)], crawl: &mut Crawl) {
    let token = |viewer: &str| {
        let mut tokens = tokens.iter();
        tokens.find(|(name, _)| *name == viewer).unwrap().1.clone()
    };
    let (desks, plain) = (token("moderator"), token("stranger"));
    let mut app = Registered::at(cast.browser("visitor"), MODERATES).await;
    let curious = app.let_in(&mut cast.browser("stranger"), MODERATES).await;
    let curious = format!("Bearer {curious}");
    let mut browser = cast.browser("visitor");
    for route in ROUTES.iter().filter(|route| is_read(route)) {
        for (at, path) in walk::filled(cast, route).into_iter().enumerate() {
            for (token, status, says) in [
                (
                    &plain,
                    StatusCode::FORBIDDEN,
                    "This action is outside the authorized scopes",
                ),
                (
                    &curious,
                    StatusCode::FORBIDDEN,
                    "This action is not allowed",
                ),
            ] {
                let answer = ask(&mut browser, &path, token).await;
                if answer.status != status || answer.json() != json!({ "error": says }) {
                    let told = format!("a member's app is told {} at {path}", answer.body);
                    crawl.wrong.insert(told);
                }
            }
            // What is talked about by one person alone is no trend, and only the first of these numbers is surely of something.
            if at > 0 {
                continue;
            }
            let answer = ask(&mut browser, &path, &desks).await;
            let may_be_empty = route.path.starts_with("/api/v1/admin/trends/");
            if answer.status != StatusCode::OK || !(may_be_empty || is_something(&answer)) {
                let told = format!("a moderator's app is told {} at {path}", answer.body);
                crawl.wrong.insert(told);
            }
        }
    }
}

/// What the app of who moderates counts: in numbers stands nothing that they may not read.
pub(super) async fn numbers(cast: &Cast, tokens: &[(&'static str, String)], crawl: &mut Crawl) {
    let mut tokens = tokens.iter();
    let (_, token) = tokens.find(|(name, _)| *name == "moderator").unwrap();
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut browser = cast.browser("moderator");
    for route in ROUTES {
        let body = walk::body_of(route);
        if body.is_empty() {
            continue;
        }
        let answer = browser
            .send(Method::POST, route.path, &headers, body)
            .await
            .is(200);
        crawl.act("moderator", route.path, &answer.body);
    }
}
