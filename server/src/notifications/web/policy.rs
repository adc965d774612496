//! The page of what a member wants done with strangers' notifications, and of what was set aside.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::form::Back;
use crate::http::{Form, Id, Me, Reply, Visit, cookie};
use crate::notifications::policy::{self, Answer, Policy};
use crate::notifications::requests;
use crate::web::view::{Frame, NavItem, Notice, PersonView};
use crate::web::{frame, person_view};
use crate::window::Window;

/// People shown of whom something was set aside.
const MOST_SHOWN: i64 = 60;

/// What becomes of notifications of strangers, and who was set aside.
#[derive(Template)]
#[template(path = "notifications/policy.html")]
struct PolicyPage {
    frame: Frame,
    kinds: Vec<KindView>,
    requests: Vec<(PersonView, String)>,
}

/// One kind of stranger, and what becomes of what they do.
struct KindView {
    name: &'static str,
    words: &'static str,
    answers: Vec<(&'static str, &'static str, bool)>,
}

fn kind(name: &'static str, words: &'static str, chosen: Answer) -> KindView {
    let say = |answer| match answer {
        Answer::Accept => "Tell me",
        Answer::Filter => "Set it aside",
        Answer::Drop => "Forget it",
    };
    let answers = Answer::ALL.map(|answer| (answer.as_str(), say(answer), answer == chosen));
    KindView {
        name,
        words,
        answers: answers.into(),
    }
}

/// `GET /settings/notifications`
pub async fn page(State(app): State<App>, me: Me, visit: Visit) -> Result<Reply> {
    let policy = policy::of(&app, me.account.id).await?;
    let window = Window::older_than(i64::MAX);
    let (found, _) = requests::list(&app, &me.account, window, MOST_SHOWN).await?;
    let requests = found.iter().map(|request| {
        let told = match request.told {
            1 => "One notification waits.".to_owned(),
            many => format!("{many} notifications wait."),
        };
        (person_view(&request.sender, &visit.community), told)
    });
    let requests = requests.collect();
    let mut frame = frame(&app, &visit, "What you are told", NavItem::Me).await?;
    frame.no_index = true;
    Ok(Reply::page(PolicyPage {
        kinds: vec![
            kind(
                "not_following",
                "People you do not follow",
                policy.not_following,
            ),
            kind(
                "not_followers",
                "People who do not follow you, or only since three days",
                policy.not_followers,
            ),
            kind(
                "new_accounts",
                "Accounts younger than thirty days",
                policy.new_accounts,
            ),
            kind(
                "private_mentions",
                "Messages by people you do not follow, unless they answer you",
                policy.private_mentions,
            ),
        ],
        frame,
        requests,
    }))
}

/// What the form sends.
#[derive(Deserialize)]
pub struct PolicyForm {
    not_following: String,
    not_followers: String,
    new_accounts: String,
    private_mentions: String,
}

/// `POST /settings/notifications`
pub async fn save(
    State(app): State<App>,
    me: Me,
    visit: Visit,
    Form(form): Form<PolicyForm>,
) -> Result<Reply> {
    let read = |field, word: &str| {
        Answer::parse(word).ok_or_else(|| Error::invalid(field, "must be accept, filter or drop"))
    };
    let policy = Policy {
        not_following: read("not_following", &form.not_following)?,
        not_followers: read("not_followers", &form.not_followers)?,
        new_accounts: read("new_accounts", &form.new_accounts)?,
        private_mentions: read("private_mentions", &form.private_mentions)?,
    };
    policy::choose(&app, me.account.id, policy).await?;
    let done = Notice("From now on. What you were told before stays.".to_owned());
    Ok(Reply::see_other("/settings/notifications")
        .with_cookie(cookie::notice(&visit.community, &done)))
}

/// `POST /notifications/requests/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(back): Form<Back>,
) -> Result<Reply> {
    requests::accept(&app, &me.account, id).await?;
    Ok(back.to())
}

/// `POST /notifications/requests/{id}/dismiss`
pub async fn dismiss(
    State(app): State<App>,
    me: Me,
    Id(id): Id,
    Form(back): Form<Back>,
) -> Result<Reply> {
    requests::dismiss(&app, &me.account, id).await?;
    Ok(back.to())
}
