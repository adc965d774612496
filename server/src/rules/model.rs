//! A rule as it is asked for and as it is stored.

use comity_db::row;
use comity_policy::{
    CommunityId, Conditions, ListId, Pattern, PersonId, Rule, RuleId, Scope, Stance, Version,
};
use comity_vocab::{Domain, Iri};

use crate::error::{Error, Result};

/// Longer names of software are no names.
const LONGEST_SOFTWARE: usize = 50;

/// A rule that somebody wants.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// Whose.
    pub scope: Scope,
    /// About whom.
    pub pattern: Pattern,
    /// How they are met.
    pub stance: Stance,
    /// What is added to that.
    pub conditions: Conditions,
    /// What of this ends before the rule does; of what the rule does not have, nothing.
    pub lapsing: Option<Lapsing>,
    /// The reason, for everybody.
    pub reason_public: Option<String>,
    /// The reason, for members of the community.
    pub reason_members: Option<String>,
    /// The reason, for its moderators.
    pub reason_moderators: Option<String>,
    /// What was seen that led to it, for moderators.
    pub evidence: Option<String>,
    /// Who sets it; nobody when the command line does, or when something lapsed.
    pub set_by: Option<i64>,
    /// When somebody wants to look at it again; unix milliseconds.
    pub review_at: Option<i64>,
    /// When it ends by itself; unix milliseconds.
    pub expires_at: Option<i64>,
    /// Those whom it refuses are asked to delete what they hold of the member's posts; only a member's own rule asks.
    pub ask_back: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Conditions that a rule takes over from one that would have ended by itself, and when that would have been.
#[derive(Debug, Clone, Copy)]
pub struct Lapsing {
    /// Which.
    pub conditions: Conditions,
    /// When; unix milliseconds.
    pub at: i64,
}

/// A rule with its end, if it was replaced or taken back.
#[derive(Debug)]
pub struct Past {
    /// As it was set.
    pub rule: Rule,
    /// Unix milliseconds; `None` for one that stands, or that ended by itself.
    pub ended_at: Option<i64>,
    /// Who ended or replaced it; nobody when the command line did, or when it or something of it ended by itself.
    pub ended_by: Option<i64>,
    /// The rule that took its place.
    pub replaced_by: Option<i64>,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Somebody set it on a page.
    Person,
    /// An operator set it on the command line.
    CommandLine,
    /// Of the rule that stood before, what lapsed is left out; nobody set it.
    Lapse,
    /// A subscribed list, in this version.
    List {
        /// What the list is called here.
        name: String,
        /// Which of its versions.
        version: String,
    },
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Person => f.write_str("person"),
            Source::CommandLine => f.write_str("command line"),
            Source::Lapse => f.write_str("lapse"),
            Source::List { name, version } => write!(f, "list {name}, version {version}"),
        }
    }
}

impl NewRule {
    /// A rule that says nothing but whom it is about and how they are met.
    pub fn about(scope: Scope, pattern: Pattern, stance: Stance, source: Source) -> NewRule {
        NewRule {
            scope,
            pattern,
            stance,
            conditions: Conditions::NONE,
            lapsing: None,
            reason_public: None,
            reason_members: None,
            reason_moderators: None,
            evidence: None,
            set_by: None,
            review_at: None,
            expires_at: None,
            ask_back: false,
            source,
        }
    }

    /// One like one that was set before; who sets it, and what of it lapses, is not taken from there.
    pub(super) fn like(rule: Rule) -> NewRule {
        NewRule {
            conditions: rule.conditions,
            reason_public: rule.reason_public,
            reason_members: rule.reason_members,
            reason_moderators: rule.reason_moderators,
            evidence: rule.evidence,
            review_at: rule.review_at,
            expires_at: rule.expires_at,
            ..NewRule::about(rule.scope, rule.pattern, rule.stance, Source::Person)
        }
    }
}

row! {
    /// One row of `rules`.
    #[derive(Debug)]
    pub struct RuleRow {
        pub id: i64,
        pub scope: String,
        pub community_id: Option<i64>,
        pub account_id: Option<i64>,
        pub pattern_kind: String,
        pub pattern: String,
        pub stance: String,
        pub conditions: i64,
        pub reason_public: Option<String>,
        pub reason_members: Option<String>,
        pub reason_moderators: Option<String>,
        pub set_by: Option<i64>,
        pub set_at: i64,
        pub expires_at: Option<i64>,
        pub source: String,
        pub review_at: Option<i64>,
        pub evidence: Option<String>,
        pub ended_at: Option<i64>,
        pub ended_by: Option<i64>,
    }
}

impl RuleRow {
    /// As the gate reads it; only a damaged database makes it fail.
    pub(super) fn into_rule(self) -> Result<Rule> {
        let damaged =
            |what: &str| Error::internal(format!("rule {} has a damaged {what}", self.id));
        let community = self.community_id.map(CommunityId);
        let scope = match (self.scope.as_str(), community, self.account_id) {
            ("member", Some(community), Some(account)) => {
                Scope::Member(PersonId(account), community)
            }
            ("community", Some(community), None) => Scope::Community(community),
            ("operator", None, None) => Scope::Operator,
            _ => return Err(damaged("scope")),
        };
        let pattern =
            stored_pattern(&self.pattern_kind, &self.pattern).ok_or_else(|| damaged("pattern"))?;
        let stance = Stance::parse(&self.stance).ok_or_else(|| damaged("stance"))?;
        let conditions = u32::try_from(self.conditions)
            .ok()
            .and_then(Conditions::from_bits)
            .ok_or_else(|| damaged("set of conditions"))?;
        Ok(Rule {
            id: RuleId(self.id),
            scope,
            pattern,
            stance,
            conditions,
            reason_public: self.reason_public,
            reason_members: self.reason_members,
            reason_moderators: self.reason_moderators,
            set_by: self.set_by.map(PersonId),
            set_at: self.set_at,
            expires_at: self.expires_at,
            source: self.source,
            review_at: self.review_at,
            evidence: self.evidence,
        })
    }
}

/// The kind and text under which a pattern is stored; equal patterns store equally.
pub fn pattern_words(pattern: &Pattern) -> (&'static str, String) {
    match pattern {
        Pattern::Domain(domain) => ("domain", domain.as_str().to_owned()),
        Pattern::Host(domain) => ("host", domain.as_str().to_owned()),
        Pattern::Account(iri) => ("account", iri.as_str().to_owned()),
        Pattern::List(list) => ("list", list.0.to_string()),
        Pattern::Software { name, before: None } => ("software", name.clone()),
        Pattern::Software {
            name,
            before: Some(version),
        } => ("software", format!("{name}<{version}")),
        Pattern::FirstSeen { days } => ("first-seen", days.to_string()),
        Pattern::Everything => ("everything", "*".to_owned()),
    }
}

fn stored_pattern(kind: &str, text: &str) -> Option<Pattern> {
    match kind {
        "domain" => Domain::parse(text).ok().map(Pattern::Domain),
        "host" => Domain::parse(text).ok().map(Pattern::Host),
        "account" => Iri::parse(text).ok().map(Pattern::Account),
        "list" => text.parse().ok().map(|id| Pattern::List(ListId(id))),
        "software" => software(text),
        "first-seen" => text.parse().ok().map(|days| Pattern::FirstSeen { days }),
        "everything" => Some(Pattern::Everything),
        _ => None,
    }
}

/// `name` or `name<version`.
fn software(text: &str) -> Option<Pattern> {
    let (name, before) = match text.split_once('<') {
        Some((name, version)) => (name, Some(Version::parse(version)?)),
        None => (text, None),
    };
    let name = name.trim().to_lowercase();
    let is_name = (1..=LONGEST_SOFTWARE).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_name.then_some(Pattern::Software { name, before })
}

/// What a person types: `*`, `=host.example` for one host without what is below it, an address of an account,
/// `software:NAME` or `software:NAME<VERSION`, `first-seen:DAYS`, `list:NUMBER`, or a domain with all below it.
pub fn parse_pattern(text: &str) -> Result<Pattern> {
    let text = text.trim();
    let invalid = |why: String| Error::invalid("pattern", why);
    if text == "*" {
        return Ok(Pattern::Everything);
    }
    if text.contains("://") {
        let iri = Iri::parse(text).map_err(|why| invalid(why.to_string()))?;
        return match page(&iri) {
            Page::Front => server(iri.domain().as_str()).map(Pattern::Domain),
            Page::Profile(handle) => Err(invalid(format!(
                "{text} is a page that people read; write {handle}, or the address by which servers know the account"
            ))),
            Page::Other => Ok(Pattern::Account(iri)),
        };
    }
    if text.trim_start_matches('@').contains('@') {
        return Err(invalid(format!(
            "{text} is a handle of nobody who is known here; write the address of the account, or look the person up first"
        )));
    }
    if let Some(said) = text.strip_prefix("software:") {
        return software(said).ok_or_else(|| {
            invalid(format!(
                "{said} is not software; write software:pixelfed or software:pixelfed<0.12.5"
            ))
        });
    }
    if let Some(days) = text.strip_prefix("first-seen:") {
        return match days.trim_end_matches('d').parse() {
            Ok(days) if days > 0 => Ok(Pattern::FirstSeen { days }),
            _ => Err(invalid(format!(
                "{days} is not a number of days from 1 to {}; write first-seen:30",
                u16::MAX
            ))),
        };
    }
    if let Some(number) = text.strip_prefix("list:") {
        return number
            .parse()
            .map(|id| Pattern::List(ListId(id)))
            .map_err(|_| invalid("names a list, which a rule can do and this cannot".to_owned()));
    }
    if let Some(host) = text.strip_prefix('=') {
        return server(host).map(Pattern::Host);
    }
    server(text.strip_prefix("*.").unwrap_or(text)).map(Pattern::Domain)
}

/// The name of a server that somebody could mean.
fn server(name: &str) -> Result<Domain> {
    let invalid = |why: String| Error::invalid("pattern", why);
    let domain = Domain::parse(name).map_err(|_| {
        invalid(format!(
            "{name:?} is not the name of a server; write it like bigcorp.example, a person like @name@server.example"
        ))
    })?;
    if domain.is_public_suffix() {
        return Err(invalid(format!(
            "below {domain} anybody may have a server, and a rule about it would hold for none of them; name one server"
        )));
    }
    let is_word = !domain.host().contains('.') && !domain.is_ip() && domain.host() != "localhost";
    if is_word {
        return Err(invalid(format!(
            "{domain} is not the whole name of a server; write it like {domain}.example"
        )));
    }
    Ok(domain)
}

/// What a web address leads to, as far as it says so itself.
enum Page {
    /// A server's first page.
    Front,
    /// Somebody's page there, for people: servers know them by another address.
    Profile(String),
    Other,
}

/// Whose page for people this is the address of, as a handle.
pub(super) fn handle_of_page(text: &str) -> Option<String> {
    match page(&Iri::parse(text.trim()).ok()?) {
        Page::Profile(handle) => Some(handle),
        Page::Front | Page::Other => None,
    }
}

fn page(iri: &Iri) -> Page {
    let rest = iri.as_str().split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    match path.strip_prefix('@') {
        _ if path.is_empty() => Page::Front,
        Some(name) if !name.contains(['/', '@']) => {
            Page::Profile(format!("@{name}@{}", iri.domain()))
        }
        _ => Page::Other,
    }
}

/// A pattern as [`parse_pattern`] reads it.
pub fn typed_pattern(pattern: &Pattern) -> String {
    let (kind, text) = pattern_words(pattern);
    match kind {
        "host" => format!("={text}"),
        "software" | "first-seen" | "list" => format!("{kind}:{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_one_pattern() {
        for (typed, kind, text) in [
            ("BigCorp.Example.", "domain", "bigcorp.example"),
            ("*.bücher.example", "domain", "xn--bcher-kva.example"),
            ("=one.bigcorp.example", "host", "one.bigcorp.example"),
            (
                "https://a.example/users/b",
                "account",
                "https://a.example/users/b",
            ),
            ("software:Pixelfed<0.12.5", "software", "pixelfed<0.12.5"),
            ("software:gab", "software", "gab"),
            ("first-seen:30d", "first-seen", "30"),
            ("list:7", "list", "7"),
            (" * ", "everything", "*"),
        ] {
            let pattern = parse_pattern(typed).expect("is a pattern");
            assert_eq!(pattern_words(&pattern), (kind, text.to_owned()));
            assert_eq!(stored_pattern(kind, text), Some(pattern.clone()));
            assert_eq!(parse_pattern(&typed_pattern(&pattern)).ok(), Some(pattern));
        }
        for typed in [
            "software:",
            "software:a b",
            "first-seen:0",
            "first-seen:long",
            "list:mine",
        ] {
            assert!(parse_pattern(typed).is_err(), "{typed}");
        }
        for (typed, told) in [
            ("not a domain", "not the name of a server"),
            ("", "not the name of a server"),
            ("nonsense", "not the whole name"),
            ("com", "anybody may have a server"),
            ("=github.io", "anybody may have a server"),
            ("https://plaza.example/@troll", "write @troll@plaza.example"),
            ("@troll@plaza.example", "look the person up first"),
        ] {
            let why = parse_pattern(typed).expect_err(typed).to_string();
            assert!(why.contains(told), "{typed}: {why}");
        }
        let front = parse_pattern("https://plaza.example/").ok();
        assert_eq!(front, parse_pattern("plaza.example").ok());
    }
}
