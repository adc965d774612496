//! The command line. Each arm hands over to a verb of its feature and prints what came of it.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::aliases::command::AliasCommand;
use crate::app::App;
use crate::audit::command::AuditArguments;
use crate::clock::Clock;
use crate::communities::command::CommunityCommand;
use crate::config::{self, Config};
use crate::emergency::command::GateCommand;
use crate::emojis::command::EmojiCommand;
use crate::error::Error;
use crate::lists::command::ListCommand;
use crate::mail::command::MailCommand;
use crate::media::command::MediaCommand;
use crate::members::command::MemberCommand;
use crate::rules::command::RuleCommand;
use crate::serve::CannotStart;
use crate::sign_up_blocks::command::SignUpBlockCommand;
use crate::{
    aliases, audit, communities, demo, emergency, emojis, inspect, lists, mail, media, members,
    rules, serve, sign_up_blocks,
};
use clap::{Parser, Subcommand};
use comity_db::Db;

/// A fediverse server where each community and each person decides whom they federate with
#[derive(Parser)]
#[command(
    name = "comity",
    version,
    after_help = "Without a command, comity serves. Settings are read from comity.toml and from the environment;\n\
                  `comity config example` prints every one of them."
)]
struct Arguments {
    /// Read the settings from this file instead of ./comity.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until stopped (this happens when you name no command)
    Serve,
    /// Bring the database up to date, and do nothing else
    Migrate,
    /// Copy the database to a new file, while the server runs or not (SQLite only: PostgreSQL has its own program for it)
    Backup {
        /// The file to write; it must not exist yet
        file: PathBuf,
    },
    /// Print settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Add a member, or help one
    #[command(subcommand)]
    Member(MemberCommand),
    /// Set, list, take back and explain rules about other servers
    #[command(subcommand)]
    Rule(RuleCommand),
    /// Keep lists of servers and people that rules name; take them in from files and write them out
    #[command(subcommand)]
    List(ListCommand),
    /// Close a community to servers it does not know, for some hours; open it again
    #[command(subcommand)]
    Gate(GateCommand),
    /// See which servers hand on what they alone were given
    #[command(subcommand)]
    Alias(AliasCommand),
    /// Add, list and change the communities served here
    #[command(subcommand)]
    Community(CommunityCommand),
    /// Add, list and remove custom emoji
    #[command(subcommand)]
    Emoji(EmojiCommand),
    /// Print whose sign-ups a community blocks, and take a block back
    #[command(subcommand)]
    SignUpBlock(SignUpBlockCommand),
    /// Try the way of letters
    #[command(subcommand)]
    Mail(MailCommand),
    /// Try the place where files are kept
    #[command(subcommand)]
    Media(MediaCommand),
    /// Run three small servers on this machine that federate with each other, with people in them
    Demo(demo::DemoArguments),
    /// Try every way past the rules as they are now, on a copy of the database, and print which of them hold
    Audit(AuditArguments),
    /// Print how a document of another server is read, from a file or an address
    Inspect(inspect::InspectArguments),
    /// Open one file from outside; the server starts this by itself
    #[command(hide = true)]
    MediaWorker,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print every setting at its default, with what it decides
    Example,
}

/// Something the operator can mend: settings, a port, a folder, a name.
const TO_MEND: u8 = 2;

/// How a command ended badly.
enum Failure {
    /// One sentence, and the operator knows what to do.
    Mendable(String),
    /// Ours.
    Broken(String),
}

impl From<CannotStart> for Failure {
    fn from(error: CannotStart) -> Failure {
        Failure::Mendable(error.to_string())
    }
}

impl From<config::ConfigError> for Failure {
    fn from(error: config::ConfigError) -> Failure {
        Failure::Mendable(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Internal(source) => Failure::Broken(source.to_string()),
            other => Failure::Mendable(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Broken(error.to_string())
    }
}

/// The program: reads its arguments, carries them out, and says how that ended.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Mendable(sentence)) => {
            eprintln!("comity: {sentence}");
            ExitCode::from(TO_MEND)
        }
        Err(Failure::Broken(sentence)) => {
            eprintln!("comity: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let command = arguments.command.unwrap_or(Command::Serve);
    // Before anything else is set up: it is about to be confined.
    if matches!(command, Command::MediaWorker) {
        return Ok(media::work_as_child()?);
    }
    // What needs no settings must work where they are broken.
    if matches!(command, Command::Config(ConfigCommand::Example)) {
        return print(&config::example());
    }
    if let Command::Demo(arguments) = command {
        // Only what is wrong may come between its lines.
        write_log(&std::env::var("COMITY__LOG").unwrap_or_else(|_| "warn".to_owned()));
        return runtime()?.block_on(show(arguments));
    }
    let config = Config::load(arguments.config.as_deref())?;
    let is_server = matches!(command, Command::Serve);
    write_log(if is_server { &config.log } else { "warn" });
    runtime()?.block_on(obey(command, config))
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

async fn obey(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Serve => serve_forever(config).await,
        Command::Migrate => {
            let app = begin(config).await?;
            print(&format!(
                "The database ({}) is up to date.",
                app.db.engine_name()
            ))
        }
        Command::Backup { file } => back_up(&config, &file).await,
        Command::Config(ConfigCommand::Example) => print(&config::example()),
        Command::Member(command @ MemberCommand::Add { .. }) => {
            print(&members::command::command(&begin(config).await?, command).await?)
        }
        Command::Member(command) => {
            print(&members::command::command(&open(config).await?, command).await?)
        }
        Command::Rule(command) => {
            print(&rules::command::command(&open(config).await?, command).await?)
        }
        Command::List(command) => {
            print(&lists::command::command(&open(config).await?, command).await?)
        }
        Command::Gate(command) => {
            print(&emergency::command::command(&open(config).await?, command).await?)
        }
        Command::Alias(command) => {
            print(&aliases::command::command(&open(config).await?, command).await?)
        }
        Command::Community(command) => {
            print(&communities::command::command(&open_any(config).await?, command).await?)
        }
        Command::Emoji(command) => {
            print(&emojis::command::command(&open(config).await?, command).await?)
        }
        Command::SignUpBlock(command) => {
            print(&sign_up_blocks::command::command(&open(config).await?, command).await?)
        }
        Command::Demo(arguments) => show(arguments).await,
        Command::Mail(command) => {
            print(&mail::command::command(&open(config).await?, command).await?)
        }
        Command::Media(command) => {
            print(&media::command::command(&begin(config).await?, command).await?)
        }
        Command::Audit(arguments) => audit(arguments, &config).await,
        Command::MediaWorker => Ok(()),
        Command::Inspect(arguments) => {
            let inspected = inspect::run(arguments, config).await?;
            print(&inspected.json)?;
            if inspected.understood {
                return Ok(());
            }
            let sentence = "this is no document that we know what to do with";
            Err(Failure::Mendable(sentence.to_owned()))
        }
    }
}

/// Prints what was found; where something leaks, that is the failure.
async fn audit(arguments: AuditArguments, config: &Config) -> Result<(), Failure> {
    let audited = Box::pin(audit::command::run(arguments, config, serve::on_signal()?)).await?;
    print(&audited.text)?;
    holds(&audited.leaking)
}

async fn show(arguments: demo::DemoArguments) -> Result<(), Failure> {
    holds(&Box::pin(demo::run(arguments, serve::on_signal()?)).await?)
}

/// A path that should hold and does not is a failure of ours.
fn holds(leaking: &[String]) -> Result<(), Failure> {
    if leaking.is_empty() {
        return Ok(());
    }
    let sentence = format!("not everything holds: {}", leaking.join(", "));
    Err(Failure::Broken(sentence))
}

/// The database as it is: unlike every other command, this one does not bring it up to date first.
async fn back_up(config: &Config, file: &Path) -> Result<(), Failure> {
    serve::must_exist(config)?;
    let mendable = |why: comity_db::DbError| Failure::Mendable(why.to_string());
    let db = Db::open(&config.database_url()).await.map_err(mendable)?;
    db.backup_to(file).await.map_err(mendable)?;
    print(&format!("The database is copied to {}.", file.display()))
}

/// The installation of these settings, made where there is none: for what begins one, and for trying a bucket before.
async fn begin(config: Config) -> Result<App, Failure> {
    Ok(serve::start(config, Clock::system()).await?)
}

/// The installation of these settings, as it is: a command in another folder makes nothing.
async fn open(config: Config) -> Result<App, Failure> {
    Ok(serve::start_existing(config, Clock::system()).await?)
}

/// The same where the domain of the settings is not served yet, which a command about communities can mend.
async fn open_any(config: Config) -> Result<App, Failure> {
    Ok(serve::start_to_mend(config, Clock::system()).await?)
}

async fn serve_forever(config: Config) -> Result<(), Failure> {
    let shutdown = serve::on_signal()?;
    // The port first: a second server must not touch the database of the one that runs.
    let listener = serve::listen(&config).await?;
    // And one that listens elsewhere must not either.
    let _alone = serve::alone(&config)?;
    let app = begin(config).await?;
    greet(&app).await?;
    Box::pin(serve::serve(app, listener, shutdown)).await;
    tracing::info!("stopped");
    Ok(())
}

/// Tells the operator where everything is, and how a new community gets its first admin.
async fn greet(app: &App) -> Result<(), Failure> {
    let mut text = format!(
        "Comity {} listens on {} with {}.\n",
        env!("CARGO_PKG_VERSION"),
        app.config.listen,
        app.db.engine_name()
    );
    for community in app.communities.load().all() {
        let _ = writeln!(text, "  {}  {}/", community.name, community.origin);
        if let Some(link) = members::setup::link(app, community).await? {
            text.push_str(
                "    has no admin yet. Open this once, within a week, to make the first:\n",
            );
            let _ = writeln!(text, "    {link}");
        }
    }
    if app.config.federation.testing.any() {
        text.push_str(
            "  federation.testing is set: this is for trying things out, not for the public.\n",
        );
    }
    print(text.trim_end())
}

/// The answer of a command. A pipe that was closed is nobody's fault.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{}", text.trim_end()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// To standard error; plain lines in a terminal, JSON for whoever collects them.
fn write_log(filter: &str) {
    // A single word is about us: what libraries tell at such levels buries it. A filter is taken as it is.
    let filter = match filter {
        "debug" | "trace" => tracing_subscriber::EnvFilter::new(format!("info,comity={filter}")),
        other => tracing_subscriber::EnvFilter::new(other),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().init();
    }
}
