//! People elsewhere as they are shown: their pictures, which are copies of ours, so that their servers do not learn who reads
//! here, and whom they became.

use http::Method;
use serde_json::{Value, json};

use crate::clients::App;
use crate::coast::Coast;
use crate::media::files::{gif, png};
use crate::town::Answer;

/// Rita has these pictures from now on.
async fn has(coast: &Coast, number: u8, avatar: &str, header: &str) {
    let iri = coast.peer.iri("open", "rita");
    let mut person = coast.peer.person("open", "rita");
    let picture = |url: &str| json!({ "type": "Image", "mediaType": "image/png", "url": url });
    (person["icon"], person["image"]) = (picture(avatar), picture(header));
    let update = json!({
        "id": format!("{iri}#face-{number}"), "type": "Update", "actor": iri, "object": person, "to": [comity_vocab::PUBLIC],
    });
    coast.brings(&update).await;
}

async fn opens(coast: &Coast, address: &Value) -> Answer {
    let address = address.as_str().unwrap();
    let origin = coast.town.community().origin.clone();
    let path = address.strip_prefix(&origin).unwrap();
    let mut visitor = coast.town.anonymous();
    visitor.send(Method::GET, path, &[], "").await
}

/// Somebody else on rita's server has this picture, and asks to follow alice.
async fn asks(coast: &Coast, name: &str, face: &str) {
    let mut person = coast.peer.person("open", name);
    person["icon"] = json!({ "type": "Image", "mediaType": "image/png", "url": face });
    coast.peer.serves(&person);
    coast.follows("open", name, &coast.alice).await;
    coast.is_idle().await;
}

/// Where a list of accounts says that the picture of this one is.
fn face_of(list: &Value, name: &str) -> String {
    let mut people = list.as_array().unwrap().iter();
    let person = people.find(|person| person["username"] == name).unwrap();
    let faces = [&person["avatar"], &person["avatar_static"]].map(|face| face.as_str().unwrap());
    assert_eq!(
        faces[0].contains("no-avatar"),
        faces[1].contains("no-avatar")
    );
    faces[0].to_owned()
}

fn size(answer: &Answer) -> (u32, u32) {
    let picture = image::load_from_memory(&answer.bytes).unwrap();
    (picture.width(), picture.height())
}

coast_test! {
    async fn l45_pictures_of_people_elsewhere_come_from_here(coast) {
        let face = coast.has_picture("face.gif", &gif(300, 300, 3));
        let wide = coast.has_picture("wide.png", &png(1800, 900));
        has(&coast, 1, &face, &wide).await;
        let rita = format!("rita@{}", coast.peer.domain("open"));
        let lookup = format!("/api/v1/accounts/lookup?acct={rita}");
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&lookup).await.is(200).json();
        assert!(!coast.peer.was_asked_for(&face) && !coast.peer.was_asked_for(&wide), "nobody looked yet");
        let moving = opens(&coast, &told["avatar"]).await.is(200);
        assert_eq!(moving.headers["content-type"], "image/gif");
        let still = opens(&coast, &told["avatar_static"]).await.is(200);
        assert_eq!(still.headers["content-type"], "image/png");
        assert_eq!(size(&opens(&coast, &told["header"]).await.is(200)), (1_500, 500));
        opens(&coast, &told["header_static"]).await.is(200);
        // Kept: their server is asked once. And only by addresses that were made here.
        coast.peer.withdraws(&face);
        opens(&coast, &told["avatar"]).await.is(200);
        let address = told["avatar"].as_str().unwrap();
        let bare = address.split('?').next().unwrap();
        opens(&coast, &json!(bare)).await.is(404);
        opens(&coast, &json!(address.replace("sig=", "sig=A"))).await.is(404);
        let page = coast.alice.get(&format!("/@{rita}")).await.is(200);
        assert!(page.body.contains("src=\"/media/remote/portraits/"), "{}", page.body);
        assert!(!page.body.contains("face.gif") && !page.body.contains("wide.png"), "{}", page.body);
        // Another picture is another copy.
        let other = coast.has_picture("other.png", &png(500, 700));
        has(&coast, 2, &other, &wide).await;
        let now = app.get(&lookup).await.is(200).json();
        assert_ne!(now["avatar"], told["avatar"]);
        assert_eq!(now["header"], told["header"]);
        let answer = opens(&coast, &now["avatar"]).await.is(200);
        assert_eq!(size(&answer), (240, 240));
    }

    async fn l45_no_picture_is_shown_where_a_rule_drops_them(coast) {
        let face = coast.has_picture("face.png", &png(300, 300));
        has(&coast, 1, &face, &face).await;
        let open = coast.peer.domain("open");
        let lookup = format!("/api/v1/accounts/lookup?acct=rita@{open}");
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let before = app.get(&lookup).await.is(200).json();
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        let after = app.get(&lookup).await.is(200).json();
        assert!(after["avatar"].as_str().unwrap().ends_with("/avatars/original/missing.png"), "{after}");
        assert!(after["header_static"].as_str().unwrap().ends_with("/headers/original/missing.png"), "{after}");
        opens(&coast, &before["avatar"]).await.is(404);
        opens(&coast, &before["header"]).await.is(404);
        let page = coast.alice.get(&format!("/@rita@{open}")).await.is(200);
        assert!(!page.body.contains("/media/remote/portraits/"), "{}", page.body);
        assert!(!coast.peer.was_asked_for(&face), "nothing is asked for that nobody may have");
        // Her own rule: Bob sees it.
        let page = coast.bob.get(&format!("/@rita@{open}")).await.is(200);
        assert!(page.body.contains("/media/remote/portraits/"), "{}", page.body);
    }

    async fn l45_who_asks_to_follow_does_not_learn_when_they_were_looked_at(coast) {
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &json!({ "locked": true })).await.is(200);
        let minas = coast.has_picture("mina.png", &png(300, 300));
        let nells = coast.has_picture("nell.png", &png(300, 300));
        asks(&coast, "mina", &minas).await;
        asks(&coast, "nell", &nells).await;
        let none = format!("{}/avatars/original/missing.png", coast.town.community().origin);
        let requests = app.get("/api/v1/follow_requests").await.is(200).json();
        let told = app.get("/api/v1/notifications?types[]=follow_request").await.is(200).json();
        let told: Value = told.as_array().unwrap().iter().map(|one| one["account"].clone()).collect();
        let grouped = app.get("/api/v2/notifications?types[]=follow_request").await.is(200).json();
        for name in ["mina", "nell"] {
            for list in [&requests, &told, &grouped["accounts"]] {
                assert_eq!(face_of(list, name), none, "{name}");
            }
        }
        for page in ["/notifications", "/contacts"] {
            let page = coast.alice.get(page).await.is(200).shows("mina");
            assert!(!page.body.contains("/media/remote/portraits/"), "{}", page.body);
        }
        assert!(!coast.peer.was_asked_for(&minas) && !coast.peer.was_asked_for(&nells));
        // Somebody looked at the profile of one: there is a copy.
        let lookup = format!("/api/v1/accounts/lookup?acct=nell@{}", coast.peer.domain("open"));
        let nell = app.get(&lookup).await.is(200).json();
        opens(&coast, &nell["avatar"]).await.is(200);
        // The other is followed by somebody here.
        let iri = comity_vocab::Iri::parse(&coast.peer.iri("open", "mina")).unwrap();
        let mina = comity::accounts::find_by_iri(&coast.town.app, &iri).await.unwrap().unwrap().id;
        let requests = app.get("/api/v1/follow_requests").await.is(200).json();
        assert_eq!(json!(face_of(&requests, "nell")), nell["avatar"]);
        assert_eq!(face_of(&requests, "mina"), none);
        coast.bob.does(&format!("/accounts/{mina}/follow")).await;
        coast.is_idle().await;
        let follow = coast.peer.newest(&coast.peer.domain("open"), "Follow").unwrap();
        coast.brings(&json!({ "id": format!("{iri}#accepts"), "type": "Accept", "actor": iri.as_str(), "object": follow["id"] })).await;
        let requests = app.get("/api/v1/follow_requests").await.is(200).json();
        assert!(face_of(&requests, "mina").contains("/media/remote/portraits/"), "{requests}");
    }

    async fn who_moved_is_shown_with_whom_they_became(coast) {
        let iri = coast.peer.iri("open", "rita");
        let mut person = coast.peer.person("open", "rita");
        person["movedTo"] = json!(coast.peer.iri("kept", "lena"));
        let update = json!({
            "id": format!("{iri}#moved"), "type": "Update", "actor": iri, "object": person, "to": [comity_vocab::PUBLIC],
        });
        coast.brings(&update).await;
        let (open, kept) = (coast.peer.domain("open"), coast.peer.domain("kept"));
        let (rita, lena) = (format!("rita@{open}"), format!("lena@{kept}"));
        let lookup = format!("/api/v1/accounts/lookup?acct={rita}");
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&lookup).await.is(200).json();
        assert_eq!(told["moved"]["acct"], json!(lena));
        let by_number = app.get(&format!("/api/v1/accounts?id[]={}", told["id"].as_str().unwrap())).await.is(200).json();
        assert_eq!(by_number[0]["moved"]["id"], told["moved"]["id"]);
        assert_eq!(told["moved"].get("moved"), None);
        let moved = "Moved to <a href=\"/@lena@";
        let page = coast.alice.get(&format!("/@{rita}")).await.is(200);
        assert!(page.body.contains(moved), "{}", page.body);
        // Whoever is not for the reader is not named.
        let mut marta = coast.town.admin("marta").await;
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        let told = app.get(&lookup).await.is(200).json();
        assert_eq!(told.get("moved"), None, "{told}");
        let page = coast.alice.get(&format!("/@{rita}")).await.is(200);
        assert!(!page.body.contains(moved), "{}", page.body);
    }
}
