//! Somebody of the story, who acts through the verbs that the pages call, and waits until it has really arrived.

use std::sync::Arc;
use std::time::Duration;

use comity_policy::Stance;
use comity_vocab::Iri;

use super::people::{PASSWORD, Person};
use super::town::{Town, about_bigcorp};
use crate::accounts::{self, Account, ProfileDraft};
use crate::error::{Error, Result};
use crate::follows::State;
use crate::inbox::resolve;
use crate::members::{self, NewMember, Role};
use crate::rules;
use crate::statuses::{self, Draft};
use crate::{favourites, follows, reblogs};

/// What takes longer on one machine will not happen.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks whether something arrived.
const GLANCE: Duration = Duration::from_millis(5);
/// Before somebody speaks up, so that a reader can follow.
const BREATH: Duration = Duration::from_millis(60);

/// Somebody, where they live.
pub(super) struct Player<'a> {
    pub(super) town: &'a Town,
    me: Arc<Account>,
}

/// Something written: its author's server's name for it.
pub(super) struct Post(Iri);

impl<'a> Player<'a> {
    /// Joins the town they live in, with their profile and the rule of their own that they have.
    pub(super) async fn join(towns: &'a [Town], person: &Person) -> Result<Player<'a>> {
        let town = towns
            .iter()
            .find(|town| town.plan.name == person.town)
            .ok_or_else(|| Error::internal(format!("there is no town {}", person.town)))?;
        let new = NewMember {
            username: person.username.to_owned(),
            email: format!("{}@{}", person.username, town.plan.host),
            password: PASSWORD.to_owned(),
            display_name: person.name.to_owned(),
            role: if person.admin {
                Role::Admin
            } else {
                Role::Member
            },
        };
        let me = Box::pin(members::add(&town.app, &town.community, new)).await?;
        let profile = ProfileDraft {
            display_name: person.name.to_owned(),
            note: person.bio.to_owned(),
            fields: Vec::new(),
            locked: false,
            discoverable: true,
            indexable: false,
            ..ProfileDraft::default()
        };
        accounts::change_profile(&town.app, &me, profile).await?;
        if let Some(reason) = person.refuses_bigcorp {
            rules::set(
                &town.app,
                about_bigcorp(rules::of_member(&me)?, Stance::Refused, reason),
            )
            .await?;
        }
        Ok(Player {
            town,
            me: accounts::find(&town.app, me.id).await?,
        })
    }

    pub(super) async fn find(&self, other: &Player<'_>) -> Result<Arc<Account>> {
        Box::pin(resolve::handle(
            &self.town.app,
            &self.town.community,
            &other.me.handle(),
        ))
        .await
    }

    /// Follows, and waits for the other side's yes.
    pub(super) async fn follow(&self, other: &Player<'_>) -> Result<()> {
        let (app, target) = (&self.town.app, self.find(other).await?);
        follows::follow(app, &self.me, target.id).await?;
        until("a yes to a follow", async || {
            let state = follows::state(app, self.me.id, target.id).await?;
            Ok((state == State::Accepted).then_some(()))
        })
        .await
    }

    /// Follows, and waits until the other side has been asked.
    pub(super) async fn ask_to_follow(&self, other: &Player<'_>) -> Result<()> {
        let target = self.find(other).await?;
        follows::follow(&self.town.app, &self.me, target.id).await?;
        let there = &other.town.app;
        until("a follow", async || {
            let Some(me) = accounts::find_by_iri(there, &self.me.iri).await? else {
                return Ok(None);
            };
            let state = follows::state(there, me.id, other.me.id).await?;
            Ok((state == State::Requested).then_some(()))
        })
        .await
    }

    /// Says yes, and waits until the other side knows.
    pub(super) async fn agree_to(&self, other: &Player<'_>) -> Result<()> {
        let follower = self.find(other).await?;
        follows::accept(&self.town.app, &self.me, follower.id).await?;
        let there = &other.town.app;
        until("a yes to a follow", async || {
            let Some(me) = accounts::find_by_iri(there, &self.me.iri).await? else {
                return Ok(None);
            };
            let state = follows::state(there, other.me.id, me.id).await?;
            Ok((state == State::Accepted).then_some(()))
        })
        .await
    }

    /// Looks somebody up who is not to be found from here.
    pub(super) async fn look_in_vain(&self, other: &Player<'_>) -> Result<()> {
        match self.find(other).await {
            Ok(found) => Err(Error::internal(format!(
                "{} found {}",
                self.me.handle(),
                found.handle()
            ))),
            Err(Error::Internal(why)) => Err(Error::Internal(why)),
            Err(_) => Ok(()),
        }
    }

    pub(super) async fn write(&self, draft: Draft) -> Result<Post> {
        breathe().await;
        let town = self.town;
        let status = Box::pin(statuses::publish(
            &town.app,
            &town.community,
            self.me.clone(),
            draft,
        ))
        .await?;
        Ok(Post(status.iri.clone()))
    }

    pub(super) async fn answer(&self, post: &Post, draft: Draft) -> Result<Post> {
        let in_reply_to_id = Some(self.get(post).await?);
        self.write(Draft {
            in_reply_to_id,
            ..draft
        })
        .await
    }

    pub(super) async fn edit(&self, post: &Post, draft: Draft) -> Result<()> {
        let (town, id) = (self.town, self.get(post).await?);
        Box::pin(statuses::edit(
            &town.app,
            &town.community,
            self.me.clone(),
            id,
            draft,
        ))
        .await
        .map(drop)
    }

    pub(super) async fn favourite(&self, post: &Post) -> Result<()> {
        let id = self.get(post).await?;
        favourites::favourite(&self.town.app, &self.me, id).await
    }

    pub(super) async fn reblog(&self, post: &Post) -> Result<()> {
        let id = self.get(post).await?;
        reblogs::reblog(&self.town.app, &self.me, id).await
    }

    /// The post's number where this person lives, once it has arrived there.
    pub(super) async fn get(&self, post: &Post) -> Result<i64> {
        until("a post", async || {
            statuses::find_by_iri(&self.town.app, &post.0).await
        })
        .await
    }

    /// Where this person reads the conversation around a post.
    pub(super) async fn address_of(&self, post: &Post) -> Result<String> {
        let id = self.get(post).await?;
        let author = statuses::load_one(&self.town.app, id).await?.author;
        let name = if author.is_local() {
            format!("@{}", author.username)
        } else {
            author.handle().to_string()
        };
        Ok(format!("{}/{name}/{id}", self.town.community.origin))
    }
}

/// Asks again and again, until the answer is there.
async fn until<T>(what: &str, ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| Err(late(what)))
}

pub(super) fn late(what: &str) -> Error {
    Error::Elsewhere(format!(
        "{what} did not arrive within {} seconds",
        PATIENCE.as_secs()
    ))
}

/// A moment in which a reader can follow.
pub(super) async fn breathe() {
    tokio::time::sleep(BREATH).await;
}
