//! Many who do the same at the same time, and what it took.

use std::time::Duration;

use super::as_f64;
use crate::program::{Program, now};
use crate::report::{Failure, Latencies};

/// What some operations took.
pub(super) struct Figures {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) per_s: f64,
    /// Of the server, each. What PostgreSQL takes is not in it.
    pub(super) cpu_ms: f64,
}

impl Figures {
    /// As it is printed.
    pub(super) fn words(&self) -> String {
        format!(
            "p50 {:.2} ms, p99 {:.2} ms, {:.0}/s, {:.2} ms server CPU each",
            self.p50_ms, self.p99_ms, self.per_s, self.cpu_ms
        )
    }
}

/// Lets these work at the same time; each tells how long each of its operations took.
pub(super) async fn together<W>(program: &Program, workers: Vec<W>) -> Result<Figures, Failure>
where
    W: Future<Output = Result<Vec<Duration>, Failure>> + Send + 'static,
{
    let cpu = program.cpu_s()?;
    let began = now();
    let mut tasks = tokio::task::JoinSet::new();
    for worker in workers {
        tasks.spawn(worker);
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done.map_err(|why| Failure::new(why.to_string()))??);
    }
    let took_s = began.elapsed().as_secs_f64();
    let cpu_s = program.cpu_s()? - cpu;
    let times = Latencies::new(times);
    let count = as_f64(times.len().max(1));
    Ok(Figures {
        p50_ms: times.percentile_ms(50),
        p99_ms: times.percentile_ms(99),
        per_s: count / took_s,
        cpu_ms: cpu_s * 1e3 / count,
    })
}
