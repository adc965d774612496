//! The question: who, does what, by which way, with what thing.

use crate::{Party, Thing};

/// One question to [`decide`](crate::decide).
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The other side: who acts on the thing, or who would get it.
    pub party: &'a Party,
    /// What would happen.
    pub act: Act,
    /// By which path.
    pub way: Way,
    /// What it would happen to.
    pub thing: &'a Thing,
}

impl Exchange<'_> {
    /// Whether the other side passes on what it gets, to whomever it likes.
    pub(crate) fn republishes(&self) -> bool {
        matches!(self.party, Party::Service(_)) || self.way == Way::Relay
    }
}

/// What would happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Act {
    // Inwards: the party does it to the thing or its owner.
    /// Bring something written or done, to whoever here wants it.
    Deliver,
    /// Follow the owner.
    Follow,
    /// Answer the thing.
    Reply,
    /// Address the owner. The thing's visibility is that of what is said.
    Mention,
    /// Favourite the thing.
    Favourite,
    /// React to the thing with an emoji.
    React,
    /// Share the thing.
    Reblog,
    /// Quote the thing.
    Quote,
    /// Vote in the thing's poll.
    Vote,
    /// Report the thing or its owner.
    Report,
    /// Move to another address, taking followers along.
    Move,
    /// Put the thing or its owner on show.
    Feature,

    // Outwards: the party would get the thing.
    /// It is pushed to them.
    Receive,
    /// They read it.
    Read,
    /// It appears to them in a list: followers, likes, members.
    List,
    /// They find the profile: by handle, by address, by search.
    Find,
    /// They load an attached file.
    Media,
    /// They see the preview of a link.
    Preview,

    /// We request something of them, which shows our interest.
    Contact,
}

impl Act {
    /// Every act, in the order of the matrix.
    pub const ALL: [Act; 19] = [
        Act::Deliver,
        Act::Follow,
        Act::Reply,
        Act::Mention,
        Act::Favourite,
        Act::React,
        Act::Reblog,
        Act::Quote,
        Act::Vote,
        Act::Report,
        Act::Move,
        Act::Feature,
        Act::Receive,
        Act::Read,
        Act::List,
        Act::Find,
        Act::Media,
        Act::Preview,
        Act::Contact,
    ];

    /// Whether the party does it to the thing (and does not just get to see it).
    pub fn is_inward(self) -> bool {
        !self.is_outward() && self != Act::Contact
    }

    /// Whether the thing would go to the party.
    pub fn is_outward(self) -> bool {
        matches!(
            self,
            Act::Receive | Act::Read | Act::List | Act::Find | Act::Media | Act::Preview
        )
    }

    /// Whether it can only be done with a thing one can see (L55).
    pub(crate) fn needs_seeing(self) -> bool {
        self.is_outward()
            || matches!(
                self,
                Act::Reply
                    | Act::Favourite
                    | Act::React
                    | Act::Reblog
                    | Act::Quote
                    | Act::Vote
                    | Act::Feature
            )
    }

    /// Whether it carries the thing to people whom its owner did not choose.
    pub(crate) fn spreads(self) -> bool {
        matches!(self, Act::Reblog | Act::Quote)
    }

    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::Deliver => "deliver",
            Act::Follow => "follow",
            Act::Reply => "reply",
            Act::Mention => "mention",
            Act::Favourite => "favourite",
            Act::React => "react",
            Act::Reblog => "reblog",
            Act::Quote => "quote",
            Act::Vote => "vote",
            Act::Report => "report",
            Act::Move => "move",
            Act::Feature => "feature",
            Act::Receive => "receive",
            Act::Read => "read",
            Act::List => "list",
            Act::Find => "find",
            Act::Media => "media",
            Act::Preview => "preview",
            Act::Contact => "contact",
        }
    }
}

/// By which path. Each has a name because somewhere, once, each was forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Way {
    /// The inbox of one person here.
    Inbox,
    /// The inbox of everybody here.
    SharedInbox,
    /// A relay.
    Relay,
    /// A copy passed on by somebody who is not its author.
    Forwarding,
    /// Inside a boost.
    Boost,
    /// Older things fetched to complete a conversation or a profile.
    Backfill,
    /// A member pasted an address, or looked a handle up.
    Lookup,
    /// Pushed because they follow.
    FollowerDelivery,
    /// Pushed because they are addressed.
    DirectDelivery,
    /// Their signed request for one thing.
    Fetch,
    /// Their signed request for a list of things.
    Collection,
    /// Somebody asks which address a handle has.
    WebFinger,
    /// A page in the browser: a profile, one status.
    Page,
    /// The thread around a status.
    Conversation,
    /// The timeline of those one follows.
    HomeTimeline,
    /// The timeline of this community.
    LocalTimeline,
    /// The timeline of everything public that is known here.
    PublicTimeline,
    /// A notification.
    Notification,
    /// RSS or Atom.
    Feed,
    /// The client API, for one thing by its id.
    Rest,
    /// An open stream. What it carries is counted as that person's own timeline.
    Stream,
    /// A push message to a device.
    Push,
    /// Search and trends.
    Search,
    /// A member's archive.
    Export,
    /// The operator's command line.
    Command,
}

impl Way {
    /// Every way, in the order of the matrix.
    pub const ALL: [Way; 25] = [
        Way::Inbox,
        Way::SharedInbox,
        Way::Relay,
        Way::Forwarding,
        Way::Boost,
        Way::Backfill,
        Way::Lookup,
        Way::FollowerDelivery,
        Way::DirectDelivery,
        Way::Fetch,
        Way::Collection,
        Way::WebFinger,
        Way::Page,
        Way::Conversation,
        Way::HomeTimeline,
        Way::LocalTimeline,
        Way::PublicTimeline,
        Way::Notification,
        Way::Feed,
        Way::Rest,
        Way::Stream,
        Way::Push,
        Way::Search,
        Way::Export,
        Way::Command,
    ];

    /// Where strangers come across a thing without looking for its author.
    pub(crate) fn is_public_place(self) -> bool {
        matches!(
            self,
            Way::LocalTimeline | Way::PublicTimeline | Way::Search | Way::Feed
        )
    }

    /// What people are shown without looking for it.
    pub(crate) fn comes_by_itself(self) -> bool {
        matches!(
            self,
            Way::HomeTimeline
                | Way::LocalTimeline
                | Way::PublicTimeline
                | Way::Feed
                | Way::Stream
                | Way::Notification
                | Way::Push
        )
    }

    /// What the other side comes and gets, one thing at a time: the only ways open to a party
    /// from whom things are withheld.
    pub(crate) fn is_pull(self) -> bool {
        matches!(
            self,
            Way::Fetch
                | Way::Collection
                | Way::WebFinger
                | Way::Lookup
                | Way::Backfill
                | Way::Page
                | Way::Conversation
                | Way::Rest
        )
    }

    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Inbox => "inbox",
            Way::SharedInbox => "shared-inbox",
            Way::Relay => "relay",
            Way::Forwarding => "forwarding",
            Way::Boost => "boost",
            Way::Backfill => "backfill",
            Way::Lookup => "lookup",
            Way::FollowerDelivery => "follower-delivery",
            Way::DirectDelivery => "direct-delivery",
            Way::Fetch => "fetch",
            Way::Collection => "collection",
            Way::WebFinger => "webfinger",
            Way::Page => "page",
            Way::Conversation => "conversation",
            Way::HomeTimeline => "home-timeline",
            Way::LocalTimeline => "local-timeline",
            Way::PublicTimeline => "public-timeline",
            Way::Notification => "notification",
            Way::Feed => "feed",
            Way::Rest => "rest",
            Way::Stream => "stream",
            Way::Push => "push",
            Way::Search => "search",
            Way::Export => "export",
            Way::Command => "command",
        }
    }
}
