//! What an answer tells somebody who may not know: by its status, its length, its headers; by numbers that are
//! somebody else's; and to whom who is refused, by whatever name they ask.

use std::collections::BTreeMap;

use comity::router::{Kind, ROUTES};
use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::json;

use crate::clients::App;
use crate::guarded::{Border, follow};
use crate::peer;
use crate::town::{Answer, Browser};
use crate::town_test;

/// Fields that forms of ours ask for, so that no form is turned away for what it lacks.
const FIELDS: &[(&str, &str)] = &[
    ("text", "changed"),
    ("status", "changed"),
    ("content", "changed"),
    ("name", "changed"),
    ("pattern", "x.example"),
    ("entry", "x.example"),
    ("severity", "suspend"),
    ("file", "x.example"),
    ("confirm", "true"),
    ("visibility", "public"),
];

/// Headers of the clock, the cookies, of how much may still be asked, and what a request is called in the log.
const BESIDE: [&str; 6] = [
    "date",
    "set-cookie",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
];

/// All that an answer tells: its status, its headers but those [`BESIDE`], and its body, without the
/// number that was asked for and the token of its forms.
fn told(answer: &Answer, number: &str) -> (u16, BTreeMap<String, String>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !BESIDE.contains(&name.as_str()))
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap().replace(number, "N"),
            )
        })
        .collect();
    let token = answer.hidden("csrf").filter(|token| !token.is_empty());
    let body = answer
        .body
        .replace(token.as_deref().unwrap_or("\0"), "TOKEN");
    (answer.status.as_u16(), headers, body.replace(number, "N"))
}

/// An account is one of a member no more.
const LEAVES: Sql = sql!("UPDATE accounts SET gone_at = $2 WHERE id = $1");

/// What may be done about an account.
const ABOUT_ACCOUNTS: [&str; 12] = [
    "follow",
    "unfollow",
    "remove_from_followers",
    "block",
    "unblock",
    "mute",
    "unmute",
    "note",
    "endorse",
    "unendorse",
    "pin",
    "unpin",
];

/// Addresses with a number, but those of accounts, which everybody who sees them may act on.
fn numbered() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES
        .iter()
        .filter(|route| route.path.contains("{id}"))
        .filter(|route| {
            let of_accounts = ["/accounts/", "/api/v1/accounts/"];
            !of_accounts.iter().any(|path| route.path.starts_with(path))
        })
        .map(|route| (route.method, route.path))
}

async fn ask(browser: &mut Browser, method: &str, path: &str) -> Answer {
    match method {
        "POST" => browser.post(path, FIELDS).await,
        "GET" => browser.get(path).await,
        other => {
            let method = Method::from_bytes(other.as_bytes()).unwrap();
            browser.send(method, path, &[], "").await
        }
    }
}

town_test! {
    async fn l29_attack_19_a_number_of_who_keeps_away_is_answered_like_one_of_nobody(town) {
        let (mut alice, mut bob, dora) = (town.member("alice").await, town.member("bob").await, town.member("dora").await);
        let mut hers = App::let_in(&town, &mut alice).await;
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        let (his, nobody) = (bob.account.id.to_string(), (dora.account.id + 4_242).to_string());
        let mut compared = 0;
        for act in ABOUT_ACCOUNTS {
            let api = |id: &str| format!("/api/v1/accounts/{id}/{act}");
            let one = hers.post(&api(&his), json!({ "comment": "a" })).await;
            let other = hers.post(&api(&nobody), json!({ "comment": "a" })).await;
            assert_eq!(told(&one, &his), told(&other, &nobody), "{act}");
            assert_eq!(one.status, 404, "{act}");
            if ["follow", "unfollow", "block", "unblock", "mute", "unmute"].contains(&act) {
                let page = |id: &str| format!("/accounts/{id}/{act}");
                let (one, other) = (alice.post(&page(&his), &[]).await, alice.post(&page(&nobody), &[]).await);
                assert_eq!(told(&one, &his), told(&other, &nobody), "{act} on pages");
                compared += 1;
            }
        }
        assert_eq!(compared, 6);
        let all = format!("/api/v1/accounts/relationships?id[]={his}&id[]={nobody}&id[]={}", dora.account.id);
        let list = hers.get(&all).await.is(200).json();
        assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
        // Whom she has to do with already she may go on with, and once that ends she knows of nobody.
        bob.does(&format!("/accounts/{}/unblock", alice.account.id)).await;
        hers.post(&format!("/api/v1/accounts/{his}/mute"), json!({})).await.is(200);
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        assert_eq!(hers.get(&all).await.is(200).json()[0]["muting"], true);
        let told = hers.post(&format!("/api/v1/accounts/{his}/block"), json!({})).await.is(200).json();
        assert_eq!((&told["muting"], &told["blocking"]), (&json!(true), &json!(true)));
        for act in ["unmute", "unblock"] {
            hers.post(&format!("/api/v1/accounts/{his}/{act}"), json!({})).await.is(200);
        }
        hers.post(&format!("/api/v1/accounts/{his}/unblock"), json!({})).await.is(404);
    }

    async fn l29_whom_one_named_one_keeps_away_whether_they_hide_or_left(town) {
        let (mut alice, mut bob, carol) = (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let mut hers = App::let_in(&town, &mut alice).await;
        town.post(&mut alice, "@bob @carol Low tide", "public").await;
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        town.app.db.exec(LEAVES, params![carol.account.id, town.app.now_ms()]).await.unwrap();
        let (his, gone) = (bob.account.id.to_string(), carol.account.id.to_string());
        hers.get(&format!("/api/v1/accounts/{his}")).await.is(404);
        for act in ["block", "unblock", "mute", "block", "unmute", "unblock"] {
            let api = |id: &str| format!("/api/v1/accounts/{id}/{act}");
            let one = hers.post(&api(&his), json!({})).await.is(200);
            let other = hers.post(&api(&gone), json!({})).await.is(200);
            assert_eq!(told(&one, &his), told(&other, &gone), "{act}");
            let stands = one.json();
            assert_eq!((&stands["id"], &stands["blocked_by"]), (&json!(his), &json!(false)));
            assert_eq!(stands["blocking"], act == "block" || act == "unmute", "{act}");
        }
        // For all else who hides is nobody. That somebody left, everybody is told.
        for act in ABOUT_ACCOUNTS.into_iter().filter(|act| !act.ends_with("block") && !act.ends_with("mute")) {
            let api = |id: &str| format!("/api/v1/accounts/{id}/{act}");
            let answer = hers.post(&api(&his), json!({ "comment": "a" })).await;
            assert_eq!(answer.status, 404, "{act}");
        }
    }

    async fn l29_attack_18_attack_19_a_number_of_somebody_elses_is_answered_like_one_of_nothing(town) {
        let mut alice = town.member("alice").await;
        let mut bob = town.member("bob").await;
        let dora = town.member("dora").await;
        let mut carol = town.member("carol").await;
        let post = town.post(&mut alice, "@dora Between us", "direct").await;
        alice.post("/settings/profile", &[("name", "Alice"), ("locked", "on")]).await.is(303);
        let id = alice.account.id;
        carol.does(&format!("/accounts/{id}/follow")).await;
        alice.post("/boundaries/lists", &[("name", "mylist"), ("scope", "mine")]).await.is(303);
        let list = alice.get("/boundaries/lists").await.is(200).shows("mylist").number_after("/boundaries/lists/").unwrap();
        alice.post("/boundaries", &[("pattern", "bigcorp.example"), ("stance", "refused"), ("scope", "mine"), ("reason", "loud")]).await.is(303);
        let rule = alice.get("/boundaries").await.is(200).number_after("action=\"/boundaries/").unwrap();
        let mut bobs = App::let_in(&town, &mut bob).await;
        let nothing = (post.id + 4_242).to_string();
        // Who is to be seen is no secret: of somebody who asked is told what is told of somebody who did not.
        let somebody = dora.account.id.to_string();
        for (what, number) in [("post", post.id), ("list", list), ("rule", rule), ("follower", carol.account.id)] {
            let number = number.to_string();
            for (method, pattern) in numbered() {
                let is_person = pattern.starts_with("/follow-requests/") || pattern.starts_with("/contacts/people/");
                let absent = if what == "follower" && is_person { &somebody } else { &nothing };
                let path = |id: &str| {
                    pattern.replace("{handle}", "alice").replace("{name}", "alice").replace("{id}", id)
                };
                // With a token, too: what it opens is not what somebody else has.
                if pattern.starts_with("/api/") && what != "follower" {
                    let method = Method::from_bytes(method.as_bytes()).unwrap();
                    let hers = bobs.send(method.clone(), &path(&number), &json!({})).await;
                    let nothing = bobs.send(method.clone(), &path(absent), &json!({})).await;
                    let (hers, nothing) = (told(&hers, &number), told(&nothing, absent));
                    assert_eq!(hers, nothing, "{method} {pattern} tells an app of her {what}");
                }
                for asking in [&mut bob.browser, &mut town.anonymous()] {
                    let hers = ask(asking, method, &path(&number)).await;
                    let nothing = ask(asking, method, &path(absent)).await;
                    let (hers, nothing) = (told(&hers, &number), told(&nothing, absent));
                    assert_eq!(hers, nothing, "{method} {pattern} tells of her {what}");
                }
            }
        }
        // Nothing came of it.
        alice.get("/follow-requests").await.is(200).shows("carol");
        alice.get(&post.path).await.is(200).shows("Between us");
        alice.get(&format!("/boundaries/lists/{list}")).await.is(200).shows("mylist").hides("x.example");
        alice.get("/boundaries").await.is(200).shows("bigcorp.example");
    }

    async fn l29_the_number_of_a_hidden_boost_leads_to_nothing_that_could_be_taken_back(town) {
        let (mut alice, mut bob, mut carol) =
            (town.member("alice").await, town.member("bob").await, town.member("carol").await);
        let post = town.post(&mut alice, "Low water", "public").await;
        let at = |id: &str, act: &str| format!("/api/v1/statuses/{id}/{act}");
        let post = post.id.to_string();
        let (mut his, mut carols) = (App::let_in(&town, &mut bob).await, App::let_in(&town, &mut carol).await);
        let boost = carols.post(&at(&post, "reblog"), json!({})).await.is(200).json();
        let boost = boost["id"].as_str().unwrap().to_owned();
        let own = his.post(&at(&post, "reblog"), json!({})).await.is(200).json();
        let own = own["id"].as_str().unwrap().to_owned();
        let said = |id: &str| format!("/api/v1/pleroma/statuses/{id}/reactions/%F0%9F%8C%8A");
        his.send(Method::PUT, &said(&post), &json!({})).await.is(200);
        carol.does(&format!("/accounts/{}/block", bob.account.id)).await;
        his.get(&format!("/api/v1/statuses/{boost}")).await.is(404);
        let nothing = (post.parse::<i64>().unwrap() + 4_242_424_242).to_string();
        for act in ["unreblog", "unfavourite"] {
            let hidden = his.post(&at(&boost, act), json!({})).await;
            let absent = his.post(&at(&nothing, act), json!({})).await;
            assert_eq!(told(&hidden, &boost), told(&absent, &nothing), "{act}");
        }
        let hidden = his.send(Method::DELETE, &said(&boost), &json!({})).await;
        let absent = his.send(Method::DELETE, &said(&nothing), &json!({})).await;
        assert_eq!(told(&hidden, &boost), told(&absent, &nothing));
        let stands = his.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_eq!((&stands["favourited"], &stands["reblogged"]), (&json!(true), &json!(true)));
        // By the number of his own boost he takes back what he did.
        for act in ["unfavourite", "unreblog"] {
            his.post(&at(&own, act), json!({})).await.is(200);
        }
        let stands = his.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_eq!((&stands["favourited"], &stands["reblogged"]), (&json!(false), &json!(false)));
    }

    async fn l29_how_one_stands_to_somebody_hidden_is_answered_as_to_nobody(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (dora, his) = (town.member("dora").await, bob.account.id);
        let mut hers = App::let_in(&town, &mut alice).await;
        let path = |id: i64| format!("/api/v1/accounts/relationships?id[]={id}&id[]={}", dora.account.id);
        let number = |answer: &serde_json::Value| answer.as_array().unwrap().len();
        assert_eq!(number(&hers.get(&path(his)).await.is(200).json()), 2);
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        alice.get("/@bob").await.is(404);
        let (hidden, nothing) = (hers.get(&path(his)).await.is(200), hers.get(&path(his + 4_242)).await.is(200));
        assert_eq!(told(&hidden, &his.to_string()), told(&nothing, &(his + 4_242).to_string()));
        assert_eq!(hidden.json()[0]["id"], dora.account.id.to_string());
        hers.post(&format!("/api/v1/accounts/{his}/mute"), json!({})).await.is(404);
        // What she holds herself she is told.
        bob.does(&format!("/accounts/{}/unblock", alice.account.id)).await;
        hers.post(&format!("/api/v1/accounts/{his}/mute"), json!({})).await.is(200);
        bob.does(&format!("/accounts/{}/block", alice.account.id)).await;
        let stands = hers.get(&path(his)).await.is(200).json();
        assert_eq!((number(&stands), &stands[0]["muting"], &stands[0]["blocked_by"]), (2, &json!(true), &json!(false)));
        hers.post(&format!("/api/v1/accounts/{his}/unmute"), json!({})).await.is(200);
        assert_eq!(number(&hers.get(&path(his)).await.is(200).json()), 1);
        // So of whom she blocks.
        hers.post(&format!("/api/v1/accounts/{}/block", dora.account.id), json!({})).await.is(200);
        assert_eq!(hers.get(&path(his)).await.is(200).json()[0]["blocking"], true);
    }

    async fn attack_20_what_is_for_one_reader_is_kept_for_no_other(town) {
        let mut alice = town.member("alice").await;
        let post = town.post(&mut alice, "A word", "private").await;
        for route in ROUTES.iter().filter(|route| route.method == "GET" && route.kind != Kind::Asset) {
            let path = route.path.replace("{handle}", "alice").replace("{name}", "alice").replace("{token}", "no");
            let path = path.replace("{id}", &post.id.to_string());
            for accept in ["text/html", "application/activity+json"] {
                for asking in [&mut alice.browser, &mut town.anonymous()] {
                    let answer = asking.send(Method::GET, &path, &[("accept", accept)], "").await;
                    let header = |name: &str| {
                        answer.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_lowercase()
                    };
                    let cache = header("cache-control");
                    let is_kept = !cache.contains("private") && !cache.contains("no-store");
                    assert!(!is_kept, "{path} as {accept} may be kept for others: {cache:?}");
                    assert!(!answer.headers.contains_key("etag") || header("vary").contains("cookie"), "{path}");
                }
            }
        }
    }
}

impl Border {
    async fn asks(&self, by: &str, path: &str) -> Answer {
        // So that no question is one too many.
        self.town.wait_s(2);
        self.signed_with(&format!("{by}#main-key"), Method::GET, path, "")
            .await
    }
}

/// Everything of alice's that other servers ask for.
fn hers(post: i64) -> Vec<String> {
    let mut paths = vec![
        "/users/alice".to_owned(),
        format!("/users/alice/statuses/{post}"),
    ];
    for rest in ["activity", "replies"] {
        paths.push(format!("/users/alice/statuses/{post}/{rest}"));
    }
    for rest in [
        "outbox",
        "followers",
        "following",
        "featured",
        "followers_synchronization",
    ] {
        paths.push(format!("/users/alice/{rest}"));
    }
    paths
}

border_test! {
    async fn l17_l23_l25_attack_17_who_is_refused_is_so_by_whatever_name_they_ask(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "For everybody but them", "public").await;
        let rolf = border.peer.iri("refused", "rolf");
        border.says(&follow(&rolf, alice.account.iri.as_str())).await;
        let names = [rolf, border.peer.iri("refused", "actor"), border.peer.iri("deep.below.refused", "other")];
        for by in &names {
            border.asks(by, &format!("/users/alice/statuses/{}", post.id)).await.is(200);
        }
        border.refuse(&border.peer.domain("refused")).await;
        border.town.wait_s(60);
        for by in &names {
            for path in hers(post.id) {
                let absent = path.replace("alice", "nobody");
                let (refused, nothing) = (border.asks(by, &path).await.is(404), border.asks(by, &absent).await);
                assert_eq!(told(&refused, "alice"), told(&nothing, "nobody"), "{by} asks for {path}");
            }
        }
        let free = border.peer.iri("open", "rita");
        border.asks(&free, &format!("/users/alice/statuses/{}", post.id)).await.is(200).shows("but them");
    }

    async fn who_refuses_a_server_is_still_told_how_they_stand_to_its_people(border) {
        let alice = border.town.member("alice").await;
        let mut bob = border.town.member("bob").await;
        let rolf = border.peer.iri("refused", "rolf");
        border.says(&follow(&rolf, alice.account.iri.as_str())).await;
        let id = border.account(&rolf).await.id;
        let mut his = App::let_in(&border.town, &mut bob).await;
        let path = format!("/api/v1/accounts/relationships?id[]={id}");
        assert_eq!(his.get(&path).await.is(200).json()[0]["domain_blocking"], false);
        let domain = border.peer.domain("refused");
        let rule = [("pattern", domain.as_str()), ("stance", "refused"), ("scope", "mine")];
        bob.post("/boundaries", &rule).await.is(303);
        assert_eq!(his.get(&path).await.is(200).json()[0]["domain_blocking"], true);
    }

    async fn l28_l29_what_is_hidden_is_answered_alike_in_every_form_and_leads_to_nothing(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "For those who follow me", "private").await;
        let (rita, absent) = (border.peer.iri("open", "rita"), post.id + 4_242);
        for path in ["/users/alice/statuses/N", "/users/alice/statuses/N/activity", "/users/alice/statuses/N/replies", "/@alice/N"] {
            let of = |id: i64| path.replace('N', &id.to_string());
            let (hidden, nothing) = (post.id.to_string(), absent.to_string());
            let answers = (border.asks(&rita, &of(post.id)).await, border.asks(&rita, &of(absent)).await);
            assert_eq!(told(&answers.0, &hidden), told(&answers.1, &nothing), "{path} signed");
            for accept in ["text/html", "application/activity+json", "application/ld+json", "*/*"] {
                let ask = async |id| {
                    border.town.anonymous().send(Method::GET, &of(id), &[("accept", accept)], "").await
                };
                let answers = (ask(post.id).await, ask(absent).await);
                assert_eq!(told(&answers.0, &hidden), told(&answers.1, &nothing), "{path} as {accept}");
                if let Some(next) = answers.0.leads_to() {
                    border.town.anonymous().get(&next).await.is(404);
                }
            }
        }
    }

    async fn l21_a_name_is_answered_with_addresses_and_nothing_else(border) {
        border.town.member("alice").await;
        let home = border.town.community().domain.clone();
        let path = |name: &str| format!("/.well-known/webfinger?resource=acct:{name}@{home}");
        let answer = border.town.anonymous().get_activity(&path("alice")).await.is(200).json();
        for key in answer.as_object().unwrap().keys() {
            assert!(["subject", "aliases", "links"].contains(&key.as_str()), "{key}");
        }
        border.town.anonymous().get_activity(&path("nobody")).await.is(404);
        for path in ["/nodeinfo/2.1", "/.well-known/host-meta.json"] {
            border.town.anonymous().get(path).await.is(200).hides("alice");
        }
    }

    async fn l31_l54_what_is_anothers_does_not_come_in_through_a_third(border) {
        let alice = border.town.member("alice").await;
        let (rolf, rita) = (border.peer.iri("refused", "rolf"), border.peer.iri("open", "rita"));
        border.says(&follow(&rita, alice.account.iri.as_str())).await;
        border.refuse(&border.peer.domain("refused")).await;
        let mut carried = peer::create(&rolf, "1", "By way of a friend", None, Some(alice.account.iri.as_str()));
        carried["actor"] = json!(rita);
        border.brings(&carried).await;
        border.is_idle().await;
        assert!(border.status(&format!("{rolf}/statuses/1")).await.is_none(), "handed on by somebody else");
        let note = peer::create(&rolf, "2", "Boosted", None, None)["object"].clone();
        for (number, object) in [("1", note.clone()), ("2", note["id"].clone())] {
            border.brings(&json!({
                "id": format!("{rita}#boosts/{number}"), "type": "Announce", "actor": rita, "object": object,
                "to": ["https://www.w3.org/ns/activitystreams#Public"],
            })).await;
            border.is_idle().await;
        }
        assert!(border.status(&format!("{rolf}/statuses/2")).await.is_none(), "boosted by somebody else");
        // Said in the name of a friend, signed by the refused.
        let create = peer::create(&rita, "3", "In her name", None, Some(alice.account.iri.as_str()));
        border.signed_with(&format!("{rolf}#main-key"), Method::POST, "/inbox", &create.to_string()).await;
        border.is_idle().await;
        assert!(border.status(&format!("{rita}/statuses/3")).await.is_none());
    }

    async fn l07_l37_attack_6_attack_7_a_signature_inside_a_document_counts_for_nothing(border) {
        let mut alice = border.town.member("alice").await;
        let (rita, mallory) = (border.peer.iri("open", "rita"), border.peer.iri("social", "mallory"));
        for by in [&rita, &mallory] {
            border.says(&follow(by, alice.account.iri.as_str())).await;
        }
        let create = peer::create(&rita, "1", "Passed on", None, Some(alice.account.iri.as_str()));
        for (name, inside) in [
            ("signature", json!({ "type": "RsaSignature2017", "creator": format!("{rita}#main-key"),
                "created": "2026-05-05T12:00:00Z", "signatureValue": "bm90aGluZw==" })),
            ("proof", json!({ "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "z1",
                "proofPurpose": "assertionMethod", "verificationMethod": format!("{rita}#main-key") })),
        ] {
            let mut forwarded = create.clone();
            forwarded[name] = inside.clone();
            forwarded["object"][name] = inside;
            let by = format!("{mallory}#main-key");
            border.signed_with(&by, Method::POST, "/inbox", &forwarded.to_string()).await;
            border.is_idle().await;
            assert!(border.status(&format!("{rita}/statuses/1")).await.is_none(), "{name}");
        }
        // Nor can what we send be passed on past a border by what it carries.
        let post = border.town.post(&mut alice, "For everybody", "public").await;
        border.is_idle().await;
        for path in [format!("/users/alice/statuses/{}", post.id), format!("/users/alice/statuses/{}/activity", post.id)] {
            let sent = border.asks(&rita, &path).await.is(200).json().to_string();
            assert!(!sent.contains("signatureValue") && !sent.contains("proofValue"), "{sent}");
        }
        for delivered in border.peer.delivered() {
            let sent = delivered.json().to_string();
            assert!(!sent.contains("signatureValue") && !sent.contains("proofValue"), "{sent}");
        }
    }

    async fn attack_14_a_yes_to_what_nobody_asked_makes_no_follower(border) {
        let mut alice = border.town.member("alice").await;
        let post = border.town.post(&mut alice, "For those who follow me", "private").await;
        let rita = border.peer.iri("open", "rita");
        border.says(&follow(&rita, alice.account.iri.as_str())).await;
        let id = border.account(&rita).await.id;
        let path = format!("/users/alice/statuses/{}", post.id);
        border.asks(&rita, &path).await.is(200);
        alice.does(&format!("/accounts/{id}/block")).await;
        alice.does(&format!("/accounts/{id}/unblock")).await;
        border.town.wait_s(10);
        border.asks(&rita, &path).await.is(404);
        let hers = json!({ "type": "Follow", "id": format!("{rita}#follow"), "actor": rita, "object": alice.account.iri.as_str() });
        let ours = json!({ "type": "Follow", "id": format!("{}#follows/1", alice.account.iri),
            "actor": alice.account.iri.as_str(), "object": rita });
        for (number, object) in [hers, ours, json!(format!("{}#follows/1", alice.account.iri))].into_iter().enumerate() {
            border.brings(&json!({
                "id": format!("{rita}#accepts/{number}"), "type": "Accept", "actor": rita, "object": object,
            })).await;
            border.is_idle().await;
        }
        border.town.wait_s(10);
        border.asks(&rita, &path).await.is(404);
        alice.get("/@alice/following").await.is(200).hides("rita");
    }

    async fn l12_a_block_is_told_to_nobody_unless_its_author_says_so(border) {
        let mut alice = border.town.member("alice").await;
        let rita = border.peer.iri("open", "rita");
        border.says(&follow(&rita, alice.account.iri.as_str())).await;
        let id = border.account(&rita).await.id;
        alice.does(&format!("/accounts/{id}/block")).await;
        border.is_idle().await;
        let kinds = |border: &Border| -> Vec<String> {
            border.peer.delivered().iter().map(|came| came.json()["type"].to_string()).collect()
        };
        assert!(!kinds(&border).iter().any(|kind| kind.contains("Block")), "{:?}", kinds(&border));
        alice.does(&format!("/accounts/{id}/unblock")).await;
        border.is_idle().await;
        let told = border.peer.delivered().iter().any(|came| came.json().to_string().contains("\"Block\""));
        assert!(!told, "the end of it tells it as well");
    }

    async fn l14_a_profile_goes_to_no_server_that_is_refused(border) {
        let mut alice = border.town.member("alice").await;
        for server in ["refused", "open"] {
            border.says(&follow(&border.peer.iri(server, "reader"), alice.account.iri.as_str())).await;
        }
        border.refuse(&border.peer.domain("refused")).await;
        alice.post("/settings/profile", &[("name", "A new name"), ("bio", "and words")]).await.is(303);
        border.is_idle().await;
        let had: Vec<String> = border
            .peer
            .delivered()
            .iter()
            .filter(|came| came.json().to_string().contains("A new name"))
            .map(|came| came.host.clone())
            .collect();
        assert!(had.iter().any(|host| host.starts_with("open")), "{had:?}");
        assert!(!had.iter().any(|host| host.starts_with("refused")), "{had:?}");
    }
}

coast_test! {
    async fn a_list_of_people_tells_nothing_between_its_lines(coast) {
        let post = coast.town.post(&mut coast.alice, "For everybody", "public").await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "loud")];
        coast.bob.post("/boundaries", &rule).await.leads("/boundaries");
        let like = |server: &str, name: &str| {
            let by = coast.peer.iri(server, name);
            let of = format!("{}/users/alice/statuses/{}", coast.town.community().origin, post.id);
            json!({ "id": format!("{by}#like"), "type": "Like", "actor": by, "object": of })
        };
        coast.brings(&like("open", "rita")).await;
        let mut hers = App::let_in(&coast.town, &mut coast.alice).await;
        let mut his = App::let_in(&coast.town, &mut coast.bob).await;
        let at = format!("/api/v1/statuses/{}/favourited_by", post.id);
        let asks = [at.clone(), format!("{at}?limit=1"), format!("{at}?min_id=1")];
        let mut before = Vec::new();
        for path in &asks {
            let answer = his.get(path).await.is(200);
            before.push((answer.headers.get("link").cloned(), answer.json()));
        }
        coast.brings(&like("kept", "lena")).await;
        let all = hers.get(&at).await.is(200).json();
        assert_eq!(all.as_array().unwrap().len(), 2);
        for (path, before) in asks.iter().zip(before) {
            let answer = his.get(path).await.is(200);
            assert_eq!((answer.headers.get("link").cloned(), answer.json()), before, "{path}");
        }
    }

    async fn a_conversation_names_nobody_who_is_hidden_from_its_reader(coast) {
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "loud")];
        coast.bob.post("/boundaries", &rule).await.leads("/boundaries");
        let words = format!("@bob @lena@{kept} Low water");
        coast.town.post(&mut coast.alice, &words, "direct").await;
        let mut hers = App::let_in(&coast.town, &mut coast.alice).await;
        let mut his = App::let_in(&coast.town, &mut coast.bob).await;
        for (app, people) in [(&mut hers, vec!["bob", "lena"]), (&mut his, vec!["alice"])] {
            let told = app.get("/api/v1/conversations").await.is(200).json();
            let accounts = told[0]["accounts"].as_array().unwrap().iter();
            let mut names: Vec<&str> = accounts.map(|one| one["username"].as_str().unwrap()).collect();
            names.sort_unstable();
            assert_eq!(names, people);
        }
    }
}
