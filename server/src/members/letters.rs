//! Letters to members: what is promised to the queue, and what they say. A job holds who it is about; the address, the
//! words and what opens the door are looked up and made when the letter goes.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_db::Tx;
use serde::{Deserialize, Serialize};

use super::links::{self, Purpose};
use super::{Member, credential, find};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::http::Kind;
use crate::mail::{self, Letter, NotSent};
use crate::moderation;
use crate::queue::{self, Job, Outcome};
use crate::sign_ups;
use crate::web::time;

/// What a letter is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Errand {
    /// Somebody forgot a password. Whether that is a member is looked up by whoever sends, so that asking takes as long
    /// for a name that is nobody's.
    Forgotten {
        /// Where.
        community: i64,
        /// As typed: a name, a handle or an address.
        name: String,
    },
    /// They are a member: this one is to get what a new password is chosen with.
    Reset {
        /// Who.
        member: i64,
    },
    /// A member is to show that they read what is sent to an address.
    Address {
        /// Who.
        member: i64,
    },
    /// A member's password was changed.
    PasswordChanged {
        /// Whose.
        member: i64,
    },
    /// Somebody who wants to join is to show that an address is theirs.
    ConfirmSignUp {
        /// Who.
        applicant: i64,
    },
    /// Moderators said yes to them.
    LetIn {
        /// Whom.
        applicant: i64,
    },
    /// Moderators said no.
    TurnedDown {
        /// To whom.
        applicant: i64,
    },
    /// A member's second step was turned on or off.
    SecondStep {
        /// Whose.
        member: i64,
        /// Which of the two.
        on: bool,
    },
    /// Something became of a member's passkey.
    Passkey {
        /// Whose.
        member: i64,
        /// As they call it.
        name: String,
        /// What.
        what: OfPasskey,
    },
    /// A member asked to be deleted, or somebody who has their password.
    Leaving {
        /// Who.
        member: i64,
        /// When it happens; unix milliseconds.
        at: i64,
    },
    /// Moderators decided something about a member.
    Decided {
        /// About whom.
        member: i64,
        /// What, by its number in the record.
        act: i64,
    },
    /// A member has another address; the old one is told.
    AddressChanged {
        /// Whose.
        member: i64,
        /// The old one.
        old: String,
    },
}

/// What became of a passkey.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum OfPasskey {
    /// It lets them in from now on.
    Added,
    /// It does not any more.
    Removed,
    /// It counted backwards, so it does not any more.
    Refused,
}

impl Errand {
    /// Letters of one lane go one after the other. Lanes are logged, and what somebody typed is not.
    pub(crate) fn lane(&self) -> String {
        match self {
            Errand::Forgotten { community, name } => {
                let hash = digest(&SHA256, name.as_bytes());
                let hash = URL_SAFE_NO_PAD.encode(hash.as_ref());
                format!("letters to {hash} of {community}")
            }
            Errand::ConfirmSignUp { applicant: member }
            | Errand::LetIn { applicant: member }
            | Errand::TurnedDown { applicant: member }
            | Errand::Reset { member }
            | Errand::Address { member }
            | Errand::PasswordChanged { member }
            | Errand::SecondStep { member, .. }
            | Errand::Passkey { member, .. }
            | Errand::Leaving { member, .. }
            | Errand::Decided { member, .. }
            | Errand::AddressChanged { member, .. } => format!("letters to {member}"),
        }
    }
}

/// Promises a letter in the caller's transaction; where none are sent, nothing.
pub fn promise(tx: &mut Tx, app: &App, errand: Errand) -> Result<()> {
    if !mail::is_on(app) {
        return Ok(());
    }
    let asked_at = app.now_ms();
    queue::push(tx, app, &Job::SendLetter { errand, asked_at })
}

/// Writes the letter and hands it over.
pub(crate) async fn send(app: &App, errand: &Errand, asked_at: i64) -> Outcome {
    if app.now_ms() - asked_at > mail::TRIED_FOR_MS {
        let why = "the mail server did not take it for a day".to_owned();
        return Outcome::Abandon { why };
    }
    let written = match write(app, errand).await {
        Ok(written) => written,
        Err(error) => return error.into(),
    };
    let Some((community, letter)) = written else {
        return Outcome::Done;
    };
    match mail::send(app, &community, &letter).await {
        Ok(()) => Outcome::Done,
        Err(NotSent::Never(why)) => Outcome::Abandon { why },
        Err(NotSent::NotNow(why)) => Outcome::Retry {
            after_ms: None,
            why,
        },
    }
}

type Written = Option<(Arc<Community>, Letter)>;

async fn write(app: &App, errand: &Errand) -> Result<Written> {
    match errand {
        Errand::Forgotten { community, name } => forgotten(app, *community, name).await,
        Errand::Reset { member } => reset(app, *member).await,
        Errand::Address { member } => address(app, *member).await,
        Errand::ConfirmSignUp { applicant } => sign_ups::letters::confirm(app, *applicant).await,
        Errand::LetIn { applicant } => sign_ups::letters::let_in(app, *applicant).await,
        Errand::TurnedDown { applicant } => sign_ups::letters::turned_down(app, *applicant).await,
        Errand::PasswordChanged { member } => {
            let Some(who) = Who::find(app, *member).await? else {
                return Ok(None);
            };
            let text = format!(
                "The password of {} was changed. Every browser was signed out, every passkey ended, and every app has to ask again.\n\n\
                 If it was not you, ask for a new password now:\n\n{}/forgotten",
                who.account.handle(),
                who.community.origin
            );
            Ok(Some(who.letter("your password was changed", &text)))
        }
        Errand::SecondStep { member, on } => {
            let Some(who) = Who::find(app, *member).await? else {
                return Ok(None);
            };
            let now = if *on {
                "needs a code besides the password from now on"
            } else {
                "needs no code besides the password any more"
            };
            let text = format!(
                "Signing in as {} {now}.\n\nIf it was not you, change your password now:\n\n{}/forgotten",
                who.account.handle(),
                who.community.origin
            );
            let about = if *on {
                "your second step is on"
            } else {
                "your second step is off"
            };
            Ok(Some(who.letter(about, &text)))
        }
        Errand::Passkey { member, name, what } => {
            let who = Who::find(app, *member).await?;
            Ok(who.map(|who| passkey(&who, name, *what)))
        }
        Errand::Leaving { member, at } => {
            let who = Who::find(app, *member).await?;
            let Some(who) = who.filter(|who| who.member.leaves_at == Some(*at)) else {
                return Ok(None);
            };
            let text = format!(
                "{} is deleted on {}, with all that belongs to it, as was asked for with its password.\n\n\
                 Until then nobody sees it. To keep it, or if it was not you, sign in before that day:\n\n{}/sign-in",
                who.account.handle(),
                time::day(*at),
                who.community.origin
            );
            Ok(Some(who.letter("your account is to be deleted", &text)))
        }
        Errand::Decided { member, act } => {
            let Some(who) = Who::find(app, *member).await? else {
                return Ok(None);
            };
            let (here, to) = (&who.community, &who.member.email);
            let letter = moderation::letters::decided(app, here, &who.account, to, *act).await?;
            Ok(letter.map(|letter| (who.community.clone(), letter)))
        }
        Errand::AddressChanged { member, old } => {
            let Some(who) = Who::find(app, *member).await? else {
                return Ok(None);
            };
            let text = format!(
                "{} has another e-mail address now, and this one gets no more letters about it.\n\n\
                 If it was not you, write to those who look after {}; {}/about names them.",
                who.account.handle(),
                who.community.name,
                who.community.origin
            );
            Ok(Some(who.letter_to(old, "your address was changed", &text)))
        }
    }
}

/// Looks up who that is, counts, and promises them the letter: a mail server that says "later" costs no second count.
async fn forgotten(app: &App, community: i64, name: &str) -> Result<Written> {
    let Some(community) = app.communities.load().by_id(community) else {
        return Ok(None);
    };
    let Some(credential) = credential(app, &community, name).await? else {
        return Ok(None);
    };
    let id = credential.account_id;
    // Nobody is told that there were too many: the page said the same as ever.
    if app
        .limits
        .check(Kind::LetterTo, &format!("reset {id}"))
        .is_err()
    {
        return Ok(None);
    }
    let mut tx = Tx::new();
    promise(&mut tx, app, Errand::Reset { member: id })?;
    app.commit_and_ring(tx).await?;
    Ok(None)
}

async fn reset(app: &App, member: i64) -> Result<Written> {
    let Some(who) = Who::find(app, member).await? else {
        return Ok(None);
    };
    let token = links::make(app, member, Purpose::Reset, &who.member.email).await?;
    let text = format!(
        "Somebody, we hope you, asked for a new password for {}. Choose one here:\n\n{}/reset/{}\n\n\
         The address is good once, for an hour. If it was not you, do nothing: your password is still the old one.",
        who.account.handle(),
        who.community.origin,
        token.reveal()
    );
    Ok(Some(who.letter("a new password", &text)))
}

async fn address(app: &App, member: i64) -> Result<Written> {
    let Some(who) = Who::find(app, member).await? else {
        return Ok(None);
    };
    let to = match (&who.member.email_wanted, who.member.email_confirmed_at) {
        (Some(wanted), _) => wanted.clone(),
        (None, None) => who.member.email.clone(),
        (None, Some(_)) => return Ok(None),
    };
    let token = links::make(app, member, Purpose::Address, &to).await?;
    let text = format!(
        "{} says that letters to this address reach them. If that is you, say so here:\n\n{}/confirm/{}\n\n\
         The address is good once, for two days. If it is not you, do nothing, and no more will come.",
        who.account.handle(),
        who.community.origin,
        token.reveal()
    );
    Ok(Some(who.letter_to(&to, "is this your address?", &text)))
}

fn passkey(who: &Who, name: &str, what: OfPasskey) -> (Arc<Community>, Letter) {
    let (handle, origin) = (who.account.handle(), &who.community.origin);
    let (about, text) = match what {
        OfPasskey::Added => (
            "you have a new passkey",
            format!(
                "The passkey \"{name}\" signs in as {handle} from now on.\n\n\
                 If it was not you, choose a new password now, which ends every passkey:\n\n{origin}/forgotten"
            ),
        ),
        OfPasskey::Removed => (
            "a passkey was removed",
            format!(
                "The passkey \"{name}\" does not sign in as {handle} any more.\n\n\
                 If it was not you, choose a new password now:\n\n{origin}/forgotten"
            ),
        ),
        OfPasskey::Refused => (
            "a passkey may have been copied",
            format!(
                "Somebody wanted to sign in as {handle} with the passkey \"{name}\", whose count went backwards, as that of a \
                 copy would. They were not let in, and it opens nothing any more.\n\n\
                 Sign in with your password, remove it, and make a new one:\n\n{origin}/settings/passkeys"
            ),
        ),
    };
    who.letter(about, &text)
}

/// Whom a letter is about.
struct Who {
    member: Member,
    account: Arc<Account>,
    community: Arc<Community>,
}

impl Who {
    /// None once they left.
    async fn find(app: &App, id: i64) -> Result<Option<Who>> {
        let member = match find(app, id).await {
            Ok(member) => member,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let account = accounts::find(app, id).await?;
        let community = app.communities.load().by_id(member.community_id);
        Ok(community
            .filter(|_| account.gone_at.is_none())
            .map(|community| Who {
                member,
                account,
                community,
            }))
    }

    fn letter(&self, about: &str, text: &str) -> (Arc<Community>, Letter) {
        self.letter_to(&self.member.email, about, text)
    }

    fn letter_to(&self, to: &str, about: &str, text: &str) -> (Arc<Community>, Letter) {
        let letter = signed(&self.community, to, about, text);
        (self.community.clone(), letter)
    }
}

/// A letter of this community, with its name above and below.
pub(crate) fn signed(community: &Community, to: &str, about: &str, text: &str) -> Letter {
    Letter {
        to: to.to_owned(),
        subject: format!("{}: {about}", community.name),
        text: format!("{text}\n\n-- \n{}\n{}\n", community.name, community.origin),
    }
}
