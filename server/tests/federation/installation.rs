//! Whole installations in one process that meet each other over real HTTP on this machine.

use crate::{kept_keys, promises};
use std::sync::Arc;
use std::time::Duration;

use comity::accounts::Account;
use comity::app::App;
use comity::clock::Clock;
use comity::communities::Community;
use comity::config::Config;
use comity::inbox::resolve;
use comity::members::{self, NewMember, Role};
use comity::rules::{self, NewRule, Source};
use comity::statuses::{self, Draft, Status, Terms};
use comity::{follows, migrations, serve};
use comity_db::testing::{Engine, Throwaway, migrated};
use comity_policy::{Party, Pattern, Scope, Stance, Visible, Way};
use comity_vocab::{Handle, Visibility};
use comity_wire::{Scheme, SigningKey, sign};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Longer than any of this takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than any test does of one thing.
const MANY: u32 = 1_000_000;

/// One installation with one community.
pub struct Installation {
    pub app: App,
    pub community: Arc<Community>,
    pub port: u16,
    running: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    /// Taken away last.
    _database: Throwaway,
    _files: tempfile::TempDir,
}

/// Defines a test that runs on SQLite and on PostgreSQL, with two threads, since two installations wait for each other.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($engine: comity_db::testing::Engine) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                Box::pin(test(comity_db::testing::Engine::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                Box::pin(test(comity_db::testing::Engine::Postgres)).await;
            }
        }
    )+};
}

impl Installation {
    /// Starts an installation that serves `{name}.localhost`.
    pub async fn start(name: &str, engine: Engine, clock: &Clock) -> Installation {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\n\
             domain = \"{name}.localhost:{port}\"\n\
             name = \"{name}\"\n\
             [federation.testing]\n\
             allow_http = true\n\
             allow_loopback = true\n"
        );
        let mut config = Config::from_text("the test", &text, Vec::new()).unwrap();
        config.make_rsa = kept_keys::rsa;
        // A test does in a moment what people do in a month.
        (
            config.limits.posts,
            config.limits.follows,
            config.limits.deletes,
        ) = (MANY, MANY, MANY);
        let files = tempfile::tempdir().unwrap();
        config.data_dir = files.path().to_owned();
        let database = migrated(engine, migrations::ALL, 0).await;
        let app = Box::pin(serve::start_on(database.db.clone(), config, clock.clone()))
            .await
            .unwrap();
        let community = app.communities.load().first().unwrap();
        let mut place = Installation {
            app,
            community,
            port,
            running: None,
            _database: database,
            _files: files,
        };
        place.serve_on(listener);
        place
    }

    fn serve_on(&mut self, listener: TcpListener) {
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(serve::serve(self.app.clone(), listener, stopped));
        self.running = Some((stop, serving));
    }

    /// Stops answering and working; what was promised stays promised.
    pub async fn pause(&mut self) {
        if let Some((stop, serving)) = self.running.take() {
            stop.send(true).unwrap();
            tokio::time::timeout(PATIENCE, serving)
                .await
                .expect("a place stops in time")
                .unwrap();
        }
    }

    /// Goes on where it was paused.
    pub async fn resume(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.serve_on(listener);
    }

    pub async fn member(&self, name: &str) -> Arc<Account> {
        let new = NewMember {
            username: name.to_owned(),
            email: format!("{name}@mail.example"),
            password: "a long enough phrase to sign in with".to_owned(),
            display_name: name.to_owned(),
            role: Role::Member,
        };
        members::add(&self.app, &self.community, new).await.unwrap()
    }

    /// Somebody elsewhere, as this place knows them, looked up by their handle.
    pub async fn finds(&self, somebody: &Account) -> Arc<Account> {
        let handle = Handle::parse(&somebody.handle().to_string()).unwrap();
        resolve::handle(&self.app, &self.community, &handle)
            .await
            .unwrap()
    }

    pub async fn post(
        &self,
        author: &Arc<Account>,
        text: &str,
        visibility: Visibility,
    ) -> Visible<Status> {
        self.publish(author, text, visibility, None).await
    }

    pub async fn publish(
        &self,
        author: &Arc<Account>,
        text: &str,
        visibility: Visibility,
        in_reply_to_id: Option<i64>,
    ) -> Visible<Status> {
        let draft = draft(text, visibility, in_reply_to_id);
        statuses::publish(&self.app, &self.community, author.clone(), draft)
            .await
            .unwrap()
    }

    /// `follower` of this place follows `followed` of that place, and it is confirmed.
    pub async fn follow(
        &self,
        follower: &Arc<Account>,
        there: &Installation,
        followed: &Arc<Account>,
    ) {
        let target = self.finds(followed).await;
        follows::follow(&self.app, follower, target.id)
            .await
            .unwrap();
        until("the follow is confirmed on both sides", async || {
            let here = follows::state(&self.app, follower.id, target.id)
                .await
                .unwrap();
            let known = comity::accounts::find_by_iri(&there.app, &follower.iri)
                .await
                .unwrap()?;
            let there = follows::state(&there.app, known.id, followed.id)
                .await
                .unwrap();
            (here == follows::State::Accepted && there == follows::State::Accepted).then_some(())
        })
        .await;
    }

    /// The status of that iri as `viewer` here may see it.
    pub async fn sees(&self, viewer: &Account, iri: &comity_vocab::Iri) -> Option<Visible<Status>> {
        let id = statuses::find_by_iri(&self.app, iri).await.unwrap()?;
        statuses::find(&self.app, &Party::Member(viewer.person()), Way::Page, id)
            .await
            .ok()
    }

    /// Waits until the status has arrived and `viewer` sees it.
    pub async fn awaits(&self, viewer: &Account, iri: &comity_vocab::Iri) -> Visible<Status> {
        until("the status arrives", async || self.sees(viewer, iri).await).await
    }

    /// The community meets another place so from now on.
    pub async fn rule(&self, about: &Installation, stance: Stance) {
        let pattern = Pattern::Domain(about.community.domain.clone());
        let new = NewRule {
            reason_public: Some("the test says so".to_owned()),
            ..NewRule::about(
                Scope::Community(self.community.policy_id()),
                pattern,
                stance,
                Source::CommandLine,
            )
        };
        rules::set(&self.app, new).await.unwrap();
    }

    /// Waits until nothing is promised any more.
    pub async fn is_idle(&self) {
        until("the place is idle", async || {
            (promises::left(&self.app.db, self.app.now_ms()).await == 0).then_some(())
        })
        .await;
    }

    /// How many deliveries wait.
    pub async fn waiting_deliveries(&self) -> i64 {
        const WAITING: comity_db::Sql<(i64,)> =
            comity_db::sql!(full_scan: "a test's own question", "SELECT count(*) FROM deliveries");
        self.app.db.one(WAITING, Vec::new()).await.unwrap().0
    }
}

/// What a peer that signs with this key is answered: status and body.
pub async fn signed_get(
    place: &Installation,
    key: &SigningKey,
    now_ms: i64,
    path: &str,
) -> (u16, String) {
    let address = place.community.iri(path);
    let headers = sign("GET", &address, None, key, Scheme::Rfc9421, now_ms);
    let mut head = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: application/activity+json\r\n",
        place.community.domain
    );
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    request(place.port, &(head + "\r\n"), b"").await
}

/// What a member types.
pub fn draft(text: &str, visibility: Visibility, in_reply_to_id: Option<i64>) -> Draft {
    Draft {
        text: text.to_owned(),
        spoiler_text: String::new(),
        visibility,
        in_reply_to_id,
        quote_id: None,
        language: Some("en".to_owned()),
        sensitive: false,
        tell: None,
        terms: Terms::default(),
        media: comity::media::Attaching::default(),
        poll: comity::polls::Wish::AsItIs,
        once: None,
        written_with: None,
        format: comity::text::Format::Plain,
    }
}

/// Asks again and again, until there is an answer.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// A request of a peer that is not us, byte for byte: status and body of the answer.
pub async fn request(port: u16, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses by the length it was told may close before it read everything.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let body = answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or_default();
    (status, body)
}
