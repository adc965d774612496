//! Aliases: which server hands on what it alone was given, and what nobody learns of that.

use std::time::Duration;

use comity::communities::{Settings, change_settings};
use comity::members::Role;
use comity_db::{Sql, params, sql};
use comity_policy::Mode;
use http::Method;

use crate::acts::Post;
use crate::coast::{Coast, works};
use crate::town::{Answer, Member};

/// How long a canary is known.
const KEPT_DAYS: i64 = 180;
/// Servers that are written down for one canary while they prove nothing.
const MOST_SAID: usize = 50;
/// What the page shows.
const MOST_SHOWN: usize = 200;
/// Servers of one community that have a canary.
const MOST_CANARIES: i64 = 20_000;

const COUNT: Sql<(i64,)> =
    sql!(row: (i64,), full_scan: "a test's own count", "SELECT count(*) FROM canaries");
/// `$3` more canaries, as if so many servers had read here.
const FILL: Sql = sql!(
    "WITH RECURSIVE numbers(n) AS (
         SELECT CAST(1 AS BIGINT)
          UNION ALL
         SELECT n + 1 FROM numbers WHERE n < $3
     )
     INSERT INTO canaries (token, community_id, domain, host, made_at, given_at)
     SELECT 'word-' || n, $1, 'd' || n || '.example', 'd' || n || '.example', $2, $2
       FROM numbers"
);

impl Coast {
    /// Somebody who looks after the harbour.
    async fn marta(&self) -> Member {
        self.town
            .member_of(&self.town.community(), "marta", Role::Moderator)
            .await
    }

    async fn harbour_refuses(&self, marta: &mut Member, server: &str) {
        let server = self.peer.domain(server);
        let rule = [
            ("pattern", server.as_str()),
            ("stance", "refused"),
            ("scope", "community"),
            ("reason", "they sell what they read"),
        ];
        marta.post("/boundaries", &rule).await.leads("/boundaries");
    }

    /// What somebody there is answered who asks for this path.
    async fn asks(&self, server: &str, name: &str, path: &str) -> Answer {
        let by = self.peer.iri(server, name);
        self.signed(&by, Method::GET, path, "").await
    }

    /// Where the answers to this post are, as a server is told that fetches it.
    async fn replies_for(&self, server: &str, name: &str, post: &Post) -> String {
        let path = format!("/users/alice/statuses/{}", post.id);
        let note = self.asks(server, name, &path).await.is(200).json();
        path_of(note["replies"].as_str().unwrap())
    }

    /// Opens the page of aliases until these words are on it: what is written there is written beside the answer.
    async fn page_shows(&self, marta: &mut Member, words: &str) -> Answer {
        for _ in 0..500 {
            let page = marta.get("/boundaries/aliases").await.is(200);
            if page.words().contains(words) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let page = marta.get("/boundaries/aliases").await;
        panic!("{words:?} never came:\n{}", page.words());
    }

    /// Long enough for what is written beside an answer.
    async fn settles(&self) {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// The path and the query of an address of the harbour.
fn path_of(address: &str) -> String {
    address
        .split_once("harbour.localhost")
        .expect("an address of the harbour")
        .1
        .to_owned()
}

coast_test! {
    async fn l18_who_hands_on_what_it_alone_was_given_is_pointed_out_to_moderators(coast) {
        let mut marta = coast.marta().await;
        coast.harbour_refuses(&mut marta, "kept").await;
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let given = coast.replies_for("open", "rita", &post).await;
        assert!(given.contains("?given="), "a new server gets an address of its own: {given}");
        assert_eq!(coast.replies_for("open", "nora", &post).await, given, "one for the whole server");
        // It is its own to use, and so it is for servers below the same name.
        let collection = coast.asks("open", "rita", &given).await.is(200).json();
        assert_eq!(path_of(collection["id"].as_str().unwrap()), given, "it names itself by what it was asked by");
        let first = path_of(collection["first"].as_str().unwrap());
        assert!(first.contains("page=true") && first.contains("&given="), "{first}");
        coast.asks("open", "rita", &first).await.is(200);
        coast.asks("eu.open", "ada", &given).await.is(200);
        coast.settles().await;
        marta.get("/boundaries/aliases").await.is(200).shows("Nobody asked for what another server alone was given");
        // Whom the harbour refuses gets nothing by it, and is seen. That key is known here, so it is proved.
        coast.asks("kept", "lena", &given).await.is(404);
        let page = coast.page_shows(&mut marta, "which Harbour refuses, asked for it").await;
        let page = page.shows("open.localhost was given an address that only it knew").shows("It signed what it asked.");
        // The boundary that may come of it has what was seen filled in, for everybody in the harbour.
        assert!(page.body.contains("<b>open.localhost was given"), "what is proved of a refused one stands out");
        let link = page.body.split("href=\"").find(|link| link.starts_with("/boundaries?sighting=")).expect("a link");
        let link = link.split(['"', '#']).next().unwrap().to_owned();
        let form = marta.get(&link).await.is(200);
        assert!(form.body.contains("name=\"pattern\" value=\"open.localhost"), "{}", form.body);
        let form = form.shows("open.localhost was given an address that only it knew, and kept.localhost");
        assert!(form.body.contains("value=\"community\" checked"), "{}", form.body);
        // A link that somebody made up fills in no evidence and speaks for nobody.
        let made_up = marta.get("/boundaries?pattern=fresh.localhost&scope=community&evidence=They%20sell%20it").await.is(200);
        assert!(made_up.body.contains("value=\"fresh.localhost\"") && !made_up.body.contains("They sell it"), "{}", made_up.body);
        assert!(!made_up.body.contains("value=\"community\" checked"), "{}", made_up.body);
        marta.get("/boundaries?sighting=1").await.is(404);
        coast.bob.get(&link).await.is(404);
        let seen = [("pattern", "open.localhost"), ("stance", "limited"), ("scope", "community"), ("evidence", "seen there")];
        marta.post("/boundaries", &seen).await.leads("/boundaries");
        marta.get("/boundaries/history").await.is(200).shows("Seen: seen there");
        // Members who do not look after the harbour have no such page.
        coast.bob.get("/boundaries/aliases").await.is(404);
        coast.town.anonymous().get("/boundaries/aliases").await.hides("open.localhost");
    }

    async fn l18_who_is_not_refused_shares_and_who_proves_nothing_is_told_as_such(coast) {
        let mut marta = coast.marta().await;
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let given = coast.replies_for("open", "rita", &post).await;
        coast.asks("kept", "lena", &given).await.is(200);
        coast.page_shows(&mut marta, "open.localhost was given an address that only it knew; kept.localhost").await;
        // A server that never spoke here before is refused; nobody asks it for its key.
        coast.harbour_refuses(&mut marta, "far").await;
        coast.asks("far", "mia", &given).await.is(404);
        let page = coast.page_shows(&mut marta, "far.localhost").await.shows("did not prove to be");
        // Whom anybody can name is not pointed at.
        let page = page.shows("somebody who named far.localhost").hides("which Harbour refuses");
        assert!(!page.body.contains("<b>open.localhost"), "{}", page.body);
        let words = page.words();
        assert!(words.find("; kept.localhost") < words.find("far.localhost"), "what is proved comes first: {words}");
        let claim = page.body.rsplit("/boundaries?sighting=").next().unwrap().split(['"', '#']).next().unwrap();
        let form = marta.get(&format!("/boundaries?sighting={claim}")).await.is(200);
        form.shows("somebody who named far.localhost").shows("without proof, asked for it").shows("One person with an account there");
        // Once it came to be known, it proves itself.
        let far = coast.peer.iri("far", "mia");
        coast.town.wait_s(61);
        let rule = marta.get("/boundaries").await.is(200).number_after("action=\"/boundaries/").unwrap();
        marta.post(&format!("/boundaries/{rule}/remove"), &[]).await.is(303);
        coast.signed(&far, Method::GET, &given, "").await.is(200);
        coast.settles().await;
        let page = marta.get("/boundaries/aliases").await.is(200);
        page.shows("; far.localhost").hides("did not prove to be");
    }

    async fn l18_l29_attack_19_a_canary_that_is_known_is_answered_like_one_that_is_not(coast) {
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let hidden = coast.town.post(&mut coast.alice, "For followers", "private").await;
        let known = coast.replies_for("open", "rita", &post).await;
        let (plain, known) = known.split_once("?given=").unwrap();
        let made_up = "A".repeat(known.len());
        let of_hidden = format!("/users/alice/statuses/{}/replies", hidden.id);
        for (who, name) in [("open", "rita"), ("kept", "lena"), ("fresh", "ida")] {
            for path in [plain, "/users/alice/outbox", of_hidden.as_str(), "/users/nobody/outbox"] {
                for page in ["", "page=true&"] {
                    let ask = async |word: &str| {
                        coast.town.wait_s(1);
                        let answer = coast.asks(who, name, &format!("{path}?{page}given={word}")).await;
                        let headers: Vec<_> = answer.headers.keys().cloned().collect();
                        (answer.status, headers, answer.body.replace(known, "WORD").replace(&made_up, "WORD"))
                    };
                    assert_eq!(ask(known).await, ask(&made_up).await, "{who} at {path}");
                }
            }
            // What cannot be one is answered as if nothing were there.
            let nothing = coast.asks(who, name, plain).await;
            for wrong in ["x", "", "%3Cscript%3E", &format!("{known}x")] {
                let answer = coast.asks(who, name, &format!("{plain}?given={wrong}")).await;
                assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body), "{wrong}");
            }
        }
        // It opens nothing: without a signature there is nothing to be had by it.
        coast.town.anonymous().get_activity(&format!("{plain}?given={known}")).await.is(401);
        // And no cache between us may keep it for another.
        let answer = coast.asks("open", "rita", &format!("{plain}?given={known}")).await.is(200);
        assert_eq!(answer.headers["cache-control"], "private, no-store");
    }

    async fn l18_only_the_answers_and_the_outbox_bear_one_and_only_for_servers_that_are_new(coast) {
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let given = coast.replies_for("open", "rita", &post).await;
        let word = given.split_once("given=").unwrap().1.to_owned();
        let actor = coast.asks("open", "rita", "/users/alice").await.is(200).json();
        assert!(actor["outbox"].as_str().unwrap().ends_with(&format!("/outbox?given={word}")), "{actor}");
        // Others compare these with what we send.
        for name in ["id", "inbox", "followers", "following", "featured"] {
            assert!(!actor[name].as_str().unwrap().contains("given"), "{name}");
        }
        let outbox = path_of(actor["outbox"].as_str().unwrap());
        let page = coast.asks("open", "rita", &outbox.replace('?', "?page=true&")).await.is(200).json();
        let create = &page["orderedItems"][0];
        assert!(create["object"]["replies"].as_str().unwrap().contains(&word), "{page}");
        assert!(!create["object"]["id"].as_str().unwrap().contains("given"), "{page}");
        // What is brought to everybody is the same for everybody.
        coast.is_idle().await;
        let brought = coast.got("open", "Create").pop().expect("rita follows alice").to_string();
        assert!(!brought.contains("given="), "{brought}");
        // After a month it is a server that is known.
        coast.town.wait_s(31 * 86_400);
        assert!(!coast.replies_for("open", "rita", &post).await.contains("given="));
        assert!(coast.replies_for("fresh", "ida", &post).await.contains("given="));
    }

    async fn l18_attack_23_who_has_a_canary_cannot_fill_the_book_and_it_ends(coast) {
        let mut marta = coast.marta().await;
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let given = coast.replies_for("open", "rita", &post).await;
        let here = coast.town.community();
        let settings = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        for number in 0..MOST_SAID + 20 {
            coast.asks(&format!("said{number}"), "mia", &given).await.is(404);
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        coast.settles().await;
        let page = marta.get("/boundaries/aliases").await.is(200);
        assert_eq!(page.words().matches("was given an address that only it knew").count(), MOST_SAID);
        // Nor does it push out who is proved.
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.leads("/boundaries");
        coast.asks("kept", "lena", &given).await.is(404);
        coast.page_shows(&mut marta, "kept.localhost").await;
        // Half a year on nothing of it is left, and the word means nothing any more.
        coast.town.wait_s((KEPT_DAYS + 1) * 86_400);
        let _stop = works(&coast.town);
        let mut marla = coast.town.member_of(&here, "marla", Role::Moderator).await;
        coast.page_shows(&mut marla, "Nobody asked").await;
        coast.asks("kept", "lena", &given).await.is(404);
        coast.settles().await;
        marla.get("/boundaries/aliases").await.is(200).shows("Nobody asked");
    }

    async fn l18_attack_23_claims_of_many_canaries_push_out_nothing_that_is_proved(coast) {
        let mut marta = coast.marta().await;
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let mut given = Vec::new();
        for (server, name) in [("open", "rita"), ("kept", "lena"), ("fresh", "ida"), ("new4", "mia"), ("new5", "mia")] {
            given.push(coast.replies_for(server, name, &post).await);
        }
        coast.asks("kept", "lena", &given[0]).await.is(200);
        coast.page_shows(&mut marta, "; kept.localhost").await;
        let here = coast.town.community();
        let settings = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        coast.town.wait_s(60);
        for number in 0..MOST_SAID {
            for path in &given {
                coast.asks(&format!("said{number}"), "mia", path).await.is(404);
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        coast.settles().await;
        let page = marta.get("/boundaries/aliases").await.is(200).shows("; kept.localhost").shows("which Harbour refuses, asked for it");
        assert_eq!(page.words().matches("was given an address that only it knew").count(), MOST_SHOWN);
    }

    async fn l18_attack_23_a_flood_of_new_servers_makes_place_only_where_nobody_reads_and_nothing_was_seen(coast) {
        let mut marta = coast.marta().await;
        let post = coast.town.post(&mut coast.alice, "For whoever reads", "public").await;
        let given = coast.replies_for("open", "rita", &post).await;
        coast.asks("kept", "lena", &given).await.is(200);
        coast.page_shows(&mut marta, "; kept.localhost").await;
        let db = &coast.town.app.db;
        let count = async || db.opt(COUNT, params![]).await.unwrap().unwrap().0;
        let (here, now_ms) = (coast.town.community().id, coast.town.app.now_ms());
        db.exec(FILL, params![here, now_ms, MOST_CANARIES - count().await]).await.unwrap();
        assert_eq!(count().await, MOST_CANARIES);
        // All were given today: there is no place, and nothing is written.
        assert!(!coast.replies_for("new4", "mia", &post).await.contains("given="));
        assert_eq!(count().await, MOST_CANARIES);
        // Days later the oldest makes place; of what was seen nothing is lost.
        coast.town.wait_s(3 * 86_400);
        assert!(coast.replies_for("new5", "mia", &post).await.contains("given="));
        assert_eq!(count().await, MOST_CANARIES);
        assert_eq!(coast.replies_for("open", "rita", &post).await, given);
        marta.get("/boundaries/aliases").await.is(200).shows("; kept.localhost");
    }
}
