//! That it is we who ask a push service to wake somebody (RFC 8292), also as it was written before there was a standard.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use comity_vocab::Iri;
use serde_json::json;
use tokio::sync::OnceCell;

use super::{store, tokens};
use crate::app::App;
use crate::error::{Error, Result};
use crate::key_file::KeyFile;

/// How long one proof may be used: the standard allows a day.
const LIVES_S: i64 = 12 * 3600;

/// The keys of this installation, once they were read.
pub struct Vapid {
    pair: OnceCell<EcdsaKeyPair>,
    /// Seals the tokens of apps that are woken.
    pub(super) tokens: KeyFile,
}

impl Default for Vapid {
    fn default() -> Vapid {
        Vapid {
            pair: OnceCell::new(),
            tokens: KeyFile::named(tokens::FILE),
        }
    }
}

/// The public key that apps subscribe with.
pub async fn public_key(app: &App) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(pair(app).await?.public_key().as_ref()))
}

/// The proof for the push service at this address: a signed token.
pub(super) async fn proof(app: &App, endpoint: &Iri) -> Result<String> {
    let pair = pair(app).await?;
    let endpoint = url::Url::parse(endpoint.as_str())
        .map_err(|_| Error::internal("the address of a push service is none"))?;
    let domain = &app.config.domain;
    let subject = match app.config.federation.contact.as_str() {
        mail if mail.contains('@') && !mail.contains(':') => format!("mailto:{mail}"),
        _ => format!("{}://{domain}", crate::config::scheme(domain)),
    };
    let claims = json!({
        "aud": endpoint.origin().ascii_serialization(),
        "exp": app.now_ms() / 1000 + LIVES_S,
        "sub": subject,
    });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(json!({ "typ": "JWT", "alg": "ES256" })),
        part(claims)
    );
    let signature = pair
        .sign(&SystemRandom::new(), signed.as_bytes())
        .map_err(|_| Error::internal("a proof for a push service could not be signed"))?;
    Ok(format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(signature.as_ref())
    ))
}

async fn pair(app: &App) -> Result<&EcdsaKeyPair> {
    app.vapid.pair.get_or_try_init(|| read(app)).await
}

async fn read(app: &App) -> Result<EcdsaKeyPair> {
    let broken = || Error::internal("the keys for push services cannot be used");
    let stored = match store::key(&app.db).await? {
        Some(stored) => stored,
        None => {
            let new = EcdsaKeyPair::generate_pkcs8(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &SystemRandom::new(),
            )
            .map_err(|_| broken())?;
            store::keep_key(&app.db, new.as_ref().to_vec()).await?;
            // Another process may have been faster.
            store::key(&app.db).await?.ok_or_else(broken)?
        }
    };
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &stored).map_err(|_| broken())
}
