//! Passkeys: a device signs its owner in, and nobody else.

mod device;

use comity::clock::DAY_MS;
use comity::members::command::MemberCommand;
use comity::members::{self, Role};
use comity_db::{Sql, params, sql};
use http::header::ACCEPT;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::clients::App;
use crate::second_step::turn_on;
use crate::town::{Answer, Browser, DOMAIN, Member, PASSWORD, Town};
use crate::{post_test, town_test};
use device::{Device, FLAGS, Fields, Secret};

const AT: &str = "/settings/passkeys";
const INSIDE: &str = "/settings/sessions";

fn origin() -> String {
    format!("https://{DOMAIN}")
}

/// What a device is asked to make, from the page that asks it.
fn to_make(page: &Answer) -> Value {
    let written = page.body.split("data-passkey-make=\"").nth(1).unwrap();
    let written = written.split('"').next().unwrap();
    let written = written.replace("&#34;", "\"").replace("&quot;", "\"");
    serde_json::from_str(&written).unwrap()
}

async fn send(browser: &mut Browser, path: &str, fields: &Fields) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    browser.post(path, &fields).await
}

async fn begin(member: &mut Member, name: &str) -> Answer {
    let form = [("name", name), ("password", PASSWORD)];
    member.post(&format!("{AT}/begin"), &form).await
}

/// Has this device make a passkey.
async fn add(member: &mut Member, name: &str, device: &mut Device) -> Answer {
    let page = begin(member, name).await.is(200);
    let mut fields = device.makes(&to_make(&page));
    fields.push(("name", name.to_owned()));
    send(member, AT, &fields).await
}

async fn with_passkey(member: &mut Member) -> Device {
    let mut device = Device::at(&origin(), Secret::p256());
    add(member, "Phone", &mut device).await.leads(AT);
    device
}

/// What this browser's device is asked to sign.
async fn asked(browser: &mut Browser) -> Answer {
    let page = browser.get("/sign-in").await.is(200);
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("csrf", &page.hidden("csrf").unwrap())
        .finish();
    let headers = [(ACCEPT.as_str(), "application/json")];
    browser
        .post_raw("/sign-in/passkey/challenge", &headers, &form)
        .await
}

/// Signs in; where the test stays within what may be tried.
async fn sign_in(town: &Town, browser: &mut Browser, device: &mut Device) -> Answer {
    town.wait_s(31);
    let asked = asked(browser).await.is(200).json();
    let mut fields = device.signs(&asked);
    fields.push(("next", INSIDE.to_owned()));
    send(browser, "/sign-in/passkey", &fields).await
}

async fn is_refused(town: &Town, device: &mut Device, why: &str) {
    let mut browser = town.anonymous();
    sign_in(town, &mut browser, device).await.is(422).shows(why);
    browser.get(INSIDE).await.is(303);
}

/// A member makes a passkey and signs in with it, and so does, in vain, somebody who has an older copy of it.
pub async fn is_copied(town: &Town, member: &mut Member, name: &str) -> Device {
    let mut device = Device::at(&town.community().origin, Secret::p256());
    device.counter = 5;
    add(member, name, &mut device).await.leads(AT);
    sign_in(town, &mut town.anonymous(), &mut device)
        .await
        .leads(INSIDE);
    // The copy counts from where it was taken.
    device.counter = 5;
    is_refused(town, &mut device, "may have been copied").await;
    device
}

/// So many browsers ask what to sign, the first of them to be answered by then.
const ASK: Sql = sql!(
    sqlite: "INSERT INTO passkey_challenges (holder_hash, challenge, account_id, expires_at)
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
             SELECT CAST(n AS BLOB), CAST('question' AS BLOB), NULL, CAST($2 AS BIGINT) + n
               FROM numbers",
    pg: "INSERT INTO passkey_challenges (holder_hash, challenge, account_id, expires_at)
         SELECT convert_to(CAST(n AS TEXT), 'UTF8'), convert_to('question', 'UTF8'), NULL, CAST($2 AS BIGINT) + n
           FROM generate_series(CAST(1 AS BIGINT), CAST($1 AS BIGINT)) AS numbers (n)",
);

const UNKNOWN: &str = "is not known here, or was removed";
const AGAIN: &str = "took too long, or was sent twice";

town_test! {
    async fn a_device_signs_in_without_a_password_and_without_a_code(town) {
        let mut alice = town.member("alice").await;
        alice.get(AT).await.is(200).shows("Make a passkey");
        let mut device = with_passkey(&mut alice).await;
        alice.get(AT).await.is(200).shows("Phone").shows("not used yet").shows("From now on it signs you in");
        crate::second_step::turn_on(&town, &mut alice).await;
        let mut browser = town.anonymous();
        sign_in(&town, &mut browser, &mut device).await.leads(INSIDE);
        browser.get(INSIDE).await.is(200);
        browser.get(AT).await.is(200).shows("last used 12:00");
        // The password and its second step are as they were.
        let form = [("name", "alice"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &form).await.is(200).shows("And a code");
    }

    async fn devices_sign_in_several_ways(town) {
        let mut alice = town.member("alice").await;
        for (name, secret) in [("Phone", Secret::p256()), ("Key", Secret::ed25519()), ("Old laptop", Secret::rsa())] {
            let mut device = Device::at(&origin(), secret);
            device.counter = if name == "Key" { 7 } else { 0 };
            add(&mut alice, name, &mut device).await.leads(AT);
            for _ in 0..2 {
                sign_in(&town, &mut town.anonymous(), &mut device).await.leads(INSIDE);
            }
        }
    }

    async fn a_question_is_answered_once_by_the_browser_that_asked(town) {
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        let mut browser = town.anonymous();
        let question = asked(&mut browser).await.is(200).json();
        let fields = device.signs(&question);
        // Another browser asked something else, or nothing.
        let mut other = town.anonymous();
        send(&mut other, "/sign-in/passkey", &fields).await.is(422).shows(AGAIN);
        asked(&mut other).await.is(200);
        send(&mut other, "/sign-in/passkey", &fields).await.is(422).shows("answered another question");
        // That used up the other's question, and not this one.
        send(&mut browser.clone(), "/sign-in/passkey", &fields).await.leads("/");
        send(&mut browser, "/sign-in/passkey", &fields).await.is(422).shows(AGAIN);
        // A wrong answer uses a question up as well.
        let question = asked(&mut browser).await.is(200).json();
        let right = device.signs(&question);
        let mut wrong = right.clone();
        "AAAA".clone_into(&mut wrong[2].1);
        send(&mut browser, "/sign-in/passkey", &wrong).await.is(422).shows(UNKNOWN);
        send(&mut browser, "/sign-in/passkey", &right).await.is(422).shows(AGAIN);
        let question = asked(&mut browser).await.is(200).json();
        let late = device.signs(&question);
        town.wait_s(301);
        send(&mut browser, "/sign-in/passkey", &late).await.is(422).shows(AGAIN);
        browser.get(INSIDE).await.is(303);
    }

    async fn what_no_honest_device_says_opens_nothing(town) {
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        let address = "was used at another address";
        for (origin, rp_id, why) in [
            ("https://harbour.example.evil.example", DOMAIN, address),
            ("http://harbour.example", DOMAIN, address),
            ("https://harbour.example:8443", DOMAIN, address),
            ("https://harbour.example", "evil.example", address),
        ] {
            (device.origin, device.rp_id) = (origin.to_owned(), rp_id.to_owned());
            is_refused(&town, &mut device, why).await;
        }
        (device.origin, device.rp_id) = (origin(), DOMAIN.to_owned());
        for (flags, why) in [
            (1, "did not ask who holds it"),
            (4, "did not ask who holds it"),
            (0, "did not ask who holds it"),
            (FLAGS | 16, "nothing that is a passkey"),
            (FLAGS | 64, "nothing that is a passkey"),
            (FLAGS | 128, "nothing that is a passkey"),
        ] {
            device.flags = flags;
            is_refused(&town, &mut device, why).await;
        }
        device.flags = FLAGS;
        for (says, why) in [
            (json!({ "crossOrigin": true }), address),
            (json!({ "topOrigin": "https://evil.example" }), address),
            (json!({ "type": "webauthn.create" }), "answered another question"),
            (json!({ "type": 7 }), "nothing that is a passkey"),
            (json!({ "challenge": "" }), "answered another question"),
        ] {
            device.says = says;
            is_refused(&town, &mut device, why).await;
        }
        device.says = json!({});
        device.trailing = vec![0xa0];
        is_refused(&town, &mut device, "nothing that is a passkey").await;
        device.trailing = Vec::new();
        // Another's key under its name, and its key under another name.
        let own = std::mem::replace(&mut device.secret, Secret::p256());
        is_refused(&town, &mut device, UNKNOWN).await;
        device.secret = own;
        let id = std::mem::replace(&mut device.id, vec![7; 32]);
        is_refused(&town, &mut device, UNKNOWN).await;
        device.id = id;
        let bob = town.member("bob").await;
        let handle = std::mem::replace(&mut device.user_handle, bob.account.id.to_be_bytes().to_vec());
        is_refused(&town, &mut device, UNKNOWN).await;
        device.user_handle = handle;
        let mut browser = town.anonymous();
        let nothing = ["id", "user_handle", "client_data", "auth_data", "signature"].map(|name| (name, "%".to_owned()));
        send(&mut browser, "/sign-in/passkey", &nothing.to_vec()).await.is(422);
        // All the same it still works.
        sign_in(&town, &mut browser, &mut device).await.leads(INSIDE);
    }

    async fn what_is_no_passkey_is_not_kept(town) {
        let mut alice = town.member("alice").await;
        let form = [("name", "Phone"), ("password", "wrong horse")];
        alice.post(&format!("{AT}/begin"), &form).await.is(422).shows("is not your password");
        begin(&mut alice, " ").await.is(422).shows("must have 1 to 50 characters");
        begin(&mut alice, &"x".repeat(51)).await.is(422).shows("must have 1 to 50 characters");
        let fresh = || Device::at(&origin(), Secret::p256());
        let mut elsewhere = fresh();
        "https://evil.example".clone_into(&mut elsewhere.origin);
        add(&mut alice, "Phone", &mut elsewhere).await.is(422).shows("was used at another address");
        let mut unverified = fresh();
        unverified.flags = 1;
        add(&mut alice, "Phone", &mut unverified).await.is(422).shows("did not ask who holds it");
        let mut more = fresh();
        more.trailing = vec![0];
        add(&mut alice, "Phone", &mut more).await.is(422).shows("nothing that is a passkey");
        let mut nameless = fresh();
        nameless.id = Vec::new();
        add(&mut alice, "Phone", &mut nameless).await.is(422).shows("nothing that is a passkey");
        // A question of signing in is none of making.
        let mut device = fresh();
        let page = begin(&mut alice, "Phone").await.is(200);
        let mut question = to_make(&page);
        question["challenge"] = asked(&mut town.anonymous()).await.is(200).json()["challenge"].clone();
        let mut fields = device.makes(&question);
        fields.push(("name", "Phone".to_owned()));
        send(&mut alice, AT, &fields).await.is(422).shows("answered another question");
        // Each question makes one.
        let page = begin(&mut alice, "Phone").await.is(200);
        let mut fields = device.makes(&to_make(&page));
        fields.push(("name", "Phone".to_owned()));
        send(&mut alice, AT, &fields).await.leads(AT);
        send(&mut alice, AT, &fields).await.is(422).shows(AGAIN);
        // One device is one passkey, whoever has it.
        let mut bob = town.member("bob").await;
        add(&mut bob, "Phone", &mut device).await.is(422).shows("is here already");
        // Who made one is named, so that the device does not make another.
        town.wait_s(300);
        let page = begin(&mut alice, "Phone").await.is(200);
        assert_eq!(to_make(&page)["excludeCredentials"].as_array().unwrap().len(), 1);
    }

    async fn an_operator_reads_who_signs_in_with_more_than_a_password(town) {
        let mut with_both = town.member("alice").await;
        turn_on(&town, &mut with_both).await;
        with_passkey(&mut with_both).await;
        let mut begun = town.member("bob").await;
        begun.post("/settings/second-step/begin", &[("password", PASSWORD)]).await.is(303);
        let mut with_keys = town.member("carol").await;
        for _ in 0..2 {
            with_passkey(&mut with_keys).await;
        }
        let list = MemberCommand::List { community: None, after: None, limit: 100 };
        let text = members::command::command(&town.app, list).await.unwrap();
        let of = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(of("@alice@").ends_with("  second step  1 passkey"), "{text}");
        assert!(of("@bob@").ends_with("  password alone"), "{text}");
        assert!(of("@carol@").ends_with("confirmed  2 passkeys"), "{text}");
    }

    async fn nobody_has_more_than_twenty(town) {
        let mut alice = town.member("alice").await;
        for number in 0..20 {
            town.wait_s(60);
            let mut device = Device::at(&origin(), Secret::ed25519());
            add(&mut alice, &format!("Key {number}"), &mut device).await.leads(AT);
        }
        alice.get(AT).await.is(200).shows("as many as anybody can have");
        begin(&mut alice, "One more").await.is(422);
    }

    async fn a_member_renames_and_removes_their_own(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let mut device = with_passkey(&mut alice).await;
        let id = alice.get(AT).await.hidden("id").unwrap();
        let (rename, remove) = (format!("{AT}/rename"), format!("{AT}/remove"));
        bob.post(&rename, &[("id", &id), ("name", "Mine")]).await.is(404);
        bob.post(&remove, &[("id", &id), ("password", PASSWORD)]).await.is(404);
        alice.post(&rename, &[("id", &id), ("name", "")]).await.is(422).shows("must have 1 to 50 characters");
        alice.post(&rename, &[("id", &id), ("name", "<b>Tablet</b>")]).await.leads(AT);
        alice.get(AT).await.is(200).shows("&#60;b&#62;Tablet");
        alice.post(&remove, &[("id", &id), ("password", "wrong horse")]).await.is(422).shows("is not your password");
        sign_in(&town, &mut town.anonymous(), &mut device).await.leads(INSIDE);
        alice.post(&remove, &[("id", &id), ("password", PASSWORD)]).await.leads(AT);
        alice.get(AT).await.is(200).hides("Tablet");
        is_refused(&town, &mut device, UNKNOWN).await;
        alice.get(INSIDE).await.is(200);
    }

    async fn whoever_is_kept_out_comes_in_by_no_passkey(town) {
        let here = town.community();
        let mut marta = town.member_of(&here, "marta", Role::Moderator).await;
        let mut marta = App::let_in_with(&town, &mut marta, "read write admin:read admin:write").await;
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        let begun = begin(&mut alice, "Another").await.is(200);
        let at = format!("/api/v1/admin/accounts/{}", alice.account.id);
        for (act, undo, told) in [("disable", "enable", "frozen"), ("suspend", "unsuspend", "suspended")] {
            marta.post(&format!("{at}/action"), json!({ "type": act, "text": "Spam" })).await.is(200);
            is_refused(&town, &mut device, &format!("The moderators have {told} this account")).await;
            marta.post(&format!("{at}/{undo}"), json!({})).await.is(200);
            sign_in(&town, &mut town.anonymous(), &mut device).await.leads(INSIDE);
        }
        // What was begun before ended with that.
        let left = sql!(row: (i64,), "SELECT count(*) FROM passkey_challenges WHERE account_id = $1");
        assert_eq!(town.app.db.one(left, params![alice.account.id]).await.unwrap().0, 0);
        assert!(begun.body.contains("data-passkey-make"));
    }

    async fn whoever_leaves_may_take_it_back_with_one(town) {
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        alice.post("/settings/leave", &[("password", PASSWORD)]).await.leads("/");
        let mut browser = town.anonymous();
        sign_in(&town, &mut browser, &mut device).await.leads("/stay");
        browser.get(INSIDE).await.is(303);
        browser.post("/stay", &[]).await.leads("/");
        browser.get(INSIDE).await.is(200);
        // And once it is done, nothing of theirs is left.
        browser.post("/settings/leave", &[("password", PASSWORD)]).await.leads("/");
        town.wait_s(31 * DAY_MS / 1000);
        let _works = crate::coast::works(&town);
        while crate::promises::left(&town.app.db, town.app.now_ms()).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let left = sql!(row: (i64,), "SELECT count(*) FROM passkeys WHERE account_id = $1");
        assert_eq!(town.app.db.one(left, params![alice.account.id]).await.unwrap().0, 0);
        is_refused(&town, &mut device, UNKNOWN).await;
    }

    async fn a_new_password_ends_every_passkey_and_signing_out_none(town) {
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        let mut other = Device::at(&origin(), Secret::p256());
        let page = begin(&mut alice, "Another").await.is(200);
        alice.post("/settings/sessions/others", &[]).await.is(303);
        sign_in(&town, &mut town.anonymous(), &mut device).await.leads(INSIDE);
        let mut asked_before = town.anonymous();
        let question = asked(&mut asked_before).await.is(200).json();
        let signed = device.signs(&question);
        members::set_password(&town.app, alice.account.id, "another horse").await.unwrap();
        send(&mut asked_before, "/sign-in/passkey", &signed).await.is(422).shows(UNKNOWN);
        is_refused(&town, &mut device, UNKNOWN).await;
        let mut fields = other.makes(&to_make(&page));
        fields.push(("name", "Another".to_owned()));
        send(&mut alice, AT, &fields).await.is(401);
        let mut browser = town.anonymous();
        browser.post("/sign-in", &[("name", "alice"), ("password", "another horse")]).await.leads("/");
        browser.get(AT).await.is(200).shows("Make a passkey").hides("Another");
    }

    async fn a_passkey_is_of_one_community(town) {
        let meadow = town.found("meadow.example", "Meadow").await;
        let mut alice = town.member("alice").await;
        let mut device = with_passkey(&mut alice).await;
        // No browser would do this; a thief's may.
        (device.origin, device.rp_id) = ("https://meadow.example".to_owned(), "meadow.example".to_owned());
        let mut browser = town.visitor_of(&meadow);
        sign_in(&town, &mut browser, &mut device).await.is(422).shows(UNKNOWN);
        browser.get(INSIDE).await.is(303);
    }

    async fn questions_of_strangers_make_way_for_the_next_and_for_no_members(town) {
        let mut alice = town.member("alice").await;
        let page = begin(&mut alice, "Phone").await.is(200);
        // As many as may wait, each a moment younger than the one before.
        let most = 20_000;
        let values = params![most, town.app.now_ms() + 60_000];
        town.app.db.exec(ASK, values).await.unwrap();
        let held = sql!(row: (i64,), "SELECT count(*) FROM passkey_challenges WHERE account_id IS NULL");
        assert_eq!(town.app.db.one(held, params![]).await.unwrap().0, most);
        let mut browser = town.anonymous();
        asked(&mut browser).await.is(200);
        let after = town.app.db.one(held, params![]).await.unwrap().0;
        assert!((1..most).contains(&after), "{after} wait");
        asked(&mut town.anonymous()).await.is(200);
        assert_eq!(town.app.db.one(held, params![]).await.unwrap().0, after + 1, "there was room");
        // The oldest of them went.
        let oldest = sql!(
            row: (i64,), full_scan: "a test's own question",
            "SELECT min(expires_at) FROM passkey_challenges WHERE account_id IS NULL"
        );
        let oldest = town.app.db.one(oldest, params![]).await.unwrap().0;
        assert!(oldest > town.app.now_ms() + 60_001, "the first is there still");
        // Who is about to make a passkey makes it.
        let mut device = Device::at(&origin(), Secret::p256());
        let mut fields = device.makes(&to_make(&page));
        fields.push(("name", "Phone".to_owned()));
        send(&mut alice, AT, &fields).await.leads(AT);
        sign_in(&town, &mut town.anonymous(), &mut device).await.leads(INSIDE);
    }

    async fn strangers_are_told_nothing_and_may_not_ask_without_end(town) {
        let mut browser = town.anonymous();
        browser.get("/sign-in").await.is(200).shows("Sign in with a passkey");
        let keys = |asked: &Value| asked.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let before = asked(&mut browser).await.is(200).json();
        with_passkey(&mut town.member("alice").await).await;
        let after = asked(&mut browser).await.is(200).json();
        assert_eq!(keys(&before), keys(&after));
        assert_eq!(after["rpId"], DOMAIN);
        assert!(!keys(&after).contains(&"allowCredentials".to_owned()));
        assert_ne!(before["challenge"], after["challenge"]);
        // One browser has one question.
        let held = sql!(row: (i64,), "SELECT count(*) FROM passkey_challenges WHERE account_id IS NULL");
        assert_eq!(town.app.db.one(held, params![]).await.unwrap().0, 1);
        for _ in 0..8 {
            asked(&mut browser).await.is(200);
        }
        asked(&mut browser).await.is(429);
        let form = [("id", ""), ("user_handle", ""), ("client_data", ""), ("auth_data", ""), ("signature", "")];
        for _ in 0..10 {
            browser.post("/sign-in/passkey", &form).await.is(422);
        }
        browser.post("/sign-in/passkey", &form).await.is(429);
        // A question that nobody answered is forgotten.
        town.wait_s(2 * DAY_MS / 1000);
        comity::passkeys::forget_old(&town.app.db, town.app.now_ms(), 100).await.unwrap();
        assert_eq!(town.app.db.one(held, params![]).await.unwrap().0, 0);
    }
}

post_test! {
    async fn a_member_is_told_what_becomes_of_their_passkeys(town, post) {
        let mut alice = town.member("alice").await;
        let mut device = is_copied(&town, &mut alice, "Key ring").await;
        assert!(post.next().await.text().contains("The passkey \"Key ring\" signs in as @alice@harbour.example from now on"));
        let told = post.next().await;
        assert!(told.text().contains("whose count went backwards"), "{}", told.text());
        alice.get(AT).await.is(200).shows("It may have been copied");
        // Which of the two is the member's own, nobody can tell.
        device.counter = 500;
        is_refused(&town, &mut device, "may have been copied").await;
        let said = comity::passkeys::remove_all(&town.app, alice.account.id).await.unwrap();
        assert_eq!(said, 1);
        assert!(post.next().await.text().contains("does not sign in as @alice@harbour.example any more"));
        is_refused(&town, &mut device, UNKNOWN).await;
    }
}
