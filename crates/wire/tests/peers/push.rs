//! Waking devices by way of push services.

use comity_wire::{LARGEST_PUSH, Parcel, Wire, WireConfig, WireError};

use crate::peer::{NOW, Peer, iri, redirect, status, wire};

fn parcel(bytes: usize) -> Parcel {
    Parcel {
        body: vec![7; bytes],
        encoding: "aesgcm",
        authorization: "WebPush a.b.c".to_owned(),
        keys: Some(("salt=AA".to_owned(), "dh=BB;p256ecdsa=CC".to_owned())),
        ttl_s: 60,
        unsubscribe: None,
    }
}

#[tokio::test]
async fn a_parcel_travels_sealed_and_unsigned() {
    let service = Peer::start("service", |_, _| status(201)).await;
    let at = service.at("/send/1");
    wire().push(&at, &parcel(LARGEST_PUSH), NOW).await.unwrap();
    let came = &service.received()[0];
    assert_eq!(came.body.len(), LARGEST_PUSH);
    for (name, value) in [
        ("content-encoding", "aesgcm"),
        ("content-type", "application/octet-stream"),
        ("authorization", "WebPush a.b.c"),
        ("encryption", "salt=AA"),
        ("crypto-key", "dh=BB;p256ecdsa=CC"),
        ("ttl", "60"),
        ("urgency", "normal"),
    ] {
        assert_eq!(came.headers[name], value, "{name}");
    }
    assert!(!came.headers.contains_key("signature"));
    let too_long = wire().push(&at, &parcel(LARGEST_PUSH + 1), NOW).await;
    assert!(matches!(too_long, Err(WireError::GiveUp { .. })));
    assert_eq!(service.received().len(), 1);
}

#[tokio::test]
async fn answers_to_a_parcel_say_what_to_do_next_and_lead_nowhere() {
    let service = Peer::start("service", |request, _| match &request.target[1..] {
        "moved" => redirect("/201"),
        code => status(code.parse().unwrap()),
    })
    .await;
    let wire = wire();
    for (path, is_expected) in [
        (
            "/404",
            (|why| matches!(why, WireError::Gone)) as fn(WireError) -> bool,
        ),
        ("/410", |why| matches!(why, WireError::Gone)),
        ("/429", |why| matches!(why, WireError::Retry { .. })),
        ("/503", |why| matches!(why, WireError::Retry { .. })),
        ("/403", |why| matches!(why, WireError::GiveUp { .. })),
        ("/moved", |why| matches!(why, WireError::GiveUp { .. })),
    ] {
        let failed = wire.push(&service.at(path), &parcel(10), NOW).await;
        assert!(is_expected(failed.unwrap_err()), "{path}");
    }
    assert_eq!(service.received().len(), 6);
}

#[tokio::test]
async fn no_push_service_is_on_a_private_network() {
    let wire = Wire::new(WireConfig::new("a test")).unwrap();
    for at in [
        "http://push.example.org/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "https://push.internal/a",
        "https://push.example.org:8443/a",
        "https://user@push.example.org/a",
    ] {
        let Ok(at) = comity_vocab::Iri::parse(at) else {
            continue;
        };
        assert!(wire.check_push(&at).is_err(), "{at}");
        let refused = wire.push(&at, &parcel(10), NOW).await;
        assert!(matches!(refused, Err(WireError::NotPermitted(_))), "{at}");
    }
    wire.check_push(&iri("https://push.example.org/a")).unwrap();
}
