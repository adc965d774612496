//! `comity list …`: lists from the server's machine. The same verbs as the pages.

mod sources;

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::csv::{self, LONGEST_FILE, Reading, Severity};
use super::{Difference, List, NewEntry, Provenance, parse_entry};
use crate::app::App;
use crate::error::{Error, Result};
use crate::rules::command::{Of, Whose};
use crate::rules::typed_pattern;

/// Of what an import would add or retract, so many are named.
const MOST_TOLD: usize = 50;

/// Keep lists of servers and people that rules name
#[derive(Debug, clap::Subcommand)]
pub enum ListCommand {
    /// Make an empty list
    Create {
        /// What rules call it: list:NAME
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Print a list with where each entry comes from; without a name, the names of all
    Show {
        /// Which
        name: Option<String>,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Put servers and people on a list
    Add {
        /// Which list
        name: String,
        /// Domains with all below them, =HOST for one host, or addresses of accounts
        #[arg(required = true)]
        patterns: Vec<String>,
        /// What is to be said about them
        #[arg(long)]
        comment: Option<String>,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Take servers and people off a list
    Remove {
        /// Which list
        name: String,
        /// As `list show` prints them
        #[arg(required = true)]
        patterns: Vec<String>,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Give a list another name; rules that name it go on doing so
    Rename {
        /// Which list
        name: String,
        /// The other name
        to: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Delete a list that no rule names
    Delete {
        /// Which list
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Put on a list what a file names: Mastodon's export of blocked domains, or one name a line
    Import {
        /// Which list
        name: String,
        /// The file; what an earlier one of this name brought and this one lacks is told, and stays
        file: PathBuf,
        /// Of a table with severities, which lines
        #[arg(long, value_enum, default_value_t)]
        severity: Severity,
        /// Print what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Take a list in from an address, which is asked once a day; prints what it would change
    Subscribe {
        /// Which list
        name: String,
        /// Where it is: Mastodon's export of blocked domains, or one name a line
        url: String,
        /// Of a table with severities, which lines
        #[arg(long, value_enum, default_value_t)]
        severity: Severity,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Ask an address no more; what came from it stays
    Unsubscribe {
        /// Which list
        name: String,
        /// The address
        url: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Ask the sources of a list now, and print what they would change
    Fetch {
        /// Which list
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Print what the sources of a list would change, without asking them
    Draft {
        /// Which list
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Put on a list what its sources add, but for what is to be looked at one by one
    Apply {
        /// Which list
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// How a list goes by its sources
    Terms {
        /// Which list
        name: String,
        /// Whether what they add is put on the list by itself
        #[arg(long)]
        alone: Option<bool>,
        /// How many entries a day at most; where there are more, all of them wait
        #[arg(long)]
        cap: Option<i64>,
        /// How many sources have to name an entry
        #[arg(long)]
        quorum: Option<i64>,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
    /// Print a list as a table that Mastodon takes in, met there as the rule that names it says
    Export {
        /// Which list
        name: String,
        /// Whose list
        #[command(flatten)]
        keeper: Keeper,
    },
}

/// Who keeps a list: the only community, when nothing is said.
#[derive(Debug, clap::Args)]
pub struct Keeper {
    /// The community with this domain
    #[arg(long)]
    community: Option<String>,
    /// This member, for themself
    #[arg(long)]
    member: Option<String>,
}

/// Does it, and says what came of it.
pub async fn command(app: &App, command: ListCommand) -> Result<String> {
    match command {
        ListCommand::Create { name, keeper } => {
            let whose = keeper.whose(app).await?;
            super::create(app, whose.scope()?, &name).await?;
            let name = super::parse_name(&name)?;
            Ok(format!(
                "{} keeps the list {name} now. Nobody is on it yet; a rule names it as list:{name}.",
                whose.name()
            ))
        }
        ListCommand::Show { name: None, keeper } => {
            let whose = keeper.whose(app).await?;
            let lists = super::of(app, whose.scope()?).await?;
            if lists.is_empty() {
                return Ok(format!("{} keeps no lists.", whose.name()));
            }
            let lines: Vec<String> = lists.iter().map(|list| summary(app, list)).collect();
            Ok(lines.join("\n"))
        }
        ListCommand::Show {
            name: Some(name),
            keeper,
        } => show(app, &keeper.list(app, &name).await?).await,
        ListCommand::Add {
            name,
            patterns,
            comment,
            keeper,
        } => {
            let list = keeper.list(app, &name).await?;
            let comment = comment.as_deref().and_then(csv::shortened);
            let entry = |typed: &String| {
                Ok(NewEntry {
                    pattern: parse_entry(typed)?,
                    comment: comment.clone(),
                })
            };
            let entries = patterns.iter().map(entry).collect::<Result<Vec<_>>>()?;
            let all = entries.len();
            let new = super::add(app, &list, entries, &Provenance::default()).await?;
            let there = match all - new {
                0 => String::new(),
                there => format!(" {there} on it already."),
            };
            Ok(format!("{new} put on the list {}.{there}", list.name))
        }
        ListCommand::Remove {
            name,
            patterns,
            keeper,
        } => {
            let list = keeper.list(app, &name).await?;
            for typed in &patterns {
                let pattern = parse_entry(typed)?;
                let removed = super::remove(app, &list, &pattern, None).await;
                removed.map_err(|why| match why {
                    Error::NotFound => Error::invalid(
                        "pattern",
                        format!("{typed} is not on the list {}", list.name),
                    ),
                    other => other,
                })?;
            }
            Ok(format!(
                "{} taken off the list {}.",
                patterns.len(),
                list.name
            ))
        }
        ListCommand::Rename { name, to, keeper } => {
            let list = keeper.list(app, &name).await?;
            super::rename(app, &list, &to).await?;
            Ok(format!(
                "The list is called {} now.",
                super::parse_name(&to)?
            ))
        }
        ListCommand::Delete { name, keeper } => {
            let list = keeper.list(app, &name).await?;
            super::delete(app, &list).await?;
            Ok(format!("The list {} is deleted.", list.name))
        }
        ListCommand::Import {
            name,
            file,
            severity,
            dry_run,
            keeper,
        } => {
            let list = keeper.list(app, &name).await?;
            let source = super::source_of(&file.to_string_lossy())?;
            let bytes = read(&file)?;
            let reading = csv::read(&bytes, severity, |pattern| {
                super::check_entry(app, list.scope(), pattern)
            })?;
            let difference = super::compare(app, &list, &reading, Some(&source)).await?;
            let mut text = told(&list, &reading, &difference);
            if dry_run {
                text.push_str("Nothing is changed: this was a dry run.");
                return Ok(text);
            }
            let from = Provenance {
                by: None,
                source: Some(source),
            };
            super::take_in(app, &list, &difference, &from).await?;
            let _ = write!(text, "Done: {} put on the list.", difference.added.len());
            Ok(text)
        }
        ListCommand::Subscribe {
            name,
            url,
            severity,
            keeper,
        } => sources::subscribe(app, &keeper.list(app, &name).await?, &url, severity).await,
        ListCommand::Unsubscribe { name, url, keeper } => {
            sources::unsubscribe(app, &keeper.list(app, &name).await?, &url).await
        }
        ListCommand::Fetch { name, keeper } => {
            sources::fetch(app, &keeper.list(app, &name).await?).await
        }
        ListCommand::Draft { name, keeper } => {
            sources::draft(app, &keeper.list(app, &name).await?).await
        }
        ListCommand::Apply { name, keeper } => {
            sources::apply(app, &keeper.list(app, &name).await?).await
        }
        ListCommand::Terms {
            name,
            alone,
            cap,
            quorum,
            keeper,
        } => {
            let list = keeper.list(app, &name).await?;
            sources::terms(app, &list, alone, cap, quorum).await
        }
        ListCommand::Export { name, keeper } => {
            let list = keeper.list(app, &name).await?;
            let entries = super::all_entries(app, &list).await?;
            let written = csv::write(list.id, &entries, super::rule_about(app, &list).as_ref())?;
            if written.left_out > 0 {
                tracing::warn!(
                    "{} entries are left out: single hosts, accounts, and names that begin with a hyphen have no place in such a table",
                    written.left_out
                );
            }
            Ok(written.text)
        }
    }
}

impl Keeper {
    async fn whose(self, app: &App) -> Result<Whose> {
        Whose::named(app, &Of::whom(self.community, self.member)).await
    }

    async fn list(self, app: &App, name: &str) -> Result<List> {
        let whose = self.whose(app).await?;
        super::named(app, whose.scope()?, name)
            .await
            .map_err(|why| match why {
                Error::Invalid { field: "name", .. } => Error::invalid(
                    "name",
                    format!(
                        "{} keeps no list {name}; `comity list create {name}` makes one",
                        whose.name()
                    ),
                ),
                other => other,
            })
    }
}

fn summary(app: &App, list: &List) -> String {
    let met = match super::rule_about(app, list) {
        Some(rule) => format!("{} by rule {}", rule.stance.as_str(), rule.id.0),
        None => "named by no rule".to_owned(),
    };
    format!("{}  {} entries, {met}", list.name, list.entries)
}

async fn show(app: &App, list: &List) -> Result<String> {
    let mut text = summary(app, list);
    text.push_str(&sources::told(app, list).await?);
    for entry in super::all_entries(app, list).await? {
        let told = super::provenance(app, &entry).await?;
        let _ = write!(text, "\n{}  {told}", entry.pattern);
    }
    Ok(text)
}

/// The file, or as much of it as shows that it is too long.
fn read(file: &Path) -> Result<Vec<u8>> {
    let unreadable = |why: std::io::Error| {
        Error::invalid(
            "file",
            format!("{} could not be read: {why}", file.display()),
        )
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(LONGEST_FILE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    opened
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// What a file would change, line by line.
fn told(list: &List, reading: &Reading, difference: &Difference) -> String {
    let mut text = format!(
        "{} not yet on the list {}, {} on it already.\n",
        difference.added.len(),
        list.name,
        difference.there
    );
    let added = difference.added.iter().map(|entry| {
        let comment = entry.comment.as_deref().unwrap_or_default();
        format!("{}  {comment}", typed_pattern(&entry.pattern))
    });
    push(&mut text, "+ ", difference.added.len(), added);
    if !difference.retracted.is_empty() {
        let _ = writeln!(
            text,
            "{} no longer in the file. They stay on the list until you remove them:",
            difference.retracted.len()
        );
        let retracted = difference.retracted.iter().cloned();
        push(&mut text, "? ", difference.retracted.len(), retracted);
    }
    for (severity, lines) in &reading.passed_over {
        let _ = writeln!(
            text,
            "{lines} with the severity {severity} passed over; `--severity` chooses which are meant."
        );
    }
    if reading.repeated > 0 {
        let _ = writeln!(text, "{} named twice in the file.", reading.repeated);
    }
    if reading.unusable_lines > 0 {
        let _ = writeln!(text, "{} cannot be used:", reading.unusable_lines);
        let unusable = reading
            .unusable
            .iter()
            .map(|one| format!("line {}: {} {}", one.line, one.text, one.why));
        push(&mut text, "  ", reading.unusable_lines, unusable);
    }
    text
}

fn push(text: &mut String, sign: &str, all: usize, lines: impl Iterator<Item = String>) {
    for line in lines.take(MOST_TOLD) {
        let _ = writeln!(text, "{sign}{}", line.trim_end());
    }
    if all > MOST_TOLD {
        let _ = writeln!(text, "{sign}and {} more", all - MOST_TOLD);
    }
}
