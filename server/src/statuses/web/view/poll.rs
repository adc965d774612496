//! What a post asks, and how it stands.

use super::Reader;
use crate::emojis::Shown as Emoji;
use crate::emojis::html::in_plain;
use crate::polls::{Choice, Poll};
use crate::statuses::Status;
use crate::web::time;
use crate::web::view::{OptionView, PollView};

impl Reader<'_> {
    /// What it asks.
    pub(super) fn poll(&self, status: &Status, poll: &Poll, emojis: &[Emoji]) -> PollView {
        let me = self.visit.me.as_ref();
        let own = self.votes.get(&status.id).map_or(&[][..], Vec::as_slice);
        let is_author = me.is_some_and(|me| me.account.id == status.author.id);
        let people = poll
            .voters
            .filter(|_| poll.multiple)
            .unwrap_or(poll.votes());
        let share = |votes: i64| {
            let hundredths = votes.saturating_mul(100).checked_div(people).unwrap_or(0);
            u8::try_from(hundredths.clamp(0, 100)).unwrap_or(0)
        };
        let option = |(at, option): (i64, &Choice)| OptionView {
            html: in_plain(&option.title, emojis),
            share: share(option.votes),
            own: own.contains(&at),
        };
        let many = poll.voters.unwrap_or(poll.votes());
        let many = match (many, poll.voters.is_some()) {
            (1, true) => "1 person".to_owned(),
            (1, false) => "1 vote".to_owned(),
            (_, true) => format!("{many} people"),
            (_, false) => format!("{many} votes"),
        };
        let end = match poll.ends_at {
            _ if poll.closed => "over".to_owned(),
            Some(at) => format!("ends {}", time::words(at, self.now_ms)),
            None => "no end".to_owned(),
        };
        PollView {
            options: (0_i64..).zip(&poll.options).map(option).collect(),
            multiple: poll.multiple,
            may_vote: me.is_some() && !is_author && own.is_empty() && !poll.closed,
            shows_numbers: poll.shows_numbers(),
            told: format!("{many} · {end}"),
        }
    }
}
