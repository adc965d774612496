//! Rules and their marks: the same sign for a stance wherever it is shown.

/// A small sign beside a name, a server or a post.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Which sign; decides glyph, line and colour.
    pub kind: MarkKind,
    /// Its word, such as "limited here" or "first contact".
    pub text: String,
}

impl Mark {
    /// The mark with its usual word.
    pub fn plain(kind: MarkKind) -> Mark {
        Mark {
            kind,
            text: kind.word().to_owned(),
        }
    }
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The viewer's own.
    You,
    /// An explicit "open" rule.
    Open,
    /// A rule that only adds something.
    Unchanged,
    /// Shown to followers only.
    Limited,
    /// Waits for a yes.
    Ask,
    /// Gets only what is public, and only on request.
    Withheld,
    /// Nothing comes in, nothing goes out.
    Refused,
    /// Hidden by the viewer's own mute.
    Muted,
    /// An account run by a program, a group, or any other neutral remark.
    Remark,
}

impl MarkKind {
    /// Name of the style class and of the symbol `i-NAME`.
    pub fn class(self) -> &'static str {
        match self {
            MarkKind::You => "you",
            MarkKind::Open => "open",
            MarkKind::Unchanged => "unchanged",
            MarkKind::Limited => "limited",
            MarkKind::Ask => "ask",
            MarkKind::Withheld => "withheld",
            MarkKind::Refused => "refused",
            MarkKind::Muted => "muted",
            MarkKind::Remark => "remark",
        }
    }

    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            MarkKind::Remark => "note",
            other => other.class(),
        }
    }

    /// Whether a glyph goes with the word; the stances have one each.
    pub fn has_glyph(self) -> bool {
        !matches!(self, MarkKind::You | MarkKind::Remark)
    }
}

/// How strong a protection is. Never claim more than the one that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// What our own server sends, serves and accepts.
    Held,
    /// What only servers that cooperate keep.
    Asked,
    /// What nobody can keep.
    CannotBeHeld,
}

impl Strength {
    /// Name of the style class and of the symbol `i-NAME`.
    pub fn class(self) -> &'static str {
        match self {
            Strength::Held => "held",
            Strength::Asked => "asked",
            Strength::CannotBeHeld => "loose",
        }
    }

    /// The words people read.
    pub fn words(self) -> &'static str {
        match self {
            Strength::Held => "Held here",
            Strength::Asked => "Asked of others",
            Strength::CannotBeHeld => "Cannot be held",
        }
    }
}

/// One protection and how strong it is.
#[derive(Clone, Debug)]
pub struct Protection {
    /// How strong.
    pub strength: Strength,
    /// What is protected, one sentence: "Harbour sends this to no server that you or it refuses."
    pub sentence: String,
}

/// A rule as people read it.
#[derive(Clone, Debug)]
pub struct RuleView {
    /// For the form that removes it.
    pub id: i64,
    /// What it is about: `bigcorp.example`, `@troll@plaza.example`, "Every server".
    pub pattern: String,
    /// What that covers beyond the obvious: "and every server under it", or empty.
    pub covers: String,
    /// Its stance.
    pub mark: Mark,
    /// What it means in one sentence: "Nothing comes in from there and nothing goes out."
    pub sentence: String,
    /// What is added to that, a sentence each.
    pub conditions: Vec<&'static str>,
    /// Why, as far as this viewer may know.
    pub reason: Option<String>,
    /// Whose rule: "You", "Harbour".
    pub whose: String,
    /// Since when, for machines (RFC 3339).
    pub since_iso: String,
    /// Since when, for people: "3 May 2026".
    pub since_text: String,
    /// Until when, for people, if it ends by itself.
    pub until_text: Option<String>,
    /// For whoever may take it away: "to be looked at since 3 May 2026".
    pub review_text: Option<String>,
    /// The viewer may take it away; shows the button.
    pub may_remove: bool,
    /// What can be asked of those whom it refuses: only where the viewer's own rules are shown to be changed.
    pub ask: Option<AskView>,
}

/// Asking servers to delete what they hold.
#[derive(Clone, Debug)]
pub struct AskView {
    /// Something may be said to them.
    pub may: bool,
    /// When they were last asked, for people: "3 May 2026".
    pub asked_text: Option<String>,
}

/// One stance to choose from.
#[derive(Clone, Debug)]
pub struct StanceChoice {
    /// The form's value: "open", "unchanged", "limited", "ask", "withheld", "refused".
    pub value: &'static str,
    /// Its sign.
    pub mark: Mark,
    /// What it does, one plain sentence.
    pub sentence: &'static str,
    /// The one chosen.
    pub chosen: bool,
}

impl RuleForm {
    /// Whether anything under *More* is filled in.
    pub fn has_more(&self) -> bool {
        !self.evidence.is_empty() || self.conditions.iter().any(|choice| choice.chosen)
    }
}

impl StanceChoice {
    /// The six stances in order of strictness, `chosen` marked (a form value; unknown chooses "limited").
    pub fn all(chosen: &str) -> Vec<StanceChoice> {
        let rows = [
            (
                "open",
                MarkKind::Open,
                "Like any other server, even where the usual answer would be no.",
            ),
            (
                "unchanged",
                MarkKind::Unchanged,
                "As is decided otherwise, with the conditions added to it; nobody is let in by that.",
            ),
            (
                "limited",
                MarkKind::Limited,
                "Shown only to people who follow the author. Follows need a yes.",
            ),
            (
                "ask",
                MarkKind::Ask,
                "The first follow, mention or reply waits until somebody says yes.",
            ),
            (
                "withheld",
                MarkKind::Withheld,
                "As limited, and they get only what everyone can read, never sent by us.",
            ),
            (
                "refused",
                MarkKind::Refused,
                "Nothing comes in from there and nothing goes out.",
            ),
        ];
        let known = rows.iter().any(|row| row.0 == chosen);
        let chosen = if known { chosen } else { "limited" };
        rows.into_iter()
            .map(|(value, kind, sentence)| StanceChoice {
                value,
                mark: Mark::plain(kind),
                sentence,
                chosen: value == chosen,
            })
            .collect()
    }
}

/// Something that may be added to a stance.
#[derive(Clone, Debug)]
pub struct ConditionChoice {
    /// What the form sends.
    pub value: &'static str,
    /// What it does, one plain sentence.
    pub sentence: &'static str,
    /// It is chosen.
    pub chosen: bool,
}

/// The form that adds a rule. Posts `pattern`, `stance`, `conditions`, `reason`, `lasts` and `scope` ("mine" or "community") to `/boundaries`.
#[derive(Clone, Debug)]
pub struct RuleForm {
    /// What was typed, or what a link filled in: a server's name or a handle.
    pub pattern: String,
    /// The stances; see [`StanceChoice::all`].
    pub stances: Vec<StanceChoice>,
    /// What may be added to a stance.
    pub conditions: Vec<ConditionChoice>,
    /// How long it may last.
    pub lasts: Vec<LastsChoice>,
    /// The reason typed so far.
    pub reason: String,
    /// What was seen, typed so far or filled in by a link (only when the viewer may set the community's rules).
    pub evidence: String,
    /// They are to be asked to delete what they hold.
    pub ask_back: bool,
    /// The community's scope is chosen (only when the viewer may set its rules).
    pub for_community: bool,
    /// What it would do, once that was asked.
    pub dry_run: Option<DryRunView>,
    /// What was wrong with it; fields are "pattern", "stance", "reason".
    pub trouble: Option<super::Trouble>,
}

impl RuleForm {
    /// Whether it is shown without being asked for: there is something in it.
    pub fn is_open(&self) -> bool {
        self.trouble.is_some() || self.dry_run.is_some() || !self.pattern.is_empty()
    }
}

/// What a change of rules would do.
#[derive(Clone, Debug)]
pub struct DryRunView {
    /// What was asked about: the form sends it back, and sets at once what was shown. Empty where that plays no part.
    pub shown: String,
    /// A sentence for each thing.
    pub lines: Vec<String>,
}

/// A rule that somebody is about to take back.
#[derive(Clone, Debug)]
pub struct TakingBackView {
    /// For the form that does it.
    pub id: i64,
    /// Whom it is about.
    pub pattern: String,
    /// What would come back.
    pub dry_run: DryRunView,
}

/// How long a rule may last.
#[derive(Clone, Debug)]
pub struct LastsChoice {
    /// What the form sends: days, or nothing.
    pub value: &'static str,
    /// "for a week".
    pub words: &'static str,
    /// The one chosen.
    pub chosen: bool,
}

/// What was decided, for the page that explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeView {
    /// It may.
    Allowed,
    /// It may, with limits.
    Limited,
    /// It waits for a yes.
    Waits,
    /// It may not.
    Refused,
}

impl OutcomeView {
    /// Name of the style class and of the symbol.
    pub fn class(self) -> &'static str {
        match self {
            OutcomeView::Allowed => "open",
            OutcomeView::Limited => "limited",
            OutcomeView::Waits => "ask",
            OutcomeView::Refused => "refused",
        }
    }

    /// The word that apps and the command line get.
    pub fn key(self) -> &'static str {
        match self {
            OutcomeView::Allowed => "allowed",
            OutcomeView::Limited => "limited",
            OutcomeView::Waits => "waits",
            OutcomeView::Refused => "refused",
        }
    }

    /// The word people read.
    pub fn word(self) -> &'static str {
        match self {
            OutcomeView::Allowed => "Allowed",
            OutcomeView::Limited => "Allowed, with limits",
            OutcomeView::Waits => "Waits for a yes",
            OutcomeView::Refused => "Refused",
        }
    }
}
