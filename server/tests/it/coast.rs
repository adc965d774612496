//! A town by the sea, with neighbours: servers of our own making that keep whatever is delivered to them.

use std::time::Duration;

use comity::queue;
use comity_db::testing::Engine;
use http::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::acts::Post;
use crate::peer::{Delivered, Peer};
use crate::promises;
use crate::town::{Answer, Member, Town};

const SETTINGS: &str = "[federation.testing]\nallow_http = true\nallow_loopback = true\n";

/// Defines a test that runs on SQLite and on PostgreSQL.
macro_rules! coast_test {
    ($(async fn $name:ident($coast:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[allow(unused_mut)] // not each test acts as somebody
            async fn test(mut $coast: $crate::coast::Coast) $body

            #[tokio::test]
            async fn on_sqlite() {
                Box::pin(test(Box::pin($crate::coast::Coast::new(comity_db::testing::Engine::Sqlite)).await)).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                Box::pin(test(Box::pin($crate::coast::Coast::new(comity_db::testing::Engine::Postgres)).await)).await;
            }
        }
    )+};
}

/// A town with neighbours, and alice and bob in it. Rita is on the server *open*, lena on *kept*; both follow both.
pub struct Coast {
    pub town: Town,
    pub peer: Peer,
    pub alice: Member,
    pub bob: Member,
    pub stop: watch::Sender<bool>,
}

impl Coast {
    pub async fn new(engine: Engine) -> Coast {
        Coast::with(engine, "").await
    }

    /// With these settings (TOML) besides those of a coast.
    pub async fn with(engine: Engine, settings: &str) -> Coast {
        let peer = Peer::start().await;
        let settings = format!("{SETTINGS}{settings}");
        let town = Town::at(engine, "harbour.localhost", &settings).await;
        let (alice, bob) = (town.member("alice").await, town.member("bob").await);
        let stop = works(&town);
        let coast = Coast {
            town,
            peer,
            alice,
            bob,
            stop,
        };
        for followed in [&coast.alice, &coast.bob] {
            for (server, name) in [("open", "rita"), ("kept", "lena")] {
                coast.follows(server, name, followed).await;
            }
        }
        coast.is_idle().await;
        coast
    }

    /// Alice's own rule about the server *kept*.
    pub async fn alice_refuses_kept(&mut self) {
        let kept = self.peer.domain("kept");
        let rule = [
            ("pattern", kept.as_str()),
            ("stance", "refused"),
            ("scope", "mine"),
            ("reason", "they sell what they read"),
        ];
        self.alice
            .post("/boundaries", &rule)
            .await
            .leads("/boundaries");
    }

    pub async fn follows(&self, server: &str, name: &str, followed: &Member) {
        let by = self.peer.iri(server, name);
        let whom = followed.account.iri.as_str();
        let follow = json!({ "id": format!("{by}#follow-{}", followed.account.id), "type": "Follow", "actor": by, "object": whom });
        self.signed(&by, Method::POST, "/inbox", &follow.to_string())
            .await
            .is(202);
    }

    /// One signed request to the harbour.
    pub async fn signed(&self, by: &str, method: Method, path: &str, body: &str) -> Answer {
        let address = self.town.community().iri(path);
        let sent = (!body.is_empty()).then_some(body.as_bytes());
        let now_ms = self.town.app.now_ms();
        let headers = self
            .peer
            .signed(by, method.as_str(), address.as_str(), sent, now_ms);
        let kind = "application/activity+json";
        let mut all = vec![("accept", kind), ("content-type", kind)];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.to_str().unwrap())),
        );
        self.town.anonymous().send(method, path, &all, body).await
    }

    /// What a server was sent that is of this kind.
    pub fn got(&self, server: &str, kind: &str) -> Vec<Value> {
        let host = self.peer.domain(server);
        self.peer
            .delivered()
            .iter()
            .filter(|came| came.host == host)
            .map(Delivered::json)
            .filter(|activity| activity["type"] == kind)
            .collect()
    }

    /// An activity comes in; its sender hears the same whatever becomes of it.
    pub async fn brings(&self, activity: &Value) {
        let by = activity["actor"].as_str().unwrap();
        let body = activity.to_string();
        self.signed(by, Method::POST, "/inbox", &body).await.is(202);
        self.is_idle().await;
    }

    /// The number of a status by its address.
    pub async fn id_of(&self, iri: &str) -> Option<i64> {
        let iri = comity_vocab::Iri::parse(iri).unwrap();
        comity::statuses::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap()
    }

    pub async fn deletes(&mut self, post: &Post) {
        let delete = format!("/statuses/{}/delete", post.id);
        self.alice.post(&delete, &[]).await.is(303);
        self.is_idle().await;
    }

    /// Waits until the workers have done what was promised.
    pub async fn is_idle(&self) {
        self.town.wait_s(1);
        for _ in 0..2_000 {
            if promises::left(&self.town.app.db, self.town.app.now_ms()).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the workers did not come to rest");
    }
}

pub fn works(town: &Town) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(queue::run(town.app.clone(), stopped));
    stop
}
