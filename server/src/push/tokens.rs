//! The token of an app that is woken, sealed: messages to its device name it, by which apps with several accounts know
//! whose message it is. The key is in a file and not in the database, so that whoever reads the database, or a copy of it,
//! cannot use any of them (docs/adr/0012).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::SubscriptionRow;
use crate::app::App;
use crate::error::Result;
use crate::key_file::SealingKey;

/// In `data_dir`.
pub(super) const FILE: &str = "push.key";
/// What is sealed where no token is: no token reads like that.
const ENDS: &str = "ends this subscription";
/// Characters of a word that ends one: a number, and what is sealed in base64.
const LONGEST_WORD: usize = 120;

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

/// The word by which whoever carries messages to this device may end its subscription, and nothing else. None where there
/// is no key: then messages bring none along.
pub(super) async fn ending(app: &App, of: &SubscriptionRow) -> Option<String> {
    let sealed = seal(app, of, ENDS).await?;
    Some(format!("{}.{}", of.id, URL_SAFE_NO_PAD.encode(sealed)))
}

/// The number of the subscription that a word is about, if it is one.
pub(super) fn number(word: &str) -> Option<i64> {
    let fits = word.len() <= LONGEST_WORD;
    let (number, _) = word.split_once('.').filter(|_| fits)?;
    number.parse().ok()
}

/// Whether this word was made for this subscription.
pub(super) async fn ends(app: &App, of: &SubscriptionRow, word: &str) -> bool {
    let Ok(key) = key(app).await else {
        return false;
    };
    ends_with(key, of, word)
}

fn ends_with(key: &SealingKey, of: &SubscriptionRow, word: &str) -> bool {
    let sealed = word.split_once('.').map(|(_, sealed)| sealed);
    let sealed = sealed.and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok());
    let opened = sealed.and_then(|sealed| key.open(&about(of), &sealed));
    opened.as_deref() == Some(ENDS.as_bytes())
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

    #[test]
    fn a_word_ends_its_own_subscription_alone() {
        let key = SealingKey::of(&[3; 32]).unwrap();
        let sealed = |of: &SubscriptionRow, text: &str| {
            let sealed = key.seal(&about(of), text.as_bytes()).unwrap();
            format!("{}.{}", of.id, URL_SAFE_NO_PAD.encode(sealed))
        };
        let (mine, other) = (
            device("https://push.example/mine"),
            device("https://push.example/other"),
        );
        let word = sealed(&mine, ENDS);
        assert!(word.len() <= LONGEST_WORD);
        assert_eq!(number(&word), Some(mine.id));
        assert!(ends_with(&key, &mine, &word));
        assert!(!ends_with(&key, &other, &word));
        // A token that is kept sealed is no such word, and what is made up is none.
        assert!(!ends_with(&key, &mine, &sealed(&mine, "secret")));
        for wrong in ["", ".", "1", "1.", "1.AAAA", "x.AAAA"] {
            assert!(!ends_with(&key, &mine, wrong), "{wrong}");
        }
        assert_eq!(number(&format!("1.{}", "A".repeat(LONGEST_WORD))), None);
    }
}
