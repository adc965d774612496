//! `comity sign-up-block …`: what an operator does where a block keeps out whom it should not.

use std::fmt::Write as _;

use super::{Block, Kind, Severity, all, remove};
use crate::accounts;
use crate::app::App;
use crate::communities::command::named_or_only;
use crate::error::{Error, Result};
use crate::web::time;

/// Print the blocks of sign-ups, and take one back.
#[derive(Debug, clap::Subcommand)]
pub enum SignUpBlockCommand {
    /// Print the blocks in force, newest first
    List {
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Take a block back, at once
    Remove {
        /// Its number, as `list` prints it
        number: i64,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: SignUpBlockCommand) -> Result<String> {
    match command {
        SignUpBlockCommand::List { community } => {
            let community = named_or_only(app, community.as_deref())?;
            let blocks = all(app, &community).await?;
            if blocks.is_empty() {
                return Ok(format!("{} blocks no sign-ups.", community.name));
            }
            let setters = blocks.iter().map(|block| block.set_by).collect();
            let setters = accounts::find_many(app, setters).await?;
            let mut text = String::new();
            for block in &blocks {
                let by = setters.get(&block.set_by);
                let _ = writeln!(
                    text,
                    "{}  {}{}",
                    block.id,
                    line(block),
                    by.map_or_else(String::new, |account| format!("  by {}", account.handle()))
                );
            }
            Ok(text)
        }
        SignUpBlockCommand::Remove { number, community } => {
            let community = named_or_only(app, community.as_deref())?;
            let blocks = all(app, &community).await?;
            let Some(block) = blocks.iter().find(|block| block.id == number) else {
                return Err(Error::invalid(
                    "number",
                    format!(
                        "{number} is no block of {}; comity sign-up-block list prints them",
                        community.domain
                    ),
                ));
            };
            remove(app, &community, block.kind, block.id).await?;
            Ok(format!("{} is blocked no more.", block.pattern))
        }
    }
}

/// What is blocked, since when and until when.
fn line(block: &Block) -> String {
    let kind = match block.kind {
        Kind::Provider => "provider",
        Kind::Email => "address",
        Kind::Network => "network",
    };
    let does = match block.severity {
        Severity::Approval => "a moderator has to say yes",
        Severity::SignUp => "nobody joins",
        Severity::Everything => "nobody joins or signs in",
    };
    let until = block
        .expires_at
        .map(|at| format!("  until {}", time::iso(at)));
    format!(
        "{kind} {}  {does}  since {}{}",
        block.pattern,
        time::iso(block.created_at),
        until.unwrap_or_default()
    )
}
