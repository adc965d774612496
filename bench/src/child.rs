//! What a child of the server holds, watched from outside while it lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::program::memory_mib;
use crate::report::Failure;

/// A child lives for some hundred of these. What it holds at most only grows, so that no more than its last is missed.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Looks for children of one process until it is told to end.
pub struct Watch {
    ended: Arc<AtomicBool>,
    looks: JoinHandle<Option<f64>>,
}

impl Watch {
    /// Begins to look for children of `parent` with this word among their arguments.
    pub fn begin(parent: u32, word: &'static str) -> Watch {
        let ended = Arc::new(AtomicBool::new(false));
        let end = ended.clone();
        let looks = std::thread::spawn(move || {
            let mut most: Option<f64> = None;
            let mut child = None;
            while !end.load(Ordering::Relaxed) {
                child = child.or_else(|| find(parent, word));
                let peak = child.and_then(|child| memory_mib(child, "VmHWM:"));
                match peak {
                    Some(peak) => most = Some(most.map_or(peak, |most| most.max(peak))),
                    // It ended, or there is none yet.
                    None => child = None,
                }
                std::thread::sleep(LOOK_EVERY);
            }
            most
        });
        Watch { ended, looks }
    }

    /// The most that any of them held at a time, in MiB.
    pub fn end(self) -> Result<f64, Failure> {
        self.ended.store(true, Ordering::Relaxed);
        let most = self.looks.join().ok().flatten();
        most.ok_or_else(|| Failure::new("no child of the server was seen"))
    }
}

/// Before it has become another program, a child is its parent once more, with all that it holds: its arguments tell.
fn find(parent: u32, word: &str) -> Option<u32> {
    let all = std::fs::read_dir("/proc").ok()?;
    let numbers = all
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut children = numbers.filter(|number| parent_of(*number) == Some(parent));
    children.find(|number| {
        let arguments = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let mut words = arguments.split(|byte| *byte == 0);
        words.any(|said| said == word.as_bytes())
    })
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // What stands in brackets is a name, with whatever is in it.
    let after = stat.rsplit(')').next()?;
    after.split_whitespace().nth(1)?.parse().ok()
}
