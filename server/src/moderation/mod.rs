//! What those who look after a community decide about accounts. A member is frozen or suspended; a member who is limited, or
//! whose files are marked, and somebody elsewhere are met by a rule of the community, with the record that rules have. Each
//! act is written down with who did it and why.

pub mod api;
pub mod entity;
pub(crate) mod letters;
mod listed;
pub mod person;
pub mod record;
mod ruled;
pub mod start;
mod store;
pub mod web;

use std::collections::HashMap;

use comity_db::Tx;
use comity_policy::{Conditions, Pattern, Rule, Stance};

pub use listed::{Origin, Ruled, Wanted};
pub use store::Act;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::leaving;
use crate::members::letters::{Errand, promise};
use crate::members::{self, Member, Role, Standing};
use crate::notifications;
use crate::reports;
use crate::rules::{self, of_community};
use crate::text::length;
use crate::window::Window;

/// Characters of a reason, as rules have it.
const LONGEST_REASON: usize = 2_000;
/// Acts shown about one account, the newest.
const MOST_ACTS: i64 = 100;

/// What is done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing but a note in the record.
    Note,
    /// A member is told the reason, and nothing else happens.
    Warn,
    /// A member cannot sign in; what they wrote stays.
    Freeze,
    /// A member cannot sign in, and nothing of theirs is here for anybody; somebody elsewhere is refused.
    Suspend,
    /// They are shown to who follows them, and nowhere in public.
    Limit,
    /// Files in what they write are covered.
    Mark,
    /// A member who was frozen or suspended can sign in again; the rest stays.
    Admit,
    /// They are not limited any more; the rest stays.
    Unlimit,
    /// Their files are covered no more; the rest stays.
    Unmark,
    /// All that was done is undone.
    Lift,
}

impl Action {
    /// Every one.
    pub const ALL: [Action; 10] = [
        Action::Note,
        Action::Warn,
        Action::Freeze,
        Action::Suspend,
        Action::Limit,
        Action::Mark,
        Action::Admit,
        Action::Unlimit,
        Action::Unmark,
        Action::Lift,
    ];

    /// The word that is stored, and that forms send.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Note => "note",
            Action::Warn => "warn",
            Action::Freeze => "freeze",
            Action::Suspend => "suspend",
            Action::Limit => "limit",
            Action::Mark => "mark",
            Action::Admit => "admit",
            Action::Unlimit => "unlimit",
            Action::Unmark => "unmark",
            Action::Lift => "lift",
        }
    }

    /// Reads [`Action::as_str`].
    pub fn parse(word: &str) -> Option<Action> {
        Action::ALL
            .into_iter()
            .find(|action| action.as_str() == word)
    }

    /// A member is told of it: whatever takes something from them.
    fn is_told(self) -> bool {
        match self {
            Action::Warn | Action::Freeze | Action::Suspend | Action::Limit | Action::Mark => true,
            Action::Note | Action::Admit | Action::Unlimit | Action::Unmark | Action::Lift => false,
        }
    }
}

/// What a moderator decides about an account.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// What is done.
    pub action: Action,
    /// Why; a member who is told reads it.
    pub reason: &'a str,
    /// The report that it closes.
    pub report_id: Option<i64>,
    /// A member who is told gets a letter besides the notification, where letters are sent.
    pub by_letter: bool,
}

impl Deed<'_> {
    /// This, without a word, and nothing else.
    pub fn only(action: Action) -> Deed<'static> {
        Deed {
            action,
            reason: "",
            report_id: None,
            by_letter: false,
        }
    }
}

/// An account as moderators see it.
#[derive(Debug)]
pub struct Subject {
    /// Whose.
    pub account: std::sync::Arc<Account>,
    /// If they live in the community.
    pub member: Option<Member>,
    /// The community's rule about this very account.
    pub rule: Option<Rule>,
}

impl Subject {
    /// They cannot sign in.
    pub fn is_frozen(&self) -> bool {
        self.standing() == Some(Standing::Frozen)
    }

    /// Nothing of theirs is here.
    pub fn is_suspended(&self) -> bool {
        self.standing() == Some(Standing::Suspended) || self.stance() == Some(Stance::Refused)
    }

    /// They are shown to who follows them.
    pub fn is_limited(&self) -> bool {
        self.stance() == Some(Stance::Limited)
    }

    /// Files in what they write are covered.
    pub fn is_marked(&self) -> bool {
        let rule = self.rule.as_ref();
        rule.is_some_and(|rule| rule.conditions.contains(Conditions::MARK_SENSITIVE))
    }

    fn standing(&self) -> Option<Standing> {
        Some(self.member.as_ref()?.standing)
    }

    fn stance(&self) -> Option<Stance> {
        Some(self.rule.as_ref()?.stance)
    }
}

/// The community that this member looks after. *Not found* where they look after none.
pub fn looked_after(me: &Me) -> Result<&Community> {
    if me.member.role < Role::Moderator {
        return Err(Error::NotFound);
    }
    Ok(&me.community)
}

/// An account that the moderators of this community may act upon: a member of it, or somebody elsewhere.
pub async fn find(app: &App, community: &Community, id: i64) -> Result<Subject> {
    let account = accounts::find(app, id).await?;
    subject(app, community, account)
        .await?
        .ok_or(Error::NotFound)
}

async fn subject(
    app: &App,
    community: &Community,
    account: std::sync::Arc<Account>,
) -> Result<Option<Subject>> {
    let member = match account.community_id {
        Some(id) if id == community.id => match members::find(app, account.id).await {
            Ok(member) => Some(member),
            // The account that speaks for the community is nobody's.
            Err(why) if why.is_not_found() => return Ok(None),
            Err(why) => return Err(why),
        },
        Some(_) => return Ok(None),
        None => None,
    };
    let pattern = Pattern::Account(account.iri.clone());
    let book = app.gate.book();
    let rule = book
        .rules_of(of_community(community))
        .find(|rule| rule.pattern == pattern)
        .cloned();
    Ok(Some(Subject {
        account,
        member,
        rule,
    }))
}

/// Some accounts, by number, newest first, and where it goes on.
pub async fn list(
    app: &App,
    community: &Community,
    origin: Origin,
    wanted: &Wanted,
    window: Window,
    limit: i64,
) -> Result<(Vec<Subject>, Option<i64>)> {
    let (page, now_ms) = ((window, limit), app.now_ms());
    let ids = listed::list(&app.db, community.id, origin, wanted, page, now_ms).await?;
    let people = accounts::find_many(app, ids.named.clone()).await?;
    let mut found = Vec::with_capacity(ids.named.len());
    for id in &ids.named {
        if let Some(account) = people.get(id) {
            found.extend(subject(app, community, account.clone()).await?);
        }
    }
    Ok((found, ids.oldest))
}

/// What was done about this account, newest first.
pub async fn acts(app: &App, community: &Community, account_id: i64) -> Result<Vec<Act>> {
    store::acts(&app.db, community.id, account_id, MOST_ACTS).await
}

/// What was done about anybody, older than a number and the newest first; each with whose account it is about.
pub async fn acts_of_all(
    app: &App,
    community: &Community,
    below: i64,
    most: i64,
) -> Result<Vec<(i64, Act)>> {
    store::acts_of_all(&app.db, community.id, below, most).await
}

/// Of these acts those that are about this account, by number.
pub(crate) async fn acts_upon(
    app: &App,
    account_id: i64,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Act>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let acts = store::acts_upon(&app.db, account_id, ids).await?;
    Ok(acts.into_iter().map(|act| (act.id, act)).collect())
}

/// Does something to an account, and writes it down: both happen, or neither. A member is told what was done to them. With
/// a report, that is closed by it. Nobody acts upon themself, nor upon a member whose role is theirs or higher.
pub async fn act(app: &App, me: &Me, target_id: i64, deed: Deed<'_>) -> Result<()> {
    let community = looked_after(me)?;
    let subject = find(app, community, target_id).await?;
    let Deed {
        action, report_id, ..
    } = deed;
    let reason = deed.reason.trim();
    length::at_most("text", reason, LONGEST_REASON)?;
    if subject.account.id == me.account.id {
        return Err(Error::Forbidden("this is you".to_owned()));
    }
    let report = match report_id {
        Some(id) => Some(reports::find(app, community, me.account.id, id).await?),
        None => None,
    };
    if report
        .as_ref()
        .is_some_and(|report| report.target_id != subject.account.id)
    {
        return Err(Error::invalid("report_id", "is about somebody else"));
    }
    let mut tx = Tx::new();
    let (act_id, now_ms) = (app.next_id(), app.now_ms());
    store::insert_act(
        &mut tx,
        community.id,
        subject.account.id,
        Act {
            id: act_id,
            account_id: me.account.id,
            action: action.as_str().to_owned(),
            reason: reason.to_owned(),
            report_id,
            created_at: now_ms,
        },
    );
    if let Some(member) = subject.member.as_ref().filter(|_| action.is_told()) {
        let id = app.ids.round_at(now_ms);
        let (to, voice) = (member.account_id, community.actor_id);
        notifications::tell_of_warning(&mut tx, id, to, voice, act_id, now_ms);
        if deed.by_letter {
            let errand = Errand::Decided {
                member: to,
                act: act_id,
            };
            promise(&mut tx, app, errand)?;
        }
    }
    if let Some(report) = report.filter(|report| report.resolved_at.is_none()) {
        // The reason is for moderators, and for whom it is about; whoever reported is told none of it.
        reports::close(&mut tx, &report, &me.account, app.now_ms());
    }
    match &subject.member {
        Some(member) => act_on_member(app, tx, me, (&subject, member), action, reason).await,
        None => act_elsewhere(app, tx, me, &subject, action, reason).await,
    }
}

/// Deletes what a suspended account has here, for good: all of a member, who is nobody's name any more, or what somebody
/// elsewhere wrote. Written down as every act is. Refused for whoever is not suspended.
pub async fn delete(app: &App, me: &Me, target_id: i64) -> Result<()> {
    let community = looked_after(me)?;
    let subject = find(app, community, target_id).await?;
    if !subject.is_suspended() {
        return Err(Error::Forbidden(
            "they are not suspended; suspend them first".to_owned(),
        ));
    }
    let mut tx = Tx::new();
    store::insert_act(
        &mut tx,
        community.id,
        subject.account.id,
        Act {
            id: app.next_id(),
            account_id: me.account.id,
            action: "delete".to_owned(),
            reason: String::new(),
            report_id: None,
            created_at: app.now_ms(),
        },
    );
    let Some(member) = &subject.member else {
        if !rules::all_refuse(app, &subject.account.iri) {
            return Err(Error::Forbidden(
                "what they wrote is kept for another community of this server, which has not suspended them".to_owned(),
            ));
        }
        return leaving::delete_copies(app, &subject.account, tx).await;
    };
    if member.role >= me.member.role {
        return Err(Error::Forbidden(
            "they look after the community as you do; ask an admin".to_owned(),
        ));
    }
    leaving::begin(app, member, leaving::When::AtOnce, tx).await?;
    Ok(())
}

async fn act_on_member(
    app: &App,
    mut tx: Tx,
    me: &Me,
    (subject, member): (&Subject, &Member),
    action: Action,
    reason: &str,
) -> Result<()> {
    if member.role >= me.member.role {
        return Err(Error::Forbidden(
            "they look after the community as you do; ask an admin".to_owned(),
        ));
    }
    let standing = match action {
        Action::Note => {
            app.commit(tx).await?;
            return Ok(());
        }
        Action::Warn if reason.is_empty() => {
            return Err(Error::invalid("text", "is empty; say what they are told"));
        }
        Action::Warn => {
            app.commit_and_ring(tx).await?;
            return Ok(());
        }
        Action::Freeze => Standing::Frozen,
        Action::Suspend => Standing::Suspended,
        Action::Admit => Standing::Active,
        Action::Lift => {
            ruled::end(app, &mut tx, me, subject)?;
            Standing::Active
        }
        Action::Limit | Action::Mark | Action::Unlimit | Action::Unmark => {
            return ruled::set(app, tx, me, subject, action, reason).await;
        }
    };
    members::standing::set(app, tx, member, standing, reason).await
}

async fn act_elsewhere(
    app: &App,
    tx: Tx,
    me: &Me,
    subject: &Subject,
    action: Action,
    reason: &str,
) -> Result<()> {
    match action {
        Action::Note => {
            app.commit(tx).await?;
            Ok(())
        }
        Action::Suspend
        | Action::Limit
        | Action::Mark
        | Action::Unlimit
        | Action::Unmark
        | Action::Lift => ruled::set(app, tx, me, subject, action, reason).await,
        Action::Freeze | Action::Warn | Action::Admit => Err(Error::invalid(
            "type",
            "cannot be done to somebody elsewhere; limit or suspend them",
        )),
    }
}
