//! SQL of `rules` and `policy_epoch`.

pub mod changes;

use std::collections::HashMap;

use comity_db::{Db, Sql, Tx, params, sql};
use comity_policy::{Conditions, Epoch, Mode, PersonId, Rule, Scope};
use comity_vocab::Domain;

use super::model::{Lapsing, NewRule, Past, RuleRow, pattern_words};
use crate::accounts::stored_domain;
use crate::error::{Error, Result};

/// Rules of one answer of the database.
const BATCH: i64 = 50_000;
/// The book holds every rule in memory, some 300 bytes each.
const MOST: usize = 1_000_000;

/// The columns of [`RuleRow`], in its order.
macro_rules! select_rule {
    ($rest:literal) => {
        concat!(
            "SELECT id, scope, community_id, account_id, pattern_kind, pattern, stance, conditions, reason_public,
                    reason_members, reason_moderators, set_by, set_at, expires_at, source, review_at, evidence,
                    ended_at, ended_by
               FROM rules ",
            $rest
        )
    };
}

/// Rules in force after one, in the order they were set.
const IN_FORCE: Sql<RuleRow> = sql!(
    row: RuleRow,
    select_rule!(
        "WHERE ended_at IS NULL AND id > $1
         ORDER BY id
         LIMIT $2"
    )
);
/// All of one scope, newest first; on `rules_of_scope`.
const HISTORY: Sql<RuleRow> = sql!(
    row: RuleRow,
    select_rule!(
        "WHERE scope = $1
           AND community_id IS NOT DISTINCT FROM $2
           AND account_id IS NOT DISTINCT FROM $3
           AND id < $5
         ORDER BY id DESC
         LIMIT $4"
    )
);
/// Of these rules, which others took their place: those of the same scope and pattern that were set when they ended.
const REPLACEMENTS: Sql<(i64, i64)> = sql!(
    row: (i64, i64),
    sqlite: "SELECT r.id, n.id
               FROM rules r
               JOIN rules n ON n.scope = r.scope
                           AND n.community_id IS NOT DISTINCT FROM r.community_id
                           AND n.account_id IS NOT DISTINCT FROM r.account_id
                           AND n.pattern_kind = r.pattern_kind
                           AND n.pattern = r.pattern
                           AND n.set_at = r.ended_at
                           AND n.id > r.id
              WHERE r.id IN (SELECT value FROM json_each($1))",
    pg: "SELECT r.id, n.id
           FROM rules r
           JOIN rules n ON n.scope = r.scope
                       AND n.community_id IS NOT DISTINCT FROM r.community_id
                       AND n.account_id IS NOT DISTINCT FROM r.account_id
                       AND n.pattern_kind = r.pattern_kind
                       AND n.pattern = r.pattern
                       AND n.set_at = r.ended_at
                       AND n.id > r.id
          WHERE r.id = ANY($1)"
);
const INSERT: Sql = sql!(
    "INSERT INTO rules (id, scope, community_id, account_id, pattern_kind, pattern, stance, conditions, reason_public,
                        reason_members, reason_moderators, set_by, set_at, expires_at, source, review_at, evidence,
                        lapsing, lapses_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
);
const END_SAME: Sql = sql!(
    "UPDATE rules
        SET ended_at = $6, ended_by = $7
      WHERE scope = $1
        AND community_id IS NOT DISTINCT FROM $2
        AND account_id IS NOT DISTINCT FROM $3
        AND pattern_kind = $4
        AND pattern = $5
        AND ended_at IS NULL"
);
const END: Sql = sql!(
    "UPDATE rules
        SET ended_at = $5, ended_by = $6
      WHERE id = $1
        AND scope = $2
        AND community_id IS NOT DISTINCT FROM $3
        AND account_id IS NOT DISTINCT FROM $4
        AND ended_at IS NULL"
);
const EPOCH: Sql<(i64,)> = sql!(row: (i64,), "SELECT epoch FROM policy_epoch WHERE id = 1");
const ADVANCE: Sql = sql!("UPDATE policy_epoch SET epoch = epoch + 1 WHERE id = 1");

/// Every rule in force of the installation, or an error: a book that lacks some would let through what they refuse.
pub async fn in_force(db: &Db) -> Result<Vec<Rule>> {
    let mut rules = Vec::new();
    let mut after = 0;
    loop {
        let rows = db.all(IN_FORCE, params![after, BATCH]).await?;
        let at_end = i64::try_from(rows.len()).is_ok_and(|len| len < BATCH);
        for row in rows {
            after = row.id;
            rules.push(row.into_rule()?);
        }
        check_size(rules.len())?;
        if at_end {
            return Ok(rules);
        }
    }
}

/// Those with a smaller number than `below`, newest first.
pub async fn history(db: &Db, scope: Scope, below: i64, limit: i64) -> Result<Vec<Past>> {
    let (scope, community_id, account_id) = columns(scope);
    let rows = db
        .all(
            HISTORY,
            params![scope, community_id, account_id, limit, below],
        )
        .await?;
    let ended = rows.iter().filter(|row| row.ended_at.is_some());
    let ended: Vec<i64> = ended.map(|row| row.id).collect();
    let replaced: HashMap<i64, i64> = db
        .all(REPLACEMENTS, params![ended])
        .await?
        .into_iter()
        .collect();
    rows.into_iter()
        .map(|row| {
            Ok(Past {
                ended_at: row.ended_at,
                ended_by: row.ended_by,
                replaced_by: replaced.get(&row.id).copied(),
                rule: row.into_rule()?,
            })
        })
        .collect()
}

const BY_ID: Sql<RuleRow> = sql!(
    row: RuleRow,
    select_rule!("WHERE id = $1")
);
const BY_IDS: Sql<RuleRow> = sql!(
    row: RuleRow,
    sqlite: select_rule!("WHERE id IN (SELECT value FROM json_each($1))"),
    pg: select_rule!("WHERE id = ANY($1)")
);
/// What a rule replaced ended in the moment when it was set, and not by itself before. Counts on `rules_ended`.
const REPLACED_BY: Sql<RuleRow> = sql!(
    row: RuleRow,
    select_rule!(
        "WHERE scope = $1
           AND community_id IS NOT DISTINCT FROM $2
           AND account_id IS NOT DISTINCT FROM $3
           AND pattern_kind = $4
           AND pattern = $5
           AND ended_at = $6
           AND (expires_at IS NULL OR expires_at > $6)
           AND id <> $7
         ORDER BY id DESC
         LIMIT 1"
    )
);

pub async fn by_id(db: &Db, id: i64) -> Result<Option<Rule>> {
    let row = db.opt(BY_ID, params![id]).await?;
    row.map(RuleRow::into_rule).transpose()
}

pub async fn by_ids(db: &Db, ids: Vec<i64>) -> Result<Vec<Rule>> {
    let rows = db.all(BY_IDS, params![ids]).await?;
    rows.into_iter().map(RuleRow::into_rule).collect()
}

/// The rule of the same scope and pattern that ended when this one was set.
pub async fn replaced_by(db: &Db, rule: &Rule) -> Result<Option<Rule>> {
    let (scope, community_id, account_id) = columns(rule.scope);
    let (kind, pattern) = pattern_words(&rule.pattern);
    let params = params![
        scope,
        community_id,
        account_id,
        kind,
        pattern,
        rule.set_at,
        rule.id.0
    ];
    let row = db.opt(REPLACED_BY, params).await?;
    row.map(RuleRow::into_rule).transpose()
}

const LAPSING: Sql<(i64, Option<i64>)> = sql!(
    row: (i64, Option<i64>),
    "SELECT lapsing, lapses_at FROM rules WHERE id = $1"
);

/// What this rule took over for a while, as it was set.
pub async fn lapsing(db: &Db, id: i64) -> Result<Option<Lapsing>> {
    let Some((bits, Some(at))) = db.opt(LAPSING, params![id]).await? else {
        return Ok(None);
    };
    let conditions = u32::try_from(bits).ok().and_then(Conditions::from_bits);
    let conditions = conditions.ok_or_else(|| {
        Error::internal(format!(
            "rule {id} has a damaged set of conditions that lapse"
        ))
    })?;
    Ok(Some(Lapsing { conditions, at }))
}

fn check_size(rules: usize) -> Result<()> {
    if rules > MOST {
        return Err(Error::internal(format!(
            "more than {MOST} rules are in force, which is more than fit into memory; nothing is decided without all of them: end some in the table rules"
        )));
    }
    Ok(())
}

pub async fn epoch(db: &Db) -> Result<Epoch> {
    let (epoch,) = db.one(EPOCH, params![]).await?;
    Epoch::try_from(epoch).map_err(|why| Error::internal(format!("stored epoch: {why}")))
}

pub fn advance_epoch(tx: &mut Tx) {
    tx.must(ADVANCE, params![]);
}

/// The words, the community and the member under which a scope is stored.
fn columns(scope: Scope) -> (&'static str, Option<i64>, Option<i64>) {
    match scope {
        Scope::Operator => ("operator", None, None),
        Scope::Community(community) => ("community", Some(community.0), None),
        Scope::Member(person, community) => ("member", Some(community.0), Some(person.0)),
    }
}

pub fn end_same(tx: &mut Tx, new: &NewRule, now_ms: i64) {
    let (scope, community_id, account_id) = columns(new.scope);
    let (kind, pattern) = pattern_words(&new.pattern);
    tx.exec(
        END_SAME,
        params![
            scope,
            community_id,
            account_id,
            kind,
            pattern,
            now_ms,
            new.set_by
        ],
    );
}

pub fn insert(tx: &mut Tx, id: i64, new: &NewRule, now_ms: i64) {
    let (scope, community_id, account_id) = columns(new.scope);
    let (kind, pattern) = pattern_words(&new.pattern);
    tx.exec(
        INSERT,
        params![
            id,
            scope,
            community_id,
            account_id,
            kind,
            pattern,
            new.stance.as_str(),
            i64::from(new.conditions.bits()),
            new.reason_public.as_deref(),
            new.reason_members.as_deref(),
            new.reason_moderators.as_deref(),
            new.set_by,
            now_ms,
            new.expires_at,
            new.source.to_string(),
            new.review_at,
            new.evidence.as_deref(),
            new.lapsing
                .map_or(0, |lapsing| i64::from(lapsing.conditions.bits())),
            new.lapsing.map(|lapsing| lapsing.at),
        ],
    );
}

/// Undoes the whole transaction when this scope has no such rule in force.
pub fn end(tx: &mut Tx, rule_id: i64, scope: Scope, by: Option<i64>, now_ms: i64) {
    let (scope, community_id, account_id) = columns(scope);
    tx.must(
        END,
        params![rule_id, scope, community_id, account_id, now_ms, by],
    );
}

/// One more than what is taken: then it is known that there is more.
const MORE_THAN_MOST: i64 = 1_000_001;

/// Members who chose another mode than *open* for themselves; bounded like the rules.
const MEMBER_MODES: Sql<(i64, String)> = sql!(
    row: (i64, String),
    "SELECT account_id, mode FROM members WHERE mode <> 'open' LIMIT $1"
);

pub async fn member_modes(db: &Db) -> Result<Vec<(PersonId, Mode)>> {
    let rows = db.all(MEMBER_MODES, params![MORE_THAN_MOST]).await?;
    check_size(rows.len())?;
    rows.into_iter()
        .map(|(member, mode)| {
            let mode = Mode::parse(&mode)
                .ok_or_else(|| Error::internal(format!("member {member} has the mode {mode}")))?;
            Ok((PersonId(member), mode))
        })
        .collect()
}

/// Counts on `accounts_split`. More than so many are no handles but somebody's attempt to fill our memory: those that
/// were known first stay. Of the others, who asks by name is still met by the rules about both names.
const SPLIT_DOMAINS: Sql<(String, String)> = sql!(
    row: (String, String),
    "SELECT host, domain
       FROM accounts
      WHERE host <> domain AND community_id IS NULL
      GROUP BY host, domain
      ORDER BY min(id)
      LIMIT 100000"
);

pub async fn split_domains(db: &Db) -> Result<Vec<(Domain, Domain)>> {
    db.all(SPLIT_DOMAINS, params![])
        .await?
        .iter()
        .map(|(host, handles)| Ok((stored_domain(host)?, stored_domain(handles)?)))
        .collect()
}

/// All that a member (`$1`) has here, at most `$2` rows of each at a time: they leave.
pub const OF_MEMBER: &[Sql] = &[
    sql!(
        "DELETE FROM rules
          WHERE account_id = $1 AND id IN (SELECT id FROM rules WHERE account_id = $1 LIMIT $2)"
    ),
    changes::OF_MEMBER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_rules_are_an_error_and_never_a_shorter_book() {
        assert!(check_size(MOST).is_ok());
        assert!(check_size(MOST + 1).is_err());
    }
}
