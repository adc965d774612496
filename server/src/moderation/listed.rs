//! Lists of accounts for moderators. How somebody is met stands in the rules in force of the community about that account.

use comity_db::{Db, params};
use comity_policy::{Conditions, Stance};

use crate::error::Result;
use crate::members::Role;
use crate::window::{Entries, Stretch, Window, entries_in};

/// Where accounts live that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the community.
    Here,
    /// On other servers.
    Elsewhere,
}

/// What a rule of the community says of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruled {
    /// It is shown to who follows it.
    Limited,
    /// Its files are covered.
    Marked,
    /// It is refused.
    Refused,
}

impl Ruled {
    fn stance(self) -> Option<String> {
        match self {
            Ruled::Limited => Some(Stance::Limited.as_str().to_owned()),
            Ruled::Refused => Some(Stance::Refused.as_str().to_owned()),
            Ruled::Marked => None,
        }
    }

    /// The bits that the rule has, all of them.
    fn bits(self) -> i64 {
        match self {
            Ruled::Marked => Conditions::MARK_SENSITIVE.bits().into(),
            Ruled::Limited | Ruled::Refused => 0,
        }
    }
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose name begins so.
    pub username: Option<String>,
    /// Whose shown name begins so.
    pub display_name: Option<String>,
    /// Who signs in with this address.
    pub email: Option<String>,
    /// Members who stand so with the moderators.
    pub standing: Option<&'static str>,
    /// Of whom a rule says this.
    pub ruled: Option<Ruled>,
    /// People elsewhere whom no rule refuses by name.
    pub unrefused: bool,
    /// Members who have one of these roles.
    pub roles: Option<Vec<Role>>,
    /// Members who came by an invitation of this one.
    pub invited_by: Option<i64>,
    /// Who lives on this server.
    pub host: Option<String>,
}

impl Wanted {
    /// What is asked of members, and true of nobody elsewhere.
    fn is_of_members(&self) -> bool {
        self.email.is_some()
            || self.standing.is_some()
            || self.roles.is_some()
            || self.invited_by.is_some()
    }

    fn has(&self, role: Role) -> bool {
        self.roles
            .as_ref()
            .is_none_or(|roles| roles.contains(&role))
    }
}

const HERE: Entries = entries_in!(
    "m.account_id",
    "SELECT m.account_id, m.account_id
       FROM members m
       JOIN accounts a ON a.id = m.account_id
      WHERE m.community_id = $4 AND m.standing <> 'gone'
        AND (CAST($5 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT))
        AND (CAST($6 AS TEXT) IS NULL
             OR lower(substr(a.display_name, 1, length(CAST($6 AS TEXT)))) = lower(CAST($6 AS TEXT)))
        AND (CAST($7 AS TEXT) IS NULL OR m.email_key = CAST($7 AS TEXT))
        AND (CAST($8 AS TEXT) IS NULL OR m.standing = CAST($8 AS TEXT))
        AND CASE m.role WHEN 'member' THEN CAST($9 AS BOOLEAN)
                        WHEN 'moderator' THEN CAST($10 AS BOOLEAN)
                        ELSE CAST($11 AS BOOLEAN) END
        AND (CAST($12 AS BIGINT) IS NULL
             OR m.invitation_id IN (SELECT i.id FROM invitations i WHERE i.made_by = CAST($12 AS BIGINT)))
        AND (NOT CAST($13 AS BOOLEAN)
             OR EXISTS (SELECT 1
                          FROM rules r
                         WHERE r.scope = 'community' AND r.community_id = $4 AND r.account_id IS NULL
                           AND r.pattern_kind = 'account' AND r.pattern = a.iri AND r.ended_at IS NULL
                           AND (r.expires_at IS NULL OR r.expires_at > $14)
                           AND (CAST($15 AS TEXT) IS NULL OR r.stance = CAST($15 AS TEXT))
                           AND (r.conditions & $16) = $16))"
);
/// People elsewhere.
macro_rules! elsewhere {
    ($and:literal) => {
        entries_in!(
            "a.id",
            concat!(
                "SELECT a.id, a.id
                   FROM accounts a
                  WHERE a.community_id IS NULL AND a.gone_at IS NULL
                    AND (CAST($5 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT))
                    AND (CAST($6 AS TEXT) IS NULL
                         OR lower(substr(a.display_name, 1, length(CAST($6 AS TEXT)))) = lower(CAST($6 AS TEXT)))
                    AND (NOT CAST($7 AS BOOLEAN)
                         OR NOT EXISTS (SELECT 1
                                          FROM rules r
                                         WHERE r.scope = 'community' AND r.community_id = $4 AND r.account_id IS NULL
                                           AND r.pattern_kind = 'account' AND r.pattern = a.iri AND r.ended_at IS NULL
                                           AND (r.expires_at IS NULL OR r.expires_at > $8)
                                           AND r.stance = 'refused'))",
                $and
            )
        )
    };
}

/// By number.
const ELSEWHERE: Entries = elsewhere!("");
/// Counts on `accounts_by_host`.
const ELSEWHERE_ON: Entries = elsewhere!(" AND a.host = $9");
/// Counts on `rules_in_force_of_community` and the unique address of accounts.
const RULED: Entries = entries_in!(
    "a.id",
    "SELECT a.id, a.id
       FROM rules r
       JOIN accounts a ON a.iri = r.pattern
      WHERE r.scope = 'community' AND r.community_id = $4 AND r.account_id IS NULL
        AND r.pattern_kind = 'account' AND r.ended_at IS NULL
        AND (r.expires_at IS NULL OR r.expires_at > $8)
        AND (CAST($7 AS TEXT) IS NULL OR r.stance = CAST($7 AS TEXT))
        AND (r.conditions & $9) = $9
        AND a.community_id IS NULL AND a.gone_at IS NULL
        AND (CAST($5 AS TEXT) IS NULL OR substr(a.username_key, 1, length(CAST($5 AS TEXT))) = CAST($5 AS TEXT))
        AND (CAST($6 AS TEXT) IS NULL
             OR lower(substr(a.display_name, 1, length(CAST($6 AS TEXT)))) = lower(CAST($6 AS TEXT)))
        AND (CAST($10 AS TEXT) IS NULL OR a.host = CAST($10 AS TEXT))"
);

/// Some of them by number, newest first, as the rules are now.
pub async fn list(
    db: &Db,
    community_id: i64,
    origin: Origin,
    wanted: &Wanted,
    (window, limit): (Window, i64),
    now_ms: i64,
) -> Result<Stretch> {
    let username = wanted.username.as_ref().map(|name| name.to_lowercase());
    let shown = wanted.display_name.clone();
    let stance = wanted.ruled.and_then(Ruled::stance);
    let bits = wanted.ruled.map_or(0, Ruled::bits);
    match (origin, wanted.ruled, &wanted.host) {
        (Origin::Here, ..) => {
            let more = params![
                community_id,
                username,
                shown,
                wanted.email.as_ref().map(|email| email.to_lowercase()),
                wanted.standing.map(str::to_owned),
                wanted.has(Role::Member),
                wanted.has(Role::Moderator),
                wanted.has(Role::Admin),
                wanted.invited_by,
                wanted.ruled.is_some(),
                now_ms,
                stance,
                bits
            ];
            HERE.read(db, window, limit, more).await
        }
        (Origin::Elsewhere, ..) if wanted.is_of_members() => Ok(Stretch::default()),
        (Origin::Elsewhere, Some(_), host) => {
            let host = host.clone();
            let more = params![community_id, username, shown, stance, now_ms, bits, host];
            RULED.read(db, window, limit, more).await
        }
        (Origin::Elsewhere, None, Some(host)) => {
            let unrefused = wanted.unrefused;
            let host = host.clone();
            let more = params![community_id, username, shown, unrefused, now_ms, host];
            ELSEWHERE_ON.read(db, window, limit, more).await
        }
        (Origin::Elsewhere, None, None) => {
            let more = params![community_id, username, shown, wanted.unrefused, now_ms];
            ELSEWHERE.read(db, window, limit, more).await
        }
    }
}
