//! What somebody may do here, as apps read it: Mastodon's `Role`.

use serde_json::{Value, json};

use crate::collections;
use crate::communities::Community;
use crate::invitations;
use crate::members::Role;

/// Bits of Mastodon's `UserRole`, by its names; of what is nobody's work here, or the operator's at the command line, there
/// is none: `view_devops`, `manage_appeals`, `manage_rules`, `manage_webhooks`, `manage_roles`, `manage_user_access` and
/// `view_feeds`, for every member reads the timelines.
mod bit {
    /// Its apps take whoever has this for somebody who may do everything.
    pub const ADMINISTRATOR: u64 = 1;
    pub const VIEW_AUDIT_LOG: u64 = 1 << 2;
    pub const VIEW_DASHBOARD: u64 = 1 << 3;
    pub const MANAGE_REPORTS: u64 = 1 << 4;
    pub const MANAGE_FEDERATION: u64 = 1 << 5;
    /// What a community looks like, its privacy policy and its terms.
    pub const MANAGE_SETTINGS: u64 = 1 << 6;
    /// Of addresses, computers and providers that do not simply join.
    pub const MANAGE_BLOCKS: u64 = 1 << 7;
    /// What is kept out of what is talked about.
    pub const MANAGE_TAXONOMIES: u64 = 1 << 8;
    pub const MANAGE_USERS: u64 = 1 << 10;
    pub const MANAGE_INVITES: u64 = 1 << 11;
    pub const MANAGE_ANNOUNCEMENTS: u64 = 1 << 13;
    pub const MANAGE_CUSTOM_EMOJIS: u64 = 1 << 14;
    pub const INVITE_USERS: u64 = 1 << 16;
    pub const DELETE_USER_DATA: u64 = 1 << 19;
}

/// Who looks after a community.
const MODERATES: u64 = bit::VIEW_AUDIT_LOG
    | bit::VIEW_DASHBOARD
    | bit::MANAGE_REPORTS
    | bit::MANAGE_FEDERATION
    | bit::MANAGE_SETTINGS
    | bit::MANAGE_BLOCKS
    | bit::MANAGE_TAXONOMIES
    | bit::MANAGE_USERS
    | bit::MANAGE_INVITES
    | bit::MANAGE_ANNOUNCEMENTS
    | bit::MANAGE_CUSTOM_EMOJIS
    | bit::DELETE_USER_DATA;

/// The role that has this number in [`role`].
pub fn role_of(id: &str) -> Option<Role> {
    [Role::Member, Role::Moderator, Role::Admin]
        .into_iter()
        .find(|one| role_id(*one) == id)
}

fn role_id(role: Role) -> &'static str {
    match role {
        Role::Member => "-99",
        Role::Moderator => "1",
        Role::Admin => "3",
    }
}

/// The role of a member of `here`, with all that it lets them do: an admin has the bits of a moderator too, for many apps
/// look at one alone.
pub fn role(held: Role, here: &Community) -> Value {
    let looks_after = match held {
        Role::Member => 0,
        Role::Moderator => MODERATES,
        Role::Admin => MODERATES | bit::ADMINISTRATOR,
    };
    let invites = if invitations::may_as(here, held) {
        bit::INVITE_USERS
    } else {
        0
    };
    told(held, looks_after | invites)
}

/// What is told in its place of somebody who is no member: they may do nothing here.
pub fn no_role() -> Value {
    told(Role::Member, 0)
}

fn told(held: Role, permissions: u64) -> Value {
    let name = match held {
        Role::Member => "",
        Role::Moderator => "Moderator",
        Role::Admin => "Admin",
    };
    json!({
        "id": role_id(held),
        "name": name,
        "color": "",
        "permissions": permissions.to_string(),
        "highlighted": held != Role::Member,
        "collection_limit": collections::MOST,
    })
}
