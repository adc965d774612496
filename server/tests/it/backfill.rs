//! Answers elsewhere that nobody here was sent: which are read, where, in whose name, and how often.

use comity::members::Role;
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::clients::App;
use crate::coast::{Coast, works};
use crate::peer;
use crate::town::Answer;

const MINUTE_S: i64 = 60;

/// A post, as its server gives it.
fn note(author: &str, number: &str, words: &str, parent: Option<&str>) -> Value {
    let mut note = peer::create(author, number, words, parent, None)["object"].clone();
    note["@context"] = json!("https://www.w3.org/ns/activitystreams");
    note["replies"] = json!(format!("{author}/statuses/{number}/replies"));
    note
}

/// A list, or a page of one, as its server gives it.
fn list(at: &str, items: &[Value], next: Option<&str>) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": at, "type": "CollectionPage", "items": items, "next": next,
    })
}

/// What apps are told of what goes on, and its id.
fn refresh(answer: &Answer) -> Option<(String, String)> {
    let told = answer.headers.get("mastodon-async-refresh")?;
    let told = told.to_str().unwrap().to_owned();
    let id = told.split('"').nth(1).unwrap().to_owned();
    Some((told, id))
}

/// Rita writes to alice, and what her server gives is `told`. Its number, and where apps ask for the conversation.
async fn rita_writes(coast: &Coast, told: &Value) -> String {
    let rita = told["attributedTo"].as_str().unwrap();
    let iri = told["id"].as_str().unwrap();
    let number = iri.rsplit('/').next().unwrap();
    let words = plain(told);
    let alice = coast.alice.account.iri.to_string();
    coast
        .brings(&peer::create(rita, number, &words, None, Some(&alice)))
        .await;
    coast.peer.serves(told);
    let id = coast.id_of(iri).await.expect("it names alice");
    format!("/api/v1/statuses/{id}/context")
}

fn plain(post: &Value) -> String {
    let content = post["content"].as_str().unwrap();
    content.replace("<p>", "").replace("</p>", "")
}

/// The words below a post, in the order that an app has them.
fn words(context: &Answer) -> Vec<String> {
    let context = context.json();
    let below = context["descendants"].as_array().unwrap();
    below.iter().map(plain).collect()
}

coast_test! {
    async fn what_nobody_here_was_sent_is_read_where_it_is(coast) {
        let rita = coast.peer.iri("open", "rita");
        let (nora, otto, lena) = (coast.peer.iri("open", "nora"), coast.peer.iri("kept", "otto"), coast.peer.iri("far", "lena"));
        let root = format!("{rita}/statuses/1");
        let context = rita_writes(&coast, &note(&rita, "1", "Where shall we meet?", None)).await;
        let first = note(&nora, "1", "By the pier", Some(&root));
        let below = note(&lena, "1", "Which pier?", Some(first["id"].as_str().unwrap()));
        let second = note(&otto, "1", "By the church", Some(&root));
        let aside = note(&nora, "7", "Buy my boats", Some(&format!("{nora}/statuses/6")));
        let gone = format!("{nora}/statuses/8");
        // What is included of another origin is no word of its author's.
        let mut forged = below.clone();
        forged["content"] = json!("<p>Forged words</p>");
        let (more, own) = (format!("{root}/replies/2"), coast.alice.account.iri.to_string());
        for document in [
            first.clone(), below.clone(), second.clone(), aside.clone(),
            json!({
                "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{root}/replies"), "type": "Collection",
                "first": { "type": "CollectionPage", "next": more, "partOf": format!("{root}/replies"), "items": [first["id"]] },
            }),
            list(&more, &[second["id"].clone(), aside["id"].clone(), json!(gone), json!(own), json!(root)], None),
            list(&format!("{nora}/statuses/1/replies"), &[forged], None),
        ] {
            coast.peer.serves(&document);
        }
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&context).await.is(200);
        assert!(refresh(&told).is_none() && words(&told).is_empty(), "answers to what is new are on their way");
        coast.town.wait_s(5 * MINUTE_S);
        let visitor = coast.town.anonymous().get(&context).await;
        assert!(refresh(&visitor).is_none(), "for visitors nothing is asked");
        coast.is_idle().await;
        assert!(!coast.peer.was_asked_for(&root));

        let told = app.get(&context).await.is(200);
        let (header, token) = refresh(&told).expect("more comes");
        assert_eq!(header, format!("id=\"{token}\", retry=5, result_count=0"));
        let exposed = told.headers["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("Mastodon-Async-Refresh"), "{exposed}");
        coast.is_idle().await;
        let ended = app.get(&format!("/api/v1_alpha/async_refreshes/{token}")).await.is(200).json();
        assert_eq!(ended, json!({ "async_refresh": { "id": token, "status": "finished", "result_count": 3 } }));
        let told = app.get(&context).await.is(200).hides("Forged").hides("boats");
        assert_eq!(words(&told), ["By the pier", "Which pier?", "By the church"]);
        assert!(refresh(&told).is_none(), "it is over, and not begun again so soon");
        assert!(coast.id_of(aside["id"].as_str().unwrap()).await.is_none(), "it answers nothing of this");
    }

    async fn a_conversation_is_read_again_after_a_while_and_by_one_job(coast) {
        let rita = coast.peer.iri("open", "rita");
        let root = format!("{rita}/statuses/1");
        let context = rita_writes(&coast, &note(&rita, "1", "Low water", None)).await;
        let first = note(&rita, "2", "And low it stays", Some(&root));
        coast.peer.serves(&first);
        coast.peer.serves(&list(&format!("{root}/replies"), &[first["id"].clone()], None));
        coast.town.wait_s(5 * MINUTE_S);
        let mut hers = App::let_in(&coast.town, &mut coast.alice).await;
        let mut his = App::let_in(&coast.town, &mut coast.bob).await;
        // The workers rest, so that it goes on.
        coast.stop.send(true).unwrap();
        sleep(Duration::from_millis(300)).await;
        let (_, token) = refresh(&hers.get(&context).await.is(200)).unwrap();
        let (_, same) = refresh(&his.get(&context).await.is(200)).unwrap();
        assert_eq!(token, same, "one job for both");
        let path = format!("/api/v1_alpha/async_refreshes/{token}");
        let running = his.get(&path).await.is(200).json();
        assert_eq!(running["async_refresh"], json!({ "id": token, "status": "running", "result_count": 0 }));
        // Who may not see the post is told no more of it than of what there is not.
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "for the test")];
        coast.bob.post("/boundaries", &rule).await.leads("/boundaries");
        his.get(&path).await.is(404);
        his.get("/api/v1_alpha/async_refreshes/AAAAAAAAAAAAAAAAAAAAAA").await.is(404);
        his.get("/api/v1_alpha/async_refreshes/7").await.is(404);
        coast.town.anonymous().get(&path).await.is(401);
        coast.stop = works(&coast.town);
        coast.is_idle().await;
        assert_eq!(words(&hers.get(&context).await.is(200)), ["And low it stays"]);

        let late = note(&rita, "3", "Not for long", Some(&root));
        coast.peer.serves(&late);
        coast.peer.serves(&list(&format!("{root}/replies"), &[first["id"].clone(), late["id"].clone()], None));
        coast.town.wait_s(14 * MINUTE_S);
        assert!(refresh(&hers.get(&context).await.is(200)).is_none());
        coast.is_idle().await;
        assert_eq!(words(&hers.get(&context).await.is(200)).len(), 1);
        coast.town.wait_s(MINUTE_S);
        // A page asks as well.
        let page = format!("/@rita@{open}/{}", id_in(&context));
        coast.alice.get(&page).await.is(200).shows("are being fetched");
        coast.is_idle().await;
        coast.alice.get(&page).await.is(200).shows("Not for long").hides("are being fetched");
    }

    async fn l32_attack_12_nobody_is_asked_whom_the_community_refuses_and_no_list_points_elsewhere(coast) {
        let mut marta = coast.town.member_of(&coast.town.community(), "marta", Role::Moderator).await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "community"), ("reason", "they sell what they read")];
        marta.post("/boundaries", &rule).await.leads("/boundaries");
        let (rita, nora, otto) = (coast.peer.iri("open", "rita"), coast.peer.iri("open", "nora"), coast.peer.iri("kept", "otto"));
        let root = format!("{rita}/statuses/1");
        let context = rita_writes(&coast, &note(&rita, "1", "Where shall we meet?", None)).await;
        let theirs = note(&otto, "1", "By the church", Some(&root));
        let mut first = note(&nora, "1", "By the pier", Some(&root));
        let elsewhere = format!("{}/list", coast.peer.iri("far", "lena"));
        first["replies"] = json!(elsewhere);
        let claims = note(&rita, "9", "Not of rita's server", Some(&root));
        // It is said to be nora's, and is at her neighbour's.
        let mut lie = note(&coast.peer.iri("far", "lena"), "1", "In nora's name", Some(&root));
        lie["attributedTo"] = json!(nora);
        let other = note(&nora, "2", "By the mill", Some(&root));
        for document in [&theirs, &first, &other, &lie, &list(&elsewhere, &[claims["id"].clone()], None), &claims] {
            coast.peer.serves(document);
        }
        let items = [theirs["id"].clone(), first["id"].clone(), other["id"].clone(), lie["id"].clone()];
        // Lists that lead in a ring, and to another server.
        let (whole, more) = (format!("{root}/replies"), format!("{root}/replies/2"));
        coast.peer.serves(&list(&whole, &items, Some(&more)));
        coast.peer.serves(&list(&more, &[], Some(&whole)));
        coast.peer.serves(&list(&format!("{nora}/statuses/2/replies"), &[], Some(&elsewhere)));
        coast.town.wait_s(5 * MINUTE_S);
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let (_, token) = refresh(&app.get(&context).await.is(200)).unwrap();
        coast.is_idle().await;
        let ended = app.get(&format!("/api/v1_alpha/async_refreshes/{token}")).await.is(200).json();
        assert_eq!(ended["async_refresh"], json!({ "id": token, "status": "finished", "result_count": 2 }));
        assert_eq!(words(&app.get(&context).await.is(200)), ["By the pier", "By the mill"]);
        let otto_wrote = theirs["id"].as_str().unwrap();
        assert!(!coast.peer.was_asked_for(otto_wrote) && coast.id_of(otto_wrote).await.is_none());
        assert!(!coast.peer.was_asked_for(&elsewhere), "a list of answers is at its author's server");
        assert!(coast.id_of(lie["id"].as_str().unwrap()).await.is_none());

        // A post of a server that is refused by now is asked for by nobody.
        let rule = [("pattern", coast.peer.domain("open")), ("stance", "refused".to_owned()), ("scope", "community".to_owned()), ("reason", "as well".to_owned())];
        let rule: Vec<(&str, &str)> = rule.iter().map(|(name, value)| (*name, value.as_str())).collect();
        marta.post("/boundaries", &rule).await.leads("/boundaries");
        coast.town.wait_s(16 * MINUTE_S);
        assert!(refresh(&app.get(&context).await).is_none());
        coast.is_idle().await;
    }

    async fn what_is_for_few_and_what_is_ours_is_not_asked_about(coast) {
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.to_string();
        let mut direct = peer::create(&rita, "1", "Between us", None, Some(&alice));
        for whom in ["to", "cc"] {
            direct[whom] = json!(if whom == "to" { vec![alice.as_str()] } else { vec![] });
            direct["object"][whom] = direct[whom].clone();
        }
        coast.brings(&direct).await;
        let between = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let post = coast.town.post(&mut coast.alice, "Ours", "public").await;
        coast.town.wait_s(20 * MINUTE_S);
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        for id in [between, post.id] {
            let told = app.get(&format!("/api/v1/statuses/{id}/context")).await.is(200);
            assert!(refresh(&told).is_none(), "{id}");
        }
        coast.is_idle().await;
        assert!(!coast.peer.was_asked_for(&format!("{rita}/statuses/1")));
    }

    async fn attack_22_a_list_without_end_is_left(coast) {
        let rita = coast.peer.iri("open", "rita");
        let root = format!("{rita}/statuses/1");
        let context = rita_writes(&coast, &note(&rita, "1", "Count with me", None)).await;
        let page = |number: usize| match number {
            0 => format!("{root}/replies"),
            _ => format!("{root}/replies/{number}"),
        };
        for number in 0..30 {
            let post = note(&rita, &format!("10{number}"), &format!("Word {number}"), Some(&root));
            coast.peer.serves(&post);
            coast.peer.serves(&list(&page(number), &[post["id"].clone()], Some(&page(number + 1))));
        }
        coast.town.wait_s(5 * MINUTE_S);
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let (_, token) = refresh(&app.get(&context).await.is(200)).unwrap();
        coast.is_idle().await;
        let ended = app.get(&format!("/api/v1_alpha/async_refreshes/{token}")).await.is(200).json();
        assert_eq!(ended["async_refresh"]["status"], "finished");
        assert_eq!(words(&app.get(&context).await.is(200)).len(), 10);
        assert!(coast.peer.was_asked_for(&page(9)) && !coast.peer.was_asked_for(&page(10)));
    }
}

/// The number in the address of a conversation.
fn id_in(context: &str) -> &str {
    context.split('/').nth(4).unwrap()
}
