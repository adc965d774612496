//! `comity member …`: what an operator does with members.

use std::fmt::Write as _;
use std::io::BufRead;

use comity_db::Tx;

use super::model::ListedRow;
use super::{NewMember, Role, Standing, add, change_role, find, set_password, store};
use crate::accounts;
use crate::app::App;
use crate::communities::Community;
use crate::communities::command::named_or_only;
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::leaving::{self, When};
use crate::passkeys;
use crate::second_step;
use crate::sign_ups;
use crate::web::time;

/// Letters of a password that we make up: 132 bits.
const MADE_UP_LENGTH: usize = 22;

/// Add a member, or help one.
#[derive(Debug, clap::Subcommand)]
pub enum MemberCommand {
    /// Add a member
    Add {
        /// The username: small letters a to z, digits and _
        name: String,
        /// Their e-mail address
        #[arg(long)]
        email: String,
        /// Read the password from the first line of standard input; otherwise one is made up and printed
        #[arg(long)]
        password_stdin: bool,
        /// What they may do: member, moderator or admin
        #[arg(long, default_value = "member")]
        role: String,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Print the members of a community, from the oldest to the newest, with what they sign in with, and how many wait for a
    /// moderator's yes
    List {
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
        /// Begin after the member with this username
        #[arg(long, value_name = "NAME")]
        after: Option<String>,
        /// How many at most: 1 to 1000
        #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Change what a member may do
    Role {
        /// The username
        name: String,
        /// member, moderator or admin
        role: String,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Turn off a member's second step, who lost the device and the recovery codes
    SecondStepOff {
        /// The username
        name: String,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Remove all passkeys of a member, who lost a device; they sign in with their password
    PasskeysOff {
        /// The username
        name: String,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Delete a member, with all that is theirs; their name is never given out again
    Delete {
        /// The username
        name: String,
        /// Now, and for good; otherwise they may sign in and take it back for 30 days
        #[arg(long)]
        at_once: bool,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
    /// Give a member a new password, sign all their browsers out and end their passkeys
    Password {
        /// The username
        name: String,
        /// Read the password from the first line of standard input; otherwise one is made up and printed
        #[arg(long)]
        password_stdin: bool,
        /// The community's domain; may be left out where there is only one
        #[arg(long)]
        community: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: MemberCommand) -> Result<String> {
    match command {
        MemberCommand::Add {
            name,
            email,
            password_stdin,
            role,
            community,
        } => {
            let community = named_or_only(app, community.as_deref())?;
            let (password, remark) = password(password_stdin)?;
            let new = NewMember {
                username: name,
                email,
                password,
                display_name: String::new(),
                role: parse(&role)?,
            };
            let account = add(app, &community, new).await?;
            Ok(format!(
                "{} can sign in at {}/sign-in.{remark}",
                account.handle(),
                community.origin
            ))
        }
        MemberCommand::List {
            community,
            after,
            limit,
        } => {
            let community = named_or_only(app, community.as_deref())?;
            let after_id = match after {
                Some(name) => {
                    member(app, &name, Some(community.domain.as_str()))
                        .await?
                        .id
                }
                None => 0,
            };
            list(app, &community, after_id, limit).await
        }
        MemberCommand::Role {
            name,
            role,
            community,
        } => {
            let account = member(app, &name, community.as_deref()).await?;
            change_role(app, account.id, parse(&role)?).await?;
            Ok(format!("{} is {role} now.", account.handle()))
        }
        MemberCommand::SecondStepOff { name, community } => {
            let account = member(app, &name, community.as_deref()).await?;
            second_step::drop_it(app, account.id).await?;
            Ok(format!(
                "{} needs no code to sign in any more.",
                account.handle()
            ))
        }
        MemberCommand::PasskeysOff { name, community } => {
            let account = member(app, &name, community.as_deref()).await?;
            let handle = account.handle();
            Ok(match passkeys::remove_all(app, account.id).await? {
                0 => format!("{handle} has no passkey."),
                1 => format!("{handle} had one passkey; it opens nothing any more."),
                many => format!("{handle} had {many} passkeys; they open nothing any more."),
            })
        }
        MemberCommand::Delete {
            name,
            at_once,
            community,
        } => {
            let account = member(app, &name, community.as_deref()).await?;
            let member = find(app, account.id).await?;
            let when = if at_once { When::AtOnce } else { When::Later };
            let at = leaving::begin(app, &member, when, Tx::new()).await?;
            let handle = account.handle();
            Ok(match when {
                When::AtOnce => format!("{handle} is being deleted, as soon as the server runs."),
                When::Later => format!(
                    "{handle} is hidden and signed out, and is deleted on {}. Until then they may sign in and stay.",
                    time::day(at)
                ),
            })
        }
        MemberCommand::Password {
            name,
            password_stdin,
            community,
        } => {
            let account = member(app, &name, community.as_deref()).await?;
            let (password, remark) = password(password_stdin)?;
            set_password(app, account.id, &password).await?;
            Ok(format!(
                "{} has a new password and is signed out everywhere.{remark}",
                account.handle()
            ))
        }
    }
}

async fn list(app: &App, community: &Community, after_id: i64, limit: u16) -> Result<String> {
    // One more says whether there are more.
    let rows = store::listed(&app.db, community.id, after_id, i64::from(limit) + 1).await?;
    let limit = usize::from(limit);
    let mut text = String::new();
    for row in rows.iter().take(limit) {
        let _ = writeln!(text, "{}", line(row, community));
    }
    if rows.is_empty() {
        let more = if after_id == 0 { "" } else { " more" };
        let _ = writeln!(text, "{} has no{more} members.", community.domain);
    }
    if let Some(last) = rows.get(limit - 1).filter(|_| rows.len() > limit) {
        let _ = writeln!(text, "There are more: --after {}", last.username);
    }
    let waiting = sign_ups::whole_queue(app, community).await?.len();
    if waiting > 0 {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        let _ = writeln!(
            text,
            "{waiting} {verb} for a moderator's yes: {}/sign-ups",
            community.origin
        );
    }
    Ok(text)
}

/// Who it is, what they may do, since when, and what is to know of their address and of their sign-in.
fn line(row: &ListedRow, community: &Community) -> String {
    let address = match row.email_confirmed_at {
        Some(_) => "address confirmed",
        None => "address not confirmed",
    };
    let mut line = format!(
        "@{}@{}  {}  since {}  {address}",
        row.username,
        community.domain,
        row.role,
        time::day(row.created_at)
    );
    if row.second_step_at.is_some() {
        line.push_str("  second step");
    }
    match row.passkeys {
        0 if row.second_step_at.is_none() => line.push_str("  password alone"),
        0 => {}
        1 => line.push_str("  1 passkey"),
        many => {
            let _ = write!(line, "  {many} passkeys");
        }
    }
    if row.standing != Standing::Active.as_str() {
        let _ = write!(line, "  {}", row.standing);
    }
    if let Some(at) = row.leaves_at {
        let _ = write!(line, "  leaves on {}", time::day(at));
    }
    line
}

async fn member(
    app: &App,
    name: &str,
    community: Option<&str>,
) -> Result<std::sync::Arc<accounts::Account>> {
    let community = named_or_only(app, community)?;
    accounts::find_by_handle(app, name.trim_start_matches('@'), &community.domain)
        .await?
        .ok_or_else(|| Error::invalid("name", format!("{name} is nobody at {}", community.domain)))
}

fn parse(role: &str) -> Result<Role> {
    Role::parse(role).ok_or_else(|| Error::invalid("role", "must be member, moderator or admin"))
}

/// The password, and what to tell of it.
fn password(from_stdin: bool) -> Result<(String, String)> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|why| {
                Error::invalid(
                    "password",
                    format!("could not be read from standard input: {why}"),
                )
            })?;
        return Ok((
            line.trim_end_matches(['\r', '\n']).to_owned(),
            String::new(),
        ));
    }
    let password: String = Token::random()?
        .reveal()
        .chars()
        .take(MADE_UP_LENGTH)
        .collect();
    let remark = format!("\nThe password is {password}");
    Ok((password, remark))
}
