//! A forgotten password: a letter to the address that the member gave, and a new one for whoever has it.

use comity_db::{Tx, Wrote};

use super::letters::{self, Errand};
use super::links::{self, Purpose};
use super::{Member, password, store};
use crate::app::App;
use crate::communities::Community;
use crate::error::{Error, Result};
use crate::http::Kind;
use crate::mail;

/// The longest name or address that is looked up; what is longer is nobody's.
const LONGEST_NAME: usize = 300;

/// Promises a letter to whoever has this name, handle or address, if somebody has. The answer is the same either way, and
/// takes as long.
pub async fn ask(app: &App, community: &Community, name: &str, neighbourhood: &str) -> Result<()> {
    if !mail::is_on(app) {
        return Err(Error::Forbidden(format!(
            "this server sends no letters; ask those who look after {} for a new password",
            community.name
        )));
    }
    app.limits.check(Kind::Letter, neighbourhood)?;
    let name = name.trim();
    let errand = Errand::Forgotten {
        community: community.id,
        name: name[..name.floor_char_boundary(LONGEST_NAME)].to_owned(),
    };
    let mut tx = Tx::new();
    letters::promise(&mut tx, app, errand)?;
    app.commit_and_ring(tx).await?;
    Ok(())
}

/// Whose password a link changes. Nothing happens by looking.
pub async fn led_to(app: &App, community: &Community, token: &str) -> Result<Option<Member>> {
    let Some(led) = links::find(app, token, Purpose::Reset).await? else {
        return Ok(None);
    };
    let member = super::find(app, led.subject_id).await?;
    let is_good = member.community_id == community.id && member.email == led.email;
    Ok(is_good.then_some(member))
}

/// A new password for whoever has the letter. Every browser is signed out and every app ended; a second step stays what
/// it was.
pub async fn finish(app: &App, community: &Community, token: &str, new: &str) -> Result<()> {
    let member = led_to(app, community, token).await?.ok_or(Error::Gone)?;
    password::check_length(new)?;
    let id = member.account_id;
    let hash = password::hash(new).await?;
    let mut tx = Tx::new();
    links::use_up(&mut tx, token);
    super::put_password(&mut tx, app, id, hash)?;
    // Whoever reads what is sent there has shown it.
    store::confirm_email(&mut tx, id, &member.email, app.now_ms());
    match app.db.write(tx).await? {
        Wrote::All => {
            app.wake.ring();
            Ok(())
        }
        Wrote::Nothing { .. } => Err(Error::Gone),
    }
}
