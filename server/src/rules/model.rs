//! A rule as it is asked for and as it is stored.

use comity_db::row;
use comity_policy::{CommunityId, Conditions, Pattern, PersonId, Rule, RuleId, Scope, Stance};
use comity_vocab::{Domain, Iri};

use crate::error::{Error, Result};

/// A rule that somebody wants.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// Whose: a community's or a member's.
    pub scope: Scope,
    /// About whom.
    pub pattern: Pattern,
    /// How they are met.
    pub stance: Stance,
    /// What is added to that.
    pub conditions: Conditions,
    /// The reason, for everybody.
    pub reason_public: Option<String>,
    /// The reason, for members of the community.
    pub reason_members: Option<String>,
    /// The reason, for its moderators.
    pub reason_moderators: Option<String>,
    /// Who sets it; nobody when the command line does.
    pub set_by: Option<i64>,
    /// When it ends by itself; unix milliseconds.
    pub expires_at: Option<i64>,
    /// "person" or "command line".
    pub source: &'static str,
}

row! {
    /// One row of `rules`.
    #[derive(Debug)]
    pub struct RuleRow {
        pub id: i64,
        pub scope: String,
        pub community_id: i64,
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
    }
}

impl RuleRow {
    /// As the gate reads it; only a damaged database makes it fail.
    pub(super) fn into_rule(self) -> Result<Rule> {
        let damaged =
            |what: &str| Error::internal(format!("rule {} has a damaged {what}", self.id));
        let community = CommunityId(self.community_id);
        let scope = match (self.scope.as_str(), self.account_id) {
            ("member", Some(account)) => Scope::Member(PersonId(account), community),
            ("community", None) => Scope::Community(community),
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
        })
    }
}

/// The kind and text under which a pattern is stored; equal patterns store equally.
pub fn pattern_words(pattern: &Pattern) -> (&'static str, String) {
    match pattern {
        Pattern::Domain(domain) => ("domain", domain.as_str().to_owned()),
        Pattern::Host(domain) => ("host", domain.as_str().to_owned()),
        Pattern::Account(iri) => ("account", iri.as_str().to_owned()),
        Pattern::Everything => ("everything", "*".to_owned()),
    }
}

fn stored_pattern(kind: &str, text: &str) -> Option<Pattern> {
    match kind {
        "domain" => Domain::parse(text).ok().map(Pattern::Domain),
        "host" => Domain::parse(text).ok().map(Pattern::Host),
        "account" => Iri::parse(text).ok().map(Pattern::Account),
        "everything" => Some(Pattern::Everything),
        _ => None,
    }
}

/// What a person types: `*`, `=host.example` for one host without what is below it, an address of an account, or a
/// domain with all below it.
pub fn parse_pattern(text: &str) -> Result<Pattern> {
    let text = text.trim();
    let invalid = |why: String| Error::invalid("pattern", why);
    if text == "*" {
        return Ok(Pattern::Everything);
    }
    if text.contains("://") {
        return Iri::parse(text)
            .map(Pattern::Account)
            .map_err(|why| invalid(why.to_string()));
    }
    if let Some(host) = text.strip_prefix('=') {
        return Domain::parse(host)
            .map(Pattern::Host)
            .map_err(|why| invalid(why.to_string()));
    }
    let domain = Domain::parse(text.strip_prefix("*.").unwrap_or(text))
        .map_err(|why| invalid(why.to_string()))?;
    if domain.lineage().next().is_none() {
        return Err(invalid(format!(
            "{domain} is a suffix that many share; name one server"
        )));
    }
    Ok(Pattern::Domain(domain))
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
            (" * ", "everything", "*"),
        ] {
            let pattern = parse_pattern(typed).expect("is a pattern");
            assert_eq!(pattern_words(&pattern), (kind, text.to_owned()));
            assert_eq!(stored_pattern(kind, text), Some(pattern));
        }
        assert!(parse_pattern("not a domain").is_err());
    }
}
