//! Lists that are taken in from addresses: what a source says is in force by nobody's doing but its owner's (L61,
//! attack 26).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response};
use comity::lists::sources;
use comity::members::Role;
use tokio::net::TcpListener;

use crate::coast::Coast;
use crate::town::{Browser, Member};
use crate::town_test;

const DAY_S: i64 = 86_400;
/// A day, and as long as a source may be asked late.
const NEXT_DAY_S: i64 = DAY_S + 2 * 3_600;

/// What stands at an address.
#[derive(Clone)]
enum Stands {
    Text(String),
    Page,
    Moved(String),
    Broken,
}

/// Hosts that publish lists.
#[derive(Clone)]
struct Shelf {
    port: u16,
    stands: Arc<Mutex<HashMap<String, Stands>>>,
    /// The marks they were asked with.
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl Shelf {
    async fn start() -> Shelf {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shelf = Shelf {
            port: listener.local_addr().unwrap().port(),
            stands: Arc::default(),
            asked: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        shelf
    }

    fn url(&self, name: &str) -> String {
        format!("http://lists.localhost:{}/{name}", self.port)
    }

    fn puts(&self, name: &str, stands: Stands) {
        let mut all = self.stands.lock().unwrap();
        all.insert(format!("/{name}"), stands);
    }

    fn says(&self, name: &str, lines: &[&str]) {
        self.puts(name, Stands::Text(lines.join("\n")));
    }
}

async fn answer(
    State(shelf): State<Shelf>,
    headers: HeaderMap,
    request: Request<Body>,
) -> Response<Body> {
    let mark = headers.get("if-none-match");
    let mark = mark.map(|mark| mark.to_str().unwrap().to_owned());
    shelf.asked.lock().unwrap().push(mark.clone());
    let stands = shelf
        .stands
        .lock()
        .unwrap()
        .get(request.uri().path())
        .cloned();
    let answer = Response::builder();
    let answer = match stands {
        Some(Stands::Text(text)) => {
            let etag = format!("\"{}\"", text.len());
            if mark.as_deref() == Some(&etag) {
                answer.status(304).body(Body::empty())
            } else {
                let typed = answer
                    .header("content-type", "text/csv")
                    .header("etag", etag);
                typed.body(Body::from(text))
            }
        }
        Some(Stands::Page) => answer
            .header("content-type", "text/html; charset=utf-8")
            .body(Body::from("<p>Sign in</p>")),
        Some(Stands::Moved(to)) => answer
            .status(302)
            .header("location", to)
            .body(Body::empty()),
        Some(Stands::Broken) => answer.status(500).body(Body::empty()),
        None => answer.status(404).body(Body::empty()),
    };
    answer.unwrap()
}

const ALONE: comity_db::Sql =
    comity_db::sql!("UPDATE policy_lists SET applies_alone = true WHERE id = $1");

async fn make(browser: &mut Browser, name: &str, scope: &str) -> String {
    let made = browser
        .post("/boundaries/lists", &[("name", name), ("scope", scope)])
        .await
        .is(303);
    made.leads_to().unwrap()
}

async fn subscribe(browser: &mut Browser, list: &str, url: &str) {
    let source = [("url", url), ("severity", "suspend")];
    let path = format!("{list}/sources");
    browser
        .post(&path, &source)
        .await
        .leads(&format!("{list}/draft"));
}

async fn terms(browser: &mut Browser, list: &str, alone: &str, cap: &str, quorum: &str) {
    let fields = [("alone", alone), ("cap", cap), ("quorum", quorum)];
    browser
        .post(&format!("{list}/terms"), &fields)
        .await
        .is(303);
}

/// Takes in what the page of the draft shows.
async fn apply(browser: &mut Browser, list: &str) {
    let draft = format!("{list}/draft");
    let page = browser.get(&draft).await.is(200);
    let seal = page.hidden("seal").unwrap();
    browser.post(&draft, &[("seal", &seal)]).await.leads(list);
}

async fn moderator(coast: &Coast) -> Member {
    let harbour = coast.town.community();
    coast
        .town
        .member_of(&harbour, "marta", Role::Moderator)
        .await
}

/// The next day comes, and whoever is to be asked was asked.
async fn a_day_later(coast: &Coast) {
    coast.town.wait_s(NEXT_DAY_S);
    sources::ask_due(&coast.town.app).await.unwrap();
    coast.is_idle().await;
}

async fn refuse(browser: &mut Browser, list: &str) {
    let rule = [
        ("pattern", list),
        ("stance", "refused"),
        ("scope", "community"),
    ];
    browser
        .post("/boundaries", &rule)
        .await
        .leads("/boundaries");
}

async fn stands_against(browser: &mut Browser, server: &str) -> bool {
    let why = browser.get(&format!("/why?about={server}")).await.is(200);
    !why.words().contains("Nothing stands against it")
}

coast_test! {
    async fn attack_26_what_a_source_says_is_in_force_only_once_a_person_said_yes(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        refuse(&mut marta, "list:shared").await;
        shelf.puts("blocks.csv", Stands::Text("#domain,#severity,#public_comment\nbad.example,suspend,sells\nloud.example,silence,\n".to_owned()));
        subscribe(&mut marta, &list, &shelf.url("blocks.csv")).await;
        let draft = format!("{list}/draft");
        marta.get(&draft).await.is(200).shows("Nothing has changed yet: 1 to be put on the list").shows("bad.example").shows("sells").hides("loud.example");
        marta.get(&list).await.is(200).shows("0 entries").shows("Look at 1 that wait").shows("SHA-256");
        marta.get("/boundaries/lists").await.is(200).shows("1 wait for a look");
        assert!(!stands_against(&mut marta, "bad.example").await);

        // Who says yes says it to what they saw.
        marta.post(&draft, &[("seal", "0123")]).await.is(422).shows("look again");
        assert!(!stands_against(&mut marta, "bad.example").await);
        apply(&mut marta, &list).await;
        assert!(stands_against(&mut marta, "www.bad.example").await);
        let page = marta.get(&list).await.is(200).shows("1 entry").hides("Look at");
        page.shows(&format!("by marta, from {}", shelf.url("blocks.csv"))).shows("Named by").shows("since 5 May 2026");
        // What was opened by name beats what came from a source.
        marta.post("/boundaries", &[("pattern", "bad.example"), ("stance", "open"), ("scope", "community")]).await.is(303);
        marta.get("/why?about=bad.example").await.is(200).shows("Set aside").shows("Everybody on the list “shared”");
    }

    async fn attack_26_a_retraction_lets_nobody_in_and_what_was_taken_off_stays_off(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        refuse(&mut marta, "list:shared").await;
        shelf.says("blocks.txt", &["bad.example", "worse.example"]);
        subscribe(&mut marta, &list, &shelf.url("blocks.txt")).await;
        apply(&mut marta, &list).await;
        terms(&mut marta, &list, "yes", "50", "1").await;

        shelf.says("blocks.txt", &["worse.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("2 entries").shows("Retracted there");
        assert!(stands_against(&mut marta, "bad.example").await);
        // An empty file is a host that lost its list: what it said before is kept.
        shelf.says("blocks.txt", &["# moved"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("it names nobody any more").shows("2 entries");
        assert!(stands_against(&mut marta, "worse.example").await);
        shelf.says("blocks.txt", &["worse.example", "bad.example", "third.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).hides("Retracted there").shows("3 entries").hides("it names nobody");

        // One click drops it, and no source brings it back.
        marta.post(&format!("{list}/remove"), &[("pattern", "bad.example")]).await.leads(&list);
        shelf.says("blocks.txt", &["worse.example", "bad.example", "third.example", "fourth.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("fourth.example").hides("bad.example");
        marta.get(&format!("{list}/draft")).await.is(200).shows("Left out or taken off by a person: 1");
        assert!(!stands_against(&mut marta, "bad.example").await);
        // Who is asked no more leaves behind what it brought.
        let source = marta.get(&list).await.number_after("name=\"source\" value=\"").unwrap().to_string();
        marta.post(&format!("{list}/unsubscribe"), &[("source", &source)]).await.is(303);
        marta.get(&list).await.is(200).shows("3 entries").shows("it changes by hand only").hides("Retracted there");
        assert!(stands_against(&mut marta, "worse.example").await);
    }

    async fn attack_26_a_list_takes_in_by_itself_no_more_than_its_owner_let_it_in_a_day(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        refuse(&mut marta, "list:shared").await;
        shelf.says("blocks.txt", &["one.example"]);
        subscribe(&mut marta, &list, &shelf.url("blocks.txt")).await;
        apply(&mut marta, &list).await;
        for (cap, quorum, why) in [("0", "1", "from 1 to 1000"), ("9", "0", "from 1 to 10"), ("many", "1", "from 1 to 1000")] {
            let fields = [("alone", "yes"), ("cap", cap), ("quorum", quorum)];
            marta.post(&format!("{list}/terms"), &fields).await.is(422).shows(why);
        }
        // Before its owner chose so, nothing is taken in by itself.
        shelf.says("blocks.txt", &["one.example", "two.example", "three.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("1 entry").shows("Look at 2 that wait");
        terms(&mut marta, &list, "yes", "3", "1").await;
        a_day_later(&coast).await;
        shelf.says("blocks.txt", &["one.example", "two.example", "three.example", "four.example"]);
        a_day_later(&coast).await;
        let page = marta.get(&list).await.is(200).shows("4 entries").hides("Look at");
        page.shows(&format!("from {}", shelf.url("blocks.txt"))).hides("by an operator");
        assert!(stands_against(&mut marta, "two.example").await);
        // A wave waits as a whole: who took the host over cannot let a part of it through.
        let wave: Vec<String> = (1..=4).map(|number| format!("wave{number}.example")).collect();
        let all: Vec<&str> = wave.iter().map(String::as_str).chain(["one.example"]).collect();
        shelf.says("blocks.txt", &all);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("4 entries").shows("Look at 4 that wait");
        marta.get(&format!("{list}/draft")).await.is(200).shows("would change by 4 entries at once").shows("Look before you take it in");
        assert!(!stands_against(&mut marta, "wave1.example").await);
        // What came earlier the same day counts.
        shelf.says("blocks.txt", &["one.example", "five.example", "six.example"]);
        a_day_later(&coast).await;
        let source = marta.get(&list).await.number_after("name=\"source\" value=\"").unwrap().to_string();
        shelf.says("blocks.txt", &["one.example", "seven.example", "eight.example"]);
        marta.post(&format!("{list}/fetch"), &[("source", &source)]).await.is(303);
        marta.get(&list).await.is(200).shows("6 entries").shows("Look at 2 that wait");
    }

    async fn attack_26_a_source_opens_the_door_to_nobody(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "friends", "community").await;
        shelf.says("friends.txt", &["one.example"]);
        subscribe(&mut marta, &list, &shelf.url("friends.txt")).await;
        apply(&mut marta, &list).await;
        terms(&mut marta, &list, "yes", "50", "1").await;
        let open = [("pattern", "list:friends"), ("stance", "open"), ("scope", "community")];
        marta.post("/boundaries", &open).await.is(422).shows("list friends takes in by itself what its sources add").shows("first have a person");
        // Any other rule about it may be set, and must not become an open one by being replaced.
        let refused = [("pattern", "list:friends"), ("stance", "limited"), ("scope", "community")];
        marta.post("/boundaries", &refused).await.leads("/boundaries");
        marta.post("/boundaries", &open).await.is(422);
        terms(&mut marta, &list, "", "50", "1").await;
        marta.post("/boundaries", &open).await.leads("/boundaries");
        // As it may stand in a database of before, or where both were set in one moment.
        let id: i64 = list.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = comity_db::Tx::new();
        tx.exec(ALONE, comity_db::params![id]);
        let _ = coast.town.app.db.write(tx).await.unwrap();
        shelf.says("friends.txt", &["one.example", "two.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("1 entry").shows("Look at 1 that wait");
        let fields = [("alone", "yes"), ("cap", "50"), ("quorum", "1")];
        marta.post(&format!("{list}/terms"), &fields).await.is(422).shows("each new entry would let somebody in");
        terms(&mut marta, &list, "", "50", "1").await;
        apply(&mut marta, &list).await;
        marta.get(&list).await.is(200).shows("2 entries");
    }

    async fn attack_26_an_entry_counts_where_enough_sources_name_it(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        shelf.says("a.txt", &["both.example", "only-a.example"]);
        shelf.says("b.txt", &["both.example", "only-b.example"]);
        subscribe(&mut marta, &list, &shelf.url("a.txt")).await;
        terms(&mut marta, &list, "yes", "50", "2").await;
        subscribe(&mut marta, &list, &shelf.url("b.txt")).await;
        let page = marta.get(&list).await.is(200).shows("1 entry").shows("both.example").hides("only-a.example");
        page.shows(&format!("Named by {} since", shelf.url("a.txt"))).shows(&format!("Named by {} since", shelf.url("b.txt")));
        marta.get(&format!("{list}/draft")).await.is(200).shows("Named by fewer than 2 sources: 2.");
        shelf.says("b.txt", &["only-a.example", "only-b.example"]);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("2 entries").shows("only-a.example").shows("Retracted there");
        let twice = [("url", &*shelf.url("a.txt"))];
        marta.post(&format!("{list}/sources"), &twice).await.is(422).shows("is a source of this list already");
    }

    async fn attack_26_where_members_follow_people_or_we_live_ourselves_a_person_decides(coast) {
        let shelf = Shelf::start().await;
        coast.town.found("island.localhost", "Island").await;
        let mut marta = moderator(&coast).await;
        for name in ["nora", "olga"] {
            coast.follows("open", name, &coast.alice).await;
        }
        coast.is_idle().await;
        for name in ["rita", "nora", "olga"] {
            let iri = comity_vocab::Iri::parse(&coast.peer.iri("open", name)).unwrap();
            let account = comity::accounts::find_by_iri(&coast.town.app, &iri).await.unwrap().unwrap();
            coast.alice.post(&format!("/accounts/{}/follow", account.id), &[]).await.is(303);
        }
        let open = coast.peer.domain("open");
        let list = make(&mut marta, "shared", "community").await;
        terms(&mut marta, &list, "yes", "50", "1").await;
        shelf.says("blocks.txt", &["bad.example", &open, "island.localhost", "harbour.localhost", "com", "github.io"]);
        subscribe(&mut marta, &list, &shelf.url("blocks.txt")).await;
        // Ourselves and what is nobody's are no entries at all; the rest of what is known here waits.
        let page = marta.get(&list).await.is(200).shows("1 entry").shows("bad.example").shows("lines that cannot be used: 3");
        page.shows("Look at 2 that wait");
        let draft = format!("{list}/draft");
        marta.get(&draft).await.is(200).shows("1 member follows 3 people there.").shows("It names Island, which is served here.");
        marta.post(&format!("{draft}/decline"), &[("pattern", "island.localhost")]).await.leads(&draft);
        marta.get(&draft).await.is(200).hides("island.localhost").shows(&open);
        marta.post(&format!("{draft}/put"), &[("pattern", &open)]).await.leads(&draft);
        marta.get(&list).await.is(200).shows("2 entries").shows(&open);
        // For a member's own list one is enough.
        let own = make(&mut coast.alice, "mine", "mine").await;
        terms(&mut coast.alice, &own, "yes", "50", "1").await;
        shelf.says("mine.txt", &[&open]);
        subscribe(&mut coast.alice, &own, &shelf.url("mine.txt")).await;
        coast.alice.get(&own).await.is(200).shows("0 entries").shows("Look at 1 that wait");
    }

    async fn attack_26_a_source_is_read_where_it_was_named_and_nowhere_else(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        shelf.says("real.txt", &["bad.example"]);
        shelf.puts("blocks.txt", Stands::Moved("/real.txt".to_owned()));
        let url = shelf.url("blocks.txt");
        subscribe(&mut marta, &list, &url).await;
        apply(&mut marta, &list).await;
        let elsewhere = format!("http://other.localhost:{}/real.txt", shelf.port);
        let told = format!("leads to another host, other.localhost:{}, which is not followed", shelf.port);
        for (stands, told) in [
            (Stands::Moved(elsewhere), told.as_str()),
            (Stands::Page, "is a web page and no list"),
            (Stands::Broken, "answered 500"),
            (Stands::Moved("/blocks.txt".to_owned()), "redirects without end"),
            (Stands::Text("a\0b".to_owned()), "it is not text in UTF-8"),
        ] {
            shelf.puts("blocks.txt", stands);
            a_day_later(&coast).await;
            marta.get(&list).await.is(200).shows("The last try came to nothing").shows(told).shows("1 entry").hides("Retracted there");
        }
        // A server that a rule refuses is not asked for its list, either.
        let asked = shelf.asked.lock().unwrap().len();
        let host = format!("lists.localhost:{}", shelf.port);
        marta.post("/boundaries", &[("pattern", &host), ("stance", "refused"), ("scope", "community")]).await.is(303);
        a_day_later(&coast).await;
        marta.get(&list).await.is(200).shows("a rule refuses").shows("nothing is asked of it");
        assert_eq!(shelf.asked.lock().unwrap().len(), asked);
    }

    async fn a_source_is_asked_once_a_day_and_sends_only_what_changed(coast) {
        let shelf = Shelf::start().await;
        let mut marta = moderator(&coast).await;
        let list = make(&mut marta, "shared", "community").await;
        shelf.says("blocks.txt", &["bad.example"]);
        subscribe(&mut marta, &list, &shelf.url("blocks.txt")).await;
        sources::ask_due(&coast.town.app).await.unwrap();
        coast.is_idle().await;
        assert_eq!(shelf.asked.lock().unwrap().len(), 1);
        a_day_later(&coast).await;
        // Whoever looks again the same day asks nobody.
        sources::ask_due(&coast.town.app).await.unwrap();
        coast.is_idle().await;
        let asked = shelf.asked.lock().unwrap().clone();
        assert_eq!(asked, [None, Some("\"11\"".to_owned())]);
        marta.get(&list).await.is(200).shows("says the same since 5 May 2026").shows("Names 1.");
    }
}

town_test! {
    async fn a_source_is_an_address_with_encryption_and_of_lists_of_ones_own(town) {
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let shared = make(&mut ines, "shared", "community").await;
        let own = make(&mut alice, "mine", "mine").await;
        for (url, why) in [("http://lists.example/a.csv", "does not begin with https://"), ("a list", "is not an address"), ("", "is not an address")] {
            ines.post(&format!("{shared}/sources"), &[("url", url)]).await.is(422).shows(why);
        }
        ines.get(&shared).await.is(200).shows("it changes by hand only");
        let fields = [("url", "https://lists.example/a.csv"), ("source", "1"), ("pattern", "a.example"), ("cap", "5"), ("quorum", "1")];
        for (reader, list) in [(&mut bob, &own), (&mut ines, &own)] {
            reader.get(&format!("{list}/draft")).await.is(404);
            for act in ["sources", "fetch", "unsubscribe", "terms", "draft", "draft/put", "draft/decline"] {
                reader.post(&format!("{list}/{act}"), &fields).await.is(404);
            }
        }
        bob.get(&format!("{shared}/draft")).await.is(404);
        bob.post(&format!("{shared}/terms"), &fields).await.is(404);
    }
}
