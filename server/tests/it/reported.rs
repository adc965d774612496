//! Reports, and what moderators do about them.

use comity::members::Role;
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::coast::Coast;
use crate::peer;
use crate::town::{Member, PASSWORD, Town};
use crate::town_test;

const MODERATES: &str = "read write admin:read admin:write";

async fn moderator(town: &Town, name: &str) -> Member {
    town.member_of(&town.community(), name, Role::Moderator)
        .await
}

impl Coast {
    /// What a server says of alice and some posts to her moderators.
    async fn flags(&self, server: &str, number: &str, posts: &[&str]) {
        let by = self.peer.iri(server, "desk");
        let mut object = vec![self.alice.account.iri.to_string()];
        object.extend(posts.iter().map(|post| (*post).to_owned()));
        self.brings(&json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{by}#flags/{number}"), "type": "Flag", "actor": by,
            "content": format!("Please look at <b>this</b>, number {number}"),
            "object": object, "to": self.alice.account.iri.as_str(),
        }))
        .await;
    }
}

town_test! {
    async fn a_report_keeps_what_was_said_and_tells_what_came_of_it(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut marta = moderator(&town, "marta").await;
        let post = town.post(&mut bob, "Go drown yourself", "public").await;
        let form = format!("/report?status={}", post.id);
        alice.get(&post.path).await.is(200).shows("Report it");
        alice.get(&form).await.is(200).shows("Go drown yourself").shows("Whom you report is not told");
        alice.get("/report").await.is(404);
        town.anonymous().get(&form).await.is(303);
        let status = post.id.to_string();
        let too_long = "x".repeat(1_001);
        let sent = [("status", status.as_str()), ("category", "other"), ("comment", too_long.as_str())];
        alice.post("/report", &sent).await.is(422).shows("longer than 1000");
        let sent = [("status", status.as_str()), ("category", "other"), ("comment", "He means it <b>always</b>")];
        alice.post("/report", &sent).await.leads("/reports");
        alice.get("/reports").await.is(200).shows("Waits for a moderator").shows("He means it").hides("<b>always");
        bob.post(&format!("/statuses/{}/delete", post.id), &[]).await.is(303);

        let told = marta.get("/notifications").await.is(200).shows("reported somebody");
        let number = told.number_after("/moderation/reports/").unwrap();
        let path = format!("/moderation/reports/{number}");
        marta.get("/moderation/reports").await.is(200).shows("He means it").shows("alice");
        let told = marta.get(&path).await.is(200).shows("Go drown yourself").shows("He means it");
        // Browsers apply no style that stands in a page.
        assert!(told.body.contains("class=\"said\"") && !told.body.contains(" style="), "{}", told.body);
        for who in [&mut alice, &mut bob] {
            who.get(&path).await.is(404);
            who.get("/moderation/reports").await.is(404);
            who.post(&format!("{path}/assign"), &[]).await.is(404);
            who.get("/notifications").await.is(200).hides("reported somebody");
        }
        marta.post(&format!("{path}/assign"), &[]).await.leads(&path);
        alice.get("/reports").await.is(200).shows("A moderator sees to it");
        marta.post(&format!("{path}/note"), &[("text", "The third one about him")]).await.leads(&path);
        marta.post(&format!("{path}/category"), &[("category", "spam")]).await.leads(&path);
        marta.get(&path).await.is(200).shows("The third one about him").shows("It is spam");
        marta.post(&format!("{path}/resolve"), &[("text", "We have spoken with him")]).await.leads("/moderation/reports");
        marta.get("/moderation/reports").await.is(200).shows("Nothing waits");
        alice.get("/reports").await.is(200).shows("Closed").shows("We have spoken with him").hides("The third one");
        marta.post(&format!("{path}/resolve"), &[("text", "Again")]).await.is(409);
        marta.post(&format!("{path}/reopen"), &[]).await.leads(&path);
        marta.get("/moderation/reports").await.is(200).shows("He means it");
    }

    async fn an_app_reports_and_reads_of_reports(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let post = bob.write(json!({ "status": "Buy my boat" })).await;
        let mine = alice.write(json!({ "status": "Mine" })).await;
        let his = bob.me().await;
        let body = json!({ "account_id": his, "status_ids": [id(&post), id(&mine)], "comment": "All day", "category": "spam" });
        let report = alice.post("/api/v1/reports", body.clone()).await.is(200).json();
        assert_eq!((&report["category"], &report["action_taken"], &report["forwarded"]), (&json!("spam"), &json!(false), &json!(false)));
        assert_eq!((&report["status_ids"], &report["target_account"]["id"]), (&json!([id(&post)]), &json!(his)));
        alice.post("/api/v1/reports", json!({ "account_id": "7" })).await.is(404);
        alice.post("/api/v1/reports", json!({ "account_id": his, "category": "boring" })).await.is(422);
        alice.post("/api/v1/reports", json!({ "account_id": his, "rule_ids": ["99"] })).await.is(422);

        let told = desk.get("/api/v1/notifications").await.is(200).json();
        assert_eq!((&told[0]["type"], &told[0]["report"]["id"]), (&json!("admin.report"), &report["id"]));
        let groups = desk.get("/api/v2/notifications").await.is(200).json();
        assert_eq!(groups["notification_groups"][0]["report"]["comment"], "All day");
        let all = desk.get("/api/v1/admin/reports").await.is(200).json();
        assert_eq!((id(&all[0]), &all[0]["statuses"][0]["id"]), (id(&report), &post["id"]));
        assert_eq!((&all[0]["account"]["username"], &all[0]["target_account"]["email"]), (&json!("alice"), &json!("bob@mail.example")));
        let at = format!("/api/v1/admin/reports/{}", id(&report));
        let mine = desk.post(&format!("{at}/assign_to_self"), json!({})).await.is(200).json();
        assert_eq!(mine["assigned_account"]["username"], "marta");
        let other = desk.send(Method::PUT, &at, &json!({ "category": "legal" })).await.is(200).json();
        assert_eq!(other["category"], "legal");
        assert_eq!(desk.post(&format!("{at}/unassign"), json!({})).await.is(200).json()["assigned_account"], Value::Null);
        assert_eq!(desk.post(&format!("{at}/resolve"), json!({})).await.is(200).json()["action_taken"], true);
        assert_eq!(desk.get("/api/v1/admin/reports").await.json(), json!([]));
        assert_eq!(desk.get("/api/v1/admin/reports?resolved=true").await.json()[0]["id"], report["id"]);
        assert_eq!(desk.post(&format!("{at}/reopen"), json!({})).await.is(200).json()["action_taken"], false);
        desk.post(&format!("/api/v1/admin/accounts/{}/action", alice.me().await), json!({ "type": "none", "report_id": id(&report) })).await.is(422);
        // A moderator who is reported is told nothing of it.
        let hers = json!({ "account_id": desk.me().await, "comment": "Sleeps on duty" });
        let about = alice.post("/api/v1/reports", hers).await.is(200).json();
        desk.get(&format!("/api/v1/admin/reports/{}", id(&about))).await.is(404);
        assert_eq!(desk.get("/api/v1/admin/reports").await.json().as_array().unwrap().len(), 1);
        marta.get("/moderation/reports").await.is(200).hides("Sleeps on duty");
        // Neither a member with the scope, nor a moderator without.
        let mut curious = town.member("carol").await;
        let mut carols = App::let_in_with(&town, &mut curious, MODERATES).await;
        let told = carols.get("/api/v1/admin/reports").await.is(403).json();
        assert_eq!(told, json!({ "error": "This action is not allowed" }));
        carols.get(&at).await.is(403);
        let mut plain = App::let_in(&town, &mut marta).await;
        plain.get("/api/v1/admin/reports").await.is(403);
    }

    async fn a_member_is_told_what_moderators_decided(town) {
        let mut bob = town.member("bob").await;
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let mut app = App::let_in(&town, &mut bob).await;
        let at = format!("/api/v1/admin/accounts/{}", bob.account.id);
        desk.post(&format!("{at}/action"), json!({ "type": "none" })).await.is(200);
        assert_eq!(app.get("/api/v1/notifications").await.is(200).json(), json!([]), "a note is for moderators");
        desk.post(&format!("{at}/action"), json!({ "type": "none", "text": "Mind your words" })).await.is(200);
        let told = app.get("/api/v1/notifications").await.is(200).json();
        let warning = &told[0]["moderation_warning"];
        assert_eq!((&told[0]["type"], &warning["action"], &warning["text"]), (&json!("moderation_warning"), &json!("none"), &json!("Mind your words")));
        assert_eq!(warning["target_account"]["username"], "bob");
        bob.get("/notifications").await.is(200).shows("You are told: Mind your words");
        desk.post(&format!("{at}/action"), json!({ "type": "disable", "text": "Sleep on it" })).await.is(200);
        desk.post(&format!("{at}/enable"), json!({})).await.is(200);
        let groups = app.get("/api/v2/notifications").await.is(200).json();
        let group = &groups["notification_groups"][0]["moderation_warning"];
        assert_eq!((&group["action"], &group["text"]), (&json!("disable"), &json!("Sleep on it")));
        // On the page as well, where saying nothing is no warning.
        let path = format!("/moderation/accounts/{}", bob.account.id);
        marta.post(&path, &[("action", "warn"), ("reason", " ")]).await.is(422);
        marta.post(&path, &[("action", "warn"), ("reason", "Once more")]).await.is(303);
        assert_eq!(app.get("/api/v1/notifications").await.json()[0]["moderation_warning"]["text"], "Once more");
        // Nobody else hears of it.
        assert_eq!(desk.get("/api/v1/notifications").await.is(200).json(), json!([]));
    }

    async fn who_is_suspended_is_not_here_for_anybody_until_it_is_lifted(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let mut app = App::let_in(&town, &mut bob).await;
        let post = town.post(&mut bob, "Still here", "public").await;
        let his = bob.account.id;
        let at = format!("/api/v1/admin/accounts/{his}");
        let told = desk.get(&at).await.is(200).json();
        assert_eq!((&told["suspended"], &told["disabled"], &told["account"]["username"]), (&json!(false), &json!(false), &json!("bob")));
        desk.post(&format!("{at}/unsuspend"), json!({})).await.is(422);
        desk.post(&format!("{at}/action"), json!({ "type": "disable", "text": "Sleep on it" })).await.is(200);
        let told = app.get("/api/v1/timelines/home").await.is(403).json();
        assert_eq!(told["error"], "Your login is currently disabled");
        bob.get("/home").await.is(303);
        alice.get(&post.path).await.is(200).shows("Still here");
        let sign_in = [("name", "bob"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &sign_in).await.shows("Sleep on it");
        desk.post(&format!("{at}/enable"), json!({})).await.is(200);
        app.get("/api/v1/timelines/home").await.is(200);

        desk.post(&format!("{at}/action"), json!({ "type": "suspend", "text": "Threats" })).await.is(200);
        for path in ["/api/v1/timelines/home", "/api/v1/accounts/verify_credentials", "/api/v1/instance"] {
            let told = app.get(path).await.is(403).json();
            assert_eq!(told["error"], "Your login is currently disabled");
        }
        for path in [post.path.as_str(), "/@bob"] {
            town.anonymous().get(path).await.is(404);
            alice.get(path).await.is(404);
        }
        alice.get("/community").await.is(200).hides("Still here");
        let unsigned = town.anonymous().get_activity(&format!("/users/bob/statuses/{}", post.id)).await;
        assert!(unsigned.status.is_client_error() && !unsigned.body.contains("Still here"));
        let all = desk.get("/api/v2/admin/accounts?status=suspended").await.is(200).json();
        assert_eq!((all.as_array().unwrap().len(), id(&all[0])), (1, his.to_string().as_str()));
        let some = desk.get("/api/v1/admin/accounts?username=al").await.is(200).json();
        assert_eq!(some[0]["username"], "alice");
        let lifted = desk.post(&format!("{at}/unsuspend"), json!({})).await.is(200).json();
        assert_eq!(lifted["suspended"], false);
        alice.get(&post.path).await.is(200).shows("Still here");
        // What was let in before does not come back with it.
        app.get("/api/v1/timelines/home").await.is(401);
        bob.get("/home").await.is(303);
        town.anonymous().post("/sign-in", &sign_in).await.is(303);

        // Nobody acts upon themself, nor upon who looks after the community with them.
        let me = marta.account.id;
        desk.post(&format!("/api/v1/admin/accounts/{me}/action"), json!({ "type": "suspend" })).await.is(403);
        let other = moderator(&town, "mona").await.account.id;
        desk.post(&format!("/api/v1/admin/accounts/{other}/action"), json!({ "type": "suspend" })).await.is(403);
        // Another community's moderators have no say.
        let island = town.found("island.example", "Island").await;
        let mut ines = town.member_of(&island, "ines", Role::Admin).await;
        ines.post(&format!("/moderation/accounts/{his}"), &[("action", "suspend")]).await.is(404);
        alice.post(&format!("/moderation/accounts/{his}"), &[("action", "suspend")]).await.is(404);
    }

    async fn rules_about_servers_are_set_by_apps_as_by_the_page(town) {
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let blocks = "/api/v1/admin/domain_blocks";
        let body = json!({ "domain": "spam.example", "severity": "suspend", "public_comment": "sells follows", "reject_reports": true });
        let block = desk.post(blocks, body.clone()).await.is(200).json();
        assert_eq!((&block["severity"], &block["reject_reports"], &block["reject_media"]), (&json!("suspend"), &json!(true), &json!(false)));
        desk.post(blocks, body).await.is(422);
        town.anonymous().get("/about").await.is(200).shows("spam.example").shows("sells follows");
        let at = format!("{blocks}/{}", id(&block));
        let milder = desk.send(Method::PUT, &at, &json!({ "severity": "silence" })).await.is(200).json();
        assert_eq!((&milder["severity"], &milder["public_comment"], &milder["reject_reports"]), (&json!("silence"), &json!("sells follows"), &json!(true)));
        // Apps keep the number that they were told first.
        assert_eq!(desk.get(&at).await.is(200).json()["id"], milder["id"]);
        assert_eq!(desk.get(blocks).await.json().as_array().unwrap().len(), 1);
        let at = format!("{blocks}/{}", id(&milder));
        let milder = desk.send(Method::PUT, &at, &json!({ "public_comment": "" })).await.is(200).json();
        assert_eq!(milder["public_comment"], Value::Null);
        desk.post(blocks, json!({ "domain": "other.example", "severity": "noop" })).await.is(422);
        desk.send(Method::DELETE, &format!("{blocks}/{}", id(&milder)), &json!({})).await.is(200);
        assert_eq!(desk.get(blocks).await.json(), json!([]));
        let allows = "/api/v1/admin/domain_allows";
        let allow = desk.post(allows, json!({ "domain": "friends.example" })).await.is(200).json();
        assert_eq!(desk.post(allows, json!({ "domain": "friends.example" })).await.is(200).json(), allow);
        desk.send(Method::DELETE, &format!("{allows}/{}", id(&allow)), &json!({})).await.is(200);
        desk.get(&format!("{allows}/{}", id(&allow))).await.is(404);
        // A boundary that only adds is neither, and what it adds stays when it becomes one.
        let rule = [("pattern", "files.example"), ("stance", "unchanged"), ("conditions", "media"), ("scope", "community"), ("reason", "Gulls")];
        marta.post("/boundaries", &rule).await.leads("/boundaries");
        assert_eq!((desk.get(blocks).await.json(), desk.get(allows).await.json()), (json!([]), json!([])));
        desk.post(allows, json!({ "domain": "files.example" })).await.is(200);
        marta.get("/about").await.is(200).shows("files.example").shows("Their pictures and files are left out.");
    }
}

town_test! {
    async fn what_is_announced_is_for_members_and_put_aside_once_read(town) {
        let mut alice = App::of(&town, "alice").await;
        let mut bob = town.member("bob").await;
        let mut marta = moderator(&town, "marta").await;
        bob.post("/announcements", &[("text", "I am in charge")]).await.is(404);
        marta.post("/announcements", &[("text", "  ")]).await.is(422);
        marta.post("/announcements", &[("text", "The harbour <closes> at ten")]).await.leads("/announcements");
        bob.get("/announcements").await.is(200).shows("The harbour <closes> at ten").hides("Take it down");
        let all = "/api/v1/announcements";
        assert_eq!(town.anonymous().get(all).await.is(200).json(), json!([]));
        let told = alice.get(all).await.is(200).json();
        assert_eq!((told[0]["read"].clone(), told[0]["reactions"].clone()), (json!(false), json!([])));
        let at = format!("{all}/{}", id(&told[0]));
        alice.send(Method::PUT, &format!("{at}/reactions/%F0%9F%8C%8A"), &json!({})).await.is(200);
        alice.send(Method::PUT, &format!("{at}/reactions/wave"), &json!({})).await.is(422);
        alice.post(&format!("{at}/dismiss"), json!({})).await.is(200);
        assert_eq!(alice.get(all).await.json(), json!([]));
        let told = alice.get(&format!("{all}?with_dismissed=true")).await.is(200).json();
        assert_eq!(told[0]["reactions"], json!([{ "name": "🌊", "count": 1, "me": true }]));
        alice.send(Method::DELETE, &format!("{at}/reactions/%F0%9F%8C%8A"), &json!({})).await.is(200);
        alice.post(&format!("{all}/7/dismiss"), json!({})).await.is(404);
        // Those of another community are none here.
        let island = town.found("island.example", "Island").await;
        let mut ines = town.member_of(&island, "ines", Role::Admin).await;
        ines.get("/announcements").await.is(200).hides("closes");
        ines.post(&format!("/announcements/{}/delete", id(&told[0])), &[]).await.is(404);
        marta.post(&format!("/announcements/{}/delete", id(&told[0])), &[]).await.leads("/announcements");
        assert_eq!(alice.get(&format!("{all}?with_dismissed=true")).await.json(), json!([]));
    }

    async fn of_what_is_announced_at_the_same_moment_no_more_stands_than_may(town) {
        let mut marta = moderator(&town, "marta").await;
        for number in 1..20 {
            marta.post("/announcements", &[("text", &format!("Notice {number}"))]).await.leads("/announcements");
        }
        let (mut one, mut other) = (marta.browser.clone(), marta.browser.clone());
        let words = [("text", "The last one")];
        let (one, other) = tokio::join!(one.post("/announcements", &words), other.post("/announcements", &words));
        let mut answers = [one.status.as_u16(), other.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [303, 422]);
        // Of emoji on one, it is eight; one that is there may be said by more.
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let told = alice.get("/api/v1/announcements").await.is(200).json();
        assert_eq!(told.as_array().unwrap().len(), 20);
        let at = format!("/api/v1/announcements/{}/reactions", id(&told[0]));
        for last in 0x81..0x88 {
            alice.send(Method::PUT, &format!("{at}/%F0%9F%8C%{last:X}"), &json!({})).await.is(200);
        }
        let (hers, his) = (format!("{at}/%F0%9F%8C%88"), format!("{at}/%F0%9F%8C%89"));
        let nothing = json!({});
        let (one, other) = tokio::join!(alice.send(Method::PUT, &hers, &nothing), bob.send(Method::PUT, &his, &nothing));
        let mut answers = [one.status.as_u16(), other.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [200, 422]);
        bob.send(Method::PUT, &format!("{at}/%F0%9F%8C%81"), &json!({})).await.is(200);
        bob.send(Method::PUT, &format!("{at}/%F0%9F%8C%81"), &json!({})).await.is(200);
    }
}

coast_test! {
    async fn l11_a_report_goes_on_without_its_author_and_not_where_a_boundary_keeps_away(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice.browser).await;
        let rita = coast.peer.iri("open", "rita");
        let lena = coast.peer.iri("kept", "lena");
        let about = coast.alice.account.iri.to_string();
        for by in [&rita, &lena] {
            coast.brings(&peer::create(by, "1", "Nasty words", None, Some(&about))).await;
        }
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let other = coast.id_of(&format!("{lena}/statuses/1")).await.unwrap();
        let withheld = coast.peer.domain("kept");
        let rule = [("pattern", withheld.as_str()), ("stance", "withheld"), ("scope", "mine"), ("reason", "they quote everything")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        coast.alice.get(&format!("/report?status={post}")).await.is(200).shows("can get it as well");
        coast.alice.get(&format!("/report?status={other}")).await.is(200).shows("does not get it");
        for status in [post, other] {
            let author = app.get(&format!("/api/v1/statuses/{status}")).await.is(200).json()["account"]["id"].clone();
            let body = json!({ "account_id": author, "status_ids": [status.to_string()], "comment": "Nasty", "forward": true });
            let report = app.post("/api/v1/reports", body).await.is(200).json();
            assert_eq!(report["forwarded"], json!(status == post));
        }
        coast.is_idle().await;
        let got = coast.got("open", "Flag");
        assert_eq!(got.len(), 1);
        assert_eq!(got[0]["object"], json!([rita, format!("{rita}/statuses/1")]));
        assert_eq!(got[0]["content"], "Nasty");
        assert!(got[0]["actor"].as_str().unwrap().ends_with("/actor"));
        assert!(!got[0].to_string().contains("alice"), "who reports is not told");
        assert!(coast.got("kept", "Flag").is_empty());
    }

    async fn l11_a_report_goes_to_the_servers_that_are_named_and_no_others(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice.browser).await;
        let (rita, lena) = (coast.peer.iri("open", "rita"), coast.peer.iri("kept", "lena"));
        let about = coast.alice.account.iri.to_string();
        let said = format!("{lena}/statuses/1");
        coast.brings(&peer::create(&lena, "1", "Good morning", None, Some(&about))).await;
        coast.brings(&peer::create(&rita, "1", "Nasty words", Some(&said), Some(&about))).await;
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let author = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json()["account"]["id"].clone();
        let (open, kept) = (coast.peer.domain("open"), coast.peer.domain("kept"));
        let report = |forward: bool, servers: &[&str]| {
            json!({
                "account_id": author, "status_ids": [post.to_string()], "comment": "Nasty",
                "forward": forward, "forward_to_domains": servers,
            })
        };
        app.post("/api/v1/reports", report(true, &["not a server"])).await.is(422);
        // How many each has after it: who has no part in it gets nothing, however often they are named.
        for (forward, servers, at_open, at_kept) in [
            (false, vec![open.as_str(), kept.as_str()], 0, 0),
            (true, vec!["nobody.example"], 0, 0),
            (true, vec![kept.as_str()], 0, 1),
            (true, vec![open.as_str()], 1, 1),
            (true, vec![open.as_str(), kept.as_str(), "nobody.example"], 2, 2),
            (true, vec![], 3, 2),
        ] {
            let before = coast.got("open", "Flag").len() + coast.got("kept", "Flag").len();
            let told = app.post("/api/v1/reports", report(forward, &servers)).await.is(200).json();
            coast.is_idle().await;
            let got = (coast.got("open", "Flag").len(), coast.got("kept", "Flag").len());
            assert_eq!(got, (at_open, at_kept), "{forward} {servers:?}");
            assert_eq!(told["forwarded"], json!(got.0 + got.1 > before), "{forward} {servers:?}");
        }
        assert_eq!(coast.got("kept", "Flag")[0]["object"], json!([rita, format!("{rita}/statuses/1")]));
    }

    async fn what_is_done_to_somebody_elsewhere_is_written_down_and_closes_its_report(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice.browser).await;
        let mut marta = moderator(&coast.town, "marta").await;
        let mut desk = App::let_in_with(&coast.town, &mut marta.browser, MODERATES).await;
        let rita = coast.peer.iri("open", "rita");
        let about = coast.alice.account.iri.to_string();
        coast.brings(&peer::create(&rita, "1", "Nasty words", None, Some(&about))).await;
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let author = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json()["account"]["id"].clone();
        let body = json!({ "account_id": author, "status_ids": [post.to_string()], "comment": "Nasty" });
        let report = app.post("/api/v1/reports", body).await.is(200).json();
        let at = format!("/api/v1/admin/accounts/{}", author.as_str().unwrap());
        // What cannot be done is not written down, and closes nothing.
        let wrong = json!({ "type": "disable", "text": "Threats", "report_id": id(&report) });
        desk.post(&format!("{at}/action"), wrong).await.is(422);
        let community = coast.town.community();
        let number = author.as_str().unwrap().parse().unwrap();
        assert!(comity::moderation::acts(&coast.town.app, &community, number).await.unwrap().is_empty());
        let told = desk.get(&format!("/api/v1/admin/reports/{}", id(&report))).await.is(200).json();
        assert_eq!(told["action_taken"], false);
        let act = json!({ "type": "suspend", "text": "Threats", "report_id": id(&report) });
        desk.post(&format!("{at}/action"), act).await.is(200);
        let told = desk.get(&format!("/api/v1/admin/reports/{}", id(&report))).await.is(200).json();
        assert_eq!((&told["action_taken"], &told["action_taken_by_account"]["username"]), (&json!(true), &json!("marta")));
        assert_eq!(desk.get(&at).await.is(200).json()["suspended"], true);
        assert_eq!(desk.post(&format!("{at}/unsuspend"), json!({})).await.is(200).json()["suspended"], false);
        let acts = comity::moderation::acts(&coast.town.app, &community, number).await.unwrap();
        let words: Vec<&str> = acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(words, ["lift", "suspend"]);
    }

    async fn l56_reports_of_others_come_before_moderators_unless_a_rule_says_no(coast) {
        let mut marta = moderator(&coast.town, "marta").await;
        let open = coast.town.post(&mut coast.alice, "Said in public", "public").await;
        let own = coast.town.post(&mut coast.alice, "Said among friends", "private").await;
        let iri = |id: i64| format!("{}/statuses/{id}", coast.alice.account.iri);
        let (open, own) = (iri(open.id), iri(own.id));
        coast.flags("open", "1", &[&open, &own]).await;
        coast.flags("open", "1", &[&open, &own]).await;
        let queue = marta.get("/moderation/reports").await.is(200).shows("number 1").shows("From another server");
        assert_eq!(queue.body.matches("number 1").count(), 1);
        let number = queue.number_after("/moderation/reports/").unwrap();
        marta.get(&format!("/moderation/reports/{number}")).await.is(200)
            .shows("Said in public").shows("was not for the server that reports").hides("Said among friends").hides("<b>this</b>");
        coast.alice.get("/notifications").await.is(200).hides("reported");
        let host = coast.peer.domain("open");
        let rule = [("pattern", host.as_str()), ("stance", "open"), ("conditions", "reports"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        coast.flags("open", "2", &[&open]).await;
        marta.get("/moderation/reports").await.is(200).hides("number 2");
        // Of a server that reports without end, no more is looked at in a day.
        for number in 3..54 {
            coast.flags("kept", &number.to_string(), &[]).await;
        }
        let mut desk = App::let_in_with(&coast.town, &mut marta.browser, MODERATES).await;
        let all = desk.get("/api/v1/admin/reports?limit=200").await.is(200).json();
        assert_eq!(all.as_array().unwrap().len(), 51);
    }
}
