//! All emoji of an installation, as they were when they were last read, and where readers find them and others'.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use comity_policy::Party;

use super::model::{Emoji, Remote, Shown, Words};
use crate::accounts::Account;
use crate::communities::Community;
use crate::media::Part;
use crate::media::address::{EmojiAddresses, RemotePart, signed_for};
use crate::media::portrait::Portrait;

/// What is asked each time something is shown, so that nothing has to be looked up.
pub struct Shelf {
    /// By community and code.
    own: Arc<HashMap<i64, HashMap<String, Emoji>>>,
    /// Which version of all emoji this is; 0 for one that was not read.
    version: i64,
    /// Where each community is served.
    origins: HashMap<i64, String>,
    addresses: EmojiAddresses,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

/// Two communities are the same whatever stands on the shelf that they share.
impl PartialEq for Shelf {
    fn eq(&self, _: &Shelf) -> bool {
        true
    }
}

impl Eq for Shelf {}

impl Shelf {
    pub(super) fn new(
        all: Vec<Emoji>,
        version: i64,
        addresses: EmojiAddresses,
        origins: HashMap<i64, String>,
    ) -> Shelf {
        let mut own: HashMap<i64, HashMap<String, Emoji>> = HashMap::new();
        for emoji in all {
            let of_community = own.entry(emoji.community_id).or_default();
            of_community.insert(emoji.shortcode.clone(), emoji);
        }
        Shelf {
            own: Arc::new(own),
            version,
            origins,
            addresses,
        }
    }

    /// Without any, for a community that is about to be founded.
    pub fn empty(addresses: EmojiAddresses) -> Shelf {
        Shelf::new(Vec::new(), 0, addresses, HashMap::new())
    }

    /// The same emoji, of communities that are served there by now; `None` where they are of another version.
    pub(super) fn again(&self, version: i64, origins: &HashMap<i64, String>) -> Option<Shelf> {
        (self.version == version).then(|| Shelf {
            own: self.own.clone(),
            version,
            origins: origins.clone(),
            addresses: self.addresses.clone(),
        })
    }

    /// The emoji of a community that apps offer, by code.
    pub fn offered(&self, community: i64) -> Vec<Shown> {
        let all = self.own.get(&community).into_iter().flatten();
        let mut offered: Vec<Shown> = all
            .filter(|(_, emoji)| emoji.is_on && emoji.is_listed)
            .filter_map(|(_, emoji)| self.ours(emoji))
            .collect();
        offered.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        offered
    }

    /// The emoji that stand in these words of somebody's, for a viewer at `here`: for who lives here those of their community,
    /// otherwise those that came with the words. Each once.
    pub fn used(
        &self,
        by: &Account,
        came: &[Remote],
        (viewer, here): (&Party, &Community),
        words: &[Words<'_>],
    ) -> Vec<Shown> {
        if by.is_local() {
            return self.used_at_home(by, words);
        }
        let codes = Words::codes(words);
        let used = came
            .iter()
            .filter(|remote| codes.contains(remote.code.as_str()));
        used.filter_map(|remote| self.theirs(by.id, remote, viewer, here))
            .collect()
    }

    /// The emoji that stand in these words of somebody who lives here; none for others.
    pub fn used_at_home(&self, by: &Account, words: &[Words<'_>]) -> Vec<Shown> {
        let used = self.used_of_own(by, words).into_iter();
        used.filter_map(|emoji| self.ours(emoji)).collect()
    }

    /// The emoji of their own community that stand in these words of somebody who lives here.
    pub(super) fn used_of_own(&self, by: &Account, words: &[Words<'_>]) -> Vec<&Emoji> {
        match by.community_id {
            Some(community) => self.of_community(community, words),
            None => Vec::new(),
        }
    }

    /// The emoji of a community that stand in these words of its own.
    pub fn used_in(&self, community: i64, words: &[Words<'_>]) -> Vec<Shown> {
        let used = self.of_community(community, words).into_iter();
        used.filter_map(|emoji| self.ours(emoji)).collect()
    }

    fn of_community(&self, community: i64, words: &[Words<'_>]) -> Vec<&Emoji> {
        let mut used: Vec<&Emoji> = Vec::new();
        let Some(own) = self.own.get(&community) else {
            return used;
        };
        let mut seen: HashSet<&str> = HashSet::new();
        for words in words {
            words.each_code(&mut |code| {
                if seen.insert(code) {
                    used.extend(own.get(code).filter(|emoji| emoji.is_on));
                }
            });
        }
        used
    }

    /// One of a community's own by its code, while it is on.
    pub fn own(&self, community: i64, code: &str) -> Option<&Emoji> {
        let own = self.own.get(&community)?;
        own.get(code).filter(|emoji| emoji.is_on)
    }

    /// One of ours, as everybody sees it.
    pub fn ours(&self, emoji: &Emoji) -> Option<Shown> {
        let url = self.address(emoji)?;
        let origin = self.origins.get(&emoji.community_id)?;
        let still = self
            .addresses
            .ours(origin, &emoji.file_key, Part::Small, &emoji.still_type);
        Some(Shown {
            code: emoji.shortcode.clone(),
            still_url: still.unwrap_or_else(|| url.clone()),
            url,
            is_listed: emoji.is_listed,
            category: Some(emoji.category.clone()).filter(|category| !category.is_empty()),
        })
    }

    /// Where one of ours is.
    pub(super) fn address(&self, emoji: &Emoji) -> Option<String> {
        let origin = self.origins.get(&emoji.community_id)?;
        self.addresses
            .ours(origin, &emoji.file_key, Part::Original, &emoji.file_type)
    }

    /// Our copy of a picture that an account elsewhere has at `url`, as a viewer at `here` sees it. None for other servers. It
    /// stands here because everything that shows people has a shelf at hand.
    pub fn portrait(
        &self,
        (by, which, url): (i64, Portrait, &str),
        part: RemotePart,
        viewer: &Party,
        here: &Community,
    ) -> Option<String> {
        let reader = (here.origin.as_str(), signed_for(viewer)?);
        Some(self.addresses.portrait(reader, by, which, url, part))
    }

    /// One that an account elsewhere uses, as a viewer at `here` sees it: from our copy. None for other servers.
    pub fn theirs(
        &self,
        by: i64,
        remote: &Remote,
        viewer: &Party,
        here: &Community,
    ) -> Option<Shown> {
        let reader = (here.origin.as_str(), signed_for(viewer)?);
        let copy = |part| self.addresses.theirs(reader, by, &remote.url, part);
        Some(Shown {
            code: remote.code.clone(),
            url: copy(RemotePart::Original),
            still_url: copy(RemotePart::Small),
            is_listed: false,
            category: None,
        })
    }
}
