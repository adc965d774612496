//! A file that is pasted: first what it would change, and then the change.

use axum::extract::State;
use serde::Deserialize;

use super::{LABELS, form_of, list_page, theirs, url};
use crate::app::App;
use crate::error::Result;
use crate::http::form::{LongForm, trouble};
use crate::http::{Me, Path, Reply, Visit};
use crate::lists::csv::{self, Reading, Severity};
use crate::lists::{self, Difference, List, NewEntry, Provenance, source_of};
use crate::rules::typed_pattern;
use crate::web::frame;
use crate::web::view::{ImportPage, ListForm, NavItem};

/// Of what a file would change, so many are named.
const MOST_TOLD: usize = 200;

/// What the form of a file sends.
#[derive(Debug, Deserialize)]
pub struct ImportForm {
    #[serde(default)]
    text: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    severity: String,
    /// "yes" when the member saw what would change.
    #[serde(default)]
    confirmed: String,
}

/// `POST /boundaries/lists/{id}/import`: what would change, and the change itself once that is confirmed.
pub async fn import(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    LongForm(form): LongForm<ImportForm>,
) -> Result<Reply> {
    let list = theirs(&app, &me, id).await?;
    match take(&app, &me, &visit, &list, &form).await {
        Ok(reply) => Ok(reply),
        Err(why) => {
            let form = ListForm {
                trouble: Some(trouble(why, LABELS)?),
                severity: Severity::parse(&form.severity).unwrap_or_default().as_str(),
                text: form.text,
                source: form.source,
                ..form_of(&list)
            };
            list_page(&app, &visit, &list, "", form).await
        }
    }
}

async fn take(app: &App, me: &Me, visit: &Visit, list: &List, form: &ImportForm) -> Result<Reply> {
    let severity = Severity::parse(&form.severity).unwrap_or_default();
    let source = source_of(&form.source)?;
    let reading = csv::read(form.text.as_bytes(), severity, |pattern| {
        lists::check_entry(app, list.scope(), pattern)
    })?;
    let difference = lists::compare(app, list, &reading, Some(&source)).await?;
    if form.confirmed == "yes" {
        let from = Provenance {
            by: Some(me.account.id),
            source: Some(source),
        };
        lists::take_in(app, list, &difference, &from).await?;
        return Ok(Reply::see_other(&url(list.id)));
    }
    let text = form.text.clone();
    let frame = frame(app, visit, &list.name, NavItem::Boundaries).await?;
    let named = |of: &NewEntry| {
        let comment = of.comment.clone().unwrap_or_default();
        (typed_pattern(&of.pattern), comment)
    };
    let Difference {
        added,
        there,
        retracted,
        again,
    } = difference;
    Ok(Reply::page(ImportPage {
        frame,
        url: url(list.id),
        name: list.name.clone(),
        text,
        source,
        severity: severity.as_str(),
        added: added.len(),
        first_added: added.iter().take(MOST_TOLD).map(named).collect(),
        there,
        retracted: retracted.len(),
        first_retracted: retracted.into_iter().take(MOST_TOLD).collect(),
        again: again.len(),
        passed_over: passed_over(&reading),
        unusable: reading.unusable_lines,
        first_unusable: reading
            .unusable
            .into_iter()
            .map(|one| (one.line, one.text, one.why))
            .collect(),
    }))
}

fn passed_over(reading: &Reading) -> Vec<String> {
    let mut sentences: Vec<String> = reading
        .passed_over
        .iter()
        .map(|(severity, lines)| format!("Lines that say {severity}: {lines}."))
        .collect();
    if reading.repeated > 0 {
        sentences.push(format!(
            "Lines that name again what an earlier one named: {}.",
            reading.repeated
        ));
    }
    sentences
}
