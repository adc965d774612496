//! Invitations: links by which people come in without being asked about. Who made the one by which a member came is kept.

mod store;
pub mod web;

pub(crate) use store::end_all_of;

use comity_db::Tx;

use crate::app::App;
use crate::clock::DAY_MS;
use crate::communities::{Community, Invites, SignUp};
use crate::error::{Error, Result};
use crate::http::token::Token;
use crate::members::{Member, Role};

pub(crate) use store::InvitationRow as Invitation;

/// Invitations of one member that are open at the same time; more would be a list that nobody reads.
const MOST_OPEN: usize = 50;
/// Invitations that moderators see at once.
const MOST_SHOWN: i64 = 200;
/// People shown beside the invitations by which they came.
const MOST_CAME: i64 = 1_000;
/// The most people that one invitation lets in, where its maker says a number.
const MOST_USES: i64 = 1_000;
/// The longest that one is open, where its maker says how long: a year.
const LONGEST_DAYS: i64 = 366;
/// Letters of a code: 132 bits.
const CODE_LENGTH: usize = 22;

/// Whether somebody may invite.
pub fn may(community: &Community, member: &Member) -> bool {
    may_as(community, member.role)
}

/// The same of whoever has this role there.
pub fn may_as(community: &Community, role: Role) -> bool {
    let opens = community.sign_up != SignUp::Closed;
    opens && (role >= Role::Moderator || community.invites == Invites::Members)
}

/// Makes an invitation, for so many people and so many days; none for no end.
pub async fn make(
    app: &App,
    community: &Community,
    member: &Member,
    most_uses: Option<i64>,
    days: Option<i64>,
) -> Result<Invitation> {
    check_may(community, member)?;
    if most_uses.is_some_and(|uses| !(1..=MOST_USES).contains(&uses)) {
        return Err(Error::invalid(
            "uses",
            format!("must be a number from 1 to {MOST_USES}"),
        ));
    }
    if days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
        return Err(Error::invalid(
            "days",
            format!("must be a number from 1 to {LONGEST_DAYS}"),
        ));
    }
    // What a member may let in without end, whoever reads the link lets in.
    if member.role < Role::Moderator && (most_uses.is_none() || days.is_none()) {
        return Err(Error::Forbidden(
            "say for how many people and for how many days; only moderators may leave that open"
                .to_owned(),
        ));
    }
    let most = i64::try_from(MOST_OPEN).unwrap_or(i64::MAX);
    if store::of_maker(&app.db, member.account_id, most)
        .await?
        .len()
        >= MOST_OPEN
    {
        return Err(Error::Forbidden(format!(
            "you have {MOST_OPEN} invitations already; end one that you need no more"
        )));
    }
    let now_ms = app.now_ms();
    let invitation = Invitation {
        id: app.next_id(),
        community_id: community.id,
        code: Token::random()?
            .reveal()
            .chars()
            .take(CODE_LENGTH)
            .collect(),
        made_by: member.account_id,
        created_at: now_ms,
        expires_at: days.map(|days| now_ms + days * DAY_MS),
        most_uses,
        uses: 0,
    };
    store::insert(&app.db, &invitation).await?;
    Ok(invitation)
}

fn check_may(community: &Community, member: &Member) -> Result<()> {
    if may(community, member) {
        return Ok(());
    }
    Err(Error::Forbidden(if community.sign_up == SignUp::Closed {
        "nobody new is taken in just now".to_owned()
    } else {
        format!("the moderators of {} invite", community.name)
    }))
}

/// The invitation with this code, while somebody may come in by it.
pub async fn good(app: &App, community: &Community, code: &str) -> Result<Option<Invitation>> {
    if code.is_empty() || code.len() > CODE_LENGTH || community.sign_up == SignUp::Closed {
        return Ok(None);
    }
    store::good(&app.db, code, community.id, app.now_ms()).await
}

/// One person comes in by it, in the caller's transaction, of which nothing happens when it is used up.
pub(crate) fn use_one(tx: &mut Tx, id: i64) {
    store::use_one(tx, id);
}

/// Somebody who took it up did not come in after all.
pub(crate) fn give_back(tx: &mut Tx, id: i64) {
    store::give_back(tx, id);
}

/// What this member may see of invitations: their own, and as a moderator those of all; each with who came by it.
pub async fn list(
    app: &App,
    community: &Community,
    member: &Member,
) -> Result<Vec<(Invitation, Vec<i64>)>> {
    let rows = if member.role >= Role::Moderator {
        store::of_community(&app.db, community.id, MOST_SHOWN).await?
    } else {
        store::of_maker(&app.db, member.account_id, MOST_SHOWN).await?
    };
    let ids = rows.iter().map(|row| row.id).collect();
    let came = store::came_by(&app.db, ids, MOST_CAME).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let by_it = came.iter().filter(|(id, _)| *id == Some(row.id));
            let people = by_it.map(|(_, account)| *account).collect();
            (row, people)
        })
        .collect())
}

/// The account of whoever made this one.
pub async fn maker(app: &App, id: i64) -> Result<Option<i64>> {
    Ok(store::by_id(&app.db, id).await?.map(|row| row.made_by))
}

/// Takes an invitation back. Whoever came by it stays.
pub async fn end(app: &App, community: &Community, member: &Member, id: i64) -> Result<()> {
    let row = store::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let is_mine = row.made_by == member.account_id;
    if row.community_id != community.id || !(is_mine || member.role >= Role::Moderator) {
        return Err(Error::NotFound);
    }
    match store::end(&app.db, id, app.now_ms()).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
