//! `comity list subscribe`, `unsubscribe`, `fetch`, `draft`, `apply`, `terms`: the sources of a list, from the server's
//! machine.

use std::fmt::Write as _;

use super::push;
use crate::app::App;
use crate::error::Result;
use crate::lists::csv::Severity;
use crate::lists::sources::{self, Source};
use crate::lists::{self, Draft, List, Proposed};
use crate::rules::typed_pattern;
use crate::web::time;

/// Names an address, asks it, and tells what it would change.
pub async fn subscribe(app: &App, list: &List, url: &str, severity: Severity) -> Result<String> {
    let id = sources::subscribe(app, list, url, severity, None).await?;
    let source = sources::find(app, list, id).await?;
    let mut text = format!(
        "{} is asked once a day for the list {}.\n",
        source.url, list.name
    );
    text.push_str(&ask(app, list, &source).await?);
    text.push_str(&draft(app, list).await?);
    Ok(text)
}

/// Asks an address no more.
pub async fn unsubscribe(app: &App, list: &List, url: &str) -> Result<String> {
    let source = sources::named(app, list, url).await?;
    sources::unsubscribe(app, list, source.id).await?;
    Ok(format!(
        "{} is asked no more. What came from it stays on the list {} until you remove it.",
        source.url, list.name
    ))
}

/// Asks every source of a list now, and tells what they would change.
pub async fn fetch(app: &App, list: &List) -> Result<String> {
    let mut text = String::new();
    for source in sources::of(app, list).await? {
        text.push_str(&ask(app, list, &source).await?);
    }
    text.push_str(&draft(app, list).await?);
    Ok(text)
}

async fn ask(app: &App, list: &List, source: &Source) -> Result<String> {
    let trouble = sources::fetch(app, list, source).await?;
    let source = sources::find(app, list, source.id).await?;
    Ok(match trouble {
        Some(why) => format!("{}: {why}.\n", source.url),
        None => format!("{} names {}.\n", source.url, source.entries),
    })
}

/// The sources of a list, a line each.
pub async fn told(app: &App, list: &List) -> Result<String> {
    let mut text = String::new();
    for source in sources::of(app, list).await? {
        let answered = match source.fetched_at {
            Some(at) => format!("names {}, answered on {}", source.entries, time::day(at)),
            None => "has not answered yet".to_owned(),
        };
        let _ = write!(text, "\nsource {}  {answered}", source.url);
        if let Some(why) = source.trouble {
            let _ = write!(text, "; the last try came to nothing: {why}");
        }
    }
    Ok(text)
}

/// What the sources would change.
pub async fn draft(app: &App, list: &List) -> Result<String> {
    let draft = lists::draft(app, list).await?;
    let mut text = String::new();
    if let Some(warning) = draft.warning(list) {
        let _ = writeln!(text, "{warning}");
    }
    let Draft {
        added,
        to_look_at,
        changed,
        tally,
        ..
    } = draft;
    let _ = writeln!(text, "{} to be put on the list {}.", added.len(), list.name);
    push(&mut text, "+ ", added.len(), added.iter().map(line));
    if !to_look_at.is_empty() {
        let _ = writeln!(
            text,
            "{} to be looked at one by one; `comity list add` puts one on the list, with the name that is printed here:",
            to_look_at.len()
        );
        let lines = to_look_at
            .iter()
            .map(|(one, look)| format!("{}  {}", line(one), look.told()));
        push(&mut text, "! ", to_look_at.len(), lines);
    }
    if !changed.is_empty() {
        let _ = writeln!(text, "{} with another comment.", changed.len());
    }
    for (many, why) in [
        (tally.short, "named by too few sources"),
        (tally.declined, "left out or taken off by a person"),
        (
            tally.retracted,
            "on the list and no longer named by enough sources; they stay until you remove them",
        ),
    ] {
        if many > 0 {
            let _ = writeln!(text, "{many} {why}.");
        }
    }
    Ok(text.trim_end().to_owned())
}

fn line(one: &Proposed) -> String {
    let comment = one.entry.comment.as_deref().unwrap_or_default();
    format!(
        "{}  {comment} ({})",
        typed_pattern(&one.entry.pattern),
        one.url
    )
}

/// Takes in what the sources add, but for what is to be looked at one by one.
pub async fn apply(app: &App, list: &List) -> Result<String> {
    let new = lists::apply(app, list, None, None).await?;
    Ok(format!("{new} put on the list {}.", list.name))
}

/// How a list goes by its sources; what is not said stays as it is.
pub async fn terms(
    app: &App,
    list: &List,
    alone: Option<bool>,
    cap: Option<i64>,
    quorum: Option<i64>,
) -> Result<String> {
    let alone = alone.unwrap_or(list.applies_alone);
    let cap = cap.unwrap_or(list.daily_cap);
    let quorum = quorum.unwrap_or(list.quorum);
    sources::set_terms(app, list, alone, cap, quorum).await?;
    let by = if alone {
        format!(
            "is put on the list {} by itself, up to {cap} entries a day",
            list.name
        )
    } else {
        format!("waits until a person puts it on the list {}", list.name)
    };
    Ok(format!("What {quorum} or more of its sources name {by}."))
}
