//! What is measured, in order; each proves first that it works.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use comity_db::{Db, Sql, params, sql};

use crate::Arguments;
use crate::browser::{Browser, add_member};
use crate::client::Client;
use crate::peer::{Message, Peer, actor, member};
use crate::program::{Program, now, settings};
use crate::report::{Failure, Latencies, line, machine};

/// Accounts elsewhere that our member follows.
const ACTORS: usize = 10;
/// Connections of the load generator.
const CONNECTIONS: usize = 16;
/// Signed requests made ready at a time: within the clock window, and bounded in memory.
const BATCH: usize = 5_000;
/// Reads of one page.
const READS: usize = 2_000;

const STORED: Sql<(i64,)> = sql!(row: (i64,), full_scan: "a benchmark counts what arrived", "SELECT count(*) FROM statuses");

/// Runs what was asked for.
pub async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
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
    add_member(&arguments.comity, &config, "bench")?;
    let bench = Bench {
        asked: arguments.only.clone(),
        url: arguments
            .database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", folder.path().join("comity.db").display())),
        peer: Peer::start().await?,
    };
    bench.start_and_idle(&arguments.comity, &config).await?;
    let (program, _) = Program::start(&arguments.comity, &config).await?;
    let mut client = Client::connect().await?;
    let browser = Browser::sign_in(&mut client, "bench").await?;
    bench.inbox(&program, &browser, arguments).await?;
    bench.reads(&program, &browser).await?;
    bench.posting(&program, &browser).await?;
    bench.fan_out(&program, &browser, arguments.hosts).await?;
    Ok(())
}

struct Bench {
    asked: Vec<String>,
    url: String,
    peer: Arc<Peer>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.asked.is_empty()
            || self
                .asked
                .iter()
                .any(|asked| name.starts_with(asked.as_str()))
    }

    async fn start_and_idle(&self, binary: &Path, config: &Path) -> Result<(), Failure> {
        if !self.wants("start") {
            return Ok(());
        }
        let mut times = Vec::new();
        let mut idle = 0.0;
        for _ in 0..7 {
            let (program, took) = Program::start(binary, config).await?;
            times.push(took);
            tokio::time::sleep(Duration::from_secs(1)).await;
            idle = program.resident_mib()?;
        }
        let times = Latencies::new(times);
        line(
            "start",
            &format!(
                "cold start to first answer {:.0} ms (median of 7)",
                times.percentile_ms(50)
            ),
            "< 150 ms",
        );
        line(
            "idle memory",
            &format!("{idle:.1} MiB resident after a second"),
            "< 40 MiB",
        );
        Ok(())
    }

    /// Signed activities, verified, policed, stored. The rest of the statuses is seeded the same way.
    async fn inbox(
        &self,
        program: &Program,
        browser: &Browser,
        arguments: &Arguments,
    ) -> Result<(), Failure> {
        let mut client = Client::connect().await?;
        for number in 0..ACTORS {
            browser
                .follow(&mut client, &actor(number, "writer"))
                .await?;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let db = Db::open(&self.url).await?;
        // A few first: an empty run is fast.
        let before = stored(&db).await?;
        self.send(&self.posts(3)?).await?;
        self.wait(&db, before + 3).await?;

        let mut seeded = stored(&db).await?;
        let target = i64::try_from(arguments.statuses).unwrap_or(i64::MAX);
        while seeded < target {
            let missing = usize::try_from(target - seeded).unwrap_or(usize::MAX);
            let batch = self.posts(missing.min(BATCH))?;
            let count = i64::try_from(batch.len()).unwrap_or(0);
            self.send(&batch).await?;
            self.wait(&db, seeded + count).await?;
            seeded += count;
        }
        if !self.wants("inbox") {
            return Ok(());
        }
        let mut accepted_s = 0.0;
        let mut stored_s = 0.0;
        let mut cpu_s = 0.0;
        let mut sent = 0;
        while sent < arguments.activities {
            let batch = self.posts(BATCH.min(arguments.activities - sent))?;
            let before = stored(&db).await?;
            let cpu = program.cpu_s()?;
            let began = now();
            self.send(&batch).await?;
            accepted_s += began.elapsed().as_secs_f64();
            self.wait(&db, before + i64::try_from(batch.len()).unwrap_or(0))
                .await?;
            stored_s += began.elapsed().as_secs_f64();
            cpu_s += program.cpu_s()? - cpu;
            sent += batch.len();
        }
        let all = as_f64(sent);
        line(
            "inbox",
            &format!(
                "{:.0}/s accepted, {:.0}/s stored and placed, {:.2} ms server CPU each, {sent} signed RSA-2048",
                all / accepted_s,
                all / stored_s,
                cpu_s * 1e3 / all
            ),
            ">= 2000/s stored",
        );
        Ok(())
    }

    fn posts(&self, count: usize) -> Result<Vec<Message>, Failure> {
        (0..count)
            .map(|number| {
                self.peer.post(
                    &actor(number % ACTORS, "writer"),
                    "A post of the usual length, about the weather and the ferry, from elsewhere.",
                    None,
                )
            })
            .collect()
    }

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

    async fn wait(&self, db: &Db, count: i64) -> Result<(), Failure> {
        let began = now();
        while stored(db).await? < count {
            if began.elapsed() > Duration::from_secs(120) {
                return Err(Failure::new(format!(
                    "{} of {count} were stored within two minutes",
                    stored(db).await?
                )));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    async fn reads(&self, program: &Program, browser: &Browser) -> Result<(), Failure> {
        if !self.wants("read") {
            return Ok(());
        }
        let mut client = Client::connect().await?;
        self.read(program, browser, "read home", "/home", "p99 < 10 ms")
            .await?;
        let answer = browser
            .act(
                &mut client,
                "/compose",
                &[
                    ("text", "The beginning of a long thread"),
                    ("visibility", "public"),
                ],
            )
            .await?;
        let place = answer
            .headers
            .get(http::header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("/");
        let page = place.split('#').next().unwrap_or("/").to_owned();
        let id = page.rsplit('/').next().unwrap_or_default();
        let root = format!("{}/statuses/{id}", member("bench"));
        let replies: Vec<Message> = (0..100)
            .map(|number| {
                self.peer.post(
                    &actor(number % ACTORS, "writer"),
                    &format!("Reply number {number}"),
                    Some(&root),
                )
            })
            .collect::<Result<_, _>>()?;
        self.send(&replies).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let text = client.get(&page, Some(&browser.cookies)).await?;
        let shown = String::from_utf8_lossy(&text.body)
            .matches("Reply number ")
            .count();
        if shown < 100 {
            return Err(Failure::new(format!(
                "the conversation shows {shown} of 100 replies"
            )));
        }
        self.read(
            program,
            browser,
            "read conversation of 100",
            &page,
            "a few ms",
        )
        .await
    }

    async fn read(
        &self,
        program: &Program,
        browser: &Browser,
        name: &str,
        path: &str,
        goal: &str,
    ) -> Result<(), Failure> {
        let cpu = program.cpu_s()?;
        let began = now();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let (path, cookies) = (path.to_owned(), browser.cookies.clone());
            tasks.spawn(async move {
                let mut client = Client::connect().await?;
                let mut times = Vec::with_capacity(READS / 2);
                for _ in 0..READS / 2 {
                    let began = now();
                    let answer = client.get(&path, Some(&cookies)).await?;
                    if answer.status != 200 {
                        return Err(Failure::new(format!("{path} answered {}", answer.status)));
                    }
                    times.push(began.elapsed());
                }
                Ok(times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done.map_err(|why| Failure::new(why.to_string()))??);
        }
        let took = began.elapsed().as_secs_f64();
        let cpu = (program.cpu_s()? - cpu) * 1e3 / as_f64(times.len());
        let times = Latencies::new(times);
        line(
            name,
            &format!(
                "p50 {:.2} ms, p99 {:.2} ms, {:.0}/s, {cpu:.2} ms server CPU each",
                times.percentile_ms(50),
                times.percentile_ms(99),
                as_f64(times.len()) / took
            ),
            goal,
        );
        Ok(())
    }

    async fn posting(&self, program: &Program, browser: &Browser) -> Result<(), Failure> {
        if !self.wants("post") {
            return Ok(());
        }
        let cpu = program.cpu_s()?;
        let began = now();
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..CONNECTIONS {
            let browser = browser.clone();
            tasks.spawn(async move {
                let mut client = Client::connect().await?;
                let mut times = Vec::new();
                for number in 0..60 {
                    let text = format!("Post {number} of writer {writer}");
                    let began = now();
                    browser
                        .act(
                            &mut client,
                            "/compose",
                            &[("text", &text), ("visibility", "public")],
                        )
                        .await?;
                    times.push(began.elapsed());
                }
                Ok::<_, Failure>(times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done.map_err(|why| Failure::new(why.to_string()))??);
        }
        let took = began.elapsed().as_secs_f64();
        let cpu = (program.cpu_s()? - cpu) * 1e3 / as_f64(times.len());
        let times = Latencies::new(times);
        line(
            "post",
            &format!(
                "{:.0}/s at {CONNECTIONS} writers, p50 {:.2} ms, p99 {:.2} ms, {cpu:.2} ms server CPU each",
                as_f64(times.len()) / took,
                times.percentile_ms(50),
                times.percentile_ms(99)
            ),
            "one durable commit, shared",
        );
        Ok(())
    }

    async fn fan_out(
        &self,
        program: &Program,
        browser: &Browser,
        hosts: usize,
    ) -> Result<(), Failure> {
        if !self.wants("fan") {
            return Ok(());
        }
        let me = member("bench");
        let follows: Vec<Message> = (0..hosts)
            .map(|host| self.peer.follow(&actor(host, "reader"), &me))
            .collect::<Result<_, _>>()?;
        self.send(&follows).await?;
        // The answers to the follows go out first.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let mut times = Vec::new();
        let mut cpu_ms = 0.0;
        for round in 0..3 {
            let mark = format!("mark{round}");
            let cpu = program.cpu_s()?;
            // The server closes a connection that was silent for ten seconds.
            let mut client = Client::connect().await?;
            let began = now();
            browser
                .act(
                    &mut client,
                    "/compose",
                    &[
                        ("text", &format!("{mark} to everybody")),
                        ("visibility", "public"),
                    ],
                )
                .await?;
            while self.peer.arrived(&mark).0 < hosts {
                if began.elapsed() > Duration::from_secs(60) {
                    return Err(Failure::new(format!(
                        "{} of {hosts} servers got the post within a minute",
                        self.peer.arrived(&mark).0
                    )));
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            times.push(self.peer.arrived(&mark).1 - began);
            cpu_ms += (program.cpu_s()? - cpu) * 1e3 / as_f64(hosts);
        }
        let times = Latencies::new(times);
        line(
            "fan-out",
            &format!(
                "one post to {hosts} servers in {:.2} s (median of {}), {:.2} ms server CPU each",
                times.percentile_ms(50) / 1e3,
                times.len(),
                cpu_ms / 3.0
            ),
            "< 3 s for 1000",
        );
        Ok(())
    }
}

async fn stored(db: &Db) -> Result<i64, Failure> {
    Ok(db.one(STORED, params![]).await?.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark are small"
)]
fn as_f64(count: usize) -> f64 {
    count as f64
}
