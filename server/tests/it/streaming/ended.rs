//! Streams end with the standing of whom they are for, and say before that they are open.

use std::net::SocketAddr;
use std::time::Duration;

use comity::{members, router, serve};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Ear, Line, SCOPES, SOON, Studio, dial, message};
use crate::clients::App;
use crate::town::{Member, PASSWORD, Town};
use crate::town_test;

/// A studio that is also served, and where.
async fn on_air(town: Town) -> (Studio, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (on, stopped) = watch::channel(false);
    tokio::spawn(serve::serve(town.app.clone(), listener, stopped));
    while !town.app.streams.is_open() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let studio = Studio {
        router: router::build(&town.app),
        _on: on,
        town,
    };
    (studio, at)
}

/// A member who listens both ways.
struct Listener {
    member: Member,
    token: String,
    ear: Ear,
    line: Line,
}

impl Listener {
    async fn new(studio: &Studio, at: SocketAddr, name: &str) -> Listener {
        let mut member = studio.town.member(name).await;
        let token = studio.token(&mut member, SCOPES).await;
        let path = format!("/api/v1/streaming?stream=user&access_token={token}");
        Listener {
            ear: studio.ear("user", &token).await,
            line: dial(at, &path, &[]).await.unwrap(),
            member,
            token,
        }
    }

    /// Both end soon. What was decided may be told before.
    async fn hears_the_end(&mut self) {
        while self.ear.next().await.is_some() {}
        while message(&mut self.line).await.is_some() {}
    }
}

/// What comes next, as it comes.
async fn next_frame(ear: &mut Ear) -> String {
    let came = tokio::time::timeout(SOON, ear.body.frame()).await;
    let frame = came.expect("something comes").expect("it goes on");
    let bytes = frame.unwrap().into_data().unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

town_test! {
    async fn l42_streams_end_at_once_with_the_standing_of_their_member(town) {
        let (studio, at) = on_air(town).await;
        let community = studio.town.community();
        let mut marta = studio.town.member_of(&community, "marta", members::Role::Moderator).await;
        let mut desk = App::let_in_with(&studio.town, &mut marta, "read write admin:read admin:write").await;
        let mut stays = Listener::new(&studio, at, "alice").await;
        for (name, act) in [("bob", "disable"), ("carol", "suspend"), ("dave", "leave")] {
            let mut listener = Listener::new(&studio, at, name).await;
            if act == "leave" {
                listener.member.post("/settings/leave", &[("password", PASSWORD)]).await.leads("/");
            } else {
                let path = format!("/api/v1/admin/accounts/{}/action", listener.member.account.id);
                desk.post(&path, json!({ "type": act, "text": "Threats" })).await.is(200);
            }
            listener.hears_the_end().await;
            assert!(studio.try_ear("user", &listener.token).await.is_err(), "{act}");
        }
        // Nobody else's do.
        studio.write(&stays.token, "Still here", "public").await;
        assert!(stays.ear.next().await.unwrap().1.contains("Still here"));
        let told = message(&mut stays.line).await.unwrap();
        assert!(told["payload"].as_str().unwrap().contains("Still here"));
    }

    async fn a_thump_is_a_block_of_its_own(town) {
        let studio = Studio::of(town).await;
        let mut alice = studio.town.member("alice").await;
        let token = studio.token(&mut alice, SCOPES).await;
        let mut ear = studio.ear("user", &token).await;
        assert_eq!(next_frame(&mut ear).await, ":thump\n\n");
        studio.write(&token, "Low water", "public").await;
        let block = next_frame(&mut ear).await;
        assert!(block.starts_with("event: update\ndata: {") && block.ends_with("}\n\n"), "{block}");
    }
}
