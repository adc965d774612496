//! A status: what somebody wrote, or their sharing of what somebody wrote.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use comity_db::row;
use comity_policy::{
    Approval, Conditions, Pattern, PersonId, Replies, Subject, Thing, Visible, Wishes,
};
use comity_vocab::{Attachment, Handle, Iri, NoteKind, Visibility};
use serde::{Deserialize, Serialize};

use super::once::Once;
use super::policy::Terms;
use crate::accounts::Account;
use crate::emojis::{Remote, Words};
use crate::media::{Attaching, Media, Saying, Stored};
use crate::polls::{self, Poll};
use crate::quotes::Quote;
use crate::text::Format;

row! {
    /// One row of `statuses`, as every statement of this folder selects it.
    #[derive(Debug, Clone)]
    pub struct StatusRow {
        pub id: i64,
        pub iri: String,
        pub url: Option<String>,
        pub account_id: i64,
        pub community_id: Option<i64>,
        pub kind: String,
        pub visibility: String,
        pub in_reply_to_id: Option<i64>,
        pub in_reply_to_iri: Option<String>,
        pub in_reply_to_account_id: Option<i64>,
        pub conversation_id: i64,
        pub reblog_of_id: Option<i64>,
        pub title: String,
        pub spoiler_text: String,
        pub content: String,
        pub source: String,
        pub format: String,
        pub language: Option<String>,
        pub sensitive: bool,
        pub tags: String,
        pub attachments: String,
        pub emojis: String,
        pub limited: bool,
        pub created_at: i64,
        pub edited_at: Option<i64>,
        pub replies_count: i64,
        pub reblogs_count: i64,
        pub favourites_count: i64,
        pub kept_from: String,
        pub replies_freely: String,
        pub replies_asking: String,
        pub approval: String,
        pub wishes: String,
        pub reply_stamp: Option<String>,
        pub quoted_iri: Option<String>,
        pub quoted_id: Option<i64>,
        pub quoted_account_id: Option<i64>,
        pub quote_state: Option<String>,
        pub quote_stamp: Option<String>,
        pub quote_request: Option<String>,
    }
}

/// What policy and pages may know of a status before anybody is cleared to read it. The words are behind [`text`].
#[derive(Debug, Clone)]
pub struct Status {
    /// Ours; sorts by the time it was published.
    pub id: i64,
    /// The author's server's name for it.
    pub iri: Iri,
    /// The page a browser opens, where its server has one.
    pub url: Option<String>,
    /// Who wrote it, or shared it.
    pub author: Arc<Account>,
    /// Note, article, …
    pub kind: NoteKind,
    /// As the author chose.
    pub visibility: Visibility,
    /// The status it answers, when we have it or had it.
    pub in_reply_to_id: Option<i64>,
    /// The status it answers, by its author's name for it.
    pub in_reply_to_iri: Option<String>,
    /// Who is answered.
    pub in_reply_to: Option<Arc<Account>>,
    /// The first status of its thread that we know.
    pub conversation_id: i64,
    /// The status it shares, with that one's author.
    pub reblog_of: Option<(i64, Arc<Account>)>,
    /// Whom the status that it shares answers or quotes: it carries their rules with it.
    pub carried: Vec<Arc<Account>>,
    /// The people it names.
    pub mentions: Vec<Arc<Account>>,
    /// Members whom it names once they say yes: they may see it, and are told nothing of it.
    pub asked: Vec<PersonId>,
    /// Admitted on the condition that it stays out of public places.
    pub limited: bool,
    /// From whom its author keeps it.
    pub kept_from: Vec<Pattern>,
    /// Who may answer it.
    pub replies: Replies,
    /// What else its author says of who may do what with it.
    pub wishes: Wishes,
    /// Whether it has its place under what it answers.
    pub approval: Approval,
    /// The yes of whom it answers, at their server: seen to be theirs where it was written here, elsewhere as claimed.
    pub reply_stamp: Option<String>,
    /// What it quotes.
    pub quote: Option<Quote>,
    pub(super) approval_word: &'static str,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds of the newest edit.
    pub edited_at: Option<i64>,
    /// Answers we know of.
    pub replies_count: i64,
    /// Boosts we know of.
    pub reblogs_count: i64,
    /// Favourites we know of.
    pub favourites_count: i64,
    pub(super) text: Text,
}

/// The words of a status.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Articles have one; plain text.
    pub title: String,
    /// The warning that folds the rest; plain text.
    pub spoiler_text: String,
    /// Sanitised HTML.
    pub content: String,
    /// As typed; empty for remote statuses.
    pub source: String,
    /// In what it was typed.
    pub format: Format,
    /// BCP 47.
    pub language: Option<String>,
    /// Media is hidden until asked for.
    pub sensitive: bool,
    /// Hashtags without `#`.
    pub tags: Vec<String>,
    /// Files that came with it.
    pub attachments: Vec<Attached>,
    /// Emoji that came with it from elsewhere; none for what was written here, whose community has them.
    pub emojis: Vec<Remote>,
    /// What it asks.
    pub poll: Option<Poll>,
}

/// A file that came with a status, as it is stored: one of ours, or one that stays where its author put it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// Where it is; empty for one of ours, whose address is made for each reader.
    pub url: String,
    /// As its server claims.
    pub media_type: Option<String>,
    /// What is in it, in its author's words.
    pub description: Option<String>,
    /// Pixels, as its server claims.
    pub width: Option<u32>,
    /// Pixels, as its server claims.
    pub height: Option<u32>,
    /// A blurred preview in text form.
    pub blurhash: Option<String>,
    /// The point to keep in view, each from -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<(f32, f32)>,
    /// The file of ours that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<Stored>,
    /// Where the picture is that stands for a film or a sound from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

impl Attached {
    /// As a server described it.
    pub(super) fn of(file: &Attachment) -> Attached {
        Attached {
            url: file.url.as_str().to_owned(),
            media_type: file.media_type.clone(),
            description: file.name.clone(),
            width: file.width,
            height: file.height,
            blurhash: file.blurhash.clone(),
            focus: file.focus,
            here: None,
            icon: file.icon.as_ref().map(|icon| icon.url.to_string()),
        }
    }

    /// A file that a member put here.
    pub(crate) fn own(media: &Media) -> Attached {
        let stored = media.stored();
        let size = stored.meta.original;
        Attached {
            url: String::new(),
            media_type: Some(media.file_type.clone()),
            description: Some(media.description.clone()).filter(|text| !text.is_empty()),
            width: size.map(|size| size.width),
            height: size.map(|size| size.height),
            blurhash: Some(media.blurred()).filter(|text| !text.is_empty()),
            focus: media.focus(),
            here: Some(stored),
            icon: None,
        }
    }

    /// Whether it is this file of ours.
    pub(crate) fn is(&self, id: i64) -> bool {
        self.here.as_ref().is_some_and(|stored| stored.id == id)
    }

    /// Whether both are the same file, whatever is said of it.
    pub(crate) fn is_same(&self, other: &Attached) -> bool {
        match (&self.here, &other.here) {
            (Some(one), Some(other)) => one.id == other.id,
            (None, None) => self.url == other.url,
            _ => false,
        }
    }

    /// Whether a copy of it is had from here: of what its server says is a picture, film or sound. Anything else stays where it
    /// is.
    pub(crate) fn is_copied(&self) -> bool {
        self.claims("image") || self.plays()
    }

    /// Whether it is film or sound from elsewhere, as its server claims.
    pub(crate) fn plays(&self) -> bool {
        self.claims("video") || self.claims("audio")
    }

    fn claims(&self, family: &str) -> bool {
        let kind = self.media_type.as_deref();
        let claimed = kind.and_then(|kind| kind.split('/').next());
        self.here.is_none() && claimed == Some(family)
    }

    /// Where the picture is that is shown here as a small copy: what it is itself, or what stands for it.
    pub(crate) fn picture(&self) -> Option<&str> {
        if self.claims("image") {
            return Some(&self.url);
        }
        self.icon.as_deref().filter(|_| self.here.is_none())
    }

    /// What is said of it, as its row keeps it: a description, which may be empty, and the point to keep in view.
    pub(crate) fn said(&self) -> (&str, (f64, f64)) {
        let (x, y) = self.focus.unwrap_or_default();
        let description = self.description.as_deref().unwrap_or_default();
        (description, (f64::from(x), f64::from(y)))
    }

    /// Says something else of it.
    pub(crate) fn say(&mut self, saying: &Saying) {
        if let Some(description) = &saying.description {
            let text = description.trim();
            self.description = (!text.is_empty()).then(|| text.to_owned());
        }
        if let Some(focus) = saying.focus {
            self.focus = (focus != (0.0, 0.0)).then_some(focus);
        }
    }

    /// A number for a file from elsewhere, the same each time: apps want one.
    pub(crate) fn number(&self) -> i64 {
        let hash = digest(&SHA256, self.url.as_bytes());
        let (first, _) = hash
            .as_ref()
            .split_first_chunk()
            .expect("a hash has 32 bytes");
        i64::from_be_bytes(*first) & i64::MAX
    }
}

/// The only door to the words: whoever reads them has been cleared.
pub fn text(status: &Visible<Status>) -> &Text {
    &status.text
}

/// Whether its files are covered: its author says so, or a rule about them, as it is now.
pub fn is_sensitive(status: &Visible<Status>) -> bool {
    text(status).sensitive || status.conditions().contains(Conditions::MARK_SENSITIVE)
}

impl Text {
    /// Everything in which codes of emoji may stand.
    pub(crate) fn with_codes(&self) -> Vec<Words<'_>> {
        let mut words = vec![
            Words::Html(&self.content),
            Words::Plain(&self.spoiler_text),
            Words::Plain(&self.title),
        ];
        let options = self.poll.iter().flat_map(|poll| &poll.options);
        words.extend(options.map(|option| Words::Plain(&option.title)));
        words
    }
}

impl Status {
    /// Whether it waits for this member's yes.
    pub fn waits_for(&self, account_id: i64) -> bool {
        let on = PersonId(account_id);
        let quote = self.quote.as_ref();
        self.asked.contains(&on)
            || self.approval == Approval::Waits { on }
            || quote.is_some_and(|quote| quote.waits_for(account_id))
    }

    /// Whether whom it answers, elsewhere, turned it down.
    pub fn is_declined(&self) -> bool {
        self.approval_word == super::policy::DECLINED
    }

    /// Whose rules bind what carries it further, beside its author's: whom it answers, and whom it quotes.
    pub(super) fn bound_by(&self) -> Vec<Arc<Account>> {
        let quoted = self.quote.iter().filter_map(Quote::bound_by);
        self.in_reply_to.iter().chain(quoted).cloned().collect()
    }

    /// Whether files of ours come along with it.
    pub(crate) fn has_files(&self) -> bool {
        self.text.attachments.iter().any(|file| file.here.is_some())
    }

    /// Whether it answers something by this account.
    pub fn answers(&self, account_id: i64) -> bool {
        self.in_reply_to
            .as_ref()
            .is_some_and(|account| account.id == account_id)
    }
}

impl Subject for Status {
    fn thing(&self) -> Thing {
        let answered = self.in_reply_to.iter().map(|account| account.person());
        let shared = self.reblog_of.iter().map(|(_, account)| account);
        let shared = shared.chain(&self.carried).map(|account| account.person());
        let quoted = self.quote.iter().filter_map(Quote::bound_by);
        let quoted = quoted.map(|account| account.person());
        Thing {
            visibility: self.visibility,
            addressed: self
                .mentions
                .iter()
                .map(|account| PersonId(account.id))
                .chain(self.asked.iter().copied())
                .collect(),
            within: answered.chain(shared).chain(quoted).collect(),
            kept_from: self.kept_from.clone(),
            replies: self.replies,
            wishes: self.wishes.clone(),
            approval: self.approval,
            ..Thing::of(self.author.person())
        }
    }
}

/// What a member asks to publish; checked by [`Draft::check`](super::publish).
#[derive(Debug, Clone)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// In what it is typed.
    pub format: Format,
    /// The warning that folds the rest; empty for none.
    pub spoiler_text: String,
    /// Who shall see it.
    pub visibility: Visibility,
    /// The status it answers.
    pub in_reply_to_id: Option<i64>,
    /// The status it quotes.
    pub quote_id: Option<i64>,
    /// BCP 47.
    pub language: Option<String>,
    /// Media is hidden until asked for.
    pub sensitive: bool,
    /// Whom a reply tells beyond those its text names; `None` tells whom it answers.
    pub tell: Option<Vec<Handle>>,
    /// Who is not to have it, and who may answer.
    pub terms: Terms,
    /// What it brings along.
    pub media: Attaching,
    /// What it asks.
    pub poll: polls::Wish,
    /// The app's name for it: a second one of that name is not posted.
    pub once: Option<Once>,
    /// The app that sends it, by its number.
    pub written_with: Option<i64>,
}

/// An older version of a status.
#[derive(Debug)]
pub struct Version {
    /// What it said.
    pub text: Text,
    /// When it became current; unix milliseconds.
    pub created_at: i64,
}
