//! `comity mail …`: whether letters go out.

use super::{Letter, try_out};
use crate::app::App;
use crate::communities::command::named_or_only;
use crate::error::{Error, Result};

/// Try the way of letters.
#[derive(Debug, clap::Subcommand)]
pub enum MailCommand {
    /// Send a letter that says it is a trial, and print what the mail server said
    Test {
        /// Where it goes
        address: String,
        /// The community whose name it bears; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: MailCommand) -> Result<String> {
    let MailCommand::Test { address, community } = command;
    let community = named_or_only(app, community.as_deref())?;
    if app.mailer.is_none() {
        return Err(Error::invalid(
            "mail.server",
            "is not set, so no letters are sent; see `comity config example`",
        ));
    }
    let letter = Letter {
        to: address.clone(),
        subject: format!("{}: a trial", community.name),
        text: format!(
            "Letters of {} arrive. Nothing is to be done.\n\n{}\n{}\n",
            community.name, community.name, community.origin
        ),
    };
    match try_out(app, &community, &letter).await {
        Ok(()) => Ok(format!(
            "{} took a letter to {address}. Look whether it arrives.",
            app.config.mail.server
        )),
        Err(why) => Err(Error::Elsewhere(why)),
    }
}
