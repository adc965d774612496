//! An app that members let in, by the way every app goes: it is registered, asks a member, and fetches a token.

use http::Method;
use http::header::LOCATION;
use serde_json::{Value, json};
use url::Url;

use crate::browser::Browser;
use crate::client::Client;
use crate::report::Failure;

/// Where it wants the answer; nobody goes there.
const BACK: &str = "https://app.example/back";
/// What it asks for.
const SCOPES: &str = "read write follow";

/// A registered app.
pub struct App {
    client_id: String,
    client_secret: String,
}

impl App {
    /// Registers it.
    pub async fn register(client: &mut Client) -> Result<App, Failure> {
        let asked = json!({
            "client_name": "Bench", "redirect_uris": [BACK], "scopes": SCOPES,
        });
        let told = client
            .told(Method::POST, "/api/v1/apps", None, Some(&asked))
            .await?;
        Ok(App {
            client_id: text(&told, "client_id")?,
            client_secret: text(&told, "client_secret")?,
        })
    }

    /// A token of somebody who is signed in.
    pub async fn let_in(&self, client: &mut Client, browser: &Browser) -> Result<String, Failure> {
        let fields = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", BACK),
            ("scope", SCOPES),
            ("response_type", "code"),
            ("decision", "yes"),
        ];
        let answer = browser.act(client, "/oauth/authorize", &fields).await?;
        let code = answer
            .headers
            .get(LOCATION)
            .and_then(|value| Url::parse(value.to_str().ok()?).ok())
            .and_then(|back| {
                let mut pairs = back.query_pairs();
                let code = pairs.find(|(name, _)| name == "code");
                code.map(|(_, code)| code.into_owned())
            })
            .ok_or_else(|| Failure::new("the app was given no code"))?;
        let asked = json!({
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
            "client_id": self.client_id, "client_secret": self.client_secret,
        });
        let told = client
            .told(Method::POST, "/oauth/token", None, Some(&asked))
            .await?;
        text(&told, "access_token")
    }
}

/// A text of a document, which has to be there.
pub fn text(document: &Value, name: &str) -> Result<String, Failure> {
    document[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("a document has no {name}: {document}")))
}
