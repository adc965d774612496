//! By which words a new status is found, by which links, and which page is shown under it.

use comity_db::Tx;

use super::NewStatus;
use crate::app::App;
use crate::cards::{self, Linking};
use crate::error::Result;
use crate::links;
use crate::search;
use crate::statuses::{Status, Text};
use crate::text::Format;

impl NewStatus {
    /// Puts it into the index, in the transaction that records it.
    pub(super) fn index(&self, tx: &mut Tx) {
        let row = &self.row;
        let text = Text {
            title: row.title.clone(),
            spoiler_text: row.spoiler_text.clone(),
            content: row.content.clone(),
            source: String::new(),
            format: Format::Plain,
            language: row.language.clone(),
            sensitive: row.sensitive,
            tags: Vec::new(),
            attachments: self.files(),
            emojis: Vec::new(),
            poll: self.poll.clone(),
        };
        let named = self.mentions.iter().map(|account| account.id);
        let entry = search::Entry {
            status_id: row.id,
            author_id: self.author.id,
            to: named.chain(row.in_reply_to_account_id).collect(),
            is_reply: row.in_reply_to_iri.is_some(),
            quotes: self.quote.is_some(),
            asks: self.poll.is_some(),
            text: &text,
        };
        search::place(tx, &entry);
        links::place(tx, row.id, self.visibility, &row.content);
    }

    /// Promises the card of the page that it links to, in the transaction that records it.
    pub(in crate::statuses) async fn promise_card(
        &self,
        app: &App,
        tx: &mut Tx,
        community: i64,
    ) -> Result<()> {
        let linking = Linking {
            status_id: self.row.id,
            community,
            visibility: self.visibility,
            html: &self.row.content,
            quoted: self.quote.as_ref().map(|new| &new.quote.iri),
            is_ours: self.author.is_local(),
        };
        cards::place(app, tx, linking).await
    }
}

impl Status {
    /// Puts what it says now into the index, in place of what it said before.
    pub(crate) fn index_anew(&self, tx: &mut Tx) {
        search::place_anew(tx, &search::Entry::of(self, &self.text));
        links::place_anew(tx, self.id, self.visibility, &self.text.content);
    }
}
