//! How fast Comity is, measured from outside: the real program in its release build, a load generator on the same
//! machine, and one process that plays a thousand servers. Prints one line a measure, with what it ran on.
//!
//! `cargo run --release -p comity-bench -- --comity target/release/comity`

mod app;
mod browser;
mod child;
mod client;
mod measures;
mod peer;
mod program;
mod report;

use std::path::PathBuf;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Measures a Comity binary
#[derive(Parser)]
pub struct Arguments {
    /// The program, in its release build
    #[arg(long, default_value = "target/release/comity")]
    comity: PathBuf,
    /// Another build to measure in turn with the first, on the same data
    #[arg(long)]
    against: Option<PathBuf>,
    /// How often everything is measured
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// A PostgreSQL database to use and fill; SQLite in a temporary folder if you do not say
    #[arg(long)]
    database: Option<String>,
    /// Statuses stored when growth is measured
    #[arg(long, default_value_t = 100_000)]
    statuses: usize,
    /// Statuses stored when the growth of what apps read is measured, after ten thousand
    #[arg(long, default_value_t = 1_000_000)]
    many: usize,
    /// Signed activities of the measured inbox run
    #[arg(long, default_value_t = 10_000)]
    activities: usize,
    /// Distinct servers that one post is delivered to
    #[arg(long, default_value_t = 1_000)]
    hosts: usize,
    /// Only these measures, by the beginning of their names
    #[arg(long)]
    only: Vec<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    allow_many_files()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(Box::pin(measures::run(&arguments)))
}

/// A thousand streams are as many open files, here and in the server, which inherits what is allowed.
fn allow_many_files() -> std::io::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most)?;
    Ok(())
}
