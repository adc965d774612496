//! Custom emoji: of a community, and those that come with what others write.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use crate::clients::{App, id};
use crate::coast::Coast;
use crate::media::files::{gif, jpeg, part, photo_with_notes, png, png_that_says, webp};
use crate::peer;
use crate::town::{Answer, Browser, Member, Town};
use crate::town_test;

pub const PAGE: &str = "/moderation/emojis";

/// Sends the form for a new one as a browser does.
pub async fn upload(member: &mut Member, code: &str, category: &str, bytes: &[u8]) -> Answer {
    let csrf = member.get("/compose").await.is(200).hidden("csrf").unwrap();
    let mut body = part("csrf", None, csrf.as_bytes());
    body.extend(part("shortcode", None, code.as_bytes()));
    body.extend(part("category", None, category.as_bytes()));
    body.extend(part("file", Some("cat.png"), bytes));
    body.extend(b"--form--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=form")];
    member.send_bytes(Method::POST, PAGE, &kind, body).await
}

pub async fn offered(browser: &mut Browser) -> Vec<Value> {
    let all = browser.get("/api/v1/custom_emojis").await.is(200).json();
    all.as_array().unwrap().clone()
}

fn path_of(town: &Town, address: &Value) -> String {
    let address = address.as_str().unwrap();
    let origin = town.community().origin.clone();
    address.strip_prefix(&origin).unwrap().to_owned()
}

pub async fn opens(town: &Town, address: &Value) -> Answer {
    let path = path_of(town, address);
    town.anonymous().send(Method::GET, &path, &[], "").await
}

/// The number of the only emoji there is.
async fn number_of(town: &Town, code: &str) -> i64 {
    let all = comity::emojis::list(&town.app, &town.community())
        .await
        .unwrap();
    all.iter().find(|emoji| emoji.shortcode == code).unwrap().id
}

town_test! {
    async fn moderators_look_after_the_emoji_of_their_community(town) {
        let (mut marta, mut bob) = (town.admin("marta").await, town.member("bob").await);
        bob.get(PAGE).await.is(404);
        upload(&mut bob, "wave", "", &png(40, 30)).await.is(404);
        upload(&mut marta, ":Wave:", "Sea", &png(40, 30)).await.leads(PAGE);
        upload(&mut marta, "wave", "", &webp(400, 40)).await.leads(PAGE);
        marta.get(PAGE).await.is(200).shows(":Wave:").shows(":wave:");
        let all = offered(&mut town.anonymous()).await;
        assert_eq!(all.len(), 2, "case counts: {all:?}");
        assert_eq!((&all[0]["shortcode"], &all[0]["category"]), (&json!("Wave"), &json!("Sea")));
        assert_eq!((&all[1]["category"], &all[1]["visible_in_picker"]), (&Value::Null, &json!(true)));
        assert_eq!(all[0]["url"], all[0]["static_url"]);
        let answer = opens(&town, &all[0]["url"]).await.is(200);
        assert_eq!(answer.headers["content-type"], "image/png");
        let picture = image::load_from_memory(&opens(&town, &all[1]["url"]).await.bytes).unwrap();
        assert!(picture.width() * picture.height() <= 128 * 128 + 512 && picture.width() > 300);
        // Hidden, switched off, removed.
        let number = number_of(&town, "Wave").await;
        let one = format!("{PAGE}/{number}");
        bob.post(&one, &[("on", "on")]).await.is(404);
        marta.post(&one, &[("category", "Tide"), ("on", "on")]).await.leads(PAGE);
        assert_eq!(offered(&mut town.anonymous()).await.len(), 1);
        let mut app = App::let_in(&town, &mut bob).await;
        let post = app.write(json!({ "status": "Hello :Wave: :wave: :other:" })).await;
        let codes: Vec<&Value> = post["emojis"].as_array().unwrap().iter().map(|emoji| &emoji["shortcode"]).collect();
        assert_eq!(codes, ["Wave", "wave"]);
        assert_eq!((&post["emojis"][0]["visible_in_picker"], &post["emojis"][0]["category"]), (&json!(false), &json!("Tide")));
        marta.post(&one, &[("listed", "on")]).await.leads(PAGE);
        let post = app.get(&format!("/api/v1/statuses/{}", id(&post))).await.is(200).json();
        assert_eq!(post["emojis"].as_array().unwrap().len(), 1);
        let picture = all[0]["url"].clone();
        bob.post(&format!("{one}/delete"), &[]).await.is(404);
        marta.post(&format!("{one}/delete"), &[]).await.leads(PAGE);
        marta.post(&format!("{one}/delete"), &[]).await.is(404);
        opens(&town, &picture).await.is(404);
        marta.get(PAGE).await.is(200).hides(":Wave:");
    }

    async fn of_two_changes_that_two_nodes_take_at_once_neither_is_lost(town) {
        let mut marta = town.admin("marta").await;
        for code in ["wave", "tide"] {
            upload(&mut marta, code, "", &png(30, 30)).await.leads(PAGE);
        }
        let node = town.node().await;
        let (account, browser) = (marta.account.clone(), marta.browser.clone());
        let mut there = Member { account, browser: browser.at_node(&node) };
        let wave = format!("{PAGE}/{}", number_of(&town, "wave").await);
        let tide = format!("{PAGE}/{}", number_of(&town, "tide").await);
        let (hidden, shown) = ([("on", "on")], [("on", "on"), ("listed", "on")]);
        for (form, count) in [(&hidden[..], 0), (&shown[..], 2), (&hidden[..], 0)] {
            let (here, over_there) = tokio::join!(marta.post(&wave, form), there.post(&tide, form));
            here.leads(PAGE);
            over_there.leads(PAGE);
            for app in [&town.app, &node] {
                // As before anything is sent, and by itself each second.
                comity::rules::catch_up(app).await.unwrap();
                let mut visitor = town.anonymous().at_node(app);
                assert_eq!(offered(&mut visitor).await.len(), count);
            }
        }
    }

    async fn what_moves_goes_on_moving_and_stands_still_where_wanted(town) {
        let mut marta = town.admin("marta").await;
        upload(&mut marta, "fish", "", &gif(64, 48, 4)).await.leads(PAGE);
        let all = offered(&mut town.anonymous()).await;
        let answer = opens(&town, &all[0]["url"]).await.is(200);
        assert_eq!(answer.headers["content-type"], "image/gif");
        assert!(answer.bytes.starts_with(b"GIF89a"));
        let still = opens(&town, &all[0]["static_url"]).await.is(200);
        assert_eq!(still.headers["content-type"], "image/png");
        assert!(still.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    }

    async fn attack_24_a_file_that_is_no_small_picture_is_no_emoji(town) {
        let mut marta = town.admin("marta").await;
        let mut large = png(20, 20);
        large.resize(1024 * 1024 + 1, 0);
        let files = [
            ("a text that may run", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "SVG"),
            ("too many bytes", large, "1024 KiB"),
            ("a bomb", png_that_says(100_000, 100_000), "at most 1024"),
            ("too wide", png(1025, 2), "at most 1024"),
            ("nothing", png_that_says(0, 0), ""),
            ("cut off", png(300, 300)[..500].to_vec(), ""),
            ("sound", b"ID3\x03\0\0\0\0\0\0".to_vec(), "no picture"),
            ("AVIF", b"\0\0\0\x20ftypavif\0\0\0\0".to_vec(), "PNG"),
        ];
        for (what, bytes, said) in files {
            let page = upload(&mut marta, "wave", "", &bytes).await.is(422);
            assert!(page.words().contains(said), "{what}: {}", page.words());
        }
        for code in ["", "w", "über", "two words", "../etc", &"x".repeat(65)] {
            upload(&mut marta, code, "", &png(20, 20)).await.is(422);
        }
        upload(&mut marta, "wave", &"x".repeat(51), &png(20, 20)).await.is(422);
        assert_eq!(offered(&mut town.anonymous()).await, Vec::<Value>::new());
        // What cameras note is not handed on.
        upload(&mut marta, "wave", "", &photo_with_notes(60, 40)).await.leads(PAGE);
        upload(&mut marta, "wave", "", &jpeg(20, 20)).await.is(422).shows("taken");
        let all = offered(&mut town.anonymous()).await;
        let answer = opens(&town, &all[0]["url"]).await.is(200);
        assert!(!answer.body.contains("GPS-52.37N") && !answer.body.contains("<script>"));
    }

    async fn codes_are_pictures_in_apps_and_on_pages(town) {
        let (mut marta, mut bob) = (town.admin("marta").await, town.member("bob").await);
        for code in ["wave", "tide"] {
            upload(&mut marta, code, "", &png(30, 30)).await.leads(PAGE);
        }
        let mut app = App::let_in(&town, &mut bob).await;
        let name = json!({ "display_name": "Bob :wave:", "note": "At :tide:" });
        let me = app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &name).await.is(200).json();
        assert_eq!(me["emojis"].as_array().unwrap().len(), 2);
        let body = json!({
            "status": "Is it <b>:tide:</b>?", "spoiler_text": "About the :tide:",
            "poll": { "options": ["Yes :wave:", "No"], "expires_in": 3600 },
        });
        let post = app.write(body).await;
        assert_eq!(post["emojis"].as_array().unwrap().len(), 2);
        assert_eq!(post["poll"]["emojis"][0]["shortcode"], "wave");
        assert_eq!(post["poll"]["emojis"].as_array().unwrap().len(), 1);
        assert_eq!(post["account"]["emojis"][0]["url"], post["poll"]["emojis"][0]["url"]);
        assert!(post["content"].as_str().unwrap().contains(":tide:"), "apps put the pictures in themselves");
        let page = marta.get(&format!("/@bob/{}", id(&post))).await.is(200);
        let picture = |code: &str| format!("alt=\":{code}:\" title=\":{code}:\"");
        assert!(page.body.matches(&picture("tide")).count() >= 2, "{}", page.body);
        assert!(page.body.matches(&picture("wave")).count() >= 2, "{}", page.body);
        assert!(page.body.contains("&lt;b&gt;<img class=\"emoji\" src=\"/media/emojis/"), "{}", page.body);
        let profile = town.anonymous().get("/@bob").await.is(200);
        assert!(profile.body.contains("<h1 id=\"who\"><bdi>Bob <img class=\"emoji\""), "{}", profile.body);
        marta.post("/announcements", &[("text", "High :tide: today")]).await.leads("/announcements");
        let told = app.get("/api/v1/announcements").await.is(200).json();
        assert_eq!(told[0]["emojis"][0]["shortcode"], "tide");
        assert!(bob.get("/announcements").await.body.contains(&picture("tide")));
    }

    async fn emoji_of_one_community_are_not_those_of_another(town) {
        let mut marta = town.admin("marta").await;
        upload(&mut marta, "wave", "", &png(30, 30)).await.leads(PAGE);
        let island = town.found("island.example", "Island").await;
        let mut ines = town.member_of(&island, "ines", comity::members::Role::Admin).await;
        ines.get(PAGE).await.is(200).hides(":wave:");
        let number = number_of(&town, "wave").await;
        ines.post(&format!("{PAGE}/{number}"), &[("on", "on")]).await.is(404);
        ines.post(&format!("{PAGE}/{number}/delete"), &[]).await.is(404);
        assert_eq!(offered(&mut town.visitor_of(&island)).await, Vec::<Value>::new());
        assert_eq!(offered(&mut town.anonymous()).await.len(), 1);
        upload(&mut ines, "wave", "", &gif(30, 30, 2)).await.leads(PAGE);
        let theirs = offered(&mut town.visitor_of(&island)).await;
        assert!(theirs[0]["url"].as_str().unwrap().starts_with("https://island.example/media/emojis/"));
    }

    async fn l45_a_community_that_shows_visitors_nothing_shows_them_no_emoji(town) {
        let mut marta = town.admin("marta").await;
        upload(&mut marta, "wave", "", &png(30, 30)).await.leads(PAGE);
        let mut settings = comity::communities::Settings::of(&town.community());
        settings.mode = comity_policy::Mode::AllowList;
        comity::communities::change_settings(&town.app, town.community().id, settings).await.unwrap();
        assert_eq!(offered(&mut town.anonymous()).await, Vec::<Value>::new());
        let mut app = App::of(&town, "bob").await;
        let all = app.get("/api/v1/custom_emojis").await.is(200).json();
        assert_eq!(all[0]["shortcode"], "wave");
    }

    async fn an_operator_adds_emoji_from_files(town) {
        use comity::emojis::command::{EmojiCommand, command};
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wave.png");
        std::fs::write(&file, png(30, 30)).unwrap();
        let add = |file: &std::path::Path, code: Option<&str>| EmojiCommand::Add {
            file: file.to_owned(), code: code.map(str::to_owned), category: "Sea".to_owned(), community: None,
        };
        let said = command(&town.app, add(&file, None)).await.unwrap();
        assert_eq!(said, ":wave: is an emoji of harbour.example now");
        assert!(file.exists(), "it is copied");
        let no = command(&town.app, add(&file, None)).await.unwrap_err().to_string();
        assert!(no.contains("is taken"), "{no}");
        let no = command(&town.app, add(&folder.path().join("none.png"), None)).await.unwrap_err().to_string();
        assert!(no.contains("cannot be read"), "{no}");
        let all = command(&town.app, EmojiCommand::List { community: Some("harbour.example".to_owned()) }).await.unwrap();
        assert_eq!(all, ":wave:  Sea");
        let remove = |code: &str| EmojiCommand::Remove { code: code.to_owned(), community: None };
        let no = command(&town.app, remove("other")).await.unwrap_err().to_string();
        assert!(no.contains("comity emoji list"), "{no}");
        command(&town.app, remove(":wave:")).await.unwrap();
        assert_eq!(offered(&mut town.anonymous()).await, Vec::<Value>::new());
    }
}

pub fn tag(code: &str, url: &str) -> Value {
    json!({ "type": "Emoji", "name": format!(":{code}:"), "icon": { "type": "Image", "mediaType": "image/png", "url": url } })
}

/// Puts an emoji into a town.
pub async fn with_emoji(town: &Town, code: &str) {
    let folder = town.app.media.nursery.folder().await.unwrap();
    std::fs::write(folder.path().join("input"), png(30, 30)).unwrap();
    let here = town.community();
    comity::emojis::add(&town.app, &here, code, "", folder.path())
        .await
        .unwrap();
}

impl Coast {
    /// Rita posts these words with these tags; the number of the post.
    pub async fn rita_uses(&self, number: &str, words: &str, tags: &[Value]) -> i64 {
        let rita = self.peer.iri("open", "rita");
        let alice = self.alice.account.iri.to_string();
        let mut said = peer::create(&rita, number, words, None, Some(&alice));
        said["object"]["tag"]
            .as_array_mut()
            .unwrap()
            .extend_from_slice(tags);
        self.brings(&said).await;
        let id = self.id_of(&format!("{rita}/statuses/{number}")).await;
        id.unwrap()
    }

    /// Serves a picture at the server *open*; its address.
    pub fn has_picture(&self, name: &str, bytes: &[u8]) -> String {
        let picture = format!("{}/{name}", self.peer.iri("open", "rita"));
        self.peer
            .serves(&json!({ "id": picture, "bytes": STANDARD.encode(bytes) }));
        picture
    }
}

/// The first picture from elsewhere that stands for a code on a page, by its path.
fn picture_on(page: &Answer) -> String {
    let begins = "src=\"/media/remote/emojis/";
    let at = page.body.find(begins).expect("no picture") + "src=\"".len();
    let rest = &page.body[at..];
    rest[..rest.find('"').unwrap()].replace("&amp;", "&")
}

/// Somebody on the server *open* has `:star:` in their name, and the picture is there.
async fn is_a_star(coast: &Coast, name: &str, picture: &str) {
    let iri = coast.peer.iri("open", name);
    let mut person = coast.peer.person("open", name);
    person["name"] = json!("The :star:");
    person["tag"] = json!([tag("star", picture)]);
    let update = json!({
        "id": format!("{iri}#star"), "type": "Update", "actor": iri, "object": person, "to": [comity_vocab::PUBLIC],
    });
    coast.brings(&update).await;
}

coast_test! {
    async fn l45_a_copy_is_not_shown_where_the_server_that_it_is_from_is_refused(coast) {
        // Rita is on another server than the picture; a file that she posts leads there from hers.
        let picture = format!("{}/blob.png", coast.peer.iri("kept", "lena"));
        coast.peer.serves(&json!({ "id": picture, "bytes": STANDARD.encode(png(30, 30)) }));
        let rita = coast.peer.iri("open", "rita");
        let moved = format!("{rita}/moved.png");
        coast.peer.serves(&json!({ "id": moved, "leads_to": picture }));
        let post = coast.rita_uses("1", "Look :blob: :moved:", &[tag("blob", &picture), tag("moved", &moved)]).await;
        let alice = coast.alice.account.iri.to_string();
        let mut said = peer::create(&rita, "2", "Low water", None, Some(&alice));
        let file = |url: &str| json!({ "type": "Document", "mediaType": "image/png", "url": url });
        said["object"]["attachment"] = json!([file(&picture), file(&moved)]);
        coast.brings(&said).await;
        let with_files = coast.id_of(&format!("{rita}/statuses/2")).await.unwrap();
        let island = coast.town.found("island.localhost", "Island").await;
        let mut tom = coast.town.member_of(&island, "tom", comity::members::Role::Member).await;
        let page = format!("/@rita@{}/{post}", coast.peer.domain("open"));
        let toms = picture_on(&tom.get(&page).await.is(200));
        tom.get(&toms).await.is(200);
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        let files = app.get(&format!("/api/v1/statuses/{with_files}")).await.is(200).json();
        let addresses = [
            &told["emojis"][0]["url"], &told["emojis"][1]["url"],
            &files["media_attachments"][0]["url"], &files["media_attachments"][1]["url"],
        ];
        for address in addresses {
            opens(&coast.town, address).await.is(200);
        }
        let mut marta = coast.town.admin("marta").await;
        let kept = coast.peer.domain("kept");
        let rule = [("pattern", kept.as_str()), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        for address in addresses {
            opens(&coast.town, address).await.is(404);
        }
        // The copies are there, for those who do not refuse it.
        tom.get(&toms).await.is(200);
    }

    async fn a_post_full_of_emoji_has_those_that_stand_in_it(coast) {
        let picture = coast.has_picture("blob.png", &png(30, 30));
        let tags: Vec<Value> = (0..100).map(|n| tag(&format!("e{n}"), &picture)).collect();
        let rita = coast.peer.iri("open", "rita");
        let codes: Vec<String> = (0..32).map(|n| format!(":e{n}:")).collect();
        let mut said = peer::create(&rita, "1", &codes.join(" "), None, Some(coast.alice.account.iri.as_str()));
        said["object"]["tag"].as_array_mut().unwrap().extend(tags);
        said["object"]["type"] = json!("Question");
        let option = |n: usize| json!({ "type": "Note", "name": format!(":e{n}: {}", ":none: words ".repeat(100)) });
        said["object"]["oneOf"] = (32..64).map(option).collect();
        coast.brings(&said).await;
        let post = coast.id_of(&format!("{rita}/statuses/1")).await.unwrap();
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        let codes = |of: &Value| -> Vec<String> {
            let all = of["emojis"].as_array().unwrap().iter();
            all.map(|emoji| emoji["shortcode"].as_str().unwrap().to_owned()).collect()
        };
        let expected = |from: usize| -> Vec<String> { (from..64).map(|n| format!("e{n}")).collect() };
        assert_eq!(codes(&told), expected(0));
        assert_eq!(codes(&told["poll"]), expected(32));
        let page = coast.alice.get(&format!("/@rita@{}/{post}", coast.peer.domain("open"))).await.is(200);
        assert!(page.body.contains("alt=\":e0:\"") && page.body.contains("alt=\":e63:\"") && page.body.contains(":none:"));
    }

    async fn an_address_of_an_emoji_is_for_one_reader_and_ends(coast) {
        let picture = coast.has_picture("star.png", &png(30, 30));
        is_a_star(&coast, "rita", &picture).await;
        let post = coast.rita_uses("1", "Look :blob:", &[tag("blob", &picture)]).await;
        let page = format!("/@rita@{}/{post}", coast.peer.domain("open"));
        let named = "<bdi>The <img class=\"emoji\"";
        let (alices, bobs) = (coast.alice.get(&page).await.is(200), coast.bob.get(&page).await.is(200));
        assert!(alices.body.contains(named) && bobs.body.contains(named), "{}", alices.body);
        let (alices, bobs) = (picture_on(&alices), picture_on(&bobs));
        let by = |address: &str| address.split("by=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        assert_ne!(by(&alices), by(&bobs));
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        // Her own rule: neither in names, nor by an address from before.
        let after = coast.alice.get(&page).await.is(200);
        assert!(after.body.contains("<bdi>The :star:"), "{}", after.body);
        assert!(!after.body.contains("/media/remote/emojis/"), "{}", after.body);
        coast.alice.get(&alices).await.is(404);
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_eq!((&told["emojis"], &told["account"]["emojis"]), (&json!([]), &json!([])));
        assert!(!coast.peer.was_asked_for(&picture), "nothing is asked for that nobody may have");
        // It is hers alone, and nobody else's address is made from it.
        let forged = alices.replace(&format!("by={}", by(&alices)), &format!("by={}", by(&bobs)));
        coast.alice.get(&forged).await.is(404);
        coast.bob.get(&bobs).await.is(200);
        coast.town.wait_s(3 * 86_400);
        coast.bob.get(&bobs).await.is(404);
    }

    async fn who_is_asked_about_does_not_learn_that_somebody_looked(coast) {
        let open = coast.peer.domain("open");
        let rule = [("pattern", open.as_str()), ("stance", "ask"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        let nora = coast.peer.iri("open", "nora");
        let picture = coast.has_picture("star.png", &png(30, 30));
        let mut said = peer::create(&nora, "1", "May I :star:", None, Some(coast.alice.account.iri.as_str()));
        said["object"]["tag"].as_array_mut().unwrap().push(tag("star", &picture));
        coast.brings(&said).await;
        is_a_star(&coast, "nora", &picture).await;
        let page = coast.alice.get("/contacts").await.is(200).shows("May I :star:").shows("The :star:");
        assert!(!page.body.contains("/media/remote/emojis/"), "{}", page.body);
        // Bob asks nothing first.
        let page = coast.bob.get(&format!("/@nora@{open}")).await.is(200);
        assert!(page.body.contains("<bdi>The <img class=\"emoji\""), "{}", page.body);
    }

    async fn older_versions_have_the_emoji_that_stand_in_them(coast) {
        with_emoji(&coast.town, "wave").await;
        with_emoji(&coast.town, "tide").await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let post = app.write(json!({ "status": "Hello :wave:" })).await;
        let at = format!("/api/v1/statuses/{}", id(&post));
        coast.town.wait_s(60);
        app.send(Method::PUT, &at, &json!({ "status": "Hello :tide:" })).await.is(200);
        let all = app.get(&format!("{at}/history")).await.is(200).json();
        let codes: Vec<&Value> = all.as_array().unwrap().iter().map(|version| &version["emojis"][0]["shortcode"]).collect();
        assert_eq!(codes, ["wave", "tide"]);
        assert_eq!(all[0]["emojis"].as_array().unwrap().len(), 1);
    }

    async fn emoji_go_out_with_what_uses_them(coast) {
        with_emoji(&coast.town, "wave").await;
        with_emoji(&coast.town, "tide").await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let post = app.write(json!({ "status": "Hello :wave:", "poll": { "options": ["a :wave:", "b"], "expires_in": 3600 } })).await;
        coast.is_idle().await;
        let sent = coast.got("open", "Create").pop().unwrap()["object"].clone();
        let emojis = |object: &Value| -> Vec<Value> {
            let tags = object["tag"].as_array().unwrap().iter();
            tags.filter(|tag| tag["type"] == "Emoji").cloned().collect()
        };
        let told = emojis(&sent);
        assert_eq!(told.len(), 1, "{sent}");
        assert_eq!((&told[0]["name"], &told[0]["icon"]["mediaType"]), (&json!(":wave:"), &json!("image/png")));
        assert!(told[0]["updated"].is_string());
        opens(&coast.town, &told[0]["icon"]["url"]).await.is(200);
        // It answers at its name, for who signs.
        let at = path_of(&coast.town, &told[0]["id"]);
        let rita = coast.peer.iri("open", "rita");
        let answer = coast.signed(&rita, Method::GET, &at, "").await.is(200).json();
        assert_eq!((&answer["type"], &answer["name"]), (&json!("Emoji"), &json!(":wave:")));
        coast.town.anonymous().get_activity(&at).await.is(401);
        coast.signed(&rita, Method::GET, "/emojis/7", "").await.is(404);
        // An edit says what it uses now.
        app.send(Method::PUT, &format!("/api/v1/statuses/{}", id(&post)), &json!({ "status": "Hello :tide:" })).await.is(200);
        coast.is_idle().await;
        let told = emojis(&coast.got("open", "Update").pop().unwrap()["object"]);
        assert_eq!(told.iter().map(|tag| &tag["name"]).collect::<Vec<_>>(), [":tide:"]);
        let name = json!({ "display_name": "Alice :wave:" });
        app.send(Method::PATCH, "/api/v1/accounts/update_credentials", &name).await.is(200);
        coast.is_idle().await;
        let told = coast.got("open", "Update").pop().unwrap()["object"].clone();
        assert_eq!((&told["type"], &emojis(&told)[0]["name"]), (&json!("Person"), &json!(":wave:")));
    }

    async fn emoji_that_come_are_shown_from_here(coast) {
        let picture = coast.has_picture("blob.gif", &gif(30, 30, 3));
        let tags = [tag("blob-cat", &picture), tag("unused", &picture), tag("svg", "javascript:alert(1)")];
        let post = coast.rita_uses("1", "Look :blob-cat: :missing: :svg:", &tags).await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        let emojis = told["emojis"].as_array().unwrap();
        assert_eq!(emojis.len(), 1, "{emojis:?}");
        assert_eq!((&emojis[0]["shortcode"], &emojis[0]["visible_in_picker"]), (&json!("blob-cat"), &json!(false)));
        assert!(!coast.peer.was_asked_for(&picture), "nobody looked yet");
        let moving = opens(&coast.town, &emojis[0]["url"]).await.is(200);
        assert_eq!(moving.headers["content-type"], "image/gif");
        let still = opens(&coast.town, &emojis[0]["static_url"]).await.is(200);
        assert_eq!(still.headers["content-type"], "image/png");
        // Kept: their server is asked once. And only by addresses that were made here.
        coast.peer.withdraws(&picture);
        opens(&coast.town, &emojis[0]["url"]).await.is(200);
        let address = emojis[0]["url"].as_str().unwrap();
        let bare = address.split('?').next().unwrap();
        opens(&coast.town, &json!(bare)).await.is(404);
        opens(&coast.town, &json!(address.replace("sig=", "sig=A"))).await.is(404);
        let page = coast.alice.get(&format!("/@rita@{}/{post}", coast.peer.domain("open"))).await.is(200);
        assert!(page.body.contains("alt=\":blob-cat:\"") && page.body.contains(":missing:"), "{}", page.body);
        assert!(page.body.contains("<img class=\"emoji\" src=\"/media/remote/emojis/"), "{}", page.body);
        // An edit that brings another picture is none, for who reads.
        let other = coast.has_picture("other.png", &png(20, 20));
        let rita = coast.peer.iri("open", "rita");
        let mut edit = peer::create(&rita, "1", "Look :blob-cat: :missing: :svg:", None, Some(coast.alice.account.iri.as_str()));
        edit["type"] = json!("Update");
        edit["id"] = json!(format!("{rita}#edit"));
        edit["object"]["tag"].as_array_mut().unwrap().push(tag("blob-cat", &other));
        coast.brings(&edit).await;
        let again = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_ne!(again["emojis"][0]["url"], told["emojis"][0]["url"]);
        assert_eq!(again["edited_at"], Value::Null);
    }

    async fn a_name_from_elsewhere_has_its_emoji(coast) {
        let picture = coast.has_picture("star.png", &png(30, 30));
        let rita = coast.peer.iri("open", "rita");
        let mut person = coast.peer.person("open", "rita");
        person["name"] = json!("Rita :star:");
        person["summary"] = json!("<p>Sings :star: <img src=x onerror=alert(1)></p>");
        person["tag"] = json!([tag("star", &picture), tag("other", &picture)]);
        coast.peer.serves(&person);
        let update = json!({ "id": format!("{rita}#update"), "type": "Update", "actor": rita, "object": person, "to": [comity_vocab::PUBLIC] });
        coast.brings(&update).await;
        let post = coast.rita_uses("1", "Plain words", &[]).await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_eq!(told["emojis"], json!([]));
        assert_eq!(told["account"]["emojis"].as_array().unwrap().len(), 1);
        opens(&coast.town, &told["account"]["emojis"][0]["url"]).await.is(200);
        let page = coast.alice.get(&format!("/@rita@{}", coast.peer.domain("open"))).await.is(200);
        assert!(page.body.contains("<bdi>Rita <img class=\"emoji\""), "{}", page.body);
        assert!(!page.body.contains("onerror"));
    }

    async fn l45_emoji_of_a_refused_server_are_not_fetched(coast) {
        let picture = coast.has_picture("blob.png", &png(30, 30));
        let post = coast.rita_uses("1", "Look :blob:", &[tag("blob", &picture)]).await;
        let mut app = App::let_in(&coast.town, &mut coast.alice).await;
        let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        let mut marta = coast.town.admin("marta").await;
        let open = coast.peer.domain("open");
        // Without pictures: neither told of, nor had by who was told before.
        let rule = [("pattern", open.as_str()), ("stance", "open"), ("conditions", "media"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        opens(&coast.town, &told["emojis"][0]["url"]).await.is(404);
        let again = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
        assert_eq!(again["emojis"], json!([]));
        let rule = [("pattern", open.as_str()), ("stance", "refused"), ("scope", "community")];
        marta.post("/boundaries", &rule).await.is(303);
        opens(&coast.town, &told["emojis"][0]["url"]).await.is(404);
        assert!(!coast.peer.was_asked_for(&picture), "nothing is asked for that nobody may have");
    }

    async fn what_is_no_picture_is_no_emoji_from_elsewhere(coast) {
        let large = [png(20, 20), vec![0; 1024 * 1024]].concat();
        let files = [b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), large, png_that_says(100_000, 100_000)];
        for (at, bytes) in files.iter().enumerate() {
            let picture = coast.has_picture(&format!("{at}.png"), bytes);
            let post = coast.rita_uses(&at.to_string(), "Look :blob:", &[tag("blob", &picture)]).await;
            let mut app = App::let_in(&coast.town, &mut coast.alice).await;
            let told = app.get(&format!("/api/v1/statuses/{post}")).await.is(200).json();
            opens(&coast.town, &told["emojis"][0]["url"]).await.is(404);
        }
    }
}
