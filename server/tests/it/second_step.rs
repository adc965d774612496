//! The second step of signing in.

use aws_lc_rs::hmac;
use comity::app::App;
use comity::{members, second_step, serve};
use comity_db::{Sql, params, sql};

use crate::oauth::{Registered, ask};
use crate::town::{Answer, Member, PASSWORD, Town};
use crate::{post_test, town_test};

/// A device that makes codes, as an app does that knows nothing of us.
pub struct Device(Vec<u8>);

impl Device {
    /// Takes the secret from the letters on the page.
    fn of(page: &Answer) -> Device {
        let letters = page.body.split("id=\"letters\" value=\"").nth(1).unwrap();
        let letters = letters.split('"').next().unwrap().replace(' ', "");
        let mut bits = String::new();
        for letter in letters.bytes() {
            let at = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            let value = at.iter().position(|known| *known == letter).unwrap();
            bits.push_str(&format!("{value:05b}"));
        }
        let bytes = bits.as_bytes().chunks_exact(8);
        let byte = |eight: &[u8]| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2);
        Device(bytes.map(|eight| byte(eight).unwrap()).collect())
    }

    /// What it shows at this time.
    fn shows(&self, now_ms: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &(now_ms / 30_000).to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let four = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", four % 1_000_000)
    }
}

const AT: &str = "/settings/second-step";
/// Where whoever took too long begins again, and goes on to what they wanted.
const ANEW: &str = "/sign-in?next=%2Fsettings%2Fsessions";

const STORED: Sql<(Vec<u8>,)> =
    sql!(row: (Vec<u8>,), "SELECT secret FROM second_steps WHERE account_id = $1");
const AS_BEFORE: Sql = sql!("UPDATE second_steps SET secret = $2 WHERE account_id = $1");
const WITHOUT_FINGERPRINT: Sql = sql!("DELETE FROM second_step_keys WHERE id = 1");

async fn stored(town: &Town, id: i64) -> Vec<u8> {
    town.app.db.one(STORED, params![id]).await.unwrap().0
}

/// One more process on the same database, with a folder of its own for files.
async fn elsewhere(town: &Town, folder: &tempfile::TempDir) -> App {
    let mut config = town.app.config.clone();
    config.data_dir = folder.path().to_owned();
    let node = serve::start_on(town.app.db.clone(), config, town.clock.clone());
    Box::pin(node).await.unwrap()
}

/// Turns it on for somebody; their device and their recovery codes.
pub async fn turn_on(town: &Town, member: &mut Member) -> (Device, Vec<String>) {
    let begin = format!("{AT}/begin");
    member
        .post(&begin, &[("password", PASSWORD)])
        .await
        .leads(AT);
    let page = member
        .get(AT)
        .await
        .is(200)
        .shows("Give your device the secret");
    assert!(
        page.body.contains("<svg class=\"qr\""),
        "there is something for a camera"
    );
    assert!(page.body.contains("otpauth://totp/Harbour:"));
    let device = Device::of(&page);
    let code = device.shows(town.app.now_ms());
    let page = member
        .post(&format!("{AT}/confirm"), &[("code", &code)])
        .await
        .is(200);
    let codes = page.body.split("<code dir=\"ltr\">").skip(1);
    let codes = codes.map(|rest| rest.split('<').next().unwrap().to_owned());
    (device, codes.collect())
}

/// Takes the first step, and gives what the browser is held with.
async fn first(town: &Town) -> (crate::town::Browser, String) {
    let mut browser = town.anonymous();
    let form = [
        ("name", "alice"),
        ("password", PASSWORD),
        ("next", "/settings/sessions"),
    ];
    let page = browser
        .post("/sign-in", &form)
        .await
        .is(200)
        .shows("And a code");
    assert!(
        !browser
            .cookie_names()
            .iter()
            .any(|name| name.contains("session"))
    );
    let half = page.hidden("half").unwrap();
    (browser, half)
}

async fn second(browser: &mut crate::town::Browser, half: &str, code: &str) -> Answer {
    let form = [
        ("half", half),
        ("code", code),
        ("next", "/settings/sessions"),
    ];
    browser.post("/sign-in/second-step", &form).await
}

town_test! {
    async fn whoever_turned_it_on_signs_in_with_a_code_as_well(town) {
        let mut alice = town.member("alice").await;
        alice.post(&format!("{AT}/begin"), &[("password", "wrong horse")]).await.is(422).shows("is not your password");
        let (device, codes) = turn_on(&town, &mut alice).await;
        assert_eq!(codes.len(), 10);
        alice.get(AT).await.is(200).shows("10 recovery codes are left").hides(&codes[0]);
        // It was used to turn it on, and no code is good twice.
        let used = device.shows(town.app.now_ms());
        let (mut browser, half) = first(&town).await;
        second(&mut browser, &half, &used).await.is(422).shows("is not right, or was used");
        browser.get("/settings/sessions").await.is(303);
        town.wait_s(30);
        let code = device.shows(town.app.now_ms());
        second(&mut browser, &half, &code).await.leads("/settings/sessions");
        browser.get("/settings/sessions").await.is(200);
        // What held the browser is used up, and so is the code.
        let (mut other, half) = first(&town).await;
        second(&mut other, &half, &code).await.is(422);
    }

    async fn the_secret_is_readable_nowhere_in_the_database(town) {
        let mut alice = town.member("alice").await;
        let id = alice.account.id;
        let (device, _) = turn_on(&town, &mut alice).await;
        let sealed = stored(&town, id).await;
        assert!(!sealed.windows(device.0.len()).any(|part| part == device.0));
        // What a version before wrote is sealed at the start.
        town.app.db.exec(AS_BEFORE, params![id, device.0.clone()]).await.unwrap();
        second_step::seal_all(&town.app).await.unwrap();
        let again = stored(&town, id).await;
        assert!(again.len() == sealed.len() && again != sealed);
        town.wait_s(30);
        second_step::check(&town.app, id, &device.shows(town.app.now_ms())).await.unwrap();
        // And what one writes meanwhile, when it is used.
        town.app.db.exec(AS_BEFORE, params![id, device.0.clone()]).await.unwrap();
        town.wait_s(30);
        let node = town.node().await;
        second_step::check(&node, id, &device.shows(town.app.now_ms())).await.unwrap();
        let last = stored(&town, id).await;
        assert_eq!(last.len(), sealed.len());
        town.wait_s(30);
        second_step::check(&town.app, id, &device.shows(town.app.now_ms())).await.unwrap();
        // In the row of another it opens nothing.
        let mut bob = town.member("bob").await;
        turn_on(&town, &mut bob).await;
        town.app.db.exec(AS_BEFORE, params![bob.account.id, last]).await.unwrap();
        town.wait_s(30);
        let of_alice = device.shows(town.app.now_ms());
        let why = second_step::check(&town.app, bob.account.id, &of_alice).await.unwrap_err();
        assert!(why.to_string().contains("cannot be checked now"), "{why}");
    }

    async fn without_its_key_a_restored_copy_takes_recovery_codes_and_makes_no_other_key(town) {
        let mut alice = town.member("alice").await;
        let bob = town.member("bob").await;
        let id = alice.account.id;
        let (device, codes) = turn_on(&town, &mut alice).await;
        town.wait_s(30);
        let folder = tempfile::tempdir().unwrap();
        let node = elsewhere(&town, &folder).await;
        assert!(second_step::seal_all(&node).await.is_err(), "it says so when it starts");
        let code = device.shows(town.app.now_ms());
        let why = second_step::check(&node, id, &code).await.unwrap_err();
        assert!(why.to_string().contains("use a recovery code"), "{why}");
        second_step::check(&node, id, &codes[0]).await.unwrap();
        let bob = members::find(&node, bob.account.id).await.unwrap();
        assert!(second_step::begin(&node, &bob, PASSWORD).await.is_err());
        let key = folder.path().join("second-step.key");
        assert!(!key.exists());
        // Nor does a wrong one open anything.
        std::fs::write(&key, [7_u8; 32]).unwrap();
        assert!(second_step::check(&node, id, &code).await.is_err());
        // With the file it is as before.
        std::fs::copy(town.app.config.data_dir.join("second-step.key"), &key).unwrap();
        let node = elsewhere(&town, &folder).await;
        second_step::seal_all(&node).await.unwrap();
        second_step::check(&node, id, &code).await.unwrap();
        second_step::begin(&node, &bob, PASSWORD).await.unwrap();
    }

    async fn two_machines_seal_with_one_key(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut members = Vec::new();
        for member in [&mut alice, &mut bob] {
            let (device, _) = turn_on(&town, member).await;
            let id = member.account.id;
            // As a version before wrote it.
            town.app.db.exec(AS_BEFORE, params![id, device.0.clone()]).await.unwrap();
            members.push((id, device));
        }
        town.app.db.exec(WITHOUT_FINGERPRINT, params![]).await.unwrap();
        let (one_folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (elsewhere(&town, &one_folder).await, elsewhere(&town, &other_folder).await);
        let (at_one, at_other) = tokio::join!(second_step::seal_all(&one), second_step::seal_all(&other));
        assert_ne!(at_one.is_ok(), at_other.is_ok(), "{at_one:?} {at_other:?}");
        let (right, right_folder, wrong_folder) = if at_one.is_ok() {
            (one, one_folder, other_folder)
        } else {
            (other, other_folder, one_folder)
        };
        town.wait_s(30);
        for (id, device) in &members {
            assert_ne!(stored(&town, *id).await.len(), device.0.len());
            second_step::check(&right, *id, &device.shows(town.app.now_ms())).await.unwrap();
        }
        // With a key of its own the other one seals nothing, whatever is still readable.
        let (id, device) = &members[1];
        town.app.db.exec(AS_BEFORE, params![*id, device.0.clone()]).await.unwrap();
        let wrong_key = wrong_folder.path().join("second-step.key");
        std::fs::write(&wrong_key, [7_u8; 32]).unwrap();
        let wrong = elsewhere(&town, &wrong_folder).await;
        let why = second_step::seal_all(&wrong).await.unwrap_err();
        assert!(format!("{why:?}").contains("from the machine that sealed it in its place"), "{why:?}");
        assert_eq!(stored(&town, *id).await, device.0);
        let carol = town.member("carol").await;
        let carol = members::find(&town.app, carol.account.id).await.unwrap();
        assert!(second_step::begin(&wrong, &carol, PASSWORD).await.is_err());
        // Nor where what is sealed was sealed before there were fingerprints.
        town.app.db.exec(WITHOUT_FINGERPRINT, params![]).await.unwrap();
        assert!(second_step::seal_all(&wrong).await.is_err());
        second_step::seal_all(&right).await.unwrap();
        // As the sentence says.
        std::fs::copy(right_folder.path().join("second-step.key"), &wrong_key).unwrap();
        let mended = elsewhere(&town, &wrong_folder).await;
        second_step::seal_all(&mended).await.unwrap();
        town.wait_s(30);
        for (id, device) in &members {
            second_step::check(&mended, *id, &device.shows(town.app.now_ms())).await.unwrap();
            second_step::drop_it(&mended, *id).await.unwrap();
        }
        // Once nothing is sealed, another key may take its place; then it is the one.
        second_step::begin(&wrong, &carol, PASSWORD).await.unwrap();
        assert!(second_step::seal_all(&mended).await.is_err());
    }

    async fn a_recovery_code_lets_in_once(town) {
        let mut alice = town.member("alice").await;
        let (_, codes) = turn_on(&town, &mut alice).await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        let (mut browser, half) = first(&town).await;
        second(&mut browser, &half, &typed).await.leads("/settings/sessions");
        let (mut browser, half) = first(&town).await;
        second(&mut browser, &half, &codes[3]).await.is(422);
        alice.get(AT).await.is(200).shows("9 recovery codes are left");
        let fresh = alice.post(&format!("{AT}/codes"), &[("password", PASSWORD)]).await.is(200).shows("Write these down");
        assert!(!fresh.body.contains(&codes[4]));
        second(&mut browser, &half, &codes[4]).await.is(422);
    }

    async fn guessing_codes_is_slow_and_takes_no_longer_than_ten_minutes(town) {
        let mut alice = town.member("alice").await;
        let (device, codes) = turn_on(&town, &mut alice).await;
        town.wait_s(3_600);
        let (mut browser, half) = first(&town).await;
        for _ in 0..5 {
            second(&mut browser, &half, "000000").await.is(422);
        }
        let right = device.shows(town.app.now_ms());
        second(&mut browser, &half, &right).await.is(429);
        // Whoever guesses at the digits keeps nobody from their recovery codes.
        let (mut other, other_half) = first(&town).await;
        second(&mut other, &other_half, &codes[0]).await.leads("/settings/sessions");
        town.wait_s(601);
        let right = device.shows(town.app.now_ms());
        second(&mut browser, &half, &right).await.leads(ANEW);
        browser.get("/sign-in").await.is(200).shows("That took too long");
        second(&mut browser, "nothing", &right).await.leads(ANEW);
        browser.get("/settings/sessions").await.is(303);
    }

    async fn it_is_turned_off_with_a_password_or_a_code_and_nothing_else(town) {
        let mut alice = town.member("alice").await;
        let off = format!("{AT}/off");
        alice.post(&off, &[("proof", PASSWORD)]).await.is(422);
        let (device, codes) = turn_on(&town, &mut alice).await;
        alice.post(&off, &[("proof", "wrong horse")]).await.is(422).shows("is not your password");
        alice.post(&format!("{AT}/begin"), &[("password", PASSWORD)]).await.is(422).shows("is on already");
        alice.post(&off, &[("proof", &codes[0])]).await.leads(AT);
        let form = [("name", "alice"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &form).await.leads("/");
        town.wait_s(3_600);
        let (again, _) = turn_on(&town, &mut alice).await;
        assert_ne!(again.0, device.0, "a secret is never used again");
        alice.post(&off, &[("proof", PASSWORD)]).await.leads(AT);
        town.anonymous().post("/sign-in", &form).await.leads("/");
    }

    async fn an_app_is_let_in_after_both_steps_only(town) {
        let mut alice = town.member("alice").await;
        let (device, _) = turn_on(&town, &mut alice).await;
        town.wait_s(60);
        let (mut browser, half) = first(&town).await;
        browser.get("/oauth/authorize?client_id=x").await.is(303);
        second(&mut browser, &half, &device.shows(town.app.now_ms())).await.is(303);
        let mut app = Registered::new(&town, "read").await;
        let token = app.let_in(&mut browser, "read").await;
        ask(&mut app.browser, "/api/v1/accounts/verify_credentials", &token).await.is(200);
    }

    async fn a_set_up_that_was_given_up_keeps_no_key_in_its_place(town) {
        let (mut alice, bob) = (town.member("alice").await, town.member("bob").await);
        let id = alice.account.id;
        alice.post(&format!("{AT}/begin"), &[("password", PASSWORD)]).await.leads(AT);
        let forget = || second_step::forget_old(&town.app.db, town.app.now_ms(), 100);
        town.wait_s(24 * 3_600);
        assert_eq!(forget().await.unwrap(), 0);
        let bob = members::find(&town.app, bob.account.id).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let early = elsewhere(&town, &folder).await;
        assert!(second_step::begin(&early, &bob, PASSWORD).await.is_err(), "her key is in force");
        town.wait_s(1);
        assert_eq!(forget().await.unwrap(), 1);
        assert_eq!(second_step::standing(&town.app, id).await.unwrap(), second_step::Standing::Off);
        // A machine whose file was lost makes another one.
        let late = elsewhere(&town, &folder).await;
        second_step::begin(&late, &bob, PASSWORD).await.unwrap();
        second_step::seal_all(&late).await.unwrap();
    }

    async fn what_is_asked_for_is_never_forgotten(town) {
        let mut alice = town.member("alice").await;
        turn_on(&town, &mut alice).await;
        town.wait_s(40 * 24 * 3_600);
        second_step::forget_old(&town.app.db, town.app.now_ms(), 100).await.unwrap();
        assert!(second_step::is_on(&town.app, alice.account.id).await.unwrap());
    }

    async fn what_was_begun_and_not_confirmed_is_not_asked_for(town) {
        let mut alice = town.member("alice").await;
        alice.post(&format!("{AT}/begin"), &[("password", PASSWORD)]).await.leads(AT);
        alice.post(&format!("{AT}/confirm"), &[("code", "000000")]).await.is(422);
        let form = [("name", "alice"), ("password", PASSWORD)];
        town.anonymous().post("/sign-in", &form).await.leads("/");
        // It ends with the password that it was begun with.
        let id = alice.account.id;
        comity::members::set_password(&town.app, id, "another horse").await.unwrap();
        let standing = comity::second_step::standing(&town.app, id).await.unwrap();
        assert_eq!(standing, comity::second_step::Standing::Off);
    }
}

post_test! {
    async fn a_new_password_by_letter_does_not_lift_the_second_step(town, post) {
        let mut alice = town.member("alice").await;
        turn_on(&town, &mut alice).await;
        assert!(post.next().await.text().contains("needs a code besides the password"));
        let (mut held, half) = first(&town).await;
        let mut browser = town.anonymous();
        browser.post("/forgotten", &[("name", "alice")]).await.is(200);
        let at = post.next().await.link("/reset/");
        let token = at.strip_prefix("/reset/").unwrap();
        browser.post("/reset", &[("token", token), ("password", "another horse")]).await.leads("/sign-in");
        let form = [("name", "alice"), ("password", "another horse")];
        browser.post("/sign-in", &form).await.is(200).shows("And a code");
        // Whoever knew the old password goes no further.
        second(&mut held, &half, "000000").await.leads(ANEW);
    }
}
