//! Work that was promised, and whose turn it is.

use std::time::Duration;

use comity::queue::{self, Job};
use comity_db::{Sql, params, sql};
use tokio::sync::watch;

use crate::town::Town;
use crate::town_test;

const DUE: Sql<(i64,)> = sql!(
    row: (i64,), full_scan: "a test's own question",
    "SELECT count(*) FROM jobs WHERE turn <= $1"
);

/// How many jobs have their turn by then.
async fn waiting(town: &Town, turn: i64) -> i64 {
    town.app.db.one(DUE, params![turn]).await.unwrap().0
}

/// Runs a worker until nothing is left to do.
async fn are_done(town: &Town) {
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(queue::run(town.app.clone(), stopped));
    nothing_waits(town).await;
}

async fn nothing_waits(town: &Town) {
    for _ in 0..3_000 {
        if waiting(town, i64::MAX).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} jobs are still there", waiting(town, i64::MAX).await);
}

fn sent_by(town: &Town, name: &str) -> Job {
    Job::ProcessActivity {
        community: town.community().id,
        signer: format!("https://{name}.example/users/x"),
        body: "nothing that can be read".to_owned(),
        shared: true,
    }
}

town_test! {
    async fn a_job_that_brings_the_process_down_is_not_tried_for_ever(town) {
        const PUSH: Sql = sql!(
            "INSERT INTO jobs (id, kind, payload, run_at, attempts, created_at) VALUES (1, 'address', $1, 0, 16, 0)"
        );
        let job = r#"{"Address":{"outgoing":1,"account":1}}"#;
        town.app.db.exec(PUSH, params![job]).await.unwrap();
        are_done(&town).await;
    }

    async fn attack_22_a_flood_waits_for_others_and_for_nobody_else(town) {
        for _ in 0..400 {
            queue::push_now(&town.app, &sent_by(&town, "flood")).await.unwrap();
        }
        queue::push_now(&town.app, &sent_by(&town, "calm")).await.unwrap();
        let due = waiting(&town, town.app.now_ms()).await;
        assert_eq!(due, 101, "a hundred of the flood stand before whoever comes during it, and no more");
        are_done(&town).await;
    }

    async fn the_turn_of_what_nobody_else_waits_for_need_not_have_come(town) {
        let (_stop, stopped) = watch::channel(false);
        tokio::spawn(queue::run(town.app.clone(), stopped));
        // At its start the worker lets all that is there have their turn: it is awaited, so that these come after it. The
        // clock stands still, so that most of their turns never come.
        queue::push_now(&town.app, &sent_by(&town, "first")).await.unwrap();
        nothing_waits(&town).await;
        for _ in 0..400 {
            queue::push_now(&town.app, &sent_by(&town, "flood")).await.unwrap();
        }
        nothing_waits(&town).await;
    }

    async fn what_came_before_a_start_runs_before_what_comes_after_it(town) {
        for _ in 0..200 {
            queue::push_now(&town.app, &sent_by(&town, "flood")).await.unwrap();
        }
        assert_eq!(waiting(&town, town.app.now_ms()).await, 100);
        // A start and an end at once. Who sends how much is not known to the next process: what it pushes has its turn now.
        let (_stop, stopped) = watch::channel(true);
        Box::pin(queue::run(town.app.clone(), stopped)).await;
        assert_eq!(waiting(&town, town.app.now_ms()).await, 200);
    }
}
