//! The setup link: printed for the operator while a community has no admin, and used once to make the first.

use comity_db::Tx;

use super::model::{NewMember, Role};
use super::store;
use crate::app::App;
use crate::communities::{self, Community, Settings};
use crate::error::{Error, Result};
use crate::http::token::Token;

/// A link that nobody used in a week is printed anew by the next start.
const LIVES_MS: i64 = 7 * 24 * 3600 * 1000;

/// A fresh link, if the community has no admin yet; earlier ones end.
pub async fn link(app: &App, community: &Community) -> Result<Option<String>> {
    if store::count_admins(&app.db, community.id).await? > 0 {
        return Ok(None);
    }
    let token = Token::random()?;
    let now_ms = app.now_ms();
    let mut tx = Tx::new();
    store::replace_setup_link(
        &mut tx,
        token.hash(),
        community.id,
        now_ms,
        now_ms + LIVES_MS,
    );
    let _ = app.db.write(tx).await?;
    Ok(Some(format!(
        "{}/setup/{}",
        community.origin,
        token.reveal()
    )))
}

/// Whether `token` opens the setup of this community.
pub async fn opens(app: &App, community: &Community, token: &Token) -> Result<bool> {
    let opened = store::setup_link(&app.db, token.hash(), app.now_ms()).await?;
    Ok(opened == Some(community.id))
}

/// Names the community and makes its first admin, whose account id is the answer. The link ends with it.
pub async fn finish(
    app: &App,
    community: &Community,
    token: &Token,
    name: &str,
    admin: NewMember,
) -> Result<i64> {
    if !opens(app, community, token).await? {
        return Err(Error::Gone);
    }
    let settings = Settings {
        name: name.trim().to_owned(),
        ..Settings::of(community)
    };
    settings.check()?;
    let mut tx = Tx::new();
    store::use_setup_link(&mut tx, token.hash());
    let account = super::add_with(
        app,
        community,
        NewMember {
            role: Role::Admin,
            ..admin
        },
        tx,
    )
    .await?;
    communities::change_settings(app, community.id, settings).await?;
    Ok(account.id)
}
