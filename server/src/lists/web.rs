//! Lists as pages: one's own, and the community's for those who look after it.

mod draft;
mod import;
mod sources;

use axum::extract::{Query, State};
use comity_policy::Scope;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use serde::Deserialize;

use super::csv::{self, Severity};
use super::{Entry, List, NewEntry, Provenance, find, parse_entry};
pub use draft::{apply, decline, draft, put_on};
pub use import::import;
pub use sources::{fetch, subscribe, terms, unsubscribe};

use crate::accounts;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::{Label, page_with, trouble};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::members::Role;
use crate::rules::{self, of_community, of_member, typed_pattern};
use crate::web::view::{EntryView, ListForm, ListLine, ListPage, ListsPage, NavItem, Trouble};
use crate::web::{frame, time};

/// Entries of one page.
const ON_A_PAGE: usize = 100;
/// What the forms' fields are called in sentences. What is wrong with a server's name says so itself.
const LABELS: &[Label] = &[
    Label::of("name", "the name"),
    Label::of("pattern", ""),
    Label::of("source", "where it is from"),
    Label::of("url", "the address"),
    Label::of("alone", "putting on by itself what they add"),
    Label::of("cap", "the number of entries a day"),
    Label::of("quorum", "the number of sources"),
    Label {
        of: "file",
        input: "text",
        words: "the file",
    },
    Label {
        of: "entries",
        input: "",
        words: "these",
    },
];

/// `GET /boundaries/lists`
pub async fn lists(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    lists_page(&app, &me, &visit, NewList::default(), None).await
}

/// What the form of a new list sends.
#[derive(Debug, Default, Deserialize)]
pub struct NewList {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scope: String,
}

/// `POST /boundaries/lists`
pub async fn create(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<NewList>,
) -> Result<Reply> {
    let owner = match form.scope.as_str() {
        "community" if me.member.role < Role::Moderator => {
            return Err(Error::Forbidden(
                "lists of the community are kept by its moderators".to_owned(),
            ));
        }
        "community" => of_community(&me.community),
        _ => of_member(&me.account)?,
    };
    match super::create(&app, owner, &form.name).await {
        Ok(id) => Ok(Reply::see_other(&url(id))),
        Err(why) => {
            let trouble = trouble(why, LABELS)?;
            lists_page(&app, &me, &visit, form, Some(trouble)).await
        }
    }
}

async fn lists_page(
    app: &App,
    me: &Me,
    visit: &Visit,
    form: NewList,
    trouble: Option<Trouble>,
) -> Result<Reply> {
    let line = |list: &List| ListLine {
        url: url(list.id),
        name: list.name.clone(),
        told: told(app, list),
    };
    let mine = super::of(app, of_member(&me.account)?).await?;
    let community = if me.member.role >= Role::Moderator {
        let lists = super::of(app, of_community(&me.community)).await?;
        Some(lists.iter().map(line).collect())
    } else {
        None
    };
    let page = Reply::page(ListsPage {
        frame: frame(app, visit, "Lists", NavItem::Boundaries).await?,
        mine: mine.iter().map(line).collect(),
        community,
        name: form.name,
        for_community: form.scope == "community",
        trouble: trouble.clone(),
    });
    Ok(page_with(page, trouble.as_ref()))
}

/// `GET /boundaries/lists/{id}?after=`
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

/// `GET /boundaries/lists/{id}`
pub async fn list(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Query(after): Query<After>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    list_page(&app, &visit, &list, &after.after, form_of(&list)).await
}

fn form_of(list: &List) -> ListForm {
    ListForm {
        severity: Severity::default().as_str(),
        name: list.name.clone(),
        alone: list.applies_alone,
        cap: list.daily_cap.to_string(),
        quorum: list.quorum.to_string(),
        ..ListForm::default()
    }
}

async fn list_page(
    app: &App,
    visit: &Visit,
    list: &List,
    after: &str,
    form: ListForm,
) -> Result<Reply> {
    let mut entries = super::entries(app, list, after, ON_A_PAGE + 1).await?;
    let goes_on = entries.len() > ON_A_PAGE;
    entries.truncate(ON_A_PAGE);
    let more = entries.last().filter(|_| goes_on).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", &last.pattern);
        format!("{}?{}", url(list.id), query.finish())
    });
    let trouble = form.trouble.clone();
    let page = Reply::page(ListPage {
        frame: frame(app, visit, &list.name, NavItem::Boundaries).await?,
        url: url(list.id),
        name: list.name.clone(),
        whose: match list.scope() {
            Scope::Member(..) => "Yours".to_owned(),
            _ => format!("Of {}", visit.community.name),
        },
        told: told(app, list),
        entries: views(app, list, entries).await?,
        more,
        sources: sources::views(app, list).await?,
        waiting: list.waiting,
        form,
    });
    Ok(page_with(page, trouble.as_ref()))
}

async fn views(app: &App, list: &List, entries: Vec<Entry>) -> Result<Vec<EntryView>> {
    let mut named_by = super::named_by(app, list, &entries).await?;
    let by = entries.iter().filter_map(|entry| entry.added_by).collect();
    let by = accounts::find_many(app, by).await?;
    let mut view = |entry: Entry| {
        let who = match entry.added_by {
            Some(id) => by.get(&id).map(|account| account.username.as_str()),
            None => Some("an operator"),
        };
        EntryView {
            told: entry.origin(who.unwrap_or("somebody who is gone")),
            named_by: named_by.remove(&entry.pattern).unwrap_or_default(),
            pattern: entry.pattern,
            comment: entry.comment,
            retracted: entry.retracted_at.map(time::day),
        }
    };
    Ok(entries.into_iter().map(&mut view).collect())
}

/// What the form of an entry sends.
#[derive(Debug, Deserialize)]
pub struct EntryForm {
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    comment: String,
}

/// `POST /boundaries/lists/{id}`
pub async fn add(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<EntryForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match put(&app, &me, &list, &form).await {
        Ok(()) => Ok(Reply::see_other(&url(id))),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                pattern: form.pattern,
                comment: form.comment,
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

async fn put(app: &App, me: &Me, list: &List, form: &EntryForm) -> Result<()> {
    let pattern = rules::web::pattern(app, me, list.scope(), &form.pattern).await?;
    let entry = NewEntry {
        pattern: parse_entry(&typed_pattern(&pattern))?,
        comment: csv::shortened(&form.comment),
    };
    let from = Provenance {
        by: Some(me.account.id),
        source: None,
    };
    super::add(app, list, vec![entry], &from).await?;
    Ok(())
}

/// `POST /boundaries/lists/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<EntryForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    let pattern = super::stored(&list, &form.pattern)?;
    match super::remove(&app, &list, &pattern, Some(me.account.id)).await {
        // Pressed twice, or somebody else was faster.
        Ok(()) | Err(Error::NotFound) => Ok(Reply::see_other(&url(id))),
        Err(other) => Err(other),
    }
}

/// What the form of another name sends.
#[derive(Debug, Deserialize)]
pub struct NameForm {
    #[serde(default)]
    name: String,
}

/// `POST /boundaries/lists/{id}/rename`
pub async fn rename(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<NameForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match super::rename(&app, &list, &form.name).await {
        Ok(()) => Ok(Reply::see_other(&url(id))),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                name: form.name,
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

/// `POST /boundaries/lists/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(()): Form<()>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match super::delete(&app, &list).await {
        Ok(()) => Ok(Reply::see_other("/boundaries/lists")),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

/// `GET /boundaries/lists/{id}/export`
pub async fn export(State(app): State<App>, me: Me, Path(id): Path<i64>) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    let entries = super::all_entries(&app, &list).await?;
    let written = csv::write(list.id, &entries, super::rule_about(&app, &list).as_ref())?;
    Ok(Reply::document(written.text, "text/csv; charset=utf-8")
        .with(CACHE_CONTROL, "private, no-store")
        .with(
            CONTENT_DISPOSITION,
            "attachment; filename=\"domain_blocks.csv\"",
        ))
}

/// A list that is the member's own, or their community's where they look after it. Others do not exist for them.
async fn theirs(app: &App, me: &Me, id: i64) -> Result<List> {
    let mut owners = vec![of_member(&me.account)?];
    if me.member.role >= Role::Moderator {
        owners.push(of_community(&me.community));
    }
    find(app, &owners, id).await
}

/// "12 entries, refused by a rule".
fn told(app: &App, list: &List) -> String {
    let entries = match list.entries {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    };
    let waiting = match list.waiting {
        0 => String::new(),
        many => format!("; {many} wait for a look"),
    };
    match super::rule_about(app, list) {
        Some(rule) => format!("{entries}, {} by a rule{waiting}", rule.stance.as_str()),
        None => format!("{entries}, named by no rule{waiting}"),
    }
}

fn url(id: i64) -> String {
    format!("/boundaries/lists/{id}")
}
