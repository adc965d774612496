//! A poll as apps read it.

use serde_json::{Value, json};

use super::Poll;
use crate::emojis::{self, Shown};
use crate::web::time;

/// The poll of a status that has these emoji; `own` is what whoever asks chose, `None` where nobody in particular asks.
pub fn entity(
    status_id: i64,
    poll: &Poll,
    own: Option<&[i64]>,
    is_own: bool,
    emojis: &[Shown],
) -> Value {
    let shown = poll.shows_numbers();
    let option = |option: &super::Choice| json!({ "title": option.title, "votes_count": shown.then_some(option.votes) });
    let codes = poll.codes();
    let used: Vec<Value> = emojis
        .iter()
        .filter(|emoji| codes.contains(emoji.code.as_str()))
        .map(emojis::entity::entity)
        .collect();
    let mut entity = json!({
        "id": status_id.to_string(),
        "expires_at": poll.ends_at.map(time::iso_ms),
        "expired": poll.closed,
        "multiple": poll.multiple,
        "votes_count": poll.votes(),
        "voters_count": poll.voters,
        "options": poll.options.iter().map(option).collect::<Vec<_>>(),
        "emojis": used,
    });
    if let Some(own) = own {
        // Who asks does not vote: apps show them the numbers.
        entity["voted"] = json!(is_own || !own.is_empty());
        entity["own_votes"] = json!(own);
    }
    entity
}

/// The poll of one version of a status: what could be chosen then.
pub fn asked(poll: &Poll) -> Value {
    let option = |option: &super::Choice| json!({ "title": option.title });
    json!({ "options": poll.options.iter().map(option).collect::<Vec<_>>() })
}
