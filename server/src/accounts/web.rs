//! Profiles as pages.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{Query, State};
use comity_policy::{Act, Outcome, Refusal, Subject, Thing, Visible, Way};
use comity_vocab::Handle;
use serde::Deserialize;

use super::{Account, entity, find_by_handle, moved, profile, show};
use crate::app::App;
use crate::communities::Community;
use crate::emojis::html::{in_html, in_plain};
use crate::error::{Error, Result};
use crate::follows::{Across, Side, Suspended};
use crate::http::{Me, Page, Path, Reply, Visit};
use crate::media::portrait::Portrait;
use crate::members::Role;
use crate::statuses::web::views;
use crate::text::plain;
use crate::timelines::{self, OfAuthor, Place, Replies, Stretch};
use crate::web::view::{
    FieldView, Following, Mark, MarkKind, NavItem, PersonRow, ProfilePage, ProfileTab, RelationView,
};
use crate::web::{cleared_view, frame, person_view, picture, time};
use crate::window::Window;
use crate::{follows, lookalikes, pins, relations, rules};

/// Letters of a profile text shown in a list.
const SHOWN_OF_NOTE: usize = 140;

/// The account that a path such as `@maren@meadow.example` names: the part after the first `@`.
pub async fn named(app: &App, here: &Community, handle: &str) -> Result<Arc<Account>> {
    let handle = Handle::parse(&format!("@{handle}")).map_err(|_| Error::NotFound)?;
    let domain = handle.domain.as_ref().unwrap_or(&here.domain);
    find_by_handle(app, &handle.username, domain)
        .await?
        .ok_or(Error::NotFound)
}

/// `GET /@{handle}?replies=yes`, or `?media=yes`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    replies: String,
    media: String,
}

impl Choice {
    /// Which posts are asked for; *not found* where the profile has no such place.
    fn tab(&self, account: &Account) -> Result<ProfileTab> {
        if self.media == "yes" {
            return if account.places.media {
                Ok(ProfileTab::Media)
            } else {
                Err(Error::NotFound)
            };
        }
        Ok(if self.replies == "yes" {
            ProfileTab::Replies
        } else {
            ProfileTab::Own
        })
    }
}

/// Which of what somebody wrote stands there.
fn posts_of(account: &Account, tab: ProfileTab) -> Place {
    let of: OfAuthor = match tab {
        ProfileTab::Own => Replies::LeftOut.into(),
        ProfileTab::Replies => Replies::Shown.into(),
        ProfileTab::Media => OfAuthor {
            replies: if account.places.media_replies {
                Replies::Shown
            } else {
                Replies::LeftOut
            },
            with_files: true,
            ..OfAuthor::default()
        },
    };
    Place::Author(account.id, of)
}

/// `GET /@{handle}`
pub async fn profile_page(
    State(app): State<App>,
    visit: Visit,
    Path(handle): Path<String>,
    Query(choice): Query<Choice>,
    page: Page,
) -> Result<Reply> {
    let account = named(&app, &visit.community, &handle).await?;
    let party = visit.party();
    let shown = show(&app, &party, Way::Page, account.id).await?;
    let limit = usize::try_from(page.limit).unwrap_or_default();
    let tab = choice.tab(&shown)?;
    // What people elsewhere write is read by visitors where it was written (L35).
    let kept_in = visit.me.is_none() && !account.is_local();
    let stretch = if kept_in {
        Stretch {
            entries: Vec::new(),
            older: None,
            newer: None,
        }
    } else {
        timelines::read(
            &app,
            &party,
            posts_of(&shown, tab),
            Window::older_than(page.below()),
            limit,
            |_| true,
        )
        .await?
    };
    let mut statuses = Vec::new();
    let mut entries = stretch.entries;
    if page.max_id.is_none() && !kept_in && tab != ProfileTab::Media {
        let pinned = pins::list(&app, &party, Way::Page, account.id).await?;
        let on_top: HashSet<i64> = pinned.iter().map(|shown| shown.status.id).collect();
        entries.retain(|entry| !on_top.contains(&entry.status.id));
        statuses.extend(views(&app, &visit, Way::Page, &pinned).await?);
        for view in &mut statuses {
            view.pinned = true;
        }
    }
    statuses.extend(views(&app, &visit, Way::Page, &entries).await?);
    let words = profile(&shown);
    let person = cleared_view(&shown, &shown, &visit.community);
    let emojis = entity::emojis(&shown, &visit.community);
    let relation = match &visit.me {
        Some(me) if me.account.id != account.id => relations_to(&app, me, &[&shown]).await?.pop(),
        _ => None,
    };
    let stance = stance(&app, &visit, &shown).await?;
    let lookalikes = match (&visit.me, &relation) {
        (Some(me), Some(relation)) if relation.following != Following::Yes => {
            lookalikes::Eye::of(&app, me).await?.sees(&shown)
        }
        _ => Vec::new(),
    };
    let why_url = stance
        .as_ref()
        .map(|_| format!("/why?about={}", account.handle()));
    let which = match tab {
        ProfileTab::Own => "",
        ProfileTab::Replies => "replies=yes&",
        ProfileTab::Media => "media=yes&",
    };
    let older = stretch.older;
    let older = older.map(|id| format!("{}?{which}max_id={id}", person.url));
    let suspended = match &visit.me {
        Some(me) if me.account.id == account.id => follows::suspended(&app, &me.account).await?,
        _ => Suspended::default(),
    };
    let there = moved(&app, &party, Way::Page, &[&shown]).await?;
    let mut frame = frame(&app, &visit, &person.name, current(&visit, &account)).await?;
    frame.no_index = !account.is_local();
    Ok(Reply::page(ProfilePage {
        frame,
        lookalikes,
        bio_html: in_html(&words.note, &emojis),
        header: picture(
            &account,
            words.header_url.as_deref(),
            &shown,
            &visit.community,
            Portrait::Header,
        ),
        avatar_description: words.avatar_description.clone(),
        header_description: words.header_description.clone(),
        fields: words
            .fields
            .iter()
            .map(|(name, html)| FieldView {
                name_html: in_plain(name, &emojis),
                html: in_html(html, &emojis),
                verified: words.verified_at(html).map(time::day),
            })
            .collect(),
        joined: account
            .is_local()
            .then(|| format!("Here since {}", time::month(account.created_at))),
        posts: if account.is_local() {
            account.statuses_count.to_string()
        } else {
            String::new()
        },
        followers: if account.is_local() {
            account.followers_count.to_string()
        } else {
            String::new()
        },
        following: if account.is_local() {
            account.following_count.to_string()
        } else {
            String::new()
        },
        suspended_followers: how_many(&suspended, Side::Follower),
        suspended_following: how_many(&suspended, Side::Following),
        locked: account.locked,
        hidden: relation
            .filter(|relation| relation.blocking)
            .map(|_| "You block them.".to_owned())
            .or_else(|| {
                kept_in.then(|| {
                    format!(
                        "{} shows what people elsewhere write to its members only.",
                        visit.community.name
                    )
                })
            }),
        relation,
        stance,
        why_url,
        moved_to: there
            .values()
            .next()
            .map(|there| cleared_view(there, there, &visit.community)),
        original_url: (!account.is_local()).then(|| {
            account
                .url
                .clone()
                .unwrap_or_else(|| account.iri.as_str().to_owned())
        }),
        moderation_url: moderation_url(&visit, &account),
        tab,
        has_media: account.places.media,
        has_featured: account.is_local() && account.places.featured,
        statuses,
        older,
        person,
    }))
}

/// Moderators decide about members of their own community, and about people elsewhere.
fn moderation_url(visit: &Visit, account: &Account) -> Option<String> {
    let me = visit.me.as_ref()?;
    let is_theirs = account.community_id.is_none_or(|id| id == me.community.id);
    (is_theirs && me.member.role >= Role::Moderator)
        .then(|| format!("/moderation/accounts/{}", account.id))
}

fn current(visit: &Visit, account: &Account) -> NavItem {
    let own = visit
        .me
        .as_ref()
        .is_some_and(|me| me.account.id == account.id);
    if own { NavItem::Me } else { NavItem::Elsewhere }
}

/// Somebody as one asks to follow them.
struct Followed(Thing);

impl Subject for Followed {
    fn seen_by(&self) -> Act {
        Act::Follow
    }

    fn thing(&self) -> Thing {
        self.0.clone()
    }
}

/// How this member stands to each of these, and what they may do about it, in this order: a fixed number of queries.
async fn relations_to(app: &App, me: &Me, accounts: &[&Account]) -> Result<Vec<RelationView>> {
    let ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
    let follows = follows::states(app, me.account.id, ids.clone()).await?;
    let relations = relations::relations(app, me.account.id, ids).await?;
    let asked = accounts
        .iter()
        .map(|account| Followed(account.thing()))
        .collect();
    let answers = app.gate.show_all(&me.party(), Way::Page, asked).await?;
    let suspended = suspended_among(app, me, accounts, &follows).await?;
    let one = |(account, answer): (&&Account, Result<_, Refusal>)| {
        let (follow, back) = follows
            .get(&account.id)
            .copied()
            .unwrap_or((follows::State::None, follows::State::None));
        let relation = relations.get(&account.id).copied().unwrap_or_default();
        // What waits for a yes may be asked.
        let may = match answer {
            Ok(_) => true,
            Err(refusal) => refusal.verdict.outcome != Outcome::Refuse,
        };
        RelationView {
            following: match follow {
                follows::State::None => Following::No,
                follows::State::Requested => Following::Requested,
                follows::State::Accepted => Following::Yes,
            },
            follows_you: back == follows::State::Accepted,
            muting: relation.muting,
            blocking: relation.blocking,
            may_follow: may && account.gone_at.is_none(),
            suspended: suspended.contains(&account.id),
        }
    };
    Ok(accounts.iter().zip(answers).map(one).collect())
}

/// With which of these a follow is there, one way or the other, and suspended by what binds the viewer.
async fn suspended_among(
    app: &App,
    me: &Me,
    accounts: &[&Account],
    states: &HashMap<i64, (follows::State, follows::State)>,
) -> Result<HashSet<i64>> {
    let mut follows = Vec::new();
    for account in accounts
        .iter()
        .filter(|other| other.host != me.account.host)
    {
        let (follow, back) = states
            .get(&account.id)
            .copied()
            .unwrap_or((follows::State::None, follows::State::None));
        let sides = [(follow, Side::Following), (back, Side::Follower)];
        for (_, side) in sides
            .into_iter()
            .filter(|(state, _)| *state == follows::State::Accepted)
        {
            follows.push(Across {
                member: me.person(),
                other: account.person(),
                side,
            });
        }
    }
    let answers = follows::is_suspended(app, &follows).await?;
    let suspended = follows.iter().zip(answers).filter(|(_, yes)| *yes);
    let ids = suspended.filter_map(|(follow, _)| follow.other.id);
    Ok(ids.map(|id| id.0).collect())
}

/// "3", or "more than 3" where more follows were not looked at.
fn how_many(suspended: &Suspended, side: Side) -> Option<String> {
    match (suspended.count(side), suspended.more) {
        (0, _) => None,
        (some, false) => Some(some.to_string()),
        (some, true) => Some(format!("more than {some}")),
    }
}

/// What a rule says about somebody from elsewhere, for the note on their profile.
async fn stance(
    app: &App,
    visit: &Visit,
    account: &Visible<Account>,
) -> Result<Option<(Mark, String)>> {
    if account.community_id == Some(visit.community.id) {
        return Ok(None);
    }
    let Some(stance) = rules::stance_towards(app, visit, &account.person()).await? else {
        return Ok(None);
    };
    Ok(Some((
        Mark::plain(rules::web::mark_kind(stance.stance)),
        stance.sentence,
    )))
}

/// What a list of people is for, which decides the buttons beside each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// To be found: follow, or leave.
    People,
    /// They ask to follow the viewer: let in, or not.
    Asking,
}

/// People as a list shows them.
pub async fn rows(
    app: &App,
    visit: &Visit,
    people: &[Visible<Account>],
    listed: Listed,
) -> Result<Vec<PersonRow>> {
    let mut relations: HashMap<i64, RelationView> = HashMap::new();
    if let Some(me) = visit.me.as_ref().filter(|_| listed == Listed::People) {
        let others: Vec<&Account> = people
            .iter()
            .map(|account| &**account)
            .filter(|account| account.id != me.account.id)
            .collect();
        let found = relations_to(app, me, &others).await?;
        relations.extend(others.iter().map(|account| account.id).zip(found));
    }
    let row = |account: &Visible<Account>| PersonRow {
        // Who asks to follow is a stranger: their server does not learn yet that they were looked at.
        person: match listed {
            Listed::People => cleared_view(account, account, &visit.community),
            Listed::Asking => person_view(account, &visit.community),
        },
        about: plain::excerpt(&profile(account).note, SHOWN_OF_NOTE),
        marks: if account.locked {
            vec![Mark {
                kind: MarkKind::Remark,
                text: "asks first".to_owned(),
            }]
        } else {
            Vec::new()
        },
        relation: relations.get(&account.id).copied(),
        asks: listed == Listed::Asking,
    };
    Ok(people.iter().map(row).collect())
}
