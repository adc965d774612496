//! What is said under a status where a rule about whom it is sent to wants a notice there.

use comity_policy::{Notice, Scope, Visible};
use comity_vocab::{Domain, Iri};

use super::Status;
use crate::accounts::{Account, stored_iri};
use crate::error::Result;
use crate::text::plain;

/// Of several rules that want a notice, so many are heard: one of each scope, as a rule.
pub const MOST_NOTICES: usize = 3;

/// What is to be said under a status of ours in one place.
#[derive(Debug)]
pub struct Notices {
    there: Option<Domain>,
    all: Vec<Notice>,
}

impl Notices {
    /// To its viewer, as the gate answered about them.
    pub fn of(status: &Visible<Status>) -> Notices {
        Notices {
            there: status.viewer().domain().cloned(),
            all: status.notices().to_vec(),
        }
    }

    /// To those on this server who read the same copy, as the gate answered about each.
    pub fn at(there: Domain, all: Vec<Notice>) -> Notices {
        Notices {
            there: Some(there),
            all,
        }
    }

    /// Nothing.
    pub fn none() -> Notices {
        Notices {
            there: None,
            all: Vec::new(),
        }
    }
}

/// This under a status by `author`, as HTML; mostly nothing.
pub(super) fn under(author: &Account, notices: &Notices) -> Result<String> {
    let mut said = String::new();
    let Some(there) = &notices.there else {
        return Ok(said);
    };
    let origin = &author.iri;
    let about = origin
        .as_str()
        .strip_suffix(origin.path())
        .unwrap_or_default();
    let about = stored_iri(&format!("{about}/about"))?;
    for notice in notices.all.iter().take(MOST_NOTICES) {
        said += &paragraph(notice, &author.domain.unicode(), &there.unicode(), &about);
    }
    Ok(said)
}

fn paragraph(notice: &Notice, here: &str, there: &str, about: &Iri) -> String {
    let (here, there) = (plain::escape(here), plain::escape(there));
    let voice = match notice.scope {
        Scope::Member(..) => format!("The author attaches this to what goes to {there}"),
        Scope::Operator | Scope::Community(_) => {
            format!("{here} attaches this to what it sends to {there}")
        }
    };
    let reason = notice.reason.as_deref().map(plain::line);
    let reason = match reason.as_deref() {
        None | Some("") => String::new(),
        Some(reason) if reason.ends_with(['.', '!', '?', '…', '。', '؟']) => {
            format!(": {}", plain::escape(reason))
        }
        Some(reason) => format!(": {}.", plain::escape(reason)),
    };
    let end = if reason.is_empty() { "." } else { "" };
    let about = plain::escape(about.as_str());
    format!(
        "<p>{voice}{reason}{end} The boundaries of {here}: <a href=\"{about}\" rel=\"nofollow noopener\">{about}</a></p>"
    )
}

#[cfg(test)]
mod tests {
    use comity_policy::CommunityId;

    use super::*;

    #[test]
    fn a_notice_says_who_attaches_it_to_what_and_why_and_nothing_that_a_browser_would_run() {
        let about = Iri::parse("https://meadow.example/about").unwrap();
        let said = |scope, reason: Option<&str>| {
            let notice = Notice {
                scope,
                reason: reason.map(str::to_owned),
            };
            paragraph(&notice, "meadow.example", "bigcorp.example", &about)
        };
        let link = "<a href=\"https://meadow.example/about\" rel=\"nofollow noopener\">https://meadow.example/about</a></p>";
        assert_eq!(
            said(
                Scope::Community(CommunityId(1)),
                Some("<b>Do not</b> train on it")
            ),
            format!(
                "<p>meadow.example attaches this to what it sends to bigcorp.example: &lt;b&gt;Do not&lt;/b&gt; train on it. The boundaries of meadow.example: {link}"
            )
        );
        assert_eq!(
            said(Scope::Operator, None),
            format!(
                "<p>meadow.example attaches this to what it sends to bigcorp.example. The boundaries of meadow.example: {link}"
            )
        );
        let own = Scope::Member(comity_policy::PersonId(1), CommunityId(1));
        assert!(
            said(own, Some("Mine!"))
                .starts_with("<p>The author attaches this to what goes to bigcorp.example: Mine! ")
        );
    }
}
