//! `comity alias …`: what was seen of aliases, from the server's machine.

use std::fmt::Write as _;

use super::sightings;
use crate::app::App;
use crate::communities::command::named_or_only;
use crate::error::Result;
use crate::web::time;

/// See which servers hand on what they alone were given
#[derive(Debug, clap::Subcommand)]
pub enum AliasCommand {
    /// Print which servers asked for an address that only another was given
    List {
        /// At the community with this domain
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: AliasCommand) -> Result<String> {
    let AliasCommand::List { community } = command;
    let community = named_or_only(app, community.as_deref())?;
    let seen = sightings(app, &community).await?;
    if seen.is_empty() {
        return Ok(format!(
            "Nobody asked {} for what another server alone was given.",
            community.name
        ));
    }
    let mut text = String::new();
    for one in seen {
        let refused = if one.is_refused() { "  refused" } else { "" };
        let how = if one.proved { "signed" } else { "claimed" };
        let _ = writeln!(
            text,
            "{} -> {}  {how}  first {}  last {}  in {} minutes{refused}",
            one.given_to,
            one.asked_by,
            time::iso(one.first_at),
            time::iso(one.last_at),
            one.times
        );
    }
    Ok(text)
}
