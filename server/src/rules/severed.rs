//! Which follows a change of rules suspends, and which it brings back: those that the books before it and after it
//! answer differently about.

use std::collections::BTreeMap;

use super::Change;
use super::concerned::Pair;
use crate::app::App;
use crate::error::Result;
use crate::follows::{self, Across, Side};

/// What a change does to follows.
#[derive(Debug, Default)]
pub struct Parted {
    /// Work before it, and not after it.
    pub suspended: Vec<Pair>,
    /// The other way round.
    pub restored: Vec<Pair>,
}

/// What a change does to these follows.
pub async fn parted(app: &App, change: &Change, pairs: Vec<Pair>) -> Result<Parted> {
    let across: Vec<Across> = pairs.iter().map(|pair| pair.across.clone()).collect();
    let books = [&*change.before, &*change.after];
    let verdicts = follows::judge(app, &books, &across).await?;
    let mut parted = Parted::default();
    let [before, after] = verdicts.as_slice() else {
        return Ok(parted);
    };
    for (pair, (before, after)) in pairs.into_iter().zip(before.iter().zip(after)) {
        match (before.is_some(), after.is_some()) {
            (false, true) => parted.suspended.push(pair),
            (true, false) => parted.restored.push(pair),
            _ => {}
        }
    }
    Ok(parted)
}

/// Follows of one member: whom they follow, and who follows them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// People they follow.
    pub following: i64,
    /// People who follow them.
    pub followers: i64,
}

/// How many of these each member has.
pub fn by_member<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> BTreeMap<i64, Counted> {
    let mut members: BTreeMap<i64, Counted> = BTreeMap::new();
    for pair in pairs {
        let Some(member) = pair.across.member.id else {
            continue;
        };
        let counted = members.entry(member.0).or_default();
        match pair.across.side {
            Side::Following => counted.following += 1,
            Side::Follower => counted.followers += 1,
        }
    }
    members
}
