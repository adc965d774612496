//! Which accounts a moderator's app asks for, in the words of both versions: each chooses, or is refused with the reason.

use comity_vocab::Domain;
use serde::Deserialize;

use crate::accounts::entity::role_of;
use crate::error::{Error, Result};
use crate::members::{Role, Standing};
use crate::moderation::{Origin, Ruled, Wanted};
use crate::sign_ups::Applicant;

/// As it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    origin: Option<String>,
    status: Option<String>,
    permissions: Option<String>,
    role_ids: Vec<String>,
    invited_by: Option<i64>,
    username: Option<String>,
    display_name: Option<String>,
    by_domain: Option<String>,
    email: Option<String>,
    ip: Option<String>,
    local: Option<bool>,
    remote: Option<bool>,
    active: Option<bool>,
    pending: Option<bool>,
    disabled: Option<bool>,
    silenced: Option<bool>,
    suspended: Option<bool>,
    sensitized: Option<bool>,
    staff: Option<bool>,
}

/// How those who are asked for stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not suspended.
    Active,
    /// They wait for a yes.
    Pending,
    /// Frozen.
    Disabled,
    /// Limited.
    Silenced,
    /// Suspended, or refused.
    Suspended,
    /// Their files are covered.
    Sensitized,
}

impl Status {
    fn parse(word: &str) -> Option<Status> {
        Some(match word {
            "active" => Status::Active,
            "pending" => Status::Pending,
            "disabled" => Status::Disabled,
            "silenced" => Status::Silenced,
            "suspended" => Status::Suspended,
            "sensitized" => Status::Sensitized,
            _ => return None,
        })
    }
}

/// A field that is left empty chooses nothing.
fn given(text: Option<&String>) -> Option<&str> {
    let text = text?.trim();
    (!text.is_empty()).then_some(text)
}

impl Choice {
    /// How they stand: by the word of the second version, or by the first of the first one's ticks.
    pub fn status(&self) -> Result<Option<Status>> {
        if let Some(word) = given(self.status.as_ref()) {
            return Status::parse(word).map(Some).ok_or_else(|| {
                Error::invalid(
                    "status",
                    "must be active, pending, disabled, silenced, suspended or sensitized",
                )
            });
        }
        let ticks = [
            (self.pending, Status::Pending),
            (self.suspended, Status::Suspended),
            (self.silenced, Status::Silenced),
            (self.sensitized, Status::Sensitized),
            (self.disabled, Status::Disabled),
            (self.active, Status::Active),
        ];
        let ticked = ticks.into_iter().find(|(tick, _)| *tick == Some(true));
        Ok(ticked.map(|(_, status)| status))
    }

    /// Where they live.
    pub fn origin(&self) -> Result<Origin> {
        let by_domain = given(self.by_domain.as_ref()).is_some();
        let said = match given(self.origin.as_ref()) {
            Some("local") => Some(Origin::Here),
            Some("remote") => Some(Origin::Elsewhere),
            Some(_) => return Err(Error::invalid("origin", "must be local or remote")),
            None if self.remote == Some(true) => Some(Origin::Elsewhere),
            None if self.local == Some(true) => Some(Origin::Here),
            None => None,
        };
        match said {
            Some(Origin::Here) if by_domain => Err(Error::invalid(
                "by_domain",
                "names people elsewhere; leave it out, or ask for those",
            )),
            Some(origin) => Ok(origin),
            None if by_domain => Ok(Origin::Elsewhere),
            None => Ok(Origin::Here),
        }
    }

    /// What of them is looked at besides.
    pub fn wanted(&self) -> Result<Wanted> {
        let origin = self.origin()?;
        if given(self.ip.as_ref()).is_some() {
            return Err(Error::invalid(
                "ip",
                "cannot be looked up: who came from which network is not kept",
            ));
        }
        let host = given(self.by_domain.as_ref())
            .map(|name| {
                let domain = Domain::parse(name);
                domain.map_err(|_| Error::invalid("by_domain", "names no server"))
            })
            .transpose()?;
        let status = self.status()?;
        let (standing, ruled) = match (status, origin) {
            (None | Some(Status::Pending), _) | (Some(Status::Active), Origin::Elsewhere) => {
                (None, None)
            }
            (Some(Status::Active), Origin::Here) => (Some(Standing::Active), None),
            (Some(Status::Disabled), _) => (Some(Standing::Frozen), None),
            (Some(Status::Suspended), Origin::Here) => (Some(Standing::Suspended), None),
            (Some(Status::Suspended), Origin::Elsewhere) => (None, Some(Ruled::Refused)),
            (Some(Status::Silenced), _) => (None, Some(Ruled::Limited)),
            (Some(Status::Sensitized), _) => (None, Some(Ruled::Marked)),
        };
        let owned = |text: &Option<String>| given(text.as_ref()).map(str::to_owned);
        Ok(Wanted {
            username: owned(&self.username),
            display_name: owned(&self.display_name),
            email: owned(&self.email),
            standing: standing.map(Standing::as_str),
            ruled,
            unrefused: status == Some(Status::Active),
            roles: self.roles()?,
            invited_by: self.invited_by,
            host: host.map(|host| host.as_str().to_owned()),
        })
    }

    /// Those who look after the community, those with these roles, or both at once.
    fn roles(&self) -> Result<Option<Vec<Role>>> {
        let staff = match given(self.permissions.as_ref()) {
            None => self.staff == Some(true),
            Some("staff") => true,
            Some(_) => return Err(Error::invalid("permissions", "must be staff")),
        };
        if !staff && self.role_ids.is_empty() {
            return Ok(None);
        }
        let mut roles = vec![Role::Member, Role::Moderator, Role::Admin];
        roles.retain(|role| !staff || *role >= Role::Moderator);
        if !self.role_ids.is_empty() {
            let asked: Vec<Role> = self.role_ids.iter().filter_map(|id| role_of(id)).collect();
            roles.retain(|role| asked.contains(role));
        }
        Ok(Some(roles))
    }

    /// Of those who wait for a yes, who is asked for: they have a name and an address, and nothing else yet.
    pub fn waiting(&self, all: Vec<Applicant>) -> Result<Vec<Applicant>> {
        let (origin, wanted) = (self.origin()?, self.wanted()?);
        if wanted.invited_by.is_some() {
            return Err(Error::invalid(
                "invited_by",
                "can be asked of members only, and not of those who wait",
            ));
        }
        let are_members = wanted
            .roles
            .as_ref()
            .is_none_or(|roles| roles.contains(&Role::Member));
        let is_like = |wanted: &Option<String>, text: &str| {
            let wanted = wanted.as_deref().unwrap_or_default().to_lowercase();
            text.to_lowercase().contains(&wanted)
        };
        let mut found = all;
        found.retain(|one| {
            origin == Origin::Here
                && are_members
                && is_like(&wanted.username, &one.username)
                && is_like(&wanted.display_name, &one.username)
                && is_like(&wanted.email, &one.email)
        });
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_chosen_by_is_refused() {
        let word = |word: &str| Some(word.to_owned());
        let wrong = [
            Choice {
                ip: word("192.0.2.1"),
                ..Choice::default()
            },
            Choice {
                origin: word("mars"),
                ..Choice::default()
            },
            Choice {
                status: word("sleepy"),
                ..Choice::default()
            },
            Choice {
                permissions: word("everything"),
                ..Choice::default()
            },
            Choice {
                by_domain: word("two words"),
                ..Choice::default()
            },
            Choice {
                local: Some(true),
                by_domain: word("island.example"),
                ..Choice::default()
            },
        ];
        for choice in wrong {
            assert!(choice.wanted().is_err(), "{choice:?}");
        }
        let blank = Choice {
            origin: word(""),
            ip: word(" "),
            by_domain: word(""),
            ..Choice::default()
        };
        assert!(blank.wanted().is_ok());
    }

    #[test]
    fn roles_are_those_that_both_words_let_through() {
        let staff = Choice {
            staff: Some(true),
            role_ids: vec!["1".to_owned(), "-99".to_owned()],
            ..Choice::default()
        };
        assert_eq!(staff.roles().unwrap(), Some(vec![Role::Moderator]));
        let nobodys = Choice {
            role_ids: vec!["77".to_owned()],
            ..Choice::default()
        };
        assert_eq!(nobodys.roles().unwrap(), Some(Vec::new()));
        assert_eq!(Choice::default().roles().unwrap(), None);
    }
}
