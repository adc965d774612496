//! What the members of a community are told: what it names, and what they answer it with.

use comity::members::Role;
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::emojis::{PAGE, offered, upload, with_emoji};
use crate::media::files::{gif, png};
use crate::town_test;

const ALL: &str = "/api/v1/announcements";

/// The handles of whom an announcement names.
fn named(told: &Value) -> Vec<&str> {
    let mentions = told["mentions"].as_array().unwrap().iter();
    mentions.map(|one| one["acct"].as_str().unwrap()).collect()
}

town_test! {
    async fn members_answer_what_is_announced_with_emoji_of_their_community(town) {
        with_emoji(&town, "blob").await;
        let island = town.found("island.example", "Island").await;
        let mut ines = town.member_of(&island, "ines", Role::Admin).await;
        upload(&mut ines, "shore", "", &png(30, 30)).await.leads(PAGE);
        let mut marta = town.admin("marta").await;
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        marta.post("/announcements", &[("text", "High water")]).await.leads("/announcements");
        let told = alice.get(ALL).await.is(200).json();
        let at = format!("{ALL}/{}/reactions", id(&told[0]));
        let nothing = json!({});
        for word in ["missing", ":missing:", "Blob", "shore", "1"] {
            alice.send(Method::PUT, &format!("{at}/{word}"), &nothing).await.is(422);
        }
        alice.send(Method::PUT, &format!("{at}/blob"), &nothing).await.is(200);
        bob.send(Method::PUT, &format!("{at}/:blob:"), &nothing).await.is(200);
        bob.send(Method::PUT, &format!("{at}/blob"), &nothing).await.is(200);
        let told = alice.get(ALL).await.is(200).json();
        let said = &told[0]["reactions"][0];
        assert_eq!((&said["name"], &said["count"], &said["me"]), (&json!("blob"), &json!(2), &json!(true)));
        for address in ["url", "static_url"] {
            assert!(said[address].as_str().unwrap().contains("/media/emojis/"), "{said}");
        }
        let page = marta.get("/announcements").await.is(200);
        assert!(page.body.contains("alt=\":blob:\""), "{}", page.body);
        // Switched off, it is nothing to answer with, and comes back with who said it.
        let all = comity::emojis::list(&town.app, &town.community()).await.unwrap();
        let one = format!("{PAGE}/{}", all[0].id);
        marta.post(&one, &[("listed", "on")]).await.leads(PAGE);
        assert_eq!(alice.get(ALL).await.is(200).json()[0]["reactions"], json!([]));
        alice.send(Method::PUT, &format!("{at}/blob"), &nothing).await.is(422);
        marta.post(&one, &[("listed", "on"), ("on", "on")]).await.leads(PAGE);
        bob.send(Method::DELETE, &format!("{at}/blob"), &nothing).await.is(200);
        let told = alice.get(ALL).await.is(200).json();
        assert_eq!(told[0]["reactions"][0]["count"], 1);
        // With the emoji goes what was said with it: another of the same code is another.
        marta.post(&format!("{one}/delete"), &[]).await.leads(PAGE);
        with_emoji(&town, "blob").await;
        assert_eq!(alice.get(ALL).await.is(200).json()[0]["reactions"], json!([]));
        bob.send(Method::PUT, &format!("{at}/blob"), &nothing).await.is(200);
        let told = alice.get(ALL).await.is(200).json();
        let said = &told[0]["reactions"][0];
        assert_eq!((&said["count"], &said["me"]), (&json!(1), &json!(false)));
    }

    async fn an_emoji_that_moves_shows_both_its_pictures_until_the_last_takes_it_back(town) {
        let mut marta = town.admin("marta").await;
        upload(&mut marta, "fish", "", &gif(64, 48, 4)).await.leads(PAGE);
        let fish = offered(&mut town.anonymous()).await.remove(0);
        assert_ne!(fish["url"], fish["static_url"]);
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        marta.post("/announcements", &[("text", "High water")]).await.leads("/announcements");
        let told = alice.get(ALL).await.is(200).json();
        let at = format!("{ALL}/{}/reactions/fish", id(&told[0]));
        let nothing = json!({});
        for app in [&mut alice, &mut bob] {
            app.send(Method::PUT, &at, &nothing).await.is(200);
        }
        let said = |count: i64, me: bool| json!([{ "name": "fish", "count": count, "me": me, "url": fish["url"], "static_url": fish["static_url"] }]);
        assert_eq!(alice.get(ALL).await.is(200).json()[0]["reactions"], said(2, true));
        // Twice is once: bob's is not taken back with hers.
        for _ in 0..2 {
            alice.send(Method::DELETE, &at, &nothing).await.is(200);
        }
        assert_eq!(alice.get(ALL).await.is(200).json()[0]["reactions"], said(1, false));
        assert_eq!(bob.get(ALL).await.is(200).json()[0]["reactions"], said(1, true));
        bob.send(Method::DELETE, &at, &nothing).await.is(200);
        assert_eq!(bob.get(ALL).await.is(200).json()[0]["reactions"], json!([]));
    }
}

coast_test! {
    async fn what_is_announced_leads_to_topics_and_to_people_whom_the_reader_may_see(coast) {
        let mut marta = coast.town.admin("marta").await;
        let kept = coast.peer.domain("kept");
        let words = format!("#Tide or #tide: ask @bob, @Bob, @lena@{kept} or @nobody");
        marta.post("/announcements", &[("text", words.as_str())]).await.leads("/announcements");
        let mut alice = App::let_in(&coast.town, &mut coast.alice.browser).await;
        let told = alice.get(ALL).await.is(200).json();
        let lena = format!("lena@{kept}");
        assert_eq!(named(&told[0]), ["bob", lena.as_str()]);
        let bob = &told[0]["mentions"][0];
        assert_eq!((&bob["id"], &bob["username"]), (&json!(coast.bob.account.id.to_string()), &json!("bob")));
        let tags = told[0]["tags"].as_array().unwrap();
        assert_eq!((tags.len(), &tags[0]["name"]), (1, &json!("tide")));
        let content = told[0]["content"].as_str().unwrap();
        for (leads, class) in [(&bob["url"], "u-url mention"), (&tags[0]["url"], "mention hashtag")] {
            let link = format!("<a href=\"{}\" class=\"{class}\"", leads.as_str().unwrap());
            assert!(content.contains(&link), "{link} is not in {content}");
        }
        assert!(content.ends_with(" or @nobody</p>"), "{content}");
        let page = coast.bob.get("/announcements").await.is(200);
        for link in ["/@bob\" class=\"u-url mention\">", "/tags/tide\""] {
            assert!(page.body.contains(link), "{}", page.body);
        }
        // Whom the reader refuses is a word to them, and to nobody else.
        coast.alice_refuses_kept().await;
        let told = alice.get(ALL).await.is(200).json();
        assert_eq!(named(&told[0]), ["bob"]);
        assert!(told[0]["content"].as_str().unwrap().contains(&format!(", @lena@{kept} or")), "{told}");
        let mut bob = App::let_in(&coast.town, &mut coast.bob.browser).await;
        let told = bob.get(ALL).await.is(200).json();
        assert_eq!(named(&told[0]), ["bob", lena.as_str()]);
        // Nobody is told that they are named.
        let heard = bob.get("/api/v1/notifications?types[]=mention").await.is(200).json();
        assert_eq!(heard, json!([]));
    }
}
