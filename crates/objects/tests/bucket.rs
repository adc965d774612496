//! A small store in this process that misbehaves on demand. A real one is asked by `tests/objects` of the whole project.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use comity_objects::{Bucket, ObjectError, Patience, Place};
use futures_util::TryStreamExt as _;
use http::header::{CONTENT_LENGTH, LOCATION, RANGE};
use http::{Method, StatusCode};

const SLOW: Duration = Duration::from_millis(700);

#[derive(Default)]
struct Store {
    objects: HashMap<String, Vec<u8>>,
    /// Requests that are still answered 503.
    busy_for: usize,
    /// What every request is answered instead.
    instead: Option<(StatusCode, &'static str)>,
    /// It knows no ranges.
    is_simple: bool,
    /// It takes its time before it reads what is sent, and before it answers.
    is_slow: bool,
    asked: usize,
}

type Shared = Arc<Mutex<Store>>;

async fn answer(State(store): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    {
        let mut store = store.lock().unwrap();
        store.asked += 1;
        if store.busy_for > 0 {
            store.busy_for -= 1;
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                "<Error><Code>SlowDown</Code></Error>",
            )
                .into_response();
        }
        if let Some((status, said)) = store.instead {
            return (status, [(LOCATION, "http://127.0.0.1:1/")], said).into_response();
        }
    }
    if store.lock().unwrap().is_slow {
        tokio::time::sleep(SLOW).await;
    }
    assert!(parts.uri.query().unwrap().contains("X-Amz-Signature="));
    let name = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap();
    if query.contains("list-type=2") {
        return listed(&store.lock().unwrap().objects, query).into_response();
    }
    if parts.method == Method::PUT {
        let Some(length) = parts.headers.get(CONTENT_LENGTH) else {
            return StatusCode::LENGTH_REQUIRED.into_response();
        };
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        assert_eq!(length.to_str().unwrap(), bytes.len().to_string());
        store.lock().unwrap().objects.insert(name, bytes.to_vec());
        return StatusCode::OK.into_response();
    }
    let mut store = store.lock().unwrap();
    if parts.method == Method::DELETE {
        store.objects.remove(&name);
        return StatusCode::NO_CONTENT.into_response();
    }
    let Some(bytes) = store.objects.get(&name) else {
        return (
            StatusCode::NOT_FOUND,
            "<Error><Code>NoSuchKey</Code></Error>",
        )
            .into_response();
    };
    if parts.method == Method::HEAD {
        return ([(CONTENT_LENGTH, bytes.len().to_string())], Body::empty()).into_response();
    }
    let range = parts.headers.get(RANGE).filter(|_| !store.is_simple);
    match range {
        None => bytes.clone().into_response(),
        Some(range) => {
            let text = range.to_str().unwrap().strip_prefix("bytes=").unwrap();
            let (from, to) = text.split_once('-').unwrap();
            let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
            (StatusCode::PARTIAL_CONTENT, bytes[from..=to].to_vec()).into_response()
        }
    }
}

/// As S3 lists: the names are those within the bucket.
fn listed(objects: &HashMap<String, Vec<u8>>, query: &str) -> String {
    let asked: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let after = asked.get("start-after").cloned().unwrap_or_default();
    let most: usize = asked["max-keys"].parse().unwrap();
    let mut names: Vec<&str> = objects
        .keys()
        .filter_map(|name| name.strip_prefix("/files/"))
        .filter(|name| name.starts_with(&asked["prefix"]) && **name > *after)
        .collect();
    names.sort_unstable();
    let entries = names.iter().take(most).map(|name| {
        format!("<Contents><Key>{name}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>")
    });
    format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</ListBucketResult>",
        entries.collect::<String>()
    )
}

async fn store() -> (Shared, Bucket) {
    let shared = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(shared.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let patience = Patience {
        silence: SLOW / 2,
        ..Patience::default()
    };
    let bucket = Bucket::with_patience(&place(endpoint), patience);
    (shared, bucket.unwrap())
}

fn place(endpoint: String) -> Place {
    Place {
        endpoint,
        bucket: "files".to_owned(),
        region: "here".to_owned(),
        in_path: true,
        access_key: "key".to_owned(),
        secret_key: "secret".to_owned(),
    }
}

async fn read(bucket: &Bucket, name: &str, part: (u64, u64)) -> std::io::Result<Vec<u8>> {
    let pieces = bucket
        .read(name, part)
        .await
        .map_err(std::io::Error::other)?;
    let pieces: Vec<_> = pieces.try_collect().await?;
    Ok(pieces.concat())
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out_whole_and_in_parts() {
    let (store, bucket) = store().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    // Longer than a piece.
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&file, &bytes).unwrap();

    assert_eq!(bucket.put("a/b.original", &file).await.unwrap(), 800_000);
    assert_eq!(bucket.length("a/b.original").await.unwrap(), 800_000);
    assert!(
        store
            .lock()
            .unwrap()
            .objects
            .contains_key("/files/a/b.original")
    );

    let out = folder.path().join("out");
    assert_eq!(bucket.fetch("a/b.original", &out).await.unwrap(), 800_000);
    assert_eq!(std::fs::read(&out).unwrap(), bytes);

    let asked = store.lock().unwrap().asked;
    let (length, pieces) = bucket.open("a/b.original").await.unwrap();
    let pieces: Vec<_> = pieces.try_collect().await.unwrap();
    assert_eq!((length, pieces.concat()), (800_000, bytes.clone()));
    assert_eq!(store.lock().unwrap().asked, asked + 1);

    for simple in [false, true] {
        store.lock().unwrap().is_simple = simple;
        for part in [
            (0, 800_000),
            (70_000, 70_001),
            (799_990, 800_000),
            (65_530, 140_000),
        ] {
            let got = read(&bucket, "a/b.original", part).await.unwrap();
            let (from, to) = (
                usize::try_from(part.0).unwrap(),
                usize::try_from(part.1).unwrap(),
            );
            assert_eq!(got, bytes[from..to], "{part:?}");
        }
    }

    bucket.remove("a/b.original").await.unwrap();
    bucket.remove("a/b.original").await.unwrap();
    assert!(matches!(
        bucket.length("a/b.original").await,
        Err(ObjectError::NotFound)
    ));
    assert!(matches!(
        bucket.open("a/b.original").await.map(|(length, _)| length),
        Err(ObjectError::NotFound)
    ));
    assert!(matches!(
        bucket.fetch("a/b.original", &out).await,
        Err(ObjectError::NotFound)
    ));
}

#[tokio::test]
async fn an_object_that_is_shorter_than_was_said_ends_with_an_error() {
    let (store, bucket) = store().await;
    let objects = HashMap::from([("/files/short".to_owned(), vec![7; 100])]);
    *store.lock().unwrap() = Store {
        objects,
        is_simple: true,
        ..Store::default()
    };
    let why = read(&bucket, "short", (0, 101)).await.unwrap_err();
    assert_eq!(why.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_busy_store_is_asked_again_and_one_that_says_no_is_not() {
    let (store, bucket) = store().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    std::fs::write(&file, b"words").unwrap();

    store.lock().unwrap().busy_for = 2;
    bucket.put("once", &file).await.unwrap();
    assert_eq!(read(&bucket, "once", (0, 5)).await.unwrap(), b"words");

    store.lock().unwrap().busy_for = 3;
    let why = bucket.length("once").await.unwrap_err();
    assert!(
        matches!(why, ObjectError::Refused { status: 503, .. }),
        "{why}"
    );

    let denied =
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>No</Message></Error>";
    store.lock().unwrap().asked = 0;
    store.lock().unwrap().instead = Some((StatusCode::FORBIDDEN, denied));
    let why = bucket.put("twice", &file).await.unwrap_err();
    assert_eq!(why.to_string(), "the store answered 403 AccessDenied");
    assert_eq!(store.lock().unwrap().asked, 1);

    // It may not send us anywhere else.
    store.lock().unwrap().instead = Some((StatusCode::TEMPORARY_REDIRECT, ""));
    let why = bucket.put("twice", &file).await.unwrap_err();
    assert!(
        matches!(why, ObjectError::Refused { status: 307, .. }),
        "{why}"
    );
}

#[tokio::test]
async fn a_file_may_take_longer_on_its_way_in_than_an_answer_may() {
    let (store, bucket) = store().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    std::fs::write(&file, vec![7; 900_000]).unwrap();
    store.lock().unwrap().is_slow = true;
    assert_eq!(bucket.put("long", &file).await.unwrap(), 900_000);
    let why = bucket.length("long").await.unwrap_err();
    assert!(why.to_string().contains("it took too long"), "{why}");
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told_from_an_object_that_is_not() {
    let (store, bucket) = store().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    std::fs::write(&file, b"words").unwrap();
    let nowhere = "<Error><Code>NoSuchBucket</Code></Error>";
    for said in [nowhere, ""] {
        store.lock().unwrap().instead = Some((StatusCode::NOT_FOUND, said));
        let why = bucket.put("once", &file).await.unwrap_err();
        assert_eq!(why.to_string(), "the store answered 404 NoSuchBucket");
    }
    store.lock().unwrap().instead = Some((StatusCode::NOT_FOUND, nowhere));
    let why = bucket.remove("once").await.unwrap_err();
    assert!(
        matches!(why, ObjectError::Refused { status: 404, .. }),
        "{why}"
    );
}

#[tokio::test]
async fn what_cannot_be_reached_is_said_without_the_signed_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bucket = Bucket::new(&place(endpoint)).unwrap();
    let why = bucket.is_there().await.unwrap_err().to_string();
    assert!(
        why.starts_with("the store could not be reached: no connection"),
        "{why}"
    );
    assert!(!why.contains("X-Amz"), "{why}");
}

#[test]
fn settings_that_cannot_be_used_are_told() {
    for endpoint in ["", "s3.example.org", "ftp://s3.example.org", "http://"] {
        let made = Bucket::new(&place(endpoint.to_owned()));
        assert!(matches!(made, Err(ObjectError::Settings(_))), "{endpoint}");
    }
}

#[tokio::test]
async fn names_are_listed_in_order_and_in_pieces() {
    let (store, bucket) = store().await;
    for name in ["a/2", "a/1", "a/3", "b/1"] {
        let name = format!("/files/{name}");
        store.lock().unwrap().objects.insert(name, vec![1]);
    }
    let names = async |after: &str| -> Vec<String> {
        let listed = bucket.list("a/", after, 2).await.unwrap();
        listed.into_iter().map(|object| object.name).collect()
    };
    assert_eq!(names("").await, ["a/1", "a/2"]);
    assert_eq!(names("a/2").await, ["a/3"]);
    assert!(names("a/3").await.is_empty());
    let first = bucket.list("a/", "", 1).await.unwrap().remove(0);
    assert_eq!(first.stored_at.as_deref(), Some("2026-01-02T03:04:05.000Z"));

    store.lock().unwrap().instead = Some((StatusCode::OK, "<html>no list</html>"));
    assert!(matches!(
        bucket.list("a/", "", 2).await,
        Err(ObjectError::Unreachable(_))
    ));
}
