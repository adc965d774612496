//! One's own profile, as apps and the page change it: words, pictures, and what is shown to whom.

use comity::communities::{Invites, SignUp};
use comity::members::Role;
use comity_vocab::Visibility;
use http::Method;
use serde_json::{Value, json};

use crate::media::Sender;
use crate::media::files::{jpeg, part, png};
use crate::oauth::Registered;
use crate::sign_ups::{apply, set};
use crate::town::{Answer, Browser, Town};
use crate::town_test;

const CREDENTIALS: &str = "/api/v1/accounts/update_credentials";
const MULTIPART: &str = "multipart/form-data; boundary=form";

/// What looks after a community, by the numbers that Mastodon's `UserRole` gives its bits.
const LOOKS_AFTER: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 19];
const INVITES: u32 = 16;
const ADMINISTRATOR: u32 = 0;

/// As `permissions` tells these bits.
fn told(bits: &[u32]) -> String {
    let all = bits.iter().fold(0_u64, |all, bit| all | (1_u64 << bit));
    all.to_string()
}

fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(part(name, None, value.as_bytes()));
    }
    for (name, bytes) in files {
        body.extend(part(name, Some("me.png"), bytes));
    }
    body.extend(b"--form--\r\n");
    body
}

async fn change(sender: &mut Sender, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let body = form(fields, files);
    sender
        .ask(Method::PATCH, CREDENTIALS, MULTIPART, body)
        .await
}

async fn loads(town: &Town, url: &Value) -> Answer {
    let url = url.as_str().unwrap();
    let path = url.split_once("//").unwrap().1;
    let path = &path[path.find('/').unwrap()..];
    town.anonymous().get(path).await
}

fn size(bytes: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(bytes).unwrap();
    (picture.width(), picture.height())
}

town_test! {
    async fn a_form_that_holds_what_no_database_keeps_is_refused(town) {
        let mut alice = town.member("alice").await;
        alice.post("/settings/profile", &[("name", "Ali\0ce")]).await.is(422).shows("holds a character that cannot be kept");
        alice.post("/settings/profile", &[("name\0", "Alice")]).await.is(422).shows("holds a character that cannot be kept");
        let token = alice.get("/settings/profile").await.is(200).hidden("csrf").unwrap();
        let body = form(&[("csrf", token.as_str()), ("bio", "Low\0water")], &[]);
        let answer = alice.send_bytes(Method::POST, "/settings/profile", &[("content-type", MULTIPART)], body).await;
        answer.is(422).shows("holds a character that cannot be kept");
        town.anonymous().get("/@alice").await.is(200).hides("water");
    }

    async fn pictures_of_a_profile_are_cut_and_shown_and_taken_away(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let me = change(&mut alice, &[("avatar_description", "Me at sea")], &[("avatar", &jpeg(900, 600)), ("header", &png(3000, 800))])
            .await.is(200).json();
        assert_eq!(me["avatar_description"], "Me at sea");
        let avatar = loads(&town, &me["avatar"]).await.is(200);
        assert_eq!(size(&avatar.bytes), (400, 400));
        let header = loads(&town, &me["header"]).await.is(200);
        assert_eq!(size(&header.bytes), (1_500, 500));
        // A smaller one is cut and not blown up.
        let now = change(&mut alice, &[], &[("avatar", &png(90, 60))]).await.is(200).json();
        assert_eq!(size(&loads(&town, &now["avatar"]).await.is(200).bytes), (60, 60));
        assert_eq!((&now["header"], &now["avatar_description"]), (&me["header"], &json!("Me at sea")));
        // The one before is gone.
        loads(&town, &me["avatar"]).await.is(404);
        let page = town.anonymous().get("/@alice").await.is(200).shows("Me at sea");
        assert_eq!(page.body.matches("src=\"/media/").count(), 2, "{}", page.body);
        let gone = alice.ask(Method::DELETE, "/api/v1/profile/avatar", "text/plain", Vec::new()).await.is(200).json();
        assert!(gone["avatar"].as_str().unwrap().ends_with("/avatars/original/missing.png"));
        // What stands for it is there.
        assert_eq!(loads(&town, &gone["avatar"]).await.is(200).headers["content-type"], "image/png");
        assert_eq!(gone["avatar_description"], "");
        loads(&town, &now["avatar"]).await.is(404);
        loads(&town, &now["header"]).await.is(200);
        // Not of who is suspended, as long as they are.
        let mut ines = town.admin("ines").await;
        let act = format!("/moderation/accounts/{}", alice.member.account.id);
        ines.post(&act, &[("action", "suspend")]).await.is(303);
        loads(&town, &now["header"]).await.is(404);
        ines.post(&act, &[("action", "lift")]).await.is(303);
        loads(&town, &now["header"]).await.is(200);
        alice.comes_back(&town).await;
        alice.ask(Method::DELETE, "/api/v1/profile/header", "text/plain", Vec::new()).await.is(200);
        loads(&town, &now["header"]).await.is(404);
        let none = alice.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert_eq!(loads(&town, &none["header"]).await.is(200).headers["content-type"], "image/png");
    }

    async fn what_is_no_picture_is_told_by_its_field_and_changes_nothing(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let answer = change(&mut alice, &[("display_name", "Other")], &[("avatar", b"<svg/>")]).await.is(422).json();
        assert!(answer["error"].as_str().unwrap().contains("Avatar"), "{answer}");
        assert_eq!(answer["details"]["avatar"][0]["error"], "ERR_INVALID");
        let mut tell = async |fields: &[(&str, &str)], told: &str, code: &str| {
            let answer = change(&mut alice, fields, &[]).await.is(422).json();
            assert!(answer["error"].as_str().unwrap().contains(told), "{answer}");
            let field = fields[0].0.trim_end_matches("[]");
            let detail = &answer["details"][field][0];
            assert_eq!(detail["error"], code, "{answer}");
            assert!(detail["description"].as_str().unwrap().contains(told), "{answer}");
        };
        tell(&[("avatar", "data:image/png;base64,AAAA")], "must be sent as a file", "ERR_INVALID").await;
        tell(&[("attribution_domains[]", "no domain")], "which is no domain", "ERR_INVALID").await;
        tell(&[("attribution_domains[]", "com")], "anybody can have pages", "ERR_INVALID").await;
        tell(&[("display_name", &"x".repeat(101))], "is longer than 100 characters", "ERR_TOO_LONG").await;
        tell(&[("note", &"x".repeat(3_000))], "is longer than", "ERR_TOO_LONG").await;
        let line = [("fields_attributes[0][name]", "Boat"), ("fields_attributes[0][value]", &"@x@a.example ".repeat(300))];
        change(&mut alice, &line, &[]).await.is(422);
        let me = alice.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        assert_eq!((&me["roles"], &me["role"]["highlighted"]), (&json!([]), &json!(false)));
        assert_eq!(me["display_name"], "alice");
    }

    async fn who_looks_after_a_community_is_called_so(town) {
        let mut ada = town.admin("ada").await;
        let mut app = crate::kept::App::of(&town, &mut ada).await;
        let me = app.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        let roles = json!([{ "id": "3", "name": "Admin", "color": "" }]);
        assert_eq!((&me["roles"], &me["role"]["highlighted"]), (&roles, &json!(true)));
        // Apps look at single bits: the first, reports, and people.
        let may: u64 = me["role"]["permissions"].as_str().unwrap().parse().unwrap();
        assert_eq!(may & 0x411, 0x411);
        let mut bob = town.member("bob").await;
        let his = crate::kept::App::of(&town, &mut bob).await.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        let may: u64 = his["role"]["permissions"].as_str().unwrap().parse().unwrap();
        assert_eq!(may & !0x1_0000, 0, "a member looks after nothing");
        let seen = town.anonymous().get(&format!("/api/v1/accounts/{}", ada.account.id)).await.is(200).json();
        assert_eq!((&seen["roles"], &seen["role"]), (&roles, &Value::Null));
    }

    async fn a_role_tells_each_thing_that_it_lets_do_and_no_other(town) {
        let here = town.community();
        let mut apps = Vec::new();
        for (name, role) in [("bob", Role::Member), ("mona", Role::Moderator), ("ada", Role::Admin)] {
            let mut member = town.member_of(&here, name, role).await;
            apps.push(crate::kept::App::of(&town, &mut member).await);
        }
        let moderator = LOOKS_AFTER.to_vec();
        let admin = [&LOOKS_AFTER[..], &[ADMINISTRATOR]].concat();
        let inviting = |bits: &[u32]| told(&[bits, &[INVITES]].concat());
        for (sign_up, invites, wanted) in [
            (SignUp::Open, Invites::Members, [inviting(&[]), inviting(&moderator), inviting(&admin)]),
            (SignUp::Invitation, Invites::Moderators, [told(&[]), inviting(&moderator), inviting(&admin)]),
            // Where nobody joins, nobody invites.
            (SignUp::Closed, Invites::Members, [told(&[]), told(&moderator), told(&admin)]),
        ] {
            set(&town, sign_up, invites).await;
            for (app, may) in apps.iter_mut().zip(wanted) {
                let me = app.get("/api/v1/accounts/verify_credentials").await.is(200).json();
                assert_eq!(me["role"]["permissions"], may, "{sign_up:?}, {invites:?}: {}", me["username"]);
            }
        }
    }

    async fn who_has_no_role_has_mastodons_of_everybody(town) {
        set(&town, SignUp::Approval, Invites::Members).await;
        let mut alice = Sender::new(&town, "alice").await;
        let me = alice.get("/api/v1/accounts/verify_credentials").await.is(200).json();
        let mut role = json!({
            "id": "-99", "name": "", "color": "", "permissions": told(&[INVITES]), "highlighted": false, "collection_limit": 10,
        });
        assert_eq!((&me["role"], &me["roles"]), (&role, &json!([])));
        // Whoever waits to join is told of with the same, and may do nothing yet.
        apply(&mut town.anonymous(), &[("reason", "Boats")]).await;
        let mut ada = town.admin("ada").await;
        let mut desk = crate::clients::App::let_in_with(&town, &mut ada, "read write admin:read admin:write").await;
        let waiting = desk.get("/api/v2/admin/accounts?status=pending").await.is(200).json();
        role["permissions"] = json!("0");
        assert_eq!((&waiting[0]["username"], &waiting[0]["role"]), (&json!("nina"), &role));
    }

    async fn everything_that_apps_know_of_a_profile_is_kept(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let fields = [
            ("display_name", "Alice"), ("note", "Tides"), ("bot", "true"), ("locked", "true"), ("discoverable", "false"),
            ("indexable", "true"), ("hide_collections", "true"), ("fields_attributes[0][name]", "Ship"),
            ("fields_attributes[0][value]", "Heron"), ("fields_attributes[1][name]", "Port"), ("fields_attributes[1][value]", "Home"),
            ("source[sensitive]", "true"), ("source[privacy]", "unlisted"), ("source[language]", "de"), ("source[quote_policy]", "nobody"),
        ];
        let me = change(&mut alice, &fields, &[]).await.is(200).json();
        for (field, value) in [("bot", true), ("locked", true), ("discoverable", false), ("indexable", true), ("hide_collections", true)] {
            assert_eq!(me[field], value, "{field}");
        }
        assert_eq!((&me["fields"][0]["name"], &me["fields"][1]["value"]), (&json!("Ship"), &json!("Home")));
        let source = &me["source"];
        assert_eq!((&source["sensitive"], &source["privacy"], &source["language"]), (&json!(true), &json!("unlisted"), &json!("de")));
        assert_eq!(source["quote_policy"], "nobody");
        let own = alice.get("/api/v1/profile").await.is(200).json();
        assert_eq!((&own["note"], &own["avatar"], &own["indexable"]), (&json!("Tides"), &Value::Null, &json!(true)));
        let body = json!({ "note": "Ebb" }).to_string().into_bytes();
        let own = alice.ask(Method::PATCH, "/api/v1/profile", "application/json", body).await.is(200).json();
        assert_eq!((&own["note"], &own["bot"]), (&json!("Ebb"), &json!(true)));
        // masto.js sends a `PUT`, and as little in it.
        let body = json!({ "note": "Flow" }).to_string().into_bytes();
        let own = alice.ask(Method::PUT, "/api/v1/profile", "application/json", body).await.is(200).json();
        assert_eq!((&own["note"], &own["bot"]), (&json!("Flow"), &json!(true)));
        let preferences = alice.get("/api/v1/preferences").await.is(200).json();
        assert_eq!(preferences["posting:default:sensitive"], true);
        let body = json!({ "status": "Folded" }).to_string().into_bytes();
        let post = alice.ask(Method::POST, "/api/v1/statuses", "application/json", body).await.is(200).json();
        assert_eq!(post["sensitive"], true);
        // Her own app is told of; others are not, until she says so.
        assert!(post["application"]["name"].is_string());
        let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        assert_eq!(town.anonymous().get(&path).await.is(200).json()["application"], Value::Null);
        alice.member.post("/settings/writing", &[("answers", "everyone"), ("shows_app", "on")]).await.is(303);
        assert_eq!(town.anonymous().get(&path).await.is(200).json()["application"], post["application"]);
        let actor = town.account(alice.member.account.id).await;
        assert_eq!(actor.kind, comity_vocab::ActorKind::Service);
        // The page edits words; how a post is marked stays.
        change(&mut alice, &[("source[sensitive]", "false")], &[]).await.is(200);
        let edit = format!("/statuses/{}/edit", post["id"].as_str().unwrap());
        alice.member.post(&edit, &[("text", "Unfolded")]).await.is(303);
        assert_eq!(alice.get(&path).await.is(200).json()["sensitive"], true);
    }

    async fn what_a_profile_names_are_links_and_its_lines_lead_to_what_is_its_members(town) {
        let (mut alice, mut bob) = (Sender::new(&town, "alice").await, town.member("bob").await);
        let left = town.member("carol").await;
        comity::accounts::mark_gone(&town.app, &left.account).await.unwrap();
        let community = town.community();
        let (origin, host) = (&community.origin, &community.domain);
        let crew = format!("@Bob@{host}, @carol and @nobody, #boats");
        let fields = [
            ("note", "With @bob and @nobody on #Tides: https://a.example/"),
            ("fields_attributes[0][name]", "Page"), ("fields_attributes[0][value]", "https://alice.example/me"),
            ("fields_attributes[1][name]", "Crew"), ("fields_attributes[1][value]", crew.as_str()),
        ];
        let me = change(&mut alice, &fields, &[]).await.is(200).json();
        let person = |shown: &str| {
            let to = format!("<a href=\"{origin}/@bob\" class=\"u-url mention\">");
            format!("<span class=\"h-card\">{to}@<span>{shown}</span></a></span>")
        };
        let topic = |shown: &str| {
            let path = shown.to_lowercase();
            format!("<a href=\"{origin}/tags/{path}\" class=\"mention hashtag\" rel=\"tag\">#<span>{shown}</span></a>")
        };
        let note = me["note"].as_str().unwrap();
        let names = format!("<p>With {} and @nobody on {}: <a href=\"https://a.example/\" rel=\"nofollow ", person("bob"), topic("Tides"));
        assert!(note.starts_with(&names), "{note}");
        // Only a line says whose a page is.
        let page = me["fields"][0]["value"].as_str().unwrap();
        let own = "<a href=\"https://alice.example/me\" rel=\"me nofollow noopener noreferrer\">";
        assert!(page.starts_with(own), "{page}");
        let line = format!("{}, @carol and @nobody, {}", person(&format!("Bob@{host}")), topic("boats"));
        assert_eq!(me["fields"][1]["value"], line);
        let shown = town.anonymous().get("/@alice").await.is(200);
        for html in [own, names.as_str(), line.as_str()] {
            assert!(shown.body.contains(html), "{html} in {}", shown.body);
        }
        // They are edited as they were typed, and stay where something else is changed.
        assert_eq!(me["source"]["fields"][1]["value"], crew);
        let now = change(&mut alice, &[("display_name", "Alice")], &[]).await.is(200).json();
        assert_eq!((&now["note"], &now["fields"]), (&me["note"], &me["fields"]));
        bob.get("/notifications").await.is(200).shows("Nothing has happened yet");
    }

    async fn a_member_chooses_which_places_their_profile_has(town) {
        let (mut alice, mut bob) = (Sender::new(&town, "alice").await, town.member("bob").await);
        let (first, second) = (alice.picture().await, alice.picture().await);
        alice.publish(&town, "The ferry at noon", Visibility::Public, &[&first]).await.unwrap();
        alice.publish(&town, "No picture of the fog", Visibility::Public, &[]).await.unwrap();
        let asked = town.post(&mut bob, "Which boat is yours?", "public").await;
        let answer = json!({ "status": "The blue one", "in_reply_to_id": asked.id.to_string(), "media_ids": [second["id"]] });
        alice.ask(Method::POST, "/api/v1/statuses", "application/json", answer.to_string().into_bytes()).await.is(200);
        town.follow(&mut alice.member, &bob).await;
        let endorse = format!("/api/v1/accounts/{}/endorse", bob.account.id);
        alice.ask(Method::POST, &endorse, "application/json", b"{}".to_vec()).await.is(200);
        let topic = json!({ "name": "Tides" }).to_string().into_bytes();
        alice.ask(Method::POST, "/api/v1/featured_tags", "application/json", topic).await.is(200);

        let mut visitor = town.anonymous();
        let page = visitor.get("/@alice").await.is(200).shows("Media").shows("Featured").shows("Collections");
        assert!(page.body.contains("href=\"/@alice/featured\""), "{}", page.body);
        visitor.get("/@alice?media=yes").await.is(200).shows("The ferry at noon").shows("The blue one").hides("No picture of the fog");
        visitor.get("/@alice/featured").await.is(200).shows("#tides").shows("@bob");
        visitor.get("/@bob/featured").await.is(200).shows("recommends nothing");
        let own = alice.get("/api/v1/profile").await.is(200).json();
        for place in ["show_media", "show_media_replies", "show_featured"] {
            assert_eq!(own[place], true, "{place}");
        }
        assert_eq!((&own["featured_tags"][0]["name"], &own["featured_tags"][0]["statuses_count"]), (&json!("tides"), &json!("0")));

        let wish = json!({ "show_media_replies": false }).to_string().into_bytes();
        let own = alice.ask(Method::PATCH, "/api/v1/profile", "application/json", wish).await.is(200).json();
        assert_eq!((&own["show_media"], &own["show_media_replies"]), (&json!(true), &json!(false)));
        visitor.get("/@alice?media=yes").await.is(200).shows("The ferry at noon").hides("The blue one");

        let wish = json!({ "show_media": false, "show_featured": false }).to_string().into_bytes();
        alice.ask(Method::PATCH, "/api/v1/profile", "application/json", wish).await.is(200);
        visitor.get("/@alice").await.is(200).shows("The ferry at noon").hides("media=yes").hides("/@alice/featured").hides("/@alice/collections");
        visitor.get("/@alice?media=yes").await.is(404);
        visitor.get("/@alice/featured").await.is(404);
        // Her way to her collections stays, and nothing is taken back of what she wrote.
        let page = alice.member.get("/@alice").await.is(200).hides("media=yes");
        assert!(page.body.contains("href=\"/@alice/collections\""), "{}", page.body);
        let path = format!("/api/v1/accounts/{}", alice.member.account.id);
        let told = visitor.get(&path).await.is(200).json();
        assert_eq!((&told["show_media"], &told["show_media_replies"], &told["show_featured"]), (&json!(false), &json!(false), &json!(false)));
        let files = visitor.get(&format!("{path}/statuses?only_media=true")).await.is(200).json();
        assert_eq!(files.as_array().unwrap().len(), 2);

        // The page has a tick for each.
        alice.member.post("/settings/profile", &[("name", "Alice"), ("show_featured", "on")]).await.is(303);
        let own = alice.get("/api/v1/profile").await.is(200).json();
        assert_eq!((&own["show_media"], &own["show_featured"]), (&json!(false), &json!(true)));
        let page = alice.member.get("/settings/profile").await.is(200);
        assert!(page.body.contains("name=\"show_featured\" checked"), "{}", page.body);
        assert!(!page.body.contains("name=\"show_media\" checked"), "{}", page.body);
        // Where its name is changed by an app, the places stay.
        change(&mut alice, &[("display_name", "Al")], &[]).await.is(200);
        let own = alice.get("/api/v1/profile").await.is(200).json();
        assert_eq!((&own["display_name"], &own["show_media"], &own["show_featured"]), (&json!("Al"), &json!(false), &json!(true)));
    }

    async fn whom_somebody_follows_is_theirs_to_show(town) {
        let (mut alice, mut bob) = (Sender::new(&town, "alice").await, Sender::new(&town, "bob").await);
        let id = alice.member.account.id;
        town.follow(&mut bob.member, &alice.member).await;
        let path = format!("/api/v1/accounts/{id}/followers");
        assert_eq!(bob.get(&path).await.is(200).json().as_array().unwrap().len(), 1);
        let mut dora = Sender::new(&town, "dora").await;
        town.follow(&mut dora.member, &bob.member).await;
        let familiar = format!("/api/v1/accounts/familiar_followers?id[]={id}");
        assert_eq!(dora.get(&familiar).await.is(200).json()[0]["accounts"].as_array().unwrap().len(), 1);
        // Several at once, in the order they are asked for; who is not there is left out.
        let (his, hers) = (bob.member.account.id.to_string(), id.to_string());
        let all = dora.get(&format!("/api/v1/accounts/familiar_followers?id[]={his}&id[]=7&id[]={hers}")).await.is(200).json();
        assert_eq!((all.as_array().unwrap().len(), &all[0]["id"], &all[1]["id"]), (2, &json!(his), &json!(hers)));
        assert_eq!((&all[0]["accounts"], &all[1]["accounts"][0]["id"]), (&json!([]), &json!(his)));
        change(&mut alice, &[("hide_collections", "true")], &[]).await.is(200);
        assert_eq!(dora.get(&familiar).await.is(200).json()[0]["accounts"], json!([]));
        assert_eq!(bob.get(&path).await.is(200).json(), json!([]));
        assert_eq!(alice.get(&path).await.is(200).json().as_array().unwrap().len(), 1);
        let mut carol = town.member("carol").await;
        let page = carol.get("/@alice/followers").await.is(200);
        assert!(!page.body.contains("/@bob\""), "{}", page.body);
    }

    async fn the_page_takes_pictures_too(town) {
        let mut alice = town.member("alice").await;
        let page = alice.get("/settings/profile").await.is(200);
        let csrf = page.hidden("csrf").unwrap();
        let fields = [("csrf", csrf.as_str()), ("name", "Alice"), ("bio", ""), ("discoverable", "on"), ("avatar_description", "A boat")];
        let body = form(&fields, &[("avatar", &jpeg(500, 500))]);
        let headers = [("content-type", MULTIPART)];
        alice.send_bytes(Method::POST, "/settings/profile", &headers, body).await.is(303);
        let shown = alice.get("/@alice").await.is(200).shows("A boat");
        assert!(shown.body.contains("src=\"/media/"), "{}", shown.body);
        // Without the token nothing is taken.
        let body = form(&fields[1..], &[("avatar", &jpeg(50, 50))]);
        alice.send_bytes(Method::POST, "/settings/profile", &headers, body).await.is(403);
        let wrong = form(&fields, &[("avatar", b"no picture")]);
        let answer = alice.send_bytes(Method::POST, "/settings/profile", &headers, wrong).await.is(422);
        assert!(answer.body.contains("avatar-wrong"), "{}", answer.body);
        let gone = [("name", "Alice"), ("avatar_gone", "on")];
        alice.post("/settings/profile", &gone).await.is(303);
        let shown = alice.get("/@alice").await.is(200).hides("A boat");
        assert!(!shown.body.contains("/media/"), "{}", shown.body);
    }
}

coast_test! {
    async fn other_servers_are_told_of_pictures_and_of_what_one_wants(coast) {
        let mut app = Registered::new(&coast.town, "read write").await;
        let token = app.let_in(&mut coast.alice, "read write").await;
        let header = format!("Bearer {token}");
        let headers = [("authorization", header.as_str()), ("content-type", MULTIPART)];
        let fields = [("indexable", "true"), ("bot", "true"), ("avatar_description", "Me"), ("show_media", "false")];
        let body = form(&fields, &[("avatar", &jpeg(500, 500))]);
        send(&mut app.browser, &headers, body).await.is(200);
        coast.is_idle().await;
        let told = coast.got("open", "Update").pop().unwrap();
        let actor = &told["object"];
        assert_eq!((&actor["type"], &actor["indexable"]), (&json!("Service"), &json!(true)));
        let places = (&actor["showMedia"], &actor["showRepliesInMedia"], &actor["showFeatured"]);
        assert_eq!(places, (&json!(false), &json!(true), &json!(true)));
        assert_eq!((&actor["icon"]["type"], &actor["icon"]["summary"]), (&json!("Image"), &json!("Me")));
        loads(&coast.town, &actor["icon"]["url"]).await.is(200);
    }

    async fn other_servers_have_the_links_of_a_profile_and_none_is_asked_for_who_is_named(coast) {
        let open = coast.peer.domain("open");
        let mut app = crate::kept::App::of(&coast.town, &mut coast.alice).await;
        let page = format!("http://{open}/me");
        let changes = json!({
            "note": format!("With @rita@{open} and @zoe@{open} on #Tides"),
            "fields_attributes": [{ "name": "Page", "value": page }],
        });
        app.send(Method::PATCH, CREDENTIALS, &changes).await.is(200);
        coast.is_idle().await;
        let told = coast.got("open", "Update").pop().unwrap();
        let actor = &told["object"];
        let summary = actor["summary"].as_str().unwrap();
        let rita = coast.peer.iri("open", "rita");
        let zoe = format!("</span></a></span> and @zoe@{open} on <a href=\"{}/tags/tides\"", coast.town.community().origin);
        for html in [format!("<a href=\"{rita}\" class=\"u-url mention\">@<span>rita"), zoe] {
            assert!(summary.contains(&html), "{html} in {summary}");
        }
        let value = actor["attachment"][0]["value"].as_str().unwrap();
        assert!(value.starts_with(&format!("<a href=\"{page}\" rel=\"me nofollow noopener noreferrer\">")), "{value}");
        assert!(!told.to_string().contains("\"Mention\""), "{told}");
        let zoe = comity_vocab::Iri::parse(&coast.peer.iri("open", "zoe")).unwrap();
        let known = comity::accounts::find_by_iri(&coast.town.app, &zoe).await.unwrap();
        assert!(known.is_none(), "somebody was looked up");
    }

    async fn links_of_people_elsewhere_do_not_say_here_whose_pages_they_are(coast) {
        let open = coast.peer.domain("open");
        let mut actor = coast.peer.person("open", "rita");
        let link = "<a href=\"https://rita.example/\" rel=\"me nofollow\">rita.example</a>";
        actor["attachment"] = json!([{ "type": "PropertyValue", "name": "Page", "value": link }]);
        coast.peer.serves(&actor);
        coast.town.wait_s(60);
        let iri = coast.peer.iri("open", "rita");
        coast.brings(&json!({ "id": format!("{iri}#page"), "type": "Update", "actor": iri, "object": actor })).await;
        let page = coast.alice.get(&format!("/@rita@{open}")).await.is(200).shows("rita.example");
        assert!(page.body.contains("rel=\"nofollow noopener noreferrer ugc\""), "{}", page.body);
        assert!(!page.body.contains("rel=\"me"), "{}", page.body);
    }

    async fn profiles_of_people_elsewhere_have_the_places_that_they_want(coast) {
        let open = coast.peer.domain("open");
        let mut hers = crate::kept::App::of(&coast.town, &mut coast.alice).await;
        let path = format!("/api/v1/accounts/lookup?acct=rita@{open}");
        let rita = hers.get(&path).await.is(200).json();
        // Most say nothing of it.
        assert_eq!((&rita["show_media"], &rita["show_featured"]), (&json!(true), &json!(true)));
        let page = format!("/@rita@{open}");
        coast.alice.get(&page).await.is(200).shows("Media").hides("/featured");
        coast.alice.get(&format!("{page}?media=yes")).await.is(200);
        coast.town.wait_s(60);
        let mut actor = coast.peer.person("open", "rita");
        (actor["showMedia"], actor["showRepliesInMedia"]) = (json!(false), json!(false));
        coast.peer.serves(&actor);
        let iri = coast.peer.iri("open", "rita");
        coast.brings(&json!({ "id": format!("{iri}#places"), "type": "Update", "actor": iri, "object": actor })).await;
        let rita = hers.get(&path).await.is(200).json();
        assert_eq!((&rita["show_media"], &rita["show_media_replies"], &rita["show_featured"]), (&json!(false), &json!(false), &json!(true)));
        coast.alice.get(&page).await.is(200).hides("media=yes");
        coast.alice.get(&format!("{page}?media=yes")).await.is(404);
        coast.alice.get(&format!("{page}/featured")).await.is(404);
    }
}

async fn send(browser: &mut Browser, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    browser
        .send_bytes(Method::PATCH, CREDENTIALS, headers, body)
        .await
}
