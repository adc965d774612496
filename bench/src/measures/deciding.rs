//! How long one decision takes beside many rules, and what the gate adds to a page. Needs no running server.

mod mix;
mod questions;

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use comity_policy::{
    Exchange, FactError, FactSource, Gate, Outcome, Party, Peer, PersonId, RuleBook, Subject,
    Thing, Ties, Way, decide,
};
use comity_vocab::Domain;

use self::mix::World;
use self::questions::Question;
use crate::program::now;
use crate::report::{Failure, line};

/// Rules in force.
const RULES: usize = 10_000;
/// Entries of all lists together.
const LISTED: usize = 100_000;
/// Of the small book that the large one is compared with: a hundredth.
const FEWER: usize = 100;
/// How often one question is put in a round: for some milliseconds, within which few rounds are interrupted. The
/// quickest is told, because all that disturbs makes it slower.
const ASKED: u32 = 1_000;
const ROUNDS: usize = 100;
/// How often the book is arranged.
const BOOKS: usize = 7;
/// Statuses on the page.
const PAGE: usize = 40;

/// What it is called when it is asked for.
pub(super) const NAME: &str = "deciding";

/// Measures and prints.
pub(super) async fn measure() -> Result<(), Failure> {
    let world = World::new(RULES, LISTED).map_err(|why| Failure::new(why.to_string()))?;
    let small =
        World::new(RULES / FEWER, LISTED / FEWER).map_err(|why| Failure::new(why.to_string()))?;
    let book = arranged(&world)?;
    let questions = questions::questions();
    prove(&book, &world, &questions)?;
    exchanges(&book, &world, &questions, &small);
    page(book, world).await
}

/// Arranges the book, and tells how long that took and what it holds.
fn arranged(world: &World) -> Result<RuleBook, Failure> {
    // First, while no memory lies about that an earlier book gave back.
    let before = resident_mib()?;
    let book = world.booked();
    let held = resident_mib()? - before;
    let mut took = Duration::MAX;
    for _ in 0..BOOKS {
        let parts = world.parts();
        let began = now();
        black_box(World::book(parts));
        took = took.min(began.elapsed());
    }
    line(
        "deciding: loading",
        &format!(
            "{} rules and {} entries arranged in {:.0} ms, {held:.0} MiB",
            world.rules(),
            book.entries_of_lists(),
            took.as_secs_f64() * 1e3
        ),
        "-",
    );
    Ok(book)
}

/// Every question has the answer it is meant to have: otherwise something else was measured.
fn prove(book: &RuleBook, world: &World, questions: &[Question]) -> Result<(), Failure> {
    for question in questions {
        let verdict = decide(book, &world.ties, &question.exchange());
        if verdict.outcome != question.expected {
            return Err(Failure::new(format!(
                "“{}” was answered with {:?} because of {:?}",
                question.name, verdict.outcome, verdict.because
            )));
        }
    }
    Ok(())
}

fn exchanges(book: &RuleBook, world: &World, questions: &[Question], small: &World) {
    let fewer = small.booked();
    let mut slowest = ("", 0.0_f64);
    let (mut all, mut all_fewer) = (0.0, 0.0);
    for question in questions {
        let took_ns = once_ns(book, &world.ties, &question.exchange());
        let took_fewer_ns = once_ns(&fewer, &world.ties, &question.exchange());
        all += took_ns;
        all_fewer += took_fewer_ns;
        if took_ns > slowest.1 {
            slowest = (question.name, took_ns);
        }
        println!(
            "    {:<52} {:>6.0} ns   {:>6.0} ns with a hundredth",
            question.name, took_ns, took_fewer_ns
        );
    }
    line(
        "deciding: one exchange",
        &format!(
            "mean {:.2} µs, slowest {:.2} µs ({}); {:.2} times that with a hundredth",
            all / super::as_f64(questions.len()) / 1e3,
            slowest.1 / 1e3,
            slowest.0,
            all / all_fewer
        ),
        "< 2 µs",
    );
}

fn once_ns(book: &RuleBook, ties: &Ties, exchange: &Exchange<'_>) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let began = now();
        for _ in 0..ASKED {
            black_box(decide(book, ties, black_box(exchange)));
        }
        best = best.min(began.elapsed());
    }
    best.as_secs_f64() * 1e9 / f64::from(ASKED)
}

/// A page for one viewer: what the gate adds to it, without the time the database takes for its question.
async fn page(book: RuleBook, world: World) -> Result<(), Failure> {
    let asked = Arc::new(AtomicUsize::new(0));
    let viewer = Party::Member(questions::viewer());
    let page: Vec<Shown> = questions::page(PAGE).into_iter().map(Shown).collect();
    let source = Counted {
        ties: world.ties,
        peers: world.peers,
        asked: Arc::clone(&asked),
    };
    let gate = Gate::new(source, book);
    let mut best = Duration::MAX;
    let mut shown = 0;
    let mut pages = 0;
    for _ in 0..ROUNDS * 10 {
        let items = page.clone();
        let began = now();
        let answers = gate
            .show_all(&viewer, Way::HomeTimeline, items)
            .await
            .map_err(|why| Failure::new(why.to_string()))?;
        best = best.min(began.elapsed());
        shown = answers.iter().filter(|answer| answer.is_ok()).count();
        pages += 1;
    }
    if shown == 0 || shown == PAGE {
        return Err(Failure::new("a page of which some is shown was meant"));
    }
    line(
        "deciding: page of 40",
        &format!(
            "{:.3} ms, {} questions to the database; {shown} are shown",
            best.as_secs_f64() * 1e3,
            asked.load(Ordering::Relaxed) / pages
        ),
        "< 0.5 ms, 1 question",
    );
    Ok(())
}

#[derive(Clone)]
struct Shown(Thing);

impl Subject for Shown {
    fn thing(&self) -> Thing {
        self.0.clone()
    }
}

/// Facts in memory that count how often they are asked for.
struct Counted {
    ties: Ties,
    peers: HashMap<Domain, Peer>,
    asked: Arc<AtomicUsize>,
}

impl FactSource for Counted {
    async fn ties(&self, pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut ties = Ties::none();
        for (from, to) in pairs {
            ties.insert(*from, *to, self.ties.get(*from, *to));
        }
        Ok(ties)
    }

    async fn peers(&self, domains: &[Domain]) -> Result<Vec<(Domain, Peer)>, FactError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let known = domains
            .iter()
            .filter_map(|domain| Some((domain.clone(), self.peers.get(domain)?.clone())));
        Ok(known.collect())
    }
}

/// Memory of this process, in MiB.
fn resident_mib() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .split_whitespace()
                .next()?
                .parse::<f64>()
                .ok()
        })
        .ok_or_else(|| Failure::new("the system does not say how much memory is held"))?;
    Ok(kib / 1024.0)
}

/// What a question is meant to be answered with.
const ALLOWED: Outcome = Outcome::Allow;
const REFUSED: Outcome = Outcome::Refuse;
const HELD: Outcome = Outcome::Hold;
