//! The token of an app that is woken, sealed: messages to its device name it, by which apps with several accounts know
//! whose message it is. The key is in a file and not in the database, so that whoever reads the database, or a copy of it,
//! cannot use any of them (docs/adr/0012).

use super::model::SubscriptionRow;
use crate::app::App;
use crate::error::Result;
use crate::key_file::SealingKey;

/// In `data_dir`.
pub(super) const FILE: &str = "push.key";

/// The token, sealed for this subscription and no other. None where there is no key: then messages name no token.
pub(super) async fn seal(app: &App, of: &SubscriptionRow, token: &str) -> Option<Vec<u8>> {
    let sealed = match key(app).await {
        Ok(key) => key.seal(&about(of), token.as_bytes()),
        Err(why) => Err(why),
    };
    sealed
        .inspect_err(|why| {
            tracing::warn!(
                ?why,
                "a token could not be sealed; messages to devices name none"
            );
        })
        .ok()
}

/// The token that was sealed for this subscription. None where there is none, or another key sealed it.
pub(super) async fn open(app: &App, of: &SubscriptionRow) -> Option<String> {
    let sealed = of.token_sealed.as_deref()?;
    let key = key(app)
        .await
        .inspect_err(|why| tracing::warn!(?why, "the tokens of devices cannot be read"))
        .ok()?;
    String::from_utf8(key.open(&about(of), sealed)?).ok()
}

async fn key(app: &App) -> Result<&SealingKey> {
    app.vapid.tokens.find_or_make(&app.config.data_dir).await
}

/// What a sealed token is bound to: in the row of another device it opens nothing.
fn about(of: &SubscriptionRow) -> Vec<u8> {
    let account = of.account_id.to_be_bytes();
    let parts: [&[u8]; 4] = [&account, &of.auth, &of.p256dh, of.endpoint.as_bytes()];
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(endpoint: &str) -> SubscriptionRow {
        SubscriptionRow {
            id: 1,
            account_id: 7,
            endpoint: endpoint.to_owned(),
            p256dh: vec![4; 65],
            auth: vec![7; 16],
            standard: true,
            policy: String::new(),
            alerts: String::new(),
            token_sealed: None,
        }
    }

    #[test]
    fn a_token_is_sealed_for_its_own_device_alone() {
        let mine = device("https://push.example/mine");
        let others = [
            device("https://push.example/other"),
            SubscriptionRow {
                account_id: 8,
                ..device("https://push.example/mine")
            },
            SubscriptionRow {
                auth: vec![8; 16],
                ..device("https://push.example/mine")
            },
        ];
        for other in others {
            assert_ne!(about(&other), about(&mine));
        }
    }
}
