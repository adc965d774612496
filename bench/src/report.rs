//! What is printed: percentiles, rates, and the goal beside each.

use std::fmt;
use std::time::Duration;

/// Why a run is void.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// One sentence.
    pub fn new(sentence: impl Into<String>) -> Failure {
        Failure(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure(error.to_string())
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Failure {
        Failure(error.to_string())
    }
}

impl From<comity_db::DbError> for Failure {
    fn from(error: comity_db::DbError) -> Failure {
        Failure(error.to_string())
    }
}

/// Times of many operations.
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Any order will do.
    pub fn new(mut all: Vec<Duration>) -> Latencies {
        all.sort_unstable();
        Latencies(all)
    }

    /// The time that `percent` of the operations stayed below, in milliseconds.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Prints one measure.
pub fn line(name: &str, what: &str, goal: &str) {
    println!("{name:<28} {what:<72} goal: {goal}");
}

/// What the figures were taken on.
pub fn machine(engine: &str) {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| {
            line.strip_prefix("model name")
                .map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned())
        })
        .unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    println!(
        "on {cores} cores of {model}, load {load} at the start, the load generator on the same cores, {engine}"
    );
}
