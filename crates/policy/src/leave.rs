//! Leave: what the author of a thing lays down about who may do what with it, one act at a time.

use comity_vocab::Iri;

use crate::{Act, Outcome};

/// Some of those to whom an author gives leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whom {
    /// Whoever may see the thing.
    Everyone,
    /// Whoever follows the author.
    Followers,
    /// Whomever the author follows.
    Following,
    /// One account.
    Person(Iri),
}

/// Who may do one thing. Others than these may not, but for the author.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Leave {
    /// They may at once.
    pub freely: Vec<Whom>,
    /// They may once the author says yes.
    pub asking: Vec<Whom>,
}

/// What the author says of each act; nothing said is leave for whoever may see it. Who reads a document in which silence
/// means something else, as it does about quotes, says so in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    /// Of answers.
    pub reply: Option<Leave>,
    /// Of favourites and reactions.
    pub favourite: Option<Leave>,
    /// Of boosts.
    pub reblog: Option<Leave>,
    /// Of quotes.
    pub quote: Option<Leave>,
}

/// How somebody stands to the author of a thing.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Their address.
    pub iri: &'a Iri,
    /// They follow the author.
    pub follows: bool,
    /// The author follows them.
    pub followed: bool,
    /// The thing names them.
    pub is_addressed: bool,
}

impl Wishes {
    /// What is said of this act.
    pub fn of(&self, act: Act) -> Option<&Leave> {
        match act {
            Act::Reply => self.reply.as_ref(),
            Act::Favourite | Act::React => self.favourite.as_ref(),
            Act::Reblog => self.reblog.as_ref(),
            Act::Quote => self.quote.as_ref(),
            _ => None,
        }
    }

    /// Whether nothing is said of any.
    pub fn is_silent(&self) -> bool {
        *self == Wishes::default()
    }

    /// What the author says to this act by somebody. Whom a thing names may always answer it, as GoToSocial has it:
    /// nobody is spoken of who may not speak.
    pub fn answer(&self, act: Act, standing: Standing<'_>) -> Outcome {
        match self.of(act) {
            None => Outcome::Allow,
            Some(_) if act == Act::Reply && standing.is_addressed => Outcome::Allow,
            Some(leave) => leave.answer(standing),
        }
    }
}

impl Leave {
    /// Leave for whoever may see the thing, and nobody need be asked: as much as nothing said.
    pub fn is_everybodys(&self) -> bool {
        self.freely.contains(&Whom::Everyone)
            && self.asking.iter().all(|whom| *whom == Whom::Everyone)
    }

    /// Who is named more closely counts before who is named with others, and of two equally close the wider leave
    /// (GoToSocial, *Conflicting / Duplicate Values*).
    pub fn answer(&self, standing: Standing<'_>) -> Outcome {
        let is_meant = |whom: &Whom, close: u8| {
            close == whom.closeness()
                && match whom {
                    Whom::Everyone => true,
                    Whom::Followers => standing.follows,
                    Whom::Following => standing.followed,
                    Whom::Person(iri) => iri == standing.iri,
                }
        };
        for close in [2, 1, 0] {
            if self.freely.iter().any(|whom| is_meant(whom, close)) {
                return Outcome::Allow;
            }
            if self.asking.iter().any(|whom| is_meant(whom, close)) {
                return Outcome::Hold;
            }
        }
        Outcome::Refuse
    }
}

impl Whom {
    /// A person is closer than a group, a group closer than everybody.
    fn closeness(&self) -> u8 {
        match self {
            Whom::Everyone => 0,
            Whom::Followers | Whom::Following => 1,
            Whom::Person(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(name: &str) -> Iri {
        Iri::parse(&format!("https://a.example/users/{name}")).unwrap()
    }

    #[test]
    fn whoever_is_named_more_closely_counts_first() {
        let (ann, ben, cleo) = (iri("ann"), iri("ben"), iri("cleo"));
        let of = |iri, follows| Standing {
            iri,
            follows,
            followed: false,
            is_addressed: false,
        };
        let leave = Leave {
            freely: vec![Whom::Person(ann.clone()), Whom::Followers],
            asking: vec![Whom::Everyone, Whom::Person(ben.clone())],
        };
        assert_eq!(leave.answer(of(&ann, false)), Outcome::Allow);
        assert_eq!(leave.answer(of(&ben, true)), Outcome::Hold, "named alone");
        assert_eq!(leave.answer(of(&cleo, true)), Outcome::Allow);
        assert_eq!(leave.answer(of(&cleo, false)), Outcome::Hold);
        let nobody = Leave::default();
        assert_eq!(nobody.answer(of(&ann, true)), Outcome::Refuse);
        let said = Wishes {
            reply: Some(nobody),
            ..Wishes::default()
        };
        let named = Standing {
            is_addressed: true,
            ..of(&ann, false)
        };
        assert_eq!(said.answer(Act::Reply, named), Outcome::Allow);
        assert_eq!(
            said.answer(Act::Reblog, named),
            Outcome::Allow,
            "nothing is said of it"
        );
    }
}
