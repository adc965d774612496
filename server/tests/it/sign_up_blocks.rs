//! Who does not simply join: by a moderator's app, by the page, and at the door.

use comity::communities::{self, Settings, SignUp};
use comity::members::Role;
use comity::sign_up_blocks::command::{SignUpBlockCommand, command};
use comity::sign_up_blocks::{self, Kind, NewBlock, Severity};
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::town::{Answer, Member, PASSWORD, Town};
use crate::town_test;

const MODERATES: &str = "read write admin:read admin:write";
/// As far as the tests' requests are concerned, all of them come from this machine.
const HERE: &str = "127.0.0.0/8";

async fn open(town: &Town) {
    let community = town.community();
    let settings = Settings {
        sign_up: SignUp::Open,
        ..Settings::of(&community)
    };
    let changed = communities::change_settings(&town.app, community.id, settings).await;
    changed.unwrap();
}

async fn moderator(town: &Town) -> Member {
    let here = town.community();
    town.member_of(&here, "mona", Role::Moderator).await
}

async fn joins(town: &Town, name: &str, email: &str) -> Answer {
    let form = [("username", name), ("email", email), ("password", PASSWORD)];
    town.anonymous().post("/sign-up", &form).await
}

town_test! {
    async fn a_provider_or_an_address_is_not_taken(town) {
        open(&town).await;
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let providers = "/api/v1/admin/email_domain_blocks";
        let made = desk.post(providers, json!({ "domain": "@Throwaway.example" })).await.is(200).json();
        assert_eq!((&made["domain"], &made["allow_with_approval"]), (&json!("throwaway.example"), &json!(false)));
        desk.post(providers, json!({ "domain": "throwaway.example" })).await.is(422);
        desk.post(providers, json!({ "domain": "no domain" })).await.is(422);
        assert_eq!(desk.get(providers).await.is(200).json()[0], made);
        let at = format!("{providers}/{}", id(&made));
        assert_eq!(desk.get(&at).await.is(200).json(), made);

        joins(&town, "nina", "nina@in.throwaway.example").await.is(422).shows("one of another provider");
        joins(&town, "nina", "nina@notthrowaway.example").await.is(303);
        // Nor can a member change to it.
        let mut carol = town.member("carol").await;
        let change = [("password", PASSWORD), ("email", "carol@throwaway.example")];
        carol.post("/settings/email", &change).await.is(422).shows("one of another provider");

        let emails = "/api/v1/admin/canonical_email_blocks";
        let one = desk.post(emails, json!({ "email": "Trouble.Maker+x@mail.example" })).await.is(200).json();
        assert!(!one.to_string().to_lowercase().contains("trouble"), "{one}");
        let test = json!({ "email": "troublemaker@mail.example" });
        assert_eq!(desk.post(&format!("{emails}/test"), test).await.is(200).json()[0], one);
        let test = json!({ "email": "peacemaker@mail.example" });
        assert_eq!(desk.post(&format!("{emails}/test"), test).await.is(200).json(), json!([]));
        desk.post(emails, json!({ "canonical_email_hash": "abc" })).await.is(422);
        joins(&town, "otto", "trouble.maker@mail.example").await.is(422).shows("write to the moderators");

        // One list does not answer for another, and nobody else is told of any.
        desk.get(&format!("{emails}/{}", id(&made))).await.is(404);
        desk.send(Method::DELETE, &format!("{emails}/{}", id(&made)), &Value::Null).await.is(404);
        let mut curious = App::let_in_with(&town, &mut carol, MODERATES).await;
        curious.get(providers).await.is(403);
        curious.send(Method::DELETE, &at, &Value::Null).await.is(403);
        let island = town.found("island.example", "Island").await;
        let mut olga = town.member_of(&island, "olga", Role::Admin).await;
        olga.get("/sign-ups/blocks").await.is(200).hides("throwaway");
        town.visitor_of(&island).get("/sign-ups/blocks").await.is(303);
        carol.get("/sign-ups/blocks").await.is(404);

        desk.send(Method::DELETE, &at, &Value::Null).await.is(200);
        desk.get(&at).await.is(404);
        joins(&town, "pia", "pia@in.throwaway.example").await.is(303);
    }

    async fn a_network_waits_for_a_yes_or_stays_outside(town) {
        open(&town).await;
        let mut mona = moderator(&town).await;
        let mut desk = App::let_in_with(&town, &mut mona, MODERATES).await;
        let networks = "/api/v1/admin/ip_blocks";
        for wrong in [
            json!({ "severity": "no_access" }),
            json!({ "ip": HERE }),
            json!({ "ip": "127.0.0", "severity": "no_access" }),
            json!({ "ip": HERE, "severity": "everything" }),
            json!({ "ip": HERE, "severity": "no_access", "expires_in": 0 }),
            json!({ "ip": "0.0.0.0/0", "severity": "no_access" }),
            json!({ "ip": HERE, "severity": "no_access", "comment": "x".repeat(1_001) }),
        ] {
            desk.post(networks, wrong).await.is(422);
        }
        let block = json!({ "ip": "127.1.2.3/8", "severity": "sign_up_requires_approval", "comment": "A wave", "expires_in": 3600 });
        let made = desk.post(networks, block).await.is(200).json();
        assert_eq!((&made["ip"], &made["comment"]), (&json!(HERE), &json!("A wave")));
        assert!(made["expires_at"].is_string());
        joins(&town, "nina", "nina@mail.example").await.is(303);
        town.anonymous().get("/@nina").await.is(404);

        // The queue, by an app.
        let waiting = desk.get("/api/v2/admin/accounts?status=pending").await.is(200).json();
        assert_eq!((&waiting[0]["username"], &waiting[0]["approved"]), (&json!("nina"), &json!(false)));
        let at = format!("/api/v1/admin/accounts/{}", id(&waiting[0]));
        assert_eq!(desk.get(&at).await.is(200).json()["email"], "nina@mail.example");
        let mut carol = town.member("carol").await;
        let mut curious = App::let_in_with(&town, &mut carol, MODERATES).await;
        curious.post(&format!("{at}/approve"), json!({})).await.is(403);
        let told = desk.post(&format!("{at}/approve"), json!({})).await.is(200).json();
        assert_eq!((&told["approved"], &told["account"]["username"]), (&json!(true), &json!("nina")));
        town.anonymous().get("/@nina").await.is(200);
        desk.post(&format!("{at}/approve"), json!({})).await.is(404);
        joins(&town, "otto", "otto@mail.example").await.is(303);
        let waiting = desk.get("/api/v1/admin/accounts?pending=true").await.is(200).json();
        let at = format!("/api/v1/admin/accounts/{}/reject", id(&waiting[0]));
        desk.post(&at, json!({})).await.is(200);
        assert_eq!(desk.get("/api/v1/admin/accounts?pending=true").await.json(), json!([]));

        let at = format!("{networks}/{}", id(&made));
        let shut = desk.send(Method::PUT, &at, &json!({ "severity": "sign_up_block" })).await.is(200).json();
        assert_eq!((&shut["severity"], &shut["comment"]), (&json!("sign_up_block"), &json!("A wave")));
        joins(&town, "pia", "pia@mail.example").await.is(422).shows("Nobody joins from your network");
        let sign_in = [("name", "carol"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &sign_in).await.is(303);
        // Whoever sets it would be outside too.
        let shuts_out = json!({ "severity": "no_access" });
        let refused = desk.send(Method::PUT, &at, &shuts_out).await.is(422);
        assert!(refused.body.contains("would shut you out: you are at 127.0.0.1"), "{}", refused.body);
        desk.post(networks, json!({ "ip": "127.0.0.1", "severity": "no_access" })).await.is(422);
        desk.post(networks, json!({ "ip": "::ffff:127.0.0.1", "severity": "no_access" })).await.is(422);
        let form = [("what", "127.0.0.1"), ("severity", "everything"), ("days", ""), ("comment", "Kept")];
        mona.post("/sign-ups/blocks", &form).await.is(422).shows("This would shut you out").shows("Kept");
        assert_eq!(desk.get(networks).await.is(200).json()[0]["severity"], "sign_up_block");
        town.anonymous().post("/sign-in", &sign_in).await.is(303);
        // From elsewhere it can be set, and other networks from here.
        desk.post(networks, json!({ "ip": "192.0.2.0/24", "severity": "no_access" })).await.is(200);
        let here = town.community();
        let mut block = sign_up_blocks::find(&town.app, &here, Kind::Network, id(&made).parse().unwrap()).await.unwrap();
        block.severity = Severity::Everything;
        sign_up_blocks::change(&town.app, &here, "192.0.3.1".parse().unwrap(), &block).await.unwrap();
        town.anonymous().post("/sign-in", &sign_in).await.is(422).shows("Nobody signs in");
        // It ends by itself.
        town.wait_s(3_601);
        town.anonymous().post("/sign-in", &sign_in).await.is(303);
        let left = desk.get(networks).await.is(200).json();
        assert_eq!((left.as_array().unwrap().len(), &left[0]["ip"]), (1, &json!("192.0.2.0/24")));
    }

    async fn an_operator_lets_back_in_whom_a_block_shut_out(town) {
        let here = town.community();
        let mona = moderator(&town).await;
        let list = || command(&town.app, SignUpBlockCommand::List { community: None });
        assert!(list().await.unwrap().contains("blocks no sign-ups"));
        let new = NewBlock {
            kind: Kind::Network,
            pattern: HERE.to_owned(),
            severity: Severity::Everything,
            comment: String::new(),
            expires_at: None,
        };
        let block = sign_up_blocks::add(&town.app, &here, &mona.account, "192.0.2.1".parse().unwrap(), new).await.unwrap();
        let sign_in = [("name", "mona"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &sign_in).await.is(422);
        let said = list().await.unwrap();
        for words in [block.id.to_string().as_str(), HERE, "nobody joins or signs in", "mona"] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        let remove = |number| command(&town.app, SignUpBlockCommand::Remove { number, community: None });
        let wrong = remove(block.id + 1).await.unwrap_err();
        assert!(wrong.to_string().contains("is no block of harbour.example"), "{wrong}");
        assert!(remove(block.id).await.unwrap().contains("blocked no more"));
        town.anonymous().post("/sign-in", &sign_in).await.is(303);
        assert!(list().await.unwrap().contains("blocks no sign-ups"));
    }

    async fn the_page_blocks_and_takes_back(town) {
        open(&town).await;
        let mut mona = moderator(&town).await;
        mona.get("/sign-ups").await.is(200).shows("Blocked sign-ups");
        mona.get("/sign-ups/blocks").await.is(200).shows("Nothing is blocked");
        for (what, severity, days, why) in [
            ("", "sign_up", "", "the part of an e-mail address"),
            ("x@", "sign_up", "", "no e-mail address"),
            ("mail.example", "everything", "", "suspend the member instead"),
            ("mail.example", "sign_up", "0", "from 1 to"),
            ("::/1", "sign_up", "", "close sign-ups instead"),
        ] {
            let form = [("what", what), ("severity", severity), ("days", days), ("comment", "Kept")];
            mona.post("/sign-ups/blocks", &form).await.is(422).shows(why).shows("Kept");
        }
        for what in ["mail.example", "her@post.example", "2001:db8::1/32"] {
            let form = [("what", what), ("severity", "sign_up"), ("days", "3"), ("comment", "A <b>wave</b>")];
            mona.post("/sign-ups/blocks", &form).await.leads("/sign-ups/blocks");
        }
        let page = mona.get("/sign-ups/blocks").await.is(200);
        let page = page.shows("E-mail addresses of mail.example").shows("The network 2001:db8::/32").shows("A &#60;b&#62;wave").shows("by @mona");
        let page = page.hides("<b>wave").hides("her@post.example");
        let newest = page.number_after("/sign-ups/blocks/").unwrap();
        mona.post(&format!("/sign-ups/blocks/{newest}/remove"), &[]).await.leads("/sign-ups/blocks");
        mona.get("/sign-ups/blocks").await.is(200).hides("2001:db8").shows("mail.example");
    }
}
