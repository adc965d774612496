//! Coming in: by a letter, by a yes, by an invitation; on the pages and by apps.

use comity::communities::{self, Invites, Settings, SignUp};
use comity::members::{self, Role};
use http::Method;
use serde_json::{Value, json};

use crate::oauth::{Registered, ask};
use crate::town::{Answer, Browser, Member, PASSWORD, Town};
use crate::{post_test, town_test};

pub async fn set(town: &Town, sign_up: SignUp, invites: Invites) {
    let community = town.community();
    let settings = Settings {
        sign_up,
        invites,
        ..Settings::of(&community)
    };
    let changed = communities::change_settings(&town.app, community.id, settings).await;
    changed.unwrap();
}

fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("username", "nina"),
        ("email", "nina@mail.example"),
        ("password", PASSWORD),
    ];
    form.extend_from_slice(more);
    form
}

/// Asks to join, and gives the page that tells how it stands.
pub async fn apply(browser: &mut Browser, more: &[(&str, &str)]) -> String {
    let answer = browser.post("/sign-up", &form(more)).await.is(303);
    let at = answer.leads_to().unwrap();
    assert!(at.starts_with("/sign-up/"), "{at}");
    at
}

async fn sign_in(town: &Town) -> Answer {
    let form = [("name", "nina"), ("password", PASSWORD)];
    town.anonymous().post("/sign-in", &form).await
}

async fn moderator(town: &Town) -> Member {
    town.member_of(&town.community(), "mona", Role::Moderator)
        .await
}

/// Nobody sees anything of somebody who waits.
async fn is_nobody(town: &Town) {
    let mut visitor = town.anonymous();
    visitor.get("/@nina").await.is(404);
    visitor.get_activity("/users/nina").await.is(404);
    visitor
        .get("/.well-known/webfinger?resource=acct:nina@harbour.example")
        .await
        .is(404);
    visitor
        .get("/api/v1/accounts/lookup?acct=nina")
        .await
        .is(404);
}

town_test! {
    async fn moderators_say_yes_or_no(town) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut browser = town.anonymous();
        browser.get("/sign-up").await.is(200).shows("Why you want to join");
        browser.post("/sign-up", &form(&[])).await.is(422).shows("say why you want to join");
        let at = apply(&mut browser, &[("reason", "I row <b>boats</b>")]).await;
        browser.get(&at).await.is(200).shows("read what you wrote").shows("@nina@harbour.example");
        is_nobody(&town).await;
        sign_in(&town).await.is(422).shows("have not answered");
        let wrong = [("name", "nina"), ("password", "wrong horse")];
        town.anonymous().post("/sign-in", &wrong).await.is(422).shows("does not belong to that name");
        // The name is kept while they wait.
        town.anonymous().post("/sign-up", &form(&[("reason", "Me too")])).await.is(422).shows("is taken");

        let mut bob = town.member("bob").await;
        bob.get("/sign-ups").await.is(404);
        // Whoever looks after the community hears of it, and members do not.
        mona.get("/notifications").await.is(200).shows("has somebody who waits to join").shows("@nina waits for a yes");
        let mut app = crate::clients::App::let_in(&town, &mut mona).await;
        let told = app.get("/api/v1/notifications").await.is(200).json();
        assert_eq!((&told[0]["type"], &told[0]["account"]["username"]), (&json!("admin.sign_up"), &json!("nina")));
        let groups = app.get("/api/v2/notifications").await.is(200).json();
        assert_eq!(groups["notification_groups"][0]["sample_account_ids"][0], told[0]["account"]["id"]);
        assert_eq!(groups["accounts"][0]["username"], "nina");
        bob.get("/notifications").await.is(200).hides("waits to join");
        let page = mona.get("/sign-ups").await.is(200).shows("I row").shows("nina@mail.example").hides("<b>boats</b>");
        let id = page.number_after("/sign-ups/").unwrap();
        bob.post(&format!("/sign-ups/{id}/approve"), &[]).await.is(404);
        mona.post(&format!("/sign-ups/{id}/approve"), &[]).await.leads("/sign-ups");
        mona.post(&format!("/sign-ups/{id}/approve"), &[]).await.is(404);
        mona.post(&format!("/sign-ups/{id}/reject"), &[]).await.is(404);
        browser.get(&at).await.is(200).shows("You are in");
        sign_in(&town).await.leads("/");
        town.anonymous().get("/@nina").await.is(200);
        let now = app.get("/api/v1/notifications").await.is(200).json();
        assert_eq!((&now[0]["account"]["id"], &now[0]["account"]["acct"]), (&told[0]["account"]["id"], &json!("nina")));
        mona.get("/notifications").await.is(200).shows("@nina is a member now");
    }

    async fn a_no_is_told_with_a_word_and_gives_the_name_free(town) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut browser = town.anonymous();
        let at = apply(&mut browser, &[("reason", "To sell boats")]).await;
        let id = mona.get("/sign-ups").await.number_after("/sign-ups/").unwrap();
        let reject = format!("/sign-ups/{id}/reject");
        mona.post(&reject, &[("word", &"x".repeat(1_001))]).await.is(422);
        mona.post(&reject, &[("word", "We buy none.")]).await.leads("/sign-ups");
        mona.get("/sign-ups").await.is(200).shows("Nobody waits");
        browser.get(&at).await.is(200).shows("did not take you in").shows("We buy none.");
        sign_in(&town).await.is(422).shows("does not belong");
        is_nobody(&town).await;
        apply(&mut town.anonymous(), &[("reason", "To row them")]).await;
    }

    async fn another_community_neither_sees_nor_answers_who_waits(town) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let island = town.found("island.example", "Island").await;
        let mut olga = town.member_of(&island, "olga", Role::Admin).await;
        let mut mona = moderator(&town).await;
        let at = apply(&mut town.anonymous(), &[("reason", "Boats")]).await;
        let id = mona.get("/sign-ups").await.number_after("/sign-ups/").unwrap();
        olga.get("/sign-ups").await.is(200).shows("Nobody waits");
        olga.post(&format!("/sign-ups/{id}/approve"), &[]).await.is(404);
        town.visitor_of(&island).get(&at).await.is(410);
    }

    async fn an_invitation_lets_in_so_many_and_says_who_came(town) {
        set(&town, SignUp::Invitation, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut bob = town.member("bob").await;
        let mut browser = town.anonymous();
        browser.get("/sign-up").await.is(200).shows("by invitation");
        browser.post("/sign-up", &form(&[])).await.is(422);
        let uses = [("uses", "1"), ("days", "2")];
        bob.post("/invitations", &uses).await.is(422).shows("moderators of Harbour invite");
        mona.post("/invitations", &[("uses", "0"), ("days", "2")]).await.is(422);
        mona.post("/invitations", &uses).await.leads("/invitations");
        let page = mona.get("/invitations").await.is(200);
        let link = page.body.split("https://harbour.example/invite/").nth(1).unwrap();
        let code = link.split('"').next().unwrap().to_owned();
        let at = format!("/invite/{code}");
        let told = browser.send(Method::GET, &at, &[("accept", "application/json")], "").await.is(200).json();
        assert_eq!((&told["invite_code"], &told["instance_api_url"]), (&json!(code), &json!("https://harbour.example/api/v2/instance")));
        browser.get(&at).await.leads(&format!("/sign-up?invite={code}"));
        browser.get(&format!("/sign-up?invite={code}")).await.is(200).shows("You come by invitation");
        browser.post("/sign-up", &form(&[("invite", &code)])).await.leads("/");
        mona.get("/invitations").await.is(200).shows("@nina came by it").shows("one person used it");
        bob.get("/invitations").await.is(200).hides("nina");
        let mut other = town.anonymous();
        other.get(&at).await.is(410);
        let second = [("username", "olaf"), ("email", "olaf@mail.example"), ("password", PASSWORD), ("invite", code.as_str())];
        other.post("/sign-up", &second).await.is(422).shows("invitation is over");
    }

    async fn who_was_stopped_lets_nobody_in(town) {
        set(&town, SignUp::Invitation, Invites::Members).await;
        let mut mona = moderator(&town).await;
        let mut bob = town.member("bob").await;
        bob.post("/invitations", &[("uses", "2"), ("days", "2")]).await.leads("/invitations");
        let page = bob.get("/invitations").await.is(200);
        let link = page.body.split("https://harbour.example/invite/").nth(1).unwrap();
        let at = format!("/invite/{}", link.split('"').next().unwrap());
        town.anonymous().get(&at).await.is(303);
        let freeze = [("action", "freeze"), ("reason", "Spam")];
        mona.post(&format!("/moderation/accounts/{}", bob.account.id), &freeze).await.is(303);
        town.anonymous().get(&at).await.is(410);
    }

    async fn asking_who_is_a_member_is_counted(town) {
        town.member("alice").await;
        let mut browser = town.anonymous();
        let taken = form(&[]).into_iter().map(|(name, value)| match name {
            "username" => (name, "alice"),
            _ => (name, value),
        });
        let taken: Vec<_> = taken.collect();
        for _ in 0..5 {
            browser.post("/sign-up", &taken).await.is(422).shows("is taken");
        }
        browser.post("/sign-up", &taken).await.is(429);
    }

    async fn members_invite_where_they_may_and_never_without_end(town) {
        set(&town, SignUp::Approval, Invites::Members).await;
        let mut bob = town.member("bob").await;
        bob.post("/invitations", &[("uses", ""), ("days", "")]).await.is(422).shows("only moderators may leave that open");
        bob.post("/invitations", &[("uses", "2"), ("days", "1")]).await.leads("/invitations");
        let page = bob.get("/invitations").await.is(200);
        let link = page.body.split("https://harbour.example/invite/").nth(1).unwrap();
        let code = link.split('"').next().unwrap().to_owned();
        let id = page.number_after("/invitations/").unwrap();
        // Whoever is invited is not asked why, and waits for nobody.
        town.anonymous().post("/sign-up", &form(&[("invite", &code)])).await.leads("/");
        let mut carol = town.member("carol").await;
        carol.post(&format!("/invitations/{id}/end"), &[]).await.is(404);
        town.wait_s(24 * 3_600 + 1);
        town.anonymous().get(&format!("/invite/{code}")).await.is(410);
        bob.post(&format!("/invitations/{id}/end"), &[]).await.leads("/invitations");
        bob.get("/invitations").await.is(200).shows("There is no invitation");
    }

    async fn apps_are_told_truly_how_one_joins(town) {
        let told = async |sign_up, invites| {
            set(&town, sign_up, invites).await;
            let mut visitor = town.anonymous();
            let two = visitor.get("/api/v2/instance").await.is(200).json();
            let one = visitor.get("/api/v1/instance").await.is(200).json();
            let two = &two["registrations"];
            assert_eq!(two["enabled"], one["registrations"]);
            assert_eq!(two["approval_required"], one["approval_required"]);
            assert_eq!(two["min_age"], Value::Null);
            assert_eq!(two["url"], "https://harbour.example/sign-up");
            [two["enabled"].clone(), two["approval_required"].clone(), two["reason_required"].clone(), one["invites_enabled"].clone(), json!(two["message"].is_string())]
        };
        assert_eq!(told(SignUp::Open, Invites::Moderators).await, [true, false, false, false, false].map(|yes| json!(yes)));
        assert_eq!(told(SignUp::Approval, Invites::Members).await, [true, true, true, true, false].map(|yes| json!(yes)));
        assert_eq!(told(SignUp::Invitation, Invites::Members).await, [false, false, false, true, true].map(|yes| json!(yes)));
        assert_eq!(told(SignUp::Closed, Invites::Members).await, [false, false, false, false, true].map(|yes| json!(yes)));
    }

    async fn an_app_signs_somebody_up_and_hears_all_that_is_wrong(town) {
        town.member("alice").await;
        let mut app = Registered::new(&town, "read write follow").await;
        let own = app.own_token("read write follow").await;
        let wrong = json!({ "username": "a b", "email": "nowhere", "password": "short", "agreement": false });
        let told = send(&town, &own, "/api/v1/accounts", &wrong).await.is(422).json();
        let codes = ["username", "email", "password", "agreement"].map(|field| told["details"][field][0]["error"].clone());
        assert_eq!(codes, ["ERR_INVALID", "ERR_INVALID", "ERR_TOO_SHORT", "ERR_ACCEPTED"]);
        let said = told["error"].as_str().unwrap();
        assert!(said.starts_with("Validation failed: Username must be"), "{said}");
        assert!(told["details"]["username"][0]["description"].is_string());
        // Whether a name is taken is told once nothing else is wrong, and is counted.
        let mut taken = nina();
        taken["username"] = json!("alice");
        let told = send(&town, &own, "/api/v1/accounts", &taken).await.is(422).json();
        assert_eq!(told["details"]["username"][0]["error"], "ERR_TAKEN");
        let made = send(&town, &own, "/api/v1/accounts", &nina()).await.is(200).json();
        assert_eq!((&made["token_type"], &made["scope"]), (&json!("Bearer"), &json!("read write follow")));
        let token = made["access_token"].as_str().unwrap();
        let me = ask(&mut app.browser, "/api/v1/accounts/verify_credentials", token).await.is(200).json();
        assert_eq!(me["username"], "nina");
        let confirmed = ask(&mut app.browser, "/api/v1/emails/check_confirmation", token).await.is(200);
        assert_eq!(confirmed.json(), json!(true));
        // Neither a member's token nor one that may only read signs anybody up.
        send(&town, token, "/api/v1/accounts", &nina()).await.is(403);
        let reads = app.own_token("read").await;
        send(&town, &reads, "/api/v1/accounts", &nina()).await.is(403);
        send(&town, "nothing", "/api/v1/accounts", &nina()).await.is(401);
        set(&town, SignUp::Closed, Invites::Moderators).await;
        send(&town, &own, "/api/v1/accounts", &nina()).await.is(403);
        ask(&mut app.browser, "/api/v1/emails/check_confirmation", &own).await.is(422);
    }

    async fn an_app_waits_with_whoever_waits(town) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut app = Registered::new(&town, "read write").await;
        let own = app.own_token("read write").await;
        let mut nina = nina();
        let told = send(&town, &own, "/api/v1/accounts", &nina).await.is(422).json();
        assert_eq!(told["details"]["reason"][0]["error"], "ERR_BLANK");
        nina["reason"] = json!("Boats");
        let made = send(&town, &own, "/api/v1/accounts", &nina).await.is(200).json();
        let token = made["access_token"].as_str().unwrap();
        let me = "/api/v1/accounts/verify_credentials";
        let why = ask(&mut app.browser, me, token).await.is(403).json();
        assert!(why["error"].as_str().unwrap().starts_with("Your login is currently pending approval"), "{why}");
        is_nobody(&town).await;
        // Fetching tokens of its own takes nothing from whom it signed up.
        let mut own = own;
        for _ in 0..12 {
            own = app.own_token("read write").await;
        }
        ask(&mut app.browser, me, token).await.is(403);
        let id = mona.get("/sign-ups").await.number_after("/sign-ups/").unwrap();
        mona.post(&format!("/sign-ups/{id}/approve"), &[]).await.leads("/sign-ups");
        assert_eq!(ask(&mut app.browser, me, token).await.is(200).json()["username"], "nina");
        sign_in(&town).await.leads("/");
        let mut other = nina.clone();
        other["username"] = json!("olaf");
        other["email"] = json!("olaf@mail.example");
        let made = send(&town, &own, "/api/v1/accounts", &other).await.is(200).json();
        let token = made["access_token"].as_str().unwrap();
        let id = mona.get("/sign-ups").await.number_after("/sign-ups/").unwrap();
        mona.post(&format!("/sign-ups/{id}/reject"), &[]).await.leads("/sign-ups");
        ask(&mut app.browser, me, token).await.is(401);
    }
}

fn nina() -> Value {
    json!({ "username": "Nina", "email": "nina@mail.example", "password": PASSWORD, "agreement": "true", "locale": "en" })
}

async fn send(town: &Town, token: &str, path: &str, body: &Value) -> Answer {
    let header = format!("Bearer {token}");
    let headers = [
        ("authorization", header.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.to_string();
    town.anonymous()
        .send(Method::POST, path, &headers, &body)
        .await
}

post_test! {
    async fn with_letters_one_shows_first_that_an_address_is_ones_own(town, post) {
        let mut browser = town.anonymous();
        let at = apply(&mut browser, &[]).await;
        browser.get(&at).await.is(200).shows("A letter is on its way to nina@mail.example");
        let first = post.next().await.link("/confirm/");
        is_nobody(&town).await;
        sign_in(&town).await.is(422).shows("answer the letter that went to nina@mail.example");
        let token = at.strip_prefix("/sign-up/").unwrap().to_owned();
        let again = [("token", token.as_str()), ("email", "nina@other.example")];
        browser.post("/sign-up/letter", &again).await.leads(&at);
        let came = post.next().await;
        assert_eq!(came.to, "nina@other.example");
        browser.get(&first).await.is(410);
        let link = came.link("/confirm/");
        let mut elsewhere = town.anonymous();
        elsewhere.get(&link).await.is(200).shows("nina@other.example").shows("@nina@harbour.example");
        is_nobody(&town).await;
        let confirm = [("token", link.strip_prefix("/confirm/").unwrap())];
        elsewhere.post("/confirm", &confirm).await.leads("/sign-in");
        elsewhere.post("/confirm", &confirm).await.is(410);
        assert!(!elsewhere.cookie_names().iter().any(|name| name.contains("session")));
        browser.get(&at).await.is(200).shows("You are in");
        sign_in(&town).await.leads("/");
        let member = members::find(&town.app, town_id(&town, "nina").await).await.unwrap();
        assert_eq!(member.email_confirmed_at, Some(town.app.now_ms()));
        browser.post("/sign-up/letter", &again).await.is(422).shows("No address waits");
    }

    async fn with_letters_moderators_see_whose_address_is_their_own(town, post) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut browser = town.anonymous();
        let at = apply(&mut browser, &[("reason", "Boats")]).await;
        mona.get("/sign-ups").await.is(200).shows("Nobody waits");
        let link = post.next().await.link("/confirm/");
        browser.post("/confirm", &[("token", link.strip_prefix("/confirm/").unwrap())]).await.leads("/about");
        browser.get(&at).await.is(200).shows("read what you wrote");
        let id = mona.get("/sign-ups").await.is(200).shows("Boats").number_after("/sign-ups/").unwrap();
        mona.post(&format!("/sign-ups/{id}/approve"), &[]).await.leads("/sign-ups");
        let came = post.next().await;
        assert!(came.text().contains("said yes") && came.text().contains("/sign-in"), "{}", came.whole);
        sign_in(&town).await.leads("/");
    }

    async fn what_holds_when_a_letter_is_answered_counts(town, post) {
        let mut mona = moderator(&town).await;
        let mut browser = town.anonymous();
        apply(&mut browser, &[]).await;
        let link = post.next().await.link("/confirm/");
        let confirm = [("token", link.strip_prefix("/confirm/").unwrap())];
        set(&town, SignUp::Closed, Invites::Moderators).await;
        browser.post("/confirm", &confirm).await.is(422).shows("taken in just now");
        set(&town, SignUp::Approval, Invites::Moderators).await;
        browser.post("/confirm", &confirm).await.leads("/about");
        is_nobody(&town).await;
        mona.get("/sign-ups").await.is(200).shows("nina@mail.example");
    }

    async fn a_no_goes_by_letter(town, post) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        let mut browser = town.anonymous();
        apply(&mut browser, &[("reason", "To sell boats")]).await;
        let link = post.next().await.link("/confirm/");
        browser.post("/confirm", &[("token", link.strip_prefix("/confirm/").unwrap())]).await.leads("/about");
        let id = mona.get("/sign-ups").await.number_after("/sign-ups/").unwrap();
        mona.post(&format!("/sign-ups/{id}/reject"), &[("word", "We buy none.")]).await.leads("/sign-ups");
        let came = post.next().await;
        assert_eq!(came.to, "nina@mail.example");
        assert!(came.text().contains("We buy none."), "{}", came.whole);
    }

    async fn an_app_asks_for_another_letter_and_whether_it_was_answered(town, post) {
        let mut app = Registered::new(&town, "read write").await;
        let own = app.own_token("read write").await;
        let made = send(&town, &own, "/api/v1/accounts", &nina()).await.is(200).json();
        let token = made["access_token"].as_str().unwrap();
        post.next().await;
        let check = "/api/v1/emails/check_confirmation";
        assert_eq!(ask(&mut app.browser, check, token).await.is(200).json(), json!(false));
        let why = ask(&mut app.browser, "/api/v1/timelines/home", token).await.is(403).json();
        assert!(why["error"].as_str().unwrap().starts_with("Your login is missing a confirmed e-mail address"), "{why}");
        let again = "/api/v1/emails/confirmations";
        let told = send(&town, token, again, &json!({ "email": "nowhere" })).await.is(422).json();
        assert_eq!(told["details"]["email"][0]["error"], "ERR_INVALID");
        send(&town, token, again, &json!({ "email": "nina@other.example" })).await.is(200);
        let came = post.next().await;
        assert_eq!(came.to, "nina@other.example");
        let link = came.link("/confirm/");
        let mut browser = town.anonymous();
        browser.post("/confirm", &[("token", link.strip_prefix("/confirm/").unwrap())]).await.leads("/sign-in");
        assert_eq!(ask(&mut app.browser, check, token).await.is(200).json(), json!(true));
        ask(&mut app.browser, "/api/v1/timelines/home", token).await.is(200);
        send(&town, token, again, &json!({})).await.is(403);
    }

    async fn a_name_that_nobody_answers_for_is_another_s_an_hour_later(town, post) {
        let first = apply(&mut town.anonymous(), &[]).await;
        let link = post.next().await.link("/confirm/");
        let other = [("username", "nina"), ("email", "other@mail.example"), ("password", PASSWORD)];
        let mut browser = town.anonymous();
        browser.post("/sign-up", &other).await.is(422).shows("is taken");
        town.wait_s(3_601);
        let at = browser.post("/sign-up", &other).await.is(303).leads_to().unwrap();
        let came = post.next().await;
        assert_eq!(came.to, "other@mail.example");
        town.anonymous().get(&first).await.is(410);
        town.anonymous().get(&link).await.is(410);
        // Whoever answers the letter keeps it.
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let link = came.link("/confirm/");
        browser.post("/confirm", &[("token", link.strip_prefix("/confirm/").unwrap())]).await.leads("/about");
        town.wait_s(3_601);
        let third = form(&[("reason", "Boats")]);
        town.anonymous().post("/sign-up", &third).await.is(422).shows("is taken");
        browser.get(&at).await.is(200).shows("read what you wrote");
    }

    async fn a_yes_and_an_answer_at_the_same_moment_let_in_once(town, post) {
        set(&town, SignUp::Approval, Invites::Moderators).await;
        let mona = moderator(&town).await;
        let at = apply(&mut town.anonymous(), &[("reason", "Boats")]).await;
        let link = post.next().await.link("/confirm/");
        let here = town.community();
        let standing = at.strip_prefix("/sign-up/").unwrap();
        let id = comity::sign_ups::standing(&town.app, &here, standing).await.unwrap().id;
        let token = link.strip_prefix("/confirm/").unwrap();
        let (yes, answered) = tokio::join!(
            comity::sign_ups::approve(&town.app, &here, &mona.account, id),
            comity::sign_ups::confirm(&town.app, &here, token),
        );
        yes.unwrap();
        answered.unwrap();
        assert_eq!(town_id(&town, "nina").await, id);
        sign_in(&town).await.leads("/");
    }

    async fn an_invitation_is_given_back_once(town, post) {
        set(&town, SignUp::Invitation, Invites::Moderators).await;
        let mut mona = moderator(&town).await;
        mona.post("/invitations", &[("uses", "2"), ("days", "30")]).await.leads("/invitations");
        let page = mona.get("/invitations").await.is(200);
        let link = page.body.split("https://harbour.example/invite/").nth(1).unwrap();
        let code = link.split('"').next().unwrap().to_owned();
        apply(&mut town.anonymous(), &[("invite", &code)]).await;
        post.next().await;
        let other = [("username", "olaf"), ("email", "olaf@mail.example"), ("password", PASSWORD), ("invite", code.as_str())];
        town.anonymous().post("/sign-up", &other).await.is(303);
        post.next().await;
        town.anonymous().get(&format!("/invite/{code}")).await.is(410);
        // Their places, and what they used of the invitation, are theirs who come later.
        town.wait_s(7 * 24 * 3_600 + 1);
        let now_ms = town.app.now_ms();
        let (one, two) = tokio::join!(
            comity::sign_ups::forget_old(&town.app, now_ms, 100),
            comity::sign_ups::forget_old(&town.app, now_ms, 100),
        );
        one.unwrap();
        two.unwrap();
        mona.get("/invitations").await.is(200).hides("person used it").hides("people used it");
        town.anonymous().get(&format!("/invite/{code}")).await.is(303);
    }

    async fn who_never_answers_is_forgotten_and_the_name_is_free(town, post) {
        apply(&mut town.anonymous(), &[]).await;
        post.next().await;
        town.wait_s(7 * 24 * 3_600 + 1);
        comity::sign_ups::forget_old(&town.app, town.app.now_ms(), 100).await.unwrap();
        apply(&mut town.anonymous(), &[]).await;
        post.next().await;
    }
}

async fn town_id(town: &Town, name: &str) -> i64 {
    let domain = &town.community().domain;
    let found = comity::accounts::find_by_handle(&town.app, name, domain).await;
    found.unwrap().unwrap().id
}

mod old_enough {
    use super::*;
    use comity_db::testing::Engine;

    async fn test(engine: Engine) {
        let town = Town::with(engine, "[sign_up]\nmin_age = 16\n").await;
        let told = town.anonymous().get("/api/v2/instance").await.json();
        assert_eq!(told["registrations"]["min_age"], 16);
        let mut browser = town.anonymous();
        browser
            .get("/sign-up")
            .await
            .is(200)
            .shows("One has to be 16");
        for (day, status, said) in [
            ("", 422, "looked at once and not kept"),
            ("1990-13-01", 422, "must be a day"),
            ("2027-01-01", 422, "must be a day"),
            ("2010-05-06", 422, "at least 16 years ago"),
            ("2010-05-05", 303, ""),
        ] {
            let answer = browser
                .post("/sign-up", &form(&[("date_of_birth", day)]))
                .await;
            answer.is(status).shows(said);
        }
        let mut app = Registered::new(&town, "read write").await;
        let own = app.own_token("read write").await;
        let mut young = nina();
        young["username"] = json!("olaf");
        young["email"] = json!("olaf@mail.example");
        young["date_of_birth"] = json!("2015-01-01");
        let told = send(&town, &own, "/api/v1/accounts", &young)
            .await
            .is(422)
            .json();
        assert_eq!(
            told["details"]["date_of_birth"][0]["error"],
            "ERR_BELOW_LIMIT"
        );
    }

    #[tokio::test]
    async fn on_sqlite() {
        Box::pin(test(Engine::Sqlite)).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        Box::pin(test(Engine::Postgres)).await;
    }
}

mod places {
    use super::*;
    use comity_db::testing::Engine;

    async fn test(engine: Engine) {
        let (town, _post) = crate::post::town(engine, "[limits]\nsign_ups = 1\n").await;
        let mut browser = town.anonymous();
        for (number, status) in [303, 303, 303, 303, 429].into_iter().enumerate() {
            let name = format!("nina{number}");
            let email = format!("{name}@mail.example");
            let form = [
                ("username", name.as_str()),
                ("email", email.as_str()),
                ("password", PASSWORD),
            ];
            browser.post("/sign-up", &form).await.is(status);
            town.wait_s(3_601);
        }
    }

    #[tokio::test]
    async fn on_sqlite() {
        Box::pin(test(Engine::Sqlite)).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        Box::pin(test(Engine::Postgres)).await;
    }
}
