//! Who a thing is for: `to` and `cc` in, one of five visibilities out, and back.

use std::fmt;

use crate::{Iri, Malformed};

/// The address that stands for everybody. Peers also write `as:Public` and `Public`; reading
/// turns those into this one.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Who may see a thing, as its author chose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Visibility {
    /// Anybody, and public timelines list it.
    Public,
    /// Anybody, but no public timeline lists it.
    Unlisted,
    /// Followers and those addressed.
    Private,
    /// Only those addressed.
    Direct,
    /// Members of the author's community. Ours alone: never leaves it, never read from a peer.
    Local,
}

impl Visibility {
    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Unlisted => "unlisted",
            Visibility::Private => "private",
            Visibility::Direct => "direct",
            Visibility::Local => "local",
        }
    }

    /// The widest that is no wider than `limit`: a reply is seen by nobody who may not see what it answers. Followers
    /// and neighbours are not the same people, so what is between the two is for those addressed.
    #[must_use]
    pub fn narrowed_to(self, limit: Visibility) -> Visibility {
        use Visibility::{Direct, Local, Private, Public, Unlisted};
        match (self, limit) {
            (Direct, _) | (_, Direct) | (Private, Local) | (Local, Private) => Direct,
            (Local, _) | (_, Local) => Local,
            (Private, _) | (_, Private) => Private,
            (Unlisted, _) | (_, Unlisted) => Unlisted,
            (Public, Public) => Public,
        }
    }

    /// Reads the word that [`as_str`](Visibility::as_str) writes.
    pub fn parse(text: &str) -> Result<Visibility, Malformed> {
        match text {
            "public" => Ok(Visibility::Public),
            "unlisted" => Ok(Visibility::Unlisted),
            "private" => Ok(Visibility::Private),
            "direct" => Ok(Visibility::Direct),
            "local" => Ok(Visibility::Local),
            _ => Err(Malformed::new("visibility", "is not one we know")),
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Visibility {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Visibility, Malformed> {
        Visibility::parse(text)
    }
}

/// The visibility that `to` and `cc` spell. Where the author's followers collection is not known,
/// nothing is guessed from the look of an address: the thing counts as direct.
pub fn visibility(to: &[Iri], cc: &[Iri], followers: Option<&Iri>) -> Visibility {
    if to.iter().any(is_public) {
        return Visibility::Public;
    }
    if cc.iter().any(is_public) {
        return Visibility::Unlisted;
    }
    match followers {
        Some(followers) if to.contains(followers) || cc.contains(followers) => Visibility::Private,
        _ => Visibility::Direct,
    }
}

pub(crate) fn is_public(iri: &Iri) -> bool {
    iri.as_str() == PUBLIC
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addressing_spells_a_visibility() {
        let iri = |text: &str| Iri::parse(text).unwrap();
        let everybody = iri(PUBLIC);
        let followers = iri("https://example.org/users/alice/followers");
        let bob = iri("https://example.net/users/bob");
        for (to, cc, expected) in [
            (vec![&everybody], vec![&followers], Visibility::Public),
            (vec![&bob, &everybody], vec![], Visibility::Public),
            (vec![&followers], vec![&everybody], Visibility::Unlisted),
            (vec![&followers], vec![&bob], Visibility::Private),
            (vec![&bob], vec![&followers], Visibility::Private),
            (vec![&bob], vec![], Visibility::Direct),
            (vec![], vec![], Visibility::Direct),
        ] {
            let to: Vec<Iri> = to.into_iter().cloned().collect();
            let cc: Vec<Iri> = cc.into_iter().cloned().collect();
            assert_eq!(visibility(&to, &cc, Some(&followers)), expected);
        }
        let unknown = visibility(std::slice::from_ref(&followers), &[], None);
        assert_eq!(
            unknown,
            Visibility::Direct,
            "followers collections are not guessed"
        );
    }

    #[test]
    fn what_is_narrowed_is_seen_by_nobody_outside_either() {
        use Visibility::{Direct, Local, Private, Public, Unlisted};
        // Who sees a thing of one author, as far as a visibility tells: strangers, followers, neighbours.
        let seen_by = |visibility| match visibility {
            Public | Unlisted => [true, true, true],
            Private => [false, true, false],
            Local => [false, false, true],
            Direct => [false, false, false],
        };
        let all = [Public, Unlisted, Private, Direct, Local];
        for (mine, limit) in all.iter().flat_map(|mine| all.map(|limit| (*mine, limit))) {
            let narrowed = mine.narrowed_to(limit);
            for ((narrowed, mine), limit) in seen_by(narrowed)
                .into_iter()
                .zip(seen_by(mine))
                .zip(seen_by(limit))
            {
                assert_eq!(narrowed, mine && limit);
            }
            assert_eq!(narrowed, limit.narrowed_to(mine), "{mine} {limit}");
        }
        assert_eq!(Private.narrowed_to(Local), Direct);
        assert_eq!(Local.narrowed_to(Private), Direct);
        assert_eq!(Public.narrowed_to(Unlisted), Unlisted);
    }

    #[test]
    fn words_go_there_and_back() {
        for word in ["public", "unlisted", "private", "direct", "local"] {
            assert_eq!(Visibility::parse(word).unwrap().as_str(), word);
        }
        assert!(Visibility::parse("limited").is_err());
    }
}
