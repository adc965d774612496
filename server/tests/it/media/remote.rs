//! Pictures that came with posts from elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comity_db::testing::Engine;
use comity_policy::Party;
use http::Method;
use serde_json::{Value, json};

use super::files::{jpeg, photo_with_notes, png};
use super::shelf::Shelf;
use super::{files_for, walk};
use crate::coast::Coast;
use crate::peer;

impl Coast {
    /// Rita posts a picture; the number of the post, and where the picture is.
    pub(super) async fn rita_shows(&self, number: &str, bytes: &[u8]) -> (i64, String) {
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let picture = format!("{rita}/{number}.jpg");
        self.peer
            .serves(&json!({ "id": picture, "bytes": STANDARD.encode(bytes) }));
        let mut said = peer::create(&rita, number, "Low water", None, Some(&alice));
        said["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "image/png", "url": picture, "name": "A gull" }]);
        self.brings(&said).await;
        let id = self.id_of(&format!("{rita}/statuses/{number}")).await;
        (id.unwrap(), picture)
    }

    pub(super) async fn alices_file(&self, status: i64) -> Value {
        let alice = Party::Member(self.alice.account.person());
        files_for(&self.town, &alice, status).await.remove(0)
    }

    pub(super) fn path(&self, address: &Value) -> String {
        let origin = self.town.community().origin.clone();
        let path = address.as_str().unwrap().strip_prefix(&origin);
        path.unwrap().to_owned()
    }

    pub(super) async fn opens(&self, address: &Value) -> crate::town::Answer {
        self.town
            .anonymous()
            .send(Method::GET, &self.path(address), &[], "")
            .await
    }
}

coast_test! {
    async fn a_picture_from_elsewhere_is_had_from_here(coast) {
        let (post, picture) = coast.rita_shows("1", &photo_with_notes(60, 40)).await;
        let file = coast.alices_file(post).await;
        assert_eq!((&file["type"], &file["description"]), (&"image".into(), &"A gull".into()));
        assert_eq!(file["remote_url"], picture.as_str());
        assert!(!coast.peer.was_asked_for(&picture), "nobody looked yet");
        let answer = coast.opens(&file["url"]).await.is(200);
        assert_eq!(answer.headers["content-type"], "image/jpeg");
        assert!(!answer.body.contains("GPS-52.37N") && !answer.body.contains("<script>"));
        coast.opens(&file["preview_url"]).await.is(200);
        // Kept: their server is asked once.
        coast.peer.withdraws(&picture);
        coast.opens(&file["url"]).await.is(200);
        // Only by addresses that were made here, for as long as they last.
        let bare = file["url"].as_str().unwrap().split('?').next().unwrap().to_owned();
        coast.opens(&bare.into()).await.is(404);
        let other = file["url"].as_str().unwrap().replace("/0/", "/1/");
        coast.opens(&other.into()).await.is(404);
        // Apps keep their timelines for days.
        coast.town.wait_s(6 * 86_400);
        coast.opens(&file["url"]).await.is(200);
        coast.town.wait_s(9 * 86_400);
        coast.opens(&file["url"]).await.is(404);
    }

    async fn a_copy_without_its_small_picture_is_had_anew(coast) {
        let (post, _) = coast.rita_shows("1", &jpeg(1_200, 900)).await;
        let file = coast.alices_file(post).await;
        coast.opens(&file["preview_url"]).await.is(200);
        let stored = walk(&coast.town.app.config.data_dir.join("media"));
        let small: Vec<_> = stored.iter().filter(|path| path.extension().is_some_and(|word| word == "small")).collect();
        assert_eq!(small.len(), 1);
        std::fs::remove_file(small[0]).unwrap();
        coast.opens(&file["preview_url"]).await.is(200);
        assert!(small[0].exists());
    }

    async fn a_film_from_elsewhere_shows_the_picture_that_was_chosen_for_it(coast) {
        let rita = coast.peer.iri("open", "rita");
        let alice = coast.alice.account.iri.to_string();
        let (film, picture) = (format!("{rita}/1.mp4"), format!("{rita}/1.png"));
        coast.peer.serves(&json!({ "id": picture, "bytes": STANDARD.encode(png(60, 40)) }));
        let mut said = peer::create(&rita, "1", "High water", None, Some(&alice));
        let icon = json!({ "type": "Image", "mediaType": "image/png", "url": picture });
        said["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "video/mp4", "url": film, "icon": icon }]);
        coast.brings(&said).await;
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let file = coast.alices_file(post).await;
        assert_eq!((&file["type"], &file["remote_url"]), (&"video".into(), &film.as_str().into()));
        assert_eq!(file["preview_remote_url"], picture.as_str());
        assert!(!coast.peer.was_asked_for(&picture), "nobody looked yet");
        let answer = coast.opens(&file["preview_url"]).await.is(200);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("image/"));
        assert!(!coast.peer.was_asked_for(&film), "nobody played it");
    }

    async fn what_is_no_picture_is_not_had_at_all(coast) {
        for (number, bytes) in [("1", &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..]), ("2", b"<html>"), ("3", &png(300, 300)[..500])] {
            let (post, _) = coast.rita_shows(number, bytes).await;
            let file = coast.alices_file(post).await;
            coast.opens(&file["url"]).await.is(404);
            coast.opens(&file["preview_url"]).await.is(404);
        }
    }

    async fn a_rule_that_drops_files_drops_those_addresses_too(coast) {
        let (post, picture) = coast.rita_shows("1", &png(30, 30)).await;
        let file = coast.alices_file(post).await;
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        coast.opens(&file["url"]).await.is(404);
        assert!(!coast.peer.was_asked_for(&picture), "nothing is asked for that nobody may have");
        let alice = Party::Member(coast.alice.account.person());
        assert!(files_for(&coast.town, &alice, post).await.is_empty());
        // It is hers alone.
        let bob = Party::Member(coast.bob.account.person());
        let his = files_for(&coast.town, &bob, post).await.remove(0);
        coast.opens(&his["url"]).await.is(200);
    }
}

mod a_copy_in_a_bucket_costs_one_request {
    use super::*;

    async fn test(engine: Engine) {
        let (shelf, settings) = Shelf::start().await;
        let coast = Box::pin(Coast::with(engine, &settings)).await;
        let (post, picture) = coast.rita_shows("1", &jpeg(1_200, 900)).await;
        let file = coast.alices_file(post).await;
        let whole = coast.opens(&file["url"]).await.is(200);
        shelf.asked();
        for address in [&file["url"], &file["preview_url"]] {
            coast.opens(address).await.is(200);
            assert_eq!(shelf.asked(), [Method::GET], "{address}");
        }
        // Whoever has it already is told so without its bytes.
        let tag = whole.headers["etag"].to_str().unwrap().to_owned();
        let path = coast.path(&file["url"]);
        let mut visitor = coast.town.anonymous();
        let known = [("if-none-match", tag.as_str())];
        visitor.send(Method::GET, &path, &known, "").await.is(304);
        assert_eq!(shelf.asked(), [Method::HEAD]);
        let part = [("range", "bytes=1-4")];
        let part = visitor.send(Method::GET, &path, &part, "").await.is(206);
        assert_eq!(part.bytes[..], whole.bytes[1..5]);
        // What was lost is had anew, as long as it is there.
        assert_eq!(shelf.loses(".small"), 1);
        coast.opens(&file["preview_url"]).await.is(200);
        assert_eq!(shelf.loses(".original"), 1);
        coast.peer.withdraws(&picture);
        coast.opens(&file["url"]).await.is(404);
    }

    #[tokio::test]
    async fn on_sqlite() {
        Box::pin(test(Engine::Sqlite)).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        Box::pin(test(Engine::Postgres)).await;
    }
}
