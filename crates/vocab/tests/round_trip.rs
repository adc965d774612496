//! What we write, we read back as we meant it.

#![allow(clippy::unwrap_used)] // All of this file is tests.

use comity_vocab::build::{
    self, ActorOut, EmojiOut, HashtagOut, NoteOut, Picture, Source, note_addressing,
};
use comity_vocab::{
    Activity, ActivityKind, ActorKind, Attachment, Document, Domain, Handle, Iri, Jrd, KeyMaterial,
    Mention, Object, PUBLIC, Poll, PollOption, PublicKey, Visibility, nodeinfo, read,
};
use serde_json::Value;

fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap()
}

fn reread(value: &Value) -> Document {
    read(&serde_json::to_vec(value).unwrap()).unwrap()
}

fn activity(value: &Value) -> Activity {
    match reread(value) {
        Document::Activity(activity) => activity,
        other => panic!("{other:?}"),
    }
}

fn erin() -> Iri {
    iri("https://ours.example/users/erin")
}

fn sample_actor() -> ActorOut {
    let rsa = match read(include_bytes!("../fixtures/mastodon/actor.json")).unwrap() {
        Document::Actor(actor) => actor.keys[0].key.clone(),
        other => panic!("{other:?}"),
    };
    let at = |path: &str| iri(&format!("https://ours.example/users/erin{path}"));
    ActorOut {
        id: erin(),
        kind: ActorKind::Person,
        username: "erin".to_owned(),
        name: Some("Erin".to_owned()),
        summary: Some("<p>Hello</p>".to_owned()),
        url: iri("https://ours.example/@erin"),
        inbox: at("/inbox"),
        shared_inbox: Some(iri("https://ours.example/inbox")),
        outbox: at("/outbox"),
        followers: at("/followers"),
        following: at("/following"),
        featured: Some(at("/featured")),
        icon: Some(Picture {
            url: iri("https://ours.example/media/1.png"),
            media_type: "image/png".to_owned(),
            description: Some("A face".to_owned()),
        }),
        image: None,
        keys: vec![
            PublicKey {
                id: at("#main-key"),
                owner: erin(),
                key: rsa,
            },
            PublicKey {
                id: at("#ed25519-key"),
                owner: erin(),
                key: KeyMaterial::Ed25519([7; 32]),
            },
        ],
        locked: true,
        discoverable: true,
        indexable: false,
        show_media: true,
        show_media_replies: false,
        show_featured: true,
        attribution_domains: vec![Domain::parse("erin.example").unwrap()],
        memorial: false,
        also_known_as: vec![iri("https://old.example/erin")],
        moved_to: Some(iri("https://new.example/erin")),
        published: Some(1_767_225_600_000),
        fields: vec![(
            "Web".to_owned(),
            "<a href=\"https://erin.example\">erin</a>".to_owned(),
        )],
        emojis: vec![wave()],
        webfinger: Some(Handle::parse("@erin@ours.example").unwrap()),
    }
}

fn wave() -> EmojiOut {
    EmojiOut {
        id: iri("https://ours.example/emojis/3"),
        shortcode: "wave".to_owned(),
        url: iri("https://ours.example/emoji/wave.png"),
        media_type: "image/png".to_owned(),
        updated: 1_767_225_600_000,
    }
}

fn sample_note() -> NoteOut {
    let followers = iri("https://ours.example/users/erin/followers");
    let bob = iri("https://peer.example/users/bob");
    let (to, cc) = note_addressing(Visibility::Unlisted, &followers, std::slice::from_ref(&bob));
    NoteOut {
        id: iri("https://ours.example/notes/1"),
        author: erin(),
        content: "<p>Hi <a href=\"https://peer.example/@bob\">@bob</a></p>".to_owned(),
        summary: Some("greeting".to_owned()),
        sensitive: true,
        published: 1_767_225_600_123,
        updated: Some(1_767_225_700_000),
        in_reply_to: Some(iri("https://peer.example/notes/9")),
        to,
        cc,
        mentions: vec![Mention {
            href: bob,
            name: Some("@bob@peer.example".to_owned()),
        }],
        hashtags: vec![HashtagOut {
            name: "Hello".to_owned(),
            href: iri("https://ours.example/tags/hello"),
        }],
        emojis: vec![wave()],
        attachments: vec![Attachment {
            url: iri("https://ours.example/media/2.jpg"),
            media_type: Some("image/jpeg".to_owned()),
            name: Some("A wave".to_owned()),
            blurhash: Some("UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH".to_owned()),
            width: Some(640),
            height: Some(480),
            focus: Some((0.5, -0.25)),
            icon: Some(comity_vocab::Icon {
                url: iri("https://ours.example/media/2/small.jpg"),
                media_type: Some("image/jpeg".to_owned()),
            }),
        }],
        url: iri("https://ours.example/@erin/1"),
        language: Some("en".to_owned()),
        source: Some(Source {
            content: "Hi @bob".to_owned(),
            media_type: "text/markdown".to_owned(),
        }),
        replies: Some(iri("https://ours.example/notes/1/replies")),
        context: Some(iri("https://ours.example/contexts/1")),
        conversation: Some("tag:peer.example,2026:1".to_owned()),
        quote: Some(build::QuoteOut {
            of: iri("https://peer.example/notes/8"),
            authorization: Some(iri("https://peer.example/stamps/2")),
            stands: true,
        }),
        poll: None,
        can_reply: Some(build::LeaveOut {
            automatic: vec![erin().as_str().to_owned()],
            manual: vec![PUBLIC.to_owned()],
        }),
        can_quote: Some(build::LeaveOut {
            automatic: vec![erin().as_str().to_owned()],
            manual: Vec::new(),
        }),
        reply_authorization: Some(iri("https://b.example/stamps/1")),
    }
}

#[test]
fn an_actor_comes_back_whole() {
    let out = sample_actor();
    let document = build::actor(&out);
    insta::assert_snapshot!(
        "our_actor",
        serde_json::to_string_pretty(&document).unwrap()
    );
    let Document::Actor(actor) = reread(&document) else {
        panic!("is an actor");
    };
    assert_eq!(actor.check_origin(), Ok(()));
    assert_eq!(
        (actor.id, actor.kind, actor.username),
        (out.id, out.kind, out.username)
    );
    assert_eq!((actor.name, actor.summary), (out.name, out.summary));
    assert_eq!((actor.url, actor.inbox), (Some(out.url), out.inbox));
    assert_eq!(
        (actor.shared_inbox, actor.outbox),
        (out.shared_inbox, Some(out.outbox))
    );
    assert_eq!(
        (actor.followers, actor.following),
        (Some(out.followers), Some(out.following))
    );
    assert_eq!((actor.featured, actor.image), (out.featured, None));
    assert_eq!(actor.icon, out.icon.map(|picture| picture.url));
    assert_eq!(actor.keys, out.keys);
    assert_eq!(actor.attribution_domains, out.attribution_domains);
    assert_eq!((actor.locked, actor.memorial), (out.locked, out.memorial));
    assert_eq!(
        (actor.discoverable, actor.indexable),
        (Some(true), Some(false))
    );
    assert_eq!(
        (
            actor.show_media,
            actor.show_media_replies,
            actor.show_featured
        ),
        (Some(true), Some(false), Some(true))
    );
    assert_eq!(
        (actor.also_known_as, actor.moved_to),
        (out.also_known_as, out.moved_to)
    );
    assert_eq!((actor.published, actor.fields), (out.published, out.fields));
    assert_eq!(actor.webfinger, out.webfinger);
}

#[test]
fn a_stub_tells_nothing_about_the_person() {
    let stub = build::actor_stub(&sample_actor());
    let mut keys: Vec<&str> = stub
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "@context",
            "assertionMethod",
            "id",
            "inbox",
            "preferredUsername",
            "publicKey",
            "type"
        ]
    );
    assert!(matches!(reread(&stub), Document::Actor(_)));
}

#[test]
fn a_note_comes_back_whole() {
    let out = sample_note();
    let document = build::note(&out);
    insta::assert_snapshot!("our_note", serde_json::to_string_pretty(&document).unwrap());
    let Document::Note(note) = reread(&document) else {
        panic!("is a note");
    };
    let followers = iri("https://ours.example/users/erin/followers");
    assert_eq!(note.visibility(Some(&followers)), Visibility::Unlisted);
    let link = "<p class=\"quote-inline\">RE: <a href=\"https://peer.example/notes/8\">https://peer.example/notes/8</a></p>";
    assert_eq!(
        (note.id, note.author, note.content),
        (out.id, out.author, format!("{link}{}", out.content))
    );
    assert_eq!((note.summary, note.sensitive), (out.summary, out.sensitive));
    assert_eq!(
        (note.published, note.updated),
        (Some(out.published), out.updated)
    );
    assert_eq!(
        (note.in_reply_to, note.url),
        (out.in_reply_to, Some(out.url))
    );
    assert_eq!(note.mentions, out.mentions);
    assert_eq!(note.hashtags, ["Hello"]);
    assert_eq!(note.attachments, out.attachments);
    assert_eq!(note.emojis.len(), 1);
    assert_eq!(
        (&note.emojis[0].shortcode, &note.emojis[0].url),
        (&wave().shortcode, &wave().url)
    );
    assert_eq!(
        (note.language, note.source),
        (out.language, Some("Hi @bob".to_owned()))
    );
    assert_eq!((note.replies, note.context), (out.replies, out.context));
    let quote = out.quote.unwrap();
    assert_eq!(
        (note.conversation, note.quote, note.quote_authorization),
        (out.conversation, Some(quote.of), quote.authorization)
    );
    let leave = note.interaction_policy.can_quote.unwrap();
    assert_eq!((leave.automatic, leave.manual), (vec![erin()], vec![]));
}

#[test]
fn a_poll_comes_back_whole() {
    let option = |name: &str, votes| PollOption {
        name: name.to_owned(),
        votes,
    };
    for (multiple, closed) in [(false, false), (true, true)] {
        let poll = Poll {
            options: vec![option("Tea", 3), option("Coffee", 0)],
            multiple,
            ends_at: Some(1_767_225_600_000),
            closed,
            voters: Some(3),
        };
        let out = NoteOut {
            poll: Some(poll.clone()),
            ..sample_note()
        };
        let Document::Note(note) = reread(&build::note(&out)) else {
            panic!("is a question");
        };
        assert_eq!(note.poll, Some(poll));
    }
}

#[test]
fn every_visibility_comes_back() {
    let followers = iri("https://ours.example/users/erin/followers");
    let bob = [iri("https://peer.example/users/bob")];
    for visibility in [
        Visibility::Public,
        Visibility::Unlisted,
        Visibility::Private,
        Visibility::Direct,
    ] {
        let (to, cc) = note_addressing(visibility, &followers, &bob);
        let parse = |list: Vec<String>| list.iter().map(|text| iri(text)).collect::<Vec<_>>();
        let back = comity_vocab::visibility(&parse(to), &parse(cc), Some(&followers));
        assert_eq!(back, visibility);
    }
    let nowhere = note_addressing(Visibility::Local, &followers, &bob);
    assert_eq!(
        nowhere,
        (vec![], vec![]),
        "a local status is addressed to nobody"
    );
}

#[test]
fn activities_come_back_with_what_they_hold() {
    let id = iri("https://ours.example/activities/1");
    let note = build::note(&sample_note());
    let create = build::create(&id, &erin(), 1_767_225_600_000, note.clone());
    insta::assert_snapshot!("our_create", serde_json::to_string_pretty(&create).unwrap());
    assert!(
        create["object"].get("@context").is_none(),
        "one context, on the outside"
    );
    let read_create = activity(&create);
    assert_eq!(read_create.kind, ActivityKind::Create);
    assert_eq!(read_create.id.as_ref(), Some(&id));
    assert_eq!(
        Some(&read_create.to),
        read_create.object.note().map(|note| &note.to)
    );

    let update = activity(&build::update(
        &id,
        &erin(),
        0,
        build::actor(&sample_actor()),
    ));
    assert!(
        matches!(&update.object, Object::Embedded(actor) if matches!(**actor, Document::Actor(_)))
    );
    assert_eq!(
        update.cc,
        [iri("https://ours.example/users/erin/followers")]
    );

    let bob = iri("https://peer.example/users/bob");
    let follow = build::follow(&id, &bob, &erin());
    for (built, kind) in [
        (
            build::accept(&id, &erin(), follow.clone()),
            ActivityKind::Accept,
        ),
        (
            build::reject(&id, &erin(), follow.clone()),
            ActivityKind::Reject,
        ),
        (build::undo(&id, &bob, follow.clone()), ActivityKind::Undo),
    ] {
        let outer = activity(&built);
        assert_eq!(outer.kind, kind);
        let inner = outer.object.activity().unwrap();
        assert_eq!((&inner.actor, inner.object.id()), (&bob, Some(&erin())));
    }
}

#[test]
fn pointing_activities_point() {
    let id = iri("https://ours.example/activities/1");
    let theirs = iri("https://peer.example/notes/9");
    let to = [comity_vocab::PUBLIC.to_owned()];
    for (built, kind) in [
        (build::like(&id, &erin(), &theirs), ActivityKind::Like),
        (build::block(&id, &erin(), &theirs), ActivityKind::Block),
        (build::follow(&id, &erin(), &theirs), ActivityKind::Follow),
        (
            build::announce(&id, &erin(), &theirs, 0, &to, &[]),
            ActivityKind::Announce,
        ),
        (
            build::delete(&id, &erin(), &theirs, &to, &[]),
            ActivityKind::Delete,
        ),
    ] {
        let activity = activity(&built);
        assert_eq!(
            (&activity.kind, activity.object.id()),
            (&kind, Some(&theirs))
        );
        assert_eq!((activity.actor, activity.id.as_ref()), (erin(), Some(&id)));
    }
}

#[test]
fn collections_come_back() {
    let id = iri("https://ours.example/users/erin/outbox");
    let page = iri("https://ours.example/users/erin/outbox?page=1");
    let next = iri("https://ours.example/users/erin/outbox?page=2");
    let Document::Collection(whole) = reread(&build::collection(&id, Some(7), Some(&page))) else {
        panic!("is a collection");
    };
    assert_eq!((whole.total, whole.first), (Some(7), Some(page.clone())));
    let items = vec![
        build::note(&sample_note()),
        Value::from("https://ours.example/notes/2"),
    ];
    let Document::Collection(part) =
        reread(&build::collection_page(&page, &id, Some(&next), items))
    else {
        panic!("is a page");
    };
    assert_eq!(
        (part.part_of, part.next, part.items.len()),
        (Some(id.clone()), Some(next), 2)
    );
    let Document::Collection(small) = reread(&build::collection_of(&id, vec![])) else {
        panic!("is a collection");
    };
    assert_eq!((small.total, small.items.len()), (Some(0), 0));
    let gone = build::tombstone(&id, Some(1_767_225_600_000));
    assert_eq!(gone["deleted"], "2026-01-01T00:00:00Z");
    assert!(matches!(reread(&gone), Document::Tombstone(_)));
}

#[test]
fn webfinger_comes_back() {
    let handle = Handle::parse("@erin@ours.example").unwrap();
    let jrd = Jrd {
        subject: Some(handle),
        self_links: vec![erin()],
        profile: Some(iri("https://ours.example/@erin")),
        subscribe: Some("https://ours.example/follow?uri={uri}".to_owned()),
    };
    let back = Jrd::read(&serde_json::to_vec(&jrd.build()).unwrap()).unwrap();
    assert_eq!(back, jrd);
}

#[test]
fn nodeinfo_comes_back() {
    let ours = nodeinfo::NodeInfoOut {
        software: "comity".to_owned(),
        version: "0.1.0".to_owned(),
        repository: None,
        open_registrations: false,
        users: Some(3),
        active_month: None,
        active_half_year: None,
        local_posts: None,
        name: Some("Ours".to_owned()),
        description: None,
    };
    let document = nodeinfo::build(&ours);
    assert!(
        document["usage"]["users"].get("activeMonth").is_none(),
        "nothing is invented"
    );
    let software = nodeinfo::read(&serde_json::to_vec(&document).unwrap()).unwrap();
    assert_eq!(
        (software.name.as_str(), software.version.as_str()),
        ("comity", "0.1.0")
    );
    let place = iri("https://ours.example/nodeinfo/2.1");
    let application = iri("https://ours.example/actor");
    let links = nodeinfo::build_links(&place, &place, &application);
    assert_eq!(links["links"][2]["href"], application.as_str());
    let links = serde_json::to_vec(&links).unwrap();
    assert_eq!(nodeinfo::read_links(&links), Ok(place));
}

#[test]
fn a_question_about_a_quote_and_the_end_of_a_yes_come_back() {
    let (id, quoted) = (
        iri("https://ours.example/notes/1#quote-request"),
        iri("https://peer.example/notes/8"),
    );
    let asked = iri("https://peer.example/users/bob");
    let mut out = sample_note();
    out.quote = Some(build::QuoteOut {
        of: quoted.clone(),
        authorization: None,
        stands: false,
    });
    let request = build::quote_request(&id, &erin(), &quoted, &asked, build::note(&out));
    assert!(request["instrument"].get("@context").is_none());
    for legacy in ["quoteUri", "_misskey_quote", "quoteAuthorization"] {
        assert!(request["instrument"].get(legacy).is_none(), "{legacy}");
    }
    let Document::Activity(back) = reread(&request) else {
        panic!("is an activity");
    };
    assert_eq!(back.kind.as_str(), "QuoteRequest");
    assert_eq!((back.id, back.actor), (Some(id), erin()));
    assert_eq!(back.object.id(), Some(&quoted));
    assert_eq!(back.instrument, Some(out.id));

    let stamp = iri("https://ours.example/users/erin/stamps/1");
    let at = iri("https://ours.example/users/erin/stamps/1#delete");
    let gone = build::stamp_gone(&at, &erin(), &stamp, comity_vocab::Consented::Quote);
    let Document::Activity(back) = reread(&gone) else {
        panic!("is an activity");
    };
    assert_eq!(back.kind.as_str(), "Delete");
    assert_eq!(back.object.id(), Some(&stamp));
}
