//! A member's browser, as far as measuring needs one: sign in, find the form's token, act.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::client::{Answer, Client};
use crate::report::Failure;

const PASSWORD: &str = "correct horse battery";

/// Adds a member by the command line.
pub fn add_member(binary: &Path, config: &Path, name: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut child = Command::new(binary)
        .arg("--config")
        .arg(config)
        .args([
            "member",
            "add",
            name,
            "--email",
            &format!("{name}@bench.example"),
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|why| Failure::new(format!("{} could not be started: {why}", binary.display())))?;
    if let Some(stdin) = child.stdin.as_mut() {
        writeln!(stdin, "{PASSWORD}")?;
    }
    let status = child.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("could not add {name}: {status}")))
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Browser {
    /// As the header sends them.
    pub cookies: String,
    /// For every form.
    pub csrf: String,
}

impl Browser {
    /// Signs in through the pages.
    pub async fn sign_in(client: &mut Client, name: &str) -> Result<Browser, Failure> {
        let page = client.get("/sign-in", None).await?;
        let mut cookies = cookies_of(&page);
        let csrf = token(&page)?;
        let fields = [
            ("csrf", csrf.as_str()),
            ("name", name),
            ("password", PASSWORD),
            ("next", "/home"),
        ];
        let answer = client.post("/sign-in", &cookies, &fields).await?;
        if answer.status != 303 {
            return Err(Failure::new(format!(
                "signing in answered {}",
                answer.status
            )));
        }
        cookies = cookies_of(&answer);
        let home = client.get("/home", Some(&cookies)).await?;
        Ok(Browser {
            csrf: token(&home)?,
            cookies,
        })
    }

    /// Sends a form with its token.
    pub async fn act(
        &self,
        client: &mut Client,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let answer = client.post(path, &self.cookies, &all).await?;
        if answer.status == 303 {
            Ok(answer)
        } else {
            Err(Failure::new(format!(
                "POST {path} answered {}",
                answer.status
            )))
        }
    }

    /// Follows the account at this address, which the server has to look up first.
    pub async fn follow(&self, client: &mut Client, actor: &str) -> Result<(), Failure> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", actor)
            .finish();
        let page = client
            .get(&format!("/search?{query}"), Some(&self.cookies))
            .await?;
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let id: String = text
            .split("/accounts/")
            .skip(1)
            .find(|rest| {
                rest.trim_start_matches(|c: char| c.is_ascii_digit())
                    .starts_with("/follow\"")
            })
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
            .ok_or_else(|| Failure::new(format!("{actor} was not found")))?;
        self.act(client, &format!("/accounts/{id}/follow"), &[])
            .await?;
        Ok(())
    }
}

fn cookies_of(answer: &Answer) -> String {
    let set = answer.headers.get_all(http::header::SET_COOKIE);
    let pairs = set
        .iter()
        .filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned));
    pairs
        .filter(|pair| !pair.ends_with('='))
        .collect::<Vec<_>>()
        .join("; ")
}

fn token(page: &Answer) -> Result<String, Failure> {
    let text = String::from_utf8_lossy(&page.body);
    let value = text
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    value
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the page has no form"))
}
