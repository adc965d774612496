//! Codes that a device makes from a shared secret and the time (RFC 6238), and how the secret is handed to it.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcodegen::{QrCode, QrCodeEcc};

/// Bytes of a secret: what RFC 4226 §4 recommends, and the length of the hash.
pub const SECRET: usize = 20;
/// The time that one code is for.
const STEP_MS: i64 = 30_000;
/// Codes before and after the one of now that are taken: clocks go wrong, and typing takes a while.
const SLACK: i64 = 1;
/// Six digits, which is all that most apps show.
const DIGITS: usize = 6;

/// The step of this code, if it is a code of now that comes after `last_step`.
pub fn step_of(secret: &[u8], code: &str, now_ms: i64, last_step: i64) -> Option<i64> {
    if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let now = now_ms.div_euclid(STEP_MS);
    (now - SLACK..=now + SLACK).find(|step| {
        // No way to tell from the time how much of it was right: all digits are compared.
        let same = self::code(secret, *step)
            .bytes()
            .zip(code.bytes())
            .fold(0, |different, (one, other)| different | (one ^ other));
        *step > last_step && same == 0
    })
}

/// The code of one step.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let four = bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_be_bytes);
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// In the letters of RFC 4648, without filling.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let mut bits = [0_u8; 8];
        bits[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(bits);
        let letters = (five.len() * 8).div_ceil(5);
        for at in 0..letters {
            let index = (bits >> (35 - 5 * at)) & 31;
            let index = usize::try_from(index).unwrap_or_default();
            text.push(char::from(LETTERS[index]));
        }
    }
    text
}

/// How apps take a secret in.
pub fn address(secret: &[u8], issuer: &str, handle: &str) -> String {
    let coded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    format!(
        "otpauth://totp/{}:{}?secret={}&issuer={}",
        coded(issuer),
        coded(handle),
        base32(secret),
        coded(issuer)
    )
}

/// The same to be looked at by a camera: a drawing, which holds nothing but numbers. None where it would not fit.
pub fn drawing(text: &str) -> Option<String> {
    /// White around it, without which cameras find nothing.
    const MARGIN: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let whole = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                let _ = write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN);
            }
        }
    }
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" width=\"240\" height=\"240\" role=\"img\" \
         aria-label=\"The secret, for a camera\" shape-rendering=\"crispEdges\"><rect width=\"{whole}\" \
         height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, second / 30), expected);
        }
    }

    #[test]
    fn a_code_is_good_for_a_while_and_once() {
        let now_ms = 1_234_567_890_000;
        let now = now_ms / STEP_MS;
        for (step, good) in [
            (now - 2, false),
            (now - 1, true),
            (now, true),
            (now + 1, true),
            (now + 2, false),
        ] {
            let found = step_of(SECRET, &code(SECRET, step), now_ms, 0);
            assert_eq!(found, good.then_some(step));
        }
        assert_eq!(step_of(SECRET, &code(SECRET, now), now_ms, now), None);
        assert_eq!(step_of(SECRET, "00592", now_ms, 0), None);
    }

    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        assert_eq!(base32(b""), "");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            address(b"foobar", "Our Harbour", "@a@harbour.example"),
            "otpauth://totp/Our%20Harbour:%40a%40harbour%2Eexample?secret=MZXW6YTBOI&issuer=Our%20Harbour"
        );
        assert!(drawing("otpauth://totp/x").unwrap().starts_with("<svg"));
    }
}
