//! `comity community …`: what an operator does with communities.

use comity_policy::Mode;
use comity_vocab::Domain;

use super::{Answers, Invites, Settings, ShownTo, SignUp, change_settings, found};
use crate::app::App;
use crate::error::{Error, Result};

/// Serve one more domain, or change how one is served.
#[derive(Debug, clap::Subcommand)]
pub enum CommunityCommand {
    /// Serve one more domain
    Add {
        /// The domain, as in its members' handles
        domain: String,
        /// What people call it; the domain if you do not say
        #[arg(long)]
        name: Option<String>,
    },
    /// Print the communities served here
    List,
    /// Change a community's settings; what you do not name stays as it is
    Set {
        /// Which community
        domain: String,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
        /// What it says of itself
        #[arg(long)]
        description: Option<String>,
        /// What its people ask of each other, one rule a line
        #[arg(long)]
        rules_text: Option<String>,
        /// Its answer to servers it has no rule for: open, cautious or allow-list
        #[arg(long)]
        mode: Option<String>,
        /// Who may join: open, approval (whoever a moderator says yes to), invitation or closed
        #[arg(long)]
        sign_up: Option<String>,
        /// Who says yes to first contacts where it asks: members, moderators or either
        #[arg(long)]
        answers: Option<String>,
        /// Who may read its rules by name besides its members: everyone, peers (servers that an open rule of it names)
        /// or members
        #[arg(long)]
        rules_shown_to: Option<String>,
        /// Who may invite: moderators or members
        #[arg(long)]
        invites: Option<String>,
        /// Whether apps are told what is talked about lately: true or false
        #[arg(long)]
        trends: Option<bool>,
        /// Whether everybody is told which servers are known here: true or false (false at first)
        #[arg(long)]
        shows_peers: Option<bool>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: CommunityCommand) -> Result<String> {
    match command {
        CommunityCommand::Add { domain, name } => {
            let domain = parse(&domain)?;
            let name = name.unwrap_or_else(|| domain.unicode());
            let community = found(app, domain, &name).await?;
            Ok(format!(
                "{} is served at {}/. Add an admin: comity member add NAME --email ADDRESS --role admin \
                 --community {}",
                community.name, community.origin, community.domain
            ))
        }
        CommunityCommand::List => {
            let communities = app.communities.load();
            let lines = communities.all().map(|community| {
                format!(
                    "{}  {}  mode {}  sign-up {}",
                    community.domain,
                    community.name,
                    community.mode.as_str(),
                    community.sign_up.as_str()
                )
            });
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
        CommunityCommand::Set {
            domain,
            name,
            description,
            rules_text,
            mode,
            sign_up,
            answers,
            rules_shown_to,
            invites,
            trends,
            shows_peers,
        } => {
            let community = named(app, &domain)?;
            let before = Settings::of(&community);
            let mode = mode.map(|text| {
                Mode::parse(&text)
                    .ok_or_else(|| Error::invalid("mode", "must be open, cautious or allow-list"))
            });
            let sign_up = sign_up.map(|text| {
                SignUp::parse(&text).ok_or_else(|| {
                    Error::invalid("sign-up", "must be open, approval, invitation or closed")
                })
            });
            let answers = answers.map(|text| {
                Answers::parse(&text).ok_or_else(|| {
                    Error::invalid("answers", "must be members, moderators or either")
                })
            });
            let shown_to = rules_shown_to.map(|text| {
                ShownTo::parse(&text).ok_or_else(|| {
                    Error::invalid("rules-shown-to", "must be everyone, peers or members")
                })
            });
            let invites = invites.map(|text| {
                Invites::parse(&text)
                    .ok_or_else(|| Error::invalid("invites", "must be moderators or members"))
            });
            let settings = Settings {
                name: name.unwrap_or(before.name),
                description: description.unwrap_or(before.description),
                rules_text: rules_text.unwrap_or(before.rules_text),
                mode: mode.transpose()?.unwrap_or(before.mode),
                sign_up: sign_up.transpose()?.unwrap_or(before.sign_up),
                answers: answers.transpose()?.unwrap_or(before.answers),
                rules_shown_to: shown_to.transpose()?.unwrap_or(before.rules_shown_to),
                invites: invites.transpose()?.unwrap_or(before.invites),
                trends: trends.unwrap_or(before.trends),
                shows_peers: shows_peers.unwrap_or(before.shows_peers),
            };
            let community = change_settings(app, community.id, settings).await?;
            Ok(format!("Changed {}.", community.domain))
        }
    }
}

/// The community with this domain, or the only one when none is named.
pub fn named_or_only(app: &App, domain: Option<&str>) -> Result<std::sync::Arc<super::Community>> {
    if let Some(domain) = domain {
        return named(app, domain);
    }
    let communities = app.communities.load();
    match communities.all().count() {
        1 => communities.first().ok_or(Error::NotFound),
        0 => Err(Error::invalid(
            "community",
            "there is none yet; run `comity community add DOMAIN`",
        )),
        _ => Err(Error::invalid(
            "community",
            format!("say which with --community: {}", served(app)),
        )),
    }
}

fn named(app: &App, domain: &str) -> Result<std::sync::Arc<super::Community>> {
    app.communities
        .load()
        .by_domain(&parse(domain)?)
        .ok_or_else(|| {
            Error::invalid(
                "community",
                format!("{domain} is not served here; there is {}", served(app)),
            )
        })
}

fn served(app: &App) -> String {
    let names: Vec<_> = app
        .communities
        .load()
        .all()
        .map(|community| community.domain.to_string())
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn parse(domain: &str) -> Result<Domain> {
    Domain::parse(domain).map_err(|_| {
        Error::invalid(
            "domain",
            format!(
                "{domain} is not a host name; write it without https://, as in harbour.example"
            ),
        )
    })
}
