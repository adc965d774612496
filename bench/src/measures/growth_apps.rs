//! Whether what is stored makes what apps read dearer: the same reads beside few statuses and beside many.

use std::path::{Path, PathBuf};

use super::Bench;
use super::apps::Read;
use crate::program::Program;
use crate::report::{Failure, line};

/// What the measure is called.
const NAME: &str = "growth apps";
/// Statuses of the first reading.
pub(super) const FEW: usize = 10_000;

/// What was read beside so many statuses.
pub(super) struct Beside {
    stored: usize,
    /// By each binary.
    reads: Vec<Vec<Read>>,
}

impl Bench {
    /// Reads with each binary beside so many statuses, or more where there are more. `None`: nobody asked for it.
    pub(super) async fn apps_beside(
        &self,
        wanted: usize,
        binaries: &[&PathBuf],
        config: &Path,
    ) -> Result<Option<Beside>, Failure> {
        if !self.wants(NAME) {
            return Ok(None);
        }
        let stored = self.grow_to(wanted).await?;
        let mut reads = Vec::with_capacity(binaries.len());
        for binary in binaries {
            if binaries.len() > 1 {
                println!("{}", binary.display());
            }
            let (program, _) = Program::start(binary, config).await?;
            let title = format!("growth apps {stored}");
            reads.push(self.read_as_apps(&program, &title).await?);
        }
        Ok(Some(Beside { stored, reads }))
    }
}

/// Prints what became dearer, and by how much.
pub(super) fn compare(few: &Beside, many: &Beside, binaries: &[&PathBuf]) {
    let pairs = few.reads.iter().zip(&many.reads).zip(binaries);
    for ((few_reads, many_reads), binary) in pairs {
        if binaries.len() > 1 {
            println!("{}", binary.display());
        }
        for (before, after) in few_reads.iter().zip(many_reads) {
            let (few_ms, many_ms) = (&before.figures, &after.figures);
            line(
                &format!("growth: {}", before.name),
                &format!(
                    "{} to {} statuses: CPU {:.2} times, p50 {:.2} times",
                    few.stored,
                    many.stored,
                    times(few_ms.cpu_ms, many_ms.cpu_ms),
                    times(few_ms.p50_ms, many_ms.p50_ms)
                ),
                "<= 1.5 times",
            );
        }
    }
}

/// How many times as much; a clock that ticks a hundred times a second may have seen nothing at all.
fn times(before: f64, after: f64) -> f64 {
    if before > 0.0 { after / before } else { 1.0 }
}
