//! Features tested through the door: HTTP as people, on both engines.

mod town;

mod ground;
mod routes;
mod statements;
