//! Words that very many posts have: they are found page by page, and behind all that is not for whoever looks.

use comity_db::{Sql, params, sql};
use http::Method;
use serde_json::{Value, json};

use super::found;
use crate::kept::{App, ids};
use crate::peer;
use crate::town_test;

/// Copies of a post (`$1`), numbered from `$2`, `$3` of them.
const COPIES: Sql = sql!(
    "INSERT INTO statuses (id, iri, account_id, kind, visibility, conversation_id, title, spoiler_text, content,
                           source, sensitive, tags, attachments, limited, created_at, replies_count,
                           reblogs_count, favourites_count)
     WITH RECURSIVE numbers(n) AS (
         SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $3
     )
     SELECT $2 + n, iri || '/' || n, account_id, kind, visibility, conversation_id, title, spoiler_text, content,
            source, sensitive, tags, attachments, limited, created_at, 0, 0, 0
       FROM statuses, numbers
      WHERE id = $1"
);
const WORDS_OF_COPIES: Sql = sql!(
    sqlite: "INSERT INTO search_words (rowid, words) SELECT id, $3 FROM statuses WHERE id >= $1 AND id < $2",
    pg: "INSERT INTO search_entries (status_id, words)
         SELECT id, array_to_tsvector(string_to_array(CAST($3 AS TEXT), ' ')) FROM statuses WHERE id >= $1 AND id < $2",
);

town_test! {
    async fn a_word_of_many_posts_of_others_is_looked_for_a_part_at_a_time(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let own = town.post(&mut alice, "Spring tide", "private").await;
        let few = town.post(&mut bob, "The tide for few", "private").await;
        let (first, many) = (few.id + 1, 20_050_i64);
        let db = &town.app.db;
        db.exec(COPIES, params![few.id, first, many]).await.unwrap();
        db.exec(WORDS_OF_COPIES, params![first, first + many, "tide"]).await.unwrap();
        // Behind all that is not for her, and among it.
        assert_eq!(found(&mut hers, "tide").await, ids(&[&own]));
        let path = |more: &str| format!("/api/v2/search?type=statuses&q=tide&{more}");
        let newer = hers.get(&path(&format!("max_id={first}"))).await.is(200).json();
        assert_eq!(newer["statuses"].as_array().unwrap().len(), 1);
        let below = hers.get(&path(&format!("max_id={}", own.id))).await.is(200).json();
        assert_eq!(below["statuses"], json!([]));
        // Read from below.
        let above = hers.get(&path(&format!("min_id={}", own.id - 1))).await.is(200).json();
        assert_eq!(above["statuses"].as_array().unwrap().len(), 1);
    }
}

/// Which posts an answer has, in its order.
fn numbers(answer: &Value) -> Vec<i64> {
    let posts = answer["statuses"].as_array().unwrap().iter();
    posts
        .map(|post| post["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

coast_test! {
    async fn visitors_find_what_was_written_here_behind_much_from_elsewhere(coast) {
        let mut hers = App::of(&coast.town, &mut coast.alice).await;
        let mut his = App::of(&coast.town, &mut coast.bob).await;
        let path = "/api/v1/accounts/update_credentials";
        hers.send(Method::PATCH, path, &json!({ "indexable": true, "discoverable": true })).await.is(200);
        let here = coast.town.post(&mut coast.alice, "A gull on the quay", "public").await;
        coast.is_idle().await;
        coast.town.wait_s(60);
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.clone();
        coast.brings(&peer::create(&rita, "1", "a gull at sea", None, Some(alice.as_str()))).await;
        let mut actor = coast.peer.person("open", "rita");
        actor["indexable"] = json!(true);
        coast.town.wait_s(60);
        coast.peer.serves(&actor);
        coast.brings(&json!({ "id": format!("{rita}#update"), "type": "Update", "actor": rita, "object": actor })).await;
        let gull = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        assert!(here.id < gull);
        let (first, many) = (gull + 1, 1_500_i64);
        let db = &coast.town.app.db;
        db.exec(COPIES, params![gull, first, many]).await.unwrap();
        db.exec(WORDS_OF_COPIES, params![first, first + many, "gull"]).await.unwrap();
        // A member finds all of it.
        let by_rita = (first + many - 1).to_string();
        assert_eq!(found(&mut his, "gull").await[0], by_rita);
        let told = coast.town.anonymous().get("/api/v2/search?type=statuses&q=gull").await.is(200).json();
        let told: Vec<&Value> = told["statuses"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(told, [&json!(here.id.to_string())]);
        // A member goes through all of it page by page, from either end.
        let mut all: Vec<i64> = (gull..first + many).chain([here.id]).collect();
        all.sort_unstable();
        let (mut newer, mut older): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
        loop {
            let below = newer.last().map(|id| format!("&max_id={id}")).unwrap_or_default();
            let page = his.get(&format!("/api/v2/search?type=statuses&q=gull&limit=40{below}")).await.is(200).json();
            let page = numbers(&page);
            newer.extend(&page);
            let above = older.last().unwrap_or(&0);
            let path = format!("/api/v2/search?type=statuses&q=gull&limit=40&min_id={above}");
            older.extend(numbers(&his.get(&path).await.is(200).json()).iter().rev());
            coast.town.wait_s(10);
            if page.is_empty() {
                break;
            }
        }
        assert_eq!(older, all);
        newer.reverse();
        assert_eq!(newer, all);
        // Nor are people from elsewhere looked for.
        for (question, len) in [("ali", 1), ("rita", 0), ("@rita@open.local", 0)] {
            let path = format!("/api/v2/search?type=accounts&q={question}");
            let told = coast.town.anonymous().get(&path).await.is(200).json();
            assert_eq!(told["accounts"].as_array().unwrap().len(), len, "{question}");
        }
    }
}
