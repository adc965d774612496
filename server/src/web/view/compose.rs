//! Writing: the full composer, the small one under a post, and what went wrong with either.

use super::SeenBy;

/// The full composer. Posts `text`, `spoiler`, `visibility` (a [`SeenBy::value`]), `language`, `answers`,
/// `quotes`, `kept_from`, `in_reply_to`, `quote`, `tell` (once for each ticked), `csrf` and `back` to `action`; and `check` to see whom it would reach.
#[derive(Clone, Debug)]
pub struct ComposerView {
    /// Where it posts to: `/compose`, or `/statuses/7/edit`.
    pub action: String,
    /// The status it answers.
    pub in_reply_to: Option<i64>,
    /// The status it quotes.
    pub quote: Option<i64>,
    /// The words so far.
    pub text: String,
    /// The draft that it was.
    pub draft: Option<i64>,
    /// It is marked as sensitive, as an app marked the draft; a box of the form takes that back.
    pub sensitive: bool,
    /// It is typed in Markdown.
    pub markdown: bool,
    /// What is typed in Markdown, as it will look: safe HTML.
    pub looks_html: Option<String>,
    /// The content warning so far; empty for none.
    pub spoiler: String,
    /// Who may see it, as chosen.
    pub seen_by: SeenBy,
    /// What may be chosen; empty where it cannot be changed, as in an edit.
    pub choices: Vec<SeenBy>,
    /// Languages to choose from; empty hides the choice.
    pub languages: Vec<LanguageChoice>,
    /// What it reads like, where that is another language than the one it is marked as.
    pub reads_like: Option<ReadsLike>,
    /// Most characters a post may have.
    pub limit: u32,
    /// Whom a reply may tell, each to be ticked; empty in a new post.
    pub tell: Vec<Tell>,
    /// Who may answer: what may be chosen; empty where it cannot be changed, as in an edit.
    pub answers: Vec<AnswerChoice>,
    /// Who may quote, likewise.
    pub quotes: Vec<AnswerChoice>,
    /// Whoever is answered or quoted says yes first: a sentence.
    pub asks: Option<String>,
    /// Servers and people it is kept from beyond what the rules say, as typed.
    pub kept_from: String,
    /// The pictures, sound and film it has so far.
    pub files: Vec<FileView>,
    /// Whether more files may be put to it.
    pub takes_files: bool,
    /// The question it asks; `None` where it cannot ask one, as in an edit.
    pub poll: Option<PollForm>,
    /// When it is published, as the field has it, and empty for at once; `None` where that cannot be chosen, as in an edit.
    pub later: Option<String>,
    /// Whom it would reach, if that was worked out.
    pub reach: Option<ReachView>,
    /// What was wrong with it; fields are `text`, `spoiler`, `kept_from`, `file`, `poll`.
    pub trouble: Option<Trouble>,
    /// The button's word: "Post", "Reply", "Save".
    pub submit: &'static str,
}

/// A language to write in.
#[derive(Clone, Debug)]
pub struct LanguageChoice {
    /// Its tag, such as "pt-BR".
    pub tag: String,
    /// Its own name for itself, such as "Português".
    pub name: String,
    /// The one chosen.
    pub chosen: bool,
}

/// The language that a post reads like.
#[derive(Clone, Debug)]
pub struct ReadsLike {
    /// Its tag, such as "de"; a button of the form sends it as `mark_as`.
    pub tag: &'static str,
    /// Its own name for itself.
    pub name: &'static str,
    /// The name of the one that it is marked as.
    pub marked: &'static str,
}

/// A file that a post is to have.
#[derive(Clone, Debug)]
pub struct FileView {
    /// The form sends it as `media`.
    pub id: i64,
    /// A small picture of it; `None` for sound, and for what is not ready yet.
    pub picture: Option<String>,
    /// What kind it is, as a symbol: "picture", "film", "sound".
    pub symbol: &'static str,
    /// That it is being made ready, or why it cannot be.
    pub told: Option<String>,
    /// What is in it, in the author's words.
    pub description: String,
}

/// The question that a post asks.
#[derive(Clone, Debug, Default)]
pub struct PollForm {
    /// What may be chosen; empty lines are nothing.
    pub options: Vec<String>,
    /// Several may be chosen.
    pub multiple: bool,
    /// The numbers are shown once it is over.
    pub hide_totals: bool,
    /// For how long it runs, to choose from.
    pub lasts: Vec<LengthChoice>,
}

impl PollForm {
    /// Whether anything is asked.
    pub fn is_empty(&self) -> bool {
        self.options.iter().all(|option| option.trim().is_empty())
    }
}

/// For how long a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct LengthChoice {
    /// In minutes, as the form sends it.
    pub minutes: i64,
    /// "1 day".
    pub words: &'static str,
    /// The one chosen.
    pub chosen: bool,
}

/// Who may answer or quote a post.
#[derive(Clone, Debug)]
pub struct AnswerChoice {
    /// What the form sends.
    pub value: &'static str,
    /// "People who follow you".
    pub words: &'static str,
    /// The one chosen.
    pub chosen: bool,
}

/// Someone a reply may be told to by a mention. The form sends the handle of each that is ticked as `tell`.
#[derive(Clone, Debug)]
pub struct Tell {
    /// Their display name.
    pub name: String,
    /// Their whole handle, `@maren@meadow.example`.
    pub handle: String,
    /// Ticked from the start.
    pub ticked: bool,
}

/// The small composer under a post of a conversation; posts to `/compose` like the full one.
#[derive(Clone, Debug)]
pub struct ReplyView {
    /// Who may see it from the start: never wider than what it answers.
    pub seen_by: SeenBy,
    /// What may be chosen.
    pub choices: Vec<SeenBy>,
    /// Whoever is answered says yes to each answer first: a sentence.
    pub asks: Option<String>,
}

/// Whom a post would reach, before it is sent: a sentence for each strength, and the shares of a bar.
#[derive(Clone, Debug)]
pub struct ReachView {
    /// "214 people on 37 servers, each cleared by your rules and those of Harbour."
    pub held: String,
    /// What is asked of others.
    pub asked: Option<String>,
    /// What cannot be held.
    pub loose: Option<String>,
    /// Whom it would have reached.
    pub not_sent: Vec<NotSent>,
    /// Hundredths of the bar that are reached; the rest is what is not sent.
    pub held_share: u8,
}

impl ReachView {
    /// The share of what is not sent, in hundredths.
    pub fn not_sent_share(&self) -> u8 {
        100 - self.held_share.min(100)
    }
}

/// People of one server, or of several, who would not get a post.
#[derive(Clone, Debug)]
pub struct NotSent {
    /// "12 people on bigcorp.example".
    pub whom: String,
    /// The reason, a sentence; empty where there are several.
    pub why: String,
    /// Where it is explained.
    pub why_url: Option<String>,
}

/// What was wrong with a form, and where.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The name of the field, as the form sends it; empty for the form as a whole.
    pub field: &'static str,
    /// What is wrong and what would mend it, one sentence.
    pub text: String,
}

impl Trouble {
    /// Whether it is about `field`.
    pub fn is_at(&self, field: &str) -> bool {
        self.field == field
    }
}
