//! Notifications as a page. Looking at it is reading them.

pub mod policy;

use std::collections::HashMap;

use axum::extract::State;

use comity_policy::{Conditions, Mode, Pattern, Rule, Scope, Stance, Visible, Way};

use super::{Doer, Kind, Notification, OfRule};
use crate::app::App;
use crate::collections;
use crate::conversations;
use crate::emojis::html::in_plain;
use crate::error::Result;
use crate::filters::Context;
use crate::http::{Me, Page, Reply, Visit};
use crate::markers;
use crate::moderation::Action;
use crate::reactions::{self, Reaction};
use crate::rules;
use crate::rules::notices::{self, Cause};
use crate::sign_ups::Standing;
use crate::statuses::text;
use crate::statuses::web::{Reader, path};
use crate::text::plain;
use crate::web::view::{NavItem, NotificationKind, NotificationRow, NotificationsPage, ToldView};
use crate::web::{cleared_view, frame, person_view, time};

/// Faces shown of a group.
const FACES: usize = 8;
/// Letters quoted of the post that a group is about.
const QUOTED: usize = 120;

/// So often it is read on where the gate hides much.
const MOST_ROUNDS: usize = 5;

/// `GET /notifications`
pub async fn page(State(app): State<App>, me: Me, visit: Visit, page: Page) -> Result<Reply> {
    let most = usize::try_from(page.limit).unwrap_or_default();
    let mut found = Vec::with_capacity(most);
    let mut newest = None;
    let mut last = None;
    let mut max_id = page.below();
    for _ in 0..MOST_ROUNDS {
        let stretch = super::list(&app, &me.account, max_id, page.limit).await?;
        newest = newest.or(stretch.first);
        last = stretch.last;
        found.extend(stretch.shown);
        match last {
            Some(read) if found.len() < most => max_id = read,
            _ => break,
        }
    }
    if found.len() > most {
        found.truncate(most);
        last = found.last().map(|notification| notification.id);
    }
    let older = page.older("/notifications", most, last);
    let rows = rows(&app, &me, &visit, &found).await?;
    let frame = frame(&app, &visit, "Notifications", NavItem::Notifications).await?;
    if let Some(newest) =
        newest.filter(|id| page.max_id.is_none() && *id > me.member.notifications_read_id)
    {
        markers::read_notifications(&app.db, me.account.id, newest, app.now_ms()).await?;
    }
    Ok(Reply::page(NotificationsPage { frame, rows, older }))
}

/// Neighbours of one kind about one post become one row; of favourites, those that say the same emoji or none.
async fn rows(
    app: &App,
    me: &Me,
    visit: &Visit,
    found: &[Notification],
) -> Result<Vec<NotificationRow>> {
    let statuses: Vec<_> = found
        .iter()
        .filter_map(|notification| notification.status.as_deref())
        .collect();
    let reader = Reader::of(app, visit, Way::Notification, &statuses).await?;
    let threads = statuses.iter().map(|status| status.conversation_id);
    let left = conversations::left_by(app, &me.account, threads.collect()).await?;
    let said = said(app, found).await?;
    let of_rules = found.iter().filter_map(|notification| notification.of_rule);
    let causes = notices::causes(app, of_rules.map(|of_rule| of_rule.rule_id).collect()).await?;
    let now = app.now_ms();
    let mut rows: Vec<NotificationRow> = Vec::new();
    let mut last: Option<(Kind, Option<i64>, Option<&Reaction>)> = None;
    for notification in found {
        let about = notification.status.as_deref();
        let whole = matches!(
            notification.kind,
            Kind::Mention | Kind::Quote | Kind::Status
        );
        // Other kinds are about posts of the reader, which no filter is for.
        let context = Some(Context::Notifications);
        let view = about
            .filter(|_| whole)
            .map(|status| reader.view_in(context, status, None));
        let Some(mut status) = view.map_or(Some(None), |view| view.map(Some)) else {
            continue;
        };
        let leave = about
            .filter(|status| !left.contains(&status.conversation_id))
            .map(|status| status.id);
        if let Some(post) = &mut status {
            post.viewer.may_leave = leave.is_some();
        }
        let from = &*notification.from;
        let reaction = about
            .filter(|_| notification.kind == Kind::Favourite)
            .and_then(|status| said.get(&(from.id, status.id)));
        let key = (notification.kind, about.map(|status| status.id), reaction);
        // Who asks to follow is a stranger: their server does not learn yet that they were looked at.
        let person = match notification.kind {
            Kind::FollowRequest => person_view(from, &visit.community),
            _ => cleared_view(from, from, &visit.community),
        };
        let is_new = notification.id > me.member.notifications_read_id;
        let groups = matches!(
            notification.kind,
            Kind::Favourite | Kind::Reblog | Kind::Follow
        );
        if let Some(row) = rows
            .last_mut()
            .filter(|row| groups && last == Some(key) && row.is_new == is_new)
        {
            if row.people.len() < FACES {
                row.people.push(person);
            } else {
                row.others += 1;
            }
            continue;
        }
        last = Some(key);
        rows.push(NotificationRow {
            kind: word(notification, me),
            people: vec![person],
            others: 0,
            when_iso: time::iso(notification.created_at),
            when_text: time::words(notification.created_at, now),
            is_new,
            about: match aside(notification) {
                Some((words, _)) => Some(words),
                None => about
                    .filter(|_| !whole)
                    .map(|status| plain::excerpt(&text(status).content, QUOTED)),
            },
            about_url: match aside(notification) {
                Some((_, url)) => url,
                None => about
                    .filter(|_| !whole)
                    .map(|status| path(status, &visit.community)),
            },
            said_html: reaction.map(|reaction| reaction_html(visit, from, reaction)),
            leave: leave.filter(|_| status.is_none()),
            status,
            told: notification.of_rule.map(|of_rule| {
                let of = (notification.kind, of_rule);
                match causes.get(&of_rule.rule_id) {
                    Some(Cause::Rule(rule)) => told(app, visit, of, Some(rule)),
                    Some(Cause::Changed(changed)) => told_of_change(app, visit, of, changed),
                    None => told(app, visit, of, None),
                }
            }),
        });
    }
    Ok(rows)
}

/// What is said of what is about no post, and where it leads.
fn aside(told: &Notification) -> Option<(String, Option<String>)> {
    if let Some(report) = &told.report {
        let at = format!("/moderation/reports/{}", report.id);
        return Some(("Look at the report".to_owned(), Some(at)));
    }
    if let Some(applicant) = &told.applicant {
        let words = match applicant.standing {
            Standing::In => format!("@{} is a member now", applicant.username),
            _ => format!("@{} waits for a yes", applicant.username),
        };
        return Some((words, Some("/sign-ups".to_owned())));
    }
    if let Some(shown) = &told.collection {
        let name = collections::words(&shown.collection).name.clone();
        return Some((name, Some(shown.collection.path())));
    }
    let act = told.warning.as_ref()?;
    let did = match Action::parse(&act.action) {
        Some(Action::Freeze) => "You were kept from signing in",
        Some(Action::Suspend) => "You were suspended, and nothing of yours was shown",
        Some(Action::Limit) => {
            "You are limited: what you write reaches those who follow you, and no public place"
        }
        Some(Action::Mark) => "Files under all that you write are marked as sensitive",
        _ => "You are told",
    };
    let words = if act.reason.is_empty() {
        format!("{did}.")
    } else {
        format!("{did}: {}", act.reason)
    };
    Some((words, None))
}

/// What the favourites among these say by emoji, by who and of which post.
async fn said(app: &App, found: &[Notification]) -> Result<HashMap<(i64, i64), Reaction>> {
    let favourites = found
        .iter()
        .filter(|notification| notification.kind == Kind::Favourite);
    let (by, of): (Vec<i64>, Vec<i64>) = favourites
        .filter_map(|notification| Some((notification.from.id, notification.status.as_ref()?.id)))
        .unzip();
    reactions::of_people(&app.db, by, of).await
}

/// An emoji with its picture; safe HTML. Where a rule drops pictures of whoever says it, its code stays.
fn reaction_html(visit: &Visit, from: &Visible<Doer>, reaction: &Reaction) -> String {
    if from.conditions().contains(Conditions::DROP_MEDIA) {
        return in_plain(&reaction.emoji, &[]);
    }
    let (party, here) = (visit.party(), &visit.community);
    let picture = reactions::entity::picture_by(reaction, from.id, &party, here);
    in_plain(&reaction.emoji, picture.as_slice())
}

/// What the page calls it.
fn word(notification: &Notification, me: &Me) -> NotificationKind {
    match notification.kind {
        Kind::Follow => NotificationKind::Follow,
        Kind::FollowRequest => NotificationKind::Request,
        Kind::Favourite => NotificationKind::Favourite,
        Kind::Reblog => NotificationKind::Reblog,
        Kind::Mention if is_answer(notification, me) => NotificationKind::Reply,
        Kind::Mention => NotificationKind::Mention,
        Kind::Quote => NotificationKind::Quote,
        Kind::Poll => NotificationKind::Poll,
        Kind::Status => NotificationKind::Status,
        Kind::Update => NotificationKind::Update,
        Kind::Suspended => NotificationKind::Suspended,
        Kind::QuotedUpdate => NotificationKind::QuotedUpdate,
        Kind::Restored => NotificationKind::Restored,
        Kind::Report => NotificationKind::Report,
        Kind::SignUp => NotificationKind::SignUp,
        Kind::Warning => NotificationKind::Warning,
        Kind::Collected => NotificationKind::Collected,
        Kind::CollectionChanged => NotificationKind::CollectionChanged,
    }
}

/// What a boundary did to the reader's follows, in a sentence. What is no rule (any more) was the emergency gate.
fn told(app: &App, visit: &Visit, of: (Kind, OfRule), rule: Option<&Rule>) -> ToldView {
    let (kind, of_rule) = of;
    let here = &visit.community.name;
    let whose = match rule.map(|rule| rule.scope) {
        Some(Scope::Operator) => "this installation",
        _ => here.as_str(),
    };
    let whom = rule.map(|rule| rules::whom(app, &rule.pattern));
    let whom = whom.unwrap_or_default();
    let concerns = concerned(of_rule);
    let sentence = match (kind, rule.map(|rule| rule.stance)) {
        (Kind::Suspended, Some(stance)) => format!(
            "A boundary of {whose} now {} {whom}: {concerns} suspended, and come back when it is taken back.",
            if stance == Stance::Refused {
                "refuses"
            } else {
                "restricts"
            },
        ),
        (Kind::Suspended, None) => format!(
            "The emergency gate of {here} is closed to servers it has not known for long: {concerns} suspended, and come back when it opens."
        ),
        (_, Some(_)) => format!(
            "A boundary of {whose} about {whom} has ended: the follows of {} work again.",
            people(of_rule)
        ),
        (_, None) => format!(
            "The emergency gate of {here} is open again: the follows of {} work again.",
            people(of_rule)
        ),
    };
    let standing = rule.filter(|rule| app.gate.book().rule(rule.id).is_some());
    ToldView {
        sentence,
        reason: rule
            .filter(|_| kind == Kind::Suspended)
            .and_then(|rule| rule.reason_for(rules::listener(visit)))
            .map(str::to_owned),
        url: match standing {
            Some(rule) => format!("/boundaries#rule-{}", rule.id.0),
            None => "/boundaries/history".to_owned(),
        },
    }
}

/// What another list or another mode did to the reader's follows, in a sentence.
fn told_of_change(
    app: &App,
    visit: &Visit,
    of: (Kind, OfRule),
    changed: &notices::Changed,
) -> ToldView {
    let (kind, of_rule) = of;
    let here = &visit.community.name;
    let suspended = kind == Kind::Suspended;
    let book = app.gate.book();
    match changed {
        notices::Changed::List {
            owner,
            list,
            removed,
            ..
        } => {
            let name = book.list_name(*list).unwrap_or("that is gone");
            let whose = match owner {
                Scope::Member(..) => format!("Your list {name}"),
                _ => format!("The list {name} of {here}"),
            };
            let did = match removed {
                None => "names more now",
                Some(_) => "names fewer now",
            };
            let undone = match removed {
                None => "they are taken off it",
                Some(_) => "they are on it again",
            };
            let sentence = if suspended {
                format!(
                    "{whose} {did}: {} suspended, and come back when {undone}.",
                    concerned(of_rule)
                )
            } else {
                format!(
                    "{whose} {did}: the follows of {} work again.",
                    people(of_rule)
                )
            };
            let mut rules = book.rules_of(*owner);
            let rule = rules.find(|rule| rule.pattern == Pattern::List(*list));
            ToldView {
                sentence,
                reason: rule
                    .filter(|_| suspended)
                    .and_then(|rule| rule.reason_for(rules::listener(visit)))
                    .map(str::to_owned),
                url: match rule {
                    Some(rule) => format!("/boundaries#rule-{}", rule.id.0),
                    None => "/boundaries/history".to_owned(),
                },
            }
        }
        notices::Changed::Mode { to, .. } => {
            let meets = match to {
                Mode::Open => "welcomes servers that no rule names",
                Mode::Cautious => "asks about servers that it has not known for long",
                Mode::AllowList => "talks only with servers that a rule lets in",
            };
            let sentence = if suspended {
                format!(
                    "{here} now {meets}: {} suspended, and come back when that changes or a rule lets them in.",
                    concerned(of_rule)
                )
            } else {
                format!(
                    "{here} now {meets}: the follows of {} work again.",
                    people(of_rule)
                )
            };
            ToldView {
                sentence,
                reason: None,
                url: "/about#mode".to_owned(),
            }
        }
    }
}

/// "3 people you follow and 2 who follow you are"
fn concerned(of_rule: OfRule) -> String {
    let one = of_rule.following + of_rule.followers == 1;
    format!("{} {}", people(of_rule), if one { "is" } else { "are" })
}

/// "3 people you follow and 2 who follow you"
fn people(of_rule: OfRule) -> String {
    match (of_rule.following, of_rule.followers) {
        (1, 0) => "one person you follow".to_owned(),
        (some, 0) => format!("{some} people you follow"),
        (0, 1) => "one person who follows you".to_owned(),
        (0, some) => format!("{some} people who follow you"),
        (1, 1) => "one person you follow and one who follows you".to_owned(),
        (1, some) => format!("one person you follow and {some} who follow you"),
        (some, 1) => format!("{some} people you follow and one who follows you"),
        (some, others) => format!("{some} people you follow and {others} who follow you"),
    }
}

fn is_answer(notification: &Notification, me: &Me) -> bool {
    let answered = notification
        .status
        .as_ref()
        .and_then(|status| status.in_reply_to.as_ref());
    answered.is_some_and(|account| account.id == me.account.id)
}
