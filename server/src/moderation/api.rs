//! Moderation for apps: accounts, reports, and rules about servers.

pub mod accounts;
pub mod reports;
pub mod servers;
