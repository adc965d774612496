//! The pages one reads and writes posts on. Each is its template.

use askama::Template;

use super::{
    Above, ComposerView, Following, Frame, Mark, NavItem, NodeBody, PersonRow, PersonView,
    Protection, QuotedView, SeenBy, StatusView, Step,
};

/// A conversation around one post.
#[derive(Template, Debug)]
#[template(path = "statuses/conversation.html")]
pub struct ConversationPage {
    /// What surrounds it.
    pub frame: Frame,
    /// "18 replies from 9 servers"; empty for none.
    pub summary: String,
    /// The replies are shown in order rather than as a tree.
    pub in_order: bool,
    /// This page with the replies as a tree, which is how it opens.
    pub tree_url: String,
    /// This page with the replies in order: `?view=order`.
    pub order_url: String,
    /// The whole conversation, when this page is about a reply.
    pub top_url: Option<String>,
    /// What it answers, the first post of all first.
    pub above: Vec<Above>,
    /// The post the page is about.
    pub focus: StatusView,
    /// Where it went; for its author.
    pub travels: Option<Travels>,
    /// The composer below it, if the viewer may answer.
    pub composer: Option<ComposerView>,
    /// Leaving the conversation, for members.
    pub leaving: Option<LeaveView>,
    /// The answers; see [`super::lay_out`]. In order, give every node without children.
    pub steps: Vec<Step>,
    /// Answers are being read on other servers.
    pub more_comes: bool,
    /// More answers, on another page.
    pub more_url: Option<String>,
    /// Servers that take part.
    pub servers: Vec<ServerLine>,
    /// What is protected here.
    pub protections: Vec<Protection>,
}

/// The button that leaves a conversation, or joins it again.
#[derive(Clone, Copy, Debug)]
pub struct LeaveView {
    /// A status of it.
    pub id: i64,
    /// The viewer left it.
    pub has_left: bool,
}

/// Where a post went, in a sentence and a link.
#[derive(Clone, Debug)]
pub struct Travels {
    /// "On 37 servers, read by 2 more. Refused to bigcorp.example four times."
    pub sentence: String,
    /// The ledger, if there is one.
    pub url: Option<String>,
}

/// A server that takes part in a conversation.
#[derive(Clone, Debug)]
pub struct ServerLine {
    /// Its name as people read it.
    pub name: String,
    /// The stance towards it, if not the usual one.
    pub mark: Option<Mark>,
    /// "7", or "3 not shown".
    pub count: String,
}

/// Writing a post or an answer on a page of its own.
#[derive(Template, Debug)]
#[template(path = "statuses/compose.html")]
pub struct ComposePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The composer.
    pub composer: ComposerView,
    /// What is answered.
    pub answering: Option<StatusView>,
    /// The post that is quoted.
    pub quoting: Option<QuotedView>,
}

/// Changing a post.
#[derive(Template, Debug)]
#[template(path = "statuses/edit.html")]
pub struct EditPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The composer, filled with the post's source.
    pub composer: ComposerView,
    /// The post's conversation, to go back to.
    pub url: String,
}

/// What a post said before.
#[derive(Template, Debug)]
#[template(path = "statuses/history.html")]
pub struct HistoryPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Who wrote it.
    pub author: PersonView,
    /// The post's conversation, to go back to.
    pub url: String,
    /// Its versions, newest first.
    pub versions: Vec<VersionView>,
}

/// One version of a post.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// When, for machines (RFC 3339).
    pub when_iso: String,
    /// When, for people.
    pub when_text: String,
    /// Its content warning.
    pub spoiler: Option<String>,
    /// Its words; sanitised HTML.
    pub html: String,
    /// What it asked: each choice in safe HTML.
    pub options: Vec<String>,
    /// Their language tag.
    pub lang: Option<String>,
}

/// Posts as they came.
#[derive(Template, Debug)]
#[template(path = "timelines/timeline.html")]
pub struct TimelinePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Which one.
    pub which: Which,
    /// The composer on top; for members.
    pub composer: Option<ComposerView>,
    /// The posts, newest first.
    pub statuses: Vec<StatusView>,
    /// The page of older posts.
    pub older: Option<String>,
    /// The page of newer posts, when this is not the newest.
    pub newer: Option<String>,
}

/// Posts that name a hashtag.
#[derive(Template, Debug)]
#[template(path = "hashtags/hashtag.html")]
pub struct HashtagPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Without `#`.
    pub name: String,
    /// The viewer may follow it.
    pub may_follow: bool,
    /// The viewer follows it.
    pub follows: bool,
    /// The posts, newest first.
    pub statuses: Vec<StatusView>,
    /// The page of older posts.
    pub older: Option<String>,
    /// The newest, when this is not it.
    pub newer: Option<String>,
}

/// Which timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Of the people one follows; at `/`.
    Home,
    /// Of this community; at `/community`.
    Community,
    /// Of everyone this community hears; at `/everyone`.
    Everyone,
}

/// What happened to the viewer.
#[derive(Template, Debug)]
#[template(path = "notifications/notifications.html")]
pub struct NotificationsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What happened, newest first.
    pub rows: Vec<NotificationRow>,
    /// The page of older ones.
    pub older: Option<String>,
}

/// One thing that happened, or several of a kind about one post.
#[derive(Clone, Debug)]
pub struct NotificationRow {
    /// What happened.
    pub kind: NotificationKind,
    /// Who did it, latest first; at least one.
    pub people: Vec<PersonView>,
    /// How many more did.
    pub others: u64,
    /// When, for machines (RFC 3339).
    pub when_iso: String,
    /// When, for people.
    pub when_text: String,
    /// Not seen before.
    pub is_new: bool,
    /// The emoji that favourites say, with its picture; safe HTML.
    pub said_html: Option<String>,
    /// The beginning of the viewer's post that it is about; plain text.
    pub about: Option<String>,
    /// That post's conversation.
    pub about_url: Option<String>,
    /// The whole post, for a mention or reply.
    pub status: Option<StatusView>,
    /// What a boundary did to the viewer's follows.
    pub told: Option<ToldView>,
    /// A status of the conversation that it is from, unless the viewer left that; `None` where the whole post offers it.
    pub leave: Option<i64>,
}

/// What a boundary did to somebody's follows.
#[derive(Clone, Debug)]
pub struct ToldView {
    /// "A boundary of Harbour now refuses bigcorp.example: 3 people you follow are suspended, and …"
    pub sentence: String,
    /// Why, as far as the viewer may know.
    pub reason: Option<String>,
    /// Where the boundary stands, or its history.
    pub url: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationKind {
    /// They follow the viewer now.
    Follow,
    /// They ask to.
    Request,
    /// They favourited a post.
    Favourite,
    /// They boosted a post.
    Reblog,
    /// They quoted a post.
    Quote,
    /// A poll of theirs in which the viewer voted, or one of the viewer, is over.
    Poll,
    /// They wrote, and the viewer asked to be told.
    Status,
    /// They changed what the viewer boosted.
    Update,
    /// They changed what the viewer quoted.
    QuotedUpdate,
    /// They mention the viewer.
    Mention,
    /// They answered a post.
    Reply,
    /// A boundary suspends follows.
    Suspended,
    /// They work again.
    Restored,
    /// They reported somebody.
    Report,
    /// They put the viewer into a collection.
    Collected,
    /// They changed a collection that the viewer is in.
    CollectionChanged,
    /// A community that the viewer looks after has somebody who waits to join.
    SignUp,
    /// A community has a word for the viewer.
    Warning,
}

impl NotificationKind {
    /// Name of the symbol `i-NAME` and of the style class.
    pub fn symbol(self) -> &'static str {
        match self {
            NotificationKind::Follow
            | NotificationKind::Status
            | NotificationKind::Collected
            | NotificationKind::CollectionChanged => "me",
            NotificationKind::Request => "ask",
            NotificationKind::Favourite => "heart",
            NotificationKind::Reblog | NotificationKind::Update => "boost",
            NotificationKind::Poll
            | NotificationKind::Report
            | NotificationKind::SignUp
            | NotificationKind::Warning => "asked",
            NotificationKind::Mention => "at",
            NotificationKind::Reply | NotificationKind::Quote | NotificationKind::QuotedUpdate => {
                "reply"
            }
            NotificationKind::Suspended => "refused",
            NotificationKind::Restored => "open",
        }
    }
}

/// Names that a notification spells out; further people have a face, or are counted.
const NAMED: usize = 3;

impl NotificationRow {
    /// Those whom it names.
    pub fn named(&self) -> &[PersonView] {
        &self.people[..self.people.len().min(NAMED)]
    }

    /// How many it does not name.
    pub fn unnamed(&self) -> u64 {
        self.others + u64::try_from(self.people.len().saturating_sub(NAMED)).unwrap_or(0)
    }

    /// What the people did, after their names: "follow you".
    pub fn words(&self) -> &'static str {
        let several = self.people.len() > 1 || self.others > 0;
        match self.kind {
            NotificationKind::Follow if several => "follow you",
            NotificationKind::Follow => "follows you",
            NotificationKind::Request if several => "ask to follow you",
            NotificationKind::Request => "asks to follow you",
            NotificationKind::Favourite => "favourited your post",
            NotificationKind::Reblog => "boosted your post",
            NotificationKind::Quote => "quoted your post",
            NotificationKind::Poll => "asked, and the poll is over",
            NotificationKind::Mention => "mentioned you",
            NotificationKind::Status => "posted",
            NotificationKind::Update => "changed a post that you boosted",
            NotificationKind::QuotedUpdate => "changed a post that you quoted",
            NotificationKind::Reply => "replied to you",
            NotificationKind::Report => "reported somebody",
            NotificationKind::Collected => "put you into a collection",
            NotificationKind::CollectionChanged => "changed a collection that you are in",
            NotificationKind::SignUp => "has somebody who waits to join",
            NotificationKind::Warning => "has a word for you from those who look after it",
            // These are told in a sentence of their own.
            NotificationKind::Suspended | NotificationKind::Restored => "",
        }
    }
}

/// Finding people and posts. The form asks `/search?q=`.
#[derive(Template, Debug)]
#[template(path = "search/search.html")]
pub struct SearchPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What was asked; empty before asking.
    pub query: String,
    /// People found.
    pub people: Vec<PersonRow>,
    /// Posts found.
    pub statuses: Vec<StatusView>,
    /// Where older ones are.
    pub older: Option<String>,
    /// Why something was not looked for or not found: "Harbour refuses bigcorp.example."
    pub remark: Option<String>,
}
