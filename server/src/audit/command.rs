//! `comity audit`: the paths, one line each, for the rules as they are now.

use tokio::sync::watch;

use super::{Copy, Extent};
use crate::clock::Clock;
use crate::config::Config;
use crate::serve::{CannotStart, told_to_stop};

/// Try every path of docs/boundaries.md against the rules as they are now, on a copy of the database
#[derive(Debug, clap::Args)]
pub struct AuditArguments {
    /// Try every rule, of every member, in every community, instead of some of each scope and stance
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is printed, and the paths that should hold and do not.
#[derive(Debug)]
pub struct Audited {
    /// For standard output.
    pub text: String,
    /// As `L17`; empty where everything holds that should.
    pub leaking: Vec<String>,
}

/// Audits the installation of these settings, while it serves or not. Where `shutdown` turns true, nothing is found out
/// and the copy is removed as well.
pub async fn run(
    arguments: AuditArguments,
    config: &Config,
    mut shutdown: watch::Receiver<bool>,
) -> Result<Audited, CannotStart> {
    let extent = if arguments.all {
        Extent::All
    } else {
        Extent::Sample
    };
    let auditing = async {
        let copy = Copy::of(config, Clock::system().now_ms()).await?;
        Box::pin(super::run(&copy, config, extent)).await
    };
    let report = tokio::select! {
        report = Box::pin(auditing) => report?,
        () = told_to_stop(&mut shutdown) => {
            return Err(CannotStart::because("stopped before the end; the copy is removed".to_owned()));
        }
    };
    Ok(Audited {
        text: if arguments.json {
            format!("{:#}", report.json())
        } else {
            report.text()
        },
        leaking: report.leaking(),
    })
}
