//! The form of the composer: as it is sent, kept as a draft, and laid out again.

use comity_vocab::{Handle, Visibility};
use serde::Deserialize;

use super::{answers, named, quotes};
use crate::app::App;
use crate::error::Result;
use crate::http::Me;
use crate::statuses::api::{Asked, Sent, SentSaying};
use crate::statuses::web::view::choose_language;
use crate::statuses::web::{attach, seen_by};
use crate::statuses::{Answering, Draft, Quoting, Terms};
use crate::text::Format;
use crate::web::view::ComposerView;

/// What the composer sends.
#[derive(Debug, Default, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a box or a button of the form"
)]
pub struct ComposeForm {
    pub(in crate::statuses::web) text: String,
    #[serde(default)]
    pub(in crate::statuses::web) spoiler: String,
    #[serde(default)]
    pub(in crate::statuses::web) format: String,
    #[serde(default)]
    pub(super) visibility: String,
    #[serde(default)]
    pub(in crate::statuses::web) language: String,
    /// The language that it is marked as instead; nothing is published.
    #[serde(default)]
    pub(super) mark_as: String,
    #[serde(default)]
    pub(super) answers: String,
    #[serde(default)]
    pub(super) quotes: String,
    #[serde(default)]
    pub(super) kept_from: String,
    pub(super) in_reply_to: Option<i64>,
    pub(super) quote: Option<i64>,
    #[serde(default)]
    pub(super) tell: Vec<String>,
    #[serde(default)]
    pub(super) told: bool,
    #[serde(default)]
    pub(super) back: String,
    /// The form has room for files: what it names is what the post is to have.
    #[serde(default)]
    pub(in crate::statuses::web) with_files: bool,
    #[serde(default)]
    pub(in crate::statuses::web) media: Vec<i64>,
    /// What is in each of `media`, in the same order.
    #[serde(default)]
    pub(in crate::statuses::web) alt: Vec<String>,
    /// The file to take out again; nothing is published.
    pub(in crate::statuses::web) drop: Option<i64>,
    /// The files that came are looked at first; nothing is published.
    #[serde(default)]
    pub(in crate::statuses::web) add: bool,
    #[serde(default)]
    pub(in crate::statuses::web) option: Vec<String>,
    #[serde(default)]
    pub(in crate::statuses::web) poll_multiple: bool,
    #[serde(default)]
    pub(in crate::statuses::web) poll_hides: bool,
    #[serde(default)]
    pub(in crate::statuses::web) poll_minutes: i64,
    /// Whom it would reach is asked; nothing is published.
    #[serde(default)]
    pub(super) check: bool,
    /// When it is published; empty for at once.
    #[serde(default)]
    pub(super) later: String,
    /// It is kept as a draft; nothing is published.
    #[serde(default)]
    pub(super) keep: bool,
    /// The draft that it was.
    pub(super) draft: Option<i64>,
    /// The draft is marked as sensitive; an app does that, and the form takes it back.
    #[serde(default)]
    pub(super) sensitive: bool,
}

impl ComposeForm {
    /// What the form would send as it is laid out.
    pub(super) fn of(composer: &ComposerView) -> ComposeForm {
        let told = !composer.tell.is_empty();
        let ticked = composer.tell.iter().filter(|who| who.ticked);
        ComposeForm {
            text: composer.text.clone(),
            format: format_of(composer.markdown).as_str().to_owned(),
            spoiler: composer.spoiler.clone(),
            visibility: composer.seen_by.value().to_owned(),
            in_reply_to: composer.in_reply_to,
            quote: composer.quote,
            tell: ticked.map(|who| who.handle.clone()).collect(),
            told,
            ..ComposeForm::default()
        }
    }

    /// What was kept of a draft, as the form would send it.
    pub(super) fn of_draft(id: i64, sent: &Sent) -> ComposeForm {
        let said = |file: &i64| {
            let said = sent.media_attributes.iter().find(|said| said.id == *file);
            said.and_then(|said| said.description.clone())
                .unwrap_or_default()
        };
        let mut form = ComposeForm {
            text: sent.status.clone(),
            spoiler: sent.spoiler_text.clone(),
            format: sent.content_type.clone(),
            visibility: if sent.local_only == Some(true) {
                Visibility::Local.as_str().to_owned()
            } else {
                sent.visibility.clone()
            },
            language: sent.language.clone().unwrap_or_default(),
            answers: sent.answers.clone(),
            quotes: sent.quote_approval_policy.clone(),
            kept_from: sent.kept_from.clone(),
            in_reply_to: sent.in_reply_to_id,
            quote: sent.quoted_status_id,
            tell: sent.tell.clone(),
            told: sent.told,
            sensitive: sent.sensitive == Some(true),
            with_files: true,
            media: sent.files().to_vec(),
            alt: sent.files().iter().map(said).collect(),
            draft: Some(id),
            ..ComposeForm::default()
        };
        if let Some(poll) = &sent.poll {
            form.option.clone_from(&poll.options);
            form.poll_multiple = poll.multiple;
            form.poll_hides = poll.hide_totals;
            form.poll_minutes = poll.expires_in / 60;
        }
        form
    }

    /// What is kept of it as a draft.
    pub(super) fn kept(&self) -> Sent {
        let options = self.option.iter().map(|option| option.trim());
        let options: Vec<String> = options
            .filter(|option| !option.is_empty())
            .map(str::to_owned)
            .collect();
        let said = self.media.iter().zip(&self.alt);
        Sent {
            status: self.text.clone(),
            content_type: self.format.clone(),
            spoiler_text: self.spoiler.clone(),
            visibility: self.visibility.clone(),
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            in_reply_to_id: self.in_reply_to,
            quoted_status_id: self.quote,
            tell: self.tell.clone(),
            told: self.told,
            sensitive: self.sensitive.then_some(true),
            quote_approval_policy: self.quotes.clone(),
            kept_from: self.kept_from.clone(),
            answers: self.answers.clone(),
            media_ids: Some(self.media.clone()),
            media_attributes: said
                .map(|(id, alt)| SentSaying {
                    id: *id,
                    description: Some(alt.clone()),
                    ..SentSaying::default()
                })
                .collect(),
            poll: (!options.is_empty()).then(|| Asked {
                options,
                expires_in: self.poll_minutes.saturating_mul(60),
                multiple: self.poll_multiple,
                hide_totals: self.poll_hides,
            }),
            ..Sent::default()
        }
    }

    /// What waits of it for its time. What the form says of its language holds, also that it says none.
    pub(super) fn waiting(&self) -> Sent {
        let mut sent = self.kept();
        sent.language = Some(self.language.trim().to_owned());
        sent
    }

    /// Whether it says whom to tell, be it nobody.
    fn says_whom(&self) -> bool {
        self.told || !self.tell.is_empty()
    }

    /// What it asks to publish.
    pub(in crate::statuses::web) async fn draft(&self, app: &App, me: &Me) -> Result<Draft> {
        // Where there are boxes to tick, what is ticked counts; small composers have none and tell whom they answer.
        let tell = self.says_whom().then(|| handles(&self.tell));
        // Small composers leave it at what the member laid down for all.
        let answering = Answering::parse(&self.answers).unwrap_or(me.member.answering);
        let quoting = Quoting::parse(&self.quotes).unwrap_or(me.member.quoting);
        Ok(Draft {
            text: self.text.clone(),
            // Small composers have what the member chose.
            format: Format::parse(&self.format).unwrap_or(me.member.format),
            spoiler_text: self.spoiler.clone(),
            visibility: Visibility::parse(&self.visibility).unwrap_or(me.member.default_visibility),
            in_reply_to_id: self.in_reply_to,
            quote_id: self.quote,
            language: Some(self.language.trim().to_owned()).filter(|tag| !tag.is_empty()),
            sensitive: self.sensitive || me.member.sensitive || !self.spoiler.trim().is_empty(),
            tell,
            terms: Terms {
                kept_from: named(app, me, &self.kept_from).await?,
                replies: answering.replies(),
                quotes: quoting,
            },
            media: attach::attaching(self),
            poll: attach::poll(self),
            once: None,
            written_with: None,
        })
    }

    /// Lays out the composer as it was sent.
    pub(super) fn refill(&self, composer: &mut ComposerView) {
        composer.text.clone_from(&self.text);
        composer.spoiler.clone_from(&self.spoiler);
        if let Some(format) = Format::parse(&self.format) {
            composer.markdown = format == Format::Markdown;
        }
        composer.kept_from.clone_from(&self.kept_from);
        if let Some(later) = &mut composer.later {
            later.clone_from(&self.later);
        }
        composer.draft = self.draft;
        composer.sensitive = self.sensitive;
        if let Ok(visibility) = Visibility::parse(&self.visibility) {
            composer.seen_by = seen_by(visibility);
        }
        if let Some(answering) = Answering::parse(&self.answers) {
            composer.answers = answers(answering);
        }
        if let Some(quoting) = Quoting::parse(&self.quotes) {
            composer.quotes = quotes(quoting);
        }
        if !self.language.is_empty() {
            choose_language(&mut composer.languages, &self.language);
        }
        if self.says_whom() {
            for who in &mut composer.tell {
                who.ticked = self.tell.contains(&who.handle);
            }
        }
    }
}

pub(super) fn handles<'a>(typed: impl IntoIterator<Item = &'a String>) -> Vec<Handle> {
    let typed = typed.into_iter();
    typed
        .filter_map(|handle| Handle::parse(handle).ok())
        .collect()
}

fn format_of(markdown: bool) -> Format {
    if markdown {
        Format::Markdown
    } else {
        Format::Plain
    }
}
