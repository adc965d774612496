//! By which words a new status is found, and by which links.

use comity_db::Tx;

use super::NewStatus;
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
}

impl Status {
    /// Puts what it says now into the index, in place of what it said before.
    pub(crate) fn index_anew(&self, tx: &mut Tx) {
        search::place_anew(tx, &search::Entry::of(self, &self.text));
        links::place_anew(tx, self.id, self.visibility, &self.text.content);
    }
}
