//! Where posts went: the ledger, the page its author reads, and what is taken back by it.

use std::time::Duration;

use comity::accounts;
use comity::members::Role;
use comity_vocab::Iri;
use http::Method;
use serde_json::json;

use crate::coast::works;
use crate::peer;

coast_test! {
    async fn l04_a_deletion_goes_where_the_post_went_and_nowhere_else(coast) {
        coast.alice_refuses_kept().await;
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "private").await;
        coast.is_idle().await;
        coast.deletes(&post).await;
        assert_eq!(coast.got("open", "Create").len(), 1);
        let deletes = coast.got("open", "Delete");
        assert_eq!(deletes.len(), 1);
        assert!(!deletes[0].to_string().contains("#Public"), "it was for followers: {}", deletes[0]);
        assert!(coast.got("kept", "Create").is_empty() && coast.got("kept", "Delete").is_empty());
    }

    async fn l04_the_end_of_a_boost_goes_where_the_boost_went_and_nowhere_else(coast) {
        coast.alice_refuses_kept().await;
        let post = coast.town.post(&mut coast.alice, "Please pass this on", "public").await;
        coast.bob.does(&format!("/statuses/{}/reblog", post.id)).await;
        coast.is_idle().await;
        coast.bob.does(&format!("/statuses/{}/unreblog", post.id)).await;
        coast.is_idle().await;
        assert_eq!(coast.got("open", "Announce").len(), 1);
        assert_eq!(coast.got("open", "Undo").len(), 1);
        assert!(coast.got("kept", "Announce").is_empty() && coast.got("kept", "Undo").is_empty());
    }

    async fn l38_a_deletion_reaches_a_server_that_only_came_for_the_post(coast) {
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "public").await;
        let nora = coast.peer.iri("passing", "nora");
        let path = format!("/users/alice/statuses/{}", post.id);
        for _ in 0..3 {
            coast.signed(&nora, Method::GET, &path, "").await.is(200);
        }
        coast.is_idle().await;
        let page = coast.alice.get(&format!("/statuses/{}/reach", post.id)).await.is(200);
        page.shows("Sent to 2 other servers; one came for it.").shows("passing.localhost").shows("Fetched by it");
        coast.deletes(&post).await;
        assert_eq!(coast.got("passing", "Delete").len(), 1);
        assert_eq!(coast.got("open", "Delete").len(), 1);
    }

    async fn the_page_of_a_copy_leads_servers_to_the_post_itself(coast) {
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.to_string();
        let public = peer::create(&rita, "1", "Periwinkle", None, Some(&alice));
        let mut private = peer::create(&rita, "2", "Whelk", None, Some(&alice));
        for key in ["to", "cc"] {
            private[key] = json!([alice]);
            private["object"][key] = json!([alice]);
        }
        coast.brings(&public).await;
        coast.brings(&private).await;
        let iri = public["object"]["id"].as_str().unwrap();
        let id = coast.id_of(iri).await.unwrap();
        let hidden = coast.id_of(private["object"]["id"].as_str().unwrap()).await.unwrap();
        let path = |name: &str, id: i64| format!("/@{name}@{}/{id}", coast.peer.domain("open"));
        let nora = coast.peer.iri("passing", "nora");
        let answer = coast.signed(&nora, Method::GET, &path("rita", id), "").await.is(302);
        assert_eq!(answer.headers["location"].to_str().unwrap(), iri);
        for path in [path("rita", hidden), path("rita", id + 4_242), path("nobody", id), format!("/@rita/{id}")] {
            coast.signed(&nora, Method::GET, &path, "").await.is(404);
        }
        coast.town.anonymous().get_activity(&path("rita", id)).await.is(401);
        // Whoever is refused is told nothing, and of whom the community refuses nobody is.
        let mut ines = coast.town.admin("ines").await;
        let refuse = |server: &str| [("pattern", coast.peer.domain(server)), ("stance", "refused".to_owned()), ("scope", "community".to_owned())];
        for server in ["passing", "open"] {
            let rule = refuse(server);
            let rule: Vec<(&str, &str)> = rule.iter().map(|(name, value)| (*name, value.as_str())).collect();
            ines.post("/boundaries", &rule).await.is(303);
            let by = if server == "passing" { nora.clone() } else { coast.peer.iri("elsewhere", "lars") };
            coast.signed(&by, Method::GET, &path("rita", id), "").await.is(404);
        }
    }

    async fn the_author_reads_who_came_for_a_post_and_did_not_get_it(coast) {
        let passing = coast.peer.domain("passing");
        let rule = [("pattern", passing.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "they copy")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        let post = coast.town.post(&mut coast.alice, "Not for copying", "public").await;
        let followers = coast.town.post(&mut coast.alice, "For followers", "private").await;
        coast.is_idle().await;
        let [nora, lars] = [("passing", "nora"), ("elsewhere", "lars")].map(|(server, name)| coast.peer.iri(server, name));
        for (by, id) in [(&nora, post.id), (&nora, post.id), (&lars, followers.id)] {
            coast.signed(by, Method::GET, &format!("/users/alice/statuses/{id}"), "").await.is(404);
        }
        let ledger = format!("/statuses/{}/reach", post.id);
        let mut looks = 0;
        while !coast.alice.get(&ledger).await.is(200).words().contains("passing.localhost") {
            looks += 1;
            assert!(looks < 500, "that a server came in vain is not in the ledger");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        coast.alice.get(&ledger).await.is(200).shows("they copy");
        let of_private = format!("/statuses/{}/reach", followers.id);
        coast.alice.get(&of_private).await.is(200).hides("elsewhere.localhost");
    }

    async fn l04_a_post_deleted_before_it_left_leaves_no_trace_elsewhere(coast) {
        coast.stop.send(true).unwrap();
        let post = coast.town.post(&mut coast.alice, "Soon regretted", "public").await;
        coast.alice.post(&format!("/statuses/{}/delete", post.id), &[]).await.is(303);
        coast.stop = works(&coast.town);
        coast.is_idle().await;
        for server in ["open", "kept"] {
            assert!(coast.got(server, "Create").is_empty() && coast.got(server, "Delete").is_empty());
        }
    }

    async fn the_author_reads_where_a_post_went_and_why_not_further_and_nobody_else_does(coast) {
        coast.alice_refuses_kept().await;
        let post = coast.town.post(&mut coast.alice, "See you at the quay", "public").await;
        coast.is_idle().await;
        let ledger = format!("/statuses/{}/reach", post.id);
        let page = coast.alice.get(&post.path).await.is(200);
        page.shows("Sent to one other server. Kept from one. Where it went");
        let page = coast.alice.get(&ledger).await.is(200);
        page.shows("See you at the quay").shows("On other servers").shows("open.localhost").shows("Sent there.")
            .shows("Not sent").shows("kept.localhost").shows("You refuse kept.localhost")
            .shows("they sell what they read").shows("Held here").shows("Cannot be held");
        coast.bob.get(&ledger).await.is(404).hides("open.localhost");
        coast.bob.get(&post.path).await.is(200).hides("Where it went");
        let mut ines = coast.town.admin("ines").await;
        ines.get(&ledger).await.is(404).hides("open.localhost");
        coast.town.anonymous().get(&ledger).await.is(303).hides("open.localhost");
        coast.town.anonymous().get(&post.path).await.is(200).hides("Where it went");
    }

    async fn l59_the_author_reads_what_stopped_a_post_that_was_on_its_way(coast) {
        let kept = coast.peer.domain("kept");
        let text = format!("@one@{kept} @two@{kept} between us");
        let held = coast.peer.hold().await;
        let post = coast.town.post(&mut coast.alice, &text, "direct").await;
        while coast.peer.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The first is on its way, the second was cleared with it and has not left.
        let ledger = format!("/statuses/{}/reach", post.id);
        coast.alice.get(&ledger).await.is(200).hides("You refuse");
        coast.alice_refuses_kept().await;
        drop(held);
        coast.is_idle().await;
        assert_eq!(coast.got("kept", "Create").len(), 1);
        let page = coast.alice.get(&ledger).await.is(200);
        page.shows("Sent there.").shows("Not sent").shows("You refuse kept.localhost").shows("they sell what they read");
    }

    async fn what_others_lay_down_meanwhile_is_not_in_the_ledger(coast) {
        let kept = coast.peer.domain("kept");
        // Bob keeps what alice answers; who he keeps it from is his to know.
        let first = coast.town.post(&mut coast.bob, "From bob", "public").await;
        coast.is_idle().await;
        let held = coast.peer.hold().await;
        let parent = first.id.to_string();
        let text = format!("@one@{kept} @two@{kept} see this");
        let answer = [("text", text.as_str()), ("visibility", "direct"), ("in_reply_to", parent.as_str())];
        let answer = coast.alice.post("/compose", &answer).await.is(303).leads_to().unwrap();
        while coast.peer.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "mine"), ("reason", "between them and me")];
        coast.bob.post("/boundaries", &rule).await.leads("/boundaries");
        drop(held);
        coast.is_idle().await;
        assert_eq!(coast.got("kept", "Create").iter().filter(|create| create.to_string().contains("see this")).count(), 1);
        let id = answer.rsplit('/').next().unwrap().split('#').next().unwrap();
        let page = coast.alice.get(&format!("/statuses/{id}/reach")).await.is(200);
        page.hides("between them and me").hides("refuses kept").hides("Not sent");
    }

    async fn what_a_moderator_wrote_for_moderators_is_not_read_in_the_ledger(coast) {
        let here = coast.town.community();
        let mut warden = coast.town.member_of(&here, "warden", Role::Moderator).await;
        let kept = coast.peer.domain("kept");
        let new = comity::rules::NewRule {
            reason_public: Some("scrapers".to_owned()),
            reason_moderators: Some("seen by night".to_owned()),
            ..comity::rules::NewRule::about(
                comity::rules::of_community(&here),
                comity::rules::parse_pattern(&kept).unwrap(),
                comity_policy::Stance::Refused,
                comity::rules::Source::CommandLine,
            )
        };
        comity::rules::set(&coast.town.app, new).await.unwrap();
        warden.get("/boundaries").await.is(200).shows("seen by night");
        let post = coast.town.post(&mut coast.alice, "See you at the quay", "public").await;
        coast.is_idle().await;
        let page = coast.alice.get(&format!("/statuses/{}/reach", post.id)).await.is(200);
        page.shows("Harbour refuses kept.localhost").shows("scrapers").hides("seen by night");
    }

    async fn l59_a_block_stops_what_was_made_ready_for_a_slow_server(coast) {
        let slow = coast.peer.domain("slow");
        let text = format!("@one@{slow} @two@{slow} between us");
        let held = coast.peer.hold().await;
        coast.town.post(&mut coast.alice, &text, "direct").await;
        while coast.peer.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The first is on its way. The second comes after it, and was made ready with it.
        let two = Iri::parse(&coast.peer.iri("slow", "two")).unwrap();
        let two = accounts::find_by_iri(&coast.town.app, &two).await.unwrap().unwrap();
        coast.alice.does(&format!("/accounts/{}/block", two.id)).await;
        drop(held);
        coast.is_idle().await;
        assert_eq!(coast.got("slow", "Create").len(), 1);
    }

    async fn l35_visitors_are_sent_to_where_a_post_from_elsewhere_was_written(coast) {
        let rita = coast.peer.iri("open", "rita");
        let note = crate::peer::create(&rita, "1", "written elsewhere", None, Some(coast.alice.account.iri.as_str()));
        coast.signed(&rita, Method::POST, "/inbox", &note.to_string()).await.is(202);
        coast.is_idle().await;
        let profile = format!("/@rita@{}", coast.peer.domain("open"));
        let page = coast.town.anonymous().get(&profile).await.is(200).hides("written elsewhere");
        let page = page.shows("shows what people elsewhere write to its members only").shows("Read it where it was written");
        assert!(page.body.contains("name=\"robots\" content=\"noindex\""), "{}", page.body);
        coast.alice.get(&profile).await.is(200).shows("written elsewhere");
    }

    async fn l22_where_a_page_of_an_outbox_ends_tells_nothing_of_what_is_hidden(coast) {
        for at in 0..25 {
            coast.town.post(&mut coast.alice, &format!("number {at}"), "public").await;
            coast.town.post(&mut coast.alice, "@bob a secret", "direct").await;
        }
        let nora = coast.peer.iri("passing", "nora");
        let first = coast.signed(&nora, Method::GET, "/users/alice/outbox?page=true", "").await.is(200).json();
        assert_eq!(first["orderedItems"].as_array().or(first["items"].as_array()).unwrap().len(), 20);
        let next = first["next"].as_str().unwrap().to_owned();
        assert!(first.to_string().contains(next.rsplit('=').next().unwrap()), "the cursor is a post they saw");
        let path = next.split_once(".localhost").unwrap().1.to_owned();
        let second = coast.signed(&nora, Method::GET, &path, "").await.is(200).json();
        assert_eq!(second["orderedItems"].as_array().or(second["items"].as_array()).unwrap().len(), 5);
        assert!(second["next"].is_null());
    }
}
