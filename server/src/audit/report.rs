//! What an audit found, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Counted;
use super::paths::{Nature, PATHS, Path};
use super::tally::{Tally, Tries};

/// What is said of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was tried, and it held.
    Held,
    /// It should hold, and something got through.
    Leaks,
    /// It was not tried: nothing is in force that it could be tried with, or an audit cannot.
    Untried,
    /// It depends on servers that cooperate.
    Asked,
    /// Nobody can hold it.
    Cannot,
    /// Nothing is here that could leak.
    Absent,
}

impl Verdict {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Held => "held",
            Verdict::Leaks => "leaks",
            Verdict::Untried => "untried",
            Verdict::Asked => "asked of others",
            Verdict::Cannot => "cannot be held",
            Verdict::Absent => "absent",
        }
    }
}

/// What was found about one path.
#[derive(Debug)]
pub struct Finding {
    /// 1 for L01.
    pub number: u8,
    /// What the path is called.
    pub title: &'static str,
    /// What is said of it.
    pub verdict: Verdict,
    /// How often it was tried.
    pub tried: usize,
    /// How often something got through.
    pub leaked: usize,
    /// One sentence.
    pub evidence: String,
    /// The first leaks, a sentence each. Whom a member has a rule about is in none.
    pub leaks: Vec<String>,
}

/// What an audit found.
#[derive(Debug)]
pub struct Report {
    /// A line for each path, in the order of the document.
    pub findings: Vec<Finding>,
    counted: Counted,
    communities: (usize, usize),
}

impl Report {
    pub(super) fn of(mut tally: Tally, counted: Counted, communities: (usize, usize)) -> Report {
        Report {
            findings: PATHS
                .iter()
                .map(|path| Finding::of(path, tally.take(path.number)))
                .collect(),
            counted,
            communities,
        }
    }

    /// The paths that should hold and do not.
    pub fn leaking(&self) -> Vec<String> {
        let leaks = self
            .findings
            .iter()
            .filter(|found| found.verdict == Verdict::Leaks);
        leaks.map(|found| format!("L{:02}", found.number)).collect()
    }

    /// What was found about a path; 1 for L01.
    pub fn of_path(&self, number: u8) -> Option<&Finding> {
        self.findings.iter().find(|found| found.number == number)
    }

    /// For people: what was tried, a line for each path, and how many got which verdict.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "Tried on a copy of the database; no other server was asked for anything.\n",
        );
        let (tried, all) = self.communities;
        let _ = writeln!(text, "Communities: {tried} of {all}.");
        if self.counted.0.is_empty() {
            text.push_str("No rule is in force: every other server is met as an open one, unless a mode says otherwise. What depends on visibility was tried with strangers.\n");
        }
        for (scope, stance, all, tried) in &self.counted.0 {
            let _ = writeln!(
                text,
                "Rules of scope {scope}, {}: {} of {}.",
                stance.as_str(),
                tried.len(),
                all.len()
            );
        }
        text.push('\n');
        for found in &self.findings {
            let _ = writeln!(
                text,
                "L{:02}  {:<15}  {}: {}.",
                found.number,
                found.verdict.as_str(),
                found.title,
                found.evidence
            );
            for leak in &found.leaks {
                let _ = writeln!(text, "                      {leak}");
            }
        }
        text.push('\n');
        for verdict in [
            Verdict::Held,
            Verdict::Leaks,
            Verdict::Untried,
            Verdict::Asked,
            Verdict::Cannot,
            Verdict::Absent,
        ] {
            let count = self
                .findings
                .iter()
                .filter(|found| found.verdict == verdict)
                .count();
            let _ = writeln!(text, "{count:>3} {}", verdict.as_str());
        }
        text
    }

    /// For programs:
    ///
    /// ```json
    /// { "comity": "0.1.0",
    ///   "holds": true,
    ///   "communities": { "tried": 1, "of": 1 },
    ///   "rules": [ { "scope": "community", "stance": "refused", "tried": 3, "of": 12 } ],
    ///   "paths": [ { "path": "L01", "title": "Follower delivery", "verdict": "held", "tried": 18, "leaked": 0,
    ///                "evidence": "18 of 18 …", "leaks": [] } ] }
    /// ```
    ///
    /// `verdict` is one of `held`, `leaks`, `untried`, `asked of others`, `cannot be held`, `absent`; `holds` is false
    /// where one of them is `leaks`. `leaks` has the first few, a sentence each.
    pub fn json(&self) -> Value {
        let rules: Vec<Value> = self
            .counted
            .0
            .iter()
            .map(|(scope, stance, all, tried)| {
                json!({ "scope": scope, "stance": stance.as_str(), "tried": tried.len(), "of": all.len() })
            })
            .collect();
        let paths: Vec<Value> = self
            .findings
            .iter()
            .map(|found| {
                json!({
                    "path": format!("L{:02}", found.number), "title": found.title,
                    "verdict": found.verdict.as_str(), "tried": found.tried, "leaked": found.leaked,
                    "evidence": found.evidence, "leaks": found.leaks,
                })
            })
            .collect();
        json!({
            "comity": env!("CARGO_PKG_VERSION"),
            "holds": self.leaking().is_empty(),
            "communities": { "tried": self.communities.0, "of": self.communities.1 },
            "rules": rules,
            "paths": paths,
        })
    }
}

impl Finding {
    fn of(path: &Path, tries: Tries) -> Finding {
        let Tries {
            tried,
            leaked,
            unmade,
            leaks,
        } = tries;
        let (verdict, evidence) = match path.nature {
            // Whatever else is said of a path: what got through is said first.
            _ if leaked > 0 => (
                Verdict::Leaks,
                format!("{leaked} of {tried} tries got through"),
            ),
            Nature::Tried(_) if tried == 0 && unmade > 0 => (
                Verdict::Untried,
                format!(
                    "{unmade} tries could not be made: something else stood against each first"
                ),
            ),
            Nature::Tried(_) if tried == 0 => (
                Verdict::Untried,
                "nothing is in force that it could be tried with".to_owned(),
            ),
            Nature::Tried(proof) if unmade > 0 => (
                Verdict::Held,
                format!("{tried} of {tried} {proof}; {unmade} more could not be made"),
            ),
            Nature::Tried(proof) => (Verdict::Held, format!("{tried} of {tried} {proof}")),
            Nature::Untried(why) => (Verdict::Untried, why.to_owned()),
            Nature::Asked(why) => (Verdict::Asked, why.to_owned()),
            Nature::Cannot(why) => (Verdict::Cannot, why.to_owned()),
            Nature::Absent(what) => (
                Verdict::Absent,
                format!("nothing here that could leak: {what}"),
            ),
        };
        Finding {
            number: path.number,
            title: path.title,
            verdict,
            tried,
            leaked,
            evidence,
            leaks,
        }
    }
}
