//! Link previews: what a page says of itself under a post that links to it, and whom that may be told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Response};
use comity_db::{params, sql};
use futures_util::stream;
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::clients::App;
use crate::coast::Coast;
use crate::media::files::{photo_with_notes, png};
use crate::peer;
use crate::town::Answer;

const DAY_S: i64 = 86_400;

/// What stands at an address.
#[derive(Clone)]
enum Stands {
    /// Of a media type.
    Is(&'static str, Vec<u8>),
    Moved(String),
    Broken,
    /// Not for us.
    Withheld,
    /// It begins so, and never ends.
    Endless(&'static str),
}

/// Sites on the web: each name under `.localhost` is one.
#[derive(Clone)]
struct Web {
    port: u16,
    stands: Arc<Mutex<HashMap<String, Stands>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    async fn start() -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Web {
            port: listener.local_addr().unwrap().port(),
            stands: Arc::default(),
            asked: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(web.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        web
    }

    fn host(&self, site: &str) -> String {
        format!("{site}.localhost:{}", self.port)
    }

    fn url(&self, site: &str, path: &str) -> String {
        format!("http://{}/{path}", self.host(site))
    }

    fn puts(&self, url: &str, stands: Stands) {
        self.stands.lock().unwrap().insert(url.to_owned(), stands);
    }

    /// A page with this head.
    fn page(&self, site: &str, path: &str, head: &str) -> String {
        let url = self.url(site, path);
        let html = format!("<!doctype html><html lang=en><head>{head}</head><body><p>words");
        self.puts(&url, Stands::Is("text/html", html.into_bytes()));
        url
    }

    /// How often somebody asked for this.
    fn count(&self, url: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| *asked == url).count()
    }

    fn was_asked(&self, site: &str) -> bool {
        let start = format!("http://{}/", self.host(site));
        let asked = self.asked.lock().unwrap();
        asked.iter().any(|asked| asked.starts_with(&start))
    }
}

async fn answer(State(web): State<Web>, request: Request<Body>) -> Response<Body> {
    let host = request.headers()["host"].to_str().unwrap();
    let url = format!("http://{host}{}", request.uri());
    web.asked.lock().unwrap().push(url.clone());
    let stands = web.stands.lock().unwrap().get(&url).cloned();
    let answer = Response::builder();
    let answer = match stands {
        Some(Stands::Is(kind, bytes)) => {
            answer.header("content-type", kind).body(Body::from(bytes))
        }
        Some(Stands::Moved(to)) => answer
            .status(302)
            .header("location", to)
            .body(Body::empty()),
        Some(Stands::Withheld) => answer.status(403).body(Body::empty()),
        Some(Stands::Broken) => answer.status(503).body(Body::empty()),
        Some(Stands::Endless(start)) => {
            let more = std::iter::once(Bytes::from_static(start.as_bytes()))
                .chain(std::iter::repeat(Bytes::from_static(&[b' '; 4096])));
            let body = stream::iter(more.map(Ok::<_, std::io::Error>));
            answer
                .header("content-type", "text/html")
                .body(Body::from_stream(body))
        }
        None => answer.status(404).body(Body::empty()),
    };
    answer.unwrap()
}

impl Coast {
    /// Rita writes a post that links to this; its number.
    async fn rita_links(&self, number: &str, url: &str) -> i64 {
        let rita = self.peer.iri("open", "rita");
        let words = format!("See <a href=\"{}\">there</a>", url.replace('&', "&amp;"));
        self.brings(&peer::create(&rita, number, &words, None, None))
            .await;
        // Not in the same moment as all the others who got it.
        self.town.wait_s(61);
        self.is_idle().await;
        let iri = format!("{rita}/statuses/{number}");
        self.id_of(&iri).await.expect("somebody here follows her")
    }

    /// Alice follows rita.
    async fn alice_reads_rita(&mut self) {
        let rita = self.peer.iri("open", "rita");
        let iri = comity_vocab::Iri::parse(&rita).unwrap();
        let account = comity::accounts::find_by_iri(&self.town.app, &iri).await;
        let id = account.unwrap().unwrap().id;
        self.alice.does(&format!("/accounts/{id}/follow")).await;
        self.is_idle().await;
        let whom = self.alice.account.iri.as_str();
        let follow = self
            .peer
            .newest(&self.peer.domain("open"), "Follow")
            .unwrap();
        assert_eq!(follow["actor"], whom);
        let accept = json!({ "id": format!("{rita}#accepts"), "type": "Accept", "actor": rita, "object": follow["id"] });
        self.brings(&accept).await;
    }

    async fn alices_app(&mut self) -> App {
        App::let_in(&self.town, &mut self.alice).await
    }

    async fn refuses(&mut self, host: &str, stance: &str, conditions: &str) {
        let mut rule = vec![("pattern", host), ("stance", stance), ("scope", "mine")];
        if !conditions.is_empty() {
            rule.push(("conditions", conditions));
        }
        self.alice.post("/boundaries", &rule).await.is(303);
    }

    async fn had(&self, address: &Value) -> Answer {
        let origin = self.town.community().origin.clone();
        let address = address.as_str().expect("an address");
        let path = address
            .strip_prefix(&origin)
            .expect("one of ours")
            .to_owned();
        let mut visitor = self.town.anonymous();
        visitor.send(Method::GET, &path, &[], "").await
    }
}

async fn card_of(app: &mut App, status: i64) -> Value {
    let status = app.get(&format!("/api/v1/statuses/{status}")).await;
    status.is(200).json()["card"].clone()
}

const HEAD: &str = "<title>Plain</title><meta property=og:title content='High &amp; low water'>\
    <meta property=og:site_name content='Tide News'><meta property=og:description content='When it comes'>\
    <meta name=author content='Ines P.'><meta property=article:published_time content=2026-05-01T10:00:00Z>\
    <meta property=og:image content=/tide.jpg><meta property=og:image:width content=600>\
    <meta property=og:image:height content=400><meta property=og:image:alt content='A quay'>";

coast_test! {
    async fn a_page_is_shown_under_posts_that_link_to_it_and_asked_for_once(coast) {
        let web = Web::start().await;
        let url = web.page("news", "tide?a=1&b=2", HEAD);
        let picture = web.url("news", "tide.jpg");
        web.puts(&picture, Stands::Is("image/jpeg", photo_with_notes(60, 40)));
        let mut app = coast.alices_app().await;
        let words = format!("Look @bob #tide {} and {url}", web.url("news", "tide?a=1&b=2#below"));
        let first = app.write(json!({ "status": words })).await;
        coast.is_idle().await;
        coast.alice_reads_rita().await;
        let second = coast.rita_links("1", &url).await;
        assert_eq!(web.count(&url), 1, "both posts have one card");
        for status in [first["id"].as_str().unwrap().parse().unwrap(), second] {
            let card = card_of(&mut app, status).await;
            assert_eq!((&card["url"], &card["title"]), (&json!(url), &json!("High & low water")));
            assert_eq!((&card["provider_name"], &card["description"]), (&json!("Tide News"), &json!("When it comes")));
            assert_eq!((&card["type"], &card["html"], &card["language"]), (&json!("link"), &json!(""), &json!("en")));
            assert_eq!((&card["width"], &card["height"], &card["image_description"]), (&json!(600), &json!(400), &json!("A quay")));
            assert_eq!(card["authors"], json!([{ "name": "Ines P.", "url": "", "account": null }]));
            assert_eq!(card["published_at"], "2026-05-01T10:00:00.000Z");
            let alone = app.get(&format!("/api/v1/statuses/{status}/card")).await.is(200).json();
            assert_eq!(alone["title"], card["title"]);
            // The picture is had from here, without the notes of its camera.
            let answer = coast.had(&card["image"]).await.is(200);
            assert_eq!(answer.headers["content-type"], "image/jpeg");
            assert!(!answer.body.contains("GPS-52.37N"));
            let other = card["image"].as_str().unwrap().replace("/cards/", "/cards/1");
            coast.had(&json!(other)).await.is(404);
        }
        assert_eq!(web.count(&picture), 1);
        // Pages show it as well, and a list of posts.
        let page = coast.alice.get("/home").await.is(200).shows("low water").shows("news.localhost");
        assert!(page.body.contains("src=\"") && !page.body.contains(&picture), "nothing is loaded from elsewhere");
        assert!(page.body.contains("<a class=\"preview pictured\""), "{}", page.body);
        let home = app.get("/api/v1/timelines/home").await.is(200).json();
        assert!(home.as_array().unwrap().iter().all(|status| status["card"]["url"] == url.as_str()), "{home}");
    }

    async fn what_few_may_see_is_not_told_by_asking_for_its_links(coast) {
        let web = Web::start().await;
        let url = web.page("news", "quiet", "<title>Quiet</title>");
        let mut app = coast.alices_app().await;
        for visibility in ["private", "direct"] {
            let sent = app.write(json!({ "status": format!("@bob {url}"), "visibility": visibility })).await;
            coast.is_idle().await;
            assert_eq!(sent["card"], Value::Null);
        }
        assert_eq!(web.count(&url), 0);
        let sent = app.write(json!({ "status": url, "visibility": "unlisted" })).await;
        coast.is_idle().await;
        assert_eq!(card_of(&mut app, sent["id"].as_str().unwrap().parse().unwrap()).await["title"], "Quiet");
    }

    async fn l45_a_server_that_is_refused_is_neither_asked_nor_shown(coast) {
        let web = Web::start().await;
        coast.alice_reads_rita().await;
        let url = web.page("sold", "page", "<title>Sold</title>");
        let leads = web.url("short", "x");
        web.puts(&leads, Stands::Moved(url.clone()));
        let sold = web.host("sold");
        coast.refuses(&sold, "refused", "").await;
        // Neither by her own post, nor for one that she alone reads.
        let own = coast.town.post(&mut coast.alice, &format!("Not {url}"), "public").await;
        coast.is_idle().await;
        let theirs = coast.rita_links("1", &url).await;
        coast.rita_links("2", &leads).await;
        assert!(!web.was_asked("sold"));
        // Where it leads is remembered for a day.
        coast.rita_links("3", &leads).await;
        assert_eq!(web.count(&leads), 1);
        coast.town.wait_s(DAY_S);
        coast.rita_links("4", &leads).await;
        assert_eq!(web.count(&leads), 2);
        assert!(!web.was_asked("sold"));
        // Another may, and she is not shown what came of it: neither there nor by what leads there.
        let bobs = coast.town.post(&mut coast.bob, &format!("Look {url}"), "public").await;
        let led = coast.town.post(&mut coast.bob, &format!("Look {leads}"), "public").await;
        coast.is_idle().await;
        let (mut his, mut hers) = (App::let_in(&coast.town, &mut coast.bob).await, coast.alices_app().await);
        for status in [bobs.id, own.id, led.id] {
            assert_eq!(card_of(&mut his, status).await["title"], "Sold");
        }
        for status in [bobs.id, own.id, led.id, theirs] {
            assert_eq!(card_of(&mut hers, status).await, Value::Null);
        }
        let visitor = coast.town.anonymous().get(&format!("/api/v1/statuses/{}", bobs.id)).await.is(200).json();
        assert_eq!(visitor["card"]["title"], "Sold");
    }

    async fn a_rule_that_drops_previews_drops_them(coast) {
        let web = Web::start().await;
        coast.alice_reads_rita().await;
        let url = web.page("news", "page", "<title>News</title><meta property=og:image content=/a.png>");
        web.puts(&web.url("news", "a.png"), Stands::Is("image/png", png(30, 20)));
        let post = coast.rita_links("1", &url).await;
        let mut app = coast.alices_app().await;
        let card = card_of(&mut app, post).await;
        coast.had(&card["image"]).await.is(200);
        let open = coast.peer.domain("open");
        coast.refuses(&open, "open", "previews").await;
        assert_eq!(card_of(&mut app, post).await, Value::Null);
        coast.had(&card["image"]).await.is(404);
        coast.alice.get("/home").await.is(200).hides("class=\"preview");
    }

    async fn what_a_page_is_not_makes_no_card_and_breaks_nothing(coast) {
        let web = Web::start().await;
        let mut app = coast.alices_app().await;
        let deep = format!("<html>{}<title>Deep</title>", "<div><b>".repeat(60_000));
        let far = format!("<html>{}<title>Far</title>", " ".repeat(2 << 20));
        web.puts(&web.url("odd", "deep"), Stands::Is("text/html; charset=no-such", deep.into_bytes()));
        web.puts(&web.url("odd", "far"), Stands::Is("text/html", far.into_bytes()));
        web.puts(&web.url("odd", "endless"), Stands::Endless("<title>Endless</title>"));
        web.puts(&web.url("odd", "file"), Stands::Is("application/pdf", b"<title>File</title>".to_vec()));
        web.puts(&web.url("odd", "private"), Stands::Moved("http://10.0.0.1/".to_owned()));
        web.puts(&web.url("odd", "round"), Stands::Moved(web.url("odd", "round")));
        web.puts(&web.url("odd", "cyrillic"), Stands::Is("text/html", b"<meta charset=koi8-r><title>\xf0\xd2\xc9\xd7\xc5\xd4</title>".to_vec()));
        web.page("odd", "script", "<title>Script <b>&lt;/a&gt;&lt;script&gt;</title><meta property=og:image content='javascript:alert(1)'>");
        web.page("odd", "wide", "<title>Wide</title><meta property=og:image content=/wide.png>");
        // Its header says that it is a hundred thousand pixels wide.
        let mut wide = png(30, 20);
        wide[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        web.puts(&web.url("odd", "wide.png"), Stands::Is("image/png", wide));
        for (path, title) in [
            ("deep", json!("Deep")), ("far", Value::Null), ("endless", json!("Endless")), ("file", Value::Null), ("private", Value::Null),
            ("round", Value::Null), ("none", Value::Null), ("cyrillic", json!("Привет")), ("script", json!("Script <b></a><script>")), ("wide", json!("Wide")),
        ] {
            let sent = app.write(json!({ "status": web.url("odd", path) })).await;
            coast.is_idle().await;
            let card = card_of(&mut app, sent["id"].as_str().unwrap().parse().unwrap()).await;
            assert_eq!(card["title"], title, "{path}");
            match path {
                "wide" => { coast.had(&card["image"]).await.is(404); }
                _ => assert_eq!(card["image"], Value::Null, "{path}"),
            }
        }
        coast.alice.get("/home").await.is(200).shows("Script &#60;b&#62;&#60;/a&#62;").hides("javascript:");
    }

    async fn what_cannot_be_reached_is_asked_a_few_times_and_what_is_kept_grows_old(coast) {
        let web = Web::start().await;
        let mut app = coast.alices_app().await;
        let url = web.url("tired", "page");
        web.puts(&url, Stands::Broken);
        let sent = app.write(json!({ "status": url })).await;
        let post: i64 = sent["id"].as_str().unwrap().parse().unwrap();
        coast.is_idle().await;
        assert_eq!(web.count(&url), 1);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        assert_eq!(web.count(&url), 1, "it rests, whoever links to it");
        for _ in 0..20 {
            coast.town.wait_s(3_600);
            coast.is_idle().await;
        }
        assert!((2..=5).contains(&web.count(&url)), "{}", web.count(&url));
        // It is there again, and another links to it.
        web.page("tired", "page", "<title>Awake</title>");
        coast.town.wait_s(DAY_S);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        let mut app_now = coast.alices_app().await;
        assert_eq!(card_of(&mut app_now, post).await["title"], "Awake");
        let count = web.count(&url);
        web.page("tired", "page", "<title>Changed</title>");
        coast.town.wait_s(13 * DAY_S);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        assert_eq!(web.count(&url), count);
        coast.town.wait_s(2 * DAY_S);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        assert_eq!(web.count(&url), count + 1);
        assert_eq!(card_of(&mut app_now, post).await["title"], "Changed");
        // It is not let out: what was said stays, and it is asked again on another day.
        web.puts(&url, Stands::Withheld);
        coast.town.wait_s(15 * DAY_S);
        for _ in 0..2 {
            coast.town.post(&mut coast.bob, &url, "public").await;
            coast.is_idle().await;
        }
        assert_eq!(web.count(&url), count + 2);
        assert_eq!(card_of(&mut app_now, post).await["title"], "Changed");
        // It is something else.
        web.puts(&url, Stands::Is("application/pdf", Vec::new()));
        coast.town.wait_s(2 * DAY_S);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        assert_eq!(web.count(&url), count + 3);
        assert_eq!(card_of(&mut app_now, post).await, Value::Null);
    }

    async fn an_edit_changes_the_card_and_posts_are_no_pages(coast) {
        let web = Web::start().await;
        let mut app = coast.alices_app().await;
        let (one, two) = (web.page("news", "1", "<title>One</title>"), web.page("news", "2", "<title>Two</title>"));
        let sent = app.write(json!({ "status": one })).await;
        let (path, id) = (format!("/api/v1/statuses/{}", sent["id"].as_str().unwrap()), sent["id"].as_str().unwrap().parse().unwrap());
        coast.is_idle().await;
        assert_eq!(card_of(&mut app, id).await["title"], "One");
        app.send(Method::PUT, &path, &json!({ "status": format!("{two} {one}") })).await.is(200);
        coast.is_idle().await;
        assert_eq!(card_of(&mut app, id).await["title"], "Two");
        // What we hold, and what is ours, is a post and no page.
        let rita = coast.peer.iri("open", "rita");
        coast.brings(&peer::create(&rita, "1", "Hello", None, Some(coast.alice.account.iri.as_str()))).await;
        let post = format!("{rita}/statuses/1");
        let own = sent["uri"].as_str().unwrap();
        app.send(Method::PUT, &path, &json!({ "status": format!("{post} {own} {two}") })).await.is(200);
        coast.is_idle().await;
        assert_eq!(card_of(&mut app, id).await["title"], "Two");
        assert!(!coast.peer.was_asked_for(&post));
        app.send(Method::PUT, &path, &json!({ "status": "no link" })).await.is(200);
        assert_eq!(card_of(&mut app, id).await, Value::Null);
        assert_eq!(app.get(&format!("{path}/card")).await.is(200).json(), json!({}));
        // Nobody has it any more: it is forgotten in time.
        coast.town.wait_s(15 * DAY_S);
        let left = async |coast: &Coast| comity::cards::of_pages(&coast.town.app, &comity_policy::Party::Member(coast.alice.account.person()), vec![one.clone()]).await.unwrap().len();
        assert_eq!(left(&coast).await, 1);
        comity::cards::forget_old(&coast.town.app.db, coast.town.app.now_ms(), 100).await.unwrap();
        assert_eq!(left(&coast).await, 0);
    }

    async fn who_wrote_a_page_is_named_where_both_say_so(coast) {
        let web = Web::start().await;
        let (mut app, news) = (coast.alices_app().await, web.host("news"));
        let head = |handle: &str| format!("<title>Tides</title><meta name=author content='Somebody'><meta name=fediverse:creator content='{handle}'>");
        let url = web.page("news", "1", &head("@bob@harbour.localhost"));
        let sent = app.write(json!({ "status": url })).await;
        let id = sent["id"].as_str().unwrap().parse().unwrap();
        coast.is_idle().await;
        assert_eq!(card_of(&mut app, id).await["authors"], json!([{ "name": "Somebody", "url": "", "account": null }]));
        // He says so too; and no longer.
        let mut his = App::let_in(&coast.town, &mut coast.bob).await;
        let change = |domains: Value| json!({ "attribution_domains": domains });
        let patch = "/api/v1/accounts/update_credentials";
        let me = his.send(Method::PATCH, patch, &change(json!([format!("https://{news}/"), news, ""]))).await.is(200).json();
        assert_eq!(me["source"]["attribution_domains"], json!([news]));
        let card = card_of(&mut app, id).await;
        assert_eq!((&card["author_name"], &card["authors"][0]["account"]["acct"]), (&json!("bob"), &json!("bob")));
        coast.bob.get("/settings/profile").await.is(200).shows(&news);
        his.send(Method::PATCH, patch, &change(json!([format!("other.{news}")]))).await.is(200);
        assert_eq!(card_of(&mut app, id).await["author_name"], "Somebody");
        let many: Vec<String> = (0..101).map(|n| format!("n{n}.example")).collect();
        his.send(Method::PATCH, patch, &change(json!(many))).await.is(422);
        his.send(Method::PATCH, patch, &change(json!([7]))).await.is(422);
        let me = his.send(Method::PATCH, patch, &change(json!([]))).await.is(200).json();
        assert_eq!(me["source"]["attribution_domains"], json!([]));
        // Somebody elsewhere says it in their profile.
        let rita = coast.peer.iri("open", "rita");
        let mut profile = coast.peer.person("open", "rita");
        profile["attributionDomains"] = json!([news, "no domain", 7]);
        coast.brings(&json!({ "id": format!("{rita}#updates/1"), "type": "Update", "actor": rita, "object": profile })).await;
        let open = coast.peer.domain("open");
        let url = web.page("news", "2", &head(&format!("@rita@{open}")));
        let sent = app.write(json!({ "status": url })).await;
        coast.is_idle().await;
        let id = sent["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(card_of(&mut app, id).await["authors"][0]["account"]["acct"], json!(format!("rita@{open}")));
        // Not to who does not want to hear of that server.
        coast.refuses(&open, "refused", "").await;
        assert_eq!(card_of(&mut app, id).await["authors"][0]["account"], Value::Null);
    }

    async fn few_people_are_looked_up_because_pages_name_them(coast) {
        let web = Web::start().await;
        let mut app = coast.alices_app().await;
        let open = coast.peer.domain("open");
        let domain = comity_vocab::Domain::parse(&open).unwrap();
        let head = |name: &str| format!("<title>Tides</title><meta name=fediverse:creator content='@{name}@{open}'>");
        let names = ["cara", "dora", "edda", "fina", "gesa", "hela"];
        for name in names.into_iter().chain(["ilka"]) {
            let mut profile = coast.peer.person("open", name);
            profile["attributionDomains"] = json!([web.host("news"), web.host("times")]);
            coast.peer.serves(&profile);
        }
        for name in names {
            let url = web.page("news", name, &head(name));
            app.write(json!({ "status": url })).await;
            coast.is_idle().await;
        }
        let mut known = 0;
        for name in names {
            let account = comity::accounts::find_by_handle(&coast.town.app, name, &domain).await.unwrap();
            known += usize::from(account.is_some());
        }
        assert_eq!(known, 4);
        // Who does not list the site is not kept.
        let url = web.page("gossip", "1", &head("hela"));
        app.write(json!({ "status": url })).await;
        coast.is_idle().await;
        assert!(comity::accounts::find_by_handle(&coast.town.app, "hela", &domain).await.unwrap().is_none());
        // Another site names whom it likes, and a page that was read before names nobody new.
        let url = web.page("times", "hela", &head("hela"));
        app.write(json!({ "status": url })).await;
        coast.is_idle().await;
        web.page("times", "hela", &head("ilka"));
        coast.town.wait_s(15 * DAY_S);
        coast.town.post(&mut coast.bob, &url, "public").await;
        coast.is_idle().await;
        assert_eq!(web.count(&url), 2);
        for (name, is_known) in [("hela", true), ("ilka", false)] {
            let account = comity::accounts::find_by_handle(&coast.town.app, name, &domain).await.unwrap();
            assert_eq!(account.is_some(), is_known, "{name}");
        }
    }

    async fn pages_that_people_talk_about_are_told_with_their_cards(coast) {
        let web = Web::start().await;
        let url = web.page("news", "page", "<title>Much read</title>");
        coast.town.post(&mut coast.alice, &format!("Read {url}"), "public").await;
        coast.town.post(&mut coast.bob, &format!("I read {url}"), "public").await;
        coast.is_idle().await;
        let mut app = coast.alices_app().await;
        let told = app.get("/api/v1/trends/links").await.is(200).json();
        assert_eq!((&told[0]["url"], &told[0]["title"]), (&json!(url), &json!("Much read")));
        let host = web.host("news");
        coast.refuses(&host, "refused", "").await;
        let told = app.get("/api/v1/trends/links").await.is(200).json();
        assert_eq!(told[0]["title"], json!(url));
    }

    async fn a_page_in_a_profile_that_links_back_is_verified(coast) {
        let web = Web::start().await;
        let (hers, other) = (web.url("alice", "me"), web.page("other", "me", "<title>Other</title>"));
        let profile = format!("{}/@Alice", coast.town.community().origin);
        let html = format!("<title>Alice</title><body><p>Also <a rel=\"nofollow me\" href=\"{profile}\">there</a>");
        web.puts(&hers, Stands::Is("text/html", html.into_bytes()));
        let mut app = coast.alices_app().await;
        let fields = json!({ "fields_attributes": [
            { "name": "Page", "value": hers }, { "name": "Other", "value": other }, { "name": "Words", "value": format!("not {hers}") },
        ] });
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &fields).await.is(200);
        coast.is_idle().await;
        assert_eq!((web.count(&hers), web.count(&other)), (1, 1));
        let me = app.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert!(me["fields"][0]["verified_at"].is_string(), "{}", me["fields"]);
        assert_eq!(me["source"]["fields"][0]["verified_at"], me["fields"][0]["verified_at"]);
        assert_eq!((&me["fields"][1]["verified_at"], &me["fields"][2]["verified_at"]), (&Value::Null, &Value::Null));
        coast.bob.get("/@alice").await.is(200).shows("links back here since");
        // It rests for a while, and then it says nothing of her any more.
        web.puts(&hers, Stands::Broken);
        coast.town.wait_s(8 * DAY_S);
        coast.is_idle().await;
        coast.bob.get("/@alice").await.is(200).shows("links back here since");
        web.page("alice", "me", "<title>Sold</title>");
        coast.town.wait_s(8 * DAY_S);
        coast.is_idle().await;
        coast.bob.get("/@alice").await.is(200).hides("links back here since");
    }

    async fn a_page_at_which_nobody_looks_any_more_is_not_believed_for_ever(coast) {
        let web = Web::start().await;
        let profile = format!("{}/@alice", coast.town.community().origin);
        let hers = web.page("alice", "me", &format!("<link rel=me href=\"{profile}\">"));
        let mut app = coast.alices_app().await;
        let fields = json!({ "fields_attributes": [{ "name": "Page", "value": hers }] });
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &fields).await.is(200);
        coast.is_idle().await;
        // Who was to look again gave up.
        let lost = sql!("UPDATE accounts SET links_again_at = 1 WHERE id = $1");
        coast.town.app.db.exec(lost, params![coast.alice.account.id]).await.unwrap();
        coast.town.wait_s(36 * DAY_S);
        coast.is_idle().await;
        coast.town.anonymous().get("/@alice").await.is(200).shows("links back here since");
        coast.town.wait_s(2 * DAY_S);
        coast.town.anonymous().get("/@alice").await.is(200).hides("links back here since");
        assert_eq!(web.count(&hers), 1);
    }

    async fn a_page_that_leads_to_another_domain_is_not_verified(coast) {
        let web = Web::start().await;
        let profile = format!("{}/@alice", coast.town.community().origin);
        let hers = web.page("www.hers", "me", &format!("<link rel=me href=\"{profile}\">"));
        let (without, open) = (web.url("hers", "me"), web.url("bigcorp", "leave?to=hers"));
        for from in [&without, &open] {
            web.puts(from, Stands::Moved(hers.clone()));
        }
        let mut app = coast.alices_app().await;
        let fields = json!({ "fields_attributes": [{ "name": "Hers", "value": without }, { "name": "Big", "value": open }] });
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &fields).await.is(200);
        coast.is_idle().await;
        assert_eq!((web.count(&open), web.count(&hers)), (1, 2));
        let me = app.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert!(me["fields"][0]["verified_at"].is_string(), "{}", me["fields"]);
        assert_eq!(me["fields"][1]["verified_at"], Value::Null);
    }

    async fn a_page_whose_server_a_member_refuses_is_not_asked_for_their_profile(coast) {
        let web = Web::start().await;
        let page = web.page("sold", "me", "<title>Sold</title>");
        let sold = web.host("sold");
        coast.refuses(&sold, "refused", "").await;
        let mut app = coast.alices_app().await;
        let fields = json!({ "fields_attributes": [{ "name": "Page", "value": page }] });
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &fields).await.is(200);
        coast.is_idle().await;
        assert!(!web.was_asked("sold"));
    }
}
