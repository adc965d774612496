//! Filters, through the API and on the pages.

use serde_json::{Value, json};

use crate::kept::App;
use crate::town_test;

town_test! {
    async fn what_a_filter_matches_is_told_beside_the_post(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let draft = json!({
            "title": "Boats",
            "context": ["home", "public"],
            "filter_action": "hide",
            "keywords_attributes": [
                { "keyword": "ferry", "whole_word": true },
                { "keyword": "barge", "whole_word": false },
            ],
        });
        let filter = hers.post("/api/v2/filters", &draft).await.is(200).json();
        assert_eq!((&filter["title"], &filter["filter_action"]), (&json!("Boats"), &json!("hide")));
        assert_eq!(filter["context"], json!(["home", "public"]));
        assert_eq!(filter["expires_at"], Value::Null);
        assert_eq!(filter["keywords"][0]["keyword"], "ferry");
        assert_eq!(filter["keywords"][1]["whole_word"], false);
        let ferry = town.post(&mut bob, "The FERRY is late", "public").await;
        let ferryman = town.post(&mut bob, "The ferryman is late", "public").await;
        let barges = town.post(&mut bob, "Two barges came", "public").await;
        let folded = town.compose(&mut bob, &[("text", "Hm"), ("spoiler", "about a ferry"), ("visibility", "public")]).await;
        let own = town.post(&mut alice, "My own ferry", "public").await;
        let told = hers.status(&ferry).await;
        assert_eq!(told["filtered"][0]["filter"]["title"], "Boats");
        assert_eq!(told["filtered"][0]["filter"]["id"], filter["id"]);
        assert_eq!(told["filtered"][0]["keyword_matches"], json!(["ferry"]));
        assert_eq!(told["filtered"][0]["status_matches"], Value::Null);
        assert_eq!(hers.status(&ferryman).await["filtered"], json!([]));
        assert_eq!(hers.status(&barges).await["filtered"][0]["keyword_matches"], json!(["barge"]));
        assert_eq!(hers.status(&folded).await["filtered"].as_array().unwrap().len(), 1);
        assert_eq!(hers.status(&own).await["filtered"], json!([]), "one's own is not filtered");
        assert_eq!(his.status(&ferry).await["filtered"], json!([]), "for others it is nothing");
        // A post by itself.
        let id = filter["id"].as_str().unwrap();
        let listed = hers.post(&format!("/api/v2/filters/{id}/statuses"), &json!({ "status_id": ferryman.id.to_string() })).await.is(200).json();
        assert_eq!(listed["status_id"], ferryman.id.to_string());
        hers.post(&format!("/api/v2/filters/{id}/statuses"), &json!({ "status_id": ferryman.id })).await.is(422);
        hers.post(&format!("/api/v2/filters/{id}/statuses"), &json!({ "status_id": 7 })).await.is(404);
        let told = hers.status(&ferryman).await;
        assert_eq!(told["filtered"][0]["status_matches"], json!([ferryman.id.to_string()]));
        assert_eq!(told["filtered"][0]["keyword_matches"], Value::Null);
        let entry = listed["id"].as_str().unwrap();
        hers.get(&format!("/api/v2/filters/statuses/{entry}")).await.is(200);
        assert_eq!(hers.ids(&format!("/api/v2/filters/{id}/statuses")).await, [entry]);
        hers.delete(&format!("/api/v2/filters/statuses/{entry}")).await.is(200);
        assert_eq!(hers.status(&ferryman).await["filtered"], json!([]));
    }

    async fn a_filter_is_changed_word_by_word_and_ends(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let post = town.post(&mut bob, "The ferry sank. A barge came.", "public").await;
        let draft = json!({ "title": "Boats", "context": ["home"], "expires_in": "3600", "keywords_attributes": [{ "keyword": "ferry" }] });
        let filter = hers.post("/api/v2/filters", &draft).await.is(200).json();
        let (id, ferry) = (filter["id"].as_str().unwrap().to_owned(), filter["keywords"][0]["id"].as_str().unwrap().to_owned());
        assert_eq!((&filter["filter_action"], &filter["keywords"][0]["whole_word"]), (&json!("warn"), &json!(true)));
        assert!(filter["expires_at"].is_string());
        let path = format!("/api/v2/filters/{id}");
        let change = json!({ "title": "Ships", "filter_action": "blur", "keywords_attributes": [
            { "id": ferry, "_destroy": true }, { "keyword": "barge" },
        ] });
        let filter = hers.put(&path, &change).await.is(200).json();
        assert_eq!((&filter["title"], &filter["filter_action"], &filter["context"]), (&json!("Ships"), &json!("blur"), &json!(["home"])));
        assert_eq!(filter["keywords"].as_array().unwrap().len(), 1);
        assert_eq!(filter["keywords"][0]["keyword"], "barge");
        assert!(filter["expires_at"].is_string(), "what is not named stays");
        let barge = filter["keywords"][0]["id"].as_str().unwrap().to_owned();
        let word = hers.post(&format!("{path}/keywords"), &json!({ "keyword": "sank", "whole_word": "false" })).await.is(200).json();
        assert_eq!(word["whole_word"], false);
        let word = format!("/api/v2/filters/keywords/{}", word["id"].as_str().unwrap());
        assert_eq!(hers.put(&word, &json!({ "keyword": "sunk" })).await.is(200).json()["keyword"], "sunk");
        assert_eq!(hers.get(&word).await.is(200).json()["whole_word"], false);
        assert_eq!(hers.get(&format!("{path}/keywords")).await.is(200).json().as_array().unwrap().len(), 2);
        // Whose it is not for them it is not there.
        his.get(&path).await.is(404);
        his.put(&path, &change).await.is(404);
        his.delete(&path).await.is(404);
        his.get(&word).await.is(404);
        his.delete(&word).await.is(404);
        his.post(&format!("{path}/keywords"), &json!({ "keyword": "x" })).await.is(404);
        his.post(&format!("{path}/statuses"), &json!({ "status_id": post.id })).await.is(404);
        let theirs = json!({ "title": "Mine", "context": ["home"], "keywords_attributes": [{ "id": barge, "keyword": "taken" }] });
        his.post("/api/v2/filters", &theirs).await.is(404);
        assert!(his.ids("/api/v2/filters").await.is_empty());
        hers.delete(&word).await.is(200);
        assert_eq!(hers.status(&post).await["filtered"][0]["keyword_matches"], json!(["barge"]));
        // It ends, and is still there to be changed.
        town.wait_s(3601);
        assert_eq!(hers.status(&post).await["filtered"], json!([]));
        assert_eq!(hers.ids("/api/v2/filters").await.len(), 1);
        let filter = hers.put(&path, &json!({ "expires_in": "" })).await.is(200).json();
        assert_eq!(filter["expires_at"], Value::Null);
        assert_eq!(hers.status(&post).await["filtered"].as_array().unwrap().len(), 1);
        assert_eq!(hers.delete(&path).await.is(200).json(), json!({}));
        hers.get(&path).await.is(404);
    }

    async fn what_is_no_filter_is_said(town) {
        let mut alice = town.member("alice").await;
        let mut hers = App::of(&town, &mut alice).await;
        for draft in [
            json!({ "context": ["home"] }),
            json!({ "title": "x" }),
            json!({ "title": "x", "context": ["kitchen"] }),
            json!({ "title": "x", "context": ["home"], "filter_action": "shout" }),
            json!({ "title": "x", "context": ["home"], "expires_in": "soon" }),
            json!({ "title": "x".repeat(300), "context": ["home"] }),
            json!({ "title": "x", "context": ["home"], "keywords_attributes": [{ "keyword": " " }] }),
        ] {
            hers.post("/api/v2/filters", &draft).await.is(422);
        }
        assert!(hers.ids("/api/v2/filters").await.is_empty());
        // As a form, as Rails nests it.
        let header = format!("Bearer {}", hers.token);
        let headers = [("authorization", header.as_str())];
        let form = "title=Two&context[]=home&context[]=thread&keywords_attributes[][keyword]=a&keywords_attributes[][whole_word]=false\
                    &keywords_attributes[][keyword]=b";
        let told = hers.browser.post_raw("/api/v2/filters", &headers, form).await.is(200).json();
        assert_eq!(told["keywords"].as_array().unwrap().len(), 2);
        let many: Vec<Value> = (0..1000).map(|at| json!({ "keyword": format!("w{at}") })).collect();
        hers.post("/api/v2/filters", &json!({ "title": "x", "context": ["home"], "keywords_attributes": many })).await.is(422).shows("more than 1000 fields");
        let half: Vec<Value> = (0..450).map(|at| json!({ "keyword": format!("w{at}") })).collect();
        let half = json!({ "title": "x", "context": ["home"], "keywords_attributes": half });
        hers.post("/api/v2/filters", &half).await.is(200);
        hers.post("/api/v2/filters", &half).await.is(200);
        hers.post("/api/v2/filters", &half).await.is(422).shows("at most");
    }

    async fn older_apps_have_a_filter_for_each_word(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let (mut hers, mut his) = (App::of(&town, &mut alice).await, App::of(&town, &mut bob).await);
        let post = town.post(&mut bob, "The ferry sank.", "public").await;
        let draft = json!({ "phrase": "ferry", "context": ["home"], "irreversible": true });
        let old = hers.post("/api/v1/filters", &draft).await.is(200).json();
        assert_eq!((&old["phrase"], &old["irreversible"], &old["whole_word"]), (&json!("ferry"), &json!(true), &json!(true)));
        let new = hers.get("/api/v2/filters").await.is(200).json();
        assert_eq!((&new[0]["title"], &new[0]["filter_action"]), (&json!("ferry"), &json!("hide")));
        assert_eq!(hers.status(&post).await["filtered"].as_array().unwrap().len(), 1);
        let path = format!("/api/v1/filters/{}", old["id"].as_str().unwrap());
        his.get(&path).await.is(404);
        let told = hers.put(&path, &json!({ "phrase": "sank", "context": ["public"], "irreversible": false })).await.is(200).json();
        assert_eq!((&told["phrase"], &told["context"], &told["irreversible"]), (&json!("sank"), &json!(["public"]), &json!(false)));
        // Of several words one changes alone.
        let id = new[0]["id"].as_str().unwrap();
        hers.post(&format!("/api/v2/filters/{id}/keywords"), &json!({ "keyword": "barge" })).await.is(200);
        assert_eq!(hers.ids("/api/v1/filters").await.len(), 2);
        hers.put(&path, &json!({ "phrase": "sunk" })).await.is(200);
        hers.put(&path, &json!({ "phrase": "sunk", "context": ["home"] })).await.is(422);
        hers.delete(&path).await.is(200);
        assert_eq!(hers.ids("/api/v1/filters").await.len(), 1);
        let last = hers.ids("/api/v1/filters").await;
        hers.delete(&format!("/api/v1/filters/{}", last[0])).await.is(200);
        assert!(hers.ids("/api/v2/filters").await.is_empty(), "with its last word it goes");
        hers.post("/api/v1/filters", &json!({ "phrase": "", "context": ["home"] })).await.is(422);
    }

    async fn the_pages_fold_and_leave_out_what_is_filtered(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        town.follow(&mut alice, &bob).await;
        let mut hers = App::of(&town, &mut alice).await;
        let filter = |title: &str, action: &str, word: &str, context: &[&str]| {
            json!({ "title": title, "context": context, "filter_action": action, "keywords_attributes": [{ "keyword": word }] })
        };
        let everywhere = ["home", "public", "thread", "account", "notifications"];
        hers.post("/api/v2/filters", &filter("Boats", "warn", "ferry", &everywhere)).await.is(200);
        hers.post("/api/v2/filters", &filter("Nets", "hide", "trawler", &everywhere)).await.is(200);
        hers.post("/api/v2/filters", &filter("Elsewhere", "hide", "lighthouse", &["notifications"])).await.is(200);
        let root = town.post(&mut bob, "@alice The ferry is late", "public").await;
        town.post(&mut bob, "@alice A trawler came", "public").await;
        town.post(&mut bob, "@alice The lighthouse is lit", "public").await;
        for page in ["/home", "/community", "/@bob"] {
            let page = alice.get(page).await.is(200).hides("A trawler").shows("The lighthouse is lit");
            page.shows("Filtered: Boats").shows("The ferry is late");
        }
        alice.get("/notifications").await.is(200).hides("A trawler").hides("lighthouse").shows("Filtered: Boats");
        // The post one goes and looks at is itself.
        alice.get(&root.path).await.is(200).shows("The ferry is late").hides("Filtered: Boats");
        town.reply(&mut bob, &root, "Nor is the trawler", "public").await;
        alice.get(&root.path).await.is(200).shows("Filtered: Nets");
        bob.get("/community").await.is(200).hides("Filtered").shows("A trawler came");
    }

    async fn a_member_makes_and_changes_filters_on_pages(town) {
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut hers = App::of(&town, &mut alice).await;
        let at = "/settings/filters";
        alice.get(at).await.is(200).shows("You have no filters");
        town.anonymous().get(at).await.is(303);
        let new = "/settings/filters/new";
        alice.get(new).await.is(200).shows("Where it holds");
        let nameless = [("title", " "), ("whole", "ferry"), ("context", "home"), ("action", "warn"), ("lasts", "never")];
        alice.post(new, &nameless).await.is(422).shows("be blank").shows("ferry");
        let nowhere = [("title", "Boats"), ("whole", "ferry"), ("action", "warn"), ("lasts", "never")];
        alice.post(new, &nowhere).await.is(422).shows("tick one at least");
        let wordless = [("title", "Boats"), ("whole", " \n"), ("context", "home"), ("action", "warn"), ("lasts", "never")];
        alice.post(new, &wordless).await.is(422).shows("write one at least");
        let never_offered = [("title", "Boats"), ("whole", "ferry"), ("context", "home"), ("action", "warn"), ("lasts", "7")];
        alice.post(new, &never_offered).await.is(422).shows("no length that is offered");
        let made = [
            ("title", "Boats"), ("whole", "ferry\r\nlow water\r\nferry"), ("parts", "barge"), ("context", "home"),
            ("context", "public"), ("action", "hide"), ("lasts", "86400"),
        ];
        alice.post(new, &made).await.leads(at);
        let page = alice.get(at).await.is(200).shows("Boats").shows("Leaves out what has one of 3 words or phrases, until");
        let id = page.number_after("/settings/filters/").unwrap();
        let one = format!("{at}/{id}");
        let told = hers.get(&format!("/api/v2/filters/{id}")).await.is(200).json();
        assert_eq!((&told["context"], &told["filter_action"]), (&json!(["home", "public"]), &json!("hide")));
        assert_ne!(told["expires_at"], Value::Null);
        let spelt = |told: &Value| -> Vec<(String, bool)> {
            let words = told["keywords"].as_array().unwrap().iter();
            words.map(|word| (word["keyword"].as_str().unwrap().to_owned(), word["whole_word"].as_bool().unwrap())).collect()
        };
        let kept = told["keywords"][1]["id"].clone();
        assert_eq!(spelt(&told), [("ferry".to_owned(), true), ("low water".to_owned(), true), ("barge".to_owned(), false)]);
        town.post(&mut bob, "The ferry is late", "public").await;
        alice.get("/community").await.is(200).hides("The ferry");
        // It is shown as it is, and changes no more than is said.
        let page = alice.get(&one).await.is(200).shows("low water").shows("Until ");
        assert!(page.body.contains("value=\"home\" checked") && page.body.contains("value=\"hide\" selected"), "{}", page.body);
        assert!(!page.body.contains("value=\"thread\" checked"), "{}", page.body);
        let changed = [
            ("title", "Boats"), ("whole", "low water"), ("parts", "ferry"), ("context", "thread"), ("action", "warn"), ("lasts", ""),
        ];
        alice.post(&one, &changed).await.leads(at);
        let now = hers.get(&format!("/api/v2/filters/{id}")).await.is(200).json();
        assert_eq!(spelt(&now), [("low water".to_owned(), true), ("ferry".to_owned(), false)]);
        assert_eq!((&now["keywords"][0]["id"], &now["expires_at"]), (&kept, &told["expires_at"]));
        alice.get("/community").await.is(200).shows("The ferry is late");
        // Nobody else's.
        bob.get(&one).await.is(404);
        bob.post(&one, &changed).await.is(404);
        bob.post(&format!("{one}/delete"), &[]).await.is(404);
        town.wait_s(86_401);
        alice.get(at).await.is(200).shows("and ended");
        alice.post(&format!("{one}/delete"), &[]).await.leads(at);
        alice.get(at).await.is(200).shows("You have no filters");
    }
}
