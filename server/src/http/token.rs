//! Secrets that are handed out: session and setup tokens, and the form tokens made from them.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Result};

/// Bytes of a token: beyond guessing, and the size of the hash that is stored for it.
const SIZE: usize = 32;

/// 32 random bytes. Only its hash is ever stored; `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; SIZE]);

impl Token {
    /// A new one.
    pub fn random() -> Result<Token> {
        Ok(Token(random()?))
    }

    /// As [`Token::reveal`] wrote it.
    pub fn parse(text: &str) -> Option<Token> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Token(bytes.try_into().ok()?))
    }

    /// The text for the cookie or the link; never for a log.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored: whoever reads the database cannot sign in with it.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.0).as_ref().to_vec()
    }

    /// A token for forms of whoever holds this one. Each is written differently, so that a compressed page does not
    /// give it away letter by letter (BREACH).
    pub fn form_token(&self) -> Result<String> {
        let mask: [u8; SIZE] = random()?;
        let masked = exclusive_or(&mask, &self.form_key());
        Ok(URL_SAFE_NO_PAD.encode([mask, masked].concat()))
    }

    /// Whether `text` is a form token of this one.
    pub fn made(&self, text: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
            return false;
        };
        let Some((mask, masked)) = bytes.split_first_chunk::<SIZE>() else {
            return false;
        };
        let Ok(masked) = <&[u8; SIZE]>::try_from(masked) else {
            return false;
        };
        constant_time::verify_slices_are_equal(&exclusive_or(mask, masked), &self.form_key())
            .is_ok()
    }

    /// Sixteen of its bits, for counters that should start anywhere.
    pub fn seed(&self) -> u16 {
        u16::from_be_bytes([self.0[0], self.0[1]])
    }

    fn form_key(&self) -> [u8; SIZE] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, b"comity form");
        tag.as_ref().try_into().expect("SHA-256 gives 32 bytes")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the machine gave no random bytes"))?;
    Ok(bytes)
}

fn exclusive_or(one: &[u8; SIZE], other: &[u8; SIZE]) -> [u8; SIZE] {
    std::array::from_fn(|at| one[at] ^ other[at])
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_form_token_belongs_to_its_holder_alone() {
        let (mine, theirs) = (Token::random().unwrap(), Token::random().unwrap());
        let form = mine.form_token().unwrap();
        assert!(mine.made(&form));
        assert!(!theirs.made(&form));
        assert_ne!(
            form,
            mine.form_token().unwrap(),
            "each is written differently"
        );
        for wrong in ["", "x", &form[1..], &mine.reveal()] {
            assert!(!mine.made(wrong));
        }
    }

    #[test]
    fn a_token_reads_back_and_tells_nothing() {
        let token = Token::random().unwrap();
        assert_eq!(Token::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(Token::parse("short"), None);
    }
}
