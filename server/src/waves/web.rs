//! The card of a wave among the first contacts, and its buttons.

use std::sync::Arc;

use axum::extract::State;
use comity_policy::Way;
use serde::Deserialize;

use super::{Answer, LIMITS, Wave};

use crate::accounts::Account;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Form, Me, Reply, Visit};
use crate::statuses::text;
use crate::statuses::web::Reader;
use crate::text::plain;
use crate::web::time;
use crate::web::view::WaveView;

/// Letters shown of the post that most of a wave answers.
const SHOWN_OF_POST: usize = 80;

/// What waits for one answer, if anything does.
pub async fn view(app: &App, visit: &Visit, me: &Arc<Account>) -> Result<Option<WaveView>> {
    let Some(wave) = super::waiting(app, me).await? else {
        return Ok(None);
    };
    let now_ms = app.now_ms();
    let about = match &wave.about {
        Some(status) => {
            let reader = Reader::of(app, visit, Way::Page, &[status]).await?;
            let words = plain::excerpt(&text(status).content, SHOWN_OF_POST);
            Some((reader.view(status, None).url, words))
        }
        None => None,
    };
    Ok(Some(WaveView {
        id: wave.id,
        since_iso: time::iso(wave.began_at),
        since_text: time::words(wave.began_at, now_ms),
        sentence: sentence(&wave),
        about,
        until: (wave.until_at > now_ms)
            .then(|| (time::iso(wave.until_at), time::words(wave.until_at, now_ms))),
    }))
}

fn sentence(wave: &Wave) -> String {
    let people = match (wave.people, wave.servers) {
        (0, _) => None,
        (1, _) => Some("One person spoke to you".to_owned()),
        (people, 1) => Some(format!("{people} people on one server spoke to you")),
        (people, servers) => Some(format!("{people} people on {servers} servers spoke to you")),
    };
    let ask = match wave.follows {
        0 => None,
        1 => Some("one asks to follow you".to_owned()),
        many => Some(format!("{many} ask to follow you")),
    };
    match (people, ask) {
        (Some(people), Some(ask)) => format!("{people}, and {ask}."),
        (Some(people), None) => format!("{people}."),
        (None, Some(ask)) => format!("Of those who came since, {ask}."),
        (None, None) => "Nobody came since the last answer.".to_owned(),
    }
}

/// From how many strangers an hour on they are a wave: each choice, in words, and whether it is chosen.
pub fn limits(chosen: i64) -> Vec<(i64, String, bool)> {
    let words = |limit| match limit {
        0 => "never".to_owned(),
        many => format!("from {many} an hour on"),
    };
    LIMITS
        .into_iter()
        .map(|limit| (limit, words(limit), limit == chosen))
        .collect()
}

/// What the buttons send: the wave whose card they were on.
#[derive(Deserialize)]
pub struct Which {
    wave: i64,
}

/// `POST /contacts/wave/let-in`
pub async fn let_in(State(app): State<App>, me: Me, Form(which): Form<Which>) -> Result<Reply> {
    answer(&app, &me, which, Answer::LetIn).await
}

/// `POST /contacts/wave/turn-away`
pub async fn turn_away(State(app): State<App>, me: Me, Form(which): Form<Which>) -> Result<Reply> {
    answer(&app, &me, which, Answer::TurnAway).await
}

/// `POST /contacts/wave/over`
pub async fn over(State(app): State<App>, me: Me, Form(which): Form<Which>) -> Result<Reply> {
    answer(&app, &me, which, Answer::Over).await
}

async fn answer(app: &App, me: &Me, which: Which, answer: Answer) -> Result<Reply> {
    match super::settle(app, &me.account, which.wave, answer).await {
        // Pressed twice, or on a card of a wave that is over: what is there now is on the page.
        Ok(()) | Err(Error::NotFound) => Ok(Reply::see_other("/contacts")),
        Err(other) => Err(other),
    }
}

/// What a member chooses as too many.
#[derive(Deserialize)]
pub struct Limit {
    strangers: i64,
}

/// `POST /settings/waves`
pub async fn choose_limit(
    State(app): State<App>,
    me: Me,
    Form(limit): Form<Limit>,
) -> Result<Reply> {
    super::choose_limit(&app, &me.account, limit.strangers).await?;
    Ok(Reply::see_other("/contacts"))
}
