//! Why something is as it is, as a page: what the reader may hear of what decided.

use axum::extract::{Query, State};
use comity_policy::{
    Act, Because, Conditions, Exchange, Outcome, Rule, RuleId, Scope, Stance, Subject, Verdict, Way,
};
use serde::Deserialize;

use super::view;
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::reply::as_sentence;
use crate::http::{Reply, Visit};
use crate::lists;
use crate::members::Role;
use crate::relations;
use crate::rules::command::party;
use crate::rules::{self, listener, plainly};
use crate::statuses;
use crate::web::view::{NavItem, OutcomeView, WhyPage};
use crate::web::{bare_frame, frame};

/// `GET /why?about=` or `?status=`
#[derive(Debug, Deserialize)]
pub struct WhyQuestion {
    /// A server, a handle or an address.
    #[serde(default)]
    pub about: String,
    /// Or a post.
    pub status: Option<i64>,
}

/// `GET /why`
pub async fn why(
    State(app): State<App>,
    visit: Visit,
    Query(question): Query<WhyQuestion>,
) -> Result<Reply> {
    let page = WhyPage {
        frame: frame(&app, &visit, "Why?", NavItem::Boundaries).await?,
        ..answer(&app, &visit, question).await?
    };
    Ok(Reply::page(page))
}

/// The answer for this reader, with a bare frame around it.
pub async fn answer(app: &App, visit: &Visit, question: WhyQuestion) -> Result<WhyPage> {
    let mut page = WhyPage {
        frame: bare_frame(visit, "Why?"),
        about: question.about.trim().to_owned(),
        outcome: None,
        question: String::new(),
        sentence: String::new(),
        because: None,
        considered: Vec::new(),
        set_aside: Vec::new(),
        change: Vec::new(),
    };
    if let Some(id) = question.status {
        // Whoever may not see it hears that there is nothing, as everywhere.
        let status = statuses::find(app, &visit.party(), Way::Page, id).await?;
        let party = visit.party();
        let verdict = app
            .gate
            .judge(&Exchange {
                party: &party,
                act: Act::Read,
                way: Way::PublicTimeline,
                thing: &status.thing(),
            })
            .await?;
        page.question = format!("Is this post of {} shown to you?", status.author.handle());
        explain(app, visit, &verdict, &mut page).await?;
    } else if !page.about.is_empty() {
        match party(app, &page.about).await {
            Ok(other) => {
                let owner = match &visit.me {
                    Some(me) => me.account.clone(),
                    None => accounts::find(app, visit.community.actor_id).await?,
                };
                let explanation = rules::explain(app, &owner, &other).await?;
                let us = if visit.me.is_some() {
                    "you".to_owned()
                } else {
                    visit.community.name.clone()
                };
                page.question = format!("May {} and {us} exchange posts?", page.about);
                let stricter = if explanation.outward.outcome > explanation.inward.outcome {
                    explanation.outward
                } else {
                    explanation.inward
                };
                explain(app, visit, &stricter, &mut page).await?;
                // One's own block is one's own to know, also where a rule of theirs stands before it.
                if let (Some(me), Some(them)) = (&visit.me, other.person().and_then(|them| them.id))
                    && relations::relations(app, me.account.id, vec![them.0])
                        .await?
                        .get(&them.0)
                        .is_some_and(|relation| relation.blocking)
                {
                    page.outcome = Some(OutcomeView::Refused);
                    "You block them.".clone_into(&mut page.sentence);
                }
            }
            Err(_) => {
                page.sentence
                    .push_str("That is neither a server's name, nor a handle, nor an address.");
            }
        }
    }
    Ok(page)
}

/// Fills in the answer, as far as it is the reader's to know. Visitors hear of rules that have a reason for everybody,
/// and of nothing else; members hear nothing of what the other side laid down (L29, L46).
async fn explain(app: &App, visit: &Visit, verdict: &Verdict, page: &mut WhyPage) -> Result<()> {
    if is_ours(app, visit, verdict.because) {
        explain_by_what_decided(app, visit, verdict, page);
    } else {
        explain_by_rules(app, visit, verdict, page);
    }
    let book = app.gate.book();
    let set_aside = verdict.set_aside.iter().filter_map(|id| book.rule(*id));
    page.set_aside = set_aside
        .filter(|rule| is_told(app, rule, visit))
        .filter_map(|rule| view(app, rule, visit))
        .collect();
    let shown = page.because.iter_mut().chain(&mut page.considered);
    for rule in shown.chain(&mut page.set_aside) {
        if let Some(told) = entry(app, visit, verdict, RuleId(rule.id)).await? {
            rule.covers = told;
        }
    }
    Ok(())
}

/// By which entry a rule about a list spoke of them; where it comes from, for whom the list belongs to.
async fn entry(app: &App, visit: &Visit, verdict: &Verdict, id: RuleId) -> Result<Option<String>> {
    let Some(listed) = verdict.listed.iter().find(|listed| listed.rule == id) else {
        return Ok(None);
    };
    let scope = app.gate.book().rule(id).map(|rule| rule.scope);
    let keeps = match (scope, &visit.me) {
        (Some(Scope::Member(person, _)), Some(me)) => person.0 == me.account.id,
        (Some(Scope::Community(_)), Some(me)) => me.member.role >= Role::Moderator,
        _ => false,
    };
    if keeps {
        Ok(Some(as_sentence(&lists::tell(app, listed).await?)))
    } else {
        Ok(Some(format!("The list names {}.", listed.entry)))
    }
}

/// What pages, apps and the command line call the answer.
pub fn outcome_of(verdict: &Verdict) -> OutcomeView {
    let limited = verdict.conditions.contains(Conditions::LIMITED);
    match verdict.outcome {
        Outcome::Allow if limited => OutcomeView::Limited,
        Outcome::Allow => OutcomeView::Allowed,
        Outcome::Hold => OutcomeView::Waits,
        Outcome::Refuse => OutcomeView::Refused,
    }
}

fn explain_by_what_decided(app: &App, visit: &Visit, verdict: &Verdict, page: &mut WhyPage) {
    let book = app.gate.book();
    page.outcome = Some(outcome_of(verdict));
    page.sentence = plainly(app, visit, verdict.because)
        .unwrap_or_else(|| verdict.sentence_for(&book, listener(visit)));
    let decided = match verdict.because {
        Because::Rule(id) | Because::Limited(id) => book.rule(id),
        _ => None,
    };
    page.because = decided.and_then(|rule| view(app, rule, visit));
    page.considered = verdict
        .considered
        .iter()
        .filter(|id| decided.is_none_or(|rule| rule.id != **id))
        .filter_map(|id| view(app, book.rule(*id)?, visit))
        .collect();
    let told = decided.filter(|_| page.because.is_some());
    page.change = told.map_or_else(Vec::new, |rule| change(app, visit, rule));
}

/// What it would take to change what this rule says, for somebody who is told of it.
fn change(app: &App, visit: &Visit, rule: &Rule) -> Vec<String> {
    match rule.scope {
        Scope::Member(..) => vec![
            "You can take your rule back under Boundaries; it holds from that moment on."
                .to_owned(),
        ],
        Scope::Community(_) if !rules::is_about_own(app, rule) => vec![format!(
            "A moderator of {} can take the rule back.",
            visit.community.name
        )],
        _ => Vec::new(),
    }
}

/// Whether the reader may hear of what decided.
fn is_ours(app: &App, visit: &Visit, because: Because) -> bool {
    let Some(me) = &visit.me else {
        let book = app.gate.book();
        return match because {
            // Of a rule that only adds they hear the same, whatever decides beside it.
            Because::Rule(id) | Because::Limited(id) => book
                .rule(id)
                .is_some_and(|rule| is_told(app, rule, visit) && rule.stance != Stance::Unchanged),
            _ => false,
        };
    };
    let me = &me.account;
    match because {
        Because::Rule(id) | Because::Limited(id) => match app.gate.book().rule(id) {
            Some(rule) => is_told(app, rule, visit),
            None => false,
        },
        Because::Mode(community, _) | Because::EmergencyGate(community) => {
            community == visit.community.policy_id()
        }
        Because::OwnMode(person, _) | Because::Wave(person) => person.0 == me.id,
        Because::Block { by } | Because::Mute { by } => by.0 == me.id,
        // What one post's author chose is told where its words may be read, and of what it answers nothing more.
        Because::Waits | Because::Removed => false,
        _ => true,
    }
}

/// Whether a rule is the reader's own or their community's; to a visitor, whether it has a reason for everybody.
fn is_told(app: &App, rule: &Rule, visit: &Visit) -> bool {
    match (rule.scope, &visit.me) {
        (Scope::Operator, Some(_)) => true,
        // What is only added to a member of their own is no boundary, and told to those who decide it.
        (Scope::Community(of), me)
            if rule.stance == Stance::Unchanged && rules::is_about_own(app, rule) =>
        {
            let governs = me
                .as_ref()
                .is_some_and(|me| me.member.role >= Role::Moderator);
            governs && of == visit.community.policy_id()
        }
        (Scope::Community(of), me) => {
            of == visit.community.policy_id() && (me.is_some() || rule.reason_public.is_some())
        }
        (Scope::Member(person, _), Some(me)) => person.0 == me.account.id,
        _ => false,
    }
}

/// The answer that the reader's side would give by itself: the strictest of the rules they may hear of. It reads as if that had
/// decided, so that nobody learns from the words that something else did.
fn explain_by_rules(app: &App, visit: &Visit, verdict: &Verdict, page: &mut WhyPage) {
    let book = app.gate.book();
    let told: Vec<&Rule> = verdict
        .considered
        .iter()
        .filter_map(|id| book.rule(*id))
        .filter(|rule| is_told(app, rule, visit))
        .collect();
    let strictest = |rule: &&Rule| std::cmp::Reverse(strictness(rule.stance));
    let Some(decided) = told.iter().copied().min_by_key(strictest) else {
        if visit.me.is_some() {
            page.outcome = Some(OutcomeView::Allowed);
            "Nothing stands against it.".clone_into(&mut page.sentence);
        } else {
            // The same whether there is a rule that is not told or none.
            page.sentence = format!(
                "{} has no rule about this that everybody may read. Members can see more.",
                visit.community.name
            );
        }
        return;
    };
    page.outcome = match decided.stance {
        // It leaves the answer to what a visitor may not hear of.
        Stance::Unchanged if visit.me.is_none() => None,
        Stance::Open | Stance::Unchanged => Some(OutcomeView::Allowed),
        Stance::Limited => Some(OutcomeView::Limited),
        Stance::Ask => Some(OutcomeView::Waits),
        Stance::Withheld | Stance::Refused => Some(OutcomeView::Refused),
    };
    page.because = view(app, decided, visit);
    let mut alone = verdict.clone();
    (alone.outcome, alone.because) = (Outcome::Allow, Because::Rule(decided.id));
    page.sentence = plainly(app, visit, alone.because)
        .unwrap_or_else(|| alone.sentence_for(&book, listener(visit)));
    page.considered = told
        .iter()
        .filter(|rule| rule.id != decided.id)
        .filter_map(|rule| view(app, rule, visit))
        .collect();
    page.change = change(app, visit, decided);
}

fn strictness(stance: Stance) -> u8 {
    match stance {
        Stance::Unchanged => 0,
        Stance::Open => 1,
        Stance::Limited => 2,
        Stance::Ask => 3,
        Stance::Withheld => 4,
        Stance::Refused => 5,
    }
}
