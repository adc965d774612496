//! Everybody and every word of the canary crawl, planted as people and servers would: through forms, and through the
//! inbox with a signature.

use std::collections::BTreeMap;
use std::time::Duration;

use comity::accounts;
use comity::emergency;
use comity::lists::csv::Severity;
use comity::lists::{self, NewEntry, Provenance};
use comity::members::Role;
use comity::queue;
use comity::rules::{self, NewRule, Source};
use comity_db::testing::Engine;
use comity_policy::{Pattern, Scope, Stance};
use comity_vocab::{Domain, Iri};
use http::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::acts::Post;
use crate::peer::{self, Peer};
use crate::promises;
use crate::town::{Answer, Browser, Member, Town};

/// A canary: found nowhere but where it was planted.
pub fn word(name: &str) -> String {
    if name == "mail" {
        "author@mail.example".to_owned()
    } else {
        format!("canary{name}bird")
    }
}

/// What some posts of each visibility name.
pub const TOPIC: &str = "topic";

/// The town, its neighbours, and what they wrote.
pub struct Cast {
    pub town: Town,
    pub peer: Peer,
    pub members: BTreeMap<&'static str, Member>,
    /// Handles of everybody, here and elsewhere, with their servers.
    pub handles: Vec<String>,
    /// Numbers of accounts.
    pub accounts: Vec<i64>,
    /// Numbers of statuses, each with its author's handle.
    pub statuses: Vec<(i64, String)>,
    /// Their addresses.
    pub links: Vec<String>,
    /// Numbers of lists of servers.
    pub lists: Vec<i64>,
    /// Numbers of stamps.
    pub stamps: Vec<i64>,
    /// Ends the workers.
    _stop: watch::Sender<bool>,
}

const SETTINGS: &str = "[limits]\nlookups = 10000\ninbox_per_host = 10000\nsign_in_tries = 10000\napi_requests = 1000000\n\
                        [federation.testing]\nallow_http = true\nallow_loopback = true\n";

/// Who is elsewhere: (server, name). Rolf's server is refused, Lena's is limited; Rita and Lena follow the author and
/// Rolf did before the rule; Bert is blocked by the author.
pub const ELSEWHERE: [(&str, &str); 5] = [
    ("open", "rita"),
    ("open", "nora"),
    ("open", "bert"),
    ("limited", "lena"),
    ("refused", "rolf"),
];

impl Cast {
    pub async fn plant(engine: Engine) -> Cast {
        let peer = Peer::start().await;
        let town = Town::at(engine, "harbour.localhost", SETTINGS).await;
        let island = town.found("island.localhost", "Island").await;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(queue::run(town.app.clone(), stopped));
        let mut members = BTreeMap::new();
        for name in [
            "author",
            "stranger",
            "follower",
            "mentioned",
            "blocked",
            "muted",
            "deaf",
        ] {
            members.insert(name, town.member(name).await);
        }
        members.insert(
            "moderator",
            town.member_of(&town.community(), "warden", Role::Moderator)
                .await,
        );
        members.insert(
            "islander",
            town.member_of(&island, "islander", Role::Member).await,
        );
        let cast = Cast {
            town,
            peer,
            members,
            handles: Vec::new(),
            accounts: Vec::new(),
            statuses: Vec::new(),
            links: Vec::new(),
            lists: Vec::new(),
            stamps: Vec::new(),
            _stop: stop,
        };
        Box::pin(cast.played()).await
    }

    async fn played(mut self) -> Cast {
        let root = self.writes("the beginning of it all", "public").await;
        let root_iri = self.iri_of(&root);
        let rolf = self.peer.iri("refused", "rolf");
        self.asks_to_follow("refused", "rolf").await;
        self.says(&peer::create(
            &rolf,
            "before",
            &word("before"),
            Some(&root_iri),
            None,
        ))
        .await;
        self.is_idle().await;
        self.rules().await;
        for (server, name) in &ELSEWHERE[..4] {
            self.asks_to_follow(server, name).await;
        }
        self.is_idle().await;
        self.ties().await;

        let statuses = self.author_writes().await;
        let public_iri = self.iri_of(&statuses[0]);
        let (private_iri, direct_iri) = (self.iri_of(&statuses[2]), self.iri_of(&statuses[3]));
        for (server, name, said) in [
            ("open", "rita", "reply"),
            ("limited", "lena", "limited"),
            ("refused", "rolf", "late"),
        ] {
            let by = self.peer.iri(server, name);
            let author = self.member("author").account.iri.to_string();
            let mut answer = peer::create(&by, said, &word(said), Some(&public_iri), Some(&author));
            let claimed = if said == "reply" {
                &private_iri
            } else {
                &direct_iri
            };
            answer["object"]["quote"] = json!(claimed);
            self.says(&answer).await;
        }
        self.is_quoted().await;
        self.zora_waits(&public_iri).await;
        self.keeps_lists().await;
        self.is_idle().await;
        self.note_everything(&root, &statuses).await;
        self
    }

    /// The follower quotes a post of the author's, who lets everybody.
    async fn is_quoted(&mut self) {
        let fields = [
            ("text", word("quoted")),
            ("visibility", "public".to_owned()),
            ("quotes", "everyone".to_owned()),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let author = self.members.get_mut("author").unwrap();
        let quoted = self.town.compose(author, &fields).await;
        let id = quoted.id.to_string();
        let text = word("quoting");
        let fields = [
            ("text", text.as_str()),
            ("visibility", "public"),
            ("quote", &id),
        ];
        let follower = self.members.get_mut("follower").unwrap();
        let quoting = self.town.compose(follower, &fields).await;
        self.statuses.push((quoted.id, "author".to_owned()));
        self.statuses.push((quoting.id, "follower".to_owned()));
        let quoted = self.iri_of(&quoted);
        let by = self.member("follower").account.iri.clone();
        self.links
            .extend([quoted, format!("{by}/statuses/{}", quoting.id)]);
        let app = &self.town.app;
        let status = comity::statuses::load_one(app, quoting.id).await.unwrap();
        let stamp = status.quote.unwrap().stamp.unwrap();
        let number = stamp.rsplit('/').next().unwrap();
        self.stamps.push(number.parse().unwrap());
    }

    /// Somebody about whom the author is asked first answers them, and writes to them alone.
    async fn zora_waits(&mut self, public_iri: &str) {
        let own = rules::of_member(&self.member("author").account).unwrap();
        let why = Some(["reasonasked", "reasonasked", "reasonasked"]);
        self.sets(own, &self.peer.domain("asking"), Stance::Ask, why)
            .await;
        let zora = self.peer.iri("asking", "zora");
        let author = self.member("author").account.iri.to_string();
        self.says(&peer::create(
            &zora,
            "asked",
            &word("asked"),
            Some(public_iri),
            Some(&author),
        ))
        .await;
        let mut whisper = peer::create(&zora, "whisper", &word("whisper"), None, Some(&author));
        whisper["to"] = json!([author]);
        whisper["object"]["to"] = json!([author]);
        for part in ["/cc", "/object/cc"] {
            *whisper.pointer_mut(part).unwrap() = json!([]);
        }
        self.says(&whisper).await;
    }

    /// The author keeps a list for themself, and the community has one; each says something of somebody on it.
    async fn keeps_lists(&mut self) {
        let own = rules::of_member(&self.member("author").account).unwrap();
        let here = rules::of_community(&self.town.community());
        for (owner, said) in [(own, "ownlist"), (here, "houselist")] {
            let app = &self.town.app;
            let id = lists::create(app, owner, said).await.unwrap();
            let list = lists::find(app, &[owner], id).await.unwrap();
            let entry = NewEntry {
                pattern: lists::parse_entry("listed.localhost").unwrap(),
                comment: Some(word(said)),
            };
            let added = lists::add(app, &list, vec![entry], &Provenance::default()).await;
            assert_eq!(added.unwrap(), 1);
            // Nobody asks it before a day has gone by.
            let source = format!("https://lists.localhost/{}.csv", word(said));
            let named = lists::sources::subscribe(app, &list, &source, Severity::All, None);
            named.await.unwrap();
            self.lists.push(id);
        }
    }

    /// What the author writes, with every visibility; the last of them is deleted again.
    async fn author_writes(&mut self) -> Vec<Post> {
        let rita = format!("@rita@{}", self.peer.domain("open"));
        let first = word("old");
        let mut posts = vec![self.writes(&first, "public").await];
        posts.push(
            self.writes(&format!("{} #{TOPIC}", word("unlisted")), "unlisted")
                .await,
        );
        posts.push(self.writes(&word("oldprivate"), "private").await);
        posts.push(
            self.writes(&format!("@mentioned {rita} {}", word("direct")), "direct")
                .await,
        );
        posts.push(
            self.writes(&format!("{} #{TOPIC}", word("local")), "local")
                .await,
        );
        let warned = [
            ("text", word("warned")),
            ("spoiler", word("warning")),
            ("visibility", "public".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = warned
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        posts.push(
            self.town
                .compose(self.members.get_mut("author").unwrap(), &fields)
                .await,
        );
        posts.push(self.writes(&word("deleted"), "public").await);
        let kept = [
            ("text", format!("{} #{TOPIC}", word("kept"))),
            ("visibility", "public".to_owned()),
            ("kept_from", self.peer.domain("open")),
        ];
        let fields: Vec<(&str, &str)> = kept
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        posts.push(
            self.town
                .compose(self.members.get_mut("author").unwrap(), &fields)
                .await,
        );
        self.is_idle().await;
        self.town.wait_s(60);
        for (post, text) in [(&posts[0], word("public")), (&posts[2], word("private"))] {
            let edit = format!("/statuses/{}/edit", post.id);
            self.member("author")
                .post(&edit, &[("text", &text)])
                .await
                .is(303);
        }
        for post in [&posts[0], &posts[1], &posts[6]] {
            let pin = format!("/statuses/{}/pin", post.id);
            self.member("author").post(&pin, &[]).await.is(303);
        }
        let delete = format!("/statuses/{}/delete", posts[6].id);
        self.member("author").post(&delete, &[]).await.is(303);
        let (bio, field) = (word("bio"), word("field"));
        let profile = [
            ("name", "The author"),
            ("bio", &bio),
            ("field_name_0", "Field"),
            ("field_value_0", &field),
            ("indexable", "on"),
        ];
        self.member("author")
            .post("/settings/profile", &profile)
            .await
            .is(303);
        posts
    }

    pub fn member(&mut self, name: &str) -> &mut Member {
        self.members.get_mut(name).unwrap()
    }

    async fn writes(&mut self, text: &str, visibility: &str) -> Post {
        self.town
            .post(self.members.get_mut("author").unwrap(), text, visibility)
            .await
    }

    fn iri_of(&mut self, post: &Post) -> String {
        format!("{}/statuses/{}", self.member("author").account.iri, post.id)
    }

    /// Rules with a reason for each kind of reader, and one that is a member's own.
    async fn rules(&mut self) {
        let here = self.town.community();
        for (server, stance) in [("limited", Stance::Limited), ("refused", Stance::Refused)] {
            let reasons = (server == "limited").then_some([
                "reasonpublic",
                "reasonmembers",
                "reasonmoderators",
            ]);
            self.sets(
                Scope::Community(here.policy_id()),
                &self.peer.domain(server),
                stance,
                reasons,
            )
            .await;
        }
        let operators = NewRule {
            reason_moderators: Some(word("reasonoperator")),
            evidence: Some(word("evidence")),
            ..NewRule::about(
                Scope::Operator,
                Pattern::Domain(Domain::parse("sold.localhost").unwrap()),
                Stance::Refused,
                Source::CommandLine,
            )
        };
        rules::set(&self.town.app, operators).await.unwrap();
        emergency::close(&self.town.app, &here, 1, &word("reasongate"), None)
            .await
            .unwrap();
        emergency::open(&self.town.app, &self.town.community(), None)
            .await
            .unwrap();
        let own = rules::of_member(&self.member("stranger").account).unwrap();
        let why = Some(["reasonown", "reasonown", "reasonown"]);
        self.sets(own, "nowhere.localhost", Stance::Refused, why)
            .await;
    }

    async fn sets(&self, scope: Scope, domain: &str, stance: Stance, reasons: Option<[&str; 3]>) {
        let reason = |number: usize| reasons.map(|reasons| word(reasons[number]));
        let pattern = Pattern::Domain(Domain::parse(domain).unwrap());
        let new = NewRule {
            reason_public: reason(0),
            reason_members: reason(1),
            reason_moderators: reason(2),
            ..NewRule::about(scope, pattern, stance, Source::CommandLine)
        };
        rules::set(&self.town.app, new).await.unwrap();
    }

    /// Follows, a yes to the limited one, blocks and mutes.
    async fn ties(&mut self) {
        let lena = self.account_of("limited", "lena").await;
        let bert = self.account_of("open", "bert").await;
        let nora = self.account_of("open", "nora").await;
        let (blocked, muted) = (
            self.member("blocked").account.id,
            self.member("muted").account.id,
        );
        let author = self.member("author").account.id;
        self.member("follower")
            .does(&format!("/accounts/{author}/follow"))
            .await;
        self.member("deaf")
            .does(&format!("/accounts/{author}/mute"))
            .await;
        self.member("author")
            .does(&format!("/follow-requests/{lena}/accept"))
            .await;
        // Nora may look, and is no follower.
        self.member("author")
            .does(&format!("/follow-requests/{nora}/reject"))
            .await;
        self.member("author")
            .does(&format!("/accounts/{bert}/block"))
            .await;
        self.member("author")
            .does(&format!("/accounts/{blocked}/block"))
            .await;
        self.member("author")
            .does(&format!("/accounts/{muted}/mute"))
            .await;
        self.is_idle().await;
    }

    async fn account_of(&self, server: &str, name: &str) -> i64 {
        let iri = Iri::parse(&self.peer.iri(server, name)).unwrap();
        accounts::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap()
            .expect("they came by")
            .id
    }

    async fn asks_to_follow(&mut self, server: &str, name: &str) {
        let by = self.peer.iri(server, name);
        let author = self.member("author").account.iri.to_string();
        self.says(&json!({ "id": format!("{by}#follow"), "type": "Follow", "actor": by, "object": author })).await;
    }

    /// Brings an activity to the shared inbox, signed by its actor. Every server hears the same answer.
    async fn says(&self, activity: &Value) {
        let body = activity.to_string();
        let by = activity["actor"].as_str().unwrap();
        let answer = self.signed(by, Method::POST, "/inbox", &body).await;
        answer.is(202);
    }

    /// One signed request to the harbour.
    pub async fn signed(&self, by: &str, method: Method, path: &str, body: &str) -> Answer {
        let address = self.town.community().iri(path);
        let sent = (!body.is_empty()).then_some(body.as_bytes());
        let headers = self.peer.signed(
            by,
            method.as_str(),
            address.as_str(),
            sent,
            self.town.app.now_ms(),
        );
        let mut all = vec![
            ("accept", "application/activity+json"),
            ("content-type", "application/activity+json"),
        ];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.to_str().unwrap())),
        );
        self.town.anonymous().send(method, path, &all, body).await
    }

    /// Waits until the workers have done what was promised.
    pub async fn is_idle(&self) {
        self.town.wait_s(1);
        for _ in 0..2_000 {
            if promises::left(&self.town.app.db, self.town.app.now_ms()).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the workers did not come to rest");
    }

    async fn note_everything(&mut self, root: &Post, posts: &[Post]) {
        for post in std::iter::once(root).chain(posts) {
            self.statuses.push((post.id, "author".to_owned()));
            let link = self.iri_of(post);
            self.links.push(link);
        }
        for (server, name, said) in [
            ("open", "rita", "reply"),
            ("limited", "lena", "limited"),
            ("refused", "rolf", "before"),
            ("refused", "rolf", "late"),
            ("asking", "zora", "asked"),
            ("asking", "zora", "whisper"),
        ] {
            let link = format!("{}/statuses/{said}", self.peer.iri(server, name));
            let id = comity::statuses::find_by_iri(&self.town.app, &Iri::parse(&link).unwrap())
                .await
                .unwrap();
            assert_eq!(id.is_none(), said == "late", "{said}");
            self.statuses
                .extend(id.map(|id| (id, format!("{name}@{}", self.peer.domain(server)))));
            self.links.push(link);
        }
        for (server, name) in ELSEWHERE.into_iter().chain([("asking", "zora")]) {
            self.accounts.push(self.account_of(server, name).await);
            self.handles
                .push(format!("{name}@{}", self.peer.domain(server)));
        }
        for member in self.members.values() {
            self.accounts.push(member.account.id);
            self.handles.push(
                member
                    .account
                    .handle()
                    .to_string()
                    .trim_start_matches('@')
                    .to_owned(),
            );
        }
    }

    /// Somebody's browser: a member's, or a visitor's of either community.
    pub fn browser(&self, viewer: &str) -> Browser {
        match viewer {
            "visitor" => self.town.anonymous(),
            "passer" => {
                let island = Domain::parse("island.localhost").unwrap();
                self.town
                    .visitor_of(&self.town.app.communities.load().by_domain(&island).unwrap())
            }
            member => self.members[member].browser.clone(),
        }
    }
}
