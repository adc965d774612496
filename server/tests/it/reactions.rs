//! Reactions: favourites that say an emoji, here and across the border.

use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::emojis::{tag, with_emoji};
use crate::town_test;

const WAVE: &str = "%F0%9F%8C%8A";

fn at(post: &Value, emoji: &str) -> String {
    format!("/api/v1/pleroma/statuses/{}/reactions/{emoji}", id(post))
}

fn names(reactions: &Value) -> Vec<(String, i64, bool)> {
    let all = reactions.as_array().unwrap().iter();
    all.map(|one| {
        let name = one["name"].as_str().unwrap().to_owned();
        (
            name,
            one["count"].as_i64().unwrap(),
            one["me"].as_bool().unwrap(),
        )
    })
    .collect()
}

town_test! {
    async fn a_member_reacts_on_pages_and_takes_it_back(town) {
        with_emoji(&town, "boat").await;
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let post = town.post(&mut alice, "High water", "public").await;
        let (react, unreact) = (format!("/statuses/{}/react", post.id), format!("/statuses/{}/unreact", post.id));
        bob.get(&post.path).await.is(200).shows("React").hides("Take it back");
        bob.post(&react, &[("emoji", "boat")]).await.is(303);
        let page = bob.get(&post.path).await.is(200);
        assert!(page.body.contains("Take it back") && page.body.contains("alt=\":boat:\""), "{}", page.body);
        let page = alice.get(&post.path).await.is(200).hides("Take it back");
        assert!(page.body.contains("Say the same"), "{}", page.body);
        assert!(!bob.post(&react, &[("emoji", "no emoji")]).await.status.is_success());
        bob.post(&unreact, &[("emoji", ":boat:")]).await.is(303);
        bob.get(&post.path).await.is(200).hides("Take it back");
        // What one may not see is not there to be said anything of.
        let hidden = town.post(&mut alice, "Between me and mine", "private").await;
        bob.post(&format!("/statuses/{}/react", hidden.id), &[("emoji", "🌊")]).await.is(404);
    }

    async fn a_reaction_is_a_favourite_that_says_an_emoji(town) {
        with_emoji(&town, "boat").await;
        let (mut alice, mut bob, mut cara) = (App::of(&town, "alice").await, App::of(&town, "bob").await, App::of(&town, "cara").await);
        let post = alice.write(json!({ "status": "High water" })).await;
        assert_eq!(post["reactions"], json!([]));
        let told = bob.send(Method::PUT, &at(&post, WAVE), &json!({})).await.is(200).json();
        assert_eq!((&told["favourited"], &told["favourites_count"]), (&json!(true), &json!(1)));
        assert_eq!(names(&told["reactions"]), [("🌊".to_owned(), 1, true)]);
        assert_eq!(told["pleroma"]["emoji_reactions"], told["reactions"]);
        // Twice is once, and another takes its place.
        bob.post(&format!("/api/v1/statuses/{}/react/{WAVE}", id(&post)), json!({})).await.is(200);
        let told = bob.send(Method::PUT, &at(&post, ":boat:"), &json!({})).await.is(200).json();
        assert_eq!(told["favourites_count"], 1);
        assert_eq!(names(&told["reactions"]), [("boat".to_owned(), 1, true)]);
        assert!(told["reactions"][0]["url"].as_str().unwrap().contains("/media/emojis/"));
        let told = cara.post(&format!("/api/v1/statuses/{}/react/boat", id(&post)), json!({})).await.is(200).json();
        assert_eq!(names(&told["reactions"]), [("boat".to_owned(), 2, true)]);
        // A favourite that is there already says something from now on.
        alice.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        let told = alice.send(Method::PUT, &at(&post, WAVE), &json!({})).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"]).len()), (Some(3), 2));
        // Its author is told of a favourite.
        let heard = alice.get("/api/v1/notifications?types[]=favourite").await.is(200).json();
        assert!(heard.as_array().unwrap().len() >= 2);
        let list = format!("/api/v1/pleroma/statuses/{}/reactions", id(&post));
        let all = town.anonymous().get(&list).await.is(200).json();
        assert_eq!(names(&all), [("boat".to_owned(), 2, false), ("🌊".to_owned(), 1, false)]);
        assert_eq!(all[0]["accounts"].as_array().unwrap().len(), 2);
        let one = bob.get(&at(&post, WAVE)).await.is(200).json();
        assert_eq!((one.as_array().unwrap().len(), &one[0]["accounts"][0]["username"]), (1, &json!("alice")));
        // The same at the address without Pleroma's name.
        let plain = format!("/api/v1/statuses/{}/reactions", id(&post));
        assert_eq!(town.anonymous().get(&plain).await.is(200).json(), all);
        assert_eq!(bob.get(&format!("{plain}/{WAVE}")).await.is(200).json(), one);
        // Taken back, the favourite goes as well; only what one said.
        bob.send(Method::DELETE, &at(&post, WAVE), &json!({})).await.is(200);
        let told = bob.post(&format!("/api/v1/statuses/{}/unreact/boat", id(&post)), json!({})).await.is(200).json();
        assert_eq!((&told["favourited"], &told["favourites_count"]), (&json!(false), &json!(2)));
        cara.post(&format!("/api/v1/statuses/{}/unfavourite", id(&post)), json!({})).await.is(200);
        let all = bob.get(&list).await.is(200).json();
        assert_eq!(names(&all), [("🌊".to_owned(), 1, false)]);
    }

    async fn the_page_of_notifications_says_which_emoji(town) {
        with_emoji(&town, "boat").await;
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "High water", "public").await;
        let react = format!("/statuses/{}/react", post.id);
        for (name, emoji) in [("bob", "🌊"), ("cara", "🌊"), ("dora", ""), ("eve", "boat")] {
            town.wait_s(1);
            let mut member = town.member(name).await;
            if emoji.is_empty() {
                member.does(&format!("/statuses/{}/favourite", post.id)).await;
            } else {
                member.post(&react, &[("emoji", emoji)]).await.is(303);
            }
        }
        let page = alice.get("/notifications").await.is(200).shows("favourited your post").shows("reacted with 🌊 to your post");
        assert!(page.body.contains("alt=\":boat:\""), "{}", page.body);
        // Who says the same stands together, and apart from who says something else.
        assert_eq!(page.body.matches("reacted with").count(), 2, "{}", page.body);
        assert_eq!(page.body.matches("favourited your post").count(), 1, "{}", page.body);
        // Each of them begins with what was said, and only the favourite with a heart.
        assert_eq!(page.body.matches("class=\"kind given\"").count(), 2, "{}", page.body);
        assert_eq!(page.body.matches("class=\"kind heart\"").count(), 1, "{}", page.body);
    }

    async fn what_is_no_emoji_is_no_reaction(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let post = alice.write(json!({ "status": "High water" })).await;
        for word in ["word", ":missing:", "1", "%3Cb%3E", "%F0%9F%8C%8A%20%F0%9F%8C%8A"] {
            bob.send(Method::PUT, &at(&post, word), &json!({})).await.is(422);
        }
        let told = bob.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200).json();
        assert_eq!((&told["favourited"], &told["reactions"]), (&json!(false), &json!([])));
    }

    async fn l55_what_one_cannot_see_one_says_nothing_of(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let hidden = alice.write(json!({ "status": "Between us", "visibility": "private" })).await;
        alice.send(Method::PUT, &at(&hidden, WAVE), &json!({})).await.is(200);
        let nothing = json!({ "id": "7" });
        for method in [Method::PUT, Method::DELETE, Method::GET] {
            let one = bob.send(method.clone(), &at(&hidden, WAVE), &json!({})).await.is(404);
            let other = bob.send(method, &at(&nothing, WAVE), &json!({})).await.is(404);
            assert_eq!(one.body, other.body);
        }
        for place in ["/api/v1/statuses", "/api/v1/pleroma/statuses"] {
            bob.get(&format!("{place}/{}/reactions", id(&hidden))).await.is(404);
            bob.get(&format!("{place}/{}/reactions/{WAVE}", id(&hidden))).await.is(404);
        }
    }
}

coast_test! {
    async fn reactions_go_out_as_favourites_that_say_an_emoji(coast) {
        with_emoji(&coast.town, "boat").await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let rita = coast.peer.iri("open", "rita");
        let post = json!({ "id": coast.rita_uses("1", "Low water", &[]).await.to_string() });
        app.send(Method::PUT, &at(&post, WAVE), &json!({})).await.is(200);
        coast.is_idle().await;
        let sent = coast.got("open", "Like").pop().unwrap();
        assert_eq!((&sent["content"], &sent["_misskey_reaction"]), (&json!("🌊"), &json!("🌊")));
        assert_eq!(sent["object"], format!("{rita}/statuses/1"));
        app.send(Method::PUT, &at(&post, "boat"), &json!({})).await.is(200);
        coast.is_idle().await;
        let undone = coast.got("open", "Undo").pop().unwrap();
        assert_eq!(undone["object"]["id"], sent["id"]);
        let sent = coast.got("open", "Like").pop().unwrap();
        assert_eq!((&sent["content"], &sent["tag"][0]["name"]), (&json!(":boat:"), &json!(":boat:")));
        assert!(sent["tag"][0]["icon"]["url"].as_str().unwrap().contains("/media/emojis/"));
        app.send(Method::DELETE, &at(&post, "boat"), &json!({})).await.is(200);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Undo").pop().unwrap()["object"]["id"], sent["id"]);
        // A plain favourite says nothing.
        app.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), json!({})).await.is(200);
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Like").pop().unwrap()["content"], Value::Null);
    }

    async fn reactions_of_others_say_their_emoji(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let post = app.write(json!({ "status": "High water" })).await;
        coast.is_idle().await;
        let picture = coast.has_picture("blob.png", &crate::media::files::png(20, 20));
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let react = |by: &str, kind: &str, content: &str, tags: Value| json!({
            "id": format!("{by}#react-{kind}"), "type": kind, "actor": by, "object": post["uri"], "content": content, "tag": tags,
        });
        coast.brings(&react(&rita, "EmojiReact", ":blob:", json!([tag("blob", &picture)]))).await;
        coast.brings(&react(&lena, "Like", "🌊", json!([]))).await;
        let told = app.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200).json();
        assert_eq!(told["favourites_count"], 2);
        assert_eq!(names(&told["reactions"]), [("blob".to_owned(), 1, false), ("🌊".to_owned(), 1, false)]);
        let url = told["reactions"][0]["url"].as_str().unwrap().to_owned();
        let path = url.strip_prefix(&coast.town.community().origin).unwrap();
        coast.town.anonymous().send(Method::GET, path, &[], "").await.is(200);
        // Words are no emoji, and a code without a picture is none: the favourite counts.
        let cara = coast.peer.iri("open", "cara");
        coast.brings(&react(&cara, "EmojiReact", ":nothing:", json!([]))).await;
        let undo = json!({ "id": format!("{rita}#undo"), "type": "Undo", "actor": rita, "object": react(&rita, "EmojiReact", ":blob:", json!([])) });
        coast.brings(&undo).await;
        let told = app.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"]).len()), (Some(2), 1));
        // Whom she refuses says nothing.
        coast.alice_refuses_kept().await;
        let other = app.write(json!({ "status": "Low water" })).await;
        coast.is_idle().await;
        let mut refused = react(&lena, "EmojiReact", "🌊", json!([]));
        refused["object"] = other["uri"].clone();
        coast.brings(&refused).await;
        let told = app.get(&format!("/api/v1/statuses/{}", id(&other))).await.is(200).json();
        assert_eq!((&told["favourites_count"], &told["reactions"]), (&json!(0), &json!([])));
    }
    async fn a_notification_shows_no_picture_that_a_rule_drops(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let post = app.write(json!({ "status": "High water" })).await;
        coast.is_idle().await;
        let picture = coast.has_picture("blob.png", &crate::media::files::png(20, 20));
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let react = |by: &str, content: &str, tags: Value| json!({
            "id": format!("{by}#react"), "type": "EmojiReact", "actor": by, "object": post["uri"], "content": content, "tag": tags,
        });
        coast.brings(&react(&rita, ":blob:", json!([tag("blob", &picture)]))).await;
        coast.brings(&react(&lena, "🌊", json!([]))).await;
        let page = coast.alice.get("/notifications").await.is(200).shows("reacted with 🌊 to your post");
        assert!(page.body.contains("alt=\":blob:\"") && page.body.contains("/media/remote/emojis/"), "{}", page.body);
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        coast.alice.get("/notifications").await.is(200).shows("reacted with :blob: to your post").hides("/media/remote/emojis/");
        // Whom she refuses she hears nothing of.
        coast.alice_refuses_kept().await;
        coast.alice.get("/notifications").await.is(200).shows(":blob:").hides("🌊");
    }
    async fn a_code_of_whom_one_refuses_is_read_under_nobodys_post(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let mut his = App::let_in(&coast.town, &mut coast.bob).await;
        let post = app.write(json!({ "status": "High water" })).await;
        coast.is_idle().await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "loud")];
        coast.bob.post("/boundaries", &rule).await.leads("/boundaries");
        let picture = coast.has_picture("blob.png", &crate::media::files::png(20, 20));
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let react = |by: &str, code: &str| json!({
            "id": format!("{by}#react"), "type": "EmojiReact", "actor": by, "object": post["uri"], "content": format!(":{code}:"),
            "tag": [tag(code, &picture)],
        });
        coast.brings(&react(&lena, "read_this")).await;
        coast.brings(&react(&rita, "blob")).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        let hers = app.get(&at).await.is(200).json();
        assert_eq!(names(&hers["reactions"]), [("read_this".to_owned(), 1, false), ("blob".to_owned(), 1, false)]);
        let told = his.get(&at).await.is(200).hides("read_this").json();
        assert_eq!(names(&told["reactions"]), [("blob".to_owned(), 1, false)]);
        let list = format!("/api/v1/pleroma/statuses/{}/reactions", id(&post));
        his.get(&list).await.is(200).hides("read_this");
        let path = format!("/@alice/{}", id(&post));
        coast.bob.open(&path).await.is(200).hides("read_this");
    }

    async fn of_a_favourite_and_a_reaction_to_it_each_is_taken_back_alone(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let post = app.write(json!({ "status": "High water" })).await;
        coast.is_idle().await;
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let like = |by: &str, name: &str| json!({ "id": format!("{by}#{name}"), "type": "Like", "actor": by, "object": post["uri"] });
        let react = |by: &str, name: &str, content: &str| json!({
            "id": format!("{by}#{name}"), "type": "EmojiReact", "actor": by, "object": post["uri"], "content": content,
        });
        let undo = |undone: Value| json!({
            "id": format!("{}/undo", undone["id"].as_str().unwrap()), "type": "Undo", "actor": undone["actor"], "object": undone,
        });
        let at = format!("/api/v1/statuses/{}", id(&post));
        let one = |emoji: &str| vec![(emoji.to_owned(), 1, false)];
        // As Pleroma has it: a favourite, and what is said beside it.
        coast.brings(&like(&rita, "like")).await;
        coast.brings(&react(&rita, "wave", "🌊")).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        // A second emoji is not recorded: taken back, it takes nothing along.
        coast.brings(&react(&rita, "boat", "⛵")).await;
        coast.brings(&undo(react(&rita, "boat", "⛵"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        coast.brings(&undo(react(&rita, "wave", "🌊"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), &told["reactions"]), (Some(1), &json!([])));
        coast.brings(&undo(like(&rita, "like"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
        // A favourite that was not recorded beside a reaction takes nothing along, either.
        coast.brings(&react(&lena, "wave", "🌊")).await;
        coast.brings(&like(&lena, "like")).await;
        coast.brings(&undo(like(&lena, "like"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        coast.brings(&undo(react(&lena, "wave", "🌊"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
        // Whichever came first, each is taken back alone, and the favourite goes with the last of them.
        coast.brings(&react(&lena, "wave-3", "🌊")).await;
        coast.brings(&like(&lena, "like-3")).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        coast.brings(&undo(react(&lena, "wave-3", "🌊"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), &told["reactions"]), (Some(1), &json!([])));
        coast.brings(&undo(like(&lena, "like-3"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
        coast.brings(&like(&lena, "like-4")).await;
        coast.brings(&react(&lena, "wave-4", "🌊")).await;
        coast.brings(&undo(like(&lena, "like-4"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        coast.brings(&undo(react(&lena, "wave-4", "🌊"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
        // An Undo that names only the id takes back what had that id, and nothing of anybody else.
        let undo_id = |by: &str, name: &str, undone: String| json!({
            "id": format!("{by}#{name}/undo-id"), "type": "Undo", "actor": by, "object": undone,
        });
        coast.brings(&like(&rita, "like-2")).await;
        coast.brings(&react(&rita, "wave-2", "🌊")).await;
        coast.brings(&undo_id(&lena, "wave-2", format!("{rita}#wave-2"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), names(&told["reactions"])), (Some(1), one("🌊")));
        coast.brings(&undo_id(&rita, "wave-2", format!("{rita}#wave-2"))).await;
        let told = app.get(&at).await.is(200).json();
        assert_eq!((told["favourites_count"].as_i64(), &told["reactions"]), (Some(1), &json!([])));
        coast.brings(&undo_id(&rita, "like-2", format!("{rita}#like-2"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
        // As Lemmy has it: with a new id in each Undo.
        coast.brings(&like(&lena, "vote")).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 1);
        coast.brings(&undo(like(&lena, "another"))).await;
        assert_eq!(app.get(&at).await.is(200).json()["favourites_count"], 0);
    }
}
