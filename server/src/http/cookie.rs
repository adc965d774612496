//! The four cookies: who is signed in, whose form it is before that, what the last act came to, and where somebody goes on
//! who signed up and waits for a letter.
//!
//! On https they carry `__Host-`, which browsers only take with `Secure`, for the whole path and from this very host.
//! On a machine of one's own there is no https, and not every browser treats `http://localhost` as secure; there the
//! names carry the port instead, because browsers share cookies between ports.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use super::local_path;
use super::token::Token;
use crate::communities::Community;
use crate::web::view::Notice;

/// One of our cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in.
    Session,
    /// Whose form it is, for people who are not signed in.
    Visitor,
    /// What the last act came to, shown once.
    Notice,
    /// Where whoever signed up here, or asked for a new password, goes on: the letter is answered in another window.
    Next,
}

/// A visitor has a day to fill in a form.
const VISITOR_LIVES_S: i64 = 24 * 3600;
/// A notice is shown by the very next page.
const NOTICE_LIVES_S: i64 = 60;
/// Longer notices are cut; browsers refuse cookies beyond 4096 bytes.
const LONGEST_NOTICE: usize = 1000;
/// An app that had somebody sign up, or choose a new password, does not wait for longer.
const NEXT_LIVES_S: i64 = 24 * 3600;
/// Bytes of an address to go on to; in base64 they are a third more, and browsers refuse cookies beyond 4096.
const LONGEST_NEXT: usize = 2900;

impl Cookie {
    fn name(self, community: &Community) -> String {
        let plain = match self {
            Cookie::Session => "session",
            Cookie::Visitor => "visitor",
            Cookie::Notice => "notice",
            Cookie::Next => "next",
        };
        if is_secure(community) {
            format!("__Host-{plain}")
        } else {
            format!("{plain}-{}", community.domain.port().unwrap_or(80))
        }
    }

    /// Its value as the browser sent it.
    pub fn read(self, headers: &HeaderMap, community: &Community) -> Option<String> {
        let name = self.name(community);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| {
                let (key, value) = pair.trim().split_once('=')?;
                (key == name).then(|| value.to_owned())
            })
    }

    /// The token it holds.
    pub fn token(self, headers: &HeaderMap, community: &Community) -> Option<Token> {
        Token::parse(&self.read(headers, community)?)
    }

    fn set(self, community: &Community, value: &str, lives_s: i64) -> HeaderValue {
        let name = self.name(community);
        let secure = if is_secure(community) { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={lives_s}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).expect("names, base64 and numbers are visible ASCII")
    }

    /// Makes the browser forget it.
    pub fn clear(self, community: &Community) -> HeaderValue {
        self.set(community, "", 0)
    }
}

/// Signs a browser in for `lives_s` seconds.
pub fn session(community: &Community, token: &Token, lives_s: i64) -> HeaderValue {
    Cookie::Session.set(community, &token.reveal(), lives_s)
}

/// Lets somebody who is not signed in send a form.
pub fn visitor(community: &Community, token: &Token) -> HeaderValue {
    Cookie::Visitor.set(community, &token.reveal(), VISITOR_LIVES_S)
}

/// Tells the next page what this act came to.
pub fn notice(community: &Community, notice: &Notice) -> HeaderValue {
    let text = &notice.0[..notice.0.floor_char_boundary(LONGEST_NOTICE)];
    Cookie::Notice.set(community, &URL_SAFE_NO_PAD.encode(text), NOTICE_LIVES_S)
}

/// What the last act came to.
pub fn read_notice(headers: &HeaderMap, community: &Community) -> Option<Notice> {
    let bytes = URL_SAFE_NO_PAD
        .decode(Cookie::Notice.read(headers, community)?)
        .ok()?;
    String::from_utf8(bytes).ok().map(Notice)
}

/// Where this browser goes on once the letter is answered: an address here, in place of what an earlier letter left.
pub fn next(community: &Community, path: &str) -> HeaderValue {
    if path == "/" || path.len() > LONGEST_NEXT {
        return Cookie::Next.clear(community);
    }
    Cookie::Next.set(community, &URL_SAFE_NO_PAD.encode(path), NEXT_LIVES_S)
}

/// Where whoever asked for a letter with this browser goes on; never elsewhere than here.
pub fn read_next(headers: &HeaderMap, community: &Community) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(Cookie::Next.read(headers, community)?)
        .ok()?;
    let path = String::from_utf8(bytes).ok()?;
    local_path(&path).is_some().then_some(path)
}

fn is_secure(community: &Community) -> bool {
    community.origin.starts_with("https://")
}
