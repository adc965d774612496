//! What the pages are given: plain values, already decided, already worded.
//!
//! Nothing in here asks a question. Whoever fills these structs holds the evidence that the viewer may
//! see what is inside them; the templates only lay it out. Text fields are plain and escaped by the
//! template, except those named `html`, which must have passed the sanitiser.
//!
//! One struct per page; each is its own template, so `page.render()` is the whole door.

mod alias;
mod community;
mod compose;
mod frame;
mod list;
mod people;
mod person;
mod reach;
mod reading;
mod rule;
mod status;
mod tabs;
mod thread;

pub use alias::{AliasView, AliasesPage};
pub use community::{
    AboutPage, BoundariesPage, ClosingView, ErrorPage, GateView, PastRuleView, PastRulesPage,
    SetupPage, SignInPage, WhoseRules, WhyPage,
};
pub use compose::{
    AnswerChoice, ComposerView, FileView, LanguageChoice, LengthChoice, NotSent, PollForm,
    ReachView, ReadsLike, ReplyView, Tell, Trouble,
};
pub use frame::{Frame, NavItem, Notice};
pub use list::{
    DraftPage, EntryView, ImportPage, ListForm, ListLine, ListPage, ListsPage, ProposedView,
    SourceView,
};
pub use people::{
    CommunityContactsPage, ContactView, ContactsPage, EditProfilePage, Following, PeoplePage,
    PeopleTab, PersonRow, PortraitView, ProfilePage, ProfileTab, RelationView, StrangerView,
    SuspendedRow, WaveView, WelcomedView,
};
pub use person::{FieldView, PersonView, hue_of, initials_of};
pub use reach::{HeldRow, LedgerRow, ReachPage};
pub use reading::{
    ComposePage, ConversationPage, EditPage, HashtagPage, HistoryPage, LeaveView, NotificationKind,
    NotificationRow, NotificationsPage, SearchPage, ServerLine, TimelinePage, ToldView, Travels,
    VersionView, Which,
};
pub use rule::{
    AskView, ConditionChoice, DryRunView, LastsChoice, Mark, MarkKind, OutcomeView, Protection,
    RuleForm, RuleView, StanceChoice, Strength, TakingBackView,
};
pub use status::{
    AttachmentKind, AttachmentView, CardView, Counts, OptionView, PollView, QuotedView,
    ReactionView, SeenBy, SmallView, StatusView, Veil, ViewerView, WhyNot,
};
pub use tabs::{Tab, TabGroup};
pub use thread::{Above, HoleView, Node, NodeBody, Step, lay_out};
