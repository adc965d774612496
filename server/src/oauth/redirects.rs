//! Where an app is answered.

use url::Url;

use crate::error::{Error, Result};

/// The app cannot be reached: the member carries the code over by hand.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
/// Characters of an address.
pub const LONGEST_ADDRESS: usize = 1_000;
/// Schemes whose addresses are not places but programs or files.
const NO_PLACES: [&str; 8] = [
    "javascript",
    "data",
    "vbscript",
    "blob",
    "file",
    "about",
    "filesystem",
    "view-source",
];

/// An address that an app registered and that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    text: String,
    /// `None`: out of band.
    url: Option<Url>,
}

impl Redirect {
    /// An address of the web with encryption, of this machine, or of an app's own scheme; without a fragment (RFC 6749
    /// §3.1.2). Plain http elsewhere would hand the code to everybody on the way (RFC 9700 §2.6).
    pub fn parse(text: &str) -> Result<Redirect> {
        let no = |why: &str| Err(Error::invalid("redirect_uris", why));
        if text == OUT_OF_BAND {
            return Ok(Redirect {
                text: text.to_owned(),
                url: None,
            });
        }
        if text.len() > LONGEST_ADDRESS || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return no("holds an address with blanks or of more than 1000 characters");
        }
        let Ok(url) = Url::parse(text) else {
            return no("holds something that is not an absolute address");
        };
        if url.fragment().is_some() {
            return no("holds an address with a fragment");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return no("holds an address with a name or password in it");
        }
        if NO_PLACES.contains(&url.scheme()) {
            return no("holds an address that leads to no app");
        }
        // It is put into a header, where some letters mean something.
        let is_plain = |host: &str| {
            host.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte))
        };
        if matches!(url.scheme(), "http" | "https") && !url.host_str().is_some_and(is_plain) {
            return no("holds an address whose server has no usual name");
        }
        if url.scheme() == "http" && !is_this_machine(&url) {
            return no("holds an address without encryption; begin it with https://");
        }
        Ok(Redirect {
            text: text.to_owned(),
            url: Some(url),
        })
    }

    /// As the app wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address with these values in its query; `None` where the member carries them.
    pub fn with(&self, values: &[(&str, &str)]) -> Option<String> {
        let mut url = self.url.clone()?;
        let mut query = url.query_pairs_mut();
        for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        drop(query);
        Some(url.into())
    }

    /// As a source for `form-action`: browsers hold that against where a form's answer leads.
    pub fn source(&self) -> Option<String> {
        let url = self.url.as_ref()?;
        Some(match url.scheme() {
            // Sources know no addresses of IPv6.
            scheme if matches!(url.host(), Some(url::Host::Ipv6(_))) => format!("{scheme}:"),
            "http" | "https" => url.origin().ascii_serialization(),
            scheme => format!("{scheme}:"),
        })
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_are_answered_where_they_can_be() {
        for good in [
            OUT_OF_BAND,
            "https://elk.example/api/oauth?server=x",
            "http://localhost:8080/back",
            "http://127.0.0.1/",
            "http://[::1]:3000/",
            "icecubesapp://",
            "mastodon-android-auth://callback",
            "com.keylesspalace.tusky:/oauth",
        ] {
            assert!(Redirect::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn and_nowhere_else() {
        for bad in [
            "",
            "/relative",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://elsewhere.example/",
            "http://localhost.elsewhere.example/",
            "https://a.example/#fragment",
            "https://me:secret@a.example/",
            "https://a.example/ b",
            "https://*/",
            "https://a;sandbox/",
            "https://a,b.example/",
            "https://a.example/\r\nX: y",
        ] {
            assert!(Redirect::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_answered_goes_into_the_query() {
        let to = |uri: &str| {
            Redirect::parse(uri)
                .unwrap()
                .with(&[("code", "a b"), ("state", "")])
        };
        assert_eq!(
            to("https://a.example/x?y=1").as_deref(),
            Some("https://a.example/x?y=1&code=a+b")
        );
        assert_eq!(
            to("icecubesapp://").as_deref(),
            Some("icecubesapp://?code=a+b")
        );
        assert_eq!(to(OUT_OF_BAND), None);
        let source = |uri: &str| Redirect::parse(uri).unwrap().source();
        assert_eq!(
            source("https://a.example:8443/x").as_deref(),
            Some("https://a.example:8443")
        );
        assert_eq!(source("icecubesapp://").as_deref(), Some("icecubesapp:"));
    }
}
