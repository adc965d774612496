//! Features tested through the door: HTTP as people, on both engines.

#![allow(clippy::unwrap_used)]

mod town;
#[macro_use]
mod coast;
mod post;

mod acts;
mod alerts;
mod aliases;
mod allowances;
mod announcements;
mod annual_reports;
mod antennas;
mod api;
mod ask;
mod at_once;
mod audit;
mod backfill;
mod boundaries;
mod canary;
mod cards;
mod catalogue;
mod clients;
mod collections;
mod command;
mod communities;
mod conditions;
mod consent;
mod contacts;
mod conversation;
mod deleted;
mod discovery;
mod drafts;
mod dry_run;
mod emojis;
mod faces;
mod filters;
mod ground;
#[macro_use]
mod guarded;
mod hashtags;
mod heads;
mod heard;
mod in_browsers;
mod instance;
mod jobs;
mod kept;
#[path = "../kept_keys/mod.rs"]
mod kept_keys;
mod leaving;
mod ledger;
mod left;
mod letters;
mod limited;
mod lists;
mod lookalikes;
mod markdown;
mod media;
mod moderated;
mod mutated;
mod muted;
mod notices;
mod notified;
mod numbers;
mod oauth;
mod only_added;
mod oracles;
mod pages;
mod passkeys;
#[path = "../peer/mod.rs"]
mod peer;
mod people;
mod pins;
mod polls;
mod profile;
#[path = "../promises/mod.rs"]
mod promises;
mod published;
mod push;
mod quotes;
mod quotes_held;
mod quotes_within;
mod reach;
mod reactions;
mod reading_lists;
mod rejected;
mod reported;
mod routes;
mod scheduled;
mod scopes;
mod search;
mod second_step;
mod serving;
mod sign_up_blocks;
mod sign_ups;
mod sources;
mod statements;
mod streaming;
mod texts;
mod told;
mod topics;
mod unknown;
mod waves;
mod writing;
