//! Passwords: hashed slowly, a few at a time, and never on the threads that serve requests.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// Shorter ones are guessed.
const SHORTEST: usize = 8;
/// Bytes; longer ones only make us work.
const LONGEST: usize = 256;
/// OWASP's parameters for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Hashes made at the same time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

static SEATS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The hash of no password: checking against it takes as long as against a real one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGxpdmVzIGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .expect("these parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// Whether it may be one at all.
pub fn check_length(password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST {
        return Err(Error::invalid(
            "password",
            format!("must have at least {SHORTEST} characters"),
        ));
    }
    if password.len() > LONGEST {
        return Err(Error::invalid(
            "password",
            format!("must have at most {LONGEST} bytes"),
        ));
    }
    Ok(())
}

/// What is stored.
pub async fn hash(password: &str) -> Result<String> {
    let password = composed(password);
    slowly(move || {
        ARGON2
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
    })
    .await?
    .map_err(|why| Error::internal(format!("a password could not be hashed: {why}")))
}

/// Whether `password` is the one behind `hash`. Without a hash the answer is no, and takes as long.
pub async fn matches(password: &str, hash: Option<String>) -> Result<bool> {
    // Nobody has a longer one, and hashing it would only make us work.
    if password.len() > LONGEST {
        return Ok(false);
    }
    let password = composed(password);
    let is_known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
    let matches = slowly(move || {
        let parsed = PasswordHash::new(&hash)?;
        Ok::<_, argon2::password_hash::phc::Error>(
            ARGON2.verify_password(password.as_bytes(), &parsed).is_ok(),
        )
    })
    .await?
    .map_err(|why| Error::internal(format!("a stored hash cannot be read: {why}")))?;
    Ok(matches && is_known)
}

/// The same letters may be typed composed or not; keyboards differ.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _seat = SEATS
        .acquire()
        .await
        .map_err(|why| Error::Internal(Box::new(why)))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|why| Error::Internal(Box::new(why)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_alone() {
        let stored = hash("correct horse").await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            matches("correct horse", Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!matches("correct horsf", Some(stored)).await.unwrap());
        assert!(!matches("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn composed_and_decomposed_letters_are_the_same_password() {
        let stored = hash("caf\u{e9}-au-lait").await.unwrap();
        assert!(matches("cafe\u{301}-au-lait", Some(stored)).await.unwrap());
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(check_length("1234567").is_err());
        assert!(check_length("12345678").is_ok());
        assert!(check_length(&"x".repeat(257)).is_err());
    }
}
