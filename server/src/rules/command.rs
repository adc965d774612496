//! `comity rule …`: what an operator does with rules. The same verbs as the pages.

mod whose;

use std::fmt::Write as _;

use comity_policy::{Because, Party, Pattern, Person, Rule, RuleId, Scope, Stance};
use comity_vocab::{Domain, Handle, Iri};

pub use whose::{Of, Whose};

use super::Change;
use super::model::{NewRule, Past, Source, typed_pattern};
use super::web::outcome_of;
use crate::accounts;
use crate::app::App;
use crate::clock::DAY_MS;
use crate::error::{Error, Result};
use crate::lists;
use crate::web::time;

/// Set, list, take back and explain rules about other servers and their people.
#[derive(Debug, clap::Subcommand)]
pub enum RuleCommand {
    /// Say how a server or an account is met; replaces what was said before
    Set(SetRule),
    /// Print the rules in force
    List {
        /// Whose rules
        #[command(flatten)]
        of: Of,
        /// Also print those that were replaced, taken back, or ended
        #[arg(long)]
        all: bool,
    },
    /// Take a rule back, by its number
    End {
        /// As `rule list` prints it
        number: i64,
        /// Whose rules
        #[command(flatten)]
        of: Of,
        /// Print what would come back, and take nothing back
        #[arg(long)]
        dry_run: bool,
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

/// A rule, as it is typed.
#[derive(Debug, clap::Args)]
pub struct SetRule {
    /// A domain with all below it, =HOST for one host, the address of an account, software:NAME or
    /// software:NAME<VERSION, first-seen:DAYS for servers not known for so long, list:NAME for everybody on a list of
    /// theirs, or * for everybody
    pattern: String,
    /// open, unchanged (as is decided otherwise, with what is added), limited, ask, withheld or refused
    stance: String,
    #[command(flatten)]
    of: Of,
    /// The reason, for everybody to read
    #[arg(long)]
    reason: Option<String>,
    /// The reason, for members only
    #[arg(long)]
    reason_members: Option<String>,
    /// What is added: media, sensitive, previews, boosts, replies, follows, reports, direct, notice; with commas between them
    #[arg(long = "with", value_name = "CONDITIONS", value_delimiter = ',')]
    conditions: Vec<String>,
    /// The reason, for moderators only
    #[arg(long)]
    reason_moderators: Option<String>,
    /// What was seen that led to it, for moderators only: links, quotations
    #[arg(long)]
    evidence: Option<String>,
    /// It ends by itself after so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    expires: Option<u16>,
    /// Somebody is to look at it again after so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    review: Option<u16>,
    /// With a refused rule of a member: ask those servers to delete what they hold of the member's posts, which stay here
    /// and elsewhere
    #[arg(long)]
    ask_back: bool,
    /// Print what it would do, and set nothing
    #[arg(long)]
    dry_run: bool,
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: RuleCommand) -> Result<String> {
    match command {
        RuleCommand::Set(typed) => set(app, typed).await,
        RuleCommand::List { of, all } => {
            let whose = Whose::named(app, &of).await?;
            let now_ms = app.now_ms();
            let lines: Vec<String> = if all {
                let rules = super::history(app, whose.scope()?).await?;
                rules
                    .iter()
                    .map(|past| past_line(app, past, now_ms))
                    .collect()
            } else {
                let rules = super::in_force(app, whose.scope()?);
                rules.iter().map(|rule| line(app, rule, now_ms)).collect()
            };
            if lines.is_empty() {
                return Ok(format!("{} has no rules.", whose.name()));
            }
            Ok(lines.join("\n"))
        }
        RuleCommand::End {
            number,
            of,
            dry_run,
        } => {
            let whose = Whose::named(app, &of).await?;
            if dry_run {
                return would_end(app, &whose, number).await;
            }
            super::end(app, whose.scope()?, number, None)
                .await
                .map_err(|why| match why {
                    Error::NotFound => no_rule(&whose, number),
                    other => other,
                })?;
            Ok(format!("Rule {number} is taken back."))
        }
        RuleCommand::Why {
            who,
            community,
            member,
        } => {
            let of = Of::whom(community, member);
            let whose = Whose::named(app, &of).await?;
            let party = party(app, &who).await?;
            let explanation = super::explain(app, &*whose.account(app).await?, &party).await?;
            let book = app.gate.book();
            let listener = whose.listener(app);
            let mut text = String::new();
            for (direction, verdict) in [
                ("what they send", &explanation.inward),
                ("what we send", &explanation.outward),
            ] {
                let conditions = verdict.conditions.words().collect::<Vec<_>>().join(", ");
                let decided = match verdict.because {
                    Because::Rule(id) | Because::Limited(id) => Some(id),
                    _ => None,
                };
                // As apps get it: the one that decided is in the sentence.
                let considered = verdict
                    .considered
                    .iter()
                    .filter(|id| decided != Some(**id))
                    .map(|id| id.0.to_string())
                    .collect::<Vec<_>>()
                    .join(", ");
                let _ = writeln!(
                    text,
                    "{direction}: {}. {}",
                    outcome_of(verdict).key(),
                    verdict.sentence_for(&book, listener)
                );
                if !conditions.is_empty() {
                    let _ = writeln!(text, "  conditions: {conditions}");
                }
                if !considered.is_empty() {
                    let _ = writeln!(text, "  other rules considered: {considered}");
                }
                for id in &verdict.set_aside {
                    let _ = writeln!(
                        text,
                        "  rule {} set aside: it names them by a list, and an open rule of the same scope by name",
                        id.0
                    );
                }
                for listed in &verdict.listed {
                    let told = lists::tell(app, listed).await?;
                    let _ = writeln!(text, "  rule {}: {told}", listed.rule.0);
                }
            }
            Ok(text)
        }
    }
}

async fn set(app: &App, typed: SetRule) -> Result<String> {
    let whose = Whose::named(app, &typed.of).await?;
    let pattern = named(app, whose.scope()?, &typed.pattern).await?;
    super::check_pattern(app, whose.scope()?, &pattern)?;
    let stance = Stance::parse(&typed.stance).ok_or_else(|| {
        let words = Stance::ALL.map(Stance::as_str).join(", ");
        Error::invalid("stance", format!("must be one of {words}"))
    })?;
    let now_ms = app.now_ms();
    let in_days = |days: u16| now_ms + i64::from(days) * DAY_MS;
    let said = format!(
        "{} meets {} as {} now.",
        whose.name(),
        as_typed(app, &pattern),
        stance.as_str()
    );
    let new = NewRule {
        conditions: super::conditions::parse(typed.conditions.iter().map(String::as_str))?,
        reason_public: typed.reason,
        reason_members: typed.reason_members,
        reason_moderators: typed.reason_moderators,
        evidence: typed.evidence,
        expires_at: typed.expires.map(in_days),
        review_at: typed.review.map(in_days),
        ask_back: typed.ask_back,
        ..NewRule::about(whose.scope()?, pattern, stance, Source::CommandLine)
    };
    super::conditions::check_ends_none(app, &new)?;
    if typed.dry_run {
        let change = Change::of_setting(app, &new);
        return would(app, &whose, &change).await;
    }
    let number = super::set(app, new).await?;
    Ok(format!("{said} Rule {number}."))
}

async fn would_end(app: &App, whose: &Whose, number: i64) -> Result<String> {
    let change = Change::of_taking_back(app, RuleId(number));
    let scope = whose.scope()?;
    let change = change
        .filter(|change| change.scope == scope)
        .ok_or_else(|| no_rule(whose, number))?;
    would(app, whose, &change).await
}

async fn would(app: &App, whose: &Whose, change: &Change) -> Result<String> {
    let run = super::dry_run(app, change).await?;
    let mut lines = run.lines(&super::Whose::MembersOf(whose.name()));
    if let Whose::Member(account) = whose {
        // Whoever may run this program reads in the member's place, and is not them.
        lines = run.lines(&super::Whose::Yours);
        lines.insert(0, format!("To {}:", account.handle()));
    }
    lines.push("Nothing is changed: this was a dry run.".to_owned());
    Ok(lines.join("\n"))
}

fn no_rule(whose: &Whose, number: i64) -> Error {
    Error::invalid(
        "number",
        format!("{} has no rule {number} in force", whose.name()),
    )
}

fn line(app: &App, rule: &Rule, now_ms: i64) -> String {
    let reason = rule
        .reason_public
        .as_deref()
        .or(rule.reason_members.as_deref())
        .or(rule.reason_moderators.as_deref())
        .unwrap_or("no reason given");
    let mut line = format!(
        "{}  {}  {}  ({reason})",
        rule.id.0,
        rule.stance.as_str(),
        as_typed(app, &rule.pattern)
    );
    let added = super::conditions::words(rule.conditions);
    if !added.is_empty() {
        let _ = write!(line, "  with {}", added.join(", "));
    }
    if let Some(evidence) = &rule.evidence {
        let _ = write!(line, "  seen: {evidence}");
    }
    if let Some(at) = rule.expires_at {
        let _ = write!(line, "  ends on {}", time::day(at));
    }
    if let Some(at) = rule.review_at {
        let due = if at <= now_ms {
            "was due for review on"
        } else {
            "review on"
        };
        let _ = write!(line, "  {due} {}", time::day(at));
    }
    line
}

fn past_line(app: &App, past: &Past, now_ms: i64) -> String {
    let rule = &past.rule;
    let end = match (past.ended_at, rule.expires_at) {
        (Some(at), _) => format!("until {}", time::day(at)),
        (None, Some(at)) if at <= now_ms => format!("until {}, by itself", time::day(at)),
        _ => "in force".to_owned(),
    };
    format!(
        "{}  set on {}, {end}",
        line(app, rule, now_ms),
        time::day(rule.set_at)
    )
}

/// What somebody types who means a server or a person: a handle means the account that goes by it, if it is known.
async fn named(app: &App, scope: Scope, typed: &str) -> Result<Pattern> {
    let page = super::model::handle_of_page(typed);
    let handle = page.as_deref().unwrap_or(typed).trim();
    if handle.trim_start_matches('@').contains('@')
        && let Ok(handle) = Handle::parse(handle)
        && let Some(domain) = &handle.domain
        && let Some(account) = accounts::find_by_handle(app, &handle.username, domain).await?
    {
        return Ok(Pattern::Account(account.iri.clone()));
    }
    super::read_pattern(app, scope, typed)
}

/// As it can be typed again; a list goes by its name.
fn as_typed(app: &App, pattern: &Pattern) -> String {
    match pattern {
        Pattern::List(_) => super::whom(app, pattern),
        other => typed_pattern(other),
    }
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
    let is_server = |domain: &Domain| {
        domain.host().contains('.') || domain.is_ip() || domain.host() == "localhost"
    };
    let domain = Domain::parse(who).ok().filter(is_server).ok_or_else(|| {
        Error::invalid(
            "about",
            format!("{who:?} is neither a server like bigcorp.example nor a person like @name@server.example"),
        )
    })?;
    Ok(Party::Instance(domain))
}
