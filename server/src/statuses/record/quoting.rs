//! What a new status quotes.

use comity_db::Tx;
use comity_vocab::Consented;

use super::NewStatus;
use crate::accounts::stored_iri;
use crate::app::App;
use crate::error::Result;
use crate::quotes::{NewQuote, State};
use crate::stamps::{self, Answer, Telling};

impl NewStatus {
    /// What it quotes.
    pub(in crate::statuses) fn quoting(self, quote: Option<NewQuote>) -> NewStatus {
        NewStatus { quote, ..self }
    }

    /// Gives the yes to its quote of something by somebody here who lets it be quoted, in the transaction that records it.
    pub(in crate::statuses) async fn stamp_quote(&mut self, app: &App, tx: &mut Tx) -> Result<()> {
        let Some(NewQuote { quote, .. }) = &mut self.quote else {
            return Ok(());
        };
        let (Some(target_id), Some(quoted)) = (quote.id, quote.bound_by().cloned()) else {
            return Ok(());
        };
        let is_let = quote.state == State::Stands && quoted.is_local();
        if !is_let || quoted.id == self.author.id {
            return Ok(());
        }
        let answer = Answer {
            what: Consented::Quote,
            iri: &stored_iri(&self.row.iri)?,
            author: &self.author,
            target_id,
            answered: &quoted,
        };
        let stamp = stamps::give(app, tx, answer, None, Telling::Them).await?;
        quote.stamp = stamp.map(|stamp| stamp.as_str().to_owned());
        Ok(())
    }

    /// Whether somebody elsewhere is to be asked about its quote.
    pub(in crate::statuses) fn asks_quoted(&self) -> bool {
        let quote = self.quote.as_ref();
        quote.is_some_and(|new| new.quote.asks_elsewhere().is_some())
    }
}
