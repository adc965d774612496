//! How soon it answers after it was started, and how much memory it holds when nobody asks for anything.

use std::path::Path;
use std::time::Duration;

use super::Bench;
use crate::program::Program;
use crate::report::{Failure, Latencies, line};

/// Starts whose median is told.
const STARTS: usize = 7;

impl Bench {
    pub(super) async fn start_and_idle(&self, binary: &Path, config: &Path) -> Result<(), Failure> {
        if !self.wants("start") && !self.wants("idle") {
            return Ok(());
        }
        let mut times = Vec::new();
        let mut cpu_s = 0.0;
        let mut idle = 0.0;
        for _ in 0..STARTS {
            let (program, took) = Program::start(binary, config).await?;
            cpu_s += program.cpu_s()?;
            times.push(took);
            tokio::time::sleep(Duration::from_secs(1)).await;
            idle = program.resident_mib()?;
        }
        let cpu_ms = cpu_s * 1e3 / super::as_f64(times.len());
        let times = Latencies::new(times);
        line(
            "start",
            &format!(
                "cold start to first answer {:.0} ms (median of {STARTS}), {cpu_ms:.0} ms server CPU",
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
}
