//! The streams there are, by the names that apps have for them, and who may open which.

use comity_policy::Way;
use comity_vocab::Visibility;

use super::hub::Holder;
use super::places::Places;
use crate::antennas;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Client;
use crate::oauth::Scopes;
use crate::reading_lists;
use crate::statuses::Loaded;
use crate::text::hashtag;

/// Letters of a hashtag that somebody listens to; longer ones are no topics.
const LONGEST_TAG: usize = 100;

/// One stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stream {
    /// What comes home to a member, and what they are told.
    User,
    /// What they are told.
    Notifications,
    /// What is said in public.
    Public {
        /// By whom.
        from: From,
        /// Only what has files.
        only_media: bool,
    },
    /// What names one topic in public.
    Hashtag {
        /// As it was asked for.
        tag: String,
        /// Only what is written in the community.
        local: bool,
    },
    /// What comes home to a member from the people of this list of theirs, or what this antenna of theirs catches.
    List(i64),
    /// Messages to a member.
    Direct,
}

/// Whose posts a public stream has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Everybody's.
    Everywhere,
    /// Those of the community.
    Here,
    /// All others.
    Elsewhere,
}

impl Stream {
    /// Reads a name, with the tag or the list that goes with some. *Not found* for one that nobody has.
    pub fn parse(name: &str, tag: Option<&str>, list: Option<i64>) -> Result<Stream> {
        let (plain, only_media) = match name.strip_suffix(":media") {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        let public = |from| Ok(Stream::Public { from, only_media });
        match (plain, only_media) {
            ("public", _) => public(From::Everywhere),
            ("public:local", _) => public(From::Here),
            ("public:remote", _) => public(From::Elsewhere),
            ("user", false) => Ok(Stream::User),
            ("user:notification", false) => Ok(Stream::Notifications),
            ("direct", false) => Ok(Stream::Direct),
            ("list", false) => list.map(Stream::List).ok_or(Error::NotFound),
            ("hashtag" | "hashtag:local", false) => {
                let tag = tag.map(|tag| tag.trim().trim_start_matches('#'));
                match tag.filter(|tag| !tag.is_empty()) {
                    None => Err(Error::invalid("tag", "is missing; name the hashtag")),
                    Some(tag) if tag.chars().count() > LONGEST_TAG => {
                        Err(Error::invalid("tag", "is too long to be a hashtag"))
                    }
                    Some(tag) => Ok(Stream::Hashtag {
                        tag: tag.to_owned(),
                        local: plain == "hashtag:local",
                    }),
                }
            }
            _ => Err(Error::NotFound),
        }
    }

    /// As apps know it: its name, and the tag or the list where it has one.
    pub fn names(&self) -> Vec<String> {
        let name = match self {
            Stream::User => "user",
            Stream::Notifications => "user:notification",
            Stream::Direct => "direct",
            Stream::Public { from, only_media } => match (from, only_media) {
                (From::Everywhere, false) => "public",
                (From::Everywhere, true) => "public:media",
                (From::Here, false) => "public:local",
                (From::Here, true) => "public:local:media",
                (From::Elsewhere, false) => "public:remote",
                (From::Elsewhere, true) => "public:remote:media",
            },
            Stream::Hashtag { tag, local } => {
                let name = if *local { "hashtag:local" } else { "hashtag" };
                return vec![name.to_owned(), tag.clone()];
            }
            Stream::List(id) => return vec!["list".to_owned(), id.to_string()],
        };
        vec![name.to_owned()]
    }

    /// Whether whoever asks may open it: what REST shows visitors is for everybody, the rest for members whose token
    /// covers it. A list that is not theirs is *not found*.
    pub async fn check(&self, app: &App, client: Option<&Client>) -> Result<()> {
        self.covered(client)?;
        if let (Stream::List(id), Some(client)) = (self, client) {
            let me = client.me()?.account.id;
            if antennas::get(app, me, *id).await?.is_none() {
                reading_lists::find(app, me, *id).await?;
            }
        }
        Ok(())
    }

    fn covered(&self, client: Option<&Client>) -> Result<()> {
        let scope = match self {
            Stream::Notifications => "read:notifications",
            _ => "read:statuses",
        };
        match client.filter(|client| client.me().is_ok()) {
            Some(client) if client.grant.scopes.cover(&Scopes::of(scope)) => Ok(()),
            Some(_) => Err(Error::Forbidden(
                "this action is outside the authorized scopes".to_owned(),
            )),
            None if self.is_for_visitors() => Ok(()),
            None => Err(Error::Unauthorized),
        }
    }

    fn is_for_visitors(&self) -> bool {
        matches!(
            self,
            Stream::Hashtag { .. }
                | Stream::Public {
                    from: From::Here,
                    ..
                }
        )
    }

    /// By which way the gate is asked for what comes by it.
    pub(super) fn way(&self) -> Way {
        match self {
            Stream::User | Stream::List(_) | Stream::Direct => Way::Stream,
            Stream::Notifications => Way::Notification,
            Stream::Public {
                from: From::Here, ..
            } => Way::LocalTimeline,
            Stream::Public { .. } | Stream::Hashtag { .. } => Way::PublicTimeline,
        }
    }

    /// Whether a status has its place in it, as the timeline of the same name has it. Nobody is cleared by that.
    pub(super) fn holds(&self, holder: &Holder, loaded: &Loaded, places: &Places) -> bool {
        let status = loaded.status();
        let author = &status.author;
        // Another community of this installation is elsewhere, as it is to whoever reads timelines.
        let is_of_here = author.community_id == Some(holder.community);
        match self {
            Stream::User => holder.account.is_some_and(|id| places.homes.contains(&id)),
            Stream::List(id) => places.lists.contains(id) || places.antennas.contains(id),
            Stream::Notifications => false,
            Stream::Direct => {
                let named =
                    |id| author.id == id || status.mentions.iter().any(|account| account.id == id);
                status.visibility == Visibility::Direct && holder.account.is_some_and(named)
            }
            Stream::Public { from, only_media } => {
                let is_listed = match from {
                    From::Here => {
                        let is_open =
                            matches!(status.visibility, Visibility::Public | Visibility::Local);
                        is_open && is_of_here
                    }
                    From::Everywhere => status.visibility == Visibility::Public,
                    From::Elsewhere => status.visibility == Visibility::Public && !is_of_here,
                };
                let stands_alone = status.in_reply_to_iri.is_none() || status.answers(author.id);
                is_listed
                    && stands_alone
                    && status.reblog_of.is_none()
                    && (!only_media || loaded.has_files())
            }
            Stream::Hashtag { tag, local } => {
                status.reblog_of.is_none()
                    && (!local || is_of_here)
                    && loaded.is_about(&hashtag::folded(tag))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_stream_and_back() {
        for name in [
            "user",
            "user:notification",
            "public",
            "public:media",
            "public:local",
            "public:local:media",
            "public:remote",
            "public:remote:media",
            "direct",
        ] {
            assert_eq!(Stream::parse(name, None, None).unwrap().names(), [name]);
        }
        let list = Stream::parse("list", None, Some(7)).unwrap();
        assert_eq!(list.names(), ["list", "7"]);
        let local = Stream::parse("hashtag:local", Some("#Tides"), None).unwrap();
        assert_eq!(local.names(), ["hashtag:local", "Tides"]);
        for name in ["", "home", "user:media", "list", "direct:media", "Public"] {
            assert!(Stream::parse(name, None, None).is_err(), "{name}");
        }
        assert!(Stream::parse("hashtag", None, None).is_err());
        assert!(Stream::parse("hashtag", Some(&"x".repeat(101)), None).is_err());
    }
}
