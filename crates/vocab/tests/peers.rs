//! What we read from documents in the manner of each peer software.

#![allow(clippy::unwrap_used)] // All of this file is tests.

use comity_vocab::{
    Activity, ActivityKind, Actor, Document, KeyMaterial, Note, NoteKind, Object, describe, read,
};

macro_rules! peer {
    ($path:literal) => {
        read(include_bytes!(concat!("../fixtures/", $path))).unwrap()
    };
}

fn activity(document: Document) -> Activity {
    match document {
        Document::Activity(activity) => activity,
        other => panic!("{other:?}"),
    }
}

fn actor(document: Document) -> Actor {
    match document {
        Document::Actor(actor) => actor,
        other => panic!("{other:?}"),
    }
}

fn note(document: Document) -> Note {
    match document {
        Document::Note(note) => note,
        Document::Activity(activity) => activity.object.note().unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

fn text(iri: Option<&comity_vocab::Iri>) -> &str {
    iri.map_or("", comity_vocab::Iri::as_str)
}

#[test]
fn a_status_of_mastodon_is_read_whole() {
    let document = peer!("mastodon/create.json");
    insta::assert_debug_snapshot!("mastodon_note", note(document.clone()));
    insta::assert_snapshot!(
        "mastodon_told",
        serde_json::to_string_pretty(&describe(&document)).unwrap()
    );
    assert!(activity(document).has_ld_signature);
}

#[test]
fn an_actor_of_mastodon_is_read_whole() {
    let actor = actor(peer!("mastodon/actor.json"));
    assert_eq!(actor.check_origin(), Ok(()));
    assert_eq!(
        actor.name.as_deref(),
        Some("Alice ecilA 🌱"),
        "bidi controls are gone"
    );
    insta::assert_debug_snapshot!(
        "mastodon_actor",
        Actor {
            keys: Vec::new(),
            ..actor
        }
    );
}

#[test]
fn a_finished_poll_says_so() {
    let note = note(peer!("mastodon/question_update.json"));
    let poll = note.poll.unwrap();
    assert_eq!(
        poll.options
            .iter()
            .map(|option| option.votes)
            .collect::<Vec<_>>(),
        [3, 2]
    );
    assert_eq!(
        (poll.closed, poll.multiple, poll.voters),
        (true, false, Some(5))
    );
    assert_eq!(poll.ends_at, Some(1_772_445_600_000));
}

#[test]
fn a_report_names_several_things() {
    let flag = activity(peer!("mastodon/flag.json"));
    assert!(matches!(&flag.object, Object::Many(things) if things.len() == 2));
    assert_eq!(
        flag.content.as_deref(),
        Some("Sells things we did not ask for")
    );
}

#[test]
fn misskey_quotes_and_covers_single_files() {
    let note = note(peer!("misskey/note_quote.json"));
    assert_eq!(
        text(note.quote.as_ref()),
        "https://masto.example/users/alice/statuses/1001"
    );
    assert_eq!(note.source.as_deref(), Some("これは引用です"));
    assert!(note.sensitive);
}

#[test]
fn misskey_reacts_with_a_like() {
    let like = activity(peer!("misskey/reaction.json"));
    assert_eq!(like.kind, ActivityKind::Like);
    assert_eq!(like.content.as_deref(), Some(":blobcat:"));
    assert_eq!(like.emojis[0].shortcode, "blobcat");
}

#[test]
fn pleroma_reacts_with_an_activity_of_its_own() {
    let react = activity(peer!("pleroma/emoji_react.json"));
    assert_eq!(react.kind, ActivityKind::EmojiReact);
    assert_eq!(react.content.as_deref(), Some("🔥"));
}

#[test]
fn pleroma_sends_empty_text_for_nothing() {
    let note = note(peer!("pleroma/create_note.json"));
    assert_eq!((note.summary, note.language), (None, None));
    assert_eq!(note.source.as_deref(), Some("hello"));
    assert_eq!(
        text(note.context.as_ref()),
        "https://pleroma.example/contexts/2"
    );
}

#[test]
fn lemmy_announces_what_others_create() {
    let announce = activity(peer!("lemmy/announce_create_page.json"));
    let create = announce.object.activity().unwrap();
    let page = create.object.note().unwrap();
    assert_eq!(announce.actor.as_str(), "https://lemmy.example/c/plants");
    assert_eq!(create.actor, page.author);
    assert_eq!(page.kind, NoteKind::Page);
    assert_eq!(text(page.link.as_ref()), "https://moss.example/");
    assert_eq!(
        page.attachments[0].url.as_str(),
        "https://lemmy.example/pictrs/moss.png"
    );
    assert_eq!(page.language.as_deref(), Some("en"));
    assert_eq!(
        text(page.audience.as_ref()),
        "https://lemmy.example/c/plants"
    );
}

#[test]
fn a_video_of_peertube_is_by_its_person() {
    let video = note(peer!("peertube/video.json"));
    assert_eq!(video.author.as_str(), "https://tube.example/accounts/carol");
    assert_eq!(text(video.url.as_ref()), "https://tube.example/w/1111");
    assert_eq!(
        video.attachments[0].url.as_str(),
        "https://tube.example/hls/720.mp4"
    );
    assert_eq!(video.attachments[0].height, Some(720));
    assert_eq!(video.language.as_deref(), Some("fr"));
    assert_eq!(video.hashtags, ["moss"]);
}

#[test]
fn hubzilla_sends_lists_links_and_old_keys() {
    let hubzilla = actor(peer!("hubzilla/actor.json"));
    let mastodon = actor(peer!("mastodon/actor.json"));
    assert_eq!(
        text(hubzilla.icon.as_ref()),
        "https://hub.example/photo/profile/l/2"
    );
    assert_eq!(
        text(hubzilla.url.as_ref()),
        "https://hub.example/channel/frank"
    );
    assert_eq!(
        hubzilla.keys[0].key, mastodon.keys[0].key,
        "PKCS#1 and SPKI of one key"
    );
}

#[test]
fn wordpress_shows_its_picture_once() {
    let article = note(peer!("wordpress/article.json"));
    assert_eq!(article.attachments.len(), 1);
    assert_eq!(article.attachments[0].name.as_deref(), Some("A lamp"));
    assert_eq!(article.language.as_deref(), Some("de"));
}

#[test]
fn gotosocial_sends_single_things_without_lists() {
    let note = note(peer!("gotosocial/note_policy.json"));
    assert_eq!(note.visibility(None), comity_vocab::Visibility::Public);
    assert_eq!(note.hashtags, ["Ruhe"]);
    assert_eq!(note.language.as_deref(), Some("de"));
    assert_eq!(note.published, Some(1_772_362_800_000), "offsets count");
}

#[test]
fn a_direct_status_of_pixelfed_stays_direct() {
    let note = note(peer!("pixelfed/direct.json"));
    assert_eq!(note.visibility(None), comity_vocab::Visibility::Direct);
}

#[test]
fn mitra_signs_with_ed25519() {
    let actor = actor(peer!("mitra/actor.json"));
    assert_eq!(actor.keys.len(), 1);
    assert!(matches!(actor.keys[0].key, KeyMaterial::Ed25519(_)));
    assert_eq!(actor.also_known_as.len(), 1, "only http(s) can be asked");
    assert_eq!(actor.name, None);
}

#[test]
fn a_review_is_read_as_a_status() {
    let review = note(peer!("bookwyrm/review.json"));
    assert_eq!(review.kind, NoteKind::Other);
    assert_eq!(review.summary.as_deref(), Some("spoilers"));
}

#[test]
fn an_event_knows_when_it_starts() {
    let event = note(peer!("mobilizon/event.json"));
    assert_eq!(event.starts_at, Some(1_777_622_400_000));
    assert_eq!(event.author.as_str(), "https://events.example/@gardeners");
    assert_eq!(event.attachments.len(), 1, "a web page is not a file");
}

#[test]
fn a_second_host_name_is_told_apart() {
    let actor = actor(peer!("threads/actor_www.json"));
    let why = actor.check_origin().unwrap_err();
    assert_eq!(
        why.to_string(),
        "inbox: is on another server than the actor"
    );
    assert_eq!(
        actor.webfinger.unwrap().to_string(),
        "@liam@strands.example"
    );
}

#[test]
fn takahe_keeps_prefixes_and_sends_truth_as_text() {
    let actor = actor(peer!("takahe/identity.json"));
    assert_eq!((actor.discoverable, actor.locked), (Some(true), false));
    assert_eq!(
        text(actor.shared_inbox.as_ref()),
        "https://taka.example/inbox/"
    );
}
