//! The program as its operator runs it, and somebody who talks with it over a socket and is not surprised when it dies.

use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use comity::clock::Clock;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::form_urlencoded;

use crate::peer::Peer;

const PASSWORD: &str = "correct horse battery";

/// Somewhere in a range.
pub fn random(range: std::ops::Range<u64>) -> u64 {
    range.start + RandomState::new().hash_one(0) % (range.end - range.start)
}

/// The program with its folder.
pub struct Program {
    pub port: u16,
    database: String,
    folder: TempDir,
    running: Option<Child>,
}

impl Program {
    pub fn new(database: &str) -> Program {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let program = Program {
            port,
            database: database.to_owned(),
            folder: TempDir::new().unwrap(),
            running: None,
        };
        std::fs::write(
            program.folder.path().join("comity.toml"),
            program.settings(),
        )
        .unwrap();
        program
    }

    pub fn domain(&self) -> String {
        format!("killed.localhost:{}", self.port)
    }

    pub fn settings(&self) -> String {
        format!(
            "listen = \"127.0.0.1:{}\"\ndomain = \"{}\"\nname = \"Killed\"\ndatabase = \"{}\"\ndata_dir = \"{}\"\nlog = \"error\"\n\
             [limits]\ninbox_per_host = 10000\nsign_in_tries = 1000\nposts = 100000\nfollows = 100000\ndeletes = 100000\n\
             [federation.testing]\nallow_http = true\nallow_loopback = true\n",
            self.port,
            self.domain(),
            self.database,
            self.folder.path().join("data").display()
        )
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    /// A new member.
    pub fn adds(&self, name: &str) {
        let mut command = self.command();
        command.args([
            "member",
            "add",
            name,
            "--email",
            &format!("{name}@mail.example"),
            "--password-stdin",
        ]);
        let mut adding = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(adding.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(adding.wait().unwrap().success());
    }

    /// Starts, and returns when it answers.
    pub async fn starts(&mut self) {
        self.running = Some(self.command().stdout(Stdio::null()).spawn().unwrap());
        for _ in 0..1_000 {
            if exchange(
                self.port,
                &format!(
                    "GET /health HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
                    self.domain()
                ),
                b"",
            )
            .await
            .is_some()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it does not start");
    }

    /// Dies at once, without a word (SIGKILL).
    pub fn is_killed(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.kill().unwrap();
        running.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}

/// What came back: status, headers, body. `None` when nothing whole did.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

async fn exchange(port: u16, head: &str, body: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    let mut came = Vec::new();
    stream.read_to_end(&mut came).await.ok()?;
    let text = String::from_utf8_lossy(&came).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Maren at her browser, and a server that delivers.
pub struct Client {
    port: u16,
    domain: String,
    /// Her cookies and the token of her forms, once she is signed in.
    session: Mutex<Option<(String, String)>>,
}

impl Client {
    pub fn new(program: &Program) -> Client {
        Client {
            port: program.port,
            domain: program.domain(),
            session: Mutex::new(None),
        }
    }

    /// Delivers an activity, signed; the status, if there was an answer.
    pub async fn delivers(&self, peer: &Peer, activity: &Value) -> Option<u16> {
        let body = activity.to_string();
        let by = activity["actor"].as_str().unwrap();
        let address = format!("http://{}/inbox", self.domain);
        let signed = peer.signed(
            by,
            "POST",
            &address,
            Some(body.as_bytes()),
            Clock::system().now_ms(),
        );
        let mut head = format!(
            "POST /inbox HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\ncontent-type: application/activity+json\r\n",
            self.domain,
            body.len()
        );
        for (name, value) in &signed {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        Some(
            exchange(self.port, &(head + "\r\n"), body.as_bytes())
                .await?
                .status,
        )
    }

    /// Maren posts; the status, if there was an answer.
    pub async fn posts(&self, text: &str) -> Option<u16> {
        let (cookies, token) = self.signed_in().await?;
        let fields = [
            ("csrf", token.as_str()),
            ("text", text),
            ("visibility", "public"),
        ];
        Some(self.sends("/compose", &cookies, &fields).await?.status)
    }

    /// Every page of what everybody wrote, as Maren sees it.
    pub async fn reads_everyone(&self) -> String {
        let (cookies, _) = self.signed_in().await.unwrap();
        let mut seen = String::new();
        let mut next = Some("/everyone".to_owned());
        while let Some(path) = next.take() {
            let page = self.gets(&path, &cookies).await.unwrap();
            assert_eq!(page.status, 200);
            let older = page
                .body
                .find("href=\"/everyone?max_id=")
                .map(|at| &page.body[at + 6..]);
            next = older
                .and_then(|rest| rest.split('"').next())
                .map(str::to_owned);
            seen.push_str(&page.body);
        }
        seen
    }

    /// The session of the first sign-in, which outlives every death.
    async fn signed_in(&self) -> Option<(String, String)> {
        let known = self.session.lock().unwrap().clone();
        if known.is_some() {
            return known;
        }
        let door = self.gets("/sign-in", "").await?;
        let visitor = cookie(&door)?;
        let token = hidden(&door)?;
        let fields = [
            ("csrf", token.as_str()),
            ("name", "maren"),
            ("password", PASSWORD),
        ];
        let cookies = cookie(&self.sends("/sign-in", &visitor, &fields).await?)?;
        let token = hidden(&self.gets("/settings/sessions", &cookies).await?)?;
        *self.session.lock().unwrap() = Some((cookies.clone(), token.clone()));
        Some((cookies, token))
    }

    async fn gets(&self, path: &str, cookies: &str) -> Option<Answer> {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookies}\r\n\r\n",
            self.domain
        );
        exchange(self.port, &head, b"").await
    }

    async fn sends(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookies}\r\norigin: http://{}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            self.domain,
            self.domain,
            body.len()
        );
        exchange(self.port, &head, body.as_bytes()).await
    }
}

fn cookie(answer: &Answer) -> Option<String> {
    let line = answer.head.lines().find(|line| {
        line.to_ascii_lowercase().starts_with("set-cookie: ") && !line.contains("Max-Age=0")
    })?;
    Some(line["set-cookie: ".len()..].split(';').next()?.to_owned())
}

fn hidden(answer: &Answer) -> Option<String> {
    let rest = answer.body.split_once("name=\"csrf\" value=\"")?.1;
    Some(rest.split('"').next()?.to_owned())
}
