//! Which pages of settings there are, and which for moderators: one list of each, shown on all of them.

use super::Frame;

/// A page among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Where it is.
    pub url: &'static str,
    /// What it is called there.
    pub words: &'static str,
}

impl Tab {
    const fn new(url: &'static str, words: &'static str) -> Tab {
        Tab { url, words }
    }

    /// Whether it is the page at this address.
    pub fn is_at(&self, url: &str) -> bool {
        self.url == url
    }
}

/// Pages about one thing.
#[derive(Clone, Debug)]
pub struct TabGroup {
    /// What they are about.
    pub words: &'static str,
    /// At least one.
    pub tabs: Vec<Tab>,
}

/// Where invitations are made: for those who may invite.
const INVITATIONS: &str = "/invitations";
/// Where what is talked about is read: where the community lets that be collected.
const TRENDS: &str = "/trends";

const SETTINGS: &[(&str, &[Tab])] = &[
    (
        "You",
        &[
            Tab::new("/settings/profile", "Profile"),
            Tab::new("/settings/writing", "How you write"),
            Tab::new(INVITATIONS, "Invitations"),
        ],
    ),
    (
        "What reaches you",
        &[
            Tab::new("/settings/notifications", "What you are told"),
            Tab::new("/settings/topics", "Topics"),
            Tab::new("/settings/filters", "Filters"),
            Tab::new("/settings/people", "Blocks and mutes"),
            Tab::new("/settings/lists", "Lists you are in"),
        ],
    ),
    (
        "Your account",
        &[
            Tab::new("/settings/sessions", "Password and browsers"),
            Tab::new("/settings/email", "E-mail"),
            Tab::new("/settings/second-step", "Second step"),
            Tab::new("/settings/passkeys", "Passkeys"),
            Tab::new("/settings/apps", "Apps"),
            Tab::new("/settings/leave", "Leaving"),
        ],
    ),
];

const MODERATION: &[(&str, &[Tab])] = &[
    (
        "To do",
        &[
            Tab::new("/moderation", "What waits"),
            Tab::new("/moderation/reports", "Reports"),
            Tab::new("/sign-ups", "Sign-ups"),
            Tab::new("/contacts/community", "First contacts"),
            Tab::new(TRENDS, "What is talked about"),
        ],
    ),
    (
        "Who comes in",
        &[
            Tab::new("/sign-ups/blocks", "Blocked sign-ups"),
            Tab::new(INVITATIONS, "Invitations"),
            Tab::new("/boundaries", "Boundaries"),
            Tab::new("/boundaries/lists", "Lists of servers"),
            Tab::new("/boundaries/aliases", "Who hands on"),
        ],
    ),
    (
        "The community",
        &[
            Tab::new("/announcements", "Announcements"),
            Tab::new("/moderation/emojis", "Emoji"),
            Tab::new("/moderation/community", "How it looks"),
            Tab::new("/moderation/texts/privacy-policy", "Privacy policy"),
            Tab::new("/moderation/texts/terms-of-service", "Terms of service"),
        ],
    ),
    (
        "What was decided",
        &[
            Tab::new("/moderation/record", "Record"),
            Tab::new("/boundaries/history", "History of boundaries"),
        ],
    ),
];

impl Frame {
    /// Every page of settings that the viewer has.
    pub fn settings(&self) -> Vec<TabGroup> {
        self.those_of(SETTINGS)
    }

    /// Every page for those who look after the community.
    pub fn moderation(&self) -> Vec<TabGroup> {
        self.those_of(MODERATION)
    }

    fn those_of(&self, all: &[(&'static str, &[Tab])]) -> Vec<TabGroup> {
        let has = |tab: &Tab| match tab.url {
            INVITATIONS => self.may_invite,
            TRENDS => self.trends,
            _ => true,
        };
        let group = |(words, tabs): &(&'static str, &[Tab])| TabGroup {
            words,
            tabs: tabs.iter().copied().filter(has).collect(),
        };
        all.iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::ROUTES;

    #[test]
    fn every_page_stands_once_among_them_and_is_there() {
        for all in [SETTINGS, MODERATION] {
            let mut seen = std::collections::BTreeSet::new();
            for tab in all.iter().flat_map(|(_, tabs)| *tabs) {
                assert!(seen.insert(tab.url), "{} stands twice", tab.url);
                let mut reads = ROUTES.iter().filter(|route| route.method == "GET");
                assert!(reads.any(|route| tab.is_at(route.path)), "{}", tab.url);
            }
        }
    }

    #[test]
    fn no_page_of_settings_is_left_out() {
        // It is the page of the browsers as well.
        let same = ["/settings/password"];
        let listed = |path: &str| {
            let mut tabs = SETTINGS.iter().flat_map(|(_, tabs)| *tabs);
            tabs.any(|tab| tab.is_at(path)) || same.contains(&path)
        };
        for route in ROUTES.iter().filter(|route| route.method == "GET") {
            let last = route.path.strip_prefix("/settings/");
            if last.is_some_and(|last| !last.contains('/')) {
                assert!(listed(route.path), "{} is in no list", route.path);
            }
        }
    }
}
