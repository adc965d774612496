//! The addresses that a list is taken in from, on its page.

use axum::extract::State;
use serde::Deserialize;

use super::{LABELS, form_of, list_page, theirs, url};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::trouble;
use crate::http::rate_limit::Kind;
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::lists::csv::Severity;
use crate::lists::{List, sources};
use crate::web::time;
use crate::web::view::{ListForm, SourceView};

/// Digits of a hash that are shown: enough to compare by eye.
const SHOWN_OF_HASH: usize = 16;

/// What the form of a source sends.
#[derive(Debug, Deserialize)]
pub struct SourceForm {
    #[serde(default)]
    url: String,
    #[serde(default)]
    severity: String,
}

/// `POST /boundaries/lists/{id}/sources`: names an address, and asks it at once.
pub async fn subscribe(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<SourceForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match begin(&app, &me, &list, &form).await {
        Ok(()) => Ok(Reply::see_other(&format!("{}/draft", url(id)))),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                address: form.url,
                severity: Severity::parse(&form.severity).unwrap_or_default().as_str(),
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

async fn begin(app: &App, me: &Me, list: &List, form: &SourceForm) -> Result<()> {
    app.limits.check(Kind::Lookup, &me.account.id.to_string())?;
    let severity = Severity::parse(&form.severity).unwrap_or_default();
    let by = Some(me.account.id);
    let source = sources::subscribe(app, list, &form.url, severity, by).await?;
    let source = sources::find(app, list, source).await?;
    // What went wrong stands beside the source.
    let _ = sources::fetch(app, list, &source).await?;
    Ok(())
}

/// Which source a button is about.
#[derive(Debug, Deserialize)]
pub struct Which {
    source: i64,
}

/// `POST /boundaries/lists/{id}/fetch`: asks a source now.
pub async fn fetch(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(which): Form<Which>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    app.limits.check(Kind::Lookup, &me.account.id.to_string())?;
    let source = sources::find(&app, &list, which.source).await?;
    match sources::fetch(&app, &list, &source).await? {
        None => Ok(Reply::see_other(&format!("{}/draft", url(id)))),
        Some(_) => Ok(Reply::see_other(&format!("{}#sources", url(id)))),
    }
}

/// `POST /boundaries/lists/{id}/unsubscribe`
pub async fn unsubscribe(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(which): Form<Which>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match sources::unsubscribe(&app, &list, which.source).await {
        // Pressed twice, or somebody else was faster.
        Ok(()) | Err(Error::NotFound) => Ok(Reply::see_other(&format!("{}#sources", url(id)))),
        Err(other) => Err(other),
    }
}

/// What the form of how a list goes by its sources sends.
#[derive(Debug, Deserialize)]
pub struct TermsForm {
    /// "yes" where additions are taken in without a person.
    #[serde(default)]
    alone: String,
    #[serde(default)]
    cap: String,
    #[serde(default)]
    quorum: String,
}

/// `POST /boundaries/lists/{id}/terms`
pub async fn terms(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Form(form): Form<TermsForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    // What is no number is out of the range, and told so.
    let number = |typed: &str| typed.trim().parse().unwrap_or(0);
    let (cap, quorum) = (number(&form.cap), number(&form.quorum));
    match sources::set_terms(&app, &list, form.alone == "yes", cap, quorum).await {
        Ok(()) => Ok(Reply::see_other(&format!("{}#sources", url(id)))),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                alone: form.alone == "yes",
                cap: form.cap,
                quorum: form.quorum,
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

/// The sources of a list, for its page.
pub(super) async fn views(app: &App, list: &List) -> Result<Vec<SourceView>> {
    let now_ms = app.now_ms();
    let sources = sources::of(app, list).await?;
    let view = |source: sources::Source| SourceView {
        id: source.id,
        url: source.url,
        entries: source.entries,
        unusable: source.unusable,
        asked: source.tried_at.map(|at| time::words(at, now_ms)),
        answered: source.fetched_at.map(|at| time::words(at, now_ms)),
        changed: source.changed_at.map(time::day),
        digest: source
            .digest
            .map(|digits| digits.chars().take(SHOWN_OF_HASH).collect()),
        trouble: source.trouble,
    };
    Ok(sources.into_iter().map(view).collect())
}
