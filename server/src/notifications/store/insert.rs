//! SQL that writes `notifications`.
//!
//! Two nodes may have the same number for different things. So each is written in up to three statements: by the number that
//! was drawn; where another thing has that one, by another; and so once more. The last of them fails where its number is taken as
//! well, and with it the whole transaction: whoever caused it tries again, and nothing is lost in silence.

use comity_db::{Sql, Tx, Value, params, sql};

use crate::id;
use crate::notifications::{Kind, OfRule};

/// What a member is told: a row but for its number.
#[derive(Debug, Clone, Copy)]
pub struct NewRow {
    /// Who is told.
    pub to: i64,
    pub kind: Kind,
    /// Who did it.
    pub from: i64,
    pub about: About,
    pub created_at: i64,
}

/// What it is about.
#[derive(Debug, Clone, Copy)]
pub enum About {
    /// Nothing but who did it.
    Them,
    Status(i64),
    Collection(i64),
    Rule {
        of_rule: OfRule,
        /// Of what kind they must have been told since they last were told this, if of any: a rule may have been set in place
        /// of the one they heard of.
        after: Option<Kind>,
    },
    Report(i64),
    Applicant(i64),
    Action(i64),
}

impl About {
    /// Two things about which one account tells one member differ in it.
    pub fn number(self) -> i64 {
        match self {
            About::Them => 0,
            About::Status(id)
            | About::Collection(id)
            | About::Report(id)
            | About::Applicant(id)
            | About::Action(id) => id,
            About::Rule { of_rule, .. } => of_rule.rule_id,
        }
    }
}

/// Writes it, and returns the numbers of which it has one then, unless it was there already or is not wanted.
pub fn insert(tx: &mut Tx, id: i64, row: &NewRow) -> [i64; 3] {
    let seed = [row.to, row.from, row.about.number()]
        .into_iter()
        .fold(0_u64, |seed, number| {
            seed.rotate_left(21) ^ number.cast_unsigned()
        });
    let [second, third] = id::others_of(id, seed);
    let (statements, values) = match row.about {
        About::Them | About::Status(_) | About::Collection(_) => (ASKED, asked_values(row)),
        _ => (TOLD, told_values(row)),
    };
    let numbers = [id, second, third];
    let mut before = None;
    for (number, statement) in numbers.into_iter().zip(statements) {
        let mut all = params![number];
        all.extend(values.iter().cloned());
        if let Some(before) = before {
            all.extend(params![before]);
        }
        tx.exec(statement, all);
        before = Some(number);
    }
    numbers
}

/// Only members have any: for accounts elsewhere nothing is written. Nor for who left the conversation it is about, nor
/// for who drops what somebody like this does. Who wants it set aside has it set aside. A follow counts after three
/// days, and an account is young for thirty, as Mastodon has it. What is not a stranger's doing, or is by somebody they
/// said yes to or who looks after their community, or answers them, is for everybody.
macro_rules! asked {
    ($($tail:tt)+) => {
        sql!(concat!(
            "INSERT INTO notifications
                    (id, account_id, kind, from_account_id, status_id, created_at, collection_id, set_aside)
             SELECT $1, k.account_id, $3, $4, $5, $6, CAST($7 AS BIGINT),
                    NOT k.exempt AND COALESCE(
                        (p.not_following = 'filter' AND NOT k.follows)
                     OR (p.not_followers = 'filter' AND NOT k.followed)
                     OR (p.new_accounts = 'filter' AND k.young)
                     OR (p.private_mentions = 'filter' AND k.message AND NOT k.follows), FALSE)
               FROM (SELECT m.account_id,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = m.account_id AND f.target_id = $4 AND f.state = 'accepted') AS follows,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = $4 AND f.target_id = m.account_id AND f.state = 'accepted'
                                       AND f.created_at <= CAST($6 AS BIGINT) - 259200000) AS followed,
                            EXISTS (SELECT 1
                                      FROM accounts a
                                     WHERE a.id = $4 AND a.created_at > CAST($6 AS BIGINT) - 2592000000) AS young,
                            EXISTS (SELECT 1
                                      FROM statuses s
                                     WHERE s.id = $5 AND s.account_id = $4 AND s.visibility = 'direct') AS message,
                            (CAST($3 AS TEXT) = 'poll'
                             OR EXISTS (SELECT 1 FROM welcomes w WHERE w.account_id = m.account_id AND w.target_id = $4)
                             OR EXISTS (SELECT 1
                                          FROM members o
                                         WHERE o.account_id = $4 AND o.community_id = m.community_id AND o.role <> 'member')
                             OR EXISTS (SELECT 1
                                          FROM statuses s
                                          JOIN statuses q ON q.id = s.in_reply_to_id
                                         WHERE s.id = $5 AND s.account_id = $4 AND q.account_id = m.account_id)) AS exempt
                       FROM members m
                      WHERE m.account_id = $2) k
               LEFT JOIN notification_policies p ON p.account_id = k.account_id
              WHERE NOT EXISTS (SELECT 1
                                  FROM statuses s
                                  JOIN left_conversations l ON l.conversation_id = s.conversation_id
                                 WHERE s.id = $5 AND l.account_id = $2)
                AND (k.exempt OR NOT COALESCE(
                        (p.not_following = 'drop' AND NOT k.follows)
                     OR (p.not_followers = 'drop' AND NOT k.followed)
                     OR (p.new_accounts = 'drop' AND k.young)
                     OR (p.private_mentions = 'drop' AND k.message AND NOT k.follows), FALSE))",
            $($tail)+
        ))
    };
}

/// The number that was tried before (`$8`) is that of another thing. Asked before all else, as it is seldom so.
macro_rules! asked_is_taken {
    () => {
        " AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $8
                         AND NOT (n.account_id = $2 AND n.kind = $3 AND n.from_account_id = $4
                                  AND n.status_id IS NOT DISTINCT FROM $5
                                  AND n.collection_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)))"
    };
}

/// Count on `notifications_once`, `notifications_once_each` and `notifications_once_of_collection`; the last one, which is
/// seldom carried out, on `notifications_by_doer`.
const ASKED: [Sql; 3] = [
    asked!(" ON CONFLICT DO NOTHING"),
    asked!(asked_is_taken!(), " ON CONFLICT DO NOTHING"),
    asked!(
        asked_is_taken!(),
        " AND NOT EXISTS (SELECT 1
                            FROM notifications n
                           WHERE n.account_id = $2 AND n.kind = $3 AND n.from_account_id = $4
                             AND n.status_id IS NOT DISTINCT FROM $5
                             AND n.collection_id IS NOT DISTINCT FROM CAST($7 AS BIGINT))"
    ),
];

fn asked_values(row: &NewRow) -> Vec<Value> {
    let (status, collection) = match row.about {
        About::Status(id) => (Some(id), None),
        About::Collection(id) => (None, Some(id)),
        _ => (None, None),
    };
    let kind = row.kind.as_str();
    params![row.to, kind, row.from, status, row.created_at, collection]
}

/// What a community tells, whomever a member wants to hear of. `$6` is [`About::Rule`]'s `after`.
macro_rules! told {
    ($($tail:tt)+) => {
        sql!(concat!(
            "INSERT INTO notifications (id, account_id, kind, from_account_id, created_at, rule_id, following, followers,
                                        report_id, applicant_id, action_id)
             SELECT $1, m.account_id, $3, $4, $5, CAST($7 AS BIGINT), $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT),
                    CAST($12 AS BIGINT)
               FROM members m
              WHERE m.account_id = $2
                AND (CAST($6 AS TEXT) IS NULL
                     OR (SELECT max(n.id)
                           FROM notifications n
                          WHERE n.account_id = $2 AND n.kind = CAST($6 AS TEXT) AND n.rule_id IS NOT NULL)
                        > COALESCE((SELECT max(n.id)
                                      FROM notifications n
                                     WHERE n.account_id = $2 AND n.kind = $3 AND n.rule_id IS NOT NULL), 0))",
            $($tail)+
        ))
    };
}

/// The same of what a community tells; the number is `$13`.
macro_rules! told_is_taken {
    () => {
        " AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $13
                         AND NOT (n.account_id = $2 AND n.kind = $3
                                  AND n.rule_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)
                                  AND n.report_id IS NOT DISTINCT FROM CAST($10 AS BIGINT)
                                  AND n.applicant_id IS NOT DISTINCT FROM CAST($11 AS BIGINT)
                                  AND n.action_id IS NOT DISTINCT FROM CAST($12 AS BIGINT)))"
    };
}

/// Count on `notifications_once_of_rule`, `notifications_once_of_report`, `notifications_once_of_applicant` and
/// `notifications_once_of_action`.
const TOLD: [Sql; 3] = [
    told!(" ON CONFLICT DO NOTHING"),
    told!(told_is_taken!(), " ON CONFLICT DO NOTHING"),
    told!(
        told_is_taken!(),
        " AND NOT EXISTS (SELECT 1
                            FROM notifications n
                           WHERE n.account_id = $2 AND n.kind = $3
                             AND n.rule_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)
                             AND n.report_id IS NOT DISTINCT FROM CAST($10 AS BIGINT)
                             AND n.applicant_id IS NOT DISTINCT FROM CAST($11 AS BIGINT)
                             AND n.action_id IS NOT DISTINCT FROM CAST($12 AS BIGINT))"
    ),
];

fn told_values(row: &NewRow) -> Vec<Value> {
    let (of_rule, after) = match row.about {
        About::Rule { of_rule, after } => (Some(of_rule), after),
        _ => (None, None),
    };
    let report = match row.about {
        About::Report(id) => Some(id),
        _ => None,
    };
    let applicant = match row.about {
        About::Applicant(id) => Some(id),
        _ => None,
    };
    let action = match row.about {
        About::Action(id) => Some(id),
        _ => None,
    };
    params![
        row.to,
        row.kind.as_str(),
        row.from,
        row.created_at,
        after.map(Kind::as_str),
        of_rule.map(|of_rule| of_rule.rule_id),
        of_rule.map(|of_rule| of_rule.following),
        of_rule.map(|of_rule| of_rule.followers),
        report,
        applicant,
        action
    ]
}
