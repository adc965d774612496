//! The program under measure: started, asked what it costs, stopped.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::Client;
use crate::report::Failure;

/// Where it listens.
pub const PORT: u16 = 8_470;
/// Its name; resolves to this machine.
pub const HOST: &str = "comity.localhost";
/// Clock ticks a second, on every Linux that matters.
const TICKS: f64 = 100.0;

/// A running Comity.
pub struct Program {
    child: Child,
}

/// Settings of a server that meets servers on this machine and lets a load generator through.
pub fn settings(data_dir: &Path, database: Option<&str>) -> String {
    let database = database.map_or(String::new(), |url| format!("database = \"{url}\"\n"));
    format!(
        "data_dir = \"{}\"\n{database}listen = \"127.0.0.1:{PORT}\"\ndomain = \"{HOST}:{PORT}\"\nname = \"Bench\"\nlog = \"error\"\n\
         [federation.testing]\nallow_http = true\nallow_loopback = true\n\
         [limits]\nconnections = 4096\nlookups = 10000\ninbox_per_host = 100000\nsign_in_tries = 1000\napi_requests = 10000000\n\
         posts = 10000000\nfollows = 10000000\ndeletes = 10000000\n",
        data_dir.display()
    )
}

impl Program {
    /// Starts it and waits for its first answer; returns how long that took.
    pub async fn start(binary: &Path, config: &Path) -> Result<(Program, Duration), Failure> {
        let began = now();
        let child = Command::new(binary)
            .arg("--config")
            .arg(config)
            .arg("serve")
            .stdout(Stdio::null())
            .spawn()
            .map_err(|why| {
                Failure::new(format!("{} could not be started: {why}", binary.display()))
            })?;
        let mut program = Program { child };
        loop {
            if let Some(status) = program.child.try_wait()? {
                return Err(Failure::new(format!("the server ended at once: {status}")));
            }
            if let Ok(mut client) = Client::connect().await
                && client
                    .get("/health", None)
                    .await
                    .is_ok_and(|answer| answer.status == 200)
            {
                return Ok((program, began.elapsed()));
            }
            if began.elapsed() > Duration::from_secs(30) {
                return Err(Failure::new("the server did not answer within 30 s"));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Processor seconds it used so far.
    pub fn cpu_s(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let tick = |at: usize| {
            fields
                .get(at)
                .and_then(|field| field.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        // utime and stime, counted from the state field.
        Ok((tick(11) + tick(12)) / TICKS)
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> Result<f64, Failure> {
        memory_mib(self.id(), "VmRSS:").ok_or_else(|| Failure::new("the server is gone"))
    }

    /// Its number, by which its children know it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

/// A line of what the system says of the memory of a process, in MiB. `None`: there is no such process.
pub fn memory_mib(process: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib = line.split_whitespace().next()?.parse::<f64>().ok()?;
    Some(kib / 1024.0)
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stopwatch's beginning.
pub fn now() -> Instant {
    Instant::now()
}

/// Unix milliseconds, for signatures.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
