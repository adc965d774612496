//! Whom the moderators of a community limit, or whose files they mark: members of their own, and people elsewhere.

use comity::communities::{Settings, change_settings};
use comity::members::Role;
use comity::rules;
use comity_policy::{Conditions, Mode, Rule, Stance};
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::coast::Coast;
use crate::peer;
use crate::town::{Member, Town};
use crate::{post_test, town_test};

const MODERATES: &str = "read write admin:read admin:write";
const LOCAL: &str = "/api/v1/timelines/public?local=true";

async fn moderator(town: &Town, name: &str) -> Member {
    town.member_of(&town.community(), name, Role::Moderator)
        .await
}

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one["username"].as_str().unwrap()).collect()
}

impl Coast {
    /// Rita, elsewhere, names alice in public; the number of what she wrote, if it was taken in.
    async fn rita_brings(&self, number: &str) -> Option<i64> {
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let said = peer::create(&rita, number, "A gull", None, Some(&alice)).to_string();
        self.signed(&rita, Method::POST, "/inbox", &said).await;
        self.is_idle().await;
        self.id_of(&format!("{rita}/statuses/{number}")).await
    }

    /// The community's rules in force.
    fn rules(&self) -> Vec<Rule> {
        let scope = rules::of_community(&self.town.community());
        rules::in_force(&self.town.app, scope)
    }
}

town_test! {
    async fn that_a_member_is_marked_is_no_boundary_that_others_are_told(town) {
        let (alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut marta = moderator(&town, "marta").await;
        let mark = [("action", "mark"), ("reason", "Gulls"), ("back", "/community")];
        marta.post(&format!("/moderation/accounts/{}", alice.account.id), &mark).await.is(303);
        let why = "/why?about=%40alice%40harbour.example";
        marta.get(why).await.is(200).shows("(mark sensitive)");
        bob.get(why).await.is(200).shows("Nothing stands against it").hides("mark sensitive").hides("Gulls");
        town.anonymous().get(why).await.is(200).hides("mark sensitive").hides("Gulls");
    }

    async fn a_limited_member_is_out_of_sight_until_it_is_undone(town) {
        let mut bob = town.member("bob").await;
        let mut app = App::let_in(&town, &mut bob).await;
        let (mut alice, mut carol) = (App::of(&town, "alice").await, App::of(&town, "carol").await);
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let his = app.me().await;
        alice.post(&format!("/api/v1/accounts/{his}/follow"), json!({})).await.is(200);
        let post = app.write(json!({ "status": "Low water", "visibility": "public" })).await;
        let at = format!("/api/v1/admin/accounts/{his}");
        assert_eq!(carol.get(LOCAL).await.is(200).json()[0]["id"], post["id"]);
        desk.post(&format!("{at}/unsilence"), json!({})).await.is(422);

        desk.post(&format!("{at}/action"), json!({ "type": "silence", "text": "Too loud" })).await.is(200);
        let told = desk.get(&at).await.is(200).json();
        assert_eq!((&told["silenced"], &told["sensitized"], &told["disabled"]), (&json!(true), &json!(false), &json!(false)));
        for app in [&mut alice, &mut carol] {
            assert_eq!(app.get(LOCAL).await.is(200).json(), json!([]), "no public place has them");
        }
        let home = alice.get("/api/v1/timelines/home").await.is(200).json();
        assert_eq!(home[0]["id"], post["id"], "whoever follows them asked for it");
        carol.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200);
        town.anonymous().get(&format!("/@bob/{}", id(&post))).await.is(404);
        town.anonymous().get("/.well-known/webfinger?resource=acct:bob@harbour.example").await.is(200);
        assert_eq!(app.get(LOCAL).await.is(200).json()[0]["id"], post["id"], "what is theirs is theirs to see");
        let hers = carol.me().await;
        let asked = app.post(&format!("/api/v1/accounts/{hers}/follow"), json!({})).await.is(200).json();
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));

        let bells = app.get("/api/v1/notifications").await.is(200).json();
        let mut bells = bells.as_array().unwrap().iter();
        let bell = bells.find(|bell| bell["type"] == "moderation_warning").unwrap();
        let warning = &bell["moderation_warning"];
        assert_eq!((&warning["action"], &warning["text"]), (&json!("silence"), &json!("Too loud")));
        bob.get("/notifications").await.is(200).shows("You are limited").shows("Too loud");
        marta.get("/moderation/record").await.is(200).shows("limited:").shows("Too loud");
        let page = format!("/moderation/accounts/{his}");
        marta.get(&page).await.is(200).shows("They are met so now: limited").shows("Too loud");
        bob.get(&page).await.is(404);
        // It is no boundary that others read of.
        town.anonymous().get("/about/boundaries.json").await.is(200).hides("bob");
        town.member("dora").await.get("/boundaries").await.is(200).hides("/users/bob");
        let listed = desk.get("/api/v2/admin/accounts?status=silenced").await.is(200).json();
        assert_eq!(names(&listed), ["bob"]);

        // Freezing them and letting them in again leaves it as it is.
        for act in ["action", "enable"] {
            desk.post(&format!("{at}/{act}"), json!({ "type": "disable" })).await.is(200);
        }
        assert_eq!(desk.get(&at).await.json()["silenced"], true);
        assert_eq!(desk.post(&format!("{at}/unsilence"), json!({})).await.is(200).json()["silenced"], false);
        assert_eq!(carol.get(LOCAL).await.is(200).json()[0]["id"], post["id"]);
        town.anonymous().get(&format!("/@bob/{}", id(&post))).await.is(200);
        let listed = desk.get("/api/v1/admin/accounts?silenced=true").await.is(200).json();
        assert_eq!(listed, json!([]));
    }

    async fn on_the_page_each_decision_is_undone_by_itself_or_with_the_others(town) {
        let bob = town.member("bob").await;
        let mut marta = moderator(&town, "marta").await;
        let page = format!("/moderation/accounts/{}", bob.account.id);
        let act = |action: &'static str| [("action", action), ("reason", "Spam"), ("back", "/community")];
        for action in ["limit", "mark", "freeze"] {
            marta.post(&page, &act(action)).await.is(303);
        }
        marta.get(&page).await.is(200).shows("They are met so now: cannot sign in, limited, files covered");
        marta.post(&page, &act("unmark")).await.is(303);
        marta.post(&page, &act("unmark")).await.is(422);
        marta.get(&page).await.is(200).shows("They are met so now: cannot sign in, limited.");
        marta.post(&page, &act("lift")).await.is(303);
        marta.get(&page).await.is(200).shows("Nothing is decided about them now");
        // Whoever looks after the community is not limited by an equal.
        let mona = moderator(&town, "mona").await.account.id;
        marta.post(&format!("/moderation/accounts/{mona}"), &act("limit")).await.is(403);
    }

    async fn accounts_are_chosen_by_every_word_or_the_word_is_refused(town) {
        let (mut alice, mut bob) = (App::of(&town, "alice").await, App::of(&town, "bob").await);
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let named = json!({ "display_name": "Bosun" });
        bob.send(Method::PATCH, "/api/v1/accounts/update_credentials", &named).await.is(200);
        let mark = format!("/api/v1/admin/accounts/{}/action", alice.me().await);
        desk.post(&mark, json!({ "type": "sensitive" })).await.is(200);
        let mine = desk.me().await;
        for (asked, found) in [
            ("v2/admin/accounts?permissions=staff", vec!["marta"]),
            ("v1/admin/accounts?staff=true", vec!["marta"]),
            ("v2/admin/accounts?role_ids[]=-99", vec!["bob", "alice"]),
            ("v2/admin/accounts?role_ids[]=77", vec![]),
            ("v2/admin/accounts?display_name=bos", vec!["bob"]),
            ("v2/admin/accounts?username=AL", vec!["alice"]),
            ("v2/admin/accounts?email=bob%40mail.example", vec!["bob"]),
            ("v2/admin/accounts?status=sensitized", vec!["alice"]),
            ("v1/admin/accounts?sensitized=true&username=bob", vec![]),
            ("v2/admin/accounts?status=active&origin=local", vec!["marta", "bob", "alice"]),
            ("v2/admin/accounts?origin=remote&status=silenced", vec![]),
            ("v2/admin/accounts?origin=remote&status=active", vec![]),
            ("v2/admin/accounts?origin=remote&permissions=staff", vec![]),
            ("v2/admin/accounts?by_domain=island.example", vec![]),
            ("v2/admin/accounts?ip=&origin=&status=", vec!["marta", "bob", "alice"]),
        ] {
            let list = desk.get(&format!("/api/{asked}")).await.is(200).json();
            assert_eq!(names(&list), found, "{asked}");
        }
        let invited = format!("/api/v2/admin/accounts?invited_by={mine}");
        assert_eq!(desk.get(&invited).await.is(200).json(), json!([]));
        for wrong in [
            "accounts?ip=192.0.2.1",
            "accounts?origin=mars",
            "accounts?status=sleepy",
            "accounts?permissions=everything",
            "accounts?origin=local&by_domain=island.example",
            "accounts?status=pending&invited_by=7",
            "reports?by_target_domain=two%20words",
        ] {
            desk.get(&format!("/api/v1/admin/{wrong}")).await.is(422);
        }
        let block = json!({ "domain": "spam.example", "severity": "suspend", "obfuscate": true });
        desk.post("/api/v1/admin/domain_blocks", block).await.is(422);
        // Nothing is written in advance.
        let preset = json!({ "type": "none", "warning_preset_id": "3" });
        desk.post(&mark, preset).await.is(404);
        // By where those live who are reported.
        let his = bob.me().await;
        let report = alice.post("/api/v1/reports", json!({ "account_id": his })).await.is(200).json();
        let here = desk.get("/api/v1/admin/reports?by_target_domain=harbour.example").await.is(200).json();
        assert_eq!(here[0]["id"], report["id"]);
        let all = desk.get("/api/v1/admin/reports?resolved=true&unresolved=true").await.is(200).json();
        assert_eq!(all[0]["id"], report["id"]);
        for none in ["by_target_domain=island.example", "unresolved=false", "resolved=true"] {
            assert_eq!(desk.get(&format!("/api/v1/admin/reports?{none}")).await.is(200).json(), json!([]), "{none}");
        }
    }
}

coast_test! {
    async fn the_files_of_a_marked_member_are_covered_everywhere(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let mut bob = App::let_in(&coast.town, &mut coast.bob).await;
        let mut marta = moderator(&coast.town, "marta").await;
        let mut desk = App::let_in_with(&coast.town, &mut marta, MODERATES).await;
        let at = format!("/api/v1/admin/accounts/{}", app.me().await);
        let before = app.write(json!({ "status": "A tern", "visibility": "public" })).await;
        desk.post(&format!("{at}/action"), json!({ "type": "sensitive" })).await.is(200);
        assert_eq!(desk.get(&at).await.is(200).json()["sensitized"], true);
        let post = app.write(json!({ "status": "A gull", "visibility": "public" })).await;
        assert_eq!(post["sensitive"], false, "to themself it is as they wrote it");
        for post in [&before, &post] {
            let seen = bob.get(&format!("/api/v1/statuses/{}", id(post))).await.is(200).json();
            assert_eq!(seen["sensitive"], true);
        }
        coast.is_idle().await;
        let sent = coast.got("open", "Create");
        let gull = sent.iter().find(|sent| sent["object"]["content"].as_str().unwrap().contains("A gull"));
        assert_eq!(gull.unwrap()["object"]["sensitive"], true);
        assert_eq!(desk.post(&format!("{at}/unsensitive"), json!({})).await.is(200).json()["sensitized"], false);
        desk.post(&format!("{at}/unsensitive"), json!({})).await.is(422);
        let seen = bob.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200).json();
        assert_eq!(seen["sensitive"], false);
    }

    async fn somebody_elsewhere_is_marked_and_limited_by_their_account_and_each_is_undone(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let mut marta = moderator(&coast.town, "marta").await;
        let mut desk = App::let_in_with(&coast.town, &mut marta, MODERATES).await;
        let path = format!("/api/v1/statuses/{}", coast.rita_brings("1").await.unwrap());
        let seen = app.get(&path).await.is(200).json();
        assert_eq!(seen["sensitive"], false);
        let at = format!("/api/v1/admin/accounts/{}", id(&seen["account"]));
        desk.post(&format!("{at}/unsensitive"), json!({})).await.is(422);

        desk.post(&format!("{at}/action"), json!({ "type": "sensitive", "text": "Gulls" })).await.is(200);
        let told = desk.get(&at).await.is(200).json();
        assert_eq!((&told["sensitized"], &told["silenced"], &told["suspended"]), (&json!(true), &json!(false), &json!(false)));
        assert_eq!(app.get(&path).await.is(200).json()["sensitive"], true);
        // Members are told that it adds and how; visitors hear of rules with a reason for everybody.
        let rita = coast.peer.iri("open", "rita");
        coast.bob.get(&format!("/why?about={rita}")).await.is(200)
            .shows("as is decided otherwise, and adds to it (mark sensitive)").shows("unchanged").hides("Gulls");
        coast.bob.get("/about/boundaries.json").await.is(200).hides("rita");

        // Limited besides, and limited no more: the mark stays until it is undone as well.
        desk.post(&format!("{at}/action"), json!({ "type": "silence", "text": "Too loud" })).await.is(200);
        let told = desk.get(&at).await.is(200).json();
        assert_eq!((&told["sensitized"], &told["silenced"]), (&json!(true), &json!(true)));
        let told = desk.post(&format!("{at}/unsilence"), json!({})).await.is(200).json();
        assert_eq!((&told["sensitized"], &told["silenced"]), (&json!(true), &json!(false)));
        let listed = desk.get("/api/v2/admin/accounts?origin=remote&status=sensitized").await.is(200).json();
        assert_eq!(names(&listed), ["rita"]);
        let told = desk.post(&format!("{at}/unsensitive"), json!({})).await.is(200).json();
        assert_eq!(told["sensitized"], false);
        assert_eq!(app.get(&path).await.is(200).json()["sensitive"], false);
        assert!(coast.rules().is_empty(), "nothing is left: {:?}", coast.rules());
    }

    async fn a_mark_lets_nobody_in_with_whom_the_community_does_not_talk(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let mut marta = moderator(&coast.town, "marta").await;
        let path = format!("/api/v1/statuses/{}", coast.rita_brings("1").await.unwrap());
        let author = app.get(&path).await.is(200).json()["account"].clone();
        let here = coast.town.community();
        let settings = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        let page = format!("/moderation/accounts/{}", id(&author));
        let act = |action: &'static str| [("action", action), ("reason", "Gulls"), ("back", "/community")];
        marta.post(&page, &act("mark")).await.is(303);
        marta.get(&page).await.is(200).shows("They are met so now: files covered");
        assert!(coast.rita_brings("2").await.is_none(), "by choice, and nobody chose her");

        // Who is let in by name stays let in, with the mark and without it.
        let rita = coast.peer.iri("open", "rita");
        let open = [("pattern", rita.as_str()), ("stance", "open"), ("scope", "community"), ("reason", "We know her")];
        marta.post("/boundaries", &open).await.leads("/boundaries");
        assert!(coast.rita_brings("3").await.is_some());
        for (action, added) in [("mark", Conditions::MARK_SENSITIVE), ("unmark", Conditions::NONE)] {
            marta.post(&page, &act(action)).await.is(303);
            let rules = coast.rules();
            assert_eq!((rules.len(), rules[0].stance, rules[0].conditions), (1, Stance::Open, added), "{action}");
            assert_eq!(rules[0].reason_public.as_deref(), Some("We know her"));
        }
        assert!(coast.rita_brings("4").await.is_some());
    }
}

post_test! {
    async fn a_member_gets_a_letter_of_what_was_decided_unless_the_app_says_no(town, post) {
        let bob = town.member("bob").await;
        let mut marta = moderator(&town, "marta").await;
        let mut desk = App::let_in_with(&town, &mut marta, MODERATES).await;
        let act = format!("/api/v1/admin/accounts/{}/action", bob.account.id);
        desk.post(&act, json!({ "type": "silence", "text": "Too loud" })).await.is(200);
        let came = post.next().await;
        assert_eq!(came.to, "bob@mail.example");
        assert!(came.text().contains("Too loud"), "{}", came.whole);
        desk.post(&act, json!({ "type": "sensitive", "text": "Gulls", "send_email_notification": false })).await.is(200);
        desk.post(&act, json!({ "type": "none", "text": "A last word" })).await.is(200);
        let came = post.next().await;
        assert!(came.text().contains("A last word"), "{}", came.whole);
    }
}
