//! An audit: a hostile peer that tries every path of `docs/boundaries.md` against the rules as they are now, on a copy
//! of the database, and finds out whether each holds.
//!
//! What must not happen is worked out in `expected.rs` from the rows of the rules, by a table of a few lines; what does
//! happen is what the program really answers, sends and takes in. Nobody outside is ever asked: everything that goes
//! out comes to the hostile peer. Nothing that a real member wrote is read: the words that are looked for are planted.

mod alike;
mod boosts;
mod cast;
pub mod command;
mod copy;
mod expected;
mod identity;
mod inbound;
mod paths;
mod peer;
mod planted;
mod pull;
mod push;
mod report;
mod stage;
mod state;
mod store;
mod surfaces;
mod tally;

use comity_policy::{Rule, RuleId, Scope, Stance};

pub use copy::Copy;
pub use report::{Finding, Report, Verdict};
pub use stage::Tamper;

use cast::{Cast, Sample};
use expected::Rules;
use stage::Stage;
use tally::Tally;

use crate::clock::Clock;
use crate::config::Config;
use crate::serve::CannotStart;

/// Rules that are tried of each scope and stance, and members whose rules are: each is some hundred requests.
const USUAL: usize = 3;
/// Communities that are tried; a host may have many, each with all of that.
const USUAL_COMMUNITIES: usize = 5;

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Some rules of each scope and stance.
    Sample,
    /// Every rule, of every member, in every community.
    All,
}

/// Whose rule somebody is played for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Operator,
    Community,
    Member,
    Nobody,
}

/// Audits the copy by the settings of its original.
pub async fn run(copy: &Copy, config: &Config, extent: Extent) -> Result<Report, CannotStart> {
    run_tampered(copy, config, extent, || Box::new(|_, router| router)).await
}

/// The same, with something broken on purpose once the rules are in force: how tests see that a leak is found.
pub async fn run_tampered(
    copy: &Copy,
    config: &Config,
    extent: Extent,
    tamper: impl Fn() -> Tamper,
) -> Result<Report, CannotStart> {
    let (sample, most) = match extent {
        Extent::Sample => (Sample(USUAL), USUAL_COMMUNITIES),
        Extent::All => (Sample(usize::MAX), usize::MAX),
    };
    let mut stage = Box::pin(Stage::open(copy, config, Clock::system())).await?;
    let rules = Rules::read(copy.db(), stage.app.now_ms()).await?;
    let mut counted = Counted::of(&rules);
    let mut tally = Tally::default();
    let communities = stage.communities();
    for community in communities.iter().take(most) {
        stage.lift_rules();
        let mut cast = Box::pin(Cast::gather(
            &stage,
            community,
            &rules,
            sample,
            &mut counted,
        ))
        .await?;
        Box::pin(cast.plant(&stage)).await?;
        Box::pin(cast.give_twins_their_rules(&stage, &rules, sample)).await?;
        Box::pin(cast.open_control(&stage)).await?;
        Box::pin(stage.set_rules()).await?;
        // With those of the twins.
        let rules = Rules::read(copy.db(), stage.app.now_ms()).await?;
        stage.tampered(tamper());
        let mark = stage.peer.count();
        Box::pin(cast.act(&stage)).await?;
        Box::pin(push::try_all(&stage, &cast, &rules, mark, &mut tally)).await?;
        Box::pin(pull::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(surfaces::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(identity::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(inbound::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(boosts::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(alike::try_all(&stage, &cast, &rules, &mut tally)).await?;
        Box::pin(state::try_all(&mut stage, &cast, &rules, mark, &mut tally)).await?;
    }
    let tried = communities.len().min(most);
    Ok(Report::of(tally, counted, (tried, communities.len())))
}

/// How many rules there are of each scope and stance, and how many of them are tried.
#[derive(Debug, Default)]
pub(crate) struct Counted(Vec<(&'static str, Stance, Vec<RuleId>, Vec<RuleId>)>);

impl Counted {
    fn of(rules: &Rules) -> Counted {
        let mut counted = Counted::default();
        for rule in &rules.all {
            counted.line(rule).2.push(rule.id);
        }
        counted
            .0
            .sort_by_key(|(scope, stance, ..)| (scope.len(), *stance));
        counted
    }

    fn line(&mut self, rule: &Rule) -> &mut (&'static str, Stance, Vec<RuleId>, Vec<RuleId>) {
        let scope = match rule.scope {
            Scope::Operator => "operator",
            Scope::Community(_) => "community",
            Scope::Member(..) => "member",
        };
        let known = self
            .0
            .iter()
            .position(|(of, stance, ..)| *of == scope && *stance == rule.stance);
        let place = known.unwrap_or_else(|| {
            self.0.push((scope, rule.stance, Vec::new(), Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    fn tried(&mut self, rule: &Rule) {
        let tried = &mut self.line(rule).3;
        if !tried.contains(&rule.id) {
            tried.push(rule.id);
        }
    }
}
