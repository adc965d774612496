//! `comity rule …`: what an operator does with rules. The same verbs as the pages.

use std::fmt::Write as _;
use std::sync::Arc;

use comity_policy::{Party, Person, Rule, Scope, Stance};
use comity_vocab::{Domain, Handle, Iri};

use super::model::{NewRule, Source, parse_pattern};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::{Community, command::named_or_only};
use crate::error::{Error, Result};

/// Set, list, take back and explain rules about other servers and their people.
#[derive(Debug, clap::Subcommand)]
pub enum RuleCommand {
    /// Say how a server or an account is met; replaces what was said before
    Set {
        /// A domain with all below it, =HOST for one host, the address of an account, or * for everybody
        pattern: String,
        /// open, limited or refused
        stance: String,
        /// Whose rule: the community's with this domain
        #[arg(long)]
        community: Option<String>,
        /// Whose rule: this member's own
        #[arg(long)]
        member: Option<String>,
        /// The reason, for everybody to read
        #[arg(long)]
        reason: Option<String>,
        /// The reason, for members only
        #[arg(long)]
        reason_members: Option<String>,
        /// The reason, for moderators only
        #[arg(long)]
        reason_moderators: Option<String>,
    },
    /// Print the rules in force
    List {
        /// Of the community with this domain
        #[arg(long)]
        community: Option<String>,
        /// Of this member
        #[arg(long)]
        member: Option<String>,
    },
    /// Take a rule back, by its number
    End {
        /// As `rule list` prints it
        number: i64,
        /// Of the community with this domain
        #[arg(long)]
        community: Option<String>,
        /// Of this member
        #[arg(long)]
        member: Option<String>,
    },
    /// Explain what passes between us and a server or an account, and which rule decides
    Why {
        /// A domain, a handle or the address of an account
        who: String,
        /// For the community with this domain
        #[arg(long)]
        community: Option<String>,
        /// For this member
        #[arg(long)]
        member: Option<String>,
    },
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: RuleCommand) -> Result<String> {
    match command {
        RuleCommand::Set {
            pattern,
            stance,
            community,
            member,
            reason,
            reason_members,
            reason_moderators,
        } => {
            let whose = Whose::named(app, community.as_deref(), member.as_deref()).await?;
            let pattern = parse_pattern(&pattern)?;
            super::check_pattern(app, whose.scope()?, &pattern)?;
            let stance = Stance::parse(&stance).ok_or_else(|| {
                Error::invalid(
                    "stance",
                    format!(
                        "must be one of {}",
                        Stance::ALL.map(Stance::as_str).join(", ")
                    ),
                )
            })?;
            let said = format!(
                "{} meets {pattern} as {} now.",
                whose.name(),
                stance.as_str()
            );
            let new = NewRule {
                reason_public: reason,
                reason_members,
                reason_moderators,
                ..NewRule::about(whose.scope()?, pattern, stance, Source::CommandLine)
            };
            let number = super::set(app, new).await?;
            Ok(format!("{said} Rule {number}."))
        }
        RuleCommand::List { community, member } => {
            let whose = Whose::named(app, community.as_deref(), member.as_deref()).await?;
            let rules = super::in_force(app, whose.scope()?);
            if rules.is_empty() {
                return Ok(format!("{} has no rules.", whose.name()));
            }
            Ok(rules.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        RuleCommand::End {
            number,
            community,
            member,
        } => {
            let whose = Whose::named(app, community.as_deref(), member.as_deref()).await?;
            super::end(app, whose.scope()?, number, None)
                .await
                .map_err(|why| match why {
                    Error::NotFound => Error::invalid(
                        "number",
                        format!("{} has no rule {number} in force", whose.name()),
                    ),
                    other => other,
                })?;
            Ok(format!("Rule {number} is taken back."))
        }
        RuleCommand::Why {
            who,
            community,
            member,
        } => {
            let whose = Whose::named(app, community.as_deref(), member.as_deref()).await?;
            let party = party(app, &who).await?;
            let explanation = super::explain(app, &*whose.account(app).await?, &party).await?;
            let book = app.gate.book();
            let mut text = String::new();
            for (direction, verdict) in [
                ("what they send", &explanation.inward),
                ("what we send", &explanation.outward),
            ] {
                let conditions = verdict.conditions.words().collect::<Vec<_>>().join(", ");
                let considered = verdict
                    .considered
                    .iter()
                    .map(|id| id.0.to_string())
                    .collect::<Vec<_>>()
                    .join(", ");
                let _ = writeln!(
                    text,
                    "{direction}: {:?}. {}",
                    verdict.outcome,
                    verdict.sentence(&book)
                );
                if !conditions.is_empty() {
                    let _ = writeln!(text, "  conditions: {conditions}");
                }
                if !considered.is_empty() {
                    let _ = writeln!(text, "  rules considered: {considered}");
                }
            }
            let _ = write!(text, "epoch {}", book.epoch());
            Ok(text)
        }
    }
}

/// Whose rules are meant.
enum Whose {
    Community(Arc<Community>),
    Member(Arc<Account>),
}

impl Whose {
    async fn named(app: &App, community: Option<&str>, member: Option<&str>) -> Result<Whose> {
        let community = named_or_only(app, community)?;
        let Some(member) = member else {
            return Ok(Whose::Community(community));
        };
        let name = member
            .trim_start_matches('@')
            .split('@')
            .next()
            .unwrap_or_default();
        let account = accounts::find_by_handle(app, name, &community.domain)
            .await?
            .ok_or_else(|| {
                Error::invalid(
                    "member",
                    format!("there is no {name} on {}", community.domain),
                )
            })?;
        Ok(Whose::Member(account))
    }

    fn scope(&self) -> Result<Scope> {
        match self {
            Whose::Community(community) => Ok(super::of_community(community)),
            Whose::Member(account) => super::of_member(account),
        }
    }

    fn name(&self) -> String {
        match self {
            Whose::Community(community) => community.name.clone(),
            Whose::Member(account) => account.handle().to_string(),
        }
    }

    /// In whose place an explanation is given: a community's own account stands for it.
    async fn account(&self, app: &App) -> Result<Arc<Account>> {
        match self {
            Whose::Community(community) => accounts::find(app, community.actor_id).await,
            Whose::Member(account) => Ok(account.clone()),
        }
    }
}

fn line(rule: &Rule) -> String {
    let reason = rule
        .reason_public
        .as_deref()
        .or(rule.reason_members.as_deref())
        .unwrap_or("no reason given");
    format!(
        "{}  {}  {}  ({reason})",
        rule.id.0,
        rule.stance.as_str(),
        rule.pattern
    )
}

/// Who is asked about: an account we know, a stranger by address, or a whole server.
pub(super) async fn party(app: &App, who: &str) -> Result<Party> {
    if who.contains("://") {
        let iri = Iri::parse(who)?;
        let known = accounts::find_by_iri(app, &iri).await?;
        return Ok(Party::Account(known.map_or_else(
            || Person::stranger(iri),
            |account| account.person(),
        )));
    }
    if who.trim_start_matches('@').contains('@') {
        let handle = Handle::parse(who)?;
        let domain = handle.domain.clone().ok_or(Error::NotFound)?;
        return match accounts::find_by_handle(app, &handle.username, &domain).await? {
            Some(account) if account.is_local() => Ok(Party::Member(account.person())),
            Some(account) => Ok(Party::Account(account.person())),
            None => Ok(Party::Instance(domain)),
        };
    }
    Ok(Party::Instance(Domain::parse(who)?))
}
