//! Writing: the full composer, the small one under a post, and what went wrong with either.

use super::SeenBy;

/// The full composer. Posts `text`, `spoiler`, `visibility` (a [`SeenBy::value`]), `language`, `in_reply_to`, `tell`
/// (once for each ticked), `csrf` and `back` to `action`.
#[derive(Clone, Debug)]
pub struct ComposerView {
    /// Where it posts to: `/compose`, or `/statuses/7/edit`.
    pub action: String,
    /// The status it answers.
    pub in_reply_to: Option<i64>,
    /// The words so far.
    pub text: String,
    /// The content warning so far; empty for none.
    pub spoiler: String,
    /// Who may see it, as chosen.
    pub seen_by: SeenBy,
    /// What may be chosen; empty where it cannot be changed, as in an edit.
    pub choices: Vec<SeenBy>,
    /// Languages to choose from; empty hides the choice.
    pub languages: Vec<LanguageChoice>,
    /// Most characters a post may have.
    pub limit: u32,
    /// Whom a reply may tell, each to be ticked; empty in a new post.
    pub tell: Vec<Tell>,
    /// Whom it would reach, if that was worked out.
    pub reach: Option<ReachView>,
    /// What was wrong with it; fields are "text", "spoiler", "visibility".
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
}

/// Whom a post would reach, before it is sent: one sentence for each strength and the shares of a bar.
#[derive(Clone, Debug)]
pub struct ReachView {
    /// "214 people on 37 servers, each cleared by your rules and Harbour's".
    pub held: String,
    /// "may travel further by boosts; 5 servers are known to honour your reply rule".
    pub asked: Option<String>,
    /// "not sent: 12 people on bigcorp.example".
    pub not_sent: Option<String>,
    /// Where the rule behind what is not sent is explained.
    pub why_url: Option<String>,
    /// Hundredths of the bar: held and asked; the rest is what is not sent.
    pub held_share: u8,
    /// See `held_share`.
    pub asked_share: u8,
}

impl ReachView {
    /// Where the share of what is not sent begins, in hundredths.
    pub fn not_sent_from(&self) -> u8 {
        self.held_share.saturating_add(self.asked_share).min(100)
    }

    /// The share of what is not sent, in hundredths.
    pub fn not_sent_share(&self) -> u8 {
        100 - self.not_sent_from()
    }
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
