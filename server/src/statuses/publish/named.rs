//! Whom a post names: found, each asked of the gate, and told of where it cannot arrive.

use std::sync::Arc;

use comity_policy::{Act, Because, Exchange, Outcome, Party, Person, Subject, Thing, Way};
use comity_vocab::{Domain, Handle, Iri, Visibility};

use super::{Looking, MOST_MENTIONS};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::contacts::{self, Asked};
use crate::error::{Error, Result};
use crate::inbox::resolve;
use crate::rules;
use crate::statuses::policy::Terms;
use crate::statuses::record::NewStatus;

/// Somebody whom a post names, and who would not get it.
#[derive(Debug)]
pub struct Unreached {
    /// Who, with their server.
    pub handle: Handle,
    /// Why: a sentence that the writer may hear.
    pub why: String,
}

impl From<Unreached> for Error {
    /// A mention that the gate refuses, with the reason that its writer may hear.
    fn from(one: Unreached) -> Error {
        Error::invalid(
            "text",
            format!("would not reach {}: {}", one.handle, one.why),
        )
    }
}

/// Whom a status names.
pub(super) struct Named {
    /// By the handle by which each was named.
    pub people: Vec<(Handle, Arc<Account>)>,
    /// Those among them here who are asked about its author first.
    pub asked: Vec<Asked>,
    /// Whom it would not reach: nobody where it is to be published.
    pub unreached: Vec<Unreached>,
}

/// The people that a status names, each asked of the gate. A mention that cannot arrive is refused here, with the
/// reason, instead of being dropped in silence (boundaries L08); before it is published it is only told.
pub(super) async fn named(
    app: &App,
    community: &Arc<Community>,
    author: &Account,
    handles: Vec<Handle>,
    visibility: Visibility,
    looking: Looking,
) -> Result<Named> {
    let me = Party::Member(author.person());
    if handles.len() > MOST_MENTIONS {
        return Err(Error::invalid(
            "text",
            format!("names {} people; {MOST_MENTIONS} fit", handles.len()),
        ));
    }
    let mut people: Vec<(Handle, Arc<Account>)> = Vec::with_capacity(handles.len());
    let mut asked = Vec::new();
    let mut unreached = Vec::new();
    for handle in handles {
        let found = match &handle.domain {
            None => accounts::find_by_handle(app, &handle.username, &community.domain).await?,
            Some(domain) if looking == Looking::AmongTheKnown => {
                let known = accounts::find_by_handle(app, &handle.username, domain).await?;
                if known.is_none() {
                    unreached.extend(barred(app, community, author, &handle, domain).await?);
                }
                known
            }
            Some(domain) => match resolve::handle_for(app, community, author.id, &handle).await {
                Ok(account) => Some(account),
                Err(why) => {
                    told_if_it_matters(app, community, author, &handle, domain, visibility, why)
                        .await?;
                    None
                }
            },
        };
        // A handle of nobody stays plain text.
        let Some(account) = found else { continue };
        if people.iter().any(|(_, known)| known.id == account.id) {
            people.push((handle, account));
            continue;
        }
        if visibility == Visibility::Local && account.community_id != Some(community.id) {
            return Err(Error::invalid(
                "text",
                format!(
                    "names {}, who does not live in {}, where it stays",
                    account.handle(),
                    community.name
                ),
            ));
        }
        let mention = Mention {
            of: &account,
            visibility,
        };
        match rules::may(app, &me, Act::Mention, Way::Page, &mention).await {
            Ok(verdict) => {
                if verdict.outcome == Outcome::Hold && account.is_local() {
                    contacts::ask(app, &mut asked, account.id, true, author).await?;
                }
                people.push((handle, account));
            }
            Err(Error::Forbidden(why)) => {
                let handle = account.handle();
                let one = Unreached { handle, why };
                if looking == Looking::Anywhere {
                    return Err(one.into());
                }
                unreached.push(one);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Named {
        people,
        asked,
        unreached,
    })
}

/// Somebody is named: a message between few may be barred where a public word is not.
struct Mention<'a> {
    of: &'a Account,
    visibility: Visibility,
}

impl Subject for Mention<'_> {
    fn thing(&self) -> Thing {
        let visibility = match self.visibility {
            Visibility::Direct => Visibility::Direct,
            _ => Visibility::Public,
        };
        Thing {
            visibility,
            ..self.of.thing()
        }
    }
}

/// Nobody could be found by this handle. Where a rule bars the way, or where the post is for nobody but whom it names,
/// its writer hears of it.
async fn told_if_it_matters(
    app: &App,
    community: &Arc<Community>,
    author: &Account,
    handle: &Handle,
    domain: &Domain,
    visibility: Visibility,
    why: Error,
) -> Result<()> {
    match why {
        Error::Internal(_) => return Err(why),
        Error::TooMany { after_s } => {
            return Err(Error::invalid(
                "text",
                format!(
                    "names more people than can be looked up at once; try again in {after_s} seconds"
                ),
            ));
        }
        _ => {}
    }
    if let Some(one) = barred(app, community, author, handle, domain).await? {
        return Err(one.into());
    }
    if visibility == Visibility::Direct {
        return Err(Error::invalid(
            "text",
            format!(
                "would not reach {handle}, who cannot be found now; check the name, or try again later"
            ),
        ));
    }
    Ok(())
}

/// Whether a rule bars the way to somebody of whom nothing is known but their server: that is asked about.
async fn barred(
    app: &App,
    community: &Arc<Community>,
    author: &Account,
    handle: &Handle,
    domain: &Domain,
) -> Result<Option<Unreached>> {
    let somebody = Iri::parse(&format!("https://{domain}/"))?;
    let thing = Thing {
        community: Some(community.policy_id()),
        ..Thing::of(Person::stranger(somebody))
    };
    let me = Party::Member(author.person());
    let verdict = app
        .gate
        .judge(&Exchange {
            party: &me,
            act: Act::Mention,
            way: Way::Page,
            thing: &thing,
        })
        .await?;
    Ok((verdict.outcome == Outcome::Refuse).then(|| Unreached {
        handle: handle.clone(),
        why: rules::sentence_to(app, &me, &verdict),
    }))
}

/// Nobody is named in what is kept from them: the mention would not arrive. Only what this author named counts; from
/// whom something is kept that they answer is not theirs to find out.
pub(super) async fn check_named_get_it(app: &App, new: &NewStatus, own: Terms) -> Result<()> {
    if own.kept_from.is_empty() {
        return Ok(());
    }
    let thing = Thing {
        kept_from: own.kept_from,
        ..new.thing()
    };
    for account in new.mentions() {
        let person = account.person();
        let party = if account.is_local() {
            Party::Member(person)
        } else {
            Party::Account(person)
        };
        let verdict = app
            .gate
            .judge(&Exchange {
                party: &party,
                act: Act::Receive,
                way: Way::DirectDelivery,
                thing: &thing,
            })
            .await?;
        if verdict.because == Because::KeptFrom {
            return Err(kept_from_named(&account.handle()));
        }
    }
    Ok(())
}

pub(super) fn kept_from_named(handle: &Handle) -> Error {
    Error::invalid(
        "kept_from",
        format!("keeps it from {handle}, whom it names; leave out one or the other"),
    )
}
