//! Posts found by their words, through the API and on the page.

mod many;
mod marks;

use comity::communities::{self, Settings};
use comity_db::{Sql, params, sql};
use comity_policy::Mode;
use http::Method;
use serde_json::{Value, json};

use crate::acts::Post;
use crate::kept::{App, ids};
use crate::peer;
use crate::town_test;

const IS_A_SERVICE: Sql = sql!("UPDATE accounts SET kind = 'Service' WHERE username_key = 'rita'");
const CALLED_AS_ITS_HOST: Sql = sql!(
    "UPDATE accounts SET username = domain, username_key = domain WHERE username_key = 'rita'"
);

const ENTRIES: Sql<(i64,)> =
    sql!(row: (i64,), full_scan: "a test", "SELECT status_id FROM search_entries LIMIT 10");

async fn lets_be_found(app: &mut App, yes: bool) {
    let changes = json!({ "indexable": yes });
    let me = app
        .send(
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            &changes,
        )
        .await
        .is(200)
        .json();
    assert_eq!(me["indexable"], yes);
    assert_eq!(me["source"]["indexable"], yes);
}

async fn found(app: &mut App, question: &str) -> Vec<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", question);
    let path = format!("/api/v2/search?type=statuses&{}", query.finish());
    let told = app.get(&path).await.is(200).json();
    let list = told["statuses"].as_array().unwrap().iter();
    list.map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn edit(app: &mut App, post: &Post, text: &str) {
    let path = format!("/api/v1/statuses/{}", post.id);
    app.put(&path, &json!({ "status": text })).await.is(200);
}

town_test! {
    async fn words_find_what_authors_let_be_found_and_what_one_has_part_in(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let open = town.post(&mut alice, "The FÄHRE leaves at noon", "public").await;
        let quiet = town.post(&mut alice, "A fähre, quietly", "unlisted").await;
        let few = town.post(&mut alice, "A fahre for few", "private").await;
        let told = town.post(&mut alice, "@bob about the fahre", "direct").await;
        // One's own is found, whoever else may.
        assert_eq!(found(&mut hers, "fahre").await, ids(&[&told, &few, &quiet, &open]));
        // Nobody is found who did not say so; what was said to oneself is.
        assert_eq!(found(&mut his, "fähre").await, ids(&[&told]));
        lets_be_found(&mut hers, true).await;
        assert_eq!(found(&mut his, "Fähre").await, ids(&[&told, &open]));
        // Something else than public is found once one has part in it.
        his.post(&format!("/api/v1/statuses/{}/bookmark", quiet.id), &Value::Null).await.is(200);
        assert_eq!(found(&mut his, "fähre").await, ids(&[&told, &quiet, &open]));
        his.post(&format!("/api/v1/statuses/{}/unbookmark", quiet.id), &Value::Null).await.is(200);
        his.post(&format!("/api/v1/statuses/{}/favourite", open.id), &Value::Null).await.is(200);
        lets_be_found(&mut hers, false).await;
        assert_eq!(found(&mut his, "fähre").await, ids(&[&told, &open]));
        assert_eq!(found(&mut his, "fähre in:public").await, ids(&[]));
        lets_be_found(&mut hers, true).await;
        assert_eq!(found(&mut his, "fähre in:public").await, ids(&[&open]));
        assert_eq!(found(&mut his, "fähre in:library").await, ids(&[&told, &open]));
        town.anonymous().get("/search?q=fahre").await.is(200).hides("leaves at noon");
        // What no text has is found nowhere.
        for path in ["/search?q=%00fahre", "/tags/a%00b", "/@a%00b"] {
            let status = town.anonymous().get(path).await.status;
            assert!(!status.is_server_error(), "{path}: {status}");
        }
        bob.get("/search?q=fahre").await.is(200).shows("leaves at noon").hides("for few");
        bob.get("/search?q=has:everything").await.is(200).shows("can be followed by");
    }

    async fn visitors_find_what_was_written_here_by_whom_lets_it_be_found(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let path = "/api/v1/accounts/update_credentials";
        hers.send(Method::PATCH, path, &json!({ "indexable": true, "discoverable": true })).await.is(200);
        his.send(Method::PATCH, path, &json!({ "indexable": false, "discoverable": false })).await.is(200);
        let open = town.post(&mut alice, "The ferry leaves #today", "public").await;
        town.post(&mut alice, "A ferry, quietly #todaysecret", "unlisted").await;
        town.post(&mut alice, "A ferry for the harbour", "local").await;
        town.post(&mut bob, "No ferry", "public").await;
        let mut visitor = town.anonymous();
        let told = visitor.get("/api/v2/search?q=ferry").await.is(200).json();
        assert_eq!((told["statuses"].as_array().unwrap().len(), &told["statuses"][0]["id"]), (1, &json!(open.id.to_string())));
        for question in ["ferry%20in:library", "ferry%20from:me", "ferry%20from:bob", "https://harbour.example/@alice"] {
            let none = visitor.get(&format!("/api/v2/search?q={question}")).await.is(200).json();
            assert_eq!(none["statuses"], json!([]), "{question}");
        }
        let told = visitor.get("/api/v2/search?q=today&type=hashtags").await.is(200).json();
        assert_eq!((told["hashtags"].as_array().unwrap().len(), &told["hashtags"][0]["name"]), (1, &json!("today")));
        // By a name those are found who want to be, by the whole handle everybody who lives here.
        for (question, name) in [("ali", "alice"), ("@alice@harbour.example", "alice"), ("@bob@harbour.example", "bob")] {
            let told = visitor.get(&format!("/api/v2/search?q={question}&type=accounts")).await.is(200).json();
            assert_eq!((told["accounts"].as_array().unwrap().len(), &told["accounts"][0]["username"]), (1, &json!(name)), "{question}");
        }
        let none = visitor.get("/api/v2/search?q=bob").await.is(200).json();
        assert_eq!(none, json!({ "accounts": [], "statuses": [], "hashtags": [] }));
        // Nobody is asked for them, and they read the first page.
        for (more, why) in [
            ("resolve=true", "Search queries that resolve remote resources are not supported without authentication"),
            ("offset=20", "Search queries pagination is not supported without authentication"),
        ] {
            let told = visitor.get(&format!("/api/v2/search?q=ferry&{more}")).await.is(401).json();
            assert_eq!(told["error"], why);
        }
        for page in ["offset=0", "max_id=1", "min_id=9000000000000000000", "since_id=9000000000000000000"] {
            let first = visitor.get(&format!("/api/v2/search?q=ferry&{page}")).await.is(200).json();
            assert_eq!(first["statuses"][0]["id"], json!(open.id.to_string()), "{page}");
        }
        visitor.get("/api/v1/search?q=ferry").await.is(401);
        // A community that is by choice shows visitors nothing of itself.
        let here = town.community();
        let chosen = Settings { mode: Mode::AllowList, ..Settings::of(&here) };
        communities::change_settings(&town.app, here.id, chosen).await.unwrap();
        let none = visitor.get("/api/v2/search?q=ferry").await.is(200).json();
        assert_eq!(none, json!({ "accounts": [], "statuses": [], "hashtags": [] }));
    }

    async fn a_refused_reader_finds_nothing(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        lets_be_found(&mut hers, true).await;
        let post = town.post(&mut alice, "A heron on the quay", "public").await;
        his.post(&format!("/api/v1/statuses/{}/favourite", post.id), &Value::Null).await.is(200);
        assert_eq!(found(&mut his, "heron").await, ids(&[&post]));
        alice.does(&format!("/accounts/{}/block", bob.account.id)).await;
        let none = his.get("/api/v2/search?q=unheard&type=statuses").await.is(200);
        for question in ["heron", "from:alice", "from:alice%20heron", "-unheard%20from:alice"] {
            let told = his.get(&format!("/api/v2/search?q={question}&type=statuses")).await.is(200);
            assert_eq!(told.body, none.body, "{question}");
        }
        let nobody = his.get("/api/v2/search?q=from:nobody&type=statuses").await.is(200);
        assert_eq!(nobody.body, none.body);
    }

    async fn an_edit_changes_what_finds_a_post_and_a_deleted_one_is_found_by_nothing(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let post = town.post(&mut alice, "Low water at dawn", "public").await;
        town.wait_s(1);
        edit(&mut hers, &post, "High water at dusk").await;
        assert_eq!(found(&mut hers, "dusk").await, ids(&[&post]));
        assert_eq!(found(&mut hers, "dawn").await, ids(&[]));
        hers.delete(&format!("/api/v1/statuses/{}", post.id)).await.is(200);
        assert_eq!(found(&mut hers, "dusk").await, ids(&[]));
        let left = town.app.db.all(ENTRIES, comity_db::params![]).await.unwrap();
        assert!(left.is_empty());
    }

    async fn operators_narrow_what_is_found(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        lets_be_found(&mut hers, true).await;
        lets_be_found(&mut his, true).await;
        let first = town.post(&mut alice, "tide at https://tides.example/today", "public").await;
        let second = town.compose(&mut alice, &[("text", "tide and time"), ("visibility", "public"), ("spoiler", "wet")]).await;
        let reply = town.reply(&mut bob, &first, "a tide indeed, 東京の海", "public").await;
        town.wait_s(24 * 3600);
        let later = town.post(&mut bob, "time and tide", "public").await;
        assert_eq!(found(&mut hers, "tide").await, ids(&[&later, &reply, &second, &first]));
        for (question, posts) in [
            ("tide from:me", vec![&second, &first]),
            ("tide -from:me", vec![&later, &reply]),
            ("from:bob tide", vec![&later, &reply]),
            ("from:@bob@harbour.example time", vec![&later]),
            ("from:@nobody@harbour.example tide", vec![]),
            ("tide to:alice", vec![&reply]),
            ("tide is:reply", vec![&reply]),
            ("tide -is:reply from:bob", vec![&later]),
            ("tide has:link", vec![&first]),
            ("tide -has:link", vec![&later, &reply, &second]),
            ("tide has:poll", vec![]),
            ("\"tide and time\"", vec![&second]),
            ("tide -\"tide and time\" -is:reply", vec![&later, &first]),
            ("tide -time", vec![&reply, &first]),
            ("東京", vec![&reply]),
            ("海", vec![&reply]),
            ("京海", vec![]),
            ("tide after:2026-05-05", vec![&later]),
            ("tide before:2026-05-06", vec![&reply, &second, &first]),
            ("tide during:2026-05-06", vec![&later]),
        ] {
            assert_eq!(found(&mut hers, question).await, ids(&posts), "{question}");
        }
        for (question, told) in [("has:nothing", "has:"), ("before:noon", "2026-05-31"), ("is:", "is:")] {
            let wrong = hers.get(&format!("/api/v2/search?q={question}")).await.is(422).json();
            assert!(wrong["error"].as_str().unwrap().contains(told), "{wrong}");
        }
        // Page by page.
        let page = |more: &str| format!("/api/v2/search?q=tide&type=statuses&limit=2{more}");
        let mut of = async |more: &str| {
            let told = hers.get(&page(more)).await.is(200).json();
            let list = told["statuses"].as_array().unwrap().clone();
            list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("").await, ids(&[&later, &reply]));
        assert_eq!(of("&offset=2").await, ids(&[&second, &first]));
        assert_eq!(of(&format!("&max_id={}", reply.id)).await, ids(&[&second, &first]));
        assert_eq!(of(&format!("&min_id={}", first.id)).await, ids(&[&reply, &second]));
        assert_eq!(of(&format!("&account_id={}", bob.account.id)).await, ids(&[&later, &reply]));
        for none in ["none", "-5"] {
            assert_eq!(of(&format!("&account_id={none}")).await, ids(&[]), "{none}");
        }
    }

    async fn what_is_far_behind_much_that_does_not_fit_is_found(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let wanted = town.post(&mut alice, "Low tide at six", "public").await;
        for _ in 0..210 {
            town.post(&mut alice, "Tide and low water", "private").await;
        }
        assert_eq!(found(&mut hers, "\"low tide\"").await, ids(&[&wanted]));
        let page = alice.get("/search?q=%22low+tide%22").await.is(200).shows("Low tide at six");
        assert!(!page.body.contains("max_id="), "there is no more");
    }

    async fn what_was_written_before_is_indexed_by_a_job(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        let mut posts = Vec::new();
        for at in 0..5 {
            posts.push(town.post(&mut alice, &format!("ebb number {at}"), "public").await);
        }
        let mut tx = comity_db::Tx::new();
        for post in &posts {
            comity::search::take_out(&mut tx, post.id);
        }
        town.app.commit(tx).await.unwrap();
        assert_eq!(found(&mut hers, "ebb").await, ids(&[]));
        let stop = crate::coast::works(&town);
        let job = comity::queue::Job::IndexStatuses { below: i64::MAX };
        comity::queue::push_now(&town.app, &job).await.unwrap();
        for _ in 0..500 {
            if found(&mut hers, "ebb").await.len() == 5 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(found(&mut hers, "ebb").await.len(), 5);
        drop(stop);
    }
}

coast_test! {
    async fn l43_somebody_elsewhere_is_found_once_their_server_says_so(coast) {
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.clone();
        coast.brings(&peer::create(&rita, "1", "a gull at sea", None, Some(alice.as_str()))).await;
        let mut his = App::of(&coast.town, &mut coast.bob).await;
        let gull = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap().to_string();
        assert_eq!(found(&mut hers, "gull").await, std::slice::from_ref(&gull));
        assert!(found(&mut his, "gull").await.is_empty());
        let mut actor = coast.peer.person("open", "rita");
        for (indexable, by_others) in [(true, vec![gull.clone()]), (false, vec![])] {
            coast.town.wait_s(60);
            actor["indexable"] = json!(indexable);
            let id = format!("{rita}#update-{indexable}");
            coast.peer.serves(&actor);
            coast.brings(&json!({ "id": id, "type": "Update", "actor": rita, "object": actor })).await;
            assert_eq!(found(&mut his, "gull").await, by_others, "{indexable}");
        }
        let edited = json!({
            "id": format!("{rita}#edit"), "type": "Update", "actor": rita,
            "object": {
                "id": format!("{rita}/statuses/1"), "type": "Note", "attributedTo": rita, "content": "<p>a tern</p>",
                "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [alice.as_str()], "updated": "2026-05-05T23:00:00Z",
            },
        });
        coast.town.wait_s(24 * 3600);
        coast.brings(&edited).await;
        assert_eq!((found(&mut hers, "gull").await.len(), found(&mut hers, "tern").await.len()), (0, 1));
    }

    async fn people_are_found_by_the_words_of_their_names(coast) {
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        let mut his = App::of(&coast.town, &mut coast.bob).await;
        let name = json!({ "display_name": "R\u{f3}berto van Gogh" });
        his.send(Method::PATCH, "/api/v1/accounts/update_credentials", &name).await.is(200);
        for (question, wanted) in [
            ("GOGH", "bob"), ("gogh+robert", "bob"), ("r%C3%B3b", "bob"), ("bo", "bob"), ("@bob", "bob"), ("gogh+nobody", ""),
            ("og", ""), ("+", ""), ("rita@open.local", "rita"), ("rita@kept.local", ""),
        ] {
            assert_eq!(people(&mut hers, &format!("q={question}")).await.join(" "), wanted, "{question}");
            let all = hers.get(&format!("/api/v2/search?type=accounts&q={question}")).await.is(200).json();
            assert_eq!(all["accounts"].as_array().unwrap().len(), usize::from(!wanted.is_empty()), "{question}");
        }
        // Whom she follows, who lives here, everybody else.
        coast.town.member("rick").await;
        let ripley = coast.town.member("ripley").await;
        let member = coast.town.account(coast.alice.account.id).await;
        comity::follows::follow(&coast.town.app, &member, ripley.account.id).await.unwrap();
        assert_eq!(people(&mut hers, "q=ri").await, ["ripley", "rick", "rita"]);
        assert_eq!(people(&mut hers, "q=ri&following=true").await, ["ripley"]);
        assert_eq!(people(&mut hers, "q=ri&limit=1&offset=1").await, ["rick"]);
        for number in 0..23 {
            coast.town.member(&format!("sailor{number}")).await;
        }
        assert_eq!(people(&mut hers, "q=sailor&limit=40").await.len(), 23);
        assert_eq!(people(&mut hers, "q=sailor&limit=40&offset=20").await.len(), 3);
        let block = format!("/api/v1/accounts/{}/block", coast.alice.account.id);
        his.post(&block, &json!({})).await.is(200);
        assert!(people(&mut hers, "q=gogh").await.is_empty());
        // Another name takes the place of the one before.
        let name = json!({ "display_name": "Vincent" });
        his.send(Method::PATCH, "/api/v1/accounts/update_credentials", &name).await.is(200);
        his.post(&block.replace("/block", "/unblock"), &json!({})).await.is(200);
        assert!(people(&mut hers, "q=gogh").await.is_empty());
        assert_eq!(people(&mut hers, "q=vin").await, ["bob"]);
    }

    async fn what_speaks_for_a_server_is_found_by_its_whole_handle_alone(coast) {
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        let here = coast.town.community();
        let name = here.domain.host().to_owned();
        let beginning = name.split('.').next().unwrap().to_owned();
        assert!(people(&mut hers, &format!("q={beginning}")).await.is_empty());
        assert!(people(&mut hers, &format!("q={}", here.name)).await.is_empty());
        assert_eq!(people(&mut hers, &format!("q=@{name}@{}", here.domain)).await, [name]);
        // A service called as its host is speaks for it; another is a bot.
        coast.town.app.db.exec(IS_A_SERVICE, params![]).await.unwrap();
        assert_eq!(people(&mut hers, "q=rita").await, ["rita"]);
        coast.town.app.db.exec(CALLED_AS_ITS_HOST, params![]).await.unwrap();
        assert!(people(&mut hers, "q=rita").await.is_empty(), "its words are the same");
    }

    async fn people_who_were_here_before_are_given_the_words_of_their_names(coast) {
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        coast.town.app.db.exec(NO_WORDS, Vec::new()).await.unwrap();
        assert!(people(&mut hers, "q=rita").await.is_empty());
        let job = comity::queue::Job::IndexAccounts { below: i64::MAX };
        comity::queue::push_now(&coast.town.app, &job).await.unwrap();
        coast.is_idle().await;
        assert_eq!(people(&mut hers, "q=rita").await, ["rita"]);
        assert_eq!(people(&mut hers, "q=bob").await, ["bob"]);
        // What is placed between the reading and the writing of the job is not taken away by it.
        coast.town.app.db.exec(A_WORD, params![coast.bob.account.id, "vincent"]).await.unwrap();
        comity::queue::push_now(&coast.town.app, &job).await.unwrap();
        coast.is_idle().await;
        assert_eq!(people(&mut hers, "q=vin").await, ["bob"]);
    }
}

const NO_WORDS: Sql = sql!(full_scan: "a test", "DELETE FROM account_words");
const A_WORD: Sql =
    sql!("INSERT INTO account_words (is_local, word, account_id) VALUES (TRUE, $2, $1)");

async fn people(app: &mut App, query: &str) -> Vec<String> {
    let path = format!("/api/v1/accounts/search?{query}");
    let found = app.get(&path).await.is(200).json();
    let all = found.as_array().unwrap().iter();
    all.map(|one| one["username"].as_str().unwrap().to_owned())
        .collect()
}

mod often {
    use comity_db::testing::Engine;

    use crate::town::Town;

    async fn visitors_of_one_address_search_so_often(engine: Engine) {
        let town = Town::with(engine, "[limits]\napi_requests = 100000\n").await;
        let mut visitor = town.anonymous();
        let search = "/api/v2/search?q=ferry";
        for _ in 0..60 {
            visitor.get(search).await.is(200);
        }
        visitor.get(search).await.is(429);
        // Whatever is looked for is counted, and after a minute it goes on.
        for kind in ["accounts", "hashtags", "statuses"] {
            visitor.get(&format!("{search}&type={kind}")).await.is(429);
        }
        town.wait_s(61);
        visitor.get(search).await.is(200);
    }

    #[tokio::test]
    async fn on_sqlite() {
        Box::pin(visitors_of_one_address_search_so_often(Engine::Sqlite)).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        Box::pin(visitors_of_one_address_search_so_often(Engine::Postgres)).await;
    }
}
