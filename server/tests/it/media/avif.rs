//! AVIF: what shows through it, as a file of a post and as an emoji, from here and from elsewhere.

use serde_json::json;

use super::files::{avif, avif_half_clear, jpeg};
use super::{Sender, path};
use crate::clients::App;
use crate::emojis::{PAGE, offered, opens, tag, upload};
use crate::town::Answer;
use crate::town_test;

/// It is red on the left, and nothing on the right.
fn is_half_clear(answer: &Answer) {
    assert_eq!(answer.headers["content-type"], "image/png");
    let pixels = image::load_from_memory(&answer.bytes).unwrap().into_rgba8();
    assert_eq!(pixels.dimensions(), (24, 16));
    let (left, right) = (pixels.get_pixel(3, 8).0, pixels.get_pixel(20, 8).0);
    assert!(left[0] > 230 && left[2] < 30 && left[3] == 255, "{left:?}");
    assert!(right[3] < 10, "{right:?}");
}

/// The same file, which says that it moves.
fn moving(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[8..12].copy_from_slice(b"avis");
    bytes
}

town_test! {
    async fn what_shows_through_an_avif_shows_through_what_is_made_of_it(town) {
        let mut alice = Sender::new(&town, "alice").await;
        let told = alice.send(&avif_half_clear(), &[]).await.is(200).json();
        assert_eq!(told["meta"]["original"]["size"], "24x16");
        is_half_clear(&town.anonymous().get(&path(&told["url"])).await.is(200));
    }

    async fn an_avif_is_an_emoji(town) {
        let mut marta = town.admin("marta").await;
        upload(&mut marta, "wave", "", &avif_half_clear()).await.leads(PAGE);
        // Of one that moves, the picture that stands for it.
        upload(&mut marta, "tide", "", &moving(avif())).await.leads(PAGE);
        let all = offered(&mut town.anonymous()).await;
        let of = |code: &str| all.iter().find(|emoji| emoji["shortcode"] == code).unwrap();
        is_half_clear(&opens(&town, &of("wave")["url"]).await.is(200));
        opens(&town, &of("tide")["static_url"]).await.is(200);
        upload(&mut marta, "torn", "", &avif_half_clear()[..460]).await.is(422).shows("damaged");
    }
}

coast_test! {
    async fn an_avif_is_an_emoji_from_elsewhere_and_nothing_else(coast) {
        let blob = coast.has_picture("blob.avif", &avif_half_clear());
        let post = coast.rita_uses("1", "Look :blob:", &[tag("blob", &blob)]).await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        is_half_clear(&opens(&coast.town, &told["emojis"][0]["url"]).await.is(200));
        // A picture of a post from there is not unpacked by ffmpeg, unlike one of another kind.
        for (number, bytes, status) in [("2", avif(), 404), ("3", jpeg(48, 32), 200)] {
            let rita = coast.peer.iri("open", "rita");
            let picture = coast.has_picture(&format!("{number}.avif"), &bytes);
            let alice = coast.alice.account.iri.to_string();
            let mut said = crate::peer::create(&rita, number, "Low water", None, Some(&alice));
            said["object"]["attachment"] = json!([{ "type": "Document", "mediaType": "image/avif", "url": picture }]);
            coast.brings(&said).await;
            let post = coast.id_of(&format!("{rita}/statuses/{number}")).await.unwrap();
            let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
            opens(&coast.town, &told["media_attachments"][0]["url"]).await.is(status);
        }
    }
}
