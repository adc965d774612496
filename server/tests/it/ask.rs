//! What a server holds is asked back after it was refused: in bare Deletes, from whom the author says, and nobody else.

use std::collections::BTreeSet;
use std::time::Duration;

use comity::queue::{self, Job};
use comity_db::{Sql, params, sql};
use comity_policy::Stance;
use http::Method;
use serde_json::Value;

use crate::acts::Post;
use crate::coast::{Coast, works};
use crate::promises;

const ASKS: Sql<(i64, i64)> = sql!(
    row: (i64, i64), full_scan: "a test's own question",
    "SELECT rule_id, ask_id FROM asks"
);

/// Pages that wait for a time to come; a lease is longer.
const RESTING: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "a test's own question",
    "SELECT count(*) FROM jobs WHERE kind = 'ask_back' AND run_at > $1 AND run_at <= $1 + 10000"
);

impl Coast {
    async fn alice_refuses(&mut self, whom: &str, asks: bool) {
        let mut rule = vec![("pattern", whom), ("stance", "refused"), ("scope", "mine")];
        if asks {
            rule.push(("ask_back", "true"));
        }
        self.alice
            .post("/boundaries", &rule)
            .await
            .leads("/boundaries");
    }

    /// The number of her only rule.
    async fn alices_rule(&mut self) -> String {
        let page = self.alice.get("/boundaries").await.is(200);
        let at = page.body.find("id=\"rule-").unwrap();
        page.body[at + 9..].split('"').next().unwrap().to_owned()
    }

    async fn everything_is_done(&self) {
        self.town.wait_s(10);
        for _ in 0..3_000 {
            let now_ms = self.town.app.now_ms();
            if promises::left(&self.town.app.db, now_ms).await == 0 {
                return;
            }
            // Only once a page waits for its time: whoever works has leases, and they must not run out.
            let (resting,) = self
                .town
                .app
                .db
                .one(RESTING, params![now_ms])
                .await
                .unwrap();
            if resting > 0 {
                self.town.wait_s(10);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the workers did not come to rest");
    }

    fn iri_of(&self, post: &Post) -> String {
        format!("{}/statuses/{}", self.alice.account.iri, post.id)
    }
}

fn objects(deletes: &[Value]) -> BTreeSet<String> {
    let id = |delete: &Value| {
        let object = &delete["object"];
        object
            .as_str()
            .or(object["id"].as_str())
            .unwrap()
            .to_owned()
    };
    deletes.iter().map(id).collect()
}

/// Addresses and kinds, and not one word.
fn is_bare(delete: &Value) -> bool {
    let known = ["@context", "id", "type", "actor", "object", "to", "cc"];
    let keys = delete.as_object().unwrap().keys();
    let object = &delete["object"];
    let inner = object.as_object().is_none_or(|object| {
        object
            .keys()
            .all(|key| ["id", "type", "atomUri"].contains(&key.as_str()))
    });
    inner && keys.into_iter().all(|key| known.contains(&key.as_str()))
}

coast_test! {
    async fn l38_a_server_refused_later_is_asked_for_all_it_holds_if_the_author_wants_so(coast) {
        let mut posts = Vec::new();
        for at in 0..60 {
            posts.push(coast.town.post(&mut coast.alice, &format!("secret number {at}"), "public").await);
        }
        coast.is_idle().await;
        let bobs = coast.town.post(&mut coast.bob, "from bob", "public").await;
        let nora = coast.peer.iri("passing", "nora");
        coast.signed(&nora, Method::GET, &format!("/users/alice/statuses/{}", posts[0].id), "").await.is(200);
        coast.is_idle().await;
        let kept = coast.peer.domain("kept");
        coast.alice_refuses(&kept, true).await;
        // The process dies between two pages: what was asked stays asked, and the rest is not forgotten.
        let mut looks = 0;
        while coast.got("kept", "Delete").len() < 50 {
            looks += 1;
            assert!(looks < 1_000, "{} are asked back", coast.got("kept", "Delete").len());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        coast.stop.send(true).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(coast.got("kept", "Delete").len(), 50, "not more at once");
        coast.stop = works(&coast.town);
        coast.everything_is_done().await;
        let deletes = coast.got("kept", "Delete");
        assert_eq!(deletes.len(), 60);
        let hers: BTreeSet<String> = posts.iter().map(|post| coast.iri_of(post)).collect();
        assert_eq!(objects(&deletes), hers, "each of hers, once, and not bob's");
        for delete in &deletes {
            assert!(is_bare(delete) && !delete.to_string().contains("secret"), "{delete}");
        }
        assert!(coast.got("open", "Delete").is_empty() && coast.got("passing", "Delete").is_empty());
        // A page that runs twice asks once.
        let (rule, ask) = coast.town.app.db.one(ASKS, params![]).await.unwrap();
        let account = coast.alice.account.id;
        let same = Job::AskBack { account, rule, ask, again: false, after: 0, domain: String::new() };
        queue::push_now(&coast.town.app, &same).await.unwrap();
        coast.everything_is_done().await;
        assert_eq!(coast.got("kept", "Delete").len(), 60);
        // The posts stay, and the ledger says what was asked.
        coast.bob.get(&posts[3].path).await.is(200).shows("secret number 3");
        coast.alice.get(&format!("/statuses/{}/reach", posts[3].id)).await.is(200)
            .shows("Asked to delete it on").shows("it took the message");
        coast.bob.get(&format!("/statuses/{}/reach", bobs.id)).await.is(200).hides("Asked to delete it");
        coast.alice.get("/boundaries").await.is(200).shows("to delete what they hold of yours.");
        // Pressed again, they are asked again.
        let rule = coast.alices_rule().await;
        coast.bob.post(&format!("/boundaries/{rule}/ask"), &[]).await.is(404);
        coast.alice.post(&format!("/boundaries/{rule}/ask"), &[]).await.is(303);
        coast.everything_is_done().await;
        let deletes = coast.got("kept", "Delete");
        assert_eq!(deletes.len(), 120);
        let names: BTreeSet<&str> = deletes.iter().map(|delete| delete["id"].as_str().unwrap()).collect();
        assert_eq!(names.len(), 120, "each has a name of its own");
    }

    async fn l04_nothing_is_asked_back_that_nobody_asked_for(coast) {
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "private").await;
        let unsent = coast.town.post(&mut coast.alice, "@bob between us", "direct").await;
        coast.is_idle().await;
        let (kept, open) = (coast.peer.domain("kept"), coast.peer.domain("open"));
        let ledger = format!("/statuses/{}/reach", post.id);
        let kept_field = [("server", kept.as_str())];
        let open_field = [("server", open.as_str())];
        coast.alice.get(&ledger).await.is(200).hides("Ask it to delete this");
        coast.alice.post(&ledger, &kept_field).await.is(404);
        coast.alice_refuses(&kept, false).await;
        coast.everything_is_done().await;
        assert!(coast.got("kept", "Delete").is_empty(), "nobody said so");
        coast.alice.get(&ledger).await.is(200).shows("Ask it to delete this").hides("Asked to delete it");
        // Of one post, from one server that has it and is refused, by its author.
        coast.alice.post(&ledger, &open_field).await.is(404);
        coast.alice.post(&ledger, &[("server", "nowhere.example")]).await.is(404);
        coast.alice.post(&format!("/statuses/{}/reach", unsent.id), &kept_field).await.is(404);
        coast.bob.post(&ledger, &kept_field).await.is(404);
        assert!(coast.got("kept", "Delete").is_empty());
        coast.alice.post(&ledger, &kept_field).await.is(303);
        coast.is_idle().await;
        let deletes = coast.got("kept", "Delete");
        assert_eq!(objects(&deletes), BTreeSet::from([coast.iri_of(&post)]));
        assert!(!deletes[0].to_string().contains("#Public"), "it was for followers: {}", deletes[0]);
        assert!(coast.got("open", "Delete").is_empty());
        coast.alice.get(&ledger).await.is(200).shows("it took the message");
        // Its end is still told, where it went.
        coast.deletes(&post).await;
        assert_eq!((coast.got("kept", "Delete").len(), coast.got("open", "Delete").len()), (2, 1));
        let ids: BTreeSet<String> = coast.got("kept", "Delete").iter().map(|sent| sent["id"].to_string()).collect();
        assert_eq!(ids.len(), 2);
    }

    async fn a_boost_is_asked_back_and_so_is_what_was_fetched(coast) {
        let bobs = coast.town.post(&mut coast.bob, "Please pass this on", "public").await;
        coast.alice.does(&format!("/statuses/{}/reblog", bobs.id)).await;
        let post = coast.town.post(&mut coast.alice, "To be fetched", "public").await;
        coast.is_idle().await;
        let nora = coast.peer.iri("passing", "nora");
        coast.signed(&nora, Method::GET, &format!("/users/alice/statuses/{}", post.id), "").await.is(200);
        // One person there, and every server.
        let lena = format!("@lena@{}", coast.peer.domain("kept"));
        coast.alice_refuses(&lena, true).await;
        coast.everything_is_done().await;
        assert_eq!(objects(&coast.got("kept", "Delete")), BTreeSet::from([coast.iri_of(&post)]));
        assert_eq!(coast.got("kept", "Undo").len(), 1);
        assert!(coast.got("open", "Delete").is_empty() && coast.got("open", "Undo").is_empty());
        assert!(coast.got("passing", "Delete").is_empty());
        coast.alice_refuses("*", true).await;
        coast.everything_is_done().await;
        assert_eq!(coast.got("passing", "Delete").len(), 1);
        assert_eq!((coast.got("open", "Delete").len(), coast.got("open", "Undo").len()), (1, 1));
        assert_eq!(coast.got("kept", "Delete").len(), 1, "what was asked for is asked for once");
        let announce = &coast.got("open", "Announce")[0]["id"];
        let undo = &coast.got("open", "Undo")[0];
        assert!(undo["object"] == *announce || undo["object"]["id"] == *announce, "{undo}");
        // What was boosted is bob's, and stays.
        assert!(!coast.got("open", "Delete")[0].to_string().contains("/users/bob"));
    }

    async fn l63_where_the_community_refuses_nothing_is_asked_and_members_read_why(coast) {
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "public").await;
        coast.is_idle().await;
        let here = coast.town.community();
        let kept = coast.peer.domain("kept");
        let rule = comity::rules::NewRule::about(
            comity::rules::of_community(&here),
            comity::rules::parse_pattern(&kept).unwrap(),
            Stance::Refused,
            comity::rules::Source::CommandLine,
        );
        let asking = comity::rules::NewRule { ask_back: true, ..rule.clone() };
        comity::rules::set(&coast.town.app, asking).await.expect_err("each author decides");
        comity::rules::set(&coast.town.app, rule).await.unwrap();
        coast.everything_is_done().await;
        assert!(coast.got("kept", "Delete").is_empty(), "a community's refusal asks for nothing");
        let ledger = format!("/statuses/{}/reach", post.id);
        coast.alice.get(&ledger).await.is(200)
            .hides("Ask it to delete this").shows("It cannot be asked to delete this");
        coast.alice.post(&ledger, &[("server", &kept)]).await.is(403);
        coast.alice_refuses(&kept, true).await;
        coast.everything_is_done().await;
        assert!(coast.got("kept", "Delete").is_empty(), "nor does a member's, then");
        coast.alice.get("/boundaries").await.is(200).shows("They cannot be asked to delete what they hold");
    }

    async fn a_boundary_taken_back_in_time_asks_for_nothing(coast) {
        coast.town.post(&mut coast.alice, "Stays after all", "public").await;
        coast.is_idle().await;
        let kept = coast.peer.domain("kept");
        let held = coast.peer.hold().await;
        coast.town.post(&mut coast.bob, "on its way", "public").await;
        let mut looks = 0;
        while coast.peer.waiting() == 0 && looks < 500 {
            looks += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The first waits behind what is on its way, the second for a worker.
        coast.alice_refuses(&kept, true).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let rule = coast.alices_rule().await;
        coast.alice.post(&format!("/boundaries/{rule}/remove"), &[]).await.is(303);
        drop(held);
        coast.everything_is_done().await;
        assert!(coast.got("kept", "Delete").is_empty());
        coast.alice.post(&format!("/boundaries/{rule}/ask"), &[]).await.is(404);
        // Only who refuses asks.
        let limited = [("pattern", kept.as_str()), ("stance", "limited"), ("scope", "mine"), ("ask_back", "true")];
        coast.alice.post("/boundaries", &limited).await.is(422).shows("goes with a refused boundary");
    }
}
