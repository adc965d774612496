//! The letter that tells a member what was decided about them.

use std::sync::Arc;

use super::{Action, acts_upon};
use crate::accounts::Account;
use crate::app::App;
use crate::communities::Community;
use crate::error::Result;
use crate::mail::Letter;
use crate::members::letters::signed;

/// What it says of an act, to this address; nothing where the act is not about them.
pub(crate) async fn decided(
    app: &App,
    community: &Arc<Community>,
    account: &Account,
    to: &str,
    act: i64,
) -> Result<Option<Letter>> {
    let mut acts = acts_upon(app, account.id, vec![act]).await?;
    let Some(act) = acts.remove(&act) else {
        return Ok(None);
    };
    let Some(action) = Action::parse(&act.action) else {
        return Ok(None);
    };
    let (handle, name) = (account.handle(), &community.name);
    let (about, what) = match action {
        Action::Freeze => (
            "you cannot sign in for now",
            format!("Nobody can sign in as {handle} until it is undone. What was written stays."),
        ),
        Action::Suspend => (
            "your account is suspended",
            format!(
                "Nobody can sign in as {handle}, and nothing of it is shown, until it is undone."
            ),
        ),
        Action::Limit => (
            "your account is limited",
            format!("Here, what {handle} writes reaches those who follow it, and no public place."),
        ),
        Action::Mark => (
            "your files are marked as sensitive",
            format!(
                "Files under everything that {handle} writes are covered until somebody wants to see them."
            ),
        ),
        Action::Note
        | Action::Warn
        | Action::Admit
        | Action::Unlimit
        | Action::Unmark
        | Action::Lift => ("a word for you", format!("This is about {handle}.")),
    };
    let why = if act.reason.is_empty() {
        String::new()
    } else {
        format!(" They wrote:\n\n{}", act.reason)
    };
    let text = format!(
        "Those who look after {name} decided something about your account. {what}{why}\n\n\
         To answer, write to them; {}/about names them.",
        community.origin
    );
    Ok(Some(signed(community, to, about, &text)))
}
