//! The index of words: what of a post is in it, written in the transaction that writes, changes or takes out the post.
//!
//! Everything is indexed, and nothing is found because of that: who finds what is decided when somebody asks.

use std::collections::BTreeSet;

use comity_db::Tx;

use super::store;
use crate::app::App;
use crate::error::Result;
use crate::queue::{self, Job, Outcome};
use crate::statuses::{self, Status, Text};
use crate::text::{language, plain, words};

/// Nobody looks for the last words of a book: what is longer is indexed as far as here, in bytes.
const LONGEST_PART: usize = 60_000;
/// Different words of one post: more are a list, not a text.
const MOST_KEYS: usize = 4_000;
/// Posts that are indexed in one go of the job that indexes older ones.
const BATCH: i64 = 200;

/// A key that is no word: a sign in front keeps it apart from what people write.
pub(crate) fn mark(of: &str) -> String {
    format!("·{of}")
}

/// The mark of every post.
pub(crate) const ANY: &str = "any";

/// A post as the index is told of it.
pub struct Entry<'a> {
    /// Which.
    pub status_id: i64,
    /// Whose.
    pub author_id: i64,
    /// Whom it names or answers.
    pub to: Vec<i64>,
    /// It answers something.
    pub is_reply: bool,
    /// It quotes something.
    pub quotes: bool,
    /// It asks something.
    pub asks: bool,
    /// Its words.
    pub text: &'a Text,
}

/// Indexes a new post.
pub fn place(tx: &mut Tx, entry: &Entry<'_>) {
    store::insert(tx, entry.status_id, &keys(entry));
}

/// Indexes a post that says something else now.
pub fn place_anew(tx: &mut Tx, entry: &Entry<'_>) {
    store::forget(tx, entry.status_id);
    store::insert(tx, entry.status_id, &keys(entry));
}

/// Takes a post out of the index.
pub fn take_out(tx: &mut Tx, status_id: i64) {
    store::forget(tx, status_id);
}

impl<'a> Entry<'a> {
    /// What is known of this post, with these words in place of its own.
    pub fn of(status: &Status, text: &'a Text) -> Entry<'a> {
        let answered = status.in_reply_to.iter().map(|account| account.id);
        let named = status.mentions.iter().map(|account| account.id);
        Entry {
            status_id: status.id,
            author_id: status.author.id,
            to: named.chain(answered).collect(),
            is_reply: status.in_reply_to_iri.is_some() || status.in_reply_to_id.is_some(),
            quotes: status.quote.is_some(),
            asks: text.poll.is_some(),
            text,
        }
    }
}

/// The parts of a post that are looked through, each by itself: no phrase goes from one to the next.
pub(crate) fn parts(text: &Text) -> Vec<Vec<String>> {
    let said = plain::spaced(plain::cut(&text.content, LONGEST_PART));
    let files = text.attachments.iter();
    let files = files.filter_map(|file| file.description.as_deref());
    let options = text.poll.iter().flat_map(|poll| &poll.options);
    let options = options.map(|option| option.title.as_str());
    [text.title.as_str(), text.spoiler_text.as_str(), &said]
        .into_iter()
        .chain(files)
        .chain(options)
        .map(|part| words::sequence(plain::cut(part, LONGEST_PART)))
        .filter(|part| !part.is_empty())
        .collect()
}

fn keys(entry: &Entry<'_>) -> String {
    let text = entry.text;
    let mut marks: BTreeSet<String> = BTreeSet::new();
    marks.insert(mark(ANY));
    marks.insert(mark(&format!("by{}", entry.author_id)));
    marks.extend(entry.to.iter().map(|id| mark(&format!("to{id}"))));
    let spoken = language::first_part(text.language.as_deref());
    if !spoken.is_empty() {
        marks.insert(mark(&format!("lang{spoken}")));
    }
    for (is, name) in [
        (entry.is_reply, "reply"),
        (entry.quotes, "quote"),
        (entry.asks, "poll"),
        (text.sensitive, "sensitive"),
        (!text.attachments.is_empty(), "media"),
        (links_out(&text.content), "link"),
    ] {
        if is {
            marks.insert(mark(name));
        }
    }
    for file in &text.attachments {
        let kind = file.media_type.as_deref().unwrap_or_default();
        let kind = kind.split('/').next().unwrap_or_default();
        if ["image", "video", "audio"].contains(&kind) {
            marks.insert(mark(kind));
        }
    }
    let said = parts(text);
    let said = said.iter().flat_map(|part| words::keys(part));
    let distinct: BTreeSet<String> = said.take(MOST_KEYS * 4).collect();
    marks.extend(distinct.into_iter().take(MOST_KEYS));
    marks.into_iter().collect::<Vec<_>>().join(" ")
}

/// Whether clean HTML links to something that is neither a person nor a topic.
fn links_out(html: &str) -> bool {
    let mut anchors = html.split("<a ").skip(1);
    anchors.any(|anchor| {
        let tag = anchor.split('>').next().unwrap_or_default();
        !tag.contains("mention") && !tag.contains("hashtag") && !tag.contains("rel=\"tag")
    })
}

/// Indexes posts below this number that were here before there was an index, the newest first, and goes on with the rest.
pub async fn index_older(app: &App, below: i64) -> Result<Outcome> {
    let ids = store::older(&app.db, below, BATCH).await?;
    let Some(last) = ids.last() else {
        return Ok(Outcome::Done);
    };
    let mut tx = Tx::new();
    for status in statuses::load(app, &ids).await? {
        status.index_anew(&mut tx);
    }
    queue::push(&mut tx, app, &Job::IndexStatuses { below: *last })?;
    app.commit_and_ring(tx).await?;
    Ok(Outcome::Done)
}
