//! A member: somebody who can sign in here.

use comity_db::row;
use comity_vocab::Visibility;

use crate::error::{Error, Result};
use crate::statuses::{Answering, Quoting};
use crate::text::Format;

row! {
    /// One row of `members`, without its password.
    #[derive(Debug)]
    pub struct MemberRow {
        pub account_id: i64,
        pub community_id: i64,
        pub email: String,
        pub role: String,
        pub language: String,
        pub format: String,
        pub default_visibility: String,
        pub replies: String,
        pub quotes: String,
        pub sensitive: bool,
        pub shows_app: bool,
        pub notifications_read_id: i64,
        pub created_at: i64,
        pub email_confirmed_at: Option<i64>,
        pub email_wanted: Option<String>,
        pub standing: String,
        pub standing_reason: String,
        pub leaves_at: Option<i64>,
    }
}

row! {
    /// What a list of members says of one.
    pub struct ListedRow {
        pub account_id: i64,
        pub username: String,
        pub role: String,
        pub created_at: i64,
        pub email_confirmed_at: Option<i64>,
        pub standing: String,
        pub leaves_at: Option<i64>,
        /// Since when a code is asked for besides the password.
        pub second_step_at: Option<i64>,
        /// Those that open something.
        pub passkeys: i64,
    }
}

row! {
    /// What signing in needs.
    pub struct CredentialRow {
        pub account_id: i64,
        pub password_hash: String,
    }
}

row! {
    /// One row of `sessions`.
    pub struct SessionRow {
        pub token_hash: Vec<u8>,
        pub user_agent: String,
        pub created_at: i64,
        pub last_seen_at: i64,
    }
}

/// Somebody who can sign in here.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their account; also their own id.
    pub account_id: i64,
    /// The community they live in.
    pub community_id: i64,
    /// For signing in, and to reach them.
    pub email: String,
    /// What they may do here.
    pub role: Role,
    /// What the composer proposes.
    pub default_visibility: Visibility,
    /// Who may answer, where a post says nothing else.
    pub answering: Answering,
    /// Who may quote, where a post says nothing else.
    pub quoting: Quoting,
    /// Files are folded, where a post says nothing else.
    pub sensitive: bool,
    /// Others are told with which app a post was written.
    pub shows_app: bool,
    /// In what they write, where a post says nothing else.
    pub format: Format,
    /// The language they usually write in, as a tag.
    pub language: String,
    /// Notifications up to this id were seen.
    pub notifications_read_id: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When somebody showed that they read what is sent to `email`; unix milliseconds.
    pub email_confirmed_at: Option<i64>,
    /// Another address, until that is shown of it.
    pub email_wanted: Option<String>,
    /// Whether the moderators let them in.
    pub standing: Standing,
    /// Why they do not, in words for the member.
    pub standing_reason: String,
    /// When what is theirs is deleted, where they leave; unix milliseconds.
    pub leaves_at: Option<i64>,
}

impl Member {
    pub(super) fn from_row(row: MemberRow) -> Result<Member> {
        let broken = |column: &str| {
            Error::internal(format!(
                "members.{column} of {} cannot be read",
                row.account_id
            ))
        };
        Ok(Member {
            account_id: row.account_id,
            community_id: row.community_id,
            standing: match Standing::parse(&row.standing).ok_or_else(|| broken("standing"))? {
                Standing::Active if row.leaves_at.is_some() => Standing::Leaving,
                standing => standing,
            },
            leaves_at: row.leaves_at,
            role: Role::parse(&row.role).ok_or_else(|| broken("role"))?,
            default_visibility: Visibility::parse(&row.default_visibility)
                .map_err(|_| broken("default_visibility"))?,
            answering: Answering::parse(&row.replies).ok_or_else(|| broken("replies"))?,
            quoting: Quoting::parse(&row.quotes).ok_or_else(|| broken("quotes"))?,
            sensitive: row.sensitive,
            shows_app: row.shows_app,
            standing_reason: row.standing_reason,
            email: row.email,
            language: row.language,
            format: Format::parse(&row.format).ok_or_else(|| broken("format"))?,
            notifications_read_id: row.notifications_read_id,
            created_at: row.created_at,
            email_confirmed_at: row.email_confirmed_at,
            email_wanted: row.email_wanted,
        })
    }
}

/// What the moderators of their community decided about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Active,
    /// They cannot sign in; what they wrote stays.
    Frozen,
    /// They cannot sign in, and nothing of theirs is here for anybody.
    Suspended,
    /// Nothing, and they asked to be deleted: nothing of theirs is here for anybody, and they may come back in time.
    Leaving,
}

impl Standing {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Frozen => "frozen",
            Standing::Suspended => "suspended",
            Standing::Leaving => "leaving",
        }
    }

    /// Reads [`Standing::as_str`] of what is stored: that somebody leaves is written down as a time.
    pub fn parse(word: &str) -> Option<Standing> {
        [Standing::Active, Standing::Frozen, Standing::Suspended]
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }
}

/// What a member may do; each may all that the ones before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Speak for themself.
    Member,
    /// Keep the peace.
    Moderator,
    /// Decide what the community is.
    Admin,
}

impl Role {
    /// As stored and as the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Member => "member",
            Role::Moderator => "moderator",
            Role::Admin => "admin",
        }
    }

    /// Reads [`Role::as_str`].
    pub fn parse(text: &str) -> Option<Role> {
        [Role::Member, Role::Moderator, Role::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// Somebody who is about to become a member.
#[derive(Clone)]
pub struct NewMember {
    /// In the handle; checked.
    pub username: String,
    /// For signing in, and to reach them; checked.
    pub email: String,
    /// As typed; checked, and stored only as a hash.
    pub password: String,
    /// What others read first; the username if empty.
    pub display_name: String,
    /// What they may do here.
    pub role: Role,
}

/// Somebody about whom all is checked, on the point of becoming a member.
pub(crate) struct Settled {
    /// Of their account.
    pub id: i64,
    /// In the handle.
    pub username: String,
    /// What others read first; the username if empty.
    pub display_name: String,
    /// For signing in, and to reach them.
    pub email: String,
    /// Of their password.
    pub password_hash: String,
    /// What they may do here.
    pub role: Role,
    /// When they showed that the address is theirs.
    pub email_confirmed_at: Option<i64>,
    /// By which they came.
    pub invitation_id: Option<i64>,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names it in forms; not the secret it is opened with.
    pub id: String,
    /// What the browser called itself.
    pub user_agent: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds, to within an hour.
    pub last_seen_at: i64,
}
