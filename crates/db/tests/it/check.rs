//! The check finds what is wrong, and nothing else.

use comity_db::testing::Engine;
use comity_db::{check_statements, statements};

/// Every statement of these tests is right, on both engines.
#[tokio::test]
async fn the_statements_of_these_tests_are_right() {
    assert!(statements().count() > 15, "{}", statements().count());
    for engine in Engine::ALL {
        let stored = crate::database(engine).await;
        let problems = check_statements(&stored.db, &["things", "parts", "counters"]).await;
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{engine:?}: {}", told.join("\n"));
    }
}
