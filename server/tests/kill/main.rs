//! What was acknowledged is kept: the real program is killed in the midst of its work, again and again, and in the end
//! everything that it said yes to is there exactly once, and everything it promised to send has arrived.

#![allow(clippy::unwrap_used)] // All of this is tests.

#[path = "../kept_keys/mod.rs"]
mod kept_keys;
#[path = "../peer/mod.rs"]
mod peer;
mod program;
#[path = "../promises/mod.rs"]
mod promises;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use comity::clock::Clock;
use comity::config::Config;
use comity::serve;
use comity_db::testing::{Engine, throwaway};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use peer::{Peer, create};
use program::{Client, Program};

/// How often it is killed.
const DEATHS: usize = 5;
/// It works so long between two deaths, at least and at most.
const LIFE_MS: std::ops::Range<u64> = 300..1_500;
/// Longer than every lease: a worker that died holds what it took no longer.
const AFTER_ALL_LEASES_MS: i64 = 600_000;
/// For what happens as soon as it can.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was said yes to.
#[derive(Default)]
struct Acknowledged {
    received: BTreeSet<usize>,
    posted: BTreeSet<usize>,
}

async fn test(engine: Engine) {
    let database = throwaway(engine).await;
    let peer = Peer::start().await;
    let mut program = Program::new(database.url());
    program.adds("maren");
    program.starts().await;
    let rita = peer.iri("open", "rita");
    let maren = format!("http://{}/users/maren", program.domain());
    let client = Client::new(&program);
    let follow =
        json!({ "id": format!("{rita}#follow"), "type": "Follow", "actor": rita, "object": maren });
    assert_eq!(client.delivers(&peer, &follow).await, Some(202));
    until("the follow is answered", async || {
        peer.newest(&peer.domain("open"), "Accept").is_some()
    })
    .await;

    let over = AtomicBool::new(false);
    let (acknowledged, ()) = tokio::join!(work(&client, &peer, &maren, &over), async {
        for _ in 0..DEATHS {
            tokio::time::sleep(Duration::from_millis(program::random(LIFE_MS))).await;
            program.is_killed();
            program.starts().await;
        }
        tokio::time::sleep(Duration::from_millis(LIFE_MS.start)).await;
        program.is_killed();
        over.store(true, Ordering::SeqCst);
    });
    assert!(
        acknowledged.received.len() > 20,
        "only {} activities were received",
        acknowledged.received.len()
    );
    assert!(
        acknowledged.posted.len() > 5,
        "only {} posts were published",
        acknowledged.posted.len()
    );

    // The last start is some minutes later, and in this process: only here the clock can be set.
    let config = Config::from_text("the test", &program.settings(), Vec::new()).unwrap();
    let clock = Clock::held(Clock::system().now_ms() + AFTER_ALL_LEASES_MS);
    let app = Box::pin(serve::start(config, clock.clone())).await.unwrap();
    let listener = TcpListener::bind(("127.0.0.1", program.port))
        .await
        .unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(serve::serve(app.clone(), listener, stopped));
    until("nothing is promised any more", async || {
        clock.advance(100); // what was put back for a moment comes again
        promises::left(&app.db, app.now_ms()).await == 0
    })
    .await;

    let seen = client.reads_everyone().await;
    let times = |word: &str| seen.matches(&format!(">{word}<")).count();
    for number in &acknowledged.received {
        assert_eq!(
            times(&format!("received-{number}-")),
            1,
            "received-{number}- was acknowledged"
        );
    }
    for number in &acknowledged.posted {
        assert_eq!(
            times(&format!("posted-{number}-")),
            1,
            "posted-{number}- was acknowledged"
        );
    }
    arrived(&peer, &acknowledged);
}

/// Sends and posts until it is over. What is not answered is not counted, and not tried again.
async fn work(client: &Client, peer: &Peer, maren: &str, over: &AtomicBool) -> Acknowledged {
    let numbers = AtomicUsize::new(0);
    let next = || numbers.fetch_add(1, Ordering::SeqCst);
    let rita = peer.iri("open", "rita");
    let sending = async {
        let mut received = BTreeSet::new();
        while !over.load(Ordering::SeqCst) {
            let number = next();
            let activity = create(
                &rita,
                &number.to_string(),
                &format!("received-{number}-"),
                None,
                Some(maren),
            );
            match client.delivers(peer, &activity).await {
                Some(202) => {
                    received.insert(number);
                }
                Some(status) => panic!("an activity was answered with {status}"),
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        received
    };
    let posting = async {
        let mut posted = BTreeSet::new();
        while !over.load(Ordering::SeqCst) {
            let number = next();
            match client.posts(&format!("posted-{number}-")).await {
                Some(303) => {
                    posted.insert(number);
                }
                Some(status) => panic!("a post was answered with {status}"),
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        posted
    };
    let (received, posted) = tokio::join!(sending, posting);
    Acknowledged { received, posted }
}

/// Each post that was published came to the peer, and if it came twice, under the same name.
fn arrived(peer: &Peer, acknowledged: &Acknowledged) {
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for came in peer
        .delivered()
        .iter()
        .map(peer::Delivered::json)
        .filter(|came| came["type"] == "Create")
    {
        let words = came["object"]["content"]
            .as_str()
            .unwrap()
            .replace("<p>", "")
            .replace("</p>", "");
        ids.entry(words)
            .or_default()
            .insert(came["id"].as_str().unwrap().to_owned());
    }
    for number in &acknowledged.posted {
        let known = ids.get(&format!("posted-{number}-"));
        assert!(
            known.is_some(),
            "posted-{number}- was published and never arrived"
        );
        assert_eq!(
            known.unwrap().len(),
            1,
            "posted-{number}- arrived under several names: {known:?}"
        );
    }
}

async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !ask().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_death_on_sqlite() {
    Box::pin(test(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_death_on_postgres() {
    Box::pin(test(Engine::Postgres)).await;
}
