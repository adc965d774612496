//! What the demo prints: who is where, then a line for each crossing and each refusal.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex};

use comity_policy::Stance;
use comity_vocab::Domain;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::people::{BIGCORP, PASSWORD, PEOPLE, TOWNS};
use super::town::Plot;
use crate::rules::{Crossed, Crossing, Direction};

/// As wide as the time and the space after it.
const MARGIN: &str = "          ";

/// Whether the screen understands colours and its reader wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Colours,
}

impl Ink {
    /// Colours for terminals, unless `NO_COLOR` is set (no-color.org) or the terminal is a simple one.
    pub fn of(is_terminal: bool) -> Ink {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let simple = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        if is_terminal && !unwanted && !simple {
            Ink::Colours
        } else {
            Ink::Plain
        }
    }

    fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn refusal(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Ink::Plain => text.to_owned(),
            Ink::Colours => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Where it is printed. Cheap to clone; each call prints whole lines.
#[derive(Clone)]
pub(super) struct Screen {
    out: Arc<Mutex<dyn Write + Send>>,
    ink: Ink,
}

impl Screen {
    /// Prints to `out`.
    pub fn new(out: impl Write + Send + 'static, ink: Ink) -> Screen {
        Screen {
            out: Arc::new(Mutex::new(out)),
            ink,
        }
    }

    /// The addresses and who can sign in there.
    pub fn header(&self, plots: &[Plot]) {
        let ink = self.ink;
        let mut text = format!(
            "\n{}\nEverybody's password is {}\n",
            ink.strong("Three installations on this machine, with a database each, that federate over signed HTTP."),
            ink.strong(PASSWORD)
        );
        for plot in plots {
            let plan = plot.plan;
            let stands = match plan.about_bigcorp {
                Some((stance, reason)) => format!("{} {BIGCORP}: {reason}", does(stance)),
                None => "has no rules about the others".to_owned(),
            };
            let _ = write!(
                text,
                "\n  {}  {}/\n  {}\n",
                ink.strong(&format!("{:<8}", plan.name)),
                plot.address(),
                ink.faint(&stands)
            );
            for person in PEOPLE.iter().filter(|person| person.town == plan.name) {
                let role = if person.admin { "admin" } else { "member" };
                // The name comes last: how wide it is, only the terminal knows.
                let _ = writeln!(
                    text,
                    "    {}  {role:<6}  {:<36}  {}",
                    ink.strong(&format!("{:<8}", person.username)),
                    person.languages,
                    person.name
                );
            }
        }
        self.print(&text);
    }

    /// What happens next, or what to do.
    pub fn say(&self, sentence: &str) {
        self.print(&format!("\n{}", self.ink.strong(sentence)));
    }

    /// Prints each crossing as it happens.
    pub async fn watch(self, mut crossings: Receiver<Crossing>) {
        loop {
            match crossings.recv().await {
                Ok(crossing) => {
                    if let Some(line) = line(&crossing, self.ink, &TimeZone::system()) {
                        self.print(&line);
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    self.print(&format!("{MARGIN}… and {missed} more"));
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn print(&self, text: &str) {
        // Whoever closed the pipe does not want to read on, and a panic while printing left nothing half done.
        let mut out = self
            .out
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

/// What a community with this stance does, before the name of the other.
fn does(stance: Stance) -> &'static str {
    match stance {
        Stance::Refused => "refuses",
        Stance::Limited => "limits",
        Stance::Open => "welcomes",
        Stance::Unchanged => "adds something for",
        Stance::Ask => "asks first about",
        Stance::Withheld => "keeps what is not public from",
    }
}

/// One crossing. What one of us sent to another is told once, by the one that took it in.
fn line(crossing: &Crossing, ink: Ink, zone: &TimeZone) -> Option<String> {
    let here = town(&crossing.community);
    let peer = town(&crossing.peer);
    let time = match Timestamp::from_millisecond(crossing.at_ms) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string(),
        Err(_) => String::new(),
    };
    let time = ink.faint(&format!("{time:<8}"));
    let what = &crossing.what;
    let refused = |who: String| {
        let sign = ink.refusal(&format!("✕ {who}"));
        format!(
            "{time}  {sign}  {what}\n{MARGIN}  {}",
            ink.faint(&crossing.reason)
        )
    };
    match (crossing.crossed, crossing.direction) {
        (Crossed::Through, Direction::In) => Some(format!("{time}  {peer:>7} → {here:<7}  {what}")),
        (Crossed::Through, Direction::Out) if is_ours(&crossing.peer) => None,
        (Crossed::Through, Direction::Out) => {
            Some(format!("{time}  {here:>7} → {peer:<7}  {what}"))
        }
        (Crossed::Refused, Direction::In) => Some(refused(format!("{here} refused {peer}"))),
        (Crossed::Refused, Direction::Out) => Some(refused(format!("{here} kept from {peer}"))),
    }
}

fn is_ours(domain: &Domain) -> bool {
    TOWNS.iter().any(|plan| plan.host == domain.host())
}

/// A town's short name; any other server's whole one.
fn town(domain: &Domain) -> String {
    match domain.host().split_once('.') {
        Some((name, _)) if is_ours(domain) => name.to_owned(),
        _ => domain.unicode(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Keeps what is printed.
    #[derive(Clone, Default)]
    pub struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Paper {
        /// All that was printed.
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn crossing(direction: Direction, crossed: Crossed) -> Crossing {
        Crossing {
            at_ms: 1_777_982_400_000,
            community: Domain::parse("harbour.localhost:8421").unwrap(),
            direction,
            peer: Domain::parse("bigcorp.localhost:8423").unwrap(),
            what: "a post by @chip@bigcorp.localhost:8423".to_owned(),
            crossed,
            reason: "Because.".to_owned(),
        }
    }

    #[test]
    fn each_crossing_is_one_line_and_a_refusal_says_why() {
        let printed =
            |direction, crossed| line(&crossing(direction, crossed), Ink::Plain, &TimeZone::UTC);
        assert_eq!(
            printed(Direction::In, Crossed::Through).unwrap(),
            "12:00:00  bigcorp → harbour  a post by @chip@bigcorp.localhost:8423"
        );
        assert_eq!(printed(Direction::Out, Crossed::Through), None);
        assert_eq!(
            printed(Direction::In, Crossed::Refused).unwrap(),
            "12:00:00  ✕ harbour refused bigcorp  a post by @chip@bigcorp.localhost:8423\n            Because."
        );
    }

    #[test]
    fn colours_are_for_terminals() {
        assert_eq!(Ink::of(false), Ink::Plain);
        assert!(
            line(
                &crossing(Direction::In, Crossed::Refused),
                Ink::Colours,
                &TimeZone::UTC
            )
            .unwrap()
            .contains("\u{1b}[1;31m✕")
        );
    }
}
