//! Files: how long they may take, how large they may be, and whose fault it is when there are none.

use std::time::Duration;

use axum::body::{Body, Bytes};
use comity_wire::{FetchedFile, FileError, FileKind, Wire, WireError};
use http::Response;

use crate::peer::{Peer, may_fetch, redirect, status, typed, wire, wire_with};

/// More than any test takes.
const LONG: Duration = Duration::from_secs(60);

/// So many bytes, each a while after the last.
fn drips(bytes: usize, every: Duration) -> Response<Body> {
    let drops = futures_util::stream::unfold(0, move |at| async move {
        if at == bytes {
            return None;
        }
        if at > 0 {
            tokio::time::sleep(every).await;
        }
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), at + 1))
    });
    typed("video/mp4", Body::from_stream(drops))
}

/// A server of files.
async fn shelf() -> Peer {
    Peer::start("shelf", |request, _| match request.target.as_str() {
        "/drips" => drips(8, Duration::from_millis(100)),
        "/stops" => drips(2, LONG * 10),
        "/ten" => typed("video/mp4", "0123456789"),
        "/moves" => redirect("http://store.localhost:1/ten"),
        "/busy" => status(503),
        _ => status(404),
    })
    .await
}

async fn file(
    wire: &Wire,
    peer: &Peer,
    path: &str,
    time: Option<Duration>,
) -> Result<(FetchedFile, Vec<u8>), FileError> {
    let (address, mut into) = (peer.at(path), Vec::new());
    let permit = may_fetch(&address).await;
    let fetched = wire.fetch_file(permit, &address, FileKind::Film, 10, time, &mut into);
    Ok((fetched.await?, into))
}

#[tokio::test]
async fn a_file_has_the_time_that_whoever_asks_gives_it() {
    let peer = shelf().await;
    let wire = wire_with(|config| config.timeouts.total = Duration::from_millis(300));
    for time in [None, Some(Duration::from_millis(200))] {
        let late = file(&wire, &peer, "/drips", time).await;
        assert!(
            matches!(late, Err(FileError::Wire(WireError::Retry { .. }))),
            "{late:?}"
        );
    }
    // More than every other exchange has.
    let (fetched, came) = file(&wire, &peer, "/drips", Some(LONG)).await.unwrap();
    assert_eq!((fetched, came), (FetchedFile::Written(8), vec![b'x'; 8]));
}

#[tokio::test]
async fn whoever_falls_silent_within_a_file_is_not_waited_for() {
    let peer = shelf().await;
    let wire = wire_with(|config| config.timeouts.silence = Duration::from_millis(300));
    let silent = file(&wire, &peer, "/stops", Some(LONG)).await;
    match silent {
        Err(FileError::Wire(WireError::Retry { why, .. })) => assert_eq!(why, "took too long"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_no_file_came_of_says_whose_fault_it_is() {
    let peer = shelf().await;
    let wire = wire();
    let (whole, came) = file(&wire, &peer, "/ten", None).await.unwrap();
    assert_eq!(
        (whole, &came[..]),
        (FetchedFile::Written(10), &b"0123456789"[..])
    );
    let (moved, _) = file(&wire, &peer, "/moves", None).await.unwrap();
    assert!(
        matches!(moved, FetchedFile::Moved(to) if to.as_str() == "http://store.localhost:1/ten")
    );
    let busy = file(&wire, &peer, "/busy", None).await;
    assert!(matches!(
        busy,
        Err(FileError::Wire(WireError::Retry { .. }))
    ));
    let none = file(&wire, &peer, "/none", None).await;
    assert!(matches!(
        none,
        Err(FileError::Wire(WireError::GiveUp {
            status: Some(404),
            ..
        }))
    ));
    let address = peer.at("/ten");
    let mut into = Vec::new();
    let permit = may_fetch(&address).await;
    let large = wire.fetch_file(permit, &address, FileKind::Film, 9, None, &mut into);
    assert!(matches!(
        large.await,
        Err(FileError::Wire(WireError::GiveUp { status: None, .. }))
    ));
    assert!(into.is_empty(), "its length was told");
    // Nobody reads what is written here.
    let (mut full, reader) = tokio::io::duplex(1);
    drop(reader);
    let permit = may_fetch(&address).await;
    let kept = wire.fetch_file(permit, &address, FileKind::Film, 10, None, &mut full);
    assert!(matches!(kept.await, Err(FileError::Here(_))));
}
