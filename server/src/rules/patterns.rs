//! Whom a rule is about, as people type and read it.

use comity_policy::{Pattern, Scope};
use comity_vocab::Domain;

use super::parse_pattern;
use crate::app::App;
use crate::error::{Error, Result};
use crate::lists;

/// What somebody types for a rule of this scope: as [`parse_pattern`] reads it, or `list:NAME` for one of its lists.
pub fn read_pattern(app: &App, scope: Scope, typed: &str) -> Result<Pattern> {
    match typed.trim().strip_prefix("list:") {
        Some(name) if !name.starts_with(|letter: char| letter.is_ascii_digit()) => {
            let name = lists::parse_name(name).map_err(|_| no_list(scope))?;
            let id = app.gate.book().list_named(scope, &name);
            id.map(Pattern::List).ok_or_else(|| no_list(scope))
        }
        _ => parse_pattern(typed),
    }
}

fn no_list(scope: Scope) -> Error {
    let why = match scope {
        Scope::Operator => {
            "names a list, and lists are kept by communities and members; set the rule for one of them"
        }
        Scope::Community(_) => {
            "names a list that the community does not keep; its rules name its own lists"
        }
        Scope::Member(..) => {
            "names a list that you do not keep; rules of your own name lists of your own"
        }
    };
    Error::invalid("pattern", why)
}

/// A pattern in words for people; a list goes by its name.
pub fn whom(app: &App, pattern: &Pattern) -> String {
    app.gate.book().whom(pattern)
}

/// A rule must not be one about ourselves: inside a community its rules part nobody, and would be shown without doing
/// anything.
pub fn check_pattern(app: &App, scope: Scope, pattern: &Pattern) -> Result<()> {
    let community = match scope {
        Scope::Community(of) | Scope::Member(_, of) => app.communities.load().by_id(of.0),
        Scope::Operator => None,
    };
    if let Some(here) = community {
        let name = &here.name;
        match (pattern, scope) {
            (Pattern::Account(iri), Scope::Community(_)) if iri.domain() == here.domain => {
                return Err(Error::invalid(
                    "pattern",
                    format!(
                        "this is a member of {name}, and rules of {name} are about people elsewhere; a rule of your own, or a block, keeps one member from you"
                    ),
                ));
            }
            (Pattern::Domain(domain) | Pattern::Host(domain), _) if *domain == here.domain => {
                return Err(Error::invalid(
                    "pattern",
                    format!("{domain} is {name} itself; name a person, or another server"),
                ));
            }
            _ => {}
        }
    }
    let own = |domain: &Domain| {
        app.communities
            .load()
            .all()
            .any(|community| community.domain.is_within(domain))
    };
    match pattern {
        // The same for a list that somebody else keeps and for one that does not exist.
        Pattern::List(id) if app.gate.book().list_owner(*id) != Some(scope) => Err(no_list(scope)),
        Pattern::Domain(domain) | Pattern::Host(domain)
            if own(domain) && app.communities.load().all().count() == 1 =>
        {
            Err(Error::invalid(
                "pattern",
                format!("{domain} is this server itself"),
            ))
        }
        _ => Ok(()),
    }
}
