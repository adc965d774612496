//! Where people moved to, by their own word.

use std::collections::{HashMap, HashSet};

use comity_policy::{Party, Visible, Way};
use comity_vocab::Iri;

use super::{Account, profile, store};
use crate::app::App;
use crate::error::Result;

/// Whom those of these who moved name, as the viewer may see them, by the address of the actor: with one query, however many
/// they are. Who is not known here, is gone, or is not for the viewer, is not among them; nobody asks elsewhere, and where
/// those moved to in turn is not followed.
pub async fn moved(
    app: &App,
    viewer: &Party,
    way: Way,
    accounts: &[&Visible<Account>],
) -> Result<HashMap<Iri, Visible<Account>>> {
    let named = accounts.iter().filter_map(|account| moved_to(account));
    let named: HashSet<Iri> = named.collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let iris = named.iter().map(|iri| iri.as_str().to_owned()).collect();
    let there = store::by_iris(&app.db, iris)
        .await?
        .into_iter()
        .map(|row| Account::from_row(row, app.now_ms()))
        .collect::<Result<Vec<Account>>>()?
        .into_iter()
        .filter(|account| account.gone_at.is_none())
        .collect::<Vec<Account>>();
    let shown = app.gate.show_all(viewer, way, there).await?;
    let shown = shown.into_iter().flatten();
    Ok(shown.map(|there| (there.iri.clone(), there)).collect())
}

/// The address of the actor that somebody says to have become; `None` who stays, and who says to be where they are.
pub fn moved_to(account: &Visible<Account>) -> Option<Iri> {
    let iri = profile(account).moved_to_iri.as_deref()?;
    let iri = Iri::parse(iri).ok()?;
    (iri != account.iri).then_some(iri)
}
