//! What PostgreSQL refuses for now, and trying it again.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio_postgres::error::SqlState;

use crate::error::DbError;

/// How often something is tried again after the server asked for it.
const AGAIN_MAX: u32 = 8;

/// Why something did not happen, and what to do about it.
pub(super) struct Trouble {
    error: DbError,
    then: Then,
}

#[derive(PartialEq)]
enum Then {
    GiveUp,
    /// The server undid it and asks to try again.
    Again,
    /// A migration changed what a prepared statement answers: prepare anew, then again.
    PrepareAnew,
    /// The connection was lost before the answer. Safe to ask again only what changes nothing.
    Lost,
}

impl Trouble {
    /// Whether the connection went before the answer came.
    pub(super) fn is_lost(&self) -> bool {
        self.then == Then::Lost
    }
}

impl From<DbError> for Trouble {
    fn from(error: DbError) -> Trouble {
        Trouble {
            error,
            then: Then::GiveUp,
        }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Trouble {
        let code = error.code();
        let then = if code == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
            || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
        {
            Then::Again
        } else if error.as_db_error().is_some_and(is_stale_plan) {
            Then::PrepareAnew
        } else if error.is_closed() || code == Some(&SqlState::ADMIN_SHUTDOWN) {
            Then::Lost
        } else {
            Then::GiveUp
        };
        Trouble {
            error: DbError::postgres(error),
            then,
        }
    }
}

/// "cached plan must not change result type" has no code of its own, but its place in the server's
/// source is stable.
fn is_stale_plan(told: &tokio_postgres::error::DbError) -> bool {
    *told.code() == SqlState::FEATURE_NOT_SUPPORTED
        && told.routine() == Some("RevalidateCachedQuery")
}

/// Whether what is asked changes anything.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Asks {
    Nothing,
    Change,
}

/// Waits if it may be tried again, or gives the error back.
pub(super) async fn again(
    pool: &Pool,
    trouble: Trouble,
    asks: Asks,
    attempt: &mut u32,
) -> Result<(), DbError> {
    *attempt += 1;
    let may = match trouble.then {
        Then::Again | Then::PrepareAnew => true,
        Then::Lost => asks == Asks::Nothing,
        Then::GiveUp => false,
    };
    if !may || *attempt > AGAIN_MAX {
        return Err(trouble.error);
    }
    if trouble.then == Then::PrepareAnew {
        pool.manager().statement_caches.clear();
    }
    tracing::debug!(attempt = *attempt, "trying again: {}", trouble.error);
    tokio::time::sleep(pause(*attempt)).await;
    Ok(())
}

/// Doubles from 5 ms, and differs between those who collided, or they would collide again. The
/// spread comes from a counter: nothing here needs to be unforeseeable.
fn pause(attempt: u32) -> Duration {
    use std::sync::atomic::{AtomicU64, Ordering};
    static TURN: AtomicU64 = AtomicU64::new(0);
    let turn = TURN
        .fetch_add(1, Ordering::Relaxed)
        .wrapping_add(u64::from(std::process::id()) << 32);
    let longest_ms = 5_u64 << attempt.min(7);
    // The golden ratio's fraction spreads consecutive turns evenly.
    let spread = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
    Duration::from_millis(longest_ms / 2 + (longest_ms / 2) * spread / 0xFFFF)
}
