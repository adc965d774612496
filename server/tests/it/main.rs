//! Features tested through the door: HTTP as people, on both engines.

mod town;

mod command;
mod ground;
mod routes;
mod serving;
mod statements;
