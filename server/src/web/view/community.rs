//! The pages about the community: coming in, its rules, and what went wrong. Each is its template.

use askama::Template;

use super::{
    Frame, NavItem, OutcomeView, PersonView, Protection, RuleForm, RuleView, TakingBackView,
    Trouble,
};

/// Signing in. Posts `name`, `password` and `next` to `/sign-in`.
#[derive(Template, Debug)]
#[template(path = "members/sign_in.html")]
pub struct SignInPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The name or e-mail address typed so far.
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// There can be passkeys here.
    pub passkeys: bool,
    /// What was wrong.
    pub trouble: Option<Trouble>,
}

/// The first start: the community's name and its first member. Posts `token`, `community`, `username`, `email`, `password`
/// to `/setup`.
#[derive(Template, Debug)]
#[template(path = "members/setup.html")]
pub struct SetupPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community's domain.
    pub domain: String,
    /// Printed by the server at its first start, so that only its operator gets here.
    pub token: String,
    /// Typed so far.
    pub name: String,
    /// Typed so far.
    pub username: String,
    /// Typed so far.
    pub email: String,
    /// What was wrong.
    pub trouble: Option<Trouble>,
}

/// What a community is and whom it refuses, for everyone.
#[derive(Template, Debug)]
#[template(path = "communities/about.html")]
pub struct AboutPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The community's domain.
    pub domain: String,
    /// The path of its wide picture, and what is in that.
    pub banner: Option<(String, String)>,
    /// What it says of itself; sanitised HTML.
    pub description_html: String,
    /// Its rules for people, each one sentence.
    pub house_rules: Vec<String>,
    /// Its usual answer to servers it does not know: "Open: servers we do not know are welcome until a rule says otherwise."
    pub mode: String,
    /// Its rules about servers, those that are public.
    pub rules: Vec<RuleView>,
    /// Why rules are left out, a sentence each: "Four rules are shown to members of Harbour only."
    pub rules_remarks: Vec<String>,
    /// What it holds, asks, and cannot hold.
    pub protections: Vec<Protection>,
    /// Who looks after it.
    pub stewards: Vec<PersonView>,
    /// How to reach them: an e-mail address.
    pub contact: Option<String>,
    /// Version of the software.
    pub version: String,
}

/// The viewer's own rules and their community's.
#[derive(Template, Debug)]
#[template(path = "communities/boundaries.html")]
pub struct BoundariesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The viewer's own.
    pub mine: Vec<RuleView>,
    /// Their community's.
    pub community: Vec<RuleView>,
    /// The community's usual answer; see [`AboutPage::mode`].
    pub mode: String,
    /// The operator's, which bind every community here.
    pub operator: Vec<RuleView>,
    /// The viewer's own answer to servers that no rule of theirs names: "open", "cautious" or "allow-list".
    pub own_mode: &'static str,
    /// The viewer may set the community's rules.
    pub may_govern: bool,
    /// The emergency gate; for those who govern.
    pub gate: Option<GateView>,
    /// The form that adds one.
    pub form: RuleForm,
    /// A rule that is about to be taken back.
    pub taking_back: Option<TakingBackView>,
    /// What a boundary holds, asks, and cannot hold.
    pub protections: Vec<Protection>,
}

/// Every rule that a scope had or has.
#[derive(Template, Debug)]
#[template(path = "rules/history.html")]
pub struct PastRulesPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Whose.
    pub whose: WhoseRules,
    /// Newest first.
    pub rows: Vec<PastRuleView>,
    /// That some are left out.
    pub hidden: Option<String>,
    /// The page of older ones.
    pub older: Option<String>,
}

/// Whose rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoseRules {
    /// The viewer's own.
    Mine,
    /// Their community's.
    Community,
    /// The operator's.
    Installation,
}

impl WhoseRules {
    /// The word in the page's address.
    pub fn as_str(self) -> &'static str {
        match self {
            WhoseRules::Mine => "mine",
            WhoseRules::Community => "community",
            WhoseRules::Installation => "installation",
        }
    }
}

/// A rule with what became of it, as far as the viewer may know.
#[derive(Debug)]
pub struct PastRuleView {
    /// As it was set.
    pub rule: RuleView,
    /// What it added to its stance, in words; empty for nothing.
    pub conditions: String,
    /// The handle of who set it.
    pub set_by: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// When it ended, for machines; `None` while it is in force.
    pub ended_iso: Option<String>,
    /// The same for people.
    pub ended_text: Option<String>,
    /// The handle of who ended or replaced it.
    pub ended_by: Option<String>,
    /// It was set for a time that is over.
    pub by_itself: bool,
    /// The number of the rule that took its place.
    pub replaced_by: Option<i64>,
    /// What was seen that led to it.
    pub evidence: Option<String>,
}

impl PastRuleView {
    /// For the link to what took its place.
    pub fn replaced_number(&self) -> i64 {
        self.replaced_by.unwrap_or_default()
    }
}

/// The emergency gate of a community.
#[derive(Clone, Debug)]
pub struct GateView {
    /// Until when it is closed; `None` while it is open.
    pub until_iso: Option<String>,
    /// The same in words.
    pub until_text: String,
    /// At how many members a wave of strangers stands.
    pub in_waves: i64,
    /// When it was closed, newest first.
    pub past: Vec<ClosingView>,
}

/// One time that it was closed.
#[derive(Clone, Debug)]
pub struct ClosingView {
    /// When it was closed.
    pub since_iso: String,
    /// The same in words.
    pub since_text: String,
    /// When it opened, or will.
    pub until_iso: String,
    /// The same in words.
    pub until_text: String,
    /// Who closed it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why something was decided.
#[derive(Template, Debug)]
#[template(path = "rules/why.html")]
pub struct WhyPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What was asked about, as typed or linked: a server's name, a handle, a post's address; empty before asking.
    pub about: String,
    /// The answer; `None` before asking or when nothing is known.
    pub outcome: Option<OutcomeView>,
    /// The question in words: "May bigcorp.example reply to you?"
    pub question: String,
    /// The answer in a sentence: "No. You refuse that server."
    pub sentence: String,
    /// The rule that decided.
    pub because: Option<RuleView>,
    /// Other rules that were asked and would have let more through.
    pub considered: Vec<RuleView>,
    /// Rules about lists that did not count, because a rule beside them opens by name.
    pub set_aside: Vec<RuleView>,
    /// What it would take to change the answer, one sentence each.
    pub change: Vec<String>,
}

/// Something did not work.
#[derive(Template, Debug)]
#[template(path = "web/error.html")]
pub struct ErrorPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The HTTP status: 403, 404, 429, 500. Decides the words when `sentence` is empty.
    pub code: u16,
    /// What may be told beyond the usual words.
    pub sentence: String,
}

impl ErrorPage {
    /// The page's heading.
    pub fn heading(&self) -> &'static str {
        match self.code {
            400 | 422 => "That could not be read",
            401 => "Please sign in first",
            403 => "That is not open to you",
            404 | 410 => "There is nothing here",
            429 => "A little slower, please",
            _ => "That went wrong on our side",
        }
    }

    /// What usually helps.
    pub fn usual(&self) -> &'static str {
        match self.code {
            400 | 422 => {
                "Something in the form was missing or had expired. Go back, reload the page and try again."
            }
            401 => "This page is for members of this community.",
            403 => "A rule, or the person it belongs to, keeps this from you.",
            404 | 410 => {
                "It may have been deleted, moved, or never shown to you. We do not say which."
            }
            429 => "You have asked for more than we can give at once. Wait a minute and try again.",
            _ => {
                "It has been written down for those who look after this server. Try again in a moment."
            }
        }
    }
}
