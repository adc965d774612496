//! Whose rules a command is about.

use std::sync::Arc;

use comity_policy::{CommunityId, Listener, PersonId, Scope};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::{Community, command::named_or_only};
use crate::error::{Error, Result};
use crate::rules::{of_community, of_member};

/// Whose rules are meant: the only community's, when nothing is said.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// Of the community with this domain
    #[arg(long)]
    community: Option<String>,
    /// Of this member
    #[arg(long)]
    member: Option<String>,
    /// Of the whole installation: binds all its communities
    #[arg(long, conflicts_with_all = ["community", "member"])]
    operator: bool,
}

impl Of {
    /// Of a community, or of a member of it.
    pub fn whom(community: Option<String>, member: Option<String>) -> Of {
        Of {
            community,
            member,
            operator: false,
        }
    }
}

/// Whose rules are meant.
pub enum Whose {
    /// The whole installation's.
    Operator,
    /// A community's.
    Community(Arc<Community>),
    /// A member's own.
    Member(Arc<Account>),
}

impl Whose {
    /// As typed.
    pub async fn named(app: &App, of: &Of) -> Result<Whose> {
        if of.operator {
            return Ok(Whose::Operator);
        }
        let community = named_or_only(app, of.community.as_deref())?;
        let Some(member) = of.member.as_deref() else {
            return Ok(Whose::Community(community));
        };
        let name = member
            .trim_start_matches('@')
            .split('@')
            .next()
            .unwrap_or_default();
        let account = accounts::find_by_handle(app, name, &community.domain)
            .await?
            .ok_or_else(|| {
                Error::invalid(
                    "member",
                    format!("there is no {name} on {}", community.domain),
                )
            })?;
        Ok(Whose::Member(account))
    }

    /// The scope of their rules.
    pub fn scope(&self) -> Result<Scope> {
        match self {
            Whose::Operator => Ok(Scope::Operator),
            Whose::Community(community) => Ok(of_community(community)),
            Whose::Member(account) => of_member(account),
        }
    }

    /// In sentences.
    pub fn name(&self) -> String {
        match self {
            Whose::Operator => "This installation".to_owned(),
            Whose::Community(community) => community.name.clone(),
            Whose::Member(account) => account.handle().to_string(),
        }
    }

    /// Whoever may run this program may read what moderators may, and in a member's place what that member may.
    pub(super) fn listener(&self, app: &App) -> Listener {
        let first = || app.communities.load().first().map_or(0, |first| first.id);
        match self {
            Whose::Operator => Listener::Moderator(CommunityId(first()), None),
            Whose::Community(community) => Listener::Moderator(community.policy_id(), None),
            Whose::Member(account) => Listener::Member(
                PersonId(account.id),
                CommunityId(account.community_id.unwrap_or_else(first)),
            ),
        }
    }

    /// In whose place an explanation is given: a community's own account stands for it.
    pub(super) async fn account(&self, app: &App) -> Result<Arc<Account>> {
        match self {
            Whose::Operator => Err(Error::NotFound),
            Whose::Community(community) => accounts::find(app, community.actor_id).await,
            Whose::Member(account) => Ok(account.clone()),
        }
    }
}
