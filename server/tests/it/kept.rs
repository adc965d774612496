//! What a member keeps for themself, through the API: bookmarks, markers, notes, endorsements, preferences.

use comity::members;
use comity::statuses::Quoting;
use comity_vocab::Visibility;
use http::Method;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::oauth::Registered;
use crate::town::{Answer, Browser, Member, Town};
use crate::town_test;

/// An app that one member let in.
pub struct App {
    pub browser: Browser,
    pub token: String,
}

impl App {
    pub async fn of(town: &Town, member: &mut Member) -> App {
        let scopes = "read write follow";
        let mut app = Registered::new(town, scopes).await;
        let token = app.let_in(member, scopes).await;
        App {
            browser: app.browser,
            token,
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        crate::oauth::ask(&mut self.browser, path, &self.token).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let header = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", header.as_str()),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.browser.send(method, path, &headers, &body).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &Value::Null).await
    }

    /// The ids of what a list shows.
    pub async fn ids(&mut self, path: &str) -> Vec<String> {
        let list = self.get(path).await.is(200).json();
        let ids = list.as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The status of this post, as the app's member is told of it.
    pub async fn status(&mut self, post: &Post) -> Value {
        let path = format!("/api/v1/statuses/{}", post.id);
        self.get(&path).await.is(200).json()
    }
}

/// Ids as apps write them.
pub fn ids(posts: &[&Post]) -> Vec<String> {
    posts.iter().map(|post| post.id.to_string()).collect()
}

/// Where a `Link` header leads for this relation: path and query.
pub fn link(answer: &Answer, rel: &str) -> Option<String> {
    let links = answer.headers.get("link")?.to_str().unwrap();
    let one = links
        .split(", ")
        .find(|link| link.ends_with(&format!("rel=\"{rel}\"")))?;
    let address = one.split('>').next()?.trim_start_matches('<');
    let path = address.splitn(4, '/').nth(3)?;
    Some(format!("/{path}"))
}

town_test! {
    async fn a_member_reads_their_favourites_on_a_page(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.anonymous().get("/favourites").await.is(303);
        alice.get("/favourites").await.is(200).shows("You have no favourites");
        town.follow(&mut alice, &bob).await;
        let open = town.post(&mut bob, "For everyone", "public").await;
        let few = town.post(&mut bob, "For few", "private").await;
        for post in [&open, &few] {
            town.wait_s(1);
            alice.does(&format!("/statuses/{}/favourite", post.id)).await;
        }
        let words = alice.get("/favourites").await.is(200).shows("For everyone").shows("For few").words();
        assert!(words.find("For few") < words.find("For everyone"), "{words}");
        bob.get("/favourites").await.is(200).shows("You have no favourites");
        // A page of one goes on.
        let page = alice.get("/favourites?limit=1").await.is(200).shows("For few").hides("For everyone");
        let older = page.number_after("/favourites?max_id=").unwrap();
        alice.get(&format!("/favourites?max_id={older}")).await.is(200).hides("For few").shows("For everyone").shows("Newer");
        // What is not hers to see any more is not there.
        alice.does(&format!("/accounts/{}/unfollow", bob.account.id)).await;
        alice.get("/favourites").await.is(200).shows("For everyone").hides("For few");
        alice.does(&format!("/statuses/{}/unfavourite", open.id)).await;
        alice.get("/favourites").await.is(200).hides("For everyone");
    }

    async fn a_bookmark_is_kept_for_oneself_as_long_as_one_may_see_it(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        let mut posts = Vec::new();
        for text in ["one", "two", "three"] {
            posts.push(town.post(&mut bob, text, "public").await);
        }
        let secret = town.post(&mut bob, "for followers", "private").await;
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        for post in [&posts[0], &secret, &posts[2], &posts[1]] {
            town.wait_s(1);
            let told = hers.post(&format!("/api/v1/statuses/{}/bookmark", post.id), &Value::Null).await.is(200).json();
            assert_eq!(told["bookmarked"], true);
            // Twice is once.
            hers.post(&format!("/api/v1/statuses/{}/bookmark", post.id), &Value::Null).await.is(200);
        }
        // By when each was kept, page by page and back.
        assert_eq!(hers.ids("/api/v1/bookmarks").await, ids(&[&posts[1], &posts[2], &secret, &posts[0]]));
        let first = hers.get("/api/v1/bookmarks?limit=2").await.is(200);
        assert_eq!(first.json().as_array().unwrap().len(), 2);
        let next = link(&first, "next").unwrap();
        assert!(next.contains("limit=2"), "{next}");
        assert_eq!(hers.ids(&next).await, ids(&[&secret, &posts[0]]));
        let second = hers.get(&next).await;
        assert_eq!(hers.ids(&link(&second, "prev").unwrap()).await, ids(&[&posts[1], &posts[2]]));
        // Nobody else has them.
        assert!(his.ids("/api/v1/bookmarks").await.is_empty());
        assert_eq!(his.status(&posts[0]).await["bookmarked"], false);
        // What she may not see any more is not shown, and what is not there cannot be kept.
        bob.post(&format!("/statuses/{}/delete", posts[0].id), &[]).await.is(303);
        alice.does(&format!("/accounts/{}/unfollow", bob.account.id)).await;
        assert_eq!(hers.ids("/api/v1/bookmarks").await, ids(&[&posts[1], &posts[2]]));
        hers.post(&format!("/api/v1/statuses/{}/bookmark", secret.id), &Value::Null).await.is(404);
        hers.post("/api/v1/statuses/7/bookmark", &Value::Null).await.is(404);
        // It can still be let go.
        hers.post(&format!("/api/v1/statuses/{}/unbookmark", secret.id), &Value::Null).await.is(404);
        town.follow(&mut alice, &bob).await;
        assert_eq!(hers.ids("/api/v1/bookmarks").await, ids(&[&posts[1], &posts[2]]));
        let told = hers.post(&format!("/api/v1/statuses/{}/unbookmark", posts[1].id), &Value::Null).await.is(200).json();
        assert_eq!(told["bookmarked"], false);
        assert_eq!(hers.ids("/api/v1/bookmarks").await, ids(&[&posts[2]]));
    }

    async fn a_boost_is_bookmarked_as_what_it_shares(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let post = town.post(&mut bob, "Share me", "public").await;
        let mut hers = App::of(&town, &mut alice).await;
        let boost = hers.post(&format!("/api/v1/statuses/{}/reblog", post.id), &Value::Null).await.is(200).json();
        let boost = boost["id"].as_str().unwrap();
        assert_ne!(boost, post.id.to_string());
        hers.post(&format!("/api/v1/statuses/{boost}/bookmark"), &Value::Null).await.is(200);
        assert_eq!(hers.ids("/api/v1/bookmarks").await, ids(&[&post]));
        hers.post(&format!("/api/v1/statuses/{boost}/unbookmark"), &Value::Null).await.is(200);
        assert!(hers.ids("/api/v1/bookmarks").await.is_empty());
    }

    async fn bookmarks_are_a_page_and_stand_in_folders(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        let open = town.post(&mut bob, "High water", "public").await;
        let secret = town.post(&mut bob, "Low water, for few", "private").await;
        alice.get("/bookmarks").await.is(200).shows("Nothing is kept here");
        for post in [&open, &secret] {
            town.wait_s(1);
            alice.post(&format!("/statuses/{}/bookmark", post.id), &[("back", "/home")]).await.leads("/home");
        }
        let page = alice.get(&open.path).await.is(200);
        assert!(page.body.contains("Take the bookmark back"), "{}", page.body);
        bob.get(&open.path).await.is(200).hides("Take the bookmark back");
        alice.get("/bookmarks").await.is(200).shows("High water").shows("for few");
        bob.get("/bookmarks").await.is(200).hides("High water");
        assert!(town.anonymous().get("/bookmarks").await.leads_to().unwrap().starts_with("/sign-in"));
        // The last that was kept comes first, page by page.
        let first = alice.get("/bookmarks?limit=1").await.is(200).shows("for few").hides("High water");
        let below = first.number_after("/bookmarks?max_id=").unwrap();
        alice.get(&format!("/bookmarks?max_id={below}")).await.is(200).shows("High water").hides("for few");

        alice.post("/bookmarks/folders", &[("name", " "), ("emoji", "")]).await.is(422).shows("must have 1 to 100 characters");
        alice.post("/bookmarks/folders", &[("name", "Tides"), ("emoji", "no")]).await.is(422).shows("single emoji");
        let made = alice.post("/bookmarks/folders", &[("name", "Tides"), ("emoji", "🌊")]).await.is(303);
        let folder = made.leads_to().unwrap();
        let number = folder.rsplit('/').next().unwrap().to_owned();
        alice.get(&folder).await.is(200).shows("Tides").shows("Nothing is in this folder");
        let put = format!("/statuses/{}/folder", open.id);
        alice.post(&put, &[("folder", number.as_str()), ("back", "/bookmarks")]).await.leads("/bookmarks");
        alice.get(&folder).await.is(200).shows("High water").hides("for few");
        alice.get("/bookmarks").await.is(200).shows("High water").shows("for few");
        // Bookmarked once more, it stays there; out of it, it is still kept.
        alice.post(&format!("/statuses/{}/bookmark", open.id), &[]).await.is(303);
        alice.get(&folder).await.is(200).shows("High water");
        alice.post(&put, &[("folder", ""), ("back", &folder)]).await.leads(&folder);
        alice.get(&folder).await.is(200).hides("High water");
        alice.get("/bookmarks").await.is(200).shows("High water");
        // It is hers alone.
        bob.get(&folder).await.is(404);
        bob.post(&folder, &[("name", "Mine")]).await.is(404);
        bob.post(&format!("{folder}/delete"), &[]).await.is(404);
        bob.post(&put, &[("folder", "")]).await.is(404);
        bob.post(&format!("/statuses/{}/bookmark", open.id), &[]).await.is(303);
        bob.post(&put, &[("folder", number.as_str())]).await.is(404);
        alice.post(&folder, &[("name", ""), ("emoji", "")]).await.is(422);
        alice.post(&folder, &[("name", "Ships"), ("emoji", "")]).await.leads(&folder);
        alice.get("/bookmarks").await.is(200).shows("Ships").hides("Tides");
        alice.post(&put, &[("folder", number.as_str())]).await.leads("/bookmarks");
        alice.post(&format!("{folder}/delete"), &[]).await.leads("/bookmarks");
        alice.get(&folder).await.is(404);
        alice.get("/bookmarks").await.is(200).shows("High water").hides("Ships");

        // What she may not see any more is not shown, and answers as what was never there.
        alice.does(&format!("/accounts/{}/unfollow", bob.account.id)).await;
        alice.get("/bookmarks").await.is(200).shows("High water").hides("for few");
        let hidden = alice.post(&format!("/statuses/{}/bookmark", secret.id), &[]).await.is(404);
        let missing = alice.post("/statuses/7/bookmark", &[]).await.is(404);
        assert_eq!(hidden.words(), missing.words());
        alice.post("/statuses/7/folder", &[("folder", "")]).await.is(404);
        // She can still let it go.
        alice.post(&format!("/statuses/{}/unbookmark", secret.id), &[]).await.is(303);
        town.follow(&mut alice, &bob).await;
        alice.get("/bookmarks").await.is(200).shows("High water").hides("for few");
    }

    async fn favourites_are_listed_by_when_each_was_made(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let old = town.post(&mut bob, "old", "public").await;
        let new = town.post(&mut bob, "new", "public").await;
        let mut hers = App::of(&town, &mut alice).await;
        for post in [&new, &old] {
            town.wait_s(1);
            alice.does(&format!("/statuses/{}/favourite", post.id)).await;
        }
        assert_eq!(hers.ids("/api/v1/favourites").await, ids(&[&old, &new]));
        let first = hers.get("/api/v1/favourites?limit=1").await.is(200);
        assert_eq!(hers.ids(&link(&first, "next").unwrap()).await, ids(&[&new]));
        alice.does(&format!("/statuses/{}/unfavourite", old.id)).await;
        assert_eq!(hers.ids("/api/v1/favourites").await, ids(&[&new]));
        // Who blocks reads nothing of theirs.
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        assert!(hers.ids("/api/v1/favourites").await.is_empty());
    }

    async fn markers_are_one_with_what_the_pages_know(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let all = "/api/v1/markers?timeline[]=home&timeline[]=notifications";
        assert_eq!(hers.get(all).await.is(200).json(), json!({}));
        town.post(&mut bob, "@alice hello", "public").await;
        let told = hers.get("/api/v1/notifications").await.is(200).json();
        let id = told[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(hers.get("/api/v1/notifications/unread_count").await.is(200).json()["count"], 1);
        let set = hers.post("/api/v1/markers", &json!({ "notifications": { "last_read_id": id } })).await.is(200).json();
        assert_eq!(set["notifications"]["last_read_id"], id);
        assert_eq!(set["notifications"]["version"], 0);
        assert!(set["notifications"]["updated_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(set["home"], Value::Null);
        assert_eq!(hers.get("/api/v1/notifications/unread_count").await.is(200).json()["count"], 0);
        // The page reads on, and the marker follows it.
        town.post(&mut bob, "@alice and again", "public").await;
        assert_eq!(hers.get("/api/v1/notifications/unread_count").await.is(200).json()["count"], 1);
        alice.get("/notifications").await.is(200).shows("and again");
        assert_eq!(hers.get("/api/v1/notifications/unread_count").await.is(200).json()["count"], 0);
        let set = hers.get(all).await.is(200).json();
        assert_eq!(set["notifications"]["version"], 1);
        assert!(set["notifications"]["last_read_id"].as_str().unwrap() > id.as_str());
        // As a form, for home; and only what is asked for.
        let header = format!("Bearer {}", hers.token);
        let headers = [("authorization", header.as_str())];
        hers.browser.post_raw("/api/v1/markers", &headers, "home[last_read_id]=77").await.is(200);
        let home = hers.get("/api/v1/markers?timeline[]=home").await.is(200).json();
        assert_eq!(home["home"]["last_read_id"], "77");
        assert_eq!(home["notifications"], Value::Null);
        assert_eq!(hers.get("/api/v1/markers").await.is(200).json(), json!({}));
        hers.post("/api/v1/markers", &json!({ "home": { "last_read_id": "-1" } })).await.is(422);
        let told = hers.post("/api/v1/markers", &json!({ "home": { "last_read_id": "far" } })).await.is(422).json();
        assert_eq!(told["error"], "The place up to which was read must be the id of an entry");
        // Two devices at once: one of them hears that it was not first.
        let (mut other, mut clashes) = (App { browser: hers.browser.clone(), token: hers.token.clone() }, 0);
        for at in 100..110 {
            let body = json!({ "home": { "last_read_id": at.to_string() } });
            let (a, b) = tokio::join!(hers.post("/api/v1/markers", &body), other.post("/api/v1/markers", &body));
            for answer in [a, b] {
                match answer.status.as_u16() {
                    200 => {}
                    409 => clashes += 1,
                    other => panic!("answered {other}"),
                }
            }
        }
        let home = hers.get("/api/v1/markers?timeline[]=home").await.is(200).json();
        assert_eq!(home["home"]["version"], 20 - clashes, "each change counts once");
    }

    async fn preferences_are_what_the_member_laid_down(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let told = hers.get("/api/v1/preferences").await.is(200).json();
        assert_eq!(told["posting:default:visibility"], "public");
        assert_eq!(told["posting:default:language"], "en");
        assert_eq!(told["reading:expand:media"], "default");
        let writing = [("answers", "everyone"), ("quotes", "nobody")];
        alice.post("/settings/writing", &writing).await.is(303);
        let told = hers.get("/api/v1/preferences").await.is(200).json();
        assert_eq!(told["posting:default:quote_policy"], "nobody");
    }

    async fn a_default_that_an_app_sends_back_as_it_read_it_stays_as_it_was(town) {
        let mut alice = town.member("alice").await;
        let id = alice.account.id;
        let mut hers = App::of(&town, &mut alice).await;
        let path = "/api/v1/accounts/update_credentials";
        alice.post("/settings/writing", &[("answers", "everyone"), ("quotes", "asking")]).await.is(303);
        hers.send(Method::PATCH, path, &json!({ "source": { "privacy": "local" } })).await.is(200);
        let told = hers.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        let (privacy, quotes) = (&told["source"]["privacy"], &told["source"]["quote_policy"]);
        assert_eq!((privacy, quotes), (&json!("unlisted"), &json!("followers")));
        let same = json!({ "source": { "privacy": privacy, "quote_policy": quotes, "language": "de" } });
        hers.send(Method::PATCH, path, &same).await.is(200);
        let member = members::find(&town.app, id).await.unwrap();
        assert_eq!((member.default_visibility, member.quoting), (Visibility::Local, Quoting::Asking));
        assert_eq!(member.language, "de");
        // Any other word is a choice.
        for (word, quoting) in [("public", Quoting::Everyone), ("followers", Quoting::Followers), ("nobody", Quoting::Nobody)] {
            let other = json!({ "source": { "privacy": "public", "quote_policy": word } });
            hers.send(Method::PATCH, path, &other).await.is(200);
            let member = members::find(&town.app, id).await.unwrap();
            assert_eq!((member.default_visibility, member.quoting), (Visibility::Public, quoting), "{word}");
        }
    }

    async fn a_note_is_read_by_whoever_wrote_it_alone(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let (a, b) = (alice.account.id, bob.account.id);
        let path = format!("/api/v1/accounts/{b}/note");
        let told = hers.post(&path, &json!({ "comment": " met at the pier " })).await.is(200).json();
        assert_eq!((&told["id"], &told["note"]), (&json!(b.to_string()), &json!("met at the pier")));
        let told = hers.get(&format!("/api/v1/accounts/relationships?id[]={b}")).await.is(200).json();
        assert_eq!(told[0]["note"], "met at the pier");
        his.get(&format!("/api/v1/accounts/relationships?id[]={a}&id[]={b}")).await.is(200).hides("pier");
        hers.post(&path, &json!({ "comment": "x".repeat(2001) })).await.is(422);
        hers.post("/api/v1/accounts/7/note", &json!({ "comment": "nobody" })).await.is(404);
        let told = hers.post(&path, &json!({ "comment": "" })).await.is(200).json();
        assert_eq!(told["note"], "");
    }

    async fn who_is_followed_can_be_endorsed_until_the_follow_ends(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let (a, b) = (alice.account.id, bob.account.id);
        let path = format!("/api/v1/accounts/{b}/endorse");
        hers.post(&path, &Value::Null).await.is(422).shows("follow");
        town.follow(&mut alice, &bob).await;
        let told = hers.post(&path, &Value::Null).await.is(200).json();
        assert_eq!(told["endorsed"], true);
        hers.post(&format!("/api/v1/accounts/{b}/pin"), &Value::Null).await.is(200);
        assert_eq!(hers.ids("/api/v1/endorsements").await, [b.to_string()]);
        assert_eq!(his.ids(&format!("/api/v1/accounts/{a}/endorsements")).await, [b.to_string()]);
        assert!(his.ids("/api/v1/endorsements").await.is_empty());
        let told = hers.post(&format!("/api/v1/accounts/{b}/unpin"), &Value::Null).await.is(200).json();
        assert_eq!(told["endorsed"], false);
        hers.post(&path, &Value::Null).await.is(200);
        alice.does(&format!("/accounts/{b}/unfollow")).await;
        assert!(his.ids(&format!("/api/v1/accounts/{a}/endorsements")).await.is_empty());
    }
}
