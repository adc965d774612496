//! What posts quote, as a page shows it: cleared for its reader by itself, by the same way as what quotes it.

use std::collections::HashMap;

use comity_policy::{Act, Conditions, Visible, Way};

use super::{Reader, attachment, path, spoiler, with_title};
use crate::app::App;
use crate::error::Result;
use crate::http::Visit;
use crate::quotes::State;
use crate::statuses::{self, Status, text};
use crate::web::view::{ComposerView, Mark, MarkKind, QuotedView, SeenBy, StatusView};
use crate::web::{person_view, time};

impl Reader<'_> {
    /// What it quotes, where whose that is let it; nothing else is shown (L34). Who may not see that, by the way this came
    /// before them, reads a sentence, the same as where it is gone.
    pub(super) fn quote_of(&self, status: &Visible<Status>) -> Option<QuotedView> {
        let quote = status.quote.as_ref()?;
        match quote.state {
            State::Claimed | State::Waits | State::Declined => None,
            State::Removed => Some(QuotedView::Instead(
                "It quoted a post whose author took it out of this one.",
            )),
            State::Stands => {
                let quoted = quote.id.and_then(|id| self.quoted.get(&id));
                let shown = quoted.filter(|quoted| {
                    !quoted.is_folded() && !quoted.conditions().contains(Conditions::NO_BOOSTS)
                });
                Some(match shown {
                    Some(quoted) => QuotedView::Post(Box::new(self.as_quoted(quoted))),
                    None => QuotedView::Instead("It quotes a post that is not shown here."),
                })
            }
        }
    }

    /// A post within one that quotes it: what it quotes itself is shown on its own page.
    pub fn as_quoted(&self, status: &Visible<Status>) -> StatusView {
        let words = text(status);
        let here = &self.visit.community;
        let bound = status.conditions();
        StatusView {
            id: status.id,
            url: path(status, here),
            author: person_view(&status.author, here),
            when_iso: time::iso(status.created_at),
            when_text: time::words(status.created_at, self.now_ms),
            spoiler: spoiler(&words.spoiler_text, bound),
            html: with_title(&words.title, &words.content),
            lang: words.language.clone(),
            sensitive: words.sensitive,
            attachments: if bound.contains(Conditions::DROP_MEDIA) {
                Vec::new()
            } else {
                words.attachments.iter().map(attachment).collect()
            },
            ..StatusView::default()
        }
    }

    /// Fills a composer that quotes `status`: everybody may see what does.
    pub fn prepare_quote(&self, composer: &mut ComposerView, status: &Visible<Status>) {
        composer.quote = Some(status.id);
        let is_open = |choice: &SeenBy| matches!(choice, SeenBy::Everyone | SeenBy::Quietly);
        composer.choices.retain(is_open);
        if !is_open(&composer.seen_by) {
            composer.seen_by = SeenBy::Quietly;
        }
        let me = self.visit.me.as_ref().map(|me| me.account.id);
        // Elsewhere everybody is asked, those too who need not wait.
        let asks = !status.author.is_local() || statuses::lets_quote_by_asking(status);
        if asks && Some(status.author.id) != me {
            composer.asks = Some(statuses::asks_first(status, Act::Quote));
        }
    }
}

/// What these quote and may show, cleared for the reader by itself.
pub(super) async fn quoted(
    app: &App,
    visit: &Visit,
    way: Way,
    shown: &[&Visible<Status>],
) -> Result<HashMap<i64, Visible<Status>>> {
    let standing = shown
        .iter()
        .filter_map(|status| status.quote.as_ref())
        .filter(|quote| quote.state == State::Stands);
    let mut ids: Vec<i64> = standing.filter_map(|quote| quote.id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let quoted = statuses::find_many(app, &visit.party(), way, &ids).await?;
    Ok(quoted
        .into_iter()
        .map(|status| (status.id, status))
        .collect())
}

/// What its author is told of a quote that others do not see.
pub(super) fn quote_mark(status: &Status) -> Option<Mark> {
    let quote = status.quote.as_ref()?;
    let whom = quote.author.as_ref()?.handle();
    let (kind, text) = match quote.state {
        State::Waits => (
            MarkKind::Ask,
            format!("its quote waits for a yes of {whom}"),
        ),
        State::Declined => (
            MarkKind::Refused,
            format!("{whom} does not let it quote them"),
        ),
        State::Claimed | State::Stands | State::Removed => return None,
    };
    Some(Mark { kind, text })
}
