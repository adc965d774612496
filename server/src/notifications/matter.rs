//! What a member is told, whatever number it has: that may be another's already.

use comity_db::{Value, params};
use serde::{Deserialize, Serialize};

use super::Notification;
use super::store::insert::NewRow;

/// What happened, by whom, and to what. A member is told of it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    kind: String,
    from: i64,
    about: i64,
}

impl Matter {
    /// What this tells.
    pub fn of(told: &Notification) -> Matter {
        let status = told.status.as_ref().map(|status| status.id);
        let collection = told.collection.as_ref().map(|shown| shown.collection.id);
        let about = status
            .or(collection)
            .or(told.of_rule.map(|of_rule| of_rule.rule_id))
            .or(told.report.as_ref().map(|report| report.id))
            .or(told.applicant.as_ref().map(|applicant| applicant.id))
            .or(told.warning.as_ref().map(|act| act.id));
        Matter {
            kind: told.kind.as_str().to_owned(),
            from: told.from.id,
            about: about.unwrap_or(0),
        }
    }

    /// What this row tells.
    pub(super) fn of_row(row: &NewRow) -> Matter {
        Matter {
            kind: row.kind.as_str().to_owned(),
            from: row.from,
            about: row.about.number(),
        }
    }

    /// For a statement: the kind, who, and to what.
    pub(crate) fn values(&self) -> Vec<Value> {
        params![self.kind.as_str(), self.from, self.about]
    }
}
