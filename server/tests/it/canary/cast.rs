//! Everybody and every word of the canary crawl, planted as people and servers would: through forms, and through the
//! inbox with a signature.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity::accounts;
use comity::communities::Community;
use comity::emergency;
use comity::lists::csv::Severity;
use comity::lists::{self, NewEntry, Provenance};
use comity::members::Role;
use comity::notifications;
use comity::queue;
use comity::rules::{self, NewRule, Source};
use comity_db::testing::Engine;
use comity_policy::{Pattern, Scope, Stance};
use comity_vocab::{Domain, Iri};
use http::Method;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::kept::App;
use crate::media::files::png;
use crate::peer::{self, Peer};
use crate::post::{self, Post as MailServer};
use crate::promises;
use crate::push::{self, Device, Service};
use crate::town::{Answer, Browser, Member, Town};

/// A canary: found nowhere but where it was planted.
pub fn word(name: &str) -> String {
    if name == "mail" {
        "author@mail.example".to_owned()
    } else {
        format!("canary{name}bird")
    }
}

/// The number of what an app was told.
pub fn number(told: &Value) -> i64 {
    told["id"].as_str().unwrap().parse().unwrap()
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
    /// Numbers of what members keep for themselves, and of what they are told, by what it is.
    pub kept: BTreeMap<&'static str, Vec<i64>>,
    /// What is listened to as a list: whose it is, its number, and the letter of what it holds.
    pub heard: Vec<(&'static str, i64, char)>,
    /// Addresses of pages that posts lead to.
    pub pages: Vec<String>,
    /// Where files are, each with the word of whatever it goes with: who reads that is given the file, and nobody else is.
    pub files: Vec<(&'static str, String)>,
    /// For whom addresses are signed, by who reads: an account or, below nothing, the visitors of a community.
    pub readers: BTreeMap<&'static str, i64>,
    /// Whose devices are woken, with what is said.
    pub woken: Vec<(&'static str, Device, Service)>,
    /// Where letters go; the workers end with it.
    pub mail: MailServer,
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
        let (mail, stopped, settings) = post::open().await;
        let settings = format!("{settings}{SETTINGS}");
        let town = Town::at(engine, "harbour.localhost", &settings).await;
        let island = town.found("island.localhost", "Island").await;
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
            kept: BTreeMap::new(),
            heard: Vec::new(),
            pages: Vec::new(),
            files: Vec::new(),
            readers: BTreeMap::new(),
            woken: Vec::new(),
            mail,
        };
        Box::pin(cast.played()).await
    }

    async fn played(mut self) -> Cast {
        self.rita_has_a_face();
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
        Box::pin(self.lists_strangers()).await;
        self.rules().await;
        Box::pin(self.sleeps()).await;
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
            if said == "reply" {
                self.brings_files(&mut answer, &word(said));
            }
            self.says(&answer).await;
        }
        self.is_quoted().await;
        self.zora_waits(&public_iri).await;
        self.keeps_lists().await;
        Box::pin(self.links_to_pages()).await;
        Box::pin(self.puts_up_antennas()).await;
        Box::pin(self.keeps_for_oneself()).await;
        Box::pin(self.recommends()).await;
        Box::pin(self.shows_files(&statuses[0], &statuses[2])).await;
        Box::pin(self.complains(&statuses[0], &statuses[3])).await;
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

    /// The devices of some wait for what their members are told, and are to be told it in words.
    async fn sleeps(&mut self) {
        for name in ["author", "mentioned", "stranger", "blocked"] {
            let member = self.members.get_mut(name).unwrap();
            let form = [("tells", "true")];
            let told = member.post("/settings/push", &form).await;
            told.leads("/settings/apps");
            let token = push::token(&self.town, &mut member.browser, push::SCOPES).await;
            let (device, service) = (push::device(), Service::start().await);
            let wish = device.wish(&service.endpoint, true, "all");
            let asked = push::asks(&self.town, &token, Method::POST, push::AT, &wish);
            asked.await.is(200);
            self.woken.push((name, device, service));
        }
    }

    /// Puts a page with this head on a server elsewhere; its address.
    fn page(&self, server: &str, head: &str) -> String {
        let url = format!("http://{}/page", self.peer.domain(server));
        let html = format!("<!doctype html><html lang=en><head>{head}</head><body><p>words");
        let page = json!({ "id": url, "bytes": STANDARD.encode(html) });
        self.peer.serves(&page);
        url
    }

    /// The author and the islander lead to pages, of which each says something of itself.
    async fn links_to_pages(&mut self) {
        let here = rules::of_community(&self.town.community());
        let own = rules::of_member(&self.member("stranger").account).unwrap();
        for (scope, server) in [(here, "shut"), (own, "pages")] {
            self.sets(scope, &self.peer.domain(server), Stance::Refused, None)
                .await;
        }
        let head = format!(
            "<title>{}</title><meta property=og:description content='{}'><meta name=author content='{}'>\
             <meta property=og:image content=/picture.png><meta property=og:image:alt content='{}'>",
            word("card"),
            word("cardabout"),
            word("cardby"),
            word("cardalt"),
        );
        let page = self.page("pages", &head);
        let picture = format!("http://{}/picture.png", self.peer.domain("pages"));
        self.puts_picture(&picture, &png(60, 40));
        let head = format!("<title>{}</title>", word("abroadcard"));
        let shut = self.page("shut", &head);
        let text = format!("{} {page} {shut}", word("linked"));
        let linked = self.writes(&text, "public").await;
        let text = format!("{} {shut}", word("abroad"));
        let islander = self.members.get_mut("islander").unwrap();
        let abroad = self.town.post(islander, &text, "public").await;
        self.is_idle().await;
        let link = self.iri_of(&linked);
        let by = self.member("islander").account.iri.clone();
        self.links
            .extend([link, format!("{by}/statuses/{}", abroad.id)]);
        let islander = "islander@island.localhost";
        self.statuses.push((linked.id, "author".to_owned()));
        let copies = format!("/media/remote/cards/{}/", linked.id);
        self.files.push(("card", copies));
        self.statuses.push((abroad.id, islander.to_owned()));
        self.pages.extend([page, shut]);
    }

    /// Antennas for all that comes from the servers there are, of those who may see much, some and nothing of it.
    async fn puts_up_antennas(&mut self) {
        let servers = ["open", "limited", "refused"].map(|server| self.peer.domain(server));
        let hosts = format!("harbour.localhost island.localhost {}", servers.join(" "));
        let (title, none) = (word("antenna"), word("antennaterm"));
        for name in ["stranger", "follower", "blocked", "deaf", "islander"] {
            let (title, none) = match name {
                "stranger" => (title.as_str(), none.as_str()),
                _ => ("Everything", ""),
            };
            let form = [
                ("title", title),
                ("none", none),
                ("hosts", hosts.as_str()),
                ("replies", "true"),
            ];
            let made = self.member(name).post("/antennas/new", &form).await.is(303);
            let at = made.leads_to().unwrap();
            let id: i64 = at.strip_prefix("/antennas/").unwrap().parse().unwrap();
            self.keeps("antenna", id);
            self.keeps("list", id);
            self.heard.push((name, id, 'm'));
        }
    }

    /// Notes the number of something that members keep for themselves, or that others are not told.
    pub fn keeps(&mut self, what: &'static str, id: i64) {
        self.kept.entry(what).or_default().push(id);
    }

    /// The author and the follower let everyone read them in lists, and the follower thinks better of it. Whoever lists the
    /// author here does not follow them: `mentioned` reads what the author writes in public; `blocked` and `deaf` will not.
    async fn lists_strangers(&mut self) {
        for name in ["author", "follower"] {
            let form = [("listing", "everyone")];
            let let_in = self.member(name).post("/settings/lists", &form).await;
            let_in.leads("/settings/lists");
        }
        for (owner, listed) in [
            ("mentioned", "author"),
            ("blocked", "author"),
            ("deaf", "author"),
            ("stranger", "follower"),
        ] {
            let listed = self.member(listed).account.id.to_string();
            let mut app = App::of(&self.town, self.members.get_mut(owner).unwrap()).await;
            let title = if owner == "mentioned" {
                word("aside")
            } else {
                "People to read".to_owned()
            };
            let made = app.post("/api/v1/lists", &json!({ "title": title })).await;
            let id = number(&made.is(200).json());
            let into = format!("/api/v1/lists/{id}/accounts");
            let people = json!({ "account_ids": [listed] });
            app.post(&into, &people).await.is(200);
            self.keeps("list", id);
            self.keeps("strangers", id);
            self.heard.push((owner, id, 'j'));
        }
        let form = [("listing", "nobody")];
        let better = self.member("follower").post("/settings/lists", &form).await;
        better.leads("/settings/lists");
    }

    /// What some keep for themselves, by their apps: nobody else comes across it. And the author asks their followers.
    async fn keeps_for_oneself(&mut self) {
        let author = self.member("author").account.id;
        let mut app = App::of(&self.town, self.members.get_mut("author").unwrap()).await;
        let draft = json!({ "status": word("draft") });
        let draft = app.post("/api/comity/v1/drafts", &draft).await.is(200);
        self.keeps("draft", number(&draft.json()));
        let later = json!({ "status": word("scheduled"), "scheduled_at": "2026-05-09T12:00:00Z" });
        let later = app.post("/api/v1/statuses", &later).await.is(200);
        self.keeps("scheduled", number(&later.json()));
        let poll = json!({ "options": [word("choice"), "Neither"], "expires_in": 259_200 });
        let asks = json!({ "status": "Which of them?", "visibility": "private", "poll": poll });
        let asks = app.post("/api/v1/statuses", &asks).await.is(200);
        let asks = number(&asks.json());
        self.keeps("poll", asks);
        self.statuses.push((asks, "author".to_owned()));
        let by = self.member("author").account.iri.clone();
        self.links.push(format!("{by}/statuses/{asks}"));

        let mut app = App::of(&self.town, self.members.get_mut("follower").unwrap()).await;
        let folder = json!({ "name": word("folder") });
        let folders = "/api/v1/pleroma/bookmark_folders";
        let folder = app.post(folders, &folder).await.is(200);
        self.keeps("folder", number(&folder.json()));
        let shelf = json!({ "title": word("shelf") });
        let shelf = app.post("/api/v1/lists", &shelf).await.is(200).json();
        let people = json!({ "account_ids": [author.to_string()] });
        let into = format!("/api/v1/lists/{}/accounts", number(&shelf));
        app.post(&into, &people).await.is(200);
        self.keeps("list", number(&shelf));
        self.heard.push(("follower", number(&shelf), 'h'));

        let mut app = App::of(&self.town, self.members.get_mut("stranger").unwrap()).await;
        let filter = json!({
            "title": word("filtertitle"), "context": ["home"],
            "keywords_attributes": [{ "keyword": word("filterword"), "whole_word": true }],
        });
        let filter = app.post("/api/v2/filters", &filter).await.is(200).json();
        self.keeps("filter", number(&filter));
        self.keeps("keyword", number(&filter["keywords"][0]));
        let note = json!({ "comment": word("note") });
        let at = format!("/api/v1/accounts/{author}/note");
        app.post(&at, &note).await.is(200);
    }

    /// The author has a collection for everybody to see, with the follower in it, who is told.
    async fn recommends(&mut self) {
        let follower = self.member("follower").account.id.to_string();
        let mut app = App::of(&self.town, self.members.get_mut("author").unwrap()).await;
        let collection = json!({
            "name": word("collection"), "description": word("collectionabout"), "account_ids": [follower],
        });
        let made = app.post("/api/v1/collections", &collection).await.is(200);
        let made = made.json();
        let id = made["collection"]["id"].as_str().unwrap();
        self.keeps("collection", id.parse().unwrap());
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
        let (bio, field) = (format!("{} :wave:", word("bio")), word("field"));
        let profile = [
            ("name", "The author"),
            ("bio", &bio),
            ("field_name_0", "Field"),
            ("field_value_0", &field),
            ("indexable", "on"),
            ("show_media", "on"),
            ("show_media_replies", "on"),
            ("show_featured", "on"),
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

    /// The number of somebody elsewhere.
    pub async fn account_of(&self, server: &str, name: &str) -> i64 {
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
        let harbour = self.town.community();
        self.signed_to(&harbour, by, method, path, body).await
    }

    /// The same to any community here.
    pub async fn signed_to(
        &self,
        community: &Community,
        by: &str,
        method: Method,
        path: &str,
        body: &str,
    ) -> Answer {
        let address = community.iri(path);
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
        let mut browser = self.town.visitor_of(community);
        browser.send(method, path, &all, body).await
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
            if let Some(id) = id.filter(|_| said == "reply") {
                let by = self.account_of(server, name).await;
                let places = [id.to_string(), format!("emojis/{by}")];
                let copies = places.map(|place| format!("/media/remote/{place}/"));
                self.files.extend(copies.map(|copies| (said, copies)));
            }
            self.statuses
                .extend(id.map(|id| (id, format!("{name}@{}", self.peer.domain(server)))));
            self.links.push(link);
        }
        for (server, name) in ELSEWHERE.into_iter().chain([("asking", "zora")]) {
            let id = self.account_of(server, name).await;
            self.readers.insert(name, id);
            self.accounts.push(id);
            self.handles
                .push(format!("{name}@{}", self.peer.domain(server)));
        }
        let (harbour, island) = (self.town.community().id, self.island().id);
        self.readers
            .extend([("visitor", -harbour), ("passer", -island)]);
        for (name, member) in &self.members {
            self.readers.insert(*name, member.account.id);
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
        let mut bells = Vec::new();
        for member in self.members.values() {
            let told = notifications::list(&self.town.app, &member.account, i64::MAX, 100);
            bells.extend(told.await.unwrap().shown.iter().map(|bell| bell.id));
        }
        assert!(!bells.is_empty(), "nobody was told anything");
        self.kept.insert("bell", bells);
    }

    /// The other community here.
    pub fn island(&self) -> Arc<Community> {
        let domain = Domain::parse("island.localhost").unwrap();
        let communities = self.town.app.communities.load();
        communities.by_domain(&domain).unwrap()
    }

    /// Somebody's browser: a member's, or a visitor's of either community.
    pub fn browser(&self, viewer: &str) -> Browser {
        match viewer {
            "visitor" => self.town.anonymous(),
            "passer" => self.town.visitor_of(&self.island()),
            member => self.members[member].browser.clone(),
        }
    }
}
