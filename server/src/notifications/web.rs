//! Notifications as a page. Looking at it is reading them.

use axum::extract::State;

use super::{Kind, Notification};
use crate::app::App;
use crate::error::Result;
use crate::http::{Me, Page, Reply, Visit};
use crate::members;
use crate::statuses::text;
use crate::statuses::web::{Reader, path};
use crate::text::plain;
use crate::web::view::{NavItem, NotificationKind, NotificationRow, NotificationsPage};
use crate::web::{frame, person_view, time};

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
        members::read_notifications(&app.db, me.account.id, newest).await?;
    }
    Ok(Reply::page(NotificationsPage { frame, rows, older }))
}

/// Neighbours of one kind about one post become one row.
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
    let reader = Reader::of(app, visit, &statuses).await?;
    let now = app.now_ms();
    let mut rows: Vec<NotificationRow> = Vec::new();
    let mut last: Option<(Kind, Option<i64>)> = None;
    for notification in found {
        let about = notification.status.as_deref();
        let key = (notification.kind, about.map(|status| status.id));
        let person = person_view(&notification.from, &visit.community);
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
        let kind = match notification.kind {
            Kind::Follow => NotificationKind::Follow,
            Kind::FollowRequest => NotificationKind::Request,
            Kind::Favourite => NotificationKind::Favourite,
            Kind::Reblog => NotificationKind::Reblog,
            Kind::Mention if is_answer(notification, me) => NotificationKind::Reply,
            Kind::Mention => NotificationKind::Mention,
        };
        let whole = matches!(notification.kind, Kind::Mention);
        rows.push(NotificationRow {
            kind,
            people: vec![person],
            others: 0,
            when_iso: time::iso(notification.created_at),
            when_text: time::words(notification.created_at, now),
            is_new,
            about: about
                .filter(|_| !whole)
                .map(|status| plain::excerpt(&text(status).content, QUOTED)),
            about_url: about
                .filter(|_| !whole)
                .map(|status| path(status, &visit.community)),
            status: about
                .filter(|_| whole)
                .map(|status| reader.view(status, None)),
        });
    }
    Ok(rows)
}

fn is_answer(notification: &Notification, me: &Me) -> bool {
    let answered = notification
        .status
        .as_ref()
        .and_then(|status| status.in_reply_to.as_ref());
    answered.is_some_and(|account| account.id == me.account.id)
}
