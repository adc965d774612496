//! What a rule may add to its stance: by which word it is chosen, and what it does, in a sentence.

use comity_policy::{Conditions, Pattern, Scope, Stance};

use super::NewRule;
use crate::app::App;
use crate::error::{Error, Result};

/// One condition to choose.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As forms and the command line name it.
    pub word: &'static str,
    /// What it is to the gate.
    pub condition: Conditions,
    /// What it does.
    pub sentence: &'static str,
}

/// What can be chosen, in the order in which it is shown.
pub const CHOICES: [Choice; 9] = [
    Choice {
        word: "media",
        condition: Conditions::DROP_MEDIA,
        sentence: "Their pictures and files are left out.",
    },
    Choice {
        word: "sensitive",
        condition: Conditions::MARK_SENSITIVE,
        sentence: "What they write is hidden behind a warning.",
    },
    Choice {
        word: "previews",
        condition: Conditions::DROP_PREVIEWS,
        sentence: "No previews of what they link to, nor of pages of theirs.",
    },
    Choice {
        word: "boosts",
        condition: Conditions::NO_BOOSTS,
        sentence: "Their boosts are not taken, nor boosts of what they write.",
    },
    Choice {
        word: "replies",
        condition: Conditions::REPLIES_NEED_APPROVAL,
        sentence: "Their answers wait until whom they answer says yes.",
    },
    Choice {
        word: "follows",
        condition: Conditions::FOLLOWS_NEED_APPROVAL,
        sentence: "Their follows wait until whom they follow says yes.",
    },
    Choice {
        word: "reports",
        condition: Conditions::REJECT_REPORTS,
        sentence: "Their reports are not taken.",
    },
    Choice {
        word: "direct",
        condition: Conditions::NO_DIRECT,
        sentence: "No direct messages, neither from them nor to them.",
    },
    Choice {
        word: "notice",
        condition: Conditions::APPEND_NOTICE,
        sentence: "What is sent to them carries a notice: the reason, and where the boundaries are told.",
    },
];

/// Reads the words of [`CHOICES`].
pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Conditions> {
    let mut all = Conditions::NONE;
    for word in words {
        let choice = CHOICES.iter().find(|choice| choice.word == word);
        let choice = choice.ok_or_else(|| {
            let known: Vec<&str> = CHOICES.iter().map(|choice| choice.word).collect();
            Error::invalid(
                "conditions",
                format!("{word:?} is none of {}", known.join(", ")),
            )
        })?;
        all |= choice.condition;
    }
    Ok(all)
}

/// A rule that leaves how they are met to others has to add something: without that it would say nothing.
pub(super) fn check_adds(new: &NewRule) -> Result<()> {
    if new.stance == Stance::Unchanged && new.conditions.is_empty() {
        return Err(Error::invalid(
            "stance",
            "stays as it is otherwise decided; choose what is added to that",
        ));
    }
    Ok(())
}

/// A rule of this scope about the same pattern that decides how they are met is not ended by one that leaves it to others:
/// whoever wants to add something would open to whom they refuse. Asked where a stance is chosen.
pub(super) fn check_ends_none(app: &App, new: &NewRule) -> Result<()> {
    if new.stance != Stance::Unchanged {
        return Ok(());
    }
    let book = app.gate.book();
    let mut rules = book.rules_of(new.scope);
    let decides =
        rules.find(|rule| rule.pattern == new.pattern && rule.stance != Stance::Unchanged);
    let Some(rule) = decides else {
        return Ok(());
    };
    Err(Error::invalid(
        "stance",
        format!(
            "is decided for them by rule {} ({}), which this one would end; set that one anew with what is to be added, or take it back first",
            rule.id.0,
            rule.stance.as_str()
        ),
    ))
}

/// What this scope only adds for the same pattern: a rule that takes the place of that one goes on adding it. For as long
/// as that one would have, where it is set with what [`lapsing`](super::lapsing) tells; without, for as long as it stands.
pub(crate) fn added(app: &App, scope: Scope, pattern: &Pattern) -> Conditions {
    let book = app.gate.book();
    let mut rules = book.rules_of(scope);
    let adds = rules.find(|rule| rule.pattern == *pattern && rule.stance == Stance::Unchanged);
    adds.map_or(Conditions::NONE, |rule| rule.conditions)
}

/// What these do, a sentence each.
pub fn sentences(conditions: Conditions) -> Vec<&'static str> {
    CHOICES
        .iter()
        .filter(|choice| conditions.contains(choice.condition))
        .map(|choice| choice.sentence)
        .collect()
}

/// The words by which these are chosen.
pub fn words(conditions: Conditions) -> Vec<&'static str> {
    CHOICES
        .iter()
        .filter(|choice| conditions.contains(choice.condition))
        .map(|choice| choice.word)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_told() {
        let all = CHOICES.map(|choice| choice.word);
        let read = parse(all).unwrap();
        assert_eq!(words(read), all);
        assert_eq!(sentences(read).len(), all.len());
        assert!(parse(["nothing"]).is_err());
        assert!(parse([]).unwrap().is_empty());
    }
}
