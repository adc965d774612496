//! Features tested through the door: HTTP as people, on both engines.

#![allow(clippy::unwrap_used)]

mod town;
#[macro_use]
mod coast;

mod acts;
mod aliases;
mod api;
mod ask;
mod audit;
mod boundaries;
mod canary;
mod catalogue;
mod clients;
mod command;
mod communities;
mod conditions;
mod consent;
mod contacts;
mod conversation;
mod dry_run;
mod filters;
mod ground;
#[macro_use]
mod guarded;
mod hashtags;
mod jobs;
mod kept;
mod leaving;
mod ledger;
mod left;
mod lists;
mod lookalikes;
mod media;
mod moderated;
mod mutated;
mod muted;
mod notices;
mod notified;
mod oauth;
mod oracles;
#[path = "../peer/mod.rs"]
mod peer;
mod people;
mod pins;
mod polls;
#[path = "../promises/mod.rs"]
mod promises;
mod published;
mod push;
mod quotes;
mod quotes_held;
mod reach;
mod reading_lists;
mod reported;
mod routes;
mod scheduled;
mod serving;
mod sources;
mod statements;
mod streaming;
mod topics;
mod unknown;
mod waves;
mod writing;
