//! A mail server of the tests' own, and a town whose letters go to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity::queue;
use comity_db::testing::Engine;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::town::Town;

/// Defines a test that runs on both engines, in a town whose letters arrive.
#[macro_export]
macro_rules! post_test {
    ($($(#[$meta:meta])* async fn $name:ident($town:ident, $post:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test(engine: comity_db::testing::Engine) {
                let ($town, $post) = $crate::post::town(engine, "").await;
                Box::pin(async move { $body }).await;
            }

            #[tokio::test]
            async fn on_sqlite() {
                Box::pin(test(comity_db::testing::Engine::Sqlite)).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                Box::pin(test(comity_db::testing::Engine::Postgres)).await;
            }
        }
    )+};
}

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Came {
    /// To whom, by the envelope.
    pub to: String,
    /// As it was sent.
    pub whole: String,
}

impl Came {
    /// The first address of ours in it that begins so, without the host.
    #[track_caller]
    pub fn link(&self, beginning: &str) -> String {
        let text = self.text();
        let at = text
            .find(&format!("https://harbour.example{beginning}"))
            .unwrap_or_else(|| panic!("no {beginning} in {text}"));
        let rest = &text[at + "https://harbour.example".len()..];
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// What a reader sees: the head, and the text as it was before it was made fit for the way.
    pub fn words(&self) -> String {
        let (head, text) = self.whole.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("=?"), "nobody here reads this: {head}");
        let text = match self.header("content-transfer-encoding") {
            "7bit" | "8bit" => text.to_owned(),
            "quoted-printable" => unquoted(text),
            "base64" => {
                let packed: String = text.split_whitespace().collect();
                String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap()
            }
            other => panic!("nobody here reads {other:?}"),
        };
        format!("{head}\n\n{text}")
    }

    /// What it says.
    pub fn text(&self) -> &str {
        self.whole.split_once("\r\n\r\n").unwrap().1
    }

    /// A line of its head.
    pub fn header(&self, name: &str) -> &str {
        let head = self.whole.split("\r\n\r\n").next().unwrap();
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(": "))
            .map(|(_, value)| value)
            .unwrap_or_default()
    }
}

/// Puts lines together that were broken because they were long, and reads bytes that are written as numbers.
fn unquoted(text: &str) -> String {
    let whole = text.replace("=\r\n", "");
    let mut parts = whole.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (number, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(number, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default)]
struct Letterbox {
    came: Vec<Came>,
    taken: usize,
    /// What is said to the next letters instead of taking them.
    refusals: Vec<&'static str>,
}

/// The mail server.
#[derive(Clone)]
pub struct Post {
    inner: Arc<Mutex<Letterbox>>,
    _stop: Arc<watch::Sender<bool>>,
}

/// A mail server that is open; what ends together with it, for the worker of a town; and the settings that lead there.
pub async fn open() -> (Post, watch::Receiver<bool>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = watch::channel(false);
    let post = Post {
        inner: Arc::default(),
        _stop: Arc::new(stop),
    };
    let inner = post.inner.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take(stream, inner.clone()));
        }
    });
    let settings = format!(
        "[mail]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"comity@harbour.example\"\n"
    );
    (post, stopped, settings)
}

/// A town with a mail server, and a worker.
pub async fn town(engine: Engine, settings: &str) -> (Town, Post) {
    let (post, stopped, mail) = open().await;
    let town = Town::with(engine, &format!("{mail}{settings}")).await;
    tokio::spawn(queue::run(town.app.clone(), stopped));
    (town, post)
}

impl Post {
    /// The next letter, which has to come soon.
    pub async fn next(&self) -> Came {
        for _ in 0..1_000 {
            {
                let mut inner = self.inner.lock().unwrap();
                if let Some(came) = inner.came.get(inner.taken).cloned() {
                    inner.taken += 1;
                    return came;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no letter came");
    }

    /// All that came so far.
    pub fn all(&self) -> Vec<Came> {
        self.inner.lock().unwrap().came.clone()
    }

    /// How many came in all.
    pub fn count(&self) -> usize {
        self.inner.lock().unwrap().came.len()
    }

    /// Says this to the next letter instead of taking it.
    pub fn refuse(&self, with: &'static str) {
        self.inner.lock().unwrap().refusals.push(with);
    }

    /// Whether all that was to be refused was.
    pub fn has_refused(&self) -> bool {
        self.inner.lock().unwrap().refusals.is_empty()
    }
}

async fn take(stream: TcpStream, inner: Arc<Mutex<Letterbox>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 post.test ESMTP\r\n").await.unwrap();
    let mut to = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "RCPT" => {
                to = line
                    .split('<')
                    .nth(1)
                    .and_then(|rest| rest.split('>').next())
                    .unwrap_or_default()
                    .to_owned();
                let refusal = inner.lock().unwrap().refusals.pop();
                refusal.unwrap_or("250 ok")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut whole = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    whole.push_str(line.strip_prefix('.').unwrap_or(&line));
                    whole.push_str("\r\n");
                }
                let came = Came {
                    to: to.clone(),
                    whole,
                };
                inner.lock().unwrap().came.push(came);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = write.write_all(format!("{answer}\r\n").as_bytes()).await;
        if verb == "QUIT" || said.is_err() {
            return;
        }
    }
}
