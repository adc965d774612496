//! What apps read and do, as they do it.

use comity::communities::Community;
use comity::rules::{Source, parse_pattern};
use comity_policy::{Conditions, Stance};
use http::Method;
use serde_json::{Value, json};

use crate::oauth::{Registered, ask};
use crate::town::{Answer, Browser, Town};
use crate::town_test;
use comity_db::testing::Engine;

/// A member's app.
pub struct App {
    pub browser: Browser,
    token: String,
}

impl App {
    /// The app of a member that the town has not got yet.
    pub async fn of(town: &Town, name: &str) -> App {
        let mut member = town.member(name).await;
        App::let_in(town, &mut member).await
    }

    /// The app of this member.
    pub async fn let_in(town: &Town, member: &mut Browser) -> App {
        App::let_in_with(town, member, "read write follow push profile").await
    }

    /// The same, for what these scopes open.
    pub async fn let_in_with(town: &Town, member: &mut Browser, scopes: &str) -> App {
        let mut app = Registered::new(town, scopes).await;
        let token = app.let_in(member, scopes).await;
        App {
            browser: app.browser,
            token,
        }
    }

    /// The app of this member of another community than the first.
    pub async fn let_in_at(town: &Town, community: &Community, member: &mut Browser) -> App {
        let scopes = "read write follow push profile";
        let mut app = Registered::at(town.visitor_of(community), scopes).await;
        let token = app.let_in(member, scopes).await;
        App {
            browser: app.browser,
            token,
        }
    }

    /// Asks.
    pub async fn get(&mut self, path: &str) -> Answer {
        ask(&mut self.browser, path, &self.token).await
    }

    /// Sends JSON.
    pub async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let header = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", header.as_str()),
            ("content-type", "application/json"),
        ];
        self.browser
            .send(method, path, &headers, &body.to_string())
            .await
    }

    /// Posts a status by a key of the app's.
    pub async fn sends_with_key(&mut self, key: &str, body: &Value) -> Answer {
        let header = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", header.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        self.browser
            .send(
                Method::POST,
                "/api/v1/statuses",
                &headers,
                &body.to_string(),
            )
            .await
    }

    /// Posts JSON.
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &body).await
    }

    /// Posts a status, and gives what came back.
    pub async fn write(&mut self, body: Value) -> Value {
        self.post("/api/v1/statuses", body).await.is(200).json()
    }

    /// The account that it is let in to.
    pub async fn me(&mut self) -> String {
        let me = self
            .get("/api/v1/accounts/verify_credentials")
            .await
            .is(200)
            .json();
        id(&me).to_owned()
    }
}

/// The id of an entity.
pub fn id(entity: &Value) -> &str {
    entity["id"].as_str().unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(id).collect()
}

/// Where a `Link` header leads.
pub fn link(answer: &Answer, rel: &str) -> Option<String> {
    let links = answer.headers.get("link")?.to_str().unwrap();
    let link = links
        .split(", ")
        .find(|link| link.contains(&format!("rel=\"{rel}\"")))?;
    let address = link.split('>').next()?.strip_prefix('<')?;
    let from = address.find("/api")?;
    Some(address[from..].to_owned())
}

town_test! {
    async fn an_app_signs_in_and_reads_whose_it_is(town) {
        let mut app = App::of(&town, "alice").await;
        let me = app.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert_eq!((&me["username"], &me["acct"]), (&json!("alice"), &json!("alice")));
        assert_eq!(me["source"]["privacy"], "public");
        assert_eq!(me["source"]["follow_requests_count"], 0);
        assert!(me["avatar"].as_str().unwrap().ends_with("/avatars/original/missing.png"));
        let changes = json!({
            "display_name": "Alice of the harbour", "note": "Tides & #boats", "locked": true,
            "fields_attributes": [{ "name": "Ship", "value": "Heron" }],
            "source": { "privacy": "private", "language": "de" },
        });
        let me = app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &changes).await.is(200).json();
        assert_eq!(me["display_name"], "Alice of the harbour");
        assert_eq!(me["locked"], true);
        assert_eq!(me["source"]["note"], "Tides & #boats");
        assert_eq!(me["source"]["fields"][0]["value"], "Heron");
        assert_eq!((&me["source"]["privacy"], &me["source"]["language"]), (&json!("private"), &json!("de")));
        // What is left out stays.
        let me = app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &json!({ "locked": false })).await.is(200).json();
        assert_eq!((&me["locked"], &me["fields"][0]["name"]), (&json!(false), &json!("Ship")));
        assert!(me["note"].as_str().unwrap().contains("Tides &amp;"));
        let sent = app.write(json!({ "status": "Moin" })).await;
        assert_eq!((&sent["visibility"], &sent["language"]), (&json!("private"), &json!("de")));
        for (said, kept) in [("zz-bogus", "de"), ("\" onload=", "de"), ("pt-BR", "pt-BR"), ("gsw", "gsw")] {
            let sent = app.write(json!({ "status": "Moin", "language": said })).await;
            assert_eq!(sent["language"], kept, "{said}");
        }
        let me = app.me().await;
        let told = app.post(&format!("/api/v1/accounts/{me}/follow"), json!({})).await.is(422).json();
        assert_eq!(told["error"], "You cannot follow yourself");
    }

    async fn an_app_posts_edits_and_takes_back(town) {
        let mut app = App::of(&town, "alice").await;
        let body = json!({ "status": "High water at #noon", "spoiler_text": "tides", "visibility": "unlisted", "language": "en" });
        let sent = app.write(body).await;
        let at = format!("/api/v1/statuses/{}", id(&sent));
        assert_eq!(sent["spoiler_text"], "tides");
        assert_eq!(sent["sensitive"], true);
        assert_eq!(sent["tags"][0]["name"], "noon");
        assert_eq!(sent["account"]["username"], "alice");
        assert_eq!(sent["in_reply_to_id"], Value::Null);
        let edited = app.send(Method::PUT, &at, &json!({ "status": "Low water" })).await.is(200).json();
        assert!(edited["content"].as_str().unwrap().contains("Low water"));
        assert_eq!((&edited["visibility"], &edited["language"]), (&json!("unlisted"), &json!("en")));
        assert!(edited["edited_at"].is_string());
        let history = app.get(&format!("{at}/history")).await.is(200).json();
        assert_eq!(history.as_array().unwrap().len(), 2);
        assert!(history[0]["content"].as_str().unwrap().contains("High water"));
        let source = app.get(&format!("{at}/source")).await.is(200).json();
        assert_eq!(source["text"], "Low water");
        let gone = app.send(Method::DELETE, &at, &json!({})).await.is(200).json();
        assert_eq!(gone["text"], "Low water");
        app.get(&at).await.is(404);
        app.send(Method::DELETE, &at, &json!({})).await.is(404);
        let empty = app.post("/api/v1/statuses", json!({ "status": "  " })).await.is(422).json();
        assert!(empty["error"].as_str().unwrap().contains("empty"));
    }

    async fn the_same_key_is_posted_once(town) {
        let mut app = App::of(&town, "alice").await;
        let header = format!("Bearer {}", app.token);
        let headers = [
            ("authorization", header.as_str()), ("content-type", "application/json"), ("idempotency-key", "a key of the app"),
        ];
        let body = json!({ "status": "Once" }).to_string();
        let first = app.browser.send(Method::POST, "/api/v1/statuses", &headers, &body).await.is(200).json();
        let again = app.browser.send(Method::POST, "/api/v1/statuses", &headers, &body).await.is(200).json();
        assert_eq!(id(&first), id(&again));
        let mut other = App::of(&town, "bob").await;
        let theirs = format!("Bearer {}", other.token);
        let headers = [("authorization", theirs.as_str()), headers[1], headers[2]];
        let bobs = other.browser.send(Method::POST, "/api/v1/statuses", &headers, &body).await.is(200).json();
        assert_ne!(id(&first), id(&bobs));
        let home = app.get("/api/v1/timelines/home").await.is(200).json();
        assert_eq!(ids(&home), [id(&first)]);
    }

    async fn the_same_key_is_scheduled_once_and_what_is_overdue_says_so(town) {
        let mut app = App::of(&town, "alice").await;
        let at = jiff::Timestamp::from_millisecond(town.app.now_ms() + 1_800_000).unwrap().to_string();
        let body = json!({ "status": "Once", "scheduled_at": at });
        let mut ask = async |key| id(&app.sends_with_key(key, &body).await.is(200).json()).to_owned();
        let first = ask("a key of the app").await;
        assert_eq!(ask("a key of the app").await, first);
        assert_ne!(ask("another key").await, first);
        let all = app.get("/api/v1/scheduled_statuses").await.is(200).json();
        assert_eq!(all.as_array().unwrap().len(), 2);
        // No key of an app's own making is looked at.
        let sly = json!({ "status": "Sly", "scheduled_at": at, "once": "x" });
        assert_ne!(id(&app.write(sly).await), first);
        // Nobody works here: what was not published is told, with all that it was.
        let path = format!("/api/v1/scheduled_statuses/{first}");
        assert_eq!(app.get(&path).await.is(200).json()["trouble"], Value::Null);
        town.wait_s(5 * 24 * 3_600);
        let kept = app.get(&path).await.is(200).json();
        assert!(kept["trouble"].as_str().unwrap().contains("choose another time"), "{kept}");
        assert_eq!(kept["params"]["text"], "Once");
    }

    async fn a_timeline_is_read_in_both_directions(town) {
        let mut app = App::of(&town, "alice").await;
        let mut posts = Vec::new();
        for number in 0..7 {
            posts.push(id(&app.write(json!({ "status": format!("Wave {number}") })).await).to_owned());
        }
        posts.reverse();
        let first = app.get("/api/v1/timelines/home?limit=3").await.is(200);
        assert_eq!(ids(&first.json()), posts[..3]);
        let older = app.get(&link(&first, "next").unwrap()).await.is(200);
        assert_eq!(ids(&older.json()), posts[3..6]);
        let last = app.get(&link(&older, "next").unwrap()).await.is(200);
        assert_eq!(ids(&last.json()), posts[6..]);
        assert_eq!(link(&last, "next"), None);
        // The page immediately above, and not the newest.
        let above = app.get(&format!("/api/v1/timelines/home?limit=2&min_id={}", posts[6])).await.is(200);
        assert_eq!(ids(&above.json()), posts[4..6]);
        let newer = app.get(&link(&above, "prev").unwrap()).await.is(200);
        assert_eq!(ids(&newer.json()), posts[2..4]);
        let since = app.get(&format!("/api/v1/timelines/home?limit=2&since_id={}", posts[6])).await.is(200);
        assert_eq!(ids(&since.json()), posts[..2]);
        let me = app.me().await;
        let own = app.get(&format!("/api/v1/accounts/{me}/statuses?limit=2&exclude_reblogs=true")).await.is(200);
        assert_eq!(ids(&own.json()), posts[..2]);
    }

    async fn what_two_people_boost_stands_once_on_a_page_whatever_lies_between(town) {
        let (mut alice, mut bob, mut carol) = (App::of(&town, "alice").await, App::of(&town, "bob").await, App::of(&town, "carol").await);
        let (mut dora, mut erik) = (App::of(&town, "dora").await, App::of(&town, "erik").await);
        for other in [&mut bob, &mut carol, &mut dora] {
            let follow = format!("/api/v1/accounts/{}/follow", other.me().await);
            alice.post(&follow, json!({})).await.is(200);
        }
        let post = erik.write(json!({ "status": "Seen by many" })).await;
        let share = format!("/api/v1/statuses/{}/reblog", id(&post));
        let first = bob.write(json!({ "status": "Long ago" })).await;
        let second = bob.write(json!({ "status": "A while ago" })).await;
        let hers = carol.post(&share, json!({})).await.is(200).json();
        // More than are read to spare, and none of them is shown.
        for number in 0..3 {
            dora.write(json!({ "status": format!("Noise {number}") })).await;
        }
        let his = bob.post(&share, json!({})).await.is(200).json();
        let mute = format!("/api/v1/accounts/{}/mute", dora.me().await);
        alice.post(&mute, json!({})).await.is(200);

        let home = alice.get("/api/v1/timelines/home?limit=2").await.is(200);
        assert_eq!(ids(&home.json()), [id(&his), id(&second)]);
        let older = alice.get(&link(&home, "next").unwrap()).await.is(200);
        assert_eq!(ids(&older.json()), [id(&first)]);
        assert_eq!(link(&older, "next"), None);
        // From below it is the older of them that stands.
        let above = alice.get(&format!("/api/v1/timelines/home?limit=2&min_id={}", id(&first))).await.is(200);
        assert_eq!(ids(&above.json()), [id(&hers), id(&second)]);
    }

    async fn people_answer_boost_and_favourite(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let post = alice.write(json!({ "status": "Low tide", "quote_approval_policy": "public" })).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        let answer = bob.write(json!({ "status": "@alice dry feet", "in_reply_to_id": id(&post) })).await;
        assert_eq!(answer["in_reply_to_account_id"], post["account"]["id"]);
        assert_eq!(answer["mentions"][0]["acct"], "alice");
        let liked = bob.post(&format!("{at}/favourite"), json!({})).await.is(200).json();
        assert_eq!((&liked["favourited"], &liked["favourites_count"]), (&json!(true), &json!(1)));
        let boost = bob.post(&format!("{at}/reblog"), json!({})).await.is(200).json();
        assert_eq!((&boost["reblog"]["id"], &boost["reblog"]["reblogged"]), (&post["id"], &json!(true)));
        assert_ne!(boost["id"], post["id"]);
        let again = bob.post(&format!("{at}/reblog"), json!({})).await.is(200).json();
        assert_eq!(again["id"], boost["id"], "twice is once");
        let quote = bob.write(json!({ "status": "Look", "quoted_status_id": id(&post) })).await;
        assert_eq!((&quote["quote"]["state"], &quote["quote"]["quoted_status"]["id"]), (&json!("accepted"), &post["id"]));
        for (list, who) in [("favourited_by", "bob"), ("reblogged_by", "bob")] {
            let people = alice.get(&format!("{at}/{list}")).await.is(200).json();
            assert_eq!(people[0]["username"], who, "{list}");
        }
        let context = alice.get(&format!("{at}/context")).await.is(200).json();
        assert_eq!(ids(&context["descendants"]), [id(&answer)]);
        let above = bob.get(&format!("/api/v1/statuses/{}/context", id(&answer))).await.is(200).json();
        assert_eq!(ids(&above["ancestors"]), [id(&post)]);

        let told = alice.get("/api/v1/notifications").await.is(200).json();
        let kinds: Vec<&str> = told.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["quote", "reblog", "favourite", "mention"]);
        assert_eq!(told[3]["status"]["id"], answer["id"]);
        let some = alice.get("/api/v1/notifications?types[]=mention&limit=1").await.is(200).json();
        assert_eq!(ids(&some), [id(&told[3])]);
        let but = alice.get("/api/v1/notifications?exclude_types[]=quote&exclude_types[]=reblog").await.is(200).json();
        assert_eq!(but.as_array().unwrap().len(), 2);
        alice.post(&format!("/api/v1/notifications/{}/dismiss", id(&told[0])), json!({})).await.is(200);
        alice.get(&format!("/api/v1/notifications/{}", id(&told[0]))).await.is(404);
        bob.send(Method::DELETE, &format!("/api/v1/notifications/{}", id(&told[1])), &json!({})).await.is(404);
        bob.get(&format!("/api/v1/notifications/{}", id(&told[1]))).await.is(404);
        let quotes = alice.get(&format!("{at}/quotes")).await.is(200).json();
        assert_eq!(ids(&quotes), [id(&quote)]);
        let without = alice.post(&format!("{at}/quotes/{}/revoke", id(&quote)), json!({})).await.is(200).json();
        assert_eq!(without["quote"]["state"], "revoked");
        let back = bob.post(&format!("{at}/unreblog"), json!({})).await.is(200).json();
        assert_eq!((&back["id"], &back["reblogged"]), (&post["id"], &json!(false)));
        alice.post("/api/v1/notifications/clear", json!({})).await.is(200);
        assert_eq!(alice.get("/api/v1/notifications").await.is(200).json(), json!([]));
    }

    async fn people_follow_and_ask(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let (hers, his) = (alice.me().await, bob.me().await);
        let follow = format!("/api/v1/accounts/{his}/follow");
        let stands = alice.post(&follow, json!({})).await.is(200).json();
        assert_eq!((&stands["following"], &stands["requested"]), (&json!(true), &json!(false)));
        alice.post(&follow, json!({})).await.is(200);
        let followers = bob.get(&format!("/api/v1/accounts/{his}/followers")).await.is(200).json();
        assert_eq!(ids(&followers), [hers.as_str()]);
        let both = bob.get(&format!("/api/v1/accounts/relationships?id[]={hers}&id[]=7")).await.is(200).json();
        assert_eq!((both.as_array().unwrap().len(), &both[0]["followed_by"]), (1, &json!(true)));
        alice.post(&format!("/api/v1/accounts/{his}/unfollow"), json!({})).await.is(200);
        bob.send(Method::PATCH, "/api/v1/accounts/update_credentials", &json!({ "locked": true })).await.is(200);
        let asked = alice.post(&follow, json!({})).await.is(200).json();
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
        let waiting = bob.get("/api/v1/follow_requests").await.is(200).json();
        assert_eq!(ids(&waiting), [hers.as_str()]);
        let yes = bob.post(&format!("/api/v1/follow_requests/{hers}/authorize"), json!({})).await.is(200).json();
        assert_eq!(yes["followed_by"], true);
        let off = bob.post(&format!("/api/v1/accounts/{hers}/remove_from_followers"), json!({})).await.is(200).json();
        assert_eq!(off["followed_by"], false);
        bob.post(&format!("/api/v1/follow_requests/{hers}/authorize"), json!({})).await.is(404);
        let found = alice.get("/api/v1/accounts/lookup?acct=bob").await.is(200).json();
        assert_eq!(id(&found), his);
        bob.write(json!({ "status": "#boats", "visibility": "public" })).await;
        let named = alice.get("/api/v1/search?q=boat&type=hashtags").await.is(200).json();
        assert_eq!(named, json!({ "accounts": [], "statuses": [], "hashtags": ["boats"] }));
        assert_eq!(alice.get(&format!("/api/v1/accounts/{his}/identity_proofs")).await.is(200).json(), json!([]));
        let found = alice.get("/api/v2/search?q=bo&type=accounts").await.is(200).json();
        assert_eq!(ids(&found["accounts"]), [his.as_str()]);
    }

    async fn what_is_not_for_an_app_is_not_there(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let post = alice.write(json!({ "status": "Only for those who follow", "visibility": "private" })).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        for path in ["", "/context", "/history", "/source", "/favourited_by", "/reblogged_by", "/quotes"] {
            bob.get(&format!("{at}{path}")).await.is(404);
            bob.get(&format!("/api/v1/statuses/7{path}")).await.is(404);
        }
        for act in ["favourite", "reblog", "pin", "mute"] {
            bob.post(&format!("{at}/{act}"), json!({})).await.is(404);
        }
        bob.send(Method::PUT, &at, &json!({ "status": "Mine" })).await.is(404);
        bob.get("/api/v1/statuses/not-a-number").await.is(404);
        // A token for writing alone reads nothing as its member, not even where no token is needed.
        let mut member = town.member("carol").await;
        let mut app = Registered::new(&town, "read write").await;
        let writes = app.let_in(&mut member, "write").await;
        ask(&mut app.browser, &at, &writes).await.is(403);
        let own = format!("/api/v1/accounts/{}/statuses", alice.me().await);
        ask(&mut app.browser, &own, &writes).await.is(403);
        let mut visitor = town.anonymous();
        visitor.get(&at).await.is(404);
        assert_eq!(visitor.get(&own).await.is(200).json(), json!([]));
        visitor.get("/api/v1/timelines/home").await.is(401);
        visitor.get("/api/v1/timelines/public").await.is(422);
    }

    async fn what_stays_in_the_community_says_so(town) {
        let mut alice = App::of(&town, "alice").await;
        let post = alice.write(json!({ "status": "Between us", "visibility": "local" })).await;
        assert_eq!((&post["visibility"], &post["local_only"]), (&json!("unlisted"), &json!(true)));
        town.anonymous().get(&format!("/api/v1/statuses/{}", id(&post))).await.is(404);
    }

    async fn an_app_that_sends_the_default_as_it_was_told_takes_nothing_out_of_the_community(town) {
        let mut alice = App::of(&town, "alice").await;
        let stay = json!({ "source": { "privacy": "local" } });
        alice.send(Method::PATCH, "/api/v1/accounts/update_credentials", &stay).await.is(200);
        let told = alice.get("/api/v1/preferences").await.is(200).json();
        let word = &told["posting:default:visibility"];
        assert_eq!(word, "unlisted");
        for (sent, stays) in [
            (json!({ "status": "As it came", "visibility": word }), true),
            (json!({ "status": "Silent" }), true),
            (json!({ "status": "Chosen", "visibility": "public" }), false),
            (json!({ "status": "Said", "visibility": word, "local_only": false }), false),
        ] {
            let post = alice.write(sent.clone()).await;
            assert_eq!(post["local_only"], stays, "{sent}");
        }
        let later = json!({ "status": "Later", "visibility": word, "scheduled_at": "2099-01-01T00:00:00Z" });
        let waits = alice.post("/api/v1/statuses", later).await.is(200).json();
        assert_eq!(waits["params"]["local_only"], true);
    }

    async fn anybody_reads_about_the_server(town) {
        let mut visitor = town.anonymous();
        let told = visitor.get("/api/v2/instance").await.is(200).json();
        assert_eq!(told["domain"], "harbour.example");
        assert!(told["version"].as_str().unwrap().starts_with("4.6.0 "));
        assert_eq!(told["source_url"], "https://harbour.example/about#source");
        assert_eq!(told["api_versions"]["mastodon"], 11);
        assert_eq!(told["wrapstodon"], Value::Null);
        let links = &told["configuration"]["timelines_access"]["trending_link_feeds"];
        assert_eq!(*links, json!({ "local": "public", "remote": "authenticated" }));
        assert!(told["configuration"]["statuses"]["max_characters"].as_i64().unwrap() > 0);
        let told = visitor.get("/api/v1/instance").await.is(200).json();
        assert_eq!((&told["uri"], &told["translation"]["enabled"]), (&json!("harbour.example"), &json!(false)));
        for path in ["custom_emojis", "announcements", "trends/tags", "trends/links", "trends/statuses"] {
            assert_eq!(visitor.get(&format!("/api/v1/{path}")).await.is(200).json(), json!([]));
        }
    }

    async fn what_is_between_few_is_a_conversation(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let first = alice.write(json!({ "status": "@bob at noon?", "visibility": "direct" })).await;
        let hers = alice.get("/api/v1/conversations").await.is(200).json();
        assert_eq!((&hers[0]["unread"], &hers[0]["accounts"][0]["username"]), (&json!(false), &json!("bob")));
        let his = bob.get("/api/v1/conversations").await.is(200).json();
        assert_eq!((&his[0]["unread"], &his[0]["last_status"]["id"]), (&json!(true), &first["id"]));
        let at = format!("/api/v1/conversations/{}", id(&his[0]));
        assert_eq!(bob.post(&format!("{at}/read"), json!({})).await.is(200).json()["unread"], false);
        assert_eq!(bob.post(&format!("{at}/unread"), json!({})).await.is(200).json()["unread"], true);
        bob.send(Method::DELETE, &at, &json!({})).await.is(200);
        assert_eq!(bob.get("/api/v1/conversations/").await.is(200).json(), json!([]));
        let answer = json!({ "status": "@bob or later", "visibility": "direct", "in_reply_to_id": id(&first) });
        let second = alice.write(answer).await;
        let his = bob.get("/api/v1/conversations").await.is(200).json();
        assert_eq!((his.as_array().unwrap().len(), &his[0]["last_status"]["id"]), (1, &second["id"]));
        // As apps had them before there were conversations: one by one.
        let newest = bob.get("/api/v1/timelines/direct?limit=1").await.is(200);
        assert_eq!(ids(&newest.json()), [id(&second)]);
        let older = bob.get(&link(&newest, "next").unwrap()).await.is(200).json();
        assert_eq!(ids(&older), [id(&first)]);
        let mut carol = App::of(&town, "carol").await;
        assert_eq!(carol.get("/api/v1/conversations").await.is(200).json(), json!([]));
        carol.post(&format!("{at}/read"), json!({})).await.is(404);
        // What is taken back is in no conversation any more.
        for post in [&first, &second] {
            alice.send(Method::DELETE, &format!("/api/v1/statuses/{}", id(post)), &json!({})).await.is(200);
        }
        assert_eq!(bob.get("/api/v1/conversations").await.is(200).json(), json!([]));
    }

    async fn a_topic_is_found_by_those_who_may_read_of_it(town) {
        let (mut alice, mut bob, mut carol) = (App::of(&town, "alice").await, App::of(&town, "bob").await, App::of(&town, "carol").await);
        alice.write(json!({ "status": "By the #Secretcove" })).await;
        let search = "/api/v2/search?q=secretc";
        for app in [&mut bob, &mut carol] {
            assert_eq!(app.get(search).await.is(200).json()["hashtags"][0]["name"], "secretcove");
        }
        let block = format!("/api/v1/accounts/{}/block", bob.me().await);
        alice.post(&block, json!({})).await.is(200);
        assert_eq!(bob.get(search).await.is(200).json()["hashtags"], json!([]));
        assert_eq!(carol.get(search).await.is(200).json()["hashtags"][0]["name"], "secretcove");
    }

    async fn people_in_a_list_are_read_in_both_directions(town) {
        let mut alice = App::of(&town, "alice").await;
        let post = alice.write(json!({ "status": "Low tide" })).await;
        for name in ["bob", "carol", "dora"] {
            let mut app = App::of(&town, name).await;
            app.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        }
        let list = format!("/api/v1/statuses/{}/favourited_by", id(&post));
        let all = alice.get(&list).await.is(200).json();
        let all = ids(&all);
        assert_eq!(all.len(), 3);
        let first = alice.get(&format!("{list}?limit=2")).await.is(200);
        assert_eq!(ids(&first.json()), all[..2]);
        let rest = alice.get(&link(&first, "next").unwrap()).await.is(200);
        assert_eq!((ids(&rest.json()), link(&rest, "next")), (vec![all[2]], None));
        // What lies above has what it lies above below it, however short the page.
        let above = alice.get(&format!("{list}?min_id={}", all[2])).await.is(200);
        assert_eq!(ids(&above.json()), all[..2]);
        let below = alice.get(&link(&above, "next").unwrap()).await.is(200);
        assert_eq!(ids(&below.json()), all[2..]);
    }

    async fn an_app_blocks_a_server_and_sees_it_as_a_boundary(town) {
        let mut alice = App::of(&town, "alice").await;
        let blocks = "/api/v1/domain_blocks";
        for _ in 0..2 {
            alice.post(blocks, json!({ "domain": "Bigcorp.example" })).await.is(200);
        }
        assert_eq!(alice.get(blocks).await.is(200).json(), json!(["bigcorp.example"]));
        let rules = alice.get("/api/comity/v1/rules").await.is(200).json();
        assert_eq!((&rules["mine"][0]["pattern"], &rules["mine"][0]["stance"]), (&json!("bigcorp.example"), &json!("refused")));
        let preview = alice.get(&format!("{blocks}/preview?domain=bigcorp.example")).await.is(200).json();
        assert_eq!(preview, json!({ "following_count": 0, "followers_count": 0 }));
        for wrong in ["", "not a server", "@ines@bigcorp.example"] {
            alice.get(&format!("{blocks}/preview?domain={}", wrong.replace(' ', "+"))).await.is(422);
            alice.post(blocks, json!({ "domain": wrong })).await.is(422);
        }
        let mut bob = App::of(&town, "bob").await;
        assert_eq!(bob.get(blocks).await.is(200).json(), json!([]));
        alice.send(Method::DELETE, &format!("{blocks}?domain=bigcorp.example"), &json!({})).await.is(200);
        assert_eq!(alice.get(blocks).await.is(200).json(), json!([]));
        alice.send(Method::DELETE, blocks, &json!({ "domain": "never.example" })).await.is(200);
    }

    async fn what_a_boundary_only_added_is_there_again_when_a_block_of_its_server_ends(town) {
        let mut alice = town.member("alice").await;
        let mut app = App::let_in_with(&town, &mut alice, "read write").await;
        let blocks = "/api/v1/domain_blocks";
        let scope = comity::rules::of_member(&alice.account).unwrap();
        let stands = || {
            let rules = comity::rules::in_force(&town.app, scope);
            rules.iter().map(|rule| (rule.stance.as_str(), rule.conditions, rule.expires_at)).collect::<Vec<_>>()
        };
        let adds = |days: Option<i64>| comity::rules::NewRule {
            conditions: Conditions::DROP_MEDIA,
            expires_at: days.map(|days| town.app.now_ms() + days * 86_400_000),
            ..comity::rules::NewRule::about(scope, parse_pattern("files.example").unwrap(), Stance::Unchanged, Source::Person)
        };
        for days in [None, Some(3)] {
            comity::rules::set(&town.app, adds(days)).await.unwrap();
            let before = stands();
            for _ in 0..2 {
                app.post(blocks, json!({ "domain": "files.example" })).await.is(200);
                assert_eq!(stands(), [("refused", Conditions::DROP_MEDIA, None)]);
                town.wait_s(60);
                app.send(Method::DELETE, blocks, &json!({ "domain": "files.example" })).await.is(200);
                assert_eq!(stands(), before);
            }
        }
        // Its time is over meanwhile.
        app.post(blocks, json!({ "domain": "files.example" })).await.is(200);
        town.wait_s(4 * 86_400);
        app.send(Method::DELETE, blocks, &json!({ "domain": "files.example" })).await.is(200);
        assert!(stands().is_empty(), "{:?}", stands());
        // What was chosen anew on the page is not what was added before.
        comity::rules::set(&town.app, adds(None)).await.unwrap();
        let refused = comity::rules::NewRule::about(scope, parse_pattern("files.example").unwrap(), Stance::Refused, Source::Person);
        comity::rules::set(&town.app, refused).await.unwrap();
        app.send(Method::DELETE, blocks, &json!({ "domain": "files.example" })).await.is(200);
        assert!(stands().is_empty(), "{:?}", stands());
    }

    async fn a_site_shows_what_a_visitor_may_see(town) {
        let mut alice = App::of(&town, "alice").await;
        let post = alice.write(json!({ "status": "Bread & <b>salt</b>" })).await;
        let asked = |post: &Value| format!("/api/oembed?url={}", post["url"].as_str().unwrap());
        let told = town.anonymous().get(&asked(&post)).await.is(200).json();
        assert_eq!((&told["type"], &told["author_name"]), (&json!("rich"), &json!("alice")));
        let html = told["html"].as_str().unwrap();
        assert!(html.contains("Bread &amp; &lt;b&gt;salt") && html.contains(post["url"].as_str().unwrap()), "{html}");
        let warned = alice.write(json!({ "status": "It was the butler", "spoiler_text": "The <end>" })).await;
        let html = town.anonymous().get(&asked(&warned)).await.is(200).json()["html"].to_string();
        assert!(html.contains("The &lt;end&gt;") && !html.contains("butler"), "{html}");
        // Her own app is shown no more than the site's visitors are.
        let kept = alice.write(json!({ "status": "For followers", "visibility": "private" })).await;
        alice.get(&asked(&kept)).await.is(404);
        let other = asked(&post).replace("url=http", "url=http://elsewhere.example/?");
        for wrong in [other.as_str(), "/api/oembed", "/api/oembed?url=/@alice/1", "/api/oembed?url=javascript:1"] {
            town.anonymous().get(wrong).await.is(404);
        }
        town.anonymous().get(&format!("{}&format=xml", asked(&post))).await.is(422);
        town.anonymous().get("/.well-known/change-password").await.leads("/settings/password");
    }

    async fn what_an_app_leaves_empty_says_nothing(town) {
        let mut app = App::of(&town, "alice").await;
        // A warning is enough, as in Mastodon.
        let bare = app.write(json!({ "status": " ", "spoiler_text": "No words" })).await;
        assert_eq!((&bare["spoiler_text"], &bare["content"]), (&json!("No words"), &json!("<p>.</p>")));
        let body = json!({
            "status": "High water", "spoiler_text": null, "visibility": null, "language": null, "in_reply_to_id": null,
            "media_ids": null, "poll": null, "sensitive": null, "scheduled_at": null,
        });
        let sent = app.write(body).await;
        assert_eq!((&sent["spoiler_text"], &sent["visibility"], &sent["in_reply_to_id"]), (&json!(""), &json!("public"), &Value::Null));
        let header = format!("Bearer {}", app.token);
        let form = "status=Low+water&in_reply_to_id=&media_ids[]=&spoiler_text=&sensitive=";
        let sent = app.browser.post_raw("/api/v1/statuses", &[("authorization", &header)], form).await.is(200).json();
        assert_eq!((&sent["in_reply_to_id"], &sent["media_attachments"]), (&Value::Null, &json!([])));
        let changes = json!({ "display_name": "Alice of the harbour", "source": null, "fields_attributes": null });
        let me = app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &changes).await.is(200).json();
        assert_eq!(me["display_name"], "Alice of the harbour");
        app.post("/api/v1/statuses", json!({ "status": "Of what?", "in_reply_to_id": "the last one" })).await.is(422);
    }

    async fn what_is_done_to_a_boost_is_done_to_what_it_shares(town) {
        let (mut alice, mut bob, mut cara) = (App::of(&town, "alice").await, App::of(&town, "bob").await, App::of(&town, "cara").await);
        let post = alice.write(json!({ "status": "High water" })).await;
        let boost = bob.post(&format!("/api/v1/statuses/{}/reblog", id(&post)), json!({})).await.is(200).json();
        assert_ne!(id(&boost), id(&post));
        let (at, of_post) = (format!("/api/v1/statuses/{}", id(&boost)), format!("/api/v1/statuses/{}", id(&post)));
        let told = cara.post(&format!("{at}/favourite"), json!({})).await.is(200).json();
        assert_eq!((&told["reblog"]["favourited"], &told["reblog"]["favourites_count"]), (&json!(true), &json!(1)));
        let told = cara.get(&of_post).await.is(200).json();
        assert_eq!((&told["favourited"], &told["favourites_count"]), (&json!(true), &json!(1)));
        assert_eq!(alice.get("/api/v1/notifications?types[]=favourite").await.is(200).json()[0]["status"]["id"], post["id"]);
        cara.post(&format!("{at}/unfavourite"), json!({})).await.is(200);
        assert_eq!(cara.get(&of_post).await.is(200).json()["favourites_count"], 0);
        cara.post(&format!("{at}/react/%F0%9F%8C%8A"), json!({})).await.is(200);
        assert_eq!(cara.get(&of_post).await.is(200).json()["reactions"][0]["me"], true);
        cara.post(&format!("{at}/unreact/%F0%9F%8C%8A"), json!({})).await.is(200);
        assert_eq!(cara.get(&of_post).await.is(200).json()["reactions"], json!([]));
        let told = cara.post(&format!("{at}/reblog"), json!({})).await.is(200).json();
        assert_eq!((&told["account"]["username"], &told["reblog"]["id"]), (&json!("cara"), &post["id"]));
        assert_eq!(told["reblog"]["reblogs_count"], 2);
        // Bob's is taken back by its own id, which is gone with it.
        let told = bob.post(&format!("{at}/unreblog"), json!({})).await.is(200).json();
        assert_eq!((&told["id"], &told["reblogged"], &told["reblogs_count"]), (&post["id"], &json!(false), &json!(1)));
        bob.get(&at).await.is(404);
    }

    async fn a_boost_comes_home_where_that_is_wanted(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let his = bob.me().await;
        let follow = format!("/api/v1/accounts/{his}/follow");
        let stands = alice.post(&follow, json!({ "reblogs": false, "languages": ["de", "EN-gb"] })).await.is(200).json();
        assert_eq!((&stands["showing_reblogs"], &stands["languages"]), (&json!(false), &json!(["de", "en"])));
        let mut carol = App::of(&town, "carol").await;
        let post = carol.write(json!({ "status": "To be shared" })).await;
        bob.post(&format!("/api/v1/statuses/{}/reblog", id(&post)), json!({})).await.is(200);
        let plain = bob.write(json!({ "status": "Moin", "language": "de-AT" })).await;
        bob.write(json!({ "status": "Bonjour", "language": "fr" })).await;
        let home = alice.get("/api/v1/timelines/home").await.is(200).json();
        assert_eq!(ids(&home), [id(&plain)]);
        let stands = alice.post(&follow, json!({ "reblogs": true })).await.is(200).json();
        assert_eq!((&stands["showing_reblogs"], &stands["languages"]), (&json!(true), &json!(["de", "en"])));
    }
}

async fn who_asks_too_much_is_told(engine: Engine) {
    let town = Town::with(engine, "[limits]\napi_requests = 50").await;
    let mut app = App::of(&town, "alice").await;
    let path = "/api/v1/timelines/home";
    let first = app.get(path).await.is(200);
    let header = |answer: &Answer, name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header(&first, "x-ratelimit-limit"), "50");
    assert_eq!(header(&first, "x-ratelimit-remaining"), "49");
    assert!(header(&first, "x-ratelimit-reset").ends_with("000Z"));
    for _ in 0..49 {
        app.get(path).await.is(200);
    }
    let much = app.get(path).await.is(429);
    assert_eq!(much.json()["error"], "Too many requests");
    assert_eq!(header(&much, "x-ratelimit-remaining"), "0");
    assert!(much.headers.contains_key("retry-after"));
    town.clock.advance(6_000);
    app.get(path).await.is(200);
    // Somebody else is not kept waiting.
    App::of(&town, "bob").await.get(path).await.is(200);
}

#[tokio::test]
async fn who_asks_too_much_is_told_on_sqlite() {
    Box::pin(who_asks_too_much_is_told(Engine::Sqlite)).await;
}

#[tokio::test]
async fn who_asks_too_much_is_told_on_postgres() {
    Box::pin(who_asks_too_much_is_told(Engine::Postgres)).await;
}
