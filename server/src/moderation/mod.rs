//! What those who look after a community decide about accounts. A member is frozen or suspended; somebody elsewhere is met
//! by a rule of the community, like any other, with the public record that rules have. Each act is written down with who
//! did it and why.

pub mod api;
pub mod entity;
pub mod record;
pub mod start;
mod store;
pub mod web;

use std::collections::HashMap;

use comity_db::Tx;
use comity_policy::{Pattern, Rule, Stance};

pub use store::{Act, Origin};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Me;
use crate::leaving;
use crate::members::{self, Member, Role, Standing};
use crate::notifications;
use crate::reports;
use crate::rules::{self, NewRule, Source, of_community};
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
    /// Somebody elsewhere is shown to who follows them, and nowhere in public.
    Limit,
    /// What was done is undone.
    Lift,
}

impl Action {
    /// Every one.
    pub const ALL: [Action; 6] = [
        Action::Note,
        Action::Warn,
        Action::Freeze,
        Action::Suspend,
        Action::Limit,
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
            Action::Lift => "lift",
        }
    }

    /// Reads [`Action::as_str`].
    pub fn parse(word: &str) -> Option<Action> {
        Action::ALL
            .into_iter()
            .find(|action| action.as_str() == word)
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
    wanted: &store::Wanted,
    window: Window,
    limit: i64,
) -> Result<(Vec<Subject>, Option<i64>)> {
    let ids = store::list(&app.db, community.id, origin, wanted, window, limit).await?;
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
pub async fn act(
    app: &App,
    me: &Me,
    target_id: i64,
    action: Action,
    reason: &str,
    report_id: Option<i64>,
) -> Result<()> {
    let community = looked_after(me)?;
    let subject = find(app, community, target_id).await?;
    let reason = reason.trim();
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
    let is_told = matches!(action, Action::Warn | Action::Freeze | Action::Suspend);
    if let Some(member) = subject.member.as_ref().filter(|_| is_told) {
        let id = app.ids.round_at(now_ms);
        let (to, voice) = (member.account_id, community.actor_id);
        notifications::tell_of_warning(&mut tx, id, to, voice, act_id, now_ms);
    }
    if let Some(report) = report.filter(|report| report.resolved_at.is_none()) {
        // The reason is for moderators, and for whom it is about; whoever reported is told none of it.
        reports::close(&mut tx, &report, &me.account, app.now_ms());
    }
    match &subject.member {
        Some(member) => act_on_member(app, tx, me, member, action, reason).await,
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
    tx: Tx,
    me: &Me,
    member: &Member,
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
        Action::Lift => Standing::Active,
        Action::Limit => {
            return Err(Error::invalid(
                "type",
                "cannot be done to a member; freeze or suspend them",
            ));
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
    let scope = of_community(&me.community);
    let stance = match action {
        Action::Note => None,
        Action::Suspend => Some(Stance::Refused),
        Action::Limit => Some(Stance::Limited),
        Action::Lift => {
            if let Some(rule) = &subject.rule {
                return rules::end_with(app, tx, scope, rule.id.0, Some(me.account.id)).await;
            }
            None
        }
        Action::Freeze | Action::Warn => {
            return Err(Error::invalid(
                "type",
                "cannot be done to somebody elsewhere; limit or suspend them",
            ));
        }
    };
    if let Some(stance) = stance {
        let pattern = Pattern::Account(subject.account.iri.clone());
        rules::check_pattern(app, scope, &pattern)?;
        let new = NewRule {
            reason_moderators: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
            set_by: Some(me.account.id),
            ..NewRule::about(scope, pattern, stance, Source::Person)
        };
        rules::set_with(app, tx, new).await?;
    } else {
        app.commit(tx).await?;
    }
    Ok(())
}
