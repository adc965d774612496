//! "Where it went": the ledger of one's own post as a page, and in a sentence below the post.

use axum::extract::{Query, State};
use comity_policy::{
    Act, Because, Exchange, Listener, Outcome, Party, PersonId, Subject, Visible, Way,
};
use comity_vocab::{Domain, Visibility};
use serde::Deserialize;

use super::{Arrival, Asked, Counts, Kept, Means, Offer, Reach, Refused};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Me, Path, Reply, Visit};
use crate::rules;
use crate::statuses::{self, Status};
use crate::text::plain;
use crate::web::view::{HeldRow, LedgerRow, NavItem, Protection, ReachPage, Strength, Travels};
use crate::web::{frame, time};

/// Letters of the post above its ledger.
const EXCERPT: usize = 140;

/// `GET /statuses/{id}/reach?after=`
#[derive(Debug, Deserialize)]
pub struct Shown {
    #[serde(default)]
    after: String,
}

/// `GET /statuses/{id}/reach`: for its author; to everybody else there is no such page.
pub async fn page(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Path(id): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Reply> {
    let (status, reach) = super::of(&app, &me.account, id, &shown.after).await?;
    let now_ms = app.now_ms();
    let mut refused = Vec::with_capacity(reach.refused.len());
    for row in &reach.refused {
        refused.push(LedgerRow {
            server: row.server.unicode(),
            text: why(&app, &visit, &me, &status, row).await?,
            when_iso: time::iso(row.last_at),
            when_text: time::words(row.last_at, now_ms),
        });
    }
    let counts = Counts {
        sent: reach.sent,
        fetched: reach.fetched,
        refused: i64::try_from(refused.len()).unwrap_or(i64::MAX),
    };
    let sentence = match status.visibility {
        Visibility::Local => format!(
            "It stays in {}: no other server gets it.",
            visit.community.name
        ),
        _ if !super::is_known(&app, id).await? => {
            "It is older than this list, so nobody wrote down where it went.".to_owned()
        }
        _ => sentence(counts),
    };
    Ok(Reply::page(ReachPage {
        frame: frame(&app, &visit, "Where it went", NavItem::Elsewhere).await?,
        url: statuses::web::path(&status, &visit.community),
        excerpt: excerpt(&status),
        sentence,
        arrivals: held(&app, &visit, &me, &reach, now_ms).await?,
        ask_url: format!("/statuses/{id}/reach"),
        more_url: reach
            .more_after
            .map(|last| format!("/statuses/{id}/reach?after={last}")),
        refused,
        protections: protections(&visit.community.name, status.visibility),
    }))
}

/// What the button beside a server sends.
#[derive(Debug, Deserialize)]
pub struct AskForm {
    server: String,
}

/// `POST /statuses/{id}/reach`: asks one server to delete its copy. To whom it is not theirs, there is no such post.
pub async fn ask(
    State(app): State<App>,
    me: Me,
    Path(id): Path<i64>,
    Form(form): Form<AskForm>,
) -> Result<Reply> {
    let server = Domain::parse(&form.server).map_err(|_| Error::NotFound)?;
    super::ask_for_one(&app, &me.account, id, &server).await?;
    Ok(Reply::see_other(&format!("/statuses/{id}/reach")))
}

/// The servers that have it, with what they were and can be asked.
async fn held(
    app: &App,
    visit: &Visit,
    me: &Me,
    reach: &Reach,
    now_ms: i64,
) -> Result<Vec<HeldRow>> {
    let mut servers: Vec<Domain> = reach
        .arrivals
        .iter()
        .map(|row| row.server.clone())
        .collect();
    servers.dedup();
    let offers = super::offers(app, &me.account, &servers).await?;
    let rows = rows(&reach.arrivals, now_ms);
    Ok(servers
        .into_iter()
        .zip(rows)
        .map(|(server, row)| HeldRow {
            row,
            asked: reach.asked.get(&server).map(|asked| told(*asked, now_ms)),
            ask: offers.get(&server).map(|offer| match offer {
                Offer::Asks => Ok(()),
                Offer::Silent => Err(format!(
                    "It cannot be asked to delete this: {} sends nothing there at all now.",
                    visit.community.name
                )),
            }),
            domain: server.as_str().to_owned(),
        })
        .collect())
}

/// "Asked to delete it on 3 May 2026; it took the message."
fn told(asked: Asked, now_ms: i64) -> String {
    let day = time::day(asked.at);
    match asked.arrived_at {
        Some(at) if time::day(at) == day => {
            format!("Asked to delete it on {day}; it took the message.")
        }
        Some(at) => format!(
            "Asked to delete it on {day}; it took the message {}.",
            time::words(at, now_ms)
        ),
        None => format!("Asked to delete it on {day}; it has not taken the message so far."),
    }
}

/// The line below one's own post; `None` where the post never leaves, or is older than the ledger.
pub async fn travels(app: &App, status: &Visible<Status>) -> Result<Option<Travels>> {
    if status.visibility == Visibility::Local || !super::is_known(app, status.id).await? {
        return Ok(None);
    }
    Ok(Some(Travels {
        sentence: sentence(super::counts(app, status.id).await?),
        url: Some(format!("/statuses/{}/reach", status.id)),
    }))
}

/// "Sent to 37 servers. 2 came for it. Not sent to 1."
fn sentence(counts: Counts) -> String {
    let servers = |count: i64| match count {
        1 => "one other server".to_owned(),
        count => format!("{count} other servers"),
    };
    let mut said = match (counts.sent, counts.fetched) {
        (0, 0) => "No other server has it so far.".to_owned(),
        (0, fetched) => format!("Not sent anywhere; {} came for it.", servers(fetched)),
        (sent, 0) => format!("Sent to {}.", servers(sent)),
        (sent, 1) => format!("Sent to {}; one came for it.", servers(sent)),
        (sent, fetched) => format!("Sent to {}; {fetched} came for it.", servers(sent)),
    };
    match counts.refused {
        0 => {}
        1 => said.push_str(" Kept from one."),
        many => said.push_str(&format!(" Kept from {many}.")),
    }
    said
}

fn excerpt(status: &Visible<Status>) -> String {
    let text = statuses::text(status);
    if text.spoiler_text.is_empty() {
        plain::excerpt(&text.content, EXCERPT)
    } else {
        plain::beginning(&text.spoiler_text, EXCERPT)
    }
}

/// One row a server, whichever ways it took.
fn rows(arrivals: &[Arrival], now_ms: i64) -> Vec<LedgerRow> {
    arrivals
        .chunk_by(|one, other| one.server == other.server)
        .map(|ways| {
            let first_at = ways.iter().map(|way| way.first_at).min().unwrap_or(0);
            let last_at = ways.iter().map(|way| way.last_at).max().unwrap_or(0);
            let has = |by| ways.iter().any(|way| way.by == by);
            let text = match (has(Means::Sent), has(Means::Fetched)) {
                (true, true) => "Sent there, and fetched by it",
                (true, false) => "Sent there",
                _ => "Fetched by it",
            };
            let last = time::words(last_at, now_ms);
            let again = if last == time::words(first_at, now_ms) {
                ".".to_owned()
            } else {
                format!("; last {last}.")
            };
            LedgerRow {
                server: ways[0].server.unicode(),
                text: format!("{text}{again}"),
                when_iso: time::iso(first_at),
                when_text: time::words(first_at, now_ms),
            }
        })
        .collect()
}

/// What kept it from a server, as far as its author may hear.
pub(super) async fn why(
    app: &App,
    visit: &Visit,
    me: &Me,
    status: &Visible<Status>,
    row: &Refused,
) -> Result<String> {
    // As the author, whatever else they are here: a moderator hears nothing of what other members lay down.
    let own = PersonId(me.account.id);
    let listener = Listener::Member(own, visit.community.policy_id());
    let own = Some(own);
    if let Kept::Rule(id) = row.kept
        && let Some(told) = rules::plainly_to(app, own, listener, Because::Rule(id))
    {
        return Ok(told);
    }
    match row.kept {
        Kept::OwnBlock => return Ok("You block whom it would have reached there.".to_owned()),
        Kept::KeptFrom => return Ok("You keep this post from them.".to_owned()),
        Kept::OwnMode => {
            return Ok(
                "You talk only with servers you chose, and it was not one of them.".to_owned(),
            );
        }
        Kept::Gate => {
            return Ok(format!(
                "The emergency gate of {} was closed.",
                visit.community.name
            ));
        }
        Kept::Rule(_) | Kept::Mode => {}
    }
    // As the rules are now; those that decided may have ended.
    let verdict = app
        .gate
        .judge(&Exchange {
            party: &Party::Instance(row.server.clone()),
            act: Act::Receive,
            way: Way::FollowerDelivery,
            thing: &status.thing(),
        })
        .await?;
    Ok(match (row.kept, verdict.outcome) {
        (Kept::Rule(_) | Kept::Mode, Outcome::Refuse | Outcome::Hold) => {
            verdict.sentence_for(&app.gate.book(), listener)
        }
        (Kept::Rule(_), Outcome::Allow) => {
            "A rule kept it from there, and has ended since.".to_owned()
        }
        (Kept::Mode, Outcome::Allow) => format!(
            "{} did not know it then, and talks with it now.",
            visit.community.name
        ),
        _ => "It was not for anybody there.".to_owned(),
    })
}

/// What the list says for sure, and what it cannot say.
fn protections(name: &str, visibility: Visibility) -> Vec<Protection> {
    let protection = |strength, sentence: String| Protection { strength, sentence };
    let mut all = vec![protection(
        Strength::Held,
        format!(
            "{name} gives it to a server only after asking your rules and its own, and writes that down."
        ),
    )];
    if visibility == Visibility::Local {
        return all;
    }
    all.push(protection(
        Strength::Asked,
        "Servers that have it are asked to forget it when you delete it, or when you refuse them and ask."
            .to_owned(),
    ));
    all.push(protection(
        Strength::CannotBeHeld,
        match visibility {
            Visibility::Public | Visibility::Unlisted => {
                "Whom those servers show it to, and who opens its page here in a browser."
            }
            _ => "Whom those servers show it to.",
        }
        .to_owned(),
    ));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_post_went_is_one_sentence() {
        let said = |sent, fetched, refused| {
            sentence(Counts {
                sent,
                fetched,
                refused,
            })
        };
        assert_eq!(said(0, 0, 0), "No other server has it so far.");
        assert_eq!(
            said(37, 2, 1),
            "Sent to 37 other servers; 2 came for it. Kept from one."
        );
        assert_eq!(
            said(0, 1, 0),
            "Not sent anywhere; one other server came for it."
        );
    }
}
