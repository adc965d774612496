//! A post as a page shows it to one viewer.

use super::{Mark, PersonView, ReplyView};

/// A post. Whoever builds one holds the evidence that the viewer may see it.
#[derive(Clone, Debug, Default)]
pub struct StatusView {
    /// The status' id; the element's id is `s` and this number.
    pub id: i64,
    /// Its conversation on our pages, with the post as the fragment: `/@ines/7#s7`.
    pub url: String,
    /// Where it is at home, when that is another server.
    pub original_url: Option<String>,
    /// Who wrote it.
    pub author: PersonView,
    /// When, for machines (RFC 3339).
    pub when_iso: String,
    /// When, for people: "14:02", "Tue 14:02", "3 May".
    pub when_text: String,
    /// It was changed since; links to its history at `/statuses/ID/history`.
    pub edited: bool,
    /// Who can see it.
    pub seen_by: SeenBy,
    /// The content warning; plain text.
    pub spoiler: Option<String>,
    /// The same with its emoji; safe HTML.
    pub spoiler_html: String,
    /// The words; sanitised HTML.
    pub html: String,
    /// Their language tag, if known.
    pub lang: Option<String>,
    /// What is attached is covered until asked for, with these words.
    pub covered: Option<&'static str>,
    /// It stands on top of its author's profile, and is shown there.
    pub pinned: bool,
    /// Whose boost brought it here, in a timeline.
    pub reblogged_by: Option<PersonView>,
    /// Whom it answers, in lists; in a tree the place says it.
    pub reply_to: Option<PersonView>,
    /// The answered post on our pages, if we have it; whether the viewer may see it is asked there.
    pub reply_to_url: Option<String>,
    /// How many answers, boosts, favourites.
    pub counts: Counts,
    /// What the viewer has done and may do.
    pub viewer: ViewerView,
    /// Why the viewer may not, where its author said so: a sentence for each act.
    pub viewer_why: WhyNot,
    /// Signs beside the name.
    pub marks: Vec<Mark>,
    /// What is said of it by emoji, the first that came first.
    pub reactions: Vec<ReactionView>,
    /// Pictures and files.
    pub attachments: Vec<AttachmentView>,
    /// What it asks.
    pub poll: Option<PollView>,
    /// What it quotes.
    pub quote: Option<QuotedView>,
    /// What the page says to which it links.
    pub card: Option<CardView>,
    /// The post of the viewer's that it quotes once they say yes.
    pub asks_to_quote: Option<i64>,
    /// The whole post is folded under this sentence until asked for.
    pub veil: Option<Veil>,
    /// The small composer under it, in a conversation; `None` makes Reply a link to the conversation.
    pub reply: Option<ReplyView>,
}

/// An emoji said of a post. Posts `emoji` to `/statuses/ID/react`, or `/unreact` to take it back.
#[derive(Clone, Debug)]
pub struct ReactionView {
    /// What is posted: an emoji of Unicode, or a code between colons.
    pub emoji: String,
    /// The same with its picture; safe HTML.
    pub html: String,
    /// How many said it.
    pub count: i64,
    /// The viewer did.
    pub mine: bool,
    /// The viewer may say it: it is of Unicode, or of their community.
    pub may_say: bool,
}

/// A page to which a post links, by its own words; plain text.
#[derive(Clone, Debug)]
pub struct CardView {
    /// Where the post links to.
    pub url: String,
    /// The title.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Its language tag, if known.
    pub lang: Option<String>,
    /// The domain that gave the page.
    pub host: String,
    /// Who wrote it; may be empty.
    pub author: String,
    /// Our copy of its picture.
    pub picture: Option<SmallView>,
    /// What is in the picture; may be empty.
    pub picture_says: String,
}

/// A poll. Posts `choice` to `/statuses/ID/vote`, once for each that is ticked.
#[derive(Clone, Debug)]
pub struct PollView {
    /// What can be chosen, in order.
    pub options: Vec<OptionView>,
    /// Several may be chosen.
    pub multiple: bool,
    /// The viewer may vote.
    pub may_vote: bool,
    /// The numbers are shown.
    pub shows_numbers: bool,
    /// "12 people, ends on 3 May": how many voted, and until when.
    pub told: String,
}

/// One choice of a poll.
#[derive(Clone, Debug)]
pub struct OptionView {
    /// What can be chosen; safe HTML.
    pub html: String,
    /// Hundredths of the people who voted.
    pub share: u8,
    /// The viewer chose it.
    pub own: bool,
}

/// What a post quotes, as this viewer may see it.
#[derive(Clone, Debug)]
pub enum QuotedView {
    /// The quoted post itself, with no quote of its own.
    Post(Box<StatusView>),
    /// A sentence in its place.
    Instead(&'static str),
}

impl QuotedView {
    /// The quoted post, where it is shown.
    pub fn post(&self) -> Option<&StatusView> {
        match self {
            QuotedView::Post(status) => Some(status),
            QuotedView::Instead(_) => None,
        }
    }

    /// What stands in its place.
    pub fn instead(&self) -> Option<&'static str> {
        match self {
            QuotedView::Post(_) => None,
            QuotedView::Instead(sentence) => Some(sentence),
        }
    }
}

/// Why a post is folded, with the face and name left out because they may be the unwanted part.
#[derive(Clone, Debug)]
pub struct Veil {
    /// "A reply from plaza.example, which Harbour limits", "Someone you mute".
    pub sentence: String,
    /// Its sign.
    pub mark: Mark,
    /// Where the rule is explained.
    pub why_url: Option<String>,
}

/// How many people did what. Nothing is shown for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Answers that we know of.
    pub replies: u64,
    /// Boosts.
    pub reblogs: u64,
    /// Favourites.
    pub favourites: u64,
}

impl Counts {
    /// The answers, short enough for a button: empty for none, then "7", "940", "1.2k", "31k", "4M".
    pub fn replies_text(&self) -> String {
        short(self.replies)
    }

    /// The boosts, likewise.
    pub fn reblogs_text(&self) -> String {
        short(self.reblogs)
    }

    /// The favourites, likewise.
    pub fn favourites_text(&self) -> String {
        short(self.favourites)
    }
}

fn short(n: u64) -> String {
    match n {
        0 => String::new(),
        1..1_000 => n.to_string(),
        1_000..10_000 => format!("{}.{}k", n / 1_000, n % 1_000 / 100),
        10_000..1_000_000 => format!("{}k", n / 1_000),
        _ => format!("{}M", n / 1_000_000),
    }
}

/// What the viewer has done with a post and may do. All `false` for someone who is not signed in.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own; no two exclude each other"
)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ViewerView {
    /// It is theirs: edit and delete.
    pub own: bool,
    /// They favourited it.
    pub favourited: bool,
    /// They boosted it.
    pub reblogged: bool,
    /// They keep it to read again.
    pub bookmarked: bool,
    /// They pinned it to their profile.
    pub pinned: bool,
    /// They may pin it.
    pub may_pin: bool,
    /// It answers them, and they may take it out of their conversation.
    pub may_take_out: bool,
    /// They took it out.
    pub may_put_back: bool,
    /// It quotes them, and they may take their post out of it.
    pub may_unquote: bool,
    /// They may quote it.
    pub may_quote: bool,
    /// They may answer it.
    pub may_reply: bool,
    /// They may favourite it.
    pub may_favourite: bool,
    /// They may boost it: it is not a matter between few people. Whether a rule stands against it is asked when they do.
    pub may_reblog: bool,
    /// They may leave its conversation from where it is shown: a notification.
    pub may_leave: bool,
}

/// Why the viewer may not do something, in words; `None` where they may, or where nothing can be said.
#[derive(Clone, Debug, Default)]
pub struct WhyNot {
    /// Answer it.
    pub reply: Option<String>,
    /// Favourite it.
    pub favourite: Option<String>,
    /// Boost it.
    pub reblog: Option<String>,
    /// Quote it.
    pub quote: Option<String>,
}

/// Who can see a post, in the words of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeenBy {
    /// "public".
    #[default]
    Everyone,
    /// "unlisted": everyone, but in no public timeline.
    Quietly,
    /// "private".
    Followers,
    /// "direct".
    Mentioned,
    /// "local": members of this community only.
    Community,
}

impl SeenBy {
    /// All five, widest first.
    pub const ALL: [SeenBy; 5] = [
        SeenBy::Everyone,
        SeenBy::Quietly,
        SeenBy::Followers,
        SeenBy::Community,
        SeenBy::Mentioned,
    ];

    /// The form's value, which is the word of the client API.
    pub fn value(self) -> &'static str {
        match self {
            SeenBy::Everyone => "public",
            SeenBy::Quietly => "unlisted",
            SeenBy::Followers => "private",
            SeenBy::Mentioned => "direct",
            SeenBy::Community => "local",
        }
    }

    /// The words people read; `community` is the community's name.
    pub fn words(self, community: &str) -> String {
        match self {
            SeenBy::Everyone => "Everyone".to_owned(),
            SeenBy::Quietly => "Everyone, quietly".to_owned(),
            SeenBy::Followers => "Followers".to_owned(),
            SeenBy::Mentioned => "Only people mentioned".to_owned(),
            SeenBy::Community => format!("Only {community}"),
        }
    }

    /// Name of the symbol `i-NAME`.
    pub fn symbol(self) -> &'static str {
        match self {
            SeenBy::Everyone => "globe",
            SeenBy::Quietly => "moon",
            SeenBy::Followers => "people",
            SeenBy::Mentioned => "at",
            SeenBy::Community => "town",
        }
    }

    /// Whether a list shows the symbol: everyone is the usual case and needs none.
    pub fn is_unusual(self) -> bool {
        self != SeenBy::Everyone
    }
}

/// A picture or file of a post. Pages load nothing from elsewhere: what is not here, or copied here, is a link.
#[derive(Clone, Debug)]
pub struct AttachmentView {
    /// What it is.
    pub kind: AttachmentKind,
    /// Where the link leads: the whole file, at home or elsewhere.
    pub url: String,
    /// What its author says is in it.
    pub description: Option<String>,
    /// The server it is on.
    pub server: Option<String>,
    /// A small picture of it that is served here.
    pub small: Option<SmallView>,
    /// The file itself is served here, and plays on the page.
    pub plays: bool,
    /// It is a film without sound that goes round, as it was drawn.
    pub goes_round: bool,
}

/// A small picture.
#[derive(Clone, Debug)]
pub struct SmallView {
    /// Where it is, here.
    pub url: String,
    /// Pixels, so that the page keeps room for it; 0 where they are not known.
    pub width: u32,
    /// The same.
    pub height: u32,
}

/// What an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture.
    Picture,
    /// A film.
    Film,
    /// A sound.
    Sound,
    /// Anything else.
    File,
}

impl AttachmentKind {
    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            AttachmentKind::Picture => "Picture",
            AttachmentKind::Film => "Film",
            AttachmentKind::Sound => "Sound",
            AttachmentKind::File => "File",
        }
    }

    /// Name of the symbol `i-NAME`.
    pub fn symbol(self) -> &'static str {
        match self {
            AttachmentKind::Picture => "picture",
            AttachmentKind::Film => "film",
            AttachmentKind::Sound => "sound",
            AttachmentKind::File => "clip",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn counts_stay_short() {
        let shown = [0, 7, 940, 1_250, 31_999, 4_200_000].map(short);
        assert_eq!(shown, ["", "7", "940", "1.2k", "31k", "4M"]);
    }
}
