//! Polls, as the options of a Question.

use crate::json::Json;

/// Mastodon accepts as many from others.
const MOST_OPTIONS: usize = 500;

/// A poll and its results so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// What can be chosen, in order.
    pub options: Vec<PollOption>,
    /// Whether several may be chosen.
    pub multiple: bool,
    /// When it ends or ended, in unix milliseconds. `None` runs for ever, unless closed.
    pub ends_at: Option<i64>,
    /// Whether it was already closed when this was written. It may be over without this.
    pub closed: bool,
    /// How many people voted.
    pub voters: Option<u64>,
}

/// One choice in a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollOption {
    /// What is shown, and what a vote for it is named.
    pub name: String,
    /// Votes so far, as its server counts them.
    pub votes: u64,
}

pub(crate) fn poll_of(json: &Json<'_>) -> Option<Poll> {
    let multiple = !json.get("anyOf").is_null() && json.get("oneOf").each().next().is_none();
    let choices = if multiple {
        json.get("anyOf")
    } else {
        json.get("oneOf")
    };
    let mut options: Vec<PollOption> = Vec::new();
    for choice in choices.each().take(MOST_OPTIONS) {
        // A vote is told by its name alone, so a name stands for one option only.
        let Some(name) = choice.any(&["name", "nameMap"]).line() else {
            continue;
        };
        if options.iter().all(|option| option.name != name) {
            let votes = choice.get("replies").get("totalItems").count().unwrap_or(0);
            options.push(PollOption { name, votes });
        }
    }
    if options.is_empty() {
        return None;
    }
    // Mastodon adds `closed` to `endTime` once the poll is over. Pleroma has only `closed`, from
    // the beginning, for the moment it will end; Misskey has one or the other.
    let closed = json.get("closed");
    let end_time = json.get("endTime");
    Some(Poll {
        options,
        multiple,
        ends_at: end_time.time().or_else(|| closed.time()),
        closed: closed
            .truth()
            .unwrap_or(!closed.is_null() && !end_time.is_null()),
        voters: json.get("votersCount").count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_end_is_told_apart() {
        let end = Some(1_767_225_600_000);
        for (fields, ends_at, closed) in [
            (r#""endTime":"2026-01-01T00:00:00Z""#, end, false),
            (
                r#""endTime":"2026-01-01T00:00:00Z","closed":"2026-01-01T00:00:00Z""#,
                end,
                true,
            ),
            (r#""closed":"2026-01-01T00:00:00Z""#, end, false),
            (r#""closed":true"#, None, true),
            (r#""closed":false,"endTime":null"#, None, false),
            (r#""x":0"#, None, false),
        ] {
            let text = format!(r#"{{"oneOf":[{{"name":"a"}}],"anyOf":[],{fields}}}"#);
            let poll = poll_of(&crate::json::parse(text.as_bytes()).unwrap()).unwrap();
            assert_eq!((poll.ends_at, poll.closed), (ends_at, closed), "{fields}");
            assert!(!poll.multiple, "an empty list beside does not count");
        }
    }
}
