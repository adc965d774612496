//! Sockets: who is let in, how long a connection may say nothing, and how all of them end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tower::ServiceExt;

use super::{CannotStart, told_to_stop};
use crate::app::App;
use crate::config::Config;
use crate::http::address::Peer;

/// Headers must be here by then, the first request of a connection too: a browser sends them at once.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// Header lines of a request.
const MOST_HEADERS: usize = 64;
/// Bytes of headers; cookies, a signature and what proxies add stay far below.
const LARGEST_HEADERS: u32 = 32 * 1024;
/// Requests of one HTTP/2 connection at the same time.
const MOST_STREAMS: u32 = 64;
/// What is being answered at the end is given so long.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// After the listener failed, as when there are no more file handles.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Listens on the address of `config`.
pub async fn listen(config: &Config) -> Result<TcpListener, CannotStart> {
    let at = config.listen;
    TcpListener::bind(at).await.map_err(|error| {
        CannotStart(match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("another program listens on {at} already: stop it, or set listen to another port")
            }
            _ => format!("could not listen on {at}: {error}; set listen to an address of this machine"),
        })
    })
}

/// Lets connections in until `shutdown` turns true, and what has begun end.
pub(super) async fn accept(
    app: App,
    router: Router,
    listener: TcpListener,
    mut shutdown: watch::Receiver<bool>,
) {
    let seats = Arc::new(Semaphore::new(app.config.limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let seat = tokio::select! {
            seat = seats.clone().acquire_owned() => seat,
            () = told_to_stop(&mut shutdown) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told_to_stop(&mut shutdown) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = converse(stream, peer, router.clone(), graceful.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(seat);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST_ANSWERS_WITHIN, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some answers were not finished in time");
    }
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // Small answers leave at once; failing to ask for that is no reason not to answer.
    let _ = stream.set_nodelay(true);
    let spoke = Arc::new(Notify::new());
    let heard = spoke.clone();
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        heard.notify_one();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEADERS as usize)
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(LARGEST_HEADERS)
        .max_concurrent_streams(MOST_STREAMS)
        .keep_alive_interval(HEADERS_WITHIN * 3)
        .keep_alive_timeout(HEADERS_WITHIN);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    // While the version of HTTP is not known yet, no timeout of the builder runs.
    let silence = async {
        if tokio::time::timeout(HEADERS_WITHIN, spoke.notified())
            .await
            .is_ok()
        {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = watcher.watch(connection) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke off");
            }
        }
        () = silence => tracing::debug!("a connection asked for nothing"),
    }
}
