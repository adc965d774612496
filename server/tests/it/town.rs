//! A town to test in: one installation on a throw-away database of either engine, with a clock that stands still, and
//! people who open pages and send forms as browsers do, without a socket.
#![allow(dead_code, reason = "each feature's tests use a part of it")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use comity::accounts::{self, Account};
use comity::app::App;
use comity::clock::Clock;
use comity::communities::{self, Community, Settings, SignUp};
use comity::config::Config;
use comity::http::Me;
use comity::http::cookie;
use comity::members::{self, NewMember, Role, sessions};
use comity::{migrations, router, serve};
use comity_db::testing::{Engine, Throwaway, migrated};
use comity_vocab::Domain;
use futures_util::stream;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use url::form_urlencoded;

use crate::kept_keys;

/// When every town begins: 2026-05-05 12:00 UTC, a Tuesday.
pub const NOON_MS: i64 = 1_777_982_400_000;
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// The town's first community; the town serves it over https, as far as anyone can tell.
pub const DOMAIN: &str = "harbour.example";
/// More than any test does of one thing.
const MANY: u32 = 1_000_000;

/// Defines a test that runs on SQLite and on PostgreSQL:
///
/// ```ignore
/// town_test! {
///     async fn a_member_reads_home(town) { town.member("alice").await.get("/home").await.is(200); }
/// }
/// ```
#[macro_export]
macro_rules! town_test {
    ($($(#[$meta:meta])* async fn $name:ident($town:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($town: $crate::town::Town) $body

            #[tokio::test]
            async fn on_sqlite() {
                Box::pin(test($crate::town::Town::new(comity_db::testing::Engine::Sqlite).await)).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                Box::pin(test($crate::town::Town::new(comity_db::testing::Engine::Postgres).await)).await;
            }
        }
    )+};
}

/// One installation.
pub struct Town {
    /// For what is asked behind the door.
    pub app: App,
    /// Moves when told to.
    pub clock: Clock,
    router: Router,
    /// Taken away last.
    database: Throwaway,
    _files: tempfile::TempDir,
}

impl Town {
    /// One more process on the same database and files.
    pub async fn node(&self) -> App {
        let (db, config) = (self.app.db.clone(), self.app.config.clone());
        let node = serve::start_on(db, config, self.clock.clone());
        Box::pin(node).await.unwrap()
    }

    /// With one open community, [`DOMAIN`].
    pub async fn new(engine: Engine) -> Town {
        Town::with(engine, "").await
    }

    /// With these settings (TOML) besides those of a town.
    pub async fn with(engine: Engine, settings: &str) -> Town {
        Town::at(engine, DOMAIN, settings).await
    }

    /// The same, under another domain.
    pub async fn at(engine: Engine, domain: &str, settings: &str) -> Town {
        Town::changed(engine, domain, settings, |_| {}).await
    }

    /// The same, with what no settings say.
    pub async fn changed(
        engine: Engine,
        domain: &str,
        settings: &str,
        change: impl FnOnce(&mut Config),
    ) -> Town {
        let database = migrated(engine, migrations::ALL, NOON_MS).await;
        Town::on(database, domain, settings, change).await
    }

    /// The same on a database that was made for it.
    pub async fn on(
        database: Throwaway,
        domain: &str,
        settings: &str,
        change: impl FnOnce(&mut Config),
    ) -> Town {
        let settings = format!("domain = \"{domain}\"\nname = \"Harbour\"\n{settings}");
        let mut config = Config::from_text("a test", &settings, Vec::new()).unwrap();
        let files = tempfile::tempdir().unwrap();
        config.data_dir = files.path().to_owned();
        config.media.worker = Some(env!("CARGO_BIN_EXE_comity").into());
        config.make_rsa = kept_keys::rsa;
        // A test does in a moment what people do in a month.
        (
            config.limits.posts,
            config.limits.follows,
            config.limits.deletes,
        ) = (MANY, MANY, MANY);
        change(&mut config);
        let clock = Clock::held(NOON_MS);
        let app = Box::pin(serve::start_on(database.db.clone(), config, clock.clone()))
            .await
            .unwrap();
        let town = Town {
            router: router::build(&app),
            app,
            clock,
            database,
            _files: files,
        };
        town.open(&town.community()).await;
        town
    }

    /// Where its database is, for one more node.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// The first community, as it is now.
    pub fn community(&self) -> Arc<Community> {
        self.app.communities.load().first().unwrap()
    }

    /// One more community of the same installation, open to new members.
    pub async fn found(&self, domain: &str, name: &str) -> Arc<Community> {
        // Which of two is the first depends on when they were founded.
        self.wait_s(1);
        let founded = communities::found(&self.app, Domain::parse(domain).unwrap(), name)
            .await
            .unwrap();
        self.open(&founded).await
    }

    async fn open(&self, community: &Community) -> Arc<Community> {
        let settings = Settings {
            sign_up: SignUp::Open,
            ..Settings::of(community)
        };
        communities::change_settings(&self.app, community.id, settings)
            .await
            .unwrap()
    }

    /// Somebody with a browser and nothing else.
    pub fn anonymous(&self) -> Browser {
        self.visitor_of(&self.community())
    }

    /// The same, looking at another community.
    pub fn visitor_of(&self, community: &Community) -> Browser {
        Browser {
            router: self.router.clone(),
            host: community.domain.to_string(),
            origin: community.origin.clone(),
            cookies: BTreeMap::new(),
            csrf: None,
        }
    }

    /// A new member of the first community, signed in.
    pub async fn member(&self, name: &str) -> Member {
        self.member_of(&self.community(), name, Role::Member).await
    }

    /// A new admin of the first community, signed in.
    pub async fn admin(&self, name: &str) -> Member {
        self.member_of(&self.community(), name, Role::Admin).await
    }

    /// A new member of any community here, signed in.
    pub async fn member_of(&self, community: &Community, name: &str, role: Role) -> Member {
        let new = NewMember {
            username: name.to_owned(),
            email: format!("{name}@mail.example"),
            password: PASSWORD.to_owned(),
            display_name: String::new(),
            role,
        };
        let account = members::add(&self.app, community, new).await.unwrap();
        let session = sessions::start(&self.app, account.id, "a test's browser")
            .await
            .unwrap();
        let mut browser = self.visitor_of(community);
        browser.keep(cookie::session(community, &session, 3600).to_str().unwrap());
        Member { account, browser }
    }

    /// This member as verbs ask for them.
    pub async fn me(&self, member: &Member) -> Me {
        Me::of(&self.app, member.account.id).await.unwrap()
    }

    /// The account as it is now.
    pub async fn account(&self, id: i64) -> Arc<Account> {
        accounts::find(&self.app, id).await.unwrap()
    }

    /// Time passes.
    pub fn wait_s(&self, seconds: i64) {
        self.clock.advance(seconds * 1000);
    }
}

/// Somebody who is signed in; also their browser.
pub struct Member {
    /// As it was when they joined.
    pub account: Arc<Account>,
    /// What they look at pages with.
    pub browser: Browser,
}

impl std::ops::Deref for Member {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl std::ops::DerefMut for Member {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.browser
    }
}

/// A browser: it keeps cookies, sends forms with the token of a page, and follows no redirect by itself.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    host: String,
    origin: String,
    cookies: BTreeMap<String, String>,
    csrf: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
    asked: String,
}

impl Browser {
    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(
            Method::GET,
            path,
            &[(ACCEPT.as_str(), "text/html,application/xhtml+xml,*/*;q=0.8")],
            "",
        )
        .await
    }

    /// Opens a page and whatever it leads to, five steps at most.
    pub async fn open(&mut self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..5 {
            let Some(next) = answer.leads_to() else { break };
            answer = self.get(&next).await;
        }
        answer
    }

    /// Asks for the ActivityPub face, without a signature.
    pub async fn get_activity(&mut self, path: &str) -> Answer {
        self.send(
            Method::GET,
            path,
            &[(ACCEPT.as_str(), "application/activity+json")],
            "",
        )
        .await
    }

    /// Sends a form, with the token of a page that was opened before; where there was none, one is opened.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        if self.csrf.is_none() {
            // Members have the form of signing out on every page, visitors the one of signing in.
            self.open("/sign-in").await;
            assert!(self.csrf.is_some(), "no page gave a form token");
        }
        let token = self.csrf.clone().unwrap();
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &token).extend_pairs(fields);
        self.post_raw(
            path,
            &[(ORIGIN.as_str(), &self.origin.clone())],
            &body.finish(),
        )
        .await
    }

    /// Sends a form exactly so: for what should be refused.
    pub async fn post_raw(&mut self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(Method::POST, path, &all, body).await
    }

    /// One request, exactly so.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes().to_vec())
            .await
    }

    /// Sends a form whose fields come slowly: after whoever sends it was looked up, and once this is done.
    pub async fn post_while(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) -> Answer {
        if self.csrf.is_none() {
            self.open("/sign-in").await;
        }
        let token = self.csrf.clone().unwrap();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &token).extend_pairs(fields);
        let form = form.finish();
        let body = stream::once(async move {
            meanwhile.await;
            Ok::<_, Infallible>(form)
        });
        let origin = self.origin.clone();
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"),
            (ORIGIN.as_str(), origin.as_str()),
        ];
        self.send_body(Method::POST, path, &headers, Body::from_stream(body))
            .await
    }

    /// The same with a body that is no text.
    pub async fn send_bytes(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        self.send_body(method, path, headers, Body::from(body))
            .await
    }

    async fn send_body(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(HOST, &self.host);
        if !self.cookies.is_empty() {
            let jar: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, jar.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            bytes,
            asked: format!("{method} {path}"),
        };
        if let Some(token) = answer.hidden("csrf").filter(|token| !token.is_empty()) {
            self.csrf = Some(token);
        }
        answer
    }

    /// Takes a cookie into the jar, or out of it when it has ended.
    fn keep(&mut self, set_cookie: &str) {
        let (pair, rest) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let known = if rest.contains("Max-Age=0") {
            self.cookies.remove(name)
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned())
        };
        // A token belongs to a session; with another session, another token.
        if known.as_deref() != Some(value) && !name.contains("notice") {
            self.csrf = None;
        }
    }

    /// The cookies by name; their values are secrets of the test.
    pub fn cookie_names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }

    /// Asks another node of the same installation.
    pub fn at_node(mut self, node: &App) -> Browser {
        self.router = router::build(node);
        self
    }

    /// Uses another host, as when a name is spoofed.
    pub fn at_host(mut self, host: &str) -> Browser {
        host.clone_into(&mut self.host);
        self
    }
}

impl Answer {
    /// Asserts the status, and gives the answer on.
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{} answered:\n{}",
            self.asked,
            self.words()
        );
        self
    }

    /// Asserts that the act was done and leads to `path`.
    #[track_caller]
    pub fn leads(self, path: &str) -> Answer {
        let answer = self.is(303);
        assert_eq!(answer.leads_to().as_deref(), Some(path), "{}", answer.asked);
        answer
    }

    /// Asserts that `word` can be read.
    #[track_caller]
    pub fn shows(self, word: &str) -> Answer {
        assert!(
            self.words().contains(word),
            "{} does not show {word:?}:\n{}",
            self.asked,
            self.words()
        );
        self
    }

    /// Asserts that `word` is nowhere in it, not even in what is not shown.
    #[track_caller]
    pub fn hides(self, word: &str) -> Answer {
        assert!(
            !self.body.contains(word),
            "{} gives away {word:?}:\n{}",
            self.asked,
            self.words()
        );
        self
    }

    /// Where it leads, if it does.
    pub fn leads_to(&self) -> Option<String> {
        Some(self.headers.get(LOCATION)?.to_str().unwrap().to_owned())
    }

    /// The value of the first hidden field with this name.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let at = self.body.find(&format!("name=\"{name}\" value=\""))?;
        let rest = &self.body[at..];
        let value = rest.split_once("value=\"")?.1;
        Some(value.split_once('"')?.0.to_owned())
    }

    /// The number in the first address of the page that begins so, as in `/statuses/{number}/favourite`.
    pub fn number_after(&self, beginning: &str) -> Option<i64> {
        self.body.split(beginning).skip(1).find_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
    }

    /// As JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|why| panic!("{} gave no JSON: {why}\n{}", self.asked, self.body))
    }

    /// What a reader sees: the page without its tags.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut inside_tag = false;
        for letter in self.body.chars() {
            match letter {
                '<' => inside_tag = true,
                '>' => {
                    inside_tag = false;
                    words.push(' ');
                }
                _ if !inside_tag => words.push(letter),
                _ => {}
            }
        }
        let words = words
            .replace("&#39;", "'")
            .replace("&#34;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
        words
            .replace("&amp;", "&")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}
