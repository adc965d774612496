//! Filters as pages: all of a member, and the form that makes and changes one.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::{Action, Context, Draft, Expiry, Filter, Keyword, KeywordDraft, api};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit, cookie};
use crate::web::view::{Frame, NavItem, Notice, Trouble};
use crate::web::{frame, time};

/// What the form's fields are called in sentences.
const LABELS: &[Label] = &[
    Label::of("title", "the name"),
    Label::of("context", "this"),
    Label::of("action", "this"),
    Label::of("lasts", "this"),
    Label {
        of: "keyword",
        input: "whole",
        words: "a word",
    },
    Label {
        of: "keywords",
        input: "whole",
        words: "words of all your filters",
    },
    Label {
        of: "filters",
        input: "",
        words: "filters",
    },
];

/// For how long a filter may hold from now on, in seconds, besides for good.
const LASTS: &[(i64, &str)] = &[
    (1_800, "30 minutes"),
    (3_600, "1 hour"),
    (21_600, "6 hours"),
    (43_200, "12 hours"),
    (86_400, "1 day"),
    (604_800, "1 week"),
    (2_592_000, "30 days"),
];
/// For good, as the form says it.
const FOR_GOOD: &str = "never";

#[derive(Template)]
#[template(path = "filters/list.html")]
struct ListPage {
    frame: Frame,
    all: Vec<Line>,
}

/// A filter among others.
struct Line {
    id: i64,
    title: String,
    told: String,
}

#[derive(Template)]
#[template(path = "filters/form.html")]
struct FormPage {
    frame: Frame,
    /// Where it is sent.
    action: String,
    /// Where one that is there is taken away; empty for a new one.
    delete: String,
    form: Typed,
    contexts: Vec<Choice>,
    actions: Vec<Choice>,
    lasts: Vec<Choice>,
    /// Posts that apps put into it.
    posts: usize,
    trouble: Option<Trouble>,
}

/// Something to be ticked, or chosen.
struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

/// The form as it is sent, and as it is shown again. Words and phrases stand on a line each.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    whole: String,
    parts: String,
    context: Vec<String>,
    action: String,
    /// Seconds, [`FOR_GOOD`], or empty for as it is.
    lasts: String,
}

impl Typed {
    fn of(filter: &Filter) -> Typed {
        let spelt = |whole_word: bool| {
            let words = filter.keywords.iter();
            let words = words.filter(|keyword| keyword.whole_word == whole_word);
            let words: Vec<&str> = words.map(|keyword| keyword.keyword.as_str()).collect();
            words.join("\n")
        };
        let contexts = filter.contexts.iter();
        Typed {
            title: filter.title.clone(),
            whole: spelt(true),
            parts: spelt(false),
            context: contexts
                .map(|context| context.as_str().to_owned())
                .collect(),
            action: filter.action.as_str().to_owned(),
            lasts: if filter.expires_at.is_none() {
                FOR_GOOD.to_owned()
            } else {
                String::new()
            },
        }
    }

    /// What it says of the filter that was `before`: words that are there already stay as they are.
    fn draft(&self, before: Option<&Filter>) -> Result<Draft> {
        let contexts = api::contexts(&self.context)?;
        if contexts.is_empty() {
            return Err(Error::invalid(
                "context",
                "names no place; tick one at least",
            ));
        }
        let action = Action::parse(&self.action)
            .ok_or_else(|| Error::invalid("action", "must be warn, hide or blur"))?;
        let typed = self.words();
        if typed.is_empty() && before.is_none_or(|filter| filter.statuses.is_empty()) {
            return Err(Error::invalid(
                "keyword",
                "or a phrase is missing; write one at least",
            ));
        }
        let known = before.map(|filter| filter.keywords.as_slice());
        let known: &[Keyword] = known.unwrap_or_default();
        let goes = known
            .iter()
            .filter(|had| !typed.contains(&(had.keyword.as_str(), had.whole_word)));
        let mut keywords: Vec<KeywordDraft> = goes
            .map(|had| KeywordDraft {
                id: Some(had.id),
                goes: true,
                ..KeywordDraft::default()
            })
            .collect();
        for (word, whole_word) in typed {
            let is_known = |had: &Keyword| had.keyword == word && had.whole_word == whole_word;
            if !known.iter().any(is_known) {
                keywords.push(KeywordDraft {
                    keyword: Some(word.to_owned()),
                    whole_word: Some(whole_word),
                    ..KeywordDraft::default()
                });
            }
        }
        Ok(Draft {
            title: Some(self.title.clone()),
            contexts: Some(contexts),
            action: Some(action),
            expiry: self.expiry()?,
            keywords,
        })
    }

    /// Each once, with whether it stands for itself.
    fn words(&self) -> Vec<(&str, bool)> {
        let whole = self.whole.lines().map(|word| (word.trim(), true));
        let parts = self.parts.lines().map(|word| (word.trim(), false));
        let mut words: Vec<(&str, bool)> = Vec::new();
        for word in whole.chain(parts) {
            if !word.0.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    fn expiry(&self) -> Result<Expiry> {
        if self.lasts.is_empty() {
            return Ok(Expiry::Unsaid);
        }
        if self.lasts == FOR_GOOD {
            return Ok(Expiry::Never);
        }
        let mut offered = LASTS.iter().map(|(seconds, _)| *seconds);
        offered
            .find(|seconds| seconds.to_string() == self.lasts)
            .map(Expiry::After)
            .ok_or_else(|| Error::invalid("lasts", "is no length that is offered"))
    }
}

/// Where it holds, for people.
fn place(context: Context) -> &'static str {
    match context {
        Context::Home => "Home and lists",
        Context::Notifications => "Notifications",
        Context::Public => "Timelines of everybody, and topics",
        Context::Thread => "Conversations",
        Context::Account => "Profiles",
    }
}

/// What becomes of a post, for people.
fn deed(action: Action) -> &'static str {
    match action {
        Action::Warn => "Fold it, with the name of the filter on it",
        Action::Hide => "Leave it out",
        Action::Blur => "Cover its pictures and films",
    }
}

/// "Folds what has one of 3 words, and 1 post, for good."
fn told(filter: &Filter, now_ms: i64) -> String {
    let does = match filter.action {
        Action::Warn => "Folds",
        Action::Hide => "Leaves out",
        Action::Blur => "Covers the pictures of",
    };
    let words = match filter.keywords.len() {
        0 => None,
        1 => Some("what has a word or phrase".to_owned()),
        many => Some(format!("what has one of {many} words or phrases")),
    };
    let posts = match filter.statuses.len() {
        0 => None,
        1 => Some("1 post".to_owned()),
        many => Some(format!("{many} posts")),
    };
    let whats: Vec<String> = words.into_iter().chain(posts).collect();
    let what = if whats.is_empty() {
        "nothing yet".to_owned()
    } else {
        whats.join(", and ")
    };
    let until = match filter.expires_at {
        None => "for good".to_owned(),
        Some(at) if at <= now_ms => format!("and ended {}", time::words(at, now_ms)),
        Some(at) => format!("until {}", time::words(at, now_ms)),
    };
    format!("{does} {what}, {until}.")
}

/// `GET /settings/filters`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let now_ms = app.now_ms();
    let all = super::of(&app, me.account.id).await?;
    let mut frame = frame(&app, &visit, "Filters", NavItem::Me).await?;
    frame.no_index = true;
    Ok(Reply::page(ListPage {
        frame,
        all: all
            .into_iter()
            .map(|filter| Line {
                id: filter.id,
                told: told(&filter, now_ms),
                title: filter.title,
            })
            .collect(),
    }))
}

/// `GET /settings/filters/new`
pub async fn blank(State(app): State<App>, _me: Me, visit: Visit) -> Result<Reply> {
    let form = Typed {
        context: Context::ALL.map(|all| all.as_str().to_owned()).into(),
        action: Action::default().as_str().to_owned(),
        lasts: FOR_GOOD.to_owned(),
        ..Typed::default()
    };
    form_page(&app, &visit, None, form, None).await
}

/// `POST /settings/filters/new`
pub async fn create(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    let made = async { super::create(&app, me.account.id, &form.draft(None)?).await };
    match made.await {
        Ok(_id) => Ok(done(&visit, "The filter holds from now on.")),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(&app, &visit, None, form, Some(trouble)).await
        }
    }
}

/// `GET /settings/filters/{id}`
pub async fn form(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Reply> {
    let filter = super::find(&app, me.account.id, id).await?;
    let form = Typed::of(&filter);
    form_page(&app, &visit, Some(&filter), form, None).await
}

/// `POST /settings/filters/{id}`
pub async fn change(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<Typed>,
) -> Result<Reply> {
    let filter = super::find(&app, me.account.id, id).await?;
    let changed = async {
        let draft = form.draft(Some(&filter))?;
        super::change(&app, me.account.id, id, &draft).await
    };
    match changed.await {
        Ok(()) => Ok(done(&visit, "The filter is changed.")),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            form_page(&app, &visit, Some(&filter), form, Some(trouble)).await
        }
    }
}

/// `POST /settings/filters/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    super::remove(&app, me.account.id, id).await?;
    Ok(done(
        &visit,
        "The filter is gone. What it kept from you is shown again.",
    ))
}

fn done(visit: &Visit, words: &str) -> Reply {
    let notice = cookie::notice(&visit.community, &Notice(words.to_owned()));
    Reply::see_other("/settings/filters").with_cookie(notice)
}

async fn form_page(
    app: &App,
    visit: &Visit,
    filter: Option<&Filter>,
    form: Typed,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let title = match filter {
        Some(_) => "Change a filter",
        None => "Make a filter",
    };
    let mut frame = frame(app, visit, title, NavItem::Me).await?;
    frame.no_index = true;
    let contexts = Context::ALL.map(|context| Choice {
        value: context.as_str().to_owned(),
        words: place(context).to_owned(),
        chosen: form.context.iter().any(|word| word == context.as_str()),
    });
    let actions = [Action::Warn, Action::Hide, Action::Blur].map(|action| Choice {
        value: action.as_str().to_owned(),
        words: deed(action).to_owned(),
        chosen: form.action == action.as_str(),
    });
    let base = "/settings/filters";
    let page = Reply::page(FormPage {
        frame,
        action: filter.map_or(format!("{base}/new"), |filter| {
            format!("{base}/{}", filter.id)
        }),
        delete: filter.map_or_else(String::new, |filter| format!("{base}/{}/delete", filter.id)),
        contexts: contexts.into(),
        actions: actions.into(),
        lasts: lasts(&form.lasts, filter, app.now_ms()),
        posts: filter.map_or(0, |filter| filter.statuses.len()),
        form,
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// For how long it may hold: also as long as it does, where that is not for good.
fn lasts(chosen: &str, filter: Option<&Filter>, now_ms: i64) -> Vec<Choice> {
    let choice = |value: String, words: String| Choice {
        chosen: value == chosen,
        value,
        words,
    };
    let as_it_is = filter.and_then(|filter| filter.expires_at).map(|at| {
        let when = time::words(at, now_ms);
        let words = if at <= now_ms {
            format!("It ended {when}")
        } else {
            format!("Until {when}")
        };
        choice(String::new(), words)
    });
    let for_good = choice(FOR_GOOD.to_owned(), "For good".to_owned());
    let offered = LASTS.iter();
    let offered =
        offered.map(|(seconds, words)| choice(seconds.to_string(), format!("For {words}")));
    as_it_is
        .into_iter()
        .chain([for_good])
        .chain(offered)
        .collect()
}
