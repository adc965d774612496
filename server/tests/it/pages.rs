//! Pages that hang together: settings and moderation with one list each, people, what is talked about, conversations, lists.

use comity::members::Role;
use http::Method;
use serde_json::json;

use crate::kept::App;
use crate::town::{Answer, Member, Town};
use crate::town_test;

/// What stands in the navigation of this name.
#[track_caller]
fn nav<'a>(page: &'a Answer, name: &str) -> &'a str {
    let begins = format!("aria-label=\"{name}\">");
    let (_, rest) = page.body.split_once(&begins).expect("such a navigation");
    rest.split("</nav>").next().unwrap()
}

async fn moderator(town: &Town) -> Member {
    town.member_of(&town.community(), "mona", Role::Moderator)
        .await
}

async fn sets_trends(town: &Town, trends: bool) {
    let here = town.community();
    let settings = comity::communities::Settings {
        trends,
        ..comity::communities::Settings::of(&here)
    };
    comity::communities::change_settings(&town.app, here.id, settings)
        .await
        .unwrap();
}

town_test! {
    async fn every_page_of_settings_has_the_same_list_and_stands_in_it(town) {
        let mut alice = town.member("alice").await;
        let mut first: Option<String> = None;
        for path in [
            "/settings/profile", "/settings/writing", "/settings/notifications", "/settings/topics", "/settings/filters",
            "/settings/people", "/settings/lists", "/settings/sessions", "/settings/email", "/settings/second-step",
            "/settings/passkeys", "/settings/apps", "/settings/leave",
        ] {
            let page = alice.get(path).await.is(200);
            let tabs = nav(&page, "Settings");
            let here = format!("<a href=\"{path}\" aria-current=\"page\">");
            assert!(tabs.contains(&here), "{path}: {tabs}");
            assert_eq!(tabs.matches("aria-current").count(), 1, "{path}: {tabs}");
            let unmarked = tabs.replace(" aria-current=\"page\"", "");
            assert_eq!(*first.get_or_insert_with(|| unmarked.clone()), unmarked, "{path}");
        }
    }

    async fn moderators_have_one_page_for_what_waits_and_nobody_else_has(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut mona = moderator(&town).await;
        town.anonymous().get("/moderation").await.is(303);
        alice.get("/moderation").await.is(404);
        alice.get("/home").await.is(200).hides("/moderation");
        let page = mona.get("/moderation").await.is(200).shows("None is open").shows("Nobody waits to join");
        assert!(nav(&page, "Main").contains("href=\"/moderation\""), "{}", page.body);
        for path in [
            "/moderation", "/moderation/reports", "/sign-ups", "/contacts/community", "/sign-ups/blocks", "/announcements",
            "/moderation/emojis", "/moderation/community", "/moderation/texts/privacy-policy",
            "/moderation/texts/terms-of-service", "/moderation/record", "/boundaries/aliases", "/trends",
        ] {
            let page = mona.get(path).await.is(200);
            let here = format!("<a href=\"{path}\" aria-current=\"page\">");
            assert!(nav(&page, "For moderators").contains(&here), "{path}");
        }
        alice.get("/announcements").await.is(200).hides("For moderators");
        let post = town.post(&mut bob, "Go away", "public").await;
        let status = post.id.to_string();
        alice.post("/report", &[("status", &status), ("category", "other"), ("comment", "Rude")]).await.leads("/reports");
        let start = mona.get("/moderation").await.is(200).shows("One is open").hides("Rude");
        assert!(start.body.contains("<li class=\"rule ask\"><a href=\"/moderation/reports\">"), "{}", start.body);
        // One about herself is not told to her, not even as a number.
        let post = town.post(&mut mona, "I decide", "public").await;
        let status = post.id.to_string();
        alice.post("/report", &[("status", &status), ("category", "other"), ("comment", "She too")]).await.leads("/reports");
        mona.get("/moderation").await.is(200).shows("One is open");
    }

    async fn the_directory_has_who_lets_themself_be_listed(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        // Who wrote last stands first, so who never wrote is nowhere.
        for member in [&mut bob, &mut carol] {
            town.post(member, "Ahoy", "public").await;
        }
        let mut carols = App::of(&town, &mut carol).await;
        alice.get("/directory").await.is(200).shows("@bob").shows("@carol");
        let changes = json!({ "discoverable": false });
        carols.send(Method::PATCH, "/api/v1/accounts/update_credentials", &changes).await.is(200);
        alice.get("/directory?order=new").await.is(200).shows("@bob").hides("carol");
        town.anonymous().get("/directory?from=everywhere").await.is(200).shows("@bob").hides("carol");
        alice.get("/directory?skip=-7").await.is(200).shows("@bob");
        alice.get("/directory?skip=9223372036854775807").await.is(200).hides("/@bob");
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        alice.get("/directory").await.is(200).hides("/@bob");
    }

    async fn what_is_talked_about_is_a_page_until_moderators_or_the_community_say_no(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut mona = moderator(&town).await;
        town.post(&mut alice, "#Ferry at https://tides.example/today", "public").await;
        let liked = town.post(&mut bob, "Ahoy from the #ferry, see https://tides.example/today", "public").await;
        for who in [&mut alice, &mut mona] {
            who.does(&format!("/statuses/{}/favourite", liked.id)).await;
        }
        let page = carol.get("/trends").await.is(200).shows("#ferry 2 people, 2 posts").shows("Ahoy from the");
        page.shows("tides.example : 2 people, 2 posts").hides("Keep out");
        town.anonymous().get("/trends").await.is(200).shows("#ferry 2 people, 2 posts");
        // Of whom she does not see nothing is counted.
        let mut dora = town.member("dora").await;
        dora.does(&format!("/accounts/{}/block", bob.account.id)).await;
        dora.get("/trends").await.is(200).hides("Ahoy").hides("2 people").shows("Nothing is talked about lately");
        let start = mona.get("/moderation").await.is(200).shows("3 topics, pages and posts lately.");
        // Nobody waits for a word about it, so it is not marked as what waits.
        assert!(start.body.contains("<li class=\"rule\"><a href=\"/trends\">"), "{}", start.body);
        let status = liked.id.to_string();
        for (kind, name) in [("tag", "Ferry"), ("link", "https://tides.example/today"), ("status", status.as_str())] {
            let reject = [("kind", kind), ("name", name), ("decision", "reject")];
            carol.post("/moderation/trends", &reject).await.is(404);
            mona.post("/moderation/trends", &reject).await.leads("/trends");
        }
        carol.get("/trends").await.is(200).shows("Nothing is talked about lately").hides("tides.example");
        mona.get("/trends").await.is(200).shows("Kept out").shows("#ferry").shows("A post by @bob");
        for (kind, name) in [("tag", "none at all"), ("link", "https://nowhere.example/"), ("status", "7"), ("person", "bob")] {
            let reject = [("kind", kind), ("name", name), ("decision", "reject")];
            mona.post("/moderation/trends", &reject).await.is(404);
        }
        mona.post("/moderation/trends", &[("kind", "tag"), ("name", "ferry"), ("decision", "approve")]).await.leads("/trends");
        carol.get("/trends").await.is(200).shows("#ferry 2 people, 2 posts");
        sets_trends(&town, false).await;
        for who in [&mut carol, &mut mona] {
            who.get("/trends").await.is(404);
            who.get("/search").await.is(200).hides("/trends");
        }
        mona.get("/moderation").await.is(200).hides("/trends");
    }

    async fn crawlers_browsers_and_apps_find_what_they_look_for(town) {
        let mut visitor = town.anonymous();
        let robots = visitor.get("/robots.txt").await.is(200);
        assert!(robots.body.contains("\nDisallow: /api/\n") && !robots.body.contains("Disallow: /\n"), "{}", robots.body);
        let icon = visitor.get("/favicon.ico").await.is(303).leads_to().unwrap();
        let page = visitor.get("/about").await.is(200);
        assert!(page.body.contains(&format!("href=\"{icon}\"")), "it is the one that pages have");
        assert!(page.body.contains("<link rel=\"manifest\" href=\"/manifest.json\">"));
        let manifest = visitor.get("/manifest.json").await.is(200);
        assert_eq!(manifest.headers["content-type"], "application/manifest+json");
        let manifest = manifest.json();
        assert_eq!((&manifest["name"], &manifest["icons"][0]["src"]), (&json!("Harbour"), &json!(icon)));
        assert_eq!(manifest["share_target"]["action"], "/compose");
        let mut alice = town.member("alice").await;
        let shared = "/compose?title=Tides&text=Low+water&url=https%3A%2F%2Fsea.example%2F";
        let page = alice.get(shared).await.is(200);
        assert!(page.body.contains("Tides\nLow water\nhttps:"), "{}", page.body);
    }

    async fn conversations_between_few_say_who_and_what_was_said_last(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.anonymous().get("/conversations").await.is(303);
        bob.get("/conversations").await.is(200).shows("Nothing is here yet");
        let root = town.post(&mut alice, "@bob Between us", "direct").await;
        alice.get("/conversations").await.is(200).shows("bob").shows("You: ").hides("Not read");
        let page = bob.get("/conversations").await.is(200).shows("Between us").shows("Not read").shows("alice");
        let at = format!("/conversations/{}", page.number_after("/conversations/").unwrap());
        carol.get("/conversations").await.is(200).hides("Between us").hides("/@alice");
        carol.post(&format!("{at}/read"), &[]).await.is(404);
        // A browser that fetches ahead has shown it to nobody yet.
        for ahead in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
            bob.send(Method::GET, &root.path, &[("accept", "text/html"), ahead], "").await.is(200).shows("Between us");
        }
        bob.get("/conversations").await.is(200).shows("Not read");
        // Looking at it is reading it.
        bob.get(&root.path).await.is(200).shows("Between us");
        bob.get("/conversations").await.is(200).hides("Not read");
        bob.post(&format!("{at}/unread"), &[]).await.leads("/conversations");
        bob.get("/conversations").await.is(200).shows("Not read");
        bob.post(&format!("{at}/read"), &[]).await.leads("/conversations");
        bob.get("/conversations").await.is(200).hides("Not read");
        bob.post(&format!("{at}/hide"), &[]).await.leads("/conversations");
        bob.get("/conversations").await.is(200).hides("Between us");
        town.reply(&mut alice, &root, "@bob Still between us", "direct").await;
        bob.get("/conversations").await.is(200).shows("Still between us").shows("Not read");
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        bob.get("/conversations").await.is(200).hides("between us");
    }

    async fn a_list_is_made_filled_read_and_deleted_on_pages(town) {
        let (mut alice, mut bob, _carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        town.anonymous().get("/lists").await.is(303);
        alice.get("/lists").await.is(200).shows("You have no lists");
        alice.get("/lists/new").await.is(200).shows("Make a list");
        alice.post("/lists/new", &[("title", " "), ("replies", "list")]).await.is(422).shows("can't be blank");
        let made = alice.post("/lists/new", &[("title", "Boats"), ("replies", "followed")]).await.is(303);
        let edit = made.leads_to().unwrap();
        let list = edit.strip_suffix("/edit").unwrap().to_owned();
        alice.get("/lists").await.is(200).shows("Boats");
        let page = alice.get(&edit).await.is(200).shows("Nobody whom you can see");
        assert!(page.body.contains("<option value=\"followed\" selected>"), "{}", page.body);
        // One who is followed goes in; others only where they let it, and who is nobody does not.
        let add = format!("{list}/add");
        alice.post(&add, &[("handle", "@carol")]).await.is(422).shows("follow them first");
        alice.post(&add, &[("handle", "@nobody")]).await.is(422).shows("not known here");
        town.follow(&mut alice, &bob).await;
        alice.post(&add, &[("handle", "@bob")]).await.leads(&edit);
        alice.post(&add, &[("handle", "@bob")]).await.is(422).shows("in this list already");
        alice.get(&edit).await.is(200).shows("@bob").hides("/@carol");
        town.post(&mut bob, "From bob", "private").await;
        alice.get(&list).await.is(200).shows("From bob");
        let keep = [("title", "Boats"), ("replies", "none"), ("exclusive", "true")];
        alice.post(&edit, &keep).await.leads(&list);
        alice.get("/home").await.is(200).hides("From bob");
        alice.get("/lists").await.is(200).shows("Who is in it is not in your home");
        alice.post(&edit, &[("title", ""), ("replies", "none")]).await.is(422).shows("@bob");
        // It is hers alone.
        for path in [&list, &edit] {
            bob.get(path).await.is(404);
        }
        for path in [&edit, &add, &format!("{list}/take-out"), &format!("{list}/delete")] {
            bob.post(path, &[("title", "Mine"), ("handle", "@bob"), ("account", "7")]).await.is(404);
        }
        let whom = bob.account.id.to_string();
        alice.post(&format!("{list}/take-out"), &[("account", &whom)]).await.leads(&edit);
        alice.get(&edit).await.is(200).hides("/@bob");
        alice.get(&list).await.is(200).hides("From bob");
        alice.get("/home").await.is(200).shows("From bob");
        // What cannot be undone asks first, without a script.
        let page = alice.get(&edit).await.is(200);
        let (_, sure) = page.body.split_once(&format!("action=\"{list}/delete\"")).unwrap();
        assert!(sure.find("<summary>").unwrap() < sure.find("Delete it for good").unwrap(), "{sure}");
        alice.post(&format!("{list}/delete"), &[]).await.leads("/lists");
        alice.get(&list).await.is(404);
        alice.get("/lists").await.is(200).shows("The list is deleted").shows("You have no lists");
    }
}
