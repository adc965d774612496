//! `comity gate …`: the emergency gate from the server's machine.

use super::{close, closings, is_closed, open};
use crate::app::App;
use crate::communities::command::named_or_only;
use crate::error::{Error, Result};
use crate::web::time;

/// Close a community to all but servers it knows, for some hours
#[derive(Debug, clap::Subcommand)]
pub enum GateCommand {
    /// Talk only with servers known for a week or opened by a rule, until the hours are over
    Close {
        /// For how many hours
        #[arg(long, default_value_t = 24)]
        hours: u16,
        /// Why, for whoever looks later
        #[arg(long)]
        reason: String,
        /// Of the community with this domain
        #[arg(long)]
        community: Option<String>,
    },
    /// Open it before its time
    Open {
        /// Of the community with this domain
        #[arg(long)]
        community: Option<String>,
    },
    /// Print when it was closed, and why
    Log {
        /// Of the community with this domain
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: GateCommand) -> Result<String> {
    match command {
        GateCommand::Close {
            hours,
            reason,
            community,
        } => {
            let community = named_or_only(app, community.as_deref())?;
            let until = close(app, &community, hours, &reason, None).await?;
            Ok(format!(
                "{} talks only with servers it knows, until {}.",
                community.name,
                time::iso(until)
            ))
        }
        GateCommand::Open { community } => {
            let community = named_or_only(app, community.as_deref())?;
            open(app, &community, None).await.map_err(|why| match why {
                Error::NotFound => {
                    Error::invalid("gate", format!("of {} is not closed", community.name))
                }
                other => other,
            })?;
            Ok(format!("{} is open again.", community.name))
        }
        GateCommand::Log { community } => {
            let community = named_or_only(app, community.as_deref())?;
            let past = closings(app, &community).await?;
            if past.is_empty() {
                return Ok(format!("The gate of {} was never closed.", community.name));
            }
            let state = if is_closed(&community, app.now_ms()) {
                "closed"
            } else {
                "open"
            };
            let mut lines = vec![format!("The gate of {} is {state}.", community.name)];
            lines.extend(past.iter().map(|closing| {
                let until = closing.opened_at.unwrap_or(closing.until_at);
                format!(
                    "{} to {}  {}",
                    time::iso(closing.closed_at),
                    time::iso(until),
                    closing.reason
                )
            }));
            Ok(lines.join("\n"))
        }
    }
}
