//! Who lets themself be put into lists of people who do not follow them. A member chooses, and lets nobody at first; of people
//! elsewhere it is taken from what they say in public: who lets themself be found, and what they write be found by its words
//! (FEP-5feb's `indexable`), may be read in a list as well.
//!
//! It is asked each time a list is read: who thinks better of it is read there no more.

use comity_db::Tx;

use super::store;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Me;

/// Members of whom one is told that they have one in a list.
pub(super) const MOST_TOLD: i64 = 200;

/// Who may put a member into a list without following them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listing {
    /// Nobody.
    #[default]
    Nobody,
    /// Whom they follow.
    Followed,
    /// Everyone here.
    Everyone,
}

impl Listing {
    /// All of them, from the narrowest.
    pub const ALL: [Listing; 3] = [Listing::Nobody, Listing::Followed, Listing::Everyone];

    /// The word that is stored and that forms send.
    pub fn as_str(self) -> &'static str {
        match self {
            Listing::Nobody => "nobody",
            Listing::Followed => "followed",
            Listing::Everyone => "everyone",
        }
    }

    /// Reads [`Listing::as_str`].
    pub fn parse(word: &str) -> Option<Listing> {
        Listing::ALL
            .into_iter()
            .find(|listing| listing.as_str() == word)
    }
}

/// What a member chose.
pub(super) async fn of(app: &App, account_id: i64) -> Result<Listing> {
    let word = store::wish_of(&app.db, account_id).await?;
    Ok(word
        .and_then(|word| Listing::parse(&word))
        .unwrap_or_default())
}

/// A member chooses. Who has them in a list by then reads them there only where this lets them.
pub(super) async fn choose(app: &App, account_id: i64, listing: Listing) -> Result<()> {
    let word = Some(listing.as_str()).filter(|_| listing != Listing::Nobody);
    store::wish(&app.db, account_id, word).await
}

/// Members who have this one in a list without following them.
pub(super) async fn listed_by(app: &App, account_id: i64) -> Result<Vec<i64>> {
    store::listed_by(&app.db, account_id, MOST_TOLD).await
}

/// A member takes themself out of the lists of somebody who does not follow them, for good. *Not found* where they are in none.
pub(super) async fn leave(app: &App, me: &Me, owner_id: i64) -> Result<()> {
    if !listed_by(app, me.account.id).await?.contains(&owner_id) {
        return Err(Error::NotFound);
    }
    let mut tx = Tx::new();
    store::refuse(&mut tx, me.account.id, owner_id);
    app.commit(tx).await?;
    Ok(())
}
