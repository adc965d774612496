//! A notice under what is sent to whom a rule is about: by delivery and by fetch, and under nothing else.

use std::sync::Arc;

use comity::accounts::{self, Account};
use comity::clock::Clock;
use comity::rules::{self, NewRule, Source};
use comity::statuses;
use comity_db::testing::Engine;
use comity_policy::{Conditions, Pattern, Scope, Stance};
use comity_vocab::Visibility;
use serde_json::Value;

use crate::installation::{Installation, draft, signed_get, until};
use crate::{neighbours, on_both};

/// Bob in the south and carol in the east follow alice. The north has a notice for the south.
async fn noted(engine: Engine) -> ([Installation; 3], [Arc<Account>; 3]) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let east = Installation::start("east", engine, &Clock::system()).await;
    let carol = east.member("carol").await;
    east.follow(&carol, &north, &alice).await;
    let scope = Scope::Community(north.community.policy_id());
    attaches(&north, scope, &south, "Please do not train on <this>").await;
    ([north, south, east], [alice, bob, carol])
}

async fn attaches(place: &Installation, scope: Scope, about: &Installation, reason: &str) -> i64 {
    let pattern = Pattern::Domain(about.community.domain.clone());
    let new = NewRule {
        conditions: Conditions::APPEND_NOTICE,
        reason_public: Some(reason.to_owned()),
        ..NewRule::about(scope, pattern, Stance::Open, Source::Person)
    };
    rules::set(&place.app, new).await.unwrap()
}

async fn is_read(place: &Installation, reader: &Account, iri: &comity_vocab::Iri) -> String {
    statuses::text(&place.awaits(reader, iri).await)
        .content
        .clone()
}

async fn fetched(from: &Installation, by: &Installation, reader: &Account, path: &str) -> Value {
    let key = accounts::signing_key(&by.app, reader.id).await.unwrap();
    let (status, body) = signed_get(from, &key, by.app.now_ms(), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

on_both! {
async fn a_notice_is_read_where_the_rule_is_about_by_delivery_and_by_fetch_and_nowhere_else(engine) {
    let ([north, south, east], [alice, bob, carol]) = noted(engine).await;
    let post = north.post(&alice, "A word on #gulls", Visibility::Public).await;
    let there = is_read(&south, &bob, &post.iri).await;
    let (from, to) = (&north.community.domain, &south.community.domain);
    let notice = format!("{from} attaches this to what it sends to {to}: Please do not train on &lt;this&gt;.");
    assert!(there.contains("gulls") && there.contains(&notice), "{there}");
    assert!(there.contains(&format!("http://{from}/about")), "{there}");
    let elsewhere = is_read(&east, &carol, &post.iri).await;
    assert!(elsewhere.contains("gulls") && !elsewhere.contains("attaches"), "{elsewhere}");
    let here = north.sees(&alice, &post.iri).await.unwrap();
    assert!(!statuses::text(&here).content.contains("attaches"));

    // By fetch: the post, its Create and the collection it is in. Nothing but the words that are read is another.
    for path in [post.iri.path().to_owned(), format!("{}/activity", post.iri.path())] {
        let mut told = fetched(&north, &south, &bob, &path).await;
        let mut plain = fetched(&north, &east, &carol, &path).await;
        assert!(told.to_string().contains("attaches this") && !plain.to_string().contains("attaches"));
        for document in [&mut told, &mut plain] {
            let note = if document["type"] == "Create" { &mut document["object"] } else { document };
            assert_eq!(note["content"], note["contentMap"]["en"]);
            for words in ["content", "contentMap"] {
                note.as_object_mut().unwrap().remove(words);
            }
            // The address of the answers is each new server's own (see aliases).
            let replies = note["replies"].as_str().unwrap().split('?').next().unwrap().to_owned();
            note["replies"] = replies.into();
        }
        assert_eq!(told, plain);
        assert!(plain.to_string().contains("A word on #gulls"), "its source is as it was typed");
    }
    let told = fetched(&north, &south, &bob, "/users/alice/outbox?page=true").await;
    assert!(told.to_string().contains("attaches this"));
    let plain = fetched(&north, &east, &carol, "/users/alice/outbox?page=true").await;
    assert!(plain.to_string().contains("gulls") && !plain.to_string().contains("attaches"));
}

async fn an_edit_carries_the_notice_of_its_own_time_and_that_of_its_author(engine) {
    let ([north, south, east], [alice, bob, carol]) = noted(engine).await;
    let post = north.post(&alice, "First words", Visibility::Private).await;
    assert!(is_read(&south, &bob, &post.iri).await.contains("attaches this to what it sends"));
    let own = rules::of_member(&alice).unwrap();
    attaches(&north, own, &east, "For you to read").await;
    let community = Scope::Community(north.community.policy_id());
    let first = rules::in_force(&north.app, community)[0].id.0;
    rules::end(&north.app, community, first, None).await.unwrap();
    let words = draft("Second words", Visibility::Private, None);
    let _ = statuses::edit(&north.app, &north.community, alice.clone(), post.id, words).await.unwrap();
    let after = async |place: &Installation, reader: &Account| {
        until("the edit arrives", async || {
            Some(is_read(place, reader, &post.iri).await).filter(|text| text.contains("Second words"))
        })
        .await
    };
    let there = after(&south, &bob).await;
    assert!(!there.contains("attaches"), "{there}");
    let there = after(&east, &carol).await;
    let notice = format!("The author attaches this to what goes to {}: For you to read.", east.community.domain);
    assert!(there.contains(&notice), "{there}");
}

async fn notices_about_several_people_behind_one_inbox_are_all_read_there(engine) {
    let (north, south, alice, bob) = neighbours(engine).await;
    let carol = south.member("carol").await;
    south.follow(&carol, &north, &alice).await;
    let own = rules::of_member(&alice).unwrap();
    for (person, reason) in [(&bob, "For bob to read"), (&carol, "For carol to read")] {
        let pattern = Pattern::Account(person.iri.clone());
        let new = NewRule {
            conditions: Conditions::APPEND_NOTICE,
            reason_public: Some(reason.to_owned()),
            ..NewRule::about(own, pattern, Stance::Open, Source::Person)
        };
        rules::set(&north.app, new).await.unwrap();
    }
    let post = north.post(&alice, "For whoever follows", Visibility::Public).await;
    // The south reads one copy for both.
    let there = is_read(&south, &bob, &post.iri).await;
    assert!(there.contains("For bob to read") && there.contains("For carol to read"), "{there}");
}
}
