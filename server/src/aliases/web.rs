//! What was seen of aliases, as a page for those who look after a community.

use super::{KEPT_DAYS, Sighting, sightings};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Me, Reply, Visit};
use crate::members::Role;
use crate::web::view::{AliasView, AliasesPage, NavItem};
use crate::web::{frame, time};
use axum::extract::State;

/// `GET /boundaries/aliases`. For anybody else it is not there: what is seen says nothing certain of anybody.
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    if me.member.role < Role::Moderator {
        return Err(Error::NotFound);
    }
    let here = &me.community;
    let seen = sightings(&app, here).await?;
    let now_ms = app.now_ms();
    Ok(Reply::page(AliasesPage {
        frame: frame(&app, &visit, "Aliases", NavItem::Moderation).await?,
        new_for_days: here.trust_after_days,
        kept_days: KEPT_DAYS,
        rows: seen
            .iter()
            .map(|one| view(one, &here.name, now_ms))
            .collect(),
    }))
}

fn view(seen: &Sighting, here: &str, now_ms: i64) -> AliasView {
    let (given_to, asked_by) = (seen.given_to.unicode(), seen.asked_by.unicode());
    let asked = if !seen.proved {
        format!("somebody who named {asked_by} asked for it.")
    } else if seen.refuses_asker {
        format!("{asked_by}, which {here} refuses, asked for it.")
    } else {
        format!("{asked_by} asked for it.")
    };
    AliasView {
        sentence: format!("{given_to} was given an address that only it knew; {asked}"),
        is_refused: seen.is_refused(),
        certainty: certainty(seen.proved),
        last_iso: time::iso(seen.last_at),
        last_text: time::words(seen.last_at, now_ms),
        first_text: time::day(seen.first_at),
        times: seen.times,
        rule_url: (!seen.refuses_given).then(|| format!("/boundaries?sighting={}#add", seen.id)),
    }
}

/// How sure it is who asked. That the address was passed on is sure either way.
fn certainty(proved: bool) -> &'static str {
    if proved {
        "It signed what it asked."
    } else {
        "Whoever asked did not prove to be that server, and can have named any. They had the address, which only the first \
         server was given."
    }
}
