//! What was seen of aliases, as a page for those who look after a community.

use axum::extract::State;
use url::form_urlencoded;

use super::{KEPT_DAYS, Sighting, sightings};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Me, Reply, Visit};
use crate::members::Role;
use crate::web::view::{AliasView, AliasesPage, NavItem};
use crate::web::{frame, time};

/// `GET /boundaries/aliases`. For anybody else it is not there: what is seen says nothing certain of anybody.
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    if me.member.role < Role::Moderator {
        return Err(Error::NotFound);
    }
    let here = &me.community;
    let seen = sightings(&app, here).await?;
    let now_ms = app.now_ms();
    Ok(Reply::page(AliasesPage {
        frame: frame(&app, &visit, "Aliases", NavItem::Boundaries).await?,
        new_for_days: here.trust_after_days,
        kept_days: KEPT_DAYS,
        rows: seen
            .iter()
            .map(|one| view(one, &here.name, now_ms))
            .collect(),
    }))
}

fn view(seen: &Sighting, here: &str, now_ms: i64) -> AliasView {
    let given_to = seen.given_to.unicode();
    let rule_url = (!seen.refuses_given).then(|| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("pattern", seen.given_to.as_str())
            .append_pair("scope", "community")
            .append_pair("evidence", &evidence(seen))
            .finish();
        format!("/boundaries?{query}#add")
    });
    AliasView {
        sentence: if seen.refuses_asker {
            format!(
                "{given_to} was given an address that only it knew; {}, which {here} refuses, asked for it.",
                seen.asked_by.unicode()
            )
        } else {
            format!(
                "{given_to} shares with {}: it was given an address that only it knew, and the other asked for it.",
                seen.asked_by.unicode()
            )
        },
        is_refused: seen.refuses_asker,
        certainty: certainty(seen.proved),
        last_iso: time::iso(seen.last_at),
        last_text: time::words(seen.last_at, now_ms),
        first_text: time::day(seen.first_at),
        times: seen.times,
        rule_url,
    }
}

/// How sure it is who asked. That the address was passed on is sure either way.
fn certainty(proved: bool) -> &'static str {
    if proved {
        "It signed what it asked."
    } else {
        "Whoever asked named that server and did not prove to be it. Either way they had the address, which only the first \
         server was given."
    }
}

/// What is written into a rule about the first server, for moderators.
fn evidence(seen: &Sighting) -> String {
    let how = if seen.proved {
        "signed"
    } else {
        "as whoever asked claimed"
    };
    format!(
        "{} was given an address that only it knew, and {} asked for it ({how}), first on {}, last on {}.",
        seen.given_to,
        seen.asked_by,
        time::iso(seen.first_at),
        time::iso(seen.last_at)
    )
}
