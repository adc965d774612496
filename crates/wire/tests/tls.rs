//! HTTPS: a peer with a certificate we trust is reached, one without is not.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::sync::Arc;

use comity_policy::{
    CommunityId, Contact, FactError, FactSource, Gate, Hosted, Mode, Peer, PersonId, RuleBook, Ties,
};
use comity_vocab::{Domain, Iri};
use comity_wire::{FetchedJson, Testing, Wire, WireConfig, WireError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const NOW: i64 = 1_792_152_000_000;

/// Nobody follows or blocks anybody.
struct NoTies;

impl FactSource for NoTies {
    async fn ties(&self, _pairs: &[(PersonId, PersonId)]) -> Result<Ties, FactError> {
        Ok(Ties::default())
    }

    async fn peers(&self, _domains: &[Domain]) -> Result<Vec<(Domain, Peer)>, FactError> {
        Ok(Vec::new())
    }
}

/// Answers `{}` to whoever completes the handshake; tells its port.
async fn start_peer() -> u16 {
    let certificate =
        CertificateDer::from_pem_slice(include_bytes!("../fixtures/tls/peer.pem")).unwrap();
    let key =
        PrivateKeyDer::from_pem_slice(include_bytes!("../fixtures/tls/peer.key.pem")).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(socket).await else {
                continue;
            };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

async fn ask(
    name: &str,
    port: u16,
    extra_ca_pem: Option<Vec<u8>>,
) -> Result<FetchedJson, WireError> {
    let mut config = WireConfig::new("comity-test");
    config.testing = Some(Testing {
        allow_http: false,
        allow_loopback: true,
        extra_ca_pem,
        everything_at: None,
    });
    let wire = Wire::new(config).unwrap();
    let us = CommunityId(1);
    let home = Domain::parse("home.localhost").unwrap();
    let book = RuleBook::new(1, NOW, vec![Hosted::new(us, home, Mode::Open)], Vec::new());
    let address = Iri::parse(&format!("https://{name}:{port}/")).unwrap();
    let permit = Gate::new(NoTies, book)
        .permit(us, &address.domain(), Contact::Fetch)
        .await
        .unwrap()
        .unwrap();
    wire.fetch_json(permit, &address, NOW).await
}

#[tokio::test]
async fn certificates_are_checked() {
    let port = start_peer().await;
    let ca = || Some(include_bytes!("../fixtures/tls/ca.pem").to_vec());
    let answer = ask("peer.localhost", port, ca()).await.unwrap();
    assert!(matches!(answer, FetchedJson::Json { bytes, .. } if bytes == b"{}"));
    let stranger = ask("peer.localhost", port, None).await;
    assert!(
        matches!(stranger, Err(WireError::Retry { .. })),
        "{stranger:?}"
    );
    let impostor = ask("other.localhost", port, ca()).await;
    assert!(
        matches!(impostor, Err(WireError::Retry { .. })),
        "{impostor:?}"
    );
}
