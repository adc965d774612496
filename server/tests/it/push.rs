//! Web push: what an app subscribes to, and what its device is woken with.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use axum::Router;
use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity::rules::{self, NewRule, Source};
use comity_policy::Stance;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::coast::Coast;
use crate::oauth::Registered;
use crate::town::{Answer, Browser, Town};
use crate::{peer, town_test};

pub const SCOPES: &str = "read write follow push";
pub const AT: &str = "/api/v1/push/subscription";

pub async fn asks(town: &Town, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    let header = format!("Bearer {token}");
    let headers = [
        ("authorization", header.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.to_string();
    town.anonymous().send(method, path, &headers, &body).await
}

pub async fn token(town: &Town, browser: &mut Browser, scopes: &str) -> String {
    let mut app = Registered::new(town, scopes).await;
    app.let_in(browser, scopes).await
}

/// A device with its keys.
pub struct Device {
    key: PrivateKey,
    auth: [u8; 16],
}

pub fn device() -> Device {
    Device {
        key: PrivateKey::generate(&ECDH_P256).unwrap(),
        auth: [7; 16],
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, &parts.concat()).as_ref().to_vec()
}

/// One block of HKDF's second half.
fn expand(prk: &[u8], parts: &[&[u8]], length: usize) -> Vec<u8> {
    let all: Vec<&[u8]> = parts.iter().copied().chain([&[1][..]]).collect();
    hmac(prk, &all)[..length].to_vec()
}

impl Device {
    fn public(&self) -> Vec<u8> {
        self.key.compute_public_key().unwrap().as_ref().to_vec()
    }

    pub fn wish(&self, endpoint: &str, standard: bool, policy: &str) -> Value {
        json!({
            "subscription": {
                "endpoint": endpoint, "standard": standard,
                "keys": { "p256dh": URL_SAFE_NO_PAD.encode(self.public()), "auth": URL_SAFE_NO_PAD.encode(self.auth) },
            },
            "data": { "policy": policy, "alerts": { "mention": true, "favourite": true, "follow": false } },
        })
    }

    fn shared(&self, theirs: &[u8]) -> Vec<u8> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
        agree(&self.key, theirs, (), |secret| Ok(secret.to_vec())).unwrap()
    }

    /// As the device reads it, by its encoding.
    pub fn reads(&self, came: &Came) -> Value {
        let open = |key: &[u8], nonce: &[u8], sealed: &[u8]| {
            let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).unwrap());
            let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
            let mut sealed = sealed.to_vec();
            let plain = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
            plain.to_vec()
        };
        let own = self.public();
        match came.header("content-encoding") {
            "aes128gcm" => {
                let (salt, rest) = came.body.split_at(16);
                let (theirs, sealed) = rest[5..].split_at(usize::from(rest[4]));
                let mixed = hmac(&self.auth, &[&self.shared(theirs)]);
                let ikm = expand(&mixed, &[b"WebPush: info\0", &own, theirs], 32);
                let prk = hmac(salt, &[&ikm]);
                let key = expand(&prk, &[b"Content-Encoding: aes128gcm\0"], 16);
                let nonce = expand(&prk, &[b"Content-Encoding: nonce\0"], 12);
                let plain = open(&key, &nonce, sealed);
                let (end, plain) = plain.split_last().unwrap();
                assert_eq!(*end, 2);
                serde_json::from_slice(plain).unwrap()
            }
            "aesgcm" => {
                let of = |header: &str, name: &str| {
                    let mut parts = came.header(header).split([';', ',']);
                    let part = parts
                        .find_map(|part| part.trim().strip_prefix(name))
                        .unwrap();
                    URL_SAFE_NO_PAD.decode(part).unwrap()
                };
                let (salt, theirs) = (of("encryption", "salt="), of("crypto-key", "dh="));
                let mixed = hmac(&self.auth, &[&self.shared(&theirs)]);
                let ikm = expand(&mixed, &[b"Content-Encoding: auth\0"], 32);
                let prk = hmac(&salt, &[&ikm]);
                let context = [b"P-256\0\0\x41", &own[..], b"\0\x41", &theirs].concat();
                let key = expand(&prk, &[b"Content-Encoding: aesgcm\0", &context], 16);
                let nonce = expand(&prk, &[b"Content-Encoding: nonce\0", &context], 12);
                let plain = open(&key, &nonce, &came.body);
                assert_eq!(plain[..2], [0, 0]);
                serde_json::from_slice(&plain[2..]).unwrap()
            }
            other => panic!("{other} is no encoding"),
        }
    }
}

/// What came to a push service.
#[derive(Clone)]
pub struct Came {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Came {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A push service on this machine.
pub struct Service {
    pub endpoint: String,
    came: Arc<Mutex<Vec<Came>>>,
    says: Arc<Mutex<StatusCode>>,
}

impl Service {
    pub async fn start() -> Service {
        let came = Arc::new(Mutex::new(Vec::new()));
        let says = Arc::new(Mutex::new(StatusCode::CREATED));
        let (kept, answer) = (came.clone(), says.clone());
        let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let body = body.to_vec();
            kept.lock().unwrap().push(Came { headers, body });
            let status = *answer.lock().unwrap();
            async move { status }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Service {
            endpoint: format!("http://push.localhost:{port}/send/abc"),
            came,
            says,
        }
    }

    /// The newest, once there are so many.
    async fn newest(&self, count: usize) -> Came {
        for _ in 0..500 {
            let came = self.came.lock().unwrap().clone();
            if came.len() >= count {
                assert_eq!(came.len(), count);
                return came[count - 1].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} messages did not come");
    }

    fn count(&self) -> usize {
        self.came().len()
    }

    /// All that came.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

/// Alice is named by rita, of another server.
async fn names_alice(coast: &Coast, server: &str, name: &str, said: &str) {
    let by = coast.peer.iri(server, name);
    let alice = coast.alice.account.iri.to_string();
    coast
        .brings(&peer::create(&by, said, said, None, Some(&alice)))
        .await;
}

/// The proof in a header is signed with this key, and says for whom it is.
fn is_proof(jwt: &str, server_key: &str, audience: &str) {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let key = URL_SAFE_NO_PAD.decode(server_key).unwrap();
    signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(
            signed.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .unwrap();
    let claims = signed.split_once('.').unwrap().1;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["aud"], audience);
    let now_s = crate::town::NOON_MS / 1000;
    let lives_s = claims["exp"].as_i64().unwrap() - now_s;
    assert!((1..=86_400).contains(&lives_s), "{claims}");
    assert!(claims["sub"].as_str().unwrap().contains(':'));
}

town_test! {
    async fn an_app_subscribes_changes_and_ends(town) {
        let mut alice = town.member("alice").await;
        let first = token(&town, &mut alice, SCOPES).await;
        let second = token(&town, &mut alice, SCOPES).await;
        let reader = token(&town, &mut alice, "read").await;
        asks(&town, &first, Method::GET, AT, &json!({})).await.is(404);
        asks(&town, &first, Method::PUT, AT, &json!({})).await.is(404);
        asks(&town, &reader, Method::GET, AT, &json!({})).await.is(403);
        let device = device();
        for endpoint in ["", "nonsense", "http://push.example.org/a", "https://10.0.0.1/a", "https://localhost/a", "https://push.example.org:8443/a", "https://push.internal/a"] {
            asks(&town, &first, Method::POST, AT, &device.wish(endpoint, true, "all")).await.is(422);
        }
        let good = "https://push.example.org/send/1";
        let mut wrong = device.wish(good, true, "all");
        wrong["subscription"]["keys"]["p256dh"] = json!("BAAA");
        asks(&town, &first, Method::POST, AT, &wrong).await.is(422);
        let mut wrong = device.wish(good, true, "all");
        wrong["subscription"]["keys"]["auth"] = json!("AAAA");
        asks(&town, &first, Method::POST, AT, &wrong).await.is(422);
        asks(&town, &first, Method::POST, AT, &device.wish(good, true, "everybody")).await.is(422);

        let made = asks(&town, &first, Method::POST, AT, &device.wish(good, true, "followed")).await.is(200).json();
        assert_eq!((&made["endpoint"], &made["standard"], &made["policy"]), (&json!(good), &json!(true), &json!("followed")));
        assert_eq!((&made["alerts"]["mention"], &made["alerts"]["follow"], &made["alerts"]["poll"]), (&json!(true), &json!(false), &json!(false)));
        let instance = town.anonymous().get("/api/v2/instance").await.is(200).json();
        assert_eq!(made["server_key"], instance["configuration"]["vapid"]["public_key"]);
        let app = asks(&town, &first, Method::GET, "/api/v1/apps/verify_credentials", &json!({})).await.is(200).json();
        assert_eq!(made["server_key"], app["vapid_key"]);
        assert_eq!(URL_SAFE_NO_PAD.decode(made["server_key"].as_str().unwrap()).unwrap().len(), 65);
        // Each token has its own.
        asks(&town, &second, Method::GET, AT, &json!({})).await.is(404);
        let changed = json!({ "data": { "alerts": { "follow": true } } });
        let now = asks(&town, &first, Method::PUT, AT, &changed).await.is(200).json();
        assert_eq!((&now["alerts"]["mention"], &now["alerts"]["follow"], &now["policy"]), (&json!(false), &json!(true), &json!("followed")));
        // As a form, which apps send as well.
        let key = URL_SAFE_NO_PAD.encode(device.public());
        let form = format!("subscription[endpoint]=https://push.example.org/2&subscription[keys][p256dh]={key}&subscription[keys][auth]=BwcHBwcHBwcHBwcHBwcHBw==&data[alerts][reblog]=true");
        let header = format!("Bearer {second}");
        let theirs = town.anonymous().post_raw(AT, &[("authorization", &header)], &form).await.is(200).json();
        assert_eq!((&theirs["standard"], &theirs["policy"], &theirs["alerts"]["reblog"]), (&json!(false), &json!("all"), &json!(true)));
        asks(&town, &first, Method::POST, AT, &device.wish("https://push.example.org/3", false, "all")).await.is(200);
        let now = asks(&town, &first, Method::GET, AT, &json!({})).await.is(200).json();
        assert_eq!(now["endpoint"], "https://push.example.org/3");
        asks(&town, &first, Method::DELETE, AT, &json!({})).await.is(200);
        asks(&town, &first, Method::DELETE, AT, &json!({})).await.is(200);
        asks(&town, &first, Method::GET, AT, &json!({})).await.is(404);
        // What was let ends, and with it what it subscribed to.
        comity::members::set_password(&town.app, alice.account.id, "another horse battery").await.unwrap();
        asks(&town, &second, Method::GET, AT, &json!({})).await.is(401);
    }
}

coast_test! {
    async fn l15_a_device_is_woken_and_reads_nothing_that_was_not_wanted(coast) {
        let service = Service::start().await;
        let device = device();
        let token = token(&coast.town, &mut coast.alice.browser, SCOPES).await;
        let made = asks(&coast.town, &token, Method::POST, AT, &device.wish(&service.endpoint, true, "all")).await.is(200).json();
        let server_key = made["server_key"].as_str().unwrap().to_owned();
        let audience = service.endpoint.strip_suffix("/send/abc").unwrap().to_owned();
        names_alice(&coast, "open", "rita", "Oyster").await;
        let came = service.newest(1).await;
        assert_eq!((came.header("ttl"), came.header("urgency"), came.header("content-type")), ("172800", "normal", "application/octet-stream"));
        assert!(!came.headers.contains_key("signature") && !came.headers.contains_key("signature-input"));
        let authorization = came.header("authorization").strip_prefix("vapid t=").unwrap();
        let (proof, key) = authorization.split_once(", k=").unwrap();
        assert_eq!(key, server_key);
        is_proof(proof, &server_key, &audience);
        let told = device.reads(&came);
        assert_eq!((&told["notification_type"], &told["title"]), (&json!("mention"), &json!("Somebody mentioned you")));
        // By the token an app knows for which of its accounts it is; the language is one.
        assert_eq!((&told["access_token"], &told["preferred_locale"]), (&json!(token), &json!("en")));
        let number = told["notification_id"].as_f64().unwrap().to_string();
        assert_eq!(number, told["notification_id"].to_string(), "JavaScript reads the same number");
        let whole = told.to_string();
        assert!(!whole.contains("Oyster") && !whole.contains("rita"), "{whole}");
        let path = format!("/api/v1/notifications/{}", told["notification_id"]);
        let found = asks(&coast.town, &token, Method::GET, &path, &json!({})).await.is(200).json();
        assert!(found["status"]["content"].as_str().unwrap().contains("Oyster"));

        // The member wants more, and the app reads the older encoding.
        coast.alice.get("/settings/apps").await.is(200).shows("Say who it is");
        coast.alice.post("/settings/push", &[("tells", "true")]).await.leads("/settings/apps");
        asks(&coast.town, &token, Method::POST, AT, &device.wish(&service.endpoint, false, "all")).await.is(200);
        names_alice(&coast, "open", "rita", "Urchin").await;
        let came = service.newest(2).await;
        is_proof(came.header("authorization").strip_prefix("WebPush ").unwrap(), &server_key, &audience);
        assert!(came.header("crypto-key").ends_with(&format!(";p256ecdsa={server_key}")));
        let told = device.reads(&came);
        assert_eq!((&told["body"], &told["access_token"]), (&json!("Urchin"), &json!(token)));
        assert!(told["title"].as_str().unwrap().ends_with(" mentioned you") && told["title"] != "Somebody mentioned you");
        coast.alice.post("/settings/push", &[]).await.leads("/settings/apps");

        // Whom a rule or the member keeps away wakes nobody; nor does what the app did not ask for.
        coast.alice_refuses_kept().await;
        names_alice(&coast, "kept", "lena", "Periwinkle").await;
        asks(&coast.town, &token, Method::PUT, AT, &json!({ "data": { "policy": "followed" } })).await.is(200);
        names_alice(&coast, "open", "rita", "Dogfish").await;
        asks(&coast.town, &token, Method::PUT, AT, &json!({ "data": { "policy": "follower", "alerts": { "follow": true } } })).await.is(200);
        names_alice(&coast, "open", "rita", "Whelk").await;
        assert_eq!(service.count(), 2);
        asks(&coast.town, &token, Method::PUT, AT, &json!({ "data": { "alerts": { "mention": true } } })).await.is(200);
        names_alice(&coast, "open", "rita", "Limpet").await;
        assert_eq!(device.reads(&service.newest(3).await)["notification_type"], "mention");
        // Where nobody is reached any more it is not tried again.
        *service.says.lock().unwrap() = StatusCode::GONE;
        names_alice(&coast, "open", "rita", "Cockle").await;
        service.newest(4).await;
        coast.is_idle().await;
        asks(&coast.town, &token, Method::GET, AT, &json!({})).await.is(404);
        names_alice(&coast, "open", "rita", "Razor").await;
        assert_eq!(service.count(), 4);
    }

    async fn a_device_whose_sign_in_ended_is_woken_no_more(coast) {
        let (service, device) = (Service::start().await, device());
        let mut app = Registered::new(&coast.town, SCOPES).await;
        let lost = app.let_in(&mut coast.alice.browser, SCOPES).await;
        let kept = app.let_in(&mut coast.alice.browser, SCOPES).await;
        asks(&coast.town, &lost, Method::POST, AT, &device.wish(&service.endpoint, true, "all")).await.is(200);
        names_alice(&coast, "open", "rita", "Oyster").await;
        service.newest(1).await;
        let apps = comity::oauth::let_in(&coast.town.app, coast.alice.account.id).await.unwrap();
        let both = apps.iter().find(|one| one.sign_ins.len() == 2).unwrap();
        let oldest = both.sign_ins.iter().map(|one| one.token_id).min().unwrap();
        comity::oauth::end_sign_in(&coast.town.app, coast.alice.account.id, oldest).await.unwrap();
        names_alice(&coast, "open", "rita", "Urchin").await;
        coast.is_idle().await;
        assert_eq!(service.count(), 1);
        asks(&coast.town, &lost, Method::GET, AT, &json!({})).await.is(401);
        // The other one has none, and goes on.
        asks(&coast.town, &kept, Method::GET, AT, &json!({})).await.is(404);
    }

    async fn what_a_filter_hides_among_notifications_wakes_nobody(coast) {
        let service = Service::start().await;
        let device = device();
        let token = token(&coast.town, &mut coast.alice.browser, "read write push").await;
        asks(&coast.town, &token, Method::POST, AT, &device.wish(&service.endpoint, true, "all")).await.is(200);
        for (word, context) in [("oyster", "notifications"), ("urchin", "home")] {
            let filter = json!({ "title": word, "filter_action": "hide", "context": [context], "keywords_attributes": [{ "keyword": word, "whole_word": true }] });
            asks(&coast.town, &token, Method::POST, "/api/v2/filters", &filter).await.is(200);
        }
        names_alice(&coast, "open", "rita", "Oyster").await;
        coast.is_idle().await;
        assert_eq!(service.count(), 0);
        names_alice(&coast, "open", "rita", "Urchin").await;
        assert_eq!(device.reads(&service.newest(1).await)["notification_type"], "mention");
    }

    async fn a_rule_that_names_the_push_service_counts(coast) {
        let service = Service::start().await;
        let device = device();
        let token = token(&coast.town, &mut coast.alice.browser, SCOPES).await;
        asks(&coast.town, &token, Method::POST, AT, &device.wish(&service.endpoint, true, "all")).await.is(200);
        names_alice(&coast, "open", "rita", "Oyster").await;
        service.newest(1).await;
        let scope = rules::of_community(&coast.town.community());
        let pattern = rules::parse_pattern("push.localhost").unwrap();
        let rule = NewRule::about(scope, pattern, Stance::Refused, Source::CommandLine);
        rules::set(&coast.town.app, rule).await.unwrap();
        names_alice(&coast, "open", "rita", "Urchin").await;
        assert_eq!(service.count(), 1);
    }
}
