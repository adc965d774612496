//! What surrounds every page: the community's name, the way round it, and who is looking.

use super::PersonView;
use crate::texts::Published;

/// Given to every page as `frame`.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; no two exclude each other"
)]
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's own title, without the community's name; empty shows the community's name alone.
    pub title: String,
    /// The community's name, shown as the brand.
    pub community: String,
    /// Who is signed in, or `None`.
    pub viewer: Option<PersonView>,
    /// The token every form sends back as `csrf`.
    pub csrf: String,
    /// This page's path and query; forms send it as `back`, sign-in as `next`.
    pub here: String,
    /// What the links to signing in and up end with, so that one goes on from there ([`afterwards`](crate::http::afterwards));
    /// mostly empty.
    pub afterwards: String,
    /// Notifications not seen yet; nothing is shown for none.
    pub unread: u64,
    /// People who wait for a yes; the page of notifications links to them.
    pub waiting: u64,
    /// Which entry of the navigation this page is.
    pub current: NavItem,
    /// What the last act came to, shown once on top of the page.
    pub notice: Option<Notice>,
    /// New people may sign up, so a way to is shown.
    pub sign_up_open: bool,
    /// Who is signed in may invite people.
    pub may_invite: bool,
    /// Who is signed in looks after the community.
    pub may_moderate: bool,
    /// The community lets be collected what is talked about, so a way to it is shown.
    pub trends: bool,
    /// Changes when the style or the script does, so that browsers may keep them for ever.
    pub stamp: String,
    /// The path of the community's own icon, if it has one.
    pub icon: Option<String>,
    /// Where this server's source is; the licence asks that everyone can find it.
    pub source_url: String,
    /// Search engines are asked not to list this page.
    pub no_index: bool,
    /// Whether the community has a privacy policy and terms of service.
    pub texts: Published,
}

impl Frame {
    /// Whether `person` is the one looking.
    pub fn is_viewer(&self, person: &PersonView) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| viewer.id == person.id)
    }
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NavItem {
    /// None of them.
    #[default]
    Elsewhere,
    /// What the people one follows wrote.
    Home,
    /// What happened to oneself.
    Notifications,
    /// Finding people and posts.
    Search,
    /// What this community wrote.
    Community,
    /// Rules of oneself and of the community.
    Boundaries,
    /// What those who look after the community have to do.
    Moderation,
    /// One's own profile.
    Me,
    /// Writing a post.
    Write,
    /// What this community is.
    About,
    /// Signing in.
    SignIn,
    /// Signing up.
    SignUp,
}

/// What the last act came to: "Your password is changed."
#[derive(Clone, Debug)]
pub struct Notice(pub String);
