//! What is measured, one file each. Every measure proves first that what it measures works.

mod apps;
mod copies;
mod deciding;
mod fan_out;
mod figures;
mod growth;
mod growth_apps;
mod inbox;
mod photo;
mod posting;
mod reads;
mod stage;
mod start;
mod streams;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use comity_db::{Db, Sql, params, sql};

use self::stage::Stage;
use crate::Arguments;
use crate::browser::{Browser, add_member};
use crate::client::Client;
use crate::peer::{Message, Peer, writer};
use crate::program::{Program, now, settings};
use crate::report::{Failure, machine};

/// Accounts elsewhere that our member follows.
const ACTORS: usize = 10;
/// The member who follows these, and whom readers on many servers follow.
const FOLLOWED: &str = "bench";
/// The member whom nobody follows.
const ALONE: &str = "scribe";
/// What those elsewhere say.
const SAID: &str = "A post of the usual length, about the weather and the ferry, from elsewhere.";
/// Connections of the load generator.
const CONNECTIONS: usize = 16;
/// Signed requests made ready at a time: within the clock window, and bounded in memory.
const BATCH: usize = 5_000;
/// Statuses that are brought before anything is measured; what the growth measure adds is copied from them.
const BROUGHT: usize = 2_000;

const STORED: Sql<(i64,)> = sql!(row: (i64,), full_scan: "a benchmark counts what is there", "SELECT count(*) FROM statuses");
const NEWEST: Sql<(i64,)> = sql!(row: (i64,), "SELECT COALESCE(MAX(id), 0) FROM statuses");
/// Only what came after a mark is counted: counting everything over and over would take the server's time.
const PLACED: Sql<(i64,)> = sql!(
    row: (i64,),
    "SELECT count(*)
       FROM members m
       JOIN home_entries h ON h.account_id = m.account_id AND h.status_id > $1"
);

/// Jobs and deliveries that are not done.
const PENDING: Sql<(i64,)> = sql!(
    row: (i64,),
    full_scan: "a benchmark waits for quiet",
    "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM deliveries) AS pending"
);

/// Runs what was asked for, with each binary in turn on the same data.
pub async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let is_deciding = |asked: &String| deciding::NAME.starts_with(asked.as_str());
    if arguments.only.is_empty() || arguments.only.iter().any(is_deciding) {
        machine("no database");
        deciding::measure().await?;
        if !arguments.only.is_empty() && arguments.only.iter().all(is_deciding) {
            return Ok(());
        }
    }
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("comity.toml");
    std::fs::write(
        &config,
        settings(folder.path(), arguments.database.as_deref()),
    )?;
    machine(if arguments.database.is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    });
    add_member(&arguments.comity, &config, FOLLOWED)?;
    add_member(&arguments.comity, &config, ALONE)?;
    let url = arguments
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", folder.path().join("comity.db").display()));
    let binaries = [Some(&arguments.comity), arguments.against.as_ref()];
    let binaries: Vec<&PathBuf> = binaries.into_iter().flatten().collect();
    let mut bench = Bench {
        asked: arguments.only.clone(),
        hosts: arguments.hosts,
        statuses: arguments.statuses,
        activities: arguments.activities,
        peer: Peer::start().await?,
        db: {
            // The server brings the database up to date when it starts; the counting comes after that.
            let _first = Program::start(&arguments.comity, &config).await?;
            Db::open(&url).await?
        },
        stage: None,
    };
    if bench.wants_apps() {
        stage::add_members(&arguments.comity, &config)?;
    }
    bench.fill(&arguments.comity, &config).await?;
    let few = bench
        .apps_beside(growth_apps::FEW, &binaries, &config)
        .await?;
    for _ in 0..arguments.rounds {
        for binary in &binaries {
            if arguments.against.is_some() {
                println!("{}", binary.display());
            }
            bench.all(binary, &config).await?;
        }
    }
    let many = bench
        .apps_beside(arguments.many, &binaries, &config)
        .await?;
    if let (Some(few), Some(many)) = (few, many) {
        growth_apps::compare(&few, &many, &binaries);
    }
    Ok(())
}

struct Bench {
    asked: Vec<String>,
    hosts: usize,
    statuses: usize,
    activities: usize,
    peer: Arc<Peer>,
    db: Db,
    /// Made only where something is measured that apps do.
    stage: Option<Stage>,
}

impl Bench {
    /// The member follows, is followed, and the timeline has some length, before anything is measured.
    async fn fill(&mut self, binary: &Path, config: &Path) -> Result<(), Failure> {
        let (_program, _) = Program::start(binary, config).await?;
        let mut client = Client::connect().await?;
        let browser = Browser::sign_in(&mut client, FOLLOWED).await?;
        for number in 0..ACTORS {
            browser.follow(&mut client, &writer(number)).await?;
        }
        if self.wants("fan") {
            self.be_followed().await?;
        }
        self.quiet().await?;
        if self.wants_apps() {
            self.stage = Some(self.set_stage().await?);
        }
        // Last, so that a home timeline begins with what others say.
        let missing = BROUGHT
            .min(self.statuses)
            .saturating_sub(self.stored().await?);
        let brought = self.posts(missing)?;
        let mark = self.newest().await?;
        self.send(&brought).await?;
        self.wait_until_placed(mark, brought.len()).await?;
        let newest = self.newest().await?;
        if let Some(stage) = &mut self.stage {
            stage.below = newest + 1;
        }
        Ok(())
    }

    /// Every measure that was asked for, with one binary.
    async fn all(&self, binary: &Path, config: &Path) -> Result<(), Failure> {
        self.start_and_idle(binary, config).await?;
        let (program, _) = Program::start(binary, config).await?;
        let mut client = Client::connect().await?;
        let browser = Browser::sign_in(&mut client, FOLLOWED).await?;
        let alone = Browser::sign_in(&mut client, ALONE).await?;
        self.inbox(&program).await?;
        self.reads(&program, &browser).await?;
        self.posting(&program, &alone).await?;
        self.fan_out(&program, &browser).await?;
        self.apps(&program).await?;
        self.photo(&program).await?;
        self.streams(&program).await?;
        drop(program);
        self.growth(binary, config, &browser).await
    }

    fn wants(&self, name: &str) -> bool {
        self.asked.is_empty()
            || self
                .asked
                .iter()
                .any(|asked| name.starts_with(asked.as_str()))
    }

    /// Signed posts of those whom the member follows.
    fn posts(&self, count: usize) -> Result<Vec<Message>, Failure> {
        (0..count)
            .map(|number| self.peer.post(&writer(number % ACTORS), SAID, None))
            .collect()
    }

    /// Sends to the shared inbox over several connections.
    async fn send(&self, messages: &[Message]) -> Result<(), Failure> {
        let mut tasks = tokio::task::JoinSet::new();
        for part in messages.chunks(messages.len().div_ceil(CONNECTIONS).max(1)) {
            let part: Vec<Message> = part.to_vec();
            tasks.spawn(async move {
                let mut client = Client::connect().await?;
                for message in part {
                    message.send(&mut client).await?;
                }
                Ok::<(), Failure>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(|why| Failure::new(why.to_string()))??;
        }
        Ok(())
    }

    async fn stored(&self) -> Result<usize, Failure> {
        let count = self.db.one(STORED, params![]).await?.0;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The newest status: what is counted afterwards is what came after it.
    async fn newest(&self) -> Result<i64, Failure> {
        Ok(self.db.one(NEWEST, params![]).await?.0)
    }

    /// Until nothing is left to be done or sent.
    async fn quiet(&self) -> Result<(), Failure> {
        let began = now();
        while self.db.one(PENDING, params![]).await?.0 > 0 {
            // What failed once is tried again after a minute.
            if began.elapsed() > Duration::from_secs(150) {
                return Err(Failure::new("the queue was not empty within 150 s"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Until so many statuses that came after the mark stand in the member's home timeline.
    async fn wait_until_placed(&self, mark: i64, count: usize) -> Result<(), Failure> {
        let began = now();
        loop {
            let placed = self.db.one(PLACED, params![mark]).await?.0;
            if usize::try_from(placed).unwrap_or(0) >= count {
                return Ok(());
            }
            if began.elapsed() > Duration::from_secs(120) {
                return Err(Failure::new(format!(
                    "{placed} of {count} were placed within two minutes"
                )));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are small"
)]
fn as_f64(count: usize) -> f64 {
    count as f64
}
