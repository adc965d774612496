//! One match: from the kind of a job to the feature that does it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::job::{Job, Outcome};
use crate::app::App;
use crate::{
    accounts, backfill, cards, delivery, follows, inbox, instances, leaving, lists, members,
    notifications, polls, push, quotes, reach, rules, scheduled, search, statuses, waves,
};

/// How long a job may run; nothing here waits longer than a few requests to other servers.
pub(super) const LONGEST_RUN: Duration = Duration::from_secs(60);

/// Tries a job once. Whatever it does, an outcome comes of it.
pub(super) async fn attempt(app: &App, job: Job) -> Outcome {
    let work = async {
        match job {
            Job::ProcessActivity {
                community,
                signer,
                body,
                shared,
            } => Box::pin(inbox::process(app, community, &signer, &body, shared)).await,
            Job::Address { outgoing, .. } => Box::pin(delivery::address(app, outgoing)).await,
            Job::FetchNodeInfo { community, domain } => {
                Box::pin(instances::learn(app, community, &domain)).await
            }
            Job::FetchParent { community, status } => {
                Box::pin(inbox::resolve::parent(app, community, status)).await
            }
            Job::Backfill {
                community,
                status,
                at,
                round,
            } => {
                let run = backfill::Run {
                    community,
                    status,
                    at,
                    round,
                };
                Box::pin(backfill::go_on(app, &run)).await
            }
            Job::FetchQuoted {
                community, status, ..
            } => Box::pin(quotes::look(app, community, status)).await,
            Job::FetchCard {
                community, status, ..
            } => Box::pin(cards::fetch(app, community, status)).await,
            Job::WeighAnswers {
                community,
                parent,
                after,
            } => Box::pin(statuses::weigh::answers(app, community, parent, after)).await,
            Job::ReadStamp {
                community, status, ..
            } => Box::pin(statuses::weigh::stamp(app, community, status)).await,
            Job::SynchronizeFollowers {
                community,
                actor,
                url,
                digest,
            } => Box::pin(follows::synchronize(app, community, &actor, &url, &digest)).await,
            Job::AnswerWave(batch) => Box::pin(waves::answer_all(app, batch)).await,
            Job::FetchListSource { source, .. } => Box::pin(lists::sources::ask(app, source)).await,
            asked @ Job::AskBack { .. } => Box::pin(reach::ask_back(app, asked)).await,
            Job::PublishScheduled { scheduled: id, at } => {
                Box::pin(scheduled::publish(app, id, at)).await
            }
            Job::TellPoll { status } => Box::pin(polls::tell(app, status)).await,
            Job::EndPoll { status, ends_at } => Box::pin(polls::end(app, status, ends_at)).await,
            Job::Wake {
                account,
                notification,
            } => Box::pin(push::wake(app, account, notification)).await,
            Job::Push {
                account,
                notification,
                subscription,
                ..
            } => Box::pin(push::deliver(app, account, notification, subscription)).await,
            Job::SendLetter { errand, asked_at } => {
                Box::pin(members::letters::send(app, &errand, asked_at)).await
            }
            Job::TellOfPost {
                status,
                edited,
                after,
            } => Box::pin(notifications::tell_of_post(app, status, edited, after))
                .await
                .unwrap_or_else(Outcome::from),
            Job::VerifyLinks { account, at } => {
                Box::pin(accounts::verify_links(app, account, at)).await
            }
            Job::TellQuoting { status, after } => {
                Box::pin(notifications::tell_quoting(app, status, after))
                    .await
                    .unwrap_or_else(Outcome::from)
            }
            Job::IndexStatuses { below } => Box::pin(search::index_older(app, below))
                .await
                .unwrap_or_else(Outcome::from),
            Job::IndexAccounts { below } => Box::pin(accounts::names::index_older(app, below))
                .await
                .unwrap_or_else(Outcome::from),
            Job::Leave { account, at } => Box::pin(leaving::run(app, account, at)).await,
            Job::TellOfRule {
                cause,
                restored,
                after,
            } => Box::pin(rules::tell(app, cause, restored, after)).await,
            Job::EndAdded { rule, conditions } => {
                Box::pin(rules::end_added(app, rule, conditions)).await
            }
        }
    };
    // Caught, so that the lane goes on: one bad document must not stop all that follows from its sender.
    let work = AssertUnwindSafe(work).catch_unwind();
    match tokio::time::timeout(LONGEST_RUN, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::Retry {
            after_ms: None,
            why: "panicked".to_owned(),
        },
        Err(_) => Outcome::Retry {
            after_ms: None,
            why: "took longer than a minute".to_owned(),
        },
    }
}
