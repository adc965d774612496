//! Moderation for apps: accounts, reports, and rules about servers.

pub mod accounts;
mod choice;
pub mod reports;
pub mod servers;
