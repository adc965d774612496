//! Talking to other servers over real sockets on this machine: honest, confused and hostile ones.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod deliver;
mod fetch;
mod file;
mod hostile;
mod peer;
mod push;
