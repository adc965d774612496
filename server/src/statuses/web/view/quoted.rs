//! What posts quote, as a page shows it: cleared for its reader by itself, by the same way as what quotes it.

use std::collections::HashMap;

use comity_policy::{Act, Conditions, Outcome, Visible, Way};

use super::{Reader, attachments, covered, files_unseen, limited_mark, path, spoiler, with_title};
use crate::app::App;
use crate::emojis::html::{in_html, in_plain};
use crate::error::Result;
use crate::http::Visit;
use crate::quotes::State;
use crate::statuses::{self, Status, text};
use crate::web::time;
use crate::web::view::{ComposerView, Mark, MarkKind, QuotedView, SeenBy, StatusView};

impl Reader<'_> {
    /// What it quotes, where whose that is let it; nothing else is shown (L34). Who may not see that, by the way this came
    /// before them, reads a sentence, the same as where it is gone.
    pub(super) fn quote_of(&self, status: &Visible<Status>) -> Option<QuotedView> {
        let quote = status.quote.as_ref()?;
        match quote.state {
            // Whoever is asked sees of which post, and nobody else.
            State::Waits if self.is_asked_about(status) => {
                let quoted = quote.id.and_then(|id| self.quoted.get(&id))?;
                Some(QuotedView::Post(Box::new(self.as_quoted(quoted))))
            }
            State::Claimed | State::Waits | State::Declined => None,
            State::Removed => Some(QuotedView::Instead(
                "It quoted a post whose author took it out of this one.",
            )),
            State::Stands => {
                let quoted = quote.id.and_then(|id| self.quoted.get(&id));
                let shown = quoted.filter(|quoted| may_stand_within(quoted));
                Some(match shown {
                    Some(quoted) => QuotedView::Post(Box::new(self.as_quoted(quoted))),
                    None => QuotedView::Instead("It quotes a post that is not shown here."),
                })
            }
        }
    }

    /// Whether its quote waits for the reader's yes.
    fn is_asked_about(&self, status: &Status) -> bool {
        let me = self.visit.me.as_ref();
        let quote = status.quote.as_ref();
        me.is_some_and(|me| quote.is_some_and(|quote| quote.waits_for(me.account.id)))
    }

    /// What it quotes of the reader's, where that waits for their yes.
    pub(super) fn asks_to_quote(&self, status: &Status) -> Option<i64> {
        let quote = status.quote.as_ref();
        quote.filter(|_| self.is_asked_about(status))?.id
    }

    /// A post within one that quotes it: what it quotes itself is shown on its own page.
    pub fn as_quoted(&self, status: &Visible<Status>) -> StatusView {
        let words = text(status);
        let here = &self.visit.community;
        let bound = status.conditions();
        let emojis = self.emojis(status);
        let mut marks = Vec::new();
        if status.is_limited() {
            marks.push(limited_mark());
        }
        let leaves_files_out = bound.contains(Conditions::DROP_MEDIA);
        let unseen = self.plainly && !status.author.is_local();
        if unseen && !leaves_files_out && !words.attachments.is_empty() {
            marks.push(files_unseen(words.attachments.len()));
        }
        StatusView {
            id: status.id,
            url: path(status, here),
            author: self.author(status),
            when_iso: time::iso(status.created_at),
            when_text: time::words(status.created_at, self.now_ms),
            spoiler: spoiler(&words.spoiler_text, bound),
            spoiler_html: in_plain(
                &spoiler(&words.spoiler_text, bound).unwrap_or_default(),
                &emojis,
            ),
            html: in_html(&with_title(&words.title, &words.content), &emojis),
            lang: words.language.clone(),
            covered: covered(status),
            marks,
            attachments: if unseen || leaves_files_out {
                Vec::new()
            } else {
                attachments(&self.app, status)
            },
            ..StatusView::default()
        }
    }

    /// Fills a composer that quotes `status`: everybody may see what does.
    pub async fn prepare_quote(
        &self,
        composer: &mut ComposerView,
        status: &Visible<Status>,
    ) -> Result<()> {
        composer.quote = Some(status.id);
        let is_open = |choice: &SeenBy| matches!(choice, SeenBy::Everyone | SeenBy::Quietly);
        composer.choices.retain(is_open);
        if !is_open(&composer.seen_by) {
            composer.seen_by = SeenBy::Quietly;
        }
        let Some(me) = &self.visit.me else {
            return Ok(());
        };
        if status.author.id == me.account.id {
            return Ok(());
        }
        // A rule may ask as well as its author. Elsewhere everybody is asked, those too who need not wait.
        let party = me.party();
        let answer = self.app.gate.may(&party, Act::Quote, Way::Page, &**status);
        let holds = answer
            .await?
            .is_ok_and(|verdict| verdict.outcome == Outcome::Hold);
        if holds || !status.author.is_local() {
            composer.asks = Some(statuses::asks_first(status, Act::Quote));
        }
        Ok(())
    }
}

/// Whether what the viewer may see is also shown to them within what quotes it.
pub fn may_stand_within(quoted: &Visible<Status>) -> bool {
    !quoted.is_folded()
        && !quoted.is_muted()
        && !quoted.conditions().contains(Conditions::NO_BOOSTS)
}

/// What these quote and may show to this reader, by id: nobody is cleared to see it yet.
pub fn quoted_by(me: Option<i64>, shown: &[&Visible<Status>]) -> Vec<i64> {
    let standing = shown
        .iter()
        .filter_map(|status| status.quote.as_ref())
        .filter(|quote| quote.state == State::Stands || me.is_some_and(|me| quote.waits_for(me)));
    let mut ids: Vec<i64> = standing.filter_map(|quote| quote.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The same, cleared for the reader by itself.
pub(super) async fn quoted(
    app: &App,
    visit: &Visit,
    way: Way,
    shown: &[&Visible<Status>],
) -> Result<HashMap<i64, Visible<Status>>> {
    let ids = quoted_by(visit.me.as_ref().map(|me| me.account.id), shown);
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
