//! A change of what decides, as two books: before it and after it. For telling what it would do, and what it did.

use std::sync::Arc;

use comity_policy::{Pattern, Rule, RuleBook, RuleId, Scope};
use comity_vocab::Domain;

use super::NewRule;
use crate::app::App;

/// No rule has this number: what is only supposed is given it.
const SUPPOSED: RuleId = RuleId(0);

/// Rules as they are without a change, and as they are with it.
pub struct Change {
    /// Without it.
    pub before: Arc<RuleBook>,
    /// With it.
    pub after: Arc<RuleBook>,
    /// Whom it binds.
    pub scope: Scope,
    /// About whom it is.
    pub pattern: Pattern,
    /// By which book it is told whom the pattern speaks of, where that is neither of the two.
    pub names: Option<Arc<RuleBook>>,
}

impl Change {
    /// A rule that is not set yet.
    pub fn of_setting(app: &App, new: &NewRule) -> Change {
        let before = app.gate.book();
        let after = before.supposing(new.supposed(app.now_ms()));
        Change {
            before,
            after: Arc::new(after),
            scope: new.scope,
            pattern: new.pattern.clone(),
            names: None,
        }
    }

    /// A rule in force that is not taken back yet; `None` for one that is not in force.
    pub fn of_taking_back(app: &App, id: RuleId) -> Option<Change> {
        let before = app.gate.book();
        let rule = before.rule(id)?;
        let (scope, pattern) = (rule.scope, rule.pattern.clone());
        Some(Change {
            after: Arc::new(before.without(id)),
            before,
            scope,
            pattern,
            names: None,
        })
    }

    /// The same the other way round.
    #[must_use]
    pub fn undone(self) -> Change {
        Change {
            before: self.after,
            after: self.before,
            ..self
        }
    }

    /// Whether it may concern somebody who is at home there.
    pub fn may_concern(&self, host: &Domain) -> bool {
        let book = self.names.as_ref().unwrap_or(&self.after);
        book.may_speak_of(&self.pattern, host)
    }
}

impl NewRule {
    /// As it would be in the book.
    fn supposed(&self, now_ms: i64) -> Rule {
        Rule {
            id: SUPPOSED,
            scope: self.scope,
            pattern: self.pattern.clone(),
            stance: self.stance,
            conditions: self.conditions,
            reason_public: self.reason_public.clone(),
            reason_members: self.reason_members.clone(),
            reason_moderators: self.reason_moderators.clone(),
            set_by: None,
            set_at: now_ms,
            expires_at: self.expires_at,
            review_at: self.review_at,
            evidence: self.evidence.clone(),
            source: self.source.to_string(),
        }
    }
}
