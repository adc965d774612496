//! The database's shape, step by step. A step that was released is never edited: add the next.

use comity_db::{Migration, migration};

/// Every step, oldest first.
pub const ALL: &[Migration] = &[
    migration!(1, "accounts", "../../migrations/0001_accounts.sql"),
    migration!(2, "statuses", "../../migrations/0002_statuses.sql"),
    migration!(3, "relations", "../../migrations/0003_relations.sql"),
    migration!(4, "policy", "../../migrations/0004_policy.sql"),
    migration!(5, "queue", "../../migrations/0005_queue.sql"),
    migration!(6, "pins", "../../migrations/0006_pins.sql"),
    migration!(7, "reach", "../../migrations/0007_reach.sql"),
    migration!(8, "scopes", "../../migrations/0008_scopes.sql"),
    migration!(9, "emergency", "../../migrations/0009_emergency.sql"),
    migration!(10, "hashtags", "../../migrations/0010_hashtags.sql"),
    migration!(11, "turns", "../../migrations/0011_turns.sql"),
    migration!(12, "contacts", "../../migrations/0012_contacts.sql"),
    migration!(13, "lists", "../../migrations/0013_lists.sql"),
    migration!(14, "sources", "../../migrations/0014_sources.sql"),
    migration!(15, "answers", "../../migrations/0015_answers.sql"),
    migration!(16, "notices", "../../migrations/0016_notices.sql"),
    migration!(17, "waves", "../../migrations/0017_waves.sql"),
    migration!(18, "consent", "../../migrations/0018_consent.sql"),
    migration!(19, "changed", "../../migrations/0020_changed.sql"),
];

/// Tables that grow with use: a statement that reads one of them from end to end fails the check of statements.
pub const BIG_TABLES: &[&str] = &[
    "accounts",
    "account_keys",
    "statuses",
    "status_edits",
    "mentions",
    "favourites",
    "pins",
    "hashtag_entries",
    "home_entries",
    "notifications",
    "tombstones",
    "follows",
    "blocks",
    "mutes",
    "welcomes",
    "contacts",
    "stamps",
    "jobs",
    "outgoing",
    "deliveries",
    "reached",
    "seen_activities",
    "sessions",
];
