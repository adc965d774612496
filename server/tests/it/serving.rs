//! On a real socket: answers, and an end without haste.

use comity::serve;
use comity_db::testing::Engine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::town::Town;

/// Sends these bytes, and reads until the other end closes.
async fn say(stream: &mut TcpStream, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut heard).await;
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_and_stops_when_told() {
    let town = Town::new(Engine::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve::serve(town.app.clone(), listener, stopped));

    let mut stream = TcpStream::connect(at).await.unwrap();
    let answer = say(
        &mut stream,
        "GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("OK"),
        "{answer}"
    );

    let mut stream = TcpStream::connect(at).await.unwrap();
    let request = format!(
        "GET /health HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x-more: y\r\n".repeat(100)
    );
    let answer = say(&mut stream, &request).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");

    let mut idle = TcpStream::connect(at).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    stop.send(true).unwrap();
    // The connection is open and idle, and still nothing waits for it.
    tokio::time::timeout(std::time::Duration::from_secs(8), server)
        .await
        .expect("it stops soon")
        .unwrap();
    assert!(TcpStream::connect(at).await.is_err());
}
