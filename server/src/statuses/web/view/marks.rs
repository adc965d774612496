//! What stands beside a post, or before it, and is not its own.

use comity_policy::Approval;

use crate::filters::{Action, Filter};
use crate::statuses::Status;
use crate::web::view::{Mark, MarkKind, Veil};

/// A filter of one's own, by its title. Pictures that it blurs are links here, and open only when asked for.
pub(super) fn filter_veil(filter: &Filter) -> Option<Veil> {
    (filter.action != Action::Blur).then(|| Veil {
        sentence: format!("Filtered: {}", filter.title),
        mark: Mark::plain(MarkKind::Muted),
        why_url: None,
    })
}

/// Says how many files there are of which none is shown yet.
pub(super) fn files_unseen(files: usize) -> Mark {
    Mark {
        kind: MarkKind::Remark,
        text: if files == 1 {
            "has one file, shown once you let it in".to_owned()
        } else {
            format!("has {files} files, shown once you let it in")
        },
    }
}

pub(super) fn limited_mark() -> Mark {
    Mark {
        kind: MarkKind::Limited,
        text: "limited here".to_owned(),
    }
}

/// What its author is told of an answer that has no place at whom it answers, elsewhere. Members here take out in silence.
pub(super) fn consent_mark(status: &Status) -> Option<Mark> {
    let answered = status
        .in_reply_to
        .as_ref()
        .filter(|account| !account.is_local())?;
    let whom = answered.handle();
    let (kind, text) = match status.approval {
        Approval::Stands => return None,
        Approval::Waits { .. } if status.is_declined() => (
            MarkKind::Refused,
            format!("{whom} turned it down; nobody else sees it"),
        ),
        Approval::Waits { .. } => (MarkKind::Ask, format!("waits for a yes of {whom}")),
        Approval::Removed { .. } => (
            MarkKind::Refused,
            format!("{whom} took it out of the conversation"),
        ),
    };
    Some(Mark { kind, text })
}
