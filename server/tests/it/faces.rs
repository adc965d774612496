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
