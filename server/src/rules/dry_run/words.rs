//! A dry run in sentences, the same for pages and for the command line.

use super::{DryRun, Follows, People, Sum};

/// Whose rules are changed, in sentences.
#[derive(Debug, Clone)]
pub enum Whose {
    /// The reader's own.
    Yours,
    /// Of members of this: "Meadow", "this installation".
    MembersOf(String),
}

impl DryRun {
    /// A sentence for each thing that would change; one that says so where nothing would.
    pub fn lines(&self, whose: &Whose) -> Vec<String> {
        let mut lines = Vec::new();
        follows(&mut lines, &self.suspended, whose, Then::Suspended);
        follows(&mut lines, &self.restored, whose, Then::WorkAgain);
        let (to_whom, whom) = match whose {
            Whose::Yours => ("to you", "you".to_owned()),
            Whose::MembersOf(name) => ("to members", format!("members of {name}")),
        };
        let mut line = |sum: Sum, one: String, many: String| {
            if sum.count > 0 {
                let ending = if sum.count == 1 && !sum.more {
                    one
                } else {
                    many
                };
                lines.push(format!("{} {ending}", number(sum)));
            }
        };
        if self.answers.count > 0 {
            let places = match self.conversations {
                1 => "in one conversation".to_owned(),
                many => format!("in {many} conversations"),
            };
            line(
                self.answers,
                format!("answer {to_whom} would be hidden, {places}."),
                format!("answers {to_whom} would be hidden, {places}."),
            );
        }
        line(
            self.folded,
            format!("answer {to_whom} would be folded."),
            format!("answers {to_whom} would be folded."),
        );
        line(
            self.boosts,
            format!("boost of a post of {whom} would be hidden."),
            format!("boosts of posts of {whom} would be hidden."),
        );
        line(
            self.shown_again,
            "answer or boost would be shown again as it was.".to_owned(),
            "answers and boosts would be shown again as they were.".to_owned(),
        );
        line(
            self.deliveries,
            "delivery that waits to be sent there would be dropped.".to_owned(),
            "deliveries that wait to be sent there would be dropped.".to_owned(),
        );
        line(
            self.arrivals,
            "thing that came from there and waits would be dropped unread.".to_owned(),
            "things that came from there and wait would be dropped unread.".to_owned(),
        );
        if lines.is_empty() {
            lines.push("Nothing of what is here now would change.".to_owned());
        }
        if self.too_many_to_count {
            lines.push(
                "Answers and boosts are not counted: it is about too many servers.".to_owned(),
            );
        }
        if self.more_servers {
            lines.push("There are more servers than were looked through.".to_owned());
        }
        lines
    }
}

#[derive(Clone, Copy)]
enum Then {
    Suspended,
    WorkAgain,
}

fn follows(lines: &mut Vec<String>, follows: &Follows, whose: &Whose, then: Then) {
    let then = match then {
        Then::Suspended => "would be suspended",
        Then::WorkAgain => "would work again",
    };
    let mut line = |people: &People, one: &str, many: &str| {
        if people.follows.count == 0 {
            return;
        }
        let whom = if people.follows.count == 1 && !people.follows.more {
            one
        } else {
            many
        };
        let sum = number(people.follows);
        lines.push(format!("{sum} {whom} {then}: {}.", names(people, whose)));
    };
    match whose {
        Whose::Yours => {
            line(&follows.following, "person you follow", "people you follow");
            line(
                &follows.followers,
                "person who follows you",
                "people who follow you",
            );
        }
        Whose::MembersOf(name) => {
            line(
                &follows.following,
                "follow of somebody there",
                "follows of people there",
            );
            line(
                &follows.followers,
                "follow by somebody there",
                "follows by people there",
            );
            match follows.members {
                0 => {}
                1 => lines.push(format!("That concerns one member of {name}, who is told.")),
                many => lines.push(format!(
                    "That concerns {many} members of {name}, each of whom is told."
                )),
            }
        }
    }
}

/// "@rex@bigcorp.example (3 members), @eva@bigcorp.example and 4 more"
fn names(people: &People, whose: &Whose) -> String {
    let named = people.names.iter().map(|(handle, members)| match whose {
        Whose::MembersOf(_) if *members > 1 => format!("{handle} ({members} members)"),
        _ => handle.clone(),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match people.unnamed {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn number(sum: Sum) -> String {
    if sum.more {
        format!("More than {}", sum.count)
    } else {
        sum.count.to_string()
    }
}
