//! The pages about people. Each is its template.

use askama::Template;

use super::{FieldView, Frame, Mark, NavItem, PersonView, StatusView, Trouble};

/// Someone's profile and posts.
#[derive(Template, Debug)]
#[template(path = "accounts/profile.html")]
pub struct ProfilePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Whose.
    pub person: PersonView,
    /// What they say of themself; sanitised HTML.
    pub bio_html: String,
    /// Address of their wide picture on our own server.
    pub header: Option<String>,
    /// What is in their picture, in their words.
    pub avatar_description: String,
    /// What is in the wide one.
    pub header_description: String,
    /// Lines of their profile.
    pub fields: Vec<FieldView>,
    /// "Here since May 2024".
    pub joined: Option<String>,
    /// Number of posts; empty when unknown.
    pub posts: String,
    /// Number of followers; empty when unknown.
    pub followers: String,
    /// Number of people they follow; empty when unknown.
    pub following: String,
    /// Of one's own: how many of those followers are suspended.
    pub suspended_followers: Option<String>,
    /// Of one's own: how many of those one follows are suspended.
    pub suspended_following: Option<String>,
    /// They answer every follow request themself.
    pub locked: bool,
    /// How the viewer stands to them; `None` for oneself and for visitors.
    pub relation: Option<RelationView>,
    /// A rule that concerns them: its sign and sentence "Harbour limits this server."
    pub stance: Option<(Mark, String)>,
    /// Whom they may be taken for, a sentence each.
    pub lookalikes: Vec<String>,
    /// Where that rule is explained.
    pub why_url: Option<String>,
    /// They moved there.
    pub moved_to: Option<PersonView>,
    /// Their profile at home, when that is another server.
    pub original_url: Option<String>,
    /// Where a moderator decides about them.
    pub moderation_url: Option<String>,
    /// Which of their posts are shown.
    pub tab: ProfileTab,
    /// Their profile has a place for what has files.
    pub has_media: bool,
    /// Their profile has a place for what they recommend.
    pub has_featured: bool,
    /// The posts: the pinned ones, then the others, newest first.
    pub statuses: Vec<StatusView>,
    /// Why no posts are shown: "You block them."
    pub hidden: Option<String>,
    /// The page of older posts.
    pub older: Option<String>,
}

/// Which of somebody's posts are shown below their profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileTab {
    /// What they say of their own accord, and their boosts.
    Own,
    /// Answers, too.
    Replies,
    /// What has files.
    Media,
}

/// How the viewer stands to someone.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; no two exclude each other"
)]
#[derive(Clone, Copy, Debug)]
pub struct RelationView {
    /// Whether the viewer follows them.
    pub following: Following,
    /// They follow the viewer.
    pub follows_you: bool,
    /// The viewer mutes them.
    pub muting: bool,
    /// The viewer blocks them.
    pub blocking: bool,
    /// A follow is possible at all.
    pub may_follow: bool,
    /// One of them follows the other, and a boundary of the viewer's side lets nothing pass by that.
    pub suspended: bool,
}

/// Whether the viewer follows someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    /// No.
    No,
    /// Asked, not answered yet.
    Requested,
    /// Yes.
    Yes,
}

/// A picture of a profile, in the form that changes it.
#[derive(Clone, Debug)]
pub struct PortraitView {
    /// `avatar` or `header`.
    pub name: &'static str,
    /// As people call it.
    pub label: &'static str,
    /// How it is shown.
    pub shape: &'static str,
    /// There is one.
    pub there: bool,
    /// What is in it.
    pub description: String,
}

/// Changing one's own profile. Posts `name`, `bio`, `locked` ("on"), `field_name_N` and `field_value_N` (N from 0)
/// to `/settings/profile`.
#[derive(Template, Debug)]
#[template(path = "accounts/edit.html")]
#[allow(clippy::struct_excessive_bools, reason = "each is a tick of the form")]
pub struct EditProfilePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Display name.
    pub name: String,
    /// The source of what they say of themself.
    pub bio: String,
    /// They answer every follow request themself.
    pub locked: bool,
    /// They may be suggested to others.
    pub discoverable: bool,
    /// Strangers may find their public posts by words.
    pub indexable: bool,
    /// Nobody else sees whom they follow.
    pub hide_collections: bool,
    /// A program writes there.
    pub bot: bool,
    /// Their profile has a place for what has files.
    pub shows_media: bool,
    /// Answers with files are there, too.
    pub shows_media_replies: bool,
    /// Their profile has a place for what they recommend.
    pub shows_featured: bool,
    /// Sites that may name them as the author of their pages; one on each line.
    pub domains: String,
    /// The small picture, and the wide one.
    pub portraits: Vec<PortraitView>,
    /// Name and source of each line; padded with empty ones to as many as there may be.
    pub fields: Vec<(String, String)>,
    /// What was wrong.
    pub trouble: Option<Trouble>,
}

/// People who follow someone, are followed, or ask to.
#[derive(Template, Debug)]
#[template(path = "follows/people.html")]
pub struct PeoplePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Whose followers.
    pub owner: PersonView,
    /// Which list.
    pub tab: PeopleTab,
    /// Follow requests are shown as a tab: the owner is the viewer.
    pub has_requests: bool,
    /// The people.
    pub people: Vec<PersonRow>,
    /// Of one's own: whose follow is suspended. They are not among the people.
    pub suspended: Vec<SuspendedRow>,
    /// There are more follows than were looked at for that.
    pub suspended_more: bool,
    /// What visitors read in place of the list: "12 people. Who they are is shown to members of Harbour."
    pub hidden: Option<String>,
    /// The next page.
    pub older: Option<String>,
}

/// Which list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleTab {
    /// At the profile's address and `/followers`.
    Followers,
    /// At the profile's address and `/following`.
    Following,
    /// At `/follow-requests`.
    Requests,
}

/// Someone whose follow is suspended: their handle and nothing that they wrote.
#[derive(Clone, Debug)]
pub struct SuspendedRow {
    /// Their account, for the form that ends the follow.
    pub id: i64,
    /// `@rex@bigcorp.example`
    pub handle: String,
    /// Why: "Harbour refuses bigcorp.example since 3 May 2026: it sells what people write."
    pub why: String,
    /// Where that is explained.
    pub why_url: String,
    /// The viewer follows them, and may stop.
    pub may_unfollow: bool,
}

/// Someone in a list of people.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// Who.
    pub person: PersonView,
    /// The beginning of what they say of themself; plain text.
    pub about: String,
    /// Signs beside the name.
    pub marks: Vec<Mark>,
    /// How the viewer stands to them.
    pub relation: Option<RelationView>,
    /// They ask to follow the viewer: Accept and Reject are shown.
    pub asks: bool,
}

/// Who waits for the viewer's yes, and whom they said yes to.
#[derive(Template, Debug)]
#[template(path = "contacts/contacts.html")]
pub struct ContactsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Many of them at once.
    pub wave: Option<WaveView>,
    /// From how many strangers an hour on they are one: each choice, in words, and whether it is chosen.
    pub limits: Vec<(i64, String, bool)>,
    /// The newest first.
    pub contacts: Vec<ContactView>,
    /// People who are not asked about any more.
    pub welcomed: Vec<PersonView>,
    /// The viewer looks after the community, which has such a page as well.
    pub may_look_after: bool,
}

/// Who waits because the community asks, for its moderators.
#[derive(Template, Debug)]
#[template(path = "contacts/community.html")]
pub struct CommunityContactsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Who answers, in a sentence.
    pub answers: &'static str,
    /// The moderators do.
    pub may_answer: bool,
    /// Who came last first.
    pub contacts: Vec<StrangerView>,
    /// To whom the community said yes for good.
    pub welcomed: Vec<WelcomedView>,
    /// What was wrong.
    pub trouble: Option<Trouble>,
}

/// Somebody who waits because the community asks.
#[derive(Debug)]
pub struct StrangerView {
    /// Who.
    pub person: PersonView,
    /// By what handle: a name is easily borrowed.
    pub handle: String,
    /// What is known of them and their server, a sentence each.
    pub known: Vec<String>,
}

/// Somebody to whom a community said yes for good.
#[derive(Debug)]
pub struct WelcomedView {
    /// Who.
    pub person: PersonView,
    /// By what handle.
    pub handle: String,
    /// The name of the moderator who said it.
    pub by: String,
}

/// Many strangers at once, to be answered together.
#[derive(Debug)]
pub struct WaveView {
    /// Its number, which its buttons send.
    pub id: i64,
    /// When it began, for machines.
    pub since_iso: String,
    /// And for people.
    pub since_text: String,
    /// "43 people on 12 servers spoke to you, and 7 ask to follow you."
    pub sentence: String,
    /// The address of the post that most of them answer, and how it begins.
    pub about: Option<(String, String)>,
    /// When it ends by itself, for machines and people; none when it did.
    pub until: Option<(String, String)>,
}

/// Somebody who waits for a yes.
#[derive(Debug)]
pub struct ContactView {
    /// Who.
    pub person: PersonView,
    /// The beginning of what they say of themself; plain text.
    pub about: String,
    /// What is known of them and their server, a sentence each.
    pub known: Vec<String>,
    /// "Harbour asks first whether you.example may make contact."
    pub why: Option<String>,
    /// They ask to follow.
    pub asks_to_follow: bool,
    /// The viewer may say yes; otherwise moderators do.
    pub may_answer: bool,
    /// What waits, with its id.
    pub posts: Vec<(i64, StatusView)>,
}
