//! What apps of members find, made before anything is measured: members with tokens, and something in every list.

use std::path::Path;

use http::Method;
use serde_json::{Value, json};

use super::{ALONE, Bench, FOLLOWED};
use crate::app::{App, text};
use crate::browser::{Browser, add_member};
use crate::client::Client;
use crate::report::Failure;

/// Members who do what takes many. One may have 20 streams open, and search sixty times a minute: they do it together.
pub(super) const CROWD: usize = 50;
/// The member whom all of these follow, and nobody elsewhere.
const HERALD: &str = "herald";
/// Posts of the herald; no others have the word *lighthouse*.
const HERALDED: usize = 60;
/// Those of them that some of the crowd favourite: each is a group of notifications.
pub(super) const LIKED: usize = 20;
/// Those who favourite each of them.
pub(super) const FANS: usize = 10;

/// Tokens, and what is read with them.
pub(super) struct Stage {
    /// Of the member who reads.
    pub(super) reader: String,
    /// Of the member whom nobody follows.
    pub(super) scribe: String,
    /// Of the member whom the crowd follows, and who is told of nothing but what the crowd does.
    pub(super) herald: String,
    /// Of the crowd.
    pub(super) crowd: Vec<String>,
    /// A post of the reader with a hundred answers, by its id.
    pub(super) thread: String,
    /// Lists are read from below this id: the same page each time, whatever other measures posted since.
    pub(super) below: i64,
}

/// Adds the members, before the server runs.
pub(super) fn add_members(binary: &Path, config: &Path) -> Result<(), Failure> {
    add_member(binary, config, HERALD)?;
    (0..CROWD).try_for_each(|number| add_member(binary, config, &one_of_crowd(number)))
}

fn one_of_crowd(number: usize) -> String {
    format!("crowd{number}")
}

impl Bench {
    /// Whether something is measured that an app of a member does.
    pub(super) fn wants_apps(&self) -> bool {
        ["apps", "photo", "streams", "growth apps"]
            .iter()
            .any(|name| self.wants(name))
    }

    /// What was made before; a measure that asks for it without is wrong.
    pub(super) fn stage(&self) -> Result<&Stage, Failure> {
        self.stage
            .as_ref()
            .ok_or_else(|| Failure::new("nothing was made ready for apps"))
    }

    /// Makes all of it. The server runs.
    pub(super) async fn set_stage(&self) -> Result<Stage, Failure> {
        let app = App::register(&mut Client::connect().await?).await?;
        let reader = let_in(&app, FOLLOWED).await?;
        let scribe = let_in(&app, ALONE).await?;
        let herald = let_in(&app, HERALD).await?;
        let mut crowd = Vec::with_capacity(CROWD);
        for number in 0..CROWD {
            crowd.push(let_in(&app, &one_of_crowd(number)).await?);
        }

        // Otherwise nobody finds what they write.
        let mut client = Client::connect().await?;
        let findable = json!({ "indexable": true });
        let path = "/api/v1/accounts/update_credentials";
        let who = client
            .told(Method::PATCH, path, Some(&herald), Some(&findable))
            .await?;
        let follow = format!("/api/v1/accounts/{}/follow", text(&who, "id")?);
        for token in &crowd {
            let told = act(&mut client, &follow, token).await?;
            if told["following"] != true {
                return Err(Failure::new(format!("{HERALD} is not followed: {told}")));
            }
        }
        for number in 0..HERALDED {
            let words = format!("The lighthouse of the harbour is lit for the time {number}.");
            let told = post(&mut client, &herald, &words).await?;
            if number >= LIKED {
                continue;
            }
            let favourite = format!("/api/v1/statuses/{}/favourite", text(&told, "id")?);
            for token in crowd.iter().take(FANS) {
                act(&mut client, &favourite, token).await?;
            }
        }

        let browser = Browser::sign_in(&mut client, FOLLOWED).await?;
        let page = self.conversation(&browser).await?;
        let thread = page.rsplit('/').next().unwrap_or_default().to_owned();
        self.quiet().await?;
        Ok(Stage {
            reader,
            scribe,
            herald,
            crowd,
            thread,
            below: i64::MAX,
        })
    }
}

async fn let_in(app: &App, name: &str) -> Result<String, Failure> {
    let mut client = Client::connect().await?;
    let browser = Browser::sign_in(&mut client, name).await?;
    app.let_in(&mut client, &browser).await
}

async fn act(client: &mut Client, path: &str, token: &str) -> Result<Value, Failure> {
    client.told(Method::POST, path, Some(token), None).await
}

/// Posts to everybody, by an app; answers what the app is told.
pub(super) async fn post(client: &mut Client, token: &str, words: &str) -> Result<Value, Failure> {
    let status = json!({ "status": words, "visibility": "public" });
    client
        .told(Method::POST, "/api/v1/statuses", Some(token), Some(&status))
        .await
}
