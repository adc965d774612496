//! Apps: registering, a member's yes, tokens and their ends.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use comity::http::Wants;
use comity::oauth::MOST_SIGN_INS;
use comity::router::{Kind, ROUTES};
use comity_db::{Sql, params, sql};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::routes::filled;
use crate::town::{Answer, Browser, PASSWORD, Town};
use crate::town_test;

pub const BACK: &str = "https://app.example/back?from=here";
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";

const CODES: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*) FROM (SELECT 1 FROM oauth_codes WHERE account_id = $1 LIMIT 10) AS held"
);

const MANY_APPS: Sql = sql!(
    "INSERT INTO apps (id, community_id, client_id, secret_hash, name, website, redirect_uris, scopes, created_at)
     WITH RECURSIVE numbers(n) AS (
         SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < $1
     )
     SELECT n, $2, 'flood ' || n, $3, 'Flood', NULL, '[]', 'read', $4 FROM numbers"
);

/// Fields as a form sends them.
pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()).as_ref())
}

/// An app that was registered.
pub struct Registered {
    pub browser: Browser,
    pub id: String,
    pub secret: String,
}

impl Registered {
    pub async fn new(town: &Town, scopes: &str) -> Registered {
        Registered::at(town.anonymous(), scopes).await
    }

    pub async fn at(mut browser: Browser, scopes: &str) -> Registered {
        let uris = format!("{BACK}\n{OUT_OF_BAND}");
        let body = form(&[
            ("client_name", "Ferryman"),
            ("redirect_uris", &uris),
            ("scopes", scopes),
            ("website", "https://app.example/"),
        ]);
        let told = browser
            .post_raw("/api/v1/apps", &[], &body)
            .await
            .is(200)
            .json();
        assert_eq!(told["redirect_uris"], json!([BACK, OUT_OF_BAND]));
        Registered {
            browser,
            id: told["client_id"].as_str().unwrap().to_owned(),
            secret: told["client_secret"].as_str().unwrap().to_owned(),
        }
    }

    /// The fields with which it asks for a yes.
    pub fn wish<'a>(
        &'a self,
        scope: &'a str,
        redirect: &'a str,
        challenge: &'a str,
    ) -> Vec<(&'a str, &'a str)> {
        let mut wish = vec![
            ("client_id", self.id.as_str()),
            ("redirect_uri", redirect),
            ("scope", scope),
            ("response_type", "code"),
            ("state", "so & so"),
        ];
        if !challenge.is_empty() {
            wish.extend([
                ("code_challenge", challenge),
                ("code_challenge_method", "S256"),
            ]);
        }
        wish
    }

    async fn token(&mut self, pairs: &[(&str, &str)]) -> Answer {
        let mut all = vec![
            ("client_id", self.id.as_str()),
            ("client_secret", self.secret.as_str()),
        ];
        all.extend_from_slice(pairs);
        let body = form(&all);
        self.browser.post_raw("/oauth/token", &[], &body).await
    }

    async fn exchange(&mut self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    /// A token of this member, by the whole way.
    pub async fn let_in(&mut self, member: &mut Browser, scope: &str) -> String {
        let code = self.code(member, scope).await;
        let told = self.exchange(&code).await.is(200).json();
        assert_eq!(told["token_type"], "Bearer");
        assert_eq!(told["scope"], scope);
        told["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of the app for itself.
    pub async fn own_token(&mut self, scope: &str) -> String {
        let grant = [("grant_type", "client_credentials"), ("scope", scope)];
        let told = self.token(&grant).await.is(200).json();
        told["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn code(&self, member: &mut Browser, scope: &str) -> String {
        let challenge = challenge();
        let mut wish = self.wish(scope, BACK, &challenge);
        wish.push(("decision", "yes"));
        let answer = member.post("/oauth/authorize", &wish).await.is(303);
        query(&location(&answer), "code").unwrap()
    }
}

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

fn query(location: &str, name: &str) -> Option<String> {
    let (_, query) = location.split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Asks with a token.
pub async fn ask(browser: &mut Browser, path: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    browser
        .send(Method::GET, path, &[("authorization", &header)], "")
        .await
}

/// Ends a sign-in by this number, with a token.
async fn end(browser: &mut Browser, id: &str, token: &str) -> Answer {
    let (path, header) = (
        format!("/api/comity/v1/tokens/{id}"),
        format!("Bearer {token}"),
    );
    browser
        .send(Method::DELETE, &path, &[("authorization", &header)], "")
        .await
}

pub fn error(answer: &Answer) -> String {
    let told: Value = answer.json();
    told["error"].as_str().unwrap_or_default().to_owned()
}

town_test! {
    async fn a_member_lets_an_app_in_and_ends_it(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "read write profile").await;
        let challenge = challenge();
        let asks = form(&app.wish("read profile", BACK, &challenge));
        let page = alice.get(&format!("/oauth/authorize?{asks}")).await.is(200)
            .shows("Ferryman").shows("Read all that you can read here");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");

        let token = app.let_in(&mut alice, "read profile").await;
        let who = ask(&mut app.browser, "/oauth/userinfo", &token).await.is(200).json();
        assert_eq!(who["preferred_username"], "alice");
        assert_eq!(who["sub"], alice.account.iri.as_str());
        assert_eq!(who["iss"], town.community().origin.clone() + "/");
        assert!(who["picture"].as_str().unwrap().ends_with("/avatars/original/missing.png"), "{who}");

        // An app that wants somebody to sign in again: then they are asked, and signed out by nobody.
        let page = alice.get(&format!("/oauth/authorize?{asks}&force_login=true")).await.is(200).shows("Password");
        let next = page.hidden("next").unwrap().replace("&#38;", "&");
        assert!(next.starts_with("/oauth/authorize?") && !next.contains("force_login"), "{next}");
        alice.get("/home").await.is(200);
        let name = [("name", "alice"), ("password", crate::town::PASSWORD), ("next", next.as_str())];
        let next = alice.post("/sign-in", &name).await.is(303).leads_to().unwrap();
        alice.get(&next).await.is(200).shows("Ferryman");
        let to = town.anonymous().get(&format!("/oauth/authorize?force_login=true&{asks}")).await.is(303).leads_to().unwrap();
        assert!(to.starts_with("/sign-in?back=") && !to.contains("force_login"), "{to}");

        let list = alice.get("/settings/apps").await.is(200).shows("Ferryman");
        let id = list.hidden("id").unwrap();
        let mut bob = town.member("bob").await;
        bob.post("/settings/apps", &[("id", &id)]).await.is(404);
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(200);
        // On another device, and on a third that has not fetched its token yet: it is one app.
        let second = app.let_in(&mut alice, "profile").await;
        let code = app.code(&mut alice, "read profile").await;
        assert_eq!(alice.get("/settings/apps").await.body.matches("Ferryman</b>").count(), 1);
        alice.post("/settings/apps", &[("id", &id)]).await.is(303);
        let ended = ask(&mut app.browser, "/oauth/userinfo", &token).await.is(401);
        assert!(!ended.body.contains("alice"));
        ask(&mut app.browser, "/oauth/userinfo", &second).await.is(401);
        assert_eq!(error(&app.exchange(&code).await.is(400)), "invalid_grant");
    }

    async fn a_member_ends_one_sign_in_and_keeps_the_others(town) {
        const AT: &str = "/api/comity/v1/tokens";
        const WHO: &str = "/api/v1/accounts/verify_credentials";
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut app = Registered::new(&town, "read write").await;
        let lost = app.let_in(&mut alice, "read write").await;
        town.wait_s(2 * 24 * 3600);
        // In another browser, which says what it is.
        let challenge = challenge();
        let mut wish = app.wish("read", BACK, &challenge);
        let path = format!("/oauth/authorize?{}", form(&wish));
        let csrf = alice.get(&path).await.is(200).hidden("csrf").unwrap();
        wish.extend([("decision", "yes"), ("csrf", csrf.as_str())]);
        let origin = town.community().origin.clone();
        let headers = [("origin", origin.as_str()), ("user-agent", "A tablet")];
        let answer = alice.post_raw("/oauth/authorize", &headers, &form(&wish)).await.is(303);
        let code = query(&location(&answer), "code").unwrap();
        let kept = app.exchange(&code).await.is(200).json()["access_token"].as_str().unwrap().to_owned();

        let all = ask(&mut app.browser, AT, &kept).await.is(200).json();
        assert_eq!(all.as_array().unwrap().len(), 2);
        assert_eq!((&all[0]["current"], &all[0]["browser"], &all[0]["scopes"]), (&json!(true), &json!("A tablet"), &json!(["read"])));
        assert_eq!((&all[1]["current"], &all[1]["browser"], &all[1]["scopes"]), (&json!(false), &Value::Null, &json!(["read", "write"])));
        assert_eq!((&all[0]["last_used_at"], &all[1]["last_used_at"]), (&json!("2026-05-07"), &json!("2026-05-05")));
        assert_eq!(all[1]["application"], json!({ "name": "Ferryman", "website": "https://app.example/" }));
        let page = alice.get("/settings/apps").await.is(200).shows("You signed in with it 2 times").shows("A tablet");
        assert_eq!(page.body.matches("Ferryman</b>").count(), 1);

        // Nobody else's, by a guessed number or otherwise; nor by an app that may only read.
        let id = all[1]["id"].as_str().unwrap().to_owned();
        let mut his = Registered::new(&town, "read write").await;
        let of_bob = his.let_in(&mut bob, "read write").await;
        assert_eq!(ask(&mut his.browser, AT, &of_bob).await.is(200).json().as_array().unwrap().len(), 1);
        end(&mut his.browser, &id, &of_bob).await.is(404);
        bob.post("/settings/apps/sign-ins", &[("id", &id)]).await.is(404);
        end(&mut app.browser, &id, &kept).await.is(403);
        ask(&mut app.browser, WHO, &lost).await.is(200);

        alice.post("/settings/apps/sign-ins", &[("id", &id)]).await.leads("/settings/apps");
        ask(&mut app.browser, WHO, &lost).await.is(401);
        ask(&mut app.browser, WHO, &kept).await.is(200);
        alice.post("/settings/apps/sign-ins", &[("id", &id)]).await.is(404);
        alice.get("/settings/apps").await.is(200).shows("Ferryman").hides("End this one");

        // An app may end that by which it asks.
        let third = app.let_in(&mut alice, "read write").await;
        let all = ask(&mut app.browser, AT, &third).await.is(200).json();
        let mut list = all.as_array().unwrap().iter();
        let own = list.find(|one| one["current"] == true).unwrap()["id"].as_str().unwrap();
        assert_eq!(end(&mut app.browser, own, &third).await.is(200).json(), json!({}));
        ask(&mut app.browser, AT, &third).await.is(401);
        ask(&mut app.browser, WHO, &kept).await.is(200);
    }

    async fn beyond_so_many_sign_ins_that_one_ends_which_was_used_longest_ago(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "profile").await;
        let challenge = challenge();
        let page = format!("/oauth/authorize?{}", form(&app.wish("profile", BACK, &challenge)));
        let first = app.let_in(&mut alice, "profile").await;
        alice.get(&page).await.is(200).hides("used longest ago");
        town.wait_s(60);
        let second = app.let_in(&mut alice, "profile").await;
        for _ in 2..MOST_SIGN_INS {
            town.wait_s(60);
            app.let_in(&mut alice, "profile").await;
        }
        town.wait_s(2 * 3600);
        ask(&mut app.browser, "/oauth/userinfo", &first).await.is(200);
        // The member hears of it before they say yes.
        alice.get(&page).await.is(200).shows("used longest ago, on 5 May 2026");
        let next = app.let_in(&mut alice, "profile").await;
        ask(&mut app.browser, "/oauth/userinfo", &second).await.is(401);
        for token in [&first, &next] {
            ask(&mut app.browser, "/oauth/userinfo", token).await.is(200);
        }
    }

    async fn the_answer_carries_what_was_asked_along(town) {
        let mut alice = town.member("alice").await;
        let app = Registered::new(&town, "read").await;
        for (decision, name, value) in [("yes", "code", None), ("no", "error", Some("access_denied"))] {
            let mut wish = app.wish("read", BACK, "");
            wish.push(("decision", decision));
            let to = location(&alice.post("/oauth/authorize", &wish).await.is(303));
            assert!(to.starts_with("https://app.example/back?from=here&"), "{to}");
            assert_eq!(query(&to, "state").as_deref(), Some("so & so"));
            let said = query(&to, name).unwrap();
            assert!(value.is_none_or(|value| value == said), "{to}");
        }
        let mut wish = app.wish("read", OUT_OF_BAND, "");
        wish.push(("decision", "yes"));
        let page = alice.post("/oauth/authorize", &wish).await.is(200);
        assert!(page.headers.get("location").is_none());
        let mut app = app;
        let code = page.body.split("id=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        app.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", OUT_OF_BAND)])
            .await.is(200);
    }

    async fn a_wrong_app_is_answered_nowhere(town) {
        let mut alice = town.member("alice").await;
        let app = Registered::new(&town, "read").await;
        let challenge = challenge();
        for (name, value) in [("client_id", "nobody"), ("redirect_uri", "https://evil.example/"), ("redirect_uri", "https://app.example/back")] {
            let mut wish = app.wish("read", BACK, &challenge);
            wish.retain(|(key, _)| *key != name);
            wish.push((name, value));
            let page = alice.get(&format!("/oauth/authorize?{}", form(&wish))).await.is(400);
            assert!(page.headers.get("location").is_none());
            wish.push(("decision", "yes"));
            let page = alice.post("/oauth/authorize", &wish).await.is(400);
            assert!(page.headers.get("location").is_none());
        }
        for (name, value, code) in [
            ("response_type", "token", "unsupported_response_type"),
            ("scope", "read write", "invalid_scope"),
            ("scope", "admin:read", "invalid_scope"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("code_challenge", "short", "invalid_request"),
        ] {
            let mut wish = app.wish("read", BACK, &challenge);
            wish.retain(|(key, _)| *key != name);
            wish.push((name, value));
            // Whoever follows a link to here is led to no stranger by it; where the app is told is a link of its own.
            wish.push(("decision", "yes"));
            for page in [
                alice.get(&format!("/oauth/authorize?{}", form(&wish))).await.is(400),
                alice.post("/oauth/authorize", &wish).await.is(400),
            ] {
                assert!(page.headers.get("location").is_none());
                let told = format!("https://app.example/back?from=here&#38;error={code}&#38;");
                assert!(page.body.contains(&told), "{name}={value}\n{}", page.body);
                assert!(!page.body.contains("code="), "{name}={value}");
                assert!(page.body.contains("Go back to <bdi>Ferryman</bdi>"), "{name}={value}");
            }
        }
        // A visitor signs in first, and comes back.
        let asks = form(&app.wish("read", BACK, &challenge));
        let to = town.anonymous().get(&format!("/oauth/authorize?{asks}")).await.is(303);
        assert!(location(&to).starts_with("/sign-in?back="));
    }

    async fn a_code_is_good_once_for_its_app_and_its_verifier(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "read profile").await;
        let mut other = Registered::new(&town, "read profile").await;
        let code = app.code(&mut alice, "profile").await;
        assert_eq!(error(&other.exchange(&code).await.is(400)), "invalid_grant");
        for wrong in [
            [("redirect_uri", BACK), ("code_verifier", "another")],
            [("redirect_uri", BACK), ("code_verifier", "")],
            [("redirect_uri", OUT_OF_BAND), ("code_verifier", VERIFIER)],
        ] {
            let mut all = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
            all.extend(wrong);
            assert_eq!(error(&app.token(&all).await.is(400)), "invalid_grant", "{wrong:?}");
        }
        let token = app.exchange(&code).await.is(200).json()["access_token"].as_str().unwrap().to_owned();
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(200);
        // Somebody else has the code, too: what it gave ends.
        assert_eq!(error(&app.exchange(&code).await.is(400)), "invalid_grant");
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(401);

        let late = app.code(&mut alice, "profile").await;
        town.wait_s(601);
        assert_eq!(error(&app.exchange(&late).await.is(400)), "invalid_grant");
        // Nobody took a challenge out on the way.
        let mut wish = app.wish("profile", BACK, "");
        wish.push(("decision", "yes"));
        let code = query(&location(&alice.post("/oauth/authorize", &wish).await.is(303)), "code").unwrap();
        assert_eq!(error(&app.exchange(&code).await.is(400)), "invalid_grant");
    }

    async fn an_app_says_who_it_is_in_three_ways(town) {
        let mut app = Registered::new(&town, "read").await;
        app.token(&[("grant_type", "client_credentials")]).await.is(200);
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", app.id, app.secret)));
        app.browser.post_raw("/oauth/token", &[("authorization", &basic)], "grant_type=client_credentials").await.is(200);
        let body = json!({"client_id": app.id, "client_secret": app.secret, "grant_type": "client_credentials"}).to_string();
        app.browser.send(Method::POST, "/oauth/token", &[("content-type", "application/json")], &body).await.is(200);
        let secret = std::mem::replace(&mut app.secret, "another".to_owned());
        let answer = app.token(&[("grant_type", "client_credentials")]).await.is(401);
        assert_eq!(error(&answer), "invalid_client");
        assert!(answer.headers.get("www-authenticate").is_none());
        let wrong = format!("Basic {}", STANDARD.encode(format!("{}:another", app.id)));
        for (path, body) in [("/oauth/token", "grant_type=client_credentials"), ("/oauth/revoke", "token=none")] {
            for tried in [wrong.as_str(), "basic no-such-thing"] {
                let answer = app.browser.post_raw(path, &[("authorization", tried)], body).await.is(401);
                assert_eq!(error(&answer), "invalid_client");
                assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Basic realm="), "{path} {tried}");
            }
        }
        app.secret = secret;
        assert_eq!(error(&app.token(&[("grant_type", "password")]).await.is(400)), "unsupported_grant_type");
        let wide = app.token(&[("grant_type", "client_credentials"), ("scope", "write")]).await.is(400);
        assert_eq!(error(&wide), "invalid_scope");
    }

    async fn of_two_who_exchange_one_code_at_once_nobody_keeps_a_token(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "profile").await;
        for _ in 0..5 {
            let code = app.code(&mut alice, "profile").await;
            let fields = form(&[
                ("client_id", &app.id), ("client_secret", &app.secret), ("grant_type", "authorization_code"),
                ("code", &code), ("redirect_uri", BACK), ("code_verifier", VERIFIER),
            ]);
            let (mut one, mut other) = (town.anonymous(), town.anonymous());
            let (one, other) = tokio::join!(
                one.post_raw("/oauth/token", &[], &fields),
                other.post_raw("/oauth/token", &[], &fields)
            );
            let given: Vec<Answer> = [one, other].into_iter().filter(|answer| answer.status == StatusCode::OK).collect();
            assert!(given.len() <= 1);
            for answer in given {
                let token = answer.json()["access_token"].as_str().unwrap().to_owned();
                ask(&mut app.browser, "/oauth/userinfo", &token).await.is(401);
            }
        }
    }

    async fn an_app_for_itself_is_no_member(town) {
        let mut app = Registered::new(&town, "read profile").await;
        let told = app.token(&[("grant_type", "client_credentials"), ("scope", "read profile")]).await.is(200).json();
        let token = told["access_token"].as_str().unwrap().to_owned();
        let itself = ask(&mut app.browser, "/api/v1/apps/verify_credentials", &token).await.is(200).json();
        assert_eq!(itself["name"], "Ferryman");
        assert_eq!(itself["scopes"], json!(["read", "profile"]));
        assert!(itself.get("client_secret").is_none());
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(422);
        // No more than ten at once.
        for _ in 0..10 {
            town.wait_s(1);
            app.token(&[("grant_type", "client_credentials")]).await.is(200);
        }
        ask(&mut app.browser, "/api/v1/apps/verify_credentials", &token).await.is(401);
    }

    async fn tokens_end_in_every_way_that_should_end_them(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "profile").await;
        let mut other = Registered::new(&town, "profile").await;
        let token = app.let_in(&mut alice, "profile").await;
        let revoke = |app: &Registered| form(&[("client_id", &app.id), ("client_secret", &app.secret), ("token", &token)]);
        let body = revoke(&other);
        other.browser.post_raw("/oauth/revoke", &[], &body).await.is(200);
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(200);
        let body = revoke(&app);
        for _ in 0..2 {
            let ended = app.browser.post_raw("/oauth/revoke", &[], &body).await.is(200);
            assert_eq!(ended.json(), json!({}));
        }
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(401);

        let token = app.let_in(&mut alice, "profile").await;
        comity::members::set_password(&town.app, alice.account.id, "another-good-password").await.unwrap();
        ask(&mut app.browser, "/oauth/userinfo", &token).await.is(401);
    }

    async fn a_yes_that_comes_slowly_outlives_no_new_password(town) {
        let mut alice = town.member("alice").await;
        let app = Registered::new(&town, "profile").await;
        let (id, parts) = (alice.account.id, town.app.clone());
        let challenge = challenge();
        let mut wish = app.wish("profile", BACK, &challenge);
        wish.push(("decision", "yes"));
        let answer = alice
            .post_while("/oauth/authorize", &wish, async move {
                comity::members::set_password(&parts, id, "another-good-password").await.unwrap();
            })
            .await;
        // The page of signing in, or its sentence; no code in any case.
        assert!(answer.leads_to().is_none_or(|to| query(&to, "code").is_none()), "{answer:?}");
        assert_eq!(town.app.db.one(CODES, params![id]).await.unwrap().0, 0);
    }

    async fn a_code_gives_nothing_while_the_moderators_keep_its_member_out(town) {
        let mut alice = town.member("alice").await;
        let mut ines = town.admin("ines").await;
        let mut app = Registered::new(&town, "profile").await;
        let code = app.code(&mut alice, "profile").await;
        let path = format!("/moderation/accounts/{}", alice.account.id);
        ines.post(&path, &[("action", "freeze"), ("reason", "Spam")]).await.is(303);
        assert_eq!(error(&app.exchange(&code).await.is(400)), "invalid_grant");
    }

    async fn a_token_opens_its_own_community_only(town) {
        let mut alice = town.member("alice").await;
        let mut app = Registered::new(&town, "profile").await;
        let token = app.let_in(&mut alice, "profile").await;
        let island = town.found("island.localhost", "Island").await;
        let mut there = town.visitor_of(&island);
        ask(&mut there, "/oauth/userinfo", &token).await.is(401);
        let body = form(&[("client_id", &app.id), ("client_secret", &app.secret), ("grant_type", "client_credentials")]);
        there.post_raw("/oauth/token", &[], &body).await.is(401);
    }

    async fn a_token_that_opens_nothing_is_refused_on_every_address(town) {
        let mut visitor = town.anonymous();
        for route in ROUTES.iter().filter(|route| route.kind == Kind::Api) {
            let path = filled(route.path);
            let method = Method::from_bytes(route.method.as_bytes()).unwrap();
            // So that nobody asks too often.
            town.wait_s(60);
            let bad = [("authorization", "Bearer nothing")];
            let told = visitor.send(method.clone(), &path, &bad, "").await;
            if route.wants == Wants::Nothing {
                let without = visitor.send(method, &path, &[], "").await;
                assert_eq!((told.status, &told.body), (without.status, &without.body), "{path}");
                continue;
            }
            told.is(401);
            if matches!(route.wants, Wants::Member(_) | Wants::SignedUp(_) | Wants::App(_) | Wants::AnyApp) {
                visitor.send(method, &path, &[], "").await.is(401);
            }
        }
    }

    async fn an_app_registers_within_bounds(town) {
        let mut visitor = town.anonymous();
        for (name, uris, scopes, website) in [
            ("", BACK, "read", ""),
            ("Ferryman", "", "read", ""),
            ("Ferryman", "javascript:alert(1)", "read", ""),
            ("Ferryman", "http://app.example/", "read", ""),
            ("Ferryman", BACK, "nonsense", ""),
            ("Ferry\0man", BACK, "read", ""),
            ("Ferryman", &format!("https://app.example/{}\n", "x".repeat(900)).repeat(5), "read", ""),
            ("Ferryman", BACK, "read", "javascript:alert(1)"),
            (&"x".repeat(61), BACK, "read", ""),
        ] {
            let body = form(&[("client_name", name), ("redirect_uris", uris), ("scopes", scopes), ("website", website)]);
            let answer = visitor.post_raw("/api/v1/apps", &[], &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {uris} {scopes} {website}");
            assert!(!error(&answer).is_empty());
        }
        let body = json!({"client_name": "Ferryman", "redirect_uris": ["icecubesapp://", BACK]}).to_string();
        let told = visitor.send(Method::POST, "/api/v1/apps", &[("content-type", "application/json")], &body).await.is(200).json();
        assert_eq!(told["scopes"], json!(["read"]));
        assert_eq!(told["redirect_uri"], format!("icecubesapp://\n{BACK}"));
        for _ in 0..60 {
            visitor.send(Method::POST, "/api/v1/apps", &[("content-type", "application/json")], &body).await;
        }
        let much = visitor.send(Method::POST, "/api/v1/apps", &[("content-type", "application/json")], &body).await.is(429);
        assert!(much.headers.contains_key("retry-after"));
    }

    async fn who_registers_many_apps_keeps_nobody_else_out(town) {
        let mut alice = town.member("alice").await;
        let mut first = Registered::new(&town, "read profile").await;
        let token = first.let_in(&mut alice, "read profile").await;
        let mut flood = Registered::new(&town, "read").await;
        flood.own_token("read").await;
        town.wait_s(1);
        // From many addresses.
        let (here, now_ms) = (town.community().id, town.app.now_ms());
        let values = params![10_000_i64, here, vec![0_u8; 32], now_ms];
        town.app.db.exec(MANY_APPS, values).await.unwrap();
        let body = form(&[("client_name", "Ferryman"), ("redirect_uris", BACK), ("scopes", "read")]);
        town.anonymous().post_raw("/api/v1/apps", &[], &body).await.is(200);
        // The oldest made way, with its token; what a member let in did not.
        flood.token(&[("grant_type", "client_credentials")]).await.is(401);
        ask(&mut first.browser, "/oauth/userinfo", &token).await.is(200);
    }

    async fn programs_of_other_origins_may_ask(town) {
        let mut visitor = town.anonymous();
        let from = [("origin", "https://elk.example"), ("access-control-request-method", "POST")];
        let preflight = visitor.send(Method::OPTIONS, "/api/v1/apps", &from, "").await.is(204);
        assert_eq!(preflight.headers["access-control-allow-origin"], "*");
        assert!(preflight.headers["access-control-allow-headers"].to_str().unwrap().contains("Authorization"));
        for path in ["/api/v1/apps", "/oauth/token/"] {
            let wanted = [from[0], from[1], ("access-control-request-headers", "authorization,x-made-up")];
            let preflight = visitor.send(Method::OPTIONS, path, &wanted, "").await.is(204);
            assert_eq!(preflight.headers["access-control-allow-headers"], "authorization,x-made-up");
        }
        let nowhere = visitor.send(Method::GET, "/api/v1/nowhere", &from, "").await.is(404);
        let readable = nowhere.headers["access-control-expose-headers"].to_str().unwrap();
        for name in ["Link", "Mastodon-Async-Refresh", "X-RateLimit-Remaining", "X-Request-Id", "Retry-After"] {
            assert!(readable.split(", ").any(|one| one == name), "{name}");
        }
        let again = visitor.send(Method::GET, "/api/v1/nowhere", &from, "").await.is(404);
        assert_ne!(nowhere.headers["x-request-id"], again.headers["x-request-id"]);
        assert_eq!(nowhere.headers["x-request-id"].len(), 32);
        let old = visitor.get("/api/v1/instance").await.is(200);
        assert_eq!(old.headers["deprecation"], "@1668384000");
        assert!(!visitor.get("/api/v2/instance").await.is(200).headers.contains_key("deprecation"));
        assert_eq!(nowhere.headers["access-control-allow-origin"], "*");
        assert_eq!(error(&nowhere), "Record not found");
        let page = visitor.send(Method::OPTIONS, "/sign-in", &from, "").await;
        assert!(page.headers.get("access-control-allow-origin").is_none());
        let invalid = ask(&mut visitor, "/api/v1/apps/verify_credentials", "nothing").await.is(401);
        assert_eq!(error(&invalid), "The access token is invalid");
        let told = visitor.get("/.well-known/oauth-authorization-server").await.is(200).json();
        assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(told["issuer"], town.community().origin.clone() + "/");
    }

    async fn an_app_is_forgotten_when_no_member_ever_let_it_in(town) {
        let mut alice = town.member("alice").await;
        let mut asked = Registered::new(&town, "profile").await;
        let _never_fetched = asked.code(&mut alice, "profile").await;
        let mut kept = Registered::new(&town, "profile").await;
        let token = kept.let_in(&mut alice, "profile").await;
        let (id, secret) = (kept.id.clone(), kept.secret.clone());
        let body = form(&[("client_id", &id), ("client_secret", &secret), ("token", &token)]);
        kept.browser.post_raw("/oauth/revoke", &[], &body).await.is(200);
        let mut idle = Registered::new(&town, "profile").await;
        let own = [("grant_type", "client_credentials"), ("scope", "profile")];
        let forget = || comity::oauth::forget_old(&town.app, town.app.now_ms(), 100);
        town.wait_s(6 * 24 * 3600);
        forget().await.unwrap();
        idle.token(&own).await.is(200);
        town.wait_s(8 * 24 * 3600);
        assert!(forget().await.unwrap() > 0);
        assert_eq!(error(&idle.token(&own).await.is(401)), "invalid_client");
        assert_eq!(forget().await.unwrap(), 0);
        asked.token(&own).await.is(200);
        // Members come back to what they signed out of.
        let mut again = town.anonymous();
        again.post("/sign-in", &[("name", "alice"), ("password", PASSWORD)]).await.is(303);
        let token = kept.let_in(&mut again, "profile").await;
        ask(&mut kept.browser, "/oauth/userinfo", &token).await.is(200);
    }
}
